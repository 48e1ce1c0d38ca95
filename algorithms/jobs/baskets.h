/*
** baskets.h -- the options of mine_itemsets and mine_rules, for the job and the
** catalogue.
**
** Both take the options of mine_baskets_reads, mine_baskets_option_table and the run
** options; besides, mine_itemsets mine_itemsets_option_table, mine_rules
** mine_rules_option_table.
*/
#ifndef MINE_JOBS_BASKETS_H
#define MINE_JOBS_BASKETS_H

#include "../data/wants.h"

extern const mine_want mine_baskets_reads[]; /* (basket, item) */

typedef struct mine_baskets_options {
  double min_support;
  int64_t min_count;  /* MINE_NOT_GIVEN: min_support decides    */
  int64_t max_length; /* MINE_NOT_GIVEN: no limit               */
  int64_t max_itemsets;
} mine_baskets_options;
extern const mine_option mine_baskets_option_table[];

typedef struct mine_itemsets_options {
  int kind; /* mine_itemset_kind */
} mine_itemsets_options;
extern const mine_option mine_itemsets_option_table[];

typedef struct mine_rules_options {
  double min_confidence;
  double min_lift; /* NAN: any */
  int64_t max_consequent;
  mine_list antecedent, consequent;
  int64_t max_rules;
  int sort; /* mine_rule_sort */
} mine_rules_options;
extern const mine_option mine_rules_option_table[];

#endif
