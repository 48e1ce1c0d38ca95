/*
** measures.c -- the table of measures.
**
** The area under the ROC curve: Hanley & McNeil, Radiology 143 (1982).  Brier score:
** Brier, Monthly Weather Review 78 (1950).  Silhouette: Rousseeuw, J. Comput. Appl.
** Math. 20 (1987).  How each is computed stands in gauge.c.
*/
#include "measures.h"

#include <stddef.h>
#include <string.h>

#include "../data/dataset.h"

#define CLASSES  MINE_CLASSIFICATION
#define NUMBERS  MINE_REGRESSION
#define CLUSTERS MINE_CLUSTERING
#define FEW      MINE_COMPONENTS
#define GAINS    MINE_UPLIFT
#define BOUGHT   MINE_PURCHASES
#define LIVES    MINE_SURVIVAL
#define OFFERS   MINE_RECOMMENDATION
#define AHEAD    MINE_FORECASTING

const mine_measure mine__measures[] = {
    [MINE_MEASURE_ROWS] = {.name = "rows",
                           .what = "how many were measured",
                           .tasks = CLASSES | NUMBERS | CLUSTERS | GAINS | BOUGHT | LIVES | OFFERS |
                                    AHEAD,
                           .is_count = 1},
    [MINE_MEASURE_ACCURACY] = {.name = "accuracy",
                               .what = "share of rows whose class is predicted",
                               .tasks = CLASSES,
                               .better = 1,
                               .main = 2,
                               .predicted = 1},
    [MINE_MEASURE_BALANCED_ACCURACY] = {.name = "balanced_accuracy",
                                        .what = "mean over the classes of their recall",
                                        .tasks = CLASSES,
                                        .better = 1,
                                        .needs_classes = 1,
                                        .predicted = 1},
    [MINE_MEASURE_AUC] = {.name = "auc",
                          .what = "share of pairs of a positive and another row that the "
                                  "probability puts in order; ties count one half",
                          .tasks = CLASSES,
                          .better = 1,
                          .main = 1,
                          .needs_classes = 1},
    [MINE_MEASURE_LOG_LOSS] = {.name = "log_loss",
                               .what = "mean of -log of the probability of the actual class",
                               .tasks = CLASSES,
                               .better = -1},
    [MINE_MEASURE_BRIER] = {.name = "brier",
                            .what = "mean squared error of the probability; with more than two "
                                    "classes, the mean over them",
                            .tasks = CLASSES,
                            .better = -1},
    [MINE_MEASURE_PRECISION] = {.name = "precision",
                                .what = "share of the rows predicted positive that are; else the "
                                        "mean over the classes",
                                .tasks = CLASSES,
                                .better = 1,
                                .needs_classes = 1,
                                .predicted = 1},
    [MINE_MEASURE_RECALL] = {.name = "recall",
                             .what = "share of the positive rows that are predicted positive; else "
                                     "the mean over the classes",
                             .tasks = CLASSES,
                             .better = 1,
                             .needs_classes = 1,
                             .predicted = 1},
    [MINE_MEASURE_F1] = {.name = "f1",
                         .what = "harmonic mean of precision and recall; else the mean over the "
                                 "classes",
                         .tasks = CLASSES,
                         .better = 1,
                         .needs_classes = 1,
                         .predicted = 1},
    [MINE_MEASURE_GINI] =
        {.name = "gini", .what = "2 auc - 1", .tasks = CLASSES, .better = 1, .needs_classes = 1},
    [MINE_MEASURE_TOP_DECILE_LIFT] = {.name = "top_decile_lift",
                                      .what = "rate of positive rows in the tenth with the highest "
                                              "probability, against the rate in all",
                                      .tasks = CLASSES,
                                      .better = 1,
                                      .needs_classes = 1},
    [MINE_MEASURE_PR_AUC] = {.name = "pr_auc",
                             .what = "average precision: precision at each threshold, weighted by "
                                     "the recall it adds; a model that knows nothing has the rate "
                                     "of positive rows",
                             .tasks = CLASSES,
                             .better = 1,
                             .needs_classes = 1},
    [MINE_MEASURE_KS] = {.name = "ks",
                         .what = "the largest distance between the shares of positive and of other "
                                 "rows from a probability on (Kolmogorov-Smirnov)",
                         .tasks = CLASSES,
                         .better = 1,
                         .needs_classes = 1},
    [MINE_MEASURE_MCC] = {.name = "mcc",
                          .what = "correlation of predicted and actual classes (Matthews), -1 to 1",
                          .tasks = CLASSES,
                          .better = 1,
                          .needs_classes = 1,
                          .predicted = 1},
    [MINE_MEASURE_KAPPA] = {.name = "kappa",
                            .what = "accuracy beyond chance, as a share of what is beyond chance "
                                    "(Cohen)",
                            .tasks = CLASSES,
                            .better = 1,
                            .needs_classes = 1,
                            .predicted = 1},
    [MINE_MEASURE_CALIBRATION_ERROR] = {.name = "calibration_error",
                                        .what =
                                            "mean distance of probability and rate over the ten "
                                            "bins of mine_calibration; with more than two "
                                            "classes, of the predicted one",
                                        .tasks = CLASSES,
                                        .better = -1},
    [MINE_MEASURE_RMSE] = {.name = "rmse",
                           .what = "root of the mean squared error",
                           .tasks = NUMBERS | AHEAD,
                           .better = -1,
                           .main = 4},
    [MINE_MEASURE_MAE] = {.name = "mae",
                          .what = "mean absolute error",
                          .tasks = NUMBERS | AHEAD,
                          .better = -1},
    [MINE_MEASURE_R2] = {.name = "r2",
                         .what = "share of the variance that is explained",
                         .tasks = NUMBERS,
                         .better = 1,
                         .main = 3},
    [MINE_MEASURE_MAPE] = {.name = "mape",
                           .what =
                               "mean of the absolute error as a share of the number (0.1 is ten "
                               "percent); NULL where a number is 0",
                           .tasks = NUMBERS | AHEAD,
                           .better = -1},
    [MINE_MEASURE_MEDIAN_ABSOLUTE_ERROR] = {.name = "median_absolute_error",
                                            .what = "half of the rows have a smaller error",
                                            .tasks = NUMBERS,
                                            .better = -1},
    [MINE_MEASURE_PINBALL] = {.name = "pinball",
                              .what = "mean error, weighted by alpha above and 1 - alpha below, of "
                                      "the quantile that the model answers (objective=quantile); "
                                      "else half of mae",
                              .tasks = NUMBERS,
                              .better = -1},
    [MINE_MEASURE_INERTIA] = {.name = "inertia",
                              .what = "sum of squared distances to the nearest centre",
                              .tasks = CLUSTERS,
                              .better = -1,
                              .main = 5},
    [MINE_MEASURE_COST] = {.name = "cost",
                           .what = "sum of distances to the nearest medoid",
                           .tasks = CLUSTERS,
                           .better = -1,
                           .main = 6},
    [MINE_MEASURE_SILHOUETTE] = {.name = "silhouette",
                                 .what =
                                     "how much nearer rows are to their own cluster than to the "
                                     "next one: -1 to 1 (of a sample of many rows: training "
                                     "5,000, mine_evaluate 20,000)",
                                 .tasks = CLUSTERS,
                                 .better = 1},
    [MINE_MEASURE_LOG_LIKELIHOOD] = {.name = "log_likelihood",
                                     .what = "sum over the rows of the logarithm of their density, "
                                             "of scaled columns",
                                     .tasks = CLUSTERS,
                                     .better = 1},
    [MINE_MEASURE_BIC] = {.name = "bic",
                          .what =
                              "-2 log_likelihood, and ln(rows) for each number that was learned "
                              "(Schwarz)",
                          .tasks = CLUSTERS,
                          .better = -1,
                          .main = 7},
    [MINE_MEASURE_AIC] = {.name = "aic",
                          .what = "-2 log_likelihood, and 2 for each number that was learned "
                                  "(Akaike)",
                          .tasks = CLUSTERS,
                          .better = -1},
    [MINE_MEASURE_SILHOUETTE_ROWS] = {.name = "silhouette_rows",
                                      .what = "how many rows the silhouette was measured on",
                                      .tasks = CLUSTERS,
                                      .is_count = 1},
    [MINE_MEASURE_CALINSKI_HARABASZ] = {.name = "calinski_harabasz",
                                        .what = "how much farther clusters lie apart than rows lie "
                                                "in them: a ratio of variances",
                                        .tasks = CLUSTERS,
                                        .better = 1},
    [MINE_MEASURE_DAVIES_BOULDIN] = {.name = "davies_bouldin",
                                     .what =
                                         "how wide clusters are beside the distance to the next "
                                         "one, on average",
                                     .tasks = CLUSTERS,
                                     .better = -1},
    [MINE_MEASURE_NOISE_SHARE] = {.name = "noise_share",
                                  .what = "share of the rows that are in no cluster",
                                  .tasks = CLUSTERS},
    [MINE_MEASURE_LABELLED_ROWS] = {.name = "labelled_rows",
                                    .what = "how many rows have a value in the column label=",
                                    .tasks = CLUSTERS,
                                    .is_count = 1},
    [MINE_MEASURE_ADJUSTED_RAND] = {.name = "adjusted_rand",
                                    .what = "pairs of rows on which clusters and labels agree, "
                                            "beyond chance: 1 the same, about 0 by chance",
                                    .tasks = CLUSTERS,
                                    .better = 1},
    [MINE_MEASURE_ADJUSTED_MUTUAL_INFO] = {.name = "adjusted_mutual_info",
                                           .what = "what clusters and labels tell of each other, "
                                                   "beyond chance: 1 everything",
                                           .tasks = CLUSTERS,
                                           .better = 1},
    [MINE_MEASURE_HOMOGENEITY] = {.name = "homogeneity",
                                  .what = "1 where each cluster holds rows of one label only",
                                  .tasks = CLUSTERS,
                                  .better = 1},
    [MINE_MEASURE_COMPLETENESS] = {.name = "completeness",
                                   .what = "1 where the rows of a label are in one cluster",
                                   .tasks = CLUSTERS,
                                   .better = 1},
    [MINE_MEASURE_V_MEASURE] = {.name = "v_measure",
                                .what = "harmonic mean of homogeneity and completeness",
                                .tasks = CLUSTERS,
                                .better = 1},
    [MINE_MEASURE_PURITY] = {.name = "purity",
                             .what = "share of the rows whose label is the most frequent one of "
                                     "their cluster",
                             .tasks = CLUSTERS,
                             .better = 1},
    [MINE_MEASURE_K] = {.name = "k",
                        .what = "number of clusters",
                        .tasks = CLUSTERS,
                        .is_count = 1},
    [MINE_MEASURE_ITERATIONS] = {.name = "iterations",
                                 .what = "steps until nothing moved",
                                 .tasks = CLUSTERS,
                                 .is_count = 1},
    [MINE_MEASURE_COMPONENTS] = {.name = "components",
                                 .what = "number of components, or of factors",
                                 .tasks = FEW,
                                 .is_count = 1},
    [MINE_MEASURE_VARIANCE_SHARE] = {.name = "variance_share",
                                     .what = "share of the variance of all features that they hold",
                                     .tasks = FEW,
                                     .better = 1,
                                     .main = 8},
    [MINE_MEASURE_KMO] = {.name = "kmo",
                          .what =
                              "Kaiser, Meyer and Olkin's measure of sampling adequacy: how much "
                              "of the correlations is shared by more than two features (below "
                              "0.5: too little for factors); NULL where one feature follows "
                              "from others",
                          .tasks = FEW,
                          .better = 1},
    [MINE_MEASURE_BARTLETT_CHI2] = {.name = "bartlett_chi2",
                                    .what = "Bartlett's test of sphericity: the statistic",
                                    .tasks = FEW},
    [MINE_MEASURE_BARTLETT_DF] = {.name = "bartlett_df",
                                  .what = "... its degrees of freedom",
                                  .tasks = FEW,
                                  .is_count = 1},
    [MINE_MEASURE_BARTLETT_P_VALUE] = {.name = "bartlett_p_value",
                                       .what =
                                           "... the chance of such a statistic, or a larger one, "
                                           "if no two features were correlated",
                                       .tasks = FEW},
    [MINE_MEASURE_EFFECT] = {.name = "effect",
                             .what = "mean target of treated rows less that of the others",
                             .tasks = GAINS},
    [MINE_MEASURE_QINI] = {.name = "qini",
                           .what =
                               "area between the Qini curve and that of treating at random, as a "
                               "share of what knowing the outcomes would give: 0 random, 1 most",
                           .tasks = GAINS,
                           .better = 1,
                           .main = 15},
    [MINE_MEASURE_AUUC] = {.name = "auuc",
                           .what = "area under the uplift curve: what treating the best share of "
                                   "the rows brings, for each row there is, on average over all "
                                   "shares; half of the effect is random",
                           .tasks = GAINS,
                           .better = 1},
    [MINE_MEASURE_RMSR] = {.name = "rmsr",
                           .what = "root of the mean square of what the factors leave of the "
                                   "correlations",
                           .tasks = FEW,
                           .better = -1},
    [MINE_MEASURE_CHI2] = {.name = "chi2",
                           .what = "test whether the factors are enough (maximum likelihood): the "
                                   "statistic",
                           .tasks = FEW},
    [MINE_MEASURE_DF] = {.name = "df",
                         .what = "... its degrees of freedom",
                         .tasks = FEW,
                         .is_count = 1},
    [MINE_MEASURE_P_VALUE] = {.name = "p_value",
                              .what =
                                  "... the chance of such a statistic, or a larger one, if they "
                                  "were",
                              .tasks = FEW},
    [MINE_MEASURE_ACTUAL] = {.name = "actual",
                             .what = "purchases in the time held out",
                             .tasks = BOUGHT},
    [MINE_MEASURE_EXPECTED] = {.name = "expected",
                               .what = "purchases expected in the time held out by a fit of the "
                                       "time before",
                               .tasks = BOUGHT},
    [MINE_MEASURE_CONCORDANCE] = {.name = "concordance",
                                  .what =
                                      "share of pairs of rows, of which one is known to have "
                                      "the event first, that the model puts in order (Harrell); "
                                      "ties count one half; of training in the rows learned "
                                      "from",
                                  .tasks = LIVES,
                                  .better = 1,
                                  .main = 9},
    [MINE_MEASURE_EVENTS] = {.name = "events",
                             .what = "in how many of them the event came",
                             .tasks = LIVES,
                             .is_count = 1},
    [MINE_MEASURE_LOG_PARTIAL_LIKELIHOOD] =
        {.name = "log_partial_likelihood",
         .what = "sum over the events of the logarithm of the chance that it is this one of those "
                 "at risk who has it (Cox; Efron's ties)",
         .tasks = LIVES,
         .better = 1},
    [MINE_MEASURE_INTEGRATED_BRIER] =
        {.name = "integrated_brier",
         .what = "mean over the time from the first event to the last of the squared error of "
                 "survival, weighted for those lost from sight (Graf); NULL with late entry",
         .tasks = LIVES,
         .better = -1},
    [MINE_MEASURE_BRIER_SKILL] =
        {.name = "brier_skill",
         .what = "the share of that error that a curve which is the same for all rows has and the "
                 "model has not: 0 no better, 1 none left",
         .tasks = LIVES,
         .better = 1},
    [MINE_MEASURE_BRIER_AT] = {.name = "brier@t",
                               .what = "the squared error at the time t, of those in times=",
                               .tasks = LIVES,
                               .better = -1},
    [MINE_MEASURE_PRECISION_AT] =
        {.name = "precision@10",
         .what = "share of the first 10 offers that the customer took afterwards",
         .tasks = OFFERS,
         .better = 1},
    [MINE_MEASURE_RECALL_AT] =
        {.name = "recall@10",
         .what = "share of what the customer took afterwards that is among the first 10 offers",
         .tasks = OFFERS,
         .better = 1,
         .main = 16},
    [MINE_MEASURE_NDCG_AT] =
        {.name = "ndcg@10",
         .what = "the same with hits counted the less the lower they stand, 1: all at the top",
         .tasks = OFFERS,
         .better = 1},
    [MINE_MEASURE_MAP_AT] = {.name = "map@10",
                             .what = "mean of the precision at each hit among the first 10 offers",
                             .tasks = OFFERS,
                             .better = 1},
    [MINE_MEASURE_HIT_AT] = {.name = "hit@10",
                             .what =
                                 "share of customers who took one of the first 10 offers at least",
                             .tasks = OFFERS,
                             .better = 1},
    [MINE_MEASURE_REPEAT_RECALL_AT] = {.name = "repeat_recall@10",
                                       .what = "recall@10 of what the customer had taken before",
                                       .tasks = OFFERS,
                                       .better = 1},
    [MINE_MEASURE_NEW_RECALL_AT] = {.name = "new_recall@10",
                                    .what = "recall@10 of what the customer had not taken before",
                                    .tasks = OFFERS,
                                    .better = 1},
    [MINE_MEASURE_REPEAT_SHARE] =
        {.name = "repeat_share",
         .what = "share of what was taken afterwards that the customer had taken before",
         .tasks = OFFERS},
    [MINE_MEASURE_COVERAGE] = {.name = "coverage",
                               .what = "share of all items that is offered to anybody",
                               .tasks = OFFERS},
    [MINE_MEASURE_NOVELTY] =
        {.name = "novelty",
         .what = "mean of -log2 of the share of customers who had taken what is offered",
         .tasks = OFFERS},
    [MINE_MEASURE_SMAPE] = {.name = "smape",
                            .what = "mean of the absolute error over half the sum of the sizes of "
                                    "value and forecast, 0 to 2 (0.1 is ten percent)",
                            .tasks = AHEAD,
                            .better = -1},
    [MINE_MEASURE_MASE] = {.name = "mase",
                           .what = "mean absolute error over that of the value one season before "
                                   "(without a season one step) up to the origin; 1 is no better",
                           .tasks = AHEAD,
                           .better = -1},
    [MINE_MEASURE_BIAS] = {.name = "bias",
                           .what = "mean of value less forecast: above 0 it foretells too little",
                           .tasks = AHEAD},
    [MINE_MEASURE_COVERED] = {.name = "covered",
                              .what = "share of values between low and high, which level says",
                              .tasks = AHEAD},
    {.name = NULL},
};

const mine_measure *mine__measure_find(const char *name) {
  for (const mine_measure *m = mine__measures; m->name; m++) {
    if (strcmp(m->name, name) == 0) return m;
  }
  return NULL;
}
