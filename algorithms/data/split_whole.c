/*
** split_whole.c -- parts of rows that must not be torn: by time, and by groups.
*/
#include <math.h>

#include "../core/radix.h"
#include "split.h"

/* ---- by time -------------------------------------------------------------------------- */

/* Positions in the order of their times, with dense ranks; NULL: failure recorded. */
static mine_pair *split_in_time(mine_env *env, mine_rows rows, const double *time) {
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows.n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows.n, sizeof *temp);
  if (!order || !temp) return NULL;
  (void)mine__sort_reals(time, rows.row, rows.n, order, temp);
  return order;
}

/* Where the part held out begins; n: nowhere. */
static int64_t split_turn(const mine_pair *order, int64_t n, double share) {
  int64_t best = n;
  double nearest = INFINITY;
  for (int64_t b = 1; b < n; b++) {
    if (order[b].key == order[b - 1].key) continue;
    const double off = fabs((double)(n - b) - share * (double)n);
    if (off > nearest) break; /* from here on it only grows */
    nearest = off;
    best = b;
  }
  return best;
}

mine_status mine__split_latest(mine_env *env, mine_arena *arena, mine_rows rows, const double *time,
                               double share, mine_rows *train, mine_rows *held, double *from) {
  uint32_t *kept = mine__arena_array(arena, (size_t)rows.n, sizeof *kept);
  uint32_t *away = mine__arena_array(arena, (size_t)rows.n, sizeof *away);
  *train = (mine_rows){kept, 0};
  *held = (mine_rows){away, 0};
  *from = INFINITY;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_pair *order = split_in_time(env, rows, time);
  if (!kept || !away || !order) return mine_env_status(env);
  const int64_t turn = split_turn(order, rows.n, share);
  if (turn < rows.n) *from = time[mine_rows_at(rows, order[turn].row)];
  for (int64_t i = 0; i < rows.n; i++) {
    const uint32_t r = mine_rows_at(rows, i);
    if (time[r] >= *from)
      away[held->n++] = r;
    else
      kept[train->n++] = r;
  }
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

mine_status mine__split_blocks(mine_env *env, mine_arena *arena, mine_rows rows, const double *time,
                               int blocks, int32_t **block, int64_t *used) {
  const int64_t n = rows.n;
  *block = mine__arena_array(arena, (size_t)n, sizeof **block);
  *used = 0;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_pair *order = split_in_time(env, rows, time);
  if (!*block || !order) return mine_env_status(env);
  int64_t now = 0, last = -1;
  for (int64_t i = 0; i < n; i++) {
    if (i == 0 || order[i].key != order[i - 1].key) now = i * blocks / n;
    (*block)[order[i].row] = (int32_t)now;
    *used += now != last;
    last = now;
  }
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- by groups ------------------------------------------------------------------------- */

/* Runs of equal keys: out[g] = {rows to come before it in falling order, its first}. */
static int64_t split_runs(const mine__place *sorted, int64_t n, mine__place *out) {
  int64_t groups = 0;
  for (int64_t i = 0; i < n;) {
    int64_t end = i + 1;
    while (end < n && sorted[end].key == sorted[i].key)
      end++;
    out[groups++] = (mine__place){(uint64_t)(UINT32_MAX - (end - i)), (size_t)i};
    i = end;
  }
  return groups;
}

static void split_deal(const mine__place *sorted, const mine__place *run, int64_t groups, int folds,
                       int64_t *size, int32_t *fold) {
  for (int64_t g = 0; g < groups; g++) {
    const int64_t rows = (int64_t)(UINT32_MAX - run[g].key);
    int least = 0;
    for (int f = 1; f < folds; f++)
      if (size[f] < size[least]) least = f;
    for (int64_t i = 0; i < rows; i++)
      fold[sorted[run[g].at + (size_t)i].at] = least;
    size[least] += rows;
  }
}

mine_status mine__split_whole(mine_env *env, mine_arena *arena, mine_rows rows, mine_division by,
                              int folds, int32_t **fold, int64_t *groups) {
  const int64_t n = rows.n;
  *fold = mine__arena_array(arena, (size_t)n, sizeof **fold);
  *groups = 0;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__place *sorted = mine__arena_array(env->scratch, (size_t)n, sizeof *sorted);
  mine__place *run = mine__arena_array(env->scratch, (size_t)n, sizeof *run);
  mine__place *temp = mine__arena_array(env->scratch, (size_t)n, sizeof *temp);
  int64_t *size = mine__arena_zeros(env->scratch, (size_t)folds, sizeof *size);
  if (!*fold || !sorted || !run || !temp || !size) return mine_env_status(env);
  const uint64_t salt = mine_division_salt(by);
  for (int64_t i = 0; i < n; i++)
    sorted[i] = (mine__place){mine_hash_mix(by.hash[mine_rows_at(rows, i)] ^ salt), (size_t)i};
  mine__sort_places(env, sorted, temp, n, 64);
  if (mine_failed(env)) return mine_env_status(env);
  *groups = split_runs(sorted, n, run);
  mine__sort_places(env, run, temp, *groups, 32);
  if (mine_failed(env)) return mine_env_status(env);
  split_deal(sorted, run, *groups, folds, size, *fold);
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
