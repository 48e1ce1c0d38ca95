/*
** woe_bins.c -- mine_bins: attributes cut into bins that tell two classes apart; of a source
** with its target, or those of a scorecard (kernel/woe.h has the method).
**
** Of a source it is a training that ends before anything is fitted: which rows count, which
** class is the positive one, what a column is and what about it is doubtful are decided and
** told as in mine_train.
*/
#include "../kernel/woe.h"
#include "training.h"

typedef struct woebins_options {
  mine_woe_options woe;
} woebins_options;

static const mine_option woebins_table[] = {MINE_WOE_OPTIONS(woebins_options, woe), OPTION_END};

/* A model's bins are as they were made. */
static void woebins_refuse_options(mine_job *job) {
  for (int g = 0; g < job->options.n; g++) {
    const mine_option_group *group = &job->options.group[g];
    for (int i = 0; group->table != mine__run_option_table && group->table[i].name; i++) {
      if (!group->given[i]) continue;
      (void)mine__fail(job->env, MINE_OPTION,
                       "the bins of a model are as it was trained; leave %s out, or give a source",
                       group->table[i].name);
    }
  }
}

static mine_status woebins_open(mine_job *job) {
  mine__options options = job->options;
  const mine_supervised_options *asked = mine__options_of(&options, mine__supervised_option_table);
  if (mine__job_model(job, MINE_ARG_BASE)) {
    woebins_refuse_options(job);
    return mine_env_status(job->env);
  }
  if (asked->task == MINE_TASK_NUMBERS) {
    return mine__fail(job->env, MINE_OPTION,
                      "bins compare two classes, and no number is one; leave task out, or make the "
                      "target a comparison, such as spend > 100 AS high");
  }
  options.algorithm = mine__algorithm_find("logistic"); /* what it reads is read here */
  mine__train_state *state = mine__job_state(job);
  MINE_TRY(mine__training_open(job->env, &options, &state->training));
  state->training->roles.algorithm = "binning";
  return MINE_OK;
}

static mine_status woebins_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0 || !mine__train_of(job)) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_BASE);
  *frame = mine__training_frame(mine__train_of(job));
  return MINE_OK;
}

/* The classes are more than two, or an amount. */
static void woebins_refuse(const mine_training *t) {
  const char *target = t->frame->column[t->roles.target].name;
  mine_text list;
  mine__text_open(&list, t->env->scratch);
  mine__classes_list(&list, &t->data.classes);
  if (list.failed) return;
  (void)mine__fail(t->env, MINE_DATA,
                   "bins compare two classes, and the target '%s' has %d (%s); make one of them "
                   "against the others the target, such as %s = ... AS target",
                   target, t->data.n_classes, list.data, target);
}

static void woebins_list(mine_job *job, const mine_training *t, const mine_woe *woe,
                         mine_relation *out) {
  mine_env *env = job->env;
  const int n = t->data.n_features;
  int *order = mine__arena_array(job->arena, (size_t)n, sizeof *order);
  if (!order) return;
  mine__woe_order(woe, n, order);
  for (int i = 0; i < n && !mine__poll(env); i++) {
    const int f = order[i];
    mine__woe_list(env, &t->data.about[f], &woe[f], 0, NULL, out);
    if (woe[f].n_rare > 0)
      mine__job_notef(job, "warning", t->data.about[f].name, "%s", mine__woe_words(env, &woe[f]));
  }
}

static mine_status woebins_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  mine_training *t = mine__train_of(job);
  if (!t) return mine__model_list(env, mine__job_model(job, MINE_ARG_BASE), job->verb->name, out);
  MINE_TRY(mine__training_prepare(t));
  if (t->data.n_classes != 2) woebins_refuse(t);
  if (mine_failed(env)) return mine_env_status(env);
  const woebins_options *o = mine__options_of(&job->options, woebins_table);
  const mine_dataset data = {.task = t->data.task,
                             .rows = {t->data.n, t->data.row, t->data.view},
                             .n_features = t->data.n_features,
                             .about = t->data.about,
                             .n_classes = t->data.n_classes,
                             .label = t->data.label,
                             .weight = t->data.fit_weight};
  mine_woe *woe = mine__arena_zeros(job->arena, (size_t)data.n_features, sizeof *woe);
  if (!woe) return mine_env_status(env);
  MINE_TRY(mine__woe_make(env, job->arena, &data, t->data.positive, &o->woe, woe));
  woebins_list(job, t, woe, out);
  if (!mine_failed(env)) mine__job_note_told(job, &t->told);
  return mine_env_status(env);
}

static void woebins_close(mine_job *job) {
  mine__training_close(mine__train_of(job));
}

static const mine_answer woebins_answer[] = {
    {"feature", MINE_ANSWER_TEXT, 1, "the most informative first: the sum of iv over its bins"},
    {"bin", MINE_ANSWER_INTEGER, 1,
     "1, 2, ... from the lowest numbers, or the levels of the lowest rate; 0: missing values"},
    {"low", MINE_ANSWER_ANY, 0, "of numbers: from here on; NULL: no bound"},
    {"high", MINE_ANSWER_ANY, 0, "of numbers: below this; NULL: no bound"},
    {"levels", MINE_ANSWER_JSON, 0, "of a category: JSON array of the levels"},
    {"rows", MINE_ANSWER_INTEGER, 0, "in the bin"},
    {"rate", MINE_ANSWER_REAL, 0, "share of the positive class among them"},
    {"woe", MINE_ANSWER_REAL, 0,
     "weight of evidence: log of the bin's share of all positive rows over its share of the "
     "others"},
    {"iv", MINE_ANSWER_REAL, 0, "its part of the feature's information value"},
    {"points", MINE_ANSWER_REAL, 0, "of a scorecard: what the bin adds to the score; else NULL"},
    {"group_value", MINE_ANSWER_ANY, 1, "the group whose model it is; NULL: no groups"},
    {0},
};

static const mine_option_set woebins_sets[] = {
    {woebins_table, sizeof(woebins_options), 0},
    MINE_SET_SUPERVISED,
    MINE_SET_SOURCE,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_bins = {
    .name = "mine_bins",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Attributes cut into bins that tell two classes apart: weight of evidence, information "
        "value, and the points of a scorecard.",
    .notes =
        "Of a source, with `target=`; or of a model, `logistic` trained with `transform=woe`: its "
        "bins, with their points, whose sum over the features is the score. Numbers are cut and "
        "levels put together so that the information value is the largest that any such division "
        "has (a number of more than 200 values: nearly), as long as a further bin raises it by "
        "more than chance would (`min_gain`). Missing "
        "values are a bin of their own. Levels that few rows have are taken together "
        "(mine_warnings "
        "tells), and those that training never met count as they do; without any they say 0, as "
        "does a missing value where training had none. `woe` above 0 means more of the positive "
        "class than in all rows; other programs turn the sign. A class of which a bin has fewer "
        "than `smooth` rows counts as `smooth`. A number is no target: compare classes, such as "
        "`spend > 100 AS high`.",
    .example =
        "SELECT feature, bin, low, high, rows, round(rate, 2) AS rate, round(woe, 2) AS woe\n"
        "FROM mine_bins(\n  " MINE_CALLERS ", 'target=churned, max_bins=3');",
    .argument = {{MINE_ARG_BASE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = woebins_answer,
    .options = woebins_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(mine__train_state),
    .open = woebins_open,
    .source = woebins_source,
    .run = woebins_run,
    .close = woebins_close,
};
