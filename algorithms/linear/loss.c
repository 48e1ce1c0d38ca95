/*
** loss.c -- losses by families, block by block (loss.h).
**
** Exponentials are those of kernel/exp_body.h, many at a time.
*/
#include "loss.h"

#include <math.h>

#include "../kernel/simd.h"

#define LOSS_FAR 700.0 /* a margin beyond is beyond all reason: exp of it stays finite */

/* second = exp(sign m), within reason. */
static void loss_exps(const double *m, double sign, int64_t n, double *second) {
  for (int64_t i = 0; i < n; i++) {
    const double at = sign * m[i], above = at > -LOSS_FAR ? at : -LOSS_FAR;
    second[i] = above < LOSS_FAR ? above : LOSS_FAR;
  }
  mine__kernels_here()->exps(second, n, second);
}

static double loss_gaussian(const double *m, const double *y, const double *w, int64_t n,
                            double *first, double *second) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    const double rest = m[i] - y[i];
    first[i] = w[i] * rest;
    second[i] = w[i];
    sum += w[i] * (0.5 * rest * rest);
  }
  return sum;
}

static double loss_poisson(const double *m, const double *y, const double *w, int64_t n,
                           double *first, double *second) {
  double sum = 0;
  loss_exps(m, 1, n, second);
  for (int64_t i = 0; i < n; i++) {
    const double mean = second[i];
    first[i] = w[i] * (mean - y[i]);
    second[i] = w[i] * mean;
    sum += w[i] * (mean - y[i] * m[i]);
  }
  return sum;
}

static double loss_gamma(int expected, const double *m, const double *y, const double *w, int64_t n,
                         double *first, double *second) {
  double sum = 0;
  loss_exps(m, -1, n, second);
  for (int64_t i = 0; i < n; i++) {
    const double ratio = y[i] * second[i];
    first[i] = w[i] * (1 - ratio);
    second[i] = w[i] * (expected ? 1 : ratio);
    sum += w[i] * (ratio + m[i]);
  }
  return sum;
}

double mine__loss_rows(linear_family family, int expected, const double *margin, const double *y,
                       const double *weight, int64_t n, double *first, double *second) {
  if (family == LINEAR_LOGISTIC)
    return mine__kernels_here()->logistic(margin, y, weight, n, first, second);
  if (family == LINEAR_POISSON) return loss_poisson(margin, y, weight, n, first, second);
  if (family == LINEAR_GAMMA) return loss_gamma(expected, margin, y, weight, n, first, second);
  return loss_gaussian(margin, y, weight, n, first, second);
}

/* Of each row the largest margin, and what the loss is beside it: less the margin of its class. */
static void loss_largest(const double *m, int64_t n, int margins, int spared, const int32_t *label,
                         double *most, double *loss) {
  for (int64_t i = 0; i < n; i++) {
    const int own = label[i] - spared;
    most[i] = spared ? 0 : m[i];
    loss[i] = own < 0 ? 0 : -m[own * n + i];
  }
  for (int k = 0; k < margins; k++) {
    for (int64_t i = 0; i < n; i++)
      most[i] = m[k * n + i] > most[i] ? m[k * n + i] : most[i];
  }
}

/* All exponents are less the row's largest margin, so that none overflows and one is 1.  A
** spared class has the margin 0, and its exponential stands in `sum` from the start.  Lanes
** behind the last number are set to 0, for exps takes whole vectors. */
void mine__loss_softmax(double *share, int64_t n, int margins, int spared, const int32_t *label,
                        double *room, double *loss) {
  const mine__kernels *kernels = mine__kernels_here();
  const int64_t all = n * margins, lanes = EXP_LANES;
  const int64_t padded = (n + lanes - 1) / lanes * lanes;
  double *most = room, *sum = room + padded;
  loss_largest(share, n, margins, spared, label, most, loss);
  for (int64_t i = 0; i < padded; i++)
    sum[i] = i < n ? -most[i] : 0;
  if (spared) kernels->exps(sum, padded, sum);
  for (int64_t i = 0; !spared && i < n; i++)
    sum[i] = 0;
  for (int k = 0; k < margins; k++) {
    for (int64_t i = 0; i < n; i++)
      share[k * n + i] -= most[i];
  }
  for (int64_t i = all; i % lanes != 0; i++)
    share[i] = 0;
  kernels->exps(share, (all + lanes - 1) / lanes * lanes, share);
  for (int k = 0; k < margins; k++) {
    for (int64_t i = 0; i < n; i++)
      sum[i] += share[k * n + i];
  }
  for (int64_t i = 0; i < n; i++) {
    loss[i] += most[i] + log(sum[i]);
    sum[i] = 1 / sum[i];
  }
  for (int k = 0; k < margins; k++) {
    for (int64_t i = 0; i < n; i++)
      share[k * n + i] *= sum[i];
  }
}
