/*
** explain.c -- asking a model for reasons, whatever its kind.
*/
#include "explain.h"

#include <math.h>
#include <string.h>

#include "model.h"

mine_margin mine__model_margin(const mine_model *model) {
  return model->kind->margin ? model->kind->margin(model) : MINE_MARGIN_NUMBER;
}

void mine__explain_nothing(double *contribution, int n_features) {
  for (int f = 0; f <= n_features; f++)
    contribution[f] = NAN;
}

mine_status mine__model_explain_check(mine_env *env, const mine_model *model) {
  char called[MINE_CALLED_BYTES];
  const mine_kind *kind = model->kind;
  if (mine_failed(env)) return mine_env_status(env);
  if (model->task == MINE_COMPONENTS)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "a score on a component (%s) is a sum by itself, of the columns times its "
                      "weights; FROM mine_loadings(model) has them",
                      model->algorithm);
  if (!kind->answer || model->task == MINE_NEIGHBORS)
    return mine__fail(
        env, MINE_UNSUPPORTED, "%s predicts nothing of a row that could be explained%s%s",
        mine__model_called(model, called), kind->asked ? ": " : "", kind->asked ? kind->asked : "");
  if (!kind->explain && model->task == MINE_CLUSTERING)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "which cluster a row is of hangs on the rows near it (%s), and on no number "
                      "that features add up to; FROM mine_segments(model) says what sets each "
                      "cluster apart, mine_centroids what it looks like",
                      model->algorithm);
  if (!kind->explain)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "a model of the kind '%s' is not explained row by row; FROM "
                      "mine_importance(model) says which features count",
                      kind->name);
  const int inside = kind->n_inside ? kind->n_inside(model) : 0;
  for (int i = 0; i < inside; i++) {
    mine_cell value;
    const mine_model *member = kind->inside(model, i, &value);
    if (member) MINE_TRY(mine__model_explain_check(env, member));
  }
  return MINE_OK;
}

static int explain_kind_samples(const mine_model *model) {
  return model->kind->samples;
}

int mine__model_samples(const mine_model *model) {
  return mine__model_any(model, explain_kind_samples);
}

mine_status mine__model_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_explained *out) {
  MINE_TRY(mine__model_explain_check(env, model));
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t numbers = (size_t)batch->n * ((size_t)model->n_features + 1);
  if (out->pairs < 1) out->pairs = MINE_EXPLAIN_PAIRS;
  if (out->error) memset(out->error, 0, numbers * sizeof *out->error); /* exact, unless they say */
  if (batch->n > 0 && out->answer) mine__explain_answer(env, model, batch, out);
  if (batch->n > 0 && !out->answer) (void)model->kind->explain(env, model, batch, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
