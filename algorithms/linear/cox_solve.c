/*
** cox_solve.c -- Newton's method on the partial likelihood (cox.h).
**
** The log likelihood is concave.  The decrement u' I^-1 u says how far its top is: about twice
** what is to be gained.  The step after which it is below COX_ENOUGH is the last.  Where a
** coefficient has no end (nobody with the event in one of its groups) the decrement falls by a
** constant factor while the steps stay about 1: it is told apart by that.
*/
#include <math.h>
#include <string.h>

#include "cox.h"

#define COX_STEPS     60
#define COX_HALVES    30
#define COX_ENOUGH    1e-13
#define COX_LATE      8    /* steps after which one may be called endless            */
#define COX_SMALL     1e-4 /* ... with a decrement below this                        */
#define COX_WIDE      1e-2 /* ... and a step beyond this, in units of the deviation  */
#define COX_COLLINEAR 1e-9 /* share of its information that a column must have alone */

/* Columns that say nothing within the risk sets that those before them do not. */
static void cox_fix(const cox_rows *c, const cox_point *point, uint8_t *fixed) {
  const int64_t q = c->q;
  const mine_mark mark = mine__arena_mark(c->env->scratch);
  double *u = mine__arena_array(c->env->scratch, (size_t)q, (size_t)q * sizeof *u);
  if (!u) return;
  memcpy(u, point->i, (size_t)(q * q) * sizeof *u);
  for (int64_t j = 1; j < q; j++) {
    double left = u[j * q + j];
    for (int64_t k = 1; k < j; k++)
      left -= fixed[k] ? 0 : u[k * q + j] * u[k * q + j];
    fixed[j] = !(left > COX_COLLINEAR * point->i[j * q + j]) || !(left > 0);
    if (fixed[j]) continue;
    const double root = sqrt(left);
    for (int64_t m = j + 1; m < q; m++) {
      double v = u[j * q + m];
      for (int64_t k = 1; k < j; k++)
        v -= fixed[k] ? 0 : u[k * q + j] * u[k * q + m];
      u[j * q + m] = v / root;
    }
    u[j * q + j] = root;
  }
  mine__arena_rewind(c->env->scratch, mark);
}

/* step = I^-1 u over what is free; the decrement. */
static double cox_step(const cox_rows *c, const cox_point *point, const uint8_t *fixed, double *u,
                       double *step) {
  const int64_t q = c->q;
  double most = 0, raise = 0, decrement = 0;
  for (int64_t j = 1; j < q; j++)
    most = fmax(most, point->i[j * q + j]);
  for (int again = 0; again < 20; again++) {
    memcpy(u, point->i, (size_t)(q * q) * sizeof *u);
    for (int64_t j = 0; j < q; j++) {
      for (int64_t k = 0; k < q; k++)
        if (fixed[j] || fixed[k]) u[j * q + k] = j == k;
      if (!fixed[j]) u[j * q + j] += raise;
    }
    if (mine__cholesky(c->la, q, u)) break;
    raise = raise > 0 ? 10 * raise : fmax(most * 1e-14, 1e-300);
  }
  for (int64_t j = 0; j < q; j++)
    step[j] = fixed[j] ? 0 : point->u[j];
  mine__solve_upper(q, u, 1, step);
  mine__solve_upper(q, u, 0, step);
  for (int64_t j = 0; j < q; j++)
    decrement += fixed[j] ? 0 : point->u[j] * step[j];
  return decrement;
}

/* b += share of the step that does not make it less likely; 0: there is none. */
static int cox_move(cox_rows *c, const double *step, double *b, double *trial, cox_point *point) {
  const double before = point->loss;
  double share = 1;
  for (int halves = 0; halves < COX_HALVES; halves++, share /= 2) {
    for (int64_t j = 0; j < c->q; j++)
      trial[j] = b[j] + share * step[j];
    if (mine__cox_evaluate(c, trial, point)) return 0;
    if (point->loss <= before + 1e-9 * fabs(before)) {
      memcpy(b, trial, (size_t)c->q * sizeof *b);
      return 1;
    }
  }
  return 0;
}

static int cox_endless(const cox_rows *c, const double *step, uint8_t *infinite) {
  int any = 0;
  for (int64_t j = 0; j < c->q; j++) {
    infinite[j] = fabs(step[j]) > COX_WIDE;
    any |= infinite[j];
  }
  return any;
}

mine_status mine__cox_solve(cox_rows *c, cox_solution *out, cox_point *point) {
  mine_env *env = c->env;
  const size_t q = (size_t)c->q;
  double *u = mine__arena_array(env->scratch, q, q * sizeof *u);
  double *step = mine__arena_array(env->scratch, q, sizeof *step);
  double *trial = mine__arena_array(env->scratch, q, sizeof *trial);
  if (mine_failed(env) || mine__cox_evaluate(c, out->b, point)) return mine_env_status(env);
  out->null = point->loss;
  out->fixed[0] = 1;
  cox_fix(c, point, out->fixed);
  out->steps = 1;
  for (; out->steps <= COX_STEPS && !mine_failed(env); out->steps++) {
    const double decrement = cox_step(c, point, out->fixed, u, step);
    if (out->steps == 1) out->score = decrement;
    if (out->steps > COX_LATE && decrement < COX_SMALL && cox_endless(c, step, out->infinite))
      break;
    if (!cox_move(c, step, out->b, trial, point)) {
      if (mine_failed(env) || mine__cox_evaluate(c, out->b, point)) return mine_env_status(env);
      break;
    }
    if (decrement < COX_ENOUGH) break;
  }
  if (out->steps > COX_STEPS) out->steps = -COX_STEPS;
  return mine_env_status(env);
}
