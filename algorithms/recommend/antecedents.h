/*
** antecedents.h -- association rules by their left sides: what antecedents.c asks and
** antecedents_grow.c makes.
*/
#ifndef MINE_RECOMMEND_ANTECEDENTS_H
#define MINE_RECOMMEND_ANTECEDENTS_H

#include "../associate/associate.h"
#include "../model/interactions.h"

#define ANTECEDENTS_DEEPEST 20

typedef struct mine_antecedents_options {
  double min_support, min_confidence, min_lift;
  int64_t max_length;
  int by;
} mine_antecedents_options;

/* Node i asks for item[i]; those below it end before end[i]; its rules are
** first[i] .. first[i + 1] - 1. */
typedef struct mine_antecedents {
  int64_t n;
  int32_t *item, *end;
  int64_t *first;
  int32_t *then; /* per rule */
  double *confidence;
  int32_t *root; /* per item: the node of the first level, -1: none */
} mine_antecedents;

/* Customers or baskets as transactions, in scratch.  0: failure recorded. */
int mine__antecedents_baskets(mine_env *env, const mine_interactions *of, int by,
                              mine_transactions *to);
/* Where the branch of each item begins, in arena; the tree is there.  0: failure recorded. */
int mine__antecedents_roots(mine_arena *arena, int64_t n_items, mine_antecedents *of);
/* The tree of the rules that those itemsets hold, in arena; how many rules.  -1: failure
** recorded. */
int64_t mine__antecedents_grow(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                               const mine_antecedents_options *options, int64_t n_items,
                               mine_antecedents *out);

#endif
