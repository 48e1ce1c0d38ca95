/*
** twostep_em.c -- the mixture of clusters and noise, by expectation and maximisation.
**
** The model is that of model/latent.h, the method that of Dempster, Laird & Rubin (1977); what is
** missing is left out of a point's density and of the sums of its column.  The weight of noise is
** held below a limit.  So that no cluster collapses, a variance counts EM_PRIOR of a point more
** that has the overall one, and the shares of levels one point more that has the overall ones
** (Fraley & Raftery, "Bayesian regularization for normal mixture estimation", Journal of
** Classification 24, 2007).  A cluster with hardly any points is dropped.
**
** The score is the integrated completed likelihood in its BIC form (Biernacki, Celeux & Govaert,
** IEEE PAMI 22, 2000), halved, of at most EM_ROWS rows:
**
**   n (mean ln density - mean entropy of the shares) - parameters / 2 x ln n,    n = min(rows,
**   EM_ROWS).
**
** Of ever more rows every deviation from normal tails would become a cluster of its own; what
** EM_ROWS rows do not show is no segment that anybody can act on.
**
** Sums are made in blocks of points and added in the order of the blocks.
*/
#include <math.h>
#include <string.h>

#include "twostep_private.h"

#define EM_2PI     6.283185307179586476925
#define EM_PRIOR   0.5
#define EM_ROWS    4096.0
#define EM_NOWHERE 50.0 /* nats below the likeliest: no share of a point */
#define EM_LEAST   3.0  /* points, and this share of them: fewer are no cluster */
#define EM_SHARE   0.002
#define EM_NOISE   0.01 /* where it begins, at least */

/* ---- memory ------------------------------------------------------------------------------ */

void mine__twostep_mixture_open(mine_env *env, mine_arena *arena, const twostep_scale *s,
                                int most_k, twostep_mixture *out) {
  *out = (twostep_mixture){.numbers = s->numbers,
                           .slots = s->slots,
                           .stride = 1 + 2 * s->numbers + s->slots,
                           .score = -INFINITY};
  out->value = mine__arena_zeros(arena, (size_t)most_k, (size_t)out->stride * sizeof *out->value);
  (void)env;
}

void mine__twostep_mixture_copy(twostep_mixture *to, const twostep_mixture *from) {
  double *value = to->value;
  memcpy(value, from->value, (size_t)from->k * (size_t)from->stride * sizeof *value);
  *to = *from;
  to->value = value;
}

/* ---- expectation --------------------------------------------------------------------------- */

/* A pass over the points.  Tables, of each cluster: log weight; base; half; logs of shares.
** Sums, of each cluster: weight; of each number known, first and second power around the mean; of
** each slot its weight; then of noise the weight, the log densities and the entropies. */
typedef struct em_pass {
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
} em_pass;

static void em_tables(em_pass *pass) {
  const twostep_mixture *m = pass->mixture;
  for (int c = 0; c < m->k; c++) {
    const double *value = twostep_of(m, c), *variance = value + 1 + m->numbers;
    const double *share = variance + m->numbers;
    double *to = pass->table + (size_t)c * (size_t)pass->stride;
    *to++ = log(value[0]) + log1p(-m->noise);
    for (int j = 0; j < m->numbers; j++)
      *to++ = -0.5 * (log(EM_2PI) + log(variance[j]));
    for (int j = 0; j < m->numbers; j++)
      *to++ = 0.5 / variance[j];
    for (int j = 0; j < m->slots; j++)
      *to++ = log(share[j]);
  }
}

/* Log densities of a block's points under cluster c, weight and all. */
static void em_cluster(const em_pass *pass, int c, int64_t first, int64_t n, double *lane) {
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

static void em_noise(const em_pass *pass, int64_t first, int64_t n, double *lane) {
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
static double em_shares(double *lane, int n, double *entropy) {
  double most = -INFINITY, sum = 0, mean = 0;
  for (int c = 0; c < n; c++)
    most = fmax(most, lane[c * TWOSTEP_BLOCK]);
  for (int c = 0; c < n; c++) {
    const double below = lane[c * TWOSTEP_BLOCK] - most;
    const double part = below > -EM_NOWHERE ? exp(below) : 0;
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
static int32_t em_largest(const double *share, int k) {
  int best = 0;
  for (int c = 1; c < k; c++)
    if (share[c * TWOSTEP_BLOCK] > share[best * TWOSTEP_BLOCK]) best = c;
  return share[k * TWOSTEP_BLOCK] > share[best * TWOSTEP_BLOCK] ? -1 : best;
}

/* Most points have a share in one cluster or two, so that few are added to each. */
static void em_sum(const em_pass *pass, int c, int64_t first, int64_t n, const double *share,
                   double *to) {
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
static int em_says(const em_pass *pass, int column, int64_t i, double *says) {
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
static double em_gain(const em_pass *pass, const double *share, const double *says) {
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

static void em_inform(const em_pass *pass, int64_t first, int64_t n, const double *share,
                      double *to) {
  const twostep_points *p = pass->points;
  const int columns = p->scale->numbers + p->scale->categories;
  double says[TWOSTEP_MOST];
  for (int f = 0; f < columns; f++)
    for (int64_t i = 0; i < n; i++)
      if (p->weight[first + i] > 0 && em_says(pass, f, first + i, says))
        to[f] += p->weight[first + i] * em_gain(pass, share + i, says);
}

static void em_block(void *context, int64_t task, int worker) {
  const em_pass *pass = context;
  const twostep_points *p = pass->points;
  const int k = pass->mixture->k;
  const int64_t first = task * TWOSTEP_BLOCK, left = p->n - first;
  const int64_t n = left < TWOSTEP_BLOCK ? left : TWOSTEP_BLOCK;
  double *share = pass->room[worker], fit = 0, entropy = 0, noise = 0;
  for (int c = 0; c < k && !pass->given; c++)
    em_cluster(pass, c, first, n, share + c * TWOSTEP_BLOCK);
  if (!pass->given) em_noise(pass, first, n, share + k * TWOSTEP_BLOCK);
  for (int64_t i = 0; i < n; i++) {
    const double w = p->weight[first + i];
    double mixed = 0, whole = 0;
    if (pass->given) {
      const int32_t label = pass->given[first + i];
      for (int c = 0; c <= k; c++)
        share[c * TWOSTEP_BLOCK + i] = c == (label < 0 ? k : label);
    } else {
      whole = em_shares(share + i, k + 1, &mixed);
    }
    fit += w * whole;
    entropy += w * mixed;
    noise += w * share[k * TWOSTEP_BLOCK + i];
    if (pass->said) pass->said[first + i] = whole - mixed;
    if (pass->label) pass->label[first + i] = em_largest(share + i, k);
  }
  if (pass->importance)
    em_inform(pass, first, n, share,
              pass->importance + task * (p->scale->numbers + p->scale->categories));
  if (!pass->sums) return;
  double *sums = pass->sums + task * pass->n_sums;
  for (int c = 0; c < k; c++)
    em_sum(pass, c, first, n, share + c * TWOSTEP_BLOCK, sums + c * pass->width);
  sums[pass->n_sums - 3] = noise;
  sums[pass->n_sums - 2] = fit;
  sums[pass->n_sums - 1] = entropy;
}

/* In scratch; the caller rewinds. */
static void em_open(mine_env *env, const twostep_points *p, const twostep_mixture *m,
                    em_pass *pass) {
  const size_t lanes = (size_t)m->k + 1;
  *pass = (em_pass){.points = p,
                    .mixture = m,
                    .stride = 1 + 2 * m->numbers + m->slots,
                    .width = 1 + 3 * m->numbers + m->slots};
  pass->n_sums = (int64_t)m->k * pass->width + 3;
  pass->table = mine__arena_array(env->scratch, lanes, (size_t)pass->stride * sizeof(double));
  pass->room = mine__arena_array(env->scratch, (size_t)env->threads, sizeof *pass->room);
  for (int t = 0; pass->room && t < env->threads; t++)
    pass->room[t] = mine__arena_array(env->scratch, lanes, TWOSTEP_BLOCK * sizeof(double));
  if (!mine_failed(env)) em_tables(pass);
}

/* The sums over all points into sums[0 .. n_sums - 1]; NULL: failure. */
static double *em_gather(mine_env *env, em_pass *pass) {
  const int64_t blocks = MINE_BLOCKS(pass->points->n, TWOSTEP_BLOCK);
  pass->sums =
      mine__arena_zeros(env->scratch, (size_t)blocks, (size_t)pass->n_sums * sizeof(double));
  if (mine_failed(env) || mine__parallel(env, blocks, em_block, pass) ||
      mine__sum_blocks(env, pass->sums, blocks, (size_t)pass->n_sums, pass->sums))
    return NULL;
  return pass->sums;
}

/* ---- maximisation --------------------------------------------------------------------------- */

static void em_numbers(const twostep_scale *s, const double *sums, double *value) {
  for (int j = 0; j < s->numbers; j++) {
    const double known = sums[1 + 3 * j], *power = sums + 2 + 3 * j;
    double *mean = value + 1 + j, *variance = mean + s->numbers;
    const double moved = known > 0 ? power[0] / known : 0;
    const double square = known > 0 ? fmax(power[1] / known - moved * moved, 0) : 1;
    *mean += moved;
    *variance = fmax((known * square + EM_PRIOR) / (known + EM_PRIOR), s->floor[s->number[j]]);
  }
}

static void em_levels(const twostep_scale *s, const double *sums, double *value) {
  for (int j = 0; j < s->categories; j++) {
    const int64_t slots = s->column[s->category[j]].slots;
    const double *count = sums + 1 + 3 * s->numbers + s->first[j];
    const double *overall = s->overall[s->category[j]];
    double *share = value + 1 + 2 * s->numbers + s->first[j], known = 0;
    for (int64_t l = 0; l < slots; l++)
      known += count[l];
    for (int64_t l = 0; l < slots; l++)
      share[l] = (count[l] + overall[l]) / (known + 1);
  }
}

/* Parameters from sums.  Returns whether a cluster was dropped. */
static int em_maximise(const twostep_points *p, const double *sums, int width, double most_noise,
                       twostep_mixture *m) {
  const double enough = fmax(EM_LEAST, EM_SHARE * p->total);
  const int k = m->k;
  double all = 0;
  int largest = 0, kept = 0;
  for (int c = 1; c < k; c++)
    if (sums[(int64_t)c * width] > sums[(int64_t)largest * width]) largest = c;
  const double noise = sums[(int64_t)k * width];
  m->noise = most_noise > 0 ? fmin(noise / p->total, most_noise) : 0;
  for (int c = 0; c < k; c++) {
    const double *of = sums + (int64_t)c * width;
    if (!(of[0] >= enough) && c != largest) continue;
    double *value = twostep_of(m, kept);
    if (kept != c) memmove(value, twostep_of(m, c), (size_t)m->stride * sizeof *value);
    value[0] = fmax(of[0], 1e-9 * p->total);
    all += value[0];
    em_numbers(p->scale, of, value);
    em_levels(p->scale, of, value);
    kept++;
  }
  m->k = kept;
  for (int c = 0; c < kept; c++)
    twostep_of(m, c)[0] /= all;
  return kept < k;
}

static double em_parameters(const twostep_points *p, const twostep_mixture *m) {
  const twostep_scale *s = p->scale;
  const double each = 2.0 * s->numbers + s->slots - s->categories;
  return m->k - 1 + (m->noise > 0) + m->k * each;
}

double mine__twostep_rows(const twostep_points *p) {
  return fmin(p->total, EM_ROWS);
}

static void em_score(const twostep_points *p, const double *sums, int64_t n_sums,
                     twostep_mixture *m) {
  const double n = mine__twostep_rows(p);
  m->fit = sums[n_sums - 2] / p->total;
  m->entropy = sums[n_sums - 1] / p->total;
  m->score = n * (m->fit - m->entropy) - em_parameters(p, m) / 2 * log(fmax(n, 1));
}

void mine__twostep_em(mine_env *env, const twostep_points *points, double most_noise, int most,
                      double enough, twostep_mixture *m) {
  double before = -INFINITY;
  for (int step = 0; !mine_failed(env); step++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    em_pass pass;
    em_open(env, points, m, &pass);
    const double *sums = mine_failed(env) ? NULL : em_gather(env, &pass);
    if (!sums || mine__poll(env)) return;
    em_score(points, sums, pass.n_sums, m);
    const int still = fabs(m->fit - before) <= enough * (1 + fabs(m->fit));
    before = m->fit;
    if (step >= most || still) {
      mine__arena_rewind(env->scratch, mark);
      return;
    }
    if (em_maximise(points, sums, pass.width, most_noise, m)) before = -INFINITY;
    mine__arena_rewind(env->scratch, mark);
  }
}

void mine__twostep_mixture_start(mine_env *env, const twostep_points *points, const int32_t *label,
                                 int k, double most_noise, twostep_mixture *m) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  em_pass pass;
  m->k = k;
  m->noise = 0;
  memset(m->value, 0, (size_t)k * (size_t)m->stride * sizeof *m->value);
  for (int c = 0; c < k; c++)
    twostep_of(m, c)[0] = 1;
  em_open(env, points, m, &pass);
  pass.given = label;
  const double *sums = mine_failed(env) ? NULL : em_gather(env, &pass);
  if (!sums) return;
  (void)em_maximise(points, sums, pass.width, most_noise, m);
  if (most_noise > 0) m->noise = fmax(m->noise, fmin(EM_NOISE, most_noise));
  mine__arena_rewind(env->scratch, mark);
}

void mine__twostep_mixture_join(const twostep_scale *s, twostep_mixture *m, double *room) {
  int first = 0, second = 1;
  double least = INFINITY;
  for (int a = 0; a < m->k; a++) {
    for (int b = a + 1; b < m->k; b++) {
      const double apart = mine__twostep_apart(s, twostep_of(m, a), twostep_of(m, b), room);
      if (!(apart < least)) continue;
      least = apart;
      first = a;
      second = b;
    }
  }
  (void)mine__twostep_apart(s, twostep_of(m, first), twostep_of(m, second), room);
  memcpy(twostep_of(m, first), room, (size_t)m->stride * sizeof *room);
  for (int c = second; c + 1 < m->k; c++)
    memcpy(twostep_of(m, c), twostep_of(m, c + 1), (size_t)m->stride * sizeof *room);
  m->k--;
}

/* ---- what is asked of the mixture ----------------------------------------------------------- */

void mine__twostep_label(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                         int32_t *label, double *said) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  em_pass pass;
  em_open(env, points, m, &pass);
  pass.label = label;
  pass.said = said;
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(points->n, TWOSTEP_BLOCK), em_block, &pass);
  mine__arena_rewind(env->scratch, mark);
}

void mine__twostep_importance(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                              int n_features, double *importance) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const twostep_scale *s = points->scale;
  const size_t columns = (size_t)s->numbers + (size_t)s->categories;
  const int64_t blocks = MINE_BLOCKS(points->n, TWOSTEP_BLOCK);
  em_pass pass;
  for (int f = 0; f < n_features; f++)
    importance[f] = 0;
  if (columns == 0) return;
  em_open(env, points, m, &pass);
  pass.importance = mine__arena_zeros(env->scratch, (size_t)blocks, columns * sizeof(double));
  if (!mine_failed(env) && !mine__parallel(env, blocks, em_block, &pass) &&
      !mine__sum_blocks(env, pass.importance, blocks, columns, pass.importance)) {
    for (int j = 0; j < s->numbers; j++)
      importance[s->number[j]] = fmax(0, pass.importance[j] / points->total);
    for (int j = 0; j < s->categories; j++)
      importance[s->category[j]] = fmax(0, pass.importance[s->numbers + j] / points->total);
  }
  mine__arena_rewind(env->scratch, mark);
}
