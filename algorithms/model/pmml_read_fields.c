/*
** pmml_read_fields.c -- the fields of a document as the attributes and the target of a model.
**
** The DataDictionary names them, the MiningSchema says which are asked and how they are treated.
** A category has the values that its DataField lists, and those that the model compares it with:
** some tools list none.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "pmml_read.h"

/* ---- fields ------------------------------------------------------------------------ */

static mine__pin_field *pfield_of(const mine__pin *pin, const char *name) {
  for (int f = 0; f < pin->n_fields; f++)
    if (strcmp(pin->field[f].name, name) == 0) return &pin->field[f];
  return NULL;
}

const mine__pin_field *mine__pin_find(const mine__pin *pin, const mine__element *at,
                                      const char *name) {
  const mine__pin_field *field = pfield_of(pin, name);
  if (field && field->feature >= 0) return field;
  mine__pin_refuse_value(pin, at, "there is no active field", name);
  return NULL;
}

/* A value of a category as the field's type has it. */
static void pfield_cell(const mine__pin_field *field, const char *text, mine_cell *out) {
  const char *type = mine__xml_get(field->data, "dataType");
  const int integer = type && strcmp(type, "integer") == 0;
  const int real = type && (strcmp(type, "double") == 0 || strcmp(type, "float") == 0);
  double v;
  *out = (mine_cell){MINE_TEXT, strlen(text), {.text = text}};
  if ((!integer && !real) || !mine__read_number(text, strlen(text), &v) || !isfinite(v)) return;
  if (integer && v == trunc(v) && fabs(v) < 9e15)
    *out = (mine_cell){MINE_INT, 0, {.integer = (int64_t)v}};
  else if (real)
    *out = (mine_cell){MINE_REAL, 0, {.real = v}};
}

static void pfield_value(mine__pin_field *field, const char *text) {
  mine_cell cell;
  pfield_cell(field, text, &cell);
  (void)mine__dictionary_add(&field->values, &cell);
}

int64_t mine__pin_level(const mine__pin *pin, const mine__pin_field *field, const char *value) {
  mine_cell cell;
  pfield_cell(field, value, &cell);
  return mine__dictionary_find(
      field->feature >= 0 ? &pin->model->feature[field->feature].levels : &field->values, &cell);
}

int mine__pin_class(const mine__pin *pin, const char *value) {
  const mine__pin_field *field = pfield_of(pin, pin->target);
  mine_cell cell, other;
  pfield_cell(field, value, &cell);
  for (int g = 0; g < pin->model->n_groups; g++) {
    mine__values_get(&pin->model->groups, g, &other);
    if (mine__cell_equal(&cell, &other)) return g;
  }
  return -1;
}

static void pfield_read(mine__pin *pin, const mine__element *data, mine__pin_field *field) {
  *field =
      (mine__pin_field){.name = mine__pin_text(pin, data, "name"), .data = data, .feature = -1};
  field->categorical = !mine__pin_is(data, "optype", "continuous", "continuous");
  if (mine_failed(pin->env) || !mine__dictionary_open(&field->values, pin->env->scratch)) return;
  for (const mine__element *v = mine__xml_child(data, "Value"); field->categorical && v;
       v = mine__xml_next(v))
    if (mine__pin_is(v, "property", "valid", "valid"))
      pfield_value(field, mine__pin_text(pin, v, "value"));
}

void mine__pin_dictionary(mine__pin *pin) {
  const mine__element *dictionary = mine__xml_child(pin->root, "DataDictionary");
  size_t n = 0;
  if (!dictionary) {
    mine__pin_refuse(pin, pin->root, "it lacks a DataDictionary");
    return;
  }
  const mine__element *first = mine__xml_child(dictionary, "DataField");
  for (const mine__element *d = first; d; d = mine__xml_next(d))
    n++;
  pin->field = mine__arena_zeros(pin->env->scratch, n, sizeof *pin->field);
  for (const mine__element *d = first; pin->field && d; d = mine__xml_next(d)) {
    pfield_read(pin, d, &pin->field[pin->n_fields]);
    if (mine_failed(pin->env)) return;
    pin->n_fields++;
  }
}

/* ---- values that stand in the model only ---------------------------------------------- */

static void pfield_note_array(mine__pin *pin, mine__pin_field *field, const mine__element *array) {
  const char *text = array->text, *value;
  while ((value = mine__pin_next(pin, &text)) != NULL)
    pfield_value(field, value);
}

/* Whether the tree around a node says classes. */
static int pfield_in_classes(const mine__element *e) {
  while (e && strcmp(e->name, "Node") == 0)
    e = e->parent;
  return e && mine__pin_is(e, "functionName", "classification", "");
}

/* A field with a value, wherever one is named: tests, predictors, factors, indicators, targets. */
static void pfield_note(mine__pin *pin, const mine__element *e) {
  static const char *const fields[] = {"field", "name", "predictorName"};
  const char *value = mine__xml_get(e, "value");
  const mine__element *array = mine__xml_child(e, "Array");
  for (size_t i = 0; i < 3 && (value || array); i++) {
    const char *name = mine__xml_get(e, fields[i]);
    mine__pin_field *field = name ? pfield_of(pin, name) : NULL;
    if (!field || !field->categorical) continue;
    if (value) pfield_value(field, value);
    if (array) pfield_note_array(pin, field, array);
  }
  const char *category = mine__xml_get(e, "targetCategory");
  const int scores = strcmp(e->name, "ScoreDistribution") == 0;
  mine__pin_field *target = pin->target ? pfield_of(pin, pin->target) : NULL;
  if (!target || !target->categorical) return;
  if (category) pfield_value(target, category);
  if (scores && value) pfield_value(target, value);
  const char *score = strcmp(e->name, "Node") == 0 ? mine__xml_get(e, "score") : NULL;
  if (score && pfield_in_classes(e)) pfield_value(target, score);
}

/* All elements, without a stack: down, on, and up again. */
static void pfield_note_all(mine__pin *pin) {
  const mine__element *e = pin->root;
  for (int64_t i = 1; e && !mine_failed(pin->env); i++) {
    if (strcmp(e->name, "DataField") != 0) pfield_note(pin, e);
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

static int pfield_before(const void *context, const void *a, const void *b) {
  (void)context;
  return mine__cell_compare(a, b) < 0;
}

/* Into `out`, in order. */
static void pfield_sorted(const mine__pin *pin, const mine_values *values, mine_values *out) {
  const size_t n = (size_t)values->n;
  mine_cell *cell = mine__arena_array(pin->env->scratch, 2 * n, sizeof *cell);
  for (size_t i = 0; cell && i < n; i++)
    mine__values_get(values, (int64_t)i, &cell[i]);
  if (cell) mine__sort(pin->env, cell, cell + n, n, sizeof *cell, pfield_before, NULL);
  for (size_t i = 0; cell && i < n && !mine_failed(pin->env); i++)
    if (!mine__values_push(out, &cell[i])) return;
}

/* ---- the schema -------------------------------------------------------------------- */

static void pfield_treatments(mine__pin *pin, const mine__element *m, mine__pin_field *field) {
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

static void pfield_feature(mine__pin *pin, const mine__element *m, mine__pin_field *field) {
  mine_feature *about = &pin->model->feature[pin->model->n_features];
  pfield_treatments(pin, m, field);
  *about = (mine_feature){.name = mine__arena_text(pin->arena, field->name, strlen(field->name)),
                          .type = field->categorical ? MINE_COLUMN_CATEGORY : MINE_COLUMN_NUMERIC,
                          .least = NAN,
                          .most = NAN,
                          .mean = NAN,
                          .deviation = NAN,
                          .why = ""};
  if (!about->name || !mine__dictionary_open(&about->levels, pin->arena)) return;
  if (field->categorical) {
    pfield_sorted(pin, &field->values.values, &about->levels.values);
    if (about->levels.values.n == 0)
      mine__pin_refuse_value(pin, m, "a category without values:", field->name);
    else if (!mine_failed(pin->env))
      (void)mine__dictionary_rebuild(&about->levels);
  }
  field->feature = pin->model->n_features++;
}

static void pfield_find_target(mine__pin *pin, const mine__element *schema) {
  for (const mine__element *m = mine__xml_child(schema, "MiningField"); m; m = mine__xml_next(m))
    if (mine__pin_is(m, "usageType", "target", "active") ||
        mine__pin_is(m, "usageType", "predicted", "active"))
      pin->target = mine__pin_text(pin, m, "name");
}

void mine__pin_schema(mine__pin *pin) {
  const mine__element *schema = mine__xml_child(pin->top, "MiningSchema");
  if (!schema) {
    mine__pin_refuse(pin, pin->top, "it lacks a MiningSchema");
    return;
  }
  pfield_find_target(pin, schema);
  if (pin->target && !pfield_of(pin, pin->target))
    mine__pin_refuse_value(pin, schema, "the target is no field:", pin->target);
  if (!mine_failed(pin->env)) pfield_note_all(pin);
  pin->model->feature =
      mine__arena_zeros(pin->arena, (size_t)pin->n_fields, sizeof *pin->model->feature);
  for (const mine__element *m = mine__xml_child(schema, "MiningField"); m && !mine_failed(pin->env);
       m = mine__xml_next(m)) {
    if (!mine__pin_is(m, "usageType", "active", "active")) continue;
    const char *name = mine__pin_text(pin, m, "name");
    mine__pin_field *field = pfield_of(pin, name);
    if (!field)
      mine__pin_refuse_value(pin, m, "it is no field of the DataDictionary:", name);
    else if (field->feature < 0)
      pfield_feature(pin, m, field);
  }
}

void mine__pin_target(mine__pin *pin) {
  mine_model *model = pin->model;
  const char *name = pin->target;
  mine__pin_field *field = name ? pfield_of(pin, name) : NULL;
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
    pfield_sorted(pin, &field->values.values, &model->groups);
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
