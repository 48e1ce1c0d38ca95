/*
** rotate.c -- factors turned until each has to do with few columns.
**
** Varimax (Kaiser 1958, "The varimax criterion for analytic rotation in factor analysis",
** Psychometrika 23): two factors at a time by the angle that is best for them, until no two turn
** any more.  Promax (Hendrickson & White 1964, as R's has it): with varimax' loadings x the target
** x |x|^3 is met by least squares, x U; factors have variance 1 and the correlations (U'U)^-1.
*/
#include <math.h>
#include <string.h>

#include "factor.h"

#define ROTATE_SWEEPS 1000
#define ROTATE_STILL  1e-12 /* an angle */
#define ROTATE_POWER  4

/* The angle by which x and y gain most. */
static double rotate_angle(int64_t p, const double *x, const double *y) {
  double a = 0, b = 0, c = 0, d = 0;
  for (int64_t i = 0; i < p; i++) {
    const double u = x[i] * x[i] - y[i] * y[i], v = 2 * x[i] * y[i];
    a += u;
    b += v;
    c += u * u - v * v;
    d += 2 * u * v;
  }
  const double n = (double)p;
  return 0.25 * atan2(d - 2 * a * b / n, c - (a * a - b * b) / n);
}

static void rotate_pair(int64_t p, double *x, double *y, double angle) {
  const double c = cos(angle), s = sin(angle);
  for (int64_t i = 0; i < p; i++) {
    const double was = x[i];
    x[i] = c * was + s * y[i];
    y[i] = c * y[i] - s * was;
  }
}

/* Each column's loadings in units of its length, or back. */
static void rotate_lengths(const factor_solution *s, double *length, int back) {
  for (int64_t i = 0; i < s->p; i++) {
    double squares = 0;
    for (int64_t c = 0; c < s->k && !back; c++)
      squares += s->loading[c * s->p + i] * s->loading[c * s->p + i];
    if (!back) length[i] = squares > 0 ? sqrt(squares) : 1;
    for (int64_t c = 0; c < s->k; c++)
      s->loading[c * s->p + i] *= back ? length[i] : 1 / length[i];
  }
}

void mine__factor_varimax(mine_env *env, factor_solution *s) {
  const int64_t p = s->p;
  double *length = mine__arena_array(env->scratch, (size_t)p, sizeof *length), most = 1;
  if (!length || s->k < 2) return;
  rotate_lengths(s, length, 0);
  for (int sweep = 0; sweep < ROTATE_SWEEPS && most > ROTATE_STILL; sweep++) {
    most = 0;
    if (mine__poll(env)) return;
    for (int64_t a = 0; a < s->k; a++) {
      for (int64_t b = a + 1; b < s->k; b++) {
        const double angle = rotate_angle(p, s->loading + a * p, s->loading + b * p);
        rotate_pair(p, s->loading + a * p, s->loading + b * p, angle);
        most = fmax(most, fabs(angle));
      }
    }
  }
  rotate_lengths(s, length, 1);
}

int mine__factor_invert(mine_env *env, int64_t k, double *a) {
  double *u = mine__arena_array(env->scratch, (size_t)k, (size_t)k * sizeof *u);
  if (!u) return 0;
  memcpy(u, a, (size_t)(k * k) * sizeof *u);
  if (!mine__cholesky((mine_linalg){0}, k, u)) return 0;
  mine__invert_upper(k, u);
  for (int64_t i = 0; i < k; i++) {
    for (int64_t j = i; j < k; j++) /* u^-1 u^-T */
      a[i * k + j] = a[j * k + i] = mine__dot(u + i * k + j, u + j * k + j, k - j);
  }
  return 1;
}

/* U (k x k): what the columns x, turned by it, meet the target with; 0: x has fewer directions. */
static int rotate_target(mine_env *env, const factor_solution *s, double *turn) {
  const int64_t p = s->p, k = s->k;
  double *square = mine__arena_array(env->scratch, (size_t)k, (size_t)k * sizeof *square);
  if (!square) return 0;
  for (int64_t a = 0; a < k; a++) {
    for (int64_t b = 0; b < k; b++)
      square[a * k + b] = mine__dot(s->loading + a * p, s->loading + b * p, p);
  }
  if (!mine__factor_invert(env, k, square)) return 0;
  memset(turn, 0, (size_t)(k * k) * sizeof *turn);
  for (int64_t b = 0; b < k; b++) {
    for (int64_t l = 0; l < k; l++) {
      double sum = 0; /* x(l)' target(b) */
      for (int64_t i = 0; i < p; i++) {
        const double x = s->loading[b * p + i];
        sum += s->loading[l * p + i] * x * pow(fabs(x), ROTATE_POWER - 1);
      }
      for (int64_t a = 0; a < k; a++)
        turn[a * k + b] += square[a * k + l] * sum;
    }
  }
  return 1;
}

/* tie = U'U, U in units such that its inverse has a diagonal of ones. */
static int rotate_units(mine_env *env, int64_t k, double *turn, double *tie) {
  double *phi = mine__arena_array(env->scratch, (size_t)k, (size_t)k * sizeof *phi);
  if (!phi) return 0;
  for (int64_t a = 0; a < k; a++) {
    for (int64_t b = 0; b < k; b++) {
      phi[a * k + b] = 0;
      for (int64_t l = 0; l < k; l++)
        phi[a * k + b] += turn[l * k + a] * turn[l * k + b];
    }
  }
  memcpy(tie, phi, (size_t)(k * k) * sizeof *tie);
  if (!mine__factor_invert(env, k, phi)) return 0;
  for (int64_t a = 0; a < k; a++) {
    for (int64_t b = 0; b < k; b++) {
      turn[b * k + a] *= sqrt(phi[a * k + a]);
      tie[a * k + b] *= sqrt(phi[a * k + a] * phi[b * k + b]);
    }
  }
  return 1;
}

void mine__factor_promax(mine_env *env, factor_solution *s) {
  const int64_t p = s->p, k = s->k;
  mine__factor_varimax(env, s);
  double *turn = mine__arena_array(env->scratch, (size_t)k, (size_t)k * sizeof *turn);
  double *from = mine__arena_array(env->scratch, (size_t)k, sizeof *from);
  if (mine_failed(env) || k < 2) return;
  if (!rotate_target(env, s, turn) || !rotate_units(env, k, turn, s->tie)) return;
  for (int64_t i = 0; i < p; i++) {
    for (int64_t a = 0; a < k; a++)
      from[a] = s->loading[a * p + i];
    for (int64_t b = 0; b < k; b++) {
      double sum = 0;
      for (int64_t a = 0; a < k; a++)
        sum += from[a] * turn[a * k + b];
      s->loading[b * p + i] = sum;
    }
  }
}

static void rotate_swap(double *a, double *b, int64_t n, int64_t step) {
  for (int64_t i = 0; i < n; i++) {
    const double was = a[i * step];
    a[i * step] = b[i * step];
    b[i * step] = was;
  }
}

void mine__factor_order(factor_solution *s) {
  const int64_t p = s->p, k = s->k;
  for (int64_t a = 0; a < k; a++) {
    int64_t most = a;
    double held = -1;
    for (int64_t b = a; b < k; b++) {
      const double own = mine__dot(s->loading + b * p, s->loading + b * p, p);
      if (own > held * (1 + 1e-12)) most = b;
      held = fmax(held, own);
    }
    if (most == a) continue;
    rotate_swap(s->loading + a * p, s->loading + most * p, p, 1);
    rotate_swap(s->tie + a * k, s->tie + most * k, k, 1);
    rotate_swap(s->tie + a, s->tie + most, k, k);
  }
  for (int64_t a = 0; a < k; a++) {
    if (!mine__components_turned(s->loading + a * p, p)) continue;
    for (int64_t i = 0; i < p; i++)
      s->loading[a * p + i] *= -1;
    for (int64_t b = 0; b < k; b++) {
      s->tie[a * k + b] *= -1;
      s->tie[b * k + a] *= -1;
    }
  }
}
