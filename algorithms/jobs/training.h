/*
** training.h -- the inside of a training job, shared by training*.c and
** cross_validate.c.
**
**   training.c          options, frames, the notes of the report
**   training_prepare.c  from rows to a data set: which rows, weights, by what divided
**   training_batch.c    rows that do not fit in memory, in passes
**   training_target.c   what the target is: a number, or which classes
**   training_leaks.c    attributes that say what the target says
**   prepared.c          one fit on prepared rows; prepared_groups.c: one for each group
**   training_repeats.c  held-out rows that were learned from after all
**   training_split.c    which rows are measured on, and by a model of which others
**   training_fit.c      hold out, fit, measure, fit again
**   training_portrait.c what the rows look like, and whether those held out look so, too
**   training_align.c    clusters that are those of the model before keep their numbers and names
**   training_members.c  ids of a clustering's rows that stay, and where they are now
**   training_purchases.c  of algorithms that read purchases: from columns to the model
**   training_recommender.c  of those that read who took what
**   training_series.c   of algorithms that forecast series: fits, or new rows for those there are
**   training_report.c   the report that travels in the model
*/
#ifndef MINE_JOBS_TRAINING_H
#define MINE_JOBS_TRAINING_H

#include "../data/notes.h"
#include "../model/model.h"
#include "../model/purchases.h"
#include "../model/recommender.h"
#include "auto.h"
#include "prepared.h"
#include "thresholds.h"
#include "verb.h"

/* What was asked: the options of the call.  Set when the job opens. */
typedef struct mine_asked {
  const mine_algorithm *algorithm;
  mine__options options; /* all of them; the next ones are copies */
  mine_seed_options seed;
  mine_source_options source;
  mine_supervised_options supervised;
  mine_holdout_options holdout;
  mine_ids_options ids;
  mine_threshold_options threshold;
  mine_calibrate_options calibrate;
  mine_interval_options interval;
  mine_folds_options folds;
  mine_split_options split;
  mine_unknown_options unknown;
  mine_survival_options survival;
  mine_group_options group;
  mine_weight_options weight;
  mine_treatment_options treatment;
  void *own; /* the algorithm's options struct */
  const char *source_text, *canonical;
  mine_cell keep_positive;
  mine_align_options align;
  const mine_model *previous; /* the model that is replaced; or NULL */
  const char *previous_task;  /* of the model that is replaced, if it had this target; or NULL */
} mine_asked;

/* How many rows of the frame are not used, by what is missing there (no_weight: or is zero). */
typedef struct mine_skipped {
  int64_t no_life, no_target, no_weight, no_group, no_place, no_treatment;
  int64_t with_missing; /* an attribute, and missing=skip */
} mine_skipped;

typedef struct mine_training mine_training;
struct mine_training {
  mine_env *env;
  mine_arena *arena; /* ends with the job */
  mine_asked asked;
  mine_notes told; /* found before there was a model to note it in */
  /* What was read. */
  mine_roles roles;
  mine_frame *frame;
  mine_events events;                         /* of one that learns from who took what        */
  mine_purchases_reading reading;             /* of an algorithm that learns from purchases */
  struct mine_series_reading *series;         /* of one that forecasts series            */
  struct mine_regressors_reading *regressors; /* ... with regressors; NULL: without */
  const mine_model *moved; /* ... whose fits new rows move on; NULL: it is fitted */
  mine_chosen chosen;
  mine_cut cut;  /* what threshold= came to; the threshold NAN: nothing was asked */
  double *alone; /* per feature: AUC or R2 of it alone, NAN: not known; NULL: none is */
  /* What is learned from: by training_prepare, and unchanged from then on. */
  int prepared;
  int keeps; /* the model will be kept: with the portrait of its rows */
  mine_prepared data;
  double began; /* the clock when it began to learn, where that is while it reads; 0: later */
  struct mine__training_batch *batch;  /* of rows that are read in passes; NULL: they are here   */
  mine_trained fitted;                 /* by it, until mine__training_fit_rows hands it out once */
  const mine_composition *composition; /* of auto: what its first fit found */
  mine_skipped skipped;
};

/* Open a training job on options that were read; see mine.h for its sources. */
mine_status mine__training_open(mine_env *env, const mine__options *options, mine_training **out);
mine_frame *mine__training_frame(mine_training *training);
/* The model that will be replaced; it must outlive the job. */
void mine__training_previous(mine_training *training, const mine_model *previous);
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
mine_status mine__training_assignments(mine_training *training, const mine_trained *trained,
                                       mine_relation *out);
/* Fit on all rows and keep what the fit found of them; the model is sealed.  What is
** found lives as long as the job. */
mine_status mine__training_trained(mine_training *training, mine_trained *out);
/* (fold, metric, value) on the rows in the frame; option `folds`. */
mine_status mine__training_cross_validate(mine_training *training, mine_relation *out);
/* ... of a recommender. */
mine_status mine__training_cross_offers(mine_training *training, mine_relation *out);
/* Those rows of folds that were measured: number[f] (NULL: 1, 2, ...), then mean and se. */
void mine__validation_list(mine_relation *out, const int64_t *number, const mine_measured *fold,
                           int folds);
void mine__training_close(mine_training *training);

/* Item "warning", "dropped" ... about `name`, kept until there is a model. */
void mine__training_note(void *training, const char *item, const char *name, const char *detail);
void mine__training_notef(mine_training *training, const char *item, const char *name,
                          const char *format, ...) MINE_PRINTF(4, 5);

/* Finish the frame and decide everything fitting needs.  Once; then a no-op. */
mine_status mine__training_prepare(mine_training *training) MINE_MUST_CHECK;
/* missing=error, and attribute f is missing in this row of the source, from 0. */
void mine__training_refuse_missing(const mine_training *training, int f, int64_t row);
/* The task, and the target's numbers or classes. */
mine_status mine__training_target(mine_training *training) MINE_MUST_CHECK;
/* training_survival.c: of survival the target's numbers, and the events. */
mine_status mine__training_survival(mine_training *training) MINE_MUST_CHECK;
/* Whether something of a row's life is missing. */
int mine__training_no_life(const mine_training *training, int64_t row);
/* The positive class, -1 where there are not two.  rows_of: the rows used of each class. */
mine_status mine__training_positive(mine_training *training,
                                    const int64_t *rows_of) MINE_MUST_CHECK;
/* Note in a measured model which attribute is as good as all of them. */
void mine__training_note_carrier(const mine_training *training, mine_model *model);
mine_status mine__training_check_leaks(mine_training *training) MINE_MUST_CHECK;
/* training_treated.c: who was treated, and whether chance decided it. */
mine_status mine__training_treated(mine_training *training) MINE_MUST_CHECK;
mine_status mine__training_check_treated(mine_training *training) MINE_MUST_CHECK;
/* Finish the frames of the SELECTs that the options hold and give their rows to the
** options, as batches of the chosen features.  Once; then a no-op. */
mine_status mine__training_selects(mine_training *training) MINE_MUST_CHECK;

/* training_purchases.c: how purchases are counted, the frame that they are read into, the model. */
typedef struct mine_purchases_options {
  int unit; /* 0 auto, else 1 + mine_period */
  double holdout;
} mine_purchases_options;
extern const mine_option mine__purchases_option_table[];
mine_status mine__training_purchases_frame(mine_training *training) MINE_MUST_CHECK;
mine_status mine__training_purchases(mine_training *training, mine_trained *out) MINE_MUST_CHECK;

/* training_recommender.c: the same of who took what. */
mine_status mine__training_recommender_frame(mine_training *training) MINE_MUST_CHECK;
mine_status mine__training_recommender(mine_training *training, mine_trained *out) MINE_MUST_CHECK;
/* Which columns an event list was made of, for whoever looks at the model. */
void mine__training_keep_reads(const mine_training *training, mine_model *model,
                               const mine_want *want, const int *column);
/* training_series.c: of algorithms that forecast series: the frame, the model. */
mine_status mine__training_series_frame(mine_training *training) MINE_MUST_CHECK;
mine_frame *mine__training_series_select(mine_training *training, mine_select *query);
mine_status mine__training_series(mine_training *training, mine_trained *out) MINE_MUST_CHECK;

/* The options of the call, those of how it runs left out, as a text that reads back; `own`:
** those of the algorithm, too.  NULL: failure recorded. */
const char *mine__training_canonical(mine_training *training, int own);

/* Fit what was asked on these rows.  Of auto the first call tries, and the next ones make the
** model of what was found; its options then say what was tried. */
mine_status mine__training_fit_rows(mine_training *training, mine_rows rows, mine_arena *arena,
                                    mine_trained *out) MINE_MUST_CHECK;

/* Tell which held-out rows repeat one that was learned from, and what the measure is
** without them. */
mine_status mine__training_repeats(mine_training *training, const mine_model *model, mine_rows kept,
                                   mine_rows held, mine_arena *arena) MINE_MUST_CHECK;

/* Rows to learn from and rows to measure on; `how` says in words which these are.  None
** are held out where there is nothing to divide. */
#define MINE_SPLIT_WORDS 256
typedef struct mine_held_out {
  mine_rows kept, away;
  char how[MINE_SPLIT_WORDS];
} mine_held_out;
mine_status mine__training_hold_out(mine_training *training, mine_arena *arena,
                                    mine_held_out *out) MINE_MUST_CHECK;

/* training_portrait.c: warn where the rows held out are of another kind; they were not chosen by
** a hash.  And give the model the portrait of the rows; `held`: what was said of those held
** out, of none if there were none. */
mine_status mine__training_compare_held(mine_training *training, const mine_held_out *divided,
                                        mine_arena *arena) MINE_MUST_CHECK;
mine_status mine__training_portray(mine_training *training, const mine_measured *held,
                                   mine_arena *arena, mine_model *model) MINE_MUST_CHECK;

/* Of clusters: numbers and names as in the model that is replaced (align=), and notes of what is
** not as it was. */
void mine__training_align(mine_training *training, const mine_trained *trained);

/* training_members.c.  Whether ids of the rows and their clusters are to stay in the model, what
** speaks against it (a failure), and doing so, once clusters have their numbers. */
int mine__training_keeps_members(const mine_training *training);
void mine__training_check_members(const mine_training *training);
void mine__training_keep_members(mine_training *training, const mine_trained *trained);
/* Of the rows whose ids the model before kept: how many were in its cluster o and are in c of the
** fit, (k_old + 1) x (k_new + 1) with 0 for noise, in scratch.  *common: how many rows.  NULL: none
** were kept, or too few are here again. */
int64_t *mine__training_common(mine_training *training, const mine_trained *trained,
                               int64_t *common);

mine_status mine__training_folds(mine_training *training, mine_arena *arena,
                                 mine_folds *out) MINE_MUST_CHECK;

/* Put the job's notes, the features, the fit's own notes, metrics and options
** into the model, in the order in which a person wants to read them. */
void mine__training_report(const mine_training *training, mine_model *model);

/* What a verb that learns has for state, first of all, and how it begins, reads and ends:
** the rows, then what options that hold a SELECT ask for. */
typedef struct mine__train_state {
  mine_training *training;
} mine__train_state;
mine_training *mine__train_of(const mine_job *job);
mine_status mine__train_open(mine_job *job);
mine_status mine__train_source(mine_job *job, int step, const char **sql, mine_frame **frame);
void mine__train_close(mine_job *job);

#endif
