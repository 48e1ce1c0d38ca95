/*
** twostep_merge.c -- small clusters joined two by two: the second of the two steps.
**
** The two are joined whose union loses the least likelihood (Chiu, Fang, Chen, Wang & Jeris, "A
** robust and scalable clustering algorithm for mixed type attributes in large database
** environment", KDD 2001):
**
**   d(i, j) = xi(i union j) - xi(i) - xi(j),
**   xi(i) = N(i) (sum over numbers ln(s2(i) + s2) / 2 + sum over categories entropy(i)),
**
** s2(i) the variance in the cluster and s2 that of all points, 1.  Clusters far smaller than the
** average are set aside before (they are mostly outliers), as long as they are few rows.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "twostep_private.h"

#define MERGE_OVERALL 1.0
#define MERGE_SMALL   0.2 /* of the average */

/* xi of a cluster. */
static double merge_spread(const twostep_scale *s, const double *stats) {
  const double *mean = stats + 1, *variance = mean + s->numbers, *share = variance + s->numbers;
  double sum = 0;
  (void)mean;
  for (int j = 0; j < s->numbers; j++)
    sum += log(variance[j] + MERGE_OVERALL) / 2;
  for (int j = 0; j < s->slots; j++)
    if (share[j] > 0) sum -= share[j] * log(share[j]);
  return stats[0] * sum;
}

double mine__twostep_apart(const twostep_scale *s, const double *a, const double *b,
                           double *joined) {
  const double all = a[0] + b[0], p = all > 0 ? a[0] / all : 0.5, q = 1 - p;
  const int means = 1, variances = 1 + s->numbers, shares = 1 + 2 * s->numbers;
  joined[0] = all;
  for (int j = 0; j < s->numbers; j++) {
    const double apart = a[means + j] - b[means + j];
    joined[means + j] = p * a[means + j] + q * b[means + j];
    joined[variances + j] = p * a[variances + j] + q * b[variances + j] + p * q * apart * apart;
  }
  for (int j = 0; j < s->slots; j++)
    joined[shares + j] = p * a[shares + j] + q * b[shares + j];
  return merge_spread(s, joined) - merge_spread(s, a) - merge_spread(s, b);
}

typedef struct twostep_merge_run {
  const twostep_scale *scale;
  int64_t n;
  int stride;
  double *stats, *joined; /* n x stride, stride                       */
  double *apart;          /* n x n                                    */
  int64_t *into;          /* the cluster that it is part of; -1: aside */
  int64_t left;
} twostep_merge_run;

/* Moments of the small clusters; what is missing is left out, and the overall moments stand for a
** column of which a cluster knows nothing. */
static void merge_gather(mine_env *env, const twostep_points *p, const int32_t *label,
                         twostep_merge_run *run) {
  const twostep_scale *s = run->scale;
  const int stride = run->stride, shares = 1 + 2 * s->numbers;
  double *known =
      mine__arena_zeros(env->scratch, (size_t)run->n,
                        ((size_t)s->numbers + (size_t)s->categories + 1) * sizeof *known);
  const int columns = s->numbers + s->categories;
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < p->n; i++) {
    const double w = p->weight[i];
    double *to = run->stats + label[i] * stride, *weights = known + label[i] * (columns + 1);
    if (!(w > 0)) continue;
    to[0] += w;
    for (int j = 0; j < s->numbers; j++) {
      const double z = p->z[j * p->n + i], apart = z - to[1 + j];
      if (isnan(z)) continue;
      weights[j] += w; /* Welford's updating */
      to[1 + j] += apart * w / weights[j];
      to[1 + s->numbers + j] += w * apart * (z - to[1 + j]);
    }
    for (int j = 0; j < s->categories; j++) {
      const int32_t slot = p->slot[j * p->n + i];
      if (slot < 0) continue;
      weights[s->numbers + j] += w;
      to[shares + s->first[j] + slot] += w;
    }
  }
  for (int64_t c = 0; c < run->n; c++) {
    double *to = run->stats + c * stride;
    const double *weights = known + c * (columns + 1);
    for (int j = 0; j < s->numbers; j++)
      to[1 + s->numbers + j] = weights[j] > 0 ? to[1 + s->numbers + j] / weights[j] : 1;
    for (int j = 0; j < s->categories; j++) {
      const int f = s->category[j];
      for (int64_t l = 0; l < s->column[f].slots; l++) {
        double *share = to + shares + s->first[j] + l;
        *share = weights[s->numbers + j] > 0 ? *share / weights[s->numbers + j] : s->overall[f][l];
      }
    }
  }
}

typedef struct merge_size {
  double weight;
  int64_t cluster;
} merge_size;

static int merge_smaller(const void *context, const void *left, const void *right) {
  const merge_size *a = left, *b = right;
  (void)context;
  return a->weight != b->weight ? a->weight < b->weight : a->cluster < b->cluster;
}

/* The smallest ones, as long as they hold no more than the share `aside` together. */
static void merge_aside(mine_env *env, twostep_merge_run *run, double total, double aside) {
  merge_size *size = mine__arena_array(env->scratch, (size_t)run->n, sizeof *size);
  merge_size *spare = mine__arena_array(env->scratch, (size_t)run->n, sizeof *spare);
  double held = 0;
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < run->n; c++)
    size[c] = (merge_size){run->stats[c * run->stride], c};
  mine__sort(env, size, spare, (size_t)run->n, sizeof *size, merge_smaller, NULL);
  run->left = run->n;
  for (int64_t i = 0; i + 1 < run->n; i++) {
    held += size[i].weight;
    if (size[i].weight >= MERGE_SMALL * total / (double)run->n || held > aside * total) return;
    run->into[size[i].cluster] = -1;
    run->left--;
  }
}

static void merge_measure(twostep_merge_run *run, int64_t c) {
  for (int64_t other = 0; other < run->n; other++) {
    if (other == c || run->into[other] != other) continue;
    const double apart = mine__twostep_apart(run->scale, run->stats + c * run->stride,
                                             run->stats + other * run->stride, run->joined);
    run->apart[c * run->n + other] = run->apart[other * run->n + c] = apart;
  }
}

/* The nearest two become the first of them. */
static void merge_step(twostep_merge_run *run) {
  int64_t best = -1, with = -1;
  double least = INFINITY;
  for (int64_t a = 0; a < run->n; a++) {
    if (run->into[a] != a) continue;
    for (int64_t b = a + 1; b < run->n; b++) {
      if (run->into[b] != b || (best >= 0 && !(run->apart[a * run->n + b] < least))) continue;
      least = run->apart[a * run->n + b];
      best = a;
      with = b;
    }
  }
  if (best < 0) return;
  double *to = run->stats + best * run->stride;
  (void)mine__twostep_apart(run->scale, to, run->stats + with * run->stride, run->joined);
  memcpy(to, run->joined, (size_t)run->stride * sizeof *to);
  for (int64_t c = 0; c < run->n; c++)
    if (run->into[c] == with) run->into[c] = best;
  run->left--;
  merge_measure(run, best);
}

/* Where there are run->left clusters: their numbers in the order of the first small ones. */
static void merge_note(const twostep_merge_run *run, int32_t *of) {
  int32_t next = 0;
  for (int64_t c = 0; c < run->n; c++)
    of[c] = run->into[c] < 0 ? -1 : run->into[c] == c ? next++ : of[run->into[c]];
}

void mine__twostep_merge(mine_env *env, const twostep_points *points, const int32_t *label,
                         int64_t micro, int most_k, double aside, int32_t **of, int *n_starts) {
  const size_t n = (size_t)micro;
  const twostep_scale *s = points->scale;
  twostep_merge_run run = {.scale = s, .n = micro, .stride = 1 + 2 * s->numbers + s->slots};
  *n_starts = 0;
  *of = mine__arena_array(env->scratch, n, ((size_t)most_k + 1) * sizeof **of);
  const mine_mark mark = mine__arena_mark(env->scratch);
  run.stats = mine__arena_zeros(env->scratch, n, (size_t)run.stride * sizeof(double));
  run.joined = mine__arena_zeros(env->scratch, 1, (size_t)run.stride * sizeof(double));
  run.apart = mine__arena_zeros(env->scratch, n, n * sizeof(double));
  run.into = mine__arena_array(env->scratch, n, sizeof *run.into);
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < micro; c++)
    run.into[c] = c;
  merge_gather(env, points, label, &run);
  if (!mine_failed(env)) merge_aside(env, &run, points->total, aside);
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < micro; c++)
    if (run.into[c] == c) merge_measure(&run, c);
  *n_starts = run.left < most_k ? (int)run.left : most_k;
  for (;;) {
    if (run.left <= most_k) merge_note(&run, *of + run.left * micro);
    if (run.left < 2 || mine__poll(env)) break;
    merge_step(&run);
  }
  mine__arena_rewind(env->scratch, mark);
}
