/*
** test_core.c -- memory, errors, numbers, text and bytes: the ground.
**
** Written to be broken by: an account that drifts, a mark that does not survive
** a moved block, a comma locale, a decimal off by one bit, a reader that
** believes a length.
*/
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/bytes.h"
#include "core/likeness.h"
#include "core/options.h"
#include "core/random.h"
#include "core/text.h"
#include "data/relation.h"

/* A host that counts what is out, and refuses the nth request for memory.  It
** gives 8-byte alignment only, as SQLite does, and moves every block. */
typedef struct ledger {
  size_t out, blocks;
  long requests, refuse; /* refuse: 0 = never, n = the nth */
  int wrong_sizes, stop;
} ledger;

typedef struct ledger_head {
  size_t bytes;
  void *raw;
} ledger_head;

static void *ledger_new(ledger *l, size_t bytes) {
  size_t lead = (l->requests % 2) ? 8 : 24; /* shifts the alignment about */
  char *raw = malloc(bytes + sizeof(ledger_head) + lead);
  if (!raw) return NULL;
  char *block = raw + sizeof(ledger_head) + lead;
  ledger_head head = {bytes, raw};
  memcpy(block - sizeof head, &head, sizeof head);
  l->out += bytes;
  l->blocks++;
  return block;
}

static void *ledger_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  ledger *l = user;
  ledger_head head = {0, NULL};
  if (block) memcpy(&head, (char *)block - sizeof head, sizeof head);
  if (head.bytes != old_bytes) l->wrong_sizes++;
  void *fresh = NULL;
  if (new_bytes) {
    if (++l->requests == l->refuse) return NULL;
    fresh = ledger_new(l, new_bytes);
    if (!fresh) return NULL;
    if (block) memcpy(fresh, block, old_bytes < new_bytes ? old_bytes : new_bytes);
  }
  if (block) {
    l->out -= head.bytes;
    l->blocks--;
    free(head.raw);
  }
  return fresh;
}

static int ledger_stop(void *user) {
  return ((ledger *)user)->stop;
}

static mine_host ledger_host(ledger *l) {
  mine_host host = {0};
  host.resize = ledger_resize;
  host.interrupted = ledger_stop;
  host.user = l;
  return host;
}

static mine_env *open_env(ledger *l) {
  mine_env *env = NULL;
  mine_host host = ledger_host(l);
  assert_int_equal(mine_env_open(&host, "mine_test", &env), MINE_OK);
  return env;
}

static void close_env(ledger *l, mine_env *env) {
  mine_env_close(env);
  assert_int_equal(l->blocks, 0);
  assert_int_equal(l->out, 0);
  assert_int_equal(l->wrong_sizes, 0);
}

/* ---- arenas ------------------------------------------------------------------------ */

static void test_pieces_are_aligned_and_apart(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  unsigned char *piece[300];
  for (int i = 0; i < 300; i++) {
    size_t bytes = (size_t)i * (size_t)i;
    piece[i] = mine__arena_array(env->scratch, bytes, 1);
    assert_non_null(piece[i]);
    assert_int_equal((uintptr_t)piece[i] % (bytes >= 64 ? 64 : 16), 0);
    memset(piece[i], i & 255, bytes);
  }
  for (size_t i = 0; i < 300; i++)
    for (size_t b = 0; b < i * i; b++)
      assert_int_equal(piece[i][b], i & 255);
  unsigned char *zeros = mine__arena_zeros(env->scratch, 1000, 8);
  for (int b = 0; b < 8000; b++)
    assert_int_equal(zeros[b], 0);
  close_env(&l, env);
}

static void test_blocks_keep_their_content(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  uint32_t *a = mine__arena_block(env->scratch, NULL, 10, 4);
  uint32_t *other = mine__arena_block(env->scratch, NULL, 10, 4);
  for (uint32_t i = 0; i < 10; i++)
    a[i] = i;
  for (size_t n = 10; n < 40000; n = n * 3 / 2) {
    a = mine__arena_block(env->scratch, a, n, 4);
    assert_non_null(a);
    assert_int_equal((uintptr_t)a % 64, 0);
    a[n - 1] = (uint32_t)n - 1;
    for (uint32_t i = 0; i < 10; i++)
      assert_int_equal(a[i], i);
  }
  a = mine__arena_block(env->scratch, a, 5, 4);
  for (uint32_t i = 0; i < 5; i++)
    assert_int_equal(a[i], i);
  mine__arena_drop(env->scratch, a);
  mine__arena_drop(env->scratch, NULL);
  other[9] = 1;
  close_env(&l, env);
}

static void test_mark_and_rewind(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  mine_arena *arena = env->scratch;
  char *small = mine__arena_text(arena, "kept", 4);
  char *old = mine__arena_block(arena, NULL, 100, 1);
  memset(old, 'o', 100);
  size_t used = env->memory.used, out = l.out;
  mine_mark mark = mine__arena_mark(arena);
  for (int round = 0; round < 3; round++) {
    assert_non_null(mine__arena_array(arena, 3000, 1));
    assert_non_null(mine__arena_array(arena, 300000, 1));
    char *block = mine__arena_block(arena, NULL, 1000, 1);
    old = mine__arena_block(arena, old, 5000, 1); /* an older block may move meanwhile */
    block = mine__arena_block(arena, block, 70000, 1);
    assert_non_null(block);
    mine__arena_rewind(arena, mark);
    assert_string_equal(small, "kept");
    assert_int_equal(old[99], 'o');
    assert_int_equal(env->memory.used, used + 4900);
    assert_int_equal(l.out, out + 4900);
  }
  close_env(&l, env);
}

static void test_rewind_of_an_empty_arena(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  mine_arena *arena = mine__arena_open(env);
  size_t used = env->memory.used;
  mine_mark mark = mine__arena_mark(arena);
  assert_non_null(mine__arena_array(arena, 10, 1));
  mine__arena_rewind(arena, mark);
  assert_int_equal(env->memory.used, used);
  mine__arena_close(arena);
  mine__arena_close(NULL);
  close_env(&l, env);
}

static void test_the_account_and_its_limit(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  mine__env_set_max_memory(env, 1 << 20);
  char *a = mine__arena_block(env->scratch, NULL, 500000, 1);
  assert_non_null(a);
  memset(a, 7, 500000);
  size_t used = env->memory.used;
  assert_null(mine__arena_block(env->scratch, a, 2000000, 1));
  assert_int_equal(env->memory.used, used);
  assert_int_equal(a[499999], 7);
  assert_int_equal(mine_env_status(env), MINE_LIMIT);
  assert_non_null(strstr(mine_env_error(env), "mine_test: max_memory of 1.0 MB reached"));
  assert_non_null(strstr(mine_env_error(env), "raise max_memory"));
  assert_non_null(mine__arena_array(env->scratch, 100, 1)); /* what fits still fits */
  close_env(&l, env);
}

static void test_products_are_checked(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  assert_null(mine__arena_array(env->scratch, SIZE_MAX / 2, 8));
  assert_null(mine__arena_zeros(env->scratch, (size_t)1 << 61, 8));
  assert_null(mine__arena_block(env->scratch, NULL, SIZE_MAX, 1));
  assert_int_equal(mine_env_status(env), MINE_LIMIT);
  assert_non_null(mine__arena_array(env->scratch, 0, 8));
  close_env(&l, env);
}

static void test_detached_arenas_outlive_the_call(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  size_t used = env->memory.used;
  mine_arena *arena = mine__arena_open(env);
  char *text = mine__arena_text(arena, "model", 5);
  assert_non_null(mine__arena_block(arena, NULL, 100000, 1));
  mine__arena_detach(arena);
  assert_int_equal(env->memory.used, used);
  assert_null(mine__arena_env(arena));
  mine_env_close(env);
  assert_string_equal(text, "model");
  assert_non_null(mine__arena_array(arena, 100000, 1));
  mine__arena_close(arena);
  assert_int_equal(l.blocks, 0);
}

typedef struct asked {
  mine_cell name;
  mine_list list;
} asked;

static int parse_once(mine_env *env) {
  static const mine_option table[] = {OPTION_TEXT(asked, name, .help = "a name"),
                                      OPTION_LIST(asked, list, .help = "a list"), OPTION_END};
  asked a;
  mine_option_group group = {.table = table, .values = &a};
  return mine__options_parse(env, env->scratch, &group, 1, "name=x, list=a|\"b\"") == MINE_OK &&
         mine__options_parse(env, env->scratch, &group, 1,
                             "{\"name\":\"x\", \"list\":[1,2,3,4,5,6,7,8,9]}") == MINE_OK &&
         a.list.n == 9;
}

/* Everything the ground offers, once.  Returns the status it came to. */
static mine_status work_once(ledger *l) {
  mine_host host = ledger_host(l);
  mine_env *env;
  mine_status status = mine_env_open(&host, "mine_test", &env);
  if (status != MINE_OK) return status;
  mine_dictionary dictionary;
  mine_text text;
  mine_relation *out = NULL, *relation = mine__relation_new(
                                 env, (const mine_answer[]){
                                          {.name = "id"}, {.name = "text"}, {.name = "real"}, {0}});
  mine__text_open(&text, env->scratch);
  int ok = mine__dictionary_open(&dictionary, env->scratch) && parse_once(env);
  for (int i = 0; relation && ok && i < 400; i++) {
    char name[32];
    mine_cell cell = {MINE_TEXT, (size_t)snprintf(name, sizeof name, "item %d", i), {0}};
    cell.as.text = name;
    ok = mine__dictionary_add(&dictionary, &cell) == i;
    mine__text_addf(&text, "%s, ", name);
    mine__relation_int(relation, 0, i);
    mine__relation_put(relation, 1, &cell);
    mine__relation_real(relation, 2, i % 3 ? i / 3.0 : (double)NAN);
    mine__relation_end_row(relation);
  }
  status = mine__relation_finish(env, relation, &out);
  assert_int_equal(status, mine_env_status(env));
  assert_int_equal(status == MINE_OK, out != NULL);
  if (status == MINE_OK) assert_true(ok && !text.failed && out->rows == 400);
  mine_env_close(env);
  mine_relation_free(out);
  return status;
}

static void test_every_allocation_may_fail(void **state) {
  (void)state;
  ledger sound = {0};
  assert_int_equal(work_once(&sound), MINE_OK);
  assert_int_equal(sound.blocks, 0);
  assert_true(sound.requests > 40);
  for (long n = 1; n <= sound.requests; n++) {
    ledger l = {0};
    l.refuse = n;
    assert_int_equal(work_once(&l), MINE_NOMEM);
    assert_int_equal(l.blocks, 0);
    assert_int_equal(l.out, 0);
    assert_int_equal(l.wrong_sizes, 0);
  }
}

static void test_a_refusal_leaves_the_account(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  char *a = mine__arena_block(env->scratch, NULL, 1000, 1);
  size_t used = env->memory.used, out = l.out;
  l.refuse = l.requests + 1;
  assert_null(mine__arena_block(env->scratch, NULL, 1000, 1));
  assert_int_equal(env->memory.used, used);
  l.refuse = l.requests + 1;
  assert_null(mine__arena_block(env->scratch, a, 9000, 1));
  assert_int_equal(env->memory.used, used);
  l.refuse = l.requests + 1;
  assert_null(mine__arena_open(env));
  assert_int_equal(env->memory.used, used);
  assert_int_equal(l.out, out);
  assert_int_equal(used, out - sizeof(mine_env)); /* the account is what the host gave */
  assert_int_equal(mine_env_status(env), MINE_NOMEM);
  close_env(&l, env);
}

static void test_a_refused_shrink_is_no_failure(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  char *a = mine__arena_block(env->scratch, NULL, 1000, 1);
  l.refuse = l.requests + 1;
  assert_ptr_equal(mine__arena_block(env->scratch, a, 10, 1), a);
  assert_int_equal(mine_env_status(env), MINE_OK);
  close_env(&l, env);
}

/* ---- environment ----------------------------------------------------------------------- */

static void test_the_first_error_wins(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  assert_string_equal(mine_env_error(env), "");
  assert_int_equal(mine__fail(env, MINE_DATA, "column %s", "a"), MINE_DATA);
  assert_int_equal(mine__fail(env, MINE_OPTION, "later"), MINE_DATA);
  assert_int_equal(mine_env_fail(env, MINE_LIMIT, "later"), MINE_DATA);
  assert_int_equal(mine__poll(env), MINE_DATA);
  assert_string_equal(mine_env_error(env), "mine_test: column a");
  close_env(&l, env);
  assert_int_equal(mine_env_status(NULL), MINE_NOMEM);
  mine_env_close(NULL);
}

static void test_long_errors_end_at_a_character(void **state) {
  (void)state;
  for (size_t lead = 0; lead < 4; lead++) {
    ledger l = {0};
    mine_env *env = open_env(&l);
    char text[3 * 600 + 8] = "";
    memset(text, 'x', lead);
    for (size_t i = 0; i < 600; i++)
      memcpy(text + lead + 3 * i, "\xE5\xAE\xA2", 3);
    text[lead + 1800] = 0;
    (void)mine_env_fail(env, MINE_DATA, text);
    size_t n = strlen(mine_env_error(env));
    assert_true(n < MINE_ERROR_BYTES && n > MINE_ERROR_BYTES - 10);
    assert_true(mine_valid_utf8(mine_env_error(env), n));
    assert_string_equal(mine_env_error(env) + n - 3, "...");
    close_env(&l, env);
  }
}

static void test_poll_hears_the_host(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  assert_int_equal(mine__poll(env), MINE_OK);
  l.stop = 1;
  assert_int_equal(mine__poll(env), MINE_OK); /* asked less than 10 ms ago */
  for (double start = mine__clock(); mine__clock() - start < 0.02;)
    continue;
  assert_int_equal(mine__poll(env), MINE_INTERRUPT);
  close_env(&l, env);
}

static void test_max_seconds(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  mine__env_set_max_seconds(env, 0.001);
  for (double start = mine__clock(); mine__clock() - start < 0.002;)
    continue;
  assert_int_equal(mine__poll(env), MINE_LIMIT);
  assert_non_null(strstr(mine_env_error(env), "max_seconds of 0.001 reached"));
  close_env(&l, env);
}

/* A part that is given up leaves the call as it was; another failure, or the call's own end, stays.
 */
static void test_hurry(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  double before = mine__env_hurry(env, mine__clock());
  assert_int_equal(mine__poll(env), MINE_LIMIT);
  assert_int_equal(mine__env_resume(env, before), 1);
  assert_int_equal(mine__poll(env), MINE_OK);
  assert_string_equal(mine_env_error(env), "");
  before = mine__env_hurry(env, mine__clock() + 1000);
  assert_int_equal(mine__env_resume(env, before), 0);
  mine__env_set_max_seconds(env, 1000);
  before = mine__env_hurry(env, mine__clock());
  assert_int_equal(mine__poll(env), MINE_LIMIT);
  assert_int_equal(mine__env_resume(env, before), 1);
  mine__env_set_max_seconds(env, 0);
  before = mine__env_hurry(env, mine__clock() + 1000);
  assert_int_equal(mine__poll(env), MINE_LIMIT);
  assert_int_equal(mine__env_resume(env, before), 0);
  assert_int_equal(env->status, MINE_LIMIT);
  close_env(&l, env);
  env = open_env(&l);
  before = mine__env_hurry(env, mine__clock());
  (void)mine__fail(env, MINE_DATA, "no rows");
  assert_int_equal(mine__env_resume(env, before), 0);
  assert_string_equal(mine_env_error(env), "mine_test: no rows");
  close_env(&l, env);
}

static void test_threads(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  assert_true(env->threads >= 1);
  mine__env_set_threads(env, 5);
  assert_int_equal(env->threads, 5);
  mine__env_set_threads(env, 1000000);
  assert_int_equal(env->threads, MINE_MAX_THREADS);
  env->host.single_thread = 1;
  mine__env_set_threads(env, 5);
  assert_int_equal(env->threads, 1);
  close_env(&l, env);
}

static double reported = -1;
static void report(void *user, const char *what, double share) {
  (void)user;
  assert_string_equal(what, "reading");
  reported = share;
}

static void test_progress(void **state) {
  (void)state;
  mine_host host = {0};
  mine_env *env;
  host.progress = report;
  assert_int_equal(mine_env_open(&host, "mine_test", &env), MINE_OK);
  assert_int_equal(mine__poll_progress(env, "reading", 0.25), MINE_OK);
  assert_true(reported == 0.25);
  assert_int_equal(mine__poll_progress(env, "reading", 0.5), MINE_OK);
  assert_true(reported == 0.25); /* not that often */
  mine_env_close(env);
}

/* ---- numbers --------------------------------------------------------------------------- */

static int decimal(const char *text, double *out) {
  return mine__read_decimal(text, strlen(text), out);
}

static void test_plain_decimals(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double value;
  } good[] = {{"0", 0},
              {"5", 5},
              {"-5", -5},
              {"+5", 5},
              {"0.5", 0.5},
              {".5", 0.5},
              {"5.", 5},
              {"-.5", -.5},
              {" 12 ", 12},
              {"\t1.25\n", 1.25},
              {"0.10", 0.1},
              {"-0.5", -0.5},
              {"0.000", 0},
              {"0.1", 0.1},
              {"1234567.875", 1234567.875},
              {"100000000000000000000000", 1e23}};
  static const char *const bad[] = {"",     " ",   ".",     "-",    "+",   "02139", "00",
                                    "0001", "-02", "00.5",  "1e5",  "1E5", "nan",   "inf",
                                    "0x10", "1,5", "1 2",   "5-",   "--5", "1..2",  "1.2.3",
                                    "NULL", "12a", "1_000", "１２", "Inf", "5.e"};
  double v;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    if (!decimal(good[i].text, &v)) fail_msg("'%s' was not read", good[i].text);
    assert_true(v == good[i].value);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (decimal(bad[i], &v)) fail_msg("'%s' was read as a decimal", bad[i]);
  assert_int_equal(mine__read_decimal("12345", 3, &v), 1); /* not NUL-terminated */
  assert_true(v == 123);
}

static void test_literals(void **state) {
  (void)state;
  double v;
  assert_true(mine__read_number("1e3", 3, &v) && v == 1000);
  assert_true(mine__read_number("-2.5E-3", 7, &v) && v == -0.0025);
  assert_true(mine__read_number("1e400", 5, &v) && isinf(v));
  assert_true(mine__read_number("1e-400", 6, &v) && v == 0);
  assert_true(mine__read_number("0e999999999999", 14, &v) && v == 0);
  assert_true(mine__read_number("9e999999", 8, &v) && isinf(v));
  assert_true(mine__read_number("-9e-999999", 10, &v) && v == 0);
  assert_true(mine__read_number("\r7\r", 3, &v) && v == 7);
  assert_true(mine__read_number("007", 3, &v) && v == 7);
  assert_false(mine__read_number("1e", 2, &v));
  assert_false(mine__read_number("1e+", 3, &v));
  assert_false(mine__read_number("e5", 2, &v));
}

/* Decimals of every length against the C library (in the C locale). */
static void test_decimals_against_strtod(void **state) {
  (void)state;
  mine_random r;
  mine__random_open(&r, 7, 1, 0);
  for (int i = 0; i < 100000; i++) {
    char text[80];
    int n = 0, digits = 1 + (int)mine__random_below(&r, 40);
    int point = (int)mine__random_below(&r, (uint64_t)digits + 1);
    for (int d = 0; d < digits; d++) {
      if (d == point) text[n++] = '.';
      text[n++] = (char)('0' + mine__random_below(&r, 10));
    }
    n += snprintf(text + n, 20, "e%d", (int)mine__random_below(&r, 80) - 40);
    double v;
    assert_int_equal(mine__read_number(text, (size_t)n, &v), 1);
    if (v != strtod(text, NULL)) fail_msg("%s read as %.17g", text, v);
  }
}

/* Halfway cases decided by the last of very many digits. */
static void test_decimals_at_the_edge(void **state) {
  (void)state;
  char text[1300];
  memset(text, '0', sizeof text);
  memcpy(text, "9007199254740993.", 17); /* 2^53 + 1: halfway, to even = 2^53 */
  double v;
  assert_true(mine__read_decimal(text, 1200, &v) && v == 9007199254740992.0);
  text[1199] = '1';
  assert_true(mine__read_decimal(text, 1200, &v) && v == 9007199254740994.0);
  text[1000] = '1';
  assert_true(mine__read_decimal(text, 1200, &v) && v == 9007199254740994.0);
}

static void test_numbers_read_back(void **state) {
  (void)state;
  mine_random r;
  mine__random_open(&r, 3, 1, 4);
  for (int i = 0; i < 100000; i++) {
    uint64_t bits = mine__random_next(&r);
    char text[MINE_NUMBER_BYTES];
    double v, back;
    memcpy(&v, &bits, sizeof v);
    if (i % 2) v = (double)(int64_t)bits / 1e6;
    if (!isfinite(v)) continue;
    mine__format_real(text, v, 0);
    assert_true(mine__read_number(text, strlen(text), &back));
    if (back != v) fail_msg("%.17g was written as %s", v, text);
  }
}

static void check_format(double value, int digits, const char *expected) {
  char text[MINE_NUMBER_BYTES];
  assert_string_equal(mine__format_real(text, value, digits), expected);
}

static void test_number_formats(void **state) {
  (void)state;
  check_format(0.1, 0, "0.1");
  check_format(3, 0, "3");
  check_format(-42, 0, "-42");
  check_format(1e100, 0, "1e+100");
  check_format(0.1 + 0.2, 0, "0.30000000000000004");
  check_format(2.0 / 3, 3, "0.667");
  check_format(123456, 2, "1.2e+05");
  check_format(5e-324, 0, "4.94065645841247e-324");
  check_format(1.7976931348623157e308, 0, "1.7976931348623157e+308");
  check_format((double)NAN, 0, "nan");
  check_format(-(double)INFINITY, 0, "-inf");
  check_format(0, 0, "0");
}

/* Under a locale with a comma, if the machine has one. */
static void test_no_locale(void **state) {
  (void)state;
  static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
  size_t i = 0;
  while (i < 4 && !setlocale(LC_ALL, comma[i]))
    i++;
  double v;
  check_format(0.5, 0, "0.5");
  check_format(1.5e-7, 0, "1.5e-07");
  assert_true(decimal("0.12345678901234567890123", &v));
  setlocale(LC_ALL, "C");
  assert_true(v == 0.12345678901234567890123);
  if (i == 4) skip();
}

/* ---- text --------------------------------------------------------------------------------- */

static void test_utf8(void **state) {
  (void)state;
  static const char *const good[] = {"",
                                     "abc",
                                     "\xC3\xA9",
                                     "\xE5\xAE\xA2\xE6\x88\xB7",
                                     "12345678\xF0\x9F\x98\x80",
                                     "\xF4\x8F\xBF\xBF",
                                     "\xED\x9F\xBF",
                                     "\xE0\xB8\x81"};
  static const char *const bad[] = {"\x80",
                                    "\xC3",
                                    "\xC0\x80",
                                    "\xC1\xBF",
                                    "\xE0\x80\x80",
                                    "\xED\xA0\x80",
                                    "\xF0\x80\x80\x80",
                                    "\xF4\x90\x80\x80",
                                    "\xF5\x80\x80\x80",
                                    "\xFF",
                                    "12345678\xE5\xAE",
                                    "\xE5\xAE\x61"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    assert_true(mine_valid_utf8(good[i], strlen(good[i])));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(mine_valid_utf8(bad[i], strlen(bad[i])));
  const char *text =
      "a\xE5\xAE\xA2"
      "b\xF0\x9F\x98\x80";
  static const size_t expected[] = {0, 1, 1, 1, 4, 5, 5, 5, 5, 9, 9};
  for (size_t limit = 0; limit <= 10; limit++)
    assert_int_equal(mine__utf8_prefix(text, 9, limit), expected[limit]);
}

static mine_cell text_cell(const char *text) {
  mine_cell cell = {MINE_TEXT, strlen(text), {0}};
  cell.as.text = text;
  return cell;
}

static mine_cell real_cell(double v) {
  mine_cell cell = {MINE_REAL, 0, {0}};
  cell.as.real = v;
  return cell;
}

static mine_cell int_cell(int64_t v) {
  mine_cell cell = {MINE_INT, 0, {0}};
  cell.as.integer = v;
  return cell;
}

static void test_cells_as_text(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  mine_cell nul = text_cell("a");
  nul.bytes = 2;
  mine_cell null = {MINE_NULL, 0, {0}}, blob = {MINE_BLOB, 2, {0}};
  blob.as.text = "\x01\xAB";
  const struct {
    mine_cell cell;
    const char *person, *json, *sql;
  } row[] = {
      {null, "NULL", "null", "NULL"},
      {int_cell(-7), "-7", "-7", "-7"},
      {int_cell(INT64_MIN), "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
      {real_cell(3), "3", "3", "3.0"},
      {real_cell(1e100), "1e+100", "1e+100", "1e+100"},
      {real_cell((double)NAN), "nan", "null", "NULL"},
      {real_cell(-(double)INFINITY), "-inf", "null", "-9e999"},
      {text_cell("it's \"so\"\n"), "it's \"so\"\n", "\"it's \\\"so\\\"\\n\"", "'it''s \"so\"\n'"},
      {text_cell("\xE5\xAE\xA2\x01\xFF"), "\xE5\xAE\xA2\x01\xFF",
       "\"\xE5\xAE\xA2\\u0001\xEF\xBF\xBD\"", "'\xE5\xAE\xA2\x01\xFF'"},
      {text_cell(""), "", "\"\"", "''"},
      {blob, "x'01AB'", "\"01AB\"", "x'01AB'"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    mine_text a, b, c;
    mine__text_open(&a, env->scratch);
    mine__text_open(&b, env->scratch);
    mine__text_open(&c, env->scratch);
    mine__text_add_cell(&a, &row[i].cell);
    mine__text_add_cell_json(&b, &row[i].cell);
    mine__text_add_sql(&c, &row[i].cell);
    assert_string_equal(a.data, row[i].person);
    assert_string_equal(b.data, row[i].json);
    assert_string_equal(c.data, row[i].sql);
  }
  mine_text t;
  mine__text_open(&t, env->scratch);
  mine__text_add_sql(&t, &nul);
  assert_string_equal(t.data, "('a' || char(0) || '')");
  close_env(&l, env);
}

static void check_shown(mine_cell cell, const char *expected) {
  char buffer[MINE_SHOW_BYTES];
  assert_string_equal(mine__show_cell(buffer, &cell), expected);
}

static void test_shown_values(void **state) {
  (void)state;
  mine_cell null = {MINE_NULL, 0, {0}};
  check_shown(null, "NULL");
  check_shown(real_cell(3.5), "3.5");
  check_shown(text_cell("abc"), "'abc'");
  check_shown(text_cell("a\nb\xFFz"), "'a b?z'");
  char text[200] = "xx", expected[200] = "'xx";
  for (int i = 0; i < 40; i++)
    strcat(text, "\xE5\xAE\xA2");
  for (int i = 0; i < 19; i++)
    strcat(expected, "\xE5\xAE\xA2"); /* 2 + 57 bytes of at most 60 */
  check_shown(text_cell(text), strcat(expected, "...'"));
}

static void test_edit_distance(void **state) {
  (void)state;
  assert_int_equal(mine__edit_distance("", ""), 0);
  assert_int_equal(mine__edit_distance("k", ""), 1);
  assert_int_equal(mine__edit_distance("kitten", "sitting"), 3);
  assert_int_equal(mine__edit_distance("max_dept", "max_depth"), 1);
  static const struct {
    const char *a, *b;
    int distance; /* a hint's, else MINE_NO_HINT */
  } hint[] = {{"gap", "at", MINE_NO_HINT},
              {"kk", "k", 1},
              {"x", "y", MINE_NO_HINT},
              {"k", "", MINE_NO_HINT},
              {"nb", "knn", MINE_NO_HINT},
              {"age", "ages", 1},
              {"same", "same", 0},
              {"kmaens", "kmeans", 2},
              {"trees", "three", MINE_NO_HINT},
              {"tenure_months", "tenur_month", 2}};
  for (size_t i = 0; i < sizeof hint / sizeof *hint; i++)
    assert_int_equal(mine__hint_distance(hint[i].a, hint[i].b), hint[i].distance);
  char a[300], b[300];
  memset(a, 'a', 299);
  memset(b, 'b', 299);
  a[299] = b[299] = 0;
  assert_true(mine__edit_distance(a, b) > 30);
  assert_int_equal(mine__hint_distance(a, a), MINE_NO_HINT); /* longer than it sees */
}

static const char *most_alike(const char *asked, int values, const char *const *names) {
  mine_likeness likeness = {.asked = asked, .values = values};
  for (int i = 0; names[i]; i++) {
    const int better = mine__likeness_show(&likeness, names[i], i);
    assert_int_equal(better, likeness.name == names[i]);
    if (better) assert_int_equal(likeness.which, i);
  }
  return likeness.name;
}

/* Names need a third in common, values a half, and their case does not count. */
static void test_likeness(void **state) {
  (void)state;
  static const char *const names[] = {"knn", "kmeans", "tree", "trees", NULL};
  static const char *const values[] = {"'True'", "'False'", "'maybe'", "'may'", NULL};
  assert_string_equal(most_alike("kmaens", 0, names), "kmeans");
  assert_string_equal(most_alike("treee", 0, names), "tree"); /* the first of equals */
  assert_string_equal(most_alike("trees", 0, names), "trees");
  assert_null(most_alike("forest", 0, names));
  assert_null(most_alike("", 0, names));
  assert_string_equal(most_alike("'TRUE'", 1, values), "'True'");
  assert_string_equal(most_alike("'FALSE'", 1, values), "'False'");
  assert_string_equal(most_alike("'myabe'", 1, values), "'maybe'");
  assert_null(most_alike("'perhaps'", 1, values));
  assert_null(most_alike("'TRUE'", 0, values));
}

/* ---- random -------------------------------------------------------------------------------- */

/* The published generator: SplitMix64 from state 0 gives these (reference
** values of the algorithm's authors), and our streams never change. */
static void test_random_streams(void **state) {
  (void)state;
  assert_true(mine_hash_mix(UINT64_C(0x9E3779B97F4A7C15)) == UINT64_C(0xE220A8397B1DCDAF));
  mine_random a, b;
  mine_random r = {{1, 2, 3, 4}};
  assert_true(mine__random_next(&r) == 11520);
  assert_true(mine__random_next(&r) == 0);
  assert_true(mine__random_next(&r) == 1509978240);
  mine__random_open(&a, 1, 2, 3);
  mine__random_open(&b, 1, 2, 3);
  assert_true(mine__random_next(&a) == mine__random_next(&b));
  mine__random_open(&b, 1, 3, 2);
  assert_true(mine__random_next(&a) != mine__random_next(&b));
}

static void check_evenness(uint64_t n, int draws) {
  mine_random r;
  int count[16] = {0};
  mine__random_open(&r, 5, n, 0);
  for (int i = 0; i < draws; i++) {
    uint64_t x = mine__random_below(&r, n);
    assert_true(x < n);
    count[(int)((double)x / (double)n * 16)]++;
  }
  double chi = 0, even = draws / 16.0;
  for (int i = 0; i < 16; i++)
    chi += (count[i] - even) * (count[i] - even) / even;
  if (chi > 45) fail_msg("chi-squared %g over %llu", chi, (unsigned long long)n); /* p < 1e-4 */
}

static void test_random_is_even(void **state) {
  (void)state;
  check_evenness(16, 100000);
  check_evenness(UINT64_C(3) << 30, 100000);
  check_evenness(UINT64_C(3) << 61, 100000);
  mine_random r;
  mine__random_open(&r, 5, 0, 0);
  assert_int_equal(mine__random_below(&r, 1), 0);
  double sum = 0;
  for (int i = 0; i < 100000; i++) {
    double x = mine__random_real(&r);
    assert_true(x >= 0 && x < 1);
    sum += x;
  }
  assert_true(fabs(sum / 100000 - 0.5) < 0.005);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void write_sample(mine_writer *w, mine_arena *arena) {
  static const double reals[] = {1.5, -2};
  static const int32_t ints[] = {-1, INT32_MAX};
  mine__text_open(&w->text, arena);
  mine__write_u8(w, 200);
  mine__write_u32(w, 0x01020304);
  mine__write_i64(w, INT64_MIN);
  mine__write_real(w, (double)NAN);
  mine__write_u64(w, 2);
  mine__write_reals(w, reals, 2);
  mine__write_i32s(w, ints, 2);
  mine__write_string(w, "\xE5\xAE\xA2");
  mine__write_string(w, NULL);
  mine_cell cell = text_cell("1");
  mine__write_cell(w, &cell);
  cell = real_cell(0.1);
  mine__write_cell(w, &cell);
}

static int read_sample(mine_reader *r) {
  mine_cell a, b;
  int same = mine__read_u8(r) == 200;
  same &= mine__read_u32(r) == 0x01020304;
  same &= mine__read_i64(r) == INT64_MIN;
  same &= isnan(mine__read_real(r));
  size_t n = mine__read_count(r, 8);
  const double *reals = mine__read_reals(r, n, 1);
  const int32_t *ints = mine__read_i32s(r, 2);
  const char *text = mine__read_string(r), *null = mine__read_string(r);
  mine__read_cell(r, &a);
  mine__read_cell(r, &b);
  if (!mine__reader_ok(r)) return 0;
  same &= n == 2 && reals[0] == 1.5 && reals[1] == -2 && ints[0] == -1 && ints[1] == INT32_MAX;
  same &= strcmp(text, "\xE5\xAE\xA2") == 0 && null == NULL;
  return same && a.type == MINE_TEXT && a.bytes == 1 && b.as.real == 0.1;
}

static mine_reader reader_of(mine_env *env, const void *bytes, size_t n) {
  mine_reader r = {.env = env, .arena = env->scratch, .at = bytes};
  r.end = r.at + n;
  return r;
}

static void test_bytes_come_back(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  mine_writer w;
  write_sample(&w, env->scratch);
  assert_memory_equal(w.text.data + 1, "\x04\x03\x02\x01", 4); /* little-endian everywhere */
  mine_reader r = reader_of(env, w.text.data, w.text.bytes);
  assert_true(read_sample(&r));
  assert_true(r.at == r.end);
  for (size_t n = 0; n < w.text.bytes; n++) { /* cut anywhere: a problem, no crash */
    char *copy = malloc(n + 1);
    memcpy(copy, w.text.data, n);
    r = reader_of(env, copy, n);
    assert_false(read_sample(&r));
    assert_false(mine__reader_ok(&r));
    free(copy);
  }
  close_env(&l, env);
}

static void test_lies_are_found(void **state) {
  (void)state;
  ledger l = {0};
  mine_env *env = open_env(&l);
  static const char huge[16] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";
  size_t used = env->memory.used;
  mine_reader r = reader_of(env, huge, 16);
  assert_int_equal(mine__read_count(&r, 1), 0);
  assert_string_equal(r.problem, "count");
  mine__reader_bad(&r, "later");
  assert_string_equal(r.problem, "count");
  assert_int_equal(mine__read_u32(&r), 0);
  r = reader_of(env, huge, 16);
  assert_null(mine__read_reals(&r, SIZE_MAX / 8, 0));
  r = reader_of(env, "\x02\0\0\0\xC3(", 6);
  assert_null(mine__read_string(&r));
  assert_string_equal(r.problem, "text that is not UTF-8");
  r = reader_of(env, "\x02\0\0\0a\0", 6);
  assert_null(mine__read_string(&r));
  r = reader_of(env, "\x09", 1);
  mine_cell cell;
  mine__read_cell(&r, &cell);
  assert_false(mine__reader_ok(&r));
  r = reader_of(env, "\0\0\0\0\0\0\xF0\x7F", 8);
  mine__read_finite(&r);
  assert_false(mine__reader_ok(&r));
  assert_true(env->memory.used < used + 4096);
  assert_int_equal(mine_env_status(env), MINE_OK);
  close_env(&l, env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pieces_are_aligned_and_apart),
      cmocka_unit_test(test_blocks_keep_their_content),
      cmocka_unit_test(test_mark_and_rewind),
      cmocka_unit_test(test_rewind_of_an_empty_arena),
      cmocka_unit_test(test_the_account_and_its_limit),
      cmocka_unit_test(test_products_are_checked),
      cmocka_unit_test(test_detached_arenas_outlive_the_call),
      cmocka_unit_test(test_every_allocation_may_fail),
      cmocka_unit_test(test_a_refusal_leaves_the_account),
      cmocka_unit_test(test_a_refused_shrink_is_no_failure),
      cmocka_unit_test(test_the_first_error_wins),
      cmocka_unit_test(test_long_errors_end_at_a_character),
      cmocka_unit_test(test_poll_hears_the_host),
      cmocka_unit_test(test_max_seconds),
      cmocka_unit_test(test_hurry),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_progress),
      cmocka_unit_test(test_plain_decimals),
      cmocka_unit_test(test_literals),
      cmocka_unit_test(test_decimals_against_strtod),
      cmocka_unit_test(test_decimals_at_the_edge),
      cmocka_unit_test(test_numbers_read_back),
      cmocka_unit_test(test_number_formats),
      cmocka_unit_test(test_no_locale),
      cmocka_unit_test(test_utf8),
      cmocka_unit_test(test_cells_as_text),
      cmocka_unit_test(test_shown_values),
      cmocka_unit_test(test_edit_distance),
      cmocka_unit_test(test_likeness),
      cmocka_unit_test(test_random_streams),
      cmocka_unit_test(test_random_is_even),
      cmocka_unit_test(test_bytes_come_back),
      cmocka_unit_test(test_lies_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
