/*
** common_options.h -- the options that many verbs share, declared once.
**
** A job puts the tables it takes into mine_option_groups, each with its struct,
** parses once, and applies the run options to the environment.  The catalogue
** reads the same tables.
*/
#ifndef MINE_JOBS_COMMON_OPTIONS_H
#define MINE_JOBS_COMMON_OPTIONS_H

#include "../core/options.h"

/* How a call may run: never changes the result, except `seed`. */
typedef struct mine_run_options {
  int64_t threads;    /* MINE_AUTO or 0: all cores      */
  int64_t max_memory; /* MINE_AUTO: half of the available */
  double max_seconds; /* NAN: none                      */
  int progress;
} mine_run_options;
extern const mine_option mine__run_option_table[];
void mine__run_options_apply(mine_env *env, const mine_run_options *run);

typedef struct mine_seed_options {
  int64_t seed;
} mine_seed_options;
extern const mine_option mine__seed_option_table[];

/* How the columns of an attribute table are to be read. */
typedef enum mine_missing { MINE_MISSING_AUTO, MINE_MISSING_ERROR, MINE_MISSING_SKIP } mine_missing;
typedef struct mine_source_options {
  mine_cell id; /* MINE_NULL: the first column; 'none': rows are numbered */
  mine_list ignore, categorical, numeric;
  mine_list na;          /* texts that mean missing       */
  int decimal;           /* the decimal sign: 0 point, 1 comma */
  mine_list date_format; /* "%d.%m.%Y", or of one column: "signup:%d.%m.%Y" */
  int missing;           /* mine_missing */
} mine_source_options;
extern const mine_option mine__source_option_table[];

/* What is to be learned, and how it is measured. */
typedef enum mine_task_choice {
  MINE_TASK_AUTO,
  MINE_TASK_CLASSES,
  MINE_TASK_NUMBERS
} mine_task_choice;
typedef struct mine_supervised_options {
  mine_cell target;
  int task; /* mine_task_choice */
  mine_cell positive;
  mine_cell weight;
  int class_weight; /* 0 none, 1 balanced */
} mine_supervised_options;
extern const mine_option mine__supervised_option_table[];

/* A model for each value of a column. */
typedef struct mine_group_options {
  mine_cell group;
} mine_group_options;
extern const mine_option mine__group_option_table[];

/* When an event came, or until when it had not. */
typedef struct mine_survival_options {
  mine_cell target, event, event_value, start, strata, cluster;
} mine_survival_options;
extern const mine_option mine__survival_option_table[]; /* training */

/* Of rows that are learned from without a target, or of survival. */
typedef struct mine_weight_options {
  mine_cell weight;
} mine_weight_options;
extern const mine_option mine__weight_option_table[];

typedef struct mine_holdout_options {
  double holdout;
  int refit;
} mine_holdout_options;
extern const mine_option mine__holdout_option_table[]; /* not for mine_cross_validate */

typedef struct mine_ids_options {
  int keep_ids;
} mine_ids_options;
extern const mine_option mine__ids_option_table[];

/* Of a model that is stored: earlier ones beside it. */
typedef struct mine_keep_options {
  int64_t keep;
} mine_keep_options;
extern const mine_option mine__keep_option_table[]; /* mine_train */

/* Of clusters that are stored: numbers and names as in the model that is replaced. */
typedef struct mine_align_options {
  int align;
} mine_align_options;
extern const mine_option mine__align_option_table[]; /* mine_train */

/* On which side of a holdout, or in which fold, a row is. */
typedef enum mine_split_by {
  MINE_SPLIT_ID,
  MINE_SPLIT_TIME,
  MINE_SPLIT_GROUP,
  MINE_SPLIT_COLUMN /* no choice of split_by: the option split says so */
} mine_split_by;
typedef struct mine_split_options {
  int split_by; /* mine_split_by, or -1: not given */
  mine_cell time, fold_group, split;
} mine_split_options;
extern const mine_option mine__split_option_table[];

#define MINE_MOST_FOLDS 1000
typedef struct mine_folds_options {
  int64_t folds;
} mine_folds_options;
extern const mine_option mine__folds_option_table[]; /* mine_cross_validate */

typedef struct mine_pick_options {
  mine_cell algorithm; /* default kmeans */
} mine_pick_options;
extern const mine_option mine__pick_option_table[]; /* mine_cluster */

typedef struct mine_class_options {
  mine_cell class_; /* spelled `class` */
} mine_class_options;
extern const mine_option mine__class_option_table[]; /* mine_predict */

/* Categories that the model never saw. */
typedef enum mine_unknown { MINE_UNKNOWN_AUTO, MINE_UNKNOWN_ERROR } mine_unknown;
typedef struct mine_unknown_options {
  int unknown; /* mine_unknown */
} mine_unknown_options;
extern const mine_option mine__unknown_option_table[]; /* whatever trains for scoring */

/* From which probability on the positive of two classes is predicted, or what is to be the
** largest (mine_goal). */
typedef struct mine_threshold_options {
  mine_either threshold;
  double revenue, cost; /* NAN: not given */
} mine_threshold_options;
extern const mine_option mine__threshold_option_table[]; /* training, mine_predict, and what
                                                         ** judges it */

/* Whether shares become rates, and how (mine_calibrate). */
typedef struct mine_calibrate_options {
  int calibrate;
} mine_calibrate_options;
extern const mine_option mine__calibrate_option_table[]; /* training, mine_cross_validate */

/* Of which rows the bounds of a number are learned. */
typedef enum mine_intervals {
  MINE_INTERVALS_HOLDOUT,
  MINE_INTERVALS_CROSS,
  MINE_INTERVALS_NONE
} mine_intervals;
typedef struct mine_interval_options {
  int intervals; /* mine_intervals */
} mine_interval_options;
extern const mine_option mine__interval_option_table[]; /* training */

typedef struct mine_level_options {
  double level;
} mine_level_options;
extern const mine_option mine__level_option_table[]; /* mine_predict */

/* What predicting brings in and costs; NAN: not given. */
typedef struct mine_campaign_options {
  double revenue, cost, fixed_cost;
} mine_campaign_options;
extern const mine_option mine__campaign_option_table[]; /* mine_lift, mine_threshold */

/* Intervals of measures. */
typedef struct mine_certainty_options {
  double level; /* NAN: none are asked for */
  int64_t resamples;
} mine_certainty_options;
extern const mine_option mine__certainty_option_table[]; /* mine_evaluate */

/* Who was treated, of an algorithm that learns what that adds. */
typedef struct mine_treatment_options {
  mine_cell treatment, treated;
} mine_treatment_options;
extern const mine_option mine__treatment_option_table[];

typedef struct mine_lang_options {
  int lang; /* mine_lang */
} mine_lang_options;
extern const mine_option mine__lang_option_table[]; /* whatever answers in words */

typedef struct mine_label_options {
  mine_cell label;
} mine_label_options;
extern const mine_option mine__label_option_table[]; /* mine_evaluate, of clusters */

typedef struct mine_slice_options {
  mine_cell by;
} mine_slice_options;
extern const mine_option mine__slice_option_table[]; /* mine_evaluate */

typedef struct mine_missing_options {
  int missing; /* mine_missing, or -1: as the model was trained */
  int unknown; /* mine_unknown, or -1                           */
} mine_missing_options;
extern const mine_option mine__missing_option_table[]; /* whatever scores rows */

/* A count where a share of `what` belongs: a sentence, as an option's refuse. */
mine_status mine__support_refuse(mine_env *env, double value, const char *what) MINE_MUST_CHECK;

#endif
