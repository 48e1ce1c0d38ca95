/*
** grow_rows.c -- the rows of a tree: what is summed of each, as a whole number.
*/
#include <math.h>

#include "../core/random.h"
#include "grow_private.h"

#define ROWS_STRETCH 16384
#define ROWS_ROUND   1 /* purpose of a random stream */

/* ---- rows and what is summed of them --------------------------------------------------- */

typedef struct growth_range {
  double g, h; /* sums of |g| and of h */
  float g_most, h_most, h_least;
  int whole;      /* all are whole numbers */
  uint64_t total; /* of gradients: the sum of the entries */
} growth_range;

typedef struct growth_load {
  mine_grower *g;
  const mine_grow_rows *rows;
  growth_range *range; /* per stretch */
  int64_t stretch;
  int exact;
} growth_load;

static uint32_t growth_load_row(const growth_load *load, int64_t k) {
  return load->rows->row ? load->rows->row[k] : (uint32_t)k;
}

/* Whether all g are whole numbers of 16 bits, and all h: mostly the first is not. */
static int growth_is_whole(const growth_load *load, int64_t from, int64_t to) {
  const float *g = load->rows->g, *h = load->rows->h;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = growth_load_row(load, k);
    if (g && !(fabsf(g[row]) < 32768 && g[row] == (float)(int)g[row])) return 0;
    if (h && !(h[row] < 65536 && h[row] == (float)(int)h[row])) return 0;
  }
  return 1;
}

/* Task = stretch of rows: how large the numbers are.  Four sums, so that none waits for itself. */
static void growth_range_task(void *context, int64_t task, int worker) {
  const growth_load *load = context;
  const int64_t from = task * load->stretch;
  const int64_t to = from + load->stretch < load->rows->n ? from + load->stretch : load->rows->n;
  const float *g = load->rows->g, *h = load->rows->h;
  growth_range range = {.h_least = INFINITY, .whole = growth_is_whole(load, from, to)};
  double sum_g[4] = {0}, sum_h[4] = {0};
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = growth_load_row(load, k);
    const float size = g ? fabsf(g[row]) : 0, own = h ? h[row] : 1;
    sum_g[k & 3] += (double)size;
    sum_h[k & 3] += (double)own;
    range.g_most = size > range.g_most ? size : range.g_most;
    range.h_most = own > range.h_most ? own : range.h_most;
    range.h_least = own < range.h_least ? own : range.h_least;
  }
  range.g = (sum_g[0] + sum_g[1]) + (sum_g[2] + sum_g[3]);
  range.h = (sum_h[0] + sum_h[1]) + (sum_h[2] + sum_h[3]);
  load->range[task] = range;
}

/* v, rounded up with the probability of its fraction. */
static inline int64_t growth_round(double v, uint32_t chance) {
  const double up = v + (double)chance * 0x1p-32;
  const int64_t toward_zero = (int64_t)up;
  return toward_zero - ((double)toward_zero > up);
}

/* Task = stretch of rows: the entries of the root.  Chance comes from the row's number, half of
** a hash for g and half for h: the same however the rows are cut. */
static void growth_enter_task(void *context, int64_t task, int worker) {
  const growth_load *load = context;
  mine_grower *g = load->g;
  const int64_t from = task * load->stretch;
  const int64_t to = from + load->stretch < load->rows->n ? from + load->stretch : load->rows->n;
  const uint64_t stream = mine_hash_mix(g->plan.seed ^ mine_hash_mix(g->number + ROWS_ROUND));
  uint64_t total = 0;
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = growth_load_row(load, k);
    grow_entry *entry = &g->entry[0][k];
    const double gradient = load->rows->g ? (double)load->rows->g[row] : 0;
    const double hessian = load->rows->h ? (double)load->rows->h[row] : 1;
    entry->row = row;
    if (load->exact) {
      entry->g = (int16_t)gradient;
      entry->h = (uint16_t)hessian;
    } else {
      const uint64_t chance = mine_hash_mix(stream + row);
      entry->g = (int16_t)growth_round(gradient * g->scale.g, (uint32_t)chance);
      entry->h = (uint16_t)growth_round(hessian * g->scale.h, (uint32_t)(chance >> 32));
    }
    if (load->rows->label) entry->g = (int16_t)load->rows->label[row];
    total += grow_pack(*entry);
  }
  load->range[task].total = total;
}

/* The largest scales with which neither a number nor a sum overflows.  h is at most 2^16 - 1
** and adds up to less than 2^32; |g| is at most 2^15 - 1 and adds up to less than 2^31.
** Rounding moves each by less than 1: as much of a number, and the rows of a sum, is left for
** it. */
static void growth_scale(growth_load *load, int64_t stretches) {
  mine_grower *g = load->g;
  grow_scale *scale = &g->scale;
  growth_range all = {.h_least = INFINITY, .whole = 1};
  for (int64_t s = 0; s < stretches; s++) {
    const growth_range *one = &load->range[s];
    all.g += one->g;
    all.h += one->h;
    if (one->g_most > all.g_most) all.g_most = one->g_most;
    if (one->h_most > all.h_most) all.h_most = one->h_most;
    if (one->h_least < all.h_least) all.h_least = one->h_least;
    all.whole &= one->whole;
  }
  load->exact = all.whole && all.g < 0x1p31 && all.h < 0x1p32;
  scale->rounded = !load->exact;
  scale->counted = all.h_least == 1 && all.h_most == 1;
  scale->g = scale->h = 1;
  if (!load->exact) {
    const double rows = (double)load->rows->n;
    double most = 32766 / (double)all.g_most, sum = (0x1p31 - rows - 2) / all.g;
    scale->g = all.g > 0 ? (most < sum ? most : sum) : 1;
    most = 65534 / (double)all.h_most;
    sum = (0x1p32 - rows - 2) / all.h;
    scale->h = all.h > 0 ? (most < sum ? most : sum) : 1;
    if (scale->counted && all.h < 0x1p32) scale->h = 1; /* stays a count */
  }
  scale->l2 = g->plan.l2 * scale->h;
  scale->level_l2 = g->plan.level_l2 * scale->h;
  scale->level_smooth = g->plan.level_smooth * scale->h;
  scale->child_weight = g->plan.min_child_weight * scale->h;
  if (scale->child_weight < 1) scale->child_weight = 1;
  scale->gain_unit =
      g->plan.score == MINE_GROW_GRADIENT ? scale->h / (scale->g * scale->g) : 1 / scale->h;
}

mine_status mine__grow_enter(mine_grower *g, const mine_grow_rows *rows, uint64_t *total) {
  const int64_t stretches = MINE_BLOCKS(rows->n, ROWS_STRETCH);
  growth_load load = {g, rows, NULL, ROWS_STRETCH, 0};
  const mine_mark mark = mine__arena_mark(g->env->scratch);
  load.range = mine__arena_array(g->env->scratch, (size_t)stretches, sizeof *load.range);
  mine_status status = mine_env_status(g->env);
  if (!status) status = mine__parallel(g->env, stretches, growth_range_task, &load);
  if (!status) growth_scale(&load, stretches);
  if (!status) status = mine__parallel(g->env, stretches, growth_enter_task, &load);
  *total = 0;
  for (int64_t s = 0; !status && s < stretches; s++)
    *total += load.range[s].total;
  mine__arena_rewind(g->env->scratch, mark);
  return status;
}
