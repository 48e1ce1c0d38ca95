/*
** partition_measures.c -- the table of two partitions, and what follows from it.
**
** The table is kept sparse: its cells sorted by class and cluster.  Given the margins a and b, a
** cell is hypergeometric; its probabilities follow from one another,
**   p(x + 1) / p(x) = (a - x) (b - x) / ((x + 1) (n - a - b + x + 1)),
** and are summed from the mode outwards until nothing is added, then divided by their sum: no
** logarithm of a factorial, which of ten million rows has eight digits left.
*/
#include "partition_measures.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../core/radix.h"

typedef struct agree_table {
  int64_t n, n_classes, n_clusters;
  double *a, *b;                      /* margins: rows of each class, and cluster        */
  double *most;                       /* per cluster: rows of its largest class          */
  double pairs;                       /* sum of C(n(i,j), 2) over the cells              */
  double mutual;                      /* I                                               */
  double *expected;                   /* per class: its part of E I                      */
  int64_t *different_a, *different_b; /* margins that occur, rising, with how often in *times_  */
  int64_t *times_a, *times_b;
  int64_t n_a, n_b;
} agree_table;

static double agree_pairs(double x) {
  return x * (x - 1) / 2;
}

/* ---- the table -------------------------------------------------------------------------- */

static void agree_cell(agree_table *t, int64_t i, int64_t j, double rows) {
  if (rows == 0) return;
  t->pairs += agree_pairs(rows);
  t->mutual += rows / (double)t->n * log((double)t->n * rows / (t->a[i] * t->b[j]));
  if (rows > t->most[j]) t->most[j] = rows;
}

/* Rows class after class; of each class its clusters, counted in `count` and cleared again. */
static void agree_cells(mine_env *env, agree_table *t, const int32_t *cluster,
                        const mine__by_code *by) {
  int64_t *count = mine__arena_zeros(env->scratch, (size_t)t->n_clusters, sizeof *count);
  for (int64_t i = 0; count && i < t->n_classes && !mine__poll(env); i++) {
    for (int64_t r = by->first[i]; r < by->first[i + 1]; r++)
      count[cluster[by->at[r]]]++;
    for (int64_t r = by->first[i]; r < by->first[i + 1]; r++) {
      const int32_t j = cluster[by->at[r]];
      agree_cell(t, i, j, (double)count[j]);
      count[j] = 0;
    }
  }
}

static double agree_entropy(const double *margin, int64_t parts, double n) {
  double sum = 0;
  for (int64_t i = 0; i < parts; i++)
    if (margin[i] > 0) sum -= margin[i] / n * log(margin[i] / n);
  return sum;
}

/* ---- what chance gives ------------------------------------------------------------------ */

/* Sum of x/n log(n x / (a b)) p(x) of a cell with these margins. */
static double agree_expected(double a, double b, double n) {
  const double least = fmax(0, a + b - n), largest = fmin(a, b);
  const double mode = fmin(fmax(floor((a + 1) * (b + 1) / (n + 2)), least), largest);
  double total = 0, sum = 0, p = 1;
  for (double x = mode; x <= largest; x++) {
    total += p;
    if (x > 0) sum += p * x * log(n * x / (a * b));
    p *= (a - x) * (b - x) / ((x + 1) * (n - a - b + x + 1));
    if (p < DBL_EPSILON * DBL_EPSILON) break;
  }
  p = 1;
  for (double x = mode; x > least; x--) {
    p *= x * (n - a - b + x) / ((a - x + 1) * (b - x + 1));
    if (p < DBL_EPSILON * DBL_EPSILON) break;
    total += p;
    if (x > 1) sum += p * (x - 1) * log(n * (x - 1) / (a * b));
  }
  return sum / total / n;
}

/* Margins that are equal give equal cells: each pair of different ones is looked at once. */
static void agree_task(void *context, int64_t task, int worker) {
  const agree_table *t = context;
  double sum = 0;
  (void)worker;
  for (int64_t j = 0; j < t->n_b; j++)
    sum += (double)t->times_b[j] *
           agree_expected((double)t->different_a[task], (double)t->different_b[j], (double)t->n);
  t->expected[task] = sum * (double)t->times_a[task];
}

static int64_t agree_different(mine_env *env, const double *margin, int64_t parts,
                               int64_t **different, int64_t **times) {
  mine_arena *arena = env->scratch;
  double *key = mine__arena_array(arena, (size_t)parts, sizeof *key);
  mine_pair *order = mine__arena_array(arena, (size_t)parts, sizeof *order);
  mine_pair *temp = mine__arena_array(arena, (size_t)parts, sizeof *temp);
  *different = mine__arena_array(arena, (size_t)parts, sizeof **different);
  *times = mine__arena_zeros(arena, (size_t)parts, sizeof **times);
  int64_t n = 0;
  if (mine_failed(env)) return 0;
  memcpy(key, margin, (size_t)parts * sizeof *key);
  mine__sort_reals(key, NULL, parts, order, temp);
  for (int64_t i = 0; i < parts; i++) {
    const int64_t rows = (int64_t)margin[order[i].row];
    if (rows == 0) continue;
    if (n == 0 || (*different)[n - 1] != rows) (*different)[n++] = rows;
    (*times)[n - 1]++;
  }
  return n;
}

static double agree_chance(mine_env *env, agree_table *t) {
  double sum = NAN;
  t->n_a = agree_different(env, t->a, t->n_classes, &t->different_a, &t->times_a);
  t->n_b = agree_different(env, t->b, t->n_clusters, &t->different_b, &t->times_b);
  t->expected = mine__arena_array(env->scratch, (size_t)t->n_a, sizeof *t->expected);
  if (mine_failed(env) || mine__parallel(env, t->n_a, agree_task, t) ||
      mine__sum_blocks(env, t->expected, t->n_a, 1, &sum))
    return NAN;
  return sum;
}

/* ---- the measures ----------------------------------------------------------------------- */

static double agree_rand(const agree_table *t) {
  double a = 0, b = 0;
  for (int64_t i = 0; i < t->n_classes; i++)
    a += agree_pairs(t->a[i]);
  for (int64_t j = 0; j < t->n_clusters; j++)
    b += agree_pairs(t->b[j]);
  if (t->pairs == a && t->pairs == b) return 1; /* they are the same partition */
  const double by_chance = a * b / agree_pairs((double)t->n);
  return (t->pairs - by_chance) / ((a + b) / 2 - by_chance);
}

static double agree_mutual(mine_env *env, agree_table *t, double class_entropy,
                           double cluster_entropy) {
  if (t->n_classes == 1 && t->n_clusters == 1) return 1;
  const double chance = agree_chance(env, t);
  if (t->n_a == 1 && t->n_b == 1 && t->times_a[0] == t->times_b[0] &&
      (t->times_a[0] == 1 || t->times_a[0] == t->n))
    return 1; /* all rows in one part of both, or each in one of its own */
  double beyond = (class_entropy + cluster_entropy) / 2 - chance;
  beyond = beyond < 0 ? fmin(beyond, -DBL_EPSILON) : fmax(beyond, DBL_EPSILON);
  return (t->mutual - chance) / beyond;
}

static void agree_measure(mine_env *env, agree_table *t, mine__agreement *out) {
  const double n = (double)t->n;
  const double classes = agree_entropy(t->a, t->n_classes, n);
  const double clusters = agree_entropy(t->b, t->n_clusters, n);
  double largest = 0;
  for (int64_t j = 0; j < t->n_clusters; j++)
    largest += t->most[j];
  out->adjusted_rand = agree_rand(t);
  out->adjusted_mutual_info = agree_mutual(env, t, classes, clusters);
  out->homogeneity = classes > 0 ? t->mutual / classes : 1;
  out->completeness = clusters > 0 ? t->mutual / clusters : 1;
  const double both = out->homogeneity + out->completeness;
  out->v_measure = both > 0 ? 2 * out->homogeneity * out->completeness / both : 0;
  out->purity = largest / n;
}

/* Rows that count, side by side. */
static int64_t agree_gather(const int32_t *of, const int32_t *in, int64_t n, int32_t *class_,
                            int32_t *cluster) {
  int64_t used = 0;
  for (int64_t i = 0; i < n; i++) {
    if (of[i] < 0 || in[i] < 0) continue;
    class_[used] = of[i];
    cluster[used++] = in[i];
  }
  return used;
}

mine__agreement mine__partitions_agree(mine_env *env, const int32_t *of, int64_t n_classes,
                                       const int32_t *in, int64_t n_clusters, int64_t n) {
  mine__agreement out = {0, NAN, NAN, NAN, NAN, NAN, NAN};
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_arena *arena = env->scratch;
  agree_table t = {.n_classes = n_classes, .n_clusters = n_clusters};
  int32_t *class_ = mine__arena_array(arena, (size_t)n, sizeof *class_);
  int32_t *cluster = mine__arena_array(arena, (size_t)n, sizeof *cluster);
  t.a = mine__arena_zeros(arena, (size_t)n_classes, sizeof *t.a);
  t.b = mine__arena_zeros(arena, (size_t)n_clusters, sizeof *t.b);
  t.most = mine__arena_zeros(arena, (size_t)n_clusters, sizeof *t.most);
  mine__by_code by;
  if (mine_failed(env)) return out;
  out.rows = t.n = agree_gather(of, in, n, class_, cluster);
  for (int64_t i = 0; i < t.n; i++) {
    t.a[class_[i]]++;
    t.b[cluster[i]]++;
  }
  if (t.n > 0 && mine__sort_codes(arena, class_, t.n, n_classes, &by)) {
    agree_cells(env, &t, cluster, &by);
    if (!mine_failed(env)) agree_measure(env, &t, &out);
  }
  mine__arena_rewind(env->scratch, mark);
  return out;
}
