/*
** verbs_about.c -- mine_export, mine_version, mine_debug.
*/
#include <string.h>
#include <unistd.h>

#include "models.h"
#include "verbs.h"

/* ---- mine_export(model, format) ---------------------------------------------------- */

/* How the caller refers to the model, for a text to be pasted. */
static const char *export_name(sqlite3_value *value) {
  return sqlite3_value_type(value) == SQLITE_BLOB ? "model"
                                                  : (const char *)sqlite3_value_text(value);
}

static mine_status export_text(mine_call *call, sqlite3_value **values, sqlite3_context *context) {
  const char *format;
  mine_model *model = NULL;
  mine_relation *text = NULL;
  mine_status status = mine_models_get(call, values[0], &model);
  if (!status) status = mine_call_required_text(call, values[1], "format", 100, &format);
  if (!status && sqlite3_stricmp(format, "call") != 0) {
    status =
        mine_call_fail(call, MINE_OPTION, "there is no format '%s'; the formats are: call", format);
  }
  if (!status) status = mine_model_call(call->env, model, export_name(values[0]), &text);
  if (!status) {
    mine_cell cell;
    mine_relation_cell(text, 0, 0, &cell);
    mine_result_cell(context, &cell);
  }
  mine_relation_free(text);
  mine_model_free(model);
  return status;
}

static void export_function(sqlite3_context *context, int n, sqlite3_value **values) {
  (void)n;
  mine_call call;
  mine_status status = mine_call_open(&call, sqlite3_user_data(context), "mine_export");
  if (!status) status = export_text(&call, values, context);
  if (status) mine_call_result_error(&call, context);
  mine_call_close(&call);
}

/* ---- mine_version(), mine_debug() ------------------------------------------------------ */

static void version_function(sqlite3_context *context, int n, sqlite3_value **values) {
  (void)n, (void)values;
  sqlite3_result_text(context, MINE_VERSION, -1, SQLITE_STATIC);
}

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

static void debug_function(sqlite3_context *context, int n, sqlite3_value **values) {
  (void)n, (void)values;
  const mine_connection *connection = sqlite3_user_data(context);
  int cached = 0;
  for (int i = 0; i < MINE_CACHED_MODELS; i++)
    cached += connection->cached[i].model != NULL;
  char *text = sqlite3_mprintf(
      "sqlite-mine %s, %s; SQLite %s (built against %s); %lld processors, vectors %s; "
      "%d models cached; %s",
      MINE_VERSION, debug_compiler(), sqlite3_libversion(), SQLITE_VERSION,
      (long long)sysconf(_SC_NPROCESSORS_ONLN), debug_vector_unit(), cached,
      connection->process == getpid() ? "same process" : "forked: one thread");
  if (!text) {
    sqlite3_result_error_nomem(context);
    return;
  }
  sqlite3_result_text(context, text, -1, sqlite3_free);
}

const mine_scalar_verb mine_scalar_verbs_about[] = {
    {"mine_export", 2, SQLITE_INNOCUOUS, export_function},
    {"mine_version", 0, SQLITE_INNOCUOUS, version_function},
    {"mine_debug", 0, SQLITE_INNOCUOUS, debug_function},
    {NULL, 0, 0, NULL},
};
