/*
** mixture_describe.c -- the figures of a mixture, as a relation: the weights of the components,
** their means, and what varies with what.
**
** Means and covariances are in the units of the source; where numbers were bent (scale=log,
** quantile) the means are brought back and covariances are those of the bent numbers.
*/
#include <math.h>
#include <string.h>

#include "../kernel/gauss.h"
#include "../kernel/linalg.h"
#include "mixture.h"

typedef struct mixture_list {
  mine_env *env;
  const mine_model *model;
  const mine_mixture *mixture;
  mine_relation *to;
  const char **name; /* of each encoded column: "age", "plan=gold" */
} mixture_list;

/* From the last row of the triangle F = L^-1: L by inverting, then L L'. */
void mine__mixture_covariance(const mine_mixture *m, int64_t c, double *room, double *covariance) {
  const int64_t width = m->encoding.width;
  const size_t bytes = (size_t)width * (size_t)width * sizeof(double);
  memset(covariance, 0, bytes);
  if (!mine__mixture_turns(m->form)) {
    for (int64_t j = 0; j < width; j++) {
      const double f = m->factor[m->form == MINE_COVARIANCE_DIAGONAL ? c * width + j : c];
      covariance[j * width + j] = 1 / f / f;
    }
    return;
  }
  const double *factor =
      m->factor + (m->form == MINE_COVARIANCE_FULL ? c : 0) * mine__gauss_triangle(width);
  memset(room, 0, bytes);
  for (int64_t i = 0; i < width; i++) /* F' is an upper triangle, and its inverse is L' */
    for (int64_t j = 0; j <= i; j++)
      room[j * width + i] = factor[mine__gauss_triangle(i) + j];
  mine__invert_upper(width, room);
  for (int64_t l = 0; l < width; l++)
    for (int64_t i = l; i < width; i++)
      for (int64_t j = l; j < width; j++)
        covariance[i * width + j] += room[l * width + i] * room[l * width + j];
}

/* "weight | 1"; component -1: of all. */
static void mdesc_row(const mixture_list *list, const char *what, const char *first,
                      const char *second, int64_t component, double value) {
  mine_text name;
  const mine_mark mark = mine__arena_mark(list->env->scratch);
  mine__text_open(&name, list->env->scratch);
  mine__text_adds(&name, what);
  if (first) mine__text_addf(&name, " %s", first);
  if (second) mine__text_addf(&name, ", %s", second);
  if (component >= 0) mine__text_addf(&name, " | %lld", (long long)component + 1);
  if (!name.failed) {
    mine__row_bytes(list->to, name.data, name.bytes);
    mine__coefficient_list(&(mine_coefficient)MINE_COEFFICIENT_ALONE(value), list->to);
  }
  mine__arena_rewind(list->env->scratch, mark);
}

static void mdesc_means(const mixture_list *list, int64_t c) {
  const mine_mixture *m = list->mixture;
  const mine_encoding *e = &m->encoding;
  for (int f = 0; f < e->n_features; f++)
    for (int j = e->first[f]; j < e->first[f + 1]; j++) {
      const double bent = mine__decode(e, j, m->centre[c * e->width + j]);
      mdesc_row(list, "mean", list->name[j], NULL, c, bent);
    }
}

/* A number of column j is `factor` of it in the encoded space. */
static void mdesc_covariances(const mixture_list *list, const double *covariance, int64_t c) {
  const mine_mixture *m = list->mixture;
  const int64_t width = m->encoding.width;
  const double *factor = m->encoding.factor;
  for (int64_t i = 0; i < width && mine__poll(list->env) == MINE_OK; i++) {
    const double own = covariance[i * width + i];
    mdesc_row(list, "variance", list->name[i], NULL, c,
              factor[i] > 0 ? own / factor[i] / factor[i] : (double)NAN);
    for (int64_t j = i + 1; mine__mixture_turns(m->form) && j < width; j++)
      mdesc_row(list, "covariance", list->name[i], list->name[j], c,
                factor[i] > 0 && factor[j] > 0 ? covariance[i * width + j] / factor[i] / factor[j]
                                               : (double)NAN);
  }
}

static void mdesc_names(const mixture_list *list) {
  const mine_encoding *e = &list->mixture->encoding;
  for (int f = 0; f < e->n_features; f++) {
    for (int j = e->first[f]; j < e->first[f + 1]; j++) {
      mine_text text;
      mine_cell level;
      list->name[j] = list->model->feature[f].name;
      if (e->levels[f] == 0) continue;
      mine__text_open(&text, list->env->scratch);
      mine__text_addf(&text, "%s=", list->model->feature[f].name);
      mine__values_get(&list->model->feature[f].levels.values, j - e->first[f], &level);
      mine__text_add_cell(&text, &level);
      list->name[j] = text.failed ? "" : text.data;
    }
  }
}

static void mixture_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_mixture *m = model->body;
  const size_t width = (size_t)m->encoding.width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mixture_list list = {env, model, m, to, NULL};
  list.name = mine__arena_zeros(env->scratch, width, sizeof *list.name);
  double *room = mine__arena_array(env->scratch, width, width * sizeof *room);
  double *covariance = mine__arena_array(env->scratch, width, width * sizeof *covariance);
  if (!mine_failed(env)) mdesc_names(&list);
  for (int64_t c = 0; c < m->k && !mine_failed(env); c++) {
    mdesc_row(&list, "weight", NULL, NULL, c, m->weight[c]);
    mdesc_means(&list, c);
    if (m->form == MINE_COVARIANCE_TIED) continue;
    mine__mixture_covariance(m, c, room, covariance);
    mdesc_covariances(&list, covariance, c);
  }
  if (m->form == MINE_COVARIANCE_TIED && !mine_failed(env)) {
    mine__mixture_covariance(m, 0, room, covariance);
    mdesc_covariances(&list, covariance, -1);
  }
  mine__arena_rewind(env->scratch, mark);
}

const mine_part mine__mixture_parts[] = {
    {.verb = "mine_coefficients",
     .what = "the weights, means, variances and covariances of the components",
     .list = mixture_coefficients},
    {.verb = NULL},
};
