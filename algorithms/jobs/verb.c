/*
** verb.c -- the list of verbs, and one run of any of them.
*/
#include "verb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the list --------------------------------------------------------------------- */

#define ALGORITHM(name)
#define KIND(name)
#define VERB(name) extern const mine_verb mine__verb_##name;
#include "../registry.def"
#undef VERB

static const mine_verb *const verb_list[] = {
#define VERB(name) &mine__verb_##name,
#include "../registry.def"
#undef VERB
    NULL};
#undef ALGORITHM
#undef KIND

const mine_verb *mine_verb_at(int i) {
  const int n = (int)(sizeof verb_list / sizeof verb_list[0]);
  return i >= 0 && i < n ? verb_list[i] : NULL;
}

const mine_verb *mine_verb_find(const char *name, mine_verb_form form) {
  for (int i = 0; verb_list[i]; i++) {
    if (verb_list[i]->form == form && strcmp(verb_list[i]->name, name) == 0) return verb_list[i];
  }
  return NULL;
}

int mine_verb_reads_source(const mine_verb *verb) {
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    const mine_argument_kind kind = verb->argument[i].kind;
    if (kind == MINE_ARG_SOURCE || kind == MINE_ARG_BASE || kind == MINE_ARG_VERSIONS ||
        kind == MINE_ARG_SOURCES || kind == MINE_ARG_ITEMS)
      return 1;
  }
  return 0;
}

const char *mine_verb_form_text(const mine_verb *verb, char buffer[MINE_FORM_BYTES]) {
  const int table = verb->form == MINE_VERB_TABLE;
  int n = snprintf(buffer, MINE_FORM_BYTES, "%s%s", table ? "FROM " : "SELECT ", verb->name);
  int open = 0;
  if (table && verb->argument[0].kind == MINE_ARG_NONE) return buffer;
  for (int i = 0; i < MINE_MOST_ARGUMENTS && verb->argument[i].kind; i++) {
    const int rest = verb->argument[i].kind == MINE_ARG_ROW, optional = i >= verb->required;
    open += optional;
    n += snprintf(buffer + n, (size_t)(MINE_FORM_BYTES - n), "%s%s%s%s", i ? "" : "(",
                  optional ? (i ? " [" : "[") : "", i ? ", " : "",
                  rest ? "'name', value, ..." : verb->argument[i].name);
  }
  snprintf(buffer + n, (size_t)(MINE_FORM_BYTES - n), "%s%.*s)%s",
           verb->argument[0].kind ? "" : "(", open, "]]]]",
           verb->form == MINE_VERB_AGGREGATE ? " FROM ..." : "");
  return buffer;
}

/* ---- one run -------------------------------------------------------------------------- */

const char *mine__job_text(const mine_job *job, mine_argument_kind kind) {
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    if (job->verb->argument[i].kind == kind) return job->text[i];
  }
  return NULL;
}

const mine_model *mine__job_model(const mine_job *job, mine_argument_kind kind) {
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    if (job->verb->argument[i].kind == kind) return job->model[i];
  }
  return NULL;
}

static void job_take_models(mine_job *job, const mine_arguments *arguments) {
  const size_t n = (size_t)arguments->n_models;
  job->models = mine__arena_array(job->arena, n, sizeof *job->models);
  job->model_names = mine__arena_array(job->arena, n, sizeof *job->model_names);
  if (!job->models || !job->model_names) return;
  job->n_models = arguments->n_models;
  for (size_t i = 0; i < n; i++) {
    const char *name = arguments->model_names[i];
    job->models[i] = arguments->models[i];
    job->model_names[i] = mine__arena_text(job->arena, name, strlen(name));
  }
}

/* Texts and names are copied, for the host's end with its call; models are the host's, and stay.
** Options come before `open`, which may look at them. */
static void job_start(mine_job *job, const mine_arguments *arguments) {
  mine_env *env = job->env;
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    const char *text = arguments->text[i];
    job->model[i] = arguments->model[i];
    if (text) job->text[i] = mine__arena_text(job->arena, text, strlen(text));
  }
  job_take_models(job, arguments);
  job->state = mine__arena_zeros(job->arena, 1, job->verb->state_bytes + 1);
  if (mine_failed(env) ||
      mine__options_read(env, job->arena, job->verb, mine__job_text(job, MINE_ARG_ALGORITHM),
                         mine__job_text(job, MINE_ARG_OPTIONS), &job->options))
    return;
  if (job->verb->open) (void)job->verb->open(job); /* a failure sticks in env */
}

mine_status mine_job_open(mine_env *env, const mine_verb *verb, const mine_arguments *arguments,
                          mine_job **out) {
  *out = NULL;
  if (mine_failed(env)) return env->status;
  mine_arena *arena = mine__arena_open(env);
  mine_job *job = arena ? mine__arena_zeros(arena, 1, sizeof *job) : NULL;
  if (!job) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  *job = (mine_job){.env = env,
                    .arena = arena,
                    .verb = verb,
                    .last = arguments->notes,
                    .columns = MINE_READS_ALL};
  job_start(job, arguments);
  if (mine_failed(env)) {
    mine_job_close(job);
    return env->status;
  }
  *out = job;
  return MINE_OK;
}

const char *mine_job_asks(const mine_job *job) {
  return job->asks;
}

void mine_job_give(mine_job *job, const mine_model *model) {
  job->given = model;
}

void mine_job_close(mine_job *job) {
  if (!job) return;
  if (job->verb->close && job->state) job->verb->close(job);
  mine__frame_close(job->frame);
  mine_relation_free(job->notes);
  mine__arena_close(job->arena);
}

/* The SOURCE argument as an attribute table: first column the id, others by the options. */
static void job_open_attributes(mine_job *job) {
  mine__attributes *table = &job->attributes;
  if (MINE_TAKE(job->env, job->arena, &job->options, mine__source_option_table, &table->how))
    return;
  table->roles =
      (mine_roles){.env = job->env, .source = &table->how, .id = -1, .target = -1, .weight = -1};
  if (mine__frame_open(job->env, mine__roles_plan, &table->roles, &job->frame)) return;
}

/* The SOURCE argument as the event list of the verb's wants. */
static void job_open_events(mine_job *job) {
  const mine_events *parsed = mine__options_of(&job->options, job->options.wants);
  job->events = *parsed;
  job->events.want = job->verb->wants;
  if (mine__frame_open(job->env, mine__events_plan, &job->events, &job->frame)) return;
}

/* Of a verb that does not say otherwise: the SOURCE argument, once. */
static void job_default_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0 || !mine_verb_reads_source(job->verb)) return;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (job->verb->wants)
    job_open_events(job);
  else
    job_open_attributes(job);
  *frame = job->frame;
}

mine_status mine_job_source(mine_job *job, const char **sql, mine_frame **frame) {
  const mine_verb *verb = job->verb;
  *sql = NULL;
  *frame = NULL;
  if (mine_failed(job->env)) return job->env->status;
  const int step = job->step++;
  if (verb->source)
    (void)verb->source(job, step, sql, frame); /* a failure sticks in env */
  else
    job_default_source(job, step, sql, frame);
  if (*frame) job->reads = 1;
  return mine_env_status(job->env);
}

static void job_refuse_missing(mine_job *job, const mine_feature_view *view) {
  const mine_chosen *chosen = &job->attributes.chosen;
  const mine_batch rows = {job->frame->rows, NULL, view};
  int64_t row;
  const int f = mine__missing_first(&rows, chosen->n, &row);
  if (f < 0) return;
  (void)mine__fail(job->env, MINE_DATA,
                   "column '%s' is missing in row %lld and missing=error; fill it in, or say "
                   "missing=skip or missing=auto",
                   job->frame->column[chosen->column[f]].name, (long long)row + 1);
}

/* A row that is left out is one of which nothing is known. */
static void job_skip_missing(mine_job *job, const mine_feature_view *view) {
  const mine_chosen *chosen = &job->attributes.chosen;
  const int64_t rows = job->frame->rows;
  int64_t skipped = 0;
  for (int64_t i = 0; i < rows; i++) {
    if (mine__missing_in_row(view, chosen->n, i) < 0) continue;
    skipped++;
    for (int f = 0; f < chosen->n; f++) {
      mine_column *column = &job->frame->column[chosen->column[f]];
      if (view[f].number) column->number[i] = NAN;
      if (view[f].code) column->code[i] = MINE_CODE_MISSING;
    }
  }
  if (skipped == rows) {
    (void)mine__fail(job->env, MINE_DATA,
                     "every row has a missing attribute and missing=skip; say missing=auto");
  } else if (skipped > 0) {
    mine__job_notef(job, "rows", "skipped", "%lld: an attribute is missing and missing=skip",
                    (long long)skipped);
  }
}

mine_status mine__job_attributes_finish(mine_job *job) {
  mine_env *env = job->env;
  const mine_chosen *chosen = &job->attributes.chosen;
  const int missing = job->attributes.how.missing;
  MINE_TRY(mine__frame_finish(job->frame));
  MINE_TRY(mine__roles_check(&job->attributes.roles, job->frame, mine__job_note, job,
                             &job->attributes.chosen));
  if (missing == MINE_MISSING_AUTO) return env->status;
  mine_feature_view *view = mine__arena_array(env->scratch, (size_t)chosen->n, sizeof *view);
  if (!view) return mine_env_status(env);
  for (int f = 0; f < chosen->n; f++)
    mine__view_of_column(&job->frame->column[chosen->column[f]], &view[f]);
  if (missing == MINE_MISSING_ERROR) job_refuse_missing(job, view);
  if (missing == MINE_MISSING_SKIP) job_skip_missing(job, view);
  return mine_env_status(env);
}

const mine_column *mine__job_event(const mine_job *job, int i) {
  const int column = job->events.column[i];
  return column < 0 ? NULL : &job->frame->column[column];
}

void mine_job_reads(mine_job *job, uint64_t columns) {
  job->columns = job->verb->lean ? columns : MINE_READS_ALL;
}

mine_status mine_job_run(mine_job *job, mine_relation **out) {
  mine_env *env = job->env;
  *out = NULL;
  if (mine_failed(env)) return env->status;
  if (!job->verb->run) {
    return mine__fail(env, MINE_UNSUPPORTED, "the verb makes a model or streams; it has no run");
  }
  mine_relation *relation = mine__relation_new(env, job->verb->answer);
  if (!relation) return mine_env_status(env);
  relation->reads = job->columns;
  (void)job->verb->run(job, relation); /* a failure sticks in env */
  return mine__relation_finish(env, relation, out);
}

mine_status mine_job_train(mine_job *job, const mine_model *previous, mine_model **out) {
  *out = NULL;
  if (mine_failed(job->env)) return job->env->status;
  if (job->verb->train) return job->verb->train(job, previous, out);
  return mine__fail(job->env, MINE_UNSUPPORTED, "the verb makes no model");
}

int64_t mine_job_keeps(const mine_job *job) {
  const mine_keep_options *said = mine__options_of(&job->options, mine__keep_option_table);
  return said ? said->keep : 0;
}

int mine_job_streams(const mine_job *job) {
  return job->verb->block != NULL;
}

int mine_job_doubts(const mine_job *job) {
  return job->doubts;
}

void mine_job_ends(mine_job *job) {
  job->ended = 1;
}

mine_status mine_job_block(mine_job *job, int64_t *rows) {
  *rows = 0;
  return mine_failed(job->env) ? job->env->status : job->verb->block(job, rows);
}

mine_status mine_job_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  job->verb->cell(job, row, column, out);
  return mine_env_status(job->env);
}

void mine_job_clear(mine_job *job) {
  job->verb->clear(job);
}
