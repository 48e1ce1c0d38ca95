/*
** measures.h -- the measures there are: one table, read by whoever computes,
** prints, compares or documents them.
**
** A measure has a direction, so that a search over options or a stopping rule knows
** which of two values is better.
*/
#ifndef MINE_MODEL_MEASURES_H
#define MINE_MODEL_MEASURES_H

/* The rows of mine__measures, in the order in which they are told. */
typedef enum mine_measure_id {
  MINE_MEASURE_ROWS,
  MINE_MEASURE_ACCURACY,
  MINE_MEASURE_BALANCED_ACCURACY,
  MINE_MEASURE_AUC,
  MINE_MEASURE_LOG_LOSS,
  MINE_MEASURE_BRIER,
  MINE_MEASURE_PRECISION,
  MINE_MEASURE_RECALL,
  MINE_MEASURE_F1,
  MINE_MEASURE_GINI,
  MINE_MEASURE_TOP_DECILE_LIFT,
  MINE_MEASURE_PR_AUC,
  MINE_MEASURE_KS,
  MINE_MEASURE_MCC,
  MINE_MEASURE_KAPPA,
  MINE_MEASURE_CALIBRATION_ERROR,
  MINE_MEASURE_RMSE,
  MINE_MEASURE_MAE,
  MINE_MEASURE_R2,
  MINE_MEASURE_MAPE,
  MINE_MEASURE_MEDIAN_ABSOLUTE_ERROR,
  MINE_MEASURE_PINBALL,
  MINE_MEASURE_INERTIA,
  MINE_MEASURE_COST,
  MINE_MEASURE_SILHOUETTE,
  MINE_MEASURE_LOG_LIKELIHOOD,
  MINE_MEASURE_BIC,
  MINE_MEASURE_AIC,
  MINE_MEASURE_SILHOUETTE_ROWS,
  MINE_MEASURE_CALINSKI_HARABASZ,
  MINE_MEASURE_DAVIES_BOULDIN,
  MINE_MEASURE_NOISE_SHARE,
  MINE_MEASURE_LABELLED_ROWS,
  MINE_MEASURE_ADJUSTED_RAND,
  MINE_MEASURE_ADJUSTED_MUTUAL_INFO,
  MINE_MEASURE_HOMOGENEITY,
  MINE_MEASURE_COMPLETENESS,
  MINE_MEASURE_V_MEASURE,
  MINE_MEASURE_PURITY,
  MINE_MEASURE_K,
  MINE_MEASURE_ITERATIONS,
  MINE_MEASURE_COMPONENTS,
  MINE_MEASURE_VARIANCE_SHARE,
  MINE_MEASURE_KMO,
  MINE_MEASURE_BARTLETT_CHI2,
  MINE_MEASURE_BARTLETT_DF,
  MINE_MEASURE_BARTLETT_P_VALUE,
  MINE_MEASURE_EFFECT,
  MINE_MEASURE_QINI,
  MINE_MEASURE_AUUC,
  MINE_MEASURE_RMSR,
  MINE_MEASURE_CHI2,
  MINE_MEASURE_DF,
  MINE_MEASURE_P_VALUE,
  MINE_MEASURE_ACTUAL,
  MINE_MEASURE_EXPECTED,
  MINE_MEASURE_CONCORDANCE,
  MINE_MEASURE_EVENTS,
  MINE_MEASURE_LOG_PARTIAL_LIKELIHOOD,
  MINE_MEASURE_INTEGRATED_BRIER,
  MINE_MEASURE_BRIER_SKILL,
  MINE_MEASURE_BRIER_AT,
  MINE_MEASURE_PRECISION_AT,
  MINE_MEASURE_RECALL_AT,
  MINE_MEASURE_NDCG_AT,
  MINE_MEASURE_MAP_AT,
  MINE_MEASURE_HIT_AT,
  MINE_MEASURE_REPEAT_RECALL_AT,
  MINE_MEASURE_NEW_RECALL_AT,
  MINE_MEASURE_REPEAT_SHARE,
  MINE_MEASURE_COVERAGE,
  MINE_MEASURE_NOVELTY,
  MINE_MEASURE_SMAPE,
  MINE_MEASURE_MASE,
  MINE_MEASURE_BIAS,
  MINE_MEASURE_COVERED
} mine_measure_id;

typedef struct mine_measure {
  const char *name;
  const char *what;  /* one line, lower case, no full stop                             */
  unsigned tasks;    /* mine_task_kind bits                                            */
  int better;        /* 1 = the larger, -1 = the smaller, 0 = neither                  */
  int main;          /* what a person asks for first has 1, then 2 ...; 0 = never      */
  int is_count;      /* comes out as an integer                                        */
  int needs_classes; /* says nothing when a class has hardly any rows                  */
  int predicted;     /* is of the classes predicted: another threshold makes it another */
} mine_measure;

extern const mine_measure mine__measures[]; /* ends with a NULL name */

/* By name, also one that another version computed: NULL = not one of ours. */
const mine_measure *mine__measure_find(const char *name);

#endif
