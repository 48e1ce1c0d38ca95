/*
** trials.c -- trials run: each fold of each is a task in an environment of its own.
*/
#include "trials.h"

#include <math.h>
#include <string.h>

#include "../core/branch.h"
#include "../core/hash.h"
#include "../core/text.h"
#include "../data/moments.h"

#define TRIALS_SAMPLE UINT64_C(0x7472616c735f7331) /* the purpose of that hash */
#define TRIALS_AHEAD  4 /* tasks for each thread between two looks at the progress */

/* ---- one fold ------------------------------------------------------------------------- */

/* Whether a fit that learns from a share of the rows learns from this one. */
static int trials_sampled(const mine_comparison *c, uint32_t row) {
  if (c->share >= 1) return 1;
  const uint64_t id = c->data->parting.hash ? c->data->parting.hash[row] : row;
  const uint64_t hash = mine_hash_mix(mine_hash_mix(id ^ TRIALS_SAMPLE) + c->data->seed);
  return (double)(hash >> 11) * 0x1.0p-53 < c->share;
}

/* The rows of the fold and of those its model learns from, in the order of rows. */
static int trials_divide(const mine_comparison *c, int which, mine_arena *arena, mine_rows *train,
                         mine_rows *test) {
  const mine_folds *folds = c->folds;
  uint32_t *kept = mine__arena_array(arena, (size_t)c->rows.n, sizeof *kept);
  uint32_t *away = mine__arena_array(arena, (size_t)c->rows.n, sizeof *away);
  *train = (mine_rows){kept, 0};
  *test = (mine_rows){away, 0};
  if (!kept || !away) return 0;
  for (int64_t i = 0; i < c->rows.n; i++) {
    const uint32_t row = c->rows.row[i];
    if (folds->of[i] == which) {
      away[test->n++] = row;
    } else if ((!folds->rolling || folds->of[i] < which) && trials_sampled(c, row)) {
      kept[train->n++] = row;
    }
  }
  return 1;
}

void mine__fold_measure(mine_env *env, const mine_comparison *c, const mine_method *method,
                        int which, mine_arena *arena, mine_measured *out) {
  const mine_algorithm *algorithm = method->algorithm;
  mine_rows train, test;
  mine_trained trained = {NULL, NULL};
  *out = (mine_measured){0};
  if (algorithm->check && algorithm->check(env, method->options)) return;
  if (!trials_divide(c, which, arena, &train, &test)) return;
  out->metric[0] = (mine_metric){mine__measures[MINE_MEASURE_ROWS].name, (double)test.n};
  out->n_metrics = 1;
  if (test.n == 0 || !mine__prepared_learnable(c->data, train)) return;
  if (mine__prepared_fit(env, c->data, method, train, arena, &trained) ||
      mine__prepared_measure(env, c->data, trained.model, test, arena, out))
    out->n_metrics = 0;
  mine_model_free(trained.model);
}

/* ---- all folds of all trials ------------------------------------------------------------ */

typedef struct trials_run {
  const mine_comparison *comparison;
  mine_trial **trial;
  int64_t first; /* task that is number 0 of this loop */
} trials_run;

/* The fold's answers at the places of its rows; those that it left out have none. */
static void trials_keep_scores(const mine_comparison *c, int which, const mine_measured *m,
                               double *score) {
  const int width = c->data->task == MINE_CLASSIFICATION ? c->data->n_classes : 1;
  int64_t k = 0;
  for (int64_t i = 0; i < c->rows.n; i++) {
    if (c->folds->of[i] != which) continue;
    const int has = m->score && k < m->n && m->row[k] == c->rows.row[i];
    for (int j = 0; j < width; j++)
      score[i * width + j] = has ? m->score[k * width + j] : (double)NAN;
    k += has;
  }
}

static void trials_task(mine_env *branch, void *context, int64_t task) {
  const trials_run *run = context;
  const mine_comparison *c = run->comparison;
  const int64_t at = run->first + task;
  const int which = (int)(at % c->folds->n);
  mine_trial *trial = run->trial[at / c->folds->n];
  mine_comparison own = *c;
  mine_trial_fold *fold = &trial->fold[which];
  const double start = mine__clock();
  mine_arena *arena = mine__arena_open(branch);
  mine_measured measured = {0};
  *fold = (mine_trial_fold){0};
  if (trial->data) own.data = trial->data;
  if (arena) mine__fold_measure(branch, &own, &trial->method, which, arena, &measured);
  if (!mine_failed(branch)) {
    fold->n_metrics = measured.n_metrics;
    memcpy(fold->metric, measured.metric, sizeof fold->metric);
    if (trial->score) trials_keep_scores(c, which, &measured, trial->score);
  } else {
    const size_t n =
        mine__utf8_prefix(branch->error, strlen(branch->error), MINE_TRIAL_WHY_BYTES - 1);
    memcpy(fold->why, branch->error, n);
  }
  mine__arena_close(arena);
  trial->clock[which] += mine__clock() - start;
}

mine_status mine__trial_open(mine_env *env, mine_arena *arena, const mine_comparison *c, int scores,
                             mine_trial *trial) {
  const size_t folds = (size_t)c->folds->n, n = (size_t)c->rows.n;
  const size_t width = c->data->task == MINE_CLASSIFICATION ? (size_t)c->data->n_classes : 1;
  trial->fold = mine__arena_zeros(arena, folds, sizeof *trial->fold);
  trial->clock = mine__arena_zeros(arena, folds, sizeof *trial->clock);
  if (n > SIZE_MAX / width) return mine__fail_memory(env, SIZE_MAX);
  if (scores) trial->score = mine__arena_array(arena, n * width, sizeof *trial->score);
  for (size_t i = 0; trial->score && i < n * width; i++)
    trial->score[i] = (double)NAN;
  return mine_env_status(env);
}

mine_status mine__trials_run(mine_env *env, const mine_comparison *c, mine_trial **trial, int n) {
  const int64_t tasks = (int64_t)n * c->folds->n;
  const int aside = c->rows.n < MINE_PREPARED_LARGE && !c->data->grouped;
  trials_run run = {c, trial, 0};
  mine_arena *arena = mine__arena_open(env);
  mine_branches *branches =
      arena ? mine__branches_open(env, arena, aside ? env->threads : 1) : NULL;
  const int64_t step = aside ? (int64_t)TRIALS_AHEAD * env->threads : 1;
  for (; branches && run.first < tasks && !mine_failed(env); run.first += step) {
    if (mine__poll_progress(env, c->what, (double)run.first / (double)tasks)) break;
    const int64_t left = tasks - run.first;
    mine__branches_run(branches, left < step ? left : step, trials_task, &run);
  }
  mine__branches_close(branches);
  mine__arena_close(arena);
  return mine_env_status(env);
}

/* ---- what came out ------------------------------------------------------------------------ */

mine_trial_mean mine__trial_measure(const mine_trial *trial, const mine_folds *folds,
                                    const char *measure) {
  mine_moments moments;
  mine__moments_open(&moments, 1.0);
  for (int f = 0; f < folds->n; f++) {
    const mine_trial_fold *fold = &trial->fold[f];
    for (int i = 0; i < fold->n_metrics; i++)
      if (strcmp(fold->metric[i].name, measure) == 0)
        mine__moments_add(&moments, &fold->metric[i].value, 1);
  }
  return (mine_trial_mean){mine__moments_mean(&moments),
                           mine__moments_deviation(&moments, 1) / sqrt((double)moments.n),
                           moments.n};
}

const char *mine__trial_why(const mine_trial *trial, const mine_folds *folds) {
  for (int f = 0; f < folds->n; f++)
    if (trial->fold[f].why[0]) return trial->fold[f].why;
  return NULL;
}

double mine__trial_seconds(const mine_trial *trial, const mine_folds *folds) {
  double sum = 0;
  for (int f = 0; f < folds->n; f++)
    sum += trial->clock[f];
  return sum;
}
