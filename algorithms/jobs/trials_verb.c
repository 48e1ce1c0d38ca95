/*
** trials_verb.c -- mine_trials: what `auto` tried for a model.
*/
#include "verb.h"

static mine_status trials_list_run(mine_job *job, mine_relation *out) {
  return mine__model_list(job->env, mine__job_model(job, MINE_ARG_MODEL), job->verb->name, out);
}

static const mine_answer trials_answer[] = {
    {"rank", MINE_ANSWER_INTEGER, 1, "1 is the best alone"},
    {"options", MINE_ANSWER_TEXT, 0, "of the trial, ready for mine_train"},
    {"metric", MINE_ANSWER_TEXT, 1, "what was compared"},
    {"mean", MINE_ANSWER_REAL, 0, "of the metric over the folds; NULL: it failed"},
    {"se", MINE_ANSWER_REAL, 0, "its standard error"},
    {"seconds", MINE_ANSWER_REAL, 0, "NULL: a model keeps no times; mine_tune tells them"},
    {"algorithm", MINE_ANSWER_TEXT, 1, "that was tried"},
    {"weight", MINE_ANSWER_INTEGER, 0, "in the mean that the model is; 0: it takes no part"},
    {"name", MINE_ANSWER_TEXT, 1,
     "of the trial, as the option `portfolio` takes it: baseline, tree, boost_small"},
    {0},
};

const mine_verb mine__verb_trials = {
    .name = "mine_trials",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "What `auto` tried for a model, the best first.",
    .example =
        "SELECT rank, name, metric, round(mean, 3) AS mean, weight FROM mine_trials(\n"
        "  (SELECT mine_fit('auto',\n  " MINE_CALLERS
        ",\n  'target=churned, portfolio=baseline|tree')));",
    .argument = {{MINE_ARG_MODEL, "model"}},
    .required = 1,
    .answer = trials_answer,
    .run = trials_list_run,
};
