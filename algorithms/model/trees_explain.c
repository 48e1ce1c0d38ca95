/*
** trees_explain.c -- exact Shapley values of trees, without listing subsets.
**
** What is not known of a row is what the rows of training were: where a test asks a feature
** that is not known, both ways are taken, weighted by the shares of the rows that went there
** (Lundberg, Erion & Lee, "Consistent individualized feature attribution for tree ensembles",
** 2018).  So a leaf with the value v counts, where the features in S are known, as
**
**   v x product over the features j of its path of (j in S ? o(j) : z(j))
**
** with o(j) 1 if the row passes all tests of the path on j, else 0, and z(j) the product of the
** shares at those tests.  Shapley's weight of a set of s out of m features is an integral,
** s! (m-1-s)! / m! = integral over t from 0 to 1 of t^s (1-t)^(m-1-s), and under it the sum over
** all sets becomes a product:
**
**   contribution(i) = v x integral of (o(i) - z(i)) x product over j <> i of p(j, t),
**   p(j, t) = t o(j) + (1 - t) z(j),
**
** a polynomial in t of a degree below m, which Gauss-Legendre's rule of m/2 points integrates
** exactly (quadrature.h).  At each point the product P over a path is carried down, a factor an
** edge, and what the leaves below an edge come to, G = sum of v P, is carried up.  The feature of
** the edge then has (o - z)/p x G; where an edge above asked the same feature, that one's share of
** these leaves is taken out again.  That is a step of constant work for each edge and point:
** O(nodes x features of a path / 2) for a row and a tree, where Lundberg's algorithm needs
** O(leaves x depth^2) (the edges' sums are those of Yu et al., "Linear TreeShap", NeurIPS 2022,
** whose polynomials lose digits in deep trees; here all terms but o - z have one sign).  A row
** takes no other way through the tree than the next one, so rows are lanes of vectors (shapley.h).
**
** With a the factor p of a feature whose tests all hold and b = (1 - t) z where one does not, ' for
** the edge before on the same feature (or z' = 1, a' = 1), the steps of an edge are
**
**              inside: a/a'       part (z' - z)/(a a')
**   factor     turned: b/a'       part  -1/((1 - t) a')
**              gone:   z/z'       part  0
**
** None divides by less than t.  Sums run tree after tree, edge after edge, in a lane: the same bits
** for any number of threads and any division of rows.
*/
#include <math.h>
#include <string.h>

#include "../kernel/shapley.h"
#include "../kernel/simd.h"
#include "trees_ask.h"
#include "trees_explain.h"

#define EXPLAIN_ROWS  64        /* lanes of a block, at most         */
#define EXPLAIN_ROOM  24576     /* bytes of products that stay close */
#define EXPLAIN_STEPS (1 << 17) /* edges x points of a task, about   */

/* The way down at one node, and the edge that led here. */
typedef struct explain_level {
  int32_t node;
  int side;   /* of its children are done */
  int before; /* the level of the edge before on the same feature; 0: none  */
  double z, share_left;
  double *inverse;          /* points: 1/a                                   */
  int64_t *inside, *turned; /* rows                                          */
  int64_t *left;            /* rows: which go left here                      */
  double *product, *sum;    /* points x rows                                 */
  mine__shapley_edge edge;
} explain_level;

/* What a worker holds. */
typedef struct explain_room {
  explain_level *level;
  int *last;      /* per place: the level of the latest edge on the feature  */
  double *number; /* place x rows                                            */
  int32_t *code;
  double *phi; /* place x rows: contributions                             */
} explain_room;

typedef struct explain_run {
  const explain_plan *plan;
  const mine_batch *batch;
  const mine__kernels *kernels;
  double *out;    /* n x (n_features + 1) */
  int rows;       /* of a block           */
  int first, end; /* trees of the plan */
  explain_room *room;
} explain_run;

/* ---- a block of rows ------------------------------------------------------------------------ */

static void explain_gather(const explain_run *run, int64_t first, int n, explain_room *room) {
  const explain_plan *plan = run->plan;
  uint32_t row[EXPLAIN_ROWS];
  for (int r = 0; r < run->rows; r++)
    row[r] = (uint32_t)mine_batch_row(run->batch, first + (r < n ? r : n - 1));
  for (int p = 0; p < plan->n_used; p++) {
    const mine_feature_view *view = &run->batch->feature[plan->used[p]];
    for (int r = 0; view->number && r < run->rows; r++)
      room->number[p * run->rows + r] = view->number[row[r]];
    for (int r = 0; view->code && r < run->rows; r++)
      room->code[p * run->rows + r] = view->code[row[r]];
  }
}

/* Which rows go left at a node. */
static void explain_side(const explain_run *run, const explain_room *room, explain_level *level) {
  const mine_trees *trees = run->plan->trees;
  const int32_t node = level->node, place = run->plan->place[trees->feature[node]];
  const int64_t missing = trees->missing_left[node] ? -1 : 0;
  level->share_left = explain_share_left(trees, node);
  if (trees->set[node] < 0) {
    run->kernels->shapley_side(room->number + (ptrdiff_t)place * run->rows, trees->threshold[node],
                               missing, run->rows, level->left);
    return;
  }
  const uint64_t *set = trees->bits + trees->set[node];
  const int32_t *code = room->code + (ptrdiff_t)place * run->rows;
  for (int r = 0; r < run->rows; r++)
    level->left[r] = code[r] < 0 ? missing : -(int64_t)mine_trees_in_set(set, code[r]);
}

/* The edge from a level to the child on one side: the next level, but for its node.  `leaf`: the
** leaf's value, which then is in the factors; NULL: it is none. */
static void explain_edge(const explain_run *run, explain_room *room, int at, int side,
                         const explain_rule *rule, const double *leaf) {
  const mine_trees *trees = run->plan->trees;
  explain_level *above = &room->level[at], *level = above + 1;
  const int before = room->last[run->plan->place[trees->feature[above->node]]];
  const explain_level *same = &room->level[before];
  const double share = side ? 1 - above->share_left : above->share_left;
  const double z = same->z * share, by = leaf ? *leaf : 1;
  mine__shapley_edge *edge = &level->edge;
  level->before = before;
  level->z = z;
  run->kernels->shapley_turn(same->inside, above->left, side ? -1 : 0, run->rows, level->inside,
                             level->turned);
  edge->points = above->edge.points;
  for (int q = 0; q < edge->points; q++) {
    const double t = rule->at[q], b = (1 - t) * z, a = t + b, up = same->inverse[q] * by;
    edge->factor[0][q] = a * up;
    edge->factor[1][q] = b * up;
    edge->factor[2][q] = share * by;
    if (leaf) {
      edge->part[0][q] = (same->z - z) * up * same->inverse[q];
      edge->part[1][q] = -z * up * same->inverse[q];
    } else {
      level->inverse[q] = 1 / a;
      edge->part[0][q] = (same->z - z) * up * level->inverse[q];
      edge->part[1][q] = -up * rule->turn[q];
    }
  }
}

/* At the root nothing was asked yet: every row is inside of a feature with the share 1. */
static void explain_root(const explain_run *run, explain_room *room, int32_t node, int points,
                         const double *weight) {
  explain_level *root = &room->level[0];
  root->node = node;
  root->side = 0;
  root->z = 1;
  root->edge.points = points;
  for (int r = 0; r < run->rows; r++)
    root->inside[r] = -1;
  for (int q = 0; q < points; q++) {
    root->inverse[q] = 1;
    for (int r = 0; r < run->rows; r++) {
      root->product[q * run->rows + r] = weight[q];
      root->sum[q * run->rows + r] = 0;
    }
  }
}

/* From the level `at` down to a child, and where that is a leaf, up again.  Returns the level where
** the walk goes on. */
static int explain_down(const explain_run *run, explain_room *room, int32_t tree, int at,
                        const explain_rule *rule) {
  const mine_trees *trees = run->plan->trees;
  explain_level *above = &room->level[at], *level = above + 1;
  const int side = above->side++;
  const int32_t place = run->plan->place[trees->feature[above->node]];
  const int32_t child = side ? trees->right[above->node] : trees->left[above->node];
  if (trees->feature[child] == MINE_TREES_LEAF) {
    const double value = explain_leaf(run->plan, tree, child);
    explain_edge(run, room, at, side, rule, &value);
    run->kernels->shapley_leaf(&level->edge, above->product, above->sum,
                               room->phi + (ptrdiff_t)place * run->rows);
    return at;
  }
  explain_edge(run, room, at, side, rule, NULL);
  level->node = child;
  level->side = 0;
  room->last[place] = at + 1;
  run->kernels->shapley_down(&level->edge, above->product, level->product);
  memset(level->sum, 0, (size_t)level->edge.points * (size_t)run->rows * sizeof *level->sum);
  return at + 1;
}

static int explain_up(const explain_run *run, explain_room *room, int at) {
  if (at == 0) return -1;
  explain_level *level = &room->level[at], *above = level - 1;
  const int32_t place = run->plan->place[run->plan->trees->feature[above->node]];
  run->kernels->shapley_up(&level->edge, level->sum, above->sum,
                           room->phi + (ptrdiff_t)place * run->rows);
  room->last[place] = level->before;
  return at - 1;
}

/* One tree, by as many points at a time as there is room for. */
static void explain_tree_rows(const explain_run *run, explain_room *room,
                              const explain_tree *tree) {
  const explain_rule *all = &run->plan->rule[tree->points];
  for (int from = 0; from < tree->points; from += MINE__SHAPLEY_POINTS) {
    const explain_rule rule = {all->at + from, all->weight + from, all->turn + from};
    const int left = tree->points - from;
    const int points = left < MINE__SHAPLEY_POINTS ? left : MINE__SHAPLEY_POINTS;
    explain_root(run, room, run->plan->trees->first[tree->tree], points, rule.weight);
    for (int at = 0; at >= 0;) {
      explain_level *level = &room->level[at];
      if (level->side == 0) explain_side(run, room, level);
      at = level->side < 2 ? explain_down(run, room, tree->tree, at, &rule)
                           : explain_up(run, room, at);
    }
  }
}

/* Task = block of rows, and some of the trees: what the ones before came to stands in `out`. */
static void explain_task(void *context, int64_t task, int worker) {
  const explain_run *run = context;
  const explain_plan *plan = run->plan;
  explain_room *room = &run->room[worker];
  const int64_t first = task * run->rows, rest = run->batch->n - first;
  const int n = rest < run->rows ? (int)rest : run->rows;
  const int64_t width = plan->model->n_features + 1;
  double *out = run->out + first * width;
  explain_gather(run, first, n, room);
  for (int p = 0; p < plan->n_used; p++)
    for (int r = 0; r < run->rows; r++)
      room->phi[p * run->rows + r] = r < n ? out[r * width + plan->used[p]] : 0;
  for (int t = run->first; t < run->end; t++)
    explain_tree_rows(run, room, &plan->tree[t]);
  for (int p = 0; p < plan->n_used; p++)
    for (int r = 0; r < n; r++)
      out[r * width + plan->used[p]] = room->phi[p * run->rows + r];
}

/* ---- all rows ------------------------------------------------------------------------------ */

/* So many rows to a block that the products of the deepest tree stay close. */
static int explain_block(const explain_plan *plan) {
  const int points = plan->points < MINE__SHAPLEY_POINTS ? plan->points : MINE__SHAPLEY_POINTS;
  int rows = EXPLAIN_ROWS;
  while (rows > MINE__SHAPLEY_LANES &&
         (plan->depth + 1) * points * 2 * rows * (int)sizeof(double) > EXPLAIN_ROOM)
    rows /= 2;
  return rows;
}

static void explain_open_room(mine_env *env, const explain_run *run, explain_room *room) {
  const explain_plan *plan = run->plan;
  const size_t rows = (size_t)run->rows, levels = (size_t)plan->depth + 1;
  const size_t points =
      (size_t)(plan->points < MINE__SHAPLEY_POINTS ? plan->points : MINE__SHAPLEY_POINTS);
  mine_arena *a = env->scratch;
  const size_t used = (size_t)plan->n_used;
  room->level = mine__arena_zeros(a, levels, sizeof *room->level);
  room->last = mine__arena_zeros(a, used, sizeof *room->last);
  room->number = mine__arena_zeros(a, used, rows * sizeof *room->number);
  room->code = mine__arena_zeros(a, used, rows * sizeof *room->code);
  room->phi = mine__arena_zeros(a, used, rows * sizeof *room->phi);
  int64_t *mask = mine__arena_array(a, levels, 3 * rows * sizeof *mask);
  double *number = mine__arena_array(a, levels, points * (2 * rows + 1) * sizeof *number);
  for (size_t l = 0; l < levels && !mine_failed(env); l++) {
    explain_level *level = &room->level[l];
    level->inside = mask + 3 * rows * l;
    level->turned = level->inside + rows;
    level->left = level->turned + rows;
    level->product = number + points * (2 * rows + 1) * l;
    level->sum = level->product + points * rows;
    level->inverse = level->sum + points * rows;
    level->edge =
        (mine__shapley_edge){.rows = run->rows, .inside = level->inside, .turned = level->turned};
  }
}

static void explain_begin(const explain_plan *plan, int64_t n, double *out) {
  const int64_t features = plan->model->n_features;
  memset(out, 0, (size_t)n * (size_t)(features + 1) * sizeof *out);
  for (int64_t i = 0; i < n; i++)
    out[i * (features + 1) + features] = plan->base;
}

static void explain_end(const explain_plan *plan, int64_t n, double *out) {
  const int64_t features = plan->model->n_features;
  if (plan->trees->combine != MINE_TREES_MEAN || plan->trees->n_trees == 1) return;
  for (int64_t i = 0; i < n; i++)
    for (int64_t f = 0; f < features; f++)
      out[i * (features + 1) + f] /= plan->trees->n_trees;
}

/* The trees from run->first on whose edges are work for one task. */
static int explain_some_trees(const explain_run *run) {
  const explain_plan *plan = run->plan;
  const int32_t *first = plan->trees->first;
  int64_t steps = 0;
  int end = run->first;
  while (end < plan->n_trees && steps < EXPLAIN_STEPS) {
    const explain_tree *tree = &plan->tree[end++];
    steps += (int64_t)(first[tree->tree + 1] - first[tree->tree]) * tree->points;
  }
  return end;
}

static void explain_rows(mine_env *env, explain_run *run) {
  const int64_t n = run->batch->n, tasks = MINE_BLOCKS(n, run->rows);
  const int workers = tasks > 1 ? env->threads : 1;
  run->room = mine__arena_zeros(env->scratch, (size_t)workers, sizeof *run->room);
  for (int w = 0; w < workers && !mine_failed(env); w++)
    explain_open_room(env, run, &run->room[w]);
  if (mine_failed(env)) return;
  explain_begin(run->plan, n, run->out);
  for (run->first = 0; run->first < run->plan->n_trees; run->first = run->end) {
    run->end = explain_some_trees(run);
    if (mine__parallel(env, tasks, explain_task, run)) return;
  }
  explain_end(run->plan, n, run->out);
}

mine_status mine__trees_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_explained *out) {
  const mine_trees *trees = model->body;
  if (!trees->weight && !trees->rows)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "the trees of this %s model do not say how many rows came to their nodes, "
                      "which reasons are taken from; train it again",
                      model->algorithm);
  explain_plan plan;
  mine__trees_explain_plan(env, model, out->of, &plan);
  if (mine_failed(env)) return mine_env_status(env);
  explain_run run = {.plan = &plan,
                     .batch = batch,
                     .kernels = mine__kernels_here(),
                     .out = out->contribution,
                     .rows = explain_block(&plan)};
  explain_rows(env, &run);
  return mine_env_status(env);
}

mine_margin mine__trees_margin(const mine_model *model) {
  const mine_trees *trees = model->body;
  if (trees->link == MINE_TREES_EXP) return MINE_MARGIN_LOG;
  if (trees->link != MINE_TREES_IDENTITY) return MINE_MARGIN_ODDS;
  return model->n_groups > 0 ? MINE_MARGIN_SHARE : MINE_MARGIN_NUMBER;
}
