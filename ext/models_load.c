/*
** models_load.c -- finding a model, and keeping it while its bytes stay the same.
*/
#include <string.h>

#include "models.h"
#include "models_internal.h"
#include "models_versions.h"
#include "near_name.h"

/* ---- the cache ------------------------------------------------------------------- */

static mine_model *load_cached(mine_connection *connection, const void *header, size_t bytes) {
  for (int i = 0; i < MINE_CACHED_MODELS; i++) {
    mine_cached_model *cached = &connection->cached[i];
    if (cached->model && cached->bytes == bytes &&
        memcmp(cached->header, header, MINE_MODEL_HEADER) == 0) {
      cached->last_use = ++connection->uses;
      return cached->model;
    }
  }
  return NULL;
}

static void load_remember(mine_connection *connection, const void *header, size_t bytes,
                          mine_model *model) {
  mine_cached_model *oldest = &connection->cached[0];
  for (int i = 0; i < MINE_CACHED_MODELS; i++) {
    mine_cached_model *cached = &connection->cached[i];
    if (!cached->model) {
      oldest = cached;
      break;
    }
    if (cached->last_use < oldest->last_use) oldest = cached;
  }
  mine_model_free(oldest->model);
  memcpy(oldest->header, header, MINE_MODEL_HEADER);
  oldest->bytes = bytes;
  oldest->model = model;
  oldest->last_use = ++connection->uses;
  mine_model_retain(model);
}

/* ---- bytes to a model ---------------------------------------------------------------- */

static mine_status load_bytes(mine_call *call, const void *bytes, size_t n, mine_model **out) {
  mine_model *model = n >= MINE_MODEL_HEADER ? load_cached(call->connection, bytes, n) : NULL;
  if (model) {
    mine_model_retain(model);
    *out = model;
    return MINE_OK;
  }
  mine_status status = mine_model_load(call->env, bytes, n, out);
  if (!status) load_remember(call->connection, bytes, n, *out);
  return status;
}

static mine_status load_from_blob(mine_call *call, sqlite3_blob *blob, const char *name,
                                  mine_model **out) {
  int n = sqlite3_blob_bytes(blob);
  unsigned char header[MINE_MODEL_HEADER];
  int code = n >= MINE_MODEL_HEADER ? sqlite3_blob_read(blob, header, MINE_MODEL_HEADER, 0) : 0;
  if (code) return mine__call_fail_sqlite(call, code, "reading the model");
  if (n < MINE_MODEL_HEADER) {
    return mine__call_fail(call, MINE_CORRUPT, "model %s is corrupt (%d bytes); train it again",
                           name, n);
  }
  mine_model *cached = load_cached(call->connection, header, (size_t)n);
  if (cached) {
    mine_model_retain(cached);
    *out = cached;
    return MINE_OK;
  }
  void *bytes = sqlite3_malloc64((sqlite3_uint64)n);
  if (!bytes) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  code = sqlite3_blob_read(blob, bytes, n, 0);
  mine_status status = code ? mine__call_fail_sqlite(call, code, "reading the model")
                            : load_bytes(call, bytes, (size_t)n, out);
  sqlite3_free(bytes);
  return status;
}

/* ---- by name --------------------------------------------------------------------------- */

/* Something of that name exists and is not our table: the sentence says which. */
static mine_status load_refuse(mine_call *call, const mine_model_name *name, int code) {
  int present = 0;
  mine_status status = mine__models_present(call, name->schema, name->table, &present);
  return status ? status : mine__call_fail_sqlite(call, code, "reading mine_models");
}

static int load_table_absent(sqlite3 *db) {
  return strncmp(sqlite3_errmsg(db), "no such table", 13) == 0;
}

/* A statement on the schema's models; *select NULL: there is no such table. */
static mine_status load_prepare(mine_call *call, const mine_model_name *name, const char *format,
                                sqlite3_stmt **select) {
  char *sql = sqlite3_mprintf(format, name->schema, name->table);
  *select = NULL;
  const int code = sql ? sqlite3_prepare_v2(call->db, sql, -1, select, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (code == SQLITE_ERROR && load_table_absent(call->db)) return MINE_OK;
  return code ? load_refuse(call, name, code) : MINE_OK;
}

/* The rowid of the model of exactly that name.  *found = 0: there is none. */
static mine_status load_row_exact(mine_call *call, const mine_model_name *name, const char *exact,
                                  sqlite3_int64 *rowid, int *found) {
  sqlite3_stmt *select;
  *found = 0;
  mine_status status =
      load_prepare(call, name, "SELECT rowid FROM \"%w\".%s WHERE name=?1", &select);
  if (status || !select) return status;
  int code = sqlite3_bind_text(select, 1, exact, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_step(select);
  *found = code == SQLITE_ROW;
  if (*found) *rowid = sqlite3_column_int64(select, 0);
  sqlite3_finalize(select);
  if (code == SQLITE_ROW || code == SQLITE_DONE) return MINE_OK;
  return mine__call_fail_sqlite(call, code, "reading mine_models");
}

/* The rowid of the model that is meant.  Another spelling is looked for among all names, in
** the index that the table has for them. */
static mine_status load_row(mine_call *call, const mine_model_name *name, int exact,
                            sqlite3_int64 *rowid, int *found) {
  sqlite3_stmt *names;
  char *near = NULL;
  mine_status status = load_row_exact(call, name, name->name, rowid, found);
  if (status || *found || exact) return status;
  status = load_prepare(call, name, "SELECT name FROM \"%w\".%s ORDER BY name", &names);
  if (!status && names) status = mine__near_name(call, names, name->name, "models", &near);
  sqlite3_finalize(names);
  if (!status && near) status = load_row_exact(call, name, near, rowid, found);
  sqlite3_free(near);
  return status;
}

mine_status mine__models_spelled(mine_call *call, mine_model_name *name, char **spelled) {
  sqlite3_stmt *names;
  sqlite3_int64 rowid;
  int found = 0;
  *spelled = NULL;
  mine_status status = load_row_exact(call, name, name->name, &rowid, &found);
  if (status || found) return status;
  status = load_prepare(call, name, "SELECT name FROM \"%w\".%s ORDER BY name", &names);
  if (!status && names) status = mine__near_name(call, names, name->name, "models", spelled);
  sqlite3_finalize(names);
  if (!status && *spelled) name->name = *spelled;
  return status;
}

/* Opening the BLOB proves that this is a real table: views, virtual tables and
** tables without rowid are refused by SQLite. */
static mine_status load_find(mine_call *call, const mine_model_name *name, int exact,
                             sqlite3_int64 *at, mine_model **out) {
  *out = NULL;
  sqlite3_int64 rowid = 0;
  int found = 0;
  mine_status status = load_row(call, name, exact, &rowid, &found);
  if (status || !found) return status;
  *at = rowid;
  sqlite3_blob *blob = NULL;
  int code = sqlite3_blob_open(call->db, name->schema, name->table, "model", rowid, 0, &blob);
  if (code == SQLITE_ERROR) { /* a view, another table; or NULL, a number: no model at all */
    int present = 0;
    status = mine__models_present(call, name->schema, name->table, &present);
    if (!status) {
      status = mine__call_fail(call, MINE_CORRUPT, "model %s is corrupt (no BLOB); train it again",
                               name->name);
    }
  } else if (code) {
    status = mine__call_fail_sqlite(call, code, "reading the model");
  } else {
    status = load_from_blob(call, blob, name->name, out);
  }
  sqlite3_blob_close(blob);
  return status;
}

mine_status mine__models_find(mine_call *call, const mine_model_name *name, int exact,
                              mine_model **out) {
  sqlite3_int64 rowid;
  return load_find(call, name, exact, &rowid, out);
}

/* ---- where it was ------------------------------------------------------------------------ */

void mine__model_place_free(mine_model_place *place) {
  sqlite3_free(place->text);
  place->text = NULL;
}

/* A place that cannot be kept is not remembered: it only saves time. */
static void place_keep(mine_model_place *place, const char *text, const mine_model_name *name,
                       sqlite3_int64 rowid) {
  place->text = sqlite3_mprintf("%s", text);
  if (!place->text) return;
  place->name = *name;
  place->name.name = place->text + (name->name - text);
  place->rowid = rowid;
}

/* The first bytes of one cell of the row; the length of all, -1 = it cannot be read. */
static int place_read(sqlite3 *db, const mine_model_place *place, const char *column, void *out,
                      int most) {
  sqlite3_blob *blob = NULL;
  int n = -1;
  if (sqlite3_blob_open(db, place->name.schema, place->name.table, column, place->rowid, 0,
                        &blob) == SQLITE_OK) {
    n = sqlite3_blob_bytes(blob);
    if (sqlite3_blob_read(blob, out, n < most ? n : most, 0) != SQLITE_OK) n = -1;
  }
  sqlite3_blob_close(blob);
  return n;
}

/* Also in a UTF-16 database, where the name's bytes are others and the answer is "no". */
int mine__model_place_holds(mine_connection *connection, const mine_model_place *place,
                            const mine_model *model) {
  char name[MINE_LONGEST_NAME];
  unsigned char header[MINE_MODEL_HEADER];
  const int n = (int)strlen(place->name.name); /* below MINE_LONGEST_NAME, as it was called */
  if (place_read(connection->db, place, "name", name, n) != n) return 0;
  if (memcmp(name, place->name.name, (size_t)n) != 0) return 0;
  const int bytes = place_read(connection->db, place, "model", header, MINE_MODEL_HEADER);
  return bytes >= MINE_MODEL_HEADER && load_cached(connection, header, (size_t)bytes) == model;
}

/* ---- by name or value -------------------------------------------------------------------- */

/* The names there are, for the sentence about one that is not there. */
mine_status mine__models_missing(mine_call *call, const mine_model_name *name) {
  char *sql = sqlite3_mprintf(
      "SELECT group_concat(substr(name, 1, 60), ', ') || (SELECT iif(count(*) > 10, "
      "' and ' || (count(*) - 10) || ' more', '') FROM \"%w\".%s) "
      "FROM (SELECT name FROM \"%w\".%s ORDER BY name LIMIT 10)",
      name->schema, name->table, name->schema, name->table);
  sqlite3_stmt *select = NULL;
  const char *names = NULL;
  if (sql && sqlite3_prepare_v2(call->db, sql, -1, &select, NULL) == SQLITE_OK &&
      sqlite3_step(select) == SQLITE_ROW) {
    names = (const char *)sqlite3_column_text(select, 0);
  }
  sqlite3_free(sql);
  const char *bars = strchr(name->name, ',')
                         ? "; the names of several models are separated by |, not by commas"
                         : "";
  mine_status status =
      names ? mine__call_fail(call, MINE_DATA, "no such model: %s (in %s; there are %s)%s",
                              name->name, name->schema, names, bars)
            : mine__call_fail(call, MINE_DATA, "no such model: %s (in %s, which has no models)%s",
                              name->name, name->schema, bars);
  sqlite3_finalize(select);
  return status;
}

/* By the name as it was called; *name points into the text. */
static mine_status load_named(mine_call *call, const char *text, mine_model_name *name,
                              sqlite3_int64 *rowid, mine_model **out) {
  *out = NULL;
  mine_status status = mine__model_name_parse(call, text, name);
  if (!status) status = load_find(call, name, 0, rowid, out);
  if (!status && !*out) status = mine__versions_find(call, name, out);
  if (!status && !*out) status = mine__models_missing(call, name);
  return status;
}

mine_status mine__models_get(mine_call *call, sqlite3_value *value, mine_model_place *place,
                             mine_model **out) {
  sqlite3_int64 rowid = 0;
  *out = NULL;
  if (value && sqlite3_value_type(value) == SQLITE_BLOB) {
    const void *bytes = sqlite3_value_blob(value);
    return load_bytes(call, bytes ? bytes : "", (size_t)sqlite3_value_bytes(value), out);
  }
  const char *text;
  mine_model_name name;
  mine_status status =
      mine__call_required_text(call, value, "model name", MINE_LONGEST_NAME, &text);
  if (!status) status = load_named(call, text, &name, &rowid, out);
  if (!status && place) place_keep(place, text, &name, rowid);
  return status;
}

mine_status mine__models_named(mine_call *call, const char *text, mine_model **out) {
  mine_model_name name;
  sqlite3_int64 rowid;
  return load_named(call, text, &name, &rowid, out);
}
