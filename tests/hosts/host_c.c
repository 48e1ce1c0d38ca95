/*
** host_c.c -- a C application around the extension, loaded or linked in.
**
**     host_c mine.so     loads it into each connection
**     host_c -           uses the copy linked in (compiled with MINE_LINKED)
**
** Opens a database, trains, scores and closes, twenty times.  sqlite3_close()
** must say SQLITE_OK each time (a statement left prepared makes it fail), no file
** descriptor may leak, and the process must end normally.
*/
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#ifdef MINE_LINKED
#include "mine_static.h"
#endif

static int host_descriptors(void) {
  DIR *dir = opendir("/proc/self/fd");
  int n = 0;
  if (dir == NULL) return -1;
  while (readdir(dir) != NULL)
    n++;
  closedir(dir);
  return n;
}

static int host_fail(sqlite3 *db, const char *what) {
  fprintf(stderr, "FAILED %s: %s\n", what, sqlite3_errmsg(db));
  return 1;
}

/* The first column of the first row as a number, or -1. */
static long long host_number(sqlite3 *db, const char *sql) {
  sqlite3_stmt *stmt = NULL;
  long long result = -1;
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) return host_fail(db, sql), -1;
  if (sqlite3_step(stmt) == SQLITE_ROW) {
    result = sqlite3_column_int64(stmt, 0);
  } else {
    host_fail(db, sql);
  }
  sqlite3_finalize(stmt);
  return result;
}

static int host_load(sqlite3 *db, const char *extension) {
  char *error = NULL;
#ifdef MINE_LINKED
  (void)extension;
  if (sqlite3_mine_init(db, &error, NULL) == SQLITE_OK) return 0;
#else
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
  if (sqlite3_load_extension(db, extension, NULL, &error) == SQLITE_OK) return 0;
#endif
  fprintf(stderr, "FAILED to load: %s\n", error ? error : "?");
  sqlite3_free(error);
  return 1;
}

static const char *const host_fill =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL, y REAL, target TEXT);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    "INSERT INTO t SELECT i, i * 37 % 101, i * 53 % 97,"
    "  CASE WHEN i * 37 % 101 > 50 THEN 'yes' ELSE 'no' END FROM n;";

static int host_turn(const char *extension) {
  sqlite3 *db = NULL;
  int bad = 0;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) return host_fail(db, "open");
  bad = host_load(db, extension);
  if (!bad && sqlite3_exec(db, host_fill, NULL, NULL, NULL) != SQLITE_OK)
    bad = host_fail(db, "fill");
  if (!bad) {
    bad |=
        host_number(db, "SELECT length(mine_train('tree', 'tree', 't', 'target=target')) > 0") != 1;
    bad |= host_number(
               db, "SELECT length(mine_fit('kmeans', 'SELECT id, x, y FROM t', 'k=4')) > 0") != 1;
    bad |= host_number(db,
                       "SELECT count(*) FROM mine_predict('tree', 't') AS p JOIN t ON t.id = p.id"
                       " WHERE p.prediction = t.target") < 2900;
    bad |= host_number(db, "SELECT mine_predict('tree', 'x', 90, 'y', 1) = 'yes'") != 1;
  }
  if (!bad) { /* an error in the middle must not leave a statement behind either */
    sqlite3_exec(db, "SELECT mine_train('m', 'tree', 'SELECT nothing', 'target=t')", NULL, NULL,
                 NULL);
    sqlite3_exec(db, "SELECT * FROM mine_predict('absent', 't')", NULL, NULL, NULL);
  }
  if (sqlite3_close(db) != SQLITE_OK) bad = host_fail(db, "sqlite3_close");
  return bad;
}

int main(int argc, char **argv) {
  int before = 0, after = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: host_c mine.so\n");
    return 2;
  }
  for (int turn = 0; turn < 20; turn++) {
    if (turn == 2) before = host_descriptors();
    if (host_turn(argv[1])) return 1;
  }
  after = host_descriptors();
  if (before != after) {
    fprintf(stderr, "FAILED descriptors: %d became %d\n", before, after);
    return 1;
  }
  printf("20 turns, SQLite %s, %d descriptors before and after\n", sqlite3_libversion(), after);
  return 0;
}
