/*
** grouped.c -- a model per value of a column: one for each region, say.
**
** The column is a category among the attributes.  A row is answered by the member of its
** level; where there is none, there is no answer.  Rows are put in order of their
** members, so that each is asked about many at once.
*/
#include <math.h>

#include "../core/radix.h"
#include "formula.h"
#include "members.h"
#include "write.h"

#define GROUPED_TAG     0x50555247u /* "GRUP" */
#define GROUPED_VERSION 1u
#define GROUPED_MEMBERS                                                                            \
  "each group has a model with levels and classes of its own; export the models of groups one by " \
  "one"

/* ---- answering ------------------------------------------------------------------- */

/* The member that answers a row of the frame, or -1. */
static int32_t grouped_member(const mine_grouped *body, const mine_batch *batch, int64_t i) {
  const int32_t code = batch->feature[body->feature].code[mine_batch_row(batch, i)];
  return code < 0 ? body->other : body->of_level[code];
}

static void grouped_nothing(const mine_model *model, int64_t n, mine_answers *out) {
  for (int64_t i = 0; out->value && i < n * model->n_outputs; i++)
    out->value[i] = NAN;
  for (int64_t i = 0; out->share && i < n * model->n_groups; i++)
    out->share[i] = NAN;
  for (int64_t i = 0; out->group && i < n; i++)
    out->group[i] = MINE_NO_GROUP;
  for (int64_t i = 0; out->distance && i < n; i++)
    out->distance[i] = NAN;
  for (int64_t i = 0; out->strength && i < n; i++)
    out->strength[i] = out->outlier[i] = NAN;
}

static void grouped_scatter(double *to, const double *from, const uint32_t *at, int64_t n,
                            int width) {
  for (int64_t i = 0; to && i < n; i++) {
    for (int c = 0; c < width; c++)
      to[(int64_t)at[i] * width + c] = from[i * width + c];
  }
}

/* Rows that share a member. */
static void grouped_ask(mine_env *env, const mine_model *model, const mine_member *member,
                        const mine_batch *batch, const uint32_t *at, int64_t n, mine_answers *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t rows = (size_t)n, groups = (size_t)model->n_groups;
  mine_answers part = {0};
  if (out->value)
    part.value = mine__arena_array(env->scratch, rows, (size_t)model->n_outputs * sizeof(double));
  if (out->share) part.share = mine__arena_array(env->scratch, rows, groups * sizeof(double));
  if (out->group) part.group = mine__arena_array(env->scratch, rows, sizeof(int32_t));
  if (out->distance) part.distance = mine__arena_array(env->scratch, rows, sizeof(double));
  if (out->strength) part.strength = mine__arena_array(env->scratch, rows, sizeof(double));
  if (out->outlier) part.outlier = mine__arena_array(env->scratch, rows, sizeof(double));
  mine__member_answer(env, model, member, batch, at, n, &part);
  if (!mine_failed(env)) {
    grouped_scatter(out->value, part.value, at, n, model->n_outputs);
    grouped_scatter(out->share, part.share, at, n, model->n_groups);
    grouped_scatter(out->distance, part.distance, at, n, 1);
    grouped_scatter(out->strength, part.strength, at, n, 1);
    grouped_scatter(out->outlier, part.outlier, at, n, 1);
    for (int64_t i = 0; out->group && i < n; i++)
      out->group[at[i]] = part.group[i];
  }
  mine__arena_rewind(env->scratch, mark);
}

/* Positions in order of their members, those without one left out. */
static int grouped_order(mine_env *env, const mine_grouped *body, const mine_batch *batch,
                         mine__by_code *out) {
  int32_t *member = mine__arena_array(env->scratch, (size_t)batch->n, sizeof *member);
  if (!member) return 0;
  for (int64_t i = 0; i < batch->n; i++)
    member[i] = grouped_member(body, batch, i);
  return mine__sort_codes(env->scratch, member, batch->n, body->n_members, out);
}

static mine_status grouped_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_answers *out) {
  const mine_grouped *body = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__by_code by;
  const int sorted = grouped_order(env, body, batch, &by);
  grouped_nothing(model, batch->n, out);
  for (int m = 0; sorted && m < body->n_members && !mine_failed(env); m++) {
    for (int64_t at = by.first[m]; at < by.first[m + 1]; at += MINE_MEMBER_ROWS) {
      const int64_t left = by.first[m + 1] - at,
                    n = left < MINE_MEMBER_ROWS ? left : MINE_MEMBER_ROWS;
      if (batch->n > 1 && mine__poll(env)) break;
      grouped_ask(env, model, &body->member[m], batch, by.at + at, n, out);
    }
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- explaining ---------------------------------------------------------------------- */

/* Rows that share a member; of its own level the row's member is chosen, not moved. */
static void grouped_explain_some(mine_env *env, const mine_model *model, const mine_member *member,
                                 const mine_batch *batch, const uint32_t *at, int64_t n,
                                 const mine_explained *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int width = model->n_features + 1;
  mine_explained part = {.of = out->of, .answer = out->answer, .pairs = out->pairs};
  part.contribution = mine__arena_array(env->scratch, (size_t)n, (size_t)width * sizeof(double));
  if (out->error)
    part.error = mine__arena_zeros(env->scratch, (size_t)n, (size_t)width * sizeof(double));
  if (!mine_failed(env)) mine__member_explain(env, model, member, batch, at, n, &part);
  if (!mine_failed(env)) {
    grouped_scatter(out->contribution, part.contribution, at, n, width);
    grouped_scatter(out->error, part.error, at, n, width);
  }
  mine__arena_rewind(env->scratch, mark);
}

static mine_status grouped_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                   mine_explained *out) {
  const mine_grouped *body = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__by_code by;
  const int sorted = grouped_order(env, body, batch, &by);
  for (int64_t i = 0; i < batch->n; i++)
    mine__explain_nothing(out->contribution + i * (model->n_features + 1), model->n_features);
  for (int m = 0; sorted && m < body->n_members && !mine_failed(env); m++) {
    for (int64_t at = by.first[m]; at < by.first[m + 1] && !mine_failed(env);
         at += MINE_MEMBER_ROWS) {
      const int64_t left = by.first[m + 1] - at,
                    n = left < MINE_MEMBER_ROWS ? left : MINE_MEMBER_ROWS;
      grouped_explain_some(env, model, &body->member[m], batch, by.at + at, n, out);
    }
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* Members are fitted alike. */
static mine_margin grouped_margin(const mine_model *model) {
  const mine_grouped *body = model->body;
  return mine__model_margin(body->member[0].model);
}

static unsigned grouped_given(const mine_model *model) {
  const mine_grouped *body = model->body;
  return mine__members_give(model, body->member, body->n_members);
}

/* ---- the members ------------------------------------------------------------------- */

static const mine_model *grouped_inside(const mine_model *model, int i, mine_cell *value) {
  const mine_grouped *body = model->body;
  const mine_values *levels = &model->feature[body->feature].levels.values;
  *value = (mine_cell){MINE_NULL, 0, {0}};
  if (i < 0 || i >= levels->n || body->of_level[i] < 0) return NULL;
  mine__values_get(levels, i, value);
  return body->member[body->of_level[i]].model;
}

static int grouped_count(const mine_model *model) {
  return (int)model->feature[((const mine_grouped *)model->body)->feature].levels.values.n;
}

/* ---- bytes ------------------------------------------------------------------------- */

static void grouped_save(const mine_model *model, mine_writer *w) {
  const mine_grouped *body = model->body;
  mine__write_u32(w, (uint32_t)body->feature);
  mine__members_write(w, body->member, body->n_members);
  mine__write_i32s(w, body->of_level, (size_t)grouped_count(model));
  mine__write_i32(w, body->other);
}

static void grouped_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_grouped *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  (void)version; /* the only one so far */
  if (!body) mine__reader_bad(r, "memory");
  const uint32_t feature = mine__read_u32(mine__called(r, "feature"));
  if (feature >= (uint32_t)model->n_features ||
      model->feature[feature].type != MINE_COLUMN_CATEGORY)
    mine__reader_bad(r, "the column of the groups");
  if (!mine__reader_ok(r)) return;
  body->feature = (int)feature;
  body->member = mine__members_read(r, model, &body->n_members);
  const int64_t levels = model->feature[feature].levels.values.n;
  body->of_level = mine__read_i32s(mine__called(r, "member_of_level"), (size_t)levels);
  body->other = mine__read_i32(mine__called(r, "member_of_others"));
  for (int64_t i = 0; mine__reader_ok(r) && i < levels; i++) {
    if (body->of_level[i] < -1 || body->of_level[i] >= body->n_members)
      mine__reader_bad(r, "the model of a group");
  }
  if (body->other < -1 || body->other >= body->n_members)
    mine__reader_bad(r, "the model of the other groups");
  if (mine__reader_ok(r)) model->body = body;
}

const mine_kind mine__kind_grouped = {
    .name = "grouped",
    .tag = GROUPED_TAG,
    .version = GROUPED_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_DISTANCE |
             MINE_GIVES_STRENGTH,
    .given = grouped_given,
    .answer = grouped_answer,
    .explain = grouped_explain,
    .margin = grouped_margin,
    .n_inside = grouped_count,
    .inside = grouped_inside,
    .save = grouped_save,
    .load = grouped_load,
    .formula = mine__grouped_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_members, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.why_not = GROUPED_MEMBERS},
            [MINE_FORMAT_ONNX] = {.why_not = GROUPED_MEMBERS},
        },
};
