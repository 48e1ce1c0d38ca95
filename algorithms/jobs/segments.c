/*
** segments.c -- mine_segments: the clusters of a model as somebody tells them who has to decide
** what to do with them.
**
** A row is a cluster and one of the traits that set it apart (model/cluster_traits.h), in a
** sentence that needs no other.  Without a source they are those of the rows that the model
** learned from, which it keeps as a profile; with one the profile is made anew of the rows of the
** source, in the clusters to which the model says they belong.
*/
#include "segments.h"

#include <math.h>
#include <string.h>

#include "reasons.h"

typedef struct segments_options {
  int64_t top;
} segments_options;

static const mine_option segments_option_table[] = {
    OPTION_INT(segments_options, top, .initial = "5", .range = {1, 1000000},
               .help = "most traits of a cluster"),
    OPTION_END};

typedef struct segments_state {
  mine_scoring *scoring; /* NULL: no source */
} segments_state;

/* What is told, and how. */
typedef struct segments_told {
  mine_job *job;
  mine_relation *out;
  const mine_model *model;
  const mine_encoding *encoding;
  const mine_cluster_profile *profile;
  int64_t top;
  mine_lang lang;
} segments_told;

/* ---- sentences -------------------------------------------------------------------------- */

/* "58%"; below one and above 99 not rounded away. */
static void segments_percent(double share, mine_text *to) {
  char number[MINE_NUMBER_BYTES];
  const double v = 100 * share;
  const double told = v >= 1 && v <= 99 ? round(v) : v;
  mine__text_adds(to, mine__format_real(number, told, v < 1 ? 1 : 3));
  mine__text_adds(to, "%");
}

/* A date of dates, a number as one reads it. */
static void segments_number(const mine_feature *about, double v, mine_text *to) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine__feature_cell(about, v, buffer, &cell);
  if (about->time)
    mine__text_add_shown(to, &cell);
  else
    mine__reason_figure(v, 3, to);
}

typedef struct segments_words {
  const char *none, *all, *have, *is, *against,
      *of_all;                      /* 38% have plan = gold, against 21% of all */
  const char *mean, *typical, *end; /* age is 41 on average, against 38 of all  */
  const char *nothing;
} segments_words;

static const segments_words segments_lang[] = {
    [MINE_LANG_EN] = {"none has ", "all have ", " have ", " = ", ", against ", " of all", " is ",
                      " is typically ", " on average", "nothing sets these rows apart from all"},
    [MINE_LANG_ZH] = {"没有一行的 ", "所有行的 ", " 的 ", " 为 ", "，全体为 ", "", " 平均为 ",
                      " 通常为 ", "", "与全体没有明显差别"},
};

static void segments_trait_level(const segments_told *t, const mine_cluster_trait *trait,
                                 mine_text *to) {
  mine_cell level = {MINE_INT, 0, {.integer = 1}};
  if (trait->level >= 0)
    mine__values_get(&t->model->feature[trait->feature].levels.values, trait->level, &level);
  mine__text_add_shown(to, &level);
}

static void segments_share(const segments_told *t, const mine_cluster_trait *trait, mine_text *to) {
  const segments_words *words = &segments_lang[t->lang];
  if (trait->value > 0 && trait->value < 1) {
    segments_percent(trait->value, to);
    mine__text_adds(to, words->have);
  } else {
    mine__text_adds(to, trait->value > 0 ? words->all : words->none);
  }
  mine__text_adds(to, t->model->feature[trait->feature].name);
  mine__text_adds(to, words->is);
  segments_trait_level(t, trait, to);
  mine__text_adds(to, words->against);
  segments_percent(trait->overall, to);
  mine__text_adds(to, words->of_all);
}

static void segments_mean(const segments_told *t, const mine_cluster_trait *trait, mine_text *to) {
  const segments_words *words = &segments_lang[t->lang];
  const mine_feature *about = &t->model->feature[trait->feature];
  const int bent = t->encoding->warp != NULL;
  mine__text_adds(to, about->name);
  mine__text_adds(to, bent ? words->typical : words->mean);
  segments_number(about, trait->value, to);
  if (!bent) mine__text_adds(to, words->end);
  mine__text_adds(to, words->against);
  segments_number(about, trait->overall, to);
  mine__text_adds(to, words->of_all);
}

/* ---- rows ------------------------------------------------------------------------------- */

/* A share, a number or a date. */
static void segments_value(const segments_told *t, const mine_cluster_trait *trait, double v) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell = {MINE_REAL, 0, {.real = v}};
  if (trait->level < 0) mine__feature_cell(&t->model->feature[trait->feature], v, buffer, &cell);
  mine__row_cell(t->out, &cell);
}

static void segments_trait(const segments_told *t, const mine_cluster_trait *trait) {
  mine_text name, sentence;
  mine_env *env = t->job->env;
  mine__text_open(&name, env->scratch);
  mine__text_open(&sentence, env->scratch);
  mine__cluster_trait_name(t->model, trait, &name);
  if (trait->share)
    segments_share(t, trait, &sentence);
  else
    segments_mean(t, trait, &sentence);
  if (name.failed || sentence.failed) return;
  mine__row_text(t->out, name.data);
  segments_value(t, trait, trait->value);
  segments_value(t, trait, trait->overall);
  mine__row_real(t->out, trait->z);
  mine__row_real(t->out, trait->lift);
  mine__row_text(t->out, sentence.data);
}

static void segments_row(const segments_told *t, int64_t c, const char *label, int64_t rank,
                         const mine_cluster_trait *trait) {
  const mine_cluster_profile *p = t->profile;
  const mine_mark mark = mine__arena_mark(t->job->env->scratch);
  const int64_t all = mine__cluster_profile_rows(p), rows = c < p->k ? p->rows[c] : p->noise;
  mine__row_int(t->out, c < p->k ? c + 1 : 0);
  mine__row_text(t->out, label);
  mine__row_int(t->out, rows);
  mine__row_real(t->out, all > 0 ? (double)rows / (double)all : (double)NAN);
  mine__row_int(t->out, rank);
  if (trait) {
    segments_trait(t, trait);
  } else {
    for (int i = 0; i < 5; i++)
      mine__row_null(t->out);
    mine__row_text(t->out, segments_lang[t->lang].nothing);
  }
  for (int q = 0; q < MINE_CLUSTER_QUANTILES; q++)
    mine__row_real(t->out, p->distance && c < p->k ? p->distance[c * MINE_CLUSTER_QUANTILES + q]
                                                   : (double)NAN);
  if (!mine_failed(t->job->env)) mine__relation_end_row(t->out);
  mine__arena_rewind(t->job->env->scratch, mark);
}

static void segments_cluster(const segments_told *t, int64_t c, const char *label) {
  mine_env *env = t->job->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int n;
  const mine_cluster_trait *trait =
      mine__cluster_traits(env, env->scratch, t->model, t->encoding, t->profile, c, &n);
  if (trait && n == 0) segments_row(t, c, label, 1, NULL);
  for (int i = 0; trait && i < n && i < t->top && !mine_failed(env); i++)
    segments_row(t, c, label, i + 1, &trait[i]);
  mine__arena_rewind(env->scratch, mark);
}

static void segments_list(const segments_told *t) {
  mine_env *env = t->job->env;
  const char **label =
      mine__cluster_labels(env, t->job->arena, t->model, t->encoding, t->profile, t->lang);
  for (int64_t c = 0; label && c <= t->profile->k && !mine_failed(env); c++) {
    if (mine__poll(env)) return;
    if (c < t->profile->k || t->profile->noise > 0) segments_cluster(t, c, label[c]);
  }
}

/* ---- of the model, of its members, of rows --------------------------------------------- */

/* Whether it, or a model inside it, has clusters. */
static int segments_of_model(segments_told *t, const mine_model *model) {
  const mine_kind *kind = model->kind;
  int found = 0;
  t->model = model;
  t->profile = mine__model_profile(model, &t->encoding);
  if (t->profile) segments_list(t);
  const int n = !t->profile && kind->inside ? kind->n_inside(model) : 0;
  for (int i = 0; i < n && !mine_failed(t->job->env); i++) {
    mine_cell value;
    const mine_model *member = kind->inside(model, i, &value);
    if (!member) continue;
    if (value.type != MINE_NULL) mine__relation_group(t->out, &value);
    found |= segments_of_model(t, member);
  }
  return found || t->profile != NULL;
}

mine_status mine__profile_of_rows(mine_scoring *s, mine_arena *arena,
                                  const mine_encoding **encoding, mine_cluster_profile *out) {
  mine_env *env = s->env;
  const size_t n = (size_t)s->batch.n;
  const mine_cluster_profile *own = mine__model_profile(s->model, encoding);
  int32_t *label = mine__arena_array(arena, n, sizeof *label);
  int32_t *group = mine__arena_array(arena, n, sizeof *group);
  uint32_t *row = mine__arena_array(arena, n, sizeof *row);
  double *distance = mine__arena_array(arena, n, sizeof *distance);
  int64_t used = 0;
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < s->batch.n; i++) {
    if (mine__scoring_skipped(s, i) || s->batch.answers.group[i] == MINE_NO_GROUP) continue;
    group[used] = s->batch.answers.group[i];
    label[used] = group[used] - 1;
    distance[used] = s->batch.answers.distance ? s->batch.answers.distance[i] : (double)NAN;
    row[used++] = (uint32_t)i;
  }
  const mine_dataset data = {.task = MINE_CLUSTERING,
                             .rows = {used, row, s->batch.view},
                             .n_features = s->model->n_features,
                             .about = s->model->feature};
  MINE_TRY(mine__cluster_profile_make(env, arena, *encoding, &data, label, own->k, out));
  if (!s->batch.answers.distance) return MINE_OK;
  return mine__cluster_profile_distances(env, arena, group, distance, used, out);
}

static void segments_of_rows(segments_told *t, mine_scoring *s) {
  mine_env *env = t->job->env;
  mine_cluster_profile profile;
  if (mine__scoring_block(s, t->job) == 0 && !mine_failed(env))
    (void)mine__fail(env, MINE_DATA, "the source has no rows; give some, or leave it out");
  if (mine_failed(env) || mine__profile_of_rows(s, t->job->arena, &t->encoding, &profile)) return;
  t->model = s->model;
  t->profile = &profile;
  segments_list(t);
}

/* ---- the verb --------------------------------------------------------------------------- */

static mine_status segments_refuse(mine_env *env, const mine_model *model) {
  return mine__fail(env, MINE_UNSUPPORTED, "%s %s model (%s) has no clusters to describe",
                    mine__article(model->algorithm), model->algorithm, model->kind->name);
}

mine_status mine__segments_check(mine_env *env, const mine_model *model) {
  const mine_encoding *encoding;
  if (mine__model_profile(model, &encoding)) return mine_env_status(env);
  if (model->task != MINE_CLUSTERING || !model->kind->inside) return segments_refuse(env, model);
  return mine__fail(env, MINE_UNSUPPORTED,
                    "a model with groups is described without a source only; train one of the "
                    "groups by itself");
}

static mine_status segments_open(mine_job *job) {
  segments_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  if (!mine__job_text(job, MINE_ARG_SOURCE)) return mine_env_status(job->env);
  MINE_TRY(mine__segments_check(job->env, model));
  return mine__scoring_open(job->env, model, MINE_SCORE_ROWS, &job->options, &state->scoring);
}

static mine_status segments_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  const segments_state *state = mine__job_state(job);
  if (step > 0 || !state->scoring) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(state->scoring);
  return MINE_OK;
}

static void segments_close(mine_job *job) {
  mine_scoring_close(((segments_state *)mine__job_state(job))->scoring);
}

static mine_status segments_run(mine_job *job, mine_relation *out) {
  const segments_state *state = mine__job_state(job);
  const segments_options *said = mine__options_of(&job->options, segments_option_table);
  const mine_lang_options *lang = mine__options_of(&job->options, mine__lang_option_table);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  segments_told told = {.job = job, .out = out, .top = said->top, .lang = (mine_lang)lang->lang};
  if (state->scoring)
    segments_of_rows(&told, state->scoring);
  else if (!segments_of_model(&told, model) && !mine_failed(job->env))
    return segments_refuse(job->env, model);
  return mine_env_status(job->env);
}

static const mine_answer segments_answer[] = {
    {"cluster", MINE_ANSWER_INTEGER, 1, "1 .. k; 0: the rows in none (noise)"},
    {"label", MINE_ANSWER_TEXT, 1,
     "the name given by mine_name_cluster, else made of the two strongest traits"},
    {"rows", MINE_ANSWER_INTEGER, 0, "of the cluster"},
    {"share", MINE_ANSWER_REAL, 0, "of all rows"},
    {"rank", MINE_ANSWER_INTEGER, 1, "of the trait, 1 the strongest; a cluster has a rank 1"},
    {"feature", MINE_ANSWER_TEXT, 1,
     "its name; of a category, name=level; NULL: nothing sets the cluster apart"},
    {"value", MINE_ANSWER_ANY, 0, "as in mine_centroids: a mean, a date, the share of the level"},
    {"overall", MINE_ANSWER_ANY, 0, "the same of all rows"},
    {"z", MINE_ANSWER_REAL, 0, "difference of the two in standard deviations of all rows"},
    {"lift", MINE_ANSWER_REAL, 0, "of a level, and of a number that is 0 or 1: value / overall"},
    {"sentence", MINE_ANSWER_TEXT, 0, "the trait in words, for a report"},
    {"distance_p50", MINE_ANSWER_REAL, 0,
     "half of the cluster's rows lie no farther from it than this (mine_predict's distance)"},
    {"distance_p90", MINE_ANSWER_REAL, 0, "likewise nine tenths of them"},
    {"distance_p95", MINE_ANSWER_REAL, 0, "likewise 95%"},
    {"distance_p99", MINE_ANSWER_REAL, 0, "likewise 99%: what lies farther is unlike any segment"},
    {"group_value", MINE_ANSWER_ANY, 1,
     "of the model's group, where it has groups (group=); else NULL"},
    {0},
};

static const mine_option_set segments_sets[] = {
    {segments_option_table, sizeof(segments_options), 0},
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_segments = {
    .name = "mine_segments",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "What sets each cluster apart from all rows, the strongest trait first, in sentences.",
    .notes =
        "Of the rows that the model learned from; with a source, of its rows in the clusters to "
        "which the model says they belong (each row counts once). Strength is an effect that is "
        "alike for numbers and levels: of a number the difference of the means in standard "
        "deviations, of a level Cohen's h of the two shares (2 arcsin sqrt), which a rare level "
        "cannot lead by its lift; two standard errors are taken off, and what then is not above 0 "
        "is no trait. Where the model bends numbers (scale=log or quantile) the mean is that of "
        "mine_centroids, and the sentence says `typically`. The quantiles of the distances are "
        "those of at most 10,000 of the training rows, or of the source's rows; \"unlike any "
        "segment\" is `WHERE distance > (SELECT distance_p99 FROM mine_segments('m') AS s WHERE "
        "s.cluster = p.prediction AND s.rank = 1)` on `mine_predict('m', source) AS p`. Dates are "
        "dates; `lang=zh` writes Chinese.",
    .example =
        "SELECT cluster, label, round(share, 2) AS share, sentence\n"
        "FROM mine_segments(" MINE_SEGMENT_MODEL ") WHERE rank <= 2;",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = segments_answer,
    .options = segments_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(segments_state),
    .open = segments_open,
    .source = segments_source,
    .run = segments_run,
    .close = segments_close,
};
