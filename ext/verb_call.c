/*
** verb_call.c -- arguments by their kind, then the sources one after the other.
*/
#include "verb_call.h"

#include <string.h>

#include "models.h"
#include "source.h"

/* ---- arguments -------------------------------------------------------------------- */

/* The value names a model or is a source; it must not be both.  *model NULL: a source. */
static mine_status argument_base(mine_call *call, sqlite3_value *value, const char *what,
                                 const char **text, mine_model **model) {
  if (value && sqlite3_value_type(value) == SQLITE_BLOB)
    return mine__models_get(call, value, model);
  mine_status status = mine__call_required_text(call, value, what, MINE_LONGEST_TEXT, text);
  if (status) return status;
  int is_table = mine__source_is_table(call, *text);
  if (mine_env_status(call->env)) return mine_env_status(call->env);
  mine_model_name name;
  int dots = 0;
  int words = 0;
  for (const char *p = *text; *p; p++) {
    dots += *p == '.';
    words += *p == ' ' || *p == '\n' || *p == '\t' || *p == '(';
  }
  if (words || dots > 1 || (is_table && dots)) return MINE_OK;
  status = mine__model_name_parse(call, *text, &name);
  if (!status) status = mine__models_find(call, &name, model);
  if (!status && *model && is_table) {
    return mine__call_fail(call, MINE_OPTION,
                           "'%s' is both a model and a table; write SELECT * FROM \"%s\" for the "
                           "table, or rename one",
                           *text, *text);
  }
  return status;
}

/* How the caller refers to a model, for a text to be pasted; a BLOB has no name. */
static const char *argument_model_name(sqlite3_value *value) {
  int blob = !value || sqlite3_value_type(value) == SQLITE_BLOB;
  return blob ? NULL : (const char *)sqlite3_value_text(value);
}

static mine_status argument_read(mine_call *call, const mine_verb *verb, int i,
                                 sqlite3_value *value, mine_arguments *out, mine_model **model) {
  const char *what = verb->argument[i].name;
  const int needed = i < verb->required;
  switch (verb->argument[i].kind) {
    case MINE_ARG_MODEL: {
      mine_status status = mine__models_get(call, value, model);
      out->text[i] = argument_model_name(value);
      return status;
    }
    case MINE_ARG_BASE:
      return argument_base(call, value, what, &out->text[i], model);
    case MINE_ARG_NAME:
      return mine__call_required_text(call, value, "model name", MINE_LONGEST_NAME, &out->text[i]);
    case MINE_ARG_OPTIONS:
      return mine__call_text(call, value, "options text", MINE_LONGEST_TEXT, &out->text[i]);
    case MINE_ARG_SOURCE:
      return needed ? mine__call_required_text(call, value, what, MINE_LONGEST_TEXT, &out->text[i])
                    : mine__call_text(call, value, what, MINE_LONGEST_TEXT, &out->text[i]);
    case MINE_ARG_ALGORITHM:
    case MINE_ARG_TEXT:
      return needed ? mine__call_required_text(call, value, what, 100, &out->text[i])
                    : mine__call_text(call, value, what, 100, &out->text[i]);
    default:
      return MINE_OK;
  }
}

mine_status mine__verb_call_open(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                                 mine_verb_call *out) {
  mine_arguments arguments;
  mine_status status = MINE_OK;
  memset(out, 0, sizeof *out);
  memset(&arguments, 0, sizeof arguments);
  for (int i = 0; i < MINE_MOST_ARGUMENTS && verb->argument[i].kind && !status; i++) {
    status = argument_read(call, verb, i, values[i], &arguments, &out->model[i]);
    arguments.model[i] = out->model[i];
  }
  return status ? status : mine_job_open(call->env, verb, &arguments, &out->job);
}

void mine__verb_call_close(mine_verb_call *verb_call) {
  mine_job_close(verb_call->job);
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++)
    mine_model_free(verb_call->model[i]);
  memset(verb_call, 0, sizeof *verb_call);
}

/* ---- sources ------------------------------------------------------------------------- */

mine_status mine__verb_read(mine_call *call, const char *text, mine_frame *frame) {
  mine_source source;
  mine_status status = mine__source_open(call, text, &source);
  if (!status) status = mine__source_bind(&source, frame);
  if (!status) status = mine__source_read(&source);
  mine__source_close(&source);
  return status;
}

mine_status mine__verb_call_read(mine_call *call, mine_verb_call *verb_call) {
  for (;;) {
    const char *sql;
    mine_frame *frame;
    mine_status status = mine_job_source(verb_call->job, &sql, &frame);
    if (status || !frame) return status;
    status = mine__verb_read(call, sql, frame);
    if (status) return status;
  }
}
