/*
** mixture_formula.c -- a mixture as a formula: what each component's whitening makes of a row, the
** squares of that, shares of the densities, and the distance to the component with the largest.
**
** A number is one place of the space; what a category's level adds to a coordinate, or to the
** squares where columns are not turned, is one table.
*/
#include "../kernel/gauss.h"
#include "formula.h"
#include "mixture.h"

/* The number by which column i counts in coordinate j of component c. */
static double mform_factor(const mine_mixture *m, int64_t c, int64_t j, int64_t i) {
  const int64_t width = m->encoding.width;
  if (!mine__mixture_turns(m->form)) return i == j ? m->packed[c * width + i] : 0;
  if (i > j) return 0;
  const double *factor =
      m->factor + (m->form == MINE_COVARIANCE_FULL ? c : 0) * mine__gauss_triangle(width);
  return factor[mine__gauss_triangle(j) + i];
}

/* Where a level is in a column, as seen from component c; level -1: what is missing. */
static double mform_apart(const mine_mixture *m, int64_t c, int feature, int column,
                          int64_t level) {
  const mine_encoding *e = &m->encoding;
  const double place = level < 0                             ? e->fill[column]
                       : column - e->first[feature] == level ? e->factor[column]
                                                             : 0;
  return place - m->centre[c * e->width + column];
}

/* What a level adds to coordinate j; j -1: to the sum of squares, of columns that are not
** turned. */
static double mform_level(const mine_mixture *m, int64_t c, int64_t j, int feature, int64_t level) {
  const mine_encoding *e = &m->encoding;
  double sum = 0;
  for (int column = e->first[feature]; column < e->first[feature + 1]; column++) {
    const double z =
        mform_factor(m, c, j < 0 ? column : j, column) * mform_apart(m, c, feature, column, level);
    sum += j < 0 ? z * z : z;
  }
  return sum;
}

static const mine_term *mform_table(mine_formula *f, const mine_model *model, const int *map,
                                    int64_t c, int64_t j, int feature) {
  const mine_mixture *m = model->body;
  const int levels = m->encoding.levels[feature];
  double *y = mine__arena_array(f->arena, (size_t)levels, sizeof *y);
  for (int l = 0; y && l < levels; l++)
    y[l] = mform_level(m, c, j, feature, l);
  const double none = mform_level(m, c, j, feature, -1);
  return y ? mine__term_levels(f, map[feature], &model->feature[feature], y, none, none) : NULL;
}

/* Coordinate j of a row as component c sees it; `to` is the last feature that counts in it. */
static const mine_term *mform_coordinate(mine_formula *f, const mine_model *model, const int *map,
                                         const mine_term *const *place, int64_t c, int64_t j,
                                         int from, int to) {
  const mine_mixture *m = model->body;
  const mine_encoding *e = &m->encoding;
  mine_terms terms = {0};
  for (int i = from; i <= to; i++) {
    if (e->first[i] == e->first[i + 1]) continue;
    if (e->levels[i] > 0) {
      mine__terms_add(f, &terms, mform_table(f, model, map, c, j, i));
      continue;
    }
    const int column = e->first[i];
    const mine_term *apart = mine__term_two(
        f, MINE_TERM_MINUS, place[i], mine__term_constant(f, m->centre[c * e->width + column]));
    mine__terms_add(f, &terms,
                    mine__term_two(f, MINE_TERM_PRODUCT, apart,
                                   mine__term_constant(f, mform_factor(m, c, j, column))));
  }
  return mine__term_let(f, mine__terms_sum(f, &terms));
}

/* The squared distance to component c, as far as can be where it is no number (mixture.h). */
static const mine_term *mform_square(mine_formula *f, const mine_model *model, const int *map,
                                     const mine_term *const *place, int64_t c) {
  const mine_mixture *m = model->body;
  const mine_encoding *e = &m->encoding;
  const int turns = mine__mixture_turns(m->form);
  mine_terms terms = {0};
  for (int i = 0; i < e->n_features && !mine_failed(f->env); i++) {
    if (!turns && e->levels[i] > 0 && e->first[i] < e->first[i + 1]) {
      mine__terms_add(f, &terms, mform_table(f, model, map, c, -1, i));
      continue;
    }
    for (int64_t j = e->first[i]; j < e->first[i + 1] && !mine_failed(f->env); j++) {
      const mine_term *z = mform_coordinate(f, model, map, place, c, j, turns ? 0 : i, i);
      mine__terms_add(f, &terms, mine__term_two(f, MINE_TERM_PRODUCT, z, z));
    }
  }
  const mine_term *most = mine__term_constant(f, MINE_MIXTURE_FARTHEST);
  const mine_term *square[2] = {
      mine__term_two(f, MINE_TERM_KNOWN, mine__terms_sum(f, &terms), most), most};
  return mine__term_let(f, mine__term_many(f, MINE_TERM_LEAST, 2, square));
}

void mine__mixture_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said) {
  const mine_mixture *m = model->body;
  const int k = (int)m->k;
  const mine_term **place = mine__formula_terms(f, model->n_features);
  const mine_term **log = mine__formula_terms(f, k), **share = mine__formula_terms(f, k);
  const mine_term **square = mine__formula_terms(f, k);
  for (int i = 0; place && i < model->n_features; i++)
    if (m->encoding.levels[i] == 0 && m->encoding.first[i] < m->encoding.first[i + 1])
      place[i] = mine__formula_place(f, &m->encoding, i, map[i]);
  if (mine_failed(f->env)) return;
  for (int c = 0; c < k && !mine_failed(f->env); c++) {
    square[c] = mform_square(f, model, map, place, c);
    log[c] = mine__term_let(
        f, mine__term_two(f, MINE_TERM_MINUS, mine__term_constant(f, m->offset[c]),
                          mine__term_two(f, MINE_TERM_OVER, square[c], mine__term_constant(f, 2))));
  }
  if (mine_failed(f->env)) return;
  mine__formula_softmax(f, k, log, share);
  said->share = share;
  said->group = mine__formula_greatest(f, k, log);
  said->distance = mine__term_one(f, MINE_TERM_SQRT, mine__formula_pick(f, said->group, k, square));
}
