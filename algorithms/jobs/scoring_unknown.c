/*
** scoring_unknown.c -- categories that the model never saw, when rows are scored.
**
** One of them is handled by the model.  A whole column of them is another spelling: 1 and
** 0 for True and False, 'gold ' for 'gold'; its rows would be scored as if nothing were
** known of them, and nobody would notice.  So a column of a source of UNKNOWN_ROWS rows or
** more in which no category is known is an error that shows both spellings, and a large
** share of unknown ones is told.
*/
#include "scoring.h"

#include <stdio.h>
#include <string.h>

#include "../core/likeness.h"

#define UNKNOWN_ROWS   20 /* of a source that may be judged                    */
#define UNKNOWN_VALUES 10 /* that are not missing                              */
#define UNKNOWN_SHARE  10 /* told from one value in so many                    */
#define UNKNOWN_LEVELS 5  /* shown of the model's                              */

/* Some of the model's spellings: "'False', 'True'". */
static const char *unknown_levels(const mine_scoring *s, int f) {
  const mine_values *levels = &s->model->feature[f].levels.values;
  mine_text list;
  mine__text_open(&list, s->env->scratch);
  for (int64_t l = 0; l < levels->n && l < UNKNOWN_LEVELS; l++) {
    char shown[MINE_SHOW_BYTES];
    mine_cell cell;
    mine__values_get(levels, l, &cell);
    mine__text_addf(&list, "%s%s", l ? ", " : "", mine__show_cell(shown, &cell));
  }
  if (levels->n > UNKNOWN_LEVELS)
    mine__text_addf(&list, " and %lld more", (long long)(levels->n - UNKNOWN_LEVELS));
  return list.bytes ? list.data : "none";
}

/* The category that is spelled most like `said`, if it is like it, as in a sentence. */
static const char *unknown_nearest(const mine_scoring *s, int f, const char *said,
                                   char out[MINE_SHOW_BYTES]) {
  const mine_values *levels = &s->model->feature[f].levels.values;
  mine_likeness likeness = {.asked = said, .values = 1};
  char shown[MINE_SHOW_BYTES];
  *out = 0;
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    mine__values_get(levels, l, &cell);
    mine__show_cell(shown, &cell);
    if (mine__likeness_show(&likeness, shown, l)) memcpy(out, shown, sizeof shown);
  }
  return out;
}

static void unknown_refuse(const mine_scoring *s, int f) {
  const mine_column *column = &s->frame->column[s->plan.column[f]];
  const char *name = s->model->feature[f].name, *said = column->unknown.said;
  char near[MINE_SHOW_BYTES], row[48] = "";
  if (s->mode != MINE_SCORE_SINGLE)
    snprintf(row, sizeof row, " (row %lld)", (long long)column->unknown.row);
  if (*unknown_nearest(s, f, said, near))
    (void)mine__fail(s->env, MINE_DATA,
                     "column '%s' has %s%s, which training has not seen, and unknown=error; the "
                     "nearest it has seen is %s",
                     name, said, row, near);
  else
    (void)mine__fail(s->env, MINE_DATA,
                     "column '%s' has %s%s, which training has not seen, and unknown=error; it has "
                     "seen %s",
                     name, said, row, unknown_levels(s, f));
}

/* Count the values of a category column; the first unknown one is remembered. */
static void unknown_count(mine_scoring *s, int f) {
  const mine_column *column = &s->frame->column[s->plan.column[f]];
  mine__score_seen *seen = &s->seen[f];
  const int32_t *code = s->batch.view[f].code;
  int64_t known = 0, unknown = 0;
  for (int64_t i = 0; i < s->batch.n; i++) {
    known += code[i] >= 0;
    unknown += code[i] == MINE_CODE_UNKNOWN;
  }
  if (seen->unknown == 0 && unknown > 0) {
    seen->row = column->unknown.row;
    memcpy(seen->said, column->unknown.said, sizeof seen->said);
  }
  seen->known += known;
  seen->unknown += unknown;
}

mine_status mine__scoring_see(mine_scoring *s) {
  s->rows_seen += s->batch.n;
  for (int f = 0; f < s->model->n_features && !mine_failed(s->env); f++) {
    if (!s->batch.view[f].code) continue;
    const int64_t before = s->seen[f].unknown;
    unknown_count(s, f);
    if (s->asked.unknown == MINE_UNKNOWN_ERROR && s->seen[f].unknown > before) unknown_refuse(s, f);
  }
  return mine_env_status(s->env);
}

/* The first column of which no category is known; -1: none, or too few rows to judge. */
static int unknown_column(const mine_scoring *s) {
  if (s->asked.unknown == MINE_UNKNOWN_AUTO || s->rows_seen < UNKNOWN_ROWS) return -1;
  for (int f = 0; f < s->model->n_features; f++)
    if (s->seen[f].known == 0 && s->seen[f].unknown >= UNKNOWN_VALUES) return f;
  return -1;
}

int mine__scoring_doubts(const mine_scoring *s) {
  return unknown_column(s) >= 0;
}

mine_status mine__scoring_saw_all(mine_scoring *s) {
  const int f = unknown_column(s);
  if (f < 0) return MINE_OK;
  return mine__fail(s->env, MINE_DATA,
                    "column '%s': none of its %lld values was seen in training (such as %s; "
                    "training had %s); spell them as in training, or say unknown=auto to score "
                    "them as unknown",
                    s->model->feature[f].name, (long long)s->seen[f].unknown, s->seen[f].said,
                    unknown_levels(s, f));
}

void mine__scoring_tell_unknown(const mine_scoring *s, mine_job *job) {
  for (int f = 0; f < s->model->n_features; f++) {
    const mine__score_seen *seen = &s->seen[f];
    if (seen->unknown == 0 || seen->unknown * UNKNOWN_SHARE < seen->known + seen->unknown) continue;
    mine__job_notef(job, "warning", s->model->feature[f].name,
                    "%lld of %lld values were not seen in training, such as %s in row %lld; "
                    "training had %s",
                    (long long)seen->unknown, (long long)(seen->known + seen->unknown), seen->said,
                    (long long)seen->row, unknown_levels(s, f));
  }
}
