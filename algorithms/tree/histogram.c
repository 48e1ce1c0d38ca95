/*
** histogram.c -- sums per bin: where growing a tree spends its time.
**
** A row costs one addition per feature.  Which bin it goes to depends on the data, so
** nothing can be done in vectors; but the rows' bytes are known in advance, and are
** fetched some rows ahead.
*/
#include <string.h>

#include "grow_private.h"

#define HISTOGRAM_AHEAD 24 /* rows whose bytes are on their way */

/* The features of a panel that are used: their lanes, and where their bins begin. */
typedef struct histogram_lanes {
  int n, width;
  uint32_t lane[MINE_PANEL], first[MINE_PANEL];
} histogram_lanes;

static void histogram_lanes_of(const mine_grower *g, int panel, histogram_lanes *lanes) {
  lanes->n = 0;
  lanes->width = mine_panel_width(g->binned, panel);
  for (int lane = 0; lane < lanes->width; lane++) {
    const int f = mine_panel_first(panel) + lane;
    if (!grow_is_used(g, f)) continue;
    lanes->lane[lanes->n] = (uint32_t)lane;
    lanes->first[lanes->n++] = (uint32_t)g->binned->feature[f].first;
  }
}

/* Eight bytes as one word, the first lowest: compilers make one load of it. */
static inline uint64_t histogram_word(const uint8_t *b) {
  return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
         (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* Gradients, all lanes used: the loop that matters.  An addition loads and stores; that the bytes
** of eight lanes come as one word leaves it a quarter of the loads less. */
static void histogram_all(const grow_entry *entry, int64_t n, const uint8_t *panel,
                          const histogram_lanes *lanes, uint64_t *sums) {
  const size_t width = (size_t)lanes->width;
  uint64_t *of_lane[MINE_PANEL];
  for (size_t lane = 0; lane < width; lane++)
    of_lane[lane] = sums + lanes->first[lane];
  for (int64_t k = 0; k < n; k++) {
    if (k + HISTOGRAM_AHEAD < n) MINE_FETCH(panel + entry[k + HISTOGRAM_AHEAD].row * width);
    const uint8_t *byte = panel + entry[k].row * width;
    const uint64_t add = grow_pack(entry[k]);
    size_t lane = 0;
    for (; lane + 8 <= width; lane += 8) {
      const uint64_t word = histogram_word(byte + lane);
      of_lane[lane][word & 255] += add;
      of_lane[lane + 1][word >> 8 & 255] += add;
      of_lane[lane + 2][word >> 16 & 255] += add;
      of_lane[lane + 3][word >> 24 & 255] += add;
      of_lane[lane + 4][word >> 32 & 255] += add;
      of_lane[lane + 5][word >> 40 & 255] += add;
      of_lane[lane + 6][word >> 48 & 255] += add;
      of_lane[lane + 7][word >> 56] += add;
    }
    for (; lane < width; lane++)
      of_lane[lane][byte[lane]] += add;
  }
}

static void histogram_some(const grow_entry *entry, int64_t n, const uint8_t *panel,
                           const histogram_lanes *lanes, uint64_t *sums) {
  const size_t width = (size_t)lanes->width;
  for (int64_t k = 0; k < n; k++) {
    if (k + HISTOGRAM_AHEAD < n) MINE_FETCH(panel + entry[k + HISTOGRAM_AHEAD].row * width);
    const uint8_t *byte = panel + entry[k].row * width;
    const uint64_t add = grow_pack(entry[k]);
    for (int j = 0; j < lanes->n; j++)
      sums[lanes->first[j] + byte[lanes->lane[j]]] += add;
  }
}

static void histogram_classes(const grow_entry *entry, int64_t n, const uint8_t *panel,
                              const histogram_lanes *lanes, size_t classes, uint64_t *sums) {
  const size_t width = (size_t)lanes->width;
  for (int64_t k = 0; k < n; k++) {
    if (k + HISTOGRAM_AHEAD < n) MINE_FETCH(panel + entry[k + HISTOGRAM_AHEAD].row * width);
    const uint8_t *byte = panel + entry[k].row * width;
    uint64_t *of_class = sums + entry[k].g;
    for (int j = 0; j < lanes->n; j++)
      of_class[(lanes->first[j] + byte[lanes->lane[j]]) * classes] += entry[k].h;
  }
}

void mine__histogram_panel(const mine_grower *g, const grow_entry *entry, int64_t n, int panel,
                           uint64_t *sums) {
  const mine_binned *binned = g->binned;
  const int first = mine_panel_first(panel);
  const mine_binned_feature *last = &binned->feature[first + mine_panel_width(binned, panel) - 1];
  const size_t from = (size_t)binned->feature[first].first * (size_t)g->width;
  const size_t to = (size_t)(last->first + last->bins) * (size_t)g->width;
  histogram_lanes lanes;
  histogram_lanes_of(g, panel, &lanes);
  memset(sums + from, 0, (to - from) * sizeof *sums);
  if (g->plan.score != MINE_GROW_GRADIENT) {
    histogram_classes(entry, n, binned->panel[panel], &lanes, (size_t)g->width, sums);
  } else if (lanes.n == lanes.width) {
    histogram_all(entry, n, binned->panel[panel], &lanes, sums);
  } else {
    histogram_some(entry, n, binned->panel[panel], &lanes, sums);
  }
}

/* ---- a few features ------------------------------------------------------------------- */

/* Where the bytes of a feature are. */
typedef struct histogram_bytes {
  const uint8_t *byte;
  size_t width;
} histogram_bytes;

/* One pass over the rows for all features: they lie in the same stretch of memory.  Rows are
** counted in the same pass: far down in a large tree each row is a line of the cache of its own,
** and the line is most of the cost. */
MINE_INLINE void histogram_together(const grow_entry *entry, int64_t n, const histogram_bytes *at,
                                    const grow_bins *bins, int features, int counted) {
  for (int64_t k = 0; k < n; k++) {
    const uint64_t add = grow_pack(entry[k]);
    const size_t row = entry[k].row;
    if (k + HISTOGRAM_AHEAD < n)
      MINE_FETCH(at[0].byte + entry[k + HISTOGRAM_AHEAD].row * at[0].width);
    for (int j = 0; j < features; j++) {
      const size_t bin = at[j].byte[row * at[j].width];
      bins[j].sums[bin] += add;
      if (counted) bins[j].counts[bin]++;
    }
  }
}

MINE_INLINE void histogram_gradients(const grow_entry *entry, int64_t n, const histogram_bytes *at,
                                     const grow_bins *bins, int features, int counted) {
  int j = 0;
  for (; j + 4 <= features; j += 4)
    histogram_together(entry, n, at + j, bins + j, 4, counted);
  if (features - j == 3) histogram_together(entry, n, at + j, bins + j, 3, counted);
  if (features - j == 2) histogram_together(entry, n, at + j, bins + j, 2, counted);
  if (features - j == 1) histogram_together(entry, n, at + j, bins + j, 1, counted);
}

static void histogram_by_class(const grow_entry *entry, int64_t n, const histogram_bytes *at,
                               const grow_bins *bins, int features, size_t classes) {
  for (int64_t k = 0; k < n; k++) {
    const size_t row = entry[k].row, label = (size_t)entry[k].g;
    if (k + HISTOGRAM_AHEAD < n)
      MINE_FETCH(at[0].byte + entry[k + HISTOGRAM_AHEAD].row * at[0].width);
    for (int j = 0; j < features; j++) {
      const size_t bin = at[j].byte[row * at[j].width];
      bins[j].sums[bin * classes + label] += entry[k].h;
      if (bins[j].counts) bins[j].counts[bin]++;
    }
  }
}

void mine__histogram_features(const mine_grower *g, const grow_entry *entry, int64_t n,
                              const grow_bins *bins, int n_bins) {
  const size_t width = (size_t)g->width;
  histogram_bytes at[GROW_TOGETHER];
  for (int j = 0; j < n_bins; j++) {
    const int panel = bins[j].feature / MINE_PANEL;
    const size_t all = (size_t)g->binned->feature[bins[j].feature].bins;
    at[j] = (histogram_bytes){g->binned->panel[panel] + bins[j].feature % MINE_PANEL,
                              (size_t)mine_panel_width(g->binned, panel)};
    memset(bins[j].sums, 0, all * width * sizeof *bins[j].sums);
    if (bins[j].counts) memset(bins[j].counts, 0, all * sizeof *bins[j].counts);
  }
  if (g->plan.score != MINE_GROW_GRADIENT) {
    histogram_by_class(entry, n, at, bins, n_bins, width);
  } else if (g->scale.counted) {
    histogram_gradients(entry, n, at, bins, n_bins, 0);
  } else {
    histogram_gradients(entry, n, at, bins, n_bins, 1);
  }
}

/* ---- rows, and all of a node ------------------------------------------------------------- */

void mine__histogram_counts(const mine_grower *g, const grow_entry *entry, int64_t n,
                            uint64_t *counts) {
  const mine_binned *binned = g->binned;
  memset(counts, 0, (size_t)binned->n_bins * sizeof *counts);
  for (int panel = 0; panel < g->n_panels; panel++) {
    const size_t width = (size_t)mine_panel_width(binned, panel);
    const mine_binned_feature *feature = &binned->feature[mine_panel_first(panel)];
    for (int64_t k = 0; k < n; k++) {
      if (k + HISTOGRAM_AHEAD < n)
        MINE_FETCH(binned->panel[panel] + entry[k + HISTOGRAM_AHEAD].row * width);
      const uint8_t *byte = binned->panel[panel] + entry[k].row * width;
      for (size_t lane = 0; lane < width; lane++)
        counts[feature[lane].first + byte[lane]]++;
    }
  }
}

void mine__histogram_total(const mine_grower *g, const grow_entry *entry, int64_t n,
                           uint64_t *total) {
  memset(total, 0, (size_t)g->width * sizeof *total);
  if (g->plan.score != MINE_GROW_GRADIENT) {
    for (int64_t k = 0; k < n; k++)
      total[entry[k].g] += entry[k].h;
    return;
  }
  for (int64_t k = 0; k < n; k++)
    total[0] += grow_pack(entry[k]);
}
