/*
** bayes_formula.c -- naive Bayes as a formula.  Two classes are one contrast, which is exact
** however far out a row lies (bayes.c, "Far rows").  More are log densities, and for rows that are
** far from all of them contrasts with the first: those lose digits where the first is much farther
** than the best.
*/
#include "bayes.h"
#include "formula.h"

#include <math.h>

#define BAYES_FORMULA_FAR (-1e5) /* as bayes.c has it */

/* How much more the number speaks for class c than for class b; nothing is said of a missing
** one. */
static const mine_term *bayes_formula_number(mine_formula *f, const mine_bayes_column *column,
                                             int feature, int c, int b) {
  const mine_term *x = mine__term_number(f, feature);
  const double by_c = sqrt(2 * column->half[c]), by_b = sqrt(2 * column->half[b]);
  const mine_term *from_c =
      mine__term_two(f, MINE_TERM_MINUS, x, mine__term_constant(f, column->mean[c]));
  const mine_term *from_b =
      mine__term_two(f, MINE_TERM_MINUS, x, mine__term_constant(f, column->mean[b]));
  const mine_term *z_c = mine__term_two(f, MINE_TERM_PRODUCT, from_c, mine__term_constant(f, by_c));
  const mine_term *z_b = mine__term_two(f, MINE_TERM_PRODUCT, from_b, mine__term_constant(f, by_b));
  const mine_term *apart = mine__term_two(
      f, MINE_TERM_MINUS,
      mine__term_two(f, MINE_TERM_PRODUCT, from_c, mine__term_constant(f, by_c - by_b)),
      mine__term_constant(f, (column->mean[c] - column->mean[b]) * by_b));
  const mine_term *contrast = mine__term_two(
      f, MINE_TERM_PRODUCT, mine__term_constant(f, -0.5),
      mine__term_two(f, MINE_TERM_PRODUCT, apart, mine__term_two(f, MINE_TERM_SUM, z_c, z_b)));
  const mine_term *base = mine__term_constant(f, column->base[c] - column->base[b]);
  return mine__term_two(f, MINE_TERM_KNOWN, mine__term_two(f, MINE_TERM_SUM, base, contrast),
                        mine__term_constant(f, 0));
}

/* base - half (x - mean)^2; nothing is said of a missing one. */
static const mine_term *bayes_formula_density(mine_formula *f, const mine_bayes_column *column,
                                              int feature, int c) {
  const mine_term *apart = mine__term_two(f, MINE_TERM_MINUS, mine__term_number(f, feature),
                                          mine__term_constant(f, column->mean[c]));
  const mine_term *says =
      mine__term_two(f, MINE_TERM_MINUS, mine__term_constant(f, column->base[c]),
                     mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, column->half[c]),
                                    mine__term_two(f, MINE_TERM_PRODUCT, apart, apart)));
  return mine__term_two(f, MINE_TERM_KNOWN, says, mine__term_constant(f, 0));
}

static const mine_term *bayes_formula_levels(mine_formula *f, const mine_bayes_column *column,
                                             const mine_feature *about, int feature, int c, int b) {
  const int64_t width = column->levels + 1;
  double *y = mine__arena_array(f->arena, (size_t)column->levels, sizeof *y);
  for (int64_t l = 0; y && l < column->levels; l++)
    y[l] = column->log[c * width + l + 1] - (b >= 0 ? column->log[b * width + l + 1] : 0);
  return y ? mine__term_levels(f, feature, about, y, 0, 0) : NULL;
}

/* The contrast of class c with class b (-1: the log density of c). */
static const mine_term *bayes_formula_margin(mine_formula *f, const mine_model *model,
                                             const int *map, int c, int b) {
  const mine_bayes *m = model->body;
  mine_terms terms = {0};
  const double prior = m->log_prior[c] - (b >= 0 ? m->log_prior[b] : 0);
  mine__terms_add(f, &terms, mine__term_constant(f, prior));
  for (int i = 0; i < m->n_columns && !mine_failed(f->env); i++) {
    const mine_bayes_column *column = &m->column[i];
    const mine_term *says = column->levels
                                ? bayes_formula_levels(f, column, &model->feature[i], map[i], c, b)
                            : b >= 0 ? bayes_formula_number(f, column, map[i], c, b)
                                     : bayes_formula_density(f, column, map[i], c);
    mine__terms_add(f, &terms, says);
  }
  return mine__term_let(f, mine__terms_sum(f, &terms));
}

/* Of more than two classes, those with rows: class[0 .. n - 1]. */
static void bayes_formula_many(mine_formula *f, const mine_model *model, const int *map, int n,
                               const int *class_, const mine_term **margin) {
  for (int i = 0; i < n; i++)
    margin[i] = bayes_formula_margin(f, model, map, class_[i], -1);
  if (mine_failed(f->env)) return;
  const mine_term *most = mine__term_let(f, mine__term_many(f, MINE_TERM_MOST, n, margin));
  const mine_term *far = mine__term_constant(f, BAYES_FORMULA_FAR);
  for (int i = 0; i < n; i++) {
    const mine_term *contrast =
        i ? bayes_formula_margin(f, model, map, class_[i], class_[0]) : mine__term_constant(f, 0);
    margin[i] = mine__term_let(f, mine__term_if(f, most, far, contrast, margin[i]));
  }
}

/* A class without rows in training is never the answer. */
void mine__bayes_formula(mine_formula *f, const mine_model *model, const int *map,
                         mine_said *said) {
  const mine_bayes *m = model->body;
  const mine_term **share = mine__formula_terms(f, m->n_classes);
  const mine_term **margin = mine__formula_terms(f, m->n_classes);
  const mine_term **some = mine__formula_terms(f, m->n_classes);
  int *class_ = mine__arena_array(f->arena, (size_t)m->n_classes, sizeof *class_);
  int n = 0;
  if (!share || !margin || !some || !class_) return;
  for (int c = 0; c < m->n_classes; c++)
    if (m->prior[c] > 0) class_[n++] = c;
  if (n > 2) {
    bayes_formula_many(f, model, map, n, class_, margin);
  } else {
    margin[0] = mine__term_constant(f, 0);
    if (n == 2) margin[1] = bayes_formula_margin(f, model, map, class_[1], class_[0]);
  }
  if (mine_failed(f->env)) return;
  mine__formula_softmax(f, n, margin, some);
  for (int c = 0, at = 0; c < m->n_classes; c++)
    share[c] = m->prior[c] > 0 ? some[at++] : mine__term_constant(f, 0);
  said->share = share;
}
