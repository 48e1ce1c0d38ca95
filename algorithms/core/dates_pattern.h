/*
** dates_pattern.h -- patterns, token by token.  Private to dates_*.c.
*/
#ifndef MINE_CORE_DATES_PATTERN_H
#define MINE_CORE_DATES_PATTERN_H

#include "dates.h"

/* Microseconds since midnight, rounded; and back. */
void mine__time_split(double days, int64_t *day, int64_t *us);
double mine__time_join(int64_t day, int64_t us);

/* One token of a pattern: a conversion, or (what 0) one byte of itself. */
typedef struct mine_time_token {
  char what; /* the letter, '[' or ']'; 0: literal, also %% */
  char flag; /* - ^ # : or 0 */
  char literal;
  int digits; /* of %3f; 0 not said */
  const char *next;
} mine_time_token;

mine_time_token mine__time_token(const char *pattern);
int mine__time_is_number(char what);           /* a conversion of digits           */
mine_time_step mine__time_fineness(char what); /* what a conversion tells, at the finest */

/* How a text spelled what it says; bits of mine_time_fields.style. */
enum {
  MINE_STYLE_FULL = 1, /* January, not May */
  MINE_STYLE_SHORT = 2,
  MINE_STYLE_UPPER = 4,
  MINE_STYLE_LOWER = 8,
  MINE_STYLE_TITLE = 16,
  MINE_STYLE_DAY_FULL = 32,
  MINE_STYLE_DAY_SHORT = 64,
  MINE_STYLE_PM_UPPER = 128,
  MINE_STYLE_PM_LOWER = 256,
  MINE_STYLE_Z = 512, /* of the offset */
  MINE_STYLE_COLON = 1024,
  MINE_STYLE_BASIC = 2048,
  MINE_STYLE_HOURS = 4096
};

#define MINE_STYLE_ZONES (MINE_STYLE_Z | MINE_STYLE_COLON | MINE_STYLE_BASIC | MINE_STYLE_HOURS)

/* What a text says. */
typedef struct mine_time_fields {
  int year, month, day; /* 1, 1, 1 until told otherwise */
  int day_of_year, week, weekday, quarter;
  int named_weekday; /* 0 none */
  int hour, minute, second, nanosecond;
  int half;     /* of the day: 0 not said, 1 AM, 2 PM */
  int zone;     /* minutes */
  int fraction; /* digits of it; -1 none */
  uint32_t style;
  uint64_t thin, padded; /* numbers below ten, by place in the pattern */
  int no_such;           /* digits in their places, but no such day or time */
} mine_time_fields;

void mine__time_fields_clear(mine_time_fields *fields);

/* Read `text` by the pattern; what follows the match, or NULL. */
const char *mine__time_match(const char *pattern, const char *text, const char *end,
                             mine_time_fields *fields);
/* The fields as days; 0 (and no_such) when there is no such day. */
int mine__time_compose(mine_time_fields *fields, double *days);

/* Pieces of the match that times of day without a pattern use, too: digits, at
** least `least` and at most `most` (the value or -1), AM or PM (0 or 1 or 2),
** an offset (0 or 1).  `*at` moves on over what was read. */
int mine__time_digits(const char **at, const char *end, int least, int most);
int mine__time_half(const char **at, const char *end, mine_time_fields *fields);
int mine__time_zone(const char **at, const char *end, mine_time_fields *fields);
void mine__time_fraction(const char **at, const char *end, mine_time_fields *fields);
const char *mine__time_skip_blanks(const char *at, const char *end);
void mine__time_trim(const char **text, const char **end);

extern const char *const mine__month_names[12];
extern const char *const mine__weekday_names[7];

/* A text of the layout's length and literals, read; 0 when it is none. */
int mine__time_read_layout(const mine_time_layout *layout, const char *text, size_t bytes,
                           double *days);

/* The step and the layout of a reading whose pattern was just written. */
void mine__time_prepare(mine_time_reading *reading);

/* A table of units: the word of date_format=, units in a day, the number of day 0. */
typedef struct mine_time_unit_row {
  const char *word, *said; /* "Unix seconds" */
  double per_day, zero;
} mine_time_unit_row;
extern const mine_time_unit_row mine__time_units[MINE_TIME_UNITS];

#define MINE_TIME_FIRST_DAY INT64_C(-719162) /* 0001-01-01 */
#define MINE_TIME_LAST_DAY  INT64_C(2932896) /* 9999-12-31 */

#endif
