/*
** verbs_score.c -- scoring sets of rows: mine_predict, mine_probabilities,
** mine_evaluate, mine_confusion.
**
** Rows flow in blocks: pull a block into the job's frame, score it on all cores,
** hand it out cell by cell.  A block grows from small (LIMIT 5 answers at once)
** to large.  When the result must be whole (an id lookup, an open write
** transaction), the source is pushed in one go and is one block.
*/
#include <string.h>

#include "models.h"
#include "source.h"
#include "verbs.h"

typedef struct score_state {
  mine_model *model;
  mine_scoring *scoring;
  mine_source source;
  int64_t block; /* rows the next block may hold */
  int64_t in_frame;
  int done;
  int classes;
} score_state;

#define SCORE_FIRST_BLOCK   128
#define SCORE_LARGEST_BLOCK 2048 /* sixteen columns of it stay in the second cache */

static void score_stop(mine_verb_run *run) {
  score_state *state = run->state;
  if (!state) return;
  mine_source_close(&state->source);
  mine_scoring_close(state->scoring);
  mine_model_free(state->model);
  sqlite3_free(state);
  run->state = NULL;
}

static mine_status score_open(mine_verb_run *run, mine_scoring_mode mode, const char *source,
                              const char *options) {
  score_state *state = sqlite3_malloc64(sizeof *state);
  if (!state) return mine_env_fail(run->call.env, MINE_NOMEM, "out of memory");
  memset(state, 0, sizeof *state);
  run->state = state;
  state->block = SCORE_FIRST_BLOCK;
  mine_env *env = run->call.env;
  mine_status status = mine_models_get(&run->call, run->argument[0], &state->model);
  if (!status) status = mine_scoring_open(env, state->model, mode, options, &state->scoring);
  if (!status) status = mine_source_open(&run->call, source, &state->source);
  if (!status) status = mine_source_bind(&state->source, mine_scoring_frame(state->scoring));
  if (!status) state->classes = mine_scoring_classes(state->scoring);
  return status;
}

static mine_status score_start(mine_verb_run *run) {
  const char *source, *options;
  mine_status status = mine_run_source_text(run, 1, &source);
  if (!status) status = mine_run_options(run, 2, &options);
  return status ? status : score_open(run, MINE_SCORE_ROWS, source, options);
}

/* The next block into the frame, scored; state->in_frame rows. */
static mine_status score_next(mine_verb_run *run) {
  score_state *state = run->state;
  mine_frame *frame = mine_scoring_frame(state->scoring);
  state->in_frame = 0;
  if (state->done) return MINE_OK;
  mine_scoring_clear(state->scoring);
  mine_status status;
  if (run->whole) {
    status = mine_source_read(&state->source);
    state->done = 1;
  } else {
    status = mine_source_pull(&state->source, state->block, &state->done);
    if (state->block < SCORE_LARGEST_BLOCK) state->block *= 4;
  }
  if (!status && mine_frame_rows(frame) > 0) status = mine_scoring_run(state->scoring);
  if (!status) state->in_frame = mine_frame_rows(frame);
  return status;
}

/* ---- mine_predict ---------------------------------------------------------------- */

static mine_status predict_fill(mine_verb_run *run) {
  mine_status status = score_next(run);
  run->rows = ((score_state *)run->state)->in_frame;
  return status;
}

static void predict_cell(mine_verb_run *run, int64_t row, int column, mine_cell *out) {
  static const mine_score_column columns[] = {
      MINE_SCORE_ID,         MINE_SCORE_PREDICTION, MINE_SCORE_LABEL,   MINE_SCORE_PROBABILITY,
      MINE_SCORE_CONFIDENCE, MINE_SCORE_DISTANCE,   MINE_SCORE_MISSING, MINE_SCORE_UNKNOWN};
  score_state *state = run->state;
  mine_scoring_cell(state->scoring, row, columns[column], out);
}

/* ---- mine_probabilities: a row per row and class ------------------------------------ */

static mine_status probabilities_start(mine_verb_run *run) {
  mine_status status = score_start(run);
  if (status || ((score_state *)run->state)->classes > 0) return status;
  return mine_call_fail(&run->call, MINE_UNSUPPORTED,
                        "the model predicts no classes; use FROM mine_predict(model, source)");
}

static mine_status probabilities_fill(mine_verb_run *run) {
  mine_status status = score_next(run);
  score_state *state = run->state;
  run->rows = state->in_frame * state->classes;
  return status;
}

static void probabilities_cell(mine_verb_run *run, int64_t row, int column, mine_cell *out) {
  score_state *state = run->state;
  int64_t scored = row / state->classes;
  int which = (int)(row % state->classes);
  if (column == 0) {
    mine_scoring_cell(state->scoring, scored, MINE_SCORE_ID, out);
  } else if (column == 1) {
    mine_scoring_class(state->scoring, which, out);
  } else {
    out->type = MINE_REAL;
    out->as.real = mine_scoring_class_probability(state->scoring, scored, which);
  }
}

/* ---- mine_evaluate, mine_confusion ----------------------------------------------------- */

/* On the held-out rows that the model kept, or on a source with its target. */
static mine_status evaluate_part(mine_verb_run *run, const char *part) {
  const char *source = NULL;
  const char *options;
  mine_status status =
      mine_call_text(&run->call, run->argument[1], "source", MINE_LONGEST_TEXT, &source);
  if (!status) status = mine_run_options(run, 2, &options);
  if (status) return status;
  if (!source) {
    mine_model *model = NULL;
    status = mine_models_get(&run->call, run->argument[0], &model);
    if (!status) status = mine_model_relation(run->call.env, model, part, &run->relation);
    mine_model_free(model);
    return status;
  }
  status = score_open(run, MINE_SCORE_EVALUATE, source, options);
  run->whole = 1;
  if (!status) status = score_next(run);
  if (status) return status;
  score_state *state = run->state;
  if (state->in_frame == 0) {
    return mine_call_fail(&run->call, MINE_DATA, "the source has no rows; nothing to evaluate");
  }
  return mine_scoring_relation(state->scoring, part, &run->relation);
}

static mine_status evaluate_start(mine_verb_run *run) {
  return evaluate_part(run, "metrics");
}

static mine_status confusion_start(mine_verb_run *run) {
  return evaluate_part(run, "confusion");
}

const mine_table_verb mine_table_verbs_score[] = {
    {"mine_predict",
     "id, prediction, label, probability, confidence, distance, missing, unknown",
     {"_model", "_source", "_options"},
     2,
     0,
     1,
     score_start,
     predict_fill,
     predict_cell,
     score_stop},
    {"mine_probabilities",
     "id, class, probability",
     {"_model", "_source", "_options"},
     2,
     0,
     1,
     probabilities_start,
     probabilities_fill,
     probabilities_cell,
     score_stop},
    {"mine_evaluate",
     "metric, value",
     {"_model", "_source", "_options"},
     1,
     -1,
     1,
     evaluate_start,
     NULL,
     NULL,
     score_stop},
    {"mine_confusion",
     "actual, predicted, rows",
     {"_model", "_source", "_options"},
     1,
     -1,
     1,
     confusion_start,
     NULL,
     NULL,
     score_stop},
    {0},
};
