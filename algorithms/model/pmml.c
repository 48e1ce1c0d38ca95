/*
** pmml.c -- the document around a model: its fields and their schema, and the small parts of which
** every kind's file is made.
*/
#include "pmml.h"

#include <math.h>
#include <string.h>

#include "bayes.h"
#include "hazard.h"
#include "linear.h"
#include "medoids.h"
#include "members.h"
#include "network.h"
#include "prototypes.h"
#include "trees.h"

/* ---- small things ------------------------------------------------------------------ */

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
  return text.failed ? "" : text.data;
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
  mine__xml_open(&p->x, "Constant");
  mine__xml_text(&p->x, "dataType", "double");
  mine__xml_content_real(&p->x, value);
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
    if (i > 0) mine__xml_content(&p->x, " ", 1);
    mine__xml_content_real(&p->x, v[i]);
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
  char number[MINE_NUMBER_BYTES];
  mine__values_get(levels, level, &cell);
  mine__xml_open(&p->x, "row");
  mine__xml_open(&p->x, "level");
  mine__xml_content_cell(&p->x, &cell);
  mine__xml_close(&p->x);
  mine__xml_leaf(&p->x, "says", mine__format_real(number, says, 0));
  mine__xml_close(&p->x);
}

/* Opens the map and its table. */
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

/* Refuse a value that is written as one before it: readers would take them for one. */
static void pmml_alike(mine__pmml *p, mine_dictionary *seen, int64_t n, const mine_cell *value,
                       const char *of) {
  mine_text text;
  mine__text_open(&text, p->env->scratch);
  mine__text_add_cell(&text, value);
  const mine_cell name = {MINE_TEXT, text.bytes, {.text = text.data}};
  char shown[MINE_SHOW_BYTES];
  if (!text.failed && mine__dictionary_add(seen, &name) != n)
    (void)mine__fail(p->env, MINE_UNSUPPORTED,
                     "column '%s' has the value %s as a number and as a text, which PMML cannot "
                     "tell apart; make the column all text (CAST) and train again",
                     of, mine__show_cell(shown, &name));
}

/* `met`: only the levels that it met; NULL: all. */
static void pmml_values(mine__pmml *p, const mine_values *levels, const char *of,
                        const mine_bayes_column *met) {
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  mine_dictionary seen;
  int64_t written = 0;
  const int mixed = !pmml_all(levels, 1) && mine__dictionary_open(&seen, p->env->scratch);
  for (int64_t i = 0; i < levels->n && !mine_failed(p->env); i++) {
    mine_cell cell;
    if (met && !mine__bayes_met(p->whole->body, met, i)) continue;
    mine__values_get(levels, i, &cell);
    mine__xml_open(&p->x, "Value");
    mine__xml_cell(&p->x, "value", &cell);
    mine__xml_close(&p->x);
    if (mixed) pmml_alike(p, &seen, written, &cell, of);
    written++;
  }
  mine__text_rewind(p->x.to, p->env->scratch, mark);
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
  if (model == p->whole) mine__pmml_outputs(p, model);
}

void mine__pmml_tail(mine__pmml *p, const mine_model *model) {
  if (model == p->whole && !mine_failed(p->env)) mine__pmml_verification(p, model);
  mine__xml_close(&p->x);
}

void mine__pmml_model(mine__pmml *p, const mine_model *model) {
  if (mine_failed(p->env)) return;
  if (model->kind == &mine__kind_trees) mine__pmml_trees(p, model);
  if (model->kind == &mine__kind_linear || model->kind == &mine__kind_hazard)
    mine__pmml_linear(p, model);
  if (model->kind == &mine__kind_bayes) mine__pmml_bayes(p, model);
  if (model->kind == &mine__kind_prototypes) mine__pmml_prototypes(p, model);
  if (model->kind == &mine__kind_medoids) mine__pmml_medoids(p, model);
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
