/*
** linear_describe.c -- the coefficients and what they are worth, as relations.
**
** mine_coefficients: intervals are 95%, by Student's t where the deviation was estimated
** with the coefficients, by the normal distribution where the family says it.  Penalised
** coefficients have no standard error.  Of two classes the coefficients are log-odds of the
** positive one.
**
** mine_importance: how much a column makes the margins vary over the training rows (of a
** number: |coefficient| x deviation), as a share of all.
*/
#include <math.h>

#include "../kernel/special.h"
#include "linear.h"

#define LINEAR_CONFIDENCE 0.95

typedef struct linear_list {
  const mine_model *model;
  const mine_linear *linear;
  mine_relation *to;
  mine_env *env;
  double sign; /* -1: the log-odds are of the first class */
} linear_list;

/* Whether exp of a coefficient is a ratio: of odds, of means, of hazards or times.  Of more
** than two classes it is one against no class in particular. */
static int linear_is_log(const mine_linear *m) {
  return m->link == MINE_LINEAR_LOGIT || m->link == MINE_LINEAR_EXP;
}

static void linear_list_row(const linear_list *list, const mine_text *name, double coef,
                            double error, int is_log) {
  const mine_linear *m = list->linear;
  const int z = m->test == MINE_LINEAR_Z, tested = m->test != MINE_LINEAR_UNTESTED && error >= 0;
  const double value = list->sign * coef, df = z ? INFINITY : m->df;
  if (name->failed) return;
  mine__row_bytes(list->to, name->data, name->bytes);
  const double t = tested ? mine__t_quantile((1 + LINEAR_CONFIDENCE) / 2, df, MINE__LOWER) : NAN;
  const double p =
      tested && error > 0 ? 2 * mine__t_tail(fabs(value / error), df, MINE__UPPER) : NAN;
  const mine_coefficient of = {error == MINE_LINEAR_DROPPED ? NAN : value,
                               tested ? error : NAN,
                               tested && error > 0 ? value / error : NAN,
                               p,
                               value - t * error,
                               value + t * error,
                               is_log};
  mine__coefficient_list(&of, list->to);
}

/* "age", "plan=Family", of more than two classes "age | gold"; level NULL: no level. */
static void linear_name(const linear_list *list, const char *name, const mine_cell *level, int k,
                        mine_text *to) {
  mine__text_open(to, list->env->scratch);
  mine__text_adds(to, name);
  if (level) mine__text_adds(to, "=");
  if (level) mine__text_add_cell(to, level);
  if (list->linear->link == MINE_LINEAR_SOFTMAX) {
    mine_cell group;
    mine__model_group(list->model, k + 1, &group);
    mine__text_adds(to, " | ");
    mine__text_add_cell(to, &group);
  }
}

void mine__linear_coefficients_of(mine_env *env, const mine_model *model, const mine_linear *m,
                                  int intercept, int but, mine_relation *to) {
  const int turned = m->link == MINE_LINEAR_LOGIT && model->positive == 0;
  const linear_list list = {model, m, to, env, turned ? -1.0 : 1.0};
  const int k = m->n_margins;
  mine_text name;
  for (int c = 0; intercept && c < k; c++) {
    linear_name(&list, "(intercept)", NULL, c, &name);
    linear_list_row(&list, &name, m->base[c], m->base_error[c], 0);
  }
  for (int f = 0; f < m->n_columns; f++) {
    const mine_linear_column *column = &m->column[f];
    for (int64_t l = 0; f != but && l < (column->levels ? column->levels : 1); l++) {
      const mine_mark mark = mine__arena_mark(env->scratch);
      mine_cell cell;
      if (mine__poll(env) != MINE_OK) return;
      if (column->levels) mine__values_get(&model->feature[f].levels.values, l, &cell);
      for (int c = 0; l != column->reference && c < k; c++) {
        linear_name(&list, model->feature[f].name, column->levels ? &cell : NULL, c, &name);
        linear_list_row(&list, &name, column->coef[l * k + c], column->error[l * k + c],
                        linear_is_log(m));
      }
      mine__arena_rewind(env->scratch, mark);
    }
  }
}

static void linear_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  mine__linear_coefficients_of(env, model, model->body, 1, -1, to);
}

static void linear_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_linear *m = model->body;
  mine__importance_list_columns(env, model, &m->column->weight, sizeof *m->column, to);
}

const mine_part mine__linear_parts[] = {
    {.verb = "mine_coefficients",
     .what = "the coefficients, with standard errors, tests and intervals where nothing is "
             "penalised",
     .list = linear_coefficients},
    {.verb = "mine_importance",
     .what = "each feature's share of how much the answers vary",
     .list = linear_importance},
    {.verb = "mine_bins",
     .what = "of a scorecard (transform=woe): the bins of each feature, and their points",
     .list = mine__linear_bins,
     .has = mine__linear_has_bins},
    {.verb = NULL},
};
