/*
** decompose.c -- mine_decompose: each series as trend, season and what remains.
**
** By loess (series/stl.h) or the classical way: trend a centred moving average of a whole season,
** season the mean of what values have beside it (series/season.h).  Missing values are bridged
** by a line
** while the parts are sought, and have no remainder.
*/
#include <math.h>

#include "../core/parallel.h"
#include "../series/season.h"
#include "../series/stl.h"
#include "decompose.h"
#include "forecast.h"

static const char *const decompose_methods[] = {"stl", "classical", NULL};
static const char *const decompose_kinds[] = {"auto", "additive", "multiplicative", NULL};

const mine_option mine__decompose_option_table[] = {
    OPTION_CHOICE(mine_decompose_options, method, .initial = "stl", .choices = decompose_methods,
                  .help = "stl: smooth lines (loess) whose season may change; classical: moving "
                          "average and mean season, NULL at both ends"),
    OPTION_CHOICE(mine_decompose_options, seasonal, .initial = "auto", .choices = decompose_kinds,
                  .help = "additive: the parts add up to the value; multiplicative: they are "
                          "factors (by logarithms in stl); auto: additive"),
    OPTION_FLAG(mine_decompose_options, robust, .initial = "0",
                .help = "stl: far values are trusted less, so that they stay in the remainder"),
    OPTION_INT(mine_decompose_options, seasonal_window, .initial = "0", .range = {0, 100001},
               .help =
                   "stl: how many seasons (an odd number from 3) a point of the season is smoothed "
                   "over; 0: the season is the same always"),
    OPTION_INT(mine_decompose_options, trend_window, .initial = "0", .range = {0, 1000001},
               .help = "stl: how many points (an odd number from 3) the trend is smoothed over; 0: "
                       "what Cleveland et al. advise for the season"),
    OPTION_END};

mine_status mine__decompose_check(mine_env *env, const mine_decompose_options *o) {
  const int64_t window[] = {o->seasonal_window, o->trend_window};
  static const char *const name[] = {"seasonal_window", "trend_window"};
  for (int i = 0; i < 2; i++)
    if (window[i] != 0 && (window[i] < 3 || window[i] % 2 == 0))
      return mine__fail(env, MINE_OPTION,
                        "option %s must be 0 or an odd number from 3 (got %lld); a window has a "
                        "middle",
                        name[i], (long long)window[i]);
  return MINE_OK;
}

/* ---- one series ----------------------------------------------------------------------------- */

typedef struct decompose_work {
  const mine_series_set *set;
  const mine_decompose_options *how;
  mine_parts *to;
  double *memory; /* per worker */
  size_t width;
} decompose_work;

static const char *decompose_classical(const mine_points *p, int multiplies, double *trend,
                                       double *seasonal, double *memory) {
  double *z = memory, *index = memory + p->n;
  const int kind = multiplies ? MINE_SEASONAL_MULTIPLICATIVE : MINE_SEASONAL_ADDITIVE;
  if (p->season < 2) return "classical decomposition takes a season away, and it has none";
  if (mine__season_take(p, kind, 0, z, index, index + p->season) != kind)
    return "its season has no values beside the moving average";
  mine__season_average(p->y, p->n, p->season, trend);
  for (int64_t i = 0; i < p->n; i++)
    seasonal[i] = index[i % p->season];
  return NULL;
}

static const char *decompose_one(const decompose_work *w, const mine_points *p, int season,
                                 double *trend, double *seasonal, double *memory) {
  const int multiplies = w->how->seasonal == MINE_DECOMPOSE_MULTIPLICATIVE;
  double *z = memory;
  memory += p->n;
  for (int64_t i = 0; multiplies && i < p->n; i++)
    if (p->y[i] <= 0) return "it has values that are not above 0, and nothing multiplies to those";
  mine__series_bridge(p->y, p->n, z);
  if (w->how->method == MINE_DECOMPOSE_CLASSICAL) {
    const mine_points whole = {.y = z, .n = p->n, .known = p->n, .season = season};
    return decompose_classical(&whole, multiplies, trend, seasonal, memory);
  }
  for (int64_t i = 0; multiplies && i < p->n; i++)
    z[i] = log(z[i]);
  const mine_stl_how stl = {season, w->how->seasonal_window, w->how->trend_window,
                            w->how->robust ? MINE_STL_ROUNDS : 0};
  mine__stl(z, p->n, &stl, trend, seasonal, memory);
  for (int64_t i = 0; multiplies && i < p->n; i++) {
    trend[i] = exp(trend[i]);
    seasonal[i] = exp(seasonal[i]);
  }
  return NULL;
}

static void decompose_task(void *context, int64_t s, int worker) {
  const decompose_work *w = context;
  const mine_series_set *set = w->set;
  const int64_t at = set->at[s], n = set->at[s + 1] - at;
  const mine_points p = {.y = set->value + at, .n = n, .known = n, .season = set->season};
  const int season = n >= 2 * (int64_t)set->season ? set->season : 1;
  w->to->season[s] = season;
  w->to->why_not[s] = n < 3 ? "it has fewer than three points"
                            : decompose_one(w, &p, season, w->to->trend + at, w->to->seasonal + at,
                                            w->memory + (size_t)worker * w->width);
}

mine_status mine__decompose(mine_env *env, mine_arena *arena, const mine_series_set *set,
                            const mine_decompose_options *how, mine_parts *out) {
  decompose_work w = {.set = set, .how = how, .to = out};
  const size_t all = (size_t)set->at[set->n];
  size_t longest = 0;
  for (int64_t s = 0; s < set->n; s++)
    if ((size_t)(set->at[s + 1] - set->at[s]) > longest)
      longest = (size_t)(set->at[s + 1] - set->at[s]);
  out->trend = mine__arena_array(arena, all, sizeof *out->trend);
  out->seasonal = mine__arena_array(arena, all, sizeof *out->seasonal);
  out->season = mine__arena_zeros(arena, (size_t)set->n, sizeof *out->season);
  out->why_not = mine__arena_zeros(arena, (size_t)set->n, sizeof *out->why_not);
  const mine_mark mark = mine__arena_mark(env->scratch);
  w.width = 4 * longest + 2 * (size_t)set->season + mine__stl_room((int64_t)longest, set->season);
  w.memory = mine__arena_array(env->scratch, (size_t)env->threads, w.width * sizeof *w.memory);
  if (mine_failed(env)) return mine_env_status(env);
  (void)!mine__parallel_progress(env, set->n, decompose_task, &w, "decomposing series", 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

mine_status mine__series_left_out(mine_job *job, const mine_series_set *set, const char **why_not,
                                  const char *what) {
  int64_t without = 0;
  const char *why = NULL;
  char name[MINE_SHOW_BYTES];
  for (int64_t s = 0; s < set->n; s++) {
    if (!why_not[s]) continue;
    why = why_not[s];
    if (without++ < 5)
      mine__job_notef(job, "warning", "series", "%s is left out: %s",
                      mine__series_shown(set, s, name), why);
  }
  if (without > 5)
    mine__job_notef(job, "warning", "series", "%lld series are left out, the first five are named",
                    (long long)without);
  if (without < set->n) return mine_env_status(job->env);
  return mine__fail(job->env, MINE_DATA, "no series has %s: %s", what, why);
}

mine_status mine__parts_tell(mine_job *job, const mine_series_set *set, const mine_parts *parts) {
  int64_t plain = 0;
  for (int64_t s = 0; s < set->n; s++)
    plain += !parts->why_not[s] && parts->season[s] < set->season;
  MINE_TRY(mine__series_left_out(job, set, parts->why_not, "parts"));
  if (plain > 0)
    mine__job_notef(
        job, "warning", "season",
        "%lld of %lld series are shorter than two seasons of %d points: they have a trend "
        "and no season",
        (long long)plain, (long long)set->n, set->season);
  return mine_env_status(job->env);
}

/* ---- the verb ------------------------------------------------------------------------------- */

typedef struct decompose_state {
  mine_series_reading reading;
} decompose_state;

static mine_status decompose_open(mine_job *job) {
  return mine__decompose_check(job->env,
                               mine__options_of(&job->options, mine__decompose_option_table));
}

static mine_status decompose_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  decompose_state *state = mine__job_state(job);
  return mine__series_source(job, step, &state->reading, sql, frame);
}

void mine__row_point(const mine_series_set *set, int64_t s, int64_t i, mine_relation *out) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell = {.type = MINE_NULL};
  if (set->name) mine__values_get(set->name, s, &cell);
  mine__row_cell(out, &cell);
  if (mine__series_time(set, set->first[s] + i, buffer, &cell))
    mine__row_cell(out, &cell);
  else
    mine__row_null(out);
  mine__row_real(out, set->value[set->at[s] + i]);
}

static mine_status decompose_run(mine_job *job, mine_relation *out) {
  decompose_state *state = mine__job_state(job);
  const mine_decompose_options *how = mine__options_of(&job->options, mine__decompose_option_table);
  const int multiplies = how->seasonal == MINE_DECOMPOSE_MULTIPLICATIVE;
  mine_series_set set;
  mine_parts parts;
  MINE_TRY(mine__series_of_job(job, &state->reading, &set));
  MINE_TRY(mine__decompose(job->env, job->arena, &set, how, &parts));
  MINE_TRY(mine__parts_tell(job, &set, &parts));
  for (int64_t s = 0; s < set.n; s++) {
    for (int64_t i = set.at[s]; !parts.why_not[s] && i < set.at[s + 1]; i++) {
      if (MINE_POLL_AT(job->env, i)) return mine_env_status(job->env);
      const double both =
          multiplies ? parts.trend[i] * parts.seasonal[i] : parts.trend[i] + parts.seasonal[i];
      mine__row_point(&set, s, i - set.at[s], out);
      mine__row_real(out, parts.trend[i]);
      mine__row_real(out, parts.seasonal[i]);
      mine__row_real(out, multiplies ? set.value[i] / both : set.value[i] - both);
      mine__relation_end_row(out);
    }
  }
  return mine_env_status(job->env);
}

static const mine_answer decompose_answer[] = {
    {"series", MINE_ANSWER_ANY, 1, "its name; NULL: the source has one series without a name"},
    {"time", MINE_ANSWER_ANY, 1, "of the step, as times came"},
    {"value", MINE_ANSWER_REAL, 0, "as it came; NULL: missing"},
    {"trend", MINE_ANSWER_REAL, 0, "the smooth line"},
    {"seasonal", MINE_ANSWER_REAL, 0, "what the point of the season has beside it, sum or factor"},
    {"remainder", MINE_ANSWER_REAL, 0, "what the two leave of the value; NULL: missing"},
    {0},
};

static const mine_option_set decompose_sets[] = {
    {mine__decompose_option_table, sizeof(mine_decompose_options), 0},
    MINE_SET_SERIES,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_decompose = {
    .name = "mine_decompose",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SERIES,
    .what = "Trend, season and what remains of one series or of thousands.",
    .notes =
        "Cleveland, Cleveland, McRae & Terpenning, STL, Journal of Official Statistics 6 (1990), "
        "with the windows and steps of R's stl; or the classical decomposition. The step and the "
        "season are recognised as in mine_forecast. Without a season (or with less than two of "
        "them) the trend is a smooth line over a third of the points, and the season is 0 "
        "(1 where parts multiply). A missing value is bridged by a line and has no remainder.",
    .example =
        "SELECT time, value, round(trend, 1) AS trend, round(seasonal, 1) AS seasonal\n"
        "FROM mine_decompose(\n  " MINE_ROWS("date(''2020-01-01'', i || '' months'') AS month, 100 "
                                             "+ i + i*i%12*5 AS orders") ") LIMIT 3;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = decompose_answer,
    .options = decompose_sets,
    .wants = mine__series_wants,
    .state_bytes = sizeof(decompose_state),
    .open = decompose_open,
    .source = decompose_source,
    .run = decompose_run,
};
