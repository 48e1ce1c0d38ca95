/*
** histories.c -- events, checked, by customer and time.
**
** Rows are sorted by time first and then, stably, by customer: two sorts without comparisons,
** O(rows).
*/
#include "histories.h"

#include <math.h>
#include <stdio.h>

#include "../core/radix.h"
#include "notes.h"

static const char *const histories_returns[] = {"net", "ignore", "count", "error", NULL};

const mine_option mine__history_option_table[] = {
    OPTION_DATE(
        mine_history_options, as_of,
        .help = "the day, or the time, until which events count; not given: the last event"),
    OPTION_CHOICE(mine_history_options, returns, .initial = "net", .choices = histories_returns,
                  .help =
                      "negative amounts: net (they lower amounts and are no purchases; in lifetime "
                      "models they lower what was bought on their own day), ignore, count "
                      "(purchases like any other), or error"),
    OPTION_END};

const mine_want mine__history_wants[] = {
    MINE_WANT_OF_CUSTOMER, MINE_WANT_OF_TIME, MINE_WANT_OF_AMOUNT, {0}};

/* ---- which rows ------------------------------------------------------------------------- */

/* The columns, and what is not as it should be. */
typedef struct histories_rows {
  mine_env *env;
  mine_arena *arena;
  const mine_history_source *of;
  const mine_history_options *asked;
  int64_t n;
  const int32_t *customer;
  const double *time, *amount; /* amount NULL: none */
  double as_of;
  int whole_day; /* of as_of */
  int64_t no_customer, no_time, no_amount, later, returns;
  double sum; /* of amounts without their signs */
} histories_rows;

static int histories_is_later(const histories_rows *rows, double time) {
  return rows->whole_day ? floor(time) > rows->as_of : time > rows->as_of;
}

/* Until when: as said, else the last event of a customer. */
static void histories_now(histories_rows *rows, const mine_time_reading *reading) {
  if (rows->asked->as_of.type != MINE_NULL) {
    if (mine__option_date(rows->env, "as_of", &rows->asked->as_of, reading, &rows->as_of)) return;
    rows->whole_day = rows->as_of <= floor(rows->as_of);
    return;
  }
  rows->as_of = NAN;
  for (int64_t i = 0; i < rows->n; i++)
    if (rows->customer[i] >= 0 && !(rows->time[i] <= rows->as_of) && !isnan(rows->time[i]))
      rows->as_of = rows->time[i];
}

/* Whether a row is an event that counts. */
static int histories_counts(histories_rows *rows, int64_t i) {
  const double amount = rows->amount ? rows->amount[i] : NAN;
  if (rows->customer[i] < 0) {
    rows->no_customer++;
    return 0;
  }
  if (isnan(rows->time[i])) {
    rows->no_time += !isnan(amount);
    return 0;
  }
  if (histories_is_later(rows, rows->time[i])) {
    rows->later++;
    return 0;
  }
  rows->no_amount += rows->amount && (isnan(amount) || (rows->of->by_day && amount == 0));
  if (!isnan(amount)) rows->sum += fabs(amount);
  if (!(amount < 0)) return 1;
  rows->returns++;
  if (rows->asked->returns == MINE_RETURNS_ERROR && !mine_failed(rows->env)) {
    char number[MINE_NUMBER_BYTES];
    mine__fail(rows->env, MINE_DATA,
               "amount %s in row %lld is negative and returns=error; say returns=net, ignore or "
               "count",
               mine__format_real(number, amount, 0), (long long)i + 1);
  }
  return rows->asked->returns != MINE_RETURNS_IGNORE;
}

static void histories_note(const histories_rows *rows, const char *item, const char *name,
                           int64_t n, const char *what) {
  char detail[MINE_NOTE_BYTES];
  if (n == 0) return;
  snprintf(detail, sizeof detail, "%lld of %lld %s", (long long)n, (long long)rows->n, what);
  rows->of->note(rows->of->context, item, name, detail);
}

static void histories_left_out(const histories_rows *rows, const char *name, int64_t n,
                               const char *what) {
  const int skips = rows->of->skips;
  histories_note(rows, skips ? "rows" : "warning", skips ? "skipped" : name, n, what);
}

static void histories_tell(const histories_rows *rows) {
  static const char *const policy[] = {
      "have a negative amount: they lower amounts and are no purchases",
      "have a negative amount: they are left out",
      "have a negative amount: they count as purchases", ""};
  static const char *const in_days[] = {
      NULL, "have a negative amount: they are left out",
      "have a negative amount: they count as purchases, and in mean amounts where their day sums "
      "to more than 0",
      ""};
  const char *returns = (rows->of->by_day ? in_days : policy)[rows->asked->returns];
  histories_left_out(rows, "customer", rows->no_customer, "have no customer and are left out");
  histories_left_out(rows, "time", rows->no_time, "have an amount but no time and are left out");
  histories_left_out(rows, "as_of", rows->later, "are after as_of and are left out");
  histories_note(rows, "warning", "amount", rows->no_amount,
                 rows->of->by_day
                     ? "have no amount, or 0: they are purchases and do not count in mean amounts"
                     : "have no amount: they are purchases and add nothing to amounts");
  if (returns) histories_note(rows, "warning", "returns", rows->returns, returns);
}

/* Until when, where that was chosen; by day always. */
static void histories_tell_until(const histories_rows *rows, const mine_time_reading *reading) {
  static const mine_time_reading day = {
      .unit = MINE_TIME_PATTERN, .cell = MINE_TEXT, .step = MINE_STEP_DAY, .pattern = "%Y-%m-%d"};
  const int by_day = rows->of->by_day, chosen = rows->asked->as_of.type == MINE_NULL;
  const char *until = mine__show_time(rows->arena, by_day ? &day : reading, rows->as_of);
  char detail[MINE_NOTE_BYTES];
  if (by_day)
    snprintf(detail, sizeof detail, "until %s%s", until,
             chosen ? ", the day of the last event" : "");
  else
    snprintf(detail, sizeof detail, "%s, the last event: nothing else was said", until);
  const char *item = !by_day ? "warning" : chosen ? MINE__NOTE_CHOSEN : "rows";
  if (by_day || chosen) rows->of->note(rows->of->context, item, "as_of", detail);
}

/* No event counts: say why. */
static void histories_none(const histories_rows *rows, const mine_time_reading *reading) {
  mine_env *env = rows->env;
  const int64_t all = rows->n;
  double least = NAN;
  for (int64_t i = 0; i < all; i++)
    if (rows->customer[i] >= 0 && !(rows->time[i] >= least) && !isnan(rows->time[i]))
      least = rows->time[i];
  if (rows->no_customer == all) {
    mine__fail(env, MINE_DATA, "none of the %lld rows has a customer; there is nobody",
               (long long)all);
  } else if (rows->later > 0) {
    mine__fail(env, MINE_DATA,
               "as_of is before every event; the first of a customer is at %s, say a later time",
               mine__show_time(rows->arena, reading, least));
  } else if (rows->returns > 0) {
    mine__fail(env, MINE_DATA,
               "all events have negative amounts and returns=ignore; say "
               "returns=count, or turn the sign of the amounts");
  } else {
    mine__fail(env, MINE_DATA, "none of the %lld rows has a customer and a time; nothing happened",
               (long long)all);
  }
}

/* ---- by customer and time --------------------------------------------------------------- */

/* The times of the rows that count; NAN for the others. */
static double *histories_keys(histories_rows *rows) {
  double *key = mine__arena_array(rows->env->scratch, (size_t)rows->n, sizeof *key);
  for (int64_t i = 0; key && i < rows->n; i++) {
    if (MINE_POLL_AT(rows->env, i)) return NULL;
    key[i] = histories_counts(rows, i) ? rows->time[i] : NAN;
  }
  if (isinf(rows->sum))
    mine__fail(rows->env, MINE_DATA,
               "the amounts add up beyond all numbers; divide them by a million");
  return mine_failed(rows->env) ? NULL : key;
}

static void histories_fill(const histories_rows *rows, const mine_pair *order, int64_t n,
                           mine_histories *out) {
  mine_arena *arena = rows->arena;
  int32_t *code = mine__arena_array(rows->env->scratch, (size_t)n, sizeof *code);
  mine__by_code by;
  for (int64_t k = 0; code && k < n; k++)
    code[k] = rows->customer[order[k].row];
  if (!code || !mine__sort_codes(arena, code, n, out->n, &by)) return;
  const size_t room = (size_t)n;
  out->first = by.first;
  out->row = by.at;
  out->time = mine__arena_array(arena, room, sizeof *out->time);
  out->is_return = mine__arena_array(arena, room, sizeof *out->is_return);
  if (rows->amount) out->amount = mine__arena_array(arena, room, sizeof *out->amount);
  if (mine_failed(rows->env)) return;
  for (int64_t k = 0; k < n; k++) {
    const uint32_t row = order[by.at[k]].row;
    const double amount = rows->amount ? rows->amount[row] : 0;
    out->row[k] = row;
    out->time[k] = rows->time[row];
    out->is_return[k] = amount < 0 && rows->asked->returns != MINE_RETURNS_COUNT;
    if (out->amount) out->amount[k] = isnan(amount) ? 0 : amount;
  }
}

static void histories_open(histories_rows *rows, mine_histories *out) {
  const mine_column *const *column = rows->of->column;
  const mine_column *customer = column[MINE_HISTORY_CUSTOMER];
  rows->customer = customer->code;
  rows->time = mine__column_numbers(rows->arena, column[MINE_HISTORY_TIME], rows->n);
  if (column[MINE_HISTORY_AMOUNT])
    rows->amount = mine__column_numbers(rows->arena, column[MINE_HISTORY_AMOUNT], rows->n);
  *out = (mine_histories){
      .n = customer->levels.n, .id = &customer->levels, .reading = column[MINE_HISTORY_TIME]->time};
}

mine_status mine__histories_read(mine_env *env, mine_arena *arena, const mine_history_source *of,
                                 mine_histories *out) {
  histories_rows rows = {
      .env = env, .arena = arena, .of = of, .asked = of->asked, .n = of->frame->rows};
  if (rows.n == 0) return mine__fail(env, MINE_DATA, "the source has no rows; there is nobody");
  histories_open(&rows, out);
  if (!mine_failed(env)) histories_now(&rows, out->reading);
  if (mine_failed(env)) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double *key = histories_keys(&rows);
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows.n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows.n, sizeof *temp);
  if (!key || !order || !temp || !mine__sort_reals_asked(env, key, NULL, rows.n, order, temp))
    return mine_env_status(env);
  const int64_t known = mine__sort_known(order, rows.n);
  out->as_of = rows.as_of;
  if (known == 0)
    histories_none(&rows, out->reading);
  else
    histories_fill(&rows, order, known, out);
  histories_tell(&rows);
  if (!mine_failed(env)) histories_tell_until(&rows, out->reading);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
