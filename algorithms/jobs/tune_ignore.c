/*
** tune_ignore.c -- see tune_ignore.h.
*/
#include "tune_ignore.h"

#include <string.h>

#include "../core/spelling.h"

const mine_axis *mine__tune_ignored(const mine_training *t) {
  const mine_axes *axes = &t->asked.options.axes;
  for (size_t a = 0; a < axes->n; a++)
    if (axes->axis[a].option == axes->outside) return &axes->axis[a];
  return NULL;
}

/* The i-th list of the axis. */
static mine_list ignore_list(const mine_training *t, const mine_axis *axis, size_t i) {
  mine_source_options source = {0};
  (void)!mine__axis_set(t->env, t->arena, axis, (double)i, &source);
  return source.ignore;
}

static int ignore_has(const mine_list *list, const mine_cell *name) {
  for (size_t i = 0; i < list->n; i++)
    if (mine__cell_equal(&list->item[i], name)) return 1;
  return 0;
}

void mine__tune_ignore_common(mine_training *t) {
  const mine_axis *axis = mine__tune_ignored(t);
  if (!axis) return;
  const mine_list first = ignore_list(t, axis, 0);
  mine_cell *common = mine__arena_array(t->arena, first.n + 1, sizeof *common);
  size_t n = 0;
  for (size_t k = 0; common && k < first.n; k++) {
    int all = 1;
    for (size_t i = 1; i < axis->n && all && !mine_failed(t->env); i++) {
      const mine_list other = ignore_list(t, axis, i);
      all = ignore_has(&other, &first.item[k]);
    }
    if (all) common[n++] = first.item[k];
  }
  t->asked.source.ignore = (mine_list){.n = n, .item = common};
}

const mine_prepared *mine__tune_ignore_prepare(const mine_training *t, size_t i) {
  mine_env *env = t->env;
  const mine_prepared *all = &t->data;
  const mine_list list = ignore_list(t, mine__tune_ignored(t), i);
  const size_t room = (size_t)all->n_features + 1;
  uint8_t *mark = mine__arena_zeros(t->arena, (size_t)t->frame->n_columns, 1);
  mine_prepared *left = mine__arena_array(t->arena, 1, sizeof *left);
  mine_feature *about = mine__arena_array(t->arena, room, sizeof *about);
  mine_feature_view *view = mine__arena_array(t->arena, room, sizeof *view);
  if (mine_failed(env)) return NULL;
  mine__roles_mark(&t->roles, t->frame, "option ignore", &list, mark);
  if (mark[t->roles.target])
    (void)mine__fail(env, MINE_OPTION, "the target '%s' is also listed in ignore; take it out",
                     t->frame->column[t->roles.target].name);
  *left = *all;
  left->about = about;
  left->view = view;
  left->n_features = 0;
  for (int f = 0; f < all->n_features + all->grouped; f++) {
    const int feature = f < all->n_features;
    if (feature && mark[t->chosen.column[f]]) continue;
    about[left->n_features] = all->about[f];
    view[left->n_features] = all->view[f];
    left->n_features += feature;
  }
  if (left->n_features == 0 && !mine_failed(env))
    (void)mine__fail(env, MINE_OPTION,
                     "list %zu of option ignore leaves no attribute to learn from; shorten it",
                     i + 1);
  return mine_failed(env) ? NULL : left;
}
