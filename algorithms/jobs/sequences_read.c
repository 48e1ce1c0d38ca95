/*
** sequences_read.c -- rows of (customer, time, item [, outcome]), and what is asked of them.
*/
#include "sequences.h"

#include <math.h>
#include <string.h>

#include "../associate/associate.h"
#include "../core/likeness.h"

static mine_status sequences_refuse_share(mine_env *env, double value) {
  return mine__support_refuse(env, value, "customers");
}

const mine_option mine__sequences_option_table[] = {
    OPTION_REAL(mine_sequences_options, min_support, .initial = "0.01", .range = {0, 1},
                .above_least = 1, .refuse = sequences_refuse_share,
                .help = "least share of the customers that hold the sequence; with outcome of "
                        "those with either outcome"),
    OPTION_INT(mine_sequences_options, min_count, .range = {1, 2147483647},
               .help = "least number of customers that hold the sequence, instead of min_support"),
    OPTION_INT(mine_sequences_options, max_length, .range = {1, 1e6},
               .help = "most events of a sequence; not given: any number"),
    OPTION_INT(mine_sequences_options, max_items, .range = {1, 1e6},
               .help = "most items of a sequence in all; not given: any number"),
    OPTION_REAL(mine_sequences_options, min_gap, .range = {0, 1e300},
                .help = "least days (or units of a time that is a number) from one event of a "
                        "sequence to the next; not given: any later time"),
    OPTION_REAL(mine_sequences_options, max_gap, .range = {0, 1e300}, .above_least = 1,
                .help = "most days (or units) from one event to the next; not given: any number"),
    OPTION_REAL(mine_sequences_options, max_span, .range = {0, 1e300}, .above_least = 1,
                .help = "most days (or units) from the first event to the last; not given: any "
                        "number"),
    OPTION_INT(mine_sequences_options, top, .range = {1, 1e9},
               .help = "only the first so many rows of the answer; not given: all"),
    OPTION_END};

static void sequences_check_pair(mine_job *job, const char *small, double least, const char *large,
                                 double most) {
  char a[MINE_NUMBER_BYTES], b[MINE_NUMBER_BYTES];
  if (isnan(least) || isnan(most) || least <= most) return;
  (void)mine__fail(job->env, MINE_OPTION,
                   "%s=%s is more than %s=%s, so no event can follow another; lower one or raise "
                   "the other",
                   small, mine__format_real(a, least, 0), large, mine__format_real(b, most, 0));
}

mine_status mine__sequences_check(mine_job *job) {
  const mine__options *options = &job->options;
  const mine_sequences_options *o = mine__options_of(options, mine__sequences_option_table);
  if (mine__options_given(options->group, options->n, "min_support") &&
      mine__options_given(options->group, options->n, "min_count"))
    (void)mine__fail(job->env, MINE_OPTION,
                     "both min_support and min_count are given; give one of them");
  sequences_check_pair(job, "min_gap", o->min_gap, "max_gap", o->max_gap);
  sequences_check_pair(job, "min_gap", o->min_gap, "max_span", o->max_span);
  return mine_env_status(job->env);
}

/* ---- items that options name ------------------------------------------------------------- */

/* The same value, else (a number in the short form arrives as text) the same spelling. */
static int64_t sequences_find(mine__sequences *s, const mine_cell *want, mine_likeness *likeness,
                              mine_text *alike) {
  const mine_values *items = s->rows.items;
  mine_cell cell;
  mine_text spelling;
  for (int64_t i = 0; i < items->n; i++) {
    mine__values_get(items, i, &cell);
    if (mine__cell_equal(&cell, want)) return i;
  }
  mine__text_open(&spelling, s->arena);
  for (int64_t i = 0; i < items->n && !mine__poll(s->env); i++) {
    mine__values_get(items, i, &cell);
    spelling.bytes = 0;
    mine__text_add_shown(&spelling, &cell);
    if (spelling.failed) return -1;
    if (strcmp(spelling.data, likeness->asked) == 0) return i;
    if (!mine__likeness_show(likeness, spelling.data, i)) continue;
    alike->bytes = 0;
    mine__text_addf(alike, "; did you mean '%s'?", spelling.data);
  }
  return -1;
}

const uint32_t *mine__sequences_items(mine__sequences *s, const char *option,
                                      const mine_list *list) {
  uint32_t *code = mine__arena_array(s->arena, list->n, sizeof *code);
  for (size_t i = 0; code && i < list->n && !mine_failed(s->env); i++) {
    char shown[MINE_SHOW_BYTES];
    mine_text wanted, alike;
    mine__text_open(&wanted, s->arena);
    mine__text_open(&alike, s->arena);
    mine__text_add_shown(&wanted, &list->item[i]);
    if (wanted.failed) return NULL;
    mine_likeness likeness = {.asked = wanted.data ? wanted.data : ""};
    const int64_t found = sequences_find(s, &list->item[i], &likeness, &alike);
    if (found < 0)
      (void)mine__fail(s->env, MINE_DATA,
                       "no item %s (option %s) among the %lld items of the source%s",
                       mine__show_cell(shown, &list->item[i]), option, (long long)s->rows.items->n,
                       alike.bytes ? alike.data : "");
    code[i] = (uint32_t)found;
  }
  return code;
}

/* ---- rows --------------------------------------------------------------------------------- */

static void sequences_note_missing(const mine__sequences *s) {
  const mine_sequence_rows *rows = &s->rows;
  int64_t customers = 0, times = 0, items = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    if (rows->customer[i] < 0)
      customers++;
    else if (isnan(rows->time[i]))
      times++;
    else if (rows->item[i] < 0)
      items++;
  }
  if (customers + times + items > 0)
    mine__job_notef(s->job, "warning", "",
                    "%lld of %lld rows are left out: no customer in %lld, no time in %lld, no item "
                    "in %lld",
                    (long long)(customers + times + items), (long long)rows->n,
                    (long long)customers, (long long)times, (long long)items);
}

/* ---- outcomes ------------------------------------------------------------------------------ */

typedef struct sequences_outcome {
  const mine_column *column;
  int32_t *of;    /* each customer: a code, or -1 */
  int64_t has[2]; /* customers                    */
} sequences_outcome;

static void sequences_two(const mine__sequences *s, const mine_column *column) {
  mine_text list;
  mine__text_open(&list, s->arena);
  mine__classes_list(&list, &column->levels);
  if (column->levels.n > 2)
    (void)mine__fail(s->env, MINE_DATA,
                     "outcome '%s' has %lld values (%s); two are compared, so leave the others out "
                     "or make two of them",
                     column->name, (long long)column->levels.n, list.data);
  else if (column->levels.n < 2)
    (void)mine__fail(s->env, MINE_DATA,
                     "outcome '%s' is %s for all customers; there is nothing to tell apart",
                     column->name, column->levels.n == 0 ? "missing" : list.data);
}

/* What each customer's rows say: one thing, or nothing. */
static void sequences_collect(mine__sequences *s, sequences_outcome *out) {
  const mine_sequence_rows *rows = &s->rows;
  out->of = mine__arena_array(s->arena, (size_t)rows->n_customers, sizeof *out->of);
  for (int64_t c = 0; out->of && c < rows->n_customers; c++)
    out->of[c] = -1;
  for (int64_t i = 0; out->of && i < rows->n; i++) {
    const int32_t c = rows->customer[i], code = out->column->code[i];
    if (c < 0 || code < 0) continue;
    if (out->of[c] >= 0 && out->of[c] != code) {
      mine_cell who;
      char shown[MINE_SHOW_BYTES];
      mine__values_get(&mine__job_event(s->job, SEQUENCES_CUSTOMER)->levels, c, &who);
      (void)mine__fail(s->env, MINE_DATA,
                       "customer %s has both outcomes in '%s' (row %lld says another than a row "
                       "before); an outcome is one value per customer",
                       mine__show_cell(shown, &who), out->column->name, (long long)i + 1);
      return;
    }
    out->of[c] = code;
  }
}

/* Customers of whom nobody knows the outcome are nobody's. */
static void sequences_leave_unknown(mine__sequences *s, const sequences_outcome *outcome) {
  const mine_sequence_rows *rows = &s->rows;
  int32_t *customer = mine__arena_array(s->arena, (size_t)rows->n, sizeof *customer);
  int64_t unknown = 0;
  for (int64_t c = 0; c < rows->n_customers; c++)
    unknown += outcome->of[c] < 0;
  if (unknown == 0 || !customer) return;
  for (int64_t i = 0; i < rows->n; i++) {
    const int32_t c = rows->customer[i];
    customer[i] = c >= 0 && outcome->of[c] < 0 ? -1 : c;
  }
  s->rows.customer = customer;
  mine__job_notef(s->job, "warning", outcome->column->name,
                  "%lld of %lld customers have no outcome and are left out", (long long)unknown,
                  (long long)rows->n_customers);
}

/* Which of the two codes is the positive one. */
static int sequences_positive(mine__sequences *s, const sequences_outcome *outcome,
                              const mine_cell *asked) {
  const mine_values *levels = &outcome->column->levels;
  mine_cell a, b;
  char shown[MINE_SHOW_BYTES];
  mine__values_get(levels, 0, &a);
  mine__values_get(levels, 1, &b);
  if (asked->type != MINE_NULL) {
    const int found = mine__class_find(levels, asked, 1);
    mine_text list;
    mine__text_open(&list, s->arena);
    mine__classes_list(&list, levels);
    if (found < 0)
      (void)mine__fail(s->env, MINE_OPTION, "positive=%s is no outcome of '%s'; they are %s",
                       mine__show_cell(shown, asked), outcome->column->name, list.data);
    return found;
  }
  const int obvious = mine__classes_obvious(&a, &b);
  if (obvious >= 0) return obvious;
  const int rarer = outcome->has[1] <= outcome->has[0];
  mine__job_notef(s->job, "warning", outcome->column->name,
                  "the rarer outcome, %s, is the positive one: nothing else was said; set positive",
                  mine__show_cell(shown, rarer ? &b : &a));
  return rarer;
}

static void sequences_outcomes(mine__sequences *s, const mine_column *column,
                               const mine_cell *positive) {
  sequences_outcome outcome = {.column = column};
  sequences_two(s, column);
  if (!mine_failed(s->env)) sequences_collect(s, &outcome);
  if (mine_failed(s->env)) return;
  sequences_leave_unknown(s, &outcome);
  uint8_t *flag = mine__arena_zeros(s->arena, (size_t)s->rows.n_customers, 1);
  uint8_t *seen = mine__arena_zeros(s->arena, (size_t)s->rows.n_customers, 1);
  for (int64_t i = 0; flag && seen && i < s->rows.n; i++) {
    const int32_t c = s->rows.customer[i];
    if (c < 0 || seen[c] || s->rows.item[i] < 0 || isnan(s->rows.time[i])) continue;
    seen[c] = 1;
    outcome.has[outcome.of[c]]++;
  }
  if (mine_failed(s->env)) return;
  if (outcome.has[0] == 0 || outcome.has[1] == 0) {
    (void)mine__fail(s->env, MINE_DATA,
                     "outcome '%s' is the same for all customers with an event; there is nothing "
                     "to tell apart",
                     column->name);
    return;
  }
  const int which = sequences_positive(s, &outcome, positive);
  if (mine_failed(s->env)) return;
  mine__values_get(&column->levels, which, &s->outcomes.positive);
  mine__values_get(&column->levels, !which, &s->outcomes.other);
  for (int64_t c = 0; c < s->rows.n_customers; c++)
    flag[c] = outcome.of[c] == which;
  s->rows.positive = flag;
  s->query.outcome = 1;
}

/* ---- together ------------------------------------------------------------------------------- */

static void sequences_ask(mine__sequences *s) {
  const mine_sequences_options *o = s->options;
  const int64_t positives = s->data.positives, others = s->data.customers - positives;
  mine_sequence_query *q = &s->query;
  q->max_length = o->max_length == MINE_NOT_GIVEN ? INT64_MAX : o->max_length;
  q->max_items = o->max_items == MINE_NOT_GIVEN ? INT64_MAX : o->max_items;
  q->min_gap = o->min_gap > 0 ? o->min_gap : (double)NAN;
  q->max_gap = o->max_gap;
  q->max_span = o->max_span;
  q->top = o->top == MINE_NOT_GIVEN ? 0 : o->top;
  q->min_count[0] = q->min_count[1] = o->min_count;
  if (o->min_count == MINE_NOT_GIVEN) {
    q->min_count[0] = mine__min_count(o->min_support, others);
    q->min_count[1] = mine__min_count(o->min_support, positives);
  }
  if (!q->outcome) q->min_count[1] = INT64_MAX;
}

static void sequences_note_events(const mine__sequences *s) {
  const mine_column *time = mine__job_event(s->job, SEQUENCES_TIME);
  if (!time->time)
    mine__job_note(s->job, "warning", time->name,
                   "its numbers are no dates, so they are taken as they are: gaps and spans are "
                   "differences of them");
  if (s->data.ties > 0)
    mine__job_notef(s->job, "warning", "time",
                    "%lld events hold several items at one time: their order is not known, so they "
                    "are one itemset",
                    (long long)s->data.ties);
  if (s->data.repeats > 0)
    mine__job_notef(s->job, "warning", "item",
                    "%lld rows name an item that the customer has at the same time already; it "
                    "counts once",
                    (long long)s->data.repeats);
}

mine_status mine__sequences_read(mine__sequences *s, const mine_cell *positive) {
  mine_job *job = s->job;
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0) return mine__fail(s->env, MINE_DATA, "the source has no columns");
  if (job->frame->rows == 0)
    return mine__fail(s->env, MINE_DATA, "the source has no rows; there is nobody");
  const mine_column *customer = mine__job_event(job, SEQUENCES_CUSTOMER);
  const mine_column *item = mine__job_event(job, SEQUENCES_ITEM);
  const mine_column *outcome = positive ? mine__job_event(job, SEQUENCES_OUTCOME) : NULL;
  s->rows =
      (mine_sequence_rows){.n = job->frame->rows,
                           .n_customers = customer->levels.n,
                           .customer = customer->code,
                           .item = item->code,
                           .time = mine__column_numbers(
                               job->arena, mine__job_event(job, SEQUENCES_TIME), job->frame->rows),
                           .items = &item->levels};
  if (!mine_failed(s->env)) sequences_note_missing(s);
  if (outcome && !mine_failed(s->env)) sequences_outcomes(s, outcome, positive);
  if (mine_failed(s->env)) return mine_env_status(s->env);
  MINE_TRY(mine__sequences_count(s->env, &s->rows, &s->data));
  if (s->data.customers == 0)
    return mine__fail(s->env, MINE_DATA,
                      "none of the %lld rows has a customer, a time and an item; nothing happened",
                      (long long)s->rows.n);
  sequences_ask(s);
  if (s->contains) s->query.contains = mine__sequences_items(s, "contains", s->contains);
  if (mine_failed(s->env)) return mine_env_status(s->env);
  MINE_TRY(mine__sequences_build(s->env, s->arena, &s->rows, &s->query, &s->data));
  sequences_note_events(s);
  return mine_env_status(s->env);
}

/* ---- nothing was found ---------------------------------------------------------------------- */

void mine__sequences_tell_empty(mine__sequences *s) {
  if (s->data.n_items > 0) {
    mine__job_note(s->job, "warning", "",
                   "no rows: items are frequent, but no sequence is as asked for; lower "
                   "min_support (or min_count), or loosen what else was asked for");
    return;
  }
  mine__job_notef(s->job, "warning", "",
                  "no rows: no item is held by %lld of the %lld customers, as asked for; lower "
                  "min_support or min_count",
                  (long long)s->query.min_count[0], (long long)s->data.customers);
}
