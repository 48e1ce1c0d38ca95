/*
** kmeans_tell.c -- what a person should know before believing the clusters.
**
** Two signs of one illness: a few large values lie so far out that a centre is worth
** spending on them, and everybody else is one cluster.
**   unequal  the largest cluster has more than 95% of the rows, or the smallest less
**            than 1% and than a tenth of an equal share (rows / 10 k)
**   skewed   a number's skewness (third central moment / deviation^3, divisor n) is above
**            3, its range is at least ten times the height of its mean above the least
**            value (the tail spans an order of magnitude), and it has more than two values
** The remedy of both is to bend numbers first; where that was done, only sizes are told.
*/
#include <math.h>

#include "../core/text.h"
#include "../data/moments.h"
#include "kmeans_private.h"

#define TELL_LARGEST 0.95
#define TELL_TIMES   100 /* smaller than 1 in so many */
#define TELL_SKEWED  3.0
#define TELL_TAIL    10.0
#define TELL_ROWS    50 /* fewer rows show neither sizes nor skewness */
#define TELL_NAMES   2

static int tell_is_bent(mine_scale scale) {
  return scale == MINE_SCALE_LOG || scale == MINE_SCALE_QUANTILE;
}

/* Skewness of a long right tail; 0: it has none. */
static double tell_tail(const mine_dataset *data, int f) {
  const double *x = data->rows.feature[f].number;
  mine_moments m;
  double cubes = 0, weights = 0;
  int between = 0;
  mine__moments_of_rows(&m, x, data->rows.row, data->weight, data->rows.n);
  const double deviation = mine__moments_deviation(&m, 0);
  if (m.n < TELL_ROWS || !isfinite(deviation) || !(deviation > 0)) return 0;
  if (!(m.most - m.least >= TELL_TAIL * (m.mean - m.least))) return 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (isnan(x[row])) continue;
    const double z = (x[row] - m.mean) / deviation, w = data->weight ? data->weight[row] : 1.0;
    between |= x[row] > m.least && x[row] < m.most;
    cubes += w * z * z * z;
    weights += w;
  }
  return between && cubes / weights > TELL_SKEWED ? cubes / weights : 0;
}

static void tell_skewed(mine_env *env, const mine_dataset *data, mine_model *model) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  int skewed = 0;
  mine_text names;
  mine__text_open(&names, env->scratch);
  for (int f = 0; f < data->n_features && mine__poll(env) == MINE_OK; f++) {
    char number[MINE_NUMBER_BYTES];
    const double skewness = data->rows.feature[f].number ? tell_tail(data, f) : 0;
    if (!(skewness > 0) || ++skewed > TELL_NAMES) continue;
    mine__text_addf(&names, "%s%.40s %s", skewed > 1 ? ", " : "", data->about[f].name,
                    mine__format_real(number, skewness, 3));
  }
  if (skewed > TELL_NAMES) mine__text_addf(&names, " and %d more", skewed - TELL_NAMES);
  if (skewed && !names.failed && !mine_failed(env))
    mine__model_note(model, "warning", "",
                     "a few large values decide the clusters, use scale=log or scale=quantile: "
                     "skewness of %s",
                     names.data);
  mine__arena_rewind(env->scratch, mark);
}

void mine__kmeans_tell(mine_env *env, const mine_dataset *data, mine_scale scale,
                       const int64_t *rows, int64_t k, mine_model *model) {
  int64_t n = 0;
  const int64_t least = rows[k - 1];
  const int64_t times = 10 * k > TELL_TIMES ? 10 * k : TELL_TIMES;
  for (int64_t c = 0; c < k; c++)
    n += rows[c];
  if (n < TELL_ROWS || k < 2) return;
  if ((double)rows[0] > TELL_LARGEST * (double)n || (least > 0 && least * times < n))
    mine__model_note(model, "warning", "",
                     "very unequal clusters (largest %lld, smallest %lld of %lld rows); %s",
                     (long long)rows[0], (long long)least, (long long)n,
                     tell_is_bent(scale) ? "look at the rows of the smallest"
                                         : "use scale=log or scale=quantile");
  if (!tell_is_bent(scale)) tell_skewed(env, data, model);
}
