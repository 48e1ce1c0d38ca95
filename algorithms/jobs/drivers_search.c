/*
** drivers_search.c -- all conjunctions of conditions that enough rows meet, and what is known of
** their rows.
**
** As the itemset engine (associate/) counts dense sets: a bit per row for each condition, and the
** words of a conjunction are the ands of its conditions' words; but each set also wants sums over
** its rows, and of one attribute few pairs of conditions make sense, so the walk is level by level
** (Agrawal & Srikant, "Fast algorithms for mining association rules", VLDB 1994): a pair of
** conditions is tried, a triple only where its three pairs have enough rows.  A level is counted in
** parallel, each set in a place of its own.  O(sets x rows / 64), of numbers O(sets x rows in
** them).
*/
#include <string.h>

#include "drivers.h"

#define SEGMENTS_WORK 4000000 /* rows of a task */

typedef struct segments_level {
  const drivers_rows *rows;
  const drivers_items *items;
  drivers_segment *segment;
  int64_t n, per_task;
} segments_level;

static int segments_ones(uint64_t word) {
#if defined(__GNUC__)
  return __builtin_popcountll(word);
#else
  int n = 0;
  for (; word; word &= word - 1)
    n++;
  return n;
#endif
}

static int segments_lowest(uint64_t word) {
#if defined(__GNUC__)
  return __builtin_ctzll(word);
#else
  int n = 0;
  while (!(word >> n & 1))
    n++;
  return n;
#endif
}

static void segments_add_numbers(const double *number, uint64_t word, int side, drivers_sums *to) {
  double sum = 0, squares = 0;
  to->n[side] += segments_ones(word);
  for (; word; word &= word - 1) {
    const double x = number[segments_lowest(word)];
    sum += x;
    squares += x * x;
  }
  to->sum[side] += sum;
  to->squares[side] += squares;
}

static void segments_add(const drivers_rows *rows, size_t w, uint64_t word, drivers_sums *to) {
  if (rows->positive) {
    to->n[0] += segments_ones(word);
    to->sum[0] += segments_ones(word & rows->positive[w]);
  } else if (rows->later) {
    segments_add_numbers(rows->number + 64 * w, word & ~rows->later[w], 0, to);
    segments_add_numbers(rows->number + 64 * w, word & rows->later[w], 1, to);
  } else {
    segments_add_numbers(rows->number + 64 * w, word, 0, to);
  }
}

static void segments_task(void *context, int64_t task, int worker) {
  const segments_level *level = context;
  const int64_t end = (task + 1) * level->per_task;
  (void)worker;
  for (int64_t s = task * level->per_task; s < level->n && s < end; s++) {
    drivers_segment *segment = &level->segment[s];
    const drivers_item *item = level->items->item;
    const uint64_t *a = item[segment->item[0]].bits;
    const uint64_t *b = segment->size > 1 ? item[segment->item[1]].bits : a;
    const uint64_t *c = segment->size > 2 ? item[segment->item[2]].bits : a;
    drivers_sums sums = {0};
    for (size_t w = 0; w < level->rows->words; w++) {
      const uint64_t word = a[w] & b[w] & c[w];
      if (word) segments_add(level->rows, w, word, &sums);
    }
    segment->sums = sums;
  }
}

/* Count the segments from `first` on; keep those with enough rows. */
static void segments_count(mine_env *env, const drivers_rows *rows, const drivers_items *items,
                           int64_t least, int64_t first, drivers_segments *out) {
  segments_level level = {rows, items, out->segment + first, out->n - first, 1};
  if (rows->n < SEGMENTS_WORK) level.per_task = SEGMENTS_WORK / (rows->n + 1) + 1;
  if (level.n == 0 ||
      mine__parallel(env, MINE_BLOCKS(level.n, level.per_task), segments_task, &level))
    return;
  int64_t kept = first;
  for (int64_t s = first; s < out->n; s++)
    if (out->segment[s].sums.n[0] + out->segment[s].sums.n[1] >= least)
      out->segment[kept++] = out->segment[s];
  out->n = kept;
}

static int segments_put(mine_env *env, mine_arena *arena, int64_t most, int size,
                        const int32_t *item, drivers_segments *out) {
  if (out->n >= most) {
    (void)mine__fail(env, MINE_LIMIT,
                     "there are more than %lld segments (max_segments); raise min_support, lower "
                     "max_conditions or bins, or leave attributes out with ignore",
                     (long long)most);
    return 0;
  }
  if (!MINE_RESERVE(arena, out->segment, out->capacity, (size_t)out->n + 1)) return 0;
  drivers_segment *segment = &out->segment[out->n++];
  *segment = (drivers_segment){.size = size};
  memcpy(segment->item, item, (size_t)size * sizeof *item);
  return 1;
}

static void segments_pairs(mine_env *env, mine_arena *arena, const drivers_items *items,
                           int64_t most, drivers_segments *out) {
  for (int32_t a = 0; a < items->n && !mine__poll(env); a++)
    for (int32_t b = a + 1; b < items->n; b++) {
      const int32_t pair[] = {a, b};
      if (mine__drivers_agree(&items->item[a], &items->item[b]) &&
          !segments_put(env, arena, most, 2, pair, out))
        return;
    }
}

/* The place of the first pair that is not before (a, b). */
static int64_t segments_pair(const drivers_segments *all, int64_t first, int64_t end, int32_t a,
                             int32_t b) {
  while (first < end) {
    const int64_t middle = first + (end - first) / 2;
    const int32_t *item = all->segment[middle].item;
    if (item[0] < a || (item[0] == a && item[1] < b))
      first = middle + 1;
    else
      end = middle;
  }
  return first;
}

static int segments_has_pair(const drivers_segments *all, int64_t first, int64_t end, int32_t a,
                             int32_t b) {
  const int64_t at = segments_pair(all, first, end, a, b);
  return at < end && all->segment[at].item[0] == a && all->segment[at].item[1] == b;
}

/* Pairs (a, b) and (a, c), b < c, and (b, c). */
static void segments_triples(mine_env *env, mine_arena *arena, int64_t first, int64_t most,
                             drivers_segments *out) {
  const int64_t end = out->n;
  for (int64_t s = first; s < end && !(s % 64 == 0 && mine__poll(env)); s++) {
    for (int64_t u = s + 1; u < end; u++) {
      const int32_t *ab = out->segment[s].item, *ac = out->segment[u].item;
      if (ac[0] != ab[0]) break;
      const int32_t triple[] = {ab[0], ab[1], ac[1]};
      if (segments_has_pair(out, first, end, ab[1], ac[1]) &&
          !segments_put(env, arena, most, 3, triple, out))
        return;
    }
  }
}

void mine__drivers_search(mine_env *env, mine_arena *arena, const drivers_rows *rows,
                          const drivers_items *items, int length, int64_t least, int64_t most,
                          drivers_segments *out) {
  *out = (drivers_segments){0};
  for (int32_t a = 0; a < items->n; a++)
    if (!segments_put(env, arena, most, 1, &a, out)) return;
  segments_count(env, rows, items, least, 0, out);
  const int64_t pairs = out->n;
  if (length > 1 && !mine_failed(env)) segments_pairs(env, arena, items, most, out);
  if (!mine_failed(env)) segments_count(env, rows, items, least, pairs, out);
  const int64_t triples = out->n;
  if (length > 2 && !mine_failed(env)) segments_triples(env, arena, pairs, most, out);
  if (!mine_failed(env)) segments_count(env, rows, items, least, triples, out);
}
