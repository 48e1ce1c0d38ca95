/*
** write.h -- the writers of models, for the rows of kinds (mine_kind.written).
*/
#ifndef MINE_MODEL_WRITE_H
#define MINE_MODEL_WRITE_H

#include "model.h"

/* Whose SQL. */
typedef enum mine_dialect {
  MINE_DIALECT_SQLITE,
  MINE_DIALECT_POSTGRESQL,
  MINE_DIALECT_MYSQL,
  MINE_DIALECT_DUCKDB
} mine_dialect;
extern const char *const mine__dialect_names[]; /* in that order; ends with NULL */

#endif
