/*
** dates_tail.c -- times of day: read without being told how, and described by
** bits, so that a column's can be merged and made a pattern.
**
** Seconds, fractions and the whole time may be missing in some rows (midnight
** or :00, as many programs write it); everything else must be the same.
*/
#include <stdio.h>
#include <string.h>

#include "dates_forms.h"

/* ---- reading ------------------------------------------------------------------------- */

static int tail_word(const char **at, const char *end, const char *word) {
  const size_t n = strlen(word);
  if ((size_t)(end - *at) < n || memcmp(*at, word, n) != 0) return 0;
  *at += n;
  return 1;
}

/* Between date and time.  Nothing at all: only where a letter ended the date. */
static uint32_t tail_separator(const char **at, const char *end) {
  const char c = **at;
  if (c == 'T') {
    (*at)++;
    return MINE_TAIL_T;
  }
  if (c == ':') {
    (*at)++;
    return MINE_TAIL_COLON;
  }
  if (c == ' ' || (c == ',' && *at + 1 < end && (*at)[1] == ' ')) {
    *at = mine__time_skip_blanks(*at + 1, end);
    return c == ' ' ? MINE_TAIL_BLANK : MINE_TAIL_COMMA;
  }
  return MINE_TAIL_NOTHING;
}

static int tail_minute(const char **at, const char *end, int *out) {
  *out = mine__time_digits(at, end, 2, 2);
  return *out >= 0;
}

/* Seconds after what the clock has before them. */
static int tail_second(const char **at, const char *end, mine_time_fields *f, uint32_t *bits) {
  if (!tail_minute(at, end, &f->second)) return 0;
  *bits |= MINE_TAIL_SECONDS;
  if (end - *at < 2 || (**at != '.' && **at != ',') || (*at)[1] < '0' || (*at)[1] > '9') return 1;
  *bits |= **at == '.' ? MINE_TAIL_POINT : MINE_TAIL_DECIMAL_COMMA;
  (*at)++;
  mine__time_fraction(at, end, f);
  return 1;
}

/* Before 分 or 秒, where 5 is as common as 05. */
static int tail_han_number(const char **at, const char *end, int *out, uint32_t *bits) {
  const char *from = *at;
  *out = mine__time_digits(at, end, 1, 2);
  if (*at - from == 1) *bits |= MINE_TAIL_HAN_THIN;
  return *out >= 0;
}

static int tail_han(const char **at, const char *end, mine_time_fields *f, uint32_t *bits) {
  if (!tail_han_number(at, end, &f->minute, bits) || !tail_word(at, end, "分")) return 0;
  if (*at == end || **at < '0' || **at > '9') {
    *bits |= MINE_TAIL_MINUTES;
    return 1;
  }
  *bits |= MINE_TAIL_SECONDS;
  return tail_han_number(at, end, &f->second, bits) && tail_word(at, end, "秒");
}

static int tail_clock(const char **at, const char *end, mine_time_fields *f, uint32_t *bits) {
  const char *from = *at;
  f->hour = mine__time_digits(at, end, 1, 2);
  if (f->hour < 0) return 0;
  if (f->hour < 10) *bits |= *at - from == 1 ? MINE_TAIL_THIN : MINE_TAIL_PADDED;
  if (tail_word(at, end, "时")) {
    *bits |= MINE_TAIL_HAN;
    return tail_han(at, end, f, bits);
  }
  if (tail_word(at, end, "時")) {
    *bits |= MINE_TAIL_HAN_OLD;
    return tail_han(at, end, f, bits);
  }
  const int digits = *at < end && **at >= '0' && **at <= '9';
  *bits |= digits ? MINE_TAIL_DIGITS : MINE_TAIL_CLOCK;
  if (!digits && !tail_word(at, end, ":")) return 0;
  if (digits && !(*bits & MINE_TAIL_T) && !(*bits & MINE_TAIL_BLANK)) return 0;
  if (!tail_minute(at, end, &f->minute)) return 0;
  if (digits ? *at < end && **at >= '0' && **at <= '9' : tail_word(at, end, ":"))
    return tail_second(at, end, f, bits);
  *bits |= MINE_TAIL_MINUTES;
  return 1;
}

static void tail_half(const char **at, const char *end, mine_time_fields *f, uint32_t *bits) {
  const char *t = mine__time_skip_blanks(*at, end);
  const int blank = t > *at;
  if (!mine__time_half(&t, end, f)) {
    *bits |= MINE_TAIL_WHOLE;
    return;
  }
  *bits |= MINE_TAIL_HALF | (blank ? MINE_TAIL_HALF_BLANK : MINE_TAIL_HALF_TIGHT);
  *at = t;
}

static void tail_zone(const char **at, const char *end, mine_time_fields *f, uint32_t *bits) {
  const char *t = mine__time_skip_blanks(*at, end);
  const int blank = t > *at;
  if (tail_word(&t, end, "UTC")) {
    *bits |= MINE_TAIL_UTC;
  } else if (tail_word(&t, end, "GMT")) {
    *bits |= MINE_TAIL_GMT;
  } else if (mine__time_zone(&t, end, f)) {
    *bits |= MINE_TAIL_OFFSET;
  } else {
    *bits |= MINE_TAIL_ZONELESS;
    return;
  }
  *bits |= MINE_TAIL_ZONE | (blank ? MINE_TAIL_ZONE_BLANK : MINE_TAIL_ZONE_TIGHT);
  *at = t;
}

int mine__time_tail(const char *at, const char *end, mine_time_fields *f, uint32_t *bits) {
  *bits = MINE_TAIL_NONE;
  if (at == end) return 1;
  *bits = tail_separator(&at, end);
  /* 24:00, 10:60 and 23:59:60 are no times: fields->no_such says so. */
  if (!tail_clock(&at, end, f, bits)) return 0;
  tail_half(&at, end, f, bits);
  tail_zone(&at, end, f, bits);
  if (at != end) return 0;
  f->no_such = f->hour > 23 || f->minute > 59 || f->second > 59;
  return !f->no_such;
}

/* ---- merging --------------------------------------------------------------------------- */

static int tail_at_most_one(uint32_t bits, uint32_t group) {
  bits &= group;
  return (bits & (bits - 1)) == 0;
}

int mine__time_tail_agrees(uint32_t bits) {
  static const uint32_t groups[] = {
      MINE_TAIL_T | MINE_TAIL_BLANK | MINE_TAIL_COMMA | MINE_TAIL_COLON | MINE_TAIL_NOTHING,
      MINE_TAIL_CLOCK | MINE_TAIL_DIGITS | MINE_TAIL_HAN | MINE_TAIL_HAN_OLD,
      MINE_TAIL_POINT | MINE_TAIL_DECIMAL_COMMA,
      MINE_TAIL_HALF | MINE_TAIL_WHOLE,
      MINE_TAIL_HALF_BLANK | MINE_TAIL_HALF_TIGHT,
      MINE_TAIL_ZONE | MINE_TAIL_ZONELESS,
      MINE_TAIL_ZONE_BLANK | MINE_TAIL_ZONE_TIGHT,
      MINE_TAIL_UTC | MINE_TAIL_GMT | MINE_TAIL_OFFSET,
      /* A bare date has no offset: whose midnight would it be? */
      MINE_TAIL_ZONE | MINE_TAIL_NONE,
  };
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    if (!tail_at_most_one(bits, groups[i])) return 0;
  return 1;
}

/* ---- as a pattern ------------------------------------------------------------------------- */

static const char *tail_zone_pattern(const mine_time_survey *survey) {
  const uint32_t spelled = survey->style & MINE_STYLE_ZONES;
  if (survey->tail & MINE_TAIL_UTC) return "UTC";
  if (survey->tail & MINE_TAIL_GMT) return "GMT";
  if (spelled == MINE_STYLE_Z) return "%Z";
  if (spelled & MINE_STYLE_COLON) return "%:z";
  return spelled & MINE_STYLE_BASIC || spelled == 0 ? "%z" : "%#z";
}

/* "%3f" where every fraction has three digits, else the fewest. */
static void tail_fraction(const mine_time_survey *survey, char out[16]) {
  const char *point = survey->tail & MINE_TAIL_DECIMAL_COMMA ? "," : ".";
  int digits = 0;
  for (int n = 1; n <= 9; n++)
    if (survey->fractions == (UINT32_C(1) << n)) digits = n;
  if (digits)
    snprintf(out, 16, "%s%%%df", point, digits);
  else
    snprintf(out, 16, "%s%%f", point);
}

static const char *tail_separator_pattern(uint32_t tail) {
  return tail & MINE_TAIL_T       ? "T"
         : tail & MINE_TAIL_BLANK ? " "
         : tail & MINE_TAIL_COMMA ? ", "
         : tail & MINE_TAIL_COLON ? ":"
                                  : "";
}

static void tail_add(char *out, size_t bytes, const char *piece) {
  const size_t used = strlen(out), more = strlen(piece);
  if (used + more < bytes) memcpy(out + used, piece, more + 1);
}

void mine__time_tail_pattern(const mine_time_survey *survey, char *out, size_t bytes) {
  const uint32_t tail = survey->tail;
  const int all_seconds = !(tail & MINE_TAIL_MINUTES), some = (tail & MINE_TAIL_SECONDS) != 0;
  const int han = (tail & (MINE_TAIL_HAN | MINE_TAIL_HAN_OLD)) != 0;
  const int digits = (tail & MINE_TAIL_DIGITS) != 0;
  const int thin = (tail & MINE_TAIL_THIN) && !(tail & MINE_TAIL_PADDED);
  const int optional = (tail & MINE_TAIL_NONE) != 0;
  const int fraction_optional = survey->fractions & 1;
  char fraction[16] = "";
  if (survey->fractions & ~1u) tail_fraction(survey, fraction);
  *out = 0;
  if (optional) tail_add(out, bytes, "%[");
  tail_add(out, bytes, tail_separator_pattern(tail));
  tail_add(out, bytes, tail & MINE_TAIL_HALF ? (thin ? "%-I" : "%I") : thin ? "%-H" : "%H");
  tail_add(out, bytes, han ? (tail & MINE_TAIL_HAN ? "时" : "時") : digits ? "" : ":");
  const int han_thin = (tail & MINE_TAIL_HAN_THIN) != 0;
  tail_add(out, bytes, !han ? "%M" : han_thin ? "%-M分" : "%M分");
  if (some && !all_seconds) tail_add(out, bytes, "%[");
  if (some) tail_add(out, bytes, han_thin ? "%-S" : han || digits ? "%S" : ":%S");
  if (*fraction && fraction_optional) tail_add(out, bytes, "%[");
  tail_add(out, bytes, fraction);
  if (*fraction && fraction_optional) tail_add(out, bytes, "%]");
  if (some && han) tail_add(out, bytes, "秒");
  if (some && !all_seconds) tail_add(out, bytes, "%]");
  if (tail & MINE_TAIL_HALF_BLANK) tail_add(out, bytes, " ");
  if (tail & MINE_TAIL_HALF)
    tail_add(out, bytes, survey->style & MINE_STYLE_PM_UPPER ? "%p" : "%#p");
  if (tail & MINE_TAIL_ZONE_BLANK) tail_add(out, bytes, " ");
  if (tail & MINE_TAIL_ZONE) tail_add(out, bytes, tail_zone_pattern(survey));
  if (optional) tail_add(out, bytes, "%]");
}
