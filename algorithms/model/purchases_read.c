/*
** purchases_read.c -- purchases as customers make them, counted as the models see them
** (purchases.h).
**
** Events are put in order by day, then by customer, both stably: sums of amounts are the same
** whatever the number of threads.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/dates.h"
#include "../core/radix.h"
#include "purchases.h"

#define PURCHASES_LONGEST 18262.5 /* days, 50 years: longer ages are taken for another unit's */

enum { PURCHASES_CUSTOMER, PURCHASES_TIME, PURCHASES_AMOUNT };
enum { PURCHASES_ID, PURCHASES_REPEATS, PURCHASES_LAST_AT, PURCHASES_AGE, PURCHASES_MONETARY };

const mine_want mine__purchases_wants[] = {
    {.name = "customer",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_ID,
     .help = "the column that says who bought"},
    {.name = "time", .reading = MINE_READ_TIME, .help = "... when"},
    {.name = "amount",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "... for how much"},
    {0},
};

#define PURCHASES_SIZE (MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE)
const mine_want mine__purchases_summary_wants[] = {
    {.name = "id", .reading = MINE_READ_EXACT, .flags = MINE_WANT_NO_MISSING | MINE_WANT_ID},
    {.name = "repeats", .reading = MINE_READ_NUMBER, .flags = PURCHASES_SIZE},
    {.name = "last_at", .reading = MINE_READ_NUMBER, .flags = PURCHASES_SIZE},
    {.name = "age", .reading = MINE_READ_NUMBER, .flags = PURCHASES_SIZE},
    {.name = "monetary", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_OPTIONAL},
    {0},
};

/* ---- columns ------------------------------------------------------------------------------ */

static int purchases_named(const mine_events *events) {
  for (int i = 0; events->want[i].name; i++)
    if (events->named[i].type != MINE_NULL) return 1;
  return 0;
}

mine_status mine__purchases_plan(void *owner, mine_frame *frame) {
  mine_purchases_reading *reading = owner;
  const int named = purchases_named(&reading->events), n = frame->n_columns;
  reading->is_summary = !named && (n == 4 || n == 5);
  if (reading->is_summary)
    return mine__wants_by_position(frame, mine__purchases_summary_wants, NULL, reading->column);
  if (named || n == 2 || n == 3) return mine__events_plan(&reading->events, frame);
  return mine__fail(frame->env, MINE_DATA,
                    "the source has %d column%s; select two or three for events (customer, time[, "
                    "amount]), or four or five for a summary (id, repeats, last_at, age[, "
                    "monetary])",
                    n, n == 1 ? "" : "s");
}

/* ---- periods ------------------------------------------------------------------------------ */

const char *const mine__periods[] = {"day", "week", "month", "quarter", "year", NULL};

double mine__period_days(mine_period period) {
  static const double days[] = {1, 7, 365.25 / 12, 365.25 / 4, 365.25};
  return days[period];
}

double mine__period_of(mine_period unit, double day) {
  int year, month, of_month;
  if (unit == MINE_PERIOD_DAY) return floor(day);
  if (unit == MINE_PERIOD_WEEK) return floor((day + 3) / 7); /* 1970-01-01 was a Thursday */
  mine__civil_of_day((int64_t)floor(day), &year, &month, &of_month);
  if (unit == MINE_PERIOD_YEAR) return year;
  return unit == MINE_PERIOD_QUARTER ? year * 4.0 + (month - 1) / 3 : year * 12.0 + month - 1;
}

/* ---- events ------------------------------------------------------------------------------- */

typedef struct purchases_left {
  int64_t nobody, never, no_amount, later, returned;
} purchases_left;

static void purchases_note(const mine_purchases_how *how, const char *item, const char *name,
                           int64_t n, const char *what) {
  char detail[200];
  if (n == 0) return;
  snprintf(detail, sizeof detail, "%lld%s%s", (long long)n, *what ? ": " : "", what);
  how->note(how->context, item, name, detail);
}

/* The customers of the rows that count; -1 for the others, which are counted. */
static int32_t *purchases_who(mine_env *env, mine_arena *arena, const mine_frame *frame,
                              const mine_column *customer, const double *time, const double *amount,
                              double until, purchases_left *left) {
  int32_t *who = mine__arena_array(arena, (size_t)frame->rows, sizeof *who);
  for (int64_t i = 0; who && i < frame->rows; i++) {
    if (MINE_POLL_AT(env, i)) return NULL;
    who[i] = -1;
    if (!customer->code || customer->code[i] < 0)
      left->nobody++;
    else if (!time || isnan(time[i]))
      left->never++;
    else if (amount && isnan(amount[i]))
      left->no_amount++;
    else if (floor(time[i]) > until)
      left->later++;
    else
      who[i] = customer->code[i];
  }
  return who;
}

/* The events of one customer, by day, become days of purchase from log->first[c] on. */
static void purchases_days(const double *time, const double *amount, const uint32_t *row, int64_t n,
                           mine_purchase_log *log, int64_t *end, purchases_left *left) {
  for (int64_t i = 0; i < n;) {
    const double day = floor(time[row[i]]);
    double sum = 0;
    for (; i < n && floor(time[row[i]]) == day; i++)
      if (amount) sum += amount[row[i]];
    if (amount && !(sum > 0)) {
      left->returned++;
      continue;
    }
    log->day[*end] = day;
    if (amount) log->amount[*end] = sum;
    log->from = fmin(log->from, day);
    log->to = fmax(log->to, day);
    ++*end;
  }
}

static void purchases_sort(mine_env *env, const int32_t *who, const double *time,
                           const double *amount, int64_t rows, mine_purchase_log *log,
                           purchases_left *left) {
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows, sizeof *temp);
  int32_t *code = mine__arena_array(env->scratch, (size_t)rows, sizeof *code);
  mine__by_code by;
  if (mine_failed(env)) return;
  mine__sort_reals(time, NULL, rows, order, temp);
  for (int64_t i = 0; i < rows; i++)
    code[i] = who[order[i].row];
  if (mine__poll(env) || !mine__sort_codes(env->scratch, code, rows, log->n, &by)) return;
  for (int64_t i = 0; i < by.first[log->n]; i++)
    by.at[i] = order[by.at[i]].row;
  int64_t end = 0;
  for (int64_t c = 0; c < log->n; c++) {
    if (MINE_POLL_AT(env, c)) return;
    log->first[c] = end;
    purchases_days(time, amount, by.at + by.first[c], by.first[c + 1] - by.first[c], log, &end,
                   left);
  }
  log->first[log->n] = end;
}

static double purchases_latest(const double *time, int64_t rows) {
  double latest = -HUGE_VAL;
  for (int64_t i = 0; time && i < rows; i++)
    if (time[i] > latest) latest = time[i];
  return floor(latest);
}

static void purchases_tell(const mine_purchases_how *how, const mine_frame *frame,
                           const purchases_left *left) {
  purchases_note(how, "rows", "read", frame->rows, "");
  purchases_note(how, "rows", "skipped", left->nobody, "the customer is missing");
  purchases_note(how, "rows", "skipped", left->never, "the time is missing");
  purchases_note(how, "rows", "skipped", left->no_amount, "the amount is missing");
  purchases_note(how, "rows", "skipped", left->later, "after as_of");
  purchases_note(how, "warning", "amount", left->returned,
                 "days on which a customer's amounts sum to zero or less are no purchases "
                 "(returns, cancellations)");
}

static void purchases_tell_until(const mine_purchases_how *how, double until) {
  char detail[80];
  int year, month, day;
  if (!isfinite(until)) return;
  mine__civil_of_day((int64_t)until, &year, &month, &day);
  snprintf(detail, sizeof detail, "until %04d-%02d-%02d%s", year, month, day,
           how->as_of->type == MINE_NULL ? ", the day of the last event" : "");
  how->note(how->context, how->as_of->type == MINE_NULL ? MINE__NOTE_CHOSEN : "rows", "as_of",
            detail);
}

static mine_purchase_log *purchases_log(mine_env *env, mine_arena *arena, const mine_frame *frame,
                                        const mine_purchases_reading *reading,
                                        const mine_purchases_how *how, double *until) {
  const int *at = reading->events.column;
  const mine_column *customer = &frame->column[at[PURCHASES_CUSTOMER]];
  const mine_column *when = &frame->column[at[PURCHASES_TIME]];
  const int paid = at[PURCHASES_AMOUNT];
  const double *amount = paid >= 0 ? frame->column[paid].number : NULL, *time = when->number;
  const size_t rows = (size_t)frame->rows;
  mine_purchase_log *log = mine__arena_zeros(arena, 1, sizeof *log);
  purchases_left left = {0};
  if (!log) return NULL;
  *until = purchases_latest(time, frame->rows);
  if (how->as_of->type != MINE_NULL &&
      mine__option_date(env, "as_of", how->as_of, when->time, until))
    return NULL;
  *until = floor(*until);
  *log = (mine_purchase_log){.n = customer->levels.n, .from = HUGE_VAL, .to = -HUGE_VAL};
  log->first = mine__arena_zeros(arena, (size_t)log->n + 1, sizeof *log->first);
  log->day = mine__arena_array(arena, rows, sizeof *log->day);
  if (amount) log->amount = mine__arena_array(arena, rows, sizeof *log->amount);
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int32_t *who = mine_failed(env) ? NULL
                                        : purchases_who(env, env->scratch, frame, customer, time,
                                                        amount, *until, &left);
  if (who && time) purchases_sort(env, who, time, amount, frame->rows, log, &left);
  mine__arena_rewind(env->scratch, mark);
  if (mine_failed(env)) return NULL;
  purchases_tell(how, frame, &left);
  purchases_tell_until(how, *until);
  if (log->first[log->n] > 0) return log;
  (void)mine__fail(env, MINE_DATA,
                   "there is no purchase in the source: of %lld rows %lld lack the customer, %lld "
                   "the time, %lld the amount, %lld are after as_of, and %lld days of customers "
                   "sum to zero or less",
                   (long long)frame->rows, (long long)left.nobody, (long long)left.never,
                   (long long)left.no_amount, (long long)left.later, (long long)left.returned);
  return NULL;
}

/* ---- from days to numbers ------------------------------------------------------------------- */

static int purchases_room(mine_env *env, mine_arena *arena, int64_t n, int amounts,
                          mine_purchases *out) {
  const size_t room = (size_t)n;
  out->x = mine__arena_array(arena, room, sizeof *out->x);
  out->t_x = mine__arena_array(arena, room, sizeof *out->t_x);
  out->T = mine__arena_array(arena, room, sizeof *out->T);
  out->m = amounts ? mine__arena_array(arena, room, sizeof *out->m) : NULL;
  out->id = mine__arena_array(arena, room, sizeof *out->id);
  return !mine_failed(env);
}

/* How the days of a customer are counted: as they are, or in periods of the calendar. */
static double purchases_place(const mine_purchases *p, double day) {
  return p->whole ? mine__period_of(p->unit, day) : day;
}

static void purchases_customer(const mine_purchase_log *of, int64_t c, double last,
                               mine_purchases *p) {
  const double unit = p->whole ? 1 : mine__period_days(p->unit);
  const int64_t from = of->first[c], to = of->first[c + 1];
  const double first = from < to ? purchases_place(p, of->day[from]) : HUGE_VAL;
  double before = first, spent = 0, repeats = 0;
  if (first > last) return;
  for (int64_t i = from + 1; i < to; i++) {
    const double at = purchases_place(p, of->day[i]);
    if (at > last) break;
    if (of->amount && at > first) spent += of->amount[i];
    if (at == before) continue;
    p->log_gaps += log((at - before) / unit);
    repeats++;
    before = at;
  }
  p->id[p->n] = (uint32_t)c;
  p->x[p->n] = repeats;
  p->t_x[p->n] = (before - first) / unit;
  p->T[p->n] = (last - first) / unit;
  if (p->m) p->m[p->n] = repeats > 0 ? spent / repeats : (double)NAN;
  p->n++;
}

void mine__purchases_until(mine_env *env, mine_arena *arena, const mine_purchase_log *log,
                           double day, mine_purchases *p) {
  if (!purchases_room(env, arena, log->n, log->amount != NULL, p)) return;
  double last = purchases_place(p, day);
  if (p->whole && purchases_place(p, day + 1) == last) last--; /* it was not over */
  p->n = 0;
  p->log_gaps = 0;
  p->at = day;
  p->log = log;
  for (int64_t c = 0; c < log->n; c++) {
    if (MINE_POLL_AT(env, c)) return;
    purchases_customer(log, c, last, p);
  }
}

static void purchases_count(mine_env *env, mine_arena *arena, const mine_frame *frame,
                            const mine_purchases_reading *reading, const mine_purchases_how *how,
                            mine_purchases *out) {
  double until;
  const mine_purchase_log *log = purchases_log(env, arena, frame, reading, how, &until);
  if (!log) return;
  out->ids = &frame->column[reading->events.column[PURCHASES_CUSTOMER]].levels;
  mine__purchases_until(env, arena, log, until, out);
  if (mine_failed(env) || out->n > 0) return;
  (void)mine__fail(env, MINE_DATA,
                   "no customer had bought before the last %s that was over; give a longer log or "
                   "a shorter unit",
                   mine__periods[out->unit]);
}

/* ---- a summary ------------------------------------------------------------------------------- */

static void purchases_refuse(mine_env *env, int64_t row, const char *problem) {
  (void)mine__fail(env, MINE_DATA,
                   "row %lld of the summary: %s; repeats does not count the first purchase, "
                   "last_at is the time from the first purchase to the last, age that from the "
                   "first purchase until now",
                   (long long)row + 1, problem);
}

/* What no customer can have; NULL: nothing. */
static const char *purchases_impossible(const mine_purchases *p, int64_t i) {
  const double x = p->x[i], t_x = p->t_x[i], T = p->T[i];
  if (x != floor(x)) return "repeats is not a whole number";
  if (t_x > T) return "last_at is larger than age";
  if (x == 0 && t_x > 0) return "repeats is 0 and last_at is not";
  if (x > 0 && !(t_x > 0)) return "last_at is 0 although there are repeats";
  if (!p->whole) return NULL;
  if (t_x != floor(t_x) || T != floor(T))
    return "last_at and age of bgbb are whole numbers of periods";
  return x > t_x ? "there are more repeats than periods until the last" : NULL;
}

static void purchases_tell_ages(const mine_purchases_how *how, const mine_purchases *p) {
  double longest = 0;
  char detail[200], age[MINE_NUMBER_BYTES], years[MINE_NUMBER_BYTES];
  const char *unit = mine__periods[p->unit];
  for (int64_t i = 0; i < p->n; i++)
    longest = fmax(longest, p->T[i]);
  const double days = longest * mine__period_days(p->unit);
  mine__format_real(age, longest, 4);
  mine__format_real(years, days / mine__period_days(MINE_PERIOD_YEAR), 3);
  if (days > PURCHASES_LONGEST)
    snprintf(detail, sizeof detail,
             "ages of up to %s %ss are %s years; if they are counted in days, say unit=day", age,
             unit, years);
  else
    snprintf(detail, sizeof detail, "last_at and age are taken as %ss; the longest age is %s", unit,
             age);
  how->note(how->context, days > PURCHASES_LONGEST ? "warning" : "rows", "unit", detail);
}

static void purchases_take(mine_env *env, mine_arena *arena, const mine_frame *frame,
                           const mine_purchases_reading *reading, const mine_purchases_how *how,
                           mine_purchases *out) {
  const mine_column *column[5];
  for (int i = 0; i < 5; i++)
    column[i] = reading->column[i] < 0 ? NULL : &frame->column[reading->column[i]];
  const double *m = column[PURCHASES_MONETARY] ? column[PURCHASES_MONETARY]->number : NULL;
  if (!column[PURCHASES_ID]->code || column[PURCHASES_ID]->levels.n < frame->rows) {
    (void)mine__fail(env, MINE_DATA,
                     "a customer stands in the summary twice: %lld rows have %lld different ids; "
                     "give one row for each customer, or events in two or three columns",
                     (long long)frame->rows, (long long)column[PURCHASES_ID]->levels.n);
    return;
  }
  if (!purchases_room(env, arena, frame->rows, m != NULL, out)) return;
  out->ids = &column[PURCHASES_ID]->levels;
  out->n = frame->rows;
  out->at = out->log_gaps = NAN;
  for (int64_t i = 0; i < out->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    out->id[i] = (uint32_t)column[PURCHASES_ID]->code[i];
    out->x[i] = column[PURCHASES_REPEATS]->number[i];
    out->t_x[i] = column[PURCHASES_LAST_AT]->number[i];
    out->T[i] = column[PURCHASES_AGE]->number[i];
    if (out->m) out->m[i] = out->x[i] > 0 ? m[i] : (double)NAN;
    const char *problem = purchases_impossible(out, i);
    if (problem) {
      purchases_refuse(env, i, problem);
      return;
    }
  }
  purchases_note(how, "rows", "read", frame->rows, "");
  purchases_tell_ages(how, out);
}

void mine__purchases_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                          const mine_purchases_reading *reading, const mine_purchases_how *how,
                          mine_purchases *out) {
  *out = (mine_purchases){.unit = how->unit, .whole = how->whole, .holdout = how->holdout};
  if (mine__frame_finish(frame)) return;
  if (frame->rows == 0) {
    (void)mine__fail(env, MINE_DATA, "the source has no rows; there is no purchase to learn from");
    return;
  }
  if (!reading->is_summary) {
    purchases_count(env, arena, frame, reading, how, out);
    return;
  }
  if (how->as_of->type != MINE_NULL) {
    (void)mine__fail(env, MINE_OPTION,
                     "option as_of is for events; a summary says by age how long a customer was "
                     "observed");
    return;
  }
  purchases_take(env, arena, frame, reading, how, out);
}
