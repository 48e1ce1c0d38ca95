/*
** lifetime.h -- processes of buying and leaving: what a customer who bought so will buy.
**
** A process says how a customer buys while alive and when one dies without telling, with the
** differences between customers mixed in; a handful of parameters theta > 0 stand for all
** customers.  Its row (mine__process) has
**
**   sum      the log-likelihood of customers and its derivatives, exactly
**   alive    the probability that a customer (x, t_x, T) is alive at T
**   future   the expected purchases of one who is, in the t after T; that of all is alive * future
**
** Fitting (fit.c): customers are brought together into the distinct (x, t_x, T), each with a
** weight; time is measured in the mean T, so that parameters are near 1; the mean log-likelihood
** is maximised over log(theta) by BFGS with exact gradients (maximise.c), from several starts on
** at most 4,000 of the cells and then on all of them.  Standard errors come from the Hessian at
** the maximum, which is differences of exact gradients.
**
** Not in the algorithm's layer alone: jobs ask processes, too.
*/
#ifndef MINE_LIFETIME_LIFETIME_H
#define MINE_LIFETIME_LIFETIME_H

#include <math.h>

#include "../model/purchases.h"

#define LIFETIME_MOST MINE_PURCHASE_PARAMETERS

/* Points and weights of Gauss and Legendre's rule over 0 to 1. */
typedef struct mine__rules {
  double at8[8], weight8[8], at16[16], weight16[16], at32[32], weight32[32];
} mine__rules;
void mine__rules_make(mine__rules *rules);

/* A customer; of gammagamma t_x is the mean amount m. */
typedef struct mine__buyer {
  double x, t_x, T;
} mine__buyer;

typedef struct mine__process mine__process;

/* A process with its parameters. */
typedef struct mine__life {
  const mine__process *process;
  const mine__rules *rules;
  double theta[LIFETIME_MOST];
  int k;
} mine__life;

/* Distinct customers in ascending order of x, t_x, T. */
typedef struct mine__cells {
  int64_t n;
  mine__buyer *buyer;
  double *weight; /* how many customers */
} mine__cells;

struct mine__process {
  const char *name; /* of the algorithm */
  int n;
  const char *parameter[LIFETIME_MOST];
  unsigned timed; /* bit i: theta[i] is a time (of gammagamma an amount) */
  int whole;      /* observed in whole periods                           */
  int spends;     /* it is about amounts, and has neither alive nor future */
  /* Add weight * log L of the cells first..end-1 to out[0], and its derivatives by theta[j] to
  ** out[1 + j]. */
  void (*sum)(const mine__life *life, const mine__cells *cells, int64_t first, int64_t end,
              double *out);
  double (*alive)(const mine__life *life, const mine__buyer *of);
  double (*future)(const mine__life *life, const mine__buyer *of, double t);
  int n_starts;
  const double (*start)[LIFETIME_MOST]; /* with the mean T for a unit of time */
};
extern const mine__process mine__process_bgnbd, mine__process_paretonbd, mine__process_mbgcnbd,
    mine__process_bgbb, mine__process_gammagamma;
const mine__process *mine__process_find(const char *algorithm); /* NULL: none of these */
/* That of a model, whose body is a mine_purchase_model then; NULL: it has none. */
const mine__process *mine__process_of(const mine_model *model);

/* Expected amount of a purchase by gammagamma; x = 0: of a new customer.  NAN: it is infinite. */
double mine__gammagamma_spend(const double *theta, double x, double m);

/* ---- one fit -------------------------------------------------------------------------------- */

/* Bring customers together; of[] (may be NULL) is the cell of each.  In arena; failures stick. */
void mine__cells_make(mine_env *env, mine_arena *arena, int64_t n, const double *x,
                      const double *t_x, const double *T, mine__cells *out, uint32_t *of);

typedef struct mine__life_fit {
  mine__life life;
  double likelihood;                                /* its logarithm, in the units of the source */
  double covariance[LIFETIME_MOST * LIFETIME_MOST]; /* of log(theta); NAN: flat; after _errors */
  double gradient;  /* largest derivative of the mean log-likelihood by log(theta) */
  int steps, bound; /* bound: a parameter went to the end of its range */
} mine__life_fit;
/* Maximise.  `rules` must outlive what is found.  near: parameters from which the maximum
** is looked for (those of another k); NULL: from several starts. */
void mine__life_maximise(mine_env *env, const mine__process *process, int k,
                         const mine__cells *cells, const mine__rules *rules, const double *near,
                         mine__life_fit *out);
/* The covariance of what was found in these cells: twice as many passes as there are parameters. */
void mine__life_errors(mine_env *env, const mine__cells *cells, mine__life_fit *fit);

/* Customers of the log to x, t_x, T, fit, hold-out table, notes and measures: what `learn` of
** these algorithms is.  k = 0: 1, 2, ... up to 12, the likeliest. */
mine_status mine__lifetime_learn(mine_env *env, const mine_purchases *of,
                                 const mine__process *process, int k, mine_model *model);

/* ---- holdout.c ---- */

/* What was foretold of the time after a cut, beside what came. */
typedef struct mine__held_out {
  double from, to;                           /* days or periods: after this one, until that one */
  double held;                               /* the time between, in units                      */
  double customers, actual, expected, error; /* error: the sum of its sizes, customer by customer */
  mine_purchase_class of[MINE_PURCHASE_CLASSES];
} mine__held_out;
/* With a log that is cut at the end of `day`; nothing is compared yet. */
mine__held_out mine__held_out_of(const mine_purchases *of, double day);
/* `before` as mine__purchases_until the cut, its cells, and the cell of each customer. */
mine_status mine__held_out_compare(mine_env *env, const mine_purchases *before,
                                   const mine__cells *cells, const uint32_t *cell,
                                   const mine__life *life, mine__held_out *out) MINE_MUST_CHECK;
/* The figures as metrics; how many. */
#define MINE_HELD_OUT_METRICS 4
int mine__held_out_metrics(const mine__held_out *of, mine_metric *metric);

/* Rows for examples: a summary of 200 customers. */
#define MINE_PURCHASES_EXAMPLE                                                     \
  "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200),\n" \
  "  c AS (SELECT i, max(0, i*7%11 - 5) AS x, 30 + i%9 AS age FROM n)\n"           \
  "  SELECT i AS id, x AS repeats, (x > 0)*CASE WHEN i%3 THEN age - i%4\n"         \
  "    ELSE 1 + i*13%20 END AS last_at, age, 20 + i*11%37 AS monetary FROM c'"

/* ---- for the files of processes ------------------------------------------------------------- */

/* log(e^x + e^y), and the shares of the two in the sum. */
typedef struct mine__either {
  double log_sum, first, second;
} mine__either;
static inline mine__either mine__either_of(double x, double y) {
  const double less = exp(-fabs(x - y)), larger = 1 / (1 + less);
  return x > y ? (mine__either){x + log1p(less), larger, less * larger}
               : (mine__either){y + log1p(less), less * larger, larger};
}

/* Expected purchases in t of a customer who is alive, with lambda ~ Gamma(r, alpha), and dies
** after each purchase with p ~ Beta(a, b) (beta_death.c).  O(100). */
double mine__beta_death_future(const mine__rules *rules, double r, double alpha, double a, double b,
                               double t);

/* ---- maximise.c ----------------------------------------------------------------------------- */

/* value(u) and its gradient; to be maximised.  A value that is no number is refused. */
typedef double (*mine__ascent_value)(void *context, const double *u, double *gradient);
typedef struct mine__ascent {
  int n;
  mine__ascent_value value;
  void *context;
  double least, most; /* range of each u */
  double u[LIFETIME_MOST], at, gradient[LIFETIME_MOST];
  double inverse[LIFETIME_MOST * LIFETIME_MOST]; /* of minus the Hessian, as far as known */
  int known;                                     /* inverse is there already             */
  int steps;
} mine__ascent;
/* From u on until the gradient is below `enough` or nothing rises any more. */
void mine__ascent_run(mine__ascent *ascent, int most_steps, double enough);
/* The inverse of minus the Hessian at u, by differences of gradients; 0: it is not definite. */
int mine__ascent_covariance(mine__ascent *ascent, double *covariance);

#endif
