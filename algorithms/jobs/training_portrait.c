/*
** training_portrait.c -- the portrait of the rows that a model keeps, and whether the rows it was
** measured on look like those that it learned from.
*/
#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "../model/metrics.h"
#include "portray.h"
#include "training.h"

#define LOOKS_SHIFT 0.1  /* psi of a column that is told                            */
#define LOOKS_LEVEL 0.01 /* ... with a q-value of so much or less                   */
#define LOOKS_TOLD  3    /* columns that are named                                  */
#define LOOKS_HELD  50   /* rows held out, or nothing is said of how they look      */

/* Rows that were left out for what is missing in them are part of what the table looks like. */
static mine_rows looks_table(mine_training *t, mine_arena *arena) {
  const mine_prepared *p = &t->data;
  if (t->skipped.no_group + t->skipped.with_missing == 0) return (mine_rows){p->row, p->n};
  uint32_t *row = mine__arena_array(arena, (size_t)p->frame_rows, sizeof *row);
  int64_t n = 0;
  for (int64_t i = 0; row && i < p->frame_rows; i++)
    if (!(p->label && p->label[i] < 0) && !(p->target && isnan(p->target[i])))
      row[n++] = (uint32_t)i;
  return (mine_rows){row, n};
}

static void looks_columns(mine_training *t, mine_rows rows, mine_arena *arena, int n,
                          mine_portrait_column *column) {
  mine_env *env = t->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t sample;
  const uint32_t *row =
      mine__portrait_rows(env->scratch, rows.row, rows.n, mine__portrait_most(n), &sample);
  if (row) mine__portrait_columns(env, arena, t->data.about, t->data.view, row, sample, n, column);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- what the model says ---------------------------------------------------------------- */

static double looks_mean(const double *value, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += value[i] / (double)n;
  return n > 0 ? sum : (double)NAN;
}

/* Those that have an answer; the others are dropped. */
static int64_t looks_answered(double *value, int32_t *group, int64_t n) {
  int64_t kept = 0;
  for (int64_t i = 0; i < n; i++) {
    if (value ? isnan(value[i]) : group[i] < 0) continue;
    if (value)
      value[kept++] = value[i];
    else
      group[kept++] = group[i];
  }
  return kept;
}

static void looks_count(const mine_portrait_column *of, const double *value, const int32_t *group,
                        int64_t n, int64_t *count) {
  for (int64_t i = 0; i < n; i++)
    count[group ? group[i] : mine__portrait_cell_of_number(of, value[i])]++;
}

/* What was said of the rows held out: as mine__portray_answer(). */
static int64_t looks_held(mine_training *t, const mine_measured *held, mine_arena *arena,
                          double **value, int32_t **group) {
  const int k = t->data.n_classes, positive = t->data.positive;
  const int grouped = t->data.label && positive < 0;
  *value = grouped ? NULL : mine__arena_array(arena, (size_t)held->n, sizeof **value);
  *group = grouped ? mine__arena_array(arena, (size_t)held->n, sizeof **group) : NULL;
  for (int64_t i = 0; !mine_failed(t->env) && i < held->n; i++) {
    if (grouped)
      (*group)[i] = 1 + mine__metrics_choose(held->score + i * k, k, positive, NAN);
    else
      (*value)[i] = t->data.label ? held->score[i * k + positive] : held->score[i];
  }
  return mine_failed(t->env) ? 0 : held->n;
}

/* The cells are made of one kind of rows and the others are counted in them. */
static void looks_cells(mine_env *env, mine_arena *arena, const mine_model *model, double *value,
                        int32_t *group, int64_t n, mine_portrait_scores *out) {
  out->grouped = group != NULL;
  if (value) {
    mine__portrait_of_numbers(env, arena, value, NULL, n, &out->of);
    return;
  }
  out->of.rows = n;
  out->of.cells = model->n_groups + 1;
  out->of.count = mine__arena_zeros(arena, (size_t)out->of.cells, sizeof(int64_t));
  if (out->of.count) looks_count(&out->of, NULL, group, n, out->of.count);
}

/* Some of the rows that it has learned from, answered. */
static int64_t looks_learned(mine_training *t, const mine_model *model, mine_arena *arena,
                             double **value, int32_t **group) {
  int64_t n;
  const uint32_t *row =
      mine__portrait_rows(arena, t->data.row, t->data.n, MINE_PORTRAIT_SCORES, &n);
  const mine_batch batch = {n, row, t->data.view};
  if (!row) return 0;
  mine__portray_answer(t->env, arena, model, &batch, value, group);
  return mine_failed(t->env) || (!*value && !*group) ? 0 : looks_answered(*value, *group, n);
}

static void looks_scores(mine_training *t, const mine_measured *held, mine_arena *arena,
                         mine_model *model, mine_portrait_scores *out) {
  mine_env *env = t->env;
  double *value = NULL, *away = NULL;
  int32_t *group = NULL, *away_group = NULL;
  out->mean = out->learned_mean = NAN;
  const int64_t n = looks_learned(t, model, arena, &value, &group);
  if (mine_failed(env) || n == 0) return;
  out->measured = held->n > 0;
  if (out->measured) {
    const int64_t m = looks_held(t, held, arena, &away, &away_group);
    if (!mine_failed(env)) looks_cells(env, model->arena, model, away, away_group, m, out);
    if (away) out->mean = looks_mean(away, m);
  } else {
    looks_cells(env, model->arena, model, value, group, n, out);
  }
  if (mine_failed(env)) return;
  out->learned = n;
  if (value) out->learned_mean = looks_mean(value, n);
  out->count = mine__arena_zeros(model->arena, (size_t)out->of.cells, sizeof *out->count);
  if (out->count) looks_count(&out->of, value, group, n, out->count);
}

mine_status mine__training_portray(mine_training *t, const mine_measured *held, mine_arena *arena,
                                   mine_model *model) {
  const int n = model->n_features;
  mine_portrait *portrait = mine__arena_zeros(model->arena, 1, sizeof *portrait);
  mine_portrait_column *column = mine__arena_zeros(model->arena, (size_t)n, sizeof *column);
  if (mine_failed(t->env)) return mine_env_status(t->env);
  *portrait = (mine_portrait){.n = n, .column = column};
  looks_columns(t, looks_table(t, arena), model->arena, n, column);
  if (!mine_failed(t->env)) looks_scores(t, held, arena, model, &portrait->score);
  model->portrait = portrait;
  return mine_env_status(t->env);
}

/* ---- the rows held out ------------------------------------------------------------------ */

typedef struct looks_apart {
  mine_portrait_column *kept; /* per column: of the rows kept */
  mine_shift *shift;
  double *q;
} looks_apart;

/* The rows held out, column by column, against those kept. */
static void looks_compare(mine_training *t, const mine_held_out *divided, mine_arena *arena,
                          looks_apart *out) {
  const int n = t->data.n_features;
  looks_columns(t, divided->kept, arena, n, out->kept);
  for (int f = 0; f < n && !mine_failed(t->env); f++) {
    int64_t missing, unknown;
    mine__shift_of_column(t->env, &t->data.about[f], &out->kept[f], &t->data.view[f],
                          divided->away.row, divided->away.n, &missing, &unknown, &out->shift[f]);
    out->q[f] = out->shift[f].p_value;
  }
}

/* How a column is there and here. */
static void looks_words(mine_training *t, const mine_held_out *divided, mine_arena *arena, int f,
                        const looks_apart *apart, mine_shift_words *words) {
  mine_env *env = t->env;
  mine_portrait_column away = {0};
  int64_t sample;
  const uint32_t *row = mine__portrait_rows(arena, divided->away.row, divided->away.n,
                                            mine__portrait_most(t->data.n_features), &sample);
  if (row)
    mine__portrait_columns(env, arena, &t->data.about[f], &t->data.view[f], row, sample, 1, &away);
  if (!mine_failed(env))
    mine__shift_words(env, &t->data.about[f], &apart->kept[f], &away, &apart->shift[f],
                      MINE_LANG_EN, words);
}

static void looks_tell(mine_training *t, const mine_held_out *divided, mine_arena *arena,
                       const looks_apart *apart) {
  int told = 0;
  for (int f = 0; f < t->data.n_features; f++) {
    const mine_shift *shift = &apart->shift[f];
    mine_shift_words words;
    char number[MINE_NUMBER_BYTES];
    if (!(apart->q[f] <= LOOKS_LEVEL && shift->beyond >= LOOKS_SHIFT)) continue;
    if (told++ == LOOKS_TOLD) return;
    looks_words(t, divided, arena, f, apart, &words);
    if (mine_failed(t->env)) return;
    mine__training_notef(t, "warning", t->data.about[f].name,
                         "differs in the rows held out: %s there, %s in those learned from (psi "
                         "%s): the model is measured on rows of another kind",
                         words.now.bytes ? words.now.data : "",
                         words.was.bytes ? words.was.data : "",
                         mine__format_real(number, shift->psi, 2));
  }
}

/* Rows chosen by a hash differ by chance only. */
mine_status mine__training_compare_held(mine_training *t, const mine_held_out *divided,
                                        mine_arena *arena) {
  mine_env *env = t->env;
  const size_t n = (size_t)t->data.n_features;
  if (t->roles.by == MINE_SPLIT_ID || divided->away.n < LOOKS_HELD) return MINE_OK;
  const mine_mark mark = mine__arena_mark(env->scratch);
  looks_apart apart = {mine__arena_zeros(arena, n, sizeof *apart.kept),
                       mine__arena_zeros(arena, n, sizeof *apart.shift),
                       mine__arena_array(arena, n, sizeof *apart.q)};
  mine_pair *order = mine__arena_array(arena, n, sizeof *order);
  mine_pair *temp = mine__arena_array(arena, n, sizeof *temp);
  if (mine_failed(env)) return mine_env_status(env);
  looks_compare(t, divided, arena, &apart);
  if (!mine_failed(env)) {
    mine__benjamini_hochberg(apart.q, (int64_t)n, order, temp);
    looks_tell(t, divided, arena, &apart);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
