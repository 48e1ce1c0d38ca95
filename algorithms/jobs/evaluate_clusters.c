/*
** evaluate_clusters.c -- how well the rows evaluated lie in their clusters, and how well these
** agree with a column of what they should be (label=).
**
** Compactness and separation are taken in the model's own space.  The silhouette
** (kernel/silhouette.h) looks at all pairs: above CLUSTERS_MEASURED rows at those of so many,
** spread over all, and says so; the others (kernel/cluster_validity.h) at every row.  Rows in no
** cluster are left out of them and counted apart; against a column of labels they are a cluster of
** their own.
*/
#include <math.h>
#include <string.h>

#include "../kernel/cluster_validity.h"
#include "../model/partition_measures.h"
#include "scoring.h"

#define CLUSTERS_MEASURED 20000

/* ---- the column label= -------------------------------------------------------------------- */

static const mine_want clusters_label = {.name = "label", .reading = MINE_READ_EXACT};

mine_status mine__clusters_plan(mine_scoring *s, mine_frame *frame) {
  if (s->asked.label.type == MINE_NULL) return MINE_OK;
  const int c = mine__column_said(frame, "option label", &s->asked.label);
  if (c < 0) return mine_env_status(s->env);
  if (frame->column[c].want)
    return mine__fail(s->env, MINE_OPTION,
                      "option label: '%s' is read as an attribute or the weight of the model; give "
                      "the column twice, and name the copy: SELECT *, \"%s\" AS actual, "
                      "label=actual",
                      frame->column[c].name, frame->column[c].name);
  s->plan.label = c;
  mine__column_want(frame, c, &clusters_label);
  return mine_env_status(s->env);
}

/* ---- geometry ----------------------------------------------------------------------------- */

/* Rows in clusters, by their numbers in the frame. */
typedef struct clusters_rows {
  const mine_scoring *scoring;
  mine_batch batch;
  int32_t *cluster; /* 0 .. k-1 */
} clusters_rows;

static void clusters_read(const void *context, int64_t first, int64_t count, double *out) {
  const clusters_rows *rows = context;
  const mine_model *model = rows->scoring->model;
  model->kind->points(model, &rows->batch, first, count, out);
}

static int clusters_gather(mine_scoring *s, clusters_rows *out) {
  const mine_remembered *m = &s->remembered;
  uint32_t *row = mine__arena_array(s->arena, (size_t)m->n, sizeof *row);
  int64_t n = 0;
  *out = (clusters_rows){.scoring = s};
  out->cluster = mine__arena_array(s->arena, (size_t)m->n, sizeof *out->cluster);
  for (int64_t i = 0; !mine_failed(s->env) && i < m->n; i++) {
    const int64_t at = m->row[i] - s->frame->cleared;
    if (m->label[i] < 1 || at < 0) continue;
    row[n] = (uint32_t)at;
    out->cluster[n++] = m->label[i] - 1;
  }
  out->batch = (mine_batch){n, row, s->batch.view};
  return !mine_failed(s->env);
}

/* Of so many rows, in *n. */
static double clusters_silhouette(mine_scoring *s, const clusters_rows *rows, int64_t *n) {
  const mine_mark mark = mine__arena_mark(s->env->scratch);
  const int64_t width = s->model->kind->width(s->model);
  double mean = NAN;
  const uint32_t *at =
      mine__portrait_rows(s->env->scratch, NULL, rows->batch.n, CLUSTERS_MEASURED, n);
  double *point = mine__arena_array(s->env->scratch, (size_t)*n, (size_t)width * sizeof *point);
  int32_t *cluster = mine__arena_array(s->env->scratch, (size_t)*n, sizeof *cluster);
  for (int64_t i = 0; !mine_failed(s->env) && i < *n; i++) {
    clusters_read(rows, at[i], 1, point + i * width);
    cluster[i] = rows->cluster[at[i]];
  }
  if (!mine_failed(s->env))
    mean = mine__silhouette(s->env, &(mine__clustered){.n = *n,
                                                       .width = (int)width,
                                                       .point = point,
                                                       .cluster = cluster,
                                                       .k = s->model->n_groups});
  mine__arena_rewind(s->env->scratch, mark);
  return mean;
}

static int clusters_put(mine_metric *metric, int n, mine_measure_id id, double value) {
  metric[n] = (mine_metric){mine__measures[id].name, value};
  return n + 1;
}

static int clusters_geometry(mine_scoring *s, mine_metric *metric, int n) {
  clusters_rows rows;
  int64_t measured = 0;
  if (!s->model->kind->points || !clusters_gather(s, &rows)) return n;
  const double silhouette = clusters_silhouette(s, &rows, &measured);
  if (mine_failed(s->env)) return n;
  const mine__clustered all = {.n = rows.batch.n,
                               .width = s->model->kind->width(s->model),
                               .cluster = rows.cluster,
                               .k = s->model->n_groups};
  const mine__validity validity = mine__cluster_validity(s->env, &all, clusters_read, &rows);
  n = clusters_put(metric, n, MINE_MEASURE_SILHOUETTE, silhouette);
  n = clusters_put(metric, n, MINE_MEASURE_SILHOUETTE_ROWS, (double)measured);
  n = clusters_put(metric, n, MINE_MEASURE_CALINSKI_HARABASZ, validity.calinski_harabasz);
  return clusters_put(metric, n, MINE_MEASURE_DAVIES_BOULDIN, validity.davies_bouldin);
}

/* Where clusters have a centre.  Of what another program made nothing was measured. */
static int clusters_inertia(const mine_scoring *s, mine_metric *metric, int n) {
  const mine_remembered *m = &s->remembered;
  double told, inertia = 0;
  const char *name = mine__measures[MINE_MEASURE_INERTIA].name;
  if (!s->batch.answers.distance ||
      (s->model->told.n_metrics > 0 && !mine__model_metric_find(s->model, name, &told)))
    return n;
  for (int64_t i = 0; i < m->n; i++)
    if (isfinite(m->score[i])) inertia += m->score[i] * m->score[i];
  return clusters_put(metric, n, MINE_MEASURE_INERTIA, inertia);
}

/* ---- agreement ---------------------------------------------------------------------------- */

static int clusters_agree(mine_scoring *s, mine_metric *metric, int n) {
  const mine_remembered *m = &s->remembered;
  if (s->plan.label < 0) return n;
  const mine_column *column = &s->frame->column[s->plan.label];
  int32_t *of = mine__arena_array(s->arena, (size_t)m->n, sizeof *of);
  for (int64_t i = 0; of && i < m->n; i++) {
    const int64_t at = m->row[i] - s->frame->cleared;
    of[i] = at >= 0 && column->code ? column->code[at] : -1;
  }
  if (!of) return n;
  const mine__agreement a = mine__partitions_agree(s->env, of, column->levels.n, m->label,
                                                   (int64_t)s->model->n_groups + 1, m->n);
  if (mine_failed(s->env)) return n;
  if (a.rows == 0) {
    (void)mine__fail(s->env, MINE_DATA, "option label: column '%s' has no value in any row",
                     column->name);
    return n;
  }
  n = clusters_put(metric, n, MINE_MEASURE_LABELLED_ROWS, (double)a.rows);
  n = clusters_put(metric, n, MINE_MEASURE_ADJUSTED_RAND, a.adjusted_rand);
  n = clusters_put(metric, n, MINE_MEASURE_ADJUSTED_MUTUAL_INFO, a.adjusted_mutual_info);
  n = clusters_put(metric, n, MINE_MEASURE_HOMOGENEITY, a.homogeneity);
  n = clusters_put(metric, n, MINE_MEASURE_COMPLETENESS, a.completeness);
  n = clusters_put(metric, n, MINE_MEASURE_V_MEASURE, a.v_measure);
  return clusters_put(metric, n, MINE_MEASURE_PURITY, a.purity);
}

int mine__clusters_metrics(mine_scoring *s, mine_metric *metric) {
  const mine_remembered *m = &s->remembered;
  int64_t noise = 0;
  for (int64_t i = 0; i < m->n; i++)
    noise += m->label[i] == 0;
  int n = clusters_put(metric, 0, MINE_MEASURE_ROWS, (double)m->n);
  n = clusters_inertia(s, metric, n);
  n = clusters_geometry(s, metric, n);
  n = clusters_put(metric, n, MINE_MEASURE_NOISE_SHARE, (double)noise / (double)m->n);
  return mine_failed(s->env) ? n : clusters_agree(s, metric, n);
}
