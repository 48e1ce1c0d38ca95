/*
** mahalanobis.c -- outliers by their distance from the middle of the rows, in units of how these
** spread: numbers by the robust mean and covariance of mcd.h, which the outliers do not move.
**
**   d^2 = (x - m)' S^-1 (x - m) + sum over the categories (1/share of the level - 1)/(levels - 1)
**
** The first term is that of the numbers.  The second is the same of indicators: the covariance of
** those of a category with shares p is diag(p) - pp', and with its generalised inverse the distance
** of level l from the mean is 1/p(l) - 1, which over all rows comes to levels - 1; divided by that
** a category weighs as much as a number does.  Categories count as unrelated to each other and to
** the numbers: that the covariance of the indicators of most tables is singular in half of the
** rows does no harm.  A missing value lies at the mean.
**
** What sets a row apart: of number j (x - m)(j) (S^-1 (x - m))(j), of a category its term; they
** add up to d^2.
*/
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../kernel/linalg.h"
#include "mcd.h"
#include "outlier.h"

#define MAHALANOBIS_ROWS 256 /* of a task */

typedef struct mahalanobis_state {
  int n_numbers;
  int *number;       /* features that are numbers                   */
  mine_dataset data; /* those alone                                 */
  mine_encoding encoding;
  double *point;     /* n x n_numbers                               */
  double **surprise; /* per feature: per level its term; NULL: a number */
  mine__mcd mcd;
  double *room; /* per worker: n_numbers */
  double *score;
  const mine_outliers *of;
} mahalanobis_state;

/* ---- the parts ------------------------------------------------------------------------------- */

static void mahalanobis_divide(mine_outliers *o, mahalanobis_state *s) {
  const size_t p = (size_t)o->data->n_features;
  mine_feature *about = mine__arena_array(o->arena, p, sizeof *about);
  mine_feature_view *view = mine__arena_array(o->arena, p, sizeof *view);
  s->number = mine__arena_array(o->arena, p, sizeof *s->number);
  s->surprise = mine__arena_zeros(o->arena, p, sizeof *s->surprise);
  if (mine_failed(o->env)) return;
  for (int f = 0; f < o->data->n_features; f++) {
    if (!o->data->rows.feature[f].number) continue;
    about[s->n_numbers] = o->about[f];
    view[s->n_numbers] = o->data->rows.feature[f];
    s->number[s->n_numbers++] = f;
  }
  s->data = *o->data;
  s->data.n_features = s->n_numbers;
  s->data.about = about;
  s->data.rows.feature = view;
}

/* Per level (1/share - 1)/(levels - 1), of the known ones. */
static void mahalanobis_category(mine_outliers *o, mahalanobis_state *s, int f) {
  const mine_batch *rows = &o->data->rows;
  const int32_t *code = rows->feature[f].code;
  const int64_t n = o->data->about[f].levels.values.n;
  double *count = mine__arena_zeros(o->arena, (size_t)n + 1, sizeof *count), known = 0;
  int64_t levels = 0;
  if (!count) return;
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(o->env, i)) return;
    const int32_t level = code[mine_batch_row(rows, i)];
    if (level < 0) continue;
    count[level]++;
    known++;
  }
  for (int64_t l = 0; l < n; l++)
    levels += count[l] > 0;
  for (int64_t l = 0; l < n; l++)
    count[l] = count[l] > 0 && levels > 1 ? (known / count[l] - 1) / (double)(levels - 1) : 0;
  s->surprise[f] = count;
}

static void mahalanobis_encode_task(void *context, int64_t task, int worker) {
  const mahalanobis_state *s = context;
  const int64_t first = task * MAHALANOBIS_ROWS, left = s->data.rows.n - first;
  (void)worker;
  mine__encode(&s->encoding, &s->data.rows, first,
               left < MAHALANOBIS_ROWS ? left : MAHALANOBIS_ROWS, s->point + first * s->n_numbers);
}

static void mahalanobis_numbers(mine_outliers *o, mahalanobis_state *s) {
  mine_env *env = o->env;
  const int64_t n = o->data->rows.n;
  if (mine__encoding_fit(env, o->arena, &s->data, MINE_SCALE_ROBUST, &s->encoding)) return;
  s->point = mine__arena_array(o->arena, (size_t)n, (size_t)s->n_numbers * sizeof *s->point);
  if (mine_failed(env) ||
      mine__parallel(env, MINE_BLOCKS(n, MAHALANOBIS_ROWS), mahalanobis_encode_task, s) ||
      mine__mcd_fit(env, o->arena, s->point, n, s->n_numbers, o->data->seed, &s->mcd))
    return;
  if (s->mcd.mixed > 0)
    o->note(o->context, "warning", "mahalanobis",
            "half of the rows lie in a plane (columns that mostly repeat one value, or that follow "
            "from others): the covariance is mixed with 5 % of the identity, of columns scaled to "
            "interquartile range 1");
}

/* ---- scores ---------------------------------------------------------------------------------- */

static void mahalanobis_score_task(void *context, int64_t task, int worker) {
  const mahalanobis_state *s = context;
  const mine_batch *rows = &s->of->data->rows;
  double *room = s->room + (int64_t)worker * s->n_numbers;
  const int64_t first = task * MAHALANOBIS_ROWS, end = first + MAHALANOBIS_ROWS;
  for (int64_t i = first; i < end && i < rows->n; i++) {
    double sum = 0;
    if (s->n_numbers > 0) sum = mine__mcd_distance(&s->mcd, s->point + i * s->n_numbers, room);
    for (int f = 0; f < s->of->data->n_features; f++) {
      if (!s->surprise[f]) continue;
      const int32_t level = rows->feature[f].code[mine_batch_row(rows, i)];
      if (level >= 0) sum += s->surprise[f][level];
    }
    s->score[i] = sqrt(sum);
  }
}

static void mahalanobis_score(mine_outliers *o) {
  mine_env *env = o->env;
  mahalanobis_state *s = mine__arena_zeros(o->arena, 1, sizeof *s);
  if (!s) return;
  o->state = s;
  s->of = o;
  s->score = o->score;
  mahalanobis_divide(o, s);
  for (int f = 0; f < o->data->n_features && !mine_failed(env); f++)
    if (o->data->rows.feature[f].code) mahalanobis_category(o, s, f);
  if (!mine_failed(env) && s->n_numbers > 0) mahalanobis_numbers(o, s);
  if (mine_failed(env)) return;
  s->room =
      mine__arena_array(o->arena, (size_t)env->threads, (size_t)s->n_numbers * sizeof *s->room);
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(o->data->rows.n, MAHALANOBIS_ROWS),
                          mahalanobis_score_task, s);
}

static void mahalanobis_apart(mine_outliers *o, const uint32_t *at, int64_t n, double *amount) {
  const mahalanobis_state *s = o->state;
  const mine_batch *rows = &o->data->rows;
  const int width = o->data->n_features;
  for (int64_t i = 0; i < n; i++) {
    double *out = amount + i * width;
    if (s->n_numbers > 0) {
      const double *point = s->point + at[i] * (int64_t)s->n_numbers;
      (void)mine__mcd_distance(&s->mcd, point, s->room);
      mine__solve_upper(s->n_numbers, s->mcd.root, 0, s->room);
      for (int j = 0; j < s->n_numbers; j++)
        out[s->number[j]] = (point[j] - s->mcd.mean[j]) * s->room[j];
    }
    for (int f = 0; f < width; f++) {
      if (!s->surprise[f]) continue;
      const int32_t level = rows->feature[f].code[mine_batch_row(rows, at[i])];
      out[f] = level >= 0 ? s->surprise[f][level] : 0;
    }
  }
}

const mine__outlier_method mine__outlier_mahalanobis = {
    .name = "mahalanobis", .score = mahalanobis_score, .apart = mahalanobis_apart};
