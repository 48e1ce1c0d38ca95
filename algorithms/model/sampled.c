/*
** sampled.c -- pairs of walks from a background to a row (sampled.h).
**
** Of each row some mixed rows are asked for: first the row itself, then each background, then
** pair after pair the rows within its two walks, feature after feature.
*/
#include "sampled.h"

#include <math.h>
#include <string.h>

#include "../core/random.h"

#define SAMPLED_ROWS   16384                /* mixed rows asked for at a time, about */
#define SAMPLED_BYTES  (1 << 20)            /* of what is known of them, about       */
#define SAMPLED_STREAM UINT64_C(0x5A4D91E5) /* what orders are drawn from            */

typedef struct sampled_run {
  mine_env *env;
  const mine__game *game;
  const mine_batch *batch;
  mine_explained *out;
  int pairs;
  int64_t each;    /* mixed rows of a row */
  uint32_t *order; /* pairs x features    */
  int64_t *at;
  int32_t *by;
  uint8_t *known;
  double *margin;
  double *moved; /* features: by one pair */
} sampled_run;

/* From a stream of the pair's own. */
static void sampled_shuffle(uint32_t *order, int n, int pair) {
  mine_random random;
  mine__random_open(&random, 1, SAMPLED_STREAM, (uint64_t)pair);
  for (int i = 0; i < n; i++)
    order[i] = (uint32_t)i;
  mine__random_shuffle(&random, NULL, order, n);
}

/* Rows within a walk. */
static int sampled_within(const sampled_run *run) {
  return run->game->n_features > 1 ? run->game->n_features - 1 : 0;
}

static int32_t sampled_background(const sampled_run *run, int pair) {
  return pair % run->game->backgrounds;
}

/* Which backgrounds the pairs take: the first so many. */
static int sampled_grounds(const sampled_run *run) {
  return run->pairs < run->game->backgrounds ? run->pairs : run->game->backgrounds;
}

/* The rows within a walk: after the first feature of the order, the second ..., all but the last.
** back: the order from its end. */
static void sampled_walk(const sampled_run *run, const uint32_t *order, int back, uint8_t *known) {
  const int n = run->game->n_features;
  for (int step = 0; step < sampled_within(run); step++, known += n) {
    if (step > 0) {
      memcpy(known, known - n, (size_t)n);
    } else {
      memset(known, 0, (size_t)n);
    }
    known[order[back ? n - 1 - step : step]] = 1;
  }
}

/* The mixed rows of one row; the first of them is number j. */
static void sampled_mix(const sampled_run *run, int64_t row, int64_t j) {
  const int n = run->game->n_features, grounds = sampled_grounds(run);
  const int within = sampled_within(run);
  uint8_t *known = run->known + j * n;
  for (int64_t i = 0; i < run->each; i++) {
    run->at[j + i] = row;
    run->by[j + i] = 0;
  }
  memset(known, 1, (size_t)n);
  memset(known + n, 0, (size_t)grounds * (size_t)n);
  for (int b = 0; b < grounds; b++)
    run->by[j + 1 + b] = b;
  int64_t at = 1 + grounds;
  for (int pair = 0; pair < run->pairs; pair++) {
    for (int64_t i = 0; i < 2 * within; i++)
      run->by[j + at + i] = sampled_background(run, pair);
    for (int back = 0; back < 2; back++, at += within)
      sampled_walk(run, run->order + (int64_t)pair * n, back, known + at * n);
  }
}

/* Add what each step of a walk moved the margin by, halved: a pair is one draw. */
static void sampled_steps(const sampled_run *run, const uint32_t *order, int back, double from,
                          double to, const double *within, double *moved) {
  const int n = run->game->n_features;
  for (int step = 0; step < n; step++) {
    const double next = step < n - 1 ? within[step] : to;
    moved[order[back ? n - 1 - step : step]] += (next - from) / 2;
    from = next;
  }
}

/* The contributions of a row, and their errors, from its margins. */
static void sampled_settle(const sampled_run *run, const double *margin, double *contribution,
                           double *error) {
  const int n = run->game->n_features, grounds = sampled_grounds(run), pairs = run->pairs;
  const double *within = margin + 1 + grounds;
  double base = 0, off = 0;
  for (int f = 0; f <= n; f++)
    contribution[f] = error[f] = 0;
  for (int pair = 0; pair < pairs; pair++) {
    const double from = margin[1 + sampled_background(run, pair)];
    const uint32_t *order = run->order + (int64_t)pair * n;
    double *moved = run->moved;
    memset(moved, 0, (size_t)n * sizeof(double));
    for (int back = 0; back < 2; back++, within += sampled_within(run))
      sampled_steps(run, order, back, from, margin[0], within, moved);
    for (int f = 0; f < n; f++) { /* Welford 1962: mean and squares about it in one pass */
      const double d = moved[f] - contribution[f];
      contribution[f] += d / (pair + 1);
      error[f] += d * (moved[f] - contribution[f]);
    }
    const double d = from - base;
    base += d / (pair + 1);
    off += d * (from - base);
  }
  for (int f = 0; f < n; f++)
    error[f] = pairs > 1 ? sqrt(error[f] / (pairs - 1) / pairs) : 0;
  contribution[n] = base;
  error[n] = pairs > 1 ? sqrt(off / (pairs - 1) / pairs) : 0;
}

/* Rows first .. first+n-1 of the batch. */
static void sampled_rows(sampled_run *run, int64_t first, int64_t n, double *no_error) {
  const int64_t width = run->game->n_features + 1;
  for (int64_t i = 0; i < n; i++)
    sampled_mix(run, first + i, i * run->each);
  const mine__mixed mixed = {n * run->each, run->at, run->by, run->known};
  run->game->margins(run->env, run->game->context, run->batch, &mixed, run->margin);
  if (mine_failed(run->env)) return;
  for (int64_t i = 0; i < n; i++) {
    const double *margin = run->margin + i * run->each;
    double *contribution = run->out->contribution + (first + i) * width;
    double *error = run->out->error ? run->out->error + (first + i) * width : no_error;
    if (isfinite(margin[0])) {
      sampled_settle(run, margin, contribution, error);
    } else {
      mine__explain_nothing(contribution, (int)width - 1);
      mine__explain_nothing(error, (int)width - 1);
    }
  }
}

mine_status mine__sampled_explain(mine_env *env, const mine__game *game, const mine_batch *batch,
                                  mine_explained *out) {
  const int n = game->n_features;
  mine_arena *a = env->scratch;
  sampled_run run = {.env = env, .game = game, .batch = batch, .out = out, .pairs = out->pairs};
  run.each = 1 + sampled_grounds(&run) + (int64_t)run.pairs * 2 * sampled_within(&run);
  int64_t most = SAMPLED_ROWS / run.each, by_bytes = SAMPLED_BYTES / (run.each * (n > 0 ? n : 1));
  if (by_bytes < most) most = by_bytes;
  if (most > batch->n) most = batch->n;
  if (most < 1) most = 1;
  const size_t mixed = (size_t)(most * run.each);
  run.order = mine__arena_array(a, (size_t)run.pairs, (size_t)n * sizeof *run.order);
  run.at = mine__arena_array(a, mixed, sizeof *run.at);
  run.by = mine__arena_array(a, mixed, sizeof *run.by);
  run.known = mine__arena_array(a, mixed, (size_t)n);
  run.margin = mine__arena_array(a, mixed, sizeof *run.margin);
  run.moved = mine__arena_array(a, (size_t)n, sizeof *run.moved);
  double *no_error = mine__arena_array(a, (size_t)n + 1, sizeof *no_error);
  for (int pair = 0; pair < run.pairs && !mine_failed(env); pair++)
    sampled_shuffle(run.order + (int64_t)pair * n, n, pair);
  for (int64_t first = 0; first < batch->n && !mine_failed(env); first += most) {
    sampled_rows(&run, first, batch->n - first < most ? batch->n - first : most, no_error);
    (void)!mine__poll(env);
  }
  return mine_env_status(env);
}
