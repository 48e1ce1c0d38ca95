/*
** agglomerative.c -- hierarchical clustering: every row begins as a cluster, the nearest two are
** merged until all are one, and the tree is cut where k clusters are left, or beyond a distance.
**
** The merges are linkage.h's.  Rows at one place are merged first, at height 0, and go on as one
** point.  Of more than max_rows places `pre_clusters` clusters of k-means are the points instead,
** each with its rows; that is said.  k=auto takes the cut from 2 to max_k with the largest mean
** silhouette, of at most KMEANS_MEASURED rows.
**
** The model keeps rows and merges (model/labelled.h): rows that it has not seen go to the cluster
** of the nearest row.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "../kernel/places.h"
#include "../kernel/silhouette.h"
#include "../model/labelled.h"
#include "../model/prototypes.h"
#include "kmeans_private.h"
#include "linkage.h"

static const char *const agglomerative_linkages[] = {"ward", "complete", "average", "single", NULL};

typedef struct agglomerative_options {
  int linkage;
  int64_t k, max_k;
  double distance;
  int scale;
  int64_t max_rows, pre_clusters;
} agglomerative_options;

static const mine_option agglomerative_option_table[] = {
    OPTION_CHOICE(agglomerative_options, linkage, .initial = "ward",
                  .choices = agglomerative_linkages,
                  .help = "how far apart two clusters are. ward: by how much merging them raises "
                          "the squared distances to centres (R's ward.D2); complete: their two "
                          "farthest rows; average: the mean of all pairs; single: the two nearest"),
    OPTION_INT(agglomerative_options, k, .initial = "auto", .range = {1, 65536}, .allows_auto = 1,
               .help =
                   "number of clusters; auto: where distance is not given, the number from 2 to "
                   "max_k with the largest mean silhouette (Rousseeuw 1987)"),
    OPTION_INT(agglomerative_options, max_k, .initial = "10", .range = {2, 1000},
               .help = "largest number of clusters that k=auto tries"),
    OPTION_REAL(agglomerative_options, distance, .range = {0, 1e300},
                .help = "instead of k: clusters farther apart than this are not merged, as "
                        "mine_dendrogram has distances"),
    OPTION_CHOICE(agglomerative_options, scale, .initial = "standard", .choices = mine__scale_names,
                  .help = "how numbers are scaled first, as for kmeans"),
    OPTION_INT(agglomerative_options, max_rows, .initial = "50000", .range = {2, 200000},
               .help = "different rows up to which rows are merged; of more, pre_clusters are. "
                       "complete and average keep the distances of all pairs: 1.6 GB for 20,000 "
                       "rows, 5 GB for 50,000; ward and single keep none"),
    OPTION_INT(agglomerative_options, pre_clusters, .initial = "2000", .range = {2, 50000},
               .help = "clusters of k-means that are merged instead of more than max_rows rows"),
    OPTION_END};

typedef struct agglomerative_fit {
  mine_env *env;
  const mine_dataset *data;
  const agglomerative_options *options;
  mine_model *model;
  mine_labelled *body;
  mine__places places; /* or pre-clusters: the points            */
  linkage_points points;
  linkage_merge *merge; /* of points, sorted                      */
  int32_t *label;       /* of points                              */
} agglomerative_fit;

/* ---- points --------------------------------------------------------------------------------- */

static mine_status agglomerative_check(mine_env *env, const void *options) {
  const agglomerative_options *o = options;
  if (o->k == MINE_AUTO || isnan(o->distance)) return MINE_OK;
  return mine__fail(env, MINE_OPTION, "k and distance exclude each other; say one of them");
}

/* Places, each for the rows there. */
static void agglomerative_places(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  const mine_labelled *body = fit->body;
  const int width = body->encoding.width;
  const mine__places *places = &fit->places;
  double *point = mine__arena_array(env->scratch, (size_t)places->n, (size_t)width * sizeof *point);
  double *rows = mine__arena_zeros(env->scratch, (size_t)places->n, sizeof *rows);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < body->n; i++)
    rows[places->at[i]]++;
  for (int64_t p = 0; p < places->n; p++)
    memcpy(point + p * width, body->point + places->first[p] * (int64_t)width,
           (size_t)width * sizeof *point);
  fit->points = (linkage_points){places->n, width, point, rows};
}

extern const mine_algorithm mine__algorithm_kmeans;

/* A k-means model of the rows, with the options of this one; NULL: failure recorded. */
static mine_model *agglomerative_kmeans(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  const mine_algorithm *kmeans = &mine__algorithm_kmeans;
  mine_model *model;
  mine_text text;
  mine_option_group group = {.table = kmeans->options,
                             .values = mine__arena_zeros(env->scratch, 1, kmeans->options_size)};
  mine__text_open(&text, env->scratch);
  mine__text_addf(&text, "k=%lld, starts=1, max_iter=20, scale=%s",
                  (long long)fit->options->pre_clusters, mine__scale_names[fit->options->scale]);
  if (mine_failed(env) || mine__options_parse(env, env->scratch, &group, 1, text.data) ||
      mine__model_empty(env, &model))
    return NULL;
  mine_dataset data = *fit->data;
  data.found = NULL;
  model->kind = kmeans->kind;
  model->algorithm = kmeans->name;
  model->task = MINE_CLUSTERING;
  model->n_features = data.n_features;
  model->feature = fit->model->feature;
  if (kmeans->fit(env, &data, group.values, model) == MINE_OK) return model;
  mine_model_free(model);
  return NULL;
}

/* The clusters of k-means that have rows, numbered by their first rows, take the part of places. */
static void agglomerative_take(agglomerative_fit *fit, const mine_prototypes *centres,
                               const int32_t *group) {
  mine_env *env = fit->env;
  const int width = fit->body->encoding.width;
  mine__places *places = &fit->places;
  double *point =
      mine__arena_array(env->scratch, (size_t)centres->k, (size_t)width * sizeof *point);
  double *rows = mine__arena_zeros(env->scratch, (size_t)centres->k, sizeof *rows);
  int32_t *number = mine__arena_array(env->scratch, (size_t)centres->k, sizeof *number);
  if (mine_failed(env)) return;
  places->n = 0;
  for (int64_t c = 0; c < centres->k; c++)
    number[c] = -1;
  for (int64_t i = 0; i < fit->body->n; i++) {
    const int64_t c = group[i] - 1;
    if (number[c] < 0) {
      number[c] = (int32_t)places->n++;
      places->first[number[c]] = (uint32_t)i;
      memcpy(point + (int64_t)number[c] * width, centres->centre + c * width,
             (size_t)width * sizeof *point);
    }
    places->at[i] = (uint32_t)number[c];
    rows[number[c]]++;
  }
  fit->points = (linkage_points){places->n, width, point, rows};
}

static void agglomerative_gather(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  const int64_t different = fit->places.n;
  mine_model *model = agglomerative_kmeans(fit);
  if (!model) return;
  int32_t *group = mine__arena_array(env->scratch, (size_t)fit->body->n, sizeof *group);
  mine_answers answers = {.group = group};
  if (!mine_failed(env) && mine__model_answer(env, model, &fit->data->rows, &answers) == MINE_OK)
    agglomerative_take(fit, model->body, group);
  mine_model_free(model);
  if (mine_failed(env)) return;
  mine__model_note(fit->model, "warning", "max_rows",
                   "%lld different rows are more than max_rows=%lld: %lld clusters of k-means were "
                   "merged instead, in which rows are at distance 0",
                   (long long)different, (long long)fit->options->max_rows,
                   (long long)fit->points.n);
}

/* ---- merges --------------------------------------------------------------------------------- */

/* What a table of all pairs takes must be there. */
static void agglomerative_room(const agglomerative_fit *fit) {
  mine_env *env = fit->env;
  const double bytes = mine__linkage_table_bytes(fit->points.n);
  char size[MINE_NUMBER_BYTES];
  if (env->memory.limit == 0 || bytes + (double)env->memory.used < (double)env->memory.limit)
    return;
  (void)mine__fail(
      env, MINE_LIMIT,
      "linkage=%s keeps the distances of all pairs, for %lld rows %s GB, and max_memory "
      "does not allow it; use linkage=ward, which keeps none, a smaller max_rows, "
      "beyond which clusters of k-means are merged, or a larger max_memory",
      agglomerative_linkages[fit->options->linkage], (long long)fit->points.n,
      mine__format_real(size, bytes / 1e9, 2));
}

static void agglomerative_merge(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  const linkage_how how = (linkage_how)fit->options->linkage;
  const int table = how == LINKAGE_COMPLETE || how == LINKAGE_AVERAGE;
  fit->merge = mine__arena_array(env->scratch, (size_t)fit->points.n, sizeof *fit->merge);
  if (table && !mine_failed(env)) agglomerative_room(fit);
  if (mine_failed(env)) return;
  if (table)
    mine__linkage_table(env, how, &fit->points, fit->merge);
  else if (how == LINKAGE_WARD)
    mine__linkage_ward(env, &fit->points, fit->merge);
  else
    mine__linkage_single(env, &fit->points, fit->merge);
  if (!mine_failed(env)) mine__linkage_sort(env, fit->merge, fit->points.n - 1);
}

/* Merges of rows: those at one place first, then those of places, by their first rows. */
static linkage_merge *agglomerative_of_rows(const agglomerative_fit *fit) {
  const mine__places *places = &fit->places;
  const int64_t n = fit->body->n;
  linkage_merge *merge = mine__arena_array(fit->env->scratch, (size_t)n, sizeof *merge);
  int64_t made = 0;
  if (!merge) return NULL;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t first = places->first[places->at[i]];
    if ((int64_t)first != i) merge[made++] = (linkage_merge){first, (uint32_t)i, 0};
  }
  for (int64_t s = 0; s + 1 < places->n; s++) {
    const linkage_merge *m = &fit->merge[s];
    merge[made++] = (linkage_merge){places->first[m->a], places->first[m->b], m->height};
  }
  return merge;
}

static void agglomerative_keep(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  mine_labelled *body = fit->body;
  mine_arena *arena = fit->model->arena;
  const linkage_merge *merge = agglomerative_of_rows(fit);
  const size_t merges = (size_t)(body->n - 1);
  body->merge = mine__arena_array(arena, merges, 2 * sizeof *body->merge);
  body->height = mine__arena_array(arena, merges, sizeof *body->height);
  body->merge_rows = mine__arena_array(arena, merges, sizeof *body->merge_rows);
  if (mine_failed(env)) return;
  body->n_merges = body->n - 1;
  mine__linkage_name(env, merge, body->n, body->merge, body->merge_rows);
  for (size_t s = 0; s < merges; s++)
    body->height[s] = merge[s].height;
}

/* ---- the cut -------------------------------------------------------------------------------- */

/* Mean silhouette of the sample `row` with the points cut in k. */
static double agglomerative_silhouette(const agglomerative_fit *fit, int64_t k, const int64_t *row,
                                       int64_t n, const double *point, int32_t *cluster) {
  mine__linkage_cut(fit->env, fit->merge, fit->points.n - k, fit->points.n, fit->label);
  if (mine_failed(fit->env)) return NAN;
  for (int64_t i = 0; i < n; i++)
    cluster[i] = fit->label[fit->places.at[row[i]]];
  return mine__silhouette(fit->env, &(mine__clustered){n, fit->points.width, point, cluster, k});
}

static int64_t agglomerative_choose(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  const mine_labelled *body = fit->body;
  const int64_t n = body->n < KMEANS_MEASURED ? body->n : KMEANS_MEASURED;
  const int64_t width = fit->points.width, most = fit->options->max_k;
  const int64_t last = most < fit->points.n ? most : fit->points.n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row), chosen = 1;
  int32_t *cluster = mine__arena_array(env->scratch, (size_t)n, sizeof *cluster);
  double *point = mine__arena_array(env->scratch, (size_t)n, (size_t)width * sizeof *point);
  double best = -INFINITY;
  char name[MINE_NUMBER_BYTES], value[MINE_NUMBER_BYTES];
  if (mine_failed(env)) return 1;
  mine__kmeans_stretches(body->n, n, fit->data->seed, KMEANS_SILHOUETTE, row);
  for (int64_t i = 0; i < n; i++)
    memcpy(point + i * width, body->point + row[i] * width, (size_t)width * sizeof *point);
  for (int64_t k = 2; k <= last; k++) {
    const double silhouette = agglomerative_silhouette(fit, k, row, n, point, cluster);
    if (mine_failed(env)) return 1;
    mine__model_note(fit->model, "k", mine__format_real(name, (double)k, 0), "silhouette %s",
                     isnan(silhouette) ? "undefined" : mine__format_real(value, silhouette, 4));
    /* Of equal ones the fewest clusters; an undefined one is never chosen. */
    if (!(silhouette > best)) continue;
    best = silhouette;
    chosen = k;
  }
  mine__arena_rewind(env->scratch, mark);
  if (chosen > 1)
    mine__model_note(fit->model, MINE__NOTE_CHOSEN, "k", "k=%lld of 2 to %lld", (long long)chosen,
                     (long long)last);
  return chosen;
}

/* How many clusters are left. */
static int64_t agglomerative_k(agglomerative_fit *fit) {
  const agglomerative_options *o = fit->options;
  int64_t k = fit->points.n;
  if (o->k != MINE_AUTO && o->k > fit->points.n) {
    (void)mine__fail(fit->env, MINE_DATA,
                     "k=%lld is more than the %lld different rows; use k=%lld or fewer",
                     (long long)o->k, (long long)fit->points.n, (long long)fit->points.n);
    return 1;
  }
  if (o->k != MINE_AUTO) return o->k;
  if (isnan(o->distance)) return agglomerative_choose(fit);
  /* The merges are sorted by height: those up to the distance stand in front. */
  for (int64_t s = 0; s + 1 < fit->points.n && fit->merge[s].height <= o->distance; s++)
    k--;
  return k;
}

static void agglomerative_cut(agglomerative_fit *fit) {
  mine_env *env = fit->env;
  mine_labelled *body = fit->body;
  fit->label = mine__arena_array(env->scratch, (size_t)fit->points.n, sizeof *fit->label);
  const int64_t k = mine_failed(env) ? 1 : agglomerative_k(fit);
  if (mine_failed(env)) return;
  mine__linkage_cut(env, fit->merge, fit->points.n - k, fit->points.n, fit->label);
  for (int64_t i = 0; !mine_failed(env) && i < body->n; i++) {
    body->label[i] = fit->label[fit->places.at[i]];
    body->reach[i] = INFINITY;
  }
  if (mine_failed(env)) return;
  body->k = mine__labelled_number(env, body->point, body->n, body->encoding.width, body->label);
}

static mine_status agglomerative_fit_rows(mine_env *env, const mine_dataset *data,
                                          const void *options, mine_model *model) {
  agglomerative_fit fit = {.env = env, .data = data, .options = options, .model = model};
  fit.body =
      mine__labelled_open(env, data, (mine_scale)fit.options->scale, MINE__NORM_SQUARES, model);
  if (!mine_failed(env))
    mine__places_find(env, env->scratch, fit.body->point, fit.body->n, fit.body->encoding.width,
                      &fit.places);
  if (mine_failed(env)) return mine_env_status(env);
  if (fit.places.n > fit.options->max_rows)
    agglomerative_gather(&fit);
  else
    agglomerative_places(&fit);
  if (!mine_failed(env)) agglomerative_merge(&fit);
  if (!mine_failed(env)) agglomerative_cut(&fit);
  if (!mine_failed(env)) agglomerative_keep(&fit);
  mine__labelled_publish(env, data, fit.body, model);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_agglomerative = {
    .name = "agglomerative",
    .title = "hierarchical clustering: the two nearest clusters are merged, again and again",
    .citation = "Ward 1963; Murtagh 1983 (nearest-neighbour chains); Murtagh & Legendre 2014",
    .notes =
        "Every row begins as a cluster; the nearest two become one until all are. `k` or "
        "`distance` says where that tree is cut, and `mine_dendrogram` lists it. The merges are "
        "those of R's hclust (ward.D2, complete, average, single) on euclidean distances; where "
        "distances are equal there is more than one such tree. Rows with the same values are "
        "merged first. The model keeps its rows and the merges; a row that is not among them goes "
        "to the cluster of the nearest one. Time grows with the square of the rows.",
    .example =
        "SELECT cluster, rows, feature, round(value, 1) AS average\n"
        "FROM mine_centroids((SELECT mine_fit('agglomerative',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*i%90 AS age, i*7%31*10.5 AS spend FROM n', 'k=3')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .finds = 1,
    .options_size = sizeof(agglomerative_options),
    .options = agglomerative_option_table,
    .kind = &mine__kind_labelled,
    .fit = agglomerative_fit_rows,
    .check = agglomerative_check,
};
