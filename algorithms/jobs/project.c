/*
** project.c -- mine_project: the scores of rows on the components of a model, a row per row and
** component, block by block as mine_predict answers.
*/
#include <math.h>

#include "scoring.h"

typedef struct project_state {
  mine_scoring *scoring;
} project_state;

static mine_scoring *project_of(const mine_job *job) {
  return ((const project_state *)mine__job_state(job))->scoring;
}

static mine_status project_open(mine_job *job) {
  project_state *state = mine__job_state(job);
  return mine__scoring_open(job->env, mine__job_model(job, MINE_ARG_MODEL), MINE_SCORE_PROJECT,
                            &job->options, &state->scoring);
}

static void project_close(mine_job *job) {
  mine_scoring_close(project_of(job));
}

static mine_status project_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(project_of(job));
  return MINE_OK;
}

static mine_status project_block(mine_job *job, int64_t *rows) {
  mine_scoring *scoring = project_of(job);
  *rows = mine__scoring_block(scoring, job) * scoring->model->n_outputs;
  return mine_env_status(job->env);
}

static void project_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  const mine_scoring *s = project_of(job);
  const int k = s->model->n_outputs;
  const int64_t scored = row / k;
  *out = (mine_cell){MINE_NULL, 0, {0}};
  if (column == 0) {
    mine__scoring_cell(s, scored, 0, out);
  } else if (column == 1) {
    *out = (mine_cell){MINE_INT, 0, {.integer = row % k + 1}};
  } else if (scored < s->batch.n && !mine__scoring_skipped(s, scored)) {
    const double v = s->batch.answers.value[row];
    if (isfinite(v)) *out = (mine_cell){MINE_REAL, 0, {.real = v}};
  }
}

static void project_clear(mine_job *job) {
  mine__scoring_clear(project_of(job));
}

static const mine_answer project_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"component", MINE_ANSWER_INTEGER, 1, "1, 2, ... as in mine_loadings"},
    {"value", MINE_ANSWER_REAL, 0, "the score of the row on it"},
    {0},
};

static const mine_option_set project_options[] = {
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

/* What components there are of rows that go up and down together. */
#define PROJECT_ROWS \
  MINE_ROWS(         \
      "i AS id, i*7%31 AS price, i*7%31 + i%5 AS cost, i*13%17 AS visits, i*13%17 - i%4 AS calls")

const mine_verb mine__verb_project = {
    .name = "mine_project",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "The scores of rows on the components of a model (`pca`, `factor`).",
    .notes =
        "A row of the answer for each row and component. As columns, for mine_cluster say:\n"
        "`SELECT id, max(value) FILTER (WHERE component = 1) AS first, max(value) FILTER (WHERE "
        "component = 2) AS second FROM mine_project(model, source) GROUP BY id`. Columns are "
        "matched by name, as mine_predict does.",
    .example =
        "SELECT id, component, round(value, 3) AS value FROM mine_project(\n"
        "  (SELECT mine_fit('pca', " PROJECT_ROWS
        ", 'components=2')),\n"
        "  " PROJECT_ROWS ") LIMIT 4;",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = project_answer,
    .options = project_options,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(project_state),
    .open = project_open,
    .source = project_source,
    .block = project_block,
    .cell = project_cell,
    .clear = project_clear,
    .close = project_close,
};
