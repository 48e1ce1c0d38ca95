/*
** dates_decide.c -- the one reading that a survey leaves, or what to ask.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dates_forms.h"

/* ---- numbers --------------------------------------------------------------------------- */

#define UNIX_FROM    (-2208988800.0) /* 1900-01-01 */
#define UNIX_TO      7258118400.0    /* 2200-01-01 */
#define UNIX_REACHES 1e8             /* 1973: row numbers and amounts end below, mostly */

/* Ranges that hardly meet: years 1000..2999, and what those are elsewhere. */
const mine_time_number mine__time_numbers[MINE_NUMBER_WAYS] = {
    [MINE_NUMBER_YEARS] = {.pattern = "%Y", .least = 1000, .most = 2999},
    [MINE_NUMBER_MONTHS] = {.pattern = "%Y%m", .least = 100001, .most = 299912},
    [MINE_NUMBER_DAYS] = {.pattern = "%Y%m%d", .least = 10000101, .most = 99991231},
    [MINE_NUMBER_TIMES] = {.pattern = "%Y%m%d%H%M%S", .least = 1e13, .most = 29991231235959.0},
    [MINE_NUMBER_JULIAN] = {.unit = MINE_TIME_JULIAN, .least = 2086307.5, .most = 2816787.5},
    [MINE_NUMBER_UNIX] = {.unit = MINE_TIME_UNIX,
                          .least = UNIX_FROM,
                          .most = UNIX_TO,
                          .reaches = UNIX_REACHES},
    [MINE_NUMBER_UNIX_MS] = {.unit = MINE_TIME_UNIX_MS,
                             .least = UNIX_FROM * 1e3,
                             .most = UNIX_TO * 1e3,
                             .reaches = UNIX_REACHES * 1e3},
    [MINE_NUMBER_UNIX_US] = {.unit = MINE_TIME_UNIX_US,
                             .least = UNIX_FROM * 1e6,
                             .most = UNIX_TO * 1e6,
                             .reaches = UNIX_REACHES * 1e6},
    [MINE_NUMBER_UNIX_NS] = {.unit = MINE_TIME_UNIX_NS,
                             .least = UNIX_FROM * 1e9,
                             .most = UNIX_TO * 1e9,
                             .reaches = UNIX_REACHES * 1e9},
    [MINE_NUMBER_SERIALS] = {.unit = MINE_TIME_EXCEL, .least = 10000, .most = 100000},
};

unsigned mine__time_number_ways(const mine_time_survey *survey) {
  const double reach = fmax(fabs(survey->numbers.least), fabs(survey->numbers.most));
  unsigned ways = survey->numbers.compact;
  for (int way = 0; way < MINE_NUMBER_WAYS; way++) {
    const mine_time_number *number = &mine__time_numbers[way];
    if (reach < number->reaches || (number->pattern && !survey->numbers.whole))
      ways &= ~(1u << way);
  }
  return ways;
}

static mine_cell_type decide_cell(const mine_time_survey *survey) {
  return survey->texts > 0 ? MINE_TEXT : survey->reals > 0 ? MINE_REAL : MINE_INT;
}

void mine__time_number_reading(const mine_time_survey *survey, int way, mine_time_reading *out) {
  const mine_time_number *number = &mine__time_numbers[way];
  memset(out, 0, sizeof *out);
  out->unit = number->unit;
  out->cell = decide_cell(survey);
  if (number->pattern) memcpy(out->pattern, number->pattern, strlen(number->pattern) + 1);
  mine__time_prepare(out);
}

/* The number of bits, and the place of the lowest. */
static int decide_count(uint64_t bits, int *lowest) {
  int n = 0;
  *lowest = -1;
  for (int i = 0; i < 64; i++) {
    if (!(bits >> i & 1)) continue;
    if (n++ == 0) *lowest = i;
  }
  return n;
}

static int64_t decide_numbers_shown(const mine_time_survey *survey) {
  return survey->integers + survey->reals + survey->digits;
}

static mine_time_problem decide_numbers(const mine_time_survey *survey, mine_time_reading *out) {
  const unsigned ways = mine__time_number_ways(survey);
  int way;
  const int n = decide_count(ways, &way);
  if (n == 0) return MINE_TIME_NUMBERS;
  if (n > 1 || way == MINE_NUMBER_SERIALS) return MINE_TIME_TWO_NUMBERS;
  mine__time_number_reading(survey, way, out);
  return decide_numbers_shown(survey) < survey->cells ? MINE_TIME_MISFIT : MINE_TIME_FITS;
}

int mine__time_numbers_look(const mine_time_survey *survey, mine_time_reading *out) {
  int way;
  if (survey->given.said || survey->cells == 0 || decide_numbers_shown(survey) < survey->cells)
    return 0;
  if (decide_count(mine__time_number_ways(survey), &way) != 1) return 0;
  /* Years are good numbers as they are; a sum of money reaches 1e8, too. */
  if (way == MINE_NUMBER_YEARS || survey->numbers.least < mine__time_numbers[way].reaches) return 0;
  mine__time_number_reading(survey, way, out);
  return 1;
}

/* ---- texts -------------------------------------------------------------------------------- */

typedef struct decide_place {
  char *out;
  size_t bytes, used;
} decide_place;

static void decide_add(decide_place *place, const char *text, size_t n) {
  if (place->used + n >= place->bytes) return;
  memcpy(place->out + place->used, text, n);
  place->used += n;
  place->out[place->used] = 0;
}

/* The flag of a month's or weekday's name, or of AM and PM. */
static const char *decide_case(uint32_t style) {
  if (style & MINE_STYLE_TITLE) return "";
  return style & MINE_STYLE_UPPER   ? (style & MINE_STYLE_LOWER ? "" : "^")
         : style & MINE_STYLE_LOWER ? "#"
                                    : "";
}

static void decide_spell_name(decide_place *place, const mine_time_survey *survey, char what) {
  const uint32_t style = survey->style;
  const int month = what == 'b' || what == 'B';
  const uint32_t full = month ? MINE_STYLE_FULL : MINE_STYLE_DAY_FULL;
  const uint32_t brief = month ? MINE_STYLE_SHORT : MINE_STYLE_DAY_SHORT;
  const char short_name = month ? 'b' : 'a', full_name = month ? 'B' : 'A';
  char letter = what; /* May alone says neither */
  if (style & (full | brief)) letter = style & brief ? short_name : full_name;
  decide_add(place, "%", 1);
  decide_add(place, decide_case(style), strlen(decide_case(style)));
  decide_add(place, &letter, 1);
}

static void decide_spell_fraction(decide_place *place, const mine_time_survey *survey) {
  char digits[4] = "%f";
  for (char n = 1; n <= 9; n++)
    if (survey->fractions == UINT32_C(1) << n) snprintf(digits, sizeof digits, "%%%cf", '0' + n);
  decide_add(place, digits, strlen(digits));
}

static void decide_spell(const mine_time_survey *survey, int form, char *out, size_t bytes) {
  const char *pattern = form < 0 ? survey->given.format.pattern : mine__time_forms[form].pattern;
  decide_place place = {.out = out, .bytes = bytes};
  const int all_thin = survey->thin && !survey->padded;
  *out = 0;
  for (const char *at = pattern; *at;) {
    const mine_time_token token = mine__time_token(at);
    const uint64_t here = UINT64_C(1) << ((at - pattern) & 63);
    const int seen = ((survey->thin | survey->padded) & here) != 0;
    /* A place where no number below ten was seen does as the others do. */
    const int thin = seen ? !(survey->padded & here) : all_thin;
    if (token.what && strchr("mdHIV", token.what) && !token.flag && thin) {
      decide_add(&place, "%-", 2);
      decide_add(&place, &token.what, 1);
    } else if (token.what && strchr("bBaA", token.what) && !token.flag) {
      decide_spell_name(&place, survey, token.what);
    } else if (token.what == 'p' && !token.flag) {
      const int lower =
          (survey->style & MINE_STYLE_PM_LOWER) && !(survey->style & MINE_STYLE_PM_UPPER);
      decide_add(&place, lower ? "%#p" : "%p", lower ? 3 : 2);
    } else if (token.what == 'f' && !token.digits) {
      decide_spell_fraction(&place, survey);
    } else if (token.what == 'z' && !token.flag && (survey->style & MINE_STYLE_ZONES)) {
      const uint32_t zone = survey->style & MINE_STYLE_ZONES;
      const char *spelled = zone == MINE_STYLE_Z      ? "%Z"
                            : zone & MINE_STYLE_COLON ? "%:z"
                            : zone & MINE_STYLE_BASIC ? "%z"
                                                      : "%#z";
      decide_add(&place, spelled, strlen(spelled));
    } else {
      decide_add(&place, at, (size_t)(token.next - at));
    }
    at = token.next;
  }
}

void mine__time_reading_of(const mine_time_survey *survey, int form, mine_time_reading *out) {
  memset(out, 0, sizeof *out);
  if (survey->given.said) *out = survey->given.format;
  out->cell = decide_cell(survey);
  if (out->unit == MINE_TIME_PATTERN) {
    decide_spell(survey, form, out->pattern, sizeof out->pattern);
    if (form >= 0 && survey->tail & ~(uint32_t)MINE_TAIL_NONE) {
      const size_t used = strlen(out->pattern);
      mine__time_tail_pattern(survey, out->pattern + used, sizeof out->pattern - used);
    }
  }
  if (survey->zones == 1) out->offset = survey->zone;
  mine__time_prepare(out);
}

int mine__time_looks(const mine_time_survey *survey) {
  int form;
  if (survey->cells == 0) return 0;
  if (survey->given.said) return 1;
  if (survey->hopeless || decide_numbers_shown(survey) == survey->cells) return 0;
  /* 9999-12-31 stands for "not yet" among others; where all years are odd, it is a code. */
  if (10 * survey->fitted < 9 * survey->cells || 10 * survey->odd_years > survey->cells) return 0;
  decide_count(survey->forms, &form);
  const unsigned flags = mine__time_forms[form].flags;
  return !(flags & MINE_FORM_CODE) && !(flags & MINE_FORM_SHORT && survey->thin);
}

mine_time_problem mine__time_decide(const mine_time_survey *survey, mine_time_mode mode,
                                    mine_time_reading *out) {
  const int64_t numbers = decide_numbers_shown(survey);
  int form;
  if (survey->cells == 0) return MINE_TIME_EMPTY;
  if (survey->given.said) {
    mine__time_reading_of(survey, -1, out);
    return survey->misfit.row ? MINE_TIME_MISFIT : MINE_TIME_FITS;
  }
  if (numbers == survey->cells || numbers > survey->fitted)
    return mode == MINE_TIME_ATTRIBUTE ? MINE_TIME_NUMBERS : decide_numbers(survey, out);
  if (2 * survey->fitted < survey->cells) return MINE_TIME_NONE;
  if (mode == MINE_TIME_ATTRIBUTE && !mine__time_looks(survey)) return MINE_TIME_NONE;
  if (decide_count(survey->forms, &form) > 1) return MINE_TIME_AMBIGUOUS;
  mine__time_reading_of(survey, form, out);
  return survey->misfit.row ? MINE_TIME_MISFIT : MINE_TIME_FITS;
}
