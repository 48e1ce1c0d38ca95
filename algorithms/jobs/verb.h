/*
** verb.h -- the engine's side of a verb: what a row's functions are given.
**
** A verb's row (mine_verb, mine.h) names up to eight functions; most verbs have one:
**
**   open    the options are parsed, models and texts are there: check, set up
**   source  what to read next (step 0, 1, ...).  Without it: the SOURCE argument, if the
**           verb has one, as the event list that `wants` declares, else as an
**           attribute table (job->frame, job->events or job->attributes)
**   run     fill `out`, whose columns are the row's `answer`
**   train   instead of run, for verbs that make a model
**   block   instead of run, for answers that stream: score the rows in the frame,
**           say how many rows the answer has; cell, clear
**   close   what the job's arena does not end by itself
**
** The verb's state is `state_bytes` of zeroed memory, mine__job_state().  All are called
** on one thread, in that order, none after a failure except close.
*/
#ifndef MINE_JOBS_VERB_H
#define MINE_JOBS_VERB_H

#include "../core/options.h"
#include "../data/relation.h"
#include "../data/wants.h"
#include "../model/model.h"
#include "roles.h"

#define MINE_MOST_OPTION_SETS 24

/* The options of a call, parsed: for every set of the verb (and first the algorithm's
** own) the struct that its table filled. */
typedef struct mine__options {
  const mine_verb *verb;
  const mine_algorithm *algorithm; /* NULL: the verb has none */
  const char *text;                /* as given, never NULL    */
  const mine_option *wants;        /* that name the columns of an event list; or NULL */
  int n;
  mine_option_group group[MINE_MOST_OPTION_SETS];
  mine_axes axes; /* of a verb that searches: options with several values */
} mine__options;

/* The tables that the verb takes with this algorithm (NULL: none), in the order in which
** they are parsed: of an event list the columns first, for they can be named; then the
** algorithm's own.  A row without table ends; NULL: failure recorded. */
mine_option_set *mine__verb_sets(mine_arena *arena, const mine_verb *verb,
                                 const mine_algorithm *algorithm);

/* Parse `text` by the tables of the verb; values and copies live in `arena`.
** `algorithm`: by name; NULL: the option `algorithm`, else the verb's own, for a
** verb that has one.  The run options, if the verb takes them, are applied. */
mine_status mine__options_read(mine_env *env, mine_arena *arena, const mine_verb *verb,
                               const char *algorithm, const char *text,
                               mine__options *out) MINE_MUST_CHECK;
/* The struct that a table filled; NULL when the verb does not take it. */
void *mine__options_of(const mine__options *options, const mine_option *table);
/* Copy that struct out, or all defaults when the verb does not take the table. */
mine_status mine__options_take(mine_env *env, mine_arena *arena, const mine__options *options,
                               const mine_option *table, void *out, size_t bytes) MINE_MUST_CHECK;
#define MINE_TAKE(env, arena, options, table, out) \
  mine__options_take((env), (arena), (options), (table), (out), sizeof *(out))

/* What an attribute table without a model came to (default `source`). */
typedef struct mine__attributes {
  mine_source_options how;
  mine_roles roles;
  mine_chosen chosen; /* after mine__job_attributes_finish */
} mine__attributes;

struct mine_job {
  mine_env *env;
  mine_arena *arena; /* ends with the job */
  const mine_verb *verb;
  const char *text[MINE_MOST_ARGUMENTS];
  const mine_model *model[MINE_MOST_ARGUMENTS];
  int n_models; /* of MODELS */
  const mine_model **models;
  const char **model_names;
  mine__options options;
  int step;                    /* sources handed out so far */
  mine_frame *frame;           /* of the default `source`, else NULL          */
  mine__attributes attributes; /* it holds an attribute table, or             */
  mine_events events;          /* an event list: the row has `wants`          */
  int reads;                   /* a source was handed out                     */
  int handed;                  /* the host has taken the notes                */
  int ended;                   /* the block to come is the last one           */
  uint64_t columns;            /* of the answer, that are read: mine_job_reads() */
  int doubts;                  /* what stands only if rows to come say so: the verb sets it */
  mine_relation *notes;        /* what was guessed (warnings.c); NULL: nothing  */
  const mine_relation *last;   /* what the call before has left               */
  const char *asks;        /* a stored model that the options name, for the host to find; or NULL */
  const mine_model *given; /* ... which it found */
  void *state;
};

static inline void *mine__job_state(const mine_job *job) {
  return job->state;
}
/* The first argument of that kind; NULL: the verb has none, or it was not given. */
const char *mine__job_text(const mine_job *job, mine_argument_kind kind);
const mine_model *mine__job_model(const mine_job *job, mine_argument_kind kind);

/* The i-th want of the verb's event list; NULL: it is optional and absent. */
const mine_column *mine__job_event(const mine_job *job, int i);
/* The attribute table was read: finish its frame, check its id, drop empty and
** constant columns (each refused or noted as mine__roles_check says); then missing=
** refuses a gap, or makes every attribute of its row one. */
mine_status mine__job_attributes_finish(mine_job *job) MINE_MUST_CHECK;

/* Note for mine_warnings what this call guessed: item "id", "dropped", "warning" ...; a
** mine_roles_note over the job.  mine__job_note_told: those of a report that are told. */
void mine__job_note(void *job, const char *item, const char *name, const char *detail);
void mine__job_notef(mine_job *job, const char *item, const char *name, const char *format, ...)
    MINE_PRINTF(4, 5);
/* Notes that another job left, after its own; they are freed. */
void mine__job_note_all(mine_job *job, mine_relation *notes);
void mine__job_note_told(mine_job *job, const mine_notes *notes);

/* Sets that many verbs take, for a row's `options`. */
#define MINE_SET_RUN \
  { mine__run_option_table, sizeof(mine_run_options), 0 }
#define MINE_SET_SEED \
  { mine__seed_option_table, sizeof(mine_seed_options), 0 }
/* Components of different groups are different things: they cannot stand in one answer. */
#define MINE_SET_GROUP                                                           \
  {                                                                              \
    mine__group_option_table, sizeof(mine_group_options),                        \
        MINE_CLASSIFICATION | MINE_REGRESSION | MINE_CLUSTERING | MINE_NEIGHBORS \
  }
#define MINE_SET_SOURCE \
  { mine__source_option_table, sizeof(mine_source_options), 0 }
#define MINE_SET_SUPERVISED                                         \
  {                                                                 \
    mine__supervised_option_table, sizeof(mine_supervised_options), \
        MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT         \
  }
#define MINE_SET_TREATMENT \
  { mine__treatment_option_table, sizeof(mine_treatment_options), MINE_UPLIFT }
#define MINE_SET_FOLDS                                                            \
  {                                                                               \
    mine__folds_option_table, sizeof(mine_folds_options),                         \
        MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT | MINE_RECOMMENDATION \
  }
#define MINE_SET_SPLIT                                      \
  {                                                         \
    mine__split_option_table, sizeof(mine_split_options),   \
        MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT \
  }
#define MINE_SET_CALIBRATE \
  { mine__calibrate_option_table, sizeof(mine_calibrate_options), MINE_CLASSIFICATION }
#define MINE_SET_UNKNOWN \
  { mine__unknown_option_table, sizeof(mine_unknown_options), 0 }
#define MINE_SET_END \
  { NULL, 0, 0 }

/* Examples run on an empty database: their rows are made by the statement itself,
** i = 1, 2, ... 200. */
#define MINE_ROWS(columns)                                                      \
  "'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n" \
  "  SELECT " columns " FROM n'"
#define MINE_CALLERS \
  MINE_ROWS("i AS id, i*7%31 AS calls, i%5 AS visits, i*7%31 + i*13%17 > 26 AS churned")
#define MINE_SHOPPERS      MINE_ROWS("i AS id, i*i%90 AS age, i*7%31*10.5 AS spend")
#define MINE_CHURN_MODEL   "(SELECT mine_fit('tree',\n  " MINE_CALLERS ", 'target=churned'))"
#define MINE_SEGMENT_MODEL "(SELECT mine_fit('kmeans',\n  " MINE_SHOPPERS ", 'k=3'))"

/* Headings of mine_help(), in its order. */
#define MINE_JOB_LOOK      "Look at a table"
#define MINE_JOB_SEGMENT   "Segment customers"
#define MINE_JOB_PREDICT   "Train and predict"
#define MINE_JOB_JUDGE     "Judge a model"
#define MINE_JOB_MODEL     "Look into a model"
#define MINE_JOB_BASKETS   "What goes together"
#define MINE_JOB_ALIKE     "Who is alike"
#define MINE_JOB_CUSTOMERS "Where customers stand"
#define MINE_JOB_SERIES    "Numbers over time"
#define MINE_JOB_STATISTIC "Test and describe"
#define MINE_JOB_AGGREGATE "Aggregates (also as window functions)"
#define MINE_JOB_HELP      "Find one's way"

#endif
