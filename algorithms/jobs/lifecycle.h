/*
** lifecycle.h -- the stage of each customer at a date: lifecycle.c, by the chance to be alive
** lifecycle_alive.c; who moved from stage to stage between two dates: lifecycle_moves.c.
*/
#ifndef MINE_JOBS_LIFECYCLE_H
#define MINE_JOBS_LIFECYCLE_H

#include "crm_words.h"
#include "purchases.h"

typedef enum mine_lifestage {
  MINE_STAGE_PROSPECT,
  MINE_STAGE_NEW,
  MINE_STAGE_ACTIVE,
  MINE_STAGE_AT_RISK,
  MINE_STAGE_DORMANT,
  MINE_STAGE_LOST,
  MINE_STAGE_REACTIVATED,
  MINE_STAGES
} mine_lifestage;

enum { MINE_BY_RHYTHM, MINE_BY_DAYS, MINE_BY_ALIVE };

typedef struct mine_lifecycle_options {
  int by;
  double at_risk, dormant, lost; /* NAN: as usual */
  int64_t min_gaps;
} mine_lifecycle_options;
extern const mine_option mine__lifecycle_option_table[];
#define MINE_SET_LIFECYCLE \
  { mine__lifecycle_option_table, sizeof(mine_lifecycle_options), 0 }

/* Check the options and fill in what is usual; a failure sticks. */
void mine__lifecycle_defaults(mine_env *env, mine_lifecycle_options *options);

/* Of one customer at a date; days are whole. */
typedef struct mine_standing {
  mine_lifestage stage;
  double since, silent, gap, next, p_alive; /* NAN: none */
} mine_standing;

/* Every customer's, with what was known on that day; in `arena`.  A failure sticks. */
mine_standing *mine__lifecycle_at(mine_job *job, const mine_histories *p,
                                  const mine_lifecycle_options *options, double day);

/* ---- lifecycle_alive.c ------------------------------------------------------------------ */

typedef struct mine__alive mine__alive;
/* The Pareto/NBD model of n customers, those of c on day[first[c]] .. day[first[c + 1] - 1],
** as they are known on the day `now`; in the job's arena.  A failure sticks. */
const mine__alive *mine__alive_fit(mine_job *job, int64_t n, const int64_t *first,
                                   const double *day, double now);
/* Of a customer with so many repeats, the last so many days after the first purchase, observed
** so many days. */
double mine__alive_at(const mine__alive *alive, int64_t repeats, double last_at, double age);

const char *mine__stage_word(mine_lifestage stage, mine_lang lang);

#endif
