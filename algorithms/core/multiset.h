/*
** multiset.h -- numbers that come and go, always in order: ranks, counts, selection.
**
** A weight-balanced tree (Adams 1993, "Efficient sets: a balancing act", with the
** parameters 3 and 2 that Hirai & Yamamoto 2011 prove) whose nodes are the distinct
** keys.  A node counts how often its key is there in each of two classes, and knows the
** same of everything below it.  Adding, removing, selecting by rank and counting what
** lies below a key take O(log d) for d distinct keys, in the worst case; memory is
** O(d at its most): nodes of keys that are gone are used again.
**
** The answers depend on what is in the set, never on how it came to be.
*/
#ifndef MINE_CORE_MULTISET_H
#define MINE_CORE_MULTISET_H

#include "env.h"

typedef struct mine__multiset_node {
  uint64_t key;
  uint32_t left, right; /* 0: none                                    */
  uint32_t nodes;       /* in this subtree, this one included         */
  uint32_t own[2];      /* how often the key is there, in each class  */
  uint32_t sum[2];      /* the same for all keys of the subtree       */
} mine__multiset_node;

/* All zero but for the arena, which keeps failures. */
typedef struct mine__multiset {
  mine_arena *arena;
  mine__multiset_node *node; /* node[0] is the empty tree */
  size_t capacity;
  uint32_t made; /* nodes handed out so far, node[0] included */
  uint32_t root, unused /* a list by `left` */;
} mine__multiset;

/* One more of a key, in class 0 or 1; at most 2^32 - 1 in all.  A failure is recorded
** and changes nothing. */
void mine__multiset_add(mine__multiset *set, uint64_t key, int class);
/* One less; 0: it is not there. */
int mine__multiset_remove(mine__multiset *set, uint64_t key, int class);

static inline int64_t mine__multiset_size(const mine__multiset *set, int class) {
  return set->made ? set->node[set->root].sum[class] : 0;
}

/* The key of rank k (0 = least) among all keys of both classes; k must be there. */
uint64_t mine__multiset_select(const mine__multiset *set, int64_t k);
/* How many of a class have a smaller key, and how many this one. */
void mine__multiset_rank(const mine__multiset *set, uint64_t key, int class, int64_t *below,
                         int64_t *equal);
/* Every distinct key in rising order, with how often it is there. */
void mine__multiset_each(const mine__multiset *set,
                         void (*visit)(void *context, uint64_t key, int64_t times), void *context);

#endif
