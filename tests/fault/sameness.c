/*
** sameness.c -- 1, 2, 4 and 7 threads: the same rows and the same model bytes; and
** those of 4 of which the system starts none, or every other one.
**
** Runs every row of the table that takes options, with `threads` in them.  The linker
** puts the two functions below in the place of the system's, so threads are refused
** here as they are at a limit of processes or of memory (RLIMIT_NPROC does not bind
** root, who may run the tests).  A clock that runs too fast (eager_clock.c) makes the
** small tables worth a team.
*/
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

/* Which of the threads that it is asked for the system starts. */
enum { SAME_ALL, SAME_NONE, SAME_HALF };
static struct {
  int allowed;
  atomic_llong asked, started, refused; /* helpers start helpers */
} same_system;

typedef void *same_routine(void *argument);
int __real_pthread_attr_init(pthread_attr_t *attributes);
int __wrap_pthread_attr_init(pthread_attr_t *attributes);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          same_routine *routine, void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          same_routine *routine, void *argument);

/* Where none is started, every other request fails here already. */
int __wrap_pthread_attr_init(pthread_attr_t *attributes) {
  if (same_system.allowed != SAME_NONE || same_system.refused % 2 == 0) {
    return __real_pthread_attr_init(attributes);
  }
  same_system.refused++;
  return ENOMEM;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          same_routine *routine, void *argument) {
  int half = same_system.allowed == SAME_HALF && ++same_system.asked % 2 == 0;
  if (same_system.allowed == SAME_ALL || half) {
    same_system.started++;
    return __real_pthread_create(thread, attributes, routine, argument);
  }
  same_system.refused++;
  return EAGAIN;
}

typedef struct same_outcome {
  fault_result rows;
  uint64_t models;
} same_outcome;

static same_outcome same_run(const unsigned char *image, sqlite3_int64 bytes, const char *sql,
                             int threads, int allowed) {
  char option[40];
  snprintf(option, sizeof option, ",threads=%d", threads);
  sqlite3 *db = fault_open(image, bytes);
  same_outcome out;
  same_system.allowed = allowed;
  out.rows = fault_run(db, sql, option);
  same_system.allowed = SAME_ALL;
  out.models = fault_models_hash(db);
  sqlite3_close(db);
  return out;
}

int main(int argc, char **argv) {
  static const struct {
    int threads, allowed;
  } ways[] = {{2, SAME_ALL}, {4, SAME_ALL}, {7, SAME_ALL}, {4, SAME_NONE}, {4, SAME_HALF}};
  sqlite3_int64 bytes = 0;
  int bad = 0;
  int calls = 0;
  unsigned char *image = fault_image(argc > 1 ? atol(argv[1]) : 3000, 0, &bytes);
  if (!image) return 1;
  for (const fault_call *call = fault_calls; call->verb; call++) {
    if (!strstr(call->sql, "{o}") || call->fails) continue;
    same_outcome one = same_run(image, bytes, call->sql, 1, SAME_ALL);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
      same_outcome more = same_run(image, bytes, call->sql, ways[i].threads, ways[i].allowed);
      int same = !one.rows.code && !more.rows.code && one.rows.hash == more.rows.hash &&
                 one.models == more.models;
      if (!same) {
        fprintf(stderr, "FAILED %d threads, allowed %d: %s (%s)\n", ways[i].threads,
                ways[i].allowed, call->sql, more.rows.message);
      }
      bad |= !same;
    }
    calls++;
  }
  sqlite3_free(image);
  printf("%d calls, 1 thread against 2, 4 and 7 (%lld started), and %lld refused ones: %s\n", calls,
         (long long)same_system.started, (long long)same_system.refused,
         bad ? "FAILED" : "the same bytes");
  return bad || !calls || same_system.started < 3 * calls || same_system.refused < calls;
}
