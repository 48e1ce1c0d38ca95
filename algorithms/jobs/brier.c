/*
** brier.c -- the Brier score of survival that was foretold (brier.h).
*/
#include "brier.h"

#include <math.h>

#include "../core/arena.h"
#include "../core/parallel.h"
#include "../core/radix.h"

/* What is left at each distinct time, rising: just before it of not being lost, at it of the
** event's not having come. */
typedef struct brier_curves {
  int64_t n;
  double *time, *stay, *alive;
  double *own; /* per row: `stay` at its end */
} brier_curves;

typedef struct brier_run {
  const mine__brier_rows *rows;
  const brier_curves *curves;
  const double *time;
  mine__brier *out;
  double *base; /* per worker and stratum */
} brier_run;

static double brier_weight(const mine__brier_rows *rows, int64_t i) {
  return rows->weight ? rows->weight[i] : 1;
}

/* ---- the two curves of the rows themselves ------------------------------------------------- */

static void brier_walk(const mine__brier_rows *rows, const mine_pair *order, brier_curves *c) {
  double left = 0, stay = 1, alive = 1;
  for (int64_t i = 0; i < rows->n; i++)
    left += brier_weight(rows, i);
  for (int64_t from = 0, to; from < rows->n; from = to) {
    double came = 0, lost = 0;
    for (to = from; to < rows->n && order[to].key == order[from].key; to++) {
      const uint32_t row = order[to].row;
      *(rows->event[row] ? &came : &lost) += brier_weight(rows, row);
      c->own[row] = stay;
    }
    c->time[c->n] = rows->end[order[from].row];
    c->stay[c->n] = stay;
    alive *= 1 - came / left;
    c->alive[c->n++] = alive;
    left -= came;
    if (lost > 0) stay *= left > lost ? 1 - lost / left : 0;
    left -= lost;
  }
}

static mine_status brier_curves_of(mine_env *env, const mine__brier_rows *rows, brier_curves *c) {
  const size_t n = (size_t)rows->n;
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  *c = (brier_curves){.time = mine__arena_array(env->scratch, n, sizeof(double)),
                      .stay = mine__arena_array(env->scratch, n, sizeof(double)),
                      .alive = mine__arena_array(env->scratch, n, sizeof(double)),
                      .own = mine__arena_array(env->scratch, n, sizeof(double))};
  if (mine_failed(env)) return mine_env_status(env);
  (void)mine__sort_reals(rows->end, NULL, rows->n, order, temp);
  brier_walk(rows, order, c);
  return mine__poll(env);
}

/* How many of the times are below t, or not above it. */
static int64_t brier_before(const brier_curves *c, double t, int also) {
  int64_t low = 0, high = c->n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (c->time[middle] < t || (also && c->time[middle] == t))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* ---- one time -------------------------------------------------------------------------------- */

static mine__brier brier_one(const brier_run *run, double t, double *base) {
  const mine__brier_rows *rows = run->rows;
  const brier_curves *c = run->curves;
  const int64_t below = brier_before(c, t, 0), passed = brier_before(c, t, 1);
  const double stay = below < c->n ? c->stay[below] : 0; /* of those still there at t */
  const double alike = passed > 0 ? c->alive[passed - 1] : 1;
  double sum = 0, none = 0, all = 0;
  for (int32_t s = 0; s < rows->n_strata; s++)
    base[s] = rows->base(rows->context, s, t);
  for (int64_t i = 0; i < rows->n; i++) {
    const int ended = rows->end[i] < t || (rows->end[i] == t && rows->event[i]);
    const double w = brier_weight(rows, i);
    all += w;
    if (ended && !rows->event[i]) continue;
    const double survival = exp(-base[rows->stratum ? rows->stratum[i] : 0] * rows->risk[i]);
    const double far = ended ? survival : 1 - survival, as_all = ended ? alike : 1 - alike;
    const double v = w / (ended ? c->own[i] : stay);
    sum += v * far * far;
    none += v * as_all * as_all;
  }
  return (mine__brier){sum / all, none / all};
}

static void brier_task(void *context, int64_t task, int worker) {
  const brier_run *run = context;
  const double t = run->time[task];
  const int64_t last = run->curves->n - 1;
  run->out[task] = (mine__brier){NAN, NAN};
  if (!(t <= run->rows->known) || t > run->curves->time[last]) return;
  run->out[task] = brier_one(run, t, run->base + (int64_t)worker * run->rows->n_strata);
}

mine_status mine__brier_at(mine_env *env, const mine__brier_rows *rows, const double *time,
                           int64_t n, mine__brier *out) {
  brier_curves curves;
  brier_run run = {.rows = rows, .curves = &curves, .time = time, .out = out};
  const mine_mark mark = mine__arena_mark(env->scratch);
  MINE_TRY(brier_curves_of(env, rows, &curves));
  run.base = mine__arena_array(env->scratch, (size_t)env->threads,
                               (size_t)rows->n_strata * sizeof *run.base);
  if (run.base) (void)!mine__parallel(env, n, brier_task, &run);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- over time ------------------------------------------------------------------------------- */

double *mine__brier_times(mine_env *env, const mine__brier_rows *rows, int64_t most, int64_t *n) {
  double *time = mine__arena_array(env->scratch, (size_t)rows->n + 1, sizeof *time);
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *temp);
  int64_t distinct = 0;
  *n = 0;
  if (mine_failed(env)) return NULL;
  (void)mine__sort_reals(rows->end, NULL, rows->n, order, temp);
  for (int64_t i = 0; i < rows->n; i++) {
    const double t = rows->end[order[i].row];
    if (!rows->event[order[i].row] || t > rows->known) continue;
    if (distinct == 0 || t > time[distinct - 1]) time[distinct++] = t;
  }
  *n = distinct < most ? distinct : most;
  for (int64_t i = 0; distinct > most && i < most; i++)
    time[i] = time[i * (distinct - 1) / (most - 1)];
  return time;
}

mine__brier mine__brier_mean(const double *time, const mine__brier *at, int64_t n) {
  mine__brier sum = {0, 0};
  if (n == 0) return (mine__brier){NAN, NAN};
  if (n == 1) return at[0];
  const double length = time[n - 1] - time[0];
  for (int64_t i = 0; i + 1 < n; i++) {
    const double share = (time[i + 1] - time[i]) / length / 2;
    sum.value += share * (at[i].value + at[i + 1].value);
    sum.alike += share * (at[i].alike + at[i + 1].alike);
  }
  return sum;
}
