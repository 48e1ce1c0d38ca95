/*
** gammagamma.c -- the gamma-gamma model: what a customer spends at a time.
**
** Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013, note 025).  The amounts of a
** customer's purchases are Gamma(p, nu) with nu ~ Gamma(q, gamma), whatever their number; the mean
** m of x of them has the density
**
**   Gamma(px+q) / (Gamma(px) Gamma(q))  gamma^q  m^(px-1) x^(px)  /  (gamma + m x)^(px+q)
**
** and the next one is expected to be p (gamma + m x) / (px+q-1): between the customer's own mean
** and that of all, p gamma / (q-1), which is infinite where q <= 1.
*/
#include <math.h>

#include "../kernel/special.h"
#include "lifetime.h"

enum { GG_P, GG_Q, GG_GAMMA };

typedef struct gammagamma_terms {
  double x, log_l, px, q;
} gammagamma_terms;

/* What depends on x alone: of the derivatives, that by p x and that by q. */
static gammagamma_terms gammagamma_of(const double *theta, double x) {
  const double px = theta[GG_P] * x, q = theta[GG_Q], both = mine__digamma(px + q);
  return (gammagamma_terms){
      .x = x,
      .log_l = mine__log_gamma(px + q) - mine__log_gamma(px) - mine__log_gamma(q) +
               q * log(theta[GG_GAMMA]) + px * log(x),
      .px = both - mine__digamma(px) + log(x),
      .q = both - mine__digamma(q) + log(theta[GG_GAMMA]),
  };
}

static void gammagamma_sum(const mine__life *life, const mine__cells *cells, int64_t first,
                           int64_t end, double *out) {
  const double p = life->theta[GG_P], q = life->theta[GG_Q], gamma = life->theta[GG_GAMMA];
  gammagamma_terms of = gammagamma_of(life->theta, 1);
  for (int64_t i = first; i < end; i++) {
    const double x = cells->buyer[i].x, m = cells->buyer[i].t_x, weight = cells->weight[i];
    if (x != of.x) of = gammagamma_of(life->theta, x);
    const double log_m = log(m), whole = log(gamma + m * x);
    out[0] += weight * (of.log_l + (p * x - 1) * log_m - (p * x + q) * whole);
    out[1 + GG_P] += weight * x * (of.px + log_m - whole);
    out[1 + GG_Q] += weight * (of.q - whole);
    out[1 + GG_GAMMA] += weight * (q / gamma - (p * x + q) / (gamma + m * x));
  }
}

double mine__gammagamma_spend(const double *theta, double x, double m) {
  const double above = theta[GG_P] * x + theta[GG_Q] - 1;
  if (!(above > 0)) return NAN;
  return theta[GG_P] * (theta[GG_GAMMA] + (x > 0 ? m * x : 0)) / above;
}

static const double gammagamma_starts[][LIFETIME_MOST] = {
    {5, 4, 0.5}, {1, 2, 1}, {20, 10, 0.5}, {0.5, 8, 10}};

const mine__process mine__process_gammagamma = {
    .name = "gammagamma",
    .n = 3,
    .parameter = {"p", "q", "gamma"},
    .timed = 1u << GG_GAMMA,
    .spends = 1,
    .sum = gammagamma_sum,
    .n_starts = sizeof gammagamma_starts / sizeof gammagamma_starts[0],
    .start = gammagamma_starts,
};

static mine_status gammagamma_learn(mine_env *env, const mine_purchases *of, const void *options,
                                    mine_model *model) {
  (void)options;
  if (mine__lifetime_learn(env, of, &mine__process_gammagamma, 1, model))
    return mine_env_status(env);
  const mine_purchase_model *m = model->body;
  char number[MINE_NUMBER_BYTES], mean[MINE_NUMBER_BYTES];
  const double q = m->value[GG_Q], of_all = mine__gammagamma_spend(m->value, 0, 0);
  if (q <= 1)
    mine__model_note(model, "warning", "q",
                     "q is %s: with 1 or less the mean amount of new customers is infinite, and "
                     "their value is NULL",
                     mine__format_real(number, q, 3));
  else
    mine__model_note(model, "fit", "mean", "%s expected of a purchase of a new customer",
                     mine__format_real(mean, of_all, 6));
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_gammagamma = {
    .name = "gammagamma",
    .title = "gamma-gamma: what a customer spends at a time",
    .citation = "Fader & Hardie 2013 (The Gamma-Gamma Model of Monetary Value)",
    .notes =
        "Learns from the mean amounts of customers who bought again how amounts vary, within a "
        "customer (p) and between customers (q, gamma); mine_clv with spend= this model then takes "
        "a customer's own mean the more seriously the more purchases it is of. The first purchase "
        "does not count, as in `bgnbd`. Amounts are above zero: customers without such a mean are "
        "left out. The model takes spending and frequency for independent; mine_summary has their "
        "correlation, and a warning where it matters.",
    .example =
        "SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error\n"
        "FROM mine_coefficients((SELECT mine_fit('gammagamma',\n" MINE_PURCHASES_EXAMPLE ", '')));",
    .tasks = MINE_PURCHASES,
    .reads = "events",
    .kind = &mine__kind_purchases,
    .learn = gammagamma_learn,
};
