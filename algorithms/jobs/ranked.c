/*
** ranked.c -- rows judged, from a source or those that the model keeps, by falling probability.
*/
#include "ranked.h"

static mine_scoring *ranked_scoring(const mine_job *job) {
  return ((const mine_ranking *)mine__job_state(job))->scoring;
}

mine_status mine__ranked_open(mine_job *job) {
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  mine_ranking *state = mine__job_state(job);
  if (!mine__model_has_classes(model)) {
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "a curve needs a classification model; for this %s model (%s) use "
                      "mine_evaluate",
                      mine__model_task(model), model->algorithm);
  }
  MINE_TRY(
      mine__scoring_open(job->env, model, MINE_SCORE_EVALUATE, &job->options, &state->scoring));
  if (state->scoring->asked.class_ >= 0) return MINE_OK;
  return mine__fail(job->env, MINE_OPTION,
                    "the model has %d classes and a curve is of one against the others; say "
                    "class=<class>",
                    model->n_groups);
}

mine_status mine__ranked_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (*sql && step == 0) *frame = mine_scoring_frame(ranked_scoring(job));
  return MINE_OK;
}

void mine__ranked_close(mine_job *job) {
  mine_scoring_close(ranked_scoring(job));
}

static void ranked_of_source(mine_job *job, mine_ranked *rows) {
  mine_scoring *s = ranked_scoring(job);
  const int k = s->model->n_groups;
  if (mine_frame_rows(s->frame) > 0 && mine__scoring_run(s)) return;
  mine__scoring_tell_unknown(s, job);
  const mine_remembered *m = &s->remembered;
  rows->n = m->n;
  rows->label = m->label;
  rows->weight = s->plan.weight >= 0 ? m->weight : NULL;
  rows->fall = mine__arena_array(job->arena, (size_t)m->n, sizeof *rows->fall);
  for (int64_t i = 0; rows->fall && i < m->n; i++)
    rows->fall[i] = -m->score[i * k + rows->class_];
}

static void ranked_of_held(mine_job *job, mine_ranked *rows) {
  const mine_model *model = ranked_scoring(job)->model;
  if (!model->held.label) {
    (void)mine__fail(job->env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
                     "with the target");
    return;
  }
  rows->n = model->held.rows;
  rows->label = model->held.label;
  rows->fall = mine__arena_array(job->arena, (size_t)rows->n, sizeof *rows->fall);
  for (int64_t i = 0; rows->fall && i < rows->n; i++)
    rows->fall[i] = -(double)model->held.score[i * model->n_groups + rows->class_];
}

mine_status mine__ranked_rows(mine_job *job, mine_ranked *rows) {
  *rows = (mine_ranked){.class_ = ranked_scoring(job)->asked.class_};
  if (mine__job_text(job, MINE_ARG_SOURCE))
    ranked_of_source(job, rows);
  else
    ranked_of_held(job, rows);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  mine_pair *temp = mine__arena_array(job->arena, (size_t)rows->n, sizeof *temp);
  rows->order = mine__arena_array(job->arena, (size_t)rows->n, sizeof *rows->order);
  if (temp && rows->order) mine__sort_reals(rows->fall, NULL, rows->n, rows->order, temp);
  return mine_env_status(job->env);
}
