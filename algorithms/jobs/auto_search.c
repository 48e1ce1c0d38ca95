/*
** auto_search.c -- what is tried of the portfolio, and the greedy mean of the best.
**
** The mean is chosen on answers out of fold: beginning with the best alone, the trial whose
** answers make the mean better most is added, again and again, until none does; one that
** is added twice counts twice (Caruana, Niculescu-Mizil, Crew & Ksikes, "Ensemble selection
** from libraries of models", ICML 2004).  Of few rows that follows chance: so it is done for
** rows drawn with replacement, twenty times (their section 2.3), each draw votes with the shares
** of its mean, the five with most votes stay, and their weights are drawn towards equal ones as
** far as rows are few.  At most five, so that a row is scored by few models.  Loss: log_loss, of
** numbers the squared error.
*/
#include <math.h>
#include <string.h>

#include "../core/random.h"
#include "../data/moments.h"
#include "auto_private.h"
#include "crossed.h"

#define AUTO_STEPS       20                  /* members of a greedy mean, repeats counted  */
#define AUTO_BAGS        20                  /* draws of the rows, at most                 */
#define AUTO_BAGGED_ROWS 400000              /* rows of all draws together, about          */
#define AUTO_EQUAL       300.0               /* rows at which equal weights count as much  */
#define AUTO_HEARD       0.05                /* share of the votes that a member has        */
#define AUTO_PATIENCE    2                   /* budgets, after which all is given up        */
#define AUTO_PURPOSE     0x6175746f62616773U /* stream of random numbers: "autobags"       */

/* ---- what is tried --------------------------------------------------------------------------- */

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
  int *drawn;  /* per used row: how often it is in this draw */
  double *sum; /* per used row: of the members so far        */
  int bags;    /* how often rows are drawn                   */
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

/* The folds of a trial, given up when the clock says `until`; 0: it is finished whenever. */
static int auto_in_time(auto_search *s, mine_trial *run, double until) {
  mine_env *env = s->env;
  if (until == 0) return mine__trials_run(env, &s->comparison, &run, 1) == MINE_OK;
  const double before = mine__env_hurry(env, until);
  (void)!mine__trials_run(env, &s->comparison, &run, 1);
  return !mine__env_resume(env, before) && !mine_failed(env);
}

static void auto_try(auto_search *s, const auto_entry *entry, double until) {
  mine_env *env = s->env;
  auto_trial *trial = &s->to->trial[s->to->n];
  mine_trial *run = &trial->trial;
  const mine_folds *folds = s->comparison.folds;
  auto_prepare_trial(s, entry, trial);
  if (mine_failed(env) || mine__trial_open(env, s->work, &s->comparison, 1, run) ||
      !auto_in_time(s, run, until))
    return;
  const char *why = mine__trial_why(run, folds);
  trial->loss = mine__trial_measure(run, folds, s->to->measure->name);
  if (why) trial->why = mine__arena_text(s->arena, why, strlen(why));
  s->to->name[s->to->n] = (mine_cell){MINE_TEXT, strlen(entry->name), {.text = entry->name}};
  s->to->n++;
}

static void auto_try_all(auto_search *s, const mine_auto_options *options) {
  const double start = mine__clock(), until = start + options->budget_seconds;
  const double last = start + AUTO_PATIENCE * options->budget_seconds;
  const mine_list *list = &options->portfolio;
  for (const auto_entry *e = mine__auto_entries; e->name && list->n == 0; e++) {
    if (mine_failed(s->env)) return;
    if (!(e->tasks & (unsigned)s->data->task) || !mine__algorithm_find(e->algorithm) ||
        (e->most && s->comparison.rows.n > e->most) || (!e->always && mine__clock() >= until))
      continue;
    auto_try(s, e, e->always ? 0 : last);
  }
  for (size_t i = 0; i < list->n && !mine_failed(s->env); i++) {
    const auto_entry *e = mine__auto_find(&list->item[i]);
    if (!e) return; /* auto_check has been here */
    if (!(e->tasks & (unsigned)s->data->task)) {
      (void)mine__fail(s->env, MINE_OPTION, "option portfolio: %s does no %s; leave it out",
                       e->name, mine__task_name(s->data->task));
      return;
    }
    auto_try(s, e, 0);
  }
}

/* ---- the mean of the best ------------------------------------------------------------------- */

static double auto_loss_of(const mine_prepared *p, uint32_t row, double answer) {
  if (p->label) return mine__metrics_surprise(answer);
  const double error = answer - p->target[row];
  return error * error;
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
  s->drawn = mine__arena_zeros(s->work, (size_t)n, sizeof *s->drawn);
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

/* Of the drawn rows: the mean of `members` whose answers add up to sum + part. */
static double auto_mean_loss(const auto_search *s, const double *part, int members) {
  const mine_prepared *p = s->data;
  double loss = 0, total = 0;
  for (int64_t i = 0; i < s->n_used; i++) {
    if (s->drawn[i] == 0) continue;
    const uint32_t row = s->comparison.rows.row[s->used[i]];
    const double weight = s->drawn[i] * (p->weight ? p->weight[row] : 1);
    loss += weight * auto_loss_of(p, row, (s->sum[i] + part[i]) / members);
    total += weight;
  }
  return total > 0 ? loss / total : INFINITY;
}

/* As many rows as there are, drawn with replacement; where there is one draw only, each once. */
static void auto_draw(auto_search *s, int bag) {
  mine_random chance;
  for (int64_t i = 0; i < s->n_used; i++)
    s->drawn[i] = s->bags == 1;
  if (s->bags == 1) return;
  mine__random_open(&chance, s->data->seed, AUTO_PURPOSE, (uint64_t)bag);
  for (int64_t i = 0; i < s->n_used; i++)
    s->drawn[mine__random_below(&chance, (uint64_t)s->n_used)]++;
}

/* The trial that makes the mean of `members` with it best; -1: none may be added. */
static int auto_next(const auto_search *s, const int *times, int members, int different,
                     double *loss) {
  int best = -1;
  for (int t = 0; t < s->to->n; t++) {
    const auto_trial *trial = &s->to->trial[t];
    if (!trial->part || (times[t] == 0 && different == AUTO_MEMBERS)) continue;
    const double with = auto_mean_loss(s, trial->part, members);
    if (best >= 0 && !(with < *loss)) continue;
    best = t;
    *loss = with;
  }
  return best;
}

/* Greedily on the drawn rows; each trial gets the share that it has in the mean as its vote. */
static void auto_select(auto_search *s) {
  int times[AUTO_MOST] = {0};
  double loss = INFINITY;
  int different = 0, members = 0;
  memset(s->sum, 0, (size_t)s->n_used * sizeof *s->sum);
  while (members < AUTO_STEPS && !mine__poll(s->env)) {
    double with;
    const int t = auto_next(s, times, members + 1, different, &with);
    if (t < 0 || (members > 0 && !(with < loss))) break;
    members++;
    different += times[t]++ == 0;
    loss = with;
    for (int64_t i = 0; i < s->n_used; i++)
      s->sum[i] += s->to->trial[t].part[i];
  }
  for (int t = 0; t < s->to->n && members > 0; t++)
    s->to->trial[t].vote += (double)times[t] / members;
}

/* The trials with most votes; one with next to none costs each row more than it brings. */
static int auto_elect(mine_composition *c, int bags) {
  int elected = 0;
  for (int t = 0; t < c->n; t++) {
    int before = 0; /* an equal vote goes to the one that was tried first */
    for (int u = 0; u < c->n; u++)
      before +=
          c->trial[u].vote > c->trial[t].vote || (c->trial[u].vote == c->trial[t].vote && u < t);
    c->trial[t].weight = before < AUTO_MEMBERS && c->trial[t].vote >= AUTO_HEARD * bags;
    elected += c->trial[t].weight;
  }
  return elected;
}

/* Weights in hundredths: the votes, drawn towards equal ones where few rows chose. */
static void auto_weigh(auto_search *s) {
  mine_composition *c = s->to;
  const int elected = auto_elect(c, s->bags);
  const double equal = s->bags == 1 ? 0 : AUTO_EQUAL / (AUTO_EQUAL + (double)s->n_used);
  double votes = 0;
  for (int t = 0; t < c->n; t++)
    if (c->trial[t].weight) votes += c->trial[t].vote;
  for (int t = 0; t < c->n; t++) {
    auto_trial *trial = &c->trial[t];
    if (!trial->weight) continue;
    const double share = (1 - equal) * trial->vote / votes + equal / elected;
    trial->weight = (int)floor(100 * share + 0.5);
  }
}

/* The trial with the least loss of all rows. */
static void auto_best(auto_search *s) {
  double least = INFINITY;
  s->bags = 1;
  auto_draw(s, 0);
  memset(s->sum, 0, (size_t)s->n_used * sizeof *s->sum);
  s->to->best = -1; /* the first that was measured, where all losses are infinite */
  for (int t = 0; t < s->to->n; t++) {
    if (!s->to->trial[t].part) continue;
    const double loss = auto_mean_loss(s, s->to->trial[t].part, 1);
    if (loss < least || s->to->best < 0) s->to->best = t;
    least = loss < least ? loss : least;
  }
}

static void auto_mean(auto_search *s) {
  const int64_t bags = AUTO_BAGGED_ROWS / s->n_used;
  s->bags = bags < 1 ? 1 : bags > AUTO_BAGS ? AUTO_BAGS : (int)bags;
  for (int bag = 0; bag < s->bags && !mine_failed(s->env); bag++) {
    auto_draw(s, bag);
    auto_select(s);
  }
  auto_weigh(s);
  auto_best(s);
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
    if (s->to->trial[t].entry == mine__auto_entries && s->to->trial[t].part) s->to->baseline = t;
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
