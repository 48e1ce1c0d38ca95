/*
** purchases.c -- a job's source as histories of customers, or as a model counts them (purchases.h).
*/
#include "purchases.h"

#include "../lifetime/lifetime.h"

mine_status mine__job_histories(mine_job *job, mine_histories *out) {
  mine_env *env = job->env;
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0) return mine__fail(env, MINE_DATA, "the source has no columns");
  mine_history_source of = {.frame = job->frame,
                            .asked = mine__options_of(&job->options, mine__history_option_table),
                            .note = mine__job_note,
                            .context = job};
  for (int i = 0; i < MINE_HISTORY_MORE && job->frame->rows > 0; i++)
    of.column[i] = mine__job_event(job, i);
  return mine__histories_read(env, job->arena, &of, out);
}

mine_status mine__job_purchases(mine_job *job, const mine_model *model,
                                const mine_purchases_reading *reading, mine_purchases *out) {
  const mine_purchases_how how = {
      .unit = ((const mine_purchase_model *)model->body)->unit,
      .whole = mine__process_of(model)->whole,
      .history = mine__options_of(&job->options, mine__history_option_table),
      .returns_said = mine__options_given(job->options.group, job->options.n, "returns"),
      .note = mine__job_note,
      .context = job};
  mine__purchases_read(job->env, job->arena, job->frame, reading, &how, out);
  return mine_env_status(job->env);
}

void mine__row_time(mine_relation *out, const mine_time_reading *reading, double days) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  if (!reading || !mine__time_write(reading, days, buffer, &cell))
    mine__row_null(out);
  else
    mine__row_cell(out, &cell);
}
