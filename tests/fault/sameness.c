/*
** sameness.c -- 1, 2, 4 and 7 threads: the same rows and the same model bytes.
**
** Runs every row of the table that takes options, with `threads` in them.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

typedef struct same_outcome {
  fault_result rows;
  uint64_t models;
} same_outcome;

static same_outcome same_run(const unsigned char *image, sqlite3_int64 bytes, const char *sql,
                             int threads) {
  char option[40];
  snprintf(option, sizeof option, ",threads=%d", threads);
  sqlite3 *db = fault_open(image, bytes);
  same_outcome out;
  out.rows = fault_run(db, sql, option);
  out.models = fault_models_hash(db);
  sqlite3_close(db);
  return out;
}

int main(int argc, char **argv) {
  static const int threads[] = {2, 4, 7};
  sqlite3_int64 bytes = 0;
  int bad = 0;
  int calls = 0;
  unsigned char *image = fault_image(argc > 1 ? atol(argv[1]) : 3000, 0, &bytes);
  if (!image) return 1;
  for (const fault_call *call = fault_calls; call->verb; call++) {
    if (!strstr(call->sql, "{o}") || call->fails) continue;
    same_outcome one = same_run(image, bytes, call->sql, 1);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
      same_outcome more = same_run(image, bytes, call->sql, threads[i]);
      int same = !one.rows.code && !more.rows.code && one.rows.hash == more.rows.hash &&
                 one.models == more.models;
      if (!same) {
        fprintf(stderr, "FAILED %d threads: %s (%s)\n", threads[i], call->sql, more.rows.message);
      }
      bad |= !same;
    }
    calls++;
  }
  sqlite3_free(image);
  printf("%d calls, 1 thread against 2, 4 and 7: %s\n", calls, bad ? "FAILED" : "the same bytes");
  return bad || !calls;
}
