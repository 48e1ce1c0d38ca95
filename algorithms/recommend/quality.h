/*
** quality.h -- how good lists of offers are, beside what customers took afterwards.
**
** A customer counts when he took something afterwards.  Of the first k offers to him, hits are
** those that he took, T the different items that he took:
**
**   precision  hits / k                    recall  hits / T            hit  whether there is one
**   ndcg       sum over hits of 1 / log2(rank + 1), over that of min(k, T) hits at the top
**   map        sum over hits of (hits so far / rank), over min(k, T)
**
** (Jarvelin & Kekalainen, ACM TOIS 20, 2002), each the mean over the customers.  The recall of
** repeats is that of the items of T that he had taken before, over the customers who have such;
** of new items likewise.  coverage: the share of all items that is offered to anybody; novelty:
** the mean over all offers of -log2 of the share of customers who had taken the item.
*/
#ifndef MINE_RECOMMEND_QUALITY_H
#define MINE_RECOMMEND_QUALITY_H

#include "../core/env.h"

typedef struct mine_quality {
  int64_t k, customers, with_repeats, with_new; /* customers who count, for each recall */
  double precision, recall, ndcg, map, hit, repeat_recall, new_recall;
  double repeat_share; /* of the T: mean share taken before */
  double coverage, novelty;
} mine_quality;

typedef struct mine_quality_sum {
  mine_quality sum;
  int64_t n_items, n_customers, offers;
  const int64_t *taken; /* per item: customers who had taken it */
  uint8_t *mark;        /* per item, 0 between customers        */
  uint8_t *offered;     /* per item                             */
} mine_quality_sum;

/* In arena; 0: failure recorded. */
int mine__quality_open(mine_env *env, mine_arena *arena, int64_t k, int64_t n_items,
                       int64_t n_customers, const int64_t *taken, mine_quality_sum *out);
/* One customer: `offer` the best first (those beyond k do not count), `before` and `later` are
** different items each; `unknown` more were taken later, which no offer can be. */
void mine__quality_add(mine_quality_sum *to, int64_t n_offers, const int32_t *offer,
                       int64_t n_before, const int32_t *before, int64_t n_later,
                       const int32_t *later, int64_t unknown);
/* NAN where nobody counts. */
mine_quality mine__quality_of(const mine_quality_sum *sum);

#endif
