/*
** uplift.c -- the kind of what a treatment adds: answers, reasons, bytes, and the rows it
** remembers. How it is judged: uplift_judge.c.
*/
#include "uplift.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formula.h"
#include "write.h"

#define UPLIFT_TAG     UINT32_C(0x54464c55) /* "ULFT" */
#define UPLIFT_VERSION 1
#define UPLIFT_HELD    100000

/* ---- answers ---------------------------------------------------------------------------- */

/* What a member says of the batch: n shares of class 1, or numbers.  `room`: n x groups. */
static void uplift_ask(mine_env *env, const mine_model *member, const mine_batch *batch,
                       double *room, double *out) {
  const int k = member->n_groups;
  mine_answers answers = {.value = k ? NULL : out, .share = k ? room : NULL};
  if (mine__model_answer(env, member, batch, &answers)) return;
  for (int64_t i = 0; k && i < batch->n; i++)
    out[i] = room[i * k + 1];
}

static mine_status uplift_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_answers *out) {
  const mine_uplift *body = model->body;
  const size_t n = (size_t)batch->n;
  if (!out->value) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *room = mine__arena_array(env->scratch, n, 2 * sizeof *room);
  double *other = mine__arena_array(env->scratch, n, sizeof *other);
  const mine_model *treated = body->member[body->method == MINE_UPLIFT_TWO];
  if (room && other) uplift_ask(env, treated, batch, room, out->value);
  if (body->method == MINE_UPLIFT_TWO && !mine_failed(env))
    uplift_ask(env, body->member[MINE_UPLIFT_OTHERS], batch, room, other);
  for (size_t i = 0; i < n && !mine_failed(env); i++)
    out->value[i] =
        body->method == MINE_UPLIFT_TWO ? out->value[i] - other[i] : 2 * out->value[i] - 1;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- reasons: the difference of what the members' answers are made of ------------------------ */

static mine_status uplift_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out) {
  const mine_uplift *body = model->body;
  const int d = model->n_features, two = body->method == MINE_UPLIFT_TWO;
  const size_t cells = (size_t)batch->n * ((size_t)d + 1);
  mine_explained part = {.of = body->member[0]->n_groups ? 1 : 0, .answer = 1, .pairs = out->pairs};
  const mine_mark mark = mine__arena_mark(env->scratch);
  part.contribution = mine__arena_array(env->scratch, cells, sizeof(double));
  if (out->error) part.error = mine__arena_zeros(env->scratch, cells, sizeof(double));
  for (int m = 0; m < body->n_members && !mine_failed(env); m++) {
    const double sign = !two ? 2 : m == MINE_UPLIFT_TREATED ? 1 : -1;
    if (mine__model_explain(env, body->member[m], batch, &part)) break;
    for (size_t i = 0; i < cells; i++)
      out->contribution[i] = (m ? out->contribution[i] : 0) + sign * part.contribution[i];
    for (size_t i = 0; out->error && i < cells; i++)
      out->error[i] = hypot(m ? out->error[i] : 0, sign * part.error[i]);
  }
  for (int64_t i = 0; !two && !mine_failed(env) && i < batch->n; i++)
    out->contribution[i * (d + 1) + d] -= 1;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static mine_margin uplift_margin(const mine_model *model) {
  (void)model;
  return MINE_MARGIN_NUMBER;
}

static int uplift_count(const mine_model *model) {
  return ((const mine_uplift *)model->body)->n_members;
}

/* Those of two are for the rows that were treated, and for the others. */
static const mine_model *uplift_inside(const mine_model *model, int i, mine_cell *value) {
  const mine_uplift *body = model->body;
  const char *name = i == MINE_UPLIFT_TREATED ? "treated" : "others";
  *value = (mine_cell){MINE_NULL, 0, {0}};
  if (body->n_members == 2) *value = (mine_cell){MINE_TEXT, strlen(name), {.text = name}};
  return i >= 0 && i < body->n_members ? body->member[i] : NULL;
}

/* ---- as arithmetic ---------------------------------------------------------------------- */

void mine__uplift_formula(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said) {
  const mine_uplift *body = model->body;
  const mine_term *term[2] = {NULL, NULL};
  for (int m = 0; m < body->n_members; m++) {
    mine_said own = {0};
    mine__formula_inside(f, body->member[m], map, &own);
    if (mine_failed(f->env)) return;
    term[m] = mine__term_let(f, own.share ? own.share[1] : own.value[0]);
  }
  said->value = mine__formula_terms(f, 1);
  if (!said->value) return;
  if (body->method == MINE_UPLIFT_TWO)
    said->value[0] = mine__term_two(f, MINE_TERM_MINUS, term[1], term[0]);
  else
    said->value[0] =
        mine__term_two(f, MINE_TERM_MINUS,
                       mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, 2), term[0]),
                       mine__term_constant(f, 1));
}

/* ---- bytes ------------------------------------------------------------------------------ */

static void uplift_save(const mine_model *model, mine_writer *w) {
  const mine_uplift *body = model->body;
  const size_t n = (size_t)body->held;
  mine__write_i32(w, body->method);
  mine__write_u64(w, (uint64_t)body->n_members);
  for (int i = 0; i < body->n_members; i++)
    mine__envelope_write_member(body->member[i], w);
  mine__write_string(w, body->columns.target);
  mine__write_string(w, body->columns.treatment);
  mine__write_cell(w, &body->columns.positive);
  mine__write_cell(w, &body->columns.treated);
  mine__write_u64(w, (uint64_t)n);
  mine__write_reals(w, body->outcome, n);
  mine__write_i32s(w, body->treated, n);
  mine__write_reals(w, body->score, n);
  mine__write_u8(w, body->weight != NULL);
  if (body->weight) mine__write_reals(w, body->weight, n);
}

/* Asked with the whole's batch, a member must have the whole's features. */
static const char *uplift_fits(const mine_model *whole, const mine_model *member) {
  if (member->n_features != whole->n_features) return "the attributes of a member";
  if (member->n_groups ? member->n_groups != 2 : member->n_outputs != 1)
    return "the classes of a member";
  for (int f = 0; f < whole->n_features; f++) {
    const mine_feature *own = &member->feature[f], *all = &whole->feature[f];
    if (own->type != all->type) return "the attributes of a member";
    if (own->levels.values.n != all->levels.values.n) return "the levels of a member";
  }
  const unsigned needed = member->n_groups ? MINE_GIVES_SHARE : MINE_GIVES_VALUE;
  return mine__model_gives(member) & needed ? NULL : "what a member answers";
}

static void uplift_load_held(mine_reader *r, mine_uplift *body) {
  const size_t n = mine__read_count(mine__called(r, "held_rows"), 8 + 4 + 8);
  body->held = (int64_t)n;
  body->outcome = mine__read_reals(mine__called(r, "held_target"), n, 1);
  body->treated = mine__read_i32s(mine__called(r, "held_treated"), n);
  body->score = mine__read_reals(mine__called(r, "held_score"), n, 1);
  const uint8_t weighted = mine__read_u8(mine__called(r, "held_weighted"));
  if (weighted > 1) mine__reader_bad(r, "the weights of held-out rows");
  if (weighted && mine__reader_ok(r))
    body->weight = mine__read_reals(mine__called(r, "held_weight"), n, 1);
  for (size_t i = 0; mine__reader_ok(r) && i < n; i++) {
    if (body->treated[i] < 0 || body->treated[i] > 1) mine__reader_bad(r, "a treatment");
    if (body->weight && !(body->weight[i] > 0)) mine__reader_bad(r, "a weight");
  }
}

static void uplift_load(mine_reader *r, mine_model *model, uint32_t version) {
  (void)version;
  mine_uplift *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  if (!body) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return;
  body->method = mine__read_i32(mine__called(r, "method"));
  const size_t n = mine__read_list(r, "members", 64);
  if (body->method != MINE_UPLIFT_TWO && body->method != MINE_UPLIFT_TRANSFORMED)
    mine__reader_bad(r, "the method");
  if (n != (body->method == MINE_UPLIFT_TWO ? 2u : 1u))
    mine__reader_bad(r, "the number of members");
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    body->member[i] = mine__envelope_read_member(r);
    const char *problem = mine__reader_ok(r) ? uplift_fits(model, body->member[i]) : NULL;
    if (problem) mine__reader_bad(r, problem);
  }
  mine__read_close(r);
  body->n_members = (int)n;
  if (mine__reader_ok(r) && n == 2 && body->member[0]->n_groups != body->member[1]->n_groups)
    mine__reader_bad(r, "the classes of a member");
  body->columns.target = mine__read_string(mine__called(r, "target"));
  body->columns.treatment = mine__read_string(mine__called(r, "treatment"));
  mine__read_cell(mine__called(r, "positive"), &body->columns.positive);
  mine__read_cell(mine__called(r, "treated"), &body->columns.treated);
  if (mine__reader_ok(r) && (!body->columns.target || !body->columns.treatment))
    mine__reader_bad(r, "the names of the columns");
  if (mine__reader_ok(r)) uplift_load_held(r, body);
  if (mine__reader_ok(r)) model->body = body;
}

/* ---- what is not learned ------------------------------------------------------------------- */

void mine__uplift_name(mine_model *model, const mine_uplift_columns *c) {
  mine_uplift *body = model->body;
  mine_arena *arena = model->arena;
  if (model->kind != &mine__kind_uplift) return;
  body->columns = (mine_uplift_columns){
      .target = mine__arena_text(arena, c->target, strlen(c->target)),
      .treatment = mine__arena_text(arena, c->treatment, strlen(c->treatment)),
      .positive = mine__cell_copy(arena, &c->positive),
      .treated = mine__cell_copy(arena, &c->treated),
  };
}

/* ---- held-out rows ---------------------------------------------------------------------- */

void mine__uplift_keep(mine_env *env, mine_model *model, const mine_uplift_rows *rows) {
  mine_uplift *body = model->body;
  const size_t n = (size_t)(rows->n < UPLIFT_HELD ? rows->n : UPLIFT_HELD);
  if (model->kind != &mine__kind_uplift || mine_failed(env)) return;
  body->outcome = mine__arena_array(model->arena, n, sizeof *body->outcome);
  body->treated = mine__arena_array(model->arena, n, sizeof *body->treated);
  body->score = mine__arena_array(model->arena, n, sizeof *body->score);
  if (rows->weight) body->weight = mine__arena_array(model->arena, n, sizeof *body->weight);
  if (mine_failed(env)) return;
  for (size_t i = 0; i < n; i++) {
    body->outcome[i] = rows->outcome[i];
    body->treated[i] = rows->treated[i];
    body->score[i] = rows->score[i];
    if (rows->weight) body->weight[i] = rows->weight[i];
  }
  body->held = (int64_t)n;
}

/* ---- the kind --------------------------------------------------------------------------- */

#define UPLIFT_NO_FORM "a difference of two models is no model of that language"

static void uplift_summary(const mine_model *model, mine_relation *to) {
  const mine_uplift *body = model->body;
  char detail[120];
  if (body->held == 0) return;
  snprintf(detail, sizeof detail,
           "outcome, treatment and score of %lld held-out rows, without their ids",
           (long long)body->held);
  mine__row_text(to, "keeps");
  mine__row_text(to, "scores");
  mine__row_text(to, detail);
  mine__relation_end_row(to);
}

static void uplift_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  mine__importance_list_inside(env, model, NULL, to);
}

static const mine_part uplift_parts[] = {
    {.verb = "mine_importance",
     .what = "what its members say of the target: the mean of the treated and the others",
     .list = uplift_importance,
     .has = mine__importance_inside},
    {.verb = NULL},
};

const mine_kind mine__kind_uplift = {
    .name = "uplift",
    .tag = UPLIFT_TAG,
    .version = UPLIFT_VERSION,
    .gives = MINE_GIVES_VALUE,
    .answer = uplift_answer,
    .explain = uplift_explain,
    .margin = uplift_margin,
    .n_inside = uplift_count,
    .inside = uplift_inside,
    .save = uplift_save,
    .load = uplift_load,
    .summary = uplift_summary,
    .parts = uplift_parts,
    .formula = mine__uplift_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_members, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.why_not = UPLIFT_NO_FORM},
            [MINE_FORMAT_ONNX] = {.why_not = UPLIFT_NO_FORM},
        },
};
