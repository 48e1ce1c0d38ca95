/*
** training_prepare.c -- from rows to a data set: the rows that are used, how much each
** counts, by what they are divided.  What the target is: training_target.c.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/random.h"
#include "training.h"

#define PREPARE_RARE   0.05 /* share of a class that is told ... */
#define PREPARE_JUDGED 200  /* ... of so many rows or more       */

/* ---- rows ------------------------------------------------------------------------- */

void mine__training_refuse_missing(const mine_training *t, int f, int64_t row) {
  mine__fail(t->env, MINE_DATA,
             "column '%s' is missing in row %lld and missing=error; fill it in, or say "
             "missing=skip or missing=auto",
             t->data.about[f].name, (long long)row + 1);
}

static void prepare_refuse_missing(const mine_training *t) {
  const mine_batch rows = {t->frame->rows, NULL, t->data.view};
  int64_t row;
  const int f = mine__missing_first(&rows, t->chosen.n, &row);
  if (f >= 0) mine__training_refuse_missing(t, f, row);
}

/* The group of a row is missing. */
static int prepare_no_group(const mine_training *t, int64_t row) {
  return t->data.grouped && t->data.view[t->data.n_features].code[row] < 0;
}

/* Nothing says on which side the row is.  (A column that names the side must.) */
static int prepare_no_place(const mine_training *t, int64_t row) {
  const mine_roles *roles = &t->roles;
  const mine_column *column = t->frame->column;
  return (roles->time >= 0 && isnan(column[roles->time].number[row])) ||
         (roles->fold_group >= 0 && roles->fold_group != roles->id &&
          column[roles->fold_group].code[row] < 0);
}

static int prepare_no_target(const mine_training *t, int64_t row) {
  return (t->data.label && t->data.label[row] < 0) ||
         (t->data.target && isnan(t->data.target[row]));
}

/* The rows that are used; the others are counted by reason. */
static void prepare_rows(mine_training *t) {
  mine_env *env = t->env;
  mine_frame *frame = t->frame;
  const int skip = t->asked.source.missing == MINE_MISSING_SKIP;
  if (t->roles.weight >= 0) t->data.weight = frame->column[t->roles.weight].number;
  t->data.row = mine__arena_array(t->arena, (size_t)frame->rows, sizeof *t->data.row);
  if (!t->data.row) return;
  for (int64_t i = 0; i < frame->rows; i++) {
    if (MINE_POLL_AT(env, i)) return;
    if (t->roles.survival && mine__training_no_life(t, i)) {
      t->skipped.no_life++;
    } else if (prepare_no_target(t, i)) {
      t->skipped.no_target++;
    } else if (t->roles.weight >= 0 && !(t->data.weight && t->data.weight[i] > 0)) {
      t->skipped.no_weight++;
    } else if (prepare_no_group(t, i)) {
      t->skipped.no_group++;
    } else if (prepare_no_place(t, i)) {
      t->skipped.no_place++;
    } else if (t->roles.treatment >= 0 && t->frame->column[t->roles.treatment].code[i] < 0) {
      t->skipped.no_treatment++;
    } else if (skip && mine__missing_in_row(t->data.view, t->chosen.n, i) >= 0) {
      t->skipped.with_missing++;
    } else {
      t->data.row[t->data.n++] = (uint32_t)i;
    }
  }
  if (t->data.n > 0) return;
  char groups[120] = "";
  const int64_t without = t->skipped.no_group + t->skipped.no_place;
  if (without > 0)
    snprintf(groups, sizeof groups, ", no %s: %lld",
             t->skipped.no_group == 0 && t->roles.time >= 0 ? "time" : "group", (long long)without);
  mine__fail(env, MINE_DATA,
             "none of the %lld rows can be used (no target: %lld, weight zero: %lld%s, an "
             "attribute missing: %lld)",
             (long long)frame->rows, (long long)(t->skipped.no_target + t->skipped.no_life),
             (long long)t->skipped.no_weight, groups, (long long)t->skipped.with_missing);
}

static void prepare_note_rows(mine_training *t) {
  const struct {
    int64_t n;
    const char *why;
  } left[] = {
      {t->skipped.no_life, "the target, the event or another column of its life is missing"},
      {t->skipped.no_target, "the target is missing"},
      {t->skipped.no_weight, "the weight is zero"},
      {t->skipped.no_group, "the group is missing"},
      {t->skipped.no_place, t->roles.time >= 0 ? "the time is missing" : "fold_group is missing"},
      {t->skipped.no_treatment, "the treatment is missing"},
      {t->skipped.with_missing, "an attribute is missing and missing=skip"}};
  if (t->batch) return; /* these are a sample */
  mine__training_notef(t, "rows", "read", "%lld", (long long)t->frame->rows);
  mine__training_notef(t, "rows", "used", "%lld", (long long)t->data.n);
  for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
    if (left[i].n > 0)
      mine__training_notef(t, "rows", "skipped", "%lld: %s", (long long)left[i].n, left[i].why);
  }
}

/* Of a column that is read by exact values. */
static void prepare_hash_groups(mine_training *t) {
  const mine_column *column = &t->frame->column[t->roles.fold_group];
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  uint64_t *hash = mine__arena_array(t->env->scratch, (size_t)column->levels.n, sizeof *hash);
  if (mine_failed(t->env)) return;
  for (int64_t i = 0; i < column->levels.n; i++) {
    mine_cell cell;
    mine__values_get(&column->levels, i, &cell);
    hash[i] = mine__cell_hash(&cell);
  }
  for (int64_t i = 0; i < t->frame->rows; i++)
    if (column->code[i] >= 0) t->data.parting.hash[i] = hash[column->code[i]];
  mine__arena_rewind(t->env->scratch, mark);
}

/* By which rows are divided.  A row without id goes by its number; all of them first, because
** an id, or a group, may be missing in some rows only. */
static void prepare_hash(mine_training *t) {
  const int64_t n = t->frame->rows;
  t->data.parting.hash = mine__arena_array(t->arena, (size_t)n, sizeof *t->data.parting.hash);
  if (!t->data.parting.hash) return;
  for (int64_t i = 0; i < n; i++)
    t->data.parting.hash[i] = mine_hash_mix((uint64_t)i + 1);
  if (t->roles.fold_group >= 0 && t->roles.fold_group != t->roles.id) {
    prepare_hash_groups(t);
    return;
  }
  if (t->roles.id < 0) return;
  for (int64_t i = 0; i < n; i++) {
    mine_cell cell;
    if (MINE_POLL_AT(t->env, i)) return;
    mine__values_get(&t->frame->ids, i, &cell);
    if (cell.type != MINE_NULL) t->data.parting.hash[i] = mine__cell_hash(&cell);
  }
}

/* ---- weights and classes of the rows used -------------------------------------------- */

static void prepare_class_weights(mine_training *t) {
  mine_env *env = t->env;
  mine_mark mark = mine__arena_mark(env->scratch);
  double *sum = mine__arena_zeros(env->scratch, (size_t)t->data.n_classes, sizeof *sum);
  double *weight = mine__arena_zeros(t->arena, (size_t)t->frame->rows, sizeof *weight);
  if (!sum || !weight) return;
  double total = 0;
  for (int64_t i = 0; i < t->data.n; i++) {
    const double w = t->data.weight ? t->data.weight[t->data.row[i]] : 1;
    sum[t->data.label[t->data.row[i]]] += w;
    total += w;
  }
  for (int64_t i = 0; i < t->data.n; i++) {
    const uint32_t row = t->data.row[i];
    const double w = t->data.weight ? t->data.weight[row] : 1;
    weight[row] = w * total / (t->data.n_classes * sum[t->data.label[row]]);
  }
  mine__arena_rewind(env->scratch, mark);
  t->data.fit_weight = weight;
}

/* Of two classes one is rare: what accuracy says then. */
static void prepare_tell_rare(mine_training *t, const int64_t *rows_of) {
  const int rare = rows_of[1] < rows_of[0];
  const double share = (double)rows_of[rare] / (double)t->data.n;
  char shown[MINE_SHOW_BYTES], other[MINE_SHOW_BYTES], part[MINE_NUMBER_BYTES];
  char rest[MINE_NUMBER_BYTES];
  mine_cell cell;
  if (t->data.n_classes != 2 || t->data.n < PREPARE_JUDGED || share >= PREPARE_RARE) return;
  mine__values_get(&t->data.classes, rare, &cell);
  mine__show_cell(shown, &cell);
  mine__values_get(&t->data.classes, 1 - rare, &cell);
  mine__show_cell(other, &cell);
  mine__training_notef(t, "warning", t->frame->column[t->roles.target].name,
                       "class %s is %s%% of the rows: who always says %s has an accuracy of %s; "
                       "auc, pr_auc and mine_threshold tell more",
                       shown, mine__format_real(part, 100 * share, 3), other,
                       mine__format_real(rest, 1 - share, 3));
}

static void prepare_used_classes(mine_training *t) {
  mine_env *env = t->env;
  const char *target = t->frame->column[t->roles.target].name;
  int64_t *rows_of = mine__arena_zeros(env->scratch, (size_t)t->data.n_classes, sizeof *rows_of);
  if (!rows_of) return;
  int used = 0;
  for (int64_t i = 0; i < t->data.n; i++)
    used += rows_of[t->data.label[t->data.row[i]]]++ == 0;
  if (used < 2) {
    mine__fail(env, MINE_DATA,
               "the rows left of the target '%s' are all of one class; there is nothing to "
               "tell apart",
               target);
    return;
  }
  prepare_tell_rare(t, rows_of);
  (void)!mine__training_positive(t, rows_of);
}

/* Options that are for classes, or for numbers. */
static void prepare_suits(const mine_training *t) {
  const int classes = t->data.task == MINE_CLASSIFICATION;
  const int calibrate = t->asked.calibrate.calibrate;
  if (calibrate != MINE_CALIBRATE_NONE)
    (void)!mine__option_suits(t->env, "calibrate", mine__calibrates[calibrate], 1, classes,
                              "leave it out");
  if (t->asked.interval.intervals == MINE_INTERVALS_CROSS)
    (void)!mine__option_suits(t->env, "intervals", "cross", 0, classes, "leave it out");
}

static void prepare_supervised(mine_training *t) {
  mine_env *env = t->env;
  prepare_suits(t);
  if (mine_failed(env)) return;
  if (t->data.task == MINE_CLASSIFICATION) prepare_used_classes(t);
  if (mine_failed(env)) return;
  if (t->asked.supervised.class_weight) {
    if (t->data.task != MINE_CLASSIFICATION) {
      mine__fail(env, MINE_OPTION,
                 "class_weight=balanced is for classification; the target "
                 "'%s' is learned as a number",
                 t->frame->column[t->roles.target].name);
      return;
    }
    prepare_class_weights(t);
    if (mine_failed(env)) return;
  }
  if (t->data.arms.treated && mine__training_check_treated(t)) return;
  (void)!mine__training_check_leaks(t);
}

/* ---- all together ---------------------------------------------------------------------- */

static void prepare_feature(mine_training *t, int f, int column) {
  mine__view_of_column(&t->frame->column[column], &t->data.view[f]);
  (void)!mine__feature_from_column(t->env, t->arena, &t->frame->column[column], &t->data.about[f]);
}

/* The chosen columns, then that of the groups. */
static void prepare_features(mine_training *t) {
  mine_prepared *p = &t->data;
  const size_t d = (size_t)t->chosen.n + 1;
  p->n_features = t->chosen.n;
  p->grouped = t->roles.group >= 0;
  p->about = mine__arena_zeros(t->arena, d, sizeof *p->about);
  p->view = mine__arena_zeros(t->arena, d, sizeof *p->view);
  if (mine_failed(t->env)) return;
  for (int f = 0; f < p->n_features; f++) {
    prepare_feature(t, f, t->chosen.column[f]);
    if (mine_failed(t->env)) return;
  }
  if (p->grouped) prepare_feature(t, p->n_features, t->roles.group);
}

/* What models remember of the source. */
static void prepare_names(mine_training *t) {
  const mine_roles *roles = &t->roles;
  const mine_column *column = t->frame->column;
  mine_prepared *p = &t->data;
  p->frame_rows = t->frame->rows;
  p->seed = (uint64_t)t->asked.seed.seed;
  p->memory.gaps.missing = t->asked.source.missing;
  p->memory.gaps.unknown = t->asked.unknown.unknown;
  p->memory.source = t->asked.source_text;
  if (roles->id >= 0) {
    p->memory.roles.id = column[roles->id].name;
    p->ids = &t->frame->ids;
  }
  if (roles->target >= 0) {
    p->memory.roles.target = column[roles->target].name;
    p->memory.roles.target_numerals = mine__numerals_of_column(t->arena, &column[roles->target]);
  }
  if (roles->weight >= 0) {
    p->memory.roles.weight = column[roles->weight].name;
    p->memory.roles.weight_numerals = mine__numerals_of_column(t->arena, &column[roles->weight]);
  }
}

/* What is learned where there is no target. */
static mine_task_kind prepare_unsupervised(unsigned tasks) {
  return tasks & MINE_CLUSTERING   ? MINE_CLUSTERING
         : tasks & MINE_COMPONENTS ? MINE_COMPONENTS
                                   : MINE_NEIGHBORS;
}

mine_status mine__training_prepare(mine_training *t) {
  mine_env *env = t->env;
  if (mine_failed(env) || t->prepared) return mine_env_status(env);
  MINE_TRY(mine__frame_finish(t->frame));
  MINE_TRY(mine__roles_check(&t->roles, t->frame, mine__training_note, t, &t->chosen));
  t->data.task = prepare_unsupervised(t->asked.algorithm->tasks);
  const int learns = t->roles.target >= 0 && !t->roles.survival;
  if (t->roles.survival) MINE_TRY(mine__training_survival(t));
  if (learns) MINE_TRY(mine__training_target(t));
  if (t->roles.treatment >= 0) MINE_TRY(mine__training_treated(t));
  if (t->roles.target < 0 && t->asked.calibrate.calibrate != MINE_CALIBRATE_NONE)
    return mine__fail(env, MINE_OPTION,
                      "option calibrate is for the classes of a target; say target=<column>, or "
                      "leave it out");
  prepare_features(t);
  if (mine_failed(env)) return mine_env_status(env);
  if (t->asked.source.missing == MINE_MISSING_ERROR && !t->batch) prepare_refuse_missing(t);
  if (!mine_failed(env)) prepare_rows(t);
  if (mine_failed(env)) return mine_env_status(env);
  prepare_note_rows(t);
  if (learns) prepare_hash(t);
  t->data.fit_weight = (double *)t->data.weight;
  if (t->roles.time >= 0) t->data.parting.time = t->frame->column[t->roles.time].number;
  t->data.parting.whole = t->roles.by == MINE_SPLIT_GROUP;
  if (learns && !mine_failed(env)) prepare_supervised(t);
  if (mine_failed(env)) return mine_env_status(env);
  prepare_names(t);
  mine__training_check_members(t);
  t->prepared = 1;
  return mine_env_status(env);
}
