/*
** project.c -- one step down the search tree: what is still frequent with one
** more item, and the data reduced to that.
**
** Sparse nodes count by *occurrence deliver* (Uno, Kiyomi & Arimura, LCM ver. 2,
** FIMI 2004): walk the rows that hold the new item and tally what stands behind
** it.  Dense nodes intersect bit vectors (Eclat: Zaki 2000; vertical bits:
** Burdick et al., MAFIA, 2001).  A sparse node's child becomes dense when bits
** take fewer operations than lists.  Rows with fewer than two items left cannot
** hold a larger set and are dropped.
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
*/
#include <string.h>

#include "../core/order.h"
#include "../kernel/simd.h"
#include "miner.h"

/* A dense row costs one bit per item, a sparse one a word per item present and
** a jump: bits win when more than 1 in DENSE_RATIO cells is set. */
#define DENSE_RATIO 128
#define MINER_FEW   16 /* so many items are inserted one by one */

static size_t miner_round(size_t bytes) {
  return (bytes + 63) & ~(size_t)63;
}

void *mine__miner_take(miner *m, size_t count, size_t size) {
  if (m->arena) {
    void *piece = mine__arena_array(m->arena, count, size);
    if (!piece) m->stop = MINER_FAILED;
    return piece;
  }
  if (count > (m->stack_bytes - m->stack_used) / size ||
      miner_round(count * size) > m->stack_bytes - m->stack_used) {
    m->stop = MINER_NARROW;
    return NULL;
  }
  void *piece = m->stack + m->stack_used;
  m->stack_used += miner_round(count * size);
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

/* Prefix and sorted[] differ by the last `n` of the prefix: bring those in. */
static void miner_sort_in(miner *m, uint32_t n) {
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
static void miner_write(miner *m, uint32_t count) {
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
    set += size + 2;
  }
  m->work += (int64_t)choices * (n + 8);
  m->out_used = (size_t)(set - m->out);
}

/* One word more than an answer has: where what is not taken is written last. */
static int miner_has_room(miner *m) {
  const size_t each = (size_t)m->n_prefix + m->n_free + 2;
  const size_t words = miner_keeps(m) ? (each << m->n_free) + 1 : MINER_COUNT_WORDS;
  if (m->out_capacity - m->out_used >= words) return 1;
  m->stop = MINER_FULL;
  return 0;
}

/* Whether the prefix with the items that are in every basket of it, all of whose choices are
** answers of kind all, does not alone make more sets than there may be: noticed before any is
** made.  (One of the choices is empty.) */
static int miner_bears(miner *m, uint32_t everywhere, uint32_t support) {
  const uint32_t n = m->n_prefix + m->n_free + everywhere;
  if (m->query->kind != MINE_SETS_ALL) return 1;
  if (n < 62 && (INT64_C(1) << n) <= m->most_sets) return 1;
  if (mine__miner_worth(m->query, 0, n, m->most_sets + 1) <= m->most_sets + 1) return 1;
  m->stop = MINER_MANY;
  m->wide = (miner_wide){n, support};
  return 0;
}

int mine__miner_answer(miner *m, uint32_t count) {
  if (m->mute || (int64_t)m->n_prefix > m->query->max_length) return 1;
  if (!miner_has_room(m)) return 0;
  if (!miner_bears(m, 0, count)) return 0;
  if (miner_keeps(m)) {
    miner_write(m, count);
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

/* ---- counting what goes with item k ------------------------------------------ */

/* tally[] of the items in the rows of k, touched[] = which; the number of those.
** Items before k are wanted only where they can exclude.  A row has MINER_END at both
** ends, so both directions stop by themselves; tally[] is all zeros between projections
** (sparse_project clears what was touched, also when the branch ends). */
static uint32_t sparse_tally(miner *m, const miner_node *node, uint32_t k) {
  uint32_t n = 0;
  const int backward = m->query->kind != MINE_SETS_ALL;
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

/* ---- what a count makes of an item ---------------------------------------------- */

/* FATE_JOIN: the item is in every basket. */
typedef enum miner_fate { FATE_DROP, FATE_KEEP, FATE_JOIN, FATE_PRUNE } miner_fate;

static miner_fate miner_judge(const miner *m, uint32_t count, uint32_t support, int earlier) {
  if ((int64_t)count < m->query->min_count) return FATE_DROP;
  if (count < support) return FATE_KEEP;
  if (m->query->kind == MINE_SETS_ALL) return m->n_free < m->most_free ? FATE_JOIN : FATE_KEEP;
  return earlier ? FATE_PRUNE : FATE_JOIN;
}

static void miner_enter(miner *m, uint32_t rank) {
  m->prefix[m->n_prefix++] = rank;
  if (!m->twins->start) return;
  for (uint32_t i = m->twins->start[rank]; i < m->twins->start[rank + 1]; i++)
    m->prefix[m->n_prefix++] = m->twins->twin[i];
}

static void miner_join(miner *m, uint32_t rank) {
  if (m->query->kind == MINE_SETS_ALL)
    m->free[m->n_free++] = rank;
  else
    miner_enter(m, rank);
}

/* Order of a child's items (the earlier and the later ones apart): by rising
** count, the rarest rank first. */
static int miner_before(const miner_node *child, uint32_t a, uint32_t b) {
  if (child->count[a] != child->count[b]) return child->count[a] < child->count[b];
  return child->item[a] > child->item[b];
}

/* Answer the prefix (it now includes its closure); whether to look below. */
static int miner_settle(miner *m, uint32_t support, const miner_node *child) {
  if (m->query->kind != MINE_SETS_MAXIMAL || child->items == 0) {
    if (!mine__miner_answer(m, support)) return 0;
  }
  return child->first < child->items && (int64_t)m->n_prefix < m->query->max_length;
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
** joiners enter the prefix.  0 = the branch ends. */
static int sparse_select(miner *m, const miner_node *node, uint32_t k, uint32_t touched,
                         miner_node *child) {
  const uint32_t n_prefix = m->n_prefix;
  uint32_t everywhere = 0;
  /* First, because a branch that ends must not have let anything join the prefix. */
  for (uint32_t i = 0; m->query->kind != MINE_SETS_ALL && i < touched; i++) {
    const uint32_t x = m->touched[i];
    if (x < k && m->tally[x] == node->count[k]) return 0;
  }
  for (uint32_t i = 0; m->query->kind == MINE_SETS_ALL && i < touched; i++)
    everywhere += m->tally[m->touched[i]] == node->count[k];
  if (!miner_bears(m, everywhere, node->count[k])) return 0;
  for (uint32_t i = 0; i < touched; i++) {
    const uint32_t x = m->touched[i];
    switch (miner_judge(m, m->tally[x], node->count[k], x < k)) {
      case FATE_JOIN:
        miner_join(m, node->item[x]);
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
  miner_sort_in(m, m->n_prefix - n_prefix);
  return 1;
}

/* item[], count[] of the child and the renumbering (child number + 1). */
static int sparse_name(miner *m, const miner_node *node, miner_node *child) {
  child->item = mine__miner_take(m, child->items, sizeof *child->item);
  child->count = mine__miner_take(m, child->items, sizeof *child->count);
  if (m->stop) return 0;
  const sparse_items order = {m, node};
  mine__sort_words(m->chosen, child->first, sparse_before, &order);
  mine__sort_words(m->chosen + child->first, child->items - child->first, sparse_before, &order);
  for (uint32_t i = 0; i < child->items; i++) {
    const uint32_t x = m->chosen[i];
    child->item[i] = node->item[x];
    child->count[i] = m->tally[x];
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

/* Baskets with fewer than two of the child's items can hold no pair and are left out; `words`
** shrinks to those that are there, while each item's bits stay where they were laid out. */
static int sparse_to_dense(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const int backward = m->query->kind != MINE_SETS_ALL;
  child->words = (node->count[k] + 63) / 64;
  child->bits = mine__miner_take(m, child->items, sizeof *child->bits);
  uint64_t *bits = mine__miner_take(m, (size_t)child->items * child->words, sizeof *bits);
  uint32_t *row = mine__miner_take(m, child->items, sizeof *row);
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
  for (size_t p = 0; p < length; p++) {
    if (node->row[p] != MINER_END) node->place[node->start[node->row[p]]++] = (uint32_t)p;
  }
  for (uint32_t i = node->items; i > 0; i--)
    node->start[i] = node->start[i - 1];
  node->start[0] = 0;
}

static int sparse_to_sparse(miner *m, const miner_node *node, uint32_t k, size_t cells,
                            miner_node *child) {
  const int backward = m->query->kind != MINE_SETS_ALL;
  child->row = mine__miner_take(m, cells + node->count[k] + 2, sizeof *child->row);
  child->start = mine__miner_take(m, (size_t)child->items + 1, sizeof *child->start);
  child->place = mine__miner_take(m, cells, sizeof *child->place);
  if (m->stop) return 0;
  size_t length = 0;
  child->row[length++] = MINER_END;
  for (uint32_t p = node->start[k]; p < node->start[k + 1]; p++) {
    uint32_t *row = child->row + length;
    const uint32_t n = sparse_translate(m, node->row + node->place[p], backward, row);
    if (n < 2) continue;
    mine__miner_sort(row, n);
    length += n;
    child->row[length++] = MINER_END;
  }
  m->work += (int64_t)(4 * length);
  mine__miner_index(child, length);
  return 1;
}

static int sparse_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const uint32_t touched = sparse_tally(m, node, k);
  int more = sparse_select(m, node, k, touched, child) && miner_settle(m, node->count[k], child);
  size_t cells = 0;
  if (more && sparse_name(m, node, child)) {
    for (uint32_t i = 0; i < child->items; i++)
      cells += child->count[i];
    const double area = (double)child->items * (double)node->count[k];
    more = (double)cells * DENSE_RATIO >= area ? sparse_to_dense(m, node, k, child)
                                               : sparse_to_sparse(m, node, k, cells, child);
  }
  for (uint32_t i = 0; i < touched; i++)
    m->tally[m->touched[i]] = m->renumber[m->touched[i]] = 0;
  return more && !m->stop;
}

/* ---- a dense node's child ---------------------------------------------------------------- */

static void dense_insert(miner_node *child, uint32_t from, uint32_t at) {
  const uint32_t item = child->item[at], count = child->count[at];
  uint64_t *bits = child->bits[at];
  while (at > from && miner_before(child, at, at - 1)) {
    child->item[at] = child->item[at - 1];
    child->count[at] = child->count[at - 1];
    child->bits[at] = child->bits[at - 1];
    child->item[at - 1] = item;
    child->count[at - 1] = count;
    child->bits[at - 1] = bits;
    at--;
  }
}

/* Intersect k with items from..to-1 and keep what is frequent. 0 = the branch
** ends. */
static int dense_extend(miner *m, const miner_node *node, uint32_t k, uint32_t from, uint32_t to,
                        uint64_t **slot, miner_node *child) {
  const uint32_t group = child->items;
  for (uint32_t j = from; j < to; j++) {
    const uint32_t n =
        mine__kernels_here()->intersect(node->bits[k], node->bits[j], *slot, node->words);
    switch (miner_judge(m, n, node->count[k], j < k)) {
      case FATE_PRUNE:
        return 0;
      case FATE_JOIN:
        miner_join(m, node->item[j]);
        break;
      case FATE_KEEP:
        child->item[child->items] = node->item[j];
        child->count[child->items] = n;
        child->bits[child->items] = *slot;
        *slot += node->words;
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
static int dense_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const int backward = m->query->kind != MINE_SETS_ALL;
  const uint32_t room = node->items - 1 - (backward ? 0 : k);
  child->words = node->words;
  child->item = mine__miner_take(m, room, sizeof *child->item);
  child->count = mine__miner_take(m, room, sizeof *child->count);
  child->bits = mine__miner_take(m, room, sizeof *child->bits);
  uint64_t *slot = mine__miner_take(m, ((size_t)room + 1) * node->words, sizeof *slot);
  if (m->stop) return 0;
  if (backward && !dense_extend(m, node, k, 0, k, &slot, child)) return 0;
  child->first = child->items;
  const uint32_t n_prefix = m->n_prefix;
  (void)dense_extend(m, node, k, k + 1, node->items, &slot, child); /* later ones only join */
  miner_sort_in(m, m->n_prefix - n_prefix);
  uint32_t everywhere = 0;
  while (everywhere < child->items - child->first &&
         child->count[child->items - 1 - everywhere] == node->count[k])
    everywhere++; /* they come last; none of closed and maximal sets */
  if (!miner_bears(m, everywhere, node->count[k])) return 0;
  if (!m->arena) m->stack_used = miner_round((size_t)((uint8_t *)slot - m->stack));
  return miner_settle(m, node->count[k], child);
}

int mine__miner_project(miner *m, const miner_node *node, uint32_t k, miner_node *child) {
  const uint32_t n_prefix = m->n_prefix;
  *child = (miner_node){0};
  miner_enter(m, node->item[k]);
  miner_sort_in(m, m->n_prefix - n_prefix);
  if (m->query->kind == MINE_SETS_ALL &&
      (k + 1 == node->items || (int64_t)m->n_prefix >= m->query->max_length)) {
    mine__miner_answer(m, node->count[k]); /* nothing can be below */
    return 0;
  }
  return node->bits ? dense_project(m, node, k, child) : sparse_project(m, node, k, child);
}
