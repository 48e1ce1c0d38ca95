/*
** bootstrap.c -- bounds of forecasts from a series' own errors (bootstrap.h).
**
** A future is drawn step by step: what the method expects, and an error that it once made, drawn
** with replacement; then the method moves on by that value.  Of a thousand futures the bounds are
** quantiles at each step (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, 8.6;
** Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.5).  So nothing is
** said of the shape of errors; that the future is like the past, and the parameters true, is.
**
** Errors are taken as shares of what was expected where that is likelier, by Gauss,
**
**   n log(sum (e / f)^2) + 2 sum log f < n log(sum e^2),
**
** and all f are above 0; they are widened by sqrt(n / (n - k)), k parameters having been fitted.
*/
#include "bootstrap.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/random.h"

#define BOOTSTRAP_PURPOSE 0x626f6f74 /* "boot" */

typedef struct bootstrap_errors {
  double *e;
  int64_t n;
  int shares; /* of what was expected */
} bootstrap_errors;

size_t mine__bootstrap_room(int64_t n, int state) {
  return (size_t)n + MINE_BOOTSTRAP_PATHS * ((size_t)state + 2);
}

static bootstrap_errors bootstrap_take(const mine_forecast_fit *fit, const double *y,
                                       const double *fitted, int64_t n, double *into) {
  bootstrap_errors out = {.e = into};
  double squares = 0, shares = 0, logs = 0;
  int above = 1;
  for (int64_t i = 0; i < n; i++) {
    const double e = y[i] - fitted[i];
    if (isnan(e)) continue;
    above &= fitted[i] > 0 && y[i] > 0;
    squares += e * e;
    shares += e * e / (fitted[i] * fitted[i]);
    logs += above ? log(fitted[i]) : 0;
    out.n++;
  }
  const double known = (double)out.n;
  out.shares = above && known * log(shares) + 2 * logs < known * log(squares);
  const double wide =
      known > fit->parameters ? sqrt(known / (known - fit->parameters)) : sqrt(known);
  int64_t k = 0;
  for (int64_t i = 0; i < n; i++) {
    const double e = y[i] - fitted[i];
    if (!isnan(e)) into[k++] = wide * (out.shares ? e / fitted[i] : e);
  }
  return out;
}

int mine__bootstrap(mine_env *ask, const mine_forecast_fit *fit, const double *y,
                    const double *fitted, int64_t n, double *scratch, double *rest,
                    mine_forecast_out *out) {
  double *value = scratch + n, *state = value + MINE_BOOTSTRAP_PATHS;
  const bootstrap_errors errors = bootstrap_take(fit, y, fitted, n, scratch);
  const size_t width = (size_t)fit->n_state;
  mine_forecast_fit one = *fit;
  mine_random random;
  if (errors.n < 2) return 0;
  mine__random_open(&random, out->seed, BOOTSTRAP_PURPOSE, 0);
  for (size_t b = 0; b < MINE_BOOTSTRAP_PATHS; b++)
    memcpy(state + b * width, fit->state, width * sizeof *state);
  int64_t i = 0;
  for (int finite = 1; i < out->h && finite; i++) {
    if (ask && mine__poll(ask)) return 0;
    mine_forecast_fit next = one;
    for (size_t b = 0; b < MINE_BOOTSTRAP_PATHS; b++) {
      double expected;
      mine_forecast_out ahead = {.h = 1, .level = 0.5, .mean = &expected};
      next = one;
      next.state = state + b * width;
      next.method->forecast(&next, rest, &ahead);
      const double e = errors.e[mine__random_below(&random, (uint64_t)errors.n)];
      value[b] = errors.shares ? expected * (1 + e) : expected + e;
      finite &= isfinite(value[b]) != 0;
      if (finite) next.method->advance(&next, &value[b], 1, NULL); /* a gap may need more room */
    }
    one = next;
    if (!finite) break;
    out->low[i] = mine__quantile(value, MINE_BOOTSTRAP_PATHS, (1 - out->level) / 2);
    out->high[i] = mine__quantile(value, MINE_BOOTSTRAP_PATHS, (1 + out->level) / 2);
  }
  for (; i < out->h; i++)
    out->low[i] = out->high[i] = NAN; /* futures that leave all numbers */
  return 1;
}
