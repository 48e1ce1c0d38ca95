/*
** crossed.c -- answers out of fold, and what a model keeps of them.
*/
#include "crossed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trials.h"

#define CROSSED_ISOTONIC 1000 /* rows below which a curve follows chance */

/* ---- answers out of fold -------------------------------------------------------------------- */

/* Rows that their fold's model did not answer are left out, and counted: score[i] stays NAN. */
static void crossed_gather(mine_env *env, const mine_prepared *p, mine_rows rows,
                           const double *score, mine_arena *arena, mine_measured *out) {
  const int width = p->task == MINE_CLASSIFICATION ? p->n_classes : 1;
  const size_t n = (size_t)rows.n;
  out->row = mine__arena_array(arena, n, sizeof *out->row);
  out->score = mine__arena_array(arena, n, (size_t)width * sizeof *out->score);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < rows.n; i++) {
    if (!isfinite(score[i * width])) {
      out->unanswered++;
      continue;
    }
    memcpy(out->score + out->n * width, score + i * width, (size_t)width * sizeof *score);
    out->row[out->n++] = rows.row[i];
  }
  (void)!mine__prepared_truth(env, p, arena, out);
}

/* The method itself is tried without its calibration: that is what the answers are for. */
mine_status mine__crossed(mine_env *env, const mine_prepared *p, const mine_method *method,
                          mine_rows rows, const char *what, mine_arena *arena, mine_measured *out) {
  mine_folds folds;
  mine_trial trial = {.method = *method}, *one = &trial;
  *out = (mine_measured){0};
  trial.method.calibrate = MINE_CALIBRATE_NONE;
  MINE_TRY(mine__prepared_folds(env, p, rows, arena, &folds));
  const mine_comparison comparison = {
      .data = p, .rows = rows, .folds = &folds, .share = 1, .what = what};
  MINE_TRY(mine__trial_open(env, arena, &comparison, 1, &trial));
  MINE_TRY(mine__trials_run(env, &comparison, &one, 1));
  const char *why = mine__trial_why(&trial, &folds);
  if (why) return mine__fail(env, MINE_DATA, "without a part of the rows: %s", why);
  crossed_gather(env, p, rows, trial.score, arena, out);
  return mine_env_status(env);
}

/* ---- calibration ---------------------------------------------------------------------------- */

/* A class that no row has needs no map, but of two classes both: one map serves them. */
static void calibrate_check(mine_env *env, const mine_prepared *p, mine_calibrate how,
                            const mine_measured *unseen) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *rows_of = mine__arena_zeros(env->scratch, (size_t)p->n_classes, sizeof *rows_of);
  int used = 0, few = -1;
  if (!rows_of) return;
  for (int64_t i = 0; i < unseen->n; i++)
    used += rows_of[unseen->label[i]]++ == 0;
  for (int c = 0; c < p->n_classes && few < 0; c++)
    if ((rows_of[c] > 0 || p->n_classes == 2) && rows_of[c] < MINE_CALIBRATION_LEAST) few = c;
  if (few < 0 && used < 2) few = 0;
  if (few >= 0) {
    mine_cell cell;
    char shown[MINE_SHOW_BYTES];
    mine__values_get(&p->classes, few, &cell);
    (void)mine__fail(env, MINE_DATA,
                     "calibrate=%s learns from rows that were left out, and of class %s there are "
                     "%lld; it needs %d of each class: give more rows, or leave calibrate out",
                     mine__calibrates[how], mine__show_cell(shown, &cell), (long long)rows_of[few],
                     MINE_CALIBRATION_LEAST);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* What the maps are, in words. */
static void calibrate_note(const mine_calibration *c, mine_model *model) {
  const mine_calibration_map *map = &c->map[0];
  char slope[MINE_NUMBER_BYTES], intercept[MINE_NUMBER_BYTES], each[200];
  if (c->n_maps > 1) {
    snprintf(each, sizeof each, "%s for each of %d classes against the others",
             c->method == MINE_CALIBRATE_PLATT ? "a sigmoid of the log-odds" : "a rising curve",
             c->n_maps);
  } else if (c->method == MINE_CALIBRATE_PLATT) {
    snprintf(each, sizeof each, "a sigmoid of the log-odds, slope %s, intercept %s",
             mine__format_real(slope, map->slope, 4),
             mine__format_real(intercept, map->intercept, 4));
  } else {
    snprintf(each, sizeof each, "a rising curve of the log-odds, %d points", map->n_knots);
  }
  mine__model_note(model, "calibration", mine__calibrates[c->method],
                   "probabilities go through %s, learned from %lld rows that were left out", each,
                   (long long)c->rows);
}

static void calibrate_warn(const mine_calibration *c, mine_model *model) {
  int flat = 0;
  for (int m = 0; m < c->n_maps; m++)
    flat += c->method == MINE_CALIBRATE_PLATT && c->map[m].known && c->map[m].slope <= 0;
  if (flat > 0)
    mine__model_note(model, "warning", "calibrate",
                     "among rows that were left out higher probabilities were not more often "
                     "right%s: the calibrated ones say little",
                     c->n_maps > 1 ? " (of some classes)" : "");
  if (c->method == MINE_CALIBRATE_ISOTONIC && c->rows < CROSSED_ISOTONIC)
    mine__model_note(model, "warning", "calibrate",
                     "isotonic follows chance with %lld rows; below %d calibrate=platt is better",
                     (long long)c->rows, CROSSED_ISOTONIC);
}

mine_status mine__calibrate(mine_env *env, const mine_prepared *p, mine_calibrate how,
                            const mine_measured *unseen, mine_model *model) {
  calibrate_check(env, p, how, unseen);
  if (mine_failed(env)) return mine_env_status(env);
  const mine_rated rows = {unseen->n, p->n_classes, unseen->label, unseen->score, unseen->weight};
  const mine_calibration *learned = mine__calibration_learn(env, model->arena, how, &rows);
  if (!learned) return mine_env_status(env);
  model->after.calibration = learned;
  calibrate_note(learned, model);
  calibrate_warn(learned, model);
  return mine_env_status(env);
}

mine_status mine__calibrate_crossed(mine_env *env, const mine_prepared *p,
                                    const mine_method *method, mine_rows rows,
                                    mine_trained *trained) {
  mine_measured unseen;
  mine_arena *arena = mine__arena_open(env);
  if (arena && mine__crossed(env, p, method, rows, "calibration", arena, &unseen) == MINE_OK)
    (void)!mine__calibrate(env, p, method->calibrate, &unseen, trained->model);
  mine__arena_close(arena);
  if (!mine_failed(env)) return MINE_OK;
  mine_model_free(trained->model);
  trained->model = NULL;
  return mine_env_status(env);
}

/* ---- intervals ------------------------------------------------------------------------------ */

static void interval_note(const mine_interval *interval, mine_model *model) {
  char widest[MINE_NUMBER_BYTES], ranges[80] = "";
  if (interval->n_bins > 0)
    snprintf(ranges, sizeof ranges, ", in %d ranges of the prediction", interval->n_bins);
  mine__model_note(model, "interval", "",
                   "low and high of mine_predict are learned from the residuals of %lld rows that "
                   "were %s%s; levels to %s",
                   (long long)interval->all.rows,
                   interval->crossed ? "left out in turn" : "held out", ranges,
                   mine__format_real(widest, mine__interval_widest(interval), 4));
}

mine_status mine__keep_interval(mine_env *env, const mine_measured *unseen, int crossed,
                                mine_model *model) {
  const size_t n = (size_t)unseen->n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *target = mine__arena_array(env->scratch, n, sizeof *target);
  double *value = mine__arena_array(env->scratch, n, sizeof *value);
  double *weight = mine__arena_array(env->scratch, n, sizeof *weight);
  if (mine_failed(env)) return mine_env_status(env);
  mine_missed rows = {0, target, value, unseen->weight ? weight : NULL};
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(unseen->target[i] - unseen->score[i])) continue;
    target[rows.n] = unseen->target[i];
    value[rows.n] = unseen->score[i];
    weight[rows.n++] = unseen->weight ? unseen->weight[i] : 1;
  }
  if (rows.n >= MINE_INTERVAL_LEAST) {
    model->after.interval = mine__interval_learn(env, model->arena, &rows, crossed);
    if (model->after.interval) interval_note(model->after.interval, model);
  } else {
    mine__model_note(model, "interval", "",
                     "none: low and high of mine_predict need the residuals of %d rows that the "
                     "model has not seen, and there are %lld%s",
                     MINE_INTERVAL_LEAST, (long long)rows.n,
                     crossed ? "" : "; intervals=cross takes all rows");
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
