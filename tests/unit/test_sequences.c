/*
** test_sequences.c -- frequent sequences by hand, and against enumeration: with limits of time,
** closed ones, events of several items, rows in any order.
*/
#include "env_fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sequence/gather.h"
#include "sequence/sequence.h"
#include "sequence/walker.h"

/* ---- rows in a line ------------------------------------------------------------------------ */

#define MOST_ROWS 64

/* "a1 b3 | a2": customers with items and their times. */
typedef struct given {
  mine_sequence_rows rows;
  mine_values items;
  int32_t customer[MOST_ROWS], item[MOST_ROWS];
  double time[MOST_ROWS];
} given;

static void given_read(given *g, const char *line) {
  *g = (given){.rows = {.n_customers = 1}};
  mine__values_open(&g->items, env->scratch);
  for (char x = 'a'; x <= 'e'; x++)
    assert_true(mine__values_push_text(&g->items, &x, 1));
  for (const char *c = line; *c; c++) {
    if (*c == '|') g->rows.n_customers++;
    if (*c < 'a' || *c > 'e') continue;
    g->customer[g->rows.n] = (int32_t)g->rows.n_customers - 1;
    g->item[g->rows.n] = *c - 'a';
    g->time[g->rows.n++] = c[1] - '0';
  }
  g->rows.customer = g->customer;
  g->rows.item = g->item;
  g->rows.time = g->time;
  g->rows.items = &g->items;
}

static mine_sequence_query query_of(int64_t min_count) {
  return (mine_sequence_query){.min_count = {min_count, INT64_MAX},
                               .min_length = 1,
                               .max_length = INT64_MAX,
                               .max_items = INT64_MAX,
                               .min_gap = NAN,
                               .max_gap = NAN,
                               .max_span = NAN,
                               .within = NAN};
}

static mine_sequence_data data;
static mine_arena *room; /* of the last answer */

static mine_sequence_set mined(const given *g, const mine_sequence_query *query) {
  mine_sequence_set set;
  room = mine__arena_open(env);
  assert_int_equal(mine__sequences_count(env, &g->rows, &data), MINE_OK);
  assert_int_equal(mine__sequences_build(env, room, &g->rows, query, &data), MINE_OK);
  assert_int_equal(mine__sequences_mine(env, room, &data, query, &set), MINE_OK);
  return set;
}

/* "a.bc": an event after the other, the letters of one together. */
static void sequence_spell(const mine_sequence *sequence, char *out) {
  for (uint32_t i = 0; i < sequence->words; i++) {
    if (i > 0 && sequence->word[i] & SEQUENCE_NEW) *out++ = '.';
    *out++ = (char)('a' + data.code[sequence->word[i] & ~SEQUENCE_NEW]);
  }
  *out = '\0';
}

/* "a:3 a.b:2": all that were found. */
static void assert_found(const char *line, const mine_sequence_query *query, const char *expected) {
  given g;
  char text[2000] = "", one[100];
  given_read(&g, line);
  const mine_sequence_set set = mined(&g, query);
  for (int64_t s = 0; s < set.n; s++) {
    sequence_spell(&set.sequence[s], one);
    const size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s%s:%u", used ? " " : "", one,
             set.sequence[s].count);
  }
  assert_string_equal(text, expected);
  mine__arena_close(room);
}

/* ---- by hand -------------------------------------------------------------------------------- */

static void in_their_order(void **state) {
  (void)state;
  mine_sequence_query two = query_of(2);
  assert_found("a1 b2 c3 | a1 c2 b3 | b1 c2", &two, "b:3 c:3 a:2 a.b:2 a.c:2 b.c:2");
  /* rows in any order are the same */
  assert_found("c3 a1 b2 | b3 a1 c2 | c2 b1", &two, "b:3 c:3 a:2 a.b:2 a.c:2 b.c:2");
  /* a customer counts once, however often */
  assert_found("a1 a2 a3 a4 | a1", &two, "a:2");
  two.max_length = 1;
  assert_found("a1 b2 | a1 b2", &two, "a:2 b:2");
  two.min_length = two.max_length = 2;
  assert_found("a1 b2 | a1 b2", &two, "a.b:2");
}

/* What lies at one time is one event: neither came first. */
static void at_one_time(void **state) {
  (void)state;
  mine_sequence_query two = query_of(2);
  assert_found("a1 b1 | b4 a4", &two, "a:2 b:2 ab:2");
  assert_found("a1 b1 | a1 b2", &two, "a:2 b:2");
  assert_found("a1 a1 | a5", &two, "a:2");
  assert_int_equal(data.repeats, 1);
  assert_found("a1 b2 c2 | c3 b3 a2", &two, "a:2 b:2 c:2 bc:2 a.b:2 a.c:2 a.bc:2");
  two.max_items = 2;
  assert_found("a1 b2 c2 | c3 b3 a2", &two, "a:2 b:2 c:2 bc:2 a.b:2 a.c:2");
}

static void within_limits(void **state) {
  (void)state;
  mine_sequence_query one = query_of(2);
  one.max_gap = 2;
  one.min_length = 2;
  /* the b behind the second a is near enough, where that behind the first is not */
  assert_found("a1 a4 b5 | a1 b3", &one, "a.b:2");
  /* a.c alone is too far: part of a sequence may have fewer customers than the whole */
  assert_found("a1 b3 c5 | a1 b2 c4", &one, "a.b:2 b.c:2 a.b.c:2");
  one.max_gap = NAN;
  one.min_gap = 2;
  assert_found("a1 b2 c3 | a1 b2 c4", &one, "a.c:2");
  one.min_gap = NAN;
  one.max_span = 3;
  assert_found("a1 b3 c5 | a1 b2 c5", &one, "a.b:2 b.c:2");
}

static void closed_ones(void **state) {
  (void)state;
  mine_sequence_query two = query_of(2);
  two.closed = 1;
  assert_found("a1 b2 c3 | a1 b2 c3 | b1", &two, "b:3 a.b.c:2");
  assert_found("a1 b1 | a2 b2 c3", &two, "ab:2");
  two.max_span = 1; /* c is in both, but further away */
  assert_found("a1 b2 c5 | a1 b2 c5", &two, "c:2 a.b:2");
}

static void of_one_customer_or_none(void **state) {
  (void)state;
  mine_sequence_query query = query_of(1);
  query.closed = 1;
  assert_found("c1 a1 b2", &query, "ac.b:1");
  query.min_count[0] = 2;
  assert_found("c1 a1 b2", &query, "");
}

/* ---- against enumeration -------------------------------------------------------------------- */

#define EVENTS   3  /* of a customer, at most                      */
#define PATTERNS 39 /* of 1 to 3 events, each of the items a, b, ab */

typedef struct person {
  int n, items[EVENTS]; /* bits */
  double time[EVENTS];
} person;

typedef struct pattern {
  int n, items[EVENTS];
} pattern;

static int pattern_all(pattern *out) {
  int n = 0;
  for (int length = 1, all = 3; length <= EVENTS; length++, all *= 3) {
    for (int code = 0; code < all; code++, n++) {
      out[n] = (pattern){.n = length};
      for (int i = 0, rest = code; i < length; i++, rest /= 3)
        out[n].items[i] = 1 + rest % 3;
    }
  }
  return n;
}

/* Whether p's events from `at` on can lie behind the person's event `before` (-1: the first). */
static int person_holds(const person *who, const pattern *p, const mine_sequence_query *q, int at,
                        int first, int before) {
  if (at == p->n) return 1;
  for (int e = before + 1; e < who->n; e++) {
    const double gap = at ? who->time[e] - who->time[before] : 0;
    if ((who->items[e] & p->items[at]) != p->items[at]) continue;
    if (at && (gap < q->min_gap || gap > q->max_gap)) continue;
    if (at && who->time[e] - who->time[first] > q->max_span) continue;
    if (person_holds(who, p, q, at + 1, at ? first : e, e)) return 1;
  }
  return 0;
}

static int pattern_holds(const pattern *large, const pattern *small) {
  int at = 0;
  for (int e = 0; e < large->n && at < small->n; e++)
    at += (large->items[e] & small->items[at]) == small->items[at];
  return at == small->n;
}

static void pattern_spell(const pattern *p, char *out) {
  for (int i = 0; i < p->n; i++) {
    if (i) *out++ = '.';
    if (p->items[i] & 1) *out++ = 'a';
    if (p->items[i] & 2) *out++ = 'b';
  }
  *out = '\0';
}

static uint64_t draw(uint64_t *state, uint64_t below) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (*state >> 33) % below;
}

/* A few people as a line, their rows as they come. */
static int people_make(uint64_t *state, person *who, char *line) {
  const int n = 1 + (int)draw(state, 5);
  char *at = line;
  for (int c = 0; c < n; c++) {
    who[c] = (person){0};
    int time = 0;
    for (int e = 0, events = 1 + (int)draw(state, EVENTS); e < events; e++) {
      time += 1 + (int)draw(state, 3);
      who[c].time[who[c].n] = time;
      who[c].items[who[c].n++] = 1 + (int)draw(state, 3);
    }
    if (c) *at++ = '|';
    for (int e = who[c].n - 1; e >= 0; e--) { /* the last first */
      if (who[c].items[e] & 2) *at++ = 'b', *at++ = (char)('0' + (int)who[c].time[e]);
      if (who[c].items[e] & 1) *at++ = 'a', *at++ = (char)('0' + (int)who[c].time[e]);
    }
  }
  *at = '\0';
  return n;
}

static void people_compare(const person *who, int n, const char *line,
                           const mine_sequence_query *query) {
  pattern all[PATTERNS];
  int count[PATTERNS] = {0}, wanted = 0;
  given g;
  const int patterns = pattern_all(all);
  given_read(&g, line);
  const mine_sequence_set set = mined(&g, query);
  for (int p = 0; p < patterns; p++)
    for (int c = 0; c < n; c++)
      count[p] += person_holds(&who[c], &all[p], query, 0, 0, -1);
  for (int p = 0; p < patterns; p++) {
    char spelling[20], found[100];
    int told = 1;
    for (int q = 0; query->closed && q < patterns; q++)
      if (q != p && count[q] == count[p] && pattern_holds(&all[q], &all[p])) told = 0;
    if (count[p] < query->min_count[0] || !told) continue;
    wanted++;
    pattern_spell(&all[p], spelling);
    int64_t s = 0;
    for (; s < set.n; s++) {
      sequence_spell(&set.sequence[s], found);
      if (strcmp(spelling, found) == 0) break;
    }
    if (s == set.n || set.sequence[s].count != (uint32_t)count[p])
      fail_msg("%s: %s, which %d hold", line, spelling, count[p]);
  }
  assert_int_equal(set.n, wanted);
  mine__arena_close(room);
}

static void random_against_enumeration(void **state) {
  (void)state;
  uint64_t seed = 5;
  for (int round = 0; round < 2000; round++) {
    person who[5];
    char line[200];
    const int n = people_make(&seed, who, line);
    mine_sequence_query query = query_of(1 + (int64_t)draw(&seed, 2));
    query.closed = (int)draw(&seed, 2);
    if (draw(&seed, 2)) query.min_gap = 2;
    if (draw(&seed, 2)) query.max_span = (double)(2 + draw(&seed, 4));
    if (!query.closed && draw(&seed, 2)) query.max_gap = (double)(2 + draw(&seed, 2));
    const mine_mark mark = mine__arena_mark(env->scratch);
    people_compare(who, n, line, &query);
    mine__arena_rewind(env->scratch, mark);
  }
}

/* ---- long ones ------------------------------------------------------------------------------ */

#define LONG_ONES 60
#define LONG_WORDS                                                              \
  4096 /* and one or two less: as long as a key of the order can say, or longer \
        */

/* Pattern k has word k % LONG_ONES, over and over; as many words as events. */
static size_t long_answers(uint32_t *answer, int64_t turned) {
  size_t used = 0;
  for (uint32_t i = 0; i < LONG_ONES; i++) {
    const uint32_t k = turned ? LONG_ONES - 1 - i : i, words = LONG_WORDS - k * 7 % 3;
    uint32_t *a = answer + used;
    memset(a, 0, WALKER_HEAD * sizeof *a);
    a[0] = a[1] = words;
    a[2] = 2;
    for (uint32_t w = 0; w < words; w++)
      a[WALKER_HEAD + w] = k | SEQUENCE_NEW;
    used += WALKER_HEAD + words;
  }
  return used;
}

/* Shorter ones first, then by items, in whatever order they were found. */
static void long_ones_in_order(void **state) {
  (void)state;
  const mine_sequence_query query = query_of(2);
  const mine_sequence_data of = {.customers = 2, .n_items = LONG_ONES};
  room = mine__arena_open(env);
  uint32_t *answer =
      mine__arena_array(room, LONG_ONES * (LONG_WORDS + WALKER_HEAD), sizeof *answer);
  assert_non_null(answer);
  for (int turned = 0; turned < 2; turned++) {
    mine_sequence_set set = {.data = &of};
    mine__sequences_gather(env, room, answer, long_answers(answer, turned), LONG_ONES, &query,
                           &set);
    assert_int_equal(set.n, LONG_ONES);
    for (int64_t i = 1; i < set.n; i++) {
      const mine_sequence *a = &set.sequence[i - 1], *b = &set.sequence[i];
      assert_true(a->length < b->length || (a->length == b->length && a->word[0] < b->word[0]));
    }
  }
  mine__arena_close(room);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(in_their_order, open_env, close_env),
      cmocka_unit_test_setup_teardown(at_one_time, open_env, close_env),
      cmocka_unit_test_setup_teardown(within_limits, open_env, close_env),
      cmocka_unit_test_setup_teardown(closed_ones, open_env, close_env),
      cmocka_unit_test_setup_teardown(of_one_customer_or_none, open_env, close_env),
      cmocka_unit_test_setup_teardown(random_against_enumeration, open_env, close_env),
      cmocka_unit_test_setup_teardown(long_ones_in_order, open_env, close_env),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
