/*
** snapshot_time.c -- times in SQL that runs without this library.
**
** SQLite's julianday() reads ISO 8601 (date, date and time of day with T or a blank, an offset
** with a colon), and numbers with a word that says what they are.  A column in another form is
** put together from its pieces where each stands at a fixed place; what has names of months,
** weeks or quarters, or digits that are left out (5.1.2024), is not, and is refused.
**
** All moments are Julian days.  julianday() counts whole milliseconds, so that the same
** moment gives the same number whether it comes from a column or from a bound.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/dates_pattern.h"
#include "../core/periods.h"
#include "snapshot.h"

/* ---- spans ---------------------------------------------------------------------------- */

/* In names of columns: count_90d. */
typedef struct time_unit {
  char letter; /* 0: the end of the list */
  mine_time_step step;
} time_unit;

static const time_unit time_units[] = {{'d', MINE_STEP_DAY},
                                       {'w', MINE_STEP_WEEK},
                                       {'m', MINE_STEP_MONTH},
                                       {'y', MINE_STEP_YEAR},
                                       {0, MINE_STEP_DAY}};

#define SPAN_MOST 100000 /* days; a plain limit that keeps sums of bounds within the calendar */

/* "day", "days" */
static const time_unit *span_unit(const char *word) {
  for (const time_unit *unit = time_units; unit->letter; unit++) {
    const char *name = mine__steps[unit->step].name;
    const size_t n = strlen(name);
    if (strncmp(word, name, n) == 0 && strcmp(word + n, word[n] == 's' ? "s" : "") == 0)
      return unit;
  }
  return NULL;
}

int mine__snapshot_span(const mine_cell *cell, snapshot_span *out) {
  const time_unit *unit = &time_units[0];
  int64_t n = -1;
  *out = (snapshot_span){.step = MINE_STEP_DAY};
  if (cell->type == MINE_INT) {
    n = cell->as.integer;
  } else if (cell->type == MINE_TEXT && strcmp(cell->as.text, "all") == 0) {
    out->all = 1;
    snprintf(out->name, sizeof out->name, "all");
    return 1;
  } else if (cell->type == MINE_TEXT) {
    const char *text = cell->as.text;
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 6) return 0;
    n = 0;
    for (size_t i = 0; i < digits; i++)
      n = n * 10 + (text[i] - '0');
    text += digits;
    unit = span_unit(text + strspn(text, " "));
  }
  const mine_step_about *about = unit ? &mine__steps[unit->step] : NULL;
  if (!unit || n < 0 || n > SPAN_MOST / (int64_t)about->days) return 0;
  snprintf(out->name, sizeof out->name, "%lld%c", (long long)n, unit->letter);
  out->n = about->months ? n : n * (int64_t)about->days;
  out->step = about->months ? unit->step : MINE_STEP_DAY;
  return 1;
}

double mine__snapshot_after(double days, const snapshot_span *span, int sign) {
  return mine__time_add(days, sign * span->n, span->step);
}

/* ---- moments -------------------------------------------------------------------------- */

const char *mine__snapshot_shown(double days, char buffer[SNAPSHOT_SHOWN]) {
  mine_time_reading iso = {.unit = MINE_TIME_PATTERN, .cell = MINE_TEXT};
  char text[MINE_TIME_BYTES];
  mine_cell cell;
  snprintf(iso.pattern, sizeof iso.pattern, "%s", "%Y-%m-%d%[ %H:%M:%S%[.%3f%]%]");
  mine__time_prepare(&iso);
  const int written = mine__time_write(&iso, days, text, &cell);
  snprintf(buffer, SNAPSHOT_SHOWN, "%.40s", written ? cell.as.text : "?");
  return buffer;
}

/* ", '-3 months'" */
static void moment_modify(mine_text *to, const snapshot_span *span, int sign) {
  const char *unit = span->step == MINE_STEP_DAY     ? "days"
                     : span->step == MINE_STEP_MONTH ? "months"
                                                     : "years";
  if (span->n == 0) return;
  mine__text_addf(to, ", '%c%lld %s'", sign < 0 ? '-' : '+', (long long)span->n, unit);
}

void mine__snapshot_moment(const snapshot *s, mine_text *to, const snapshot_span *first, int sign,
                           const snapshot_span *second) {
  if (s->now) {
    mine__text_adds(to, "julianday('now', 'start of day'");
    if (first) moment_modify(to, first, sign);
    if (second) moment_modify(to, second, sign);
    mine__text_adds(to, ")");
    return;
  }
  char shown[SNAPSHOT_SHOWN];
  double days = s->cutoff;
  if (first) days = mine__snapshot_after(days, first, sign);
  if (second) days = mine__snapshot_after(days, second, sign);
  mine__text_addf(to, "julianday('%s')", mine__snapshot_shown(days, shown));
}

/* ---- columns -------------------------------------------------------------------------- */

/* Whether SQLite reads as a time of day, with what may stand before it, all that the pattern
** from `at` on writes. */
static int julian_tail(const char *at) {
  while (*at) {
    const mine_time_token token = mine__time_token(at);
    const int letter = token.what && strchr("HMSfzZ[]", token.what);
    if (!letter && !(token.what == 0 && strchr("T :.", token.literal))) return 0;
    if (strchr("HMS", token.what ? token.what : '?') && (token.flag || token.digits)) return 0;
    if (token.what == 'z' && token.flag != ':') return 0;
    at = token.next;
  }
  return 1;
}

/* Where year, month and day stand in texts that begin with them; what follows is *tail, at
** place->end.  0: not at fixed places. */
typedef struct julian_places {
  int year, month, day, end; /* from 1; 0: there is none */
} julian_places;

/* A byte of a pattern as substr() counts: the bytes of one character count once. */
static int julian_characters(char literal) {
  return ((unsigned char)literal & 0xC0) != 0x80;
}

static int julian_date(const char *pattern, julian_places *place, const char **tail) {
  int at = 1;
  *place = (julian_places){0, 0, 0, 0};
  while (*pattern && !(place->year && place->month && place->day)) {
    const mine_time_token token = mine__time_token(pattern);
    if (token.flag || token.digits) return 0;
    if (token.what == 'Y') {
      place->year = at;
    } else if (token.what == 'm') {
      place->month = at;
    } else if (token.what == 'd') {
      place->day = at;
    } else if (token.what) {
      break;
    }
    at += token.what == 'Y' ? 4 : token.what ? 2 : julian_characters(token.literal);
    pattern = token.next;
  }
  for (; (unsigned char)*pattern >= 0x80; pattern++) /* the day's own sign, as in Chinese */
    at += julian_characters(*pattern);
  place->end = at;
  *tail = pattern;
  return place->year && (place->month || !place->day);
}

static void julian_piece(mine_text *to, const char *column, int from, int n) {
  mine__text_addf(to, "substr(%s, %d, %d)", column, from, n);
}

static int julian_pattern(mine_text *to, const char *column, const char *pattern) {
  julian_places place;
  const char *tail;
  if (strncmp(pattern, "%Y-%m-%d", 8) == 0 && julian_tail(pattern + 8)) {
    mine__text_addf(to, "julianday(%s)", column);
    return 1;
  }
  if (!julian_date(pattern, &place, &tail) || (*tail && !place.day) || !julian_tail(tail)) return 0;
  mine__text_adds(to, "julianday(");
  julian_piece(to, column, place.year, 4);
  mine__text_adds(to, " || '-' || ");
  if (place.month)
    julian_piece(to, column, place.month, 2);
  else
    mine__text_adds(to, "'01'");
  mine__text_adds(to, " || '-' || ");
  if (place.day)
    julian_piece(to, column, place.day, 2);
  else
    mine__text_adds(to, "'01'");
  if (*tail) mine__text_addf(to, " || substr(%s, %d)", column, place.end);
  mine__text_adds(to, ")");
  return 1;
}

int mine__snapshot_julian(mine_text *to, const char *column, const mine_time_reading *time) {
  switch (time->unit) {
    case MINE_TIME_PATTERN:
      return julian_pattern(to, column, time->pattern);
    case MINE_TIME_UNIX:
      mine__text_addf(to, "julianday(%s, 'unixepoch')", column);
      return 1;
    case MINE_TIME_UNIX_MS:
      mine__text_addf(to, "julianday(%s / 1000.0, 'unixepoch')", column);
      return 1;
    case MINE_TIME_UNIX_US:
      mine__text_addf(to, "julianday(%s / 1000000.0, 'unixepoch')", column);
      return 1;
    case MINE_TIME_UNIX_NS:
      mine__text_addf(to, "julianday(%s / 1000000000.0, 'unixepoch')", column);
      return 1;
    case MINE_TIME_JULIAN:
      mine__text_addf(to, "CAST(%s AS REAL)", column);
      return 1;
    case MINE_TIME_EXCEL:
      mine__text_addf(to, "(%s + 2415018.5)", column);
      return 1;
    default:
      return 0;
  }
}
