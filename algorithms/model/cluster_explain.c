/*
** cluster_explain.c -- rows in tasks; and centres, of which no more than a slope is left.
**
** |x - a|^2 - |x - b|^2 is linear in x.  With u = x less the point of a row of which nothing is
** known, and n(c) the centre less that point, the margin is
**
**   sum over c of told(c) (-|u - n(c)|^2 / 2) = sum of told(c) (u.n(c) - |n(c)|^2 / 2),
**
** since the told(c) add up to 0: a term for each column, and a base.
*/
#include "cluster_explain.h"

#include <math.h>
#include <string.h>

#define CEXPLAIN_ROWS 256 /* of a task */

typedef struct cexplain_run {
  mine__cluster_says says;
  const void *context;
  const mine_batch *batch;
  size_t n_features, room;
  double *rooms; /* room per worker */
  double *out;
} cexplain_run;

static void cexplain_task(void *context, int64_t task, int worker) {
  const cexplain_run *run = context;
  const int64_t first = task * CEXPLAIN_ROWS, left = run->batch->n - first;
  const int64_t end = first + (left < CEXPLAIN_ROWS ? left : CEXPLAIN_ROWS);
  for (int64_t i = first; i < end; i++) {
    double *out = run->out + (size_t)i * (run->n_features + 1), sum = 0;
    memset(out, 0, (run->n_features + 1) * sizeof *out);
    run->says(run->context, run->batch, i, run->rooms + (size_t)worker * run->room, out);
    for (size_t f = 0; f <= run->n_features; f++)
      sum += fabs(out[f]);
    if (!isfinite(sum)) mine__explain_nothing(out, (int)run->n_features);
  }
}

mine_status mine__clusters_explain(mine_env *env, const mine_model *model, int64_t n,
                                   mine__cluster_says says, const void *context, size_t room,
                                   const mine_batch *batch, mine_explained *out) {
  if (mine_failed(env)) return mine_env_status(env);
  if (n < 2 && !out->member)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "the model (%s) has one cluster, and nothing speaks for it rather than for "
                      "another; FROM mine_segments(model) says what it is like",
                      model->algorithm);
  if (n < 2) {
    for (int64_t i = 0; i < batch->n; i++)
      mine__explain_nothing(out->contribution + i * (model->n_features + 1), model->n_features);
    return mine_env_status(env);
  }
  cexplain_run run = {.says = says,
                      .context = context,
                      .batch = batch,
                      .n_features = (size_t)model->n_features,
                      .room = room,
                      .out = out->contribution};
  run.rooms = mine__arena_array(env->scratch, (size_t)env->threads, room * sizeof *run.rooms);
  if (mine_failed(env)) return mine_env_status(env);
  return mine__parallel(env, MINE_BLOCKS(batch->n, CEXPLAIN_ROWS), cexplain_task, &run);
}

mine_margin mine__clusters_margin(const mine_model *model) {
  return mine__model_gives(model) & MINE_GIVES_SHARE ? MINE_MARGIN_ODDS : MINE_MARGIN_NEAR;
}

/* ---- centres ------------------------------------------------------------------------------- */

typedef struct cexplain_centres {
  const mine_encoding *encoding;
  double *slope; /* width */
  double base;
} cexplain_centres;

static void cexplain_centre(cexplain_centres *to, const double *centre, double told) {
  const mine_encoding *e = to->encoding;
  double square = 0;
  for (int j = 0; j < e->width; j++) {
    const double n = centre[j] - e->fill[j];
    to->slope[j] += told * n;
    square += n * n;
  }
  to->base -= told * square / 2;
}

static void cexplain_centres_say(const void *context, const mine_batch *batch, int64_t i,
                                 double *room, double *contribution) {
  const cexplain_centres *c = context;
  const mine_encoding *e = c->encoding;
  mine__encode(e, batch, i, 1, room);
  for (int f = 0; f < e->n_features; f++)
    for (int j = e->first[f]; j < e->first[f + 1]; j++)
      contribution[f] += c->slope[j] * (room[j] - e->fill[j]);
  contribution[e->n_features] = c->base;
}

mine_status mine__centres_explain(mine_env *env, const mine_model *model,
                                  const mine_encoding *encoding, const double *centre, int64_t k,
                                  const mine_batch *batch, mine_explained *out) {
  const size_t width = (size_t)encoding->width;
  cexplain_centres to = {.encoding = encoding};
  to.slope = mine__arena_zeros(env->scratch, width, sizeof *to.slope);
  for (int64_t c = 0; to.slope && c < k; c++)
    cexplain_centre(&to, centre + (size_t)c * width, mine__cluster_told(k, out->of, c));
  return mine__clusters_explain(env, model, k, cexplain_centres_say, &to, width, batch, out);
}
