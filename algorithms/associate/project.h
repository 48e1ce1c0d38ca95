/*
** project.h -- one step down the search tree: what its files share.
**
**   project.c         the itemset at hand, its answers, what a count makes of an item
**   project_sparse.c  rows of items: what goes with an item, by walking the rows that hold it
**   project_dense.c   a bit for each basket: by intersecting
*/
#ifndef MINE_ASSOCIATE_PROJECT_H
#define MINE_ASSOCIATE_PROJECT_H

#include "miner.h"

/* Of an item that goes with the prefix.  FATE_JOIN: it is in every basket; FATE_PRUNE: and it was
** tried earlier, so that all that lies below was found there. */
typedef enum mine__fate { FATE_DROP, FATE_KEEP, FATE_JOIN, FATE_PRUNE } mine__fate;

/* A piece of a miner's memory begins where a cache line does. */
static inline size_t mine__miner_round(size_t bytes) {
  return (bytes + 63) & ~(size_t)63;
}

/* Whether baskets of this weight are enough: something at least. */
static inline int mine__miner_heavy(const miner *m, double weight) {
  return weight >= m->query->min_weight && weight > 0;
}

/* support: of the prefix.  What has a group or is one never joins: in every basket may be the group
** of what comes later. */
static inline mine__fate mine__miner_judge(const miner *m, uint32_t rank, uint32_t count,
                                           uint32_t support, int earlier) {
  if ((int64_t)count < m->query->min_count) return FATE_DROP;
  if (count < support || (m->kin && m->kin[rank])) return FATE_KEEP;
  if (m->query->kind == MINE_SETS_ALL)
    return m->set.n_free < m->set.most_free ? FATE_JOIN : FATE_KEEP;
  return earlier ? FATE_PRUNE : FATE_JOIN;
}

/* Whether one of the ranks is a group above the other: no set holds both. */
static inline int mine__miner_related(const miner *m, uint32_t a, uint32_t b) {
  return m->groups && mine__hierarchy_related(m->groups, m->code[a], m->code[b]);
}

/* Items that were tried earlier matter. */
static inline int mine__miner_looks_back(const miner *m) {
  return m->query->kind != MINE_SETS_ALL;
}

/* An item that is in every basket: free, or in the prefix. */
void mine__miner_join(miner *m, uint32_t rank);

/* The last `n` of the prefix are new: bring them into sorted[]. */
void mine__miner_sort_in(miner *m, uint32_t n);

/* Whether the prefix with the items that are in every basket of it, all of whose choices are
** answers of kind all, does not alone make more sets than there may be. */
int mine__miner_bears(miner *m, uint32_t everywhere, uint32_t support);

/* Answer the prefix, whose closure joined it, in `support` baskets; `everywhere`: how many of the
** child's items are in all of them.  Whether to look below. */
int mine__miner_settle(miner *m, uint32_t support, double weight, uint32_t everywhere,
                       const miner_node *child);

static inline double mine__miner_weight(const miner_node *node, uint32_t k) {
  return node->weight ? node->weight[k] : 0;
}

/* The children that the two kinds of nodes make, as mine__miner_project. */
int mine__sparse_project(miner *m, const miner_node *node, uint32_t k, miner_node *child);
int mine__dense_project(miner *m, const miner_node *node, uint32_t k, miner_node *child);

#endif
