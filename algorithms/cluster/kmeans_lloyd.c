/*
** kmeans_lloyd.c -- Lloyd's iteration ("Least squares quantization in PCM", IEEE
** Transactions on Information Theory 28, 1982; in circulation since 1957):
**
**   assign      every row to its nearest centre                    (kmeans_assign.c)
**   update      the sums of the rows of every cluster
**   move        every centre to the mean of its rows
**   relocate    a cluster without rows to the row that is farthest from all centres
**
** until no row changes cluster or the centres hardly move.
**
** The sums are kept from one iteration to the next, as MacQueen ("Some methods for
** classification and analysis of multivariate observations", 1967) keeps a mean: a row
** that changed cluster is taken out of one sum and added to the other, in the order of
** the rows.  They are held per block of rows, and the blocks' records are added in the
** order of the blocks (mine__sum_blocks).  Blocks are cut by the number of rows and of
** clusters, a block is updated by one task, and no other order exists: neither the
** number of threads nor their timing shows in the bits.  The blocks are few (at most
** LLOYD_BLOCKS, fewer when k is large) so that the sums never outweigh the rows.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define LLOYD_BLOCKS      64
#define LLOYD_BLOCK_ROWS  512 /* at least, but for the last blocks */
#define LLOYD_RELOCATIONS 10  /* after the last iteration          */

void mine__kmeans_run_open(mine_env *env, const kmeans_points *points, int64_t k, kmeans_run *run) {
  const size_t n = (size_t)points->n;
  const int64_t blocks = MINE_BLOCKS(points->n, LLOYD_BLOCK_ROWS);
  *run = (kmeans_run){.points = points, .k = k, .distinct = k};
  run->blocks = points->n / (2 * k) < LLOYD_BLOCKS ? points->n / (2 * k) : LLOYD_BLOCKS;
  if (run->blocks > blocks) run->blocks = blocks;
  if (run->blocks < 1) run->blocks = 1;
  run->record = mine_panel_doubles(k * (points->width + 1) + 1, 1);
  run->centre = mine__arena_array(env->scratch, (size_t)k, (size_t)points->width * sizeof(double));
  run->next = mine__arena_array(env->scratch, (size_t)points->width, sizeof(double));
  run->label = mine__arena_zeros(env->scratch, n, sizeof *run->label);
  run->before = mine__arena_zeros(env->scratch, n, sizeof *run->before);
  run->distance = mine__arena_array(env->scratch, n, sizeof(double));
  run->block = mine__arena_array(env->scratch, (size_t)run->blocks, run->record * sizeof(double));
  run->all = mine__arena_array(env->scratch, run->record, sizeof(double));
  run->scores = mine__arena_array(env->scratch, (size_t)run->blocks, sizeof(double));
}

/* ---- update ------------------------------------------------------------------------ */

/* Rows of a block that changed cluster, out of the old sum and into the new one. */
static void lloyd_move_rows(kmeans_run *run, double *record, const int64_t *row, int64_t count,
                            int worker) {
  const int64_t width = run->points->width;
  const mine__kernels *kernels = mine__kernels_here();
  const double *x = mine__kmeans_rows(run->points, 0, row, count, worker);
  for (int64_t m = 0; m < count; m++, x += width) {
    const int64_t i = row[m], from = run->before[i], to = run->label[i];
    const double weight = kmeans_weight(run->points, i);
    if (run->summed) {
      kernels->add_row(kmeans_sum(run, record, from), x, width, -weight);
      *kmeans_mass(run, record, from) -= weight;
    }
    kernels->add_row(kmeans_sum(run, record, to), x, width, weight);
    *kmeans_mass(run, record, to) += weight;
    run->before[i] = run->label[i];
  }
  *kmeans_moved(run, record) += (double)count;
}

static void lloyd_update_task(void *context, int64_t block, int worker) {
  kmeans_run *run = context;
  const int64_t last = mine__block_first(run->points->n, run->blocks, block + 1);
  double *record = run->block + (size_t)block * run->record;
  int64_t row[KMEANS_CHUNK], waiting = 0;
  if (!run->summed) memset(record, 0, run->record * sizeof *record);
  *kmeans_moved(run, record) = 0;
  for (int64_t i = mine__block_first(run->points->n, run->blocks, block); i < last; i++) {
    if (run->summed && run->label[i] == run->before[i]) continue;
    row[waiting++] = i;
    if (waiting < KMEANS_CHUNK) continue;
    lloyd_move_rows(run, record, row, waiting, worker);
    waiting = 0;
  }
  lloyd_move_rows(run, record, row, waiting, worker);
}

/* Bring the sums up to date with the labels; run->moved: rows that changed cluster. */
static void lloyd_update_sums(mine_env *env, kmeans_run *run) {
  if (mine__parallel(env, run->blocks, lloyd_update_task, run)) return;
  if (mine__sum_blocks(env, run->block, run->blocks, run->record, run->all)) return;
  run->summed = 1;
  run->moved = (int64_t)*kmeans_moved(run, run->all);
}

void mine__kmeans_sums(mine_env *env, kmeans_run *run) {
  run->summed = 0;
  lloyd_update_sums(env, run);
}

/* ---- move -------------------------------------------------------------------------- */

/* Every centre to the mean of its rows (k-prototypes: and to their modes); a cluster without
** rows keeps its centre.  The sums' own order is that of the blocks, so a centre that has the
** same rows in two iterations may still differ in its last bits, by what went in and out in
** between; one whose rows did not change at all has the very same bits, and moves by 0. */
static void lloyd_move_centres(kmeans_run *run) {
  run->shift = 0;
  run->empty = 0;
  for (int64_t c = 0; c < run->k; c++) {
    const double mass = *kmeans_mass(run, run->all, c), *sum = kmeans_sum(run, run->all, c);
    double *centre = run->centre + c * run->points->width;
    if (!(mass > 0)) {
      run->empty++;
      continue;
    }
    for (int j = 0; j < run->points->width; j++)
      run->next[j] = sum[j] / mass;
    if (run->points->modes) mine__kmeans_to_modes(run->points->modes, run->next);
    for (int j = 0; j < run->points->width; j++) {
      const double step = run->next[j] - centre[j];
      run->shift += step * step;
      centre[j] = run->next[j];
    }
  }
}

/* ---- relocate ---------------------------------------------------------------------- */

/* How many clusters have no row; count[c]: the rows of each.  Counted, not taken from the
** weights, in which sums that went in and out again may leave a crumb. */
static int64_t lloyd_count(const kmeans_run *run, int64_t *count) {
  int64_t empty = 0;
  memset(count, 0, (size_t)run->k * sizeof *count);
  for (int64_t i = 0; i < run->points->n; i++)
    count[run->label[i]]++;
  for (int64_t c = 0; c < run->k; c++)
    empty += count[c] == 0;
  return empty;
}

/* distance[i] becomes that to `centre` where that is nearer. */
static void lloyd_come_nearer(kmeans_run *run, const double *centre) {
  const kmeans_points *points = run->points;
  for (int64_t i = 0; i < points->n; i += MINE_LANES) {
    double d[MINE_LANES];
    mine__distance_panel(mine__kmeans_panel(points, i, 0), points->width, centre, 1, d);
    for (int64_t l = 0; l < MINE_LANES && i + l < points->n; l++)
      if (d[l] < run->distance[i + l]) run->distance[i + l] = d[l];
  }
}

/* Each empty cluster takes the row that is farthest from every centre, the rows taken
** before it included.  How many found one: when all rows lie on centres there are no more
** different rows than there are centres with rows. */
static int64_t lloyd_take_far_rows(mine_env *env, kmeans_run *run, const int64_t *count) {
  int64_t taken = 0;
  for (int64_t c = 0; c < run->k && !mine__poll(env); c++) {
    double *centre = run->centre + c * run->points->width;
    int64_t far = 0;
    if (count[c] > 0) continue;
    for (int64_t i = 1; i < run->points->n; i++)
      if (run->distance[i] > run->distance[far]) far = i;
    if (!(run->distance[far] > 0)) break;
    mine__kmeans_row(run->points, far, centre);
    lloyd_come_nearer(run, centre);
    taken++;
  }
  return taken;
}

/* Clusters without rows start again on far rows, and all centres move once more.  Returns
** whether there were any; then labels and sums agree, and the centres are the means. */
static int lloyd_relocate_empty(mine_env *env, kmeans_run *run) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *count = mine__arena_array(env->scratch, (size_t)run->k, sizeof *count);
  if (mine_failed(env) || lloyd_count(run, count) == 0) return 0;
  mine__kmeans_assign_exact(env, run); /* the centres have moved since the rows were assigned */
  if (mine_failed(env)) return 0;
  const int64_t empty = lloyd_count(run, count), taken = lloyd_take_far_rows(env, run, count);
  mine__arena_rewind(env->scratch, mark);
  if (taken < empty) run->distinct = run->k - empty + taken;
  mine__kmeans_assign_exact(env, run);
  if (mine_failed(env) || run->distinct < run->k) return 1;
  run->summed = 0; /* anew: no crumbs of what was taken out */
  lloyd_update_sums(env, run);
  if (!mine_failed(env)) lloyd_move_centres(run);
  return 1;
}

/* ---- the iteration --------------------------------------------------------------------- */

static void lloyd_iterate(mine_env *env, kmeans_run *run) {
  mine__kmeans_assign(env, run);
  lloyd_update_sums(env, run);
  if (mine_failed(env) || run->moved == 0) return; /* every centre is the mean of its rows */
  lloyd_move_centres(run);
  if (run->empty == 0) return;
  (void)lloyd_relocate_empty(env, run);
  run->shift = INFINITY; /* not at rest, however little the others moved */
}

void mine__kmeans_lloyd(mine_env *env, kmeans_run *run, int64_t max_iter, double tol) {
  const double rest = tol * run->points->variance;
  run->summed = 0;
  run->iterations = 0;
  run->distinct = run->k;
  run->moved = run->points->n;
  run->shift = INFINITY;
  while (run->iterations < max_iter && run->moved > 0 && !(run->shift <= rest)) {
    lloyd_iterate(env, run);
    if (mine_failed(env) || run->distinct < run->k) return;
    run->iterations++;
  }
  /* The last centres have their own nearest rows, which may leave a cluster empty again. */
  mine__kmeans_assign_exact(env, run);
  for (int i = 0; i < LLOYD_RELOCATIONS && !mine_failed(env); i++) {
    if (!lloyd_relocate_empty(env, run) || run->distinct < run->k) return;
    mine__kmeans_assign_exact(env, run);
  }
}
