/*
** anova_ordered.c -- whether a number rises along ordered groups (Terpstra 1952, Jonckheere 1954).
**
** J counts the pairs of rows of different groups in which the row of the later group has the
** larger number, equal ones one half.  That is Kendall's count of orders with the groups'
** places for one of the columns (kernel/ranks.h): J = (S + P) / 2, P the pairs of different
** groups, and under chance S is normal with mean 0 and Kendall's variance, in which the rows
** of a group are ties.  The effect is tau-b.  O(n log n).
*/
#include <math.h>

#include "../kernel/ranks.h"
#include "anova.h"

/* The rows of groups that have a place: places and numbers. */
static int64_t ordered_gather(const mine_job *job, const mine_column *factor,
                              const mine_column *value, const int64_t *place, double *x,
                              double *y) {
  int64_t n = 0;
  for (int64_t i = 0; i < job->frame->rows; i++) {
    const int32_t code = factor->code[i];
    if (code < 0 || place[code] == 0 || isnan(value->number[i])) continue;
    x[n] = (double)place[code];
    y[n++] = value->number[i];
  }
  return n;
}

static void ordered_figures(mine_job *job, const double *x, const double *y, int64_t n,
                            mine__tested *row) {
  mine_arena *scratch = job->env->scratch;
  const size_t room = (size_t)n + 1;
  mine_pair *order = mine__arena_array(scratch, room, sizeof *order);
  mine_pair *temp = mine__arena_array(scratch, room, sizeof *temp);
  uint32_t *rank = mine__arena_array(scratch, room, sizeof *rank);
  uint32_t *merge = mine__arena_array(scratch, room, sizeof *merge);
  if (mine_failed(job->env)) return;
  const mine__concord c = mine__concordance(x, y, n, order, temp, rank, merge);
  const double variance = mine__concord_variance(&c, n);
  row->effect = mine__tau_b(&c);
  if (isnan(row->effect) || !(variance > 0)) return;
  row->statistic = (c.score + c.pairs - c.tied_x) / 2;
  row->p = mine__side_of_normal(c.score / sqrt(variance), MINE__TWO_SIDED);
}

void mine__anova_ordered(mine_job *job, const mine__anova_options *options,
                         const mine_column *factor, const mine_column *value,
                         const mine__samples *samples, mine__tested *row) {
  mine_arena *scratch = job->env->scratch;
  const size_t levels = (size_t)samples->n + 1, rows = (size_t)job->frame->rows;
  int64_t *place = mine__arena_array(scratch, levels, sizeof *place);
  int64_t *total = mine__arena_array(scratch, levels, sizeof *total);
  double *x = mine__arena_array(scratch, rows, sizeof *x);
  double *y = mine__arena_array(scratch, rows, sizeof *y);
  mine_text detail;
  if (mine_failed(job->env)) return;
  for (int64_t g = 0; g < samples->n; g++)
    total[g] = samples->of[g].n;
  mine__text_open(&detail, scratch);
  const int64_t groups = mine__order_places(&factor->levels, total, &options->order, place);
  const int64_t n = groups > 0 ? ordered_gather(job, factor, value, place, x, y) : 0;
  mine__text_addf(&detail, "%lld groups, %lld rows", (long long)groups, (long long)n);
  mine__gaps_add(&detail, samples->gaps);
  if (groups == 0) {
    mine__text_adds(&detail, "; it has not all the levels that order= names, each once");
  } else {
    if (n > 1) ordered_figures(job, x, y, n, row);
    mine__text_adds(&detail, isnan(row->p) ? "; one of the two does not vary: along" : "; along");
    mine__order_add(&detail, &factor->levels, place);
  }
  row->detail = detail.data;
}
