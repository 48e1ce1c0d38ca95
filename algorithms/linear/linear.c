/*
** linear.c -- regression: least squares, Poisson and gamma, with or without penalties.
**
** Least squares without a penalty is one QR of the rows (reduce.c), whose triangle holds
** everything: coefficients, their errors, the sum of what is left.  All else is glm.h.
*/
#include <math.h>

#include "../data/moments.h"
#include "../kernel/special.h"
#include "fit.h"

static const char *const linear_family_names[] = {"gaussian", "poisson", "gamma", NULL};

static const mine_option linear_option_table[] = {
    OPTION_CHOICE(linear_options, family, .initial = "gaussian", .choices = linear_family_names,
                  .help = "how the target scatters: evenly, or as counts (poisson) or amounts "
                          "(gamma), of which the logarithm is then a sum"),
    FIT_PENALTIES, OPTION_END};

typedef struct linear_fit {
  mine_env *env;
  const linear_options *options;
  mine_model *model;
  linear_design design;
  linear_family family;
  const double *target;
  double middle, unit; /* of the target: mean and deviation; 0 and 1 but for gaussian */
  double squares;      /* sum of its squared differences from the mean                */
  mine_linear *out;
} linear_fit;

/* ---- the target ------------------------------------------------------------------------- */

static void linear_refuse_value(const linear_fit *fit, double y) {
  char shown[MINE_NUMBER_BYTES];
  (void)mine__fail(
      fit->env, MINE_DATA,
      "family=%s is for %s, and a target is %s; leave the family out, or correct "
      "the row",
      linear_family_names[fit->family],
      fit->family == LINEAR_POISSON ? "counts, which are not negative" : "amounts above 0",
      mine__format_real(shown, y, 6));
}

static void linear_target(linear_fit *fit) {
  const mine_dataset *data = fit->design.data;
  mine_moments m;
  fit->target = data->target;
  fit->middle = 0;
  fit->unit = 1;
  mine__moments_of_rows(&m, data->target, data->rows.row, data->weight, data->rows.n);
  if ((fit->family == LINEAR_POISSON && m.least < 0) ||
      (fit->family == LINEAR_GAMMA && m.least <= 0))
    linear_refuse_value(fit, m.least);
  if (fit->family == LINEAR_POISSON && m.most == 0)
    (void)mine__fail(fit->env, MINE_DATA,
                     "every target is 0, of which the logarithm is not finite; give rows with "
                     "counts, or leave the family out");
  fit->squares = m.m2;
  const double deviation = sqrt(m.m2 / m.weight);
  if (!isfinite(deviation) || !isfinite(m.mean) || (m.least < m.most && !(deviation > 0)))
    (void)mine__fail(fit->env, MINE_NUMERIC,
                     "the target's values are too far apart, or too close, to be computed with; "
                     "divide them by a constant");
  if (fit->family != LINEAR_GAUSSIAN) return;
  fit->middle = m.mean;
  fit->unit = deviation > 0 ? deviation : 1;
}

/* ---- least squares ------------------------------------------------------------------------ */

static void linear_tell_squares(const linear_fit *fit, double rest, double df) {
  const double slopes = (double)fit->design.n_used, r2 = 1 - rest / fit->squares;
  char f[MINE_NUMBER_BYTES], p[MINE_NUMBER_BYTES], left[MINE_NUMBER_BYTES];
  if (!(fit->squares > 0)) return;
  mine__linear_tell_number(fit->model, "r2", r2);
  if (!(df > 0)) return;
  mine__linear_tell_number(fit->model, "r2_adjusted", 1 - (1 - r2) * (fit->design.total - 1) / df);
  mine__linear_tell_number(fit->model, "residual_error", sqrt(rest / df));
  if (!(slopes > 0)) return;
  const double ratio = (fit->squares - rest) / slopes / (rest / df);
  if (!isfinite(ratio)) return;
  mine__model_note(fit->model, "fit", "F", "%s on %d and %s degrees of freedom, p-value %s",
                   mine__format_real(f, ratio, 6), (int)slopes, mine__format_real(left, df, 6),
                   mine__format_real(p, mine__f_tail(ratio, slopes, df, MINE__UPPER), 4));
}

static void linear_least_squares(linear_fit *fit) {
  linear_design *d = &fit->design;
  mine_env *env = fit->env;
  double *r;
  if (mine__linear_reduce(d, fit->model, fit->target, fit->middle, fit->unit, &r)) return;
  const int64_t q = d->n_used + 1, w = q + 1;
  double *u = mine__arena_array(env->scratch, (size_t)q, (size_t)q * sizeof *u);
  double *beta = mine__arena_array(env->scratch, (size_t)q, sizeof *beta);
  double *errors = mine__arena_array(env->scratch, (size_t)q, sizeof *errors);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < q; i++) {
    for (int64_t j = 0; j < q; j++)
      u[i * q + j] = r[i * w + j];
    beta[i] = r[i * w + q];
  }
  mine__solve_upper(q, u, 0, beta);
  const double left = fabs(r[q * w + q]) * fit->unit, df = d->total - (double)q;
  const int tested = d->data->rows.n > q && df > 0;
  if (tested && mine__design_errors(d, u, 1, left / sqrt(df), errors)) return;
  if (mine__design_finish(d, beta, 1, 0, fit->middle, fit->unit, tested ? errors : NULL, fit->out))
    return;
  fit->out->test = tested ? MINE_LINEAR_T : MINE_LINEAR_UNTESTED;
  fit->out->df = tested ? df : 0;
  linear_tell_squares(fit, left * left, tested ? df : 0);
}

/* ---- the others ------------------------------------------------------------------------------ */

/* The loss of a model that knows every target; the deviance is twice what is beyond it. */
static double linear_saturated(const linear_fit *fit) {
  const mine_batch *rows = &fit->design.data->rows;
  double sum = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    const double y = fit->target[row], w = design_weight(&fit->design, row);
    if (fit->family == LINEAR_GAMMA) sum += w * (1 + log(y));
    if (fit->family == LINEAR_POISSON && y > 0) sum += w * (y - y * log(y));
  }
  return sum;
}

/* Pearson's estimate of the dispersion of gamma: the mean square of (y - mean) / mean. */
static double linear_dispersion(const linear_fit *fit, const double *beta, double df) {
  const mine_batch *rows = &fit->design.data->rows;
  const int64_t q = fit->design.n_used + 1;
  double *x = mine__arena_array(fit->env->scratch, (size_t)q, sizeof *x), sum = 0;
  for (int64_t i = 0; x && i < rows->n && !MINE_POLL_AT(fit->env, i); i++) {
    const int64_t row = mine_batch_row(rows, i);
    mine__design_fill(&fit->design, NULL, row, 1, x);
    const double rest = fit->target[row] * exp(-mine__dot(x, beta, q)) - 1;
    sum += design_weight(&fit->design, row) * rest * rest;
  }
  return sum / df;
}

/* Standard errors: of gamma from the expected information at beta; of the others from the
** information observed where the last step took it. */
static void linear_test(linear_fit *fit, const linear_problem *problem, const double *beta,
                        linear_point *point, double *errors) {
  const double df = fit->design.total - (double)(fit->design.n_used + 1);
  double dispersion = 1;
  const int gamma = fit->family == LINEAR_GAMMA;
  if (gamma && mine__glm_evaluate(problem, beta, LINEAR_FISHER, point)) return;
  if (!(df > 0) || fit->design.data->rows.n <= fit->design.n_used + 1 ||
      !mine__cholesky(problem->la, linear_width(problem), point->h))
    return;
  if (gamma) {
    dispersion = linear_dispersion(fit, beta, df);
    if (mine_failed(fit->env)) return;
    mine__linear_tell_number(fit->model, "dispersion", dispersion);
  }
  if (mine__design_errors(&fit->design, point->h, 1, sqrt(dispersion), errors)) return;
  fit->out->test = gamma ? MINE_LINEAR_T : MINE_LINEAR_Z;
  fit->out->df = df;
}

/* What the loss comes to, against the intercept alone. */
static void linear_tell_loss(const linear_fit *fit, double loss, double none) {
  if (fit->family == LINEAR_GAUSSIAN) {
    mine__linear_tell_number(fit->model, "r2", 1 - loss / none);
    return;
  }
  const double saturated = linear_saturated(fit);
  mine__linear_tell_number(fit->model, "deviance", 2 * (loss - saturated));
  mine__linear_tell_number(fit->model, "null_deviance", 2 * (none - saturated));
}

static void linear_iterate(linear_fit *fit, int penalised) {
  linear_design *d = &fit->design;
  linear_problem problem;
  linear_point point;
  int steps;
  if (!penalised && mine__linear_reduce(d, fit->model, NULL, 0, 1, NULL)) return;
  mine__glm_open(&problem, d, fit->family, 1, d->data->rows.row, d->data->rows.n);
  problem.middle = fit->middle;
  if (fit->family == LINEAR_GAUSSIAN && fit->squares > 0)
    problem.spread = fit->squares / fit->design.total;
  if (mine__linear_penalty(&problem, fit->options, fit->model) || mine__glm_point(&problem, &point))
    return;
  const size_t q = (size_t)linear_width(&problem);
  double *beta = mine__arena_array(fit->env->scratch, q, sizeof *beta);
  double *errors = mine__arena_array(fit->env->scratch, q, sizeof *errors);
  if (mine_failed(fit->env)) return;
  mine__glm_start(&problem, beta);
  const int gaussian = fit->family == LINEAR_GAUSSIAN;
  if (gaussian ? mine__glm_evaluate(&problem, beta, LINEAR_NEWTON, &point)
               : mine__glm_begin(&problem, beta, &point))
    return;
  const double none = gaussian ? point.loss : mine__glm_none(&problem);
  if (mine__glm_solve(&problem, beta, &point, &steps)) return;
  const double loss = point.loss; /* of a test there is another */
  if (steps < 0 && gaussian) {
    mine__model_note(fit->model, "warning", "",
                     "the coefficients had not settled: columns say nearly the same; leave one of "
                     "them out, or give l2=1");
  } else if (steps < 0) {
    mine__model_note(fit->model, "warning", "",
                     "the fit had not settled after %d steps: some coefficient may have no end; "
                     "give l2=1",
                     -steps - 1);
  }
  if (!penalised) linear_test(fit, &problem, beta, &point, errors);
  if (mine_failed(fit->env)) return;
  const int tested = fit->out->test != MINE_LINEAR_UNTESTED;
  if (mine__design_finish(d, beta, 1, 0, fit->middle, 1, tested ? errors : NULL, fit->out)) return;
  linear_tell_loss(fit, loss, none);
}

static mine_status linear_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                   mine_model *model) {
  linear_fit fit = {.env = env, .options = options, .model = model};
  const int penalised = mine__linear_penalised(options);
  MINE_TRY(mine__design_open(env, data, &fit.options->reference, &fit.design));
  fit.family = (linear_family)fit.options->family;
  linear_target(&fit);
  if (mine_failed(env)) return mine_env_status(env);
  fit.out =
      mine__linear_new(model->arena, data->about, data->n_features, 1,
                       fit.family == LINEAR_GAUSSIAN ? MINE_LINEAR_IDENTITY : MINE_LINEAR_EXP);
  if (!fit.out) return mine_env_status(env);
  mine__model_note(model, "fit", "family", "%s%s", linear_family_names[fit.family],
                   fit.family == LINEAR_GAUSSIAN ? "" : ", the logarithm of the mean is a sum");
  if (fit.family == LINEAR_GAUSSIAN && !penalised)
    linear_least_squares(&fit);
  else
    linear_iterate(&fit, penalised);
  if (mine_failed(env)) return mine_env_status(env);
  mine__design_tell(&fit.design, model);
  model->body = fit.out;
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_linear = {
    .name = "linear",
    .title = "linear regression: a sum of coefficients, with errors and tests",
    .citation =
        "Golub (1965), Numerical methods for solving linear least squares problems, Numerische "
        "Mathematik 7; Friedman, Hastie & Tibshirani (2010), Regularization paths for generalized "
        "linear models via coordinate descent, Journal of Statistical Software 33",
    .notes =
        "Least squares by QR, with standard errors, t tests and intervals in "
        "`mine_coefficients`; r2 and the F test in the summary. A category gives a column for each "
        "level but the reference, the most frequent unless `reference` names one. A missing value, "
        "and a level that training never met, count as the mean of the rows learned from. A column "
        "that says what those before it say is left out, and told. `family=poisson` for counts and "
        "`family=gamma` for amounts add up to the logarithm of the mean. With `l1`, `l2` or "
        "`alpha` (lasso, ridge, elastic net) there are no tests. A row of weight 2 counts as two "
        "rows.",
    .example =
        "SELECT name, round(value, 3) AS value, round(std_error, 3) AS std_error\n"
        "FROM mine_coefficients((SELECT mine_fit('linear',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*5%12 AS years, 3*(i*7%31) + i*13%17 AS spend FROM "
        "n',\n"
        "  'target=spend')));",
    .tasks = MINE_REGRESSION,
    .reads = "attributes",
    .options_size = sizeof(linear_options),
    .options = linear_option_table,
    .kind = &mine__kind_linear,
    .fit = linear_fit_rows,
    .check = mine__linear_check,
};
