/*
** ranked.c -- rows judged, from a source or those that the model keeps, by falling probability.
*/
#include "ranked.h"

#include <math.h>

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
  rows->fall = mine__judged_fall(job->arena, m->n, k, rows->class_, m->score);
}

static void ranked_of_held(mine_job *job, mine_ranked *rows) {
  const mine_model *model = ranked_scoring(job)->model;
  if (!model->held.label) {
    (void)mine__fail(job->env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
                     "with the target");
    return;
  }
  job->reads = 1; /* mine_warnings tells of this call */
  rows->n = model->held.rows;
  rows->label = model->held.label;
  rows->weight = model->held.weight;
  rows->fall = mine__held_fall(job->arena, model, rows->class_);
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

mine_status mine__ranked_sums(mine_job *job, const mine_ranked *rows, mine_ranked_sums *out) {
  *out = (mine_ranked_sums){0, 0};
  for (int64_t i = 0; i < rows->n; i++)
    *(rows->label[i] == rows->class_ ? &out->positive : &out->negative) +=
        mine__ranked_weight(rows, i);
  if (out->positive > 0 && out->negative > 0) return MINE_OK;
  return mine__fail(job->env, MINE_DATA,
                    "of the %lld rows with a target %s are of the class; a curve needs rows of it "
                    "and others",
                    (long long)rows->n, out->positive > 0 ? "all" : "none");
}

int mine__ranked_campaign(mine_job *job, double budget, mine_campaign *out) {
  const mine_campaign_options *said = mine__options_of(&job->options, mine__campaign_option_table);
  char limit[MINE_NUMBER_BYTES], fixed[MINE_NUMBER_BYTES];
  const int both = !isnan(said->revenue) && !isnan(said->cost);
  *out = (mine_campaign){said->revenue, said->cost, isnan(said->fixed_cost) ? 0 : said->fixed_cost,
                         budget};
  if (!both &&
      !(isnan(said->revenue) && isnan(said->cost) && isnan(said->fixed_cost) && isnan(budget))) {
    (void)mine__fail(job->env, MINE_OPTION,
                     "a profit needs revenue=, what each positive row that is called brings in, "
                     "and cost=, what each row called costs; say both, or neither and no other "
                     "amount");
    return 0;
  }
  if (budget < out->fixed_cost)
    (void)mine__fail(job->env, MINE_OPTION,
                     "budget=%s does not pay for fixed_cost=%s, which is due before the first row "
                     "is called; raise the one or lower the other",
                     mine__format_real(limit, budget, 15),
                     mine__format_real(fixed, out->fixed_cost, 15));
  return both && !mine_failed(job->env);
}
