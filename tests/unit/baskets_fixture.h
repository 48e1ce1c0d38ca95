/*
** baskets_fixture.h -- what the tests of itemsets and of rules share: baskets in
** memory or from a file, run through the public interface; a host whose
** allocator fails on request.
*/
#ifndef BASKETS_FIXTURE_H
#define BASKETS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../algorithms/mine.h"
#include "verb_fixture.h"

/* Rows (basket, item) as cells. */
typedef struct fixture {
  size_t n, capacity;
  mine_cell *basket, *item;
  char *text; /* what text cells point into */
} fixture;

static inline mine_cell cell_int(int64_t v) {
  return (mine_cell){.type = MINE_INT, .as.integer = v};
}
static inline mine_cell cell_text(const char *s) {
  return (mine_cell){.type = MINE_TEXT, .bytes = strlen(s), .as.text = s};
}
static inline mine_cell cell_null(void) {
  return (mine_cell){.type = MINE_NULL};
}

static inline void fixture_add(fixture *f, mine_cell basket, mine_cell item) {
  if (f->n == f->capacity) {
    f->capacity = f->capacity ? 2 * f->capacity : 64;
    f->basket = realloc(f->basket, f->capacity * sizeof *f->basket);
    f->item = realloc(f->item, f->capacity * sizeof *f->item);
    assert_true(f->basket && f->item);
  }
  f->basket[f->n] = basket;
  f->item[f->n++] = item;
}

static inline void fixture_free(fixture *f) {
  free(f->basket);
  free(f->item);
  free(f->text);
  *f = (fixture){0};
}

/* A file with a basket a line, items separated by `separator`; 0 = not there. */
static inline int fixture_read(fixture *f, const char *name, char separator, int numbers) {
  char path[4096];
  const char *folder = getenv("MINE_DATA");
  *f = (fixture){0};
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
  FILE *file = fopen(path, "rb");
  if (!file) {
    print_message("skipped: %s is not there (MINE_DATA)\n", path);
    return 0;
  }
  fseek(file, 0, SEEK_END);
  const long bytes = ftell(file);
  rewind(file);
  f->text = malloc((size_t)bytes + 1);
  assert_non_null(f->text);
  assert_int_equal(fread(f->text, 1, (size_t)bytes, file), bytes);
  fclose(file);
  f->text[bytes] = '\0';
  int64_t basket = 0;
  for (char *at = f->text; *at; basket++) {
    char *end = at + strcspn(at, "\n");
    char *next = *end ? end + 1 : end;
    while (end > at && end[-1] == '\r')
      end--;
    *end = '\0';
    while (at < end) {
      char *stop = memchr(at, separator, (size_t)(end - at));
      if (!stop) stop = end;
      *stop = '\0';
      if (stop > at) {
        fixture_add(f, cell_int(basket), numbers ? cell_int(strtoll(at, NULL, 10)) : cell_text(at));
      }
      at = stop + 1;
    }
    at = next;
  }
  return 1;
}

typedef enum baskets_what { MINE_ITEMSETS, MINE_RULES } mine_baskets_what;

/* One whole call: 0 = the relation is in *out; else the status, the sentence in
** error[512]. */
static inline mine_status fixture_run(const mine_host *host, mine_baskets_what what,
                                      const char *options, const fixture *f, mine_relation **out,
                                      char *error) {
  static const char *const names[] = {"basket", "item"};
  mine_env *env = NULL;
  mine_job *job = NULL;
  mine_frame *frame;
  *out = NULL;
  mine_status status = mine_env_open(host, "mine_test", &env);
  const char *verb = what == MINE_RULES ? "mine_rules" : "mine_itemsets";
  if (status == MINE_OK) status = verb_job_open(env, verb, options, &job, &frame);
  if (status == MINE_OK) status = mine_frame_columns(frame, names, 2);
  for (size_t i = 0; status == MINE_OK && i < f->n; i++) {
    mine_frame_put_cell(frame, 0, &f->basket[i]);
    mine_frame_put_cell(frame, 1, &f->item[i]);
    status = mine_frame_end_row(frame);
  }
  if (status == MINE_OK) status = mine_job_run(job, out);
  if (error) snprintf(error, 512, "%s", env ? mine_env_error(env) : "no environment");
  mine_job_close(job);
  mine_env_close(env);
  return status;
}

/* The same, when it must succeed. */
static inline mine_relation *fixture_answer(mine_baskets_what what, const char *options,
                                            const fixture *f) {
  char error[512];
  mine_relation *relation;
  if (fixture_run(NULL, what, options, f, &relation, error) != MINE_OK) {
    fail_msg("%s -> %s", options, error);
  }
  return relation;
}

static inline void assert_failure(mine_baskets_what what, const char *options, const fixture *f,
                                  mine_status expected, const char *part) {
  char error[512];
  mine_relation *relation;
  const mine_status status = fixture_run(NULL, what, options, f, &relation, error);
  if (status != expected || !strstr(error, part)) {
    fail_msg("%s -> status %d: %s (wanted %d: ... %s ...)", options, (int)status, error,
             (int)expected, part);
  }
  assert_null(relation);
}

static inline void relation_text(const mine_relation *r, int64_t row, int column, char *out,
                                 size_t bytes) {
  mine_cell cell;
  mine_relation_cell(r, row, column, &cell);
  if (cell.type == MINE_TEXT) {
    snprintf(out, bytes, "%.*s", (int)cell.bytes, cell.as.text);
  } else {
    snprintf(out, bytes, "%s", "?");
  }
}

static inline int64_t relation_int(const mine_relation *r, int64_t row, int column) {
  mine_cell cell;
  mine_relation_cell(r, row, column, &cell);
  assert_int_equal(cell.type, MINE_INT);
  return cell.as.integer;
}

/* NULL is -1e300. */
static inline double relation_real(const mine_relation *r, int64_t row, int column) {
  mine_cell cell;
  mine_relation_cell(r, row, column, &cell);
  if (cell.type == MINE_NULL) return -1e300;
  if (cell.type == MINE_INT) return (double)cell.as.integer;
  assert_int_equal(cell.type, MINE_REAL);
  return cell.as.real;
}

static inline void assert_same_relation(const mine_relation *a, const mine_relation *b) {
  assert_int_equal(mine_relation_rows(a), mine_relation_rows(b));
  assert_int_equal(mine_relation_columns(a), mine_relation_columns(b));
  for (int64_t i = 0; i < mine_relation_rows(a); i++) {
    for (int c = 0; c < mine_relation_columns(a); c++) {
      mine_cell x, y;
      mine_relation_cell(a, i, c, &x);
      mine_relation_cell(b, i, c, &y);
      assert_int_equal(x.type, y.type);
      if (x.type == MINE_TEXT) {
        assert_int_equal(x.bytes, y.bytes);
        assert_memory_equal(x.as.text, y.as.text, x.bytes);
      } else if (x.type != MINE_NULL) {
        assert_memory_equal(&x.as, &y.as, sizeof x.as);
      }
    }
  }
}

/* ---- a host that can say no --------------------------------------------------------- */

typedef struct fixture_host {
  int64_t allocations, fail_at; /* 0 = never */
  int64_t held;
  int64_t polls, stop_at; /* 0 = never */
} fixture_host;

static inline void *fixture_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  fixture_host *h = user;
  if (new_bytes > 0 && new_bytes > old_bytes && ++h->allocations == h->fail_at) return NULL;
  h->held += (int64_t)new_bytes - (int64_t)old_bytes;
  if (new_bytes == 0) {
    free(block);
    return NULL;
  }
  return realloc(block, new_bytes);
}

static inline int fixture_interrupted(void *user) {
  fixture_host *h = user;
  return ++h->polls == h->stop_at;
}

static inline mine_host fixture_make_host(fixture_host *h) {
  return (mine_host){.resize = fixture_resize, .interrupted = fixture_interrupted, .user = h};
}

/* Fail the first, second, ... allocation until a call gets through: each failure
** is MINE_NOMEM and gives everything back. */
static inline void assert_survives_failures(mine_baskets_what what, const char *options,
                                            const fixture *f) {
  int64_t nth = 0;
  for (mine_status status = MINE_NOMEM; status != MINE_OK;) {
    fixture_host h = {.fail_at = ++nth};
    const mine_host host = fixture_make_host(&h);
    mine_relation *relation;
    status = fixture_run(&host, what, options, f, &relation, NULL);
    if (status != MINE_OK) {
      assert_int_equal(status, MINE_NOMEM);
      assert_null(relation);
    }
    mine_relation_free(relation);
    assert_int_equal(h.held, 0);
    assert_true(nth < 10000);
  }
  assert_true(nth > 10);
}

#endif
