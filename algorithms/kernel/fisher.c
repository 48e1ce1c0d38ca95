/*
** fisher.c -- Fisher's exact test of r x c tables, column after column.
**
** A table with margins r_i, c_j of n rows has the chance
**
**   P = (prod r_i! prod c_j! / n!) prod 1 / n_ij!
**
** What can follow the first columns depends only on what they have left of the rows, in any
** order, and on their product of 1 / n_ij!.  So tables are counted together that agree in
** these two (the network of Mehta & Patel 1983): a state is what is left of the rows, sorted,
** and the log of the product so far.  Of a state the last columns are not counted where all of
** what may follow is no likelier than the table asked about, or all of it is likelier.  For that
** bounds suffice: a column of c is likeliest when it is spread evenly, least likely in one cell,
** and so is what is left of a row.  The sum over all that may follow is known,
**
**   sum of prod 1 / n_ij! = n'! / (prod r'_i! prod c'_j!)
**
** All terms are positive.
**
** Where there are too many, tables are drawn: the columns of all n rows in an order by chance.
*/
#include "fisher.h"

#include <math.h>
#include <string.h>

#include "../core/hash.h"
#include "../core/random.h"
#include "special.h"

#define FISHER_MOST_ROWS   16
#define FISHER_MOST_STATES 250000
#define FISHER_MOST_STEPS  20000000 /* parts of a column tried */
#define FISHER_SAME        1e-7
#define FISHER_MOST_N      1000000
#define FISHER_PURPOSE     0x66697368 /* random streams: "fish" */
#define FISHER_GRAIN       1e10       /* logs that agree to so many parts of one are the same */

typedef struct fisher_state {
  uint64_t left; /* of the rows, in one number; 0 with count 0: free */
  double past;   /* log of the product so far        */
  double count;  /* tables that come to this         */
} fisher_state;

typedef struct fisher_layer {
  fisher_state *slot;
  size_t slots, used; /* slots: a power of two */
} fisher_layer;

typedef struct fisher_work {
  mine_env *env;
  mine_arena *arena;
  int rows;
  int64_t columns, n;
  int64_t row[FISHER_MOST_ROWS]; /* margins, falling */
  uint64_t radix[FISHER_MOST_ROWS];
  int64_t *column;
  double *factorial; /* log n! */
  double limit;      /* log of the product: what is no likelier */
  double margins;    /* log of prod r_i! prod c_j! / n!         */
  /* After column j: of those behind it the rows, log prod c!, and of their even spread. */
  int64_t j, behind;
  double heap, even;
  fisher_layer next;
  fisher_state at; /* whose columns are tried */
  double p;
  int64_t steps;
  int too_many;
} fisher_work;

/* log of the product of n! where `total` is spread evenly over `parts`. */
static double fisher_even(const fisher_work *w, int64_t total, int64_t parts) {
  const int64_t each = total / parts, more = total % parts;
  return (double)(parts - more) * w->factorial[each] + (double)more * w->factorial[each + 1];
}

/* ---- states ---------------------------------------------------------------------------------- */

static uint64_t fisher_grain(double past) {
  return (uint64_t)(int64_t)nearbyint(past * FISHER_GRAIN);
}

static fisher_state *fisher_find(const fisher_layer *layer, uint64_t left, double past) {
  const uint64_t grain = fisher_grain(past);
  size_t at = (size_t)mine_hash_mix(left ^ mine_hash_mix(grain)) & (layer->slots - 1);
  while (layer->slot[at].count > 0 &&
         (layer->slot[at].left != left || fisher_grain(layer->slot[at].past) != grain))
    at = (at + 1) & (layer->slots - 1);
  return &layer->slot[at];
}

static void fisher_layer_open(fisher_work *w, fisher_layer *layer, size_t slots) {
  *layer = (fisher_layer){.slots = slots};
  layer->slot = mine__arena_zeros(w->arena, slots, sizeof *layer->slot);
}

static void fisher_grow(fisher_work *w) {
  fisher_layer larger;
  fisher_layer_open(w, &larger, w->next.slots * 2);
  if (!larger.slot) return;
  for (size_t i = 0; i < w->next.slots; i++) {
    const fisher_state *s = &w->next.slot[i];
    if (s->count > 0) *fisher_find(&larger, s->left, s->past) = *s;
  }
  larger.used = w->next.used;
  w->next = larger;
}

static void fisher_keep(fisher_work *w, uint64_t left, double past, double count) {
  fisher_state *s = fisher_find(&w->next, left, past);
  if (s->count > 0) {
    s->count += count;
    return;
  }
  *s = (fisher_state){left, past, count};
  w->too_many |= ++w->next.used > FISHER_MOST_STATES;
  if (w->next.used * 2 > w->next.slots) fisher_grow(w);
}

/* ---- one column ------------------------------------------------------------------------------ */

/* The column is filled: what is left of the rows and the product are a state, unless all that
** may follow is known to count, or not to. */
static void fisher_filled(fisher_work *w, const int64_t *left, double past) {
  const int64_t columns = w->columns - w->j - 1;
  int64_t sorted[FISHER_MOST_ROWS];
  double heap = 0, even = 0;
  for (int i = 0; i < w->rows; i++) {
    int at = i;
    heap += w->factorial[left[i]];
    even += fisher_even(w, left[i], columns);
    for (; at > 0 && sorted[at - 1] < left[i]; at--)
      sorted[at] = sorted[at - 1];
    sorted[at] = left[i];
  }
  if (past - fmax(even, w->even) <= w->limit) {
    w->p += w->at.count * exp(w->margins + past + w->factorial[w->behind] - heap - w->heap);
  } else if (past - fmin(heap, w->heap) <= w->limit) {
    uint64_t key = 0;
    for (int i = 0; i < w->rows; i++)
      key += w->radix[i] * (uint64_t)sorted[i];
    fisher_keep(w, key, past, w->at.count);
  }
}

/* All ways to fill the column: row i takes from what is left of it; `later` is what the rows
** after i have. */
static void fisher_fill(fisher_work *w, int i, int64_t *left, int64_t rest, int64_t later,
                        double past) {
  if (w->too_many || mine_failed(w->env)) return;
  if (i == w->rows) {
    fisher_filled(w, left, past);
    return;
  }
  const int64_t has = left[i], after = later - has;
  const int64_t least = rest > after ? rest - after : 0, most = rest < has ? rest : has;
  for (int64_t take = least; take <= most; take++) {
    left[i] = has - take;
    fisher_fill(w, i + 1, left, rest - take, after, past - w->factorial[take]);
    if (++w->steps % 65536 == 0 && mine__poll(w->env) != MINE_OK) break;
  }
  w->too_many |= w->steps > FISHER_MOST_STEPS;
  left[i] = has;
}

static void fisher_column(fisher_work *w, const fisher_layer *layer) {
  for (size_t s = 0; s < layer->slots && !w->too_many && !mine_failed(w->env); s++) {
    if (!(layer->slot[s].count > 0)) continue;
    int64_t left[FISHER_MOST_ROWS], all = 0;
    w->at = layer->slot[s];
    for (int i = 0; i < w->rows; i++) {
      left[i] = (int64_t)(w->at.left / w->radix[i] % (uint64_t)(w->row[i] + 1));
      all += left[i];
    }
    fisher_fill(w, 0, left, w->column[w->j], all, w->at.past);
  }
}

/* ---- the table ------------------------------------------------------------------------------- */

static void fisher_sort(int64_t *value, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const int64_t v = value[i];
    int64_t at = i;
    for (; at > 0 && value[at - 1] < v; at--)
      value[at] = value[at - 1];
    value[at] = v;
  }
}

/* Margins, the shorter side as rows, both falling.  What is left of a row is at most the
** margin at its place: sorted numbers that each fell stay below the sorted margins. */
static void fisher_sum_margins(fisher_work *w, const int64_t *cell, int64_t rows, int64_t columns) {
  const int turned = rows > columns;
  w->rows = (int)(turned ? columns : rows);
  w->columns = turned ? rows : columns;
  w->column = mine__arena_zeros(w->arena, (size_t)w->columns, sizeof *w->column);
  if (!w->column) return;
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      w->row[turned ? j : i] += cell[i * columns + j];
      w->column[turned ? i : j] += cell[i * columns + j];
      w->n += cell[i * columns + j];
    }
  }
  fisher_sort(w->row, w->rows);
  fisher_sort(w->column, w->columns);
  /* What is left of the rows as one number, row i counted in steps of radix[i]: in 63 bits, or
  ** there are too many. */
  uint64_t radix = 1;
  for (int i = 0; i < w->rows; i++) {
    w->radix[i] = radix;
    w->too_many |= radix > (UINT64_MAX >> 1) / (uint64_t)(w->row[i] + 1);
    radix *= (uint64_t)(w->row[i] + 1);
  }
}

static void fisher_logs(fisher_work *w, const int64_t *cell, int64_t cells) {
  w->factorial = mine__arena_array(w->arena, (size_t)w->n + 2, sizeof *w->factorial);
  if (!w->factorial) return;
  for (int64_t i = 0; i < w->n + 2; i++)
    w->factorial[i] = mine__log_gamma1p((double)i);
  w->margins = -w->factorial[w->n];
  for (int i = 0; i < w->rows; i++)
    w->margins += w->factorial[w->row[i]];
  for (int64_t j = 0; j < w->columns; j++)
    w->margins += w->factorial[w->column[j]];
  w->limit = FISHER_SAME;
  for (int64_t i = 0; i < cells; i++)
    w->limit -= w->factorial[cell[i]];
}

static void fisher_walk(fisher_work *w) {
  fisher_layer layer;
  uint64_t all = 0;
  for (int i = 0; i < w->rows; i++)
    all += w->radix[i] * (uint64_t)w->row[i];
  fisher_layer_open(w, &layer, 1024);
  fisher_layer_open(w, &w->next, 1024);
  if (!layer.slot || !w->next.slot) return;
  *fisher_find(&layer, all, 0) = (fisher_state){all, 0, 1};
  for (w->j = 0; w->j + 1 < w->columns && !w->too_many; w->j++) {
    w->behind = 0;
    w->heap = w->even = 0;
    for (int64_t k = w->j + 1; k < w->columns; k++) {
      w->behind += w->column[k];
      w->heap += w->factorial[w->column[k]];
      w->even += fisher_even(w, w->column[k], w->rows);
    }
    fisher_column(w, &layer);
    if (mine_failed(w->env)) return;
    const fisher_layer done = layer;
    layer = w->next;
    w->next = (fisher_layer){.slot = done.slot, .slots = done.slots};
    memset(done.slot, 0, done.slots * sizeof *done.slot);
  }
}

double mine__fisher_exact_table(mine_env *env, mine_arena *arena, const int64_t *cell, int64_t rows,
                                int64_t columns) {
  fisher_work w = {.env = env, .arena = arena};
  if (rows > FISHER_MOST_ROWS && columns > FISHER_MOST_ROWS) return NAN;
  fisher_sum_margins(&w, cell, rows, columns);
  if (mine_failed(env) || w.too_many || w.n > FISHER_MOST_N) return NAN;
  fisher_logs(&w, cell, rows * columns);
  if (!mine_failed(env)) fisher_walk(&w);
  if (mine_failed(env) || w.too_many) return NAN;
  return w.p < 1 ? w.p : 1;
}

/* ---- drawn ----------------------------------------------------------------------------------- */

/* Tables of the same margins differ in prod 1 / n_ij! alone.  The table asked about is counted
** as one of those drawn, so that p is never 0. */
double mine__fisher_drawn(mine_env *env, mine_arena *arena, const int64_t *cell, int64_t rows,
                          int64_t columns, uint64_t seed, int64_t tables) {
  int64_t n = 0, no_likelier = 0;
  double limit = FISHER_SAME;
  for (int64_t i = 0; i < rows * columns; i++)
    n += cell[i];
  uint32_t *column = mine__arena_array(arena, (size_t)n, sizeof *column);
  int64_t *end = mine__arena_zeros(arena, (size_t)rows, sizeof *end);
  int64_t *count = mine__arena_array(arena, (size_t)columns, sizeof *count);
  double *factorial = mine__arena_array(arena, (size_t)n + 1, sizeof *factorial);
  if (mine_failed(env)) return NAN;
  for (int64_t i = 0; i <= n; i++)
    factorial[i] = mine__log_gamma1p((double)i);
  n = 0;
  for (int64_t i = 0; i < rows * columns; i++) {
    limit -= factorial[cell[i]];
    for (int64_t k = 0; k < cell[i]; k++)
      column[n++] = (uint32_t)(i % columns);
    end[i / columns] = n;
  }
  mine_random random;
  mine__random_open(&random, seed, FISHER_PURPOSE, 0);
  for (int64_t t = 0; t < tables; t++) {
    double chance = 0;
    mine__random_shuffle(&random, env, column, n);
    for (int64_t i = 0, at = 0; i < rows; i++) {
      memset(count, 0, (size_t)columns * sizeof *count);
      for (; at < end[i]; at++)
        count[column[at]]++;
      for (int64_t j = 0; j < columns; j++)
        chance -= factorial[count[j]];
    }
    no_likelier += chance <= limit;
    if (mine_failed(env)) return NAN;
  }
  return (double)(1 + no_likelier) / (double)(1 + tables);
}
