/*
** mbgcnbd.c -- the MBG/CNBD-k model: customers who buy at regular intervals.
**
** Platzer and Reutterer, Ticking Away the Moments, Marketing Science 35 (2016); with k = 1 the
** MBG/NBD of Batislam, Denizel and Filiztekin, IJRM 24 (2007).  A purchase is every k-th step of a
** Poisson process of rate lambda ~ Gamma(r, alpha), so that times between purchases are Erlang-k;
** after each purchase, the first one too, the customer dies with p ~ Beta(a, b):
**
**   L = B(a, b+x+1) / B(a, b)  Gamma(r+kx) / Gamma(r)  alpha^r
**         { (alpha+T)^-(r+kx) S  +  a / (b+x)  (alpha+t_x)^-(r+kx) }
**   S = sum over j < k of  (r+kx)_j / j!  v^j,   v = (T - t_x) / (alpha + T)
**
** times the product over purchases of (time since the one before)^(k-1) / (k-1)!, which does not
** hold the parameters but decides between one k and another (learn.c).
**
** Who is alive has made j of the next k steps with probability proportional to the j-th term of S,
** has then lambda ~ Gamma(r+kx+j, alpha+T) and p ~ Beta(a, b+x+1).  In the t to come the steps are
** negative binomial, and q purchases are each made if the customer did not die before:
**
**   E = sum over j of P(j)  sum over n of  NB(n)  G(floor((n+j) / k)),
**   G(q) = sum over i < q of  (b+x+1)_i / (a+b+x+1)_i
**
** exactly, where the paper approximates.
*/
#include <math.h>

#include "../kernel/special.h"
#include "lifetime.h"

enum { MBG_R, MBG_ALPHA, MBG_A, MBG_B };

#define MBG_LARGE  1e200
#define MBG_ENOUGH 1e-15
#define MBG_STEPS  10000000
#define MBG_MOST_K 100 /* of a fit: the option's range */

/* What depends on x alone. */
typedef struct mbg_terms {
  double x, log_l, r, a, b, death;
  double rise[MBG_MOST_K], slope[MBG_MOST_K]; /* of the terms of S, from j = 1 on */
} mbg_terms;

static void mbg_take(const mine__life *life, double x, mbg_terms *of) {
  const double r = life->theta[MBG_R], a = life->theta[MBG_A], b = life->theta[MBG_B];
  const double n = r + life->k * x, log_alpha = log(life->theta[MBG_ALPHA]);
  const double of_ab = mine__digamma(a + b) - mine__digamma(a + b + x + 1);
  of->x = x;
  of->log_l = mine__log_gamma(n) - mine__log_gamma(r) + r * log_alpha +
              mine__log_beta(a, b + x + 1) - mine__log_beta(a, b);
  of->r = mine__digamma(n) - mine__digamma(r) + log_alpha;
  of->a = of_ab;
  of->b = of_ab + mine__digamma(b + x + 1) - mine__digamma(b);
  of->death = log(a / (b + x));
  for (int j = 1; j < life->k; j++) {
    of->rise[j] = (n + j - 1) / j;
    of->slope[j] = (j > 1 ? of->slope[j - 1] : 0) + 1 / (n + j - 1);
  }
}

/* S with its derivatives: by n = r + kx, and times v by v. */
typedef struct mbg_steps {
  double s, by_n, by_v;
} mbg_steps;

static mbg_steps mbg_steps_of(int k, const mbg_terms *of, double v) {
  mbg_steps sum = {1, 0, 0};
  double term = 1;
  for (int j = 1; j < k; j++) {
    term *= of->rise[j] * v;
    sum.s += term;
    sum.by_n += term * of->slope[j];
    sum.by_v += term * j;
  }
  return sum;
}

static void mbgcnbd_sum(const mine__life *life, const mine__cells *cells, int64_t first,
                        int64_t end, double *out) {
  const double r = life->theta[MBG_R], alpha = life->theta[MBG_ALPHA], a = life->theta[MBG_A],
               b = life->theta[MBG_B];
  double t_x = NAN, last = 0; /* its logarithm: cells lie by x and t_x */
  mbg_terms of;
  mbg_take(life, 0, &of);
  for (int64_t i = first; i < end; i++) {
    const mine__buyer *c = &cells->buyer[i];
    const double x = c->x, n = r + life->k * x, weight = cells->weight[i];
    if (x != of.x) mbg_take(life, x, &of);
    if (c->t_x != t_x) last = log(alpha + (t_x = c->t_x));
    const mbg_steps s = mbg_steps_of(life->k, &of, (c->T - c->t_x) / (alpha + c->T));
    const double whole = log(alpha + c->T), more = life->k > 1 ? log(s.s) : 0;
    const mine__either is = mine__either_of(more - n * whole, of.death - n * last);
    const double w = is.first, d = is.second;
    out[0] += weight * (of.log_l + is.log_sum);
    out[1 + MBG_R] += weight * (of.r + w * (s.by_n / s.s - whole) - d * last);
    out[1 + MBG_ALPHA] +=
        weight * (r / alpha - w * (n + s.by_v / s.s) / (alpha + c->T) - d * n / (alpha + c->t_x));
    out[1 + MBG_A] += weight * (of.a + d / a);
    out[1 + MBG_B] += weight * (of.b - d / (b + x));
  }
}

static double mbgcnbd_alive(const mine__life *life, const mine__buyer *c) {
  const double alpha = life->theta[MBG_ALPHA], n = life->theta[MBG_R] + life->k * c->x;
  const double v = (c->T - c->t_x) / (alpha + c->T);
  double s = 1, term = 1;
  for (int j = 1; j < life->k; j++)
    s += term *= (n + j - 1) / j * v;
  const double odds = log(life->theta[MBG_A] / (life->theta[MBG_B] + c->x)) +
                      n * log1p((c->T - c->t_x) / (alpha + c->t_x)) - log(s);
  return 1 / (1 + exp(odds));
}

/* The sum over n for j steps made: shape is that of lambda. */
static double mbg_purchases(int k, int j, double shape, double z, double a, double b) {
  double p = 1, sum = 0, scale = shape * log1p(-z), g = 0, next = 1;
  const double mean = shape * z / (1 - z);
  int made = j, q = 0;
  for (int n = 0; n < MBG_STEPS; n++) {
    sum += p * g;
    if (n > mean && p * (g + 1) <= MBG_ENOUGH * (sum + p)) break;
    p *= (shape + n) / (n + 1) * z;
    if (++made == k) {
      made = 0;
      g += next;
      next *= (b + q) / (a + b + q);
      q++;
    }
    if (p > MBG_LARGE || sum > MBG_LARGE) {
      p /= MBG_LARGE;
      sum /= MBG_LARGE;
      scale += log(MBG_LARGE);
    }
  }
  return sum > 0 ? exp(log(sum) + scale) : 0;
}

static double mbgcnbd_future(const mine__life *life, const mine__buyer *c, double t) {
  const double alpha = life->theta[MBG_ALPHA] + c->T, n = life->theta[MBG_R] + life->k * c->x;
  const double a = life->theta[MBG_A], b = life->theta[MBG_B] + c->x + 1;
  if (!(t > 0)) return 0;
  if (life->k == 1) return mine__beta_death_future(life->rules, n, alpha, a, b, t);
  const double v = (c->T - c->t_x) / alpha, z = t / (alpha + t);
  double term = 1, weight = 0, sum = 0;
  for (int j = 0; j < life->k && term > MBG_ENOUGH * weight; j++) {
    sum += term * mbg_purchases(life->k, j, n + j, z, a, b);
    weight += term;
    term *= (n + j) / (j + 1) * v;
  }
  return sum / weight;
}

static const double mbgcnbd_starts[][LIFETIME_MOST] = {{0.5, 0.3, 0.8, 2.5},
                                                       {1, 0.3, 1, 1},
                                                       {3, 0.2, 0.5, 3},
                                                       {0.3, 0.05, 2, 8},
                                                       {3, 0.2, 1e-5, 1e-3}};

const mine__process mine__process_mbgcnbd = {
    .name = "mbgcnbd",
    .n = 4,
    .parameter = {"r", "alpha", "a", "b"},
    .timed = 1u << MBG_ALPHA,
    .sum = mbgcnbd_sum,
    .alive = mbgcnbd_alive,
    .future = mbgcnbd_future,
    .n_starts = sizeof mbgcnbd_starts / sizeof mbgcnbd_starts[0],
    .start = mbgcnbd_starts,
};

typedef struct mbgcnbd_options {
  int64_t k;
} mbgcnbd_options;

static const mine_option mbgcnbd_option_table[] = {
    OPTION_INT(mbgcnbd_options, k, .initial = "auto", .range = {1, 100}, .allows_auto = 1,
               .help = "how regular purchases are: times between them are Erlang-k; auto: the "
                       "likeliest of 1 to 12, from events"),
    OPTION_END};

static mine_status mbgcnbd_learn(mine_env *env, const mine_purchases *of, const void *options,
                                 mine_model *model) {
  const mbgcnbd_options *o = options;
  const int asked = o->k != MINE_AUTO;
  if (!asked && isnan(of->log_gaps))
    return mine__fail(env, MINE_DATA,
                      "how regular purchases are cannot be seen in a summary; give events "
                      "(customer, time), or say k");
  if (mine__lifetime_learn(env, of, &mine__process_mbgcnbd, asked ? (int)o->k : 0, model))
    return mine_env_status(env);
  const mine_purchase_model *m = model->body;
  mine__model_note(model, MINE__NOTE_CHOSEN, "k", "k = %d: %s", m->k,
                   asked ? "as asked" : "the likeliest");
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_mbgcnbd = {
    .name = "mbgcnbd",
    .title = "MBG/CNBD-k: as bgnbd, for customers who buy at regular intervals",
    .citation = "Platzer & Reutterer 2016; Batislam, Denizel & Filiztekin 2007 (k = 1)",
    .notes =
        "Groceries, subscriptions that are paid by hand, refills: where purchases come regularly, "
        "a silence says more than `bgnbd` and `paretonbd` believe. Times between purchases are "
        "Erlang-k; k = 1 is buying at random, and k is chosen by the likelihood of the log unless "
        "it is given. Besides, a customer may leave after the first purchase already. r and alpha "
        "are shape and rate of the customers' rates of steps, k of which are a purchase; a and b "
        "are of the chance to leave after one. Expected purchases are exact. A summary does not "
        "say how regular purchases were: give events, or k.",
    .example =
        "SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error\n"
        "FROM mine_coefficients((SELECT mine_fit('mbgcnbd',\n" MINE_PURCHASES_EXAMPLE ", 'k=2')));",
    .tasks = MINE_PURCHASES,
    .reads = "events",
    .options_size = sizeof(mbgcnbd_options),
    .options = mbgcnbd_option_table,
    .kind = &mine__kind_purchases,
    .learn = mbgcnbd_learn,
};
