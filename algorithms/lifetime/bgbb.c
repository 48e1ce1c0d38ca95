/*
** bgbb.c -- the BG/BB model: purchases that can be made once in a period.
**
** Fader, Hardie and Shang, Customer-Base Analysis in a Discrete-Time Noncontractual Setting,
** Marketing Science 29 (2010).  While alive a customer buys at an opportunity with p ~ Beta(alpha,
** beta), and dies at the beginning of one with theta ~ Beta(gamma, delta); of n = T opportunities x
** were used, the last at t_x:
**
**   B(alpha, beta) B(gamma, delta) L =
**       B(alpha+x, beta+n-x) B(gamma, delta+n)
**     + sum over i = 0 ... n-t_x-1 of  B(alpha+x, beta+t_x-x+i) B(gamma+1, delta+t_x+i)
**
** The terms of the sum come one from the other by their ratio, and so do the differences of
** digamma functions that are their derivatives.  `alive` is what the paper calls P(alive at n+1):
** whoever is will have the next opportunity.
*/
#include <math.h>

#include "../kernel/special.h"
#include "lifetime.h"

enum { BB_ALPHA, BB_BETA, BB_GAMMA, BB_DELTA };

/* log B(p, q) and its derivatives by p and q. */
typedef struct bgbb_beta {
  double log_b, p, q;
} bgbb_beta;

static bgbb_beta bgbb_beta_of(double p, double q) {
  const double both = mine__digamma(p + q);
  return (bgbb_beta){mine__log_beta(p, q), mine__digamma(p) - both, mine__digamma(q) - both};
}

/* From B(p, q) to B(p, q+1); returns the ratio. */
static double bgbb_beta_next(double p, double q, bgbb_beta *b) {
  b->p -= 1 / (p + q);
  b->q += 1 / q - 1 / (p + q);
  return q / (p + q);
}

/* Of one customer: the sum over deaths, its derivatives, and the term of those alive at n. */
typedef struct bgbb_terms {
  double alive, dead; /* logarithms, without the divisors        */
  double by_alive[4], by_dead[4];
} bgbb_terms;

static bgbb_terms bgbb_of(const double *theta, const mine__buyer *c, int slopes) {
  const double p = theta[BB_ALPHA] + c->x, g = theta[BB_GAMMA];
  double q = theta[BB_BETA] + c->t_x - c->x, d = theta[BB_DELTA] + c->t_x;
  const bgbb_beta buys = bgbb_beta_of(p, theta[BB_BETA] + c->T - c->x);
  const bgbb_beta lives = bgbb_beta_of(g, theta[BB_DELTA] + c->T);
  bgbb_terms of = {.alive = buys.log_b + lives.log_b,
                   .dead = -HUGE_VAL,
                   .by_alive = {buys.p, buys.q, lives.p, lives.q}};
  const int64_t n = (int64_t)(c->T - c->t_x);
  if (n <= 0) return of;
  bgbb_beta first = bgbb_beta_of(p, q), then = bgbb_beta_of(g + 1, d);
  const double log_first = first.log_b + then.log_b;
  double term = 1, sum = 0, by[4] = {0};
  for (int64_t i = 0; i < n; i++) {
    sum += term;
    if (slopes) {
      by[BB_ALPHA] += term * first.p;
      by[BB_BETA] += term * first.q;
      by[BB_GAMMA] += term * then.p;
      by[BB_DELTA] += term * then.q;
    }
    term *= bgbb_beta_next(p, q++, &first);
    term *= bgbb_beta_next(g + 1, d++, &then);
  }
  of.dead = log_first + log(sum);
  for (int j = 0; j < 4; j++)
    of.by_dead[j] = by[j] / sum;
  return of;
}

static void bgbb_sum(const mine__life *life, const mine__cells *cells, int64_t first, int64_t end,
                     double *out) {
  const double *theta = life->theta;
  const bgbb_beta buys = bgbb_beta_of(theta[BB_ALPHA], theta[BB_BETA]);
  const bgbb_beta lives = bgbb_beta_of(theta[BB_GAMMA], theta[BB_DELTA]);
  const double without[4] = {buys.p, buys.q, lives.p, lives.q};
  for (int64_t i = first; i < end; i++) {
    const bgbb_terms of = bgbb_of(theta, &cells->buyer[i], 1);
    const double weight = cells->weight[i], sum = mine__log_add(of.alive, of.dead);
    const double w = exp(of.alive - sum), v = exp(of.dead - sum);
    out[0] += weight * (sum - buys.log_b - lives.log_b);
    for (int j = 0; j < 4; j++)
      out[1 + j] += weight * (w * of.by_alive[j] + v * of.by_dead[j] - without[j]);
  }
}

/* Alive at n, and through the beginning of n + 1. */
static double bgbb_alive(const mine__life *life, const mine__buyer *c) {
  const double *theta = life->theta, d = theta[BB_DELTA] + c->T;
  const bgbb_terms of = bgbb_of(theta, c, 0);
  return exp(of.alive - mine__log_add(of.alive, of.dead)) * d / (theta[BB_GAMMA] + d);
}

/* Of one who is alive at n + 1; the part of a period that is begun counts in part. */
static double bgbb_future(const mine__life *life, const mine__buyer *c, double t) {
  const double *theta = life->theta, g = theta[BB_GAMMA];
  double d = theta[BB_DELTA] + c->T + 1, there = 1, sum = 0;
  for (double left = t; left > 0; left -= 1) {
    sum += there * (left < 1 ? left : 1);
    there *= d / (g + d);
    d++;
  }
  return sum * (theta[BB_ALPHA] + c->x) / (theta[BB_ALPHA] + theta[BB_BETA] + c->T);
}

static const double bgbb_starts[][LIFETIME_MOST] = {
    {1, 0.8, 0.7, 2.5}, {1, 1, 1, 1}, {0.4, 2, 0.5, 6}, {2, 6, 2, 20}};

const mine__process mine__process_bgbb = {
    .name = "bgbb",
    .n = 4,
    .parameter = {"alpha", "beta", "gamma", "delta"},
    .whole = 1,
    .sum = bgbb_sum,
    .alive = bgbb_alive,
    .future = bgbb_future,
    .n_starts = sizeof bgbb_starts / sizeof bgbb_starts[0],
    .start = bgbb_starts,
};

static mine_status bgbb_learn(mine_env *env, const mine_purchases *of, const void *options,
                              mine_model *model) {
  (void)options;
  return mine__lifetime_learn(env, of, &mine__process_bgbb, 1, model);
}

const mine_algorithm mine__algorithm_bgbb = {
    .name = "bgbb",
    .title = "BG/BB: customers who buy or do not in each period, and may leave for good",
    .citation = "Fader, Hardie & Shang 2010 (Customer-Base Analysis in a Discrete-Time ...)",
    .notes =
        "For what can happen once in a period: the donation of a year, the cruise of a season, a "
        "visit in a month. From events periods are those of the calendar (`unit`, months unless "
        "another is said); a purchase is a period with one, the period of the first does not "
        "count, and one that is not over is left out. A summary has in repeats the periods with a "
        "purchase, in last_at the number of the last of them, in age how many there were. alpha "
        "and beta are of the chance to buy in a period, gamma and delta of that to leave.",
    .example =
        "SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error\n"
        "FROM mine_coefficients((SELECT mine_fit('bgbb',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200),\n"
        "  c AS (SELECT i, i*7%8 AS last FROM n)\n"
        "  SELECT i AS id, min(last, 1 + i*i%5) AS repeats, last AS last_at, 8 AS age "
        "FROM c', '')));",
    .tasks = MINE_PURCHASES,
    .reads = "events",
    .kind = &mine__kind_purchases,
    .learn = bgbb_learn,
    .whole = 1,
};
