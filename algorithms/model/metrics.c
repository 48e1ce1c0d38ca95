/*
** metrics.c -- how good predictions are.
**
** AUC is the Mann-Whitney statistic by ranks (Hanley & McNeil, Radiology 143,
** 1982), ties counting one half: one sort, O(n log n).  The Brier score is
** Brier, Monthly Weather Review 78 (1950), with two classes in its one-sided
** form; macro averages are plain means over the classes that occur.
*/
#include "metrics.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/radix.h"

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

static double metrics_ratio(double a, double b) {
  return b > 0 ? a / b : (double)NAN;
}

static void metrics_add(mine_metric *metric, int *k, mine_measure_id id, double value) {
  metric[(*k)++] = (mine_metric){mine__measures[id].name, value};
}

/* ---- one positive class: ranks ------------------------------------------------ */

/* Rows of one score: the weight of positives and negatives among them. */
typedef struct metrics_group {
  double positive, negative;
} metrics_group;

/* The groups by falling score; NULL: failure recorded in the arena. */
static metrics_group *metrics_rank(mine_arena *arena, int64_t n, const double *score,
                                   const int32_t *is_positive, const double *weight,
                                   int64_t *groups) {
  mine_env *env = mine__arena_env(arena);
  mine_pair *pair = mine__arena_array(arena, (size_t)n, sizeof *pair);
  mine_pair *temp = mine__arena_array(arena, (size_t)n, sizeof *temp);
  if (!pair || !temp || mine__poll(env)) return NULL;
  *groups = mine__sort_reals(score, NULL, n, pair, temp);
  if (mine__poll(env)) return NULL;
  metrics_group *group = mine__arena_zeros(arena, (size_t)*groups, sizeof *group);
  if (!group) return NULL;
  for (int64_t i = 0; i < n; i++) {
    if (MINE_POLL_AT(env, i)) return NULL;
    metrics_group *g = &group[*groups - 1 - (int64_t)pair[i].key];
    const double w = weight ? weight[pair[i].row] : 1;
    if (is_positive[pair[i].row]) {
      g->positive += w;
    } else {
      g->negative += w;
    }
  }
  return group;
}

static double metrics_area(const metrics_group *group, int64_t groups) {
  double positives = 0, negatives = 0, area = 0;
  for (int64_t g = 0; g < groups; g++) {
    area += group[g].negative * (positives + 0.5 * group[g].positive);
    positives += group[g].positive;
    negatives += group[g].negative;
  }
  return metrics_ratio(area, positives * negatives);
}

/* The rate among the best-scored tenth against the overall rate.  A tie that
** straddles the border is shared out in proportion. */
static double metrics_top_decile(const metrics_group *group, int64_t groups) {
  double positives = 0, total = 0, taken = 0, found = 0;
  for (int64_t g = 0; g < groups; g++) {
    positives += group[g].positive;
    total += group[g].positive + group[g].negative;
  }
  const double wanted = total / 10;
  for (int64_t g = 0; g < groups && taken < wanted; g++) {
    const double weight = group[g].positive + group[g].negative;
    const double share = weight <= wanted - taken ? 1 : (wanted - taken) / weight;
    found += share * group[g].positive;
    taken += share * weight;
  }
  return metrics_ratio(metrics_ratio(found, wanted), metrics_ratio(positives, total));
}

double mine__metrics_auc(mine_arena *arena, int64_t n, const int32_t *is_positive,
                         const double *score, const double *weight) {
  mine_mark mark = mine__arena_mark(arena);
  int64_t groups;
  const metrics_group *group = metrics_rank(arena, n, score, is_positive, weight, &groups);
  const double area = group ? metrics_area(group, groups) : (double)NAN;
  mine__arena_rewind(arena, mark);
  return area;
}

typedef struct metrics_ranks {
  double auc, top_decile_lift;
} metrics_ranks;

static metrics_ranks metrics_of_positive(mine_arena *arena, int64_t n, int n_classes, int positive,
                                         const int32_t *label, const double *probability,
                                         const double *weight) {
  metrics_ranks out = {NAN, NAN};
  mine_mark mark = mine__arena_mark(arena);
  double *score = mine__arena_array(arena, (size_t)n, sizeof *score);
  int32_t *is_positive = mine__arena_array(arena, (size_t)n, sizeof *is_positive);
  if (!score || !is_positive) return out;
  for (int64_t i = 0; i < n; i++) {
    score[i] = probability[i * n_classes + positive];
    is_positive[i] = label[i] == positive;
  }
  int64_t groups;
  const metrics_group *group = metrics_rank(arena, n, score, is_positive, weight, &groups);
  if (group) {
    out.auc = metrics_area(group, groups);
    out.top_decile_lift = metrics_top_decile(group, groups);
  }
  mine__arena_rewind(arena, mark);
  return out;
}

/* ---- classification ------------------------------------------------------------ */

/* What one pass over the rows yields. */
typedef struct metrics_counts {
  double total, correct, log_loss, brier;
  double *actual, *predicted, *hit; /* weight per class */
} metrics_counts;

/* One row's squared error: of the positive class, or the mean over all. */
static double metrics_squared(const double *p, int n_classes, int positive, int label) {
  if (positive >= 0) {
    const double error = p[positive] - (label == positive);
    return error * error;
  }
  double sum = 0;
  for (int c = 0; c < n_classes; c++) {
    const double error = p[c] - (label == c);
    sum += error * error;
  }
  return sum / n_classes;
}

static int metrics_count(mine_arena *arena, int64_t n, int n_classes, int positive,
                         double threshold, const int32_t *label, const double *probability,
                         const double *weight, metrics_counts *m) {
  memset(m, 0, sizeof *m);
  double *classes = mine__arena_zeros(arena, (size_t)n_classes * 3, sizeof *classes);
  if (!classes) return 0;
  m->actual = classes;
  m->predicted = classes + n_classes;
  m->hit = classes + 2 * (ptrdiff_t)n_classes;
  for (int64_t i = 0; i < n; i++) {
    const double *p = probability + i * n_classes, w = weight ? weight[i] : 1;
    const int guess = mine__metrics_choose(p, n_classes, positive, threshold);
    m->total += w;
    m->actual[label[i]] += w;
    m->predicted[guess] += w;
    if (guess == label[i]) m->hit[guess] += w;
    m->log_loss += w * mine__metrics_surprise(p[label[i]]);
    m->brier += w * metrics_squared(p, n_classes, positive, label[i]);
  }
  for (int c = 0; c < n_classes; c++)
    m->correct += m->hit[c];
  return 1;
}

/* precision, recall, f1 of one class; 0 where the class was never predicted. */
static void metrics_macro(const metrics_counts *m, int n_classes, double *precision, double *recall,
                          double *f1) {
  double p = 0, r = 0, f = 0;
  int occurring = 0;
  for (int c = 0; c < n_classes; c++) {
    if (m->actual[c] + m->predicted[c] <= 0) continue;
    occurring++;
    if (m->predicted[c] > 0) p += m->hit[c] / m->predicted[c];
    if (m->actual[c] > 0) r += m->hit[c] / m->actual[c];
    f += 2 * m->hit[c] / (m->actual[c] + m->predicted[c]);
  }
  *precision = metrics_ratio(p, occurring);
  *recall = metrics_ratio(r, occurring);
  *f1 = metrics_ratio(f, occurring);
}

static double metrics_balanced(const metrics_counts *m, int n_classes) {
  double sum = 0;
  int occurring = 0;
  for (int c = 0; c < n_classes; c++) {
    if (m->actual[c] <= 0) continue;
    sum += m->hit[c] / m->actual[c];
    occurring++;
  }
  return metrics_ratio(sum, occurring);
}

int mine__metrics_classification(mine_arena *arena, int64_t n, int n_classes, int positive,
                                 const int32_t *label, const double *probability,
                                 const double *weight, mine_metric *metric) {
  return mine__metrics_at_threshold(arena, n, n_classes, positive, NAN, label, probability, weight,
                                    metric);
}

int mine__metrics_at_threshold(mine_arena *arena, int64_t n, int n_classes, int positive,
                               double threshold, const int32_t *label, const double *probability,
                               const double *weight, mine_metric *metric) {
  mine_mark mark = mine__arena_mark(arena);
  metrics_counts m;
  int k = 0;
  if (!metrics_count(arena, n, n_classes, positive, threshold, label, probability, weight, &m))
    return 0;
  const int ranked = positive >= 0;
  metrics_ranks ranks = {NAN, NAN};
  if (ranked)
    ranks = metrics_of_positive(arena, n, n_classes, positive, label, probability, weight);
  double precision, recall, f1;
  metrics_macro(&m, n_classes, &precision, &recall, &f1);
  if (ranked) {
    precision = metrics_ratio(m.hit[positive], m.predicted[positive]);
    recall = metrics_ratio(m.hit[positive], m.actual[positive]);
    f1 = metrics_ratio(2 * m.hit[positive], m.actual[positive] + m.predicted[positive]);
  }
  metrics_add(metric, &k, MINE_MEASURE_ROWS, (double)n);
  metrics_add(metric, &k, MINE_MEASURE_ACCURACY, metrics_ratio(m.correct, m.total));
  metrics_add(metric, &k, MINE_MEASURE_BALANCED_ACCURACY, metrics_balanced(&m, n_classes));
  if (ranked) metrics_add(metric, &k, MINE_MEASURE_AUC, ranks.auc);
  metrics_add(metric, &k, MINE_MEASURE_LOG_LOSS, metrics_ratio(m.log_loss, m.total));
  metrics_add(metric, &k, MINE_MEASURE_BRIER, metrics_ratio(m.brier, m.total));
  metrics_add(metric, &k, MINE_MEASURE_PRECISION, precision);
  metrics_add(metric, &k, MINE_MEASURE_RECALL, recall);
  metrics_add(metric, &k, MINE_MEASURE_F1, f1);
  if (ranked) metrics_add(metric, &k, MINE_MEASURE_GINI, 2 * ranks.auc - 1);
  if (ranked) metrics_add(metric, &k, MINE_MEASURE_TOP_DECILE_LIFT, ranks.top_decile_lift);
  mine__arena_rewind(arena, mark);
  return k;
}

/* ---- regression ------------------------------------------------------------------ */

int mine__metrics_regression(int64_t n, const double *target, const double *value,
                             const double *weight, mine_metric *metric) {
  double total = 0, sum = 0, squared = 0, absolute = 0, spread = 0;
  for (int64_t i = 0; i < n; i++) {
    const double w = weight ? weight[i] : 1, error = target[i] - value[i];
    total += w;
    sum += w * target[i];
    squared += w * error * error;
    absolute += w * fabs(error);
  }
  const double mean = metrics_ratio(sum, total);
  for (int64_t i = 0; i < n; i++) {
    const double w = weight ? weight[i] : 1, from = target[i] - mean;
    spread += w * from * from;
  }
  int k = 0;
  metrics_add(metric, &k, MINE_MEASURE_ROWS, (double)n);
  metrics_add(metric, &k, MINE_MEASURE_RMSE, sqrt(metrics_ratio(squared, total)));
  metrics_add(metric, &k, MINE_MEASURE_MAE, metrics_ratio(absolute, total));
  metrics_add(metric, &k, MINE_MEASURE_R2, 1 - metrics_ratio(squared, spread));
  return k;
}

void mine__metrics_withhold(mine_metric *metric, int n, int classes) {
  for (int i = 0; i < n; i++) {
    const mine_measure *measure = mine__measure_find(metric[i].name);
    if (classes ? measure->needs_classes : !measure->is_count) metric[i].value = NAN;
  }
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
