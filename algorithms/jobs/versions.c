/*
** versions.c -- mine_versions and mine_restore: what a model was before it was trained again.
**
** The versions are rows of a table of the host, which gives them as a source; restoring one is
** the host's, too (ext/models_versions.c).
*/
#include "verb.h"

static const mine_want versions_reads[] = {
    {.name = "version", .reading = MINE_READ_EXACT, .help = "its number"},
    {.name = "created", .reading = MINE_READ_EXACT, .help = "when"},
    {.name = "metrics", .reading = MINE_READ_EXACT, .help = "JSON"},
    {.name = "current", .reading = MINE_READ_EXACT, .help = "0 or 1"},
    {0},
};

typedef struct versions_state {
  mine_events events;
} versions_state;

static mine_status versions_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  versions_state *state = mine__job_state(job);
  if (step > 0) return MINE_OK;
  state->events.want = versions_reads;
  *sql = mine__job_text(job, MINE_ARG_VERSIONS);
  MINE_TRY(mine__frame_open(job->env, mine__events_plan, &state->events, &job->frame));
  *frame = job->frame;
  return MINE_OK;
}

static mine_status versions_run(mine_job *job, mine_relation *out) {
  const versions_state *state = mine__job_state(job);
  MINE_TRY(mine__frame_finish(job->frame));
  for (int64_t i = 0; i < job->frame->rows; i++) {
    for (int c = 0; versions_reads[c].name; c++) {
      const mine_column *column = &job->frame->column[state->events.column[c]];
      mine_cell cell = {MINE_NULL, 0, {0}};
      if (column->code[i] >= 0) mine__values_get(&column->levels, column->code[i], &cell);
      mine__row_cell(out, &cell);
    }
    mine__relation_end_row(out);
  }
  return mine_env_status(job->env);
}

static const mine_answer versions_answer[] = {
    {"version", MINE_ANSWER_INTEGER, 1, "1, 2, ... in the order in which they were trained"},
    {"created", MINE_ANSWER_TEXT, 0, "when it was trained (UTC)"},
    {"metrics", MINE_ANSWER_JSON, 0, "as in mine_models"},
    {"current", MINE_ANSWER_INTEGER, 1, "1: the model that the name stands for; else 0"},
    {0},
};

#define VERSIONS_DEMO(options)                                                                  \
  "length(mine_train('temp.demo', 'tree',\n  " MINE_CALLERS ", 'target=churned, keep=3" options \
  "'))"

const mine_verb mine__verb_versions = {
    .name = "mine_versions",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "What a model was before it was trained again with `keep=`: the newest first.",
    .notes =
        "Earlier versions are rows of the ordinary table `mine_model_versions` in the schema of "
        "the model (`mine_model_versions_temp` in temp), where they take the space of models; "
        "those of a model that was deleted stay until they are deleted. `current` is the version "
        "with the bytes of the model. A model trained without `keep=` has one version.",
    .example =
        "SELECT version, current FROM mine_versions(iif(\n"
        "  " VERSIONS_DEMO("") " > 0, 'temp.demo', NULL));",
    .argument = {{MINE_ARG_VERSIONS, "model"}},
    .required = 1,
    .answer = versions_answer,
    .state_bytes = sizeof(versions_state),
    .source = versions_source,
    .run = versions_run,
};

static const mine_answer restore_answer[] = {
    {"state", MINE_ANSWER_TEXT, 0, "which version is current, and which was"},
    {0},
};

const mine_verb mine__verb_restore = {
    .name = "mine_restore",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_MODEL,
    .what = "Make an earlier version of a model current again.",
    .notes =
        "Without a version: the last before the current one. The model that was current becomes a "
        "version, so that a step back can be taken back. In a transaction it is rolled back with "
        "it. Not usable in views and triggers.",
    .example = "SELECT mine_restore(iif(\n  " VERSIONS_DEMO(", max_depth=1") " +\n"
               "  " VERSIONS_DEMO("") " > 0, 'temp.demo', NULL), 1) AS restored;",
    .argument = {{MINE_ARG_NAME, "model"}, {MINE_ARG_VALUE, "version"}},
    .required = 1,
    .answer = restore_answer,
    .stores = 1,
};
