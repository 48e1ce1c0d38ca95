/*
** mappings.c -- a mapping that is refused, one that is left behind.
**
**     fault_mappings [rows]
**
** Large blocks come from mmap(), past SQLite's allocator and its tests
** (ext/host_memory.c).  The linker puts the functions below in the place of mmap,
** mremap and munmap in our own code, so every mapping of ours is seen: for each call
** of the table the nth is refused, once or for good, or the connection is interrupted
** at that moment, with blocks mapped.  And in child processes the system refuses them
** itself, for address spaces from too small to large enough (RLIMIT_AS).
**
** Each time: SQLITE_NOMEM or SQLITE_INTERRUPT, or the same rows; the database is
** intact; the connection closes; and not one byte stays mapped.
*/
#define _GNU_SOURCE /* mremap */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "host_memory.h"

/* ---- in the place of the system's ------------------------------------------------------ */

enum { MAP_COUNT, MAP_REFUSE, MAP_REFUSE_FOR_GOOD, MAP_INTERRUPT, MAP_WAYS };
static const char *const map_ways[] = {"counted", "refused once", "refused for good",
                                       "interrupted"};

static struct {
  int way;
  int64_t countdown; /* 1 = the next one */
  int met;
  sqlite3 *db;
  int64_t asked, blocks, bytes;
} map_state;

/* 1 = this mapping is refused. */
static int map_trouble(void) {
  map_state.asked++;
  if (map_state.met && map_state.way == MAP_REFUSE_FOR_GOOD) return 1;
  if (map_state.countdown == 0 || --map_state.countdown > 0) return 0;
  map_state.met = 1;
  if (map_state.way == MAP_INTERRUPT) sqlite3_interrupt(map_state.db);
  return map_state.way != MAP_INTERRUPT;
}

void *__real_mmap(void *at, size_t bytes, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int file, off_t offset);
void *__real_mremap(void *block, size_t old_bytes, size_t bytes, int flags, ...);
void *__wrap_mremap(void *block, size_t old_bytes, size_t bytes, int flags, ...);
int __real_munmap(void *block, size_t bytes);
int __wrap_munmap(void *block, size_t bytes);

void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int file, off_t offset) {
  void *block =
      map_trouble() ? MAP_FAILED : __real_mmap(at, bytes, protection, flags, file, offset);
  if (block != MAP_FAILED) {
    map_state.blocks++;
    map_state.bytes += (int64_t)bytes;
  }
  return block;
}

void *__wrap_mremap(void *block, size_t old_bytes, size_t bytes, int flags, ...) {
  void *moved = map_trouble() ? MAP_FAILED : __real_mremap(block, old_bytes, bytes, flags);
  if (moved != MAP_FAILED) map_state.bytes += (int64_t)bytes - (int64_t)old_bytes;
  return moved;
}

int __wrap_munmap(void *block, size_t bytes) {
  map_state.blocks--;
  map_state.bytes -= (int64_t)bytes;
  return __real_munmap(block, bytes);
}

/* ---- one call ------------------------------------------------------------------------------ */

typedef struct map_case {
  const unsigned char *image;
  sqlite3_int64 bytes;
  const fault_call *call;
  uint64_t models;
  fault_result plain;
  int64_t runs, refused;
} map_case;

static int map_complain(const map_case *c, const char *how, int64_t n, const char *what,
                        const char *detail) {
  fprintf(stderr, "FAILED %s, %s at %lld: %s (%s)\n", c->call->sql, how, (long long)n, what,
          detail);
  return 1;
}

static int map_close(const map_case *c, sqlite3 *db, const char *how, int64_t n) {
  char detail[80];
  int bad = 0;
  if (sqlite3_close(db) != SQLITE_OK) bad = map_complain(c, how, n, "sqlite3_close", "");
  if (!map_state.blocks && !map_state.bytes) return bad;
  snprintf(detail, sizeof detail, "%lld blocks, %lld bytes", (long long)map_state.blocks,
           (long long)map_state.bytes);
  map_state.blocks = map_state.bytes = 0;
  return map_complain(c, how, n, "mappings are left behind", detail);
}

/* The n-th mapping; *met = 0: the call passed without it. */
static int map_try(map_case *c, int way, int64_t n, int *met) {
  int trouble = way == MAP_INTERRUPT ? SQLITE_INTERRUPT : SQLITE_NOMEM;
  map_state.db = fault_open(c->image, c->bytes);
  map_state.way = way;
  map_state.met = 0;
  map_state.countdown = n;
  fault_result result = fault_run(map_state.db, c->call->sql, "");
  *met = map_state.met;
  map_state.countdown = map_state.met = 0;
  const char *wrong = fault_wrong(map_state.db, &c->plain, c->models, &result, trouble);
  int bad = wrong ? map_complain(c, map_ways[way], n, wrong, result.message) : 0;
  c->runs++;
  c->refused += result.code == trouble;
  return bad | map_close(c, map_state.db, map_ways[way], n);
}

static int map_loop(map_case *c) {
  int bad = 0;
  for (int way = MAP_REFUSE; way < MAP_WAYS; way++) {
    int met = 1;
    for (int64_t n = 1; met && bad < 5; n += n < 4 ? 1 : 1 + n / 2)
      bad += map_try(c, way, n, &met);
  }
  return bad;
}

#define MAP_SETTLED 9 /* more calls than a connection keeps models */

/* Again and again on one connection: what stays mapped (cached models) stops growing. */
static int map_plain(map_case *c) {
  sqlite3 *db = fault_open(c->image, c->bytes);
  c->models = fault_models_hash(db);
  c->plain = fault_run(db, c->call->sql, "");
  for (int i = 1; i < MAP_SETTLED; i++)
    fault_run(db, c->call->sql, "");
  int64_t bytes = map_state.bytes;
  fault_run(db, c->call->sql, "");
  int bad = 0;
  if (map_state.bytes != bytes) bad = map_complain(c, "again", MAP_SETTLED, "more is mapped", "");
  if ((c->plain.code != SQLITE_OK) != c->call->fails) {
    bad = map_complain(c, "undisturbed", 0, "fails", c->plain.message);
  }
  return bad | map_close(c, db, "undisturbed", 0);
}

/* ---- the system refuses ---------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MAP_LIMITED 0 /* a sanitizer maps terabytes of its own */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MAP_LIMITED 0
#endif
#endif
#if !defined(MAP_LIMITED)
#define MAP_LIMITED 1
#endif

/* Growing the stack is refused by a signal, so it has grown before (in a frame that is gone). */
__attribute__((noinline)) static void map_grow_stack(void) {
  volatile char stack[1 << 20];
  for (size_t i = 0; i < sizeof stack; i += 1024)
    stack[i] = 1;
}

/* What this process has mapped, in bytes. */
static size_t map_address_space(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%ld", &pages) != 1) pages = 0;
  fclose(file);
  return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

enum { MAP_COMPLETE = 0, MAP_BAD = 1, MAP_REFUSED = 2 };

static int map_limited(const map_case *c, size_t room) {
  struct rlimit before, limit;
  sqlite3 *db = fault_open(c->image, c->bytes);
  map_grow_stack();
  getrlimit(RLIMIT_AS, &before);
  limit = before;
  limit.rlim_cur = map_address_space() + room;
  setrlimit(RLIMIT_AS, &limit);
  fault_result result = fault_run(db, c->call->sql, "");
  setrlimit(RLIMIT_AS, &before);
  const char *wrong = fault_wrong(db, &c->plain, c->models, &result, SQLITE_NOMEM);
  int bad = wrong ? map_complain(c, "address space", (int64_t)room, wrong, result.message) : 0;
  bad |= map_close(c, db, "address space", (int64_t)room);
  return bad ? MAP_BAD : result.code == SQLITE_NOMEM ? MAP_REFUSED : MAP_COMPLETE;
}

static int map_in_child(const map_case *c, size_t room) {
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) _exit(map_limited(c, room));
  if (child < 0 || waitpid(child, &status, 0) != child) return MAP_BAD;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  map_complain(c, "address space", (int64_t)room, "the process was killed", "");
  return MAP_BAD;
}

/* From no room until two rooms in a row suffice. */
static int map_system(map_case *c) {
  int complete = 0;
  for (size_t room = 0; complete < 2 && room < (size_t)1 << 32; room += room + 65536) {
    int outcome = map_in_child(c, room);
    if (outcome != MAP_COMPLETE && outcome != MAP_REFUSED) return 1;
    complete = outcome == MAP_COMPLETE ? complete + 1 : 0;
    c->refused += outcome == MAP_REFUSED;
    c->runs++;
  }
  return complete < 2 ? map_complain(c, "address space", 0, "is never enough", "") : 0;
}

/* ---- sizes that do not exist ---------------------------------------------------------------- */

static int map_sizes(void) {
  const size_t bytes = (size_t)64 << 20;
  int bad = mine__host_resize(NULL, NULL, 0, SIZE_MAX) != NULL;
  void *block = mine__host_resize(NULL, NULL, 0, bytes);
  if (!block) return 1;
  bad |= mine__host_resize(NULL, block, bytes, SIZE_MAX) != NULL;
  sqlite3_hard_heap_limit64(1); /* more is mapped already */
  bad |= mine__host_resize(NULL, block, bytes, 2 * bytes) != NULL;
  sqlite3_hard_heap_limit64(0);
  *(char *)block = 'x';
  block = mine__host_resize(NULL, block, bytes, 2); /* no longer mapped */
  bad |= !block || *(char *)block != 'x' || map_state.blocks != 0;
  mine__host_resize(NULL, block, 2, 0);
  if (mine__host_resize(NULL, NULL, 0, 0) != NULL) bad = 1;
  if (bad) fprintf(stderr, "FAILED: sizes that do not exist\n");
  return bad;
}

#if defined(HOST_MAPPED)
#define MAP_LEAST 24 /* calls of the table that must map, or nothing is tested */
#else
#define MAP_LEAST 4 /* with few rows most are below a megabyte */
#endif

int main(int argc, char **argv) {
  map_case c = {0};
  double started = fault_clock();
  int64_t system = 0;
  int mapping = 0;
  int calls = 0;
  unsigned char *image = fault_image(argc > 1 ? atol(argv[1]) : 600, 0, &c.bytes);
  if (!image) return 1;
  c.image = image;
  int bad = map_state.blocks || map_state.bytes || map_sizes();
  for (c.call = fault_calls; c.call->verb; c.call++, calls++) {
    int64_t asked = map_state.asked;
    bad |= map_plain(&c);
    mapping += map_state.asked > asked;
    bad |= map_loop(&c);
    int64_t refused = c.refused;
    if (MAP_LIMITED) bad |= map_system(&c);
    system += c.refused - refused;
  }
  sqlite3_free(image);
  if (mapping < MAP_LEAST) bad |= fprintf(stderr, "FAILED: only %d calls map\n", mapping) > 0;
  printf("%d calls, %d of them map; %lld runs, %lld ended with an error", calls, mapping,
         (long long)c.runs, (long long)c.refused);
  if (MAP_LIMITED) printf(", %lld by RLIMIT_AS", (long long)system);
  if (!MAP_LIMITED) printf(" (no RLIMIT_AS under a sanitizer)");
  printf("; %.1f s: %s\n", fault_clock() - started, bad ? "FAILED" : "passed");
  return bad;
}
