/*
** bins.h -- features made ready for counting, once: a byte per row and feature.
**
** A tree over many rows need not look at numbers: whether a value lies below a
** threshold is known from the *bin* it lies in, and a node's rows become sums per
** bin (Alsabti, Ranka & Singh, CLOUDS, KDD 1998; Ke et al., LightGBM, NIPS 2017).
** Bin 0 is "missing".  The others are
**   a number    stretches of the number line that hold about equally many rows;
**               where there are no more values than bins, every value has its own
**               and nothing is lost
**   a category  a level each
** Where the stretches are cut is learnt from at most BINS_SAMPLE rows.
**
** The bytes of a row stand together, in *panels* of at most MINE_PANEL features: to
** count a row is to read one stretch of memory, and the sums of a panel's bins stay in
** the processor's cache.  Every feature stands as a *column* too: to divide a node's rows is
** to look at one feature of each, and of a column 64 rows come at a time.
**
** A category of many levels is a number in disguise: its *statistic* (ordered.h), and
** then `source` is the category, `of_level` NULL.  What is made here never changes;
** any number of trees may grow from it at the same time.
*/
#ifndef MINE_TREE_BINS_H
#define MINE_TREE_BINS_H

#include "../data/dataset.h"

#define MINE_BINS_MOST 255 /* bins of a feature, beside bin 0 */
#define MINE_PANEL     32  /* features whose bytes stand together */
#define MINE_BINS_SET  254 /* levels that a category's bins can hold: one stays for the unseen */

/* How a feature's column is made. */
typedef struct mine_bin_source {
  int feature;             /* of the dataset                                            */
  const double *statistic; /* per row given, instead of the feature's values; or NULL   */
  const double *of_level;  /* with it: per level what scoring takes for it ...          */
  double prior;            /* ... and for a level never seen, and for a missing value   */
} mine_bin_source;

typedef struct mine_binned_feature {
  mine_bin_source source;
  int category;      /* bins are levels, and a split is a set of them */
  int bins;          /* with bin 0: 1 = all missing, at most 256      */
  int first;         /* of its bins among those of all features       */
  const double *cut; /* number: values below cut[b] lie in bins <= b, b = 1 .. bins - 2 */
  int32_t levels;    /* category */
} mine_binned_feature;

typedef struct mine_binned {
  int64_t n; /* rows, counted as they were given: not frame rows */
  int n_features;
  mine_binned_feature *feature;
  int n_bins;       /* of all features */
  uint8_t **panel;  /* panel p: n rows of panel_width(p) bytes */
  uint8_t **column; /* feature f: n bytes                      */
} mine_binned;

static inline int mine_panel_first(int panel) {
  return panel * MINE_PANEL;
}
static inline int mine_panel_count(int n_features) {
  return (n_features + MINE_PANEL - 1) / MINE_PANEL;
}
static inline int mine_panel_width(const mine_binned *binned, int panel) {
  const int rest = binned->n_features - mine_panel_first(panel);
  return rest < MINE_PANEL ? rest : MINE_PANEL;
}
/* The bin of a row in a feature. */
static inline uint8_t mine_bin_of(const mine_binned *binned, int64_t row, int feature) {
  const int panel = feature / MINE_PANEL;
  return binned->panel[panel][row * mine_panel_width(binned, panel) + feature % MINE_PANEL];
}

/* Make the columns `source[0..n_features-1]` of the rows given, in `arena`: two bytes per row and
** feature, and room for the sample of as many features as there are threads.  most_bins
** in 2..MINE_BINS_MOST.  A category must have at most most_bins levels, or a statistic.
** O(rows x features). */
mine_status mine__bins_make(mine_env *env, mine_arena *arena, const mine_dataset *data,
                            const mine_bin_source *source, int n_features, int most_bins,
                            mine_binned *out) MINE_MUST_CHECK;

#endif
