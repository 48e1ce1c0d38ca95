/*
** kmedoids_build.c -- where the medoids start.
**
** BUILD (Kaufman & Rousseeuw, "Finding groups in data", 1990, chapter 2): the first medoid is the
** row with the smallest sum of distances, each next one the row that lowers the cost most, the
** sum of weight x distance to the nearest medoid.  O(n^2 k).  LAB (Schubert & Rousseeuw, "Fast and
** eager k-medoids clustering", Information Systems 101, 2021, section 4.2) looks at 10 + sqrt(n)
** rows drawn for each medoid: O(n^1.5 k).  Of rows that lower it equally the first is taken.
**
** Before the first medoid every row counts as 1 away, farther than any in the matrix: then the row
** that lowers the cost most is that of the smallest sum.
*/
#include <math.h>

#include "kmedoids_private.h"

#define BUILD_DRAWN 10
#define BUILD_TASK  (1 << 15) /* distances looked at per task, about */
#define BUILD_LANES 8         /* sums side by side                   */

typedef struct build_job {
  const kmedoids_matrix *matrix;
  const float *nearest;     /* n: to the nearest medoid so far */
  const int64_t *candidate; /* NULL: all rows                  */
  int64_t candidates, each; /* per task                        */
  double *gain;             /* per candidate                   */
} build_job;

static int64_t build_row(const build_job *job, int64_t candidate) {
  return job->candidate ? job->candidate[candidate] : candidate;
}

/* By how much the cost is lowered by a row. */
static double build_gain(const build_job *job, int64_t row) {
  const kmedoids_matrix *matrix = job->matrix;
  const float *d = kmedoids_from(matrix, row), *nearest = job->nearest;
  double sum[BUILD_LANES] = {0}, all = 0;
  int64_t i = 0;
  for (; !matrix->weight && i + BUILD_LANES <= matrix->n; i += BUILD_LANES)
    for (int l = 0; l < BUILD_LANES; l++) {
      const float nearer = nearest[i + l] - d[i + l];
      sum[l] += (double)(nearer > 0 ? nearer : 0);
    }
  for (; i < matrix->n; i++)
    if (d[i] < nearest[i]) all += kmedoids_weight(matrix, i) * (double)(nearest[i] - d[i]);
  for (int l = 0; l < BUILD_LANES; l++)
    all += sum[l];
  return all;
}

static void build_task(void *context, int64_t task, int worker) {
  const build_job *job = context;
  const int64_t first = task * job->each;
  for (int64_t c = first; c < first + job->each && c < job->candidates; c++)
    job->gain[c] = build_gain(job, build_row(job, c));
  (void)worker;
}

/* The row that lowers the cost most; -1: none does. */
static int64_t build_best(mine_env *env, const build_job *job) {
  int64_t best = -1;
  double gain = 0;
  if (mine__parallel(env, MINE_BLOCKS(job->candidates, job->each), build_task, (void *)job))
    return -1;
  for (int64_t c = 0; c < job->candidates; c++) {
    const int64_t row = build_row(job, c);
    if (!(job->gain[c] > gain || (job->gain[c] == gain && best >= 0 && row < best))) continue;
    gain = job->gain[c];
    best = row;
  }
  return best;
}

/* The row farthest from all medoids; -1: all lie on one. */
static int64_t build_farthest(const build_job *job) {
  int64_t far = 0;
  for (int64_t i = 1; i < job->matrix->n; i++)
    if (job->nearest[i] > job->nearest[far]) far = i;
  return job->nearest[far] > 0 ? far : -1;
}

void mine__kmedoids_build(mine_env *env, kmedoids_run *run, int all, mine_random *random) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = run->matrix->n, some = BUILD_DRAWN + (int64_t)ceil(sqrt((double)n));
  build_job job = {.matrix = run->matrix, .candidates = all || some > n ? n : some};
  float *nearest = mine__arena_array(env->scratch, (size_t)n, sizeof *nearest);
  int64_t *drawn = mine__arena_array(env->scratch, (size_t)job.candidates, sizeof *drawn);
  job.gain = mine__arena_array(env->scratch, (size_t)job.candidates, sizeof(double));
  job.each = 1 + BUILD_TASK / n;
  if (mine_failed(env)) return;
  job.nearest = nearest;
  if (job.candidates < n) job.candidate = drawn;
  for (int64_t i = 0; i < n; i++)
    nearest[i] = 1;
  for (run->distinct = 0; run->distinct < run->k; run->distinct++) {
    for (int64_t c = 0; job.candidate && c < job.candidates; c++)
      drawn[c] = (int64_t)mine__random_below(random, (uint64_t)n);
    int64_t row = build_best(env, &job);
    if (mine_failed(env)) return;
    if (row < 0) row = build_farthest(&job);
    if (row < 0) break; /* all rows lie on medoids: there are no more different ones */
    const float *d = kmedoids_from(run->matrix, row);
    for (int64_t i = 0; i < n; i++)
      nearest[i] = d[i] < nearest[i] ? d[i] : nearest[i];
    run->medoid[run->distinct] = row;
  }
  mine__arena_rewind(env->scratch, mark);
}
