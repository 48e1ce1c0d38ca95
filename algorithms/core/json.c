/*
** json.c -- one flat JSON object, member by member (RFC 8259, strictly).
**
** What is wrong is noted with the place (json->at); the reader then stays
** where it is and gives nothing more.
*/
#include <math.h>
#include <string.h>

#include "options.h"
#include "text.h"

enum { JSON_NEW, JSON_INSIDE, JSON_OVER };           /* mine_json.started */
enum { JSON_FLAT, JSON_MAY_NEST, JSON_INSIDE_NEST }; /* mine_json.nests */

void mine__json_open(mine_json *json, mine_arena *arena, const char *text) {
  memset(json, 0, sizeof *json);
  json->text = json->at = text;
  json->arena = arena;
}

/* Called once: whoever gets the 0 hands it on. */
static int json_bad(mine_json *json, const char *problem) {
  json->problem = problem;
  return 0;
}

static char json_skip(mine_json *json) {
  json->at += strspn(json->at, " \t\r\n");
  return *json->at;
}

/* ---- strings -------------------------------------------------------------------- */

/* Four hexadecimal digits, or -1. */
static long json_hex(const char *at) {
  long v = 0;
  for (int i = 0; i < 4; i++) {
    const int digit = mine__hex_digit(at[i]);
    if (digit < 0) return -1;
    v = v * 16 + digit;
  }
  return v;
}

/* json->at stands on the 'u' of an escape; NULL after a problem.  Nothing is read behind
** the closing quote: it is no hexadecimal digit, so that at[4] is looked at after four of
** them only, and at[5] after a backslash, which is never the last before the quote. */
static char *json_unicode(mine_json *json, char *out) {
  const char *at = json->at + 1;
  long c = json_hex(at);
  if (c >= 0xD800 && c <= 0xDBFF && at[4] == '\\' && at[5] == 'u') {
    long low = json_hex(at + 6);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
  }
  if (c < 0 || (c >= 0xD800 && c <= 0xDFFF)) {
    json_bad(json, "\\u needs four hexadecimal digits, and surrogates come in pairs");
    return NULL;
  }
  if (c == 0) {
    json_bad(json, "\\u0000 is not allowed in a text");
    return NULL;
  }
  json->at = at + 4;
  return out + mine__utf8_put(out, (unsigned long)c);
}

/* json->at stands behind a backslash, and json_string_length saw what follows it. */
static char *json_escape(mine_json *json, char *out) {
  static const char letter[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
  const char *found = strchr(letter, *json->at);
  if (*json->at == 'u') return json_unicode(json, out);
  if (!found) {
    json_bad(json, "unknown escape after a backslash");
    return NULL;
  }
  json->at++;
  *out++ = meaning[found - letter];
  return out;
}

/* Length of a string's raw text up to its closing quote, or -1. */
static long json_string_length(mine_json *json) {
  const char *start = json->at, *at = start;
  for (; *at != '"'; at++) {
    if (*at == '\\' && at[1]) at++;
    if ((unsigned char)*at >= 0x20) continue;
    json->at = *at ? at : start - 1;
    json_bad(json, *at ? "a control character inside a text; write it as \\n or \\t"
                       : "a text without its closing quote");
    return -1;
  }
  if (mine_valid_utf8(start, (size_t)(at - start))) return (long)(at - start);
  json_bad(json, "a text that is not valid UTF-8");
  return -1;
}

/* json->at stands on the opening quote.  Decoding never lengthens (six bytes of \\uXXXX
** become three at most), so the raw length is room enough. */
static int json_string(mine_json *json, mine_cell *out) {
  json->at++;
  long length = json_string_length(json);
  if (length < 0) return 0;
  const char *end = json->at + length;
  char *text = mine__arena_array(json->arena, (size_t)length + 1, 1), *put = text;
  if (!text) return json_bad(json, "out of memory");
  while (put && json->at < end) {
    if (*json->at == '\\') {
      json->at++;
      put = json_escape(json, put);
    } else {
      *put++ = *json->at++;
    }
  }
  if (!put) return 0;
  *put = 0;
  json->at = end + 1;
  out->type = MINE_TEXT;
  out->bytes = (size_t)(put - text);
  out->as.text = text;
  return 1;
}

/* ---- numbers and words -------------------------------------------------------------- */

static const char *json_digits(const char *at) {
  return at + strspn(at, "0123456789");
}

/* The end of the number at `at` by the grammar of RFC 8259, or NULL. */
static const char *json_number_end(const char *at, int *whole) {
  const char *start = at += *at == '-';
  at = json_digits(at);
  if (at == start || (*start == '0' && at > start + 1)) return NULL;
  *whole = 1;
  if (*at == '.') {
    const char *fraction = at + 1;
    *whole = 0;
    at = json_digits(fraction);
    if (at == fraction) return NULL;
  }
  if (*at == 'e' || *at == 'E') {
    const char *exponent = at + 1;
    *whole = 0;
    exponent += *exponent == '-' || *exponent == '+';
    at = json_digits(exponent);
    if (at == exponent) return NULL;
  }
  return at;
}

/* Digits that fit 64 bits; 0 otherwise.  Asked before each step, so nothing overflows; the
** negative side reaches one further. */
static int json_integer(const char *at, const char *end, int64_t *out) {
  int negative = *at == '-';
  uint64_t v = 0, most = (uint64_t)INT64_MAX + (uint64_t)negative;
  for (at += negative; at < end; at++) {
    uint64_t digit = (uint64_t)(*at - '0');
    if (v > (most - digit) / 10) return 0;
    v = v * 10 + digit;
  }
  *out = negative ? (v ? -(int64_t)(v - 1) - 1 : 0) : (int64_t)v;
  return 1;
}

static int json_number(mine_json *json, mine_cell *out) {
  int whole;
  const char *end = json_number_end(json->at, &whole);
  if (!end) return json_bad(json, "a malformed number");
  if (whole && json_integer(json->at, end, &out->as.integer)) {
    out->type = MINE_INT;
  } else {
    out->type = MINE_REAL;
    (void)mine__read_number(json->at, (size_t)(end - json->at), &out->as.real);
    if (isinf(out->as.real)) return json_bad(json, "a number too large for any calculation");
  }
  json->at = end;
  return 1;
}

static int json_word(mine_json *json, const char *word) {
  size_t n = strlen(word);
  if (strncmp(json->at, word, n) != 0) return 0;
  json->at += n;
  return 1;
}

/* ---- values ------------------------------------------------------------------------- */

static int json_scalar(mine_json *json, mine_cell *out) {
  char c = *json->at;
  memset(out, 0, sizeof *out);
  json->flag = 0;
  if (c == '"') return json_string(json, out);
  if (c == '-' || (c >= '0' && c <= '9')) return json_number(json, out);
  if (c == 'n' && json_word(json, "null")) return 1;
  int yes = c == 't' && json_word(json, "true");
  if (yes || (c == 'f' && json_word(json, "false"))) {
    out->type = MINE_INT;
    out->as.integer = yes;
    json->flag = 1;
    return 1;
  }
  if (c == '{') return json_bad(json, "an object is not allowed as a value");
  if (c == '[') return json_bad(json, "a list is not allowed here");
  return json_bad(json, "expected a value: a text in double quotes, a number, true or false");
}

static int json_array(mine_json *json, mine_list *list);

/* The n-th item, a list itself.  Its cell is the missing value. */
static int json_inner(mine_json *json, mine_cell *cell, size_t n) {
  mine_list inner;
  if (n > 0 && !json->inner) return json_bad(json, "a list is not allowed here");
  json->nests = JSON_INSIDE_NEST;
  const int read = json_array(json, &inner);
  json->nests = JSON_MAY_NEST;
  *cell = (mine_cell){MINE_NULL, 0, {0}};
  if (!read) return 0;
  if (!MINE_RESERVE(json->arena, json->inner, json->inner_room, n + 1))
    return json_bad(json, "out of memory");
  json->inner[n] = inner;
  return 1;
}

/* json->at stands on the opening bracket.  Of an empty list `item` must not be NULL: that
** stands for "no list". */
static int json_array(mine_json *json, mine_list *list) {
  mine_cell *item = NULL;
  size_t n = 0, capacity = 0;
  json->at++;
  if (json_skip(json) == ']') item = mine__arena_array(json->arena, 0, sizeof *item);
  while (*json->at != ']') {
    if (!MINE_RESERVE(json->arena, item, capacity, n + 1)) return json_bad(json, "out of memory");
    const char *start = json->at;
    const int nested = *start == '[' && json->nests == JSON_MAY_NEST;
    if (!(nested ? json_inner(json, &item[n], n) : json_scalar(json, &item[n]))) return 0;
    if (!nested && json->inner && json->nests == JSON_MAY_NEST)
      return json_bad(json, "expected another list, as those before it");
    if (!nested && item[n].type == MINE_NULL) {
      json->at = start;
      return json_bad(json, "null is not allowed in a list");
    }
    n++;
    char c = json_skip(json);
    if (c != ',' && c != ']') return json_bad(json, "expected ',' or ']' in a list");
    if (c == ']') break;
    json->at++;
    if (json_skip(json) == ']') return json_bad(json, "expected a value after ','");
  }
  json->at++;
  json->flag = 0;
  list->n = n;
  list->item = item;
  return item ? 1 : json_bad(json, "out of memory");
}

/* '{' before the first member, ',' before the others: 1 = a member follows. */
static int json_advance(mine_json *json) {
  char c = json_skip(json);
  int first = json->started == JSON_NEW;
  if (json->problem || json->started == JSON_OVER) return 0;
  if (first && c != '{') return json_bad(json, "expected '{'");
  if (!first && c != ',' && c != '}') return json_bad(json, "expected ',' or '}'");
  json->started = JSON_INSIDE;
  if (first || c == ',') {
    json->at++;
    if (json_skip(json) != '}') return 1;
    if (!first) return json_bad(json, "expected a name after ','");
  }
  json->at++;
  json->started = JSON_OVER;
  return json_skip(json) ? json_bad(json, "unexpected text after the closing '}'") : 0;
}

int mine__json_scalar(mine_json *json, mine_cell *out) {
  return json_scalar(json, out);
}

int mine__json_list(mine_json *json, mine_list *out) {
  if (json_skip(json) != '[') return json_bad(json, "expected '['");
  if (!json_array(json, out)) return 0;
  return json_skip(json) ? json_bad(json, "unexpected text after the closing ']'") : 1;
}

int mine__json_next(mine_json *json, const char **name, mine_cell *value, mine_list *list) {
  mine_cell text;
  if (list) memset(list, 0, sizeof *list);
  memset(value, 0, sizeof *value);
  if (!json_advance(json)) return 0;
  if (*json->at != '"') return json_bad(json, "expected a name in double quotes");
  if (!json_string(json, &text)) return 0;
  *name = text.as.text;
  if (json_skip(json) != ':') return json_bad(json, "expected ':' after the name");
  json->at++;
  json->inner = NULL;
  json->inner_room = 0;
  if (json_skip(json) == '[' && list) return json_array(json, list);
  return json_scalar(json, value);
}
