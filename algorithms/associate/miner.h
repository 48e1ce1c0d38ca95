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

#include "../core/hash.h"
#include "associate.h"

#define MINER_END UINT32_MAX /* before, between and after the rows of a node */

typedef enum miner_stop {
  MINER_RUNS,
  MINER_TIRED,  /* the task's share of time is over    */
  MINER_NARROW, /* no room left for a child            */
  MINER_FULL,   /* no room left for another itemset    */
  MINER_MANY,   /* one answer alone stands for too many */
  MINER_FAILED  /* the arena failed (recorded there)   */
} miner_stop;

/* Items of a node are numbered by rising frequency.  Those below `first` only
** exclude: they were tried earlier, and matter to closed and maximal sets. */
typedef struct miner_node {
  uint32_t items, first;
  uint32_t *item;       /* -> rank                                           */
  uint32_t *count;      /* baskets that hold the prefix and the item         */
  double *weight;       /* what these weigh; NULL: there are no weights, nor those below */
  double *row_weight;   /* of each row, or bit, in order                     */
  double *place_weight; /* sparse: of the row of each place                  */
  /* Sparse: rows of rising item numbers, separated by MINER_END; the places
  ** of item i are place[start[i]] .. place[start[i + 1] - 1]. */
  uint32_t *row, *start, *place;
  /* Dense: bits[i] has `words` words. */
  uint32_t words;
  uint64_t **bits;
} miner_node;

/* So many items are together in so many baskets that their choices are too many sets. */
typedef struct miner_wide {
  uint32_t items, baskets;
} miner_wide;

/* Items that are in the same baskets as another, which stands for them in the tree: those of
** rank r are twin[start[r]] .. twin[start[r + 1] - 1].  start NULL: there are none. */
typedef struct miner_twins {
  const uint32_t *start, *twin;
} miner_twins;

/* Memory for nodes.  With an arena there is always more. */
typedef struct miner_stack {
  mine_arena *arena;
  uint8_t *byte;
  size_t used, bytes;
} miner_stack;

/* The itemset at hand, as it grew, and by rank (not where sets are counted). */
typedef struct miner_set {
  uint32_t *prefix, *sorted, n_prefix;
  /* Kind all: items that are in every basket of the prefix.  With any of them it is an
  ** answer of the same count, so one node stands for 2^n_free sets (at most 2^most_free). */
  uint32_t *free, n_free, most_free;
  uint32_t *merged; /* sorted[] and free[] */
  uint8_t *bit;     /* of each: which free one it is; MINER_FIXED */
} miner_set;

/* The answers so far: sets, or (count, size of the prefix, free items) that are counted. */
typedef struct miner_answers {
  uint32_t *out;
  size_t used, capacity;
  int64_t most;           /* more sets than that there may not be */
  int64_t found, dropped; /* answers; and those of this wave that were taken back */
  int mute;               /* project without answering: the answer is already there */
} miner_answers;

typedef struct miner {
  const mine_itemset_query *query;
  const miner_twins *twins;
  const mine_hierarchy *groups; /* NULL: none                                  */
  const uint32_t *code;         /* of each rank                                */
  const uint8_t *kin;           /* of each rank: has groups, or is one; NULL: none */
  uint32_t tail;                /* words of an answer's weight: 2, without weights 0 */
  miner_stack stack;
  /* Scratch of one projection, by item number of the node. */
  uint32_t *tally, *renumber, *touched, *chosen;
  double *weighed;
  miner_set set;
  miner_answers answers;
  /* How far it got. */
  int64_t work, work_limit;
  miner_stop stop;
  int many;        /* it stopped by MINER_MANY: nothing further matters */
  miner_wide wide; /* then: why */
} miner;

/* Memory for a node; NULL sets miner->stop. */
void *mine__miner_take(miner *m, size_t count, size_t size);

/* Make the itemset at hand n ranks long again, with so many free items. */
void mine__miner_pop(miner *m, uint32_t n, uint32_t n_free);

/* How many sets an answer stands for; `most` + 1: more than that. */
int64_t mine__miner_worth(const mine_itemset_query *query, uint32_t n_prefix, uint32_t n_free,
                          int64_t most);

/* One child of the node, and everything below it. */
typedef struct miner_task {
  uint32_t child;
  uint32_t resume; /* the child's first child that is not done yet           */
  int opened;      /* the child itself was answered: only look below         */
  miner_stop stop; /* MINER_RUNS: all done; FULL: again; else: to be opened  */
  int64_t dropped; /* sets found below a child that was not finished         */
  miner_wide wide; /* of MINER_MANY                                          */
} miner_task;

#define MINER_DEEPEST 1000 /* nested nodes: the C stack of a small thread bears that */

/* Run a task from the start, or again (itemsets_walk.c). */
void mine__miner_walk(miner *m, const miner_node *node, miner_task *task, int depth);

/* Add item k of `node` to the prefix, answer what there is to answer, and build
** the child.  1 = look below (child->first < child->items), 0 = nothing below,
** or the miner stopped.  The caller pops the prefix and the stack. */
int mine__miner_project(miner *m, const miner_node *node, uint32_t k, miner_node *child);

/* Sort a row (long ones are rare). */
void mine__miner_sort(uint32_t *a, uint32_t n);

/* Fill start[], place[] and place_weight[] of a sparse node whose row[] has `length` words. */
void mine__miner_index(miner_node *node, size_t length);

#define MINER_MOST_FREE   10 /* of sets that are kept: 2^10 answers at a time */
#define MINER_FIXED       31 /* bits of a word: free items, and one that is always set */
#define MINER_COUNT_WORDS 3
#define MINER_TAIL        2 /* words of a weight */
#define MINER_MOST_SETS   (INT64_MAX / 4)

/* Tallies of sets that are counted, by count and size. */
typedef struct miner_tallies {
  mine_env *env;
  mine__table table;
  mine_itemset_tally *tally;
  size_t n, capacity;
} miner_tallies;

/* Add the answers of `out`; tallies live in the arena (itemsets_tally.c). */
void mine__miner_tally(miner_tallies *tallies, mine_arena *arena, const mine_itemset_query *query,
                       const uint32_t *out, size_t words);
void mine__miner_tallies_sort(miner_tallies *tallies, mine_itemsets *sets);

/* For mine__sort of item codes: whether one is to get a smaller rank than another, because it is
** more frequent, or its value comes first. */
typedef struct miner_order {
  const mine_transactions *t;
  const uint32_t *count; /* by code */
} miner_order;
int mine__miner_before(const void *order, const void *left, const void *right);

/* The root of the tree, and the ranks of the items in `sets` (itemsets_root.c). */
void mine__miner_root(mine_env *env, mine_arena *arena, const mine_transactions *t,
                      const mine_itemset_query *query, mine_itemsets *sets, miner_node *root,
                      miner_twins *twins);

/* Put the sets in their order (itemsets_order.c). */
void mine__itemsets_sort(mine_env *env, mine_arena *arena, mine_itemsets *sets);

#endif
