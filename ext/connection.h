/*
** connection.h -- what the extension remembers of one database connection.
**
** Nothing is shared between connections, so two connections may work in two
** threads at once.  The state is counted: every function and module that was
** registered holds one reference and drops it when SQLite drops the function.
*/
#ifndef MINE_EXT_CONNECTION_H
#define MINE_EXT_CONNECTION_H

#include <sys/types.h>

#include "../algorithms/mine.h"
#include "sqlite_api.h"

#define MINE_CACHED_MODELS 8
#define MINE_DEEPEST_CALL  4
#define MINE_SPARE_PLANS   4

/* A loaded model, found by the header of its bytes. */
typedef struct mine_cached_model {
  unsigned char header[MINE_MODEL_HEADER];
  size_t bytes;
  mine_model *model; /* NULL: free place */
  unsigned long last_use;
} mine_cached_model;

typedef struct mine_connection {
  sqlite3 *db;
  int references;
  pid_t process;        /* the process that opened it: after a fork we start no threads */
  int reading;          /* sources being read right now, one inside the other */
  int training;         /* a training is running: none may start inside it    */
  mine_relation *notes; /* of the last call that read a source (mine_warnings); NULL: nothing */
  unsigned long uses;
  mine_cached_model cached[MINE_CACHED_MODELS];
  /* Plans of scalar calls, between two firings of a trigger (verbs_scalar.c). */
  void *spare_plan[MINE_SPARE_PLANS];
  void (*free_plan)(void *);
} mine_connection;

mine_connection *mine__connection_new(sqlite3 *db); /* NULL: out of memory; 1 reference */
void mine__connection_retain(mine_connection *connection);
void mine__connection_release(void *connection); /* an xDestroy */

#endif
