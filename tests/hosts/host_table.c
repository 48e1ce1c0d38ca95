/*
** host_table.c -- a host that makes the table of functions it hands over.
**
** To an extension, another SQLite is another version number and another table of
** functions, which grows with the versions.  Here both are made up, whichever
** SQLite runs; the table ends where the readable memory ends, so that touching a
** function beyond it is a crash:
**   before 3.38    refused in words, nothing registered
**   3.38           every call of tests/fault/fault.c runs
**   the running    the same, and sqlite3_is_interrupted() is counted: it is what
**                  asks, from 3.41 on, when MINE_EXTENSION was built with such a header
*/
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <dlfcn.h>
#include <sqlite3ext.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault.h"

typedef int (*table_entry)(sqlite3 *, char **, const sqlite3_api_routines *);

static const sqlite3_api_routines *table_running;
static const sqlite3_api_routines *table_given;
static table_entry table_init;
static long table_questions;
static int table_version; /* what the made table says */

/* ---- the table -------------------------------------------------------------------- */

static int table_capture(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  (void)db, (void)error;
  table_running = api;
  return SQLITE_OK;
}

/* SQLite shows its table to extensions only. */
static void table_find(void) {
  sqlite3 *db = NULL;
  sqlite3_auto_extension((void (*)(void))table_capture);
  sqlite3_open(":memory:", &db);
  sqlite3_close(db);
  sqlite3_reset_auto_extension();
}

static int table_says_version(void) {
  return table_version;
}

#if SQLITE_VERSION_NUMBER >= 3041000
static int table_count_question(sqlite3 *db) {
  table_questions++;
  return sqlite3_is_interrupted(db);
}
#endif

/* The first `bytes` of the running table, and behind them a page nobody may read. */
static sqlite3_api_routines *table_make(size_t bytes, int version) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t readable = (bytes + page - 1) / page * page;
  unsigned char *memory =
      mmap(NULL, readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + readable, page, PROT_NONE)) exit(2);
  sqlite3_api_routines *table = (sqlite3_api_routines *)(void *)(memory + readable - bytes);
  memcpy(table, table_running, bytes);
  table_version = version;
  table->libversion_number = table_says_version;
  return table;
}

static sqlite3_api_routines *table_of_running(void) {
  sqlite3_api_routines *table = table_make(sizeof *table, sqlite3_libversion_number());
#if SQLITE_VERSION_NUMBER >= 3041000
  table->is_interrupted = table_count_question;
#endif
  return table;
}

static sqlite3_api_routines *table_of(int version) {
  size_t last = offsetof(sqlite3_api_routines, vtab_in_next); /* the last of 3.38 */
  return table_make(last + sizeof table_running->vtab_in_next, version);
}

int fault_load(sqlite3 *db, char **error) {
  return table_init(db, error, table_given);
}

/* ---- checks ------------------------------------------------------------------------- */

static int table_fail(const char *what, const char *detail) {
  fprintf(stderr, "FAILED with the table of %d: %s (%s)\n", table_version, what, detail);
  return 1;
}

static int table_refused(void) {
  sqlite3 *db = NULL;
  char *error = NULL;
  int bad = sqlite3_open(":memory:", &db) != SQLITE_OK;
  table_given = table_of(3037002);
  if (fault_load(db, &error) != SQLITE_ERROR || !error ||
      !strstr(error, "sqlite-mine needs SQLite 3.38 or newer")) {
    bad = table_fail("not refused", error ? error : "no sentence");
  }
  sqlite3_free(error);
  fault_result result = fault_run(db, "SELECT mine_version()", "");
  if (!strstr(result.message, "no such function")) bad = table_fail("registered", result.message);
  if (sqlite3_close(db) != SQLITE_OK) bad = table_fail("sqlite3_close", "");
  return bad;
}

static int table_calls(const unsigned char *image, sqlite3_int64 bytes) {
  int bad = 0;
  for (const fault_call *call = fault_calls; call->verb; call++) {
    sqlite3 *db = fault_open(image, bytes);
    if (!db) return table_fail("cannot open", call->sql);
    fault_result result = fault_run(db, call->sql, "");
    if ((result.code != 0) != call->fails) bad = table_fail(call->sql, result.message);
    if (sqlite3_close(db) != SQLITE_OK) bad = table_fail("sqlite3_close", call->sql);
  }
  return bad;
}

/* The minor version of the header the extension was built with: it says so itself. */
static int table_built_against(const unsigned char *image, sqlite3_int64 bytes) {
  static const char words[] = "built against 3.";
  sqlite3 *db = fault_open(image, bytes);
  sqlite3_stmt *select = NULL;
  int minor = -1;
  if (db && !sqlite3_prepare_v2(db, "SELECT mine_debug()", -1, &select, NULL) &&
      sqlite3_step(select) == SQLITE_ROW) {
    const char *at = strstr((const char *)sqlite3_column_text(select, 0), words);
    if (at) minor = atoi(at + sizeof words - 1);
  }
  sqlite3_finalize(select);
  sqlite3_close(db);
  return minor;
}

static int table_of_each(void) {
  sqlite3_int64 bytes = 0;
  table_given = table_of(3038000);
  unsigned char *image = fault_image(300, 0, &bytes);
  if (!image) return 1;
  int bad = table_calls(image, bytes);
  table_given = table_of_running();
  bad |= table_calls(image, bytes);
  int built = table_built_against(image, bytes);
  int running = sqlite3_libversion_number() / 1000 % 1000;
  sqlite3_free(image);
  if (built < 0) bad = table_fail("mine_debug does not say what it was built against", "");
  if ((table_questions > 0) != (built >= 41 && running >= 41)) {
    bad = table_fail("sqlite3_is_interrupted", table_questions ? "called" : "never called");
  }
  printf("built against 3.%d, within 3.%d: sqlite3_is_interrupted() called %ld times: %s\n", built,
         running, table_questions, bad ? "FAILED" : "passed");
  return bad;
}

int main(void) {
  const char *extension = getenv("MINE_EXTENSION");
  void *library = dlopen(extension ? extension : "build/mine.so", RTLD_NOW);
  if (library) *(void **)&table_init = dlsym(library, "sqlite3_mine_init");
  table_find();
  if (!table_init || !table_running) return fprintf(stderr, "FAILED: %s\n", dlerror()) > 0;
  return table_refused() | table_of_each();
}
