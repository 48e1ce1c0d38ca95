/*
** calibration_learn.c -- the maps from log-odds to rates.
**
** Platt ("Probabilities for SV machines", Advances in Large Margin Classifiers, 2000): with x
** the log-odds, P the rows of the class and N the others (sums of weights),
**
**   p(x) = 1 / (1 + exp(-(a x + b)))     targets (P + 1) / (P + 2) and 1 / (N + 2)
**
** minimise the cross-entropy; by Newton's method with backtracking, as Lin, Lin & Weng ("A note
** on Platt's probabilistic outputs", Machine Learning 68, 2007), who also show how to compute
** it without cancellation.  The targets keep a and b finite where the classes are told apart.
**
** Isotonic (Zadrozny & Elkan, KDD 2002): the rising function with the least squared error, by
** pooling adjacent violators (Ayer et al., Annals Math. Stat. 26, 1955), rows of equal log-odds
** joined first.  Between two blocks it is linear, outside constant.  It would end in 0 and 1;
** with Platt's targets in the place of 0 and 1 nobody is told that something is certain, and
** because the solution follows any linear change of the targets, it is otherwise the same.
**
** A share of 0 or 1 has infinite log-odds.  It is taken for half the smallest odds that were
** seen (or twice the largest), and so is whatever lies beyond.
*/
#include <math.h>

#include "../core/radix.h"
#include "calibration.h"

#define PLATT_STEPS 100
#define PLATT_RIDGE 1e-12 /* all log-odds may be equal */
#define PLATT_NEAR  1e-9  /* decrement a row from which on steps are taken whole ... */
#define PLATT_DONE  1e-18 /* ... and at which they end                               */

typedef struct learn_targets {
  double of, other; /* of a row of the class, of another */
} learn_targets;

static double learn_weight(const double *weight, int64_t i) {
  return weight ? weight[i] : 1;
}

static learn_targets learn_count(int64_t n, const char *is, const double *weight, double *of,
                                 double *other) {
  *of = *other = 0;
  for (int64_t i = 0; i < n; i++)
    *(is[i] ? of : other) += learn_weight(weight, i);
  return (learn_targets){(*of + 1) / (*of + 2), 1 / (*other + 2)};
}

/* ---- Platt ---------------------------------------------------------------------------------- */

typedef struct platt_sums {
  double loss, da, db, daa, dab, dbb;
} platt_sums;

typedef struct platt_rows {
  int64_t n;
  const double *x, *weight;
  const char *is;
  learn_targets target;
} platt_rows;

static platt_sums platt_at(mine_env *env, const platt_rows *rows, double a, double b) {
  platt_sums s = {0};
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(env, i)) break;
    const double x = rows->x[i], w = learn_weight(rows->weight, i), margin = a * x + b;
    const double t = rows->is[i] ? rows->target.of : rows->target.other;
    const double less = exp(-fabs(margin)), small = less / (1 + less), large = 1 / (1 + less);
    const double p = margin < 0 ? small : large;
    s.loss += w * ((margin < 0 ? -t : 1 - t) * margin + log1p(less));
    s.da += w * (p - t) * x;
    s.db += w * (p - t);
    const double h = w * small * large;
    s.daa += h * x * x;
    s.dab += h * x;
    s.dbb += h;
  }
  return s;
}

void mine__platt_learn(mine_env *env, int64_t n, const double *x, const char *is,
                       const double *weight, mine_calibration_map *map) {
  double of, other;
  platt_rows rows = {n, x, weight, is, learn_count(n, is, weight, &of, &other)};
  double a = 0, b = log((of + 1) / (other + 1));
  platt_sums now = platt_at(env, &rows, a, b);
  for (int step = 0; step < PLATT_STEPS && !mine__poll(env); step++) {
    const double haa = now.daa + PLATT_RIDGE, hbb = now.dbb + PLATT_RIDGE;
    const double det = haa * hbb - now.dab * now.dab;
    const double ga = -(hbb * now.da - now.dab * now.db) / det;
    const double gb = -(haa * now.db - now.dab * now.da) / det;
    const double fall = -(now.da * ga + now.db * gb); /* twice what a whole step should win */
    if (!(fall > PLATT_DONE * (of + other))) break;
    const int closing = fall < PLATT_NEAR * (of + other);
    platt_sums next = platt_at(env, &rows, a + ga, b + gb);
    double part = 1;
    while (!closing && !(next.loss <= now.loss - 1e-4 * part * fall) && part > 1e-10) {
      part /= 2;
      next = platt_at(env, &rows, a + part * ga, b + part * gb);
    }
    if (!closing && part <= 1e-10) break;
    a += part * ga;
    b += part * gb;
    now = next;
  }
  map->slope = a;
  map->intercept = b;
}

/* ---- isotonic ------------------------------------------------------------------------------- */

typedef struct isotonic_block {
  double first, last; /* log-odds */
  double weight, mean;
} isotonic_block;

/* A block for each distinct value, in rising order; how many. */
static int64_t isotonic_values(int64_t n, const double *x, const char *is, const double *weight,
                               const learn_targets *target, const mine_pair *order,
                               isotonic_block *block) {
  int64_t m = 0;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t row = order[i].row;
    const double w = learn_weight(weight, row), t = is[row] ? target->of : target->other;
    if (i == 0 || order[i].key != order[i - 1].key)
      block[m++] = (isotonic_block){x[row], x[row], 0, 0};
    isotonic_block *b = &block[m - 1];
    b->weight += w;
    b->mean += (t - b->mean) * (w / b->weight);
  }
  return m;
}

/* In place: what comes later and is not larger joins what stands before. */
static int64_t isotonic_pool(isotonic_block *block, int64_t m) {
  int64_t top = 0;
  for (int64_t i = 1; i < m; i++) {
    block[++top] = block[i];
    while (top > 0 && block[top].mean <= block[top - 1].mean) {
      isotonic_block *to = &block[top - 1];
      const isotonic_block *from = &block[top];
      to->weight += from->weight;
      to->mean += (from->mean - to->mean) * (from->weight / to->weight);
      to->last = from->last;
      top--;
    }
  }
  return m > 0 ? top + 1 : 0;
}

void mine__isotonic_learn(mine_env *env, mine_arena *arena, int64_t n, const double *x,
                          const char *is, const double *weight, mine_calibration_map *map) {
  double of, other;
  const learn_targets target = learn_count(n, is, weight, &of, &other);
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_pair *order = mine__arena_array(env->scratch, (size_t)n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)n, sizeof *temp);
  isotonic_block *block = mine__arena_array(env->scratch, (size_t)n, sizeof *block);
  if (mine_failed(env)) return;
  (void)mine__sort_reals(x, NULL, n, order, temp);
  const int64_t m = isotonic_pool(block, isotonic_values(n, x, is, weight, &target, order, block));
  map->at = mine__arena_array(arena, 2 * (size_t)m, sizeof *map->at);
  map->share = mine__arena_array(arena, 2 * (size_t)m, sizeof *map->share);
  map->n_knots = 0;
  for (int64_t i = 0; i < m && !mine_failed(env); i++) {
    for (int end = 0; end < 1 + (block[i].last > block[i].first); end++) {
      map->at[map->n_knots] = end ? block[i].last : block[i].first;
      map->share[map->n_knots++] = fmin(fmax(block[i].mean, 0), 1);
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- all classes ---------------------------------------------------------------------------- */

/* Log-odds of class c, and which rows are of it; returns how many. */
static int64_t learn_odds(const mine_rated *rows, int c, double *x, char *is) {
  int64_t of = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    x[i] = mine__calibration_odds(rows->share + i * rows->n_classes, rows->n_classes, c);
    is[i] = rows->label[i] == c;
    of += is[i];
  }
  return of;
}

/* Beyond what was finite lies half, or twice, the odds of the last. */
static void learn_cut(int64_t n, double *x, mine_calibration_map *map) {
  double low = INFINITY, high = -INFINITY;
  for (int64_t i = 0; i < n; i++) {
    if (!isfinite(x[i])) continue;
    low = fmin(low, x[i]);
    high = fmax(high, x[i]);
  }
  map->low = (low <= high ? low : 0) - log(2);
  map->high = (low <= high ? high : 0) + log(2);
  for (int64_t i = 0; i < n; i++)
    x[i] = fmin(fmax(x[i], map->low), map->high);
}

mine_calibration *mine__calibration_learn(mine_env *env, mine_arena *arena, mine_calibrate method,
                                          const mine_rated *rows) {
  const int n_maps = rows->n_classes == 2 ? 1 : rows->n_classes;
  mine_calibration *c = mine__arena_zeros(arena, 1, sizeof *c);
  mine_calibration_map *map = mine__arena_zeros(arena, (size_t)n_maps, sizeof *map);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *x = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *x);
  char *is = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *is);
  if (mine_failed(env)) return NULL;
  *c = (mine_calibration){method, rows->n, n_maps, map};
  for (int m = 0; m < n_maps && !mine__poll(env); m++) {
    map[m].known = learn_odds(rows, n_maps == 1 ? 1 : m, x, is) > 0;
    if (!map[m].known) continue;
    learn_cut(rows->n, x, &map[m]);
    if (method == MINE_CALIBRATE_PLATT)
      mine__platt_learn(env, rows->n, x, is, rows->weight, &map[m]);
    else
      mine__isotonic_learn(env, arena, rows->n, x, is, rows->weight, &map[m]);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_failed(env) ? NULL : c;
}
