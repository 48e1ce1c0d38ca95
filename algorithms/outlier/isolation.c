/*
** isolation.c -- isolation forests (Liu, Ting & Zhou, "Isolation forest", ICDM 2008): rows that
** few cuts by chance part from all others are outliers.
**
** A tree is grown on `sample` rows drawn without replacement.  A node draws a feature from those
** that vary in it, and parts
**   a number    at a threshold, drawn evenly between its least and its greatest value
**   a category  one of its levels, drawn evenly, from the others
** until a row is alone or the depth is ceil(log2 sample).  A row's path h is the depth of its leaf
** and c(m) more for the m rows of training left there, c(m) = 2 H(m-1) - 2 (m-1)/m the mean path of
** an unsuccessful search in a binary tree of m keys; its score is 2^(-mean h / c(sample)).
**
** What the paper leaves open: a missing value goes with more of the rows, so that a gap is nothing
** odd; a level that no row of the node has goes with fewer of them, for it is rare.  (Where levels
** were columns of their own, one that is not in the sample could never part a row.)
**
** The trees are those of model/trees.h, with leaves of -ln 2 / c(sample) x h under the link exp:
** rows are scored by that engine, and what sets a row apart are its exact Shapley values there
** (trees_explain.c), of the logarithm of the score.
**
** A tree has a random stream of its own: the same bytes for any number of threads.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/random.h"
#include "../model/trees.h"
#include "outlier.h"

#define ISOLATION_STREAM UINT64_C(0x69736f6c) /* "isol" */

typedef struct isolation_node {
  int32_t feature; /* MINE_TREES_LEAF                                          */
  int32_t left;    /* within the tree; the right one stands behind it          */
  int32_t begin, end, depth;
  int32_t level;        /* category: the one that goes left, alone             */
  int32_t seen, n_seen; /* category: levels of the node, ascending, in the tree's list */
  int32_t missing_left, unseen_left;
  double threshold;
} isolation_node;

/* What a worker needs to grow a tree. */
typedef struct isolation_room {
  uint64_t *drawn; /* a bit a row: it is in the sample */
  uint32_t *row, *spare;
  uint32_t *code; /* levels of a node */
  int32_t *candidate;
} isolation_room;

typedef struct isolation_forest {
  const mine_dataset *data;
  int64_t sample;
  int32_t n_trees, deepest;
  int32_t most;         /* nodes of a tree: 2 sample - 1          */
  int64_t list;         /* levels seen in the nodes of a tree     */
  isolation_node *node; /* n_trees x most                         */
  int32_t *nodes;       /* of each tree                           */
  int32_t *seen;        /* n_trees x list; NULL: no categories    */
  isolation_room *room; /* per worker                             */
} isolation_forest;

/* The tree that is being grown. */
typedef struct isolation_tree {
  const isolation_forest *forest;
  isolation_room *room;
  mine_random random;
  isolation_node *node;
  int32_t n, *seen, n_seen;
} isolation_tree;

/* The mean path of an unsuccessful search among m keys. */
static double isolation_c(int64_t m) {
  const double euler = 0.57721566490153286;
  if (m < 2) return 0;
  if (m == 2) return 1;
  return 2 * (log((double)(m - 1)) + euler) - 2 * (double)(m - 1) / (double)m;
}

/* ---- a sample ------------------------------------------------------------------------- */

static int isolation_draw(isolation_room *room, uint64_t row) {
  const uint64_t bit = UINT64_C(1) << (row % 64);
  if (room->drawn[row / 64] & bit) return 0;
  room->drawn[row / 64] |= bit;
  return 1;
}

/* Positions among the rows given, without replacement (Floyd; Bentley, "Programming pearls: a
** sample of brilliance", CACM 30, 1987), then the rows of the frame. */
static void isolation_sample(isolation_tree *tree) {
  const mine_batch *rows = &tree->forest->data->rows;
  const int64_t sample = tree->forest->sample;
  isolation_room *room = tree->room;
  if (rows->n == sample) {
    for (int64_t i = 0; i < sample; i++)
      room->row[i] = (uint32_t)mine_batch_row(rows, i);
    return;
  }
  for (int64_t i = 0; i < sample; i++) {
    const uint64_t last = (uint64_t)(rows->n - sample + i);
    uint64_t row = mine__random_below(&tree->random, last + 1);
    if (!isolation_draw(room, row)) {
      row = last;
      (void)isolation_draw(room, row);
    }
    room->row[i] = (uint32_t)row;
  }
  for (int64_t i = 0; i < sample; i++) {
    room->drawn[room->row[i] / 64] = 0;
    room->row[i] = (uint32_t)mine_batch_row(rows, room->row[i]);
  }
}

/* ---- a node ----------------------------------------------------------------------------- */

/* Draw a threshold; 0: the numbers are all the same. */
static int isolation_cut_number(isolation_tree *tree, isolation_node *node, const double *number) {
  const uint32_t *row = tree->room->row;
  double least = INFINITY, most = -INFINITY;
  for (int32_t i = node->begin; i < node->end; i++) {
    const double v = number[row[i]];
    if (v < least) least = v;
    if (v > most) most = v;
  }
  if (!(least < most)) return 0;
  const double u = mine__random_real(&tree->random);
  const double at = least * (1 - u) + most * u; /* most - least may overflow */
  node->threshold = at > least && at <= most ? at : most;
  return 1;
}

static int isolation_code_before(const void *context, uint32_t a, uint32_t b) {
  (void)context;
  return a < b;
}

/* Draw a level; 0: there are not two. */
static int isolation_cut_category(isolation_tree *tree, isolation_node *node,
                                  const int32_t *code_of) {
  const isolation_room *room = tree->room;
  uint32_t n = 0, levels = 0;
  for (int32_t i = node->begin; i < node->end; i++)
    if (code_of[room->row[i]] >= 0) room->code[n++] = (uint32_t)code_of[room->row[i]];
  mine__sort_words(room->code, n, isolation_code_before, NULL);
  for (uint32_t i = 0; i < n; i++)
    if (i == 0 || room->code[i] != room->code[i - 1]) room->code[levels++] = room->code[i];
  if (levels < 2) return 0;
  node->level = (int32_t)room->code[mine__random_below(&tree->random, levels)];
  node->seen = tree->n_seen;
  node->n_seen = (int32_t)levels;
  for (uint32_t i = 0; i < levels; i++)
    tree->seen[tree->n_seen++] = (int32_t)room->code[i];
  return 1;
}

/* -1 left, 1 right, 0 missing. */
static int isolation_side(const isolation_node *node, const mine_feature_view *view, uint32_t row) {
  if (view->number) {
    const double v = view->number[row];
    return v < node->threshold ? -1 : v >= node->threshold;
  }
  return view->code[row] < 0 ? 0 : view->code[row] == node->level ? -1 : 1;
}

/* The rows that go left to the front, in their order; how many they are. */
static int32_t isolation_part(isolation_tree *tree, isolation_node *node,
                              const mine_feature_view *view) {
  isolation_room *room = tree->room;
  int32_t side[2] = {0, 0}, left = node->begin, right = 0;
  for (int32_t i = node->begin; i < node->end; i++) {
    const int where = isolation_side(node, view, room->row[i]);
    side[0] += where < 0;
    side[1] += where > 0;
  }
  node->missing_left = side[0] >= side[1];
  node->unseen_left = side[0] <= side[1];
  for (int32_t i = node->begin; i < node->end; i++) {
    const int where = isolation_side(node, view, room->row[i]);
    if (where < 0 || (where == 0 && node->missing_left))
      room->row[left++] = room->row[i];
    else
      room->spare[right++] = room->row[i];
  }
  memcpy(room->row + left, room->spare, (size_t)right * sizeof *room->row);
  return left - node->begin;
}

/* Draw features until one varies; 0: none does. */
static int isolation_choose(isolation_tree *tree, isolation_node *node) {
  const mine_dataset *data = tree->forest->data;
  int32_t *candidate = tree->room->candidate;
  for (int32_t f = 0; f < data->n_features; f++)
    candidate[f] = f;
  for (int32_t left = data->n_features; left > 0;) {
    const uint64_t at = mine__random_below(&tree->random, (uint64_t)left);
    const mine_feature_view *view = &data->rows.feature[candidate[at]];
    node->feature = candidate[at];
    if (view->number ? isolation_cut_number(tree, node, view->number)
                     : isolation_cut_category(tree, node, view->code))
      return 1;
    candidate[at] = candidate[--left];
  }
  node->feature = MINE_TREES_LEAF;
  return 0;
}

static void isolation_grow(void *context, int64_t task, int worker) {
  const isolation_forest *forest = context;
  isolation_tree tree = {.forest = forest,
                         .room = &forest->room[worker],
                         .node = forest->node + task * forest->most,
                         .seen = forest->seen ? forest->seen + task * forest->list : NULL};
  mine__random_open(&tree.random, forest->data->seed, ISOLATION_STREAM, (uint64_t)task);
  isolation_sample(&tree);
  tree.node[tree.n++] = (isolation_node){.end = (int32_t)forest->sample};
  for (int32_t i = 0; i < tree.n; i++) {
    isolation_node *node = &tree.node[i];
    node->feature = MINE_TREES_LEAF;
    if (node->depth == forest->deepest || node->end - node->begin < 2) continue;
    if (!isolation_choose(&tree, node)) continue;
    const int32_t middle =
        node->begin + isolation_part(&tree, node, &forest->data->rows.feature[node->feature]);
    node->left = tree.n;
    tree.node[tree.n++] =
        (isolation_node){.begin = node->begin, .end = middle, .depth = node->depth + 1};
    tree.node[tree.n++] =
        (isolation_node){.begin = middle, .end = node->end, .depth = node->depth + 1};
  }
  forest->nodes[task] = tree.n;
}

/* ---- the forest ------------------------------------------------------------------------- */

static int isolation_has_categories(const mine_dataset *data) {
  for (int f = 0; f < data->n_features; f++)
    if (data->rows.feature[f].code) return 1;
  return 0;
}

static void isolation_open_rooms(mine_env *env, isolation_forest *forest) {
  const size_t workers = (size_t)env->threads, sample = (size_t)forest->sample;
  mine_arena *a = env->scratch;
  forest->room = mine__arena_zeros(a, workers, sizeof *forest->room);
  for (size_t w = 0; w < workers && !mine_failed(env); w++) {
    isolation_room *room = &forest->room[w];
    room->drawn = mine__arena_zeros(a, (size_t)MINE_BLOCKS(forest->data->rows.n, 64), 8);
    room->row = mine__arena_array(a, sample, sizeof *room->row);
    room->spare = mine__arena_array(a, sample, sizeof *room->spare);
    room->code = mine__arena_array(a, sample, sizeof *room->code);
    room->candidate =
        mine__arena_array(a, (size_t)forest->data->n_features, sizeof *room->candidate);
  }
}

static void isolation_open(mine_outliers *o, isolation_forest *forest) {
  mine_env *env = o->env;
  const int64_t n = o->data->rows.n;
  *forest = (isolation_forest){
      .data = o->data, .sample = o->sample < n ? o->sample : n, .n_trees = (int32_t)o->n_trees};
  while ((INT64_C(1) << forest->deepest) < forest->sample)
    forest->deepest++;
  forest->most = (int32_t)(2 * forest->sample - 1);
  forest->list = forest->sample * forest->deepest;
  const size_t trees = (size_t)forest->n_trees;
  forest->node =
      mine__arena_array(env->scratch, trees, (size_t)forest->most * sizeof *forest->node);
  forest->nodes = mine__arena_array(env->scratch, trees, sizeof *forest->nodes);
  if (isolation_has_categories(o->data))
    forest->seen =
        mine__arena_array(env->scratch, trees, (size_t)forest->list * sizeof *forest->seen);
  if (!mine_failed(env)) isolation_open_rooms(env, forest);
}

/* The set of levels that go left: the one, and those that no row of the node has where they do. */
static void isolation_set(const isolation_forest *forest, int32_t tree, const isolation_node *node,
                          int64_t levels, uint64_t *set) {
  const int32_t *seen = forest->seen + tree * forest->list + node->seen;
  const int64_t words = mine_trees_words(levels);
  if (node->unseen_left) {
    memset(set, 0xff, (size_t)words * sizeof *set);
    if (levels % 64) set[words - 1] = (UINT64_C(1) << (levels % 64)) - 1;
    for (int32_t i = 0; i < node->n_seen; i++)
      set[seen[i] / 64] &= ~(UINT64_C(1) << (seen[i] % 64));
  }
  set[node->level / 64] |= UINT64_C(1) << (node->level % 64);
}

/* One tree into the pool, from `at` on; its sets from `bits` on, which moves. */
static void isolation_pool(const isolation_forest *forest, int32_t tree, int32_t at, int32_t *bits,
                           mine_trees *trees) {
  const isolation_node *from = forest->node + (int64_t)tree * forest->most;
  const double unit = -log(2.0) / isolation_c(forest->sample);
  for (int32_t i = forest->nodes[tree] - 1; i >= 0; i--) {
    const isolation_node *node = &from[i];
    const int32_t to = at + i, rows = node->end - node->begin;
    trees->feature[to] = node->feature;
    trees->rows[to] = trees->weight[to] = rows;
    trees->set[to] = trees->left[to] = trees->right[to] = -1;
    trees->value[to] = to;
    if (node->feature == MINE_TREES_LEAF) {
      trees->values[to] = unit * (node->depth + isolation_c(rows));
      continue;
    }
    const int32_t left = at + node->left, right = left + 1;
    trees->left[to] = left;
    trees->right[to] = right;
    trees->missing_left[to] = node->missing_left;
    trees->values[to] =
        (trees->rows[left] * trees->values[left] + trees->rows[right] * trees->values[right]) /
        rows;
    if (forest->data->rows.feature[node->feature].number) {
      trees->threshold[to] = node->threshold;
      continue;
    }
    const int64_t levels = forest->data->about[node->feature].levels.values.n;
    trees->set[to] = *bits;
    isolation_set(forest, tree, node, levels, trees->bits + *bits);
    *bits += (int32_t)mine_trees_words(levels);
  }
}

/* Words of all sets. */
static int64_t isolation_words(const isolation_forest *forest) {
  int64_t words = 0;
  for (int32_t t = 0; t < forest->n_trees; t++) {
    const isolation_node *node = forest->node + (int64_t)t * forest->most;
    for (int32_t i = 0; i < forest->nodes[t]; i++) {
      const int32_t f = node[i].feature;
      if (f != MINE_TREES_LEAF && forest->data->rows.feature[f].code)
        words += mine_trees_words(forest->data->about[f].levels.values.n);
    }
  }
  return words;
}

static mine_trees *isolation_collect(mine_outliers *o, const isolation_forest *forest) {
  int64_t nodes = 0;
  const int64_t words = isolation_words(forest);
  for (int32_t t = 0; t < forest->n_trees; t++)
    nodes += forest->nodes[t];
  if (nodes > INT32_MAX || words > INT32_MAX) {
    (void)mine__fail(o->env, MINE_LIMIT,
                     "%lld trees of %lld rows over these levels are too large; use a smaller "
                     "n_trees or sample",
                     (long long)o->n_trees, (long long)forest->sample);
    return NULL;
  }
  mine_trees *trees =
      mine__trees_new(o->arena, forest->n_trees, (int32_t)nodes, (int32_t)nodes, (int32_t)words, 1);
  int32_t bits = 0;
  if (!trees) return NULL;
  trees->link = MINE_TREES_EXP;
  for (int32_t t = 0; t < forest->n_trees; t++) {
    trees->first[t + 1] = trees->first[t] + forest->nodes[t];
    isolation_pool(forest, t, trees->first[t], &bits, trees);
  }
  return trees;
}

/* ---- the method --------------------------------------------------------------------------- */

/* A model that lives in the arena of the job and says the score. */
static mine_model *isolation_model(mine_outliers *o, mine_trees *trees) {
  mine_model *model = mine__arena_zeros(o->arena, 1, sizeof *model);
  if (!model || !trees) return NULL;
  mine__model_begin(model, o->arena);
  model->kind = &mine__kind_trees;
  model->algorithm = "iforest";
  model->n_features = o->data->n_features;
  model->feature = o->about;
  model->n_outputs = 1;
  model->body = trees;
  return mine__trees_prepare(o->env, model, trees) ? NULL : model;
}

static void isolation_score(mine_outliers *o) {
  mine_env *env = o->env;
  isolation_forest forest;
  const mine_mark mark = mine__arena_mark(env->scratch);
  isolation_open(o, &forest);
  if (!mine_failed(env) && mine__parallel_progress(env, forest.n_trees, isolation_grow, &forest,
                                                   "growing trees", 0, 0.3) == MINE_OK)
    o->state = isolation_model(o, isolation_collect(o, &forest));
  mine__arena_rewind(env->scratch, mark);
  mine_answers answers = {.value = o->score};
  if (!mine_failed(env)) (void)!mine__model_answer(env, o->state, &o->data->rows, &answers);
}

static void isolation_apart(mine_outliers *o, const uint32_t *at, int64_t n, double *amount) {
  mine_env *env = o->env;
  const size_t width = (size_t)o->data->n_features;
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  double *part = mine__arena_array(env->scratch, (size_t)n, (width + 1) * sizeof *part);
  for (int64_t i = 0; !mine_failed(env) && i < n; i++)
    row[i] = (uint32_t)mine_batch_row(&o->data->rows, at[i]);
  const mine_batch batch = {n, row, o->data->rows.feature};
  mine_explained out = {.contribution = part};
  if (!mine_failed(env) && mine__kind_trees.explain(env, o->state, &batch, &out) == MINE_OK)
    for (size_t i = 0; i < (size_t)n; i++)
      memcpy(amount + i * width, part + i * (width + 1), width * sizeof *amount);
  mine__arena_rewind(env->scratch, mark);
}

const mine__outlier_method mine__outlier_iforest = {
    .name = "iforest",
    .score = isolation_score,
    .apart = isolation_apart,
};
