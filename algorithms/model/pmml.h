/*
** pmml.h -- a model as PMML 4.4 (Data Mining Group), for other people's scoring engines.
**
** What is the same for every kind: the fields with their levels, what is done with missing values
** and levels never seen (pmml.c), the outputs (pmml_outputs.c), and the rows that verify the model
** (pmml_verification.c).  Each kind writes the rest in a file of its own, between mine__pmml_head
** and mine__pmml_tail.
**
** A field holds what the model reads: numbers are doubles, a category is a string (integers or
** doubles where all its levels are), a date is its days since 1970-01-01.  A level never seen is
** an invalid value and is treated as missing, as the model does; kinds that tell the two apart
** read the value as it is.  With missing=skip or missing=error a missing value is refused.
**
** The outputs are `predicted(target)` and `probability(class)`, after the threshold and the
** calibration; of clusters `cluster` and `distance`.
*/
#ifndef MINE_MODEL_PMML_H
#define MINE_MODEL_PMML_H

#include "../core/xml.h"
#include "model.h"
#include "proof.h"

typedef struct mine__pmml {
  mine_env *env;
  mine__xml x;
  const mine_model *whole; /* the outermost model: of the others no outputs are written */
  const mine_writing *how;
  const char *target; /* NULL: clusters */
} mine__pmml;

/* Any model: what stands as the document's model or in a segment. */
void mine__pmml_model(mine__pmml *p, const mine_model *model);
/* By kind. */
void mine__pmml_trees(mine__pmml *p, const mine_model *model);
void mine__pmml_linear(mine__pmml *p, const mine_model *model);
void mine__pmml_bayes(mine__pmml *p, const mine_model *model);
void mine__pmml_prototypes(mine__pmml *p, const mine_model *model);
void mine__pmml_medoids(mine__pmml *p, const mine_model *model);
void mine__pmml_network(mine__pmml *p, const mine_model *model);
void mine__pmml_ensemble(mine__pmml *p, const mine_model *model);

/* Begin a model element: its function, its algorithm. */
void mine__pmml_open(mine__pmml *p, const char *element, const mine_model *model);
/* The schema, and the outermost model's outputs; before it the element's attributes. */
void mine__pmml_head(mine__pmml *p, const mine_model *model);
/* The outermost model's verification, and the end of the element. */
void mine__pmml_tail(mine__pmml *p, const mine_model *model);
/* Of the outermost model. */
void mine__pmml_outputs(mine__pmml *p, const mine_model *model);
void mine__pmml_verification(mine__pmml *p, const mine_model *model);
/* The schema of a part of a model: its attributes (not where `used` is 0; NULL: all), its target
** or not. */
void mine__pmml_schema(mine__pmml *p, const mine_model *model, const uint8_t *used, int target);

/* The type of a category's levels, as fields and as arrays name it. */
const char *mine__pmml_type(const mine_values *levels);
const char *mine__pmml_array_type(const mine_values *levels);
/* An element <name field="..." .../> without content, and often used expressions. */
void mine__pmml_field(mine__pmml *p, const char *element, const char *field);
void mine__pmml_constant(mine__pmml *p, double value);
void mine__pmml_apply(mine__pmml *p, const char *function); /* opens */
void mine__pmml_derived(mine__pmml *p, const char *name);   /* opens a continuous field */
/* "missing(age)", in scratch memory; "" after a failure. */
const char *mine__pmml_name(mine__pmml *p, const char *what, const char *of);
/* The name of a class as text, in scratch memory. */
const char *mine__pmml_class(mine__pmml *p, const mine_model *model, int group);
/* What a category says: says[level * step] of its levels, and of one that is missing or was never
** seen. */
void mine__pmml_map(mine__pmml *p, const mine_feature *about, const double *says, int64_t step,
                    double missing, double unknown);
/* `says` of one level, 0 of the others, `fill` of what is missing. */
void mine__pmml_map_one(mine__pmml *p, const mine_feature *about, int64_t level, double says,
                        double fill);
/* Whether it tells a level never seen from a missing one: then fields are read as they are. */
int mine__pmml_apart(const mine_model *model);
/* Numbers in one element. */
void mine__pmml_reals(mine__pmml *p, const double *v, int64_t n);

#endif
