/*
** grow_wave.c -- nodes made ready together.
**
** A node waits with its sums and its best split.  To make it ready is to part its rows and
** to find the best splits of its two children, which then wait in turn:
**   1. which side each row takes, counted by stretches of rows
**   2. the rows move to their places, from one buffer into the other
**   3. the smaller child is summed, by stretches of rows and panels of features
**   4. the stretches are added up, the larger child is what is left of the parent, and
**      both are searched, a block of features at a time
** Rows never move within the buffer in which their node's parent still needs them, so a
** node that was made ready in vain is as it was.
*/
#include <string.h>

#include "../core/random.h"
#include "grow_private.h"

#define WAVE_STRETCH  8192 /* rows in a stretch, at least                              */
#define WAVE_MOVED    256  /* rows */
#define WAVE_AHEAD    32   /* rows whose bytes are on their way */
#define WAVE_FEATURES 2    /* purpose of a random stream: the features tried at a node */

/* ---- one node, a few features ------------------------------------------------------------- */

static void growth_search_these(mine_grower *g, int32_t number, const grow_bins *bins, int n_bins) {
  const mine_grown_node *node = &g->tree.node[number];
  mine__histogram_features(g, g->entry[node->side] + node->first, node->rows, bins, n_bins);
  for (int j = 0; j < n_bins; j++)
    mine__split_search(g, node, number, &bins[j], &g->tree.work[number].best);
}

/* Sum and search `try_features` of those that may be used, by chance: feature f is taken with
** the probability (still wanted) / (still there) (Knuth, TAOCP 2, 3.4.2, algorithm S). */
static void growth_search_some(mine_grower *g, int32_t number, int worker) {
  const mine_grown_node *node = &g->tree.node[number];
  const size_t words = (MINE_BINS_MOST + 1) * (size_t)g->width;
  grow_bins bins[GROW_TOGETHER];
  int there = 0, wanted = g->plan.try_features, n = 0;
  mine_random random;
  for (int j = 0; j < GROW_TOGETHER; j++) {
    bins[j].sums = g->sums.own[worker] + (size_t)j * (words + MINE_BINS_MOST + 1);
    bins[j].counts = g->scale.counted ? NULL : bins[j].sums + words;
  }
  for (int f = 0; f < g->binned->n_features; f++)
    there += mine__grow_may_use(g, node, f);
  mine__random_open(&random, g->plan.seed ^ mine_hash_mix(g->number), WAVE_FEATURES,
                    (uint64_t)(uint32_t)number);
  for (int f = 0; f < g->binned->n_features && wanted > 0; f++) {
    if (!mine__grow_may_use(g, node, f)) continue;
    if (mine__random_below(&random, (uint64_t)there--) >= (uint64_t)wanted) continue;
    bins[n++].feature = f;
    wanted--;
    if (n < GROW_TOGETHER && wanted > 0) continue;
    growth_search_these(g, number, bins, n);
    n = 0;
  }
  if (n > 0) growth_search_these(g, number, bins, n);
}

/* ---- the steps of a wave -------------------------------------------------------------------- */

/* Task = stretch: which side its rows take. */
static void growth_side_task(void *context, int64_t task, int worker) {
  grow_step *step = context;
  mine_grower *g = step->g;
  grow_stretch *s = &step->stretch[task];
  const grow_split *split = &g->tree.work[s->node].best;
  const grow_entry *entry = g->entry[g->tree.node[s->node].side];
  const uint8_t *bin = g->binned->column[split->feature];
  uint8_t *to = g->left;
  const int category = g->binned->feature[split->feature].category;
  mine_grown_node asked = {.bin = split->bin, .missing_left = split->missing_left};
  uint8_t side[MINE_BINS_MOST + 1]; /* of each bin */
  int64_t lefts = 0;
  (void)worker;
  memcpy(asked.set, split->set, sizeof asked.set);
  for (int b = 0; b <= MINE_BINS_MOST; b++)
    side[b] = (uint8_t)mine_grown_goes_left(&asked, category, (uint8_t)b);
  for (int64_t k = s->from; k < s->to; k++) {
    if (k + WAVE_AHEAD < s->to) MINE_FETCH(bin + entry[k + WAVE_AHEAD].row);
    const uint8_t left = side[bin[entry[k].row]];
    to[k] = left;
    lefts += left;
  }
  s->lefts = lefts;
}

/* Task = stretch: its rows go to their places in the other buffer, in their order.  Each is
** written to both sides and counted on one, so that nothing is to be guessed; behind the places
** of a stretch lie another's, hence the small buffers. */
static void growth_move_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  const mine_grower *g = step->g;
  const grow_stretch *s = &step->stretch[task];
  const int side = g->tree.node[s->node].side;
  const grow_entry *from = g->entry[side];
  grow_entry *left = g->entry[!side] + s->left_at, *right = g->entry[!side] + s->right_at;
  grow_entry lefts[WAVE_MOVED], rights[WAVE_MOVED];
  (void)worker;
  for (int64_t at = s->from; at < s->to; at += WAVE_MOVED) {
    const int64_t end = at + WAVE_MOVED < s->to ? at + WAVE_MOVED : s->to;
    size_t n_left = 0, n_right = 0;
    for (int64_t k = at; k < end; k++) {
      lefts[n_left] = rights[n_right] = from[k];
      n_left += g->left[k];
      n_right += !g->left[k];
    }
    memcpy(left, lefts, n_left * sizeof *left);
    memcpy(right, rights, n_right * sizeof *right);
    left += n_left;
    right += n_right;
  }
}

/* Task = (stretch of a pair's smaller node, panel). */
static void growth_sum_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  mine_grower *g = step->g;
  const grow_stretch *s = &step->stretch[task / g->n_panels];
  const grow_pair *pair = &step->pair[s->at];
  uint64_t *sums = s->number ? g->sums.behind[pair->behind + (size_t)s->number - 1]
                             : g->tree.work[pair->small].sums;
  (void)worker;
  mine__histogram_panel(g, g->entry[g->tree.node[s->node].side] + s->from, s->to - s->from,
                        (int)(task % g->n_panels), sums);
}

/* The words of the features of a block. */
static void growth_block_words(const mine_grower *g, int block, size_t *from, size_t *to) {
  const int first = block * GROW_BLOCK, end = first + GROW_BLOCK;
  const int last = (end < g->binned->n_features ? end : g->binned->n_features) - 1;
  const mine_binned_feature *feature = g->binned->feature;
  *from = (size_t)feature[first].first * (size_t)g->width;
  *to = (size_t)(feature[last].first + feature[last].bins) * (size_t)g->width;
}

/* The bins of a feature of a node whose sums are kept; counts: of all features, or NULL. */
static grow_bins growth_bins(const mine_grower *g, int32_t number, int feature, uint64_t *counts) {
  const size_t first = (size_t)g->binned->feature[feature].first;
  return (grow_bins){.feature = feature,
                     .sums = g->tree.work[number].sums + first * (size_t)g->width,
                     .counts = counts ? counts + first : NULL};
}

static void growth_search_block(const mine_grower *g, int32_t number, int block, grow_split *best) {
  const mine_grown_node *node = &g->tree.node[number];
  *best = (grow_split){.feature = -1};
  if (!mine__grow_may_split(g, node)) return;
  for (int f = block * GROW_BLOCK; f < (block + 1) * GROW_BLOCK && f < g->binned->n_features; f++) {
    if (!mine__grow_may_use(g, node, f)) continue;
    const grow_bins bins = growth_bins(g, number, f, NULL);
    mine__split_search(g, node, number, &bins, best);
  }
}

/* Task = (pair, block of features): add up the stretches, take the sums from those of the
** parent, search both nodes.  The features of a block, and so their words, belong to one task:
** nobody else adds to them. */
static void growth_search_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  mine_grower *g = step->g;
  const int at = (int)(task / g->n_blocks), block = (int)(task % g->n_blocks);
  const grow_pair *pair = &step->pair[at];
  uint64_t *small = g->tree.work[pair->small].sums;
  size_t from, to;
  (void)worker;
  growth_block_words(g, block, &from, &to);
  for (int s = 1; s < pair->stretches; s++) {
    const uint64_t *more = g->sums.behind[pair->behind + (size_t)s - 1];
    for (size_t w = from; w < to; w++)
      small[w] += more[w];
  }
  growth_search_block(g, pair->small, block, &g->candidate[2 * at * g->n_blocks + block]);
  if (pair->large < 0) return;
  uint64_t *large = g->tree.work[pair->large].sums;
  for (size_t w = from; w < to; w++)
    large[w] -= small[w];
  growth_search_block(g, pair->large, block, &g->candidate[(2 * at + 1) * g->n_blocks + block]);
}

/* The best of the blocks' candidates; the first feature of equal ones. */
static void growth_choose(mine_grower *g, int32_t number, const grow_split *candidate) {
  grow_split *best = &g->tree.work[number].best;
  for (int b = 0; b < g->n_blocks; b++) {
    if (candidate[b].feature >= 0 && candidate[b].gain > best->gain) *best = candidate[b];
  }
}

/* Task = node of a pair: sum and search some features. */
static void growth_some_task(void *context, int64_t task, int worker) {
  const grow_step *step = context;
  const grow_pair *pair = &step->pair[task / 2];
  const int32_t number = task % 2 ? pair->large : pair->small;
  if (number >= 0 && mine__grow_may_split(step->g, &step->g->tree.node[number]))
    growth_search_some(step->g, number, worker);
}

/* ---- parting the rows ---------------------------------------------------------------- */

static void growth_add_stretches(grow_step *step, int at, int32_t number, int64_t stretches) {
  const mine_grown_node *node = &step->g->tree.node[number];
  for (int64_t s = 0; s < stretches; s++) {
    step->stretch[step->n_stretches++] =
        (grow_stretch){.node = number,
                       .at = at,
                       .number = (int)s,
                       .from = node->first + mine__block_first(node->rows, stretches, s),
                       .to = node->first + mine__block_first(node->rows, stretches, s + 1)};
  }
}

/* Sums are whole numbers, so into how many stretches rows are cut changes nothing. */
static int64_t growth_stretches_of(const mine_grower *g, int64_t rows) {
  const int64_t stretches = MINE_BLOCKS(rows, WAVE_STRETCH);
  return g->env->threads == 1 || rows == 0 ? 1
         : stretches < GROW_STRETCHES      ? stretches
                                           : GROW_STRETCHES;
}

/* Rows on the left of each node of the wave. */
static void growth_count_lefts(const grow_step *step, int64_t lefts[GROW_WAVE]) {
  memset(lefts, 0, GROW_WAVE * sizeof *lefts);
  for (int64_t s = 0; s < step->n_stretches; s++)
    lefts[step->stretch[s].at] += step->stretch[s].lefts;
}

/* The best split with the rows counted: sums only say about how many there are. */
static void growth_search_counted(mine_grower *g, int32_t number) {
  const mine_grown_node *node = &g->tree.node[number];
  grow_work *work = &g->tree.work[number];
  uint64_t *counts = mine__arena_block(g->arena, NULL, (size_t)g->binned->n_bins, sizeof *counts);
  work->best = (grow_split){.feature = -1};
  if (!counts) return;
  mine__histogram_counts(g, g->entry[node->side] + node->first, node->rows, counts);
  for (int f = 0; f < g->binned->n_features; f++) {
    if (!mine__grow_may_use(g, node, f)) continue;
    const grow_bins bins = growth_bins(g, number, f, counts);
    mine__split_search(g, node, number, &bins, &work->best);
  }
  mine__arena_drop(g->arena, counts);
}

/* Where a leaf would have fewer rows than it must, split otherwise, or not at all. */
static void growth_mend(grow_step *step, int64_t lefts[GROW_WAVE]) {
  mine_grower *g = step->g;
  for (int at = 0; at < step->n_wave; at++) {
    const mine_grown_node *node = &g->tree.node[step->wave[at]];
    if (lefts[at] >= g->plan.min_samples_leaf && node->rows - lefts[at] >= g->plan.min_samples_leaf)
      continue;
    growth_search_counted(g, step->wave[at]);
    if (g->tree.work[step->wave[at]].best.feature < 0) continue;
    lefts[at] = 0;
    for (int64_t s = 0; s < step->n_stretches; s++) {
      if (step->stretch[s].at != at) continue;
      growth_side_task(step, s, 0);
      lefts[at] += step->stretch[s].lefts;
    }
  }
}

/* Left rows go to the front of their node's place, right ones behind them, both in the order of
** the stretches: rows of a node stay ascending.  Stretches of a node follow each other. */
static void growth_place(grow_step *step, const int64_t lefts[GROW_WAVE]) {
  int64_t left = 0, right = 0;
  for (int64_t s = 0; s < step->n_stretches; s++) {
    grow_stretch *stretch = &step->stretch[s];
    if (stretch->number == 0) {
      left = step->g->tree.node[stretch->node].first;
      right = left + lefts[stretch->at];
    }
    stretch->left_at = left;
    stretch->right_at = right;
    left += stretch->lefts;
    right += stretch->to - stretch->from - stretch->lefts;
  }
}

/* Room for the sums of the wave's children; the larger one takes those of its parent. */
static void growth_pair_up(grow_step *step) {
  mine_grower *g = step->g;
  step->n_pairs = 0;
  for (int at = 0; at < step->n_wave; at++) {
    grow_work *parent = &g->tree.work[step->wave[at]];
    if (parent->child[0] == 0) continue;
    const mine_grown_node *left = &g->tree.node[parent->child[0]],
                          *right = &g->tree.node[parent->child[1]];
    const int left_is_small = left->rows <= right->rows;
    grow_pair *pair = &step->pair[step->n_pairs];
    *pair =
        (grow_pair){.small = parent->child[!left_is_small], .large = parent->child[left_is_small]};
    if (!mine__grow_may_split(g, left) && !mine__grow_may_split(g, right)) {
      mine__grow_give_sums(g, &parent->sums);
      continue;
    }
    step->n_pairs++;
    if (g->plan.try_features) continue;
    if (!mine__grow_may_split(g, &g->tree.node[pair->large])) {
      mine__grow_give_sums(g, &parent->sums);
      pair->large = -1;
    } else {
      g->tree.work[pair->large].sums = parent->sums;
      parent->sums = NULL;
    }
    g->tree.work[pair->small].sums = mine__grow_take_sums(g);
    if (mine_failed(g->env)) return;
  }
}

/* ---- summing and searching ----------------------------------------------------------- */

static mine_status growth_sum(grow_step *step) {
  mine_grower *g = step->g;
  size_t behind = 0;
  step->n_stretches = 0;
  for (int p = 0; p < step->n_pairs; p++) {
    grow_pair *pair = &step->pair[p];
    pair->stretches = (int)growth_stretches_of(g, g->tree.node[pair->small].rows);
    pair->behind = behind;
    behind += (size_t)pair->stretches - 1;
    growth_add_stretches(step, p, pair->small, pair->stretches);
  }
  while (g->sums.n_behind < behind) {
    if (!MINE_RESERVE(g->arena, g->sums.behind, g->sums.behind_capacity, g->sums.n_behind + 1))
      return mine_env_status(g->env);
    uint64_t *sums = mine__arena_block(g->arena, NULL, g->words, sizeof *sums);
    if (!sums) return mine_env_status(g->env);
    g->sums.behind[g->sums.n_behind++] = sums;
  }
  return mine__parallel(g->env, step->n_stretches * g->n_panels, growth_sum_task, step);
}

/* A node that nothing parts needs its sums no more. */
static void growth_settle(mine_grower *g, int32_t number) {
  if (g->tree.work[number].best.feature < 0) mine__grow_give_sums(g, &g->tree.work[number].sums);
}

/* Sum and search the pairs' nodes. */
mine_status mine__grow_search(grow_step *step) {
  mine_grower *g = step->g;
  if (g->plan.try_features) {
    MINE_TRY(mine__parallel(g->env, 2 * (int64_t)step->n_pairs, growth_some_task, step));
  } else {
    MINE_TRY(growth_sum(step));
    MINE_TRY(
        mine__parallel(g->env, (int64_t)step->n_pairs * g->n_blocks, growth_search_task, step));
    for (int p = 0; p < step->n_pairs; p++) {
      growth_choose(g, step->pair[p].small, &g->candidate[2 * p * g->n_blocks]);
      if (step->pair[p].large >= 0)
        growth_choose(g, step->pair[p].large, &g->candidate[(2 * p + 1) * g->n_blocks]);
    }
  }
  for (int p = 0; p < step->n_pairs; p++) {
    growth_settle(g, step->pair[p].small);
    if (step->pair[p].large >= 0) growth_settle(g, step->pair[p].large);
  }
  return mine_env_status(g->env);
}

/* Make the nodes of the wave ready: their children, with the children's best splits. */
mine_status mine__grow_make_ready(grow_step *step) {
  mine_grower *g = step->g;
  int64_t lefts[GROW_WAVE];
  step->n_stretches = 0;
  for (int at = 0; at < step->n_wave; at++)
    growth_add_stretches(step, at, step->wave[at],
                         growth_stretches_of(g, g->tree.node[step->wave[at]].rows));
  MINE_TRY(mine__parallel(g->env, step->n_stretches, growth_side_task, step));
  growth_count_lefts(step, lefts);
  if (!g->scale.counted && !g->plan.try_features) growth_mend(step, lefts);
  growth_place(step, lefts);
  MINE_TRY(mine__parallel(g->env, step->n_stretches, growth_move_task, step));
  for (int at = 0; at < step->n_wave && !mine_failed(g->env); at++) {
    if (g->tree.work[step->wave[at]].best.feature >= 0)
      mine__grow_children(g, step->wave[at], lefts[at]);
  }
  if (mine_failed(g->env)) return mine_env_status(g->env);
  growth_pair_up(step);
  if (mine_failed(g->env)) return mine_env_status(g->env);
  return step->n_pairs ? mine__grow_search(step) : MINE_OK;
}
