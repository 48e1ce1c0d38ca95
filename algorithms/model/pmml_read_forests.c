/*
** pmml_read_forests.c -- TreeModel, and MiningModel of trees, as a model of trees: their sums and
** means, and the chains in which a regression puts a link behind sums.
*/
#include <math.h>
#include <string.h>

#include "pmml_read_trees.h"

/* ---- sums and means ------------------------------------------------------------------ */

/* What is done to what a regression says: factor x + constant. */
static void pforest_targets(mine__pin_forest *w, const mine__element *model, double *factor,
                            double *constant) {
  const mine__element *targets = mine__xml_child(model, "Targets");
  const mine__element *t = targets ? mine__xml_child(targets, "Target") : NULL;
  *factor = 1;
  *constant = 0;
  if (!t) return;
  *factor = mine__pin_real_or(w->pin, t, "rescaleFactor", 1);
  *constant = mine__pin_real_or(w->pin, t, "rescaleConstant", 0);
  if (t->first || mine__xml_get(t, "castInteger") || mine__xml_get(t, "min") ||
      mine__xml_get(t, "max"))
    mine__pin_refuse(w->pin, t, "only rescaling of what is said is covered");
}

static double pforest_weights(const mine__pin_forest *w, const mine__element *segmentation,
                              int *equal) {
  const int plain = mine__pin_is(segmentation, "multipleModelMethod", "average", "");
  double sum = 0, first = NAN;
  *equal = 1;
  for (const mine__element *s = mine__xml_child(segmentation, "Segment"); s;
       s = mine__xml_next(s)) {
    const double weight = plain ? 1 : mine__pin_real_or(w->pin, s, "weight", 1);
    if (isnan(first)) first = weight;
    *equal = *equal && weight == first;
    sum += weight;
  }
  return sum;
}

/* How the trees of a MiningModel are combined, and what they weigh together. */
static const char *pforest_combined(mine__pin_forest *w, const mine__element *all, double *total) {
  const char *how = mine__pin_text(w->pin, all, "multipleModelMethod");
  const int average = strcmp(how, "average") == 0, adds = strcmp(how, "sum") == 0;
  const int mean = strcmp(how, "weightedAverage") == 0;
  int equal;
  *total = pforest_weights(w, all, &equal);
  w->votes = strcmp(how, "majorityVote") == 0;
  if (!(w->classes ? average || w->votes || (mean && equal)
                   : average || adds || mean || strcmp(how, "weightedSum") == 0))
    mine__pin_refuse_value(w->pin, all, "this way to combine trees is not covered:", how);
  if (!(*total > 0)) mine__pin_refuse(w->pin, all, "its segments have no weight");
  return how;
}

/* What the number that a tree says is multiplied with. */
static double pforest_part(const char *how, double weight, double total) {
  if (strcmp(how, "sum") == 0) return 1;
  if (strcmp(how, "weightedSum") == 0) return weight;
  return strcmp(how, "average") == 0 ? 1 / total : weight / total;
}

static void pforest_segments(mine__pin_forest *w, const mine__element *all, double factor,
                             int output) {
  double total;
  const char *how = pforest_combined(w, all, &total);
  for (const mine__element *s = mine__xml_child(all, "Segment"); s && !mine_failed(w->pin->env);
       s = mine__xml_next(s)) {
    const mine__element *tree = mine__xml_child(s, "TreeModel");
    const double weight = mine__pin_real_or(w->pin, s, "weight", 1);
    if (!tree || !mine__pin_always(s)) {
      mine__pin_refuse(w->pin, s,
                       "a segment that is always asked (True), and is a TreeModel, was "
                       "expected");
      return;
    }
    w->factor = factor * pforest_part(how, weight, total);
    mine__pin_tree(w, tree, output);
  }
}

/* `factor` times what a TreeModel says, or a MiningModel that adds trees up or takes their mean,
** into the sum `output`.  Returned is the constant that comes to it. */
static double pforest_sum(mine__pin_forest *w, const mine__element *model, double factor,
                          int output) {
  double own, constant;
  pforest_targets(w, model, &own, &constant);
  const mine__element *all = mine__xml_child(model, "Segmentation");
  if (strcmp(model->name, "TreeModel") == 0) {
    w->factor = own * factor;
    mine__pin_tree(w, model, output);
  } else if (strcmp(model->name, "MiningModel") == 0 && all) {
    pforest_segments(w, all, own * factor, output);
  } else {
    mine__pin_refuse(w->pin, model, "a TreeModel, or a MiningModel of them, was expected");
  }
  return factor * constant;
}

/* ---- chains ------------------------------------------------------------------------- */

/* The segment before `last` that puts its number under that name. */
static const mine__element *pforest_named(const mine__element *last, const char *name) {
  for (const mine__element *s = mine__xml_child(last->parent, "Segment"); s && s != last;
       s = mine__xml_next(s)) {
    for (const mine__element *model = s->first; model; model = model->next) {
      const mine__element *output = mine__xml_child(model, "Output");
      const mine__element *field = output ? mine__xml_child(output, "OutputField") : NULL;
      if (field && mine__pin_is(field, "name", name, "")) return model;
    }
  }
  return NULL;
}

/* One linear predictor: a margin from one sum of trees. */
static void pforest_margin(mine__pin_forest *w, const mine__element *last, const mine__element *p,
                           double sign, int output, mine_trees *made) {
  const mine__element *table = p->parent;
  const double intercept = mine__pin_real(w->pin, table, "intercept");
  if (mine__xml_next(p) || mine__xml_child(table, "CategoricalPredictor") ||
      mine__pin_real_or(w->pin, p, "exponent", 1) != 1)
    mine__pin_refuse(w->pin, table, "behind trees one linear predictor is covered");
  const mine__element *model = pforest_named(last, mine__pin_text(w->pin, p, "name"));
  if (!model) mine__pin_refuse(w->pin, p, "no segment before it gives this field");
  if (mine_failed(w->pin->env)) return;
  const double factor = sign * mine__pin_real(w->pin, p, "coefficient");
  made->base[output] = sign * intercept;
  made->base[output] += pforest_sum(w, model, factor, output);
}

/* One table of the regression; 0: it has no field, as the reference of two classes. */
static int pforest_table(mine__pin_forest *w, const mine__element *last, const mine__element *table,
                         mine_trees *made) {
  mine__pin *pin = w->pin;
  const int groups = pin->model->n_groups;
  const int g = groups ? mine__pin_class(pin, mine__pin_text(pin, table, "targetCategory")) : 0;
  if (g < 0) mine__pin_refuse(pin, table, "its targetCategory is no class");
  if (mine_failed(pin->env)) return 0;
  const mine__element *p = mine__xml_child(table, "NumericPredictor");
  if (p) {
    pforest_margin(w, last, p, groups == 2 && g == 0 ? -1 : 1, groups > 2 ? g : 0, made);
    return 1;
  }
  const int softmax = mine__pin_is(table->parent, "normalizationMethod", "softmax", "none");
  const double intercept = mine__pin_real(pin, table, "intercept");
  if (groups > 2 || (softmax && intercept != 0))
    mine__pin_refuse(pin, table, "a table without a field is covered of two classes, with 0");
  return 0;
}

static void pforest_link(mine__pin_forest *w, const mine__element *link, mine_trees *made) {
  const char *said = mine__xml_get(link, "normalizationMethod"), *method = said ? said : "none";
  const int groups = w->pin->model->n_groups;
  const int softmax = strcmp(method, "softmax") == 0, logit = strcmp(method, "logit") == 0;
  const int exp_ = strcmp(method, "exp") == 0, none = strcmp(method, "none") == 0;
  if (groups > 0 ? !softmax && !logit : !exp_ && !none)
    mine__pin_refuse_value(w->pin, link, "this normalization is not covered:", method);
  if (groups > 2 && logit) mine__pin_refuse(w->pin, link, "logit of more than two classes");
  made->link = groups == 0   ? exp_ ? MINE_TREES_EXP : MINE_TREES_IDENTITY
               : groups == 2 ? MINE_TREES_LOGIT
                             : MINE_TREES_SOFTMAX;
  made->outputs = groups > 2 ? groups : 1;
}

/* The last segment is a regression on what the others say. */
static void pforest_chain(mine__pin_forest *w, const mine__element *all, mine_trees *made) {
  const mine__element *last = NULL;
  for (const mine__element *s = mine__xml_child(all, "Segment"); s; s = mine__xml_next(s))
    last = s;
  const mine__element *link = last ? mine__xml_child(last, "RegressionModel") : NULL;
  if (!link) {
    mine__pin_refuse(w->pin, all,
                     "a chain of models is covered where it ends in a RegressionModel");
    return;
  }
  pforest_link(w, link, made);
  int fields = 0;
  for (const mine__element *t = mine__xml_child(link, "RegressionTable");
       t && !mine_failed(w->pin->env); t = mine__xml_next(t))
    fields += pforest_table(w, last, t, made);
  const int wanted = w->pin->model->n_groups == 2 ? 1 : made->outputs;
  if (!mine_failed(w->pin->env) && fields != wanted)
    mine__pin_refuse(w->pin, link, "each class must have a margin, of two classes one of them");
}

/* ---- the model --------------------------------------------------------------------- */

static void pforest_copy(mine__pin_forest *w, const mine_trees *how) {
  mine__pin *pin = w->pin;
  mine_trees *t = mine__trees_new(pin->arena, (int32_t)w->n_trees, (int32_t)w->n_nodes,
                                  (int32_t)w->n_values, (int32_t)w->n_bits, w->width);
  if (!t) return;
  t->outputs = how->outputs;
  t->link = how->link;
  t->combine = how->combine;
  t->weight = t->rows = t->impurity = t->gain = NULL;
  for (size_t i = 0; i < w->n_nodes; i++) {
    const mine__pin_node *n = &w->node[i];
    t->feature[i] = n->feature;
    t->threshold[i] = n->threshold;
    t->left[i] = n->left;
    t->right[i] = n->right;
    t->missing_left[i] = n->missing_left;
    t->set[i] = n->set;
    t->value[i] = n->value;
  }
  memcpy(t->first, w->first, w->n_trees * sizeof *w->first);
  t->first[w->n_trees] = (int32_t)w->n_nodes;
  memcpy(t->values, w->value, w->n_values * (size_t)w->width * sizeof *w->value);
  if (w->n_bits) memcpy(t->bits, w->bits, w->n_bits * sizeof *w->bits);
  if (!w->classes) t->base = mine__arena_array(pin->arena, (size_t)t->outputs, sizeof(double));
  for (int o = 0; t->base && o < t->outputs; o++)
    t->base[o] = how->base[o];
  if (t->outputs > 1 && !w->classes) {
    t->output = mine__arena_array(pin->arena, w->n_trees, sizeof *t->output);
    if (t->output) memcpy(t->output, w->output, w->n_trees * sizeof *w->output);
  }
  pin->model->kind = &mine__kind_trees;
  pin->model->body = t;
}

void mine__pin_trees(mine__pin *pin) {
  const mine_model *model = pin->model;
  const mine__element *all = mine__xml_child(pin->top, "Segmentation");
  const int chain = all && mine__pin_is(all, "multipleModelMethod", "modelChain", "");
  mine__pin_forest w = {.pin = pin, .arena = pin->env->scratch};
  mine_trees how = {.outputs = 1, .combine = MINE_TREES_SUM};
  how.base = mine__arena_zeros(w.arena, (size_t)model->n_groups + 1, sizeof *how.base);
  if (model->task == MINE_CLUSTERING) mine__pin_refuse(pin, pin->top, "clusters by trees");
  if (mine_failed(pin->env)) return;
  w.classes = model->n_groups > 0 && !chain;
  w.width = w.classes ? model->n_groups : 1;
  if (chain) {
    pforest_chain(&w, all, &how);
    pin->model->algorithm = "boost";
  } else {
    how.base[0] += pforest_sum(&w, pin->top, 1, 0);
    if (w.classes) {
      how.outputs = model->n_groups;
      how.combine = MINE_TREES_MEAN;
    }
  }
  if (!mine_failed(pin->env) && (w.n_trees == 0 || w.n_trees > INT32_MAX || w.n_values > INT32_MAX))
    mine__pin_refuse(pin, pin->top, "it has no trees, or too many");
  if (!mine_failed(pin->env)) pforest_copy(&w, &how);
}
