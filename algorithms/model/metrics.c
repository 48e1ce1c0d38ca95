/*
** metrics.c -- what a row predicts, and which measures of many say something; how they are
** computed stands in gauge.c.
*/
#include "metrics.h"

#include <float.h>
#include <math.h>
#include <string.h>

int mine__metrics_argmax(const double *probability, int n_classes) {
  int best = 0;
  for (int c = 1; c < n_classes; c++) {
    if (probability[c] > probability[best]) best = c;
  }
  return best;
}

/* Relative to the largest: it becomes 1, so the total is at least 1 and nothing overflows,
** however far apart the logarithms are. */
void mine__metrics_shares(double *log, int n) {
  double most = log[0], total = 0;
  for (int c = 1; c < n; c++)
    if (log[c] > most) most = log[c];
  for (int c = 0; c < n; c++)
    total += log[c] = exp(log[c] - most);
  for (int c = 0; c < n; c++)
    log[c] /= total;
}

void mine__metrics_logit(double margin, double share[2]) {
  const double less = exp(-fabs(margin)), small = less / (1 + less);
  share[0] = margin < 0 ? 1 / (1 + less) : small;
  share[1] = margin < 0 ? small : 1 / (1 + less);
  if (isnan(margin)) share[0] = share[1] = NAN;
}

/* What was said to be impossible and happened costs about 36, not infinity: one such row
** must not decide the mean of all. */
double mine__metrics_surprise(double p) {
  return -log(fmin(fmax(p, DBL_EPSILON), 1 - DBL_EPSILON));
}

int mine__metrics_choose(const double *probability, int n_classes, int positive, double threshold) {
  if (isnan(threshold)) return mine__metrics_argmax(probability, n_classes);
  return probability[positive] >= threshold ? positive : 1 - positive;
}

int mine__metrics_classification(mine_arena *arena, int64_t n, int n_classes, int positive,
                                 const int32_t *label, const double *probability,
                                 const double *weight, mine_metric *metric) {
  const mine_gauged rows = {.n = n,
                            .n_classes = n_classes,
                            .positive = positive,
                            .threshold = NAN,
                            .label = label,
                            .score = probability,
                            .weight = weight};
  return mine__metrics_of(arena, &rows, metric);
}

int mine__metrics_regression(mine_arena *arena, int64_t n, const double *target,
                             const double *value, const double *weight, double quantile,
                             mine_metric *metric) {
  const mine_gauged rows = {
      .n = n, .target = target, .score = value, .weight = weight, .quantile = quantile};
  return mine__metrics_of(arena, &rows, metric);
}

void mine__metrics_withhold(mine_metric *metric, int n, int classes) {
  for (int i = 0; i < n; i++) {
    const mine_measure *measure = mine__measure_find(metric[i].name);
    if (classes ? measure->needs_classes : !measure->is_count) metric[i].value = NAN;
  }
}

const mine_metric *mine__metric_find(const mine_metric *metric, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (mine__same_word(metric[i].name, name)) return &metric[i];
  return NULL;
}

const mine_metric *mine__metrics_main(const mine_metric *metric, int n) {
  const mine_metric *best = NULL;
  int rank = 0;
  for (int i = 0; i < n; i++) {
    const mine_measure *measure = mine__measure_find(metric[i].name);
    if (!measure || measure->main == 0 || !isfinite(metric[i].value)) continue;
    if (best && measure->main >= rank) continue;
    best = &metric[i];
    rank = measure->main;
  }
  return best;
}
