/*
** project_dense.c -- a child of a node that is bits: a vector for each item, a bit for each basket.
**
** What goes with the new item is the intersection of its vector with that of each other; what
** these baskets weigh is added up in their order.
*/
#include "../kernel/simd.h"
#include "project.h"

/* Order of a child's items (the earlier and the later ones apart): by rising
** count, the rarest rank first. */
static int dense_before(const miner_node *child, uint32_t a, uint32_t b) {
  if (child->count[a] != child->count[b]) return child->count[a] < child->count[b];
  return child->item[a] > child->item[b];
}

static void dense_insert(miner_node *child, uint32_t from, uint32_t at) {
  const uint32_t item = child->item[at], count = child->count[at];
  const double weight = mine__miner_weight(child, at);
  uint64_t *bits = child->bits[at];
  while (at > from && dense_before(child, at, at - 1)) {
    child->item[at] = child->item[at - 1];
    child->count[at] = child->count[at - 1];
    child->bits[at] = child->bits[at - 1];
    if (child->weight) child->weight[at] = child->weight[at - 1];
    child->item[at - 1] = item;
    child->count[at - 1] = count;
    child->bits[at - 1] = bits;
    if (child->weight) child->weight[at - 1] = weight;
    at--;
  }
}

/* What the baskets weigh whose bits are set. */
static double dense_weigh(const miner_node *node, const uint64_t *bits) {
  double sum = 0;
  for (uint32_t w = 0; w < node->words; w++) {
    for (uint64_t left = bits[w]; left; left &= left - 1)
      sum += node->row_weight[w * 64 + (uint32_t)__builtin_ctzll(left)];
  }
  return sum;
}

/* Intersect k with items from..to-1 and keep what is frequent; *everywhere: those of them in every
** basket that did not join.  0 = the branch ends. */
static int dense_extend(miner *m, const miner_node *node, uint32_t k, uint32_t from, uint32_t to,
                        uint64_t **slot, miner_node *child, uint32_t *everywhere) {
  const uint32_t group = child->items;
  for (uint32_t j = from; j < to; j++) {
    double weight = 0;
    if (mine__miner_related(m, node->item[k], node->item[j])) continue;
    const uint32_t n =
        mine__kernels_here()->intersect(node->bits[k], node->bits[j], *slot, node->words);
    const mine__fate fate = mine__miner_judge(m, node->item[j], n, node->count[k], j < k);
    if (node->weight && fate != FATE_DROP) {
      weight = n < node->count[k] ? dense_weigh(node, *slot) : node->weight[k];
      m->work += n;
      if (!mine__miner_heavy(m, weight)) continue;
    }
    switch (fate) {
      case FATE_PRUNE:
        return 0;
      case FATE_JOIN:
        mine__miner_join(m, node->item[j]);
        break;
      case FATE_KEEP:
        child->item[child->items] = node->item[j];
        child->count[child->items] = n;
        child->bits[child->items] = *slot;
        if (child->weight) child->weight[child->items] = weight;
        *slot += node->words;
        *everywhere += n == node->count[k];
        dense_insert(child, group, child->items++);
        break;
      case FATE_DROP:
        break;
    }
  }
  m->work += (int64_t)(to - from) * (node->words / 2 + 4);
  return 1;
}

/* One slot more than there can be children: an intersection is written before it is known
** whether it stays.  What was not used goes back to the stack. */
int mine__dense_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const int backward = mine__miner_looks_back(m);
  const uint32_t room = node->items - 1 - (backward ? 0 : k);
  uint32_t everywhere = 0;
  child->words = node->words;
  child->row_weight = node->row_weight;
  child->item = mine__miner_take(m, room, sizeof *child->item);
  child->count = mine__miner_take(m, room, sizeof *child->count);
  child->bits = mine__miner_take(m, room, sizeof *child->bits);
  if (node->weight) child->weight = mine__miner_take(m, room, sizeof *child->weight);
  uint64_t *slot = mine__miner_take(m, ((size_t)room + 1) * node->words, sizeof *slot);
  if (m->stop) return 0;
  if (backward && !dense_extend(m, node, k, 0, k, &slot, child, &everywhere)) return 0;
  child->first = child->items;
  const uint32_t n_prefix = m->set.n_prefix;
  (void)dense_extend(m, node, k, k + 1, node->items, &slot, child, &everywhere); /* no end here */
  mine__miner_sort_in(m, m->set.n_prefix - n_prefix);
  if (!mine__miner_bears(m, everywhere, node->count[k])) return 0;
  if (!m->stack.arena) m->stack.used = mine__miner_round((size_t)((uint8_t *)slot - m->stack.byte));
  return mine__miner_settle(m, node->count[k], mine__miner_weight(node, k), everywhere, child);
}
