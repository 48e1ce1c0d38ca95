/*
** training.h -- the inside of a training job, shared by training*.c and
** cross_validate.c.
**
**   training.c          options, frames, the notes of the report
**   training_prepare.c  from rows to a data set: task, classes, rows, weights
**   training_leaks.c    attributes that say what the target says
**   training_fit.c      hold out, fit, measure, fit again
**   training_report.c   the report that travels in the model
*/
#ifndef MINE_JOBS_TRAINING_H
#define MINE_JOBS_TRAINING_H

#include "../model/model.h"
#include "verb.h"

typedef struct mine_training mine_training;
struct mine_training {
  mine_env *env;
  mine_arena *arena; /* ends with the job */
  const mine_algorithm *algorithm;
  mine__options options; /* all of them; the next ones are copies */
  mine_seed_options seed;
  mine_source_options source;
  mine_supervised_options supervised;
  mine_holdout_options holdout;
  mine_folds_options folds;
  mine_unknown_options unknown;
  void *own; /* the algorithm's options struct */
  const char *source_text, *canonical;
  mine_cell keep_positive;
  mine_roles roles;
  mine_frame *frame;

  /* What was found before there was a model to note it in. */
  mine_values note_item, note_name, note_detail;

  /* training_prepare: the data set.  Arrays per frame row. */
  int prepared;
  mine_task_kind task;
  mine_chosen chosen;
  mine_feature *about;
  mine_feature_view *view;
  uint32_t *row; /* the rows that are used */
  int64_t n;
  int64_t no_target, no_weight, with_missing; /* rows left out, and why */
  mine_values classes;
  int n_classes, positive;
  const int32_t *label;
  const double *target;
  const double *weight; /* of the column; measures use it        */
  double *fit_weight;   /* class weights multiplied in; may be weight */
  uint64_t *hash;       /* of the id; NULL until rows are divided   */
};

/* Open a training job on options that were read; see mine.h for its sources. */
mine_status mine__training_open(mine_env *env, const mine__options *options, mine_training **out);
mine_frame *mine__training_frame(mine_training *training);
/* What the model should remember about where the rows came from (may be NULL). */
mine_status mine__training_source(mine_training *training, const char *source);
/* Keep this positive class if the caller gives none (retraining). */
mine_status mine__training_keep_positive(mine_training *training, const mine_cell *positive);
/* The i-th SELECT that an option holds (kmeans: init, the first centres); NULL behind the
** last.  The host runs each and fills its frame, after the rows. */
const char *mine__training_select(const mine_training *training, int i);
/* The frame of the i-th SELECT: columns are matched by name to the features.  Ask for
** it when all rows are in; NULL: failure recorded. */
mine_frame *mine__training_select_frame(mine_training *training, int i);
/* Fit on the rows in the frame: held-out metrics first, then all rows. */
mine_status mine__training_fit(mine_training *training, mine_model **out);
/* (id, cluster, distance) of the rows in the frame; clustering models only. */
mine_status mine__training_assignments(mine_training *training, const mine_model *model,
                                       mine_relation *out);
/* (fold, metric, value) on the rows in the frame; option `folds`. */
mine_status mine__training_cross_validate(mine_training *training, mine_relation *out);
void mine__training_close(mine_training *training);

/* Item "warning", "dropped" ... about `name`, kept until there is a model. */
void mine__training_note(void *training, const char *item, const char *name, const char *detail);
void mine__training_notef(mine_training *training, const char *item, const char *name,
                          const char *format, ...) MINE_PRINTF(4, 5);

/* Finish the frame and decide everything fitting needs.  Once; then a no-op. */
mine_status mine__training_prepare(mine_training *training) MINE_MUST_CHECK;
mine_status mine__training_check_leaks(mine_training *training) MINE_MUST_CHECK;
/* Make training->hash, by which rows are divided. */
mine_status mine__training_hash(mine_training *training) MINE_MUST_CHECK;

/* Finish the frames of the SELECTs that the options hold and give their rows to the
** options, as batches of the chosen features.  Once; then a no-op. */
mine_status mine__training_selects(mine_training *training) MINE_MUST_CHECK;

/* A model fitted on these rows (frame rows; NULL: all); not yet sealed. */
mine_status mine__training_fit_rows(mine_training *training, const uint32_t *row, int64_t n,
                                    mine_model **out) MINE_MUST_CHECK;

/* Put the job's notes, the features, the fit's own notes, metrics and options
** into the model, in the order in which a person wants to read them. */
void mine__training_report(const mine_training *training, mine_model *model);

/* What a model says about n rows, and how good that is. */
typedef struct mine_measured {
  int64_t n;
  int32_t *label; /* classification */
  double *target; /* regression     */
  double *score;  /* n x n_classes, or n */
  double *weight; /* NULL: 1        */
  int n_metrics;
  mine_metric metric[16];
} mine_measured;
/* Arrays live in arena. */
mine_status mine__training_measure(mine_training *training, const mine_model *model,
                                   const uint32_t *row, int64_t n, mine_arena *arena,
                                   mine_measured *out) MINE_MUST_CHECK;
/* Whether rows hold at least two classes (classification) or two rows. */
int mine__training_learnable(const mine_training *training, const uint32_t *row, int64_t n);

#endif
