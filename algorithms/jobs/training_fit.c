/*
** training_fit.c -- hold out, fit, measure, fit again on all rows.
**
** The measures come from rows the model has not seen; the model that is kept
** has seen them all (refit=0 keeps the measured one).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/metrics.h"
#include "crossed.h"
#include "training.h"

#define FIT_HELD_KEPT 100000 /* held-out rows that stay in the model */

/* ---- one fit ------------------------------------------------------------------------ */

static mine_rows fit_all_rows(const mine_training *t) {
  return (mine_rows){t->data.row, t->data.n};
}

/* Try once.  What is remembered of the options says what was tried, not how long that might
** have taken: told so, the same model is made again. */
static void fit_compose(mine_training *t, mine_rows rows) {
  mine_auto_options *own = t->asked.own;
  const char *common = mine__training_canonical(t, 0);
  const int keep = t->asked.calibrate.calibrate != MINE_CALIBRATE_NONE ||
                   t->asked.interval.intervals == MINE_INTERVALS_CROSS;
  mine_option_group defaults = {.table = t->asked.algorithm->options, .values = own};
  if (!common ||
      mine__auto_compose(t->env, &t->data, own, common, rows, keep, t->arena, &t->composition) ||
      mine__options_parse(t->env, t->arena, &defaults, 1, ""))
    return;
  own->portfolio = mine__auto_portfolio(t->composition);
  t->asked.canonical = mine__training_canonical(t, 1);
}

static mine_method fit_method(const mine_training *t) {
  return (mine_method){t->asked.algorithm, t->asked.own, t->asked.canonical,
                       (mine_calibrate)t->asked.calibrate.calibrate};
}

mine_status mine__training_fit_rows(mine_training *t, mine_rows rows, mine_arena *arena,
                                    mine_trained *out) {
  *out = t->fitted;
  t->fitted = (mine_trained){NULL, NULL};
  if (out->model) return mine_env_status(t->env);
  MINE_TRY(mine__training_selects(t));
  if (mine__algorithm_composes(t->asked.algorithm, t->data.task) && !t->composition)
    fit_compose(t, rows);
  if (mine_failed(t->env)) return mine_env_status(t->env);
  const mine_method method = fit_method(t);
  if (t->composition)
    return mine__auto_fit(t->env, &t->data, &method, t->composition, rows, arena, out);
  return mine__prepared_fit(t->env, &t->data, &method, rows, arena, out);
}

/* ---- measuring ------------------------------------------------------------------------ */

static void fit_judge_classes(mine_training *t, mine_measured *held) {
  mine_mark mark = mine__arena_mark(t->env->scratch);
  int64_t *rows = mine__arena_zeros(t->env->scratch, (size_t)t->data.n_classes, sizeof *rows);
  if (!rows) return;
  for (int64_t i = 0; i < held->n; i++)
    rows[held->label[i]]++;
  int few = 0, first = -1;
  for (int c = 0; c < t->data.n_classes; c++) {
    if (rows[c] >= MINE_METRICS_LEAST) continue;
    few++;
    if (first < 0) first = c;
  }
  if (few > 0) {
    mine_cell cell;
    char shown[MINE_SHOW_BYTES], others[40] = "";
    mine__values_get(&t->data.classes, first, &cell);
    if (few > 1) snprintf(others, sizeof others, " (and %d more)", few - 1);
    mine__training_notef(t, "warning", t->frame->column[t->roles.target].name,
                         "class %s%s has only %lld held-out row%s: below %d, measures by class "
                         "are left out (NULL); mine_cross_validate measures on all rows",
                         mine__show_cell(shown, &cell), others, (long long)rows[first],
                         rows[first] == 1 ? "" : "s", MINE_METRICS_LEAST);
    mine__metrics_withhold(held->metric, held->n_metrics, 1);
  }
  mine__arena_rewind(t->env->scratch, mark);
}

static void fit_judge_numbers(mine_training *t, mine_measured *held) {
  if (held->n >= MINE_METRICS_LEAST) return;
  mine__training_notef(t, "warning", t->frame->column[t->roles.target].name,
                       "has only %lld held-out row%s: below %d, measures are left out (NULL); "
                       "mine_cross_validate measures on all rows",
                       (long long)held->n, held->n == 1 ? "" : "s", MINE_METRICS_LEAST);
  mine__metrics_withhold(held->metric, held->n_metrics, 0);
}

/* ---- the threshold ------------------------------------------------------------------------ */

static void fit_threshold_check(mine_training *t) {
  const mine_threshold_options *said = &t->asked.threshold;
  const mine_prepared *p = &t->data;
  if (!mine__threshold_given(said) || mine__threshold_check(t->env, said, p->memory.roles.target,
                                                            p->n_classes, mine__task_name(p->task)))
    return;
  t->cut.threshold = said->threshold.number;
  if (said->threshold.choice < 0 || t->asked.holdout.holdout > 0) return;
  (void)mine__fail(t->env, MINE_OPTION,
                   "threshold=%s is found on held-out rows, and holdout=0 holds out none; give a "
                   "number, or a holdout",
                   mine__goals[said->threshold.choice]);
}

/* The measures once more, of what is predicted with the threshold. */
static void fit_threshold(mine_training *t, mine_arena *arena, mine_measured *held) {
  const mine_threshold_options *said = &t->asked.threshold;
  const mine_prepared *p = &t->data;
  if (!mine__threshold_given(said)) return;
  const mine_judged rows = {
      held->n,      p->positive,
      held->label,  mine__judged_fall(arena, held->n, 2, p->positive, held->score),
      held->weight, NULL};
  if (!rows.fall || mine__threshold_choose(t->env, said, &rows, &t->cut)) return;
  const mine_gauged gauged = {.n = held->n,
                              .n_classes = p->n_classes,
                              .positive = p->positive,
                              .threshold = t->cut.threshold,
                              .label = held->label,
                              .score = held->score,
                              .weight = held->weight};
  held->n_metrics = mine__metrics_of(arena, &gauged, held->metric);
}

/* Predictions follow it from now on, and so do those of a model for each group. */
static void fit_keep_threshold(mine_training *t, mine_model *model) {
  const mine_threshold_options *said = &t->asked.threshold;
  char number[MINE_NUMBER_BYTES], words[MINE_CUT_WORDS];
  if (isnan(t->cut.threshold)) return;
  model->after.threshold = t->cut.threshold;
  for (int i = 0; i < model->n_members; i++)
    if (model->member[i]->n_groups == 2 && model->member[i]->positive >= 0)
      model->member[i]->after.threshold = t->cut.threshold;
  const int goal = said->threshold.choice;
  mine__format_real(number, t->cut.threshold, 15);
  mine__training_notef(t, MINE__NOTE_CHOSEN, "threshold", "threshold %s%s%s", number,
                       goal >= 0 ? " by " : "", goal >= 0 ? mine__goals[goal] : "");
  mine__threshold_words(said, &t->cut, words);
  mine__training_note(t, "threshold", goal >= 0 ? mine__goals[goal] : "", words);
}

/* ---- the holdout -------------------------------------------------------------------------- */

/* Rows in groups without a model, such as groups of one row. */
static void fit_note_unanswered(mine_training *t, const mine_measured *held) {
  if (held->unanswered == 0) return;
  mine__training_notef(t, "holdout", "",
                       "%lld held-out rows had no answer and were not measured: their groups have "
                       "no model",
                       (long long)held->unanswered);
}

/* The rows held out; none, which is told, where nothing can be measured. */
static mine_held_out fit_divide(mine_training *t, mine_arena *arena) {
  mine_held_out divided = {.away = {NULL, 0}};
  if (t->asked.holdout.holdout <= 0) {
    mine__training_note(t, "holdout", "", "none (holdout=0): the model was not measured");
    return divided;
  }
  if (mine__training_hold_out(t, arena, &divided)) return divided;
  if (divided.away.n == 0 || !mine__prepared_learnable(&t->data, divided.kept)) {
    mine__training_notef(t, "warning", "",
                         t->roles.by == MINE_SPLIT_ID
                             ? "%lld rows are too few to hold some out: the model was not "
                               "measured; try mine_cross_validate"
                             : "of %lld rows none could be held out so that the others tell "
                               "something apart: the model was not measured; try "
                               "mine_cross_validate",
                         (long long)t->data.n);
    divided.away.n = 0;
  }
  return divided;
}

/* Measure a model of the kept rows on the others. */
static void fit_measure(mine_training *t, const mine_model *model, const mine_held_out *divided,
                        mine_arena *arena, mine_measured *held) {
  if (mine__prepared_measure(t->env, &t->data, model, divided->away, arena, held)) return;
  fit_threshold(t, arena, held);
  if (mine_failed(t->env)) return;
  if (t->data.task == MINE_CLASSIFICATION)
    fit_judge_classes(t, held);
  else
    fit_judge_numbers(t, held);
  if (mine_failed(t->env) ||
      (!t->data.arms.treated &&
       mine__training_repeats(t, model, divided->kept, divided->away, arena)) ||
      mine__training_compare_held(t, divided, arena))
    return;
  mine__training_notef(t, "holdout", "", "%lld of %lld rows, %s; %s", (long long)divided->away.n,
                       (long long)t->data.n, divided->how,
                       t->asked.holdout.refit ? "after measuring, the model was fitted on all rows"
                                              : "the model was fitted on the others (refit=0)");
  fit_note_unanswered(t, held);
}

/* Fit on the kept rows and measure on the others.  The model is NULL after a failure, and when
** there is too little to measure on. */
static mine_trained fit_hold_out(mine_training *t, mine_arena *arena, mine_measured *held) {
  mine_trained trained = {NULL, NULL};
  const mine_held_out divided = fit_divide(t, arena);
  if (mine_failed(t->env) || divided.away.n == 0) return trained;
  if (mine__training_fit_rows(t, divided.kept, arena, &trained)) return trained;
  fit_measure(t, trained.model, &divided, arena, held);
  if (!mine_failed(t->env)) return trained;
  mine_model_free(trained.model);
  return (mine_trained){NULL, NULL};
}

/* Scores as float, with the winner of each row still the winner. */
static void fit_keep_row(float *out, const double *score, int width) {
  const int best = mine__metrics_argmax(score, width);
  for (int c = 0; c < width; c++)
    out[c] = (float)score[c];
  for (int c = 0; c < best; c++) {
    if (out[c] >= out[best]) out[best] = nextafterf(out[c], 2.0f);
  }
}

/* The ids of the first n rows that were measured. */
static void fit_keep_ids(const mine_training *t, mine_model *model, const mine_measured *held,
                         int64_t n) {
  for (int64_t i = 0; i < n && t->asked.ids.keep_ids; i++) {
    mine_cell id = {MINE_INT, 0, {.integer = (int64_t)held->row[i] + 1}};
    if (t->data.ids) mine__values_get(t->data.ids, held->row[i], &id);
    if (!mine__values_push(&model->held.id, &id)) return;
  }
}

static void fit_keep_held(const mine_training *t, mine_model *model, const mine_measured *held) {
  const int classes = t->data.task == MINE_CLASSIFICATION;
  const int width = classes ? t->data.n_classes : 1;
  const int64_t n = held->n < FIT_HELD_KEPT ? held->n : FIT_HELD_KEPT;
  for (int i = 0; i < held->n_metrics; i++)
    mine__model_metric(model, held->metric[i].name, held->metric[i].value);
  if (t->data.arms.treated) {
    const mine_uplift_rows rows = {n, held->target, held->treated, held->weight, held->score};
    mine__uplift_keep(t->env, model, &rows);
    return;
  }
  float *score = mine__arena_array(model->arena, (size_t)n * (size_t)width, sizeof *score);
  if (classes)
    model->held.label = mine__arena_array(model->arena, (size_t)n, sizeof(int32_t));
  else
    model->held.target = mine__arena_array(model->arena, (size_t)n, sizeof(double));
  if (mine_failed(t->env)) return;
  if (classes)
    memcpy(model->held.label, held->label, (size_t)n * sizeof(int32_t));
  else
    memcpy(model->held.target, held->target, (size_t)n * sizeof(double));
  for (int64_t i = 0; i < n; i++)
    fit_keep_row(score + i * width, held->score + i * width, width);
  if (held->weight) {
    model->held.weight = mine__arena_array(model->arena, (size_t)n, sizeof(double));
    if (!model->held.weight) return;
    memcpy(model->held.weight, held->weight, (size_t)n * sizeof(double));
  }
  model->held.score = score;
  model->held.rows = n;
  fit_keep_ids(t, model, held, n);
}

/* ---- intervals ----------------------------------------------------------------------------- */

/* Of the held-out rows, which cost nothing, or of all of them, left out in turn. */
static void fit_intervals(mine_training *t, mine_arena *arena, const mine_measured *held,
                          mine_model *model) {
  const int crossed = t->asked.interval.intervals == MINE_INTERVALS_CROSS;
  const mine_method method = fit_method(t);
  const mine_measured *from = held;
  mine_measured unseen;
  if (t->data.task != MINE_REGRESSION || t->asked.interval.intervals == MINE_INTERVALS_NONE) return;
  if (crossed && t->composition) {
    from = mine__auto_unseen(t->composition);
  } else if (crossed) {
    from = &unseen;
    if (mine__crossed(t->env, &t->data, &method, fit_all_rows(t), "intervals", arena, &unseen))
      return;
  }
  (void)!mine__keep_interval(t->env, from, crossed, model);
}

/* ---- the job -------------------------------------------------------------------------------- */

/* The model, sealed; NULL: failure recorded. */
static mine_trained fit_job(mine_training *t, mine_arena *arena) {
  mine_env *env = t->env;
  const int supervised = t->roles.target >= 0 && !t->roles.survival;
  const mine_trained none = {NULL, NULL};
  mine_measured held = {0};
  mine_trained trained = none;
  if (supervised) fit_threshold_check(t);
  if (supervised && !mine_failed(env)) trained = fit_hold_out(t, arena, &held);
  if (!mine_failed(env) && mine__threshold_given(&t->asked.threshold) && isnan(t->cut.threshold))
    (void)mine__fail(env, MINE_DATA,
                     "threshold=%s is found on held-out rows, and these rows are too few to hold "
                     "some out; give a number",
                     mine__goals[t->asked.threshold.threshold.choice]);
  if (mine_failed(env) || t->asked.holdout.refit) {
    mine_model_free(trained.model);
    trained = none;
  }
  if (mine_failed(env)) return none;
  if (!trained.model && mine__training_fit_rows(t, fit_all_rows(t), t->arena, &trained))
    return none;
  mine__training_align(t, &trained);
  if (!mine_failed(env)) mine__training_keep_members(t, &trained);
  if (held.n_metrics > 0) fit_keep_held(t, trained.model, &held);
  if (supervised && !mine_failed(env)) fit_intervals(t, arena, &held, trained.model);
  fit_keep_threshold(t, trained.model);
  if (t->keeps && !mine_failed(env)) (void)!mine__training_portray(t, &held, arena, trained.model);
  if (!mine_failed(env)) mine__training_report(t, trained.model); /* of notes that are whole */
  if (!mine_failed(env) && mine__model_seal(env, trained.model) == MINE_OK) return trained;
  mine_model_free(trained.model);
  return none;
}

mine_status mine__training_trained(mine_training *t, mine_trained *out) {
  mine_env *env = t->env;
  const double start = t->began > 0 ? t->began : mine__clock();
  *out = (mine_trained){NULL, NULL};
  MINE_TRY(mine_env_status(env));
  if (mine__algorithm_of_events(t->asked.algorithm)) {
    MINE_TRY(t->asked.algorithm->learn        ? mine__training_purchases(t, out)
             : t->asked.algorithm->recommends ? mine__training_recommender(t, out)
                                              : mine__training_series(t, out));
    out->model->told.seconds = mine__clock() - start;
    return MINE_OK;
  }
  MINE_TRY(mine__training_prepare(t));
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  *out = fit_job(t, arena);
  mine__arena_close(arena);
  if (out->model) out->model->told.seconds = mine__clock() - start;
  return mine_env_status(env);
}

mine_status mine__training_fit(mine_training *t, mine_model **out) {
  mine_trained trained;
  t->keeps = 1;
  const mine_status status = mine__training_trained(t, &trained);
  *out = trained.model;
  return status;
}

/* ---- clusters of the training rows ------------------------------------------------------- */

/* The value of a row's group, or NULL. */
static void fit_group_of(const mine_training *t, int64_t row, mine_cell *out) {
  const mine_prepared *p = &t->data;
  *out = (mine_cell){MINE_NULL, 0, {0}};
  if (!p->grouped) return;
  const int32_t code = p->view[p->n_features].code[row];
  if (code >= 0) mine__values_get(&p->about[p->n_features].levels.values, code, out);
}

/* What is said of the rows that were used, in their order. */
typedef struct fit_assigned {
  int32_t *cluster;
  double *distance, *strength, *outlier; /* NULL: the model does not say */
} fit_assigned;

/* A number of the i-th row used; i < 0: the row was not. */
static void fit_put_number(const double *number, int64_t i, mine_relation *r) {
  mine__row_real(r, number && i >= 0 ? number[i] : (double)NAN);
}

static void fit_put_assignment(const mine_training *t, const fit_assigned *said, int64_t row,
                               int64_t i, mine_relation *r) {
  mine_cell id = {MINE_INT, 0, {row + 1}}, group;
  if (t->roles.id >= 0) mine__values_get(&t->frame->ids, row, &id);
  fit_group_of(t, row, &group);
  mine__row_cell(r, &id);
  if (i < 0 || said->cluster[i] == MINE_NO_GROUP) {
    mine__row_null(r);
  } else {
    mine__row_int(r, said->cluster[i]);
  }
  fit_put_number(said->distance, i, r);
  mine__row_cell(r, &group);
  fit_put_number(said->strength, i, r);
  fit_put_number(said->outlier, i, r);
  mine__relation_end_row(r);
}

/* What the fit found, and what the model says of it. */
static void fit_assign(mine_env *env, const mine_prepared *p, const mine_trained *trained,
                       mine_arena *arena, fit_assigned *out) {
  const size_t n = (size_t)p->n;
  const unsigned gives = mine__model_gives(trained->model);
  *out = (fit_assigned){.cluster = trained->group};
  if (!out->cluster) out->cluster = mine__arena_zeros(arena, n, sizeof *out->cluster);
  if (gives & MINE_GIVES_DISTANCE) out->distance = mine__arena_zeros(arena, n, sizeof(double));
  if (gives & MINE_GIVES_STRENGTH) {
    out->strength = mine__arena_zeros(arena, n, sizeof(double));
    out->outlier = mine__arena_zeros(arena, n, sizeof(double));
  }
  const mine_batch batch = {p->n, p->row, p->view};
  mine_answers answers = {.group = trained->group ? NULL : out->cluster,
                          .distance = out->distance,
                          .strength = out->strength,
                          .outlier = out->outlier};
  (void)!mine__model_answer(env, trained->model, &batch, &answers);
}

mine_status mine__training_assignments(mine_training *t, const mine_trained *trained,
                                       mine_relation *r) {
  char called[MINE_CALLED_BYTES];
  mine_env *env = t->env;
  const mine_model *model = trained->model;
  const mine_prepared *p = &t->data;
  MINE_TRY(mine_env_status(env));
  if (model->roles.target || !(mine__model_gives(model) & MINE_GIVES_GROUP))
    return mine__fail(env, MINE_UNSUPPORTED, "%s has no clusters",
                      mine__model_called(model, called));
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  fit_assigned said;
  fit_assign(env, p, trained, arena, &said);
  for (int64_t row = 0, i = 0; !mine_failed(env) && row < t->frame->rows; row++) {
    const int used = i < p->n && p->row[i] == row;
    fit_put_assignment(t, &said, row, used ? i : -1, r);
    i += used;
  }
  mine__arena_close(arena);
  return mine_env_status(env);
}
