/*
** twostep_pass.c -- a pass over the points: to which clusters each belongs, and what that adds up
** to.
**
** The shares of a point are its weighted densities under the clusters and under noise, divided by
** their sum; a density is a product over the columns in which something is known.  All is done in
** logarithms, a block of points and a cluster at a time.  Sums are made in blocks of points and
** added in the order of the blocks.
*/
#include <math.h>

#include "twostep_private.h"

#define PASS_2PI     6.283185307179586476925
#define PASS_NOWHERE 50.0 /* nats below the likeliest: no share of a point */

/* A pass over the points.  Tables, of each cluster: log weight; base; half; logs of shares.
** Sums, of each cluster: weight; of each number known, first and second power around the mean; of
** each slot its weight; then of noise the weight, the log densities and the entropies. */
typedef struct twostep_pass {
  const twostep_points *points;
  const twostep_mixture *mixture;
  int stride; /* of tables                    */
  double *table;
  int width; /* of the sums of one cluster   */
  int64_t n_sums;
  double *sums;         /* blocks x n_sums; NULL: not asked for   */
  const int32_t *given; /* hard labels to be summed; NULL: shares */
  int32_t *label;       /* the largest share; NULL: not asked for */
  double *said;         /* per point: ln density less entropy; NULL: not asked for */
  double *importance;   /* blocks x columns; likewise             */
  double **room;        /* per worker: (k + 1) x TWOSTEP_BLOCK    */
} twostep_pass;

static void tpass_tables(twostep_pass *pass) {
  const twostep_mixture *m = pass->mixture;
  for (int c = 0; c < m->k; c++) {
    const double *value = twostep_of(m, c), *variance = value + 1 + m->numbers;
    const double *share = variance + m->numbers;
    double *to = pass->table + (size_t)c * (size_t)pass->stride;
    *to++ = log(value[0]) + log1p(-m->noise);
    for (int j = 0; j < m->numbers; j++)
      *to++ = -0.5 * (log(PASS_2PI) + log(variance[j]));
    for (int j = 0; j < m->numbers; j++)
      *to++ = 0.5 / variance[j];
    for (int j = 0; j < m->slots; j++)
      *to++ = log(share[j]);
  }
}

/* Log densities of a block's points under cluster c, weight and all. */
static void tpass_cluster(const twostep_pass *pass, int c, int64_t first, int64_t n, double *lane) {
  const twostep_points *p = pass->points;
  const twostep_mixture *m = pass->mixture;
  const twostep_scale *s = p->scale;
  const double *table = pass->table + (size_t)c * (size_t)pass->stride;
  const double *base = table + 1, *half = base + m->numbers, *said = half + m->numbers;
  const double *mean = twostep_of(m, c) + 1;
  for (int64_t i = 0; i < n; i++)
    lane[i] = table[0];
  for (int j = 0; j < s->numbers; j++) {
    const double *z = p->z + j * p->n + first, b = base[j], h = half[j], at = mean[j];
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
      const double d = z[i] - at, says = b - h * (d * d);
      lane[i] += z[i] == z[i] ? says : 0.0;
    }
  }
  for (int j = 0; j < s->categories; j++) {
    const int32_t *slot = p->slot + j * p->n + first;
    const double *of = said + s->first[j];
    for (int64_t i = 0; i < n; i++)
      lane[i] += slot[i] < 0 ? 0 : of[slot[i]];
  }
}

static void tpass_noise(const twostep_pass *pass, int64_t first, int64_t n, double *lane) {
  const twostep_points *p = pass->points;
  const twostep_scale *s = p->scale;
  const double weight = pass->mixture->noise > 0 ? log(pass->mixture->noise) : -INFINITY;
  for (int64_t i = 0; i < n; i++)
    lane[i] = weight;
  for (int j = 0; j < s->numbers; j++) {
    const double *z = p->z + j * p->n + first, says = s->column[s->number[j]].noise;
    for (int64_t i = 0; i < n; i++)
      lane[i] += z[i] == z[i] ? says : 0.0;
  }
  for (int j = 0; j < s->categories; j++) {
    const int32_t *slot = p->slot + j * p->n + first;
    const double says = s->column[s->category[j]].noise;
    for (int64_t i = 0; i < n; i++)
      lane[i] += slot[i] < 0 ? 0 : says;
  }
}

/* Logarithms of a point, TWOSTEP_BLOCK apart, become shares; returns the logarithm of their sum,
** *entropy that of the shares. */
static double tpass_shares(double *lane, int n, double *entropy) {
  double most = -INFINITY, sum = 0, mean = 0;
  for (int c = 0; c < n; c++)
    most = fmax(most, lane[c * TWOSTEP_BLOCK]);
  for (int c = 0; c < n; c++) {
    const double below = lane[c * TWOSTEP_BLOCK] - most;
    const double part = below > -PASS_NOWHERE ? exp(below) : 0;
    sum += part;
    if (part > 0) mean += part * below;
    lane[c * TWOSTEP_BLOCK] = part;
  }
  for (int c = 0; c < n; c++)
    lane[c * TWOSTEP_BLOCK] /= sum;
  *entropy = sum > 0 ? fmax(0, log(sum) - mean / sum) : 0;
  return most + log(sum);
}

/* The largest share, the first of equals; noise only if it is more. */
static int32_t tpass_largest(const double *share, int k) {
  int best = 0;
  for (int c = 1; c < k; c++)
    if (share[c * TWOSTEP_BLOCK] > share[best * TWOSTEP_BLOCK]) best = c;
  return share[k * TWOSTEP_BLOCK] > share[best * TWOSTEP_BLOCK] ? -1 : best;
}

/* Most points have a share in one cluster or two, so that few are added to each. */
static void tpass_sum(const twostep_pass *pass, int c, int64_t first, int64_t n,
                      const double *share, double *to) {
  const twostep_points *p = pass->points;
  const twostep_scale *s = p->scale;
  const double *mean = twostep_of(pass->mixture, c) + 1;
  double *slots = to + 1 + 3 * s->numbers, part[TWOSTEP_BLOCK], all = 0;
  int32_t at[TWOSTEP_BLOCK];
  int some = 0;
  for (int64_t i = 0; i < n; i++) {
    const double w = share[i] * p->weight[first + i];
    if (!(w > 0)) continue;
    at[some] = (int32_t)i;
    all += part[some++] = w;
  }
  to[0] = all;
  for (int j = 0; j < s->numbers; j++) {
    const double *z = p->z + j * p->n + first;
    double known = 0, once = 0, twice = 0;
    for (int i = 0; i < some; i++) {
      const double d = z[at[i]] - mean[j];
      if (isnan(d)) continue;
      known += part[i];
      once += part[i] * d;
      twice += part[i] * d * d;
    }
    to[1 + 3 * j] = known;
    to[2 + 3 * j] = once;
    to[3 + 3 * j] = twice;
  }
  for (int j = 0; j < s->categories; j++) {
    const int32_t *slot = p->slot + j * p->n + first;
    double *count = slots + s->first[j];
    for (int i = 0; i < some; i++)
      if (slot[at[i]] >= 0) count[slot[at[i]]] += part[i];
  }
}

/* What a column says of a point under each cluster: ln p(x | c); 0: it says nothing. */
static int tpass_says(const twostep_pass *pass, int column, int64_t i, double *says) {
  const twostep_points *p = pass->points;
  const twostep_mixture *m = pass->mixture;
  const twostep_scale *s = p->scale;
  const int category = column - s->numbers;
  const double z = category < 0 ? p->z[column * p->n + i] : 0;
  const int32_t slot = category < 0 ? 0 : p->slot[category * p->n + i];
  if (isnan(z) || slot < 0) return 0;
  for (int c = 0; c < m->k; c++) {
    const double *table = pass->table + (size_t)c * (size_t)pass->stride + 1;
    const double d = category < 0 ? z - twostep_of(m, c)[1 + column] : 0;
    says[c] = category < 0 ? table[column] - table[m->numbers + column] * d * d
                           : table[2 * m->numbers + s->first[category] + slot];
  }
  return 1;
}

/* Sum over clusters of share ln (p(x | c) / p(x)), p(x) the mean over clusters. */
static double tpass_gain(const twostep_pass *pass, const double *share, const double *says) {
  const twostep_mixture *m = pass->mixture;
  const int k = m->k;
  double most = -INFINITY, whole = 0, gain = 0, all = 0;
  for (int c = 0; c < k; c++)
    most = fmax(most, says[c]);
  for (int c = 0; c < k; c++)
    whole += twostep_of(m, c)[0] * exp(says[c] - most);
  for (int c = 0; c < k; c++) {
    all += share[c * TWOSTEP_BLOCK];
    gain += share[c * TWOSTEP_BLOCK] * (says[c] - most - log(whole));
  }
  return all > 0 ? gain : 0;
}

static void tpass_inform(const twostep_pass *pass, int64_t first, int64_t n, const double *share,
                         double *to) {
  const twostep_points *p = pass->points;
  const int columns = p->scale->numbers + p->scale->categories;
  double says[TWOSTEP_MOST];
  for (int f = 0; f < columns; f++)
    for (int64_t i = 0; i < n; i++)
      if (p->weight[first + i] > 0 && tpass_says(pass, f, first + i, says))
        to[f] += p->weight[first + i] * tpass_gain(pass, share + i, says);
}

/* Lane c of `share` is cluster c's share of each point of the block, lane k that of noise:
** first logarithms of densities, then shares, or with `given` labels 0 and 1, and then neither
** fit nor entropy. */
static void tpass_block(void *context, int64_t task, int worker) {
  const twostep_pass *pass = context;
  const twostep_points *p = pass->points;
  const int k = pass->mixture->k;
  const int64_t first = task * TWOSTEP_BLOCK, left = p->n - first;
  const int64_t n = left < TWOSTEP_BLOCK ? left : TWOSTEP_BLOCK;
  double *share = pass->room[worker], fit = 0, entropy = 0, noise = 0;
  for (int c = 0; c < k && !pass->given; c++)
    tpass_cluster(pass, c, first, n, share + c * TWOSTEP_BLOCK);
  if (!pass->given) tpass_noise(pass, first, n, share + k * TWOSTEP_BLOCK);
  for (int64_t i = 0; i < n; i++) {
    const double w = p->weight[first + i];
    double mixed = 0, whole = 0;
    if (pass->given) {
      const int32_t label = pass->given[first + i];
      for (int c = 0; c <= k; c++)
        share[c * TWOSTEP_BLOCK + i] = c == (label < 0 ? k : label);
    } else {
      whole = tpass_shares(share + i, k + 1, &mixed);
    }
    fit += w * whole;
    entropy += w * mixed;
    noise += w * share[k * TWOSTEP_BLOCK + i];
    if (pass->said) pass->said[first + i] = whole - mixed;
    if (pass->label) pass->label[first + i] = tpass_largest(share + i, k);
  }
  if (pass->importance)
    tpass_inform(pass, first, n, share,
                 pass->importance + task * (p->scale->numbers + p->scale->categories));
  if (!pass->sums) return;
  double *sums = pass->sums + task * pass->n_sums;
  for (int c = 0; c < k; c++)
    tpass_sum(pass, c, first, n, share + c * TWOSTEP_BLOCK, sums + c * pass->width);
  sums[pass->n_sums - 3] = noise;
  sums[pass->n_sums - 2] = fit;
  sums[pass->n_sums - 1] = entropy;
}

/* In scratch; the caller rewinds. */
static void tpass_open(mine_env *env, const twostep_points *p, const twostep_mixture *m,
                       twostep_pass *pass) {
  const size_t lanes = (size_t)m->k + 1;
  *pass = (twostep_pass){.points = p,
                         .mixture = m,
                         .stride = 1 + 2 * m->numbers + m->slots,
                         .width = 1 + 3 * m->numbers + m->slots};
  pass->n_sums = (int64_t)m->k * pass->width + 3;
  pass->table = mine__arena_array(env->scratch, lanes, (size_t)pass->stride * sizeof(double));
  pass->room = mine__arena_array(env->scratch, (size_t)env->threads, sizeof *pass->room);
  for (int t = 0; pass->room && t < env->threads; t++)
    pass->room[t] = mine__arena_array(env->scratch, lanes, TWOSTEP_BLOCK * sizeof(double));
  if (!mine_failed(env)) tpass_tables(pass);
}

int mine__twostep_gather(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                         const int32_t *given, twostep_sums *out) {
  const int64_t blocks = MINE_BLOCKS(points->n, TWOSTEP_BLOCK);
  twostep_pass pass;
  tpass_open(env, points, m, &pass);
  if (mine_failed(env)) return 0;
  pass.given = given;
  pass.sums = mine__arena_zeros(env->scratch, (size_t)blocks, (size_t)pass.n_sums * sizeof(double));
  if (mine_failed(env) || mine__parallel(env, blocks, tpass_block, &pass) ||
      mine__sum_blocks(env, pass.sums, blocks, (size_t)pass.n_sums, pass.sums))
    return 0;
  *out = (twostep_sums){pass.sums, pass.width, pass.n_sums};
  return 1;
}

/* ---- what is asked of the mixture ----------------------------------------------------------- */

void mine__twostep_label(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                         int32_t *label, double *said) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  twostep_pass pass;
  tpass_open(env, points, m, &pass);
  pass.label = label;
  pass.said = said;
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(points->n, TWOSTEP_BLOCK), tpass_block, &pass);
  mine__arena_rewind(env->scratch, mark);
}

void mine__twostep_importance(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                              int n_features, double *importance) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const twostep_scale *s = points->scale;
  const size_t columns = (size_t)s->numbers + (size_t)s->categories;
  const int64_t blocks = MINE_BLOCKS(points->n, TWOSTEP_BLOCK);
  twostep_pass pass;
  for (int f = 0; f < n_features; f++)
    importance[f] = 0;
  if (columns == 0) return;
  tpass_open(env, points, m, &pass);
  pass.importance = mine__arena_zeros(env->scratch, (size_t)blocks, columns * sizeof(double));
  if (!mine_failed(env) && !mine__parallel(env, blocks, tpass_block, &pass) &&
      !mine__sum_blocks(env, pass.importance, blocks, columns, pass.importance)) {
    for (int j = 0; j < s->numbers; j++)
      importance[s->number[j]] = fmax(0, pass.importance[j] / points->total);
    for (int j = 0; j < s->categories; j++)
      importance[s->category[j]] = fmax(0, pass.importance[s->numbers + j] / points->total);
  }
  mine__arena_rewind(env->scratch, mark);
}
