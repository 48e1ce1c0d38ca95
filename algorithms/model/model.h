/*
** model.h -- what every fitted model has, whatever its kind.
**
** Two tables carry the engine.  An *algorithm* says how to get a model; a model
** *kind* says what the model is: how it predicts, is listed, saved and loaded.
** CART, a forest and boosting share the kind `trees`; k-means and mixtures share
** `prototypes`.  So N algorithms and M exporters cost N + kinds x M.
*/
#ifndef MINE_MODEL_MODEL_H
#define MINE_MODEL_MODEL_H

#include <stdatomic.h>

#include "../core/bytes.h"
#include "../core/options.h"
#include "../core/parallel.h"
#include "../data/dataset.h"
#include "../data/relation.h"

/* Scores of a batch.  The caller allocates what the task needs; `i` counts the
** batch's rows, not frame rows. */
typedef struct mine_scores {
  double *probability; /* classification: n x n_classes, row-major       */
  double *value;       /* regression                                     */
  int32_t *cluster;    /* clustering: 1..k, 0 = noise                    */
  double *distance;    /* clustering: to the nearest centre, else NULL   */
} mine_scores;

typedef struct mine_kind {
  const char *name; /* "trees", "prototypes", "neighbours" */
  uint32_t tag;     /* written in the model's bytes, never reused */
  uint32_t version; /* of the body's layout; older ones stay readable */
  /* Score rows.  Must use all threads for large batches and give the same bits
  ** for any number of threads and any division into batches. */
  mine_status (*predict)(mine_env *env, const mine_model *model, const mine_batch *batch,
                         mine_scores *out);
  /* The body only: the envelope is model.c's.  load must check every index,
  ** count and number before it is used; problems go to mine_reader_bad(). */
  void (*save)(const mine_model *model, mine_writer *w);
  void (*load)(mine_reader *r, mine_model *model, uint32_t version);
  /* List a part ("tree", "centroids", "importance", "coefficients");
  ** MINE_UNSUPPORTED without an error text when there is no such part. */
  mine_status (*describe)(mine_env *env, const mine_model *model, const char *part,
                          mine_relation **out);
  const char *verbs; /* that list its parts, for an error sentence; NULL: none */
} mine_kind;

typedef struct mine_algorithm {
  const char *name;     /* as users type it                      */
  const char *title;    /* one line                              */
  const char *citation; /* the paper                             */
  const char *notes;    /* what it does with the rows, in sentences */
  const char *example;  /* SQL that runs on any database         */
  unsigned tasks;       /* mine_task_kind bits                   */
  const char *reads;    /* "attributes" or "events"              */
  size_t options_size;
  const mine_option *options; /* ends with OPTION_END          */
  const mine_kind *kind;
  /* Learn from the rows; fill model->body (in model->arena).  Temporary memory
  ** from env->scratch (rewound by the caller).  Warnings and facts for the
  ** report through mine_model_note(). */
  mine_status (*fit)(mine_env *env, const mine_dataset *data, const void *options,
                     mine_model *model);
  /* Row of an option value check that the table cannot say (may be NULL). */
  mine_status (*check)(mine_env *env, const void *options);
} mine_algorithm;

typedef struct mine_metric {
  const char *name;
  double value; /* NAN = undefined */
} mine_metric;

struct mine_model {
  mine_arena *arena; /* owns everything, this struct included */
  atomic_int references;
  const char *algorithm; /* name                          */
  const mine_kind *kind;
  mine_task_kind task;
  const char *id_name;     /* NULL: id=none                */
  const char *target_name; /* NULL: no target              */
  const char *weight_name; /* NULL: every row counts the same */
  int n_features;
  mine_feature *feature;
  int n_classes;
  mine_values classes; /* as they went in, sorted */
  int positive;        /* index of the positive class, -1 none */
  int missing;         /* the option: 0 auto, 1 error, 2 skip; scoring does the same */
  int64_t rows;        /* rows it was fitted on */
  const char *source, *options;
  mine_values note_item, note_name, note_detail; /* the report, in order */
  int n_warnings;
  double seconds; /* of the training; known to the process that trained only: it
                  ** is not in the bytes, which are the same on every run */
  int n_metrics;
  mine_metric *metric; /* on held-out rows, or of the fit (inertia) */
  /* Held-out rows, for evaluation without a source (at most 100,000). */
  int64_t held_rows;
  int32_t *held_label; /* classification */
  double *held_target; /* regression     */
  float *held_score;   /* classification: held_rows x n_classes; regression: one each */
  void *body;          /* the kind's own struct */
  /* Made once, on demand, before the model is shared. */
  const void *bytes;
  size_t n_bytes;
  const char *features_json, *metrics_json, *report;
};

/* Add a line to the report.  item: "rows", "id", "target", "feature", "dropped",
** "warning", "metric", "option", "fit" ...; name may be "".  A "warning" is
** counted.  Failures stick in the arena's environment. */
void mine_model_note(mine_model *model, const char *item, const char *name, const char *format, ...)
    MINE_PRINTF(4, 5);
/* Whether notes of this item count as warnings: "warning" and "dropped". */
int mine_note_warns(const char *item);
void mine_model_metric(mine_model *model, const char *name, double value);

/* The registries (registry.def lists them once). */
const mine_algorithm *mine_algorithm_at(int i); /* NULL past the end */
const mine_algorithm *mine_algorithm_find(const char *name);
const mine_kind *mine_kind_by_tag(uint32_t tag);
const char *mine_task_name(mine_task_kind task);

/* An empty model with an arena of its own in env; references = 1. */
mine_status mine_model_empty(mine_env *env, mine_model **out) MINE_MUST_CHECK;
/* Make the texts that the getters return, then let go of the environment: the
** model is finished and immutable. */
mine_status mine_model_seal(mine_env *env, mine_model *model) MINE_MUST_CHECK;
int mine_model_metric_find(const mine_model *model, const char *name, double *value);
/* A part of the model ("summary", "tree", "metrics", ...) as a relation.  A model that
** has no such part is MINE_UNSUPPORTED, and the text names both. */
mine_status mine_model_relation(mine_env *env, const mine_model *model, const char *part,
                                mine_relation **out);
/* The scalar scoring call for this model, ready to paste into SQL: a one-cell relation;
** `name` is how the caller refers to the model. */
mine_status mine_model_call(mine_env *env, const mine_model *model, const char *name,
                            mine_relation **out);
/* envelope.c: header, common part and body. */
void mine_envelope_write(const mine_model *model, mine_writer *w);
mine_status mine_envelope_read(mine_env *env, const void *bytes, size_t n,
                               mine_model *model) MINE_MUST_CHECK;

#endif
