/*
** hierarchy.c -- items and the groups above them, of any number of levels and parents.
**
** The pairs (item, parent) are a graph without circles.  A walk in depth visits every item
** after all that is above it, so what is above it is its parents and what is above them.  The
** walk keeps its own stack: a chain of parents may be as long as the table.
*/
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "associate.h"

enum { HIERARCHY_NEW, HIERARCHY_OPEN, HIERARCHY_DONE };

typedef struct hierarchy_walk {
  mine_env *env;
  mine_arena *arena;
  mine__by_code parents; /* places of the pairs by item */
  const uint32_t *parent;
  uint8_t *state;
  int64_t *next;              /* per item: the pair to go up next    */
  uint32_t *path, n_path;     /* from an item upwards                */
  uint32_t **above, *n_above; /* per item that is done, rising codes */
  uint32_t *seen, *gathered;  /* seen[x] = the item + 1 that has gathered x */
} hierarchy_walk;

static int hierarchy_before(const void *context, uint32_t a, uint32_t b) {
  (void)context;
  return a < b;
}

/* An item whose parents are all done: they and what is above them. */
static void hierarchy_gather(hierarchy_walk *w, uint32_t x) {
  uint32_t n = 0;
  for (int64_t i = w->parents.first[x]; i < w->parents.first[x + 1]; i++) {
    const uint32_t p = w->parent[w->parents.at[i]];
    if (w->seen[p] != x + 1) w->seen[p] = x + 1, w->gathered[n++] = p;
    for (uint32_t j = 0; j < w->n_above[p]; j++) {
      const uint32_t y = w->above[p][j];
      if (w->seen[y] != x + 1) w->seen[y] = x + 1, w->gathered[n++] = y;
    }
  }
  mine__sort_words(w->gathered, n, hierarchy_before, NULL);
  w->above[x] = mine__arena_array(w->env->scratch, n, sizeof **w->above);
  if (w->above[x]) memcpy(w->above[x], w->gathered, n * sizeof **w->above);
  w->n_above[x] = n;
  w->state[x] = HIERARCHY_DONE;
}

/* Everything above x, and x; 0: `path` ends with an item that is on it already, at *from. */
static int hierarchy_visit(hierarchy_walk *w, uint32_t x, uint32_t *from) {
  if (w->state[x] != HIERARCHY_NEW) return 1;
  w->n_path = 0;
  w->path[w->n_path++] = x;
  w->state[x] = HIERARCHY_OPEN;
  while (w->n_path > 0 && !mine_failed(w->env)) {
    const uint32_t top = w->path[w->n_path - 1];
    if (w->next[top] == w->parents.first[top + 1]) {
      hierarchy_gather(w, top);
      w->n_path--;
      continue;
    }
    const uint32_t up = w->parent[w->parents.at[w->next[top]++]];
    if (w->state[up] == HIERARCHY_OPEN) {
      *from = 0;
      while (w->path[*from] != up)
        ++*from;
      return 0;
    }
    if (w->state[up] == HIERARCHY_DONE) continue;
    w->state[up] = HIERARCHY_OPEN;
    w->path[w->n_path++] = up;
  }
  return 1;
}

/* One array of all, in the order of the codes. */
static void hierarchy_pack(const hierarchy_walk *w, uint32_t items, mine_hierarchy *out) {
  size_t n = 0;
  for (uint32_t x = 0; x < items; x++)
    n += w->n_above[x];
  if (n > INT32_MAX) {
    mine__fail(w->env, MINE_LIMIT, "the hierarchy has more than 2 billion items above items");
    return;
  }
  out->items = items;
  out->first = mine__arena_array(w->arena, (size_t)items + 1, sizeof *out->first);
  out->above = mine__arena_array(w->arena, n, sizeof *out->above);
  if (!out->first || !out->above) return;
  uint32_t at = 0;
  for (uint32_t x = 0; x < items; x++) {
    out->first[x] = at;
    if (w->n_above[x] == 0) continue;
    memcpy(out->above + at, w->above[x], w->n_above[x] * sizeof *out->above);
    at += w->n_above[x];
  }
  out->first[items] = at;
}

static int hierarchy_open(hierarchy_walk *w, const uint32_t *item, size_t n, uint32_t items) {
  mine_arena *scratch = w->env->scratch;
  int32_t *code = mine__arena_array(scratch, n, sizeof *code);
  w->state = mine__arena_zeros(scratch, items, sizeof *w->state);
  w->next = mine__arena_array(scratch, items, sizeof *w->next);
  w->path = mine__arena_array(scratch, (size_t)items + 1, sizeof *w->path);
  w->above = mine__arena_zeros(scratch, items, sizeof *w->above);
  w->n_above = mine__arena_zeros(scratch, items, sizeof *w->n_above);
  w->seen = mine__arena_zeros(scratch, items, sizeof *w->seen);
  w->gathered = mine__arena_array(scratch, items, sizeof *w->gathered);
  if (mine_failed(w->env)) return 0;
  for (size_t i = 0; i < n; i++)
    code[i] = (int32_t)item[i];
  if (!mine__sort_codes(scratch, code, (int64_t)n, items, &w->parents)) return 0;
  memcpy(w->next, w->parents.first, items * sizeof *w->next);
  return 1;
}

int mine__hierarchy_close(mine_env *env, mine_arena *arena, const uint32_t *item,
                          const uint32_t *parent, size_t n, uint32_t items, mine_hierarchy *out,
                          uint32_t **loop, size_t *loop_length) {
  hierarchy_walk w = {.env = env, .arena = arena, .parent = parent};
  const mine_mark mark = mine__arena_mark(env->scratch);
  *out = (mine_hierarchy){0};
  *loop_length = 0;
  uint32_t from = 0;
  int straight = hierarchy_open(&w, item, n, items);
  for (uint32_t x = 0; straight && x < items && !mine_failed(env); x++) {
    straight = hierarchy_visit(&w, x, &from);
    if (MINE_POLL_AT(env, x)) break;
  }
  if (straight && !mine_failed(env)) hierarchy_pack(&w, items, out);
  if (!straight && !mine_failed(env)) {
    *loop = mine__arena_array(arena, w.n_path - from, sizeof **loop);
    *loop_length = *loop ? w.n_path - from : 0;
    if (*loop) memcpy(*loop, w.path + from, *loop_length * sizeof **loop);
  }
  mine__arena_rewind(env->scratch, mark);
  return straight && !mine_failed(env);
}

static int hierarchy_above(const mine_hierarchy *h, uint32_t low, uint32_t high) {
  for (uint32_t i = h->first[low]; i < h->first[low + 1]; i++)
    if (h->above[i] == high) return 1;
  return 0;
}

int mine__hierarchy_related(const mine_hierarchy *h, uint32_t a, uint32_t b) {
  return hierarchy_above(h, a, b) || hierarchy_above(h, b, a);
}

mine_status mine__transactions_lift(mine_env *env, mine_arena *arena, const mine_transactions *t,
                                    const mine_hierarchy *h, mine_transactions *out) {
  *out = *t;
  out->items = h->items;
  out->groups = h;
  size_t most = 0;
  for (uint32_t p = 0; p < t->start[t->baskets]; p++)
    most += 1 + h->first[t->item[p] + 1] - h->first[t->item[p]];
  if (most >= UINT32_MAX)
    return mine__fail(env, MINE_LIMIT,
                      "the baskets hold more than 4 billion items with the groups above them");
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *seen = mine__arena_zeros(env->scratch, h->items, sizeof *seen);
  out->start = mine__arena_array(arena, (size_t)t->baskets + 1, sizeof *out->start);
  out->item = mine__arena_array(arena, most, sizeof *out->item);
  uint32_t n = 0;
  for (int64_t b = 0; b < t->baskets && !mine_failed(env); b++) {
    out->start[b] = n;
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++) {
      const uint32_t x = t->item[p];
      if (seen[x] != (uint32_t)b + 1) seen[x] = (uint32_t)b + 1, out->item[n++] = x;
      for (uint32_t i = h->first[x]; i < h->first[x + 1]; i++) {
        const uint32_t y = h->above[i];
        if (seen[y] != (uint32_t)b + 1) seen[y] = (uint32_t)b + 1, out->item[n++] = y;
      }
    }
    if (b % 16384 == 0 && mine__poll(env)) break;
  }
  if (!mine_failed(env)) out->start[t->baskets] = n;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
