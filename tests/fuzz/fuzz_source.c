/*
** fuzz_source.c -- fuzz target: the source gate.
**
** Input: the text of a source.  Read by verbs of both kinds (pushed and pulled) on a
** small database; whatever the text is, nothing may be written, attached or changed:
** the count of changes, every schema and the settings stay as they were.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A step counter: a runaway source (recursive, or a large join) ends by itself. */
static int source_stop(void *steps) {
  return ++*(int *)steps > 200;
}

static uint64_t source_state(sqlite3 *db) {
  fault_result state =
      fault_run(db,
                "SELECT * FROM sqlite_schema; SELECT * FROM temp.sqlite_schema;"
                "SELECT name FROM pragma_database_list; SELECT * FROM customers;"
                "PRAGMA user_version; PRAGMA query_only; PRAGMA foreign_keys; PRAGMA cache_size;"
                "PRAGMA journal_mode; PRAGMA recursive_triggers; PRAGMA case_sensitive_like",
                "");
  return state.code ? 0 : state.hash;
}

static void source_give(sqlite3 *db, const char *sql, const char *text, int n) {
  sqlite3_stmt *statement = NULL;
  int steps = 0;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) abort();
  sqlite3_bind_text(statement, 1, text, n, SQLITE_STATIC);
  sqlite3_progress_handler(db, 1000, source_stop, &steps);
  while (sqlite3_step(statement) == SQLITE_ROW)
    ;
  sqlite3_progress_handler(db, 0, NULL, NULL);
  sqlite3_finalize(statement);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static unsigned char *image;
  static sqlite3_int64 bytes;
  static const char *const calls[] = {
      "SELECT * FROM mine_profile(?1)",
      "SELECT * FROM mine_predict('tree', ?1)",
      "SELECT * FROM mine_itemsets(?1, 'min_count=2,max_itemsets=1000')",
      "SELECT mine_fit('kmeans', ?1, 'k=2,max_seconds=1,max_memory=20MB')",
      "SELECT * FROM mine_neighbors(?1, ?1, 'k=1,max_seconds=1,max_memory=20MB')",
  };
  if (!image) image = fault_image(20, 0, &bytes);
  if (!image || n > 10000) return 0;
  sqlite3_hard_heap_limit64(200 << 20);
  sqlite3 *db = fault_open(image, bytes);
  if (!db) return 0;
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1000000);
  uint64_t before = source_state(db);
  int changes = sqlite3_total_changes(db);
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
    source_give(db, calls[i], (const char *)data, (int)n);
  if (sqlite3_total_changes(db) != changes || !sqlite3_get_autocommit(db)) abort();
  if (source_state(db) != before) abort();
  if (sqlite3_close(db) != SQLITE_OK) abort();
  return 0;
}
