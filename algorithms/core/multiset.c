/*
** multiset.c -- a weight-balanced tree of distinct keys.
**
** The weight of a tree is its number of nodes plus one.  Invariant: no tree weighs more
** than BALANCE_DELTA times its sibling; so the depth is at most log(n) / log(4/3), 77
** for all the nodes that fit, and recursion is safe.  A rotation is single when the
** inner grandchild weighs less than BALANCE_GAMMA times the outer one.
*/
#include "multiset.h"

#include <string.h>

#define BALANCE_DELTA 3
#define BALANCE_GAMMA 2

static uint64_t multiset_weight(const mine__multiset *set, uint32_t t) {
  return (uint64_t)set->node[t].nodes + 1;
}

/* What a node knows of its subtree, from its children. */
static void multiset_sum_up(const mine__multiset *set, uint32_t t) {
  mine__multiset_node *node = &set->node[t];
  const mine__multiset_node *left = &set->node[node->left], *right = &set->node[node->right];
  node->nodes = 1 + left->nodes + right->nodes;
  for (int c = 0; c < 2; c++)
    node->sum[c] = node->own[c] + left->sum[c] + right->sum[c];
}

/* The right child becomes the root of t's tree; and its mirror. */
static uint32_t multiset_turn_left(const mine__multiset *set, uint32_t t) {
  const uint32_t up = set->node[t].right;
  set->node[t].right = set->node[up].left;
  set->node[up].left = t;
  multiset_sum_up(set, t);
  multiset_sum_up(set, up);
  return up;
}

static uint32_t multiset_turn_right(const mine__multiset *set, uint32_t t) {
  const uint32_t up = set->node[t].left;
  set->node[t].left = set->node[up].right;
  set->node[up].right = t;
  multiset_sum_up(set, t);
  multiset_sum_up(set, up);
  return up;
}

/* A tree whose children are in order, one of which has gained or lost a node. */
static uint32_t multiset_balance(const mine__multiset *set, uint32_t t) {
  mine__multiset_node *node = &set->node[t];
  const uint64_t left = multiset_weight(set, node->left), right = multiset_weight(set, node->right);
  if (right > BALANCE_DELTA * left) {
    const mine__multiset_node *child = &set->node[node->right];
    if (multiset_weight(set, child->left) >= BALANCE_GAMMA * multiset_weight(set, child->right))
      node->right = multiset_turn_right(set, node->right);
    return multiset_turn_left(set, t);
  }
  if (left > BALANCE_DELTA * right) {
    const mine__multiset_node *child = &set->node[node->left];
    if (multiset_weight(set, child->right) >= BALANCE_GAMMA * multiset_weight(set, child->left))
      node->left = multiset_turn_left(set, node->left);
    return multiset_turn_right(set, t);
  }
  multiset_sum_up(set, t);
  return t;
}

/* ---- adding ------------------------------------------------------------------------ */

/* Room for one node more, so that none moves while the tree is walked. */
static int multiset_make_room(mine__multiset *set) {
  if (set->unused) return 1;
  const size_t needed = set->made ? (size_t)set->made + 1 : 2;
  if (!MINE_RESERVE(set->arena, set->node, set->capacity, needed)) return 0;
  if (set->made) return 1;
  set->node[0] = (mine__multiset_node){0};
  set->made = 1;
  return 1;
}

static uint32_t multiset_new(mine__multiset *set, uint64_t key, int class) {
  const uint32_t t = set->unused ? set->unused : set->made++;
  if (set->unused) set->unused = set->node[t].left;
  set->node[t] = (mine__multiset_node){.key = key, .nodes = 1};
  set->node[t].own[class] = set->node[t].sum[class] = 1;
  return t;
}

static uint32_t multiset_insert(mine__multiset *set, uint32_t t, uint64_t key, int class) {
  if (!t) return multiset_new(set, key, class);
  mine__multiset_node *node = &set->node[t];
  if (key == node->key) {
    node->own[class]++;
    node->sum[class]++;
    return t;
  }
  if (key < node->key) {
    node->left = multiset_insert(set, node->left, key, class);
  } else {
    node->right = multiset_insert(set, node->right, key, class);
  }
  return multiset_balance(set, t);
}

void mine__multiset_add(mine__multiset *set, uint64_t key, int class) {
  if (!multiset_make_room(set)) return;
  if (mine__multiset_size(set, 0) + mine__multiset_size(set, 1) >= UINT32_MAX) {
    (void)mine__fail(mine__arena_env(set->arena), MINE_LIMIT,
                     "more than 4294967295 rows; aggregate them in parts");
    return;
  }
  set->root = multiset_insert(set, set->root, key, class);
}

/* ---- removing ---------------------------------------------------------------------- */

/* Take the leftmost node out of a tree. */
static uint32_t multiset_take_least(mine__multiset *set, uint32_t t, uint32_t *least) {
  mine__multiset_node *node = &set->node[t];
  if (!node->left) {
    *least = t;
    return node->right;
  }
  node->left = multiset_take_least(set, node->left, least);
  return multiset_balance(set, t);
}

/* The tree without its root, which goes to the unused nodes. */
static uint32_t multiset_drop(mine__multiset *set, uint32_t t) {
  const uint32_t left = set->node[t].left, right = set->node[t].right;
  set->node[t].left = set->unused;
  set->unused = t;
  if (!left || !right) return left ? left : right;
  uint32_t least;
  const uint32_t rest = multiset_take_least(set, right, &least);
  set->node[least].left = left;
  set->node[least].right = rest;
  return multiset_balance(set, least);
}

/* The key is there. */
static uint32_t multiset_delete(mine__multiset *set, uint32_t t, uint64_t key, int class) {
  mine__multiset_node *node = &set->node[t];
  if (key == node->key) {
    node->own[class]--;
    node->sum[class]--;
    return node->own[0] || node->own[1] ? t : multiset_drop(set, t);
  }
  if (key < node->key) {
    node->left = multiset_delete(set, node->left, key, class);
  } else {
    node->right = multiset_delete(set, node->right, key, class);
  }
  return multiset_balance(set, t);
}

int mine__multiset_remove(mine__multiset *set, uint64_t key, int class) {
  int64_t below, equal;
  mine__multiset_rank(set, key, class, &below, &equal);
  if (equal == 0) return 0;
  set->root = multiset_delete(set, set->root, key, class);
  return 1;
}

/* ---- asking ------------------------------------------------------------------------ */

uint64_t mine__multiset_select(const mine__multiset *set, int64_t k) {
  for (uint32_t t = set->root;;) {
    const mine__multiset_node *node = &set->node[t], *left = &set->node[node->left];
    const int64_t before = (int64_t)left->sum[0] + left->sum[1];
    const int64_t own = (int64_t)node->own[0] + node->own[1];
    if (k >= before && k < before + own) return node->key;
    t = k < before ? node->left : node->right;
    if (k >= before) k -= before + own;
  }
}

void mine__multiset_rank(const mine__multiset *set, uint64_t key, int class, int64_t *below,
                         int64_t *equal) {
  *below = *equal = 0;
  for (uint32_t t = set->root; t;) {
    const mine__multiset_node *node = &set->node[t];
    if (key < node->key) {
      t = node->left;
      continue;
    }
    *below += set->node[node->left].sum[class];
    if (key == node->key) {
      *equal = node->own[class];
      return;
    }
    *below += node->own[class];
    t = node->right;
  }
}

static void multiset_walk(const mine__multiset *set, uint32_t t,
                          void (*visit)(void *context, uint64_t key, int64_t times),
                          void *context) {
  if (!t) return;
  const mine__multiset_node *node = &set->node[t];
  multiset_walk(set, node->left, visit, context);
  visit(context, node->key, (int64_t)node->own[0] + node->own[1]);
  multiset_walk(set, node->right, visit, context);
}

void mine__multiset_each(const mine__multiset *set,
                         void (*visit)(void *context, uint64_t key, int64_t times), void *context) {
  multiset_walk(set, set->root, visit, context);
}
