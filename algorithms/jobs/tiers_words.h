/*
** tiers_words.h -- tiers=A:0.8|B:0.95|C: names with bounds, and who is in which.
**
** Values are ranked from the greatest. Those of a tier reach as far as its bound says, by
**
**   share   of the sum of all values: the tier ends where those above hold that share or more;
**           who crosses the bound is still in it (ABC analysis: Dickie 1951)
**   count   of the ranks: a share of all (bounds up to 1), or so many (whole numbers)
**   value   the least value of the tier; bounds fall
**
** Equal values have one rank and are in one tier, so the order of the source decides nothing.
** A last name without a bound takes the rest; where all have one, the rest is in no tier.
*/
#ifndef MINE_JOBS_TIERS_WORDS_H
#define MINE_JOBS_TIERS_WORDS_H

#include "../core/options.h"

typedef enum mine_tiers_by { MINE_TIERS_SHARE, MINE_TIERS_COUNT, MINE_TIERS_VALUE } mine_tiers_by;
extern const char *const mine__tiers_by_names[]; /* "share", "count", "value", NULL */

typedef struct mine_tier {
  const char *name;
  double bound; /* NAN: the rest */
} mine_tier;
typedef struct mine_tiers {
  mine_tiers_by by;
  int so_many; /* by count: bounds are numbers of rows, not shares */
  int n;       /* 0: none were given */
  const mine_tier *tier;
} mine_tiers;

/* Read the option of that name; texts live in `arena`.  A failure sticks. */
void mine__tiers_read(mine_env *env, mine_arena *arena, const char *option, const mine_list *list,
                      mine_tiers_by by, mine_tiers *out);

/* Values in order.  A value below 0 counts as 0 in sums; NAN has no rank, no share, no tier. */
typedef struct mine_tiering {
  int64_t n, known, negative;
  int64_t *rank;              /* 1 the greatest, equal ones alike; 0: none           */
  int32_t *tier;              /* index; -1: none                                     */
  double *share, *cumulative; /* of the sum; with all that are as great; NAN: no sum */
  double *population;         /* the share of the known that are as great            */
  const uint32_t *order;      /* the known, from the greatest, equal ones in order   */
  double sum;                 /* may be infinite: shares are right all the same      */
} mine_tiering;

/* In `arena`, O(n log n); a failure sticks. */
void mine__tiers_assign(mine_env *env, mine_arena *arena, const mine_tiers *tiers,
                        const double *value, int64_t n, mine_tiering *out);

#endif
