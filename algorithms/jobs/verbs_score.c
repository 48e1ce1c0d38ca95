/*
** verbs_score.c -- the verbs that use a model on rows: mine_predict and mine_probabilities answer
** block by block.  The work is scoring.c's.
*/
#include "scoring.h"

#include <math.h>

#include "../model/metrics.h"

typedef struct score_state {
  mine_scoring *scoring;
  int given; /* the one block of the held-out rows was */
} score_state;

static score_state *score_of(const mine_job *job) {
  return mine__job_state(job);
}

/* What is asked of the model, NULL: failure recorded. */
static mine_scoring *score_begin(mine_job *job, mine_scoring_mode mode) {
  score_state *state = score_of(job);
  if (mine__scoring_open(job->env, mine__job_model(job, MINE_ARG_MODEL), mode, &job->options,
                         &state->scoring))
    return NULL;
  mine__threshold_tell(job, &state->scoring->asked.cut, &state->scoring->asked.chosen);
  return mine_failed(job->env) ? NULL : state->scoring;
}

static void score_close(mine_job *job) {
  mine_scoring_close(score_of(job)->scoring);
}

static mine_status score_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0 || !score_of(job)->scoring || score_of(job)->scoring->held) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(score_of(job)->scoring);
  return MINE_OK;
}

static void score_clear(mine_job *job) {
  if (!score_of(job)->scoring->held) mine__scoring_clear(score_of(job)->scoring);
}

int64_t mine__scoring_block(mine_scoring *scoring, mine_job *job) {
  const int64_t rows = mine_frame_rows(mine_scoring_frame(scoring));
  if (rows > 0 && mine__scoring_run(scoring)) return rows;
  job->doubts = mine__scoring_doubts(scoring);
  if (job->verb->block && !job->ended) return rows;
  if (mine__scoring_saw_all(scoring) == MINE_OK) mine__scoring_tell_unknown(scoring, job);
  return rows;
}

static int64_t score_block(mine_job *job) {
  return mine__scoring_block(score_of(job)->scoring, job);
}

/* For all of them; what one class is asked for comes first. */
static const mine_option_set score_options[] = {
    {mine__class_option_table, sizeof(mine_class_options), 0},
    {mine__threshold_option_table, sizeof(mine_threshold_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

/* What their rows have in common: all but name, words, answer and work. */
#define SCORE_VERB                                                                               \
  .form = MINE_VERB_TABLE,                                                                       \
  .argument = {{MINE_ARG_MODEL, "model"},                                                        \
               {MINE_ARG_SOURCE, "source"},                                                      \
               {MINE_ARG_OPTIONS, "options"}},                                                   \
  .reads = "an id, then attributes", .state_bytes = sizeof(score_state), .source = score_source, \
  .close = score_close

/* ---- mine_predict --------------------------------------------------------------------- */

/* low and high will be NULL: the level asks for more rows than there were. */
static void predict_tell_level(mine_job *job) {
  const mine_scoring *s = score_of(job)->scoring;
  const mine_interval *interval = s->model->after.interval;
  char level[MINE_NUMBER_BYTES], widest[MINE_NUMBER_BYTES];
  if (!interval || !(s->batch.answers.level > mine__interval_widest(interval))) return;
  mine__job_notef(job, "warning", "level",
                  "%s needs more rows than the model has residuals of (%lld, levels to %s): low "
                  "and high are NULL",
                  mine__format_real(level, s->batch.answers.level, 15),
                  (long long)interval->all.rows,
                  mine__format_real(widest, mine__interval_widest(interval), 4));
}

/* Without a source: the held-out rows that the model keeps, in one block. */
static mine_status predict_open(mine_job *job) {
  mine_scoring *scoring = score_begin(job, MINE_SCORE_ROWS);
  if (scoring) predict_tell_level(job);
  if (!scoring || mine__job_text(job, MINE_ARG_SOURCE)) return mine_env_status(job->env);
  MINE_TRY(mine__scoring_take_held(scoring));
  job->reads = 1; /* mine_warnings tells of this call */
  if (scoring->model->held.id.n == 0)
    mine__job_note(job, "warning", "id",
                   "NULL: the model keeps held-out rows without their ids; train it with "
                   "keep_ids=1");
  return MINE_OK;
}

static mine_status predict_block(mine_job *job, int64_t *rows) {
  score_state *state = score_of(job);
  if (!state->scoring->held) {
    *rows = score_block(job);
    return mine_env_status(job->env);
  }
  *rows = state->given ? 0 : state->scoring->batch.n;
  state->given = 1;
  return MINE_OK;
}

static void predict_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  mine__scoring_cell(score_of(job)->scoring, row, column, out);
}

static const mine_option_set predict_options[] = {
    {mine__class_option_table, sizeof(mine_class_options), 0},
    {mine__level_option_table, sizeof(mine_level_options), 0},
    {mine__threshold_option_table, sizeof(mine_threshold_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_predict = {
    .name = "mine_predict",
    SCORE_VERB,
    .job = MINE_JOB_PREDICT,
    .what = "Score every row of a source with a model.",
    .notes =
        "Columns are matched by name; a missing column is an error, an extra one is ignored. "
        "The id is the column called as in training, else the first. `WHERE id = ...` and "
        "joins on `id` use an index of the result. In UPDATE ... FROM put it into a subquery. "
        "The scalar of the same name scores one row. Without a source: the held-out rows that the "
        "model remembers (the first 100,000), as they were scored when it was measured; their ids "
        "where it was trained with `keep_ids=1`, else NULL, which mine_warnings tells. `low` and "
        "`high` come from the residuals of rows that the model had not seen (split conformal, in "
        "ranges of the prediction): of rows like those, at least a share `level` lies between "
        "them. With `refit=0` that is a theorem; a model fitted again on all rows keeps it in "
        "practice.",
    .example =
        "SELECT id, prediction, round(probability, 2) AS probability\n"
        "FROM mine_predict(" MINE_CHURN_MODEL ",\n  " MINE_CALLERS ") LIMIT 3;",
    .required = 1,
    .answer = mine__predict_answer,
    .options = predict_options,
    .open = predict_open,
    .block = predict_block,
    .cell = predict_cell,
    .clear = score_clear,
};

/* ---- mine_probabilities: a row per row and class ---------------------------------------- */

static mine_status probabilities_open(mine_job *job) {
  const mine_scoring *scoring = score_begin(job, MINE_SCORE_ROWS);
  if (!scoring || mine_scoring_classes(scoring) > 0) return mine_env_status(job->env);
  return mine__fail(job->env, MINE_UNSUPPORTED,
                    "the model predicts no classes; use FROM mine_predict(model, source)");
}

static mine_status probabilities_block(mine_job *job, int64_t *rows) {
  *rows = score_block(job) * mine_scoring_classes(score_of(job)->scoring);
  return mine_env_status(job->env);
}

static void probabilities_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  const mine_scoring *scoring = score_of(job)->scoring;
  const int classes = mine_scoring_classes(scoring);
  const int64_t scored = row / classes;
  const int which = (int)(row % classes);
  if (column == 0) {
    mine__scoring_cell(scoring, scored, 0, out);
  } else if (column == 1) {
    mine_scoring_class(scoring, which, out);
  } else {
    const double p = mine_scoring_class_probability(scoring, scored, which);
    out->type = isnan(p) ? MINE_NULL : MINE_REAL;
    out->as.real = p;
  }
}

static const mine_answer probabilities_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"class", MINE_ANSWER_ANY, 1, "as it went in"},
    {"probability", MINE_ANSWER_REAL, 0, "between 0 and 1; of one row they add up to 1"},
    {0},
};

const mine_verb mine__verb_probabilities = {
    .name = "mine_probabilities",
    SCORE_VERB,
    .job = MINE_JOB_PREDICT,
    .what = "The probability of every class, one row per row and class.",
    .example =
        "SELECT id, class, round(probability, 2) AS probability\n"
        "FROM mine_probabilities(" MINE_CHURN_MODEL ",\n  " MINE_CALLERS ") LIMIT 4;",
    .required = 2,
    .answer = probabilities_answer,
    .options = score_options + 2,
    .open = probabilities_open,
    .block = probabilities_block,
    .cell = probabilities_cell,
    .clear = score_clear,
};

/* ---- one row: the host's own way through mine_scoring_open_row() --------------------------- */

static const mine_answer predict_row_answer[] = {
    {"prediction", MINE_ANSWER_ANY, 0, "the class, the number or the cluster"},
    {0},
};

const mine_verb mine__verb_predict_row = {
    .name = "mine_predict",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_PREDICT,
    .what = "Score one row: the prediction.",
    .notes =
        "Instead of pairs one JSON object may be given. Every feature of the model must be "
        "named; NULL for one that is missing. Up to 63 pairs, JSON beyond. Usable in views "
        "and triggers.",
    .example = "SELECT mine_predict(" MINE_CHURN_MODEL ",\n  'calls', 25, 'visits', 2) AS churned;",
    .argument = {{MINE_ARG_MODEL, "model"}, {MINE_ARG_ROW, "row"}},
    .required = 2,
    .answer = predict_row_answer,
};

static const mine_answer probability_answer[] = {
    {"probability", MINE_ANSWER_REAL, 0, "of the class, between 0 and 1"},
    {0},
};

const mine_verb mine__verb_probability = {
    .name = "mine_probability",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_PREDICT,
    .what = "Score one row: the probability of one class.",
    .notes = "Instead of pairs one JSON object may be given. Usable in views and triggers.",
    .example = "SELECT round(mine_probability(" MINE_CHURN_MODEL
               ", 1,\n"
               "  'calls', 25, 'visits', 2), 2) AS risk;",
    .argument = {{MINE_ARG_MODEL, "model"}, {MINE_ARG_VALUE, "class"}, {MINE_ARG_ROW, "row"}},
    .required = 3,
    .answer = probability_answer,
};
