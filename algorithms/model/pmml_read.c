/*
** pmml_read.c -- the document around a model: fields, classes, treatments, derived fields.
*/
#include "pmml_read.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"

#define PIN_DEEPEST 24 /* expressions inside expressions, derived fields of derived fields */

/* ---- refusing ---------------------------------------------------------------------- */

void mine__pin_refuse_value(const mine__pin *pin, const mine__element *at, const char *problem,
                            const char *value) {
  char shown[MINE_SHOW_BYTES];
  const mine_cell cell = {MINE_TEXT, strlen(value), {.text = value}};
  (void)mine__fail(pin->env, MINE_UNSUPPORTED, "the PMML in line %lld (%s): %s %s",
                   (long long)at->line, at->name, problem, mine__show_cell(shown, &cell));
}

void mine__pin_refuse(const mine__pin *pin, const mine__element *at, const char *problem) {
  (void)mine__fail(pin->env, MINE_UNSUPPORTED, "the PMML in line %lld (%s): %s",
                   (long long)at->line, at->name, problem);
}

/* ---- attributes -------------------------------------------------------------------- */

const char *mine__pin_text(const mine__pin *pin, const mine__element *at, const char *name) {
  const char *value = mine__xml_get(at, name);
  if (!value) mine__pin_refuse_value(pin, at, "it lacks the attribute", name);
  return value ? value : "";
}

static double pin_number(const mine__pin *pin, const mine__element *at, const char *text) {
  double v = 0;
  if (!mine__read_number(text, strlen(text), &v) || !isfinite(v))
    mine__pin_refuse_value(pin, at, "a number was expected, not", text);
  return v;
}

double mine__pin_real(const mine__pin *pin, const mine__element *at, const char *name) {
  const char *text = mine__pin_text(pin, at, name);
  return mine_failed(pin->env) ? 0 : pin_number(pin, at, text);
}

double mine__pin_real_or(const mine__pin *pin, const mine__element *at, const char *name,
                         double otherwise) {
  const char *text = mine__xml_get(at, name);
  return text ? pin_number(pin, at, text) : otherwise;
}

int mine__pin_is(const mine__element *at, const char *name, const char *value,
                 const char *otherwise) {
  const char *text = mine__xml_get(at, name);
  return strcmp(text ? text : otherwise, value) == 0;
}

/* Values are parted by spaces; one in quotes may hold some, and \" is a quote in it. */
const char *mine__pin_next(const mine__pin *pin, const char **text) {
  const char *at = *text + strspn(*text, " \t\r\n");
  if (!*at || mine_failed(pin->env)) return NULL;
  if (*at != '"') {
    const size_t n = strcspn(at, " \t\r\n");
    *text = at + n;
    return mine__arena_text(pin->env->scratch, at, n);
  }
  char *value = mine__arena_array(pin->env->scratch, strlen(at), 1), *to = value;
  for (at++; value && *at && *at != '"'; at++) {
    if (*at == '\\' && at[1] == '"') at++;
    *to++ = *at;
  }
  if (to) *to = 0;
  *text = *at ? at + 1 : at;
  return value;
}

double *mine__pin_reals(const mine__pin *pin, const mine__element *array, int64_t n) {
  double *v = mine__arena_array(pin->arena, (size_t)n, sizeof *v);
  const char *text = array->text;
  for (int64_t i = 0; v && i <= n && !mine_failed(pin->env); i++) {
    const mine_mark mark = mine__arena_mark(pin->env->scratch);
    const char *value = mine__pin_next(pin, &text);
    if ((value != NULL) != (i < n))
      mine__pin_refuse(pin, array, "it has another number of values than it should");
    else if (value)
      v[i] = pin_number(pin, array, value);
    mine__arena_rewind(pin->env->scratch, mark);
  }
  return mine_failed(pin->env) ? NULL : v;
}

/* ---- fields ------------------------------------------------------------------------ */

static mine__pin_field *pin_field(const mine__pin *pin, const char *name) {
  for (int f = 0; f < pin->n_fields; f++)
    if (strcmp(pin->field[f].name, name) == 0) return &pin->field[f];
  return NULL;
}

const mine__pin_field *mine__pin_find(const mine__pin *pin, const mine__element *at,
                                      const char *name) {
  const mine__pin_field *field = pin_field(pin, name);
  if (field && field->feature >= 0) return field;
  mine__pin_refuse_value(pin, at, "there is no active field", name);
  return NULL;
}

/* A value of a category as the field's type has it. */
static void pin_cell(const mine__pin *pin, const mine__pin_field *field, const char *text,
                     mine_cell *out) {
  const char *type = mine__xml_get(field->data, "dataType");
  const int integer = type && strcmp(type, "integer") == 0;
  const int real = type && (strcmp(type, "double") == 0 || strcmp(type, "float") == 0);
  double v;
  (void)pin;
  *out = (mine_cell){MINE_TEXT, strlen(text), {.text = text}};
  if ((!integer && !real) || !mine__read_number(text, strlen(text), &v) || !isfinite(v)) return;
  if (integer && v == trunc(v) && fabs(v) < 9e15)
    *out = (mine_cell){MINE_INT, 0, {.integer = (int64_t)v}};
  else if (real)
    *out = (mine_cell){MINE_REAL, 0, {.real = v}};
}

static void pin_value(const mine__pin *pin, mine__pin_field *field, const char *text) {
  mine_cell cell;
  pin_cell(pin, field, text, &cell);
  (void)mine__dictionary_add(&field->values, &cell);
}

int64_t mine__pin_level(const mine__pin *pin, const mine__pin_field *field, const char *value) {
  mine_cell cell;
  pin_cell(pin, field, value, &cell);
  return mine__dictionary_find(
      field->feature >= 0 ? &pin->model->feature[field->feature].levels : &field->values, &cell);
}

int mine__pin_class(const mine__pin *pin, const char *value) {
  const mine__pin_field *field = pin_field(pin, pin->target);
  mine_cell cell, other;
  pin_cell(pin, field, value, &cell);
  for (int g = 0; g < pin->model->n_groups; g++) {
    mine__values_get(&pin->model->groups, g, &other);
    if (mine__cell_equal(&cell, &other)) return g;
  }
  return -1;
}

static void pin_read_field(mine__pin *pin, const mine__element *data, mine__pin_field *field) {
  *field =
      (mine__pin_field){.name = mine__pin_text(pin, data, "name"), .data = data, .feature = -1};
  field->categorical = !mine__pin_is(data, "optype", "continuous", "continuous");
  if (mine_failed(pin->env) || !mine__dictionary_open(&field->values, pin->env->scratch)) return;
  for (const mine__element *v = mine__xml_child(data, "Value"); field->categorical && v;
       v = mine__xml_find(v->next, "Value"))
    if (mine__pin_is(v, "property", "valid", "valid"))
      pin_value(pin, field, mine__pin_text(pin, v, "value"));
}

static void pin_dictionary(mine__pin *pin) {
  const mine__element *dictionary = mine__xml_child(pin->root, "DataDictionary");
  size_t n = 0;
  if (!dictionary) {
    mine__pin_refuse(pin, pin->root, "it lacks a DataDictionary");
    return;
  }
  for (const mine__element *d = dictionary->first; d; d = d->next)
    n += strcmp(d->name, "DataField") == 0;
  pin->field = mine__arena_zeros(pin->env->scratch, n, sizeof *pin->field);
  for (const mine__element *d = dictionary->first; pin->field && d; d = d->next) {
    if (strcmp(d->name, "DataField") != 0) continue;
    pin_read_field(pin, d, &pin->field[pin->n_fields]);
    if (mine_failed(pin->env)) return;
    pin->n_fields++;
  }
}

/* ---- values that stand in the model only ---------------------------------------------- */

static void pin_note_array(mine__pin *pin, mine__pin_field *field, const mine__element *array) {
  const char *text = array->text, *value;
  while ((value = mine__pin_next(pin, &text)) != NULL)
    pin_value(pin, field, value);
}

/* Whether the tree around a node says classes. */
static int pin_in_classes(const mine__element *e) {
  while (e && strcmp(e->name, "Node") == 0)
    e = e->parent;
  return e && mine__pin_is(e, "functionName", "classification", "");
}

/* A field with a value, wherever one is named: tests, predictors, factors, indicators, targets. */
static void pin_note(mine__pin *pin, const mine__element *e) {
  static const char *const fields[] = {"field", "name", "predictorName"};
  const char *value = mine__xml_get(e, "value");
  const mine__element *array = mine__xml_child(e, "Array");
  for (size_t i = 0; i < 3 && (value || array); i++) {
    const char *name = mine__xml_get(e, fields[i]);
    mine__pin_field *field = name ? pin_field(pin, name) : NULL;
    if (!field || !field->categorical) continue;
    if (value) pin_value(pin, field, value);
    if (array) pin_note_array(pin, field, array);
  }
  const char *category = mine__xml_get(e, "targetCategory");
  const int scores = strcmp(e->name, "ScoreDistribution") == 0;
  mine__pin_field *target = pin->target ? pin_field(pin, pin->target) : NULL;
  if (!target || !target->categorical) return;
  if (category) pin_value(pin, target, category);
  if (scores && value) pin_value(pin, target, value);
  const char *score = strcmp(e->name, "Node") == 0 ? mine__xml_get(e, "score") : NULL;
  if (score && pin_in_classes(e)) pin_value(pin, target, score);
}

/* All elements, without a stack: down, on, and up again. */
static void pin_note_all(mine__pin *pin) {
  const mine__element *e = pin->root;
  for (int64_t i = 1; e && !mine_failed(pin->env); i++) {
    if (strcmp(e->name, "DataField") != 0) pin_note(pin, e);
    if (i % 4096 == 0 && mine__poll(pin->env)) return;
    const int verifies = strcmp(e->name, "ModelVerification") == 0;
    if (e->first && !verifies) {
      e = e->first;
      continue;
    }
    while (e && !e->next)
      e = e->parent;
    if (e) e = e->next;
  }
}

static int pin_before(const void *context, const void *a, const void *b) {
  (void)context;
  return mine__cell_compare(a, b) < 0;
}

/* Into `out`, in order. */
static void pin_sorted(const mine__pin *pin, const mine_values *values, mine_values *out) {
  const size_t n = (size_t)values->n;
  mine_cell *cell = mine__arena_array(pin->env->scratch, 2 * n, sizeof *cell);
  for (size_t i = 0; cell && i < n; i++)
    mine__values_get(values, (int64_t)i, &cell[i]);
  if (cell) mine__sort(pin->env, cell, cell + n, n, sizeof *cell, pin_before, NULL);
  for (size_t i = 0; cell && i < n && !mine_failed(pin->env); i++)
    if (!mine__values_push(out, &cell[i])) return;
}

/* ---- the schema -------------------------------------------------------------------- */

static void pin_treatments(mine__pin *pin, const mine__element *m, mine__pin_field *field) {
  mine_model *model = pin->model;
  field->replacement = mine__xml_get(m, "missingValueReplacement");
  if (mine__pin_is(m, "missingValueTreatment", "returnInvalid", "asIs")) model->gaps.missing = 1;
  if (!mine__pin_is(m, "outliers", "asIs", "asIs"))
    mine__pin_refuse(pin, m, "outliers that are not taken asIs are not covered");
  if (!field->categorical) return;
  if (mine__pin_is(m, "invalidValueTreatment", "returnInvalid", "returnInvalid"))
    model->gaps.unknown = 1;
  else if (!mine__pin_is(m, "invalidValueTreatment", "asMissing", ""))
    mine__pin_refuse(pin, m,
                     "values of a category that are not valid are covered as missing "
                     "(asMissing) or as an error (returnInvalid)");
}

static void pin_feature(mine__pin *pin, const mine__element *m, mine__pin_field *field) {
  mine_feature *about = &pin->model->feature[pin->model->n_features];
  pin_treatments(pin, m, field);
  *about = (mine_feature){.name = mine__arena_text(pin->arena, field->name, strlen(field->name)),
                          .type = field->categorical ? MINE_COLUMN_CATEGORY : MINE_COLUMN_NUMERIC,
                          .least = NAN,
                          .most = NAN,
                          .mean = NAN,
                          .deviation = NAN,
                          .why = ""};
  if (!about->name || !mine__dictionary_open(&about->levels, pin->arena)) return;
  if (field->categorical) {
    pin_sorted(pin, &field->values.values, &about->levels.values);
    if (about->levels.values.n == 0)
      mine__pin_refuse_value(pin, m, "a category without values:", field->name);
    else if (!mine_failed(pin->env))
      (void)mine__dictionary_rebuild(&about->levels);
  }
  field->feature = pin->model->n_features++;
}

static void pin_find_target(mine__pin *pin, const mine__element *schema) {
  for (const mine__element *m = schema->first; m; m = m->next) {
    if (strcmp(m->name, "MiningField") != 0) continue;
    if (mine__pin_is(m, "usageType", "target", "active") ||
        mine__pin_is(m, "usageType", "predicted", "active"))
      pin->target = mine__pin_text(pin, m, "name");
  }
}

static void pin_schema(mine__pin *pin) {
  const mine__element *schema = mine__xml_child(pin->top, "MiningSchema");
  if (!schema) {
    mine__pin_refuse(pin, pin->top, "it lacks a MiningSchema");
    return;
  }
  pin_find_target(pin, schema);
  if (pin->target && !pin_field(pin, pin->target))
    mine__pin_refuse_value(pin, schema, "the target is no field:", pin->target);
  if (!mine_failed(pin->env)) pin_note_all(pin);
  pin->model->feature =
      mine__arena_zeros(pin->arena, (size_t)pin->n_fields, sizeof *pin->model->feature);
  for (const mine__element *m = schema->first; m && !mine_failed(pin->env); m = m->next) {
    if (strcmp(m->name, "MiningField") != 0 || !mine__pin_is(m, "usageType", "active", "active"))
      continue;
    mine__pin_field *field = pin_field(pin, mine__pin_text(pin, m, "name"));
    if (!field)
      mine__pin_refuse_value(
          pin, m, "it is no field of the DataDictionary:", mine__pin_text(pin, m, "name"));
    else if (field->feature < 0)
      pin_feature(pin, m, field);
  }
}

/* Classes, or the number, that is said. */
static void pin_target(mine__pin *pin) {
  mine_model *model = pin->model;
  const char *name = pin->target;
  mine__pin_field *field = name ? pin_field(pin, name) : NULL;
  if (mine__pin_is(pin->top, "functionName", "clustering", "")) {
    model->task = MINE_CLUSTERING;
    pin->target = NULL;
    return;
  }
  if (!field) {
    mine__pin_refuse(pin, pin->top, "its MiningSchema names no target, so nothing is predicted");
    return;
  }
  model->roles.target = mine__arena_text(pin->arena, name, strlen(name));
  if (mine__pin_is(pin->top, "functionName", "classification", "")) {
    model->task = MINE_CLASSIFICATION;
    pin_sorted(pin, &field->values.values, &model->groups);
    model->n_groups = (int)model->groups.n;
    if (model->n_groups < 2) mine__pin_refuse(pin, pin->top, "it has less than two classes");
    if (model->n_groups == 2) model->positive = 1;
    return;
  }
  if (!mine__pin_is(pin->top, "functionName", "regression", ""))
    mine__pin_refuse(pin, pin->top, "classification, regression and clustering are covered");
  model->task = MINE_REGRESSION;
  model->n_outputs = 1;
  model->output_name = mine__arena_array(pin->arena, 1, sizeof *model->output_name);
  if (model->output_name) model->output_name[0] = model->roles.target;
}

/* ---- derived fields ------------------------------------------------------------------ */

static mine__pin_term pin_expression(const mine__pin *pin, const mine__element *e, int depth);

static const mine__pin_term pin_nothing = {.feature = -1, .level = -1, .missing = NAN};

static mine__pin_term pin_constant(double value) {
  mine__pin_term t = pin_nothing;
  t.b = t.missing = value;
  return t;
}

static int pin_is_constant(const mine__pin_term *t) {
  return t->feature < 0;
}

/* The derived field of that name: of the document, or of any model around `at`. */
static const mine__element *pin_derived(const mine__pin *pin, const mine__element *at,
                                        const char *name) {
  const mine__element *places[PIN_DEEPEST];
  int n = 0;
  for (const mine__element *up = at; up && n < PIN_DEEPEST - 1; up = up->parent) {
    const mine__element *local = mine__xml_child(up, "LocalTransformations");
    if (local) places[n++] = local;
  }
  const mine__element *all = mine__xml_child(pin->root, "TransformationDictionary");
  if (all) places[n++] = all;
  for (int i = 0; i < n; i++) {
    for (const mine__element *d = mine__xml_child(places[i], "DerivedField"); d;
         d = mine__xml_find(d->next, "DerivedField"))
      if (mine__pin_is(d, "name", name, "")) return d;
  }
  return NULL;
}

static mine__pin_term pin_named(const mine__pin *pin, const mine__element *at, const char *name,
                                int depth) {
  const mine__element *derived = pin_derived(pin, at, name);
  mine__pin_term t = pin_nothing;
  if (derived) {
    const mine__element *e = derived->first;
    while (e && (strcmp(e->name, "Extension") == 0 || strcmp(e->name, "Value") == 0))
      e = e->next;
    if (!e) {
      mine__pin_refuse(pin, derived, "it lacks an expression");
      return t;
    }
    t = pin_expression(pin, e, depth + 1);
    if (mine__pin_is(derived, "dataType", "float", "")) {
      if (t.level >= 0 || t.a != 1 || t.b != 0)
        mine__pin_refuse(pin, derived, "float of anything but a field is not covered");
      t.narrow = 1;
    }
    return t;
  }
  const mine__pin_field *field = mine__pin_find(pin, at, name);
  if (!field) return t;
  t.feature = field->feature;
  t.a = 1;
  if (mine__pin_is(field->data, "dataType", "float", "")) t.narrow = 1;
  if (field->replacement && !field->categorical)
    t.missing = pin_number(pin, field->data, field->replacement);
  return t;
}

mine__pin_term mine__pin_named(const mine__pin *pin, const mine__element *at, const char *name) {
  return pin_named(pin, at, name, 0);
}

/* The line through two points, beyond them too. */
static mine__pin_term pin_norm(const mine__pin *pin, const mine__element *e, int depth) {
  const mine__element *p = mine__xml_child(e, "LinearNorm");
  const mine__element *q = p ? mine__xml_find(p->next, "LinearNorm") : NULL;
  if (!q || mine__xml_find(q->next, "LinearNorm") || !mine__pin_is(e, "outliers", "asIs", "asIs")) {
    mine__pin_refuse(pin, e, "other than a line through two points (outliers asIs) is not covered");
    return pin_nothing;
  }
  const double x = mine__pin_real(pin, p, "orig"), y = mine__pin_real(pin, p, "norm");
  const double dx = mine__pin_real(pin, q, "orig") - x, dy = mine__pin_real(pin, q, "norm") - y;
  if (!(dx > 0)) mine__pin_refuse(pin, e, "its points do not rise");
  mine__pin_term t = pin_named(pin, e, mine__pin_text(pin, e, "field"), depth);
  const double slope = dx > 0 ? dy / dx : 0;
  t.missing = slope * (t.missing - x) + y;
  t.b = slope * (t.b - x) + y;
  t.a *= slope;
  t.missing = mine__pin_real_or(pin, e, "mapMissingTo", t.missing);
  return t;
}

static mine__pin_term pin_indicator(const mine__pin *pin, const mine__element *e) {
  mine__pin_term t = pin_nothing;
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
static mine__pin_term pin_if(const mine__pin *pin, const mine__element *e, int depth) {
  const mine__element *test = e->first, *then = test ? test->next : NULL,
                      *other = then ? then->next : NULL;
  mine__pin_term t = pin_nothing;
  const mine__element *ref = test ? mine__xml_child(test, "FieldRef") : NULL;
  if (!other || other->next || !ref || !mine__pin_is(test, "function", "isMissing", "")) {
    mine__pin_refuse(pin, e, "an if of anything but isMissing(field) is not covered");
    return t;
  }
  const mine__pin_term what = pin_expression(pin, ref, depth + 1),
                       missing = pin_expression(pin, then, depth + 1);
  t = pin_expression(pin, other, depth + 1);
  if (mine_failed(pin->env)) return t;
  if (!pin_is_constant(&missing) || (!pin_is_constant(&t) && t.feature != what.feature)) {
    mine__pin_refuse(pin, e, "it must give a constant for what is missing");
    return t;
  }
  if (pin_is_constant(&t)) t.feature = what.feature;
  t.missing = missing.b;
  return t;
}

/* One of the two is a constant. */
static mine__pin_term pin_arithmetic(const mine__pin *pin, const mine__element *e, char op,
                                     int depth) {
  const mine__element *p = e->first, *q = p ? p->next : NULL;
  if (!q || q->next) {
    mine__pin_refuse(pin, e, "it must have two arguments");
    return pin_nothing;
  }
  mine__pin_term u = pin_expression(pin, p, depth + 1), v = pin_expression(pin, q, depth + 1);
  if (mine_failed(pin->env)) return u;
  const int left = pin_is_constant(&v); /* the field stands on the left */
  if ((!left && !pin_is_constant(&u)) || (op == '/' && (!left || v.b == 0))) {
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

static mine__pin_term pin_apply(const mine__pin *pin, const mine__element *e, int depth) {
  const char *function = mine__pin_text(pin, e, "function");
  if (strcmp(function, "if") == 0) return pin_if(pin, e, depth);
  if (strlen(function) == 1 && strchr("+-*/", *function))
    return pin_arithmetic(pin, e, *function, depth);
  mine__pin_refuse_value(pin, e, "this function is not covered:", function);
  return pin_nothing;
}

static mine__pin_term pin_expression(const mine__pin *pin, const mine__element *e, int depth) {
  if (mine_failed(pin->env)) return pin_nothing;
  if (depth > PIN_DEEPEST) {
    mine__pin_refuse(pin, e, "expressions too many deep");
    return pin_nothing;
  }
  if (strcmp(e->name, "Constant") == 0) return pin_constant(pin_number(pin, e, e->text));
  if (strcmp(e->name, "FieldRef") == 0) {
    mine__pin_term t = pin_named(pin, e, mine__pin_text(pin, e, "field"), depth);
    t.missing = mine__pin_real_or(pin, e, "mapMissingTo", t.missing);
    return t;
  }
  if (strcmp(e->name, "NormContinuous") == 0) return pin_norm(pin, e, depth);
  if (strcmp(e->name, "NormDiscrete") == 0) return pin_indicator(pin, e);
  if (strcmp(e->name, "Apply") == 0) return pin_apply(pin, e, depth);
  mine__pin_refuse(pin, e, "this expression is not covered");
  return pin_nothing;
}

/* ---- the document ------------------------------------------------------------------ */

typedef struct pin_form {
  const char *element, *algorithm;
  void (*read)(mine__pin *pin);
} pin_form;

static const pin_form pin_forms[] = {
    {"TreeModel", "tree", mine__pin_trees},
    {"MiningModel", "forest", mine__pin_trees},
    {"RegressionModel", "linear", mine__pin_regression},
    {"GeneralRegressionModel", "linear", mine__pin_general},
    {"ClusteringModel", "kmeans", mine__pin_centres},
};

/* The model of the document; NULL: failure recorded. */
static const pin_form *pin_find_form(mine__pin *pin) {
  static const char *const around[] = {"Header", "MiningBuildTask", "DataDictionary",
                                       "TransformationDictionary", "Extension"};
  const mine__element *e = pin->root->first;
  for (; e; e = e->next) {
    int other = 0;
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
      other |= strcmp(e->name, around[i]) == 0;
    if (!other) break;
  }
  for (size_t i = 0; e && i < sizeof pin_forms / sizeof pin_forms[0]; i++) {
    if (strcmp(pin_forms[i].element, e->name) != 0) continue;
    pin->top = e;
    return &pin_forms[i];
  }
  mine__pin_refuse(pin, e ? e : pin->root,
                   "it is none of TreeModel, MiningModel (of trees), RegressionModel, "
                   "GeneralRegressionModel and ClusteringModel, which are covered");
  return NULL;
}

/* Where it came from. */
static void pin_told(mine__pin *pin, const pin_form *form) {
  mine_model *model = pin->model;
  const mine__element *header = mine__xml_child(pin->root, "Header");
  const mine__element *by = header ? mine__xml_child(header, "Application") : NULL;
  const char *name = by ? mine__xml_get(by, "name") : NULL;
  if (!model->algorithm) model->algorithm = form->algorithm;
  model->told.source = "PMML";
  model->told.options = "";
  for (int f = 0; pin->skips && f < pin->n_fields; f++)
    if (pin->field[f].feature >= 0 && pin->field[f].replacement)
      mine__pin_refuse_value(pin, pin->top,
                             "some missing values are replaced and others have no answer, which is "
                             "not covered; replaced is",
                             pin->field[f].name);
  if (pin->skips) model->gaps.missing = 2;
  mine__model_note(model, "source", "PMML", "%.60s of %.60s", pin->top->name,
                   name && *name ? name : "an unnamed program");
  if (model->gaps.missing == 2)
    mine__model_note(model, "missing", "skip",
                     "a row with a missing value has no answer, as the document says");
}

static void pin_read(mine__pin *pin, const char *text) {
  pin->root = mine__xml_read(pin->env, pin->env->scratch, text);
  if (mine_failed(pin->env)) return;
  if (strcmp(pin->root->name, "PMML") != 0) {
    mine__pin_refuse(pin, pin->root, "it is no PMML");
    return;
  }
  const pin_form *form = pin_find_form(pin);
  if (form) pin_dictionary(pin);
  if (!mine_failed(pin->env)) pin_schema(pin);
  if (!mine_failed(pin->env) && pin->model->n_features == 0)
    mine__pin_refuse(pin, pin->top, "it has no active field");
  if (!mine_failed(pin->env)) pin_target(pin);
  if (mine_failed(pin->env)) return;
  form->read(pin);
  if (!mine_failed(pin->env)) pin_told(pin, form);
}

/* What was put together goes through its bytes: the loader has the last word. */
static mine_model *pin_checked(mine_env *env, const mine_model *made) {
  const void *bytes;
  size_t n;
  mine_model *model = NULL;
  if (mine_model_bytes(env, made, &bytes, &n) == MINE_OK)
    (void)!mine_model_load(env, bytes, n, &model);
  return model;
}

mine_model *mine__pmml_read(mine_env *env, const char *text) {
  mine__pin pin = {.env = env};
  mine_model *model = NULL;
  if (mine_failed(env) || mine__model_empty(env, &pin.model)) return NULL;
  const mine_mark mark = mine__arena_mark(env->scratch);
  pin.arena = pin.model->arena;
  pin_read(&pin, text);
  if (!mine_failed(env)) model = pin_checked(env, pin.model);
  mine__arena_rewind(env->scratch, mark);
  mine_model_free(pin.model);
  return model;
}
