/*
** hazard.h -- the model kind "hazard": when the event comes, by sums of coefficients.
**
** The sum is a linear.h body with the link exp, whose answer v is
**
**   cox      the risk: how many times as soon as for the mean row the event comes.  The cumulated
**            hazard at t is H0(t) v, H0 being the steps of the mean row, of the row's stratum
**   weibull  the scale of the time: the cumulated hazard at t is (t / v)^(1 / spread)
**
** and survival is exp(-hazard).  The strata are the levels of a feature that has no
** coefficients of its own.  The body begins with the sum, so what lists, explains and writes
** sums does so with this one.
**
** Of both laws the hazards of two rows stand in one proportion at all times: that of a row is
** its risk times the hazard of a row of risk 1.
*/
#ifndef MINE_MODEL_HAZARD_H
#define MINE_MODEL_HAZARD_H

#include "linear.h"

typedef enum mine_hazard_law {
  MINE_HAZARD_COX,
  MINE_HAZARD_WEIBULL,
  MINE_HAZARD_LAWS
} mine_hazard_law;

/* Whether the effect of a term changes with time. */
typedef struct mine_hazard_test {
  const char *term; /* NULL: all of them together */
  double statistic, df, p;
} mine_hazard_test;

/* The cumulated hazard of the mean row of a stratum from each of some rising times on. */
typedef struct mine_hazard_steps {
  int64_t n;
  double *time, *hazard;
  double last; /* until when rows were seen; -1: there were none */
} mine_hazard_steps;

/* The columns beside the target, and the features, that say how lives went. */
typedef struct mine_hazard_columns {
  const char *event, *start; /* event NULL: not known (layout 1); start NULL: from the beginning */
  mine_cell event_value;     /* that means the event came; MINE_NULL: the obvious one */
} mine_hazard_columns;

typedef struct mine_hazard {
  mine_linear linear; /* first */
  mine_hazard_law law;
  double spread, spread_error; /* weibull: R's scale, and the error of its logarithm; -1: none */
  int strata;                  /* the feature whose levels are strata; -1: none               */
  int n_strata;                /* cox: those of which rows were seen are steps; else 0        */
  mine_hazard_steps *steps;
  int n_tests;
  mine_hazard_test *test;
  mine_hazard_columns columns;
} mine_hazard;

extern const mine_kind mine__kind_hazard;

/* Tell a model of the kind what its columns are called; copied. */
void mine__hazard_name(mine_model *model, const mine_hazard_columns *columns);

/* The risk of a row of which the model's answer is `value`; NAN where that is no answer. */
double mine__hazard_risk(const mine_hazard *hazard, double value);
/* The cumulated hazard at t of a row of which the model's answer is `value`, in stratum `code`
** (negative: not known).  NAN where it is not known: the stratum, the answer, or what comes after
** the last time seen. */
double mine__hazard_at(const mine_hazard *hazard, double value, int32_t code, double t);

#endif
