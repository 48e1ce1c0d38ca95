/*
** relation.c -- a small table is an arena with one vector of values a column.
**
** While it is built it belongs to the call (memory account, errors); finish
** cuts that tie.
*/
#include "relation.h"

#include <math.h>
#include <string.h>

/* A vector of values for each column; 0 after a failure. */
static int relation_open_columns(mine_relation *relation, const mine_answer *columns) {
  int n = 0;
  while (columns[n].name)
    n++;
  relation->answer = columns;
  relation->n_columns = n;
  relation->reads = MINE_READS_ALL;
  relation->grouped = n > 0 && strcmp(columns[n - 1].name, "group_value") == 0;
  relation->column = mine__arena_zeros(relation->arena, (size_t)n, sizeof *relation->column);
  for (int c = 0; relation->column && c < n; c++)
    mine__values_open(&relation->column[c], relation->arena);
  return relation->column != NULL;
}

mine_relation *mine__relation_new(mine_env *env, const mine_answer *columns) {
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return NULL;
  mine_relation *relation = mine__arena_zeros(arena, 1, sizeof *relation);
  if (relation) relation->arena = arena;
  if (relation && relation_open_columns(relation, columns)) return relation;
  mine__arena_close(arena);
  return NULL;
}

/* A push that fails has recorded why; finish returns it. */
void mine__relation_null(mine_relation *relation, int column) {
  (void)mine__values_push_null(&relation->column[column]);
}

void mine__relation_int(mine_relation *relation, int column, int64_t v) {
  (void)mine__values_push_int(&relation->column[column], v);
}

void mine__relation_real(mine_relation *relation, int column, double v) {
  if (isnan(v))
    mine__relation_null(relation, column);
  else
    (void)mine__values_push_real(&relation->column[column], v);
}

void mine__relation_text(mine_relation *relation, int column, const char *text) {
  if (!text)
    mine__relation_null(relation, column);
  else
    (void)mine__values_push_text(&relation->column[column], text, strlen(text));
}

void mine__relation_put(mine_relation *relation, int column, const mine_cell *cell) {
  (void)mine__values_push(&relation->column[column], cell);
}

/* ---- the same, column after column --------------------------------------------------- */

/* A cell too many goes to the last column, where end_row finds it. */
static int row_next(mine_relation *relation) {
  return relation->at < relation->n_columns ? relation->at++ : relation->n_columns - 1;
}

void mine__row_null(mine_relation *relation) {
  mine__relation_null(relation, row_next(relation));
}

void mine__row_int(mine_relation *relation, int64_t v) {
  mine__relation_int(relation, row_next(relation), v);
}

void mine__row_real(mine_relation *relation, double v) {
  mine__relation_real(relation, row_next(relation), v);
}

void mine__row_text(mine_relation *relation, const char *text) {
  mine__relation_text(relation, row_next(relation), text);
}

void mine__row_bytes(mine_relation *relation, const char *text, size_t n) {
  (void)mine__values_push_text(&relation->column[row_next(relation)], text, n);
}

void mine__row_cell(mine_relation *relation, const mine_cell *cell) {
  mine__relation_put(relation, row_next(relation), cell);
}

void mine__relation_end_row(mine_relation *relation) {
  mine_env *env = mine__arena_env(relation->arena);
  relation->rows++;
  if (relation->grouped && relation->column[relation->n_columns - 1].n < relation->rows)
    mine__relation_put(relation, relation->n_columns - 1, &relation->group);
  relation->at = 0;
  for (int c = 0; c < relation->n_columns; c++)
    if (relation->column[c].n != relation->rows)
      (void)mine__fail(
          env, MINE_UNSUPPORTED,
          "internal error: column %s of the result has %lld values in row %lld; please "
          "report it",
          relation->answer[c].name, (long long)relation->column[c].n, (long long)relation->rows);
}

void mine__relation_group(mine_relation *relation, const mine_cell *value) {
  relation->group = *value;
}

int mine__relation_reads(const mine_relation *relation, int column) {
  return (int)(relation->reads >> (column < MINE_READS_REST ? column : MINE_READS_REST) & 1);
}

void mine__relation_made(mine_relation *relation, int64_t rows, mine__make_cell make, void *maker) {
  relation->rows = rows;
  relation->make = make;
  relation->maker = maker;
}

mine_status mine__relation_finish(mine_env *env, mine_relation *relation, mine_relation **out) {
  *out = NULL;
  if (mine_failed(env) || !relation) {
    mine_relation_free(relation);
    return mine_env_status(env);
  }
  mine__arena_detach(relation->arena);
  *out = relation;
  return MINE_OK;
}

mine_status mine__relation_move(mine_env *env, mine_relation *from, mine_relation *to) {
  for (int64_t row = 0; row < from->rows; row++) {
    for (int c = 0; c < from->n_columns; c++) {
      mine_cell cell;
      mine_relation_cell(from, row, c, &cell);
      mine__row_cell(to, &cell);
    }
    mine__relation_end_row(to);
  }
  mine_relation_free(from);
  return mine_env_status(env);
}

/* ---- reading ------------------------------------------------------------------------ */

int mine_relation_columns(const mine_relation *relation) {
  return relation->n_columns;
}

int64_t mine_relation_rows(const mine_relation *relation) {
  return relation->rows;
}

const char *mine_relation_column_name(const mine_relation *relation, int column) {
  return relation->answer[column].name;
}

void mine_relation_cell(const mine_relation *relation, int64_t row, int column, mine_cell *out) {
  if (relation->make)
    relation->make(relation->maker, row, column, out);
  else
    mine__values_get(&relation->column[column], row, out);
}

void mine_relation_free(mine_relation *relation) {
  if (relation) mine__arena_close(relation->arena);
}
