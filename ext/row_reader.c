/*
** row_reader.c -- 'name', value, ... or {"name":value,...}, read by SQLite's JSON.
*/
#include "row_reader.h"

#include <ctype.h>
#include <string.h>

/* Whether a text in the JSON holds a NUL, at which SQLite's JSON ends it. */
static int row_json_nul(const char *text) {
  for (const char *at = text; (at = strstr(at, "\\u0000")) != NULL; at++) {
    const char *escape = at;
    while (escape > text && escape[-1] == '\\')
      escape--;
    if ((at - escape) % 2 == 0) return 1;
  }
  return 0;
}

static mine_status row_open_json(mine_row_reader *reader, sqlite3_value *value) {
  mine_call *call = reader->call;
  const char *text;
  mine_status status =
      mine__call_required_text(call, value, "JSON object", MINE_LONGEST_TEXT, &text);
  if (status) return status;
  while (isspace((unsigned char)*text))
    text++;
  if (*text != '{') {
    int set = strcmp(call->verb, "mine_predict") == 0;
    return mine__call_fail(call, MINE_OPTION,
                           "'%.40s' is no JSON object; to score a table write FROM %s(model, "
                           "source), to score one row 'name', value, ...",
                           text, set ? "mine_predict" : "mine_probabilities");
  }
  if (row_json_nul(text)) {
    return mine__call_fail(
        call, MINE_OPTION,
        "the JSON object has a NUL (\\u0000), at which SQLite's JSON ends a text; "
        "write 'name', value, ...");
  }
  int code = sqlite3_prepare_v2(call->db, "SELECT key, value, type FROM json_each(?1)", -1,
                                &reader->json, NULL);
  if (!code) code = sqlite3_bind_value(reader->json, 1, value);
  return code ? mine__call_fail_sqlite(call, code, "reading the JSON object") : MINE_OK;
}

mine_status mine__row_reader_open(mine_call *call, int n, sqlite3_value **values,
                                  mine_row_reader *out) {
  memset(out, 0, sizeof *out);
  out->call = call;
  out->n = n;
  out->values = values;
  if (n == 1) return row_open_json(out, values[0]);
  if (n % 2) {
    return mine__call_fail(call, MINE_OPTION,
                           "a name without a value; write 'name', value, 'name', value, ...");
  }
  return MINE_OK;
}

void mine__row_reader_rewind(mine_row_reader *reader) {
  reader->at = 0;
  if (reader->json) sqlite3_reset(reader->json);
}

static mine_status row_next_pair(mine_row_reader *reader, const char **name, int *bytes,
                                 mine_cell *value) {
  sqlite3_value *key = reader->values[reader->at];
  if (sqlite3_value_type(key) != SQLITE_TEXT) {
    return mine__call_fail(reader->call, MINE_OPTION,
                           "value %d of the row has no name before it; write 'name', value, ...",
                           reader->at / 2 + 1);
  }
  *name = (const char *)sqlite3_value_text(key);
  *bytes = sqlite3_value_bytes(key);
  mine__value_cell(reader->values[reader->at + 1], value);
  reader->at += 2;
  return *name ? MINE_OK : mine_env_fail(reader->call->env, MINE_NOMEM, "out of memory");
}

static void row_json_value(sqlite3_stmt *json, mine_cell *value) {
  memset(value, 0, sizeof *value);
  switch (sqlite3_column_type(json, 1)) {
    case SQLITE_INTEGER:
      value->type = MINE_INT;
      value->as.integer = sqlite3_column_int64(json, 1);
      break;
    case SQLITE_FLOAT:
      value->type = MINE_REAL;
      value->as.real = sqlite3_column_double(json, 1);
      break;
    case SQLITE_TEXT:
      value->as.text = (const char *)sqlite3_column_text(json, 1);
      value->bytes = (size_t)sqlite3_column_bytes(json, 1);
      value->type = value->as.text ? MINE_TEXT : MINE_NULL;
      break;
    default:
      break;
  }
}

static mine_status row_next_member(mine_row_reader *reader, const char **name, int *bytes,
                                   mine_cell *value) {
  int code = sqlite3_step(reader->json);
  if (code == SQLITE_DONE) return MINE_OK;
  if (code != SQLITE_ROW) {
    return mine__call_fail_sqlite(reader->call, code, "reading the JSON object");
  }
  *name = (const char *)sqlite3_column_text(reader->json, 0);
  *bytes = sqlite3_column_bytes(reader->json, 0);
  const char *type = (const char *)sqlite3_column_text(reader->json, 2);
  if (!*name || !type) return mine_env_fail(reader->call->env, MINE_NOMEM, "out of memory");
  if (strcmp(type, "object") == 0 || strcmp(type, "array") == 0) {
    return mine__call_fail(reader->call, MINE_OPTION,
                           "the JSON member '%.60s' is an %s; it must be one value", *name, type);
  }
  row_json_value(reader->json, value);
  return MINE_OK;
}

mine_status mine__row_reader_next(mine_row_reader *reader, const char **name, int *bytes,
                                  mine_cell *value) {
  *name = NULL;
  if (reader->json) return row_next_member(reader, name, bytes, value);
  if (reader->at >= reader->n) return MINE_OK;
  return row_next_pair(reader, name, bytes, value);
}

void mine__row_reader_close(mine_row_reader *reader) {
  sqlite3_finalize(reader->json);
  reader->json = NULL;
}
