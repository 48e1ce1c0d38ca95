/*
** lifecycle_alive.c -- stages by the chance that a customer is still there.
**
** A Pareto/NBD model (Schmittlein, Morrison & Colombo, Management Science 33, 1987) is fitted to
** the days on which all customers bought; P(alive | x, t_x, T) is 1 on the day of a purchase and
** falls with the silence, the faster the shorter the gaps were.  BG/NBD would not do: who bought
** once is alive for ever there.
*/
#include "../lifetime/lifetime.h"
#include "lifecycle.h"

#define ALIVE_FEW 50 /* customers who bought again: fewer are told */

struct mine__alive {
  mine__rules rules;
  mine__life_fit fit;
};

static void alive_tell(mine_job *job, const mine__alive *alive, int64_t again) {
  if (again < ALIVE_FEW)
    mine__job_notef(job, "warning", "p_alive",
                    "customers who bought again: %lld; a model of so few says little",
                    (long long)again);
  if (alive->fit.bound)
    mine__job_notef(job, "warning", "p_alive",
                    "a parameter of the model went to the end of its range; chances to be alive "
                    "are not to be relied upon");
}

const mine__alive *mine__alive_fit(mine_job *job, int64_t n, const int64_t *first,
                                   const double *day, double now) {
  mine_env *env = job->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__alive *alive = mine__arena_zeros(job->arena, 1, sizeof *alive);
  double *x = mine__arena_array(env->scratch, (size_t)n, sizeof *x);
  double *t_x = mine__arena_array(env->scratch, (size_t)n, sizeof *t_x);
  double *age = mine__arena_array(env->scratch, (size_t)n, sizeof *age);
  mine__cells cells;
  int64_t buyers = 0, again = 0;
  if (mine_failed(env)) return NULL;
  for (int64_t c = 0; c < n; c++) {
    if (first[c + 1] == first[c]) continue;
    x[buyers] = (double)(first[c + 1] - first[c] - 1);
    t_x[buyers] = day[first[c + 1] - 1] - day[first[c]];
    age[buyers] = now - day[first[c]];
    again += x[buyers++] > 0;
  }
  mine__rules_make(&alive->rules);
  mine__cells_make(env, env->scratch, buyers, x, t_x, age, &cells, NULL);
  if (!mine_failed(env))
    mine__life_maximise(env, &mine__process_paretonbd, 1, &cells, &alive->rules, NULL, &alive->fit);
  if (!mine_failed(env)) alive_tell(job, alive, again);
  mine__arena_rewind(env->scratch, mark);
  return mine_failed(env) ? NULL : alive;
}

double mine__alive_at(const mine__alive *alive, int64_t repeats, double last_at, double age) {
  const mine__buyer of = {(double)repeats, last_at, age};
  return mine__process_paretonbd.alive(&alive->fit.life, &of);
}
