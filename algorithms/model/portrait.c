/*
** portrait.c -- the portrait of a column, and its bytes.
*/
#include "portrait.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/hash.h"
#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/radix.h"

#define PORTRAIT_ROWS   50000   /* of a sample at most,                     */
#define PORTRAIT_FEWEST 5000    /* ... and at least,                        */
#define PORTRAIT_VALUES 5000000 /* ... so that it has about so many values  */
#define PORTRAIT_TENTHS 10
#define PORTRAIT_LEAST  20 /* rows of a level that has a cell of its own */

/* ---- a sample ------------------------------------------------------------------------------ */

int64_t mine__portrait_most(int n_columns) {
  const int64_t most = PORTRAIT_VALUES / (n_columns > 0 ? n_columns : 1);
  return most > PORTRAIT_ROWS ? PORTRAIT_ROWS : most < PORTRAIT_FEWEST ? PORTRAIT_FEWEST : most;
}

uint32_t *mine__portrait_rows(mine_arena *arena, const uint32_t *row, int64_t n, int64_t most,
                              int64_t *count) {
  const int64_t rows = n < most ? n : most;
  uint32_t *out = mine__arena_array(arena, (size_t)rows, sizeof *out);
  *count = out ? rows : 0;
  for (int64_t i = 0; out && i < rows; i++) {
    const int64_t first = i * n / rows, end = (i + 1) * n / rows;
    const int64_t at = first + (int64_t)(mine_hash_mix((uint64_t)i + 1) % (uint64_t)(end - first));
    out[i] = row ? row[at] : (uint32_t)at;
  }
  return out;
}

/* ---- numbers ------------------------------------------------------------------------------- */

typedef struct portrait_sorted {
  const double *value;
  const mine_pair *order;
  int64_t n; /* with a value */
} portrait_sorted;

static double portrait_at(const portrait_sorted *s, int64_t place) {
  return s->value[s->order[place].row];
}

static double portrait_quantile(const portrait_sorted *s, double share) {
  const mine__rank rank = mine__rank_of(s->n, share);
  const double low = portrait_at(s, rank.below);
  return rank.part > 0 ? mine__interpolate(low, portrait_at(s, rank.below + 1), rank.part) : low;
}

/* The largest value of each cell but the last: of one for what is below all, then tenths or
** values. */
static int portrait_cut(const portrait_sorted *s, int64_t distinct, double *cut) {
  const double least = portrait_at(s, 0), most = portrait_at(s, s->n - 1);
  int n = 0;
  if (least > -DBL_MAX) cut[n++] = nextafter(least, -INFINITY);
  if (distinct <= MINE_PORTRAIT_EACH) {
    for (int64_t i = 1; i < s->n; i++)
      if (s->order[i].key != s->order[i - 1].key) cut[n++] = portrait_at(s, i - 1);
  }
  for (int tenth = 1; tenth < PORTRAIT_TENTHS && distinct > MINE_PORTRAIT_EACH; tenth++) {
    const double v = portrait_at(s, (s->n * tenth + PORTRAIT_TENTHS - 1) / PORTRAIT_TENTHS - 1);
    if (v < most && (n == 0 || v > cut[n - 1])) cut[n++] = v;
  }
  cut[n++] = most;
  return n;
}

int mine__portrait_cell_of_number(const mine_portrait_column *column, double value) {
  int low = 0, high = column->cells - 1;
  if (isnan(value)) return -1;
  while (low < high) { /* the first cut that is not below */
    const int middle = (low + high) / 2;
    if (column->cut[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* How many are not above a cut. */
static int64_t portrait_up_to(const portrait_sorted *s, double cut) {
  int64_t low = 0, high = s->n;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (portrait_at(s, middle) <= cut)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void portrait_count(const portrait_sorted *s, mine_portrait_column *out) {
  int64_t before = 0;
  for (int c = 0; c < out->cells - 1; c++) {
    const int64_t up_to = portrait_up_to(s, out->cut[c]);
    out->count[c] = up_to - before;
    before = up_to;
  }
  out->count[out->cells - 1] = s->n - before;
}

/* The arrays of `out` have room for all. */
static void portrait_cells(const portrait_sorted *s, int64_t distinct, mine_portrait_column *out) {
  out->cells = portrait_cut(s, distinct, out->cut) + 1;
  out->each = distinct <= MINE_PORTRAIT_EACH;
  portrait_count(s, out);
  for (int q = 0; q < MINE_PORTRAIT_QUANTILES; q++) {
    out->quantile[q] = portrait_quantile(s, (double)q / (MINE_PORTRAIT_QUANTILES - 1));
    /* Between neighbours that a few bits part, rounding may fall. */
    if (q > 0) out->quantile[q] = fmax(out->quantile[q], out->quantile[q - 1]);
  }
}

/* Columns of the same n rows; per worker there is room for their values, and to sort them. */
typedef struct portrait_job {
  const mine_feature_view *view;
  const uint32_t *row;
  int64_t n;
  double *value;
  mine_pair *order, *temp;
  mine_portrait_column *out;
} portrait_job;

static void portrait_numbers_task(void *context, int64_t f, int worker) {
  const portrait_job *job = context;
  const double *number = job->view[f].number;
  const int64_t at = worker * job->n;
  double *value = job->value + at;
  mine_portrait_column *out = &job->out[f];
  if (!number) return;
  for (int64_t i = 0; i < job->n; i++) /* side by side: they are read again and again */
    value[i] = number[job->row ? (int64_t)job->row[i] : i];
  mine_pair *order = job->order + at;
  const int64_t distinct = mine__sort_reals(value, NULL, job->n, order, job->temp + at);
  const portrait_sorted s = {value, order, mine__sort_known(order, job->n)};
  out->rows = job->n;
  out->missing = job->n - s.n;
  if (s.n > 0) portrait_cells(&s, distinct, out);
}

static int portrait_room(mine_env *env, mine_arena *arena, portrait_job *job, int columns) {
  const size_t values = (size_t)job->n * (size_t)(columns > 1 ? env->threads : 1);
  for (int f = 0; f < columns; f++) {
    mine_portrait_column *out = &job->out[f];
    if (!job->view[f].number) continue;
    out->cut = mine__arena_array(arena, MINE_PORTRAIT_CELLS, sizeof *out->cut);
    out->count = mine__arena_zeros(arena, MINE_PORTRAIT_CELLS, sizeof *out->count);
    out->quantile = mine__arena_array(arena, MINE_PORTRAIT_QUANTILES, sizeof *out->quantile);
    if (!out->cut || !out->count || !out->quantile) return 0;
  }
  job->value = mine__arena_array(env->scratch, values, sizeof *job->value);
  job->order = mine__arena_array(env->scratch, values, sizeof *job->order);
  job->temp = mine__arena_array(env->scratch, values, sizeof *job->temp);
  return job->value && job->order && job->temp;
}

/* One column: on the calling thread. */
static void portrait_numbers(mine_env *env, mine_arena *arena, portrait_job *job, int columns) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (!portrait_room(env, arena, job, columns)) return;
  if (columns == 1)
    portrait_numbers_task(job, 0, 0);
  else if (mine__parallel(env, columns, portrait_numbers_task, job))
    return;
  mine__arena_rewind(env->scratch, mark);
}

void mine__portrait_of_numbers(mine_env *env, mine_arena *arena, const double *number,
                               const uint32_t *row, int64_t n, mine_portrait_column *out) {
  const mine_feature_view view = {.number = number};
  portrait_job job = {.view = &view, .row = row, .n = n, .out = out};
  portrait_numbers(env, arena, &job, 1);
}

/* ---- categories ----------------------------------------------------------------------------- */

int32_t *mine__portrait_cells_of_levels(mine_arena *arena, const mine_portrait_column *column,
                                        int64_t n_levels) {
  int32_t *cell = mine__arena_array(arena, (size_t)n_levels, sizeof *cell);
  for (int64_t l = 0; cell && l < n_levels; l++)
    cell[l] = column->cells - 1;
  for (int c = 0; cell && c < column->cells - 1; c++)
    cell[column->level[c]] = c;
  return cell;
}

/* Levels from the most frequent on; each has rows[level]. */
static void portrait_levels(mine_env *env, mine_arena *arena, const int64_t *rows, int64_t n_levels,
                            mine_portrait_column *out) {
  mine_pair *order = mine__arena_array(env->scratch, (size_t)n_levels, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)n_levels, sizeof *temp);
  int32_t *level = mine__arena_array(arena, MINE_PORTRAIT_LEVELS, sizeof *level);
  int64_t *count = mine__arena_zeros(arena, MINE_PORTRAIT_LEVELS + 1, sizeof *count);
  if (!order || !temp || !level || !count) return;
  for (int64_t l = 0; l < n_levels; l++)
    order[l] = (mine_pair){UINT32_MAX - (uint32_t)rows[l], (uint32_t)l};
  mine__sort_pairs(order, temp, n_levels, UINT32_MAX);
  int n = 0;
  while (n < MINE_PORTRAIT_LEVELS && n < n_levels && rows[order[n].row] >= PORTRAIT_LEAST) {
    level[n] = (int32_t)order[n].row;
    count[n] = rows[order[n].row];
    n++;
  }
  for (int64_t l = n; l < n_levels; l++)
    count[n] += rows[order[l].row];
  out->cells = n + 1;
  out->level = level;
  out->count = count;
}

static void portrait_of_codes(mine_env *env, mine_arena *arena, const mine_feature *about,
                              const int32_t *code, const uint32_t *row, int64_t n,
                              mine_portrait_column *out) {
  const int64_t n_levels = about->levels.values.n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *rows = mine__arena_zeros(env->scratch, (size_t)n_levels, sizeof *rows);
  if (!rows) return;
  out->rows = n;
  for (int64_t i = 0; i < n; i++) {
    const int32_t c = code[row ? (int64_t)row[i] : i];
    if (c >= 0)
      rows[c]++;
    else
      out->missing++;
  }
  for (int64_t l = 0; l < n_levels; l++)
    out->once += rows[l] == 1;
  if (out->missing < n) portrait_levels(env, arena, rows, n_levels, out);
  mine__arena_rewind(env->scratch, mark);
}

void mine__portrait_columns(mine_env *env, mine_arena *arena, const mine_feature *about,
                            const mine_feature_view *view, const uint32_t *row, int64_t n,
                            int columns, mine_portrait_column *out) {
  portrait_job job = {.view = view, .row = row, .n = n, .out = out};
  portrait_numbers(env, arena, &job, columns);
  for (int f = 0; f < columns && !mine__poll(env); f++)
    if (view[f].code) portrait_of_codes(env, arena, &about[f], view[f].code, row, n, &out[f]);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void portrait_write_counts(mine_writer *w, const int64_t *count, int n) {
  mine__write_u64s(w, (const uint64_t *)count, (size_t)n); /* none is negative */
}

static void portrait_write_column(mine_writer *w, const mine_portrait_column *column, int numbers) {
  mine__write_i64(w, column->rows);
  mine__write_i64(w, column->missing);
  mine__write_u64(w, (uint64_t)column->cells);
  if (column->cells == 0) return;
  portrait_write_counts(w, column->count, column->cells);
  if (numbers) {
    mine__write_u8(w, (uint8_t)(column->each != 0));
    mine__write_reals(w, column->cut, (size_t)column->cells - 1);
    mine__write_reals(w, column->quantile, MINE_PORTRAIT_QUANTILES);
  } else {
    mine__write_i64(w, column->once);
    mine__write_i32s(w, column->level, (size_t)column->cells - 1);
  }
}

static void portrait_write_scores(mine_writer *w, const mine_portrait_scores *score) {
  const mine_portrait_column *of = &score->of;
  mine__write_u8(w, (uint8_t)((score->grouped != 0) | (score->measured != 0) << 1));
  mine__write_i64(w, score->learned);
  if (score->grouped) {
    mine__write_i64(w, of->rows);
    mine__write_u64(w, (uint64_t)of->cells);
    portrait_write_counts(w, of->count, of->cells);
  } else {
    portrait_write_column(w, of, 1);
    mine__write_real(w, isnan(score->mean) ? (double)NAN : score->mean);
    mine__write_real(w, isnan(score->learned_mean) ? (double)NAN : score->learned_mean);
  }
  portrait_write_counts(w, score->count, of->cells);
}

void mine__portrait_write(mine_writer *w, const mine_portrait *portrait,
                          const mine_feature *about) {
  mine__write_u8(w, (uint8_t)(portrait != NULL));
  if (!portrait) return;
  mine__write_u64(w, (uint64_t)portrait->n);
  for (int f = 0; f < portrait->n; f++)
    portrait_write_column(w, &portrait->column[f], about[f].type == MINE_COLUMN_NUMERIC);
  portrait_write_scores(w, &portrait->score);
}

static int64_t portrait_read_rows(mine_reader *r) {
  const int64_t rows = mine__read_i64(r);
  if (rows < 0 || rows > MINE_MAX_ROWS) mine__reader_bad(r, "the rows of the profile");
  return rows;
}

/* n counts of that sum. */
static int64_t *portrait_read_counts(mine_reader *r, size_t n, int64_t sum) {
  uint64_t *count = mine__read_u64s(r, n), left = (uint64_t)sum;
  for (size_t c = 0; c < n && mine__reader_ok(r); c++) {
    if (count[c] > left) mine__reader_bad(r, "a count of the profile");
    left -= mine__reader_ok(r) ? count[c] : 0;
  }
  if (mine__reader_ok(r) && left != 0) mine__reader_bad(r, "the counts of the profile");
  return mine__reader_ok(r) ? (int64_t *)count : NULL;
}

/* Finite and rising: strictly, or not falling. */
static double *portrait_read_rising(mine_reader *r, size_t n, int strictly) {
  double *v = mine__read_reals(r, n, 1);
  for (size_t i = 1; i < n && mine__reader_ok(r); i++)
    if (!(v[i] > v[i - 1] || (!strictly && v[i] == v[i - 1])))
      mine__reader_bad(r, "the order in the profile");
  return v;
}

static void portrait_read_levels(mine_reader *r, mine_portrait_column *column, int64_t n_levels) {
  const int n = column->cells - 1;
  column->once = portrait_read_rows(mine__called(r, "once"));
  column->level = mine__read_i32s(mine__called(r, "level"), (size_t)n);
  for (int c = 0; c < n && mine__reader_ok(r); c++) {
    if (column->level[c] < 0 || column->level[c] >= n_levels)
      mine__reader_bad(r, "a level of the profile");
    for (int other = 0; other < c; other++)
      if (column->level[other] == column->level[c])
        mine__reader_bad(r, "a level of the profile, which is there twice");
  }
}

/* n_levels -1: numbers. */
static void portrait_read_column(mine_reader *r, int64_t n_levels, mine_portrait_column *column) {
  const int most = n_levels < 0 ? MINE_PORTRAIT_CELLS : MINE_PORTRAIT_LEVELS + 1;
  column->rows = portrait_read_rows(mine__called(r, "rows"));
  column->missing = portrait_read_rows(mine__called(r, "missing"));
  const size_t cells = mine__read_count(mine__called(r, "cells"), sizeof(int64_t));
  const int64_t values = mine__reader_ok(r) ? column->rows - column->missing : -1;
  if (values < 0 || cells > (size_t)most || (cells > 0) != (values > 0))
    mine__reader_bad(r, "the cells of the profile");
  if (!mine__reader_ok(r) || cells == 0) return;
  column->cells = (int)cells;
  column->count = portrait_read_counts(mine__called(r, "count"), cells, values);
  if (!mine__reader_ok(r)) return;
  if (n_levels >= 0) {
    portrait_read_levels(r, column, n_levels);
    return;
  }
  column->each = mine__read_u8(mine__called(r, "each")) != 0;
  column->cut = portrait_read_rising(mine__called(r, "cut"), cells - 1, 1);
  column->quantile = portrait_read_rising(mine__called(r, "quantile"), MINE_PORTRAIT_QUANTILES, 0);
}

static double portrait_read_mean(mine_reader *r) {
  const double mean = mine__read_real(r);
  if (isinf(mean)) mine__reader_bad(r, "a mean of the profile");
  return mean;
}

static void portrait_read_scores(mine_reader *r, mine_portrait_scores *score) {
  mine_portrait_column *of = &score->of;
  const uint8_t flags = mine__read_u8(mine__called(r, "flags"));
  if (flags > 3) mine__reader_bad(r, "the scores of the profile");
  score->grouped = flags & 1;
  score->measured = flags >> 1;
  score->learned = portrait_read_rows(mine__called(r, "learned"));
  score->mean = score->learned_mean = NAN;
  if (score->grouped) {
    of->rows = portrait_read_rows(mine__called(r, "rows"));
    const size_t cells = mine__read_count(mine__called(r, "cells"), sizeof(int64_t));
    if (cells < 1 || cells > INT32_MAX) mine__reader_bad(r, "the groups of the profile");
    if (!mine__reader_ok(r)) return;
    of->cells = (int)cells;
    of->count = portrait_read_counts(mine__called(r, "count"), cells, of->rows);
  } else {
    portrait_read_column(r, -1, of);
    if (of->missing > 0) mine__reader_bad(r, "the scores of the profile");
    score->mean = portrait_read_mean(mine__called(r, "mean"));
    score->learned_mean = portrait_read_mean(mine__called(r, "learned_mean"));
  }
  if (!mine__reader_ok(r)) return;
  if (of->cells == 0 && score->learned > 0) mine__reader_bad(r, "the scores of the profile");
  score->count =
      portrait_read_counts(mine__called(r, "learned_count"), (size_t)of->cells, score->learned);
}

#define PORTRAIT_LEAST_BYTES 24 /* of a column: rows, missing, cells */

mine_portrait *mine__portrait_read(mine_reader *r, const mine_feature *about, int n) {
  const uint8_t there = mine__read_u8(mine__called(r, "profile"));
  if (!mine__reader_ok(r) || there == 0) return NULL;
  const size_t columns = mine__read_list(r, "profile_columns", PORTRAIT_LEAST_BYTES);
  if (there > 1 || columns != (size_t)n) mine__reader_bad(r, "the columns of the profile");
  if (!mine__reader_ok(r)) return NULL;
  mine_portrait *out = mine__arena_zeros(r->arena, 1, sizeof *out);
  mine_portrait_column *column = mine__arena_zeros(r->arena, columns, sizeof *column);
  if (!out || !column) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return NULL;
  *out = (mine_portrait){.n = n, .column = column};
  for (int f = 0; f < n && mine__reader_ok(r); f++) {
    const int category = about[f].type == MINE_COLUMN_CATEGORY;
    mine__read_open(r, NULL);
    portrait_read_column(r, category ? about[f].levels.values.n : -1, &column[f]);
    mine__read_close(r);
  }
  mine__read_close(r);
  mine__read_open(r, "profile_scores");
  if (mine__reader_ok(r)) portrait_read_scores(r, &out->score);
  mine__read_close(r);
  return mine__reader_ok(r) ? out : NULL;
}

int mine__portrait_suits(const mine_portrait *portrait, int n_groups) {
  return !portrait || !portrait->score.grouped || portrait->score.of.cells == n_groups + 1;
}
