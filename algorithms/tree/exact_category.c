/*
** exact_category.c -- which levels of a category go left.
**
** L levels can be parted in 2^(L-1) - 1 ways.  For two classes, or a mean, the
** best of them is found among the L - 1 cuts of the levels ordered by their
** mean response (Fisher 1958; Breiman et al. 1984, theorem 4.5).  With more
** classes all ways are tried up to 10 levels; beyond, levels are ordered along
** the first principal component of their class shares (Coppersmith, Hong &
** Hosking 1999, Partitioning nominal attributes in decision trees).
*/
#include <math.h>

#include "exact_private.h"

#define CATEGORY_ROUNDS 50

/* The mean response of each group: what a sorted prefix is cut from. */
static void category_key_mean(const mine_exact_trial *trial) {
  const mine_tree_rows *rows = trial->of;
  for (int64_t g = 0; g < trial->n_groups; g++) {
    const double *record = trial->scratch->record + g * rows->width;
    const double weight = rows->n_classes ? record[0] + record[1] : record[0];
    trial->scratch->key[g] = record[1] / weight;
  }
}

static double category_weight(const mine_tree_rows *rows, const double *record) {
  double weight = 0;
  for (int c = 0; c < rows->n_classes; c++)
    weight += record[c];
  return weight;
}

/* Where the shares of a group, less the centre, lie along the axis. */
static double category_project(const mine_exact_trial *trial, int64_t g, double weight) {
  const mine_tree_rows *rows = trial->of;
  const mine_exact_scratch *scratch = trial->scratch;
  const double *record = scratch->record + g * rows->width;
  double along = 0;
  for (int c = 0; c < rows->n_classes; c++) {
    along += (record[c] / weight - scratch->centre[c]) * scratch->axis[c];
  }
  return along;
}

/* The centre of the class shares, and a first axis: the group farthest away. */
static void category_axis_open(const mine_exact_trial *trial) {
  const mine_tree_rows *rows = trial->of;
  mine_exact_scratch *scratch = trial->scratch;
  double all = 0, farthest = -1;
  memset(scratch->centre, 0, (size_t)rows->n_classes * sizeof(double));
  for (int64_t g = 0; g < trial->n_groups; g++) {
    mine_tree_add(scratch->centre, scratch->record + g * rows->width, rows->n_classes);
  }
  for (int c = 0; c < rows->n_classes; c++)
    all += scratch->centre[c];
  for (int c = 0; c < rows->n_classes; c++)
    scratch->centre[c] /= all;
  for (int64_t g = 0; g < trial->n_groups; g++) {
    const double *record = scratch->record + g * rows->width;
    const double weight = category_weight(rows, record);
    double distance = 0;
    for (int c = 0; c < rows->n_classes; c++) {
      const double apart = record[c] / weight - scratch->centre[c];
      distance += apart * apart;
    }
    if (weight * distance <= farthest) continue;
    farthest = weight * distance;
    for (int c = 0; c < rows->n_classes; c++) {
      scratch->axis[c] = record[c] / weight - scratch->centre[c];
    }
  }
}

/* One step of the power method on the covariance of the shares, which is never
** formed.  0: the axis vanished or stands still. */
static int category_axis_turn(const mine_exact_trial *trial) {
  const mine_tree_rows *rows = trial->of;
  mine_exact_scratch *scratch = trial->scratch;
  const int classes = rows->n_classes;
  double length = 0, moved = 0;
  memset(scratch->next, 0, (size_t)classes * sizeof(double));
  for (int64_t g = 0; g < trial->n_groups; g++) {
    const double *record = scratch->record + g * rows->width;
    const double weight = category_weight(rows, record);
    const double along = weight * category_project(trial, g, weight);
    for (int c = 0; c < classes; c++) {
      scratch->next[c] += along * (record[c] / weight - scratch->centre[c]);
    }
  }
  for (int c = 0; c < classes; c++)
    length += scratch->next[c] * scratch->next[c];
  length = sqrt(length);
  if (!(length > 0)) return 0;
  for (int c = 0; c < classes; c++) {
    const double turned = scratch->next[c] / length;
    moved += fabs(turned - scratch->axis[c]);
    scratch->axis[c] = turned;
  }
  return moved > 1e-12;
}

static void category_key_component(const mine_exact_trial *trial) {
  category_axis_open(trial);
  for (int round = 0; round < CATEGORY_ROUNDS && category_axis_turn(trial); round++)
    continue;
  for (int64_t g = 0; g < trial->n_groups; g++) {
    const double *record = trial->scratch->record + g * trial->of->width;
    trial->scratch->key[g] = category_project(trial, g, category_weight(trial->of, record));
  }
}

/* Cut the groups in the order of their keys; `at` = how many go left, less one.
** The order stays in scratch->pair. */
static void category_prefix(mine_exact_trial *trial) {
  mine_exact_scratch *scratch = trial->scratch;
  const int width = trial->of->width;
  if (trial->of->n_classes > 2) {
    category_key_component(trial);
  } else {
    category_key_mean(trial);
  }
  mine__sort_reals(scratch->key, NULL, trial->n_groups, scratch->pair, scratch->temp);
  memset(scratch->left, 0, (size_t)width * sizeof(double));
  for (int64_t k = 0; k < trial->n_groups; k++) {
    mine_tree_add(scratch->left, scratch->record + (int64_t)scratch->pair[k].row * width, width);
    mine_exact_try(trial, scratch->left, k, k + 1 == trial->n_groups);
  }
}

/* All ways; `at` = the groups that go left as bits.  The last group stays
** right, except in the cut that parts all levels from the missing.  A way is the sums of the
** way without its lowest group, which came before, and that group: one addition each. */
static void category_exhaustive(mine_exact_trial *trial) {
  mine_exact_scratch *scratch = trial->scratch;
  const int64_t width = trial->of->width, last = trial->n_groups - 1;
  const size_t bytes = (size_t)width * sizeof(double);
  memset(scratch->sums, 0, bytes);
  for (int64_t mask = 1; mask < (int64_t)1 << last; mask++) {
    int64_t lowest = 0;
    while (!(mask >> lowest & 1))
      lowest++;
    double *sum = scratch->sums + mask * width;
    memcpy(sum, scratch->sums + (mask & (mask - 1)) * width, bytes);
    mine_tree_add(sum, scratch->record + lowest * width, (int)width);
    mine_exact_try(trial, sum, mask, 0);
  }
  const int64_t most = ((int64_t)1 << last) - 1;
  memcpy(scratch->left, scratch->sums + most * width, bytes);
  mine_tree_add(scratch->left, scratch->record + last * width, (int)width);
  mine_exact_try(trial, scratch->left, 2 * most + 1, 1);
}

/* Levels that no row of the node has go where the missing go. */
static void category_mark(const mine_exact_trial *trial, int64_t levels, int exhaustive,
                          uint64_t *set) {
  const mine_exact_scratch *scratch = trial->scratch;
  memset(set, 0, (size_t)mine_trees_words(levels) * sizeof *set);
  if (mine_exact_missing_left(trial)) {
    for (int64_t level = 0; level < levels; level++)
      set[level >> 6] |= (uint64_t)1 << (level & 63);
  }
  for (int64_t k = 0; k < trial->n_groups; k++) {
    const int left = exhaustive ? (int)(trial->at >> k & 1) : k <= trial->at;
    const uint32_t level = scratch->group[exhaustive ? (uint32_t)k : scratch->pair[k].row];
    const uint64_t bit = (uint64_t)1 << (level & 63);
    if (left) {
      set[level >> 6] |= bit;
    } else {
      set[level >> 6] &= ~bit;
    }
  }
}

void mine__exact_levels(mine_exact_trial *trial, int64_t levels, uint64_t *set) {
  if (trial->n_groups == 0) return;
  const int exhaustive = trial->of->n_classes > 2 && trial->n_groups <= MINE_EXACT_EXHAUSTIVE;
  if (exhaustive) {
    category_exhaustive(trial);
  } else {
    category_prefix(trial);
  }
  if (set && trial->at >= 0) category_mark(trial, levels, exhaustive, set);
}
