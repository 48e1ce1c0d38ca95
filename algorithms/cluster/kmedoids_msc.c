/*
** kmedoids_msc.c -- the aim of k=auto, a large mean medoid silhouette (FasterMSC: Lenssen &
** Schubert, "Medoid silhouette clustering with automatic cluster number selection", Information
** Systems 120, 2024).
**
** The medoid silhouette of a row is 1 - d1 / d2, with d1 <= d2 <= d3 its distances to the nearest
** three medoids: near 1 where clusters lie apart.  What is made small is the sum of weight x d1 /
** d2.  A candidate x at distance d from a row changes that row's part
**
**   whoever goes            to d / d1 (d < d1), to d1 / d (d < d2), else not at all
**   if its nearest goes     to d / d2 (d < d2), to d2 / d (d < d3), else to d2 / d3
**   if its second goes      to d / d1 (d < d1), to d1 / d (d < d3), else to d1 / d3
**
** so that rows at d >= d3 need no look: the sums of the last cases are kept as removal losses.
** Once no swap is better, the medoid that is missed least is dropped, and the next smaller k starts
** from the others (DynMSC; kmedoids_solve.c).  A row that lies on its medoid has the silhouette 1,
** also where the second is there, too.  With two medoids d3 is beyond all: its value cancels out.
*/
#include <math.h>

#include "../kernel/simd.h"
#include "kmedoids_private.h"

/* Of two distances, the first not above the second. */
static double msc_ratio(double less, double more) {
  return less > 0 ? less / more : 0;
}

static void msc_count(kmedoids_run *run) {
  for (int64_t i = 0; i < run->matrix->n; i++) {
    const double w = kmedoids_weight(run->matrix, i), d1 = (double)run->far[0][i];
    const double d2 = (double)run->far[1][i], d3 = (double)run->far[2][i];
    const kmedoids_share share = {msc_ratio(d1, d2), msc_ratio(d2, d3), msc_ratio(d1, d3)};
    run->share[i] = share;
    run->cost += w * share.now;
    run->removal[run->near[0][i]] += w * (share.without_first - share.now);
    run->removal[run->near[1][i]] += w * (share.without_second - share.now);
  }
}

/* The row's parts with x at distance d < d3. */
static kmedoids_share msc_with(const kmedoids_run *run, int64_t i, double d) {
  const double d1 = (double)run->far[0][i], d2 = (double)run->far[1][i];
  const double first = d < d1 ? d / d1 : msc_ratio(d1, d);
  return (kmedoids_share){d < d2 ? first : run->share[i].now, d < d2 ? d / d2 : msc_ratio(d2, d),
                          first};
}

static double msc_judge(const kmedoids_run *run, int64_t row, double *loss) {
  const kmedoids_matrix *matrix = run->matrix;
  const mine__kernels *kernels = mine__kernels_here();
  const float *d = kmedoids_from(matrix, row), *third = run->far[2];
  double gain = 0;
  if (run->far[0][row] == 0) return INFINITY; /* two medoids at one place are no solution */
  for (int64_t from = 0; from < matrix->n; from += KMEDOIDS_SIFTED) {
    uint32_t at[KMEDOIDS_SIFTED];
    const int64_t left = matrix->n - from, n = left < KMEDOIDS_SIFTED ? left : KMEDOIDS_SIFTED;
    const int64_t found = kernels->below(d + from, third + from, n, at);
    for (int64_t a = 0; a < found; a++) {
      const int64_t i = from + at[a];
      const double w = kmedoids_weight(matrix, i);
      const kmedoids_share was = run->share[i], with = msc_with(run, i, (double)d[i]);
      const double change = with.now - was.now;
      gain += w * change;
      loss[run->near[0][i]] += w * (with.without_first - was.without_first - change);
      loss[run->near[1][i]] += w * (with.without_second - was.without_second - change);
    }
  }
  return gain;
}

static void msc_move(const kmedoids_run *run, int64_t i, float d, int32_t medoid) {
  int among = 0;
  for (int r = 0; r < 3; r++)
    among |= run->near[r][i] == medoid;
  if (among)
    mine__kmedoids_look(run, i);
  else
    mine__kmedoids_insert(run, i, d, medoid);
}

double mine__kmedoids_medoid_silhouette(const kmedoids_run *run) {
  double weights = 0;
  for (int64_t i = 0; i < run->matrix->n; i++)
    weights += kmedoids_weight(run->matrix, i);
  return 1 - run->cost / weights;
}

const kmedoids_aim mine__kmedoids_msc = {
    .ranks = 3, .count = msc_count, .judge = msc_judge, .move = msc_move};
