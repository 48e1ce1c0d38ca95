/*
** kmedoids_pam.c -- the aim of k-medoids proper, a small sum of weight x distance to the nearest
** medoid (FasterPAM: Schubert & Rousseeuw, Information Systems 101, 2021, algorithm 3).
**
** For each row the nearest and the second nearest medoid are kept, and for each medoid its removal
** loss, by how much the cost grows without it (its rows go to their second).  A candidate x then
** looks at every row once, whatever k:
**
**   d(x, o) < nearest(o)   x takes the row, whoever goes:      gain  += d - nearest
**                          its medoid may go for nothing:      loss(nearest's)  += nearest - second
**   d(x, o) < second(o)    if its medoid goes, x is next:      loss(nearest's)  += d - second
**
** and the best medoid to go is that of the smallest loss; the swap is better if gain + loss is
** below 0.  With many medoids few rows are nearer to x than to their second: those are sifted out
** by vectors first.
*/
#include "../kernel/simd.h"
#include "kmedoids_private.h"

static void pam_count(kmedoids_run *run) {
  const float *nearest = run->far[0], *second = run->far[1];
  for (int64_t i = 0; i < run->matrix->n; i++) {
    const double w = kmedoids_weight(run->matrix, i), near = (double)nearest[i];
    run->cost += w * near;
    run->removal[run->near[0][i]] += w * ((double)second[i] - near);
  }
}

static double pam_judge(const kmedoids_run *run, int64_t row, double *loss) {
  const kmedoids_matrix *matrix = run->matrix;
  const mine__kernels *kernels = mine__kernels_here();
  const float *d = kmedoids_from(matrix, row), *nearest = run->far[0], *second = run->far[1];
  const int32_t *whose = run->near[0];
  double gain = 0;
  for (int64_t first = 0; first < matrix->n; first += KMEDOIDS_SIFTED) {
    uint32_t at[KMEDOIDS_SIFTED];
    const int64_t left = matrix->n - first, n = left < KMEDOIDS_SIFTED ? left : KMEDOIDS_SIFTED;
    const int64_t found = kernels->below(d + first, second + first, n, at);
    for (int64_t a = 0; a < found; a++) {
      const int64_t i = first + at[a];
      const double w = kmedoids_weight(matrix, i), near = (double)nearest[i];
      const double next = (double)second[i], here = (double)d[i];
      gain += here < near ? w * (here - near) : 0;
      loss[whose[i]] += w * ((here < near ? near : here) - next);
    }
  }
  return gain;
}

/* The second, when the nearest is known. */
static void pam_second(const kmedoids_run *run, int64_t i) {
  const int32_t nearest = run->near[0][i];
  float least = KMEDOIDS_BEYOND;
  int32_t second = -1;
  for (int64_t c = 0; c < run->k; c++) {
    const float d = kmedoids_from(run->matrix, run->medoid[c])[i];
    if (c == nearest || !(d < least)) continue;
    least = d;
    second = (int32_t)c;
  }
  run->near[1][i] = second;
  run->far[1][i] = least;
}

static void pam_move(const kmedoids_run *run, int64_t i, float d, int32_t medoid) {
  int32_t *near = &run->near[0][i], *second = &run->near[1][i];
  float *nearest = &run->far[0][i], *next = &run->far[1][i];
  if (*near == medoid && d <= *next) {
    *nearest = d;
  } else if (*near == medoid) {
    *nearest = *next;
    *near = *second;
    pam_second(run, i);
  } else if (d < *nearest) {
    *next = *nearest;
    *second = *near;
    *nearest = d;
    *near = medoid;
  } else if (*second == medoid && d > *next) {
    pam_second(run, i);
  } else if (*second == medoid || d < *next) {
    *next = d;
    *second = medoid;
  }
}

const kmedoids_aim mine__kmedoids_pam = {
    .ranks = 2, .count = pam_count, .judge = pam_judge, .move = pam_move};
