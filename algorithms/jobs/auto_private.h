/*
** auto_private.h -- the parts of `auto` and what they hand each other.
**
**   auto.c         the portfolio, the row, the model of the members
**   auto_search.c  what is tried of the portfolio, and the mean of the best
*/
#ifndef MINE_JOBS_AUTO_PRIVATE_H
#define MINE_JOBS_AUTO_PRIVATE_H

#include "../model/members.h"
#include "auto.h"

#define AUTO_MEMBERS 5  /* different models of a mean, at most       */
#define AUTO_MOST    12 /* entries of the portfolio, its end counted */

typedef struct auto_entry {
  const char *name, *algorithm, *options;
  unsigned tasks;
  int64_t most; /* rows that it is tried on unless it is asked for; 0: any number */
  int always;   /* also when the budget is spent                                  */
} auto_entry;

/* The cheap ones first; a name of NULL ends it.  The first is the baseline. */
extern const auto_entry mine__auto_entries[AUTO_MOST];
/* The entry of a name, whose algorithm this build has; or NULL. */
const auto_entry *mine__auto_find(const mine_cell *name);

typedef struct auto_trial {
  mine_trial trial;
  const auto_entry *entry;
  mine_trial_mean loss;
  const char *why;  /* it failed; NULL: it did not                          */
  const char *text; /* its options and those of the call, for mine_train    */
  double *part;     /* per row: what it gave the actual class, or its number */
  double vote;      /* of the draws: the sum of its shares in their means   */
  int weight;       /* in the mean, in hundredths                           */
} auto_trial;

struct mine_composition {
  const mine_measure *measure;
  int n;
  auto_trial trial[AUTO_MOST];
  mine_cell name[AUTO_MOST];
  int best;             /* alone                                            */
  int baseline;         /* -1: it was not measured                          */
  double lead, error;   /* of the best before the baseline, over the folds  */
  mine_measured unseen; /* the mean's answers out of fold, where they were kept */
};

#endif
