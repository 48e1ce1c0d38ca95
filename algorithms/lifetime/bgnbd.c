/*
** bgnbd.c -- the BG/NBD model: buying at random, and leaving after a purchase.
**
** Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005).
** While alive a customer buys by a Poisson process of rate lambda ~ Gamma(r, alpha), and dies
** after each repeat purchase with probability p ~ Beta(a, b):
**
**   L(r, alpha, a, b | x, t_x, T) = B(a, b+x) / B(a, b)  Gamma(r+x) alpha^r / Gamma(r)
**       { (alpha+T)^-(r+x)  +  [x > 0] a / (b+x-1)  (alpha+t_x)^-(r+x) }
**
**   P(alive) = 1 / { 1 + [x > 0] a / (b+x-1)  ((alpha+T) / (alpha+t_x))^(r+x) }
**
** The two terms in braces are added as logarithms; their shares w and 1 - w are what the
** derivatives are made of.  Who is alive has lambda ~ Gamma(r+x, alpha+T) and p ~ Beta(a, b+x),
** from which the paper's expected purchases follow (beta_death.c has them without its singularity
** at a = 1).
*/
#include <math.h>

#include "../kernel/special.h"
#include "lifetime.h"

enum { BG_R, BG_ALPHA, BG_A, BG_B };

/* What depends on x alone. */
typedef struct bgnbd_terms {
  double x, log_l, r, a, b, death;
} bgnbd_terms;

static bgnbd_terms bgnbd_of(const double *theta, double x) {
  const double r = theta[BG_R], a = theta[BG_A], b = theta[BG_B];
  const double of_ab = mine__digamma(a + b) - mine__digamma(a + b + x);
  return (bgnbd_terms){
      .x = x,
      .log_l = mine__log_gamma(r + x) - mine__log_gamma(r) + r * log(theta[BG_ALPHA]) +
               mine__log_beta(a, b + x) - mine__log_beta(a, b),
      .r = mine__digamma(r + x) - mine__digamma(r) + log(theta[BG_ALPHA]),
      .a = of_ab,
      .b = of_ab + mine__digamma(b + x) - mine__digamma(b),
      .death = x > 0 ? log(a / (b + x - 1)) : -HUGE_VAL,
  };
}

static void bgnbd_sum(const mine__life *life, const mine__cells *cells, int64_t first, int64_t end,
                      double *out) {
  const double r = life->theta[BG_R], alpha = life->theta[BG_ALPHA], a = life->theta[BG_A],
               b = life->theta[BG_B];
  bgnbd_terms of = bgnbd_of(life->theta, 0);
  double t_x = NAN, last = 0; /* its logarithm: cells lie by x and t_x */
  for (int64_t i = first; i < end; i++) {
    const mine__buyer *c = &cells->buyer[i];
    const double x = c->x, n = r + x, weight = cells->weight[i];
    if (x != of.x) of = bgnbd_of(life->theta, x);
    if (x > 0 && c->t_x != t_x) last = log(alpha + (t_x = c->t_x));
    const double whole = log(alpha + c->T), alive = -n * whole;
    const mine__either is =
        x > 0 ? mine__either_of(alive, of.death - n * last) : (mine__either){alive, 1, 0};
    const double w = is.first, v = is.second;
    out[0] += weight * (of.log_l + is.log_sum);
    out[1 + BG_R] += weight * (of.r - w * whole - v * last);
    out[1 + BG_ALPHA] += weight * (r / alpha - n * (w / (alpha + c->T) + v / (alpha + c->t_x)));
    out[1 + BG_A] += weight * (of.a + v / a);
    out[1 + BG_B] += weight * (of.b - (x > 0 ? v / (b + x - 1) : 0));
  }
}

static double bgnbd_alive(const mine__life *life, const mine__buyer *c) {
  const double r = life->theta[BG_R], alpha = life->theta[BG_ALPHA];
  if (c->x == 0) return 1;
  const double odds = log(life->theta[BG_A] / (life->theta[BG_B] + c->x - 1)) +
                      (r + c->x) * log1p((c->T - c->t_x) / (alpha + c->t_x));
  return 1 / (1 + exp(odds));
}

static double bgnbd_future(const mine__life *life, const mine__buyer *c, double t) {
  return mine__beta_death_future(life->rules, life->theta[BG_R] + c->x,
                                 life->theta[BG_ALPHA] + c->T, life->theta[BG_A],
                                 life->theta[BG_B] + c->x, t);
}

/* The last one: few leave at once and the others never, a corner that others seldom reach. */
static const double bgnbd_starts[][LIFETIME_MOST] = {
    {0.5, 0.5, 0.8, 2.5}, {1, 1, 1, 1}, {0.2, 0.1, 2, 8}, {4, 1, 0.3, 6}, {4, 1, 1e-5, 1e-3}};

const mine__process mine__process_bgnbd = {
    .name = "bgnbd",
    .n = 4,
    .parameter = {"r", "alpha", "a", "b"},
    .timed = 1u << BG_ALPHA,
    .sum = bgnbd_sum,
    .alive = bgnbd_alive,
    .future = bgnbd_future,
    .n_starts = sizeof bgnbd_starts / sizeof bgnbd_starts[0],
    .start = bgnbd_starts,
};

static mine_status bgnbd_learn(mine_env *env, const mine_purchases *of, const void *options,
                               mine_model *model) {
  (void)options;
  return mine__lifetime_learn(env, of, &mine__process_bgnbd, 1, model);
}

const mine_algorithm mine__algorithm_bgnbd = {
    .name = "bgnbd",
    .title = "BG/NBD: how often a customer will buy, who may have left for good",
    .citation = "Fader, Hardie & Lee 2005 (\"Counting Your Customers\" the Easy Way)",
    .notes =
        "For customers without a contract, who buy when they like and leave without telling. Reads "
        "events (customer, time[, amount]) or a summary (id, repeats, last_at, age[, monetary]); "
        "learns four parameters for all of them, which mine_coefficients lists with standard "
        "errors: r and alpha are shape and rate of the customers' rates of buying, a and b of the "
        "chance to leave after a purchase. FROM mine_clv gives each customer's chance to be there "
        "still and the purchases to come. Purchases of a customer on one day are one; a day "
        "on which all was taken back is none (`returns`). Times are in `unit`s (weeks). A log is "
        "divided by time: what a fit of its first part foretells of the rest stands beside what "
        "came in mine_summary and mine_evaluate; the model that is kept is of the whole log. "
        "Customers who buy at regular intervals are better described by `mbgcnbd`; purchases that "
        "can happen once in a period by `bgbb`.",
    .example =
        "SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error\n"
        "FROM mine_coefficients((SELECT mine_fit('bgnbd',\n" MINE_PURCHASES_EXAMPLE ", '')));",
    .tasks = MINE_PURCHASES,
    .reads = "events",
    .kind = &mine__kind_purchases,
    .learn = bgnbd_learn,
};
