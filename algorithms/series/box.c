/*
** box.c -- BFGS in a box (box.h).
*/
#include "box.h"

#include <math.h>
#include <string.h>

#define BOX_ARMIJO 1e-4
#define BOX_HALVES 24
#define BOX_CURVED 1e-10 /* of |s| |y|: a flatter pair teaches nothing */

typedef struct box_memory {
  double *inverse, *gradient, *next, *next_gradient, *step, *change, *product;
} box_memory;

static double box_dot(int n, const double *a, const double *b) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Whether argument i stays where it is: at a bound, and better beyond. */
static int box_held(const mine__box *b, const double *g, int i) {
  return (b->u[i] <= b->least[i] && g[i] > 0) || (b->u[i] >= b->most[i] && g[i] < 0);
}

static void box_begin(const mine__box *b, const box_memory *m) {
  memset(m->inverse, 0, (size_t)b->n * (size_t)b->n * sizeof *m->inverse);
  double size = 0;
  for (int i = 0; i < b->n; i++)
    size += m->gradient[i] * b->scale[i] * m->gradient[i] * b->scale[i];
  size = sqrt(size);
  for (int i = 0; i < b->n; i++)
    m->inverse[i * b->n + i] = size > 0 ? b->scale[i] * b->scale[i] / size : 1;
}

/* The direction; 0: nothing moves. */
static int box_direction(const mine__box *b, const box_memory *m) {
  int moves = 0;
  for (int i = 0; i < b->n; i++) {
    m->step[i] = 0;
    if (box_held(b, m->gradient, i)) continue;
    double sum = 0;
    for (int j = 0; j < b->n; j++)
      if (!box_held(b, m->gradient, j)) sum += m->inverse[i * b->n + j] * m->gradient[j];
    m->step[i] = -sum;
    moves |= m->step[i] != 0;
  }
  return moves;
}

static void box_bend(const mine__box *b, const box_memory *m, double t) {
  for (int i = 0; i < b->n; i++)
    m->next[i] = fmin(fmax(b->u[i] + t * m->step[i], b->least[i]), b->most[i]);
}

/* Along the direction until the value falls enough; 0: it does not. */
static int box_search(mine__box *b, const box_memory *m, int most, double *value) {
  double t = 1;
  for (int k = 0; k < BOX_HALVES && b->evaluations < most; k++) {
    box_bend(b, m, t);
    double falls = 0, moved = 0;
    for (int i = 0; i < b->n; i++) {
      falls += m->gradient[i] * (m->next[i] - b->u[i]);
      moved = fmax(moved, fabs(m->next[i] - b->u[i]));
    }
    if (moved == 0) return 0;
    *value = b->value(b->context, m->next, m->next_gradient);
    b->evaluations++;
    if (*value <= b->at + BOX_ARMIJO * falls && falls < 0) return 1;
    /* where the parabola through both has its least, if that is of any use */
    const double bend = *value - b->at - falls;
    const double best = isfinite(bend) && bend > 0 ? -falls / (2 * bend) : 0.25;
    t *= fmin(fmax(best, 0.1), 0.5);
  }
  return 0;
}

/* What the step has taught; held arguments teach nothing. */
static void box_learn(const mine__box *b, const box_memory *m) {
  const int n = b->n;
  double *s = m->step, *y = m->change, *hy = m->product, *h = m->inverse;
  for (int i = 0; i < n; i++) {
    s[i] = m->next[i] - b->u[i];
    y[i] = s[i] == 0 ? 0 : m->next_gradient[i] - m->gradient[i];
  }
  const double sy = box_dot(n, s, y), yy = box_dot(n, y, y);
  if (!(sy > BOX_CURVED * sqrt(box_dot(n, s, s) * yy))) return;
  for (int i = 0; i < n; i++)
    hy[i] = box_dot(n, h + i * n, y);
  const double grow = (1 + box_dot(n, y, hy) / sy) / sy;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      h[i * n + j] += grow * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
}

/* `fresh`: the matrix is the scale alone, so that the direction is the gradient's, and where
** nothing is won along it nothing is to be won.  `still`: steps in a row that won less than
** `enough`; one short step says little, three do. */
void mine__box_minimise(mine__box *b, double *memory, int most, double enough) {
  const size_t n = (size_t)b->n;
  const box_memory m = {memory,
                        memory + n * n,
                        memory + n * n + n,
                        memory + n * n + 2 * n,
                        memory + n * n + 3 * n,
                        memory + n * n + 4 * n,
                        memory + n * n + 5 * n};
  int fresh = !b->learned, still = 0;
  b->at = b->value(b->context, b->u, m.gradient);
  b->evaluations++;
  if (!isfinite(b->at)) return;
  if (fresh) box_begin(b, &m);
  while (b->evaluations < most && box_direction(b, &m)) {
    double value = b->at;
    if (!box_search(b, &m, most, &value)) {
      if (fresh) return;
      box_begin(b, &m);
      fresh = 1;
      continue;
    }
    fresh = 0;
    box_learn(b, &m);
    still = b->at - value < enough ? still + 1 : 0;
    memcpy(b->u, m.next, n * sizeof *b->u);
    memcpy(m.gradient, m.next_gradient, n * sizeof *m.gradient);
    b->at = value;
    if (still >= 3) return;
  }
}
