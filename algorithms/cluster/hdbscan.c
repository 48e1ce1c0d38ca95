/*
** hdbscan.c -- HDBSCAN: options, the fit in its steps, what is told.
**
** Campello, Moulavi & Sander (2013); the way to compute it by McInnes & Healy (2017).  Exact in
** every dimension: in few columns everything is found by a k-d tree; in many, the nearest others by
** looking at all rows, so that there is a limit to their number.
*/
#include <math.h>

#include "../core/text.h"
#include "hdbscan_private.h"

#define HDBSCAN_WIDE_ROWS 200000 /* of more columns than a k-d tree is good for */

static const char *const hdbscan_selections[] = {"eom", "leaf", NULL};

static const mine_option hdbscan_option_table[] = {
    OPTION_INT(hdbscan_options, min_cluster_size, .initial = "5", .range = {2, MINE_MAX_ROWS},
               .help = "fewer rows are no cluster"),
    OPTION_INT(hdbscan_options, min_samples, .range = {1, MINE_MAX_ROWS},
               .help =
                   "a row is as sparse as the distance to its min_samples-th nearest row, itself "
                   "counted, is large: the more, the more rows are noise; not given: "
                   "min_cluster_size"),
    OPTION_CHOICE(hdbscan_options, selection, .initial = "eom", .choices = hdbscan_selections,
                  .help = "eom: the clusters that are stable over the widest range of densities; "
                          "leaf: the smallest ones"),
    OPTION_FLAG(hdbscan_options, allow_single_cluster, .initial = "0",
                .help = "1: all rows may be one cluster"),
    OPTION_REAL(hdbscan_options, cluster_selection_epsilon, .initial = "0", .range = {0, 1e150},
                .help = "clusters that are nearer to each other, in the scaled space, are not "
                        "divided"),
    OPTION_CHOICE(hdbscan_options, metric, .initial = "euclidean",
                  .choices = mine__labelled_metrics,
                  .help = "distances: roots of the sums of squared differences, or sums of their "
                          "sizes, in which one column that is far off counts less"),
    OPTION_CHOICE(hdbscan_options, scale, .initial = "standard", .choices = mine__scale_names,
                  .help =
                      "how numbers are scaled first, as for kmeans; a category counts 1 when it "
                      "differs"),
    OPTION_END};

static void hdbscan_check(mine_env *env, const mine_dataset *data, const mine_labelled *body) {
  if (data->weight)
    mine__fail(env, MINE_OPTION,
               "hdbscan counts rows and knows no weights; leave weight= out, or use dbscan, which "
               "adds them up");
  else if (body->encoding.width > MINE__KDTREE_WIDEST && body->n > HDBSCAN_WIDE_ROWS)
    mine__fail(env, MINE_LIMIT,
               "%lld rows of %d encoded columns: with more than %d columns hdbscan compares all "
               "pairs of rows, and takes %d rows; leave columns out (ignore=), cluster their first "
               "principal components, or a sample of the rows",
               (long long)body->n, body->encoding.width, MINE__KDTREE_WIDEST, HDBSCAN_WIDE_ROWS);
}

static void hdbscan_tell(const hdbscan_options *o, const mine_labelled *body, mine_model *model) {
  if (body->n < o->min_cluster_size)
    mine__model_note(model, "warning", "",
                     "min_cluster_size=%lld is more than the %lld rows; use a smaller one",
                     (long long)o->min_cluster_size, (long long)body->n);
  else if (body->k == 0)
    mine__model_note(
        model, "warning", "",
        "all rows are noise: no two parts of min_cluster_size=%lld rows lie apart; use "
        "a smaller min_cluster_size or min_samples, or allow_single_cluster=1",
        (long long)o->min_cluster_size);
}

static mine_status hdbscan_fit(mine_env *env, const mine_dataset *data, const void *options,
                               mine_model *model) {
  hdbscan_options o = *(const hdbscan_options *)options;
  if (o.min_samples == MINE_NOT_GIVEN) o.min_samples = o.min_cluster_size;
  mine_labelled *body =
      mine__labelled_open(env, data, (mine_scale)o.scale, (mine__norm)o.metric, model);
  if (!body) return mine_env_status(env);
  hdbscan_check(env, data, body);
  body->strength = mine__arena_array(model->arena, (size_t)body->n, sizeof(double));
  body->outlier = mine__arena_array(model->arena, (size_t)body->n, sizeof(double));
  hdbscan_near near;
  hdbscan_merges merges;
  if (mine_failed(env)) return mine_env_status(env);
  mine__hdbscan_near(env, &body->tree, o.min_samples, &near);
  const hdbscan_edge *edge = mine_failed(env) ? NULL : mine__hdbscan_span(env, &body->tree, &near);
  if (!mine_failed(env)) mine__hdbscan_merge(env, &body->tree, edge, &merges);
  if (!mine_failed(env)) mine__hdbscan_select(env, &merges, &o, body);
  if (!mine_failed(env))
    body->k = mine__labelled_number(env, body->point, body->n, body->encoding.width, body->label);
  mine__labelled_publish(env, data, body, model);
  if (!mine_failed(env)) hdbscan_tell(&o, body, model);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_hdbscan = {
    .name = "hdbscan",
    .title = "HDBSCAN: clusters of any shape and of different densities; the rest is noise",
    .citation =
        "Campello, Moulavi & Sander (2013), Density-based clustering based on hierarchical density "
        "estimates, PAKDD; McInnes & Healy (2017), Accelerated hierarchical density based "
        "clustering, ICDM workshops",
    .notes =
        "DBSCAN for every eps at once: of the clusters of at least `min_cluster_size` rows that "
        "appear and divide as eps shrinks, those that last are the answer. Other rows are noise: "
        "cluster 0. The result is exact, whatever the number of columns. Merges at equal "
        "distances happen at once, so that the order of the rows decides nothing; libraries that "
        "merge two at a time may answer otherwise for rows between two clusters. "
        "`min_samples` counts the row itself, as scikit-learn does (the hdbscan package counts "
        "one less). Numbers are scaled first (`scale`). A row that was not there in training "
        "belongs to the cluster of the nearest row, if it is not farther than that cluster is from "
        "others. The model holds all rows it was trained on, so it is as large and as "
        "confidential as they are. Beyond 16 encoded columns all pairs of rows are compared, and "
        "200,000 rows are the most.",
    .example =
        "SELECT cluster, rows, feature, round(value, 1) AS average\n"
        "FROM mine_centroids((SELECT mine_fit('hdbscan',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i%2*9 + i*7%31*0.1 AS x, i%4/2*9 + i*3%37*0.1 AS y FROM n',\n"
        "  'min_cluster_size=20')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .finds = 1,
    .options_size = sizeof(hdbscan_options),
    .options = hdbscan_option_table,
    .kind = &mine__kind_labelled,
    .fit = hdbscan_fit,
};
