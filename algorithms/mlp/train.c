/*
** train.c -- a network learns: batches of rows in an order drawn anew for each epoch, until the
** rows watched have lost nothing for some epochs; the best weights are kept (Prechelt 1998,
** "Early stopping -- but when?").
*/
#include <string.h>

#include "../core/random.h"
#include "mlp.h"

#define LEARN_ORDER     UINT64_C(0x4d4c5033)
#define LEARN_RUNS_AWAY 10.0 /* times the loss where nothing is known, and one more */

static void learn_shuffle(mlp_run *run, uint32_t *order) {
  mine_random random;
  mine__random_open(&random, run->seed, LEARN_ORDER, (uint64_t)run->epochs);
  mine__random_shuffle(&random, run->env, order, run->n);
}

static double learn_total(const mlp_run *run, const uint32_t *row, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i++)
    total += mlp_weight(run->in, row[i]);
  return total;
}

/* The loss of the rows, batch after batch. */
static double learn_pass(mlp_run *run, const uint32_t *row, int64_t rows, int what) {
  double sum = 0;
  for (int64_t first = 0; first < rows && !mine_failed(run->env); first += run->batch) {
    const int64_t left = rows - first, n = left < run->batch ? left : run->batch;
    sum += mine__mlp_batch(run, row + first, n, what);
  }
  return sum;
}

/* One pass over all rows; the mean loss, each row's as it was before its batch. */
static double learn_epoch(mlp_run *run, uint32_t *order) {
  learn_shuffle(run, order);
  return learn_pass(run, order, run->n, MLP_STEP) / (run->mean_weight * (double)run->n);
}

/* Whether weights are numbers that a model may hold. */
static int learn_sound(const mlp_run *run) {
  for (int64_t i = 0; i < run->m->size; i++)
    if (!(fabs(run->weight[i]) < MINE_NETWORK_HEAVIEST)) return 0;
  return 1;
}

static void learn_ran_away(const mlp_run *run) {
  char rate[MINE_NUMBER_BYTES], less[MINE_NUMBER_BYTES];
  const double given = run->options->learning_rate, better = given / 10;
  (void)mine__fail(run->env, MINE_NUMERIC,
                   "the loss of epoch %lld is more than ten times that of guessing: "
                   "learning_rate=%s is too large for these rows; try learning_rate=%s",
                   (long long)run->epochs, mine__format_real(rate, given, 0),
                   mine__format_real(less, better > 0.01 ? 0.01 : better, 2));
}

/* Whether the rows watched have lost less than ever; then these weights are the best. */
static void learn_watch(mlp_run *run, double total, double *best) {
  const double loss = learn_pass(run, run->held, run->n_held, MLP_LOSS) / total;
  if (mine_failed(run->env) || !(loss < run->held_loss)) return;
  run->held_loss = loss;
  run->best_epoch = run->epochs;
  memcpy(best, run->weight, (size_t)run->m->size * sizeof *best);
}

/* Guessing is what is to be beaten: the loss with a last layer that knows nothing but its
** constants. */
static void learn_guess(mlp_run *run, mine_arena *arena, double total, double *best) {
  const mine_network *m = run->m;
  const int last = m->n_layers - 1;
  const size_t n = (size_t)(mine_network_constants(m, last) - m->layer[last]);
  double *layer = run->weight + m->layer[last];
  double *kept = mine__arena_array(arena, n, sizeof *kept);
  if (!kept) return;
  memcpy(kept, layer, n * sizeof *kept);
  memset(layer, 0, n * sizeof *layer);
  learn_watch(run, total, best);
  memcpy(layer, kept, n * sizeof *kept);
}

void mine__mlp_learn(mlp_run *run, mine_arena *arena) {
  const double total = learn_total(run, run->held, run->n_held);
  const double away = LEARN_RUNS_AWAY * run->in->none + 1;
  const int watched = run->patience > 0 && total > 0;
  uint32_t *order = mine__arena_array(arena, (size_t)run->n, sizeof *order);
  double *best = mine__arena_array(arena, (size_t)run->m->size, sizeof *best);
  if (!order || !best) return;
  memcpy(order, run->row, (size_t)run->n * sizeof *order);
  run->held_loss = INFINITY;
  if (watched) learn_guess(run, arena, total, best);
  while (run->epochs < run->most_epochs && !mine_failed(run->env)) {
    run->last_loss = learn_epoch(run, order);
    run->epochs++;
    if (mine__poll_progress(run->env, "mlp", (double)run->epochs / (double)run->most_epochs))
      return;
    if (!(run->last_loss < away) || !learn_sound(run)) {
      learn_ran_away(run);
      return;
    }
    if (watched) learn_watch(run, total, best);
    if (watched && run->epochs - run->best_epoch >= run->patience) break;
  }
  if (mine_failed(run->env)) return;
  if (watched) {
    memcpy(run->weight, best, (size_t)run->m->size * sizeof *best);
  } else {
    run->best_epoch = run->epochs;
  }
}

/* ---- tables -------------------------------------------------------------------------------- */

/* The weight of each row of table t among the rows learned from. */
static double learn_count_classes(const mlp_run *run, int t, int64_t rows, double *count) {
  double all = 0;
  memset(count, 0, (size_t)rows * sizeof *count);
  for (int64_t i = 0; i < run->n; i++) {
    const int64_t position = run->row[i];
    count[run->in->row[position * run->in->tables + t]] += mlp_weight(run->in, position);
  }
  for (int64_t r = 0; r < rows; r++)
    all += count[r];
  return all;
}

void mine__mlp_fill(mlp_run *run, mine_arena *arena) {
  for (int t = 0; t < run->in->tables; t++) {
    const mine_network_column *column = &run->m->column[run->in->table[t]];
    const int64_t rows = column->levels + 1, width = column->width;
    double *row = run->weight + column->table, *mean = row + rows * width;
    double *count = mine__arena_array(arena, (size_t)rows, sizeof *count);
    if (!count || mine__poll(run->env)) return;
    const double all = learn_count_classes(run, t, rows, count);
    memset(mean, 0, (size_t)width * sizeof *mean);
    for (int64_t r = 0; r < rows; r++)
      if (count[r] > 0) run->kernels->add_row(mean, row + r * width, width, count[r] / all);
    for (int64_t r = 0; r < rows; r++)
      if (!(count[r] > 0)) memcpy(row + r * width, mean, (size_t)width * sizeof *mean);
  }
}
