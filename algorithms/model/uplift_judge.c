/*
** uplift_judge.c -- how a model of what a treatment adds is judged: by two curves over the
** rows with the k highest scores (Radcliffe, "Using control groups to target on predicted
** lift", Direct Marketing Analytics Journal, 2007; Jaskowski and Jaroszewicz, 2012),
**
**   q(k) = Y1 - Y0 N1 / N0             what treating them brought (Qini)
**   u(k) = (Y1 / N1 - Y0 / N0) k       what treating all of them would bring (uplift)
**
** Equal scores are one step; where an arm is empty yet its mean is 0.  The Qini coefficient is
** the area between q and the straight line to its end, over the same of the best order there
** is, y (2 w - 1) falling: as scikit-uplift's qini_auc_score has it.  The area under u is
** taken over shares of the rows: what treating the best share brings, for each row there is,
** on average over the shares.  Weighted rows count as much.  Intervals are the middle of
** resamples (resample.h), for which nothing is sorted again.  O(n log n).
*/
#include <math.h>
#include <string.h>

#include "gauge.h"
#include "uplift.h"

const mine_pair *mine__uplift_order(mine_env *env, mine_arena *arena, const double *score,
                                    int64_t n) {
  mine_pair *order = mine__arena_array(arena, (size_t)n, sizeof *order);
  mine_pair *temp = mine__arena_array(arena, (size_t)n, sizeof *temp);
  double *fall = mine__arena_array(arena, (size_t)n, sizeof *fall);
  if (mine_failed(env)) return NULL;
  for (int64_t i = 0; i < n; i++)
    fall[i] = -score[i];
  mine__sort_reals(fall, NULL, n, order, temp);
  return order;
}

/* Rows that are read as often as wanted. */
typedef struct gains_gauge {
  const mine_uplift_rows *rows;
  const mine_pair *order, *best; /* by the score, and by what came */
} gains_gauge;

enum { GAINS_EFFECT, GAINS_QINI, GAINS_AUUC, GAINS_FIGURES };
static const mine_measure_id gains_measure[GAINS_FIGURES] = {MINE_MEASURE_EFFECT, MINE_MEASURE_QINI,
                                                             MINE_MEASURE_AUUC};

static int gains_open(mine_env *env, mine_arena *arena, const mine_uplift_rows *rows,
                      gains_gauge *g) {
  double *best = mine__arena_array(arena, (size_t)rows->n, sizeof *best);
  if (!best) return 0;
  for (int64_t i = 0; i < rows->n; i++)
    best[i] = rows->treated[i] ? rows->outcome[i] : -rows->outcome[i];
  *g = (gains_gauge){.rows = rows,
                     .order = mine__uplift_order(env, arena, rows->score, rows->n),
                     .best = mine__uplift_order(env, arena, best, rows->n)};
  return !mine_failed(env);
}

typedef struct gains_area {
  double qini, uplift;        /* under the curves, over the weight */
  double end, effect, weight; /* q and the difference of means of all */
} gains_area;

/* By trapezia, from step to step; row i counts times[i] times, NULL: once. */
static gains_area gains_under(const mine_uplift_rows *rows, const mine_pair *order,
                              const uint32_t *times) {
  gains_area area = {0};
  double weight[2] = {0, 0}, sum[2] = {0, 0}, before = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    const uint32_t row = order[i].row;
    const double w = (rows->weight ? rows->weight[row] : 1) * (times ? times[row] : 1);
    const int arm = rows->treated[row];
    weight[arm] += w;
    sum[arm] += w * rows->outcome[row];
    if (i + 1 < rows->n && order[i + 1].key == order[i].key) continue;
    const double treated = weight[1] > 0 ? sum[1] / weight[1] : 0;
    const double others = weight[0] > 0 ? sum[0] / weight[0] : 0;
    const double q = sum[1] - (weight[0] > 0 ? sum[0] * weight[1] / weight[0] : 0);
    const double so_far = weight[0] + weight[1];
    const double u = (treated - others) * so_far;
    area.qini += (so_far - area.weight) * (area.end + q) / 2;
    area.uplift += (so_far - area.weight) * (before + u) / 2;
    area.end = q;
    before = u;
    area.weight = so_far;
  }
  area.effect =
      weight[0] > 0 && weight[1] > 0 ? sum[1] / weight[1] - sum[0] / weight[0] : (double)NAN;
  return area;
}

static void gains_read(const gains_gauge *g, const uint32_t *times, double figure[GAINS_FIGURES]) {
  const gains_area own = gains_under(g->rows, g->order, times);
  const gains_area most = gains_under(g->rows, g->best, times);
  const double chance = own.weight * own.end / 2;
  const int both = !isnan(own.effect);
  figure[GAINS_EFFECT] = own.effect;
  figure[GAINS_QINI] =
      both && most.qini - chance > 0 ? (own.qini - chance) / (most.qini - chance) : (double)NAN;
  figure[GAINS_AUUC] = both ? own.uplift / own.weight / own.weight : (double)NAN;
}

int mine__uplift_metrics(mine_env *env, mine_arena *arena, const mine_uplift_rows *rows,
                         mine_metric *metric) {
  double figure[GAINS_FIGURES];
  gains_gauge g;
  if (!gains_open(env, arena, rows, &g)) return 0;
  gains_read(&g, NULL, figure);
  metric[0] = (mine_metric){mine__measures[MINE_MEASURE_ROWS].name, (double)rows->n};
  for (int i = 0; i < GAINS_FIGURES; i++)
    metric[i + 1] = (mine_metric){mine__measures[gains_measure[i]].name, figure[i]};
  return GAINS_FIGURES + 1;
}

/* ---- intervals ------------------------------------------------------------------------------- */

typedef struct gains_run {
  const gains_gauge *gauge;
  const mine_certainty *how;
  mine_resamples *out;
  uint32_t *times; /* rows of each worker */
} gains_run;

static void gains_task(void *context, int64_t task, int worker) {
  const gains_run *run = context;
  const size_t n = (size_t)run->gauge->rows->n;
  uint32_t *times = run->times + (size_t)worker * n;
  double figure[GAINS_FIGURES];
  mine__resample_draw(run->how, task, n, times);
  gains_read(run->gauge, times, figure);
  for (int i = 0; i < GAINS_FIGURES; i++)
    run->out->value[(int64_t)i * run->out->n + task] = figure[i];
}

mine_status mine__uplift_bounds(mine_env *env, mine_arena *arena, const mine_uplift_rows *rows,
                                const mine_certainty *how, mine_bounds *out) {
  gains_gauge g;
  mine_resamples all = {.n = how->resamples, .n_gauges = 1, .n_metrics = GAINS_FIGURES};
  gains_run run = {.gauge = &g, .how = how, .out = &all};
  if (!gains_open(env, arena, rows, &g)) return mine_env_status(env);
  all.value = mine__arena_array(arena, GAINS_FIGURES, (size_t)all.n * sizeof *all.value);
  run.times =
      mine__arena_array(arena, (size_t)env->threads, ((size_t)rows->n + 1) * sizeof *run.times);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__parallel_progress(env, all.n, gains_task, &run, "resampling", 0, 1));
  out[0] = (mine_bounds){NAN, NAN};
  for (int i = 0; i < GAINS_FIGURES; i++)
    out[i + 1] = mine__resamples_bounds(env, &all, 0, i, how->level);
  return mine_env_status(env);
}
