/*
** cohorts.c -- mine_cohorts: of the customers who came in one month, how many come back, and what
** they bring.
**
** A customer's cohort is the calendar unit (month ...) of the first purchase; period p is the p-th
** unit after it.  Of a cohort of n customers
**
**   classic   active(p) = those with a purchase in period p
**   rolling   active(p) = those with one in period p or later: who has not left yet
**
** retention = active / n.  A period that begins after as_of is not observed and has no row; one
** that was observed has a row, also where nobody came.  Amounts include returns at their time.
** O(events + cells).
*/
#include <math.h>
#include <string.h>

#include "../core/periods.h"
#include "purchases.h"

#define COHORTS_MOST_CELLS 20000000

typedef struct cohorts_options {
  int unit, rolling, complete;
} cohorts_options;

static const mine_option cohorts_table[] = {
    OPTION_CHOICE(cohorts_options, unit, .initial = "month", .choices = mine__periods,
                  .help = "of cohorts and periods; weeks begin on Monday"),
    OPTION_FLAG(cohorts_options, rolling, .initial = "0",
                .help = "who comes later than the period is active in it, too"),
    OPTION_FLAG(cohorts_options, complete, .initial = "0",
                .help = "leave out the period that is not over at as_of"),
    OPTION_END};

/* Cells of cohorts 0 .. n - 1, periods 0 .. n - 1 - cohort. */
typedef struct cohorts_grid {
  mine_period unit;
  mine_time_step step;         /* the unit's */
  double start;                /* of the first cohort */
  int64_t origin, n, observed; /* periods that end before as_of: none later is listed */
  int64_t *customers;          /* per cohort */
  int64_t *active;
  double *amount; /* NULL: none */
  int64_t early, without;
} cohorts_grid;

static int64_t cohorts_cell(const cohorts_grid *grid, int64_t cohort, int64_t period) {
  return cohort * grid->n - cohort * (cohort - 1) / 2 + period;
}

/* The first purchase; -1: none. */
static int64_t cohorts_first(const mine_histories *p, int64_t customer) {
  for (int64_t k = p->first[customer]; k < p->first[customer + 1]; k++)
    if (!p->is_return[k]) return k;
  return -1;
}

static void cohorts_open(mine_job *job, const mine_histories *p, const cohorts_options *asked,
                         cohorts_grid *grid) {
  double least = INFINITY;
  for (int64_t c = 0; c < p->n; c++) {
    const int64_t first = cohorts_first(p, c);
    if (first >= 0) least = fmin(least, p->time[first]);
  }
  *grid = (cohorts_grid){.unit = (mine_period)asked->unit,
                         .step = mine__period_step((mine_period)asked->unit)};
  if (isinf(least)) {
    mine__fail(job->env, MINE_DATA,
               "no event is a purchase: all amounts are negative; turn their sign, or say "
               "returns=count");
    return;
  }
  if (p->reading && p->reading->step < grid->step && p->reading->step <= MINE_STEP_WEEK) {
    mine_text text;
    mine__text_open(&text, job->arena);
    mine__time_describe(p->reading, &text);
    mine__fail(job->env, MINE_OPTION,
               "unit=%s is finer than the times tell (%s); say a longer unit",
               mine__periods[asked->unit], text.bytes ? text.data : "?");
    return;
  }
  grid->start = mine__time_floor(least, grid->step);
  grid->origin = mine__period_of(grid->unit, least);
  grid->n = mine__period_of(grid->unit, p->as_of) - grid->origin + 1;
  const double end = mine__time_add(mine__time_floor(p->as_of, grid->step), 1, grid->step);
  const int over = floor(p->as_of) + 1 >= end;
  grid->observed = grid->n - (asked->complete && !over);
  if (!over && !asked->complete)
    mine__job_notef(
        job, "warning", "period",
        "the %s of %s is not over at as_of: the last period of each cohort is not "
        "complete; complete=1 leaves it out",
        mine__periods[asked->unit],
        mine__show_time(job->arena, p->reading, mine__time_floor(p->as_of, grid->step)));
  const int64_t most = 2 * COHORTS_MOST_CELLS;
  if (grid->n > most / (grid->n + 1)) {
    mine__fail(job->env, MINE_DATA,
               "%lld periods of a %s are too many for a table of cohorts; say a longer unit, or a "
               "later first event",
               (long long)grid->n, mine__periods[asked->unit]);
    return;
  }
  const size_t cells = (size_t)(grid->n * (grid->n + 1) / 2);
  grid->customers = mine__arena_zeros(job->arena, (size_t)grid->n, sizeof *grid->customers);
  grid->active = mine__arena_zeros(job->arena, cells, sizeof *grid->active);
  if (p->amount) grid->amount = mine__arena_zeros(job->arena, cells, sizeof *grid->amount);
}

/* Put one customer's events into the cells. */
static void cohorts_add(const mine_histories *p, int64_t customer, int rolling,
                        cohorts_grid *grid) {
  const int64_t first = cohorts_first(p, customer);
  int64_t last = -1;
  if (first < 0) {
    grid->without++;
    return;
  }
  const int64_t cohort = mine__period_of(grid->unit, p->time[first]) - grid->origin;
  grid->customers[cohort]++;
  for (int64_t k = p->first[customer]; k < p->first[customer + 1]; k++) {
    const int64_t period = mine__period_of(grid->unit, p->time[k]) - grid->origin - cohort;
    if (period < 0) { /* a return of something bought before the log begins */
      grid->early++;
      continue;
    }
    const int64_t cell = cohorts_cell(grid, cohort, period);
    if (grid->amount) grid->amount[cell] += p->amount[k];
    if (p->is_return[k] || period == last) continue;
    if (!rolling) grid->active[cell]++;
    last = period;
  }
  if (rolling) grid->active[cohorts_cell(grid, cohort, last)]++;
}

/* Who was last active in a period was so in all before. */
static void cohorts_roll(cohorts_grid *grid) {
  for (int64_t cohort = 0; cohort < grid->n; cohort++)
    for (int64_t period = grid->n - 2 - cohort; period >= 0; period--)
      grid->active[cohorts_cell(grid, cohort, period)] +=
          grid->active[cohorts_cell(grid, cohort, period + 1)];
}

static void cohorts_put(const cohorts_grid *grid, const mine_time_reading *reading, int64_t cohort,
                        mine_relation *out) {
  const double start = mine__time_add(grid->start, cohort, grid->step);
  const int64_t customers = grid->customers[cohort];
  double cumulative = 0;
  for (int64_t period = 0; period < grid->observed - cohort; period++) {
    const int64_t cell = cohorts_cell(grid, cohort, period);
    if (grid->amount) cumulative += grid->amount[cell];
    mine__row_time(out, reading, start);
    mine__row_int(out, period);
    mine__row_int(out, customers);
    mine__row_int(out, grid->active[cell]);
    mine__row_real(out, (double)grid->active[cell] / (double)customers);
    mine__row_real(out, grid->amount ? grid->amount[cell] : (double)NAN);
    mine__row_real(out, grid->amount ? cumulative : (double)NAN);
    mine__relation_end_row(out);
  }
}

static mine_status cohorts_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const cohorts_options *asked = mine__options_of(&job->options, cohorts_table);
  mine_histories p;
  cohorts_grid grid;
  MINE_TRY(mine__job_histories(job, &p));
  cohorts_open(job, &p, asked, &grid);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t c = 0; c < p.n && !MINE_POLL_AT(env, c); c++)
    cohorts_add(&p, c, asked->rolling, &grid);
  if (asked->rolling) cohorts_roll(&grid);
  if (grid.without > 0)
    mine__job_notef(job, "warning", "customers",
                    "%lld of %lld have no purchase and are in no cohort", (long long)grid.without,
                    (long long)p.n);
  if (grid.early > 0)
    mine__job_notef(job, "warning", "amount",
                    "returns before the period of a customer's first purchase, left out: %lld",
                    (long long)grid.early);
  for (int64_t cohort = 0; cohort < grid.n && !mine__poll(env); cohort++)
    if (grid.customers[cohort] > 0) cohorts_put(&grid, p.reading, cohort, out);
  return mine_env_status(env);
}

static const mine_answer cohorts_answer[] = {
    {"cohort", MINE_ANSWER_ANY, 1, "the start of the unit of the first purchase, as times came"},
    {"period", MINE_ANSWER_INTEGER, 1, "units after it: 0 the one itself"},
    {"customers", MINE_ANSWER_INTEGER, 0, "of the cohort"},
    {"active", MINE_ANSWER_INTEGER, 0,
     "of them, with a purchase in the period (rolling: or later)"},
    {"retention", MINE_ANSWER_REAL, 0, "active / customers"},
    {"amount", MINE_ANSWER_REAL, 0, "of the period, less returns; NULL: the source has none"},
    {"cumulative_amount", MINE_ANSWER_REAL, 0, "from the first period to this one"},
    {0},
};

static const mine_option_set cohorts_sets[] = {
    {cohorts_table, sizeof(cohorts_options), 0},
    MINE_SET_HISTORIES,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_cohorts = {
    .name = "mine_cohorts",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what =
        "Of those who came in one month, how many come back in the next ones, and for how much.",
    .notes =
        "Months are those of the calendar: period 1 of a customer who came on 31 January begins "
        "the day after. A period that begins after `as_of` has no row; in one that was observed "
        "nobody may have come, and retention is 0. `rolling=1` counts who comes in the period or "
        "later, so that it only falls; near `as_of` it is too low, for who will come later is not "
        "known. `cumulative_amount / customers` is what a customer has brought so far.",
    .example =
        "SELECT cohort, period, customers, active, round(retention, 2) AS retention, amount\n"
        "FROM mine_cohorts(\n  " MINE_ROWS(
            "i*i%61 AS customer, date(''2024-01-01'', (i*7%150) || '' "
            "days'') AS day, 5+i*13%90 AS amount") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = cohorts_answer,
    .options = cohorts_sets,
    .wants = mine__history_wants,
    .run = cohorts_run,
};
