/*
** dates_refuse.c -- what is wrong with a column of times, in a sentence that says
** what to do.
*/
#include <stdio.h>
#include <string.h>

#include "dates_forms.h"

static const char *refuse_show(char shown[MINE_SHOW_BYTES], const mine_time_witness *witness) {
  const mine_cell cell = {
      .type = MINE_TEXT, .bytes = witness->bytes, .as = {.text = witness->text}};
  return mine__show_cell(shown, &cell);
}

/* "dates as day/month/year": the words of mine__time_describe. */
static const char *refuse_describe(mine_env *env, const mine_time_reading *reading) {
  mine_text words;
  mine__text_open(&words, env->scratch);
  mine__time_describe(reading, &words);
  return words.data;
}

static void refuse_numbers(mine_env *env, const mine_time_survey *survey, int two,
                           const char *column) {
  char least[MINE_NUMBER_BYTES], most[MINE_NUMBER_BYTES];
  const unsigned ways = mine__time_number_ways(survey);
  const char *what = "no years, dates (20240102), Unix times or Julian days";
  char both[2 * MINE_TIME_PATTERN_BYTES + 64];
  if (two && ways == 1u << MINE_NUMBER_SERIALS) {
    what = "perhaps a spreadsheet's days, perhaps something else";
  } else if (two) {
    size_t used = 0;
    both[0] = 0;
    for (int way = 0; way < MINE_NUMBER_WAYS && used < sizeof both / 2; way++) {
      mine_time_reading reading;
      if (!(ways >> way & 1)) continue;
      mine__time_number_reading(survey, way, &reading);
      used += (size_t)snprintf(both + used, sizeof both - used, "%s%s", used ? " or " : "",
                               refuse_describe(env, &reading));
    }
    what = both;
  }
  (void)mine__fail(env, MINE_DATA,
                   "column '%s': its numbers, from %s to %s, are %s; say what they are: "
                   "date_format=unix (seconds), unix_ms, unix_us, unix_ns, julian, excel (45000 is "
                   "2023-03-15), or a pattern of their digits such as date_format=%%Y%%m%%d",
                   column, mine__format_real(least, survey->numbers.least, 0),
                   mine__format_real(most, survey->numbers.most, 0), what);
}

/* The ways in which the dates can be read, and what date_format= says each; how many. */
static int refuse_ways(mine_env *env, const mine_time_survey *survey, mine_text *words,
                       mine_text *formats) {
  char tail[MINE_TIME_PATTERN_BYTES] = "";
  int n = 0;
  mine__text_open(words, env->scratch);
  mine__text_open(formats, env->scratch);
  if (survey->tail & ~(uint32_t)MINE_TAIL_NONE) mine__time_tail_pattern(survey, tail, sizeof tail);
  for (int form = 0; form < mine__time_n_forms; form++) {
    if (!(survey->forms >> form & 1)) continue;
    mine_time_reading reading = {.cell = MINE_TEXT};
    memcpy(reading.pattern, mine__time_forms[form].pattern,
           strlen(mine__time_forms[form].pattern) + 1);
    mine__time_prepare(&reading);
    mine__text_addf(words, "%s%s", n ? " or " : "", refuse_describe(env, &reading));
    mine__text_addf(formats, "%sdate_format=%s%s", n ? " or " : "", reading.pattern, tail);
    n++;
  }
  return n;
}

/* Some dates, and what fits none of their readings: no date_format= would read both. */
static void refuse_mixed(mine_env *env, const mine_time_survey *survey, mine_time_mode mode,
                         const char *column) {
  char shown[MINE_SHOW_BYTES], other[MINE_SHOW_BYTES];
  mine_text words, formats;
  const int attribute = mode == MINE_TIME_ATTRIBUTE;
  (void)refuse_ways(env, survey, &words, &formats);
  (void)mine__fail(env, MINE_DATA,
                   "column '%s' is not written in one way: %s (row %lld) has the form of %s, and "
                   "%s (row %lld) has not; write all alike, such as 2024-12-31, and what is no "
                   "date as NULL%s%s",
                   column, refuse_show(shown, &survey->first), (long long)survey->first.row,
                   words.data, refuse_show(other, &survey->misfit), (long long)survey->misfit.row,
                   attribute ? ", or leave it out: ignore=" : "", attribute ? column : "");
}

static void refuse_ambiguous(mine_env *env, const mine_time_survey *survey, mine_time_mode mode,
                             const char *column) {
  char shown[MINE_SHOW_BYTES];
  mine_text words, formats;
  const int attribute = mode == MINE_TIME_ATTRIBUTE;
  const int n = refuse_ways(env, survey, &words, &formats);
  (void)mine__fail(env, MINE_DATA,
                   "column '%s' can be read in %s ways: %s (row %lld) and all others are %s; say "
                   "which: %s%s%s",
                   column, n == 2 ? "two" : "several", refuse_show(shown, &survey->first),
                   (long long)survey->first.row, words.data, formats.data,
                   attribute ? ", or leave it out: ignore=" : "", attribute ? column : "");
}

/* Digits in their places, but the 30th of February or 24:00. */
static int refuse_no_such(const mine_time_reading *reading, const char *text, size_t bytes) {
  const char *end = text + bytes;
  mine_time_fields fields;
  double days;
  if (reading->unit != MINE_TIME_PATTERN) return 0;
  mine__time_trim(&text, &end);
  mine__time_fields_clear(&fields);
  const char *rest = mine__time_match(reading->pattern, text, end, &fields);
  if (rest == end) return !mine__time_compose(&fields, &days);
  return fields.no_such;
}

/* The same of a text of no form at all. */
static int refuse_no_such_form(const mine_time_witness *witness) {
  for (int form = 0; form < mine__time_n_forms; form++) {
    mine_time_reading reading = {.cell = MINE_TEXT};
    memcpy(reading.pattern, mine__time_forms[form].pattern,
           strlen(mine__time_forms[form].pattern) + 1);
    if (refuse_no_such(&reading, witness->text, witness->bytes)) return 1;
  }
  return 0;
}

/* A date, but of another form: 02/13/2024 among days first. */
static int refuse_other_form(const mine_time_witness *witness) {
  const mine_cell cell = {
      .type = MINE_TEXT, .bytes = witness->bytes, .as = {.text = witness->text}};
  mine_time_survey alone;
  mine__time_survey_open(&alone);
  mine__time_show(&alone, &cell, 1);
  return alone.fitted > 0;
}

/* The value that shows why the reading is this one. */
static const mine_time_witness *refuse_example(const mine_time_survey *survey) {
  return survey->narrowed.row ? &survey->narrowed
         : survey->first.row  ? &survey->first
                              : &survey->number;
}

static void refuse_misfit(mine_env *env, const mine_time_survey *survey, mine_time_mode mode,
                          const mine_time_reading *reading, const char *column) {
  char shown[MINE_SHOW_BYTES], example[MINE_SHOW_BYTES];
  const int attribute = mode == MINE_TIME_ATTRIBUTE;
  const int numbers =
      !survey->given.said && survey->fitted < survey->integers + survey->reals + survey->digits;
  const mine_time_witness *misfit = numbers ? &survey->text : &survey->misfit;
  const mine_time_witness *why = refuse_example(survey);
  const char *described = refuse_describe(env, reading);
  refuse_show(shown, misfit);
  if (refuse_no_such(reading, misfit->text, misfit->bytes) &&
      (survey->given.said || !refuse_other_form(misfit)))
    (void)mine__fail(
        env, MINE_DATA,
        "column '%s', row %lld: there is no day or time %s (%s); correct it or make it "
        "NULL",
        column, (long long)misfit->row, shown, described);
  else if (survey->given.said)
    (void)mine__fail(env, MINE_DATA,
                     "column '%s', row %lld: %s does not fit date_format=%s; correct it, make it "
                     "NULL, or say another date_format=",
                     column, (long long)misfit->row, shown, mine__time_reading_format(reading));
  else
    (void)mine__fail(
        env, MINE_DATA,
        "column '%s', row %lld: %s does not fit the others, %s, such as %s (row %lld); "
        "correct it or make it NULL, or say how all are written with date_format=%s%s",
        column, (long long)misfit->row, shown, described, refuse_show(example, why),
        (long long)why->row, attribute ? ", or leave the column out: ignore=" : "",
        attribute ? column : "");
}

mine_status mine__time_refuse(mine_env *env, const mine_time_survey *survey, mine_time_mode mode,
                              const char *column) {
  char shown[MINE_SHOW_BYTES];
  mine_time_reading reading;
  switch (mine__time_decide(survey, mode, &reading)) {
    case MINE_TIME_EMPTY:
      return mine__fail(env, MINE_DATA, "column '%s' has no value that is a time: all are missing",
                        column);
    case MINE_TIME_NUMBERS:
      refuse_numbers(env, survey, 0, column);
      return mine_env_status(env);
    case MINE_TIME_TWO_NUMBERS:
      refuse_numbers(env, survey, 1, column);
      return mine_env_status(env);
    case MINE_TIME_AMBIGUOUS:
      if (survey->misfit.row)
        refuse_mixed(env, survey, mode, column);
      else
        refuse_ambiguous(env, survey, mode, column);
      return mine_env_status(env);
    case MINE_TIME_MISFIT:
      refuse_misfit(env, survey, mode, &reading, column);
      return mine_env_status(env);
    default:
      break;
  }
  if (survey->first.row && survey->misfit.row && refuse_other_form(&survey->misfit)) {
    refuse_mixed(env, survey, mode, column);
    return mine_env_status(env);
  }
  if (survey->misfit.row && refuse_no_such_form(&survey->misfit))
    return mine__fail(
        env, MINE_DATA,
        "column '%s', row %lld: there is no day or time %s; correct it or make it NULL", column,
        (long long)survey->misfit.row, refuse_show(shown, &survey->misfit));
  return mine__fail(env, MINE_DATA,
                    "column '%s' has no times that can be read: %s (row %lld); say how they are "
                    "written, such as date_format=%%d.%%m.%%Y, or name another column",
                    column, refuse_show(shown, &survey->misfit), (long long)survey->misfit.row);
}

mine_status mine__time_misfit(mine_env *env, const mine_time_reading *reading, const char *column,
                              int64_t row, const mine_cell *cell) {
  char shown[MINE_SHOW_BYTES];
  const char *described = refuse_describe(env, reading);
  mine__show_cell(shown, cell);
  if (cell->type == MINE_TEXT && refuse_no_such(reading, cell->as.text, cell->bytes))
    return mine__fail(
        env, MINE_DATA,
        "column '%s', row %lld: there is no day or time %s (%s); correct it or make it "
        "NULL",
        column, (long long)row, shown, described);
  return mine__fail(
      env, MINE_DATA,
      "column '%s', row %lld: %s is not written as it was learned, %s; write it so, or "
      "make it NULL",
      column, (long long)row, shown, described);
}
