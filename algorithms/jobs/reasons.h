/*
** reasons.h -- the rows of mine_explain: which features are told of a row, and in which words.
*/
#ifndef MINE_JOBS_REASONS_H
#define MINE_JOBS_REASONS_H

#include "scoring.h"

/* The reasons of a batch: for each of its rows the base, the features that say most, and what all
** others say together. */
typedef struct mine_reasons {
  int64_t n;
  size_t capacity;     /* rows for which there is room            */
  int top;             /* features that are told of a row         */
  int others;          /* those that are not                      */
  int32_t *of;         /* n: the class explained; -1: no answer   */
  double *base, *rest; /* n: NAN: no answer                      */
  uint32_t *feature;   /* n x top, the greatest contribution first */
  double *contribution;
  /* Standard errors, 0: exact.  NULL: all are. */
  double *base_error, *error;
} mine_reasons;

/* What a contribution is told as, in words.  feature -1: the base, -2: all others. */
#define MINE_REASON_BASE   (-1)
#define MINE_REASON_OTHERS (-2)
void mine__reason_words(const mine_scoring *scoring, const mine_reasons *reasons, int64_t row,
                        int feature, mine_lang lang, mine_text *out);
/* ": +0.84", with an error above 0 ": +0.84 ± 0.02". */
void mine__reason_amount(double contribution, double error, mine_lang lang, mine_text *out);
/* A number with its sign and as many digits as a person reads: `digits`, and wholes beyond. */
void mine__reason_figure(double v, int digits, mine_text *out);
/* A number of a feature: a date of dates, a whole one where training met no others. */
void mine__reason_number(const mine_feature *about, double v, char buffer[MINE_TIME_BYTES],
                         mine_cell *out);
/* The value of a feature in a row, as the source had it; its text lives in `buffer`. */
void mine__reason_value(const mine_scoring *scoring, int64_t row, int feature,
                        char buffer[MINE_TIME_BYTES], mine_cell *out);

#endif
