/*
** kmedoids.c -- k-medoids: options, the fit in its steps, the model.
**
** Of all choices of k rows one is sought from which the rows are least far in all, by any metric:
** each cluster is around one of its own rows.  Distances are not squared, so that a few far rows
** do not draw a medoid towards them as they do a mean.  The distances of all pairs are measured
** once (kmedoids_matrix.c), medoids are built and swapped (kmedoids_build.c, kmedoids_swap.c), and
** tables too long for that are solved on samples (kmedoids_solve.c).  The clusters are then
** numbered by falling size and profiled in the units of the source.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "kmeans_private.h"
#include "kmedoids_private.h"

#define KMEDOIDS_MEASURED 4000 /* rows whose silhouettes are measured, where not all pairs are */
#define KMEDOIDS_RANKINGS 8
#define KMEDOIDS_WIDEST   16384 /* encoded columns, where categories are among them */

static const mine_option kmedoids_option_table[] = {
    OPTION_INT(kmedoids_options, k, .initial = "8", .range = {1, 65536}, .allows_auto = 1,
               .help = "number of clusters; auto: the number from 2 to max_k with the largest mean "
                       "medoid silhouette (DynMSC, Lenssen & Schubert 2024)"),
    OPTION_INT(kmedoids_options, max_k, .initial = "10", .range = {2, 1000},
               .help = "largest number of clusters that k=auto tries"),
    OPTION_CHOICE(kmedoids_options, metric, .initial = "euclidean", .choices = mine__space_names,
                  .help = "how distance is measured; gower for mixed attributes with missing "
                          "values; manhattan: single far values count least"),
    OPTION_CHOICE(kmedoids_options, scale, .choices = mine__scale_names,
                  .help = "how numbers are scaled first, as for kmeans; not given: standard, but "
                          "none for cosine; gower always divides by the range"),
    OPTION_INT(kmedoids_options, starts, .initial = "auto", .range = {1, 10000}, .allows_auto = 1,
               .help = "starts that compete; auto: 10 up to 2,000 rows, falling to one beyond "
                       "4,472 rows"),
    OPTION_INT(kmedoids_options, max_iter, .initial = "100", .range = {1, 1000000},
               .help = "most passes over the rows, in which each is tried as a medoid"),
    OPTION_INT(kmedoids_options, exact_rows, .initial = "12000", .range = {2, 200000},
               .help = "up to so many rows the distances of all pairs are measured (4 bytes each, "
                       "at most half of max_memory); beyond, samples are clustered (CLARA)"),
    OPTION_INT(kmedoids_options, samples, .initial = "5", .range = {1, 1000},
               .help = "samples that compete where there are more rows"),
    OPTION_INT(kmedoids_options, sample_rows, .initial = "auto", .range = {2, 200000},
               .allows_auto = 1,
               .help = "rows of a sample; auto: 4,000, or 10 for each cluster if that is more"),
    OPTION_END};

/* ---- numbering ------------------------------------------------------------------------- */

typedef struct kmedoids_rank {
  int64_t rows, row; /* of the cluster; its medoid */
  const double *point;
  int width;
} kmedoids_rank;

/* Falling size; equal sizes by the medoids' coordinates (what is missing last), then the first
** row. */
static int kmedoids_rank_before(const void *context, const void *left, const void *right) {
  const kmedoids_rank *a = left, *b = right;
  (void)context;
  if (a->rows != b->rows) return a->rows > b->rows;
  for (int j = 0; j < a->width; j++) {
    const double x = isnan(a->point[j]) ? INFINITY : a->point[j];
    const double y = isnan(b->point[j]) ? INFINITY : b->point[j];
    if (x != y) return x < y;
  }
  return a->row < b->row;
}

/* The medoids in the order of their clusters; whether that was another one. */
static int kmedoids_rank_rows(const kmedoids_fit *fit) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t k = fit->k, width = fit->body->rows.width;
  kmedoids_rank *rank = mine__arena_zeros(env->scratch, (size_t)k, sizeof *rank);
  kmedoids_rank *spare = mine__arena_array(env->scratch, (size_t)k, sizeof *spare);
  int moved = 0;
  if (mine_failed(env)) return 0;
  for (int64_t c = 0; c < k; c++)
    rank[c] =
        (kmedoids_rank){0, fit->row[c], fit->body->rows.point + c * width, fit->body->rows.width};
  for (int64_t i = 0; i < fit->data->rows.n; i++)
    rank[fit->label[i]].rows++;
  mine__sort(env, rank, spare, (size_t)k, sizeof *rank, kmedoids_rank_before, NULL);
  for (int64_t c = 0; c < k; c++) {
    moved |= fit->row[c] != rank[c].row;
    fit->row[c] = rank[c].row;
  }
  mine__arena_rewind(env->scratch, mark);
  return moved;
}

/* A row as near to two medoids goes to the lower number, and so sizes depend on the numbers that
** they decide: ranked and assigned until nothing changes, which large clusters growing ends soon.
** Labels, cost and the body agree afterwards. */
static void kmedoids_number(kmedoids_fit *fit) {
  mine_env *env = fit->env;
  fit->label = mine__arena_array(env->scratch, (size_t)fit->data->rows.n, sizeof *fit->label);
  for (int i = 0; !mine_failed(env) && i < KMEDOIDS_RANKINGS; i++) {
    mine__kmedoids_take(fit, fit->row, fit->k);
    if (!mine_failed(env)) fit->body->cost = mine__kmedoids_assign(fit, fit->label);
    if (mine_failed(env) || i + 1 == KMEDOIDS_RANKINGS || !kmedoids_rank_rows(fit)) return;
  }
}

/* ---- the model -------------------------------------------------------------------------- */

/* Of all rows, or of some spread over them. */
static double kmedoids_silhouette(const kmedoids_fit *fit) {
  mine_env *env = fit->env;
  const int64_t all = fit->data->rows.n;
  const int64_t n = fit->whole < KMEDOIDS_MEASURED ? fit->whole : KMEDOIDS_MEASURED;
  if (fit->matrix.n == all) return mine__kmedoids_silhouette(env, &fit->matrix, fit->label, fit->k);
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  int32_t *label = mine__arena_array(env->scratch, (size_t)n, sizeof *label);
  kmedoids_matrix matrix;
  if (mine_failed(env)) return NAN;
  mine__kmeans_stretches(all, n, fit->data->seed, KMEDOIDS_MEASURE, row);
  for (int64_t i = 0; i < n; i++)
    label[i] = fit->label[row[i]];
  mine__kmedoids_matrix_of(fit, row, n, &matrix);
  const double mean =
      mine_failed(env) ? (double)NAN : mine__kmedoids_silhouette(env, &matrix, label, fit->k);
  mine__model_note(fit->model, "fit", "silhouette", "measured on %lld of the %lld rows",
                   (long long)n, (long long)all);
  if (!mine_failed(env)) mine__arena_rewind(env->scratch, mark);
  return mean;
}

static void kmedoids_tell(const kmedoids_fit *fit) {
  const kmedoids_options *o = fit->options;
  const mine_space space = fit->body->rows.space;
  const int64_t *rows = fit->body->profile.rows;
  int empty = 0;
  for (int64_t c = 0; c < fit->k; c++)
    empty |= rows[c] == 0;
  if (empty)
    mine__model_note(fit->model, "warning", "", "a cluster is left without rows; use a smaller k");
  if (space == MINE_SPACE_EUCLIDEAN || space == MINE_SPACE_MANHATTAN)
    mine__kmeans_tell(fit->env, fit->data,
                      o->scale < 0 ? MINE_SCALE_STANDARD : (mine_scale)o->scale, rows, fit->k,
                      fit->model);
}

static void kmedoids_publish(kmedoids_fit *fit) {
  mine_env *env = fit->env;
  mine_medoids *body = fit->body;
  mine_arena *arena = fit->model->arena;
  const double silhouette = kmedoids_silhouette(fit);
  if (mine_failed(env)) return;
  if (body->rows.space == MINE_SPACE_GOWER &&
      mine__encoding_fit(env, arena, fit->data, MINE_SCALE_STANDARD, &body->standard))
    return;
  if (mine__cluster_profile_make(env, arena, mine__medoids_encoding(body), fit->data, fit->label,
                                 fit->k, &body->profile))
    return;
  mine__model_measure(fit->model, MINE_MEASURE_COST, body->cost);
  mine__model_measure(fit->model, MINE_MEASURE_SILHOUETTE, silhouette);
  mine__model_measure(fit->model, MINE_MEASURE_K, (double)fit->k);
  mine__model_measure(fit->model, MINE_MEASURE_ITERATIONS, (double)fit->swaps);
  kmedoids_tell(fit);
  fit->model->body = body;
  fit->model->n_groups = (int)fit->k;
}

/* ---- fit ------------------------------------------------------------------------------------ */

/* Up to how many rows all pairs are measured: what was said, and what memory holds. */
static int64_t kmedoids_whole(const mine_env *env, int64_t exact_rows) {
  const double left = (double)env->memory.limit - (double)env->memory.used;
  const double rows = env->memory.limit > 0 ? sqrt(fmax(left, 0) / 2 / sizeof(float)) : INFINITY;
  return rows < (double)exact_rows ? (int64_t)rows : exact_rows;
}

/* Levels that are columns: judging the samples goes over rows times them, for hours. */
static void kmedoids_refuse_levels(const kmedoids_fit *fit) {
  const mine_neighbours *rows = &fit->body->rows;
  int levels = 0;
  for (int f = 0; rows->space != MINE_SPACE_GOWER && f < rows->encoding.n_features; f++)
    levels |= rows->encoding.levels[f] > 0;
  if (levels && rows->width > KMEDOIDS_WIDEST)
    mine__fail(fit->env, MINE_LIMIT,
               "kmedoids takes at most %d columns, levels of categories included, not %d; use "
               "metric=gower, in which a category is one, or leave columns out (ignore=)",
               KMEDOIDS_WIDEST, rows->width);
}

static void kmedoids_open(kmedoids_fit *fit) {
  mine_env *env = fit->env;
  const kmedoids_options *o = fit->options;
  const int64_t n = fit->data->rows.n;
  const mine__neighbours_how how = {.space = (mine_space)o->metric, .scale = o->scale};
  fit->k = o->k;
  if (n < 1)
    mine__fail(env, MINE_DATA, "there are no rows to cluster; give at least one");
  else if (o->k != MINE_AUTO && o->k > n)
    mine__fail(env, MINE_DATA, "k=%lld is more than the %lld rows; use k=%lld or fewer",
               (long long)o->k, (long long)n, (long long)n);
  fit->body = mine__arena_zeros(fit->model->arena, 1, sizeof *fit->body);
  if (mine_failed(env) ||
      mine__neighbours_open(env, fit->model->arena, fit->data, &how, &fit->body->rows))
    return;
  fit->body->rows.n = 0; /* no medoids yet */
  if (fit->body->rows.width == 0)
    mine__fail(env, MINE_DATA, "no column has values to cluster by; check ignore= and the source");
  kmedoids_refuse_levels(fit);
  fit->whole = kmedoids_whole(env, o->exact_rows);
}

static mine_status kmedoids_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                     mine_model *model) {
  kmedoids_fit fit = {.env = env, .data = data, .options = options, .model = model};
  kmedoids_open(&fit);
  if (!mine_failed(env)) mine__kmedoids_solve(&fit);
  if (!mine_failed(env)) kmedoids_number(&fit);
  if (!mine_failed(env)) kmedoids_publish(&fit);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_kmedoids = {
    .name = "kmedoids",
    .title = "k-medoids: every cluster is around one of its own rows, by any metric",
    .citation =
        "Schubert & Rousseeuw 2021 (FasterPAM); Kaufman & Rousseeuw 1990 (PAM, CLARA); "
        "Lenssen & Schubert 2024 (DynMSC)",
    .notes =
        "Chooses k rows so that the distances of all rows to the nearest of them are small in sum "
        "(`cost`); the row at distance 0 of a cluster is its medoid, a typical customer who "
        "exists. `metric=gower` takes mixed attributes as they are: numbers by their range, "
        "categories by being equal, and what is missing in either row is left out; rows that share "
        "nothing known are 1 apart. Ties go to the lower number; clusters are numbered by falling "
        "size. Up to `exact_rows` rows the distances of all pairs are measured; beyond, samples "
        "are clustered and judged on all rows (CLARA), which the summary says. `k=auto` swaps "
        "medoids "
        "for a large mean medoid silhouette at each number of clusters from `max_k` down, in one "
        "run, and then, at the best, for small distances. The model holds its "
        "k medoids, which are rows of the table.",
    .example =
        "SELECT cluster, rows, feature, round(value, 2) AS value\n"
        "FROM mine_centroids((SELECT mine_fit('kmedoids',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*i%90 AS age, substr(''abc'', 1 + i*i%90/30, 1) AS plan FROM n',\n"
        "  'k=3, metric=gower')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .options_size = sizeof(kmedoids_options),
    .options = kmedoids_option_table,
    .kind = &mine__kind_medoids,
    .fit = kmedoids_fit_rows,
};
