/*
** medoids_formula.c -- distances to medoids as a formula: a sum over the attributes for each
** medoid, and what the metric makes of it.
**
**   euclidean  as for centres (prototypes_formula.c)
**   manhattan  the sum of |z - m|
**   cosine     1 - z.m / |z|, the medoids being of length 1; |z| = 0: 1, or 0 from zeros
**   gower      the sum over the attributes known in both, over how many those are; none: 1
*/
#include <math.h>

#include "formula.h"
#include "medoids.h"
#include "prototypes.h"

typedef struct medoids_terms {
  mine_formula *f;
  const mine_model *model;
  const mine_medoids *m;
  const int *map;
  const mine_term **place; /* per feature: a number in the encoded space */
} medoids_terms;

static const mine_term *medoids_constant(const medoids_terms *t, double value) {
  return mine__term_constant(t->f, value);
}

/* ---- encoded spaces ------------------------------------------------------------------- */

/* What one place of the space adds: of a point at z, the medoid at m. */
static double medoids_adds(mine_space space, double z, double m) {
  return space == MINE_SPACE_COSINE ? z * m : fabs(z - m);
}

/* What level l of feature i adds (l < 0: what is missing) to the sum of medoid c; c < 0: to the
** square of the row's length. */
static double medoids_level(const medoids_terms *t, int64_t c, int i, int l) {
  const mine_encoding *e = &t->m->rows.encoding;
  double sum = 0;
  for (int column = e->first[i]; column < e->first[i + 1]; column++) {
    const int own = column - e->first[i] == l;
    const double z = l < 0 ? e->fill[column] : own ? e->factor[column] : 0;
    sum +=
        c < 0 ? z * z : medoids_adds(t->m->rows.space, z, t->m->rows.point[c * e->width + column]);
  }
  return sum;
}

static const mine_term *medoids_of_levels(const medoids_terms *t, int64_t c, int i) {
  const mine_encoding *e = &t->m->rows.encoding;
  double *y = mine__arena_array(t->f->arena, (size_t)e->levels[i], sizeof *y);
  for (int l = 0; y && l < e->levels[i]; l++)
    y[l] = medoids_level(t, c, i, l);
  const double none = medoids_level(t, c, i, -1);
  return y ? mine__term_levels(t->f, t->map[i], &t->model->feature[i], y, none, none) : NULL;
}

static const mine_term *medoids_of_number(const medoids_terms *t, int64_t c, int i) {
  const mine_encoding *e = &t->m->rows.encoding;
  const mine_term *z = t->place[i];
  if (c < 0) return mine__term_two(t->f, MINE_TERM_PRODUCT, z, z);
  const mine_term *m = medoids_constant(t, t->m->rows.point[c * e->width + e->first[i]]);
  if (t->m->rows.space == MINE_SPACE_COSINE) return mine__term_two(t->f, MINE_TERM_PRODUCT, z, m);
  return mine__term_one(t->f, MINE_TERM_ABS, mine__term_two(t->f, MINE_TERM_MINUS, z, m));
}

static const mine_term *medoids_sum(const medoids_terms *t, int64_t c) {
  const mine_encoding *e = &t->m->rows.encoding;
  mine_terms terms = {0};
  for (int i = 0; i < t->model->n_features; i++)
    if (e->first[i] < e->first[i + 1])
      mine__terms_add(t->f, &terms,
                      e->levels[i] > 0 ? medoids_of_levels(t, c, i) : medoids_of_number(t, c, i));
  return mine__terms_sum(t->f, &terms);
}

static void medoids_places(medoids_terms *t) {
  const mine_encoding *e = &t->m->rows.encoding;
  for (int i = 0; i < t->model->n_features; i++)
    if (e->levels[i] == 0 && e->first[i] < e->first[i + 1])
      t->place[i] = mine__formula_place(t->f, e, i, t->map[i]);
}

/* 1 - z.m / |z|, never below 0 by rounding. */
static const mine_term *medoids_cosine(const medoids_terms *t, int64_t c, const mine_term *length) {
  mine_formula *f = t->f;
  const mine_term *zero = medoids_constant(t, 0), *one = medoids_constant(t, 1);
  if (t->m->zero[c]) return mine__term_if(f, zero, length, one, zero);
  const mine_term *cosine = mine__term_two(f, MINE_TERM_OVER, medoids_sum(t, c), length);
  const mine_term *apart[2] = {mine__term_two(f, MINE_TERM_MINUS, one, cosine), zero};
  return mine__term_if(f, zero, length, mine__term_many(f, MINE_TERM_MOST, 2, apart), one);
}

/* ---- gower ------------------------------------------------------------------------------ */

/* What feature i adds to the sum, where it is known. */
static const mine_term *medoids_differs(const medoids_terms *t, int64_t c, int i) {
  mine_formula *f = t->f;
  const mine_neighbours *rows = &t->m->rows;
  const double m = rows->point[c * rows->width + i];
  const mine_term *zero = medoids_constant(t, 0), *one = medoids_constant(t, 1);
  if (rows->category[i]) {
    const int64_t levels = t->model->feature[i].levels.values.n;
    double *y = mine__arena_array(f->arena, (size_t)levels, sizeof *y);
    for (int64_t l = 0; y && l < levels; l++)
      y[l] = (double)l == m ? 0 : 1;
    return y ? mine__term_levels(f, t->map[i], &t->model->feature[i], y, 0, 1) : NULL;
  }
  const mine_term *x = mine__term_number(f, t->map[i]);
  const mine_term *least = medoids_constant(t, rows->least[i]);
  if (!(rows->range[i] > 0))
    return mine__term_if(f, x, least, one, mine__term_if(f, least, x, one, zero));
  const mine_term *place =
      mine__term_two(f, MINE_TERM_OVER, mine__term_two(f, MINE_TERM_MINUS, x, least),
                     medoids_constant(t, rows->range[i]));
  const mine_term *apart = mine__term_one(
      f, MINE_TERM_ABS, mine__term_two(f, MINE_TERM_MINUS, place, medoids_constant(t, m)));
  return mine__term_two(f, MINE_TERM_KNOWN, apart, zero);
}

/* 1 where the feature is known, else 0. */
static const mine_term *medoids_known(const medoids_terms *t, int i) {
  mine_formula *f = t->f;
  const mine_term *zero = medoids_constant(t, 0), *one = medoids_constant(t, 1);
  if (t->m->rows.category[i]) {
    const int64_t levels = t->model->feature[i].levels.values.n;
    double *y = mine__arena_array(f->arena, (size_t)levels, sizeof *y);
    for (int64_t l = 0; y && l < levels; l++)
      y[l] = 1;
    return y ? mine__term_levels(f, t->map[i], &t->model->feature[i], y, 0, 1) : NULL;
  }
  const mine_term *x = mine__term_number(f, t->map[i]);
  const mine_term *nothing = mine__term_two(f, MINE_TERM_PRODUCT, x, zero);
  return mine__term_two(f, MINE_TERM_KNOWN, mine__term_two(f, MINE_TERM_SUM, nothing, one), zero);
}

static const mine_term *medoids_gower(const medoids_terms *t, int64_t c) {
  mine_formula *f = t->f;
  const mine_neighbours *rows = &t->m->rows;
  mine_terms sum = {0}, count = {0};
  for (int i = 0; i < rows->width; i++) {
    if (isnan(rows->point[c * rows->width + i])) continue;
    mine__terms_add(f, &sum, medoids_differs(t, c, i));
    mine__terms_add(f, &count, t->place[i]);
  }
  if (sum.n == 0) return medoids_constant(t, 1);
  const mine_term *known = mine__term_let(f, mine__terms_sum(f, &count));
  return mine__term_if(f, medoids_constant(t, 0), known,
                       mine__term_two(f, MINE_TERM_OVER, mine__terms_sum(f, &sum), known),
                       medoids_constant(t, 1));
}

/* ---- the formula -------------------------------------------------------------------------- */

static void medoids_distances(medoids_terms *t, const mine_term **distance) {
  mine_formula *f = t->f;
  const mine_space space = t->m->rows.space;
  const mine_term *length = NULL;
  if (space == MINE_SPACE_GOWER) {
    for (int i = 0; i < t->model->n_features; i++)
      t->place[i] = mine__term_let(f, medoids_known(t, i));
  } else {
    medoids_places(t);
  }
  if (space == MINE_SPACE_COSINE)
    length = mine__term_let(f, mine__term_one(f, MINE_TERM_SQRT, medoids_sum(t, -1)));
  for (int64_t c = 0; c < t->m->rows.n && !mine_failed(f->env); c++)
    distance[c] = mine__term_let(f, space == MINE_SPACE_GOWER    ? medoids_gower(t, c)
                                    : space == MINE_SPACE_COSINE ? medoids_cosine(t, c, length)
                                                                 : medoids_sum(t, c));
}

void mine__medoids_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said) {
  const mine_medoids *m = model->body;
  const int k = (int)m->rows.n;
  if (m->rows.space == MINE_SPACE_EUCLIDEAN) {
    const mine_prototypes centres = {
        .encoding = m->rows.encoding, .k = m->rows.n, .centre = m->rows.point};
    mine__centres_formula(f, &centres, model, map, said);
    return;
  }
  const mine_term **distance = mine__formula_terms(f, k + 1);
  medoids_terms t = {f, model, m, map, mine__formula_terms(f, model->n_features)};
  if (!distance || !t.place) return;
  medoids_distances(&t, distance + 1);
  if (mine_failed(f->env)) return;
  distance[0] = mine__term_let(f, mine__term_many(f, MINE_TERM_LEAST, k, distance + 1));
  said->group = mine__term_let(f, mine__term_many(f, MINE_TERM_WHICH, k + 1, distance));
  said->distance = distance[0];
}
