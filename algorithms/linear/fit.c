/*
** fit.c -- penalties as options say them (fit.h).
*/
#include "fit.h"

#include <math.h>
#include <string.h>

/* alpha: NAN not given, -1 auto. */
static int fit_alpha(const linear_options *o, double *alpha) {
  const mine_cell *cell = &o->alpha;
  *alpha = NAN;
  if (cell->type == MINE_NULL) return 1;
  if (cell->type == MINE_TEXT && strcmp(cell->as.text, "auto") == 0) {
    *alpha = -1;
    return 1;
  }
  if (cell->type == MINE_TEXT) {
    if (!mine__read_number(cell->as.text, strlen(cell->as.text), alpha)) return 0;
  } else if (cell->type == MINE_INT) {
    *alpha = (double)cell->as.integer;
  } else if (cell->type == MINE_REAL) {
    *alpha = cell->as.real;
  } else {
    return 0;
  }
  return *alpha >= 0 && *alpha <= 1e300;
}

mine_status mine__linear_check(mine_env *env, const void *options) {
  const linear_options *o = options;
  char shown[MINE_SHOW_BYTES];
  double alpha;
  if (!fit_alpha(o, &alpha)) {
    return mine__fail(env, MINE_OPTION,
                      "alpha is auto or a number of 0 or more, not %s; correct it",
                      mine__show_cell(shown, &o->alpha));
  }
  if (!isnan(alpha) && (o->l1 > 0 || o->l2 > 0)) {
    return mine__fail(
        env, MINE_OPTION,
        "alpha and l1, l2 say the same in two ways (alpha for each row, l1 and l2 for "
        "all of them); leave one out");
  }
  if (isnan(alpha) && !isnan(o->l1_ratio))
    return mine__fail(env, MINE_OPTION,
                      "l1_ratio is a share of alpha; give alpha, too (auto chooses it), or leave "
                      "l1_ratio out");
  return MINE_OK;
}

int mine__linear_penalised(const linear_options *options) {
  double alpha;
  (void)fit_alpha(options, &alpha);
  return options->l1 > 0 || options->l2 > 0 || alpha > 0 || alpha == -1;
}

mine_status mine__linear_penalty(linear_problem *problem, const linear_options *options,
                                 mine_model *model) {
  const double ratio = isnan(options->l1_ratio) ? 1 : options->l1_ratio;
  double alpha;
  (void)fit_alpha(options, &alpha);
  problem->l1 = options->l1;
  problem->l2 = options->l2;
  if (isnan(alpha)) return MINE_OK;
  if (alpha < 0) MINE_TRY(mine__path_choose(problem, model, ratio, &alpha));
  linear_penalise(problem, alpha, ratio);
  return MINE_OK;
}

mine_status mine__linear_reduce(linear_design *design, mine_model *model, const double *target,
                                double middle, double unit, double **r) {
  if (design->data->rows.n <= design->n_slots) {
    return mine__fail(design->env, MINE_DATA,
                      "%lld rows are too few for %lld coefficients; give alpha=auto or l2=1, which "
                      "need no more rows than columns, or ignore columns",
                      (long long)design->data->rows.n, (long long)design->n_slots + 1);
  }
  return mine__design_reduce(design, model, target, middle, unit, r);
}

void mine__linear_tell_number(mine_model *model, const char *name, double value) {
  char number[MINE_NUMBER_BYTES];
  if (isfinite(value))
    mine__model_note(model, "fit", name, "%s", mine__format_real(number, value, 6));
}
