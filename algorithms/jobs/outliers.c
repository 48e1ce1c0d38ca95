/*
** outliers.c -- mine_outliers: the rows that stand apart from the others, the farthest first, and
** which of their values set them apart.
**
** How far a row stands apart is a method's (outlier/outlier.h); all rows are scored, and of a share
** of them the verb asks for what sets them apart (outliers_words.c).  Rows of which nothing is
** known are left out.
*/
#include "outliers.h"

#include <math.h>

#include "../core/radix.h"
#include "../outlier/outlier.h"
#include "verb.h"

#define OUTLIERS_AMOUNTS (1 << 20) /* of the rows that are asked about at a time */

enum { OUTLIERS_IFOREST, OUTLIERS_LOF, OUTLIERS_KNN, OUTLIERS_MAHALANOBIS };
static const char *const outliers_names[] = {"iforest", "lof", "knn", "mahalanobis", NULL};
static const mine__outlier_method *const outliers_methods[] = {
    &mine__outlier_iforest, &mine__outlier_lof, &mine__outlier_knn, &mine__outlier_mahalanobis};

typedef struct outliers_options {
  int algorithm;
  double share;
  int64_t n_trees, sample, k;
  int scale;
  int64_t reasons;
} outliers_options;

static const mine_option outliers_table[] = {
    OPTION_CHOICE(outliers_options, algorithm, .initial = "iforest", .choices = outliers_names,
                  .help = "iforest: few cuts by chance part the row from the others; lof: it is "
                          "thinner around it than around its neighbours; knn: its k-th neighbour "
                          "is far; mahalanobis: it is far from the middle of the rows, as these "
                          "spread, found so that outliers do not move it"),
    OPTION_REAL(outliers_options, share, .initial = "0.01", .range = {0, 1}, .above_least = 1,
                .help = "share of the rows that is listed, rounded up; 1: all of them"),
    OPTION_INT(outliers_options, reasons, .initial = "3", .range = {0, 1000},
               .help = "features that a reason names at most; 0: the column is NULL, which is "
                       "faster where many rows are listed"),
    OPTION_INT(outliers_options, n_trees, .initial = "100", .range = {1, 10000},
               .help = "iforest: trees"),
    OPTION_INT(outliers_options, sample, .initial = "256", .range = {2, 65536},
               .help = "iforest: rows of which each tree is grown; more than there are: all rows"),
    OPTION_INT(outliers_options, k, .initial = "20", .range = {1, MINE_MAX_ROWS},
               .help = "lof, knn: neighbours; more than there are other rows: all of these"),
    OPTION_CHOICE(outliers_options, scale, .initial = "standard", .choices = mine__scale_names,
                  .help = "lof, knn: how numbers are scaled first, as for kmeans"),
    OPTION_END};

/* Options that are one method's. */
static const struct {
  const char *name;
  unsigned of;
  const char *who;
} outliers_belongs[] = {
    {"n_trees", 1u << OUTLIERS_IFOREST, "iforest"},
    {"sample", 1u << OUTLIERS_IFOREST, "iforest"},
    {"k", 1u << OUTLIERS_LOF | 1u << OUTLIERS_KNN, "lof or knn"},
    {"scale", 1u << OUTLIERS_LOF | 1u << OUTLIERS_KNN, "lof or knn"},
};

static mine_status outliers_open(mine_job *job) {
  const outliers_options *asked = mine__options_of(&job->options, outliers_table);
  for (size_t i = 0; i < sizeof outliers_belongs / sizeof outliers_belongs[0]; i++) {
    if (outliers_belongs[i].of >> asked->algorithm & 1) continue;
    if (!mine__options_given(job->options.group, job->options.n, outliers_belongs[i].name))
      continue;
    return mine__fail(
        job->env, MINE_OPTION, "option %s is for algorithm=%s, and this is %s; leave it out",
        outliers_belongs[i].name, outliers_belongs[i].who, outliers_names[asked->algorithm]);
  }
  return mine_env_status(job->env);
}

/* ---- the rows ------------------------------------------------------------------------------ */

/* All rows of which something is known. */
static void outliers_rows(mine_job *job, mine_dataset *data) {
  mine_env *env = job->env;
  const int64_t n = job->frame->rows;
  uint32_t *row = mine__arena_array(job->arena, (size_t)n, sizeof *row);
  int64_t kept = 0;
  for (int64_t i = 0; row && i < n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    int known = 0;
    for (int f = 0; f < data->n_features && !known; f++)
      known = mine__missing_in_row(&data->rows.feature[f], 1, i) < 0;
    if (known) row[kept++] = (uint32_t)i;
  }
  data->rows.n = kept;
  data->rows.row = kept < n ? row : NULL;
  if (kept < 2) {
    (void)mine__fail(env, MINE_DATA,
                     "%lld row%s with values, and an outlier needs others to stand apart from",
                     (long long)kept, kept == 1 ? "" : "s");
  } else if (kept < n && job->attributes.how.missing == MINE_MISSING_AUTO) {
    mine__job_notef(job, "warning", "missing", "%lld row%s left out: every attribute is missing",
                    (long long)(n - kept), n - kept == 1 ? " is" : "s are");
  }
}

static void outliers_prepare(mine_job *job, mine_outliers *o, mine_dataset *data) {
  const outliers_options *asked = mine__options_of(&job->options, outliers_table);
  const mine_seed_options *seed = mine__options_of(&job->options, mine__seed_option_table);
  const mine_chosen *chosen = &job->attributes.chosen;
  mine_feature_view *view = NULL;
  *data = (mine_dataset){.n_features = chosen->n, .seed = (uint64_t)seed->seed};
  *o = (mine_outliers){.env = job->env,
                       .arena = job->arena,
                       .data = data,
                       .n_trees = asked->n_trees,
                       .sample = asked->sample,
                       .k = asked->k,
                       .scale = (mine_scale)asked->scale,
                       .note = mine__job_note,
                       .context = job};
  mine__features_of_columns(job->env, job->arena, job->frame, chosen->column, chosen->n, &o->about,
                            &view);
  if (mine_failed(job->env)) return;
  data->about = o->about;
  data->rows.feature = view;
  outliers_rows(job, data);
  if (!mine_failed(job->env))
    o->score = mine__arena_array(job->arena, (size_t)data->rows.n, sizeof *o->score);
}

/* ---- the answer ------------------------------------------------------------------------------ */

typedef struct outliers_telling {
  mine_job *job;
  mine_outliers *o;
  const mine__outlier_method *method;
  const mine__usual *usual;
  mine_lang lang;
  int most; /* features that are named */
  int *picked;
  uint32_t *at;   /* rows asked about */
  double *amount; /* of each          */
  mine_text text;
} outliers_telling;

static void outliers_put(outliers_telling *t, int64_t rank, int64_t at, const double *amount,
                         mine_relation *out) {
  const mine_job *job = t->job;
  const int64_t row = mine_batch_row(&t->o->data->rows, at);
  mine_cell id = {MINE_INT, 0, {.integer = row + 1}};
  if (job->attributes.roles.id >= 0) mine__values_get(&job->frame->ids, row, &id);
  mine__row_cell(out, &id);
  mine__row_real(out, t->o->score[at]);
  mine__row_int(out, rank);
  if (t->most > 0) {
    t->text.bytes = 0;
    mine__outlier_reason(t->o->data, t->usual, row, amount, t->most, t->lang, t->picked, &t->text);
    if (t->text.failed) return;
    mine__row_bytes(out, t->text.data, t->text.bytes);
  } else {
    mine__row_null(out);
  }
  mine__relation_end_row(out);
}

static void outliers_open_telling(outliers_telling *t, int64_t rows) {
  mine_env *env = t->job->env;
  mine_arena *arena = t->job->arena;
  const size_t width = (size_t)t->o->data->n_features;
  mine__text_open(&t->text, arena);
  t->at = mine__arena_array(arena, (size_t)rows, sizeof *t->at);
  if (t->most > t->o->data->n_features) t->most = t->o->data->n_features;
  if (t->most == 0 || mine_failed(env)) return;
  t->usual = mine__usual_of(env, arena, t->o->data);
  t->picked = mine__arena_array(arena, (size_t)t->most, sizeof *t->picked);
  t->amount = mine__arena_array(arena, (size_t)rows, width * sizeof *t->amount);
}

/* The first n in the order, some at a time. */
static void outliers_list(outliers_telling *t, const mine_pair *order, int64_t n,
                          mine_relation *out) {
  mine_env *env = t->job->env;
  const int64_t width = t->o->data->n_features;
  int64_t some = OUTLIERS_AMOUNTS / width + 1;
  if (some > n) some = n;
  outliers_open_telling(t, some);
  for (int64_t first = 0; first < n && !mine_failed(env); first += some) {
    const int64_t count = n - first < some ? n - first : some;
    for (int64_t i = 0; i < count; i++)
      t->at[i] = order[first + i].row;
    if (t->most > 0) t->method->apart(t->o, t->at, count, t->amount);
    for (int64_t i = 0; i < count && !mine_failed(env); i++)
      outliers_put(t, first + i + 1, t->at[i], t->amount ? t->amount + i * width : NULL, out);
    if (mine__poll(env)) return;
  }
}

/* By falling score, equal ones in the order of the source. */
static const mine_pair *outliers_order(mine_job *job, const mine_outliers *o) {
  const size_t n = (size_t)o->data->rows.n;
  double *key = mine__arena_array(job->arena, n, sizeof *key);
  mine_pair *order = mine__arena_array(job->arena, n, sizeof *order);
  mine_pair *temp = mine__arena_array(job->arena, n, sizeof *temp);
  if (mine_failed(job->env)) return NULL;
  for (size_t i = 0; i < n; i++)
    key[i] = -o->score[i];
  mine__sort_reals(key, NULL, (int64_t)n, order, temp);
  return order;
}

static mine_status outliers_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const outliers_options *asked = mine__options_of(&job->options, outliers_table);
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  mine_dataset data;
  mine_outliers o;
  MINE_TRY(mine__job_attributes_finish(job));
  outliers_prepare(job, &o, &data);
  if (mine_failed(env)) return mine_env_status(env);
  outliers_telling telling = {.job = job,
                              .o = &o,
                              .method = outliers_methods[asked->algorithm],
                              .lang = (mine_lang)said->lang,
                              .most = (int)asked->reasons};
  telling.method->score(&o);
  const mine_pair *order = mine_failed(env) ? NULL : outliers_order(job, &o);
  if (!order) return mine_env_status(env);
  int64_t n = (int64_t)ceil(asked->share * (double)data.rows.n * (1 - 1e-12));
  if (n < 1) n = 1;
  outliers_list(&telling, order, n < data.rows.n ? n : data.rows.n, out);
  return mine_env_status(env);
}

static const mine_answer outliers_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"score", MINE_ANSWER_REAL, 0,
     "the greater, the farther apart: iforest 0 to 1, about 0.5 or less is ordinary; lof about 1 "
     "is; knn and mahalanobis a distance"},
    {"rank", MINE_ANSWER_INTEGER, 1,
     "1: the farthest apart; equal scores in the order of the source"},
    {"reason", MINE_ANSWER_TEXT, 0,
     "the values that set the row apart, beside what is usual: between which nine in ten rows lie, "
     "or how many rows have the level"},
    {0},
};

static const mine_option_set outliers_sets[] = {
    {outliers_table, sizeof(outliers_options), 0},
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_outliers = {
    .name = "mine_outliers",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_LOOK,
    .what = "The rows that stand apart from all others, and which of their values set them apart.",
    .notes =
        "All rows are scored; listed is a share of them, the farthest first. `iforest` (Liu, Ting "
        "& "
        "Zhou 2008) is the default: it takes mixed tables of any size as they are, numbers on any "
        "scale; a level is the rarer the sooner it is cut off, a missing value goes with the "
        "majority. `lof` (Breunig et al. 2000) finds rows that are odd for where they are, `knn` "
        "those that are far from everything; both measure distances in the space of k-means, where "
        "a missing value lies at the average, and compare every row with every other where there "
        "are more than 16 encoded columns. Where more than k rows have the same values, lof counts "
        "places instead of rows, which is told. "
        "`mahalanobis` measures from the mean of the half of the rows that agree the most, by "
        "their "
        "covariance (minimum covariance determinant; Rousseeuw & Van Driessen 1999): for numbers "
        "that move together, it finds the rows in which they do not. A category adds (1/share of "
        "its level - 1)/(levels - 1). Its squares are about chi-squared with as many degrees of "
        "freedom as there are numbers. A value in a reason that is usual by itself is odd with the "
        "others of its row. An outlier is unusual; whether it is wrong, somebody has to look.",
    .example =
        "SELECT id, round(score, 2) AS score, rank, reason FROM mine_outliers(\n"
        "  " MINE_ROWS("i AS id, i*i%90 AS age, CASE i WHEN 42 THEN 9100 ELSE i*7%31*10.5 END AS "
                       "spend") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = outliers_answer,
    .options = outliers_sets,
    .reads = "an id, then attributes",
    .open = outliers_open,
    .run = outliers_run,
};
