/*
** miner.h -- the search tree of frequent itemsets: its nodes and who walks it.
**
** A *node* is the data as one itemset (the prefix) sees it: the baskets that
** hold the prefix, reduced to the items that are still frequent among them.
** Two shapes: rows of items (sparse), or one bit per basket for every item
** (dense).  mine__miner_project goes from a node to a child.
**
** A *miner* walks below a node with memory it was given beforehand, because a
** task may not allocate.  When its memory or its share of time runs out it
** stops where it is; itemsets.c then opens the node itself and hands out the
** children (see there).
*/
#ifndef MINE_ASSOCIATE_MINER_H
#define MINE_ASSOCIATE_MINER_H

#include "associate.h"

#define MINER_END UINT32_MAX /* before, between and after the rows of a node */

typedef enum miner_stop {
  MINER_RUNS,
  MINER_TIRED,  /* the task's share of time is over    */
  MINER_NARROW, /* no room left for a child            */
  MINER_FULL,   /* no room left for another itemset    */
  MINER_FAILED  /* the arena failed (recorded there)   */
} miner_stop;

/* Items of a node are numbered by rising frequency.  Those below `first` only
** exclude: they were tried earlier, and matter to closed and maximal sets. */
typedef struct miner_node {
  uint32_t items, first;
  uint32_t *item;  /* -> rank                                           */
  uint32_t *count; /* baskets that hold the prefix and the item         */
  /* Sparse: rows of rising item numbers, separated by MINER_END; the places
  ** of item i are place[start[i]] .. place[start[i + 1] - 1]. */
  uint32_t *row, *start, *place;
  /* Dense: bits[i] has `words` words. */
  uint32_t words;
  uint64_t **bits;
} miner_node;

typedef struct miner {
  const mine_itemset_query *query;
  uint32_t n_items; /* of the root: ranks */
  /* Memory for nodes: a stack.  With an arena there is always more. */
  mine_arena *arena;
  uint8_t *stack;
  size_t stack_used, stack_bytes;
  /* Scratch of one projection, by item number of the node. */
  uint32_t *tally, *renumber, *touched, *chosen;
  /* The itemset at hand, and the answers so far. */
  uint32_t *prefix, *sorted, n_prefix; /* as it grew, and by rank */
  uint32_t *out;
  size_t out_used, out_capacity;
  int64_t found, dropped; /* answers; and those of this wave that were taken back */
  int mute;               /* project without answering: the answer is already there */
  /* How far it got. */
  int64_t work, work_limit;
  miner_stop stop;
} miner;

/* Memory for a node; NULL sets miner->stop. */
void *mine__miner_take(miner *m, size_t count, size_t size);

/* Make the itemset at hand n ranks long again. */
void mine__miner_pop(miner *m, uint32_t n);

/* Add item k of `node` to the prefix, answer what there is to answer, and build
** the child.  1 = look below (child->first < child->items), 0 = nothing below,
** or the miner stopped.  The caller pops the prefix and the stack. */
int mine__miner_project(miner *m, const miner_node *node, uint32_t k, miner_node *child);

/* Write prefix + count as an answer; 0 = stopped. */
int mine__miner_answer(miner *m, uint32_t count);

/* Sort a row (long ones are rare). */
void mine__miner_sort(uint32_t *a, uint32_t n);

/* Fill start[] and place[] of a sparse node whose row[] has `length` words. */
void mine__miner_index(miner_node *node, size_t length);

/* Put the sets in their order (itemsets_order.c). */
void mine__itemsets_sort(mine_env *env, mine_arena *arena, mine_itemsets *sets);

#endif
