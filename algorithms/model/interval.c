/*
** interval.c -- residuals in order, kept few, and bounds from them.
**
** All n + 1 places would be a residual a row.  Kept are those where j / steps of the places lie
** below, rounded outwards (past the middle up, before it down), so that a level is never
** undercut; with fewer rows than steps these are all of them.  The least and the largest stand
** at both ends, for levels beyond the steps.  Weights are counts: place j is where the sum of
** weights reaches j / steps of (all + their mean), the mean standing for the row to come.
*/
#include "interval.h"

#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../data/frame.h"

#define INTERVAL_SLACK 1e-9 /* 200 x (1 - 0.9) / 2 is 10, whatever a double makes of it */

/* ---- learning -------------------------------------------------------------------------------- */

typedef struct interval_learning {
  mine_arena *arena; /* of the result */
  const mine_missed *rows;
  mine_pair *by_value, *by_residual, *temp;
  double *residual; /* of the rows of a range, in the order of their predictions */
  int most;         /* steps of a range */
} interval_learning;

/* Positions of a range: by_value[first .. first + n - 1]; sorted by residual. */
typedef struct interval_range {
  const interval_learning *all;
  int64_t first, n;
  double places;
} interval_range;

static double interval_weight(const interval_range *range, int64_t place) {
  const interval_learning *l = range->all;
  const uint32_t row = l->by_value[range->first + l->by_residual[place].row].row;
  return l->rows->weight ? l->rows->weight[row] : 1;
}

static double interval_residual(const interval_range *range, int64_t place) {
  return range->all->residual[range->all->by_residual[place].row];
}

/* From the middle to one end: step j is the first residual, coming from the other end, where the
** sum of weights has reached its share of the places. */
static void interval_side(const interval_range *range, int upwards, int steps, double *out) {
  const int64_t n = range->n;
  double sum = 0;
  int j = steps - steps / 2;
  for (int64_t i = 0; i < n; i++) {
    const int64_t place = upwards ? i : n - 1 - i;
    sum += interval_weight(range, place);
    for (; j < steps && sum >= range->places * j / steps * (1 - INTERVAL_SLACK); j++)
      out[upwards ? j : steps - j] = interval_residual(range, place);
  }
  for (; j < steps; j++)
    out[upwards ? j : steps - j] = interval_residual(range, upwards ? n - 1 : 0);
}

static void interval_learn_bin(interval_learning *l, int64_t first, int64_t n,
                               mine_interval_bin *bin) {
  const mine_missed *rows = l->rows;
  interval_range range = {l, first, n, 0};
  double total = 0;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t row = l->by_value[first + i].row;
    l->residual[i] = rows->target[row] - rows->value[row];
    total += rows->weight ? rows->weight[row] : 1;
  }
  range.places = total + total / (double)n;
  (void)mine__sort_reals(l->residual, NULL, n, l->by_residual, l->temp);
  bin->from = rows->value[l->by_value[first].row];
  bin->rows = n;
  bin->steps = n + 1 < l->most ? (int)n + 1 : l->most;
  bin->residual = mine__arena_array(l->arena, (size_t)bin->steps + 1, sizeof *bin->residual);
  if (!bin->residual) return;
  interval_side(&range, 1, bin->steps, bin->residual);
  interval_side(&range, 0, bin->steps, bin->residual);
  bin->residual[0] = interval_residual(&range, 0);
  bin->residual[bin->steps] = interval_residual(&range, n - 1);
}

/* Where range b of about equally long ones begins: rows of equal prediction are in one. */
static int64_t interval_turn(const mine_pair *by_value, int64_t n, int b, int bins) {
  int64_t at = n * b / bins;
  while (at > 0 && at < n && by_value[at].key == by_value[at - 1].key)
    at++;
  return at;
}

static void interval_learn_bins(interval_learning *l, int bins, mine_interval *out) {
  const int64_t n = l->rows->n, least = MINE_INTERVAL_RANGE / 2;
  int64_t first = 0;
  for (int b = 1; b <= bins; b++) {
    const int64_t end = b < bins ? interval_turn(l->by_value, n, b, bins) : n;
    if (end < n && (end - first < least || n - end < least)) continue;
    if (end > first) interval_learn_bin(l, first, end - first, &out->bin[out->n_bins++]);
    first = end;
  }
  if (out->n_bins == 1) out->n_bins = 0; /* the same as all */
}

mine_interval *mine__interval_learn(mine_env *env, mine_arena *arena, const mine_missed *rows,
                                    int crossed) {
  const size_t n = (size_t)rows->n;
  const int64_t many = rows->n / MINE_INTERVAL_RANGE;
  interval_learning l = {.arena = arena, .rows = rows, .most = MINE_INTERVAL_STEPS};
  mine_interval *out = mine__arena_zeros(arena, 1, sizeof *out);
  mine_interval_bin *bin = mine__arena_zeros(arena, MINE_INTERVAL_BINS, sizeof *bin);
  const mine_mark mark = mine__arena_mark(env->scratch);
  l.by_value = mine__arena_array(env->scratch, n, sizeof *l.by_value);
  l.by_residual = mine__arena_array(env->scratch, n, sizeof *l.by_residual);
  l.temp = mine__arena_array(env->scratch, n, sizeof *l.temp);
  l.residual = mine__arena_array(env->scratch, n, sizeof *l.residual);
  if (mine_failed(env)) return NULL;
  *out = (mine_interval){.crossed = crossed, .bin = bin};
  (void)mine__sort_reals(rows->value, NULL, rows->n, l.by_value, l.temp);
  interval_learn_bin(&l, 0, rows->n, &out->all);
  l.most = MINE_INTERVAL_PART;
  if (many > 1)
    interval_learn_bins(&l, many < MINE_INTERVAL_BINS ? (int)many : MINE_INTERVAL_BINS, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_failed(env) ? NULL : out;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static double interval_widest(const mine_interval_bin *bin) {
  return (double)(bin->rows - 1) / (double)(bin->rows + 1);
}

double mine__interval_widest(const mine_interval *interval) {
  return interval_widest(&interval->all);
}

/* What is below the first range belongs to it. */
static const mine_interval_bin *interval_bin(const mine_interval *interval, double value) {
  int b = interval->n_bins - 1;
  while (b > 0 && value < interval->bin[b].from)
    b--;
  return b < 0 ? &interval->all : &interval->bin[b];
}

static int interval_gives(const mine_interval_bin *bin, double level) {
  return level <= interval_widest(bin) + INTERVAL_SLACK;
}

void mine__interval_bounds(const mine_interval *interval, double level, int64_t n,
                           const double *value, double *lower, double *upper) {
  const int known = interval_gives(&interval->all, level);
  for (int64_t i = 0; i < n; i++) {
    const mine_interval_bin *bin = interval_bin(interval, value[i]);
    if (!interval_gives(bin, level)) bin = &interval->all;
    const int step = (int)(bin->steps * (1 - level) / 2 + INTERVAL_SLACK);
    lower[i] = known ? value[i] + bin->residual[step] : (double)NAN;
    upper[i] = known ? value[i] + bin->residual[bin->steps - step] : (double)NAN;
  }
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void interval_write_bin(mine_writer *w, const mine_interval_bin *bin) {
  mine__write_real(w, bin->from);
  mine__write_i64(w, bin->rows);
  mine__write_u64(w, (uint64_t)bin->steps);
  mine__write_reals(w, bin->residual, (size_t)bin->steps + 1);
}

/* 0: there is none; else 1 + the number of ranges. */
void mine__interval_write(mine_writer *w, const mine_interval *interval) {
  mine__write_u8(w, interval ? (uint8_t)(1 + interval->n_bins) : 0);
  if (!interval) return;
  mine__write_u8(w, (uint8_t)(interval->crossed != 0));
  interval_write_bin(w, &interval->all);
  for (int b = 0; b < interval->n_bins; b++)
    interval_write_bin(w, &interval->bin[b]);
}

static void interval_read_bin(mine_reader *r, mine_interval_bin *bin) {
  bin->from = mine__read_finite(mine__called(r, "from"));
  bin->rows = mine__read_i64(mine__called(r, "rows"));
  const size_t steps = mine__read_count(mine__called(r, "steps"), sizeof(double));
  if (bin->rows < 1 || bin->rows > MINE_MAX_ROWS) mine__reader_bad(r, "rows of the intervals");
  if (steps < 2 || steps > MINE_INTERVAL_STEPS) mine__reader_bad(r, "the steps of the intervals");
  if (!mine__reader_ok(r)) return;
  bin->steps = (int)steps;
  bin->residual = mine__read_reals(mine__called(r, "residual"), steps + 1, 1);
  for (size_t j = 1; j <= steps && mine__reader_ok(r); j++)
    if (bin->residual[j] < bin->residual[j - 1]) mine__reader_bad(r, "a residual");
}

mine_interval *mine__interval_read(mine_reader *r) {
  const uint8_t there = mine__read_u8(mine__called(r, "intervals"));
  if (!mine__reader_ok(r) || there == 0) return NULL;
  const int n = there - 1;
  if (n > MINE_INTERVAL_BINS || n == 1) mine__reader_bad(r, "the ranges of the intervals");
  if (!mine__reader_ok(r)) return NULL;
  mine_interval *out = mine__arena_zeros(r->arena, 1, sizeof *out);
  mine_interval_bin *bin = mine__arena_zeros(r->arena, (size_t)n, sizeof *bin);
  if (!out || !bin) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return NULL;
  mine__called(r, "interval_crossed");
  *out = (mine_interval){.crossed = mine__read_u8(r) != 0, .n_bins = n, .bin = bin};
  mine__read_open(r, "interval_of_all");
  interval_read_bin(r, &out->all);
  mine__read_close(r);
  mine__read_items(r, "interval_ranges");
  for (int b = 0; b < n && mine__reader_ok(r); b++) {
    mine__read_open(r, NULL);
    interval_read_bin(r, &bin[b]);
    mine__read_close(r);
    if (b > 0 && !(bin[b].from > bin[b - 1].from)) mine__reader_bad(r, "a range of the intervals");
  }
  mine__read_close(r);
  return mine__reader_ok(r) ? out : NULL;
}
