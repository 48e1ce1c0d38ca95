/*
** bayes_describe.c -- what naive Bayes has learned, as relations.
**
** mine_coefficients: the priors, the means and deviations, the shares of the levels.
** Intervals are 95%: of a mean Student's t, of a deviation by the chi-squared distribution
** of its square (both exact where the model is right), of a share the normal approximation
** within 0..1.  A row of weight 2 counts as two rows.
**
** mine_importance: the mutual information of a column and the class under the model,
** I = sum over c of P(c) E[log p(x|c) - log p(x)], p(x) = sum over c of P(c) p(x|c).  Of a
** category it is a finite sum; of a number the expectation over a normal density is taken
** by the trapezoidal rule over +-8 deviations, which for densities as wide as each other
** is exact to rounding, and to some 1e-3 for one that is a spike within the other.
*/
#include <math.h>

#include "../kernel/special.h"
#include "bayes.h"
#include "metrics.h"

#define DESCRIBE_CONFIDENCE 0.95
#define DESCRIBE_DEVIATIONS 8.0 /* beyond them there are 1e-15 of the rows            */
#define DESCRIBE_POINTS     401 /* of the trapezoidal rule                            */
#define DESCRIBE_COARSE     33  /* ... of models with so many classes that it is slow */
#define DESCRIBE_MANY       32

/* ---- mine_coefficients ------------------------------------------------------------- */

typedef struct bayes_list {
  const mine_model *model;
  const mine_bayes *bayes;
  mine_relation *to;
  mine_env *env;
} bayes_list;

/* An estimate; NAN: there is none. */
typedef struct bayes_estimate {
  double value, std_error, low, high;
} bayes_estimate;

static void list_row(const bayes_list *list, const mine_text *name, const bayes_estimate *e) {
  if (name->failed) return;
  mine__row_bytes(list->to, name->data, name->bytes);
  const mine_coefficient of = {e->value, e->std_error, NAN, NAN, e->low, e->high, 0};
  mine__coefficient_list(&of, list->to); /* nothing is tested */
}

static bayes_estimate list_share(double share, double rows) {
  bayes_estimate e = {share, NAN, NAN, NAN};
  if (!(rows > 0)) return e;
  const double z = mine__normal_quantile((1 + DESCRIBE_CONFIDENCE) / 2, MINE__LOWER);
  e.std_error = sqrt(fmax(share * (1 - share), 0) / rows);
  e.low = fmax(share - z * e.std_error, 0);
  e.high = fmin(share + z * e.std_error, 1);
  return e;
}

static bayes_estimate list_mean(const mine_bayes_column *column, int c) {
  const double n = column->known[c];
  bayes_estimate e = {column->mean[c], NAN, NAN, NAN};
  if (!(n > 1)) return e;
  const double t = mine__t_quantile((1 + DESCRIBE_CONFIDENCE) / 2, n - 1, MINE__LOWER);
  e.std_error = sqrt(column->variance[c] / (n - 1));
  e.low = e.value - t * e.std_error;
  e.high = e.value + t * e.std_error;
  return e;
}

static bayes_estimate list_deviation(const mine_bayes *bayes, const mine_bayes_column *column,
                                     int c) {
  const double n = column->known[c], squares = column->variance[c] * n;
  bayes_estimate e = {sqrt(column->variance[c] + bayes->added), NAN, NAN, NAN};
  if (!(n > 1)) return e;
  const double tail = (1 - DESCRIBE_CONFIDENCE) / 2;
  e.low = sqrt(squares / mine__chi2_quantile(tail, n - 1, MINE__UPPER));
  e.high = sqrt(squares / mine__chi2_quantile(tail, n - 1, MINE__LOWER));
  return e;
}

/* "mean age | yes", "plan=gold | yes"; level NULL: a number. */
static void list_name(const bayes_list *list, const char *what, const char *name,
                      const mine_cell *level, int c, mine_text *to) {
  mine_cell group;
  mine__model_group(list->model, c + 1, &group);
  mine__text_open(to, list->env->scratch);
  mine__text_adds(to, what);
  mine__text_adds(to, name);
  if (level) mine__text_adds(to, "=");
  if (level) mine__text_add_cell(to, level);
  mine__text_adds(to, " | ");
  mine__text_add_cell(to, &group);
}

static void list_priors(const bayes_list *list) {
  double all = 0;
  for (int c = 0; c < list->bayes->n_classes; c++)
    all += list->bayes->weight[c];
  for (int c = 0; c < list->bayes->n_classes; c++) {
    mine_text name;
    mine_cell group;
    const bayes_estimate e = list_share(list->bayes->prior[c], list->bayes->counted ? all : 0);
    mine__model_group(list->model, c + 1, &group);
    mine__text_open(&name, list->env->scratch);
    mine__text_adds(&name, "prior ");
    mine__text_adds(&name, list->model->roles.target);
    mine__text_adds(&name, "=");
    mine__text_add_cell(&name, &group);
    list_row(list, &name, &e);
  }
}

static void list_numbers(const bayes_list *list, const mine_bayes_column *column,
                         const char *feature) {
  for (int c = 0; c < list->bayes->n_classes; c++) {
    mine_text name;
    const bayes_estimate mean = list_mean(column, c);
    const bayes_estimate deviation = list_deviation(list->bayes, column, c);
    list_name(list, "mean ", feature, NULL, c, &name);
    list_row(list, &name, &mean);
    list_name(list, "deviation ", feature, NULL, c, &name);
    list_row(list, &name, &deviation);
  }
}

static void list_level(const bayes_list *list, const mine_bayes_column *column, int f,
                       int64_t level) {
  const mine_feature *about = &list->model->feature[f];
  mine_cell cell;
  if (!mine__bayes_met(list->bayes, column, level)) return;
  mine__values_get(&about->levels.values, level, &cell);
  for (int c = 0; c < list->bayes->n_classes; c++) {
    mine_text name;
    const bayes_estimate e =
        list_share(mine__bayes_share(list->bayes, column, c, level), column->known[c]);
    list_name(list, "", about->name, &cell, c, &name);
    list_row(list, &name, &e);
  }
}

static void bayes_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  const bayes_list list = {model, model->body, to, env};
  list_priors(&list);
  for (int f = 0; f < list.bayes->n_columns; f++) {
    const mine_bayes_column *column = &list.bayes->column[f];
    for (int64_t level = 0; level < (column->levels ? column->levels : 1); level++) {
      const mine_mark mark = mine__arena_mark(env->scratch);
      if (mine__poll(env) != MINE_OK) return;
      if (column->levels) {
        list_level(&list, column, f, level);
      } else {
        list_numbers(&list, column, model->feature[f].name);
      }
      mine__arena_rewind(env->scratch, mark);
    }
  }
}

/* ---- mine_importance ----------------------------------------------------------------- */

static double importance_levels(const mine_bayes *m, const mine_bayes_column *column) {
  const int64_t width = column->levels + 1;
  double sum = 0;
  for (int64_t slot = 1; slot < width; slot++) {
    double whole = 0;
    if (!mine__bayes_met(m, column, slot - 1)) continue;
    for (int c = 0; c < m->n_classes; c++)
      whole += m->prior[c] * exp(column->log[c * width + slot]);
    for (int c = 0; c < m->n_classes && whole > 0; c++) {
      const double log_share = column->log[c * width + slot];
      sum += m->prior[c] * exp(log_share) * (log_share - log(whole));
    }
  }
  return sum;
}

/* log p(x|c) - log p(x), which is log P(c|x) - log P(c).  `log` is room per class. */
static double importance_gain(const mine_bayes *m, const mine_bayes_column *column, double x, int c,
                              double *log_share) {
  double most = -INFINITY, sum = 0;
  for (int k = 0; k < m->n_classes; k++) {
    const double d = x - column->mean[k];
    log_share[k] = m->log_prior[k] + column->base[k] - column->half[k] * (d * d);
    if (log_share[k] > most) most = log_share[k];
  }
  for (int k = 0; k < m->n_classes; k++)
    sum += exp(log_share[k] - most);
  return log_share[c] - most - log(sum) - m->log_prior[c];
}

static double importance_numbers(mine_env *env, const mine_bayes *m,
                                 const mine_bayes_column *column, double *room) {
  const int points = m->n_classes > DESCRIBE_MANY ? DESCRIBE_COARSE : DESCRIBE_POINTS;
  const double step = 2 * DESCRIBE_DEVIATIONS / (points - 1);
  double sum = 0;
  for (int c = 0; c < m->n_classes; c++) {
    double gain = 0, all = 0;
    if (!(m->prior[c] > 0)) continue;
    if (mine__poll(env) != MINE_OK) return 0;
    const double deviation = sqrt(0.5 / column->half[c]);
    for (int i = 0; i < points; i++) {
      const double z = step * i - DESCRIBE_DEVIATIONS, density = exp(-0.5 * z * z);
      gain += density * importance_gain(m, column, column->mean[c] + deviation * z, c, room);
      all += density;
    }
    sum += m->prior[c] * gain / all;
  }
  return sum;
}

static void bayes_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_bayes *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *amount = mine__arena_zeros(env->scratch, (size_t)m->n_columns, sizeof *amount);
  double *room = mine__arena_array(env->scratch, (size_t)m->n_classes, sizeof *room), all = 0;
  for (int f = 0; amount && room && f < m->n_columns && mine__poll(env) == MINE_OK; f++) {
    const mine_bayes_column *column = &m->column[f];
    const double nats =
        column->levels ? importance_levels(m, column) : importance_numbers(env, m, column, room);
    all += amount[f] = nats > 0 ? nats : 0; /* a rounding below 0, or what is no number */
  }
  if (!mine_failed(env)) mine__importance_list(env, model, amount, all, to);
  mine__arena_rewind(env->scratch, mark);
}

const mine_part mine__bayes_parts[] = {
    {.verb = "mine_coefficients",
     .what = "the priors of the classes, and of every class means, deviations and shares",
     .list = bayes_coefficients},
    {.verb = "mine_importance",
     .what = "each feature's share of the mutual information with the class",
     .list = bayes_importance},
    {.verb = NULL},
};
