/*
** pmml_outputs.c -- the Output of a document: what is predicted, and the share of each class.
**
** What the body says is the answer where the model neither calibrates nor has a threshold.  Else
** it is put together from fields of the output, a step each:
**
**   raw(c)          the share of the body
**   odds(c)         ln(raw(c) / the others'), between the ends of the calibration map
**   mapped(c)       Platt's logistic curve, or the isotonic steps as a line through their knots
**   probability(c)  of two classes mapped or 1 minus it; of more over the sum of all
**   predicted(t)    the positive class from the threshold on, or the most probable class
*/
#include <math.h>
#include <string.h>

#include "pmml.h"

/* Opens a field of the output. */
static void pout_field(mine__pmml *p, const char *name, const char *feature, const char *value,
                       const char *type, int final) {
  mine__xml_open(&p->x, "OutputField");
  mine__xml_text(&p->x, "name", name);
  mine__xml_text(&p->x, "optype", strcmp(type, "double") == 0 ? "continuous" : "categorical");
  mine__xml_text(&p->x, "dataType", type);
  mine__xml_text(&p->x, "feature", feature);
  if (value) mine__xml_text(&p->x, "value", value);
  if (!final) mine__xml_text(&p->x, "isFinalResult", "false");
}

/* The field that holds a share of a class: raw(c), mapped(c), probability(c). */
static void pout_share(mine__pmml *p, const mine_model *model, const char *what, int group) {
  mine__pmml_field(p, "FieldRef", mine__pmml_name(p, what, mine__pmml_class(p, model, group)));
}

/* ln of the share of a class over that of all others, kept between the map's ends. */
static void pout_odds(mine__pmml *p, const mine_model *model, const mine_calibration_map *map,
                      int group) {
  mine__pmml_apply(p, "max");
  mine__pmml_constant(p, map->low);
  mine__pmml_apply(p, "min");
  mine__pmml_constant(p, map->high);
  mine__pmml_apply(p, "-");
  mine__pmml_apply(p, "ln");
  pout_share(p, model, "raw", group);
  mine__xml_close(&p->x);
  mine__pmml_apply(p, "ln");
  if (model->n_groups > 2) mine__pmml_apply(p, "sum");
  for (int g = 0; g < model->n_groups; g++)
    if (g != group) pout_share(p, model, "raw", g);
  if (model->n_groups > 2) mine__xml_close(&p->x);
  for (int i = 0; i < 4; i++)
    mine__xml_close(&p->x);
}

/* 1 / (1 + exp(-(slope x + intercept))) */
static void pout_platt(mine__pmml *p, const mine_calibration_map *map, const char *odds) {
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

static void pout_isotonic(mine__pmml *p, const mine_calibration_map *map, const char *odds) {
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
static void pout_mapped(mine__pmml *p, const mine_model *model, const mine_calibration_map *map,
                        int g) {
  const char *class_ = mine__pmml_class(p, model, g), *odds = mine__pmml_name(p, "odds", class_);
  if (map->known) {
    pout_field(p, odds, "transformedValue", NULL, "double", 0);
    pout_odds(p, model, map, g);
    mine__xml_close(&p->x);
  }
  pout_field(p, mine__pmml_name(p, "mapped", class_), "transformedValue", NULL, "double", 0);
  if (!map->known)
    pout_share(p, model, "raw", g);
  else if (model->after.calibration->method == MINE_CALIBRATE_PLATT)
    pout_platt(p, map, odds);
  else
    pout_isotonic(p, map, odds);
  mine__xml_close(&p->x);
}

/* probability(c): of two classes 1 minus the other's or the mapped one; of more the mapped one
** over the sum of all. */
static void pout_probability(mine__pmml *p, const mine_model *model, int g) {
  const char *class_ = mine__pmml_class(p, model, g);
  pout_field(p, mine__pmml_name(p, "probability", class_), "transformedValue", NULL, "double", 1);
  if (model->n_groups == 2 && g == 0) {
    mine__pmml_apply(p, "-");
    mine__pmml_constant(p, 1);
    pout_share(p, model, "mapped", 1);
    mine__xml_close(&p->x);
  } else if (model->n_groups == 2) {
    pout_share(p, model, "mapped", g);
  } else {
    mine__pmml_apply(p, "/");
    pout_share(p, model, "mapped", g);
    mine__pmml_apply(p, "sum");
    for (int c = 0; c < model->n_groups; c++)
      pout_share(p, model, "mapped", c);
    mine__xml_close(&p->x);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

static void pout_class_constant(mine__pmml *p, const mine_model *model, int g) {
  const char *class_ = mine__pmml_class(p, model, g);
  mine__xml_open(&p->x, "Constant");
  mine__xml_text(&p->x, "dataType", mine__pmml_type(&model->groups));
  mine__xml_content(&p->x, class_, strlen(class_));
  mine__xml_close(&p->x);
}

/* The positive class from its threshold on. */
static void pout_thresholded(mine__pmml *p, const mine_model *model) {
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "greaterOrEqual");
  pout_share(p, model, "probability", model->positive);
  mine__pmml_constant(p, model->after.threshold);
  mine__xml_close(&p->x);
  pout_class_constant(p, model, model->positive);
  pout_class_constant(p, model, 1 - model->positive);
  mine__xml_close(&p->x);
}

/* The most probable class from g on, of equals the first. */
static void pout_most_probable(mine__pmml *p, const mine_model *model, int g) {
  if (g + 1 == model->n_groups) {
    pout_class_constant(p, model, g);
    return;
  }
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "greaterOrEqual");
  pout_share(p, model, "probability", g);
  mine__pmml_apply(p, "max");
  for (int c = g; c < model->n_groups; c++)
    pout_share(p, model, "probability", c);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
  pout_class_constant(p, model, g);
  pout_most_probable(p, model, g + 1);
  mine__xml_close(&p->x);
}

static void pout_class_outputs(mine__pmml *p, const mine_model *model) {
  const mine_calibration *c = model->after.calibration;
  const int k = model->n_groups;
  for (int g = 0; g < k; g++) {
    const char *class_ = mine__pmml_class(p, model, g);
    pout_field(p, mine__pmml_name(p, c ? "raw" : "probability", class_), "probability", class_,
               "double", c == NULL);
    mine__xml_close(&p->x);
  }
  for (int g = k == 2 ? 1 : 0; c && g < k; g++)
    pout_mapped(p, model, &c->map[k == 2 ? 0 : g], g);
  for (int g = 0; c && g < k; g++)
    pout_probability(p, model, g);
  const int threshold = !isnan(model->after.threshold), chosen = c || threshold;
  pout_field(p, mine__pmml_name(p, "predicted", p->target),
             chosen ? "transformedValue" : "predictedValue", NULL, mine__pmml_type(&model->groups),
             1);
  if (threshold)
    pout_thresholded(p, model);
  else if (c)
    pout_most_probable(p, model, 0);
  mine__xml_close(&p->x);
}

void mine__pmml_outputs(mine__pmml *p, const mine_model *model) {
  mine__xml_open(&p->x, "Output");
  if (!p->target) {
    pout_field(p, "cluster", "predictedValue", NULL, "string", 1);
    mine__xml_close(&p->x);
    pout_field(p, "distance", "affinity", NULL, "double", 1);
    mine__xml_close(&p->x);
  } else if (mine__model_has_classes(model)) {
    pout_class_outputs(p, model);
  } else {
    pout_field(p, mine__pmml_name(p, "predicted", p->target), "predictedValue", NULL, "double", 1);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}
