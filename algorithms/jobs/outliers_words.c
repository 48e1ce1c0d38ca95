/*
** outliers_words.c -- why a row is an outlier, in words: its values, beside what is usual.
*/
#include <math.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "outliers.h"
#include "reasons.h"

#define USUAL_TAIL   0.05 /* of the rows that are left out on each side */
#define USUAL_RARE   0.1  /* levels of a smaller share are rare          */
#define REASON_LEAST 0.2  /* of the greatest amount, that is told       */

/* ---- what is usual ------------------------------------------------------------------------- */

typedef struct usual_job {
  const mine_dataset *data;
  mine__usual *usual;
  double *room; /* per worker: n */
} usual_job;

/* Values that rows have, not numbers between them. */
static void usual_number(const usual_job *job, int f, double *room) {
  const mine_batch *rows = &job->data->rows;
  mine__usual *usual = &job->usual[f];
  int64_t n = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    const double v = rows->feature[f].number[mine_batch_row(rows, i)];
    if (!isnan(v)) room[n++] = v;
  }
  usual->known = n;
  usual->low = usual->high = NAN;
  if (n == 0) return;
  const int64_t tail = (int64_t)(USUAL_TAIL * (double)(n - 1));
  usual->low = mine__select(room, n, tail);
  usual->high = mine__select(room, n, n - 1 - tail);
}

static void usual_category(const usual_job *job, int f) {
  const mine_batch *rows = &job->data->rows;
  mine__usual *usual = &job->usual[f];
  for (int64_t i = 0; i < rows->n; i++) {
    const int32_t level = rows->feature[f].code[mine_batch_row(rows, i)];
    if (level < 0) continue;
    usual->rows[level]++;
    usual->known++;
  }
}

static void usual_task(void *context, int64_t task, int worker) {
  const usual_job *job = context;
  const int f = (int)task;
  if (job->usual[f].rows)
    usual_category(job, f);
  else
    usual_number(job, f, job->room + (int64_t)worker * job->data->rows.n);
}

const mine__usual *mine__usual_of(mine_env *env, mine_arena *arena, const mine_dataset *data) {
  const size_t p = (size_t)data->n_features;
  usual_job job = {.data = data, .usual = mine__arena_zeros(arena, p, sizeof *job.usual)};
  const mine_mark mark = mine__arena_mark(env->scratch);
  job.room = mine__arena_array(env->scratch, (size_t)env->threads,
                               (size_t)data->rows.n * sizeof *job.room);
  for (size_t f = 0; f < p && !mine_failed(env); f++) {
    if (data->rows.feature[f].number) continue;
    const size_t levels = (size_t)data->about[f].levels.values.n;
    job.usual[f].rows = mine__arena_zeros(arena, levels + 1, sizeof(int64_t));
  }
  if (!mine_failed(env)) (void)!mine__parallel(env, data->n_features, usual_task, &job);
  mine__arena_rewind(env->scratch, mark);
  return mine_failed(env) ? NULL : job.usual;
}

/* ---- a reason -------------------------------------------------------------------------------- */

typedef struct outlier_words {
  const char *is, *usual, *to, *of, *rows, *open, *close, *together, *next, *nothing;
} outlier_words;

static const outlier_words *outlier_lang(mine_lang lang) {
  static const outlier_words words[] = {
      [MINE_LANG_EN] = {" = ", "usual ", " to ", " of ", " rows", " (", ")",
                        ", but not with the rest", "; ", "nothing stands out"},
      [MINE_LANG_ZH] = {" = ", "通常 ", " 至 ", " / ", " 行", "（", "）", "，但与其余各项不相称",
                        "；", "无突出之处"},
  };
  return &words[lang];
}

/* 1: the value is among the usual ones. */
static int outlier_usual_number(const mine_feature *about, const mine__usual *usual, double v,
                                const outlier_words *words, mine_text *out) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine__text_adds(out, words->usual);
  mine__reason_number(about, usual->low, buffer, &cell);
  mine__text_add_shown(out, &cell);
  if (usual->high > usual->low) {
    mine__text_adds(out, words->to);
    mine__reason_number(about, usual->high, buffer, &cell);
    mine__text_add_shown(out, &cell);
  }
  return v >= usual->low && v <= usual->high;
}

static int outlier_usual_level(const mine__usual *usual, int32_t level, const outlier_words *words,
                               mine_text *out) {
  mine__text_addf(out, "%lld%s%lld%s", (long long)usual->rows[level], words->of,
                  (long long)usual->known, words->rows);
  return (double)usual->rows[level] >= USUAL_RARE * (double)usual->known;
}

static void outlier_phrase(const mine_dataset *data, const mine__usual *usual, int64_t row, int f,
                           const outlier_words *words, mine_text *out) {
  const mine_feature_view *view = &data->rows.feature[f];
  const mine_feature *about = &data->about[f];
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  if (view->code)
    mine__values_get(&about->levels.values, view->code[row], &cell);
  else
    mine__reason_number(about, view->number[row], buffer, &cell);
  mine__text_adds(out, about->name);
  mine__text_adds(out, words->is);
  mine__text_add_shown(out, &cell);
  mine__text_adds(out, words->open);
  const int ordinary = view->code
                           ? outlier_usual_level(&usual[f], view->code[row], words, out)
                           : outlier_usual_number(about, &usual[f], view->number[row], words, out);
  if (ordinary) mine__text_adds(out, words->together);
  mine__text_adds(out, words->close);
}

/* The greatest amounts of known values, the first of equals first. */
static int outlier_pick(const mine_dataset *data, int64_t row, const double *amount, int most,
                        int *picked) {
  int n = 0;
  for (int f = 0; f < data->n_features; f++) {
    if (!(amount[f] > 0) || mine__missing_in_row(&data->rows.feature[f], 1, row) >= 0) continue;
    int at = n < most ? n++ : most;
    for (; at > 0 && amount[f] > amount[picked[at - 1]]; at--)
      if (at < most) picked[at] = picked[at - 1];
    if (at < most) picked[at] = f;
  }
  return n;
}

void mine__outlier_reason(const mine_dataset *data, const mine__usual *usual, int64_t row,
                          const double *amount, int most, mine_lang lang, int *picked,
                          mine_text *out) {
  const outlier_words *words = outlier_lang(lang);
  const int n = outlier_pick(data, row, amount, most, picked);
  if (n == 0) mine__text_adds(out, words->nothing);
  for (int k = 0; k < n && amount[picked[k]] >= REASON_LEAST * amount[picked[0]]; k++) {
    if (k > 0) mine__text_adds(out, words->next);
    outlier_phrase(data, usual, row, picked[k], words, out);
  }
}
