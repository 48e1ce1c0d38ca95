/*
** choose_judge.c -- how good the clusters of one fit are, whatever found them.
**
** All figures are of the space in which the model measures distances; models without one have none
** but those that they tell themselves.
**
** bic is that of the model where it is a mixture (its metric).  Else rows are taken for those of
** round normal distributions of one variance around the means of their clusters (Pelleg & Moore,
** "X-means", ICML 2000): with s^2 = W / (d (n - k)), W the squared distances to the means,
**   ln L = sum over c of n_c ln (n_c / n) - n d / 2 ln(2 pi s^2) - d (n - k) / 2
** and k d + k numbers are free; the smaller, the better.
*/
#include <math.h>

#include "../kernel/cluster_validity.h"
#include "choose_k.h"

#define JUDGE_ROWS 5000 /* whose silhouettes are measured, at most */
#define JUDGE_2PI  6.28318530717958648

/* Rows of the prepared table as the model sees them. */
typedef struct judge_view {
  const mine_model *model;
  mine_batch batch;
} judge_view;

static void judge_read(const void *context, int64_t first, int64_t count, double *out) {
  const judge_view *view = context;
  view->model->kind->points(view->model, &view->batch, first, count, out);
}

static judge_view judge_open(const mine_prepared *p, const mine_model *model) {
  return (judge_view){model, {p->n, p->row, p->view}};
}

int32_t *mine__choose_labels(mine_env *env, const mine_prepared *p, const mine_trained *trained) {
  int32_t *label = mine__arena_array(env->scratch, (size_t)p->n, sizeof *label);
  if (!label) return NULL;
  if (!trained->group) {
    const mine_batch batch = {p->n, p->row, p->view};
    mine_answers answers = {.group = label};
    if (mine__model_answer(env, trained->model, &batch, &answers)) return NULL;
  }
  const int32_t *group = trained->group ? trained->group : label;
  for (int64_t i = 0; i < p->n; i++)
    label[i] = group[i] > 0 ? group[i] - 1 : -1;
  return label;
}

static mine__validity judge_validity(mine_env *env, const mine_prepared *p,
                                     const mine_trained *trained, const int32_t *label) {
  const mine_model *model = trained->model;
  const judge_view view = judge_open(p, model);
  return mine__cluster_validity(
      env,
      &(mine__clustered){
          .n = p->n, .width = model->kind->width(model), .cluster = label, .k = model->n_groups},
      judge_read, &view);
}

double mine__choose_within(mine_env *env, const mine_prepared *p, const mine_trained *trained,
                           const int32_t *label) {
  if (!trained->model->kind->points) return NAN;
  const mine__validity v = judge_validity(env, p, trained, label);
  return v.n > 0 ? v.within / (double)v.n : (double)NAN;
}

/* Of rows spread over all, noise left out. */
static double judge_silhouette(mine_env *env, const mine_prepared *p, const mine_trained *trained,
                               const int32_t *label, int64_t known, choose_figures *out) {
  const mine_model *model = trained->model;
  const judge_view view = judge_open(p, model);
  const int width = model->kind->width(model);
  const int64_t most = known < JUDGE_ROWS ? known : JUDGE_ROWS;
  double *point = mine__arena_array(env->scratch, (size_t)most, (size_t)width * sizeof *point);
  int32_t *cluster = mine__arena_array(env->scratch, (size_t)most, sizeof *cluster);
  int64_t n = 0, seen = 0;
  for (int64_t i = 0; i < p->n && !mine_failed(env); i++) {
    if (MINE_POLL_AT(env, i)) break;
    if (label[i] < 0) continue;
    if (n < most && mine__block_first(known, most, n) == seen++) {
      judge_read(&view, i, 1, point + n * width);
      cluster[n++] = label[i];
    }
  }
  if (mine_failed(env)) return NAN;
  out->sampled = n < known ? n : 0;
  return mine__silhouette(
      env, &(mine__clustered){
               .n = n, .width = width, .point = point, .cluster = cluster, .k = model->n_groups});
}

static double judge_bic(mine_env *env, const mine_prepared *p, const mine_trained *trained,
                        const int32_t *label, const mine__validity *v) {
  const double n = (double)v->n, k = (double)v->used,
               d = trained->model->kind->width(trained->model);
  int64_t *rows = mine__arena_zeros(env->scratch, (size_t)trained->model->n_groups, sizeof *rows);
  double sum = 0;
  if (!rows || !(v->within > 0) || !(n > k)) return NAN;
  for (int64_t i = 0; i < p->n; i++)
    if (label[i] >= 0) rows[label[i]]++;
  for (int c = 0; c < trained->model->n_groups; c++)
    if (rows[c] > 0) sum += (double)rows[c] * log((double)rows[c] / n);
  const double variance = v->within / (d * (n - k));
  const double likelihood = sum - n * d / 2 * log(JUDGE_2PI * variance) - d * (n - k) / 2;
  return (k * d + k) * log(n) - 2 * likelihood;
}

void mine__choose_judge(mine_env *env, const choose_run *run, const mine_trained *trained,
                        choose_figures *out) {
  const mine_prepared *p = &run->training->data;
  const mine_model *model = trained->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int32_t *label = mine__choose_labels(env, p, trained);
  double bic = NAN;
  out->likelihood = mine__model_metric_find(model, mine__measures[MINE_MEASURE_BIC].name, &bic);
  out->inertia = out->silhouette = out->calinski_harabasz = out->davies_bouldin = NAN;
  (void)mine__model_metric_find(model, mine__measures[MINE_MEASURE_INERTIA].name, &out->inertia);
  if (label && model->kind->points) {
    const mine__validity v = judge_validity(env, p, trained, label);
    out->calinski_harabasz = v.calinski_harabasz;
    out->davies_bouldin = v.davies_bouldin;
    if (isnan(out->inertia)) out->inertia = v.within;
    if (!out->likelihood && !mine_failed(env)) bic = judge_bic(env, p, trained, label, &v);
    if (!mine_failed(env)) out->silhouette = judge_silhouette(env, p, trained, label, v.n, out);
  }
  out->bic = bic;
  mine__arena_rewind(env->scratch, mark);
}
