/*
** learn.c -- from purchases to a model of kind "purchases": the fit, what it foretold of a time
** that it did not see, and what is to be told.
**
** For the hold-out (holdout.c) who had bought by the cut is fitted once more, as the log stood
** then.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../kernel/special.h"
#include "../model/measures.h"
#include "lifetime.h"

#define LEARN_FEW       50   /* customers who bought again: fewer are told     */
#define LEARN_LEAST     20   /* ... of the first part: fewer hold nothing out  */
#define LEARN_SHORTEST  4    /* units of time on either side of the cut        */
#define LEARN_CONVERGED 1e-6 /* of the gradient                                */
#define LEARN_MOST_K    12
#define LEARN_TOGETHER  0.1 /* correlation of spend and frequency that is told */

/* Cells of the customers that a process learns from; of amounts, those who bought again. */
static void lesson_cells(mine_env *env, const mine__process *process, const mine_purchases *of,
                         mine__cells *out, uint32_t *cell) {
  if (!process->spends) {
    mine__cells_make(env, env->scratch, of->n, of->x, of->t_x, of->T, out, cell);
    return;
  }
  double *x = mine__arena_array(env->scratch, (size_t)of->n, sizeof *x);
  double *m = mine__arena_array(env->scratch, (size_t)of->n, sizeof *m);
  int64_t n = 0;
  for (int64_t i = 0; x && m && i < of->n; i++) {
    if (!(of->paid[i] > 0 && of->m[i] > 0)) continue;
    x[n] = of->paid[i];
    m[n++] = of->m[i];
  }
  if (!mine_failed(env)) mine__cells_make(env, env->scratch, n, x, m, x, out, NULL);
}

/* ---- k -------------------------------------------------------------------------------------- */

/* What the times between purchases add to the log-likelihood of a k. */
static double lesson_gaps(const mine_purchases *of, int k) {
  double purchases = 0;
  if (k == 1) return 0;
  for (int64_t i = 0; i < of->n; i++)
    purchases += of->x[i];
  return (k - 1) * of->log_gaps - purchases * mine__log_gamma(k);
}

/* A fit, with what its k makes of the times between purchases. */
static void lesson_fit(mine_env *env, const mine__process *process, int k, const mine_purchases *of,
                       const mine__cells *cells, const mine__rules *rules, const double *near,
                       mine__life_fit *out) {
  mine__life_maximise(env, process, k, cells, rules, near, out);
  if (mine_failed(env) || !process->timed || process->spends || k == 1) return;
  const double gaps = lesson_gaps(of, k);
  if (!isnan(gaps)) out->likelihood += gaps;
}

/* Parameters of a fit with another k: where k steps make a purchase, steps come k times as fast. */
static void lesson_near(const mine__life_fit *fit, int k, double *near) {
  const mine__process *process = fit->life.process;
  for (int i = 0; i < process->n; i++)
    near[i] = fit->life.theta[i] * (process->timed >> i & 1 ? (double)fit->life.k / k : 1);
}

/* The likeliest k: until two more in turn are less likely.  Each begins where the best so far is;
** that of the end is looked for from all starts once more. */
static void lesson_maximise(mine_env *env, const mine__process *process, int asked,
                            const mine_purchases *of, const mine__cells *cells,
                            const mine__rules *rules, mine__life_fit *out) {
  mine__life_fit fit;
  double near[LIFETIME_MOST];
  int worse = 0;
  lesson_fit(env, process, asked > 0 ? asked : 1, of, cells, rules, NULL, out);
  for (int k = 2; asked == 0 && k <= LEARN_MOST_K && worse < 2 && !mine_failed(env); k++) {
    lesson_near(out, k, near);
    lesson_fit(env, process, k, of, cells, rules, near, &fit);
    worse = !mine_failed(env) && fit.likelihood > out->likelihood ? 0 : worse + 1;
    if (worse == 0) *out = fit;
  }
  if (asked > 0 || out->life.k == 1 || mine_failed(env)) return;
  lesson_fit(env, process, out->life.k, of, cells, rules, NULL, &fit);
  if (!mine_failed(env) && fit.likelihood > out->likelihood) *out = fit;
}

/* ---- the time held out ---------------------------------------------------------------------- */

static void lesson_tell_cut(const mine_purchases *of, const mine__held_out *cut, int64_t customers,
                            mine_model *model) {
  char held[MINE_NUMBER_BYTES];
  mine__model_note(model, "holdout", "",
                   "fitted on the first part of the log, %lld customers, and compared with the %s "
                   "%ss after it; the model that is kept is of the whole log",
                   (long long)customers, mine__format_real(held, cut->held, 4),
                   mine__periods[of->unit]);
}

/* Fit the first part and compare; told why not where there is too
** little. */
static void lesson_hold_out(mine_env *env, const mine__process *process, int k,
                            const mine_purchases *of, const mine__rules *rules, mine_model *model) {
  const mine_purchase_log *log = of->log;
  if (!log || process->spends || !(of->holdout > 0)) {
    if (!process->spends && of->holdout > 0)
      mine__model_note(model, "holdout", "", "none: a summary does not say when purchases were");
    return;
  }
  const double day = log->from + floor((of->at - log->from) * (1 - of->holdout));
  mine__held_out cut = mine__held_out_of(of, day);
  mine_purchases before = *of;
  mine__purchases_until(env, env->scratch, log, day, &before);
  if (mine_failed(env)) return;
  int64_t again = 0;
  double longest = 0;
  for (int64_t i = 0; i < before.n; i++) {
    again += before.x[i] > 0;
    longest = fmax(longest, before.T[i]);
  }
  if (again < LEARN_LEAST || cut.held < LEARN_SHORTEST || longest < LEARN_SHORTEST) {
    mine__model_note(model, "holdout", "",
                     "none: %lld customers bought again in the first part of the log, and %d over "
                     "%d %ss on either side are needed",
                     (long long)again, LEARN_LEAST, LEARN_SHORTEST, mine__periods[of->unit]);
    return;
  }
  mine__cells cells;
  mine__life_fit fit;
  uint32_t *cell = mine__arena_array(env->scratch, (size_t)before.n, sizeof *cell);
  if (!mine_failed(env)) lesson_cells(env, process, &before, &cells, cell);
  if (!mine_failed(env)) mine__life_maximise(env, process, k, &cells, rules, NULL, &fit);
  if (mine_failed(env)) return;
  if (mine__held_out_compare(env, &before, &cells, cell, &fit.life, &cut)) return;
  mine_purchase_model *m = model->body;
  mine_metric metric[MINE_HELD_OUT_METRICS];
  m->calibrated = longest;
  m->held = cut.held;
  memcpy(m->held_of, cut.of, sizeof cut.of);
  for (int i = 0; i < mine__held_out_metrics(&cut, metric); i++)
    mine__model_metric(model, metric[i].name, metric[i].value);
  lesson_tell_cut(of, &cut, before.n, model);
}

/* ---- what is told --------------------------------------------------------------------------- */

/* What a customer spends at a time must not hang together with how often one buys. */
static void lesson_check_spend(mine_env *env, const mine_purchases *of, mine_model *model) {
  double n = 0, sx = 0, sm = 0, sxx = 0, smm = 0, sxm = 0;
  (void)env;
  for (int64_t i = 0; i < of->n; i++) {
    if (!(of->x[i] > 0 && of->m[i] > 0)) continue;
    const double d = of->x[i], e = of->m[i];
    n++;
    const double dx = d - sx, dm = e - sm; /* means so far */
    sx += dx / n;
    sm += dm / n;
    sxx += dx * (d - sx);
    smm += dm * (e - sm);
    sxm += dx * (e - sm);
  }
  if (n < 4 || !(sxx > 0) || !(smm > 0)) return;
  const double r = sxm / sqrt(sxx * smm);
  const double t = fabs(r) * sqrt((n - 2) / fmax(1e-300, 1 - r * r));
  const double p = 2 * mine__t_tail(t, n - 2, MINE__UPPER);
  char shown[MINE_NUMBER_BYTES];
  mine__format_real(shown, r, 2);
  mine__model_note(model, "fit", "correlation", "%s between repeat purchases and their mean amount",
                   shown);
  if (fabs(r) > LEARN_TOGETHER && p < 0.01)
    mine__model_note(model, "warning", "amount",
                     "what customers spend at a time and how often they buy are correlated (%s): "
                     "the model takes them for independent, and values are off for those who buy "
                     "often",
                     shown);
}

static void lesson_warn(const mine__life_fit *fit, const mine_purchases *of, mine_model *model) {
  const mine__process *process = fit->life.process;
  char number[MINE_NUMBER_BYTES];
  int64_t again = 0;
  for (int64_t i = 0; i < of->n; i++)
    again += of->x[i] > 0;
  if (again < LEARN_FEW)
    mine__model_note(model, "warning", "",
                     "only %lld customer%s bought again: the parameters are hardly known",
                     (long long)again, again == 1 ? "" : "s");
  if (fit->bound)
    mine__model_note(model, "warning", "",
                     "a parameter went to the end of its range: the customers do not differ, or do "
                     "not leave, as %s has it; there are no standard errors",
                     process->name);
  else if (isnan(fit->covariance[0]))
    mine__model_note(model, "warning", "",
                     "the likelihood is flat at its maximum: there are no standard errors");
  if (!fit->bound && fit->gradient > LEARN_CONVERGED)
    mine__model_note(model, "warning", "", "the fit stopped before the gradient was 0 (%s)",
                     mine__format_real(number, fit->gradient, 3));
}

static void lesson_tell(const mine__life_fit *fit, const mine_purchases *of, int64_t cells,
                        mine_model *model) {
  char number[MINE_NUMBER_BYTES];
  double most = 0;
  for (int64_t i = 0; i < of->n; i++)
    most = fmax(most, of->x[i]);
  mine__model_note(model, "fit", "customers", "%lld, in %lld distinct cells; at most %lld repeats",
                   (long long)of->n, (long long)cells, (long long)most);
  mine__model_note(model, "fit", "gradient",
                   "%s at the maximum, the largest derivative of the mean log-likelihood by the "
                   "logarithm of a parameter, after %d steps",
                   mine__format_real(number, fit->gradient, 2), fit->steps);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void lesson_body(const mine__life_fit *fit, const mine_purchases *of, mine_model *model) {
  const mine__process *process = fit->life.process;
  mine_purchase_model *m = mine__arena_zeros(model->arena, 1, sizeof *m);
  if (!m) return;
  m->n = process->n;
  m->k = fit->life.k;
  m->unit = of->unit;
  for (int i = 0; i < m->n; i++) {
    m->name[i] = process->parameter[i];
    m->value[i] = fit->life.theta[i];
  }
  memcpy(m->covariance, fit->covariance, (size_t)(m->n * m->n) * sizeof *m->covariance);
  model->body = m;
}

static int lesson_refuses(mine_env *env, const mine__process *process, const mine_purchases *of) {
  int64_t again = 0, paid = 0;
  for (int64_t i = 0; i < of->n; i++) {
    again += of->x[i] > 0;
    paid += of->x[i] > 0 && of->m && of->m[i] > 0;
  }
  if (process->spends && !of->m)
    (void)mine__fail(env, MINE_DATA,
                     "%s learns what customers spend; give the amount as the third column of "
                     "events, or monetary as the fifth of a summary",
                     process->name);
  else if (again == 0)
    (void)mine__fail(env, MINE_DATA,
                     "none of the %lld customers bought again, so nothing says how often they do "
                     "or whether they left; give a longer log",
                     (long long)of->n);
  else if (process->spends && paid == 0)
    (void)mine__fail(env, MINE_DATA,
                     "none of the %lld customers bought again for an amount above zero; give at "
                     "least 3 who did",
                     (long long)of->n);
  else if (process->spends && paid < 3)
    (void)mine__fail(env, MINE_DATA,
                     "only %lld customer%s bought again for an amount above zero; give at least 3",
                     (long long)paid, paid == 1 ? "" : "s");
  return mine_failed(env);
}

mine_status mine__lifetime_learn(mine_env *env, const mine_purchases *of,
                                 const mine__process *process, int k, mine_model *model) {
  mine__rules rules;
  mine__cells cells;
  mine__life_fit fit;
  if (lesson_refuses(env, process, of)) return mine_env_status(env);
  mine__rules_make(&rules);
  lesson_cells(env, process, of, &cells, NULL);
  if (!mine_failed(env)) lesson_maximise(env, process, k, of, &cells, &rules, &fit);
  if (!mine_failed(env)) mine__life_errors(env, &cells, &fit);
  if (!mine_failed(env)) lesson_body(&fit, of, model);
  if (mine_failed(env)) return mine_env_status(env);
  mine__model_measure(model, MINE_MEASURE_LOG_LIKELIHOOD, fit.likelihood);
  lesson_tell(&fit, of, cells.n, model);
  lesson_warn(&fit, of, model);
  if (of->m) lesson_check_spend(env, of, model);
  lesson_hold_out(env, process, fit.life.k, of, &rules, model);
  return mine_env_status(env);
}
