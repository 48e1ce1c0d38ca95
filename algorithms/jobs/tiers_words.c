/*
** tiers_words.c -- tiers as they are written, and values as they are ranked.
*/
#include "tiers_words.h"

#include <math.h>
#include <string.h>

#include "../core/radix.h"

#define TIERS_MOST  100
#define TIERS_SLACK (1 - 1e-12) /* a bound that sums of doubles reach is reached */

const char *const mine__tiers_by_names[] = {"share", "count", "value", NULL};

/* ---- words ------------------------------------------------------------------------------ */

/* "A:0.8": the name before the last colon, and the number after it; without one, all of it. */
static void tiers_split(mine_arena *arena, const mine_cell *cell, mine_tier *out) {
  const char *text = cell->as.text;
  size_t bytes = cell->bytes, at = bytes;
  out->bound = NAN;
  while (at > 0 && text[at - 1] != ':')
    at--;
  if (at > 0 && mine__read_decimal(text + at, bytes - at, &out->bound)) bytes = at - 1;
  while (bytes > 0 && text[bytes - 1] == ' ')
    bytes--;
  out->name = mine__arena_text(arena, text, bytes);
}

/* What a bound must be; NULL: it is. */
static const char *tiers_wrong(const mine_tiers *tiers, double bound, double before) {
  if (tiers->by == MINE_TIERS_VALUE)
    return bound >= before ? "the bounds of values must fall" : NULL;
  if (bound <= before) return "bounds must rise";
  if (bound <= 0) return "a bound must be above 0";
  if (tiers->by == MINE_TIERS_SHARE && bound > 1) return "a share is at most 1";
  if (tiers->so_many && floor(bound) < bound)
    return "counts are whole numbers, or shares all up to 1";
  return NULL;
}

static void tiers_check(mine_env *env, const char *option, const mine_tiers *tiers) {
  double before = tiers->by == MINE_TIERS_VALUE ? INFINITY : -INFINITY;
  for (int i = 0; i < tiers->n; i++) {
    const mine_tier *tier = &tiers->tier[i];
    const char *wrong = NULL;
    if (!*tier->name) wrong = "a tier needs a name";
    if (isnan(tier->bound) && i + 1 < tiers->n) wrong = "only the last tier may lack its bound";
    if (!wrong && !isnan(tier->bound)) wrong = tiers_wrong(tiers, tier->bound, before);
    for (int j = 0; j < i && !wrong; j++)
      if (strcmp(tiers->tier[j].name, tier->name) == 0) wrong = "two tiers have the same name";
    if (wrong) {
      mine__fail(env, MINE_OPTION, "option %s: %s ('%s'); write it as %s", option, wrong,
                 tier->name,
                 tiers->by == MINE_TIERS_VALUE   ? "A:1000|B:100|C"
                 : tiers->by == MINE_TIERS_COUNT ? "A:0.2|B:0.5|C or A:100|B:500|C"
                                                 : "A:0.8|B:0.95|C");
      return;
    }
    before = tier->bound;
  }
}

void mine__tiers_read(mine_env *env, mine_arena *arena, const char *option, const mine_list *list,
                      mine_tiers_by by, mine_tiers *out) {
  *out = (mine_tiers){.by = by, .n = (int)(list->n < TIERS_MOST ? list->n : TIERS_MOST + 1)};
  if (out->n > TIERS_MOST) {
    mine__fail(env, MINE_OPTION, "option %s has more than %d tiers", option, TIERS_MOST);
    return;
  }
  mine_tier *tier = mine__arena_zeros(arena, list->n, sizeof *tier);
  for (size_t i = 0; tier && i < list->n; i++) {
    if (list->item[i].type != MINE_TEXT) {
      mine__fail(env, MINE_OPTION, "option %s: a tier is a name, or a name and its bound: A:0.8",
                 option);
      return;
    }
    tiers_split(arena, &list->item[i], &tier[i]);
    if (!tier[i].name) return;
    out->so_many |= by == MINE_TIERS_COUNT && tier[i].bound > 1;
  }
  out->tier = tier;
  if (!mine_failed(env)) tiers_check(env, option, out);
}

/* ---- ranks ------------------------------------------------------------------------------ */

/* The known from the greatest. */
static void tiers_order(mine_env *env, mine_arena *arena, const double *value, mine_tiering *t) {
  const size_t room = (size_t)t->n;
  double *key = mine__arena_array(env->scratch, room, sizeof *key);
  mine_pair *pair = mine__arena_array(env->scratch, room, sizeof *pair);
  mine_pair *temp = mine__arena_array(env->scratch, room, sizeof *temp);
  uint32_t *order = mine__arena_array(arena, room, sizeof *order);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < t->n; i++)
    key[i] = -value[i];
  if (!mine__sort_reals_asked(env, key, NULL, t->n, pair, temp)) return;
  t->known = mine__sort_known(pair, t->n);
  for (int64_t k = 0; k < t->known; k++)
    order[k] = pair[k].row;
  t->order = order;
}

static double tiers_sum(const mine_tiering *t, const double *value, double unit) {
  double sum = 0;
  for (int64_t k = 0; k < t->known; k++)
    sum += fmax(value[t->order[k]], 0) / unit;
  return sum;
}

/* The tier of those of whom `before` are greater, and hold that share of the sum. */
static int tiers_find(const mine_tiers *tiers, const mine_tiering *t, int64_t before, double held,
                      double value) {
  for (int i = 0; i < tiers->n; i++) {
    const double bound = tiers->tier[i].bound;
    const double rows = tiers->so_many ? bound : bound * (double)t->known;
    if (isnan(bound)) return i;
    if (tiers->by == MINE_TIERS_SHARE && held < bound * TIERS_SLACK) return i;
    if (tiers->by == MINE_TIERS_COUNT && (double)before < rows * TIERS_SLACK) return i;
    if (tiers->by == MINE_TIERS_VALUE && value >= bound) return i;
  }
  return -1;
}

void mine__tiers_assign(mine_env *env, mine_arena *arena, const mine_tiers *tiers,
                        const double *value, int64_t n, mine_tiering *out) {
  const size_t room = (size_t)n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  *out = (mine_tiering){.n = n};
  out->rank = mine__arena_zeros(arena, room, sizeof *out->rank);
  out->tier = mine__arena_array(arena, room, sizeof *out->tier);
  out->share = mine__arena_array(arena, room, sizeof *out->share);
  out->cumulative = mine__arena_array(arena, room, sizeof *out->cumulative);
  out->population = mine__arena_array(arena, room, sizeof *out->population);
  if (!mine_failed(env)) tiers_order(env, arena, value, out);
  if (mine_failed(env)) return;
  for (size_t i = 0; i < room; i++) {
    out->tier[i] = -1;
    out->share[i] = out->cumulative[i] = out->population[i] = NAN;
  }
  out->sum = tiers_sum(out, value, 1);
  const double unit = isfinite(out->sum) || out->known == 0 ? 1 : value[out->order[0]];
  const double sum = tiers_sum(out, value, unit);
  double held = 0, before = 0;
  for (int64_t k = 0, end; k < out->known; k = end) {
    const double v = value[out->order[k]];
    for (end = k; end < out->known && value[out->order[end]] >= v; end++)
      held += fmax(v, 0) / unit;
    const int tier = tiers_find(tiers, out, k, before / sum, v);
    for (int64_t i = k; i < end; i++) {
      const uint32_t row = out->order[i];
      out->rank[row] = k + 1;
      out->tier[row] = tier;
      out->population[row] = (double)end / (double)out->known;
      if (!(sum > 0)) continue;
      out->share[row] = fmax(v, 0) / unit / sum;
      out->cumulative[row] = end == out->known ? 1 : fmin(held / sum, 1);
    }
    out->negative += v < 0 ? end - k : 0;
    before = held;
  }
  mine__arena_rewind(env->scratch, mark);
}
