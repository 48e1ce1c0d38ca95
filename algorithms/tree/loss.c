/*
** loss.c -- gini, entropy and squared error, with and without weights.
*/
#include "loss.h"

#include <math.h>

#include "../core/bits.h"
#include "../data/moments.h"
#include "exact_private.h"

#define LOSS_LEAST 1e-12 /* of a node's impurity times its weight */

/* ---- logarithms ------------------------------------------------------------------------ */

/* log2 without the C library: the same bits on every machine.  x > 0, normal.  Of the mantissa
** m, between the roots of 1/2 and 2, ln m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m-1)/(m+1),
** at most 0.172: behind s^21 less than 2^-60 of it is left. */
static double loss_log2(double x) {
  uint64_t bits = mine__bits_of_real(x);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
  double m = mine__bits_to_real(bits);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const double s = (m - 1) / (m + 1), s2 = s * s;
  double sum = 0;
  for (int odd = 21; odd >= 1; odd -= 2)
    sum = sum * s2 + 1.0 / odd;
  return exponent + 2 * s * sum * 1.4426950408889634; /* 1 / ln 2 */
}

static double loss_xlogx(double x) {
  return x > 1e-300 ? x * loss_log2(x) : 0;
}

/* x log2 x; from the table where x counts rows. */
static inline double loss_log_term(const mine_tree_rows *rows, double x) {
  return rows->xlogx ? rows->xlogx[(int64_t)x] : loss_xlogx(x);
}

/* -INFINITY: a cut that leaves a side without weight never wins. */
static inline double loss_ratio(double sum, double weight) {
  return weight > 0 ? sum / weight : -INFINITY;
}

/* ---- records --------------------------------------------------------------------------- */

static inline void classes_add(const mine_tree_rows *rows, double *record, uint32_t i,
                               double mean) {
  (void)mean;
  record[rows->label[i]] += 1.0;
}

static inline void classes_add_weighted(const mine_tree_rows *rows, double *record, uint32_t i,
                                        double mean) {
  (void)mean;
  record[rows->label[i]] += rows->weight[i];
  record[rows->width - 1] += 1.0;
}

static inline void mean_add(const mine_tree_rows *rows, double *record, uint32_t i, double mean) {
  record[0] += 1.0;
  record[1] += rows->target[i] - mean;
}

static inline void mean_add_weighted(const mine_tree_rows *rows, double *record, uint32_t i,
                                     double mean) {
  const double weight = rows->weight[i];
  record[0] += weight;
  record[1] += weight * (rows->target[i] - mean);
  record[2] += 1.0;
}

static inline double classes_rows(const mine_tree_rows *rows, const double *record) {
  double n = 0;
  for (int c = 0; c < rows->n_classes; c++)
    n += record[c];
  return n;
}

static inline double mean_rows(const mine_tree_rows *rows, const double *record) {
  (void)rows;
  return record[0];
}

static inline double last_rows(const mine_tree_rows *rows, const double *record) {
  return record[rows->width - 1];
}

/* ---- scores ------------------------------------------------------------------------------ */

static inline double gini_score(const mine_tree_rows *rows, const double *left,
                                const double *total) {
  double weight_left = 0, weight_right = 0, sum_left = 0, sum_right = 0;
  for (int c = 0; c < rows->n_classes; c++) {
    const double l = left[c], r = total[c] - l;
    weight_left += l;
    weight_right += r;
    sum_left += l * l;
    sum_right += r * r;
  }
  return loss_ratio(sum_left, weight_left) + loss_ratio(sum_right, weight_right);
}

static double gini_whole(const mine_tree_rows *rows, const double *total) {
  double weight = 0, sum = 0;
  for (int c = 0; c < rows->n_classes; c++) {
    weight += total[c];
    sum += total[c] * total[c];
  }
  return loss_ratio(sum, weight);
}

static inline double entropy_score(const mine_tree_rows *rows, const double *left,
                                   const double *total) {
  double weight_left = 0, weight_right = 0, sum_left = 0, sum_right = 0;
  for (int c = 0; c < rows->n_classes; c++) {
    const double l = left[c], r = total[c] - l;
    weight_left += l;
    weight_right += r;
    sum_left += loss_log_term(rows, l);
    sum_right += loss_log_term(rows, r);
  }
  if (!(weight_left > 0 && weight_right > 0)) return -INFINITY;
  return sum_left - loss_log_term(rows, weight_left) + sum_right -
         loss_log_term(rows, weight_right);
}

static double entropy_whole(const mine_tree_rows *rows, const double *total) {
  double weight = 0, sum = 0;
  for (int c = 0; c < rows->n_classes; c++) {
    weight += total[c];
    sum += loss_log_term(rows, total[c]);
  }
  return sum - loss_log_term(rows, weight);
}

/* Sums are of targets less the node's mean: nothing large is squared, and total[1] is their
** rounding, set to 0 by mean_record. */
static inline double mean_score(const mine_tree_rows *rows, const double *left,
                                const double *total) {
  const double right = total[1] - left[1];
  (void)rows;
  return loss_ratio(left[1] * left[1], left[0]) + loss_ratio(right * right, total[0] - left[0]);
}

static double mean_whole(const mine_tree_rows *rows, const double *total) {
  (void)rows;
  return loss_ratio(total[1] * total[1], total[0]);
}

static double classes_least(const mine_tree_node *node) {
  return LOSS_LEAST * node->weight;
}

static double mean_least(const mine_tree_node *node) {
  return LOSS_LEAST * node->weight * node->impurity;
}

/* ---- a node ------------------------------------------------------------------------------ */

static double gini_impurity(const double *total, int classes, double weight) {
  double sum = 0;
  for (int c = 0; c < classes; c++) {
    const double share = total[c] / weight;
    sum += share * share;
  }
  return 1 - sum;
}

static double entropy_impurity(const double *total, int classes, double weight) {
  double sum = 0;
  for (int c = 0; c < classes; c++)
    sum += loss_xlogx(total[c] / weight);
  return -sum;
}

static void classes_measure(const mine_tree_rows *rows, const uint32_t *row, mine_tree_node *node,
                            double *total, double (*impurity)(const double *, int, double)) {
  memset(total, 0, (size_t)rows->n_classes * sizeof *total);
  for (int64_t k = 0; k < node->rows; k++)
    total[rows->label[row[k]]] += rows->weight ? rows->weight[row[k]] : 1.0;
  int present = 0;
  node->weight = 0;
  for (int c = 0; c < rows->n_classes; c++) {
    node->weight += total[c];
    present += total[c] > 0;
  }
  node->pure = present < 2;
  node->impurity = node->pure ? 0 : impurity(total, rows->n_classes, node->weight);
  if (!(node->impurity > 0)) node->impurity = 0;
}

static void gini_measure(const mine_tree_rows *rows, const uint32_t *row, mine_tree_node *node,
                         double *total) {
  classes_measure(rows, row, node, total, gini_impurity);
}

static void entropy_measure(const mine_tree_rows *rows, const uint32_t *row, mine_tree_node *node,
                            double *total) {
  classes_measure(rows, row, node, total, entropy_impurity);
}

static void mean_measure(const mine_tree_rows *rows, const uint32_t *row, mine_tree_node *node,
                         double *total) {
  mine_moments m;
  (void)total;
  mine__moments_of_rows(&m, rows->target, row, rows->weight, node->rows);
  node->pure = m.least == m.most;
  node->weight = m.weight;
  node->mean = node->pure ? m.least : m.mean;
  node->impurity = node->pure ? 0 : m.m2 / m.weight;
}

static void classes_record(const mine_tree_rows *rows, const mine_tree_node *node,
                           const double *total, double *record) {
  memcpy(record, total, (size_t)rows->n_classes * sizeof *record);
  if (rows->weight) record[rows->width - 1] = (double)node->rows;
}

static void mean_record(const mine_tree_rows *rows, const mine_tree_node *node, const double *total,
                        double *record) {
  (void)total;
  record[0] = node->weight;
  record[1] = 0;
  if (rows->weight) record[2] = (double)node->rows;
}

/* ---- loops over rows ---------------------------------------------------------------------- */

typedef void (*loss_add)(const mine_tree_rows *rows, double *record, uint32_t row, double mean);

MINE_INLINE void loss_count(const mine_tree_rows *rows, const mine_exact_column *column,
                            const uint32_t *row, int64_t n, double mean, double *histogram,
                            size_t width, loss_add add) {
  memset(histogram, 0, (column->bins + 1) * width * sizeof *histogram);
  if (column->narrow) {
    for (int64_t k = 0; k < n; k++)
      add(rows, histogram + column->narrow[row[k]] * width, row[k], mean);
  } else {
    for (int64_t k = 0; k < n; k++)
      add(rows, histogram + column->wide[row[k]] * width, row[k], mean);
  }
}

static void classes_count(const mine_tree_rows *rows, const mine_exact_column *column,
                          const uint32_t *row, int64_t n, double mean, double *histogram) {
  loss_count(rows, column, row, n, mean, histogram, (size_t)rows->width, classes_add);
}

static void classes_count_weighted(const mine_tree_rows *rows, const mine_exact_column *column,
                                   const uint32_t *row, int64_t n, double mean, double *histogram) {
  loss_count(rows, column, row, n, mean, histogram, (size_t)rows->width, classes_add_weighted);
}

static void mean_count(const mine_tree_rows *rows, const mine_exact_column *column,
                       const uint32_t *row, int64_t n, double mean, double *histogram) {
  loss_count(rows, column, row, n, mean, histogram, 2, mean_add);
}

static void mean_count_weighted(const mine_tree_rows *rows, const mine_exact_column *column,
                                const uint32_t *row, int64_t n, double mean, double *histogram) {
  loss_count(rows, column, row, n, mean, histogram, 3, mean_add_weighted);
}

/* Any record: a cut after each value that differs from the next.  Keys are 2 x rank, and the
** label where there are two classes: rows of one value differ in the lowest bit at most. */
MINE_INLINE void loss_sorted(mine_exact_trial *trial, const mine_exact_span *span, double mean,
                             loss_add add, mine_exact_rows count, mine_exact_score judge) {
  double *left = trial->scratch->left;
  memset(left, 0, (size_t)trial->of->width * sizeof *left);
  for (int64_t k = 0; k + 1 < span->numbers; k++) {
    add(trial->of, left, span->pair[k].row, mean);
    if ((span->pair[k].key ^ span->pair[k + 1].key) > 1)
      mine_exact_judge_both(trial, left, k, 0, count, judge);
  }
}

/* gini_score's part of a side: (c0^2 + c1^2) / W. */
static inline double two_part(double zero, double one) {
  return (zero * zero + one * one) / (zero + one);
}

/* Two classes, gini: the label sits in the key's lowest bit, the sums stay in
** registers.  The arithmetic is gini_score()'s.  `weights` NULL: all one. */
MINE_INLINE void two_cuts(mine_exact_trial *trial, const mine_exact_span *span,
                          const double *weights) {
  const double *total = trial->scratch->total, *missing = trial->scratch->missing;
  const double all0 = total[0], all1 = total[1], gone0 = missing[0], gone1 = missing[1];
  const double least = trial->least_rows, rows = trial->rows, gone = trial->missing_rows;
  const double tolerance = trial->tolerance;
  double best = trial->best, n = 0, zero = 0, one = 0;
  for (int64_t k = 0; k + 1 < span->numbers; k++) {
    const uint32_t key = span->pair[k].key;
    const double weight = weights ? weights[span->pair[k].row] : 1.0, is_one = key & 1;
    n += 1;
    one += weight * is_one;
    zero += weight * (1 - is_one);
    if ((key ^ span->pair[k + 1].key) <= 1) continue;
    if (n >= least && rows - n >= least) {
      const double score = two_part(zero, one) + two_part(all0 - zero, all1 - one);
      if (score > best + tolerance) {
        best = score;
        trial->at = k;
        trial->left_rows = n;
        trial->missing_left = 0;
      }
    }
    if (gone > 0 && n + gone >= least && rows - n - gone >= least) {
      const double zeros = zero + gone0, ones = one + gone1;
      const double score = two_part(zeros, ones) + two_part(all0 - zeros, all1 - ones);
      if (score > best + tolerance) {
        best = score;
        trial->at = k;
        trial->left_rows = n + gone;
        trial->missing_left = 1;
      }
    }
  }
  trial->best = best;
}

static void two_sorted(mine_exact_trial *trial, const mine_exact_span *span, double mean) {
  (void)mean;
  two_cuts(trial, span, NULL);
}

static void two_sorted_weighted(mine_exact_trial *trial, const mine_exact_span *span, double mean) {
  (void)mean;
  two_cuts(trial, span, trial->of->weight);
}

static void gini_sorted(mine_exact_trial *trial, const mine_exact_span *span, double mean) {
  loss_sorted(trial, span, mean, classes_add, classes_rows, gini_score);
}

static void gini_sorted_weighted(mine_exact_trial *trial, const mine_exact_span *span,
                                 double mean) {
  loss_sorted(trial, span, mean, classes_add_weighted, last_rows, gini_score);
}

static void entropy_sorted(mine_exact_trial *trial, const mine_exact_span *span, double mean) {
  loss_sorted(trial, span, mean, classes_add, classes_rows, entropy_score);
}

static void entropy_sorted_weighted(mine_exact_trial *trial, const mine_exact_span *span,
                                    double mean) {
  loss_sorted(trial, span, mean, classes_add_weighted, last_rows, entropy_score);
}

static void mean_sorted_weighted(mine_exact_trial *trial, const mine_exact_span *span,
                                 double mean) {
  loss_sorted(trial, span, mean, mean_add_weighted, last_rows, mean_score);
}

/* Without missing values: two sums in registers.  All rows of the node are here and their sum
** is 0, so the right side's is - sum. */
static void mean_sorted(mine_exact_trial *trial, const mine_exact_span *span, double mean) {
  const double *target = trial->of->target;
  const double least = trial->least_rows, rows = trial->rows, tolerance = trial->tolerance;
  double best = trial->best, n = 0, sum = 0;
  if (trial->missing_rows > 0) {
    loss_sorted(trial, span, mean, mean_add, mean_rows, mean_score);
    return;
  }
  for (int64_t k = 0; k + 1 < span->numbers; k++) {
    n += 1;
    sum += target[span->pair[k].row] - mean;
    if (span->pair[k].key == span->pair[k + 1].key || n < least || rows - n < least) continue;
    const double square = sum * sum;
    const double score = square / n + square / (rows - n);
    if (!(score > best + tolerance)) continue;
    best = score;
    trial->at = k;
    trial->left_rows = n;
  }
  trial->best = best;
}

/* ---- the table --------------------------------------------------------------------------- */

enum { LOSS_GINI_OF_TWO = MINE_TREE_SQUARED_ERROR + 1, LOSS_KINDS };

#define LOSS_OF_CLASSES(word, ordered)                                                          \
  {                                                                                             \
    .name = #word, .exact = 1, .add = classes_add, .rows = classes_rows, .score = word##_score, \
    .whole = word##_whole, .least = classes_least, .measure = word##_measure,                   \
    .record = classes_record, .count = classes_count, .sorted = ordered##_sorted                \
  }
#define LOSS_OF_CLASSES_WEIGHTED(word, ordered)                                                    \
  {                                                                                                \
    .name = #word, .add = classes_add_weighted, .rows = last_rows, .score = word##_score,          \
    .whole = word##_whole, .least = classes_least, .measure = word##_measure,                      \
    .record = classes_record, .count = classes_count_weighted, .sorted = ordered##_sorted_weighted \
  }

/* Without weights, and with. */
static const mine_tree_loss loss_table[LOSS_KINDS][2] = {
    [MINE_TREE_GINI] = {LOSS_OF_CLASSES(gini, gini), LOSS_OF_CLASSES_WEIGHTED(gini, gini)},
    [LOSS_GINI_OF_TWO] = {LOSS_OF_CLASSES(gini, two), LOSS_OF_CLASSES_WEIGHTED(gini, two)},
    [MINE_TREE_ENTROPY] = {LOSS_OF_CLASSES(entropy, entropy),
                           LOSS_OF_CLASSES_WEIGHTED(entropy, entropy)},
    [MINE_TREE_SQUARED_ERROR] = {{.name = "squared_error",
                                  .add = mean_add,
                                  .rows = mean_rows,
                                  .score = mean_score,
                                  .whole = mean_whole,
                                  .least = mean_least,
                                  .measure = mean_measure,
                                  .record = mean_record,
                                  .count = mean_count,
                                  .sorted = mean_sorted},
                                 {.name = "squared_error",
                                  .add = mean_add_weighted,
                                  .rows = last_rows,
                                  .score = mean_score,
                                  .whole = mean_whole,
                                  .least = mean_least,
                                  .measure = mean_measure,
                                  .record = mean_record,
                                  .count = mean_count_weighted,
                                  .sorted = mean_sorted_weighted}},
};

/* ---- rows -------------------------------------------------------------------------------- */

static int loss_weighted(const mine_dataset *data) {
  if (!data->weight) return 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    if (data->weight[mine_batch_row(&data->rows, i)] != 1.0) return 1;
  }
  return 0;
}

/* Entropy without weights: k log2 k for every count k of rows. */
static mine_status loss_count_logs(mine_env *env, mine_arena *arena, mine_tree_rows *rows) {
  double *table = mine__arena_array(arena, (size_t)rows->n + 1, sizeof *table);
  if (!table) return mine_env_status(env);
  for (int64_t k = 0; k <= rows->n; k++) {
    table[k] = loss_xlogx((double)k);
    if ((k & 0xfffff) == 0 && mine__poll(env)) return mine_env_status(env);
  }
  rows->xlogx = table;
  return MINE_OK;
}

mine_status mine__tree_rows_make(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                 mine_tree_criterion criterion, mine_tree_rows *out) {
  const size_t n = (size_t)data->rows.n;
  const int classes = data->task == MINE_CLASSIFICATION ? data->n_classes : 0;
  const int weighted = loss_weighted(data), two = criterion == MINE_TREE_GINI && classes == 2;
  *out = (mine_tree_rows){.loss = &loss_table[two ? LOSS_GINI_OF_TWO : (int)criterion][weighted],
                          .n = data->rows.n,
                          .n_classes = classes,
                          .width = (classes ? classes : 2) + weighted};
  if (classes) out->label = mine__arena_array(arena, n, sizeof *out->label);
  if (!classes) out->target = mine__arena_array(arena, n, sizeof *out->target);
  if (weighted) out->weight = mine__arena_array(arena, n, sizeof *out->weight);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < out->n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (classes) out->label[i] = (uint16_t)data->label[row];
    if (!classes) out->target[i] = data->target[row];
    if (weighted) out->weight[i] = data->weight[row];
  }
  MINE_TRY(mine__poll(env));
  return criterion == MINE_TREE_ENTROPY && !weighted ? loss_count_logs(env, arena, out) : MINE_OK;
}
