/*
** fault.c -- the table of calls, and the small database they run on.
*/
#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if !defined(FAULT_LOADS) && !defined(FAULT_LOADS_ITSELF)
#include "mine_static.h"
#endif

#define CUSTOMERS "SELECT id, age, income, plan FROM customers"

const fault_call fault_calls[] = {
    {"mine_train tree", "SELECT mine_train('new','tree','customers','target=churn{o}')", 0},
    {"mine_train tree",
     "SELECT mine_train('tree','tree','customers','target=churn,max_depth=2{o}')", 0},
    {"mine_train kmeans", "SELECT mine_train('segments','kmeans','" CUSTOMERS "','k=4{o}')", 0},
    {"mine_train knn", "SELECT mine_train('near','knn','customers','target=churn,k=4{o}')", 0},
    {"mine_train bayes",
     "SELECT mine_train('new','bayes','customers','target=churn,prior=uniform{o}')", 0},
    {"mine_train", "SELECT mine_train('temp.new','tree','customers','target=income{o}')", 0},
    {"mine_train", "SELECT mine_train('new','tree','no_such_table','target=churn{o}')", 1},
    {"mine_fit tree", "SELECT mine_fit('tree','customers','target=income,max_leaves=5{o}')", 0},
    {"mine_fit kmeans",
     "SELECT mine_fit('kmeans','" CUSTOMERS
     "','k=3,init=\"SELECT age,income,plan FROM customers LIMIT 3\"{o}')",
     0},
    {"mine_fit knn", "SELECT mine_fit('knn','customers','{\"target\":\"income\"}')", 0},
    {"mine_fit bayes", "SELECT mine_fit('bayes','customers','target=plan,smoothing=2{o}')", 0},
    {"mine_init", "ATTACH ':memory:' AS other; SELECT mine_init('other'); DETACH other", 0},
    {"mine_predict", "SELECT * FROM mine_predict('tree','customers','class=yes{o}')", 0},
    {"mine_predict", "SELECT * FROM mine_predict('segments','customers')", 0},
    {"mine_predict", "SELECT * FROM mine_predict('near','customers')", 0},
    {"mine_predict", "SELECT * FROM mine_predict('near_income','customers')", 0},
    {"mine_predict", "SELECT * FROM mine_predict('likely','customers')", 0},
    {"mine_predict",
     "SELECT sum(p.id) FROM customers c LEFT JOIN mine_predict('income','customers') p USING(id)",
     0},
    {"mine_predict",
     "CREATE TEMP TABLE scores AS SELECT id, prediction FROM mine_predict('tree','customers');"
     "SELECT count(*) FROM scores; DROP TABLE scores",
     0},
    {"mine_predict", "SELECT * FROM mine_predict('absent','customers')", 1},
    {"mine_predict", "SELECT mine_predict('tree','age',30,'income',2000,'plan','gold')", 0},
    {"mine_predict", "SELECT mine_predict('near','{\"age\":30,\"income\":2000,\"plan\":\"x\"}')",
     0},
    {"mine_predict",
     "SELECT mine_predict('segments','age',id,'income',1,'plan',plan) FROM customers", 0},
    {"mine_probability",
     "SELECT mine_probability('tree','yes','age',age,'income',income,'plan',plan) "
     "FROM customers LIMIT 9",
     0},
    {"mine_probabilities", "SELECT * FROM mine_probabilities('tree','customers')", 0},
    {"mine_evaluate", "SELECT * FROM mine_evaluate('tree')", 0},
    {"mine_evaluate", "SELECT * FROM mine_evaluate('near_income','customers')", 0},
    {"mine_evaluate", "SELECT * FROM mine_evaluate('tree','customers')", 0},
    {"mine_confusion", "SELECT * FROM mine_confusion('near','customers')", 0},
    {"mine_roc", "SELECT * FROM mine_roc('tree','customers','class=yes{o}')", 0},
    {"mine_roc", "SELECT * FROM mine_roc('near')", 0},
    {"mine_summary", "SELECT * FROM mine_summary('tree')", 0},
    {"mine_centroids", "SELECT * FROM mine_centroids('segments')", 0},
    {"mine_tree", "SELECT * FROM mine_tree('tree')", 0},
    {"mine_importance", "SELECT * FROM mine_importance('income')", 0},
    {"mine_importance", "SELECT * FROM mine_importance('likely')", 0},
    {"mine_coefficients", "SELECT * FROM mine_coefficients('likely')", 0},
    {"mine_export", "SELECT mine_export('tree','call')", 0},
    {"mine_cross_validate tree",
     "SELECT * FROM mine_cross_validate('tree','customers','target=churn,folds=2{o}')", 0},
    {"mine_cross_validate knn",
     "SELECT * FROM mine_cross_validate('knn','customers','target=income,folds=2{o}')", 0},
    {"mine_centroids of dates",
     "SELECT * FROM mine_centroids((SELECT mine_fit('kmeans','SELECT id, income, "
     "strftime(\"%d/%m/%Y\", 1728000000.0 + id*86400.0, \"unixepoch\") AS day, "
     "20240101 + id%28 AS due FROM customers','k=2,starts=1,date_format=%d/%m/%Y|due:%Y%m%d{o}')))",
     0},
    {"mine_cluster kmeans", "SELECT * FROM mine_cluster('" CUSTOMERS "','k=3,starts=2{o}')", 0},
    {"mine_cluster kmeans", "SELECT * FROM mine_cluster('" CUSTOMERS "','k=auto,starts=1{o}')", 0},
    {"mine_itemsets", "SELECT * FROM mine_itemsets('baskets','min_support=0.05{o}')", 0},
    {"mine_itemsets", "SELECT * FROM mine_itemsets('baskets','min_count=3,kind=closed{o}')", 0},
    {"mine_itemsets", "SELECT * FROM mine_itemsets('baskets','min_count=3,kind=maximal{o}')", 0},
    {"mine_rules", "SELECT * FROM mine_rules('baskets','min_support=0.05,min_confidence=0.1{o}')",
     0},
    {"mine_neighbors", "SELECT * FROM mine_neighbors('" CUSTOMERS "','" CUSTOMERS "','k=3{o}')", 0},
    {"mine_neighbors",
     "SELECT * FROM mine_neighbors('" CUSTOMERS "','" CUSTOMERS " LIMIT 9','k=3,metric=gower{o}')",
     0},
    {"mine_neighbors", "SELECT * FROM mine_neighbors('near','customers','k=2{o}')", 0},
    {"mine_profile", "SELECT * FROM mine_profile('customers')", 0},
    {"mine_algorithms", "SELECT * FROM mine_algorithms", 0},
    {"mine_options", "SELECT * FROM mine_options('tree')", 0},
    {"mine_correlate",
     "SELECT * FROM mine_correlate('SELECT id, age, income FROM customers','method=spearman{o}')",
     0},
    {"mine_chi2",
     "SELECT * FROM mine_chi2('SELECT id, plan, churn FROM customers','missing=auto{o}')", 0},
    {"mine_anova",
     "SELECT * FROM mine_anova('SELECT id, plan, income FROM customers','missing=auto{o}')", 0},
    {"mine_quantile", "SELECT plan, mine_quantile(income, 0.9) FROM customers GROUP BY plan", 0},
    {"mine_quantile",
     "SELECT mine_quantile(age, 0.25) OVER (PARTITION BY plan ORDER BY id ROWS 9 PRECEDING) "
     "FROM customers",
     0},
    {"mine_warnings", "SELECT * FROM mine_warnings", 0},
    {"mine_median", "SELECT plan, mine_median(income) FROM customers GROUP BY plan", 0},
    {"mine_mode", "SELECT mine_mode(plan) OVER (ORDER BY id ROWS 9 PRECEDING) FROM customers", 0},
    {"mine_mode", "SELECT mine_mode(income) OVER (ORDER BY id ROWS 9 PRECEDING) FROM customers", 0},
    {"mine_variance",
     "SELECT mine_variance(age) OVER (ORDER BY id ROWS 9 PRECEDING) FROM customers", 0},
    {"mine_stddev", "SELECT plan, mine_stddev(age) FROM customers GROUP BY plan", 0},
    {"mine_corr", "SELECT plan, mine_corr(age, income) FROM customers GROUP BY plan", 0},
    {"mine_entropy", "SELECT mine_entropy(age) OVER (ORDER BY id ROWS 9 PRECEDING) FROM customers",
     0},
    {"mine_auc", "SELECT mine_auc(churn, age) OVER (ORDER BY id ROWS 9 PRECEDING) FROM customers",
     0},
    {"mine_auc", "SELECT plan, mine_auc(churn, income) FROM customers GROUP BY plan", 0},
    {"mine_log_loss", "SELECT plan, mine_log_loss(churn, age / 100.0) FROM customers GROUP BY plan",
     0},
    {"mine_rmse", "SELECT plan, mine_rmse(age, income) FROM customers GROUP BY plan", 0},
    {"mine_verbs", "SELECT * FROM mine_verbs", 0},
    {"mine_help", "SELECT mine_help(), mine_help('mine_rules'), mine_help('seed')", 0},
    {"mine_version", "SELECT mine_version()", 0},
    {"mine_debug", "SELECT length(mine_debug()) > 0", 0},
    {NULL, NULL, 0},
};

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
    "SELECT mine_train('likely','bayes','customers','target=churn');"
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
  if (!code) image = sqlite3_serialize(db, "main", bytes, 0);
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
  fault_result sound = fault_run(db,
                                 "SELECT count(*) FROM mine_models m JOIN"
                                 " mine_predict(m.name,'customers') p ON 1;"
                                 "SELECT count(*) FROM mine_models m JOIN"
                                 " mine_predict(m.model,'customers') p ON 1",
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
