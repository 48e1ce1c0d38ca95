/*
** project.c -- one step down the search tree: what is still frequent with one more item, and the
** data reduced to that.
**
** Sparse nodes count by *occurrence deliver* (Uno, Kiyomi & Arimura, LCM ver. 2, FIMI 2004), dense
** nodes intersect bit vectors (Eclat: Zaki 2000; vertical bits: Burdick et al., MAFIA, 2001).  A
** sparse node's child becomes dense when bits take fewer operations than lists.
**
** all: an item in *every* basket of the prefix is free to come along (miner.h): the tree below
** is walked once, not once with and once without it (perfect extensions: Borgelt).
**
** closed and maximal: an item in *every* basket of the prefix joins the prefix
** (its closure).  If an item tried earlier is in every basket, the same closed
** set was found on that way, with all that lies below: the branch ends (prefix
** preserving closure extension, LCM).  Earlier items that are no longer frequent
** cannot do that and are dropped.  A closed set is maximal when nothing, neither
** later nor earlier items, is frequent with it.
**
** Weights: a set must be in enough baskets *and* these weigh enough; neither grows when an item is
** added, so both end a branch.  Groups: the pair of an item and a group above it is never made, so
** nothing with both is looked at (Srikant & Agrawal, VLDB 1995).  What is in every basket then
** does not join, since it may be the group of what comes later: whether a set is closed is seen at
** its own node, and the tree is that of all sets.
*/
#include <string.h>

#include "../core/order.h"
#include "project.h"

#define MINER_FEW 16 /* so many items are inserted one by one */

void *mine__miner_take(miner *m, size_t count, size_t size) {
  if (m->arena) {
    void *piece = mine__arena_array(m->arena, count, size);
    if (!piece) m->stop = MINER_FAILED;
    return piece;
  }
  if (count > (m->stack_bytes - m->stack_used) / size ||
      mine__miner_round(count * size) > m->stack_bytes - m->stack_used) {
    m->stop = MINER_NARROW;
    return NULL;
  }
  void *piece = m->stack + m->stack_used;
  m->stack_used += mine__miner_round(count * size);
  return piece;
}

static int miner_smaller(const void *context, uint32_t a, uint32_t b) {
  (void)context;
  return a < b;
}

void mine__miner_sort(uint32_t *a, uint32_t n) {
  mine__sort_words(a, n, miner_smaller, NULL);
}

static int miner_keeps(const miner *m) {
  return !m->query->counted;
}

void mine__miner_sort_in(miner *m, uint32_t n) {
  const uint32_t before = m->n_prefix - n;
  if (!miner_keeps(m)) return;
  if (n > MINER_FEW) {
    for (uint32_t i = before; i < m->n_prefix; i++)
      m->sorted[i] = m->prefix[i];
    mine__miner_sort(m->sorted, m->n_prefix);
    return;
  }
  for (uint32_t i = before; i < m->n_prefix; i++) {
    uint32_t at = i;
    for (; at > 0 && m->sorted[at - 1] > m->prefix[i]; at--)
      m->sorted[at] = m->sorted[at - 1];
    m->sorted[at] = m->prefix[i];
  }
}

void mine__miner_pop(miner *m, uint32_t n, uint32_t n_free) {
  m->n_free = n_free;
  if (!miner_keeps(m)) m->n_prefix = n;
  if (m->n_prefix > n + MINER_FEW) {
    for (uint32_t i = 0; i < n; i++)
      m->sorted[i] = m->prefix[i];
    mine__miner_sort(m->sorted, n);
    m->n_prefix = n;
  }
  while (m->n_prefix > n) {
    const uint32_t rank = m->prefix[--m->n_prefix];
    uint32_t at = 0;
    while (m->sorted[at] != rank)
      at++;
    for (; at < m->n_prefix; at++)
      m->sorted[at] = m->sorted[at + 1];
  }
}

/* The sorted prefix and the free items, of which bit[] says which is which. */
static uint32_t miner_merge(miner *m) {
  uint32_t n = 0, i = 0, free[MINER_MOST_FREE]; /* m->free stays as it grew */
  memcpy(free, m->free, m->n_free * sizeof *free);
  mine__miner_sort(free, m->n_free);
  for (uint32_t f = 0; f < m->n_free; f++) {
    for (; i < m->n_prefix && m->sorted[i] < free[f]; i++, n++)
      m->merged[n] = m->sorted[i], m->bit[n] = MINER_FIXED;
    m->merged[n] = free[f];
    m->bit[n++] = (uint8_t)f;
  }
  for (; i < m->n_prefix; i++, n++)
    m->merged[n] = m->sorted[i], m->bit[n] = MINER_FIXED;
  return n;
}

/* All answers: every choice among the free items. */
static void miner_write(miner *m, uint32_t count, double weight) {
  const uint32_t n = miner_merge(m), choices = (uint32_t)1 << m->n_free;
  uint32_t *set = m->out + m->out_used;
  for (uint32_t choice = 0; choice < choices; choice++) {
    const uint32_t size = m->n_prefix + (uint32_t)__builtin_popcount(choice);
    const uint32_t taken = choice | (uint32_t)1 << MINER_FIXED;
    if ((int64_t)size > m->query->max_length) continue;
    uint32_t at = 2;
    set[0] = count;
    set[1] = size;
    for (uint32_t i = 0; i < n; i++) { /* what is not taken is written over */
      set[at] = m->merged[i];
      at += taken >> m->bit[i] & 1;
    }
    if (m->tail) memcpy(set + size + 2, &weight, sizeof weight);
    set += size + 2 + m->tail;
  }
  m->work += (int64_t)choices * (n + 8);
  m->out_used = (size_t)(set - m->out);
}

/* One word more than an answer has: where what is not taken is written last. */
static int miner_has_room(miner *m) {
  const size_t each = (size_t)m->n_prefix + m->n_free + 2 + m->tail;
  const size_t words = miner_keeps(m) ? (each << m->n_free) + 1 : MINER_COUNT_WORDS;
  if (m->out_capacity - m->out_used >= words) return 1;
  m->stop = MINER_FULL;
  return 0;
}

/* Noticed before any is made.  (One of the choices is empty.) */
int mine__miner_bears(miner *m, uint32_t everywhere, uint32_t support) {
  /* Those that are everywhere may be groups of one another. */
  const uint32_t n = m->n_prefix + m->n_free + (m->groups ? 0 : everywhere);
  if (m->query->kind != MINE_SETS_ALL) return 1;
  if (n < 62 && (INT64_C(1) << n) <= m->most_sets) return 1;
  if (mine__miner_worth(m->query, 0, n, m->most_sets + 1) <= m->most_sets + 1) return 1;
  m->stop = MINER_MANY;
  m->wide = (miner_wide){n, support};
  return 0;
}

/* Write the answers that prefix and free items are; 0 = stopped. */
static int miner_answer(miner *m, uint32_t count, double weight) {
  if (m->mute || (int64_t)m->n_prefix > m->query->max_length) return 1;
  if (!miner_has_room(m)) return 0;
  if (!mine__miner_bears(m, 0, count)) return 0;
  if (miner_keeps(m)) {
    miner_write(m, count, weight);
  } else {
    uint32_t *out = m->out + m->out_used;
    out[0] = count, out[1] = m->n_prefix, out[2] = m->n_free;
    m->out_used += MINER_COUNT_WORDS;
    m->work += 8;
  }
  const int64_t worth = mine__miner_worth(m->query, m->n_prefix, m->n_free, m->most_sets);
  m->found += worth < INT64_MAX / 2 - m->found ? worth : INT64_MAX / 2 - m->found;
  return 1;
}

/* ---- a step ------------------------------------------------------------------------------ */

/* An item enters the prefix, and with it those that are in the same baskets. */
static void miner_enter(miner *m, uint32_t rank) {
  m->prefix[m->n_prefix++] = rank;
  if (!m->twins->start) return;
  for (uint32_t i = m->twins->start[rank]; i < m->twins->start[rank + 1]; i++)
    m->prefix[m->n_prefix++] = m->twins->twin[i];
}

void mine__miner_join(miner *m, uint32_t rank) {
  if (m->query->kind == MINE_SETS_ALL)
    m->free[m->n_free++] = rank;
  else
    miner_enter(m, rank);
}

int mine__miner_settle(miner *m, uint32_t support, double weight, uint32_t everywhere,
                       const miner_node *child) {
  const mine_itemset_kind kind = m->query->kind;
  const int larger = kind == MINE_SETS_CLOSED ? everywhere > 0 : child->items > 0;
  if (kind == MINE_SETS_ALL || !larger) {
    if (!miner_answer(m, support, weight)) return 0;
  }
  return child->first < child->items && (int64_t)m->n_prefix < m->query->max_length;
}

int mine__miner_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const uint32_t n_prefix = m->n_prefix;
  *child = (miner_node){0};
  miner_enter(m, node->item[k]);
  mine__miner_sort_in(m, m->n_prefix - n_prefix);
  if (m->query->kind == MINE_SETS_ALL &&
      (k + 1 == node->items || (int64_t)m->n_prefix >= m->query->max_length)) {
    miner_answer(m, node->count[k], mine__miner_weight(node, k)); /* nothing can be below */
    return 0;
  }
  return node->bits ? mine__dense_project(m, node, k, child)
                    : mine__sparse_project(m, node, k, child);
}
