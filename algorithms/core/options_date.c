/*
** options_date.c -- a time that is said in an option.
**
** One value often does not say how it is to be read: 03/04/2024 is settled by the
** column that it is held against, 2024-06-30 stands beside any column.  So the parser
** only asks whether it is a time at all, and keeps it as it was written; beside its
** column it becomes days.  Two readings that give different times are an error.
*/
#include "dates.h"
#include "spelling.h"

static mine_time_problem date_alone(const mine_cell *cell, mine_time_reading *reading,
                                    mine_time_survey *survey) {
  mine__time_survey_open(survey);
  mine__time_show(survey, cell, 0);
  return mine__time_decide(survey, MINE_TIME_WANTED, reading);
}

int mine__option_is_date(const mine_cell *cell) {
  mine_time_survey survey;
  mine_time_reading reading;
  const mine_time_problem problem = date_alone(cell, &reading, &survey);
  return problem == MINE_TIME_FITS || problem == MINE_TIME_AMBIGUOUS ||
         problem == MINE_TIME_TWO_NUMBERS;
}

static void date_two_times(mine_env *env, const char *name, const mine_cell *cell,
                           const mine_time_reading *column) {
  char shown[MINE_SHOW_BYTES];
  mine_text text;
  mine__text_open(&text, env->scratch);
  mine__time_describe(column, &text);
  if (text.failed) return;
  (void)mine__fail(env, MINE_OPTION,
                   "option %s is %s, which reads otherwise by itself than in its column (%s); "
                   "write it as 2024-06-30",
                   name, mine__show_cell(shown, cell), text.data);
}

mine_status mine__option_date(mine_env *env, const char *name, const mine_cell *cell,
                              const mine_time_reading *column, double *days) {
  mine_time_survey survey;
  mine_time_reading reading;
  double beside;
  const int alone = date_alone(cell, &reading, &survey) == MINE_TIME_FITS &&
                    mine__time_read(&reading, cell, days);
  if (!column || !mine__time_read(column, cell, &beside)) {
    if (alone) return MINE_OK;
    char shown[MINE_SHOW_BYTES];
    return mine__fail(env, MINE_OPTION,
                      "option %s is %s, which may be read as several times; write it as 2024-06-30",
                      name, mine__show_cell(shown, cell));
  }
  if (alone && (*days < beside || *days > beside)) date_two_times(env, name, cell, column);
  *days = beside;
  return mine_env_status(env);
}
