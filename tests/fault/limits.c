/*
** limits.c -- max_seconds, max_memory and SQLite's hard heap limit, in every call.
**
** A limit that is reached is an error that names it, never a crash and never a
** short answer: a call that succeeds gives the rows of the unlimited one.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

#define LIMIT_SECONDS 2.0 /* late by that much on a loaded machine is still obeyed */

typedef struct limit_run {
  const unsigned char *image;
  sqlite3_int64 bytes;
  int obeyed, completed;
} limit_run;

static int limit_complain(const fault_call *call, const char *what, const char *detail) {
  fprintf(stderr, "FAILED %s: %s (%s)\n", call->sql, what, detail);
  return 1;
}

/* An option: reached = an error that names it. */
static int limit_option(limit_run *run, const fault_call *call, const fault_result *plain,
                        const char *option, const char *name) {
  sqlite3 *db = fault_open(run->image, run->bytes);
  double started = fault_clock();
  fault_result result = fault_run(db, call->sql, option);
  double seconds = fault_clock() - started;
  int bad = 0;
  if (result.code == SQLITE_OK && result.rows == plain->rows) {
    run->completed++;
    if (strcmp(name, "max_seconds") == 0 && seconds > 0.05 + LIMIT_SECONDS) {
      bad = limit_complain(call, "max_seconds is not obeyed", "");
    }
  } else if (result.code == SQLITE_ERROR && (strstr(result.message, name) || call->fails)) {
    run->obeyed++;
    if (seconds > 0.05 + LIMIT_SECONDS) bad = limit_complain(call, "ends late", result.message);
  } else {
    bad = limit_complain(call, option, result.message);
  }
  if (fault_run(db, "SELECT count(*) FROM mine_profile('baskets')", "").rows != 1) {
    bad = limit_complain(call, "nothing works afterwards", option);
  }
  if (sqlite3_close(db) != SQLITE_OK) bad = limit_complain(call, "sqlite3_close", option);
  return bad;
}

static int limit_heap(limit_run *run, const fault_call *call, const fault_result *plain,
                      sqlite3_int64 room) {
  sqlite3 *db = fault_open(run->image, run->bytes);
  sqlite3_hard_heap_limit64(sqlite3_memory_used() + room);
  fault_result result = fault_run(db, call->sql, "");
  sqlite3_hard_heap_limit64(0);
  int bad = 0;
  char detail[60];
  snprintf(detail, sizeof detail, "hard heap limit, %lld bytes more", (long long)room);
  if (result.code == SQLITE_NOMEM) {
    run->obeyed++;
  } else if (result.code == plain->code && (result.code || result.hash == plain->hash)) {
    run->completed++;
  } else {
    bad = limit_complain(call, detail, result.message);
  }
  if (!fault_integrity(db)) bad = limit_complain(call, "integrity_check", detail);
  fault_run(db, "DROP TABLE IF EXISTS temp.scores", "");
  fault_run(db, "DETACH other", "");
  fault_result again = fault_run(db, call->sql, "");
  if (again.code != plain->code) bad = limit_complain(call, "fails afterwards", again.message);
  if (sqlite3_close(db) != SQLITE_OK) bad = limit_complain(call, "sqlite3_close", detail);
  return bad;
}

static int limit_call(limit_run *run, const fault_call *call) {
  sqlite3 *db = fault_open(run->image, run->bytes);
  fault_result plain = fault_run(db, call->sql, "");
  sqlite3_close(db);
  int bad = 0;
  if (strstr(call->sql, "{o}")) {
    bad |= limit_option(run, call, &plain, ",max_seconds=0.05", "max_seconds");
    bad |= limit_option(run, call, &plain, ",max_seconds=0.000001", "max_seconds");
    bad |= limit_option(run, call, &plain, ",max_memory=2MB", "max_memory");
    bad |= limit_option(run, call, &plain, ",max_memory=20000", "max_memory");
  }
  for (sqlite3_int64 room = 4096; room < 20000000; room *= 5)
    bad |= limit_heap(run, call, &plain, room);
  return bad;
}

int main(int argc, char **argv) {
  limit_run run = {0};
  int64_t rows = argc > 1 ? atol(argv[1]) : 4000;
  double started = fault_clock();
  unsigned char *image = fault_image(rows, 0, &run.bytes);
  if (!image) return 1;
  run.image = image;
  int bad = 0;
  for (const fault_call *call = fault_calls; call->verb; call++)
    bad |= limit_call(&run, call);
  sqlite3_free(image);
  printf("%d limits reached and named, %d calls complete within them, %.1f s: %s\n", run.obeyed,
         run.completed, fault_clock() - started, bad ? "FAILED" : "passed");
  return bad;
}
