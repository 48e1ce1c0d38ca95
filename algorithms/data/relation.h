/*
** relation.h -- building the small tables that answers come in.
*/
#ifndef MINE_DATA_RELATION_H
#define MINE_DATA_RELATION_H

#include "values.h"

struct mine_relation {
  mine_arena *arena; /* owns everything, this struct included */
  int n_columns;
  int64_t rows;
  const char **name;
  mine_values *column;
};

/* Columns as "id, cluster, distance".  NULL: failure recorded in env. */
mine_relation *mine_relation_new(mine_env *env, const char *columns);
/* Append to one column; end_row checks that every column got its cell. */
void mine_relation_null(mine_relation *relation, int column);
void mine_relation_int(mine_relation *relation, int column, int64_t v);
void mine_relation_real(mine_relation *relation, int column, double v);         /* NAN: NULL */
void mine_relation_text(mine_relation *relation, int column, const char *text); /* NULL: NULL */
void mine_relation_put(mine_relation *relation, int column, const mine_cell *cell);
void mine_relation_end_row(mine_relation *relation);
/* Detach from the environment and hand out, or free and return the failure. */
mine_status mine_relation_finish(mine_env *env, mine_relation *relation, mine_relation **out);

#endif
