/*
** verb_result.c -- running a verb and keeping its rows for the statement.
*/
#include "verb_result.h"

#include <string.h>

/* End the work, keep the arguments. */
void mine__verb_result_stop(mine_verb_result *result) {
  if (result->running) mine__verb_run_stop(&result->run);
  for (int c = 0; c < result->n_columns; c++) {
    mine__id_index_free(&result->key[c].index);
    result->key[c].affinity = MINE_AFFINITY_VALUES;
  }
  result->running = 0;
}

void mine__verb_result_free(mine_verb_result *result) {
  if (!result) return;
  mine__verb_result_stop(result);
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++)
    sqlite3_value_free(result->run.argument[i]);
  sqlite3_free(result);
}

/* SQLite has control until it wants the next block: no thread of ours is left then. */
static mine_status result_rest(mine_verb_result *result, mine_status status) {
  mine_env_rest(result->run.call.env);
  return status;
}

mine_status mine__verb_result_next_block(mine_verb_result *result) {
  result->passed += result->run.rows;
  return result_rest(result, mine__verb_run_next(&result->run));
}

mine_status mine__verb_result_begin(mine_verb_result *result, mine_connection *connection,
                                    int whole) {
  result->run.whole = whole;
  result->running = 1;
  result->passed = 0;
  return result_rest(result, mine__verb_run_start(&result->run, connection));
}

int mine__verb_same_value(sqlite3_value *a, sqlite3_value *b) {
  if (!a || !b) return a == b;
  if (sqlite3_value_type(a) != sqlite3_value_type(b)) return 0;
  int n = sqlite3_value_bytes(a);
  if (n != sqlite3_value_bytes(b)) return 0;
  const void *p = sqlite3_value_blob(a);
  const void *q = sqlite3_value_blob(b);
  return n == 0 || (p && q && memcmp(p, q, (size_t)n) == 0);
}

int mine__verb_result_is_for(const mine_verb_result *result, uint64_t reads, int given,
                             sqlite3_value **values) {
  if (reads & ~result->run.reads) return 0;
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    sqlite3_value *value = given & (1 << i) ? *values++ : NULL;
    if (!mine__verb_same_value(value, result->run.argument[i])) return 0;
  }
  return 1;
}

mine_verb_result *mine__verb_result_new(const mine_verb *verb, int n_columns, uint64_t reads,
                                        int given, sqlite3_value **values) {
  size_t bytes = sizeof(mine_verb_result) + (size_t)n_columns * sizeof(mine_result_key);
  mine_verb_result *result = sqlite3_malloc64(bytes);
  if (!result) return NULL;
  memset(result, 0, bytes);
  result->run.verb = verb;
  result->run.reads = reads;
  result->n_columns = n_columns;
  result->key = (mine_result_key *)(result + 1);
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    if (!(given & (1 << i))) continue;
    result->run.argument[i] = sqlite3_value_dup(*values++);
    if (!result->run.argument[i]) {
      mine__verb_result_free(result);
      return NULL;
    }
  }
  return result;
}

/* ---- keys --------------------------------------------------------------------------- */

int mine__verb_result_index(mine_verb_result *result, int column) {
  mine_id_index *index = &result->key[column].index;
  if (index->first) return SQLITE_OK;
  if (mine__id_index_open(index, result->run.rows)) return SQLITE_NOMEM;
  for (int64_t row = result->run.rows - 1; row >= 0; row--) {
    mine_cell key;
    (void)mine__verb_run_cell(&result->run, row, column, &key); /* keys are there */
    mine__id_index_add(index, row, &key);
  }
  return SQLITE_OK;
}

/* Of the ids' column in the source that they were read from.  Queries are read last;
** who is found is read first, or comes from a model. */
static mine_affinity result_source_affinity(const mine_verb_result *result, int column) {
  const mine_verb_call *job = &result->run.job;
  const mine_answer *answer = result->run.verb->answer;
  const int searches = strcmp(answer[0].name, "query_id") == 0;
  if (column == 0 && searches) return job->last_id;
  if (strcmp(answer[column].name, "id") != 0) return MINE_AFFINITY_VALUES;
  if (!searches) return job->last_id;
  return job->sources == 2 ? job->first_id : MINE_AFFINITY_VALUES;
}

static mine_affinity result_values_affinity(const mine_verb_result *result, int column) {
  mine_affinity_survey survey = {0};
  for (int64_t row = 0; row < result->run.rows; row++) {
    mine_cell cell;
    (void)mine__verb_run_cell(&result->run, row, column, &cell); /* keys are there */
    mine__affinity_add(&survey, &cell);
  }
  return mine__affinity_of(&survey);
}

mine_affinity mine__verb_result_affinity(mine_verb_result *result, int column) {
  mine_affinity *affinity = &result->key[column].affinity;
  if (*affinity != MINE_AFFINITY_VALUES) return *affinity;
  *affinity = MINE_AFFINITY_NONE;
  if (result->run.verb->answer[column].type != MINE_ANSWER_ANY) return *affinity;
  *affinity = result_source_affinity(result, column);
  if (*affinity == MINE_AFFINITY_VALUES) *affinity = result_values_affinity(result, column);
  return *affinity;
}
