/*
** network_explain.c -- the reasons of a network, by sampled orders.
**
** What is not known stands where the mean row of training has it: a number at its mean, a level
** at the mean row of its table.  So there is one background, and base is the margin of the mean
** row.
*/
#include "network.h"
#include "sampled.h"

typedef struct network_game {
  const mine_model *model;
  int of;
} network_game;

/* The mixed rows' cells of one column; 0: no memory. */
static int network_mix(mine_env *env, const mine_network *m, int f, const mine_batch *batch,
                       const mine__mixed *mixed, mine_feature_view *view) {
  const mine_feature_view *from = &batch->feature[f];
  const size_t n = (size_t)mixed->n;
  double *number = from->number ? mine__arena_array(env->scratch, n, sizeof *number) : NULL;
  int32_t *code = from->number ? NULL : mine__arena_array(env->scratch, n, sizeof *code);
  if (!number && !code) return 0;
  for (int64_t j = 0; j < mixed->n; j++) {
    const int64_t row = mine_batch_row(batch, mixed->at[j]);
    const int known = mixed->known[j * m->n_columns + f];
    if (number) number[j] = known ? from->number[row] : m->column[f].mean;
    if (code) code[j] = known ? from->code[row] : MINE_CODE_UNKNOWN;
  }
  *view = (mine_feature_view){number, code};
  return 1;
}

/* The margin that is told, of those of the last layer. */
static double network_told(const mine_network *m, const double *margin, int of) {
  const int64_t k = m->width[m->n_layers];
  double sum = 0;
  if (m->link == MINE_NETWORK_LOGIT) return of == 1 ? margin[0] : -margin[0];
  if (m->link == MINE_NETWORK_IDENTITY) return margin[0];
  for (int64_t c = 0; c < k; c++)
    sum += margin[c];
  return margin[of] - sum / (double)k;
}

static void network_game_margins(mine_env *env, const void *context, const mine_batch *batch,
                                 const mine__mixed *mixed, double *out) {
  const network_game *game = context;
  const mine_network *m = game->model->body;
  const int64_t k = m->width[m->n_layers];
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_feature_view *view = mine__arena_array(env->scratch, (size_t)m->n_columns, sizeof *view);
  double *margin = mine__arena_array(env->scratch, (size_t)mixed->n, (size_t)k * sizeof *margin);
  for (int f = 0; f < m->n_columns && !mine_failed(env); f++)
    if (!network_mix(env, m, f, batch, mixed, &view[f])) return;
  const mine_batch rows = {mixed->n, NULL, view};
  if (!mine_failed(env) && mine__network_margins(env, game->model, &rows, margin) == MINE_OK) {
    for (int64_t j = 0; j < mixed->n; j++)
      out[j] = network_told(m, margin + j * k, game->of);
  }
  mine__arena_rewind(env->scratch, mark);
}

mine_status mine__network_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out) {
  const network_game context = {model, out->of};
  const mine__game game = {.n_features = model->n_features,
                           .backgrounds = 1,
                           .context = &context,
                           .margins = network_game_margins};
  return mine__sampled_explain(env, &game, batch, out);
}

mine_margin mine__network_margin(const mine_model *model) {
  const mine_network *m = model->body;
  return m->link == MINE_NETWORK_IDENTITY ? MINE_MARGIN_NUMBER : MINE_MARGIN_ODDS;
}
