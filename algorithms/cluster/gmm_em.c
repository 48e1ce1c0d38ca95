/*
** gmm_em.c -- expectation and maximisation (Dempster, Laird & Rubin, "Maximum likelihood from
** incomplete data via the EM algorithm", JRSS B 39, 1977).
**
** A pass over the rows makes the sums that the next maximisation needs; the likelihood that it
** finds is that of the mixture before, as in scikit-learn, whose rule for the end this is: the mean
** of ln p over the rows grew by less than tol.
*/
#include <math.h>

#include "gmm_private.h"

void mine__gmm_first(gmm_run *run) {
  mine__gmm_pass(run, GMM_HARD);
  if (!mine_failed(run->fit->env)) mine__gmm_learn(run);
}

/* Of the rows of the run. */
static double gmm_weight(const gmm_run *run) {
  const kmeans_points *points = run->points;
  if (!points->weight) return (double)points->n;
  double sum = 0;
  for (int64_t i = 0; i < points->n; i++)
    sum += points->weight[i];
  return sum;
}

void mine__gmm_iterate(gmm_run *run) {
  const gmm_options *o = run->fit->options;
  mine_env *env = run->fit->env;
  const double weight = gmm_weight(run);
  double before = -INFINITY;
  run->converged = 0;
  for (run->iterations = 0; run->iterations < o->max_iter && !run->converged;) {
    mine__gmm_pass(run, GMM_SOFT);
    if (mine_failed(env)) return;
    const double mean = run->log_likelihood / weight;
    mine__gmm_learn(run);
    run->iterations++;
    if (mine__poll_progress(env, "mixture", (double)run->iterations / (double)o->max_iter)) return;
    run->converged = fabs(mean - before) < o->tol;
    before = mean;
  }
  mine__gmm_pass(run, GMM_LABEL);
}

double mine__gmm_bic(const gmm_run *run) {
  const mine_mixture *m = &run->mixture;
  return mine__mixture_parameters(m->form, m->k, run->points->width) * log(gmm_weight(run)) -
         2 * run->log_likelihood;
}

double mine__gmm_aic(const gmm_run *run) {
  const mine_mixture *m = &run->mixture;
  return 2 * mine__mixture_parameters(m->form, m->k, run->points->width) - 2 * run->log_likelihood;
}
