/*
** training_repeats.c -- held-out rows that the model has seen after all.
**
** A file that was imported three times has new row numbers, so that a hash of the id puts
** copies of a row on both sides of the holdout; whoever learns rows by heart then looks
** perfect.  Such rows are counted, and the measure without them stands beside the other; a
** warning where they are more than a table of so few values would have anyway.
**
** Rows are compared by a 64-bit hash of their attributes and target: of a million rows two
** different ones meet with a chance of 3e-8.  O(rows x attributes).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/radix.h"
#include "../core/random.h"
#include "../model/metrics.h"
#include "training.h"

#define REPEATS_TOLD     0.01  /* a warning from this share of the held-out rows on ... */
#define REPEATS_ORDINARY 5     /* ... if it is so many times what few values would give  */
#define REPEATS_LEAST    10    /* rows from which on anything is said of them             */
#define REPEATS_SAMPLE   10000 /* rows on which that is estimated                        */

static uint64_t repeats_number(double v) {
  uint64_t bits;
  if (isnan(v)) return 1;
  if (v == 0) v = 0; /* not -0 */
  memcpy(&bits, &v, sizeof bits);
  return bits;
}

static uint64_t repeats_part(const mine_feature_view *view, uint32_t row) {
  return view->number ? repeats_number(view->number[row]) : (uint64_t)(int64_t)view->code[row];
}

static uint64_t repeats_target(const mine_prepared *p, uint32_t row) {
  return p->label ? (uint64_t)(int64_t)p->label[row] : repeats_number(p->target[row]);
}

static uint64_t repeats_hash(const mine_prepared *p, uint32_t row) {
  uint64_t hash = 0;
  for (int f = 0; f < p->n_features + p->grouped; f++) {
    hash = mine_hash_mix(hash + repeats_part(&p->view[f], row));
  }
  return mine_hash_mix(hash + repeats_target(p, row));
}

/* The rows' hashes, sorted; NULL: failure recorded. */
static uint64_t *repeats_sorted(mine_env *env, const mine_prepared *p, mine_rows rows,
                                mine_arena *arena) {
  uint64_t *key = mine__arena_array(arena, (size_t)rows.n, sizeof *key);
  uint64_t *spare = mine__arena_array(arena, (size_t)rows.n, sizeof *spare);
  if (mine_failed(env)) return NULL;
  for (int64_t i = 0; i < rows.n; i++) {
    if (MINE_POLL_AT(env, i)) return NULL;
    key[i] = repeats_hash(p, rows.row[i]);
  }
  return mine__sort_keys(env, key, spare, rows.n) == MINE_OK ? key : NULL;
}

static int repeats_has(const uint64_t *key, int64_t n, uint64_t wanted) {
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (key[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < n && key[low] == wanted;
}

/* How likely two of the rows have the same value there, from equal pairs of a sample. */
static double repeats_chance(mine_env *env, const mine_prepared *p, int feature, mine_rows rows) {
  const int64_t step = MINE_BLOCKS(rows.n, REPEATS_SAMPLE), n = rows.n / step;
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint64_t *key = mine__arena_array(env->scratch, (size_t)n, sizeof *key);
  uint64_t *spare = mine__arena_array(env->scratch, (size_t)n, sizeof *spare);
  double pairs = 0;
  if (mine_failed(env)) return 1;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t row = rows.row[i * step];
    key[i] = feature < 0 ? repeats_target(p, row) : repeats_part(&p->view[feature], row);
  }
  if (mine__sort_keys(env, key, spare, n)) return 1;
  for (int64_t i = 1, run = 1; i < n; i++) {
    run = key[i] == key[i - 1] ? run + 1 : 1;
    pairs += (double)(run - 1);
  }
  mine__arena_rewind(env->scratch, mark);
  return n > 1 ? pairs / (0.5 * (double)n * (double)(n - 1)) : 1;
}

/* The share of rows that would repeat one of `rows` in the nature of things: a table of two
** categories has few different rows.  As if attributes were independent (birthdays). */
static double repeats_expected(mine_env *env, const mine_prepared *p, mine_rows rows) {
  double chance = 1;
  for (int f = -1; f < p->n_features + p->grouped; f++)
    chance *= repeats_chance(env, p, f, rows);
  return 1 - exp(-(double)rows.n * chance);
}

static void repeats_tell(mine_training *t, int64_t repeats, int64_t held, double expected,
                         const mine_measured *others) {
  char number[MINE_NUMBER_BYTES], beside[100] = "";
  const mine_metric *measure = mine__metrics_main(others->metric, others->n_metrics);
  if (measure)
    snprintf(beside, sizeof beside, "; without them %s %s", measure->name,
             mine__format_real(number, measure->value, 4));
  const double share = (double)repeats / (double)held;
  const int warns =
      repeats >= REPEATS_LEAST && share >= REPEATS_TOLD && share > REPEATS_ORDINARY * expected;
  mine__training_notef(t, warns ? "warning" : "holdout", t->data.memory.roles.target,
                       "%lld of %lld held-out rows repeat a row learned from%s%s",
                       (long long)repeats, (long long)held,
                       warns ? ", which flatters the measure" : "", beside);
}

mine_status mine__training_repeats(mine_training *t, const mine_model *model, mine_rows kept,
                                   mine_rows held, mine_arena *arena) {
  mine_env *env = t->env;
  const mine_prepared *p = &t->data;
  const uint64_t *key = repeats_sorted(env, p, kept, arena);
  uint32_t *other = mine__arena_array(arena, (size_t)held.n, sizeof *other);
  if (mine_failed(env)) return mine_env_status(env);
  mine_rows others = {other, 0};
  for (int64_t i = 0; i < held.n; i++)
    if (!repeats_has(key, kept.n, repeats_hash(p, held.row[i]))) other[others.n++] = held.row[i];
  if (others.n == held.n) return MINE_OK;
  mine_measured measured = {0};
  if (others.n >= REPEATS_LEAST)
    MINE_TRY(mine__prepared_measure(env, p, model, others, arena, &measured));
  repeats_tell(t, held.n - others.n, held.n, repeats_expected(env, p, kept), &measured);
  return mine_env_status(env);
}
