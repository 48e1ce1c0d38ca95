/*
** training.c -- a training job from its options to its full frame.
*/
#include "training_batch.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- options -------------------------------------------------------------------- */

static int training_supervised(const mine_training *training) {
  return (training->asked.algorithm->tasks &
          (MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT)) != 0;
}

const char *mine__training_canonical(mine_training *training, int own) {
  const mine__options *options = &training->asked.options;
  mine_text text;
  mine__text_open(&text, training->arena);
  for (int g = 0; g < options->n; g++) {
    const mine_option_group *group = &options->group[g];
    if (group->table != mine__run_option_table &&
        (own || group->table != training->asked.algorithm->options))
      mine__options_canonical(&text, group->table, group->values);
  }
  if (text.failed) return NULL;
  return text.bytes ? text.data : "";
}

static void training_options(mine_training *training, const mine__options *options) {
  mine_env *env = training->env;
  mine_arena *arena = training->arena;
  mine_asked *asked = &training->asked;
  asked->options = *options;
  asked->own = mine__options_of(options, asked->algorithm->options);
  if (MINE_TAKE(env, arena, options, mine__supervised_option_table, &asked->supervised) ||
      MINE_TAKE(env, arena, options, mine__holdout_option_table, &asked->holdout) ||
      MINE_TAKE(env, arena, options, mine__ids_option_table, &asked->ids) ||
      MINE_TAKE(env, arena, options, mine__threshold_option_table, &asked->threshold) ||
      MINE_TAKE(env, arena, options, mine__calibrate_option_table, &asked->calibrate) ||
      MINE_TAKE(env, arena, options, mine__interval_option_table, &asked->interval) ||
      MINE_TAKE(env, arena, options, mine__folds_option_table, &asked->folds) ||
      MINE_TAKE(env, arena, options, mine__split_option_table, &asked->split) ||
      MINE_TAKE(env, arena, options, mine__source_option_table, &asked->source) ||
      MINE_TAKE(env, arena, options, mine__survival_option_table, &asked->survival) ||
      MINE_TAKE(env, arena, options, mine__group_option_table, &asked->group) ||
      MINE_TAKE(env, arena, options, mine__weight_option_table, &asked->weight) ||
      MINE_TAKE(env, arena, options, mine__treatment_option_table, &asked->treatment) ||
      MINE_TAKE(env, arena, options, mine__unknown_option_table, &asked->unknown) ||
      MINE_TAKE(env, arena, options, mine__align_option_table, &asked->align) ||
      MINE_TAKE(env, arena, options, mine__seed_option_table, &asked->seed))
    return;
  asked->canonical = mine__training_canonical(training, 1);
}

/* The i-th SELECT among the options, and the option that holds it. */
static mine_select *training_select(const mine_training *training, int i, const char **option) {
  return mine__options_select(training->asked.options.group, training->asked.options.n, i, option);
}

/* What the plan of its frame is given. */
typedef struct training_selected {
  mine_training *training;
  const char *option;
  int *column; /* per feature, set by the plan */
} training_selected;

/* ---- open and close --------------------------------------------------------------- */

static void training_start(mine_training *training, const mine__options *options) {
  mine_env *env = training->env;
  training->asked.algorithm = options->algorithm;
  mine__notes_open(&training->told, training->arena);
  training->data.positive = -1;
  training->cut.threshold = NAN;
  training_options(training, options);
  if (mine_failed(env)) return;
  mine_roles *roles = &training->roles;
  roles->env = env;
  roles->algorithm = training->asked.algorithm->name;
  roles->source = &training->asked.source;
  roles->supervised = training_supervised(training) ? &training->asked.supervised : NULL;
  roles->survival =
      training->asked.algorithm->tasks & MINE_SURVIVAL ? &training->asked.survival : NULL;
  roles->weighing = &training->asked.weight;
  roles->needs_target = !(training->asked.algorithm->tasks &
                          (MINE_CLUSTERING | MINE_NEIGHBORS | MINE_COMPONENTS | MINE_PURCHASES |
                           MINE_RECOMMENDATION | MINE_FORECASTING));
  roles->keep_constants = training->asked.algorithm->keeps_constants;
  roles->grouping = &training->asked.group;
  if (training->asked.algorithm->tasks & MINE_UPLIFT) roles->treating = &training->asked.treatment;
  roles->split = training_supervised(training) ? &training->asked.split : NULL;
  roles->time = roles->fold_group = roles->side = -1;
  roles->id = roles->target = roles->weight = roles->group = roles->treatment = -1;
  if (training->asked.algorithm->learn) {
    (void)!mine__training_purchases_frame(training);
    return;
  }
  if (training->asked.algorithm->recommends) {
    (void)!mine__training_recommender_frame(training);
    return;
  }
  if (training->asked.algorithm->forecasts) {
    (void)!mine__training_series_frame(training);
    return;
  }
  if (mine__frame_open(env, mine__roles_plan, roles, &training->frame)) return;
}

mine_status mine__training_open(mine_env *env, const mine__options *options, mine_training **out) {
  *out = NULL;
  if (mine_failed(env)) return mine_env_status(env);
  mine_arena *arena = mine__arena_open(env);
  mine_training *training = arena ? mine__arena_zeros(arena, 1, sizeof *training) : NULL;
  if (!training) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  training->env = env;
  training->arena = arena;
  training_start(training, options);
  if (mine_failed(env)) {
    mine__training_close(training);
    return mine_env_status(env);
  }
  *out = training;
  return MINE_OK;
}

void mine__training_close(mine_training *training) {
  if (!training) return;
  mine__training_batch_close(training);
  mine__frame_close(training->frame);
  mine_select *query;
  for (int i = 0; (query = training_select(training, i, NULL)) != NULL; i++)
    mine__frame_close(query->frame);
  mine__arena_close(training->arena);
}

mine_frame *mine__training_frame(mine_training *training) {
  return training->frame;
}

mine_status mine__training_source(mine_training *training, const char *source) {
  training->asked.source_text =
      source ? mine__arena_text(training->arena, source, strlen(source)) : NULL;
  return mine_env_status(training->env);
}

void mine__training_previous(mine_training *training, const mine_model *previous) {
  const char *target = mine__option_name_of(&training->asked.supervised.target);
  training->asked.previous = previous;
  if (target && previous->roles.target && mine__same_word(target, previous->roles.target))
    training->asked.previous_task = mine__model_task(previous);
}

mine_status mine__training_keep_positive(mine_training *training, const mine_cell *positive) {
  training->asked.keep_positive = *positive;
  if (positive->type == MINE_TEXT)
    training->asked.keep_positive.as.text =
        mine__arena_text(training->arena, positive->as.text, positive->bytes);
  return mine_env_status(training->env);
}

/* ---- notes ------------------------------------------------------------------------- */

void mine__training_note(void *context, const char *item, const char *name, const char *detail) {
  mine_training *training = context;
  (void)mine__notes_add(&training->told, item, name, detail);
}

void mine__training_notef(mine_training *training, const char *item, const char *name,
                          const char *format, ...) {
  char detail[MINE_NOTE_BYTES];
  va_list args;
  va_start(args, format);
  mine__note_format(detail, format, args);
  va_end(args);
  mine__training_note(training, item, name, detail);
}

/* ---- the SELECTs that options hold ------------------------------------------------------ */

const char *mine__training_select(const mine_training *training, int i) {
  const mine_select *query = training_select(training, i, NULL);
  return query ? query->sql : NULL;
}

/* Read as the features were: same types, same categories. */
static mine_status training_plan_select(void *owner, mine_frame *frame) {
  training_selected *selected = owner;
  mine_training *training = selected->training;
  char who[80];
  snprintf(who, sizeof who, "the query of option %s lacks", selected->option);
  const mine_lack lack = {
      .who = who, .those = "that the features are read from", .remedy = "name them with AS"};
  const int n = training->chosen.n;
  const mine_want *want = mine__wants_of_features(training->arena, training->data.about, n);
  selected->column = mine__arena_array(training->arena, (size_t)n, sizeof *selected->column);
  if (!want || !selected->column) return mine_env_status(training->env);
  return mine__wants_by_name(frame, want, &lack, selected->column);
}

mine_frame *mine__training_select_frame(mine_training *training, int i) {
  const char *option;
  mine_select *query = training_select(training, i, &option);
  if (!query || query->frame) return query ? query->frame : NULL;
  if (training->asked.algorithm->forecasts) return mine__training_series_select(training, query);
  if (mine__training_prepare(training)) return NULL;
  training_selected *selected = mine__arena_array(training->arena, 1, sizeof *selected);
  if (!selected) return NULL;
  *selected = (training_selected){training, option, NULL};
  if (mine__frame_open(training->env, training_plan_select, selected, &query->frame)) return NULL;
  return query->frame;
}

static void training_select_rows(mine_training *training, const char *option, mine_select *query) {
  mine_env *env = training->env;
  if (!query->frame || query->frame->rows == 0) {
    mine__fail(env, MINE_DATA, "the query of option %s gave no rows; give at least one", option);
    return;
  }
  if (mine__frame_finish(query->frame)) return;
  const training_selected *selected = query->frame->owner;
  mine_batch *batch = mine__arena_array(training->arena, 1, sizeof *batch);
  mine_feature_view *view =
      mine__arena_zeros(training->arena, (size_t)training->chosen.n, sizeof *view);
  if (!batch || !view) return;
  for (int f = 0; f < training->chosen.n; f++) {
    mine__view_of_column(&query->frame->column[selected->column[f]], &view[f]);
  }
  *batch = (mine_batch){query->frame->rows, NULL, view};
  query->rows = batch;
}

mine_status mine__training_selects(mine_training *training) {
  const char *option;
  mine_select *query;
  for (int i = 0; (query = training_select(training, i, &option)) != NULL; i++)
    if (!query->rows && !mine_failed(training->env)) training_select_rows(training, option, query);
  return mine_env_status(training->env);
}
