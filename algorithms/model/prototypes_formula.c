/*
** prototypes_formula.c -- distances to centres as a formula.  A number is one place of the space;
** the places of a category are one table of what each of its levels adds to a squared distance.
*/
#include "formula.h"
#include "prototypes.h"

static double prototypes_apart(const mine_prototypes *m, int64_t c, int column, double z) {
  const int64_t at = c * m->encoding.width + column;
  const double apart = (z - m->centre[at]) * (m->scale ? m->scale[at] : 1);
  return apart * apart;
}

/* What a level adds; level -1: what is missing. */
static double prototypes_level(const mine_prototypes *m, int64_t c, int i, int64_t level) {
  const mine_encoding *e = &m->encoding;
  double sum = 0;
  for (int column = e->first[i]; column < e->first[i + 1]; column++) {
    const int own = column - e->first[i] == level;
    sum += prototypes_apart(m, c, column,
                            level < 0 ? e->fill[column]
                            : own     ? e->factor[column]
                                      : 0);
  }
  return sum;
}

static const mine_term *prototypes_square(mine_formula *f, const mine_prototypes *m,
                                          const mine_model *model, const int *map,
                                          const mine_term *place, int64_t c, int i) {
  const mine_encoding *e = &m->encoding;
  if (e->levels[i] > 0) {
    double *y = mine__arena_array(f->arena, (size_t)e->levels[i], sizeof *y);
    for (int l = 0; y && l < e->levels[i]; l++)
      y[l] = prototypes_level(m, c, i, l);
    const double none = prototypes_level(m, c, i, -1);
    return y ? mine__term_levels(f, map[i], &model->feature[i], y, none, none) : NULL;
  }
  const int64_t at = c * e->width + e->first[i];
  const mine_term *apart =
      mine__term_two(f, MINE_TERM_MINUS, place, mine__term_constant(f, m->centre[at]));
  if (m->scale)
    apart = mine__term_two(f, MINE_TERM_PRODUCT, apart, mine__term_constant(f, m->scale[at]));
  return mine__term_two(f, MINE_TERM_PRODUCT, apart, apart);
}

/* Squared distances to all centres; of a mixture in units of its components. */
static void prototypes_squares(mine_formula *f, const mine_prototypes *m, const mine_model *model,
                               const int *map, const mine_term **square) {
  const mine_term **place = mine__formula_terms(f, model->n_features);
  for (int i = 0; place && i < model->n_features; i++)
    if (m->encoding.levels[i] == 0 && m->encoding.first[i] < m->encoding.first[i + 1])
      place[i] = mine__formula_place(f, &m->encoding, i, map[i]);
  for (int64_t c = 0; c < m->k && !mine_failed(f->env); c++) {
    mine_terms terms = {0};
    for (int i = 0; i < model->n_features; i++)
      if (m->encoding.first[i] < m->encoding.first[i + 1])
        mine__terms_add(f, &terms, prototypes_square(f, m, model, map, place[i], c, i));
    square[c] = mine__term_let(f, mine__terms_sum(f, &terms));
  }
}

void mine__prototypes_formula(mine_formula *f, const mine_model *model, const int *map,
                              mine_said *said) {
  mine__centres_formula(f, model->body, model, map, said);
}

void mine__centres_formula(mine_formula *f, const mine_prototypes *m, const mine_model *model,
                           const int *map, mine_said *said) {
  const int k = (int)m->k;
  const mine_term **square = mine__formula_terms(f, k + 1);
  if (!square) return;
  prototypes_squares(f, m, model, map, square + 1);
  if (mine_failed(f->env)) return;
  if (m->scale) {
    const mine_term **share = mine__formula_terms(f, k);
    for (int c = 0; share && c < k; c++)
      share[c] = mine__term_two(
          f, MINE_TERM_MINUS, mine__term_constant(f, m->offset[c]),
          mine__term_two(f, MINE_TERM_OVER, square[c + 1], mine__term_constant(f, 2)));
    if (mine_failed(f->env)) return;
    mine__formula_softmax(f, k, share, share);
    said->share = share;
    return;
  }
  square[0] = mine__term_let(f, mine__term_many(f, MINE_TERM_LEAST, k, square + 1));
  said->group = mine__term_let(f, mine__term_many(f, MINE_TERM_WHICH, k + 1, square));
  said->distance = mine__term_one(f, MINE_TERM_SQRT, square[0]);
}
