/*
** holdout.c -- what a process foretells of the time after a cut, beside what came (Fader,
** Hardie and Lee 2005, section 6): the log is cut in time, customers are seen as they stood
** then, and the purchases expected of each stand beside those that came, summed by the
** purchases before.
*/
#include <math.h>

#include "../core/parallel.h"
#include "lifetime.h"

#define HELD_BLOCK 256 /* cells */

/* The last day, or the last period that was over, at the end of a day. */
static double held_over(const mine_purchases *of, double day) {
  if (!of->whole) return day;
  const int64_t last = mine__period_of(of->unit, day);
  return (double)(mine__period_of(of->unit, day + 1) == last ? last - 1 : last);
}

mine__held_out mine__held_out_of(const mine_purchases *of, double day) {
  mine__held_out out = {.from = held_over(of, day), .to = held_over(of, of->at)};
  out.held = (out.to - out.from) / (of->whole ? 1 : mine__period_days(of->unit));
  return out;
}

/* Purchases of customer c after the cut, in days or periods that had not been seen. */
static double held_actual(const mine_purchases *p, uint32_t c, const mine__held_out *cut) {
  const mine_purchase_log *log = p->log;
  double n = 0, before = -HUGE_VAL;
  for (int64_t i = log->first[c]; i < log->first[c + 1]; i++) {
    const double at = p->whole ? (double)mine__period_of(p->unit, log->day[i]) : log->day[i];
    if (at <= cut->from || at > cut->to || at == before) continue;
    before = at;
    n++;
  }
  return n;
}

typedef struct held_job {
  const mine__cells *cells;
  const mine__life *life;
  double held, *expected;
} held_job;

static void held_block(void *context, int64_t task, int worker) {
  const held_job *job = context;
  const mine__process *process = job->life->process;
  const int64_t first = task * HELD_BLOCK, left = job->cells->n - first;
  (void)worker;
  for (int64_t i = first; i < first + (left < HELD_BLOCK ? left : HELD_BLOCK); i++)
    job->expected[i] = process->alive(job->life, &job->cells->buyer[i]) *
                       process->future(job->life, &job->cells->buyer[i], job->held);
}

mine_status mine__held_out_compare(mine_env *env, const mine_purchases *before,
                                   const mine__cells *cells, const uint32_t *cell,
                                   const mine__life *life, mine__held_out *out) {
  held_job job = {.cells = cells, .life = life, .held = out->held};
  const mine_mark mark = mine__arena_mark(env->scratch);
  job.expected = mine__arena_array(env->scratch, (size_t)cells->n, sizeof *job.expected);
  if (!job.expected || mine__parallel(env, MINE_BLOCKS(cells->n, HELD_BLOCK), held_block, &job))
    return mine_env_status(env);
  for (int64_t i = 0; i < before->n; i++) {
    if (MINE_POLL_AT(env, i)) return mine_env_status(env);
    const double came = held_actual(before, before->id[i], out);
    const double x = before->x[i], foretold = job.expected[cell[i]];
    mine_purchase_class *of =
        &out->of[x < MINE_PURCHASE_CLASSES - 1 ? (int)x : MINE_PURCHASE_CLASSES - 1];
    of->customers++;
    of->actual += came;
    of->expected += foretold;
    out->customers++;
    out->actual += came;
    out->expected += foretold;
    out->error += fabs(came - foretold);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

int mine__held_out_metrics(const mine__held_out *of, mine_metric *metric) {
  metric[0] = (mine_metric){mine__measures[MINE_MEASURE_ROWS].name, of->customers};
  metric[1] = (mine_metric){mine__measures[MINE_MEASURE_MAE].name, of->error / of->customers};
  metric[2] = (mine_metric){mine__measures[MINE_MEASURE_ACTUAL].name, of->actual};
  metric[3] = (mine_metric){mine__measures[MINE_MEASURE_EXPECTED].name, of->expected};
  return 4;
}
