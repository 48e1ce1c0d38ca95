/*
** source_read.c -- rows of a source, pushed by an aggregate or pulled by steps.
**
** Both ways the values come as arguments of a function of ours, which is faster
** than asking a statement for its columns one by one.
*/
#include <string.h>

#include "source.h"

mine_status mine__source_bind(mine_source *source, mine_frame *frame) {
  source->frame = frame;
  mine_status status =
      mine_frame_columns(frame, (const char *const *)source->name, source->n_columns);
  if (status) return status;
  source->n_wanted = 0;
  for (int i = 0; i < source->n_columns; i++) {
    if (mine_frame_wants(frame, i)) source->wanted[source->n_wanted++] = i;
  }
  return MINE_OK;
}

/* ---- the statement --------------------------------------------------------------- */

/* WITH "mine:source"(c0, c1, ...) AS (newline source newline) : the column list
** gives every column a name of ours, and the newlines end a last comment. */
static void read_open_sql(sqlite3_str *sql, const mine_source *source) {
  sqlite3_str_appendall(sql, "WITH \"mine:source\"(");
  for (int i = 0; i < source->n_columns; i++)
    sqlite3_str_appendf(sql, "%sc%d", i ? "," : "", i);
  sqlite3_str_appendf(sql, ") AS (\n%s\n) SELECT ", source->select);
}

static mine_status read_prepare(mine_source *source, sqlite3_str *text, sqlite3_stmt **out) {
  sqlite3_str_appendall(text, " FROM \"mine:source\"");
  char *sql = sqlite3_str_finish(text);
  if (!sql) return mine_env_fail(source->call->env, MINE_NOMEM, "out of memory");
  int code = sqlite3_prepare_v2(source->call->db, sql, -1, out, NULL);
  sqlite3_free(sql);
  if (code) return mine__call_fail_sqlite(source->call, code, "the source cannot be read");
  return MINE_OK;
}

/* What SQLite, or the frame through it, said when reading stopped. */
static mine_status read_failed(mine_source *source, int code) {
  if (mine_env_status(source->call->env)) return mine_env_status(source->call->env);
  char doing[64];
  sqlite3_snprintf(sizeof doing, doing, "the source failed after row %lld", (long long)source->row);
  return mine__call_fail_sqlite(source->call, code, code == SQLITE_INTERRUPT ? "" : doing);
}

/* ---- rows through a function of ours ------------------------------------------------- */

/* The columns one call of the function delivers: SQLite allows 127 arguments, so a
** wide row comes in several groups; the last one ends the row. */
struct mine_read_group {
  mine_source *source;
  const int *column;
  int last;
};

#define READ_POINTER "mine:rows"

static void read_row(sqlite3_context *context, int n, sqlite3_value **values) {
  const mine_read_group *group = n > 0 ? sqlite3_value_pointer(values[0], READ_POINTER) : NULL;
  if (!group) {
    sqlite3_result_error(context, MINE_ROWS_FUNCTION " is internal to the extension", -1);
    return;
  }
  mine_source *source = group->source;
  mine__frame_put_values(source->frame, group->column, values + 1, 1, n - 1);
  if (!group->last) return;
  source->row++;
  if (mine_frame_end_row(source->frame)) sqlite3_result_error(context, "stopped", -1);
}

/* The pull: a scalar, called as each row is stepped to. */
void mine__row_function(sqlite3_context *context, int n, sqlite3_value **values) {
  read_row(context, n, values);
}

/* The push: an aggregate, called for all rows within one step. */
void mine__rows_step(sqlite3_context *context, int n, sqlite3_value **values) {
  read_row(context, n, values);
}

void mine__rows_final(sqlite3_context *context) {
  sqlite3_result_null(context);
}

/* SELECT function(?1, c0, ...), function(?2, c126, ...) FROM the source. */
static mine_status read_prepare_rows(mine_source *source, const char *function, int most) {
  source->group = sqlite3_malloc64(sizeof *source->group * (size_t)(source->n_wanted / most + 2));
  if (!source->group) return mine_env_fail(source->call->env, MINE_NOMEM, "out of memory");
  sqlite3_str *sql = sqlite3_str_new(source->call->db);
  read_open_sql(sql, source);
  int groups = 0;
  int at = 0;
  do {
    int n = source->n_wanted - at < most ? source->n_wanted - at : most;
    sqlite3_str_appendf(sql, "%s%s(?%d", groups ? "," : "", function, groups + 1);
    for (int i = 0; i < n; i++)
      sqlite3_str_appendf(sql, ",c%d", source->wanted[at + i]);
    sqlite3_str_appendall(sql, ")");
    source->group[groups] =
        (mine_read_group){source, source->wanted + at, at + n == source->n_wanted};
    at += n;
    groups++;
  } while (at < source->n_wanted);
  mine_status status = read_prepare(source, sql, &source->rows);
  for (int i = 0; i < groups && !status; i++) {
    int code = sqlite3_bind_pointer(source->rows, i + 1, &source->group[i], READ_POINTER, NULL);
    if (code) status = mine__call_fail_sqlite(source->call, code, "the source cannot be read");
  }
  return status;
}

/* Arguments beside the pointer.  A host may have lowered the limit. */
static mine_status read_most_arguments(mine_source *source, int *most) {
  *most = sqlite3_limit(source->call->db, SQLITE_LIMIT_FUNCTION_ARG, -1) - 1;
  if (*most >= 1) return MINE_OK;
  return mine__call_fail(source->call, MINE_LIMIT,
                         "this connection allows functions of one argument at most; raise "
                         "SQLITE_LIMIT_FUNCTION_ARG");
}

mine_status mine__source_read(mine_source *source) {
  int most;
  mine_status status = read_most_arguments(source, &most);
  if (!status) status = read_prepare_rows(source, MINE_ROWS_FUNCTION, most);
  if (status) return status;
  mine_env_rest(source->call->env); /* functions of the host's run in there */
  source->call->connection->reading++;
  mine_frame_overlap_begin(source->frame);
  int code = sqlite3_step(source->rows);
  mine_frame_overlap_end(source->frame);
  source->call->connection->reading--;
  if (code != SQLITE_ROW && code != SQLITE_DONE) status = read_failed(source, code);
  sqlite3_finalize(source->rows); /* the lock is released before anything is computed */
  source->rows = NULL;
  return status ? status : mine_env_status(source->call->env);
}

mine_status mine__source_pull(mine_source *source, int64_t most, int *done) {
  int arguments;
  mine_status status = MINE_OK;
  if (!source->rows) {
    status = read_most_arguments(source, &arguments);
    if (!status) status = read_prepare_rows(source, MINE_ROW_FUNCTION, arguments);
  }
  if (status) return status;
  mine_env_rest(source->call->env);
  source->call->connection->reading++;
  int code = SQLITE_ROW;
  for (int64_t i = 0; i < most && code == SQLITE_ROW; i++)
    code = sqlite3_step(source->rows);
  source->call->connection->reading--;
  *done = code == SQLITE_DONE;
  return code == SQLITE_ROW || code == SQLITE_DONE ? MINE_OK : read_failed(source, code);
}
