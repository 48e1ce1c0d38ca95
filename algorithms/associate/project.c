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
  if (m->stack.arena) {
    void *piece = mine__arena_array(m->stack.arena, count, size);
    if (!piece) m->stop = MINER_FAILED;
    return piece;
  }
  if (count > (m->stack.bytes - m->stack.used) / size ||
      mine__miner_round(count * size) > m->stack.bytes - m->stack.used) {
    m->stop = MINER_NARROW;
    return NULL;
  }
  void *piece = m->stack.byte + m->stack.used;
  m->stack.used += mine__miner_round(count * size);
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
  const uint32_t before = m->set.n_prefix - n;
  if (!miner_keeps(m)) return;
  if (n > MINER_FEW) {
    for (uint32_t i = before; i < m->set.n_prefix; i++)
      m->set.sorted[i] = m->set.prefix[i];
    mine__miner_sort(m->set.sorted, m->set.n_prefix);
    return;
  }
  for (uint32_t i = before; i < m->set.n_prefix; i++) {
    uint32_t at = i;
    for (; at > 0 && m->set.sorted[at - 1] > m->set.prefix[i]; at--)
      m->set.sorted[at] = m->set.sorted[at - 1];
    m->set.sorted[at] = m->set.prefix[i];
  }
}

void mine__miner_pop(miner *m, uint32_t n, uint32_t n_free) {
  m->set.n_free = n_free;
  if (!miner_keeps(m)) m->set.n_prefix = n;
  if (m->set.n_prefix > n + MINER_FEW) {
    for (uint32_t i = 0; i < n; i++)
      m->set.sorted[i] = m->set.prefix[i];
    mine__miner_sort(m->set.sorted, n);
    m->set.n_prefix = n;
  }
  while (m->set.n_prefix > n) {
    const uint32_t rank = m->set.prefix[--m->set.n_prefix];
    uint32_t at = 0;
    while (m->set.sorted[at] != rank)
      at++;
    for (; at < m->set.n_prefix; at++)
      m->set.sorted[at] = m->set.sorted[at + 1];
  }
}

/* The sorted prefix and the free items, of which bit[] says which is which. */
static uint32_t miner_merge(miner *m) {
  uint32_t n = 0, i = 0, free[MINER_MOST_FREE]; /* m->set.free stays as it grew */
  memcpy(free, m->set.free, m->set.n_free * sizeof *free);
  mine__miner_sort(free, m->set.n_free);
  for (uint32_t f = 0; f < m->set.n_free; f++) {
    for (; i < m->set.n_prefix && m->set.sorted[i] < free[f]; i++, n++)
      m->set.merged[n] = m->set.sorted[i], m->set.bit[n] = MINER_FIXED;
    m->set.merged[n] = free[f];
    m->set.bit[n++] = (uint8_t)f;
  }
  for (; i < m->set.n_prefix; i++, n++)
    m->set.merged[n] = m->set.sorted[i], m->set.bit[n] = MINER_FIXED;
  return n;
}

/* All answers: every choice among the free items. */
static void miner_write(miner *m, uint32_t count, double weight) {
  const uint32_t n = miner_merge(m), choices = (uint32_t)1 << m->set.n_free;
  uint32_t *set = m->answers.out + m->answers.used;
  for (uint32_t choice = 0; choice < choices; choice++) {
    const uint32_t size = m->set.n_prefix + (uint32_t)__builtin_popcount(choice);
    const uint32_t taken = choice | (uint32_t)1 << MINER_FIXED;
    if ((int64_t)size > m->query->max_length) continue;
    uint32_t at = 2;
    set[0] = count;
    set[1] = size;
    for (uint32_t i = 0; i < n; i++) { /* what is not taken is written over */
      set[at] = m->set.merged[i];
      at += taken >> m->set.bit[i] & 1;
    }
    if (m->tail) memcpy(set + size + 2, &weight, sizeof weight);
    set += size + 2 + m->tail;
  }
  m->work += (int64_t)choices * (n + 8);
  m->answers.used = (size_t)(set - m->answers.out);
}

/* One word more than an answer has: where what is not taken is written last. */
static int miner_has_room(miner *m) {
  const size_t each = (size_t)m->set.n_prefix + m->set.n_free + 2 + m->tail;
  const size_t words = miner_keeps(m) ? (each << m->set.n_free) + 1 : MINER_COUNT_WORDS;
  if (m->answers.capacity - m->answers.used >= words) return 1;
  m->stop = MINER_FULL;
  return 0;
}

/* Noticed before any is made.  (One of the choices is empty.) */
int mine__miner_bears(miner *m, uint32_t everywhere, uint32_t support) {
  /* Those that are everywhere may be groups of one another. */
  const uint32_t n = m->set.n_prefix + m->set.n_free + (m->groups ? 0 : everywhere);
  if (m->query->kind != MINE_SETS_ALL) return 1;
  if (n < 62 && (INT64_C(1) << n) <= m->answers.most) return 1;
  if (mine__miner_worth(m->query, 0, n, m->answers.most + 1) <= m->answers.most + 1) return 1;
  m->stop = MINER_MANY;
  m->wide = (miner_wide){n, support};
  return 0;
}

/* Write the answers that prefix and free items are; 0 = stopped. */
static int miner_answer(miner *m, uint32_t count, double weight) {
  if (m->answers.mute || (int64_t)m->set.n_prefix > m->query->max_length) return 1;
  if (!miner_has_room(m)) return 0;
  if (!mine__miner_bears(m, 0, count)) return 0;
  if (miner_keeps(m)) {
    miner_write(m, count, weight);
  } else {
    uint32_t *out = m->answers.out + m->answers.used;
    out[0] = count, out[1] = m->set.n_prefix, out[2] = m->set.n_free;
    m->answers.used += MINER_COUNT_WORDS;
    m->work += 8;
  }
  const int64_t worth =
      mine__miner_worth(m->query, m->set.n_prefix, m->set.n_free, m->answers.most);
  m->answers.found +=
      worth < INT64_MAX / 2 - m->answers.found ? worth : INT64_MAX / 2 - m->answers.found;
  return 1;
}

/* ---- a step ------------------------------------------------------------------------------ */

/* An item enters the prefix, and with it those that are in the same baskets. */
static void miner_enter(miner *m, uint32_t rank) {
  m->set.prefix[m->set.n_prefix++] = rank;
  if (!m->twins->start) return;
  for (uint32_t i = m->twins->start[rank]; i < m->twins->start[rank + 1]; i++)
    m->set.prefix[m->set.n_prefix++] = m->twins->twin[i];
}

void mine__miner_join(miner *m, uint32_t rank) {
  if (m->query->kind == MINE_SETS_ALL)
    m->set.free[m->set.n_free++] = rank;
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
  return child->first < child->items && (int64_t)m->set.n_prefix < m->query->max_length;
}

int mine__miner_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const uint32_t n_prefix = m->set.n_prefix;
  *child = (miner_node){0};
  miner_enter(m, node->item[k]);
  mine__miner_sort_in(m, m->set.n_prefix - n_prefix);
  if (m->query->kind == MINE_SETS_ALL &&
      (k + 1 == node->items || (int64_t)m->set.n_prefix >= m->query->max_length)) {
    miner_answer(m, node->count[k], mine__miner_weight(node, k)); /* nothing can be below */
    return 0;
  }
  return node->bits ? mine__dense_project(m, node, k, child)
                    : mine__sparse_project(m, node, k, child);
}
