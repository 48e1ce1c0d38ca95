/*
** number.c -- numbers as text and back, exactly, in no locale at all.
**
** Writing: the fewest of 15, 16 or 17 significant digits that read back as the
** same double.  Reading: W. Clinger's fast path (How to read floating point
** numbers accurately, PLDI 1990): an integer below 2^53 times or over a power
** of ten up to 10^22 is one correctly rounded operation.  The rest goes to
** strtod as "digitsE-k": without a decimal point no locale matters.
*/
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* More digits than any double needs to be decided (767); what is beyond only
** counts as "not zero". */
#define NUMBER_DIGITS 800

/* ---- writing ------------------------------------------------------------------- */

/* Whatever stands for the decimal point in this locale becomes '.'. */
static void number_unlocalise(char *out, const char *text) {
  size_t n = 0;
  int in_point = 0;
  for (; *text && n + 1 < MINE_NUMBER_BYTES; text++) {
    int plain = (*text >= '0' && *text <= '9') || strchr("+-eE", *text) != NULL;
    if (plain || !in_point) out[n++] = plain ? *text : '.';
    in_point = !plain;
  }
  out[n] = 0;
}

static int number_shortest(char *buffer, size_t bytes, double value) {
  for (int digits = 15; digits < 17; digits++) {
    int n = snprintf(buffer, bytes, "%.*g", digits, value);
    if (strtod(buffer, NULL) == value) return n;
  }
  return snprintf(buffer, bytes, "%.17g", value);
}

const char *mine__format_real(char buffer[MINE_NUMBER_BYTES], double value, int digits) {
  char local[2 * MINE_NUMBER_BYTES];
  if (isnan(value) || isinf(value)) {
    snprintf(buffer, MINE_NUMBER_BYTES, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return buffer;
  }
  if (value > -1e15 && value < 1e15 && digits <= 0 && value != 0 && value == trunc(value)) {
    snprintf(buffer, MINE_NUMBER_BYTES, "%lld", (long long)value);
    return buffer;
  }
  if (digits > 0)
    snprintf(local, sizeof local, "%.*g", digits > 17 ? 17 : digits, value);
  else
    number_shortest(local, sizeof local, value);
  number_unlocalise(buffer, local);
  return buffer;
}

/* ---- reading ------------------------------------------------------------------- */

typedef struct number_parts {
  const char *whole, *fraction; /* digits before and after the point */
  size_t n_whole, n_fraction;
  int negative, has_exponent;
  long exponent;
} number_parts;

static int number_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t number_count_digits(const char *at, const char *end) {
  const char *start = at;
  while (at < end && *at >= '0' && *at <= '9')
    at++;
  return (size_t)(at - start);
}

/* [eE][+-]digits; NULL when no digit follows. */
static const char *number_exponent(const char *at, const char *end, number_parts *out) {
  at++;
  int negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  size_t n = number_count_digits(at, end);
  if (n == 0) return NULL;
  long e = 0;
  for (size_t i = 0; i < n; i++)
    if (e < 100000000) e = e * 10 + (at[i] - '0');
  out->has_exponent = 1;
  out->exponent = negative ? -e : e;
  return at + n;
}

/* [+-]digits[.digits][e[+-]digits] between spaces, and nothing else. */
static int number_scan(const char *text, size_t bytes, number_parts *out) {
  const char *at = text, *end = text + bytes;
  memset(out, 0, sizeof *out);
  while (at < end && number_is_space(*at))
    at++;
  while (end > at && number_is_space(end[-1]))
    end--;
  if (at < end && (*at == '-' || *at == '+')) out->negative = *at++ == '-';
  out->whole = at;
  out->n_whole = number_count_digits(at, end);
  at += out->n_whole;
  if (at < end && *at == '.') {
    out->fraction = ++at;
    out->n_fraction = number_count_digits(at, end);
    at += out->n_fraction;
  }
  if (out->n_whole + out->n_fraction == 0) return 0;
  if (at < end && (*at == 'e' || *at == 'E')) at = number_exponent(at, end, out);
  return at == end;
}

static char number_digit(const number_parts *parts, size_t i) {
  return i < parts->n_whole ? parts->whole[i] : parts->fraction[i - parts->n_whole];
}

/* Any number of digits, correctly rounded. */
static double number_slow(const number_parts *parts, size_t first) {
  char buffer[NUMBER_DIGITS + 32];
  size_t total = parts->n_whole + parts->n_fraction, n = 0, i = first;
  for (; i < total && n < NUMBER_DIGITS; i++)
    buffer[n++] = number_digit(parts, i);
  double exponent = (double)parts->exponent - (double)parts->n_fraction + (double)(total - i);
  int rest = 0;
  for (; i < total && !rest; i++)
    rest = number_digit(parts, i) != '0';
  if (rest) {
    buffer[n++] = '1';
    exponent -= 1;
  }
  long e = exponent > 99999 ? 99999 : exponent < -99999 ? -99999 : (long)exponent;
  snprintf(buffer + n, sizeof buffer - n, "E%ld", e);
  return strtod(buffer, NULL);
}

static double number_value(const number_parts *parts) {
  static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  size_t total = parts->n_whole + parts->n_fraction, first = 0;
  while (first < total && number_digit(parts, first) == '0')
    first++;
  double value = 0;
  if (total - first <= 18 && FLT_EVAL_METHOD == 0) {
    int64_t digits = 0;
    for (size_t i = first; i < total; i++)
      digits = digits * 10 + (number_digit(parts, i) - '0');
    double e = (double)parts->exponent - (double)parts->n_fraction;
    if (digits == 0 || (digits <= (INT64_C(1) << 53) && e >= -22 && e <= 22)) {
      value = (double)digits;
      if (digits) value = e < 0 ? value / power[(int)-e] : value * power[(int)e];
      return parts->negative ? -value : value;
    }
  }
  value = first < total ? number_slow(parts, first) : 0;
  return parts->negative ? -value : value;
}

int mine__read_number(const char *text, size_t bytes, double *out) {
  number_parts parts;
  if (!number_scan(text, bytes, &parts)) return 0;
  *out = number_value(&parts);
  return 1;
}

int mine__read_decimal(const char *text, size_t bytes, double *out) {
  number_parts parts;
  if (!number_scan(text, bytes, &parts) || parts.has_exponent) return 0;
  if (parts.n_whole > 1 && parts.whole[0] == '0') return 0;
  *out = number_value(&parts);
  return isfinite(*out) != 0;
}

int mine_read_number(const char *text, size_t bytes, double *out) {
  return mine__read_number(text, bytes, out);
}
