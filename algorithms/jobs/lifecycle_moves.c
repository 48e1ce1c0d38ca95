/*
** lifecycle_moves.c -- mine_lifecycle_moves: the transition matrix of stages between two dates.
**
** A customer's stage at each date is what mine_lifecycle says with as_of there: gaps and limits
** are those known on that day.
*/
#include <math.h>
#include <string.h>

#include "lifecycle.h"

typedef struct moves_options {
  mine_cell from;
} moves_options;

static const mine_option moves_table[] = {
    OPTION_DATE(moves_options, from,
                .help = "the earlier date; not given: a month before as_of, the later one"),
    OPTION_END};

static mine_status moves_open(mine_job *job) {
  mine__lifecycle_defaults(job->env, mine__options_of(&job->options, mine__lifecycle_option_table));
  return mine_env_status(job->env);
}

/* The earlier date: before the later one, after the first event. */
static double moves_from(mine_job *job, const mine_histories *p) {
  const moves_options *asked = mine__options_of(&job->options, moves_table);
  double from = mine__time_add(floor(p->as_of), -1, MINE_STEP_MONTH);
  if (asked->from.type == MINE_NULL)
    mine__job_notef(job, "warning", "from", "%s, a month before as_of: nothing else was said",
                    mine__show_time(job->arena, p->reading, from));
  else if (mine__option_date(job->env, "from", &asked->from, p->reading, &from))
    return NAN;
  if (floor(from) >= floor(p->as_of))
    mine__fail(job->env, MINE_OPTION, "from is %s, which is not before as_of, %s; exchange them",
               mine__show_time(job->arena, p->reading, from),
               mine__show_time(job->arena, p->reading, p->as_of));
  return from;
}

/* How many were in one stage and are in another. */
static void moves_put(const int64_t count[MINE_STAGES][MINE_STAGES], mine_lang lang,
                      mine_relation *out) {
  for (int from = 0; from < MINE_STAGES; from++) {
    int64_t all = 0;
    for (int to = 0; to < MINE_STAGES; to++)
      all += count[from][to];
    for (int to = 0; to < MINE_STAGES; to++) {
      if (count[from][to] == 0) continue;
      mine__row_text(out, mine__stage_word((mine_lifestage)from, lang));
      mine__row_text(out, mine__stage_word((mine_lifestage)to, lang));
      mine__row_int(out, count[from][to]);
      mine__row_real(out, (double)count[from][to] / (double)all);
      mine__relation_end_row(out);
    }
  }
}

static mine_status moves_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  const mine_lifecycle_options *asked =
      mine__options_of(&job->options, mine__lifecycle_option_table);
  int64_t count[MINE_STAGES][MINE_STAGES] = {{0}}, bought = 0;
  mine_histories p;
  MINE_TRY(mine__job_histories(job, &p));
  const double from = moves_from(job, &p);
  const mine_standing *was = mine_failed(env) ? NULL : mine__lifecycle_at(job, &p, asked, from);
  const mine_standing *now = was ? mine__lifecycle_at(job, &p, asked, p.as_of) : NULL;
  if (!now) return mine_env_status(env);
  for (int64_t c = 0; c < p.n; c++) {
    count[was[c].stage][now[c].stage]++;
    bought += was[c].stage != MINE_STAGE_PROSPECT;
  }
  if (bought == 0)
    return mine__fail(env, MINE_DATA, "nobody has bought anything until from, %s; say a later time",
                      mine__show_time(job->arena, p.reading, from));
  moves_put((const int64_t(*)[MINE_STAGES])count, (mine_lang)said->lang, out);
  return mine_env_status(env);
}

static const mine_answer moves_answer[] = {
    {"from_stage", MINE_ANSWER_TEXT, 1, "at the earlier date"},
    {"to_stage", MINE_ANSWER_TEXT, 1, "at the later one"},
    {"customers", MINE_ANSWER_INTEGER, 0, "how many"},
    {"share", MINE_ANSWER_REAL, 0, "of those who were in from_stage"},
    {0},
};

static const mine_option_set moves_sets[] = {
    {moves_table, sizeof(moves_options), 0},
    MINE_SET_LIFECYCLE,
    MINE_SET_HISTORIES,
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_lifecycle_moves = {
    .name = "mine_lifecycle_moves",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what = "Who moved: how many customers of each stage are in which stage at a later date.",
    .notes =
        "The stages of `mine_lifecycle` at two dates, `from` and `as_of`, each with what was known "
        "on that day. Who had not bought before `from` comes from `prospect`.",
    .example = "SELECT from_stage, to_stage, customers, round(share, 2) AS share\n"
               "FROM mine_lifecycle_moves(\n  " MINE_ROWS(
                   "i*i%61 AS customer, date(''2024-01-01'', (i*7%365) || '' days'') AS day") ",\n"
               "  'from=2024-09-30');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = moves_answer,
    .options = moves_sets,
    .wants = mine__history_wants,
    .open = moves_open,
    .run = moves_run,
};
