/*
** scoring_held.c -- the held-out rows that a model remembers, as rows that were scored.
**
** They were answered when the model was measured, by a fit that had not seen them; the scores
** were kept as floats.  What was not kept (attributes, gaps, distances) is NULL.
*/
#include "../model/metrics.h"
#include "scoring.h"

static void held_refuse(const mine_scoring *s) {
  char called[MINE_CALLED_BYTES];
  const mine_model *model = s->model;
  if (!model->roles.target)
    (void)mine__fail(s->env, MINE_UNSUPPORTED,
                     "%s was trained without a target and keeps no held-out rows; "
                     "give a source: FROM mine_predict(model, source)",
                     mine__model_called(model, called));
  else
    (void)mine__fail(
        s->env, MINE_UNSUPPORTED,
        "the model keeps no held-out rows (holdout=0, or too few rows); give a source: "
        "FROM mine_predict(model, source)");
}

static void held_shares(mine_scoring *s) {
  mine_answers *answers = &s->batch.answers;
  const mine_model *model = s->model;
  const int k = model->n_groups;
  for (int64_t i = 0; i < s->batch.n; i++) {
    double *share = answers->share + i * k;
    for (int c = 0; c < k; c++)
      share[c] = (double)model->held.score[i * k + c];
    answers->group[i] =
        1 + mine__metrics_choose(share, k, model->positive, s->asked.chosen.threshold);
  }
  if (answers->points && !model->after.calibration)
    mine__model_points(model, answers->share, s->batch.n, answers->points);
  else
    answers->points = NULL; /* calibrated shares do not say */
}

mine_status mine__scoring_take_held(mine_scoring *s) {
  mine_answers *answers = &s->batch.answers;
  const mine_model *model = s->model;
  if (model->held.rows == 0) {
    held_refuse(s);
    return mine_env_status(s->env);
  }
  s->asked.missing = MINE_MISSING_AUTO;
  MINE_TRY(mine__scoring_make_room(s, (size_t)model->held.rows));
  s->batch.n = model->held.rows;
  s->held = 1;
  if (answers->share && model->held.label) held_shares(s);
  const int outputs = model->n_outputs;
  for (int64_t i = 0; answers->value && model->held.target && i < s->batch.n; i++) {
    double *value = &answers->value[i * outputs];
    *value = (double)model->held.score[i];
    if (answers->lower)
      mine__interval_bounds(model->after.interval, answers->level, 1, value, &answers->lower[i],
                            &answers->upper[i]);
  }
  return MINE_OK;
}
