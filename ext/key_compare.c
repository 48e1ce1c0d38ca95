/*
** key_compare.c -- equality with the affinity of a column that was declared elsewhere
** (SQLite's rules: sqlite.org/datatype3.html, "Comparison Expressions").
*/
#include "key_compare.h"

#include <string.h>

/* ---- numbers ----------------------------------------------------------------------- */

static int key_is_number(const mine_cell *cell) {
  return cell->type == MINE_INT || cell->type == MINE_REAL;
}

/* Exactly: neither is rounded to the other's kind. */
static int key_int_is_real(int64_t integer, double real) {
  if (!(real >= -9223372036854775808.0 && real < 9223372036854775808.0)) return 0;
  return (int64_t)real == integer && (double)(int64_t)real >= real && (double)(int64_t)real <= real;
}

static int key_same_numbers(const mine_cell *a, const mine_cell *b) {
  if (a->type == MINE_INT && b->type == MINE_INT) return a->as.integer == b->as.integer;
  if (a->type == MINE_INT) return key_int_is_real(a->as.integer, b->as.real);
  if (b->type == MINE_INT) return key_int_is_real(b->as.integer, a->as.real);
  return a->as.real >= b->as.real && a->as.real <= b->as.real;
}

/* [spaces][sign]digits[spaces] that fit: 1. */
static int key_read_integer(const char *text, size_t n, int64_t *out) {
  const char *end = text + n;
  while (text < end && strchr(" \t\n\v\f\r", *text) && *text)
    text++;
  while (end > text && strchr(" \t\n\v\f\r", end[-1]) && end[-1])
    end--;
  const int negative = text < end && *text == '-';
  text += text < end && (*text == '-' || *text == '+');
  if (text == end || end - text > 18) return 0;
  int64_t value = 0;
  for (; text < end; text++) {
    if (*text < '0' || *text > '9') return 0;
    value = 10 * value + (*text - '0');
  }
  *out = negative ? -value : value;
  return 1;
}

/* What numeric affinity makes of a text; 0: it stays a text. */
static int key_number_of_text(const mine_cell *text, mine_cell *out) {
  memset(out, 0, sizeof *out);
  if (key_read_integer(text->as.text, text->bytes, &out->as.integer)) {
    out->type = MINE_INT;
    return 1;
  }
  out->type = MINE_REAL;
  return mine_read_number(text->as.text, text->bytes, &out->as.real);
}

/* ---- equality ------------------------------------------------------------------------- */

static int key_same_bytes(const mine_cell *a, const mine_cell *b) {
  return a->bytes == b->bytes && (a->bytes == 0 || memcmp(a->as.text, b->as.text, a->bytes) == 0);
}

/* A number is looked for, the key is a text. */
static int key_text_is_number(const mine_sought *sought, mine_affinity affinity,
                              const mine_cell *key) {
  mine_cell number;
  if (affinity == MINE_AFFINITY_NUMBER) return 0; /* else it were a number */
  if (affinity == MINE_AFFINITY_TEXT && key_same_bytes(&sought->text, key)) return 1;
  return !sought->literal && key_number_of_text(key, &number) &&
         key_same_numbers(&sought->cell, &number);
}

int mine__sought_is(const mine_sought *sought, mine_affinity affinity, const mine_cell *key) {
  const mine_cell *cell = &sought->cell;
  if (cell->type == MINE_NULL || key->type == MINE_NULL) return 0;
  if (key_is_number(cell) && key_is_number(key)) return key_same_numbers(cell, key);
  if (key_is_number(cell) && key->type == MINE_TEXT)
    return key_text_is_number(sought, affinity, key);
  return cell->type == key->type && key_same_bytes(cell, key);
}

/* ---- what is looked for ------------------------------------------------------------------ */

int mine__sought_open(sqlite3_value *value, mine_affinity affinity, int literal, int keep,
                      mine_sought *out) {
  memset(out, 0, sizeof *out);
  out->literal = literal;
  const int type = sqlite3_value_type(value);
  const int to_number = affinity == MINE_AFFINITY_NUMBER && type == SQLITE_TEXT;
  const int to_text =
      affinity == MINE_AFFINITY_TEXT && (type == SQLITE_INTEGER || type == SQLITE_FLOAT);
  if (keep || to_number) {
    value = out->own[0] = sqlite3_value_dup(value);
    if (!value) return SQLITE_NOMEM;
  }
  if (to_number) (void)sqlite3_value_numeric_type(value);
  mine__value_cell(value, &out->cell);
  if (!to_text) return SQLITE_OK;
  out->own[1] = sqlite3_value_dup(value);
  out->text.type = MINE_TEXT;
  out->text.as.text = out->own[1] ? (const char *)sqlite3_value_text(out->own[1]) : NULL;
  if (!out->text.as.text) return SQLITE_NOMEM;
  out->text.bytes = (size_t)sqlite3_value_bytes(out->own[1]);
  return SQLITE_OK;
}

void mine__sought_close(mine_sought *sought) {
  sqlite3_value_free(sought->own[0]);
  sqlite3_value_free(sought->own[1]);
  memset(sought, 0, sizeof *sought);
}

/* ---- affinities ----------------------------------------------------------------------------- */

void mine__affinity_add(mine_affinity_survey *survey, const mine_cell *cell) {
  survey->numbers |= key_is_number(cell);
  survey->texts |= cell->type == MINE_TEXT;
  survey->blobs |= cell->type == MINE_BLOB;
}

mine_affinity mine__affinity_of(const mine_affinity_survey *survey) {
  if (survey->numbers) {
    return survey->texts || survey->blobs ? MINE_AFFINITY_NONE : MINE_AFFINITY_NUMBER;
  }
  return survey->texts ? MINE_AFFINITY_TEXT : MINE_AFFINITY_NONE;
}

/* SQLite tells nobody an affinity, but a comparison that is compiled holds it: in the
** low bits of P5, 'A' none, 'B' text, and numbers from 'C' on.  RTRIM marks ours. */
#define AFFINITY_MASK 0x47
mine_affinity mine__affinity_of_column(sqlite3 *db, const char *select, int n_columns, int column) {
  mine_affinity affinity = MINE_AFFINITY_NONE;
  sqlite3_stmt *program = NULL;
  sqlite3_str *sql = sqlite3_str_new(db);
  sqlite3_str_appendall(sql, "EXPLAIN WITH \"mine:source\"(");
  for (int i = 0; i < n_columns; i++)
    sqlite3_str_appendf(sql, "%sc%d", i ? "," : "", i);
  sqlite3_str_appendf(sql, ") AS (\n%s\n) SELECT c%d COLLATE RTRIM = ?1 FROM \"mine:source\"",
                      select, column);
  char *text = sqlite3_str_finish(sql);
  if (text) (void)sqlite3_prepare_v2(db, text, -1, &program, NULL);
  while (program && sqlite3_step(program) == SQLITE_ROW) {
    const char *opcode = (const char *)sqlite3_column_text(program, 1);
    const char *collation = (const char *)sqlite3_column_text(program, 5);
    if (!opcode || !collation || strncmp(collation, "RTRIM", 5) != 0) continue;
    if (strcmp(opcode, "Eq") != 0 && strcmp(opcode, "Ne") != 0) continue;
    const int found = sqlite3_column_int(program, 6) & AFFINITY_MASK;
    affinity = found >= 'C'   ? MINE_AFFINITY_NUMBER
               : found == 'B' ? MINE_AFFINITY_TEXT
                              : MINE_AFFINITY_NONE;
  }
  sqlite3_finalize(program);
  sqlite3_free(text);
  return affinity;
}
