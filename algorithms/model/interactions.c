/*
** interactions.c -- rows (customer, item [, time [, amount]]) become customers with their baskets
** (interactions.h).
**
** Rows are put in order by time, then by customer, both stably; a walk over them cuts baskets.
*/
#include "interactions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/radix.h"
#include "../data/notes.h"

enum { INTERACTIONS_CUSTOMER, INTERACTIONS_ITEM, INTERACTIONS_TIME, INTERACTIONS_AMOUNT };

const mine_want mine__interactions_wants[] = {
    {.name = "customer",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_ID,
     .help = "the column that says who it was"},
    {.name = "item", .reading = MINE_READ_EXACT, .help = "... and what he took"},
    {.name = "time",
     .reading = MINE_READ_TIME,
     .flags = MINE_WANT_OPTIONAL | MINE_WANT_COUNTED,
     .help =
         "... when: a date, a time, or a number that grows; what a customer took at one time is "
         "a basket"},
    {.name = "amount",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "... for how much"},
    {0},
};

/* ---- reading -------------------------------------------------------------------------------- */

/* The columns, NULL where absent or empty. */
typedef struct interactions_columns {
  int64_t rows;
  const int32_t *customer, *item;
  const double *time, *amount;
} interactions_columns;

typedef struct interactions_left {
  int64_t nobody, nothing, never;
} interactions_left;

static const mine_column *interactions_column(const mine_frame *frame, const mine_events *reading,
                                              int want) {
  const int at = reading->column[want];
  return at < 0 ? NULL : &frame->column[at];
}

/* Per row its customer; -1: no event. */
static int32_t *interactions_who(mine_env *env, const interactions_columns *in, int timed,
                                 interactions_left *left) {
  int32_t *who = mine__arena_array(env->scratch, (size_t)in->rows, sizeof *who);
  for (int64_t i = 0; who && i < in->rows; i++) {
    if (MINE_POLL_AT(env, i)) return NULL;
    who[i] = -1;
    if (!in->customer || in->customer[i] < 0)
      left->nobody++;
    else if (!in->item || in->item[i] < 0)
      left->nothing++;
    else if (timed && (!in->time || isnan(in->time[i])))
      left->never++;
    else
      who[i] = in->customer[i];
  }
  return who;
}

/* Rows by customer, those of one by time, equal times as they came. */
static int interactions_order(mine_env *env, const interactions_columns *in, int32_t *who,
                              int64_t customers, mine__by_code *by) {
  mine_arena *arena = env->scratch;
  if (!in->time) return mine__sort_codes(arena, who, in->rows, customers, by);
  mine_pair *order = mine__arena_array(arena, (size_t)in->rows, sizeof *order);
  mine_pair *temp = mine__arena_array(arena, (size_t)in->rows, sizeof *temp);
  int32_t *code = mine__arena_array(arena, (size_t)in->rows, sizeof *code);
  if (!order || !temp || !code) return 0;
  mine__sort_reals(in->time, NULL, in->rows, order, temp);
  for (int64_t i = 0; i < in->rows; i++)
    code[i] = who[order[i].row];
  if (mine__poll(env) || !mine__sort_codes(arena, code, in->rows, customers, by)) return 0;
  for (int64_t i = 0; i < by->first[customers]; i++)
    by->at[i] = order[by->at[i]].row;
  return 1;
}

static void interactions_room(mine_arena *arena, int64_t events, int64_t baskets, int amounts,
                              mine_interactions *out) {
  out->basket_first = mine__arena_zeros(arena, (size_t)out->n_customers + 1, sizeof(int64_t));
  out->event_first = mine__arena_zeros(arena, (size_t)baskets + 1, sizeof(int64_t));
  out->event_item = mine__arena_array(arena, (size_t)events, sizeof *out->event_item);
  if (amounts)
    out->event_amount = mine__arena_array(arena, (size_t)events, sizeof *out->event_amount);
}

/* Where the walk is: in which basket each item was last seen, and as which event. */
typedef struct interactions_walk {
  int64_t *seen; /* 1 + basket */
  int64_t *at;
} interactions_walk;

static void interactions_add(const interactions_columns *in, uint32_t row, interactions_walk *walk,
                             mine_interactions *out) {
  const int32_t item = in->item[row];
  const double amount = in->amount ? in->amount[row] : (double)NAN;
  if (walk->seen[item] != out->n_baskets + 1) {
    walk->seen[item] = out->n_baskets + 1;
    walk->at[item] = out->n_events;
    if (out->event_amount) out->event_amount[out->n_events] = amount;
    out->event_item[out->n_events++] = item;
    return;
  }
  if (!out->event_amount || isnan(amount)) return;
  double *sum = &out->event_amount[walk->at[item]];
  *sum = isnan(*sum) ? amount : *sum + amount;
}

static void interactions_cut(mine_env *env, const interactions_columns *in, const mine__by_code *by,
                             mine_interactions *out) {
  interactions_walk walk = {
      mine__arena_zeros(env->scratch, (size_t)out->n_items, sizeof *walk.seen),
      mine__arena_zeros(env->scratch, (size_t)out->n_items, sizeof *walk.at)};
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < out->n_customers; c++) {
    if (MINE_POLL_AT(env, c)) return;
    out->basket_first[c] = out->n_baskets;
    for (int64_t i = by->first[c]; i < by->first[c + 1];) {
      const uint32_t first = by->at[i];
      out->event_first[out->n_baskets] = out->n_events;
      if (in->time) out->basket_time[out->n_baskets] = in->time[first];
      interactions_add(in, first, &walk, out);
      for (i++; in->time && i < by->first[c + 1] && in->time[by->at[i]] == in->time[first]; i++)
        interactions_add(in, by->at[i], &walk, out);
      out->n_baskets++;
    }
  }
  out->basket_first[out->n_customers] = out->n_baskets;
  out->event_first[out->n_baskets] = out->n_events;
}

static void interactions_note(const mine_interactions_how *how, const char *item, const char *name,
                              int64_t n, const char *what) {
  char detail[200];
  if (n == 0) return;
  snprintf(detail, sizeof detail, "%lld%s%s", (long long)n, *what ? ": " : "", what);
  how->note(how->context, item, name, detail);
}

/* The item's text in lower case, without blanks around it. */
static int interactions_fold(mine_text *text, const mine_cell *item, mine_cell *out) {
  text->bytes = 0;
  mine__text_add_cell(text, item);
  if (text->failed) return 0;
  size_t from = 0, to = text->bytes;
  for (size_t k = 0; k < to; k++)
    if (text->data[k] >= 'A' && text->data[k] <= 'Z') text->data[k] += 'a' - 'A';
  while (from < to && text->data[from] == ' ')
    from++;
  while (to > from && text->data[to - 1] == ' ')
    to--;
  *out = (mine_cell){MINE_TEXT, to - from, {.text = to > from ? text->data + from : ""}};
  return 1;
}

/* The items that one person would take for one before; how many, and the first with that one. */
static int64_t interactions_alike(mine_env *env, const mine_values *items, int64_t pair[2]) {
  mine_dictionary folded;
  mine_text text;
  int64_t alike = 0;
  int64_t *first = mine__arena_array(env->scratch, (size_t)items->n, sizeof *first);
  mine__text_open(&text, env->scratch);
  if (!first || !mine__dictionary_open(&folded, env->scratch)) return 0;
  for (int64_t i = 0; i < items->n; i++) {
    mine_cell item;
    mine__values_get(items, i, &item);
    if (MINE_POLL_AT(env, i) || !interactions_fold(&text, &item, &item)) return 0;
    const int64_t known = folded.values.n, at = mine__dictionary_add(&folded, &item);
    if (at < 0) return 0;
    if (at == known) {
      first[at] = i;
    } else if (alike++ == 0) {
      pair[0] = first[at];
      pair[1] = i;
    }
  }
  return alike;
}

static void interactions_tell_alike(mine_env *env, const mine_interactions_how *how,
                                    const mine_values *items) {
  int64_t pair[2] = {0, 0};
  char detail[300], a[MINE_SHOW_BYTES], b[MINE_SHOW_BYTES];
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t alike = interactions_alike(env, items, pair);
  mine__arena_rewind(env->scratch, mark);
  if (mine_failed(env) || alike == 0) return;
  mine_cell one, other;
  mine__values_get(items, pair[0], &one);
  mine__values_get(items, pair[1], &other);
  mine__show_cell(a, &one);
  mine__show_cell(b, &other);
  snprintf(
      detail, sizeof detail,
      "%s and %s are two items; %lld differ%s from another only in type, case or blanks around", a,
      b, (long long)alike, alike == 1 ? "s" : "");
  how->note(how->context, "warning", "item", detail);
}

static void interactions_tell(const mine_interactions_how *how, const mine_interactions *of,
                              const interactions_columns *in, const interactions_left *left) {
  interactions_note(how, "rows", "read", in->rows, "");
  interactions_note(how, "rows", "skipped", left->nobody, "the customer is missing");
  interactions_note(how, "rows", "skipped", left->nothing, "the item is missing");
  interactions_note(how, "rows", "skipped", left->never, "the time is missing");
  if (!of->timed) return;
  interactions_note(how, "rows", "baskets", of->n_baskets,
                    "what a customer took at one time is one");
}

void mine__interactions_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                             const mine_events *reading, const mine_interactions_how *how,
                             mine_interactions *out) {
  *out = (mine_interactions){0};
  if (mine__frame_finish(frame)) return;
  const mine_column *customer = interactions_column(frame, reading, INTERACTIONS_CUSTOMER);
  const mine_column *item = interactions_column(frame, reading, INTERACTIONS_ITEM);
  const mine_column *time = interactions_column(frame, reading, INTERACTIONS_TIME);
  const mine_column *amount = interactions_column(frame, reading, INTERACTIONS_AMOUNT);
  const interactions_columns in = {frame->rows, customer->code, item->code,
                                   time ? time->number : NULL, amount ? amount->number : NULL};
  interactions_left left = {0};
  mine__by_code by = {0};
  out->n_customers = customer->levels.n;
  out->n_items = item->levels.n;
  out->customers = &customer->levels;
  out->items = &item->levels;
  out->timed = time != NULL;
  const size_t rows = (size_t)frame->rows;
  interactions_room(arena, frame->rows, frame->rows, in.amount != NULL, out);
  if (in.time) out->basket_time = mine__arena_array(arena, rows, sizeof *out->basket_time);
  const mine_mark mark = mine__arena_mark(env->scratch);
  int32_t *who =
      mine_failed(env) ? NULL : interactions_who(env, &in, out->timed && !how->may_be_empty, &left);
  if (who && interactions_order(env, &in, who, out->n_customers, &by))
    interactions_cut(env, &in, &by, out);
  mine__arena_rewind(env->scratch, mark);
  if (mine_failed(env)) return;
  if (out->n_events == 0 && !how->may_be_empty) {
    (void)mine__fail(env, MINE_DATA,
                     "no row says that a customer took an item: of %lld rows %lld lack the "
                     "customer, %lld the item, %lld the time; the source holds (customer, item[, "
                     "time[, amount]])",
                     (long long)frame->rows, (long long)left.nobody, (long long)left.nothing,
                     (long long)left.never);
    return;
  }
  out->n_rows = in.rows - left.nobody - left.nothing - left.never;
  interactions_tell(how, out, &in, &left);
  if (!how->may_be_empty) interactions_tell_alike(env, how, out->items);
  mine__interactions_pairs(env, arena, out);
}

/* ---- pairs ---------------------------------------------------------------------------------- */

void mine__interactions_pairs(mine_env *env, mine_arena *arena, mine_interactions *of) {
  of->n_pairs = 0;
  of->pair_first = mine__arena_zeros(arena, (size_t)of->n_customers + 1, sizeof *of->pair_first);
  of->pair_item = mine__arena_array(arena, (size_t)of->n_events, sizeof *of->pair_item);
  of->pair_count = mine__arena_array(arena, (size_t)of->n_events, sizeof *of->pair_count);
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *seen = mine__arena_zeros(env->scratch, (size_t)of->n_items, sizeof *seen);
  int64_t *at = mine__arena_zeros(env->scratch, (size_t)of->n_items, sizeof *at);
  for (int64_t c = 0; c < of->n_customers && !mine_failed(env); c++) {
    if (MINE_POLL_AT(env, c)) break;
    of->pair_first[c] = of->n_pairs;
    const int64_t from = of->event_first[of->basket_first[c]];
    const int64_t to = of->event_first[of->basket_first[c + 1]];
    for (int64_t e = from; e < to; e++) {
      const int32_t item = of->event_item[e];
      if (seen[item] == c + 1) {
        of->pair_count[at[item]]++;
        continue;
      }
      seen[item] = c + 1;
      at[item] = of->n_pairs;
      of->pair_item[of->n_pairs] = item;
      of->pair_count[of->n_pairs++] = 1;
    }
  }
  mine__arena_rewind(env->scratch, mark);
  if (!mine_failed(env)) of->pair_first[of->n_customers] = of->n_pairs;
}

/* ---- other customers' events ---------------------------------------------------------------- */

/* One basket more of what stands in `of`, its items numbered by `to` (NULL: as they are). */
static void interactions_copy(const mine_interactions *of, int64_t basket, const int32_t *to,
                              mine_interactions *out) {
  out->event_first[out->n_baskets] = out->n_events;
  if (out->basket_time) out->basket_time[out->n_baskets] = of->basket_time[basket];
  for (int64_t e = of->event_first[basket]; e < of->event_first[basket + 1]; e++) {
    const int32_t item = to ? to[of->event_item[e]] : of->event_item[e];
    if (item < 0) continue;
    if (out->event_amount) out->event_amount[out->n_events] = of->event_amount[e];
    out->event_item[out->n_events++] = item;
  }
  out->n_baskets++;
  out->event_first[out->n_baskets] = out->n_events;
}

static void interactions_like(mine_arena *arena, const mine_interactions *of,
                              mine_interactions *out) {
  *out = (mine_interactions){.n_customers = of->n_customers,
                             .n_items = of->n_items,
                             .customers = of->customers,
                             .items = of->items,
                             .timed = of->timed};
  interactions_room(arena, of->n_events, of->n_baskets, of->event_amount != NULL, out);
  if (of->basket_time)
    out->basket_time = mine__arena_array(arena, (size_t)of->n_baskets, sizeof *out->basket_time);
}

void mine__interactions_map(mine_env *env, mine_arena *arena, const mine_interactions *of,
                            const int32_t *to, const mine_values *items, mine_interactions *out) {
  interactions_like(arena, of, out);
  out->items = items;
  out->n_items = items->n;
  for (int64_t c = 0; c < of->n_customers && !mine_failed(env); c++) {
    if (MINE_POLL_AT(env, c)) return;
    out->basket_first[c] = out->n_baskets;
    for (int64_t b = of->basket_first[c]; b < of->basket_first[c + 1]; b++)
      interactions_copy(of, b, to, out);
  }
  if (mine_failed(env)) return;
  out->basket_first[out->n_customers] = out->n_baskets;
  mine__interactions_pairs(env, arena, out);
}

/* The customers who have baskets of that side, and those baskets. */
static void interactions_pick(mine_env *env, const mine_interactions *of, const uint8_t *side,
                              int which, int bare, mine_values *customers, int64_t *whose,
                              mine_interactions *out) {
  for (int64_t c = 0; c < of->n_customers; c++) {
    const int64_t from = of->basket_first[c], to = of->basket_first[c + 1];
    const int64_t before = out->n_baskets;
    mine_cell cell;
    if (MINE_POLL_AT(env, c)) return;
    out->basket_first[out->n_customers] = before;
    for (int64_t b = from; b < to; b++)
      if (side[b] == which) interactions_copy(of, b, NULL, out);
    if (out->n_baskets == before && !(bare && from == to)) continue;
    mine__values_get(of->customers, c, &cell);
    if (!mine__values_push(customers, &cell)) return;
    whose[out->n_customers++] = c;
  }
  out->basket_first[out->n_customers] = out->n_baskets;
}

int64_t *mine__interactions_part(mine_env *env, mine_arena *arena, const mine_interactions *of,
                                 const uint8_t *side, int which, int bare, mine_interactions *out) {
  mine_values *customers = mine__arena_array(arena, 1, sizeof *customers);
  int64_t *whose = mine__arena_array(arena, (size_t)of->n_customers, sizeof *whose);
  interactions_like(arena, of, out);
  if (mine_failed(env)) return NULL;
  mine__values_open(customers, arena);
  out->customers = customers;
  out->n_customers = 0;
  interactions_pick(env, of, side, which, bare, customers, whose, out);
  if (!mine_failed(env)) mine__interactions_pairs(env, arena, out);
  return mine_failed(env) ? NULL : whose;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

/* How many lie between two places, one after another. */
static void interactions_write_sizes(mine_writer *w, const int64_t *first, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    mine__write_i32(w, (int32_t)(first[i + 1] - first[i]));
}

void mine__interactions_write(mine_writer *w, const mine_interactions *of, int amounts) {
  const int with = amounts && of->event_amount;
  mine__write_u8(w, (uint8_t)(of->timed != 0));
  mine__write_u64(w, (uint64_t)of->n_baskets);
  mine__write_u64(w, (uint64_t)of->n_events);
  interactions_write_sizes(w, of->basket_first, of->n_customers);
  interactions_write_sizes(w, of->event_first, of->n_baskets);
  mine__write_i32s(w, of->event_item, (size_t)of->n_events);
  mine__write_u8(w, (uint8_t)with);
  if (with) mine__write_reals(w, of->event_amount, (size_t)of->n_events);
}

/* Sizes become places; they are none below zero, and `whole` together. */
static int64_t *interactions_load_sizes(mine_reader *r, int64_t n, int64_t whole,
                                        const char *problem) {
  const int32_t *size = mine__read_i32s(r, (size_t)n);
  int64_t *first = size ? mine__arena_zeros(r->arena, (size_t)n + 1, sizeof *first) : NULL;
  for (int64_t i = 0; first && i < n; i++) {
    if (size[i] < 0) mine__reader_bad(r, problem);
    first[i + 1] = first[i] + (size[i] < 0 ? 0 : size[i]);
  }
  if (first && mine__reader_ok(r) && first[n] != whole) mine__reader_bad(r, problem);
  return first;
}

static int interactions_load_flag(mine_reader *r, const char *name, const char *problem) {
  const uint8_t flag = mine__read_u8(mine__called(r, name));
  if (mine__reader_ok(r) && flag > 1) mine__reader_bad(r, problem);
  return flag == 1;
}

void mine__interactions_load(mine_reader *r, mine_interactions *out) {
  out->timed = interactions_load_flag(r, "timed", "whether there are times");
  out->n_baskets = (int64_t)mine__read_count(mine__called(r, "n_baskets"), 4);
  out->n_events = (int64_t)mine__read_count(mine__called(r, "n_events"), 4);
  if (!mine__reader_ok(r)) return;
  out->basket_first =
      interactions_load_sizes(mine__called(r, "baskets_of_customers"), out->n_customers,
                              out->n_baskets, "the baskets of a customer");
  if (!mine__reader_ok(r)) return;
  out->event_first = interactions_load_sizes(mine__called(r, "items_of_baskets"), out->n_baskets,
                                             out->n_events, "the items of a basket");
  if (!mine__reader_ok(r)) return;
  out->event_item = mine__read_i32s(mine__called(r, "taken"), (size_t)out->n_events);
  for (int64_t e = 0; out->event_item && e < out->n_events; e++)
    if (out->event_item[e] < 0 || out->event_item[e] >= out->n_items)
      mine__reader_bad(r, "an item of a basket");
  const int with = interactions_load_flag(r, "with_amounts", "whether there are amounts");
  if (!mine__reader_ok(r) || !with) return;
  out->event_amount = mine__read_reals(mine__called(r, "amounts"), (size_t)out->n_events, 0);
}
