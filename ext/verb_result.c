/*
** verb_result.c -- running a verb and keeping its rows for the statement.
*/
#include "verb_result.h"

#include <string.h>

/* End the work, keep the arguments. */
void mine_verb_result_stop(mine_verb_result *result) {
  mine_verb_run *run = &result->run;
  if (result->running) {
    if (run->verb->stop) run->verb->stop(run);
    mine_relation_free(run->relation);
    mine_call_close(&run->call);
  }
  run->relation = NULL;
  run->state = NULL;
  run->rows = 0;
  mine_id_index_free(&result->ids);
  result->running = 0;
  result->indexed = 0;
}

void mine_verb_result_free(mine_verb_result *result) {
  if (!result) return;
  mine_verb_result_stop(result);
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++)
    sqlite3_value_free(result->run.argument[i]);
  sqlite3_free(result);
}

void mine_verb_result_cell(mine_verb_result *result, int64_t row, int column, mine_cell *out) {
  mine_verb_run *run = &result->run;
  if (run->relation) {
    mine_relation_cell(run->relation, row, column, out);
  } else {
    run->verb->cell(run, row, column, out);
  }
}

mine_status mine_verb_result_next_block(mine_verb_result *result) {
  mine_verb_run *run = &result->run;
  result->passed += run->rows;
  if (run->relation) {
    run->rows = result->passed ? 0 : mine_relation_rows(run->relation);
    return MINE_OK;
  }
  return run->verb->fill(run);
}

static mine_status result_check_width(mine_verb_run *run, int declared) {
  int width = run->relation ? mine_relation_columns(run->relation) : declared;
  if (width == declared) return MINE_OK;
  return mine_call_fail(&run->call, MINE_UNSUPPORTED,
                        "the engine answers %d columns where %d are declared; extension and "
                        "engine are of different versions",
                        width, declared);
}

mine_status mine_verb_result_begin(mine_verb_result *result, mine_connection *connection,
                                   const mine_table_verb *verb, int n_columns, int whole) {
  mine_verb_run *run = &result->run;
  run->verb = verb;
  run->whole = whole;
  result->running = 1;
  result->passed = 0;
  mine_status status = mine_call_open(&run->call, connection, verb->name);
  if (!status) status = run->verb->start(run);
  if (!status) status = result_check_width(run, n_columns);
  if (run->relation) run->whole = 1;
  return status ? status : mine_verb_result_next_block(result);
}

int mine_verb_same_value(sqlite3_value *a, sqlite3_value *b) {
  if (!a || !b) return a == b;
  if (sqlite3_value_type(a) != sqlite3_value_type(b)) return 0;
  int n = sqlite3_value_bytes(a);
  if (n != sqlite3_value_bytes(b)) return 0;
  const void *p = sqlite3_value_blob(a);
  const void *q = sqlite3_value_blob(b);
  return n == 0 || (p && q && memcmp(p, q, (size_t)n) == 0);
}

int mine_verb_result_is_for(const mine_verb_result *result, int given, sqlite3_value **values) {
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    sqlite3_value *value = given & (1 << i) ? *values++ : NULL;
    if (!mine_verb_same_value(value, result->run.argument[i])) return 0;
  }
  return 1;
}

mine_verb_result *mine_verb_result_new(int given, sqlite3_value **values) {
  mine_verb_result *result = sqlite3_malloc64(sizeof *result);
  if (!result) return NULL;
  memset(result, 0, sizeof *result);
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    if (!(given & (1 << i))) continue;
    result->run.argument[i] = sqlite3_value_dup(*values++);
    if (!result->run.argument[i]) {
      mine_verb_result_free(result);
      return NULL;
    }
  }
  return result;
}

static int result_index_ids(mine_verb_result *result) {
  if (result->indexed) return SQLITE_OK;
  if (mine_id_index_open(&result->ids, result->run.rows)) return SQLITE_NOMEM;
  for (int64_t row = result->run.rows - 1; row >= 0; row--) {
    mine_cell id;
    mine_verb_result_cell(result, row, result->run.verb->id_column, &id);
    mine_id_index_add(&result->ids, row, &id);
  }
  result->indexed = 1;
  return SQLITE_OK;
}

int64_t mine_verb_result_find(mine_verb_result *result, sqlite3_value *value, int *code) {
  *code = result_index_ids(result);
  if (*code) return -1;
  mine_cell id;
  mine_value_cell(value, &id);
  return mine_id_index_find(&result->ids, &id);
}
