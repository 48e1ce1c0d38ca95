/*
** kmedoids_swap.c -- FasterPAM (Schubert & Rousseeuw, "Fast and eager k-medoids clustering: O(k)
** runtime improvement of the PAM, CLARA, and CLARANS algorithms", Information Systems 101, 2021,
** algorithm 3): swap a medoid with another row while that lowers the cost.
**
** For each row the nearest and the second nearest medoid are kept, and for each medoid its removal
** loss, by how much the cost grows without it (its rows go to their second).  A candidate x then
** looks at every row once, whatever k:
**
**   d(x, o) < nearest(o)   x takes the row, whoever goes:      gain  += d - nearest
**                          its medoid may go for nothing:      loss(nearest's)  += nearest - second
**   d(x, o) < second(o)    if its medoid goes, x is next:      loss(nearest's)  += d - second
**
** and the best medoid to go is that of the smallest loss; the swap is made at once if gain + loss
** is below 0.  Candidates are the rows in their order, round and round, until n in a row were no
** better.  They are judged some at a time on all threads, and of those that are better the first
** is taken: what comes behind it is judged again.  So the swaps are those of one thread.
*/
#include <string.h>

#include "kmedoids_private.h"

#define SWAP_BETTER 1e-12     /* of the cost: less is rounding                  */
#define SWAP_TASK   (1 << 14) /* rows looked at per task, about                 */
#define SWAP_MOST   64        /* tasks judged at a time                         */
#define SWAP_ROWS   2048      /* whose medoids are looked up in a task          */

void mine__kmedoids_run_open(mine_env *env, const kmedoids_matrix *matrix, int64_t k,
                             kmedoids_run *run) {
  const size_t n = (size_t)matrix->n;
  *run = (kmedoids_run){.matrix = matrix, .k = k, .distinct = k};
  run->medoid = mine__arena_zeros(env->scratch, (size_t)k, sizeof *run->medoid);
  run->removal = mine__arena_zeros(env->scratch, (size_t)k, sizeof *run->removal);
  run->near = mine__arena_array(env->scratch, n, sizeof *run->near);
  run->second = mine__arena_array(env->scratch, n, sizeof *run->second);
  run->near_distance = mine__arena_array(env->scratch, n, sizeof *run->near_distance);
  run->next_distance = mine__arena_array(env->scratch, n, sizeof *run->next_distance);
}

/* ---- nearest and second ----------------------------------------------------------------- */

/* The medoid nearest to a row but `but`. */
static int32_t swap_nearest_but(const kmedoids_run *run, int64_t row, int32_t but,
                                float *distance) {
  int32_t best = -1;
  *distance = KMEDOIDS_BEYOND;
  for (int64_t c = 0; c < run->k; c++) {
    const float d = kmedoids_from(run->matrix, run->medoid[c])[row];
    if (c == but || !(d < *distance)) continue;
    *distance = d;
    best = (int32_t)c;
  }
  return best;
}

static void swap_nearest_task(void *context, int64_t task, int worker) {
  const kmedoids_run *run = context;
  const int64_t first = task * SWAP_ROWS;
  for (int64_t i = first; i < first + SWAP_ROWS && i < run->matrix->n; i++) {
    run->near[i] = swap_nearest_but(run, i, -1, &run->near_distance[i]);
    run->second[i] = swap_nearest_but(run, i, run->near[i], &run->next_distance[i]);
  }
  (void)worker;
}

/* Removal losses and the cost. */
static void swap_count(kmedoids_run *run) {
  run->cost = 0;
  memset(run->removal, 0, (size_t)run->k * sizeof *run->removal);
  for (int64_t i = 0; i < run->matrix->n; i++) {
    const double w = kmedoids_weight(run->matrix, i), near = (double)run->near_distance[i];
    run->cost += w * near;
    run->removal[run->near[i]] += w * ((double)run->next_distance[i] - near);
  }
}

void mine__kmedoids_nearest(mine_env *env, kmedoids_run *run) {
  if (mine__parallel(env, MINE_BLOCKS(run->matrix->n, SWAP_ROWS), swap_nearest_task, run)) return;
  swap_count(run);
}

/* A row that lies on its medoid counts 1, also where the second is there, too. */
double mine__kmedoids_medoid_silhouette(const kmedoids_run *run) {
  double sum = 0, weights = 0;
  for (int64_t i = 0; i < run->matrix->n; i++) {
    const double w = kmedoids_weight(run->matrix, i);
    const double near = (double)run->near_distance[i], next = (double)run->next_distance[i];
    sum += w * (near > 0 ? 1 - near / next : 1);
    weights += w;
  }
  return sum / weights;
}

void mine__kmedoids_drop(mine_env *env, kmedoids_run *run) {
  int64_t least = 0;
  for (int64_t c = 1; c < run->k; c++)
    if (run->removal[c] < run->removal[least]) least = c;
  run->k--;
  for (int64_t c = least; c < run->k; c++)
    run->medoid[c] = run->medoid[c + 1];
  mine__kmedoids_nearest(env, run);
}

/* ---- candidates ------------------------------------------------------------------------- */

typedef struct swap_job {
  kmedoids_run *run;
  int64_t at, count, each; /* candidates: from at on, how many, per task              */
  double *loss;            /* per worker: k                                           */
  double *change;          /* per candidate: of the cost; 0: it was not looked at     */
  int32_t *out;            /* per candidate: the medoid that goes                     */
  int64_t row, medoid;     /* the swap that is being made                             */
} swap_job;

static double swap_judge(const kmedoids_run *run, int64_t row, double *loss, int32_t *out) {
  const kmedoids_matrix *matrix = run->matrix;
  const float *d = kmedoids_from(matrix, row);
  double gain = 0;
  int32_t best = 0;
  memcpy(loss, run->removal, (size_t)run->k * sizeof *loss);
  for (int64_t i = 0; i < matrix->n; i++) {
    if (!(d[i] < run->next_distance[i])) continue;
    const double w = kmedoids_weight(matrix, i), near = (double)run->near_distance[i];
    const double next = (double)run->next_distance[i], here = (double)d[i];
    gain += here < near ? w * (here - near) : 0;
    loss[run->near[i]] += w * ((here < near ? near : here) - next);
  }
  for (int32_t c = 1; c < run->k; c++)
    if (loss[c] < loss[best]) best = c;
  *out = best;
  return gain + loss[best];
}

static int swap_is_better(const kmedoids_run *run, double change) {
  return change < -SWAP_BETTER * run->cost;
}

/* Candidates of a task, until one is better. */
static void swap_task(void *context, int64_t task, int worker) {
  const swap_job *job = context;
  const kmedoids_run *run = job->run;
  const int64_t first = task * job->each, left = job->count - first;
  const int64_t count = left < job->each ? left : job->each;
  double *loss = job->loss + (int64_t)worker * run->k;
  int found = 0;
  for (int64_t c = first; c < first + count; c++) {
    job->change[c] = 0;
    if (found) continue;
    job->change[c] = swap_judge(run, (job->at + c) % run->matrix->n, loss, &job->out[c]);
    found = swap_is_better(run, job->change[c]);
  }
}

/* ---- the swap --------------------------------------------------------------------------- */

/* run->medoid has the new row at `medoid` already. */
static void swap_move(const kmedoids_run *run, int64_t i, float d, int32_t medoid) {
  float *near = &run->near_distance[i], *next = &run->next_distance[i];
  if (run->near[i] == medoid && d <= *next) {
    *near = d;
  } else if (run->near[i] == medoid) {
    *near = *next;
    run->near[i] = run->second[i];
    run->second[i] = swap_nearest_but(run, i, run->near[i], next);
  } else if (d < *near) {
    *next = *near;
    run->second[i] = run->near[i];
    *near = d;
    run->near[i] = medoid;
  } else if (run->second[i] == medoid && d > *next) {
    run->second[i] = swap_nearest_but(run, i, run->near[i], next);
  } else if (run->second[i] == medoid || d < *next) {
    *next = d;
    run->second[i] = medoid;
  }
}

static void swap_move_task(void *context, int64_t task, int worker) {
  const swap_job *job = context;
  const int64_t first = task * SWAP_ROWS;
  const float *d = kmedoids_from(job->run->matrix, job->row);
  for (int64_t i = first; i < first + SWAP_ROWS && i < job->run->matrix->n; i++)
    swap_move(job->run, i, d[i], (int32_t)job->medoid);
  (void)worker;
}

static void swap_make(mine_env *env, swap_job *job, int64_t row, int64_t medoid) {
  kmedoids_run *run = job->run;
  job->row = row;
  job->medoid = medoid;
  run->medoid[medoid] = row;
  run->swaps++;
  if (mine__parallel(env, MINE_BLOCKS(run->matrix->n, SWAP_ROWS), swap_move_task, job)) return;
  swap_count(run);
}

/* The first of the candidates judged that is better; -1: none. */
static int64_t swap_first(const swap_job *job) {
  for (int64_t c = 0; c < job->count; c++)
    if (swap_is_better(job->run, job->change[c])) return c;
  return -1;
}

void mine__kmedoids_swap(mine_env *env, kmedoids_run *run, int64_t max_iter) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = run->matrix->n;
  swap_job job = {.run = run, .each = 1 + SWAP_TASK / n};
  const size_t most = (size_t)job.each * SWAP_MOST;
  int64_t since = 0, judged = 0, tasks = 1;
  job.loss = mine__arena_array(env->scratch, (size_t)env->threads * (size_t)run->k, sizeof(double));
  job.change = mine__arena_array(env->scratch, most, sizeof *job.change);
  job.out = mine__arena_array(env->scratch, most, sizeof *job.out);
  run->swaps = run->passes = 0;
  if (!mine_failed(env)) mine__kmedoids_nearest(env, run);
  while (!mine_failed(env) && since < n && judged / n < max_iter) {
    job.count = tasks * job.each < n - since ? tasks * job.each : n - since;
    if (mine__parallel(env, MINE_BLOCKS(job.count, job.each), swap_task, &job)) return;
    const int64_t found = swap_first(&job), steps = found < 0 ? job.count : found + 1;
    if (found >= 0) swap_make(env, &job, (job.at + found) % n, job.out[found]);
    since = found < 0 ? since + steps : 0;
    judged += steps;
    job.at = (job.at + steps) % n;
    tasks = found < 0 ? 2 * tasks : tasks / 2;
    tasks = tasks < 1 ? 1 : tasks > SWAP_MOST ? SWAP_MOST : tasks;
  }
  run->passes = MINE_BLOCKS(judged, n);
  if (!mine_failed(env)) mine__arena_rewind(env->scratch, mark);
}
