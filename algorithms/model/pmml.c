/*
** pmml.c -- the document around a model: fields, schema, outputs, verification.
*/
#include "pmml.h"

#include <math.h>
#include <string.h>

#include "bayes.h"
#include "linear.h"
#include "members.h"
#include "network.h"
#include "prototypes.h"
#include "trees.h"

/* ---- small things ------------------------------------------------------------------ */

/* Scratch memory is given back unless the document itself grows in it. */
static void pmml_rewind(mine__pmml *p, mine_mark mark) {
  if (p->x.to->arena != p->env->scratch) mine__arena_rewind(p->env->scratch, mark);
}

const char *mine__pmml_name(mine__pmml *p, const char *what, const char *of) {
  mine_text text;
  mine__text_open(&text, p->env->scratch);
  mine__text_addf(&text, "%s(%s)", what, of);
  return text.failed ? "" : text.data;
}

const char *mine__pmml_class(mine__pmml *p, const mine_model *model, int group) {
  mine_cell cell;
  mine_text text;
  mine__model_group(model, group + 1, &cell);
  mine__text_open(&text, p->env->scratch);
  mine__text_add_cell(&text, &cell);
  return text.failed || !text.bytes ? "" : text.data;
}

/* Of mixed types it is a text. */
static int pmml_all(const mine_values *levels, int reals) {
  for (int64_t i = 0; i < levels->n; i++) {
    mine_cell cell;
    mine__values_get(levels, i, &cell);
    if (cell.type != MINE_INT && !(reals && cell.type == MINE_REAL)) return 0;
  }
  return levels->n > 0;
}

const char *mine__pmml_type(const mine_values *levels) {
  return pmml_all(levels, 0) ? "integer" : pmml_all(levels, 1) ? "double" : "string";
}

const char *mine__pmml_array_type(const mine_values *levels) {
  return pmml_all(levels, 0) ? "int" : pmml_all(levels, 1) ? "real" : "string";
}

void mine__pmml_field(mine__pmml *p, const char *element, const char *field) {
  mine__xml_open(&p->x, element);
  mine__xml_text(&p->x, "field", field);
  mine__xml_close(&p->x);
}

void mine__pmml_constant(mine__pmml *p, double value) {
  char number[MINE_NUMBER_BYTES];
  mine__xml_open(&p->x, "Constant");
  mine__xml_text(&p->x, "dataType", "double");
  mine__format_real(number, value, 0);
  mine__xml_content(&p->x, number, strlen(number));
  mine__xml_close(&p->x);
}

void mine__pmml_apply(mine__pmml *p, const char *function) {
  mine__xml_open(&p->x, "Apply");
  mine__xml_text(&p->x, "function", function);
}

void mine__pmml_derived(mine__pmml *p, const char *name) {
  mine__xml_open(&p->x, "DerivedField");
  mine__xml_text(&p->x, "name", name);
  mine__xml_text(&p->x, "optype", "continuous");
  mine__xml_text(&p->x, "dataType", "double");
}

void mine__pmml_reals(mine__pmml *p, const double *v, int64_t n) {
  mine__xml_open(&p->x, "Array");
  mine__xml_text(&p->x, "type", "real");
  mine__xml_int(&p->x, "n", n);
  for (int64_t i = 0; i < n; i++) {
    char number[MINE_NUMBER_BYTES];
    mine__format_real(number, v[i], 0);
    if (i > 0) mine__xml_content(&p->x, " ", 1);
    mine__xml_content(&p->x, number, strlen(number));
  }
  mine__xml_close(&p->x);
}

int mine__pmml_apart(const mine_model *model) {
  if (model->kind == &mine__kind_network) return 1;
  if (model->kind == &mine__kind_linear) return ((const mine_linear *)model->body)->card;
  for (int i = 0; model->kind->n_inside && i < model->kind->n_inside(model); i++) {
    mine_cell value;
    const mine_model *inside = model->kind->inside(model, i, &value);
    if (inside && mine__pmml_apart(inside)) return 1;
  }
  return 0;
}

static void pmml_map_row(mine__pmml *p, const mine_values *levels, int64_t level, double says) {
  mine_cell cell;
  mine_text text;
  char number[MINE_NUMBER_BYTES];
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  mine__values_get(levels, level, &cell);
  mine__text_open(&text, p->env->scratch);
  mine__text_add_cell(&text, &cell);
  mine__xml_open(&p->x, "row");
  mine__xml_open(&p->x, "level");
  mine__xml_content(&p->x, text.bytes ? text.data : "", text.bytes);
  mine__xml_close(&p->x);
  mine__xml_leaf(&p->x, "says", mine__format_real(number, says, 0));
  mine__xml_close(&p->x);
  pmml_rewind(p, mark);
}

static void pmml_map_open(mine__pmml *p, const mine_feature *about, double missing,
                          double unknown) {
  mine__xml_open(&p->x, "MapValues");
  mine__xml_text(&p->x, "outputColumn", "says");
  mine__xml_text(&p->x, "dataType", "double");
  mine__xml_real(&p->x, "mapMissingTo", missing);
  mine__xml_real(&p->x, "defaultValue", unknown);
  mine__xml_open(&p->x, "FieldColumnPair");
  mine__xml_text(&p->x, "field", about->name);
  mine__xml_text(&p->x, "column", "level");
  mine__xml_close(&p->x);
  mine__xml_open(&p->x, "InlineTable");
}

void mine__pmml_map(mine__pmml *p, const mine_feature *about, const double *says, int64_t step,
                    double missing, double unknown) {
  const mine_values *levels = &about->levels.values;
  pmml_map_open(p, about, missing, unknown);
  for (int64_t l = 0; l < levels->n && !mine_failed(p->env); l++)
    pmml_map_row(p, levels, l, says[l * step]);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}

void mine__pmml_map_one(mine__pmml *p, const mine_feature *about, int64_t level, double says,
                        double fill) {
  pmml_map_open(p, about, fill, 0);
  pmml_map_row(p, &about->levels.values, level, says);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}

/* ---- the fields -------------------------------------------------------------------- */

/* Two values that are written alike would be one.  `met`: only the levels that it met. */
static void pmml_values(mine__pmml *p, const mine_values *levels, const char *of,
                        const mine_bayes_column *met) {
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  mine_dictionary seen;
  int64_t apart_n = 0; /* less than i by the levels left out */
  const int apart = !pmml_all(levels, 1) && mine__dictionary_open(&seen, p->env->scratch);
  for (int64_t i = 0; i < levels->n && !mine_failed(p->env); i++) {
    mine_cell cell;
    mine_text text;
    if (met && !mine__bayes_met(p->whole->body, met, i)) {
      apart_n--;
      continue;
    }
    mine__values_get(levels, i, &cell);
    mine__xml_open(&p->x, "Value");
    mine__xml_cell(&p->x, "value", &cell);
    mine__xml_close(&p->x);
    if (!apart) continue;
    mine__text_open(&text, p->env->scratch);
    mine__text_add_cell(&text, &cell);
    const mine_cell name = {MINE_TEXT, text.bytes, {.text = text.bytes ? text.data : ""}};
    char shown[MINE_SHOW_BYTES];
    if (!text.failed && mine__dictionary_add(&seen, &name) != i + apart_n)
      (void)mine__fail(p->env, MINE_UNSUPPORTED,
                       "column '%s' has the value %s as a number and as a text, which PMML cannot "
                       "tell apart; make the column all text (CAST) and train again",
                       of, mine__show_cell(shown, &name));
  }
  pmml_rewind(p, mark);
}

static void pmml_data_field(mine__pmml *p, const char *name, const mine_values *levels, int text,
                            const mine_bayes_column *met, const char *shown) {
  mine__xml_open(&p->x, "DataField");
  mine__xml_text(&p->x, "name", name);
  if (shown) mine__xml_text(&p->x, "displayName", shown);
  mine__xml_text(&p->x, "optype", levels ? "categorical" : "continuous");
  mine__xml_text(&p->x, "dataType", !levels ? "double" : text ? "string" : mine__pmml_type(levels));
  if (levels) pmml_values(p, levels, name, met);
  mine__xml_close(&p->x);
}

static void pmml_dictionary(mine__pmml *p) {
  const mine_model *model = p->whole;
  mine__xml_open(&p->x, "DataDictionary");
  for (int f = 0; f < model->n_features && !mine_failed(p->env); f++) {
    const mine_feature *about = &model->feature[f];
    pmml_data_field(
        p, about->name, about->type == MINE_COLUMN_CATEGORY ? &about->levels.values : NULL,
        mine__pmml_apart(model),
        model->kind == &mine__kind_bayes ? &((const mine_bayes *)model->body)->column[f] : NULL,
        about->time ? mine__pmml_name(p, "days since 1970-01-01", about->name) : NULL);
  }
  if (p->target)
    pmml_data_field(p, p->target, mine__model_has_classes(model) ? &model->groups : NULL, 0, NULL,
                    NULL);
  mine__xml_close(&p->x);
}

static void pmml_mining_field(mine__pmml *p, const mine_model *model, const mine_feature *about) {
  mine__xml_open(&p->x, "MiningField");
  mine__xml_text(&p->x, "name", about->name);
  if (model->gaps.missing) mine__xml_text(&p->x, "missingValueTreatment", "returnInvalid");
  if (about->type == MINE_COLUMN_CATEGORY && !model->gaps.unknown)
    mine__xml_text(&p->x, "invalidValueTreatment", mine__pmml_apart(model) ? "asIs" : "asMissing");
  mine__xml_close(&p->x);
}

void mine__pmml_schema(mine__pmml *p, const mine_model *model, const uint8_t *used, int target) {
  int fields = 0;
  mine__xml_open(&p->x, "MiningSchema");
  if (target && p->target) {
    mine__xml_open(&p->x, "MiningField");
    mine__xml_text(&p->x, "name", p->target);
    mine__xml_text(&p->x, "usageType", "target");
    mine__xml_close(&p->x);
    fields++;
  }
  for (int f = 0; f < model->n_features; f++) {
    if (used && !used[f] && (fields > 0 || f + 1 < model->n_features)) continue; /* one at least */
    pmml_mining_field(p, model, &model->feature[f]);
    fields++;
  }
  mine__xml_close(&p->x);
}

/* ---- the outputs ------------------------------------------------------------------- */

static void pmml_output(mine__pmml *p, const char *name, const char *feature, const char *value,
                        const char *type, int final) {
  mine__xml_open(&p->x, "OutputField");
  mine__xml_text(&p->x, "name", name);
  mine__xml_text(&p->x, "optype", strcmp(type, "double") == 0 ? "continuous" : "categorical");
  mine__xml_text(&p->x, "dataType", type);
  mine__xml_text(&p->x, "feature", feature);
  if (value) mine__xml_text(&p->x, "value", value);
  if (!final) mine__xml_text(&p->x, "isFinalResult", "false");
}

/* ln of the share of a class over that of all others, kept between the map's ends. */
static void pmml_odds(mine__pmml *p, const mine_model *model, const mine_calibration_map *map,
                      int group) {
  mine__pmml_apply(p, "max");
  mine__pmml_constant(p, map->low);
  mine__pmml_apply(p, "min");
  mine__pmml_constant(p, map->high);
  mine__pmml_apply(p, "-");
  mine__pmml_apply(p, "ln");
  mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "raw", mine__pmml_class(p, model, group)));
  mine__xml_close(&p->x);
  mine__pmml_apply(p, "ln");
  if (model->n_groups > 2) mine__pmml_apply(p, "sum");
  for (int g = 0; g < model->n_groups; g++)
    if (g != group)
      mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "raw", mine__pmml_class(p, model, g)));
  if (model->n_groups > 2) mine__xml_close(&p->x);
  for (int i = 0; i < 4; i++)
    mine__xml_close(&p->x);
}

/* 1 / (1 + exp(-(slope x + intercept))) */
static void pmml_platt(mine__pmml *p, const mine_calibration_map *map, const char *odds) {
  mine__pmml_apply(p, "/");
  mine__pmml_constant(p, 1);
  mine__pmml_apply(p, "+");
  mine__pmml_constant(p, 1);
  mine__pmml_apply(p, "exp");
  mine__pmml_apply(p, "-");
  mine__pmml_constant(p, -map->intercept);
  mine__pmml_apply(p, "*");
  mine__pmml_constant(p, map->slope);
  mine__pmml_field(p, "FieldRef", odds);
  for (int i = 0; i < 5; i++)
    mine__xml_close(&p->x);
}

static void pmml_isotonic(mine__pmml *p, const mine_calibration_map *map, const char *odds) {
  if (map->n_knots == 1) {
    mine__pmml_constant(p, map->share[0]);
    return;
  }
  mine__xml_open(&p->x, "NormContinuous");
  mine__xml_text(&p->x, "field", odds);
  mine__xml_text(&p->x, "outliers", "asExtremeValues");
  for (int i = 0; i < map->n_knots; i++) {
    mine__xml_open(&p->x, "LinearNorm");
    mine__xml_real(&p->x, "orig", map->at[i]);
    mine__xml_real(&p->x, "norm", map->share[i]);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

/* raw(c), odds(c), mapped(c) */
static void pmml_mapped(mine__pmml *p, const mine_model *model, const mine_calibration_map *map,
                        int g) {
  const char *class_ = mine__pmml_class(p, model, g), *odds = mine__pmml_name(p, "odds", class_);
  if (map->known) {
    pmml_output(p, odds, "transformedValue", NULL, "double", 0);
    pmml_odds(p, model, map, g);
    mine__xml_close(&p->x);
  }
  pmml_output(p, mine__pmml_name(p, "mapped", class_), "transformedValue", NULL, "double", 0);
  if (!map->known)
    mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "raw", class_));
  else if (model->calibration->method == MINE_CALIBRATE_PLATT)
    pmml_platt(p, map, odds);
  else
    pmml_isotonic(p, map, odds);
  mine__xml_close(&p->x);
}

/* probability(c): of two classes 1 minus the other's or the mapped one; of more the mapped one
** over the sum of all. */
static void pmml_probability(mine__pmml *p, const mine_model *model, int g) {
  const char *class_ = mine__pmml_class(p, model, g);
  pmml_output(p, mine__pmml_name(p, "probability", class_), "transformedValue", NULL, "double", 1);
  if (model->n_groups == 2 && g == 0) {
    mine__pmml_apply(p, "-");
    mine__pmml_constant(p, 1);
    mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "mapped", mine__pmml_class(p, model, 1)));
    mine__xml_close(&p->x);
  } else if (model->n_groups == 2) {
    mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "mapped", class_));
  } else {
    mine__pmml_apply(p, "/");
    mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "mapped", class_));
    mine__pmml_apply(p, "sum");
    for (int c = 0; c < model->n_groups; c++)
      mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "mapped", mine__pmml_class(p, model, c)));
    mine__xml_close(&p->x);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

static void pmml_class_constant(mine__pmml *p, const mine_model *model, int g) {
  const char *class_ = mine__pmml_class(p, model, g);
  mine__xml_open(&p->x, "Constant");
  mine__xml_text(&p->x, "dataType", mine__pmml_type(&model->groups));
  mine__xml_content(&p->x, class_, strlen(class_));
  mine__xml_close(&p->x);
}

/* The positive class from its threshold on; else the most probable, of equals the first. */
static void pmml_choice(mine__pmml *p, const mine_model *model, int g) {
  if (!isnan(model->threshold)) {
    const char *positive = mine__pmml_class(p, model, model->positive);
    mine__pmml_apply(p, "if");
    mine__pmml_apply(p, "greaterOrEqual");
    mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "probability", positive));
    mine__pmml_constant(p, model->threshold);
    mine__xml_close(&p->x);
    pmml_class_constant(p, model, model->positive);
    pmml_class_constant(p, model, 1 - model->positive);
    mine__xml_close(&p->x);
    return;
  }
  if (g + 1 == model->n_groups) {
    pmml_class_constant(p, model, g);
    return;
  }
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "greaterOrEqual");
  mine__pmml_field(p, "FieldRef", mine__pmml_name(p, "probability", mine__pmml_class(p, model, g)));
  mine__pmml_apply(p, "max");
  for (int c = g; c < model->n_groups; c++)
    mine__pmml_field(p, "FieldRef",
                     mine__pmml_name(p, "probability", mine__pmml_class(p, model, c)));
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
  pmml_class_constant(p, model, g);
  pmml_choice(p, model, g + 1);
  mine__xml_close(&p->x);
}

static void pmml_class_outputs(mine__pmml *p, const mine_model *model) {
  const mine_calibration *c = model->calibration;
  const int k = model->n_groups;
  for (int g = 0; g < k; g++) {
    const char *class_ = mine__pmml_class(p, model, g);
    pmml_output(p, mine__pmml_name(p, c ? "raw" : "probability", class_), "probability", class_,
                "double", c == NULL);
    mine__xml_close(&p->x);
  }
  for (int g = k == 2 ? 1 : 0; c && g < k; g++)
    pmml_mapped(p, model, &c->map[k == 2 ? 0 : g], g);
  for (int g = 0; c && g < k; g++)
    pmml_probability(p, model, g);
  const int chosen = c || !isnan(model->threshold);
  pmml_output(p, mine__pmml_name(p, "predicted", p->target),
              chosen ? "transformedValue" : "predictedValue", NULL, mine__pmml_type(&model->groups),
              1);
  if (chosen) pmml_choice(p, model, 0);
  mine__xml_close(&p->x);
}

static void pmml_outputs(mine__pmml *p, const mine_model *model) {
  mine__xml_open(&p->x, "Output");
  if (!p->target) {
    pmml_output(p, "cluster", "predictedValue", NULL, "string", 1);
    mine__xml_close(&p->x);
    pmml_output(p, "distance", "affinity", NULL, "double", 1);
    mine__xml_close(&p->x);
  } else if (mine__model_has_classes(model)) {
    pmml_class_outputs(p, model);
  } else {
    pmml_output(p, mine__pmml_name(p, "predicted", p->target), "predictedValue", NULL, "double", 1);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

/* ---- verification ------------------------------------------------------------------ */

static void pmml_column(mine__pmml *p, const char *field, char kind, int i) {
  char column[MINE_SHOW_BYTES + 1] = {kind, 0};
  mine__xml_open(&p->x, "VerificationField");
  mine__xml_text(&p->x, "field", field);
  (void)mine__show_cell(column + 1, &(mine_cell){MINE_INT, 0, {.integer = i}});
  mine__xml_text(&p->x, "column", column);
  mine__xml_real(&p->x, "precision", 1e-9);
  mine__xml_real(&p->x, "zeroThreshold", kind == 'p' ? 1e-6 : 1e-9);
  mine__xml_close(&p->x);
}

static void pmml_columns(mine__pmml *p, const mine_model *model) {
  mine__xml_open(&p->x, "VerificationFields");
  for (int f = 0; f < model->n_features; f++)
    pmml_column(p, model->feature[f].name, 'x', f);
  if (!p->target) {
    pmml_column(p, "cluster", 'y', 0);
    pmml_column(p, "distance", 'd', 0);
  } else {
    pmml_column(p, mine__pmml_name(p, "predicted", p->target), 'y', 0);
    for (int g = 0; g < (mine__model_has_classes(model) ? model->n_groups : 0); g++)
      pmml_column(p, mine__pmml_name(p, "probability", mine__pmml_class(p, model, g)), 'p', g);
  }
  mine__xml_close(&p->x);
}

static void pmml_value(mine__pmml *p, char kind, int i, const mine_cell *cell) {
  char column[MINE_SHOW_BYTES + 1] = {kind, 0};
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  mine_text text;
  (void)mine__show_cell(column + 1, &(mine_cell){MINE_INT, 0, {.integer = i}});
  char *name = mine__arena_text(p->env->scratch, column, strlen(column));
  mine__text_open(&text, p->env->scratch);
  mine__text_add_cell(&text, cell);
  if (name && !text.failed) {
    mine__xml_open(&p->x, name);
    mine__xml_content(&p->x, text.bytes ? text.data : "", text.bytes);
    mine__xml_close(&p->x);
  }
  pmml_rewind(p, mark);
}

static void pmml_real(mine__pmml *p, char kind, int i, double value) {
  const mine_cell cell = {MINE_REAL, 0, {.real = value}};
  pmml_value(p, kind, i, &cell);
}

/* Whether the row can be told apart from one with an answer: see the header. */
static int pmml_verifies(const mine__pmml *p, const mine_model *model, int64_t row) {
  const mine_proof *proof = p->how->proof;
  const mine_answers *says = &proof->answers;
  int known = mine__model_has_classes(model) || !p->target; /* a row needs two cells */
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature_view *view = &proof->feature[f];
    if (model->gaps.missing && view->code && view->code[row] < 0) return 0;
    known |= view->number ? !isnan(view->number[row]) : view->code[row] != MINE_CODE_MISSING;
  }
  if (!known) return 0;
  if (says->group) return says->group[row] > 0;
  return says->value && !isnan(says->value[row * model->n_outputs]);
}

static void pmml_row(mine__pmml *p, const mine_model *model, int64_t row) {
  const mine_proof *proof = p->how->proof;
  const mine_answers *says = &proof->answers;
  mine_cell cell;
  mine__xml_open(&p->x, "row");
  for (int f = 0; f < model->n_features; f++) {
    char buffer[MINE_TIME_BYTES];
    mine__proof_cell(model, proof, row, f, buffer, &cell);
    if (cell.type == MINE_NULL) continue;
    if (proof->feature[f].number)
      pmml_real(p, 'x', f, proof->feature[f].number[row]);
    else
      pmml_value(p, 'x', f, &cell);
  }
  if (says->group) {
    mine__model_group(model, says->group[row], &cell);
    if (!p->target) cell = (mine_cell){MINE_INT, 0, {.integer = says->group[row]}};
    pmml_value(p, 'y', 0, &cell);
  } else {
    pmml_real(p, 'y', 0, says->value[row * model->n_outputs]);
  }
  for (int g = 0; says->share && p->target && g < model->n_groups; g++)
    pmml_real(p, 'p', g, says->share[row * model->n_groups + g]);
  if (!p->target && says->distance) pmml_real(p, 'd', 0, says->distance[row]);
  mine__xml_close(&p->x);
}

static void pmml_verification(mine__pmml *p, const mine_model *model) {
  const int64_t n = p->how->proof->n;
  int64_t rows = 0;
  for (int64_t i = 0; i < n; i++)
    rows += pmml_verifies(p, model, i);
  if (rows == 0) return;
  mine__xml_open(&p->x, "ModelVerification");
  mine__xml_int(&p->x, "recordCount", rows);
  pmml_columns(p, model);
  mine__xml_open(&p->x, "InlineTable");
  for (int64_t i = 0; i < n && !mine_failed(p->env); i++)
    if (pmml_verifies(p, model, i)) pmml_row(p, model, i);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}

/* ---- the model --------------------------------------------------------------------- */

void mine__pmml_open(mine__pmml *p, const char *element, const mine_model *model) {
  mine__xml_open(&p->x, element);
  if (model == p->whole && p->how->as) mine__xml_text(&p->x, "modelName", p->how->as);
  mine__xml_text(&p->x, "functionName",
                 mine__model_has_classes(model) ? "classification"
                 : model->n_groups > 0          ? "clustering"
                                                : "regression");
  mine__xml_text(&p->x, "algorithmName", model->algorithm);
}

void mine__pmml_head(mine__pmml *p, const mine_model *model) {
  mine__pmml_schema(p, model, NULL, 1);
  if (model == p->whole) pmml_outputs(p, model);
}

void mine__pmml_tail(mine__pmml *p, const mine_model *model) {
  if (model == p->whole && !mine_failed(p->env)) pmml_verification(p, model);
  mine__xml_close(&p->x);
}

void mine__pmml_model(mine__pmml *p, const mine_model *model) {
  if (mine_failed(p->env)) return;
  if (model->kind == &mine__kind_trees) mine__pmml_trees(p, model);
  if (model->kind == &mine__kind_linear) mine__pmml_linear(p, model);
  if (model->kind == &mine__kind_bayes) mine__pmml_bayes(p, model);
  if (model->kind == &mine__kind_prototypes) mine__pmml_prototypes(p, model);
  if (model->kind == &mine__kind_network) mine__pmml_network(p, model);
  if (model->kind == &mine__kind_ensemble) mine__pmml_ensemble(p, model);
}

void mine__write_pmml(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to) {
  mine__pmml p = {.env = env, .whole = model, .how = how, .target = model->roles.target};
  if (!p.target && model->n_outputs > 0) p.target = model->output_name[0];
  if (model->n_features == 0) {
    (void)mine__fail(env, MINE_UNSUPPORTED, "a model without attributes is no PMML");
    return;
  }
  mine__xml_begin(&p.x, env, to);
  mine__xml_open(&p.x, "PMML");
  mine__xml_text(&p.x, "xmlns", "http://www.dmg.org/PMML-4_4");
  mine__xml_text(&p.x, "version", "4.4");
  mine__xml_open(&p.x, "Header");
  mine__xml_open(&p.x, "Application");
  mine__xml_text(&p.x, "name", "sqlite-mine");
  mine__xml_text(&p.x, "version", MINE_VERSION);
  mine__xml_close(&p.x);
  mine__xml_close(&p.x);
  pmml_dictionary(&p);
  mine__pmml_model(&p, model);
  mine__xml_close(&p.x);
  mine__text_adds(to, "\n");
}
