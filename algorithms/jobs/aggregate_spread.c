/*
** aggregate_spread.c -- mine_variance, mine_stddev, mine_corr: of sums that do not round.
**
**   variance  sum (x - mean)^2 / (n - 1)
**   corr      sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2)   (Pearson)
**
** Sums of x and x^2 lose all digits when the mean is large beside the spread, and what
** is subtracted from a rounded sum leaves its rounding behind.  Here they are exact
** (core/exact.h), so both are harmless: a row is added or removed in O(1) with no memory
** beside the sums, the answer takes O(1), is accurate to a few units in the last place,
** and is the same bits in whatever order the rows came.
**
** An infinite number makes the spread undefined: NULL while it is in the group.
*/
#include <math.h>

#include "../core/exact.h"
#include "aggregate.h"

/* ---- of one number -------------------------------------------------------------------- */

typedef struct spread_state {
  int64_t infinite;
  mine__exact x, xx;
} spread_state;

static void spread_count(mine_group *group, const mine__group_row *row, int sign) {
  spread_state *s = group->state;
  const double x = row->number[0];
  if (isinf(x)) {
    s->infinite += sign;
    return;
  }
  mine__exact_add(&s->x, x, sign);
  mine__exact_add_product(&s->xx, x, x, sign);
}

/* The variance as a fraction and an exponent; 0: undefined. */
static int spread_of(mine_group *group, double *fraction, int *exponent) {
  spread_state *s = group->state;
  if (group->rows < 2 || s->infinite) return 0;
  *fraction = fmax(mine__exact_comoment(&s->x, &s->x, &s->xx, group->rows, exponent), 0) /
              (double)(group->rows - 1);
  return 1;
}

static void variance_value(mine_group *group, int last, mine_cell *out) {
  double fraction;
  int exponent;
  (void)last;
  if (spread_of(group, &fraction, &exponent)) mine__group_answer(out, ldexp(fraction, exponent));
}

const mine_verb mine__verb_variance = {
    MINE_AGGREGATE("mine_variance", MINE_ANSWER_REAL, "the variance; NULL with less than two rows",
                   spread_state, .count = spread_count, .value = variance_value),
    .what = "How far the rows lie from their mean: the mean square, by n - 1.",
    .notes = MINE_NOTE_SKIPS
    " NULL with less than two. The sums are exact: no offset and no "
    "moving frame costs a digit.",
    .example = "SELECT mine_variance(column1) FROM (VALUES (1e9 + 1), (1e9 + 2), (1e9 + 6));",
    .argument = {{MINE_ARG_NUMBER, "x"}},
    .required = 1,
};

static void stddev_value(mine_group *group, int last, mine_cell *out) {
  double fraction;
  int exponent;
  (void)last;
  if (spread_of(group, &fraction, &exponent))
    mine__group_answer(out, mine__exact_root(fraction, exponent));
}

const mine_verb mine__verb_stddev = {
    MINE_AGGREGATE("mine_stddev", MINE_ANSWER_REAL,
                   "the standard deviation; NULL with less than two rows", spread_state,
                   .count = spread_count, .value = stddev_value),
    .what = "The standard deviation of a sample: the root of `mine_variance`.",
    .notes = MINE_NOTE_SKIPS " NULL with less than two.",
    .example = "SELECT mine_stddev(column1) FROM (VALUES (1), (2), (3), (10));",
    .argument = {{MINE_ARG_NUMBER, "x"}},
    .required = 1,
};

/* ---- of two ----------------------------------------------------------------------------- */

typedef struct corr_state {
  int64_t infinite;
  mine__exact x, y, xx, yy, xy;
} corr_state;

static void corr_count(mine_group *group, const mine__group_row *row, int sign) {
  corr_state *s = group->state;
  const double x = row->number[0], y = row->number[1];
  if (isinf(x) || isinf(y)) {
    s->infinite += sign;
    return;
  }
  mine__exact_add(&s->x, x, sign);
  mine__exact_add(&s->y, y, sign);
  mine__exact_add_product(&s->xx, x, x, sign);
  mine__exact_add_product(&s->yy, y, y, sign);
  mine__exact_add_product(&s->xy, x, y, sign);
}

static void corr_value(mine_group *group, int last, mine_cell *out) {
  corr_state *s = group->state;
  const int64_t n = group->rows;
  int of_x, of_y, of_xy;
  (void)last;
  if (n < 2 || s->infinite) return;
  const double x = mine__exact_comoment(&s->x, &s->x, &s->xx, n, &of_x);
  const double y = mine__exact_comoment(&s->y, &s->y, &s->yy, n, &of_y);
  if (!(x > 0 && y > 0)) return;
  const double xy = mine__exact_comoment(&s->x, &s->y, &s->xy, n, &of_xy);
  const int half = (of_x + of_y) / 2, odd = (of_x + of_y) - 2 * half;
  const double r = ldexp(xy / sqrt(ldexp(x * y, odd)), of_xy - half);
  mine__group_answer(out, fmax(-1, fmin(1, r)));
}

const mine_verb mine__verb_corr = {
    MINE_AGGREGATE("mine_corr", MINE_ANSWER_REAL, "from -1 to 1; NULL where x or y does not vary",
                   corr_state, .count = corr_count, .value = corr_value),
    .what = "How two numbers move together: Pearson's correlation.",
    .notes = MINE_NOTE_PAIRS
    " NULL where one of the two does not vary. With a p-value, and for "
    "every pair of a table: `mine_correlate`.",
    .example = "SELECT mine_corr(column1, column2) FROM (VALUES (1, 2), (2, 3), (3, 7));",
    .argument = {{MINE_ARG_NUMBER, "x"}, {MINE_ARG_NUMBER, "y"}},
    .required = 2,
};
