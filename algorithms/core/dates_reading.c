/*
** dates_reading.c -- readings as words: what date_format= says, what a model
** keeps, what people are told.
*/
#include <stdio.h>
#include <string.h>

#include "dates_pattern.h"

/* Places in a pattern are bits of 64. */
#define READING_MOST_PATTERN 63

/* ---- preparing ------------------------------------------------------------------------ */

#define READING_LAYOUT "YmdHMSf" /* places, in this order */

/* One token more; 0 when its texts have no fixed length. */
static int reading_lay(mine_time_layout *layout, const mine_time_token *token) {
  const char *known = token->what ? strchr(READING_LAYOUT, token->what) : NULL;
  const int plain = token->flag == 0 && layout->bytes < 200;
  if (!plain || (token->what == 'f' ? token->digits == 0 : token->digits != 0)) return 0;
  if (known) {
    layout->place[known - READING_LAYOUT] = layout->bytes;
    if (token->what == 'f') layout->fraction = (uint8_t)token->digits;
    layout->bytes = (uint8_t)(layout->bytes + (token->what == 'Y'   ? 4
                                               : token->what == 'f' ? token->digits
                                                                    : 2));
    return 1;
  }
  if ((token->what && token->what != 'Z') || layout->literals == MINE_TIME_LITERALS) return 0;
  layout->at[layout->literals] = layout->bytes++;
  layout->literal[layout->literals++] = token->what ? 'Z' : token->literal;
  return 1;
}

static void reading_lay_out(const char *pattern, mine_time_layout *layout) {
  memset(layout, 0, sizeof *layout);
  memset(layout->place, 255, sizeof layout->place);
  while (*pattern) {
    const mine_time_token token = mine__time_token(pattern);
    if (!reading_lay(layout, &token)) {
      memset(layout, 0, sizeof *layout);
      return;
    }
    pattern = token.next;
  }
  if (layout->place[0] == 255) layout->bytes = 0;
}

void mine__time_prepare(mine_time_reading *reading) {
  memset(&reading->layout, 0, sizeof reading->layout);
  reading->step = MINE_STEP_YEAR;
  if (reading->unit != MINE_TIME_PATTERN) {
    const int seconds = reading->unit == MINE_TIME_UNIX && reading->cell == MINE_INT;
    reading->step = seconds ? MINE_STEP_SECOND : MINE_STEP_FRACTION;
    return;
  }
  for (const char *at = reading->pattern; *at;) {
    const mine_time_token token = mine__time_token(at);
    const mine_time_step step = mine__time_fineness(token.what);
    if (step > reading->step) reading->step = step;
    at = token.next;
  }
  reading_lay_out(reading->pattern, &reading->layout);
}

/* ---- checking patterns ------------------------------------------------------------------ */

#define READING_KNOWN "YymdejHIMSfpbBaAzZqGVu[]"

/* The conversions of a pattern as bits, by their place in READING_KNOWN. */
static uint32_t reading_bit(char what) {
  const char *at = what ? strchr(READING_KNOWN, what) : NULL;
  return at ? UINT32_C(1) << (at - READING_KNOWN) : 0;
}

static uint32_t reading_bits(const char *whats) {
  uint32_t bits = 0;
  for (; *whats; whats++)
    bits |= reading_bit(*whats);
  return bits;
}

typedef struct reading_fault {
  const char *why; /* NULL: sound */
  const char *at;  /* of this conversion ... */
  size_t bytes;
} reading_fault;

static const char *reading_missing(uint32_t has) {
  const int month = (has & reading_bits("mbB")) != 0, day = (has & reading_bits("de")) != 0;
  if (!(has & reading_bits("YyG"))) return "it has no year (%Y, %y)";
  if (day && !month) return "it has a day (%d) without a month (%m, %b)";
  if (!(has & reading_bit('G')) != !(has & reading_bit('V')))
    return "an ISO week is %G-W%V: the year of weeks and the week";
  if ((has & reading_bit('u')) && !(has & reading_bit('V')))
    return "%u is a day of an ISO week (%V)";
  if ((has & reading_bits("mbBdejq")) && (has & reading_bit('V')))
    return "it has a week (%V) beside months or days";
  if ((has & reading_bits("mbBde")) && (has & reading_bits("jq")))
    return "it has a month beside %j or %q";
  if ((has & reading_bit('I')) && !(has & reading_bit('p'))) return "%I needs %p (AM or PM)";
  if ((has & reading_bits("MSfp")) && !(has & reading_bits("HI")))
    return "it has minutes or seconds without an hour (%H)";
  if ((has & reading_bit('S')) && !(has & reading_bit('M')))
    return "it has seconds without minutes (%M)";
  if ((has & reading_bit('f')) && !(has & reading_bit('S')))
    return "it has a fraction (%f) without seconds (%S)";
  return NULL;
}

static reading_fault reading_check(const char *pattern) {
  uint32_t has = 0;
  int depth = 0;
  for (const char *at = pattern; *at;) {
    const mine_time_token token = mine__time_token(at);
    const uint32_t bit = reading_bit(token.what);
    const reading_fault here = {.at = at, .bytes = (size_t)(token.next - at)};
    reading_fault fault = here;
    if (token.what && !bit) fault.why = "is not known";
    if (!token.what && *at == '%' && here.bytes < 2)
      fault.why = "needs a letter (a percent sign is %%)";
    if (bit & has & ~reading_bits("[]")) fault.why = "stands there twice";
    if (fault.why) return fault;
    has |= bit;
    depth += (token.what == '[') - (token.what == ']');
    if (depth < 0) return (reading_fault){.why = "it closes a part that was not opened"};
    at = token.next;
  }
  if (depth) return (reading_fault){.why = "it opens a part (%[) and does not close it (%])"};
  return (reading_fault){.why = reading_missing(has)};
}

/* ---- what date_format= says ------------------------------------------------------------------ */

/* %F, %R and %T as what they stand for; 0 when it gets too long. */
static int reading_expand(const char *text, size_t bytes, char out[MINE_TIME_PATTERN_BYTES]) {
  size_t n = 0;
  for (size_t i = 0; i < bytes; i++) {
    const char next = text[i] == '%' && i + 1 < bytes ? text[i + 1] : 0;
    const char *stands = next == 'F'   ? "%Y-%m-%d"
                         : next == 'R' ? "%H:%M"
                         : next == 'T' ? "%H:%M:%S"
                                       : NULL;
    const size_t more = stands ? strlen(stands) : next == '%' ? 2 : 1;
    if (text[i] == 0 || n + more > READING_MOST_PATTERN) return 0;
    memcpy(out + n, stands ? stands : text + i, more);
    n += more;
    if (stands || next == '%') i++;
  }
  out[n] = 0;
  return n > 0;
}

static mine_time_unit reading_unit(const char *text, size_t bytes) {
  for (int i = 1; i < MINE_TIME_UNITS; i++) {
    const char *word = mine__time_units[i].word;
    if (bytes == strlen(word) && memcmp(word, text, bytes) == 0) return (mine_time_unit)i;
  }
  return MINE_TIME_PATTERN;
}

#define READING_EXAMPLES                                                                        \
  "say a pattern such as %Y-%m-%d, %d.%m.%Y, %m/%d/%Y or '%Y-%m-%d %H:%M:%S', or one of unix, " \
  "unix_ms, unix_us, unix_ns, julian, excel"

mine_status mine__time_format(mine_env *env, const char *text, size_t bytes,
                              mine_time_reading *out) {
  char shown[MINE_SHOW_BYTES];
  const mine_cell cell = {.type = MINE_TEXT, .bytes = bytes, .as = {.text = text}};
  mine__show_cell(shown, &cell);
  memset(out, 0, sizeof *out);
  out->cell = MINE_TEXT;
  out->unit = reading_unit(text, bytes);
  if (out->unit == MINE_TIME_PATTERN) {
    if (bytes == 0 || !memchr(text, '%', bytes))
      return mine__fail(env, MINE_OPTION, "option date_format: %s is no way to read dates; %s",
                        shown, READING_EXAMPLES);
    if (!reading_expand(text, bytes, out->pattern))
      return mine__fail(env, MINE_OPTION,
                        "option date_format: %s is too long (at most %d bytes); %s", shown,
                        READING_MOST_PATTERN, READING_EXAMPLES);
    const reading_fault fault = reading_check(out->pattern);
    if (fault.why && fault.at)
      return mine__fail(
          env, MINE_OPTION,
          "option date_format: %.*s in %s %s; known are %%Y %%y %%m %%d %%e %%j %%b %%B "
          "%%a %%A %%H %%I %%M %%S %%f %%p %%z %%G %%V %%u %%q %%F %%R %%T",
          (int)fault.bytes, fault.at, shown, fault.why);
    if (fault.why)
      return mine__fail(env, MINE_OPTION, "option date_format: %s cannot be read: %s", shown,
                        fault.why);
  }
  mine__time_prepare(out);
  return MINE_OK;
}

const char *mine__time_reading_format(const mine_time_reading *reading) {
  return reading->unit == MINE_TIME_PATTERN ? reading->pattern
                                            : mine__time_units[reading->unit].word;
}

/* ---- what a model keeps --------------------------------------------------------------------- */

/* "t 0 %Y-%m-%d": the type of the cells, the offset, the pattern or unit. */
void mine__time_reading_text(const mine_time_reading *reading, mine_text *out) {
  const char type = reading->cell == MINE_INT ? 'i' : reading->cell == MINE_REAL ? 'r' : 't';
  mine__text_addf(out, "%c %d ", type, reading->offset);
  mine__text_adds(out, mine__time_reading_format(reading));
}

int mine__time_reading_parse(const char *text, size_t bytes, mine_time_reading *out) {
  const char *at = text + 2, *end = text + bytes;
  memset(out, 0, sizeof *out);
  if (bytes < 5 || text[1] != ' ' || !strchr("irt", text[0])) return 0;
  out->cell = text[0] == 'i' ? MINE_INT : text[0] == 'r' ? MINE_REAL : MINE_TEXT;
  const int west = *at == '-';
  at += west;
  out->offset = mine__time_digits(&at, end, 1, 4);
  if (out->offset < 0 || out->offset >= 24 * 60 || at == end || *at++ != ' ') return 0;
  if (west) out->offset = -out->offset;
  const size_t left = (size_t)(end - at);
  out->unit = reading_unit(at, left);
  if (out->unit == MINE_TIME_PATTERN) {
    if (left >= sizeof out->pattern || memchr(at, 0, left)) return 0;
    memcpy(out->pattern, at, left);
    if (!mine_valid_utf8(at, left) || reading_check(out->pattern).why) return 0;
  }
  mine__time_prepare(out);
  return 1;
}

/* ---- what people are told ------------------------------------------------------------------- */

typedef struct reading_name {
  char what;
  const char *word, *letters;
} reading_name;

static const reading_name reading_names[] = {
    {.what = 'Y', .word = "year", .letters = "yyyy"},
    {.what = 'G', .word = "year", .letters = "yyyy"},
    {.what = 'y', .word = "year (two digits)", .letters = "yy"},
    {.what = 'm', .word = "month", .letters = "mm"},
    {.what = 'd', .word = "day", .letters = "dd"},
    {.what = 'e', .word = "day", .letters = "dd"},
    {.what = 'j', .word = "day of the year", .letters = "ddd"},
    {.what = 'b', .word = "month's name", .letters = "mon"},
    {.what = 'B', .word = "month's name", .letters = "month"},
    {.what = 'a', .word = "weekday", .letters = "day"},
    {.what = 'A', .word = "weekday", .letters = "weekday"},
    {.what = 'H', .word = "hour", .letters = "hh"},
    {.what = 'I', .word = "hour", .letters = "hh"},
    {.what = 'M', .word = "minute", .letters = "mm"},
    {.what = 'S', .word = "second", .letters = "ss"},
    {.what = 'f', .word = "fraction", .letters = "fraction"},
    {.what = 'p', .word = "AM/PM", .letters = "AM/PM"},
    {.what = 'z', .word = "offset", .letters = "+hh:mm"},
    {.what = 'Z', .word = "Z", .letters = "Z"},
    {.what = 'q', .word = "quarter", .letters = "q"},
    {.what = 'V', .word = "week", .letters = "ww"},
    {.what = 'u', .word = "weekday", .letters = "d"},
};

/* Whether words would run together, with each other or with letters. */
static int reading_adjoins(const char *pattern) {
  char before = 0;
  while (*pattern) {
    const mine_time_token token = mine__time_token(pattern);
    const char literal = token.what ? 0 : token.literal;
    if ((literal >= 'A' && literal <= 'Z') || literal & 0x80) return 1;
    if (before && token.what && !strchr("[]zZ", token.what)) return 1;
    before = (char)(token.what && strchr("[]", token.what) ? 0 : token.what);
    pattern = token.next;
  }
  return 0;
}

static void reading_words(const char *pattern, mine_text *out) {
  const int letters = reading_adjoins(pattern); /* yyyy-mm-ddThh:mm */
  while (*pattern) {
    const mine_time_token token = mine__time_token(pattern);
    pattern = token.next;
    if (!token.what) mine__text_add(out, &token.literal, 1);
    for (size_t i = 0; i < sizeof reading_names / sizeof reading_names[0]; i++)
      if (token.what && token.what == reading_names[i].what)
        mine__text_adds(out, letters ? reading_names[i].letters : reading_names[i].word);
  }
}

static const char *reading_kind(mine_time_step step) {
  static const char *const kinds[] = {
      [MINE_STEP_YEAR] = "years",    [MINE_STEP_QUARTER] = "quarters",
      [MINE_STEP_MONTH] = "months",  [MINE_STEP_WEEK] = "weeks",
      [MINE_STEP_DAY] = "dates",     [MINE_STEP_HOUR] = "times",
      [MINE_STEP_MINUTE] = "times",  [MINE_STEP_SECOND] = "times",
      [MINE_STEP_FRACTION] = "times"};
  return kinds[step];
}

void mine__time_describe(const mine_time_reading *reading, mine_text *out) {
  if (reading->unit != MINE_TIME_PATTERN) {
    mine__text_addf(out, "times as %s", mine__time_units[reading->unit].said);
    return;
  }
  if (strcmp(reading->pattern, "%Y") == 0) {
    mine__text_adds(out, reading->cell == MINE_TEXT ? "years" : "years as whole numbers");
    return;
  }
  mine__text_addf(out, "%s as ", reading_kind(reading->step));
  reading_words(reading->pattern, out);
}
