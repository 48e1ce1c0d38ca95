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
#include "../data/notes.h"
#include "../data/relation.h"
#include "calibration.h"
#include "cluster_profile.h"
#include "explain.h"
#include "interval.h"
#include "measures.h"
#include "portrait.h"

/* What a model may say of a row. */
enum {
  MINE_GIVES_VALUE = 1,       /* a number for each output                        */
  MINE_GIVES_GROUP = 2,       /* the class or cluster it belongs to              */
  MINE_GIVES_SHARE = 4,       /* how much it belongs to each group               */
  MINE_GIVES_DISTANCE = 8,    /* how far it is from its group                    */
  MINE_GIVES_INTERVAL = 16,   /* bounds of the value                             */
  MINE_GIVES_STRENGTH = 32,   /* how surely it belongs to its cluster, how far out it lies */
  MINE_GIVES_LEAF = 64,       /* the node of its one tree in which a row ends    */
  MINE_GIVES_COMPONENTS = 128 /* a number for each output, and none of them a prediction */
};

/* What it says of a batch.  The caller allocates; an array that is NULL is not
** asked for.  `i` counts the batch's rows, not frame rows. */
typedef struct mine_answers {
  double *value;         /* n x n_outputs, of components too; NAN = no answer          */
  int32_t *group;        /* n: 1..n_groups, 0 = none of them (noise), -1 = no answer   */
  double *share;         /* n x n_groups, row-major, sums of 1, but of clusters with noise beside
                         ** them: its share is the rest; NAN = no answer               */
  double *distance;      /* n; NAN = no answer                                         */
  double *strength;      /* n: how surely a row is of its cluster, 0 to 1, where shares do not
                         ** say; NAN = no answer                                       */
  double *outlier;       /* n: how far out it lies, 0 to 1, with `strength`; NAN = no answer */
  double *lower, *upper; /* n: of the first output; NAN = none                         */
  double level;          /* in: the share of targets that shall lie between them       */
  int32_t *leaf;         /* n: as mine_tree numbers nodes                              */
  double *points;        /* n: of a scorecard, of shares as they are before any
                         ** calibration; NAN = no answer                               */
} mine_answers;

/* Of the rows that it learned from. */
enum {
  MINE_KEEPS_NONE,
  MINE_KEEPS_SOME,   /* a row of each cluster, its medoid, without ids  */
  MINE_KEEPS_POINTS, /* all, without ids                                */
  MINE_KEEPS_ALL     /* with their ids                                  */
};
#define MINE_NO_GROUP      (-1)
#define MINE_KEEPS_NOTHING "no rows"
#define MINE_SCALE         3 /* numbers of a scorecard's scale */

/* A part of a model that a verb lists.  The caller makes the relation from the
** verb's columns and hands it out; `list` appends the rows, failures stick. */
typedef struct mine_part {
  const char *verb; /* "mine_tree"; NULL ends a list */
  const char *what; /* one line                      */
  void (*list)(mine_env *env, const mine_model *model, mine_relation *to);
  int (*has)(const mine_model *model); /* NULL: every model of the kind has it */
} mine_part;

/* The forms in which a model leaves; what each is stands in mine__formats (formats.c). */
typedef enum mine_format_id {
  MINE_FORMAT_CALL,
  MINE_FORMAT_TRIGGER,
  MINE_FORMAT_SQL,
  MINE_FORMAT_C,
  MINE_FORMAT_TEXT,
  MINE_FORMAT_DOT,
  MINE_FORMAT_JSON,
  MINE_FORMAT_PMML,
  MINE_FORMAT_ONNX,
  MINE_FORMATS
} mine_format_id;

typedef struct mine_proof mine_proof; /* proof.h */

/* How a model is written where it leaves. */
typedef struct mine_writing {
  const char *as;             /* how the caller refers to it                               */
  int class_;                 /* whose probability is asked for; -1: the prediction is     */
  const char *prefix;         /* before each attribute: "new."; NULL: nothing              */
  const char *table, *column; /* whose rows are scored, and where the answer goes; or NULL */
  int dialect;                /* of SQL: mine_dialect                                      */
  int check;                  /* what checks the model is written, rather than the model   */
  const mine_proof *proof;    /* rows with their answers; NULL: made of the model          */
} mine_writing;

typedef void (*mine_write)(mine_env *env, const mine_model *model, const mine_writing *how,
                           mine_text *to);

/* How a kind is written in a form: one of the two. */
typedef struct mine_written {
  mine_write write;
  const char *why_not; /* a clause: "its rows would leave with it" */
} mine_written;

/* Options that say something of a form. */
enum {
  MINE_WRITES_PREFIX = 1,
  MINE_WRITES_TABLE = 2,
  MINE_WRITES_COLUMN = 4,
  MINE_WRITES_DIALECT = 8,
  MINE_WRITES_SHARE = 16, /* what=probability, class */
  MINE_WRITES_CHECK = 32  /* what=check              */
};

/* A form in which a model leaves. */
typedef struct mine_format {
  const char *name; /* "call"    */
  const char *what; /* one line  */
  mine_write write; /* of every kind; NULL: the kind's row says how, or why not */
  unsigned takes;   /* MINE_WRITES_ bits                                        */
  int answers;      /* it answers rows: no form of kinds that answer none       */
  int proves;       /* it carries rows with their answers                       */
  int blob;         /* it is bytes rather than text                             */
} mine_format;
extern const mine_format mine__formats[MINE_FORMATS];

#define MINE_ONLY_TREES "only trees are drawn as a graph" /* why_not of dot */

typedef struct mine_formula mine_formula; /* formula.h */
typedef struct mine_said mine_said;

/* Values at which the answers of a model change, feature by feature (proof.c). */
typedef struct mine_cuts mine_cuts;

typedef struct mine_kind {
  const char *name; /* "trees", "prototypes", "neighbours" */
  uint32_t tag;     /* written in the model's bytes, never reused */
  uint32_t version; /* of the body's layout; older ones stay readable */
  unsigned gives;   /* MINE_GIVES_ bits: all that a model of the kind may give */
  /* Which of them this one gives; NULL: all. */
  unsigned (*given)(const mine_model *model);
  /* Answer row by row; NULL: nothing is said of rows.  Must use all threads for
  ** large batches and give the same bits for any number of threads and any
  ** division into batches.  A kind that gives shares need not fill the groups:
  ** mine__model_answer does, see there. */
  mine_status (*answer)(mine_env *env, const mine_model *model, const mine_batch *batch,
                        mine_answers *out);
  /* What each feature adds to the margin of a row (explain.h), and what that margin is.  NULL: it
  ** does not say.  As answer: on all threads, the same bits for any division. */
  mine_status (*explain)(mine_env *env, const mine_model *model, const mine_batch *batch,
                         mine_explained *out);
  mine_margin (*margin)(const mine_model *model);
  int samples; /* ... by orders drawn at random: contributions have errors */
  /* Rows first..first+count-1 of the batch in the model's own space, count x
  ** width(model): what distances between rows are taken in.  NULL: it has none. */
  int (*width)(const mine_model *model);
  void (*points)(const mine_model *model, const mine_batch *batch, int64_t first, int64_t count,
                 double *out);
  /* Models inside this one: i counts from 0 to n_inside - 1, *value is the value that
  ** the member is for, or NULL; a NULL model: that value has none. */
  int (*n_inside)(const mine_model *model);
  const mine_model *(*inside)(const mine_model *model, int i, mine_cell *value);
  /* The body only: the envelope is envelope.c's.  load must check every index,
  ** count and number before it is used; problems go to mine__reader_bad(). */
  void (*save)(const mine_model *model, mine_writer *w);
  void (*load)(mine_reader *r, mine_model *model, uint32_t version);
  /* What its clusters look like, and in which encoding; NULL: it has no clusters, or none of this
  ** model's.  Kinds that have it list mine_centroids and mine_segments of it, without parts of
  ** their own. */
  const mine_cluster_profile *(*profile)(const mine_model *model, const mine_encoding **encoding);
  /* Cluster c becomes cluster number[c], a permutation of 0..k-1, in all that the body says of
  ** them: cluster_profile.h has what it takes.  Not of a sealed model.  NULL: clusters keep the
  ** numbers that the fit gave them. */
  mine_status (*renumber)(mine_env *env, mine_model *model, const int32_t *number);
  /* Of a kind that answers no rows: of what it is asked instead, and by which verb.  It is why
  ** the kind is not written in forms that answer rows. */
  const char *asked;
  int keeps_rows;          /* the rows that it learned from are in the body: MINE_KEEPS_ */
  const char *keeps_names; /* what else of them, in words; NULL: nothing          */
  /* Rows of mine_summary behind the report; NULL: none. */
  void (*summary)(const mine_model *model, mine_relation *to);
  const mine_part *parts; /* besides those of every model; NULL: none */
  /* The model as arithmetic (formula.h), for the languages that write it so: features are the
  ** whole's map[f]; NULL: it is none. */
  void (*formula)(mine_formula *to, const mine_model *model, const int *map, mine_said *said);
  /* Where the answers change with a number: mine__cuts_add for each; NULL: nowhere suddenly. */
  void (*cuts)(const mine_model *model, mine_cuts *to);
  mine_written written[MINE_FORMATS]; /* for the forms that are not written alike of all kinds */
} mine_kind;

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

/* For a kind's mine_coefficients, after the name: the rest of a row, and its end.  NAN: NULL. */
typedef struct mine_coefficient {
  double value, std_error, statistic, p, low, high;
  int is_log; /* the answer goes with exp(value), which is listed as a ratio with its bounds */
} mine_coefficient;
#define MINE_COEFFICIENT_ALONE(v) \
  { (v), NAN, NAN, NAN, NAN, NAN, 0 }
void mine__coefficient_list(const mine_coefficient *of, mine_relation *to);

/* For a kind's mine_importance: a row per feature, the most important first, equal ones in
** column order.  amount[] (>= 0 each) becomes shares of `total`, their sum, unless that is
** 0. */
void mine__importance_list(mine_env *env, const mine_model *model, double *amount, double total,
                           mine_relation *to);
/* The same of a kind that keeps a weight with each of its columns, one for each feature: the
** first weight, and how many bytes lie between two. */
void mine__importance_list_columns(mine_env *env, const mine_model *model, const double *first,
                                   size_t stride, mine_relation *to);
/* The same of a kind with models inside: the mean of what they say, with a weight for each (NULL:
** all the same); and whether any of them says something, for mine_part.has. */
void mine__importance_list_inside(mine_env *env, const mine_model *model, const double *weight,
                                  mine_relation *to);
int mine__importance_inside(const mine_model *model);
/* formats.c: append the model in the form of that name. */
mine_status mine__model_write(mine_env *env, const mine_model *model, const char *format,
                              const mine_writing *how, mine_text *to);
/* The form of that name; NULL: failure recorded, which lists what there is. */
const mine_format *mine__format_find(mine_env *env, const char *name);
/* Whether any kind is written so. */
int mine__format_exists(mine_format_id id);
/* How a model of the kind is written so; NULL: it is not, and *why_not says why (a clause). */
mine_write mine__kind_writes(const mine_kind *kind, mine_format_id id, const char **why_not);

/* write_call.c: the scalar call that scores a row, "mine_predict('as', ...)", and the
** trigger that makes it for each new row of a table. */
void mine__write_call(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);
void mine__write_trigger(mine_env *env, const mine_model *model, const mine_writing *how,
                         mine_text *to);
/* pmml.c, onnx.c: for the rows of kinds; json_tell.c: the document of json.h. */
void mine__write_onnx(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);
void mine__write_pmml(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);
void mine__write_json(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to);

/* The registries (registry.def lists them once). */
const mine_algorithm *mine__algorithm_at(int i); /* NULL past the end */
const mine_algorithm *mine__algorithm_find(const char *name);
const mine_kind *mine__kind_at(int i); /* NULL past the end */
const mine_kind *mine__kind_by_tag(uint32_t tag);
const mine_kind *mine__kind_by_name(const char *name);
const char *mine__task_name(mine_task_kind task);
mine_task_kind mine__task_find(const char *name); /* 0: not one of ours */

/* An empty model with an arena of its own in env; references = 1. */
mine_status mine__model_empty(mine_env *env, mine_model **out) MINE_MUST_CHECK;
/* The same of zeroed memory in an arena that another model owns. */
void mine__model_begin(mine_model *model, mine_arena *arena);
/* Make the texts that the getters return, then let go of the environment: the
** model is finished and immutable. */
/* What a training answers with, of at most 262 bytes, in the model's arena; NULL: no memory. */
const char *mine__report_line(const mine_model *model);

/* The part of the model's kind that a verb lists, if this model has it; else NULL. */
const mine_part *mine__model_part(const mine_model *model, const char *verb);

/* The feature of which mine_importance says most; NULL: the kind of model has none.  The first so
** many of them: how many there are. */
const char *mine__model_leader(mine_env *env, const mine_model *model);
int mine__model_leaders(mine_env *env, const mine_model *model, int most, int *feature);

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
