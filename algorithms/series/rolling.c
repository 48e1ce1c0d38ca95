/*
** rolling.c -- errors of forecasts from origins in the past (rolling.h).
*/
#include "rolling.h"

#include <math.h>

#include "../core/parallel.h"

#define ROLLING_LEAST 3

/* ---- one series ----------------------------------------------------------------------------- */

size_t mine__rolling_room(const mine_forecaster *method, const mine_forecast_how *how, int64_t n,
                          int season, int64_t h) {
  const size_t fit = method->scratch(how, n, season, 0), ahead = method->scratch(how, 0, season, h);
  return (size_t)method->state(how, season) + 3 * (size_t)h + (fit > ahead ? fit : ahead);
}

/* The points before an origin; the last one is known. */
static mine_points rolling_before(const mine_points *p, int64_t origin) {
  mine_points before = *p;
  before.known = 0;
  before.n = 0;
  for (int64_t i = 0; i < origin; i++) {
    if (isnan(p->y[i])) continue;
    before.known++;
    before.n = i + 1;
  }
  return before;
}

/* Mean size of the steps from a point to the one a season later, before the origin: the error of
** the seasonal naive method there.  0: there is none. */
static double rolling_scale(const mine_points *before) {
  const int64_t m = before->season < before->n ? before->season : 1;
  double sum = 0, n = 0;
  for (int64_t i = m; i < before->n; i++) {
    const double d = fabs(before->y[i] - before->y[i - m]);
    if (isnan(d)) continue;
    sum += d;
    n++;
  }
  return n > 0 ? sum / n : 0;
}

static void rolling_count(mine_rolling_errors *to, double y, double mean, double low, double high,
                          double scale) {
  const double e = y - mean, sizes = fabs(y) + fabs(mean);
  if (isnan(e)) return;
  to->n++;
  to->error += e;
  to->absolute += fabs(e);
  to->squares += e * e;
  to->symmetric += sizes > 0 ? 2 * fabs(e) / sizes : 0;
  if (y != 0) {
    to->share += fabs(e / y);
    to->n_share++;
  }
  if (scale > 0) {
    to->scaled += fabs(e) / scale;
    to->n_scaled++;
  }
  if (isnan(low) || isnan(high)) return;
  to->n_bounded++;
  to->covered += low <= y && y <= high;
}

void mine__rolling_add(mine_rolling_errors *to, const mine_rolling_errors *from) {
  to->n += from->n;
  to->error += from->error;
  to->absolute += from->absolute;
  to->squares += from->squares;
  to->symmetric += from->symmetric;
  to->share += from->share;
  to->scaled += from->scaled;
  to->n_share += from->n_share;
  to->n_scaled += from->n_scaled;
  to->n_bounded += from->n_bounded;
  to->covered += from->covered;
}

/* The first origin: as many as are asked for, but `least` known points before it. */
static int64_t rolling_first(const mine_points *p, const mine_rolling_ask *ask) {
  const int64_t least = ask->least > ROLLING_LEAST ? ask->least : ROLLING_LEAST;
  const int64_t step = ask->step > 0 ? ask->step : 1, last = p->n - ask->h;
  int64_t known = 0, earliest = 0;
  while (earliest < last && known < least)
    known += !isnan(p->y[earliest++]);
  if (known < least || ask->origins < 1) return -1;
  const int64_t room = (last - earliest) / step;
  return last - step * (room < ask->origins - 1 ? room : ask->origins - 1);
}

/* To the origin from the end of what was fitted, or from the origin before. */
static void rolling_move(mine_forecast_fit *fit, const mine_points *p, int64_t origin) {
  if (fit->n < origin) fit->method->advance(fit, p->y + fit->n, origin - fit->n, NULL);
}

const char *mine__rolling_one(const mine_points *points, const mine_forecaster *method,
                              const mine_forecast_how *how, const mine_rolling_ask *ask,
                              double *scratch, int by_step, mine_rolling_errors *out,
                              int64_t *origins) {
  const int64_t h = ask->h, step = ask->step > 0 ? ask->step : 1;
  const int bounds = ask->level > 0;
  double *state = scratch, *mean = state + method->state(how, points->season), *low = mean + h,
         *high = low + h, *rest = high + h;
  mine_forecast_out ahead = {h, ask->level, 1, mean, bounds ? low : NULL, bounds ? high : NULL};
  mine_forecast_fit fit = {.state = state};
  const char *why = NULL;
  int64_t done = 0;
  const int64_t first = rolling_first(points, ask);
  if (first < 0) return "it is too short for an origin with the horizon behind it";
  for (int64_t origin = first; origin <= points->n - h; origin += step) {
    if (how->ask && mine__poll(how->ask)) return "it was stopped";
    const mine_points before = rolling_before(points, origin);
    if (ask->refit || !fit.method) why = mine__series_fit_one(method, &before, how, rest, &fit);
    if (why && !ask->refit) return why;
    if (why) {
      fit.method = NULL;
      continue;
    }
    rolling_move(&fit, points, origin);
    method->forecast(&fit, rest, &ahead);
    const double scale = rolling_scale(&before);
    for (int64_t i = 0; i < h; i++)
      rolling_count(&out[by_step ? i : 0], points->y[origin + i], mean[i],
                    bounds ? low[i] : (double)NAN, bounds ? high[i] : (double)NAN, scale);
    done++;
  }
  if (origins) *origins = done;
  return done > 0 ? NULL : why;
}

/* ---- every series --------------------------------------------------------------------------- */

typedef struct rolling_run {
  mine_env *env; /* the calling thread's */
  const mine_series_set *set;
  const mine_forecaster *method;
  const mine_forecast_how *how;
  const mine_rolling_ask *ask;
  mine_rolling *out;
  double *scratch; /* per worker */
  size_t width;
  int by_step;
} rolling_run;

static void rolling_series(void *context, int64_t s, int worker) {
  const rolling_run *run = context;
  const mine_points p = mine__series_points(run->set, s);
  mine_forecast_how how = *run->how;
  how.ask = worker == 0 ? run->env : NULL;
  const int64_t width = run->by_step ? run->ask->h : 1;
  run->out->why_not[s] =
      p.n == 0 ? "it has no value"
               : mine__rolling_one(&p, run->method, &how, run->ask,
                                   run->scratch + (size_t)worker * run->width, run->by_step,
                                   run->out->errors + s * width, &run->out->origins[s]);
}

mine_status mine__series_rolling(mine_env *env, mine_arena *arena, const mine_series_set *set,
                                 const mine_forecaster *method, const mine_forecast_how *how,
                                 const mine_rolling_ask *ask, int by_step, mine_rolling *out) {
  rolling_run run = {.env = env,
                     .set = set,
                     .method = method,
                     .how = how,
                     .ask = ask,
                     .out = out,
                     .by_step = by_step};
  const size_t n = (size_t)set->n, width = by_step ? (size_t)ask->h : 1;
  *out = (mine_rolling){.errors = mine__arena_zeros(arena, n, width * sizeof *out->errors),
                        .origins = mine__arena_zeros(arena, n, sizeof *out->origins),
                        .why_not = mine__arena_zeros(arena, n, sizeof *out->why_not)};
  const mine_mark mark = mine__arena_mark(env->scratch);
  run.width = mine__rolling_room(method, how, mine__series_longest(set), set->season, ask->h);
  run.scratch =
      mine__arena_array(env->scratch, (size_t)env->threads, run.width * sizeof *run.scratch);
  if (mine_failed(env)) return mine_env_status(env);
  (void)!mine__parallel_progress(env, set->n, rolling_series, &run, "forecasting the past", 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
