/*
** table_verb.c -- the one virtual table behind every table function.
*/
#include "table_verb.h"

#include <stdlib.h>
#include <string.h>

#include "verb_result.h"

typedef struct verb_cursor {
  sqlite3_vtab_cursor base;
  mine_verb_result *result; /* NULL before the first filter               */
  int64_t row;              /* in the block, or among the matches         */
  int key;                  /* the column that answers = ?, -1: all rows   */
  int64_t *match;           /* the rows that answer IN (...), in order; NULL: not IN */
  int64_t n_match, at;      /* how many, and which is next                 */
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

/* ---- planning (T1, T2, T3) --------------------------------------------------------- */

/* A plan's number: the arguments it supplies, a bit each; whether one is missing; and
** the column whose value comes behind them, counted from 1. */
#define VERB_ARGUMENTS   0xf
#define VERB_MISSING_BIT 0x10
#define VERB_IN_BIT      0x20 /* all values of an IN at once: rows come in their order */
#define VERB_KEY_SHIFT   6

static int verb_error(verb_table *table, const char *format, const char *what) {
  sqlite3_free(table->base.zErrMsg);
  char *problem = sqlite3_mprintf(format, what);
  table->base.zErrMsg = sqlite3_mprintf("%s: %s", table->verb->name, problem ? problem : "");
  sqlite3_free(problem);
  return SQLITE_ERROR;
}

/* The constraint on a hidden column, -1 when there is none. */
static int verb_argument_constraint(verb_table *table, sqlite3_index_info *info, int argument,
                                    int *found) {
  *found = -1;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    if (c->iColumn != table->n_columns + argument || c->op >= SQLITE_INDEX_CONSTRAINT_LIMIT) {
      continue;
    }
    const char *name = table->verb->argument[argument].name;
    if (c->op != SQLITE_INDEX_CONSTRAINT_EQ) {
      return verb_error(table, "_%s takes = only", name);
    }
    if (!c->usable) return SQLITE_CONSTRAINT;
    if (*found < 0) *found = i;
  }
  return SQLITE_OK;
}

/* The constraint key = ? that selects best: the first key column of the verb that has
** one; -1: none. */
static int verb_key_constraint(const verb_table *table, sqlite3_index_info *info) {
  int best = -1;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    int key = c->iColumn >= 0 && c->iColumn < table->n_columns &&
              table->verb->answer[c->iColumn].key && c->op == SQLITE_INDEX_CONSTRAINT_EQ;
    if (!key || !c->usable) continue;
    if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
    if (best < 0 || c->iColumn < info->aConstraint[best].iColumn) best = i;
  }
  return best;
}

static int verb_usage(verb_table *table) {
  char form[MINE_FORM_BYTES];
  /* SQLite up to at least 3.40 drops them in UPDATE ... FROM f(...). */
  return verb_error(table, "arguments are missing; write %s; in UPDATE ... FROM, as a subquery",
                    mine_verb_form_text(table->verb, form));
}

/* Newer SQLite (3.53; 3.40 not) states the arguments of a call again in the plans of
** an OR.  Each repetition comes to xFilter behind the other values, to be compared;
** the plan's text says of which argument it is, a digit each. */
static int verb_repetitions(verb_table *table, sqlite3_index_info *info, int given) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    int argument = c->iColumn - table->n_columns;
    if (argument < 0 || c->op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (info->aConstraintUsage[i].argvIndex) continue;
    info->aConstraintUsage[i].argvIndex = ++given;
    info->aConstraintUsage[i].omit = 1;
    sqlite3_str_appendchar(text, 1, (char)('0' + argument));
  }
  int code = sqlite3_str_errcode(text);
  info->idxStr = sqlite3_str_finish(text); /* NULL: none is repeated */
  info->needToFreeIdxStr = 1;
  return code;
}

static int verb_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  verb_table *table = (verb_table *)base;
  int given = 0;
  info->idxNum = 0;
  for (int i = 0; i < table->n_arguments; i++) {
    int found;
    int code = verb_argument_constraint(table, info, i, &found);
    if (code) return code;
    if (found < 0 && i < table->verb->required) info->idxNum |= VERB_MISSING_BIT;
    if (found < 0) continue;
    info->aConstraintUsage[found].argvIndex = ++given;
    info->aConstraintUsage[found].omit = 1;
    info->idxNum |= 1 << i;
  }
  int key = verb_key_constraint(table, info);
  info->estimatedCost = 1e6;
  info->estimatedRows = 1000000;
  if (key >= 0) {
    const int column = info->aConstraint[key].iColumn;
    info->aConstraintUsage[key].argvIndex = ++given;
    info->idxNum |= (column + 1) << VERB_KEY_SHIFT;
    if (sqlite3_vtab_in(info, key, -1) && sqlite3_vtab_in(info, key, 1)) {
      info->idxNum |= VERB_IN_BIT;
    }
    info->estimatedCost = column == 0 ? 20 : 200; /* an id comes first, and once */
    info->estimatedRows = column == 0 ? 1 : 25;
  }
  /* For an OR of conditions SQLite asks for plans without the arguments.  Such a
  ** plan is priced out; if it is all there is, running it says what is missing. */
  if (info->idxNum & VERB_MISSING_BIT) info->estimatedCost = 1e90;
  return verb_repetitions(table, info, given);
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
  sqlite3_free(cursor->match);
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
static int verb_provide(verb_cursor *cursor, int given, sqlite3_value **values) {
  verb_table *table = (verb_table *)cursor->base.pVtab;
  int again = cursor->result && mine__verb_result_is_for(cursor->result, given, values);
  if (again && cursor->result->run.whole) return SQLITE_OK;
  if (again) {
    mine__verb_result_stop(cursor->result); /* a stream cannot be rewound: this time whole */
  } else {
    mine__verb_result_free(cursor->result);
    cursor->result = mine__verb_result_new(table->verb, table->n_columns, given, values);
    if (!cursor->result) return SQLITE_NOMEM;
  }
  int writing = sqlite3_txn_state(table->connection->db, NULL) == SQLITE_TXN_WRITE;
  int whole = cursor->key >= 0 || writing || again;
  mine_status status = mine__verb_result_begin(cursor->result, table->connection, whole);
  return status ? verb_run_failed(cursor) : SQLITE_OK;
}

/* ---- key = ? (T3) --------------------------------------------------------------------------- */

static int verb_find_key(verb_cursor *cursor, sqlite3_value *value) {
  int code;
  cursor->row = mine__verb_result_find(cursor->result, cursor->key, value, &code);
  return code;
}

static int verb_compare_rows(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a;
  int64_t y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static int verb_add_match(verb_cursor *cursor, int64_t *room, int64_t row) {
  if (cursor->n_match == *room) {
    int64_t more = *room ? 2 * *room : 16;
    int64_t *grown = sqlite3_realloc64(cursor->match, (sqlite3_uint64)more * sizeof *grown);
    if (!grown) return SQLITE_NOMEM;
    cursor->match = grown;
    *room = more;
  }
  cursor->match[cursor->n_match++] = row;
  return SQLITE_OK;
}

/* The rows that may equal any value of the list, each once, in the order of the result. */
static int verb_find_keys(verb_cursor *cursor, sqlite3_value *list) {
  const mine_id_index *index = &cursor->result->index[cursor->key];
  sqlite3_value *value;
  int64_t room = 0;
  int code = verb_add_match(cursor, &room, 0); /* so that there is a list, empty or not */
  cursor->n_match = 0;
  if (!code) code = sqlite3_vtab_in_first(list, &value);
  for (; code == SQLITE_OK && value; code = sqlite3_vtab_in_next(list, &value)) {
    int64_t row = mine__verb_result_find(cursor->result, cursor->key, value, &code);
    for (; !code && row >= 0; row = mine__id_index_next(index, row))
      code = verb_add_match(cursor, &room, row);
    if (code) return code;
  }
  if (code != SQLITE_DONE) return code;
  qsort(cursor->match, (size_t)cursor->n_match, sizeof *cursor->match, verb_compare_rows);
  int64_t n = 0;
  for (int64_t i = 0; i < cursor->n_match; i++) {
    if (n == 0 || cursor->match[i] != cursor->match[n - 1]) cursor->match[n++] = cursor->match[i];
  }
  cursor->n_match = n;
  cursor->row = n > 0 ? cursor->match[0] : -1;
  return SQLITE_OK;
}

/* How many of the first n arguments the plan supplies: they come in this order. */
static int verb_supplied(int plan, int n) {
  int supplied = 0;
  for (int i = 0; i < n; i++)
    supplied += (plan >> i) & 1;
  return supplied;
}

/* An OR's plan ends with SQLite's own test of _options = NULL, which is never true. */
static int verb_check_repetitions(verb_table *table, int plan, const char *arguments,
                                  sqlite3_value **values, sqlite3_value **repeated) {
  for (int i = 0; arguments[i]; i++) {
    int which = arguments[i] - '0';
    const char *name = table->verb->argument[which].name;
    if (!mine__verb_same_value(repeated[i], values[verb_supplied(plan, which)])) {
      return verb_error(table, "_%s is given twice", name);
    }
    if (sqlite3_value_type(repeated[i]) == SQLITE_NULL) {
      return verb_error(table, "_%s is NULL, which this SQLite cannot join by an OR; leave it out",
                        name);
    }
  }
  return SQLITE_OK;
}

static int verb_filter(sqlite3_vtab_cursor *base, int plan, const char *plan_text, int n,
                       sqlite3_value **values) {
  verb_cursor *cursor = (verb_cursor *)base;
  verb_table *table = (verb_table *)base->pVtab;
  table->opened = NULL;
  if (plan & VERB_MISSING_BIT) return verb_usage(table);
  cursor->key = (plan >> VERB_KEY_SHIFT) - 1;
  sqlite3_free(cursor->match);
  cursor->match = NULL;
  cursor->n_match = cursor->at = 0;
  cursor->row = 0;
  int repeated = plan_text ? (int)strlen(plan_text) : 0;
  int code = SQLITE_OK;
  if (repeated) {
    code = verb_check_repetitions(table, plan, plan_text, values, values + n - repeated);
  }
  if (!code) code = verb_provide(cursor, plan & VERB_ARGUMENTS, values);
  if (code || cursor->key < 0) return code;
  sqlite3_value *sought = values[n - repeated - 1];
  return plan & VERB_IN_BIT ? verb_find_keys(cursor, sought) : verb_find_key(cursor, sought);
}

static int verb_next(sqlite3_vtab_cursor *base) {
  verb_cursor *cursor = (verb_cursor *)base;
  mine_verb_result *result = cursor->result;
  if (cursor->match) {
    cursor->row = ++cursor->at < cursor->n_match ? cursor->match[cursor->at] : -1;
    return SQLITE_OK;
  }
  if (cursor->key >= 0) {
    cursor->row = mine__id_index_next(&result->index[cursor->key], cursor->row);
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
  mine_cell cell;
  mine__verb_run_cell(&cursor->result->run, cursor->row, column, &cell);
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

static const sqlite3_module verb_module = {
    .iVersion = 0,
    .xConnect = verb_connect, /* no xCreate: a table function, never a table */
    .xBestIndex = verb_best_index,
    .xDisconnect = verb_disconnect,
    .xOpen = verb_open,
    .xClose = verb_close,
    .xFilter = verb_filter,
    .xNext = verb_next,
    .xEof = verb_eof,
    .xColumn = verb_column,
    .xRowid = verb_rowid,
};

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
static const sqlite3_module hint_module = {
    .iVersion = 0,
    .xConnect = hint_connect,
    .xBestIndex = verb_best_index,
    .xDisconnect = verb_disconnect,
    .xOpen = verb_open,
    .xClose = verb_close,
    .xFilter = verb_filter,
    .xNext = verb_next,
    .xEof = verb_eof,
    .xColumn = verb_column,
    .xRowid = verb_rowid,
};

int mine__table_hint_register(mine_connection *connection, const mine_verb *verb) {
  return verb_register(connection, verb, &hint_module);
}
