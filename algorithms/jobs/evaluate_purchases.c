/*
** evaluate_purchases.c -- mine_evaluate of a model of buying and leaving on a log of purchases: the
** log is cut in time, customers are seen as they stood then, and what the model foretells of the
** time after stands beside what came (lifetime/holdout.c).  The parameters are the model's: nothing
** is fitted.
*/
#include <math.h>

#include "../lifetime/lifetime.h"
#include "judged.h"
#include "purchases.h"

#define PURCHASES_CUT 0.5 /* of the log's time, where none is said */

static mine_status purchases_refuse_spend(const mine_job *job, const mine_model *model) {
  return mine__fail(job->env, MINE_UNSUPPORTED,
                    "%s %s model says what a purchase is worth and not how many there will be; "
                    "evaluate a bgnbd, paretonbd, mbgcnbd or bgbb model",
                    mine__article(model->algorithm), model->algorithm);
}

mine_status mine__purchases_judge_open(mine_job *job) {
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const mine__process *process = mine__process_of(model);
  if (!process || process->spends) return purchases_refuse_spend(job, model);
  if (!mine__job_text(job, MINE_ARG_SOURCE)) return mine_env_status(job->env);
  mine__judging *state = mine__job_state(job);
  state->reading.events.want = mine__history_wants;
  return mine__frame_open(job->env, mine__purchases_plan, &state->reading, &job->frame);
}

/* The day at whose end the log is cut. */
static mine_status purchases_cut(mine_job *job, const mine_purchases *all, double *day) {
  const mine_purchases_reading *reading = &((mine__judging *)mine__job_state(job))->reading;
  const mine_judging_options *said = mine__options_of(&job->options, mine__judging_option_table);
  const mine_column *time = &job->frame->column[reading->events.column[1]];
  *day = all->log->from + floor((all->at - all->log->from) * (1 - PURCHASES_CUT));
  if (said->cutoff.type != MINE_NULL)
    MINE_TRY(mine__option_date(job->env, "cutoff", &said->cutoff, time->time, day));
  else
    mine__job_notef(job, "warning", "cutoff", "%s, half of the log's time: nothing else was said",
                    mine__show_time(job->arena, time->time, *day));
  *day = floor(*day);
  return mine_env_status(job->env);
}

static mine_status purchases_judge(mine_job *job, const mine_purchases *all, mine__held_out *cut) {
  mine_env *env = job->env;
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  const mine_purchase_model *m = model->body;
  mine__rules rules;
  mine__cells cells;
  mine_purchases before = *all;
  double day;
  MINE_TRY(purchases_cut(job, all, &day));
  *cut = mine__held_out_of(all, day);
  mine__purchases_until(env, job->arena, all->log, day, &before);
  if (mine_failed(env)) return mine_env_status(env);
  if (before.n == 0 || !(cut->held > 0))
    return mine__fail(
        env, MINE_DATA, "%s; say a cutoff= between the first purchase and the last",
        before.n == 0 ? "nobody had bought before the cutoff" : "no time is left after the cutoff");
  uint32_t *cell = mine__arena_array(job->arena, (size_t)before.n, sizeof *cell);
  if (cell)
    mine__cells_make(env, job->arena, before.n, before.x, before.t_x, before.T, &cells, cell);
  if (mine_failed(env)) return mine_env_status(env);
  mine__rules_make(&rules);
  mine__life life = {.process = mine__process_of(model), .rules = &rules, .k = m->k};
  for (int i = 0; i < m->n; i++)
    life.theta[i] = m->value[i];
  return mine__held_out_compare(env, &before, &cells, cell, &life, cut);
}

mine_status mine__purchases_judge_run(mine_job *job, mine_relation *out) {
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  mine_metric metric[MINE_HELD_OUT_METRICS];
  mine_purchases all;
  mine__held_out cut;
  char held[MINE_NUMBER_BYTES];
  if (!job->frame) return mine__model_list(job->env, model, job->verb->name, out);
  const mine_purchases_reading *reading = &((mine__judging *)mine__job_state(job))->reading;
  MINE_TRY(mine__job_purchases(job, model, reading, &all));
  if (!all.log)
    return mine__fail(job->env, MINE_DATA,
                      "a summary does not say when purchases were; give events (customer, time[, "
                      "amount])");
  MINE_TRY(purchases_judge(job, &all, &cut));
  mine__job_notef(job, "holdout", "", "%s %ss after the cutoff are compared",
                  mine__format_real(held, cut.held, 4), mine__periods[all.unit]);
  const int n = mine__held_out_metrics(&cut, metric);
  mine__purchases_list_held(metric, n, cut.of, out);
  return mine_env_status(job->env);
}
