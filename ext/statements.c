/*
** statements.c -- the texts, and the programs, of the statements that are running.
*/
#include "statements.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* The next running statement after `last` (NULL: the first) that has a text. */
static sqlite3_stmt *statements_next(sqlite3 *db, sqlite3_stmt *last, const char **sql) {
  for (sqlite3_stmt *s = sqlite3_next_stmt(db, last); s; s = sqlite3_next_stmt(db, s)) {
    *sql = sqlite3_stmt_busy(s) ? sqlite3_sql(s) : NULL;
    if (*sql) return s;
  }
  return NULL;
}

/* ---- texts ------------------------------------------------------------------------- */

static int statements_word(unsigned char c) {
  return c >= 0x80 || isalnum(c) || c == '_' || c == '$';
}

/* Behind the word where it next stands in `sql`, whatever its case; NULL: nowhere. */
static const char *statements_find_word(const char *sql, const char *word) {
  const size_t n = strlen(word);
  for (const char *p = sql; *p; p++) {
    const int begins = p == sql || !statements_word((unsigned char)p[-1]);
    if (begins && sqlite3_strnicmp(p, word, (int)n) == 0 && !statements_word((unsigned char)p[n]))
      return p + n;
  }
  return NULL;
}

int mine__statements_name(sqlite3 *db, const char *verb) {
  const char *sql;
  for (sqlite3_stmt *s = statements_next(db, NULL, &sql); s; s = statements_next(db, s, &sql)) {
    if (statements_find_word(sql, verb)) return 1;
  }
  return 0;
}

int mine__statements_show(sqlite3 *db, const char *text) {
  const char *sql;
  char *literal = sqlite3_mprintf("%Q", text);
  int shown = !literal;
  for (sqlite3_stmt *s = statements_next(db, NULL, &sql); s && !shown;
       s = statements_next(db, s, &sql))
    shown = strstr(sql, literal) != NULL;
  sqlite3_free(literal);
  return shown;
}

static const char *statements_skip_spaces(const char *p) {
  while (isspace((unsigned char)*p))
    p++;
  return p;
}

/* Behind a name (quoted or not): AS, or a list of columns and AS. */
static int statements_is_definition(const char *p) {
  p += *p == '"' || *p == ']' || *p == '`';
  p = statements_skip_spaces(p);
  if (*p == '(') {
    p += strcspn(p, ")");
    p = statements_skip_spaces(p + (*p == ')'));
  }
  if (sqlite3_strnicmp(p, "AS", 2) != 0 || statements_word((unsigned char)p[2])) return 0;
  p = statements_skip_spaces(p + 2);
  if (sqlite3_strnicmp(p, "NOT", 3) == 0) p = statements_skip_spaces(p + 3);
  if (sqlite3_strnicmp(p, "MATERIALIZED", 12) == 0) p = statements_skip_spaces(p + 12);
  return *p == '(';
}

int mine__statements_define(sqlite3 *db, const char *name) {
  const char *sql;
  if (!*name) return 0;
  for (sqlite3_stmt *s = statements_next(db, NULL, &sql); s; s = statements_next(db, s, &sql)) {
    const char *with = statements_find_word(sql, "WITH");
    for (const char *p = with; p && (p = statements_find_word(p, name));)
      if (statements_is_definition(p)) return 1;
  }
  return 0;
}

/* ---- programs ------------------------------------------------------------------------ */

#define STATEMENTS_CURSORS 64 /* cursors that are told apart; one beyond counts as scanning */

/* Finds out whether (root page, number of schema) is the table, or an index of it. */
static sqlite3_stmt *statements_ask_root(sqlite3 *db, const char *schema, const char *table) {
  sqlite3_stmt *root = NULL;
  char *query = sqlite3_mprintf(
      "SELECT 1 FROM \"%w\".sqlite_schema WHERE tbl_name=%Q COLLATE NOCASE AND rootpage=?1 AND "
      "?2=(SELECT seq FROM pragma_database_list WHERE name=%Q COLLATE NOCASE)",
      schema, table, schema);
  if (query) (void)sqlite3_prepare_v2(db, query, -1, &root, NULL);
  sqlite3_free(query);
  return root;
}

static int statements_is_root(sqlite3_stmt *root, sqlite3_int64 page, sqlite3_int64 schema) {
  sqlite3_bind_int64(root, 1, page);
  sqlite3_bind_int64(root, 2, schema);
  int is = sqlite3_step(root) == SQLITE_ROW;
  sqlite3_reset(root);
  return is;
}

/* Whether a program goes from row to row of the table: it opens a b-tree (P1 cursor,
** P2 root page, P3 schema) and has a Next or Prev of that cursor. */
static int statements_goes_through(sqlite3_stmt *program, sqlite3_stmt *root) {
  uint64_t opened = 0;
  while (sqlite3_step(program) == SQLITE_ROW) {
    const char *opcode = (const char *)sqlite3_column_text(program, 1);
    const sqlite3_int64 cursor = sqlite3_column_int64(program, 2);
    if (!opcode) continue;
    if (strcmp(opcode, "OpenRead") == 0 || strcmp(opcode, "OpenWrite") == 0 ||
        strcmp(opcode, "ReopenIdx") == 0) {
      if (!statements_is_root(root, sqlite3_column_int64(program, 3),
                              sqlite3_column_int64(program, 4)))
        continue;
      if (cursor >= STATEMENTS_CURSORS) return 1;
      opened |= UINT64_C(1) << cursor;
    } else if (strcmp(opcode, "Next") == 0 || strcmp(opcode, "Prev") == 0) {
      if (cursor < STATEMENTS_CURSORS && opened >> cursor & 1) return 1;
    }
  }
  return 0;
}

int mine__statements_scan(sqlite3 *db, const char *verb, const char *schema, const char *table) {
  const char *sql;
  int scans = 0;
  sqlite3_stmt *root = statements_ask_root(db, schema, table);
  for (sqlite3_stmt *s = statements_next(db, NULL, &sql); root && s && !scans;
       s = statements_next(db, s, &sql)) {
    if (!statements_find_word(sql, verb) && !strstr(sql, "\"mine:source\"")) continue;
    sqlite3_stmt *program = NULL;
    char *explain = sqlite3_mprintf("EXPLAIN %s", sql);
    if (explain && sqlite3_prepare_v2(db, explain, -1, &program, NULL) == SQLITE_OK)
      scans = statements_goes_through(program, root);
    sqlite3_finalize(program);
    sqlite3_free(explain);
  }
  sqlite3_finalize(root);
  return scans;
}
