/*
** linear_formula.c -- sums of coefficients as a formula; scorecards through the steps of their
** bins.
*/
#include "formula.h"
#include "linear.h"

/* What a level says of a margin, or with woe the level's bin. */
static const mine_term *linear_levels(mine_formula *f, const mine_model *model, int column, int to,
                                      int k) {
  const mine_linear *m = model->body;
  const mine_linear_column *c = &m->column[column];
  const mine_feature *about = &model->feature[column];
  const int64_t levels = about->levels.values.n;
  double *y = mine__arena_array(f->arena, (size_t)levels, sizeof *y);
  if (!y) return NULL;
  if (!c->woe) {
    for (int64_t l = 0; l < levels; l++)
      y[l] = c->coef[l * m->n_margins + k];
    return mine__term_levels(f, to, about, y, c->unknown[k], c->unknown[k]);
  }
  const double coef = c->coef[k], other = c->woe->other ? coef * c->woe->woe[c->woe->other] : 0;
  for (int64_t l = 0; l < levels; l++)
    y[l] = c->woe->bin_of[l] ? coef * c->woe->woe[c->woe->bin_of[l]] : other;
  return mine__term_levels(f, to, about, y, coef * c->woe->woe[0], other);
}

static const mine_term *linear_number(mine_formula *f, const mine_linear *m,
                                      const mine_linear_column *c, int to, int k) {
  const mine_term *x = mine__term_number(f, to);
  if (!c->woe)
    return mine__term_two(
        f, MINE_TERM_KNOWN,
        mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, c->coef[k]), x),
        mine__term_constant(f, c->unknown[k]));
  double *y = mine__arena_array(f->arena, (size_t)c->woe->n, sizeof *y);
  for (int i = 0; y && i < c->woe->n; i++)
    y[i] = c->coef[k] * c->woe->woe[i + 1];
  (void)m;
  return y ? mine__term_steps(f, x, c->woe->n - 1, c->woe->cut, y, c->coef[k] * c->woe->woe[0])
           : NULL;
}

static const mine_term *linear_margin(mine_formula *f, const mine_model *model, const int *map,
                                      int k) {
  const mine_linear *m = model->body;
  mine_terms terms = {0};
  mine__terms_add(f, &terms, mine__term_constant(f, m->base[k]));
  for (int i = 0; i < m->n_columns && !mine_failed(f->env); i++) {
    const mine_linear_column *c = &m->column[i];
    const int category = model->feature[i].type == MINE_COLUMN_CATEGORY;
    const int says_nothing = !category && c->coef[k] == 0 && c->unknown[k] == 0;
    if (says_nothing) continue;
    mine__terms_add(
        f, &terms,
        category ? linear_levels(f, model, i, map[i], k) : linear_number(f, m, c, map[i], k));
  }
  return mine__term_let(f, mine__terms_sum(f, &terms));
}

void mine__linear_formula(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said) {
  const mine_linear *m = model->body;
  const mine_term **margin = mine__formula_terms(f, m->n_margins);
  const mine_term **out = mine__formula_terms(f, m->n_margins + 1);
  if (!margin || !out) return;
  for (int k = 0; k < m->n_margins; k++) {
    margin[k] = linear_margin(f, model, map, k);
    out[k] = m->link == MINE_LINEAR_EXP ? mine__term_one(f, MINE_TERM_EXP, margin[k]) : margin[k];
  }
  if (mine_failed(f->env)) return;
  if (m->link == MINE_LINEAR_LOGIT) mine__formula_logit(f, margin[0], out);
  if (m->link == MINE_LINEAR_SOFTMAX) mine__formula_softmax(f, m->n_margins, margin, out);
  if (model->n_groups > 0)
    said->share = out;
  else
    said->value = out;
}
