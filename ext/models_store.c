/*
** models_store.c -- writing a model: checked before training, one row after it.
*/
#include <string.h>

#include "models.h"
#include "models_internal.h"
#include "models_versions.h"
#include "statements.h"

/* The contract's columns, in order. */
static const char store_columns[] =
    "name,algorithm,task,target,source,options,features,rows,metrics,created,version,model";

static mine_status store_schema(mine_call *call, const char *text, size_t n, char *out,
                                size_t room) {
  for (; n > 0 && *text == ' '; n--)
    text++;
  while (n > 0 && text[n - 1] == ' ')
    n--;
  if (n == 0 || n >= room) {
    return mine__call_fail(call, MINE_OPTION, "the schema in the model name '%.60s' is %s", text,
                           n ? "too long" : "empty");
  }
  memcpy(out, text, n);
  out[n] = 0;
  sqlite3_stmt *list = NULL;
  int code = sqlite3_prepare_v2(
      call->db, "SELECT 1 FROM pragma_database_list WHERE name=?1 COLLATE NOCASE", -1, &list, NULL);
  if (!code) code = sqlite3_bind_text(list, 1, out, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_step(list);
  sqlite3_finalize(list);
  int is_temp = sqlite3_stricmp(out, "temp") == 0; /* listed only once it is used */
  if (code == SQLITE_ROW || (code == SQLITE_DONE && is_temp)) return MINE_OK;
  if (code != SQLITE_DONE) return mine__call_fail_sqlite(call, code, "reading the schemas");
  return mine__call_fail(call, MINE_OPTION,
                         "there is no database '%s' (a dot in a model name parts schema and name); "
                         "ATTACH it, or use a name without a dot",
                         out);
}

mine_status mine__model_name_parse(mine_call *call, const char *text, mine_model_name *out) {
  const char *dot = strchr(text, '.');
  out->name = dot ? dot + 1 : text;
  if (strchr(out->name, '.')) {
    return mine__call_fail(call, MINE_OPTION,
                           "the model name '%.60s' has more than one dot; a name holds none", text);
  }
  mine_status status =
      dot ? store_schema(call, text, (size_t)(dot - text), out->schema, sizeof out->schema)
          : MINE_OK;
  if (status) return status;
  if (!dot) memcpy(out->schema, "main", 5);
  if (!*out->name) {
    return mine__call_fail(call, MINE_OPTION, "the model name is empty after '%s.'", out->schema);
  }
  int is_temp = sqlite3_stricmp(out->schema, "temp") == 0;
  out->table = is_temp ? "mine_models_temp" : "mine_models";
  return MINE_OK;
}

/* ---- the table is what the contract says ------------------------------------------- */

typedef enum store_table { STORE_ABSENT, STORE_RIGHT, STORE_WRONG } store_table;

/* group_concat over a sorted subquery keeps the column order. */
static mine_status store_look(mine_call *call, const char *schema, const char *table,
                              const char *should, store_table *out) {
  char *sql = sqlite3_mprintf(
      "SELECT (SELECT type FROM \"%w\".sqlite_schema WHERE name=%Q COLLATE NOCASE),"
      "(SELECT group_concat(name) FROM (SELECT name FROM pragma_table_xinfo(%Q,%Q) ORDER BY cid)),"
      "(SELECT wr FROM pragma_table_list WHERE schema=%Q COLLATE NOCASE AND name=%Q COLLATE "
      "NOCASE)",
      schema, table, table, schema, schema, table);
  sqlite3_stmt *look = NULL;
  int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, &look, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (!code) code = sqlite3_step(look);
  if (code == SQLITE_ROW) {
    const char *type = (const char *)sqlite3_column_text(look, 0);
    const char *columns = (const char *)sqlite3_column_text(look, 1);
    int right = type && columns && strcmp(type, "table") == 0 &&
                sqlite3_stricmp(columns, should) == 0 && !sqlite3_column_int(look, 2);
    *out = !type ? STORE_ABSENT : right ? STORE_RIGHT : STORE_WRONG;
    code = SQLITE_OK;
  }
  sqlite3_finalize(look);
  return code ? mine__call_fail_sqlite(call, code, "looking at mine_models") : MINE_OK;
}

mine_status mine__models_table(mine_call *call, const char *schema, const char *table,
                               const char *columns, const char *holds, int *present) {
  store_table what = STORE_ABSENT;
  mine_status status = store_look(call, schema, table, columns, &what);
  *present = what == STORE_RIGHT;
  if (status || what != STORE_WRONG) return status;
  return mine__call_fail(call, MINE_DATA,
                         "%s.%s is not the table this extension keeps %s in; rename it, then "
                         "SELECT mine_init('%s')",
                         schema, table, holds, schema);
}

mine_status mine__models_present(mine_call *call, const char *schema, const char *table,
                                 int *present) {
  return mine__models_table(call, schema, table, store_columns, "models", present);
}

/* ---- writing --------------------------------------------------------------------------- */

static int store_query_only(sqlite3 *db) {
  sqlite3_stmt *pragma = NULL;
  int on = 0;
  if (sqlite3_prepare_v2(db, "PRAGMA query_only", -1, &pragma, NULL) == SQLITE_OK &&
      sqlite3_step(pragma) == SQLITE_ROW) {
    on = sqlite3_column_int(pragma, 0);
  }
  sqlite3_finalize(pragma);
  return on;
}

/* A schema that cannot be written.  Where not even its tables can be read (a WAL file in
** a folder without write permission), no verb that needs SQL helps, temp or not. */
static mine_status store_read_only(mine_call *call, const mine_model_name *name) {
  sqlite3_stmt *look = NULL;
  char *sql = sqlite3_mprintf("SELECT 1 FROM \"%w\".sqlite_schema", name->schema);
  int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, &look, NULL) : SQLITE_NOMEM;
  if (!code) code = sqlite3_step(look);
  sqlite3_free(sql);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    (void)mine__call_fail_sqlite(call, code, "the database cannot even be read");
  sqlite3_finalize(look);
  call->sqlite_code = SQLITE_READONLY;
  return mine__call_fail(call, MINE_DATA,
                         "attempt to write a readonly database (%s); %s 'temp%s%s'%s", name->schema,
                         *name->name ? "store the model as" : "use", *name->name ? "." : "",
                         name->name, *name->name ? ", or keep the BLOB of mine_fit()" : "");
}

/* A name that is not there yet must not be a second spelling of one that is; and no
** statement may go through the rows to which it is added, or it would meet it there. */
static mine_status store_check_new(mine_call *call, const mine_model_name *name) {
  char *sql = sqlite3_mprintf(
      "SELECT name, name=?1 FROM \"%w\".%s WHERE name=?1 COLLATE NOCASE ORDER BY 2 DESC LIMIT 1",
      name->schema, name->table);
  sqlite3_stmt *look = NULL;
  mine_status status = MINE_OK;
  int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, &look, NULL) : SQLITE_NOMEM;
  if (!code) code = sqlite3_bind_text(look, 1, name->name, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_step(look);
  const int known = code == SQLITE_ROW && sqlite3_column_int(look, 1);
  if (code == SQLITE_ROW && !known) {
    status =
        mine__call_fail(call, MINE_DATA,
                        "the model '%s' is there already, and '%s' differs from it in case "
                        "only; write '%s' to replace it, or choose another name",
                        sqlite3_column_text(look, 0), name->name, sqlite3_column_text(look, 0));
  } else if (code != SQLITE_ROW && code != SQLITE_DONE) {
    status = mine__call_fail_sqlite(call, code, "looking at mine_models");
  }
  sqlite3_finalize(look);
  sqlite3_free(sql);
  if (status || known || !mine__statements_scan(call->db, call->verb, name->schema, name->table))
    return status;
  return mine__call_fail(call, MINE_DATA,
                         "%s is being read by this statement, which would meet the model '%s' that "
                         "it adds; select the list into a table first (CREATE TEMP TABLE ... AS)",
                         name->table, name->name);
}

mine_status mine__models_check_writable(mine_call *call, const mine_model_name *name) {
  if (sqlite3_db_readonly(call->db, name->schema) == 1) return store_read_only(call, name);
  if (store_query_only(call->db)) {
    call->sqlite_code = SQLITE_READONLY;
    return mine__call_fail(call, MINE_DATA,
                           "attempt to write a readonly database (PRAGMA query_only is on); switch "
                           "it off, or keep the BLOB of mine_fit()");
  }
  int present;
  mine_status status = mine__models_present(call, name->schema, name->table, &present);
  return status || !present ? status : store_check_new(call, name);
}

mine_status mine__models_init(mine_call *call, const char *schema) {
  int is_temp = sqlite3_stricmp(schema, "temp") == 0;
  const char *table = is_temp ? "mine_models_temp" : "mine_models";
  int present = 0;
  mine_status status = mine__models_present(call, schema, table, &present);
  if (status || present) return status;
  char *sql = sqlite3_mprintf(
      "CREATE TABLE IF NOT EXISTS \"%w\".%s(name TEXT PRIMARY KEY, algorithm TEXT, task TEXT, "
      "target TEXT, source TEXT, options TEXT, features TEXT, rows INTEGER, metrics TEXT, "
      "created TEXT, version TEXT, model BLOB)",
      schema, table);
  int code = sql ? sqlite3_exec(call->db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  return code ? mine__call_fail_sqlite(call, code, "creating mine_models") : MINE_OK;
}

static int store_bind(sqlite3_stmt *insert, const mine_model_name *name, const mine_model *model,
                      const void *bytes, size_t n) {
  static const mine_model_text texts[] = {MINE_MODEL_ALGORITHM, MINE_MODEL_TASK,
                                          MINE_MODEL_TARGET,    MINE_MODEL_SOURCE,
                                          MINE_MODEL_OPTIONS,   MINE_MODEL_FEATURES};
  int code = sqlite3_bind_text(insert, 1, name->name, -1, SQLITE_STATIC);
  for (int i = 0; i < 6 && !code; i++) {
    code =
        sqlite3_bind_text(insert, i + 2, mine_model_get_text(model, texts[i]), -1, SQLITE_STATIC);
  }
  if (!code) code = sqlite3_bind_int64(insert, 8, mine_model_rows(model));
  const char *metrics = mine_model_get_text(model, MINE_MODEL_METRICS);
  if (!code) code = sqlite3_bind_text(insert, 9, metrics, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_bind_text(insert, 10, MINE_VERSION, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_bind_blob64(insert, 11, bytes, n, SQLITE_STATIC);
  return code;
}

static mine_status store_insert(mine_call *call, const mine_model_name *name,
                                const mine_model *model, const void *bytes, size_t n) {
  char *sql = sqlite3_mprintf(
      "INSERT INTO \"%w\".%s(%s) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,"
      "strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ','now'),?10,?11) "
      "ON CONFLICT(name) DO UPDATE SET algorithm=excluded.algorithm, task=excluded.task, "
      "target=excluded.target, source=excluded.source, options=excluded.options, "
      "features=excluded.features, rows=excluded.rows, metrics=excluded.metrics, "
      "created=excluded.created, version=excluded.version, model=excluded.model",
      name->schema, name->table, store_columns);
  sqlite3_stmt *insert = NULL;
  int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, &insert, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (!code) code = store_bind(insert, name, model, bytes, n);
  if (!code && (code = sqlite3_step(insert)) == SQLITE_DONE) code = SQLITE_OK;
  mine_status status = MINE_OK;
  if (code) {
    int busy = (code & 0xff) == SQLITE_BUSY;
    status = mine__call_fail_sqlite(
        call, code,
        busy ? "the model is trained but cannot be stored (another connection writes; begin "
               "with BEGIN IMMEDIATE, or set a busy timeout)"
             : "the model is trained but cannot be stored");
  }
  sqlite3_finalize(insert);
  return status;
}

static mine_status store_bytes(mine_call *call, const mine_model *model, const void **bytes,
                               size_t *n) {
  mine_env_rest(call->env); /* triggers and hooks of the host's run on the statement */
  mine_status status = mine_model_bytes(call->env, model, bytes, n);
  if (status) return status;
  const sqlite3_int64 largest = sqlite3_limit(call->db, SQLITE_LIMIT_LENGTH, -1);
  if (*n + 4096 <= (size_t)largest) return MINE_OK;
  return mine__call_fail(call, MINE_LIMIT,
                         "the model is %lld bytes; SQLite stores at most %lld in one value; "
                         "train on fewer rows or columns",
                         (long long)*n, (long long)largest);
}

mine_status mine__models_replace(mine_call *call, const mine_model_name *name,
                                 const mine_model *model) {
  const void *bytes = NULL;
  size_t n = 0;
  sqlite3_stmt *update = NULL;
  mine_status status = store_bytes(call, model, &bytes, &n);
  if (status) return status;
  char *sql = sqlite3_mprintf("UPDATE \"%w\".%s SET model=?2, version=?3 WHERE name=?1",
                              name->schema, name->table);
  int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, &update, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (!code) code = sqlite3_bind_text(update, 1, name->name, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_bind_blob64(update, 2, bytes, n, SQLITE_STATIC);
  if (!code) code = sqlite3_bind_text(update, 3, MINE_VERSION, -1, SQLITE_STATIC);
  if (!code && (code = sqlite3_step(update)) == SQLITE_DONE) code = SQLITE_OK;
  if (code) status = mine__call_fail_sqlite(call, code, "the model cannot be changed");
  sqlite3_finalize(update);
  return status;
}

mine_status mine__models_store(mine_call *call, const mine_model_name *name,
                               const mine_model *model, int64_t keep) {
  const void *bytes = NULL;
  size_t n = 0;
  mine_status status = store_bytes(call, model, &bytes, &n);
  if (status) return status;
  const sqlite3_int64 last = sqlite3_last_insert_rowid(call->db);
  status = mine__models_init(call, name->schema);
  if (!status && keep > 0) status = mine__versions_copy(call, name, bytes, n);
  if (!status) status = store_insert(call, name, model, bytes, n);
  if (!status && keep > 0) status = mine__versions_trim(call, name, keep);
  sqlite3_set_last_insert_rowid(call->db, last); /* the host's own INSERT's */
  return status;
}
