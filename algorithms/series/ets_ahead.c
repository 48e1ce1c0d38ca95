/*
** ets_ahead.c -- means and variances of forecasts (Hyndman, Koehler, Ord & Snyder 2008, chapter 6).
**
**   additive errors        v_h = sigma^2 (1 + c_1^2 + .. + c_(h-1)^2)
**   multiplicative ones    v_h = (1 + sigma^2) t_h - mu_h^2,
**                          t_h = mu_h^2 + sigma^2 (c_1^2 t_(h-1) + .. + c_(h-1)^2 t_1)
**
** with c_j = alpha + beta (phi + .. + phi^j) + gamma [j a whole number of seasons], where what is
** expected is linear in the states.  Where a season multiplies, the moments E[x s] and E[x x' s^2]
** of x = (l, b) with the season of each point are moved on step by step: x' = (F + G e) x, and of
** the point whose turn it is s' = (1 + gamma e) s, with E e^2 = sigma^2 and E e^4 = 3 sigma^4.
** That is exact, and O(m) a step instead of the matrices of m^2 numbers that the book has.
*/
#include <math.h>

#include "../kernel/special.h"
#include "ets.h"

/* Moments of x with the season of one point. */
typedef struct ahead_moments {
  double l, b, ll, lb, bb;
} ahead_moments;

static void ahead_bounds(mine_forecast_out *out, int64_t i, double variance, double z) {
  if (!out->low) return;
  out->low[i] = out->mean[i] - z * sqrt(variance);
  out->high[i] = out->mean[i] + z * sqrt(variance);
}

static void ahead_linear(const mine_forecast_fit *fit, ets_form form, double *c2,
                         mine_forecast_out *out) {
  const double *x = fit->state;
  const double phi = form.trend ? x[ETS_PHI] : 0, sigma2 = fit->sigma2;
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  double *theta = c2 + out->h;
  double damp = 0, power = 1, sum = 1;
  for (int64_t i = 0; i < out->h; i++) {
    power *= phi;
    damp += power;
    out->mean[i] = x[ETS_LEVEL] + damp * x[ETS_SLOPE] +
                   (form.season ? x[ETS_SEASON + (fit->n + i) % fit->season] : 0);
    const double c = x[ETS_ALPHA] + x[ETS_BETA] * damp +
                     (form.season && (i + 1) % fit->season == 0 ? x[ETS_GAMMA] : 0);
    c2[i] = c * c;
    if (form.error == ETS_ADDITIVE) {
      ahead_bounds(out, i, sigma2 * sum, z);
      sum += c2[i];
      continue;
    }
    theta[i] = out->mean[i] * out->mean[i];
    for (int64_t j = 0; j < i; j++)
      theta[i] += sigma2 * c2[j] * theta[i - 1 - j];
    ahead_bounds(out, i, (1 + sigma2) * theta[i] - out->mean[i] * out->mean[i], z);
  }
}

/* A step on; `turn`: it was this point's. */
static void ahead_move(ahead_moments *p, const double *x, double phi, double v, int turn) {
  const double a = x[ETS_ALPHA], b = phi > 0 ? x[ETS_BETA] : 0, g = turn ? x[ETS_GAMMA] : 0;
  const double q = p->l + phi * p->b, qq = p->ll + 2 * phi * p->lb + phi * phi * p->bb;
  const double qb = p->lb + phi * p->bb, bb = p->bb;
  /* (q + a q e)(1 + g e), (phi b + beta q e)(1 + g e), and their products */
  const double one = 1 + g * g * v, two = 2 * g * v, four = v + 3 * g * g * v * v;
  p->l = q * (1 + a * g * v);
  p->b = phi * p->b + b * g * v * q;
  p->ll = qq * (one + 2 * a * two + a * a * four);
  p->lb = phi * qb * (one + a * two) + b * qq * (two + a * four);
  p->bb = phi * phi * bb * one + 2 * phi * b * two * qb + b * b * qq * four;
}

static void ahead_product(const mine_forecast_fit *fit, ets_form form, ahead_moments *of,
                          mine_forecast_out *out) {
  const double *x = fit->state;
  const int m = fit->season;
  const double phi = form.trend ? x[ETS_PHI] : 0, v = fit->sigma2;
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  for (int j = 0; j < m; j++) {
    const double s = x[ETS_SEASON + j], l = x[ETS_LEVEL], b = x[ETS_SLOPE];
    of[j] = (ahead_moments){l * s, b * s, l * l * s * s, l * b * s * s, b * b * s * s};
  }
  for (int64_t i = 0; i < out->h; i++) {
    const int turn = (int)((fit->n + i) % m);
    const ahead_moments *p = &of[turn];
    const double square = p->ll + 2 * phi * p->lb + phi * phi * p->bb;
    out->mean[i] = p->l + phi * p->b;
    const double known = isnan(v) ? 0 : v;
    ahead_bounds(out, i, (1 + v) * square - out->mean[i] * out->mean[i], z);
    for (int j = 0; j < m; j++)
      ahead_move(&of[j], x, phi, known, j == turn);
  }
}

void mine__ets_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const ets_form form = ets_form_of(fit->form);
  if (form.season == ETS_MULTIPLICATIVE)
    ahead_product(fit, form, (ahead_moments *)(void *)scratch, out);
  else
    ahead_linear(fit, form, scratch, out);
}
