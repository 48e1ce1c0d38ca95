/*
** anomalies_find.c -- what is wrong in each of many series.
**
** A level shift would bend every trend around it, so it is looked for first: in the series without
** its season (robust STL), then again without a season that the shift no longer spoils.  With the
** steps taken away, what was to be expected is trend and season of a robust STL, or what a method
** foretells one step ahead.  A far value would mislead the forecasts after it, so those that are
** found are replaced by what was expected, and the method is fitted again.  What is left is judged
** by scatter.c.
**
** Parts add up, or multiply (logarithms): as said, or where values are above 0, the level more than
** doubles, and values scatter more where it is high or factors leave less.
*/
#include "anomalies.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../series/stl.h"
#include "decompose.h"

#define ANOMALIES_LEAST   8 /* values of a series                               */
#define ANOMALIES_ROUNDS  8 /* robust ones: what is far is far long before R's 15 */
#define ANOMALIES_REFITS  2 /* of a method, without the far values that were found */
#define ANOMALIES_DOUBLES 2
#define ANOMALIES_GROWS   1.25 /* times as much scatter where the level is high */
#define ANOMALIES_BETTER  0.9  /* of what is left, that factors must get below */
#define ANOMALIES_SHARE   0.2  /* of values that are the same: they say nothing of scatter */

typedef struct anomalies_work {
  const mine_series_set *set;
  const mine_anomalies_options *how;
  mine_anomalies *to;
  double *steps;  /* as set->value: level shifts, in the scale of the parts   */
  double *clean;  /* method=forecast: what is fitted                          */
  double *memory; /* per worker */
  uint8_t *flags; /* per worker: longest */
  size_t width, longest;
} anomalies_work;

/* One series at work: arrays of n in a worker's memory. */
typedef struct anomalies_one {
  const anomalies_work *w;
  int64_t s, at, n;
  const double *y; /* NAN: missing                              */
  double *z;       /* bridged, in the scale of the parts        */
  double *trend, *seasonal, *rest, *part;
  double *room;
  uint8_t *common;
} anomalies_one;

static anomalies_one anomalies_open_one(const anomalies_work *w, int64_t s, int worker) {
  anomalies_one one = {.w = w, .s = s, .at = w->set->at[s]};
  double *memory = w->memory + (size_t)worker * w->width;
  one.n = w->set->at[s + 1] - one.at;
  one.y = w->set->value + one.at;
  one.z = memory;
  one.trend = memory + w->longest;
  one.seasonal = memory + 2 * w->longest;
  one.rest = memory + 3 * w->longest;
  one.part = memory + 4 * w->longest;
  one.room = memory + 5 * w->longest;
  one.common = w->flags + (size_t)worker * w->longest;
  return one;
}

static double anomalies_median(double *x, int64_t n) {
  return n > 0 ? mine__median(x, n) : 0;
}

/* The trend bends over three seasons: over less than two, as STL's own would, it follows a few far
** values, and those beside them look far. */
static mine_stl_how anomalies_smooth(const anomalies_one *one) {
  const mine_anomalies_options *how = one->w->how;
  const int m = one->w->to->season[one->s];
  const int64_t trend = how->trend_window > 0 || m < 2 ? how->trend_window : 3 * (int64_t)m | 1;
  return (mine_stl_how){m, how->seasonal_window, trend, ANOMALIES_ROUNDS};
}

/* ---- level shifts --------------------------------------------------------------------------- */

static void anomalies_stl(const anomalies_one *one, const double *steps) {
  const mine_stl_how stl = anomalies_smooth(one);
  for (int64_t i = 0; i < one->n; i++)
    one->part[i] = one->z[i] - steps[i];
  mine__stl(one->part, one->n, &stl, one->trend, one->seasonal, one->room);
}

static int anomalies_shifts(const anomalies_one *one, double *steps, mine_change *shift) {
  for (int64_t i = 0; i < one->n; i++)
    one->part[i] = one->z[i] - one->seasonal[i];
  const int n = mine__shifts(one->part, one->n, one->w->how->threshold, shift, one->room);
  memset(steps, 0, (size_t)one->n * sizeof *steps);
  for (int k = 0; k < n; k++)
    for (int64_t i = shift[k].at; i < one->n; i++)
      steps[i] += shift[k].size;
  return n;
}

/* The parts, and the steps that are in none of them. */
static void anomalies_parts(const anomalies_one *one) {
  mine_change shift[MINE_MOST_CHANGES];
  double *steps = one->w->steps + one->at;
  mine_anomalies *to = one->w->to;
  memset(steps, 0, (size_t)one->n * sizeof *steps);
  anomalies_stl(one, steps);
  int n = anomalies_shifts(one, steps, shift);
  if (n == 0) return;
  if (to->season[one->s] > 1) {
    anomalies_stl(one, steps);
    n = anomalies_shifts(one, steps, shift);
  }
  anomalies_stl(one, steps);
  for (int k = 0; k < n; k++) {
    const int64_t i = one->at + shift[k].at;
    to->kind[i] = MINE_ANOMALY_SHIFT;
    to->size[i] = shift[k].size;
    to->score[i] = shift[k].score;
  }
}

/* ---- do parts multiply? --------------------------------------------------------------------- */

static int anomalies_positive(const anomalies_one *one) {
  for (int64_t i = 0; i < one->n; i++)
    if (one->y[i] <= 0) return 0;
  return 1;
}

/* The median of what is left where the level lies above (or not above) the middle. */
static double anomalies_rest_at(const anomalies_one *one, double middle, int above) {
  const double *steps = one->w->steps + one->at;
  int64_t k = 0;
  for (int64_t i = 0; i < one->n; i++) {
    const double level = one->trend[i] + steps[i];
    if (isnan(one->y[i]) || (level > middle) != above) continue;
    one->room[k++] = fabs(one->z[i] - level - one->seasonal[i]);
  }
  return anomalies_median(one->room, k);
}

/* Whether the level more than doubles, above 0. */
static int anomalies_doubles(const anomalies_one *one) {
  const double *steps = one->w->steps + one->at;
  double least = INFINITY, most = -INFINITY;
  for (int64_t i = 0; i < one->n; i++) {
    const double level = one->trend[i] + steps[i];
    least = fmin(least, level);
    most = fmax(most, level);
  }
  return least > 0 && most > ANOMALIES_DOUBLES * least;
}

static int anomalies_grows(const anomalies_one *one) {
  const double *steps = one->w->steps + one->at;
  for (int64_t i = 0; i < one->n; i++)
    one->room[i] = one->trend[i] + steps[i];
  const double middle = anomalies_median(one->room, one->n);
  const double low = anomalies_rest_at(one, middle, 0), high = anomalies_rest_at(one, middle, 1);
  return high > ANOMALIES_GROWS * low;
}

/* The median of what the parts leave, in the scale of the values. */
static double anomalies_left(const anomalies_one *one) {
  const double *steps = one->w->steps + one->at;
  int64_t k = 0;
  for (int64_t i = 0; i < one->n; i++) {
    const double all = one->trend[i] + one->seasonal[i] + steps[i];
    if (isnan(one->y[i])) continue;
    one->room[k++] = fabs(one->y[i] - (one->w->to->factors[one->s] ? exp(all) : all));
  }
  return anomalies_median(one->room, k);
}

static void anomalies_forget(const anomalies_one *one) {
  mine_anomalies *to = one->w->to;
  for (int64_t i = one->at; i < one->at + one->n; i++) {
    to->kind[i] = MINE_ANOMALY_NONE;
    to->score[i] = to->size[i] = NAN;
  }
}

static void anomalies_parts_as(const anomalies_one *one, int factors) {
  anomalies_forget(one);
  one->w->to->factors[one->s] = (uint8_t)factors;
  mine__series_bridge(one->y, one->n, one->z);
  for (int64_t i = 0; factors && i < one->n; i++)
    one->z[i] = log(one->z[i]);
  anomalies_parts(one);
}

/* NULL, or why the series is left out. */
static const char *anomalies_take_apart(const anomalies_one *one) {
  const int seasonal = one->w->how->seasonal;
  int64_t known = 0;
  for (int64_t i = 0; i < one->n; i++)
    known += !isnan(one->y[i]);
  if (known < ANOMALIES_LEAST) return "it has fewer than 8 values, too few to say what is usual";
  const int positive = anomalies_positive(one);
  if (seasonal == MINE_DECOMPOSE_MULTIPLICATIVE && !positive)
    return "it has values that are not above 0, and nothing multiplies to those";
  anomalies_parts_as(one, seasonal == MINE_DECOMPOSE_MULTIPLICATIVE);
  if (seasonal != MINE_DECOMPOSE_AUTO || !positive || !anomalies_doubles(one)) return NULL;
  const int grows = anomalies_grows(one);
  const double left = anomalies_left(one);
  anomalies_parts_as(one, 1);
  if (!grows && anomalies_left(one) > ANOMALIES_BETTER * left) anomalies_parts_as(one, 0);
  return NULL;
}

/* ---- what is left --------------------------------------------------------------------------- */

/* Values that are the same as many others: 1 in one->common; NULL: none is. */
static const uint8_t *anomalies_common(const anomalies_one *one) {
  int64_t known = 0, most = 0;
  double value = NAN;
  for (int64_t i = 0; i < one->n; i++)
    if (!isnan(one->y[i])) one->part[known++] = one->y[i];
  /* the value of at least a fifth is one of the six that part the others */
  for (int k = 0; k <= 5; k++) {
    const int64_t at = k * (known - 1) / 5;
    const double candidate = mine__select(one->part, known, at);
    int64_t same = 0;
    for (int64_t i = 0; i < known; i++)
      same += one->part[i] == candidate;
    if (same > most) {
      most = same;
      value = candidate;
    }
  }
  if ((double)most < ANOMALIES_SHARE * (double)known) return NULL;
  for (int64_t i = 0; i < one->n; i++)
    one->common[i] = one->y[i] == value;
  return one->common;
}

/* The least deviation that is one: rounding; half a unit of whole numbers. */
static double anomalies_least(const anomalies_one *one) {
  double most = 0, middle = 0;
  int whole = 1;
  int64_t known = 0;
  for (int64_t i = 0; i < one->n; i++) {
    if (isnan(one->y[i])) continue;
    most = fmax(most, fabs(one->y[i]));
    whole = whole && one->y[i] == floor(one->y[i]);
    one->part[known++] = fabs(one->y[i]);
  }
  middle = anomalies_median(one->part, known);
  if (one->w->to->factors[one->s]) return whole ? 0.5 / fmax(middle, 1) : 1e-9;
  return whole ? 0.5 : 1e-9 * most;
}

/* one->rest becomes scores in the answer, changes of scatter and far values. */
static void anomalies_judge(const anomalies_one *one, double spent) {
  const anomalies_work *w = one->w;
  mine_anomalies *to = w->to;
  mine_change change[MINE_MOST_CHANGES];
  const uint8_t *common = anomalies_common(one);
  const mine_scatter_how how = {to->season[one->s], w->how->threshold, spent, anomalies_least(one)};
  const int n = mine__scatter(one->rest, common, one->n, &how, one->part, change, one->room);
  for (int64_t i = 0; i < one->n; i++) {
    const int64_t at = one->at + i;
    if (to->kind[at] == MINE_ANOMALY_SHIFT) continue;
    to->score[at] = one->part[i];
    to->kind[at] = one->part[i] > w->how->threshold ? MINE_ANOMALY_POINT : MINE_ANOMALY_NONE;
  }
  for (int k = 0; k < n; k++) {
    int64_t at = one->at + change[k].at;
    while (at < one->at + one->n - 1 && to->kind[at] != MINE_ANOMALY_NONE)
      at++; /* what is wrong with the point itself is told of it */
    if (to->kind[at] != MINE_ANOMALY_NONE) continue;
    to->kind[at] = MINE_ANOMALY_SCATTER;
    to->size[at] = change[k].size;
    to->score[at] = change[k].score;
  }
}

/* Parameters that trend and season take of n points, about. */
static double anomalies_spent(const anomalies_one *one) {
  const mine_stl_how stl = anomalies_smooth(one);
  const double n = (double)one->n, m = stl.season;
  double spent = 1 + 2.5 * n / (double)mine__stl_trend(&stl, one->n);
  if (m > 1) spent += m * (1 + (stl.seasonal > 0 ? n / m / (double)stl.seasonal : 0));
  return fmin(spent, 0.6 * n);
}

static void anomalies_by_parts(void *context, int64_t s, int worker) {
  const anomalies_work *w = context;
  const anomalies_one one = anomalies_open_one(w, s, worker);
  w->to->season[s] = one.n >= 2 * (int64_t)w->set->season ? w->set->season : 1;
  w->to->why_not[s] = anomalies_take_apart(&one);
  if (w->to->why_not[s]) return;
  for (int64_t i = 0; i < one.n; i++) {
    const double all = one.trend[i] + one.seasonal[i] + w->steps[one.at + i];
    w->to->expected[one.at + i] = w->to->factors[s] ? exp(all) : all;
    one.rest[i] = isnan(one.y[i]) ? (double)NAN : one.z[i] - all;
  }
  anomalies_judge(&one, anomalies_spent(&one));
}

/* ---- one step ahead ------------------------------------------------------------------------- */

static void anomalies_prepare(void *context, int64_t s, int worker) {
  const anomalies_work *w = context;
  const anomalies_one one = anomalies_open_one(w, s, worker);
  w->to->season[s] = one.n >= 2 * (int64_t)w->set->season ? w->set->season : 1;
  w->to->why_not[s] = anomalies_take_apart(&one);
  for (int64_t i = 0; i < one.n; i++) {
    const double step = w->to->why_not[s] ? 0 : w->steps[one.at + i];
    w->clean[one.at + i] = w->to->factors[s] ? one.y[i] / exp(step) : one.y[i] - step;
  }
}

/* What was expected, with the steps; far values are replaced by it in what is fitted next. */
static void anomalies_compare(const anomalies_work *w, const mine_forecasts *fits, int64_t s,
                              int worker) {
  const anomalies_one one = anomalies_open_one(w, s, worker);
  mine_anomalies *to = w->to;
  if (to->why_not[s]) return;
  to->why_not[s] = fits->why_not[s];
  if (to->why_not[s]) return;
  for (int64_t i = 0; i < one.n; i++) {
    const int64_t at = one.at + i;
    const double step = w->steps[at], fitted = fits->fitted[at];
    const double all = to->factors[s] ? fitted * exp(step) : fitted + step;
    to->expected[at] = all;
    one.rest[i] = !to->factors[s] ? one.y[i] - all : all > 0 ? log(one.y[i] / all) : (double)NAN;
  }
  anomalies_judge(&one, (double)fits->fit[s].parameters);
  for (int64_t i = 0; i < one.n; i++) {
    const int64_t at = one.at + i;
    if (to->kind[at] == MINE_ANOMALY_POINT) w->clean[at] = fits->fitted[at];
  }
}

typedef struct anomalies_ahead {
  const anomalies_work *w;
  const mine_forecasts *fits;
} anomalies_ahead;

static void anomalies_compare_task(void *context, int64_t s, int worker) {
  const anomalies_ahead *run = context;
  anomalies_compare(run->w, run->fits, s, worker);
}

static mine_status anomalies_by_forecasts(mine_env *env, mine_arena *arena, anomalies_work *w) {
  mine_series_set clean = *w->set;
  mine_forecasts fits;
  anomalies_ahead run = {w, &fits};
  const mine_forecast_how how = {
      .seasonal = w->how->seasonal == MINE_DECOMPOSE_ADDITIVE         ? MINE_SEASONAL_ADDITIVE
                  : w->how->seasonal == MINE_DECOMPOSE_MULTIPLICATIVE ? MINE_SEASONAL_MULTIPLICATIVE
                                                                      : MINE_SEASONAL_AUTO,
      .damped = -1};
  clean.value = w->clean;
  MINE_TRY(
      mine__parallel_progress(env, w->set->n, anomalies_prepare, w, "looking for shifts", 0, 0.2));
  for (int round = 0; round <= ANOMALIES_REFITS; round++) {
    MINE_TRY(mine__series_fit(env, arena, &clean, mine__forecaster_at(w->how->algorithm), &how, 1,
                              &fits));
    MINE_TRY(mine__parallel(env, w->set->n, anomalies_compare_task, &run));
  }
  return mine_env_status(env);
}

/* ---- all of them ---------------------------------------------------------------------------- */

mine_status mine__anomalies_find(mine_env *env, mine_arena *arena, const mine_series_set *set,
                                 const mine_anomalies_options *how, mine_anomalies *out) {
  anomalies_work w = {.set = set, .how = how, .to = out};
  const size_t all = (size_t)set->at[set->n], n = (size_t)set->n;
  for (size_t s = 0; s < n; s++)
    if ((size_t)(set->at[s + 1] - set->at[s]) > w.longest)
      w.longest = (size_t)(set->at[s + 1] - set->at[s]);
  out->expected = mine__arena_array(arena, all, sizeof *out->expected);
  out->score = mine__arena_array(arena, all, sizeof *out->score);
  out->size = mine__arena_array(arena, all, sizeof *out->size);
  out->kind = mine__arena_zeros(arena, all, sizeof *out->kind);
  out->factors = mine__arena_zeros(arena, n, sizeof *out->factors);
  out->season = mine__arena_zeros(arena, n, sizeof *out->season);
  out->why_not = mine__arena_zeros(arena, n, sizeof *out->why_not);
  w.steps = mine__arena_zeros(arena, all, sizeof *w.steps);
  if (how->method == MINE_ANOMALIES_FORECAST)
    w.clean = mine__arena_array(arena, all, sizeof *w.clean);
  const mine_mark mark = mine__arena_mark(env->scratch);
  size_t room = mine__stl_room((int64_t)w.longest, set->season);
  if (room < mine__shifts_room((int64_t)w.longest)) room = mine__shifts_room((int64_t)w.longest);
  w.width = 5 * w.longest + room;
  w.memory = mine__arena_array(env->scratch, (size_t)env->threads, w.width * sizeof *w.memory);
  w.flags = mine__arena_array(env->scratch, (size_t)env->threads, w.longest);
  if (mine_failed(env)) return mine_env_status(env);
  if (how->method == MINE_ANOMALIES_FORECAST)
    (void)!anomalies_by_forecasts(env, arena, &w);
  else
    (void)!mine__parallel_progress(env, set->n, anomalies_by_parts, &w, "comparing series", 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
