/*
** pmml_read.c -- a document as a model: which reader its top element has, in what order its parts
** are read, and how attributes of elements are.
*/
#include <math.h>
#include <string.h>

#include "pmml_read.h"

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

double mine__pin_number(const mine__pin *pin, const mine__element *at, const char *text) {
  double v = 0;
  if (!mine__read_number(text, strlen(text), &v) || !isfinite(v))
    mine__pin_refuse_value(pin, at, "a number was expected, not", text);
  return v;
}

double mine__pin_real(const mine__pin *pin, const mine__element *at, const char *name) {
  const char *text = mine__pin_text(pin, at, name);
  return mine_failed(pin->env) ? 0 : mine__pin_number(pin, at, text);
}

double mine__pin_real_or(const mine__pin *pin, const mine__element *at, const char *name,
                         double otherwise) {
  const char *text = mine__xml_get(at, name);
  return text ? mine__pin_number(pin, at, text) : otherwise;
}

int mine__pin_is(const mine__element *at, const char *name, const char *value,
                 const char *otherwise) {
  const char *text = mine__xml_get(at, name);
  return strcmp(text ? text : otherwise, value) == 0;
}

const mine__element *mine__pin_inside(const mine__element *at) {
  const mine__element *e = at->first;
  while (e && strcmp(e->name, "Extension") == 0)
    e = e->next;
  return e;
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
      v[i] = mine__pin_number(pin, array, value);
    mine__arena_rewind(pin->env->scratch, mark);
  }
  return mine_failed(pin->env) ? NULL : v;
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
  mine__model_note(model, "source", "PMML", "%.60s of %.60s", pin->top->name,
                   name && *name ? name : "an unnamed program");
}

/* missing=skip is of all attributes or none. */
static void pin_gaps(mine__pin *pin) {
  if (!pin->skips) return;
  for (int f = 0; f < pin->n_fields; f++)
    if (pin->field[f].feature >= 0 && pin->field[f].replacement)
      mine__pin_refuse_value(pin, pin->top,
                             "some missing values are replaced and others have no answer, which is "
                             "not covered; replaced is",
                             pin->field[f].name);
  pin->model->gaps.missing = 2;
  mine__model_note(pin->model, "missing", "skip",
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
  if (form) mine__pin_dictionary(pin);
  if (!mine_failed(pin->env)) mine__pin_schema(pin);
  if (!mine_failed(pin->env) && pin->model->n_features == 0)
    mine__pin_refuse(pin, pin->top, "it has no active field");
  if (!mine_failed(pin->env)) mine__pin_target(pin);
  if (mine_failed(pin->env)) return;
  form->read(pin);
  if (!mine_failed(pin->env)) pin_told(pin, form);
  if (!mine_failed(pin->env)) pin_gaps(pin);
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
