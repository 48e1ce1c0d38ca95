/*
** dates_write.c -- one value read by a reading, and written back.
**
** Where every text of a column has one length, digits and literals stand at known
** places and no pattern is walked.  Writing cuts to what the pattern
** tells, so that a moment within a day is that day.
*/
#include <math.h>
#include <stddef.h>
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

static unsigned write_two_at(const mine_time_layout *layout, int which, const char *text,
                             unsigned absent) {
  const unsigned place = layout->place[which];
  return place == 255 ? absent : write_two(text + place);
}

static int write_fraction_ns(const char *at, int digits, int64_t *ns) {
  int scale = 100000000;
  for (int i = 0; i < digits; i++, scale /= 10) {
    if (at[i] < '0' || at[i] > '9') return 0;
    *ns += (int64_t)(at[i] - '0') * scale;
  }
  return 1;
}

int mine__time_read_layout(const mine_time_layout *layout, const char *text, size_t bytes,
                           double *days) {
  if (layout->bytes != bytes || bytes == 0) return 0;
  for (int i = 0; i < layout->literals; i++)
    if (text[layout->at[i]] != layout->literal[i]) return 0;
  const char *years = text + layout->place[0];
  const unsigned year = write_two(years) * 100 + write_two(years + 2);
  const unsigned month = write_two_at(layout, 1, text, 1), day = write_two_at(layout, 2, text, 1);
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return 0;
  if (day > 28 && day > (unsigned)mine__days_in_month((int)year, (int)month)) return 0;
  *days = (double)mine__day_of_civil((int)year, (int)month, (int)day);
  if (layout->place[3] == 255) return 1;
  const unsigned hour = write_two_at(layout, 3, text, 0), minute = write_two_at(layout, 4, text, 0);
  const unsigned second = write_two_at(layout, 5, text, 0);
  if (hour > 23 || minute > 59 || second > 59) return 0;
  int64_t ns = (int64_t)(hour * 3600 + minute * 60 + second) * 1000000000;
  if (layout->fraction && !write_fraction_ns(text + layout->place[6], layout->fraction, &ns))
    return 0;
  *days += (double)ns / 86400e9;
  return 1;
}

static int write_read_text(const mine_time_reading *reading, const char *text, size_t bytes,
                           double *days) {
  if (mine__time_read_layout(&reading->layout, text, bytes, days)) return 1;
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
      return mine__read_decimal(cell->as.text, cell->bytes, &value) &&
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
  int year, short_year, quarter, month, day, iso_year, week, weekday, day_of_year;
  int hour, hour_of_12, minute, second, microsecond;
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

/* A conversion that tells a number of the moment; 0: it is another. */
static int write_as_number(write_place *out, const mine_time_token *token, const write_moment *m) {
  static const struct {
    char what;
    char pad; /* 0: as the flag says */
    int width;
    size_t field;
  } row[] = {{'Y', '0', 4, offsetof(write_moment, year)},
             {'G', '0', 4, offsetof(write_moment, iso_year)},
             {'y', '0', 2, offsetof(write_moment, short_year)},
             {'q', '0', 1, offsetof(write_moment, quarter)},
             {'m', 0, 2, offsetof(write_moment, month)},
             {'V', 0, 2, offsetof(write_moment, week)},
             {'j', 0, 3, offsetof(write_moment, day_of_year)},
             {'d', 0, 2, offsetof(write_moment, day)},
             {'e', '_', 2, offsetof(write_moment, day)},
             {'u', '0', 1, offsetof(write_moment, weekday)},
             {'H', 0, 2, offsetof(write_moment, hour)},
             {'I', 0, 2, offsetof(write_moment, hour_of_12)},
             {'M', 0, 2, offsetof(write_moment, minute)},
             {'S', 0, 2, offsetof(write_moment, second)}};
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    if (row[i].what != token->what) continue;
    const int *value = (const int *)(const void *)((const char *)m + row[i].field);
    write_number(out, *value, row[i].width, row[i].pad ? row[i].pad : token->flag);
    return 1;
  }
  return 0;
}

/* The same of a word. */
static int write_as_word(write_place *out, const mine_time_token *token, const write_moment *m) {
  const char *word;
  size_t n = 3; /* of a name that is cut */
  switch (token->what) {
    case 'b':
      word = mine__month_names[m->month - 1];
      break;
    case 'B':
      word = mine__month_names[m->month - 1];
      n = strlen(word);
      break;
    case 'a':
      word = mine__weekday_names[m->weekday - 1];
      break;
    case 'A':
      word = mine__weekday_names[m->weekday - 1];
      n = strlen(word);
      break;
    case 'p':
      word = m->hour < 12 ? "AM" : "PM";
      n = 2;
      break;
    default:
      return 0;
  }
  write_word(out, word, n, token->flag);
  return 1;
}

static void write_conversion(write_place *out, const mine_time_token *token,
                             const write_moment *m) {
  if (write_as_number(out, token, m) || write_as_word(out, token, m)) return;
  if (token->what == 'f') {
    write_fraction(out, m->microsecond, token->digits);
  } else if (token->what == 'z' || token->what == 'Z') {
    write_zone(out, m->offset, token);
  } else {
    write_bytes(out, &token->literal, 1);
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
  m->short_year = m->year % 100;
  m->quarter = (m->month + 2) / 3;
  m->weekday = mine__weekday(day);
  m->day_of_year = (int)(day - mine__day_of_civil(m->year, 1, 1)) + 1;
  m->microsecond = (int)(us % 1000000);
  const int seconds = (int)(us / 1000000);
  m->hour = seconds / 3600;
  m->hour_of_12 = (m->hour + 11) % 12 + 1;
  m->minute = seconds / 60 % 60;
  m->second = seconds % 60;
  m->offset = reading->offset;
  return m->iso_year >= 1 && m->iso_year <= 9999;
}

/* Units of whole days, as they are: the sum is exact. */
static int write_day_unit(const mine_time_reading *reading, double days, mine_cell *out) {
  const double value = days + mine__time_units[reading->unit].zero;
  out->type = reading->cell == MINE_INT ? MINE_INT : MINE_REAL;
  if (reading->cell == MINE_INT)
    out->as.integer = (int64_t)floor(value);
  else
    out->as.real = value;
  return 1;
}

/* Units of seconds, from whole microseconds; whole units for a column of them. */
static int write_second_unit(const mine_time_reading *reading, double days, mine_cell *out) {
  int64_t day, us;
  mine__time_split(days, &day, &us);
  us += day * WRITE_DAY_US;
  const double per_us = mine__time_units[reading->unit].per_day / (double)WRITE_DAY_US;
  const int64_t units = (int64_t)per_us,
                grain = (int64_t)(1 / per_us + 0.5); /* one is 1, or more */
  if (units > 1 && (us > INT64_MAX / units || us < INT64_MIN / units)) return 0;
  const int cuts = units < 1 && us % grain != 0;
  out->type =
      reading->cell == MINE_REAL || (cuts && reading->cell == MINE_TEXT) ? MINE_REAL : MINE_INT;
  if (out->type == MINE_REAL)
    out->as.real = units > 1 ? (double)(us * units) : (double)us / (double)grain;
  else
    out->as.integer = units >= 1 ? us * units : us / grain - (us % grain < 0);
  return 1;
}

static int write_unit(const mine_time_reading *reading, double days, char buffer[MINE_TIME_BYTES],
                      mine_cell *out) {
  const int good = mine__time_units[reading->unit].per_day > 1
                       ? write_second_unit(reading, days, out)
                       : write_day_unit(reading, days, out);
  if (!good || reading->cell != MINE_TEXT) return good;
  if (out->type == MINE_INT)
    snprintf(buffer, MINE_TIME_BYTES, "%lld", (long long)out->as.integer);
  else
    mine__format_real(buffer, out->as.real, 0);
  *out = (mine_cell){.type = MINE_TEXT, .bytes = strlen(buffer), .as = {.text = buffer}};
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
  if (reading->cell == MINE_TEXT || !mine__read_number(buffer, out->bytes, &number)) return 1;
  out->bytes = 0;
  out->type = reading->cell;
  if (reading->cell == MINE_INT)
    out->as.integer = (int64_t)number;
  else
    out->as.real = number;
  return 1;
}

const char *mine__show_time(mine_arena *arena, const mine_time_reading *reading, double days) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell = {.type = MINE_REAL, .as.real = days};
  mine_text text;
  mine__text_open(&text, arena);
  if (!reading || mine__time_write(reading, days, buffer, &cell)) mine__text_add_cell(&text, &cell);
  return text.bytes ? text.data : "?";
}
