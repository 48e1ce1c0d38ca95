/*
** pmml_read.h -- models from PMML 4.x of other tools: trees and their sums and means, regressions,
** centres.
**
** The document is a stranger's.  What it says is put together as a model, and that goes through its
** bytes and the loader, as any stranger's model does.  What is not covered is refused with its
** place: nothing is left out in silence.
**
**   fields       active fields become attributes, under their names.  A continuous field is a
**                number; a categorical one has the values that the document names
**   missing      missingValueReplacement takes part in what is made of the field; returnInvalid is
**                missing=error.  Where the document leaves a missing value without an answer the
**                model is one of missing=skip
**   invalid      returnInvalid (the default) is unknown=error, asMissing is what models here do
**   derived      fields that are linear in one field (x - mean) / deviation, the indicator of a
**                level, or `float` of a field in a tree
*/
#ifndef MINE_MODEL_PMML_READ_H
#define MINE_MODEL_PMML_READ_H

#include "../core/xml.h"
#include "model.h"

typedef struct mine__pin_field {
  const char *name;
  const mine__element *data; /* its DataField */
  int categorical, feature;  /* feature -1: the target, or not active */
  mine_dictionary values;    /* categorical: as they came             */
  const char *replacement;   /* of missing values, or NULL            */
} mine__pin_field;

/* a x + b of a number; of a category a where it is `level`, and b more; of a missing value
** `missing`, NAN: there is nothing to be said. */
typedef struct mine__pin_term {
  int feature;
  int64_t level; /* -1: a number */
  int narrow;    /* the number is rounded to float first */
  double a, b, missing;
} mine__pin_term;

typedef struct mine__pin {
  mine_env *env;
  mine_model *model;
  mine_arena *arena; /* the model's */
  const mine__element *root, *top;
  int n_fields;
  mine__pin_field *field;
  const char *target;
  int skips; /* a missing value has no answer */
} mine__pin;

/* The model of a document; NULL: failure recorded. */
mine_model *mine__pmml_read(mine_env *env, const char *text);

/* A row of the document's ModelVerification, in terms of the model; shares: how many of its
** classes have one. */
typedef struct mine__pin_row {
  mine_cell *cell; /* n_features */
  double *share;   /* n_groups   */
  mine_cell group;
  double value;
  int shares, has_group, has_value;
} mine__pin_row;
typedef void mine__pin_answer(void *context, const mine__pin_row *row, double precision);
/* All of them (pmml_read_rows.c). */
void mine__pmml_rows(mine_env *env, const char *text, const mine_model *model,
                     mine__pin_answer *answer, void *context);

/* Before the body: the fields; those that are asked as attributes, with their treatments; the
** classes, or the number, that is said (pmml_read_fields.c). */
void mine__pin_dictionary(mine__pin *pin);
void mine__pin_schema(mine__pin *pin);
void mine__pin_target(mine__pin *pin);
/* What is made of the top element: the body. */
void mine__pin_trees(mine__pin *pin);
void mine__pin_regression(mine__pin *pin);
void mine__pin_general(mine__pin *pin);
void mine__pin_centres(mine__pin *pin);

/* Record what is not covered, or wrong, with the element's place. */
void mine__pin_refuse(const mine__pin *pin, const mine__element *at, const char *problem);
void mine__pin_refuse_value(const mine__pin *pin, const mine__element *at, const char *problem,
                            const char *value);
/* Attributes that must be there. */
const char *mine__pin_text(const mine__pin *pin, const mine__element *at, const char *name);
double mine__pin_real(const mine__pin *pin, const mine__element *at, const char *name);
/* A number in a text that stands in the element. */
double mine__pin_number(const mine__pin *pin, const mine__element *at, const char *text);
/* As mine__pin_real; not there: `otherwise`. */
double mine__pin_real_or(const mine__pin *pin, const mine__element *at, const char *name,
                         double otherwise);
/* Whether the attribute has that value; not there: as if it had `otherwise`. */
int mine__pin_is(const mine__element *at, const char *name, const char *value,
                 const char *otherwise);
/* The first element inside that is no Extension, or NULL. */
const mine__element *mine__pin_inside(const mine__element *at);
/* The number of a list of reals, `Array`; n of them. */
double *mine__pin_reals(const mine__pin *pin, const mine__element *array, int64_t n);
/* The next value of an Array at *text; NULL: no more.  In scratch memory. */
const char *mine__pin_next(const mine__pin *pin, const char **text);

/* An active field by its name; NULL: failure recorded. */
const mine__pin_field *mine__pin_find(const mine__pin *pin, const mine__element *at,
                                      const char *name);
/* The code of a value of a category, sorted; -1: it has no such value. */
int64_t mine__pin_level(const mine__pin *pin, const mine__pin_field *field, const char *value);
/* The class of that name, from 0; -1: there is none. */
int mine__pin_class(const mine__pin *pin, const char *value);
/* What a field of that name is, active or derived (pmml_read_derived.c). */
mine__pin_term mine__pin_named(const mine__pin *pin, const mine__element *at, const char *name);

#endif
