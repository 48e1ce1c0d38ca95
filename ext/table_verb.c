/*
** table_verb.c -- the one virtual table behind every table function.
*/
#include "table_verb.h"

#include <stdlib.h>
#include <string.h>

#include "verb_lookup.h"
#include "verb_plan.h"

typedef struct verb_cursor {
  sqlite3_vtab_cursor base;
  mine_verb_result *result; /* NULL before the first filter               */
  int64_t row;              /* in the block; -1: no (more) row is found   */
  int key;                  /* the column that is looked up by, -1: all rows */
  mine_lookup lookup;       /* the rows that were found                    */
  int64_t at;               /* which of them this is                       */
} verb_cursor;

typedef struct verb_table {
  sqlite3_vtab base;
  mine_connection *connection;
  const mine_verb *verb;
  int n_columns; /* visible ones; the arguments follow */
  int n_arguments;
  verb_cursor *opened; /* by the last call on this table, else NULL */
} verb_table;

/* What registration hands to xConnect. */
typedef struct verb_registration {
  mine_connection *connection;
  const mine_verb *verb;
} verb_registration;

/* ---- connect ------------------------------------------------------------------- */

static int verb_count_columns(const mine_verb *verb) {
  int n = 0;
  while (verb->answer[n].name)
    n++;
  return n;
}

static int verb_count_arguments(const mine_verb *verb) {
  int n = 0;
  while (n < MINE_MOST_ARGUMENTS && verb->argument[n].kind)
    n++;
  return n;
}

static char *verb_declaration(const mine_verb *verb) {
  static const char *const types[] = {"", " INTEGER", " REAL", " TEXT", " TEXT"};
  sqlite3_str *sql = sqlite3_str_new(NULL);
  sqlite3_str_appendall(sql, "CREATE TABLE x(");
  for (const mine_answer *a = verb->answer; a->name; a++)
    sqlite3_str_appendf(sql, "%s\"%w\"%s", a == verb->answer ? "" : ", ", a->name, types[a->type]);
  for (int i = 0; i < verb_count_arguments(verb); i++)
    sqlite3_str_appendf(sql, ", _%s HIDDEN", verb->argument[i].name);
  sqlite3_str_appendall(sql, ")");
  return sqlite3_str_finish(sql);
}

static int verb_connect(sqlite3 *db, void *pointer, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **error) {
  (void)argc, (void)argv, (void)error;
  const verb_registration *registration = pointer;
  char *sql = verb_declaration(registration->verb);
  int code = sql ? sqlite3_declare_vtab(db, sql) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (code) return code;
  verb_table *table = sqlite3_malloc64(sizeof *table);
  if (!table) return SQLITE_NOMEM;
  memset(table, 0, sizeof *table);
  table->connection = registration->connection;
  table->verb = registration->verb;
  table->n_columns = verb_count_columns(registration->verb);
  table->n_arguments = verb_count_arguments(registration->verb);
  sqlite3_vtab_config(db, mine_verb_reads_source(registration->verb) ? SQLITE_VTAB_DIRECTONLY
                                                                     : SQLITE_VTAB_INNOCUOUS);
  *out = &table->base;
  return SQLITE_OK;
}

static int verb_disconnect(sqlite3_vtab *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

/* ---- planning --------------------------------------------------------------------- */

static int verb_error(verb_table *table, const char *format, const char *what) {
  sqlite3_free(table->base.zErrMsg);
  char *problem = sqlite3_mprintf(format, what);
  table->base.zErrMsg = sqlite3_mprintf("%s: %s", table->verb->name, problem ? problem : "");
  sqlite3_free(problem);
  return SQLITE_ERROR;
}

static int verb_usage(verb_table *table) {
  char form[MINE_FORM_BYTES];
  /* SQLite up to at least 3.40 drops them in UPDATE ... FROM f(...). */
  return verb_error(table, "arguments are missing; write %s; in UPDATE ... FROM, as a subquery",
                    mine_verb_form_text(table->verb, form));
}

static int verb_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  verb_table *table = (verb_table *)base;
  int argument = 0;
  int code = mine__verb_plan(table->verb, table->n_columns, table->n_arguments, info, &argument);
  if (code != SQLITE_ERROR) return code;
  return verb_error(table, "_%s takes = only", table->verb->argument[argument].name);
}

/* ---- cursors --------------------------------------------------------------------------- */

/* A correlated subquery opens its cursor anew for every outer row: SQLite calls
** xOpen for the new one and then, at once, xClose for the one it replaces.  That
** pair is how we know that both belong to one statement, and the result is handed
** on.  Without it the model would run once for every outer row. */
static int verb_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
  verb_cursor *cursor = sqlite3_malloc64(sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  memset(cursor, 0, sizeof *cursor);
  ((verb_table *)base)->opened = cursor;
  *out = &cursor->base;
  return SQLITE_OK;
}

static int verb_close(sqlite3_vtab_cursor *base) {
  verb_cursor *cursor = (verb_cursor *)base;
  verb_table *table = (verb_table *)base->pVtab;
  verb_cursor *successor = table->opened;
  if (successor && successor != cursor && !successor->result) {
    successor->result = cursor->result;
  } else {
    mine__verb_result_free(cursor->result);
  }
  if (successor == cursor) table->opened = NULL;
  mine__lookup_free(&cursor->lookup);
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static int verb_run_failed(verb_cursor *cursor) {
  verb_table *table = (verb_table *)cursor->base.pVtab;
  const mine_call *call = &cursor->result->run.call;
  int code = mine__call_code(call);
  sqlite3_free(table->base.zErrMsg);
  table->base.zErrMsg = mine__verb_call_message(call, table->verb, cursor->result->run.argument);
  mine__verb_result_free(cursor->result);
  cursor->result = NULL;
  return code ? code : SQLITE_ERROR;
}

/* ---- running ----------------------------------------------------------------------------- */

/* The result for these arguments: the one at hand if it can be read again. */
static int verb_provide(verb_cursor *cursor, uint64_t reads, int given, sqlite3_value **values) {
  verb_table *table = (verb_table *)cursor->base.pVtab;
  int again = cursor->result && mine__verb_result_is_for(cursor->result, reads, given, values);
  if (again && cursor->result->run.whole) return SQLITE_OK;
  if (again) {
    mine__verb_result_stop(cursor->result); /* a stream cannot be rewound: this time whole */
  } else {
    mine__verb_result_free(cursor->result);
    cursor->result = mine__verb_result_new(table->verb, table->n_columns, reads, given, values);
    if (!cursor->result) return SQLITE_NOMEM;
  }
  int writing = sqlite3_txn_state(table->connection->db, NULL) == SQLITE_TXN_WRITE;
  int whole = cursor->key >= 0 || writing || again;
  cursor->result->run.keyed = cursor->key >= 0;
  mine_status status = mine__verb_result_begin(cursor->result, table->connection, whole);
  return status ? verb_run_failed(cursor) : SQLITE_OK;
}

/* ---- filter --------------------------------------------------------------------------- */

/* How many of the first n arguments the plan supplies: they come in this order. */
static int verb_supplied(int plan, int n) {
  int supplied = 0;
  for (int i = 0; i < n; i++)
    supplied += (plan >> i) & 1;
  return supplied;
}

/* An OR's plan ends with SQLite's own test of _options = NULL, which is never true. */
static int verb_check_repetition(verb_table *table, int which, sqlite3_value *value,
                                 sqlite3_value *repeated) {
  const char *name = table->verb->argument[which].name;
  if (!mine__verb_same_value(repeated, value)) return verb_error(table, "_%s is given twice", name);
  if (sqlite3_value_type(repeated) != SQLITE_NULL) return SQLITE_OK;
  return verb_error(table, "_%s is NULL, which this SQLite cannot join by an OR; leave it out",
                    name);
}

static int verb_check_repetitions(verb_table *table, int plan, const char *text,
                                  sqlite3_value **values, sqlite3_value **behind) {
  int code = SQLITE_OK;
  for (int i = 0; text[2 * i] && !code; i++) {
    const int which = text[2 * i + 1] - '0';
    if (text[2 * i] != VERB_PLAN_REPEATED) continue;
    code = verb_check_repetition(table, which, values[verb_supplied(plan, which)], behind[i]);
  }
  return code;
}

/* Look the rows up by the key and what the plan's text adds to it. */
static int verb_look_up(verb_cursor *cursor, int plan, const char *text, sqlite3_value *key,
                        sqlite3_value **behind) {
  mine_lookup *lookup = &cursor->lookup;
  const char what = plan & VERB_IN_BIT        ? VERB_PLAN_IN
                    : plan & VERB_LITERAL_BIT ? VERB_PLAN_LITERAL
                                              : VERB_PLAN_EQUAL;
  int code = mine__lookup_add(lookup, cursor->result, what, cursor->key, key);
  for (int i = 0; text[2 * i] && !code; i++) {
    const int column = text[2 * i + 1] - VERB_PLAN_COLUMN;
    if (text[2 * i] == VERB_PLAN_REPEATED) continue;
    code = mine__lookup_add(lookup, cursor->result, text[2 * i], column, behind[i]);
  }
  if (!code) code = mine__lookup_run(lookup, cursor->result);
  cursor->row = !code && lookup->n > 0 ? lookup->match[0] : -1;
  return code;
}

/* The columns that are read, with which the plan's text begins; the rest of it. */
static const char *verb_reads(const char *text, uint64_t *reads) {
  char digits[VERB_PLAN_READS + 1] = "";
  *reads = MINE_READS_ALL;
  if (!text || strlen(text) < VERB_PLAN_READS) return "";
  memcpy(digits, text, VERB_PLAN_READS);
  *reads = strtoull(digits, NULL, 16);
  return text + VERB_PLAN_READS;
}

static int verb_filter(sqlite3_vtab_cursor *base, int plan, const char *plan_text, int n,
                       sqlite3_value **values) {
  verb_cursor *cursor = (verb_cursor *)base;
  verb_table *table = (verb_table *)base->pVtab;
  uint64_t reads = 0;
  const char *text = verb_reads(plan_text, &reads);
  sqlite3_value **behind = values + n - (int)strlen(text) / 2;
  table->opened = NULL;
  if (plan & VERB_MISSING_BIT) return verb_usage(table);
  cursor->key = (plan >> VERB_KEY_SHIFT) - 1;
  cursor->row = cursor->at = 0;
  mine__lookup_clear(&cursor->lookup);
  int code = verb_check_repetitions(table, plan, text, values, behind);
  if (!code) code = verb_provide(cursor, reads, plan & VERB_ARGUMENTS, values);
  if (code || cursor->key < 0) return code;
  return verb_look_up(cursor, plan, text, behind[-1], behind);
}

static int verb_next(sqlite3_vtab_cursor *base) {
  verb_cursor *cursor = (verb_cursor *)base;
  mine_verb_result *result = cursor->result;
  if (cursor->key >= 0) {
    const mine_lookup *lookup = &cursor->lookup;
    cursor->row = ++cursor->at < lookup->n ? lookup->match[cursor->at] : -1;
    return SQLITE_OK;
  }
  if (++cursor->row < result->run.rows || result->run.whole) return SQLITE_OK;
  cursor->row = 0;
  return mine__verb_result_next_block(result) ? verb_run_failed(cursor) : SQLITE_OK;
}

static int verb_eof(sqlite3_vtab_cursor *base) {
  const verb_cursor *cursor = (const verb_cursor *)base;
  if (!cursor->result) return 1;
  if (cursor->key >= 0) return cursor->row < 0;
  return cursor->row >= cursor->result->run.rows;
}

static int verb_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  verb_cursor *cursor = (verb_cursor *)base;
  const verb_table *table = (const verb_table *)base->pVtab;
  if (column >= table->n_columns) {
    sqlite3_value *argument = cursor->result->run.argument[column - table->n_columns];
    if (argument) sqlite3_result_value(context, argument);
    return SQLITE_OK;
  }
  const int bit = column < MINE_READS_REST ? column : MINE_READS_REST;
  if (!(cursor->result->run.reads >> bit & 1)) { /* never a wrong NULL */
    sqlite3_result_error(context, "internal error: a column is read that was not announced", -1);
    return SQLITE_OK;
  }
  mine_cell cell;
  if (mine__verb_run_cell(&cursor->result->run, cursor->row, column, &cell)) {
    mine__call_result_error(&cursor->result->run.call, context);
    return SQLITE_OK;
  }
  mine__result_cell(context, &cell);
  if (table->verb->answer[column].type == MINE_ANSWER_JSON && cell.type == MINE_TEXT)
    sqlite3_result_subtype(context, 'J');
  return SQLITE_OK;
}

static int verb_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
  const verb_cursor *cursor = (const verb_cursor *)base;
  *out = cursor->result->passed + cursor->row + 1;
  return SQLITE_OK;
}

/* No xCreate: a table function, never a table. */
#define VERB_MODULE(connect)                                                              \
  {                                                                                       \
    .iVersion = 0, .xConnect = connect, .xBestIndex = verb_best_index,                    \
    .xDisconnect = verb_disconnect, .xOpen = verb_open, .xClose = verb_close,             \
    .xFilter = verb_filter, .xNext = verb_next, .xEof = verb_eof, .xColumn = verb_column, \
    .xRowid = verb_rowid                                                                  \
  }

static const sqlite3_module verb_module = VERB_MODULE(verb_connect);

/* ---- registration ------------------------------------------------------------------------- */

static void verb_unregister(void *pointer) {
  verb_registration *registration = pointer;
  mine__connection_release(registration->connection);
  sqlite3_free(registration);
}

static int verb_register(mine_connection *connection, const mine_verb *verb,
                         const sqlite3_module *module) {
  verb_registration *registration = sqlite3_malloc64(sizeof *registration);
  if (!registration) return SQLITE_NOMEM;
  registration->connection = connection;
  registration->verb = verb;
  mine__connection_retain(connection);
  return sqlite3_create_module_v2(connection->db, verb->name, module, registration,
                                  verb_unregister);
}

int mine__table_verb_register(mine_connection *connection, const mine_verb *verb) {
  return verb_register(connection, verb, &verb_module);
}

static int hint_connect(sqlite3 *db, void *pointer, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **error) {
  (void)db, (void)argc, (void)argv, (void)out;
  const mine_verb *verb = ((const verb_registration *)pointer)->verb;
  char form[MINE_FORM_BYTES];
  *error = sqlite3_mprintf("%s: it answers with one value; write %s", verb->name,
                           mine_verb_form_text(verb, form));
  return SQLITE_ERROR;
}

/* Never connected: only its refusal is ever seen. */
static const sqlite3_module hint_module = VERB_MODULE(hint_connect);

int mine__table_hint_register(mine_connection *connection, const mine_verb *verb) {
  return verb_register(connection, verb, &hint_module);
}
