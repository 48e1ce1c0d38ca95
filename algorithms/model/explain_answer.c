/*
** explain_answer.c -- from the parts of a margin to the parts of the answer.
**
** The answer is a function of the margin: a share through a link, then perhaps a calibration.  On
** the way from the base to the margin of a row it moves from one value to another, and each
** feature has the share of that way which it has of the margin's (the rescale rule of Chen,
** Lundberg & Lee 2022).  With more than two classes a share depends on the margins of all of them:
** it is followed along the straight way from all bases to all margins, on which
**
**   d share(of) = sum over the classes c of share(of) ((c = of) - share(c)) d margin(c),
**
** integrated by Gauss-Legendre's rule (integrated gradients: Sundararajan, Taly & Yan 2017); what
** the rule and a calibration change of the sum is divided in proportion.
*/
#include <math.h>
#include <string.h>

#include "metrics.h"
#include "quadrature.h"

#define ANSWER_NUMBERS (1 << 20) /* contributions at a time         */
#define ANSWER_POINTS  8
#define ANSWER_NEAR    1e-6 /* a way too short to divide by ... */
#define ANSWER_STEP    1e-4 /* ... is as steep as this one      */
#define ANSWER_ODD     8.0  /* no proportion beyond it          */

static double answer_sum(const double *contribution, int n_features) {
  double sum = 0;
  for (int f = 0; f <= n_features; f++)
    sum += contribution[f];
  return sum;
}

/* Multiply the parts of a row and their errors. */
static void answer_scale(mine_explained *out, int64_t i, int n_features, double by) {
  const int64_t first = i * (n_features + 1);
  for (int f = 0; f <= n_features; f++) {
    if (f < n_features) out->contribution[first + f] *= by;
    if (out->error) out->error[first + f] *= fabs(by);
  }
}

/* What the kind's parts add up to when it is asked for this: kinds made of models give answers. */
static mine_margin answer_margin(const mine_model *model) {
  if (!model->kind->n_inside) return mine__model_margin(model);
  return model->n_groups > 0 ? MINE_MARGIN_SHARE : MINE_MARGIN_NUMBER;
}

/* ---- one margin decides ---------------------------------------------------------------------- */

/* The shares of two classes, of which `of` has this margin. */
static void answer_two(mine_margin margin, int of, double m, double share[2]) {
  if (margin == MINE_MARGIN_ODDS) {
    mine__metrics_logit(of == 1 ? m : -m, share);
  } else {
    share[of] = fmax(0, fmin(1, m));
    share[1 - of] = 1 - share[of];
  }
}

/* What n margins become. */
static void answer_link(mine_env *env, const mine_model *model, int of, int64_t n, double *m) {
  const mine_margin margin = answer_margin(model);
  if (margin == MINE_MARGIN_NUMBER) return;
  if (margin == MINE_MARGIN_LOG) {
    for (int64_t i = 0; i < n; i++)
      m[i] = exp(m[i]);
    return;
  }
  double *share = mine__arena_array(env->scratch, (size_t)n, 2 * sizeof *share);
  if (!share) return;
  for (int64_t i = 0; i < n; i++)
    answer_two(margin, of, m[i], share + 2 * i);
  if (model->after.calibration &&
      mine__calibration_apply(env, model->after.calibration, n, 2, share))
    return;
  for (int64_t i = 0; i < n; i++)
    m[i] = share[2 * i + of];
}

static void answer_one(mine_env *env, const mine_model *model, int64_t n, mine_explained *out) {
  const int features = model->n_features;
  const mine_mark mark = mine__arena_mark(env->scratch);
  /* Of each row its base, and the two ends of a way that is not too short. */
  double *m = mine__arena_array(env->scratch, (size_t)n, 3 * sizeof *m);
  double *way = mine__arena_array(env->scratch, (size_t)n, sizeof *way);
  for (int64_t i = 0; m && way && i < n; i++) {
    const double *c = out->contribution + i * (features + 1);
    const double base = c[features], end = answer_sum(c, features);
    const int near = fabs(end - base) < ANSWER_NEAR;
    m[3 * i] = base;
    m[3 * i + 1] = near ? base - ANSWER_STEP : base;
    m[3 * i + 2] = near ? base + ANSWER_STEP : end;
    way[i] = m[3 * i + 2] - m[3 * i + 1];
  }
  if (!mine_failed(env)) answer_link(env, model, out->of, 3 * n, m);
  for (int64_t i = 0; !mine_failed(env) && i < n; i++) {
    answer_scale(out, i, features, (m[3 * i + 2] - m[3 * i + 1]) / way[i]);
    out->contribution[i * (features + 1) + features] = m[3 * i];
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- many margins ----------------------------------------------------------------------- */

/* The parts of every class, one class after another: k x n x (features + 1). */
typedef struct answer_parts {
  const mine_model *model;
  int64_t n;
  double *contribution, *error; /* error NULL: not asked for */
} answer_parts;

static double *answer_row(double *parts, const answer_parts *of, int c, int64_t i) {
  const int64_t width = of->model->n_features + 1;
  return parts + (c * of->n + i) * width;
}

/* The shares at `t` of the way of row i. */
static void answer_along(const answer_parts *parts, int64_t i, double t, double *share) {
  const int k = parts->model->n_groups, features = parts->model->n_features;
  for (int c = 0; c < k; c++) {
    const double *from = answer_row(parts->contribution, parts, c, i);
    const double base = from[features];
    share[c] = base > -INFINITY ? base + t * (answer_sum(from, features) - base) : base;
  }
  if (answer_margin(parts->model) == MINE_MARGIN_ODDS) mine__metrics_shares(share, k);
}

/* How much of each class's way counts in the share of `of`. */
static void answer_slopes(const answer_parts *parts, int64_t i, int of, const double *at,
                          const double *weight, double *share, double *slope) {
  const int k = parts->model->n_groups;
  for (int c = 0; c < k; c++)
    slope[c] = answer_margin(parts->model) != MINE_MARGIN_ODDS && c == of;
  for (int q = 0; q < ANSWER_POINTS && answer_margin(parts->model) == MINE_MARGIN_ODDS; q++) {
    answer_along(parts, i, at[q], share);
    for (int c = 0; c < k; c++)
      slope[c] += weight[q] * share[of] * ((c == of) - share[c]);
  }
}

/* Row i of the parts into row `to` of the answer's parts; first and last: its shares at the
** ends. */
static void answer_many_row(const answer_parts *parts, int64_t i, const double *slope, double first,
                            double last, mine_explained *out) {
  const int k = parts->model->n_groups, features = parts->model->n_features;
  double *contribution = out->contribution + i * (features + 1), moved = 0;
  for (int f = 0; f <= features; f++) {
    double sum = 0, square = 0;
    for (int c = 0; c < k; c++) {
      sum += slope[c] * answer_row(parts->contribution, parts, c, i)[f];
      if (!parts->error) continue;
      const double error = slope[c] * answer_row(parts->error, parts, c, i)[f];
      square += error * error;
    }
    contribution[f] = sum;
    if (f < features) moved += sum;
    if (out->error) out->error[i * (features + 1) + f] = sqrt(square);
  }
  const double by = (last - first) / moved;
  const int even = by > 1 / ANSWER_ODD && by < ANSWER_ODD;
  if (even) answer_scale(out, i, features, by);
  contribution[features] = even ? first : last - moved;
}

/* A class without odds, while others have some, is never the answer: its margin is -infinity. */
static void answer_never(const answer_parts *parts, int c) {
  const int features = parts->model->n_features;
  for (int64_t i = 0; i < parts->n; i++) {
    double *of = answer_row(parts->contribution, parts, c, i);
    if (!isnan(of[features])) continue;
    memset(of, 0, (size_t)features * sizeof *of);
    of[features] = -INFINITY;
  }
}

static int answer_is_known(const answer_parts *parts, int64_t i) {
  for (int c = 0; c < parts->model->n_groups; c++)
    if (answer_row(parts->contribution, parts, c, i)[parts->model->n_features] > -INFINITY)
      return 1;
  return 0;
}

/* The parts of all classes become those of one share; room: k of each. */
static void answer_many(mine_env *env, const answer_parts *parts, mine_explained *out) {
  const mine_model *model = parts->model;
  const int k = model->n_groups, features = model->n_features;
  double at[ANSWER_POINTS], weight[ANSWER_POINTS];
  const size_t n = (size_t)parts->n, wide = (size_t)k * sizeof(double);
  double *first = mine__arena_array(env->scratch, n, wide);
  double *last = mine__arena_array(env->scratch, n, wide);
  double *share = mine__arena_array(env->scratch, 2, wide), *slope = share ? share + k : NULL;
  if (mine_failed(env)) return;
  mine__quadrature(ANSWER_POINTS, at, weight);
  for (int64_t i = 0; i < parts->n; i++) {
    answer_along(parts, i, 0, first + i * k);
    answer_along(parts, i, 1, last + i * k);
  }
  if (model->after.calibration &&
      (mine__calibration_apply(env, model->after.calibration, parts->n, k, first) ||
       mine__calibration_apply(env, model->after.calibration, parts->n, k, last)))
    return;
  for (int64_t i = 0; i < parts->n; i++) {
    if (!answer_is_known(parts, i)) {
      mine__explain_nothing(out->contribution + i * (features + 1), features);
      continue;
    }
    answer_slopes(parts, i, out->of, at, weight, share, slope);
    answer_many_row(parts, i, slope, first[i * k + out->of], last[i * k + out->of], out);
  }
}

/* ---- rows ------------------------------------------------------------------------------- */

static void answer_all_classes(mine_env *env, const mine_model *model, const mine_batch *batch,
                               mine_explained *out) {
  const size_t k = (size_t)model->n_groups, n = (size_t)batch->n;
  const size_t wide = ((size_t)model->n_features + 1) * sizeof(double);
  answer_parts parts = {.model = model, .n = batch->n};
  if (k > 0 && n > SIZE_MAX / k) {
    (void)mine__fail_memory(env, SIZE_MAX);
    return;
  }
  parts.contribution = mine__arena_array(env->scratch, k * n, wide);
  if (out->error) parts.error = mine__arena_array(env->scratch, k * n, wide);
  for (int c = 0; c < (int)k && !mine_failed(env); c++) {
    mine_explained of = *out;
    of.of = c;
    of.contribution = answer_row(parts.contribution, &parts, c, 0);
    if (parts.error) of.error = answer_row(parts.error, &parts, c, 0);
    if (of.error) memset(of.error, 0, n * wide);
    if (model->kind->explain(env, model, batch, &of) == MINE_OK) answer_never(&parts, c);
  }
  if (!mine_failed(env)) answer_many(env, &parts, out);
}

/* The same, so many rows at a time that all classes have room. */
static void answer_chunks(mine_env *env, const mine_model *model, const mine_batch *batch,
                          mine_explained *out) {
  const int64_t width = model->n_features + 1, each = width * model->n_groups;
  const int64_t most = each < ANSWER_NUMBERS ? ANSWER_NUMBERS / each : 1;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t room = batch->n < most ? batch->n : most;
  uint32_t *row = mine__arena_array(env->scratch, (size_t)room, sizeof *row);
  for (int64_t first = 0; row && first < batch->n && !mine_failed(env); first += most) {
    const int64_t n = batch->n - first < most ? batch->n - first : most;
    const mine_mark inner = mine__arena_mark(env->scratch);
    for (int64_t i = 0; i < n; i++)
      row[i] = (uint32_t)mine_batch_row(batch, first + i);
    const mine_batch some = {n, row, batch->feature};
    mine_explained part = *out;
    part.contribution += first * width;
    if (part.error) part.error += first * width;
    answer_all_classes(env, model, &some, &part);
    mine__arena_rewind(env->scratch, inner);
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__explain_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                          mine_explained *out) {
  const mine_margin margin = answer_margin(model);
  const int linked =
      margin != MINE_MARGIN_NUMBER && (margin != MINE_MARGIN_SHARE || model->after.calibration);
  if (linked && model->n_groups > 2) {
    answer_chunks(env, model, batch, out);
    return;
  }
  (void)model->kind->explain(env, model, batch, out);
  if (linked && !mine_failed(env)) answer_one(env, model, batch->n, out);
}
