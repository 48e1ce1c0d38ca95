/*
** aggregate_verb.c -- one window function behind every aggregate.
**
** SQLite keeps one pointer for us in each group: to a run, which is a call of the engine
** (environment, error) and the engine's group of rows.  A query with a GROUP BY of many
** groups works on one after the other, so a run that is over waits, emptied, for the
** next group of the same verb; each verb of a connection keeps at most one.
*/
#include "aggregate_verb.h"

#include <string.h>

typedef struct aggregate_run {
  mine_call call;
  mine_group *group;
} aggregate_run;

typedef struct aggregate_registration {
  mine_connection *connection;
  const mine_verb *verb;
  int arguments;
  aggregate_run *spare; /* without rows; or NULL */
} aggregate_registration;

/* ---- runs -------------------------------------------------------------------------- */

static void run_free(aggregate_run *run) {
  if (!run) return;
  mine_group_close(run->group);
  mine__call_close(&run->call);
  sqlite3_free(run);
}

static aggregate_run *run_new(const aggregate_registration *registration) {
  aggregate_run *run = sqlite3_malloc64(sizeof *run);
  if (!run) return NULL;
  run->group = NULL;
  if (mine__call_open(&run->call, registration->connection, registration->verb->name) ||
      mine_group_open(run->call.env, registration->verb, &run->group)) {
    run_free(run);
    return NULL;
  }
  return run;
}

/* The run of this group; NULL: memory is out, and said. */
static aggregate_run *run_of(sqlite3_context *context) {
  aggregate_registration *registration = sqlite3_user_data(context);
  aggregate_run **place = sqlite3_aggregate_context(context, sizeof *place);
  if (place && !*place) {
    *place = registration->spare ? registration->spare : run_new(registration);
    registration->spare = NULL;
  }
  if (place && *place) return *place;
  sqlite3_result_error_nomem(context);
  return NULL;
}

/* The group is over.  Failures stick in a run's environment. */
static void run_end(aggregate_registration *registration, aggregate_run *run) {
  if (registration->spare || mine_env_status(run->call.env)) {
    run_free(run);
    return;
  }
  mine_group_clear(run->group);
  mine__call_rest(&run->call);
  registration->spare = run;
}

/* ---- what SQLite calls ---------------------------------------------------------------- */

static void aggregate_usage(sqlite3_context *context, const mine_verb *verb) {
  char form[MINE_FORM_BYTES];
  char *text = sqlite3_mprintf("%s: wrong number of arguments; write %s", verb->name,
                               mine_verb_form_text(verb, form));
  sqlite3_result_error(context, text ? text : "out of memory", -1);
  sqlite3_free(text);
}

/* A text of a UTF-16 database is converted as it is read, which may take memory. */
static int aggregate_cell(sqlite3_value *value, mine_cell *out) {
  const int there = sqlite3_value_type(value) != SQLITE_NULL;
  mine__value_cell(value, out);
  return !there || out->type != MINE_NULL;
}

static void aggregate_row(sqlite3_context *context, int n, sqlite3_value **values,
                          mine_status (*take)(mine_group *group, const mine_cell *cells)) {
  const aggregate_registration *registration = sqlite3_user_data(context);
  mine_cell cell[MINE_MOST_ARGUMENTS];
  if (n != registration->arguments) {
    aggregate_usage(context, registration->verb);
    return;
  }
  aggregate_run *run = run_of(context);
  if (!run) return;
  for (int i = 0; i < n; i++) {
    if (!aggregate_cell(values[i], &cell[i])) {
      sqlite3_result_error_nomem(context);
      return;
    }
  }
  if (take(run->group, cell)) mine__call_result_error(&run->call, context);
}

static void aggregate_step(sqlite3_context *context, int n, sqlite3_value **values) {
  aggregate_row(context, n, values, mine_group_add);
}

static void aggregate_inverse(sqlite3_context *context, int n, sqlite3_value **values) {
  aggregate_row(context, n, values, mine_group_remove);
}

/* Without a run no row was ever added: NULL, which is the result when nothing is said. */
static aggregate_run *aggregate_answer(sqlite3_context *context, int last) {
  aggregate_run **place = sqlite3_aggregate_context(context, 0);
  aggregate_run *run = place ? *place : NULL;
  if (!run) return NULL;
  mine_cell cell;
  if (mine_group_value(run->group, last, &cell)) {
    mine__call_result_error(&run->call, context);
  } else {
    mine__result_cell(context, &cell);
  }
  if (last) *place = NULL;
  return run;
}

static void aggregate_value(sqlite3_context *context) {
  (void)aggregate_answer(context, 0);
}

/* Called for every group that was begun, also when the statement is given up. */
static void aggregate_final(sqlite3_context *context) {
  aggregate_run *run = aggregate_answer(context, 1);
  if (run) run_end(sqlite3_user_data(context), run);
}

/* ---- registration ---------------------------------------------------------------------- */

static void aggregate_unregister(void *pointer) {
  aggregate_registration *registration = pointer;
  run_free(registration->spare);
  mine__connection_release(registration->connection);
  sqlite3_free(registration);
}

int mine__aggregate_verb_register(mine_connection *connection, const mine_verb *verb) {
  aggregate_registration *registration = sqlite3_malloc64(sizeof *registration);
  if (!registration) return SQLITE_NOMEM;
  *registration = (aggregate_registration){.connection = connection, .verb = verb};
  while (registration->arguments < MINE_MOST_ARGUMENTS &&
         verb->argument[registration->arguments].kind)
    registration->arguments++;
  mine__connection_retain(connection);
  return sqlite3_create_window_function(connection->db, verb->name, -1,
                                        SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC,
                                        registration, aggregate_step, aggregate_final,
                                        aggregate_value, aggregate_inverse, aggregate_unregister);
}
