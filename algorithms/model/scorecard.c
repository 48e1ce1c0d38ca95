/*
** scorecard.c -- a linear model over weights of evidence, as a card of points.
**
** With the log-odds m of the positive class, m = base + sum coef woe, and the scale (points at
** the odds `odds` against it, and `step` more where these double)
**
**   points = at + step (log2(exp(-m)) - log2(odds))
**
** of which a bin of a feature has  -step / log(2) coef woe,  and each of the F features that
** have a coefficient the F-th part of the rest: so the points of a row are the sum of those of
** its bins.
*/
#include <math.h>

#include "linear.h"

void mine__linear_card(mine_model *model, mine_linear *linear, const mine_woe *woe,
                       const double scale[MINE_SCALE]) {
  linear->card = 1;
  for (int i = 0; i < MINE_SCALE; i++)
    linear->scale[i] = scale[i];
  for (int f = 0; f < linear->n_columns; f++)
    linear->column[f].woe = &woe[f];
  model->after.scale = linear->scale;
}

static int scorecard_counts(const mine_linear_column *column) {
  return column->error[0] != MINE_LINEAR_DROPPED;
}

void mine__linear_points(const mine_model *model, int f, double *points) {
  const mine_linear *m = model->body;
  const mine_linear_column *column = &m->column[f];
  const double sign = model->positive == 0 ? -1 : 1; /* the margin is of the second class */
  const double step = -sign * m->scale[1] / log(2);
  int features = 0;
  for (int i = 0; i < m->n_columns; i++)
    features += scorecard_counts(&m->column[i]);
  const int counts = features == 0 || scorecard_counts(column);
  const double all = m->scale[0] - m->scale[1] * log2(m->scale[2]) + step * m->base[0];
  const double own = counts ? all / (features ? features : m->n_columns) : 0;
  for (int bin = 0; bin <= column->woe->n; bin++)
    points[bin] = own + step * column->coef[0] * column->woe->woe[bin];
}

int mine__linear_has_bins(const mine_model *model) {
  return ((const mine_linear *)model->body)->card;
}

void mine__linear_bins(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_linear *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)m->n_columns;
  mine_woe *woe = mine__arena_array(env->scratch, n, sizeof *woe);
  int *order = mine__arena_array(env->scratch, n, sizeof *order);
  for (size_t f = 0; order && f < n; f++)
    woe[f] = *m->column[f].woe;
  if (!mine_failed(env)) mine__woe_order(woe, m->n_columns, order);
  for (int i = 0; !mine_failed(env) && i < m->n_columns; i++) {
    double points[MINE_PARTITION_PARTS + 1];
    mine__linear_points(model, order[i], points);
    mine__woe_list(env, &model->feature[order[i]], &woe[order[i]], 1, points, to);
    if (mine__poll(env) != MINE_OK) return;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- save and load ---------------------------------------------------------------------- */

void mine__linear_save_woe(const mine_woe *woe, mine_writer *w) {
  const size_t bins = (size_t)woe->n + 1;
  mine__write_u8(w, (uint8_t)woe->n);
  mine__write_u8(w, (uint8_t)woe->other);
  mine__write_i64(w, woe->n_rare);
  if (woe->cut) mine__write_reals(w, woe->cut, (size_t)woe->n - 1);
  for (int64_t l = 0; l < woe->n_levels; l++)
    mine__write_u8(w, woe->bin_of[l]);
  for (size_t bin = 0; bin < bins; bin++)
    mine__write_i64(w, woe->rows[bin]);
  mine__write_reals(w, woe->rate, bins);
  mine__write_reals(w, woe->woe, bins);
  mine__write_reals(w, woe->iv, bins);
}

static void scorecard_load_cuts(mine_reader *r, mine_woe *woe) {
  woe->cut = mine__read_reals(mine__called(r, "cut"), (size_t)woe->n - 1, 1);
  for (int i = 1; woe->cut && i < woe->n - 1; i++)
    if (!(woe->cut[i] > woe->cut[i - 1])) mine__reader_bad(r, "the bounds of the bins");
}

static void scorecard_load_levels(mine_reader *r, int64_t n, mine_woe *woe) {
  woe->n_levels = n;
  woe->bin_of = mine__arena_zeros(r->arena, (size_t)n, 1);
  mine__read_items(r, "bin_of_level");
  for (int64_t l = 0; woe->bin_of && l < n && mine__reader_ok(r); l++) {
    woe->bin_of[l] = mine__read_u8(r);
    if (woe->bin_of[l] > woe->n) mine__reader_bad(r, "the bin of a level");
  }
  mine__read_close(r);
}

static void scorecard_load_bins(mine_reader *r, mine_woe *woe) {
  const size_t bins = (size_t)woe->n + 1;
  woe->rows = mine__arena_zeros(r->arena, bins, sizeof *woe->rows);
  mine__read_items(r, "rows");
  for (size_t bin = 0; woe->rows && bin < bins; bin++) {
    woe->rows[bin] = mine__read_i64(r);
    if (woe->rows[bin] < 0) mine__reader_bad(r, "the rows of a bin");
  }
  mine__read_close(r);
  woe->rate = mine__read_reals(mine__called(r, "rate"), bins, 0);
  woe->woe = mine__read_reals(mine__called(r, "woe"), bins, 1);
  woe->iv = mine__read_reals(mine__called(r, "iv"), bins, 1);
  for (size_t bin = 0; woe->rate && bin < bins; bin++) {
    const double rate = woe->rate[bin];
    if (rate == rate && !(rate >= 0 && rate <= 1)) mine__reader_bad(r, "the rate of a bin");
  }
}

const mine_woe *mine__linear_load_woe(mine_reader *r, const mine_feature *about) {
  mine_woe *woe = mine__arena_zeros(r->arena, 1, sizeof *woe);
  if (!woe) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return NULL;
  mine__read_open(r, "bins");
  woe->n = mine__read_u8(mine__called(r, "n"));
  woe->other = mine__read_u8(mine__called(r, "other"));
  woe->n_rare = mine__read_i64(mine__called(r, "rare"));
  if (woe->n < 1 || woe->n > MINE_PARTITION_PARTS || woe->other > woe->n || woe->n_rare < 0)
    mine__reader_bad(r, "the number of bins");
  if (!mine__reader_ok(r)) return NULL;
  if (about->type == MINE_COLUMN_CATEGORY)
    scorecard_load_levels(r, about->levels.values.n, woe);
  else
    scorecard_load_cuts(r, woe);
  if (mine__reader_ok(r)) scorecard_load_bins(r, woe);
  mine__read_close(r);
  return mine__reader_ok(r) && !mine_failed(r->env) ? woe : NULL;
}
