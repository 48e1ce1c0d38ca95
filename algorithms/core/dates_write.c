/*
** dates_write.c -- one value read by a reading, and written back.
**
** Reading has a path of its own for yyyy-mm-dd with any separators, and for the
** time of day behind it: no pattern is walked.  Writing cuts to what the pattern
** tells, so that a moment within a day is that day.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dates_pattern.h"

#define WRITE_DAY_US INT64_C(86400000000)

const mine_time_unit_row mine__time_units[MINE_TIME_UNITS] = {
    [MINE_TIME_PATTERN] = {.word = NULL, .said = NULL, .per_day = 1, .zero = 0},
    [MINE_TIME_UNIX] = {.word = "unix", .said = "Unix seconds", .per_day = 86400, .zero = 0},
    [MINE_TIME_UNIX_MS] = {.word = "unix_ms",
                           .said = "Unix milliseconds",
                           .per_day = 86400e3,
                           .zero = 0},
    [MINE_TIME_UNIX_US] = {.word = "unix_us",
                           .said = "Unix microseconds",
                           .per_day = 86400e6,
                           .zero = 0},
    [MINE_TIME_UNIX_NS] = {.word = "unix_ns",
                           .said = "Unix nanoseconds",
                           .per_day = 86400e9,
                           .zero = 0},
    [MINE_TIME_JULIAN] = {.word = "julian", .said = "Julian days", .per_day = 1, .zero = 2440587.5},
    [MINE_TIME_EXCEL] = {.word = "excel",
                         .said = "a spreadsheet's days",
                         .per_day = 1,
                         .zero = 25569},
};

/* ---- reading ----------------------------------------------------------------------- */

/* Two digits, or something above 99. */
static unsigned write_two(const char *at) {
  const unsigned tens = (unsigned char)(at[0] - '0'), ones = (unsigned char)(at[1] - '0');
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

static int write_fast(const mine_time_reading *reading, const char *at, size_t bytes,
                      double *days) {
  const char *pattern = reading->pattern;
  if (bytes != (reading->fast == 1 ? 10 : 19) || at[4] != pattern[2] || at[7] != pattern[5])
    return 0;
  const unsigned year = write_two(at) * 100 + write_two(at + 2);
  const unsigned month = write_two(at + 5), day = write_two(at + 8);
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return 0;
  if (day > 28 && day > (unsigned)mine__days_in_month((int)year, (int)month)) return 0;
  *days = (double)mine__day_of_civil((int)year, (int)month, (int)day);
  if (reading->fast == 1) return 1;
  if (at[10] != pattern[8] || at[13] != pattern[11] || at[16] != pattern[14]) return 0;
  const unsigned hour = write_two(at + 11), minute = write_two(at + 14),
                 second = write_two(at + 17);
  if (hour > 23 || minute > 59 || second > 59) return 0;
  *days += (double)(hour * 3600 + minute * 60 + second) / 86400;
  return 1;
}

static int write_read_text(const mine_time_reading *reading, const char *text, size_t bytes,
                           double *days) {
  if (reading->fast && write_fast(reading, text, bytes, days)) return 1;
  const char *end = text + bytes;
  mine_time_fields fields;
  mine__time_trim(&text, &end);
  mine__time_fields_clear(&fields);
  return mine__time_match(reading->pattern, text, end, &fields) == end &&
         mine__time_compose(&fields, days);
}

static int write_read_unit(const mine_time_reading *reading, double value, double *days) {
  const mine_time_unit_row *unit = &mine__time_units[reading->unit];
  if (reading->unit == MINE_TIME_EXCEL && value < 61) return 0; /* its 1900-02-29 */
  *days = value / unit->per_day - unit->zero;
  return *days >= (double)MINE_TIME_FIRST_DAY && *days < (double)(MINE_TIME_LAST_DAY + 1);
}

/* How many digits a pattern of full numbers has; 0 when it has anything else. */
static int write_digits(const char *pattern) {
  int digits = 0;
  while (*pattern) {
    const mine_time_token token = mine__time_token(pattern);
    if (!mine__time_is_number(token.what)) return 0;
    digits += token.what == 'Y' || token.what == 'G'   ? 4
              : token.what == 'j'                      ? 3
              : token.what == 'q' || token.what == 'u' ? 1
                                                       : 2;
    pattern = token.next;
  }
  return digits;
}

/* A whole number by its digits: 20240102 as %Y%m%d. */
static int write_read_whole(const mine_time_reading *reading, int64_t value, double *days) {
  char digits[20];
  const int n = write_digits(reading->pattern);
  if (n == 0 || value < 0) return 0;
  for (int i = n; i-- > 0; value /= 10)
    if (i < (int)sizeof digits) digits[i] = (char)('0' + value % 10);
  return value == 0 && n <= (int)sizeof digits && write_read_text(reading, digits, (size_t)n, days);
}

int mine__time_read(const mine_time_reading *reading, const mine_cell *cell, double *days) {
  double value = 0;
  const int by_pattern = reading->unit == MINE_TIME_PATTERN;
  switch (cell->type) {
    case MINE_TEXT:
      if (by_pattern) return write_read_text(reading, cell->as.text, cell->bytes, days);
      return mine_read_decimal(cell->as.text, cell->bytes, &value) &&
             write_read_unit(reading, value, days);
    case MINE_INT:
      if (by_pattern) return write_read_whole(reading, cell->as.integer, days);
      return write_read_unit(reading, (double)cell->as.integer, days);
    case MINE_REAL:
      value = cell->as.real;
      if (!by_pattern) return write_read_unit(reading, value, days);
      return value >= 0 && value < 1e15 && value == trunc(value) &&
             write_read_whole(reading, (int64_t)value, days);
    default:
      return 0;
  }
}

/* ---- writing ------------------------------------------------------------------------- */

typedef struct write_moment {
  int year, month, day, iso_year, week, weekday, day_of_year;
  int hour, minute, second, microsecond;
  int offset;
} write_moment;

typedef struct write_place {
  char *at;
  size_t left;
} write_place;

static void write_bytes(write_place *out, const char *data, size_t n) {
  if (n > out->left) n = out->left;
  memcpy(out->at, data, n);
  out->at += n;
  out->left -= n;
}

static void write_number(write_place *out, int value, int width, char flag) {
  char digits[12];
  int n = 0;
  for (; value > 0 || n == 0; value /= 10)
    digits[sizeof digits - 1 - (size_t)n++] = (char)('0' + value % 10);
  while (flag != '-' && n < width)
    digits[sizeof digits - 1 - (size_t)n++] = flag == '_' ? ' ' : '0';
  write_bytes(out, digits + sizeof digits - (size_t)n, (size_t)n);
}

static void write_word(write_place *out, const char *word, size_t n, char flag) {
  for (size_t i = 0; i < n; i++) {
    char c = word[i];
    if (flag == '^' && c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (flag == '#' && c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    write_bytes(out, &c, 1);
  }
}

static void write_fraction(write_place *out, int microsecond, int digits) {
  char all[9] = "000000000";
  for (int i = 6; i-- > 0; microsecond /= 10)
    all[i] = (char)('0' + microsecond % 10);
  if (digits == 0)
    for (digits = 6; digits > 1 && all[digits - 1] == '0';)
      digits--;
  write_bytes(out, all, (size_t)digits);
}

static void write_zone(write_place *out, int offset, const mine_time_token *token) {
  const int size = offset < 0 ? -offset : offset;
  if (token->what == 'Z' && offset == 0) {
    write_bytes(out, "Z", 1);
    return;
  }
  write_bytes(out, offset < 0 ? "-" : "+", 1);
  write_number(out, size / 60, 2, 0);
  if (token->flag == '#' && size % 60 == 0) return;
  if (token->flag == ':' || token->what == 'Z') write_bytes(out, ":", 1);
  write_number(out, size % 60, 2, 0);
}

static void write_conversion(write_place *out, const mine_time_token *token,
                             const write_moment *m) {
  const char flag = token->flag;
  switch (token->what) {
    case 'Y':
      write_number(out, m->year, 4, 0);
      return;
    case 'G':
      write_number(out, m->iso_year, 4, 0);
      return;
    case 'y':
      write_number(out, m->year % 100, 2, 0);
      return;
    case 'm':
      write_number(out, m->month, 2, flag);
      return;
    case 'd':
      write_number(out, m->day, 2, flag);
      return;
    case 'e':
      write_number(out, m->day, 2, '_');
      return;
    case 'j':
      write_number(out, m->day_of_year, 3, flag);
      return;
    case 'H':
      write_number(out, m->hour, 2, flag);
      return;
    case 'I':
      write_number(out, (m->hour + 11) % 12 + 1, 2, flag);
      return;
    case 'M':
      write_number(out, m->minute, 2, flag);
      return;
    case 'S':
      write_number(out, m->second, 2, flag);
      return;
    case 'V':
      write_number(out, m->week, 2, flag);
      return;
    case 'u':
      write_number(out, m->weekday, 1, 0);
      return;
    case 'q':
      write_number(out, (m->month + 2) / 3, 1, 0);
      return;
    case 'b':
      write_word(out, mine__month_names[m->month - 1], 3, flag);
      return;
    case 'B':
      write_word(out, mine__month_names[m->month - 1], strlen(mine__month_names[m->month - 1]),
                 flag);
      return;
    case 'a':
      write_word(out, mine__weekday_names[m->weekday - 1], 3, flag);
      return;
    case 'A':
      write_word(out, mine__weekday_names[m->weekday - 1],
                 strlen(mine__weekday_names[m->weekday - 1]), flag);
      return;
    case 'p':
      write_word(out, m->hour < 12 ? "AM" : "PM", 2, flag);
      return;
    case 'f':
      write_fraction(out, m->microsecond, token->digits);
      return;
    case 'z':
    case 'Z':
      write_zone(out, m->offset, token);
      return;
    default:
      write_bytes(out, &token->literal, 1);
      return;
  }
}

/* Whether an optional part would say nothing but zeros.  Moves past it. */
static int write_is_zero(const char **pattern, const write_moment *m) {
  int zero = 1, depth = 1;
  while (**pattern && depth > 0) {
    const mine_time_token token = mine__time_token(*pattern);
    *pattern = token.next;
    depth += (token.what == '[') - (token.what == ']');
    zero = zero && !((token.what == 'H' || token.what == 'I') && m->hour) &&
           !(token.what == 'M' && m->minute) && !(token.what == 'S' && m->second) &&
           !(token.what == 'f' && m->microsecond);
  }
  return zero;
}

static void write_pattern(write_place *out, const char *pattern, const write_moment *m) {
  while (*pattern) {
    const mine_time_token token = mine__time_token(pattern);
    const char *past = token.next;
    if (token.what == '[' && write_is_zero(&past, m)) {
      pattern = past;
      continue;
    }
    if (token.what != '[' && token.what != ']') write_conversion(out, &token, m);
    pattern = token.next;
  }
}

/* What a double cannot hold of a moment must not turn 10:15:00 into 10:14:59. */
static int64_t write_cut(double days, int64_t us, mine_time_step step) {
  const int64_t unit = step >= MINE_STEP_FRACTION ? 1
                       : step == MINE_STEP_SECOND ? 1000000
                       : step == MINE_STEP_MINUTE ? 60000000
                                                  : INT64_C(3600000000);
  const int64_t slack = (int64_t)(fabs(days) * 0x1p-52 * (double)WRITE_DAY_US) + 1;
  return step < MINE_STEP_HOUR || unit == 1 ? us : us + slack - (us + slack) % unit;
}

static int write_moment_of(const mine_time_reading *reading, double days, write_moment *m) {
  int64_t day, us;
  if (!(fabs(days) < 1e8)) return 0;
  mine__time_split(days, &day, &us);
  us = write_cut(days, us, reading->step) + (int64_t)reading->offset * 60000000;
  const int64_t over = us < 0 ? -1 : us / WRITE_DAY_US;
  us -= over * WRITE_DAY_US;
  day += over;
  if (day < MINE_TIME_FIRST_DAY || day > MINE_TIME_LAST_DAY) return 0;
  mine__civil_of_day(day, &m->year, &m->month, &m->day);
  mine__iso_week_of_day(day, &m->iso_year, &m->week);
  m->weekday = mine__weekday(day);
  m->day_of_year = (int)(day - mine__day_of_civil(m->year, 1, 1)) + 1;
  m->microsecond = (int)(us % 1000000);
  const int seconds = (int)(us / 1000000);
  m->hour = seconds / 3600;
  m->minute = seconds / 60 % 60;
  m->second = seconds % 60;
  m->offset = reading->offset;
  return m->iso_year >= 1 && m->iso_year <= 9999;
}

static int write_text_number(double value, char buffer[MINE_TIME_BYTES], mine_cell *out) {
  char number[MINE_NUMBER_BYTES];
  mine_format_real(number, value, 0);
  out->type = MINE_TEXT;
  out->bytes = strlen(number);
  memcpy(buffer, number, out->bytes + 1);
  out->as.text = buffer;
  return 1;
}

/* Whole units since 1970, in whole arithmetic. */
static int write_whole_unit(const mine_time_reading *reading, double days, mine_cell *out) {
  int64_t day, us;
  mine__time_split(days, &day, &us);
  const double per_us = mine__time_units[reading->unit].per_day / (double)WRITE_DAY_US;
  us += day * WRITE_DAY_US;
  if (per_us > 1 && (us > INT64_MAX / 1000 || us < INT64_MIN / 1000)) return 0;
  out->type = MINE_INT;
  if (per_us >= 1) {
    out->as.integer = us * (int64_t)per_us;
  } else {
    const int64_t grain = (int64_t)(1 / per_us + 0.5);
    out->as.integer = us / grain - (us % grain < 0);
  }
  return 1;
}

/* Units of days as they are; others to the microsecond. */
static int write_unit(const mine_time_reading *reading, double days, char buffer[MINE_TIME_BYTES],
                      mine_cell *out) {
  const mine_time_unit_row *unit = &mine__time_units[reading->unit];
  double value = days + unit->zero;
  if (unit->per_day > 1) {
    if (reading->cell == MINE_INT) return write_whole_unit(reading, days, out);
    const double grain = 86400e6 / unit->per_day;
    value = round(days * 86400e6);
    value = grain >= 1 ? value / grain : value * (unit->per_day / 86400e6);
  }
  if (reading->cell == MINE_TEXT) return write_text_number(value, buffer, out);
  out->type = reading->cell;
  if (reading->cell == MINE_INT)
    out->as.integer = (int64_t)floor(value);
  else
    out->as.real = value;
  return 1;
}

int mine__time_write(const mine_time_reading *reading, double days, char buffer[MINE_TIME_BYTES],
                     mine_cell *out) {
  write_moment moment;
  memset(out, 0, sizeof *out);
  if (!write_moment_of(reading, days, &moment)) return 0;
  if (reading->unit != MINE_TIME_PATTERN) return write_unit(reading, days, buffer, out);
  write_place place = {.at = buffer, .left = MINE_TIME_BYTES - 1};
  write_pattern(&place, reading->pattern, &moment);
  *place.at = 0;
  out->bytes = (size_t)(place.at - buffer);
  out->type = MINE_TEXT;
  out->as.text = buffer;
  double number;
  if (reading->cell == MINE_TEXT || !mine_read_number(buffer, out->bytes, &number)) return 1;
  out->bytes = 0;
  out->type = reading->cell;
  if (reading->cell == MINE_INT)
    out->as.integer = (int64_t)number;
  else
    out->as.real = number;
  return 1;
}
