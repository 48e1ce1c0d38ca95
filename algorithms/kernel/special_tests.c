/*
** special_tests.c -- Fisher's exact test, the hypergeometric tail, q-values.
**
** The chance of a table with all margins given.  With expected counts e and Stirling's
** formula  n! = sqrt(2 pi n) (n/e)^n e^c(n)  for the nine factorials,
**   log P = -sum over cells of  n D(e/n)  + log of the nine square roots + sum of c,
** D the deviance (Loader 2000): half the G statistic, a sum of non-negative terms.  All
** four cells lie  (ad - bc)/N  from what is expected, and that is exact in a pair of
** doubles, so the chance keeps 13 digits for counts of 1e9.
**
** Chances along a tail follow from their neighbour by  bc / (a+1)(d+1)  and fall at
** least geometrically, so a tail is one chance times a short sum.
*/
#include "special_private.h"

#define TABLE_COUNTS   9007199254740992.0 /* 2^53 */
#define TABLE_SAME     1e-7               /* R's fisher.test: 1 + 1e-7 */
#define TABLE_STIRLING 16

/* c(n), n = 1..15. */
static const double table_stirling_small[TABLE_STIRLING] = {0,
                                                            0.08106146679532725822,
                                                            0.041340695955409294094,
                                                            0.027677925684998339149,
                                                            0.020790672103765093112,
                                                            0.016644691189821192163,
                                                            0.013876128823070747999,
                                                            0.011896709945891770095,
                                                            0.010411265261972096497,
                                                            0.0092554621827127329177,
                                                            0.0083305634333628712565,
                                                            0.007573675487951840795,
                                                            0.0069428401072095298657,
                                                            0.0064089941880042070684,
                                                            0.0059513701127588477356,
                                                            0.005554733551962801371};

/* All tables with the margins row, n - row; column, n - column; by their first cell. */
typedef struct table_margins {
  double row, column, n, least, most; /* least..most: the first cell */
} table_margins;

typedef struct table_cells {
  double a, b, c, d;
} table_cells;

static table_cells table_cells_at(const table_margins *m, double a) {
  return (table_cells){a, m->row - a, m->column - a, (m->n - m->row) - (m->column - a)};
}

static table_margins table_margins_of(double row, double column, double n) {
  double over = column - (n - row);
  return (table_margins){row, column, n, over > 0 ? over : 0, row < column ? row : column};
}

/* ---- the chance of one table -------------------------------------------------------------- */

static double table_stirling(double n) {
  return n < TABLE_STIRLING ? table_stirling_small[(int)n] : mine__stirling(n);
}

/* n D(e/n), e = n + off; for an empty cell its limit e. */
static double table_deviance(double n, double off) {
  if (n == 0) return off;
  return n * mine__deviance((n + off) / n, off / n);
}

static double table_at_least_1(double n) {
  return n > 0 ? n : 1;
}

static double table_log_chance(const table_margins *m, double first) {
  table_cells t = table_cells_at(m, first);
  double row2 = m->n - m->row, column2 = m->n - m->column;
  if (m->row == 0 || row2 == 0 || m->column == 0 || column2 == 0) return 0; /* one table only */
  mine__dd ad = mine__dd_product(t.a, t.d), bc = mine__dd_product(t.b, t.c);
  mine__dd cross = mine__dd_add(bc, (mine__dd){-ad.hi, -ad.lo});
  double off = (cross.hi + cross.lo) / m->n; /* expected - observed of a and d */
  double deviance = table_deviance(t.a, off) + table_deviance(t.b, -off) +
                    table_deviance(t.c, -off) + table_deviance(t.d, off);
  double roots = (m->row / table_at_least_1(t.a)) * (row2 / table_at_least_1(t.d)) *
                 (m->column / table_at_least_1(t.b)) * (column2 / table_at_least_1(t.c)) / m->n;
  int filled = (t.a > 0) + (t.b > 0) + (t.c > 0) + (t.d > 0);
  double stirling = table_stirling(m->row) + table_stirling(row2) + table_stirling(m->column) +
                    table_stirling(column2) - table_stirling(m->n) - table_stirling(t.a) -
                    table_stirling(t.b) - table_stirling(t.c) - table_stirling(t.d);
  return 0.5 * log(roots) + (3 - filled) * MINE__LOG_2PI_HALF + stirling - deviance;
}

/* ---- tails ---------------------------------------------------------------------------------- */

/* Sum of the chances of the tables a, a+1, ..., relative to that of a; falling from a on. */
static double table_sum_upward(table_cells t) {
  double term = 1, sum = 1;
  while (t.b > 0 && t.c > 0) {
    double ratio = (t.b / (t.a + 1)) * (t.c / (t.d + 1));
    term *= ratio;
    sum += term;
    if (ratio < 1 && term * ratio < 1e-17 * sum * (1 - ratio)) break;
    t.a += 1;
    t.d += 1;
    t.b -= 1;
    t.c -= 1;
  }
  return sum;
}

/* log P(first >= a) and log P(first <= a), for a at or beyond the mode on that side. */
static double table_log_upward(const table_margins *m, double a) {
  if (a > m->most) return -INFINITY;
  return table_log_chance(m, a) + log(table_sum_upward(table_cells_at(m, a)));
}

static double table_log_downward(const table_margins *m, double a) {
  if (a < m->least) return -INFINITY;
  table_cells t = table_cells_at(m, a);
  return table_log_chance(m, a) + log(table_sum_upward((table_cells){t.b, t.a, t.d, t.c}));
}

/* The likeliest first cell, or a neighbour as likely. */
static double table_mode(const table_margins *m) {
  double mode = floor((m->row + 1) * ((m->column + 1) / (m->n + 2)));
  return fmax(m->least, fmin(m->most, mode));
}

/* P(first >= a) as a tail: summed beyond the mode, else one minus the other. */
static mine__tails table_upper_tails(const table_margins *m, double a) {
  if (a <= m->least) return (mine__tails){-INFINITY, 1, 0, 0};
  if (a > m->most) return (mine__tails){-INFINITY, 1, 1, 0};
  int upper = a > table_mode(m);
  return (mine__tails){upper ? table_log_upward(m, a) : table_log_downward(m, a - 1), 1, upper, 0};
}

double mine__hypergeometric_tail(int64_t x, int64_t white, int64_t black, int64_t n,
                                 mine__tail tail) {
  if (white < 0 || black < 0 || n < 0) return NAN;
  double balls = (double)white + (double)black;
  if (!(balls < TABLE_COUNTS) || (double)n > balls) return NAN;
  table_margins m = table_margins_of((double)white, (double)n, balls);
  double above = x < 0 ? 0 : (double)x < TABLE_COUNTS ? (double)x + 1 : TABLE_COUNTS;
  return mine__tails_give(table_upper_tails(&m, above), tail);
}

/* ---- Fisher --------------------------------------------------------------------------------- */

/* Nearest first cell to the mode, from it towards `end`, with log chance <= limit; one
** beyond `end` if there is none.  The chances fall all the way. */
static double fisher_first_no_likelier(const table_margins *m, double mode, double end,
                                       double limit) {
  double step = end < mode ? -1 : 1, low = 0, high = fabs(end - mode) + 1;
  while (low < high) {
    double middle = floor((low + high) / 2);
    if (table_log_chance(m, mode + step * middle) <= limit)
      high = middle;
    else
      low = middle + 1;
  }
  return mode + step * low;
}

static double fisher_two_sided_log(const table_margins *m, double a) {
  double limit = table_log_chance(m, a) + log1p(TABLE_SAME), mode = table_mode(m);
  if (table_log_chance(m, mode) <= limit) return 0;
  double above = mode < m->most ? fisher_first_no_likelier(m, mode, m->most, limit) : mode + 1;
  double below = mode > m->least ? fisher_first_no_likelier(m, mode, m->least, limit) : mode - 1;
  double log_p = mine__log_add(table_log_upward(m, above), table_log_downward(m, below));
  return log_p < 0 ? log_p : 0;
}

static int fisher_margins(int64_t a, int64_t b, int64_t c, int64_t d, table_margins *m) {
  if (a < 0 || b < 0 || c < 0 || d < 0) return 0;
  double n = ((double)a + (double)b) + ((double)c + (double)d);
  if (!(n < TABLE_COUNTS)) return 0;
  *m = table_margins_of((double)a + (double)b, (double)a + (double)c, n);
  return 1;
}

static double fisher(int64_t a, int64_t b, int64_t c, int64_t d, mine__side side, int logarithm) {
  table_margins m;
  if (!fisher_margins(a, b, c, d, &m)) return NAN;
  double first = (double)a;
  switch (side) {
    case MINE__GREATER:
      return mine__tails_give(table_upper_tails(&m, first),
                              logarithm ? MINE__LOG_UPPER : MINE__UPPER);
    case MINE__LESS:
      return mine__tails_give(table_upper_tails(&m, first + 1),
                              logarithm ? MINE__LOG_LOWER : MINE__LOWER);
    case MINE__TWO_SIDED:
      break;
  }
  double log_p = fisher_two_sided_log(&m, first);
  return logarithm ? log_p : exp(log_p);
}

double mine__fisher_exact(int64_t a, int64_t b, int64_t c, int64_t d, mine__side side) {
  return fisher(a, b, c, d, side, 0);
}

double mine__fisher_exact_log(int64_t a, int64_t b, int64_t c, int64_t d, mine__side side) {
  return fisher(a, b, c, d, side, 1);
}

/* ---- many tests ----------------------------------------------------------------------------- */

/* q of the i-th smallest of m is the least of  m/j p_(j),  j >= i. */
void mine__benjamini_hochberg(double *p, int64_t n, mine_pair *order, mine_pair *temp) {
  if (n <= 0) return;
  mine__sort_reals(p, NULL, n, order, temp);
  const int64_t tests = mine__sort_known(order, n);
  double least = 1;
  for (int64_t j = tests; j > 0; j--) {
    double q = (double)tests / (double)j * p[order[j - 1].row];
    if (q < least) least = q;
    p[order[j - 1].row] = least;
  }
}
