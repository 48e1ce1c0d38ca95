/*
** paretonbd.c -- the Pareto/NBD model: buying at random, and leaving at any time.
**
** Schmittlein, Morrison and Colombo, Counting Your Customers, Management Science 33 (1987).  A
** customer buys by a Poisson process of rate lambda ~ Gamma(r, alpha) for a time that is
** exponential of rate mu ~ Gamma(s, beta).  Integrated over lambda and mu, but not over the time
** tau of death, the likelihood is
**
**   L = Gamma(r+x) / Gamma(r)  alpha^r beta^s
**         { (alpha+T)^-(r+x) (beta+T)^-s  +  s J }
**   J = integral from t_x to T of (alpha+tau)^-(r+x) (beta+tau)^-(s+1) d tau
**
** (Fader and Hardie, A Note on Deriving the Pareto/NBD Model, 2005).  The literature writes J as a
** difference of two hypergeometric functions, which cancel where t_x is near T and overflow where x
** is large.  Here it is integrated as it stands: all of it is positive, and over y =
** log(m + tau), m the smaller of alpha and beta, its logarithm is concave and its nearest
** singularity lies pi away from the real axis, so that Gauss and Legendre's rule with 8, 16 or 32
** points, by how far the integrand falls, has 13 digits (where it falls below e^-45 the rest is
** left out).  Derivatives of log J are means under the integrand.
*/
#include <math.h>

#include "../kernel/special.h"
#include "lifetime.h"

enum { PARETO_R, PARETO_ALPHA, PARETO_S, PARETO_BETA };

#define PARETO_FALL 45.0

/* log J and the means of log(alpha+tau), log(beta+tau), 1/(alpha+tau), 1/(beta+tau) under it. */
typedef struct pareto_integral {
  double log_j, log_alpha, log_beta, per_alpha, per_beta;
} pareto_integral;

/* What the integrand over y is like, from y = 0 at tau = t_x. */
typedef struct pareto_line {
  double n, s1;               /* exponents r + x and s + 1                  */
  double alpha_m, beta_m;     /* alpha - m and beta - m, one of them 0    */
  double from;                /* m + t_x                                    */
  double log_alpha, log_beta; /* at t_x                               */
} pareto_line;

static double pareto_fall(const pareto_line *line, double y) {
  const double at = line->from * exp(y);
  return line->n * (log(line->alpha_m + at) - line->log_alpha) +
         line->s1 * (log(line->beta_m + at) - line->log_beta) - y;
}

static pareto_integral pareto_integrate(const mine__rules *rules, const pareto_line *line,
                                        double length) {
  double fall = pareto_fall(line, length);
  while (fall > 2 * PARETO_FALL && pareto_fall(line, length / 2) > PARETO_FALL) {
    length /= 2;
    fall = pareto_fall(line, length);
  }
  const int n = fall <= 3 && length <= 0.7 ? 8 : fall <= 12 && length <= 3 ? 16 : 32;
  const double *at = n == 8 ? rules->at8 : n == 16 ? rules->at16 : rules->at32;
  const double *weight = n == 8 ? rules->weight8 : n == 16 ? rules->weight16 : rules->weight32;
  const int own = line->alpha_m == 0; /* m is alpha */
  double j = 0;
  pareto_integral sum = {0};
  for (int i = 0; i < n; i++) {
    const double y = length * at[i], place = line->from * exp(y);
    const double other = log((own ? line->beta_m : line->alpha_m) + place);
    const double log_alpha = own ? line->log_alpha + y : other;
    const double log_beta = own ? other : line->log_beta + y;
    const double f = weight[i] * exp(y - line->n * (log_alpha - line->log_alpha) -
                                     line->s1 * (log_beta - line->log_beta));
    j += f;
    sum.log_alpha += f * log_alpha;
    sum.log_beta += f * log_beta;
    sum.per_alpha += f / (line->alpha_m + place);
    sum.per_beta += f / (line->beta_m + place);
  }
  /* d tau = from e^y d y, and f is the integrand over its value at t_x */
  sum.log_j = log(j * length * line->from) - line->n * line->log_alpha - line->s1 * line->log_beta;
  sum.log_alpha /= j;
  sum.log_beta /= j;
  sum.per_alpha /= j;
  sum.per_beta /= j;
  return sum;
}

static pareto_integral pareto_of(const mine__life *life, const mine__buyer *c) {
  const double alpha = life->theta[PARETO_ALPHA], beta = life->theta[PARETO_BETA];
  const double m = alpha < beta ? alpha : beta;
  const pareto_line line = {
      .n = life->theta[PARETO_R] + c->x,
      .s1 = life->theta[PARETO_S] + 1,
      .alpha_m = alpha - m,
      .beta_m = beta - m,
      .from = m + c->t_x,
      .log_alpha = log(alpha + c->t_x),
      .log_beta = log(beta + c->t_x),
  };
  if (!(c->T > c->t_x)) return (pareto_integral){.log_j = -HUGE_VAL};
  return pareto_integrate(life->rules, &line, log1p((c->T - c->t_x) / line.from));
}

typedef struct pareto_terms {
  double x, log_l, r;
} pareto_terms;

static pareto_terms pareto_terms_of(const double *theta, double x) {
  const double r = theta[PARETO_R], log_alpha = log(theta[PARETO_ALPHA]);
  return (pareto_terms){
      .x = x,
      .log_l = mine__log_gamma(r + x) - mine__log_gamma(r) + r * log_alpha +
               theta[PARETO_S] * log(theta[PARETO_BETA]),
      .r = mine__digamma(r + x) - mine__digamma(r) + log_alpha,
  };
}

static void paretonbd_sum(const mine__life *life, const mine__cells *cells, int64_t first,
                          int64_t end, double *out) {
  const double r = life->theta[PARETO_R], alpha = life->theta[PARETO_ALPHA],
               s = life->theta[PARETO_S], beta = life->theta[PARETO_BETA], log_beta = log(beta);
  pareto_terms of = pareto_terms_of(life->theta, 0);
  for (int64_t i = first; i < end; i++) {
    const mine__buyer *c = &cells->buyer[i];
    const double n = r + c->x, weight = cells->weight[i];
    if (c->x != of.x) of = pareto_terms_of(life->theta, c->x);
    const pareto_integral j = pareto_of(life, c);
    const double whole_alpha = log(alpha + c->T), whole_beta = log(beta + c->T);
    const double alive = -n * whole_alpha - s * whole_beta, dead = log(s) + j.log_j;
    const double sum = mine__log_add(alive, dead);
    const double w = exp(alive - sum), v = exp(dead - sum);
    out[0] += weight * (of.log_l + sum);
    out[1 + PARETO_R] += weight * (of.r - w * whole_alpha - v * j.log_alpha);
    out[1 + PARETO_ALPHA] += weight * (r / alpha - n * (w / (alpha + c->T) + v * j.per_alpha));
    out[1 + PARETO_S] += weight * (log_beta - w * whole_beta + v * (1 / s - j.log_beta));
    out[1 + PARETO_BETA] += weight * (s / beta - w * s / (beta + c->T) - v * (s + 1) * j.per_beta);
  }
}

/* 1 / (1 + s J (alpha+T)^(r+x) (beta+T)^s). */
static double paretonbd_alive(const mine__life *life, const mine__buyer *c) {
  const double n = life->theta[PARETO_R] + c->x, s = life->theta[PARETO_S];
  const double log_j = pareto_of(life, c).log_j;
  return 1 / (1 + exp(log(s) + log_j + n * log(life->theta[PARETO_ALPHA] + c->T) +
                      s * log(life->theta[PARETO_BETA] + c->T)));
}

/* (r+x) (beta+T) / ((alpha+T) (s-1))  { 1 - ((beta+T) / (beta+T+t))^(s-1) }. */
static double paretonbd_future(const mine__life *life, const mine__buyer *c, double t) {
  const double s1 = life->theta[PARETO_S] - 1, beta = life->theta[PARETO_BETA] + c->T;
  const double l = log1p(t / beta);
  return (life->theta[PARETO_R] + c->x) / (life->theta[PARETO_ALPHA] + c->T) * beta *
         (s1 == 0 ? l : -expm1(-s1 * l) / s1);
}

static const double paretonbd_starts[][LIFETIME_MOST] = {
    {0.5, 0.4, 0.6, 0.5}, {1, 1, 1, 1}, {0.3, 0.1, 0.3, 1}, {3, 2, 2, 6}};

const mine__process mine__process_paretonbd = {
    .name = "paretonbd",
    .n = 4,
    .parameter = {"r", "alpha", "s", "beta"},
    .timed = 1u << PARETO_ALPHA | 1u << PARETO_BETA,
    .sum = paretonbd_sum,
    .alive = paretonbd_alive,
    .future = paretonbd_future,
    .n_starts = sizeof paretonbd_starts / sizeof paretonbd_starts[0],
    .start = paretonbd_starts,
};

static mine_status paretonbd_learn(mine_env *env, const mine_purchases *of, const void *options,
                                   mine_model *model) {
  (void)options;
  return mine__lifetime_learn(env, of, &mine__process_paretonbd, 1, model);
}

const mine_algorithm mine__algorithm_paretonbd = {
    .name = "paretonbd",
    .title = "Pareto/NBD: how often a customer will buy, who may have left for good",
    .citation = "Schmittlein, Morrison & Colombo 1987 (Counting Your Customers)",
    .notes =
        "As `bgnbd`, but a customer may leave at any time rather than after a purchase: the model "
        "that the others are measured by. r and alpha are shape and rate of the customers' rates "
        "of buying, s and beta of their rates of leaving. Its likelihood holds an integral that is "
        "usually written by two hypergeometric functions; here it is computed as it stands, so "
        "that the chance to be there still is a number for every customer, however many "
        "purchases. It takes a few times as long as `bgnbd`.",
    .example =
        "SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error\n"
        "FROM mine_coefficients((SELECT mine_fit('paretonbd',\n" MINE_PURCHASES_EXAMPLE ", '')));",
    .tasks = MINE_PURCHASES,
    .reads = "events",
    .kind = &mine__kind_purchases,
    .learn = paretonbd_learn,
};
