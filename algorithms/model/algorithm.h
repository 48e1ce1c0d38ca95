/*
** algorithm.h -- how to *get* a model: what an algorithm is called, takes and reads, and how it
** learns.
**
** An algorithm is a row too, and knows of models only their kind.
*/
#ifndef MINE_MODEL_ALGORITHM_H
#define MINE_MODEL_ALGORITHM_H

#include "../core/options.h"
#include "../data/dataset.h"
#include "kind.h"

/* How an algorithm learns from rows that are read in passes, because they do not fit in memory
** (jobs/training_batch.h): it begins with the model that `fit` made of a sample. */
typedef struct mine_passes {
  int (*wanted)(const void *options);     /* whether the options ask for it      */
  int64_t (*sample)(const void *options); /* rows of a sample that it begins with */
  /* In arena; NULL: failure recorded.  All arguments outlive the passes. */
  void *(*open)(mine_env *env, mine_arena *arena, const mine_dataset *sample, const void *options,
                mine_model *model);
  void (*piece)(mine_env *env, void *state, const mine_batch *rows); /* in the order of the rows */
  int (*end)(mine_env *env, void *state); /* of a pass; 1: another; 0: the model is whole */
} mine_passes;
typedef struct mine_purchases mine_purchases;       /* purchases.h   */
typedef struct mine_recommending mine_recommending; /* recommender.h */

typedef struct mine_algorithm {
  const char *name;     /* as users type it                      */
  const char *title;    /* one line                              */
  const char *citation; /* the paper                             */
  const char *notes;    /* what it does with the rows, in sentences */
  const char *example;  /* SQL that runs on any database         */
  unsigned tasks;       /* mine_task_kind bits                   */
  const char *reads;    /* "attributes" or "events"              */
  int keeps_constants;  /* a constant column counts, too         */
  int finds;            /* labels of the rows rather than a rule: fills data->found */
  size_t options_size;
  const mine_option *options; /* ends with OPTION_END          */
  const mine_kind *kind;
  const mine_kind *alone; /* what it makes of rows without a target; NULL: `kind` */
  /* NULL: made of other algorithms' models, by a job (jobs/auto.h); with `alone`, too, where there
  ** is a target (mine__algorithm_composes).  Else
  ** learn from the rows; fill model->body (in model->arena).  Temporary memory
  ** from env->scratch (rewound by the caller).  Warnings and facts for the
  ** report through mine__model_note(). */
  mine_status (*fit)(mine_env *env, const mine_dataset *data, const void *options,
                     mine_model *model);
  const mine_passes *passes; /* NULL: rows must fit in memory */
  /* Instead of fit, of an algorithm that reads purchases rather than rows; whole: observed in
  ** whole periods of the calendar. */
  mine_status (*learn)(mine_env *env, const mine_purchases *of, const void *options,
                       mine_model *model);
  int whole;
  const mine_recommending *recommends; /* likewise, of one that reads who took what */
  /* Instead of both, of one that forecasts series: the method (series/series.h). */
  const struct mine_forecaster *forecasts;
  /* Row of an option value check that the table cannot say (may be NULL). */
  mine_status (*check)(mine_env *env, const void *options);
} mine_algorithm;

/* Whether it reads an event list rather than rows of attributes. */
static inline int mine__algorithm_of_events(const mine_algorithm *algorithm) {
  return algorithm->learn || algorithm->recommends || algorithm->forecasts;
}

/* Whether models of the task are made of other algorithms' models, and what they are. */
static inline int mine__algorithm_composes(const mine_algorithm *algorithm, mine_task_kind task) {
  return (!algorithm->fit && !mine__algorithm_of_events(algorithm)) ||
         (algorithm->alone && task != MINE_CLUSTERING);
}
static inline const mine_kind *mine__algorithm_kind(const mine_algorithm *algorithm,
                                                    mine_task_kind task) {
  return algorithm->alone && task == MINE_CLUSTERING ? algorithm->alone : algorithm->kind;
}

/* The algorithms there are (registry.def lists them once), and the tasks. */
const mine_algorithm *mine__algorithm_at(int i); /* NULL past the end */
const mine_algorithm *mine__algorithm_find(const char *name);
const char *mine__task_name(mine_task_kind task);
mine_task_kind mine__task_find(const char *name); /* 0: not one of ours */

#endif
