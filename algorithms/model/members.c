/*
** members.c -- what the models made of models share: how a member's schema lies in
** that of the whole, and asking one.
**
** Levels are sorted in both, so the whole's codes of a member's levels rise, and a code
** of the whole is found among them by bisection: the table is as long as the member's
** levels, whatever the whole has.
*/
#include "members.h"

#include <math.h>
#include <string.h>

/* ---- binding -------------------------------------------------------------------- */

/* The whole's names, for all members. */
typedef struct members_names {
  mine_dictionary feature, group;
} members_names;

static int members_open_names(mine_env *env, const mine_model *whole, members_names *names) {
  if (!mine__dictionary_open(&names->feature, env->scratch) ||
      !mine__dictionary_open(&names->group, env->scratch))
    return 0;
  for (int f = 0; f < whole->n_features; f++) {
    mine_cell name = {MINE_TEXT, strlen(whole->feature[f].name), {0}};
    name.as.text = whole->feature[f].name;
    if (mine__dictionary_add(&names->feature, &name) < 0) return 0;
  }
  for (int64_t g = 0; whole->roles.target && g < whole->groups.n; g++) {
    mine_cell name;
    mine__values_get(&whole->groups, g, &name);
    if (mine__dictionary_add(&names->group, &name) < 0) return 0;
  }
  return 1;
}

/* Where each of the values lies in the dictionary.  Both rise, so that as many as there
** are lie at their own numbers: no table is needed, NULL with *all = 1.  NULL with
** *all = 0: one is not there, or no memory. */
static int32_t *members_places(mine_arena *arena, const mine_values *values,
                               const mine_dictionary *in, int *all) {
  const int same = values->n == in->values.n;
  int32_t *place = same ? NULL : mine__arena_array(arena, (size_t)values->n, sizeof *place);
  *all = same || place;
  for (int64_t i = 0; *all && i < values->n; i++) {
    mine_cell cell;
    mine__values_get(values, i, &cell);
    const int64_t at = mine__dictionary_find(in, &cell);
    if (place) place[i] = (int32_t)at;
    *all = at >= 0;
  }
  return place;
}

static const char *members_bind_features(mine_env *env, const mine_model *whole,
                                         const members_names *names, mine_member *member) {
  const mine_model *model = member->model;
  const size_t n = (size_t)model->n_features;
  member->feature = mine__arena_array(whole->arena, n, sizeof *member->feature);
  member->level = mine__arena_zeros(whole->arena, n, sizeof *member->level);
  if (mine_failed(env)) return "memory";
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature *own = &model->feature[f];
    mine_cell name = {MINE_TEXT, strlen(own->name), {0}};
    name.as.text = own->name;
    const int at = (int)mine__dictionary_find(&names->feature, &name);
    if (at < 0 || whole->feature[at].type != own->type) return "the attributes of a member";
    member->feature[f] = at;
    if (own->type != MINE_COLUMN_CATEGORY) continue;
    int all;
    member->level[f] =
        members_places(whole->arena, &own->levels.values, &whole->feature[at].levels, &all);
    if (!all) return "the levels of a member";
  }
  return NULL;
}

static const char *members_bind_groups(mine_model *whole, const members_names *names,
                                       mine_member *member) {
  const mine_model *model = member->model;
  if (whole->roles.target) {
    int all;
    if (model->groups.n != model->n_groups) return "the classes of a member";
    member->group = members_places(whole->arena, &model->groups, &names->group, &all);
    return all ? NULL : "the classes of a member";
  }
  if (whole->groups.n == 0 && model->n_groups > whole->n_groups) whole->n_groups = model->n_groups;
  return model->n_groups <= whole->n_groups ? NULL : "the groups of a member";
}

const char *mine__members_bind(mine_env *env, mine_model *whole, mine_member *member, int n) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  members_names names;
  const char *problem = members_open_names(env, whole, &names) ? NULL : "memory";
  for (int i = 0; i < n && !problem; i++) {
    problem = members_bind_features(env, whole, &names, &member[i]);
    if (!problem) problem = members_bind_groups(whole, &names, &member[i]);
    if (!problem && member[i].model->n_outputs != whole->n_outputs)
      problem = "the outputs of a member";
  }
  mine__arena_rewind(env->scratch, mark);
  return problem;
}

unsigned mine__members_give(const mine_model *whole, const mine_member *member, int n) {
  unsigned gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_DISTANCE |
                   MINE_GIVES_STRENGTH;
  if (whole->n_outputs == 0) gives &= ~(unsigned)MINE_GIVES_VALUE;
  if (whole->n_groups == 0) gives &= ~(unsigned)(MINE_GIVES_GROUP | MINE_GIVES_SHARE);
  for (int i = 0; i < n; i++)
    gives &= mine__model_gives(member[i].model);
  return gives;
}

/* ---- asking ------------------------------------------------------------------------ */

/* The member's code for a code of the whole: the place of that among its levels. */
static int32_t members_code(const int32_t *level, int64_t n, int32_t code) {
  int64_t low = 0, high = n;
  if (code < 0) return code;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (level[middle] < code) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < n && level[low] == code ? (int32_t)low : MINE_CODE_UNKNOWN;
}

/* The rows in the member's terms, one after another; 0: no memory. */
static int members_gather(mine_env *env, const mine_member *member, const mine_batch *batch,
                          const uint32_t *at, int64_t n, mine_feature_view *view) {
  const mine_model *model = member->model;
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature_view *from = &batch->feature[member->feature[f]];
    const int32_t *level = member->level[f];
    double *number = NULL;
    int32_t *code = NULL;
    if (from->number) {
      number = mine__arena_array(env->scratch, (size_t)n, sizeof *number);
    } else {
      code = mine__arena_array(env->scratch, (size_t)n, sizeof *code);
    }
    if (!number && !code) return 0;
    for (int64_t i = 0; number && i < n; i++)
      number[i] = from->number[mine_batch_row(batch, at[i])];
    for (int64_t i = 0; code && i < n; i++)
      code[i] = from->code[mine_batch_row(batch, at[i])];
    for (int64_t i = 0; level && i < n; i++)
      code[i] = members_code(level, model->feature[f].levels.values.n, code[i]);
    view[f] = (mine_feature_view){number, code};
  }
  return 1;
}

static void members_shares(const mine_model *whole, const mine_member *member, const double *from,
                           int64_t n, double *to) {
  const int own = member->model->n_groups, all = whole->n_groups;
  for (int64_t i = 0; i < n; i++, from += own, to += all) {
    for (int g = 0; g < all; g++)
      to[g] = isnan(from[0]) ? (double)NAN : 0;
    for (int g = 0; g < own; g++)
      to[member->group ? member->group[g] : g] = from[g];
  }
}

/* Values and distances are the member's own; its groups are written where the whole's go and
** translated there; shares have another width and need room of their own. */
void mine__member_answer(mine_env *env, const mine_model *whole, const mine_member *member,
                         const mine_batch *batch, const uint32_t *at, int64_t n,
                         mine_answers *out) {
  if (mine_failed(env)) return;
  const mine_model *model = member->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_answers own = {.value = out->value, .group = out->group, .distance = out->distance};
  own.strength = out->strength;
  own.outlier = out->outlier;
  mine_feature_view *view =
      mine__arena_array(env->scratch, (size_t)model->n_features, sizeof *view);
  if (out->share)
    own.share =
        mine__arena_array(env->scratch, (size_t)n, (size_t)model->n_groups * sizeof(double));
  if (!mine_failed(env) && members_gather(env, member, batch, at, n, view)) {
    const mine_batch rows = {n, NULL, view};
    if (mine__model_answer(env, model, &rows, &own) == MINE_OK) {
      if (out->share) members_shares(whole, member, own.share, n, out->share);
      for (int64_t i = 0; out->group && member->group && i < n; i++)
        if (out->group[i] > 0) out->group[i] = member->group[out->group[i] - 1] + 1;
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

/* Which of the member's groups is the whole's, noise its noise; -1: none. */
static int members_group(const mine_model *whole, const mine_member *member, int of) {
  if (member->model->n_groups == 0) return of;
  if (of == whole->n_groups) return member->model->n_groups;
  for (int g = 0; g < member->model->n_groups; g++)
    if ((member->group ? member->group[g] : g) == of) return g;
  return -1;
}

/* Contributions to the member's attributes become those to the whole's. */
static void members_spread(const mine_model *whole, const mine_member *member, int64_t n,
                           const double *from, double *to) {
  const int own = member->model->n_features, all = whole->n_features;
  for (int64_t i = 0; i < n; i++, from += own + 1, to += all + 1) {
    memset(to, 0, (size_t)all * sizeof *to);
    for (int f = 0; f < own; f++)
      to[member->feature[f]] = from[f];
    to[all] = from[own];
  }
}

/* A class that the member does not know has the share 0 whatever the row; odds it has none. */
static void members_unknown_class(const mine_model *whole, int64_t n, mine_explained *out) {
  const int all = whole->n_features;
  memset(out->contribution, 0, (size_t)n * (size_t)(all + 1) * sizeof *out->contribution);
  if (out->error) memset(out->error, 0, (size_t)n * (size_t)(all + 1) * sizeof *out->error);
  for (int64_t i = 0; i < n && !out->answer; i++)
    mine__explain_nothing(out->contribution + i * (all + 1), all);
}

void mine__member_explain(mine_env *env, const mine_model *whole, const mine_member *member,
                          const mine_batch *batch, const uint32_t *at, int64_t n,
                          mine_explained *out) {
  if (mine_failed(env)) return;
  const mine_model *model = member->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t wide = ((size_t)model->n_features + 1) * sizeof(double);
  mine_explained own = {.of = members_group(whole, member, out->of),
                        .answer = out->answer,
                        .pairs = out->pairs,
                        .member = 1};
  mine_feature_view *view =
      mine__arena_array(env->scratch, (size_t)model->n_features, sizeof *view);
  own.contribution = mine__arena_array(env->scratch, (size_t)n, wide);
  if (out->error) own.error = mine__arena_array(env->scratch, (size_t)n, wide);
  if (own.of < 0) {
    members_unknown_class(whole, n, out);
  } else if (!mine_failed(env) && members_gather(env, member, batch, at, n, view)) {
    const mine_batch rows = {n, NULL, view};
    if (mine__model_explain(env, model, &rows, &own) == MINE_OK) {
      members_spread(whole, member, n, own.contribution, out->contribution);
      if (out->error) members_spread(whole, member, n, own.error, out->error);
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- bytes ------------------------------------------------------------------------- */

#define MEMBERS_BYTES 64 /* bytes of a member: two lengths, a tag, the empty common part */

void mine__members_write(mine_writer *w, const mine_member *member, int n) {
  mine__write_u64(w, (uint64_t)n);
  for (int i = 0; i < n; i++)
    mine__envelope_write_member(member[i].model, w);
}

mine_member *mine__members_read(mine_reader *r, mine_model *whole, int *n) {
  const size_t count = mine__read_list(r, "members", MEMBERS_BYTES);
  if (count < 1 || count > INT32_MAX) mine__reader_bad(r, "the number of members");
  mine_member *member =
      mine__reader_ok(r) ? mine__arena_zeros(r->arena, count, sizeof *member) : NULL;
  for (size_t i = 0; member && i < count && mine__reader_ok(r); i++)
    member[i].model = mine__envelope_read_member(r);
  mine__read_close(r);
  if (!member) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return NULL;
  *n = (int)count;
  const char *problem = mine__members_bind(r->env, whole, member, *n);
  if (problem) mine__reader_bad(r, problem);
  return mine__reader_ok(r) ? member : NULL;
}
