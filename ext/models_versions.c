/*
** models_versions.c -- earlier versions of a model, beside it in the same schema.
**
** mine_model_versions holds the versions that are not current, and may hold the one that is:
** whoever has the bytes of the row in mine_models is current.  So nothing has to be kept in
** step, and each of the statements by which a model is replaced leaves a state that says what
** it is, also when the process dies behind it:
**
**   copy    the current model becomes a version, unless it is one: now it is both
**   upsert  the new model is current, and the newest version, without a row of its own
**   trim    the oldest are dropped
**
** The number of a current model without a row is one more than the largest there is.
*/
#include "models_versions.h"

#include <string.h>

#include "models_internal.h"
#include "near_name.h"

static const char versions_columns[] =
    "name,version,algorithm,task,target,source,options,features,rows,metrics,created,made_by,model";

static const char *versions_table(const mine_model_name *name) {
  return strcmp(name->table, "mine_models") == 0 ? "mine_model_versions"
                                                 : "mine_model_versions_temp";
}

static mine_status versions_present(mine_call *call, const mine_model_name *name, int *present) {
  return mine__models_table(call, name->schema, versions_table(name), versions_columns,
                            "earlier versions", present);
}

static mine_status versions_init(mine_call *call, const mine_model_name *name) {
  int present = 0;
  mine_status status = versions_present(call, name, &present);
  if (status || present) return status;
  char *sql = sqlite3_mprintf(
      "CREATE TABLE IF NOT EXISTS \"%w\".%s(name TEXT, version INTEGER, algorithm TEXT, task TEXT, "
      "target TEXT, source TEXT, options TEXT, features TEXT, rows INTEGER, metrics TEXT, "
      "created TEXT, made_by TEXT, model BLOB, PRIMARY KEY(name, version))",
      name->schema, versions_table(name));
  const int code = sql ? sqlite3_exec(call->db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  return code ? mine__call_fail_sqlite(call, code, "creating mine_model_versions") : MINE_OK;
}

/* A statement over the two tables of a schema: { stands for the versions, [ for the models.  The
** name is its first parameter. */
static mine_status versions_prepare(mine_call *call, const mine_model_name *name,
                                    const char *format, sqlite3_stmt **out) {
  sqlite3_str *sql = sqlite3_str_new(NULL);
  *out = NULL;
  for (const char *at = format; *at; at++) {
    if (*at == '{')
      sqlite3_str_appendf(sql, "\"%w\".%s", name->schema, versions_table(name));
    else if (*at == '[')
      sqlite3_str_appendf(sql, "\"%w\".%s", name->schema, name->table);
    else
      sqlite3_str_appendchar(sql, 1, *at);
  }
  char *text = sqlite3_str_finish(sql);
  int code = text ? sqlite3_prepare_v2(call->db, text, -1, out, NULL) : SQLITE_NOMEM;
  sqlite3_free(text);
  if (!code) code = sqlite3_bind_text(*out, 1, name->name, -1, SQLITE_STATIC);
  return code ? mine__call_fail_sqlite(call, code, "reading mine_model_versions") : MINE_OK;
}

static mine_status versions_done(mine_call *call, sqlite3_stmt *statement, int code,
                                 const char *doing) {
  if (!code && (code = sqlite3_step(statement)) == SQLITE_DONE) code = SQLITE_OK;
  sqlite3_finalize(statement);
  return code ? mine__call_fail_sqlite(call, code, doing) : MINE_OK;
}

/* ---- while a model is stored ------------------------------------------------------------ */

mine_status mine__versions_copy(mine_call *call, const mine_model_name *name, const void *bytes,
                                size_t n) {
  sqlite3_stmt *copy;
  mine_status status = versions_init(call, name);
  if (!status)
    status = versions_prepare(
        call, name,
        "INSERT INTO { SELECT name, (SELECT coalesce(max(version), 0) + 1 FROM { AS v WHERE "
        "v.name=m.name), algorithm, task, target, source, options, features, rows, metrics, "
        "created, version, model FROM [ AS m WHERE name=?1 AND model IS NOT ?2 AND NOT EXISTS "
        "(SELECT 1 FROM { AS v WHERE v.name=m.name AND v.model IS m.model)",
        &copy);
  if (status) return status;
  const int code = bytes ? sqlite3_bind_blob64(copy, 2, bytes, n, SQLITE_STATIC) : SQLITE_OK;
  return versions_done(call, copy, code,
                       "the present model cannot be kept as a version, so it is not replaced");
}

mine_status mine__versions_trim(mine_call *call, const mine_model_name *name, int64_t keep) {
  sqlite3_stmt *trim;
  mine_status status = versions_prepare(
      call, name,
      "DELETE FROM { WHERE name=?1 AND version IN (SELECT version FROM { WHERE name=?1 AND model "
      "IS NOT (SELECT model FROM [ WHERE name=?1) ORDER BY version DESC LIMIT -1 OFFSET ?2)",
      &trim);
  if (status) return status;
  return versions_done(call, trim, sqlite3_bind_int64(trim, 2, keep),
                       "the model is stored, but its oldest versions cannot be dropped");
}

/* ---- which name is meant ---------------------------------------------------------------- */

/* The name as it is stored, of a model or of versions whose model is gone: exactly, else the one
** that fits.  *spelled: sqlite3_free. */
static mine_status versions_name(mine_call *call, mine_model_name *name, int has_versions,
                                 char **spelled) {
  sqlite3_stmt *names = NULL;
  int models = 0;
  *spelled = NULL;
  mine_status status = mine__models_present(call, name->schema, name->table, &models);
  if (status) return status;
  const char *sql = !models && !has_versions ? "SELECT NULL WHERE ?1 IS NULL"
                    : !has_versions          ? "SELECT name FROM [ ORDER BY name=?1 DESC, name"
                    : !models                ? "SELECT name FROM { ORDER BY name=?1 DESC, name"
                                             : "SELECT name FROM (SELECT name FROM [ UNION SELECT "
                                               "name FROM {) ORDER BY name=?1 DESC, name";
  status = versions_prepare(call, name, sql, &names);
  if (!status) status = mine__near_name(call, names, name->name, "models", spelled);
  sqlite3_finalize(names);
  if (!status && !*spelled) status = mine__models_missing(call, name);
  if (!status) name->name = *spelled;
  return status;
}

/* ---- mine_versions ---------------------------------------------------------------------- */

/* sqlite3_free; NULL: no memory. */
static char *versions_select(const mine_model_name *name, int has_versions, int has_models) {
  const char *models = name->table, *versions = versions_table(name), *schema = name->schema;
  if (!has_models)
    return sqlite3_mprintf(
        "SELECT version, created, metrics, 0 AS current FROM \"%w\".%s WHERE name=%Q ORDER BY "
        "version DESC",
        schema, versions, name->name);
  if (!has_versions)
    return sqlite3_mprintf(
        "SELECT 1 AS version, created, metrics, 1 AS current FROM \"%w\".%s WHERE name=%Q", schema,
        models, name->name);
  return sqlite3_mprintf(
      "SELECT version, created, metrics, current FROM (SELECT version, created, metrics, model IS "
      "(SELECT model FROM \"%w\".%s WHERE name=%Q) AS current FROM \"%w\".%s WHERE name=%Q UNION "
      "ALL SELECT (SELECT coalesce(max(version), 0) + 1 FROM \"%w\".%s WHERE name=%Q), created, "
      "metrics, 1 FROM \"%w\".%s AS m WHERE name=%Q AND NOT EXISTS (SELECT 1 FROM \"%w\".%s AS v "
      "WHERE v.name=m.name AND v.model IS m.model)) ORDER BY version DESC",
      schema, models, name->name, schema, versions, name->name, schema, versions, name->name,
      schema, models, name->name, schema, versions);
}

mine_status mine__versions_source(mine_call *call, sqlite3_value *value, char **sql) {
  const char *text;
  mine_model_name name;
  char *spelled = NULL;
  int present = 0, models = 0;
  *sql = NULL;
  mine_status status =
      mine__call_required_text(call, value, "model name", MINE_LONGEST_NAME, &text);
  if (!status) status = mine__model_name_parse(call, text, &name);
  if (!status) status = versions_present(call, &name, &present);
  if (!status) status = versions_name(call, &name, present, &spelled);
  if (!status) status = mine__models_present(call, name.schema, name.table, &models);
  if (!status) {
    *sql = versions_select(&name, present, models);
    if (!*sql) status = mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  }
  sqlite3_free(spelled);
  return status;
}

/* ---- mine_restore ----------------------------------------------------------------------- */

/* A number of the one row that a statement gives; *there = 0: none, or NULL. */
static mine_status versions_number(mine_call *call, const mine_model_name *name, const char *sql,
                                   sqlite3_int64 second, sqlite3_int64 *out, int *there) {
  sqlite3_stmt *select;
  *there = 0;
  mine_status status = versions_prepare(call, name, sql, &select);
  if (status) return status;
  int code = SQLITE_OK;
  if (sqlite3_bind_parameter_count(select) > 1) code = sqlite3_bind_int64(select, 2, second);
  if (!code) code = sqlite3_step(select);
  if (code == SQLITE_ROW && sqlite3_column_type(select, 0) == SQLITE_INTEGER) {
    *there = 1;
    *out = sqlite3_column_int64(select, 0);
  }
  sqlite3_finalize(select);
  return code == SQLITE_ROW || code == SQLITE_DONE
             ? MINE_OK
             : mine__call_fail_sqlite(call, code, "reading mine_model_versions");
}

/* The number of the current model; 0: there is no model of that name. */
static mine_status versions_current(mine_call *call, const mine_model_name *name,
                                    sqlite3_int64 *out) {
  int there;
  *out = 0;
  return versions_number(
      call, name,
      "SELECT coalesce((SELECT version FROM { AS v WHERE v.name=?1 AND v.model IS m.model), "
      "(SELECT coalesce(max(version), 0) + 1 FROM { WHERE name=?1)) FROM [ AS m WHERE name=?1",
      0, out, &there);
}

/* "segments@3": where the @ stands, and the 3; NULL: it has not that form. */
static const char *versions_at(const char *name, sqlite3_int64 *version) {
  const char *at = strrchr(name, '@');
  const size_t digits = at ? strspn(at + 1, "0123456789") : 0;
  if (!at || at == name || digits == 0 || digits > 9 || at[1 + digits]) return NULL;
  *version = 0;
  for (size_t i = 1; i <= digits; i++)
    *version = 10 * *version + (at[i] - '0');
  return at;
}

static int versions_is(sqlite3_value *version, sqlite3_int64 wanted) {
  return version && sqlite3_value_type(version) == SQLITE_INTEGER &&
         sqlite3_value_int64(version) == wanted;
}

/* Which version is asked for: the one named, else the last before the current one. */
static mine_status versions_wanted(mine_call *call, const mine_model_name *name,
                                   sqlite3_value *version, sqlite3_int64 current,
                                   sqlite3_int64 *out) {
  int there = 0;
  mine_status status;
  if (!version || sqlite3_value_type(version) == SQLITE_NULL) {
    status = versions_number(call, name,
                             "SELECT max(version) FROM { WHERE name=?1 AND (version<?2 OR ?2=0)",
                             current, out, &there);
    if (status || there) return status;
    return mine__call_fail(call, MINE_DATA,
                           "there is no version before the current one; FROM mine_versions('%s') "
                           "lists those there are",
                           name->name);
  }
  if (sqlite3_value_type(version) != SQLITE_INTEGER)
    return mine__call_fail(call, MINE_OPTION,
                           "the version must be a whole number, as "
                           "mine_versions lists them");
  const sqlite3_int64 asked = sqlite3_value_int64(version);
  *out = asked;
  if (asked == current) return MINE_OK;
  status = versions_number(call, name, "SELECT version FROM { WHERE name=?1 AND version=?2", asked,
                           out, &there);
  if (status || there) return status;
  return mine__call_fail(call, MINE_DATA,
                         "there is no version %lld of '%s'; FROM mine_versions('%s') lists those "
                         "there are",
                         (long long)asked, name->name, name->name);
}

/* The model of a version that has a row. */
static mine_status versions_load(mine_call *call, const mine_model_name *name,
                                 sqlite3_int64 version, mine_model **out) {
  sqlite3_stmt *select;
  *out = NULL;
  mine_status status =
      versions_prepare(call, name, "SELECT model FROM { WHERE name=?1 AND version=?2", &select);
  if (status) return status;
  int code = sqlite3_bind_int64(select, 2, version);
  if (!code) code = sqlite3_step(select);
  sqlite3_value *bytes =
      code == SQLITE_ROW ? sqlite3_value_dup(sqlite3_column_value(select, 0)) : NULL;
  sqlite3_finalize(select);
  if (code != SQLITE_ROW) return mine__call_fail_sqlite(call, code, "reading the version");
  if (!bytes) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  if (sqlite3_value_type(bytes) == SQLITE_BLOB)
    status = mine__models_get(call, bytes, NULL, out);
  else
    status = mine__call_fail(call, MINE_CORRUPT, "version %lld is corrupt (no BLOB)",
                             (long long)version);
  sqlite3_value_free(bytes);
  return status;
}

/* A version that cannot be read takes nobody's place. */
static mine_status versions_check(mine_call *call, const mine_model_name *name,
                                  sqlite3_int64 version) {
  mine_model *model;
  const mine_status status = versions_load(call, name, version, &model);
  mine_model_free(model);
  return status;
}

static mine_status versions_named(mine_call *call, mine_model_name *name, sqlite3_int64 version,
                                  char **spelled, mine_model **out) {
  sqlite3_int64 current = 1, found = 0;
  int present = 0, models = 0, there = 0;
  mine_status status = versions_present(call, name, &present);
  if (!status) status = versions_name(call, name, present, spelled);
  if (!status) status = mine__models_present(call, name->schema, name->table, &models);
  if (!status && present && models) status = versions_current(call, name, &current);
  if (!models) current = 0;
  if (!status && version == current) {
    status = mine__models_find(call, name, 1, out);
    if (status || *out) return status;
  }
  if (!status && present)
    status = versions_number(call, name, "SELECT version FROM { WHERE name=?1 AND version=?2",
                             version, &found, &there);
  if (!status && there) return versions_load(call, name, version, out);
  return status ? status
                : mine__call_fail(call, MINE_DATA,
                                  "there is no version %lld of '%s'; FROM mine_versions('%s') "
                                  "lists those there are",
                                  (long long)version, name->name, name->name);
}

mine_status mine__versions_find(mine_call *call, const mine_model_name *called, mine_model **out) {
  sqlite3_int64 version;
  mine_model_name name = *called;
  char *spelled = NULL;
  *out = NULL;
  const char *at = versions_at(called->name, &version);
  if (!at) return MINE_OK;
  char *base = sqlite3_mprintf("%.*s", (int)(at - called->name), called->name);
  if (!base) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  name.name = base;
  const mine_status status = versions_named(call, &name, version, &spelled, out);
  sqlite3_free(spelled);
  sqlite3_free(base);
  return status;
}

static mine_status versions_put(mine_call *call, const mine_model_name *name,
                                sqlite3_int64 version) {
  sqlite3_stmt *put;
  mine_status status = versions_prepare(
      call, name,
      "INSERT INTO [(name,algorithm,task,target,source,options,features,rows,metrics,created,"
      "version,model) SELECT name,algorithm,task,target,source,options,features,rows,metrics,"
      "created,made_by,model FROM { WHERE name=?1 AND version=?2 "
      "ON CONFLICT(name) DO UPDATE SET algorithm=excluded.algorithm, task=excluded.task, "
      "target=excluded.target, source=excluded.source, options=excluded.options, "
      "features=excluded.features, rows=excluded.rows, metrics=excluded.metrics, "
      "created=excluded.created, version=excluded.version, model=excluded.model",
      &put);
  if (status) return status;
  return versions_done(call, put, sqlite3_bind_int64(put, 2, version),
                       "the version cannot be made current");
}

static mine_status versions_line(mine_call *call, const mine_model_name *name,
                                 sqlite3_int64 current, sqlite3_int64 wanted, char **line) {
  const char *open = sqlite3_get_autocommit(call->db)
                         ? ""
                         : "; a transaction is open: the change stands and falls with it";
  if (wanted == current)
    *line = sqlite3_mprintf("%s: version %lld is current already", name->name, (long long)wanted);
  else if (current)
    *line = sqlite3_mprintf("%s: version %lld is current, instead of %lld%s", name->name,
                            (long long)wanted, (long long)current, open);
  else
    *line = sqlite3_mprintf("%s: version %lld is current%s", name->name, (long long)wanted, open);
  return *line ? MINE_OK : mine_env_fail(call->env, MINE_NOMEM, "out of memory");
}

/* The line is made before anything is written: nothing may fail after it. */
static mine_status versions_swap(mine_call *call, const mine_model_name *name,
                                 sqlite3_int64 current, sqlite3_int64 wanted, char **line) {
  mine_status status = versions_line(call, name, current, wanted, line);
  if (status || wanted == current) return status;
  status = versions_check(call, name, wanted);
  mine_env_rest(call->env);
  const sqlite3_int64 last = sqlite3_last_insert_rowid(call->db);
  if (!status) status = mine__versions_copy(call, name, NULL, 0);
  if (!status) status = versions_put(call, name, wanted);
  sqlite3_set_last_insert_rowid(call->db, last);
  return status;
}

static mine_status versions_restore(mine_call *call, mine_model_name *name, sqlite3_value *version,
                                    char **line) {
  sqlite3_int64 current = 0, wanted = 0;
  char *spelled = NULL;
  int present = 0;
  mine_status status = versions_present(call, name, &present);
  if (!status) status = versions_name(call, name, present, &spelled);
  if (!status && !present && versions_is(version, 1)) { /* a model without any */
    status = versions_line(call, name, 1, 1, line);
    sqlite3_free(spelled);
    return status;
  }
  if (!status && !present)
    status = mine__call_fail(call, MINE_DATA,
                             "there are no earlier versions of '%s'; they are kept by training "
                             "with keep=3",
                             name->name);
  if (!status) status = mine__models_check_writable(call, name);
  if (!status) status = mine__models_init(call, name->schema);
  if (!status) status = versions_current(call, name, &current);
  if (!status) status = versions_wanted(call, name, version, current, &wanted);
  if (!status) status = versions_swap(call, name, current, wanted, line);
  sqlite3_free(spelled);
  return status;
}

static mine_status restore_call(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                                sqlite3_context *context) {
  (void)verb;
  const char *text;
  mine_model_name name;
  char *line = NULL;
  mine_status status =
      mine__call_required_text(call, values[0], "model name", MINE_LONGEST_NAME, &text);
  if (!status) status = mine__model_name_parse(call, text, &name);
  if (!status) status = versions_restore(call, &name, values[1], &line);
  if (!status) {
    sqlite3_result_text(context, line, -1, sqlite3_free);
  } else {
    sqlite3_free(line);
  }
  return status;
}

const mine_scalar_special mine__scalar_specials_versions[] = {
    {.name = "mine_restore", .call = restore_call},
    {.name = NULL},
};
