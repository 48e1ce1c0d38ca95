/*
** text.h -- bytes that grow, and numbers as text in no locale at all.
**
** The host may have called setlocale(): snprintf("%g") and strtod would then
** speak with a decimal comma.  Everything here writes and reads '.'.
*/
#ifndef MINE_CORE_TEXT_H
#define MINE_CORE_TEXT_H

#include "env.h"

/* Growable bytes in an arena; failure sticks in the environment.  The content
** is kept NUL-terminated (the NUL is not counted). */
typedef struct mine_text {
  mine_arena *arena;
  char *data;
  size_t bytes, capacity;
  int failed;
} mine_text;

void mine__text_open(mine_text *text, mine_arena *arena);
void mine__text_add(mine_text *text, const char *data, size_t bytes);
/* `bytes` more, which the caller fills; NULL after a failure. */
char *mine__text_extend(mine_text *text, size_t bytes);
void mine__text_adds(mine_text *text, const char *string);
/* Give back what was taken of `arena` since the mark, unless the text itself grows in it. */
void mine__text_rewind(const mine_text *text, mine_arena *arena, mine_mark mark);
void mine__text_addf(mine_text *text, const char *format, ...) MINE_PRINTF(2, 3);
void mine__text_add_real(mine_text *text, double value);                   /* shortest exact    */
void mine__text_add_json(mine_text *text, const char *data, size_t bytes); /* "quoted" */
void mine__text_add_cell(mine_text *text, const mine_cell *cell); /* as a person reads it */
/* The same with a NUL as \0: for texts that end at a NUL, in which nothing may be lost. */
void mine__text_add_shown(mine_text *text, const mine_cell *cell);
void mine__text_add_cell_json(mine_text *text, const mine_cell *cell);
void mine__text_add_sql(mine_text *text, const mine_cell *cell); /* as an SQL literal    */
/* Between two marks, which are doubled within: "ab""c". */
void mine__text_add_quoted(mine_text *text, char mark, const char *data, size_t bytes);

#define MINE_NUMBER_BYTES 32
/* The shortest decimal text that reads back as `value` ("0.1", "1e+100",
** "3"); `digits` > 0 rounds to that many significant digits.  Returns buffer. */
const char *mine__format_real(char buffer[MINE_NUMBER_BYTES], double value, int digits);

/* A cell for an error sentence or a label, cut to ~60 bytes: 'abc', 3.5, NULL.
** Returns buffer. */
#define MINE_SHOW_BYTES 80
const char *mine__show_cell(char buffer[MINE_SHOW_BYTES], const mine_cell *cell);

/* Read a *plain decimal* number: [+-]digits[.digits], surrounding spaces
** allowed, nothing else: no exponent, hex, inf, nan.  Leading zeros ("02139",
** "00") make it a code, not a number; "0", "0.5", "-0.5", ".5" and "5." are
** numbers; what is beyond all doubles is none.  1 = read. Correctly rounded. */
int mine__read_decimal(const char *text, size_t bytes, double *out);
/* Read any JSON/SQL numeric literal (exponents allowed), locale-free. */
int mine__read_number(const char *text, size_t bytes, double *out);

/* Valid UTF-8 without surrogates or overlong forms. */
int mine_valid_utf8(const char *text, size_t bytes);
/* The longest prefix of at most `limit` bytes that ends at a character. */
size_t mine__utf8_prefix(const char *text, size_t bytes, size_t limit);
/* The UTF-8 of a character below 0x110000; how many bytes it has. */
size_t mine__utf8_put(char out[4], unsigned long c);
/* 0 to 15; -1: it is none. */
static inline int mine__hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}
/* Equal but for the case of ASCII letters, as SQL compares names. */
int mine__same_word(const char *a, const char *b);
/* "an" before a vowel and the mute h of "hour", else "a". */
const char *mine__article(const char *word);

#endif
