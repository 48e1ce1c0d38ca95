/*
** gmm_starts.c -- starts that compete, how many components there are, and of which form.
**
** The first start is the best of ten k-means, refined (kmeans_starts.c), the others are single
** ones; with init=random, rows drawn.  Every row belongs to the nearest centre at first.  Of the
** starts the one of the largest likelihood wins, but one with fewer singular components
** (gmm_learn.c) comes before one with more: a component that has shrunk to a plane has a likelihood
** as large as reg_covar allows, and says nothing.
**
** k=auto and covariance=auto take the smallest BIC (Schwarz 1978; Fraley & Raftery 2002), among
** mixtures without singular components where there are any.  Where the rows are many the starts
** compete on a spread sample, and the winner goes on with all rows.
*/
#include <math.h>
#include <string.h>

#include "gmm_private.h"

#define GSTART_ROWS   16384 /* of the sample, and at least */
#define GSTART_EACH   64    /* ... for each cluster, and   */
#define GSTART_COLUMN 20    /* ... for each and column     */
#define GSTART_SIEVE  4096  /* fewer rows are assigned exactly straight away */
#define GSTART_KMEANS 10
#define GSTART_LLOYD  300
#define GSTART_TOL    1e-4

/* The centres of a start, and to which every row of the points belongs. */
typedef struct gstart_begin {
  double *centre; /* k x width */
  int32_t *label;
} gstart_begin;

typedef struct gstart_best {
  gmm_run run; /* its numbers are copies that outlast the competition */
  double bic;
  int any;
} gstart_best;

/* ---- k-means ------------------------------------------------------------------------------ */

/* Start s for k components: run->distinct < k where there are fewer different rows. */
static void gstart_kmeans(const gmm_fit *fit, const kmeans_points *points, int64_t s,
                          kmeans_run *run, int64_t k) {
  const kmeans_options options = {
      .starts = s == 0 ? GSTART_KMEANS : 1, .max_iter = GSTART_LLOYD, .tol = GSTART_TOL};
  mine_dataset data = *fit->data;
  data.seed += (uint64_t)s; /* another stream of draws */
  const int random = fit->options->init.choice == GMM_INIT_RANDOM;
  const kmeans_fit kmeans = {
      .env = fit->env, .data = &data, .options = &options, .model = fit->model};
  if (!random) {
    mine__kmeans_compete(&kmeans, points, k, run);
    return;
  }
  mine_random draws;
  mine__random_open(&draws, data.seed, KMEANS_SEED, 0);
  mine__kmeans_run_open(fit->env, points, k, run);
  if (mine_failed(fit->env)) return;
  if (k <= points->n)
    mine__kmeans_seed_random(fit->env, run, &draws);
  else
    run->distinct = points->n;
  if (!mine_failed(fit->env) && run->distinct == k) mine__kmeans_assign_exact(fit->env, run);
}

/* init=SELECT */
static void gstart_given(const gmm_fit *fit, int64_t k, kmeans_run *run) {
  const mine_batch *given = fit->options->init.rows;
  if (given->n != k)
    mine__fail(fit->env, MINE_OPTION,
               "init gives %lld rows but k is %lld; give one row per cluster", (long long)given->n,
               (long long)k);
  mine__kmeans_run_open(fit->env, &fit->sample, k, run);
  if (mine_failed(fit->env)) return;
  mine__encode(&fit->encoding, given, 0, k, run->centre);
  mine__kmeans_assign_exact(fit->env, run);
}

/* ---- competition --------------------------------------------------------------------------- */

static void gstart_copy(gmm_run *to, const gmm_run *from) {
  const mine_mixture *m = &from->mixture;
  const size_t k = (size_t)m->k, width = (size_t)from->points->width;
  memcpy(to->mixture.weight, m->weight, k * sizeof(double));
  memcpy(to->mixture.centre, m->centre, k * width * sizeof(double));
  memcpy(to->mixture.factor, m->factor,
         (size_t)mine__mixture_factors(m->form, m->k, from->points->width) * sizeof(double));
  if (to->points == from->points)
    memcpy(to->label, from->label, (size_t)from->points->n * sizeof *to->label);
  mine__mixture_prepare(&to->mixture);
  to->log_likelihood = from->log_likelihood;
  to->iterations = from->iterations;
  to->converged = from->converged;
  to->singular = from->singular;
  to->repaired = from->repaired;
}

static void gstart_run(const gstart_begin *begin, gmm_run *run) {
  const size_t k = (size_t)run->mixture.k, n = (size_t)run->points->n;
  memcpy(run->mixture.centre, begin->centre, k * (size_t)run->points->width * sizeof(double));
  memcpy(run->label, begin->label, n * sizeof *run->label);
  mine__gmm_first(run);
  if (!mine_failed(run->fit->env)) mine__gmm_iterate(run);
}

static int gstart_better(const gmm_run *a, const gmm_run *b) {
  if (a->singular != b->singular) return a->singular < b->singular;
  return a->log_likelihood > b->log_likelihood;
}

/* The best of the starts, with a form, into `best` (open). */
static void gstart_compete(const gmm_fit *fit, const gstart_begin *begin, int64_t starts,
                           gmm_run *best) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  gmm_run run;
  mine__gmm_run_open(fit, best->points, best->mixture.k, best->mixture.form, &run);
  for (int64_t s = 0; s < starts && !mine_failed(env); s++) {
    run.repaired = 0;
    gstart_run(&begin[s], &run);
    if (!mine_failed(env) && (s == 0 || gstart_better(&run, best))) gstart_copy(best, &run);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- which k, which form --------------------------------------------------------------------- */

static void gstart_note(const gmm_fit *fit, const gmm_run *run, double bic) {
  char name[MINE_NUMBER_BYTES], a[MINE_NUMBER_BYTES], b[MINE_NUMBER_BYTES];
  mine__format_real(name, (double)run->mixture.k, 0);
  mine__model_note(fit->model, "k", name, "%s covariances: bic %s, log-likelihood %s%s%s",
                   mine__covariance_names[run->mixture.form], mine__format_real(a, bic, 7),
                   mine__format_real(b, run->log_likelihood, 7),
                   run->singular > 0 ? ", singular" : "",
                   run->points->n < fit->points.n ? " (of the starts' sample)" : "");
}

/* Room for the numbers of the largest candidate. */
static void gstart_room(const gmm_fit *fit, int64_t k, gmm_run *best) {
  const int o = fit->options->covariance;
  mine__gmm_run_open(fit, &fit->sample, k,
                     o == GMM_AUTO ? MINE_COVARIANCE_FULL : (mine_covariance)o, best);
}

static int gstart_smaller(const gmm_run *run, double bic, const gstart_best *best) {
  if (!best->any) return 1;
  if ((run->singular > 0) != (best->run.singular > 0)) return run->singular == 0;
  return bic < best->bic;
}

/* Start s for k components, copied; 0: there are not so many different rows, or failure. */
static int gstart_begin_one(const gmm_fit *fit, int64_t k, int64_t s, gstart_begin *begin,
                            int64_t *distinct) {
  mine_env *env = fit->env;
  const kmeans_points *points = &fit->sample;
  const size_t n = (size_t)points->n, row = (size_t)points->width * sizeof(double);
  kmeans_run run;
  begin->centre = mine__arena_array(env->scratch, (size_t)k, row);
  begin->label = mine__arena_array(env->scratch, n, sizeof *begin->label);
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (mine_failed(env)) return 0;
  if (fit->options->init.rows)
    gstart_given(fit, k, &run);
  else
    gstart_kmeans(fit, points, s, &run, k);
  if (mine_failed(env)) return 0;
  *distinct = run.distinct;
  if (run.distinct < k) return 0;
  memcpy(begin->centre, run.centre, (size_t)k * row);
  memcpy(begin->label, run.label, n * sizeof *begin->label);
  mine__arena_rewind(env->scratch, mark);
  return 1;
}

/* The starts with one form: the best of them is kept if it is the best of all so far. */
static void gstart_form(const gmm_fit *fit, int64_t k, mine_covariance form,
                        const gstart_begin *begin, int64_t starts, int tell, gstart_best *best) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  gmm_run run;
  mine__gmm_run_open(fit, &fit->sample, k, form, &run);
  if (!mine_failed(env)) gstart_compete(fit, begin, starts, &run);
  if (mine_failed(env)) return;
  const double bic = mine__gmm_bic(&run);
  if (tell) gstart_note(fit, &run, bic);
  if (gstart_smaller(&run, bic, best)) {
    best->any = 1;
    best->bic = bic;
    best->run.points = &fit->sample;
    best->run.mixture.k = k;
    best->run.mixture.form = form;
    gstart_copy(&best->run, &run);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* All forms for k components; 0: there are not so many different rows. */
static int gstart_try(const gmm_fit *fit, int64_t k, int tell, gstart_best *best,
                      int64_t *distinct) {
  mine_env *env = fit->env;
  const int64_t starts = fit->options->init.rows ? 1 : fit->options->starts;
  const int asked = fit->options->covariance, all = asked == GMM_AUTO;
  const mine_mark mark = mine__arena_mark(env->scratch);
  gstart_begin *begin = mine__arena_array(env->scratch, (size_t)starts, sizeof *begin);
  int enough = begin != NULL;
  for (int64_t s = 0; enough && s < starts; s++)
    enough = gstart_begin_one(fit, k, s, &begin[s], distinct);
  for (int f = all ? 0 : asked; enough && f <= (all ? GMM_AUTO - 1 : asked); f++) {
    gstart_form(fit, k, (mine_covariance)f, begin, starts, tell, best);
    if (mine_failed(env)) return 0;
  }
  mine__arena_rewind(env->scratch, mark);
  return enough;
}

static void gstart_tell(const gmm_fit *fit, int64_t last, const gstart_best *best) {
  const gmm_options *o = fit->options;
  const long long k = (long long)best->run.mixture.k;
  const char *form = mine__covariance_names[best->run.mixture.form];
  if (o->k == MINE_AUTO)
    mine__model_note(fit->model, MINE__NOTE_CHOSEN, "k", "k=%lld of 1 to %lld", k, (long long)last);
  if (o->covariance == GMM_AUTO)
    mine__model_note(fit->model, MINE__NOTE_CHOSEN, "covariance", "covariance=%s", form);
  mine__model_note(fit->model, "fit", "k", "k=%lld with %s covariances has the smallest BIC%s", k,
                   form, best->run.singular ? "" : " of those without singular components");
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void gstart_sample(gmm_fit *fit, int64_t most_k) {
  const int64_t column = GSTART_COLUMN * (int64_t)fit->points.width;
  const int64_t each = most_k * (column > GSTART_EACH ? column : GSTART_EACH);
  const int64_t count = each > GSTART_ROWS ? each : GSTART_ROWS;
  mine_env *env = fit->env;
  const int all = fit->options->init.rows || fit->points.n <= 2 * count;
  fit->sample = fit->points;
  if (!all) mine__kmeans_points_sample(env, &fit->points, count, fit->data->seed, &fit->sample);
  if (mine_failed(env)) return;
  if (fit->sample.n >= GSTART_SIEVE) mine__kmeans_sieve_open(env, &fit->sample);
  if (mine_failed(env) || all) return;
  mine__model_note(fit->model, "fit", "sample",
                   "the starts competed on %lld of the %lld rows; the best continued on all",
                   (long long)count, (long long)fit->points.n);
}

static void gstart_too_few(const gmm_fit *fit, int64_t distinct) {
  mine__fail(fit->env, MINE_DATA,
             "k=%lld components need as many different rows, but only %lld of the %lld rows "
             "differ; use k=%lld or fewer",
             (long long)fit->options->k, (long long)distinct, (long long)fit->points.n,
             (long long)distinct);
}

/* A sample may be poorer in different rows than the data: then the starts compete on all. */
static void gstart_choose(gmm_fit *fit, int64_t first, int64_t last, gstart_best *best) {
  const int choosing = fit->options->k == MINE_AUTO || fit->options->covariance == GMM_AUTO;
  int64_t distinct = 0, k = first;
  for (; k <= last && k <= fit->sample.n; k++)
    if (!gstart_try(fit, k, choosing, best, &distinct) || mine_failed(fit->env)) break;
  if (mine_failed(fit->env)) return;
  if (!best->any && fit->sample.n < fit->points.n) {
    fit->sample = fit->points;
    gstart_room(fit, last, &best->run);
    if (mine_failed(fit->env)) return;
    if (gstart_try(fit, first, choosing, best, &distinct)) k++;
  }
  if (mine_failed(fit->env)) return;
  if (!best->any)
    gstart_too_few(fit, distinct);
  else if (choosing)
    gstart_tell(fit, k - 1, best);
}

void mine__gmm_solve(gmm_fit *fit, gmm_run *run) {
  const gmm_options *o = fit->options;
  mine_env *env = fit->env;
  const int64_t given = o->init.rows ? o->init.rows->n : 0;
  const int64_t first = o->k != MINE_AUTO ? o->k : given ? given : 1;
  const int64_t last = o->k != MINE_AUTO ? o->k : given ? given : o->max_k;
  gstart_best best = {.any = 0};
  gstart_sample(fit, last);
  if (!mine_failed(env)) gstart_room(fit, last, &best.run);
  if (mine_failed(env)) return;
  gstart_choose(fit, first, last, &best);
  if (mine_failed(env)) return;
  if (best.run.points->n == fit->points.n) {
    *run = best.run;
    run->points = &fit->points;
    return;
  }
  mine__gmm_run_open(fit, &fit->points, best.run.mixture.k, best.run.mixture.form, run);
  if (mine_failed(env)) return;
  gstart_copy(run, &best.run);
  run->repaired = 0;
  mine__gmm_iterate(run);
}
