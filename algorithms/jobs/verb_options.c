/*
** verb_options.c -- the options of a call: which tables the verb takes, for which
** algorithm, and whose an option is that none of them has.
*/
#include <string.h>

#include "../core/likeness.h"
#include "../core/spelling.h"
#include "../model/purchases.h"
#include "../model/recommender.h"
#include "../series/series.h"
#include "help.h"
#include "verb.h"

/* ---- tables ------------------------------------------------------------------------------ */

static void options_unknown_algorithm(mine_env *env, const char *name) {
  mine_text list;
  mine__text_open(&list, env->scratch);
  mine_likeness likeness = {.asked = name};
  for (int i = 0; mine__algorithm_at(i); i++) {
    const char *other = mine__algorithm_at(i)->name;
    mine__likeness_show(&likeness, other, i);
    mine__text_addf(&list, "%s%s", i ? ", " : "", other);
  }
  const char *meant = mine__help_algorithm(name);
  const char *nearest = meant ? meant : likeness.name;
  if (mine_failed(env)) return;
  (void)mine__fail(env, MINE_OPTION, "no algorithm '%.60s'%s%s%s; there are %s", name,
                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "",
                   list.bytes ? list.data : "none");
}

/* Before the options are read: of an algorithm that is measured otherwise, or not at all, each
** would be unknown, `target` first. */
static void options_unmeasured(mine_env *env, const mine_algorithm *algorithm) {
  const char *how = NULL;
  if (algorithm->tasks & (MINE_SURVIVAL | MINE_PURCHASES | MINE_FORECASTING))
    how = "on a source: train a model, and use mine_evaluate(model, source)";
  if (algorithm->tasks & MINE_RECOMMENDATION) how = "by mine_cross_validate(algorithm, source)";
  if (how)
    (void)mine__fail(env, MINE_UNSUPPORTED, "algorithm '%s' (%s) is measured %s", algorithm->name,
                     mine__task_name((mine_task_kind)algorithm->tasks), how);
  else
    (void)mine__fail(env, MINE_UNSUPPORTED, "algorithm '%s' has no target to measure against",
                     algorithm->name);
}

/* By name; without one the option `algorithm`, without that the verb's own. */
static void options_choose(mine_env *env, mine_arena *arena, const char *name,
                           mine__options *options) {
  mine_cell cell;
  if (!name && options->verb->algorithm) {
    if (mine__options_peek(env, arena, options->text, "algorithm", &cell)) return;
    name = mine__option_name_of(&cell);
    if (!name) name = options->verb->algorithm;
  }
  if (!name) return;
  options->algorithm = mine__algorithm_find(name);
  if (!options->algorithm) {
    options_unknown_algorithm(env, name);
  } else if (options->verb->measures && !(options->verb->measures & options->algorithm->tasks)) {
    options_unmeasured(env, options->algorithm);
  }
}

/* The event list that is read; NULL: none. */
static const mine_want *options_wants(const mine_verb *verb, const mine_algorithm *algorithm) {
  if (verb->wants) return verb->wants;
  if (!algorithm || !(verb->trains || (verb->events_of & algorithm->tasks))) return NULL;
  return algorithm->learn        ? mine__history_wants
         : algorithm->recommends ? mine__interactions_wants
         : algorithm->forecasts  ? mine__series_wants
                                 : NULL;
}

mine_option_set *mine__verb_sets(mine_arena *arena, const mine_verb *verb,
                                 const mine_algorithm *algorithm) {
  mine_option_set *sets = mine__arena_zeros(arena, MINE_MOST_OPTION_SETS + 1, sizeof *sets);
  int n = 0;
  if (!sets) return NULL;
  const mine_want *wants = options_wants(verb, algorithm);
  if (wants)
    sets[n++] = (mine_option_set){mine__wants_options(arena, wants), sizeof(mine_events), 0};
  if (algorithm && algorithm->options)
    sets[n++] = (mine_option_set){algorithm->options, algorithm->options_size, 0};
  for (const mine_option_set *set = verb->options; set && set->table; set++) {
    if (algorithm && set->tasks && !(set->tasks & algorithm->tasks)) continue;
    if (n == MINE_MOST_OPTION_SETS) {
      (void)mine__fail(mine__arena_env(arena), MINE_UNSUPPORTED,
                       "internal error: too many sets of options");
      return NULL;
    }
    sets[n++] = *set;
  }
  return mine_failed(mine__arena_env(arena)) ? NULL : sets;
}

/* ---- whose option is it ---------------------------------------------------------------- */

#define OPTIONS_OWNERS_SHOWN 4

static int options_has(mine_arena *arena, const mine_verb *verb, const mine_algorithm *algorithm,
                       const char *name) {
  const mine_option_set *set = mine__verb_sets(arena, verb, algorithm);
  for (; set && set->table; set++)
    for (const mine_option *o = set->table; o->name; o++)
      if (strcmp(o->name, name) == 0) return 1;
  return 0;
}

static void options_own(mine_text *owners, int n, const char *name) {
  if (n < OPTIONS_OWNERS_SHOWN) mine__text_addf(owners, "%s%s", n ? ", " : "", name);
}

/* The verb with another algorithm. */
static int options_of_algorithms(const mine__options *options, const char *name,
                                 mine_text *owners) {
  int n = 0;
  for (int i = 0; mine__algorithm_at(i); i++) {
    const mine_algorithm *algorithm = mine__algorithm_at(i);
    if (options_has(owners->arena, options->verb, algorithm, name))
      options_own(owners, n++, algorithm->name);
  }
  return n;
}

/* Another verb; of several forms one. */
static int options_of_verbs(const char *name, mine_text *owners) {
  const char *last = "";
  int n = 0;
  for (int i = 0; mine_verb_at(i); i++) {
    const mine_verb *verb = mine_verb_at(i);
    const mine_algorithm *own = verb->algorithm ? mine__algorithm_find(verb->algorithm) : NULL;
    if (strcmp(verb->name, last) == 0 || !options_has(owners->arena, verb, own, name)) continue;
    last = verb->name;
    options_own(owners, n++, last);
  }
  return n;
}

/* A mine__options_owners: "folds" is no option of mine_train, but of mine_cross_validate. */
static void options_owners(const void *context, const char *name, mine_text *owners) {
  const mine__options *options = context;
  int n = options->algorithm ? options_of_algorithms(options, name, owners) : 0;
  if (n == 0) n = options_of_verbs(name, owners);
  if (n > OPTIONS_OWNERS_SHOWN) mine__text_addf(owners, " and %d more", n - OPTIONS_OWNERS_SHOWN);
}

/* ---- the options of a call --------------------------------------------------------------- */

static void options_list(mine_env *env, mine_arena *arena, mine__options *options) {
  const mine_option_set *set = mine__verb_sets(arena, options->verb, options->algorithm);
  if (set && options_wants(options->verb, options->algorithm)) options->wants = set->table;
  for (; set && set->table && !mine_failed(env); set++) {
    void *values = mine__arena_zeros(arena, 1, set->bytes + 1);
    options->group[options->n++] = (mine_option_group){.table = set->table, .values = values};
  }
}

mine_status mine__options_read(mine_env *env, mine_arena *arena, const mine_verb *verb,
                               const char *algorithm, const char *text, mine__options *out) {
  *out = (mine__options){.verb = verb};
  out->text = text ? mine__arena_text(arena, text, strlen(text)) : "";
  if (mine_failed(env)) return mine_env_status(env);
  options_choose(env, arena, algorithm, out);
  if (!mine_failed(env)) options_list(env, arena, out);
  if (out->algorithm) out->axes.table = out->algorithm->options;
  out->axes.outside = mine__option_find(mine__source_option_table, "ignore", strlen("ignore"));
  if (mine_failed(env) ||
      mine__options_parse_axes(env, arena, out->group, out->n, out->text, options_owners, out,
                               verb->searches ? &out->axes : NULL)) {
    return env->status;
  }
  const mine_run_options *run = mine__options_of(out, mine__run_option_table);
  if (run) mine__run_options_apply(env, run);
  if (!out->algorithm || !out->algorithm->check || out->axes.n) return env->status;
  return out->algorithm->check(env, mine__options_of(out, out->algorithm->options));
}

void *mine__options_of(const mine__options *options, const mine_option *table) {
  for (int g = 0; g < options->n; g++) {
    if (options->group[g].table == table) return options->group[g].values;
  }
  return NULL;
}

mine_status mine__options_take(mine_env *env, mine_arena *arena, const mine__options *options,
                               const mine_option *table, void *out, size_t bytes) {
  const void *values = mine__options_of(options, table);
  if (values) {
    memcpy(out, values, bytes);
    return env->status;
  }
  mine_option_group defaults = {.table = table, .values = out};
  return mine__options_parse(env, arena, &defaults, 1, "");
}
