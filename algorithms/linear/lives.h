/*
** lives.h -- what cox and weibull share: what they check, strata apart from attributes, and the
** way from a solution to a model.
*/
#ifndef MINE_LINEAR_LIVES_H
#define MINE_LINEAR_LIVES_H

#include "../model/hazard.h"
#include "cox.h"

/* The data without what is no column of a regression: `without` is `data`, but that its strata
** are a number that does not vary; the design of it, without collinear columns.  Errors: nobody
** had the event, too few rows, no attribute left. */
mine_status mine__lives_design(mine_env *env, const mine_dataset *data, const mine_list *reference,
                               mine_model *model, mine_dataset *without,
                               linear_design *design) MINE_MUST_CHECK;
/* How many levels the strata have; 1 without. */
int64_t mine__lives_strata(const mine_dataset *data);

/* The inverse of an information (p x p, both triangles), in place; 0: it has none. */
int mine__lives_invert(mine_linalg la, int64_t p, double *information, double *work);
/* Standard errors in the units of the data from a covariance (p x p, p >= q) of q coefficients in
** those of the design; dropped[j]: no coefficient. */
void mine__lives_errors(const linear_design *design, const double *covariance, int64_t p,
                        const uint8_t *dropped, double *errors);
/* A hazard of these coefficients (in the units of the design), as the model's body. */
mine_hazard *mine__lives_body(const linear_design *design, const mine_dataset *data,
                              const double *b, const double *errors, mine_model *model);
/* "log_likelihood", the test against no attribute, "aic" in the report; loss is - log
** likelihood. */
void mine__lives_tell(mine_model *model, double loss, double none, int64_t df, int64_t parameters);
/* The name of coefficient j (from 1): "age", "plan=gold". */
void mine__lives_name(const linear_design *design, int64_t j, mine_text *to);
/* Warn of coefficients without an end. */
void mine__lives_tell_endless(const linear_design *design, const uint8_t *infinite,
                              mine_model *model);

#endif
