/*
** worker.c -- one side of a comparison, in C: it sets up, then runs once for
** every line "go" on its input and prints what that took.
**
**     worker DB sql    SETUP RUN [QUALITY]             the one row of RUN
**     worker DB step   SETUP RUN                       every row of RUN
**     worker DB write  SETUP RUN                       RUN, and roll it back
**     worker DB read   SETUP SOURCE                    only the reading, into a frame
**     worker DB fit    SETUP SOURCE ALGORITHM OPTIONS [QUALITY]   only the fitting
**     worker DB search SETUP BASE QUERIES OPTIONS      only the search
**     worker DB rows   SETUP RUN ROWS                  RUN ROWS times, ?1 = 1, 2, ...
**     worker DB turns  SETUP RUN OTHER PIN             every row of RUN, or after "go 1" of
**                                                      OTHER, with PIN on one processor
**
** Answers are JSON, one object a line: {"seconds":..,"cpu":..,"value":..}; after
** "end" comes {"quality":..,"peak_kb":..}.  `sql` and `step` see what any program
** sees; `read`, `fit` and `search` use the inside of the extension, so that a
** library that is handed an array is compared with the same work of ours.  In
** QUALITY, ?1 is the model that `fit` made last.
*/
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../ext/call.h"
#include "../ext/mine_static.h"
#include "../ext/source.h"

typedef struct worker {
  sqlite3 *db;
  mine_connection *connection;
  char **argument; /* after the mode */
  sqlite3_stmt *run;
  mine_model *model;
  double seconds, cpu, value;
} worker;

static double worker_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double worker_cpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void worker_start(worker *work) {
  work->cpu = worker_cpu();
  work->seconds = worker_clock();
}

static void worker_stop(worker *work) {
  work->seconds = worker_clock() - work->seconds;
  work->cpu = worker_cpu() - work->cpu;
}

static void worker_die(const char *what, const char *why) {
  fprintf(stderr, "worker: %s: %s\n", what, why);
  exit(1);
}

static void worker_check(worker *work, int bad, const char *what) {
  if (bad) worker_die(what, sqlite3_errmsg(work->db));
}

/* ---- SQL ----------------------------------------------------------------------- */

/* The statement is compiled within the time that is taken, as an application would.
** all: step through every row; else one row, whose first column is the value. */
static void worker_sql(worker *work, const char *sql, int all) {
  sqlite3_stmt *run = NULL;
  worker_start(work);
  worker_check(work, sqlite3_prepare_v2(work->db, sql, -1, &run, NULL), sql);
  int code = sqlite3_step(run);
  double value = code == SQLITE_ROW ? sqlite3_column_double(run, 0) : 0;
  int64_t rows = 0;
  for (; code == SQLITE_ROW; rows++)
    code = sqlite3_step(run);
  worker_check(work, sqlite3_finalize(run) != SQLITE_OK, sql);
  worker_stop(work);
  work->value = all ? (double)rows : value;
}

/* A statement that writes, in a transaction that is given up afterwards. */
static void worker_write(worker *work) {
  worker_check(work, sqlite3_exec(work->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), "BEGIN");
  worker_sql(work, work->argument[1], 0);
  work->value = (double)sqlite3_changes64(work->db);
  worker_check(work, sqlite3_exec(work->db, "ROLLBACK", NULL, NULL, NULL), "ROLLBACK");
}

/* One of two statements; the other one, where that is asked, on one processor. */
static void worker_turn(worker *work, int other) {
  cpu_set_t all, one;
  const int pin = other && strcmp(work->argument[3], "pin") == 0;
  if (pin) {
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    if (sched_getaffinity(0, sizeof all, &all) || sched_setaffinity(0, sizeof one, &one))
      worker_die("one processor", "it is not to be had");
  }
  worker_sql(work, work->argument[other ? 2 : 1], 1);
  if (pin) sched_setaffinity(0, sizeof all, &all);
}

/* One statement, compiled once, run for many rows inside one transaction. */
static void worker_rows(worker *work) {
  long n = strtol(work->argument[2], NULL, 10);
  sqlite3_stmt *run = NULL;
  const char *sql = work->argument[1];
  worker_check(work, sqlite3_exec(work->db, "BEGIN", NULL, NULL, NULL), "BEGIN");
  worker_check(work, sqlite3_prepare_v2(work->db, sql, -1, &run, NULL), sql);
  worker_start(work);
  for (long i = 1; i <= n; i++) {
    sqlite3_bind_int64(run, 1, i);
    while (sqlite3_step(run) == SQLITE_ROW) {
    }
    worker_check(work, sqlite3_reset(run), sql);
  }
  worker_stop(work);
  sqlite3_finalize(run);
  worker_check(work, sqlite3_exec(work->db, "ROLLBACK", NULL, NULL, NULL), "ROLLBACK");
  work->value = (double)n;
}

/* ---- the inside ------------------------------------------------------------------ */

static void worker_fail(mine_call *call, mine_status status) {
  if (status) worker_die("the engine says", mine__call_message(call));
}

static void worker_fill(mine_call *call, const char *text, mine_frame *frame) {
  mine_source source;
  mine_status status = mine__source_open(call, text, &source);
  if (!status) status = mine__source_bind(&source, frame);
  if (!status) status = mine__source_read(&source);
  worker_fail(call, status);
  mine__source_close(&source);
}

/* A job of the verb; arguments[i] NULL: the caller fills the frame itself. */
static mine_job *worker_job(mine_call *call, const char *verb, mine_verb_form form,
                            const mine_arguments *arguments) {
  mine_job *job = NULL;
  worker_fail(call, mine_job_open(call->env, mine_verb_find(verb, form), arguments, &job));
  return job;
}

/* Read the job's next source. */
static mine_frame *worker_next(mine_call *call, mine_job *job) {
  const char *sql;
  mine_frame *frame;
  worker_fail(call, mine_job_source(job, &sql, &frame));
  if (frame) worker_fill(call, sql, frame);
  return frame;
}

static void worker_read(worker *work) {
  mine_call call;
  const mine_arguments arguments = {.text = {"kmeans", work->argument[1], "id=id"}};
  worker_start(work);
  worker_fail(&call, mine__call_open(&call, work->connection, "bench"));
  mine_job *job = worker_job(&call, "mine_fit", MINE_VERB_SCALAR, &arguments);
  mine_frame *frame = worker_next(&call, job);
  worker_stop(work);
  work->value = (double)mine_frame_rows(frame);
  mine_job_close(job);
  mine__call_close(&call);
}

static void worker_fit(worker *work) {
  mine_call call;
  const mine_arguments arguments = {
      .text = {work->argument[2], work->argument[1], work->argument[3]}};
  worker_fail(&call, mine__call_open(&call, work->connection, "bench"));
  mine_job *job = worker_job(&call, "mine_fit", MINE_VERB_SCALAR, &arguments);
  while (worker_next(&call, job)) {
  }
  mine_model_free(work->model);
  work->model = NULL;
  worker_start(work);
  worker_fail(&call, mine_job_train(job, NULL, &work->model));
  worker_stop(work);
  work->value = (double)mine_model_rows(work->model);
  mine_job_close(job);
  mine__call_close(&call);
}

/* The value is the sum of all distances: what the peer's neighbours must equal.  The
** step from the base to the queries builds what is searched: it counts. */
static void worker_search(worker *work) {
  mine_call call;
  mine_relation *found = NULL;
  const mine_arguments arguments = {
      .text = {work->argument[1], work->argument[2], work->argument[3]}};
  const char *sql;
  mine_frame *frame;
  worker_fail(&call, mine__call_open(&call, work->connection, "bench"));
  mine_job *job = worker_job(&call, "mine_neighbors", MINE_VERB_TABLE, &arguments);
  (void)worker_next(&call, job);
  worker_start(work);
  worker_fail(&call, mine_job_source(job, &sql, &frame));
  worker_stop(work);
  double built = work->seconds;
  double built_cpu = work->cpu;
  worker_fill(&call, sql, frame);
  worker_start(work);
  worker_fail(&call, mine_job_run(job, &found));
  worker_stop(work);
  work->seconds += built;
  work->cpu += built_cpu;
  work->value = 0;
  for (int64_t row = 0; row < mine_relation_rows(found); row++) {
    mine_cell cell;
    mine_relation_cell(found, row, 3, &cell);
    work->value += cell.as.real;
  }
  mine_relation_free(found);
  mine_job_close(job);
  mine__call_close(&call);
}

/* ---- the protocol ------------------------------------------------------------------ */

static void worker_go(worker *work, const char *mode, int other) {
  if (strcmp(mode, "sql") == 0) worker_sql(work, work->argument[1], 0);
  if (strcmp(mode, "step") == 0) worker_sql(work, work->argument[1], 1);
  if (strcmp(mode, "turns") == 0) worker_turn(work, other);
  if (strcmp(mode, "write") == 0) worker_write(work);
  if (strcmp(mode, "rows") == 0) worker_rows(work);
  if (strcmp(mode, "read") == 0) worker_read(work);
  if (strcmp(mode, "fit") == 0) worker_fit(work);
  if (strcmp(mode, "search") == 0) worker_search(work);
  printf("{\"seconds\":%.9f,\"cpu\":%.6f,\"value\":%.17g}\n", work->seconds, work->cpu,
         work->value);
  fflush(stdout);
}

/* What the work was worth, measured after it. */
static double worker_quality(worker *work, const char *sql) {
  sqlite3_stmt *ask = NULL;
  const void *bytes = NULL;
  size_t n = 0;
  mine_env *env = NULL;
  worker_check(work, sqlite3_prepare_v2(work->db, sql, -1, &ask, NULL), sql);
  if (work->model && !mine_env_open(NULL, "bench", &env) &&
      !mine_model_bytes(env, work->model, &bytes, &n)) {
    sqlite3_bind_blob64(ask, 1, bytes, n, SQLITE_TRANSIENT);
  }
  int code = sqlite3_step(ask);
  worker_check(work, code != SQLITE_ROW, sql);
  double quality = sqlite3_column_double(ask, 0);
  sqlite3_finalize(ask);
  mine_env_close(env);
  return quality;
}

/* The largest resident size of this very program (ru_maxrss would remember
** the one that started it). */
static long worker_peak(void) {
  char line[256];
  long peak = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) {
    if (strncmp(line, "VmHWM:", 6) == 0) peak = strtol(line + 6, NULL, 10);
  }
  if (status) fclose(status);
  return peak;
}

static const char *worker_quality_sql(char **argv, int argc) {
  if (strcmp(argv[2], "sql") == 0 && argc > 5) return argv[5];
  if (strcmp(argv[2], "fit") == 0 && argc > 7) return argv[7];
  return "";
}

int main(int argc, char **argv) {
  worker work = {0};
  char line[64];
  if (argc < 5) worker_die("usage", "worker DB MODE SETUP ARGUMENT ...");
  work.argument = argv + 3;
  worker_check(&work, sqlite3_open(argv[1], &work.db), argv[1]);
  worker_check(&work, sqlite3_mine_init(work.db, NULL, NULL), "loading");
  work.connection = mine__connection_new(work.db);
  worker_check(&work, sqlite3_exec(work.db, argv[3], NULL, NULL, NULL), argv[3]);
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) && strncmp(line, "go", 2) == 0)
    worker_go(&work, argv[2], strncmp(line, "go 1", 4) == 0);
  long peak = worker_peak(); /* the judging is not part of the work */
  const char *quality = worker_quality_sql(argv, argc);
  printf("{\"quality\":%.17g,\"peak_kb\":%ld}\n",
         *quality ? worker_quality(&work, quality) : work.value, peak);
  mine_model_free(work.model);
  mine__connection_release(work.connection);
  return sqlite3_close(work.db) != SQLITE_OK;
}
