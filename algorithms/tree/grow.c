/*
** grow.c -- nodes made ready in waves, and taken into the tree in their order.
**
** A node waits with its sums and its best split.  To make it ready is to part its rows and
** to find the best splits of its two children, which then wait in turn:
**   1. which side each row takes, counted by stretches of rows
**   2. the rows move to their places, from one buffer into the other
**   3. the smaller child is summed, by stretches of rows and panels of features
**   4. the stretches are added up, the larger child is what is left of the parent, and
**      both are searched, a panel of features at a time
** Rows never move within the buffer in which their node's parent still needs them, so a
** node that was made ready in vain is as it was.
*/
#include <math.h>
#include <string.h>

#include "../core/random.h"
#include "grow_private.h"

#define GROW_STRETCH   8192 /* rows in a stretch, at least              */
#define GROW_STRETCHES 64   /* stretches of a node, at most             */
#define GROW_ROUND     1    /* purposes of random streams: rounding ... */
#define GROW_FEATURES  2    /* ... and the features tried at a node     */
#define GROW_DEEPEST   200
#define GROW_MOST      (INT32_MAX / 4)

/* ---- rows and what is summed of them --------------------------------------------------- */

typedef struct grow_range {
  double g, h; /* sums of |g| and of h */
  float g_most, h_most, h_least;
  int whole; /* all are whole numbers */
} grow_range;

typedef struct grow_load {
  mine_grower *g;
  const mine_grow_rows *rows;
  grow_range *range; /* per stretch */
  int64_t stretch;
  int exact;
} grow_load;

static uint32_t grow_load_row(const grow_load *load, int64_t k) {
  return load->rows->row ? load->rows->row[k] : (uint32_t)k;
}

/* Task = stretch of rows: how large the numbers are. */
static void grow_range_task(void *context, int64_t task, int worker) {
  const grow_load *load = context;
  const int64_t from = task * load->stretch;
  const int64_t to = from + load->stretch < load->rows->n ? from + load->stretch : load->rows->n;
  const float *g = load->rows->g, *h = load->rows->h;
  grow_range range = {0, 0, 0, 0, INFINITY, 1};
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = grow_load_row(load, k);
    if (g) {
      const float size = fabsf(g[row]);
      range.g += (double)size;
      if (size > range.g_most) range.g_most = size;
      range.whole &= size < 32768 && g[row] == (float)(int)g[row];
    }
    const float own = h ? h[row] : 1;
    range.h += (double)own;
    if (own > range.h_most) range.h_most = own;
    if (own < range.h_least) range.h_least = own;
    range.whole &= own < 65536 && own == (float)(int)own;
  }
  load->range[task] = range;
}

/* v, rounded up with the probability of its fraction. */
static inline int64_t grow_round(double v, uint32_t chance) {
  return (int64_t)floor(v + (double)chance * 0x1p-32);
}

/* Task = stretch of rows: the entries of the root. */
static void grow_enter_task(void *context, int64_t task, int worker) {
  const grow_load *load = context;
  mine_grower *g = load->g;
  const int64_t from = task * load->stretch;
  const int64_t to = from + load->stretch < load->rows->n ? from + load->stretch : load->rows->n;
  const uint64_t stream = mine_hash_mix(g->plan.seed ^ mine_hash_mix(g->number + GROW_ROUND));
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = grow_load_row(load, k);
    grow_entry *entry = &g->entry[0][k];
    const double gradient = load->rows->g ? (double)load->rows->g[row] : 0;
    const double hessian = load->rows->h ? (double)load->rows->h[row] : 1;
    entry->row = row;
    if (load->exact) {
      entry->g = (int16_t)gradient;
      entry->h = (uint16_t)hessian;
    } else {
      const uint64_t chance = mine_hash_mix(stream + row);
      entry->g = (int16_t)grow_round(gradient * g->g_scale, (uint32_t)chance);
      entry->h = (uint16_t)grow_round(hessian * g->h_scale, (uint32_t)(chance >> 32));
    }
    if (load->rows->label) entry->g = (int16_t)load->rows->label[row];
  }
}

/* The largest scales with which neither a number nor a sum overflows.  h is at most
** 2^16 - 1 and adds up to less than 2^32; |g| is at most 2^15 - 1 and adds up to less
** than 2^31: half of that for what rounding may add. */
static void grow_scale(grow_load *load, int64_t stretches) {
  mine_grower *g = load->g;
  grow_range all = {0, 0, 0, 0, INFINITY, 1};
  for (int64_t s = 0; s < stretches; s++) {
    const grow_range *one = &load->range[s];
    all.g += one->g;
    all.h += one->h;
    if (one->g_most > all.g_most) all.g_most = one->g_most;
    if (one->h_most > all.h_most) all.h_most = one->h_most;
    if (one->h_least < all.h_least) all.h_least = one->h_least;
    all.whole &= one->whole;
  }
  load->exact = all.whole && all.g < 0x1p31 && all.h < 0x1p32;
  g->counted = all.h_least == 1 && all.h_most == 1;
  g->g_scale = g->h_scale = 1;
  if (!load->exact) {
    const double rows = (double)load->rows->n;
    double most = 32766 / (double)all.g_most, sum = (0x1p31 - rows - 2) / all.g;
    g->g_scale = all.g > 0 ? (most < sum ? most : sum) : 1;
    most = 65534 / (double)all.h_most;
    sum = (0x1p32 - rows - 2) / all.h;
    g->h_scale = all.h > 0 ? (most < sum ? most : sum) : 1;
    if (g->counted && all.h < 0x1p32) g->h_scale = 1; /* stays a count */
  }
  g->l2 = g->plan.l2 * g->h_scale;
  g->level_l2 = g->plan.level_l2 * g->h_scale;
  g->level_smooth = g->plan.level_smooth * g->h_scale;
  g->child_weight = g->plan.min_child_weight * g->h_scale;
  if (g->child_weight < 1) g->child_weight = 1;
  g->gain_unit =
      g->plan.score == MINE_GROW_GRADIENT ? g->h_scale / (g->g_scale * g->g_scale) : 1 / g->h_scale;
}

static mine_status grow_enter(mine_grower *g, const mine_grow_rows *rows) {
  const int64_t stretches = MINE_BLOCKS(rows->n, GROW_STRETCH);
  grow_load load = {g, rows, NULL, GROW_STRETCH, 0};
  const mine_mark mark = mine__arena_mark(g->env->scratch);
  load.range = mine__arena_array(g->env->scratch, (size_t)stretches, sizeof *load.range);
  mine_status status = mine_env_status(g->env);
  if (!status) status = mine__parallel(g->env, stretches, grow_range_task, &load);
  if (!status) grow_scale(&load, stretches);
  if (!status) status = mine__parallel(g->env, stretches, grow_enter_task, &load);
  mine__arena_rewind(g->env->scratch, mark);
  return status;
}

/* ---- room ------------------------------------------------------------------------------ */

/* Sums of one node; NULL: failure recorded. */
static uint64_t *grow_take_sums(mine_grower *g) {
  if (g->n_spare > 0) return g->spare[--g->n_spare];
  return mine__arena_block(g->arena, NULL, g->words, sizeof(uint64_t));
}

static void grow_give_sums(mine_grower *g, uint64_t **sums) {
  if (*sums && MINE_RESERVE(g->arena, g->spare, g->spare_capacity, g->n_spare + 1))
    g->spare[g->n_spare++] = *sums;
  *sums = NULL;
}

/* Which features may be used below a split on this one. */
static void grow_narrow(const mine_grower *g, mine_grown_node *node, int feature) {
  node->groups &= g->plan.groups[feature];
  if (g->plan.groups[feature] == 0) node->alone = g->binned->feature[feature].source.feature;
}

/* A node of so many rows; -1: failure recorded. */
static int32_t grow_new_node(mine_grower *g, int32_t parent, int64_t first, int64_t rows,
                             int side) {
  const size_t needed = (size_t)g->n_nodes + 1;
  if (g->n_nodes >= GROW_MOST) {
    mine__fail(g->env, MINE_LIMIT,
               "a tree has more than half a billion nodes; lower max_depth, or raise "
               "min_samples_leaf");
    return -1;
  }
  if (!MINE_RESERVE(g->arena, g->node, g->node_capacity, needed) ||
      !MINE_RESERVE(g->arena, g->work, g->work_capacity, needed) ||
      !MINE_RESERVE(g->arena, g->total, g->total_capacity, needed * (size_t)g->width)) {
    return -1;
  }
  mine_grown_node *node = &g->node[g->n_nodes];
  *node = (mine_grown_node){.left = -1,
                            .right = -1,
                            .parent = parent,
                            .first = first,
                            .rows = rows,
                            .side = side,
                            .feature = -1,
                            .low = -INFINITY,
                            .high = INFINITY,
                            .groups = UINT64_MAX,
                            .alone = -1};
  if (parent >= 0) {
    node->depth = g->node[parent].depth + 1;
    node->low = g->node[parent].low;
    node->high = g->node[parent].high;
    node->groups = g->node[parent].groups;
    node->alone = g->node[parent].alone;
    if (g->plan.groups) grow_narrow(g, node, g->work[parent].best.feature);
  }
  g->work[g->n_nodes] = (grow_work){.best = {.feature = -1}};
  return g->n_nodes++;
}

/* ---- which features ---------------------------------------------------------------------- */

static int grow_may_use(const mine_grower *g, const mine_grown_node *node, int feature) {
  if (!grow_is_used(g, feature)) return 0;
  if (!g->plan.groups || node->groups == UINT64_MAX) return 1;
  if (node->alone >= 0) return g->binned->feature[feature].source.feature == node->alone;
  return (g->plan.groups[feature] & node->groups) != 0;
}

static int grow_may_split(const mine_grower *g, const mine_grown_node *node) {
  const int64_t deepest = g->plan.max_depth ? g->plan.max_depth : GROW_DEEPEST;
  return node->depth < deepest && node->rows >= 2 * g->plan.min_samples_leaf &&
         node->rows >= g->plan.min_samples_split && node->rows >= 2;
}

/* ---- one node, a few features ------------------------------------------------------------- */

/* Sum and search `try_features` of those that may be used, by chance: feature f is taken with
** the probability (still wanted) / (still there) (Knuth, TAOCP 2, 3.4.2, algorithm S). */
static void grow_search_some(mine_grower *g, int32_t number, int worker) {
  const mine_grown_node *node = &g->node[number];
  const grow_entry *entry = g->entry[node->side] + node->first;
  uint64_t *sums = g->own[worker], *counts = sums + (MINE_BINS_MOST + 1) * (size_t)g->width;
  int there = 0, wanted = g->plan.try_features;
  mine_random random;
  if (g->counted) counts = NULL;
  for (int f = 0; f < g->binned->n_features; f++)
    there += grow_may_use(g, node, f);
  mine__random_open(&random, g->plan.seed ^ mine_hash_mix(g->number), GROW_FEATURES,
                    (uint64_t)(uint32_t)number);
  for (int f = 0; f < g->binned->n_features && wanted > 0; f++) {
    if (!grow_may_use(g, node, f)) continue;
    if (mine__random_below(&random, (uint64_t)there--) >= (uint64_t)wanted) continue;
    mine__histogram_feature(g, entry, node->rows, f, sums, counts);
    mine__split_search(g, node, number, f, sums, counts, &g->work[number].best);
    wanted--;
  }
}

/* ---- the steps of a wave -------------------------------------------------------------------- */

/* Some rows of a node. */
typedef struct grow_stretch {
  int32_t node;
  int at;                    /* of the node in the wave       */
  int number;                /* of the stretch in its node    */
  int64_t from, to;          /* places                        */
  int64_t lefts;             /* rows that go left             */
  int64_t left_at, right_at; /* where the first of either side goes */
} grow_stretch;

/* Two nodes to be searched: `small` is summed, `large` is the rest of its parent, whose sums
** it has; -1: there is none. */
typedef struct grow_pair {
  int32_t small, large;
  int stretches;
  size_t behind; /* of its stretches behind the first, in behind[] */
} grow_pair;

typedef struct grow_step {
  mine_grower *g;
  int n_wave;
  int32_t wave[GROW_WAVE];
  grow_stretch *stretch;
  int64_t n_stretches;
  int n_pairs;
  grow_pair pair[GROW_WAVE];
} grow_step;

/* Task = stretch: which side its rows take. */
static void grow_side_task(void *context, int64_t task, int worker) {
  grow_step *step = context;
  mine_grower *g = step->g;
  grow_stretch *s = &step->stretch[task];
  const grow_split *split = &g->work[s->node].best;
  const grow_entry *entry = g->entry[g->node[s->node].side];
  const size_t width = (size_t)mine_panel_width(g->binned, split->feature / MINE_PANEL);
  const uint8_t *byte = g->binned->panel[split->feature / MINE_PANEL] + split->feature % MINE_PANEL;
  const int category = g->binned->feature[split->feature].category;
  mine_grown_node asked = {.bin = split->bin, .missing_left = split->missing_left};
  uint8_t side[MINE_BINS_MOST + 1]; /* of each bin */
  int64_t lefts = 0;
  (void)worker;
  memcpy(asked.set, split->set, sizeof asked.set);
  for (int b = 0; b <= MINE_BINS_MOST; b++)
    side[b] = (uint8_t)mine_grown_goes_left(&asked, category, (uint8_t)b);
  for (int64_t k = s->from; k < s->to; k++) {
    const uint8_t left = side[byte[entry[k].row * width]];
    g->left[k] = left;
    lefts += left;
  }
  s->lefts = lefts;
}

/* Task = stretch: its rows go to their places in the other buffer, in their order. */
static void grow_move_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  const mine_grower *g = step->g;
  const grow_stretch *s = &step->stretch[task];
  const int side = g->node[s->node].side;
  const grow_entry *from = g->entry[side];
  grow_entry *left = g->entry[!side] + s->left_at, *right = g->entry[!side] + s->right_at;
  (void)worker;
  for (int64_t k = s->from; k < s->to; k++) {
    if (g->left[k]) {
      *left++ = from[k];
    } else {
      *right++ = from[k];
    }
  }
}

/* Task = (stretch of a pair's smaller node, panel). */
static void grow_sum_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  mine_grower *g = step->g;
  const grow_stretch *s = &step->stretch[task / g->n_panels];
  const grow_pair *pair = &step->pair[s->at];
  uint64_t *sums =
      s->number ? g->behind[pair->behind + (size_t)s->number - 1] : g->work[pair->small].sums;
  (void)worker;
  mine__histogram_panel(g, g->entry[g->node[s->node].side] + s->from, s->to - s->from,
                        (int)(task % g->n_panels), sums);
}

/* The words of the features of a block. */
static void grow_block_words(const mine_grower *g, int block, size_t *from, size_t *to) {
  const int first = block * GROW_BLOCK, end = first + GROW_BLOCK;
  const int last = (end < g->binned->n_features ? end : g->binned->n_features) - 1;
  const mine_binned_feature *feature = g->binned->feature;
  *from = (size_t)feature[first].first * (size_t)g->width;
  *to = (size_t)(feature[last].first + feature[last].bins) * (size_t)g->width;
}

static void grow_search_block(const mine_grower *g, int32_t number, int block, grow_split *best) {
  const mine_grown_node *node = &g->node[number];
  *best = (grow_split){.feature = -1};
  if (!grow_may_split(g, node)) return;
  for (int f = block * GROW_BLOCK; f < (block + 1) * GROW_BLOCK && f < g->binned->n_features; f++) {
    if (!grow_may_use(g, node, f)) continue;
    const size_t first = (size_t)g->binned->feature[f].first * (size_t)g->width;
    mine__split_search(g, node, number, f, g->work[number].sums + first, NULL, best);
  }
}

/* Task = (pair, block of features): add up the stretches, take the sums from those of the
** parent, search both nodes. */
static void grow_search_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  mine_grower *g = step->g;
  const int at = (int)(task / g->n_blocks), block = (int)(task % g->n_blocks);
  const grow_pair *pair = &step->pair[at];
  uint64_t *small = g->work[pair->small].sums;
  size_t from, to;
  (void)worker;
  grow_block_words(g, block, &from, &to);
  for (int s = 1; s < pair->stretches; s++) {
    const uint64_t *more = g->behind[pair->behind + (size_t)s - 1];
    for (size_t w = from; w < to; w++)
      small[w] += more[w];
  }
  grow_search_block(g, pair->small, block, &g->candidate[2 * at * g->n_blocks + block]);
  if (pair->large < 0) return;
  uint64_t *large = g->work[pair->large].sums;
  for (size_t w = from; w < to; w++)
    large[w] -= small[w];
  grow_search_block(g, pair->large, block, &g->candidate[(2 * at + 1) * g->n_blocks + block]);
}

/* The best of the blocks' candidates; the first feature of equal ones. */
static void grow_choose(mine_grower *g, int32_t number, const grow_split *candidate) {
  grow_split *best = &g->work[number].best;
  for (int b = 0; b < g->n_blocks; b++) {
    if (candidate[b].feature >= 0 && candidate[b].gain > best->gain) *best = candidate[b];
  }
}

/* Task = node of a pair: sum and search some features. */
static void grow_some_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  const grow_pair *pair = &step->pair[task / 2];
  const int32_t number = task % 2 ? pair->large : pair->small;
  if (number >= 0 && grow_may_split(step->g, &step->g->node[number]))
    grow_search_some(step->g, number, worker);
}

/* ---- parting the rows --------------------------------------------------------------------------
 */

static void grow_add_stretches(grow_step *step, int at, int32_t number, int64_t stretches) {
  const mine_grown_node *node = &step->g->node[number];
  for (int64_t s = 0; s < stretches; s++) {
    step->stretch[step->n_stretches++] =
        (grow_stretch){.node = number,
                       .at = at,
                       .number = (int)s,
                       .from = node->first + mine__block_first(node->rows, stretches, s),
                       .to = node->first + mine__block_first(node->rows, stretches, s + 1)};
  }
}

static int64_t grow_stretches_of(const mine_grower *g, int64_t rows) {
  const int64_t stretches = MINE_BLOCKS(rows, GROW_STRETCH);
  return g->env->threads == 1 || rows == 0 ? 1
         : stretches < GROW_STRETCHES      ? stretches
                                           : GROW_STRETCHES;
}

/* Rows on the left of each node of the wave. */
static void grow_count_lefts(const grow_step *step, int64_t lefts[GROW_WAVE]) {
  memset(lefts, 0, GROW_WAVE * sizeof *lefts);
  for (int64_t s = 0; s < step->n_stretches; s++)
    lefts[step->stretch[s].at] += step->stretch[s].lefts;
}

/* The best split with the rows counted: sums only say about how many there are. */
static void grow_search_counted(mine_grower *g, int32_t number) {
  const mine_grown_node *node = &g->node[number];
  grow_work *work = &g->work[number];
  uint64_t *counts = mine__arena_block(g->arena, NULL, (size_t)g->binned->n_bins, sizeof *counts);
  work->best = (grow_split){.feature = -1};
  if (!counts) return;
  mine__histogram_counts(g, g->entry[node->side] + node->first, node->rows, counts);
  for (int f = 0; f < g->binned->n_features; f++) {
    if (!grow_may_use(g, node, f)) continue;
    const mine_binned_feature *feature = &g->binned->feature[f];
    mine__split_search(g, node, number, f, work->sums + (size_t)feature->first * (size_t)g->width,
                       counts + feature->first, &work->best);
  }
  mine__arena_drop(g->arena, counts);
}

static int grow_is_worth_it(const mine_grower *g, const grow_split *split) {
  return split->feature >= 0 && split->gain * g->gain_unit > g->plan.min_gain;
}

/* Where a leaf would have fewer rows than it must, split otherwise, or not at all. */
static void grow_mend(grow_step *step, int64_t lefts[GROW_WAVE]) {
  mine_grower *g = step->g;
  for (int at = 0; at < step->n_wave; at++) {
    const mine_grown_node *node = &g->node[step->wave[at]];
    if (lefts[at] >= g->plan.min_samples_leaf && node->rows - lefts[at] >= g->plan.min_samples_leaf)
      continue;
    grow_search_counted(g, step->wave[at]);
    if (!grow_is_worth_it(g, &g->work[step->wave[at]].best)) {
      g->work[step->wave[at]].best.feature = -1;
      continue;
    }
    lefts[at] = 0;
    for (int64_t s = 0; s < step->n_stretches; s++) {
      if (step->stretch[s].at != at) continue;
      grow_side_task(step, s, 0);
      lefts[at] += step->stretch[s].lefts;
    }
  }
}

static void grow_place(grow_step *step, const int64_t lefts[GROW_WAVE]) {
  int64_t left = 0, right = 0;
  for (int64_t s = 0; s < step->n_stretches; s++) {
    grow_stretch *stretch = &step->stretch[s];
    if (stretch->number == 0) {
      left = step->g->node[stretch->node].first;
      right = left + lefts[stretch->at];
    }
    stretch->left_at = left;
    stretch->right_at = right;
    left += stretch->lefts;
    right += stretch->to - stretch->from - stretch->lefts;
  }
}

/* ---- the children -------------------------------------------------------------------------------
 */

/* The sum of the rows on the left, from the parent's sums of the feature, else from the rows. */
static void grow_total_left(mine_grower *g, int32_t parent, int32_t child, uint64_t *total) {
  const grow_split *split = &g->work[parent].best;
  const mine_binned_feature *feature = &g->binned->feature[split->feature];
  const mine_grown_node *node = &g->node[child];
  if (!g->work[parent].sums) {
    mine__histogram_total(g, g->entry[node->side] + node->first, node->rows, total);
    return;
  }
  const uint64_t *sums = g->work[parent].sums + (size_t)feature->first * (size_t)g->width;
  mine_grown_node asked = {.bin = split->bin, .missing_left = split->missing_left};
  memcpy(asked.set, split->set, sizeof asked.set);
  memset(total, 0, (size_t)g->width * sizeof *total);
  for (int b = 0; b < feature->bins; b++) {
    if (!mine_grown_goes_left(&asked, feature->category, (uint8_t)b)) continue;
    for (int c = 0; c < g->width; c++)
      total[c] += sums[b * g->width + c];
  }
}

static double grow_weight(const mine_grower *g, const uint64_t *total) {
  if (g->plan.score == MINE_GROW_GRADIENT) return (double)grow_h(total[0]) / g->h_scale;
  double weight = 0;
  for (int c = 0; c < g->width; c++)
    weight += (double)total[c];
  return weight / g->h_scale;
}

/* The value of a node without regard to bounds. */
static double grow_value(const mine_grower *g, int32_t number) {
  const uint64_t total = grow_total(g, number)[0];
  return -(double)grow_g(total) / ((double)grow_h(total) + g->l2) * g->h_scale / g->g_scale;
}

/* Where the split is on a feature in which the value may only rise (or fall), a bound between the
** children keeps whatever grows below them in order. */
static void grow_bound(mine_grower *g, int32_t parent, int32_t left, int32_t right) {
  if (!g->plan.monotone) return;
  mine_grown_node *l = &g->node[left], *r = &g->node[right];
  const int direction = g->plan.monotone[g->work[parent].best.feature];
  if (direction == 0) return;
  double vl = grow_value(g, left), vr = grow_value(g, right);
  vl = vl < l->low ? l->low : vl > l->high ? l->high : vl;
  vr = vr < r->low ? r->low : vr > r->high ? r->high : vr;
  const double middle = 0.5 * (vl + vr);
  if (direction > 0) {
    l->high = r->low = middle;
  } else {
    l->low = r->high = middle;
  }
}

/* The two children of a node whose rows have moved. */
static void grow_children(mine_grower *g, int32_t parent, int64_t lefts) {
  const int64_t first = g->node[parent].first, rows = g->node[parent].rows;
  const int side = !g->node[parent].side;
  const int32_t left = grow_new_node(g, parent, first, lefts, side);
  const int32_t right = grow_new_node(g, parent, first + lefts, rows - lefts, side);
  if (left < 0 || right < 0) return;
  uint64_t *of_left = g->total + (size_t)left * (size_t)g->width;
  uint64_t *of_right = g->total + (size_t)right * (size_t)g->width;
  grow_total_left(g, parent, left, of_left);
  for (int c = 0; c < g->width; c++)
    of_right[c] = grow_total(g, parent)[c] - of_left[c];
  g->node[left].weight = grow_weight(g, of_left);
  g->node[right].weight = grow_weight(g, of_right);
  grow_bound(g, parent, left, right);
  g->work[parent].child[0] = left;
  g->work[parent].child[1] = right;
}

/* Room for the sums of the wave's children; the larger one takes those of its parent. */
static void grow_pair_up(grow_step *step) {
  mine_grower *g = step->g;
  step->n_pairs = 0;
  for (int at = 0; at < step->n_wave; at++) {
    grow_work *parent = &g->work[step->wave[at]];
    if (parent->child[0] == 0) continue;
    const mine_grown_node *left = &g->node[parent->child[0]], *right = &g->node[parent->child[1]];
    const int left_is_small = left->rows <= right->rows;
    grow_pair *pair = &step->pair[step->n_pairs];
    *pair =
        (grow_pair){.small = parent->child[!left_is_small], .large = parent->child[left_is_small]};
    if (!grow_may_split(g, left) && !grow_may_split(g, right)) {
      grow_give_sums(g, &parent->sums);
      continue;
    }
    step->n_pairs++;
    if (g->plan.try_features) continue;
    if (!grow_may_split(g, &g->node[pair->large])) {
      grow_give_sums(g, &parent->sums);
      pair->large = -1;
    } else {
      g->work[pair->large].sums = parent->sums;
      parent->sums = NULL;
    }
    g->work[pair->small].sums = grow_take_sums(g);
    if (mine_failed(g->env)) return;
  }
}

/* ---- summing and searching
 * ------------------------------------------------------------------------ */

static mine_status grow_sum(grow_step *step) {
  mine_grower *g = step->g;
  size_t behind = 0;
  step->n_stretches = 0;
  for (int p = 0; p < step->n_pairs; p++) {
    grow_pair *pair = &step->pair[p];
    pair->stretches = (int)grow_stretches_of(g, g->node[pair->small].rows);
    pair->behind = behind;
    behind += (size_t)pair->stretches - 1;
    grow_add_stretches(step, p, pair->small, pair->stretches);
  }
  while (g->n_behind < behind) {
    if (!MINE_RESERVE(g->arena, g->behind, g->behind_capacity, g->n_behind + 1))
      return mine_env_status(g->env);
    uint64_t *sums = mine__arena_block(g->arena, NULL, g->words, sizeof *sums);
    if (!sums) return mine_env_status(g->env);
    g->behind[g->n_behind++] = sums;
  }
  return mine__parallel(g->env, step->n_stretches * g->n_panels, grow_sum_task, step);
}

static void grow_wait(mine_grower *g, int32_t number) {
  if (!grow_is_worth_it(g, &g->work[number].best)) {
    grow_give_sums(g, &g->work[number].sums);
    g->work[number].best.feature = -1;
  }
}

/* Sum and search the pairs' nodes. */
static mine_status grow_search(grow_step *step) {
  mine_grower *g = step->g;
  if (g->plan.try_features) {
    MINE_TRY(mine__parallel(g->env, 2 * (int64_t)step->n_pairs, grow_some_task, step));
  } else {
    MINE_TRY(grow_sum(step));
    MINE_TRY(mine__parallel(g->env, (int64_t)step->n_pairs * g->n_blocks, grow_search_task, step));
    for (int p = 0; p < step->n_pairs; p++) {
      grow_choose(g, step->pair[p].small, &g->candidate[2 * p * g->n_blocks]);
      if (step->pair[p].large >= 0)
        grow_choose(g, step->pair[p].large, &g->candidate[(2 * p + 1) * g->n_blocks]);
    }
  }
  for (int p = 0; p < step->n_pairs; p++) {
    grow_wait(g, step->pair[p].small);
    if (step->pair[p].large >= 0) grow_wait(g, step->pair[p].large);
  }
  return mine_env_status(g->env);
}

/* Make the nodes of the wave ready: their children, with the children's best splits. */
static mine_status grow_make_ready(grow_step *step) {
  mine_grower *g = step->g;
  int64_t lefts[GROW_WAVE];
  step->n_stretches = 0;
  for (int at = 0; at < step->n_wave; at++)
    grow_add_stretches(step, at, step->wave[at],
                       grow_stretches_of(g, g->node[step->wave[at]].rows));
  MINE_TRY(mine__parallel(g->env, step->n_stretches, grow_side_task, step));
  grow_count_lefts(step, lefts);
  if (!g->counted && !g->plan.try_features) grow_mend(step, lefts);
  grow_place(step, lefts);
  MINE_TRY(mine__parallel(g->env, step->n_stretches, grow_move_task, step));
  for (int at = 0; at < step->n_wave && !mine_failed(g->env); at++) {
    if (g->work[step->wave[at]].best.feature >= 0) grow_children(g, step->wave[at], lefts[at]);
  }
  if (mine_failed(g->env)) return mine_env_status(g->env);
  grow_pair_up(step);
  if (mine_failed(g->env)) return mine_env_status(g->env);
  return step->n_pairs ? grow_search(step) : MINE_OK;
}

/* ---- which node is next
 * ------------------------------------------------------------------------------ */

static void grow_push(mine_grower *g, int32_t number) {
  if (g->work[number].best.feature < 0) return;
  if (!MINE_RESERVE(g->arena, g->waiting, g->waiting_capacity, g->n_waiting + 1)) return;
  g->waiting[g->n_waiting++] = number;
}

/* The place in waiting[] of the node to be split next: with max_leaves the one whose split
** brings most, the first made of equal ones; without, the last, so that few nodes wait.
** `unready`: of those not made ready and not in the wave.  -1: none. */
static int64_t grow_next(const mine_grower *g, const grow_step *step, int unready) {
  int64_t next = -1;
  for (int64_t i = (int64_t)g->n_waiting; i-- > 0;) {
    const int32_t number = g->waiting[i];
    int taken = unready && g->work[number].child[0];
    for (int at = 0; unready && at < step->n_wave; at++)
      taken |= step->wave[at] == number;
    if (taken) continue;
    if (!g->plan.max_leaves) return i;
    if (next < 0) next = i;
    const int32_t best = g->waiting[next];
    const double gain = g->work[number].best.gain, most = g->work[best].best.gain;
    if (gain > most || (gain == most && number < best)) next = i;
  }
  return next;
}

static void grow_gather_wave(const mine_grower *g, grow_step *step, int64_t leaves) {
  const int64_t wanted = g->plan.max_leaves ? g->plan.max_leaves - leaves : GROW_WAVE;
  step->n_wave = 0;
  while (step->n_wave < GROW_WAVE && step->n_wave < wanted) {
    const int64_t next = grow_next(g, step, 1);
    if (next < 0) return;
    step->wave[step->n_wave++] = g->waiting[next];
  }
}

/* The node becomes an inner one. */
static void grow_take_in(mine_grower *g, int64_t at) {
  const int32_t number = g->waiting[at];
  mine_grown_node *node = &g->node[number];
  grow_work *work = &g->work[number];
  g->waiting[at] = g->waiting[--g->n_waiting];
  if (work->best.feature < 0) { /* it turned out that it cannot be split */
    grow_give_sums(g, &work->sums);
    return;
  }
  node->left = work->child[0];
  node->right = work->child[1];
  node->feature = work->best.feature;
  node->bin = work->best.bin;
  node->missing_left = work->best.missing_left;
  memcpy(node->set, work->best.set, sizeof node->set);
  node->gain = work->best.gain * g->gain_unit;
  grow_push(g, node->left);
  grow_push(g, node->right);
}

static mine_status grow_root(mine_grower *g, grow_step *step, const mine_grow_rows *rows) {
  MINE_TRY(grow_enter(g, rows));
  if (grow_new_node(g, -1, 0, rows->n, 0) < 0) return mine_env_status(g->env);
  mine__histogram_total(g, g->entry[0], rows->n, g->total);
  g->node[0].weight = grow_weight(g, g->total);
  if (!grow_may_split(g, &g->node[0])) return MINE_OK;
  step->n_pairs = 1;
  step->pair[0] = (grow_pair){.small = 0, .large = -1};
  if (!g->plan.try_features) {
    g->work[0].sums = grow_take_sums(g);
    if (mine_failed(g->env)) return mine_env_status(g->env);
  }
  MINE_TRY(grow_search(step));
  grow_push(g, 0);
  return mine_env_status(g->env);
}

mine_status mine__grow(mine_grower *g, const mine_grow_rows *rows, const uint8_t *used,
                       uint64_t number, mine_grown *out) {
  grow_step step = {.g = g};
  g->used = used;
  g->number = number;
  for (int32_t i = 0; i < g->n_nodes; i++)
    grow_give_sums(g, &g->work[i].sums);
  g->n_nodes = 0;
  g->n_waiting = 0;
  const mine_mark mark = mine__arena_mark(g->env->scratch);
  step.stretch =
      mine__arena_array(g->env->scratch, GROW_WAVE * (GROW_STRETCHES + 1), sizeof *step.stretch);
  if (!step.stretch) return mine_env_status(g->env);
  mine_status status = grow_root(g, &step, rows);
  for (int64_t leaves = 1; !status && g->n_waiting > 0;) {
    if (g->plan.max_leaves && leaves >= g->plan.max_leaves) break;
    const int64_t next = grow_next(g, &step, 0);
    if (g->work[g->waiting[next]].child[0] || g->work[g->waiting[next]].best.feature < 0) {
      leaves += g->work[g->waiting[next]].best.feature >= 0;
      grow_take_in(g, next);
      continue;
    }
    grow_gather_wave(g, &step, leaves);
    status = grow_make_ready(&step);
  }
  mine__arena_rewind(g->env->scratch, mark);
  out->n_nodes = g->n_nodes;
  out->node = g->node;
  return status ? status : mine_env_status(g->env);
}

/* ---- the place
 * --------------------------------------------------------------------------------------- */

mine_grower *mine__grower_open(mine_env *env, mine_arena *arena, const mine_binned *binned,
                               const mine_grow_plan *plan) {
  mine_grower *g = mine__arena_zeros(arena, 1, sizeof *g);
  if (!g) return NULL;
  g->env = env;
  g->arena = arena;
  g->binned = binned;
  g->plan = *plan;
  if (g->plan.min_samples_leaf < 1) g->plan.min_samples_leaf = 1;
  if (g->plan.try_features >= binned->n_features) g->plan.try_features = 0;
  g->width = plan->score == MINE_GROW_GRADIENT ? 1 : plan->n_classes;
  g->words = (size_t)binned->n_bins * (size_t)g->width;
  g->n_panels = mine_panel_count(binned->n_features);
  g->n_blocks = (binned->n_features + GROW_BLOCK - 1) / GROW_BLOCK;
  g->entry[0] = mine__arena_array(arena, (size_t)binned->n, sizeof *g->entry[0]);
  g->entry[1] = mine__arena_array(arena, (size_t)binned->n, sizeof *g->entry[1]);
  g->left = mine__arena_array(arena, (size_t)binned->n, sizeof *g->left);
  g->candidate =
      mine__arena_array(arena, (size_t)(2 * GROW_WAVE * g->n_blocks), sizeof *g->candidate);
  if (mine_failed(env) || !g->plan.try_features) return mine_failed(env) ? NULL : g;
  g->own = mine__arena_zeros(arena, (size_t)env->threads, sizeof *g->own);
  for (int t = 0; g->own && t < env->threads; t++) {
    g->own[t] =
        mine__arena_array(arena, (MINE_BINS_MOST + 1) * (size_t)(g->width + 1), sizeof **g->own);
  }
  return mine_failed(env) ? NULL : g;
}

uint32_t mine__grown_row(const mine_grower *g, const mine_grown_node *node, int64_t k) {
  return g->entry[node->side][node->first + k].row;
}

int32_t mine__grown_leaf(const mine_binned *binned, const mine_grown *tree, int64_t row) {
  int32_t at = 0;
  while (tree->node[at].left >= 0) {
    const mine_grown_node *node = &tree->node[at];
    const int left = mine_grown_goes_left(node, binned->feature[node->feature].category,
                                          mine_bin_of(binned, row, node->feature));
    at = left ? node->left : node->right;
  }
  return at;
}
