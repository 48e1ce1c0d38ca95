/*
** fault_alloc.c -- the nth allocation fails, through every call of the table.
**
**     fault_alloc [all|few]
**
** SQLite's allocator is wrapped before SQLite starts; the extension allocates
** through it too.  For each call: n = 1, 2, ... until the call passes without
** having met the failing allocation, once with one failure and once with memory
** gone for good.  Without "all", n takes growing steps beyond the first 60 ("few": 4, and
** more than four times as fast).
**
** Each time: the result is SQLITE_NOMEM, or success with the same rows; the
** database is intact; the models are the old ones or new ones that load; the
** connection closes; and not one byte is left behind.
*/
#include <stdio.h>
#include <string.h>

#include "fault.h"

static struct {
  sqlite3_mem_methods real;
  int64_t countdown; /* 1 = the next allocation fails; 0 = none will */
  int for_good;
  int failures;
  int64_t outstanding, bytes;
} alloc_state;

static int alloc_fails(void) {
  if (alloc_state.countdown == 0) return alloc_state.for_good && alloc_state.failures > 0;
  if (--alloc_state.countdown > 0) return 0;
  return 1;
}

static void *alloc_malloc(int n) {
  if (alloc_fails()) {
    alloc_state.failures++;
    return NULL;
  }
  void *block = alloc_state.real.xMalloc(n);
  if (!block) return NULL;
  alloc_state.outstanding++;
  alloc_state.bytes += alloc_state.real.xSize(block);
  return block;
}

static void alloc_free(void *block) {
  alloc_state.outstanding--;
  alloc_state.bytes -= alloc_state.real.xSize(block);
  alloc_state.real.xFree(block);
}

static void *alloc_realloc(void *block, int n) {
  if (alloc_fails()) {
    alloc_state.failures++;
    return NULL;
  }
  int before = alloc_state.real.xSize(block);
  void *moved = alloc_state.real.xRealloc(block, n);
  if (moved) alloc_state.bytes += alloc_state.real.xSize(moved) - before;
  return moved;
}

static int alloc_wrap(void) {
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &alloc_state.real)) return 1;
  sqlite3_mem_methods wrapped = alloc_state.real;
  wrapped.xMalloc = alloc_malloc;
  wrapped.xFree = alloc_free;
  wrapped.xRealloc = alloc_realloc;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &wrapped);
}

/* ---- one call, one n ------------------------------------------------------------------ */

typedef struct alloc_case {
  const unsigned char *image;
  sqlite3_int64 bytes;
  const fault_call *call;
  uint64_t models;
  fault_result plain; /* without a fault */
} alloc_case;

static int alloc_complain(const alloc_case *c, int64_t n, const char *what, const char *detail) {
  fprintf(stderr, "FAILED %s, %s failure at allocation %lld: %s (%s)\n", c->call->sql,
          alloc_state.for_good ? "lasting" : "single", (long long)n, what, detail);
  return 1;
}

static int alloc_judge(const alloc_case *c, int64_t n, sqlite3 *db, const fault_result *result) {
  const char *wrong = fault_wrong(db, &c->plain, c->models, result, SQLITE_NOMEM);
  return wrong ? alloc_complain(c, n, wrong, result->message) : 0;
}

/* *met = 0: the call passed without meeting the failure. */
static int alloc_try(const alloc_case *c, int64_t n, int for_good, int *met) {
  int64_t before = alloc_state.outstanding;
  int64_t bytes = alloc_state.bytes;
  sqlite3 *db = fault_open(c->image, c->bytes);
  alloc_state.failures = 0;
  alloc_state.for_good = for_good;
  alloc_state.countdown = n;
  fault_result result = fault_run(db, c->call->sql, "");
  *met = alloc_state.failures > 0;
  alloc_state.countdown = 0;
  alloc_state.failures = 0;
  int bad = alloc_judge(c, n, db, &result);
  if (sqlite3_close(db) != SQLITE_OK) {
    bad |= alloc_complain(c, n, "sqlite3_close is not SQLITE_OK", sqlite3_errmsg(db));
  }
  if (alloc_state.outstanding != before || alloc_state.bytes != bytes) {
    char detail[80];
    snprintf(detail, sizeof detail, "%lld blocks, %lld bytes",
             (long long)(alloc_state.outstanding - before), (long long)(alloc_state.bytes - bytes));
    bad |= alloc_complain(c, n, "memory is left behind", detail);
  }
  return bad;
}

/* The next allocation to fail; dense: how many are tried one by one, 0 = all. */
static int64_t alloc_next(int64_t n, int64_t dense) {
  return dense == 0 || n < dense ? n + 1 : n + 1 + 5 * n / dense;
}

static int alloc_loop(const alloc_case *c, int64_t dense, int64_t *tried) {
  int bad = 0;
  for (int for_good = 0; for_good <= 1; for_good++) {
    int met = 1;
    for (int64_t n = 1; met && bad < 5; n = alloc_next(n, dense)) {
      bad += alloc_try(c, n, for_good, &met);
      ++*tried;
    }
  }
  return bad;
}

static int alloc_table(int utf16, int64_t dense, int64_t *tried, int *calls) {
  alloc_case c = {0};
  unsigned char *image = fault_image(40, utf16, &c.bytes);
  if (!image) return 1;
  c.image = image;
  int bad = 0;
  for (c.call = fault_calls; c.call->verb; c.call++) {
    sqlite3 *db = fault_open(c.image, c.bytes);
    c.models = fault_models_hash(db);
    c.plain = fault_run(db, c.call->sql, "");
    sqlite3_close(db);
    if ((c.plain.code != SQLITE_OK) != c.call->fails) {
      bad += alloc_complain(&c, 0, "without a fault", c.plain.message);
      continue;
    }
    bad += alloc_loop(&c, dense, tried);
    ++*calls;
  }
  sqlite3_free(image);
  return bad;
}

int main(int argc, char **argv) {
  const char *which = argc > 1 ? argv[1] : "";
  const int all = strcmp(which, "all") == 0;
  const int64_t dense = all ? 0 : strcmp(which, "few") == 0 ? 4 : 60;
  double started = fault_clock();
  int64_t tried = 0;
  int calls = 0;
  if (alloc_wrap()) return 2;
  if (all) sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* every small piece counts too */
  int bad = alloc_table(0, dense, &tried, &calls);
  bad += alloc_table(1, dense, &tried, &calls);
  printf("%d calls, %lld failing runs, %.1f s: %s\n", calls, (long long)tried,
         fault_clock() - started, bad ? "FAILED" : "passed");
  return bad != 0;
}
