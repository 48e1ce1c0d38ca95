/*
** rules.h -- the search for rules: what its two files share.
**
**   rules.c       every split of every itemset that passes; the top ones without the rest
**   rules_thin.c  p and q, which rules are redundant, which one of an itemset stays, the order
*/
#ifndef MINE_ASSOCIATE_RULES_H
#define MINE_ASSOCIATE_RULES_H

#include "../core/hash.h"
#include "associate.h"

/* By what a rule stands before another; `set` and `turn` make the order total. */
typedef struct mine__rule_key {
  double by, lift, confidence; /* by: the measure that was asked for, the larger the better */
  uint32_t count, turn;        /* turn: among the rules of its set                          */
  int64_t set;
} mine__rule_key;

typedef struct mine__rule_search {
  mine_env *env;
  mine_arena *arena;
  const mine_itemsets *sets;
  const mine_rule_query *query;
  mine__table table;     /* of the sets, by their hash                     */
  const uint16_t *marks; /* per rank: which lists of the query hold it     */
  uint32_t all[2];       /* distinct items that a side must hold: 0 the left */
  mine_rule_set *rules;
  mine__rule_key *key; /* of each rule; NULL before they are sorted, but of `top` */
  size_t capacity, key_capacity;
  double candidates; /* with top: the splits that there are */
  /* The set at hand. */
  int64_t number;
  const uint32_t *set; /* count, size, ranks                                */
  uint64_t hash;
  uint64_t stays;  /* bits that must not go to the right                */
  uint64_t any[2]; /* bits of which a side must hold one; 0: no matter  */
  uint32_t turn;
  mine_rule best; /* of the set, with top and per_itemset; set -1: none */
  mine__rule_key best_key;
} mine__rule_search;

static inline uint64_t mine__rules_hash(uint32_t rank) {
  return mine_hash_mix((uint64_t)rank + 1);
}

/* The set that is a non-empty part of the set at hand. */
uint32_t mine__rules_part(const mine__rule_search *f, uint64_t part, uint64_t hash);

mine__rule_key mine__rules_key(const mine__rule_search *f, const mine_rule *rule, uint32_t turn);
int mine__rules_before(const mine__rule_key *a, const mine__rule_key *b);
/* Whether a part of the antecedent says as much of the consequent.  The set at hand is the
** rule's.  O(2^items of the antecedent) at worst. */
int mine__rules_redundant(const mine__rule_search *f, const mine_rule *rule);
/* All were found: p and q, then without what the query leaves out, in order. */
void mine__rules_finish(mine__rule_search *f);

#endif
