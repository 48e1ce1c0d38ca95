/*
** survival_curve.c -- mine_survival_curve: of rows, how likely each is still without the event
** after some times, by a model of survival; block by block as mine_predict answers.
*/
#include <math.h>

#include "../core/radix.h"
#include "../model/hazard.h"
#include "scoring.h"

#define CURVE_TIMES 50 /* where none are asked for */

typedef struct curve_options {
  mine_number_list times;
} curve_options;

static const mine_option curve_option_table[] = {
    OPTION_NUMBERS(curve_options, times, .range = {0, 1e300},
                   .help = "after how long, such as 12|24|36; not given: all times of events, or "
                           "50 of them if there are more"),
    OPTION_END};

typedef struct curve_state {
  mine_scoring *scoring;
  const mine_hazard *hazard;
  int64_t n; /* times */
  double *time;
} curve_state;

/* Of all strata, rising, each once; every so many. */
static void curve_times_of_events(mine_job *job, curve_state *s) {
  const mine_hazard *h = s->hazard;
  int64_t all = 0, n = 0;
  for (int i = 0; i < h->n_strata; i++)
    all += h->steps[i].n;
  uint64_t *key = mine__arena_array(job->env->scratch, (size_t)all, sizeof *key);
  uint64_t *temp = mine__arena_array(job->env->scratch, (size_t)all, sizeof *temp);
  for (int i = 0; !mine_failed(job->env) && i < h->n_strata; i++)
    for (int64_t e = 0; e < h->steps[i].n; e++)
      key[n++] = mine_key_of_real(h->steps[i].time[e]);
  if (mine_failed(job->env) || mine__sort_keys(job->env, key, temp, all)) return;
  int64_t distinct = 0;
  for (int64_t i = 0; i < all; i++)
    if (i == 0 || key[i] != key[i - 1]) key[distinct++] = key[i];
  s->n = distinct < CURVE_TIMES ? distinct : CURVE_TIMES;
  s->time = mine__arena_array(job->arena, (size_t)s->n, sizeof *s->time);
  for (int64_t i = 0; s->time && i < s->n; i++)
    s->time[i] = mine_key_to_real(key[(i + 1) * distinct / s->n - 1]);
}

static mine_status curve_open(mine_job *job) {
  curve_state *s = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const curve_options *o = mine__options_of(&job->options, curve_option_table);
  if (model->kind != &mine__kind_hazard)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "%s is no model of survival; train one with 'cox' or 'weibull'",
                      model->algorithm);
  s->hazard = model->body;
  if (o->times.n > 0) {
    s->n = (int64_t)o->times.n;
    s->time = (double *)o->times.item;
  } else if (s->hazard->law == MINE_HAZARD_WEIBULL) {
    return mine__fail(job->env, MINE_OPTION,
                      "a Weibull model has no times of its own; say after how long, such as "
                      "times=12|24|36");
  } else {
    curve_times_of_events(job, s);
  }
  if (mine_failed(job->env)) return mine_env_status(job->env);
  return mine__scoring_open(job->env, model, MINE_SCORE_ROWS, &job->options, &s->scoring);
}

static void curve_close(mine_job *job) {
  mine_scoring_close(((curve_state *)mine__job_state(job))->scoring);
}

static mine_status curve_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  const curve_state *s = mine__job_state(job);
  if (step > 0) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(s->scoring);
  return MINE_OK;
}

static mine_status curve_block(mine_job *job, int64_t *rows) {
  curve_state *s = mine__job_state(job);
  *rows = mine__scoring_block(s->scoring, job) * s->n;
  return mine_env_status(job->env);
}

/* The cumulated hazard of a scored row. */
static double curve_hazard(const curve_state *s, int64_t row, double time) {
  const mine_scoring *scoring = s->scoring;
  if (row >= scoring->batch.n || mine__scoring_skipped(scoring, row)) return NAN;
  const int strata = s->hazard->strata;
  const int32_t code = strata < 0 ? 0 : scoring->batch.view[strata].code[row];
  return mine__hazard_at(s->hazard, scoring->batch.answers.value[row], code, time);
}

static void curve_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  const curve_state *s = mine__job_state(job);
  const int64_t scored = row / s->n;
  *out = (mine_cell){MINE_NULL, 0, {0}};
  if (column == 0) {
    mine__scoring_cell(s->scoring, scored, 0, out);
    return;
  }
  double v = s->time[row % s->n];
  if (column > 1) v = curve_hazard(s, scored, v);
  if (column == 2) v = exp(-v);
  if (isfinite(v)) *out = (mine_cell){MINE_REAL, 0, {.real = v}};
}

static void curve_clear(mine_job *job) {
  mine__scoring_clear(((curve_state *)mine__job_state(job))->scoring);
}

static const mine_answer curve_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"time", MINE_ANSWER_REAL, 1, "after how long"},
    {"survival", MINE_ANSWER_REAL, 0, "the probability that the event has not come by then"},
    {"hazard", MINE_ANSWER_REAL, 0, "cumulated until then: -ln(survival)"},
    {0},
};

static const mine_option_set curve_sets[] = {
    {curve_option_table, sizeof(curve_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

#define CURVE_ROWS                                                                     \
  MINE_ROWS(                                                                           \
      "i AS id, i*7%31 AS calls, i*5%12 AS visits, 40 - i*7%31 + i*13%17 AS months,\n" \
      "    i%4 > 0 AS churned")

const mine_verb mine__verb_survival_curve = {
    .name = "mine_survival_curve",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_PREDICT,
    .what = "How likely each row is still there after some times, by a model of survival.",
    .notes =
        "Of `cox` and `weibull`. A row of the answer for each row and time. Times count from the "
        "beginning of a life, not from now: who is in month 10 is still there in month 12 with "
        "probability survival(12) / survival(10). Of `cox` nothing is said (NULL) after the "
        "longest time that was seen, nor of a stratum that training never met.",
    .example =
        "SELECT id, time, round(survival, 3) AS survival FROM mine_survival_curve(\n"
        "  (SELECT mine_fit('cox', " CURVE_ROWS
        ", 'target=months, event=churned')),\n"
        "  " CURVE_ROWS ", 'times=12|24|36') LIMIT 6;",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = curve_answer,
    .options = curve_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(curve_state),
    .open = curve_open,
    .source = curve_source,
    .block = curve_block,
    .cell = curve_cell,
    .clear = curve_clear,
    .close = curve_close,
};
