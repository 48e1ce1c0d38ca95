/*
** pmml_read_derived.c -- what a field is in terms of the attributes, by its name: itself, or what
** the expressions of derived fields make of it.
**
** Covered is what is linear in one field, a x + b, the indicator of a level, and what either is
** where the field is missing.  An expression is put together from its inside out; each step keeps
** that form, or is refused.
*/
#include <math.h>
#include <string.h>

#include "pmml_read.h"

#define PDERIVE_DEEPEST 24 /* expressions inside expressions, derived fields of derived fields */

static mine__pin_term pderive_expression(const mine__pin *pin, const mine__element *e, int depth);

static const mine__pin_term pderive_nothing = {.feature = -1, .level = -1, .missing = NAN};

static mine__pin_term pderive_constant(double value) {
  mine__pin_term t = pderive_nothing;
  t.b = t.missing = value;
  return t;
}

static int pderive_is_constant(const mine__pin_term *t) {
  return t->feature < 0;
}

static const mine__element *pderive_derived_in(const mine__element *place, const char *name) {
  const mine__element *d = place ? mine__xml_child(place, "DerivedField") : NULL;
  while (d && !mine__pin_is(d, "name", name, ""))
    d = mine__xml_next(d);
  return d;
}

/* The derived field of that name: of any model around `at`, or of the document. */
static const mine__element *pderive_derived(const mine__pin *pin, const mine__element *at,
                                            const char *name) {
  for (const mine__element *up = at; up; up = up->parent) {
    const mine__element *d = pderive_derived_in(mine__xml_child(up, "LocalTransformations"), name);
    if (d) return d;
  }
  return pderive_derived_in(mine__xml_child(pin->root, "TransformationDictionary"), name);
}

static mine__pin_term pderive_of_derived(const mine__pin *pin, const mine__element *derived,
                                         int depth) {
  const mine__element *e = derived->first;
  while (e && (strcmp(e->name, "Extension") == 0 || strcmp(e->name, "Value") == 0))
    e = e->next;
  if (!e) {
    mine__pin_refuse(pin, derived, "it lacks an expression");
    return pderive_nothing;
  }
  mine__pin_term t = pderive_expression(pin, e, depth + 1);
  if (!mine__pin_is(derived, "dataType", "float", "")) return t;
  if (t.level >= 0 || t.a != 1 || t.b != 0)
    mine__pin_refuse(pin, derived, "float of anything but a field is not covered");
  t.narrow = 1;
  return t;
}

static mine__pin_term pderive_of_field(const mine__pin *pin, const mine__pin_field *field) {
  mine__pin_term t = pderive_nothing;
  t.feature = field->feature;
  t.a = 1;
  t.narrow = mine__pin_is(field->data, "dataType", "float", "");
  if (field->replacement && !field->categorical)
    t.missing = mine__pin_number(pin, field->data, field->replacement);
  return t;
}

static mine__pin_term pderive_named(const mine__pin *pin, const mine__element *at, const char *name,
                                    int depth) {
  const mine__element *derived = pderive_derived(pin, at, name);
  if (derived) return pderive_of_derived(pin, derived, depth);
  const mine__pin_field *field = mine__pin_find(pin, at, name);
  return field ? pderive_of_field(pin, field) : pderive_nothing;
}

mine__pin_term mine__pin_named(const mine__pin *pin, const mine__element *at, const char *name) {
  return pderive_named(pin, at, name, 0);
}

/* The line through two points, beyond them too. */
static mine__pin_term pderive_norm(const mine__pin *pin, const mine__element *e, int depth) {
  const mine__element *p = mine__xml_child(e, "LinearNorm");
  const mine__element *q = p ? mine__xml_next(p) : NULL;
  if (!q || mine__xml_next(q) || !mine__pin_is(e, "outliers", "asIs", "asIs")) {
    mine__pin_refuse(pin, e, "other than a line through two points (outliers asIs) is not covered");
    return pderive_nothing;
  }
  const double x = mine__pin_real(pin, p, "orig"), y = mine__pin_real(pin, p, "norm");
  const double dx = mine__pin_real(pin, q, "orig") - x, dy = mine__pin_real(pin, q, "norm") - y;
  if (!(dx > 0)) mine__pin_refuse(pin, e, "its points do not rise");
  mine__pin_term t = pderive_named(pin, e, mine__pin_text(pin, e, "field"), depth);
  const double slope = dx > 0 ? dy / dx : 0;
  t.missing = slope * (t.missing - x) + y;
  t.b = slope * (t.b - x) + y;
  t.a *= slope;
  t.missing = mine__pin_real_or(pin, e, "mapMissingTo", t.missing);
  return t;
}

static mine__pin_term pderive_indicator(const mine__pin *pin, const mine__element *e) {
  mine__pin_term t = pderive_nothing;
  const mine__pin_field *field = mine__pin_find(pin, e, mine__pin_text(pin, e, "field"));
  if (!field) return t;
  const int64_t level =
      field->categorical ? mine__pin_level(pin, field, mine__pin_text(pin, e, "value")) : -1;
  if (level < 0) mine__pin_refuse(pin, e, "it is no value of a categorical field");
  t.feature = field->feature;
  t.level = level;
  t.a = 1;
  t.missing = mine__pin_real_or(pin, e, "mapMissingTo", NAN);
  return t;
}

/* if(isMissing(x), constant, expression) */
static mine__pin_term pderive_if(const mine__pin *pin, const mine__element *e, int depth) {
  const mine__element *test = e->first, *then = test ? test->next : NULL,
                      *other = then ? then->next : NULL;
  mine__pin_term t = pderive_nothing;
  const mine__element *ref = test ? mine__xml_child(test, "FieldRef") : NULL;
  if (!other || other->next || !ref || !mine__pin_is(test, "function", "isMissing", "")) {
    mine__pin_refuse(pin, e, "an if of anything but isMissing(field) is not covered");
    return t;
  }
  const mine__pin_term what = pderive_expression(pin, ref, depth + 1),
                       missing = pderive_expression(pin, then, depth + 1);
  t = pderive_expression(pin, other, depth + 1);
  if (mine_failed(pin->env)) return t;
  if (!pderive_is_constant(&missing) || (!pderive_is_constant(&t) && t.feature != what.feature)) {
    mine__pin_refuse(pin, e, "it must give a constant for what is missing");
    return t;
  }
  if (pderive_is_constant(&t)) t.feature = what.feature;
  t.missing = missing.b;
  return t;
}

/* One of the two is a constant. */
static mine__pin_term pderive_arithmetic(const mine__pin *pin, const mine__element *e, char op,
                                         int depth) {
  const mine__element *p = e->first, *q = p ? p->next : NULL;
  if (!q || q->next) {
    mine__pin_refuse(pin, e, "it must have two arguments");
    return pderive_nothing;
  }
  mine__pin_term u = pderive_expression(pin, p, depth + 1),
                 v = pderive_expression(pin, q, depth + 1);
  if (mine_failed(pin->env)) return u;
  const int left = pderive_is_constant(&v); /* the field stands on the left */
  if ((!left && !pderive_is_constant(&u)) || (op == '/' && (!left || v.b == 0))) {
    mine__pin_refuse(pin, e, "only what is linear in one field is covered");
    return u;
  }
  mine__pin_term t = left ? u : v;
  const double c = left ? v.b : u.b;
  const double factor = op == '*' ? c : op == '/' ? 1 / c : op == '-' && !left ? -1 : 1;
  const double add = op == '+' ? c : op == '-' ? (left ? -c : c) : 0;
  t.missing = op == '/' ? t.missing / c : t.missing * factor + add;
  t.b = op == '/' ? t.b / c : t.b * factor + add;
  t.a = op == '/' ? t.a / c : t.a * factor;
  return t;
}

static mine__pin_term pderive_apply(const mine__pin *pin, const mine__element *e, int depth) {
  const char *function = mine__pin_text(pin, e, "function");
  if (strcmp(function, "if") == 0) return pderive_if(pin, e, depth);
  if (strlen(function) == 1 && strchr("+-*/", *function))
    return pderive_arithmetic(pin, e, *function, depth);
  mine__pin_refuse_value(pin, e, "this function is not covered:", function);
  return pderive_nothing;
}

static mine__pin_term pderive_expression(const mine__pin *pin, const mine__element *e, int depth) {
  if (mine_failed(pin->env)) return pderive_nothing;
  if (depth > PDERIVE_DEEPEST) {
    mine__pin_refuse(pin, e, "expressions too many deep");
    return pderive_nothing;
  }
  if (strcmp(e->name, "Constant") == 0) return pderive_constant(mine__pin_number(pin, e, e->text));
  if (strcmp(e->name, "FieldRef") == 0) {
    mine__pin_term t = pderive_named(pin, e, mine__pin_text(pin, e, "field"), depth);
    t.missing = mine__pin_real_or(pin, e, "mapMissingTo", t.missing);
    return t;
  }
  if (strcmp(e->name, "NormContinuous") == 0) return pderive_norm(pin, e, depth);
  if (strcmp(e->name, "NormDiscrete") == 0) return pderive_indicator(pin, e);
  if (strcmp(e->name, "Apply") == 0) return pderive_apply(pin, e, depth);
  mine__pin_refuse(pin, e, "this expression is not covered");
  return pderive_nothing;
}
