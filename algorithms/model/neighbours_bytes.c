/*
** neighbours_bytes.c -- remembered rows into bytes and back.
**
** Whoever reads believes nothing: points are finite but for gower's missing values, classes are
** the model's, weights above zero.  The search structure is not in the bytes: it is built again.
*/
#include <math.h>

#include "neighbours.h"

void mine__neighbours_save_space(const mine_neighbours *body, mine_writer *w) {
  if (body->space == MINE_SPACE_GOWER) {
    mine__write_reals(w, body->least, (size_t)body->n_features);
    mine__write_reals(w, body->range, (size_t)body->n_features);
  } else {
    mine__encoding_save(&body->encoding, w);
  }
}

void mine__neighbours_save(const mine_model *model, mine_writer *w) {
  const mine_neighbours *body = model->body;
  const size_t n = (size_t)body->n;
  mine__write_u32(w, (uint32_t)body->space);
  mine__write_u32(w, (uint32_t)body->voting);
  mine__write_i64(w, body->k);
  mine__neighbours_save_space(body, w);
  mine__write_u64(w, n);
  mine__write_reals(w, body->point, n * (size_t)body->width);
  if (body->label) mine__write_i32s(w, body->label, n);
  if (body->target) mine__write_reals(w, body->target, n);
  mine__write_u8(w, body->weight != NULL);
  if (body->weight) mine__write_reals(w, body->weight, n);
  for (int64_t i = 0; i < body->n; i++) {
    mine_cell id;
    mine__values_get(&body->ids, i, &id);
    mine__write_cell(w, &id);
  }
}

static void neighbours_load_gower(mine_reader *r, const mine_model *model, mine_neighbours *body) {
  const size_t n = (size_t)model->n_features;
  body->width = model->n_features;
  body->least = mine__read_reals(mine__called(r, "least"), n, 1);
  body->range = mine__read_reals(mine__called(r, "range"), n, 1);
  body->category = mine__arena_zeros(r->arena, n, 1);
  if (!body->least || !body->range || !body->category) return;
  for (size_t f = 0; f < n; f++) {
    body->category[f] = model->feature[f].type == MINE_COLUMN_CATEGORY;
    if (body->range[f] < 0) mine__reader_bad(r, "a range");
  }
}

void mine__neighbours_load_space(mine_reader *r, const mine_model *model,
                                 mine__encoding_format format, mine_neighbours *body) {
  body->n_features = model->n_features;
  if (body->space == MINE_SPACE_GOWER) {
    neighbours_load_gower(r, model, body);
  } else {
    mine__encoding_load(r, model->feature, model->n_features, format, &body->encoding);
    body->width = body->encoding.width;
  }
}

/* The width is asked first, because read_count divides by the bytes of a row. */
void mine__neighbours_load_points(mine_reader *r, const char *count, mine_neighbours *body) {
  if (!mine__reader_ok(r)) return;
  if (body->width < 1) {
    mine__reader_bad(r, "the width of the points");
    return;
  }
  const size_t n = mine__read_count(mine__called(r, count), 8 * (size_t)body->width);
  if (n < 1 || n > (size_t)MINE_MAX_ROWS) mine__reader_bad(r, "the number of rows");
  if (!mine__reader_ok(r)) return;
  body->n = (int64_t)n;
  body->point = mine__read_reals(mine__called(r, "point"), n * (size_t)body->width,
                                 body->space != MINE_SPACE_GOWER);
  for (size_t i = 0; body->point && i < n * (size_t)body->width; i++) {
    if (isinf(body->point[i])) mine__reader_bad(r, "a point");
  }
}

static void neighbours_load_answers(mine_reader *r, const mine_model *model,
                                    mine_neighbours *body) {
  const size_t n = (size_t)body->n;
  if (model->n_outputs > 1) mine__reader_bad(r, "the answers of the rows");
  if (mine__model_has_classes(model)) body->label = mine__read_i32s(mine__called(r, "class"), n);
  if (mine__model_has_target_number(model))
    body->target = mine__read_reals(mine__called(r, "target"), n, 1);
  const uint8_t weighted = mine__read_u8(mine__called(r, "weighted"));
  if (weighted > 1) mine__reader_bad(r, "the weights");
  if (weighted) body->weight = mine__read_reals(mine__called(r, "weight"), n, 1);
  for (size_t i = 0; body->label && i < n; i++) {
    if (body->label[i] < 0 || body->label[i] >= model->n_groups) mine__reader_bad(r, "a class");
  }
  for (size_t i = 0; body->weight && i < n; i++) {
    if (!(body->weight[i] > 0)) mine__reader_bad(r, "a weight");
  }
  mine__values_open(&body->ids, r->arena);
  mine__read_items(r, "ids");
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    mine_cell id;
    mine__read_cell(r, &id);
    if (mine__reader_ok(r) && !mine__values_push(&body->ids, &id)) mine__reader_bad(r, "memory");
  }
  mine__read_close(r);
}

void mine__neighbours_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_neighbours *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  if (!body) return;
  if (version < 1 || version > MINE_NEIGHBOURS_VERSION)
    mine__reader_bad(r, "the version of the neighbours");
  const uint32_t space = mine__read_u32(mine__worded(r, "metric", mine__space_names));
  const uint32_t voting = mine__read_u32(mine__worded(r, "voting", mine__voting_names));
  if (space > MINE_SPACE_GOWER) mine__reader_bad(r, "the metric");
  if (voting > MINE_VOTE_DISTANCE) mine__reader_bad(r, "the voting");
  body->k = mine__read_i64(mine__called(r, "k"));
  if (body->k < 1 || body->k > MINE_MAX_ROWS) mine__reader_bad(r, "k");
  if (!mine__reader_ok(r)) return;
  body->space = (mine_space)space;
  body->voting = (mine_voting)voting;
  mine__neighbours_load_space(r, model, version > 1 ? MINE_ENCODING_WARPS : MINE_ENCODING_PLAIN,
                              body);
  mine__neighbours_load_points(r, "rows", body);
  if (mine__reader_ok(r)) neighbours_load_answers(r, model, body);
  if (!mine__reader_ok(r)) return;
  if (mine__nearest_build(r->env, r->arena, body->space, body->point, body->n, body->width,
                          body->category, &body->nearest) == MINE_OK) {
    model->body = body;
  }
}
