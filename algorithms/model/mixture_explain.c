/*
** mixture_explain.c -- what each feature says for a component of a mixture.
**
** With u = x less the point of a row of which nothing is known, n(c) = m(c) less that point, and
** P(c) the inverse covariance, the margin is one quadratic form whatever the number of components:
**
**   sum over c of told(c) (offset(c) - (u - n(c))' P(c) (u - n(c)) / 2)
**     = base + u.r - u' Q u / 2,    Q = sum of told(c) P(c),  r = sum of told(c) P(c) n(c).
**
** What is not known has u = 0.  The Shapley value of a product of two features is half of it for
** each, so that a feature with the columns J adds
**
**   sum over j in J of u(j) (r(j) - (Q u)(j) / 2):
**
** exact, and as much work as scoring the row by one component.
*/
#include "../kernel/gauss.h"
#include "cluster_explain.h"
#include "mixture.h"

typedef struct mexplain_form {
  const mine_encoding *encoding;
  int turns;
  double *matrix; /* Q: width x width, or its diagonal */
  double *slope;  /* r                                 */
  double base;
} mexplain_form;

/* P = F'F, of the rows of F one after another; n: the mean of the component. */
static void mexplain_add_full(mine_env *env, const mine_mixture *m, int64_t c, double told,
                              const double *n, mexplain_form *to) {
  const int64_t width = m->encoding.width;
  const double *factor =
      m->factor + (m->form == MINE_COVARIANCE_FULL ? c : 0) * mine__gauss_triangle(width);
  for (int64_t o = 0; o < width && !MINE_POLL_AT(env, 64 * o); o++) {
    const double *row = factor + mine__gauss_triangle(o);
    double z = 0;
    for (int64_t j = 0; j <= o; j++)
      z += row[j] * n[j];
    to->base -= told * z * z / 2;
    for (int64_t j = 0; j <= o; j++) {
      to->slope[j] += told * z * row[j];
      /* What all components share (tied) adds up to nothing: their parts do. */
      for (int64_t i = 0; m->form == MINE_COVARIANCE_FULL && i <= o; i++)
        to->matrix[j * width + i] += told * row[j] * row[i];
    }
  }
}

static void mexplain_add_columns(const mine_mixture *m, int64_t c, double told, const double *n,
                                 mexplain_form *to) {
  const double *factor = m->packed + c * m->encoding.width;
  for (int64_t j = 0; j < m->encoding.width; j++) {
    const double p = told * factor[j] * factor[j];
    to->matrix[j] += p;
    to->slope[j] += p * n[j];
    to->base -= p * n[j] * n[j] / 2;
  }
}

static void mexplain_says(const void *context, const mine_batch *batch, int64_t i, double *room,
                          double *contribution) {
  const mexplain_form *form = context;
  const mine_encoding *e = form->encoding;
  const int64_t width = e->width;
  mine__encode(e, batch, i, 1, room);
  for (int64_t j = 0; j < width; j++)
    room[j] -= e->fill[j];
  for (int f = 0; f < e->n_features; f++)
    for (int64_t j = e->first[f]; j < e->first[f + 1]; j++) {
      double turned = form->turns ? 0 : form->matrix[j] * room[j];
      for (int64_t l = 0; form->turns && l < width; l++)
        turned += form->matrix[j * width + l] * room[l];
      contribution[f] += room[j] * (form->slope[j] - turned / 2);
    }
  contribution[e->n_features] = form->base;
}

mine_status mine__normals_explain(mine_env *env, const mine_model *model, const mine_mixture *m,
                                  const mine_batch *batch, mine_explained *out) {
  const size_t width = (size_t)m->encoding.width;
  mexplain_form form = {.encoding = &m->encoding, .turns = mine__mixture_turns(m->form)};
  double *n = mine__arena_array(env->scratch, width, sizeof *n);
  form.slope = mine__arena_zeros(env->scratch, width, sizeof *form.slope);
  form.matrix =
      mine__arena_zeros(env->scratch, width, (form.turns ? width : 1) * sizeof *form.matrix);
  for (int64_t c = 0; !mine_failed(env) && c < m->k; c++) {
    const double told = mine__cluster_told(m->k, out->of, c);
    for (size_t j = 0; j < width; j++)
      n[j] = m->centre[(size_t)c * width + j] - m->encoding.fill[j];
    form.base += told * m->offset[c];
    if (form.turns)
      mexplain_add_full(env, m, c, told, n, &form);
    else
      mexplain_add_columns(m, c, told, n, &form);
  }
  return mine__clusters_explain(env, model, m->k, mexplain_says, &form, width, batch, out);
}

mine_status mine__mixture_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out) {
  return mine__normals_explain(env, model, model->body, batch, out);
}
