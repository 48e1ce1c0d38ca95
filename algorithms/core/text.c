/*
** text.c -- bytes that grow; UTF-8; values as people, JSON and SQL read them.
**
** A failure to grow is noted once (text->failed, and the sentence in the
** environment); what was written before stays readable.
*/
#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SHOWN 60 /* bytes of a value in an error sentence */

/* ---- growing ------------------------------------------------------------------- */

void mine__text_open(mine_text *text, mine_arena *arena) {
  memset(text, 0, sizeof *text);
  text->arena = arena;
  text->data = (char *)""; /* never written: the capacity is 0 */
}

/* Room for `more` bytes and the NUL; NULL after a failure.  A sum that would wrap asks for
** what no arena gives instead. */
static char *text_room(mine_text *text, size_t more) {
  if (text->failed) return NULL;
  size_t needed = more < SIZE_MAX / 4 ? text->bytes + more + 1 : SIZE_MAX / 2;
  if (!MINE_RESERVE(text->arena, text->data, text->capacity, needed)) {
    text->failed = 1;
    return NULL;
  }
  return text->data + text->bytes;
}

void mine__text_rewind(const mine_text *text, mine_arena *arena, mine_mark mark) {
  if (text->arena != arena) mine__arena_rewind(arena, mark);
}

char *mine__text_extend(mine_text *text, size_t bytes) {
  char *at = text_room(text, bytes);
  if (!at) return NULL;
  at[bytes] = 0;
  text->bytes += bytes;
  return at;
}

void mine__text_add(mine_text *text, const char *data, size_t bytes) {
  char *at = mine__text_extend(text, bytes);
  if (at && bytes) memcpy(at, data, bytes);
}

void mine__text_adds(mine_text *text, const char *string) {
  if (string) mine__text_add(text, string, strlen(string));
}

void mine__text_addf(mine_text *text, const char *format, ...) {
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int n = vsnprintf(NULL, 0, format, list);
  va_end(list);
  char *at = n < 0 ? NULL : text_room(text, (size_t)n);
  if (at) {
    vsnprintf(at, (size_t)n + 1, format, again);
    text->bytes += (size_t)n;
  }
  va_end(again);
}

void mine__text_add_real(mine_text *text, double value) {
  char number[MINE_NUMBER_BYTES];
  mine__text_adds(text, mine__format_real(number, value, 0));
}

/* ---- UTF-8 (RFC 3629) ------------------------------------------------------------- */

static int text_is_tail(unsigned char c) {
  return (c & 0xC0) == 0x80;
}

/* Bytes of the well-formed character at `at`, or 0. */
static size_t text_character(const unsigned char *at, size_t left) {
  unsigned char c = at[0];
  if (c < 0x80) return 1;
  size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
  if (c < 0xC2 || c > 0xF4 || n > left) return 0;
  for (size_t i = 1; i < n; i++)
    if (!text_is_tail(at[i])) return 0;
  if (c == 0xE0 && at[1] < 0xA0) return 0; /* overlong          */
  if (c == 0xED && at[1] > 0x9F) return 0; /* surrogates        */
  if (c == 0xF0 && at[1] < 0x90) return 0; /* overlong          */
  if (c == 0xF4 && at[1] > 0x8F) return 0; /* beyond U+10FFFF   */
  return n;
}

int mine_valid_utf8(const char *text, size_t bytes) {
  const unsigned char *at = (const unsigned char *)text;
  size_t i = 0;
  while (i < bytes) {
    uint64_t eight;
    while (bytes - i >= sizeof eight) { /* mostly ASCII */
      memcpy(&eight, at + i, sizeof eight);
      if (eight & UINT64_C(0x8080808080808080)) break;
      i += sizeof eight;
    }
    if (i == bytes) break;
    size_t n = text_character(at + i, bytes - i);
    if (n == 0) return 0;
    i += n;
  }
  return 1;
}

/* At most three bytes are given up: a character has no more tails, and a run of them that is
** no character is not followed. */
size_t mine__utf8_prefix(const char *text, size_t bytes, size_t limit) {
  if (bytes <= limit) return bytes;
  size_t end = limit;
  while (end > 0 && limit - end < 3 && text_is_tail((unsigned char)text[end]))
    end--;
  return end;
}

size_t mine__utf8_put(char out[4], unsigned long c) {
  static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
  const int tails = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  size_t n = 0;
  out[n++] = (char)(unsigned char)(lead[tails] | c >> (6 * tails));
  for (int t = tails - 1; t >= 0; t--)
    out[n++] = (char)(unsigned char)(0x80 | (c >> (6 * t) & 0x3F));
  return n;
}

/* ---- values as text --------------------------------------------------------------- */

static void text_add_hex(mine_text *text, const mine_cell *cell) {
  for (size_t i = 0; i < cell->bytes; i++)
    mine__text_addf(text, "%02X", (unsigned)(unsigned char)cell->as.text[i]);
}

static void text_add_json_byte(mine_text *text, unsigned char c) {
  static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
  const char *found = c ? strchr(plain, c) : NULL;
  if (found) {
    char escape[2] = {'\\', letter[found - plain]};
    mine__text_add(text, escape, 2);
  } else {
    mine__text_addf(text, "\\u%04x", c);
  }
}

/* Runs of ordinary characters are copied at once; what is no UTF-8 becomes
** U+FFFD, so that the result always is valid JSON. */
void mine__text_add_json(mine_text *text, const char *data, size_t bytes) {
  const unsigned char *at = (const unsigned char *)data;
  size_t run = 0, i = 0;
  mine__text_add(text, "\"", 1);
  while (i < bytes) {
    size_t n = text_character(at + i, bytes - i);
    if (n > 1 || (n == 1 && at[i] >= 0x20 && at[i] != '"' && at[i] != '\\')) {
      i += n;
      continue;
    }
    mine__text_add(text, data + run, i - run);
    if (n == 0)
      mine__text_adds(text, "\xEF\xBF\xBD");
    else
      text_add_json_byte(text, at[i]);
    run = ++i;
  }
  if (i > run) mine__text_add(text, data + run, i - run);
  mine__text_add(text, "\"", 1);
}

void mine__text_add_cell(mine_text *text, const mine_cell *cell) {
  switch (cell->type) {
    case MINE_INT:
      mine__text_addf(text, "%lld", (long long)cell->as.integer);
      break;
    case MINE_REAL:
      mine__text_add_real(text, cell->as.real);
      break;
    case MINE_TEXT:
      mine__text_add(text, cell->as.text, cell->bytes);
      break;
    case MINE_BLOB:
      mine__text_adds(text, "x'");
      text_add_hex(text, cell);
      mine__text_adds(text, "'");
      break;
    default:
      mine__text_adds(text, "NULL");
  }
}

void mine__text_add_shown(mine_text *text, const mine_cell *cell) {
  const size_t bytes = cell->type == MINE_TEXT ? cell->bytes : 0;
  if (!bytes || !memchr(cell->as.text, 0, bytes)) {
    mine__text_add_cell(text, cell);
    return;
  }
  for (size_t i = 0; i < bytes; i++) {
    if (cell->as.text[i])
      mine__text_add(text, cell->as.text + i, 1);
    else
      mine__text_adds(text, "\\0");
  }
}

/* JSON has no NaN, no infinity (null) and no BLOB (its hex digits). */
void mine__text_add_cell_json(mine_text *text, const mine_cell *cell) {
  if (cell->type == MINE_TEXT) {
    mine__text_add_json(text, cell->as.text, cell->bytes);
  } else if (cell->type == MINE_BLOB) {
    mine__text_adds(text, "\"");
    text_add_hex(text, cell);
    mine__text_adds(text, "\"");
  } else if (cell->type == MINE_NULL || (cell->type == MINE_REAL && !isfinite(cell->as.real))) {
    mine__text_adds(text, "null");
  } else {
    mine__text_add_cell(text, cell);
  }
}

/* A literal that is REAL again when SQL reads it. */
static void text_add_sql_real(mine_text *text, double value) {
  char number[MINE_NUMBER_BYTES];
  if (isnan(value)) {
    mine__text_adds(text, "NULL");
  } else if (isinf(value)) {
    mine__text_adds(text, value < 0 ? "-9e999" : "9e999");
  } else {
    mine__text_adds(text, mine__format_real(number, value, 0));
    if (!strpbrk(number, ".e")) mine__text_adds(text, ".0");
  }
}

void mine__text_add_quoted(mine_text *text, char mark, const char *data, size_t bytes) {
  const char *at = data, *end = data + bytes;
  mine__text_add(text, &mark, 1);
  while (at < end) {
    const char *inner = memchr(at, mark, (size_t)(end - at));
    const char *stop = inner ? inner + 1 : end;
    mine__text_add(text, at, (size_t)(stop - at));
    if (inner) mine__text_add(text, &mark, 1);
    at = stop;
  }
  mine__text_add(text, &mark, 1);
}

/* No literal can hold a NUL, and a BLOB that is cast is read in the database's encoding. */
static void text_add_sql_text(mine_text *text, const mine_cell *cell) {
  const char *at = cell->as.text, *end = at + cell->bytes;
  const char *nul = cell->bytes ? memchr(at, 0, cell->bytes) : NULL;
  if (nul) mine__text_adds(text, "(");
  for (const char *piece = nul; piece; piece = memchr(at, 0, (size_t)(end - at))) {
    mine__text_add_quoted(text, '\'', at, (size_t)(piece - at));
    mine__text_adds(text, " || char(0) || ");
    at = piece + 1;
  }
  mine__text_add_quoted(text, '\'', at, (size_t)(end - at));
  if (nul) mine__text_adds(text, ")");
}

void mine__text_add_sql(mine_text *text, const mine_cell *cell) {
  if (cell->type == MINE_REAL)
    text_add_sql_real(text, cell->as.real);
  else if (cell->type == MINE_TEXT)
    text_add_sql_text(text, cell);
  else
    mine__text_add_cell(text, cell);
}

/* ---- in sentences ------------------------------------------------------------------- */

/* One line, valid UTF-8: control characters become spaces, a NUL \0, bad bytes '?'. */
static void text_show_text(char *out, const char *text, size_t bytes) {
  const size_t end = mine__utf8_prefix(text, bytes, TEXT_SHOWN), most = MINE_SHOW_BYTES - 10;
  size_t n = 0, i = 0;
  out[n++] = '\'';
  while (i < end && n < most) {
    size_t length = text_character((const unsigned char *)text + i, end - i);
    int shown = length > 1 || (length == 1 && (unsigned char)text[i] >= 0x20 && text[i] != 0x7F);
    if (text[i] == 0) out[n++] = '\\';
    if (shown)
      memcpy(out + n, text + i, length);
    else
      out[n] = text[i] == 0 ? '0' : length ? ' ' : '?';
    n += shown ? length : 1;
    i += length ? length : 1;
  }
  memcpy(out + n, i < bytes ? "...'" : "'", i < bytes ? 5 : 2);
}

const char *mine__show_cell(char buffer[MINE_SHOW_BYTES], const mine_cell *cell) {
  char number[MINE_NUMBER_BYTES];
  if (cell->type == MINE_TEXT)
    text_show_text(buffer, cell->as.text, cell->bytes);
  else if (cell->type == MINE_INT)
    snprintf(buffer, MINE_SHOW_BYTES, "%lld", (long long)cell->as.integer);
  else if (cell->type == MINE_REAL)
    snprintf(buffer, MINE_SHOW_BYTES, "%s", mine__format_real(number, cell->as.real, 0));
  else if (cell->type == MINE_BLOB)
    snprintf(buffer, MINE_SHOW_BYTES, "a BLOB of %zu bytes", cell->bytes);
  else
    snprintf(buffer, MINE_SHOW_BYTES, "NULL");
  return buffer;
}

static int text_lower(char c) {
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int mine__same_word(const char *a, const char *b) {
  for (; *a && text_lower(*a) == text_lower(*b); a++)
    b++;
  return text_lower(*a) == text_lower(*b);
}

const char *mine__article(const char *word) {
  const int vowel = word && *word && strchr("aeiou", *word);
  return vowel || (word && strcmp(word, "hour") == 0) ? "an" : "a";
}
