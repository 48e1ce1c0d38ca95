/*
** source_gate.c -- which texts may be read (requirements S1-S7 of source.h).
*/
#include <ctype.h>
#include <string.h>

#include "near_name.h"
#include "source.h"
#include "statements.h"

/* ---- names (S1) -------------------------------------------------------------- */

/* One identifier at *at: bare, "quoted", `quoted` or [quoted]; copied without
** its quotes.  0 = there is none. */
static int gate_identifier(const char **at, char *out) {
  const char *p = *at;
  char close = *p == '"' ? '"' : *p == '`' ? '`' : *p == '[' ? ']' : 0;
  if (close) {
    for (p++; *p; p++) {
      if (*p == close && !(close != ']' && p[1] == close)) break;
      if (*p == close) p++;
      *out++ = *p;
    }
    if (*p != close) return 0;
    p++;
  } else {
    while ((unsigned char)*p >= 0x80 || isalnum((unsigned char)*p) || *p == '_' || *p == '$') {
      *out++ = *p++;
    }
    if (p == *at) return 0;
  }
  *out = 0;
  *at = p;
  return 1;
}

static int gate_compiles(sqlite3 *db, char *sql) {
  sqlite3_stmt *statement = NULL;
  int code = sql ? sqlite3_prepare_v2(db, sql, -1, &statement, NULL) : SQLITE_NOMEM;
  sqlite3_finalize(statement);
  return code;
}

/* Whether it is `name` itself that does not exist, and not something that the
** view of that name reads. */
static int gate_no_such_table(sqlite3 *db, const char *schema, const char *name) {
  static const char absent[] = "no such table: ";
  const char *message = sqlite3_errmsg(db);
  if (strncmp(message, absent, sizeof absent - 1) != 0) return 0;
  message += sizeof absent - 1;
  size_t n = strlen(schema);
  if (n && strncmp(message, schema, n) == 0 && message[n] == '.') message += n + 1;
  return strcmp(message, name) == 0;
}

/* SELECT * FROM the table, if there is one of that name (schema NULL: the first that has
** it), else NULL; *broken is SQLite's code when there is such a table or view but it cannot be
** read. */
static char *gate_select_all(sqlite3 *db, const char *schema, const char *name, int *broken) {
  char *sql = schema ? sqlite3_mprintf("SELECT * FROM \"%w\".\"%w\"", schema, name)
                     : sqlite3_mprintf("SELECT * FROM \"%w\"", name);
  const int code = gate_compiles(db, sql);
  if (code == SQLITE_OK) return sql;
  if (code == SQLITE_NOMEM || !gate_no_such_table(db, schema ? schema : "", name)) *broken = code;
  sqlite3_free(sql);
  return NULL;
}

/* One or two identifiers that are all of the text: 1 or 2, else 0.  Each has room for it. */
static int gate_two_names(const char *text, char *first, char *second) {
  if (!gate_identifier(&text, first)) return 0;
  if (*text != '.') return *text == 0;
  text++;
  return gate_identifier(&text, second) && *text == 0 ? 2 : 0;
}

/* The SELECT that reads the table `text` names, or NULL. */
static char *gate_table_select(sqlite3 *db, const char *text, int *broken) {
  *broken = SQLITE_OK;
  char *sql = gate_select_all(db, NULL, text, broken);
  if (sql || *broken) return sql;
  const size_t bytes = strlen(text) + 1;
  char *first = sqlite3_malloc64(2 * bytes);
  if (!first) *broken = SQLITE_NOMEM;
  if (!first) return NULL;
  char *second = first + bytes;
  const int names = gate_two_names(text, first, second);
  if (names == 1) sql = gate_select_all(db, NULL, first, broken);
  if (names == 2) sql = gate_select_all(db, first, second, broken);
  sqlite3_free(first);
  return sql;
}

int mine__source_is_table(mine_call *call, const char *text) {
  int broken;
  char *sql = gate_table_select(call->db, text, &broken);
  sqlite3_free(sql);
  if (broken == SQLITE_NOMEM) (void)mine__call_fail_sqlite(call, broken, "");
  return sql != NULL || broken;
}

/* The table or view of the schema that is the name but for white space around either. */
static mine_status gate_near_in(mine_call *call, const char *schema, const char *name,
                                char **select) {
  char *sql = sqlite3_mprintf(
      "SELECT name FROM \"%w\".sqlite_schema WHERE type IN ('table', 'view')", schema);
  sqlite3_stmt *names = NULL;
  char *near = NULL;
  const int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, &names, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (code == SQLITE_ERROR) return MINE_OK; /* no such schema */
  if (code) return mine__call_fail_sqlite(call, code, "looking for the source");
  mine_status status = mine__near_name(call, names, name, "tables", &near);
  sqlite3_finalize(names);
  if (near) *select = sqlite3_mprintf("SELECT * FROM \"%w\".\"%w\"", schema, near);
  sqlite3_free(near);
  return status;
}

/* In the first schema that has it, as SQLite searches. */
static mine_status gate_near_anywhere(mine_call *call, const char *name, char **select) {
  sqlite3_stmt *schemas = NULL;
  mine_status status = MINE_OK;
  int code = sqlite3_prepare_v2(
      call->db, "SELECT name FROM pragma_database_list ORDER BY seq <> 1, seq", -1, &schemas, NULL);
  while (!code && !status && !*select && sqlite3_step(schemas) == SQLITE_ROW)
    status = gate_near_in(call, (const char *)sqlite3_column_text(schemas, 0), name, select);
  sqlite3_finalize(schemas);
  return status || !code ? status : mine__call_fail_sqlite(call, code, "looking for the source");
}

/* The same for a text that is a name, or a schema and a name. */
static mine_status gate_near_select(mine_call *call, const char *text, char **select) {
  mine_status status = gate_near_anywhere(call, text, select);
  const char *dot = strchr(text, '.');
  if (status || *select || !dot) return status;
  text += strspn(text, " ");
  char *schema = sqlite3_mprintf("%.*s", (int)(dot - text), text);
  if (!schema) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  status = gate_near_in(call, schema, dot + 1, select);
  sqlite3_free(schema);
  return status;
}

/* ---- statements (S2-S4) --------------------------------------------------------- */

/* Skip white space and comments; an unclosed comment runs to the end. */
static const char *gate_skip_comments(const char *p) {
  for (;;) {
    while (isspace((unsigned char)*p))
      p++;
    if (strncmp(p, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark is white space to SQLite */
      p += 3;
    } else if (p[0] == '-' && p[1] == '-') {
      while (*p && *p != '\n')
        p++;
    } else if (p[0] == '/' && p[1] == '*') {
      const char *end = strstr(p + 2, "*/");
      if (!end) return p + strlen(p);
      p = end + 2;
    } else {
      return p;
    }
  }
}

static int gate_starts_with(const char *p, const char *word) {
  size_t n = strlen(word);
  if (sqlite3_strnicmp(p, word, (int)n) != 0) return 0;
  unsigned char next = (unsigned char)p[n];
  return !(next >= 0x80 || isalnum(next) || next == '_' || next == '$');
}

/* What a WITH of the outer query defines cannot be seen from within a source. */
static const char *gate_with_hint(sqlite3 *db, const char *name) {
  return mine__statements_define(db, name) ? " (a WITH of the outer query is not visible here: put "
                                             "it into the text of the source)"
                                           : "";
}

/* The source fails to compile: SQLite's sentence, and the hint if it lacks a table. */
static mine_status gate_does_not_compile(mine_call *call, int code) {
  static const char absent[] = "no such table: ";
  const char *message = sqlite3_errmsg(call->db);
  if (strncmp(message, absent, sizeof absent - 1) != 0)
    return mine__call_fail_sqlite(call, code, "the source does not compile");
  call->sqlite_code = code;
  char *said = sqlite3_mprintf("%s", message); /* looking at statements may change it */
  mine_status status =
      mine__call_fail(call, MINE_DATA, "the source does not compile: %s%s", said ? said : message,
                      gate_with_hint(call->db, said ? said + sizeof absent - 1 : ""));
  sqlite3_free(said);
  return status;
}

/* A text of one word that is no table: say so rather than "must start with". */
static mine_status gate_not_a_select(mine_call *call, const char *text) {
  for (const char *p = text; *p; p++) {
    if (isspace((unsigned char)*p)) {
      return mine__call_fail(call, MINE_DATA,
                             "the source must be a table, a view or one SELECT; it starts with "
                             "'%.20s'",
                             text);
    }
  }
  return mine__call_fail(call, MINE_DATA,
                         "no such table: %s; the source must be a table, a view "
                         "or one SELECT%s",
                         text, gate_with_hint(call->db, text));
}

static mine_status gate_check_statement(mine_call *call, sqlite3_stmt *statement,
                                        const char *tail) {
  if (*gate_skip_comments(tail)) {
    return mine__call_fail(call, MINE_DATA,
                           "the source holds more than one statement; give one SELECT");
  }
  if (!sqlite3_stmt_readonly(statement) || sqlite3_stmt_isexplain(statement) ||
      sqlite3_column_count(statement) == 0) {
    return mine__call_fail(call, MINE_DATA,
                           "the source does not only read; give a table, a view or one SELECT");
  }
  if (sqlite3_bind_parameter_count(statement) > 0) {
    const char *name = sqlite3_bind_parameter_name(statement, 1);
    return mine__call_fail(call, MINE_DATA,
                           "the source has the parameter %s; put its value into the text with "
                           "quote(%s)",
                           name ? name : "?", name ? name : "?");
  }
  return MINE_OK;
}

/* The statement without a final semicolon; its first word is no space. */
static char *gate_statement_text(const char *text, const char *tail) {
  const char *end = tail;
  while (isspace((unsigned char)end[-1]))
    end--;
  if (end[-1] == ';') end--;
  return sqlite3_mprintf("%.*s", (int)(end - text), text);
}

static mine_status gate_statement(mine_call *call, const char *text, char **select) {
  const char *first = gate_skip_comments(text);
  if (!*first) return mine__call_fail(call, MINE_DATA, "the source is an empty query");
  if (!gate_starts_with(first, "SELECT") && !gate_starts_with(first, "WITH") &&
      !gate_starts_with(first, "VALUES")) {
    const mine_status near = gate_near_select(call, text, select);
    return near || *select ? near : gate_not_a_select(call, first);
  }
  sqlite3_stmt *statement = NULL;
  const char *tail = NULL;
  int code = sqlite3_prepare_v2(call->db, text, -1, &statement, &tail);
  if (code) return gate_does_not_compile(call, code);
  mine_status status = gate_check_statement(call, statement, tail);
  sqlite3_finalize(statement);
  if (status) return status;
  *select = gate_statement_text(text, tail);
  return *select ? MINE_OK : mine_env_fail(call->env, MINE_NOMEM, "out of memory");
}

/* ---- columns (S5, S6) -------------------------------------------------------------- */

static mine_status gate_copy_names(mine_source *source, sqlite3_stmt *statement) {
  int n = sqlite3_column_count(statement);
  size_t bytes = 0;
  for (int i = 0; i < n; i++) {
    const char *name = sqlite3_column_name(statement, i);
    if (!name) return mine_env_fail(source->call->env, MINE_NOMEM, "out of memory");
    bytes += strlen(name) + 1;
  }
  source->name = sqlite3_malloc64((size_t)n * (sizeof(char *) + sizeof(int)) + bytes);
  if (!source->name) return mine_env_fail(source->call->env, MINE_NOMEM, "out of memory");
  source->wanted = (int *)(source->name + n);
  char *at = (char *)(source->wanted + n);
  for (int i = 0; i < n; i++) {
    const char *name = sqlite3_column_name(statement, i);
    source->name[i] = at;
    size_t n_bytes = strlen(name) + 1;
    memcpy(at, name, n_bytes);
    at += n_bytes;
  }
  source->n_columns = n;
  return MINE_OK;
}

static mine_status gate_columns(mine_source *source) {
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(source->call->db, source->select, -1, &statement, NULL);
  if (code) return gate_does_not_compile(source->call, code);
  mine_status status = gate_copy_names(source, statement);
  sqlite3_finalize(statement);
  return status;
}

/* ---- pragmas (S7) ------------------------------------------------------------------- */

#define GATE_WRITER "pragma_optimize"

static int gate_no_writer(sqlite3 *db, void *user, int argc, const char *const *argv,
                          sqlite3_vtab **out, char **error) {
  (void)db, (void)user, (void)argc, (void)argv, (void)out;
  *error = sqlite3_mprintf("%s writes statistics; a source only reads", GATE_WRITER);
  return SQLITE_ERROR;
}

/* To SQLite, SELECT * FROM pragma_optimize only reads, but it runs ANALYZE.  While
** texts are judged, the name is a table of ours that does not open, in views too; then
** it is removed, and SQLite makes its own again when somebody asks. */
static int gate_bar_writer(sqlite3 *db, int bar) {
  static const sqlite3_module module = {.xConnect = gate_no_writer};
  return sqlite3_create_module_v2(db, GATE_WRITER, bar ? &module : NULL, NULL, NULL);
}

/* ---- opening --------------------------------------------------------------------------- */

static mine_status gate_judge(mine_call *call, const char *text, mine_source *out) {
  int broken;
  out->select = gate_table_select(call->db, text, &broken);
  if (!out->select && broken) {
    return mine__call_fail_sqlite(call, broken, "the source cannot be read");
  }
  mine_status status = out->select ? MINE_OK : gate_statement(call, text, &out->select);
  return status ? status : gate_columns(out);
}

mine_status mine__source_open(mine_call *call, const char *text, mine_source *out) {
  memset(out, 0, sizeof *out);
  out->call = call;
  out->text = text;
  if (call->connection->reading >= MINE_DEEPEST_CALL) {
    return mine__call_fail(call, MINE_DATA,
                           "sources are nested more than %d deep; a view that reads itself?",
                           MINE_DEEPEST_CALL);
  }
  int code = gate_bar_writer(call->db, 1);
  if (code) return mine__call_fail_sqlite(call, code, "the source cannot be read");
  mine_status status = gate_judge(call, text, out);
  (void)gate_bar_writer(call->db, 0);
  if (status) mine__source_close(out);
  return status;
}

void mine__source_close(mine_source *source) {
  sqlite3_finalize(source->rows);
  sqlite3_free(source->select);
  sqlite3_free(source->name);
  sqlite3_free(source->group);
  source->group = NULL;
  source->rows = NULL;
  source->select = NULL;
  source->name = NULL;
}
