/*
** verbs_judge.c -- mine_evaluate and mine_confusion: what a model says beside what really happened.
**
** What that is depends on what the model is of.  A target or clusters are measured on rows that are
** scored (evaluate.c), survival and uplift on rows that bring more columns along (evaluate_lives.c,
** evaluate_treated.c), offers and purchases on events (judged.c, evaluate_purchases.c).
*/
#include <math.h>

#include "../model/metrics.h"
#include "judged.h"
#include "rolled.h"

const mine_option mine__judging_option_table[] = {
    OPTION_NUMBERS(mine_judging_options, times, .range = {0, 1e300},
                   .help = "of a model of survival: the times at which its Brier score is asked, "
                           "such as 12|24"),
    OPTION_DATE(mine_judging_options, cutoff,
                .help =
                    "of a model of purchases: the day until which customers are seen; what they "
                    "bought later is compared; not given: half of the log's time"),
    OPTION_END};

static mine__judging *evaluate_of(const mine_job *job) {
  return mine__job_state(job);
}

static const mine_model *evaluate_model(const mine_job *job) {
  return mine__job_model(job, MINE_ARG_MODEL);
}

/* ---- which option judges what ------------------------------------------------------------ */

#define EVALUATE_BY_EVENTS ((unsigned)MINE_RECOMMENDATION | MINE_PURCHASES | MINE_FORECASTING)
#define EVALUATE_BY_ROWS   (~(EVALUATE_BY_EVENTS | MINE_SURVIVAL | MINE_UPLIFT))

typedef struct evaluate_option {
  const char *name;
  unsigned tasks;    /* of the models that it is for */
  const char *whose; /* in words */
} evaluate_option;

static const evaluate_option evaluate_belongs[] = {
    {"k", MINE_RECOMMENDATION, "a recommender"},
    {"repeat", MINE_RECOMMENDATION, "a recommender"},
    {"times", MINE_SURVIVAL, "a model of survival"},
    {"cutoff", MINE_PURCHASES, "a model of purchases"},
    {"as_of", MINE_PURCHASES, "a model of purchases"},
    {"returns", MINE_PURCHASES, "a model of purchases"},
    {"origins", MINE_FORECASTING, "a model that forecasts"},
    {"horizon", MINE_FORECASTING, "a model that forecasts"},
    {"every", MINE_FORECASTING, "a model that forecasts"},
    {"refit", MINE_FORECASTING, "a model that forecasts"},
    {"regressors", MINE_FORECASTING, "a model that forecasts"},
    {"by", EVALUATE_BY_ROWS | MINE_SURVIVAL | MINE_FORECASTING,
     "a model that predicts a target, or survival"},
    {"label", EVALUATE_BY_ROWS, "a model of clusters"},
    {"threshold", EVALUATE_BY_ROWS, "a model of two classes"},
    {"level", EVALUATE_BY_ROWS | MINE_SURVIVAL | MINE_UPLIFT | MINE_FORECASTING,
     "a model that predicts a target, survival or uplift"},
    {"missing", ~EVALUATE_BY_EVENTS, "a model of rows"},
    {"unknown", ~EVALUATE_BY_EVENTS, "a model of rows"},
};

static mine_status evaluate_check_options(const mine_job *job) {
  const mine_model *model = evaluate_model(job);
  for (size_t i = 0; i < sizeof evaluate_belongs / sizeof evaluate_belongs[0]; i++) {
    const evaluate_option *o = &evaluate_belongs[i];
    if ((o->tasks & (unsigned)model->task) || model->task == 0 ||
        !mine__options_given(job->options.group, job->options.n, o->name))
      continue;
    return mine__fail(job->env, MINE_OPTION, "option %s judges %s; this one (%s) is none", o->name,
                      o->whose, model->algorithm);
  }
  return mine_env_status(job->env);
}

/* Without a source nothing is read that they could be of. */
static mine_status evaluate_check_held(const mine_job *job) {
  static const struct {
    const char *name, *needs;
  } source[] = {{"by",
                 "that column and the target: of the held-out rows the model keeps labels and "
                 "scores only"},
                {"label", "that column"},
                {"times", "the columns of the training"},
                {"cutoff", "events (customer, time[, amount])"},
                {"as_of", "events (customer, time[, amount])"},
                {"returns", "events (customer, time[, amount])"}};
  for (size_t i = 0; i < sizeof source / sizeof source[0]; i++)
    if (mine__options_given(job->options.group, job->options.n, source[i].name))
      return mine__fail(job->env, MINE_OPTION, "option %s needs a source with %s", source[i].name,
                        source[i].needs);
  return mine_env_status(job->env);
}

/* ---- models of events ------------------------------------------------------------------------ */

/* How a kind is judged on events: `open` makes job->frame if there is a source, which `source`
** (NULL: there is no other) hands out with others. */
typedef struct evaluate_events {
  const mine_kind *kind;
  mine_status (*open)(mine_job *job);
  mine_status (*run)(mine_job *job, mine_relation *out);
  mine_status (*source)(mine_job *job, int step, const char **sql, mine_frame **frame);
  void (*close)(mine_job *job);
} evaluate_events;

static const evaluate_events evaluate_of_events[] = {
    {&mine__kind_recommender, mine__offers_open, mine__offers_run, NULL, NULL},
    {&mine__kind_purchases, mine__purchases_judge_open, mine__purchases_judge_run, NULL, NULL},
    {&mine__kind_forecast, mine__rolled_open, mine__rolled_run, mine__rolled_source,
     mine__rolled_close},
};

extern const mine_verb mine__verb_evaluate;

/* NULL: the model is asked row by row. */
static const evaluate_events *evaluate_by_events(const mine_job *job) {
  if (job->verb != &mine__verb_evaluate) return NULL;
  for (size_t i = 0; i < sizeof evaluate_of_events / sizeof evaluate_of_events[0]; i++)
    if (evaluate_of_events[i].kind == evaluate_model(job)->kind) return &evaluate_of_events[i];
  return NULL;
}

/* ---- the source ------------------------------------------------------------------------------ */

static mine_status evaluate_open_rows(mine_job *job) {
  mine__judging *state = evaluate_of(job);
  const mine_model *model = evaluate_model(job);
  const int beside = job->verb == &mine__verb_evaluate &&
                     (model->task == MINE_SURVIVAL || model->task == MINE_UPLIFT);
  MINE_TRY(mine__scoring_open(job->env, model, beside ? MINE_SCORE_JUDGE : MINE_SCORE_EVALUATE,
                              &job->options, &state->scoring));
  if (beside) {
    const mine_judging_options *said = mine__options_of(&job->options, mine__judging_option_table);
    state->scoring->asked.times = said->times;
  }
  mine__threshold_tell(job, &state->scoring->asked.cut, &state->scoring->asked.chosen);
  return mine_env_status(job->env);
}

/* Without a source, on the held-out rows that the model keeps: nothing is read. */
static mine_status evaluate_open(mine_job *job) {
  mine__judging *state = evaluate_of(job);
  const evaluate_events *events = evaluate_by_events(job);
  const int source = mine__job_text(job, MINE_ARG_SOURCE) != NULL;
  MINE_TRY(evaluate_check_options(job));
  if (!source) MINE_TRY(evaluate_check_held(job));
  if (events) return events->open(job);
  if (source) return evaluate_open_rows(job);
  MINE_TRY(
      MINE_TAKE(job->env, job->arena, &job->options, mine__threshold_option_table, &state->cut));
  MINE_TRY(mine__threshold_of(job->env, evaluate_model(job), &state->cut, &state->chosen));
  mine__threshold_tell(job, &state->cut, &state->chosen);
  return mine_env_status(job->env);
}

static mine_status evaluate_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  mine_scoring *scoring = evaluate_of(job)->scoring;
  const evaluate_events *events = evaluate_by_events(job);
  if (events && events->source) return events->source(job, step, sql, frame);
  if (step > 0 || (!scoring && !job->frame)) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = scoring ? mine_scoring_frame(scoring) : job->frame;
  return MINE_OK;
}

static void evaluate_close(mine_job *job) {
  const evaluate_events *events = evaluate_model(job) ? evaluate_by_events(job) : NULL;
  if (events && events->close) events->close(job);
  mine_scoring_close(evaluate_of(job)->scoring);
}

static void evaluate_score(mine_job *job) {
  if (mine__scoring_block(evaluate_of(job)->scoring, job) == 0 && !mine_failed(job->env))
    (void)mine__fail(job->env, MINE_DATA, "the source has no rows; nothing to evaluate");
}

/* ---- the answers ------------------------------------------------------------------------- */

/* As the verb lists them of the model; with a threshold of the call, anew. */
static int evaluate_lists(const mine_job *job) {
  return !evaluate_of(job)->scoring && !mine__threshold_given(&evaluate_of(job)->cut);
}

/* Whether and how low and high are asked for. */
static mine_certainty evaluate_certainty(const mine_job *job) {
  const mine_certainty_options *said =
      mine__options_of(&job->options, mine__certainty_option_table);
  const mine_seed_options *seed = mine__options_of(&job->options, mine__seed_option_table);
  return (mine_certainty){said->level, said->resamples, (uint64_t)seed->seed};
}

static mine_status evaluate_held(mine_job *job, const mine_certainty *how, mine_relation *out) {
  const mine__judging *state = evaluate_of(job);
  const mine_model *model = evaluate_model(job);
  mine_uplift_rows treated;
  if (model->kind == &mine__kind_uplift) {
    MINE_TRY(mine__treated_held(job, model, &treated));
    return mine__treated_metrics(job, &treated, how, out);
  }
  const double threshold =
      mine__threshold_given(&state->cut) ? state->chosen.threshold : (double)NAN;
  return mine__evaluate_held(job, model, threshold, how, out);
}

/* Rows that bring more columns along. */
static mine_status evaluate_beside(mine_job *job, const mine_certainty *how, mine_relation *out) {
  mine_scoring *scoring = evaluate_of(job)->scoring;
  mine_uplift_rows treated;
  if (scoring->model->task == MINE_SURVIVAL) return mine__lives_metrics(scoring, job, how, out);
  MINE_TRY(mine__treated_rows(scoring, job, &treated));
  return mine__treated_metrics(job, &treated, how, out);
}

static mine_status evaluate_run(mine_job *job, mine_relation *out) {
  mine_scoring *scoring = evaluate_of(job)->scoring;
  const evaluate_events *events = evaluate_by_events(job);
  if (events) return events->run(job, out);
  const mine_certainty how = evaluate_certainty(job);
  if (evaluate_lists(job) && isnan(how.level))
    return mine__model_list(job->env, evaluate_model(job), job->verb->name, out);
  if (!scoring) return evaluate_held(job, &how, out);
  evaluate_score(job);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  if (scoring->mode == MINE_SCORE_JUDGE) return evaluate_beside(job, &how, out);
  return scoring->plan.slice >= 0 ? mine__slices_metrics(scoring, job, &how, out)
                                  : mine__scoring_metrics(scoring, &how, out);
}

static mine_status confusion_run(mine_job *job, mine_relation *out) {
  const mine_model *model = evaluate_model(job);
  mine_scoring *scoring = evaluate_of(job)->scoring;
  if (evaluate_lists(job)) return mine__model_list(job->env, model, job->verb->name, out);
  if (!scoring) mine__held_confusion(job->env, model, evaluate_of(job)->chosen.threshold, out);
  if (scoring) evaluate_score(job);
  if (!scoring || mine_failed(job->env)) return mine_env_status(job->env);
  return mine__scoring_confusion(scoring, out);
}

/* ---- the verbs --------------------------------------------------------------------------- */

#define EVALUATE_VERB                                                      \
  .form = MINE_VERB_TABLE,                                                 \
  .argument = {{MINE_ARG_MODEL, "model"},                                  \
               {MINE_ARG_SOURCE, "source"},                                \
               {MINE_ARG_OPTIONS, "options"}},                             \
  .reads = "an id, then attributes", .state_bytes = sizeof(mine__judging), \
  .source = evaluate_source, .close = evaluate_close

static const mine_answer evaluate_answer[] = {
    {"metric", MINE_ANSWER_TEXT, 1, "its name"},
    {"value", MINE_ANSWER_ANY, 0, "NULL where it is not defined"},
    {"low", MINE_ANSWER_REAL, 0, "with `level`: of other such rows the value would lie above this"},
    {"high", MINE_ANSWER_REAL, 0, "... and below this; else NULL"},
    {"slice", MINE_ANSWER_ANY, 1,
     "with `by`: the value of that column, NULL of the rows without one; else NULL"},
    {0},
};

static const mine_option_set evaluate_options[] = {
    {mine__offers_option_table, sizeof(mine_offers_options), 0},
    {mine__judging_option_table, sizeof(mine_judging_options), 0},
    MINE_SET_HISTORIES,
    {mine__rolled_option_table, sizeof(mine_rolled_options), 0},
    MINE_SET_REGRESSORS,
    {mine__threshold_option_table, sizeof(mine_threshold_options), 0},
    {mine__slice_option_table, sizeof(mine_slice_options), 0},
    {mine__label_option_table, sizeof(mine_label_options), 0},
    {mine__certainty_option_table, sizeof(mine_certainty_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_evaluate = {
    .name = "mine_evaluate",
    EVALUATE_VERB,
    .job = MINE_JOB_JUDGE,
    .what =
        "How good a model is: on the held-out rows it remembers, or on a source that has the "
        "target.",
    .notes =
        "The rows a model was fitted on flatter it: without a source the figures come from "
        "rows it had not seen. With `by=region` there is a set of measures for each value of the "
        "column, in order, the rows without a value last; in a slice with fewer than 10 rows of a "
        "class the measures that need each class are NULL, with fewer than 10 rows those of a "
        "number, and mine_warnings names it. `level=0.95` gives each measure an interval: DeLong's "
        "of "
        "`auc` and `gini`, of the others the middle 95 % of 1,000 samples drawn from the rows "
        "(the bootstrap; `seed` names the draw). It says how far chance among the rows reaches, "
        "not whether the rows are like those to come. Of clusters: `inertia` where they have "
        "centres, `silhouette` (of all pairs up to 20,000 rows, above of 20,000 spread over all: "
        "`silhouette_rows` says how many), `calinski_harabasz`, `davies_bouldin`, all without the "
        "rows in no cluster, whose share is `noise_share`; with `label=column` how the clusters "
        "agree with that column, in which noise counts as a cluster of its own. Of a recommender: "
        "how many of the first `k` offers to a customer he took afterwards, beside all that he "
        "took; repeats and new items apart. Without a source, on the last basket of each customer "
        "(without times: one row by chance), which was held out before the model was fitted on "
        "all; else the source holds events that came later, (customer, item[, time[, amount]]). Of "
        "survival (`cox`, `weibull`), on a source with the columns of the training: the "
        "concordance of risk and order (Harrell), the partial likelihood of Cox, and the Brier "
        "score of survival, weighted for rows lost from sight (Graf and others 1999): as a mean "
        "over the times of the events, and `brier@t` for each t of `times=`; `level=` gives the "
        "concordance an interval (infinitesimal jackknife, as R's survival), and in slices of "
        "fewer than 10 events what needs them is NULL. Of `uplift`: the "
        "effect, the Qini coefficient and the area under the uplift curve, with intervals by "
        "`level=`. Of purchases (`bgnbd` ...): what a fit of the first part of the log foretold of "
        "the rest, beside what came, by the repeat purchases before (`slice`); on a source of "
        "events, what the model foretells of the time after `cutoff=`. Of a model that forecasts: "
        "its "
        "algorithm, with the options of its training, from `origins` in the past of the source's "
        "series (as in training), `horizon` steps ahead, each fitted to what lies before it; "
        "`level` (0.95) is that of the bounds whose share of values is `covered`, and by=series or "
        "by=horizon measures each series or each distance.",
    .example = "SELECT metric, round(value, 3) AS value FROM mine_evaluate(" MINE_CHURN_MODEL ");",
    .required = 1,
    .answer = evaluate_answer,
    .options = evaluate_options,
    .open = evaluate_open,
    .run = evaluate_run,
};

static const mine_answer confusion_answer[] = {
    {"actual", MINE_ANSWER_ANY, 1, "class in the data"},
    {"predicted", MINE_ANSWER_ANY, 1, "class the model says"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many"},
    {0},
};

static const mine_option_set confusion_options[] = {
    {mine__threshold_option_table, sizeof(mine_threshold_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_confusion = {
    .name = "mine_confusion",
    EVALUATE_VERB,
    .job = MINE_JOB_JUDGE,
    .what = "Actual against predicted classes, counted.",
    .notes = "Without a source: the held-out rows.",
    .example = "SELECT * FROM mine_confusion(" MINE_CHURN_MODEL ");",
    .required = 1,
    .answer = confusion_answer,
    .options = confusion_options,
    .open = evaluate_open,
    .run = confusion_run,
};
