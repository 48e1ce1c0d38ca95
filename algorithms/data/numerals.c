/*
** numerals.c -- numbers as people and programs write them.
**
** A text is peeled from both ends (spaces, signs, currency, percent), then the digits are
** copied without what groups them, and read as the plain number that is left.
*/
#include "numerals.h"

#include <math.h>
#include <string.h>

/* ---- pieces of text ---------------------------------------------------------------- */

typedef struct numeral_span {
  const char *at, *end;
} numeral_span;

static int numeral_starts(numeral_span s, const char *what) {
  const size_t n = strlen(what);
  return (size_t)(s.end - s.at) >= n && memcmp(s.at, what, n) == 0;
}

static int numeral_ends(numeral_span s, const char *what) {
  const size_t n = strlen(what);
  return (size_t)(s.end - s.at) >= n && memcmp(s.end - n, what, n) == 0;
}

/* Spaces, also no-break (U+00A0, U+202F), thin (U+2009) and ideographic ones. */
static const char *const numeral_space[] = {
    " ", "\t", "\r", "\n", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe3\x80\x80", NULL};

static const char *const numeral_currency[] = {
    "$",  "€",   "£",   "¥",   "￥",  "₹",   "₽", "₩",   "₺",  "₴",  "₫",  "฿",  "元",
    "円", "EUR", "USD", "GBP", "CHF", "CNY", "RMB", "JPY", "US", "Rs", "kr", "zł", NULL};

/* Take one of the words off the front, or off the end; 0: there is none. */
static int numeral_peel(numeral_span *s, const char *const *word) {
  for (; *word; word++) {
    if (numeral_starts(*s, *word)) {
      s->at += strlen(*word);
      return 1;
    }
    if (numeral_ends(*s, *word)) {
      s->end -= strlen(*word);
      return 1;
    }
  }
  return 0;
}

static numeral_span numeral_trim(const char *text, size_t bytes) {
  numeral_span s = {text, text + bytes};
  while (s.at < s.end && numeral_peel(&s, numeral_space)) {
  }
  return s;
}

static int numeral_is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* ---- a number ------------------------------------------------------------------------ */

#define NUMERAL_LONGEST 60 /* bytes: longer ones are no numbers that a person wrote */

/* A separator of thousands at `s`, in bytes; `decimal` is the other sign. */
static size_t numeral_separator(numeral_span s, char decimal) {
  static const char *const other[] = {
      "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x99", " ", "'", NULL};
  if (*s.at == (decimal == ',' ? '.' : ',')) return 1;
  for (int i = 0; other[i]; i++)
    if (numeral_starts(s, other[i])) return strlen(other[i]);
  return 0;
}

/* Digits with one kind of separator between groups (the last of three digits, others of two
** or three, as in India), into `to`; NULL: badly grouped. */
static char *numeral_groups(numeral_span *s, char decimal, char *to, unsigned *marks) {
  const char *kind = NULL;
  size_t width = 0, group = 0;
  for (; s->at < s->end;) {
    if (numeral_is_digit(*s->at)) {
      *to++ = *s->at++;
      group++;
      continue;
    }
    const size_t n = numeral_separator(*s, decimal);
    if (n == 0 || s->at + n >= s->end || !numeral_is_digit(s->at[n])) break;
    if (kind && (n != width || memcmp(kind, s->at, n) != 0)) return NULL;
    if (group < 1 || group > 3 || (kind && group < 2)) return NULL;
    kind = s->at;
    width = n;
    group = 0;
    s->at += n;
  }
  if (!kind) return to;
  *marks |= MINE_MARK_GROUP;
  return group == 3 ? to : NULL;
}

/* Signs, currency and percent, each at most once, around the digits. */
static int numeral_around(numeral_span *s, int may, char **to, unsigned *marks) {
  static const char *const percent[] = {"%", "％", NULL};
  int negative = 0, sign = 0;
  for (int more = 1; more && s->at < s->end;) {
    more = 0;
    if (!sign && (*s->at == '-' || *s->at == '+')) {
      negative = *s->at++ == '-';
      more = sign = 1;
    } else if (!sign && numeral_starts(*s, "\xe2\x88\x92")) { /* U+2212, minus */
      s->at += 3;
      more = sign = negative = 1;
    } else if (may && !(*marks & MINE_MARK_CURRENCY) && numeral_peel(s, numeral_currency)) {
      *marks |= MINE_MARK_CURRENCY;
      more = 1;
    } else if (may && !(*marks & MINE_MARK_PERCENT) && numeral_peel(s, percent)) {
      *marks |= MINE_MARK_PERCENT;
      more = 1;
    } else if (may && numeral_peel(s, numeral_space)) {
      more = 1;
    }
  }
  if (negative) *(*to)++ = '-';
  return s->at < s->end;
}

/* A fraction and an exponent behind the digits. */
static int numeral_tail(numeral_span *s, char decimal, int may, char **to, unsigned *marks) {
  if (s->at < s->end && *s->at == decimal) {
    if (decimal == ',') *marks |= MINE_MARK_COMMA;
    *(*to)++ = '.';
    s->at++;
    while (s->at < s->end && numeral_is_digit(*s->at))
      *(*to)++ = *s->at++;
  }
  if (may && s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
    *marks |= MINE_MARK_EXPONENT;
    while (s->at < s->end && (numeral_is_digit(*s->at) || strchr("eE+-", *s->at)))
      *(*to)++ = *s->at++;
  }
  return s->at == s->end;
}

static int numeral_parse(const char *text, size_t bytes, char decimal, int may, double *out,
                         unsigned *marks) {
  numeral_span s = numeral_trim(text, bytes);
  char plain[NUMERAL_LONGEST + 4], *to = plain;
  unsigned had = 0;
  if (s.end - s.at > NUMERAL_LONGEST || !numeral_around(&s, may, &to, &had)) return 0;
  const char *digits = to;
  if (!(to = numeral_groups(&s, decimal, to, &had))) return 0;
  if (had & MINE_MARK_GROUP && !may && decimal == '.') return 0;
  if (!numeral_tail(&s, decimal, may, &to, &had)) return 0;
  *to = 0;
  const char *mantissa_end = had & MINE_MARK_EXPONENT ? strpbrk(digits, "eE") : to;
  if (!mine__read_decimal(plain, (size_t)(mantissa_end - plain), out)) return 0;
  if (had & MINE_MARK_EXPONENT &&
      !(mine__read_number(plain, (size_t)(to - plain), out) && isfinite(*out)))
    return 0;
  *marks |= had;
  return 1;
}

int mine__numeral_read(const mine_numerals *how, const char *text, size_t bytes, double *out,
                       unsigned *marks) {
  if (!how || (!how->comma && !how->marks)) return mine__read_decimal(text, bytes, out);
  if (!how->comma && mine__read_decimal(text, bytes, out)) return 1;
  return numeral_parse(text, bytes, how->comma ? ',' : '.', how->marks, out, marks);
}

int mine__numeral_like(const char *text, size_t bytes, unsigned *marks) {
  double v;
  return mine__read_decimal(text, bytes, &v) || numeral_parse(text, bytes, '.', 1, &v, marks) ||
         numeral_parse(text, bytes, ',', 1, &v, marks);
}

/* ---- words for missing ------------------------------------------------------------------ */

int mine__numeral_missing(const mine_numerals *how, const char *text, size_t bytes) {
  if (!how || how->n_missing == 0) return 0;
  const numeral_span s = numeral_trim(text, bytes);
  const size_t n = (size_t)(s.end - s.at);
  for (int i = 0; i < how->n_missing; i++)
    if (strlen(how->missing[i]) == n && memcmp(how->missing[i], s.at, n) == 0) return 1;
  return 0;
}

/* nan and inf are none of them: who writes them may mean what they say. */
int mine__numeral_is_word(const char *text, size_t bytes) {
  static const char *const word[] = {
      "na",     "n/a",    "n.a.",    "n.a",     "#n/a",    "#na",     "<na>",      "nat",
      "null",   "(null)", "nil",     "none",    "missing", "unknown", "undefined", "not available",
      "\\n",    "#null!", "#div/0!", "#value!", "#ref!",   "-",       "--",        "---",
      "–",      "—",      "?",       "??",      ".",       "..",      "...",       "*",
      "缺失",   "缺失值", "无",      "空",      "未知",    "不详",    "暂无",      "无数据",
      "不适用", NULL};
  const numeral_span s = numeral_trim(text, bytes);
  char lower[20];
  const size_t n = (size_t)(s.end - s.at);
  if (n == 0 || n >= sizeof lower) return 0;
  for (size_t i = 0; i < n; i++)
    lower[i] = (char)(s.at[i] >= 'A' && s.at[i] <= 'Z' ? s.at[i] | 0x20 : s.at[i]);
  lower[n] = 0;
  for (int i = 0; word[i]; i++)
    if (strcmp(word[i], lower) == 0) return 1;
  return 0;
}

/* ---- in words, and kept ------------------------------------------------------------------- */

void mine__numeral_say(unsigned marks, mine_text *out) {
  static const char *const word[] = {"decimal commas", "currency signs", "percent signs",
                                     "separators of thousands", "exponents"};
  for (int i = 0, told = 0; i < 5; i++)
    if (marks & 1u << i) mine__text_addf(out, "%s%s", told++ ? ", " : "", word[i]);
}

#define NUMERALS_HEAD "number" /* no reading of times begins so */

void mine__numerals_text(const mine_numerals *how, mine_text *out) {
  if (!how || (!how->comma && !how->marks && how->n_missing == 0)) return;
  mine__text_addf(out, "%s %d%d", NUMERALS_HEAD, how->comma != 0, how->marks != 0);
  for (int i = 0; i < how->n_missing; i++)
    mine__text_addf(out, "\n%s", how->missing[i]);
}

int mine__numerals_parse(mine_arena *arena, const char *text, mine_numerals *out) {
  const size_t head = strlen(NUMERALS_HEAD);
  *out = (mine_numerals){0};
  if (strncmp(text, NUMERALS_HEAD, head) != 0 || text[head] != ' ') return 0;
  const char *flag = text + head + 1;
  for (int i = 0; i < 2; i++)
    if (flag[i] != '0' && flag[i] != '1') return 0;
  out->comma = flag[0] == '1';
  out->marks = flag[1] == '1';
  const char *at = flag + 2;
  if (*at != 0 && *at != '\n') return 0;
  size_t n = 0;
  for (const char *c = at; *c; c++)
    n += *c == '\n';
  const char **missing = mine__arena_array(arena, n + 1, sizeof *missing);
  if (!missing) return 0;
  while (*at == '\n') {
    const size_t bytes = strcspn(++at, "\n");
    missing[out->n_missing] = mine__arena_text(arena, at, bytes);
    if (!missing[out->n_missing++]) return 0;
    at += bytes;
  }
  out->missing = missing;
  return 1;
}
