/*
** drift.c -- mine_drift: whether tonight's rows still look like those from which a model learned.
**
** A row of the answer for what the model says and, of each attribute, for its values, for how
** often it is missing and, of categories, for how often it has a level that training never saw.
** What is compared and how: portray.h.  An item has drifted when both hold:
**
**   q <= alpha      its p-value, Benjamini and Hochberg's over all items of the answer: with no
**                   change at all a share alpha of the nights has any item that says so
**   psi >= min_psi  less what chance gives: of a million rows everything is significant, and
**                   most of it is nothing to act on.  0.01 is a normal attribute moved by a
**                   tenth of a standard deviation; the 0.1 of practice by a third
**
** O(rows x attributes); the model answers some of the rows.
*/
#include <math.h>

#include "../core/radix.h"
#include "../kernel/special.h"
#include "portray.h"
#include "scoring.h"

#define DRIFT_SCORES 20000 /* rows that the model answers */

typedef struct drift_options {
  double min_psi, alpha;
} drift_options;

static const mine_option drift_table[] = {
    OPTION_REAL(drift_options, min_psi, .initial = "0.01", .range = {0, 100},
                .help = "psi from which a change counts, what chance gives taken off; practice "
                        "calls 0.1 moderate and 0.25 large"),
    OPTION_REAL(drift_options, alpha, .initial = "0.01", .range = {0, 1},
                .help = "how often chance alone may make any item drift"),
    OPTION_END};

typedef struct drift_state {
  mine_scoring *scoring;
} drift_state;

static mine_scoring *drift_scoring(const mine_job *job) {
  return ((const drift_state *)mine__job_state(job))->scoring;
}

/* ---- items ------------------------------------------------------------------------------ */

typedef struct drift_item {
  const char *name, *kind;
  mine_shift shift;
  const char *was, *now; /* in the job's arena, or NULL */
} drift_item;

typedef struct drift_items {
  mine_job *job;
  mine_lang lang;
  int64_t n;
  drift_item *item; /* three of each attribute, and one */
} drift_items;

static const char *drift_keep(mine_job *job, const mine_text *text) {
  return text->failed || text->bytes == 0 ? NULL
                                          : mine__arena_text(job->arena, text->data, text->bytes);
}

static drift_item *drift_add(drift_items *items, const char *name, const char *kind,
                             const mine_shift *shift) {
  drift_item *item = &items->item[items->n++];
  *item = (drift_item){name, kind, *shift, NULL, NULL};
  return item;
}

static const char *drift_share(mine_job *job, double share, const char *rest) {
  char number[MINE_NUMBER_BYTES];
  mine_text text;
  if (isnan(share)) return NULL;
  mine__text_open(&text, job->env->scratch);
  mine__text_addf(&text, "%s%%%s", mine__format_real(number, 100 * share, 3), rest);
  return drift_keep(job, &text);
}

/* "(such as 'gold ' in row 7)" */
static const char *drift_such_as(const drift_items *items, const mine_column *column) {
  mine_text text;
  mine__text_open(&text, items->job->env->scratch);
  if (column->unknown.cells == 0) return "";
  mine__text_addf(&text, items->lang == MINE_LANG_ZH ? "（如第 %lld 行的 %s）" : " (row %lld: %s)",
                  (long long)column->unknown.row, column->unknown.said);
  return text.failed ? "" : text.data;
}

/* ---- an attribute ----------------------------------------------------------------------- */

static void drift_words(drift_items *items, const mine_feature *about,
                        const mine_portrait_column *was, const mine_feature_view *view,
                        const uint32_t *row, int64_t n, drift_item *item) {
  mine_env *env = items->job->env;
  mine_shift_words words;
  mine_portrait_column now = {0};
  if (view->number) mine__portrait_of_numbers(env, items->job->arena, view->number, row, n, &now);
  if (mine_failed(env)) return;
  mine__shift_words(env, about, was, &now, &item->shift, items->lang, &words);
  item->was = drift_keep(items->job, &words.was);
  item->now = drift_keep(items->job, &words.now);
}

static void drift_attribute(drift_items *items, int f, const uint32_t *sample, int64_t n_sample) {
  mine_job *job = items->job;
  mine_env *env = job->env;
  const mine_scoring *s = drift_scoring(job);
  const mine_feature *about = &s->model->feature[f];
  const mine_portrait_column *was = &s->model->portrait->column[f];
  const mine_column *column = &s->frame->column[s->plan.column[f]];
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = s->frame->rows;
  int64_t missing, unknown;
  mine_shift shift;
  mine__shift_of_column(env, about, was, &s->batch.view[f], NULL, n, &missing, &unknown, &shift);
  if (mine_failed(env)) return;
  drift_words(items, about, was, &s->batch.view[f], sample, n_sample,
              drift_add(items, about->name, "feature", &shift));
  mine__shift_of_share(was->missing, was->rows, missing, n, 0, &shift);
  drift_item *gaps = drift_add(items, about->name, "missing", &shift);
  gaps->was = drift_share(job, shift.was, "");
  gaps->now = drift_share(job, shift.now, "");
  if (about->type == MINE_COLUMN_CATEGORY) {
    mine__shift_of_share(was->once, was->rows - was->missing, unknown, n - missing, 1, &shift);
    drift_item *news = drift_add(items, about->name, "unknown", &shift);
    news->was = drift_share(job, shift.was, "");
    news->now = drift_share(job, shift.now, drift_such_as(items, column));
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- what the model says ---------------------------------------------------------------- */

static void drift_score_words(const drift_items *items, const mine_model *model, double share,
                              const double *value, int64_t n, drift_item *item) {
  const mine_portrait_scores *score = &model->portrait->score;
  const int zh = items->lang == MINE_LANG_ZH;
  mine_job *job = items->job;
  mine_text was, now;
  char number[MINE_NUMBER_BYTES], shown[MINE_SHOW_BYTES];
  mine__text_open(&was, job->env->scratch);
  mine__text_open(&now, job->env->scratch);
  if (score->grouped) {
    mine_cell group;
    mine__model_group(model, item->shift.cell, &group);
    mine__text_addf(&was, "%s %s%%", mine__show_cell(shown, &group),
                    mine__format_real(number, 100 * item->shift.was, 3));
    mine__text_addf(&now, "%s %s%%", shown, mine__format_real(number, 100 * item->shift.now, 3));
  } else {
    const double before = (score->measured ? (1 - share) * score->mean : 0) +
                          (share > 0 ? share * score->learned_mean : 0);
    double sum = 0;
    int64_t answered = 0;
    for (int64_t i = 0; i < n; i++) {
      if (isnan(value[i])) continue;
      sum += value[i];
      answered++;
    }
    mine__text_addf(&was, "%s %s", zh ? "均值" : "mean", mine__format_real(number, before, 4));
    if (answered > 0)
      mine__text_addf(&now, "%s %s", zh ? "均值" : "mean",
                      mine__format_real(number, sum / (double)answered, 4));
  }
  item->was = drift_keep(job, &was);
  item->now = drift_keep(job, &now);
}

/* Of rows with a gap a model that skips them says nothing. */
static int64_t drift_skip(const mine_scoring *s, uint32_t *row, int64_t n) {
  int64_t kept = 0;
  if (s->model->gaps.missing != MINE_MISSING_SKIP) return n;
  for (int64_t i = 0; i < n; i++)
    if (mine__missing_in_row(s->batch.view, s->model->n_features, row[i]) < 0) row[kept++] = row[i];
  return kept;
}

/* What the model says: its target, or what it finds. */
static const char *drift_scored(const mine_model *model) {
  if (model->roles.target) return model->roles.target;
  return model->task == MINE_CLUSTERING ? "cluster" : mine__model_task(model);
}

static void drift_scores(drift_items *items) {
  mine_job *job = items->job;
  mine_env *env = job->env;
  const mine_scoring *s = drift_scoring(job);
  const mine_model *model = s->model;
  const mine_portrait_scores *score = &model->portrait->score;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *value, share;
  int32_t *group;
  int64_t n;
  mine_shift shift;
  uint32_t *row = mine__portrait_rows(env->scratch, NULL, s->frame->rows, DRIFT_SCORES, &n);
  if (!row || score->of.cells == 0) return;
  n = drift_skip(s, row, n);
  const mine_batch batch = {n, row, s->batch.view};
  mine__portray_answer(env, env->scratch, model, &batch, &value, &group);
  if (mine_failed(env) || (group != NULL) != score->grouped) return;
  mine__shift_of_scores(env, score, value, group, n, &share, &shift);
  if (mine_failed(env)) return;
  drift_item *item = drift_add(items, drift_scored(model), "score", &shift);
  if (!isnan(shift.was)) drift_score_words(items, model, share, value, n, item);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- the answer ------------------------------------------------------------------------- */

static void drift_put(const drift_item *item, double q, const drift_options *asked,
                      mine_relation *out) {
  const mine_shift *shift = &item->shift;
  mine__row_text(out, item->name);
  mine__row_text(out, item->kind);
  mine__row_real(out, shift->psi);
  mine__row_real(out, shift->statistic);
  mine__row_real(out, shift->p_value);
  mine__row_int(out, q <= asked->alpha && shift->beyond >= asked->min_psi);
  mine__row_text(out, item->was);
  mine__row_text(out, item->now);
  mine__relation_end_row(out);
}

/* Those that have drifted first, then by falling psi. */
static void drift_list(drift_items *items, mine_relation *out) {
  mine_job *job = items->job;
  const drift_options *asked = mine__options_of(&job->options, drift_table);
  const size_t n = (size_t)items->n;
  double *q = mine__arena_array(job->arena, n, sizeof *q);
  double *key = mine__arena_array(job->arena, n, sizeof *key);
  mine_pair *order = mine__arena_array(job->arena, n, sizeof *order);
  mine_pair *temp = mine__arena_array(job->arena, n, sizeof *temp);
  if (mine_failed(job->env)) return;
  for (size_t i = 0; i < n; i++)
    q[i] = items->item[i].shift.p_value;
  mine__benjamini_hochberg(q, items->n, order, temp);
  for (size_t i = 0; i < n; i++) {
    const mine_shift *shift = &items->item[i].shift;
    const int drifted = q[i] <= asked->alpha && shift->beyond >= asked->min_psi;
    key[i] = -shift->psi - (drifted ? 1e6 : 0);
  }
  mine__sort_reals(key, NULL, items->n, order, temp);
  for (size_t i = 0; i < n; i++)
    drift_put(&items->item[order[i].row], q[order[i].row], asked, out);
}

static mine_status drift_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  mine_scoring *s = drift_scoring(job);
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  const int n_features = s->model->n_features;
  MINE_TRY(mine__frame_finish(s->frame));
  const int64_t n = s->frame->rows;
  if (n == 0)
    return mine__fail(env, MINE_DATA, "the source has no rows; there is nothing to compare");
  drift_items items = {.job = job, .lang = (mine_lang)said->lang};
  items.item = mine__arena_array(job->arena, 3 * (size_t)n_features + 1, sizeof *items.item);
  int64_t n_sample;
  const uint32_t *sample =
      mine__portrait_rows(job->arena, NULL, n, mine__portrait_most(n_features), &n_sample);
  if (mine_failed(env)) return mine_env_status(env);
  for (int f = 0; f < n_features; f++)
    mine__view_of_column(&s->frame->column[s->plan.column[f]], &s->batch.view[f]);
  drift_scores(&items);
  for (int f = 0; f < n_features && !mine_failed(env); f++)
    if (!mine__poll(env)) drift_attribute(&items, f, sample, n_sample);
  if (!mine_failed(env)) drift_list(&items, out);
  return mine_env_status(env);
}

static mine_status drift_open(mine_job *job) {
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  drift_state *state = mine__job_state(job);
  const int components = (mine__model_gives(model) & MINE_GIVES_COMPONENTS) != 0;
  MINE_TRY(mine__scoring_open(job->env, model, components ? MINE_SCORE_PROJECT : MINE_SCORE_ROWS,
                              &job->options, &state->scoring));
  if (model->portrait) return mine_env_status(job->env);
  return mine__fail(job->env, MINE_UNSUPPORTED,
                    "the model keeps no profile of the rows it learned from (it was made by an "
                    "older version, or by another program); train it again");
}

static mine_status drift_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(drift_scoring(job));
  return MINE_OK;
}

static void drift_close(mine_job *job) {
  mine_scoring_close(drift_scoring(job));
}

static const mine_answer drift_answer[] = {
    {"item", MINE_ANSWER_TEXT, 1, "the attribute; of scores the target, or cluster, or uplift"},
    {"kind", MINE_ANSWER_TEXT, 1,
     "what about it: score (what the model says), feature (its values), missing, unknown (levels "
     "that training never saw)"},
    {"psi", MINE_ANSWER_REAL, 0,
     "population stability index: how far apart the two distributions are; NULL: nothing to "
     "compare"},
    {"statistic", MINE_ANSWER_REAL, 0, "Pearson's chi-square of the same counts"},
    {"p_value", MINE_ANSWER_REAL, 0, "how often chance alone gives so much; two counts: exact"},
    {"drifted", MINE_ANSWER_INTEGER, 0,
     "1: more than chance (after Benjamini and Hochberg over all rows), and enough to matter"},
    {"was", MINE_ANSWER_TEXT, 0, "in training: the median, or the share of what moved the most"},
    {"now", MINE_ANSWER_TEXT, 0, "the same of the source"},
    {0},
};

static const mine_option_set drift_sets[] = {
    {drift_table, sizeof(drift_options), 0},
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_drift = {
    .name = "mine_drift",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "Whether rows still look like those from which a model learned.",
    .notes =
        "Compared with the profile that the model keeps of its training: counts and quantiles, no "
        "rows. The target is not needed. What the model says is compared with what it said of "
        "rows held out and of rows it had learned from, in the mixture that is nearest, for "
        "tonight's customers are some of each. Numbers are compared in tenths, categories by "
        "their levels, few ones together; `unknown` drifts by rising only, from the share that "
        "the number of levels met once lets expect. What has drifted comes first, then by falling "
        "`psi`. `lang=zh` writes `was` and `now` in Chinese.",
    .example =
        "SELECT item, kind, round(psi, 2) AS psi, drifted, was, now\n"
        "FROM mine_drift(" MINE_CHURN_MODEL ",\n"
        "  " MINE_ROWS("i AS id, i*7%31 + 9 AS calls, i%5 AS visits") ")\n"
        "WHERE drifted;",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = drift_answer,
    .options = drift_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(drift_state),
    .open = drift_open,
    .source = drift_source,
    .run = drift_run,
    .close = drift_close,
};
