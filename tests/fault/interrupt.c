/*
** interrupt.c -- sqlite3_interrupt() from another thread, within every call.
**
**     interrupt [times [rows [seed]]]
**
** Each call of the table runs once undisturbed; then `times` times with an
** interrupt at a seeded moment of its run.  It ends with SQLITE_INTERRUPT, or
** completes with the same rows; the answer comes within two seconds (a bound that
** no loaded machine breaks; the measured p50 and p99 are printed); afterwards the
** same call gives the same rows, and nothing is left behind.
**
** A timer hits the moment between the last row of a source and our first question
** almost never; so there an interrupt comes from the tracer of the source's reader.
*/
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fault.h"

#define INTERRUPT_SECONDS 2.0
#define INTERRUPT_MOST    20000

typedef struct interrupt_alarm {
  sqlite3 *db;
  double delay, rang;
} interrupt_alarm;

static void *interrupt_ring(void *argument) {
  interrupt_alarm *alarm = argument;
  struct timespec wait = {(time_t)alarm->delay, 0};
  wait.tv_nsec = (long)(1e9 * (alarm->delay - (double)wait.tv_sec));
  nanosleep(&wait, NULL);
  alarm->rang = fault_clock();
  sqlite3_interrupt(alarm->db);
  return NULL;
}

typedef struct interrupt_run {
  const unsigned char *image;
  sqlite3_int64 bytes;
  uint64_t random;
  int times, n, answered;
  double latency[INTERRUPT_MOST];
} interrupt_run;

/* 0..1 */
static double interrupt_chance(interrupt_run *run) {
  run->random = run->random * 6364136223846793005u + 1442695040888963407u;
  return (double)(run->random >> 40) / (double)(1 << 24);
}

static int interrupt_complain(const fault_call *call, const char *what, const char *detail) {
  fprintf(stderr, "FAILED %s: %s (%s)\n", call->sql, what, detail);
  return 1;
}

static int interrupt_once(interrupt_run *run, sqlite3 *db, const fault_call *call,
                          const fault_result *plain, double seconds) {
  interrupt_alarm alarm = {db, seconds * interrupt_chance(run), 0};
  pthread_t thread;
  if (pthread_create(&thread, NULL, interrupt_ring, &alarm)) return 1;
  fault_result result = fault_run(db, call->sql, "");
  double ended = fault_clock();
  pthread_join(thread, NULL);
  if (!sqlite3_get_autocommit(db)) return interrupt_complain(call, "a transaction is open", "");
  fault_run(db, "DROP TABLE IF EXISTS temp.scores", ""); /* the script's own remains */
  fault_run(db, "DETACH other", "");
  if (result.code != SQLITE_INTERRUPT) {
    int same = result.code == plain->code && (result.code || result.hash == plain->hash);
    return same ? 0 : interrupt_complain(call, "neither interrupted nor complete", result.message);
  }
  double latency = ended - alarm.rang;
  if (run->n < INTERRUPT_MOST) run->latency[run->n++] = latency;
  run->answered++;
  char detail[40];
  snprintf(detail, sizeof detail, "%.2f s", latency);
  return latency > INTERRUPT_SECONDS ? interrupt_complain(call, "answers late", detail) : 0;
}

static int interrupt_call(interrupt_run *run, const fault_call *call) {
  sqlite3_int64 memory = sqlite3_memory_used();
  sqlite3 *db = fault_open(run->image, run->bytes);
  if (!db) return 1;
  fault_run(db, call->sql, ""); /* the first training of a name may say more */
  double started = fault_clock();
  fault_result plain = fault_run(db, call->sql, "");
  double seconds = fault_clock() - started;
  int answered = run->answered;
  int bad = 0;
  for (int i = 0; i < run->times && !bad; i++)
    bad |= interrupt_once(run, db, call, &plain, seconds);
  fault_result after = fault_run(db, call->sql, "");
  if (after.code != plain.code || (!after.code && after.hash != plain.hash)) {
    bad |= interrupt_complain(call, "differs afterwards", after.message);
  }
  if (!fault_integrity(db)) bad |= interrupt_complain(call, "integrity_check", "");
  if (sqlite3_close(db) != SQLITE_OK) bad |= interrupt_complain(call, "sqlite3_close", "");
  if (sqlite3_memory_used() != memory) bad |= interrupt_complain(call, "memory left", "");
  printf("%7.3f s, %2d of %d interrupted: %.90s\n", seconds, run->answered - answered, run->times,
         call->sql);
  return bad;
}

/* ---- after the last row, before the first question ------------------------------------- */

/* SQLite tells the tracer of a statement that it has ended: there the source's
** reader is done with, and SQLite looks for no interrupt any more. */
static int interrupt_reader(unsigned event, void *db, void *statement, void *nanoseconds) {
  (void)event, (void)nanoseconds;
  const char *sql = sqlite3_sql(statement);
  if (sql && strstr(sql, "mine:source")) sqlite3_interrupt(db);
  return 0;
}

static int interrupt_after_reading(void) {
  static const fault_call calls[] = {
      {"mine_fit", "SELECT mine_fit('kmeans','SELECT id, age FROM customers')", 0},
      {"mine_fit", "SELECT mine_fit('tree','customers','target=churn')", 0},
      {"mine_rules", "SELECT * FROM mine_rules('baskets')", 0},
      {"mine_cluster", "SELECT * FROM mine_cluster('SELECT id, age FROM customers')", 0},
  };
  sqlite3_int64 bytes = 0;
  unsigned char *image = fault_image(300, 0, &bytes);
  sqlite3 *db = image ? fault_open(image, bytes) : NULL;
  if (db) sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, interrupt_reader, db);
  int bad = !db;
  for (size_t i = 0; i < sizeof calls / sizeof calls[0] && db; i++) {
    fault_result result = fault_run(db, calls[i].sql, "");
    if (result.code == SQLITE_INTERRUPT && result.rows == 0) continue; /* a row: computed in full */
    bad = interrupt_complain(&calls[i], "the interrupt is lost", result.message);
  }
  sqlite3_close(db);
  sqlite3_free(image);
  return bad;
}

/* ---- the report -------------------------------------------------------------------------- */

#ifdef FAULT_COUNTS_QUESTIONS /* linked with --wrap=sqlite3_is_interrupted */
static long interrupt_questions;
int __real_sqlite3_is_interrupted(sqlite3 *db);
int __wrap_sqlite3_is_interrupted(sqlite3 *db);

int __wrap_sqlite3_is_interrupted(sqlite3 *db) {
  interrupt_questions++;
  return __real_sqlite3_is_interrupted(db);
}

static int interrupt_was_asked(void) {
  printf("SQLite %s: sqlite3_is_interrupted() called %ld times; ", sqlite3_libversion(),
         interrupt_questions);
  return interrupt_questions > 0;
}
#else
static int interrupt_was_asked(void) {
  printf("SQLite %s; ", sqlite3_libversion());
  return 1;
}
#endif

static int interrupt_compare(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  static interrupt_run run;
  run.times = argc > 1 ? atoi(argv[1]) : 4;
  int64_t rows = argc > 2 ? atol(argv[2]) : 4000;
  run.random = argc > 3 ? (uint64_t)atol(argv[3]) : 1;
  double started = fault_clock();
  unsigned char *image = fault_image(rows, 0, &run.bytes);
  if (!image) return 1;
  run.image = image;
  int bad = interrupt_after_reading();
  int calls = 0;
  for (const fault_call *call = fault_calls; call->verb; call++, calls++)
    bad |= interrupt_call(&run, call);
  sqlite3_free(image);
  qsort(run.latency, (size_t)run.n, sizeof run.latency[0], interrupt_compare);
  if (run.n < calls / 4) bad |= fprintf(stderr, "FAILED: only %d interrupts hit\n", run.n) > 0;
  if (run.n) {
    printf("%d interrupts of %d calls; answered in p50 %.1f ms, p99 %.1f ms, at most %.1f ms; ",
           run.n, calls, 1e3 * run.latency[run.n / 2], 1e3 * run.latency[run.n * 99 / 100],
           1e3 * run.latency[run.n - 1]);
  }
  if (!interrupt_was_asked()) bad = 1;
  printf("%.1f s: %s\n", fault_clock() - started, bad ? "FAILED" : "passed");
  return bad;
}
