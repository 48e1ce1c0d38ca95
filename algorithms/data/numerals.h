/*
** numerals.h -- numbers as people and programs write them, and words for "missing".
**
** A *plain* number is what core/text.h calls a decimal: 18.5, -3.  Others are read only where
** somebody said so, and are recognised in order to say what would read them:
**
**   decimal=comma     18,5   1.234,50
**   numeric=column    $37.00   1,234   37%   1e+05   and words such as NA
**
** Separators of thousands stand between groups of three digits, or they are none.  A percent
** sign is dropped: 37% is 37.  A leading zero makes a code of it (02139), as everywhere.
*/
#ifndef MINE_DATA_NUMERALS_H
#define MINE_DATA_NUMERALS_H

#include "../core/text.h"

/* What a number had beside digits, sign and point. */
enum {
  MINE_MARK_COMMA = 1, /* a decimal comma      */
  MINE_MARK_CURRENCY = 2,
  MINE_MARK_PERCENT = 4,
  MINE_MARK_GROUP = 8, /* of thousands         */
  MINE_MARK_EXPONENT = 16
};

/* How the texts of a column are read; zeroed: plain numbers only. */
typedef struct mine_numerals {
  int comma; /* the decimal sign is a comma, and a point groups thousands */
  int marks; /* all that a number may have beside digits is read          */
  int n_missing;
  const char *const *missing; /* texts that mean missing: exactly, but for spaces around them */
} mine_numerals;

/* 1 = it is a number as `how` (NULL: plain) reads them; *marks |= what it had. */
int mine__numeral_read(const mine_numerals *how, const char *text, size_t bytes, double *out,
                       unsigned *marks);
/* The same with either decimal sign and every mark: would it be a number if it were said? */
int mine__numeral_like(const char *text, size_t bytes, unsigned *marks);
/* Whether `how` (NULL: no) names the text among those that mean missing. */
int mine__numeral_missing(const mine_numerals *how, const char *text, size_t bytes);
/* Whether the text is a word that stands for missing among numbers: NA, n/a, null, -, ? ... */
int mine__numeral_is_word(const char *text, size_t bytes);
/* "a decimal comma, currency signs". */
void mine__numeral_say(unsigned marks, mine_text *out);

/* As a short text (for a saved model), nothing when zeroed, and back; 0 when it is none. */
void mine__numerals_text(const mine_numerals *how, mine_text *out);
int mine__numerals_parse(mine_arena *arena, const char *text, mine_numerals *out);

#endif
