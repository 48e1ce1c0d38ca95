/*
** verbs_train.c -- mine_train, mine_fit, mine_import, mine_init: the verbs that make models.
**
** The order keeps a long training from failing at its end: the name, the table
** and the right to write are checked first; then the source is read and its lock
** released; then the model is computed; then stored by one statement.
*/
#include <string.h>

#include "models.h"
#include "scalar_verb.h"

/* ---- a training --------------------------------------------------------------------- */

/* The model about to be replaced, or NULL: also when it cannot be read any more,
** for training again is the remedy.  Memory that ran out is no such reason: with more of it
** the new model would be another. */
static mine_status train_previous(mine_call *call, const mine_model_name *name,
                                  mine_model **previous) {
  mine_call look;
  mine_status status = mine__call_open(&look, call->connection, call->verb);
  if (!status) status = mine__models_find(&look, name, 1, previous);
  mine__call_close(&look);
  if (status) *previous = NULL;
  return status == MINE_NOMEM ? mine_env_fail(call->env, MINE_NOMEM, "out of memory") : MINE_OK;
}

/* From the values of a call to a model.  `previous` may be NULL; *keep: the option. */
static mine_status train_run(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                             const mine_model *previous, int64_t *keep, mine_model **out) {
  mine_connection *connection = call->connection;
  if (connection->training || connection->reading) {
    return mine__call_fail(call, MINE_DATA,
                           "a training is already running or a source is being read; a source "
                           "must not train");
  }
  mine_verb_call job = {0};
  mine_status status = mine__verb_call_open(call, verb, values, &job);
  connection->training = 1;
  if (!status) status = mine__verb_call_read(call, &job);
  if (!status) status = mine_job_train(job.job, previous, out);
  connection->training = 0;
  *keep = job.job ? mine_job_keeps(job.job) : 0;
  mine__verb_call_notes(call, &job);
  mine__verb_call_close(&job);
  return status;
}

/* ---- mine_train ------------------------------------------------------------------------ */

/* "churn: tree on 7043 rows, ..."; at most about 300 characters.  A host that opens a
** transaction by itself may roll it back by itself, so an open one is told. */
#define TRAIN_LINE_CHARACTERS 298
#define TRAIN_OPEN            "; a transaction is open: the model stands and falls with it"

static mine_status train_line(mine_call *call, const mine_model_name *name, const mine_model *model,
                              char **out) {
  const char *end = sqlite3_get_autocommit(call->db) ? "" : TRAIN_OPEN;
  const char *report = mine_model_get_text(model, MINE_MODEL_REPORT);
  int room = TRAIN_LINE_CHARACTERS - (int)strlen(end) - (int)strlen(name->name);
  if (room < 100) room = 100;
  *out = sqlite3_mprintf("%s: %!.*s%s", name->name, room, report, end);
  return *out ? MINE_OK : mine_env_fail(call->env, MINE_NOMEM, "out of memory");
}

static mine_status train_call(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                              sqlite3_context *context) {
  const char *text;
  mine_model_name name;
  mine_model *previous = NULL;
  mine_model *model = NULL;
  char *line = NULL; /* made before storing: nothing may fail after it */
  int64_t keep = 0;
  mine_status status =
      mine__call_required_text(call, values[0], "model name", MINE_LONGEST_NAME, &text);
  if (!status) status = mine__model_name_parse(call, text, &name);
  if (!status) status = mine__models_check_writable(call, &name);
  if (!status) status = train_previous(call, &name, &previous);
  if (!status) status = train_run(call, verb, values, previous, &keep, &model);
  if (!status) status = train_line(call, &name, model, &line);
  if (!status) status = mine__models_store(call, &name, model, keep);
  if (!status) {
    sqlite3_result_text(context, line, -1, sqlite3_free);
  } else {
    sqlite3_free(line);
  }
  mine_model_free(previous);
  mine_model_free(model);
  return status;
}

/* ---- mine_fit ----------------------------------------------------------------------------- */

static mine_status fit_result(mine_call *call, const mine_model *model, sqlite3_context *context) {
  const void *bytes = NULL;
  size_t n = 0;
  mine_status status = mine_model_bytes(call->env, model, &bytes, &n);
  if (!status) sqlite3_result_blob64(context, bytes, n, SQLITE_TRANSIENT);
  return status;
}

static mine_status fit_call(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                            sqlite3_context *context) {
  mine_model *model = NULL;
  int64_t keep;
  mine_status status = train_run(call, verb, values, NULL, &keep, &model);
  if (!status) status = fit_result(call, model, context);
  mine_model_free(model);
  return status;
}

/* ---- mine_init ------------------------------------------------------------------------------- */

static mine_status init_schema(mine_call *call, const char *schema) {
  char *name = sqlite3_mprintf("%s.x", schema ? schema : "main");
  if (!name) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  mine_model_name parsed;
  mine_status status = mine__model_name_parse(call, name, &parsed);
  parsed.name = ""; /* no model is stored */
  if (!status) status = mine__models_check_writable(call, &parsed);
  const sqlite3_int64 last = sqlite3_last_insert_rowid(call->db);
  if (!status) status = mine__models_init(call, parsed.schema);
  sqlite3_set_last_insert_rowid(call->db, last);
  sqlite3_free(name);
  return status;
}

static mine_status init_call(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                             sqlite3_context *context) {
  (void)verb;
  const char *schema = NULL;
  mine_status status = MINE_OK;
  if (values[0]) status = mine__call_required_text(call, values[0], "schema", 100, &schema);
  if (!status) status = init_schema(call, schema);
  if (!status) sqlite3_result_text(context, "mine_models is ready", -1, SQLITE_STATIC);
  return status;
}

const mine_scalar_special mine__scalar_specials_train[] = {
    {.name = "mine_train", .call = train_call},
    {.name = "mine_fit", .call = fit_call},
    {.name = "mine_import", .call = train_call},
    {.name = "mine_init", .call = init_call},
    {.name = NULL},
};
