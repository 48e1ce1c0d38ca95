/*
** host_auto.c -- the extension linked in and registered with
** sqlite3_auto_extension(): every connection opens without an error and has it.
*/
#include <stdio.h>
#include <string.h>

#include "../../ext/mine_static.h"

static int check(int good, const char *what) {
  printf("%s %s\n", good ? "ok    " : "FAILED", what);
  return !good;
}

int main(void) {
  int failed = 0;
  failed += check(sqlite3_auto_extension((void (*)(void))sqlite3_mine_init) == SQLITE_OK,
                  "sqlite3_auto_extension");
  for (int i = 0; i < 2; i++) {
    sqlite3 *db = NULL;
    sqlite3_stmt *select = NULL;
    failed += check(sqlite3_open(":memory:", &db) == SQLITE_OK, "sqlite3_open");
    failed += check(sqlite3_prepare_v2(db, "SELECT count(*) FROM mine_algorithms", -1, &select,
                                       NULL) == SQLITE_OK,
                    "a verb compiles");
    failed += check(sqlite3_step(select) == SQLITE_ROW && sqlite3_column_int(select, 0) >= 3,
                    "and answers");
    sqlite3_finalize(select);
    failed += check(sqlite3_close(db) == SQLITE_OK, "sqlite3_close");
  }
  return failed != 0;
}
