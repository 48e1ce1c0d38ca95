/*
** auto.c -- the portfolio and the row of `auto`, and the model of what was found (auto_search.c).
*/
#include "auto_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../cluster/twostep.h"
#include "../core/text.h"
#include "../model/latent.h"
#include "../model/members.h"
#include "crossed.h"

#define CLASSES MINE_CLASSIFICATION
#define NUMBERS MINE_REGRESSION

/* ---- the portfolio ------------------------------------------------------------------------- */

/* The cheap ones first.  A name whose algorithm this build does not have is left out. */
const auto_entry mine__auto_entries[AUTO_MOST] = {
    {"baseline", "tree", "min_samples_split=1000000000", CLASSES | NUMBERS, 0, 1},
    {"tree", "tree", "", CLASSES | NUMBERS, 0, 1},
    {"logistic", "logistic", "", CLASSES, 0, 0},
    {"linear", "linear", "", NUMBERS, 0, 0},
    {"bayes", "bayes", "", CLASSES, 0, 0},
    {"forest", "forest", "", CLASSES | NUMBERS, 0, 0},
    {"boost_small", "boost", "max_leaves=7, min_samples_leaf=40", CLASSES | NUMBERS, 0, 0},
    {"boost_random", "boost", "max_leaves=15, subsample=0.7, colsample=0.5", CLASSES | NUMBERS, 0,
     0},
    {"boost", "boost", "", CLASSES | NUMBERS, 0, 0},
    {"knn", "knn", "k=25", CLASSES | NUMBERS, 20000, 0},
    {"mlp", "mlp", "", CLASSES | NUMBERS, 50000, 0},
    {NULL, NULL, NULL, 0, 0, 0},
};

static const mine_option auto_table[] = {
    OPTION_REAL(mine_auto_options, budget_seconds, .initial = "60", .range = {0, 1e6},
                .help = "with a target: no trial begins when so many seconds have been spent on "
                        "trials, and none goes on after twice as many; the baseline and a tree are "
                        "always tried"),
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

const auto_entry *mine__auto_find(const mine_cell *name) {
  for (const auto_entry *e = mine__auto_entries; e->name; e++) {
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
    const auto_entry *entry = mine__auto_find(&list->item[i]);
    mine_text names;
    mine__text_open(&names, env->scratch);
    for (const auto_entry *e = mine__auto_entries; e->name; e++)
      if (mine__algorithm_find(e->algorithm))
        mine__text_addf(&names, "%s%s", names.bytes ? ", " : "", e->name);
    if (names.failed) return mine_env_status(env);
    if (!entry)
      return mine__fail(env, MINE_OPTION, "option portfolio has no %s; there are %s",
                        mine__show_cell(shown, &list->item[i]), names.data);
    for (size_t j = 0; j < i; j++)
      if (mine__auto_find(&list->item[j]) == entry)
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
        "With a target. Tried, in this order, on the same folds (five; split_by= and "
        "fold_group= hold for them, too): the baseline, which answers the same for every row, "
        "`tree`, `logistic` and `bayes` for classes, `linear` for numbers, `forest`, `boost` in "
        "three settings, `knn` up to 20,000 rows and `mlp` up to 50,000. The model is a mean of "
        "at most five of them with weights (in hundredths) chosen on answers out of fold "
        "(log_loss; rmse) of rows drawn again and again, and drawn towards equal ones where "
        "rows are few. A trial that began within `budget_seconds` is finished, unless it takes "
        "as long again: then it is given up. The best are fitted on all rows after that. "
        "`mine_trials` lists what was tried; where the baseline is as good, a warning says so. "
        "Which trials ran depends on the time they took; the model's option `portfolio` names "
        "them, and with it the same bytes come again. With `group=` a trial is a model for each "
        "group, and what is kept is the same mean for all of them. "
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

/* ---- the model ------------------------------------------------------------------------------ */

/* What was left out: known from the list of those that were tried, so that the list makes the same
** bytes, whatever the reason was the first time. */
static void auto_note_untried(const mine_composition *c, mine_task_kind task, mine_model *whole) {
  mine_text names;
  mine__text_open(&names, whole->arena);
  for (const auto_entry *e = mine__auto_entries; e->name; e++) {
    int tried = !(e->tasks & (unsigned)task) || !mine__algorithm_find(e->algorithm);
    for (int t = 0; t < c->n && !tried; t++)
      tried = c->trial[t].entry == e;
    if (!tried) mine__text_addf(&names, "%s%s", names.bytes ? ", " : "", e->name);
  }
  if (names.bytes && !names.failed)
    mine__model_note(whole, "trial", "not tried",
                     "%s: not in portfolio, too many rows, or no time (budget_seconds)",
                     names.data);
}

static void auto_note(const mine_composition *c, mine_task_kind task, mine_model *whole) {
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
  auto_note_untried(c, task, whole);
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
  if (!mine_failed(env)) auto_note(c, p->task, whole);
  if (!mine_failed(env) && method->calibrate != MINE_CALIBRATE_NONE)
    (void)!mine__calibrate(env, p, method->calibrate, &c->unseen, whole);
  if (mine_failed(env)) {
    mine_model_free(whole);
    return mine_env_status(env);
  }
  out->model = whole;
  return MINE_OK;
}
