/*
** components_formula.c -- scores on components as a formula: of a number its place less the mean,
** times the weight; of a category one table of what each of its levels adds to a score.
*/
#include "components.h"
#include "formula.h"

/* What a level adds to the score c; level -1: what is missing, and one never seen. */
static double components_level(const mine_components *m, int64_t c, int i, int64_t level) {
  const mine_encoding *e = &m->encoding;
  double sum = 0;
  for (int column = e->first[i]; column < e->first[i + 1]; column++) {
    const double z = level < 0                            ? e->fill[column]
                     : column - e->first[i] == (int)level ? e->factor[column]
                                                          : 0;
    sum += m->weight[c * e->width + column] * (z - m->mean[column]);
  }
  return sum;
}

static const mine_term *components_levels(mine_formula *f, const mine_components *m,
                                          const mine_model *model, int feature, int64_t c, int i) {
  double *y = mine__arena_array(f->arena, (size_t)m->encoding.levels[i], sizeof *y);
  for (int l = 0; y && l < m->encoding.levels[i]; l++)
    y[l] = components_level(m, c, i, l);
  const double none = components_level(m, c, i, -1);
  return y ? mine__term_levels(f, feature, &model->feature[i], y, none, none) : NULL;
}

/* Of each number z - mean, a let that all scores share. */
static const mine_term **components_places(mine_formula *f, const mine_components *m,
                                           const mine_model *model, const int *map) {
  const mine_encoding *e = &m->encoding;
  const mine_term **place = mine__formula_terms(f, model->n_features);
  for (int i = 0; place && i < model->n_features && !mine_failed(f->env); i++) {
    if (e->levels[i] > 0 || e->first[i] == e->first[i + 1]) continue;
    const double mean = m->mean[e->first[i]];
    place[i] = mine__formula_place(f, e, i, map[i]);
    if (mean != 0)
      place[i] = mine__term_let(
          f, mine__term_two(f, MINE_TERM_MINUS, place[i], mine__term_constant(f, mean)));
  }
  return place;
}

void mine__components_formula(mine_formula *f, const mine_model *model, const int *map,
                              mine_said *said) {
  const mine_components *m = model->body;
  const mine_encoding *e = &m->encoding;
  const mine_term **place = components_places(f, m, model, map);
  said->value = mine__formula_terms(f, (int)m->k);
  for (int64_t c = 0; !mine_failed(f->env) && c < m->k; c++) {
    mine_terms terms = {0};
    for (int i = 0; i < model->n_features; i++) {
      if (e->first[i] == e->first[i + 1]) continue;
      mine__terms_add(
          f, &terms,
          e->levels[i] > 0
              ? components_levels(f, m, model, map[i], c, i)
              : mine__term_two(f, MINE_TERM_PRODUCT, place[i],
                               mine__term_constant(f, m->weight[c * e->width + e->first[i]])));
    }
    said->value[c] = mine__term_let(f, mine__terms_sum(f, &terms));
  }
}
