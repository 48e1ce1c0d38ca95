/*
** neighbours.c -- scoring by the nearest rows (Cover & Hart 1967).
**
** A row of weight w votes with w; voting=distance multiplies by 1/distance
** (Dudani 1976, with that simpler weight), and rows at distance 0 then decide
** alone.  A row that shares no known attribute with the one to be scored (gower) has
** a say only where that is true of all k.
*/
#include "neighbours.h"

#include <math.h>
#include <string.h>

#define NEIGHBOURS_MEMORY   (64.0 * 1024 * 1024)
#define NEIGHBOURS_CHUNK    8192
#define NEIGHBOURS_FARTHEST 1e150

const char *const mine__voting_names[] = {"uniform", "distance", NULL};

/* ---- points ------------------------------------------------------------------ */

/* By way of the largest coordinate so that no square overflows. */
void mine__neighbours_to_length_one(double *row, int width) {
  double largest = 0, sum = 0;
  for (int j = 0; j < width; j++) {
    if (fabs(row[j]) > largest) largest = fabs(row[j]);
  }
  if (largest == 0) return;
  for (int j = 0; j < width; j++) {
    row[j] /= largest;
    sum += row[j] * row[j];
  }
  const double length = sqrt(sum);
  for (int j = 0; j < width; j++)
    row[j] /= length;
}

static double neighbours_gower_cell(const mine_neighbours *body, const mine_feature_view *view,
                                    int f, int64_t row) {
  if (view->code) return view->code[row] == MINE_CODE_MISSING ? NAN : (double)view->code[row];
  const double x = view->number[row];
  if (isnan(x)) return NAN;
  if (body->range[f] > 0) /* differences stay finite */
    return fmax(-NEIGHBOURS_FARTHEST,
                fmin(NEIGHBOURS_FARTHEST, (x - body->least[f]) / body->range[f]));
  return x == body->least[f] ? 0 : 1;
}

void mine__neighbours_points(const mine_neighbours *body, const mine_batch *batch, int64_t first,
                             int64_t count, double *out) {
  if (body->space == MINE_SPACE_GOWER) {
    for (int64_t i = 0; i < count; i++) {
      const int64_t row = mine_batch_row(batch, first + i);
      for (int f = 0; f < body->width; f++) {
        out[i * body->width + f] = neighbours_gower_cell(body, &batch->feature[f], f, row);
      }
    }
    return;
  }
  mine__encode(&body->encoding, batch, first, count, out);
  if (body->space != MINE_SPACE_COSINE) return;
  for (int64_t i = 0; i < count; i++) {
    mine__neighbours_to_length_one(out + i * body->width, body->width);
  }
}

/* ---- fitting ------------------------------------------------------------------- */

/* Widen least .. most by a feature's values in a batch. */
static void neighbours_span(mine_env *env, const mine_batch *rows, int f, double *least,
                            double *most) {
  const double *number = rows->feature[f].number;
  for (int64_t i = 0; number && i < rows->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    const double x = number[mine_batch_row(rows, i)];
    if (x < *least) *least = x;
    if (x > *most) *most = x;
  }
}

/* Gower's ranges are those of the rows at hand, and of those beside them. */
static void neighbours_fit_gower(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                 const mine_batch *beside, mine_neighbours *body) {
  const size_t n = (size_t)data->n_features;
  body->least = mine__arena_zeros(arena, n, sizeof *body->least);
  body->range = mine__arena_zeros(arena, n, sizeof *body->range);
  body->category = mine__arena_zeros(arena, n, 1);
  if (!body->least || !body->range || !body->category) return;
  for (int f = 0; f < data->n_features; f++) {
    double least = INFINITY, most = -INFINITY;
    body->category[f] = data->rows.feature[f].number == NULL;
    neighbours_span(env, &data->rows, f, &least, &most);
    if (beside) neighbours_span(env, beside, f, &least, &most);
    if (mine_failed(env)) return;
    if (!(least <= most)) continue;
    if (!(most - least <= 1e300)) {
      mine__fail(env, MINE_NUMERIC,
                 "the values of column '%s' are too far apart; rescale or ignore it",
                 data->about[f].name);
      return;
    }
    body->least[f] = least;
    body->range[f] = most - least;
  }
}

/* What the rows are known by: ids, and the answers they give. */
static void neighbours_copy_rows(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                 mine_neighbours *body) {
  const size_t n = (size_t)body->n;
  if (data->task == MINE_CLASSIFICATION) {
    body->label = mine__arena_array(arena, n, sizeof *body->label);
  }
  if (data->task == MINE_REGRESSION) {
    body->target = mine__arena_array(arena, n, sizeof *body->target);
  }
  if (data->weight) body->weight = mine__arena_array(arena, n, sizeof *body->weight);
  mine__values_open(&body->ids, arena);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < body->n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (MINE_POLL_AT(env, i)) return;
    if (body->label) body->label[i] = data->label[row];
    if (body->target) body->target[i] = data->target[row];
    if (body->weight) body->weight[i] = data->weight[row];
    mine_cell id = {MINE_INT, 0, {.integer = row + 1}};
    if (data->ids) mine__values_get(data->ids, row, &id);
    if (!mine__values_push(&body->ids, &id)) return;
  }
}

mine_status mine__neighbours_open(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                  const mine__neighbours_how *how, mine_neighbours *out) {
  const mine_space space = how->space;
  int scale = how->scale;
  *out = (mine_neighbours){.space = space, .n_features = data->n_features, .n = data->rows.n};
  if (space == MINE_SPACE_GOWER) {
    neighbours_fit_gower(env, arena, data, how->beside, out);
    if (mine_failed(env)) return mine_env_status(env);
    out->width = data->n_features;
  } else {
    if (scale < 0) scale = space == MINE_SPACE_COSINE ? MINE_SCALE_NONE : MINE_SCALE_STANDARD;
    out->encoding.apart = how->apart;
    MINE_TRY(mine__encoding_fit(env, arena, data, (mine_scale)scale, &out->encoding));
    out->width = out->encoding.width;
  }
  return mine_env_status(env);
}

mine_status mine__neighbours_fit(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                 const mine__neighbours_how *how, mine_neighbours *out) {
  MINE_TRY(mine__neighbours_open(env, arena, data, how, out));
  out->point = mine__arena_array(arena, (size_t)out->n, (size_t)out->width * sizeof *out->point);
  if (!out->point) return mine_env_status(env);
  for (int64_t i = 0; i < out->n; i += NEIGHBOURS_CHUNK) {
    const int64_t left = out->n - i;
    mine__neighbours_points(out, &data->rows, i, left < NEIGHBOURS_CHUNK ? left : NEIGHBOURS_CHUNK,
                            out->point + i * out->width);
    MINE_TRY(mine__poll(env));
  }
  neighbours_copy_rows(env, arena, data, out);
  if (mine_failed(env)) return mine_env_status(env);
  return mine__nearest_build(env, arena, out->space, out->point, out->n, out->width, out->category,
                             &out->nearest);
}

/* ---- scoring -------------------------------------------------------------------- */

/* Per query: its point, and k times a distance and a row.  At least a group, because the
** search works on as many at a time. */
int64_t mine__neighbours_chunk(const mine_neighbours *body, int64_t k, int64_t queries) {
  const double bytes = 8.0 * body->width + 12.0 * (double)k + 8;
  double chunk = NEIGHBOURS_MEMORY / bytes;
  if (chunk > NEIGHBOURS_CHUNK) chunk = NEIGHBOURS_CHUNK;
  if (chunk > (double)queries) chunk = (double)queries;
  return chunk < MINE_NEAREST_GROUP ? MINE_NEAREST_GROUP : (int64_t)chunk;
}

/* Replace each distance by the weight of its row's vote, at most the row's own:
** 1/distance is taken relative to the nearest (they come in rising order), so nothing
** overflows.  Where the nearest is at 0, nearest / distance is 0 for all others, and those
** at 0 decide alone.  An infinite distance is "no attribute in common". */
static void neighbours_weigh(const mine_neighbours *body, const uint32_t *row, int64_t n,
                             double *distance) {
  const double nearest = distance[0];
  for (int64_t i = 0; i < n; i++) {
    double vote = isinf(distance[i]) && !isinf(nearest) ? 0 : 1;
    if (body->voting == MINE_VOTE_DISTANCE && distance[i] > nearest) vote = nearest / distance[i];
    distance[i] = body->weight ? vote * body->weight[row[i]] : vote;
  }
}

/* One row's answer from its neighbours' votes.  `total` is above 0: the nearest votes with 1,
** or with its weight, which is. */
static void neighbours_vote(const mine_neighbours *body, int n_classes, const uint32_t *row,
                            const double *vote, int64_t n, int64_t at, mine_answers *out) {
  double total = 0, sum = 0;
  for (int64_t i = 0; i < n; i++)
    total += vote[i];
  if (body->label && out->share) {
    double *p = out->share + at * n_classes;
    memset(p, 0, (size_t)n_classes * sizeof *p);
    for (int64_t i = 0; i < n; i++)
      p[body->label[row[i]]] += vote[i];
    for (int c = 0; c < n_classes; c++)
      p[c] /= total;
  }
  if (body->target && out->value) {
    for (int64_t i = 0; i < n; i++)
      sum += vote[i] / total * body->target[row[i]];
    out->value[at] = sum;
  }
}

/* Room for the search of a chunk of rows. */
typedef struct neighbours_room {
  double *distance;
  uint32_t *row;
  int64_t *found;
} neighbours_room;

static neighbours_room neighbours_open_room(mine_env *env, int64_t chunk, int64_t k) {
  neighbours_room room;
  const size_t n = (size_t)chunk;
  room.distance = mine__arena_array(env->scratch, n, (size_t)k * sizeof *room.distance);
  room.row = mine__arena_array(env->scratch, n, (size_t)k * sizeof *room.row);
  room.found = mine__arena_array(env->scratch, n, sizeof *room.found);
  return room;
}

static int64_t neighbours_k(const mine_neighbours *body) {
  return body->k < body->n ? body->k : body->n;
}

/* The answers of points, rows first and up of `of` that are asked in all. */
static void neighbours_say(mine_env *env, const mine_model *model, const double *point, int64_t n,
                           int64_t first, int64_t of, const neighbours_room *room,
                           mine_answers *out) {
  const mine_neighbours *body = model->body;
  const int64_t k = neighbours_k(body);
  const mine_nearest_query query = {.n = n,
                                    .row = point,
                                    .k = k,
                                    .what = "comparing with the nearest rows",
                                    .from = (double)first / (double)of,
                                    .to = (double)(first + n) / (double)of};
  if (mine__nearest_search(env, &body->nearest, &query, room->row, room->distance, room->found))
    return;
  for (int64_t q = 0; q < n; q++) {
    neighbours_weigh(body, room->row + q * k, room->found[q], room->distance + q * k);
    neighbours_vote(body, model->n_groups, room->row + q * k, room->distance + q * k,
                    room->found[q], first + q, out);
  }
}

void mine__neighbours_say(mine_env *env, const mine_model *model, const double *point, int64_t n,
                          mine_answers *out) {
  const mine_neighbours *body = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t chunk = mine__neighbours_chunk(body, neighbours_k(body), n);
  const neighbours_room room = neighbours_open_room(env, chunk, neighbours_k(body));
  for (int64_t first = 0; first < n && !mine_failed(env); first += chunk)
    neighbours_say(env, model, point + first * body->width, n - first < chunk ? n - first : chunk,
                   first, n, &room, out);
  mine__arena_rewind(env->scratch, mark);
}

static mine_status neighbours_answer(mine_env *env, const mine_model *model,
                                     const mine_batch *batch, mine_answers *out) {
  const mine_neighbours *body = model->body;
  const int64_t chunk = mine__neighbours_chunk(body, neighbours_k(body), batch->n);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *point =
      mine__arena_array(env->scratch, (size_t)chunk, (size_t)body->width * sizeof *point);
  const neighbours_room room = neighbours_open_room(env, chunk, neighbours_k(body));
  for (int64_t first = 0; first < batch->n && !mine_failed(env); first += chunk) {
    const int64_t left = batch->n - first, count = left < chunk ? left : chunk;
    mine__neighbours_points(body, batch, first, count, point);
    neighbours_say(env, model, point, count, first, batch->n, &room, out);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- the kind ------------------------------------------------------------------------- */

/* Base rows without a target answer a search, but nothing row by row. */
static unsigned neighbours_given(const mine_model *model) {
  const mine_neighbours *body = model->body;
  return body->label ? MINE_GIVES_GROUP | MINE_GIVES_SHARE : body->target ? MINE_GIVES_VALUE : 0u;
}

static int neighbours_width(const mine_model *model) {
  return ((const mine_neighbours *)model->body)->width;
}

static void neighbours_points(const mine_model *model, const mine_batch *batch, int64_t first,
                              int64_t count, double *out) {
  mine__neighbours_points(model->body, batch, first, count, out);
}

#define NEIGHBOURS_ROWS "the model is the rows it was trained on, and those stay"

const mine_kind mine__kind_neighbours = {
    .name = "neighbours",
    .tag = 0x4e454947, /* NEIG */
    .version = MINE_NEIGHBOURS_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE,
    .given = neighbours_given,
    .answer = neighbours_answer,
    .explain = mine__neighbours_explain,
    .margin = mine__neighbours_margin,
    .samples = 1,
    .width = neighbours_width,
    .points = neighbours_points,
    .save = mine__neighbours_save,
    .load = mine__neighbours_load,
    .keeps_rows = MINE_KEEPS_ALL,
    .written = {[MINE_FORMAT_SQL] = {.why_not = NEIGHBOURS_ROWS},
                [MINE_FORMAT_C] = {.why_not = NEIGHBOURS_ROWS},
                [MINE_FORMAT_TEXT] = {.why_not = NEIGHBOURS_ROWS},
                [MINE_FORMAT_DOT] = {.why_not = NEIGHBOURS_ROWS},
                /* others' programs */
                [MINE_FORMAT_PMML] = {.why_not = NEIGHBOURS_ROWS},
                [MINE_FORMAT_ONNX] = {.why_not = NEIGHBOURS_ROWS}},
};
