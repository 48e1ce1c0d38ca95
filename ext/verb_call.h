/*
** verb_call.h -- from the values of a SQL call to a job of the engine whose sources
** are read: what table verbs and scalar verbs do alike.
*/
#ifndef MINE_EXT_VERB_CALL_H
#define MINE_EXT_VERB_CALL_H

#include "key_compare.h"
#include "source.h"

/* A job and the models it borrows. */
typedef struct mine_verb_call {
  mine_job *job;
  mine_model *model[MINE_MOST_ARGUMENTS]; /* one reference of ours each, or NULL */
  mine_model *listed[MINE_MOST_MODELS];   /* likewise, of MODELS                         */
  int n_listed;
  char *document;                  /* a BLOB as the text that it is, or NULL          */
  int keyed;                       /* the answer will be looked up by its ids: then   */
  int sources;                     /* how many were read, and of the ids' columns     */
  mine_affinity first_id, last_id; /* the affinity in the first and the last of them  */
} mine_verb_call;

/* Read the arguments by the verb's row and open its job.  values[i] NULL: not given.
** All of `out` but `keyed` is set here.  Close also after a failure. */
mine_status mine__verb_call_open(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                                 mine_verb_call *out);
void mine__verb_call_close(mine_verb_call *verb_call);

/* The sentence of a call that failed.  Behind it, the texts that the caller does not see
** in the statement (made row by row, or bound): "k=5 is ... (source: SELECT ...)", for
** among many calls it must be told which one failed.  NULL: out of memory. */
char *mine__verb_call_message(const mine_call *call, const mine_verb *verb, sqlite3_value **values);

/* The job has answered, or failed: the connection keeps what it guessed.  Once. */
void mine__verb_call_notes(mine_call *call, mine_verb_call *verb_call);

/* Read every source that the job asks for, to its end. */
mine_status mine__verb_call_read(mine_call *call, mine_verb_call *verb_call);
/* A source is bound to its frame: note the affinity of its ids, if it will be asked for. */
void mine__verb_call_bound(mine_verb_call *verb_call, const mine_source *source);

#endif
