/*
** reasons.c -- mine_explain: why a model says of each row what it says.
**
** A block of rows is scored, explained (model/explain.h) a few thousand numbers at a time, and of
** each row the features with the greatest contributions are kept: what a block holds does not
** depend on how many features the model has when `top` is given.  Cells are made when they are
** asked for.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "reasons.h"

#define REASONS_NUMBERS (1 << 20) /* contributions at a time */
#define REASONS_ROWS    256       /* of a task that picks    */
#define REASONS_FEW     16        /* told: no need to sort   */

typedef struct reasons_options {
  int64_t top, pairs;
} reasons_options;

static const mine_option reasons_option_table[] = {
    OPTION_INT(reasons_options, top, .range = {1, INT32_MAX},
               .help = "features told of each row, those that say most first; one row more says "
                       "what all others say together; not given: all features"),
    OPTION_INT(reasons_options, pairs, .initial = "16", .range = {2, 10000},
               .help = "of knn and mlp: pairs of random orders that contributions are estimated "
                       "from; four times as many halve the error"),
    OPTION_END};

typedef struct reasons_state {
  mine_scoring *scoring;
  mine_lang lang;
  mine_reasons reasons;
  /* Of the rows explained at a time. */
  int pairs;
  int64_t most;
  uint32_t *row;
  double *contribution, *error; /* error NULL: all are exact */
  uint32_t *order; /* a worker's features: all of them are sorted; NULL: few are told */
  mine_text words;
  char buffer[MINE_TIME_BYTES];
} reasons_state;

static reasons_state *reasons_of(const mine_job *job) {
  return mine__job_state(job);
}

/* ---- the greatest ------------------------------------------------------------------------ */

typedef struct reasons_picking {
  reasons_state *state;
  int64_t n;
} reasons_picking;

static int reasons_before(const void *context, uint32_t a, uint32_t b) {
  const double *contribution = context;
  const double x = fabs(contribution[a]), y = fabs(contribution[b]);
  return x != y ? x > y : a < b;
}

/* The first `top` by insertion; returns the sum of the others, in the order of the columns. */
static double reasons_pick_few(const double *contribution, int features, int top,
                               uint32_t *picked) {
  double rest = 0;
  for (int f = 0; f < features; f++) {
    int at = f < top ? f : top;
    while (at > 0 && reasons_before(contribution, (uint32_t)f, picked[at - 1])) {
      if (at < top) picked[at] = picked[at - 1];
      at--;
    }
    if (at < top) picked[at] = (uint32_t)f;
  }
  for (int f = 0; f < features; f++) {
    int told = 0;
    for (int k = 0; k < top; k++)
      told |= picked[k] == (uint32_t)f;
    if (!told) rest += contribution[f];
  }
  return rest;
}

static double reasons_pick_many(const double *contribution, int features, int top, uint32_t *order,
                                uint32_t *picked) {
  double rest = 0;
  for (int f = 0; f < features; f++)
    order[f] = (uint32_t)f;
  mine__sort_words(order, (uint32_t)features, reasons_before, contribution);
  memcpy(picked, order, (size_t)top * sizeof *picked);
  for (int f = top; f < features; f++)
    rest += contribution[order[f]];
  return rest;
}

static void reasons_pick_row(const reasons_state *s, int64_t i, int worker) {
  const int features = s->scoring->model->n_features, top = s->reasons.top;
  const double *contribution = s->contribution + i * (features + 1);
  const int64_t row = s->row[i];
  uint32_t *picked = s->reasons.feature + row * top;
  double *told = s->reasons.contribution + row * top, rest = NAN;
  if (isnan(contribution[features])) {
    for (int k = 0; k < top; k++)
      picked[k] = (uint32_t)k;
  } else if (s->order) {
    rest = reasons_pick_many(contribution, features, top, s->order + (int64_t)worker * features,
                             picked);
  } else {
    rest = reasons_pick_few(contribution, features, top, picked);
  }
  for (int k = 0; k < top; k++)
    told[k] = contribution[picked[k]];
  if (s->error) {
    const double *error = s->error + i * (features + 1);
    for (int k = 0; k < top; k++)
      s->reasons.error[row * top + k] = error[picked[k]];
    s->reasons.base_error[row] = error[features];
  }
  s->reasons.base[row] = contribution[features];
  s->reasons.rest[row] = rest;
}

static void reasons_pick_task(void *context, int64_t task, int worker) {
  const reasons_picking *picking = context;
  const int64_t first = task * REASONS_ROWS, left = picking->n - first;
  for (int64_t i = first; i < first + (left < REASONS_ROWS ? left : REASONS_ROWS); i++)
    reasons_pick_row(picking->state, i, worker);
}

/* ---- a block ------------------------------------------------------------------------------- */

/* Explain n rows, those of state->row, of which all have the same class. */
static void reasons_explain(mine_job *job, int64_t n, int of) {
  reasons_state *s = reasons_of(job);
  const mine_scoring *scoring = s->scoring;
  const int features = scoring->model->n_features;
  const mine_batch batch = {n, s->row, scoring->batch.view};
  mine_explained out = {
      .of = of, .pairs = s->pairs, .contribution = s->contribution, .error = s->error};
  if (of >= 0 && mine__model_explain(job->env, scoring->model, &batch, &out)) return;
  for (int64_t i = 0; i < n; i++) {
    s->reasons.of[s->row[i]] = of;
    if (of >= 0 && !mine__scoring_skipped(scoring, s->row[i])) continue;
    mine__explain_nothing(s->contribution + i * (features + 1), features);
    if (s->error) mine__explain_nothing(s->error + i * (features + 1), features);
  }
  reasons_picking picking = {s, n};
  (void)!mine__parallel(job->env, MINE_BLOCKS(n, REASONS_ROWS), reasons_pick_task, &picking);
}

/* Of a row what is explained: the class asked for, else the one predicted, of a row that is noise
** n_groups; -1: none is. */
static int32_t reasons_class(const mine_scoring *s, int64_t row) {
  if (!(s->gives & MINE_GIVES_GROUP)) return 0;
  if (s->asked.class_ >= 0) return s->asked.class_;
  const int32_t group = s->batch.answers.group[row];
  if (group < 0 || mine__scoring_skipped(s, row)) return -1;
  return group == 0 ? s->model->n_groups : group - 1;
}

/* Rows at[0 .. n-1] of the block, some at a time. */
static void reasons_rows(mine_job *job, const uint32_t *at, int64_t n, int of) {
  reasons_state *s = reasons_of(job);
  for (int64_t first = 0; first < n && !mine_failed(job->env); first += s->most) {
    const int64_t some = n - first < s->most ? n - first : s->most;
    for (int64_t i = 0; i < some; i++)
      s->row[i] = at ? at[first + i] : (uint32_t)(first + i);
    reasons_explain(job, some, of);
    if (mine__poll(job->env)) return;
  }
}

/* Rows are taken together by what is explained of them. */
static void reasons_all(mine_job *job, int64_t n) {
  const mine_scoring *scoring = reasons_of(job)->scoring;
  mine_env *env = job->env;
  if (!(scoring->gives & MINE_GIVES_GROUP) || scoring->asked.class_ >= 0) {
    reasons_rows(job, NULL, n, reasons_class(scoring, 0));
    return;
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int classes = scoring->model->n_groups;
  int32_t *code = mine__arena_array(env->scratch, (size_t)n, sizeof *code);
  mine__by_code by;
  for (int64_t i = 0; code && i < n; i++)
    code[i] = 1 + reasons_class(scoring, i); /* 0: nothing */
  if (code && mine__sort_codes(env->scratch, code, n, classes + 2, &by)) {
    for (int c = 0; c <= classes + 1; c++)
      reasons_rows(job, by.at + by.first[c], by.first[c + 1] - by.first[c], c - 1);
  }
  mine__arena_rewind(env->scratch, mark);
}

static mine_status reasons_make_room(mine_job *job, int64_t n) {
  reasons_state *s = reasons_of(job);
  mine_reasons *r = &s->reasons;
  const size_t rows = (size_t)n, top = (size_t)r->top;
  const size_t features = (size_t)s->scoring->model->n_features;
  mine_arena *a = job->arena;
  if (rows <= r->capacity) return MINE_OK;
  r->capacity = 0;
  s->most = REASONS_NUMBERS / (int64_t)(features + 1) + 1;
  if (s->most > n) s->most = n;
  s->row = mine__arena_block(a, s->row, (size_t)s->most, sizeof *s->row);
  s->contribution = mine__arena_block(a, s->contribution, (size_t)s->most,
                                      (features + 1) * sizeof *s->contribution);
  if (top > REASONS_FEW && !s->order)
    s->order = mine__arena_array(a, (size_t)job->env->threads, features * sizeof *s->order);
  r->of = mine__arena_block(a, r->of, rows, sizeof *r->of);
  r->base = mine__arena_block(a, r->base, rows, sizeof *r->base);
  r->rest = mine__arena_block(a, r->rest, rows, sizeof *r->rest);
  r->feature = mine__arena_block(a, r->feature, rows, top * sizeof *r->feature);
  r->contribution = mine__arena_block(a, r->contribution, rows, top * sizeof *r->contribution);
  if (mine__model_samples(s->scoring->model)) {
    s->error = mine__arena_block(a, s->error, (size_t)s->most, (features + 1) * sizeof(double));
    r->base_error = mine__arena_block(a, r->base_error, rows, sizeof *r->base_error);
    r->error = mine__arena_block(a, r->error, rows, top * sizeof *r->error);
  }
  if (mine_failed(job->env)) return mine_env_status(job->env);
  r->capacity = rows;
  return MINE_OK;
}

/* Rows of the answer for each row scored. */
static int64_t reasons_each(const mine_reasons *r) {
  return 1 + r->top + (r->others > 0);
}

static mine_status reasons_block(mine_job *job, int64_t *rows) {
  reasons_state *s = reasons_of(job);
  const int64_t n = mine__scoring_block(s->scoring, job);
  s->reasons.n = 0;
  *rows = 0;
  if (mine_failed(job->env) || n == 0) return mine_env_status(job->env);
  MINE_TRY(reasons_make_room(job, n));
  reasons_all(job, n);
  s->reasons.n = n;
  *rows = n * reasons_each(&s->reasons);
  return mine_env_status(job->env);
}

/* ---- the job --------------------------------------------------------------------------------- */

static mine_status reasons_open(mine_job *job) {
  reasons_state *s = reasons_of(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const reasons_options *said = mine__options_of(&job->options, reasons_option_table);
  const mine_lang_options *lang = mine__options_of(&job->options, mine__lang_option_table);
  MINE_TRY(mine__model_explain_check(job->env, model));
  MINE_TRY(mine__scoring_open(job->env, model, MINE_SCORE_EXPLAIN, &job->options, &s->scoring));
  s->scoring->keeps_unseen = 1;
  s->lang = (mine_lang)lang->lang;
  s->pairs = (int)said->pairs;
  s->reasons.top = model->n_features;
  if (said->top != MINE_NOT_GIVEN && said->top < model->n_features) s->reasons.top = (int)said->top;
  s->reasons.others = model->n_features - s->reasons.top;
  mine__text_open(&s->words, job->arena);
  return mine_env_status(job->env);
}

static void reasons_close(mine_job *job) {
  mine_scoring_close(reasons_of(job)->scoring);
}

static mine_status reasons_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(reasons_of(job)->scoring);
  return MINE_OK;
}

static void reasons_clear(mine_job *job) {
  reasons_of(job)->reasons.n = 0;
  mine__scoring_clear(reasons_of(job)->scoring);
}

/* ---- cells ------------------------------------------------------------------------------ */

/* A row of the answer. */
typedef struct reasons_at {
  int64_t row;  /* scored                          */
  int rank;     /* 0: the base                     */
  int feature;  /* or MINE_REASON_BASE, _OTHERS    */
  double value; /* its contribution                */
  double error; /* 0: exact, or not known          */
} reasons_at;

static reasons_at reasons_find(const mine_reasons *r, int64_t row) {
  const int64_t each = reasons_each(r);
  reasons_at at = {.row = row / each, .rank = (int)(row % each)};
  if (at.rank == 0) {
    at.feature = MINE_REASON_BASE;
    at.value = r->base[at.row];
    if (r->error) at.error = r->base_error[at.row];
  } else if (at.rank > r->top) {
    at.feature = MINE_REASON_OTHERS;
    at.value = r->rest[at.row];
  } else {
    at.feature = (int)r->feature[at.row * r->top + at.rank - 1];
    at.value = r->contribution[at.row * r->top + at.rank - 1];
    if (r->error) at.error = r->error[at.row * r->top + at.rank - 1];
  }
  return at;
}

/* The columns of reasons_answer. */
enum {
  REASONS_ID,
  REASONS_RANK,
  REASONS_FEATURE,
  REASONS_VALUE,
  REASONS_CONTRIBUTION,
  REASONS_BECAUSE,
  REASONS_CLASS,
  REASONS_STD_ERROR
};

static void reasons_text(mine_cell *out, const char *text, size_t bytes) {
  *out = (mine_cell){MINE_TEXT, bytes, {0}};
  out->as.text = text;
}

static void reasons_because(reasons_state *s, const reasons_at *at, mine_cell *out) {
  if (isnan(at->value)) return;
  s->words.bytes = 0;
  mine__reason_words(s->scoring, &s->reasons, at->row, at->feature, s->lang, &s->words);
  mine__reason_amount(at->value, at->error, s->lang, &s->words);
  if (!s->words.failed) reasons_text(out, s->words.data, s->words.bytes);
}

static void reasons_cell_of(reasons_state *s, const reasons_at *at, int column, mine_cell *out) {
  const mine_model *model = s->scoring->model;
  if (column == REASONS_RANK) *out = (mine_cell){MINE_INT, 0, {.integer = at->rank}};
  if (column == REASONS_FEATURE && at->feature >= 0) {
    const char *name = model->feature[at->feature].name;
    reasons_text(out, name, strlen(name));
  }
  if (column == REASONS_VALUE && at->feature >= 0)
    mine__reason_value(s->scoring, at->row, at->feature, s->buffer, out);
  if (column == REASONS_CONTRIBUTION && !isnan(at->value))
    *out = (mine_cell){MINE_REAL, 0, {.real = at->value}};
  if (column == REASONS_BECAUSE) reasons_because(s, at, out);
  const int32_t of = s->reasons.of[at->row];
  if (column == REASONS_CLASS && model->n_groups > 0 && of >= 0)
    mine__model_group(model, of == model->n_groups ? 0 : of + 1, out);
  if (column == REASONS_STD_ERROR && at->error > 0)
    *out = (mine_cell){MINE_REAL, 0, {.real = at->error}};
}

static void reasons_cell(const mine_job *job, int64_t row, int column, mine_cell *out) {
  reasons_state *s = reasons_of(job);
  *out = (mine_cell){MINE_NULL, 0, {0}};
  if (row < 0 || row >= s->reasons.n * reasons_each(&s->reasons)) return;
  const reasons_at at = reasons_find(&s->reasons, row);
  if (column == REASONS_ID) {
    mine__scoring_cell(s->scoring, at.row, 0, out);
  } else {
    reasons_cell_of(s, &at, column, out);
  }
}

static const mine_answer reasons_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"rank", MINE_ANSWER_INTEGER, 1,
     "0: the base; then the features, the one that says most first; with `top` one more for all "
     "others together"},
    {"feature", MINE_ANSWER_TEXT, 1, "its name; NULL of the base and of the others"},
    {"value", MINE_ANSWER_ANY, 0, "of the feature, as the source has it"},
    {"contribution", MINE_ANSWER_REAL, 0,
     "what it moves the margin by; of one row they add up to the margin; NULL: no prediction"},
    {"because", MINE_ANSWER_TEXT, 0, "the same as a phrase: contract = monthly: +0.84"},
    {"class", MINE_ANSWER_ANY, 0,
     "which class or cluster the margin speaks for, 0: noise; NULL of numbers"},
    {"std_error", MINE_ANSWER_REAL, 0,
     "of a contribution that is an estimate (knn, mlp); NULL where it is exact, and of the others "
     "together"},
    {0},
};

static const mine_option_set reasons_sets[] = {
    {mine__class_option_table, sizeof(mine_class_options), 0},
    {reasons_option_table, sizeof(reasons_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_explain = {
    .name = "mine_explain",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "Why a model says of each row what it says: what each feature adds.",
    .notes =
        "Contributions are Shapley values: what learning a feature moves the margin by, the mean "
        "over all orders in which features may become known. Of one row the base and all of them "
        "add up to the margin. That is the log-odds of the class for `boost`, `logistic` and "
        "`bayes` (of more than two classes the log of its probability less the mean of the logs "
        "of all classes), the probability itself for `tree`, `forest` and `extra_trees`, the "
        "number for regression, and its logarithm where the model predicts exp of a sum (`cox`, "
        "`weibull`); for `mlp` as for logistic, for `knn` and means of models the probability, for "
        "`uplift` what the treatment adds. "
        "Probabilities are those before any calibration. The class is that of the option, else "
        "the positive one, else the one predicted for the row. Of trees they are exact for what "
        "the rows of training did in the nodes (path-dependent TreeSHAP), of `linear` and "
        "`logistic` against the mean row, of `bayes` against the model's own priors and "
        "densities. Of `mlp` and `knn` they are estimated from random orders, walked forth and "
        "back, the same for all rows, and `std_error` says how well; against the mean row (mlp), "
        "or rows that the model remembers (knn). They add up exactly all the same. A mean of "
        "models (`auto`) takes the mean of its members' contributions to the probability, `uplift` "
        "the difference; a model with `group=` explains a row by the model of its group. Of "
        "clusters the margin is "
        "what speaks for the row's own (or that of `class=`): the log-odds of its share "
        "(`auto`, `gmm`), by how much nearer it is than the others (`kmeans`, `kprototypes` and "
        "`kmedoids` by half the squared distance, other metrics by the distance); against a row of "
        "which nothing is known, so that a missing value adds 0. `dbscan`, `hdbscan` and "
        "`agglomerative` go by the rows nearby and are not explained. With `top=3` there are five "
        "rows for each row: the base, three features, and "
        "the others together. `SELECT mine_help('reasons')` shows how to make sentences of them.",
    .example =
        "SELECT id, group_concat(because, '; ') AS reasons\n"
        "FROM mine_explain(" MINE_CHURN_MODEL ",\n  " MINE_CALLERS
        ", 'top=2')\n"
        "WHERE rank > 0 GROUP BY id LIMIT 3;",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = reasons_answer,
    .options = reasons_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(reasons_state),
    .open = reasons_open,
    .source = reasons_source,
    .block = reasons_block,
    .cell = reasons_cell,
    .clear = reasons_clear,
    .close = reasons_close,
};
