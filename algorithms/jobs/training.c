/*
** training.c -- a training job from its options to its full frame.
*/
#include "training.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- which algorithm ---------------------------------------------------------- */

static mine_status training_unknown_algorithm(mine_env *env, const char *name) {
  mine_text list;
  mine_text_open(&list, env->scratch);
  const char *nearest = NULL;
  int least = 4; /* farther names are no help */
  for (int i = 0; mine_algorithm_at(i); i++) {
    const char *other = mine_algorithm_at(i)->name;
    const int distance = mine_edit_distance(name, other);
    if (distance < least) {
      least = distance;
      nearest = other;
    }
    mine_text_addf(&list, "%s%s", i ? ", " : "", other);
  }
  if (env->status) return env->status;
  return mine_fail(env, MINE_OPTION, "no algorithm '%.60s'%s%s%s; there are %s", name,
                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "",
                   list.bytes ? list.data : "none");
}

/* The algorithm by name; without one the option `algorithm` of mine_cluster. */
static mine_status training_choose(mine_training *training, const char *name) {
  mine_env *env = training->env;
  const int picked = name == NULL;
  if (picked) {
    mine_cell cell;
    if (mine_options_peek(env, training->arena, training->options_text, "algorithm", &cell))
      return env->status;
    name = mine_option_name_of(&cell);
    if (!name) name = "kmeans";
  }
  training->algorithm = mine_algorithm_find(name);
  if (!training->algorithm) return training_unknown_algorithm(env, name);
  if (picked && !(training->algorithm->tasks & MINE_CLUSTERING))
    return mine_fail(env, MINE_OPTION,
                     "algorithm '%s' does not cluster; use mine_train, or algorithm=kmeans", name);
  if (training->algorithm->tasks == MINE_ASSOCIATION)
    return mine_fail(env, MINE_OPTION,
                     "algorithm '%s' reads baskets and is not trained; use mine_itemsets or "
                     "mine_rules",
                     name);
  return MINE_OK;
}

/* ---- options -------------------------------------------------------------------- */

static int training_supervised(const mine_training *training) {
  return (training->algorithm->tasks & (MINE_CLASSIFICATION | MINE_REGRESSION)) != 0;
}

static mine_status training_parse(mine_training *training, int picked) {
  mine_env *env = training->env;
  const mine_algorithm *algorithm = training->algorithm;
  training->own = mine_arena_zeros(training->arena, 1, algorithm->options_size + 1);
  if (!training->own) return mine_env_status(env);
  mine_option_group group[7];
  int n = 0;
  if (algorithm->options) group[n++] = (mine_option_group){algorithm->options, training->own};
  if (training_supervised(training)) {
    group[n++] = (mine_option_group){mine_supervised_option_table, &training->supervised};
    group[n++] = (mine_option_group){mine_folds_option_table, &training->folds};
  }
  group[n++] = (mine_option_group){mine_source_option_table, &training->source};
  if (picked) group[n++] = (mine_option_group){mine_pick_option_table, &training->pick};
  group[n++] = (mine_option_group){mine_seed_option_table, &training->seed};
  group[n++] = (mine_option_group){mine_run_option_table, &training->run};
  if (mine_options_parse(env, training->arena, group, n, training->options_text))
    return env->status;
  mine_run_options_apply(env, &training->run);
  if (algorithm->check && algorithm->check(env, training->own)) return env->status;
  mine_text text;
  mine_text_open(&text, training->arena);
  for (int g = 0; g + 1 < n; g++)
    mine_options_canonical(&text, group[g].table, group[g].values);
  if (text.failed) return mine_env_status(env);
  training->canonical = text.bytes ? text.data : "";
  return MINE_OK;
}

/* ---- open and close --------------------------------------------------------------- */

static mine_status training_start(mine_training *training, const char *algorithm,
                                  const char *options) {
  mine_env *env = training->env;
  training->options_text =
      options ? mine_arena_text(training->arena, options, strlen(options)) : "";
  if (!training->options_text) return mine_env_status(env);
  mine_values_open(&training->note_item, training->arena);
  mine_values_open(&training->note_name, training->arena);
  mine_values_open(&training->note_detail, training->arena);
  training->positive = -1;
  if (training_choose(training, algorithm)) return env->status;
  if (training_parse(training, algorithm == NULL)) return env->status;
  mine_roles *roles = &training->roles;
  roles->env = env;
  roles->algorithm = training->algorithm->name;
  roles->source = &training->source;
  roles->supervised = training_supervised(training) ? &training->supervised : NULL;
  roles->needs_target = !(training->algorithm->tasks & (MINE_CLUSTERING | MINE_NEIGHBORS));
  roles->id = roles->target = roles->weight = -1;
  return mine_frame_open(env, mine_roles_plan, roles, &training->frame);
}

mine_status mine_training_open(mine_env *env, const char *algorithm, const char *options,
                               mine_training **out) {
  *out = NULL;
  if (env->status) return env->status;
  mine_arena *arena = mine_arena_open(env);
  mine_training *training = arena ? mine_arena_zeros(arena, 1, sizeof *training) : NULL;
  if (!training) {
    mine_arena_close(arena);
    return mine_env_status(env);
  }
  training->env = env;
  training->arena = arena;
  if (training_start(training, algorithm, options)) {
    mine_training_close(training);
    return env->status;
  }
  *out = training;
  return MINE_OK;
}

void mine_training_close(mine_training *training) {
  if (!training) return;
  mine_frame_close(training->frame);
  mine_frame_close(training->initial);
  mine_arena_close(training->arena);
}

mine_frame *mine_training_frame(mine_training *training) {
  return training->frame;
}

mine_status mine_training_source(mine_training *training, const char *source) {
  training->source_text = source ? mine_arena_text(training->arena, source, strlen(source)) : NULL;
  return mine_env_status(training->env);
}

mine_status mine_training_keep_positive(mine_training *training, const mine_cell *positive) {
  training->keep_positive = *positive;
  if (positive->type == MINE_TEXT)
    training->keep_positive.as.text =
        mine_arena_text(training->arena, positive->as.text, positive->bytes);
  return mine_env_status(training->env);
}

/* ---- notes ------------------------------------------------------------------------- */

void mine_training_note(void *context, const char *item, const char *name, const char *detail) {
  mine_training *training = context;
  (void)(mine_values_push_text(&training->note_item, item, strlen(item)) &&
         mine_values_push_text(&training->note_name, name, strlen(name)) &&
         mine_values_push_text(&training->note_detail, detail, strlen(detail)));
}

void mine_training_notef(mine_training *training, const char *item, const char *name,
                         const char *format, ...) {
  char detail[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(detail, sizeof detail, format, args);
  va_end(args);
  detail[mine_utf8_prefix(detail, strlen(detail), sizeof detail - 1)] = '\0';
  mine_training_note(training, item, name, detail);
}

/* ---- the frame of initial centres ----------------------------------------------------- */

/* Does the text begin a query?  SELECT, WITH or VALUES, in any case. */
static int training_is_query(const mine_cell *cell) {
  static const char *const words[] = {"select", "with", "values"};
  const char *text = mine_option_name_of(cell);
  if (!text) return 0;
  text += strspn(text, " \t\r\n");
  for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
    const size_t n = strlen(words[w]);
    size_t same = 0;
    while (same < n && (text[same] | 0x20) == words[w][same])
      same++;
    const char next = same == n ? text[n] : 'x';
    if (same == n && (next == ' ' || next == '\t' || next == '\n' || next == '\r' || next == '(' ||
                      next == '*' || next == '/' || next == '-'))
      return 1;
  }
  return 0;
}

int mine_training_wants_initial(const mine_training *training, const char **sql) {
  *sql = NULL;
  for (const mine_option *o = training->algorithm->options; o && o->name; o++) {
    if (strcmp(o->name, "init") != 0 || o->type != MINE_OPTION_TEXT) continue;
    mine_cell cell;
    memcpy(&cell, (const char *)training->own + o->offset, sizeof cell);
    if (!training_is_query(&cell)) return 0;
    *sql = cell.as.text;
    return 1;
  }
  return 0;
}

/* The centres are read as the features were: same types, same categories. */
static mine_status training_plan_initial(void *owner, mine_frame *frame) {
  mine_training *training = owner;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].role = MINE_ROLE_IGNORED;
  for (int f = 0; f < training->chosen.n; f++) {
    const mine_feature *about = &training->about[f];
    const int c = mine_frame_find(frame, about->name);
    if (c < 0) return mine_fail_column(training->env, frame, "the initial centres", about->name);
    frame->column[c].role = MINE_ROLE_FEATURE;
    mine_frame_fix(frame, c, about->type, &about->levels);
  }
  return MINE_OK;
}

mine_frame *mine_training_initial(mine_training *training) {
  if (training->initial) return training->initial;
  if (mine_training_prepare(training)) return NULL;
  if (mine_frame_open(training->env, training_plan_initial, training, &training->initial))
    return NULL;
  return training->initial;
}
