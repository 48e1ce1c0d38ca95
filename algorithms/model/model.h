/*
** model.h -- what every fitted model has, whatever its kind.
**
** Two tables carry the engine.  An *algorithm* (algorithm.h) says how to get a model; a model
** *kind* (kind.h) says what the model is: how it predicts, is listed, saved and loaded.
** CART, a forest and boosting share the kind `trees`; k-means and mixtures share
** `prototypes`.  So N algorithms and M exporters (formats.h) cost N + kinds x M.
*/
#ifndef MINE_MODEL_MODEL_H
#define MINE_MODEL_MODEL_H

#include <stdatomic.h>

#include "../core/parallel.h"
#include "../data/notes.h"
#include "algorithm.h"
#include "calibration.h"
#include "formats.h"
#include "interval.h"
#include "kind.h"
#include "measures.h"
#include "portrait.h"

typedef struct mine_metric {
  const char *name;
  double value; /* NAN = undefined */
} mine_metric;

/* A column that is read and is no attribute: the customer and the date of a purchase. */
typedef struct mine_model_read {
  const char *want;    /* what for: "customer"                       */
  const char *column;  /* its name in the source                     */
  const char *reading; /* as mine_feature.reading                    */
} mine_model_read;

/* Which columns of the source are no attributes, by name. */
typedef struct mine_model_roles {
  const char *id;     /* NULL: id=none                                        */
  const char *target; /* NULL: nothing was learned from labels or numbers given */
  const char *weight; /* NULL: every row counts the same                      */
  /* How cells of the two are written where it is not plain (na=, decimal=); NULL: plainly. */
  const mine_numerals *target_numerals, *weight_numerals;
} mine_model_roles;

/* What is done with cells that are not there, and with levels never seen: scoring does the
** same as training. */
typedef struct mine_model_gaps {
  int missing; /* the option: 0 auto, 1 error, 2 skip */
  int unknown; /* the option: 0 auto, 1 error         */
} mine_model_gaps;

/* What is told of the training. */
typedef struct mine_model_told {
  int64_t rows; /* it was fitted on */
  const char *source, *options;
  mine_notes notes; /* the report, in order */
  int n_warnings;
  double seconds; /* known to the process that trained only: it is not in the bytes, which
                  ** are the same on every run */
  int n_metrics;
  mine_metric *metric; /* on held-out rows, or of the fit (inertia) */
} mine_model_told;

/* Held-out rows and what was said of them, for evaluation without a source (at most
** 100,000). */
typedef struct mine_model_held {
  int64_t rows;
  int32_t *label; /* with groups: of each row                     */
  double *target; /* with outputs: of the first                   */
  double *weight; /* of each; NULL: 1                             */
  float *score;   /* rows x n_groups; with outputs: one each      */
  mine_values id; /* of each row, as it came; none unless keep_ids=1 */
} mine_model_held;

/* Rows of a clustering that are remembered by their ids, so that it is aligned on them when it is
** trained again; none unless keep_ids=1. */
typedef struct mine_model_members {
  mine_values id; /* as it came */
  int32_t *group; /* of each: 1 .. n_groups, 0: noise */
} mine_model_members;

/* Texts that the getters return, made when the model is sealed. */
typedef struct mine_model_sealed {
  const char *features_json, *metrics_json, *report;
} mine_model_sealed;

#define MINE_SCALE 3 /* numbers of a scorecard's scale */

/* What is made of the kind's answers when they are there (mine__model_answer).  What the first two
** say was asked for or chosen; the others were learned from rows that the kind had not seen. */
typedef struct mine_model_after {
  double threshold;    /* of two classes the positive one is predicted from this share on; NAN:
                       ** the class with the larger */
  const double *scale; /* of a scorecard: its points where the odds against the positive class
                       ** are the third number, and how many more double them; else NULL */
  const mine_calibration *calibration; /* shares go through it; NULL: they are the kind's own */
  const mine_interval *interval;       /* bounds of its first output; NULL: it has none */
} mine_model_after;

struct mine_model {
  mine_arena *arena; /* owns everything, this struct included */
  atomic_int references;
  const char *algorithm; /* name                          */
  const mine_kind *kind;
  mine_task_kind task;
  const char *task_name; /* of a task that this build does not know (task 0), else NULL */
  /* How a row is read. */
  mine_model_roles roles;
  mine_model_gaps gaps;
  int n_features; /* may be 0: a model of events      */
  mine_feature *feature;
  int n_reads; /* what a model of events reads */
  mine_model_read *read;
  /* What is said of it.  Groups are classes when there is a target, else clusters. */
  int n_groups;
  mine_values groups; /* their names: classes as they went in, sorted; of clusters as
                      ** given; empty = known by their numbers only */
  int positive;       /* index of the positive class, -1 none */
  mine_model_after after;
  const mine_portrait *portrait; /* of the rows it learned from; NULL: of an older version,
                                 ** or a member of another model */
  int n_outputs;                 /* numbers it gives for a row */
  double quantile;               /* which one the first is to be; NAN: no certain one */
  const char **output_name;
  /* What was learned. */
  void *body;    /* the kind's own struct */
  int n_members; /* models with an arena of their own, which end with this one */
  mine_model **member;
  /* What is remembered of how. */
  mine_model_told told;
  mine_model_held held;
  mine_model_members members;
  mine_model_sealed sealed;
};

/* Add a line to the report.  item: "rows", "id", "target", "feature", "dropped",
** "warning", "metric", "option", "fit" ...; name may be "".  A "warning" is
** counted.  Failures stick in the arena's environment. */
void mine__model_note(mine_model *model, const char *item, const char *name, const char *format,
                      ...) MINE_PRINTF(4, 5);
/* Whether notes of this item count as warnings: "warning" and "dropped". */
int mine__note_warns(const char *item);
/* Whether it is told where there is room for one line only: warnings, and what was guessed
** ("id" by its position, "numbers" that were text, the "threshold" that a goal came to). */
int mine__note_told(const char *item, const char *detail);
#define MINE__NOTE_BY_POSITION "the first column" /* the detail of such an "id" */
void mine__model_metric(mine_model *model, const char *name, double value);
void mine__model_measure(mine_model *model, mine_measure_id id, double value);

/* Whether it is so of the model, or of one inside it. */
int mine__model_any(const mine_model *model, int (*is)(const mine_model *model));
/* Whether rows that it learned from are in it, or in a model inside it. */
int mine__model_keeps_rows(const mine_model *model);
/* ... the most that it, or a model inside it, keeps of them: MINE_KEEPS_. */
int mine__model_keeps_most(const mine_model *model);

/* Which of MINE_GIVES_ this model gives. */
unsigned mine__model_gives(const mine_model *model);
/* Whether it learned the class of a row, or its number, from a target. */
int mine__model_has_classes(const mine_model *model);
int mine__model_has_target_number(const mine_model *model);
/* Answer a batch.  Shares are calibrated.  Where the model gives shares, the group is the one
** with the largest, the first of equals, or as its threshold says, 0 when more than the largest is
** left for noise; MINE_NO_GROUP when the shares are NAN. What the model does not give must not be
** asked for.  */
mine_status mine__model_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                               mine_answers *out);
/* The scale of a scorecard, or of the first of the models inside; NULL: it is none. */
const double *mine__model_scale(const mine_model *model);
/* Which quantile of the target its number is to be, or that of the first of the models inside;
** 0.5 where nothing says. */
double mine__model_quantile(const mine_model *model);
/* Points of n rows of shares: scale[0] + scale[1] log2((other / positive) / scale[2]). */
void mine__model_points(const mine_model *model, const double *share, int64_t n, double *points);
/* The name of a group 1..n_groups: a class as it went in, a cluster's name or number. */
void mine__model_group(const mine_model *model, int32_t group, mine_cell *out);
/* The task in a word, also when it is not one of ours. */
const char *mine__model_task(const mine_model *model);
/* What a sentence calls it: "an uplift model (uplift)"; names of a file of others are cut at 60
** bytes.  Returns out. */
#define MINE_CALLED_BYTES 144
const char *mine__model_called(const mine_model *model, char out[MINE_CALLED_BYTES]);

/* Append to `to`, made from the verb's columns, what the verb lists of the model:
** mine_summary, mine_evaluate and mine_confusion (of the held-out rows), and what its kind
** has; where its kind has it not, what its members list, one after another, each with the
** value it is for (mine__relation_group).  A model without the part is MINE_UNSUPPORTED,
** and the text says which it has. */
mine_status mine__model_list(mine_env *env, const mine_model *model, const char *verb,
                             mine_relation *to);
/* The profile of its clusters; NULL: it has none. */
const mine_cluster_profile *mine__model_profile(const mine_model *model,
                                                const mine_encoding **encoding);
/* cluster_describe.c: mine_centroids of any model that has a profile. */
extern const mine_part mine__cluster_parts[];

/* An empty model with an arena of its own in env; references = 1. */
mine_status mine__model_empty(mine_env *env, mine_model **out) MINE_MUST_CHECK;
/* The same of zeroed memory in an arena that another model owns. */
void mine__model_begin(mine_model *model, mine_arena *arena);
/* What a training answers with, of at most 262 bytes, in the model's arena; NULL: no memory. */
const char *mine__report_line(const mine_model *model);

/* The part of the model's kind that a verb lists, if this model has it; else NULL. */
const mine_part *mine__model_part(const mine_model *model, const char *verb);

/* The feature of which mine_importance says most; NULL: the kind of model has none.  The first so
** many of them: how many there are. */
const char *mine__model_leader(mine_env *env, const mine_model *model);
int mine__model_leaders(mine_env *env, const mine_model *model, int most, int *feature);

/* Make the texts that the getters return, then let go of the environment: the
** model is finished and immutable. */
mine_status mine__model_seal(mine_env *env, mine_model *model) MINE_MUST_CHECK;
int mine__model_metric_find(const mine_model *model, const char *name, double *value);
/* `member`, sealed, belongs to `model` from now on and is freed with it, also when this
** fails. */
mine_status mine__model_adopt(mine_env *env, mine_model *model, mine_model *member) MINE_MUST_CHECK;

/* envelope.c: header, common part and body. */
void mine__envelope_write(const mine_model *model, mine_writer *w);
mine_status mine__envelope_read(mine_env *env, const void *bytes, size_t n,
                                mine_model *model) MINE_MUST_CHECK;
/* A model inside the body of another: no header, the same in all else.  The one that is
** read lives in the reader's arena; NULL after a problem, such as models too many deep. */
#define MINE_MODELS_DEEPEST   4
#define MINE_ENVELOPE_VERSION 3u /* of the common part */
void mine__envelope_write_member(const mine_model *member, mine_writer *w);
mine_model *mine__envelope_read_member(mine_reader *r);
/* For another form of the bytes (json.h): the tap hears of every value of the model, in an object
** "model". */
void mine__envelope_tell(mine_env *env, const mine_model *model, mine__tap *tap);
/* The bytes of a model from what the tap puts there; what no model can be, or NULL.  Failures
** stick. */
const char *mine__envelope_make(mine_env *env, mine__tap *tap, uint32_t format,
                                const mine_kind *kind, mine_writer *w);

#endif
