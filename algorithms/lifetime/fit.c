/*
** fit.c -- the maximum of a process's likelihood over customers (lifetime.h).
**
** In the units of the mean T the density of a customer's purchases is that in the source's units
** times scale^(purchases): the log-likelihood is told in the units of the source.
*/
#include <math.h>
#include <string.h>

#include "../model/quadrature.h"
#include "lifetime.h"

#define LIFE_BLOCK  2048 /* cells of a task */
#define LIFE_FEW    4000 /* cells on which starts are tried                        */
#define LIFE_RANGE  16.0 /* of a logarithm of a parameter: e^-16 to e^16           */
#define LIFE_STEPS  200
#define LIFE_ROUGH  1e-5
#define LIFE_ENOUGH 1e-8

void mine__rules_make(mine__rules *rules) {
  mine__quadrature(8, rules->at8, rules->weight8);
  mine__quadrature(16, rules->at16, rules->weight16);
  mine__quadrature(32, rules->at32, rules->weight32);
}

const mine__process *mine__process_find(const char *algorithm) {
  static const mine__process *const all[] = {&mine__process_bgnbd, &mine__process_paretonbd,
                                             &mine__process_mbgcnbd, &mine__process_bgbb,
                                             &mine__process_gammagamma};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (strcmp(all[i]->name, algorithm) == 0) return all[i];
  return NULL;
}

const mine__process *mine__process_of(const mine_model *model) {
  const mine__process *process =
      model->kind == &mine__kind_purchases ? mine__process_find(model->algorithm) : NULL;
  const mine_purchase_model *m = process ? model->body : NULL;
  return m && m->n == process->n ? process : NULL;
}

/* ---- the mean log-likelihood and its gradient ---------------------------------------------- */

typedef struct life_sum {
  mine_env *env;
  const mine__cells *cells;
  double customers;
  double *block; /* of each task: the sum and its derivatives */
  mine__life life;
} life_sum;

#define LIFE_WIDTH (1 + LIFETIME_MOST)

static void life_block(void *context, int64_t task, int worker) {
  const life_sum *sum = context;
  const int64_t first = task * LIFE_BLOCK, left = sum->cells->n - first;
  double *out = sum->block + task * LIFE_WIDTH;
  (void)worker;
  memset(out, 0, LIFE_WIDTH * sizeof *out);
  sum->life.process->sum(&sum->life, sum->cells, first,
                         first + (left < LIFE_BLOCK ? left : LIFE_BLOCK), out);
}

/* A mine__ascent_value; u are logarithms. */
static double life_value(void *context, const double *u, double *gradient) {
  life_sum *sum = context;
  double total[LIFE_WIDTH];
  const int n = sum->life.process->n;
  for (int i = 0; i < n; i++)
    sum->life.theta[i] = exp(u[i]);
  const int64_t tasks = MINE_BLOCKS(sum->cells->n, LIFE_BLOCK);
  if (mine__parallel(sum->env, tasks, life_block, sum) ||
      mine__sum_blocks(sum->env, sum->block, tasks, LIFE_WIDTH, total))
    return NAN;
  for (int i = 0; i < n; i++) {
    gradient[i] = sum->life.theta[i] * total[1 + i] / sum->customers;
    if (!isfinite(gradient[i])) return NAN;
  }
  return total[0] / sum->customers;
}

static void life_sum_open(mine_env *env, life_sum *sum, const mine__cells *cells,
                          const mine__life *life) {
  *sum = (life_sum){.env = env, .cells = cells, .life = *life};
  for (int64_t i = 0; i < cells->n; i++)
    sum->customers += cells->weight[i];
  sum->block = mine__arena_array(env->scratch, (size_t)MINE_BLOCKS(cells->n, LIFE_BLOCK),
                                 LIFE_WIDTH * sizeof *sum->block);
}

/* ---- starts --------------------------------------------------------------------------------- */

/* Every so many-th cell, in their order, so that all kinds of customers are among them. */
static void life_some(mine_env *env, const mine__cells *cells, mine__cells *out) {
  *out = *cells;
  if (cells->n <= LIFE_FEW) return;
  out->buyer = mine__arena_array(env->scratch, LIFE_FEW, sizeof *out->buyer);
  out->weight = mine__arena_array(env->scratch, LIFE_FEW, sizeof *out->weight);
  if (mine_failed(env)) return;
  out->n = LIFE_FEW;
  for (int64_t i = 0; i < LIFE_FEW; i++) { /* what lies between counts with it */
    const int64_t first = mine__block_first(cells->n, LIFE_FEW, i);
    const int64_t next = mine__block_first(cells->n, LIFE_FEW, i + 1);
    out->buyer[i] = cells->buyer[first + (next - first) / 2];
    out->weight[i] = 0;
    for (int64_t j = first; j < next; j++)
      out->weight[i] += cells->weight[j];
  }
}

static void life_begin(mine__ascent *ascent, life_sum *sum) {
  *ascent = (mine__ascent){.n = sum->life.process->n,
                           .value = life_value,
                           .context = sum,
                           .least = -LIFE_RANGE,
                           .most = LIFE_RANGE,
                           .at = NAN};
}

/* The best of all starts on some of the cells; of near (u), which may be NULL, alone. */
static void life_start(mine_env *env, const mine__cells *cells, const mine__life *life,
                       const double *near, mine__ascent *best) {
  life_sum sum;
  mine__cells some;
  life_some(env, cells, &some);
  if (mine_failed(env)) return;
  life_sum_open(env, &sum, &some, life);
  const mine__process *process = life->process;
  life_begin(best, &sum);
  for (int s = 0; s < (near ? 1 : process->n_starts) && !mine_failed(env); s++) {
    mine__ascent ascent;
    life_begin(&ascent, &sum);
    for (int i = 0; i < process->n; i++)
      ascent.u[i] = near ? near[i] : log(process->start[s][i]);
    mine__ascent_run(&ascent, LIFE_STEPS, LIFE_ROUGH);
    ascent.steps += best->steps;
    if (!(ascent.at <= best->at) && !isnan(ascent.at))
      *best = ascent;
    else
      best->steps = ascent.steps;
  }
  /* From here it is Newton's method nearly: few steps on all of the cells. */
  double inverse[LIFETIME_MOST * LIFETIME_MOST];
  if (!mine_failed(env) && !isnan(best->at) && mine__ascent_covariance(best, inverse))
    memcpy(best->inverse, inverse, sizeof inverse);
}

/* ---- units ---------------------------------------------------------------------------------- */

/* The mean T; of amounts, the mean of m. */
static double life_scale(const mine__process *process, const mine__cells *cells) {
  double sum = 0, weight = 0;
  for (int64_t i = 0; i < cells->n; i++) {
    const double v = process->spends ? cells->buyer[i].t_x : cells->buyer[i].T;
    sum += cells->weight[i] * v;
    weight += cells->weight[i];
  }
  return process->timed && sum > 0 ? sum / weight : 1;
}

static void life_rescale(mine_env *env, const mine__cells *cells, double scale, mine__cells *out) {
  *out = *cells;
  out->buyer = mine__arena_array(env->scratch, (size_t)cells->n, sizeof *out->buyer);
  for (int64_t i = 0; out->buyer && i < cells->n; i++) {
    const mine__buyer *of = &cells->buyer[i];
    out->buyer[i] = (mine__buyer){of->x, of->t_x / scale, of->T / scale};
  }
}

/* What log(scale) is to be taken away from the log-likelihood: each purchase is k steps. */
static double life_densities(const mine__process *process, int k, const mine__cells *cells) {
  double sum = 0;
  for (int64_t i = 0; i < cells->n; i++)
    sum += cells->weight[i] * (process->spends ? 1 : k * cells->buyer[i].x);
  return process->timed ? sum : 0;
}

static void life_keep(const life_sum *sum, const mine__ascent *ascent, double scale,
                      mine__life_fit *out) {
  const mine__process *process = sum->life.process;
  out->life = sum->life;
  for (int i = 0; i < process->n; i++) {
    const double u = ascent->u[i];
    out->life.theta[i] = exp(u) * ((process->timed >> i & 1) ? scale : 1);
    out->gradient = fmax(out->gradient, fabs(ascent->gradient[i]));
    out->bound |= fabs(u) >= LIFE_RANGE - 1;
  }
  out->steps = ascent->steps;
  out->likelihood =
      ascent->at * sum->customers - log(scale) * life_densities(process, sum->life.k, sum->cells);
}

/* Parameters in other units, as logarithms within their range. */
static void life_logarithms(const mine__process *process, const double *theta, double scale,
                            double *u) {
  for (int i = 0; i < process->n; i++)
    u[i] =
        fmin(LIFE_RANGE, fmax(-LIFE_RANGE, log(theta[i] / (process->timed >> i & 1 ? scale : 1))));
}

void mine__life_errors(mine_env *env, const mine__cells *cells, mine__life_fit *fit) {
  const mine__process *process = fit->life.process;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double scale = life_scale(process, cells);
  mine__cells scaled;
  mine__ascent ascent;
  life_sum sum;
  life_rescale(env, cells, scale, &scaled);
  if (!mine_failed(env)) life_sum_open(env, &sum, &scaled, &fit->life);
  if (!mine_failed(env)) {
    life_begin(&ascent, &sum);
    life_logarithms(process, fit->life.theta, scale, ascent.u);
    const int definite = !fit->bound && mine__ascent_covariance(&ascent, fit->covariance);
    for (int i = 0; i < process->n * process->n; i++)
      fit->covariance[i] = definite ? fit->covariance[i] / sum.customers : (double)NAN;
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__life_maximise(mine_env *env, const mine__process *process, int k,
                         const mine__cells *cells, const mine__rules *rules, const double *near,
                         mine__life_fit *out) {
  double u[LIFETIME_MOST];
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double scale = life_scale(process, cells);
  const mine__life life = {.process = process, .rules = rules, .k = k};
  mine__cells scaled;
  mine__ascent ascent;
  life_sum sum;
  *out = (mine__life_fit){.likelihood = NAN};
  life_rescale(env, cells, scale, &scaled);
  if (near) life_logarithms(process, near, scale, u);
  if (!mine_failed(env)) life_start(env, &scaled, &life, near ? u : NULL, &ascent);
  if (!mine_failed(env) && isnan(ascent.at))
    (void)mine__fail(env, MINE_NUMERIC,
                     "the likelihood of %s cannot be computed for these customers; look for "
                     "numbers that are far too large",
                     process->name);
  if (!mine_failed(env)) life_sum_open(env, &sum, &scaled, &life);
  if (!mine_failed(env)) {
    ascent.context = &sum;
    mine__ascent_run(&ascent, LIFE_STEPS, LIFE_ENOUGH);
    life_keep(&sum, &ascent, scale, out);
  }
  mine__arena_rewind(env->scratch, mark);
}
