/*
** mine.h -- the whole public face of libmine: data mining in plain C11.
**
** The engine knows no SQL, opens no file, prints nothing and keeps no global
** state.  Everything it needs from its surroundings comes through mine_host.
**
** A piece of work always has the same shape:
**
**   1. open an environment (mine_env) for the call: memory, limits, error text;
**   2. open a job in it: a verb with its arguments and options;
**   3. fill the job's frames: name the columns once, then put cells, row by row;
**   4. run the job: it yields a model, or a relation (a small table);
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

#define MINE_VERSION        "0.2.0"
#define MINE_VERSION_NUMBER 2000 /* major*1000000 + minor*1000 + patch; 0.2.0 */

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
typedef struct mine_job mine_job;           /* one run of a verb                */
typedef struct mine_scoring mine_scoring;   /* scoring, one row after another   */

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
  /* realloc with sizes: block NULL = allocate; new_bytes 0 = free.  Used on the
  ** calling thread only, unless `any_thread`.  Default: the C library's. */
  void *(*resize)(void *user, void *block, size_t old_bytes, size_t new_bytes);
  /* Non-zero = stop.  Called on the calling thread, at most ~50 ms apart. */
  int (*interrupted)(void *user);
  /* What is being done and which share of it is done (0..1).  Calling thread. */
  void (*progress)(void *user, const char *what, double share);
  void *user;
  int single_thread;       /* non-zero: never start a thread (after a fork)   */
  int any_thread;          /* non-zero: resize may be called on threads of ours, one at a
                           ** time                                              */
  size_t available_memory; /* bytes; 0 = ask the system. max_memory = half    */
} mine_host;

/* `verb` names the call in error texts ("mine_train").  host may be NULL. */
mine_status mine_env_open(const mine_host *host, const char *verb, mine_env **out);
void mine_env_close(mine_env *env); /* NULL is fine */
/* Before control goes elsewhere while the environment is kept: no thread of its team
** is left.  The next long loop starts one again. */
void mine_env_rest(mine_env *env);
mine_status mine_env_status(const mine_env *env);
const char *mine_env_error(const mine_env *env); /* "" when all is well */
/* Record a failure of the host (a source that stopped with an error). */
mine_status mine_env_fail(mine_env *env, mine_status status, const char *sentence);

/* Valid UTF-8, without surrogates or overlong forms. */
int mine_valid_utf8(const char *text, size_t bytes);
/* A numeric literal of SQL or JSON between spaces, whatever the locale; 1 = read. */
int mine_read_number(const char *text, size_t bytes, double *out);

/* ---- names ------------------------------------------------------------------- */

/* How a name that a person typed (of a column, a table, a model) is found among those
** there are: as SQLite finds identifiers.  The exact spelling, else the same but for the
** case of ASCII letters, else the same but also for white space around it (`churn ` from
** the header of a CSV file); a byte order mark before the one that is asked is no part of it.  A
** weaker fit
** counts only where exactly one name has it. */
typedef enum mine_name_fit {
  MINE_NAME_OTHER,
  MINE_NAME_TRIMMED, /* but for white space around either, and case */
  MINE_NAME_FOLDED,  /* but for the case of ASCII letters           */
  MINE_NAME_EXACT
} mine_name_fit;

/* A search among any number of names, one after the other: start from {.asked = name},
** show every name with its number (0 or more), ask for the one that was meant. */
typedef struct mine_name_search {
  const char *asked;
  mine_name_fit best;
  int64_t which, other; /* which name has the best fit; another that has it, too */
  int several;          /* there is another                                      */
} mine_name_search;

void mine_name_show(mine_name_search *search, const char *there, int64_t which);
/* The number of the name; MINE_NAME_NONE, or MINE_NAME_SEVERAL: `which` and `other`. */
#define MINE_NAME_NONE    (-1)
#define MINE_NAME_SEVERAL (-2)
int64_t mine_name_found(const mine_name_search *search);

/* ---- rows in: the frame ---------------------------------------------------- */

/* Name the columns of the source, in order.  The owning job decides the role
** of each (id, feature, target, ignored ...) and refuses what cannot be. */
mine_status mine_frame_columns(mine_frame *frame, const char *const *names, int n);

/* Whether cells of this column are needed at all; others may be left out. */
int mine_frame_wants(const mine_frame *frame, int column);
/* The column whose values are handed out as they came, the id; -1: there is none. */
int mine_frame_cells(const mine_frame *frame);

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
/* A text stands until the next cell is asked for.  What a column holds that was not to be
** read (mine_job_reads) does not matter. */
void mine_relation_cell(const mine_relation *relation, int64_t row, int column, mine_cell *out);
void mine_relation_free(mine_relation *relation); /* NULL is fine */

/* ---- verbs: what can be asked for ---------------------------------------------- */

/*
** Everything the engine does for a caller is a verb, and a verb is one row of one
** table (registry.def): its name, what it is for, its arguments, the columns of its
** answer, its options, an example.  Hosts, option errors, the catalogue, the help
** and the reference read that row, so there is no second list to keep.
**
** A host calls a verb without knowing it:
**
**   mine_job_open(env, verb, &arguments, &job);
**   while (mine_job_source(job, &sql, &frame) == MINE_OK && frame)
**     ... read the source `sql` into `frame` ...
**   mine_job_run(job, &relation);        a table verb: the whole answer, or
**   mine_job_train(job, &model);         a verb that makes a model
**   mine_job_close(job);
*/
typedef enum mine_verb_form {
  MINE_VERB_TABLE,    /* FROM mine_rules(source, options)  */
  MINE_VERB_SCALAR,   /* SELECT mine_train(...)            */
  MINE_VERB_AGGREGATE /* SELECT mine_median(x) FROM t, also as a window function */
} mine_verb_form;

typedef enum mine_argument_kind {
  MINE_ARG_NONE = 0,
  MINE_ARG_MODEL,     /* a stored model's name, or a model BLOB                */
  MINE_ARG_MODELS,    /* names of stored models: 'a|b|c' or a JSON array       */
  MINE_ARG_NAME,      /* the name under which a model is stored                */
  MINE_ARG_VERSIONS,  /* the name of a stored model: the host gives, as a source, its
                      ** versions (version, created, metrics, current)         */
  MINE_ARG_ALGORITHM, /* one of mine_algorithms                                */
  MINE_ARG_SOURCE,    /* a table, or one SELECT                                */
  MINE_ARG_BASE,      /* a model, or a source                                  */
  MINE_ARG_TEXT,      /* a word: a format, a topic                             */
  MINE_ARG_ITEMS,     /* 'a|b', a JSON array, or a SELECT of them              */
  MINE_ARG_DOCUMENT,  /* a text of any length, or its bytes                    */
  MINE_ARG_SOURCES,   /* JSON that names sources                               */
  MINE_ARG_OPTIONS,   /* 'k=5, seed=1' or JSON                                 */
  MINE_ARG_VALUE,     /* any value                                             */
  MINE_ARG_NUMBER,    /* a number, or text that reads as one; NULL: no row     */
  MINE_ARG_CONSTANT,  /* a number, the same in all rows of a group             */
  MINE_ARG_ROW        /* 'name', value, ... or one JSON object: the rest       */
} mine_argument_kind;

typedef struct mine_argument {
  mine_argument_kind kind;
  const char *name; /* hidden column "_name" of a table verb */
} mine_argument;

#define MINE_MOST_ARGUMENTS 4

typedef struct mine_option mine_option;
typedef struct mine_want mine_want;
typedef struct mine_aggregate mine_aggregate;

/* Options that a verb takes: a table, the struct it fills, and for which tasks of the
** algorithm (mine_task_kind bits; 0: any).  A list of them ends with a NULL table. */
typedef struct mine_option_set {
  const mine_option *table;
  size_t bytes;
  unsigned tasks;
} mine_option_set;

typedef struct mine_verb {
  const char *name;    /* "mine_rules"                                                */
  mine_verb_form form; /* a name may have a row for each form                         */
  const char *job;     /* the heading it stands under in mine_help(): "Segments"      */
  const char *what;    /* one line, a sentence                                        */
  const char *notes;   /* more of them, for the reference; NULL: nothing to add       */
  const char *example; /* SQL that runs on any database, an empty one too             */
  mine_argument argument[MINE_MOST_ARGUMENTS];
  int required;                   /* how many of them must be given                   */
  const mine_answer *answer;      /* columns of the answer; a scalar has one          */
  const mine_option_set *options; /* NULL: takes none                                 */
  const mine_want *wants;         /* the event list it reads; NULL: none              */
  const char *reads;              /* else what the source holds, in words             */
  const char *algorithm;          /* whose own options it takes if none is named      */
  int trains;                     /* makes a model: mine_job_train()                  */
  unsigned events_of;             /* tasks whose event lists it learns from without   */
  int stores;                     /* the host writes: never from a schema             */
  unsigned measures;              /* tasks of the algorithms it measures; 0: any      */
  int searches;                   /* options of the algorithm may have several values */
  int gathers; /* all its sources are read first, then block() is asked once: its answer is as
               ** large as that of a verb that streams, and its rows may stand anywhere */
  int lean;    /* its work depends on which columns are read: mine_job_reads() */

  /* The engine's side (jobs/verb.h). */
  size_t state_bytes;
  mine_status (*open)(mine_job *job);
  mine_status (*source)(mine_job *job, int step, const char **sql, mine_frame **frame);
  mine_status (*run)(mine_job *job, mine_relation *out);
  mine_status (*train)(mine_job *job, const mine_model *previous, mine_model **out);
  mine_status (*block)(mine_job *job, int64_t *rows);
  void (*cell)(const mine_job *job, int64_t row, int column, mine_cell *out);
  void (*clear)(mine_job *job);
  void (*close)(mine_job *job);
  const mine_aggregate *aggregate;
} mine_verb;

const mine_verb *mine_verb_at(int i); /* in reading order; NULL past the end */
/* NULL: there is none of that name and form. */
const mine_verb *mine_verb_find(const char *name, mine_verb_form form);
/* Whether SQL text is among the arguments. */
int mine_verb_reads_source(const mine_verb *verb);
/* "FROM mine_rules(source [, options])": as one types it.  Returns buffer. */
#define MINE_FORM_BYTES 200
const char *mine_verb_form_text(const mine_verb *verb, char buffer[MINE_FORM_BYTES]);

/* What stands at the verb's argument places.  `model` for MODEL and for a BASE that
** is one; text else (and beside a model the name it was called by).  NULL: not given. */
typedef struct mine_arguments {
  const char *text[MINE_MOST_ARGUMENTS];
  const mine_model *model[MINE_MOST_ARGUMENTS];
  /* Of MODELS, which the host has found by the names of mine_names_read(). */
  int n_models;
  const mine_model *const *models;
  const char *const *model_names;
  const mine_relation
      *notes; /* what mine_job_notes() gave last, for mine_warnings; NULL: nothing */
} mine_arguments;

/* The names that a MODELS argument holds, at most so many; they live as long as the
** environment. */
#define MINE_MOST_MODELS 32
mine_status mine_names_read(mine_env *env, const char *text, const char **names, int *n);

/* Options are judged here.  Texts are copied; the models must outlive the job. */
mine_status mine_job_open(mine_env *env, const mine_verb *verb, const mine_arguments *arguments,
                          mine_job **out);
void mine_job_close(mine_job *job); /* NULL is fine */
/* The name of a stored model that the options ask for, NULL: none; the host gives it before it
** asks for a source.  It must outlive the job. */
const char *mine_job_asks(const mine_job *job);
void mine_job_give(mine_job *job, const mine_model *model);
/* The next source to read and the frame it goes into; *frame NULL: nothing (more).
** *sql NULL: rows that the caller has, of no named source. */
mine_status mine_job_source(mine_job *job, const char **sql, mine_frame **frame);
/* Of a verb that is lean, before it runs: bit i = column i of the answer will be read, bit
** MINE_READS_REST = any from there on.  Not called: all of them. */
#define MINE_READS_REST 63
#define MINE_READS_ALL  UINT64_MAX
void mine_job_reads(mine_job *job, uint64_t columns);
/* The whole answer.  `out` is the caller's to free. */
mine_status mine_job_run(mine_job *job, mine_relation **out);
/* Of a verb that trains: the model.  `previous` (may be NULL) is the one that it will
** replace: what was chosen once, such as the positive class, stays. */
mine_status mine_job_train(mine_job *job, const mine_model *previous, mine_model **out);
/* Once, after the job has run or failed: what it guessed about its source, in the columns of
** mine_warnings; *out (the caller's to free) NULL: nothing.  0: it has read no source, or
** was asked before; keep what the call before has left. */
int mine_job_notes(mine_job *job, mine_relation **out);
/* How many earlier versions of the model the host shall keep: the option `keep`; 0: none. */
int64_t mine_job_keeps(const mine_job *job);
/* A verb that streams answers block by block: the source may be read in pieces, each
** answered by block(), its cells read, and dropped by clear().  Rows of the answer may
** be more or fewer than rows read. */
int mine_job_streams(const mine_job *job);
mine_status mine_job_block(mine_job *job, int64_t *rows);
/* After the first block, when more may come: whether the rows that are still to be read may
** turn this answer into a failure.  Then nobody should see it before they are read. */
int mine_job_doubts(const mine_job *job);
/* The source has no more rows than those read now: say so before the last block, which may
** be empty, and what only the whole source can tell is looked at. */
void mine_job_ends(mine_job *job);
/* What a verb computes only when it is asked for may fail: a failure is returned, and
** stays in the environment. */
mine_status mine_job_cell(const mine_job *job, int64_t row, int column, mine_cell *out);
void mine_job_clear(mine_job *job);

/* ---- aggregates: one value of many rows ------------------------------------------ */

/*
** A verb of the form MINE_VERB_AGGREGATE has no job but a group: rows are added, and
** removed again where the group is a window that moves on; at any time it is asked for
** its value, which depends on the rows that are in it and on nothing else:
**
**   mine_group_open(env, verb, &group);
**   ... mine_group_add(group, cells) ... mine_group_value(group, 1, &cell);
**   mine_group_close(group);
**
** `cells` are as many as the verb has arguments.  Failures stick in the environment.
** A row with a NULL (or a blank text) for a number does not count.
*/
typedef struct mine_group mine_group;
mine_status mine_group_open(mine_env *env, const mine_verb *verb, mine_group **out);
mine_status mine_group_add(mine_group *group, const mine_cell *cells);
/* A row that was added before, in whatever order. */
mine_status mine_group_remove(mine_group *group, const mine_cell *cells);
/* `last`: it will not be asked again before it is cleared, nor changed; then nothing is
** built to make the next answer cheap.  Text lives until the group is used again. */
mine_status mine_group_value(mine_group *group, int last, mine_cell *out);
void mine_group_clear(mine_group *group); /* no row was ever added */
void mine_group_close(mine_group *group); /* NULL is fine          */

/* ---- models ------------------------------------------------------------------ */

mine_status mine_model_load(mine_env *env, const void *bytes, size_t n, mine_model **out);
/* The bytes belong to the environment and live as long as it does; nothing is written
** into the model, so any thread may ask in an environment of its own. */
mine_status mine_model_bytes(mine_env *env, const mine_model *model, const void **bytes, size_t *n);
/* The model once more, with a name for one of its clusters ("": none), which is said by its number
** or by the name that it has; that number in *number.  Two clusters may not have one name. */
mine_status mine_model_name_cluster(mine_env *env, const mine_model *model,
                                    const mine_cell *cluster, const char *name, int *number,
                                    mine_model **out);
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
  MINE_MODEL_SOURCE,    /* as given to mine__training_source        */
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

/* ---- scoring one row after another ------------------------------------------------ */

/* The short way for single rows (SELECT mine_predict(model, 'name', value, ...)):
** open; name the frame's columns; then, for each row: again (forget the last row), put
** its cells, row (score it; no end_row).  The results are those of a verb that scores
** a set, bit for bit.  The model must outlive the job. */
mine_status mine_scoring_open_row(mine_env *env, const mine_model *model, mine_scoring **out);
mine_frame *mine_scoring_frame(mine_scoring *scoring);
void mine_scoring_again(mine_scoring *scoring);
mine_status mine_scoring_row(mine_scoring *scoring);
void mine_scoring_prediction(const mine_scoring *scoring, mine_cell *out);
/* Groups of which it says how much a row belongs to each; 0: it does not say. */
int mine_scoring_classes(const mine_scoring *scoring);
void mine_scoring_class(const mine_scoring *scoring, int which, mine_cell *out);
double mine_scoring_class_probability(const mine_scoring *scoring, int64_t row, int which);
/* Which class a value names (typed as SQL equality), or -1. */
int mine_scoring_find_class(const mine_scoring *scoring, const mine_cell *value);
void mine_scoring_close(mine_scoring *scoring);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
