/*
** migration.c -- mine_migration: which rows are in which cluster of an old model and of a new one.
**
** The source is read twice, once for each model, by whose attributes its columns are read; rows are
** matched by their place.  A row of the answer is a pair of clusters that some rows are in; its
** share is of the rows of the old one.  Rows that one of the models does not answer are left out.
*/
#include <string.h>

#include "segments.h"

#define MIGRATION_MODELS 2

typedef struct migration_state {
  mine_scoring *scoring[MIGRATION_MODELS];
  int32_t *group[MIGRATION_MODELS]; /* of each row; MINE_NO_GROUP: no answer */
  int64_t rows[MIGRATION_MODELS];
} migration_state;

static mine_status migration_open(mine_job *job) {
  char called[MINE_CALLED_BYTES];
  migration_state *state = mine__job_state(job);
  for (int i = 0; i < MIGRATION_MODELS && !mine_failed(job->env); i++) {
    const mine_model *model = job->model[i];
    if (model->roles.target || !(mine__model_gives(model) & MINE_GIVES_GROUP))
      return mine__fail(job->env, MINE_UNSUPPORTED, "the %s model is %s and has no clusters",
                        i ? "new" : "old", mine__model_called(model, called));
    (void)mine__scoring_open(job->env, model, MINE_SCORE_ROWS, &job->options, &state->scoring[i]);
  }
  return mine_env_status(job->env);
}

static void migration_close(mine_job *job) {
  const migration_state *state = mine__job_state(job);
  for (int i = 0; i < MIGRATION_MODELS; i++)
    mine_scoring_close(state->scoring[i]);
}

/* Score what was read, keep the clusters, let the rows go. */
static void migration_score(mine_job *job, int i) {
  migration_state *state = mine__job_state(job);
  mine_scoring *s = state->scoring[i];
  state->rows[i] = mine__scoring_block(s, job);
  if (mine_failed(job->env)) return;
  state->group[i] = mine__arena_array(job->arena, (size_t)state->rows[i], sizeof(int32_t));
  for (int64_t r = 0; state->group[i] && r < state->rows[i]; r++)
    state->group[i][r] = mine__scoring_skipped(s, r) ? MINE_NO_GROUP : s->batch.answers.group[r];
  mine__scoring_clear(s);
}

static mine_status migration_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  const migration_state *state = mine__job_state(job);
  if (step == 1) migration_score(job, 0);
  if (step >= MIGRATION_MODELS || mine_failed(job->env)) return mine_env_status(job->env);
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(state->scoring[step]);
  return MINE_OK;
}

/* ---- labels ----------------------------------------------------------------------------- */

/* As mine_segments has them; where the model has no profile, given names and numbers. */
static const char **migration_labels(mine_job *job, const mine_model *model, mine_lang lang) {
  const mine_encoding *encoding;
  const mine_cluster_profile *profile = mine__model_profile(model, &encoding);
  if (profile) return mine__cluster_labels(job->env, job->arena, model, encoding, profile, lang);
  const char **label = mine__arena_zeros(job->arena, (size_t)model->n_groups + 1, sizeof *label);
  for (int g = 0; label && g <= model->n_groups; g++) {
    mine_text text;
    mine_cell cell;
    mine__model_group(model, g == model->n_groups ? 0 : g + 1, &cell);
    mine__text_open(&text, job->arena);
    mine__text_add_shown(&text, &cell);
    label[g] = text.data;
  }
  return mine_failed(job->env) ? NULL : label;
}

/* ---- counts ----------------------------------------------------------------------------- */

typedef struct migration_counts {
  int64_t k[MIGRATION_MODELS]; /* with that of no cluster, which is 0 */
  int64_t *rows, *from;        /* k[0] x k[1]; k[0]                   */
  const char **label[MIGRATION_MODELS];
} migration_counts;

static void migration_count(mine_job *job, migration_counts *out) {
  const migration_state *state = mine__job_state(job);
  for (int i = 0; i < MIGRATION_MODELS; i++)
    out->k[i] = (int64_t)job->model[i]->n_groups + 1;
  out->rows =
      mine__arena_zeros(job->arena, (size_t)out->k[0], (size_t)out->k[1] * sizeof *out->rows);
  out->from = mine__arena_zeros(job->arena, (size_t)out->k[0], sizeof *out->from);
  if (mine_failed(job->env)) return;
  int64_t left = 0;
  for (int64_t r = 0; r < state->rows[0]; r++) {
    const int32_t from = state->group[0][r], to = state->group[1][r];
    if (from < 0 || to < 0) {
      left++;
      continue;
    }
    out->rows[from * out->k[1] + to]++;
    out->from[from]++;
  }
  if (left > 0)
    mine__job_notef(job, "warning", "rows",
                    "%lld of %lld were left out: one of the models does not answer them",
                    (long long)left, (long long)state->rows[0]);
}

static const char *migration_label(const migration_counts *counts, int i, int64_t cluster) {
  return counts->label[i][cluster ? cluster - 1 : counts->k[i] - 1];
}

static void migration_list(mine_job *job, const migration_counts *counts, mine_relation *out) {
  for (int64_t from = 0; from < counts->k[0] && !mine__poll(job->env); from++) {
    for (int64_t to = 0; to < counts->k[1] && !mine_failed(job->env); to++) {
      const int64_t rows = counts->rows[from * counts->k[1] + to];
      if (rows == 0) continue;
      mine__row_int(out, from);
      mine__row_text(out, migration_label(counts, 0, from));
      mine__row_int(out, to);
      mine__row_text(out, migration_label(counts, 1, to));
      mine__row_int(out, rows);
      mine__row_real(out, (double)rows / (double)counts->from[from]);
      mine__relation_end_row(out);
    }
  }
}

static mine_status migration_run(mine_job *job, mine_relation *out) {
  const migration_state *state = mine__job_state(job);
  const mine_lang_options *lang = mine__options_of(&job->options, mine__lang_option_table);
  migration_counts counts = {{0}, NULL, NULL, {NULL}};
  migration_score(job, 1);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  if (state->rows[0] != state->rows[1])
    return mine__fail(job->env, MINE_DATA,
                      "the source gave %lld rows for the old model and %lld for the new one; give "
                      "one that is the same when it is read again",
                      (long long)state->rows[0], (long long)state->rows[1]);
  if (state->rows[0] == 0)
    return mine__fail(job->env, MINE_DATA, "the source has no rows; nobody can have moved");
  for (int i = 0; i < MIGRATION_MODELS && !mine_failed(job->env); i++)
    counts.label[i] = migration_labels(job, job->model[i], (mine_lang)lang->lang);
  if (!mine_failed(job->env)) migration_count(job, &counts);
  if (!mine_failed(job->env)) migration_list(job, &counts, out);
  return mine_env_status(job->env);
}

/* ---- the verb --------------------------------------------------------------------------- */

static const mine_answer migration_answer[] = {
    {"from_cluster", MINE_ANSWER_INTEGER, 1, "of the old model; 0: in none"},
    {"from_label", MINE_ANSWER_TEXT, 1, "its label, as in mine_segments"},
    {"to_cluster", MINE_ANSWER_INTEGER, 1, "of the new model; 0: in none"},
    {"to_label", MINE_ANSWER_TEXT, 1, "its label, as in mine_segments"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many are in both"},
    {"share", MINE_ANSWER_REAL, 0, "of the rows that are in the old one"},
    {0},
};

static const mine_option_set migration_sets[] = {
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_migration = {
    .name = "mine_migration",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "Who moved: how many rows of each cluster of an old model are in which of a new one.",
    .notes =
        "Both models are names, BLOBs, or versions, `'segments@3'` (mine_versions lists them): "
        "`mine_migration('segments@3', 'segments', 'customers')`. The source is read twice and "
        "answered by each of them; it must have the columns of both. Numbers and names are "
        "comparable where the new model was trained under the name of the old one (`align`).",
    .example =
        "SELECT from_cluster, to_cluster, rows, round(share, 2) AS share\n"
        "FROM mine_migration((SELECT mine_fit('kmeans',\n  " MINE_SHOPPERS
        ", 'k=2')),\n  " MINE_SEGMENT_MODEL ",\n  " MINE_SHOPPERS ");",
    .argument = {{MINE_ARG_MODEL, "old"},
                 {MINE_ARG_MODEL, "new"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 3,
    .answer = migration_answer,
    .options = migration_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(migration_state),
    .open = migration_open,
    .source = migration_source,
    .run = migration_run,
    .close = migration_close,
};
