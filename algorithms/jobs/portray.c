/*
** portray.c -- two samples in the same cells, and what moved in words.
*/
#include "portray.h"

#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "../model/metrics.h"

#define PORTRAY_LEAST    5 /* rows that a cell of the smaller sample should have by chance   */
#define PORTRAY_MIXTURES 20
#define PORTRAY_SHARE    0.005 /* shares below are taken for it in psi */

/* ---- two samples ---------------------------------------------------------------------------- */

/* Rows that the smaller of the samples would have in a cell if both were alike. */
static double portray_expected(const mine_portrayed *both, double was, double now) {
  const double n = both->rows, m = (double)both->n;
  return (was * n + now) / (n + m) * fmin(n, m);
}

static double portray_psi(double was, double now) {
  was = fmax(was, PORTRAY_SHARE);
  now = fmax(now, PORTRAY_SHARE);
  return (now - was) * log(now / was);
}

/* Put a cell to another one: shares before, counts now. */
static void portray_add(double *was, double *now, int to, double share, double count) {
  was[to] += share;
  now[to] += count;
}

/* Neighbours together until there are enough; what is left at the end goes to the last. */
static int portray_neighbours(const mine_portrayed *both, double *was, double *now) {
  int n = 0;
  double share = 0, count = 0;
  for (int c = 0; c < both->cells; c++) {
    share += both->was[c];
    count += (double)both->now[c];
    if (portray_expected(both, share, count) < PORTRAY_LEAST) continue;
    was[n] = share;
    now[n++] = count;
    share = count = 0;
  }
  if (n > 0) portray_add(was, now, n - 1, share, count);
  return n;
}

/* Cells with few rows together; where even those are few, with the smallest of the others. */
static int portray_small(const mine_portrayed *both, double *was, double *now) {
  int n = 0, least = 0;
  double share = 0, count = 0;
  for (int c = 0; c < both->cells; c++) {
    const double a = both->was[c], b = (double)both->now[c];
    if (portray_expected(both, a, b) < PORTRAY_LEAST) {
      share += a;
      count += b;
      continue;
    }
    was[n] = a;
    now[n] = b;
    if (portray_expected(both, a, b) < portray_expected(both, was[least], now[least])) least = n;
    n++;
  }
  if (portray_expected(both, share, count) >= PORTRAY_LEAST) {
    was[n] = share;
    now[n++] = count;
  } else if (n > 0) {
    portray_add(was, now, least, share, count);
  }
  return n;
}

static double portray_two_cells(const mine_portrayed *both, double was, double now) {
  const int64_t a = llround(was * both->rows), n = llround(both->rows), b = (int64_t)now;
  return mine__fisher_exact(a, n - a, b, both->n - b, MINE__TWO_SIDED);
}

static void portray_most_moved(const mine_portrayed *both, mine_shift *out) {
  double most = -1;
  for (int c = 0; c < both->cells; c++) {
    const double share = (double)both->now[c] / (double)both->n, off = fabs(share - both->was[c]);
    if (!(off > most || (off == most && both->was[c] > out->was))) continue;
    most = off;
    out->cell = c;
    out->was = both->was[c];
    out->now = share;
  }
}

void mine__shift_of(const mine_portrayed *both, double *room, mine_shift *out) {
  const double n = both->rows, m = (double)both->n, chance = 1 / n + 1 / m;
  double *was = room, *now = room + both->cells;
  *out = (mine_shift){NAN, NAN, NAN, NAN, 0, NAN, NAN};
  if (!(n > 0) || both->n == 0 || both->cells == 0) return;
  portray_most_moved(both, out);
  const int cells =
      both->ordered ? portray_neighbours(both, was, now) : portray_small(both, was, now);
  if (cells < 2) return;
  double psi = 0, sum = 0;
  for (int c = 0; c < cells; c++) {
    const double share = now[c] / m, off = share - was[c];
    psi += portray_psi(was[c], share);
    sum += off * off / ((was[c] * n + now[c]) / (n + m) * chance);
  }
  out->psi = psi;
  out->beyond = psi - (cells - 1) * chance;
  out->statistic = sum;
  out->p_value = cells == 2 ? portray_two_cells(both, was[0], now[0])
                            : mine__chi2_tail(sum, cells - 1, MINE__UPPER);
}

void mine__shift_of_share(int64_t a, int64_t n, int64_t b, int64_t m, int rises, mine_shift *out) {
  *out = (mine_shift){NAN, NAN, NAN, NAN, 0, NAN, NAN};
  if (n == 0 || m == 0) return;
  const double chance = 1 / (double)n + 1 / (double)m;
  const double pooled = (double)(a + b) / (double)(n + m);
  out->was = (double)a / (double)n;
  out->now = (double)b / (double)m;
  if (a + b == 0 || a + b == n + m) return;
  const double off = out->now - out->was;
  out->psi = portray_psi(out->was, out->now) + portray_psi(1 - out->was, 1 - out->now);
  out->beyond = rises && off < 0 ? 0 : out->psi - chance;
  out->statistic = off * off / (pooled * (1 - pooled) * chance);
  out->p_value = mine__fisher_exact(b, m - b, a, n - a, rises ? MINE__GREATER : MINE__TWO_SIDED);
}

/* ---- a column ------------------------------------------------------------------------------- */

static int64_t portray_row(const uint32_t *row, int64_t i) {
  return row ? (int64_t)row[i] : i;
}

static void portray_count_numbers(mine_env *env, const mine_portrait_column *column,
                                  const double *number, const uint32_t *row, int64_t n,
                                  int64_t *count, int64_t *missing) {
  for (int64_t i = 0; i < n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    const int cell = mine__portrait_cell_of_number(column, number[portray_row(row, i)]);
    if (cell < 0)
      ++*missing;
    else
      count[cell]++;
  }
}

static void portray_count_codes(mine_env *env, const mine_portrait_column *column, int64_t n_levels,
                                const int32_t *code, const uint32_t *row, int64_t n, int64_t *count,
                                int64_t *missing, int64_t *unknown) {
  const int32_t *cell = mine__portrait_cells_of_levels(env->scratch, column, n_levels);
  for (int64_t i = 0; cell && i < n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    const int32_t c = code[portray_row(row, i)];
    if (c == MINE_CODE_MISSING) {
      ++*missing;
    } else {
      *unknown += c < 0;
      count[c < 0 ? column->cells - 1 : cell[c]]++;
    }
  }
}

/* count[], which may be NULL: shares of `rows`. */
static void portray_shares(const int64_t *count, int cells, int64_t rows, double *share) {
  for (int c = 0; c < cells; c++)
    share[c] = rows > 0 ? (double)count[c] / (double)rows : 0;
}

void mine__shift_of_column(mine_env *env, const mine_feature *about,
                           const mine_portrait_column *column, const mine_feature_view *view,
                           const uint32_t *row, int64_t n, int64_t *missing, int64_t *unknown,
                           mine_shift *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t cells = column->cells > 0 ? (size_t)column->cells : 1; /* no value: all one cell */
  int64_t *count = mine__arena_zeros(env->scratch, cells, sizeof *count);
  double *share = mine__arena_array(env->scratch, 3 * cells, sizeof *share);
  *out = (mine_shift){NAN, NAN, NAN, NAN, 0, NAN, NAN};
  *missing = *unknown = 0;
  if (!count || !share) return;
  mine_portrait_column known = *column;
  if (known.cells == 0) known.cells = 1;
  if (view->number)
    portray_count_numbers(env, &known, view->number, row, n, count, missing);
  else if (view->code)
    portray_count_codes(env, &known, about->levels.values.n, view->code, row, n, count, missing,
                        unknown);
  if (mine_failed(env)) return;
  portray_shares(column->count, column->cells, column->rows - column->missing, share);
  const mine_portrayed both = {.was = share,
                               .rows = (double)(column->rows - column->missing),
                               .now = count,
                               .n = n - *missing,
                               .cells = column->cells,
                               .ordered = view->number != NULL};
  mine__shift_of(&both, share + cells, out);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- scores ---------------------------------------------------------------------------------- */

static int64_t portray_count_scores(const mine_portrait_scores *score, const double *value,
                                    const int32_t *group, int64_t n, int64_t *count) {
  int64_t answered = 0;
  for (int64_t i = 0; i < n; i++) {
    const int cell = group ? group[i] : mine__portrait_cell_of_number(&score->of, value[i]);
    if (cell < 0 || cell >= score->of.cells) continue;
    count[cell]++;
    answered++;
  }
  return answered;
}

void mine__shift_of_scores(mine_env *env, const mine_portrait_scores *score, const double *value,
                           const int32_t *group, int64_t n, double *share, mine_shift *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int cells = score->of.cells;
  const double rows = (double)score->of.rows, learned = (double)score->learned;
  int64_t *count = mine__arena_zeros(env->scratch, (size_t)cells, sizeof *count);
  double *room = mine__arena_array(env->scratch, 3 * (size_t)cells, sizeof *room);
  *out = (mine_shift){NAN, NAN, NAN, NAN, 0, NAN, NAN};
  *share = score->measured ? 0 : 1;
  if (!count || !room) return;
  const int64_t answered = portray_count_scores(score, value, group, n, count);
  const int mixtures = score->measured && score->learned > 0 ? PORTRAY_MIXTURES : 0;
  for (int k = 0; k <= mixtures; k++) {
    const double part = (double)k / PORTRAY_MIXTURES; /* that is of rows learned from */
    mine_shift shift;
    for (int c = 0; c < cells; c++)
      room[c] = (1 - part) * (double)score->of.count[c] / rows +
                (part > 0 ? part * (double)score->count[c] / learned : 0);
    const double noise = (1 - part) * (1 - part) / rows + (part > 0 ? part * part / learned : 0);
    const mine_portrayed both = {room, 1 / noise, count, answered, cells, !score->grouped};
    mine__shift_of(&both, room + cells, &shift);
    if (k > 0 && !(shift.statistic < out->statistic)) continue;
    *out = shift;
    if (mixtures) *share = part;
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__portray_answer(mine_env *env, mine_arena *arena, const mine_model *model,
                          const mine_batch *batch, double **value, int32_t **group) {
  const unsigned gives = mine__model_gives(model);
  const size_t n = (size_t)batch->n, outputs = (size_t)model->n_outputs;
  mine_answers answers = {0};
  *value = NULL;
  *group = NULL;
  if ((gives & MINE_GIVES_SHARE) && model->positive >= 0) {
    const int k = model->n_groups;
    answers.share = mine__arena_array(arena, n, (size_t)k * sizeof(double));
    *value = answers.share;
    if (!answers.share || mine__model_answer(env, model, batch, &answers)) return;
    for (int64_t i = 0; i < batch->n; i++)
      (*value)[i] = answers.share[i * k + model->positive];
  } else if (gives & MINE_GIVES_GROUP) {
    *group = answers.group = mine__arena_array(arena, n, sizeof(int32_t));
    if (answers.group) (void)mine__model_answer(env, model, batch, &answers);
  } else if (gives & MINE_GIVES_VALUE) {
    *value = answers.value = mine__arena_array(arena, n, outputs * sizeof(double));
    if (!answers.value || mine__model_answer(env, model, batch, &answers)) return;
    for (int64_t i = 0; i < batch->n; i++)
      (*value)[i] = answers.value[(size_t)i * outputs];
  }
}

/* ---- words ------------------------------------------------------------------------------ */

static void portray_add_number(mine_text *to, const mine_feature *about, double value) {
  char buffer[MINE_TIME_BYTES], number[MINE_NUMBER_BYTES];
  mine_cell cell;
  if (about->time) {
    mine__feature_cell(about, value, buffer, &cell);
    mine__text_add_cell(to, &cell);
  } else {
    mine__text_adds(to, mine__format_real(number, value, 4));
  }
}

static void portray_add_share(mine_text *to, double share) {
  char number[MINE_NUMBER_BYTES];
  mine__text_addf(to, " %s%%", mine__format_real(number, 100 * share, 3));
}

/* The quantile that moved the most by the spread of the whole; the middle one where it moved. */
static int portray_quantile(const double *was, const double *now) {
  static const int ends[] = {5, 15, 2, 18, 1, 19};
  const int middle = MINE_PORTRAIT_QUANTILES / 2;
  int best = middle;
  if (was[middle] != now[middle]) return middle;
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    if (fabs(was[ends[i]] - now[ends[i]]) > fabs(was[best] - now[best])) best = ends[i];
  return best;
}

static void portray_quantile_word(mine_text *to, int quantile, mine_lang lang) {
  if (quantile == MINE_PORTRAIT_QUANTILES / 2)
    mine__text_adds(to, lang == MINE_LANG_ZH ? "中位数 " : "median ");
  else
    mine__text_addf(to, "p%d ", quantile * 100 / (MINE_PORTRAIT_QUANTILES - 1));
}

static void portray_cell_word(mine_text *to, const mine_feature *about,
                              const mine_portrait_column *column, int cell, mine_lang lang) {
  char shown[MINE_SHOW_BYTES];
  mine_cell level;
  const int last = cell == column->cells - 1, zh = lang == MINE_LANG_ZH;
  if (column->quantile) {
    const int below = cell == 0 && column->cut[0] < column->quantile[0];
    if (last) mine__text_adds(to, zh ? "高于 " : "above ");
    if (below) mine__text_adds(to, zh ? "低于 " : "below ");
    portray_add_number(to, about, below ? column->quantile[0] : column->cut[cell - last]);
  } else if (last) {
    mine__text_adds(to, zh ? "其他" : "others");
  } else {
    mine__values_get(&about->levels.values, column->level[cell], &level);
    mine__text_adds(to, mine__show_cell(shown, &level));
  }
}

void mine__shift_words(mine_env *env, const mine_feature *about, const mine_portrait_column *was,
                       const mine_portrait_column *now, const mine_shift *shift, mine_lang lang,
                       mine_shift_words *out) {
  mine__text_open(&out->was, env->scratch);
  mine__text_open(&out->now, env->scratch);
  if (was->cells == 0 || isnan(shift->was)) return;
  if (was->quantile && now->quantile && !was->each) {
    const int q = portray_quantile(was->quantile, now->quantile);
    portray_quantile_word(&out->was, q, lang);
    portray_add_number(&out->was, about, was->quantile[q]);
    portray_quantile_word(&out->now, q, lang);
    portray_add_number(&out->now, about, now->quantile[q]);
    return;
  }
  portray_cell_word(&out->was, about, was, shift->cell, lang);
  portray_add_share(&out->was, shift->was);
  portray_cell_word(&out->now, about, was, shift->cell, lang);
  portray_add_share(&out->now, shift->now);
}
