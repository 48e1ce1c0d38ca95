/*
** cox.h -- the partial likelihood of Cox's model, in prefix sums.
**
** Rows lie by stratum and falling time, so that those at risk at an event's time are all rows
** before a place, less those that had not entered yet.  With r = w exp(x b), S the sum of r over
** the d-fold risk set and D that over the d rows with the event (S1, D1: of r x), Efron's (1977)
** treatment of ties is a sum over k = 0 .. d - 1 with f = k / d (Breslow 1974: f = 0) and the mean
** weight u of the d rows
**
**   log likelihood   sum of w x b over the events - sum u log(S - f D)
**   gradient         sum over rows x (w event - r A)
**   information      sum over rows r A x x' - sum u m m',  m = (S1 - f D1) / (S - f D)
**
** where A = H(time) - H(start) - (event: G), H is the cumulated h = sum u / (S - f D), the hazard
** of the mean row, and G = sum f u / (S - f D) of the row's own time.  Sums over k need no
** vectors: with a, b, c = sum u (1, f, f^2) / (S - f D)^2
**
**   sum u m m' = a S1 S1' - b (S1 D1' + D1 S1') + c D1 D1' = v v' + z z',
**   v = sqrt(a) (S1 - b / a D1), z = sqrt(c - b^2 / a) D1.
**
** So an evaluation is one pass for r, one short pass in order for S, h and A, and one pass of
** the blocks side by side, each of which begins with the S1 of those before it: n q^2 / 2 + events
** q^2 multiplications.  Cox (1972), Regression models and life-tables, Journal of the Royal
** Statistical Society B 34; Efron (1977), JASA 72; Andersen & Gill (1982), Annals of Statistics 10.
*/
#ifndef MINE_LINEAR_COX_H
#define MINE_LINEAR_COX_H

#include "design.h"

/* A time with events of a stratum. */
typedef struct cox_event {
  int32_t lo, hi; /* the rows of that time; those at risk are the stratum's before hi */
  int32_t gone;   /* ... but for removed[stratum's first .. gone - 1]                  */
  int32_t deaths;
  double weight; /* of the deaths: sum of u  */
  double h, g, a, b, c;
} cox_event;

typedef struct cox_rows {
  mine_env *env;
  const mine_dataset *data;
  const linear_design *design;
  mine_linalg la;
  int efron;
  int64_t n, q;  /* q = 1 + n_used: column 0 is 1 */
  uint32_t *row; /* of the frame                  */
  double *x;     /* n x q, in units of deviations */
  uint8_t *dead; /* whether the event came        */
  int64_t n_strata, *first;
  uint32_t *removed; /* rows by falling start within strata; NULL: all from the beginning */
  int64_t n_events;
  cox_event *event;
  int64_t *event_of; /* per stratum and the end: its first event */
  /* At the last point. */
  double *eta, *r, *at_risk; /* at_risk: A */
} cox_rows;

typedef struct cox_point {
  double loss; /* - log likelihood */
  double *u;   /* q; u[0] is 0     */
  double *i;   /* q x q; row and column 0 are those of 1 */
} cox_point;

static inline double cox_weight(const cox_rows *rows, int64_t i) {
  return rows->data->weight ? rows->data->weight[rows->row[i]] : 1;
}
static inline double cox_time(const cox_rows *rows, int64_t i) {
  return rows->data->target[rows->row[i]];
}

/* Sort and find the times with events: all but the design, the matrix and q.  In scratch. */
mine_status mine__cox_order(mine_env *env, const mine_dataset *data, const int32_t *strata,
                            int64_t n_strata, int efron, cox_rows *out) MINE_MUST_CHECK;
/* The same, and fill the matrix (8 n q bytes): after mine__design_reduce.
** strata: codes per frame row, NULL: one.  In scratch. */
mine_status mine__cox_rows(mine_env *env, const mine_dataset *data, const linear_design *design,
                           const int32_t *strata, int64_t n_strata, int efron,
                           cox_rows *out) MINE_MUST_CHECK;
mine_status mine__cox_point(const cox_rows *rows, cox_point *point) MINE_MUST_CHECK;
/* The likelihood at b and its derivatives; h, g ... of the events and A of the rows are left. */
mine_status mine__cox_evaluate(cox_rows *rows, const double *b, cox_point *point) MINE_MUST_CHECK;
/* The derivatives once more, with every event counted omega[event] >= 0 times.  A of the rows is
** left so. */
mine_status mine__cox_moments(cox_rows *rows, const double *omega,
                              cox_point *point) MINE_MUST_CHECK;
/* Residuals of the score (n x q; their sum is the gradient) at the last point. */
mine_status mine__cox_scores(cox_rows *rows, double *score) MINE_MUST_CHECK;

/* To the most likely b (zeros at first).  fixed[j]: b[j] stays 0, being collinear within the
** risk sets; infinite[j]: it has no end.  *null: the loss at 0; *steps < 0: not settled. */
typedef struct cox_solution {
  double *b;
  uint8_t *fixed, *infinite;
  double null, score; /* the score test at 0 */
  int steps;
} cox_solution;
mine_status mine__cox_solve(cox_rows *rows, cox_solution *out, cox_point *point) MINE_MUST_CHECK;

/* - log likelihood of margins that are not sums of these rows' columns: eta (by position) is left
** without its mean. */
mine_status mine__cox_likelihood(cox_rows *rows, double *loss) MINE_MUST_CHECK;

/* The share of pairs of which the one with the higher margin has the event first (Harrell 1982),
** and, unless NULL, its variance by the infinitesimal jackknife, as R's survival has it (Therneau &
** Watson 2015): the sum over the rows of what each moves it by, squared.  Both NAN where there are
** no pairs.  O(n log n). */
double mine__cox_concordance(mine_env *env, const cox_rows *rows, const double *margin,
                             double *variance);

#endif
