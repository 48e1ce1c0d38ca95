/*
** guest.c -- what a host may expect of a guest in its process.
**
**     guest              every check, on the extension MINE_EXTENSION
**     guest threads      only the two connections in two threads (for TSan)
**
** For every call of the table (tests/fault/fault.c), loaded with
** sqlite3_load_extension: sqlite3_close() is SQLITE_OK right after it; descriptors,
** threads, memory, locale, rounding mode, signal mask, signal handlers, the
** environment, the working folder and stdout are as before.  Twenty turns of open,
** use, close while other threads live.  A fork after training trains in the child
** within five seconds.  Loading twice is harmless.
*/
#include <dirent.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GUEST_SLOW 10
#else
#define GUEST_SLOW 1
#endif

extern char **environ;

static int guest_entries(const char *folder) {
  DIR *dir = opendir(folder);
  int n = 0;
  if (!dir) return -1;
  while (readdir(dir))
    n++;
  closedir(dir);
  return n;
}

static int guest_fail(const char *what, const char *detail) {
  fprintf(stderr, "FAILED %s: %s\n", what, detail);
  return 1;
}

/* ---- the state of the process ---------------------------------------------------------- */

typedef struct guest_state {
  int descriptors, threads, rounding, exceptions, environment;
  sqlite3_int64 memory;
  off_t stdout_bytes;
  sigset_t mask;
  struct sigaction handler[32];
  char locale[200], folder[500];
} guest_state;

/* A thread that was joined may stand in /proc for a moment longer; one that was left
** behind stands there for good. */
static int guest_count_threads(void) {
  static int settled = 3; /* one, and . and .. */
  const struct timespec moment = {0, 1000000};
  int n = guest_entries("/proc/self/task");
  for (int i = 0; n > settled && i < 200; i++) {
    nanosleep(&moment, NULL);
    n = guest_entries("/proc/self/task");
  }
  return settled = n;
}

static void guest_look(guest_state *out) {
  memset(out, 0, sizeof *out);
  out->descriptors = guest_entries("/proc/self/fd");
  out->threads = guest_count_threads();
  out->rounding = fegetround();
  while (environ[out->environment])
    out->environment++;
  out->memory = sqlite3_memory_used();
  struct stat status;
  fflush(stdout);
  if (fstat(STDOUT_FILENO, &status) == 0) out->stdout_bytes = status.st_size;
  pthread_sigmask(SIG_SETMASK, NULL, &out->mask);
  for (int i = 1; i < 32; i++)
    sigaction(i, NULL, &out->handler[i]);
  snprintf(out->locale, sizeof out->locale, "%s", setlocale(LC_ALL, NULL));
  if (!getcwd(out->folder, sizeof out->folder)) out->folder[0] = 0;
}

static int guest_same(const guest_state *a, const guest_state *b, const char *after) {
  int bad = 0;
  if (a->descriptors != b->descriptors) bad = guest_fail("descriptors changed", after);
  if (a->threads != b->threads) bad = guest_fail("threads changed", after);
  if (a->rounding != b->rounding) bad = guest_fail("rounding mode changed", after);
  if (a->environment != b->environment) bad = guest_fail("environment changed", after);
  if (a->memory != b->memory) bad = guest_fail("memory is left behind", after);
  if (a->stdout_bytes != b->stdout_bytes) bad = guest_fail("wrote to stdout", after);
  for (int i = 1; i < 32; i++) {
    if (sigismember(&a->mask, i) != sigismember(&b->mask, i)) bad = guest_fail("signals", after);
    if (a->handler[i].sa_handler != b->handler[i].sa_handler) bad = guest_fail("handler", after);
  }
  if (strcmp(a->locale, b->locale) != 0) bad = guest_fail("locale changed", after);
  if (strcmp(a->folder, b->folder) != 0) bad = guest_fail("working folder changed", after);
  return bad;
}

/* ---- every call ---------------------------------------------------------------------------- */

static unsigned char *guest_image;
static sqlite3_int64 guest_bytes;

static int guest_call(const fault_call *call) {
  sqlite3 *db = fault_open(guest_image, guest_bytes);
  if (!db) return guest_fail("cannot open", call->sql);
  fault_result result = fault_run(db, call->sql, "");
  if ((result.code != 0) != call->fails) guest_fail(call->sql, result.message);
  int code = sqlite3_close(db);
  if (code != SQLITE_OK) return guest_fail("sqlite3_close is not SQLITE_OK after", call->sql);
  return (result.code != 0) != call->fails;
}

static int guest_calls(int rounding) {
  int bad = 0;
  fesetround(rounding);
  for (const fault_call *call = fault_calls; call->verb; call++) {
    guest_state before, after;
    guest_look(&before);
    bad |= guest_call(call);
    guest_look(&after);
    bad |= guest_same(&before, &after, call->sql);
  }
  fesetround(FE_TONEAREST);
  return bad;
}

/* A statement left half-way, then closed: nothing of ours may hold the connection. */
static int guest_half_way(void) {
  sqlite3 *db = fault_open(guest_image, guest_bytes);
  sqlite3_stmt *statement = NULL;
  const char *sql = "SELECT * FROM mine_predict('tree','customers') JOIN mine_summary('near')";
  int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  if (!code) code = sqlite3_step(statement);
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW) guest_fail("half-way", sqlite3_errmsg(db));
  if (sqlite3_close(db) != SQLITE_OK) return guest_fail("sqlite3_close", "half-way");
  return code != SQLITE_ROW;
}

static int guest_twice(void) {
  sqlite3 *db = fault_open(guest_image, guest_bytes);
  char *error = NULL;
  int bad = fault_load(db, &error) != SQLITE_OK;
  if (bad) guest_fail("loading twice", error ? error : "?");
  sqlite3_free(error);
  fault_result result = fault_run(db, "SELECT count(*) FROM mine_predict('tree','customers')", "");
  if (result.code) bad = guest_fail("after loading twice", result.message);
  if (sqlite3_close(db) != SQLITE_OK) bad = guest_fail("sqlite3_close", "loaded twice");
  return bad;
}

/* ---- other threads live --------------------------------------------------------------------- */

static void *guest_idle(void *stop) {
  struct timespec wait = {0, 5000000};
  while (!__atomic_load_n((int *)stop, __ATOMIC_ACQUIRE))
    nanosleep(&wait, NULL);
  return NULL;
}

static int guest_turns(void) {
  pthread_t thread[3];
  int stop = 0;
  int bad = 0;
  for (int i = 0; i < 3; i++)
    pthread_create(&thread[i], NULL, guest_idle, &stop);
  guest_state before, after;
  guest_look(&before);
  for (int turn = 0; turn < 20; turn++) {
    bad |= guest_call(&fault_calls[turn % 5]);
    bad |= guest_half_way();
  }
  guest_look(&after);
  bad |= guest_same(&before, &after, "20 turns");
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  for (int i = 0; i < 3; i++)
    pthread_join(thread[i], NULL);
  return bad;
}

/* ---- a fork --------------------------------------------------------------------------------- */

static int guest_fork(void) {
  sqlite3 *db = fault_open(guest_image, guest_bytes); /* trains before, stays open over it */
  fault_result result = fault_run(db, fault_calls[0].sql, "");
  pid_t child = fork();
  if (child == 0) {
    int bad = 0;
    for (int i = 0; i < 4; i++) /* on connections of its own, and on the inherited one */
      bad |= guest_call(&fault_calls[i]);
    bad |= fault_run(db, fault_calls[1].sql, "").code;
    _exit(bad ? 1 : 0);
  }
  double deadline = fault_clock() + 5 * GUEST_SLOW;
  int status = 0;
  pid_t ended = 0;
  while (!ended && fault_clock() < deadline) {
    struct timespec wait = {0, 2000000};
    ended = waitpid(child, &status, WNOHANG);
    nanosleep(&wait, NULL);
  }
  if (!ended) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  }
  int bad = result.code || !ended || status != 0;
  if (bad) guest_fail("fork", ended ? "the child fails" : "the child hangs");
  if (sqlite3_close(db) != SQLITE_OK) bad = guest_fail("sqlite3_close", "after a fork");
  return bad;
}

/* ---- two connections in two threads --------------------------------------------------------- */

static void *guest_worker(void *bad) {
  for (const fault_call *call = fault_calls; call->verb; call++)
    *(int *)bad |= guest_call(call);
  return NULL;
}

static int guest_threads(void) {
  pthread_t thread[2];
  int bad[2] = {0, 0};
  for (int i = 0; i < 2; i++)
    pthread_create(&thread[i], NULL, guest_worker, &bad[i]);
  for (int i = 0; i < 2; i++)
    pthread_join(thread[i], NULL);
  return bad[0] | bad[1];
}

/* From here on stdout is an empty file, so that a single byte is seen. */
static int guest_own_stdout(void) {
  char path[] = "/tmp/mine-guest-XXXXXX";
  int file = mkstemp(path);
  int saved = dup(STDOUT_FILENO);
  if (file < 0 || saved < 0) return -1;
  unlink(path);
  dup2(file, STDOUT_FILENO);
  close(file);
  return saved;
}

int main(int argc, char **argv) {
  int saved = guest_own_stdout();
  guest_image = fault_image(300, 0, &guest_bytes);
  if (!guest_image) return 1;
  int bad = guest_threads();
  if (argc < 2 || strcmp(argv[1], "threads") != 0) {
    setlocale(LC_ALL, "");
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &some, NULL);
    bad |= guest_calls(FE_TONEAREST);
    bad |= guest_calls(FE_UPWARD);
    bad |= guest_twice();
    bad |= guest_turns();
    bad |= guest_fork();
  }
  sqlite3_free(guest_image);
  if (saved < 0) return 2;
  fflush(stdout);
  dup2(saved, STDOUT_FILENO);
  printf("a guest: %s\n", bad ? "FAILED" : "passed");
  return bad;
}
