/*
** purchases_read.c -- purchases as customers make them, counted as the models see them
** (purchases.h).
**
** The events of a customer come in order (data/histories.h), and those of a day stand together.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "purchases.h"

#define PURCHASES_LONGEST 18262.5 /* days, 50 years: longer ages are taken for another unit's */

enum { PURCHASES_ID, PURCHASES_REPEATS, PURCHASES_LAST_AT, PURCHASES_AGE, PURCHASES_MONETARY };

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

/* ---- events ------------------------------------------------------------------------------- */

/* What became of returns: `lower` of them left some of their day; on `days` all was taken back;
** `alone` were on days without a purchase. */
typedef struct purchases_returned {
  int64_t n, lower, days, alone;
} purchases_returned;

/* The events of one customer become days of purchase from log->first[c] on. */
static void purchases_days(const mine_histories *of, int64_t c, mine_purchase_log *log,
                           int64_t *end, purchases_returned *told) {
  for (int64_t k = of->first[c]; k < of->first[c + 1];) {
    const double day = floor(of->time[k]);
    int64_t returned = 0;
    int bought = 0;
    double sum = 0;
    for (; k < of->first[c + 1] && floor(of->time[k]) == day; k++) {
      if (of->amount) sum += of->amount[k];
      bought |= !of->is_return[k];
      returned += of->is_return[k];
    }
    told->n += returned;
    if (!bought) {
      told->alone += returned;
      continue;
    }
    if (returned > 0 && !(sum > 0)) {
      told->days++;
      continue;
    }
    told->lower += returned;
    log->day[*end] = day;
    if (of->amount) log->amount[*end] = sum;
    log->from = fmin(log->from, day);
    log->to = fmax(log->to, day);
    ++*end;
  }
}

/* One sentence about the returns of a source of so many rows. */
static void purchases_tell_returns(mine_arena *arena, const mine_purchases_how *how, int64_t rows,
                                   const purchases_returned *told) {
  mine_text text;
  const char *between = ":";
  if (told->n == 0) return;
  mine__text_open(&text, arena);
  mine__text_addf(&text, "%lld of %lld have a negative amount", (long long)told->n,
                  (long long)rows);
  if (told->lower > 0) {
    mine__text_addf(&text, "%s %lld %s what was bought on the day", between, (long long)told->lower,
                    told->lower == 1 ? "lowers" : "lower");
    between = ";";
  }
  if (told->days > 0) {
    mine__text_addf(&text, "%s on %lld %s", between, (long long)told->days,
                    told->days == 1 ? "day all was taken back, which is no purchase"
                                    : "days all was taken back, which are no purchases");
    between = ";";
  }
  if (told->alone > 0)
    mine__text_addf(&text, "%s %lld %s", between, (long long)told->alone,
                    told->alone == 1 ? "stands on a day without a purchase and lowers nothing"
                                     : "stand on days without a purchase and lower nothing");
  if (!mine_failed(mine__arena_env(arena)))
    how->note(how->context, "warning", "returns", text.data);
}

static mine_purchase_log *purchases_log(mine_env *env, mine_arena *arena,
                                        const mine_histories *events, int64_t n_rows,
                                        const mine_purchases_how *how) {
  const size_t rows = (size_t)events->first[events->n];
  mine_purchase_log *log = mine__arena_zeros(arena, 1, sizeof *log);
  int64_t end = 0;
  purchases_returned told = {0};
  if (!log) return NULL;
  *log = (mine_purchase_log){.n = events->n, .from = HUGE_VAL, .to = -HUGE_VAL};
  log->first = mine__arena_zeros(arena, (size_t)log->n + 1, sizeof *log->first);
  log->day = mine__arena_array(arena, rows, sizeof *log->day);
  if (events->amount) log->amount = mine__arena_array(arena, rows, sizeof *log->amount);
  for (int64_t c = 0; c < log->n && !mine_failed(env) && !MINE_POLL_AT(env, c); c++) {
    log->first[c] = end;
    purchases_days(events, c, log, &end, &told);
  }
  if (mine_failed(env)) return NULL;
  log->first[log->n] = end;
  purchases_tell_returns(arena, how, n_rows, &told);
  if (end > 0) return log;
  (void)mine__fail(env, MINE_DATA,
                   "no event is a purchase: all %lld have negative amounts, or were taken back on "
                   "the day (%lld days); turn the sign of the amounts, or say returns=count",
                   (long long)rows, (long long)told.days);
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
  out->paid = amounts ? mine__arena_array(arena, room, sizeof *out->paid) : NULL;
  out->id = mine__arena_array(arena, room, sizeof *out->id);
  return !mine_failed(env);
}

/* How the days of a customer are counted: as they are, or in periods of the calendar. */
static double purchases_place(const mine_purchases *p, double day) {
  return p->whole ? (double)mine__period_of(p->unit, day) : day;
}

static void purchases_customer(const mine_purchase_log *of, int64_t c, double last,
                               mine_purchases *p) {
  const double unit = p->whole ? 1 : mine__period_days(p->unit);
  const int64_t from = of->first[c], to = of->first[c + 1];
  const double first = from < to ? purchases_place(p, of->day[from]) : HUGE_VAL;
  double before = first, spent = 0, repeats = 0, paid = 0, paid_at = first;
  if (first > last) return;
  for (int64_t i = from + 1; i < to; i++) {
    const double at = purchases_place(p, of->day[i]);
    if (at > last) break;
    if (of->amount && at > first && of->amount[i] > 0) {
      spent += of->amount[i];
      paid += at > paid_at;
      paid_at = at;
    }
    if (at == before) continue;
    p->log_gaps += log((at - before) / unit);
    repeats++;
    before = at;
  }
  p->id[p->n] = (uint32_t)c;
  p->x[p->n] = repeats;
  p->t_x[p->n] = (before - first) / unit;
  p->T[p->n] = (last - first) / unit;
  if (p->m) {
    p->m[p->n] = paid > 0 ? spent / paid : (double)NAN;
    p->paid[p->n] = paid;
  }
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
  mine_history_source of = {.frame = frame,
                            .asked = how->history,
                            .skips = how->skips,
                            .by_day = 1,
                            .note = how->note,
                            .context = how->context};
  mine_histories events;
  for (int i = 0; i < MINE_HISTORY_MORE; i++) {
    const int column = reading->events.column[i];
    of.column[i] = column < 0 ? NULL : &frame->column[column];
  }
  if (mine__histories_read(env, arena, &of, &events)) return;
  const mine_purchase_log *log = purchases_log(env, arena, &events, frame->rows, how);
  if (!log) return;
  out->ids = events.id;
  mine__purchases_until(env, arena, log, floor(events.as_of), out);
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
    if (out->m) out->paid[i] = out->x[i];
    const char *problem = purchases_impossible(out, i);
    if (problem) {
      purchases_refuse(env, i, problem);
      return;
    }
  }
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
  if (how->skips) {
    char read[24];
    snprintf(read, sizeof read, "%lld", (long long)frame->rows);
    how->note(how->context, "rows", "read", read);
  }
  if (!reading->is_summary) {
    purchases_count(env, arena, frame, reading, how, out);
    return;
  }
  if (how->history->as_of.type != MINE_NULL) {
    (void)mine__fail(env, MINE_OPTION,
                     "option as_of is for events; a summary says by age how long a customer was "
                     "observed");
    return;
  }
  if (how->returns_said) {
    (void)mine__fail(
        env, MINE_OPTION,
        "option returns is for events; a summary has no amounts to take back, monetary "
        "is what was paid after returns");
    return;
  }
  purchases_take(env, arena, frame, reading, how, out);
}
