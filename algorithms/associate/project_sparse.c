/*
** project_sparse.c -- a child of a node that is rows of items.
**
** Occurrence deliver: walk the rows that hold the new item and tally what stands behind it, and
** before it where earlier items matter.  Rows with fewer than two items left cannot hold a larger
** set and are dropped.  With weights the same rows are walked once more and weighed; sums go in
** the order of the baskets, in every node, so that a set weighs the same on whichever way.
*/
#include "../core/order.h"
#include "project.h"

/* A dense row costs one bit per item, a sparse one a word per item present and
** a jump: bits win when more than 1 in DENSE_RATIO cells is set. */
#define DENSE_RATIO 128

/* ---- counting what goes with item k ------------------------------------------ */

/* tally[] of the items in the rows of k, touched[] = which; the number of those.
** Items before k are wanted only where they can exclude.  A row has MINER_END at both
** ends, so both directions stop by themselves; tally[] is all zeros between projections
** (sparse_project clears what was touched, also when the branch ends). */
static uint32_t sparse_tally(miner *m, const miner_node *node, uint32_t k) {
  uint32_t n = 0;
  const int backward = mine__miner_looks_back(m);
  for (uint32_t p = node->start[k]; p < node->start[k + 1]; p++) {
    const uint32_t *at = node->row + node->place[p];
    for (const uint32_t *x = at + 1; *x != MINER_END; x++) {
      if (m->tally[*x]++ == 0) m->touched[n++] = *x;
      m->work++;
    }
    for (const uint32_t *x = at - 1; backward && *x != MINER_END; x--) {
      if (m->tally[*x]++ == 0) m->touched[n++] = *x;
      m->work++;
    }
  }
  return n;
}

/* weighed[] of the items that were tallied. */
static void sparse_weigh(miner *m, const miner_node *node, uint32_t k) {
  const int backward = mine__miner_looks_back(m);
  for (uint32_t p = node->start[k]; p < node->start[k + 1]; p++) {
    const uint32_t *at = node->row + node->place[p];
    const double weight = node->place_weight[p];
    for (const uint32_t *x = at + 1; *x != MINER_END; x++)
      m->weighed[*x] += weight;
    for (const uint32_t *x = at - 1; backward && *x != MINER_END; x--)
      m->weighed[*x] += weight;
  }
}

/* What is not to be counted: groups of k and members of it, and what is too light. */
static void sparse_strike(miner *m, const miner_node *node, uint32_t k, uint32_t touched) {
  for (uint32_t i = 0; i < touched; i++) {
    const uint32_t x = m->touched[i];
    if (mine__miner_related(m, node->item[k], node->item[x]) ||
        (node->weight && !mine__miner_heavy(m, m->weighed[x])))
      m->tally[x] = 0;
  }
}

/* ---- a sparse node's child --------------------------------------------------------- */

typedef struct sparse_items {
  const miner *m;
  const miner_node *node;
} sparse_items;

/* Item numbers of the node go by rising tally, the rarest rank first. */
static int sparse_before(const void *context, uint32_t a, uint32_t b) {
  const sparse_items *items = context;
  const uint32_t x = items->m->tally[a], y = items->m->tally[b];
  return x < y || (x == y && items->node->item[a] > items->node->item[b]);
}

/* Sort touched[] by fate: chosen[] gets the child's items, earlier ones first;
** joiners enter the prefix.  *everywhere: the items in all baskets that did not.  0 = the branch
** ends. */
static int sparse_select(miner *m, const miner_node *node, uint32_t k, uint32_t touched,
                         miner_node *child, uint32_t *everywhere) {
  const uint32_t n_prefix = m->set.n_prefix;
  /* First, because a branch that ends must not have let anything join the prefix. */
  for (uint32_t i = 0; i < touched; i++) {
    const uint32_t x = m->touched[i];
    if (mine__miner_judge(m, node->item[x], m->tally[x], node->count[k], x < k) == FATE_PRUNE)
      return 0;
    *everywhere += m->tally[x] == node->count[k];
  }
  if (!mine__miner_bears(m, *everywhere, node->count[k])) return 0;
  for (uint32_t i = 0; i < touched; i++) {
    const uint32_t x = m->touched[i];
    switch (mine__miner_judge(m, node->item[x], m->tally[x], node->count[k], x < k)) {
      case FATE_JOIN:
        mine__miner_join(m, node->item[x]);
        --*everywhere;
        break;
      case FATE_KEEP:
        m->chosen[child->items] = x;
        if (x < k) { /* the first of the later ones makes room: their order comes later */
          m->chosen[child->items] = m->chosen[child->first];
          m->chosen[child->first++] = x;
        }
        child->items++;
        break;
      case FATE_PRUNE: /* looked for above, before anything joins */
      case FATE_DROP:
        break;
    }
  }
  mine__miner_sort_in(m, m->set.n_prefix - n_prefix);
  return 1;
}

/* item[], count[] of the child and the renumbering (child number + 1). */
static int sparse_name(miner *m, const miner_node *node, miner_node *child) {
  child->item = mine__miner_take(m, child->items, sizeof *child->item);
  child->count = mine__miner_take(m, child->items, sizeof *child->count);
  if (node->weight) child->weight = mine__miner_take(m, child->items, sizeof *child->weight);
  if (m->stop) return 0;
  const sparse_items order = {m, node};
  mine__sort_words(m->chosen, child->first, sparse_before, &order);
  mine__sort_words(m->chosen + child->first, child->items - child->first, sparse_before, &order);
  for (uint32_t i = 0; i < child->items; i++) {
    const uint32_t x = m->chosen[i];
    child->item[i] = node->item[x];
    child->count[i] = m->tally[x];
    if (child->weight) child->weight[i] = m->weighed[x];
    m->renumber[x] = i + 1;
  }
  return 1;
}

/* The row at a place of k in the child's numbers (unsorted); how many. */
static uint32_t sparse_translate(miner *m, const uint32_t *at, int backward, uint32_t *out) {
  uint32_t n = 0;
  for (const uint32_t *x = at + 1; *x != MINER_END; x++) {
    if (m->renumber[*x]) out[n++] = m->renumber[*x] - 1;
  }
  for (const uint32_t *x = at - 1; backward && *x != MINER_END; x--) {
    if (m->renumber[*x]) out[n++] = m->renumber[*x] - 1;
  }
  m->work += n + 4;
  return n;
}

static void sparse_take_weights(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  if (!node->weight) return;
  child->row_weight = mine__miner_take(m, node->count[k], sizeof *child->row_weight);
}

/* Baskets with fewer than two of the child's items can hold no pair and are left out; `words`
** shrinks to those that are there, while each item's bits stay where they were laid out. */
static int sparse_to_dense(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const int backward = mine__miner_looks_back(m);
  child->words = (node->count[k] + 63) / 64;
  child->bits = mine__miner_take(m, child->items, sizeof *child->bits);
  uint64_t *bits = mine__miner_take(m, (size_t)child->items * child->words, sizeof *bits);
  uint32_t *row = mine__miner_take(m, child->items, sizeof *row);
  sparse_take_weights(m, node, k, child);
  if (m->stop) return 0;
  for (size_t w = 0; w < (size_t)child->items * child->words; w++)
    bits[w] = 0;
  for (uint32_t i = 0; i < child->items; i++)
    child->bits[i] = bits + (size_t)i * child->words;
  uint32_t rows = 0;
  for (uint32_t p = node->start[k]; p < node->start[k + 1]; p++) {
    const uint32_t n = sparse_translate(m, node->row + node->place[p], backward, row);
    if (n < 2) continue;
    for (uint32_t i = 0; i < n; i++)
      child->bits[row[i]][rows / 64] |= (uint64_t)1 << (rows % 64);
    if (child->row_weight) child->row_weight[rows] = node->place_weight[p];
    rows++;
  }
  child->words = (rows + 63) / 64;
  return 1;
}

/* A counting sort: start[] first counts, then is where each item's next place goes, and
** has moved on by one item when all are placed. */
void mine__miner_index(miner_node *node, size_t length) {
  for (uint32_t i = 0; i <= node->items; i++)
    node->start[i] = 0;
  for (size_t p = 0; p < length; p++) {
    if (node->row[p] != MINER_END) node->start[node->row[p] + 1]++;
  }
  for (uint32_t i = 0; i < node->items; i++)
    node->start[i + 1] += node->start[i];
  for (size_t p = 0, ends = 0; p < length; p++) {
    if (node->row[p] == MINER_END) {
      ends++;
      continue;
    }
    if (node->row_weight)
      node->place_weight[node->start[node->row[p]]] = node->row_weight[ends - 1];
    node->place[node->start[node->row[p]]++] = (uint32_t)p;
  }
  for (uint32_t i = node->items; i > 0; i--)
    node->start[i] = node->start[i - 1];
  node->start[0] = 0;
}

static int sparse_to_sparse(miner *m, const miner_node *node, uint32_t k, size_t cells,
                            miner_node *child) {
  const int backward = mine__miner_looks_back(m);
  child->row = mine__miner_take(m, cells + node->count[k] + 2, sizeof *child->row);
  child->start = mine__miner_take(m, (size_t)child->items + 1, sizeof *child->start);
  child->place = mine__miner_take(m, cells, sizeof *child->place);
  sparse_take_weights(m, node, k, child);
  if (node->weight) child->place_weight = mine__miner_take(m, cells, sizeof *child->place_weight);
  if (m->stop) return 0;
  size_t length = 0, rows = 0;
  child->row[length++] = MINER_END;
  for (uint32_t p = node->start[k]; p < node->start[k + 1]; p++) {
    uint32_t *row = child->row + length;
    const uint32_t n = sparse_translate(m, node->row + node->place[p], backward, row);
    if (n < 2) continue;
    mine__miner_sort(row, n);
    length += n;
    if (child->row_weight) child->row_weight[rows++] = node->place_weight[p];
    child->row[length++] = MINER_END;
  }
  m->work += (int64_t)(4 * length);
  mine__miner_index(child, length);
  return 1;
}

int mine__sparse_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const uint32_t touched = sparse_tally(m, node, k);
  uint32_t everywhere = 0;
  if (node->weight) sparse_weigh(m, node, k);
  if (node->weight || m->groups) sparse_strike(m, node, k, touched);
  int more = sparse_select(m, node, k, touched, child, &everywhere) &&
             mine__miner_settle(m, node->count[k], mine__miner_weight(node, k), everywhere, child);
  size_t cells = 0;
  if (more && sparse_name(m, node, child)) {
    for (uint32_t i = 0; i < child->items; i++)
      cells += child->count[i];
    const double area = (double)child->items * (double)node->count[k];
    more = (double)cells * DENSE_RATIO >= area ? sparse_to_dense(m, node, k, child)
                                               : sparse_to_sparse(m, node, k, cells, child);
  }
  for (uint32_t i = 0; i < touched; i++) {
    m->tally[m->touched[i]] = m->renumber[m->touched[i]] = 0;
    if (node->weight) m->weighed[m->touched[i]] = 0;
  }
  return more && !m->stop;
}
