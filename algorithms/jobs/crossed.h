/*
** crossed.h -- cross-fitting: what is learned from answers to rows that the answering model has
** not seen.
**
** Every row is answered by a model of the other folds; what these answers teach (the map of a
** calibration, the residuals of intervals) goes into a model of all rows.
*/
#ifndef MINE_JOBS_CROSSED_H
#define MINE_JOBS_CROSSED_H

#include "prepared.h"

/* Answers out of fold to the rows, uncalibrated; rows without an answer are left out, and
** nothing is measured.  Folds are those of mine__prepared_folds: by hash, whole groups, or time,
** where the first stretch has no answer.  In arena. */
mine_status mine__crossed(mine_env *env, const mine_prepared *prepared, const mine_method *method,
                          mine_rows rows, const char *what, mine_arena *arena,
                          mine_measured *out) MINE_MUST_CHECK;

/* Learn the map from answers to rows not seen and put it into the model, and say so there. */
mine_status mine__calibrate(mine_env *env, const mine_prepared *prepared, mine_calibrate how,
                            const mine_measured *unseen, mine_model *model) MINE_MUST_CHECK;
/* The same from answers out of fold to the rows the model was fitted on; a failure frees it. */
mine_status mine__calibrate_crossed(mine_env *env, const mine_prepared *prepared,
                                    const mine_method *method, mine_rows rows,
                                    mine_trained *trained) MINE_MUST_CHECK;

/* Keep the residuals of rows not seen in the model, and say so there; too few are none. */
mine_status mine__keep_interval(mine_env *env, const mine_measured *unseen, int crossed,
                                mine_model *model) MINE_MUST_CHECK;

#endif
