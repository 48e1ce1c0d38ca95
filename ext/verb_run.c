/*
** verb_run.c -- a verb's sources, then its answer.
*/
#include "verb_run.h"

#include <string.h>

#define RUN_FIRST_BLOCK   128
#define RUN_LARGEST_BLOCK 2048 /* sixteen columns of it stay in the second cache */

/* The source of a verb that streams stays open. */
static mine_status run_open_stream(mine_verb_run *run) {
  const char *sql;
  mine_frame *frame;
  mine_status status = mine_job_source(run->job.job, &sql, &frame);
  run->sourceless = !frame;
  if (status || !frame) return status;
  run->block = RUN_FIRST_BLOCK;
  status = mine__source_open(&run->call, sql, &run->source);
  if (!status) status = mine__source_bind(&run->source, frame);
  if (!status) mine__verb_call_bound(&run->job, &run->source);
  return status;
}

static mine_status run_next_block(mine_verb_run *run) {
  run->rows = 0;
  while (!run->done && run->rows == 0) {
    mine_status status;
    mine_job_clear(run->job.job);
    if (run->sourceless) {
      status = mine_env_status(run->call.env);
      run->done = 1;
    } else if (run->whole) {
      status = mine__source_read(&run->source);
      run->done = 1;
    } else {
      status = mine__source_pull(&run->source, run->block, &run->done);
      if (run->block < RUN_LARGEST_BLOCK) run->block *= 4;
    }
    if (!status && run->done) mine_job_ends(run->job.job);
    if (!status) status = mine_job_block(run->job.job, &run->rows);
    if (status) return status;
  }
  return MINE_OK;
}

/* The first block.  One that rows to come may turn into a failure is not shown: the source
** is read to its end first, from the beginning, for a stream cannot be rewound. */
static mine_status run_first_block(mine_verb_run *run, mine_connection *connection) {
  const mine_status status = run_next_block(run);
  if (status) return status;
  if (run->whole || run->done || !mine_job_doubts(run->job.job)) return MINE_OK;
  mine__verb_run_stop(run);
  run->whole = 1;
  return mine__verb_run_start(run, connection);
}

/* All sources to their ends, then the one block there is. */
static mine_status run_gather(mine_verb_run *run) {
  mine_status status = mine__verb_call_read(&run->call, &run->job);
  run->whole = run->done = 1;
  if (status) return status;
  mine_job_ends(run->job.job);
  return mine_job_block(run->job.job, &run->rows);
}

mine_status mine__verb_run_start(mine_verb_run *run, mine_connection *connection) {
  mine_status status = mine__call_open(&run->call, connection, run->verb->name);
  run->job.keyed = run->keyed;
  if (!status) status = mine__verb_call_open(&run->call, run->verb, run->argument, &run->job);
  if (status) return status;
  if (run->verb->gathers) return run_gather(run);
  if (mine_job_streams(run->job.job)) {
    status = run_open_stream(run);
    return status ? status : run_first_block(run, connection);
  }
  run->whole = 1;
  status = mine__verb_call_read(&run->call, &run->job);
  if (!status) mine_job_reads(run->job.job, run->reads);
  if (!status) status = mine_job_run(run->job.job, &run->relation);
  mine__verb_call_notes(&run->call, &run->job);
  if (!status) run->rows = mine_relation_rows(run->relation);
  return status;
}

mine_status mine__verb_run_next(mine_verb_run *run) {
  if (!run->relation) return run_next_block(run);
  run->rows = 0;
  return MINE_OK;
}

mine_status mine__verb_run_cell(const mine_verb_run *run, int64_t row, int column, mine_cell *out) {
  if (!run->relation) return mine_job_cell(run->job.job, row, column, out);
  mine_relation_cell(run->relation, row, column, out);
  return MINE_OK;
}

void mine__verb_run_stop(mine_verb_run *run) {
  mine__source_close(&run->source);
  mine__verb_call_notes(&run->call, &run->job);
  mine__verb_call_close(&run->job);
  mine_relation_free(run->relation);
  mine__call_close(&run->call);
  run->relation = NULL;
  run->rows = 0;
  run->done = 0;
}
