/*
** drivers_judge.c -- how far a segment is from the rest, whether chance goes so far, and whether
** it says more than its parts.
**
** With r the rate (a share, a mean, the change of a mean) of the n rows of the segment and s that
** of the m others:
**
**   contribution = (rate of all rows) - s: by how much the segment moves the whole
**
** For shares p is that of the table of both by both classes: Fisher's exact test while a cell is
** expected to have fewer than 20 rows, else Pearson's chi-square.  For means Welch's t; for changes
** the same of four means, (r2 - r1) - (s2 - s1).  q is Benjamini and Hochberg's over all segments
** that were looked at.
**
** A segment of several conditions stays if it lies further from the whole than each of its parts,
** on the same side, and differs from the rest of that part by more than chance.  Of segments that
** are the same rows, or that differ in their bounds only, or are each the others, the best stays.
*/
#include <math.h>
#include <string.h>

#include "../core/hash.h"
#include "../core/order.h"
#include "../core/radix.h"
#include "../kernel/special.h"
#include "drivers.h"

#define JUDGE_EXACT 20
#define JUDGE_PARTS 0.01 /* p of what a longer segment adds */

double mine__drivers_rate(const drivers_rows *rows, const drivers_sums *s) {
  if (rows->later) return s->sum[1] / (double)s->n[1] - s->sum[0] / (double)s->n[0];
  return s->sum[0] / (double)s->n[0] + (rows->positive ? 0 : rows->mean);
}

static drivers_sums judge_less(const drivers_sums *all, const drivers_sums *part) {
  drivers_sums rest = *all;
  for (int i = 0; i < 2; i++) {
    rest.n[i] -= part->n[i];
    rest.sum[i] -= part->sum[i];
    rest.squares[i] -= part->squares[i];
  }
  return rest;
}

/* ---- by chance -------------------------------------------------------------------------- */

static double judge_shares(const drivers_sums *a, const drivers_sums *b) {
  const double n = (double)a->n[0], m = (double)b->n[0], yes = a->sum[0] + b->sum[0];
  const double no = n + m - yes, least = fmin(n, m) * fmin(yes, no) / (n + m);
  if (yes == 0 || no == 0) return 1;
  if (least < JUDGE_EXACT)
    return mine__fisher_exact((int64_t)a->sum[0], a->n[0] - (int64_t)a->sum[0], (int64_t)b->sum[0],
                              b->n[0] - (int64_t)b->sum[0], MINE__TWO_SIDED);
  const double off = a->sum[0] / n - b->sum[0] / m, p = yes / (n + m);
  return mine__chi2_tail(off * off / (p * (1 - p) * (1 / n + 1 / m)), 1, MINE__UPPER);
}

/* The variance of a mean, and its part of Welch's degrees of freedom. */
static double judge_variance(const drivers_sums *s, int side, double *shares) {
  const double n = (double)s->n[side];
  const double squares = s->squares[side] - s->sum[side] * s->sum[side] / n;
  const double v = squares > 0 ? squares / (n - 1) / n : 0;
  *shares += v * v / (n - 1);
  return v;
}

static double judge_means(const drivers_rows *rows, const drivers_sums *a, const drivers_sums *b) {
  const int sides = rows->later ? 2 : 1;
  const double off = mine__drivers_rate(rows, a) - mine__drivers_rate(rows, b);
  double variance = 0, shares = 0;
  for (int side = 0; side < sides; side++) {
    if (a->n[side] < 2 || b->n[side] < 2) return NAN;
    variance += judge_variance(a, side, &shares) + judge_variance(b, side, &shares);
  }
  if (!(variance > 0)) return off == 0 ? 1 : 0;
  return 2 * mine__t_tail(fabs(off) / sqrt(variance), variance * variance / shares, MINE__UPPER);
}

/* NAN: too few rows to say. */
static double judge_p(const drivers_rows *rows, const drivers_sums *a, const drivers_sums *b) {
  if (a->n[0] == 0 || b->n[0] == 0) return NAN;
  return rows->positive ? judge_shares(a, b) : judge_means(rows, a, b);
}

void mine__drivers_judge(mine_env *env, const drivers_rows *rows, drivers_segments *segments) {
  const size_t n = (size_t)segments->n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *q = mine__arena_array(env->scratch, n, sizeof *q);
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  if (!q || !order || !temp) return;
  const double overall = mine__drivers_rate(rows, &rows->all);
  for (size_t i = 0; i < n; i++) {
    drivers_segment *s = &segments->segment[i];
    const drivers_sums rest = judge_less(&rows->all, &s->sums);
    if (i % 256 == 0 && mine__poll(env)) return;
    s->p = judge_p(rows, &s->sums, &rest);
    s->rate = mine__drivers_rate(rows, &s->sums);
    s->contribution = isnan(s->p) ? (double)NAN : overall - mine__drivers_rate(rows, &rest);
    q[i] = s->p;
  }
  mine__benjamini_hochberg(q, segments->n, order, temp);
  for (size_t i = 0; i < n; i++)
    segments->segment[i].q = q[i];
  mine__arena_rewind(env->scratch, mark);
}

/* ---- what says nothing new -------------------------------------------------------------- */

typedef struct judge_all {
  const drivers_rows *rows;
  const drivers_items *items;
  const drivers_segments *segments;
  mine__table by_items; /* of all segments */
} judge_all;

static uint64_t judge_hash(const int32_t *item, int size) {
  uint64_t hash = (uint64_t)size;
  for (int i = 0; i < size; i++)
    hash = mine_hash_mix(hash + (uint64_t)item[i] + 1);
  return hash;
}

typedef struct judge_asked {
  const drivers_segments *segments;
  const int32_t *item;
  int size;
} judge_asked;

static int judge_same(const void *context, uint32_t number) {
  const judge_asked *asked = context;
  const drivers_segment *s = &asked->segments->segment[number];
  return s->size == asked->size &&
         memcmp(s->item, asked->item, (size_t)asked->size * sizeof *s->item) == 0;
}

static int judge_index(mine_env *env, judge_all *all) {
  const drivers_segments *segments = all->segments;
  if (mine__table_grow(&all->by_items, env->scratch, (size_t)segments->n) < 0) return 0;
  for (int64_t i = 0; i < segments->n; i++) {
    const drivers_segment *s = &segments->segment[i];
    mine__table_enter(&all->by_items, judge_hash(s->item, s->size), (uint32_t)i);
  }
  return 1;
}

/* The segment of some of the conditions: those whose bit is set in `which`. */
static const drivers_segment *judge_part(const judge_all *all, const drivers_segment *s,
                                         int which) {
  int32_t item[DRIVERS_LENGTH];
  judge_asked asked = {all->segments, item, 0};
  for (int i = 0; i < s->size; i++)
    if (which >> i & 1) item[asked.size++] = s->item[i];
  const int64_t at =
      mine__table_find(&all->by_items, judge_hash(item, asked.size), judge_same, &asked);
  return at < 0 ? NULL : &all->segments->segment[at];
}

static int judge_adds(const judge_all *all, const drivers_segment *s, const drivers_segment *part) {
  const double overall = mine__drivers_rate(all->rows, &all->rows->all);
  const drivers_sums others = judge_less(&part->sums, &s->sums);
  const double off = s->rate - overall, less = part->rate - overall;
  if (less != 0 && (fabs(off) <= fabs(less) || (off < 0) != (less < 0))) return 0;
  return judge_p(all->rows, &s->sums, &others) <= JUDGE_PARTS;
}

static int judge_more_than_parts(const judge_all *all, const drivers_segment *s) {
  for (int which = 1; which < (1 << s->size) - 1; which++) {
    const drivers_segment *part = judge_part(all, s, which);
    if (part && !judge_adds(all, s, part)) return 0;
  }
  return 1;
}

static uint64_t judge_word(const judge_all *all, const drivers_segment *s, size_t w) {
  uint64_t word = all->items->item[s->item[0]].bits[w];
  for (int i = 1; i < s->size; i++)
    word &= all->items->item[s->item[i]].bits[w];
  return word;
}

/* The same rows, or each the others' rest. */
static int judge_same_rows(const judge_all *all, const drivers_segment *a,
                           const drivers_segment *b) {
  const int64_t n = a->sums.n[0] + a->sums.n[1], m = b->sums.n[0] + b->sums.n[1];
  const int same = n == m, rest = n + m == all->rows->n;
  const size_t words = all->rows->words;
  if (!same && !rest) return 0;
  int are_same = same, are_rest = rest;
  for (size_t w = 0; w < words && (are_same || are_rest); w++) {
    const uint64_t x = judge_word(all, a, w), y = judge_word(all, b, w);
    are_same = are_same && x == y;
    are_rest = are_rest && (x & y) == 0;
  }
  return are_same || are_rest;
}

/* The same attributes, tested in the same way, at other bounds. */
static int judge_same_form(const judge_all *all, const drivers_segment *a,
                           const drivers_segment *b) {
  if (a->size != b->size) return 0;
  for (int i = 0; i < a->size; i++) {
    const drivers_item *x = &all->items->item[a->item[i]], *y = &all->items->item[b->item[i]];
    if (x->feature != y->feature || x->test != y->test) return 0;
    if (x->test == DRIVERS_IS && a->item[i] != b->item[i]) return 0;
  }
  return 1;
}

static int judge_is_new(const judge_all *all, const drivers_segment *s, const int64_t *chosen,
                        int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const drivers_segment *other = &all->segments->segment[chosen[i]];
    if (judge_same_form(all, s, other) || judge_same_rows(all, s, other)) return 0;
  }
  return 1;
}

/* Larger contributions first, then fewer conditions, then in order. */
static int judge_before(const void *context, const void *left, const void *right) {
  const drivers_segments *all = context;
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  const drivers_segment *x = &all->segment[a], *y = &all->segment[b];
  if (fabs(x->contribution) != fabs(y->contribution))
    return fabs(x->contribution) > fabs(y->contribution);
  if (x->size != y->size) return x->size < y->size;
  return a < b;
}

int64_t *mine__drivers_choose(mine_env *env, mine_arena *arena, const drivers_rows *rows,
                              const drivers_items *items, const drivers_segments *segments,
                              double max_q, int64_t top) {
  const size_t n = (size_t)segments->n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  judge_all all = {.rows = rows, .items = items, .segments = segments};
  int64_t *order = mine__arena_array(env->scratch, n, sizeof *order);
  int64_t *spare = mine__arena_array(env->scratch, n, sizeof *spare);
  int64_t *chosen =
      mine__arena_array(arena, (top < segments->n ? (size_t)top : n) + 1, sizeof *chosen);
  if (!order || !spare || !chosen || !judge_index(env, &all)) return NULL;
  int64_t left = 0, kept = 0;
  for (int64_t i = 0; i < segments->n; i++)
    if (segments->segment[i].q <= max_q) order[left++] = i;
  mine__sort(env, order, spare, (size_t)left, sizeof *order, judge_before, segments);
  for (int64_t i = 0; i < left && kept < top; i++) {
    const drivers_segment *s = &segments->segment[order[i]];
    if (i % 64 == 0 && mine__poll(env)) return NULL;
    if (judge_more_than_parts(&all, s) && judge_is_new(&all, s, chosen, kept))
      chosen[kept++] = order[i];
  }
  chosen[kept] = -1;
  mine__arena_rewind(env->scratch, mark);
  return mine_failed(env) ? NULL : chosen;
}
