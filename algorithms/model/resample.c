/*
** resample.c -- intervals of measures.
**
** The bootstrap (Efron, Ann. Statist. 7, 1979): rows are drawn from the rows, as many as there
** are, with replacement; the middle 95 % of the measure's values over a thousand such draws is
** its interval, by percentiles.  A draw is a number of times for each row, so nothing is sorted
** or asked of the model again.  A weight is a property of a row and is drawn with it.
**
** Of the area under the ROC curve there is a formula (DeLong, DeLong & Clarke-Pearson, Biometrics
** 44, 1988; by ranks in O(n log n): Sun & Xu, IEEE Signal Process. Lett. 21, 2014):
**
**   A         = mean of V_i over positive rows = mean of V_j over the others
**   var A     = S_pos / m + S_neg / n,  S the sample variances of V, m and n their numbers
**   cov A, B  likewise of two models on the same rows
**
** With weights w, V are weighted shares and S / m is sum w^2 (V - A)^2 / (sum w)^2 times
** m / (m - 1): each row is one draw whatever its weight.
*/
#include "resample.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/random.h"
#include "../kernel/special.h"
#include "metrics.h"

#define RESAMPLE_CHANCE 0x7265736dU /* names its random streams */

typedef struct resample_run {
  const mine__gauge *const *gauge;
  const mine_certainty *how;
  mine_resamples *out;
  uint32_t *times; /* rows of each worker */
  double *room;    /* likewise            */
  size_t rows, room_each;
} resample_run;

void mine__resample_draw(const mine_certainty *how, int64_t i, size_t n, uint32_t *times) {
  mine_random chance;
  memset(times, 0, n * sizeof *times);
  mine__random_open(&chance, how->seed, RESAMPLE_CHANCE, (uint64_t)i);
  for (size_t k = 0; k < n; k++)
    times[mine__random_below(&chance, n)]++;
}

static void resample_task(void *context, int64_t task, int worker) {
  const resample_run *run = context;
  mine_resamples *out = run->out;
  uint32_t *times = run->times + (size_t)worker * run->rows;
  mine_metric metric[MINE_MAX_METRICS];
  mine__resample_draw(run->how, task, run->rows, times);
  for (int g = 0; g < out->n_gauges; g++) {
    double *room = run->room + (size_t)worker * run->room_each;
    (void)mine__gauge_read(run->gauge[g], NULL, times, room, metric);
    for (int m = 0; m < out->n_metrics; m++)
      out->value[((size_t)g * (size_t)out->n_metrics + (size_t)m) * (size_t)out->n + (size_t)task] =
          metric[m].value;
  }
}

mine_status mine__resample(mine_env *env, mine_arena *arena, const mine__gauge *const *gauge,
                           int n_gauges, const mine_certainty *how, mine_resamples *out) {
  resample_run run = {.gauge = gauge, .how = how, .out = out};
  mine_metric metric[MINE_MAX_METRICS];
  *out = (mine_resamples){.n = how->resamples, .n_gauges = n_gauges};
  if (mine_failed(env)) return mine_env_status(env);
  for (int g = 0; g < n_gauges; g++) {
    const size_t room = mine__gauge_room(gauge[g]);
    if (room > run.room_each) run.room_each = room;
  }
  out->value = mine__arena_array(arena, (size_t)n_gauges * MINE_MAX_METRICS,
                                 (size_t)out->n * sizeof *out->value);
  run.rows = (size_t)gauge[0]->rows.n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t workers = (size_t)env->threads;
  run.room = mine__arena_array(env->scratch, workers, run.room_each * sizeof *run.room);
  run.times = mine__arena_array(env->scratch, workers, (run.rows + 1) * sizeof *run.times);
  if (run.room && run.times)
    out->n_metrics = mine__gauge_read(gauge[0], env, NULL, run.room, metric);
  if (!mine_failed(env))
    (void)!mine__parallel_progress(env, out->n, resample_task, &run, "resampling", 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static const double *resample_values(const mine_resamples *all, int gauge, int metric) {
  return all->value + ((size_t)gauge * (size_t)all->n_metrics + (size_t)metric) * (size_t)all->n;
}

mine_bounds mine__resamples_bounds(mine_env *env, const mine_resamples *all, int gauge, int metric,
                                   double level) {
  const double *value = resample_values(all, gauge, metric);
  mine_bounds out = {NAN, NAN};
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *room = mine__arena_array(env->scratch, (size_t)all->n, sizeof *room);
  int64_t known = 0;
  for (int64_t i = 0; room && i < all->n; i++)
    if (!isnan(value[i])) room[known++] = value[i];
  if (known * 2 > all->n) {
    out.low = mine__quantile(room, known, (1 - level) / 2);
    out.high = mine__quantile(room, known, 1 - (1 - level) / 2);
  }
  mine__arena_rewind(env->scratch, mark);
  return out;
}

double mine__resamples_apart(const mine_resamples *all, int a, int b, int metric) {
  const double *x = resample_values(all, a, metric), *y = resample_values(all, b, metric);
  double sum = 0, squares = 0;
  int64_t known = 0;
  for (int64_t i = 0; i < all->n; i++) {
    if (isnan(x[i] - y[i])) continue;
    sum += x[i] - y[i];
    known++;
  }
  if (known * 2 <= all->n || known < 2) return NAN;
  const double mean = sum / (double)known;
  for (int64_t i = 0; i < all->n; i++)
    if (!isnan(x[i] - y[i])) squares += (x[i] - y[i] - mean) * (x[i] - y[i] - mean);
  return sqrt(squares / (double)(known - 1));
}

/* ---- DeLong ------------------------------------------------------------------------------- */

static double delong_weight(const mine_gauged *rows, int64_t i) {
  return rows->weight ? rows->weight[i] : 1;
}

double mine__delong_parts(const mine__gauge *g, double *part) {
  const mine_gauged *r = &g->rows;
  double all[2] = {0, 0}, passed[2] = {0, 0}, area = 0; /* [1]: positive */
  for (int64_t i = 0; i < r->n; i++)
    all[r->label[i] == r->positive] += delong_weight(r, i);
  if (!(all[0] > 0 && all[1] > 0)) return NAN;
  for (int64_t first = 0, end; first < r->n; first = end) {
    double tied[2] = {0, 0};
    for (end = first; end < r->n && g->order[end].key == g->order[first].key; end++)
      tied[r->label[g->order[end].row] == r->positive] += delong_weight(r, g->order[end].row);
    const double below = 1 - (passed[0] + 0.5 * tied[0]) / all[0];
    const double above = (passed[1] + 0.5 * tied[1]) / all[1];
    for (int64_t i = first; i < end; i++)
      part[g->order[i].row] = r->label[g->order[i].row] == r->positive ? below : above;
    area += tied[0] * above;
    passed[0] += tied[0];
    passed[1] += tied[1];
  }
  return area / all[0];
}

double mine__delong_covariance(const mine_gauged *r, const double *a, double area_a,
                               const double *b, double area_b) {
  double sum[2] = {0, 0}, total[2] = {0, 0};
  int64_t rows[2] = {0, 0};
  for (int64_t i = 0; i < r->n; i++) {
    const int side = r->label[i] == r->positive;
    const double w = delong_weight(r, i);
    if (!(w > 0)) continue;
    sum[side] += w * w * (a[i] - area_a) * (b[i] - area_b);
    total[side] += w;
    rows[side]++;
  }
  if (rows[0] < 2 || rows[1] < 2) return NAN;
  double out = 0;
  for (int side = 0; side < 2; side++)
    out += sum[side] / total[side] / total[side] * ((double)rows[side] / (double)(rows[side] - 1));
  return out;
}

mine_bounds mine__delong_bounds(double area, double variance, double level) {
  const double reach =
      mine__normal_quantile((1 - level) / 2, MINE__UPPER) * sqrt(fmax(variance, 0));
  if (isnan(variance)) return (mine_bounds){NAN, NAN};
  return (mine_bounds){fmax(area - reach, 0), fmin(area + reach, 1)};
}

/* ---- all measures --------------------------------------------------------------------------- */

/* Bounds of the area of one gauge. */
static mine_bounds delong_of(mine_env *env, const mine__gauge *g, double level) {
  mine_bounds out = {NAN, NAN};
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *part = mine__arena_array(env->scratch, (size_t)g->rows.n, sizeof *part);
  if (part) {
    const double area = mine__delong_parts(g, part);
    out =
        mine__delong_bounds(area, mine__delong_covariance(&g->rows, part, area, part, area), level);
  }
  mine__arena_rewind(env->scratch, mark);
  return out;
}

mine_status mine__metrics_bounds(mine_env *env, const mine__gauge *gauge, const mine_certainty *how,
                                 mine_bounds *out) {
  const mine__gauge *one[] = {gauge};
  mine_metric metric[MINE_MAX_METRICS];
  mine_resamples all;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *room = mine__arena_array(env->scratch, mine__gauge_room(gauge), sizeof *room);
  if (!room || mine__resample(env, env->scratch, one, 1, how, &all)) return mine_env_status(env);
  const int n = mine__gauge_read(gauge, env, NULL, room, metric);
  const int ranked = gauge->rows.n_classes > 0 && gauge->rows.positive >= 0;
  const mine_bounds area = ranked ? delong_of(env, gauge, how->level) : (mine_bounds){NAN, NAN};
  for (int m = 0; m < n; m++) {
    const mine_measure *measure = mine__measure_find(metric[m].name);
    if (measure->is_count || isnan(metric[m].value))
      out[m] = (mine_bounds){NAN, NAN};
    else if (measure == &mine__measures[MINE_MEASURE_AUC])
      out[m] = area;
    else if (measure == &mine__measures[MINE_MEASURE_GINI])
      out[m] = (mine_bounds){2 * area.low - 1, 2 * area.high - 1};
    else
      out[m] = mine__resamples_bounds(env, &all, 0, m, how->level);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
