/*
** neighbours_explain.c -- the reasons of the nearest rows, by sampled orders.
**
** Rows are mixed where distances are taken: a feature that is not known has the coordinates that a
** row of training has.  Which rows of training is drawn by chance, the same for every row that is
** explained; base is what the model says of them on the average.
*/
#include <string.h>

#include "../core/random.h"
#include "neighbours.h"
#include "sampled.h"

#define NEIGHBOURS_STREAM  UINT64_C(0x4E16B0)
#define NEIGHBOURS_GROUNDS 64 /* backgrounds, at most */

typedef struct neighbours_game {
  const mine_model *model;
  int of;
  int64_t ground[NEIGHBOURS_GROUNDS]; /* rows that the model remembers */
} neighbours_game;

/* The coordinates of a feature. */
static int neighbours_first(const mine_neighbours *body, int f) {
  return body->space == MINE_SPACE_GOWER ? f : body->encoding.first[f];
}

/* A mixed row's point, of those of the row and of its background. */
static void neighbours_mix(const mine_neighbours *body, const uint8_t *known, const double *own,
                           const double *ground, double *out) {
  for (int f = 0; f < body->n_features; f++) {
    const int first = neighbours_first(body, f), end = neighbours_first(body, f + 1);
    memcpy(out + first, (known[f] ? own : ground) + first, (size_t)(end - first) * sizeof *out);
  }
  if (body->space == MINE_SPACE_COSINE) mine__neighbours_to_length_one(out, body->width);
}

static void neighbours_game_margins(mine_env *env, const void *context, const mine_batch *batch,
                                    const mine__mixed *mixed, double *out) {
  const neighbours_game *game = context;
  const mine_neighbours *body = game->model->body;
  const int k = game->model->n_groups;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)mixed->n, width = (size_t)body->width;
  double *own = mine__arena_array(env->scratch, width, sizeof *own);
  double *point = mine__arena_array(env->scratch, n, width * sizeof *point);
  double *share = k ? mine__arena_array(env->scratch, n, (size_t)k * sizeof *share) : NULL;
  int64_t last = -1;
  for (size_t j = 0; j < n && !mine_failed(env); j++) {
    const double *ground = body->point + (size_t)game->ground[mixed->by[j]] * width;
    if (mixed->at[j] != last) mine__neighbours_points(body, batch, mixed->at[j], 1, own);
    last = mixed->at[j];
    neighbours_mix(body, mixed->known + j * (size_t)body->n_features, own, ground,
                   point + j * width);
  }
  mine_answers answers = {.share = share, .value = k ? NULL : out};
  if (!mine_failed(env)) mine__neighbours_say(env, game->model, point, mixed->n, &answers);
  for (size_t j = 0; k && j < n && !mine_failed(env); j++)
    out[j] = share[j * (size_t)k + (size_t)game->of];
  mine__arena_rewind(env->scratch, mark);
}

mine_status mine__neighbours_explain(mine_env *env, const mine_model *model,
                                     const mine_batch *batch, mine_explained *out) {
  const mine_neighbours *body = model->body;
  neighbours_game context = {.model = model, .of = out->of};
  mine_random random;
  mine__random_open(&random, 1, NEIGHBOURS_STREAM, 0);
  for (int g = 0; g < NEIGHBOURS_GROUNDS; g++)
    context.ground[g] = (int64_t)mine__random_below(&random, (uint64_t)body->n);
  const mine__game game = {.n_features = model->n_features,
                           .backgrounds = NEIGHBOURS_GROUNDS,
                           .context = &context,
                           .margins = neighbours_game_margins};
  return mine__sampled_explain(env, &game, batch, out);
}

mine_margin mine__neighbours_margin(const mine_model *model) {
  return model->n_groups > 0 ? MINE_MARGIN_SHARE : MINE_MARGIN_NUMBER;
}
