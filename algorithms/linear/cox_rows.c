/*
** cox_rows.c -- rows by stratum and falling time, and the times with events among them (cox.h).
*/
#include <math.h>

#include "../core/radix.h"
#include "cox.h"

#define COX_ROWS 256 /* filled at once */

/* Positions of the data's rows by stratum and falling value. */
static void cox_sort(cox_rows *c, const double *value, const int32_t *strata, int64_t n_strata,
                     int64_t **first, uint32_t *order) {
  mine_env *env = c->env;
  const mine_batch *rows = &c->data->rows;
  const size_t n = (size_t)c->n;
  mine_pair *pair = mine__arena_array(env->scratch, n, sizeof *pair);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  int32_t *code = mine__arena_array(env->scratch, n, sizeof *code);
  mine__by_code by;
  if (mine_failed(env)) return;
  if (!mine__sort_reals_asked(env, value, rows->row, c->n, pair, temp)) return;
  for (int64_t i = 0; i < c->n; i++) {
    const int64_t row = mine_batch_row(rows, pair[c->n - 1 - i].row);
    code[i] = strata ? strata[row] : 0;
  }
  if (!mine__sort_codes(env->scratch, code, c->n, n_strata, &by)) return;
  *first = by.first;
  for (int64_t i = 0; i < c->n; i++)
    order[i] = pair[c->n - 1 - by.at[i]].row;
}

/* The times with events of stratum s. */
static void cox_events_of(cox_rows *c, int64_t s) {
  int64_t gone = c->first[s];
  for (int64_t lo = c->first[s], hi; lo < c->first[s + 1]; lo = hi) {
    cox_event e = {.lo = (int32_t)lo};
    const double time = cox_time(c, lo);
    for (hi = lo; hi < c->first[s + 1] && cox_time(c, hi) == time; hi++) {
      if (!c->dead[hi]) continue;
      e.deaths++;
      e.weight += cox_weight(c, hi);
    }
    if (e.deaths == 0) continue;
    while (c->removed && gone < c->first[s + 1] && c->data->start[c->row[c->removed[gone]]] >= time)
      gone++;
    e.hi = (int32_t)hi;
    e.gone = (int32_t)gone;
    c->event[c->n_events++] = e;
  }
}

typedef struct cox_filling {
  cox_rows *rows;
  double *block; /* per worker: q x COX_ROWS */
} cox_filling;

static void cox_fill_task(void *context, int64_t task, int worker) {
  const cox_filling *filling = context;
  cox_rows *c = filling->rows;
  const int64_t at = task * COX_ROWS, n = c->n - at < COX_ROWS ? c->n - at : COX_ROWS;
  double *block = filling->block + worker * c->q * COX_ROWS;
  mine__design_fill(c->design, c->row + at, 0, n, block);
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < c->q; j++)
      c->x[(at + i) * c->q + j] = block[j * n + i];
}

static void cox_fill(cox_rows *c) {
  cox_filling filling = {c, NULL};
  filling.block = mine__arena_array(c->env->scratch, (size_t)c->env->threads * COX_ROWS,
                                    (size_t)c->q * sizeof(double));
  if (filling.block)
    (void)!mine__parallel(c->env, MINE_BLOCKS(c->n, COX_ROWS), cox_fill_task, &filling);
}

/* By falling start: positions among the sorted rows. */
static void cox_late(cox_rows *c, const int32_t *strata, int64_t n_strata, const uint32_t *order) {
  mine_env *env = c->env;
  int64_t *first;
  uint32_t *by_start = mine__arena_array(env->scratch, (size_t)c->n, sizeof *by_start);
  uint32_t *place = mine__arena_array(env->scratch, (size_t)c->n, sizeof *place);
  if (mine_failed(env)) return;
  cox_sort(c, c->data->start, strata, n_strata, &first, by_start);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < c->n; i++)
    place[order[i]] = (uint32_t)i;
  for (int64_t i = 0; i < c->n; i++)
    by_start[i] = place[by_start[i]];
  c->removed = by_start;
}

mine_status mine__cox_order(mine_env *env, const mine_dataset *data, const int32_t *strata,
                            int64_t n_strata, int efron, cox_rows *out) {
  const size_t n = (size_t)data->rows.n;
  *out =
      (cox_rows){.env = env, .data = data, .efron = efron, .n = (int64_t)n, .n_strata = n_strata};
  cox_rows *c = out;
  uint32_t *order = mine__arena_array(env->scratch, n, sizeof *order);
  c->row = mine__arena_array(env->scratch, n, sizeof *c->row);
  c->dead = mine__arena_array(env->scratch, n, sizeof *c->dead);
  c->eta = mine__arena_array(env->scratch, n, sizeof *c->eta);
  c->r = mine__arena_array(env->scratch, n, sizeof *c->r);
  c->event_of = mine__arena_zeros(env->scratch, (size_t)n_strata + 1, sizeof *c->event_of);
  if (mine_failed(env)) return mine_env_status(env);
  cox_sort(c, data->target, strata, n_strata, &c->first, order);
  if (mine_failed(env)) return mine_env_status(env);
  int64_t deaths = 0;
  for (int64_t i = 0; i < c->n; i++) {
    c->row[i] = (uint32_t)mine_batch_row(&data->rows, order[i]);
    c->dead[i] = data->event[c->row[i]];
    deaths += c->dead[i];
  }
  if (data->start) cox_late(c, strata, n_strata, order);
  c->event = mine__arena_array(env->scratch, (size_t)deaths + 1, sizeof *c->event);
  for (int64_t s = 0; s < n_strata && !mine_failed(env); s++) {
    c->event_of[s] = c->n_events;
    cox_events_of(c, s);
  }
  c->event_of[n_strata] = c->n_events;
  return mine_env_status(env);
}

mine_status mine__cox_rows(mine_env *env, const mine_dataset *data, const linear_design *design,
                           const int32_t *strata, int64_t n_strata, int efron, cox_rows *out) {
  MINE_TRY(mine__cox_order(env, data, strata, n_strata, efron, out));
  out->design = design;
  out->la = mine__linalg_open(env);
  out->q = design->n_used + 1;
  out->x = mine__arena_array(env->scratch, (size_t)out->n, (size_t)out->q * sizeof *out->x);
  out->at_risk = mine__arena_array(env->scratch, (size_t)out->n, sizeof *out->at_risk);
  if (!mine_failed(env)) cox_fill(out);
  return mine_env_status(env);
}
