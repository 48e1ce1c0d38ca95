/*
** survival.c -- mine_survival: how large a share is still there after some time, when of many
** it is only known until when they were.
**
** With d_i events among the n_i at risk at time t_i (lives.h):
**
**   Kaplan & Meier (1958)     S(t) = prod (1 - d_i / n_i)
**                             var log S = sum d_i / (n_i (n_i - d_i))   (Greenwood 1926)
**   Nelson (1972), Aalen      S(t) = exp(-H), H = sum d_i / n_i
**                             var H = sum d_i / n_i^2
**
** std_error is of S: S times the root of that variance.  With z of the level and e the error of
** log S, bounds are exp(log S -+ z e) (log), exp(-exp(log(-log S) -+ z e / log S)) (log-log),
** or S -+ z S e (plain), within 0 and 1: R's survfit.  Where S is 0 there is no error, and
** log-log has none where it is 1.
**
** A million times are a million rows: they are kept as numbers and become cells when they are read.
*/
#include <math.h>

#include "../core/parallel.h"
#include "../kernel/special.h"
#include "lives.h"

enum { SURVIVAL_LOG, SURVIVAL_LOG_LOG, SURVIVAL_PLAIN };
static const char *const survival_intervals[] = {"log", "log-log", "plain", NULL};
enum { SURVIVAL_KAPLAN_MEIER, SURVIVAL_NELSON_AALEN };
static const char *const survival_methods[] = {"kaplan_meier", "nelson_aalen", NULL};

typedef struct survival_options {
  mine_cell event_value;
  int method, interval;
  double level;
} survival_options;

static const mine_option survival_option_table[] = {
    OPTION_TEXT(survival_options, event_value,
                .help = "the value of event that means it came; any other means not yet"),
    OPTION_CHOICE(survival_options, method, .initial = "kaplan_meier", .choices = survival_methods,
                  .help = "nelson_aalen: survival is exp(-H) of the Nelson-Aalen sum H, which is "
                          "-ln(survival) with the error std_error / survival"),
    OPTION_CHOICE(survival_options, interval, .initial = "log", .choices = survival_intervals,
                  .help = "on which scale low and high are as far away"),
    OPTION_REAL(survival_options, level, .initial = "0.95", .range = {0, 0.999999},
                .above_least = 1, .help = "how sure low and high are"),
    OPTION_END};

/* What has come together until some time. */
typedef struct survival_sum {
  double survival, variance, hazard;
} survival_sum;

static void survival_add(survival_sum *s, int method, const mine__lives_walk *at) {
  const double d = (double)at->events, n = (double)at->at_risk;
  if (method == SURVIVAL_KAPLAN_MEIER) {
    s->survival *= (n - d) / n;
    s->variance += d / (n * (n - d)); /* infinite at the end of all */
    return;
  }
  s->hazard += d / n;
  s->variance += d / (n * n);
  s->survival = exp(-s->hazard);
}

typedef struct survival_bounds {
  double low, high;
} survival_bounds;

static survival_bounds survival_bound(const survival_options *o, double z, double s, double e) {
  survival_bounds b = {NAN, NAN};
  if (!(s > 0)) return b;
  if (o->interval == SURVIVAL_LOG_LOG) {
    if (s >= 1) return b;
    const double middle = log(-log(s)), reach = z * e / log(s); /* below 0 */
    b.low = exp(-exp(middle - reach));
    b.high = exp(-exp(middle + reach));
  } else if (o->interval == SURVIVAL_PLAIN) {
    b.low = fmax(s - z * e * s, 0);
    b.high = fmin(s + z * e * s, 1);
  } else {
    b.low = exp(log(s) - z * e);
    b.high = fmin(exp(log(s) + z * e), 1);
  }
  return b;
}

/* ---- the rows of the answer ------------------------------------------------------------------ */

typedef struct survival_row {
  double time, survival, std_error, low, high; /* NaN: there is none */
  int32_t at_risk, events, censored;
} survival_row;

/* By part and time; in the arena of the answer. */
typedef struct survival_rows {
  int64_t n_parts, *first; /* of part p: first[p] .. first[p + 1] - 1 */
  int64_t part;            /* of the row that was read last           */
  mine_values group;       /* of each part; none: NULL                */
  survival_row *row;
} survival_rows;

/* The part in which a row is: mostly that of the row before. */
static int64_t survival_part_of(survival_rows *s, int64_t row) {
  int64_t low = 0, high = s->n_parts - 1;
  if (row >= s->first[s->part] && row < s->first[s->part + 1]) return s->part;
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    if (s->first[middle] <= row)
      low = middle;
    else
      high = middle - 1;
  }
  return s->part = low;
}

/* Of survival_answer: two columns, three counts, four shares. */
enum { SURVIVAL_GROUP, SURVIVAL_TIME, SURVIVAL_COUNTS, SURVIVAL_SHARES = SURVIVAL_COUNTS + 3 };

/* A mine__make_cell. */
static void survival_cell(void *maker, int64_t row, int column, mine_cell *out) {
  survival_rows *s = maker;
  const survival_row *r = &s->row[row];
  const int32_t counts[] = {r->at_risk, r->events, r->censored};
  const double shares[] = {r->survival, r->std_error, r->low, r->high};
  *out = (mine_cell){.type = MINE_NULL};
  if (column == SURVIVAL_GROUP) {
    if (s->group.n > 0) mine__values_get(&s->group, survival_part_of(s, row), out);
  } else if (column >= SURVIVAL_COUNTS && column < SURVIVAL_SHARES) {
    *out = (mine_cell){.type = MINE_INT, .as = {.integer = counts[column - SURVIVAL_COUNTS]}};
  } else {
    const double v = column == SURVIVAL_TIME ? r->time : shares[column - SURVIVAL_SHARES];
    if (!isnan(v)) *out = (mine_cell){.type = MINE_REAL, .as = {.real = v}};
  }
}

/* ---- the curves ---------------------------------------------------------------------------- */

typedef struct survival_curves {
  const survival_options *o;
  const mine__lives *lives;
  survival_rows *rows;
  int64_t *came; /* events of each part */
  double z;
} survival_curves;

/* How many times a part has, into first[part + 1]. */
static void survival_times(void *context, int64_t part, mine_env *ask) {
  const survival_curves *c = context;
  const int64_t first = c->lives->first[part], end = c->lives->first[part + 1];
  int64_t times = end > first;
  for (int64_t i = first + 1; i < end; i++) {
    if (ask && MINE_POLL_AT(ask, i)) return;
    times += c->lives->time[i] != c->lives->time[i - 1];
  }
  c->rows->first[part + 1] = times;
}

/* The sums over the times of a part; the variance stands in the place of the error. */
static void survival_walk(void *context, int64_t part, mine_env *ask) {
  const survival_curves *c = context;
  survival_rows *s = c->rows;
  mine__lives_walk walk = mine__lives_open(c->lives, part);
  survival_sum sum = {.survival = 1};
  for (int64_t i = s->first[part]; mine__lives_next(&walk); i++) {
    if (ask && MINE_POLL_AT(ask, i)) return;
    if (walk.events > 0) survival_add(&sum, c->o->method, &walk);
    c->came[part] += walk.events;
    s->row[i] = (survival_row){.time = walk.time,
                               .survival = sum.survival,
                               .std_error = sum.variance,
                               .at_risk = (int32_t)walk.at_risk,
                               .events = (int32_t)walk.events,
                               .censored = (int32_t)walk.censored};
  }
}

#define SURVIVAL_BLOCK 8192

static void survival_bounds_task(void *context, int64_t task, int worker) {
  const survival_curves *c = context;
  const survival_rows *s = c->rows;
  const int64_t first = task * SURVIVAL_BLOCK, left = s->first[s->n_parts] - first;
  (void)worker;
  for (int64_t i = first; i < first + (left < SURVIVAL_BLOCK ? left : SURVIVAL_BLOCK); i++) {
    survival_row *r = &s->row[i];
    const double e = sqrt(r->std_error);
    const survival_bounds b = survival_bound(c->o, c->z, r->survival, e);
    r->std_error = r->survival > 0 ? r->survival * e : NAN;
    r->low = b.low;
    r->high = b.high;
  }
}

static void survival_tell(mine_job *job, const survival_curves *c) {
  for (int64_t p = 0; p < c->rows->n_parts && !mine_failed(job->env); p++) {
    const int64_t n = c->lives->first[p + 1] - c->lives->first[p];
    char shown[MINE_SHOW_BYTES];
    mine_cell group = {.type = MINE_NULL};
    if (c->came[p] > 0 || n == 0) continue;
    if (c->rows->group.n > 0) mine__values_get(&c->rows->group, p, &group);
    mine__job_notef(job, "warning", group.type == MINE_NULL ? "" : mine__show_cell(shown, &group),
                    "nobody of %lld had the event: survival stays 1, and says nothing about later",
                    (long long)n);
  }
}

/* Parts with their groups, and room for the rows of each. */
static void survival_open(mine_job *job, const mine_column *group, mine_arena *arena,
                          survival_curves *c) {
  survival_rows *s = c->rows;
  s->n_parts = c->lives->n_parts;
  s->first = mine__arena_zeros(arena, (size_t)s->n_parts + 1, sizeof *s->first);
  c->came = mine__arena_zeros(job->arena, (size_t)s->n_parts, sizeof *c->came);
  mine__values_open(&s->group, arena);
  for (int64_t p = 0; group && p < s->n_parts && !mine_failed(job->env); p++) {
    mine_cell value;
    mine__values_get(&group->levels, p, &value);
    (void)mine__values_push(&s->group, &value);
  }
  if (mine_failed(job->env) || mine__lives_each(job->env, c->lives, survival_times, c)) return;
  for (int64_t p = 0; p < s->n_parts; p++)
    s->first[p + 1] += s->first[p];
  s->row = mine__arena_array(arena, (size_t)s->first[s->n_parts], sizeof *s->row);
}

static mine_status survival_run(mine_job *job, mine_relation *out) {
  mine__lives lives;
  MINE_TRY(mine__frame_finish(job->frame));
  const mine_column *group = mine__job_event(job, LIVES_GROUP);
  survival_curves c = {.o = mine__options_of(&job->options, survival_option_table),
                       .lives = &lives,
                       .rows = mine__arena_zeros(out->arena, 1, sizeof *c.rows)};
  c.z = mine__normal_quantile((1 - c.o->level) / 2, MINE__UPPER);
  mine__lives_read(job, &c.o->event_value, group, NULL, &lives);
  if (!mine_failed(job->env)) survival_open(job, group, out->arena, &c);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  const int64_t n = c.rows->first[c.rows->n_parts];
  MINE_TRY(mine__lives_each(job->env, &lives, survival_walk, &c));
  MINE_TRY(mine__parallel(job->env, MINE_BLOCKS(n, SURVIVAL_BLOCK), survival_bounds_task, &c));
  survival_tell(job, &c);
  mine__relation_made(out, n, survival_cell, c.rows);
  return mine_env_status(job->env);
}

static const mine_want survival_reads[] = {MINE_LIVES_BEFORE_GROUP,
                                           {.name = "group",
                                            .reading = MINE_READ_CATEGORY,
                                            .flags = MINE_WANT_OPTIONAL,
                                            .help = "a column: a curve for each of its values"},
                                           MINE_LIVES_START,
                                           {0}};

static const mine_answer survival_answer[] = {
    {"group_value", MINE_ANSWER_ANY, 1, "of the column group; NULL without"},
    {"time", MINE_ANSWER_REAL, 1, "every duration that occurs in the group, rising"},
    {"at_risk", MINE_ANSWER_INTEGER, 0, "seen until then at least: without the event before"},
    {"events", MINE_ANSWER_INTEGER, 0, "that came at this time"},
    {"censored", MINE_ANSWER_INTEGER, 0, "seen no longer than this, without the event"},
    {"survival", MINE_ANSWER_REAL, 0,
     "the estimated share without the event until after this time"},
    {"std_error", MINE_ANSWER_REAL, 0, "standard error of survival; NULL where survival is 0"},
    {"low", MINE_ANSWER_REAL, 0, "between low and high the share lies, apart from chance"},
    {"high", MINE_ANSWER_REAL, 0, "likewise"},
    {0},
};

static const mine_option_set survival_sets[] = {
    {survival_option_table, sizeof(survival_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_survival = {
    .name = "mine_survival",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "How long until they leave: the share still there after each time, by group.",
    .notes =
        "The source has three or four columns, who, how long they were seen, whether the event "
        "(leaving, a repair, a second purchase) came then, and a group; or names them with `id=`, "
        "`duration=`, `event=`, `group=`. Who is still there counts as long as he was seen "
        "(Kaplan-Meier, with Greenwood's errors), instead of being left out or taken for one who "
        "stays for ever. With `start=` a row is at risk only after that time: those who were "
        "customers before the records began, or a row for each stretch of a customer's life. "
        "Times are the same only if they are equal numbers. The median is "
        "`min(time) ... WHERE survival <= 0.5`. Rows in which something is missing are left out, "
        "and `mine_warnings` says how many. Whether groups differ: `mine_logrank`.",
    .example =
        "SELECT time, at_risk, events, round(survival, 3) AS survival, round(low, 3) AS low,\n"
        "  round(high, 3) AS high\n"
        "FROM mine_survival('VALUES (1,2,1),(2,3,0),(3,3,1),(4,5,1),(5,8,0)');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = survival_answer,
    .options = survival_sets,
    .wants = survival_reads,
    .run = survival_run,
};
