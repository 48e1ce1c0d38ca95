/*
** lifecycle.c -- mine_lifecycle: new, active, at risk, dormant, lost, reactivated, by each
** customer's own rhythm.
**
** Of the days d_1 < ... < d_m on which a customer bought (several purchases of a day are one, as
** in Fader & Hardie's models), the usual gap g is the median of d_2 - d_1, ..., d_m - d_(m-1);
** of a customer with fewer than min_gaps of them the median of all customers' own.  After a
** silence of s days since d_m the stage is
**
**   s > lost g      lost            by=days: the three limits are days instead of multiples of
**   s > dormant g   dormant         g; by=p_alive: chances, and the customer is alive with one
**   s > at_risk g   at_risk         below them (lifecycle_alive.c)
**   else            new           m = 1
**                   reactivated   the last gap was a dormant one
**                   active        else
**
** and prospect with m = 0.  Who buys at random times at a steady rate is silent for 2, 4 and 8
** usual gaps with chance 1/4, 1/16 and 1/256: the limits by rhythm.  `since` is the day on which
** the stage began by today's limits.  O(events).
*/
#include "lifecycle.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"

static const char *const lifecycle_by_names[] = {"rhythm", "days", "p_alive", NULL};

const mine_option mine__lifecycle_option_table[] = {
    OPTION_CHOICE(mine_lifecycle_options, by, .initial = "rhythm", .choices = lifecycle_by_names,
                  .help = "limits are multiples of each customer's usual gap, days, or chances to "
                          "be alive by the Pareto/NBD model of all"),
    OPTION_REAL(mine_lifecycle_options, at_risk, .range = {0, 1e6}, .above_least = 1,
                .help = "a longer silence, or a lower chance, is a risk; not given: 2 usual gaps, "
                        "90 days, 0.8"),
    OPTION_REAL(mine_lifecycle_options, dormant, .range = {0, 1e6}, .above_least = 1,
                .help = "a longer silence, or a lower chance, is dormant; not given: 4 usual gaps, "
                        "180 days, 0.5"),
    OPTION_REAL(mine_lifecycle_options, lost, .range = {0, 1e6}, .above_least = 1,
                .help = "after a longer silence, or with a lower chance, a customer is lost; not "
                        "given: 8 usual gaps, 365 days, 0.2"),
    OPTION_INT(mine_lifecycle_options, min_gaps, .initial = "2", .range = {1, 1000000},
               .help = "a customer with fewer gaps takes the usual gap of all"),
    OPTION_END};

void mine__lifecycle_defaults(mine_env *env, mine_lifecycle_options *o) {
  static const double usual[][3] = {{2, 4, 8}, {90, 180, 365}, {0.8, 0.5, 0.2}};
  const int falls = o->by == MINE_BY_ALIVE;
  if (isnan(o->at_risk)) o->at_risk = usual[o->by][0];
  if (isnan(o->dormant)) o->dormant = usual[o->by][1];
  if (isnan(o->lost)) o->lost = usual[o->by][2];
  if (falls ? 1 > o->at_risk && o->at_risk >= o->dormant && o->dormant >= o->lost
            : o->at_risk <= o->dormant && o->dormant <= o->lost)
    return;
  char number[3][MINE_NUMBER_BYTES];
  mine__fail(env, MINE_OPTION, "the limits are at_risk=%s, dormant=%s, lost=%s; %s, give all three",
             mine__format_real(number[0], o->at_risk, 0),
             mine__format_real(number[1], o->dormant, 0), mine__format_real(number[2], o->lost, 0),
             falls ? "chances are below 1 and fall" : "they must rise");
}

const char *mine__stage_word(mine_lifestage stage, mine_lang lang) {
  return mine__crm_word((mine_crm_word)(MINE_CRM_STAGE_PROSPECT + (int)stage), lang);
}

/* ---- days and gaps ---------------------------------------------------------------------- */

/* Of customer c, what is known until a day. */
typedef struct lifecycle_days {
  int64_t *first; /* n + 1: the days of customer c are day[first[c]] .. */
  double *day;
  double *gap; /* the usual one of each; NAN: too few */
} lifecycle_days;

/* The days with purchases, once each. */
static void lifecycle_days_until(mine_job *job, const mine_histories *p, double until,
                                 lifecycle_days *out) {
  int64_t n = 0;
  out->first = mine__arena_array(job->arena, (size_t)p->n + 1, sizeof *out->first);
  out->day = mine__arena_array(job->arena, (size_t)p->first[p->n], sizeof *out->day);
  out->gap = mine__arena_array(job->arena, (size_t)p->n, sizeof *out->gap);
  if (mine_failed(job->env)) return;
  for (int64_t c = 0; c < p->n && !MINE_POLL_AT(job->env, c); c++) {
    out->first[c] = n;
    for (int64_t k = p->first[c]; k < p->first[c + 1]; k++) {
      const double day = floor(p->time[k]);
      if (p->is_return[k] || day > until) continue;
      if (n == out->first[c] || day > out->day[n - 1]) out->day[n++] = day;
    }
  }
  out->first[p->n] = n;
}

/* The usual gap of each customer; that of all for those with too few. */
static void lifecycle_gaps(mine_job *job, const mine_histories *p, const mine_lifecycle_options *o,
                           lifecycle_days *d) {
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  double *own = mine__arena_array(job->env->scratch, (size_t)p->n, sizeof *own);
  double *gap = mine__arena_array(job->env->scratch, (size_t)d->first[p->n], sizeof *gap);
  int64_t with = 0;
  if (!own || !gap) return;
  for (int64_t c = 0; c < p->n && !MINE_POLL_AT(job->env, c); c++) {
    int64_t n = 0;
    for (int64_t k = d->first[c] + 1; k < d->first[c + 1]; k++)
      gap[n++] = d->day[k] - d->day[k - 1];
    d->gap[c] = mine__median(gap, n);
    if (n > 0) own[with++] = d->gap[c];
    if (n < o->min_gaps) d->gap[c] = NAN;
  }
  const double of_all = mine__median(own, with);
  for (int64_t c = 0; c < p->n; c++)
    if (isnan(d->gap[c])) d->gap[c] = of_all;
  mine__arena_rewind(job->env->scratch, mark);
}

/* ---- stages ----------------------------------------------------------------------------- */

/* A customer's days, and by what silence is measured. */
typedef struct lifecycle_one {
  const mine_lifecycle_options *asked;
  const mine__alive *alive; /* by=p_alive */
  const double *day;
  double gap;
} lifecycle_one;

/* 0 no silence to speak of, 1 at risk, 2 dormant, 3 lost: s days after purchase i. */
static int lifecycle_level(const lifecycle_one *c, int64_t i, double s) {
  const mine_lifecycle_options *o = c->asked;
  if (o->by == MINE_BY_ALIVE) {
    const double p = mine__alive_at(c->alive, i, c->day[i] - c->day[0], c->day[i] + s - c->day[0]);
    return p < o->lost ? 3 : p < o->dormant ? 2 : p < o->at_risk;
  }
  const double unit = o->by == MINE_BY_DAYS ? 1 : c->gap;
  return s > o->lost * unit ? 3 : s > o->dormant * unit ? 2 : s > o->at_risk * unit;
}

/* The first day after the last purchase on which the silence reached the level it has. */
static double lifecycle_since(const lifecycle_one *c, int64_t last, double silent, int level) {
  double below = 0, reached = silent;
  while (reached - below > 1) {
    const double middle = floor((below + reached) / 2);
    if (lifecycle_level(c, last, middle) >= level)
      reached = middle;
    else
      below = middle;
  }
  return c->day[last] + reached;
}

/* The purchase from which the customer is active without a break. */
static double lifecycle_active_since(const lifecycle_one *c, int64_t n) {
  const double *day = c->day;
  for (int64_t i = n - 1; i > 1; i--) {
    if (lifecycle_level(c, i - 1, day[i] - day[i - 1]) > 0 ||
        lifecycle_level(c, i - 2, day[i - 1] - day[i - 2]) > 1)
      return day[i];
  }
  return day[1];
}

static mine_standing lifecycle_standing(const lifecycle_one *c, int64_t n, double now) {
  static const mine_lifestage silences[] = {MINE_STAGE_ACTIVE, MINE_STAGE_AT_RISK,
                                            MINE_STAGE_DORMANT, MINE_STAGE_LOST};
  mine_standing s = {MINE_STAGE_PROSPECT, NAN, NAN, NAN, NAN, NAN};
  if (n == 0) return s;
  const double *day = c->day, last = day[n - 1];
  s.silent = now - last;
  s.gap = c->gap;
  s.next = floor(last + c->gap + 0.5);
  if (c->asked->by == MINE_BY_ALIVE)
    s.p_alive = mine__alive_at(c->alive, n - 1, last - day[0], now - day[0]);
  const int level = lifecycle_level(c, n - 1, s.silent);
  s.stage = silences[level];
  if (level > 0) {
    s.since = lifecycle_since(c, n - 1, s.silent, level);
  } else if (n == 1) {
    s.stage = MINE_STAGE_NEW;
    s.since = last;
  } else if (lifecycle_level(c, n - 2, last - day[n - 2]) > 1) {
    s.stage = MINE_STAGE_REACTIVATED;
    s.since = last;
  } else {
    s.since = lifecycle_active_since(c, n);
  }
  return s;
}

/* Nothing by which silence could be measured. */
static void lifecycle_refuse(mine_job *job, const mine_histories *p, int bought, double now) {
  const char *day = mine__show_time(job->arena, p->reading, now);
  if (!bought)
    mine__fail(job->env, MINE_DATA, "nobody has bought anything until %s; say a later time", day);
  else
    mine__fail(job->env, MINE_DATA,
               "nobody has bought on two days until %s, so there is no rhythm; say by=days", day);
}

mine_standing *mine__lifecycle_at(mine_job *job, const mine_histories *p,
                                  const mine_lifecycle_options *o, double now) {
  mine_env *env = job->env;
  lifecycle_days d;
  int64_t rhythm = 0;
  const mine__alive *alive = NULL;
  mine_standing *out = mine__arena_array(job->arena, (size_t)p->n, sizeof *out);
  if (!out) return NULL;
  now = floor(now);
  lifecycle_days_until(job, p, now, &d);
  if (!mine_failed(env)) lifecycle_gaps(job, p, o, &d);
  if (mine_failed(env)) return NULL;
  for (int64_t c = 0; c < p->n; c++)
    rhythm += !isnan(d.gap[c]);
  if (rhythm == 0 && o->by != MINE_BY_DAYS) {
    lifecycle_refuse(job, p, d.first[p->n] > 0, now);
    return NULL;
  }
  if (o->by == MINE_BY_ALIVE) alive = mine__alive_fit(job, p->n, d.first, d.day, now);
  for (int64_t c = 0; !mine_failed(env) && c < p->n && !MINE_POLL_AT(env, 64 * c); c++) {
    const lifecycle_one one = {o, alive, d.day + d.first[c], d.gap[c]};
    out[c] = lifecycle_standing(&one, d.first[c + 1] - d.first[c], now);
  }
  return mine_failed(env) ? NULL : out;
}

/* ---- the verb --------------------------------------------------------------------------- */

static mine_status lifecycle_open(mine_job *job) {
  mine__lifecycle_defaults(job->env, mine__options_of(&job->options, mine__lifecycle_option_table));
  return mine_env_status(job->env);
}

static mine_status lifecycle_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  const mine_lifecycle_options *asked =
      mine__options_of(&job->options, mine__lifecycle_option_table);
  mine_histories p;
  MINE_TRY(mine__job_histories(job, &p));
  const mine_standing *standing = mine__lifecycle_at(job, &p, asked, p.as_of);
  for (int64_t c = 0; standing && c < p.n && !MINE_POLL_AT(env, c); c++) {
    const mine_standing *s = &standing[c];
    mine_cell id;
    mine__values_get(p.id, c, &id);
    mine__row_cell(out, &id);
    mine__row_text(out, mine__stage_word(s->stage, (mine_lang)said->lang));
    mine__row_time(out, p.reading, s->since);
    mine__row_real(out, s->silent);
    mine__row_real(out, s->gap);
    mine__row_time(out, p.reading, s->next);
    mine__row_real(out, s->p_alive);
    mine__relation_end_row(out);
  }
  return mine_env_status(env);
}

static const mine_answer lifecycle_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the customer"},
    {"stage", MINE_ANSWER_TEXT, 1, "prospect, new, active, at_risk, dormant, lost or reactivated"},
    {"since", MINE_ANSWER_ANY, 0, "the day on which the stage began, as times came"},
    {"silent_for", MINE_ANSWER_REAL, 0, "days since the last purchase"},
    {"usual_gap", MINE_ANSWER_REAL, 0,
     "days between purchases: the customer's median, or that of all with too few"},
    {"next_expected", MINE_ANSWER_ANY, 0,
     "the last purchase and the usual gap, as times came; may be over"},
    {"p_alive", MINE_ANSWER_REAL, 0, "by=p_alive: the chance that the customer is still there"},
    {0},
};

static const mine_option_set lifecycle_sets[] = {
    MINE_SET_LIFECYCLE, MINE_SET_HISTORIES, {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,       MINE_SET_END,
};

const mine_verb mine__verb_lifecycle = {
    .name = "mine_lifecycle",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_CUSTOMERS,
    .what = "The stage of each customer: new, active, at risk, dormant, lost, reactivated.",
    .notes =
        "Three weeks of silence are usual for who buys once a month and odd for who buys every "
        "other day: stages go by each customer's own usual gap (`by=rhythm`), or by fixed days "
        "(`by=days`). Purchases of one day are one; negative amounts are none. A customer without "
        "a purchase (a row without a time, as LEFT JOIN makes it, or none until `as_of`) is a "
        "prospect. With `by=p_alive` a Pareto/NBD model of all customers says the chance that each "
        "is still there (Schmittlein, Morrison & Colombo 1987), and stages go by it: at risk below "
        "0.8, dormant below 0.5, lost below 0.2.",
    .example = "SELECT stage, count(*) AS customers, round(avg(silent_for)) AS silent\n"
               "FROM mine_lifecycle(\n  " MINE_ROWS(
                   "i*i%61 AS customer, date(''2024-01-01'', (i*7%365) || '' days'') AS day") ")\n"
               "GROUP BY stage;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = lifecycle_answer,
    .options = lifecycle_sets,
    .wants = mine__history_wants,
    .open = lifecycle_open,
    .run = lifecycle_run,
};
