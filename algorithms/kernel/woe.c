/*
** woe.c -- cells of features, and the bins that they are merged to (woe.h).
*/
#include "woe.h"

#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/radix.h"

#define WOE_SAMPLE 200000 /* rows from which the cells of a number are learnt */
#define WOE_CELLS  200    /* of a number: a cell for each value, else ...     */
#define WOE_COARSE 140    /* ... at most so many of equal weight, and then    */
#define WOE_ROUNDS 4      /* finer ones beside the cuts that are chosen       */
#define WOE_FINE   8      /* at most so many for one                          */

const char *const mine__woe_monotone_names[] = {"none", "auto", "ascending", "descending", NULL};

/* Weights of the rows of the class and of the others, and how many rows that are. */
typedef struct woe_cell {
  double in, out;
  int64_t rows;
} woe_cell;

/* What a worker needs. */
typedef struct woe_room {
  mine_partition_room *partition;
  double *value; /* of the sampled rows */
  mine_pair *pair, *temp;
  woe_cell *level; /* of a category                        */
  woe_cell cell[MINE_PARTITION_CELLS], missing;
  int64_t known; /* of a number: sampled rows that have a value  */
  int n_coarse, exact;
  double cut[MINE_PARTITION_CELLS]; /* of a number: before cell i + 1   */
  double coarse[MINE_PARTITION_CELLS], spare[MINE_PARTITION_CELLS];
  uint32_t of_cell[MINE_PARTITION_CELLS]; /* of a category: the level, or the rare ones */
  double in[MINE_PARTITION_CELLS], out[MINE_PARTITION_CELLS];
} woe_room;

typedef struct woe_job {
  mine_env *env;
  const mine_dataset *data;
  int positive;
  const mine_woe_options *options;
  mine_woe *out;
  double scale;           /* what a weight is multiplied by  */
  double all_in, all_out; /* so scaled                       */
  int64_t sample;
  woe_room *room; /* per worker */
} woe_job;

/* ---- counting ------------------------------------------------------------------------ */

static double woe_weight(const woe_job *job, int64_t row) {
  return job->data->weight ? job->scale * job->data->weight[row] : 1;
}

static void woe_count(const woe_job *job, int64_t row, woe_cell *cell) {
  const double w = woe_weight(job, row);
  *(job->data->label[row] == job->positive ? &cell->in : &cell->out) += w;
  cell->rows++;
}

/* What is asked of a division, but for the cells. */
static mine_partition woe_partition(const woe_job *job) {
  const mine_woe_options *o = job->options;
  const double n = job->all_in + job->all_out;
  return (mine_partition){.all_in = job->all_in,
                          .all_out = job->all_out,
                          .smooth = o->smooth,
                          .least = o->min_share * n,
                          .price = o->min_gain * n / (job->all_in * job->all_out),
                          .most = (int)o->max_bins};
}

/* ---- cells of numbers ------------------------------------------------------------------ */

/* The k-th smallest of the sampled numbers, and what its row weighs. */
static double woe_value(const woe_room *room, int64_t k) {
  return room->value[room->pair[k].row] + 0.0;
}

static double woe_weight_at(const woe_job *job, const woe_room *room, int64_t k) {
  const mine_batch *rows = &job->data->rows;
  const int64_t i = mine__block_first(rows->n, job->sample, room->pair[k].row);
  return woe_weight(job, mine_batch_row(rows, i));
}

/* Cut the sorted numbers from .. to-1 where `share` of their weight is together; a value that
** has as much alone is a cell of its own.  The cuts are appended to the n in cut[]. */
static int woe_cut(const woe_job *job, const woe_room *room, int64_t from, int64_t to, double share,
                   double *cut, int n) {
  double held = 0;
  for (int64_t k = from; k < to;) {
    const uint32_t key = room->pair[k].key;
    const double value = woe_value(room, k);
    double weight = 0;
    for (; k < to && room->pair[k].key == key; k++)
      weight += woe_weight_at(job, room, k);
    if (held > 0 && (held >= share || weight >= share) && n < MINE_PARTITION_CELLS - 1) {
      cut[n++] = value;
      held = 0;
    }
    held += weight;
  }
  return n;
}

/* The same, so that there are about `parts`. */
static int woe_divide(const woe_job *job, const woe_room *room, int64_t from, int64_t to, int parts,
                      double *cut, int n) {
  double weight = 0;
  for (int64_t k = from; k < to; k++)
    weight += woe_weight_at(job, room, k);
  return woe_cut(job, room, from, to, 2 * weight / parts, cut, n);
}

/* The cells to begin with: how many there are. */
static int woe_number_cells(const woe_job *job, const double *number, woe_room *room) {
  const mine_batch *rows = &job->data->rows;
  room->known = 0;
  for (int64_t k = 0; k < job->sample; k++) {
    const int64_t row = mine_batch_row(rows, mine__block_first(rows->n, job->sample, k));
    room->value[k] = number[row];
    room->known += !isnan(number[row]);
  }
  const int64_t distinct = mine__sort_reals(room->value, NULL, job->sample, room->pair, room->temp);
  room->exact = distinct <= WOE_CELLS;
  room->n_coarse = room->exact ? woe_cut(job, room, 0, room->known, 0, room->coarse, 0)
                               : woe_divide(job, room, 0, room->known, WOE_COARSE, room->coarse, 0);
  memcpy(room->cut, room->coarse, (size_t)room->n_coarse * sizeof *room->cut);
  return room->n_coarse + 1;
}

/* The first of the sorted numbers that is not below `bound`. */
static int64_t woe_place(const woe_room *room, double bound) {
  int64_t low = 0, high = room->known;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (woe_value(room, middle) < bound)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Ascending, each once. */
static int woe_sort_cuts(double *cut, int n) {
  int kept = 0;
  for (int i = 1; i < n; i++) {
    const double moving = cut[i];
    int at = i;
    for (; at > 0 && cut[at - 1] > moving; at--)
      cut[at] = cut[at - 1];
    cut[at] = moving;
  }
  for (int i = 0; i < n; i++)
    if (kept == 0 || cut[kept - 1] < cut[i]) cut[kept++] = cut[i];
  return kept;
}

/* Of the sorted numbers from .. to-1, which two bins share, where the cut between them says
** most; NAN: nowhere. */
static double woe_propose(const woe_job *job, const woe_room *room, int64_t from, int64_t to) {
  const mine_partition p = woe_partition(job);
  const mine_batch *rows = &job->data->rows;
  const double ratio = (double)rows->n / (double)job->sample;
  double all[2] = {0}, left[2] = {0}, best = -INFINITY, cut = NAN;
  for (int pass = 0; pass < 2; pass++) {
    double *sum = pass ? left : all;
    for (int64_t k = from; k < to; k++) {
      if (pass && k > from && room->pair[k].key != room->pair[k - 1].key) {
        const double in = all[0] - left[0], out = all[1] - left[1];
        double first, second;
        (void)mine__partition_woe(&p, left[0], left[1], &first);
        (void)mine__partition_woe(&p, in, out, &second);
        if (fmin(left[0] + left[1], in + out) >= p.least && first + second > best) {
          best = first + second;
          cut = woe_value(room, k);
        }
      }
      const int64_t at =
          mine_batch_row(rows, mine__block_first(rows->n, job->sample, room->pair[k].row));
      sum[job->data->label[at] != job->positive] += ratio * woe_weight(job, at);
    }
  }
  return cut;
}

/* The cells once more: the coarse ones, where the chosen cuts end[] are those beside a cut in
** several, and where each of these cuts would stand if the others stayed.  How many there
** are; 0: there is nothing finer. */
static int woe_refine(const woe_job *job, woe_room *room, int cells, int parts, const int *end) {
  const int cuts = parts - 1, left = MINE_PARTITION_CELLS - 1 - room->n_coarse - 2 * cuts;
  double *fresh = room->spare;
  int n = room->n_coarse;
  if (room->exact || cuts < 1 || left / (2 * cuts) < 2) return 0;
  const int fine = left / (2 * cuts) < WOE_FINE ? left / (2 * cuts) : WOE_FINE;
  memcpy(fresh, room->coarse, (size_t)n * sizeof *fresh);
  for (int s = 0; s < cuts; s++)
    fresh[n++] = room->cut[end[s] - 1];
  const int before = woe_sort_cuts(fresh, n);
  n = before;
  for (int s = 0; s < cuts; s++) {
    const int64_t low = s > 0 ? woe_place(room, room->cut[end[s - 1] - 1]) : 0;
    const int64_t high = s + 1 < cuts ? woe_place(room, room->cut[end[s + 1] - 1]) : room->known;
    const double proposed = woe_propose(job, room, low, high);
    if (!isnan(proposed) && n < MINE_PARTITION_CELLS - 1) fresh[n++] = proposed;
    const int at = end[s] - 1; /* the cut between cells at and at + 1 */
    const int64_t from = at > 0 ? woe_place(room, room->cut[at - 1]) : 0;
    const int64_t middle = woe_place(room, room->cut[at]);
    const int64_t to = at + 2 < cells ? woe_place(room, room->cut[at + 1]) : room->known;
    n = woe_divide(job, room, from, middle, fine, fresh, n);
    n = woe_divide(job, room, middle, to, fine, fresh, n);
  }
  n = woe_sort_cuts(fresh, n);
  if (n == before) return 0;
  memcpy(room->cut, fresh, (size_t)n * sizeof *fresh);
  return n + 1;
}

static void woe_count_numbers(const woe_job *job, const double *number, int cells, woe_room *room) {
  const mine_batch *rows = &job->data->rows;
  const mine_woe all = {.n = cells, .cut = room->cut};
  room->missing = (woe_cell){0};
  memset(room->cell, 0, (size_t)cells * sizeof *room->cell);
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    const int bin = mine_woe_bin_of_number(&all, number[row]);
    woe_count(job, row, bin == 0 ? &room->missing : &room->cell[bin - 1]);
  }
}

/* ---- levels in the order of their rates --------------------------------------------------- */

/* By the rate, equal ones as they stand: compared by products, which are exact for counts. */
static int woe_level_before(const void *context, uint32_t a, uint32_t b) {
  const woe_cell *x = (const woe_cell *)context + a, *y = (const woe_cell *)context + b;
  const double left = x->in * (y->in + y->out), right = y->in * (x->in + x->out);
  return left != right ? left < right : a < b;
}

/* A cell for each frequent level, one for the rare ones, levels[] of `n` + 1. */
static int woe_count_levels(const woe_job *job, const int32_t *code, int64_t n, woe_room *room,
                            mine_woe *out) {
  const mine_batch *rows = &job->data->rows;
  woe_cell *level = room->level, *rest = &level[n];
  const double least = job->options->rare * (job->all_in + job->all_out);
  int cells = 0;
  room->missing = (woe_cell){0};
  memset(level, 0, ((size_t)n + 1) * sizeof *level);
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    woe_count(job, row, code[row] < 0 ? &room->missing : &level[code[row]]);
  }
  for (int64_t l = 0; l < n; l++) {
    if (level[l].in + level[l].out >= least && cells < MINE_PARTITION_CELLS - 1) {
      room->of_cell[cells++] = (uint32_t)l;
      continue;
    }
    rest->in += level[l].in;
    rest->out += level[l].out;
    rest->rows += level[l].rows;
    out->n_rare += level[l].rows > 0;
  }
  if (rest->rows > 0) room->of_cell[cells++] = (uint32_t)n;
  mine__sort_words(room->of_cell, (uint32_t)cells, woe_level_before, level);
  for (int c = 0; c < cells; c++)
    room->cell[c] = level[room->of_cell[c]];
  return cells;
}

/* ---- merging -------------------------------------------------------------------------------- */

static int woe_merge(const woe_job *job, int is_number, int cells, woe_room *room, int *end,
                     double *value) {
  mine_partition p = woe_partition(job);
  p.n = cells;
  p.in = room->in;
  p.out = room->out;
  int other[MINE_PARTITION_PARTS];
  double falling;
  for (int c = 0; c < cells; c++) {
    room->in[c] = room->cell[c].in;
    room->out[c] = room->cell[c].out;
  }
  const int monotone = is_number ? job->options->monotone : MINE_WOE_NONE;
  if (monotone != MINE_WOE_NONE) p.direction = monotone == MINE_WOE_DESCENDING ? -1 : 1;
  const int parts = mine__partition_best(&p, room->partition, end, value);
  if (monotone != MINE_WOE_AUTO) return parts;
  p.direction = -1;
  const int others = mine__partition_best(&p, room->partition, other, &falling);
  if (!(falling > *value)) return parts;
  *value = falling;
  memcpy(end, other, (size_t)others * sizeof *end);
  return others;
}

static void woe_finish(const woe_job *job, const woe_cell *sum, int bin, mine_woe *out) {
  const mine_partition p = woe_partition(job);
  out->rows[bin] = sum->rows;
  out->rate[bin] = NAN;
  out->woe[bin] = out->iv[bin] = 0;
  if (sum->rows == 0) return;
  out->rate[bin] = sum->in / (sum->in + sum->out);
  out->woe[bin] = mine__partition_woe(&p, sum->in, sum->out, &out->iv[bin]);
}

/* Cells of numbers, and how they are merged: cut again beside the cuts as long as that says
** more. */
static int woe_merge_numbers(const woe_job *job, const double *number, woe_room *room, int *end) {
  int cells = woe_number_cells(job, number, room), parts = 0;
  double value = -INFINITY;
  for (int round = 0; cells > 0 && round <= WOE_ROUNDS; round++) {
    const double before = value;
    woe_count_numbers(job, number, cells, room);
    parts = woe_merge(job, 1, cells, room, end, &value);
    if (!(value > before) || round == WOE_ROUNDS) break;
    const int finer = woe_refine(job, room, cells, parts, end);
    if (finer == 0) break;
    cells = finer;
  }
  return parts;
}

/* Task = feature. */
static void woe_task(void *context, int64_t f, int worker) {
  const woe_job *job = context;
  const mine_feature_view *view = &job->data->rows.feature[f];
  mine_woe *out = &job->out[f];
  woe_room *room = &job->room[worker];
  int end[MINE_PARTITION_PARTS];
  double value;
  int cells = 1;
  if (view->number) {
    out->n = woe_merge_numbers(job, view->number, room, end);
  } else {
    cells = woe_count_levels(job, view->code, out->n_levels, room, out);
    out->n = cells > 0 ? woe_merge(job, 0, cells, room, end, &value) : 1;
  }
  woe_finish(job, &room->missing, 0, out);
  for (int bin = 1, c = 0; bin <= out->n; bin++) {
    woe_cell sum = {0};
    for (; cells > 0 && c < end[bin - 1]; c++) {
      sum.in += room->cell[c].in;
      sum.out += room->cell[c].out;
      sum.rows += room->cell[c].rows;
      if (view->number) continue;
      if (room->of_cell[c] == out->n_levels)
        out->other = bin;
      else
        out->bin_of[room->of_cell[c]] = (uint8_t)bin;
    }
    if (view->number && bin < out->n) out->cut[bin - 1] = room->cut[c - 1];
    woe_finish(job, &sum, bin, out);
  }
}

/* ---- all together ---------------------------------------------------------------------------- */

static void woe_open(woe_job *job) {
  const mine_dataset *data = job->data;
  job->scale = 1;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (MINE_POLL_AT(job->env, i)) return;
    *(data->label[row] == job->positive ? &job->all_in : &job->all_out) += woe_weight(job, row);
  }
  if (!(job->all_in > 0 && job->all_out > 0)) {
    (void)mine__fail(job->env, MINE_DATA,
                     "all rows are of one class, and bins compare two; give rows of both");
    return;
  }
  job->scale = fmax(1, (double)data->rows.n / (job->all_in + job->all_out));
  job->all_in *= job->scale;
  job->all_out *= job->scale;
}

static void woe_make_rooms(woe_job *job, int64_t most_levels) {
  mine_arena *scratch = job->env->scratch;
  const size_t n = (size_t)job->sample;
  job->room = mine__arena_array(scratch, (size_t)job->env->threads, sizeof *job->room);
  for (int t = 0; !mine_failed(job->env) && t < job->env->threads; t++) {
    woe_room *room = &job->room[t];
    room->partition = mine__arena_array(scratch, 1, sizeof *room->partition);
    room->value = mine__arena_array(scratch, n, sizeof *room->value);
    room->pair = mine__arena_array(scratch, n, sizeof *room->pair);
    room->temp = mine__arena_array(scratch, n, sizeof *room->temp);
    room->level = mine__arena_array(scratch, (size_t)most_levels + 1, sizeof *room->level);
  }
}

/* Room in the answer: for as many bins as are allowed. */
static int64_t woe_make_answer(const woe_job *job, mine_arena *arena) {
  const size_t bins = (size_t)job->options->max_bins + 1;
  int64_t most = 0;
  for (int f = 0; f < job->data->n_features && !mine_failed(job->env); f++) {
    const mine_feature *about = &job->data->about[f];
    mine_woe *woe = &job->out[f];
    *woe = (mine_woe){0};
    woe->rows = mine__arena_zeros(arena, bins, sizeof *woe->rows);
    woe->rate = mine__arena_zeros(arena, bins, sizeof *woe->rate);
    woe->woe = mine__arena_zeros(arena, bins, sizeof *woe->woe);
    woe->iv = mine__arena_zeros(arena, bins, sizeof *woe->iv);
    if (about->type != MINE_COLUMN_CATEGORY) {
      woe->cut = mine__arena_zeros(arena, bins, sizeof *woe->cut);
      continue;
    }
    woe->n_levels = about->levels.values.n;
    woe->bin_of = mine__arena_zeros(arena, (size_t)woe->n_levels, 1);
    if (woe->n_levels > most) most = woe->n_levels;
  }
  return most;
}

mine_status mine__woe_make(mine_env *env, mine_arena *arena, const mine_dataset *data, int positive,
                           const mine_woe_options *options, mine_woe *out) {
  const int64_t n = data->rows.n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  woe_job job = {.env = env, .data = data, .positive = positive, .options = options, .out = out};
  job.sample = n < WOE_SAMPLE ? n : WOE_SAMPLE;
  woe_open(&job);
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t most_levels = woe_make_answer(&job, arena);
  woe_make_rooms(&job, most_levels);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, data->n_features, woe_task, &job));
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
