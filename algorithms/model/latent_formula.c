/*
** latent_formula.c -- clusters and noise as a formula: a log density of each, their softmax, noise
** where its own is the largest, and how much less likely the row is than the likeliest would be.
*/
#include <math.h>

#include "formula.h"
#include "latent.h"

/* z of a number, within its bounds. */
static const mine_term *latent_term_number(mine_formula *f, const mine_latent_column *column,
                                           int feature) {
  const mine_term *x = mine__term_number(f, feature);
  if (column->bent) x = mine__term_log_signed(f, x);
  const mine_term *z =
      mine__term_two(f, MINE_TERM_PRODUCT,
                     mine__term_two(f, MINE_TERM_MINUS, x, mine__term_constant(f, column->centre)),
                     mine__term_constant(f, column->factor));
  z = mine__term_let(f, z);
  const mine_term *least = mine__term_constant(f, column->least);
  const mine_term *most = mine__term_constant(f, column->most);
  return mine__term_let(f, mine__term_if(f, z, least, least, mine__term_if(f, most, z, most, z)));
}

/* By how much less likely the row is in cluster c than the likeliest one would be, as a logarithm:
** a number's part, and how a level's is looked up.  Nothing is said of what is missing. */
static const mine_term *latent_term_off(mine_formula *f, const mine_latent_column *l, int c,
                                        const mine_term *z) {
  const mine_term *apart =
      mine__term_let(f, mine__term_two(f, MINE_TERM_MINUS, z, mine__term_constant(f, l->mean[c])));
  return mine__term_let(f, mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, l->half[c]),
                                          mine__term_two(f, MINE_TERM_PRODUCT, apart, apart)));
}

typedef enum latent_told { LATENT_DENSITY, LATENT_OFF } latent_told;

static const mine_term *latent_term_levels(mine_formula *f, const mine_model *model, int column,
                                           int feature, int c, latent_told told) {
  const mine_latent *m = model->body;
  const mine_latent_column *l = &m->column[column];
  double *y = mine__arena_array(f->arena, (size_t)l->levels, sizeof *y);
  for (int64_t level = 0; y && level < l->levels; level++) {
    const int32_t slot = l->slot[level] + 1;
    const double log_ = c == m->k ? l->noise : l->log[c * (l->slots + 1) + slot];
    y[level] = slot == 0 ? 0 : told == LATENT_OFF ? l->mode[c] - log_ : log_;
  }
  return y ? mine__term_levels(f, feature, &model->feature[column], y, 0, 0) : NULL;
}

/* What a number says of cluster c, which is `off` its mode; c == k: of noise. */
static const mine_term *latent_term_says(mine_formula *f, const mine_latent *m, int column, int c,
                                         const mine_term *z, const mine_term *off) {
  const mine_latent_column *l = &m->column[column];
  const mine_term *zero = mine__term_constant(f, 0);
  const mine_term *says =
      c == m->k ? mine__term_two(f, MINE_TERM_SUM, mine__term_constant(f, l->noise),
                                 mine__term_two(f, MINE_TERM_PRODUCT, zero, z))
                : mine__term_two(f, MINE_TERM_MINUS, mine__term_constant(f, l->base[c]), off);
  return mine__term_two(f, MINE_TERM_KNOWN, says, zero);
}

/* The log density of cluster c, weight and all; c == k: of noise.  off: how far the row is off its
** mode; NULL of noise. */
static const mine_term *latent_term_density(mine_formula *f, const mine_model *model,
                                            const int *map, const mine_term *const *z, int c,
                                            const mine_term **off) {
  const mine_latent *m = model->body;
  mine_terms terms = {0}, apart = {0};
  mine__terms_add(f, &terms, mine__term_constant(f, m->log_weight[c]));
  for (int i = 0; i < m->n_columns && !mine_failed(f->env); i++) {
    const mine_term *own = NULL;
    if (m->column[i].slots) {
      mine__terms_add(f, &terms, latent_term_levels(f, model, i, map[i], c, LATENT_DENSITY));
      if (off) own = latent_term_levels(f, model, i, map[i], c, LATENT_OFF);
    } else if (z[i]) {
      const mine_term *number = off ? latent_term_off(f, &m->column[i], c, z[i]) : NULL;
      mine__terms_add(f, &terms, latent_term_says(f, m, i, c, z[i], number));
      if (off) own = mine__term_two(f, MINE_TERM_KNOWN, number, mine__term_constant(f, 0));
    }
    if (own) mine__terms_add(f, &apart, own);
  }
  if (off) *off = mine__term_let(f, mine__terms_sum(f, &apart));
  return mine__term_let(f, mine__terms_sum(f, &terms));
}

void mine__latent_formula(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said) {
  const mine_latent *m = model->body;
  const int noise = m->noise > 0, n = m->k + noise;
  const mine_term **z = mine__formula_terms(f, m->n_columns);
  const mine_term **log = mine__formula_terms(f, n), **off = mine__formula_terms(f, m->k);
  const mine_term **share = mine__formula_terms(f, m->k + 1);
  if (!z || !log || !off || !share) return;
  for (int i = 0; i < m->n_columns; i++)
    if (!m->column[i].slots && m->column[i].factor > 0)
      z[i] = latent_term_number(f, &m->column[i], map[i]);
  for (int c = 0; c < n && !mine_failed(f->env); c++)
    log[c] = latent_term_density(f, model, map, z, c, c < m->k ? &off[c] : NULL);
  if (mine_failed(f->env)) return;
  mine__formula_softmax(f, n, log, share);
  said->share = share;
  const mine_term *most = mine__term_let(f, mine__term_many(f, MINE_TERM_MOST, m->k, log));
  const mine_term *group = mine__formula_greatest(f, m->k, log);
  const mine_term *square = mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, 2),
                                           mine__formula_pick(f, group, m->k, off));
  said->distance = mine__term_one(f, MINE_TERM_SQRT, square);
  if (noise) group = mine__term_if(f, most, log[m->k], mine__term_constant(f, 0), group);
  said->group = mine__term_let(f, group);
}
