/*
** target.c -- labels, numbers and weights next to each other.
*/
#include "target.h"

#include <math.h>

static mine_status target_centre(mine_env *env, mine_tree_target *t, double *y) {
  double middle = 0, most = 0;
  for (int64_t i = 0; i < t->n; i++)
    middle += y[i] / (double)t->n; /* parts of the mean: their sum does not overflow */
  for (int64_t i = 0; i < t->n; i++)
    most = fmax(most, fabs(y[i] - middle));
  if (!isfinite(most)) {
    return mine__fail(env, MINE_NUMERIC,
                      "the target's values are too far apart for their difference to be a number; "
                      "divide them by a constant");
  }
  t->middle = middle;
  if (most > 0) t->unit = most;
  for (int64_t i = 0; i < t->n; i++)
    y[i] = (y[i] - t->middle) / t->unit;
  return MINE_OK;
}

mine_status mine__tree_target(mine_env *env, mine_arena *arena, const mine_dataset *data,
                              int centred, mine_tree_target *out) {
  const size_t n = (size_t)data->rows.n;
  const int classes = data->task == MINE_CLASSIFICATION ? data->n_classes : 0;
  int32_t *label = classes ? mine__arena_array(arena, n, sizeof *label) : NULL;
  double *y = classes <= 2 ? mine__arena_array(arena, n, sizeof *y) : NULL;
  float *weight = data->weight ? mine__arena_array(arena, n, sizeof *weight) : NULL;
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (MINE_POLL_AT(env, i)) return mine_env_status(env);
    if (label) label[i] = data->label[row];
    if (y) y[i] = label ? (double)label[i] : data->target[row];
    if (weight) weight[i] = (float)data->weight[row];
  }
  *out = (mine_tree_target){data->rows.n, classes, label, y, weight, 0, 1};
  return centred && !classes ? target_centre(env, out, y) : MINE_OK;
}
