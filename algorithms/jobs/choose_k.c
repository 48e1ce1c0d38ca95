/*
** choose_k.c -- how many clusters: a fit for each number, and how good each is.
**
** Any algorithm of the registry that clusters and has an option k.  A number that cannot be fitted
** (more than there are different rows) has no row, and is told.
*/
#include "choose_k.h"

#include <math.h>
#include <string.h>

#include "../core/branch.h"
#include "../core/text.h"
#include "../data/encode.h"
#include "common_options.h"

#define CHOOSE_MOST_K 10 /* where the algorithm has no max_k */

static const char *const choose_by_names[] = {
    "auto", "silhouette", "calinski_harabasz", "davies_bouldin", "bic", "gap", NULL};

static const mine_option choose_option_table[] = {
    OPTION_INT(choose_options, min_k, .initial = "2", .range = {1, 65536},
               .help = "least number of clusters that is tried; the largest is max_k of the "
                       "algorithm"),
    OPTION_CHOICE(choose_options, by, .initial = "auto", .choices = choose_by_names,
                  .help = "what chooses: the largest silhouette, calinski_harabasz, or gap (the "
                          "first k that is within one error of the next), the smallest "
                          "davies_bouldin or bic; auto: bic of mixtures, else silhouette"),
    OPTION_FLAG(choose_options, gap, .initial = "0",
                .help = "measure the gap statistic, too: many fits of rows without clusters"),
    OPTION_INT(choose_options, references, .initial = "20", .range = {2, 1000},
               .help = "how many such tables"),
    OPTION_END};

static const mine_option *choose_find(const mine_option *table, const char *name) {
  for (; table && table->name; table++)
    if (strcmp(table->name, name) == 0) return table;
  return NULL;
}

/* ---- one fit ------------------------------------------------------------------------------- */

mine_status mine__choose_fit(mine_env *env, const choose_run *run, const mine_prepared *prepared,
                             int64_t k, int scaled, mine_trained *out) {
  const mine_asked *asked = &run->training->asked;
  const size_t bytes = asked->algorithm->options_size;
  char *own = mine__arena_array(env->scratch, 1, bytes);
  *out = (mine_trained){NULL, NULL};
  if (!own) return mine_env_status(env);
  memcpy(own, asked->own, bytes);
  memcpy(own + run->k->offset, &k, sizeof k);
  const mine_option *scale = choose_find(asked->algorithm->options, "scale");
  const int none = MINE_SCALE_NONE;
  if (scaled && scale) memcpy(own + scale->offset, &none, sizeof none);
  const mine_method method = {asked->algorithm, own, asked->canonical, MINE_CALIBRATE_NONE};
  const mine_rows rows = {prepared->row, prepared->n};
  return mine__prepared_fit(env, prepared, &method, rows, env->scratch, out);
}

/* In an environment whose failures are this k's own. */
static void choose_task(mine_env *branch, void *context, int64_t task) {
  choose_run *run = context;
  choose_figures *figures = &run->figures[task];
  const mine_mark mark = mine__arena_mark(branch->scratch);
  mine_trained trained;
  if (!mine__choose_fit(branch, run, &run->training->data, run->first + task, 0, &trained)) {
    mine__choose_judge(branch, run, &trained, figures);
    if (run->options->gap && !mine_failed(branch))
      mine__choose_gap(branch, run, &trained, run->first + task, figures);
    mine_model_free(trained.model);
  }
  figures->fitted = !mine_failed(branch);
  if (!figures->fitted && !run->why[0]) {
    const size_t n = mine__utf8_prefix(branch->error, strlen(branch->error), CHOOSE_WHY - 1);
    memcpy(run->why, branch->error, n);
    run->why[n] = '\0';
  }
  mine__arena_rewind(branch->scratch, mark);
}

/* ---- the choice ------------------------------------------------------------------------------ */

static choose_by choose_rule(const choose_run *run, int64_t n) {
  if (run->options->by != CHOOSE_AUTO) return (choose_by)run->options->by;
  for (int64_t i = 0; i < n; i++)
    if (run->figures[i].fitted && run->figures[i].likelihood) return CHOOSE_BIC;
  return CHOOSE_SILHOUETTE;
}

/* The larger, the better. */
static double choose_merit(const choose_figures *f, choose_by by) {
  return by == CHOOSE_SILHOUETTE          ? f->silhouette
         : by == CHOOSE_CALINSKI_HARABASZ ? f->calinski_harabasz
         : by == CHOOSE_DAVIES_BOULDIN    ? -f->davies_bouldin
         : by == CHOOSE_BIC               ? -f->bic
                                          : f->gap;
}

/* Which is chosen; -1: none. */
static int64_t choosek_best(const choose_run *run, int64_t n, choose_by by) {
  int64_t best = -1;
  for (int64_t i = 0; i < n; i++) {
    const choose_figures *f = &run->figures[i], *next = f + 1;
    if (!f->fitted || isnan(choose_merit(f, by))) continue;
    if (by == CHOOSE_GAP && i + 1 < n && next->fitted && f->gap >= next->gap - next->gap_se)
      return i;
    if (best < 0 || choose_merit(f, by) > choose_merit(&run->figures[best], by)) best = i;
  }
  return best;
}

static void choosek_tell(mine_job *job, const choose_run *run, int64_t n, choose_by by,
                         int64_t best) {
  int64_t missing = 0, sampled = 0;
  for (int64_t i = 0; i < n; i++) {
    missing += !run->figures[i].fitted;
    sampled = run->figures[i].sampled > sampled ? run->figures[i].sampled : sampled;
  }
  if (best >= 0)
    mine__job_notef(job, "chosen", "k", "k=%lld by %s", (long long)(run->first + best),
                    choose_by_names[by]);
  if (missing > 0)
    mine__job_notef(job, "warning", "k", "%lld of %lld numbers were not fitted: %s",
                    (long long)missing, (long long)n, run->why);
  if (sampled > 0)
    mine__job_notef(job, "sample", "silhouette", "measured on %lld of the %lld rows",
                    (long long)sampled, (long long)run->training->data.n);
}

/* ---- the verb ------------------------------------------------------------------------------- */

static void choose_check(mine_job *job, choose_run *run) {
  const mine_algorithm *algorithm = job->options.algorithm;
  mine_env *env = job->env;
  run->k = choose_find(algorithm->options, "k");
  if (!(algorithm->tasks & MINE_CLUSTERING) || !run->k || !algorithm->fit)
    mine__fail(env, MINE_OPTION,
               "algorithm '%s' has no number of clusters to choose; use algorithm=kmeans",
               algorithm->name);
  else if (mine__options_given(job->options.group, job->options.n, "k"))
    mine__fail(env, MINE_OPTION, "k is what is to be chosen; give min_k and max_k");
  const choose_options *o = run->options;
  if (o->gap && !choose_find(algorithm->options, "scale"))
    mine__fail(env, MINE_OPTION,
               "option gap needs an algorithm whose rows are points (scale=), and '%s' is none",
               algorithm->name);
  if (o->by == CHOOSE_GAP && !o->gap)
    mine__fail(env, MINE_OPTION, "by=gap needs the gap statistic; say gap=1, too");
}

static int64_t choose_most(const mine_job *job) {
  const mine_option *most = choose_find(job->options.algorithm->options, "max_k");
  const char *own = mine__options_of(&job->options, job->options.algorithm->options);
  int64_t k = CHOOSE_MOST_K;
  if (most) memcpy(&k, own + most->offset, sizeof k);
  return k;
}

static mine_status choosek_open(mine_job *job) {
  choose_run run = {.options = mine__options_of(&job->options, choose_option_table)};
  choose_check(job, &run);
  if (!mine_failed(job->env) && choose_most(job) < run.options->min_k)
    mine__fail(job->env, MINE_OPTION, "min_k=%lld is above max_k=%lld",
               (long long)run.options->min_k, (long long)choose_most(job));
  return mine_failed(job->env) ? mine_env_status(job->env) : mine__train_open(job);
}

static void choose_list(mine_relation *out, const choose_run *run, int64_t n, int64_t best) {
  for (int64_t i = 0; i < n; i++) {
    const choose_figures *f = &run->figures[i];
    if (!f->fitted) continue;
    mine__row_int(out, run->first + i);
    mine__row_real(out, f->inertia);
    mine__row_real(out, f->silhouette);
    mine__row_real(out, f->calinski_harabasz);
    mine__row_real(out, f->davies_bouldin);
    mine__row_real(out, f->bic);
    mine__row_int(out, i == best);
    mine__row_real(out, run->options->gap ? f->gap : (double)NAN);
    mine__row_real(out, run->options->gap ? f->gap_se : (double)NAN);
    mine__relation_end_row(out);
  }
}

static mine_status choose_k_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  mine_training *t = mine__train_of(job);
  choose_run run = {.training = t, .options = mine__options_of(&job->options, choose_option_table)};
  MINE_TRY(mine__training_prepare(t));
  MINE_TRY(mine__training_selects(t));
  run.k = choose_find(job->options.algorithm->options, "k");
  run.first = run.options->min_k;
  const int64_t n = choose_most(job) - run.first + 1;
  run.figures = mine__arena_zeros(job->arena, (size_t)n, sizeof *run.figures);
  mine_branches *branches = run.figures ? mine__branches_open(env, job->arena, 1) : NULL;
  if (branches) mine__branches_run(branches, n, choose_task, &run);
  mine__branches_close(branches);
  if (mine_failed(env)) return mine_env_status(env);
  int any = 0;
  for (int64_t i = 0; i < n; i++)
    any |= run.figures[i].fitted;
  if (!any) return mine__fail(env, MINE_DATA, "no number of clusters could be fitted: %s", run.why);
  const choose_by by = choose_rule(&run, n);
  const int64_t best = choosek_best(&run, n, by);
  choose_list(out, &run, n, best);
  mine__job_note_told(job, &t->told);
  choosek_tell(job, &run, n, by, best);
  return mine_env_status(env);
}

static const mine_answer choose_answer[] = {
    {"k", MINE_ANSWER_INTEGER, 1, "how many clusters"},
    {"inertia", MINE_ANSWER_REAL, 0, "sum of squared distances to the centres"},
    {"silhouette", MINE_ANSWER_REAL, 0,
     "how much nearer rows are to their own cluster than to the next: -1 to 1"},
    {"calinski_harabasz", MINE_ANSWER_REAL, 0,
     "variance between the clusters against that inside; the larger, the better"},
    {"davies_bouldin", MINE_ANSWER_REAL, 0,
     "how much each cluster reaches into its worst neighbour; the smaller, the better"},
    {"bic", MINE_ANSWER_REAL, 0,
     "of a mixture; else as if clusters were round and of one variance; the smaller, the better"},
    {"chosen", MINE_ANSWER_INTEGER, 0, "1: this one, by the option `by`"},
    {"gap", MINE_ANSWER_REAL, 0, "the gap statistic; NULL without gap=1"},
    {"gap_se", MINE_ANSWER_REAL, 0, "its standard error"},
    {0},
};

static const mine_option_set choose_sets[] = {
    {mine__pick_option_table, sizeof(mine_pick_options), 0},
    {choose_option_table, sizeof(choose_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_choose_k = {
    .name = "mine_choose_k",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "How many clusters there are: a row for each number, with the choice marked.",
    .notes =
        "Clusters by `algorithm` (kmeans, gmm, or another that has an option `k`) for every k from "
        "`min_k` to `max_k`, and takes the options of that algorithm, too. Figures are those of "
        "the "
        "scaled space; silhouettes of many rows are measured on a sample. The gap statistic "
        "(`gap=1`) compares with tables of as many rows (5,000 at most) without any clusters.",
    .example =
        "SELECT k, round(silhouette, 3) AS silhouette, chosen\nFROM mine_choose_k(\n "
        " " MINE_SHOPPERS ", 'max_k=5');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = choose_answer,
    .options = choose_sets,
    .reads = "an id, then attributes",
    .algorithm = "kmeans",
    .state_bytes = sizeof(mine__train_state),
    .open = choosek_open,
    .source = mine__train_source,
    .run = choose_k_run,
    .close = mine__train_close,
};
