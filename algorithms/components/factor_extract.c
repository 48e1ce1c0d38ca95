/*
** factor_extract.c -- uniquenesses by Newton's method.
**
** With the loadings that are best for given uniquenesses (Joreskog 1967, "Some contributions to
** maximum likelihood factor analysis", Psychometrika 32; Harman & Jones 1966 for minres) the
** discrepancy is a sum over the smallest p - k eigenvalues t of a matrix with eigenvectors w:
**
**                matrix                   over         sum of          gradient(i): sum of
**   ML           Psi^-1/2 r Psi^-1/2      log psi(i)   t - log t - 1   (1 - t(m)) w(i,m)^2
**   MINRES       r - Psi                  psi(i)       t^2 / 2         -t(m) w(i,m)^2
**
** Second derivatives (Clarke 1970, "A rapidly convergent method for maximum-likelihood factor
** analysis"), with A(i,j) = sum over m > k of w(i,m) w(j,m):
**
**   A(i,j) B(i,j) + sum over n <= k < m of h(n,m) w(i,m) w(i,n) w(j,m) w(j,n)
**
**   ML      B = sum of t(m) w(i,m) w(j,m),  h = (1 - t(m)) (t(m) + t(n)) / (t(n) - t(m))
**   MINRES  B = A,                          h = -2 t(m) / (t(n) - t(m))
**
** The first part alone is never indefinite and stands in where the whole is.  Uniquenesses are
** held between FACTOR_LEAST and 1: those at a bound that want to be beyond it stay there, the
** others take the step (Bertsekas 1982, projected Newton), halved until it gains.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../kernel/eigen.h"
#include "factor.h"

#define EXTRACT_STEPS  200
#define EXTRACT_HALVES 50
#define EXTRACT_FLAT   1e-11 /* of the gradient */
#define EXTRACT_GAINS  1e-4  /* of what the gradient promises */

typedef struct extract {
  mine_env *env;
  int ml;
  int64_t p, k;
  const double *r;
  double least, most; /* of x                                        */
  double *x, *next;   /* log psi, or psi                             */
  double *z, *t;      /* p x p eigenvectors by rows; eigenvalues     */
  double *gradient, *move, *room;
  double *hessian, *kept; /* p x p: the whole, and its first part        */
  double *part;           /* p x p: of the columns that move             */
  int64_t *moves;         /* which these are                             */
  int64_t n_moves;
  double f;
} extract;

static void extract_open(extract *e, factor_solution *s) {
  mine_arena *a = e->env->scratch;
  const size_t p = (size_t)s->p, k = (size_t)s->k, square = p * p;
  double *const vectors = mine__arena_zeros(a, 7, p * sizeof(double));
  double *const squares = mine__arena_zeros(a, 4, square * sizeof(double));
  e->moves = mine__arena_zeros(a, p, sizeof *e->moves);
  s->psi = mine__arena_zeros(a, p, sizeof *s->psi);
  s->loading = mine__arena_zeros(a, k, p * sizeof(double));
  s->tie = mine__arena_zeros(a, k, k * sizeof(double));
  if (mine_failed(e->env)) return;
  e->x = vectors;
  e->next = vectors + p;
  e->t = vectors + 2 * p;
  e->gradient = vectors + 3 * p;
  e->move = vectors + 4 * p;
  e->room = vectors + 5 * p;
  e->z = squares;
  e->hessian = squares + square;
  e->kept = squares + 2 * square;
  e->part = squares + 3 * square;
}

static double extract_psi(const extract *e, double x) {
  return e->ml ? exp(x) : x;
}

/* The discrepancy at x, its eigenvalues and vectors in e; INFINITY: there is none. */
static double extract_at(extract *e, const double *x) {
  const int64_t p = e->p;
  double f = 0;
  for (int64_t i = 0; i < p; i++) {
    for (int64_t j = 0; j < p; j++)
      e->z[i * p + j] = e->ml ? e->r[i * p + j] * exp(-0.5 * (x[i] + x[j])) : e->r[i * p + j];
    if (!e->ml) e->z[i * p + i] -= x[i];
  }
  if (!mine__eigen(e->env, p, e->z, 1, e->t, e->room)) return INFINITY;
  for (int64_t m = e->k; m < p; m++) {
    if (e->ml && !(e->t[m] > 0)) return INFINITY;
    f += e->ml ? e->t[m] - log(e->t[m]) - 1 : 0.5 * e->t[m] * e->t[m];
  }
  return f;
}

static void extract_gradient(extract *e) {
  const int64_t p = e->p;
  memset(e->gradient, 0, (size_t)p * sizeof *e->gradient);
  for (int64_t m = e->k; m < p; m++) {
    const double by = e->ml ? 1 - e->t[m] : -e->t[m], *w = e->z + m * p;
    for (int64_t i = 0; i < p; i++)
      e->gradient[i] += by * w[i] * w[i];
  }
}

/* a += by v v'. */
static void extract_add(int64_t p, double *a, double by, const double *v) {
  for (int64_t i = 0; i < p; i++) {
    const double own = by * v[i];
    double *row = a + i * p;
#pragma omp simd
    for (int64_t j = 0; j < p; j++)
      row[j] += own * v[j];
  }
}

static void extract_first_part(extract *e) {
  const int64_t p = e->p;
  const size_t bytes = (size_t)(p * p) * sizeof(double);
  memset(e->kept, 0, bytes);
  memset(e->part, 0, bytes);
  for (int64_t m = e->k; m < p; m++) {
    extract_add(p, e->kept, 1, e->z + m * p);
    if (e->ml) extract_add(p, e->part, e->t[m], e->z + m * p);
  }
  for (int64_t i = 0; i < p * p; i++)
    e->kept[i] *= e->ml ? e->part[i] : e->kept[i];
}

static void extract_hessian(extract *e) {
  const int64_t p = e->p;
  const double apart = DBL_EPSILON * fabs(e->t[0]);
  double *both = e->move; /* free until the next step */
  extract_first_part(e);
  memcpy(e->hessian, e->kept, (size_t)(p * p) * sizeof(double));
  for (int64_t n = 0; n < e->k; n++) {
    if (mine__poll(e->env)) return;
    for (int64_t m = e->k; m < p; m++) {
      const double gap = fmax(e->t[n] - e->t[m], apart);
      const double h = e->ml ? (1 - e->t[m]) * (e->t[m] + e->t[n]) / gap : -2 * e->t[m] / gap;
      for (int64_t i = 0; i < p; i++)
        both[i] = e->z[m * p + i] * e->z[n * p + i];
      extract_add(p, e->hessian, h, both);
    }
  }
}

/* Which columns may move, and how far the gradient is from saying that none should. */
static double extract_free(extract *e) {
  double most = 0;
  e->n_moves = 0;
  for (int64_t i = 0; i < e->p; i++) {
    const double g = e->gradient[i];
    if ((e->x[i] <= e->least && g > 0) || (e->x[i] >= e->most && g < 0)) continue;
    e->moves[e->n_moves++] = i;
    most = fmax(most, fabs(g));
  }
  return most;
}

/* The step by these second derivatives; 0: they are not positive definite. */
static int extract_solve(extract *e, const double *second) {
  const int64_t n = e->n_moves, p = e->p;
  for (int64_t a = 0; a < n; a++) {
    for (int64_t b = a; b < n; b++)
      e->part[a * n + b] = second[e->moves[a] * p + e->moves[b]];
    e->room[a] = -e->gradient[e->moves[a]];
  }
  if (!mine__cholesky((mine_linalg){0}, n, e->part)) return 0;
  mine__solve_upper(n, e->part, 1, e->room);
  mine__solve_upper(n, e->part, 0, e->room);
  memset(e->move, 0, (size_t)p * sizeof *e->move);
  for (int64_t a = 0; a < n; a++) {
    if (!isfinite(e->room[a])) return 0;
    e->move[e->moves[a]] = e->room[a];
  }
  return 1;
}

static void extract_direction(extract *e) {
  extract_hessian(e);
  if (mine_failed(e->env) || extract_solve(e, e->hessian) || extract_solve(e, e->kept)) return;
  memset(e->move, 0, (size_t)e->p * sizeof *e->move);
  for (int64_t a = 0; a < e->n_moves; a++)
    e->move[e->moves[a]] = -e->gradient[e->moves[a]];
}

/* Go along the direction, within the bounds; 0: nothing is gained any more. */
static int extract_go(extract *e) {
  double share = 1;
  for (int half = 0; half < EXTRACT_HALVES && !mine_failed(e->env); half++, share /= 2) {
    double promised = 0;
    for (int64_t i = 0; i < e->p; i++) {
      const double to = e->x[i] + share * e->move[i];
      e->next[i] = fmin(fmax(to, e->least), e->most);
      promised += e->gradient[i] * (e->next[i] - e->x[i]);
    }
    const double f = extract_at(e, e->next);
    if (!(f <= e->f + EXTRACT_GAINS * promised)) continue;
    const int gains = f < e->f;
    memcpy(e->x, e->next, (size_t)e->p * sizeof *e->x);
    e->f = f;
    return gains;
  }
  e->f = extract_at(e, e->x); /* z and t belong to x again */
  return 0;
}

/* L = Psi^1/2 w sqrt(t - 1), or w sqrt(t). */
static void extract_give(const extract *e, factor_solution *s) {
  const int64_t p = e->p;
  s->criterion = e->f;
  s->at_bound = 0;
  s->first = -1;
  for (int64_t i = 0; i < p; i++) {
    s->psi[i] = extract_psi(e, e->x[i]);
    if (s->psi[i] > FACTOR_LEAST * (1 + 1e-6)) continue;
    if (s->at_bound++ == 0) s->first = i;
  }
  for (int64_t n = 0; n < e->k; n++) {
    const double root = sqrt(fmax(e->ml ? e->t[n] - 1 : e->t[n], 0));
    for (int64_t i = 0; i < p; i++)
      s->loading[n * p + i] = (e->ml ? sqrt(s->psi[i]) : 1) * root * e->z[n * p + i];
    s->tie[n * e->k + n] = 1;
  }
}

void mine__factor_extract(mine_env *env, factor_method method, const double *r, const double *start,
                          factor_solution *s) {
  extract e = {.env = env, .ml = method == FACTOR_ML, .p = s->p, .k = s->k, .r = r};
  extract_open(&e, s);
  if (mine_failed(env)) return;
  e.least = e.ml ? log(FACTOR_LEAST) : FACTOR_LEAST;
  e.most = e.ml ? 0 : 1;
  for (int64_t i = 0; i < s->p; i++) {
    const double psi = start ? (1 - 0.5 * (double)s->k / (double)s->p) * start[i] : 0.5;
    e.x[i] = fmin(fmax(e.ml ? log(psi) : psi, e.least), e.most);
  }
  e.f = extract_at(&e, e.x);
  for (s->steps = 0; s->steps < EXTRACT_STEPS && !mine_failed(env); s->steps++) {
    extract_gradient(&e);
    if (extract_free(&e) < EXTRACT_FLAT) break;
    extract_direction(&e);
    if (mine_failed(env) || !extract_go(&e)) break;
  }
  if (!mine_failed(env)) extract_give(&e, s);
}
