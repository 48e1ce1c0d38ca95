/*
** importance.c -- mine_importance: which features count.
**
** Of the model alone: what its kind knows of it (gain of splits, spread of sums ...).  With a
** source: by permutation (Breiman, "Random forests", Machine Learning 45, 2001; Fisher, Rudin &
** Dominici 2019).  A feature's values are shuffled among the rows, which leaves it as it is and
** takes away what it says of each; importance is by how much the measure gets worse, the mean of
** some shufflings, std_dev their deviation.  It is in the units of the measure, and below 0 where
** the rows happen to do better without: such a feature says nothing.
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../core/random.h"
#include "../model/members.h"
#include "../model/metrics.h"
#include "scoring.h"

#define IMPORTANCE_STREAM UINT64_C(0x1A907A)

typedef struct importance_options {
  mine_cell metric;
  int64_t repeats;
} importance_options;

static const mine_option importance_option_table[] = {
    OPTION_TEXT(importance_options, metric,
                .help = "with a source: the measure that gets worse, one of mine_evaluate's; not "
                        "given: auc of two classes, accuracy of more, r2 of numbers"),
    OPTION_INT(importance_options, repeats, .initial = "5", .range = {1, 1000},
               .help = "with a source: how often each feature is shuffled"),
    OPTION_END};

/* How much worse it gets without a feature. */
typedef struct importance_of {
  double mean, deviation;
} importance_of;

typedef struct importance_state {
  mine_scoring *scoring; /* NULL: there is no source */
  const importance_options *said;
  uint64_t seed;
  const mine_measure *measure;
  double whole; /* the measure with all features */
  /* Room for a shuffled column. */
  uint32_t *order;
  double *number;
  int32_t *code;
} importance_state;

static importance_state *importance_state_of(const mine_job *job) {
  return mine__job_state(job);
}

static mine_status importance_open(mine_job *job) {
  char called[MINE_CALLED_BYTES];
  importance_state *s = importance_state_of(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const mine_seed_options *seed = mine__options_of(&job->options, mine__seed_option_table);
  s->said = mine__options_of(&job->options, importance_option_table);
  s->seed = (uint64_t)seed->seed;
  if (!mine__job_text(job, MINE_ARG_SOURCE)) return MINE_OK;
  if (!model->roles.target)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "with a source mine_importance measures how much worse a prediction of the "
                      "target gets, and %s predicts none that a row has",
                      mine__model_called(model, called));
  return mine__scoring_open(job->env, model, MINE_SCORE_EVALUATE, &job->options, &s->scoring);
}

static mine_status importance_source(mine_job *job, int step, const char **sql,
                                     mine_frame **frame) {
  if (step > 0 || !importance_state_of(job)->scoring) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(importance_state_of(job)->scoring);
  return MINE_OK;
}

static void importance_close(mine_job *job) {
  mine_scoring_close(importance_state_of(job)->scoring);
}

/* ---- the measure -------------------------------------------------------------------------- */

static void importance_refuse(mine_env *env, const mine_metric *metric, int n, const char *name) {
  mine_text list;
  mine__text_open(&list, env->scratch);
  for (int i = 0; i < n; i++) {
    const mine_measure *measure = mine__measure_find(metric[i].name);
    if (!measure || !measure->better) continue;
    mine__text_addf(&list, "%s%s", list.bytes ? ", " : "", metric[i].name);
  }
  if (list.failed) return;
  (void)mine__fail(env, MINE_OPTION,
                   "metric=%.60s is no measure of this model that can get worse; "
                   "there are %s",
                   name, list.data);
}

/* Which measure is taken, and what it is of the rows as they are. */
static void importance_choose(mine_env *env, importance_state *s) {
  mine_metric metric[MINE_MAX_METRICS];
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_gauged rows = mine__scoring_gauged(s->scoring);
  const int n = mine__metrics_of(env->scratch, &rows, metric);
  const char *name = mine__option_name_of(&s->said->metric);
  const mine_metric *chosen = mine_failed(env) ? NULL
                              : name           ? mine__metric_find(metric, n, name)
                                               : mine__metrics_main(metric, n);
  s->measure = chosen ? mine__measure_find(chosen->name) : NULL;
  s->whole = chosen ? chosen->value : (double)NAN;
  if (name && (!s->measure || !s->measure->better)) importance_refuse(env, metric, n, name);
  if (!mine_failed(env) && !isfinite(s->whole))
    (void)mine__fail(env, MINE_DATA,
                     "%s is not defined on these rows: they hold too few of a class, or no spread",
                     name ? name : "the measure");
  mine__arena_rewind(env->scratch, mark);
}

/* What it is now, of the rows in the views. */
static double importance_measure(mine_env *env, importance_state *s) {
  mine_scoring *scoring = s->scoring;
  const mine_batch batch = {scoring->batch.n, NULL, scoring->batch.view};
  mine_metric metric[MINE_MAX_METRICS];
  scoring->remembered.n = scoring->remembered.no_target = 0;
  if (mine__model_answer(env, scoring->model, &batch, &scoring->batch.answers) ||
      mine__scoring_remember(scoring))
    return NAN;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_gauged rows = mine__scoring_gauged(scoring);
  const int n = mine__metrics_of(env->scratch, &rows, metric);
  const mine_metric *now = mine__metric_find(metric, n, s->measure->name);
  mine__arena_rewind(env->scratch, mark);
  return now ? now->value : (double)NAN;
}

/* ---- shuffling ----------------------------------------------------------------------------- */

static void importance_shuffle(importance_state *s, int feature, int64_t repeat) {
  mine_feature_view *view = &s->scoring->batch.view[feature];
  const int64_t n = s->scoring->batch.n;
  mine_random random;
  mine__random_open(&random, s->seed, IMPORTANCE_STREAM,
                    (uint64_t)feature * (uint64_t)s->said->repeats + (uint64_t)repeat);
  for (int64_t i = 0; i < n; i++)
    s->order[i] = (uint32_t)i;
  mine__random_shuffle(&random, s->scoring->env, s->order, n);
  for (int64_t i = 0; view->number && i < n; i++)
    s->number[i] = view->number[s->order[i]];
  for (int64_t i = 0; view->code && i < n; i++)
    s->code[i] = view->code[s->order[i]];
}

static void importance_of_feature(mine_env *env, importance_state *s, int feature,
                                  importance_of *out) {
  mine_feature_view *view = &s->scoring->batch.view[feature];
  const mine_feature_view kept = *view;
  double mean = 0, squares = 0;
  for (int64_t repeat = 0; repeat < s->said->repeats && !mine_failed(env); repeat++) {
    importance_shuffle(s, feature, repeat);
    *view = (mine_feature_view){kept.number ? s->number : NULL, kept.code ? s->code : NULL};
    const double worse = (s->whole - importance_measure(env, s)) * s->measure->better;
    *view = kept;
    const double d = worse - mean;
    mean += d / (double)(repeat + 1);
    squares += d * (worse - mean);
  }
  *out = (importance_of){
      mean, s->said->repeats > 1 ? sqrt(squares / (double)(s->said->repeats - 1)) : (double)NAN};
}

/* The most important first, equal ones in the order of the columns. */
static void importance_list(mine_env *env, const mine_model *model, const importance_of *of,
                            mine_relation *out) {
  const size_t n = (size_t)model->n_features;
  double *key = mine__arena_array(env->scratch, n, sizeof *key);
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  if (mine_failed(env)) return;
  for (size_t f = 0; f < n; f++)
    key[f] = -of[f].mean;
  mine__sort_reals(key, NULL, model->n_features, order, temp);
  for (size_t k = 0; k < n; k++) {
    mine__row_text(out, model->feature[order[k].row].name);
    mine__row_real(out, of[order[k].row].mean);
    mine__row_int(out, (int64_t)k + 1);
    mine__row_real(out, of[order[k].row].deviation);
    mine__relation_end_row(out);
  }
}

static void importance_permute(mine_job *job, mine_relation *out) {
  importance_state *s = importance_state_of(job);
  mine_env *env = job->env;
  const mine_model *model = s->scoring->model;
  const size_t n = (size_t)s->scoring->batch.n;
  importance_of *of = mine__arena_zeros(job->arena, (size_t)model->n_features, sizeof *of);
  s->order = mine__arena_array(job->arena, n, sizeof *s->order);
  s->number = mine__arena_array(job->arena, n, sizeof *s->number);
  s->code = mine__arena_array(job->arena, n, sizeof *s->code);
  for (int f = 0; f < model->n_features && !mine_failed(env); f++) {
    importance_of_feature(env, s, f, &of[f]);
    (void)!mine__poll_progress(env, "shuffling features", (double)(f + 1) / model->n_features);
  }
  if (!mine_failed(env)) importance_list(env, model, of, out);
}

static int importance_is_known(const mine_model *model) {
  return mine__model_part(model, "mine_importance") != NULL;
}

/* Members of means that know nothing of their features, by algorithm: each group of a grouped
** model may have its own. */
typedef struct importance_silent {
  const char *algorithm;
  int64_t members;
  double most; /* of their weights */
} importance_silent;

typedef struct importance_silents {
  mine_arena *arena;
  size_t n, capacity;
  importance_silent *of;
} importance_silents;

static void importance_add_silent(importance_silents *to, const char *algorithm, double weight) {
  size_t i = 0;
  while (i < to->n && strcmp(to->of[i].algorithm, algorithm) != 0)
    i++;
  if (i == to->n) {
    if (!MINE_RESERVE(to->arena, to->of, to->capacity, to->n + 1)) return;
    to->of[to->n++] = (importance_silent){algorithm, 0, weight};
  }
  importance_silent *silent = &to->of[i];
  silent->members++;
  silent->most = fmax(silent->most, weight);
}

static void importance_find_silent(const mine_model *model, importance_silents *to) {
  const mine_kind *kind = model->kind;
  const double *weight =
      kind == &mine__kind_ensemble ? ((const mine_ensemble *)model->body)->weight : NULL;
  const int n = kind->n_inside ? kind->n_inside(model) : 0;
  for (int i = 0; i < n; i++) {
    mine_cell value;
    const mine_model *inside = kind->inside(model, i, &value);
    if (!inside) continue;
    if (!weight)
      importance_find_silent(inside, to);
    else if (weight[i] > 0 && !importance_is_known(inside))
      importance_add_silent(to, inside->algorithm, weight[i]);
  }
}

/* They are not in the mean: tell which. */
static void importance_tell_silent(mine_job *job, const mine_model *model) {
  importance_silents silents = {.arena = job->arena};
  char most[MINE_NUMBER_BYTES];
  importance_find_silent(model, &silents);
  for (size_t i = 0; i < silents.n && !mine_failed(job->env); i++)
    mine__job_notef(job, "warning", silents.of[i].algorithm,
                    "left out of this mean, not knowing how much its features count: %lld of the "
                    "members, of a weight up to %s; a source that has the target measures all",
                    (long long)silents.of[i].members,
                    mine__format_real(most, silents.of[i].most, 3));
}

static mine_status importance_run(mine_job *job, mine_relation *out) {
  importance_state *s = importance_state_of(job);
  if (!s->scoring) {
    const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
    if (model->roles.target && model->kind->answer && !mine__model_any(model, importance_is_known))
      return mine__fail(job->env, MINE_UNSUPPORTED,
                        "%s %s model does not know how much a feature counts; give a source that "
                        "has the target, and it is measured by shuffling",
                        mine__article(model->algorithm), model->algorithm);
    MINE_TRY(mine__model_list(job->env, model, job->verb->name, out));
    importance_tell_silent(job, model);
    return mine_env_status(job->env);
  }
  (void)mine__scoring_block(s->scoring, job);
  MINE_TRY(mine__scoring_ready(s->scoring));
  importance_choose(job->env, s);
  if (!mine_failed(job->env)) importance_permute(job, out);
  return mine_env_status(job->env);
}

static const mine_answer importance_answer[] = {
    {"feature", MINE_ANSWER_TEXT, 1, "its name"},
    {"importance", MINE_ANSWER_REAL, 0,
     "without a source: of a tree the share of the total decrease of impurity, of bayes of the "
     "mutual information with the class, of linear and logistic of how much the sum varies by it; "
     "they add up to 1. With one: by how much the measure gets worse when the feature is shuffled"},
    {"rank", MINE_ANSWER_INTEGER, 1, "1 = most"},
    {"std_dev", MINE_ANSWER_REAL, 0, "with a source: of importance over the shufflings; else NULL"},
    {"group_value", MINE_ANSWER_ANY, 1,
     "of the model's group, where it has groups (group=) and there is no source; else NULL"},
    {0},
};

static const mine_option_set importance_sets[] = {
    {importance_option_table, sizeof(importance_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_importance = {
    .name = "mine_importance",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "How much each feature contributes to the answers of a model.",
    .notes =
        "Without a source, what the model knows of itself; kinds differ in what they count. With a "
        "source that has the target, by permutation: the same for every model, and best of rows "
        "that it was not trained on. Of two features that say the same, shuffling one leaves the "
        "other: both look unimportant.",
    .example =
        "SELECT feature, round(importance, 3) AS importance\n"
        "FROM mine_importance(" MINE_CHURN_MODEL ");",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = importance_answer,
    .options = importance_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(importance_state),
    .open = importance_open,
    .source = importance_source,
    .run = importance_run,
    .close = importance_close,
};
