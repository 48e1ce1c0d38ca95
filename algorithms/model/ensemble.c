/*
** ensemble.c -- several models that answer together: the weighted mean of their shares
** or numbers (stacking with weights that are not negative: Breiman, Machine Learning 24,
** 1996; bagging whole models).
**
** Members are asked one after another and added in their order, so that the bits do
** not depend on threads.
*/
#include <math.h>

#include "formula.h"
#include "members.h"
#include "write.h"

#define ENSEMBLE_TAG     0x4d534e45u /* "ENSM" */
#define ENSEMBLE_VERSION 3u          /* 1: without the trials, 2: without their names */

static double ensemble_total(const mine_ensemble *body) {
  double total = 0;
  for (int m = 0; m < body->n_members; m++)
    total += body->weight[m];
  return total;
}

static void ensemble_add(double *sum, const double *part, int64_t n, double share) {
  for (int64_t i = 0; sum && i < n; i++)
    sum[i] += share * part[i];
}

/* Rows first .. first+n-1 of the batch. */
static void ensemble_rows(mine_env *env, const mine_model *model, const mine_batch *batch,
                          int64_t first, int64_t n, mine_answers *out) {
  const mine_ensemble *body = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t outputs = model->n_outputs, groups = model->n_groups;
  const double total = ensemble_total(body);
  double *value = out->value ? out->value + first * outputs : NULL;
  double *share = out->share ? out->share + first * groups : NULL;
  uint32_t *at = mine__arena_array(env->scratch, (size_t)n, sizeof *at);
  mine_answers part = {0};
  if (value)
    part.value = mine__arena_array(env->scratch, (size_t)n, (size_t)outputs * sizeof(double));
  if (share)
    part.share = mine__arena_array(env->scratch, (size_t)n, (size_t)groups * sizeof(double));
  for (int64_t i = 0; at && i < n; i++)
    at[i] = (uint32_t)(first + i);
  for (int64_t i = 0; value && i < n * outputs; i++)
    value[i] = 0;
  for (int64_t i = 0; share && i < n * groups; i++)
    share[i] = 0;
  for (int m = 0; m < body->n_members && !mine_failed(env); m++) {
    mine__member_answer(env, model, &body->member[m], batch, at, n, &part);
    if (mine_failed(env)) break;
    ensemble_add(value, part.value, n * outputs, body->weight[m] / total);
    ensemble_add(share, part.share, n * groups, body->weight[m] / total);
  }
  mine__arena_rewind(env->scratch, mark);
}

static mine_status ensemble_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                   mine_answers *out) {
  for (int64_t first = 0; first < batch->n; first += MINE_MEMBER_ROWS) {
    const int64_t left = batch->n - first, n = left < MINE_MEMBER_ROWS ? left : MINE_MEMBER_ROWS;
    if (batch->n > 1 && mine__poll(env)) return mine_env_status(env);
    ensemble_rows(env, model, batch, first, n, out);
  }
  return mine_env_status(env);
}

/* ---- explaining: the mean of what the members' answers are made of ------------------------- */

static void ensemble_explain_rows(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  int64_t first, int64_t n, const mine_explained *out) {
  const mine_ensemble *body = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t width = model->n_features + 1;
  const double total = ensemble_total(body);
  double *contribution = out->contribution + first * width;
  double *error = out->error ? out->error + first * width : NULL;
  mine_explained part = {.of = out->of, .answer = 1, .pairs = out->pairs};
  uint32_t *at = mine__arena_array(env->scratch, (size_t)n, sizeof *at);
  part.contribution = mine__arena_array(env->scratch, (size_t)n, (size_t)width * sizeof(double));
  if (error)
    part.error = mine__arena_zeros(env->scratch, (size_t)n, (size_t)width * sizeof(double));
  for (int64_t i = 0; at && i < n; i++)
    at[i] = (uint32_t)(first + i);
  for (int64_t i = 0; i < n * width; i++)
    contribution[i] = 0;
  for (int m = 0; m < body->n_members && !mine_failed(env); m++) {
    const double share = body->weight[m] / total;
    mine__member_explain(env, model, &body->member[m], batch, at, n, &part);
    if (mine_failed(env)) break;
    ensemble_add(contribution, part.contribution, n * width, share);
    for (int64_t i = 0; error && i < n * width; i++)
      error[i] = hypot(error[i], share * part.error[i]);
  }
  mine__arena_rewind(env->scratch, mark);
}

static mine_status ensemble_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                    mine_explained *out) {
  for (int64_t first = 0; first < batch->n && !mine_failed(env); first += MINE_MEMBER_ROWS) {
    const int64_t left = batch->n - first, n = left < MINE_MEMBER_ROWS ? left : MINE_MEMBER_ROWS;
    ensemble_explain_rows(env, model, batch, first, n, out);
  }
  return mine_env_status(env);
}

static mine_margin ensemble_margin(const mine_model *model) {
  return model->n_groups > 0 ? MINE_MARGIN_SHARE : MINE_MARGIN_NUMBER;
}

/* Clusters of different models are different clusters: there is no mean of them.  Classes
** come with shares, or not at all. */
static unsigned ensemble_given(const mine_model *model) {
  const mine_ensemble *body = model->body;
  const unsigned all = mine__members_give(model, body->member, body->n_members);
  const unsigned shares = MINE_GIVES_GROUP | MINE_GIVES_SHARE;
  return (all & MINE_GIVES_VALUE) |
         (model->roles.target && (all & MINE_GIVES_SHARE) ? all & shares : 0u);
}

static int ensemble_count(const mine_model *model) {
  return ((const mine_ensemble *)model->body)->n_members;
}

static const mine_model *ensemble_inside(const mine_model *model, int i, mine_cell *value) {
  const mine_ensemble *body = model->body;
  *value = (mine_cell){MINE_NULL, 0, {0}};
  return i >= 0 && i < body->n_members ? body->member[i].model : NULL;
}

static void ensemble_save(const mine_model *model, mine_writer *w) {
  const mine_ensemble *body = model->body;
  mine__members_write(w, body->member, body->n_members);
  mine__write_reals(w, body->weight, (size_t)body->n_members);
  mine__write_string(w, body->measure);
  mine__write_u64(w, (uint64_t)body->n_tried);
  for (int t = 0; t < body->n_tried; t++) {
    const mine_tried *tried = &body->tried[t];
    mine__write_string(w, tried->name);
    mine__write_string(w, tried->algorithm);
    mine__write_string(w, tried->options);
    mine__write_real(w, tried->mean);
    mine__write_real(w, tried->se);
    mine__write_i32(w, tried->weight);
  }
}

static void ensemble_load_tried(mine_reader *r, mine_ensemble *body, uint32_t version) {
  body->measure = mine__read_string(mine__called(r, "measure"));
  const size_t n = mine__read_list(r, "trials", 4 + 4 + 8 + 8 + 4);
  if (n > INT32_MAX) mine__reader_bad(r, "the number of trials");
  if (!mine__reader_ok(r)) return;
  body->tried = mine__arena_zeros(r->arena, n, sizeof *body->tried);
  if (!body->tried) mine__reader_bad(r, "memory");
  for (size_t t = 0; t < n && mine__reader_ok(r); t++) {
    mine_tried *tried = &body->tried[t];
    mine__read_open(r, NULL);
    tried->name = version >= 3 ? mine__read_string(mine__called(r, "name")) : NULL;
    tried->algorithm = mine__read_string(mine__called(r, "algorithm"));
    tried->options = mine__read_string(mine__called(r, "options"));
    tried->mean = mine__read_real(mine__called(r, "mean"));
    tried->se = mine__read_real(mine__called(r, "se"));
    tried->weight = mine__read_i32(mine__called(r, "weight"));
    mine__read_close(r);
  }
  mine__read_close(r);
  body->n_tried = (int)n;
}

static void ensemble_trials(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_ensemble *body = model->body;
  if (body->n_tried == 0)
    (void)mine__fail(env, MINE_UNSUPPORTED, "the model was made without trials; auto makes some");
  for (int t = 0; t < body->n_tried; t++) {
    const mine_tried *tried = &body->tried[t];
    mine__row_int(to, t + 1);
    mine__row_text(to, tried->options);
    mine__row_text(to, body->measure);
    mine__row_real(to, tried->mean);
    mine__row_real(to, tried->se);
    mine__row_null(to); /* seconds: the same bytes on every run, so no times are kept */
    mine__row_text(to, tried->algorithm);
    mine__row_int(to, tried->weight);
    if (tried->name)
      mine__row_text(to, tried->name);
    else
      mine__row_null(to);
    mine__relation_end_row(to);
  }
}

static void ensemble_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  mine__importance_list_inside(env, model, ((const mine_ensemble *)model->body)->weight, to);
}

static const mine_part ensemble_parts[] = {
    {.verb = "mine_importance",
     .what = "the mean of what its members say, by their weights",
     .list = ensemble_importance,
     .has = mine__importance_inside},
    {.verb = "mine_trials", .what = "what auto tried, the best first", .list = ensemble_trials},
    {.verb = NULL},
};

static void ensemble_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_ensemble *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  if (!body) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return;
  body->member = mine__members_read(r, model, &body->n_members);
  body->weight = mine__read_reals(mine__called(r, "weight"), (size_t)body->n_members, 1);
  for (int m = 0; mine__reader_ok(r) && m < body->n_members; m++) {
    if (body->weight[m] < 0) mine__reader_bad(r, "the weight of a member");
  }
  const double total = mine__reader_ok(r) ? ensemble_total(body) : 1;
  if (!(total > 0) || isinf(total)) mine__reader_bad(r, "the weights of the members");
  if (mine__reader_ok(r) && version >= 2) ensemble_load_tried(r, body, version);
  if (mine__reader_ok(r)) model->body = body;
}

const mine_kind mine__kind_ensemble = {
    .name = "ensemble",
    .tag = ENSEMBLE_TAG,
    .version = ENSEMBLE_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE,
    .given = ensemble_given,
    .answer = ensemble_answer,
    .explain = ensemble_explain,
    .margin = ensemble_margin,
    .n_inside = ensemble_count,
    .inside = ensemble_inside,
    .save = ensemble_save,
    .load = ensemble_load,
    .parts = ensemble_parts,
    .formula = mine__ensemble_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_members, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.write = mine__write_pmml},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
