/*
** auto.c -- the portfolio, what is tried of it, and the greedy mean of the best.
**
** The mean is chosen on answers out of fold: beginning with the best alone, the trial whose
** answers make the mean better most is added, again and again, until none does; one that
** is added twice counts twice (Caruana, Niculescu-Mizil, Crew & Ksikes, "Ensemble selection
** from libraries of models", ICML 2004).  At most five different ones, so that a row is
** scored by few models.  Loss: log_loss, of numbers the squared error.
*/
#include "auto.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../cluster/twostep.h"
#include "../core/text.h"
#include "../data/moments.h"
#include "../model/latent.h"
#include "../model/members.h"
#include "crossed.h"

#define AUTO_MEMBERS 5
#define AUTO_STEPS   20
#define CLASSES      MINE_CLASSIFICATION
#define NUMBERS      MINE_REGRESSION

/* ---- the portfolio ------------------------------------------------------------------------- */

typedef struct auto_entry {
  const char *name, *algorithm, *options;
  unsigned tasks;
  int64_t most; /* rows that it is tried on unless it is asked for; 0: any number */
  int always;   /* also when the budget is spent                                  */
} auto_entry;

/* The cheap ones first.  A name whose algorithm this build does not have is left out. */
static const auto_entry auto_entries[] = {
    {"baseline", "tree", "min_samples_split=1000000000", CLASSES | NUMBERS, 0, 1},
    {"tree", "tree", "", CLASSES | NUMBERS, 0, 1},
    {"logistic", "logistic", "", CLASSES, 0, 0},
    {"linear", "linear", "", NUMBERS, 0, 0},
    {"bayes", "bayes", "", CLASSES, 0, 0},
    {"boost", "boost", "", CLASSES | NUMBERS, 0, 0},
    {"boost_small", "boost", "max_leaves=7, min_samples_leaf=40", CLASSES | NUMBERS, 0, 0},
    {"boost_random", "boost", "max_leaves=15, subsample=0.7, colsample=0.5", CLASSES | NUMBERS, 0,
     0},
    {"forest", "forest", "", CLASSES | NUMBERS, 0, 0},
    {"knn", "knn", "k=25", CLASSES | NUMBERS, 20000, 0},
    {"mlp", "mlp", "", CLASSES | NUMBERS, 50000, 0},
    {NULL, NULL, NULL, 0, 0, 0},
};

static const mine_option auto_table[] = {
    OPTION_REAL(mine_auto_options, budget_seconds, .initial = "60", .range = {0, 1e6},
                .help = "with a target: no trial begins when so many seconds have been spent on "
                        "trials; the baseline and a tree are always tried"),
    OPTION_LIST(mine_auto_options, portfolio,
                .help = "with a target: what is tried, whatever the budget, such as "
                        "baseline|tree|boost; not given: all there are; the model's own list makes "
                        "the same model again"),
    OPTION_INT(mine_auto_options, k, .initial = "auto", .range = {1, 100}, .allows_auto = 1,
               .help = "without a target: number of clusters; auto: the number from 1 to max_k "
                       "that the integrated completed likelihood says"),
    OPTION_INT(mine_auto_options, max_k, .initial = "15", .range = {1, 100},
               .help = "without a target: the largest number of clusters that k=auto tries"),
    OPTION_REAL(mine_auto_options, noise, .initial = "0.25", .range = {0, 0.5},
                .help =
                    "without a target: the largest share of the rows that may be noise, cluster "
                    "0; 0: every row is in a cluster"),
    OPTION_INT(mine_auto_options, resamples, .initial = "25", .range = {0, 1000},
               .help =
                   "without a target: how often the rows are drawn again and clustered, for the "
                   "stability of each cluster; 0: it is not told"),
    OPTION_END};

static const auto_entry *auto_find(const mine_cell *name) {
  for (const auto_entry *e = auto_entries; e->name; e++) {
    if (name->type == MINE_TEXT && strcmp(e->name, name->as.text) == 0 &&
        mine__algorithm_find(e->algorithm))
      return e;
  }
  return NULL;
}

static mine_status auto_check(mine_env *env, const void *values) {
  const mine_auto_options *options = values;
  const mine_list *list = &options->portfolio;
  char shown[MINE_SHOW_BYTES];
  for (size_t i = 0; i < list->n; i++) {
    const auto_entry *entry = auto_find(&list->item[i]);
    mine_text names;
    mine__text_open(&names, env->scratch);
    for (const auto_entry *e = auto_entries; e->name; e++)
      if (mine__algorithm_find(e->algorithm))
        mine__text_addf(&names, "%s%s", names.bytes ? ", " : "", e->name);
    if (names.failed) return mine_env_status(env);
    if (!entry)
      return mine__fail(env, MINE_OPTION, "option portfolio has no %s; there are %s",
                        mine__show_cell(shown, &list->item[i]), names.data);
    for (size_t j = 0; j < i; j++)
      if (auto_find(&list->item[j]) == entry)
        return mine__fail(env, MINE_OPTION, "option portfolio names %s twice; keep one",
                          entry->name);
  }
  return MINE_OK;
}

/* Rows without a target. */
static mine_status auto_cluster(mine_env *env, const mine_dataset *data, const void *values,
                                mine_model *model) {
  const mine_auto_options *o = values;
  const mine__twostep_options options = {
      .k = o->k, .max_k = o->max_k, .noise = o->noise, .resamples = o->resamples};
  return mine__twostep_fit(env, data, &options, model);
}

const mine_algorithm mine__algorithm_auto = {
    .name = "auto",
    .title =
        "tries several algorithms and keeps a mean of the best; without a target, finds "
        "segments, their number, and what is in none",
    .citation =
        "Caruana, Niculescu-Mizil, Crew & Ksikes, ICML 2004; without a target Chiu, Fang, "
        "Chen, Wang & Jeris, KDD 2001 (TwoStep), Banfield & Raftery, Biometrics 49 (1993), "
        "Hennig, Computational Statistics & Data Analysis 52 (2007)",
    .notes =
        "With a target. Tried, in this order, on the same folds (five; split_by= and fold_group= "
        "hold for them, "
        "too): the baseline, which answers the same for every row, `tree`, `logistic` and `bayes` "
        "for "
        "classes, `linear` for numbers, "
        "`boost` in three settings, `forest`, `knn` up to 20,000 rows and `mlp` up to 50,000. The "
        "model is a mean of "
        "at most five of them with weights chosen on answers out of fold (log_loss; rmse). A trial "
        "that began is finished: `budget_seconds` is a budget and not a limit. `mine_trials` lists "
        "what was tried; where the baseline is as good, a warning says so. Which trials ran "
        "depends on the time they took; the model's option `portfolio` names them, and with it the "
        "same bytes come again. With `group=` a trial is a model for each group, and what is kept "
        "is "
        "the same mean for all of them. "
        "Without a target (and in `mine_cluster`): clusters of numbers and categories "
        "together, a mixture in which numbers are normal and levels have shares, with noise "
        "of even density beside it; a row of which noise is likeliest is in cluster 0. It "
        "begins with many small clusters that are joined by likelihood, as TwoStep does, for "
        "each number of clusters, and keeps the smallest number whose integrated completed "
        "likelihood is as good as the largest (within a standard error, or a fiftieth of the "
        "gain). Rows are sorted by what they hold first: the clusters are the same for any "
        "order of the rows. Of more than 4,096 different rows so many decide the number of "
        "clusters, and of more than 32,768 so many what they look like, drawn by their "
        "content; all are placed. A number that is never negative and has a long right tail "
        "is taken by its logarithm, and no value counts as further out than three times the "
        "range of the middle 98%; rare levels count as one; a missing value is left out. "
        "`mine_summary` tells the stability of each cluster: how well it comes back (mean "
        "Jaccard similarity) when the rows are drawn again; below 0.6 a warning says that it "
        "is not to be trusted, above 0.85 it is very stable. `mine_importance` lists what "
        "tells the clusters apart. The distance of a row is how much less likely it is than "
        "the likeliest row of its cluster, sqrt(2 ln ratio): of numbers alone, Mahalanobis'.",
    .example =
        "SELECT mine_train('temp.demo', 'auto',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i%5 AS visits, i*7%31 + i*13%17 > 26 AS churned "
        "FROM n',\n"
        "  'target=churned, portfolio=baseline|tree');",
    .tasks = CLASSES | NUMBERS | MINE_CLUSTERING,
    .reads = "attributes",
    .options_size = sizeof(mine_auto_options),
    .options = auto_table,
    .kind = &mine__kind_ensemble,
    .alone = &mine__kind_latent,
    .fit = auto_cluster,
    .check = auto_check,
};

/* ---- what is tried --------------------------------------------------------------------------- */

typedef struct auto_trial {
  mine_trial trial;
  const auto_entry *entry;
  mine_trial_mean loss;
  const char *why;  /* it failed; NULL: it did not                          */
  const char *text; /* its options and those of the call, for mine_train    */
  double *part;     /* per row: what it gave the actual class, or its number */
  int weight;       /* in the mean                                          */
} auto_trial;

struct mine_composition {
  const mine_measure *measure;
  int n;
  auto_trial trial[sizeof auto_entries / sizeof auto_entries[0]];
  mine_cell name[sizeof auto_entries / sizeof auto_entries[0]];
  int best;             /* alone                                            */
  int baseline;         /* -1: it was not measured                          */
  double lead, error;   /* of the best before the baseline, over the folds  */
  mine_measured unseen; /* the mean's answers out of fold, where they were kept */
};

typedef struct auto_search {
  mine_env *env;
  const mine_prepared *data;
  mine_comparison comparison;
  const char *common;
  mine_arena *arena; /* the composition's */
  mine_arena *work;  /* ends with the search */
  mine_composition *to;
  int64_t *used; /* places of the rows that are measured */
  int64_t n_used;
  double *sum; /* per used row: of the members so far */
} auto_search;

static void auto_prepare_trial(auto_search *s, const auto_entry *entry, auto_trial *trial) {
  mine_env *env = s->env;
  const mine_algorithm *algorithm = mine__algorithm_find(entry->algorithm);
  mine_option_group group = {.table = algorithm->options};
  mine_text text;
  group.values = mine__arena_zeros(s->arena, 1, algorithm->options_size + 1);
  trial->entry = entry;
  if (!group.values || mine__options_parse(env, s->arena, &group, 1, entry->options)) return;
  mine__text_open(&text, s->arena);
  mine__text_adds(&text, entry->options);
  if (text.bytes && s->common[0]) mine__text_adds(&text, ", ");
  mine__text_adds(&text, s->common);
  trial->text = text.data;
  trial->trial.method = (mine_method){algorithm, group.values, entry->options, MINE_CALIBRATE_NONE};
}

static void auto_try(auto_search *s, const auto_entry *entry) {
  mine_env *env = s->env;
  auto_trial *trial = &s->to->trial[s->to->n];
  mine_trial *run = &trial->trial;
  const mine_folds *folds = s->comparison.folds;
  auto_prepare_trial(s, entry, trial);
  if (mine_failed(env) || mine__trial_open(env, s->work, &s->comparison, 1, run) ||
      mine__trials_run(env, &s->comparison, &run, 1))
    return;
  const char *why = mine__trial_why(run, folds);
  trial->loss = mine__trial_measure(run, folds, s->to->measure->name);
  if (why) trial->why = mine__arena_text(s->arena, why, strlen(why));
  s->to->name[s->to->n] = (mine_cell){MINE_TEXT, strlen(entry->name), {.text = entry->name}};
  s->to->n++;
}

static void auto_try_all(auto_search *s, const mine_auto_options *options) {
  const double start = mine__clock();
  const mine_list *list = &options->portfolio;
  for (const auto_entry *e = auto_entries; e->name && list->n == 0; e++) {
    if (mine_failed(s->env)) return;
    if (!(e->tasks & (unsigned)s->data->task) || !mine__algorithm_find(e->algorithm) ||
        (e->most && s->comparison.rows.n > e->most) ||
        (!e->always && mine__clock() - start >= options->budget_seconds))
      continue;
    auto_try(s, e);
  }
  for (size_t i = 0; i < list->n && !mine_failed(s->env); i++) {
    const auto_entry *e = auto_find(&list->item[i]);
    if (!e) return; /* auto_check has been here */
    if (!(e->tasks & (unsigned)s->data->task)) {
      (void)mine__fail(s->env, MINE_OPTION, "option portfolio: %s does no %s; leave it out",
                       e->name, mine__task_name(s->data->task));
      return;
    }
    auto_try(s, e);
  }
}

/* ---- the mean of the best ------------------------------------------------------------------- */

static double auto_loss_of(const mine_prepared *p, uint32_t row, double answer) {
  if (p->label) return mine__metrics_surprise(answer);
  const double error = answer - p->target[row];
  return error * error;
}

/* Of the mean of `members` that add up to sum + part. */
static double auto_mean_loss(const auto_search *s, const double *part, int members) {
  const mine_prepared *p = s->data;
  double loss = 0, total = 0;
  for (int64_t i = 0; i < s->n_used; i++) {
    const uint32_t row = s->comparison.rows.row[s->used[i]];
    const double weight = p->weight ? p->weight[row] : 1;
    loss += weight * auto_loss_of(p, row, (s->sum[i] + part[i]) / members);
    total += weight;
  }
  return loss / total;
}

static double auto_answer(const auto_search *s, const auto_trial *trial, int64_t i) {
  const mine_prepared *p = s->data;
  if (!p->label) return trial->trial.score[i];
  return trial->trial.score[i * p->n_classes + p->label[s->comparison.rows.row[i]]];
}

/* The rows that the first trial answers, and each trial's answers there; a trial that lacks
** one of them takes no part. */
static void auto_gather(auto_search *s) {
  const int64_t n = s->comparison.rows.n;
  s->used = mine__arena_array(s->work, (size_t)n, sizeof *s->used);
  s->sum = mine__arena_zeros(s->work, (size_t)n, sizeof *s->sum);
  for (int t = 0; t < s->to->n && !mine_failed(s->env); t++) {
    auto_trial *trial = &s->to->trial[t];
    if (trial->why || trial->loss.folds == 0) continue;
    const int first = s->n_used == 0;
    for (int64_t i = 0; first && i < n; i++)
      if (isfinite(auto_answer(s, trial, i))) s->used[s->n_used++] = i;
    double *part = mine__arena_array(s->work, (size_t)n, sizeof *part);
    int whole = part != NULL;
    for (int64_t i = 0; i < s->n_used && whole; i++) {
      part[i] = auto_answer(s, trial, s->used[i]);
      whole = isfinite(part[i]);
    }
    if (whole) trial->part = part;
  }
}

/* The trial that makes the mean of `members` with it best; -1: none may be added. */
static int auto_next(const auto_search *s, int members, int different, double *loss) {
  int best = -1;
  for (int t = 0; t < s->to->n; t++) {
    const auto_trial *trial = &s->to->trial[t];
    if (!trial->part || (trial->weight == 0 && different == AUTO_MEMBERS)) continue;
    const double with = auto_mean_loss(s, trial->part, members);
    if (best >= 0 && !(with < *loss)) continue;
    best = t;
    *loss = with;
  }
  return best;
}

static void auto_mean(auto_search *s) {
  double loss = INFINITY;
  int different = 0;
  for (int members = 1; members <= AUTO_STEPS && !mine__poll(s->env); members++) {
    double with;
    const int t = auto_next(s, members, different, &with);
    if (t < 0 || (members > 1 && !(with < loss))) break;
    auto_trial *trial = &s->to->trial[t];
    if (members == 1) s->to->best = t;
    different += trial->weight++ == 0;
    loss = with;
    for (int64_t i = 0; i < s->n_used; i++)
      s->sum[i] += trial->part[i];
  }
}

/* The mean's answers to the rows it was chosen on. */
static void auto_keep(auto_search *s) {
  const int width = s->data->label ? s->data->n_classes : 1;
  mine_measured *kept = &s->to->unseen;
  int total = 0;
  kept->row = mine__arena_array(s->arena, (size_t)s->n_used, sizeof *kept->row);
  kept->score = mine__arena_zeros(s->arena, (size_t)s->n_used, (size_t)width * sizeof *kept->score);
  if (mine_failed(s->env)) return;
  kept->n = s->n_used;
  for (int t = 0; t < s->to->n; t++)
    total += s->to->trial[t].weight;
  for (int t = 0; t < s->to->n; t++) {
    const double share = (double)s->to->trial[t].weight / total;
    for (int64_t i = 0; share > 0 && i < s->n_used; i++)
      for (int c = 0; c < width; c++)
        kept->score[i * width + c] += share * s->to->trial[t].trial.score[s->used[i] * width + c];
  }
  for (int64_t i = 0; i < s->n_used; i++)
    kept->row[i] = s->comparison.rows.row[s->used[i]];
  (void)!mine__prepared_truth(s->env, s->data, s->arena, kept);
}

static double auto_fold_loss(const auto_search *s, int t, int fold) {
  const mine_trial_fold *f = &s->to->trial[t].trial.fold[fold];
  for (int i = 0; i < f->n_metrics; i++)
    if (strcmp(f->metric[i].name, s->to->measure->name) == 0) return f->metric[i].value;
  return (double)NAN;
}

/* How far the best is before the baseline, fold by fold. */
static void auto_compare_baseline(auto_search *s) {
  mine_moments moments;
  s->to->baseline = -1;
  for (int t = 0; t < s->to->n; t++)
    if (s->to->trial[t].entry == auto_entries && s->to->trial[t].part) s->to->baseline = t;
  if (s->to->baseline < 0) return;
  mine__moments_open(&moments, 1.0);
  for (int f = 0; f < s->comparison.folds->n; f++) {
    const double lead = auto_fold_loss(s, s->to->baseline, f) - auto_fold_loss(s, s->to->best, f);
    mine__moments_add(&moments, &lead, 1);
  }
  s->to->lead = mine__moments_mean(&moments);
  s->to->error = mine__moments_deviation(&moments, 1) / sqrt((double)moments.n);
}

static void auto_none(const auto_search *s) {
  for (int t = 0; t < s->to->n; t++)
    if (s->to->trial[t].why) {
      (void)mine__fail(s->env, MINE_DATA, "auto could measure nothing that it tried (%s: %s)",
                       s->to->trial[t].entry->name, s->to->trial[t].why);
      return;
    }
  (void)mine__fail(s->env, MINE_DATA,
                   "auto tries on parts of the rows, and %lld are too few to be parted so that "
                   "each part leaves something to tell apart; give more rows, or name an algorithm",
                   (long long)s->comparison.rows.n);
}

mine_status mine__auto_compose(mine_env *env, const mine_prepared *p,
                               const mine_auto_options *options, const char *common, mine_rows rows,
                               int keep, mine_arena *arena, const mine_composition **out) {
  mine_folds folds;
  auto_search s = {.env = env, .data = p, .common = common, .arena = arena};
  *out = NULL;
  s.to = mine__arena_zeros(arena, 1, sizeof *s.to);
  s.work = mine__arena_open(env);
  if (s.to) s.to->measure = &mine__measures[p->label ? MINE_MEASURE_LOG_LOSS : MINE_MEASURE_RMSE];
  if (!mine_failed(env) && mine__prepared_folds(env, p, rows, s.work, &folds) == MINE_OK) {
    s.comparison =
        (mine_comparison){.data = p, .rows = rows, .folds = &folds, .share = 1, .what = "trials"};
    auto_try_all(&s, options);
    if (!mine_failed(env)) auto_gather(&s);
    if (!mine_failed(env) && s.n_used == 0) auto_none(&s);
    if (!mine_failed(env)) auto_mean(&s);
    if (!mine_failed(env)) auto_compare_baseline(&s);
    if (!mine_failed(env) && keep) auto_keep(&s);
  }
  mine__arena_close(s.work);
  *out = s.to;
  return mine_env_status(env);
}

mine_list mine__auto_portfolio(const mine_composition *c) {
  return (mine_list){(size_t)c->n, c->name};
}

const mine_measured *mine__auto_unseen(const mine_composition *c) {
  return &c->unseen;
}

/* ---- the model ------------------------------------------------------------------------------ */

static void auto_note(const mine_composition *c, mine_model *whole) {
  char mean[MINE_NUMBER_BYTES], se[MINE_NUMBER_BYTES];
  char chosen[200] = "";
  int n = 0;
  for (int t = 0; t < c->n; t++) {
    const auto_trial *trial = &c->trial[t];
    if (trial->why) {
      mine__model_note(whole, "trial", trial->entry->name, "failed: %s", trial->why);
      continue;
    }
    mine__format_real(mean, trial->loss.mean, 5);
    mine__format_real(se, trial->loss.se, 3);
    mine__model_note(whole, "trial", trial->entry->name, "%s %s, standard error %s, weight %d",
                     c->measure->name, mean, se, trial->weight);
    if (trial->weight == 0) continue;
    n += snprintf(chosen + n, sizeof chosen - (size_t)n, "%s%s", n ? "+" : "", trial->entry->name);
  }
  mine__model_note(whole, MINE__NOTE_CHOSEN, "auto", "%s", chosen);
  if (c->baseline < 0 || c->n < 2 || c->lead > c->error) return;
  mine__format_real(mean, c->trial[c->best].loss.mean, 5);
  mine__format_real(se, c->trial[c->baseline].loss.mean, 5);
  mine__model_note(whole, "warning", "baseline",
                   "what answers the same for every row is as good, within one standard error: "
                   "%s %s, the best that was tried %s; the attributes hardly tell the target",
                   c->measure->name, se, mean);
}

/* The trials by rank. */
static void auto_record(const mine_composition *c, mine_model *whole, mine_ensemble *body) {
  body->measure = c->measure->name;
  body->tried = mine__arena_zeros(whole->arena, (size_t)c->n, sizeof *body->tried);
  for (int t = 0; body->tried && t < c->n; t++) {
    const auto_trial *from = &c->trial[t];
    const int failed = from->why != NULL;
    const mine_tried tried = {
        .name = from->entry->name,
        .algorithm = from->trial.method.algorithm->name,
        .options = mine__arena_text(whole->arena, from->text ? from->text : "",
                                    from->text ? strlen(from->text) : 0),
        .mean = failed ? (double)NAN : from->loss.mean,
        .se = failed ? (double)NAN : from->loss.se,
        .weight = from->weight,
    };
    int at = body->n_tried++;
    for (; at > 0 && !(body->tried[at - 1].mean <= tried.mean) && !isnan(tried.mean); at--)
      body->tried[at] = body->tried[at - 1];
    body->tried[at] = tried;
  }
}

static void auto_members(mine_env *env, const mine_prepared *p, const mine_composition *c,
                         mine_rows rows, mine_arena *arena, mine_model *whole,
                         mine_ensemble *body) {
  body->member = mine__arena_zeros(whole->arena, AUTO_MEMBERS, sizeof *body->member);
  body->weight = mine__arena_zeros(whole->arena, AUTO_MEMBERS, sizeof *body->weight);
  for (int t = 0; t < c->n && !mine_failed(env); t++) {
    mine_trained trained;
    if (c->trial[t].weight == 0) continue;
    if (mine__poll_progress(env, "members", (double)t / c->n) ||
        mine__prepared_fit(env, p, &c->trial[t].trial.method, rows, arena, &trained))
      return;
    if (mine__model_seal(env, trained.model)) {
      mine_model_free(trained.model);
      return;
    }
    if (mine__model_adopt(env, whole, trained.model)) return;
    body->weight[body->n_members] = c->trial[t].weight;
    body->member[body->n_members++].model = trained.model;
  }
}

mine_status mine__auto_fit(mine_env *env, const mine_prepared *p, const mine_method *method,
                           const mine_composition *c, mine_rows rows, mine_arena *arena,
                           mine_trained *out) {
  mine_model *whole;
  *out = (mine_trained){NULL, NULL};
  MINE_TRY(mine__prepared_model(env, p, method, p->n_features + (p->grouped != 0), &whole));
  whole->told.rows = rows.n;
  mine_ensemble *body = mine__arena_zeros(whole->arena, 1, sizeof *body);
  whole->body = body;
  if (body) auto_members(env, p, c, rows, arena, whole, body);
  const char *problem =
      mine_failed(env) ? NULL : mine__members_bind(env, whole, body->member, body->n_members);
  if (problem && !mine_failed(env))
    (void)mine__fail(env, MINE_NUMERIC, "the models that were tried do not fit: %s", problem);
  if (!mine_failed(env)) auto_record(c, whole, body);
  if (!mine_failed(env)) auto_note(c, whole);
  if (!mine_failed(env) && method->calibrate != MINE_CALIBRATE_NONE)
    (void)!mine__calibrate(env, p, method->calibrate, &c->unseen, whole);
  if (mine_failed(env)) {
    mine_model_free(whole);
    return mine_env_status(env);
  }
  out->model = whole;
  return MINE_OK;
}
