/*
** exact_search.c -- the best split of one node on one feature.
**
** What a split is worth the loss says (loss.h).  Rows with a missing value are tried on either side
** of every cut, and alone against the rest (as in scikit-learn 1.3 and LightGBM).
*/
#include <math.h>

#include "exact_private.h"

/* The node's own record, what a gain must exceed, and how ties are told: sums
** of whole numbers are exact, other sums carry rounding. */
static void search_open(mine_exact_trial *trial, const mine_exact_growth *growth, int32_t number,
                        mine_exact_scratch *scratch) {
  const mine_tree_node *node = &growth->nodes->node[number];
  const mine_tree_loss *loss = growth->rows->loss;
  *trial = (mine_exact_trial){.of = growth->rows,
                              .scratch = scratch,
                              .rows = (double)node->rows,
                              .least_rows = (double)growth->plan->min_samples_leaf,
                              .at = -1};
  loss->record(growth->rows, node, mine_nodes_total(growth->nodes, number), scratch->total);
  trial->parent = loss->whole(growth->rows, scratch->total);
  trial->best = trial->parent + loss->least(node);
  trial->tolerance = loss->exact ? 0 : loss->least(node);
}

/* ---- columns that are sorted -------------------------------------------------- */

static mine_exact_span search_open_run(const mine_pair *pair, const mine_tree_node *node) {
  mine_exact_span run = {pair + node->first, node->rows, node->rows};
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

/* Every number left, the missing right.  `greatest` must be below the threshold
** that says so. */
static void search_sorted_last(mine_exact_trial *trial, const mine_exact_span *run,
                               double greatest) {
  if (run->numbers == run->rows || !(greatest < MINE_TREES_ANY)) return;
  const double *total = trial->scratch->total, *missing = trial->scratch->missing;
  double *left = trial->scratch->left;
  for (int c = 0; c < trial->of->width; c++)
    left[c] = total[c] - missing[c];
  mine_exact_try(trial, left, run->numbers - 1, 1);
}

static double search_number(const mine_exact_growth *growth, const mine_exact_column *column,
                            const mine_exact_span *run, int64_t k) {
  return column->number[mine_batch_row(growth->columns->rows, run->pair[k].row)] + 0.0;
}

static double search_sorted(mine_exact_trial *trial, const mine_exact_growth *growth, int feature,
                            const mine_tree_node *node) {
  const mine_exact_column *column = &growth->columns->column[feature];
  const mine_tree_rows *rows = trial->of;
  const mine_exact_span run = search_open_run(growth->pair[feature], node);
  memset(trial->scratch->missing, 0, (size_t)rows->width * sizeof(double));
  for (int64_t k = run.numbers; k < run.rows; k++)
    rows->loss->add(rows, trial->scratch->missing, run.pair[k].row, node->mean);
  trial->missing_rows = (double)(run.rows - run.numbers);
  rows->loss->sorted(trial, &run, node->mean);
  if (run.numbers > 0)
    search_sorted_last(trial, &run, search_number(growth, column, &run, run.numbers - 1));
  if (trial->at < 0) return 0;
  if (trial->at + 1 >= run.numbers) return MINE_TREES_ANY;
  return mine__trees_threshold(search_number(growth, column, &run, trial->at),
                               search_number(growth, column, &run, trial->at + 1));
}

/* ---- columns in bins ------------------------------------------------------------ */

static inline uint32_t search_bin(const mine_exact_column *column, uint32_t i) {
  return column->narrow ? column->narrow[i] : column->wide[i];
}

/* The bins that hold rows, in order; the missing apart.  Big nodes. */
static void search_groups_counted(mine_exact_trial *trial, const mine_exact_column *column,
                                  const mine_tree_node *node, const uint32_t *row) {
  const mine_tree_rows *rows = trial->of;
  const size_t width = (size_t)rows->width;
  double *record = trial->scratch->record;
  rows->loss->count(rows, column, row, node->rows, node->mean, record);
  memcpy(trial->scratch->missing, record + column->bins * width, width * sizeof *record);
  int64_t n = 0;
  for (uint32_t bin = 0; bin < column->bins; bin++) {
    const double *from = record + bin * width;
    if (!(rows->loss->rows(rows, from) > 0)) continue;
    if (n != (int64_t)bin) memcpy(record + (size_t)n * width, from, width * sizeof *record);
    trial->scratch->group[n++] = bin;
  }
  trial->n_groups = n;
}

/* The same by sorting: nodes with fewer rows than there are bins. */
static void search_groups_sorted(mine_exact_trial *trial, const mine_exact_column *column,
                                 const mine_tree_node *node, const uint32_t *row) {
  const mine_tree_rows *rows = trial->of;
  const size_t width = (size_t)rows->width;
  mine_exact_scratch *scratch = trial->scratch;
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
    rows->loss->add(rows, record, scratch->pair[k].row, node->mean);
  }
  trial->n_groups = n;
}

static void search_groups(mine_exact_trial *trial, const mine_exact_growth *growth, int feature,
                          const mine_tree_node *node) {
  const mine_exact_column *column = &growth->columns->column[feature];
  const uint32_t *row = growth->row + node->first;
  if (node->rows >= (int64_t)column->bins) {
    search_groups_counted(trial, column, node, row);
  } else {
    search_groups_sorted(trial, column, node, row);
  }
  trial->missing_rows = trial->of->loss->rows(trial->of, trial->scratch->missing);
}

static double search_binned(mine_exact_trial *trial, const mine_exact_column *column) {
  const mine_exact_scratch *scratch = trial->scratch;
  const int width = trial->of->width;
  memset(scratch->left, 0, (size_t)width * sizeof(double));
  for (int64_t k = 0; k < trial->n_groups; k++) {
    const int last = k + 1 == trial->n_groups;
    if (last && !(column->high[scratch->group[k]] < MINE_TREES_ANY)) break;
    mine_tree_add(scratch->left, scratch->record + k * width, width);
    mine_exact_try(trial, scratch->left, k, last);
  }
  if (trial->at < 0) return 0;
  if (trial->at + 1 >= trial->n_groups) return MINE_TREES_ANY;
  return mine__trees_threshold(column->high[scratch->group[trial->at]],
                               column->low[scratch->group[trial->at + 1]]);
}

/* ---- one node, one feature --------------------------------------------------------- */

void mine__exact_search(const mine_exact_growth *growth, int32_t number, int feature,
                        mine_exact_scratch *scratch, mine_exact_candidate *best) {
  const mine_exact_column *column = &growth->columns->column[feature];
  const mine_tree_node *node = &growth->nodes->node[number];
  mine_exact_trial trial;
  search_open(&trial, growth, number, scratch);
  best->threshold = 0;
  if (column->form == MINE_EXACT_SORTED) {
    best->threshold = search_sorted(&trial, growth, feature, node);
  } else {
    search_groups(&trial, growth, feature, node);
    if (column->form == MINE_EXACT_LEVELS) {
      mine__exact_levels(&trial, column->bins, NULL);
    } else {
      best->threshold = search_binned(&trial, column);
    }
  }
  best->score = trial.at < 0 ? 0 : trial.best - trial.parent;
  best->missing_left = mine_exact_missing_left(&trial);
}

void mine__exact_search_set(const mine_exact_growth *growth, int32_t number, int feature,
                            mine_exact_scratch *scratch, uint64_t *set) {
  mine_exact_trial trial;
  search_open(&trial, growth, number, scratch);
  search_groups(&trial, growth, feature, &growth->nodes->node[number]);
  mine__exact_levels(&trial, growth->columns->column[feature].bins, set);
}
