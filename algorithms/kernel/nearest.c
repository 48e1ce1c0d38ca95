/*
** nearest.c -- the search of nearest.h: a block of queries against one tile of
** base rows after the other.
**
** For euclidean distances a tile first passes the sieve (sieve.h), which leaves
** some k (1 + ln(n/k)) rows per query to be measured exactly.  Its limit is the
** bracket of the worst distance in the query's list, widened by the sieve's
** error, so that no row is lost.  Where many rows of a tile pass (ties, or data
** without contrast) the tile is measured by vector instructions instead, so that the
** worst case is the plain exact search.
*/
#include "nearest.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "distance.h"
#include "tile.h"
#include "topk.h"

#define NEAREST_TILE     MINE_TILE_ROWS
#define NEAREST_GROUP    MINE_NEAREST_GROUP
#define NEAREST_FEW      3   /* rows of a tile measured one by one             */
#define NEAREST_BLOCK    128 /* queries of a task at most                      */
#define NEAREST_SIEVED   2e8 /* base values x queries a task looks at: ~10 ms  */
#define NEAREST_MEASURED 3e7 /* the same without the sieve                     */

_Static_assert(NEAREST_GROUP % MINE__SIEVE_POINTS == 0 && NEAREST_TILE == MINE__SIEVE_ROWS,
               "groups and tiles are what the sieve takes");

const char *const mine__space_names[] = {"euclidean", "manhattan", "cosine", "gower", NULL};

/* ---- preparing the base ---------------------------------------------------- */

/* The mean of the base: lengths from there, and with them rounding errors, are small. */
static void nearest_centre(mine_env *env, const mine_nearest *base, double *centre) {
  for (int64_t i = 0; i < base->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    for (int j = 0; j < base->width; j++)
      centre[j] += base->row[i * base->width + j];
  }
  for (int j = 0; j < base->width; j++)
    centre[j] /= (double)base->n;
}

/* The longest row, from the centre; infinite or NAN where it is too long. */
static double nearest_longest(mine_env *env, const mine_nearest *base, const double *centre) {
  double longest = 0;
  for (int64_t i = 0; i < base->n; i++) {
    double square = 0;
    if (MINE_POLL_AT(env, i)) return NAN;
    for (int j = 0; j < base->width; j++) {
      const double v = base->row[i * base->width + j] - centre[j];
      square += v * v;
    }
    if (!(square <= longest)) longest = square;
  }
  return sqrt(longest);
}

static void nearest_open_sieve(mine_env *env, mine_arena *arena, mine_nearest *base) {
  const int64_t step = 64 * NEAREST_TILE;
  double *centre = mine__arena_zeros(arena, (size_t)base->width, sizeof *centre);
  if (!centre || base->width > MINE__SIEVE_WIDEST) return;
  nearest_centre(env, base, centre);
  if (mine_failed(env)) return;
  mine__sieve_open(env, arena, base->n, base->width, centre, nearest_longest(env, base, centre),
                   &base->sieve);
  for (int64_t i = 0; base->sieve.factor > 0 && i < base->n; i += step) {
    const int64_t left = base->n - i;
    mine__sieve_pack(&base->sieve, i, base->row + i * base->width, left < step ? left : step);
    if (mine__poll(env)) return;
  }
}

static int nearest_is_zero(const double *row, int width) {
  for (int j = 0; j < width; j++) {
    if (row[j] != 0) return 0;
  }
  return 1;
}

mine_status mine__nearest_build(mine_env *env, mine_arena *arena, mine_space space,
                                const double *row, int64_t n, int width, const uint8_t *category,
                                mine_nearest *out) {
  *out = (mine_nearest){.space = space, .n = n, .width = width, .row = row, .category = category};
  if (space == MINE_SPACE_COSINE) {
    out->zero = mine__arena_zeros(arena, (size_t)n, 1);
    if (!out->zero) return mine_env_status(env);
    for (int64_t i = 0; i < n; i++)
      out->zero[i] = (uint8_t)nearest_is_zero(row + i * width, width);
  }
  if (n == 0 || space == MINE_SPACE_MANHATTAN || space == MINE_SPACE_GOWER) return MINE_OK;
  nearest_open_sieve(env, arena, out);
  return mine_env_status(env);
}

/* ---- a block of queries ----------------------------------------------------- */

/* One thread's scratch memory. */
typedef struct nearest_worker {
  float *query;   /* per query, as the sieve sees it           */
  double *length; /* per query, in the sieve's units           */
  double *bound;  /* per query: nearest_bound() as of now      */
  float *limit;   /* per query                                 */
  uint32_t *mask; /* per query                                 */
  double *panels; /* one tile                                  */
  mine_topk *top; /* per query                                 */
} nearest_worker;

typedef struct nearest_job {
  const mine_nearest *base;
  const mine_nearest_query *query;
  int64_t block;                /* queries of a task                    */
  int64_t first_tile, end_tile; /* the segment of the base being looked at */
  int last;                     /* it is the last one                   */
  nearest_worker *worker;
  uint32_t *row;
  double *distance;
  int64_t *found;
} nearest_job;

/* The query's share of its limit: the bracket of its worst distance.  Infinite while
** the list has room and where the sieve makes no sense. */
static double nearest_bound(const mine_nearest *base, double length, double worst) {
  if (!(worst <= DBL_MAX) || !(length < MINE__SIEVE_FAR)) return INFINITY;
  return mine__sieve_bracket(&base->sieve, length, worst);
}

/* Lay the block's queries out for the sieve; the last group is filled with zeros, and
** so are queries too far away for it. */
static void nearest_load_queries(const nearest_job *job, nearest_worker *w, int64_t first,
                                 int64_t count) {
  const mine_nearest *base = job->base;
  const int64_t padded = MINE_BLOCKS(count, NEAREST_GROUP) * NEAREST_GROUP, width = base->width;
  for (int64_t q = 0; q < padded; q++) {
    float *out = w->query + q * width;
    w->length[q] = w->bound[q] = 0;
    if (q < count) {
      w->length[q] = mine__sieve_point(&base->sieve, job->query->row + (first + q) * width, out);
      w->bound[q] = nearest_bound(base, w->length[q], w->top[q].worst);
    }
    if (q < count && w->length[q] < MINE__SIEVE_FAR) continue; /* false for NAN, too */
    for (int64_t j = 0; j < width; j++)
      out[j] = 0;
  }
}

/* Which rows of tile t may enter which query's list. */
static void nearest_sieve_tile(const nearest_job *job, nearest_worker *w, int64_t t,
                               int64_t count) {
  const mine__sieve *sieve = &job->base->sieve;
  const int64_t padded = MINE_BLOCKS(count, NEAREST_GROUP) * NEAREST_GROUP;
  const int64_t left = job->base->n - t * NEAREST_TILE;
  if (sieve->factor > 0) {
    for (int64_t q = 0; q < padded; q++) {
      w->limit[q] = (float)(w->bound[q] + mine__sieve_error(sieve, sieve->reach[t], w->length[q]));
    }
    mine__sieve_below(sieve, t, w->query, w->limit, padded, w->mask);
  } else {
    memset(w->mask, 0xff, (size_t)count * sizeof *w->mask);
  }
  for (int64_t q = 0; left < NEAREST_TILE && q < count; q++)
    w->mask[q] &= (UINT32_C(1) << left) - 1;
}

/* Whether at most NEAREST_FEW bits are set. */
static int nearest_is_few(uint32_t bits) {
  int n = 0;
  for (; bits && n <= NEAREST_FEW; bits &= bits - 1)
    n++;
  return n <= NEAREST_FEW;
}

/* Offer the marked rows of tile t to query q (numbered `number` overall). */
static void nearest_offer(const nearest_job *job, nearest_worker *w, int64_t t, int64_t q,
                          int64_t number, int *packed) {
  const mine_nearest *base = job->base;
  const mine_nearest_query *query = job->query;
  const double *point = query->row + number * base->width;
  double distance[NEAREST_TILE];
  const int one_by_one = base->sieve.factor > 0 && nearest_is_few(w->mask[q]);
  if (!one_by_one) {
    if (!*packed) mine__tile_pack(base, t, w->panels);
    *packed = 1;
    mine__tile_distances(base, w->panels, point, distance);
  }
  const int no_direction = base->zero && nearest_is_zero(point, base->width);
  for (int r = 0; r < NEAREST_TILE; r++) {
    if (!(w->mask[q] >> r & 1)) continue;
    const int64_t i = t * NEAREST_TILE + r;
    if (query->base_key && query->base_key[i] == query->query_key[number]) continue;
    double d = one_by_one ? mine__distance_pair(point, base->row + i * base->width, base->width)
                          : distance[r];
    if (base->zero && (no_direction || base->zero[i])) d = 2; /* half of it is 1 */
    if (d <= w->top[q].worst) mine__topk_offer(&w->top[q], d, (uint32_t)i);
  }
  if (base->sieve.factor > 0) w->bound[q] = nearest_bound(base, w->length[q], w->top[q].worst);
}

/* Continue the lists of a block of queries where the last segment left them. */
static void nearest_resume(const nearest_job *job, nearest_worker *w, int64_t first,
                           int64_t count) {
  const int64_t k = job->query->k;
  for (int64_t q = 0; q < count; q++) {
    mine_topk *top = &w->top[q];
    mine__topk_open(top, k, job->distance + (first + q) * k, job->row + (first + q) * k);
    top->n = job->found[first + q];
    if (top->n == k) top->worst = top->distance[0];
  }
}

/* Turn what was compared into the distance itself, nearest first. */
static void nearest_finish(const mine_nearest *base, mine_topk *top) {
  mine__topk_sort(top);
  for (int64_t i = 0; i < top->n; i++) {
    if (base->space == MINE_SPACE_EUCLIDEAN) top->distance[i] = sqrt(top->distance[i]);
    if (base->space == MINE_SPACE_COSINE) top->distance[i] /= 2;
  }
}

static void nearest_task(void *context, int64_t task, int worker) {
  const nearest_job *job = context;
  nearest_worker *w = &job->worker[worker];
  const int64_t first = task * job->block, left = job->query->n - first;
  const int64_t count = left < job->block ? left : job->block;
  nearest_resume(job, w, first, count);
  if (job->base->sieve.factor > 0) nearest_load_queries(job, w, first, count);
  for (int64_t t = job->first_tile; t < job->end_tile; t++) {
    nearest_sieve_tile(job, w, t, count);
    int packed = 0;
    for (int64_t q = 0; q < count; q++) {
      if (w->mask[q]) nearest_offer(job, w, t, q, first + q, &packed);
    }
  }
  for (int64_t q = 0; q < count; q++) {
    if (job->last) nearest_finish(job->base, &w->top[q]);
    job->found[first + q] = w->top[q].n;
  }
}

/* ---- the search -------------------------------------------------------------- */

/* How many tiles one group of queries may look at in a task: the base is cut
** into segments, so that a task stays short however large the base is. */
static int64_t nearest_segment(const mine_nearest *base) {
  const double work = base->sieve.factor > 0 ? NEAREST_SIEVED : NEAREST_MEASURED;
  const double tiles = work / ((double)NEAREST_GROUP * NEAREST_TILE * (base->width + 4));
  return tiles < 1 ? 1 : (int64_t)tiles;
}

/* Queries per task: many to reuse a tile, few to keep a task short and to have
** work for every thread. */
static int64_t nearest_block(const mine_nearest *base, int64_t tiles, int64_t queries,
                             int threads) {
  const double work = base->sieve.factor > 0 ? NEAREST_SIEVED : NEAREST_MEASURED;
  double block = work / ((double)tiles * NEAREST_TILE * (base->width + 4));
  const double share = (double)queries / (4.0 * threads);
  if (block > share) block = share;
  if (block > NEAREST_BLOCK) block = NEAREST_BLOCK;
  return block < NEAREST_GROUP ? NEAREST_GROUP : (int64_t)block / NEAREST_GROUP * NEAREST_GROUP;
}

static int nearest_worker_open(mine_arena *scratch, nearest_worker *w, int64_t block, int width) {
  w->query = mine__arena_array(scratch, (size_t)block, (size_t)width * sizeof *w->query);
  w->length = mine__arena_array(scratch, (size_t)block, sizeof *w->length);
  w->bound = mine__arena_array(scratch, (size_t)block, sizeof *w->bound);
  w->limit = mine__arena_array(scratch, (size_t)block, sizeof *w->limit);
  w->mask = mine__arena_array(scratch, (size_t)block, sizeof *w->mask);
  w->panels = mine__arena_array(scratch, NEAREST_TILE, (size_t)width * sizeof *w->panels);
  w->top = mine__arena_array(scratch, (size_t)block, sizeof *w->top);
  return w->query && w->length && w->bound && w->limit && w->mask && w->panels && w->top;
}

/* One segment of the base after the other, all queries each time. */
static void nearest_run(mine_env *env, nearest_job *job, int64_t segment) {
  const mine_nearest_query *query = job->query;
  const int64_t tiles = MINE_BLOCKS(job->base->n, NEAREST_TILE);
  const int64_t tasks = MINE_BLOCKS(query->n, job->block);
  for (int64_t t = 0; t < tiles; t += segment) {
    const int64_t end = t + segment < tiles ? t + segment : tiles;
    const double whole = query->to - query->from;
    const double from = query->from + whole * (double)t / (double)tiles;
    const double to = query->from + whole * (double)end / (double)tiles;
    job->first_tile = t;
    job->end_tile = end;
    job->last = end == tiles;
    if (mine__parallel_progress(env, tasks, nearest_task, job, query->what, from, to)) return;
  }
}

mine_status mine__nearest_search(mine_env *env, const mine_nearest *base,
                                 const mine_nearest_query *query, uint32_t *row, double *distance,
                                 int64_t *found) {
  const int64_t tiles = MINE_BLOCKS(base->n, NEAREST_TILE);
  int64_t segment = nearest_segment(base);
  if (segment > tiles) segment = tiles;
  nearest_job job = {
      .base = base, .query = query, .row = row, .distance = distance, .found = found};
  const mine_mark mark = mine__arena_mark(env->scratch);
  job.block = nearest_block(base, segment, query->n, env->threads);
  job.worker = mine__arena_zeros(env->scratch, (size_t)env->threads, sizeof *job.worker);
  if (!job.worker) return mine_env_status(env);
  for (int i = 0; i < env->threads; i++) {
    if (!nearest_worker_open(env->scratch, &job.worker[i], job.block, base->width)) {
      return mine_env_status(env);
    }
  }
  for (int64_t q = 0; q < query->n; q++)
    found[q] = 0;
  nearest_run(env, &job, segment);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
