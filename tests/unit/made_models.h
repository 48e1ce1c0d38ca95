/*
** made_models.h -- models that no algorithm makes yet, made of trained ones by hand:
** boosting, a mixture with names, a model per value of a column, a weighted mean.
*/
#ifndef MADE_MODELS_H
#define MADE_MODELS_H

#include <string.h>

#include "model/members.h"
#include "model/prototypes.h"
#include "model/trees.h"

#define MADE_MAY __attribute__((unused)) /* not every test needs it */

/* A tree of two classes as boosting: its probabilities become margins p - 1/2. */
MADE_MAY static void made_boosted(mine_model *model) {
  mine_trees *trees = model->body;
  for (int32_t v = 0; v < trees->n_values; v++)
    trees->values[v] = trees->values[2 * v + 1] - 0.5;
  trees->width = trees->outputs = 1;
  trees->link = MINE_TREES_LOGIT;
  trees->combine = MINE_TREES_SUM;
  trees->base = mine__arena_array(model->arena, 1, sizeof *trees->base);
  trees->base[0] = 0.25;
  trees->output = mine__arena_zeros(model->arena, 1, sizeof *trees->output);
  trees->weight = trees->impurity = NULL;
}

/* Clusters as components: all standard deviations `wide`, weights 1, 2, ...; the first
** is called "small", the others have no name. */
MADE_MAY static void made_mixture(mine_model *model, double wide) {
  mine_prototypes *m = model->body;
  const size_t k = (size_t)m->k, width = (size_t)m->encoding.width;
  m->scale = mine__arena_array(model->arena, k, width * sizeof(double));
  m->offset = mine__arena_array(model->arena, k, sizeof(double));
  for (size_t i = 0; i < k * width; i++)
    m->scale[i] = 1 / wide;
  for (size_t c = 0; c < k; c++) {
    m->offset[c] = log((double)c + 1) - (double)width * log(wide);
    if (c == 0) {
      (void)mine__values_push_text(&model->groups, "small", 5);
    } else {
      (void)mine__values_push_null(&model->groups);
    }
  }
}

/* A whole with the attributes, classes and outputs of `like`. */
static inline mine_model *made_like(mine_env *env, const mine_model *like, const mine_kind *kind) {
  mine_model *whole = NULL;
  if (mine__model_empty(env, &whole)) return NULL;
  whole->kind = kind;
  whole->algorithm = like->algorithm;
  whole->task = like->task;
  whole->roles.target = like->roles.target;
  whole->roles.id = like->roles.id;
  whole->n_features = like->n_features;
  whole->feature = like->feature;
  whole->positive = like->positive;
  whole->told.rows = like->told.rows;
  whole->n_outputs = like->n_outputs;
  whole->output_name = like->output_name;
  for (int64_t g = 0; g < like->groups.n; g++) {
    mine_cell cell;
    mine__values_get(&like->groups, g, &cell);
    (void)mine__values_push(&whole->groups, &cell);
  }
  whole->n_groups = (int)like->groups.n;
  return whole;
}

static inline mine_member *made_members(mine_env *env, mine_model *whole, mine_model *a,
                                        mine_model *b) {
  mine_member *member = mine__arena_zeros(whole->arena, 2, sizeof *member);
  member[0].model = a;
  member[1].model = b;
  (void)!mine__model_adopt(env, whole, a);
  (void)!mine__model_adopt(env, whole, b);
  return member;
}

/* Models of the levels of `column`: a, b, none, a, b, none ...; of other values b.  Both
** belong to the whole.  NULL: a member does not fit. */
MADE_MAY static mine_model *made_grouped(mine_env *env, mine_model *a, mine_model *b,
                                         const char *column) {
  mine_model *whole = made_like(env, a, &mine__kind_grouped);
  mine_grouped *body = mine__arena_zeros(whole->arena, 1, sizeof *body);
  while (strcmp(whole->feature[body->feature].name, column) != 0)
    body->feature++;
  const int64_t levels = whole->feature[body->feature].levels.values.n;
  body->n_members = 2;
  body->member = made_members(env, whole, a, b);
  body->of_level = mine__arena_array(whole->arena, (size_t)levels, sizeof *body->of_level);
  for (int64_t level = 0; level < levels; level++)
    body->of_level[level] = (int32_t)(level % 3) == 2 ? -1 : (int32_t)(level % 3);
  body->other = 1;
  whole->body = body;
  if (!mine__members_bind(env, whole, body->member, 2) && !mine__model_seal(env, whole))
    return whole;
  mine_model_free(whole);
  return NULL;
}

/* The mean of both by weights. */
MADE_MAY static mine_model *made_ensemble(mine_env *env, mine_model *a, mine_model *b,
                                          double weight_a, double weight_b) {
  mine_model *whole = made_like(env, a, &mine__kind_ensemble);
  mine_ensemble *body = mine__arena_zeros(whole->arena, 1, sizeof *body);
  body->n_members = 2;
  body->member = made_members(env, whole, a, b);
  body->weight = mine__arena_array(whole->arena, 2, sizeof *body->weight);
  body->weight[0] = weight_a;
  body->weight[1] = weight_b;
  whole->body = body;
  if (!mine__members_bind(env, whole, body->member, 2) && !mine__model_seal(env, whole))
    return whole;
  mine_model_free(whole);
  return NULL;
}

#endif
