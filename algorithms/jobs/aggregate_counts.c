/*
** aggregate_counts.c -- mine_entropy, mine_mode: of how often each value is there.
**
** Values are told apart as everywhere: 1 and 1.0 are one, 1 and '1' are two.  A
** dictionary finds a value in O(1) and has its count.
**
**   entropy  - sum p log2 p, p = count / n, in bits (Shannon 1948).  It depends on how
**            often each *count* occurs, and n rows have fewer than sqrt(2 n) different
**            counts: these are kept in order (core/multiset.h), so that a row costs
**            O(log n) and an answer O(sqrt n) at most.
**   mode     the largest count, of several the smallest value.  When a window moves, a
**            heap has it on top: O(log d) a row for d values, O(1) an answer.
**
** Values whose last row has left the window are forgotten when they are more than half
** of the dictionary: memory follows the window, not the table.
*/
#include <math.h>

#include "../core/multiset.h"
#include "../core/order.h"
#include "aggregate.h"

#define COUNTS_FEW 64 /* so many values are never cleared out */

typedef struct counts_state {
  mine_dictionary seen;
  int64_t *count; /* of each value */
  size_t capacity;
  int64_t live; /* values with a row */
  int open, moving;
  mine__multiset of_counts; /* entropy, once it was asked */
  uint32_t *heap, *place;   /* mode, when the window moves: heap[place[v]] = v */
  size_t heap_capacity, place_capacity;
} counts_state;

/* ---- counting ------------------------------------------------------------------------------- */

/* The value's number after its count has grown by one; -1: failure recorded. */
static int64_t counts_up(mine_group *group, const mine_cell *cell) {
  counts_state *s = group->state;
  if (!s->open && !mine__dictionary_open(&s->seen, group->arena)) return -1;
  s->open = 1;
  const int64_t known = s->seen.values.n, v = mine__dictionary_add(&s->seen, cell);
  if (v < 0 || !MINE_RESERVE(group->arena, s->count, s->capacity, (size_t)v + 1)) return -1;
  if (v == known) s->count[v] = 0;
  s->live += s->count[v]++ == 0;
  return v;
}

/* The same by one less; the value must be there. */
static int64_t counts_down(mine_group *group, const mine_cell *cell) {
  counts_state *s = group->state;
  const int64_t v = s->open ? mine__dictionary_find(&s->seen, cell) : -1;
  if (v < 0 || s->count[v] == 0) {
    mine__group_refuse_removal(group);
    return -1;
  }
  s->live -= --s->count[v] == 0;
  return v;
}

/* Forget values without rows when they are the most; 1: the others have new numbers. */
static int counts_clear_out(mine_group *group) {
  counts_state *s = group->state;
  if (s->seen.values.n < COUNTS_FEW || s->live > s->seen.values.n / 2) return 0;
  mine_dictionary kept;
  if (!mine__dictionary_open(&kept, group->arena)) return 0;
  for (int64_t v = 0; v < s->seen.values.n; v++) {
    if (s->count[v] == 0) continue;
    mine_cell cell;
    mine__values_get(&s->seen.values, v, &cell);
    const int64_t number = mine__dictionary_add(&kept, &cell);
    if (number < 0) return 0;
    s->count[number] = s->count[v]; /* number <= v */
  }
  mine__dictionary_drop(&s->seen);
  s->seen = kept;
  return 1;
}

/* ---- mine_entropy -------------------------------------------------------------------- */

static void entropy_add(mine_group *group, const mine__group_row *row) {
  counts_state *s = group->state;
  const int64_t v = counts_up(group, &row->cell[0]);
  if (v < 0 || !s->moving) return;
  const uint64_t count = (uint64_t)s->count[v];
  if (count > 1) (void)mine__multiset_remove(&s->of_counts, count - 1, 0);
  mine__multiset_add(&s->of_counts, count, 0);
}

static void entropy_move(mine_group *group) {
  counts_state *s = group->state;
  if (s->moving) return;
  s->moving = 1;
  s->of_counts.arena = group->arena;
  for (int64_t v = 0; v < s->seen.values.n && !mine_failed(group->env); v++) {
    if (MINE_POLL_AT(group->env, v)) return;
    if (s->count[v] > 0) mine__multiset_add(&s->of_counts, (uint64_t)s->count[v], 0);
  }
}

static void entropy_remove(mine_group *group, const mine__group_row *row) {
  counts_state *s = group->state;
  entropy_move(group);
  if (mine_failed(group->env)) return;
  const int64_t v = counts_down(group, &row->cell[0]);
  if (v < 0) return;
  const uint64_t count = (uint64_t)s->count[v];
  (void)mine__multiset_remove(&s->of_counts, count + 1, 0);
  if (count > 0) mine__multiset_add(&s->of_counts, count, 0);
  (void)counts_clear_out(group);
}

typedef struct entropy_sum {
  double n, nats; /* n times the entropy */
} entropy_sum;

/* log(n / count) keeps its digits also where one value has nearly all rows. */
static void entropy_visit(void *context, uint64_t count, int64_t values) {
  entropy_sum *sum = context;
  const double c = (double)count;
  sum->nats += (double)values * c * log1p((sum->n - c) / c);
}

static void entropy_value(mine_group *group, int last, mine_cell *out) {
  const counts_state *s = group->state;
  entropy_sum sum = {(double)group->rows, 0};
  (void)last;
  entropy_move(group);
  if (mine_failed(group->env)) return;
  mine__multiset_each(&s->of_counts, entropy_visit, &sum);
  mine__group_answer(out, sum.nats / sum.n / log(2.0));
}

const mine_verb mine__verb_entropy = {
    MINE_AGGREGATE("mine_entropy", MINE_ANSWER_REAL, "bits: 0 when all values are equal",
                   counts_state, .add = entropy_add, .remove = entropy_remove,
                   .value = entropy_value),
    .what = "How mixed the values of a column are, in bits: 0 all equal, 1 two halves.",
    .notes = MINE_NOTE_SKIPS " 1 and 1.0 are one value, 1 and '1' are two.",
    .example = "SELECT mine_entropy(column1) FROM (VALUES ('a'), ('b'), ('a'), ('c'));",
    .argument = {{MINE_ARG_VALUE, "x"}},
    .required = 1,
};

/* ---- mine_mode ----------------------------------------------------------------------- */

/* Whether value a is rather the mode than b. */
static int mode_before(const counts_state *s, int64_t a, int64_t b) {
  if (s->count[a] != s->count[b]) return s->count[a] > s->count[b];
  mine_cell first, second;
  mine__values_get(&s->seen.values, a, &first);
  mine__values_get(&s->seen.values, b, &second);
  return mine__cell_compare(&first, &second) < 0;
}

static int mode_heap_before(const void *arrays, int64_t a, int64_t b) {
  const counts_state *s = arrays;
  return mode_before(s, s->heap[a], s->heap[b]);
}

static void mode_heap_swap(void *arrays, int64_t a, int64_t b) {
  counts_state *s = arrays;
  const uint32_t moved = s->heap[a];
  s->heap[a] = s->heap[b];
  s->heap[b] = moved;
  s->place[s->heap[a]] = (uint32_t)a;
  s->place[s->heap[b]] = (uint32_t)b;
}

static const mine__heap mode_heap = {mode_heap_before, mode_heap_swap};

/* A new value, the last of the dictionary, joins the heap. */
static void mode_join(mine_group *group, int64_t v) {
  counts_state *s = group->state;
  const size_t n = (size_t)v + 1;
  if (!MINE_RESERVE(group->arena, s->heap, s->heap_capacity, n) ||
      !MINE_RESERVE(group->arena, s->place, s->place_capacity, n))
    return;
  s->heap[v] = s->place[v] = (uint32_t)v;
  mine__heap_rise(mode_heap, s, v);
}

static void mode_build(mine_group *group) {
  const counts_state *s = group->state;
  for (int64_t v = 0; v < s->seen.values.n && !mine_failed(group->env); v++) {
    if (MINE_POLL_AT(group->env, v)) return;
    mode_join(group, v);
  }
}

static void mode_move(mine_group *group) {
  counts_state *s = group->state;
  if (s->moving) return;
  s->moving = 1;
  mode_build(group);
}

static void mode_add(mine_group *group, const mine__group_row *row) {
  counts_state *s = group->state;
  const int64_t known = s->seen.values.n, v = counts_up(group, &row->cell[0]);
  if (v < 0 || !s->moving) return;
  if (v == known) {
    mode_join(group, v);
  } else {
    mine__heap_rise(mode_heap, s, s->place[v]);
  }
}

static void mode_remove(mine_group *group, const mine__group_row *row) {
  counts_state *s = group->state;
  mode_move(group);
  if (mine_failed(group->env)) return;
  const int64_t v = counts_down(group, &row->cell[0]);
  if (v < 0) return;
  mine__heap_sink_from(mode_heap, s, s->place[v], s->seen.values.n);
  if (counts_clear_out(group)) mode_build(group);
}

static void mode_value(mine_group *group, int last, mine_cell *out) {
  const counts_state *s = group->state;
  if (!last) mode_move(group);
  if (mine_failed(group->env)) return;
  int64_t best = s->moving ? s->heap[0] : 0;
  for (int64_t v = 1; v < s->seen.values.n && !s->moving; v++) {
    if (MINE_POLL_AT(group->env, v)) return;
    if (mode_before(s, v, best)) best = v;
  }
  mine__values_get(&s->seen.values, best, out);
}

const mine_verb mine__verb_mode = {
    MINE_AGGREGATE("mine_mode", MINE_ANSWER_ANY, "as it went in", counts_state, .add = mode_add,
                   .remove = mode_remove, .value = mode_value),
    .what = "The most frequent value; of several the smallest, as ORDER BY sorts.",
    .notes = MINE_NOTE_SKIPS " 1 and 1.0 are one value, 1 and '1' are two.",
    .example = "SELECT mine_mode(column1) FROM (VALUES ('b'), ('a'), ('b'), ('c'));",
    .argument = {{MINE_ARG_VALUE, "x"}},
    .required = 1,
};
