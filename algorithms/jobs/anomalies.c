/*
** anomalies.c -- mine_anomalies: points of series that are not what was to be expected, level
** shifts, and changes of how much values scatter, each with its reason (anomalies_find.c,
** anomalies_words.c).
*/
#include "anomalies.h"

#include <math.h>

#include "decompose.h"
#include "forecast.h"

static const char *const anomalies_methods[] = {"stl", "forecast", NULL};
static const char *const anomalies_kinds[] = {"auto", "additive", "multiplicative", NULL};

static const mine_option anomalies_table[] = {
    OPTION_CHOICE(mine_anomalies_options, method, .initial = "stl", .choices = anomalies_methods,
                  .help = "what is expected: stl: trend and season, from all values; forecast: "
                          "what algorithm foretells one step ahead, from those before"),
    OPTION_CHOICE(mine_anomalies_options, algorithm, .initial = "ets", .choices = mine__forecasters,
                  .help = "of method=forecast"),
    OPTION_REAL(mine_anomalies_options, threshold, .initial = "3.5", .range = {1, 1000},
                .help = "an anomaly has a score beyond it; at 3.5 about one point of noise in two "
                        "thousand has"),
    OPTION_INT(mine_anomalies_options, last, .range = {1, MINE_MAX_ROWS},
               .help = "list only so many of the newest steps of all; not given: all of them"),
    OPTION_CHOICE(mine_anomalies_options, seasonal, .initial = "auto", .choices = anomalies_kinds,
                  .help = "additive: the parts add up to the value; multiplicative: they are "
                          "factors; auto: factors where values are above 0, the level more than "
                          "doubles, and they scatter more where it is high or factors fit better"),
    OPTION_INT(mine_anomalies_options, seasonal_window, .initial = "21", .range = {0, 100001},
               .help = "how many seasons (an odd number from 3) a point of the season is smoothed "
                       "over; 0: the season is the same always"),
    OPTION_INT(mine_anomalies_options, trend_window, .initial = "0", .range = {0, 1000001},
               .help =
                   "how many points (an odd number from 3) the trend is smoothed over; 0: three "
                   "seasons, or a third of the points where there is none"),
    OPTION_END};

typedef struct anomalies_state {
  mine_series_reading reading;
} anomalies_state;

static mine_status anomalies_open(mine_job *job) {
  const mine_anomalies_options *how = mine__options_of(&job->options, anomalies_table);
  const mine_decompose_options windows = {.seasonal_window = how->seasonal_window,
                                          .trend_window = how->trend_window};
  if (how->method != MINE_ANOMALIES_FORECAST &&
      mine__options_given(job->options.group, job->options.n, "algorithm"))
    return mine__fail(job->env, MINE_OPTION,
                      "option algorithm is for method=forecast, and this is stl; say "
                      "method=forecast or leave it out");
  return mine__decompose_check(job->env, &windows);
}

static mine_status anomalies_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  anomalies_state *state = mine__job_state(job);
  return mine__series_source(job, step, &state->reading, sql, frame);
}

/* ---- the answer ----------------------------------------------------------------------------- */

static const char *const anomalies_words[] = {
    [MINE_ANOMALY_NONE] = "",
    [MINE_ANOMALY_POINT] = "point",
    [MINE_ANOMALY_SHIFT] = "level shift",
    [MINE_ANOMALY_SCATTER] = "variance",
};

static void anomalies_tell(mine_job *job, const mine_series_set *set, const mine_anomalies *found) {
  int64_t plain = 0;
  for (int64_t s = 0; s < set->n; s++)
    plain += !found->why_not[s] && found->season[s] < set->season;
  if (plain > 0)
    mine__job_notef(job, "warning", "season",
                    "%lld of %lld series are shorter than two seasons of %d points: they are "
                    "compared with their trend alone",
                    (long long)plain, (long long)set->n, set->season);
}

/* Points from `first` (a step of the calendar) on. */
static void anomalies_put(mine_job *job, const mine_series_set *set, const mine_anomalies *found,
                          int64_t s, int64_t first, mine_text *text, mine_relation *out) {
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  const int64_t begin = first > set->first[s] ? first - set->first[s] : 0;
  for (int64_t i = begin; i < set->at[s + 1] - set->at[s]; i++) {
    const int64_t at = set->at[s] + i;
    if (MINE_POLL_AT(job->env, at)) return;
    mine__row_point(set, s, i, out);
    mine__row_real(out, found->expected[at]);
    mine__row_real(out, found->score[at]);
    mine__row_int(out, found->kind[at] != MINE_ANOMALY_NONE);
    mine__row_text(out, anomalies_words[found->kind[at]]);
    text->bytes = 0;
    mine__anomaly_words(set, found, s, i, (mine_lang)said->lang, text);
    if (text->failed) return;
    mine__row_bytes(out, text->data, text->bytes);
    mine__relation_end_row(out);
  }
}

static mine_status anomalies_run(mine_job *job, mine_relation *out) {
  anomalies_state *state = mine__job_state(job);
  const mine_anomalies_options *how = mine__options_of(&job->options, anomalies_table);
  mine_series_set set;
  mine_anomalies found;
  mine_text text;
  int64_t end = INT64_MIN;
  MINE_TRY(mine__series_of_job(job, &state->reading, &set));
  MINE_TRY(mine__anomalies_find(job->env, job->arena, &set, how, &found));
  MINE_TRY(mine__series_left_out(job, &set, found.why_not, "expectations"));
  anomalies_tell(job, &set, &found);
  mine__text_open(&text, job->arena);
  mine__text_adds(&text, "");
  for (int64_t s = 0; s < set.n; s++)
    if (set.at[s + 1] > set.at[s] && set.first[s] + set.at[s + 1] - set.at[s] > end)
      end = set.first[s] + set.at[s + 1] - set.at[s];
  const int64_t first = how->last != MINE_NOT_GIVEN ? end - how->last : INT64_MIN;
  for (int64_t s = 0; s < set.n && !mine_failed(job->env); s++)
    if (!found.why_not[s]) anomalies_put(job, &set, &found, s, first, &text, out);
  return mine_env_status(job->env);
}

static const mine_answer anomalies_answer[] = {
    {"series", MINE_ANSWER_ANY, 1, "its name; NULL: the source has one series without a name"},
    {"time", MINE_ANSWER_ANY, 1, "of the step, as times came"},
    {"value", MINE_ANSWER_REAL, 0, "as it came; NULL: missing"},
    {"expected", MINE_ANSWER_REAL, 0, "what the value was to be, level shifts included"},
    {"score", MINE_ANSWER_REAL, 0,
     "how far the two are apart, in robust deviations; of a level shift or a change of variance "
     "how many deviations of a normal distribution are as rare; NULL: nothing to compare"},
    {"anomaly", MINE_ANSWER_INTEGER, 0, "1: it is one"},
    {"kind", MINE_ANSWER_TEXT, 1,
     "point: the value alone; level shift: it stays so; variance: values scatter more, or less, "
     "from here on; empty: no anomaly"},
    {"reason", MINE_ANSWER_TEXT, 0, "what is wrong, in words; empty: nothing"},
    {0},
};

static const mine_option_set anomalies_sets[] = {
    {anomalies_table, sizeof(mine_anomalies_options), 0},
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_SERIES,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_anomalies = {
    .name = "mine_anomalies",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SERIES,
    .what =
        "What went wrong, and when: single values, shifts of the level, changes of how values "
        "scatter, each with a reason in words.",
    .notes =
        "All points are listed; `WHERE anomaly` are the anomalies, `last=1` is last night. A score "
        "is the distance from what was expected over 1.4826 times the median of such distances "
        "(made greater where few points say it, and of points of the season that scatter more). "
        "Level shifts are steps that least squares and Student's test find in the series without "
        "its season, six points or more from both ends: what happened in the last five can only be "
        "a point as yet. A change of variance is found by Brown and Forsythe's test, from twelve "
        "points on each side; then each part has its own deviation. At most ten of each are told. "
        "The first point of a shift or a change is the anomaly, not all that follow. A missing "
        "value has an expectation and no score. Of whole numbers a deviation is at least half a "
        "unit; where a fifth of the values or more are the same (zeros of demand now and then), it "
        "is that of the others. A series whose values are all equal has no anomalies, one with "
        "fewer than 8 values is left out with a warning. All cores, and the same result for any "
        "number of threads.",
    .example =
        "SELECT time, value, round(expected) AS expected, round(score, 1) AS score, kind, reason\n"
        "FROM mine_anomalies(\n  " MINE_ROWS(
            "date(''2020-01-01'', i || '' months'') AS month, 100 + i + i*i%12*5 + i%7 + "
            "CASE i WHEN 42 THEN 90 ELSE 0 END AS orders") ")\nWHERE anomaly;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = anomalies_answer,
    .options = anomalies_sets,
    .wants = mine__series_wants,
    .state_bytes = sizeof(anomalies_state),
    .open = anomalies_open,
    .source = anomalies_source,
    .run = anomalies_run,
};
