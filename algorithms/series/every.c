/*
** every.c -- every series by a method, on all cores: a task is a series, its memory was laid out
** before, and what a worker needs in between is its own.
*/
#include <math.h>

#include "../core/parallel.h"
#include "bootstrap.h"

/* The season that a method is given. */
static int every_season(const mine_forecaster *method, const mine_points *p) {
  if (method->most_season > 0 && p->season > method->most_season) return 1;
  return method->seasons > 0 && p->known >= (int64_t)method->seasons * p->season ? p->season : 1;
}

/* ---- fits ----------------------------------------------------------------------------------- */

typedef struct every_fits {
  mine_env *env; /* the calling thread's */
  mine_forecasts *of;
  const mine_forecast_how *how;
  double *scratch; /* per worker */
  size_t width;
} every_fits;

mine_points mine__series_points(const mine_series_set *set, int64_t s) {
  mine_points p = {
      .y = set->value + set->at[s], .n = set->at[s + 1] - set->at[s], .season = set->season};
  if (set->x) {
    p.x = set->x[s];
    p.n_x = set->n_x;
    p.x_name = set->x_name;
  }
  for (int64_t i = 0; i < p.n; i++)
    p.known += !isnan(p.y[i]);
  return p;
}

const char *mine__series_fit_one(const mine_forecaster *method, const mine_points *points,
                                 const mine_forecast_how *how, double *scratch,
                                 mine_forecast_fit *fit) {
  mine_points p = *points;
  p.season = every_season(method, &p);
  *fit = (mine_forecast_fit){.method = method,
                             .season = p.season,
                             .state = fit->state,
                             .fitted = fit->fitted,
                             .n = p.n,
                             .x = p.x ? p.x + p.n * p.n_x : NULL,
                             .n_x = p.n_x,
                             .x_name = p.x_name,
                             .sigma2 = NAN,
                             .sse = NAN,
                             .likelihood = NAN,
                             .criterion = NAN};
  for (int64_t i = 0; fit->fitted && i < p.n; i++)
    fit->fitted[i] = NAN;
  const char *why_not = p.n == 0 ? "it has no value" : method->fit(&p, how, scratch, fit);
  for (int i = 0; !why_not && i < fit->n_state; i++)
    if (!isfinite(fit->state[i])) why_not = "its values leave all numbers";
  if (why_not) fit->n_state = 0;
  return why_not;
}

static void every_fit(void *context, int64_t s, int worker) {
  const every_fits *run = context;
  mine_forecast_how how = *run->how;
  how.ask = worker == 0 ? run->env : NULL;
  const mine_points p = mine__series_points(run->of->set, s);
  mine_forecast_fit *fit = &run->of->fit[s];
  fit->fitted = run->of->fitted ? run->of->fitted + run->of->set->at[s] : NULL;
  run->of->why_not[s] = mine__series_fit_one(run->of->method, &p, &how,
                                             run->scratch + (size_t)worker * run->width, fit);
}

int64_t mine__series_longest(const mine_series_set *set) {
  int64_t most = 0;
  for (int64_t s = 0; s < set->n; s++)
    if (set->at[s + 1] - set->at[s] > most) most = set->at[s + 1] - set->at[s];
  return most;
}

mine_status mine__series_fit(mine_env *env, mine_arena *arena, const mine_series_set *set,
                             const mine_forecaster *method, const mine_forecast_how *how,
                             int with_fitted, mine_forecasts *out) {
  every_fits run = {.env = env, .of = out, .how = how};
  const size_t n = (size_t)set->n, room = (size_t)method->state(how, set->season);
  *out = (mine_forecasts){.set = set, .method = method};
  out->fit = mine__arena_zeros(arena, n, sizeof *out->fit);
  out->why_not = mine__arena_zeros(arena, n, sizeof *out->why_not);
  double *state = mine__arena_zeros(arena, n, room * sizeof *state);
  if (with_fitted)
    out->fitted = mine__arena_array(arena, (size_t)set->at[set->n], sizeof *out->fitted);
  const mine_mark mark = mine__arena_mark(env->scratch);
  run.width = method->scratch(how, mine__series_longest(set), set->season, 0);
  run.scratch =
      mine__arena_array(env->scratch, (size_t)env->threads, run.width * sizeof *run.scratch);
  if (mine_failed(env)) return mine_env_status(env);
  for (size_t s = 0; s < n; s++)
    out->fit[s].state = state + s * room;
  (void)!mine__parallel_progress(env, set->n, every_fit, &run, "fitting series", 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- forecasts ------------------------------------------------------------------------------ */

typedef struct every_ahead {
  mine_env *env; /* the calling thread's */
  const mine_forecast_fit *fit;
  const mine_forecast_ask *ask;
  double *mean, *low, *high, *scratch;
  size_t own, width; /* of a worker's scratch: a method's, and with the bootstrap's */
} every_ahead;

static void every_forecast(void *context, int64_t s, int worker) {
  const every_ahead *run = context;
  const mine_forecast_fit *fit = &run->fit[s];
  const int64_t h = run->ask->h, at = s * h;
  mine_forecast_out out = {h,
                           run->ask->level,
                           run->ask->seed + (uint64_t)s,
                           run->mean + at,
                           run->low + at,
                           run->high + at};
  for (int64_t i = 0; i < h; i++)
    out.mean[i] = out.low[i] = out.high[i] = NAN;
  if (fit->n_state == 0) return;
  double *scratch = run->scratch + (size_t)worker * run->width;
  fit->method->forecast(fit, scratch, &out);
  if (run->ask->of) {
    const mine_series_set *set = run->ask->of->set;
    const int64_t from = set->at[s], n = set->at[s + 1] - from;
    (void)mine__bootstrap(worker == 0 ? run->env : NULL, fit, set->value + from,
                          run->ask->of->fitted + from, n, scratch + run->own, scratch, &out);
  }
  for (int64_t i = 0; i < h; i++) {
    if (!isfinite(out.mean[i])) out.mean[i] = NAN;
    if (!isfinite(out.low[i]) || !isfinite(out.high[i])) out.low[i] = out.high[i] = NAN;
    if (!run->ask->nonnegative) continue;
    out.mean[i] = out.mean[i] < 0 ? 0 : out.mean[i];
    out.low[i] = out.low[i] < 0 ? 0 : out.low[i];
    out.high[i] = out.high[i] < 0 ? 0 : out.high[i];
  }
}

mine_status mine__series_forecast(mine_env *env, int64_t n, const mine_forecast_fit *fit,
                                  const mine_forecast_ask *ask, double *mean, double *low,
                                  double *high) {
  every_ahead run = {.env = env, .fit = fit, .ask = ask, .mean = mean, .low = low, .high = high};
  int states = 0;
  const mine_mark mark = mine__arena_mark(env->scratch);
  for (int64_t s = 0; s < n; s++) {
    if (!fit[s].method) continue;
    const mine_forecast_how none = {.n_x = fit[s].n_x};
    const size_t width = fit[s].method->scratch(&none, 0, fit[s].season, ask->h);
    if (width > run.own) run.own = width;
    if (fit[s].n_state > states) states = fit[s].n_state;
  }
  run.width = run.own;
  if (ask->of) run.width += mine__bootstrap_room(mine__series_longest(ask->of->set), states);
  run.scratch =
      mine__arena_array(env->scratch, (size_t)env->threads, run.width * sizeof *run.scratch);
  if (!run.scratch) return mine_env_status(env);
  (void)!mine__parallel(env, n, every_forecast, &run);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
