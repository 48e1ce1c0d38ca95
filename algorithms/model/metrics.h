/*
** metrics.h -- how good predictions are: the measures of mine_evaluate.
**
** Classification (probability: n x n_classes): rows, accuracy,
** balanced_accuracy, log_loss; with a positive class of two also auc (ties
** count one half), brier, precision, recall, f1, gini (2 auc - 1),
** top_decile_lift; with more classes macro precision, recall, f1 and brier as
** the mean squared error over classes.  Regression: rows, rmse, mae, r2.
** An undefined measure is NAN.
*/
#ifndef MINE_MODEL_METRICS_H
#define MINE_MODEL_METRICS_H

#include "model.h"

#define MINE_MAX_METRICS 16

/* Fill metric[] and return how many; scratch memory from arena. weight may be
** NULL.  label < 0 rows must have been removed by the caller. */
int mine_metrics_classification(mine_arena *arena, int64_t n, int n_classes, int positive,
                                const int32_t *label, const double *probability,
                                const double *weight, mine_metric *metric);
int mine_metrics_regression(int64_t n, const double *target, const double *value,
                            const double *weight, mine_metric *metric);
/* The class a probability row predicts: the largest, ties to the first. */
int mine_metrics_argmax(const double *probability, int n_classes);

/* The area under the ROC curve of one score against labels 0 and 1 (ties count
** one half); NAN when there is only one of them. */
double mine_metrics_auc(mine_arena *arena, int64_t n, const int32_t *is_positive,
                        const double *score, const double *weight);

/* (metric, value) and (actual, predicted, rows); counts: classes x classes,
** row = actual.  All pairs are listed, zeros too. */
mine_status mine_metrics_relation(mine_env *env, const mine_metric *metric, int n,
                                  mine_relation **out);
mine_status mine_confusion_relation(mine_env *env, const mine_values *classes,
                                    const int64_t *counts, mine_relation **out);

#endif
