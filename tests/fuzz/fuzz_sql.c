/*
** fuzz_sql.c -- fuzz target: whole SQL scripts on a connection with the extension.
**
** Input: a script.  It may do to its database what it likes, writing mine_models
** included; afterwards the connection closes and the file is intact.
*/
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int sql_stop(void *steps) {
  return ++*(int *)steps > 500;
}

/* No files: ATTACH and VACUUM INTO take a memory database only. */
static int sql_allow(void *user, int action, const char *a, const char *b, const char *c,
                     const char *d) {
  (void)user, (void)c, (void)d;
  if (action == SQLITE_ATTACH && (!a || strcmp(a, ":memory:") != 0)) return SQLITE_DENY;
  if (action == SQLITE_PRAGMA && a && sqlite3_stricmp(a, "writable_schema") == 0) {
    return SQLITE_DENY; /* it makes files that are not intact, by intention */
  }
  if (action == SQLITE_PRAGMA && a && strstr(a, "temp_store_dir")) return SQLITE_DENY;
  if (action == SQLITE_PRAGMA && a && strstr(a, "heap_limit")) return SQLITE_DENY;
  if (action == SQLITE_FUNCTION && b && sqlite3_stricmp(b, "load_extension") == 0) {
    return SQLITE_DENY;
  }
  return SQLITE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static unsigned char *image;
  static sqlite3_int64 bytes;
  if (!image) image = fault_image(20, 0, &bytes);
  if (!image || n > 10000) return 0;
  sqlite3_hard_heap_limit64(200 << 20);
  sqlite3 *db = fault_open(image, bytes);
  if (!db) return 0;
  int steps = 0;
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1000000);
  sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 25000);
  sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50);
  sqlite3_set_authorizer(db, sql_allow, NULL);
  sqlite3_progress_handler(db, 1000, sql_stop, &steps);
  char *script = malloc(n + 1);
  memcpy(script, data, n);
  script[n] = 0;
  sqlite3_exec(db, script, NULL, NULL, NULL);
  free(script);
  sqlite3_progress_handler(db, 0, NULL, NULL);
  sqlite3_set_authorizer(db, NULL, NULL);
  if (!sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
  if (sqlite3_close(db) != SQLITE_OK) abort();
  return 0;
}
