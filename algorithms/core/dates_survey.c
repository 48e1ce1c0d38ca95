/*
** dates_survey.c -- which forms suit every value of a column.
**
** A text is tried with the forms that are still possible, in one pass each; a
** form that does not suit a text that others suit is out for good.  A text that
** suits none is a misfit, and rules nothing out: one 'unknown' must not hide that
** the other thousand are dates.
*/
#include <math.h>
#include <string.h>

#include "dates_forms.h"

#define SURVEY_TIME MINE_FORM_TIME

const mine_time_form mine__time_forms[] = {
    {.pattern = "%Y-%m-%d", .flags = SURVEY_TIME},
    {.pattern = "%Y/%m/%d", .flags = SURVEY_TIME},
    {.pattern = "%Y.%m.%d", .flags = SURVEY_TIME},
    {.pattern = "%Y%m%d", .flags = SURVEY_TIME},
    {.pattern = "%d.%m.%Y", .flags = SURVEY_TIME},
    {.pattern = "%m.%d.%Y", .flags = SURVEY_TIME},
    {.pattern = "%d/%m/%Y", .flags = SURVEY_TIME},
    {.pattern = "%m/%d/%Y", .flags = SURVEY_TIME},
    {.pattern = "%d-%m-%Y", .flags = SURVEY_TIME},
    {.pattern = "%m-%d-%Y", .flags = SURVEY_TIME},
    {.pattern = "%d.%m.%y", .flags = SURVEY_TIME | MINE_FORM_SHORT},
    {.pattern = "%m.%d.%y", .flags = SURVEY_TIME | MINE_FORM_SHORT},
    {.pattern = "%y.%m.%d", .flags = SURVEY_TIME | MINE_FORM_SHORT},
    {.pattern = "%d/%m/%y", .flags = SURVEY_TIME},
    {.pattern = "%m/%d/%y", .flags = SURVEY_TIME},
    {.pattern = "%y/%m/%d", .flags = SURVEY_TIME},
    {.pattern = "%d-%m-%y", .flags = SURVEY_TIME | MINE_FORM_SHORT},
    {.pattern = "%m-%d-%y", .flags = SURVEY_TIME | MINE_FORM_SHORT},
    {.pattern = "%y-%m-%d", .flags = SURVEY_TIME | MINE_FORM_SHORT},
    {.pattern = "%d. %m. %Y", .flags = SURVEY_TIME},
    {.pattern = "%d %m %Y", .flags = SURVEY_TIME},
    {.pattern = "%m %d %Y", .flags = SURVEY_TIME},
    {.pattern = "%Y %m %d", .flags = SURVEY_TIME},
    {.pattern = "%d %b %Y", .flags = SURVEY_TIME},
    {.pattern = "%d %b %y", .flags = SURVEY_TIME},
    {.pattern = "%d %b, %Y", .flags = SURVEY_TIME},
    {.pattern = "%d. %b %Y", .flags = SURVEY_TIME},
    {.pattern = "%d-%b-%Y", .flags = SURVEY_TIME},
    {.pattern = "%d-%b-%y", .flags = SURVEY_TIME},
    {.pattern = "%d/%b/%Y", .flags = SURVEY_TIME},
    {.pattern = "%d.%b.%Y", .flags = SURVEY_TIME},
    {.pattern = "%d%b%Y", .flags = SURVEY_TIME},
    {.pattern = "%b %d, %Y", .flags = SURVEY_TIME},
    {.pattern = "%b. %d, %Y", .flags = SURVEY_TIME},
    {.pattern = "%b %d %Y", .flags = SURVEY_TIME},
    {.pattern = "%b-%d-%Y", .flags = SURVEY_TIME},
    {.pattern = "%Y-%b-%d", .flags = SURVEY_TIME},
    {.pattern = "%Y %b %d", .flags = SURVEY_TIME},
    {.pattern = "%a, %d %b %Y", .flags = SURVEY_TIME},
    {.pattern = "%a %d %b %Y", .flags = SURVEY_TIME},
    {.pattern = "%a, %b %d, %Y", .flags = SURVEY_TIME},
    {.pattern = "%a %b %d %Y", .flags = SURVEY_TIME},
    {.pattern = "%a %b %e %H:%M:%S %Y", .flags = 0},
    {.pattern = "%Y年%m月%d日", .flags = SURVEY_TIME},
    {.pattern = "%Y年%m月%d号", .flags = SURVEY_TIME},
    {.pattern = "%Y 年 %m 月 %d 日", .flags = SURVEY_TIME},
    {.pattern = "%Y년 %m월 %d일", .flags = SURVEY_TIME},
    {.pattern = "%Y年%m月", .flags = 0},
    {.pattern = "%Y年第%q季度", .flags = 0},
    {.pattern = "%Y年", .flags = 0},
    {.pattern = "%Y-%m", .flags = 0},
    {.pattern = "%Y/%m", .flags = 0},
    {.pattern = "%m/%Y", .flags = 0},
    {.pattern = "%m-%Y", .flags = MINE_FORM_CODE},
    {.pattern = "%b %Y", .flags = 0},
    {.pattern = "%b-%Y", .flags = 0},
    {.pattern = "%b-%y", .flags = 0},
    {.pattern = "%Y-%b", .flags = 0},
    {.pattern = "%Y-Q%q", .flags = 0},
    {.pattern = "%YQ%q", .flags = 0},
    {.pattern = "Q%q %Y", .flags = 0},
    {.pattern = "%G-W%V", .flags = 0},
    {.pattern = "%G-W%V-%u", .flags = 0},
    {.pattern = "%Y-%j", .flags = MINE_FORM_CODE},
};
const int mine__time_n_forms = (int)(sizeof mine__time_forms / sizeof mine__time_forms[0]);
_Static_assert(sizeof mine__time_forms / sizeof mine__time_forms[0] <= MINE_TIME_MOST_FORMS,
               "a form is a bit of 64");

/* ---- witnesses ------------------------------------------------------------------------ */

static void survey_note(mine_time_witness *witness, const mine_cell *cell, int64_t row) {
  char number[MINE_SHOW_BYTES];
  const char *text = cell->as.text;
  size_t bytes = cell->bytes;
  if (witness->row) return;
  if (cell->type != MINE_TEXT) {
    text = mine__show_cell(number, cell);
    bytes = strlen(number);
  }
  witness->row = row > 0 ? row : 1;
  witness->cut = bytes > MINE_TIME_SHOWN;
  witness->bytes = (uint8_t)mine__utf8_prefix(text, bytes, MINE_TIME_SHOWN);
  memcpy(witness->text, text, witness->bytes);
  witness->text[witness->bytes] = 0;
}

#define SURVEY_PATIENCE 256 /* texts, of which half must be dates to go on trying */
#define SURVEY_LONGEST  80  /* bytes of a date */
#define SURVEY_DAY_1800 (-62091)
#define SURVEY_DAY_2201 84371

/* ---- texts ------------------------------------------------------------------------------ */

typedef struct survey_fit {
  mine_time_fields fields;
  uint32_t tail;
} survey_fit;

static int survey_try(const mine_time_survey *survey, const char *pattern, unsigned flags,
                      const char *text, const char *end, survey_fit *fit) {
  double days;
  mine__time_fields_clear(&fit->fields);
  const char *rest = mine__time_match(pattern, text, end, &fit->fields);
  if (!rest || (rest != end && !(flags & MINE_FORM_TIME))) return 0;
  fit->tail = 0;
  if (flags & MINE_FORM_TIME) {
    /* Digits glued to digits are no time, but 2024年1月2日10:15 is. */
    if (rest < end && *rest >= '0' && *rest <= '9' && rest[-1] >= '0' && rest[-1] <= '9') return 0;
    if (!mine__time_tail(rest, end, &fit->fields, &fit->tail)) return 0;
    if (!mine__time_tail_agrees(survey->tail | fit->tail)) return 0;
  }
  return mine__time_compose(&fit->fields, &days);
}

static void survey_zone(mine_time_survey *survey, const survey_fit *fit) {
  if (!(fit->tail & MINE_TAIL_ZONE) && !(fit->fields.style & MINE_STYLE_ZONES)) return;
  if (survey->zones == 0) {
    survey->zones = 1;
    survey->zone = fit->fields.zone;
  } else if (survey->zone != fit->fields.zone) {
    survey->zones = 2;
  }
}

static void survey_merge(mine_time_survey *survey, const survey_fit *fit) {
  survey->tail |= fit->tail;
  survey->thin |= fit->fields.thin;
  survey->padded |= fit->fields.padded;
  survey->style |= fit->fields.style;
  if (!(fit->tail & MINE_TAIL_NONE)) {
    const int digits = fit->fields.fraction < 0 ? 0 : fit->fields.fraction;
    survey->fractions |= UINT32_C(1) << (digits < 31 ? digits : 31);
  }
  survey_zone(survey, fit);
  survey->odd_years += fit->fields.year < 1800 || fit->fields.year > 2200;
  survey->fitted++;
}

/* The forms among `forms` that suit; what the first of them saw. */
static uint64_t survey_fits(const mine_time_survey *survey, uint64_t forms, const char *text,
                            const char *end, survey_fit *fit) {
  uint64_t fits = 0;
  survey_fit other;
  for (int i = 0; i < mine__time_n_forms && forms >> i; i++) {
    if (!(forms >> i & 1)) continue;
    const mine_time_form *form = &mine__time_forms[i];
    if (survey_try(survey, form->pattern, form->flags, text, end, fits ? &other : fit))
      fits |= UINT64_C(1) << i;
  }
  return fits;
}

/* ---- what all look alike ------------------------------------------------------------------ */

static int survey_lowest(uint64_t bits) {
  int i = 0;
  while (!(bits >> i & 1))
    i++;
  return i;
}

/* All of the survey that a reading is made of. */
typedef struct survey_state {
  uint64_t forms, thin;
  uint32_t tail, style, fractions;
  int zones;
} survey_state;

static survey_state survey_state_of(const mine_time_survey *survey) {
  return (survey_state){.forms = survey->forms,
                        .thin = survey->thin,
                        .tail = survey->tail & ~(uint32_t)MINE_TAIL_PADDED,
                        .style = survey->style,
                        .fractions = survey->fractions,
                        .zones = survey->zones};
}

/* After a text that told nothing new: the reading so far will do for its like.  Not where
** numbers below ten came with one digit: then the places are not the same in every text, and
** there is no layout to compare with. */
static void survey_settle(mine_time_survey *survey, const survey_state *before) {
  const survey_state now = survey_state_of(survey);
  const int same = now.forms == before->forms && now.tail == before->tail &&
                   now.style == before->style && now.fractions == before->fractions &&
                   now.thin == before->thin && now.zones == before->zones;
  const int one = survey->given.said || (survey->forms & (survey->forms - 1)) == 0;
  survey->quick.settled = 0;
  if (!same || !one || survey->thin) return;
  mine__time_reading_of(survey, survey->given.said ? -1 : survey_lowest(survey->forms),
                        &survey->quick.known);
  survey->quick.settled = survey->quick.known.layout.bytes > 0;
}

/* A text of the layout that was settled: counted, no more. */
static int survey_alike(mine_time_survey *survey, const mine_cell *cell) {
  const mine_time_layout *layout = &survey->quick.known.layout;
  double days;
  if (!mine__time_read_layout(layout, cell->as.text, cell->bytes, &days)) return 0;
  for (int i = 1; i <= 3; i++) /* month, day, hour: 01 is not 1 */
    if (layout->place[i] != 255 && cell->as.text[layout->place[i]] == '0') {
      survey->padded = UINT64_MAX;
      if (i == 3) survey->tail |= MINE_TAIL_PADDED;
    }
  survey->fitted++;
  survey->odd_years += days < SURVEY_DAY_1800 || days >= SURVEY_DAY_2201;
  return 1;
}

static int survey_said(mine_time_survey *survey, const char *text, const char *end) {
  survey_fit fit;
  if (!survey_try(survey, survey->given.format.pattern, 0, text, end, &fit)) return 0;
  survey_merge(survey, &fit);
  if (fit.fields.fraction < 0) survey->fractions |= 1;
  return 1;
}

/* Dates have digits, and are short. */
static int survey_may_be(const char *text, const char *end) {
  if (end - text > SURVEY_LONGEST) return 0;
  while (text < end && (*text < '0' || *text > '9'))
    text++;
  return text < end;
}

static int survey_guess(mine_time_survey *survey, const mine_cell *cell, const char *text,
                        const char *end, int64_t row) {
  survey_fit fit;
  const int tried = !survey->hopeless && survey_may_be(text, end);
  const uint64_t fits = tried ? survey_fits(survey, survey->forms, text, end, &fit) : 0;
  /* A column of names is not tried form by form to its end. */
  if (survey->texts >= SURVEY_PATIENCE && 2 * survey->fitted < survey->texts) survey->hopeless = 1;
  if (!fits) return 0;
  if (survey->fitted == 0) survey_note(&survey->first, cell, row);
  if (survey->fitted > 0 && fits != survey->forms) {
    survey->narrowed.row = 0;
    survey_note(&survey->narrowed, cell, row);
  }
  survey->forms = fits;
  survey_merge(survey, &fit);
  return 1;
}

static void survey_text(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  const char *text = cell->as.text, *end = text + cell->bytes;
  if (survey->quick.settled && survey_alike(survey, cell)) return;
  const survey_state before = survey_state_of(survey);
  mine__time_trim(&text, &end);
  if (survey->given.said ? !survey_said(survey, text, end)
                         : !survey_guess(survey, cell, text, end, row))
    survey_note(&survey->misfit, cell, row);
  else
    survey_settle(survey, &before);
}

/* ---- numbers ------------------------------------------------------------------------------ */

/* Whether the digits of a number are a date: 202401, 20240102, 20240102101500. */
static int survey_compact(int way, double value) {
  int64_t digits = (int64_t)value;
  if (way == MINE_NUMBER_YEARS) return 1;
  if (way == MINE_NUMBER_MONTHS) digits = digits * 100 + 1;
  if (way == MINE_NUMBER_TIMES) {
    const int64_t second = digits % 100, minute = digits / 100 % 100, hour = digits / 10000 % 100;
    if (second > 59 || minute > 59 || hour > 23) return 0;
    digits /= 1000000;
  }
  const int day = (int)(digits % 100), month = (int)(digits / 100 % 100);
  return month >= 1 && month <= 12 && day >= 1 &&
         day <= mine__days_in_month((int)(digits / 10000), month);
}

static void survey_number(mine_time_survey *survey, double value) {
  const int first = survey->integers + survey->reals + survey->digits == 1;
  if (first || value < survey->numbers.least) survey->numbers.least = value;
  if (first || value > survey->numbers.most) survey->numbers.most = value;
  if (value != trunc(value)) survey->numbers.whole = 0;
  for (int way = 0; way < MINE_NUMBER_WAYS; way++) {
    const mine_time_number *number = &mine__time_numbers[way];
    if (!(survey->numbers.compact >> way & 1)) continue;
    if (value < number->least || value > number->most ||
        (number->pattern && !survey_compact(way, value)))
      survey->numbers.compact &= ~(1u << way);
  }
}

/* A number where date_format= says what it is. */
static void survey_number_said(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  double days;
  if (mine__time_read(&survey->given.format, cell, &days))
    survey->fitted++;
  else
    survey_note(&survey->misfit, cell, row);
}

/* ---- the survey ------------------------------------------------------------------------------ */

void mine__time_survey_open(mine_time_survey *survey) {
  memset(survey, 0, sizeof *survey);
  survey->forms =
      mine__time_n_forms == 64 ? UINT64_MAX : (UINT64_C(1) << (mine__time_n_forms & 63)) - 1;
  survey->numbers.whole = 1;
  survey->numbers.compact = (1u << MINE_NUMBER_WAYS) - 1;
}

void mine__time_survey_format(mine_time_survey *survey, const mine_time_reading *format) {
  mine__time_survey_open(survey);
  survey->given.said = 1;
  survey->given.format = *format;
}

static int survey_is_blank(const mine_cell *cell) {
  const char *text = cell->as.text, *end = text + cell->bytes;
  mine__time_trim(&text, &end);
  return text == end;
}

static int survey_read_number(const mine_cell *cell, double *value) {
  const char last = cell->as.text[cell->bytes - 1]; /* most texts end here */
  return ((last >= '0' && last <= '9') || last == ' ' || last == '.') &&
         mine__read_decimal(cell->as.text, cell->bytes, value);
}

static void survey_show_text(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  double value;
  survey->cells++;
  survey->texts++;
  if (survey->given.said) {
    if (survey->given.format.unit == MINE_TIME_PATTERN)
      survey_text(survey, cell, row);
    else
      survey_number_said(survey, cell, row);
    return;
  }
  if (!survey_read_number(cell, &value)) {
    survey_note(&survey->text, cell, row);
    survey_text(survey, cell, row);
    return;
  }
  survey->digits++;
  survey_note(&survey->number, cell, row);
  survey_number(survey, value);
  if (cell->bytes == 8) /* 20240102 may stand among 20240102T101500 */
    survey_text(survey, cell, row);
  else
    survey_note(&survey->misfit, cell, row);
}

static void survey_show_number(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  const int is_whole = cell->type == MINE_INT;
  survey->integers += is_whole;
  survey->reals += !is_whole;
  survey_note(&survey->number, cell, row);
  if (survey->given.said) {
    survey_number_said(survey, cell, row);
    return;
  }
  survey_note(&survey->misfit, cell, row);
  survey_number(survey, is_whole ? (double)cell->as.integer : cell->as.real);
}

void mine__time_show(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  switch (cell->type) {
    case MINE_NULL:
      return;
    case MINE_TEXT:
      if (!survey_is_blank(cell)) survey_show_text(survey, cell, row);
      return;
    default:
      survey->cells++;
      break;
  }
  if (cell->type == MINE_INT || (cell->type == MINE_REAL && isfinite(cell->as.real))) {
    survey_show_number(survey, cell, row);
    return;
  }
  survey_note(&survey->text, cell, row);
  survey_note(&survey->misfit, cell, row);
}
