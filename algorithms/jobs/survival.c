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
*/
#include <math.h>

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

static void survival_put(const survival_options *o, double z, const mine__lives_walk *at,
                         const survival_sum *sum, const mine_cell *group, mine_relation *out) {
  const double e = sqrt(sum->variance);
  const survival_bounds b = survival_bound(o, z, sum->survival, e);
  mine__row_cell(out, group);
  mine__row_real(out, at->time);
  mine__row_int(out, at->at_risk);
  mine__row_int(out, at->events);
  mine__row_int(out, at->censored);
  mine__row_real(out, sum->survival);
  mine__row_real(out, sum->survival > 0 ? sum->survival * e : NAN);
  mine__row_real(out, b.low);
  mine__row_real(out, b.high);
  mine__relation_end_row(out);
}

static void survival_part(mine_job *job, const mine__lives *lives, int64_t part,
                          const mine_cell *group, mine_relation *out) {
  const survival_options *o = mine__options_of(&job->options, survival_option_table);
  const double z = mine__normal_quantile((1 - o->level) / 2, MINE__UPPER);
  mine__lives_walk walk = mine__lives_open(lives, part);
  survival_sum sum = {.survival = 1};
  int64_t times = 0, events = 0;
  while (mine__lives_next(&walk)) {
    if (MINE_POLL_AT(job->env, times++)) return;
    if (walk.events > 0) survival_add(&sum, o->method, &walk);
    events += walk.events;
    survival_put(o, z, &walk, &sum, group, out);
    if (mine_failed(job->env)) return;
  }
  if (events > 0 || times == 0) return;
  char shown[MINE_SHOW_BYTES];
  mine__job_notef(job, "warning", group->type == MINE_NULL ? "" : mine__show_cell(shown, group),
                  "nobody of %lld had the event: survival stays 1, and says nothing about later",
                  (long long)(lives->first[part + 1] - lives->first[part]));
}

static mine_status survival_run(mine_job *job, mine_relation *out) {
  const survival_options *o = mine__options_of(&job->options, survival_option_table);
  mine__lives lives;
  MINE_TRY(mine__frame_finish(job->frame));
  const mine_column *group = mine__job_event(job, LIVES_GROUP);
  mine__lives_read(job, &o->event_value, group, NULL, &lives);
  for (int64_t p = 0; p < lives.n_parts && !mine_failed(job->env); p++) {
    mine_cell value = {.type = MINE_NULL};
    if (group) mine__values_get(&group->levels, p, &value);
    survival_part(job, &lives, p, &value, out);
  }
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
