/*
** components_describe.c -- what components are made of: mine_loadings.
**
** The sum of a component's squared loadings is its eigenvalue, the variance of its scores; of
** factors that were rotated, the variance that it came to hold.
*/
#include <math.h>

#include "components.h"

static double loadings_total(const double *v, int64_t n) {
  double sum = 0;
  for (int64_t j = 0; j < n; j++)
    sum += v[j];
  return sum;
}

static double loadings_squares(const double *v, int64_t n) {
  double sum = 0;
  for (int64_t j = 0; j < n; j++)
    sum += v[j] * v[j];
  return sum;
}

static void components_loadings(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_components *m = model->body;
  const int64_t width = m->encoding.width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const char **name = mine__components_columns(env->scratch, &m->encoding, model->feature);
  const double total = loadings_total(m->variance, width);
  for (int64_t c = 0; name && c < m->k && mine__poll(env) == MINE_OK; c++) {
    const double held = loadings_squares(m->loading + c * width, width);
    for (int64_t j = 0; j < width; j++) {
      mine__row_int(to, c + 1);
      mine__row_text(to, name[j]);
      mine__row_real(to, m->loading[c * width + j]);
      mine__row_real(to, total > 0 ? held / total : (double)NAN);
      mine__row_real(to, held);
      mine__row_real(to, m->weight[c * width + j]);
      mine__row_real(to, m->communality[j]);
      mine__row_real(to, 1 - m->communality[j]);
      mine__relation_end_row(to);
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

const mine_part mine__components_parts[] = {
    {.verb = "mine_loadings",
     .what = "what each component has to do with each feature, and what it holds of them all",
     .list = components_loadings},
    {.verb = NULL},
};
