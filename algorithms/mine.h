/*
** mine.h -- the whole public face of libmine: data mining in plain C11.
**
** The engine knows no SQL, opens no file, prints nothing and keeps no global
** state.  Everything it needs from its surroundings comes through mine_host.
**
** A piece of work always has the same shape:
**
**   1. open an environment (mine_env) for the call: memory, limits, error text;
**   2. open a job in it (training, scoring, baskets, search, profile) with its
**      options;
**   3. fill the job's frame: name the columns once, then put cells, row by row;
**   4. run the job: it yields a model, scores, or a relation (a small table);
**   5. close the job, then the environment.
**
** Models and relations own their memory and outlive the environment.
**
** Status codes.  Every function that can fail returns a mine_status and leaves
** one sentence in the environment: `verb: problem (column, row, value);
** remedy`.  The first error wins and sticks: later calls on the same
** environment return it again, so a host may check once after a batch.
**
** Threads.  An environment, a job and a frame belong to one thread at a time.
** A finished model is immutable: any number of threads may score with it.
** The engine's own workers are joined before a function returns.
*/
#ifndef MINE_H
#define MINE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default) /* what libmine.so exports: these and no more */
#endif
#ifdef __cplusplus
extern "C" {
#endif

#define MINE_VERSION        "0.1.0"
#define MINE_VERSION_NUMBER 1000 /* major*1000000 + minor*1000 + patch; 0.1.0 */

typedef enum mine_status {
  MINE_OK = 0,
  MINE_NOMEM,      /* the host's allocator said no                        */
  MINE_OPTION,     /* unknown option, wrong type, out of range            */
  MINE_DATA,       /* the rows or columns do not suit the task            */
  MINE_CORRUPT,    /* a model's bytes are damaged or from elsewhere       */
  MINE_NUMERIC,    /* the arithmetic has no finite answer                 */
  MINE_INTERRUPT,  /* the host asked to stop                              */
  MINE_LIMIT,      /* max_seconds, max_memory or an output cap reached    */
  MINE_UNSUPPORTED /* this model or algorithm cannot do that              */
} mine_status;

typedef struct mine_env mine_env;           /* one call: memory, limits, error  */
typedef struct mine_frame mine_frame;       /* typed columns                    */
typedef struct mine_model mine_model;       /* a fitted model, immutable        */
typedef struct mine_relation mine_relation; /* a small result table             */
typedef struct mine_training mine_training;
typedef struct mine_scoring mine_scoring;
typedef struct mine_baskets mine_baskets;
typedef struct mine_search mine_search;

/* ---- values ------------------------------------------------------------- */

typedef enum mine_cell_type {
  MINE_NULL = 0,
  MINE_INT,
  MINE_REAL,
  MINE_TEXT, /* UTF-8, `bytes` long, not necessarily NUL-terminated */
  MINE_BLOB
} mine_cell_type;

/* One value.  Text points into whatever the cell came from. */
typedef struct mine_cell {
  mine_cell_type type;
  size_t bytes; /* MINE_TEXT, MINE_BLOB */
  union {
    int64_t integer;
    double real;
    const char *text;
  } as;
} mine_cell;

/* ---- environment --------------------------------------------------------- */

/* What the engine asks of its surroundings.  Zeroed members mean defaults. */
typedef struct mine_host {
  /* realloc with sizes: block NULL = allocate; new_bytes 0 = free.  Must be
  ** usable from the calling thread only.  Default: the C library's. */
  void *(*resize)(void *user, void *block, size_t old_bytes, size_t new_bytes);
  /* Non-zero = stop.  Called on the calling thread, at most ~50 ms apart. */
  int (*interrupted)(void *user);
  /* What is being done and which share of it is done (0..1).  Calling thread. */
  void (*progress)(void *user, const char *what, double share);
  void *user;
  int single_thread;       /* non-zero: never start a thread (after a fork)   */
  size_t available_memory; /* bytes; 0 = ask the system. max_memory = half    */
} mine_host;

/* `verb` names the call in error texts ("mine_train").  host may be NULL. */
mine_status mine_env_open(const mine_host *host, const char *verb, mine_env **out);
void mine_env_close(mine_env *env); /* NULL is fine */
mine_status mine_env_status(const mine_env *env);
const char *mine_env_error(const mine_env *env); /* "" when all is well */
/* Record a failure of the host (a source that stopped with an error). */
mine_status mine_env_fail(mine_env *env, mine_status status, const char *sentence);

/* Valid UTF-8, without surrogates or overlong forms. */
int mine_valid_utf8(const char *text, size_t bytes);

/* ---- rows in: the frame ---------------------------------------------------- */

/* Name the columns of the source, in order.  The owning job decides the role
** of each (id, feature, target, ignored ...) and refuses what cannot be. */
mine_status mine_frame_columns(mine_frame *frame, const char *const *names, int n);

/* Whether cells of this column are needed at all; others may be left out. */
int mine_frame_wants(const mine_frame *frame, int column);

/* Cells of the row under construction; a cell not put is NULL.  Text is
** copied where it must be kept.  Errors stick and come out of end_row. */
void mine_frame_put_null(mine_frame *frame, int column);
void mine_frame_put_int(mine_frame *frame, int column, int64_t value);
void mine_frame_put_real(mine_frame *frame, int column, double value);
void mine_frame_put_text(mine_frame *frame, int column, const char *text, size_t bytes);
void mine_frame_put_blob(mine_frame *frame, int column);
void mine_frame_put_cell(mine_frame *frame, int column, const mine_cell *cell); /* any of them */
mine_status mine_frame_end_row(mine_frame *frame);
/* The fast way for plain numbers: where slot[column] >= 0, one store
**     numbers.value[numbers.slot[column]] = v
** is put_real(frame, column, v) for a finite v, and nothing is put_null.  Anything
** else still goes through the puts; ask again after one, and for every row. */
typedef struct mine_numbers {
  double *value;
  const int *slot;
} mine_numbers;
mine_numbers mine_frame_numbers(mine_frame *frame);
/* Around many rows that come without a pause: between the two, another thread may
** move numbers into their columns while the host gets the next ones.  After end,
** which must follow on success and failure, no thread is left. */
void mine_frame_overlap_begin(mine_frame *frame);
void mine_frame_overlap_end(mine_frame *frame);
int64_t mine_frame_rows(const mine_frame *frame); /* rows ended so far */

/* ---- relations: small tables out -------------------------------------------- */

/* What a column of an answer holds.  ANY: as it went in, an id or a label. */
typedef enum mine_answer_type {
  MINE_ANSWER_ANY,
  MINE_ANSWER_INTEGER,
  MINE_ANSWER_REAL,
  MINE_ANSWER_TEXT,
  MINE_ANSWER_JSON /* text that is JSON */
} mine_answer_type;

/* A column of an answer; a list of them ends with a NULL name. */
typedef struct mine_answer {
  const char *name;
  mine_answer_type type;
  int key;          /* rows are looked up and joined by it: worth an index */
  const char *help; /* one line, lower case, no full stop                  */
} mine_answer;

int mine_relation_columns(const mine_relation *relation);
int64_t mine_relation_rows(const mine_relation *relation);
const char *mine_relation_column_name(const mine_relation *relation, int column);
void mine_relation_cell(const mine_relation *relation, int64_t row, int column, mine_cell *out);
void mine_relation_free(mine_relation *relation); /* NULL is fine */

/* ---- training --------------------------------------------------------------- */

/* Open a training job.  `algorithm` NULL: taken from the option `algorithm`
** (mine_cluster: default kmeans).  `options`: short form or JSON, see
** core/options.h; NULL or "" = all defaults. */
mine_status mine_training_open(mine_env *env, const char *algorithm, const char *options,
                               mine_training **out);
mine_frame *mine_training_frame(mine_training *training);
/* What the model should remember about where the rows came from (may be NULL). */
mine_status mine_training_source(mine_training *training, const char *source);
/* Keep this positive class if the caller gives none (retraining). */
mine_status mine_training_keep_positive(mine_training *training, const mine_cell *positive);
/* The i-th SELECT that an option holds (kmeans: init, the first centres); NULL behind the
** last.  The host runs each and fills its frame, after the rows. */
const char *mine_training_select(const mine_training *training, int i);
/* The frame of the i-th SELECT: columns are matched by name to the features.  Ask for
** it when all rows are in; NULL: failure recorded. */
mine_frame *mine_training_select_frame(mine_training *training, int i);
/* Fit on the rows in the frame: held-out metrics first, then all rows. */
mine_status mine_training_fit(mine_training *training, mine_model **out);
/* (id, cluster, distance) of the rows in the frame; clustering models only. */
mine_status mine_training_assignments(mine_training *training, const mine_model *model,
                                      mine_relation **out);
/* (fold, metric, value) on the rows in the frame; option `folds`. */
mine_status mine_training_cross_validate(mine_training *training, mine_relation **out);
void mine_training_close(mine_training *training);

/* ---- models ------------------------------------------------------------------ */

mine_status mine_model_load(mine_env *env, const void *bytes, size_t n, mine_model **out);
/* The bytes are owned by the model and live as long as it does. */
mine_status mine_model_bytes(mine_env *env, const mine_model *model, const void **bytes, size_t *n);
/* The first MINE_MODEL_HEADER bytes of a saved model identify it: equal
** headers mean equal models. */
#define MINE_MODEL_HEADER 32
void mine_model_retain(mine_model *model);
void mine_model_free(mine_model *model); /* drops one reference; NULL is fine */

typedef enum mine_model_text {
  MINE_MODEL_ALGORITHM, /* "tree"                                  */
  MINE_MODEL_TASK,      /* "classification"                        */
  MINE_MODEL_TARGET,    /* NULL when there is none                 */
  MINE_MODEL_ID,        /* name of the id column, NULL for id=none */
  MINE_MODEL_SOURCE,    /* as given to mine_training_source        */
  MINE_MODEL_OPTIONS,   /* what differs from the defaults; threads, max_memory,
                        ** max_seconds and progress never: they change no byte */
  MINE_MODEL_FEATURES,  /* a JSON array of the feature names       */
  MINE_MODEL_METRICS,   /* a JSON object                           */
  MINE_MODEL_REPORT     /* one line: rows, main metric, warnings   */
} mine_model_text;
const char *mine_model_get_text(const mine_model *model, mine_model_text what);
int64_t mine_model_rows(const mine_model *model);
/* The positive class; MINE_NULL when the model has none. */
void mine_model_positive(const mine_model *model, mine_cell *out);

/* The model as a relation: "summary", "centroids", "tree", "importance",
** "coefficients", "metrics" (held-out), "confusion" (held-out).  A model that
** has no such part is MINE_UNSUPPORTED, and the text names both. */
mine_status mine_model_relation(mine_env *env, const mine_model *model, const char *part,
                                mine_relation **out);
/* The scalar scoring call for this model, ready to paste into SQL.  The text
** is a one-cell relation; `name` is how the caller refers to the model. */
mine_status mine_model_call(mine_env *env, const mine_model *model, const char *name,
                            mine_relation **out);

/* ---- scoring ------------------------------------------------------------------- */

typedef enum mine_scoring_mode {
  MINE_SCORE_ROWS,    /* first column or the trained id's name is the id  */
  MINE_SCORE_SINGLE,  /* no id: columns are features only (scalar form)   */
  MINE_SCORE_EVALUATE /* the target is read too, for metrics             */
} mine_scoring_mode;

typedef enum mine_score_column {
  MINE_SCORE_ID,
  MINE_SCORE_PREDICTION,
  MINE_SCORE_LABEL,
  MINE_SCORE_PROBABILITY,
  MINE_SCORE_CONFIDENCE,
  MINE_SCORE_DISTANCE,
  MINE_SCORE_MISSING,
  MINE_SCORE_UNKNOWN
} mine_score_column;

/* The model must outlive the job. */
mine_status mine_scoring_open(mine_env *env, const mine_model *model, mine_scoring_mode mode,
                              const char *options, mine_scoring **out);
mine_frame *mine_scoring_frame(mine_scoring *scoring);
/* Score the rows now in the frame; cells are readable until the next clear. */
mine_status mine_scoring_run(mine_scoring *scoring);
void mine_scoring_cell(const mine_scoring *scoring, int64_t row, mine_score_column column,
                       mine_cell *out);
int mine_scoring_classes(const mine_scoring *scoring);
void mine_scoring_class(const mine_scoring *scoring, int which, mine_cell *out);
double mine_scoring_class_probability(const mine_scoring *scoring, int64_t row, int which);
/* Which class a value names (typed as SQL equality), or -1. */
int mine_scoring_find_class(const mine_scoring *scoring, const mine_cell *value);
/* After run in MINE_SCORE_EVALUATE mode: "metrics" or "confusion". */
mine_status mine_scoring_relation(mine_scoring *scoring, const char *part, mine_relation **out);
void mine_scoring_clear(mine_scoring *scoring); /* drop the rows, keep the columns */
/* The short way of MINE_SCORE_SINGLE, for one row after another: again (forget the
** last row), put its cells, row (score it; no end_row, no run).  The
** results are those of the long way, bit for bit. */
void mine_scoring_again(mine_scoring *scoring);
mine_status mine_scoring_row(mine_scoring *scoring);
void mine_scoring_close(mine_scoring *scoring);

/* ---- baskets: itemsets and rules -------------------------------------------------- */

typedef enum mine_baskets_what { MINE_ITEMSETS, MINE_RULES } mine_baskets_what;
mine_status mine_baskets_open(mine_env *env, mine_baskets_what what, const char *options,
                              mine_baskets **out);
mine_frame *mine_baskets_frame(mine_baskets *baskets); /* columns (basket, item) */
#define MINE_ITEMSET_COLUMNS "itemset, size, count, support"
#define MINE_RULE_COLUMNS                                                            \
  "antecedent, consequent, count, support, confidence, lift, leverage, conviction, " \
  "coverage, added_value, cosine, jaccard, kulczynski, imbalance_ratio, phi, chi_squared"
mine_status mine_baskets_run(mine_baskets *baskets, mine_relation **out);
void mine_baskets_close(mine_baskets *baskets);

/* ---- neighbours ---------------------------------------------------------------------- */

/* With a model (knn) the base rows are the model's; otherwise fill the base
** frame first.  same_source: both sources are the same text, which makes
** exclude_self default to 1. */
mine_status mine_search_open(mine_env *env, const mine_model *model, int same_source,
                             const char *options, mine_search **out);
mine_frame *mine_search_base(mine_search *search);  /* NULL with a model */
mine_status mine_search_build(mine_search *search); /* after the base is filled */
mine_frame *mine_search_queries(mine_search *search);
mine_status mine_search_run(mine_search *search, mine_relation **out);
void mine_search_close(mine_search *search);

/* ---- profile and catalogue -------------------------------------------------------------- */

/* A frame that accepts any columns; then the profile of what it holds. */
mine_status mine_profile_open(mine_env *env, mine_frame **out);
mine_status mine_profile_run(mine_frame *frame, mine_relation **out);
void mine_profile_close(mine_frame *frame); /* NULL is fine */

mine_status mine_catalog_algorithms(mine_env *env, mine_relation **out);
mine_status mine_catalog_options(mine_env *env, const char *algorithm_or_verb, mine_relation **out);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
