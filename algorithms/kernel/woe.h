/*
** woe.h -- features cut into bins that tell two classes apart, and the weight of evidence of
** each bin (Siddiqi 2006, Credit Risk Scorecards).
**
**   numbers     bin b holds cut[b - 2] <= x < cut[b - 1]
**   categories  bin b holds levels of neighbouring rates; levels that few rows have are taken
**               together, and one that training never met counts as they do
**   missing     bin 0, a bin of its own
**
** woe = log of the bin's share of the rows of the positive class over its share of the others:
** above 0 where the class is more frequent than in all rows.  A bin without rows, and a level
** of which nothing is known, say 0.
**
** Numbers are first cut into cells: one for each value where there are at most 200, else some
** of about equal weight; levels are ordered by their rate; then neighbours are merged by
** partition.h, exactly.  Where a number has more values, the cells beside the chosen cuts are
** cut again, each cut is tried at every value between its neighbours, and all is merged anew
** while that says more.  A further bin must raise the information value by `min_gain` n / (n1
** n0), n1 and n0 being the weights of the classes: n1 n0 / n times the information value is a
** chi-square to first order, of which 4 is beyond chance for one degree of freedom.
*/
#ifndef MINE_KERNEL_WOE_H
#define MINE_KERNEL_WOE_H

#include <math.h>

#include "../core/options.h"
#include "../data/dataset.h"
#include "../data/relation.h"
#include "partition.h"

enum { MINE_WOE_NONE, MINE_WOE_AUTO, MINE_WOE_ASCENDING, MINE_WOE_DESCENDING };

typedef struct mine_woe_options {
  int64_t max_bins;
  double min_share;
  int monotone;
  double rare, smooth, min_gain;
} mine_woe_options;

extern const char *const mine__woe_monotone_names[];

/* The rows of a table over the struct `s`, whose member `m` they are. */
#define MINE_WOE_OPTIONS(s, m)                                                                   \
  MINE_OPTION_ROW("max_bins", s, m.max_bins, MINE_OPTION_INT, int64_t, .initial = "10",          \
                  .range = {2, MINE_PARTITION_PARTS},                                            \
                  .help = "bins of a feature at most, beside that of missing values"),           \
      MINE_OPTION_ROW("min_share", s, m.min_share, MINE_OPTION_REAL, double, .initial = "0.05",  \
                      .range = {0, 0.5}, .help = "share of the rows that a bin holds at least"), \
      MINE_OPTION_ROW("monotone", s, m.monotone, MINE_OPTION_CHOICE, int, .initial = "none",     \
                      .choices = mine__woe_monotone_names,                                       \
                      .help =                                                                    \
                          "whether the rate only rises, or only falls, with a number; auto: "    \
                          "one of the two, whichever says more"),                                \
      MINE_OPTION_ROW("rare", s, m.rare, MINE_OPTION_REAL, double, .initial = "0.01",            \
                      .range = {0.005, 0.5},                                                     \
                      .help =                                                                    \
                          "levels with a smaller share of the rows are taken together, and "     \
                          "those that training never met with them"),                            \
      MINE_OPTION_ROW("smooth", s, m.smooth, MINE_OPTION_REAL, double, .initial = "0.5",         \
                      .range = {0, 1e6}, .above_least = 1,                                       \
                      .help =                                                                    \
                          "what a class counts in a bin that has fewer rows of it, so that "     \
                          "woe is finite"),                                                      \
      MINE_OPTION_ROW("min_gain", s, m.min_gain, MINE_OPTION_REAL, double, .initial = "4",       \
                      .range = {0, 1000},                                                        \
                      .help =                                                                    \
                          "what a further bin must raise iv by, in units of n / (n1 n0), in "    \
                          "which it is a chi-square; 0: more bins wherever they say more")

/* The bins of one feature; arrays have n + 1 places, the first for bin 0. */
typedef struct mine_woe {
  int n;
  double *cut;      /* numbers: n - 1 of them, ascending; NULL: a category */
  int64_t n_levels; /* category                                            */
  uint8_t *bin_of;  /* ... the bin of each; 0: a rare one, or without rows */
  int other;        /* ... the bin of those; 0: there were no rare ones    */
  int64_t n_rare;   /* ... how many had rows                               */
  int64_t *rows;
  double *rate, *woe, *iv; /* rate: NAN without rows */
} mine_woe;

/* Cut all features of the rows of `data`, which has two classes of which `positive` (0 or 1) is
** the one that rates count.  out[0 .. n_features - 1] and what they hold lie in `arena`, not
** scratch.  Fails where one class has no row.  Weights count rows; where they are below 1 on
** average they are raised to that.  O(rows x features), features in parallel. */
mine_status mine__woe_make(mine_env *env, mine_arena *arena, const mine_dataset *data, int positive,
                           const mine_woe_options *options, mine_woe *out) MINE_MUST_CHECK;

/* "4 bins, iv 0.31; 12 levels with few rows are taken together", in scratch. */
const char *mine__woe_words(mine_env *env, const mine_woe *woe);
/* The sum over its bins. */
double mine__woe_iv(const mine_woe *woe);
/* order[0 .. n-1]: the features by falling iv, equal ones as they stand. */
void mine__woe_order(const mine_woe *woe, int n, int *order);
/* Rows of mine_bins: those of a feature, the bin of missing values last and only where `missing`
** or rows have it.  points[bin] (NULL: none) is the column points. */
void mine__woe_list(mine_env *env, const mine_feature *about, const mine_woe *woe, int missing,
                    const double *points, mine_relation *to);

static inline int mine_woe_bin_of_number(const mine_woe *woe, double x) {
  int low = 0, high = woe->n - 1;
  if (x != x) return 0;
  while (low < high) { /* the first cut above x */
    const int middle = (low + high) / 2;
    if (woe->cut[middle] <= x)
      low = middle + 1;
    else
      high = middle;
  }
  return low + 1;
}

/* What the feature says in a row of the frame. */
static inline double mine_woe_of(const mine_woe *woe, const mine_feature_view *view, int64_t row) {
  if (woe->cut) return woe->woe[mine_woe_bin_of_number(woe, view->number[row])];
  const int32_t code = view->code[row];
  if (code == MINE_CODE_MISSING) return woe->woe[0];
  int bin = code >= 0 ? woe->bin_of[code] : 0;
  if (bin == 0) bin = woe->other;
  return bin ? woe->woe[bin] : 0;
}

#endif
