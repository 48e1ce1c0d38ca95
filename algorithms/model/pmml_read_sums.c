/*
** pmml_read_sums.c -- RegressionModel and GeneralRegressionModel (of main effects) as sums of
** coefficients.
**
** Whatever a predictor is made of (pmml_read_derived.c) it adds a x + b of a number, or a where a
** category has a level, and something of its own where the attribute is missing.  A number that is
** missing and of which the document says nothing has no answer; a category adds nothing, as PMML
** has it.
*/
#include <math.h>
#include <string.h>

#include "linear.h"
#include "pmml_read.h"

/* coefficient x the predictor into margin k. */
static void psum_add(mine__pin *pin, mine_linear *m, int k, const mine__pin_term *t,
                     double coefficient) {
  if (t->feature < 0) {
    m->base[k] += coefficient * t->b;
    return;
  }
  mine_linear_column *column = &m->column[t->feature];
  const int64_t at = t->level >= 0 ? t->level * m->n_margins + k : k;
  column->coef[at] += coefficient * t->a;
  m->base[k] += coefficient * t->b;
  if (t->level < 0 && isnan(t->missing)) pin->skips = 1;
  if (!isnan(t->missing)) column->unknown[k] += coefficient * (t->missing - t->b);
}

static void psum_level(mine__pin *pin, mine_linear *m, int k, const mine__element *at,
                       const char *name, const char *value, double coefficient) {
  const mine__pin_field *field = mine__pin_find(pin, at, name);
  if (!field) return;
  const int64_t level = field->categorical ? mine__pin_level(pin, field, value) : -1;
  if (level < 0) {
    mine__pin_refuse_value(pin, at, "it is no value of a category:", value);
    return;
  }
  mine__pin_term t = {.feature = field->feature, .level = level, .a = 1, .missing = NAN};
  if (field->replacement) t.missing = mine__pin_level(pin, field, field->replacement) == level;
  psum_add(pin, m, k, &t, coefficient);
}

static mine_linear *psum_open(mine__pin *pin, mine_linear_link link, int margins) {
  mine_model *model = pin->model;
  mine_linear *m = mine__linear_new(pin->arena, model->feature, model->n_features, margins, link);
  model->kind = &mine__kind_linear;
  model->body = m;
  model->algorithm = model->n_groups > 0 ? "logistic" : "linear";
  return m;
}

/* Of a number rounded to float there is no coefficient. */
static mine__pin_term psum_term(mine__pin *pin, const mine__element *at, const char *name) {
  const mine__pin_term t = mine__pin_named(pin, at, name);
  if (mine_failed(pin->env) || t.feature < 0) return t;
  if (t.level < 0 && pin->model->feature[t.feature].type == MINE_COLUMN_CATEGORY)
    mine__pin_refuse_value(pin, at, "it is no number:", name);
  return t;
}

/* ---- RegressionModel ---------------------------------------------------------------- */

static void psum_table(mine__pin *pin, mine_linear *m, const mine__element *table, int k,
                       double sign) {
  m->base[k] += sign * mine__pin_real(pin, table, "intercept");
  for (const mine__element *e = table->first; e && !mine_failed(pin->env); e = e->next) {
    if (strcmp(e->name, "Extension") == 0) continue;
    const double coefficient = sign * mine__pin_real(pin, e, "coefficient");
    if (mine_failed(pin->env)) return;
    if (strcmp(e->name, "NumericPredictor") == 0) {
      if (mine__pin_real_or(pin, e, "exponent", 1) != 1)
        mine__pin_refuse(pin, e, "an exponent is not covered");
      const mine__pin_term t = psum_term(pin, e, mine__pin_text(pin, e, "name"));
      if (!mine_failed(pin->env)) psum_add(pin, m, k, &t, coefficient);
    } else if (strcmp(e->name, "CategoricalPredictor") == 0) {
      psum_level(pin, m, k, e, mine__pin_text(pin, e, "name"), mine__pin_text(pin, e, "value"),
                 coefficient);
    } else {
      mine__pin_refuse(pin, e, "this predictor is not covered (interactions among them)");
    }
  }
}

/* The link and whether it is one of ours. */
static mine_linear_link psum_link(mine__pin *pin) {
  const char *method = mine__xml_get(pin->top, "normalizationMethod");
  const int groups = pin->model->n_groups, none = !method || strcmp(method, "none") == 0;
  if (groups == 0 && none) return MINE_LINEAR_IDENTITY;
  if (groups == 0 && strcmp(method, "exp") == 0) return MINE_LINEAR_EXP;
  if (groups == 2 && !none && strcmp(method, "logit") == 0) return MINE_LINEAR_LOGIT;
  if (groups > 0 && !none && strcmp(method, "softmax") == 0)
    return groups == 2 ? MINE_LINEAR_LOGIT : MINE_LINEAR_SOFTMAX;
  mine__pin_refuse_value(pin, pin->top,
                         "this normalization is not covered:", method ? method : "none");
  return MINE_LINEAR_IDENTITY;
}

/* Two classes: of a softmax the difference of the tables, of a logit the first table. */
void mine__pin_regression(mine__pin *pin) {
  const int groups = pin->model->n_groups;
  const mine_linear_link link = psum_link(pin);
  const int logit = mine__pin_is(pin->top, "normalizationMethod", "logit", "none");
  if (pin->model->task == MINE_CLUSTERING) mine__pin_refuse(pin, pin->top, "clusters");
  if (mine__xml_child(pin->top, "Targets"))
    mine__pin_refuse(pin, pin->top, "Targets of a regression are not covered");
  if (mine_failed(pin->env)) return;
  mine_linear *m = psum_open(pin, link, link == MINE_LINEAR_SOFTMAX ? groups : 1);
  int tables = 0;
  for (const mine__element *t = mine__xml_child(pin->top, "RegressionTable");
       t && !mine_failed(pin->env); t = mine__xml_next(t), tables++) {
    const int g = groups ? mine__pin_class(pin, mine__pin_text(pin, t, "targetCategory")) : 0;
    if (g < 0) mine__pin_refuse(pin, t, "its targetCategory is no class");
    if (mine_failed(pin->env) || (logit && tables > 0)) continue;
    psum_table(pin, m, t, link == MINE_LINEAR_SOFTMAX ? g : 0,
               link == MINE_LINEAR_LOGIT && g == 0 ? -1 : 1);
  }
  if (!mine_failed(pin->env) && tables != (groups ? groups : 1))
    mine__pin_refuse(pin, pin->top, "it has another number of tables than it should");
}

/* ---- GeneralRegressionModel ----------------------------------------------------------- */

/* The one cell that says what a parameter is of; NULL and *several 0: the intercept. */
static const mine__element *psum_cell(const mine__element *matrix, const char *parameter,
                                      int *several) {
  const mine__element *found = NULL;
  *several = 0;
  for (const mine__element *c = matrix ? mine__xml_child(matrix, "PPCell") : NULL; c;
       c = mine__xml_next(c)) {
    if (!mine__pin_is(c, "parameterName", parameter, "")) continue;
    *several += found != NULL;
    found = c;
  }
  return found;
}

static int psum_is_factor(const mine__pin *pin, const char *name) {
  const mine__element *list = mine__xml_child(pin->top, "FactorList");
  for (const mine__element *p = list ? mine__xml_child(list, "Predictor") : NULL; p;
       p = mine__xml_next(p))
    if (mine__pin_is(p, "name", name, "")) return 1;
  return 0;
}

static void psum_parameter(mine__pin *pin, mine_linear *m, const mine__element *p, int k,
                           double sign) {
  int several;
  const mine__element *cell = psum_cell(mine__xml_child(pin->top, "PPMatrix"),
                                        mine__pin_text(pin, p, "parameterName"), &several);
  const double beta = sign * mine__pin_real(pin, p, "beta");
  if (several) mine__pin_refuse(pin, p, "a parameter of several predictors is not covered");
  if (mine_failed(pin->env)) return;
  if (!cell) {
    m->base[k] += beta;
    return;
  }
  const char *name = mine__pin_text(pin, cell, "predictorName");
  const char *value = mine__pin_text(pin, cell, "value");
  if (mine_failed(pin->env)) return;
  if (psum_is_factor(pin, name)) {
    psum_level(pin, m, k, cell, name, value, beta);
    return;
  }
  if (strcmp(value, "1") != 0 && mine__pin_real(pin, cell, "value") != 1)
    mine__pin_refuse(pin, cell, "a power of a covariate is not covered");
  const mine__pin_term t = psum_term(pin, cell, name);
  if (!mine_failed(pin->env)) psum_add(pin, m, k, &t, beta);
}

/* The class that the parameters are of: the category of a cell, else the one that is not the
** reference; of two the second. */
static int psum_general_class(mine__pin *pin, const mine__element *p) {
  const char *category = mine__xml_get(p, "targetCategory");
  const char *reference = mine__xml_get(pin->top, "targetReferenceCategory");
  if (category) return mine__pin_class(pin, category);
  if (pin->model->n_groups != 2) return -1;
  return reference ? 1 - mine__pin_class(pin, reference) : 1;
}

static mine_linear_link psum_general_link(mine__pin *pin) {
  const char *type = mine__pin_text(pin, pin->top, "modelType");
  const char *link = mine__xml_get(pin->top, "linkFunction");
  const int groups = pin->model->n_groups;
  if (groups > 2 && strcmp(type, "multinomialLogistic") == 0) return MINE_LINEAR_SOFTMAX;
  if (groups == 2 &&
      (strcmp(type, "multinomialLogistic") == 0 ||
       (strcmp(type, "generalizedLinear") == 0 && link && strcmp(link, "logit") == 0)))
    return MINE_LINEAR_LOGIT;
  if (groups == 0 && (strcmp(type, "regression") == 0 || strcmp(type, "generalLinear") == 0))
    return MINE_LINEAR_IDENTITY;
  if (groups == 0 && strcmp(type, "generalizedLinear") == 0) {
    if (!link || strcmp(link, "identity") == 0) return MINE_LINEAR_IDENTITY;
    if (strcmp(link, "log") == 0) return MINE_LINEAR_EXP;
  }
  mine__pin_refuse_value(pin, pin->top, "this type of model is not covered, with this link:", type);
  return MINE_LINEAR_IDENTITY;
}

void mine__pin_general(mine__pin *pin) {
  const mine__element *matrix = mine__xml_child(pin->top, "ParamMatrix");
  const mine_linear_link link = psum_general_link(pin);
  static const char *const refused[] = {"offsetVariable", "offsetValue", "trialsVariable",
                                        "trialsValue"};
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
    if (mine__xml_get(pin->top, refused[i]))
      mine__pin_refuse_value(pin, pin->top, "this is not covered:", refused[i]);
  if (!matrix) mine__pin_refuse(pin, pin->top, "it lacks a ParamMatrix");
  if (mine_failed(pin->env)) return;
  mine_linear *m = psum_open(pin, link, link == MINE_LINEAR_SOFTMAX ? pin->model->n_groups : 1);
  for (const mine__element *p = mine__xml_child(matrix, "PCell"); p && !mine_failed(pin->env);
       p = mine__xml_next(p)) {
    const int g = pin->model->n_groups ? psum_general_class(pin, p) : 0;
    if (g < 0 || g > pin->model->n_groups) mine__pin_refuse(pin, p, "its class is none");
    if (!mine_failed(pin->env))
      psum_parameter(pin, m, p, link == MINE_LINEAR_SOFTMAX ? g : 0,
                     link == MINE_LINEAR_LOGIT && g == 0 ? -1 : 1);
  }
}
