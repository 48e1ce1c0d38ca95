/*
** rfm_cells.c -- measures become scores: 1 the worst, `bins` the best.
**
** Of n customers in rising order of a measure, k of whom lie below a customer (recency: are
** staler), the score is
**
**   ties=rank    1 + min(bins - 1, floor(bins k / (n - 1)))    of the percent rank k / (n - 1):
**                equal values have one score, and cells are as full as ties let them be
**   ties=cells   NTILE(bins) of the place: cells of equal size.  Equal values are placed by the
**                other two measures, then by id: the order of the source decides nothing
**
** Nested as in Hughes (Strategic Database Marketing, 1994): frequency is cut within each score of
** recency, monetary value within each pair.  Breaks are values that begin the next score: a
** recency up to the first break is the best, a frequency or an amount from the last break on.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "rfm.h"

typedef struct cells_job {
  mine_env *env;
  const mine_rfm_cut *cut;
  mine_rfm *rfm;
  double *rank[MINE_RFM_MEASURES +
               1]; /* dense ranks, rising with worth; last, of the ids; NULL: none */
  mine_pair *order, *temp;
  uint32_t *spare;
} cells_job;

/* ---- ranks ------------------------------------------------------------------------------ */

/* Numbers that rise with worth. */
static void cells_worth(cells_job *job, int measure) {
  const double *value = job->rfm->value[measure];
  double *rank = mine__arena_array(job->env->scratch, (size_t)job->rfm->n, sizeof *rank);
  for (int64_t c = 0; rank && c < job->rfm->n; c++)
    rank[c] = measure == MINE_RFM_RECENCY ? -value[c] : value[c];
  job->rank[measure] = rank;
}

static int cells_id_before(const void *context, const void *a, const void *b) {
  mine_cell first, second;
  mine__values_get(context, *(const uint32_t *)a, &first);
  mine__values_get(context, *(const uint32_t *)b, &second);
  return mine__cell_compare(&first, &second) < 0;
}

static void cells_ids(cells_job *job) {
  const size_t n = (size_t)job->rfm->n;
  uint32_t *item = mine__arena_array(job->env->scratch, n, sizeof *item);
  double *rank = mine__arena_array(job->env->scratch, n, sizeof *rank);
  if (!item || !rank) return;
  for (size_t i = 0; i < n; i++)
    item[i] = (uint32_t)i;
  mine__sort(job->env, item, job->spare, n, sizeof *item, cells_id_before, job->rfm->id);
  for (size_t i = 0; i < n; i++)
    rank[item[i]] = (double)i;
  job->rank[MINE_RFM_MEASURES] = rank;
}

/* ---- one cut ---------------------------------------------------------------------------- */

/* Bring customer[0 .. n) into rising order of `key`, stably; job->order has the dense ranks. */
static void cells_order(cells_job *job, const double *key, uint32_t *customer, int64_t n) {
  if (!mine__sort_reals_asked(job->env, key, customer, n, job->order, job->temp)) return;
  for (int64_t k = 0; k < n; k++)
    job->spare[k] = customer[job->order[k].row];
  memcpy(customer, job->spare, (size_t)n * sizeof *customer);
}

/* The other measures decide among equals, the ids last. */
static void cells_place(cells_job *job, int measure, uint32_t *customer, int64_t n) {
  if (job->cut->ties == MINE_RFM_CELLS)
    for (int m = MINE_RFM_MEASURES; m >= 0; m--)
      if (m != measure && job->rank[m]) cells_order(job, job->rank[m], customer, n);
  cells_order(job, job->rank[measure], customer, n);
}

static int cells_ntile(int64_t k, int64_t n, int64_t bins) {
  const int64_t size = n / bins, larger = n % bins;
  if (k < larger * (size + 1)) return (int)(1 + k / (size + 1));
  return (int)(1 + larger + (k - larger * (size + 1)) / size);
}

static int cells_percent(int64_t below, int64_t n, int64_t bins) {
  const int64_t cell = n > 1 ? bins * below / (n - 1) : 0;
  return (int)(1 + (cell < bins ? cell : bins - 1));
}

/* The scores of these customers by one measure; they are left in its order. */
static void cells_cut(cells_job *job, int measure, uint32_t *customer, int64_t n) {
  const int bins = job->cut->bins;
  int64_t below = 0;
  cells_place(job, measure, customer, n);
  for (int64_t k = 0; k < n && !mine_failed(job->env); k++) {
    if (k > 0 && job->order[k].key != job->order[k - 1].key) below = k;
    job->rfm->score[measure][customer[k]] =
        job->cut->ties == MINE_RFM_CELLS ? cells_ntile(k, n, bins) : cells_percent(below, n, bins);
  }
}

/* Cut these by `measure`, and those of each of its scores by the next one. */
static void cells_nest(cells_job *job, int measure, uint32_t *customer, int64_t n) {
  if (measure >= MINE_RFM_MEASURES || n == 0) return;
  if (!job->rank[measure]) {
    cells_nest(job, measure + 1, customer, n);
    return;
  }
  cells_cut(job, measure, customer, n);
  const int32_t *score = job->rfm->score[measure];
  for (int64_t first = 0, end; first < n && !mine_failed(job->env); first = end) {
    for (end = first + 1; end < n && score[customer[end]] == score[customer[first]];)
      end++;
    cells_nest(job, measure + 1, customer + first, end - first);
  }
}

static void cells_by_breaks(mine_rfm *rfm, int measure, const mine_number_list *breaks) {
  for (int64_t c = 0; c < rfm->n; c++) {
    const double v = rfm->value[measure][c];
    int32_t over = 0;
    if (rfm->value[MINE_RFM_FREQUENCY][c] < 1) continue;
    for (size_t b = 0; b < breaks->n; b++)
      over += measure == MINE_RFM_RECENCY ? v > breaks->item[b] : v >= breaks->item[b];
    rfm->score[measure][c] = measure == MINE_RFM_RECENCY ? (int32_t)breaks->n + 1 - over : over + 1;
  }
}

/* ---- all of them ------------------------------------------------------------------------ */

/* The customers with purchases. */
static uint32_t *cells_customers(const cells_job *job, int64_t *n) {
  const mine_rfm *rfm = job->rfm;
  uint32_t *customer = mine__arena_array(job->env->scratch, (size_t)rfm->n, sizeof *customer);
  *n = 0;
  for (int64_t c = 0; customer && c < rfm->n; c++)
    if (rfm->value[MINE_RFM_FREQUENCY][c] >= 1) customer[(*n)++] = (uint32_t)c;
  return customer;
}

static void cells_by_rank(cells_job *job) {
  const size_t room = (size_t)job->rfm->n;
  int64_t n;
  uint32_t *customer = cells_customers(job, &n);
  job->order = mine__arena_array(job->env->scratch, room, sizeof *job->order);
  job->temp = mine__arena_array(job->env->scratch, room, sizeof *job->temp);
  job->spare = mine__arena_array(job->env->scratch, room, sizeof *job->spare);
  for (int m = 0; m < MINE_RFM_MEASURES; m++)
    if (job->rfm->value[m]) cells_worth(job, m);
  if (mine_failed(job->env)) return;
  if (job->cut->ties == MINE_RFM_CELLS) cells_ids(job);
  if (mine_failed(job->env)) return;
  if (job->cut->method == MINE_RFM_NESTED) {
    cells_nest(job, 0, customer, n);
    return;
  }
  for (int m = 0; m < MINE_RFM_MEASURES && !mine_failed(job->env); m++)
    if (job->rank[m]) cells_cut(job, m, customer, n);
}

void mine__rfm_score(mine_env *env, mine_arena *arena, const mine_rfm_cut *cut, mine_rfm *rfm) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  for (int m = 0; m < MINE_RFM_MEASURES; m++) {
    rfm->bins[m] = cut->method == MINE_RFM_BREAKS ? (int)cut->breaks[m].n + 1 : cut->bins;
    rfm->score[m] = mine__arena_zeros(arena, (size_t)rfm->n, sizeof *rfm->score[m]);
  }
  if (mine_failed(env)) return;
  if (cut->method == MINE_RFM_BREAKS) {
    for (int m = 0; m < MINE_RFM_MEASURES; m++)
      if (rfm->value[m]) cells_by_breaks(rfm, m, &cut->breaks[m]);
  } else {
    cells_job job = {.env = env, .cut = cut, .rfm = rfm};
    cells_by_rank(&job);
  }
  mine__arena_rewind(env->scratch, mark);
}
