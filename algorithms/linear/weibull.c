/*
** weibull.c -- the Weibull model of times: log t = a sum of coefficients + s e, e of the smallest
** extreme value's distribution (R's survreg).
**
** With z = (log t - m) / s, m the margin, and w the weights, the likelihood of a row that had the
** event is z - exp(z) - log s (less log t, which no coefficient changes), else -exp(z); who was
** seen only from time u on has exp((log u - m) / s) more.  Newton's method over the coefficients
** and log s, in units of design.h; steps that do not make it likelier are halved.  Kalbfleisch &
** Prentice (2002), The statistical analysis of failure time data.
*/
#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "fit.h"
#include "lives.h"

#define WEIBULL_ROWS      256
#define WEIBULL_CHAINS    64
#define WEIBULL_STEPS     100
#define WEIBULL_NO_SPREAD 1e-8 /* a scale below is none */
#define WEIBULL_ENOUGH    1e-13
#define WEIBULL_HALVES    30
#define WEIBULL_FAR       600 /* exponents beyond are not computed with */

typedef struct weibull_options {
  mine_list reference;
} weibull_options;

static const mine_option weibull_option_table[] = {
    OPTION_LIST(weibull_options, reference,
                .help = "levels that coefficients are differences from, such as plan:Basic; "
                        "otherwise the most frequent of each category"),
    OPTION_END};

typedef struct weibull_fit {
  mine_env *env;
  const mine_dataset *data;
  const linear_design *design;
  mine_linalg la;
  int64_t q, p; /* coefficients, and log s behind them */
  int64_t chains;
  const double *at;    /* where: p */
  double *sums;        /* per chain: loss, u (p), i (p x p) */
  double *work;        /* per worker */
  double loss, *u, *i; /* of all */
} weibull_fit;

/* ---- the likelihood ------------------------------------------------------------------------- */

/* What a row has of -log likelihood by its margin m and by log s: first and second derivatives. */
typedef struct weibull_row {
  double loss, m, s, mm, ms, ss;
} weibull_row;

/* exp((log t - m) / s), `sign` times. */
static void weibull_hazard(double log_time, double m, double s, double sign, weibull_row *row) {
  const double z = (log_time - m) / s, e = z > WEIBULL_FAR ? INFINITY : exp(z);
  if (e == 0) return;
  row->loss += sign * e;
  row->m -= sign * e / s;
  row->s -= sign * z * e;
  row->mm += sign * e / (s * s);
  row->ms += sign * e * (1 + z) / s;
  row->ss += sign * (z * e + z * z * e);
}

static weibull_row weibull_of(const weibull_fit *fit, int64_t row, double m) {
  const mine_dataset *data = fit->data;
  const double s = exp(fit->at[fit->q]), z = (log(data->target[row]) - m) / s;
  weibull_row out = {0, 0, 0, 0, 0, 0};
  weibull_hazard(log(data->target[row]), m, s, 1, &out);
  if (data->start && data->start[row] > 0) weibull_hazard(log(data->start[row]), m, s, -1, &out);
  if (!data->event[row]) return out;
  out.loss += log(s) - z + log(data->target[row]);
  out.m += 1 / s;
  out.s += 1 + z;
  out.ms -= 1 / s;
  out.ss -= z;
  return out;
}

/* x: the block's columns, then two of work. */
static void weibull_block(const weibull_fit *fit, int64_t first, int64_t n, double *x,
                          double *sums) {
  const int64_t q = fit->q, p = fit->p;
  const uint32_t *row = fit->data->rows.row ? fit->data->rows.row + first : NULL;
  double *curve = x + q * WEIBULL_ROWS, *turned = curve + WEIBULL_ROWS, *i = sums + 1 + p;
  mine__design_fill(fit->design, row, first, n, x);
  for (int64_t k = 0; k < n; k++) {
    const int64_t at = row ? (int64_t)row[k] : first + k;
    const double w = design_weight(fit->design, at);
    double m = 0;
    for (int64_t j = 0; j < q; j++)
      m += x[j * n + k] * fit->at[j];
    const weibull_row says = weibull_of(fit, at, m);
    sums[0] += w * says.loss;
    for (int64_t j = 0; j < q; j++) {
      sums[1 + j] -= w * says.m * x[j * n + k];
      i[j * p + q] += w * says.ms * x[j * n + k];
    }
    sums[1 + q] -= w * says.s;
    i[q * p + q] += w * says.ss;
    curve[k] = w * says.mm;
  }
  for (int64_t j = 0; j < q; j++) {
    for (int64_t k = 0; k < n; k++)
      turned[k] = curve[k] * x[j * n + k];
    for (int64_t m = j; m < q; m++)
      i[j * p + m] += mine__dot(turned, x + m * n, n);
  }
}

static size_t weibull_work(const weibull_fit *fit) {
  return (size_t)(fit->q + 2) * WEIBULL_ROWS;
}

static void weibull_task(void *context, int64_t chain, int worker) {
  const weibull_fit *fit = context;
  const int64_t rows = fit->data->rows.n, end = mine__block_first(rows, fit->chains, chain + 1);
  double *sums = fit->sums + chain * (1 + fit->p + fit->p * fit->p);
  double *x = fit->work + (size_t)worker * weibull_work(fit);
  for (int64_t at = mine__block_first(rows, fit->chains, chain); at < end; at += WEIBULL_ROWS)
    weibull_block(fit, at, end - at < WEIBULL_ROWS ? end - at : WEIBULL_ROWS, x, sums);
}

static void weibull_evaluate(weibull_fit *fit, const double *at) {
  const int64_t p = fit->p;
  const size_t width = (size_t)(1 + p + p * p);
  fit->at = at;
  memset(fit->sums, 0, (size_t)fit->chains * width * sizeof *fit->sums);
  if (mine__parallel(fit->env, fit->chains, weibull_task, fit) ||
      mine__sum_blocks(fit->env, fit->sums, fit->chains, width, fit->sums))
    return;
  fit->loss = isfinite(fit->sums[0]) ? fit->sums[0] : (double)INFINITY;
  memcpy(fit->u, fit->sums + 1, (size_t)p * sizeof(double));
  memcpy(fit->i, fit->sums + 1 + p, (size_t)(p * p) * sizeof(double));
  for (int64_t j = 0; j < p; j++)
    for (int64_t k = 0; k < j; k++)
      fit->i[j * p + k] = fit->i[k * p + j];
}

/* ---- the fit -------------------------------------------------------------------------------- */

/* step = I^-1 u, what makes I positive added to its diagonal; the decrement. */
static double weibull_step(const weibull_fit *fit, int64_t free_, double *u, double *step) {
  const int64_t p = fit->p;
  double raise = 0, most = 0, decrement = 0;
  for (int64_t j = 0; j < p; j++)
    most = fmax(most, fabs(fit->i[j * p + j]));
  for (int again = 0; again < 40; again++) {
    memcpy(u, fit->i, (size_t)(p * p) * sizeof *u);
    for (int64_t j = 0; j < p; j++) {
      const int fixed = j > 0 && j < free_;
      for (int64_t k = 0; k < p; k++)
        if (fixed || (k > 0 && k < free_)) u[j * p + k] = j == k;
      if (!fixed) u[j * p + j] += raise;
    }
    if (mine__cholesky(fit->la, p, u)) break;
    raise = raise > 0 ? 10 * raise : fmax(most * 1e-10, 1e-300);
  }
  for (int64_t j = 0; j < p; j++)
    step[j] = j > 0 && j < free_ ? 0 : fit->u[j];
  mine__solve_upper(p, u, 1, step);
  mine__solve_upper(p, u, 0, step);
  for (int64_t j = 0; j < p; j++)
    decrement += fit->u[j] * step[j];
  return decrement;
}

/* To the most likely; coefficients 1 .. free_ - 1 stay where they are.  0: it does not end. */
static int weibull_solve(weibull_fit *fit, double *b, int64_t free_, uint8_t *infinite) {
  mine_env *env = fit->env;
  const size_t p = (size_t)fit->p;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *u = mine__arena_array(env->scratch, p, p * sizeof *u);
  double *step = mine__arena_array(env->scratch, p, sizeof *step);
  double *trial = mine__arena_array(env->scratch, p, sizeof *trial);
  int ends = 0;
  if (mine_failed(env)) return 0;
  weibull_evaluate(fit, b);
  for (int steps = 0; steps < WEIBULL_STEPS && !ends && !mine_failed(env); steps++) {
    const double decrement = weibull_step(fit, free_, u, step), before = fit->loss;
    double share = 1;
    for (int halves = 0; halves < WEIBULL_HALVES; halves++, share /= 2) {
      for (size_t j = 0; j < p; j++)
        trial[j] = b[j] + share * step[j];
      weibull_evaluate(fit, trial);
      if (mine_failed(env) || fit->loss <= before + 1e-12 * fabs(before)) break;
    }
    if (mine_failed(env)) return 0;
    if (!(fit->loss <= before + 1e-12 * fabs(before))) { /* nothing is left to be gained */
      weibull_evaluate(fit, b);
      ends = 1;
      break;
    }
    memcpy(b, trial, p * sizeof *b);
    ends = decrement < WEIBULL_ENOUGH;
    for (size_t j = 1; infinite && steps > 10 && decrement < 1e-4 && j + 1 < p; j++) {
      infinite[j] = fabs(step[j]) > 1e-2;
      ends |= infinite[j];
    }
  }
  mine__arena_rewind(env->scratch, mark);
  return ends;
}

static void weibull_check(const weibull_fit *fit) {
  const mine_dataset *data = fit->data;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (data->target[row] > 0) continue;
    (void)mine__fail(
        fit->env, MINE_DATA,
        "row %lld has the duration 0, of which there is no logarithm; give half of the "
        "unit, or leave such rows out with WHERE",
        (long long)row + 1);
    return;
  }
}

/* Exponential times, all alike. */
static void weibull_begin(const weibull_fit *fit, double *b) {
  const mine_dataset *data = fit->data;
  double time = 0, events = 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    const double w = design_weight(fit->design, row);
    time += w * (data->target[row] - (data->start ? fmax(data->start[row], 0) : 0));
    events += data->event[row] ? w : 0;
  }
  b[0] = log(time / events);
}

static void weibull_open(weibull_fit *fit) {
  mine_env *env = fit->env;
  fit->la = mine__linalg_open(env);
  fit->q = fit->design->n_used + 1;
  fit->p = fit->q + 1;
  fit->chains = fit->data->rows.n / 1024 + 1;
  if (fit->chains > WEIBULL_CHAINS) fit->chains = WEIBULL_CHAINS;
  const size_t p = (size_t)fit->p;
  fit->sums =
      mine__arena_array(env->scratch, (size_t)fit->chains, (1 + p + p * p) * sizeof(double));
  fit->work =
      mine__arena_array(env->scratch, (size_t)env->threads, weibull_work(fit) * sizeof(double));
  fit->u = mine__arena_array(env->scratch, p, sizeof(double));
  fit->i = mine__arena_array(env->scratch, p, p * sizeof(double));
}

/* Errors; the concordance, of which a longer time is the lower margin. */
static void weibull_finish(weibull_fit *fit, const linear_design *design, const double *b,
                           mine_model *model) {
  mine_env *env = fit->env;
  const size_t q = (size_t)fit->q, p = (size_t)fit->p;
  double *work = mine__arena_array(env->scratch, p, p * sizeof *work);
  double *errors = mine__arena_array(env->scratch, q, sizeof *errors);
  cox_rows rows;
  if (mine_failed(env)) return;
  const int tested = mine__lives_invert(fit->la, fit->p, fit->i, work);
  if (tested) mine__lives_errors(design, fit->i, fit->p, NULL, errors);
  mine_hazard *h = mine__lives_body(design, fit->data, b, tested ? errors : NULL, model);
  if (!h) return;
  h->law = MINE_HAZARD_WEIBULL;
  h->spread = exp(b[q]);
  if (tested) h->spread_error = sqrt(fit->i[q * p + q]);
  if (!tested) h->linear.test = MINE_LINEAR_UNTESTED;
  model->body = h;
  if (mine__cox_rows(env, fit->data, design, NULL, 1, 1, &rows)) return;
  for (int64_t i = 0; i < rows.n; i++)
    rows.eta[i] = -mine__dot(rows.x + i * rows.q, b, rows.q);
  mine__model_measure(model, MINE_MEASURE_CONCORDANCE,
                      mine__cox_concordance(env, &rows, rows.eta, NULL));
}

static mine_status weibull_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                    mine_model *model) {
  const weibull_options *o = options;
  linear_design design;
  mine_dataset without;
  weibull_fit fit = {.env = env, .data = data, .design = &design};
  if (data->strata >= 0)
    return mine__fail(env, MINE_OPTION,
                      "strata have hazards of their own, and with weibull all have one law; leave "
                      "strata out, or say cox");
  if (data->cluster)
    return mine__fail(env, MINE_OPTION, "cluster is for cox; leave it out, or say cox");
  weibull_check(&fit);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__lives_design(env, data, &o->reference, model, &without, &design));
  weibull_open(&fit);
  const size_t p = (size_t)fit.p;
  double *b = mine__arena_zeros(env->scratch, p, sizeof *b);
  uint8_t *infinite = mine__arena_zeros(env->scratch, p, 1);
  if (mine_failed(env)) return mine_env_status(env);
  weibull_begin(&fit, b);
  int ends = weibull_solve(&fit, b, fit.q, NULL); /* all alike: a place to begin, and the null */
  const double none = fit.loss;
  if (!mine_failed(env)) ends &= weibull_solve(&fit, b, 0, infinite);
  if (mine_failed(env)) return mine_env_status(env);
  const double loss = fit.loss;
  weibull_finish(&fit, &design, b, model);
  if (mine_failed(env)) return mine_env_status(env);
  mine__linear_tell_number(model, "scale", exp(b[fit.q]));
  mine__lives_tell(model, loss, none, design.n_used, fit.p);
  mine__lives_tell_endless(&design, infinite, model);
  if (exp(b[fit.q]) < WEIBULL_NO_SPREAD)
    mine__model_note(model, "warning", "scale",
                     "the columns leave no error, as where all durations are the same: survival "
                     "falls from 1 to 0 at once, and there are no standard errors");
  if (!ends)
    mine__model_note(model, "warning", "", "the fit had not settled after %d steps", WEIBULL_STEPS);
  mine__design_tell(&design, model);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_weibull = {
    .name = "weibull",
    .title = "Weibull regression: how long until the event, beyond the time seen, too",
    .citation =
        "Kalbfleisch & Prentice (2002), The statistical analysis of failure time data, second "
        "edition, Wiley",
    .notes =
        "`target` and `event` as of `cox`. The logarithm of the time is a sum of coefficients and "
        "an error: with one more of a column times are `ratio`, exp(value), times as long (R's "
        "survreg), "
        "and the hazard is `exp(-value / scale)` times as high. `mine_predict` gives the time "
        "after which 1 - 1/e, 63%, have had the event; half of them have after that times "
        "`ln(2)` to the power of scale, whose logarithm is `log(scale)` in `mine_coefficients`. "
        "`mine_survival_curve` goes beyond the longest time seen, which `cox` cannot: believe it "
        "as far as you believe the law. Scale below 1: the longer somebody was there, the likelier "
        "the event; above 1: the less likely. A missing attribute counts as the mean.",
    .example =
        "SELECT name, round(value, 3) AS value, round(p_value, 3) AS p_value\n"
        "FROM mine_coefficients((SELECT mine_fit('weibull',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*5%12 AS visits, 40 - i*7%31 + i*13%17 AS months,\n"
        "    i%4 > 0 AS churned FROM n',\n"
        "  'target=months, event=churned')));",
    .tasks = MINE_SURVIVAL,
    .reads = "attributes",
    .options_size = sizeof(weibull_options),
    .options = weibull_option_table,
    .kind = &mine__kind_hazard,
    .fit = weibull_fit_rows,
};
