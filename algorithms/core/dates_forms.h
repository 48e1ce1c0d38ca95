/*
** dates_forms.h -- the forms in which columns of dates come, and the times of
** day behind them.  Private to dates_*.c.
*/
#ifndef MINE_CORE_DATES_FORMS_H
#define MINE_CORE_DATES_FORMS_H

#include "dates_pattern.h"

#define MINE_TIME_MOST_FORMS 64

/* Flags of a form. */
enum {
  MINE_FORM_TIME = 1,  /* a time of day may follow                                 */
  MINE_FORM_SHORT = 2, /* two-digit years: version numbers (1.10.24) look the same */
  MINE_FORM_CODE = 4   /* codes look the same: never guessed for an attribute      */
};

typedef struct mine_time_form {
  const char *pattern; /* of the date; less than 64 bytes */
  unsigned flags;
} mine_time_form;

extern const mine_time_form mine__time_forms[];
extern const int mine__time_n_forms;

/* What a time of day looked like; bits of mine_time_survey.tail.  Of each group
** a column has one. */
enum {
  MINE_TAIL_NONE = 1, /* a bare date */
  MINE_TAIL_T = 2,
  MINE_TAIL_BLANK = 4,
  MINE_TAIL_COMMA = 8,
  MINE_TAIL_COLON = 16, /* 02/Jan/2024:10:15:00 */
  MINE_TAIL_NOTHING = 32,
  MINE_TAIL_CLOCK = 64, /* 10:15 */
  MINE_TAIL_DIGITS = 128,
  MINE_TAIL_HAN = 256,     /* 10时15分 */
  MINE_TAIL_HAN_OLD = 512, /* 10時15分 */
  MINE_TAIL_SECONDS = 1024,
  MINE_TAIL_MINUTES = 2048, /* no seconds */
  MINE_TAIL_POINT = 4096,
  MINE_TAIL_DECIMAL_COMMA = 8192,
  MINE_TAIL_HALF = 16384, /* AM, PM */
  MINE_TAIL_WHOLE = 32768,
  MINE_TAIL_HALF_BLANK = 65536, /* "3 PM"; with a number 3PM */
  MINE_TAIL_HALF_TIGHT = 131072,
  MINE_TAIL_ZONE = 262144,
  MINE_TAIL_ZONELESS = 524288,
  MINE_TAIL_ZONE_BLANK = 1048576,
  MINE_TAIL_ZONE_TIGHT = 2097152,
  MINE_TAIL_UTC = 4194304,
  MINE_TAIL_GMT = 8388608,
  MINE_TAIL_THIN = 16777216, /* 9:15 */
  MINE_TAIL_PADDED = 33554432,
  MINE_TAIL_OFFSET = 67108864,   /* +02:00, Z */
  MINE_TAIL_HAN_THIN = 134217728 /* 5分 */
};

/* Read what follows a date, to the end; 0 when that is no time of day. */
int mine__time_tail(const char *at, const char *end, mine_time_fields *fields, uint32_t *bits);
/* Whether one column can have all of these. */
int mine__time_tail_agrees(uint32_t bits);
/* The pattern of the times of day of a column. */
void mine__time_tail_pattern(const mine_time_survey *survey, char *out, size_t bytes);

/* The reading of one form (or of what was said) as the survey stands. */
void mine__time_reading_of(const mine_time_survey *survey, int form, mine_time_reading *out);

/* Which units and patterns of digits suit a column of numbers: bits of
** MINE_NUMBER_*; and the reading of one of them. */
enum {
  MINE_NUMBER_YEARS,
  MINE_NUMBER_MONTHS, /* 202401 */
  MINE_NUMBER_DAYS,   /* 20240102 */
  MINE_NUMBER_TIMES,  /* 20240102101500 */
  MINE_NUMBER_JULIAN,
  MINE_NUMBER_UNIX,
  MINE_NUMBER_UNIX_MS,
  MINE_NUMBER_UNIX_US,
  MINE_NUMBER_UNIX_NS,
  MINE_NUMBER_SERIALS, /* a spreadsheet's: never taken, only asked about */
  MINE_NUMBER_WAYS
};
typedef struct mine_time_number {
  mine_time_unit unit;
  const char *pattern;
  double least, most; /* the whole column lies within ... */
  double reaches;     /* ... and some value is as large as this */
} mine_time_number;
extern const mine_time_number mine__time_numbers[MINE_NUMBER_WAYS];

unsigned mine__time_number_ways(const mine_time_survey *survey);
void mine__time_number_reading(const mine_time_survey *survey, int way, mine_time_reading *out);

#endif
