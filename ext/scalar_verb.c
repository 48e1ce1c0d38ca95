/*
** scalar_verb.c -- one function behind every scalar verb, and mine_debug, which tells
** what only the SQLite face knows.
*/
#include "scalar_verb.h"

#include <fenv.h>
#include <string.h>
#include <unistd.h>

#include "models_versions.h"
#include "statements.h"

/* What registration hands to the functions. */
typedef struct scalar_registration {
  mine_connection *connection;
  const mine_verb *verb;
  const mine_scalar_special *special; /* NULL: nothing special */
} scalar_registration;

mine_connection *mine__scalar_connection(sqlite3_context *context) {
  const scalar_registration *registration = sqlite3_user_data(context);
  return registration->connection;
}

/* ---- calls ------------------------------------------------------------------------- */

/* "mine_train(model, algorithm, source [, options])" */
static const char *scalar_form(const mine_verb *verb, char buffer[MINE_FORM_BYTES]) {
  return mine_verb_form_text(verb, buffer) + strlen("SELECT ");
}

static int scalar_count_arguments(const mine_verb *verb) {
  int n = 0;
  while (n < MINE_MOST_ARGUMENTS && verb->argument[n].kind)
    n++;
  return n;
}

static void scalar_usage(sqlite3_context *context, const mine_verb *verb) {
  char form[MINE_FORM_BYTES];
  char *text = sqlite3_mprintf("%s: wrong number of arguments; write %s", verb->name,
                               scalar_form(verb, form));
  sqlite3_result_error(context, text ? text : "out of memory", -1);
  sqlite3_free(text);
}

/* SQLite (3.40 among others) evaluates DIRECTONLY functions in CHECK constraints,
** so inserting into a stranger's table could train, or read by a source.  Called
** directly, some running statement names the verb in its own text. */
static int scalar_is_direct(sqlite3_context *context, const mine_verb *verb) {
  if (mine__statements_name(sqlite3_context_db_handle(context), verb->name)) return 1;
  sqlite3_result_error(context, "unsafe use of a verb that trains: not from within a schema", -1);
  return 0;
}

/* The one cell of the verb's answer. */
static mine_status scalar_run(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                              sqlite3_context *context) {
  mine_verb_call job = {0};
  mine_relation *answer = NULL;
  mine_status status = mine__verb_call_open(call, verb, values, &job);
  if (!status) status = mine__verb_call_read(call, &job);
  if (!status) status = mine_job_run(job.job, &answer);
  if (!status) {
    mine_cell cell;
    mine_relation_cell(answer, 0, 0, &cell);
    mine__result_cell(context, &cell);
  }
  mine_relation_free(answer);
  mine__verb_call_notes(call, &job);
  mine__verb_call_close(&job);
  return status;
}

static void scalar_failed(const mine_call *call, const mine_verb *verb, sqlite3_value **values,
                          sqlite3_context *context) {
  char *message = mine__verb_call_message(call, verb, values);
  mine__call_result_message(call, message, context);
  sqlite3_free(message);
}

static void scalar_function(sqlite3_context *context, int n, sqlite3_value **values) {
  const scalar_registration *registration = sqlite3_user_data(context);
  const mine_verb *verb = registration->verb;
  sqlite3_value *argument[MINE_MOST_ARGUMENTS] = {NULL};
  if ((verb->trains || verb->stores) && !scalar_is_direct(context, verb)) return;
  if (n < verb->required || n > scalar_count_arguments(verb)) {
    scalar_usage(context, verb);
    return;
  }
  for (int i = 0; i < n; i++)
    argument[i] = values[i];
  /* Models are written as decimals and read from them: to the nearest, however the host rounds. */
  const int rounding = fegetround();
  (void)fesetround(FE_TONEAREST);
  mine_call call;
  mine_status status = mine__call_open(&call, registration->connection, verb->name);
  if (!status) {
    status = registration->special ? registration->special->call(&call, verb, argument, context)
                                   : scalar_run(&call, verb, argument, context);
  }
  if (status) scalar_failed(&call, verb, argument, context);
  mine__call_close(&call);
  (void)fesetround(rounding);
}

/* ---- registration -------------------------------------------------------------------- */

static void scalar_unregister(void *pointer) {
  scalar_registration *registration = pointer;
  mine__connection_release(registration->connection);
  sqlite3_free(registration);
}

static const mine_scalar_special *scalar_find_special(const char *name) {
  const mine_scalar_special *const lists[] = {
      mine__scalar_specials_train, mine__scalar_specials_row, mine__scalar_specials_debug,
      mine__scalar_specials_versions, mine__scalar_specials_names};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    for (const mine_scalar_special *s = lists[i]; s->name; s++)
      if (strcmp(s->name, name) == 0) return s;
  }
  return NULL;
}

static int scalar_register(mine_connection *connection, const mine_verb *verb,
                           const mine_scalar_special *special, int flags,
                           void (*function)(sqlite3_context *, int, sqlite3_value **)) {
  scalar_registration *registration = sqlite3_malloc64(sizeof *registration);
  if (!registration) return SQLITE_NOMEM;
  *registration = (scalar_registration){connection, verb, special};
  mine__connection_retain(connection);
  return sqlite3_create_function_v2(connection->db, verb->name, -1, SQLITE_UTF8 | flags,
                                    registration, function, NULL, NULL, scalar_unregister);
}

int mine__scalar_verb_register(mine_connection *connection, const mine_verb *verb) {
  const mine_scalar_special *special = scalar_find_special(verb->name);
  const int reads = verb->trains || verb->stores || mine_verb_reads_source(verb);
  return scalar_register(connection, verb, special, reads ? SQLITE_DIRECTONLY : SQLITE_INNOCUOUS,
                         special && special->function ? special->function : scalar_function);
}

/* ---- a table verb called as a scalar --------------------------------------------------- */

static void hint_function(sqlite3_context *context, int n, sqlite3_value **values) {
  (void)n, (void)values;
  const scalar_registration *registration = sqlite3_user_data(context);
  char form[MINE_FORM_BYTES];
  char *text =
      sqlite3_mprintf("%s: it answers with a table; write SELECT * %s", registration->verb->name,
                      mine_verb_form_text(registration->verb, form));
  sqlite3_result_error(context, text ? text : "out of memory", -1);
  sqlite3_free(text);
}

int mine__scalar_hint_register(mine_connection *connection, const mine_verb *verb) {
  return scalar_register(connection, verb, NULL, SQLITE_INNOCUOUS, hint_function);
}

/* ---- mine_debug() ------------------------------------------------------------------------ */

static const char *debug_compiler(void) {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " __VERSION__;
#else
  return "unknown compiler";
#endif
}

static const char *debug_vector_unit(void) {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return "avx512f";
  if (__builtin_cpu_supports("avx2")) return "avx2";
  return "x86-64";
#else
  return "portable";
#endif
}

static mine_status debug_call(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                              sqlite3_context *context) {
  (void)verb, (void)values;
  const mine_connection *connection = call->connection;
  int cached = 0;
  for (int i = 0; i < MINE_CACHED_MODELS; i++)
    cached += connection->cached[i].model != NULL;
  char *text = sqlite3_mprintf(
      "sqlite-mine %s, %s; SQLite %s (built against %s); %lld processors, vectors %s; "
      "%d models cached; %s",
      MINE_VERSION, debug_compiler(), sqlite3_libversion(), SQLITE_VERSION,
      (long long)sysconf(_SC_NPROCESSORS_ONLN), debug_vector_unit(), cached,
      connection->process == getpid() ? "same process" : "forked: one thread");
  if (!text) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  sqlite3_result_text(context, text, -1, sqlite3_free);
  return MINE_OK;
}

const mine_scalar_special mine__scalar_specials_debug[] = {
    {.name = "mine_debug", .call = debug_call},
    {.name = NULL},
};
