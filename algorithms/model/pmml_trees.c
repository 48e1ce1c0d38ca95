/*
** pmml_trees.c -- trees as PMML.
**
**   one tree            a TreeModel: a child for each side of a test, and the default child for
**                       what is missing
**   a forest            a MiningModel that averages (or adds) them, segment by segment
**   through a link      a chain: for each sum of the trees a MiningModel that gives the margin,
**                       then a RegressionModel that adds the base and applies the link
*/
#include <math.h>
#include <string.h>

#include "pmml.h"
#include "trees.h"

typedef struct pmml_forest {
  mine__pmml *p;
  const mine_model *model;
  const mine_trees *trees;
  int classes; /* leaves hold probabilities */
  int sum;     /* of the value of a leaf that is written where they are numbers */
} pmml_forest;

/* ---- tests ------------------------------------------------------------------------- */

/* A text that the notation of arrays holds: "a b" with quotes around and none inside. */
static int pmml_plain(const mine_cell *cell) {
  return cell->type != MINE_TEXT || (cell->bytes > 0 && !memchr(cell->as.text, '"', cell->bytes) &&
                                     !memchr(cell->as.text, '\\', cell->bytes));
}

/* The levels that go left, how many, and whether an array holds them. */
static int64_t pmml_count_left(const pmml_forest *w, int32_t node, int *plain) {
  const mine_values *levels = &w->model->feature[w->trees->feature[node]].levels.values;
  const uint64_t *set = w->trees->bits + w->trees->set[node];
  int64_t n = 0;
  *plain = 1;
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    if (!mine_trees_in_set(set, (int32_t)l)) continue;
    mine__values_get(levels, l, &cell);
    *plain = *plain && pmml_plain(&cell);
    n++;
  }
  return n;
}

static void pmml_array(const pmml_forest *w, int32_t node, int64_t n) {
  mine__xml *x = &w->p->x;
  const mine_values *levels = &w->model->feature[w->trees->feature[node]].levels.values;
  const uint64_t *set = w->trees->bits + w->trees->set[node];
  const char *type = mine__pmml_array_type(levels);
  mine__xml_open(x, "Array");
  mine__xml_text(x, "type", type);
  mine__xml_int(x, "n", n);
  int64_t written = 0;
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    if (!mine_trees_in_set(set, (int32_t)l)) continue;
    mine__values_get(levels, l, &cell);
    const int quoted = strcmp(type, "string") == 0;
    mine__xml_content(x, " ", written++ ? 1 : 0);
    if (quoted) mine__text_add(w->p->x.to, "\"", 1);
    mine__xml_content_cell(x, &cell);
    if (quoted) mine__text_add(w->p->x.to, "\"", 1);
  }
  mine__xml_close(x);
}

static void pmml_simple(mine__xml *x, const char *field, const char *operator,
                        const mine_cell * value) {
  mine__xml_open(x, "SimplePredicate");
  mine__xml_text(x, "field", field);
  mine__xml_text(x, "operator", operator);
  if (value) mine__xml_cell(x, "value", value);
  mine__xml_close(x);
}

/* One after another, where no array holds them. */
static void pmml_each(const pmml_forest *w, int32_t node, int left, int64_t n) {
  mine__xml *x = &w->p->x;
  const mine_feature *about = &w->model->feature[w->trees->feature[node]];
  const uint64_t *set = w->trees->bits + w->trees->set[node];
  if (n > 1) mine__xml_open(x, "CompoundPredicate");
  if (n > 1) mine__xml_text(x, "booleanOperator", left ? "or" : "and");
  for (int64_t l = 0; l < about->levels.values.n; l++) {
    mine_cell cell;
    if (!mine_trees_in_set(set, (int32_t)l)) continue;
    mine__values_get(&about->levels.values, l, &cell);
    pmml_simple(x, about->name, left ? "equal" : "notEqual", &cell);
  }
  if (n > 1) mine__xml_close(x);
}

static void pmml_levels(const pmml_forest *w, int32_t node, int left) {
  mine__xml *x = &w->p->x;
  const char *name = w->model->feature[w->trees->feature[node]].name;
  int plain;
  const int64_t n = pmml_count_left(w, node, &plain);
  if (n == 0) { /* whatever is known goes right */
    pmml_simple(x, name, left ? "isMissing" : "isNotMissing", NULL);
  } else if (!plain) {
    pmml_each(w, node, left, n);
  } else {
    mine__xml_open(x, "SimpleSetPredicate");
    mine__xml_text(x, "field", name);
    mine__xml_text(x, "booleanOperator", left ? "isIn" : "isNotIn");
    pmml_array(w, node, n);
    mine__xml_close(x);
  }
}

/* The test of a node, for the rows that go to one of its sides. */
static void pmml_test(const pmml_forest *w, int32_t node, int left) {
  const mine_trees *trees = w->trees;
  const char *name = w->model->feature[trees->feature[node]].name;
  if (trees->set[node] >= 0) {
    const mine_mark mark = mine__arena_mark(w->p->env->scratch);
    pmml_levels(w, node, left);
    mine__text_rewind(w->p->x.to, w->p->env->scratch, mark);
  } else if (trees->threshold[node] == MINE_TREES_ANY) {
    pmml_simple(&w->p->x, name, left ? "isNotMissing" : "isMissing", NULL);
  } else {
    const mine_cell value = {MINE_REAL, 0, {.real = trees->threshold[node]}};
    pmml_simple(&w->p->x, name, left ? "lessThan" : "greaterOrEqual", &value);
  }
}

/* ---- nodes ------------------------------------------------------------------------- */

static void pmml_shares(const pmml_forest *w, int32_t node) {
  mine__xml *x = &w->p->x;
  const mine_trees *trees = w->trees;
  const double *share = trees->values + (int64_t)trees->value[node] * trees->width;
  const double weight = trees->weight ? trees->weight[node] : 1;
  for (int g = 0; g < trees->width; g++) {
    mine_cell cell;
    mine__model_group(w->model, g + 1, &cell);
    mine__xml_open(x, "ScoreDistribution");
    mine__xml_cell(x, "value", &cell);
    mine__xml_real(x, "recordCount", share[g] * weight);
    mine__xml_real(x, "probability", share[g]);
    mine__xml_close(x);
  }
}

static void pmml_leaf_score(const pmml_forest *w, int32_t node) {
  const mine_trees *trees = w->trees;
  const double *value = trees->values + (int64_t)trees->value[node] * trees->width;
  int most = 0;
  for (int g = 1; g < trees->width; g++)
    if (value[g] > value[most]) most = g;
  if (w->classes) {
    mine_cell cell;
    mine__model_group(w->model, most + 1, &cell);
    mine__xml_cell(&w->p->x, "score", &cell);
  } else {
    mine__xml_real(&w->p->x, "score", value[w->sum]);
  }
}

/* parent -1: the root.  Trees are at most MINE_TREES_DEEPEST deep. */
static void pmml_node(const pmml_forest *w, int32_t node, int32_t parent) {
  const mine_trees *trees = w->trees;
  mine__xml *x = &w->p->x;
  const int leaf = trees->feature[node] == MINE_TREES_LEAF;
  if (mine_failed(w->p->env)) return;
  mine__xml_open(x, "Node");
  mine__xml_int(x, "id", node);
  if (leaf) pmml_leaf_score(w, node);
  if (!leaf)
    mine__xml_int(x, "defaultChild",
                  trees->missing_left[node] ? trees->left[node] : trees->right[node]);
  if (parent < 0) {
    mine__xml_open(x, "True");
    mine__xml_close(x);
  } else {
    pmml_test(w, parent, trees->left[parent] == node);
  }
  if (leaf && w->classes) pmml_shares(w, node);
  if (!leaf) {
    pmml_node(w, trees->left[node], node);
    pmml_node(w, trees->right[node], node);
  }
  mine__xml_close(x);
}

static void pmml_tree_attributes(mine__xml *x) {
  mine__xml_text(x, "missingValueStrategy", "defaultChild");
  mine__xml_text(x, "splitCharacteristic", "binarySplit");
}

/* Its attributes only: a forest has many trees. */
static void pmml_tree_schema(const pmml_forest *w, int32_t t) {
  const mine_mark mark = mine__arena_mark(w->p->env->scratch);
  const mine_trees *trees = w->trees;
  uint8_t *used = mine__arena_zeros(w->p->env->scratch, (size_t)w->model->n_features, 1);
  for (int32_t i = trees->first[t]; used && i < trees->first[t + 1]; i++)
    if (trees->feature[i] != MINE_TREES_LEAF) used[trees->feature[i]] = 1;
  if (used) mine__pmml_schema(w->p, w->model, used, w->classes);
  mine__text_rewind(w->p->x.to, w->p->env->scratch, mark);
}

/* ---- many of them ------------------------------------------------------------------ */

static void pmml_true(mine__xml *x) {
  mine__xml_open(x, "True");
  mine__xml_close(x);
}

/* Whether the tree adds to the sum, and which of its values. */
static int pmml_adds(const mine_trees *trees, int32_t t, int sum, int *value) {
  *value = sum - (trees->output ? trees->output[t] : 0);
  return *value >= 0 && *value < trees->width;
}

static void pmml_segments(pmml_forest *w, int sum) {
  const mine_trees *trees = w->trees;
  mine__xml *x = &w->p->x;
  mine__xml_open(x, "Segmentation");
  mine__xml_text(x, "multipleModelMethod", trees->combine == MINE_TREES_MEAN ? "average" : "sum");
  for (int32_t t = 0; t < trees->n_trees && mine__poll(w->p->env) == MINE_OK; t++) {
    if (!w->classes && !pmml_adds(trees, t, sum, &w->sum)) continue;
    mine__xml_open(x, "Segment");
    mine__xml_int(x, "id", t + 1);
    pmml_true(x);
    mine__xml_open(x, "TreeModel");
    mine__xml_text(x, "functionName", w->classes ? "classification" : "regression");
    pmml_tree_attributes(x);
    pmml_tree_schema(w, t);
    pmml_node(w, trees->first[t], -1);
    mine__xml_close(x);
    mine__xml_close(x);
  }
  mine__xml_close(x);
}

/* A number that is added to what the trees say. */
static void pmml_targets(const pmml_forest *w) {
  if (w->classes || !w->trees->base || w->trees->base[0] == 0) return;
  mine__xml_open(&w->p->x, "Targets");
  mine__xml_open(&w->p->x, "Target");
  mine__xml_text(&w->p->x, "field", w->p->target);
  mine__xml_real(&w->p->x, "rescaleConstant", w->trees->base[0]);
  mine__xml_close(&w->p->x);
  mine__xml_close(&w->p->x);
}

static const char *pmml_margin(const pmml_forest *w, int sum) {
  const int classes = mine__model_has_classes(w->model);
  const int group = w->trees->link == MINE_TREES_LOGIT ? 1 : sum;
  return mine__pmml_name(w->p, "margin",
                         classes ? mine__pmml_class(w->p, w->model, group) : w->p->target);
}

/* A segment that gives a margin to the segments behind it. */
static void pmml_margin_segment(pmml_forest *w, int sum) {
  mine__xml *x = &w->p->x;
  mine__xml_open(x, "Segment");
  mine__xml_int(x, "id", sum + 1);
  pmml_true(x);
  mine__xml_open(x, "MiningModel");
  mine__xml_text(x, "functionName", "regression");
  mine__pmml_schema(w->p, w->model, NULL, 0);
  mine__xml_open(x, "Output");
  mine__xml_open(x, "OutputField");
  mine__xml_text(x, "name", pmml_margin(w, sum));
  mine__xml_text(x, "optype", "continuous");
  mine__xml_text(x, "dataType", "double");
  mine__xml_text(x, "feature", "predictedValue");
  mine__xml_text(x, "isFinalResult", "false");
  mine__xml_close(x);
  mine__xml_close(x);
  pmml_segments(w, sum);
  mine__xml_close(x);
  mine__xml_close(x);
}

static void pmml_table(const pmml_forest *w, int group, int sum) {
  mine__xml *x = &w->p->x;
  mine__xml_open(x, "RegressionTable");
  mine__xml_real(x, "intercept", sum >= 0 && w->trees->base ? w->trees->base[sum] : 0);
  if (group >= 0) mine__xml_text(x, "targetCategory", mine__pmml_class(w->p, w->model, group));
  if (sum >= 0) {
    mine__xml_open(x, "NumericPredictor");
    mine__xml_text(x, "name", pmml_margin(w, sum));
    mine__xml_real(x, "coefficient", 1);
    mine__xml_close(x);
  }
  mine__xml_close(x);
}

/* The two classes of a logit are those of a softmax of 0 and the margin. */
static void pmml_link_segment(pmml_forest *w) {
  mine__xml *x = &w->p->x;
  const mine_trees *trees = w->trees;
  const int classes = mine__model_has_classes(w->model);
  mine__xml_open(x, "Segment");
  mine__xml_int(x, "id", trees->outputs + 1);
  pmml_true(x);
  mine__xml_open(x, "RegressionModel");
  mine__xml_text(x, "functionName", classes ? "classification" : "regression");
  mine__xml_text(x, "normalizationMethod", classes ? "softmax" : "exp");
  mine__xml_open(x, "MiningSchema");
  mine__xml_open(x, "MiningField");
  mine__xml_text(x, "name", w->p->target);
  mine__xml_text(x, "usageType", "target");
  mine__xml_close(x);
  for (int s = 0; s < trees->outputs; s++) {
    mine__xml_open(x, "MiningField");
    mine__xml_text(x, "name", pmml_margin(w, s));
    mine__xml_close(x);
  }
  mine__xml_close(x);
  if (trees->link == MINE_TREES_LOGIT) {
    pmml_table(w, 1, 0);
    pmml_table(w, 0, -1);
  } else {
    for (int s = 0; s < trees->outputs; s++)
      pmml_table(w, classes ? s : -1, s);
  }
  mine__xml_close(x);
  mine__xml_close(x);
}

void mine__pmml_trees(mine__pmml *p, const mine_model *model) {
  const mine_trees *trees = model->body;
  const int link = trees->link != MINE_TREES_IDENTITY;
  pmml_forest w = {
      .p = p, .model = model, .trees = trees, .classes = mine__model_has_classes(model) && !link};
  if (!link && !w.classes && trees->outputs > 1) {
    (void)mine__fail(p->env, MINE_UNSUPPORTED, "trees of several numbers are no PMML");
    return;
  }
  const int single = trees->n_trees == 1 && !link;
  mine__pmml_open(p, single ? "TreeModel" : "MiningModel", model);
  if (single) pmml_tree_attributes(&p->x);
  mine__pmml_head(p, model);
  if (!link) pmml_targets(&w);
  if (single) {
    pmml_node(&w, trees->first[0], -1);
  } else if (!link) {
    pmml_segments(&w, 0);
  } else {
    mine__xml_open(&p->x, "Segmentation");
    mine__xml_text(&p->x, "multipleModelMethod", "modelChain");
    for (int s = 0; s < trees->outputs; s++)
      pmml_margin_segment(&w, s);
    pmml_link_segment(&w);
    mine__xml_close(&p->x);
  }
  mine__pmml_tail(p, model);
}
