/*
** verbs_scalar.c -- scoring one row: mine_predict(model, 'name', value, ...),
** mine_predict(model, json), mine_probability(model, class, ...).
**
** Usable in triggers and permanent views: no SQL text is taken and nothing is
** written.  What a call site needs (the model, where each name goes) is a plan,
** kept with the running statement.  A new plan is made when the statement starts
** anew, when this connection has changed any row since, or when the names
** differ: a model that was trained again is seen by the next row.
**
** Comparing sixteen names a row costs as much as reading sixteen columns.  SQLite
** keeps auxiliary data only with constant arguments; a mark that is left at each
** name and found again at the next row proves that the names cannot differ.  Marks
** are left at the second row of a call site: there may be no second one.
**
** Each firing of a trigger is a fresh start: SQLite forgets auxiliary data with it, and
** no statement may stay prepared, or the connection would not close.  A plan that an
** earlier firing left is taken over when the row of its model still has that name and
** those bytes; else the model is looked up the long way.  (Whether an authorizer lets
** the caller read mine_models is asked on the long way only.)
*/
#include <string.h>

#include "models.h"
#include "row_reader.h"
#include "scalar_verb.h"

typedef struct row_plan {
  mine_call call; /* lives as long as the plan */
  mine_model *model;
  mine_model_place place;
  mine_scoring *scoring;
  sqlite3_int64 changes; /* of the connection when the model was looked up */
  int n_names;
  char **name; /* as called; one allocation, each NUL-terminated */
  int *bytes;
  int *wanted; /* which of the names are attributes of the model */
  int n_wanted;
  enum { ROW_NAMES_UNKNOWN, ROW_NAMES_MARKED, ROW_NAMES_CONSTANT, ROW_NAMES_VARY } names;
} row_plan;

static void row_plan_free(void *pointer) {
  row_plan *plan = pointer;
  if (!plan) return;
  mine_scoring_close(plan->scoring);
  mine_model_free(plan->model);
  mine__model_place_free(&plan->place);
  mine__call_close(&plan->call);
  sqlite3_free(plan->name);
  sqlite3_free(plan);
}

/* ---- spare plans ------------------------------------------------------------------ */

/* The destructor of auxiliary data: the statement, or the firing, is over. */
static void row_plan_spare(void *pointer) {
  row_plan *plan = pointer;
  mine_connection *connection = plan->call.connection;
  if (mine_env_status(plan->call.env)) { /* errors stick */
    row_plan_free(plan);
    return;
  }
  void *evicted = connection->spare_plan[MINE_SPARE_PLANS - 1];
  mine__call_rest(&plan->call);
  memmove(connection->spare_plan + 1, connection->spare_plan,
          (MINE_SPARE_PLANS - 1) * sizeof *connection->spare_plan);
  connection->spare_plan[0] = plan;
  connection->free_plan = row_plan_free;
  row_plan_free(evicted);
}

static row_plan *row_plan_take(mine_connection *connection, int i) {
  row_plan *plan = connection->spare_plan[i];
  for (; i < MINE_SPARE_PLANS - 1; i++)
    connection->spare_plan[i] = connection->spare_plan[i + 1];
  connection->spare_plan[MINE_SPARE_PLANS - 1] = NULL;
  plan->names = ROW_NAMES_UNKNOWN;
  return plan;
}

/* One whose call named the model in the same way, and there it still is. */
static row_plan *row_plan_take_called(mine_connection *connection, const char *verb,
                                      sqlite3_value *value) {
  if (sqlite3_value_type(value) != SQLITE_TEXT) return NULL;
  const char *text = (const char *)sqlite3_value_text(value);
  const size_t bytes = (size_t)sqlite3_value_bytes(value);
  for (int i = 0; text && i < MINE_SPARE_PLANS; i++) {
    const row_plan *plan = connection->spare_plan[i];
    if (!plan || plan->call.verb != verb || !plan->place.text) continue;
    if (strlen(plan->place.text) != bytes || memcmp(plan->place.text, text, bytes) != 0) continue;
    const int holds = mine__model_place_holds(connection, &plan->place, plan->model);
    return holds ? row_plan_take(connection, i) : NULL;
  }
  return NULL;
}

/* One for that model, whatever it was called. */
static row_plan *row_plan_take_spare(mine_connection *connection, const char *verb,
                                     const mine_model *model) {
  for (int i = 0; i < MINE_SPARE_PLANS; i++) {
    const row_plan *plan = connection->spare_plan[i];
    if (plan && plan->model == model && plan->call.verb == verb)
      return row_plan_take(connection, i);
  }
  return NULL;
}

/* ---- making a plan ----------------------------------------------------------------- */

static row_plan *row_plan_new(mine_connection *connection, const char *verb) {
  row_plan *plan = sqlite3_malloc64(sizeof *plan);
  if (!plan) return NULL;
  memset(plan, 0, sizeof *plan);
  if (mine__call_open(&plan->call, connection, verb)) {
    row_plan_free(plan);
    return NULL;
  }
  return plan;
}

/* A plan for the model that the value names now.  On failure *out still carries
** the error, or is NULL when memory is out. */
static mine_status row_plan_make(mine_connection *connection, const char *verb,
                                 sqlite3_value *value, row_plan **out) {
  sqlite3_int64 changes = sqlite3_total_changes64(connection->db);
  row_plan *plan = *out = row_plan_take_called(connection, verb, value);
  if (plan) {
    plan->changes = changes;
    return MINE_OK;
  }
  plan = *out = row_plan_new(connection, verb);
  if (!plan) return MINE_NOMEM;
  mine_status status = mine__models_get(&plan->call, value, &plan->place, &plan->model);
  row_plan *spare = status ? NULL : row_plan_take_spare(connection, verb, plan->model);
  if (spare) { /* where the model is now */
    const mine_model_place place = spare->place;
    spare->place = plan->place;
    plan->place = place;
    row_plan_free(plan);
    *out = spare;
  }
  (*out)->changes = changes;
  return status;
}

static mine_status row_plan_names(row_plan *plan, mine_row_reader *reader) {
  const char *name;
  mine_cell value;
  int bytes = 0;
  int n = 0;
  size_t total = 0;
  mine_status status;
  while (!(status = mine__row_reader_next(reader, &name, &bytes, &value)) && name) {
    n++;
    total += (size_t)bytes + 1;
  }
  if (status) return status;
  mine__row_reader_rewind(reader);
  sqlite3_free(plan->name);
  plan->name = sqlite3_malloc64((size_t)(n + 1) * (sizeof(char *) + 2 * sizeof(int)) + total);
  if (!plan->name) return mine_env_fail(plan->call.env, MINE_NOMEM, "out of memory");
  plan->bytes = (int *)(plan->name + n + 1);
  plan->wanted = plan->bytes + n + 1;
  char *at = (char *)(plan->wanted + n + 1);
  for (plan->n_names = 0; plan->n_names < n; plan->n_names++) {
    status = mine__row_reader_next(reader, &name, &bytes, &value);
    if (status || !name) break;
    plan->name[plan->n_names] = memcpy(at, name, (size_t)bytes);
    plan->bytes[plan->n_names] = bytes;
    at[bytes] = 0;
    at += bytes + 1;
  }
  mine__row_reader_rewind(reader);
  return status;
}

static mine_status row_plan_bind(row_plan *plan, mine_row_reader *reader) {
  mine_scoring_close(plan->scoring);
  plan->scoring = NULL;
  mine_status status = row_plan_names(plan, reader);
  if (!status && plan->n_names == 0) {
    status =
        mine__call_fail(&plan->call, MINE_OPTION,
                        "the call has no attributes; write 'name', value, ... or a JSON object "
                        "with members");
  }
  if (!status) {
    status = mine_scoring_open_row(plan->call.env, plan->model, &plan->scoring);
  }
  if (status) return status;
  mine_frame *frame = mine_scoring_frame(plan->scoring);
  status = mine_frame_columns(frame, (const char *const *)plan->name, plan->n_names);
  plan->n_wanted = 0;
  for (int i = 0; i < plan->n_names && !status; i++) {
    if (mine_frame_wants(frame, i)) plan->wanted[plan->n_wanted++] = i;
  }
  return status;
}

/* ---- one row through a plan ------------------------------------------------------------ */

/* Whether the n values are pairs whose names are known to be the plan's. */
static int row_is_known(const row_plan *plan, int n) {
  return plan->names == ROW_NAMES_CONSTANT && plan->scoring && n == 2 * plan->n_names;
}

static void row_fill_pairs(row_plan *plan, sqlite3_value **values) {
  mine_frame *frame = mine_scoring_frame(plan->scoring);
  if (plan->n_wanted == plan->n_names) { /* as a rule */
    mine__frame_put_values(frame, plan->wanted, values + 1, 2, plan->n_wanted);
    return;
  }
  for (int i = 0; i < plan->n_wanted; i++) {
    mine__frame_put_values(frame, &plan->wanted[i], &values[2 * plan->wanted[i] + 1], 1, 1);
  }
}

/* Put the row; *fits = 0 when its names are not the plan's. */
static mine_status row_fill(row_plan *plan, mine_row_reader *reader, int *fits) {
  mine_frame *frame = mine_scoring_frame(plan->scoring);
  const char *name;
  mine_cell value;
  int bytes = 0;
  int i = 0;
  mine_status status;
  *fits = 0;
  for (; !(status = mine__row_reader_next(reader, &name, &bytes, &value)) && name; i++) {
    if (i >= plan->n_names || bytes != plan->bytes[i] ||
        memcmp(name, plan->name[i], (size_t)bytes) != 0) {
      return MINE_OK;
    }
    if (mine_frame_wants(frame, i)) mine_frame_put_cell(frame, i, &value);
  }
  *fits = i == plan->n_names;
  return status;
}

static mine_status row_score(row_plan *plan, mine_row_reader *reader) {
  int fits = 0;
  mine_status status = MINE_OK;
  if (plan->scoring) {
    mine_scoring_again(plan->scoring);
    status = row_fill(plan, reader, &fits);
    if (!status && !fits) mine__row_reader_rewind(reader);
  }
  if (!status && !fits) {
    status = row_plan_bind(plan, reader);
    if (!status) status = row_fill(plan, reader, &fits);
  }
  return status ? status : mine_scoring_row(plan->scoring);
}

/* ---- the two functions ---------------------------------------------------------------------- */

static mine_status row_result_prediction(row_plan *plan, sqlite3_context *context) {
  mine_cell cell;
  mine_scoring_prediction(plan->scoring, &cell);
  mine__result_cell(context, &cell);
  return MINE_OK;
}

/* A text in quotes, its NULs as \\0. */
static void row_show_text(sqlite3_str *list, const char *text, size_t bytes) {
  const char *at = text, *end = text + bytes, *nul;
  sqlite3_str_appendall(list, "'");
  for (; bytes && (nul = memchr(at, 0, (size_t)(end - at))) != NULL; at = nul + 1)
    sqlite3_str_appendf(list, "%.*s\\0", (int)(nul - at), at);
  sqlite3_str_appendf(list, "%.*s'", (int)(end - at), at);
}

/* "the model has no class 'x'; its classes are 'no', 'yes'" */
static mine_status row_no_such_class(row_plan *plan, sqlite3_value *value) {
  sqlite3_str *list = sqlite3_str_new(NULL);
  int n = mine_scoring_classes(plan->scoring);
  for (int i = 0; i < n && i < 20; i++) {
    mine_cell cell;
    mine_scoring_class(plan->scoring, i, &cell);
    sqlite3_str_appendall(list, i ? ", " : "");
    if (cell.type == MINE_INT) sqlite3_str_appendf(list, "%lld", (long long)cell.as.integer);
    if (cell.type == MINE_REAL) sqlite3_str_appendf(list, "%!.15g", cell.as.real);
    if (cell.type == MINE_TEXT) row_show_text(list, cell.as.text, cell.bytes);
  }
  if (n > 20) sqlite3_str_appendf(list, " and %d more", n - 20);
  char *classes = sqlite3_str_finish(list);
  const char *text = (const char *)sqlite3_value_text(value);
  const char *quote = sqlite3_value_type(value) == SQLITE_TEXT ? "'" : "";
  mine_status status = mine__call_fail(&plan->call, MINE_OPTION,
                                       "the model has no class %s%.60s%s; its classes are %s",
                                       quote, text ? text : "NULL", quote, classes ? classes : "");
  sqlite3_free(classes);
  return status;
}

static mine_status row_result_probability(row_plan *plan, sqlite3_value *class_value,
                                          sqlite3_context *context) {
  mine_cell cell;
  mine__value_cell(class_value, &cell);
  if (mine_scoring_classes(plan->scoring) == 0) {
    return mine__call_fail(&plan->call, MINE_UNSUPPORTED,
                           "the model predicts no classes; use mine_predict");
  }
  int which = mine_scoring_find_class(plan->scoring, &cell);
  if (which < 0) return row_no_such_class(plan, class_value);
  sqlite3_result_double(context, mine_scoring_class_probability(plan->scoring, 0, which));
  return MINE_OK;
}

static mine_status row_score_known(row_plan *plan, sqlite3_value **values) {
  mine_scoring_again(plan->scoring);
  row_fill_pairs(plan, values);
  return mine_scoring_row(plan->scoring);
}

static mine_status row_score_any(row_plan *plan, int n, sqlite3_value **values) {
  mine_row_reader reader;
  mine_status status = mine__row_reader_open(&plan->call, n, values, &reader);
  if (!status) status = row_score(plan, &reader);
  mine__row_reader_close(&reader);
  return status;
}

static mine_status row_run(row_plan *plan, sqlite3_context *context, sqlite3_value *class_value,
                           int n, sqlite3_value **values) {
  mine_status status =
      row_is_known(plan, n) ? row_score_known(plan, values) : row_score_any(plan, n, values);
  mine_env_rest(plan->call.env);
  if (status) return status;
  return class_value ? row_result_probability(plan, class_value, context)
                     : row_result_prediction(plan, context);
}

/* SQLite tells constant arguments apart for the first 32 only. */
#define ROW_MARKED_ARGUMENTS 32

static void row_mark_names(sqlite3_context *context, row_plan *plan, int first, int n) {
  plan->names = n <= ROW_MARKED_ARGUMENTS + 1 ? ROW_NAMES_MARKED : ROW_NAMES_VARY;
  if (plan->names != ROW_NAMES_MARKED) return;
  for (int i = first; i < n; i += 2)
    sqlite3_set_auxdata(context, i, plan, NULL);
}

static void row_check_names(sqlite3_context *context, row_plan *plan, int first, int n) {
  if (plan->names != ROW_NAMES_MARKED) return;
  plan->names = ROW_NAMES_CONSTANT;
  for (int i = first; i < n; i += 2) {
    if (!sqlite3_get_auxdata(context, i)) plan->names = ROW_NAMES_VARY;
  }
}

/* values[0] is the model, values[first..] the row. */
static void row_function(sqlite3_context *context, const char *verb, int first, int n,
                         sqlite3_value **values) {
  mine_connection *connection = mine__scalar_connection(context);
  row_plan *plan = sqlite3_get_auxdata(context, 0);
  int kept = plan && plan->changes == sqlite3_total_changes64(connection->db);
  mine_status status = kept ? MINE_OK : row_plan_make(connection, verb, values[0], &plan);
  if (!plan) {
    sqlite3_result_error_nomem(context);
    return;
  }
  if (kept) row_check_names(context, plan, first, n);
  if (!status) {
    status = row_run(plan, context, first == 2 ? values[1] : NULL, n - first, values + first);
  }
  if (status) mine__call_result_error(&plan->call, context);
  if (kept && !status && plan->names == ROW_NAMES_UNKNOWN) row_mark_names(context, plan, first, n);
  if (kept && status) sqlite3_set_auxdata(context, 0, NULL, NULL);
  if (!kept && status) row_plan_free(plan);
  /* SQLite may free the plan at once, so this comes last. */
  if (!kept && !status) sqlite3_set_auxdata(context, 0, plan, row_plan_spare);
}

static void predict_function(sqlite3_context *context, int n, sqlite3_value **values) {
  if (n < 2) {
    sqlite3_result_error(context,
                         "mine_predict: arguments are missing; write mine_predict(model, 'name', "
                         "value, ...) or FROM mine_predict(model, source)",
                         -1);
    return;
  }
  row_function(context, "mine_predict", 1, n, values);
}

static void probability_function(sqlite3_context *context, int n, sqlite3_value **values) {
  /* The names and values behind the class come in pairs, or as one JSON object. */
  if (n < 3 || (n > 3 && n % 2)) {
    sqlite3_result_error(
        context,
        "mine_probability: the class or a value is missing; write mine_probability(model, "
        "class, 'name', value, ...)",
        -1);
    return;
  }
  row_function(context, "mine_probability", 2, n, values);
}

const mine_scalar_special mine__scalar_specials_row[] = {
    {.name = "mine_predict", .function = predict_function},
    {.name = "mine_probability", .function = probability_function},
    {.name = NULL},
};
