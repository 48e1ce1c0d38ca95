/*
** scoring.c -- rows in, predictions out, batch after batch.
**
** The attributes are found by name and read exactly as they were in training.
** All arrays are kept from batch to batch, so a single row costs no allocation;
** a batch may have any size, the bits are the same.
*/
#include "scoring.h"

#include <math.h>
#include <string.h>

#include "../model/metrics.h"

/* ---- the plan: who is who ---------------------------------------------------------- */

static int scoring_measures(const mine_scoring *s) {
  return s->mode == MINE_SCORE_EVALUATE || s->mode == MINE_SCORE_JUDGE;
}

/* The trained id's name, else the first column; never an attribute. */
static void scoring_plan_id(mine_scoring *s, mine_frame *frame) {
  static const mine_want id = {.name = "id", .reading = MINE_READ_CELLS};
  const mine_model *model = s->model;
  s->plan.id = -1;
  if (s->mode == MINE_SCORE_SINGLE) return;
  int c = model->roles.id ? mine__frame_find(frame, "the id of the model", model->roles.id) : -1;
  if (mine_failed(s->env)) return;
  if (c < 0) c = 0;
  if (!frame->column[c].want) {
    s->plan.id = c;
    mine__column_want(frame, c, &id);
  } else if (model->roles.id && !scoring_measures(s)) {
    (void)mine__fail(s->env, MINE_DATA,
                     "the first column '%s' is an attribute of the model, not an id; put the id "
                     "first, or name it '%s' as in training",
                     frame->column[c].name, model->roles.id);
  }
}

/* What a call that names too few may do: which attributes had gaps where the model learned. */
static const char *scoring_call_remedy(const mine_scoring *s) {
  const mine_model *model = s->model;
  mine_text text;
  int gaps = 0;
  mine__text_open(&text, s->env->scratch);
  mine__text_adds(&text, "mine_export(model, 'call') writes the whole call; ");
  if (s->asked.missing == MINE_MISSING_ERROR) {
    mine__text_adds(&text, "none of them may be NULL (missing=error)");
    return text.failed ? "" : text.data;
  }
  mine__text_adds(&text, "give NULL for what is not known");
  if (s->asked.missing == MINE_MISSING_SKIP) mine__text_adds(&text, ", which predicts NULL");
  for (int f = 0; f < model->n_features; f++)
    if (model->feature[f].missing > 0)
      mine__text_addf(&text, "%s'%s'", gaps++ ? ", " : " (in training only these were ever NULL: ",
                      model->feature[f].name);
  mine__text_adds(&text, gaps ? ")" : " (in training none of them ever was NULL)");
  return text.failed ? "" : text.data;
}

static mine_status scoring_plan(void *owner, mine_frame *frame) {
  mine_scoring *s = owner;
  const int row = s->mode == MINE_SCORE_SINGLE;
  const mine_lack lack = {.who = row ? "the call lacks" : "the source lacks",
                          .those = "that the model was trained on",
                          .remedy = row ? scoring_call_remedy(s) : "name them with AS"};
  MINE_TRY(mine__wants_by_name(frame, s->plan.want, &lack, s->plan.column));
  if (scoring_measures(s)) MINE_TRY(mine__scoring_plan_target(s, frame));
  scoring_plan_id(s, frame);
  for (int f = 0; s->keeps_unseen && f < s->model->n_features; f++)
    if (s->model->feature[f].type == MINE_COLUMN_CATEGORY)
      mine__column_keep_unseen(frame, s->plan.column[f]);
  return mine_env_status(s->env);
}

/* ---- open and close ------------------------------------------------------------------- */

static void scoring_refuse_class(const mine_scoring *s, const mine_cell *wanted) {
  const mine_model *model = s->model;
  char shown[MINE_SHOW_BYTES], other[MINE_SHOW_BYTES];
  mine_text list;
  mine__text_open(&list, s->env->scratch);
  for (int c = 0; c < model->n_groups && c < 20; c++) {
    mine_cell cell;
    mine__model_group(model, c + 1, &cell);
    mine__text_addf(&list, "%s%s", c ? ", " : "", mine__show_cell(other, &cell));
  }
  if (model->n_groups > 20) mine__text_addf(&list, " and %d more", model->n_groups - 20);
  if (list.failed) return;
  const char *value = mine__show_cell(shown, wanted), *target = model->roles.target;
  (void)(target
             ? mine__fail(s->env, MINE_OPTION, "class=%s is no class of '%s'; the classes are %s",
                          value, target, list.data)
             : mine__fail(s->env, MINE_OPTION,
                          "class=%s is no cluster of the model (%s); the clusters are %s", value,
                          model->algorithm, list.data));
}

/* Whose share is the column `probability`: the class asked for, else the positive one. */
static void scoring_choose_class(mine_scoring *s, const mine_cell *wanted) {
  s->asked.class_ = s->model->positive;
  if (wanted->type == MINE_NULL) return;
  const unsigned needs =
      s->mode == MINE_SCORE_EXPLAIN ? (unsigned)MINE_GIVES_GROUP : (unsigned)MINE_GIVES_SHARE;
  if (!(s->gives & needs)) {
    (void)mine__fail(s->env, MINE_OPTION, "option class needs a classification model; this is %s",
                     mine__model_task(s->model));
    return;
  }
  s->asked.class_ = mine_scoring_find_class(s, wanted);
  if (s->asked.class_ < 0) scoring_refuse_class(s, wanted);
}

/* Names of groups as text, once; a group without a name is spelled when asked for. */
static void scoring_spell_groups(mine_scoring *s) {
  mine__values_open(&s->label, s->arena);
  for (int64_t g = 0; g < s->model->groups.n; g++) {
    mine_cell cell;
    mine_text text;
    mine__values_get(&s->model->groups, g, &cell);
    mine__text_open(&text, s->env->scratch);
    mine__text_add_cell(&text, &cell);
    const int pushed =
        cell.type == MINE_NULL
            ? mine__values_push_null(&s->label)
            : !text.failed &&
                  mine__values_push_text(&s->label, text.bytes ? text.data : "", text.bytes);
    if (!pushed) return;
  }
}

/* A model that says nothing of rows, or not this, says here what it is for. */
static void scoring_refuse(const mine_scoring *s) {
  char called[MINE_CALLED_BYTES];
  const mine_model *model = s->model;
  if (s->mode == MINE_SCORE_PROJECT)
    (void)mine__fail(s->env, MINE_UNSUPPORTED,
                     "%s has no components; train 'pca' or 'factor', or use FROM "
                     "mine_predict(model, source)",
                     mine__model_called(model, called));
  else if (s->gives & MINE_GIVES_COMPONENTS)
    (void)mine__fail(s->env, MINE_UNSUPPORTED,
                     "components (%s) are several numbers for a row, and no prediction; use FROM "
                     "mine_project(model, source); mine_evaluate(model) lists what they hold",
                     model->algorithm);
  else if (model->task == MINE_NEIGHBORS)
    (void)mine__fail(s->env, MINE_UNSUPPORTED,
                     "the model was trained without a target and predicts nothing; use "
                     "mine_neighbors, or train it with target=<column>");
  else
    (void)mine__fail(s->env, MINE_UNSUPPORTED, "%s is not asked row by row: %s",
                     mine__model_called(model, called),
                     model->kind->asked ? model->kind->asked : "mine_summary tells what it is");
}

int mine__scoring_bounds(const mine_scoring *s) {
  return s->mode == MINE_SCORE_ROWS && (s->gives & MINE_GIVES_INTERVAL) != 0;
}

static void scoring_take_level(mine_scoring *s, const mine__options *options) {
  const mine_model *model = s->model;
  mine_level_options said;
  if (MINE_TAKE(s->env, s->arena, options, mine__level_option_table, &said)) return;
  s->batch.answers.level = said.level;
  if (said.level >= 1)
    (void)mine__fail(s->env, MINE_OPTION,
                     "option level must be a number above 0 and below 1 (got 1: no range holds "
                     "every row to come)");
  if (s->mode != MINE_SCORE_ROWS || mine__scoring_bounds(s) ||
      !mine__options_given(options->group, options->n, "level"))
    return;
  if (!mine__model_has_target_number(model))
    (void)mine__fail(s->env, MINE_OPTION, "option level needs a model of a number; this is %s",
                     mine__model_task(model));
  else
    (void)mine__fail(s->env, MINE_OPTION,
                     "option level needs a model that keeps residuals, and this one does not (made "
                     "by 0.1.0, with intervals=none, or measured on too few rows); train it again, "
                     "or leave level out");
}

/* What the options come to for this model. */
static void scoring_ask(mine_scoring *s, const mine__options *options) {
  mine_scoring_asked *asked = &s->asked;
  mine_env *env = s->env;
  const mine_model *model = s->model;
  mine_class_options of;
  mine_missing_options gaps;
  mine_label_options actual;
  if (MINE_TAKE(env, s->arena, options, mine__class_option_table, &of) ||
      MINE_TAKE(env, s->arena, options, mine__missing_option_table, &gaps) ||
      MINE_TAKE(env, s->arena, options, mine__threshold_option_table, &asked->cut) ||
      MINE_TAKE(env, s->arena, options, mine__slice_option_table, &asked->slicing) ||
      MINE_TAKE(env, s->arena, options, mine__label_option_table, &actual))
    return;
  asked->label = actual.label;
  s->gives = mine__model_gives(model);
  if (!(s->gives &
        (s->mode == MINE_SCORE_PROJECT ? (unsigned)MINE_GIVES_COMPONENTS
                                       : (unsigned)(MINE_GIVES_VALUE | MINE_GIVES_GROUP)))) {
    scoring_refuse(s);
    return;
  }
  if (mine__threshold_of(env, model, &asked->cut, &asked->chosen)) return;
  scoring_take_level(s, options);
  asked->missing = gaps.missing >= 0 ? gaps.missing : model->gaps.missing;
  asked->unknown = gaps.unknown >= 0 ? gaps.unknown : model->gaps.unknown ? MINE_UNKNOWN_ERROR : -1;
  scoring_choose_class(s, &of.class_);
}

static void scoring_start(mine_scoring *s, const mine__options *options) {
  mine_env *env = s->env;
  const mine_model *model = s->model;
  scoring_ask(s, options);
  if (!mine_failed(env)) scoring_spell_groups(s);
  if (mine_failed(env)) return;
  s->plan.column = mine__arena_zeros(s->arena, (size_t)model->n_features, sizeof *s->plan.column);
  s->batch.view = mine__arena_zeros(s->arena, (size_t)model->n_features, sizeof *s->batch.view);
  s->seen = mine__arena_zeros(s->arena, (size_t)model->n_features, sizeof *s->seen);
  s->plan.want = mine__wants_of_features(s->arena, model->feature, model->n_features);
  if (mine_failed(env)) return;
  s->plan.id = s->plan.target = s->plan.weight = s->plan.label = -1;
  s->plan.slice = s->plan.slice_feature = s->plan.event = s->plan.start = s->plan.treatment = -1;
  if (mine__frame_open(env, scoring_plan, s, &s->frame)) return;
}

mine_status mine__scoring_open(mine_env *env, const mine_model *model, mine_scoring_mode mode,
                               const mine__options *options, mine_scoring **out) {
  *out = NULL;
  if (mine_failed(env)) return env->status;
  if (mode == MINE_SCORE_EVALUATE && model->task == MINE_SURVIVAL)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "a model of survival (%s) predicts no target that a row has: rows without "
                      "the event have no right answer; use FROM mine_evaluate(model, source)",
                      model->algorithm);
  mine_arena *arena = mine__arena_open(env);
  mine_scoring *s = arena ? mine__arena_zeros(arena, 1, sizeof *s) : NULL;
  if (!s) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  s->env = env;
  s->arena = arena;
  s->model = model;
  s->mode = mode;
  scoring_start(s, options);
  if (mine_failed(env)) {
    mine_scoring_close(s);
    return env->status;
  }
  *out = s;
  return MINE_OK;
}

mine_status mine_scoring_open_row(mine_env *env, const mine_model *model, mine_scoring **out) {
  const mine__options none = {.text = ""};
  return mine__scoring_open(env, model, MINE_SCORE_SINGLE, &none, out);
}

void mine_scoring_close(mine_scoring *s) {
  if (!s) return;
  mine__frame_close(s->frame);
  mine__arena_close(s->arena);
}

mine_frame *mine_scoring_frame(mine_scoring *s) {
  return s->frame;
}

void mine__scoring_clear(mine_scoring *s) {
  mine__frame_clear(s->frame);
  s->batch.n = 0;
}

/* ---- one batch ------------------------------------------------------------------------- */

/* Room for n x width numbers of a kind of answer, if the model gives it. */
static double *scoring_room(mine_scoring *s, unsigned given, double *old, size_t n, size_t width) {
  if (!(s->gives & given)) return NULL;
  if (width > 0 && n > SIZE_MAX / width) {
    (void)mine__fail_memory(s->env, SIZE_MAX);
    return NULL;
  }
  return mine__arena_block(s->arena, old, n * width, sizeof *old);
}

/* The old content is not needed. */
mine_status mine__scoring_make_room(mine_scoring *s, size_t n) {
  mine_scoring_batch *b = &s->batch;
  if (n <= b->capacity) return MINE_OK;
  const size_t room = n + n / 8;
  const size_t groups = (size_t)s->model->n_groups, outputs = (size_t)s->model->n_outputs;
  mine_arena *a = s->arena;
  mine_answers *out = &b->answers;
  b->capacity = 0;
  b->missing_count = mine__arena_block(a, b->missing_count, room, sizeof(int32_t));
  b->unknown_count = mine__arena_block(a, b->unknown_count, room, sizeof(int32_t));
  if (s->gives & MINE_GIVES_LEAF) b->leaf = mine__arena_block(a, b->leaf, room, sizeof(int32_t));
  if (s->gives & MINE_GIVES_GROUP)
    out->group = mine__arena_block(a, out->group, room, sizeof(int32_t));
  out->share = scoring_room(s, MINE_GIVES_SHARE, out->share, room, groups);
  out->value = scoring_room(s, MINE_GIVES_VALUE | MINE_GIVES_COMPONENTS, out->value, room, outputs);
  out->distance = scoring_room(s, MINE_GIVES_DISTANCE, out->distance, room, 1);
  out->strength = scoring_room(s, MINE_GIVES_STRENGTH, out->strength, room, 1);
  out->outlier = scoring_room(s, MINE_GIVES_STRENGTH, out->outlier, room, 1);
  if (s->model->positive >= 0 && mine__model_scale(s->model))
    out->points = scoring_room(s, MINE_GIVES_SHARE, out->points, room, 1);
  if (mine__scoring_bounds(s)) {
    out->lower = scoring_room(s, MINE_GIVES_INTERVAL, out->lower, room, 1);
    out->upper = scoring_room(s, MINE_GIVES_INTERVAL, out->upper, room, 1);
  }
  if (mine_failed(s->env)) return mine_env_status(s->env);
  b->capacity = room;
  return MINE_OK;
}

/* How many attributes of each row are missing, how many never seen: when it
** decides something (missing=), or when somebody asks. */
void mine__scoring_count_gaps(mine_scoring *s) {
  const size_t n = (size_t)s->batch.n;
  int32_t *missing = s->batch.missing_count, *unknown = s->batch.unknown_count;
  s->batch.counted = 1;
  memset(missing, 0, n * sizeof *missing);
  memset(unknown, 0, n * sizeof *unknown);
  for (int f = 0; f < s->model->n_features; f++) {
    const mine_feature_view *view = &s->batch.view[f];
    if (view->number) {
      for (size_t i = 0; i < n; i++)
        missing[i] += view->number[i] != view->number[i];
    } else if (view->code) {
      for (size_t i = 0; i < n; i++)
        missing[i] += view->code[i] == MINE_CODE_MISSING;
      for (size_t i = 0; i < n; i++)
        unknown[i] += view->code[i] == MINE_CODE_UNKNOWN;
    }
  }
}

void mine__scoring_find_leaves(mine_scoring *s) {
  const mine_batch batch = {s->batch.n, NULL, s->batch.view};
  mine_answers asked = {.leaf = s->batch.leaf};
  s->batch.leaves_known = 1;
  if (mine__model_answer(s->env, s->model, &batch, &asked)) s->batch.leaf = NULL; /* interrupted */
}

static void scoring_refuse_missing(const mine_scoring *s) {
  const mine_batch batch = {s->batch.n, NULL, s->batch.view};
  int64_t row;
  const int f = mine__missing_first(&batch, s->model->n_features, &row);
  if (f < 0) return;
  (void)mine__fail(s->env, MINE_DATA,
                   "column '%s' is missing in row %lld and missing=error; fill it in, or say "
                   "missing=auto or missing=skip",
                   s->model->feature[f].name, (long long)(s->frame->cleared + row + 1));
}

/* What missing= says of the rows in the views. */
static void scoring_mind_gaps(mine_scoring *s) {
  if (s->asked.missing != MINE_MISSING_AUTO) mine__scoring_count_gaps(s);
  if (s->asked.missing == MINE_MISSING_ERROR) scoring_refuse_missing(s);
}

/* Answer the rows in the views. */
static void scoring_predict(mine_scoring *s) {
  const mine_batch batch = {s->batch.n, NULL, s->batch.view};
  if (mine__model_answer(s->env, s->model, &batch, &s->batch.answers)) return;
  const int positive = s->model->positive;
  const double threshold = s->asked.chosen.threshold;
  for (int64_t i = 0; mine__threshold_given(&s->asked.cut) && i < s->batch.n; i++) {
    const double *p = s->batch.answers.share + 2 * i;
    if (!isnan(p[0]))
      s->batch.answers.group[i] = 1 + mine__metrics_choose(p, 2, positive, threshold);
  }
}

static void scoring_look(mine_scoring *s, size_t n) {
  if (mine__scoring_make_room(s, n)) return;
  for (int f = 0; f < s->model->n_features; f++)
    mine__view_of_column(&s->frame->column[s->plan.column[f]], &s->batch.view[f]);
}

mine_status mine__scoring_run(mine_scoring *s) {
  mine_scoring_batch *b = &s->batch;
  mine_env *env = s->env;
  b->n = 0;
  if (mine_failed(env)) return env->status;
  MINE_TRY(mine__frame_finish(s->frame));
  const int64_t n = s->frame->rows;
  if (n == 0) return MINE_OK;
  scoring_look(s, (size_t)n);
  if (mine_failed(env)) return env->status;
  b->n = n;
  b->row_ready = 0;
  b->counted = 0;
  b->leaves_known = 0;
  scoring_mind_gaps(s);
  if (mine_failed(env)) return env->status;
  MINE_TRY(mine__scoring_see(s));
  if (scoring_measures(s)) MINE_TRY(mine__scoring_saw_all(s));
  scoring_predict(s);
  if (mine_failed(env)) return env->status;
  return s->mode == MINE_SCORE_EVALUATE ? mine__scoring_remember(s) : MINE_OK;
}

void mine_scoring_again(mine_scoring *s) {
  mine__frame_again(s->frame);
  s->batch.n = 0;
}

/* A single row is scored where its numbers were staged. */
static void scoring_look_at_row(mine_scoring *s) {
  scoring_look(s, 1);
  if (mine_failed(s->env)) return;
  for (int f = 0; f < s->model->n_features; f++) {
    const double *staged =
        s->batch.view[f].number ? mine__frame_staged(s->frame, s->plan.column[f]) : NULL;
    if (staged) s->batch.view[f].number = staged;
  }
  s->batch.row_ready = 1;
}

mine_status mine_scoring_row(mine_scoring *s) {
  MINE_TRY(mine__frame_single(s->frame));
  if (!s->batch.row_ready) scoring_look_at_row(s);
  if (mine_failed(s->env)) return s->env->status;
  s->batch.n = 1;
  s->batch.counted = 0;
  scoring_mind_gaps(s);
  if (mine_failed(s->env)) return s->env->status;
  if (s->asked.unknown == MINE_UNKNOWN_ERROR) MINE_TRY(mine__scoring_see(s));
  scoring_predict(s);
  return s->env->status;
}
