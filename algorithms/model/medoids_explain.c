/*
** medoids_explain.c -- what each feature says for a medoid, by the metric.
**
**   euclidean  as for centres (cluster_explain.c)
**   manhattan  a sum over the columns: each adds by how much nearer its value is to the medoid than
**              what is missing would be
**   gower      the mean of the differences over the features known in both, 1 where none is.  Of
**              such a mean over n features with the differences d(f) the Shapley value is
**
**                (H(n) d(f) - (H(n) - 1) mean of the other d - 1) / n,  H(n) = 1 + 1/2 + ... + 1/n:
**
** joining s features that are known, f moves their mean by (d(f) - mean) / (s + 1), and
** joining none, by d(f) - 1; the mean of the s is on the average that of all others cosine
** no sum or mean over features, and not told
*/
#include <math.h>

#include "cluster_explain.h"
#include "medoids.h"

typedef struct dexplain_told {
  const mine_medoids *model;
  const double *told; /* k              */
  double *harmonic;   /* H(0) .. H(features) */
  double base;
} dexplain_told;

static const double *dexplain_medoid(const mine_medoids *m, int64_t c) {
  return m->rows.point + c * m->rows.width;
}

/* ---- manhattan ----------------------------------------------------------------------------- */

static void dexplain_sums(const void *context, const mine_batch *batch, int64_t i, double *room,
                          double *contribution) {
  const dexplain_told *t = context;
  const mine_medoids *m = t->model;
  const mine_encoding *e = &m->rows.encoding;
  mine__neighbours_points(&m->rows, batch, i, 1, room);
  for (int f = 0; f < e->n_features; f++)
    for (int j = e->first[f]; j < e->first[f + 1]; j++)
      for (int64_t c = 0; c < m->rows.n; c++) {
        const double at = dexplain_medoid(m, c)[j];
        contribution[f] -= t->told[c] * (fabs(room[j] - at) - fabs(e->fill[j] - at));
      }
  contribution[e->n_features] = t->base;
}

static double dexplain_sums_base(const dexplain_told *t) {
  const mine_encoding *e = &t->model->rows.encoding;
  double base = 0;
  for (int64_t c = 0; c < t->model->rows.n; c++)
    for (int j = 0; j < e->width; j++)
      base -= t->told[c] * fabs(e->fill[j] - dexplain_medoid(t->model, c)[j]);
  return base;
}

/* ---- gower --------------------------------------------------------------------------------- */

/* As kernel/nearest.h has it. */
static double dexplain_differs(int category, double a, double b) {
  return category ? a != b : fabs(a - b);
}

static void dexplain_mean(const dexplain_told *t, int64_t c, const double *point,
                          double *contribution) {
  const mine_neighbours *rows = &t->model->rows;
  const double *medoid = dexplain_medoid(t->model, c);
  double sum = 0;
  int n = 0;
  for (int f = 0; f < rows->width; f++) {
    if (isnan(point[f]) || isnan(medoid[f])) continue;
    sum += dexplain_differs(rows->category[f], point[f], medoid[f]);
    n++;
  }
  for (int f = 0; f < rows->width; f++) {
    if (isnan(point[f]) || isnan(medoid[f])) continue;
    const double own = dexplain_differs(rows->category[f], point[f], medoid[f]);
    const double others = n > 1 ? (sum - own) / (n - 1) : 0;
    contribution[f] -= t->told[c] * (t->harmonic[n] * own - (t->harmonic[n] - 1) * others - 1) / n;
  }
}

static void dexplain_means(const void *context, const mine_batch *batch, int64_t i, double *room,
                           double *contribution) {
  const dexplain_told *t = context;
  const mine_neighbours *rows = &t->model->rows;
  mine__neighbours_points(rows, batch, i, 1, room);
  for (int64_t c = 0; c < rows->n; c++)
    dexplain_mean(t, c, room, contribution);
}

/* ---- the kind ------------------------------------------------------------------------------ */

mine_status mine__medoids_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out) {
  const mine_medoids *m = model->body;
  const size_t k = (size_t)m->rows.n, width = (size_t)m->rows.width;
  const mine_space space = m->rows.space;
  if (space == MINE_SPACE_EUCLIDEAN)
    return mine__centres_explain(env, model, &m->rows.encoding, m->rows.point, m->rows.n, batch,
                                 out);
  if (space == MINE_SPACE_COSINE)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "an angle (metric=cosine) is no number that features add up to; FROM "
                      "mine_segments(model) says what sets each cluster apart");
  dexplain_told t = {.model = m};
  double *told = mine__arena_array(env->scratch, k, sizeof *told);
  t.harmonic = mine__arena_zeros(env->scratch, width + 1, sizeof *t.harmonic);
  for (size_t c = 0; told && c < k; c++)
    told[c] = mine__cluster_told((int64_t)k, out->of, (int64_t)c);
  for (size_t f = 1; t.harmonic && f <= width; f++)
    t.harmonic[f] = t.harmonic[f - 1] + 1 / (double)f;
  t.told = told;
  if (!mine_failed(env) && space == MINE_SPACE_MANHATTAN) t.base = dexplain_sums_base(&t);
  return mine__clusters_explain(env, model, m->rows.n,
                                space == MINE_SPACE_GOWER ? dexplain_means : dexplain_sums, &t,
                                width, batch, out);
}
