/*
** verbs_train.c -- mine_train, mine_fit, mine_init: the verbs that make models.
**
** The order keeps a long training from failing at its end: the name, the table
** and the right to write are checked first; then the source is read and its lock
** released; then the model is computed; then stored by one statement.
*/
#include <string.h>

#include "models.h"
#include "source.h"
#include "verbs.h"

mine_status mine_verb_read(mine_call *call, const char *text, mine_frame *frame) {
  if (!frame) return mine_env_status(call->env); /* opening it has failed */
  mine_source source;
  mine_status status = mine_source_open(call, text, &source);
  if (!status) status = mine_source_bind(&source, frame);
  if (!status) status = mine_source_read(&source);
  mine_source_close(&source);
  return status;
}

mine_status mine_verb_read_training(mine_call *call, const char *text, mine_training *training) {
  mine_status status = mine_verb_read(call, text, mine_training_frame(training));
  const char *sql;
  for (int i = 0; !status && (sql = mine_training_select(training, i)) != NULL; i++)
    status = mine_verb_read(call, sql, mine_training_select_frame(training, i));
  return status;
}

/* ---- a training --------------------------------------------------------------------- */

typedef struct train_request {
  const char *algorithm, *source, *options;
  mine_model *previous; /* the model about to be replaced, or NULL */
} train_request;

static mine_status train_arguments(mine_call *call, int n, sqlite3_value **values,
                                   train_request *out) {
  mine_status status = mine_call_required_text(call, values[0], "algorithm", 100, &out->algorithm);
  if (!status) {
    status = mine_call_required_text(call, values[1], "source", MINE_LONGEST_TEXT, &out->source);
  }
  if (!status && n > 2) {
    status = mine_call_text(call, values[2], "options text", MINE_LONGEST_TEXT, &out->options);
  }
  return status;
}

/* The model about to be replaced, or NULL: also when it cannot be read any more,
** for training again is the remedy. */
static mine_model *train_previous(const mine_call *call, const mine_model_name *name) {
  mine_call look; /* errors stick, so this look has a call of its own */
  mine_model *previous = NULL;
  mine_status status = mine_call_open(&look, call->connection, call->verb);
  if (!status) status = mine_models_find(&look, name, &previous);
  mine_call_close(&look);
  return status ? NULL : previous;
}

/* A positive class chosen once stays when the model is trained again. */
static mine_status train_keep_positive(mine_training *training, const mine_model *previous) {
  mine_cell positive;
  if (!previous) return MINE_OK;
  mine_model_positive(previous, &positive);
  return positive.type == MINE_NULL ? MINE_OK : mine_training_keep_positive(training, &positive);
}

static mine_status train_run(mine_call *call, const train_request *request, mine_model **out) {
  mine_connection *connection = call->connection;
  if (connection->training || connection->reading) {
    return mine_call_fail(call, MINE_DATA,
                          "a training is already running or a source is being read; a source "
                          "must not train");
  }
  mine_training *training = NULL;
  mine_status status =
      mine_training_open(call->env, request->algorithm, request->options, &training);
  connection->training = 1;
  if (!status) status = train_keep_positive(training, request->previous);
  if (!status) status = mine_training_source(training, request->source);
  if (!status) status = mine_verb_read_training(call, request->source, training);
  if (!status) status = mine_training_fit(training, out);
  connection->training = 0;
  mine_training_close(training);
  return status;
}

/* ---- mine_train ------------------------------------------------------------------------ */

static mine_status train_line(mine_call *call, const mine_model_name *name, const mine_model *model,
                              char **out) {
  *out = sqlite3_mprintf("%s: %.280s", name->name, mine_model_get_text(model, MINE_MODEL_REPORT));
  return *out ? MINE_OK : mine_env_fail(call->env, MINE_NOMEM, "out of memory");
}

static mine_status train_and_store(mine_call *call, int n, sqlite3_value **values,
                                   sqlite3_context *context) {
  const char *text;
  mine_model_name name;
  train_request request = {0};
  mine_status status =
      mine_call_required_text(call, values[0], "model name", MINE_LONGEST_NAME, &text);
  if (!status) status = mine_model_name_parse(call, text, &name);
  if (!status) status = train_arguments(call, n - 1, values + 1, &request);
  if (!status) status = mine_models_check_writable(call, &name);
  if (!status) request.previous = train_previous(call, &name);
  mine_model *model = NULL;
  char *line = NULL; /* made before storing: nothing may fail after it */
  if (!status) status = train_run(call, &request, &model);
  if (!status) status = train_line(call, &name, model, &line);
  if (!status) status = mine_models_store(call, &name, model);
  if (!status) {
    sqlite3_result_text(context, line, -1, sqlite3_free);
  } else {
    sqlite3_free(line);
  }
  mine_model_free(request.previous);
  mine_model_free(model);
  return status;
}

/* usage: the call as it should be, beginning with the verb. */
static void train_usage(sqlite3_context *context, const char *usage) {
  char *text = sqlite3_mprintf("%.*s: wrong number of arguments; write %s",
                               (int)strcspn(usage, "("), usage, usage);
  sqlite3_result_error(context, text ? text : "out of memory", -1);
  sqlite3_free(text);
}

/* SQLite (3.40 among others) evaluates DIRECTONLY functions in CHECK constraints,
** so inserting into a stranger's table could train, or read by a source.  Called
** directly, some running statement names the verb in its own text. */
static int train_is_direct(sqlite3_context *context, const char *pattern) {
  sqlite3 *db = sqlite3_context_db_handle(context);
  for (sqlite3_stmt *s = sqlite3_next_stmt(db, NULL); s; s = sqlite3_next_stmt(db, s)) {
    const char *sql = sqlite3_stmt_busy(s) ? sqlite3_sql(s) : NULL;
    if (sql && sqlite3_strlike(pattern, sql, '\\') == 0) return 1;
  }
  sqlite3_result_error(context, "unsafe use of a verb that trains: not from within a schema", -1);
  return 0;
}

static void train_function(sqlite3_context *context, int n, sqlite3_value **values) {
  if (!train_is_direct(context, "%mine\\_train%")) return;
  if (n < 3 || n > 4) {
    train_usage(context, "mine_train(model, algorithm, source [, options])");
    return;
  }
  mine_call call;
  mine_status status = mine_call_open(&call, sqlite3_user_data(context), "mine_train");
  if (!status) status = train_and_store(&call, n, values, context);
  if (status) mine_call_result_error(&call, context);
  mine_call_close(&call);
}

/* ---- mine_fit ----------------------------------------------------------------------------- */

static mine_status fit_result(mine_call *call, const mine_model *model, sqlite3_context *context) {
  const void *bytes = NULL;
  size_t n = 0;
  mine_status status = mine_model_bytes(call->env, model, &bytes, &n);
  if (!status) sqlite3_result_blob64(context, bytes, n, SQLITE_TRANSIENT);
  return status;
}

static void fit_function(sqlite3_context *context, int n, sqlite3_value **values) {
  if (!train_is_direct(context, "%mine\\_fit%")) return;
  if (n < 2 || n > 3) {
    train_usage(context, "mine_fit(algorithm, source [, options])");
    return;
  }
  mine_call call;
  train_request request = {0};
  mine_model *model = NULL;
  mine_status status = mine_call_open(&call, sqlite3_user_data(context), "mine_fit");
  if (!status) status = train_arguments(&call, n, values, &request);
  if (!status) status = train_run(&call, &request, &model);
  if (!status) status = fit_result(&call, model, context);
  if (status) mine_call_result_error(&call, context);
  mine_model_free(model);
  mine_call_close(&call);
}

/* ---- mine_init ------------------------------------------------------------------------------- */

static mine_status init_schema(mine_call *call, const char *schema) {
  char *name = sqlite3_mprintf("%s.x", schema ? schema : "main");
  if (!name) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  mine_model_name parsed;
  mine_status status = mine_model_name_parse(call, name, &parsed);
  if (!status) status = mine_models_check_writable(call, &parsed);
  if (!status) status = mine_models_init(call, parsed.schema);
  sqlite3_free(name);
  return status;
}

static void init_function(sqlite3_context *context, int n, sqlite3_value **values) {
  if (!train_is_direct(context, "%mine\\_init%")) return;
  if (n > 1) {
    train_usage(context, "mine_init([schema])");
    return;
  }
  mine_call call;
  const char *schema = NULL;
  mine_status status = mine_call_open(&call, sqlite3_user_data(context), "mine_init");
  if (!status && n == 1) {
    status = mine_call_required_text(&call, values[0], "schema", 100, &schema);
  }
  if (!status) status = init_schema(&call, schema);
  if (status) {
    mine_call_result_error(&call, context);
  } else {
    sqlite3_result_text(context, "mine_models is ready", -1, SQLITE_STATIC);
  }
  mine_call_close(&call);
}

const mine_scalar_verb mine_scalar_verbs_train[] = {
    {"mine_train", -1, SQLITE_DIRECTONLY, train_function},
    {"mine_fit", -1, SQLITE_DIRECTONLY, fit_function},
    {"mine_init", -1, SQLITE_DIRECTONLY, init_function},
    {NULL, 0, 0, NULL},
};
