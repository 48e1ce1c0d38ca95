/*
** arima.h -- ARIMA(p,d,q)(P,D,Q)[m] by exact likelihood, for the files arima*.c.
**
** With B a step back, e noise and x = 1 (a mean: nothing is differenced) or x = t (a drift: it
** is once),
**
**   phi(B) Phi(B^m) (1 - B)^d (1 - B^m)^D (y - constant x) = theta(B) Theta(B^m) e
**
** Multiplied out these are three polynomials, phi of degree p + P m, theta of degree q + Q m,
** and delta of the differences.  What is differenced, u, is the first of r = max(deg phi, deg
** theta + 1) states (Gardner, Harvey & Phillips 1980),
**
**   a'_i = phi_(i+1) a_0 + a_(i+1) + theta_i e        u = a_0
**
** and behind them stand the last values of the series, the oldest first, from which y is u and
** what delta makes of them.  The covariance of the states is R R' + E, in units of the variance
** of e: R is (1, theta_1, ..), and E is what is not known of the present, 0 as soon as the past
** tells it.
**
**   arima_model.c       the polynomials, the covariances they begin with
**   arima_filter.c      Kalman's filter, for whatever is missing
**   arima_likelihood.c  the likelihood: of complete series by recursions of O(r) a point
**   arima_missing.c     ... and of series that lack a few values
**   arima_estimate.c    one order fitted
**   arima_orders.c      which order
**   arima.c             the row of the method
*/
#ifndef MINE_SERIES_ARIMA_H
#define MINE_SERIES_ARIMA_H

#include "series.h"

typedef struct arima_order {
  int p, d, q, P, D, Q;
  int constant; /* 1: a mean or a drift */
} arima_order;

#define ARIMA_STATES       128 /* of a model at most */
#define ARIMA_MOST_SEASON  60  /* so that the largest order that is searched has no more */
#define ARIMA_MOST_ORDER   9   /* p and q, said by hand */
#define ARIMA_COEFFICIENTS (2 * ARIMA_MOST_ORDER + 4)
#define ARIMA_COLUMNS      2 /* run through the filter beside each other: y and x */

typedef struct arima_model {
  arima_order order;
  int season;
  int r, lags;                                   /* states: of ARMA, and values before */
  int n_phi, n_theta;                            /* degrees */
  double phi[ARIMA_STATES], theta[ARIMA_STATES]; /* r each: of lag i + 1; of lag i, theta[0] = 1 */
  double first[ARIMA_STATES];                    /* r: covariance of the states with u */
  int n_z, at[8]; /* which states make y (few: delta is sparse), and how much of each */
  double z[8];
} arima_model;

/* ---- arima_model.c -------------------------------------------------------------------------- */

int mine__arima_coefficients(const arima_order *o);
/* Sizes, and what makes y of states; 0: more states than ARIMA_STATES.  O(lags). */
int mine__arima_shape(arima_model *m, const arima_order *order, int season);
/* Coefficients as R orders them, ar, ma, sar, sma, from unbounded numbers: each is the inverse
** hyperbolic tangent of a partial autocorrelation, so that phi is stationary and theta
** invertible.
*/
void mine__arima_natural(const arima_order *o, const double *unbounded, double *coefficients);
/* Coefficients multiplied out. */
void mine__arima_expand(arima_model *m, const double *coefficients);
/* m->first; 0: phi is not stationary.  O(r^2). */
int mine__arima_begin(arima_model *m);
/* E before the first point, packed: row i of the lower triangle is at i (i + 1) / 2. */
void mine__arima_covariance(const arima_model *m, double *packed);
/* Whether no root is nearer to the unit circle than 1.01: those of the season than 1.01^m, with m
** at most 12. */
int mine__arima_away_from_one(const arima_order *o, int season, const double *coefficients);
int mine__arima_is_stationary(const arima_model *m);

/* ---- arima_filter.c ------------------------------------------------------------------------- */

#define ARIMA_PACKED(n) ((size_t)(n) * ((size_t)(n) + 1) / 2)

/* Where the filter stands.  Memory is the caller's. */
typedef struct arima_filter {
  const arima_model *model;
  int columns;
  double *mean;    /* columns x (r + lags): expected, before the next point */
  double *cov;     /* E, packed, of the first `extent` states; others: 0 */
  int extent;      /* 0, r or r + lags */
  double *diffuse; /* packed, of lags that may be anything (a variance without bound); NULL: none */
  int left;        /* how many values will tell them */
} arima_filter;

/* At the beginning of a series, of which nothing is known. */
void mine__arima_filter_open(arima_filter *f, const arima_model *m, int columns, double *mean,
                             double *cov, double *diffuse);
/* A point on: y of each column, NAN: missing.  What was expected, and its variance in units of that
** of e.  1: it was known and counts in the likelihood; 0: it was missing; -1: it told a lag,
** and
** *variance is the one without bound, in units of that of a lag. */
int mine__arima_filter_step(arima_filter *f, const double *y, double *expected, double *variance);

/* ---- arima_likelihood.c --------------------------------------------------------------------- */

/* A series on its way through the fits. */
typedef struct arima_work {
  const double *y; /* n, scaled, NAN: missing */
  int64_t n, known;
  int season;
  double scale;
  int d, D;
  double *w; /* n: y differenced so, of which there are n_w; what is missing on a line */
  int64_t n_w;
  double told; /* sum of the logarithms of variances of lags that points told */
  arima_model model;
  double *mean, *cov, *diffuse; /* of the filter, for the largest model */
  double *columns;              /* mine__arima_missing_room numbers */
  double *box;
  mine_env *ask; /* mine_forecast_how */
} arima_work;

/* What a run through a series tells. */
typedef struct arima_told {
  int64_t used;      /* points that count */
  double logs;       /* sum of the logarithms of variances */
  double yy, yx, xx; /* products of the errors of y and of x, over their variances */
} arima_told;

/* Differences for the likelihoods of orders with these d and D. */
void mine__arima_difference(arima_work *w, int d, int D);
/* The constant that a run tells, and the squares that it leaves. */
double mine__arima_constant(const arima_work *w, const arima_told *told, double *squares);
/* -2 log L of w->model with these coefficients, constant and variance at their best; INFINITY: not
** stationary.  `conditional`: as if all before the series were as expected. */
double mine__arima_value(arima_work *w, const double *coefficients, int conditional,
                         arima_told *told);
/* The same by Kalman's filter, for many missing values (in tests for any); 0: the values do not
** tell the lags. */
int mine__arima_run(arima_work *w, arima_told *told);

/* The recursions of a complete series: K, L, F, M before a point. */
typedef struct arima_recursion {
  double gain[ARIMA_STATES], change[ARIMA_STATES + 1]; /* r; and a 0 */
  double variance, rate;
  int steps, still; /* still: L has died out */
} arima_recursion;

void mine__arima_recursion_open(const arima_model *m, int conditional, arima_recursion *s);
void mine__arima_recursion_step(const arima_model *m, arima_recursion *s);

/* ---- arima_missing.c ------------------------------------------------------------------------ */

#define ARIMA_MISSING 32 /* more are faster by the filter */

size_t mine__arima_missing_room(int states);
/* As mine__arima_run, for at most ARIMA_MISSING values. */
int mine__arima_missing_run(arima_work *w, arima_told *told);
double mine__arima_x_differenced(const arima_work *w);

/* ---- arima_estimate.c -------------------------------------------------------------------- */

typedef struct arima_found {
  arima_order order;
  double unbounded[ARIMA_COEFFICIENTS]; /* mine__arima_natural */
  double value;                         /* -2 log L */
  double criterion;                     /* AICc; INFINITY: data tell too little */
} arima_found;

/* The order fitted, from the parameters of another one (NULL: from none).  `thorough`: from several
** places.  0: it has too many states. */
int mine__arima_fit_order(arima_work *w, const arima_order *order, const arima_found *from,
                          int thorough, arima_found *out);
/* What was found, as a fit of points: the filter is run through them. */
void mine__arima_keep(arima_work *w, const arima_found *found, const mine_points *p,
                      mine_forecast_fit *out);

/* ---- arima_orders.c ------------------------------------------------------------------------- */

#define ARIMA_MODELS 94 /* that are tried at most, as R has it */

/* Numbers of memory that the search needs for n points. */
size_t mine__arima_search_room(int64_t n, int season);
void mine__arima_search(arima_work *w, const mine_forecast_how *how, double *memory,
                        arima_found *best);
/* The largest order that is searched for this season. */
arima_order mine__arima_largest(int season);

/* ---- arima.c -------------------------------------------------------------------------------- */

/* A state: the constant, how far E reaches, coefficients, then means and E of the filter. */
enum { ARIMA_CONSTANT, ARIMA_EXTENT, ARIMA_FIRST };

int64_t mine__arima_form(const arima_order *o);

#endif
