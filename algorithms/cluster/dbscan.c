/*
** dbscan.c -- DBSCAN: options, eps, the fit in its steps.
**
** Ester, Kriegel, Sander & Xu (1996), "A density-based algorithm for discovering clusters in large
** spatial databases with noise", KDD.  A row with at least min_samples rows within eps, itself
** counted, is a core row; core rows within eps of each other are in one cluster; a row within eps
** of a core row is in the cluster of the nearest (the paper: of the first that is looked at);
** the others are noise.  So the answer does not depend on the order of the rows.
**
** An eps that is not given is read off the distances of all rows to their min_samples-th nearest
** row, themselves counted: sorted they rise slowly, row by row, and then, where noise begins,
** steeply.  The bend is where the curve is farthest below the straight line between its ends
** (Satopaa et al. 2011, "Finding a 'kneedle' in a haystack").
*/
#include <math.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "../kernel/nearest.h"
#include "../model/labelled.h"
#include "dbscan_private.h"

typedef struct dbscan_options {
  double eps;
  int64_t min_samples;
  int scale, metric;
} dbscan_options;

static mine_status dbscan_refuse_eps(mine_env *env, double value) {
  if (value == 0)
    return mine__fail(env, MINE_OPTION,
                      "option eps must be above 0: with 0 only equal rows are neighbours; leave it "
                      "out, and it is chosen from the data");
  return MINE_OK;
}

static const mine_option dbscan_option_table[] = {
    OPTION_REAL(dbscan_options, eps, .range = {0, 1e150}, .above_least = 1,
                .refuse = dbscan_refuse_eps,
                .help = "how near neighbours are, in the scaled space; not given: the bend of the "
                        "sorted distances to the min_samples-th nearest row"),
    OPTION_INT(dbscan_options, min_samples, .initial = "5", .range = {1, MINE_MAX_ROWS},
               .help = "rows within eps, itself counted, that make a row a core row"),
    OPTION_CHOICE(dbscan_options, metric, .initial = "euclidean", .choices = mine__labelled_metrics,
                  .help = "distances: roots of the sums of squared differences, or sums of their "
                          "sizes, in which one column that is far off counts less"),
    OPTION_CHOICE(dbscan_options, scale, .initial = "standard", .choices = mine__scale_names,
                  .help =
                      "how numbers are scaled first, as for kmeans; a category counts 1 when it "
                      "differs"),
    OPTION_END};

/* ---- eps ---------------------------------------------------------------------------------- */

/* The bend of n > 1 rising numbers that are not all the same. */
static double dbscan_bend(const double *rising, int64_t n) {
  const double least = rising[0], most = rising[n - 1];
  double farthest = -1;
  int64_t at = n - 1;
  for (int64_t i = 0; i < n; i++) {
    const double below = (double)i / (double)(n - 1) - (rising[i] - least) / (most - least);
    if (below > farthest) {
      farthest = below;
      at = i;
    }
  }
  return rising[at];
}

/* eps of rows of which nobody said. */
static double dbscan_choose(mine_env *env, const mine__kdtree *tree, int64_t min_samples) {
  const int64_t n = tree->n, asked = min_samples > 2 ? min_samples - 1 : 1;
  const int64_t k = asked < n ? asked : n - 1;
  if (k < 1) return 0;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *distance = mine__arena_array(env->scratch, (size_t)n, (size_t)k * sizeof *distance);
  uint32_t *row = mine__arena_array(env->scratch, (size_t)n, (size_t)k * sizeof *row);
  uint64_t *key = mine__arena_array(env->scratch, (size_t)n, sizeof *key);
  uint64_t *temp = mine__arena_array(env->scratch, (size_t)n, sizeof *temp);
  double eps = 0;
  if (!mine_failed(env) &&
      mine__kdtree_neighbours(env, tree, k, "measuring neighbours", distance, row) == MINE_OK) {
    for (int64_t i = 0; i < n; i++)
      key[i] = mine_key_of_real(mine__kdtree_distance(tree, distance[i * k + k - 1]));
    if (mine__sort_keys(env, key, temp, n) == MINE_OK) {
      for (int64_t i = 0; i < n; i++)
        distance[i] = mine_key_to_real(key[i]);
      eps = distance[n - 1];
      if (eps > distance[0] && eps < INFINITY) eps = dbscan_bend(distance, n);
    }
  }
  mine__arena_rewind(env->scratch, mark);
  return eps;
}

/* ---- fit ---------------------------------------------------------------------------------- */

static void dbscan_tell(const dbscan_options *o, double eps, const mine_labelled *body,
                        mine_model *model) {
  char number[MINE_NUMBER_BYTES];
  mine__format_real(number, eps, 4);
  if (isnan(o->eps))
    mine__model_note(model, MINE__NOTE_CHOSEN, "eps",
                     "eps=%s, at the bend of the neighbours' distances", number);
  if (body->n < o->min_samples)
    mine__model_note(model, "warning", "",
                     "min_samples=%lld is more than the %lld rows; use a smaller one",
                     (long long)o->min_samples, (long long)body->n);
  else if (body->k == 0)
    mine__model_note(model, "warning", "",
                     "all rows are noise: none has min_samples=%lld rows within eps=%s; use a "
                     "larger eps or a smaller min_samples",
                     (long long)o->min_samples, number);
  else if (body->k == 1 && body->profile.noise == 0 && body->n > 1)
    mine__model_note(model, "warning", "", "all rows are one cluster; use an eps below %s", number);
}

/* A row reaches as far as eps when it is a core row. */
static void dbscan_publish(mine_env *env, const mine_dataset *data, const dbscan_options *o,
                           double eps, const dbscan_rows *rows, mine_labelled *body,
                           mine_model *model) {
  for (int64_t leaf = 0; leaf < mine__kdtree_leaves(rows->tree); leaf++) {
    const mine__kdtree_rows of = mine__kdtree_leaf(rows->tree, leaf);
    for (int i = 0; i < of.n; i++)
      body->reach[rows->tree->row[of.place + i]] = rows->core[leaf] >> i & 1 ? eps : -1;
  }
  body->k = mine__labelled_number(env, body->point, body->n, body->encoding.width, body->label);
  mine__labelled_publish(env, data, body, model);
  if (!mine_failed(env)) dbscan_tell(o, eps, body, model);
}

static mine_status dbscan_fit(mine_env *env, const mine_dataset *data, const void *options,
                              mine_model *model) {
  const dbscan_options *o = options;
  mine_labelled *body =
      mine__labelled_open(env, data, (mine_scale)o->scale, (mine__norm)o->metric, model);
  if (!body) return mine_env_status(env);
  double *weight = NULL;
  if (data->weight) weight = mine__arena_array(env->scratch, (size_t)body->n, sizeof *weight);
  for (int64_t i = 0; weight && i < body->n; i++)
    weight[i] = data->weight[mine_batch_row(&data->rows, i)];
  if (mine_failed(env)) return mine_env_status(env);
  const double eps = isnan(o->eps) ? dbscan_choose(env, &body->tree, o->min_samples) : o->eps;
  dbscan_rows rows = {.tree = &body->tree,
                      .square = mine__kdtree_compared(&body->tree, eps),
                      .least = (double)o->min_samples,
                      .weight = weight,
                      .label = body->label};
  if (!mine_failed(env)) mine__dbscan_label(env, &rows);
  if (!mine_failed(env)) dbscan_publish(env, data, o, eps, &rows, body, model);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_dbscan = {
    .name = "dbscan",
    .title = "DBSCAN: clusters are where rows lie close together, of any shape; the rest is noise",
    .citation =
        "Ester, Kriegel, Sander & Xu (1996), A density-based algorithm for discovering clusters "
        "in large spatial databases with noise, KDD",
    .notes =
        "A row with `min_samples` rows within `eps`, itself counted, is a core row; core rows "
        "within `eps` of each other are in one cluster, and a row within `eps` of a core row is in "
        "that of the nearest, so that the order of the rows decides nothing. Other rows are noise: "
        "cluster 0. Numbers are scaled first (`scale`), and `eps` is a distance in that space. "
        "A row that was not there in training belongs to the nearest core row within `eps`. The "
        "model "
        "holds all rows it was trained on, so it is as large and as confidential as they are.",
    .example =
        "SELECT cluster, rows, feature, round(value, 1) AS average\n"
        "FROM mine_centroids((SELECT mine_fit('dbscan',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i%2*9 + i*7%10*0.1 AS x, i%4/2*9 + i*3%7*0.1 AS y FROM n',\n"
        "  'eps=0.2')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .finds = 1,
    .options_size = sizeof(dbscan_options),
    .options = dbscan_option_table,
    .kind = &mine__kind_labelled,
    .fit = dbscan_fit,
};
