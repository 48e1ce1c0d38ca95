/*
** search.c -- the best split of a node on one feature, from its sums per bin.
**
** An ordered feature is cut between two bins that hold rows; the rows without a value
** are tried on either side of every cut, and alone against the rest.  The levels of a
** category are put in order of their mean response, and the order is cut (Fisher 1958:
** the best of all sets for a convex score; Breiman et al. 1984, theorem 4.5); with more
** than two classes, in the order of the share of each class in turn.  Levels with
** few rows would be ordered by chance: level_smooth draws them to the middle.
**
** A gain that is within the rounding of g and h, or of the scores, is none: a node whose rows all
** want the same is a leaf.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/random.h"
#include "grow_private.h"

#define SEARCH_CUTS     1     /* purpose of a random stream                             */
#define SEARCH_CLASSES  8     /* classes by whose shares levels are put in order        */
#define SEARCH_ROUNDING 1e-12 /* of a node's score                                      */
#define SEARCH_CHANCE   8     /* times what one row's rounding does to a score          */

/* A search under way on one feature of one node. */
typedef struct splits_trial {
  const mine_grower *g;
  const uint64_t *total;
  int feature;
  double l2;
  double whole;     /* the score of the node as it is       */
  double per_h;     /* rows for each unit of h, where rows are not counted */
  double low, high; /* of the node's value, scaled          */
  int direction;    /* of the value: monotone               */
  int general;      /* l1, or bounds of the value           */
  double all_rows, least_rows;
  grow_split best;
} splits_trial;

/* ---- scores ------------------------------------------------------------------------- */

static inline double splits_shrink(double g, double l1) {
  return g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
}

/* The value a part takes, within the node's bounds. */
static double splits_value(const splits_trial *t, double g, double h) {
  const double value = -splits_shrink(g, t->g->plan.l1 * t->g->scale.g) / (h + t->l2);
  return value < t->low ? t->low : value > t->high ? t->high : value;
}

/* What the loss loses, twice, with the part at this value. */
static double splits_loss(const splits_trial *t, double g, double h, double value) {
  return -(2 * g * value + (h + t->l2) * value * value +
           2 * t->g->plan.l1 * t->g->scale.g * fabs(value));
}

static double splits_pair_general(const splits_trial *t, double gl, double hl, double gr,
                                  double hr) {
  const double left = splits_value(t, gl, hl), right = splits_value(t, gr, hr);
  if ((t->direction > 0 && left > right) || (t->direction < 0 && left < right)) return -INFINITY;
  return splits_loss(t, gl, hl, left) + splits_loss(t, gr, hr, right);
}

/* Judge "sums `left` go left" of gradients; the rows left are counted or estimated. */
static inline int splits_try(splits_trial *t, uint64_t left, double rows) {
  const mine_grower *g = t->g;
  const double gl = (double)grow_g(left), hl = (double)grow_h(left);
  const double gr = (double)grow_g(t->total[0]) - gl, hr = (double)grow_h(t->total[0]) - hl;
  if (rows < t->least_rows || t->all_rows - rows < t->least_rows) return 0;
  if (hl < g->scale.child_weight || hr < g->scale.child_weight) return 0;
  if (t->general) {
    const double score = splits_pair_general(t, gl, hl, gr, hr);
    if (!(score - t->whole > t->best.gain)) return 0;
    t->best.gain = score - t->whole;
    return 1;
  }
  /* gl^2 / hl + gr^2 / hr, compared without a division */
  const double dl = hl + t->l2, dr = hr + t->l2, both = dl * dr;
  const double score = gl * gl * dr + gr * gr * dl;
  if (!(score > (t->whole + t->best.gain) * both)) return 0;
  t->best.gain = score / both - t->whole;
  return 1;
}

static inline double splits_rows(const splits_trial *t, uint64_t sum, uint64_t counted) {
  return t->per_h > 0 ? (double)grow_h(sum) * t->per_h : (double)counted;
}

/* Where missing values go when the node has none: with most of the rows. */
static int splits_heavier_left(const splits_trial *t, uint64_t left) {
  return 2 * grow_h(left) >= grow_h(t->total[0]);
}

/* ---- an ordered feature, gradients ---------------------------------------------------- */

static void splits_note_cut(splits_trial *t, int bin, int missing_left) {
  t->best.feature = t->feature;
  t->best.bin = bin;
  t->best.missing_left = missing_left;
}

/* The bins from `first` on that hold rows, in order: their number. */
static int splits_filled(const grow_bins *in, int first, int bins, int width, uint8_t *list) {
  int n = 0;
  for (int b = first; b < bins; b++) {
    uint64_t any = in->counts ? in->counts[b] : 0;
    for (int c = 0; c < width; c++)
      any |= in->sums[b * width + c];
    list[n] = (uint8_t)b;
    n += any != 0;
  }
  return n;
}

/* The only cut that is tried when chance says where: between the least and the greatest bin of
** a list; 0: there is only one. */
static int splits_random_bin(const splits_trial *t, int32_t number, const uint8_t *list, int n) {
  if (n < 2) return 0;
  mine_random random;
  mine__random_open(&random, t->g->plan.seed ^ mine_hash_mix(t->g->number), SEARCH_CUTS,
                    ((uint64_t)(uint32_t)number << 32) + (uint32_t)t->feature);
  return list[0] + (int)mine__random_below(&random, (uint64_t)(list[n - 1] - list[0]));
}

/* The cut behind bin b, `left` before it; the missing on either side. */
static inline void splits_try_cut(splits_trial *t, const grow_bins *in, int b, uint64_t left,
                                  uint64_t rows) {
  const uint64_t missing = in->sums[0], missing_rows = in->counts ? in->counts[0] : 0;
  if (missing == 0) {
    if (splits_try(t, left, splits_rows(t, left, rows)))
      splits_note_cut(t, b, splits_heavier_left(t, left));
    return;
  }
  if (splits_try(t, left, splits_rows(t, left, rows))) splits_note_cut(t, b, 0);
  if (splits_try(t, left + missing, splits_rows(t, left + missing, rows + missing_rows)))
    splits_note_cut(t, b, 1);
}

static void splits_ordered(splits_trial *t, const grow_bins *in, int bins) {
  uint8_t list[MINE_BINS_MOST + 1];
  const int n = splits_filled(in, 1, bins, 1, list);
  uint64_t left = 0, rows = 0;
  for (int k = 0; k < n; k++) {
    left += in->sums[list[k]];
    rows += in->counts ? in->counts[list[k]] : 0;
    splits_try_cut(t, in, list[k], left, rows);
  }
}

/* One cut by chance; and the numbers against the missing. */
static void splits_ordered_by_chance(splits_trial *t, int32_t number, const grow_bins *in,
                                     int bins) {
  uint8_t list[MINE_BINS_MOST + 1];
  const int n = splits_filled(in, 1, bins, 1, list);
  const int only = splits_random_bin(t, number, list, n);
  uint64_t left = 0, rows = 0, all = 0, all_rows = 0;
  for (int k = 0; k < n; k++) {
    all += in->sums[list[k]];
    all_rows += in->counts ? in->counts[list[k]] : 0;
    if (list[k] > only) continue;
    left = all;
    rows = all_rows;
  }
  if (only > 0) splits_try_cut(t, in, only, left, rows);
  if (in->sums[0] && splits_try(t, all, splits_rows(t, all, all_rows)))
    splits_note_cut(t, bins - 1, 0);
}

/* ---- a category ------------------------------------------------------------------------ */

typedef struct splits_levels {
  int n;
  uint32_t bin[MINE_BINS_MOST + 1]; /* those that take part, in order */
  double key[MINE_BINS_MOST + 1];   /* by bin                         */
} splits_levels;

static int splits_key_before(const void *context, uint32_t a, uint32_t b) {
  const double *key = context;
  return key[a] < key[b] || (key[a] == key[b] && a < b);
}

static void splits_put(uint64_t set[4], uint32_t bin) {
  set[bin >> 6] |= (uint64_t)1 << (bin & 63);
}

/* The set of the first levels up to `at`.  Levels that take no part, also those that the
** node has not seen, go with the missing. */
static void splits_note_set(splits_trial *t, const splits_levels *levels, int at, int bins,
                            int heavier_left) {
  uint64_t part[4] = {0}, set[4] = {0};
  int missing_left = heavier_left, missing_seen = 0;
  for (int k = 0; k < levels->n; k++) {
    splits_put(part, levels->bin[k]);
    if (levels->bin[k] == 0) missing_seen = 1;
    if (k > at) continue;
    splits_put(set, levels->bin[k]);
  }
  /* Bin 0 is the missing, here a level like the others: its bit says where it went. */
  if (missing_seen) missing_left = (int)(set[0] & 1);
  for (uint32_t b = 0; missing_left && b < (uint32_t)bins; b++) {
    if (!(part[b >> 6] >> (b & 63) & 1)) splits_put(set, b);
  }
  t->best.feature = t->feature;
  t->best.bin = 0;
  t->best.missing_left = missing_left;
  memcpy(t->best.set, set, sizeof set);
}

static void splits_category(splits_trial *t, const grow_bins *in, int bins) {
  const uint64_t *sums = in->sums, *counts = in->counts;
  const mine_grower *g = t->g;
  splits_levels levels;
  /* A level's key is its mean g / h, as if level_smooth rows of the node's own mean were in it
  ** besides; 1e-300 only keeps 0 / 0 out. */
  const double centre = (double)grow_g(t->total[0]) / (double)grow_h(t->total[0]);
  uint8_t list[MINE_BINS_MOST + 1];
  const int n = splits_filled(in, 0, bins, 1, list);
  levels.n = 0;
  for (int k = 0; k < n; k++) {
    const int b = list[k];
    levels.key[b] = ((double)grow_g(sums[b]) + centre * g->scale.level_smooth) /
                    ((double)grow_h(sums[b]) + g->scale.level_smooth + 1e-300);
    levels.bin[levels.n++] = (uint32_t)b;
  }
  if (levels.n == 0) return;
  mine__sort_words(levels.bin, (uint32_t)levels.n, splits_key_before, levels.key);
  const double l2 = t->l2;
  uint64_t left = 0, rows = 0;
  int at = -1, heavier_left = 0;
  t->l2 += g->scale.level_l2;
  for (int k = 0; k < levels.n; k++) {
    left += sums[levels.bin[k]];
    rows += counts ? counts[levels.bin[k]] : 0;
    if (!splits_try(t, left, splits_rows(t, left, rows))) continue;
    at = k;
    heavier_left = splits_heavier_left(t, left);
  }
  if (at >= 0) splits_note_set(t, &levels, at, bins, heavier_left);
  t->l2 = l2;
}

/* ---- classes ---------------------------------------------------------------------------- */

static double splits_classes_part(const mine_grower *g, const double *sum) {
  double weight = 0, score = 0;
  for (int c = 0; c < g->width; c++) {
    weight += sum[c];
    score += g->plan.score == MINE_GROW_GINI ? sum[c] * sum[c]
             : sum[c] > 0                    ? sum[c] * log(sum[c])
                                             : 0;
  }
  if (!(weight > 0)) return -INFINITY;
  return g->plan.score == MINE_GROW_GINI ? score / weight : score - weight * log(weight);
}

/* Sums of classes on the left, and room to judge them. */
typedef struct splits_shares {
  double *left, *right, *both, *total;
} splits_shares;

static int splits_try_classes(splits_trial *t, const splits_shares *s, const double *left,
                              double rows) {
  const mine_grower *g = t->g;
  double weight = 0, all = 0;
  for (int c = 0; c < g->width; c++) {
    s->right[c] = s->total[c] - left[c];
    weight += left[c];
    all += s->total[c];
  }
  if (t->per_h > 0) rows = weight * t->per_h;
  if (rows < t->least_rows || t->all_rows - rows < t->least_rows) return 0;
  if (weight < g->scale.child_weight || all - weight < g->scale.child_weight) return 0;
  const double gain = splits_classes_part(g, left) + splits_classes_part(g, s->right) - t->whole;
  if (!(gain > t->best.gain)) return 0;
  t->best.gain = gain;
  return 1;
}

static void splits_add_words(double *sum, const uint64_t *words, int width) {
  for (int c = 0; c < width; c++)
    sum[c] += (double)words[c];
}

static int splits_is_empty(const uint64_t *words, int width) {
  for (int c = 0; c < width; c++) {
    if (words[c]) return 0;
  }
  return 1;
}

static int splits_classes_heavier(const splits_shares *s, const double *left, int width) {
  double weight = 0, all = 0;
  for (int c = 0; c < width; c++) {
    weight += left[c];
    all += s->total[c];
  }
  return 2 * weight >= all;
}

/* The cut behind bin b, s->left before it; the missing on either side. */
static void splits_try_class_cut(splits_trial *t, const splits_shares *s, const grow_bins *in,
                                 int b, double rows) {
  const int width = t->g->width, some_missing = !splits_is_empty(in->sums, width);
  if (splits_try_classes(t, s, s->left, rows))
    splits_note_cut(t, b, some_missing ? 0 : splits_classes_heavier(s, s->left, width));
  if (!some_missing) return;
  memcpy(s->both, s->left, (size_t)width * sizeof *s->both);
  splits_add_words(s->both, in->sums, width);
  if (splits_try_classes(t, s, s->both, rows + (in->counts ? (double)in->counts[0] : 0)))
    splits_note_cut(t, b, 1);
}

static void splits_ordered_classes(splits_trial *t, int32_t number, const splits_shares *s,
                                   const grow_bins *in, int bins) {
  uint8_t list[MINE_BINS_MOST + 1];
  const int width = t->g->width, chance = t->g->plan.random_cut;
  const int n = splits_filled(in, 1, bins, width, list);
  const int only = chance ? splits_random_bin(t, number, list, n) : 0;
  double rows = 0;
  int cut = 0;
  memset(s->left, 0, (size_t)width * sizeof *s->left);
  for (int k = 0; k < n; k++) {
    if (only > 0 && list[k] > only && !cut++)
      splits_try_class_cut(t, s, in, only, rows); /* before what lies behind it */
    splits_add_words(s->left, in->sums + list[k] * width, width);
    rows += in->counts ? (double)in->counts[list[k]] : 0;
    if (!chance) splits_try_class_cut(t, s, in, list[k], rows);
  }
  if (chance && !splits_is_empty(in->sums, width) && splits_try_classes(t, s, s->left, rows))
    splits_note_cut(t, bins - 1, 0);
}

/* Cut the levels in the order of the share of class c. */
static void splits_category_by(splits_trial *t, const splits_shares *s, splits_levels *levels,
                               const uint64_t *sums, const uint64_t *counts, int bins, int c) {
  const int width = t->g->width;
  for (int k = 0; k < levels->n; k++) {
    const uint64_t *bin = sums + (size_t)levels->bin[k] * (size_t)width;
    double weight = t->g->scale.level_smooth + 1e-300, all = 0, mean = 0;
    for (int j = 0; j < width; j++) {
      weight += (double)bin[j];
      all += s->total[j];
    }
    mean = s->total[c] / all;
    levels->key[levels->bin[k]] = ((double)bin[c] + mean * t->g->scale.level_smooth) / weight;
  }
  mine__sort_words(levels->bin, (uint32_t)levels->n, splits_key_before, levels->key);
  memset(s->left, 0, (size_t)width * sizeof *s->left);
  double rows = 0;
  for (int k = 0; k < levels->n; k++) {
    splits_add_words(s->left, sums + (size_t)levels->bin[k] * (size_t)width, width);
    rows += counts ? (double)counts[levels->bin[k]] : 0;
    if (splits_try_classes(t, s, s->left, rows))
      splits_note_set(t, levels, k, bins, splits_classes_heavier(s, s->left, width));
  }
}

static void splits_category_classes(splits_trial *t, const splits_shares *s, const grow_bins *in,
                                    int bins) {
  const uint64_t *sums = in->sums, *counts = in->counts;
  const int width = t->g->width;
  uint8_t list[MINE_BINS_MOST + 1];
  splits_levels levels;
  levels.n = splits_filled(in, 0, bins, width, list);
  for (int k = 0; k < levels.n; k++)
    levels.bin[k] = list[k];
  if (levels.n == 0) return;
  const int tried = width == 2 ? 1 : width < SEARCH_CLASSES ? width : SEARCH_CLASSES;
  for (int c = 0; c < tried; c++)
    splits_category_by(t, s, &levels, sums, counts, bins, c);
}

#define SEARCH_MOST_CLASSES 256

/* What a first split must gain.  Rounding by chance moves a row's g by one at most, so a
** part's by the root of its rows, and its score by about the rows over H: the best of all cuts
** by a few times that. */
static void splits_floor(splits_trial *t, double rows_per_h) {
  if (t->best.feature >= 0) return;
  t->best.gain = SEARCH_ROUNDING * fabs(t->whole);
  if (t->g->plan.min_gain > 0)
    t->best.gain = fmax(t->best.gain, t->g->plan.min_gain / t->g->scale.gain_unit);
  if (t->g->scale.rounded) t->best.gain = fmax(t->best.gain, SEARCH_CHANCE * rows_per_h);
}

static void splits_classes(splits_trial *t, int32_t number, const grow_bins *in,
                           const mine_binned_feature *feature) {
  const int width = t->g->width;
  double left[SEARCH_MOST_CLASSES], right[SEARCH_MOST_CLASSES], both[SEARCH_MOST_CLASSES],
      total[SEARCH_MOST_CLASSES];
  const splits_shares shares = {left, right, both, total};
  memset(total, 0, (size_t)width * sizeof *total);
  splits_add_words(total, t->total, width);
  t->whole = splits_classes_part(t->g, total);
  splits_floor(t, 0);
  if (feature->category) {
    splits_category_classes(t, &shares, in, feature->bins);
  } else {
    splits_ordered_classes(t, number, &shares, in, feature->bins);
  }
}

/* ---- one feature -------------------------------------------------------------------------- */

/* Rows per unit of h; 0: rows are counted apart. */
static double splits_per_h(const mine_grower *g, const mine_grown_node *node, const uint64_t *total,
                           const uint64_t *counts) {
  if (counts) return 0;
  double h = 0;
  if (g->plan.score == MINE_GROW_GRADIENT) {
    h = (double)grow_h(total[0]);
  } else {
    for (int c = 0; c < g->width; c++)
      h += (double)total[c];
  }
  return h > 0 ? (double)node->rows / h : 1;
}

void mine__split_search(const mine_grower *g, const mine_grown_node *node, int32_t number,
                        const grow_bins *bins, grow_split *best) {
  const int feature = bins->feature;
  const mine_binned_feature *about = &g->binned->feature[feature];
  const uint64_t *total = grow_total(g, number);
  if (about->bins < 2) return;
  splits_trial t = {.g = g,
                    .total = total,
                    .feature = feature,
                    .l2 = g->scale.l2,
                    .all_rows = (double)node->rows,
                    .least_rows = (double)g->plan.min_samples_leaf};
  t.best = *best;
  t.per_h = splits_per_h(g, node, total, bins->counts);
  if (g->plan.score != MINE_GROW_GRADIENT) {
    splits_classes(&t, number, bins, about);
    *best = t.best;
    return;
  }
  const double unit = g->scale.h / g->scale.g; /* of a value: real = scaled x unit */
  t.direction = g->plan.monotone ? g->plan.monotone[feature] : 0;
  t.general = g->plan.l1 > 0 || g->plan.monotone != NULL;
  t.low = node->low / unit;
  t.high = node->high / unit;
  const double gt = (double)grow_g(total[0]), ht = (double)grow_h(total[0]);
  t.whole = t.general ? splits_loss(&t, gt, ht, splits_value(&t, gt, ht)) : gt * gt / (ht + t.l2);
  splits_floor(&t, ht > 0 ? (double)node->rows / ht : 0);
  if (about->category) {
    splits_category(&t, bins, about->bins);
  } else if (g->plan.random_cut) {
    splits_ordered_by_chance(&t, number, bins, about->bins);
  } else {
    splits_ordered(&t, bins, about->bins);
  }
  *best = t.best;
}
