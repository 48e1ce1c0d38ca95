/*
** kdtree_search.c -- the nearest others of every row of a tree.
**
** The rows of a leaf ask together: first their own leaf, then upwards the siblings of each node
** on the way to the root.  A node is passed by where its box is farther from the leaf's than any of
** their lists reaches; of a leaf that is not, those rows whose own list reaches its box look at
** those of its rows that single precision cannot rule out.
*/
#include <math.h>

#include "kdtree.h"
#include "topk.h"

#define SEARCH_LEAVES 4 /* of a task                                             */
#define SEARCH_FEW    4 /* rows of a leaf that are measured one by one           */
#define SEARCH_SIEVED 6 /* columns from which on single precision comes first    */

/* ---- leaves that ask ---------------------------------------------------------------------- */

/* Around the middle of all rows. */
void mine__kdtree_sieve(mine_env *env, mine_arena *arena, const mine__kdtree *tree,
                        mine__sieve *out) {
  const int64_t leaves = mine__kdtree_leaves(tree), width = tree->width;
  const double *least = mine__kdtree_box(tree, 1), *most = least + width;
  double *centre = mine__arena_array(arena, (size_t)width, sizeof *centre), square = 0;
  *out = (mine__sieve){.width = tree->width};
  if (!centre) return;
  for (int64_t j = 0; j < width; j++) {
    const double half = most[j] / 2 - least[j] / 2;
    centre[j] = least[j] / 2 + most[j] / 2;
    square += half * half;
  }
  if (width < SEARCH_SIEVED) return;
  mine__sieve_open(env, arena, leaves * MINE__KDTREE_LEAF, tree->width, centre, sqrt(square), out);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *point = mine__arena_array(env->scratch, MINE__KDTREE_LEAF, (size_t)width * sizeof *point);
  for (int64_t leaf = 0; out->factor > 0 && leaf < leaves && !mine_failed(env); leaf++) {
    const mine__kdtree_rows rows = mine__kdtree_leaf(tree, leaf);
    if (leaf % 4096 == 0 && mine__poll(env)) break;
    mine__kdtree_points(tree, &rows, point);
    mine__sieve_pack(out, leaf * MINE__KDTREE_LEAF, point, rows.n);
  }
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
}

void mine__kdtree_asker_open(mine_arena *arena, const mine__kdtree *tree, const mine__sieve *sieve,
                             mine__kdtree_asker *out) {
  const size_t width = (size_t)tree->width;
  *out = (mine__kdtree_asker){.tree = tree, .sieve = sieve, .kernels = mine__kernels_here()};
  out->point = mine__arena_array(arena, MINE__KDTREE_LEAF, width * sizeof *out->point);
  out->seen = mine__arena_zeros(arena, MINE__KDTREE_LEAF, width * sizeof *out->seen);
  out->group = mine__arena_zeros(arena, MINE__KDTREE_LEAF, width * sizeof *out->group);
}

void mine__kdtree_ask(mine__kdtree_asker *a, int64_t leaf) {
  const int64_t width = a->tree->width;
  a->own = mine__kdtree_leaf(a->tree, leaf);
  mine__kdtree_points(a->tree, &a->own, a->point);
  if (!(a->sieve->factor > 0)) return;
  for (int q = 0; q < a->own.n; q++)
    a->length[q] = mine__sieve_point(a->sieve, a->point + q * width, a->seen + q * width);
}

void mine__kdtree_sift(const mine__kdtree_asker *a, int64_t leaf, const mine__kdtree_rows *other,
                       uint32_t near, uint32_t *may) {
  const mine__sieve *sieve = a->sieve;
  const int64_t width = a->tree->width;
  float limit[MINE__KDTREE_LEAF] = {0};
  uint32_t mask[MINE__KDTREE_LEAF];
  int asked[MINE__KDTREE_LEAF], n = 0;
  while (near) {
    const int q = mine__kdtree_next(&near);
    may[q] = other->all;
    if (!(sieve->factor > 0)) continue;
    const double error = mine__sieve_error(sieve, sieve->reach[leaf], a->length[q]);
    limit[n] = (float)(mine__sieve_bracket(sieve, a->length[q], a->limit[q]) + error);
    memcpy(a->group + n * width, a->seen + q * width, (size_t)width * sizeof *a->group);
    asked[n++] = q;
  }
  if (n == 0) return;
  a->kernels->sieve_below(sieve->panel + leaf * MINE__SIEVE_ROWS * width, width,
                          sieve->half + leaf * MINE__SIEVE_ROWS, a->group, limit,
                          MINE_BLOCKS(n, MINE__SIEVE_POINTS) * MINE__SIEVE_POINTS, mask);
  for (int i = 0; i < n; i++)
    may[asked[i]] &= mask[i];
}

static int kdtree_is_few(uint32_t bits) {
  int n = 0;
  for (; bits && n <= SEARCH_FEW; bits &= bits - 1)
    n++;
  return n <= SEARCH_FEW;
}

uint32_t mine__kdtree_measure(const mine__kdtree_asker *a, int q, const mine__kdtree_rows *other,
                              uint32_t may, double limit, double *distance) {
  const mine__kdtree *tree = a->tree;
  const double *point = a->point + (int64_t)q * tree->width;
  if (!kdtree_is_few(may))
    return may & a->kernels->leaf_within(other->panel, other->panels, tree->width, point, limit,
                                         distance);
  for (uint32_t left = may; left;) {
    const int i = mine__kdtree_next(&left);
    const int64_t row = tree->row[other->place + i];
    distance[i] = mine__distance_pair(point, tree->point + row * tree->width, tree->width);
  }
  return may;
}

/* ---- the nearest -------------------------------------------------------------------------- */

typedef struct search_asker {
  mine__kdtree_asker ask;
  double worst; /* the farthest that any list reaches */
  mine_topk top[MINE__KDTREE_LEAF];
} search_asker;

typedef struct search_job {
  const mine__kdtree *tree;
  int64_t k;
  double *distance;
  uint32_t *row;
  search_asker *asker; /* per worker */
} search_job;

/* Row q of the asking leaf looks at some rows of another. */
static void search_look(search_asker *a, int q, const mine__kdtree_rows *other, uint32_t may) {
  const mine__kdtree *tree = a->ask.tree;
  mine_topk *top = &a->top[q];
  const uint32_t self = tree->row[a->ask.own.place + q], *row = tree->row + other->place;
  double distance[MINE__KDTREE_LEAF];
  may = mine__kdtree_measure(&a->ask, q, other, may, top->worst, distance);
  while (may) {
    const int i = mine__kdtree_next(&may);
    if (distance[i] <= top->worst && row[i] != self) mine__topk_offer(top, distance[i], row[i]);
  }
  a->ask.limit[q] = top->worst;
}

/* The asking rows meet another leaf. */
static void search_meet(search_asker *a, int64_t leaf) {
  const mine__kdtree_rows other = mine__kdtree_leaf(a->ask.tree, leaf);
  uint32_t near = mine__kdtree_near(&a->ask, other.box), may[MINE__KDTREE_LEAF];
  if (!near) return;
  mine__kdtree_sift(&a->ask, leaf, &other, near, may);
  while (near) {
    const int q = mine__kdtree_next(&near);
    if (may[q]) search_look(a, q, &other, may[q]);
  }
  a->worst = 0;
  for (int q = 0; q < a->ask.own.n; q++)
    a->worst = a->ask.limit[q] > a->worst ? a->ask.limit[q] : a->worst;
}

static void search_descend(search_asker *a, int64_t node) {
  const mine__kdtree *tree = a->ask.tree;
  const double *own = a->ask.own.box;
  const int64_t leaves = mine__kdtree_leaves(tree);
  mine__kdtree_stack stack = {.n = 0};
  mine__kdtree_push(&stack, node,
                    mine__kdtree_apart(mine__kdtree_box(tree, node), own, tree->width));
  while (stack.n > 0) {
    node = stack.at[--stack.n].node;
    if (stack.at[stack.n].apart > a->worst) continue;
    if (node >= leaves) {
      search_meet(a, node - leaves);
    } else {
      const double *left = mine__kdtree_box(tree, 2 * node), *right = left + 2 * tree->width;
      mine__kdtree_push_both(&stack, 2 * node, mine__kdtree_apart(left, own, tree->width),
                             mine__kdtree_apart(right, own, tree->width));
    }
  }
}

static void search_leaf(const search_job *job, int64_t leaf, search_asker *a) {
  const mine__kdtree *tree = job->tree;
  mine__kdtree_ask(&a->ask, leaf);
  a->worst = INFINITY;
  for (int q = 0; q < a->ask.own.n; q++) {
    const int64_t row = tree->row[a->ask.own.place + q];
    mine__topk_open(&a->top[q], job->k, job->distance + row * job->k, job->row + row * job->k);
    a->ask.limit[q] = a->top[q].worst;
  }
  search_meet(a, leaf);
  for (int64_t node = mine__kdtree_leaves(tree) + leaf; node > 1; node /= 2)
    search_descend(a, node ^ 1);
  for (int q = 0; q < a->ask.own.n; q++)
    mine__topk_sort(&a->top[q]);
}

static void kdtree_search_task(void *context, int64_t task, int worker) {
  const search_job *job = context;
  const int64_t first = task * SEARCH_LEAVES, end = first + SEARCH_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(job->tree); leaf++)
    search_leaf(job, leaf, &job->asker[worker]);
}

mine_status mine__kdtree_neighbours(mine_env *env, const mine__kdtree *tree, int64_t k,
                                    const char *what, double *distance, uint32_t *row) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  search_job job = {.tree = tree, .k = k, .distance = distance, .row = row};
  mine__sieve sieve;
  mine__kdtree_sieve(env, env->scratch, tree, &sieve);
  job.asker = mine__arena_zeros(env->scratch, (size_t)env->threads, sizeof *job.asker);
  for (int w = 0; !mine_failed(env) && w < env->threads; w++)
    mine__kdtree_asker_open(env->scratch, tree, &sieve, &job.asker[w].ask);
  if (mine_failed(env)) return mine_env_status(env);
  (void)!mine__parallel_progress(env, MINE_BLOCKS(mine__kdtree_leaves(tree), SEARCH_LEAVES),
                                 kdtree_search_task, &job, what, 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
