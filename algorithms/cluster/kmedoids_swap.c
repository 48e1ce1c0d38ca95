/*
** kmedoids_swap.c -- swaps (Schubert & Rousseeuw, "Fast and eager k-medoids clustering: O(k)
** runtime improvement of the PAM, CLARA, and CLARANS algorithms", Information Systems 101, 2021,
** algorithm 3): exchange a medoid for another row while that is better by the run's aim
** (kmedoids_pam.c, kmedoids_msc.c).
**
** A candidate is judged in one look at all rows, whatever k, and the swap is made at once.
** Candidates are the rows in their order, round and round, until n in a row were no better.  They
** are judged some at a time on all threads, and of those that are better the first is taken: what
** comes behind it is judged again.  So the swaps are those of one thread.
*/
#include <string.h>

#include "kmedoids_private.h"

#define SWAP_BETTER 1e-12     /* of the cost: less is rounding                  */
#define SWAP_TASK   (1 << 14) /* rows looked at per task, about                 */
#define SWAP_MOST   64        /* tasks judged at a time                         */
#define SWAP_ROWS   2048      /* whose medoids are looked up in a task          */

void mine__kmedoids_run_open(mine_env *env, const kmedoids_matrix *matrix, int64_t k,
                             const kmedoids_aim *aim, kmedoids_run *run) {
  const size_t n = (size_t)matrix->n;
  *run = (kmedoids_run){.matrix = matrix, .aim = aim, .k = k, .distinct = k};
  run->medoid = mine__arena_zeros(env->scratch, (size_t)k, sizeof *run->medoid);
  run->removal = mine__arena_zeros(env->scratch, (size_t)k, sizeof *run->removal);
  for (int r = 0; r < aim->ranks; r++) {
    run->near[r] = mine__arena_array(env->scratch, n, sizeof *run->near[r]);
    run->far[r] = mine__arena_array(env->scratch, n, sizeof *run->far[r]);
  }
  if (aim->ranks < 3) return;
  run->share = mine__arena_array(env->scratch, n, sizeof *run->share);
}

/* ---- the nearest medoids of each row ------------------------------------------------------ */

void mine__kmedoids_insert(const kmedoids_run *run, int64_t row, float distance, int32_t medoid) {
  int r = run->aim->ranks;
  for (; r > 0 && distance < run->far[r - 1][row]; r--) {
    if (r == run->aim->ranks) continue; /* the last falls out */
    run->near[r][row] = run->near[r - 1][row];
    run->far[r][row] = run->far[r - 1][row];
  }
  if (r == run->aim->ranks) return;
  run->near[r][row] = medoid;
  run->far[r][row] = distance;
}

/* Of equally near ones the lower number stands first. */
void mine__kmedoids_look(const kmedoids_run *run, int64_t row) {
  for (int r = 0; r < run->aim->ranks; r++) {
    run->near[r][row] = -1;
    run->far[r][row] = KMEDOIDS_BEYOND;
  }
  for (int64_t c = 0; c < run->k; c++)
    mine__kmedoids_insert(run, row, kmedoids_from(run->matrix, run->medoid[c])[row], (int32_t)c);
}

static void swap_look_task(void *context, int64_t task, int worker) {
  const kmedoids_run *run = context;
  const int64_t first = task * SWAP_ROWS;
  for (int64_t i = first; i < first + SWAP_ROWS && i < run->matrix->n; i++)
    mine__kmedoids_look(run, i);
  (void)worker;
}

/* Removal losses and the cost. */
static void swap_count(kmedoids_run *run) {
  run->cost = 0;
  memset(run->removal, 0, (size_t)run->k * sizeof *run->removal);
  run->aim->count(run);
}

void mine__kmedoids_nearest(mine_env *env, kmedoids_run *run) {
  if (mine__parallel(env, MINE_BLOCKS(run->matrix->n, SWAP_ROWS), swap_look_task, run)) return;
  swap_count(run);
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
  int32_t best = 0;
  memcpy(loss, run->removal, (size_t)run->k * sizeof *loss);
  const double gain = run->aim->judge(run, row, loss);
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
static void swap_move_task(void *context, int64_t task, int worker) {
  const swap_job *job = context;
  const kmedoids_run *run = job->run;
  const int64_t first = task * SWAP_ROWS;
  const float *d = kmedoids_from(run->matrix, job->row);
  for (int64_t i = first; i < first + SWAP_ROWS && i < run->matrix->n; i++)
    run->aim->move(run, i, d[i], (int32_t)job->medoid);
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
