/*
** forest_tree.c -- one tree of a forest: its rows, its leaves, and what it says of the rows that
** it has not seen.
**
** A thread grows its trees one after another in one room.
*/
#include <string.h>

#include "../core/random.h"
#include "forest.h"

#define FOREST_DRAWS 21 /* purpose of a random stream: the bootstrap */
#define FOREST_AHEAD 24 /* rows of which numbers are on their way    */

/* A tree while it grows. */
typedef struct forest_work {
  mine_env *env;
  const forest_run *run;
  forest_room *room;
  mine_grown grown;
  double *value; /* width for each node, in scratch */
} forest_work;

/* ---- its rows ------------------------------------------------------------------------- */

static mine_status forest_open_room(mine_env *env, const forest_run *run, forest_room *room) {
  const size_t n = (size_t)run->of.n;
  if (room->grower) return MINE_OK;
  if (!room->arena) room->arena = mine__arena_open(env);
  if (!room->arena) return mine_env_status(env);
  room->row = mine__arena_array(room->arena, n, sizeof *room->row);
  room->h = mine__arena_array(room->arena, n, sizeof *room->h);
  if (run->plan.score == MINE_GROW_GRADIENT)
    room->g = mine__arena_array(room->arena, n, sizeof *room->g);
  if (mine_failed(env)) return mine_env_status(env);
  room->grower = mine__grower_open(env, room->arena, &run->binned, &run->plan);
  return mine_env_status(env);
}

/* How often each row is drawn, times its weight, in h. */
static void forest_draw(const forest_work *work, uint64_t tree) {
  const forest_run *run = work->run;
  forest_room *room = work->room;
  const double share = run->options->max_samples;
  memset(room->h, 0, (size_t)run->of.n * sizeof *room->h);
  if (run->options->bootstrap) {
    mine_random random;
    mine__random_open(&random, run->data->seed, FOREST_DRAWS, tree);
    int64_t draws = (int64_t)(share * (double)run->of.n + 0.5);
    if (draws < 1) draws = 1;
    for (int64_t k = 0; k < draws; k++) {
      if (MINE_POLL_AT(work->env, k)) return;
      room->h[mine__random_below(&random, (uint64_t)run->of.n)] += 1;
    }
  } else {
    const uint64_t stream = mine_hash_mix(run->data->seed ^ mine_hash_mix(tree + FOREST_DRAWS));
    for (int64_t i = 0; i < run->of.n; i++) {
      const double chance = (double)(mine_hash_mix(stream + (uint64_t)i) >> 11) * 0x1p-53;
      room->h[i] = share >= 1 || chance < share;
    }
  }
  room->n = 0;
  for (int64_t i = 0; i < run->of.n; i++) {
    if (room->h[i] == 0 && !(room->n == 0 && i + 1 == run->of.n)) continue;
    if (room->h[i] == 0) room->h[i] = 1; /* a share of few rows: one at least */
    room->row[room->n++] = (uint32_t)i;
    if (run->of.weight) room->h[i] *= run->of.weight[i];
    if (room->g) room->g[i] = room->h[i] * (float)run->of.y[i];
  }
}

/* ---- its leaves --------------------------------------------------------------------------- */

/* The class shares, or the mean, of a leaf's rows. */
static void forest_leaf(const forest_work *work, const mine_grown_node *node, double *value) {
  const forest_run *run = work->run;
  const mine_grow_entry *entry = mine__grown_rows(work->room->grower, node);
  const float *h = work->room->h;
  double all = 0;
  memset(value, 0, (size_t)run->width * sizeof *value);
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = entry[k].row;
    if (k + FOREST_AHEAD < node->rows) {
      const uint32_t soon = entry[k + FOREST_AHEAD].row; /* a leaf's rows lie far apart */
      MINE_FETCH(h + soon);
      if (run->of.classes) {
        MINE_FETCH(run->of.label + soon);
      } else {
        MINE_FETCH(run->of.y + soon);
      }
    }
    const double w = (double)h[row];
    all += w;
    if (run->of.classes) {
      value[run->of.label[row]] += w;
    } else {
      value[0] += w * run->of.y[row];
    }
  }
  for (int c = 0; c < run->width; c++)
    value[c] = run->of.middle + run->of.unit * (value[c] / all);
}

/* Leaves from their rows; inner nodes, which stand before their children, from these. */
static void forest_values(forest_work *work) {
  const size_t width = (size_t)work->run->width;
  for (int32_t i = work->grown.n_nodes; i-- > 0;) {
    const mine_grown_node *node = &work->grown.node[i];
    double *value = work->value + (size_t)i * width;
    if (node->left < 0) {
      forest_leaf(work, node, value);
      continue;
    }
    const double left = work->grown.node[node->left].weight;
    const double right = work->grown.node[node->right].weight;
    const double *of_left = work->value + (size_t)node->left * width;
    const double *of_right = work->value + (size_t)node->right * width;
    for (size_t c = 0; c < width; c++)
      value[c] = (left * of_left[c] + right * of_right[c]) / (left + right);
  }
}

/* Tell the rows that were not drawn what the tree says of them. */
static void forest_tell(const forest_work *work) {
  const forest_run *run = work->run;
  const size_t width = (size_t)run->width;
  for (int64_t i = 0; i < run->of.n; i++) {
    if (MINE_POLL_AT(work->env, i)) return;
    if (work->room->h[i] > 0) continue;
    const int32_t leaf = mine__grown_leaf(&run->binned, &work->grown, i);
    const double *value = work->value + (size_t)leaf * width;
    atomic_fetch_add_explicit(&run->times[i], 1, memory_order_relaxed);
    for (size_t c = 0; c < width; c++) {
      const double part = (value[c] - run->of.middle) / run->of.unit;
      atomic_fetch_add_explicit(&run->told[(size_t)i * width + c], (int64_t)(part * FOREST_ONE),
                                memory_order_relaxed);
    }
  }
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void forest_keep(const forest_work *work, forest_tree *tree) {
  const forest_run *run = work->run;
  tree->arena = mine__arena_open(work->env);
  if (!tree->arena) return;
  mine__builder_open(&tree->builder, tree->arena, run->width);
  mine__builder_add(work->env, &tree->builder, &run->binned, &work->grown, work->value, 0);
}

void mine__forest_tree(mine_env *branch, void *context, int64_t number) {
  forest_run *run = context;
  forest_room *room = &run->room[branch->branch];
  forest_work work = {.env = branch, .run = run, .room = room};
  const mine_mark mark = mine__arena_mark(branch->scratch);
  if (forest_open_room(branch, run, room)) return;
  forest_draw(&work, (uint64_t)number);
  const mine_grow_rows rows = {
      .row = room->row,
      .n = room->n,
      .g = room->g,
      .h = room->h,
      .label = run->plan.score == MINE_GROW_GRADIENT ? NULL : run->of.label};
  if (mine_failed(branch) || mine__grow(room->grower, &rows, NULL, (uint64_t)number, &work.grown))
    return;
  const size_t values = (size_t)work.grown.n_nodes * (size_t)run->width;
  work.value = mine__arena_array(branch->scratch, values, sizeof *work.value);
  if (!work.value) return;
  forest_values(&work);
  if (run->told) forest_tell(&work);
  forest_keep(&work, &run->tree[number]);
  mine__arena_rewind(branch->scratch, mark);
}
