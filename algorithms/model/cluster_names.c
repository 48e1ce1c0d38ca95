/*
** cluster_names.c -- names that were given to clusters: a model with one more, or one fewer.
**
** A model is never changed, because others may hold it: what is renamed is written as bytes and
** read again.
*/
#include <string.h>

#include "model.h"

#define NAMES_BYTES 200 /* of a name */

static void names_check(mine_env *env, const mine_model *model) {
  char called[MINE_CALLED_BYTES];
  if (model->roles.target || !(mine__model_gives(model) & MINE_GIVES_GROUP))
    (void)mine__fail(env, MINE_UNSUPPORTED, "%s has no clusters to name",
                     mine__model_called(model, called));
  else if (model->kind->inside && !model->kind->profile)
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "the clusters of a model with groups (group=) cannot be named; train one of "
                     "the groups by itself");
}

/* The given name of group g, 0 ..; type MINE_NULL: none. */
static mine_cell names_of(const mine_model *model, int g) {
  mine_cell name = {MINE_NULL, 0, {0}};
  if (g < model->groups.n) mine__values_get(&model->groups, g, &name);
  return name;
}

static int names_is(const mine_cell *name, const char *text, size_t bytes) {
  return name->type == MINE_TEXT && name->bytes == bytes && memcmp(name->as.text, text, bytes) == 0;
}

/* By its number, or by the name that it has: 0 .. ; -1: failure recorded. */
static int names_find(mine_env *env, const mine_model *model, const mine_cell *cluster) {
  char shown[MINE_SHOW_BYTES];
  const double number = mine__cell_number(cluster);
  for (int g = 0; cluster->type == MINE_TEXT && g < model->n_groups; g++) {
    const mine_cell name = names_of(model, g);
    if (names_is(&name, cluster->as.text, cluster->bytes)) return g;
  }
  if (number >= 1 && number <= model->n_groups && number == (double)(int)number)
    return (int)number - 1;
  if (number == 0)
    (void)mine__fail(env, MINE_OPTION,
                     "cluster 0 is the rows in none of the clusters and takes no name");
  else
    (void)mine__fail(env, MINE_OPTION, "there is no cluster %s; the model has the clusters 1 to %d",
                     mine__show_cell(shown, cluster), model->n_groups);
  return -1;
}

/* A name tells one cluster from the others, and is no number of another. */
static void names_check_new(mine_env *env, const mine_model *model, int which, const char *name) {
  const size_t bytes = strlen(name);
  const mine_cell text = {MINE_TEXT, bytes, {.text = name}};
  const double number = mine__cell_number(&text);
  if (mine__text_is_blank(name, bytes) && bytes > 0)
    (void)mine__fail(env, MINE_OPTION, "the name is blank; '' takes a name away");
  if (bytes > NAMES_BYTES)
    (void)mine__fail(env, MINE_OPTION, "the name is longer than %d bytes", NAMES_BYTES);
  if (number >= 0 && number <= model->n_groups && number == (double)(int)number &&
      (int)number != which + 1)
    (void)mine__fail(env, MINE_OPTION,
                     "'%s' is the number of another cluster; give a name that tells them apart",
                     name);
  for (int g = 0; g < model->n_groups && !mine_failed(env); g++) {
    const mine_cell other = names_of(model, g);
    if (g != which && bytes > 0 && names_is(&other, name, bytes))
      (void)mine__fail(env, MINE_OPTION,
                       "cluster %d has the name '%s' already; two clusters may not have one name",
                       g + 1, name);
  }
}

/* All names with the one changed; none at all: no values. */
static void names_change(mine_env *env, const mine_model *model, int which, const char *name,
                         mine_values *to) {
  int named = 0;
  mine__values_open(to, env->scratch);
  for (int g = 0; g < model->n_groups; g++) {
    mine_cell cell = names_of(model, g);
    if (g == which) cell = (mine_cell){MINE_TEXT, strlen(name), {.text = name}};
    if (g == which && !*name) cell = (mine_cell){MINE_NULL, 0, {0}};
    named += cell.type != MINE_NULL;
    if (!mine__values_push(to, &cell)) return;
  }
  if (named == 0) mine__values_clear(to);
}

mine_status mine_model_name_cluster(mine_env *env, const mine_model *model,
                                    const mine_cell *cluster, const char *name, int *number,
                                    mine_model **out) {
  *out = NULL;
  names_check(env, model);
  const int which = mine_failed(env) ? -1 : names_find(env, model, cluster);
  if (which >= 0) names_check_new(env, model, which, name);
  if (mine_failed(env)) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  const void *bytes;
  size_t n;
  mine_model renamed = *model; /* a look at the same model, with other names */
  *number = which + 1;
  names_change(env, model, which, name, &renamed.groups);
  if (!mine_failed(env) && mine_model_bytes(env, &renamed, &bytes, &n) == MINE_OK)
    (void)!mine_model_load(env, bytes, n, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
