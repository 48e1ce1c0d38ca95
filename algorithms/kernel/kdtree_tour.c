/*
** kdtree_tour.c -- a leaf that asks for all its rows at once is led past the others.
**
** First its own, then upwards, three levels at a time, what lies beside it; downwards from there
** the boxes of eight nodes are measured at once, and the nearest is entered first.  A node is
** passed by where its box is farther from that of the rows that ask than any of these reaches.  A
** leaf that is not concerns those rows that reach its box.
**
** A row among others far denser than itself (an outlier) reaches so far that the whole leaf would
** have to look everywhere for its sake, from a box that it has stretched: such rows go alone.
*/
#include <math.h>

#include "kdtree.h"

#define TOUR_FEW    4  /* rows of a leaf that are measured one by one            */
#define TOUR_SIEVED 6  /* columns from which on single precision comes first (of squares) */
#define TOUR_APART  3  /* times the middle limit (squared): the row goes alone   */
#define TOUR_WAITS  96 /* nodes at most: eight for each three levels             */

/* ---- the index ------------------------------------------------------------------------------ */

/* Around the middle of all rows. */
static void tour_sieve(mine_env *env, mine_arena *arena, const mine__kdtree *tree,
                       mine__sieve *out) {
  const int64_t leaves = mine__kdtree_leaves(tree), width = tree->width;
  const double *least = mine__kdtree_box(tree, 1), *most = least + width;
  double *centre = mine__arena_array(arena, (size_t)width, sizeof *centre), square = 0;
  double *point = mine__arena_array(arena, MINE__KDTREE_LEAF, (size_t)width * sizeof *point);
  *out = (mine__sieve){.width = tree->width};
  if (mine_failed(env) || width < TOUR_SIEVED || tree->norm != MINE__NORM_SQUARES) return;
  for (int64_t j = 0; j < width; j++) {
    const double half = most[j] / 2 - least[j] / 2;
    centre[j] = least[j] / 2 + most[j] / 2;
    square += half * half;
  }
  mine__sieve_open(env, arena, leaves * MINE__KDTREE_LEAF, tree->width, centre, sqrt(square), out);
  for (int64_t leaf = 0; out->factor > 0 && leaf < leaves; leaf++) {
    const mine__kdtree_rows rows = mine__kdtree_leaf(tree, leaf);
    if (leaf % 4096 == 0 && mine__poll(env)) return;
    mine__kdtree_points(tree, &rows, point);
    mine__sieve_pack(out, leaf * MINE__KDTREE_LEAF, point, rows.n);
  }
}

void mine__kdtree_index_build(mine_env *env, mine_arena *arena, const mine__kdtree *tree,
                              mine__kdtree_index *out) {
  const int64_t nodes = 2 * mine__kdtree_leaves(tree), width = tree->width;
  *out = (mine__kdtree_index){.tree = tree};
  tour_sieve(env, arena, tree, &out->sieve);
  out->boxes = mine__arena_array(arena, (size_t)MINE_BLOCKS(nodes, MINE_LANES) * MINE_LANES,
                                 2 * (size_t)width * sizeof *out->boxes);
  if (mine_failed(env)) return;
  for (int64_t node = MINE_LANES; node < nodes; node++) {
    const double *box = mine__kdtree_box(tree, node);
    double *to = out->boxes + node / MINE_LANES * MINE_LANES * 2 * width + node % MINE_LANES;
    if (MINE_POLL_AT(env, node)) return;
    for (int64_t j = 0; j < width; j++) {
      to[2 * j * MINE_LANES] = box[j];
      to[(2 * j + 1) * MINE_LANES] = box[width + j];
    }
  }
}

void mine__kdtree_asker_open(mine_arena *arena, const mine__kdtree_index *index,
                             mine__kdtree_asker *out) {
  const size_t width = (size_t)index->tree->width;
  *out = (mine__kdtree_asker){.tree = index->tree, .index = index, .kernels = mine__kernels_here()};
  out->point = mine__arena_array(arena, MINE__KDTREE_LEAF, width * sizeof *out->point);
  out->box = mine__arena_array(arena, 2, width * sizeof *out->box);
  out->seen = mine__arena_zeros(arena, MINE__KDTREE_LEAF, width * sizeof *out->seen);
  out->group = mine__arena_zeros(arena, MINE__KDTREE_LEAF, width * sizeof *out->group);
}

void mine__kdtree_ask(mine__kdtree_asker *a, int64_t leaf) {
  const mine__sieve *sieve = &a->index->sieve;
  const int64_t width = a->tree->width;
  a->leaf = leaf;
  a->own = mine__kdtree_leaf(a->tree, leaf);
  mine__kdtree_points(a->tree, &a->own, a->point);
  for (int q = 0; sieve->factor > 0 && q < a->own.n; q++)
    a->length[q] = mine__sieve_point(sieve, a->point + q * width, a->seen + q * width);
}

/* ---- a leaf that is met --------------------------------------------------------------------- */

void mine__kdtree_sift(const mine__kdtree_asker *a, int64_t leaf, const mine__kdtree_rows *other,
                       uint32_t near, uint32_t *may) {
  const mine__sieve *sieve = &a->index->sieve;
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

static int tour_is_few(uint32_t bits) {
  int n = 0;
  for (; bits && n <= TOUR_FEW; bits &= bits - 1)
    n++;
  return n <= TOUR_FEW;
}

uint32_t mine__kdtree_measure(const mine__kdtree_asker *a, int q, const mine__kdtree_rows *other,
                              uint32_t may, double limit, double *distance) {
  const mine__kdtree *tree = a->tree;
  const double *point = a->point + (int64_t)q * tree->width;
  if (!tour_is_few(may))
    return may & a->kernels->leaf_within[tree->norm](other->panel, other->panels, tree->width,
                                                     point, limit, distance);
  for (uint32_t left = may; left;) {
    const int i = mine__kdtree_next(&left);
    const int64_t row = tree->row[other->place + i];
    distance[i] = mine__kdtree_pair(tree, point, tree->point + row * tree->width);
  }
  return may;
}

/* ---- the way -------------------------------------------------------------------------------- */

/* Nodes that wait to be entered. */
typedef struct tour_stack {
  int n;
  struct {
    int64_t node;
    double apart;
  } at[TOUR_WAITS];
} tour_stack;

static void tour_widest(mine__kdtree_asker *a) {
  a->widest = -1;
  for (uint32_t rows = a->rows; rows;) {
    const int q = mine__kdtree_next(&rows);
    if (a->limit[q] > a->widest) a->widest = a->limit[q];
  }
}

/* The box of the rows that ask together. */
static void tour_box(mine__kdtree_asker *a) {
  const int64_t width = a->tree->width;
  uint32_t rows = a->rows;
  double *least = a->box, *most = a->box + width;
  for (int first = 1; rows; first = 0) {
    const double *x = a->point + mine__kdtree_next(&rows) * width;
    for (int64_t j = 0; j < width; j++) {
      least[j] = first || x[j] < least[j] ? x[j] : least[j];
      most[j] = first || x[j] > most[j] ? x[j] : most[j];
    }
  }
}

/* The eight nodes of a group but one (0: all), the nearest on top. */
static void tour_push(const mine__kdtree_asker *a, tour_stack *stack, int64_t group, int64_t but) {
  const int width = a->tree->width;
  double apart[MINE_LANES];
  const int bottom = stack->n;
  uint32_t within = a->kernels->boxes_apart[a->tree->norm](
      a->index->boxes + group * MINE_LANES * 2 * width, width, a->box, a->widest, apart);
  while (within) {
    const int l = mine__kdtree_next(&within);
    const int64_t node = group * MINE_LANES + l;
    int at = stack->n;
    if (node == but) continue;
    for (; at > bottom && stack->at[at - 1].apart < apart[l]; at--)
      stack->at[at] = stack->at[at - 1];
    stack->at[at].node = node;
    stack->at[at].apart = apart[l];
    stack->n++;
  }
}

static void tour_meet(mine__kdtree_asker *a, const mine__kdtree_guide *guide, int64_t leaf) {
  const mine__kdtree_rows other = mine__kdtree_leaf(a->tree, leaf);
  const uint32_t rows = a->rows;
  const int alone = (rows & (rows - 1)) == 0;
  const uint32_t near = alone ? rows : rows & mine__kdtree_near(a, other.box);
  if (!near) return;
  guide->meet(guide->context, leaf, &other, near);
  tour_widest(a);
}

static void tour_enter(mine__kdtree_asker *a, const mine__kdtree_guide *guide, tour_stack *stack) {
  const int64_t leaves = mine__kdtree_leaves(a->tree);
  while (stack->n > 0) {
    const int64_t node = stack->at[--stack->n].node;
    const double apart = stack->at[stack->n].apart;
    if (apart > a->widest || (guide->passes && guide->passes(guide->context, node, apart)))
      continue;
    if (node >= leaves)
      tour_meet(a, guide, node - leaves);
    else
      tour_push(a, stack, node, 0);
  }
}

/* All leaves but its own.  Nodes are entered three levels at a time, counted from below; at the top
** one, two or four are left. */
static void tour_rows(mine__kdtree_asker *a, const mine__kdtree_guide *guide, uint32_t rows) {
  const mine__kdtree *tree = a->tree;
  const int64_t top = (int64_t)1 << tree->levels % 3;
  int64_t at = mine__kdtree_leaves(tree) + a->leaf;
  tour_stack stack = {.n = 0};
  a->rows = rows;
  tour_box(a);
  tour_widest(a);
  for (; at >= 2 * top && a->widest >= 0; at /= MINE_LANES) {
    tour_push(a, &stack, at / MINE_LANES, at);
    tour_enter(a, guide, &stack);
  }
  for (int64_t node = top; node < 2 * top && a->widest >= 0; node++) {
    if (node == at) continue;
    stack.at[0].node = node;
    stack.at[0].apart = mine__kdtree_apart(tree, mine__kdtree_box(tree, node), a->box);
    stack.n = 1;
    tour_enter(a, guide, &stack);
  }
}

/* The limit above which a row goes alone. */
static double tour_alone(const mine__kdtree_asker *a, uint32_t rows) {
  double limit[MINE__KDTREE_LEAF];
  int n = 0;
  while (rows) {
    const double new = a->limit[mine__kdtree_next(&rows)];
    int at = n++;
    for (; at > 0 && limit[at - 1] > new; at--)
      limit[at] = limit[at - 1];
    limit[at] = new;
  }
  return TOUR_APART * limit[n / 2];
}

static uint32_t tour_asking(const mine__kdtree_asker *a) {
  uint32_t rows = 0;
  for (int q = 0; q < a->own.n; q++)
    rows |= (uint32_t)(a->limit[q] >= 0) << q;
  return rows;
}

void mine__kdtree_tour(mine__kdtree_asker *a, const mine__kdtree_guide *guide) {
  uint32_t rows = tour_asking(a), together = 0;
  const int64_t own = mine__kdtree_leaves(a->tree) + a->leaf;
  if (!rows) return;
  a->rows = rows;
  tour_widest(a);
  if (!guide->passes || !guide->passes(guide->context, own, 0))
    guide->meet(guide->context, a->leaf, &a->own, rows);
  rows = tour_asking(a);
  if (!rows) return;
  const double alone = tour_alone(a, rows);
  for (uint32_t left = rows; left;) {
    const int q = mine__kdtree_next(&left);
    if (a->limit[q] <= alone) together |= UINT32_C(1) << q;
  }
  tour_rows(a, guide, together);
  for (uint32_t left = rows & ~together; left; left &= left - 1)
    tour_rows(a, guide, left & (~left + 1));
}
