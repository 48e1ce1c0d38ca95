/*
** pmml_linear.c -- sums of coefficients as a RegressionModel.
**
** A number enters as `known(x)`, which is 0 where it is missing, and `missing(x)`, 1 there, with
** what the model says of a missing value for its coefficient; a category's missing() also stands
** for levels never seen.  The weights of evidence of a scorecard are a field `woe(x)` made from
** its bins.  Two classes are a softmax of the margin and 0.
*/
#include "linear.h"
#include "pmml.h"

static int plinear_says_missing(const mine_linear *m, int f) {
  for (int k = 0; k < m->n_margins; k++)
    if (m->column[f].unknown[k] != 0) return 1;
  return 0;
}

/* ---- fields made of the attributes -------------------------------------------------- */

static void plinear_if_missing(mine__pmml *p, const char *x) {
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "isMissing");
  mine__pmml_field(p, "FieldRef", x);
  mine__xml_close(&p->x);
}

/* if(isMissing(x), woe, if(x < cut, woe, ...)) */
static void plinear_woe_number(mine__pmml *p, const char *x, const mine_woe *woe) {
  plinear_if_missing(p, x);
  mine__pmml_constant(p, woe->woe[0]);
  for (int bin = 1; bin <= woe->n; bin++) {
    if (bin < woe->n) {
      mine__pmml_apply(p, "if");
      mine__pmml_apply(p, "lessThan");
      mine__pmml_field(p, "FieldRef", x);
      mine__pmml_constant(p, woe->cut[bin - 1]);
      mine__xml_close(&p->x);
    }
    mine__pmml_constant(p, woe->woe[bin]);
  }
  for (int bin = 1; bin <= woe->n; bin++)
    mine__xml_close(&p->x);
}

static void plinear_woe_levels(mine__pmml *p, const mine_feature *about, const mine_woe *woe) {
  const int64_t n = about->levels.values.n;
  double *says = mine__arena_array(p->env->scratch, (size_t)n, sizeof *says);
  const double other = woe->other ? woe->woe[woe->other] : 0;
  for (int64_t l = 0; says && l < n; l++)
    says[l] = woe->bin_of[l] ? woe->woe[woe->bin_of[l]] : other;
  if (says) mine__pmml_map(p, about, says, 1, woe->woe[0], other);
}

static void plinear_woe(mine__pmml *p, const mine_feature *about, const mine_woe *woe) {
  mine__pmml_derived(p, mine__pmml_name(p, "woe", about->name));
  if (about->type == MINE_COLUMN_CATEGORY)
    plinear_woe_levels(p, about, woe);
  else
    plinear_woe_number(p, about->name, woe);
  mine__xml_close(&p->x);
}

static void plinear_known(mine__pmml *p, const mine_feature *about, int says_missing) {
  if (says_missing) {
    mine__pmml_derived(p, mine__pmml_name(p, "missing", about->name));
    plinear_if_missing(p, about->name);
    mine__pmml_constant(p, 1);
    mine__pmml_constant(p, 0);
    mine__xml_close(&p->x);
    mine__xml_close(&p->x);
  }
  if (about->type == MINE_COLUMN_CATEGORY) return;
  mine__pmml_derived(p, mine__pmml_name(p, "known", about->name));
  plinear_if_missing(p, about->name);
  mine__pmml_constant(p, 0);
  mine__pmml_field(p, "FieldRef", about->name);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}

static void plinear_fields(mine__pmml *p, const mine_model *model) {
  const mine_linear *m = model->body;
  int fields = 0;
  for (int f = 0; f < m->n_columns; f++)
    fields +=
        model->feature[f].type != MINE_COLUMN_CATEGORY || m->card || plinear_says_missing(m, f);
  if (fields == 0) return;
  mine__xml_open(&p->x, "LocalTransformations");
  for (int f = 0; f < m->n_columns; f++) {
    if (m->card)
      plinear_woe(p, &model->feature[f], m->column[f].woe);
    else
      plinear_known(p, &model->feature[f], plinear_says_missing(m, f));
  }
  mine__xml_close(&p->x);
}

/* ---- tables ------------------------------------------------------------------------ */

static void plinear_predictor(mine__pmml *p, const char *name, double coefficient) {
  mine__xml_open(&p->x, "NumericPredictor");
  mine__xml_text(&p->x, "name", name);
  mine__xml_real(&p->x, "coefficient", coefficient);
  mine__xml_close(&p->x);
}

static void plinear_numbers(mine__pmml *p, const mine_model *model, int k) {
  const mine_linear *m = model->body;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_linear_column *column = &m->column[f];
    const char *name = model->feature[f].name;
    if (!column->levels)
      plinear_predictor(p, mine__pmml_name(p, m->card ? "woe" : "known", name), column->coef[k]);
    if (!m->card && plinear_says_missing(m, f))
      plinear_predictor(p, mine__pmml_name(p, "missing", name), column->unknown[k]);
  }
}

static void plinear_levels(mine__pmml *p, const mine_model *model, int k) {
  const mine_linear *m = model->body;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_linear_column *column = &m->column[f];
    for (int64_t l = 0; l < column->levels; l++) {
      mine_cell cell;
      mine__values_get(&model->feature[f].levels.values, l, &cell);
      mine__xml_open(&p->x, "CategoricalPredictor");
      mine__xml_text(&p->x, "name", model->feature[f].name);
      mine__xml_cell(&p->x, "value", &cell);
      mine__xml_real(&p->x, "coefficient", column->coef[l * m->n_margins + k]);
      mine__xml_close(&p->x);
    }
  }
}

/* k -1: a margin of 0. */
static void plinear_table(mine__pmml *p, const mine_model *model, int group, int k) {
  const mine_linear *m = model->body;
  mine__xml_open(&p->x, "RegressionTable");
  mine__xml_real(&p->x, "intercept", k < 0 ? 0 : m->base[k]);
  if (group >= 0) mine__xml_text(&p->x, "targetCategory", mine__pmml_class(p, model, group));
  if (k >= 0) plinear_numbers(p, model, k);
  if (k >= 0) plinear_levels(p, model, k);
  mine__xml_close(&p->x);
}

void mine__pmml_linear(mine__pmml *p, const mine_model *model) {
  const mine_linear *m = model->body;
  const int classes = mine__model_has_classes(model);
  mine__pmml_open(p, "RegressionModel", model);
  mine__xml_text(&p->x, "normalizationMethod",
                 classes                      ? "softmax"
                 : m->link == MINE_LINEAR_EXP ? "exp"
                                              : "none");
  mine__pmml_head(p, model);
  plinear_fields(p, model);
  if (m->link == MINE_LINEAR_LOGIT) {
    plinear_table(p, model, 1, 0);
    plinear_table(p, model, 0, -1);
  } else {
    for (int k = 0; k < m->n_margins; k++)
      plinear_table(p, model, classes ? k : -1, k);
  }
  mine__pmml_tail(p, model);
}
