/*
** build.c -- rows of (customer, time, item) become sequences of ranks.
**
** Rows are sorted by time and then, stably, by customer: two sorts without comparisons, O(rows).
** What lies at one time is one event, whatever the order of its rows; an item that is twice in
** it is there once.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "sequence.h"

static int build_counts(const mine_sequence_rows *rows, int64_t i) {
  return rows->customer[i] >= 0 && rows->item[i] >= 0 && !isnan(rows->time[i]);
}

mine_status mine__sequences_count(mine_env *env, const mine_sequence_rows *rows,
                                  mine_sequence_data *out) {
  *out = (mine_sequence_data){.names = rows->items};
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint8_t *seen = mine__arena_zeros(env->scratch, (size_t)rows->n_customers, 1);
  for (int64_t i = 0; seen && i < rows->n; i++) {
    if (MINE_POLL_AT(env, i)) break;
    if (build_counts(rows, i)) seen[rows->customer[i]] = 1;
  }
  for (int64_t c = 0; seen && c < rows->n_customers; c++) {
    out->customers += seen[c];
    out->positives += seen[c] && rows->positive && rows->positive[c];
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- rows by customer and time --------------------------------------------------------------- */

typedef struct build_order {
  int64_t n;      /* rows that count                                       */
  int64_t *first; /* of a customer, in `row`; n_customers + 1              */
  uint32_t *row;  /* by customer, then time                                */
} build_order;

static void build_by_time(mine_env *env, const mine_sequence_rows *rows, mine_pair *order,
                          int64_t *n) {
  double *key = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *key);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *temp);
  if (!key || !temp) return;
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    key[i] = build_counts(rows, i) ? rows->time[i] : NAN;
  }
  if (mine__sort_reals_asked(env, key, NULL, rows->n, order, temp))
    *n = mine__sort_known(order, rows->n);
}

static void build_sort(mine_env *env, mine_arena *arena, const mine_sequence_rows *rows,
                       build_order *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *order);
  *out = (build_order){0};
  if (order) build_by_time(env, rows, order, &out->n);
  int32_t *code = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *code);
  mine__by_code by = {0};
  for (int64_t k = 0; code && !mine_failed(env) && k < out->n; k++)
    code[k] = rows->customer[order[k].row];
  if (!mine_failed(env) && mine__sort_codes(arena, code, out->n, rows->n_customers, &by)) {
    for (int64_t k = 0; k < out->n; k++)
      by.at[k] = order[by.at[k]].row;
    out->first = by.first;
    out->row = by.at;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- which items ---------------------------------------------------------------------------- */

typedef struct build_items {
  uint32_t *count, *positives; /* customers, of each code */
  uint32_t *rank;              /* + 1; 0: not frequent    */
  const mine_values *names;
} build_items;

static int build_before(const void *context, const void *a, const void *b) {
  const mine_values *names = context;
  mine_cell x, y;
  mine__values_get(names, *(const uint32_t *)a, &x);
  mine__values_get(names, *(const uint32_t *)b, &y);
  return mine__cell_compare(&x, &y) < 0;
}

/* Customers who lack an item that every pattern must hold can hold none. */
static int build_is_kept(const mine_sequence_rows *rows, const mine_sequence_query *query,
                         const build_order *order, int64_t c) {
  for (size_t i = 0; i < query->n_contains; i++) {
    int64_t k = order->first[c];
    while (k < order->first[c + 1] && rows->item[order->row[k]] != (int32_t)query->contains[i])
      k++;
    if (k == order->first[c + 1]) return 0;
  }
  return order->first[c] < order->first[c + 1];
}

static void build_tally(mine_env *env, const mine_sequence_rows *rows, const build_order *order,
                        const uint8_t *kept, build_items *items) {
  const size_t n = (size_t)rows->items->n;
  int32_t *last = mine__arena_zeros(env->scratch, n, sizeof *last);
  items->count = mine__arena_zeros(env->scratch, n, sizeof *items->count);
  items->positives = mine__arena_zeros(env->scratch, n, sizeof *items->positives);
  items->rank = mine__arena_zeros(env->scratch, n, sizeof *items->rank);
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < rows->n_customers; c++) {
    if (MINE_POLL_AT(env, c)) return;
    for (int64_t k = order->first[c]; kept[c] && k < order->first[c + 1]; k++) {
      const int32_t x = rows->item[order->row[k]];
      if (last[x] == (int32_t)c + 1) continue;
      last[x] = (int32_t)c + 1;
      items->count[x]++;
      items->positives[x] += rows->positive && rows->positive[c];
    }
  }
}

static void build_ranks(mine_env *env, mine_arena *arena, const mine_sequence_query *query,
                        build_items *items, mine_sequence_data *out) {
  const size_t n = (size_t)items->names->n;
  out->code = mine__arena_array(arena, n, sizeof *out->code);
  uint32_t *spare = mine__arena_array(env->scratch, n, sizeof *spare);
  if (!out->code || !spare) return;
  for (uint32_t x = 0; x < n; x++)
    if ((int64_t)(items->count[x] - items->positives[x]) >= query->min_count[0] ||
        (int64_t)items->positives[x] >= query->min_count[1])
      out->code[out->n_items++] = x;
  mine__sort(env, out->code, spare, out->n_items, sizeof *spare, build_before, items->names);
  for (uint32_t r = 0; r < out->n_items && !mine_failed(env); r++)
    items->rank[out->code[r]] = r + 1;
}

/* ---- words ---------------------------------------------------------------------------------- */

typedef struct build_state {
  mine_env *env;
  const mine_sequence_rows *rows;
  const build_order *order;
  const build_items *items;
  mine_sequence_data *out;
  uint32_t *event; /* the items of one event */
  uint32_t kept;   /* customers so far       */
  int indexed;
} build_state;

static int build_rising(const void *context, uint32_t a, uint32_t b) {
  (void)context;
  return a < b;
}

/* The rows from..to - 1 are one event; n: its items that are frequent. */
static uint32_t build_event(build_state *b, int64_t from, int64_t to) {
  const mine_sequence_rows *rows = b->rows;
  uint32_t n = 0, kept = 0;
  if (to - from == 1) {
    const uint32_t rank = b->items->rank[rows->item[b->order->row[from]]];
    b->event[0] = rank - 1;
    return rank > 0;
  }
  for (int64_t k = from; k < to; k++)
    b->event[n++] = (uint32_t)rows->item[b->order->row[k]];
  mine__sort_words(b->event, n, build_rising, NULL);
  uint32_t distinct = 0;
  for (uint32_t i = 0; i < n; i++)
    if (i == 0 || b->event[i] != b->event[distinct - 1]) b->event[distinct++] = b->event[i];
  b->out->repeats += n - distinct;
  b->out->ties += distinct > 1;
  for (uint32_t i = 0; i < distinct; i++) {
    const uint32_t rank = b->items->rank[b->event[i]];
    if (rank) b->event[kept++] = rank - 1;
  }
  mine__sort_words(b->event, kept, build_rising, NULL);
  return kept;
}

static void build_put_event(build_state *b, uint32_t n, double time) {
  mine_sequence_data *out = b->out;
  if (b->indexed) {
    out->event_first[out->n_events] = (uint32_t)out->words;
    out->customer_of[out->n_events] = b->kept;
    out->time[out->n_events] = time;
  }
  for (uint32_t i = 0; i < n; i++) {
    if (b->indexed) out->event_of[out->words] = out->n_events;
    out->word[out->words++] = b->event[i] | (i == 0 ? SEQUENCE_NEW : 0);
  }
  out->n_events++;
}

static void build_customer(build_state *b, int64_t c) {
  mine_sequence_data *out = b->out;
  const int64_t last = b->order->first[c + 1];
  const size_t begun = out->words;
  if (b->indexed) b->out->customer_first[b->kept] = out->n_events;
  for (int64_t k = b->order->first[c], to; k < last; k = to) {
    const double time = b->rows->time[b->order->row[k]];
    for (to = k + 1; to < last && b->rows->time[b->order->row[to]] == time; to++)
      continue;
    const uint32_t n = build_event(b, k, to);
    if (n > 0) build_put_event(b, n, time);
  }
  if (out->words == begun) return;
  if (out->words - begun > out->longest) out->longest = (uint32_t)(out->words - begun);
  if (b->indexed) out->event_of[out->words] = out->n_events - 1;
  out->word[out->words++] = SEQUENCE_END;
  b->kept++;
}

static void build_room(build_state *b, mine_arena *arena) {
  mine_sequence_data *out = b->out;
  const size_t n = (size_t)b->order->n, customers = (size_t)out->customers;
  int64_t most = 0;
  for (int64_t c = 0; c < b->rows->n_customers; c++)
    if (b->order->first[c + 1] - b->order->first[c] > most)
      most = b->order->first[c + 1] - b->order->first[c];
  b->event = mine__arena_array(b->env->scratch, (size_t)most + 1, sizeof *b->event);
  out->word = mine__arena_array(arena, n + customers + 1, sizeof *out->word);
  if (!b->indexed) return;
  out->event_of = mine__arena_array(arena, n + customers + 1, sizeof *out->event_of);
  out->event_first = mine__arena_array(arena, n + 1, sizeof *out->event_first);
  out->customer_of = mine__arena_array(arena, n + 1, sizeof *out->customer_of);
  out->customer_first = mine__arena_array(arena, customers + 1, sizeof *out->customer_first);
  out->time = mine__arena_array(arena, n + 1, sizeof *out->time);
}

/* Differences of two times are off by at most the last digits of the larger. */
static double build_slack(const mine_sequence_data *data) {
  double most = 0;
  for (uint32_t e = 0; e < data->n_events; e++)
    if (fabs(data->time[e]) > most) most = fabs(data->time[e]);
  return 8 * DBL_EPSILON * most;
}

static void build_words(build_state *b, mine_arena *arena, const uint8_t *kept) {
  mine_sequence_data *out = b->out;
  const mine_sequence_rows *rows = b->rows;
  build_room(b, arena);
  if (mine_failed(b->env)) return;
  for (int positive = 1; positive >= 0; positive--) {
    for (int64_t c = 0; c < rows->n_customers; c++) {
      if (MINE_POLL_AT(b->env, c)) return;
      if (kept[c] && (rows->positive && rows->positive[c]) == positive) build_customer(b, c);
    }
    if (positive) out->split = out->words;
  }
  if (!b->indexed) return;
  out->event_first[out->n_events] = (uint32_t)out->words;
  out->customer_first[b->kept] = out->n_events;
  out->slack = build_slack(out);
}

mine_status mine__sequences_build(mine_env *env, mine_arena *arena, const mine_sequence_rows *rows,
                                  const mine_sequence_query *query, mine_sequence_data *out) {
  build_order order = {0};
  build_items items = {.names = rows->items};
  mine_arena *sorted = mine__arena_open(env); /* the order goes as soon as the words are there */
  if (sorted) build_sort(env, sorted, rows, &order);
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint8_t *kept = mine__arena_array(env->scratch, (size_t)rows->n_customers, 1);
  for (int64_t c = 0; !mine_failed(env) && c < rows->n_customers; c++)
    kept[c] = (uint8_t)build_is_kept(rows, query, &order, c);
  if (!mine_failed(env)) build_tally(env, rows, &order, kept, &items);
  if (!mine_failed(env)) build_ranks(env, arena, query, &items, out);
  build_state b = {.env = env,
                   .rows = rows,
                   .order = &order,
                   .items = &items,
                   .out = out,
                   .indexed = query->closed || query->rules || !isnan(query->min_gap) ||
                              !isnan(query->max_gap) || !isnan(query->max_span)};
  if (!mine_failed(env)) build_words(&b, arena, kept);
  mine__arena_close(sorted);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
