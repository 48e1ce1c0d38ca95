/*
** training_align.c -- a clustering that is trained again under its name: clusters that are those of
** the model before keep their numbers and given names (model/cluster_align.h), and whatever is not
** as before is told.  They are compared by their members where the model before kept the ids of its
** rows (training_members.c), else by their centres.
**
** A first training is not touched, nor is one that finds exactly the clusters that were there: its
** bytes are those of a first one.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/cluster_align.h"
#include "../model/cluster_traits.h"
#include "training.h"

#define ALIGN_CHANGED 0.5 /* of the half way to the next cluster     */
#define ALIGN_SHARE   1.5 /* times its share of the rows, or 1 / 1.5 */

typedef struct align_again {
  const mine_model *old;
  mine_model *model;
  mine__alignment with;
  int64_t common;   /* rows that the model before knew by their ids                   */
  int32_t *number;  /* per cluster of the fit: the number that it has now, from 0 */
  int renumbered;   /* some have another one                                      */
  int named, moved; /* given names came over; some centre is not where it was     */
  int changed, fresh, vanished;
} align_again;

static double align_rows_share(const mine_model *model, int64_t c) {
  const mine_encoding *e;
  const mine_cluster_profile *p = mine__model_profile(model, &e);
  const int64_t all = mine__cluster_profile_rows(p);
  return all > 0 ? (double)p->rows[c] / (double)all : (double)NAN;
}

/* ---- numbers ---------------------------------------------------------------------------- */

/* Numbers as they were, where the kind can have them so. */
static void align_renumber(mine_env *env, align_again *a, int32_t *group, int64_t n) {
  const int64_t k = a->with.k_new;
  for (int64_t c = 0; c < k; c++)
    a->number[c] = (int32_t)c;
  if (!a->model->kind->renumber) return;
  mine__alignment_numbers(&a->with, a->number);
  for (int64_t c = 0; c < k; c++)
    a->renumbered |= a->number[c] != c;
  if (!a->renumbered || a->model->kind->renumber(env, a->model, a->number)) return;
  for (int64_t i = 0; group && i < n; i++)
    if (group[i] > 0) group[i] = a->number[group[i] - 1] + 1;
}

/* ---- names ------------------------------------------------------------------------------ */

static mine_cell align_name(const mine_values *groups, int64_t g) {
  mine_cell name = {MINE_NULL, 0, {0}};
  if (g < groups->n) mine__values_get(groups, g, &name);
  return name;
}

/* Names that the fit made, in their new places, and over them those that were given before. */
static void align_names(mine_env *env, align_again *a) {
  const int64_t k = a->with.k_new;
  const mine_values own = a->model->groups;
  mine_cell *name = mine__arena_zeros(env->scratch, (size_t)k, sizeof *name);
  if (!name || (own.n == 0 && a->old->groups.n == 0)) return;
  for (int64_t c = 0; c < k; c++)
    name[a->number[c]] = align_name(&own, c);
  for (int64_t c = 0; c < k; c++) {
    if (a->with.old_of[c] < 0) continue;
    const mine_cell given = align_name(&a->old->groups, a->with.old_of[c]);
    if (given.type == MINE_NULL) continue;
    for (int64_t d = 0; d < k; d++)
      if (mine__cell_equal(&name[d], &given)) name[d].type = MINE_NULL;
    name[a->number[c]] = given;
    a->named++;
  }
  if (own.n == 0 && a->named == 0) return;
  mine__values_open(&a->model->groups, a->model->arena);
  for (int64_t c = 0; c < k; c++)
    if (!mine__values_push(&a->model->groups, &name[c])) return;
}

/* ---- what is told ----------------------------------------------------------------------- */

/* "cluster 3", "cluster 3 ('Loyal')" */
static void align_called(const mine_model *model, int64_t c, char out[MINE_SHOW_BYTES + 40]) {
  char shown[MINE_SHOW_BYTES];
  const mine_cell name = align_name(&model->groups, c);
  if (name.type == MINE_NULL)
    snprintf(out, MINE_SHOW_BYTES + 40, "cluster %lld", (long long)c + 1);
  else
    snprintf(out, MINE_SHOW_BYTES + 40, "cluster %lld (%s)", (long long)c + 1,
             mine__show_cell(shown, &name));
}

static void align_percent(double share, char out[MINE_NUMBER_BYTES]) {
  (void)mine__format_real(out, round(100 * share), 3);
}

static void align_tell_members(align_again *a, int64_t c, const char *called, const char *was,
                               const char *is) {
  char stayed[MINE_NUMBER_BYTES], came[MINE_NUMBER_BYTES];
  align_percent(a->with.stayed[c], stayed);
  align_percent(a->with.came[c], came);
  mine__model_note(
      a->model, "aligned", called,
      "has changed: %s%% of its members of before are in it, who are %s%% of those that "
      "are here again, and its share of the rows went from %s%% to %s%%",
      stayed, came, was, is);
}

/* A cluster of the fit, which has its new number already. */
static void align_tell_found(align_again *a, int64_t c, const char *called) {
  char way[MINE_NUMBER_BYTES], was[MINE_NUMBER_BYTES], is[MINE_NUMBER_BYTES];
  const int32_t o = a->with.old_of[c];
  const double before = align_rows_share(a->old, o);
  const double now = align_rows_share(a->model, a->number[c]);
  const int grown = now > ALIGN_SHARE * before || before > ALIGN_SHARE * now;
  a->moved |= a->with.way[c] > 0 || now != before;
  if (o != a->number[c])
    mine__model_note(a->model, "aligned", called, "was cluster %d", (int)o + 1);
  if (a->with.way[c] < ALIGN_CHANGED && !grown) return;
  a->changed++;
  align_percent(before, was);
  align_percent(now, is);
  if (a->with.stayed) {
    align_tell_members(a, c, called, was, is);
    return;
  }
  align_percent(a->with.way[c], way);
  mine__model_note(a->model, "aligned", called,
                   "has changed: its centre went %s%% of half the way to the next cluster, and its "
                   "share of the rows from %s%% to %s%%",
                   way, was, is);
}

static void align_tell_each(align_again *a) {
  char called[MINE_SHOW_BYTES + 40];
  for (int64_t to = 0; to < a->with.k_new; to++) {
    int64_t c = 0;
    while (a->number[c] != to)
      c++;
    align_called(a->model, to, called);
    if (a->with.old_of[c] >= 0) {
      align_tell_found(a, c, called);
    } else {
      a->fresh++;
      mine__model_note(a->model, "aligned", called, "is new");
    }
  }
  for (int64_t o = 0; o < a->with.k_old; o++) {
    if (a->with.new_of[o] >= 0) continue;
    a->vanished++;
    align_called(a->old, o, called);
    mine__model_note(a->model, "aligned", called, "of the model before has vanished");
    if (align_name(&a->old->groups, o).type != MINE_NULL)
      mine__model_note(a->model, "warning", "",
                       "%s of the model before has vanished, and its name with it", called);
  }
}

/* For the one line: what is not as it was, unless it is another clustering altogether. */
static void align_tell_line(const align_again *a) {
  char line[MINE_NOTE_BYTES];
  int n = snprintf(line, sizeof line, "segments: %d as before", a->with.found - a->changed);
  if (a->changed) n += snprintf(line + n, sizeof line - (size_t)n, ", %d changed", a->changed);
  if (a->fresh) n += snprintf(line + n, sizeof line - (size_t)n, ", %d new", a->fresh);
  if (a->vanished) snprintf(line + n, sizeof line - (size_t)n, ", %d vanished", a->vanished);
  if (a->with.found > 0 && a->changed + a->fresh + a->vanished > 0)
    mine__model_note(a->model, MINE__NOTE_CHOSEN, "segments", "%s", line);
}

static void align_tell(align_again *a) {
  /* Room for the head, which knows what the rest came to. */
  const mine_notes before = a->model->told.notes;
  mine__notes_open(&a->model->told.notes, a->model->arena);
  align_tell_each(a);
  const mine_notes each = a->model->told.notes;
  a->model->told.notes = before;
  if (mine_failed(mine__arena_env(a->model->arena))) return; /* the last of each is half a note */
  if (!a->renumbered && !a->named && !a->moved && a->fresh + a->vanished == 0) return;
  char by[120];
  if (a->with.stayed)
    snprintf(by, sizeof by, "on members, %lld rows that the model before knew by their ids",
             (long long)a->common);
  else
    snprintf(by, sizeof by, "on the centres, in the space of the model before%s",
             a->old->members.id.n > 0 ? " (too few ids of its rows are here again)" : "");
  mine__model_note(a->model, "aligned", "",
                   "%s: %d of its %lld clusters are found again and keep their names%s", by,
                   a->with.found, (long long)a->with.k_old,
                   a->model->kind->renumber
                       ? " and, up to the number of clusters that there are now, their numbers"
                       : " (the numbers are those of this training)");
  for (int64_t i = 0; i < mine__notes_count(&each); i++) {
    const mine_note note = mine__notes_at(&each, i);
    mine__model_note(a->model, note.item, note.name, "%s", note.detail);
  }
  align_tell_line(a);
}

/* By members where enough of them are here again. */
static int align_find(mine_training *t, const mine_trained *trained, align_again *a) {
  mine_env *env = t->env;
  const mine_encoding *e;
  const int64_t *common = mine__training_common(t, trained, &a->common);
  if (mine_failed(env)) return 0;
  if (!common) return mine__clusters_align(env, env->scratch, a->old, a->model, &a->with);
  const mine_cluster_profile *was = mine__model_profile(a->old, &e);
  const mine_cluster_profile *is = mine__model_profile(a->model, &e);
  return was && is &&
         mine__clusters_align_members(env, env->scratch, common, was->k, is->k, &a->with);
}

void mine__training_align(mine_training *t, const mine_trained *trained) {
  mine_env *env = t->env;
  align_again a = {.old = t->asked.previous, .model = trained->model};
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (!a.old || a.old->roles.target || t->roles.target >= 0 || !t->asked.align.align) return;
  if (align_find(t, trained, &a)) {
    a.number = mine__arena_array(env->scratch, (size_t)a.with.k_new, sizeof *a.number);
    if (!mine_failed(env)) align_renumber(env, &a, trained->group, t->data.n);
    if (!mine_failed(env)) align_names(env, &a);
    if (!mine_failed(env)) align_tell(&a);
  } else if (!mine_failed(env) && a.old->groups.n > 0) {
    mine__model_note(a.model, "warning", "",
                     "the clusters could not be compared with those of the model before, whose "
                     "names are gone");
  }
  mine__arena_rewind(env->scratch, mark);
}
