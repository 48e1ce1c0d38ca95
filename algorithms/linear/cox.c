/*
** cox.c -- Cox's proportional hazards: how much sooner the event comes to some rows than to others,
** whatever the shape of the hazard that all have in common.
**
** The likelihood is cox.h.  Robust errors (Lin & Wei 1989) are those of the score's residuals,
** summed over the rows of a cluster, between two inverses of the information.  The baseline is
** the hazard of the mean row, with Efron's ties (R's survfit).
**
** Whether an effect changes with time (Grambsch & Therneau 1994, as R's cox.zph has it from
** survival 3.0 on) is the score test of adding x g(t): with the derivatives of cox.h in which
** every event counts g or g^2, u the gradient by g and I, I_g, I_gg the information,
**
**   chi-squared = u' (I_gg - I_g' I^-1 I_g)^-1 u   for the columns of a term, or of all.
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../kernel/special.h"
#include "fit.h"
#include "lives.h"

#define COX_STEPS_KEPT 100000 /* of the baseline, in all strata */

typedef struct cox_options {
  int ties, robust, transform;
  mine_list reference;
} cox_options;

static const char *const cox_ties_names[] = {"efron", "breslow", NULL};
enum { COX_KM, COX_IDENTITY, COX_RANK, COX_LOG };
static const char *const cox_transform_names[] = {"km", "identity", "rank", "log", NULL};

static const mine_option cox_option_table[] = {
    OPTION_CHOICE(cox_options, ties, .initial = "efron", .choices = cox_ties_names,
                  .help = "what is made of events at the same time"),
    OPTION_FLAG(cox_options, robust, .initial = "0",
                .help = "1: standard errors that hold where the model does not (sandwich); with "
                        "cluster= always"),
    OPTION_CHOICE(cox_options, transform, .initial = "km", .choices = cox_transform_names,
                  .help = "the clock by which mine_ph_test looks whether effects change: km goes "
                          "with the share that is left, so that late events do not rule"),
    OPTION_LIST(cox_options, reference,
                .help = "levels that coefficients are differences from, such as plan:Basic; "
                        "otherwise the most frequent of each category"),
    OPTION_END};

typedef struct cox_fit {
  mine_env *env;
  const mine_dataset *data;
  const cox_options *options;
  mine_model *model;
  mine_dataset without;
  linear_design design;
  cox_rows rows;
  cox_point point;
  cox_solution found;
  double *errors;
  double *inverse; /* of the information, 1 where nothing is found */
  mine_hazard *out;
} cox_fit;

/* ---- errors ------------------------------------------------------------------------------- */

/* Row and column 0, and what is fixed, become those of 1. */
static void cox_free_part(const cox_fit *fit, double *a) {
  const int64_t q = fit->rows.q;
  for (int64_t i = 0; i < q; i++)
    for (int64_t j = 0; j < q; j++)
      if (fit->found.fixed[i] || fit->found.fixed[j]) a[i * q + j] = i == j;
}

/* Sums of the residuals of each cluster, in place of the first rows; how many. */
static int64_t cox_clusters(const cox_fit *fit, double **score) {
  const cox_rows *c = &fit->rows;
  const int32_t *cluster = fit->data->cluster;
  int32_t most = -1;
  if (!cluster) return c->n;
  for (int64_t i = 0; i < c->n; i++)
    if (cluster[c->row[i]] > most) most = cluster[c->row[i]];
  double *sum = mine__arena_zeros(fit->env->scratch, (size_t)most + 1, (size_t)c->q * sizeof *sum);
  for (int64_t i = 0; sum && i < c->n; i++)
    for (int64_t j = 0; j < c->q; j++)
      sum[cluster[c->row[i]] * c->q + j] += (*score)[i * c->q + j];
  *score = sum;
  return most + 1;
}

static void cox_robust(cox_fit *fit, double *covariance) {
  mine_env *env = fit->env;
  const int64_t q = fit->rows.q;
  const size_t cells = (size_t)(q * q);
  double *score = mine__arena_array(env->scratch, (size_t)fit->rows.n, (size_t)q * sizeof *score);
  double *middle = mine__arena_zeros(env->scratch, cells, sizeof *middle);
  double *half = mine__arena_array(env->scratch, cells, sizeof *half);
  if (mine_failed(env) || mine__cox_scores(&fit->rows, score)) return;
  const int64_t n = cox_clusters(fit, &score);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < n && !MINE_POLL_AT(env, i); i++)
    for (int64_t j = 1; j < q; j++)
      for (int64_t k = 1; k < q; k++)
        middle[j * q + k] += score[i * q + j] * score[i * q + k];
  mine__gemm(fit->rows.la, 0, 0, q, q, q, 1, fit->inverse, middle, 0, half);
  mine__gemm(fit->rows.la, 0, 0, q, q, q, 1, half, fit->inverse, 0, covariance);
  mine__model_note(fit->model, "fit", "errors",
                   fit->data->cluster ? "robust, of %lld clusters" : "robust, of %lld rows",
                   (long long)n);
}

static void cox_errors(cox_fit *fit) {
  mine_env *env = fit->env;
  const int64_t q = fit->rows.q;
  double *work = mine__arena_array(env->scratch, (size_t)q, (size_t)q * sizeof *work);
  fit->inverse = mine__arena_array(env->scratch, (size_t)q, (size_t)q * sizeof *fit->inverse);
  fit->errors = mine__arena_array(env->scratch, (size_t)q, sizeof *fit->errors);
  if (mine_failed(env)) return;
  memcpy(fit->inverse, fit->point.i, (size_t)(q * q) * sizeof *work);
  cox_free_part(fit, fit->inverse);
  if (!mine__lives_invert(fit->rows.la, q, fit->inverse, work)) {
    (void)mine__fail(env, MINE_NUMERIC,
                     "the columns cannot be told apart at the times of the events; ignore some");
    return;
  }
  double *covariance = fit->inverse;
  if (fit->options->robust || fit->data->cluster) {
    covariance = work;
    cox_robust(fit, covariance);
  }
  if (!mine_failed(env))
    mine__lives_errors(&fit->design, covariance, q, fit->found.fixed, fit->errors);
}

/* ---- the baseline -------------------------------------------------------------------------- */

static void cox_steps_of(cox_fit *fit, int64_t s, int64_t every, mine_hazard_steps *to) {
  const cox_rows *c = &fit->rows;
  const int64_t begin = c->event_of[s], n = c->event_of[s + 1] - begin;
  double sum = 0;
  to->last = c->first[s + 1] > c->first[s] ? cox_time(c, c->first[s]) : -1;
  to->time = mine__arena_array(fit->model->arena, (size_t)n, sizeof(double));
  to->hazard = mine__arena_array(fit->model->arena, (size_t)n, sizeof(double));
  for (int64_t e = begin + n - 1; !mine_failed(fit->env) && e >= begin; e--) { /* rising */
    sum += c->event[e].h;
    if ((e - begin) % every != 0) continue;
    to->time[to->n] = cox_time(c, c->event[e].lo);
    to->hazard[to->n++] = sum;
  }
}

static void cox_baseline(cox_fit *fit) {
  const cox_rows *c = &fit->rows;
  const int64_t every = c->n_events / COX_STEPS_KEPT + 1;
  mine_hazard *h = fit->out;
  h->n_strata = (int)c->n_strata;
  h->steps = mine__arena_zeros(fit->model->arena, (size_t)c->n_strata, sizeof *h->steps);
  for (int64_t s = 0; s < c->n_strata && !mine_failed(fit->env); s++)
    cox_steps_of(fit, s, every, &h->steps[s]);
  if (every > 1)
    mine__model_note(fit->model, "fit", "baseline", "one in %lld of its steps is kept",
                     (long long)every);
}

/* ---- whether effects change with time ------------------------------------------------------- */

/* The share that had the event before each event's time, over all rows whatever their stratum; or
** the rank of that time among those of all rows. */
static void cox_left(const cox_fit *fit, const mine_pair *order, int rank, double *g) {
  const cox_rows *c = &fit->rows;
  mine_env *env = fit->env;
  const size_t n = (size_t)c->n;
  const double *start = fit->data->start;
  mine_pair *late = mine__arena_array(env->scratch, n, sizeof *late);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  double *time = mine__arena_array(env->scratch, n, sizeof *time);
  double *from = mine__arena_array(env->scratch, n, sizeof *from);
  mine_pair *ends = mine__arena_array(env->scratch, n, sizeof *ends);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < c->n; i++) {
    time[i] = cox_time(c, i);
    from[i] = start ? start[c->row[i]] : 0;
  }
  (void)mine__sort_reals(time, NULL, c->n, ends, temp);
  if (start) (void)mine__sort_reals(from, NULL, c->n, late, temp);
  double survival = 1;
  int64_t entered = start ? 0 : c->n, at = 0, e = 0;
  while (at < c->n) {
    const double now = time[ends[at].row];
    double deaths = 0;
    int64_t next = at;
    for (; start && entered < c->n && from[late[entered].row] < now; entered++)
      continue;
    for (; next < c->n && time[ends[next].row] == now; next++)
      deaths += c->dead[ends[next].row];
    for (; e < c->n_events && cox_time(c, c->event[order[e].row].lo) == now; e++)
      g[order[e].row] = rank ? (double)(at + next + 1) / 2 : 1 - survival;
    survival *= 1 - deaths / (double)(entered - at);
    at = next;
  }
}

/* g of the events, from 0 on. */
static void cox_clock(const cox_fit *fit, double *g) {
  const cox_rows *c = &fit->rows;
  mine_env *env = fit->env;
  const size_t n = (size_t)c->n_events;
  double *time = mine__arena_array(env->scratch, n, sizeof *time);
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  if (mine_failed(env)) return;
  double least = INFINITY;
  for (size_t e = 0; e < n; e++) {
    time[e] = cox_time(c, c->event[e].lo);
    if (fit->options->transform == COX_LOG) g[e] = log(fmax(time[e], 1e-300));
    if (fit->options->transform == COX_IDENTITY) g[e] = time[e];
  }
  (void)mine__sort_reals(time, NULL, c->n_events, order, temp);
  if (fit->options->transform == COX_KM || fit->options->transform == COX_RANK)
    cox_left(fit, order, fit->options->transform == COX_RANK, g);
  double most = 0;
  for (size_t e = 0; e < n; e++)
    least = fmin(least, g[e]);
  for (size_t e = 0; e < n; e++)
    most = fmax(most, g[e] - least);
  for (size_t e = 0; e < n; e++) /* between 0 and 1: nothing of the test depends on it */
    g[e] = most > 0 ? (g[e] - least) / most : 0;
}

/* The test of the coefficients of[0 .. k - 1]. */
static void cox_test(const cox_fit *fit, const cox_point *by_g, const cox_point *by_square,
                     const double *turned, const int64_t *of, int64_t k, mine_hazard_test *out) {
  mine_env *env = fit->env;
  const int64_t q = fit->rows.q;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *v = mine__arena_array(env->scratch, (size_t)k, (size_t)k * sizeof *v);
  double *u = mine__arena_array(env->scratch, (size_t)k, sizeof *u);
  out->statistic = out->p = NAN;
  out->df = (double)k;
  for (int64_t a = 0; !mine_failed(env) && a < k; a++) {
    u[a] = by_g->u[of[a]];
    for (int64_t b = 0; b < k; b++) {
      double sum = by_square->i[of[a] * q + of[b]];
      for (int64_t j = 1; j < q; j++)
        sum -= fit->found.fixed[j] ? 0 : by_g->i[of[a] * q + j] * turned[j * q + of[b]];
      v[a * k + b] = sum;
    }
  }
  if (!mine_failed(env) && k > 0 && mine__cholesky(fit->rows.la, k, v)) {
    mine__solve_upper(k, v, 1, u);
    out->statistic = mine__dot(u, u, k);
    out->p = mine__chi2_tail(out->statistic, out->df, MINE__UPPER);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* A test for each attribute, and one of all. */
static void cox_tests(const cox_fit *fit, const cox_point *by_g, const cox_point *by_square) {
  mine_env *env = fit->env;
  const int64_t q = fit->rows.q;
  mine_hazard *h = fit->out;
  double *turned = mine__arena_array(env->scratch, (size_t)q, (size_t)q * sizeof *turned);
  int64_t *of = mine__arena_array(env->scratch, (size_t)q, sizeof *of), all = 0;
  h->test = mine__arena_zeros(fit->model->arena, (size_t)q, sizeof *h->test);
  if (mine_failed(env)) return;
  mine__gemm(fit->rows.la, 0, 0, q, q, q, 1, fit->inverse, by_g->i, 0, turned);
  for (int64_t j = 1, end; j < q; j = end) {
    const int feature = fit->design.slot[fit->design.used[j - 1]].feature;
    int64_t k = 0;
    for (end = j; end < q && fit->design.slot[fit->design.used[end - 1]].feature == feature; end++)
      if (!fit->found.fixed[end]) of[k++] = end;
    if (k == 0) continue;
    h->test[h->n_tests].term = fit->model->feature[feature].name;
    cox_test(fit, by_g, by_square, turned, of, k, &h->test[h->n_tests++]);
  }
  for (int64_t j = 1; j < q; j++)
    if (!fit->found.fixed[j]) of[all++] = j;
  cox_test(fit, by_g, by_square, turned, of, all, &h->test[h->n_tests++]);
}

static void cox_proportional(cox_fit *fit) {
  mine_env *env = fit->env;
  cox_point by_g, by_square;
  double *g = mine__arena_zeros(env->scratch, (size_t)fit->rows.n_events, sizeof *g);
  if (mine_failed(env) || mine__cox_point(&fit->rows, &by_g) ||
      mine__cox_point(&fit->rows, &by_square))
    return;
  cox_clock(fit, g);
  if (mine_failed(env) || mine__cox_moments(&fit->rows, g, &by_g)) return;
  for (int64_t e = 0; e < fit->rows.n_events; e++)
    g[e] *= g[e];
  if (mine__cox_moments(&fit->rows, g, &by_square)) return;
  cox_tests(fit, &by_g, &by_square);
  const mine_hazard *h = fit->out;
  char p[MINE_NUMBER_BYTES];
  for (int i = 0; !mine_failed(env) && i + 1 < h->n_tests; i++) {
    if (!(h->test[i].p < 0.01)) continue;
    mine__model_note(
        fit->model, "warning", h->test[i].term,
        "its effect changes with time (p-value %s, mine_ph_test): the coefficient is a "
        "mean over the times; strata=, or stretches of time by start=, may say more",
        mine__format_real(p, h->test[i].p, 2));
  }
}

/* ---- all together ---------------------------------------------------------------------------- */

static void cox_tell(const cox_fit *fit) {
  int64_t df = 0;
  for (int64_t j = 1; j < fit->rows.q; j++) {
    mine_text name;
    df += !fit->found.fixed[j];
    if (!fit->found.fixed[j]) continue;
    mine__lives_name(&fit->design, j, &name);
    if (!name.failed)
      mine__model_note(fit->model, "warning", name.data,
                       "says nothing among those at risk that the columns before it do not: it has "
                       "no coefficient (collinear)");
  }
  mine__model_note(fit->model, "fit", "ties", "%s", cox_ties_names[fit->options->ties]);
  mine__lives_tell(fit->model, fit->point.loss, fit->found.null, df, df);
  mine__lives_tell_endless(&fit->design, fit->found.infinite, fit->model);
  if (fit->found.steps < 0)
    mine__model_note(fit->model, "warning", "", "the fit had not settled after %d steps",
                     -fit->found.steps);
  mine__design_tell(&fit->design, fit->model);
}

static void cox_solve_rows(cox_fit *fit) {
  mine_env *env = fit->env;
  const mine_dataset *data = fit->data;
  const int32_t *strata = data->strata < 0 ? NULL : data->rows.feature[data->strata].code;
  if (mine__cox_rows(env, &fit->without, &fit->design, strata, mine__lives_strata(data),
                     fit->options->ties == 0, &fit->rows) ||
      mine__cox_point(&fit->rows, &fit->point))
    return;
  const size_t q = (size_t)fit->rows.q;
  fit->found.b = mine__arena_zeros(env->scratch, q, sizeof(double));
  fit->found.fixed = mine__arena_zeros(env->scratch, q, 1);
  fit->found.infinite = mine__arena_zeros(env->scratch, q, 1);
  if (!mine_failed(env)) (void)!mine__cox_solve(&fit->rows, &fit->found, &fit->point);
}

static mine_status cox_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                mine_model *model) {
  cox_fit fit = {.env = env, .data = data, .options = options, .model = model};
  MINE_TRY(
      mine__lives_design(env, data, &fit.options->reference, model, &fit.without, &fit.design));
  cox_solve_rows(&fit);
  if (!mine_failed(env)) cox_errors(&fit);
  if (mine_failed(env)) return mine_env_status(env);
  fit.out = mine__lives_body(&fit.design, data, fit.found.b, fit.errors, model);
  if (!fit.out) return mine_env_status(env);
  cox_baseline(&fit);
  cox_tell(&fit);
  mine__model_measure(model, MINE_MEASURE_CONCORDANCE,
                      mine__cox_concordance(env, &fit.rows, fit.rows.eta, NULL));
  if (!mine_failed(env)) cox_proportional(&fit);
  model->body = fit.out;
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_cox = {
    .name = "cox",
    .title = "Cox regression: how much sooner the event comes to some than to others",
    .citation =
        "Cox (1972), Regression models and life-tables, Journal of the Royal Statistical Society B "
        "34; Efron (1977), The efficiency of Cox's likelihood function for censored data, Journal "
        "of the American Statistical Association 72",
    .notes =
        "`target` is how long each was seen, `event` whether the event came then (1, or 0 if it "
        "had not yet come; another code by `event_value`). `ratio` of `mine_coefficients` is "
        "a hazard ratio: at any time the event is that many times as likely with one more of the "
        "column, or at the level instead of the reference (the most frequent, unless `reference` "
        "names one). `mine_predict` gives the risk, the exponential of the sum of coefficients "
        "times what the row has beyond the mean of each column: 2 is twice the hazard of the mean "
        "row. (R's predict(type='risk') leaves columns of 0 and 1 where they are: its risks are "
        "these times a constant.) `mine_survival_curve` says who is still there when; "
        "`mine_ph_test` whether effects change with time, which the model forbids; "
        "`mine_evaluate` the concordance in the rows learned from, and how good the model is on a "
        "source. `start=` for those seen only "
        "from some time on, or a row for each stretch of a life with `cluster=` its id; `strata=` "
        "for a column each value of which has a hazard of its own. A missing attribute counts as "
        "the mean.",
    .example =
        "SELECT name, round(ratio, 3) AS ratio, round(p_value, 3) AS p_value\n"
        "FROM mine_coefficients((SELECT mine_fit('cox',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*5%12 AS visits, 40 - i*7%31 + i*13%17 AS months,\n"
        "    i%4 > 0 AS churned FROM n',\n"
        "  'target=months, event=churned')));",
    .tasks = MINE_SURVIVAL,
    .reads = "attributes",
    .options_size = sizeof(cox_options),
    .options = cox_option_table,
    .kind = &mine__kind_hazard,
    .fit = cox_fit_rows,
};
