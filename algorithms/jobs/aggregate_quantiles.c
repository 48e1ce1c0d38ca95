/*
** aggregate_quantiles.c -- mine_quantile, mine_median: the value below which a share of the
** rows lies.
**
** Type 7 of Hyndman & Fan 1996 ("Sample quantiles in statistical packages"), the one of
** R, numpy and spreadsheets: between the values of rank floor(h) and floor(h) + 1,
** h = (n - 1) share.
**
** A group that is asked once keeps its numbers in an array and selects, O(n).  A window
** that moves keeps them in a tree of ranks (core/multiset.h): O(log n) for a row that
** comes, a row that goes and an answer.
*/
#include <math.h>

#include "../core/bits.h"
#include "../core/multiset.h"
#include "../core/order.h"
#include "aggregate.h"

typedef struct quantiles_state {
  double *x; /* until the window moves */
  size_t capacity;
  int moving;
  mine__multiset ranks; /* from then on */
} quantiles_state;

static void quantiles_add(mine_group *group, const mine__group_row *row) {
  quantiles_state *s = group->state;
  if (s->moving) {
    mine__multiset_add(&s->ranks, mine_key_of_real(row->number[0]), 0);
  } else if (MINE_RESERVE(group->arena, s->x, s->capacity, (size_t)group->rows + 1)) {
    s->x[group->rows] = row->number[0];
  }
}

static void quantiles_move(mine_group *group) {
  quantiles_state *s = group->state;
  if (s->moving) return;
  s->moving = 1;
  s->ranks.arena = group->arena;
  for (int64_t i = 0; i < group->rows && !mine_failed(group->env); i++) {
    if (MINE_POLL_AT(group->env, i)) return;
    mine__multiset_add(&s->ranks, mine_key_of_real(s->x[i]), 0);
  }
}

static void quantiles_remove(mine_group *group, const mine__group_row *row) {
  quantiles_state *s = group->state;
  quantiles_move(group);
  if (mine_failed(group->env)) return;
  if (!mine__multiset_remove(&s->ranks, mine_key_of_real(row->number[0]), 0))
    mine__group_refuse_removal(group);
}

static double quantiles_at(const mine_group *group, int64_t rank) {
  const quantiles_state *s = group->state;
  return s->moving ? mine_key_to_real(mine__multiset_select(&s->ranks, rank))
                   : mine__select(s->x, group->rows, rank);
}

static void quantiles_answer(mine_group *group, double share, int last, mine_cell *out) {
  if (!last) quantiles_move(group);
  if (mine_failed(group->env)) return;
  const mine__rank rank = mine__rank_of(group->rows, share);
  const double low = quantiles_at(group, rank.below);
  const double high = rank.part > 0 ? quantiles_at(group, rank.below + 1) : low;
  mine__group_answer(out, mine__interpolate(low, high, rank.part));
}

/* ---- mine_quantile ------------------------------------------------------------------- */

static void quantile_add(mine_group *group, const mine__group_row *row) {
  char shown[MINE_NUMBER_BYTES];
  const double share = row->number[1];
  if (share >= 0 && share <= 1) {
    quantiles_add(group, row);
  } else {
    (void)mine__fail(group->env, MINE_DATA, "the share is %s; it must be from 0 to 1",
                     mine__format_real(shown, share, 0));
  }
}

static void quantile_value(mine_group *group, int last, mine_cell *out) {
  quantiles_answer(group, group->constant[1], last, out);
}

const mine_verb mine__verb_quantile = {
    MINE_AGGREGATE("mine_quantile", MINE_ANSWER_REAL, "the quantile; NULL without rows",
                   quantiles_state, .add = quantile_add, .remove = quantiles_remove,
                   .value = quantile_value),
    .what = "The value below which a share of the rows lies.",
    .notes = MINE_NOTE_SKIPS
    " Type 7: between the two nearest values in proportion, as in R and "
    "numpy.",
    .example = "SELECT mine_quantile(column1, 0.9) FROM (VALUES (1), (2), (3), (10));",
    .argument = {{MINE_ARG_NUMBER, "x"}, {MINE_ARG_CONSTANT, "share"}},
    .required = 2,
};

/* ---- mine_median --------------------------------------------------------------------- */

static void median_value(mine_group *group, int last, mine_cell *out) {
  quantiles_answer(group, 0.5, last, out);
}

const mine_verb mine__verb_median = {
    MINE_AGGREGATE("mine_median", MINE_ANSWER_REAL, "the quantile; NULL without rows",
                   quantiles_state, .add = quantiles_add, .remove = quantiles_remove,
                   .value = median_value),
    .what = "The middle value: half of the rows lie below it.",
    .notes = MINE_NOTE_SKIPS " Of an even number of rows, the mean of the middle two.",
    .example = "SELECT mine_median(column1) FROM (VALUES (1), (2), (3), (10));",
    .argument = {{MINE_ARG_NUMBER, "x"}},
    .required = 1,
};
