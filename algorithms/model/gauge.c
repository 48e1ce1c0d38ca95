/*
** gauge.c -- the measures of classes and of numbers.
**
** Of two classes, rows are passed by falling probability p of the positive one, equal p
** together, with P and N the weights of positives and others so far and in all:
**
**   auc          pairs in order / pairs, ties one half: Mann-Whitney (Hanley & McNeil,
**                Radiology 143, 1982)
**   pr_auc       sum of precision x added recall over the thresholds: average precision,
**                without interpolation, which flatters (Davis & Goadrich, ICML 2006)
**   ks           max |P/P_all - N/N_all|: Kolmogorov-Smirnov of the two classes' p
**   top decile   the rate among the best tenth; a tie across its border is shared out
**
** mcc is Gorodkin's R_K (Comput. Biol. Chem. 28, 2004), which is Matthews' correlation of two
** classes; kappa is Cohen's (Educ. Psychol. Meas. 20, 1960); both are of the margins of the
** confusion table and its trace, so O(classes).  The calibration error is the mean |p - rate|
** over the ten bins of mine_calibration (Naeini et al., AAAI 2015), of several classes that of
** the predicted one (Guo et al., ICML 2017).  Brier: Monthly Weather Review 78 (1950), with two
** classes one-sided.  Macro averages are plain means over the classes that occur.
*/
#include "gauge.h"

#include <math.h>
#include <string.h>

#include "metrics.h"

#define GAUGE_BINS 10 /* of the calibration error */

static double gauge_ratio(double a, double b) {
  return b > 0 ? a / b : (double)NAN;
}

static void gauge_add(mine_metric *metric, int *k, mine_measure_id id, double value) {
  metric[(*k)++] = (mine_metric){mine__measures[id].name, value};
}

/* ---- opening ---------------------------------------------------------------------- */

/* One row's squared error: of the positive class, or the mean over all. */
static double gauge_squared(const double *p, int n_classes, int positive, int label) {
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

static void gauge_look(mine__gauge *g, mine_env *env) {
  const mine_gauged *r = &g->rows;
  const int k = r->n_classes;
  for (int64_t i = 0; i < r->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    if (k == 0) {
      g->fall[i] = fabs(r->target[i] - r->score[i]);
      continue;
    }
    const double *p = r->score + i * k;
    g->guess[i] = mine__metrics_choose(p, k, r->positive, r->threshold);
    g->surprise[i] = mine__metrics_surprise(p[r->label[i]]);
    g->squared[i] = gauge_squared(p, k, r->positive, r->label[i]);
    g->fall[i] = -p[r->positive >= 0 ? r->positive : g->guess[i]];
  }
}

mine__gauge *mine__gauge_open(mine_arena *arena, const mine_gauged *rows) {
  mine_env *env = mine__arena_env(arena);
  const size_t n = (size_t)rows->n, of_classes = rows->n_classes > 0 ? n : 0;
  mine__gauge *g = mine__arena_zeros(arena, 1, sizeof *g);
  if (!g) return NULL;
  g->rows = *rows;
  g->guess = mine__arena_array(arena, of_classes, sizeof *g->guess);
  g->surprise = mine__arena_array(arena, of_classes, sizeof *g->surprise);
  g->squared = mine__arena_array(arena, of_classes, sizeof *g->squared);
  g->fall = mine__arena_array(arena, n, sizeof *g->fall);
  g->order = mine__arena_array(arena, n, sizeof *g->order);
  if (mine_failed(env)) return NULL;
  gauge_look(g, env);
  const mine_mark mark = mine__arena_mark(arena);
  mine_pair *temp = mine__arena_array(arena, n, sizeof *temp);
  if (!temp || mine__poll(env)) return NULL;
  (void)mine__sort_reals(g->fall, NULL, rows->n, g->order, temp);
  mine__arena_rewind(arena, mark);
  return mine__poll(env) ? NULL : g;
}

size_t mine__gauge_room(const mine__gauge *g) {
  return 3 * (size_t)g->rows.n_classes + 1;
}

/* How much row i counts. */
static inline double gauge_weight(const mine_gauged *r, const uint32_t *times, int64_t i) {
  return (r->weight ? r->weight[i] : 1.0) * (times ? (double)times[i] : 1.0);
}

static inline int gauge_stops(mine_env *env, int64_t i) {
  return env && MINE_POLL_AT(env, i);
}

/* Whether the i-th in order is the last of those that are equal. */
static inline int gauge_ends(const mine__gauge *g, int64_t i) {
  return i + 1 == g->rows.n || g->order[i + 1].key != g->order[i].key;
}

/* ---- two classes, by falling probability -------------------------------------------- */

typedef struct gauge_ranks {
  double auc, top_decile_lift, average_precision, ks;
} gauge_ranks;

/* The classes' weights in all, those of the rows passed, and of the tie at hand. */
typedef struct gauge_walk {
  double positives, negatives;
  double hits, misses;
  double tied_hits, tied_misses;
  double area, precision, apart; /* sums for auc and average precision, the largest gap */
  double taken, found;           /* of the best tenth: its weight so far, its positives */
} gauge_walk;

static void gauge_walk_tie(gauge_walk *w) {
  const double tied = w->tied_hits + w->tied_misses, tenth = (w->positives + w->negatives) / 10;
  w->area += w->tied_misses * (w->hits + 0.5 * w->tied_hits);
  if (w->taken < tenth) {
    const double share = tied <= tenth - w->taken ? 1 : (tenth - w->taken) / tied;
    w->found += share * w->tied_hits;
    w->taken += share * tied;
  }
  w->hits += w->tied_hits;
  w->misses += w->tied_misses;
  if (w->tied_hits > 0) w->precision += w->tied_hits * (w->hits / (w->hits + w->misses));
  const double gap = fabs(w->hits / w->positives - w->misses / w->negatives);
  if (gap > w->apart) w->apart = gap;
  w->tied_hits = w->tied_misses = 0;
}

static gauge_ranks gauge_rank(const mine__gauge *g, mine_env *env, const uint32_t *times,
                              double positives, double negatives) {
  const mine_gauged *r = &g->rows;
  gauge_walk w = {.positives = positives, .negatives = negatives};
  gauge_ranks out = {NAN, NAN, NAN, NAN};
  for (int64_t i = 0; i < r->n; i++) {
    const uint32_t row = g->order[i].row;
    if (gauge_stops(env, i)) return out;
    *(r->label[row] == r->positive ? &w.tied_hits : &w.tied_misses) += gauge_weight(r, times, row);
    if (gauge_ends(g, i)) gauge_walk_tie(&w);
  }
  const double total = positives + negatives;
  out.auc = gauge_ratio(w.area, positives * negatives);
  out.average_precision = gauge_ratio(w.precision, positives);
  out.top_decile_lift =
      gauge_ratio(gauge_ratio(w.found, total / 10), gauge_ratio(positives, total));
  if (positives > 0 && negatives > 0) out.ks = w.apart;
  return out;
}

/* A bin of mine_calibration ends at the first tie's end at which so many rows, times[] times each,
** are passed as are due; n_rows: how many there are in all. */
static double gauge_calibration(const mine__gauge *g, const uint32_t *times) {
  const mine_gauged *r = &g->rows;
  double error = 0, apart = 0, total = 0;
  int64_t passed = 0, bin = 1;
  while (bin < GAUGE_BINS && r->n * bin / GAUGE_BINS == 0)
    bin++;
  for (int64_t i = r->n - 1; i >= 0; i--) {
    const uint32_t row = g->order[i].row;
    const double w = gauge_weight(r, times, row);
    const int truth = r->label[row] == (r->positive >= 0 ? r->positive : g->guess[row]);
    passed += times ? times[row] : 1;
    apart += w * (-g->fall[row] - truth);
    total += w;
    if ((i > 0 && !gauge_ends(g, i - 1)) || passed < r->n * bin / GAUGE_BINS) continue;
    error += fabs(apart);
    apart = 0;
    while (bin < GAUGE_BINS && r->n * bin / GAUGE_BINS <= passed)
      bin++;
  }
  return gauge_ratio(error, total);
}

/* ---- classes, by what is predicted ------------------------------------------------------ */

/* What one pass over the rows yields. */
typedef struct gauge_counts {
  double total, correct, log_loss, brier;
  double *actual, *predicted, *hit; /* weight per class */
} gauge_counts;

static int gauge_count(const mine__gauge *g, mine_env *env, const uint32_t *times, double *room,
                       gauge_counts *m) {
  const mine_gauged *r = &g->rows;
  const int k = r->n_classes;
  *m = (gauge_counts){.actual = room, .predicted = room + k, .hit = room + 2 * (ptrdiff_t)k};
  memset(room, 0, 3 * (size_t)k * sizeof *room);
  for (int64_t i = 0; i < r->n; i++) {
    if (gauge_stops(env, i)) return 0;
    const double w = gauge_weight(r, times, i);
    m->total += w;
    m->actual[r->label[i]] += w;
    m->predicted[g->guess[i]] += w;
    if (g->guess[i] == r->label[i]) m->hit[g->guess[i]] += w;
    m->log_loss += w * g->surprise[i];
    m->brier += w * g->squared[i];
  }
  for (int c = 0; c < k; c++)
    m->correct += m->hit[c];
  return 1;
}

typedef struct gauge_of_classes {
  double precision, recall, f1, balanced, mcc, kappa;
} gauge_of_classes;

/* precision, recall, f1 of one class, 0 where the class was never predicted: their means. */
static void gauge_macro(const gauge_counts *m, int n_classes, gauge_of_classes *out) {
  double p = 0, r = 0, f = 0;
  int occurring = 0;
  for (int c = 0; c < n_classes; c++) {
    if (m->actual[c] + m->predicted[c] <= 0) continue;
    occurring++;
    if (m->predicted[c] > 0) p += m->hit[c] / m->predicted[c];
    if (m->actual[c] > 0) r += m->hit[c] / m->actual[c];
    f += 2 * m->hit[c] / (m->actual[c] + m->predicted[c]);
  }
  out->precision = gauge_ratio(p, occurring);
  out->recall = gauge_ratio(r, occurring);
  out->f1 = gauge_ratio(f, occurring);
}

static double gauge_balanced(const gauge_counts *m, int n_classes) {
  double sum = 0;
  int occurring = 0;
  for (int c = 0; c < n_classes; c++) {
    if (m->actual[c] <= 0) continue;
    sum += m->hit[c] / m->actual[c];
    occurring++;
  }
  return gauge_ratio(sum, occurring);
}

/* Shares of the total, so that no square of a weight leaves the range of numbers. */
static void gauge_agreement(const gauge_counts *m, int n_classes, gauge_of_classes *out) {
  double chance = 0, actual = 0, predicted = 0;
  const double agreed = m->correct / m->total;
  out->mcc = out->kappa = NAN;
  if (!(m->total > 0)) return;
  int actual_classes = 0, predicted_classes = 0;
  for (int c = 0; c < n_classes; c++) {
    const double a = m->actual[c] / m->total, p = m->predicted[c] / m->total;
    chance += a * p;
    actual += a * a;
    predicted += p * p;
    actual_classes += a > 0;
    predicted_classes += p > 0;
  }
  if (actual_classes > 1 || predicted_classes > 1) out->kappa = (agreed - chance) / (1 - chance);
  if (actual_classes > 1 && predicted_classes > 1)
    out->mcc = (agreed - chance) / sqrt((1 - actual) * (1 - predicted));
}

static gauge_of_classes gauge_classes(const gauge_counts *m, int n_classes, int positive) {
  gauge_of_classes out;
  gauge_macro(m, n_classes, &out);
  if (positive >= 0) {
    const double hit = m->hit[positive];
    out.precision = gauge_ratio(hit, m->predicted[positive]);
    out.recall = gauge_ratio(hit, m->actual[positive]);
    out.f1 = gauge_ratio(2 * hit, m->actual[positive] + m->predicted[positive]);
  }
  out.balanced = gauge_balanced(m, n_classes);
  gauge_agreement(m, n_classes, &out);
  return out;
}

static int gauge_read_classes(const mine__gauge *g, mine_env *env, const uint32_t *times,
                              double *room, mine_metric *metric) {
  const mine_gauged *r = &g->rows;
  const int ranked = r->positive >= 0;
  gauge_counts m;
  gauge_ranks ranks = {NAN, NAN, NAN, NAN};
  int k = 0;
  if (!gauge_count(g, env, times, room, &m)) return 0;
  if (ranked) {
    const double positives = m.actual[r->positive];
    ranks = gauge_rank(g, env, times, positives, m.actual[1 - r->positive]);
  }
  const gauge_of_classes c = gauge_classes(&m, r->n_classes, r->positive);
  gauge_add(metric, &k, MINE_MEASURE_ROWS, (double)r->n);
  gauge_add(metric, &k, MINE_MEASURE_ACCURACY, gauge_ratio(m.correct, m.total));
  gauge_add(metric, &k, MINE_MEASURE_BALANCED_ACCURACY, c.balanced);
  if (ranked) gauge_add(metric, &k, MINE_MEASURE_AUC, ranks.auc);
  gauge_add(metric, &k, MINE_MEASURE_LOG_LOSS, gauge_ratio(m.log_loss, m.total));
  gauge_add(metric, &k, MINE_MEASURE_BRIER, gauge_ratio(m.brier, m.total));
  gauge_add(metric, &k, MINE_MEASURE_PRECISION, c.precision);
  gauge_add(metric, &k, MINE_MEASURE_RECALL, c.recall);
  gauge_add(metric, &k, MINE_MEASURE_F1, c.f1);
  if (ranked) {
    gauge_add(metric, &k, MINE_MEASURE_GINI, 2 * ranks.auc - 1);
    gauge_add(metric, &k, MINE_MEASURE_TOP_DECILE_LIFT, ranks.top_decile_lift);
    gauge_add(metric, &k, MINE_MEASURE_PR_AUC, ranks.average_precision);
    gauge_add(metric, &k, MINE_MEASURE_KS, ranks.ks);
  }
  gauge_add(metric, &k, MINE_MEASURE_MCC, c.mcc);
  gauge_add(metric, &k, MINE_MEASURE_KAPPA, c.kappa);
  gauge_add(metric, &k, MINE_MEASURE_CALIBRATION_ERROR, gauge_calibration(g, times));
  return k;
}

/* ---- numbers ---------------------------------------------------------------------------- */

/* The middle of the sizes of errors: where half of the weight is passed; where that is between
** two, their mean. */
static double gauge_median(const mine__gauge *g, const uint32_t *times, double total) {
  double passed = 0, halfway = NAN;
  for (int64_t i = 0; i < g->rows.n; i++) {
    const uint32_t row = g->order[i].row;
    const double w = gauge_weight(&g->rows, times, row), error = g->fall[row];
    if (!(w > 0)) continue;
    if (!isnan(halfway)) return halfway * 0.5 + error * 0.5;
    passed += w;
    if (passed * 2 > total) return error;
    if (!(passed * 2 < total)) halfway = error;
  }
  return halfway;
}

typedef struct gauge_errors {
  double total, sum, squared, absolute, relative, tilted;
} gauge_errors;

static int gauge_read_numbers(const mine__gauge *g, mine_env *env, const uint32_t *times,
                              mine_metric *metric) {
  const mine_gauged *r = &g->rows;
  gauge_errors m = {0};
  double spread = 0;
  for (int64_t i = 0; i < r->n; i++) {
    if (gauge_stops(env, i)) return 0;
    const double w = gauge_weight(r, times, i), error = r->target[i] - r->score[i];
    if (!(w > 0)) continue;
    m.total += w;
    m.sum += w * r->target[i];
    m.squared += w * error * error;
    m.absolute += w * fabs(error);
    m.relative += r->target[i] == 0 ? (double)NAN : w * fabs(error / r->target[i]);
    m.tilted += w * (error > 0 ? r->quantile * error : (r->quantile - 1) * error);
  }
  const double mean = gauge_ratio(m.sum, m.total);
  for (int64_t i = 0; i < r->n; i++) {
    const double w = gauge_weight(r, times, i), from = r->target[i] - mean;
    spread += w * from * from;
  }
  int k = 0;
  gauge_add(metric, &k, MINE_MEASURE_ROWS, (double)r->n);
  gauge_add(metric, &k, MINE_MEASURE_RMSE, sqrt(gauge_ratio(m.squared, m.total)));
  gauge_add(metric, &k, MINE_MEASURE_MAE, gauge_ratio(m.absolute, m.total));
  gauge_add(metric, &k, MINE_MEASURE_R2, 1 - gauge_ratio(m.squared, spread));
  gauge_add(metric, &k, MINE_MEASURE_MAPE, gauge_ratio(m.relative, m.total));
  gauge_add(metric, &k, MINE_MEASURE_MEDIAN_ABSOLUTE_ERROR, gauge_median(g, times, m.total));
  gauge_add(metric, &k, MINE_MEASURE_PINBALL, gauge_ratio(m.tilted, m.total));
  return k;
}

int mine__gauge_read(const mine__gauge *g, mine_env *env, const uint32_t *times, double *room,
                     mine_metric *metric) {
  return g->rows.n_classes > 0 ? gauge_read_classes(g, env, times, room, metric)
                               : gauge_read_numbers(g, env, times, metric);
}

/* ---- at once ------------------------------------------------------------------------------ */

int mine__metrics_of(mine_arena *arena, const mine_gauged *rows, mine_metric *metric) {
  const mine_mark mark = mine__arena_mark(arena);
  mine_env *env = mine__arena_env(arena);
  const mine__gauge *g = mine__gauge_open(arena, rows);
  double *room = g ? mine__arena_array(arena, mine__gauge_room(g), sizeof *room) : NULL;
  const int k = room ? mine__gauge_read(g, env, NULL, room, metric) : 0;
  mine__arena_rewind(arena, mark);
  return mine_failed(env) ? 0 : k;
}

double mine__metrics_auc(mine_arena *arena, int64_t n, const int32_t *is_positive,
                         const double *score, const double *weight) {
  const mine_mark mark = mine__arena_mark(arena);
  mine_env *env = mine__arena_env(arena);
  mine__gauge g = {.rows = {.n = n, .positive = 1, .label = is_positive, .weight = weight}};
  mine_pair *temp = mine__arena_array(arena, (size_t)n, sizeof *temp);
  g.order = mine__arena_array(arena, (size_t)n, sizeof *g.order);
  g.fall = mine__arena_array(arena, (size_t)n, sizeof *g.fall);
  double of[2] = {0, 0}, area = NAN;
  if (temp && g.order && g.fall && !mine__poll(env)) {
    for (int64_t i = 0; i < n; i++) {
      g.fall[i] = -score[i];
      of[is_positive[i] != 0] += weight ? weight[i] : 1;
    }
    (void)mine__sort_reals(g.fall, NULL, n, g.order, temp);
    if (!mine__poll(env)) area = gauge_rank(&g, env, NULL, of[1], of[0]).auc;
  }
  mine__arena_rewind(arena, mark);
  return area;
}
