/*
** chi2_trend.c -- whether the share of one of two levels rises along ordered ones (Cochran 1954,
** Armitage 1955; R's prop.trend.test).
**
** With the ordered levels numbered s = 1, 2 ... and the two y = 0 and 1, chi-squared is n r^2 with
** one degree of freedom, r their correlation, which is the effect.
*/
#include <math.h>

#include "chi2.h"

int64_t mine__chi2_present(const int64_t *total, int64_t n) {
  int64_t present = 0;
  for (int64_t i = 0; i < n; i++)
    present += total[i] > 0;
  return present;
}

/* One side of the table. */
typedef struct trend_side {
  const mine_values *levels;
  const int64_t *total;
  int64_t *place; /* 1, 2 ... of each level, 0: none */
} trend_side;

static const mine_list trend_sorted = {0, NULL};

/* The side that is in order, and the one of two levels, become places; 0: there is no such
** pair, and the detail says why. */
static int trend_choose(const mine_list *order, trend_side side[2], int *along, mine_text *detail) {
  int64_t n[2], named[2];
  for (int i = 0; i < 2; i++) {
    named[i] = mine__order_places(side[i].levels, side[i].total, order, side[i].place);
    n[i] = mine__chi2_present(side[i].total, side[i].levels->n);
  }
  *along = order->n > 0 ? (named[0] > 0 ? 0 : 1) : n[0] > 2 || n[1] == 2 ? 0 : 1;
  if (order->n > 0 && named[*along] == 0) {
    mine__text_adds(detail, "; neither has all the levels that order= names, each once");
    return 0;
  }
  if (n[1 - *along] != 2) {
    mine__text_adds(detail, "; a trend is of the share of one of two levels, and there are others");
    return 0;
  }
  (void)mine__order_places(side[1 - *along].levels, side[1 - *along].total, &trend_sorted,
                           side[1 - *along].place);
  return 1;
}

typedef struct trend_sums {
  double n, s, ss, y, sy;
} trend_sums;

static trend_sums trend_add(const chi2_table *t, const trend_side side[2], int along) {
  trend_sums m = {0};
  for (int64_t a = 0; a < t->rows; a++) {
    for (int64_t b = 0; b < t->columns; b++) {
      const double s = (double)side[along].place[along ? b : a];
      const double y = (double)side[1 - along].place[along ? a : b] - 1;
      const double w = (double)t->cell[a * t->columns + b];
      if (s == 0 || y < 0) continue;
      m.n += w;
      m.s += w * s;
      m.ss += w * s * s;
      m.y += w * y;
      m.sy += w * s * y;
    }
  }
  return m;
}

/* "; share of yes along low, mid, high" */
static void trend_tell(const trend_side *two, const trend_side *along, mine_text *detail) {
  char shown[MINE_SHOW_BYTES];
  for (int64_t l = 0; l < two->levels->n; l++) {
    mine_cell cell;
    if (two->place[l] != 2) continue;
    mine__values_get(two->levels, l, &cell);
    mine__text_addf(detail, "; share of %s along", mine__show_cell(shown, &cell));
  }
  mine__order_add(detail, along->levels, along->place);
}

chi2_result mine__chi2_trend(mine_job *job, const chi2_table *t, const mine_list *order,
                             mine_text *detail) {
  chi2_result r = {NAN, NAN, NAN, NAN, INFINITY};
  trend_side side[2] = {{t->first, t->row, NULL}, {t->second, t->column, NULL}};
  int along;
  for (int i = 0; i < 2; i++)
    side[i].place =
        mine__arena_zeros(job->env->scratch, (size_t)side[i].levels->n + 1, sizeof *side[i].place);
  if (mine_failed(job->env) || !trend_choose(order, side, &along, detail)) return r;
  const trend_sums m = trend_add(t, side, along);
  const double sy = m.n * m.sy - m.s * m.y, ss = m.n * m.ss - m.s * m.s, yy = m.y * (m.n - m.y);
  trend_tell(&side[1 - along], &side[along], detail);
  if (!(ss > 0 && yy > 0)) {
    mine__text_adds(detail, "; one of the two does not vary in these rows");
    return r;
  }
  r.effect = sy / sqrt(ss) / sqrt(yy);
  r.statistic = m.n * (sy / ss) * (sy / yy);
  r.df = 1;
  r.p = mine__chi2_tail(r.statistic, 1, MINE__UPPER);
  return r;
}
