/*
** reasons_words.c -- a reason as one phrase: "contract = monthly: +0.84".
*/
#include <math.h>
#include <string.h>

#include "reasons.h"

typedef struct reasons_words {
  const char *is, *missing, *unseen, *base, *others, *one_other, *says;
} reasons_words;

static const reasons_words *reasons_lang(mine_lang lang) {
  static const reasons_words words[] = {
      [MINE_LANG_EN] = {" = ", " is missing", " (never seen in training)", "base",
                        " other features", " other feature", ": "},
      [MINE_LANG_ZH] = {" = ", " 缺失", "（训练中未见）", "基准", " 个其他特征", " 个其他特征",
                        "："},
  };
  return &words[lang];
}

/* Digits grow with the number, so that wholes stay whole. */
void mine__reason_figure(double v, int digits, mine_text *out) {
  char buffer[MINE_NUMBER_BYTES];
  for (double most = 1000; most <= fabs(v) && digits > 2 && digits < 15; most *= 10)
    digits++;
  mine__text_adds(out, mine__format_real(buffer, v, digits));
}

void mine__reason_amount(double contribution, double error, mine_lang lang, mine_text *out) {
  mine__text_adds(out, reasons_lang(lang)->says);
  if (!signbit(contribution)) mine__text_adds(out, "+");
  mine__reason_figure(contribution, fabs(contribution) < 1 ? 2 : 3, out);
  if (!(error > 0)) return;
  mine__text_adds(out, " ± ");
  mine__reason_figure(error, error < 1 ? 1 : 3, out);
}

void mine__reason_number(const mine_feature *about, double v, char buffer[MINE_TIME_BYTES],
                         mine_cell *out) {
  mine__feature_cell(about, v, buffer, out);
  if (out->type == MINE_REAL && about->all_integers && v == floor(v) &&
      fabs(v) <= (double)MINE_EXACT_WHOLE)
    *out = (mine_cell){MINE_INT, 0, {.integer = (int64_t)v}};
}

void mine__reason_value(const mine_scoring *s, int64_t row, int feature,
                        char buffer[MINE_TIME_BYTES], mine_cell *out) {
  const mine_feature *about = &s->model->feature[feature];
  const mine_feature_view *view = &s->batch.view[feature];
  memset(out, 0, sizeof *out);
  if (view->code) {
    if (view->code[row] >= 0) mine__values_get(&about->levels.values, view->code[row], out);
    if (view->code[row] == MINE_CODE_UNKNOWN)
      mine__column_unseen(&s->frame->column[s->plan.column[feature]], row, out);
    return;
  }
  mine__reason_number(about, view->number[row], buffer, out);
}

static void reasons_feature(const mine_scoring *s, int64_t row, int feature,
                            const reasons_words *words, mine_text *out) {
  const mine_feature_view *view = &s->batch.view[feature];
  char buffer[MINE_TIME_BYTES];
  mine_cell value;
  mine__text_adds(out, s->model->feature[feature].name);
  mine__reason_value(s, row, feature, buffer, &value);
  if (value.type != MINE_NULL) {
    mine__text_adds(out, words->is);
    mine__text_add_shown(out, &value);
  }
  if (view->code && view->code[row] == MINE_CODE_UNKNOWN)
    mine__text_adds(out, words->unseen);
  else if (value.type == MINE_NULL)
    mine__text_adds(out, words->missing);
}

void mine__reason_words(const mine_scoring *scoring, const mine_reasons *reasons, int64_t row,
                        int feature, mine_lang lang, mine_text *out) {
  const reasons_words *words = reasons_lang(lang);
  if (feature == MINE_REASON_BASE) {
    mine__text_adds(out, words->base);
  } else if (feature == MINE_REASON_OTHERS) {
    mine__text_addf(out, "%d%s", reasons->others,
                    reasons->others == 1 ? words->one_other : words->others);
  } else {
    reasons_feature(scoring, row, feature, words, out);
  }
}
