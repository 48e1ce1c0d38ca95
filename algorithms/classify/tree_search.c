/*
** tree_search.c -- the best split of one node on one feature.
**
** A split is judged by how much it decreases the impurity (Breiman, Friedman,
** Olshen & Stone 1984).  With W the weight on a side and c its class weights,
** the part of a side in the score is
**   gini            sum c^2 / W
**   entropy         sum c log2 c - W log2 W
**   squared error   (sum w (y - mean of node))^2 / W
** and the decrease times the node's weight is left + right - node.  Rows with
** a missing value are tried on either side of every cut, and alone against the
** rest (as in scikit-learn 1.3 and LightGBM).
*/
#include <math.h>
#include <string.h>

#include "../core/bits.h"
#include "tree.h"

/* log2 without the C library: the same bits on every machine.  x > 0, normal. */
double mine__tree_log2(double x) {
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

static double search_xlogx(double x) {
  return x > 1e-300 ? x * mine__tree_log2(x) : 0;
}

mine_status mine__tree_count_logs(mine_tree_grow *grow) {
  if (grow->weighted || grow->options.criterion != MINE_TREE_ENTROPY) return MINE_OK;
  double *table = mine__arena_array(grow->arena, (size_t)grow->n + 1, sizeof *table);
  if (!table) return mine_env_status(grow->env);
  for (int64_t k = 0; k <= grow->n; k++) {
    table[k] = search_xlogx((double)k);
    if ((k & 0xfffff) == 0 && mine__poll(grow->env)) return mine_env_status(grow->env);
  }
  grow->xlogx = table;
  return MINE_OK;
}

/* x log2 x; from the table where x counts rows. */
static inline double search_log_term(const mine_tree_grow *grow, double x) {
  return grow->xlogx ? grow->xlogx[(int64_t)x] : search_xlogx(x);
}

static inline double search_ratio(double sum, double weight) {
  return weight > 0 ? sum / weight : -INFINITY;
}

/* Both sides of "left goes left, the rest of total goes right".  Negative
** infinity when a side weighs nothing. */
static inline double search_score(const mine_tree_grow *grow, const double *left,
                                  const double *total) {
  const int classes = grow->n_classes;
  double weight_left = 0, weight_right = 0, sum_left = 0, sum_right = 0;
  if (classes == 0) {
    const double right = total[1] - left[1];
    return search_ratio(left[1] * left[1], left[0]) +
           search_ratio(right * right, total[0] - left[0]);
  }
  if (grow->options.criterion == MINE_TREE_GINI) {
    for (int c = 0; c < classes; c++) {
      const double l = left[c], r = total[c] - l;
      weight_left += l;
      weight_right += r;
      sum_left += l * l;
      sum_right += r * r;
    }
    return search_ratio(sum_left, weight_left) + search_ratio(sum_right, weight_right);
  }
  for (int c = 0; c < classes; c++) {
    const double l = left[c], r = total[c] - l;
    weight_left += l;
    weight_right += r;
    sum_left += search_log_term(grow, l);
    sum_right += search_log_term(grow, r);
  }
  if (!(weight_left > 0 && weight_right > 0)) return -INFINITY;
  return sum_left - search_log_term(grow, weight_left) + sum_right -
         search_log_term(grow, weight_right);
}

/* The score of not splitting: the one part that holds everything. */
static double search_whole(const mine_tree_grow *grow, const double *total) {
  double weight = 0, sum = 0;
  if (grow->n_classes == 0) return search_ratio(total[1] * total[1], total[0]);
  const int gini = grow->options.criterion == MINE_TREE_GINI;
  for (int c = 0; c < grow->n_classes; c++) {
    weight += total[c];
    sum += gini ? total[c] * total[c] : search_log_term(grow, total[c]);
  }
  return gini ? search_ratio(sum, weight) : sum - search_log_term(grow, weight);
}

double mine__tree_impurity(const mine_tree_grow *grow, const double *total, double weight) {
  double sum = 0;
  for (int c = 0; c < grow->n_classes; c++) {
    const double share = total[c] / weight;
    sum += grow->options.criterion == MINE_TREE_GINI ? share * share : search_xlogx(share);
  }
  const double impurity = grow->options.criterion == MINE_TREE_GINI ? 1 - sum : -sum;
  return impurity > 0 ? impurity : 0;
}

static double search_rows(const mine_tree_grow *grow, const double *record) {
  if (grow->weighted) return record[grow->width - 1];
  if (grow->n_classes == 0) return record[0];
  double rows = 0;
  for (int c = 0; c < grow->n_classes; c++)
    rows += record[c];
  return rows;
}

static inline void search_add_row(const mine_tree_grow *grow, double *record, uint32_t i,
                                  double mean) {
  const double weight = grow->weighted ? grow->weight[i] : 1.0;
  if (grow->n_classes) {
    record[grow->label[i]] += weight;
  } else {
    record[0] += weight;
    record[1] += weight * (grow->target[i] - mean);
  }
  if (grow->weighted) record[grow->width - 1] += 1.0;
}

/* ---- judging ---------------------------------------------------------------- */

static void search_judge(mine_tree_trial *trial, const double *left, int64_t at, int missing_left) {
  const mine_tree_grow *grow = trial->grow;
  const double rows = search_rows(grow, left);
  if (rows < trial->least_rows || trial->rows - rows < trial->least_rows) return;
  const double score = search_score(grow, left, trial->scratch->total);
  if (!(score > trial->best + trial->tolerance)) return;
  trial->best = score;
  trial->left_rows = rows;
  trial->at = at;
  trial->missing_left = missing_left;
}

void mine__tree_try(mine_tree_trial *trial, const double *left, int64_t at, int last) {
  search_judge(trial, left, at, 0);
  if (trial->missing_rows == 0 || last) return;
  double *both = trial->scratch->centre; /* free while a prefix is judged */
  memcpy(both, left, (size_t)trial->grow->width * sizeof *both);
  mine_tree_add(both, trial->scratch->missing, trial->grow->width);
  search_judge(trial, both, at, 1);
}

/* The node's own record, what a gain must exceed, and how ties are told: sums
** of whole numbers are exact, other sums carry rounding. */
static void search_open(mine_tree_trial *trial, const mine_tree_grow *grow, int32_t number,
                        mine_tree_scratch *scratch) {
  const mine_tree_node *node = &grow->node[number];
  double *total = scratch->total;
  memset(trial, 0, sizeof *trial);
  trial->grow = grow;
  trial->scratch = scratch;
  trial->rows = (double)node->rows;
  trial->least_rows = (double)grow->options.min_samples_leaf;
  trial->at = -1;
  if (grow->n_classes) {
    memcpy(total, grow->total + (size_t)number * (size_t)grow->n_classes,
           (size_t)grow->n_classes * sizeof *total);
  } else {
    total[0] = node->weight;
    total[1] = 0;
  }
  if (grow->weighted) total[grow->width - 1] = trial->rows;
  const double least = 1e-12 * node->weight * (grow->n_classes ? 1.0 : node->impurity);
  trial->parent = search_whole(grow, total);
  trial->best = trial->parent + least;
  trial->tolerance = grow->weighted || grow->n_classes == 0 ? least : 0;
}

/* ---- columns that are sorted -------------------------------------------------- */

/* The rows of the node in order of value; `numbers` of them have one. */
typedef struct search_span {
  const mine_pair *pair;
  int64_t numbers, rows;
} search_span;

static search_span search_open_run(const mine_tree_column *column, const mine_tree_node *node) {
  search_span run = {column->pair + node->first, node->rows, node->rows};
  int64_t low = 0, high = node->rows; /* the first missing is in [low, high] */
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (run.pair[middle].key == MINE_SORT_MISSING) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  run.numbers = low;
  return run;
}

static inline double search_two(double zero, double one) {
  return (zero * zero + one * one) / (zero + one);
}

/* Two classes, gini: the label sits in the key's lowest bit, the sums stay in
** registers.  The arithmetic is search_score()'s.  `weights` NULL: all one. */
static inline void search_sorted_two(mine_tree_trial *trial, const search_span *run,
                                     const double *weights) {
  const double *total = trial->scratch->total, *missing = trial->scratch->missing;
  const double all0 = total[0], all1 = total[1], gone0 = missing[0], gone1 = missing[1];
  const double least = trial->least_rows, rows = trial->rows, gone = trial->missing_rows;
  const double tolerance = trial->tolerance;
  double best = trial->best, n = 0, zero = 0, one = 0;
  for (int64_t k = 0; k + 1 < run->numbers; k++) {
    const uint32_t key = run->pair[k].key;
    const double weight = weights ? weights[run->pair[k].row] : 1.0, is_one = key & 1;
    n += 1;
    one += weight * is_one;
    zero += weight * (1 - is_one);
    if ((key ^ run->pair[k + 1].key) <= 1) continue;
    if (n >= least && rows - n >= least) {
      const double score = search_two(zero, one) + search_two(all0 - zero, all1 - one);
      if (score > best + tolerance) {
        best = score;
        trial->at = k;
        trial->left_rows = n;
        trial->missing_left = 0;
      }
    }
    if (gone > 0 && n + gone >= least && rows - n - gone >= least) {
      const double zeros = zero + gone0, ones = one + gone1;
      const double score = search_two(zeros, ones) + search_two(all0 - zeros, all1 - ones);
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

/* Regression without weights or missing values: two sums in registers. */
static void search_sorted_mean(mine_tree_trial *trial, const search_span *run, double mean) {
  const double *target = trial->grow->target;
  const double least = trial->least_rows, rows = trial->rows, tolerance = trial->tolerance;
  double best = trial->best, n = 0, sum = 0;
  for (int64_t k = 0; k + 1 < run->numbers; k++) {
    n += 1;
    sum += target[run->pair[k].row] - mean;
    if (run->pair[k].key == run->pair[k + 1].key || n < least || rows - n < least) continue;
    const double square = sum * sum;
    const double score = square / n + square / (rows - n);
    if (!(score > best + tolerance)) continue;
    best = score;
    trial->at = k;
    trial->left_rows = n;
  }
  trial->best = best;
}

static void search_sorted_any(mine_tree_trial *trial, const search_span *run, double mean) {
  double *left = trial->scratch->left;
  memset(left, 0, (size_t)trial->grow->width * sizeof *left);
  for (int64_t k = 0; k + 1 < run->numbers; k++) {
    search_add_row(trial->grow, left, run->pair[k].row, mean);
    if ((run->pair[k].key ^ run->pair[k + 1].key) > 1) mine__tree_try(trial, left, k, 0);
  }
}

/* Every number left, the missing right.  `greatest` must be below the threshold
** that says so. */
static void search_sorted_last(mine_tree_trial *trial, const search_span *run, double greatest) {
  if (run->numbers == run->rows || !(greatest < MINE_TREES_ANY)) return;
  const double *total = trial->scratch->total, *missing = trial->scratch->missing;
  double *left = trial->scratch->left;
  for (int c = 0; c < trial->grow->width; c++)
    left[c] = total[c] - missing[c];
  mine__tree_try(trial, left, run->numbers - 1, 1);
}

static double search_number(const mine_tree_grow *grow, const mine_tree_column *column,
                            const search_span *run, int64_t k) {
  return column->number[mine_tree_frame_row(grow, run->pair[k].row)] + 0.0;
}

static double search_sorted(mine_tree_trial *trial, const mine_tree_column *column,
                            const mine_tree_node *node) {
  const mine_tree_grow *grow = trial->grow;
  const search_span run = search_open_run(column, node);
  memset(trial->scratch->missing, 0, (size_t)grow->width * sizeof(double));
  for (int64_t k = run.numbers; k < run.rows; k++) {
    search_add_row(grow, trial->scratch->missing, run.pair[k].row, node->mean);
  }
  trial->missing_rows = (double)(run.rows - run.numbers);
  const int two = grow->n_classes == 2 && grow->options.criterion == MINE_TREE_GINI;
  if (two && !grow->weighted) {
    search_sorted_two(trial, &run, NULL);
  } else if (two) {
    search_sorted_two(trial, &run, grow->weight);
  } else if (!grow->weighted && grow->n_classes == 0 && trial->missing_rows == 0) {
    search_sorted_mean(trial, &run, node->mean);
  } else {
    search_sorted_any(trial, &run, node->mean);
  }
  if (run.numbers > 0) {
    search_sorted_last(trial, &run, search_number(grow, column, &run, run.numbers - 1));
  }
  if (trial->at < 0) return 0;
  if (trial->at + 1 >= run.numbers) return MINE_TREES_ANY;
  return mine__trees_threshold(search_number(grow, column, &run, trial->at),
                               search_number(grow, column, &run, trial->at + 1));
}

/* ---- columns in bins ------------------------------------------------------------ */

static inline uint32_t search_bin(const mine_tree_column *column, uint32_t i) {
  return column->narrow ? column->narrow[i] : column->wide[i];
}

/* Count all rows of the node into the histogram. */
static void search_count(const mine_tree_grow *grow, const mine_tree_column *column,
                         const mine_tree_node *node, double *histogram) {
  const uint32_t *row = grow->row + node->first;
  const size_t width = (size_t)grow->width;
  memset(histogram, 0, (column->bins + 1) * width * sizeof *histogram);
  if (column->narrow && !grow->weighted && grow->n_classes) {
    for (int64_t k = 0; k < node->rows; k++) {
      histogram[column->narrow[row[k]] * width + grow->label[row[k]]] += 1.0;
    }
    return;
  }
  if (column->narrow && !grow->weighted) {
    for (int64_t k = 0; k < node->rows; k++) {
      double *record = histogram + 2 * (size_t)column->narrow[row[k]];
      record[0] += 1.0;
      record[1] += grow->target[row[k]] - node->mean;
    }
    return;
  }
  for (int64_t k = 0; k < node->rows; k++) {
    search_add_row(grow, histogram + search_bin(column, row[k]) * width, row[k], node->mean);
  }
}

/* The bins that hold rows, in order; the missing apart.  Big nodes. */
static void search_groups_counted(mine_tree_trial *trial, const mine_tree_column *column,
                                  const mine_tree_node *node) {
  const mine_tree_grow *grow = trial->grow;
  const size_t width = (size_t)grow->width;
  double *record = trial->scratch->record;
  search_count(grow, column, node, record);
  memcpy(trial->scratch->missing, record + column->bins * width, width * sizeof *record);
  int64_t n = 0;
  for (uint32_t bin = 0; bin < column->bins; bin++) {
    const double *from = record + bin * width;
    if (!(search_rows(grow, from) > 0)) continue;
    if (n != (int64_t)bin) memcpy(record + (size_t)n * width, from, width * sizeof *record);
    trial->scratch->group[n++] = bin;
  }
  trial->n_groups = n;
}

/* The same by sorting: nodes with fewer rows than there are bins. */
static void search_groups_sorted(mine_tree_trial *trial, const mine_tree_column *column,
                                 const mine_tree_node *node) {
  const mine_tree_grow *grow = trial->grow;
  const size_t width = (size_t)grow->width;
  mine_tree_scratch *scratch = trial->scratch;
  const uint32_t *row = grow->row + node->first;
  for (int64_t k = 0; k < node->rows; k++) {
    scratch->pair[k].key = search_bin(column, row[k]);
    scratch->pair[k].row = row[k];
  }
  mine__sort_pairs(scratch->pair, scratch->temp, node->rows, column->bins);
  memset(scratch->missing, 0, width * sizeof(double));
  int64_t n = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t bin = scratch->pair[k].key;
    double *record = scratch->missing;
    if (bin < column->bins) {
      if (n == 0 || scratch->group[n - 1] != bin) {
        memset(scratch->record + (size_t)n * width, 0, width * sizeof(double));
        scratch->group[n++] = bin;
      }
      record = scratch->record + (size_t)(n - 1) * width;
    }
    search_add_row(grow, record, scratch->pair[k].row, node->mean);
  }
  trial->n_groups = n;
}

static void search_groups(mine_tree_trial *trial, const mine_tree_column *column,
                          const mine_tree_node *node) {
  if (node->rows >= (int64_t)column->bins) {
    search_groups_counted(trial, column, node);
  } else {
    search_groups_sorted(trial, column, node);
  }
  trial->missing_rows = search_rows(trial->grow, trial->scratch->missing);
}

static double search_binned(mine_tree_trial *trial, const mine_tree_column *column) {
  const mine_tree_scratch *scratch = trial->scratch;
  const int width = trial->grow->width;
  memset(scratch->left, 0, (size_t)width * sizeof(double));
  for (int64_t k = 0; k < trial->n_groups; k++) {
    const int last = k + 1 == trial->n_groups;
    if (last && !(column->high[scratch->group[k]] < MINE_TREES_ANY)) break;
    mine_tree_add(scratch->left, scratch->record + k * width, width);
    mine__tree_try(trial, scratch->left, k, last);
  }
  if (trial->at < 0) return 0;
  if (trial->at + 1 >= trial->n_groups) return MINE_TREES_ANY;
  return mine__trees_threshold(column->high[scratch->group[trial->at]],
                               column->low[scratch->group[trial->at + 1]]);
}

/* ---- one node, one feature --------------------------------------------------------- */

void mine__tree_search(const mine_tree_grow *grow, int32_t number, int feature,
                       mine_tree_scratch *scratch, mine_tree_candidate *best) {
  const mine_tree_column *column = &grow->column[feature];
  const mine_tree_node *node = &grow->node[number];
  mine_tree_trial trial;
  search_open(&trial, grow, number, scratch);
  best->threshold = 0;
  if (column->form == MINE_TREE_SORTED) {
    best->threshold = search_sorted(&trial, column, node);
  } else {
    search_groups(&trial, column, node);
    if (column->form == MINE_TREE_LEVELS) {
      mine__tree_levels(&trial, column->bins, NULL);
    } else {
      best->threshold = search_binned(&trial, column);
    }
  }
  best->score = trial.at < 0 ? 0 : trial.best - trial.parent;
  best->missing_left = mine_tree_missing_left(&trial);
}

void mine__tree_search_set(const mine_tree_grow *grow, int32_t number, int feature,
                           mine_tree_scratch *scratch, uint64_t *set) {
  mine_tree_trial trial;
  search_open(&trial, grow, number, scratch);
  search_groups(&trial, &grow->column[feature], &grow->node[number]);
  mine__tree_levels(&trial, grow->column[feature].bins, set);
}
