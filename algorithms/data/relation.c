/*
** relation.c -- a small table is an arena with one vector of values a column.
**
** While it is built it belongs to the call (memory account, errors); finish
** cuts that tie.
*/
#include "relation.h"

#include <math.h>
#include <string.h>

static size_t relation_name_length(const char *at) {
  size_t n = strcspn(at, ",");
  while (n > 0 && at[n - 1] == ' ')
    n--;
  return n;
}

static const char *relation_skip(const char *at) {
  while (*at == ' ' || *at == ',')
    at++;
  return at;
}

/* The columns of "id, cluster, distance"; 0 after a failure. */
static int relation_name_columns(mine_relation *relation, const char *columns) {
  mine_arena *arena = relation->arena;
  size_t n = 1;
  for (const char *at = columns; *at; at++)
    n += *at == ',';
  relation->name = mine_arena_zeros(arena, n, sizeof *relation->name);
  relation->column = mine_arena_zeros(arena, n, sizeof *relation->column);
  if (!relation->name || !relation->column) return 0;
  for (const char *at = relation_skip(columns); *at;) {
    int column = relation->n_columns++;
    relation->name[column] = mine_arena_text(arena, at, relation_name_length(at));
    if (!relation->name[column]) return 0;
    mine_values_open(&relation->column[column], arena);
    at = relation_skip(at + strcspn(at, ","));
  }
  return 1;
}

mine_relation *mine_relation_new(mine_env *env, const char *columns) {
  mine_arena *arena = mine_arena_open(env);
  if (!arena) return NULL;
  mine_relation *relation = mine_arena_zeros(arena, 1, sizeof *relation);
  if (relation) relation->arena = arena;
  if (relation && relation_name_columns(relation, columns)) return relation;
  mine_arena_close(arena);
  return NULL;
}

/* A push that fails has recorded why; finish returns it. */
void mine_relation_null(mine_relation *relation, int column) {
  (void)mine_values_push_null(&relation->column[column]);
}

void mine_relation_int(mine_relation *relation, int column, int64_t v) {
  (void)mine_values_push_int(&relation->column[column], v);
}

void mine_relation_real(mine_relation *relation, int column, double v) {
  if (isnan(v))
    mine_relation_null(relation, column);
  else
    (void)mine_values_push_real(&relation->column[column], v);
}

void mine_relation_text(mine_relation *relation, int column, const char *text) {
  if (!text)
    mine_relation_null(relation, column);
  else
    (void)mine_values_push_text(&relation->column[column], text, strlen(text));
}

void mine_relation_put(mine_relation *relation, int column, const mine_cell *cell) {
  (void)mine_values_push(&relation->column[column], cell);
}

void mine_relation_end_row(mine_relation *relation) {
  mine_env *env = mine_arena_env(relation->arena);
  relation->rows++;
  for (int c = 0; c < relation->n_columns; c++)
    if (relation->column[c].n != relation->rows)
      (void)mine_fail(env, MINE_UNSUPPORTED,
                      "internal error: column %s of the result has %lld values in row %lld; please "
                      "report it",
                      relation->name[c], (long long)relation->column[c].n,
                      (long long)relation->rows);
}

mine_status mine_relation_finish(mine_env *env, mine_relation *relation, mine_relation **out) {
  mine_status status = mine_env_status(env);
  *out = NULL;
  if (status != MINE_OK || !relation) {
    mine_relation_free(relation);
    return status;
  }
  mine_arena_detach(relation->arena);
  *out = relation;
  return MINE_OK;
}

/* ---- reading ------------------------------------------------------------------------ */

int mine_relation_columns(const mine_relation *relation) {
  return relation->n_columns;
}

int64_t mine_relation_rows(const mine_relation *relation) {
  return relation->rows;
}

const char *mine_relation_column_name(const mine_relation *relation, int column) {
  return relation->name[column];
}

void mine_relation_cell(const mine_relation *relation, int64_t row, int column, mine_cell *out) {
  mine_values_get(&relation->column[column], row, out);
}

void mine_relation_free(mine_relation *relation) {
  if (relation) mine_arena_close(relation->arena);
}
