/*
** ets.h -- exponential smoothing as a state space model with one source of error (Hyndman, Koehler,
** Snyder & Grose 2002; Hyndman, Koehler, Ord & Snyder 2008), for the files ets*.c.
**
** A form is an error (A additive, M multiplicative), a trend (N none, A additive, Ad damped) and a
** season (N, A, M).  With level l, slope b, season s, and what is expected, f,
**
**   q = l + phi b            f = q, q + s, q s         e = y - f
**   l' = q + alpha u         u = e, e, e / s
**   b' = phi b + beta u
**   s' = s + gamma v         v = -, e, e / q
**
** the errors are e or e / f.  States do not depend on which, only the likelihood does:
**
**   -2 log L = n log(sum e^2) [+ 2 sum log f] + constants
**
** so nine recursions make the fifteen forms that R's forecast package considers by default.
**
**   ets_filter.c   the recursion, forwards for the likelihood, backwards for its gradient
**   ets_start.c    where states begin
**   ets_fit.c      one form fitted; the best of them by AICc
**   ets_ahead.c    variances of forecasts
**   ets.c          the rows of the methods: ets, ses, holt, damped
*/
#ifndef MINE_SERIES_ETS_H
#define MINE_SERIES_ETS_H

#include "series.h"

enum { ETS_NONE, ETS_ADDITIVE, ETS_MULTIPLICATIVE }; /* of seasons; errors without NONE */
enum { ETS_TREND_NONE, ETS_TREND, ETS_TREND_DAMPED };

typedef struct ets_form {
  int error, trend, season;
} ets_form;

static inline int64_t ets_form_code(ets_form f) {
  return (f.error - ETS_ADDITIVE) + 2 * f.trend + 6 * f.season;
}
static inline ets_form ets_form_of(int64_t code) {
  return (ets_form){(int)(code % 2) + ETS_ADDITIVE, (int)(code / 2 % 3), (int)(code / 6 % 3)};
}
#define ETS_FORMS 18 /* codes; three of them, A with a multiplicative season, are never used */

/* A state: parameters, then level, slope, and the season of point i at i % m. */
enum { ETS_ALPHA, ETS_BETA, ETS_GAMMA, ETS_PHI, ETS_LEVEL, ETS_SLOPE, ETS_SEASON };

#define ETS_LEAST     1e-4 /* of parameters, as R has it */
#define ETS_MOST      0.9999
#define ETS_LEAST_PHI 0.8
#define ETS_MOST_PHI  0.98
/* longer ones would have more states than data can tell, as R has it */
#define ETS_MOST_SEASON 24

/* A series on its way through the fits. */
typedef struct ets_work {
  const double *y; /* n, scaled, NAN: missing */
  int64_t n, known;
  int m; /* points of a season in use; 1: none */
  double scale;
  ets_form form;
  double *q, *s, *e, *b; /* n each: of the run forwards, for the one backwards */
  double *season;        /* m: while it runs */
  double *start;         /* 2 + m: where level, slope, season begin; room behind it */
  double *natural;       /* ETS_SEASON + m: a state, its gradient beside it */
  double *turn;
  double *box, *u, *least, *most, *step; /* of the search */
} ets_work;

/* Forms that were looked at. */
typedef struct ets_seen {
  double value[ETS_FORMS]; /* -2 log L; INFINITY: none (yet) */
  double *state;           /* ETS_FORMS x (ETS_SEASON + m) */
  double *inverse;         /* ETS_FORMS x (5 + m)^2: what each search has learned */
} ets_seen;

/* -2 log L without constants of a state (the one before the first point) and its gradient (NULL:
** not asked for); INFINITY: it is not allowed. */
double mine__ets_value(ets_work *w, const double *state, double *gradient);
/* Whether the parameters of a seasonal form forget the past. */
int mine__ets_admissible(const double *state, int m);
/* Where states begin, w->start. */
void mine__ets_start(ets_work *w, int season, double *line);
/* About how likely w->form is, with states before the first point to go on from; into `seen`. */
double mine__ets_look(ets_work *w, ets_seen *seen);
/* Fit w->form: the state before the first point, in w->natural; -2 log L, INFINITY: none.  seen:
** it was looked at, or NULL. */
double mine__ets_settle(ets_work *w, ets_seen *seen);
/* Parameters and states that a form fits. */
int mine__ets_parameters(ets_form form, int m);
/* One point of a state (of points counted by i); what was expected. */
double mine__ets_step(ets_form form, int m, double *state, int64_t i, double y);
void mine__ets_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out);

#endif
