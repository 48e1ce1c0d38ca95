/*
** verb_call.c -- arguments by their kind, then the sources one after the other.
*/
#include "verb_call.h"

#include <string.h>

#include "models_versions.h"
#include "source.h"
#include "statements.h"

/* ---- arguments -------------------------------------------------------------------- */

/* The value names a model or is a source; it must not be both.  *model NULL: a source. */
static mine_status argument_base(mine_call *call, sqlite3_value *value, const char *what,
                                 const char **text, mine_model **model) {
  if (value && sqlite3_value_type(value) == SQLITE_BLOB)
    return mine__models_get(call, value, NULL, model);
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
  if (!status) status = mine__models_find(call, &name, is_table, model);
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

/* Options that were built from a row are NULL when one of its values is: not "none". */
static mine_status argument_options(mine_call *call, sqlite3_value *value, const char **text) {
  if (value && sqlite3_value_type(value) == SQLITE_NULL) {
    return mine__call_fail(call, MINE_OPTION,
                           "the options are NULL; leave them out to get the defaults");
  }
  return mine__call_text(call, value, "options text", MINE_LONGEST_TEXT, text);
}

/* Several stored models; their names into names[]. */
static mine_status argument_models(mine_call *call, sqlite3_value *value, const char *what,
                                   const char **names, mine_verb_call *out) {
  const char *text;
  int n = 0;
  if (value && sqlite3_value_type(value) == SQLITE_BLOB)
    return mine__call_fail(call, MINE_OPTION,
                           "a model BLOB is one model; store the models and give their names: "
                           "'a|b|c'");
  mine_status status = mine__call_required_text(call, value, what, MINE_LONGEST_TEXT, &text);
  if (!status) status = mine_names_read(call->env, text, names, &n);
  for (int i = 0; i < n && !status; i++) {
    if (strlen(names[i]) > MINE_LONGEST_NAME)
      return mine__call_fail(call, MINE_OPTION,
                             "a name in the list of models is longer than %d "
                             "bytes: '%.60s'",
                             MINE_LONGEST_NAME, names[i]);
    if (!*names[i])
      return mine__call_fail(call, MINE_OPTION, "a name in the list of models is empty: '%.60s'",
                             text);
    status = mine__models_named(call, names[i], &out->listed[i]);
    if (!status) out->n_listed++;
  }
  return status;
}

/* Text, or the bytes of a text as readfile() gives them, which no encoding of the database may
** touch; a copy then ends with the call. */
static mine_status argument_document(mine_call *call, sqlite3_value *value, const char *what,
                                     mine_verb_call *verb_call, const char **text) {
  if (!value || sqlite3_value_type(value) != SQLITE_BLOB)
    return mine__call_required_text(call, value, what, MINE_LONGEST_DOCUMENT, text);
  const size_t n = (size_t)sqlite3_value_bytes(value);
  char *copy = verb_call->document = sqlite3_malloc64(n + 1);
  if (!copy) return mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  if (n > 0) memcpy(copy, sqlite3_value_blob(value), n);
  copy[n] = 0;
  *text = copy;
  if (n > 0 && strlen(copy) == n && mine_valid_utf8(copy, n)) return MINE_OK;
  return mine__call_fail(call, MINE_DATA,
                         "the %s is a BLOB that is no text in UTF-8; give the file as it was "
                         "exported",
                         what);
}

/* *owned: a text that was made, the caller's to free. */
static mine_status argument_read(mine_call *call, const mine_verb *verb, int i,
                                 sqlite3_value *value, mine_arguments *out,
                                 mine_verb_call *verb_call, char **owned) {
  mine_model **model = &verb_call->model[i];
  const char *what = verb->argument[i].name;
  const int needed = i < verb->required;
  switch (verb->argument[i].kind) {
    case MINE_ARG_MODEL: {
      mine_status status = mine__models_get(call, value, NULL, model);
      out->text[i] = argument_model_name(value);
      return status;
    }
    case MINE_ARG_BASE:
      return argument_base(call, value, what, &out->text[i], model);
    case MINE_ARG_NAME:
      return mine__call_required_text(call, value, "model name", MINE_LONGEST_NAME, &out->text[i]);
    case MINE_ARG_OPTIONS:
      return argument_options(call, value, &out->text[i]);
    case MINE_ARG_SOURCE:
    case MINE_ARG_ITEMS:
      return needed ? mine__call_required_text(call, value, what, MINE_LONGEST_TEXT, &out->text[i])
                    : mine__call_text(call, value, what, MINE_LONGEST_TEXT, &out->text[i]);
    case MINE_ARG_VERSIONS: {
      mine_status status = mine__versions_source(call, value, owned);
      out->text[i] = *owned;
      return status;
    }
    case MINE_ARG_ALGORITHM:
    case MINE_ARG_TEXT:
      return needed ? mine__call_required_text(call, value, what, 100, &out->text[i])
                    : mine__call_text(call, value, what, 100, &out->text[i]);
    case MINE_ARG_SOURCES:
      return mine__call_required_text(call, value, what, MINE_LONGEST_TEXT, &out->text[i]);
    case MINE_ARG_DOCUMENT:
      return argument_document(call, value, what, verb_call, &out->text[i]);
    default:
      return MINE_OK;
  }
}

/* The model that an option names, behind those of the arguments. */
static mine_status call_give(mine_call *call, mine_verb_call *out) {
  const char *name = mine_job_asks(out->job);
  if (!name || out->n_listed == MINE_MOST_MODELS) return MINE_OK;
  const mine_status status = mine__models_named(call, name, &out->listed[out->n_listed]);
  if (status) return status;
  mine_job_give(out->job, out->listed[out->n_listed++]);
  return MINE_OK;
}

mine_status mine__verb_call_open(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                                 mine_verb_call *out) {
  mine_arguments arguments;
  const char *names[MINE_MOST_MODELS];
  mine_status status = MINE_OK;
  *out = (mine_verb_call){.keyed = out->keyed};
  char *owned = NULL; /* of one argument at most; the job copies texts */
  memset(&arguments, 0, sizeof arguments);
  arguments.notes = call->connection->notes;
  for (int i = 0; i < MINE_MOST_ARGUMENTS && verb->argument[i].kind && !status; i++) {
    status = verb->argument[i].kind == MINE_ARG_MODELS
                 ? argument_models(call, values[i], verb->argument[i].name, names, out)
                 : argument_read(call, verb, i, values[i], &arguments, out, &owned);
    arguments.model[i] = out->model[i];
  }
  arguments.n_models = out->n_listed;
  arguments.models = (const mine_model *const *)out->listed;
  arguments.model_names = names;
  if (!status) status = mine_job_open(call->env, verb, &arguments, &out->job);
  sqlite3_free(owned);
  return status ? status : call_give(call, out);
}

void mine__verb_call_notes(mine_call *call, mine_verb_call *verb_call) {
  mine_relation *notes;
  if (!verb_call->job || !mine_job_notes(verb_call->job, &notes)) return;
  mine_relation_free(call->connection->notes);
  call->connection->notes = notes;
}

void mine__verb_call_close(mine_verb_call *verb_call) {
  mine_job_close(verb_call->job);
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++)
    mine_model_free(verb_call->model[i]);
  for (int i = 0; i < verb_call->n_listed; i++)
    mine_model_free(verb_call->listed[i]);
  sqlite3_free(verb_call->document);
  memset(verb_call, 0, sizeof *verb_call);
}

/* ---- which call failed ---------------------------------------------------------------- */

#define CALL_SHOWN_BYTES 200

/* On one line, and cut between characters where it is long. */
static void message_add_text(sqlite3_str *out, const char *text) {
  size_t n = strlen(text);
  const int cut = n > CALL_SHOWN_BYTES;
  if (cut) n = CALL_SHOWN_BYTES;
  while (cut && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
    n--;
  for (size_t i = 0; i < n; i++)
    sqlite3_str_appendchar(out, 1, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
  if (cut) sqlite3_str_appendall(out, "...");
}

/* Whether the argument tells calls apart, and the sentence and the statement lack it. */
static int message_wants(const mine_call *call, mine_argument_kind kind, sqlite3_value *value) {
  if (kind != MINE_ARG_MODEL && kind != MINE_ARG_NAME && kind != MINE_ARG_SOURCE &&
      kind != MINE_ARG_BASE && kind != MINE_ARG_MODELS)
    return 0;
  if (!value || sqlite3_value_type(value) != SQLITE_TEXT) return 0;
  const char *text = (const char *)sqlite3_value_text(value);
  return text && *text && mine_valid_utf8(text, strlen(text)) &&
         !strstr(mine__call_message(call), text) && !mine__statements_show(call->db, text);
}

char *mine__verb_call_message(const mine_call *call, const mine_verb *verb,
                              sqlite3_value **values) {
  const mine_status status = call->env ? mine_env_status(call->env) : MINE_NOMEM;
  sqlite3_str *out = sqlite3_str_new(NULL);
  sqlite3_str_appendall(out, mine__call_message(call));
  int told = 0;
  for (int i = 0; i < MINE_MOST_ARGUMENTS && verb->argument[i].kind; i++) {
    if (status == MINE_NOMEM || status == MINE_INTERRUPT) break;
    if (!message_wants(call, verb->argument[i].kind, values[i])) continue;
    sqlite3_str_appendf(out, "%s%s: ", told++ ? "; " : " (", verb->argument[i].name);
    message_add_text(out, (const char *)sqlite3_value_text(values[i]));
  }
  if (told) sqlite3_str_appendchar(out, 1, ')');
  return sqlite3_str_finish(out);
}

/* ---- sources ------------------------------------------------------------------------- */

void mine__verb_call_bound(mine_verb_call *verb_call, const mine_source *source) {
  const int id = verb_call->keyed ? mine_frame_cells(source->frame) : -1;
  verb_call->last_id =
      id < 0 ? MINE_AFFINITY_VALUES
             : mine__affinity_of_column(source->call->db, source->select, source->n_columns, id);
  if (verb_call->sources++ == 0) verb_call->first_id = verb_call->last_id;
}

static mine_status call_read(mine_call *call, mine_verb_call *verb_call, const char *text,
                             mine_frame *frame) {
  mine_source source;
  mine_status status = mine__source_open(call, text, &source);
  if (!status) status = mine__source_bind(&source, frame);
  if (!status) {
    mine__verb_call_bound(verb_call, &source);
    status = mine__source_read(&source);
  }
  mine__source_close(&source);
  return status;
}

mine_status mine__verb_call_read(mine_call *call, mine_verb_call *verb_call) {
  for (;;) {
    const char *sql;
    mine_frame *frame;
    mine_status status = mine_job_source(verb_call->job, &sql, &frame);
    if (status || !frame) return status;
    status = call_read(call, verb_call, sql, frame);
    if (status) return status;
  }
}
