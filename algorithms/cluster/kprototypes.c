/*
** kprototypes.c -- k-prototypes: k-means for tables of numbers and categories.
**
** Huang ("Clustering large data sets with mixed numeric and categorical values", PAKDD 1997;
** "Extensions to the k-means algorithm for clustering large data sets with categorical values",
** Data Mining and Knowledge Discovery 2, 1998): a cluster's centre has the mean of each number
** and the mode of each category, and a row lies from it
**
**     d(x, q) = sum over numbers of (x - q)^2  +  gamma x categories in which they differ.
**
** That is the squared distance of two points of k-means' own space, if an indicator of a level
** is sqrt(gamma / 2) and a mode is a vertex: two vertices are gamma/2 + gamma/2 apart.  So the
** seeding (k-means++ draws by this very distance), the starts, the certified assignment and the
** swaps are those of k-means, and the model is one of prototypes.  Two things differ:
**
**   the encoding   has sqrt(gamma / 2) for its levels, and puts a missing or unknown category at
**                  the origin, gamma/2 from every level: it adds the same to all clusters;
**   the move       takes the mean of a cluster to the vertex of the most frequent level.  Equally
**                  frequent: the first of the levels in their order.  No row of the cluster knows
**                  the category: the most frequent of all rows.
**
** gamma=auto: Huang's half of the mean deviation of the numbers, here as they are scaled; with
** scale=standard that is 1/2.
*/
#include <math.h>

#include "../core/text.h"
#include "../data/moments.h"
#include "../model/prototypes.h"
#include "kmeans_private.h"

/* Sums of indicators come and go in bits: shares this close are equal, and this small are none. */
#define KPROTO_ALIKE 1e-9
#define KPROTO_NONE  1e-12

static const char *const kproto_gammas[] = {"auto", NULL};

static const mine_option kproto_option_table[] = {
    OPTION_INT(kmeans_options, k, .initial = "8", .range = {1, 65536}, .allows_auto = 1,
               .help = "number of clusters; auto: the number from 2 to max_k with the largest mean "
                       "silhouette (Rousseeuw 1987; of the distances that mine_predict gives)"),
    OPTION_INT(kmeans_options, max_k, .initial = "10", .range = {2, 1000},
               .help = "largest number of clusters that k=auto tries"),
    OPTION_CHOICE(kmeans_options, scale, .initial = "standard", .choices = mine__scale_names,
                  .help = "how numbers are scaled first, as for kmeans"),
    OPTION_EITHER(kmeans_options, gamma, .initial = "auto", .range = {0, 1e6},
                  .choices = kproto_gammas,
                  .help = "what a category that differs adds to the squared distance of the "
                          "numbers; auto: half the mean deviation of the scaled numbers (Huang), 1 "
                          "where there are none; 0: categories do not count"),
    OPTION_SOURCE(
        kmeans_options, init, .initial = "kmeans++", .choices = mine__kmeans_inits,
        .help = "kmeans++, random, or a SELECT of k rows to start from, columns matched by name"),
    OPTION_INT(kmeans_options, starts, .initial = "10", .range = {1, 10000},
               .help =
                   "starts that compete; with more than one the best is refined by random swaps; "
                   "large data compete on a sample"),
    OPTION_INT(kmeans_options, max_iter, .initial = "300", .range = {1, 1000000},
               .help = "most iterations of one start"),
    OPTION_REAL(kmeans_options, tol, .initial = "1e-4", .range = {0, 1e6},
                .help = "stop when the centres' squared moves fall below tol x the mean variance"),
    OPTION_END};

/* ---- modes ------------------------------------------------------------------------------ */

void mine__kmeans_to_modes(const kmeans_modes *modes, double *centre) {
  const mine_encoding *e = modes->encoding;
  for (int f = 0; f < e->n_features; f++) {
    const int first = e->first[f], levels = e->levels[f];
    double most = 0;
    int mode = modes->usual[f];
    if (levels == 0) continue;
    for (int l = 0; l < levels; l++)
      if (centre[first + l] > most) most = centre[first + l];
    if (most > KPROTO_NONE * e->factor[first])
      for (mode = 0; centre[first + mode] < most * (1 - KPROTO_ALIKE);)
        mode++;
    for (int l = 0; l < levels; l++)
      centre[first + l] = l == mode ? e->factor[first + l] : 0;
  }
}

/* ---- gamma ------------------------------------------------------------------------------ */

/* Per worker: the scaled numbers of a feature, and the rows' weights beside them. */
typedef struct kproto_job {
  const kmeans_fit *fit;
  double *room;         /* threads x n                               */
  const double *weight; /* n, or NULL                                */
  double *deviation;    /* per feature; NAN: a category, or no value */
} kproto_job;

static void kproto_measure(void *context, int64_t task, int worker) {
  const kproto_job *job = context;
  const mine_dataset *data = job->fit->data;
  const mine_encoding *e = &job->fit->encoding;
  const int f = (int)task, c = e->first[f];
  const double *x = data->rows.feature[f].number;
  double *z = job->room + (int64_t)worker * data->rows.n;
  mine_moments m;
  job->deviation[f] = NAN;
  if (!x || !(e->factor[c] > 0)) return;
  for (int64_t i = 0; i < data->rows.n; i++)
    z[i] =
        (mine__encode_bend(e, f, x[mine_batch_row(&data->rows, i)]) - e->centre[c]) * e->factor[c];
  mine__moments_of_rows(&m, z, NULL, job->weight, data->rows.n);
  job->deviation[f] = mine__moments_deviation(&m, 0);
}

static const double *kproto_weights(mine_env *env, const mine_dataset *data) {
  if (!data->weight || !data->rows.row) return data->weight;
  double *weight = mine__arena_array(env->scratch, (size_t)data->rows.n, sizeof *weight);
  for (int64_t i = 0; weight && i < data->rows.n; i++)
    weight[i] = data->weight[data->rows.row[i]];
  return weight;
}

/* Half the mean deviation of the scaled numbers, of which there are *numbers; 1: there are none
** that differ. */
static double kproto_gamma(const kmeans_fit *fit, int *numbers) {
  mine_env *env = fit->env;
  const mine_dataset *data = fit->data;
  const mine_mark mark = mine__arena_mark(env->scratch);
  kproto_job job = {.fit = fit, .weight = kproto_weights(env, data)};
  double sum = 0;
  *numbers = 0;
  job.room =
      mine__arena_array(env->scratch, (size_t)env->threads * (size_t)data->rows.n, sizeof(double));
  job.deviation = mine__arena_array(env->scratch, (size_t)data->n_features, sizeof(double));
  if (mine_failed(env) || mine__parallel(env, data->n_features, kproto_measure, &job)) return 1;
  for (int f = 0; f < data->n_features; f++) {
    if (isnan(job.deviation[f])) continue;
    sum += job.deviation[f];
    ++*numbers;
  }
  mine__arena_rewind(env->scratch, mark);
  return sum > 0 && isfinite(sum) ? sum / *numbers / 2 : 1;
}

static int kproto_categories(const mine_encoding *e) {
  int n = 0;
  for (int f = 0; f < e->n_features; f++)
    n += e->levels[f] > 0;
  return n;
}

static void kproto_tell(const kmeans_fit *fit, int numbers) {
  char gamma[MINE_NUMBER_BYTES];
  mine__format_real(gamma, fit->modes->gamma, 6);
  if (kproto_categories(&fit->encoding) == 0)
    mine__model_note(fit->model, "fit", "gamma", "there are no categories: this is k-means");
  else if (fit->options->gamma.choice < 0)
    mine__model_note(fit->model, "fit", "gamma", "a category that differs counts %s, as said",
                     gamma);
  else if (numbers > 0)
    mine__model_note(fit->model, "fit", "gamma",
                     "a category that differs counts %s: half the mean deviation of the scaled "
                     "numbers (%d)",
                     gamma, numbers);
  else
    mine__model_note(fit->model, "fit", "gamma",
                     "there are no numbers: a category that differs counts 1 (k-modes)");
}

/* ---- the encoding ----------------------------------------------------------------------- */

/* fill has the levels' shares, as k-means wants them; the largest of a feature is its mode. */
void mine__kmeans_mix(kmeans_fit *fit) {
  mine_env *env = fit->env;
  mine_encoding *e = &fit->encoding;
  kmeans_modes *modes = fit->modes;
  int numbers = 0;
  modes->encoding = e;
  modes->usual = mine__arena_zeros(env->scratch, (size_t)e->n_features, sizeof *modes->usual);
  modes->gamma =
      fit->options->gamma.choice < 0 ? fit->options->gamma.number : kproto_gamma(fit, &numbers);
  if (mine_failed(env)) return;
  for (int f = 0; f < e->n_features; f++) {
    for (int l = 0; l < e->levels[f]; l++) {
      const int c = e->first[f] + l;
      if (e->fill[c] > e->fill[e->first[f] + modes->usual[f]]) modes->usual[f] = l;
    }
    for (int l = 0; l < e->levels[f]; l++) {
      const int c = e->first[f] + l;
      e->factor[c] = e->factor[c] > 0 ? sqrt(modes->gamma / 2) : 0;
      e->fill[c] = 0;
    }
  }
  kproto_tell(fit, numbers);
}

/* ---- the algorithm ---------------------------------------------------------------------- */

static mine_status kproto_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                   mine_model *model) {
  kmeans_modes modes = {0};
  return mine__kmeans_fit(env, data, options, &modes, model);
}

const mine_algorithm mine__algorithm_kprototypes = {
    .name = "kprototypes",
    .title = "k-prototypes: k-means for numbers and categories, with modes for the categories",
    .citation = "Huang 1997, 1998; Arthur & Vassilvitskii 2007 (k-means++)",
    .notes =
        "Groups rows so that their distances to their group's centre are small, which has the mean "
        "of each number and the most frequent level of each category (of equally frequent ones the "
        "first in their order). A row's squared distance is that of its scaled numbers, and "
        "`gamma` for each category in which it differs. A missing number lies at the average; a "
        "missing or unknown category counts half of `gamma` with every cluster: neither pulls a "
        "row anywhere. `mine_centroids` has the shares of all levels; the centre is at the "
        "largest. "
        "`inertia` is the sum of the squared distances, Huang's cost. Clusters are numbered by "
        "falling size.",
    .example =
        "SELECT cluster, rows, feature, round(value, 2) AS value\n"
        "FROM mine_centroids((SELECT mine_fit('kprototypes',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*i%90 AS age, substr(''abc'', 1 + i*i%90/30, 1) AS plan FROM n',\n"
        "  'k=3')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .options_size = sizeof(kmeans_options),
    .options = kproto_option_table,
    .kind = &mine__kind_prototypes,
    .fit = kproto_fit_rows,
};
