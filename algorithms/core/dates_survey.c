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

#define T MINE_FORM_TIME

const mine_time_form mine__time_forms[] = {
    {.pattern = "%Y-%m-%d", .flags = T},
    {.pattern = "%Y/%m/%d", .flags = T},
    {.pattern = "%Y.%m.%d", .flags = T},
    {.pattern = "%Y%m%d", .flags = T},
    {.pattern = "%d.%m.%Y", .flags = T},
    {.pattern = "%m.%d.%Y", .flags = T},
    {.pattern = "%d/%m/%Y", .flags = T},
    {.pattern = "%m/%d/%Y", .flags = T},
    {.pattern = "%d-%m-%Y", .flags = T},
    {.pattern = "%m-%d-%Y", .flags = T},
    {.pattern = "%d.%m.%y", .flags = T | MINE_FORM_SHORT},
    {.pattern = "%m.%d.%y", .flags = T | MINE_FORM_SHORT},
    {.pattern = "%y.%m.%d", .flags = T | MINE_FORM_SHORT},
    {.pattern = "%d/%m/%y", .flags = T},
    {.pattern = "%m/%d/%y", .flags = T},
    {.pattern = "%y/%m/%d", .flags = T},
    {.pattern = "%d-%m-%y", .flags = T | MINE_FORM_SHORT},
    {.pattern = "%m-%d-%y", .flags = T | MINE_FORM_SHORT},
    {.pattern = "%y-%m-%d", .flags = T | MINE_FORM_SHORT},
    {.pattern = "%d. %m. %Y", .flags = T},
    {.pattern = "%d %m %Y", .flags = T},
    {.pattern = "%m %d %Y", .flags = T},
    {.pattern = "%Y %m %d", .flags = T},
    {.pattern = "%d %b %Y", .flags = T},
    {.pattern = "%d %b %y", .flags = T},
    {.pattern = "%d %b, %Y", .flags = T},
    {.pattern = "%d. %b %Y", .flags = T},
    {.pattern = "%d-%b-%Y", .flags = T},
    {.pattern = "%d-%b-%y", .flags = T},
    {.pattern = "%d/%b/%Y", .flags = T},
    {.pattern = "%d.%b.%Y", .flags = T},
    {.pattern = "%d%b%Y", .flags = T},
    {.pattern = "%b %d, %Y", .flags = T},
    {.pattern = "%b. %d, %Y", .flags = T},
    {.pattern = "%b %d %Y", .flags = T},
    {.pattern = "%b-%d-%Y", .flags = T},
    {.pattern = "%Y-%b-%d", .flags = T},
    {.pattern = "%Y %b %d", .flags = T},
    {.pattern = "%a, %d %b %Y", .flags = T},
    {.pattern = "%a %d %b %Y", .flags = T},
    {.pattern = "%a, %b %d, %Y", .flags = T},
    {.pattern = "%a %b %d %Y", .flags = T},
    {.pattern = "%a %b %e %H:%M:%S %Y", .flags = 0},
    {.pattern = "%Y年%m月%d日", .flags = T},
    {.pattern = "%Y年%m月%d号", .flags = T},
    {.pattern = "%Y 年 %m 月 %d 日", .flags = T},
    {.pattern = "%Y년 %m월 %d일", .flags = T},
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
    text = mine_show_cell(number, cell);
    bytes = strlen(number);
  }
  witness->row = row > 0 ? row : 1;
  witness->cut = bytes > MINE_TIME_SHOWN;
  witness->bytes = (uint8_t)mine_utf8_prefix(text, bytes, MINE_TIME_SHOWN);
  memcpy(witness->text, text, witness->bytes);
  witness->text[witness->bytes] = 0;
}

#define SURVEY_PATIENCE 256 /* texts, of which half must be dates to go on trying */
#define SURVEY_LONGEST  80  /* bytes of a date */

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

#define SURVEY_ISO_MONTH (UINT64_C(1) << 3) /* places in %Y-%m-%d */
#define SURVEY_ISO_DAY   (UINT64_C(1) << 6)

/* yyyy-mm-dd in a column of nothing else, the commonest: counted, no more. */
static int survey_iso(mine_time_survey *survey, const mine_cell *cell) {
  static const mine_time_reading iso = {
      .cell = MINE_TEXT, .fast = 1, .pattern = "%Y-%m-%d", .step = MINE_STEP_DAY};
  double days;
  if (survey->forms != UINT64_C(1) << MINE_FORM_ISO || survey->tail != MINE_TAIL_NONE) return 0;
  if (cell->bytes != 10 || !mine__time_read(&iso, cell, &days)) return 0;
  survey->fitted++;
  if (cell->as.text[5] == '0') survey->padded |= SURVEY_ISO_MONTH;
  if (cell->as.text[8] == '0') survey->padded |= SURVEY_ISO_DAY;
  survey->odd_years += days < -62091 || days > 84370; /* 1800-01-01, 2200-12-31 */
  return 1;
}

static int survey_said(mine_time_survey *survey, const char *text, const char *end) {
  survey_fit fit;
  if (!survey_try(survey, survey->format.pattern, 0, text, end, &fit)) return 0;
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

static void survey_text(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  const char *text = cell->as.text, *end = text + cell->bytes;
  survey_fit fit;
  mine__time_trim(&text, &end);
  if (survey->said) {
    if (!survey_said(survey, text, end)) survey_note(&survey->misfit, cell, row);
    return;
  }
  const int tried = !survey->hopeless && survey_may_be(text, end);
  const uint64_t fits = tried ? survey_fits(survey, survey->forms, text, end, &fit) : 0;
  if (survey->texts == SURVEY_PATIENCE && 2 * survey->fitted < survey->texts) survey->hopeless = 1;
  if (!fits) {
    survey_note(&survey->misfit, cell, row);
    return;
  }
  if (survey->fitted == 0) survey_note(&survey->first, cell, row);
  if (survey->fitted > 0 && fits != survey->forms) {
    survey->narrowed.row = 0;
    survey_note(&survey->narrowed, cell, row);
  }
  survey->forms = fits;
  survey_merge(survey, &fit);
}

/* ---- numbers ------------------------------------------------------------------------------ */

static int survey_compact(const char *pattern, double value) {
  mine_time_reading reading = {.cell = MINE_REAL};
  const mine_cell cell = {.type = MINE_REAL, .as = {.real = value}};
  double days;
  memcpy(reading.pattern, pattern, strlen(pattern) + 1);
  return mine__time_read(&reading, &cell, &days);
}

static void survey_number(mine_time_survey *survey, double value) {
  const int first = survey->integers + survey->reals + survey->digits == 1;
  if (first || value < survey->least) survey->least = value;
  if (first || value > survey->most) survey->most = value;
  if (value != trunc(value)) survey->whole = 0;
  for (int way = 0; way < MINE_NUMBER_WAYS; way++) {
    const mine_time_number *number = &mine__time_numbers[way];
    if (!(survey->compact >> way & 1)) continue;
    if (value < number->least || value > number->most ||
        (number->pattern && way != MINE_NUMBER_YEARS && !survey_compact(number->pattern, value)))
      survey->compact &= ~(1u << way);
  }
}

/* A number where date_format= says what it is. */
static void survey_number_said(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  double days;
  if (mine__time_read(&survey->format, cell, &days))
    survey->fitted++;
  else
    survey_note(&survey->misfit, cell, row);
}

/* ---- the survey ------------------------------------------------------------------------------ */

void mine__time_survey_open(mine_time_survey *survey) {
  memset(survey, 0, sizeof *survey);
  survey->forms =
      mine__time_n_forms == 64 ? UINT64_MAX : (UINT64_C(1) << (mine__time_n_forms & 63)) - 1;
  survey->whole = 1;
  survey->compact = (1u << MINE_NUMBER_WAYS) - 1;
}

void mine__time_survey_format(mine_time_survey *survey, const mine_time_reading *format) {
  mine__time_survey_open(survey);
  survey->said = 1;
  survey->format = *format;
}

static int survey_is_blank(const mine_cell *cell) {
  const char *text = cell->as.text, *end = text + cell->bytes;
  mine__time_trim(&text, &end);
  return text == end;
}

static int survey_is_digits(const mine_cell *cell) {
  const unsigned char last = (unsigned char)cell->as.text[cell->bytes - 1];
  return (last >= '0' && last <= '9') || last == ' ' || last == '.';
}

void mine__time_show(mine_time_survey *survey, const mine_cell *cell, int64_t row) {
  double value;
  if (cell->type == MINE_NULL || (cell->type == MINE_TEXT && cell->bytes == 0)) return;
  if (cell->type == MINE_TEXT) {
    if (survey_iso(survey, cell)) {
      survey->cells++;
      survey->texts++;
      return;
    }
    if (survey_is_blank(cell)) return;
    survey->cells++;
    survey->texts++;
    if (survey->said && survey->format.unit != MINE_TIME_PATTERN) {
      survey_number_said(survey, cell, row);
      return;
    }
    const int number = !survey->said && survey_is_digits(cell) &&
                       mine_read_decimal(cell->as.text, cell->bytes, &value);
    if (number) {
      survey->digits++;
      survey_note(&survey->number, cell, row);
      survey_number(survey, value);
      if (cell->bytes != 8) { /* 20240102 may stand among 20240102T101500 */
        survey_note(&survey->misfit, cell, row);
        return;
      }
    } else {
      survey_note(&survey->text, cell, row);
    }
    survey_text(survey, cell, row);
    return;
  }
  survey->cells++;
  if (cell->type == MINE_BLOB || (cell->type == MINE_REAL && !isfinite(cell->as.real))) {
    survey_note(&survey->text, cell, row);
    survey_note(&survey->misfit, cell, row);
    return;
  }
  survey_note(&survey->number, cell, row);
  if (cell->type == MINE_INT)
    survey->integers++;
  else
    survey->reals++;
  if (survey->said) {
    survey_number_said(survey, cell, row);
    return;
  }
  survey_note(&survey->misfit, cell, row);
  survey_number(survey, cell->type == MINE_INT ? (double)cell->as.integer : cell->as.real);
}
