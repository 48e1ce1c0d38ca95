/*
** pmml_read_trees.c -- TreeModel, and MiningModel of trees: their sums and means, and the chains in
** which a regression puts a link behind a sum.
**
** A node of PMML asks its children in order and takes the first whose predicate is true.  Here that
** is a chain of tests with two sides; where the last two predicates are each other's opposite,
** as in binary trees, the last is not asked.  x <= v is x < the next double, and a field that is
** rounded to float first is asked at the double where the rounding turns.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "pmml_read.h"
#include "trees.h"

#define PTREE_LEVELS 600 /* nodes inside nodes, some of which are no test */

typedef struct ptree_node {
  int32_t feature, left, right, missing_left, set, value;
  double threshold;
} ptree_node;

typedef struct ptree_work {
  mine__pin *pin;
  mine_arena *arena; /* scratch */
  ptree_node *node;
  size_t n_nodes, node_room;
  double *value; /* width each */
  size_t n_values, value_room;
  uint64_t *bits;
  size_t n_bits, bit_room;
  int32_t *first, *output;
  size_t n_trees, first_room, output_room;
  int width;
  int level; /* nodes inside nodes */
  /* Of the tree that is read. */
  int classes, votes; /* leaves hold probabilities; of the one class that is chosen */
  double factor;      /* of what leaves say, where that is a number                  */
  const char *missing, *no_child;
} ptree_work;

/* ---- predicates -------------------------------------------------------------------- */

typedef enum ptree_ask { PTREE_TRUE, PTREE_FALSE, PTREE_NUMBER, PTREE_SET, PTREE_KNOWN } ptree_ask;

typedef struct ptree_test {
  ptree_ask ask;
  int feature;
  double threshold; /* NUMBER: x < threshold goes left           */
  uint64_t *set;    /* SET: these levels go left                 */
  int left;         /* which side is the one where it is true    */
  int missing;      /* 1 true, 0 false, -1: not to be said       */
} ptree_test;

/* The least double at which float(x) is not below v any more (`above`: is above v). */
static double ptree_turn(double v, int above) {
  if (!(fabs(v) < (double)FLT_MAX)) return v;
  float f = (float)v;
  while (above ? !((double)f > v) : !((double)f >= v))
    f = nextafterf(f, INFINITY);
  for (float g = nextafterf(f, -INFINITY); above ? (double)g > v : (double)g >= v;
       g = nextafterf(f, -INFINITY))
    f = g;
  const double middle = ((double)nextafterf(f, -INFINITY) + (double)f) / 2;
  const float turned = (float)middle;
  return (above ? (double)turned > v : (double)turned >= v) ? middle : nextafter(middle, INFINITY);
}

static const mine__pin_field *ptree_field_of(const ptree_work *w, int feature) {
  for (int f = 0; f < w->pin->n_fields; f++)
    if (w->pin->field[f].feature == feature) return &w->pin->field[f];
  return NULL;
}

static int64_t ptree_words(const ptree_work *w, int feature) {
  return mine_trees_words(w->pin->model->feature[feature].levels.values.n);
}

static void ptree_add_level(const ptree_work *w, ptree_test *t, const mine__element *at,
                            const char *value) {
  const int64_t level = mine__pin_level(w->pin, ptree_field_of(w, t->feature), value);
  if (level < 0)
    mine__pin_refuse_value(w->pin, at, "it is no value of its field:", value);
  else
    t->set[level >> 6] |= UINT64_C(1) << (level & 63);
}

/* A number against a value. */
static void ptree_compare(const ptree_work *w, const mine__element *e, const char *op, int narrow,
                          ptree_test *t) {
  const double said = mine__pin_real(w->pin, e, "value");
  const double v = narrow ? (double)(float)said : said; /* the value is of the field's type */
  const int less = strcmp(op, "lessThan") == 0, at_least = strcmp(op, "greaterOrEqual") == 0;
  const int at_most = strcmp(op, "lessOrEqual") == 0, above = strcmp(op, "greaterThan") == 0;
  if (!less && !at_least && !at_most && !above)
    mine__pin_refuse_value(w->pin, e, "of a number this is not covered:", op);
  t->ask = PTREE_NUMBER;
  t->left = less || at_most;
  t->threshold = narrow             ? ptree_turn(v, at_most || above)
                 : at_most || above ? nextafter(v, INFINITY)
                                    : v;
}

static void ptree_open_set(const ptree_work *w, ptree_test *t) {
  t->ask = PTREE_SET;
  t->set = mine__arena_zeros(w->arena, (size_t)ptree_words(w, t->feature), sizeof *t->set);
}

static void ptree_simple(const ptree_work *w, const mine__element *e, ptree_test *t) {
  const char *op = mine__pin_text(w->pin, e, "operator");
  const mine__pin_term term = mine__pin_named(w->pin, e, mine__pin_text(w->pin, e, "field"));
  if (mine_failed(w->pin->env)) return;
  t->feature = term.feature;
  t->missing = -1;
  if (term.feature < 0 || term.level >= 0 || term.a != 1 || term.b != 0) {
    mine__pin_refuse(w->pin, e, "in a tree a field itself, or float of it, is covered");
  } else if (strcmp(op, "isMissing") == 0 || strcmp(op, "isNotMissing") == 0) {
    t->ask = PTREE_KNOWN;
    t->left = strcmp(op, "isNotMissing") == 0;
    t->missing = !t->left;
  } else if (w->pin->model->feature[t->feature].type != MINE_COLUMN_CATEGORY) {
    ptree_compare(w, e, op, term.narrow, t);
  } else if (strcmp(op, "equal") != 0 && strcmp(op, "notEqual") != 0) {
    mine__pin_refuse_value(w->pin, e, "of a category this is not covered:", op);
  } else {
    ptree_open_set(w, t);
    t->left = strcmp(op, "equal") == 0;
    if (t->set) ptree_add_level(w, t, e, mine__pin_text(w->pin, e, "value"));
  }
}

static void ptree_in_set(const ptree_work *w, const mine__element *e, ptree_test *t) {
  const mine__pin_field *field = mine__pin_find(w->pin, e, mine__pin_text(w->pin, e, "field"));
  const mine__element *array = mine__xml_child(e, "Array");
  if (!field) return;
  if (!array || !field->categorical) {
    mine__pin_refuse(w->pin, e, "a set is covered of a category's values (Array)");
    return;
  }
  t->feature = field->feature;
  t->missing = -1;
  t->left = mine__pin_is(e, "booleanOperator", "isIn", "");
  ptree_open_set(w, t);
  const char *text = array->text, *value;
  while (t->set && (value = mine__pin_next(w->pin, &text)) != NULL)
    ptree_add_level(w, t, array, value);
}

static void ptree_predicate(const ptree_work *w, const mine__element *e, int depth, ptree_test *t);

/* or: levels of one field together; and: levels of one field, none of which it may be; either
** with what is said of missing values. */
static void ptree_compound(const ptree_work *w, const mine__element *e, int depth, ptree_test *t) {
  const int any = mine__pin_is(e, "booleanOperator", "or", "");
  if (!any && !mine__pin_is(e, "booleanOperator", "and", "")) {
    mine__pin_refuse_value(w->pin, e, "this compound predicate is not covered:",
                           mine__pin_text(w->pin, e, "booleanOperator"));
    return;
  }
  int first = 1;
  for (const mine__element *c = e->first; c && !mine_failed(w->pin->env); c = c->next) {
    ptree_test part;
    if (strcmp(c->name, "Extension") == 0) continue;
    ptree_predicate(w, c, depth + 1, &part);
    if (mine_failed(w->pin->env)) return;
    if (first) {
      *t = part;
    } else if (part.feature == t->feature && part.ask == PTREE_KNOWN && part.left == !any) {
      t->missing = any;
    } else if (part.feature == t->feature && t->ask == PTREE_SET && part.ask == PTREE_SET &&
               part.left == any && t->left == any) {
      for (int64_t i = 0; i < ptree_words(w, t->feature); i++)
        t->set[i] |= part.set[i];
    } else {
      mine__pin_refuse(w->pin, e,
                       "only values of one category, and whether it is missing, are "
                       "covered in a compound predicate");
    }
    first = 0;
  }
  if (first) mine__pin_refuse(w->pin, e, "it has no predicate inside");
}

static void ptree_predicate(const ptree_work *w, const mine__element *e, int depth, ptree_test *t) {
  *t = (ptree_test){.feature = -1};
  if (depth > 3)
    mine__pin_refuse(w->pin, e, "compound predicates too many deep");
  else if (strcmp(e->name, "True") == 0)
    t->ask = PTREE_TRUE;
  else if (strcmp(e->name, "False") == 0)
    t->ask = PTREE_FALSE;
  else if (strcmp(e->name, "SimplePredicate") == 0)
    ptree_simple(w, e, t);
  else if (strcmp(e->name, "SimpleSetPredicate") == 0)
    ptree_in_set(w, e, t);
  else if (strcmp(e->name, "CompoundPredicate") == 0)
    ptree_compound(w, e, depth, t);
  else
    mine__pin_refuse(w->pin, e, "a predicate was expected");
}

static const mine__element *ptree_predicate_of(const mine__element *node) {
  const mine__element *e = node->first;
  while (e && strcmp(e->name, "Extension") == 0)
    e = e->next;
  return e;
}

/* Whether one is true exactly where the other is false, of values that are known. */
static int ptree_opposite(const ptree_work *w, const ptree_test *a, const ptree_test *b) {
  if (a->ask != b->ask || a->feature != b->feature || a->ask < PTREE_NUMBER) return 0;
  if (a->ask == PTREE_NUMBER) return a->threshold == b->threshold && a->left != b->left;
  if (a->ask == PTREE_KNOWN) return a->left != b->left;
  const int64_t levels = w->pin->model->feature[a->feature].levels.values.n;
  for (int64_t l = 0; l < levels; l++) {
    const int in_a = mine_trees_in_set(a->set, (int32_t)l) == a->left;
    const int in_b = mine_trees_in_set(b->set, (int32_t)l) == b->left;
    if (in_a == in_b) return 0;
  }
  return 1;
}

/* ---- leaves ------------------------------------------------------------------------ */

static int32_t ptree_add(ptree_work *w) {
  if (w->n_nodes >= INT32_MAX - 1 || !MINE_RESERVE(w->arena, w->node, w->node_room, w->n_nodes + 1))
    return 0;
  w->node[w->n_nodes] =
      (ptree_node){.feature = MINE_TREES_LEAF, .left = -1, .right = -1, .set = -1};
  return (int32_t)w->n_nodes++;
}

static void ptree_chosen(ptree_work *w, const mine__element *node, double *share) {
  const char *score = mine__pin_text(w->pin, node, "score");
  const int g = mine_failed(w->pin->env) ? -1 : mine__pin_class(w->pin, score);
  if (g < 0) mine__pin_refuse_value(w->pin, node, "the score is no class:", score);
  for (int c = 0; g >= 0 && c < w->width; c++)
    share[c] = c == g;
}

/* Probabilities; of none said the shares of the records; of none counted the class itself. */
static void ptree_shares(ptree_work *w, const mine__element *node, double *share) {
  double sum = 0;
  int said = 0;
  for (int c = 0; c < w->width; c++)
    share[c] = 0;
  for (const mine__element *s = mine__xml_child(node, "ScoreDistribution");
       s && !mine_failed(w->pin->env); s = mine__xml_find(s->next, "ScoreDistribution")) {
    const char *value = mine__pin_text(w->pin, s, "value");
    const int g = mine__pin_class(w->pin, value);
    const char *by = mine__xml_get(s, "probability") ? "probability" : "recordCount";
    const double v = mine__pin_real(w->pin, s, by);
    if (g < 0) mine__pin_refuse_value(w->pin, s, "it is no class:", value);
    if (!(v >= 0)) mine__pin_refuse(w->pin, s, "a share below zero");
    if (mine_failed(w->pin->env)) return;
    share[g] += v;
    sum += v;
    said = 1;
  }
  if (!said || w->votes || !(sum > 0)) {
    ptree_chosen(w, node, share);
    return;
  }
  for (int c = 0; c < w->width; c++)
    share[c] /= sum;
}

static int32_t ptree_leaf(ptree_work *w, const mine__element *node) {
  const int32_t at = ptree_add(w);
  const size_t width = (size_t)w->width;
  if (mine_failed(w->pin->env) ||
      !MINE_RESERVE(w->arena, w->value, w->value_room, (w->n_values + 1) * width))
    return at;
  double *value = w->value + w->n_values * width;
  if (w->classes)
    ptree_shares(w, node, value);
  else
    value[0] = w->factor * mine__pin_real(w->pin, node, "score");
  w->node[at].value = (int32_t)w->n_values++;
  return at;
}

/* ---- nodes ------------------------------------------------------------------------- */

static int32_t ptree_set(ptree_work *w, int feature, const uint64_t *set) {
  const size_t words = (size_t)ptree_words(w, feature), at = w->n_bits;
  if (at + words > INT32_MAX || !MINE_RESERVE(w->arena, w->bits, w->bit_room, at + words)) return 0;
  memcpy(w->bits + at, set, words * sizeof *set);
  w->n_bits += words;
  return (int32_t)at;
}

/* A test that is asked; its sides are the caller's. */
static int32_t ptree_ask_node(ptree_work *w, const ptree_test *t) {
  const int32_t at = ptree_add(w);
  if (mine_failed(w->pin->env)) return at;
  const mine_feature *about = &w->pin->model->feature[t->feature];
  const int category = about->type == MINE_COLUMN_CATEGORY;
  w->node[at].feature = t->feature;
  w->node[at].threshold = category ? 0 : t->ask == PTREE_KNOWN ? MINE_TREES_ANY : t->threshold;
  if (!category) return at;
  uint64_t *all = t->set;
  if (t->ask == PTREE_KNOWN) {
    all = mine__arena_zeros(w->arena, (size_t)ptree_words(w, t->feature), sizeof *all);
    for (int64_t l = 0; all && l < about->levels.values.n; l++)
      all[l >> 6] |= UINT64_C(1) << (l & 63);
  }
  if (all) {
    const int32_t set = ptree_set(w, t->feature, all);
    w->node[at].set = set;
  }
  return at;
}

/* What a missing value is replaced with, as the test sees it: 1 true, 0 false, -1: with
** nothing. */
static int ptree_replaced(const ptree_work *w, const ptree_test *t) {
  const mine__pin_field *field = ptree_field_of(w, t->feature);
  double v;
  if (!field || !field->replacement || t->ask == PTREE_KNOWN) return -1;
  if (t->ask == PTREE_SET) {
    const int64_t level = mine__pin_level(w->pin, field, field->replacement);
    return level >= 0 && mine_trees_in_set(t->set, (int32_t)level) == t->left;
  }
  if (!mine__read_number(field->replacement, strlen(field->replacement), &v)) return -1;
  return (v < t->threshold) == t->left;
}

static int32_t ptree_build(ptree_work *w, const mine__element *node, int depth);

typedef struct ptree_chain {
  const mine__element *node;   /* whose children are asked */
  const mine__element *chosen; /* its default child, or NULL */
  int feature;                 /* -2: none yet; -1: several  */
} ptree_chain;

static const mine__element *ptree_next(const mine__element *child) {
  return mine__xml_find(child->next, "Node");
}

/* Where a missing value goes that the predicate says nothing of: 1 where the test is true, 0 where
** it is false, 2: the last prediction. */
static int ptree_missing(ptree_work *w, const ptree_chain *chain, const mine__element *child,
                         const ptree_test *t) {
  const int replaced = t->missing < 0 ? ptree_replaced(w, t) : t->missing;
  if (replaced >= 0) return replaced;
  if (strcmp(w->missing, "none") == 0) return 0;
  if (strcmp(w->missing, "lastPrediction") == 0) return 2;
  if (strcmp(w->missing, "nullPrediction") == 0) {
    w->pin->skips = 1;
    return 0;
  }
  if (strcmp(w->missing, "defaultChild") == 0 && chain->chosen) {
    if (chain->feature == -1)
      mine__pin_refuse(w->pin, chain->node,
                       "a default child of a node that asks several fields is not covered");
    return chain->chosen == child;
  }
  mine__pin_refuse_value(w->pin, chain->node, "missing values: this is not covered:", w->missing);
  return 0;
}

/* What is known of the test's field goes on, the rest ends with the prediction of the node. */
static int32_t ptree_gate(ptree_work *w, const mine__element *node, const ptree_test *t) {
  const ptree_test known = {.ask = PTREE_KNOWN, .feature = t->feature, .left = 1};
  const int32_t gate = ptree_ask_node(w, &known), end = ptree_leaf(w, node);
  if (mine_failed(w->pin->env)) return 0;
  w->node[gate].right = end;
  w->node[gate].missing_left = 0;
  return gate;
}

/* The children from `child` on, of which none before was true; `before` is the last test. */
static int32_t ptree_children(ptree_work *w, ptree_chain *chain, const mine__element *child,
                              const ptree_test *before, int depth) {
  const mine__element *node = chain->node;
  if (depth > MINE_TREES_DEEPEST) mine__pin_refuse(w->pin, node, "the tree is too deep");
  if (mine_failed(w->pin->env)) return 0;
  if (!child) {
    if (strcmp(w->no_child, "returnLastPrediction") != 0)
      mine__pin_refuse(w->pin, node,
                       "rows for which no child is true have no prediction, which is "
                       "not covered (noTrueChildStrategy)");
    return ptree_leaf(w, node);
  }
  const mine__element *e = ptree_predicate_of(child);
  ptree_test t;
  if (!e) {
    mine__pin_refuse(w->pin, child, "a predicate was expected");
    return 0;
  }
  ptree_predicate(w, e, 0, &t);
  if (mine_failed(w->pin->env)) return 0;
  if (t.ask == PTREE_FALSE) return ptree_children(w, chain, ptree_next(child), before, depth + 1);
  if (t.ask == PTREE_TRUE || (before && !ptree_next(child) && ptree_opposite(w, before, &t)))
    return ptree_build(w, child, depth);
  if (chain->feature == -2) chain->feature = t.feature;
  if (chain->feature != t.feature) chain->feature = -1;
  const int missing = ptree_missing(w, chain, child, &t);
  const int32_t gate = missing == 2 ? ptree_gate(w, node, &t) : -1;
  const int32_t at = ptree_ask_node(w, &t);
  const int32_t yes = ptree_build(w, child, depth + 1);
  const int32_t no = ptree_children(w, chain, ptree_next(child), &t, depth + 1);
  if (mine_failed(w->pin->env)) return 0;
  w->node[at].left = t.left ? yes : no;
  w->node[at].right = t.left ? no : yes;
  w->node[at].missing_left = (missing == 1) == t.left;
  if (gate < 0) return at;
  w->node[gate].left = at;
  return gate;
}

/* The subtree of a node whose predicate was true. */
static int32_t ptree_build(ptree_work *w, const mine__element *node, int depth) {
  const mine__element *child = mine__xml_child(node, "Node");
  if (mine_failed(w->pin->env) || mine__poll(w->pin->env)) return 0;
  if (!child) return ptree_leaf(w, node);
  if (++w->level > PTREE_LEVELS) mine__pin_refuse(w->pin, node, "the tree is too deep");
  ptree_chain chain = {node, NULL, -2};
  const char *chosen = mine__xml_get(node, "defaultChild");
  for (const mine__element *c = child; c && chosen; c = ptree_next(c))
    if (mine__pin_is(c, "id", chosen, "")) chain.chosen = c;
  const int32_t at = ptree_children(w, &chain, child, NULL, depth);
  w->level--;
  return at;
}

/* ---- trees ------------------------------------------------------------------------- */

static void ptree_tree(ptree_work *w, const mine__element *tree, int output) {
  const mine__element *root = mine__xml_child(tree, "Node");
  const char *missing = mine__xml_get(tree, "missingValueStrategy");
  const char *no_child = mine__xml_get(tree, "noTrueChildStrategy");
  w->missing = missing ? missing : "none";
  w->no_child = no_child ? no_child : "returnNullPrediction";
  if (!root || !ptree_predicate_of(root) || strcmp(ptree_predicate_of(root)->name, "True") != 0) {
    mine__pin_refuse(w->pin, tree, "a tree whose root is not always true is not covered");
    return;
  }
  if (!MINE_RESERVE(w->arena, w->first, w->first_room, w->n_trees + 1) ||
      !MINE_RESERVE(w->arena, w->output, w->output_room, w->n_trees + 1))
    return;
  w->first[w->n_trees] = (int32_t)w->n_nodes;
  w->output[w->n_trees++] = output;
  (void)ptree_build(w, root, 1);
}

/* What is done to what a regression says: factor x + constant. */
static void ptree_targets(ptree_work *w, const mine__element *model, double *factor,
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

typedef struct ptree_sum {
  int mean; /* of all trees of the model */
  double base;
  int output;
  double factor;
} ptree_sum;

static double ptree_weights(const ptree_work *w, const mine__element *segmentation, int *equal) {
  const int plain = mine__pin_is(segmentation, "multipleModelMethod", "average", "");
  double sum = 0, first = NAN;
  *equal = 1;
  for (const mine__element *s = mine__xml_child(segmentation, "Segment"); s;
       s = mine__xml_find(s->next, "Segment")) {
    const double weight = plain ? 1 : mine__pin_real_or(w->pin, s, "weight", 1);
    if (isnan(first)) first = weight;
    *equal = *equal && weight == first;
    sum += weight;
  }
  return sum;
}

/* The trees of a MiningModel that adds them up or takes their mean, or of a TreeModel. */
static void ptree_forest(ptree_work *w, const mine__element *model, ptree_sum *sum) {
  double factor, constant;
  ptree_targets(w, model, &factor, &constant);
  sum->base += sum->factor * constant;
  factor *= sum->factor;
  if (strcmp(model->name, "TreeModel") == 0) {
    w->factor = factor;
    ptree_tree(w, model, sum->output);
    return;
  }
  const mine__element *all = mine__xml_child(model, "Segmentation");
  if (strcmp(model->name, "MiningModel") != 0 || !all) {
    mine__pin_refuse(w->pin, model, "a TreeModel, or a MiningModel of them, was expected");
    return;
  }
  const char *how = mine__pin_text(w->pin, all, "multipleModelMethod");
  const int average = strcmp(how, "average") == 0, adds = strcmp(how, "sum") == 0;
  const int votes = strcmp(how, "majorityVote") == 0;
  const int weighs = strcmp(how, "weightedAverage") == 0 || strcmp(how, "weightedSum") == 0;
  int equal;
  const double total = ptree_weights(w, all, &equal);
  if (!(w->classes ? average || votes || (weighs && equal && how[8] == 'A')
                   : average || adds || weighs))
    mine__pin_refuse_value(w->pin, all, "this way to combine trees is not covered:", how);
  if (!(total > 0)) mine__pin_refuse(w->pin, all, "its segments have no weight");
  w->votes = votes;
  sum->mean = w->classes;
  for (const mine__element *s = mine__xml_child(all, "Segment"); s && !mine_failed(w->pin->env);
       s = mine__xml_find(s->next, "Segment")) {
    const mine__element *predicate = ptree_predicate_of(s);
    const mine__element *tree = mine__xml_child(s, "TreeModel");
    const double weight = mine__pin_real_or(w->pin, s, "weight", 1);
    if (!tree || !predicate || strcmp(predicate->name, "True") != 0) {
      mine__pin_refuse(w->pin, s,
                       "a segment that is always asked (True), and is a TreeModel, was "
                       "expected");
      return;
    }
    w->factor = factor * (adds                              ? 1
                          : strcmp(how, "weightedSum") == 0 ? weight
                          : average                         ? 1 / total
                                                            : weight / total);
    ptree_tree(w, tree, sum->output);
  }
}

/* ---- chains ------------------------------------------------------------------------- */

/* The segment before `last` that puts its number under that name. */
static const mine__element *ptree_named(const mine__element *all, const mine__element *last,
                                        const char *name) {
  for (const mine__element *s = mine__xml_child(all, "Segment"); s && s != last;
       s = mine__xml_find(s->next, "Segment")) {
    for (const mine__element *model = s->first; model; model = model->next) {
      const mine__element *output = mine__xml_child(model, "Output");
      const mine__element *field = output ? mine__xml_child(output, "OutputField") : NULL;
      if (field && mine__pin_is(field, "name", name, "")) return model;
    }
  }
  return NULL;
}

/* One table of the regression: a margin from one sum of trees; 0: it has no field. */
static int ptree_table(ptree_work *w, const mine__element *all, const mine__element *last,
                       const mine__element *table, double sign, int output, double *base) {
  const mine__element *p = mine__xml_child(table, "NumericPredictor");
  ptree_sum sum = {.output = output};
  const double intercept = mine__pin_real(w->pin, table, "intercept");
  if (!p) return 0;
  if (mine__xml_find(p->next, "NumericPredictor") ||
      mine__xml_child(table, "CategoricalPredictor") ||
      mine__pin_real_or(w->pin, p, "exponent", 1) != 1)
    mine__pin_refuse(w->pin, table, "behind trees one linear predictor is covered");
  const mine__element *model = ptree_named(all, last, mine__pin_text(w->pin, p, "name"));
  if (!model) mine__pin_refuse(w->pin, p, "no segment before it gives this field");
  if (mine_failed(w->pin->env)) return 1;
  sum.factor = sign * mine__pin_real(w->pin, p, "coefficient");
  sum.base = sign * intercept;
  ptree_forest(w, model, &sum);
  base[output] = sum.base;
  return 1;
}

/* The last segment is a regression on what the others say. */
static void ptree_chain_of(ptree_work *w, const mine__element *all, mine_trees *made,
                           double *base) {
  const mine__element *last = NULL;
  for (const mine__element *s = mine__xml_child(all, "Segment"); s;
       s = mine__xml_find(s->next, "Segment"))
    last = s;
  const mine__element *link = last ? mine__xml_child(last, "RegressionModel") : NULL;
  if (!link) {
    mine__pin_refuse(w->pin, all,
                     "a chain of models is covered where it ends in a RegressionModel");
    return;
  }
  const char *method = mine__xml_get(link, "normalizationMethod");
  const int groups = w->pin->model->n_groups;
  const int softmax = method && strcmp(method, "softmax") == 0;
  const int logit = method && strcmp(method, "logit") == 0;
  const int exp_ = method && strcmp(method, "exp") == 0;
  if (groups > 0 ? !softmax && !logit : method && !exp_ && strcmp(method, "none") != 0)
    mine__pin_refuse_value(w->pin, link,
                           "this normalization is not covered:", method ? method : "none");
  made->link = groups == 0   ? exp_ ? MINE_TREES_EXP : MINE_TREES_IDENTITY
               : groups == 2 ? MINE_TREES_LOGIT
                             : MINE_TREES_SOFTMAX;
  made->outputs = groups > 2 ? groups : 1;
  made->combine = MINE_TREES_SUM;
  int fields = 0, tables = 0;
  if (groups > 2 && logit) mine__pin_refuse(w->pin, link, "logit of more than two classes");
  for (const mine__element *t = mine__xml_child(link, "RegressionTable");
       t && !mine_failed(w->pin->env); t = mine__xml_find(t->next, "RegressionTable"), tables++) {
    const int g = groups ? mine__pin_class(w->pin, mine__pin_text(w->pin, t, "targetCategory")) : 0;
    if (g < 0) mine__pin_refuse(w->pin, t, "its targetCategory is no class");
    if (mine_failed(w->pin->env)) return;
    const int said =
        ptree_table(w, all, last, t, groups == 2 && g == 0 ? -1 : 1, groups > 2 ? g : 0, base);
    if (!said && !mine_failed(w->pin->env)) {
      const double intercept = mine__pin_real(w->pin, t, "intercept");
      if (groups > 2 || (softmax && intercept != 0))
        mine__pin_refuse(w->pin, t, "a table without a field is covered of two classes, with 0");
    }
    fields += said;
  }
  if (!mine_failed(w->pin->env) && (groups == 2 ? fields != 1 : fields != made->outputs))
    mine__pin_refuse(w->pin, link, "each class must have a margin, of two classes one of them");
}

/* ---- the model --------------------------------------------------------------------- */

static void ptree_copy(ptree_work *w, const mine_trees *how, const double *base) {
  mine__pin *pin = w->pin;
  mine_trees *t = mine__trees_new(pin->arena, (int32_t)w->n_trees, (int32_t)w->n_nodes,
                                  (int32_t)w->n_values, (int32_t)w->n_bits, w->width);
  if (!t) return;
  t->outputs = how->outputs;
  t->link = how->link;
  t->combine = how->combine;
  t->weight = t->rows = t->impurity = t->gain = NULL;
  for (size_t i = 0; i < w->n_nodes; i++) {
    const ptree_node *n = &w->node[i];
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
    t->base[o] = base[o];
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
  mine_trees how = {.outputs = 1, .combine = MINE_TREES_SUM};
  ptree_work w = {.pin = pin, .arena = pin->env->scratch};
  ptree_sum sum = {.factor = 1};
  double *base = mine__arena_zeros(w.arena, (size_t)model->n_groups + 1, sizeof *base);
  if (model->task == MINE_CLUSTERING) mine__pin_refuse(pin, pin->top, "clusters by trees");
  if (mine_failed(pin->env)) return;
  w.classes = model->n_groups > 0 && !chain;
  w.width = w.classes ? model->n_groups : 1;
  if (chain) {
    ptree_chain_of(&w, all, &how, base);
    pin->model->algorithm = "boost";
  } else {
    ptree_forest(&w, pin->top, &sum);
    base[0] = sum.base;
    if (w.classes) {
      how.outputs = model->n_groups;
      how.combine = MINE_TREES_MEAN;
    }
  }
  if (!mine_failed(pin->env) && (w.n_trees == 0 || w.n_trees > INT32_MAX || w.n_values > INT32_MAX))
    mine__pin_refuse(pin, pin->top, "it has no trees, or too many");
  if (!mine_failed(pin->env)) ptree_copy(&w, &how, base);
}
