/*
** sample_size.c -- mine_sample_size: how many rows a test needs, what it will see, how surely.
**
** Of rows, effect and power two are given, and the third is solved for (kernel/power.h); power is
** 0.8 where nothing is said.  Rates are compared when there is a baseline, means when there is
** a stddev.
*/
#include <math.h>

#include "../kernel/power.h"
#include "verb.h"

typedef struct size_options {
  double baseline, effect, stddev, power, alpha, ratio, rows;
  int side;
} size_options;

static const char *const size_sides[] = {"two", "one", NULL};

static const mine_option size_table[] = {
    OPTION_REAL(size_options, baseline, .range = {0, 1},
                .help = "the rate of the control group, such as 0.05"),
    OPTION_REAL(size_options, stddev, .range = {0, 1e300}, .above_least = 1,
                .help = "instead of baseline: the standard deviation of a number whose means are "
                        "compared"),
    OPTION_REAL(size_options, effect, .range = {-1e300, 1e300},
                .help = "the difference to be seen: of rates 0.01 is one point; not given: the "
                        "least that is seen with rows"),
    OPTION_REAL(size_options, rows, .range = {2, 1e15},
                .help = "of the control group; not given: as many as it takes"),
    OPTION_REAL(size_options, power, .initial = "0.8", .range = {0.01, 0.999999},
                .help =
                    "how often the difference is to be seen if it is there; with rows and effect "
                    "it is answered"),
    OPTION_REAL(size_options, alpha, .initial = "0.05", .range = {0, 0.5}, .above_least = 1,
                .help = "how often a difference may be seen where there is none"),
    OPTION_CHOICE(size_options, side, .initial = "two", .choices = size_sides,
                  .help = "two: a difference in any direction; one: only in that of effect"),
    OPTION_REAL(size_options, ratio, .initial = "1", .range = {0.001, 1000},
                .help = "rows of the other group for each of the control group"),
    OPTION_END};

static void size_refuse(mine_job *job, const char *sentence) {
  (void)mine__fail(job->env, MINE_OPTION, "%s", sentence);
}

static void size_check(mine_job *job, const size_options *o) {
  char shown[MINE_NUMBER_BYTES];
  if (isnan(o->baseline) == isnan(o->stddev))
    size_refuse(job, isnan(o->baseline)
                         ? "it takes a baseline, the rate of the control group, or the stddev of a "
                           "number; say baseline=0.05, effect=0.01"
                         : "options baseline (rates) and stddev (means) exclude each other; leave "
                           "one of the two out");
  else if (isnan(o->effect) && isnan(o->rows))
    size_refuse(job,
                "say effect=<difference> to learn the rows, or rows=<number> to learn the "
                "least effect that is seen");
  else if (!isnan(o->effect) && !isnan(o->rows) &&
           mine__options_given(job->options.group, job->options.n, "power"))
    size_refuse(job,
                "rows, effect and power are all said, and one of them is answered; leave out the "
                "one you ask for");
  else if (o->effect == 0)
    size_refuse(job, "effect=0 is no difference to be seen; say the least that matters");
  else if (!isnan(o->baseline) && !isnan(o->effect) &&
           !(o->baseline + o->effect >= 0 && o->baseline + o->effect <= 1))
    (void)mine__fail(job->env, MINE_OPTION,
                     "baseline and effect add up to %s, which is no rate; effect is a difference "
                     "of rates, 0.01 for one point",
                     mine__format_real(shown, o->baseline + o->effect, 6));
}

/* Rows of a group, rounded up; what rounding has left above a whole number does not count. */
static double size_whole(double rows) {
  return ceil(rows * (1 - 1e-12));
}

static void size_put(mine_relation *out, const mine__plan *plan, double power, double alpha) {
  const int rates = !isnan(plan->baseline);
  const double control = size_whole(plan->rows), other = size_whole(plan->rows * plan->ratio);
  mine__row_text(out, rates ? "rate" : "mean");
  mine__row_real(out, plan->baseline);
  mine__row_real(out, plan->effect);
  mine__row_real(out, rates && plan->baseline > 0 ? plan->effect / plan->baseline : (double)NAN);
  mine__row_real(out, power);
  mine__row_real(out, alpha);
  mine__row_int(out, (int64_t)control);
  mine__row_int(out, (int64_t)other);
  mine__row_int(out, (int64_t)(control + other));
  mine__row_real(out, plan->rows);
  mine__relation_end_row(out);
}

static mine_status size_run(mine_job *job, mine_relation *out) {
  const size_options *o = mine__options_of(&job->options, size_table);
  size_check(job, o);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  mine__plan plan = {.rows = o->rows,
                     .ratio = o->ratio,
                     .alpha = o->side == 0 ? o->alpha / 2 : o->alpha,
                     .baseline = o->baseline,
                     .effect = o->effect,
                     .deviation = o->stddev};
  double power = o->power;
  if (isnan(o->rows)) {
    plan.rows = mine__plan_rows(plan, power);
    if (!(plan.rows <= 1e15))
      return mine__fail(job->env, MINE_OPTION,
                        "it would take more than 1e15 rows; say a larger effect");
  } else if (isnan(o->effect)) {
    plan.effect = mine__plan_effect(plan, power);
    if (isnan(plan.effect))
      return mine__fail(job->env, MINE_OPTION,
                        "with so few rows no effect is seen with that power; say more rows");
  } else {
    power = mine__plan_power(&plan);
  }
  size_put(out, &plan, power, o->alpha);
  return mine_env_status(job->env);
}

static const mine_answer size_answer[] = {
    {"measure", MINE_ANSWER_TEXT, 0, "rate or mean"},
    {"baseline", MINE_ANSWER_REAL, 0, "the rate of the control group; NULL: of means"},
    {"effect", MINE_ANSWER_REAL, 0, "the difference that is seen"},
    {"lift", MINE_ANSWER_REAL, 0, "effect / baseline; NULL: of means"},
    {"power", MINE_ANSWER_REAL, 0, "how often it is seen if it is there"},
    {"alpha", MINE_ANSWER_REAL, 0, "how often it is seen if it is not"},
    {"rows_control", MINE_ANSWER_INTEGER, 0, "rows of the control group, rounded up"},
    {"rows_variant", MINE_ANSWER_INTEGER, 0, "rows of the other group"},
    {"rows", MINE_ANSWER_INTEGER, 0, "of both"},
    {"exact", MINE_ANSWER_REAL, 0, "rows of the control group before rounding"},
    {0},
};

static const mine_option_set size_sets[] = {
    {size_table, sizeof(size_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_sample_size = {
    .name = "mine_sample_size",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "How many rows an A/B test needs; or the least effect, or the power, of so many rows.",
    .notes =
        "Rates (`baseline=`) are compared as mine_ab_test does and R's power.prop.test plans it, "
        "means (`stddev=`) by a t-test of equal spread, as power.t.test. Of `rows`, `effect` and "
        "`power` the one that is not said is answered.",
    .example =
        "SELECT rows_control, rows, power\n"
        "FROM mine_sample_size('baseline=0.05, effect=0.01, power=0.9');",
    .argument = {{MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = size_answer,
    .options = size_sets,
    .run = size_run,
};
