/*
** drivers.h -- which groups of rows differ from the rest: the inside of mine_drivers.
**
**   drivers_conditions.c  attributes become conditions: a bit for each row
**   drivers_search.c      all conjunctions of one to three of them that have enough rows
**   drivers_judge.c       how far each is from the rest, by chance or not; what says nothing new
**   drivers.c             the verb
*/
#ifndef MINE_JOBS_DRIVERS_H
#define MINE_JOBS_DRIVERS_H

#include "training.h"

#define DRIVERS_LENGTH 3

typedef enum drivers_test { DRIVERS_BELOW, DRIVERS_FROM, DRIVERS_IS, DRIVERS_MISSING } drivers_test;

/* A condition: x < bound, x >= bound, x = value or level, x is missing. */
typedef struct drivers_item {
  int feature;
  drivers_test test;
  double bound; /* of a number */
  int32_t code; /* of a category */
  int64_t rows;
  uint64_t *bits; /* per row learned from, in their order */
} drivers_item;

typedef struct drivers_items {
  int n;
  size_t capacity;
  drivers_item *item; /* by feature, in source order */
} drivers_items;

/* What is known of some rows.  Without periods all is of side 0; of classes a sum is that of the
** positive ones; of numbers they are less the mean of all rows, so that no digits are lost. */
typedef struct drivers_sums {
  int64_t n[2];
  double sum[2], squares[2];
} drivers_sums;

/* The rows, in their order. */
typedef struct drivers_rows {
  int64_t n;
  size_t words;       /* of bits */
  uint64_t *positive; /* classes: bits; else NULL                       */
  double *number;     /* else: less `mean`                              */
  double mean;
  uint64_t *later; /* bits of the rows of the later period; NULL: none  */
  drivers_sums all;
} drivers_rows;

/* A conjunction of conditions: their numbers, rising. */
typedef struct drivers_segment {
  int size;
  int32_t item[DRIVERS_LENGTH];
  drivers_sums sums;
  double rate, contribution, p, q;
} drivers_segment;

typedef struct drivers_segments {
  int64_t n;
  size_t capacity;
  drivers_segment *segment;
} drivers_segments;

/* The conditions that at least `least` rows meet and at least one does not; numbers of more than
** four values are cut into `bins` of about equally many rows.  In arena. */
void mine__drivers_conditions(mine_training *t, mine_arena *arena, int bins, int64_t least,
                              drivers_items *out);
/* Whether two conditions may stand together: of one feature a lower and an upper bound only. */
int mine__drivers_agree(const drivers_item *a, const drivers_item *b);
/* "tenure" < 12 AND contract = 'monthly', as SQL reads it. */
void mine__drivers_text(const mine_training *t, const drivers_items *items,
                        const drivers_segment *segment, mine_text *to);

/* All segments of at most `length` conditions with at least `least` rows, those of one condition
** first, then in the order of their items; more than `most` of them are a failure. */
void mine__drivers_search(mine_env *env, mine_arena *arena, const drivers_rows *rows,
                          const drivers_items *items, int length, int64_t least, int64_t most,
                          drivers_segments *out);

/* Rate, contribution, p and q of each. */
void mine__drivers_judge(mine_env *env, const drivers_rows *rows, drivers_segments *segments);
/* The numbers of the segments that stay, best first, at most `top`; -1 ends. */
int64_t *mine__drivers_choose(mine_env *env, mine_arena *arena, const drivers_rows *rows,
                              const drivers_items *items, const drivers_segments *segments,
                              double max_q, int64_t top);
double mine__drivers_rate(const drivers_rows *rows, const drivers_sums *sums);

#endif
