/*
** algorithms.c -- methods of forecasting as algorithms of mine_train: what they learned of every
** series is stored (stored.h).
*/
#include "stored.h"

#define ALGORITHMS_EXAMPLE(method)                                                         \
  "SELECT time, round(value, 1) AS value, round(low, 1) AS low, round(high, 1) AS high\n"  \
  "FROM mine_forecast((SELECT mine_fit('" method                                           \
  "',\n"                                                                                   \
  "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 60)\n"           \
  "  SELECT date(''2020-01-01'', i || '' months'') AS month, 100 + i + i%12*5 + i*7%5 AS " \
  "orders\n  FROM n', 'gaps=missing'))) LIMIT 3;"

#define ALGORITHMS_STORED                                                                       \
  " Reads (time, value) or (series, time, value); what is learned of every series is stored, "  \
  "the rows are not. FROM mine_forecast(model) says what is to come; new rows move the states " \
  "on, and nothing is fitted anew, by mine_train with update=1. A missing point has no error."

#define ALGORITHMS_ROW(method, title_, citation_, notes_) \
  ALGORITHMS_NAMED(method, method, title_, citation_, notes_)

#define ALGORITHMS_NAMED(name_, method, title_, citation_, notes_) \
  extern const mine_forecaster mine__forecaster_##method;          \
  const mine_algorithm mine__algorithm_##name_ = {                 \
      .name = #name_,                                              \
      .title = title_,                                             \
      .citation = citation_,                                       \
      .notes = notes_ ALGORITHMS_STORED,                           \
      .example = ALGORITHMS_EXAMPLE(#name_),                       \
      .tasks = MINE_FORECASTING,                                   \
      .reads = "events",                                           \
      .kind = &mine__kind_forecast,                                \
      .forecasts = &mine__forecaster_##method,                     \
  }

ALGORITHMS_NAMED(
    auto_forecast, auto, "several methods of forecasting, weighed by their errors in the past",
    "Bates & Granger, The combination of forecasts, Operational Research Quarterly 20 "
    "(1969)",
    "What mine_forecast calls auto: ets, theta, holt_winters, seasonal_naive and naive forecast "
    "the last values of every series from those before, and are weighed by one over the mean "
    "absolute error, squared; a share below 5% is left out. Of demand that comes now and then "
    "sba, tsb and mean. Bounds are the weighted means of theirs.");
ALGORITHMS_ROW(
    ets, "exponential smoothing: the best of 15 state space models by AICc",
    "R. J. Hyndman, A. B. Koehler, R. D. Snyder & S. Grose, A state space framework for "
    "automatic forecasting using exponential smoothing methods, International Journal of "
    "Forecasting 18, 2002",
    "Errors, trend and season may be additive or multiplicative, a trend may level off: "
    "all forms that R's ets tries are fitted by likelihood, where states begin included, "
    "and the one with the least AICc is kept. A season needs two seasons of values and "
    "at most 24 points; what is not above 0 has no multiplicative form.");
ALGORITHMS_ROW(ses, "simple exponential smoothing: a level that moves",
               "R. G. Brown, Statistical forecasting for inventory control, McGraw-Hill 1959",
               "ETS(A,N,N): no trend and no season.");
ALGORITHMS_ROW(holt, "Holt's method: a level and a slope that move",
               "C. C. Holt, Forecasting trends and seasonals by exponentially weighted averages, "
               "Carnegie Institute of Technology 1957",
               "ETS(A,A,N): a trend and no season.");
ALGORITHMS_ROW(damped, "a level and a slope that levels off",
               "E. S. Gardner & E. McKenzie, Forecasting trends in time series, Management Science "
               "31, 1985",
               "ETS(A,Ad,N): a trend that levels off, and no season.");
ALGORITHMS_ROW(
    arima, "ARIMA with a season: its order found by AICc, exact likelihood",
    "R. J. Hyndman & Y. Khandakar, Automatic time series forecasting: the forecast "
    "package for R, Journal of Statistical Software 27(3), 2008",
    "A series, differenced, as its own past and past errors: (p,d,q)(P,D,Q)[season] with a mean "
    "or a drift. d and D by the KPSS test and the strength of the season, the rest by a stepwise "
    "search "
    "for the least AICc, as R's auto.arima; or said by order and seasonal_order. The likelihood is "
    "exact, missing values included. A season needs two seasons of values and at most 60 points; "
    "with more than 24, P and Q are at most 1. The last d + D * season values are part of what is "
    "stored.");
ALGORITHMS_ROW(
    holt_winters, "Holt and Winters' filter: level, slope and season, by least squares",
    "P. R. Winters, Forecasting sales by exponentially weighted moving averages, "
    "Management Science 6, 1960",
    "Begins and is fitted as R's HoltWinters: the first two seasons give level, slope and "
    "season, least squares one step ahead alpha, beta and gamma. With seasonal=auto the "
    "season that leaves fewer squares.");
ALGORITHMS_ROW(combination, "the mean of simple, Holt's and damped exponential smoothing",
               "Makridakis & Hibon, The M3-Competition: results, conclusions and implications, "
               "International Journal of Forecasting 16 (2000)",
               "Of the series without its season, which is put back afterwards; hard to beat in "
               "the M3 competition.");
ALGORITHMS_ROW(
    theta, "the theta method: exponential smoothing with half the drift of a straight line",
    "Assimakopoulos & Nikolopoulos, The theta model, International Journal of Forecasting "
    "16 (2000)",
    "The winner of the M3 competition. A season that the autocorrelation shows is divided out "
    "before, or subtracted where values are not above 0, and put back afterwards.");
ALGORITHMS_ROW(
    theta_optimised, "the theta method with theta fitted to the series",
    "Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler, Models for optimising the "
    "theta method, International Journal of Forecasting 32 (2016)",
    "As theta; how much the curvature of the series is worth is chosen by its errors one "
    "step ahead.");
ALGORITHMS_ROW(
    trend, "a straight line, a season of dummies and regressors by least squares",
    "Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 7",
    "As R's tslm: bounds are those of a new value, and columns that follow from those "
    "before them are left out. `regressors=` brings what is known of every step, such as "
    "prices, promotions or working days; what was given in training is given to "
    "mine_forecast for the steps ahead. New rows (update=1) count as if they had been "
    "there. The season of the first point is part of the intercept.");
ALGORITHMS_ROW(croston, "demand now and then: its size and its intervals smoothed apart",
               "Croston, Forecasting and stock control for intermittent demands, Operational "
               "Research Quarterly 23 (1972)",
               "Of values that are mostly 0. Size and interval move, by a tenth, where there is a "
               "demand; the forecast is their ratio, the same for all steps.");
ALGORITHMS_ROW(sba, "Croston's method without its bias",
               "Syntetos & Boylan, The accuracy of intermittent demand estimates, International "
               "Journal of Forecasting 21 (2005)",
               "As croston, times 0.95.");
ALGORITHMS_ROW(tsb, "demand now and then that may end: its probability smoothed at every step",
               "Teunter, Syntetos & Babai, Intermittent demand: linking forecasting to inventory "
               "obsolescence, European Journal of Operational Research 214 (2011)",
               "As croston, but what is asked for no longer fades.");
ALGORITHMS_ROW(naive, "the last value",
               "Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2",
               "What every other method has to beat.");
ALGORITHMS_ROW(seasonal_naive, "the value one season before",
               "Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2",
               "What every other method has to beat where there is a season.");
ALGORITHMS_ROW(drift, "on along the line from the first value to the last",
               "Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2",
               "New rows move the end of the line, and not its slope.");
ALGORITHMS_ROW(mean, "the mean of all values",
               "Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2",
               "New rows move the mean.");
