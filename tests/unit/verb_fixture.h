/*
** verb_fixture.h -- the inside of a verb, reached as its row reaches it: options are
** read by the verb's tables, answers get the verb's columns.
*/
#ifndef VERB_FIXTURE_H
#define VERB_FIXTURE_H

#include <string.h>

#include "jobs/scoring.h"
#include "jobs/search.h"
#include "jobs/training.h"

#define VERB_MAY __attribute__((unused)) /* not every test needs it */

static inline const mine_verb *verb_named(const char *name) {
  const mine_verb *verb = mine_verb_find(name, MINE_VERB_TABLE);
  return verb ? verb : mine_verb_find(name, MINE_VERB_SCALAR);
}

/* Options live in env's scratch memory: as long as env. */
static inline mine_status verb_options(mine_env *env, const char *verb, const char *algorithm,
                                       const char *text, mine__options *out) {
  return mine__options_read(env, env->scratch, verb_named(verb), algorithm, text, out);
}

/* algorithm NULL: as mine_cluster. */
VERB_MAY static mine_status verb_training_open(mine_env *env, const char *algorithm,
                                               const char *text, mine_training **out) {
  mine__options options;
  *out = NULL;
  mine_status status =
      verb_options(env, algorithm ? "mine_train" : "mine_cluster", algorithm, text, &options);
  return status ? status : mine__training_open(env, &options, out);
}

VERB_MAY static mine_status verb_validation_open(mine_env *env, const char *algorithm,
                                                 const char *text, mine_training **out) {
  mine__options options;
  *out = NULL;
  mine_status status = verb_options(env, "mine_cross_validate", algorithm, text, &options);
  return status ? status : mine__training_open(env, &options, out);
}

VERB_MAY static mine_status verb_scoring_open(mine_env *env, const mine_model *model,
                                              mine_scoring_mode mode, const char *text,
                                              mine_scoring **out) {
  mine__options options;
  *out = NULL;
  mine_status status = verb_options(env, "mine_predict", NULL, text, &options);
  return status ? status : mine__scoring_open(env, model, mode, &options, out);
}

VERB_MAY static mine_status verb_search_open(mine_env *env, const mine_model *model, int same,
                                             const char *text, mine_search **out) {
  mine__options options;
  *out = NULL;
  mine_status status = verb_options(env, "mine_neighbors", NULL, text, &options);
  return status ? status : mine__search_open(env, model, same, &options, out);
}

/* A relation of the verb's columns, filled by `fill`. */
#define VERB_ANSWER(env, verb, out, fill)                                    \
  do {                                                                       \
    mine_relation *to = mine__relation_new((env), verb_named(verb)->answer); \
    if (to) (void)!(fill);                                                   \
    (void)!mine__relation_finish((env), to, (out));                          \
  } while (0)

VERB_MAY static mine_status verb_search_run(mine_env *env, mine_search *search,
                                            mine_relation **out) {
  VERB_ANSWER(env, "mine_neighbors", out, mine__search_run(search, to));
  return mine_env_status(env);
}

/* A job over one source, and its frame. */
VERB_MAY static mine_status verb_job_open(mine_env *env, const char *verb, const char *options,
                                          mine_job **out, mine_frame **frame) {
  const char *sql;
  const mine_verb *row = verb_named(verb);
  mine_arguments arguments = {.text = {NULL}};
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++)
    if (row->argument[i].kind == MINE_ARG_OPTIONS) arguments.text[i] = options;
  mine_status status = mine_job_open(env, row, &arguments, out);
  return status ? status : mine_job_source(*out, &sql, frame);
}

VERB_MAY static mine_status verb_cross_validate(mine_env *env, mine_training *training,
                                                mine_relation **out) {
  VERB_ANSWER(env, "mine_cross_validate", out, mine__training_cross_validate(training, to));
  return mine_env_status(env);
}

VERB_MAY static mine_status verb_assignments(mine_env *env, mine_training *training,
                                             mine_model *model, mine_relation **out) {
  const mine_trained trained = {model, NULL};
  VERB_ANSWER(env, "mine_cluster", out, mine__training_assignments(training, &trained, to));
  return mine_env_status(env);
}

VERB_MAY static mine_status verb_evaluate(mine_env *env, mine_scoring *scoring,
                                          mine_relation **out) {
  VERB_ANSWER(env, "mine_evaluate", out,
              mine__scoring_metrics(scoring, &(mine_certainty){.level = NAN}, to));
  return mine_env_status(env);
}

VERB_MAY static mine_status verb_confusion(mine_env *env, mine_scoring *scoring,
                                           mine_relation **out) {
  VERB_ANSWER(env, "mine_confusion", out, mine__scoring_confusion(scoring, to));
  return mine_env_status(env);
}

/* What a verb lists of a model. */
VERB_MAY static mine_status verb_list(mine_env *env, const mine_model *model, const char *verb,
                                      mine_relation **out) {
  const char *columns = verb_named(verb) ? verb : "mine_summary";
  VERB_ANSWER(env, columns, out, mine__model_list(env, model, verb, to));
  return mine_env_status(env);
}

/* A model in another form; the text lives as long as env. */
VERB_MAY static mine_status verb_write(mine_env *env, const mine_model *model, const char *format,
                                       const char *as, const char **text) {
  mine_text out;
  const mine_writing how = {.as = as, .class_ = -1};
  mine__text_open(&out, env->scratch);
  const mine_status status = mine__model_write(env, model, format, &how, &out);
  *text = status ? NULL : out.data;
  return status;
}

/* A column of mine_predict by its name. */
static inline int verb_column(const char *name) {
  const mine_answer *column = mine__predict_answer;
  while (strcmp(column->name, name) != 0)
    column++;
  return (int)(column - mine__predict_answer);
}

/* A verb without sources: mine_options, mine_algorithms ... */
VERB_MAY static mine_status verb_run(mine_env *env, const char *verb, const char *text,
                                     mine_relation **out) {
  mine_job *job;
  const mine_arguments arguments = {.text = {text}};
  *out = NULL;
  mine_status status = mine_job_open(env, verb_named(verb), &arguments, &job);
  if (!status) status = mine_job_run(job, out);
  mine_job_close(job);
  return status;
}

#endif
