/*
** sql_cells.c -- a cell of a table as the model reads it, in SQL.
**
** SQLite's columns hold anything, so there its expressions do what frame_infer.c does: texts that
** are plain decimals are numbers, other texts no value; blanks, and what na= named, are missing; 1
** and '1' are the same level; dates are read as in training.  (A text where training had
** numbers is an error of mine_predict; here it is a value that is not known.)  The other dialects
** have typed columns: there the column is cast.
*/
#include <math.h>
#include <string.h>

#include "../core/dates_forms.h"
#include "sql.h"

/* ---- what levels are ---------------------------------------------------------------------- */

typedef enum sqlcell_form { SQLCELL_TEXTS, SQLCELL_NUMBERS, SQLCELL_MIXED } sqlcell_form;

static sqlcell_form sqlcell_of(const mine_feature *about) {
  const mine_values *levels = &about->levels.values;
  int64_t texts = 0;
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    mine__values_get(levels, l, &cell);
    texts += cell.type == MINE_TEXT;
  }
  return texts == levels->n ? SQLCELL_TEXTS : texts == 0 ? SQLCELL_NUMBERS : SQLCELL_MIXED;
}

void mine__sql_level(const mine__sql *w, int feature, const mine_cell *cell) {
  char number[MINE_NUMBER_BYTES];
  if (cell->type == MINE_TEXT || w->column[feature].numbers) {
    mine__sql_cell(w, cell);
    return;
  }
  mine__format_real(number, mine__cell_number(cell), 0);
  mine__sql_text(w, number, strlen(number));
}

/* ---- SQLite ------------------------------------------------------------------------------- */

/* The text without what surrounds it. */
static void sqlcell_trim(const mine__sql *w, const char *from, int blanks) {
  mine__text_addf(w->to, "trim(%s, char(%s))", from,
                  blanks ? "9, 10, 11, 12, 13, 32, 160, 12288" : "9, 10, 13, 32");
}

static void sqlcell_words(const mine__sql *w, const mine_numerals *how) {
  for (int i = 0; i < how->n_missing; i++) {
    mine__text_adds(w->to, i ? ", " : "(");
    mine__sql_text(w, how->missing[i], strlen(how->missing[i]));
  }
  mine__text_adds(w->to, ")");
}

/* The text with what marks a number taken away: 1.234,5 EUR becomes 1234.5. */
static void sqlcell_unmarked(const mine__sql *w, const mine_numerals *how, const char *from) {
  static const char *const mark[] = {"' '", "'$'", "'€'", "'£'", "'¥'", "'%'", "char(160)", NULL};
  int n = 0;
  while (how && how->marks && mark[n])
    n++;
  for (int i = 0; i < n; i++)
    mine__text_adds(w->to, "replace(");
  if (how && how->comma) mine__text_adds(w->to, "replace(replace(");
  if (how && how->marks && !how->comma) mine__text_adds(w->to, "replace(");
  sqlcell_trim(w, from, 0);
  if (how && how->comma) mine__text_adds(w->to, ", '.', ''), ',', '.')");
  if (how && how->marks && !how->comma) mine__text_adds(w->to, ", ',', '')");
  for (int i = 0; i < n; i++)
    mine__text_addf(w->to, ", %s, '')", mark[i]);
}

/* A text that is a number, as mine__read_decimal has it; else NULL. */
static void sqlcell_decimal(const mine__sql *w, const mine_numerals *how, const char *from) {
  mine_text plain;
  mine__text_open(&plain, w->formula.arena);
  mine__sql other = *w;
  other.to = &plain;
  sqlcell_unmarked(&other, how, from);
  if (plain.failed) return;
  const char *t = plain.data;
  mine__text_addf(w->to,
                  "CASE WHEN %s GLOB '*[0-9]*' AND %s NOT GLOB '*[^0-9.+%s-]*' AND ltrim(%s, '+-') "
                  "NOT GLOB '0[0-9]*' AND %s NOT GLOB '*.*.*'",
                  t, t, how && how->marks ? "eE" : "", t, t);
  if (!how || !how->marks) mine__text_addf(w->to, " AND substr(%s, 2) NOT GLOB '*[+-]*'", t);
  if (how && how->n_missing > 0) {
    mine__text_adds(w->to, " AND ");
    sqlcell_trim(w, from, 1);
    mine__text_adds(w->to, " NOT IN ");
    sqlcell_words(w, how);
  }
  mine__text_addf(w->to, " THEN CAST(%s AS REAL) END", t);
}

static void sqlcell_number(const mine__sql *w, const mine_numerals *how, const char *from) {
  mine__text_addf(w->to,
                  "CASE typeof(%s) WHEN 'real' THEN %s WHEN 'integer' THEN CAST(%s AS REAL) WHEN "
                  "'text' THEN ",
                  from, from, from);
  sqlcell_decimal(w, how, from);
  mine__text_adds(w->to, " END");
}

/* A text that is there: not blank, none that means missing.  Blank levels that were learned are. */
static void sqlcell_text(const mine__sql *w, const mine_feature *about, const char *from) {
  const mine_values *levels = &about->levels.values;
  const mine_numerals *how = about->numerals;
  int n = 0;
  mine__text_adds(w->to, "CASE WHEN ");
  sqlcell_trim(w, from, 1);
  mine__text_adds(w->to, " <> ''");
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    mine__values_get(levels, l, &cell);
    if (cell.type != MINE_TEXT || cell.bytes == 0 || !mine__text_is_blank(cell.as.text, cell.bytes))
      continue;
    if (n++ == 0) mine__text_addf(w->to, " OR %s IN (", from);
    if (n > 1) mine__text_adds(w->to, ", ");
    mine__sql_cell(w, &cell);
  }
  mine__text_adds(w->to, n ? ")" : "");
  mine__text_adds(w->to, " THEN ");
  if (how && how->n_missing > 0) {
    mine__text_adds(w->to, "CASE WHEN ");
    sqlcell_trim(w, from, 1);
    mine__text_adds(w->to, " NOT IN ");
    sqlcell_words(w, how);
    mine__text_addf(w->to, " THEN %s END", from);
  } else {
    mine__text_adds(w->to, from);
  }
  mine__text_adds(w->to, " END");
}

/* A number as the text of a level. */
static void sqlcell_spelled(const mine__sql *w, const char *from) {
  mine__text_addf(w->to,
                  "CASE WHEN %s = CAST(%s AS INTEGER) THEN CAST(CAST(%s AS INTEGER) AS TEXT) ELSE "
                  "CAST(%s AS TEXT) END",
                  from, from, from, from);
}

static void sqlcell_category(const mine__sql *w, int feature, const char *from) {
  const mine_feature *about = &w->model->feature[feature];
  if (w->column[feature].numbers) {
    /* a text that is no number is there, and no level */
    mine__text_adds(w->to, "coalesce(");
    sqlcell_number(w, about->numerals, from);
    mine__text_addf(w->to, ", CASE WHEN typeof(%s) = 'text' THEN ", from);
    mine__text_adds(w->to, "CASE WHEN ");
    sqlcell_trim(w, from, 1);
    mine__text_adds(w->to, " <> ''");
    if (about->numerals && about->numerals->n_missing > 0) {
      mine__text_adds(w->to, " AND ");
      sqlcell_trim(w, from, 1);
      mine__text_adds(w->to, " NOT IN ");
      sqlcell_words(w, about->numerals);
    }
    mine__text_adds(w->to, " THEN 9e999 END END)");
    return;
  }
  mine__text_addf(w->to, "CASE typeof(%s) WHEN 'text' THEN ", from);
  sqlcell_text(w, about, from);
  mine__text_adds(w->to, " WHEN 'integer' THEN CAST(");
  mine__text_addf(w->to, "%s AS TEXT) WHEN 'real' THEN ", from);
  sqlcell_spelled(w, from);
  mine__text_adds(w->to, " END");
}

/* Bytes of the layout before a place as characters: literals may have more bytes than one. */
static int sqlcell_characters(const mine_time_layout *layout, int bytes) {
  int characters = bytes;
  for (int i = 0; i < layout->literals; i++)
    characters -= layout->at[i] < bytes && ((unsigned char)layout->literal[i] & 0xc0) == 0x80;
  return characters;
}

/* The digits at a place of the text; a part that is not there is what the text lacks. */
static void sqlcell_digits(const mine__sql *w, const mine_time_layout *layout, const char *from,
                           int part, const char *lacking) {
  const int place = layout->place[part], fraction = part == 5 && layout->place[6] != 255;
  if (place == 255) {
    mine__text_adds(w->to, lacking);
    return;
  }
  mine__text_adds(w->to, "substr(");
  sqlcell_trim(w, from, 1);
  mine__text_addf(w->to, ", %d, %d)", sqlcell_characters(layout, place) + 1,
                  part == 0  ? 4
                  : fraction ? 3 + layout->fraction
                             : 2);
}

/* Days since 1970-01-01 of texts that all look alike. */
static void sqlcell_date(const mine__sql *w, const mine_time_reading *time, const char *from) {
  const mine_time_layout *layout = &time->layout;
  mine__text_adds(w->to, "CASE WHEN length(");
  sqlcell_trim(w, from, 1);
  mine__text_addf(w->to, ") = %d THEN julianday(", sqlcell_characters(layout, layout->bytes));
  sqlcell_digits(w, layout, from, 0, "''");
  mine__text_adds(w->to, " || '-' || ");
  sqlcell_digits(w, layout, from, 1, "'01'");
  mine__text_adds(w->to, " || '-' || ");
  sqlcell_digits(w, layout, from, 2, "'01'");
  mine__text_adds(w->to, ") - 2440587.5");
  for (int i = 3; i < 6; i++) {
    static const char *const by[] = {" * 3600", " * 60", ""};
    if (layout->place[i] == 255) continue;
    mine__text_adds(w->to, i == 3 ? " + (" : " + ");
    sqlcell_digits(w, layout, from, i, "0");
    mine__text_adds(w->to, by[i - 3]);
  }
  if (layout->place[3] != 255) mine__text_adds(w->to, ") / 86400.0");
  mine__text_adds(w->to, " END");
}

static void sqlcell_time(const mine__sql *w, const mine_time_reading *time, const char *from) {
  char number[MINE_NUMBER_BYTES];
  if (time->unit == MINE_TIME_PATTERN) {
    sqlcell_date(w, time, from);
    return;
  }
  mine__text_adds(w->to, "(");
  sqlcell_number(w, NULL, from);
  mine__text_addf(w->to, ") / %s.0",
                  mine__format_real(number, mine__time_units[time->unit].per_day, 0));
  mine__text_addf(w->to, " - %s", mine__format_real(number, mine__time_units[time->unit].zero, 0));
}

/* ---- the others --------------------------------------------------------------------------- */

/* By way of a text, which keeps all digits of a double: a column of texts may have blanks. */
static void sqlcell_cast_number(const mine__sql *w, const char *from) {
  static const char *const text[] = {"", "text", "CHAR", "CHAR", "VARCHAR"};
  mine__text_addf(w->to, "CAST(NULLIF(TRIM(CAST(%s AS %s)), '') AS %s)", from, text[w->dialect],
                  w->dialect == MINE_DIALECT_POSTGRESQL ? "double precision" : "DOUBLE");
}

/* Days since 1970-01-01. */
static void sqlcell_cast_time(const mine__sql *w, const mine_time_reading *time, const char *from) {
  char number[MINE_NUMBER_BYTES];
  if (time->unit != MINE_TIME_PATTERN) {
    sqlcell_cast_number(w, from);
    mine__text_addf(w->to, " / %s",
                    mine__format_real(number, mine__time_units[time->unit].per_day, 0));
    mine__text_addf(w->to, " - %s",
                    mine__format_real(number, mine__time_units[time->unit].zero, 0));
  } else if (mine__sql_is_mysql(w)) {
    mine__text_addf(w->to, "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', %s) / 86400000000e0", from);
  } else if (w->dialect == MINE_DIALECT_DUCKDB) {
    mine__text_addf(w->to, "epoch(CAST(%s AS TIMESTAMP)) / 86400e0", from);
  } else {
    mine__text_addf(
        w->to, "CAST(EXTRACT(EPOCH FROM CAST(%s AS timestamp)) AS double precision) / 86400", from);
  }
}

static void sqlcell_cast_text(const mine__sql *w, const char *from) {
  if (mine__sql_is_mysql(w))
    mine__text_addf(w->to,
                    "NULLIF(CAST(%s AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_%s_bin, '')",
                    from, w->dialect == MINE_DIALECT_MYSQL ? "0900" : "nopad");
  else
    mine__text_addf(w->to, "NULLIF(CAST(%s AS %s), '')", from,
                    w->dialect == MINE_DIALECT_DUCKDB ? "VARCHAR" : "text");
}

void mine__sql_read(const mine__sql *w, int feature, const char *from) {
  const mine_feature *about = &w->model->feature[feature];
  const int category = about->type == MINE_COLUMN_CATEGORY;
  if (w->dialect == MINE_DIALECT_SQLITE) {
    if (category)
      sqlcell_category(w, feature, from);
    else if (about->time)
      sqlcell_time(w, about->time, from);
    else
      sqlcell_number(w, about->numerals, from);
  } else if (category && !w->column[feature].numbers) {
    sqlcell_cast_text(w, from);
  } else if (about->time) {
    sqlcell_cast_time(w, about->time, from);
  } else {
    sqlcell_cast_number(w, from);
  }
}

int mine__sql_readable(const mine__sql *w, int feature) {
  const mine_feature *about = &w->model->feature[feature];
  const mine_time_reading *time = about->time;
  w->column[feature].numbers =
      about->type == MINE_COLUMN_CATEGORY && sqlcell_of(about) == SQLCELL_NUMBERS;
  if (w->dialect != MINE_DIALECT_SQLITE || !time || time->unit != MINE_TIME_PATTERN) return 1;
  if (time->layout.bytes > 0 && time->layout.place[0] != 255) return 1;
  (void)mine__fail(w->env, MINE_UNSUPPORTED,
                   "column '%s' is read as %s, whose texts do not all look alike, and SQL has no "
                   "words for that; train on a column of dates as %%Y-%%m-%%d, or export c",
                   about->name, mine__time_reading_format(time));
  return 0;
}

/* A cell of the proof: of typed columns a date as every dialect reads it. */
void mine__sql_proved(const mine__sql *w, int64_t row, int feature) {
  const mine_feature *about = &w->model->feature[feature];
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  if (w->dialect == MINE_DIALECT_SQLITE || !about->time || about->time->unit != MINE_TIME_PATTERN) {
    mine__proof_cell(w->model, w->how->proof, row, feature, buffer, &cell);
    mine__sql_cell(w, &cell);
    return;
  }
  const double days = w->how->proof->feature[feature].number[row];
  if (isnan(days)) {
    mine__text_adds(w->to, "NULL");
    return;
  }
  int year, month, day;
  const double whole = floor(days);
  const long long us = (long long)floor((days - whole) * 86400e6 + 0.5);
  mine__civil_of_day((int64_t)whole, &year, &month, &day);
  mine__text_addf(w->to, "'%04d-%02d-%02d %02lld:%02lld:%02lld.%06lld'", year, month, day,
                  us / 3600000000, us / 60000000 % 60, us / 1000000 % 60, us % 1000000);
}
