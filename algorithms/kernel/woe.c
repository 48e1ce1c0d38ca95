/*
** woe.c -- cells of features, and the bins that they are merged to (woe.h).
*/
#include "woe.h"

#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/radix.h"

#define WOE_SAMPLE 200000 /* rows from which the cells of a number are learnt */
#define WOE_CELLS  200    /* of a number                                      */

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
  double cut[MINE_PARTITION_CELLS];       /* of a number: before cell i + 1   */
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

#define WOE_RARE UINT32_MAX /* a cell of all rare levels */

/* ---- counting ------------------------------------------------------------------------ */

static double woe_weight(const woe_job *job, int64_t row) {
  return job->data->weight ? job->scale * job->data->weight[row] : 1;
}

static void woe_count(const woe_job *job, int64_t row, woe_cell *cell) {
  const double w = woe_weight(job, row);
  *(job->data->label[row] == job->positive ? &cell->in : &cell->out) += w;
  cell->rows++;
}

/* Cut the sampled values, which are sorted, where `share` of their weight is together; a value
** that has as much alone is a cell of its own.  At most 2 weight / share + 1 cells. */
static int woe_cut(const woe_job *job, woe_room *room, int64_t n, double share) {
  const mine_batch *rows = &job->data->rows;
  double held = 0;
  int cells = 1;
  for (int64_t k = 0; k < n;) {
    const uint32_t key = room->pair[k].key;
    const double value = room->value[room->pair[k].row];
    double weight = 0;
    for (; k < n && room->pair[k].key == key; k++) {
      const int64_t i = mine__block_first(rows->n, job->sample, room->pair[k].row);
      weight += woe_weight(job, mine_batch_row(rows, i));
    }
    if (held > 0 && (held >= share || weight >= share) && cells < MINE_PARTITION_CELLS) {
      room->cut[cells++ - 1] = value + 0.0;
      held = 0;
    }
    held += weight;
  }
  return cells;
}

/* The cells of a number: how many there are; their cuts are left in the room. */
static int woe_number_cells(const woe_job *job, const double *number, woe_room *room) {
  const mine_batch *rows = &job->data->rows;
  double weight = 0;
  int64_t known = 0;
  for (int64_t k = 0; k < job->sample; k++) {
    const int64_t row = mine_batch_row(rows, mine__block_first(rows->n, job->sample, k));
    room->value[k] = number[row];
    if (isnan(number[row])) continue;
    weight += woe_weight(job, row);
    known++;
  }
  const int64_t distinct = mine__sort_reals(room->value, NULL, job->sample, room->pair, room->temp);
  return woe_cut(job, room, known, distinct <= WOE_CELLS ? 0 : 2 * weight / WOE_CELLS);
}

static int woe_count_numbers(const woe_job *job, const double *number, woe_room *room) {
  const mine_batch *rows = &job->data->rows;
  const int cells = woe_number_cells(job, number, room);
  const mine_woe all = {.n = cells, .cut = room->cut};
  memset(room->cell, 0, (size_t)cells * sizeof *room->cell);
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    const int bin = mine_woe_bin_of_number(&all, number[row]);
    woe_count(job, row, bin == 0 ? &room->missing : &room->cell[bin - 1]);
  }
  return cells;
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

static int woe_merge(const woe_job *job, int is_number, int cells, woe_room *room, int *end) {
  const mine_woe_options *o = job->options;
  const double n = job->all_in + job->all_out;
  mine_partition p = {.n = cells,
                      .in = room->in,
                      .out = room->out,
                      .all_in = job->all_in,
                      .all_out = job->all_out,
                      .smooth = o->smooth,
                      .least = o->min_share * n,
                      .price = o->min_gain * n / (job->all_in * job->all_out),
                      .most = (int)o->max_bins};
  int other[MINE_PARTITION_PARTS];
  double value, falling;
  for (int c = 0; c < cells; c++) {
    room->in[c] = room->cell[c].in;
    room->out[c] = room->cell[c].out;
  }
  const int monotone = is_number ? o->monotone : MINE_WOE_NONE;
  if (monotone != MINE_WOE_NONE) p.direction = monotone == MINE_WOE_DESCENDING ? -1 : 1;
  const int parts = mine__partition_best(&p, room->partition, end, &value);
  if (monotone != MINE_WOE_AUTO) return parts;
  p.direction = -1;
  const int others = mine__partition_best(&p, room->partition, other, &falling);
  if (!(falling > value)) return parts;
  memcpy(end, other, (size_t)others * sizeof *end);
  return others;
}

static void woe_finish(const woe_job *job, const woe_cell *sum, int bin, mine_woe *out) {
  const mine_partition p = {
      .all_in = job->all_in, .all_out = job->all_out, .smooth = job->options->smooth};
  out->rows[bin] = sum->rows;
  out->rate[bin] = NAN;
  out->woe[bin] = out->iv[bin] = 0;
  if (sum->rows == 0) return;
  out->rate[bin] = sum->in / (sum->in + sum->out);
  out->woe[bin] = mine__partition_woe(&p, sum->in, sum->out, &out->iv[bin]);
}

/* Task = feature. */
static void woe_task(void *context, int64_t f, int worker) {
  const woe_job *job = context;
  const mine_feature_view *view = &job->data->rows.feature[f];
  mine_woe *out = &job->out[f];
  woe_room *room = &job->room[worker];
  int end[MINE_PARTITION_PARTS];
  room->missing = (woe_cell){0};
  const int cells = view->number ? woe_count_numbers(job, view->number, room)
                                 : woe_count_levels(job, view->code, out->n_levels, room, out);
  out->n = cells > 0 ? woe_merge(job, view->number != NULL, cells, room, end) : 1;
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
