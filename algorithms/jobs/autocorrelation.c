/*
** autocorrelation.c -- mine_autocorrelation: how values go with those some steps before, of each
** series (series/acf.h), beside the bounds that noise would keep within.
*/
#include <math.h>

#include "../core/parallel.h"
#include "../kernel/special.h"
#include "../series/acf.h"
#include "decompose.h"
#include "forecast.h"

#define AUTOCORRELATION_MOST 10000

typedef struct autocorrelation_options {
  int64_t lags;
  double level;
} autocorrelation_options;

static const mine_option autocorrelation_table[] = {
    OPTION_INT(autocorrelation_options, lags, .range = {1, AUTOCORRELATION_MOST},
               .help = "how many; not given: 10 log10(points), rounded down, as R's acf; a "
                       "series of n points has at most n - 1"),
    OPTION_REAL(autocorrelation_options, level, .initial = "0.95", .range = {0, 1},
                .above_least = 1,
                .help = "of the bounds: the share of lags that lie between where values have "
                        "nothing to do with those before"),
    OPTION_END};

static mine_status autocorrelation_open(mine_job *job) {
  const autocorrelation_options *asked = mine__options_of(&job->options, autocorrelation_table);
  if (asked->level < 1) return MINE_OK;
  return mine__fail(job->env, MINE_OPTION,
                    "option level must be a number above 0 and below 1 (got 1: no bounds hold "
                    "every case)");
}

typedef struct autocorrelation_state {
  mine_series_reading reading;
} autocorrelation_state;

static mine_status autocorrelation_source(mine_job *job, int step, const char **sql,
                                          mine_frame **frame) {
  autocorrelation_state *state = mine__job_state(job);
  return mine__series_source(job, step, &state->reading, sql, frame);
}

/* ---- all series -------------------------------------------------------------------------- */

/* Lags 0 .. most of each series, in acf + s * (most + 1); partial ones from lag 1 on. */
typedef struct autocorrelation_work {
  const mine_series_set *set;
  int64_t most;
  int64_t *lags; /* of each series                       */
  double *mean, *variance, *acf, *pacf;
  int64_t *known;
  const char **why_not;
  double *memory; /* per worker, 2 most                   */
} autocorrelation_work;

static void autocorrelation_look(void *context, int64_t s, int worker) {
  autocorrelation_work *w = context;
  const double *y = w->set->value + w->set->at[s];
  const int64_t n = w->set->at[s + 1] - w->set->at[s];
  double least = INFINITY, most = -INFINITY;
  (void)worker;
  for (int64_t i = 0; i < n; i++) {
    if (isnan(y[i])) continue;
    w->known[s]++;
    least = fmin(least, y[i]);
    most = fmax(most, y[i]);
  }
  w->mean[s] = mine__acf_mean(y, n);
  w->variance[s] = mine__acf_covariance(y, n, w->mean[s], 0);
  if (w->known[s] < 2)
    w->why_not[s] = "it has fewer than two values";
  else if (!(most > least && w->variance[s] > 0))
    w->why_not[s] = "its values are all the same";
  else if (!isfinite(w->variance[s]))
    w->why_not[s] = "its values are too large to be squared";
}

/* One lag of one series: a task stays short however long the series is. */
static void autocorrelation_lag(void *context, int64_t task, int worker) {
  const autocorrelation_work *w = context;
  const int64_t s = task / (w->most + 1), lag = task % (w->most + 1), at = w->set->at[s];
  (void)worker;
  if (w->why_not[s] || lag > w->lags[s]) return;
  const double *y = w->set->value + at;
  const double r =
      mine__acf_covariance(y, w->set->at[s + 1] - at, w->mean[s], lag) / w->variance[s];
  w->acf[task] = r > 1 ? 1 : r < -1 ? -1 : r;
}

static void autocorrelation_partial(void *context, int64_t s, int worker) {
  const autocorrelation_work *w = context;
  const int64_t at = s * (w->most + 1);
  if (w->why_not[s]) return;
  mine__pacf(w->acf + at, w->lags[s], w->pacf + at + 1, w->memory + 2 * worker * w->most);
}

static int64_t autocorrelation_lags(int64_t asked, int64_t n) {
  int64_t lags = asked != MINE_NOT_GIVEN ? asked : (int64_t)floor(10 * log10((double)n));
  if (lags > n - 1) lags = n - 1;
  return lags < AUTOCORRELATION_MOST ? lags : AUTOCORRELATION_MOST;
}

static mine_status autocorrelation_all(mine_job *job, autocorrelation_work *w) {
  const autocorrelation_options *asked = mine__options_of(&job->options, autocorrelation_table);
  mine_env *env = job->env;
  mine_arena *arena = job->arena;
  const size_t n = (size_t)w->set->n;
  w->lags = mine__arena_zeros(arena, n, sizeof *w->lags);
  w->known = mine__arena_zeros(arena, n, sizeof *w->known);
  w->mean = mine__arena_array(arena, n, sizeof *w->mean);
  w->variance = mine__arena_array(arena, n, sizeof *w->variance);
  w->why_not = mine__arena_zeros(arena, n, sizeof *w->why_not);
  if (mine_failed(env)) return mine_env_status(env);
  for (size_t s = 0; s < n; s++) {
    const int64_t points = w->set->at[s + 1] - w->set->at[s];
    w->lags[s] = points > 1 ? autocorrelation_lags(asked->lags, points) : 0;
    if (w->lags[s] > w->most) w->most = w->lags[s];
  }
  const size_t width = (size_t)w->most + 1;
  w->acf = mine__arena_array(arena, n, width * sizeof *w->acf);
  w->pacf = mine__arena_array(arena, n, width * sizeof *w->pacf);
  w->memory = mine__arena_array(arena, (size_t)env->threads, 2 * width * sizeof *w->memory);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, w->set->n, autocorrelation_look, w));
  MINE_TRY(mine__parallel_progress(env, w->set->n * (int64_t)width, autocorrelation_lag, w,
                                   "comparing series with themselves", 0, 1));
  MINE_TRY(mine__parallel(env, w->set->n, autocorrelation_partial, w));
  return mine__series_left_out(job, w->set, w->why_not, "autocorrelations");
}

static mine_status autocorrelation_run(mine_job *job, mine_relation *out) {
  autocorrelation_state *state = mine__job_state(job);
  const autocorrelation_options *asked = mine__options_of(&job->options, autocorrelation_table);
  mine_series_set set;
  autocorrelation_work w = {.set = &set};
  MINE_TRY(mine__series_of_job(job, &state->reading, &set));
  MINE_TRY(autocorrelation_all(job, &w));
  const double z = mine__normal_quantile((1 + asked->level) / 2, MINE__LOWER);
  int64_t rows = 0;
  for (int64_t s = 0; s < set.n; s++) {
    const double bound = z / sqrt((double)w.known[s]);
    mine_cell name = {.type = MINE_NULL};
    if (w.why_not[s]) continue;
    if (set.name) mine__values_get(set.name, s, &name);
    for (int64_t lag = 1; lag <= w.lags[s]; lag++, rows++) {
      const int64_t at = s * (w.most + 1) + lag;
      if (MINE_POLL_AT(job->env, rows)) return mine_env_status(job->env);
      mine__row_cell(out, &name);
      mine__row_int(out, lag);
      mine__row_real(out, w.acf[at]);
      mine__row_real(out, w.pacf[at]);
      mine__row_real(out, -bound);
      mine__row_real(out, bound);
      mine__relation_end_row(out);
    }
  }
  return mine_env_status(job->env);
}

/* ---- the verb ---------------------------------------------------------------------------- */

static const mine_answer autocorrelation_answer[] = {
    {"series", MINE_ANSWER_ANY, 1, "its name; NULL: the source has one series without a name"},
    {"lag", MINE_ANSWER_INTEGER, 1, "how many steps before, from 1"},
    {"acf", MINE_ANSWER_REAL, 0,
     "the correlation of values with those so many steps before; NULL: no two such values"},
    {"pacf", MINE_ANSWER_REAL, 0, "what of it the steps between do not say"},
    {"low", MINE_ANSWER_REAL, 0, "noise lies above this ..."},
    {"high", MINE_ANSWER_REAL, 0, "... and below this with the share that level says"},
    {0},
};

static const mine_option_set autocorrelation_sets[] = {
    {autocorrelation_table, sizeof(autocorrelation_options), 0},
    MINE_SET_SERIES,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_autocorrelation = {
    .name = "mine_autocorrelation",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SERIES,
    .what = "How the values of a series go with those some steps before: is there a season, is "
            "there anything left to forecast?",
    .notes =
        "As R's acf and pacf: covariances over n around one mean, and Durbin and Levinson's "
        "recursion. Where values are missing, the pairs that are known count, over their number "
        "and the lag (R's na.pass). The bounds are z / sqrt(n) of n known values, right for noise: "
        "a trend or a season is far beyond them at many lags, so take those away first (the "
        "remainder of mine_decompose). A series whose values are all the same is left out, which "
        "is a warning. Series are compared on all cores.",
    .example =
        "SELECT lag, round(acf, 2) AS acf, round(pacf, 2) AS pacf, round(high, 2) AS high\n"
        "FROM mine_autocorrelation(\n  " MINE_ROWS("date(''2020-01-01'', i || '' months'') AS "
                                                   "month, 100 + i + i*i%12*5 AS orders") ",\n"
        "  'lags=3');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = autocorrelation_answer,
    .options = autocorrelation_sets,
    .wants = mine__series_wants,
    .state_bytes = sizeof(autocorrelation_state),
    .open = autocorrelation_open,
    .source = autocorrelation_source,
    .run = autocorrelation_run,
};
