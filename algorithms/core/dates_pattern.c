/*
** dates_pattern.c -- a text read by a pattern.
**
** One pass over the pattern and the text together; optional parts (%[ ... %])
** are tried and passed over, nothing else is tried twice.
*/
#include "dates_pattern.h"

#include <string.h>

const char *const mine__month_names[12] = {"January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December"};
const char *const mine__weekday_names[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};

/* ---- tokens ------------------------------------------------------------------------ */

mine_time_token mine__time_token(const char *pattern) {
  mine_time_token token = {.literal = pattern[0], .next = pattern + 1};
  if (pattern[0] != '%' || !pattern[1]) return token;
  const char *at = pattern + 1;
  if (*at == '-' || *at == '^' || *at == '#' || *at == ':') token.flag = *at++;
  if (*at >= '1' && *at <= '9') token.digits = *at++ - '0';
  if (!*at) return token; /* the checks of patterns refuse it */
  token.next = at + 1;
  if (*at != '%') token.what = *at;
  return token;
}

int mine__time_is_number(char what) {
  return what && strchr("YymdejHIMSqGVu", what) != NULL;
}

mine_time_step mine__time_fineness(char what) {
  switch (what) {
    case 'q':
      return MINE_STEP_QUARTER;
    case 'm':
    case 'b':
    case 'B':
      return MINE_STEP_MONTH;
    case 'V':
      return MINE_STEP_WEEK;
    case 'd':
    case 'e':
    case 'j':
    case 'u':
      return MINE_STEP_DAY;
    case 'H':
    case 'I':
      return MINE_STEP_HOUR;
    case 'M':
      return MINE_STEP_MINUTE;
    case 'S':
      return MINE_STEP_SECOND;
    case 'f':
      return MINE_STEP_FRACTION;
    default:
      return MINE_STEP_YEAR;
  }
}

/* ---- pieces ---------------------------------------------------------------------------- */

static int pattern_is_digit(char c) {
  return c >= '0' && c <= '9';
}

static char pattern_lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static int pattern_is_letter(char c) {
  const char lower = pattern_lower(c);
  return lower >= 'a' && lower <= 'z';
}

const char *mine__time_skip_blanks(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t'))
    at++;
  return at;
}

void mine__time_trim(const char **text, const char **end) {
  *text = mine__time_skip_blanks(*text, *end);
  while (*end > *text && ((*end)[-1] == ' ' || ((*end)[-1] >= '\t' && (*end)[-1] <= '\r')))
    (*end)--;
}

int mine__time_digits(const char **at, const char *end, int least, int most) {
  int value = 0, n = 0;
  for (; n < most && *at + n < end && pattern_is_digit((*at)[n]); n++)
    value = value * 10 + ((*at)[n] - '0');
  if (n < least) return -1;
  *at += n;
  return value;
}

/* Nanoseconds: what follows the ninth digit is passed over, for `scale` is 0 by then. */
void mine__time_fraction(const char **at, const char *end, mine_time_fields *fields) {
  int n = 0, scale = 100000000;
  fields->nanosecond = 0;
  for (; *at < end && pattern_is_digit(**at); (*at)++, scale /= 10, n++)
    fields->nanosecond += (**at - '0') * scale;
  fields->fraction = n;
}

int mine__time_half(const char **at, const char *end, mine_time_fields *fields) {
  const char *t = *at;
  if (end - t < 2 || pattern_lower(t[1]) != 'm') return 0;
  const char first = pattern_lower(t[0]);
  if (first != 'a' && first != 'p') return 0;
  fields->half = first == 'a' ? 1 : 2;
  fields->style |= t[0] == first ? MINE_STYLE_PM_LOWER : MINE_STYLE_PM_UPPER;
  *at = t + 2;
  return fields->half;
}

int mine__time_zone(const char **at, const char *end, mine_time_fields *fields) {
  const char *t = *at;
  if (t < end && (*t == 'Z' || *t == 'z')) {
    fields->zone = 0;
    fields->style |= MINE_STYLE_Z;
    *at = t + 1;
    return 1;
  }
  if (t == end || (*t != '+' && *t != '-')) return 0;
  const int west = *t++ == '-';
  const int hours = mine__time_digits(&t, end, 2, 2);
  int minutes = 0;
  uint32_t style = MINE_STYLE_HOURS;
  if (t < end && (*t == ':' || pattern_is_digit(*t))) {
    style = *t == ':' ? MINE_STYLE_COLON : MINE_STYLE_BASIC;
    t += *t == ':';
    minutes = mine__time_digits(&t, end, 2, 2);
  }
  if (hours < 0 || minutes < 0 || hours > 23 || minutes > 59) return 0;
  fields->zone = (west ? -1 : 1) * (hours * 60 + minutes);
  fields->style |= style;
  *at = t;
  return 1;
}

/* A name of the list, whole or as its first three letters; its index or -1. */
static int pattern_name(const char **at, const char *end, const char *const *names, int n,
                        int *is_full) {
  const char *t = *at;
  size_t length = 0;
  while (t + length < end && pattern_is_letter(t[length]))
    length++;
  if (length < 3 || length > 9) return -1;
  for (int i = 0; i < n; i++) {
    const size_t full = strlen(names[i]);
    size_t same = 0;
    while (same < length && same < full && pattern_lower(t[same]) == pattern_lower(names[i][same]))
      same++;
    /* "Sept" is written as often as "Sep". */
    const int sept = n == 12 && i == 8 && length == 4;
    if (same != length || (length != full && length != 3 && !sept)) continue;
    *is_full = length == full;
    *at = t + length;
    return i;
  }
  return -1;
}

static uint32_t pattern_case(const char *name) {
  if (name[0] == pattern_lower(name[0])) return MINE_STYLE_LOWER;
  return name[1] == pattern_lower(name[1]) ? MINE_STYLE_TITLE : MINE_STYLE_UPPER;
}

/* ---- the match --------------------------------------------------------------------------- */

typedef struct pattern_cursor {
  const char *start; /* of the whole pattern: places are counted from here */
  const char *pattern;
  const char *at, *end;
  mine_time_fields *fields;
  int after_number; /* digits adjoin: each has its full width */
} pattern_cursor;

typedef struct pattern_range {
  int width, low, high;
} pattern_range;

static pattern_range pattern_range_of(char what) {
  switch (what) {
    case 'Y':
    case 'G':
      return (pattern_range){4, 1, 9999};
    case 'y':
      return (pattern_range){2, 0, 99};
    case 'm':
      return (pattern_range){2, 1, 12};
    case 'd':
    case 'e':
      return (pattern_range){2, 1, 31};
    case 'j':
      return (pattern_range){3, 1, 366};
    case 'H':
      return (pattern_range){2, 0, 23};
    case 'I':
      return (pattern_range){2, 1, 12};
    case 'q':
      return (pattern_range){1, 1, 4};
    case 'V':
      return (pattern_range){2, 1, 53};
    case 'u':
      return (pattern_range){1, 1, 7};
    default:
      return (pattern_range){2, 0, 59}; /* M S */
  }
}

static void pattern_store(mine_time_fields *f, char what, int value) {
  switch (what) {
    case 'Y':
    case 'G':
      f->year = value;
      break;
    case 'y':
      /* As POSIX's strptime reads two digits. */
      f->year = value + (value < 69 ? 2000 : 1900);
      break;
    case 'm':
      f->month = value;
      break;
    case 'd':
    case 'e':
      f->day = value;
      break;
    case 'j':
      f->day_of_year = value;
      break;
    case 'H':
    case 'I':
      f->hour = value;
      break;
    case 'M':
      f->minute = value;
      break;
    case 'S':
      f->second = value;
      break;
    case 'q':
      f->quarter = value;
      break;
    case 'V':
      f->week = value;
      break;
    default:
      f->weekday = value;
      break; /* u */
  }
}

static int pattern_number(pattern_cursor *c, const mine_time_token *token) {
  const pattern_range range = pattern_range_of(token->what);
  /* Years, days of years and minutes are whole; the rest may be thin between literals. */
  const int adjoins = c->after_number || mine__time_is_number(mine__time_token(token->next).what);
  const int can_be_thin =
      !adjoins && (strchr("mdeHIV", token->what) ||
                   (token->flag == '-' && (token->what == 'M' || token->what == 'S')));
  if (token->what == 'e') c->at = mine__time_skip_blanks(c->at, c->end);
  const char *from = c->at;
  const int value = mine__time_digits(&c->at, c->end, can_be_thin ? 1 : range.width, range.width);
  if (value < 0) return 0;
  const uint64_t place = UINT64_C(1) << ((c->pattern - c->start) & 63);
  if (c->at - from == 1) c->fields->thin |= place;
  if (c->at - from == 2 && *from == '0') c->fields->padded |= place;
  if (value < range.low || value > range.high) {
    c->fields->no_such = 1;
    return 0;
  }
  pattern_store(c->fields, token->what, value);
  return 1;
}

static int pattern_month_name(pattern_cursor *c) {
  int full;
  const char *name = c->at;
  const int month = pattern_name(&c->at, c->end, mine__month_names, 12, &full);
  if (month < 0) return 0;
  c->fields->month = month + 1;
  c->fields->style |= pattern_case(name);
  /* May is both. */
  if (month != 4) c->fields->style |= full ? MINE_STYLE_FULL : MINE_STYLE_SHORT;
  return 1;
}

static int pattern_weekday_name(pattern_cursor *c) {
  int full;
  const int day = pattern_name(&c->at, c->end, mine__weekday_names, 7, &full);
  if (day < 0) return 0;
  c->fields->named_weekday = day + 1;
  c->fields->style |= full ? MINE_STYLE_DAY_FULL : MINE_STYLE_DAY_SHORT;
  return 1;
}

static int pattern_literal(pattern_cursor *c, char literal) {
  if (c->at == c->end || *c->at != literal) return 0;
  c->at = literal == ' ' ? mine__time_skip_blanks(c->at, c->end) : c->at + 1;
  return 1;
}

static int pattern_conversion(pattern_cursor *c, const mine_time_token *token) {
  switch (token->what) {
    case 0:
      return pattern_literal(c, token->literal);
    case 'b':
    case 'B':
      return pattern_month_name(c);
    case 'a':
    case 'A':
      return pattern_weekday_name(c);
    case 'p':
      return mine__time_half(&c->at, c->end, c->fields) != 0;
    case 'z':
    case 'Z':
      return mine__time_zone(&c->at, c->end, c->fields);
    case 'f':
      mine__time_fraction(&c->at, c->end, c->fields);
      return c->fields->fraction > 0;
    default:
      return pattern_number(c, token);
  }
}

/* Past the %] of the %[ before `pattern`. */
static const char *pattern_skip(const char *pattern) {
  for (int depth = 1; *pattern && depth > 0;) {
    const mine_time_token token = mine__time_token(pattern);
    depth += (token.what == '[') - (token.what == ']');
    pattern = token.next;
  }
  return pattern;
}

static int pattern_run(pattern_cursor *c);

static void pattern_optional(pattern_cursor *c, const char *inside) {
  const pattern_cursor before = *c;
  const mine_time_fields fields = *c->fields;
  c->pattern = inside;
  if (!pattern_run(c)) {
    const int no_such = c->fields->no_such;
    *c = before;
    *c->fields = fields;
    c->fields->no_such |= no_such;
  }
  c->pattern = pattern_skip(inside);
  c->after_number = 0;
}

/* To the end of the pattern or of its optional part. */
static int pattern_run(pattern_cursor *c) {
  while (*c->pattern) {
    const mine_time_token token = mine__time_token(c->pattern);
    if (token.what == ']') return 1;
    if (token.what == '[') {
      pattern_optional(c, token.next);
      continue;
    }
    if (!pattern_conversion(c, &token)) return 0;
    c->after_number = mine__time_is_number(token.what);
    c->pattern = token.next;
  }
  return 1;
}

void mine__time_fields_clear(mine_time_fields *fields) {
  memset(fields, 0, sizeof *fields);
  fields->month = fields->day = 1;
  fields->fraction = -1;
}

const char *mine__time_match(const char *pattern, const char *text, const char *end,
                             mine_time_fields *fields) {
  pattern_cursor c = {
      .start = pattern, .pattern = pattern, .at = text, .end = end, .fields = fields};
  return pattern_run(&c) ? c.at : NULL;
}

/* ---- fields to days ---------------------------------------------------------------------- */

static int pattern_day(const mine_time_fields *f, int64_t *day) {
  if (f->year < 1) return 0;
  if (f->week) {
    if (f->week > mine__weeks_in_year(f->year)) return 0;
    *day = mine__day_of_iso_week(f->year, f->week) + (f->weekday ? f->weekday - 1 : 0);
  } else if (f->day_of_year) {
    *day = mine__day_of_civil(f->year, 1, f->day_of_year);
    if (*day >= mine__day_of_civil(f->year + 1, 1, 1)) return 0;
  } else {
    const int month = f->quarter ? 3 * f->quarter - 2 : f->month;
    if (f->day > mine__days_in_month(f->year, month)) return 0;
    *day = mine__day_of_civil(f->year, month, f->day);
  }
  return *day >= MINE_TIME_FIRST_DAY && *day <= MINE_TIME_LAST_DAY &&
         (!f->named_weekday || f->named_weekday == mine__weekday(*day));
}

int mine__time_compose(mine_time_fields *f, double *days) {
  int64_t day;
  f->no_such = !pattern_day(f, &day) || (f->half && (f->hour < 1 || f->hour > 12));
  if (f->no_such) return 0;
  const int hour = f->half ? f->hour % 12 + (f->half == 2 ? 12 : 0) : f->hour;
  int64_t second = hour * 3600 + f->minute * 60 + f->second - (int64_t)f->zone * 60;
  const int64_t over = second < 0 ? -1 : second >= 86400 ? 1 : 0;
  second -= over * 86400;
  day += over;
  *days = (double)day + (double)(second * INT64_C(1000000000) + f->nanosecond) / 86400e9;
  return 1;
}
