/*
** scoring.h -- the inside of a scoring job, shared by scoring.c and
** evaluate*.c.
*/
#ifndef MINE_JOBS_SCORING_H
#define MINE_JOBS_SCORING_H

#include "../model/model.h"
#include "../model/resample.h"
#include "../model/threshold.h"
#include "../model/uplift.h"
#include "thresholds.h"
#include "verb.h"

typedef enum mine_scoring_mode {
  MINE_SCORE_ROWS,     /* first column or the trained id's name is the id  */
  MINE_SCORE_SINGLE,   /* no id: columns are features only (scalar form)   */
  MINE_SCORE_EVALUATE, /* the target is read too, for metrics             */
  MINE_SCORE_EXPLAIN,  /* as ROWS; a class may be that of a model without shares */
  MINE_SCORE_JUDGE,    /* of survival or uplift: how lives went, or who was treated, is read too */
  MINE_SCORE_PROJECT   /* as ROWS, of a model of components               */
} mine_scoring_mode;

/* What evaluation remembers of every row that was scored. */
typedef struct mine_remembered {
  int64_t n, no_target;
  int32_t *label;
  double *target, *weight, *score; /* score: n x n_groups, or n; clusters: distance */
  int32_t *slice;                  /* by=: which of the slices, -1: the row has no value  */
  int64_t *row;                    /* its number in the source, from 0                    */
  size_t label_capacity, target_capacity, weight_capacity, score_capacity, slice_capacity,
      row_capacity;
  mine_dictionary slices; /* the values of by=, in order of appearance             */
} mine_remembered;

/* What one category column has had so far. */
typedef struct mine__score_seen {
  int64_t known, unknown, row; /* row: the first unknown one */
  char said[MINE_SHOW_BYTES];
} mine__score_seen;

/* What was asked, and what that comes to for the model.  Set when the job opens. */
typedef struct mine_scoring_asked {
  mine_threshold_options cut;
  mine_cut chosen; /* what it says of this model; the threshold NAN: nothing     */
  mine_slice_options slicing;
  mine_cell label;
  mine_number_list times; /* of survival */
  int missing;            /* mine_missing, the model's own when not given               */
  int unknown;            /* mine_unknown, or -1: not given, and auto in the model      */
  int class_;             /* whose probability is asked for, -1: none                   */
} mine_scoring_asked;

/* Which column of the frame is what.  Set when its columns are known. */
typedef struct mine_scoring_plan {
  int id;                /* -1: rows are numbered                   */
  const mine_want *want; /* per feature                             */
  int *column;           /* per feature                             */
  /* When evaluating; -1: none. */
  int target, weight;
  mine_want target_want, weight_want;
  mine_dictionary classes; /* labels by identity                      */
  int label;               /* of label=                               */
  int slice;               /* of by= ...                              */
  int slice_feature;       /* ... which is this attribute             */
  int event, start;        /* of survival                             */
  int treatment;           /* of uplift                               */
  mine_want event_want, start_want, treatment_want;
} mine_scoring_plan;

/* The rows in the frame and what the model says of them, until the next ones; the arrays
** stay. */
typedef struct mine_scoring_batch {
  int64_t n;
  size_t capacity; /* rows the arrays have room for */
  mine_feature_view *view;
  int row_ready;        /* the short way: views and room are as they stay */
  mine_answers answers; /* what the model gives of value, group, share, distance, bounds */
  /* Made when somebody asks. */
  int32_t *missing_count, *unknown_count;
  int counted;
  int32_t *leaf; /* NULL: no single tree */
  int leaves_known;
  char number[MINE_NUMBER_BYTES]; /* the label of a number */
} mine_scoring_batch;

struct mine_scoring {
  mine_env *env;
  mine_arena *arena;
  const mine_model *model;
  mine_scoring_mode mode;
  mine_scoring_asked asked;
  unsigned gives;    /* MINE_GIVES_ of the model                       */
  mine_values label; /* per group: its spelling                        */
  mine_frame *frame;
  mine_scoring_plan plan;
  mine_scoring_batch batch;
  int keeps_unseen; /* what categories have that training never met is kept: set before the columns
                    ** are named */
  int held;         /* the rows are those that the model remembers instead of a frame's */
  /* Of all rows so far. */
  int64_t rows_seen;
  mine__score_seen *seen; /* per feature */
  mine_remembered remembered;
};

/* The model must outlive the job. */
mine_status mine__scoring_open(mine_env *env, const mine_model *model, mine_scoring_mode mode,
                               const mine__options *options, mine_scoring **out);
/* Score the rows now in the frame; cells are readable until the next clear. */
mine_status mine__scoring_run(mine_scoring *scoring);
/* verbs_score.c: of a verb that scores, score what is in the frame, so many rows; and after the
** last block look at what only the whole source can tell. */
int64_t mine__scoring_block(mine_scoring *scoring, mine_job *job);
/* The columns of mine_predict, counted from 0. */
extern const mine_answer mine__predict_answer[];
void mine__scoring_cell(const mine_scoring *scoring, int64_t row, int column, mine_cell *out);
/* The leaf of each row, where the model is a single tree. */
void mine__scoring_find_leaves(mine_scoring *scoring);
/* Count the gaps and the levels never seen of each row. */
void mine__scoring_count_gaps(mine_scoring *scoring);
/* A row that has no answer: missing=skip, and it has a gap. */
int mine__scoring_skipped(const mine_scoring *scoring, int64_t row);
/* After run in MINE_SCORE_EVALUATE mode. */
mine_status mine__scoring_metrics(mine_scoring *scoring, const mine_certainty *how,
                                  mine_relation *out);
mine_status mine__scoring_confusion(mine_scoring *scoring, mine_relation *out);
void mine__scoring_clear(mine_scoring *scoring); /* drop the rows, keep the columns */

/* Room for the results of n rows. */
mine_status mine__scoring_make_room(mine_scoring *scoring, size_t n) MINE_MUST_CHECK;
/* scoring_held.c: instead of rows of a source, those held out that the model remembers. */
/* Whether rows get bounds; how wide is answers.level. */
int mine__scoring_bounds(const mine_scoring *scoring);
mine_status mine__scoring_take_held(mine_scoring *scoring) MINE_MUST_CHECK;

/* scoring_unknown.c: look at the rows that were just read, refusing what unknown=error
** forbids; after the last of them, refuse a column without a known category. */
mine_status mine__scoring_see(mine_scoring *scoring) MINE_MUST_CHECK;
mine_status mine__scoring_saw_all(mine_scoring *scoring) MINE_MUST_CHECK;
/* Whether it would be refused if no more rows came. */
int mine__scoring_doubts(const mine_scoring *scoring);
/* Note for mine_warnings the columns of which a large share was unknown. */
void mine__scoring_tell_unknown(const mine_scoring *scoring, mine_job *job);

/* thresholds.c */
/* What the option comes to for a model: its number, or the threshold that serves its goal on
** the held-out rows that the model remembers; not given: the model's own, or NAN. */
mine_status mine__threshold_of(mine_env *env, const mine_model *model,
                               const mine_threshold_options *said, mine_cut *out) MINE_MUST_CHECK;
/* Note for mine_warnings what a goal came to. */
void mine__threshold_tell(mine_job *job, const mine_threshold_options *said, const mine_cut *cut);
/* evaluate.c */
mine_status mine__scoring_plan_target(mine_scoring *scoring, mine_frame *frame) MINE_MUST_CHECK;
mine_status mine__scoring_remember(mine_scoring *scoring) MINE_MUST_CHECK;
/* A column that the model needs beside its attributes; -1: it is not there, or it has been taken
** for something else (one of them may differ only in case).  Failure recorded. */
int mine__evaluate_column(mine_scoring *scoring, mine_frame *frame, const char *what,
                          const char *name);
/* The rows remembered, as they are measured. */
mine_gauged mine__scoring_gauged(const mine_scoring *scoring);
/* Append the measures of these rows, with low and high if how->level is a number.  withhold: they
** are too few for some of them.  slice NULL: of all rows. */
mine_status mine__evaluate_rows(mine_env *env, const mine_gauged *rows, const mine_certainty *how,
                                int withhold, const mine_cell *slice, mine_relation *out);
/* evaluate_held.c: those of the held-out rows that the model keeps, with the threshold that was
** said (else NAN). */
mine_status mine__evaluate_held(mine_job *job, const mine_model *model, double threshold,
                                const mine_certainty *how, mine_relation *out);
/* An error unless there are rows to measure. */
mine_status mine__scoring_ready(mine_scoring *scoring) MINE_MUST_CHECK;
/* evaluate_slices.c: by=column.  The column; the slice of a row in the frame (-1: it has none);
** and, of all rows remembered, the measures of each slice. */
mine_status mine__slices_plan(mine_scoring *scoring, mine_frame *frame) MINE_MUST_CHECK;
int32_t mine__slice_of(mine_scoring *scoring, int64_t row);
/* Calls `measure` for each slice in turn with its rows, of which slice[] has the slices (changed:
** those without one come last). */
typedef void (*mine__slice_measure)(void *context, const uint32_t *at, int64_t n,
                                    const mine_cell *slice);
mine_status mine__slices_each(mine_scoring *scoring, int64_t rows, int32_t *slice,
                              mine__slice_measure measure, void *context) MINE_MUST_CHECK;
/* Slices that are too short for some measures; the first few by name.  Zeroed but for `text`, which
** is opened. */
typedef struct mine__short_slices {
  int64_t n;
  mine_text text;
} mine__short_slices;
/* One more, which has so many of what it should have more of; class_: of this class, or NULL. */
void mine__short_slices_add(mine__short_slices *few, const mine_cell *slice, int64_t count,
                            const mine_cell *class_);
/* Warn of them, if there are any: fewer than MINE_METRICS_LEAST `units`, no `measures`. */
void mine__short_slices_tell(const mine__short_slices *few, const mine_scoring *scoring,
                             mine_job *job, const char *units, const char *measures);
mine_status mine__slices_metrics(mine_scoring *scoring, mine_job *job, const mine_certainty *how,
                                 mine_relation *out) MINE_MUST_CHECK;
/* evaluate_clusters.c: label=column; and the measures of the rows remembered, all of which still
** are in the frame.  Returns how many. */
mine_status mine__clusters_plan(mine_scoring *scoring, mine_frame *frame) MINE_MUST_CHECK;
int mine__clusters_metrics(mine_scoring *scoring, mine_metric *metric);
/* After run in MINE_SCORE_JUDGE mode; the job is told what was left out.
** evaluate_lives.c, of models of survival: their columns, and the measures of the rows in the
** frame. */
mine_status mine__lives_plan(mine_scoring *scoring, mine_frame *frame) MINE_MUST_CHECK;
mine_status mine__lives_metrics(mine_scoring *scoring, mine_job *job, const mine_certainty *how,
                                mine_relation *out);
/* evaluate_treated.c, of models of uplift: their columns, the rows in the frame that have a target,
** a treatment and an answer (in scoring->arena), and what is measured of them. */
mine_status mine__treated_plan(mine_scoring *scoring, mine_frame *frame) MINE_MUST_CHECK;
mine_status mine__treated_rows(mine_scoring *scoring, mine_job *job,
                               mine_uplift_rows *out) MINE_MUST_CHECK;
/* The held-out rows that the model keeps, in the job's arena. */
mine_status mine__treated_held(mine_job *job, const mine_model *model,
                               mine_uplift_rows *out) MINE_MUST_CHECK;
mine_status mine__treated_metrics(mine_job *job, const mine_uplift_rows *rows,
                                  const mine_certainty *how, mine_relation *out);

#endif
