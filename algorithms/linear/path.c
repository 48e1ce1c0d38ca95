/*
** path.c -- how strong a penalty: by cross-validation along a path.
**
** From the alpha at which the first coefficient leaves 0 down to a ten-thousandth of it, in
** equal steps of its logarithm, each fit beginning where the one before ended (Friedman,
** Hastie & Tibshirani 2010).  The alpha with the least mean loss on rows not learned from is
** taken; of equal ones the strongest.
**
** Where there are more coefficients than rows a path ends in a fit without error, slower and
** slower.  Nothing is learned on that way: as glmnet does, the path of a fold ends where a
** thousandth of the loss is left, or no more than a hundred-thousandth is gained, and the fit
** stands for those of the weaker alphas.  To choose, fits need not be exact to the last digit.
*/
#include <math.h>

#include "../data/split.h"
#include "rotate.h"

#define PATH_STEPS   50
#define PATH_FOLDS   5
#define PATH_LEAST   1e-4
#define PATH_ENOUGH  1e-10 /* of the objective                                            */
#define PATH_SETTLED 1e-12 /* ... of which a coefficient moves it                         */
#define PATH_LEFT    1e-3  /* of the loss without columns: the end, if there are more ... */
#define PATH_GAIN    1e-5  /* ... columns than rows, and the gain that is not worth a fit */

/* The largest slope of the fit with intercepts only, per unit of weight and lasso. */
static double path_largest(const linear_problem *problem, double l1_ratio) {
  const int64_t q = problem->design->n_used + 1, width = linear_width(problem);
  mine_arena *scratch = problem->env->scratch;
  const mine_mark mark = mine__arena_mark(scratch);
  double most = 0, *beta = mine__arena_array(scratch, (size_t)width, sizeof *beta);
  linear_point point = {.g = mine__arena_array(scratch, (size_t)width, sizeof *point.g)};
  if (!beta || !point.g) return 0;
  mine__glm_start(problem, beta);
  if (mine__glm_evaluate(problem, beta, LINEAR_GRADIENT, &point)) return 0;
  for (int64_t j = 0; j < width; j++)
    if (j % q != 0) most = fmax(most, fabs(point.g[j]));
  mine__arena_rewind(scratch, mark);
  return most / (problem->total * fmax(l1_ratio, 1e-3));
}

/* Whether a fit with hardly a loss, or as good as the one before that learned something, is the
** last worth making.  Only losses of which 0 is the least say so. */
static int path_is_over(const linear_problem *p, double none, double before, double loss) {
  const int counts = p->family == LINEAR_POISSON || p->family == LINEAR_GAMMA;
  if (counts || loss >= none) return 0;
  return loss <= PATH_LEFT * none ||
         (before < 0.5 * none && before - loss <= PATH_GAIN * (none - loss));
}

/* The path on the rows `learn`; losses of the rows `judge` are added to loss[]. */
static void path_fold(linear_problem learn, linear_problem judge, double l1_ratio, double largest,
                      double from, double *loss) {
  mine_env *env = learn.env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int wide = linear_width(&learn) > learn.n;
  linear_point point, held = {0};
  int ended = 0;
  linear_penalise(&learn, largest, l1_ratio); /* whose kind, not size, says what room it needs */
  double *beta = mine__arena_array(env->scratch, (size_t)linear_width(&learn), sizeof *beta);
  if (!beta || mine__glm_point(&learn, &point)) return;
  mine__glm_start(&learn, beta);
  if (mine__glm_evaluate(&learn, beta, LINEAR_NEWTON, &point)) return;
  const double none = point.loss;
  learn.enough = PATH_ENOUGH;
  learn.settled = PATH_SETTLED;
  for (int s = 0; s < PATH_STEPS; s++) {
    const double before = point.loss;
    int steps;
    linear_penalise(&learn, largest * pow(PATH_LEAST, (double)s / (PATH_STEPS - 1)), l1_ratio);
    if (!ended && (mine__glm_solve(&learn, beta, &point, &steps) ||
                   mine__glm_evaluate(&judge, beta, LINEAR_LOSS, &held)))
      return;
    loss[s] += held.loss;
    ended = wide && path_is_over(&learn, none, before, point.loss);
    if (mine__poll_progress(env, "choosing alpha",
                            (from + (double)(s + 1) / PATH_STEPS) / PATH_FOLDS))
      return;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* Fold f is judged, the others are learned from; `row` has room for all. */
static void path_part(const linear_problem *on, const int32_t *fold, int f, double l1_ratio,
                      double largest, uint32_t *row, double *loss) {
  linear_problem learn, judge;
  int64_t n = 0, held = on->n;
  for (int64_t i = 0; i < on->n; i++) {
    const uint32_t at = (uint32_t)linear_row(on, i);
    row[fold[i] == f ? --held : n++] = at;
  }
  mine__glm_on_rows(on, row, n, &learn);
  mine__glm_on_rows(on, row + held, on->n - held, &judge);
  path_fold(learn, judge, l1_ratio, largest, f, loss);
}

mine_status mine__path_choose(const linear_problem *problem, mine_model *model, double l1_ratio,
                              double *alpha) {
  mine_env *env = problem->env;
  const mine_dataset *data = problem->design->data;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)problem->n;
  double loss[PATH_STEPS] = {0};
  int32_t *fold = NULL;
  int best = 0;
  if (problem->n < 2 * PATH_FOLDS) {
    return mine__fail(env, MINE_DATA,
                      "alpha=auto tries on %d folds, and %lld rows are too few for that; give a "
                      "number, such as alpha=0.1",
                      PATH_FOLDS, (long long)problem->n);
  }
  const double largest = path_largest(problem, l1_ratio);
  linear_problem on = *problem;
  linear_rotation rotation;
  if (mine_failed(env)) return mine_env_status(env);
  linear_penalise(&on, largest, l1_ratio);
  if (mine__glm_is_wide(&on, PATH_STEPS * PATH_FOLDS)) {
    MINE_TRY(mine__rotate_open(&on, &rotation));
    on = rotation.problem;
  }
  MINE_TRY(mine__split_folds(env, env->scratch, (mine_rows){problem->row, problem->n},
                             (mine_division){data->hash, data->seed}, PATH_FOLDS, data->label,
                             data->n_classes, &fold));
  uint32_t *row = mine__arena_array(env->scratch, n, sizeof *row);
  if (!row) return mine_env_status(env);
  for (int f = 0; f < PATH_FOLDS && !mine_failed(env); f++)
    path_part(&on, fold, f, l1_ratio, largest, row, loss);
  if (mine_failed(env)) return mine_env_status(env);
  mine__arena_rewind(env->scratch, mark);
  for (int s = 1; s < PATH_STEPS; s++)
    if (loss[s] < loss[best]) best = s;
  *alpha = largest * pow(PATH_LEAST, (double)best / (PATH_STEPS - 1));
  char number[MINE_NUMBER_BYTES];
  mine__model_note(model, "fit", "alpha", "%s, of %d tried on %d folds%s",
                   mine__format_real(number, *alpha, 6), PATH_STEPS, PATH_FOLDS,
                   best == PATH_STEPS - 1 ? ": the weakest, as good as none" : "");
  return MINE_OK;
}
