/*
** rfm.c -- mine_rfm: how lately, how often and for how much each customer bought.
**
** Of a customer's purchases until as_of:
**
**   recency    time from the last of them to as_of, in `unit`; days and longer units count
**              calendar days
**   frequency  how many: events, times or days on which there are some (count), or orders (order)
**   monetary   the sum of the amounts less returns, or that per purchase (monetary=mean)
**
** Cullinan's recency, frequency and monetary ratio of 1977, as Hughes (Strategic Database
** Marketing, 1994) scores them and Bult & Wansbeek (Marketing Science 14, 1995) compare with
** models of response.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/exact.h"
#include "../core/periods.h"
#include "crm_words.h"
#include "purchases.h"
#include "rfm.h"

#define RFM_ORDER MINE_HISTORY_MORE

enum { RFM_COUNT_EVENTS, RFM_COUNT_TIMES, RFM_COUNT_DAYS };

typedef struct rfm_options {
  int64_t bins;
  int method, ties, unit, count, monetary;
  mine_number_list recency_breaks, frequency_breaks, monetary_breaks;
  mine_select segments;
} rfm_options;

static const char *const rfm_methods[] = {"quantile", "nested", "breaks", NULL};
static const char *const rfm_tie_names[] = {"rank", "cells", NULL};
static const char *const rfm_unit_names[] = {"hour", MINE_PERIOD_NAMES, NULL};
static const char *const rfm_counts[] = {"events", "times", "days", NULL};
static const char *const rfm_monetaries[] = {"total", "mean", NULL};
static const char *const rfm_segment_names[] = {"standard", NULL};

static const mine_option rfm_table[] = {
    OPTION_INT(rfm_options, bins, .initial = "5", .range = {2, 100},
               .help = "scores are 1 to this; 5: quintiles"),
    OPTION_CHOICE(rfm_options, method, .initial = "quantile", .choices = rfm_methods,
                  .help = "scores of each measure on its own, frequency within each r and amounts "
                          "within each r and f (nested), or at given values (breaks)"),
    OPTION_CHOICE(rfm_options, ties, .initial = "rank", .choices = rfm_tie_names,
                  .help = "equal values get one score, by percent rank; or cells of equal size, in "
                          "which the other measures, then the ids place equal values"),
    OPTION_NUMBERS(rfm_options, recency_breaks, .range = {0, 1e15},
                   .help = "with method=breaks, rising: up to the first is the best r"),
    OPTION_NUMBERS(rfm_options, frequency_breaks, .range = {0, 1e15},
                   .help = "with method=breaks, rising: from the last on is the best f"),
    OPTION_NUMBERS(rfm_options, monetary_breaks, .range = {-1e300, 1e300},
                   .help = "with method=breaks, rising: from the last on is the best m"),
    OPTION_CHOICE(rfm_options, unit, .initial = "day", .choices = rfm_unit_names,
                  .help = "of recency: week is 7 days, month 30.4375, year 365.25"),
    OPTION_CHOICE(rfm_options, count, .initial = "events", .choices = rfm_counts,
                  .help = "what is a purchase: every event, those of a customer at one time, or on "
                          "one day"),
    OPTION_CHOICE(rfm_options, monetary, .initial = "total", .choices = rfm_monetaries,
                  .help = "amounts of a customer: their sum, or that per purchase"),
    OPTION_SOURCE(rfm_options, segments, .initial = "standard", .choices = rfm_segment_names,
                  .help = "the usual eight, or a SELECT of segment, r_from, r_to, f_from, f_to[, "
                          "m_from, m_to]: the first row that fits names the segment"),
    OPTION_END};

static const mine_want rfm_wants[] = {
    MINE_WANT_OF_CUSTOMER,
    MINE_WANT_OF_TIME,
    MINE_WANT_OF_AMOUNT,
    {.name = "order",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_NAMED,
     .help = "the column of orders: events of one order are one purchase"},
    {0}};

/* ---- options and sources ---------------------------------------------------------------- */

typedef struct rfm_state {
  rfm_options *asked;
  mine_events map; /* of the table of segments */
} rfm_state;

static void rfm_check_breaks(mine_job *job, const char *name, const mine_number_list *breaks,
                             int wanted) {
  if (wanted && breaks->n == 0)
    mine__fail(job->env, MINE_OPTION, "method=breaks needs the option %s, such as %s=1|2|5|10",
               name, name);
  if (!wanted && breaks->n > 0)
    mine__fail(job->env, MINE_OPTION, "option %s is for method=breaks; say so, or leave it out",
               name);
  for (size_t i = 1; i < breaks->n; i++)
    if (!(breaks->item[i] > breaks->item[i - 1]))
      mine__fail(job->env, MINE_OPTION, "option %s must rise from value to value", name);
  if (breaks->n > 99) mine__fail(job->env, MINE_OPTION, "option %s has more than 99 values", name);
}

static mine_status rfm_open(mine_job *job) {
  rfm_state *state = mine__job_state(job);
  rfm_options *asked = mine__options_of(&job->options, rfm_table);
  const mine__options *said = &job->options;
  const mine_events *events = mine__options_of(said, said->wants);
  const int breaks = asked->method == MINE_RFM_BREAKS;
  state->asked = asked;
  rfm_check_breaks(job, "recency_breaks", &asked->recency_breaks, breaks);
  rfm_check_breaks(job, "frequency_breaks", &asked->frequency_breaks, breaks);
  rfm_check_breaks(job, "monetary_breaks", &asked->monetary_breaks,
                   breaks && asked->monetary_breaks.n > 0);
  if (breaks && mine__options_given(said->group, said->n, "bins"))
    mine__fail(job->env, MINE_OPTION, "method=breaks makes its own scores; leave bins out");
  if (events->named[RFM_ORDER].type != MINE_NULL &&
      mine__options_given(said->group, said->n, "count"))
    mine__fail(job->env, MINE_OPTION, "both order and count say what a purchase is; give one");
  return mine_env_status(job->env);
}

/* The table of segments first: the ids of the answer are those of the last source. */
static mine_status rfm_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  rfm_state *state = mine__job_state(job);
  mine_select *segments = &state->asked->segments;
  const int first = segments->sql ? 1 : 0;
  if (step < first) {
    state->map.want = mine__rfm_map_wants;
    *sql = segments->sql;
    MINE_TRY(mine__frame_open(job->env, mine__events_plan, &state->map, &segments->frame));
    *frame = segments->frame;
  } else if (step == first) {
    *sql = mine__job_text(job, MINE_ARG_SOURCE);
    job->events = *(const mine_events *)mine__options_of(&job->options, job->options.wants);
    job->events.want = rfm_wants;
    MINE_TRY(mine__frame_open(job->env, mine__events_plan, &job->events, &job->frame));
    *frame = job->frame;
  }
  return mine_env_status(job->env);
}

static void rfm_close(mine_job *job) {
  const rfm_state *state = mine__job_state(job);
  if (state->asked) mine__frame_close(state->asked->segments.frame);
}

/* ---- measures --------------------------------------------------------------------------- */

/* Whether an event, which is no return, begins a purchase. */
typedef struct rfm_counter {
  int count;
  const int32_t *order; /* of the rows; NULL: none  */
  int64_t *seen;        /* per order: of whom it was, from 1 */
  int64_t same;         /* counted, at a time that counted already */
  mine__exact sum;      /* of amounts: the same for any order of the rows */
} rfm_counter;

static int rfm_begins(rfm_counter *counter, const mine_histories *p, int64_t customer, int64_t k,
                      double last) {
  const int32_t order = counter->order ? counter->order[p->row[k]] : -1;
  if (order >= 0) {
    const int begins = counter->seen[order] != customer + 1;
    counter->seen[order] = customer + 1;
    return begins;
  }
  if (counter->order || counter->count == RFM_COUNT_EVENTS) {
    counter->same += p->time[k] <= last;
    return 1;
  }
  return counter->count == RFM_COUNT_TIMES ? !(p->time[k] <= last)
                                           : !(floor(p->time[k]) <= floor(last));
}

static double rfm_recency(double as_of, double last, int unit) {
  if (unit == 0) return fmax((double)llround((as_of - last) * 86400e6) / 3600e6, 0);
  return (floor(as_of) - floor(last)) / mine__period_days((mine_period)(unit - 1));
}

static void rfm_measure_one(const mine_histories *p, const rfm_options *asked, rfm_counter *counter,
                            int64_t customer, mine_rfm *rfm) {
  double last = -INFINITY;
  int64_t purchases = 0;
  counter->sum.low = counter->sum.high = 0;
  for (int64_t k = p->first[customer]; k < p->first[customer + 1]; k++) {
    if (p->amount) mine__exact_add(&counter->sum, p->amount[k], 1);
    if (p->is_return[k]) continue;
    purchases += rfm_begins(counter, p, customer, k, last);
    last = p->time[k];
  }
  rfm->value[MINE_RFM_RECENCY][customer] =
      purchases ? rfm_recency(p->as_of, last, asked->unit) : (double)NAN;
  rfm->value[MINE_RFM_FREQUENCY][customer] = (double)purchases;
  if (!p->amount) return;
  const double amount = mine__exact_value(&counter->sum);
  rfm->value[MINE_RFM_MONETARY][customer] = asked->monetary == 0 ? amount
                                            : purchases          ? amount / (double)purchases
                                                                 : (double)NAN;
}

static void rfm_measure(mine_job *job, const rfm_options *asked, const mine_histories *p,
                        mine_rfm *rfm) {
  const mine_column *order = mine__job_event(job, RFM_ORDER);
  rfm_counter counter = {.count = asked->count, .order = order ? order->code : NULL};
  *rfm = (mine_rfm){.n = p->n, .id = p->id};
  for (int m = 0; m < MINE_RFM_MEASURES; m++)
    if (m != MINE_RFM_MONETARY || p->amount)
      rfm->value[m] = mine__arena_array(job->arena, (size_t)p->n, sizeof(double));
  if (order) counter.seen = mine__arena_zeros(job->arena, (size_t)order->levels.n, sizeof(int64_t));
  if (mine_failed(job->env)) return;
  for (int64_t c = 0; c < p->n && !MINE_POLL_AT(job->env, c); c++)
    rfm_measure_one(p, asked, &counter, c, rfm);
  if (counter.same > 0 && !order &&
      !mine__options_given(job->options.group, job->options.n, "count"))
    mine__job_notef(job, "warning", "frequency",
                    "events at the same time as another of the customer, counted each: %lld of "
                    "%lld; if they are "
                    "one purchase say count=times, or order=<column of orders>",
                    (long long)counter.same, (long long)p->first[p->n]);
}

/* Of what cannot be told apart, and of whom nothing can be said. */
static void rfm_tell(mine_job *job, const mine_rfm *rfm) {
  static const char *const name[] = {"recency", "frequency", "monetary"};
  int64_t without = 0;
  for (int64_t c = 0; c < rfm->n; c++)
    without += rfm->value[MINE_RFM_FREQUENCY][c] < 1;
  if (without > 0)
    mine__job_notef(job, "warning", "customers",
                    "%lld of %lld have no purchase until as_of: frequency 0, no scores, no segment",
                    (long long)without, (long long)rfm->n);
  for (int m = 0; m < MINE_RFM_MEASURES && rfm->n - without > 1; m++) {
    double least = INFINITY, most = -INFINITY;
    for (int64_t c = 0; rfm->value[m] && c < rfm->n; c++) {
      if (rfm->value[MINE_RFM_FREQUENCY][c] < 1) continue;
      least = fmin(least, rfm->value[m][c]);
      most = fmax(most, rfm->value[m][c]);
    }
    if (rfm->value[m] && least >= most)
      mine__job_notef(job, "warning", name[m],
                      "it is the same for all customers; its score says nothing");
  }
}

/* ---- the answer ------------------------------------------------------------------------- */

static void rfm_map(mine_job *job, const rfm_options *asked, const mine_rfm *rfm,
                    mine_rfm_map *map) {
  const rfm_state *state = mine__job_state(job);
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  if (!asked->segments.frame) {
    mine__rfm_usual(job->arena, (mine_lang)said->lang, map);
    return;
  }
  mine__rfm_read(job, asked->segments.frame, state->map.column, map);
  for (int64_t i = 0; !mine_failed(job->env) && !rfm->value[MINE_RFM_MONETARY] && i < map->n; i++)
    if (!isnan(map->rule[i].from[MINE_RFM_MONETARY]) || !isnan(map->rule[i].to[MINE_RFM_MONETARY]))
      mine__fail(job->env, MINE_DATA,
                 "the table of segments divides by m, but the source has no amounts; select "
                 "customer, time, amount");
}

/* "543"; with scores of two digits "10-4-3". */
static void rfm_put_score(const mine_rfm *rfm, int64_t customer, mine_relation *out) {
  char text[40] = "";
  int wide = 0;
  size_t n = 0;
  for (int m = 0; m < MINE_RFM_MEASURES; m++)
    wide |= rfm->bins[m] > 9;
  for (int m = 0; m < MINE_RFM_MEASURES; m++)
    if (rfm->value[m])
      n += (size_t)snprintf(text + n, sizeof text - n, "%s%d", wide && n ? "-" : "",
                            (int)rfm->score[m][customer]);
  mine__row_text(out, text);
}

static void rfm_put(const mine_rfm *rfm, const mine_rfm_map *map, int64_t customer,
                    mine_relation *out) {
  const double frequency = rfm->value[MINE_RFM_FREQUENCY][customer];
  mine_cell id;
  mine__values_get(rfm->id, customer, &id);
  mine__row_cell(out, &id);
  mine__row_real(out, rfm->value[MINE_RFM_RECENCY][customer]);
  mine__row_int(out, (int64_t)frequency);
  mine__row_real(
      out, rfm->value[MINE_RFM_MONETARY] ? rfm->value[MINE_RFM_MONETARY][customer] : (double)NAN);
  for (int m = 0; m < MINE_RFM_MEASURES; m++) {
    if (rfm->score[m][customer] > 0)
      mine__row_int(out, rfm->score[m][customer]);
    else
      mine__row_null(out);
  }
  const mine_cell *segment = frequency < 1 ? NULL : mine__rfm_segment(map, rfm, customer);
  if (frequency < 1)
    mine__row_null(out);
  else
    rfm_put_score(rfm, customer, out);
  if (segment)
    mine__row_cell(out, segment);
  else
    mine__row_null(out);
  mine__relation_end_row(out);
}

static mine_status rfm_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const rfm_options *asked = mine__options_of(&job->options, rfm_table);
  mine_histories p;
  mine_rfm rfm;
  mine_rfm_map map;
  MINE_TRY(mine__job_histories(job, &p));
  rfm_measure(job, asked, &p, &rfm);
  if (mine_failed(env)) return mine_env_status(env);
  if (asked->method == MINE_RFM_BREAKS && p.amount && asked->monetary_breaks.n == 0)
    return mine__fail(env, MINE_OPTION,
                      "method=breaks needs the option monetary_breaks, for the source has amounts");
  const mine_rfm_cut cut = {
      .method = (mine_rfm_method)asked->method,
      .ties = (mine_rfm_ties)asked->ties,
      .bins = (int)asked->bins,
      .breaks = {asked->recency_breaks, asked->frequency_breaks, asked->monetary_breaks}};
  mine__rfm_score(env, job->arena, &cut, &rfm);
  if (!mine_failed(env)) rfm_map(job, asked, &rfm, &map);
  if (mine_failed(env)) return mine_env_status(env);
  rfm_tell(job, &rfm);
  for (int64_t c = 0; c < rfm.n && !MINE_POLL_AT(env, c); c++)
    rfm_put(&rfm, &map, c, out);
  return mine_env_status(env);
}

/* ---- the verb --------------------------------------------------------------------------- */

static const mine_answer rfm_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the customer"},
    {"recency", MINE_ANSWER_REAL, 0, "from the last purchase to as_of, in `unit`"},
    {"frequency", MINE_ANSWER_INTEGER, 0, "purchases"},
    {"monetary", MINE_ANSWER_REAL, 0, "their amounts; NULL: the source has none"},
    {"r", MINE_ANSWER_INTEGER, 0, "score of recency: the best, who bought last, have the greatest"},
    {"f", MINE_ANSWER_INTEGER, 0, "score of frequency, likewise"},
    {"m", MINE_ANSWER_INTEGER, 0, "score of the amounts, likewise"},
    {"score", MINE_ANSWER_TEXT, 1, "the three side by side: 543; of scores above 9, 10-4-3"},
    {"segment", MINE_ANSWER_ANY, 1, "the name of the first rule that fits; NULL: none does"},
    {0},
};

static const mine_option_set rfm_sets[] = {
    {rfm_table, sizeof(rfm_options), 0},
    MINE_SET_HISTORIES,
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_rfm = {
    .name = "mine_rfm",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what = "How lately, how often and for how much each customer bought: scores and segments.",
    .notes =
        "A row for each customer of the source, in the order in which they appear; one without a "
        "purchase until `as_of` has frequency 0 and no scores. Scores are quintiles: 5 the best, "
        "of all customers (`quantile`), or frequency among those with the same r and amounts among "
        "those with the same r and f (`nested`; Hughes 1994), or between given values (`breaks`). "
        "By `ties=rank` a score is one more than five times the percent rank, rounded down, so "
        "that equal values have equal scores: where half of the customers bought once, they have f "
        "= 1. Negative amounts are returns: they lower the amount and are no purchases. Every "
        "event is a purchase; where the rows are lines of orders, say `order=invoice` or "
        "`count=times`. Segments by r and f: champions 5/4-5, loyal 3-4/4-5, potential 4-5/2-3, "
        "new 4-5/1, need attention 3/1-3, at risk 1-2/3-5, hibernating 2/1-2, lost 1/1-2; your "
        "own from a table, `segments=\"SELECT segment, r_from, r_to, f_from, f_to FROM rules\"`.",
    .example =
        "SELECT segment, count(*) AS customers, round(avg(recency)) AS days,\n"
        "  round(sum(monetary)) AS amount\n"
        "FROM mine_rfm(\n  " MINE_ROWS("i*i%61 AS customer, date(''2024-01-01'', (i*7%365) || '' "
                                       "days'') AS day, 5+i*13%90 AS amount") ")\n"
        "GROUP BY segment;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = rfm_answer,
    .options = rfm_sets,
    .wants = rfm_wants,
    .state_bytes = sizeof(rfm_state),
    .open = rfm_open,
    .source = rfm_source,
    .run = rfm_run,
    .close = rfm_close,
};
