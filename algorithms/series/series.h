/*
** series.h -- numbers over time: many series on one calendar, and methods that forecast them.
**
** Two ideas carry the folder:
**
**   A series is regular.  Whatever rows came, after mine__series_read (read.c) point i of a series
**   is the value of step first + i of a calendar (steps.c), NAN where it is missing; no method
**   knows dates.
**
**   A method is one row of one table (methods.def): mine_forecaster.  It is given one regular
**   series, and scratch memory whose size it has said before, so that thousands of series are
**   fitted on all cores without an allocation (every.c).  What it learned is a few numbers, its
**   *state*, which forecasts, goes into a stored model, and moves on with new rows.
**
**   read.c          rows to regular series: gaps, duplicates, missing ends
**   unfinished.c    whether the last step of sums is over
**   steps.c         the calendar, and which step a set of times has
**   bridge.c        gaps bridged by lines
**   every.c         every series by a method, on all cores
**   bootstrap.c     bounds from a series' own errors
**   rolling.c       how far off forecasts from origins in the past were
**   methods.c       the table
**   naive.c         naive, seasonal_naive, drift, mean
**   trend.c         a line, a season and regressors by least squares
**   regressors.c    their rows, from a source of their own
**   holt_winters.c  Holt and Winters' filter by least squares, as R's HoltWinters
**   ets*.c          exponential smoothing as a state space model: ets, ses, holt, damped
**   arima*.c        ARIMA with a season by exact likelihood
**   box.c           the search that they share
**   combination.c   the mean of ses, holt and damped
**   several.c       auto: several methods, weighed by their errors in the past
**
** A new method is a file with its row and a line in methods.def; mine_train stores it by a row of
** algorithms.c, where its title and paper stand, and a line in registry.def.
*/
#ifndef MINE_SERIES_SERIES_H
#define MINE_SERIES_SERIES_H

#include "../core/periods.h"
#include "../data/wants.h"

/* ---- the calendar --------------------------------------------------------------------------- */

/* Steps 0, 1, 2 ... of time, all of one length as people count it: months end where the calendar
** says. */
typedef struct mine_calendar {
  int plain;           /* times are numbers and no dates: origin + i * step              */
  mine_time_step unit; /* else `every` units                                            */
  int64_t every;
  double origin; /* time of step 0; of months and longer the share of a day          */
  double step;   /* plain                                                           */
  int64_t month; /* of months and longer: step 0 is in this one, year * 12 + month - 1 */
  int day;       /* ... on this day; 31: the last one                               */
} mine_calendar;

double mine__calendar_time(const mine_calendar *calendar, int64_t i);
/* The step in which a time lies, or is nearest to (plain). */
int64_t mine__calendar_index(const mine_calendar *calendar, double time);
/* Points of a year (12 of months), a week (7 of days), a day (24 of hours): how long a season is
** where nobody says; 1: none. */
int64_t mine__calendar_season(const mine_calendar *calendar);
/* "a month", "15 minutes", "0.5"; for people.  Text in buffer. */
#define MINE_CALENDAR_BYTES 64
const char *mine__calendar_words(const mine_calendar *calendar, char buffer[MINE_CALENDAR_BYTES]);

/* ---- reading -------------------------------------------------------------------------------- */

enum { MINE_SERIES_NAME, MINE_SERIES_TIME, MINE_SERIES_VALUE };
extern const mine_want mine__series_wants[]; /* [series,] time, value */

typedef enum mine_gaps {
  MINE_GAPS_MISSING,
  MINE_GAPS_ZERO, /* also from the end of a series to the end of all */
  MINE_GAPS_INTERPOLATE,
  MINE_GAPS_ERROR
} mine_gaps;
typedef enum mine_duplicates {
  MINE_DUPLICATES_ERROR,
  MINE_DUPLICATES_SUM,
  MINE_DUPLICATES_MEAN
} mine_duplicates;

typedef struct mine_series_options {
  mine_either step; /* a unit, or a number; neither: recognised */
  int gaps, duplicates;
  int64_t season; /* MINE_AUTO: by the step */
} mine_series_options;
extern const mine_option mine__series_option_table[];
#define MINE_SET_SERIES \
  { mine__series_option_table, sizeof(mine_series_options), 0 }

/* How a source of series is read: a mine_frame_plan (mine__series_plan), whose owner this is. */
typedef struct mine_series_reading {
  mine_events events;                 /* zeroed but for `want` before the options are parsed */
  const struct mine_series_set *like; /* rows to come of series that are known; or NULL  */
  int numbers;                        /* times are plain numbers: so it was said */
  mine_want want[4];
} mine_series_reading;
mine_status mine__series_plan(void *reading, mine_frame *frame);

typedef void (*mine_series_note)(void *context, const char *item, const char *name,
                                 const char *detail);

/* All series of a source.  Those that have no known value are in it, with no points. */
typedef struct mine_series_set {
  int64_t n;               /* series, in order of appearance */
  const mine_values *name; /* NULL: the source has one, without a name */
  int64_t *at;             /* n + 1: points of series s are value[at[s]] .. value[at[s + 1] - 1] */
  double *value;           /* NAN: missing; the first and the last of a series are known */
  int64_t *first;          /* the step of its first point */
  int season;              /* points; 1: none */
  mine_calendar calendar;
  const mine_time_reading *reading; /* of its times; NULL: numbers */
  int whole;                        /* numbers, all whole */
  /* Regressors (regressors.h): per series, from its first step on and through the steps to come,
  ** n_x numbers each; NAN: none.  NULL: there are none. */
  int n_x;
  const char *const *x_name;
  const double **x;
} mine_series_set;

/* The rows are in the frame: finish it, and make the series of it.  Everything in `arena`.
** O(rows).  Errors: no rows, no value at all, no common step, gaps or duplicates that the options
** refuse.  What was guessed is noted. */
mine_status mine__series_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                              const mine_series_reading *reading, const mine_series_options *how,
                              mine_series_note note, void *context,
                              mine_series_set *out) MINE_MUST_CHECK;
/* The name of series s for people; the time of step i as the source writes it, 0: outside the
** calendar (NULL). */
const char *mine__series_shown(const mine_series_set *set, int64_t s, char buffer[MINE_SHOW_BYTES]);
int mine__series_time(const mine_series_set *set, int64_t i, char buffer[MINE_TIME_BYTES],
                      mine_cell *out);

/* y (n, the first and the last known) with its gaps bridged by lines; out may not be y. */
void mine__series_bridge(const double *y, int64_t n, double *out);

/* ---- methods -------------------------------------------------------------------------------- */

typedef enum mine_seasonal {
  MINE_SEASONAL_AUTO,
  MINE_SEASONAL_NONE,
  MINE_SEASONAL_ADDITIVE,
  MINE_SEASONAL_MULTIPLICATIVE
} mine_seasonal;

#define MINE_MOST_REGRESSORS 24

/* What is asked of methods, the same for all series of a call. */
typedef struct mine_forecast_how {
  int seasonal; /* mine_seasonal */
  int damped;   /* -1: as the criterion says */
  int64_t form; /* of ets: 1 + the form's code; 0: the best */
  int n_x;      /* regressors; 0 for a method that uses none */
  /* Of a series on the calling thread: whom a fit that takes long asks whether to go on
  ** (mine__poll), and ends if not, whatever it says then; NULL elsewhere. */
  mine_env *ask;
  /* of arima */
  int ordered; /* 1: p, d, q and P, D, Q are said; 0: found */
  int order[3], seasonal_order[3];
  int constant; /* 0: as the criterion says; 1: none; 2: one */
} mine_forecast_how;

/* One series.  `x` are regressors, of its n points and of steps to come, n_x each. */
typedef struct mine_points {
  const double *y; /* n, NAN: missing; the first and the last are known */
  int64_t n, known;
  int season; /* 1: none, or the series is too short for it (every.c) */
  const double *x;
  int n_x;
  const char *const *x_name;
} mine_points;

typedef struct mine_forecaster mine_forecaster;

/* What a method has learned of one series.  The arrays are the caller's: as many numbers as the
** method has said. */
typedef struct mine_forecast_fit {
  const mine_forecaster *method;
  int64_t form;   /* which of the method's models it is; any meaning that fits 53 bits */
  int season;     /* of the points it was fitted on */
  int n_state;    /* in use */
  double *state;  /* parameters first, then what moves on with new rows */
  double *fitted; /* n: one step ahead, NAN: none; NULL: not asked for */
  int64_t n;      /* points seen so far, missing ones included */
  /* Regressors of the points after these, n_x each; advance moves on in them.  NULL: not known */
  const double *x;
  int n_x;
  const char *const *x_name;
  double sigma2;     /* of the (relative, where the form is so) errors one step ahead */
  double sse;        /* sum of squares of the errors y - fitted */
  double likelihood; /* its logarithm, Gauss; NAN: the method has none */
  int parameters;    /* that were fitted, sigma2 counted; for AIC */
  double criterion;  /* AICc; NAN: none */
} mine_forecast_fit;

/* Bounds at `level` of the steps to come; the caller's arrays of h numbers. */
typedef struct mine_forecast_out {
  int64_t h;
  double level; /* 0..1; */
  uint64_t seed;
  double *mean, *low, *high; /* low and high NULL: not asked for */
} mine_forecast_out;

/* A method.  None of the functions allocates, fails the environment or keeps anything: they run on
** any thread.  `scratch` is memory of a worker, as large as the row said. */
struct mine_forecaster {
  const char *name;
  int seasons;     /* of a series that has fewer it is given season 1; 0: it knows no season */
  int most_season; /* a longer one is none to it; 0: any length                              */
  /* Numbers of a state at most, and of scratch that fit or forecast need. */
  int (*state)(const mine_forecast_how *how, int season);
  size_t (*scratch)(const mine_forecast_how *how, int64_t n, int season, int64_t h);
  /* NULL: done; else why not, a clause of static text ("it has fewer than two points"). */
  const char *(*fit)(const mine_points *points, const mine_forecast_how *how, double *scratch,
                     mine_forecast_fit *out);
  void (*forecast)(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out);
  /* Move on by n new points (NAN: missing), nothing is fitted anew; fitted (may be NULL) gets what
  ** was expected of each. */
  void (*advance)(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted);
  /* Whether regressor k is in it: one that follows from others is not.  NULL: the method uses
  ** none. */
  int (*uses)(const mine_forecast_fit *fit, int k);
  /* Numbers that advance may make of the state, which must have room for them; NULL: no more than
  ** there are. */
  int (*room)(const mine_forecast_fit *fit);
  /* The state comes from stored bytes, all of it finite: whether the method could have left it. */
  int (*valid)(const mine_forecast_fit *fit);
  /* The form in words ("ETS(M,Ad,M)"); parameter i (name NULL: no more) for listings. */
  void (*form_words)(const mine_forecast_fit *fit, char buffer[48]);
  const char *(*parameter)(const mine_forecast_fit *fit, int i, double *value);
};

extern const char *const mine__forecasters[];      /* names, ends with NULL: for a CHOICE */
const mine_forecaster *mine__forecaster_at(int i); /* the same order; NULL past the end */
const mine_forecaster *mine__forecaster_find(const char *name); /* NULL: none */

/* ---- all series ----------------------------------------------------------------------------- */

/* One series of a set, with the set's season; the points of the longest. */
mine_points mine__series_points(const mine_series_set *set, int64_t s);
int64_t mine__series_longest(const mine_series_set *set);
/* One series fitted by a method, with the season that the method can have of it.  In: out->state,
** and out->fitted or NULL.  NULL: done; else why not, and n_state is 0.  Allocates nothing. */
const char *mine__series_fit_one(const mine_forecaster *method, const mine_points *points,
                                 const mine_forecast_how *how, double *scratch,
                                 mine_forecast_fit *out) MINE_MUST_CHECK;

/* Fits of a set by one method, on all cores; the same bits for any number of threads. */
typedef struct mine_forecasts {
  const mine_series_set *set;
  const mine_forecaster *method;
  mine_forecast_fit *fit; /* n; fit[s].n_state 0: it has none                         */
  const char **why_not;   /* n; NULL: it has one                                      */
  double *fitted;         /* as set->value; NULL: not asked for                       */
} mine_forecasts;
mine_status mine__series_fit(mine_env *env, mine_arena *arena, const mine_series_set *set,
                             const mine_forecaster *method, const mine_forecast_how *how,
                             int with_fitted, mine_forecasts *out) MINE_MUST_CHECK;
/* mean, low, high: n x h, series by series. */
typedef struct mine_forecast_ask {
  int64_t h;
  double level;
  uint64_t seed;
  int nonnegative;
  const mine_forecasts *of; /* NULL, or the fits with fitted values: bounds by bootstrap */
} mine_forecast_ask;
mine_status mine__series_forecast(mine_env *env, int64_t n, const mine_forecast_fit *fit,
                                  const mine_forecast_ask *ask, double *mean, double *low,
                                  double *high) MINE_MUST_CHECK;

#endif
