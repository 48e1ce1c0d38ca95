/*
** compare.c -- mine_compare: which of several models is better, and whether by more than chance.
**
** All models answer the same rows, so what makes a row easy or hard is the same for all, and a
** difference is known far better than either of its sides.  Of the area under the ROC curve the
** test is DeLong's for correlated curves (Biometrics 44, 1988); of each other measure the standard
** deviation s of the difference d over resamples of the rows, the same for all models, and
**
**   p = P(|Z| > |d| / s),  Z normal
**
** as for AUC.  Which rows those are: compare_rows.c.
*/
#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "../model/metrics.h"
#include "compare_private.h"

static const mine_option compare_option_table[] = {
    OPTION_REAL(mine_certainty_options, level, .initial = "0.95", .range = {0, 0.999999},
                .above_least = 1, .help = "how sure low and high are"),
    OPTION_INT(mine_certainty_options, resamples, .initial = "1000", .range = {100, 100000},
               .help = "how many samples are drawn from the rows for low, high and p_value"),
    OPTION_END};

/* ---- which models go together ----------------------------------------------------------- */

static void compare_list(mine_text *text, const mine_values *classes) {
  char shown[MINE_SHOW_BYTES];
  for (int64_t c = 0; c < classes->n && c < 10; c++) {
    mine_cell cell;
    mine__values_get(classes, c, &cell);
    mine__text_addf(text, "%s%s", c ? ", " : "", mine__show_cell(shown, &cell));
  }
  if (classes->n > 10) mine__text_addf(text, " and %lld more", (long long)(classes->n - 10));
}

static int compare_same_classes(const mine_model *a, const mine_model *b) {
  if (a->n_groups != b->n_groups) return 0;
  for (int c = 0; c < a->n_groups; c++) {
    mine_cell x, y;
    mine__values_get(&a->groups, c, &x);
    mine__values_get(&b->groups, c, &y);
    if (!mine__cell_equal(&x, &y)) return 0;
  }
  return 1;
}

static void compare_refuse_classes(mine_job *job, int i) {
  mine_text text;
  mine__text_open(&text, job->env->scratch);
  mine__text_addf(&text, "'%.100s' tells ", job->model_names[0]);
  compare_list(&text, &job->models[0]->groups);
  mine__text_addf(&text, " apart, and '%.100s' ", job->model_names[i]);
  compare_list(&text, &job->models[i]->groups);
  if (text.failed) return;
  (void)mine__fail(job->env, MINE_DATA, "%s; models are compared that know the same classes",
                   text.data);
}

static void compare_refuse_positive(mine_job *job, int i) {
  char first[MINE_SHOW_BYTES], other[MINE_SHOW_BYTES];
  mine_cell a, b;
  mine__values_get(&job->models[0]->groups, job->models[0]->positive, &a);
  mine__values_get(&job->models[i]->groups, job->models[i]->positive, &b);
  (void)mine__fail(job->env, MINE_DATA,
                   "the positive class of '%.100s' is %s, that of '%.100s' is %s; train one of "
                   "them again with positive=",
                   job->model_names[0], mine__show_cell(first, &a), job->model_names[i],
                   mine__show_cell(other, &b));
}

static void compare_check(mine_job *job, int i) {
  char called[MINE_CALLED_BYTES];
  const mine_model *first = job->models[0], *model = job->models[i];
  const char *a = first->roles.target, *b = model->roles.target;
  if (!mine__model_has_classes(model) && !mine__model_has_target_number(model))
    (void)mine__fail(job->env, MINE_UNSUPPORTED,
                     "models are compared that predict a target; '%.100s' is %s",
                     job->model_names[i], mine__model_called(model, called));
  else if (strcmp(a, b) != 0)
    (void)mine__fail(job->env, MINE_DATA,
                     "'%.100s' predicts '%s', and '%.100s' predicts '%s'; models are compared that "
                     "predict the same column",
                     job->model_names[0], a, job->model_names[i], b);
  else if (mine__model_has_classes(first) != mine__model_has_classes(model))
    (void)mine__fail(job->env, MINE_DATA,
                     "of '%s' the one of '%.100s' and '%.100s' predicts classes, the other a "
                     "number; train them with the same task=",
                     a, job->model_names[0], job->model_names[i]);
  else if (mine__model_has_classes(model) && !compare_same_classes(first, model))
    compare_refuse_classes(job, i);
  else if (mine__model_has_classes(model) && first->positive != model->positive)
    compare_refuse_positive(job, i);
}

/* Of whose training the rows may be. */
static void compare_tell_source(mine_job *job) {
  const char *source = mine__job_text(job, MINE_ARG_SOURCE);
  for (int i = 0; source && i < job->n_models; i++) {
    const char *own = job->models[i]->told.source;
    if (own && strcmp(own, source) == 0)
      mine__job_notef(job, "warning", job->model_names[i],
                      "was trained on this source: rows that it has seen flatter it; compare on "
                      "rows that none of the models has seen");
  }
}

static mine_status compare_open(mine_job *job) {
  compare_state *state = mine__job_state(job);
  for (int i = 0; i < job->n_models && !mine_failed(job->env); i++)
    compare_check(job, i);
  state->scoring = mine__arena_zeros(job->arena, (size_t)job->n_models, sizeof *state->scoring);
  for (int i = 0; i < job->n_models && !mine_failed(job->env); i++)
    (void)mine__scoring_open(job->env, job->models[i], MINE_SCORE_EVALUATE, &job->options,
                             &state->scoring[i]);
  if (!mine_failed(job->env)) compare_tell_source(job);
  return mine_env_status(job->env);
}

static void compare_close(mine_job *job) {
  const compare_state *state = mine__job_state(job);
  for (int i = 0; state->scoring && i < job->n_models; i++)
    mine_scoring_close(state->scoring[i]);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* The rows that were read last are scored and let go, before others are read. */
static void compare_score(mine_job *job, int n) {
  compare_state *state = mine__job_state(job);
  while (state->scored < n && !mine_failed(job->env)) {
    mine_scoring *s = state->scoring[state->scored++];
    if (mine_frame_rows(s->frame) > 0 && mine__scoring_run(s)) return;
    mine__scoring_tell_unknown(s, job);
    if (mine__scoring_ready(s)) return;
    mine__scoring_clear(s);
  }
}

static mine_status compare_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  const compare_state *state = mine__job_state(job);
  if (!mine__job_text(job, MINE_ARG_SOURCE)) return MINE_OK;
  compare_score(job, step < job->n_models ? step : job->n_models);
  if (mine_failed(job->env) || step >= job->n_models) return mine_env_status(job->env);
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(state->scoring[step]);
  return MINE_OK;
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* Of each model: what is measured, and its part in the area under the curve. */
typedef struct compare_side {
  mine_metric metric[MINE_MAX_METRICS];
  double area, *part;
} compare_side;

typedef struct compare_all {
  int n, n_metrics;
  const mine__gauge **gauge;
  compare_side *side;
  mine_resamples resamples;
  mine_certainty how;
} compare_all;

static void compare_measure(mine_job *job, const compare_rows *rows, compare_all *all) {
  mine_env *env = job->env;
  all->n = job->n_models;
  all->gauge = mine__arena_zeros(job->arena, (size_t)all->n, sizeof *all->gauge);
  all->side = mine__arena_zeros(job->arena, (size_t)all->n, sizeof *all->side);
  for (int i = 0; i < all->n && !mine_failed(env); i++) {
    const mine_model *model = job->models[i];
    const int classes = mine__model_has_classes(model) ? model->n_groups : 0;
    compare_side *side = &all->side[i];
    const mine_gauged gauged = {rows->n,
                                classes,
                                model->positive,
                                model->after.threshold,
                                rows->label,
                                rows->target,
                                rows->score[i],
                                rows->weight,
                                mine__model_quantile(job->models[0])};
    const mine__gauge *gauge = all->gauge[i] = mine__gauge_open(job->arena, &gauged);
    double *room =
        gauge ? mine__arena_array(job->arena, mine__gauge_room(gauge), sizeof *room) : NULL;
    side->part = mine__arena_array(job->arena, (size_t)rows->n, sizeof *side->part);
    if (!room || !side->part) return;
    all->n_metrics = mine__gauge_read(gauge, env, NULL, room, side->metric);
    side->area =
        classes && model->positive >= 0 ? mine__delong_parts(gauge, side->part) : (double)NAN;
  }
  if (!mine_failed(env))
    (void)!mine__resample(env, job->arena, all->gauge, all->n, &all->how, &all->resamples);
}

static double compare_covariance(const compare_all *all, int a, int b) {
  const compare_side *x = &all->side[a], *y = &all->side[b];
  if (isnan(x->area) || isnan(y->area)) return NAN;
  return mine__delong_covariance(&all->gauge[a]->rows, x->part, x->area, y->part, y->area);
}

/* How often chance alone makes a difference as large; NAN: it is not known how far it reaches. */
static double compare_p(double difference, double deviation) {
  if (isnan(difference) || isnan(deviation)) return NAN;
  if (difference == 0) return 1;
  return deviation > 0 ? 2 * mine__normal_tail(fabs(difference) / deviation, MINE__UPPER)
                       : (double)NAN;
}

/* auc, or gini, which is a line through it: their slope; 0: another measure. */
static int compare_area(const mine_measure *measure) {
  if (measure == &mine__measures[MINE_MEASURE_AUC]) return 1;
  return measure == &mine__measures[MINE_MEASURE_GINI] ? 2 : 0;
}

static mine_bounds compare_bounds(mine_job *job, const compare_all *all, int i, int m,
                                  const mine_measure *measure) {
  const double value = all->side[i].metric[m].value;
  const int slope = compare_area(measure);
  if (measure->is_count || isnan(value)) return (mine_bounds){NAN, NAN};
  if (slope == 0) return mine__resamples_bounds(job->env, &all->resamples, i, m, all->how.level);
  const mine_bounds area =
      mine__delong_bounds(all->side[i].area, compare_covariance(all, i, i), all->how.level);
  return (mine_bounds){value + slope * (area.low - all->side[i].area),
                       value + slope * (area.high - all->side[i].area)};
}

/* The standard deviation of the difference from the first model. */
static double compare_deviation(const compare_all *all, int i, int m, const mine_measure *measure) {
  const int slope = compare_area(measure);
  if (slope == 0) return mine__resamples_apart(&all->resamples, i, 0, m);
  const double variance = compare_covariance(all, i, i) + compare_covariance(all, 0, 0) -
                          2 * compare_covariance(all, 0, i);
  return isnan(variance) ? variance : slope * sqrt(fmax(variance, 0));
}

static void compare_put(mine_job *job, const compare_all *all, int i, int m, mine_relation *out) {
  const compare_side *side = &all->side[i];
  const mine_measure *measure = mine__measure_find(side->metric[m].name);
  const double value = side->metric[m].value;
  const mine_bounds bounds = compare_bounds(job, all, i, m, measure);
  double difference = NAN, p = NAN;
  if (i > 0 && !measure->is_count) {
    difference = value - all->side[0].metric[m].value;
    p = compare_p(difference, compare_deviation(all, i, m, measure));
  }
  mine__row_text(out, job->model_names[i]);
  mine__row_text(out, measure->name);
  if (measure->is_count)
    mine__row_int(out, (int64_t)value);
  else
    mine__row_real(out, value);
  mine__row_real(out, bounds.low);
  mine__row_real(out, bounds.high);
  mine__row_real(out, difference);
  mine__row_real(out, p);
  mine__relation_end_row(out);
}

static mine_status compare_run(mine_job *job, mine_relation *out) {
  const mine_certainty_options *said = mine__options_of(&job->options, compare_option_table);
  const mine_seed_options *seed = mine__options_of(&job->options, mine__seed_option_table);
  compare_all all = {.how = {said->level, said->resamples, (uint64_t)seed->seed}};
  compare_rows rows = {.n = 0};
  if (mine__job_text(job, MINE_ARG_SOURCE)) {
    compare_score(job, job->n_models);
    if (!mine_failed(job->env)) mine__compare_gather(job, &rows);
  } else {
    job->reads = 1; /* mine_warnings tells of this call */
    mine__compare_held(job, &rows);
  }
  if (!mine_failed(job->env)) compare_measure(job, &rows, &all);
  for (int i = 0; i < all.n && !mine_failed(job->env); i++)
    for (int m = 0; m < all.n_metrics && !mine_failed(job->env); m++)
      compare_put(job, &all, i, m, out);
  return mine_env_status(job->env);
}

static const mine_answer compare_answer[] = {
    {"model", MINE_ANSWER_TEXT, 1, "its name, as it was called"},
    {"metric", MINE_ANSWER_TEXT, 1, "as in mine_evaluate"},
    {"value", MINE_ANSWER_ANY, 0, "NULL where it is not defined"},
    {"low", MINE_ANSWER_REAL, 0, "of other such rows the value would lie above this"},
    {"high", MINE_ANSWER_REAL, 0, "... and below this"},
    {"difference", MINE_ANSWER_REAL, 0, "from the value of the first model; NULL of itself"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "how often chance among the rows alone makes a difference as large"},
    {0},
};

static const mine_option_set compare_sets[] = {
    {compare_option_table, sizeof(mine_certainty_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_compare = {
    .name = "mine_compare",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "Which of several models is better on the same rows, and whether by more than chance.",
    .notes =
        "Models are named `'a|b|c'` or in a JSON array; the first is the one that the others are "
        "compared with. All must predict the same column, classes alike. Rows that one of them "
        "does not answer are left out for all. Without a source the rows are those that all of "
        "them "
        "held out, of one source. Else give rows that none of them was trained on: a model "
        "whose training source is the source is named in mine_warnings. `auc` and `gini` have "
        "DeLong's interval and test, the others those of 1,000 samples drawn from the rows, the "
        "same for all models (the paired bootstrap; `seed` names the draw). Weights are those of "
        "the first model that was trained with some. Each model predicts with its own threshold.",
    .example =
        "SELECT model, round(value, 2) AS auc, round(difference, 2) AS difference,\n"
        "  round(p_value, 4) AS p\n"
        "FROM mine_compare((SELECT group_concat(column1, '|') FROM (VALUES\n"
        "  ('temp.small', mine_train('temp.small', 'tree',\n  " MINE_CALLERS
        ", 'target=churned, max_depth=1')),\n"
        "  ('temp.large', mine_train('temp.large', 'tree',\n  " MINE_CALLERS
        ", 'target=churned')))\n  WHERE column2 <> ''),\n  " MINE_CALLERS
        ",\n  'resamples=100')\nWHERE metric = 'auc';",
    .argument = {{MINE_ARG_MODELS, "models"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = compare_answer,
    .options = compare_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(compare_state),
    .open = compare_open,
    .source = compare_source,
    .run = compare_run,
    .close = compare_close,
};
