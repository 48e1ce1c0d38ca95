/*
** verbs_train.c -- the verbs that learn: mine_train and mine_fit make a model,
** mine_cluster and mine_cross_validate answer with a table and keep nothing.
**
** They differ in what they do with the training job; its steps are training*.c.
*/
#include "forecast.h"
#include "judged.h"
#include "training_batch.h"

mine_training *mine__train_of(const mine_job *job) {
  return ((const mine__train_state *)mine__job_state(job))->training;
}

mine_status mine__train_open(mine_job *job) {
  mine__train_state *state = mine__job_state(job);
  MINE_TRY(mine__training_open(job->env, &job->options, &state->training));
  return mine__training_batch_check(state->training, job->verb->trains);
}

void mine__train_close(mine_job *job) {
  mine__training_close(mine__train_of(job));
}

mine_status mine__train_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  mine_training *training = mine__train_of(job);
  if (mine__training_batches(training))
    return mine__training_batch_source(training, mine__job_text(job, MINE_ARG_SOURCE), sql, frame);
  if (step == 0) {
    *sql = mine__job_text(job, MINE_ARG_SOURCE);
    *frame = mine__training_frame(training);
  } else {
    *sql = mine__training_select(training, step - 1);
    if (*sql) *frame = mine__training_select_frame(training, step - 1);
  }
  return mine_env_status(job->env);
}

/* A positive class chosen once stays when the model is trained again. */
static void train_keep_positive(mine_training *training, const mine_model *previous) {
  mine_cell positive;
  mine__training_previous(training, previous);
  mine_model_positive(previous, &positive);
  if (positive.type != MINE_NULL) (void)mine__training_keep_positive(training, &positive);
}

/* The model's report has it, too; there it stays. */
static void train_tell(mine_job *job, const mine_model *model) {
  mine__job_note_told(job, &model->told.notes);
}

static mine_status train_model(mine_job *job, const mine_model *previous, mine_model **out) {
  mine_training *training = mine__train_of(job);
  if (previous) train_keep_positive(training, previous);
  MINE_TRY(mine__training_source(training, mine__job_text(job, MINE_ARG_SOURCE)));
  MINE_TRY(mine__training_fit(training, out));
  train_tell(job, *out);
  if (!mine_failed(job->env)) return MINE_OK;
  mine_model_free(*out);
  *out = NULL;
  return mine_env_status(job->env);
}

/* ---- mine_train, mine_fit, mine_init ------------------------------------------------ */

/* Tasks that read rows of attributes. */
#define TRAIN_OF_ROWS (~(unsigned)(MINE_PURCHASES | MINE_RECOMMENDATION | MINE_FORECASTING))

static const mine_option_set train_options[] = {
    {mine__keep_option_table, sizeof(mine_keep_options), 0}, /* not for mine_fit */
    {mine__align_option_table, sizeof(mine_align_options), MINE_CLUSTERING},
    MINE_SET_SUPERVISED,
    {mine__holdout_option_table, sizeof(mine_holdout_options),
     MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT},
    MINE_SET_TREATMENT,
    {mine__ids_option_table, sizeof(mine_ids_options),
     MINE_CLASSIFICATION | MINE_REGRESSION | MINE_CLUSTERING},
    {mine__threshold_option_table, sizeof(mine_threshold_options), MINE_CLASSIFICATION},
    MINE_SET_CALIBRATE,
    {mine__interval_option_table, sizeof(mine_interval_options), MINE_REGRESSION},
    MINE_SET_SPLIT,
    MINE_SET_GROUP,
    {mine__survival_option_table, sizeof(mine_survival_options), MINE_SURVIVAL},
    {mine__weight_option_table, sizeof(mine_weight_options), MINE_COMPONENTS | MINE_SURVIVAL},
    {mine__purchases_option_table, sizeof(mine_purchases_options), MINE_PURCHASES},
    {mine__history_option_table, sizeof(mine_history_options), MINE_PURCHASES},
    {mine__measured_option_table, sizeof(mine_measured_options), MINE_RECOMMENDATION},
    {mine__series_option_table, sizeof(mine_series_options), MINE_FORECASTING},
    {mine__fitting_option_table, sizeof(mine_fitting_options), MINE_FORECASTING},
    {mine__update_option_table, sizeof(mine_update_options), MINE_FORECASTING},
    MINE_SET_REGRESSORS,
    {mine__source_option_table, sizeof(mine_source_options), TRAIN_OF_ROWS},
    {mine__unknown_option_table, sizeof(mine_unknown_options), TRAIN_OF_ROWS},
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

static const mine_answer train_answer[] = {
    {"report", MINE_ANSWER_TEXT, 0, "one line: model, rows, main metric, warnings"},
    {0},
};

const mine_verb mine__verb_train = {
    .name = "mine_train",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_PREDICT,
    .what = "Train a model, store it in `mine_models`, return one line about it.",
    .notes =
        "A model of that name is replaced when the new one is complete; an error leaves the "
        "old one. Besides the options below it takes those of the algorithm. Clusters that are "
        "those of the model that is replaced keep their numbers and given names: centres are "
        "paired so that they move least, and a pair stands where each is nearer to the other than "
        "half the way to the next of its own model; or, where that model was trained with "
        "keep_ids=1, by the rows whose ids are in both, more than a third of those of the pair in "
        "common. mine_summary (item aligned) and the line tell what changed, is new or has "
        "vanished. Not usable in views and triggers.",
    .example = "SELECT mine_train('temp.demo', 'tree',\n  " MINE_CALLERS ", 'target=churned');",
    .argument = {{MINE_ARG_NAME, "model"},
                 {MINE_ARG_ALGORITHM, "algorithm"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 3,
    .answer = train_answer,
    .options = train_options,
    .reads = "an id, then attributes",
    .trains = 1,
    .stores = 1,
    .state_bytes = sizeof(mine__train_state),
    .open = mine__train_open,
    .source = mine__train_source,
    .train = train_model,
    .close = mine__train_close,
};

static const mine_answer fit_answer[] = {
    {"model", MINE_ANSWER_ANY, 0, "a BLOB that may stand wherever a model's name may"},
    {0},
};

const mine_verb mine__verb_fit = {
    .name = "mine_fit",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_PREDICT,
    .what = "Train a model and return it as a BLOB; nothing is written.",
    .notes =
        "The BLOB may stand wherever a model's name may. Options as `mine_train`. Not usable "
        "in views and triggers.",
    .example = "SELECT length(mine_fit('kmeans',\n  " MINE_SHOPPERS ", 'k=3')) > 0 AS fitted;",
    .argument = {{MINE_ARG_ALGORITHM, "algorithm"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = fit_answer,
    .options = train_options + 2,
    .reads = "an id, then attributes",
    .trains = 1,
    .state_bytes = sizeof(mine__train_state),
    .open = mine__train_open,
    .source = mine__train_source,
    .train = train_model,
    .close = mine__train_close,
};

static const mine_answer init_answer[] = {
    {"state", MINE_ANSWER_TEXT, 0, "that the table is ready"},
    {0},
};

const mine_verb mine__verb_init = {
    .name = "mine_init",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_PREDICT,
    .what = "Create the empty table `mine_models` in a schema; harmless when it is there.",
    .notes = "Training does it by itself. Not usable in views and triggers.",
    .example = "SELECT mine_init('temp');",
    .argument = {{MINE_ARG_TEXT, "schema"}},
    .answer = init_answer,
    .stores = 1,
};

/* ---- mine_cluster ------------------------------------------------------------------- */

static mine_status cluster_run(mine_job *job, mine_relation *out) {
  mine_trained trained;
  mine_status status = mine__training_trained(mine__train_of(job), &trained);
  if (!status) status = mine__training_assignments(mine__train_of(job), &trained, out);
  if (!status) train_tell(job, trained.model);
  mine_model_free(trained.model);
  return status;
}

static mine_status cluster_open(mine_job *job) {
  if (!(job->options.algorithm->tasks & MINE_CLUSTERING)) {
    return mine__fail(job->env, MINE_OPTION,
                      "algorithm '%s' does not cluster; use mine_train, or algorithm=kmeans",
                      job->options.algorithm->name);
  }
  return mine__train_open(job);
}

static const mine_answer cluster_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"cluster", MINE_ANSWER_INTEGER, 1, "1 .. k, the largest cluster first; 0 is noise"},
    {"distance", MINE_ANSWER_REAL, 0,
     "to the centre, or where there is none to the nearest row of a cluster, in the scaled space, "
     "not "
     "squared"},
    {"group_value", MINE_ANSWER_ANY, 1, "of the column that group= names; else NULL"},
    {"confidence", MINE_ANSWER_REAL, 0,
     "how surely the row is of its cluster, 0 to 1, where the algorithm says so"},
    {"outlier", MINE_ANSWER_REAL, 0,
     "of hdbscan: 0 as dense as its surroundings, towards 1 far out"},
    {0},
};

static const mine_option_set cluster_options[] = {
    {mine__pick_option_table, sizeof(mine_pick_options), 0},
    MINE_SET_GROUP,
    MINE_SET_SOURCE,
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_cluster = {
    .name = "mine_cluster",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "Group similar rows without storing a model.",
    .notes = "It takes the options of its algorithm, too.",
    .example = "SELECT cluster, count(*) AS customers FROM mine_cluster(\n  " MINE_SHOPPERS
               ", 'k=3')\nGROUP BY cluster;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = cluster_answer,
    .options = cluster_options,
    .reads = "an id, then attributes",
    .algorithm = "kmeans",
    .state_bytes = sizeof(mine__train_state),
    .open = cluster_open,
    .source = mine__train_source,
    .run = cluster_run,
    .close = mine__train_close,
};

/* ---- mine_cross_validate -------------------------------------------------------------- */

static mine_status validate_run(mine_job *job, mine_relation *out) {
  const mine_training *training = mine__train_of(job);
  MINE_TRY(mine__training_cross_validate(mine__train_of(job), out));
  mine__job_note_told(job, &training->told);
  return mine_env_status(job->env);
}

static const mine_answer validate_answer[] = {
    {"fold", MINE_ANSWER_ANY, 1, "1, 2, ...; mean and se (standard error of the mean) at the end"},
    {"metric", MINE_ANSWER_TEXT, 1, "as mine_evaluate"},
    {"value", MINE_ANSWER_ANY, 0, "on the part that was left out"},
    {0},
};

static const mine_option_set validate_options[] = {
    MINE_SET_SUPERVISED,
    MINE_SET_TREATMENT,
    MINE_SET_CALIBRATE,
    MINE_SET_FOLDS,
    MINE_SET_SPLIT,
    {mine__offers_folds_option_table, sizeof(mine_offers_folds_options), MINE_RECOMMENDATION},
    {mine__offers_option_table, sizeof(mine_offers_options), MINE_RECOMMENDATION},
    MINE_SET_GROUP,
    {mine__source_option_table, sizeof(mine_source_options), TRAIN_OF_ROWS},
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_cross_validate = {
    .name = "mine_cross_validate",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "Train and measure on each of `folds` parts; nothing is stored.",
    .notes =
        "Besides the options below it takes those of the algorithm. A recommender reads events "
        "instead of rows: a fold is a part of the customers, whose last baskets are held out, so "
        "that every customer is measured once, as by mine_train. Others' later baskets are then "
        "learned from; with split_by=time nothing is that came later than what is measured: the "
        "events are cut into stretches of time, and each is measured by a model of all before it "
        "(Meng, McCreadie, Macdonald & Ounis, RecSys 2020; Tashman, IJF 2000).",
    .example =
        "SELECT metric, round(value, 3) AS value FROM mine_cross_validate('tree',\n"
        "  " MINE_CALLERS ", 'target=churned, folds=3')\nWHERE fold = 'mean';",
    .argument = {{MINE_ARG_ALGORITHM, "algorithm"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = validate_answer,
    .options = validate_options,
    .reads = "an id, then attributes",
    .events_of = MINE_RECOMMENDATION,
    .measures = MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT | MINE_RECOMMENDATION,
    .state_bytes = sizeof(mine__train_state),
    .open = mine__train_open,
    .source = mine__train_source,
    .run = validate_run,
    .close = mine__train_close,
};
