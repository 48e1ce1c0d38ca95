/*
** associate.h -- what sells together: baskets, frequent itemsets, rules.
**
** Three steps, each of which only needs the one before:
**
**   rows (basket, item)  ->  mine_transactions   baskets_build.c, hierarchy.c
**   transactions         ->  mine_itemsets       itemsets_root.c, itemsets.c, project*.c ...
**   itemsets             ->  mine_rule_set       rules.c, rules_thin.c, rule_measures.c
**
** Inside, an item is a *rank*: 0 is the most frequent item, ties in value order.
** Itemsets list ranks in rising order, so the most frequent item comes first.
**
** The empty itemset is never counted.  Counts are exact.
*/
#ifndef MINE_ASSOCIATE_ASSOCIATE_H
#define MINE_ASSOCIATE_ASSOCIATE_H

#include <string.h>

#include "../core/text.h"
#include "../data/json_values.h"
#include "../data/relation.h"

/* ---- baskets ---------------------------------------------------------------- */

/* Baskets as rows of item codes, an item at most once per basket (unordered). */
typedef struct mine_transactions {
  int64_t baskets;          /* those that hold at least one item                */
  uint32_t items;           /* item codes are 0..items-1                        */
  uint32_t *start;          /* baskets + 1 positions in item[]                  */
  uint32_t *item;           /* codes                                            */
  int64_t rows, skipped;    /* rows read; rows without a basket or without item */
  const mine_values *names; /* the value of each code; orders ties. NULL: codes */
  const double *weight;     /* per basket, above 0 in sum; NULL: every basket counts as one */
  const struct mine_hierarchy *groups; /* of the items, where baskets hold these too; NULL: none */
} mine_transactions;

/* What all baskets weigh: how many there are, without weights. */
double mine__transactions_weight(const mine_transactions *t);

/* Group `rows` pairs of codes (-1 = NULL: the row is skipped and counted; a
** basket all of whose items are NULL is no basket).  Basket codes are below
** n_baskets, item codes below n_items.  The result lives in `arena`: 4 bytes a
** row.  MINE_DATA when there are no rows, or none with both values. O(rows). */
mine_status mine__transactions_build(mine_env *env, mine_arena *arena, int64_t rows,
                                     const int32_t *basket, int64_t n_baskets, const int32_t *item,
                                     int64_t n_items, mine_transactions *out) MINE_MUST_CHECK;

/* Leave only the items whose mark is not 0; a basket stays one without any.  In place. */
void mine__transactions_keep(mine_transactions *t, const uint8_t *keep);

/* ---- groups of items (hierarchy.c) --------------------------------------------- */

/* Whose groups are whose: those above the item of code x, of all levels, are
** above[first[x]] .. above[first[x + 1] - 1], by rising code. */
typedef struct mine_hierarchy {
  uint32_t items; /* codes, those of the groups included */
  uint32_t *first, *above;
} mine_hierarchy;

/* Close n pairs (item, parent) of codes below `items` upwards.  1 = done; 0 = a failure, or
** an item is above itself: then loop[0..*loop_length-1] are the codes of the way round. */
int mine__hierarchy_close(mine_env *env, mine_arena *arena, const uint32_t *item,
                          const uint32_t *parent, size_t n, uint32_t items, mine_hierarchy *out,
                          uint32_t **loop, size_t *loop_length);
/* Whether one of the two is above the other. */
int mine__hierarchy_related(const mine_hierarchy *h, uint32_t a, uint32_t b);
/* Every basket with the groups of its items, each at most once (Srikant & Agrawal, VLDB 1995:
** an itemset of groups is one of the baskets that were extended so); h must outlive it. */
mine_status mine__transactions_lift(mine_env *env, mine_arena *arena, const mine_transactions *t,
                                    const mine_hierarchy *h,
                                    mine_transactions *out) MINE_MUST_CHECK;

/* ---- itemsets --------------------------------------------------------------- */

typedef enum mine_itemset_kind {
  MINE_SETS_ALL,
  MINE_SETS_CLOSED,
  MINE_SETS_MAXIMAL
} mine_itemset_kind;

/* Which itemsets.  closed: no larger set has the same count; maximal: no larger
** set is frequent.  Both are properties of the data: max_length only leaves the
** longer ones out. */
typedef struct mine_itemset_query {
  int64_t min_count;    /* >= 1                                     */
  int64_t max_length;   /* >= 1; INT64_MAX: no limit                */
  int64_t max_itemsets; /* more than that many is MINE_LIMIT; MINE_SETS_UNLIMITED */
  mine_itemset_kind kind;
  int counted;          /* do not keep the sets: out->tally instead */
  double min_weight;    /* of the set's baskets, with weights: at least this and above 0     */
  const char *narrower; /* one more remedy where there are too many, or NULL */
} mine_itemset_query;

#define MINE_SETS_UNLIMITED INT64_MAX

/* So many of the sets have this count and this size. */
typedef struct mine_itemset_tally {
  uint32_t count, size;
  int64_t sets;
} mine_itemset_tally;

/* The answer, by falling count, then size, then items (rank by rank).  Set s is
** data[at[s]] = count, data[at[s] + 1] = size, then its ranks; with weights its own as a double
** in two words. */
typedef struct mine_itemsets {
  int64_t baskets;
  uint32_t n_items; /* frequent items = ranks          */
  uint32_t *code;   /* rank -> item code               */
  int64_t n;
  size_t *at;
  uint32_t *data;
  /* Instead of these, of sets that are counted: in the same order. */
  int64_t n_tallies;
  mine_itemset_tally *tally;
  double total; /* the weight of all baskets                        */
  int weighted; /* sets have a weight beside their count            */
} mine_itemsets;

/* Words of a set in data. */
static inline size_t mine__itemset_words(const mine_itemsets *sets, const uint32_t *set) {
  return (size_t)set[1] + (sets->weighted ? 4 : 2);
}

/* What the baskets of set s weigh; without weights its count. */
static inline double mine__itemset_weight(const mine_itemsets *sets, int64_t s) {
  const uint32_t *set = sets->data + sets->at[s];
  double weight = set[0];
  if (sets->weighted) memcpy(&weight, set + 2 + set[1], sizeof weight);
  return weight;
}

/* Find all itemsets of the query.  A set's share of weighted baskets is that of their weight,
** but `count` is of baskets; of items in groups no set holds one together with what is above
** it, and closed and maximal are meant among these.  Counted sets have no weight.  The result
** lives in `arena`, which must not be env->scratch: that holds the rest while it runs.  The
** same answer for any number of threads. */
mine_status mine__itemsets_mine(mine_env *env, mine_arena *arena, const mine_transactions *baskets,
                                const mine_itemset_query *query,
                                mine_itemsets *out) MINE_MUST_CHECK;

/* The smallest count that a minimum support asks for: ceil(support x baskets),
** at least 1, forgiving the rounding of the product. */
int64_t mine__min_count(double support, int64_t baskets);

/* Overwrite `out` with the JSON array of n ranks; `items`: of the ranks. */
void mine__item_texts_join(const mine_json_values *items, const uint32_t *rank, size_t n,
                           mine_text *out);

enum {
  MINE_ITEMSETS_ITEMSET,
  MINE_ITEMSETS_SIZE,
  MINE_ITEMSETS_COUNT,
  MINE_ITEMSETS_SUPPORT /* of the weight, where there are weights */
};

/* The columns above, in the order of the sets.  Sets that were kept must live in
** the relation's arena: the text of one is made when it is read. */
mine_status mine__itemsets_relation(mine_env *env, const mine_itemsets *sets,
                                    const mine_values *names, mine_relation *out) MINE_MUST_CHECK;

/* ---- rules ------------------------------------------------------------------ */

/* In the order of the columns. */
typedef enum mine_rule_sort {
  MINE_BY_COUNT,
  MINE_BY_SUPPORT,
  MINE_BY_CONFIDENCE,
  MINE_BY_LIFT,
  MINE_BY_LEVERAGE,
  MINE_BY_CONVICTION,
  MINE_BY_COVERAGE,
  MINE_BY_ADDED_VALUE,
  MINE_BY_COSINE,
  MINE_BY_JACCARD,
  MINE_BY_KULCZYNSKI,
  MINE_BY_IMBALANCE_RATIO,
  MINE_BY_PHI,
  MINE_BY_CHI_SQUARED,
  MINE_BY_ODDS_RATIO,
  MINE_BY_CERTAINTY,
  MINE_BY_P_VALUE,
  MINE_BY_Q_VALUE
} mine_rule_sort;

/* What a side of a rule must be, as item codes: hold all of these, one of these at least,
** nothing but these; no items: anything. */
typedef struct mine_rule_side {
  size_t n_all, n_any, n_only;
  const uint32_t *all, *any, *only;
} mine_rule_side;

typedef struct mine_rule_query {
  double min_confidence;  /* 0..1                                             */
  double min_lift;        /* NAN: any                                         */
  int64_t max_consequent; /* >= 1                                             */
  int64_t min_length;     /* items of a rule                                  */
  int64_t max_rules;      /* more than that many is MINE_LIMIT                */
  int64_t top;            /* only so many, of the first in the order; 0: all  */
  int redundant;          /* 0: without those no better than a more general one */
  int per_itemset;        /* only the first rule of each itemset              */
  mine_rule_sort sort;
  mine_rule_side antecedent, consequent;
} mine_rule_query;

/* antecedent => consequent: `set` is both together; bit i of `consequent` says
** that item i of the set is on the right. */
typedef struct mine_rule {
  int64_t set;
  uint64_t consequent;
  uint32_t left, right; /* the sets that the two sides are */
  double p, q;
} mine_rule;

typedef struct mine_rule_set {
  int64_t n;
  mine_rule *rule;
} mine_rule_set;

/* The rules of the query from *all* frequent itemsets (kind all), sorted: by the
** measure asked for, then lift, confidence and count, each falling (p and q rising), then
** in the order of the itemsets.  The result lives in `arena`.
**
** q: Benjamini and Hochberg's, over all rules that pass min_confidence, min_lift, the lengths
** and the sides; the redundant and the others of an itemset are still among them.  With `top`
** the others are not looked at; the family is then every rule that the itemsets can be split
** into, those not answered with p = 1: no q is smaller than without. */
mine_status mine__rules_find(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                             const mine_rule_query *query, mine_rule_set *out) MINE_MUST_CHECK;

/* What is known of X => Y from four counts.  Notation: n baskets; x, y, xy of
** them hold the antecedent, the consequent, both.  NAN where undefined. */
typedef struct mine_rule_measures {
  double support;         /* xy / n                                                  */
  double confidence;      /* xy / x                                                  */
  double lift;            /* xy n / (x y)                                            */
  double leverage;        /* xy/n - (x/n)(y/n)                                       */
  double conviction;      /* (n - y) x / (n (x - xy)); x = xy: undefined (infinite)  */
  double coverage;        /* x / n                                                   */
  double added_value;     /* xy/x - y/n                                              */
  double cosine;          /* xy / sqrt(x y)                                          */
  double jaccard;         /* xy / (x + y - xy)                                       */
  double kulczynski;      /* (xy/x + xy/y) / 2                                       */
  double imbalance_ratio; /* |x - y| / (x + y - xy)                                  */
  double phi;             /* (n xy - x y) / sqrt(x y (n-x)(n-y)); x or y = n: undefined */
  double chi_squared;     /* n phi^2: Pearson's, 2 x 2 table, no continuity correction  */
  double odds_ratio;      /* xy (n-x-y+xy) / ((x-xy) (y-xy)); x or y = xy: undefined     */
  double certainty;       /* (n xy - x y) / (x (n-y)), below 0 / (x y); y = n: 0         */
} mine_rule_measures;
void mine__rule_measure(int64_t n, int64_t x, int64_t y, int64_t xy, mine_rule_measures *out);
/* Of a rule, by weight where the baskets have weights; n phi^2 counts baskets even so. */
void mine__rule_measure_of(const mine_itemsets *sets, const mine_rule *rule,
                           mine_rule_measures *out);
/* Fisher's exact test, upper tail: the chance of xy baskets or more with both, were the two
** sides unrelated and as frequent as they are. */
double mine__rule_p(int64_t n, int64_t x, int64_t y, int64_t xy);

/* (antecedent, consequent, count, the measures above in that order, p, q, then the two sides
** in words). */
mine_status mine__rules_relation(mine_env *env, const mine_itemsets *sets,
                                 const mine_rule_set *rules, const mine_values *names,
                                 mine_relation *out) MINE_MUST_CHECK;

#endif
