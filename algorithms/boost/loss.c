/*
** loss.c -- losses: where they begin, how they fall, what they cost.
**
** With margin s, target y (of LOGISTIC and MULTINOMIAL 0 or 1) and weight w:
**              loss                                     g              h
** squared      (y - s)^2 / 2                            s - y          1
** absolute     |y - s|                                  sign(s - y)    1
** quantile     alpha (y - s)+ + (1 - alpha) (s - y)+    1[s > y] - alpha    1
** poisson      e^s - y s                                e^s - y        e^(s + 0.7)
** tweedie      -y e^((1-p)s)/(1-p) + e^((2-p)s)/(2-p)   ...            (Yang, Qian & Zou 2018)
** logistic     ln(1 + e^s) - y s                        p - y          p (1 - p)
** multinomial  ln sum e^s - s of the class              p - y          p (1 - p) K/(K-1)
** (Friedman, Ann. Statist. 29, 2001).  Absolute and quantile loss have no curvature: their
** trees are grown by g with h = 1, and the leaves take the median, or the quantile, of what is
** left there.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../kernel/simd.h"
#include "../model/metrics.h"
#include "boost.h"

const char *const mine__boost_objective_names[] = {"squared", "absolute", "quantile",    "poisson",
                                                   "tweedie", "logistic", "multinomial", NULL};

#define LOSS_ROWS         512 /* a multiple of EXP_LANES */
#define LOSS_LEAST_H      1e-16
#define LOSS_LONGEST_STEP 0.7 /* of a poisson margin: a step of e^s - y would overshoot */

static double loss_weight(const boost_target *t, uint32_t row) {
  return t->of.weight ? (double)t->of.weight[row] : 1;
}

mine_trees_link mine__boost_link(boost_objective objective) {
  switch (objective) {
    case BOOST_LOGISTIC:
      return MINE_TREES_LOGIT;
    case BOOST_MULTINOMIAL:
      return MINE_TREES_SOFTMAX;
    case BOOST_POISSON:
    case BOOST_TWEEDIE:
      return MINE_TREES_EXP;
    default:
      return MINE_TREES_IDENTITY;
  }
}

int mine__boost_leaf_is_quantile(const boost_target *t, double *alpha) {
  *alpha = t->objective == BOOST_ABSOLUTE ? 0.5 : t->alpha;
  return t->objective == BOOST_ABSOLUTE || t->objective == BOOST_QUANTILE;
}

/* The shares of each class, a little of each so that no margin is infinite. */
static void loss_start_classes(const boost_target *t, const uint32_t *row, int64_t n,
                               double *base) {
  double all = 0;
  for (int c = 0; c < t->outputs; c++)
    base[c] = 0.5;
  for (int64_t k = 0; k < n; k++)
    base[t->of.label[row[k]]] += loss_weight(t, row[k]);
  for (int c = 0; c < t->outputs; c++)
    all += base[c];
  for (int c = 0; c < t->outputs; c++)
    base[c] = log(base[c] / all);
}

static int loss_before(const void *context, const void *a, const void *b) {
  (void)context;
  return ((const boost_rest *)a)->rest < ((const boost_rest *)b)->rest;
}

double mine__boost_quantile(boost_rest *rest, int64_t n, double alpha) {
  double all = 0, below = 0;
  mine__sort(NULL, rest, rest + n, (size_t)n, sizeof *rest, loss_before, NULL);
  for (int64_t k = 0; k < n; k++)
    all += rest[k].weight;
  for (int64_t k = 0; k < n; k++) {
    below += rest[k].weight;
    if (below >= alpha * all) return rest[k].rest;
  }
  return n ? rest[n - 1].rest : 0;
}

static double loss_start_quantile(mine_env *env, const boost_target *t, const uint32_t *row,
                                  int64_t n, double alpha) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  boost_rest *rest = mine__arena_array(env->scratch, 2 * (size_t)n, sizeof *rest);
  for (int64_t k = 0; rest && k < n; k++)
    rest[k] = (boost_rest){t->of.y[row[k]], loss_weight(t, row[k])};
  const double start = rest ? mine__boost_quantile(rest, n, alpha) : 0;
  mine__arena_rewind(env->scratch, mark);
  return start;
}

void mine__boost_start(mine_env *env, const boost_target *t, const uint32_t *row, int64_t n,
                       double *base) {
  double sum = 0, weight = 0, alpha;
  if (t->objective == BOOST_MULTINOMIAL) {
    loss_start_classes(t, row, n, base);
    return;
  }
  if (mine__boost_leaf_is_quantile(t, &alpha)) {
    base[0] = loss_start_quantile(env, t, row, n, alpha);
    return;
  }
  for (int64_t k = 0; k < n; k++) {
    const double w = loss_weight(t, row[k]);
    sum += w * t->of.y[row[k]];
    weight += w;
  }
  if (t->objective == BOOST_SQUARED) {
    base[0] = sum / weight;
  } else if (t->objective == BOOST_LOGISTIC) {
    base[0] = log((sum + 0.5) / (weight - sum + 0.5));
  } else {
    base[0] = log(sum > 0 ? sum / weight : 1e-6);
  }
}

/* Of all classes, each in its part of g and h. */
static void loss_gradient_classes(const boost_target *t, const double *margin, const uint32_t *row,
                                  int64_t n, float *g, float *h) {
  const size_t outputs = (size_t)t->outputs, rows = (size_t)t->of.n;
  const double factor = (double)t->outputs / (t->outputs - 1);
  for (int64_t k = 0; k < n; k++) {
    const uint32_t i = row[k];
    const double *s = margin + i * outputs, w = loss_weight(t, i);
    double most = s[0], sum = 0;
    for (size_t c = 1; c < outputs; c++)
      most = s[c] > most ? s[c] : most;
    for (size_t c = 0; c < outputs; c++)
      sum += exp(s[c] - most);
    for (size_t c = 0; c < outputs; c++) {
      const double p = exp(s[c] - most) / sum;
      g[c * rows + i] = (float)(w * (p - (t->of.label[i] == (int32_t)c)));
      h[c * rows + i] = (float)(w * fmax(factor * p * (1 - p), LOSS_LEAST_H));
    }
  }
}

/* First and second derivative by the margin. */
typedef struct loss_slope {
  double first, second;
} loss_slope;

static loss_slope loss_tweedie(double power, double s, double y) {
  const double one = exp((1 - power) * s), two = exp((2 - power) * s);
  return (loss_slope){-y * one + two, -y * (1 - power) * one + (2 - power) * two};
}

static inline loss_slope loss_slope_of(const boost_target *t, double s, double y) {
  switch (t->objective) {
    case BOOST_SQUARED:
      return (loss_slope){s - y, 1};
    case BOOST_ABSOLUTE:
      return (loss_slope){s > y ? 1 : s < y ? -1 : 0, 1};
    case BOOST_QUANTILE:
      return (loss_slope){(s > y) - t->alpha, 1};
    case BOOST_POISSON:
      return (loss_slope){exp(s) - y, exp(s + LOSS_LONGEST_STEP)};
    default:
      return loss_tweedie(t->power, s, y);
  }
}

/* At most LOSS_ROWS rows: their exponentials are taken side by side. */
static void loss_gradient_logistic(const boost_target *t, const double *margin, const uint32_t *row,
                                   int64_t n, float *g, float *h) {
  double e[LOSS_ROWS];
  for (int64_t k = 0; k < n; k++)
    e[k] = -margin[row[k]];
  for (int64_t k = n; k % EXP_LANES != 0; k++)
    e[k] = 0;
  mine__kernels_here()->exps(e, (n + EXP_LANES - 1) / EXP_LANES * EXP_LANES, e);
  for (int64_t k = 0; k < n; k++) {
    const uint32_t i = row[k];
    const double p = 1 / (1 + e[k]), w = loss_weight(t, i), curve = p * (1 - p);
    g[i] = (float)(w * (p - t->of.y[i]));
    h[i] = (float)(w * (curve > LOSS_LEAST_H ? curve : LOSS_LEAST_H));
  }
}

void mine__boost_gradient(const boost_target *t, const double *margin, const uint32_t *row,
                          int64_t n, float *g, float *h) {
  if (t->objective == BOOST_MULTINOMIAL) {
    loss_gradient_classes(t, margin, row, n, g, h);
    return;
  }
  if (t->objective == BOOST_LOGISTIC) {
    for (int64_t k = 0; k < n; k += LOSS_ROWS)
      loss_gradient_logistic(t, margin, row + k, n - k < LOSS_ROWS ? n - k : LOSS_ROWS, g, h);
    return;
  }
  for (int64_t k = 0; k < n; k++) {
    const uint32_t i = row[k];
    const double w = loss_weight(t, i);
    const loss_slope slope = loss_slope_of(t, margin[i], t->of.y[i]);
    g[i] = (float)(w * slope.first);
    h[i] = (float)(w * slope.second);
  }
}

static double loss_of(const boost_target *t, const double *s, uint32_t i) {
  const double y = t->of.y ? t->of.y[i] : 0, left = y - s[0];
  switch (t->objective) {
    case BOOST_SQUARED:
      return 0.5 * left * left;
    case BOOST_ABSOLUTE:
      return fabs(left);
    case BOOST_QUANTILE:
      return left > 0 ? t->alpha * left : (t->alpha - 1) * left;
    case BOOST_POISSON:
      return exp(s[0]) - y * s[0];
    case BOOST_TWEEDIE:
      return -y * exp((1 - t->power) * s[0]) / (1 - t->power) +
             exp((2 - t->power) * s[0]) / (2 - t->power);
    case BOOST_LOGISTIC:
      return log1p(exp(-fabs(s[0]))) + (s[0] > 0 ? s[0] : 0) - y * s[0];
    default:
      break;
  }
  double most = s[0], sum = 0;
  for (int c = 1; c < t->outputs; c++)
    most = s[c] > most ? s[c] : most;
  for (int c = 0; c < t->outputs; c++)
    sum += exp(s[c] - most);
  return log(sum) + most - s[t->of.label[i]];
}

double mine__boost_loss(const boost_target *t, const double *margin, const uint32_t *row,
                        int64_t n) {
  double sum = 0;
  for (int64_t k = 0; k < n; k++) {
    const uint32_t i = row[k];
    sum += loss_weight(t, i) * loss_of(t, margin + (size_t)i * (size_t)t->outputs, i);
  }
  return sum;
}
