/*
** pmml_read_predicates.c -- a predicate as one test of one field, which trees here can ask.
**
** x <= v is x < the next double, and a field that is rounded to float first is asked at the double
** where the rounding turns.  Values of a category that are named are a set.  A compound predicate
** is covered where it is one such test, and says what becomes of a missing value.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "pmml_read_trees.h"

/* The least double at which float(x) is not below v any more (`above`: is above v). */
static double pask_turn(double v, int above) {
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

static const mine__pin_field *pask_field_of(const mine__pin *pin, int feature) {
  for (int f = 0; f < pin->n_fields; f++)
    if (pin->field[f].feature == feature) return &pin->field[f];
  return NULL;
}

int64_t mine__pin_words(const mine__pin *pin, int feature) {
  return mine_trees_words(pin->model->feature[feature].levels.values.n);
}

static void pask_add_level(const mine__pin *pin, mine__pin_test *t, const mine__element *at,
                           const char *value) {
  const int64_t level = mine__pin_level(pin, pask_field_of(pin, t->feature), value);
  if (level < 0)
    mine__pin_refuse_value(pin, at, "it is no value of its field:", value);
  else
    t->set[level >> 6] |= UINT64_C(1) << (level & 63);
}

/* A number against a value. */
static void pask_compare(const mine__pin *pin, const mine__element *e, const char *op, int narrow,
                         mine__pin_test *t) {
  const double said = mine__pin_real(pin, e, "value");
  const double v = narrow ? (double)(float)said : said; /* the value is of the field's type */
  const int less = strcmp(op, "lessThan") == 0, at_least = strcmp(op, "greaterOrEqual") == 0;
  const int at_most = strcmp(op, "lessOrEqual") == 0, above = strcmp(op, "greaterThan") == 0;
  if (!less && !at_least && !at_most && !above)
    mine__pin_refuse_value(pin, e, "of a number this is not covered:", op);
  t->ask = MINE__PIN_NUMBER;
  t->left = less || at_most;
  t->threshold = narrow             ? pask_turn(v, at_most || above)
                 : at_most || above ? nextafter(v, INFINITY)
                                    : v;
}

static void pask_open_set(const mine__pin *pin, mine__pin_test *t) {
  t->ask = MINE__PIN_SET;
  t->set = mine__arena_zeros(pin->env->scratch, (size_t)mine__pin_words(pin, t->feature),
                             sizeof *t->set);
}

static void pask_simple(const mine__pin *pin, const mine__element *e, mine__pin_test *t) {
  const char *op = mine__pin_text(pin, e, "operator");
  const mine__pin_term term = mine__pin_named(pin, e, mine__pin_text(pin, e, "field"));
  if (mine_failed(pin->env)) return;
  t->feature = term.feature;
  t->missing = -1;
  if (term.feature < 0 || term.level >= 0 || term.a != 1 || term.b != 0) {
    mine__pin_refuse(pin, e, "in a tree a field itself, or float of it, is covered");
  } else if (strcmp(op, "isMissing") == 0 || strcmp(op, "isNotMissing") == 0) {
    t->ask = MINE__PIN_KNOWN;
    t->left = strcmp(op, "isNotMissing") == 0;
    t->missing = !t->left;
  } else if (pin->model->feature[t->feature].type != MINE_COLUMN_CATEGORY) {
    pask_compare(pin, e, op, term.narrow, t);
  } else if (strcmp(op, "equal") != 0 && strcmp(op, "notEqual") != 0) {
    mine__pin_refuse_value(pin, e, "of a category this is not covered:", op);
  } else {
    pask_open_set(pin, t);
    t->left = strcmp(op, "equal") == 0;
    if (t->set) pask_add_level(pin, t, e, mine__pin_text(pin, e, "value"));
  }
}

static void pask_in_set(const mine__pin *pin, const mine__element *e, mine__pin_test *t) {
  const mine__pin_field *field = mine__pin_find(pin, e, mine__pin_text(pin, e, "field"));
  const mine__element *array = mine__xml_child(e, "Array");
  if (!field) return;
  if (!array || !field->categorical) {
    mine__pin_refuse(pin, e, "a set is covered of a category's values (Array)");
    return;
  }
  t->feature = field->feature;
  t->missing = -1;
  t->left = mine__pin_is(e, "booleanOperator", "isIn", "");
  pask_open_set(pin, t);
  const char *text = array->text, *value;
  while (t->set && (value = mine__pin_next(pin, &text)) != NULL)
    pask_add_level(pin, t, array, value);
}

static void pask_predicate(const mine__pin *pin, const mine__element *e, int depth,
                           mine__pin_test *t);

/* Another part of a compound predicate. */
static void pask_join(const mine__pin *pin, const mine__element *e, int any,
                      const mine__pin_test *part, mine__pin_test *t) {
  if (part->feature == t->feature && part->ask == MINE__PIN_KNOWN && part->left == !any) {
    t->missing = any;
  } else if (part->feature == t->feature && t->ask == MINE__PIN_SET && part->ask == MINE__PIN_SET &&
             part->left == any && t->left == any) {
    for (int64_t i = 0; i < mine__pin_words(pin, t->feature); i++)
      t->set[i] |= part->set[i];
  } else {
    mine__pin_refuse(pin, e,
                     "only values of one category, and whether it is missing, are "
                     "covered in a compound predicate");
  }
}

/* or: levels of one field together; and: levels of one field, none of which it may be; either
** with what is said of missing values. */
static void pask_compound(const mine__pin *pin, const mine__element *e, int depth,
                          mine__pin_test *t) {
  const int any = mine__pin_is(e, "booleanOperator", "or", "");
  if (!any && !mine__pin_is(e, "booleanOperator", "and", "")) {
    mine__pin_refuse_value(pin, e, "this compound predicate is not covered:",
                           mine__pin_text(pin, e, "booleanOperator"));
    return;
  }
  const mine__element *c = mine__pin_inside(e);
  if (!c) {
    mine__pin_refuse(pin, e, "it has no predicate inside");
    return;
  }
  pask_predicate(pin, c, depth + 1, t);
  for (c = c->next; c && !mine_failed(pin->env); c = c->next) {
    if (strcmp(c->name, "Extension") == 0) continue;
    mine__pin_test part;
    pask_predicate(pin, c, depth + 1, &part);
    if (!mine_failed(pin->env)) pask_join(pin, e, any, &part, t);
  }
}

static void pask_predicate(const mine__pin *pin, const mine__element *e, int depth,
                           mine__pin_test *t) {
  *t = (mine__pin_test){.feature = -1};
  if (depth > 3)
    mine__pin_refuse(pin, e, "compound predicates too many deep");
  else if (strcmp(e->name, "True") == 0)
    t->ask = MINE__PIN_TRUE;
  else if (strcmp(e->name, "False") == 0)
    t->ask = MINE__PIN_FALSE;
  else if (strcmp(e->name, "SimplePredicate") == 0)
    pask_simple(pin, e, t);
  else if (strcmp(e->name, "SimpleSetPredicate") == 0)
    pask_in_set(pin, e, t);
  else if (strcmp(e->name, "CompoundPredicate") == 0)
    pask_compound(pin, e, depth, t);
  else
    mine__pin_refuse(pin, e, "a predicate was expected");
}

void mine__pin_predicate(const mine__pin *pin, const mine__element *e, mine__pin_test *t) {
  pask_predicate(pin, e, 0, t);
}

int mine__pin_always(const mine__element *at) {
  const mine__element *e = mine__pin_inside(at);
  return e && strcmp(e->name, "True") == 0;
}

int mine__pin_opposite(const mine__pin *pin, const mine__pin_test *a, const mine__pin_test *b) {
  if (a->ask != b->ask || a->feature != b->feature || a->ask < MINE__PIN_NUMBER) return 0;
  if (a->ask == MINE__PIN_NUMBER) return a->threshold == b->threshold && a->left != b->left;
  if (a->ask == MINE__PIN_KNOWN) return a->left != b->left;
  const int64_t levels = pin->model->feature[a->feature].levels.values.n;
  for (int64_t l = 0; l < levels; l++) {
    const int in_a = mine_trees_in_set(a->set, (int32_t)l) == a->left;
    const int in_b = mine_trees_in_set(b->set, (int32_t)l) == b->left;
    if (in_a == in_b) return 0;
  }
  return 1;
}

int mine__pin_replaced(const mine__pin *pin, const mine__pin_test *t) {
  const mine__pin_field *field = pask_field_of(pin, t->feature);
  double v;
  if (!field || !field->replacement || t->ask == MINE__PIN_KNOWN) return -1;
  if (t->ask == MINE__PIN_SET) {
    const int64_t level = mine__pin_level(pin, field, field->replacement);
    return level >= 0 && mine_trees_in_set(t->set, (int32_t)level) == t->left;
  }
  if (!mine__read_number(field->replacement, strlen(field->replacement), &v)) return -1;
  return (v < t->threshold) == t->left;
}
