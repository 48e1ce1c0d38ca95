/*
** fault.c -- the small database that the calls run on, and how they are run.
*/
#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if !defined(FAULT_LOADS) && !defined(FAULT_LOADS_ITSELF)
#include "mine_static.h"
#endif

/* ---- the database ------------------------------------------------------------------ */

static const char fault_schema[] =
    "CREATE TABLE customers(id INTEGER PRIMARY KEY, age INTEGER, income REAL, plan TEXT,"
    " churn TEXT);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%lld)"
    "INSERT INTO customers SELECT i, CASE WHEN i%%17=3 THEN NULL ELSE 20+i*37%%50 END,"
    " 1000.5+i*911%%4000, CASE i%%3 WHEN 0 THEN 'gold' WHEN 1 THEN 'silver' ELSE 'basic' END,"
    " CASE WHEN i*37%%50+i*17%%20<25 THEN 'yes' ELSE 'no' END FROM n;"
    "CREATE TABLE baskets(basket, item);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<4*%lld)"
    "INSERT INTO baskets SELECT i/4, CASE i%%4 WHEN 0 THEN 'bread' ELSE 'item'||(i*i*7%%11) END"
    " FROM n;";

static const char fault_trainings[] =
    "SELECT mine_train('tree','tree','customers','target=churn');"
    "SELECT mine_train('income','tree','customers','target=income');"
    "SELECT mine_train('near','knn','customers','target=churn,k=3');"
    "SELECT mine_train('near_income','knn','customers','target=income,k=3');"
    "SELECT mine_train('segments','kmeans','SELECT id, age, income, plan FROM customers','k=3');";

double fault_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#ifndef FAULT_LOADS_ITSELF
int fault_load(sqlite3 *db, char **error) {
#ifdef FAULT_LOADS
  const char *extension = getenv("MINE_EXTENSION");
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
  return sqlite3_load_extension(db, extension ? extension : "build/mine.so", NULL, error);
#else
  return sqlite3_mine_init(db, error, NULL);
#endif
}
#endif

unsigned char *fault_image(int64_t rows, int utf16, sqlite3_int64 *bytes) {
  sqlite3 *db = NULL;
  char *error = NULL;
  unsigned char *image = NULL;
  char *schema = sqlite3_mprintf(fault_schema, (long long)rows, (long long)rows);
  int code = sqlite3_open(":memory:", &db);
  if (!code && utf16) code = sqlite3_exec(db, "PRAGMA encoding='UTF-16le'", NULL, NULL, &error);
  if (!code) code = fault_load(db, &error);
  if (!code) code = sqlite3_exec(db, schema, NULL, NULL, &error);
  if (!code) code = sqlite3_exec(db, fault_trainings, NULL, NULL, &error);
  if (!code && fault_train_others(db)) code = SQLITE_ERROR;
  if (!code) image = sqlite3_serialize(db, "main", bytes, 0);
  if (image) fault_derive(db);
  if (!image) fprintf(stderr, "FAILED to set up: %s\n", error ? error : sqlite3_errmsg(db));
  sqlite3_free(error);
  sqlite3_free(schema);
  sqlite3_close(db);
  return image;
}

sqlite3 *fault_open(const unsigned char *image, sqlite3_int64 bytes) {
  sqlite3 *db = NULL;
  char *error = NULL;
  unsigned char *copy = sqlite3_malloc64((sqlite3_uint64)bytes);
  int code = copy ? sqlite3_open(":memory:", &db) : SQLITE_NOMEM;
  if (code) {
    sqlite3_free(copy);
  } else {
    memcpy(copy, image, (size_t)bytes);
    code = sqlite3_deserialize(db, "main", copy, bytes, bytes,
                               SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  }
  if (!code) code = fault_load(db, &error);
  sqlite3_free(error);
  if (!code) return db;
  sqlite3_close(db);
  return NULL;
}

/* ---- running -------------------------------------------------------------------------- */

static uint64_t fault_mix(uint64_t hash, const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ at[i]) * 1099511628211u;
  return hash;
}

/* *lost = 1: the value is there, but its text did not fit into memory (a UTF-16
** database converts as the host reads). */
static uint64_t fault_hash_row(uint64_t hash, sqlite3_stmt *statement, int *lost) {
  for (int i = 0; i < sqlite3_column_count(statement); i++) {
    int type = sqlite3_column_type(statement, i);
    hash = fault_mix(hash, &type, sizeof type);
    const void *bytes = type == SQLITE_BLOB ? sqlite3_column_blob(statement, i)
                                            : (const void *)sqlite3_column_text(statement, i);
    if (!bytes && type != SQLITE_NULL &&
        sqlite3_errcode(sqlite3_db_handle(statement)) == SQLITE_NOMEM)
      *lost = 1;
    if (bytes) hash = fault_mix(hash, bytes, (size_t)sqlite3_column_bytes(statement, i));
  }
  return hash;
}

/* The SQL with {o} replaced; static memory, so that it costs no allocation. */
static void fault_expand(const char *sql, const char *option, char *out, size_t room) {
  const char *mark = strstr(sql, "{o}");
  size_t before = mark ? (size_t)(mark - sql) : strlen(sql);
  snprintf(out, room, "%.*s%s%s", (int)before, sql, mark ? option : "", mark ? mark + 3 : "");
}

fault_result fault_run(sqlite3 *db, const char *sql, const char *option) {
  fault_result result = {SQLITE_OK, 14695981039346656037u, 0, ""};
  char text[2000];
  fault_expand(sql, option, text, sizeof text);
  const char *at = text;
  while (*at && result.code == SQLITE_OK) {
    sqlite3_stmt *statement = NULL;
    int lost = 0;
    result.code = sqlite3_prepare_v2(db, at, -1, &statement, &at);
    if (result.code) break;
    while ((result.code = sqlite3_step(statement)) == SQLITE_ROW) {
      result.hash = fault_hash_row(result.hash, statement, &lost);
      result.rows++;
    }
    if (result.code == SQLITE_DONE) result.code = SQLITE_OK;
    int code = sqlite3_finalize(statement);
    if (!result.code) result.code = lost ? SQLITE_NOMEM : code;
  }
  if (result.code) snprintf(result.message, sizeof result.message, "%s", sqlite3_errmsg(db));
  result.code &= 0xff;
  return result;
}

uint64_t fault_models_hash(sqlite3 *db) {
  fault_result all = fault_run(db, "SELECT name, model FROM mine_models ORDER BY name", "");
  return all.code ? 0 : all.hash;
}

int fault_models(sqlite3 *db, uint64_t before) {
  uint64_t now = fault_models_hash(db);
  if (now == before) return 0;
  fault_result sound =
      fault_run(db,
                "SELECT count(*) FROM mine_models m JOIN"
                " mine_predict(m.name,'customers') p ON 1"
                " WHERE m.task NOT IN ('components', 'purchases', 'recommendation',"
                " 'forecasting');"
                "SELECT count(*) FROM mine_models m JOIN"
                " mine_predict(m.model,'customers') p ON 1"
                " WHERE m.task NOT IN ('components', 'purchases', 'recommendation',"
                " 'forecasting');"
                "SELECT count(*) FROM mine_models m JOIN"
                " mine_coefficients(m.model) p ON 1 WHERE m.task IN ('purchases', 'forecasting');"
                "SELECT count(*) FROM mine_models m JOIN"
                " mine_recommend(m.name) p ON 1 WHERE m.task = 'recommendation';"
                "SELECT count(*) FROM mine_models m JOIN"
                " mine_project(m.model,'SELECT *, id*id%11 AS calls,"
                " income+id%7 AS paid FROM customers') p ON 1"
                " WHERE m.task = 'components'",
                "");
  if (sound.code || !now) {
    fprintf(stderr, "a stored model is broken: %s\n", sound.message);
    return -1;
  }
  return 1;
}

int fault_integrity(sqlite3 *db) {
  sqlite3_stmt *statement = NULL;
  int ok = 0;
  if (sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    ok = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
  }
  sqlite3_finalize(statement);
  return ok;
}

const char *fault_wrong(sqlite3 *db, const fault_result *plain, uint64_t models,
                        const fault_result *result, int trouble) {
  int known = result->code == trouble ||
              (result->code == plain->code && (plain->code || result->hash == plain->hash));
  if (!known) return "another result";
  if (fault_models(db, models) < 0) return "the models are broken";
  return fault_integrity(db) ? NULL : "integrity_check";
}
