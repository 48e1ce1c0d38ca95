/*
** metrics.h -- how good predictions are: the measures of mine_evaluate, which
** measures.h lists.
**
** With a positive class of two, precision, recall, f1 and brier are of that class, and
** there are auc, gini, top_decile_lift, pr_auc and ks; with more classes they are macro
** averages, and brier is the mean over the classes.  An undefined measure is NAN.
*/
#ifndef MINE_MODEL_METRICS_H
#define MINE_MODEL_METRICS_H

#include "gauge.h"
#include "measures.h"
#include "resample.h"

/* Fill metric[MINE_MAX_METRICS] and return how many; scratch memory from arena.  label < 0 rows
** must have been removed by the caller.  0: failure recorded in the arena's environment. */
int mine__metrics_of(mine_arena *arena, const mine_gauged *rows, mine_metric *metric);
int mine__metrics_classification(mine_arena *arena, int64_t n, int n_classes, int positive,
                                 const int32_t *label, const double *probability,
                                 const double *weight, mine_metric *metric);
int mine__metrics_regression(mine_arena *arena, int64_t n, const double *target,
                             const double *value, const double *weight, double quantile,
                             mine_metric *metric);
/* What a row adds to the log loss that gave its actual class the probability p: bounded,
** as scikit-learn bounds it, so that one certain mistake is not infinite. */
double mine__metrics_surprise(double p);
/* The class a probability row predicts: the largest, ties to the first. */
int mine__metrics_argmax(const double *probability, int n_classes);
/* The class a row predicts with a threshold; NAN: the largest. */
int mine__metrics_choose(const double *probability, int n_classes, int positive, double threshold);
/* Logarithms, up to a constant, become shares: exp of each over the sum.  The largest is
** taken out first, so that nothing overflows and a row far from all classes has shares. */
void mine__metrics_shares(double *log, int n);
/* The log-odds of the second of two classes become the shares of both, each from the smaller
** one, so that neither loses its digits. */
void mine__metrics_logit(double margin, double share[2]);

/* The area under the ROC curve of one score against labels 0 and 1 (ties count
** one half); NAN when there is only one of them. */
double mine__metrics_auc(mine_arena *arena, int64_t n, const int32_t *is_positive,
                         const double *score, const double *weight);

/* The measure a person asks for first, of those that are defined; NULL: none. */
const mine_metric *mine__metrics_main(const mine_metric *metric, int n);

/* Fewer rows than this, of a class or in all, do not carry a measure of it. */
#define MINE_METRICS_LEAST 10
/* What too few rows do not carry becomes NAN: of classes the measures that need each of them,
** of numbers all but counts. */
void mine__metrics_withhold(mine_metric *metric, int n, int classes);
/* The one of that name, whatever its case; NULL: there is none. */
const mine_metric *mine__metric_find(const mine_metric *metric, int n, const char *name);

/* The rows of mine_evaluate and mine_confusion.  bounds NULL: low and high are; slice NULL: of all
** rows.  counts: classes x
** classes, row = actual; all pairs are listed, zeros too. */
void mine__metrics_list(const mine_metric *metric, int n, const mine_bounds *bounds,
                        const mine_cell *slice, mine_relation *to);
void mine__confusion_list(const mine_values *classes, const int64_t *counts, mine_relation *to);
/* mine_confusion of the held-out rows with a threshold; NAN: the larger share. */
void mine__held_confusion(mine_env *env, const mine_model *model, double threshold,
                          mine_relation *to);
/* The sentence for a model whose groups are no classes. */
mine_status mine__confusion_refuse(mine_env *env, const mine_model *model);

#endif
