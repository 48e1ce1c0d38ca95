/*
** source_read.c -- rows of a source, pushed by an aggregate or pulled by steps.
*/
#include <string.h>

#include "source.h"

mine_status mine_source_bind(mine_source *source, mine_frame *frame) {
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
  if (code) return mine_call_fail_sqlite(source->call, code, "the source cannot be read");
  return MINE_OK;
}

/* What SQLite, or the frame through it, said when reading stopped. */
static mine_status read_failed(mine_source *source, int code) {
  if (mine_env_status(source->call->env)) return mine_env_status(source->call->env);
  char doing[64];
  sqlite3_snprintf(sizeof doing, doing, "the source failed after row %lld", (long long)source->row);
  return mine_call_fail_sqlite(source->call, code, code == SQLITE_INTERRUPT ? "" : doing);
}

static void read_put(mine_frame *frame, int column, sqlite3_value *value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_FLOAT:
      mine_frame_put_real(frame, column, sqlite3_value_double(value));
      break;
    case SQLITE_INTEGER:
      mine_frame_put_int(frame, column, sqlite3_value_int64(value));
      break;
    case SQLITE_TEXT: {
      const char *text = (const char *)sqlite3_value_text(value);
      mine_frame_put_text(frame, column, text ? text : "", (size_t)sqlite3_value_bytes(value));
      break;
    }
    case SQLITE_BLOB:
      mine_frame_put_blob(frame, column);
      break;
    default:
      mine_frame_put_null(frame, column);
      break;
  }
}

/* The same from a statement: its values may not be passed to sqlite3_value_*. */
static void read_put_column(mine_frame *frame, int column, sqlite3_stmt *row, int i) {
  switch (sqlite3_column_type(row, i)) {
    case SQLITE_FLOAT:
      mine_frame_put_real(frame, column, sqlite3_column_double(row, i));
      break;
    case SQLITE_INTEGER:
      mine_frame_put_int(frame, column, sqlite3_column_int64(row, i));
      break;
    case SQLITE_TEXT: {
      const char *text = (const char *)sqlite3_column_text(row, i);
      mine_frame_put_text(frame, column, text ? text : "", (size_t)sqlite3_column_bytes(row, i));
      break;
    }
    case SQLITE_BLOB:
      mine_frame_put_blob(frame, column);
      break;
    default:
      mine_frame_put_null(frame, column);
      break;
  }
}

/* ---- push --------------------------------------------------------------------------- */

/* The columns one call of the aggregate delivers: SQLite allows 127 arguments,
** so a wide row comes in several groups; the last one ends the row. */
typedef struct read_group {
  mine_source *source;
  const int *column;
  int last;
} read_group;

#define READ_POINTER "mine:rows"

void mine_rows_step(sqlite3_context *context, int n, sqlite3_value **values) {
  const read_group *group = n > 0 ? sqlite3_value_pointer(values[0], READ_POINTER) : NULL;
  if (!group) {
    sqlite3_result_error(context, MINE_ROWS_FUNCTION " is internal to the extension", -1);
    return;
  }
  mine_source *source = group->source;
  for (int i = 1; i < n; i++)
    read_put(source->frame, group->column[i - 1], values[i]);
  if (!group->last) return;
  source->row++;
  if (mine_frame_end_row(source->frame)) sqlite3_result_error(context, "stopped", -1);
}

void mine_rows_final(sqlite3_context *context) {
  sqlite3_result_null(context);
}

static mine_status read_prepare_push(mine_source *source, read_group *group, int most,
                                     sqlite3_stmt **out) {
  sqlite3_str *sql = sqlite3_str_new(source->call->db);
  read_open_sql(sql, source);
  int groups = 0;
  int at = 0;
  do {
    int n = source->n_wanted - at < most ? source->n_wanted - at : most;
    sqlite3_str_appendf(sql, "%s" MINE_ROWS_FUNCTION "(?%d", groups ? "," : "", groups + 1);
    for (int i = 0; i < n; i++)
      sqlite3_str_appendf(sql, ",c%d", source->wanted[at + i]);
    sqlite3_str_appendall(sql, ")");
    group[groups] = (read_group){source, source->wanted + at, at + n == source->n_wanted};
    at += n;
    groups++;
  } while (at < source->n_wanted);
  mine_status status = read_prepare(source, sql, out);
  for (int i = 0; i < groups && !status; i++) {
    int code = sqlite3_bind_pointer(*out, i + 1, &group[i], READ_POINTER, NULL);
    if (code) status = mine_call_fail_sqlite(source->call, code, "the source cannot be read");
  }
  return status;
}

mine_status mine_source_read(mine_source *source) {
  int most = sqlite3_limit(source->call->db, SQLITE_LIMIT_FUNCTION_ARG, -1) - 1;
  if (most < 1) { /* a host that forbids functions with arguments */
    int done = 0;
    mine_status status = MINE_OK;
    while (!status && !done)
      status = mine_source_pull(source, INT64_MAX, &done);
    return status;
  }
  read_group *group = sqlite3_malloc64(sizeof *group * (size_t)(source->n_wanted / most + 2));
  if (!group) return mine_env_fail(source->call->env, MINE_NOMEM, "out of memory");
  sqlite3_stmt *statement = NULL;
  mine_status status = read_prepare_push(source, group, most, &statement);
  if (!status) {
    source->call->connection->reading++;
    int code = sqlite3_step(statement);
    source->call->connection->reading--;
    if (code != SQLITE_ROW && code != SQLITE_DONE) status = read_failed(source, code);
  }
  sqlite3_finalize(statement);
  sqlite3_free(group);
  return status ? status : mine_env_status(source->call->env);
}

/* ---- pull --------------------------------------------------------------------------- */

static mine_status read_prepare_pull(mine_source *source) {
  sqlite3_str *sql = sqlite3_str_new(source->call->db);
  read_open_sql(sql, source);
  for (int i = 0; i < source->n_wanted; i++) {
    sqlite3_str_appendf(sql, "%sc%d", i ? "," : "", source->wanted[i]);
  }
  if (source->n_wanted == 0) sqlite3_str_appendall(sql, "1");
  return read_prepare(source, sql, &source->rows);
}

mine_status mine_source_pull(mine_source *source, int64_t most, int *done) {
  mine_status status = source->rows ? MINE_OK : read_prepare_pull(source);
  if (status) return status;
  source->call->connection->reading++;
  int code = SQLITE_ROW;
  for (int64_t i = 0; i < most && !status; i++) {
    code = sqlite3_step(source->rows);
    if (code != SQLITE_ROW) break;
    for (int c = 0; c < source->n_wanted; c++) {
      read_put_column(source->frame, source->wanted[c], source->rows, c);
    }
    source->row++;
    status = mine_frame_end_row(source->frame);
  }
  source->call->connection->reading--;
  if (status) return status;
  *done = code == SQLITE_DONE;
  return code == SQLITE_ROW || code == SQLITE_DONE ? MINE_OK : read_failed(source, code);
}
