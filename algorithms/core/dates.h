/*
** dates.h -- one reader of time: a column of dates becomes days, and results
** go back in the form in which the column came.
**
** A column is read in ONE way.  A *survey* is shown every value that is not
** missing and keeps the set of readings that still suit all of them (O(1)
** memory); the *decision* is the one reading that is left, or a problem with
** the values that show it.  A *reading* is a pattern in strptime's language
** ("%d.%m.%Y"), or a unit of numbers (Unix seconds, Julian days, ...); it reads
** and writes, and is kept in a model as a short text.
**
** Values are days since 1970-01-01T00:00Z as double, in the proleptic Gregorian
** calendar (ISO 8601), years 1 to 9999.  A double holds microseconds from 1791
** to 2149 (its step there is at most 0.6 us) and 0.1 ms everywhere; seconds are
** exact everywhere.  A day has 86,400 seconds: 23:59:60 and 24:00 are no times.
** A period (year, quarter, month, week) is its first day, a bare date is its
** midnight, a text without an offset is UTC, one with an offset is converted.
** Two-digit years are 1969 to 2068, as POSIX has it.
**
** No locale, no time zone data, no clock.  English month and weekday names in
** either case.
*/
#ifndef MINE_CORE_DATES_H
#define MINE_CORE_DATES_H

#include "text.h"

/* ---- the calendar ---------------------------------------------------------------- */

typedef enum mine_time_step {
  MINE_STEP_YEAR,
  MINE_STEP_QUARTER,
  MINE_STEP_MONTH,
  MINE_STEP_WEEK, /* from Monday */
  MINE_STEP_DAY,
  MINE_STEP_HOUR,
  MINE_STEP_MINUTE,
  MINE_STEP_SECOND,
  MINE_STEP_FRACTION /* of a second: a microsecond */
} mine_time_step;

/* Days since 1970-01-01 of a civil date, and back.  Any year that an int holds
** divided by 400; month 1..12; day of the month 1..31. */
int64_t mine__day_of_civil(int year, int month, int day);
void mine__civil_of_day(int64_t day, int *year, int *month, int *day_of_month);
int mine__days_in_month(int year, int month); /* 28..31 */
int mine__weekday(int64_t day);               /* 1 Monday .. 7 Sunday */
/* ISO 8601 weeks: from Monday; week 1 has the year's first Thursday. */
void mine__iso_week_of_day(int64_t day, int *year, int *week);
int64_t mine__day_of_iso_week(int year, int week); /* its Monday */
int mine__weeks_in_year(int year);                 /* 52 or 53 */

/* The start of the step in which `days` lies. */
double mine__time_floor(double days, mine_time_step step);
/* `n` steps on.  Months keep the day of the month and the time of day; where
** the month is too short, its last day (01-31 and a month: 02-28 or 02-29). */
double mine__time_add(double days, int64_t n, mine_time_step step);

/* ---- readings ---------------------------------------------------------------------- */

#define MINE_TIME_PATTERN_BYTES 96

typedef enum mine_time_unit {
  MINE_TIME_PATTERN, /* digits and words, as the pattern says */
  MINE_TIME_UNIX,    /* seconds since 1970-01-01 */
  MINE_TIME_UNIX_MS,
  MINE_TIME_UNIX_US,
  MINE_TIME_UNIX_NS,
  MINE_TIME_JULIAN, /* days since noon, 4714-11-24 BC */
  MINE_TIME_EXCEL,  /* days since 1899-12-30; from 61, 1900-03-01, on */
  MINE_TIME_UNITS
} mine_time_unit;

/* Where things stand in texts of one length: read without walking a pattern. */
#define MINE_TIME_LITERALS 12
typedef struct mine_time_layout {
  uint8_t bytes;    /* of the texts; 0: there is no such layout           */
  uint8_t place[7]; /* of Y m d H M S f; 255: not there                   */
  uint8_t fraction; /* digits of f                                        */
  uint8_t literals;
  uint8_t at[MINE_TIME_LITERALS];
  char literal[MINE_TIME_LITERALS];
} mine_time_layout;

/* Plain data: copy it as you like. */
typedef struct mine_time_reading {
  mine_time_unit unit;
  mine_cell_type cell; /* as which values are written: integer, real, text  */
  int offset;          /* minutes east of UTC in which %z writes            */
  mine_time_step step; /* the finest thing that it tells                    */
  mine_time_layout layout;
  char pattern[MINE_TIME_PATTERN_BYTES];
} mine_time_reading;

/* The language of patterns, as strptime's: %Y %y %m %d %e %j %H %I %M %S %f %p
** %b %B %a %A %z, ISO weeks %G %V %u, quarters %q, %F %R %T, %%; all else is
** itself, a blank is one or more.  Reading, %m and %d take one digit or two
** unless digits adjoin; %b takes either length of name; %f any digits; %z takes
** Z, +02, +0200, +02:00.  Writing, %-d has no zero before it, %e a blank; %^b is
** upper, %#b lower case; %3f three digits, %f the fewest; %:z +02:00, %#z +02,
** %Z a Z; what stands between %[ and %] is left out where it is all zero. */

/* What `date_format=` says: a pattern, or unix, unix_ms, unix_us, unix_ns,
** julian, excel.  MINE_OPTION with a sentence. */
mine_status mine__time_format(mine_env *env, const char *text, size_t bytes,
                              mine_time_reading *out);

/* One value; 0 when it does not fit.  Numbers fit a pattern of digits alone by
** their digits; digits in text fit the units. */
int mine__time_read(const mine_time_reading *reading, const mine_cell *cell, double *days);

/* `days` in the form of the column, cut (not rounded) to what that form tells;
** a text points into `buffer`.  NULL, and 0, for what is no number or lies
** outside the years 1 to 9999.  Offsets: a column that had one and the same is
** written with it; one that had several is written in UTC.  Blanks around a
** value and runs of blanks within are not kept.  Where a column spells the same
** thing in two ways (01 and 1, Jan and January; 10:15 and 10:15:00), it is
** written in one: 01, Jan; zero seconds, fractions and midnights left out. */
#define MINE_TIME_BYTES 192
int mine__time_write(const mine_time_reading *reading, double days, char buffer[MINE_TIME_BYTES],
                     mine_cell *out);

/* The same as a text in `arena`, for people; "?": it cannot be written.  reading NULL: times are
** plain numbers, and so is this. */
const char *mine__show_time(mine_arena *arena, const mine_time_reading *reading, double days);

/* A reading as a short text (for a saved model) and back; 0 when it is none. */
void mine__time_reading_text(const mine_time_reading *reading, mine_text *out);
int mine__time_reading_parse(const char *text, size_t bytes, mine_time_reading *out);

/* "dates as day.month.year", "times as Unix seconds": for people. */
void mine__time_describe(const mine_time_reading *reading, mine_text *out);
/* What date_format= would have to say for this reading. */
const char *mine__time_reading_format(const mine_time_reading *reading);

/* Fail: a value does not fit a reading that was learned or said before. */
mine_status mine__time_misfit(mine_env *env, const mine_time_reading *reading, const char *column,
                              int64_t row, const mine_cell *cell);

/* ---- surveys -------------------------------------------------------------------------- */

#define MINE_TIME_SHOWN 47

/* A value that shows something; row 0: there is none. */
typedef struct mine_time_witness {
  int64_t row;
  uint8_t bytes, cut; /* cut: the value was longer */
  char text[MINE_TIME_SHOWN + 1];
} mine_time_witness;

/* What was said: `date_format=`.  Set once, before the first value. */
typedef struct mine_time_given {
  int said;
  mine_time_reading format;
} mine_time_given;

/* What all numbers of a column have in common; what one of them breaks stays broken. */
typedef struct mine_time_numbers_seen {
  int whole;          /* all whole                          */
  unsigned compact;   /* bit w: their digits are dates so   */
  double least, most; /* undefined before the first number  */
} mine_time_numbers_seen;

/* The short way: most texts look as the last one did and need no more than `known`.
** Not part of the answer: made anew whenever fewer forms are left. */
typedef struct mine_time_quick {
  int settled;
  mine_time_reading known;
} mine_time_quick;

/* All that is known of a column's values as times.  Values only take possibilities away
** (`forms`, `numbers`) or add to what was seen, so the order in which they come decides
** nothing but the witnesses.  Plain data, no allocation. */
typedef struct mine_time_survey {
  mine_time_given given;
  int64_t cells, texts, digits, integers, reals; /* digits: texts that are numbers  */
  int64_t fitted;                                /* texts that suit the forms left */
  uint64_t forms;                                /* still possible, by their number */
  uint64_t thin, padded; /* numbers below ten, by place in the pattern: 1, 01 */
  uint32_t tail, style;  /* what was seen of times of day, of names          */
  uint32_t fractions;    /* bit n: a fraction of n digits                    */
  int zone, zones;       /* the first offset; 0 none, 1 one, 2 several       */
  int64_t odd_years;     /* texts outside 1800..2200 */
  int hopeless;          /* too few of the first texts were dates: no longer tried */
  mine_time_numbers_seen numbers;
  mine_time_witness first, narrowed, misfit, number, text;
  mine_time_quick quick;
} mine_time_survey;

void mine__time_survey_open(mine_time_survey *survey);
/* ... of a column of which `date_format=` says how it is read. */
void mine__time_survey_format(mine_time_survey *survey, const mine_time_reading *format);
/* A value that is not missing (NULL and blank texts are passed over), and its
** row, from 1.  ~20 ns where all have one
** length, ~200 ns elsewhere. */
void mine__time_show(mine_time_survey *survey, const mine_cell *cell, int64_t row);

typedef enum mine_time_mode {
  MINE_TIME_WANTED,   /* a verb that takes a time: numbers are times, too        */
  MINE_TIME_ATTRIBUTE /* a column like any other: only texts can be dates        */
} mine_time_mode;

typedef enum mine_time_problem {
  MINE_TIME_FITS,        /* no problem                                            */
  MINE_TIME_EMPTY,       /* no value was shown                                    */
  MINE_TIME_NONE,        /* no times: as an attribute, the column stays what it is */
  MINE_TIME_NUMBERS,     /* numbers: as an attribute, they stay numbers           */
  MINE_TIME_TWO_NUMBERS, /* numbers that fit two readings, or a spreadsheet's     */
  MINE_TIME_AMBIGUOUS,   /* day first or month first                              */
  MINE_TIME_MISFIT       /* times, but for `misfit`                               */
} mine_time_problem;

/* The one reading that is left, or what is wrong (`out` is then the reading of
** the others after MISFIT, and undefined otherwise).  As an attribute, EMPTY,
** NONE and NUMBERS are no errors: the column is not one of dates. */
mine_time_problem mine__time_decide(const mine_time_survey *survey, mine_time_mode mode,
                                    mine_time_reading *out);

/* Whether a column is one of dates as an attribute: texts, at least nine in ten
** of them of one form of date.  The decision may still be a problem. */
int mine__time_looks(const mine_time_survey *survey);

/* What a column of numbers would be as times, although it stays a column of
** numbers ("numbers that look like dates as yyyymmdd"); 0 when nothing. */
int mine__time_numbers_look(const mine_time_survey *survey, mine_time_reading *out);

/* Fail with the sentence for what mine__time_decide found. */
mine_status mine__time_refuse(mine_env *env, const mine_time_survey *survey, mine_time_mode mode,
                              const char *column);

#endif
