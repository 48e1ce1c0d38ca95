/*
** ttest_paired.c -- two numbers of the same row: before and after.
**
** Of n differences d, their mean m and deviation s (divisor n - 1):
**
**   paired       t = m / (s / sqrt(n)), df = n - 1; the effect is m / s
**   signed-rank  (Wilcoxon 1945) V = sum of the ranks of |d| of the positive d, without the d
**                that are 0; exact below 50 without ties and zeros, else normal with mean
**                n (n + 1) / 4, variance n (n + 1) (2 n + 1) / 24 - sum (t^3 - t) / 48, and a
**                correction for continuity; the effect is the matched-pairs rank-biserial
**                correlation, (V - rest) / (V + rest), the difference the median of all means of
**                two d, and the ends of its interval others of these in order (kernel/shifts.h)
**
** O(n) a pair of columns, O(n log n) with ranks.
*/
#include <math.h>

#include "../kernel/ranks.h"
#include "../kernel/shifts.h"
#include "ttest.h"

typedef struct paired_work {
  mine_job *job;
  const mine__ttest_options *options;
  const mine_column *first, *second;
  double *d; /* times 2^power */
  int64_t n, gaps;
  int power;
} paired_work;

static void paired_gather(paired_work *w) {
  const int64_t rows = w->job->frame->rows;
  const double largest = fmax(fmax(fabs(w->first->least), fabs(w->first->most)),
                              fmax(fabs(w->second->least), fabs(w->second->most)));
  w->power = largest > 0 ? -ilogb(largest) - 1 : 0;
  w->d = mine__arena_array(w->job->env->scratch, (size_t)rows, sizeof *w->d);
  for (int64_t i = 0; w->d && i < rows; i++) {
    const double x = w->first->number[i], y = w->second->number[i];
    if (isnan(x) || isnan(y))
      w->gaps++;
    else
      w->d[w->n++] = ldexp(x, w->power) - ldexp(y, w->power);
  }
}

static void paired_means(const paired_work *w, mine__tested *row, mine_text *detail) {
  const double n = (double)w->n;
  double sum = 0, rest = 0, squares = 0;
  for (int64_t i = 0; i < w->n; i++)
    sum += w->d[i];
  for (int64_t i = 0; i < w->n; i++)
    rest += w->d[i] - sum / n; /* what rounding has left out */
  const double mean = sum / n + rest / n;
  for (int64_t i = 0; i < w->n; i++)
    squares += (w->d[i] - mean) * (w->d[i] - mean);
  if (w->n > 0) row->difference = ldexp(mean, -w->power);
  if (w->n < 2) {
    mine__text_adds(detail, "; too few rows");
  } else if (!(squares > 0)) {
    mine__text_adds(detail, "; the difference is the same in all rows");
  } else {
    const double deviation = sqrt(squares / (n - 1));
    row->df = n - 1;
    row->effect = mean / deviation;
    mine__ttest_figures(w->options, mean, deviation / sqrt(n), w->power, row);
  }
}

/* The differences that are not 0: their size, ranked, and their sign. */
static int64_t paired_nonzero(const paired_work *w, double *size, uint8_t *above) {
  int64_t n = 0;
  for (int64_t i = 0; i < w->n; i++) {
    if (w->d[i] == 0) continue;
    above[n] = w->d[i] > 0;
    size[n++] = fabs(w->d[i]);
  }
  return n;
}

/* The differences, rising. */
typedef struct paired_sorted {
  mine_env *env;
  int64_t n;
  double *d;
} paired_sorted;

static double paired_mean_of_two(const void *context, int64_t k) {
  const paired_sorted *of = context;
  return mine__mean_of_two_at(of->env, of->d, of->n, k);
}

static void paired_rank_p(const paired_work *w, const paired_sorted *of, double ties,
                          mine__tested *row, mine_text *detail) {
  const mine__side side = (mine__side)w->options->side;
  const double all = (double)of->n;
  mine__ttest_shifts shifts = {
      .all = of->n * (of->n + 1) / 2, .at = paired_mean_of_two, .context = of};
  if (of->n < MINE_TTEST_EXACT && ties == 0 && of->n == w->n) {
    shifts.chance = mine__signed_rank_chances(w->job->env->scratch, of->n);
    if (!shifts.chance) return;
    const mine__exact_tails e =
        mine__chances_tails(shifts.chance, shifts.all, (int64_t)row->statistic);
    row->p = mine__ttest_exact(e.lower, e.upper, side);
    mine__text_adds(detail, "; exact");
  } else {
    shifts.deviation = sqrt(all * (all + 1) * (2 * all + 1) / 24 - ties / 48);
    row->p = mine__ttest_normal(row->statistic, all * (all + 1) / 4, shifts.deviation, side);
  }
  mine__ttest_shift(w->options, &shifts, w->power, row, detail);
}

static void paired_ranks(const paired_work *w, mine__tested *row, mine_text *detail) {
  mine_arena *scratch = w->job->env->scratch;
  paired_sorted sorted = {w->job->env, 0, mine__arena_array(scratch, (size_t)w->n, sizeof(double))};
  double *size = mine__arena_array(scratch, (size_t)w->n, sizeof *size);
  uint8_t *above = mine__arena_array(scratch, (size_t)w->n, sizeof *above);
  mine_pair *order = mine__arena_array(scratch, (size_t)w->n, sizeof *order);
  mine_pair *temp = mine__arena_array(scratch, (size_t)w->n, sizeof *temp);
  if (mine_failed(w->job->env)) return;
  const int64_t n = paired_nonzero(w, size, above);
  if (n < w->n)
    mine__text_addf(detail, ", %lld without a difference left out", (long long)(w->n - n));
  if (n == 0) {
    mine__text_adds(detail, "; no row differs");
    return;
  }
  if (!mine__sort_reals_asked(w->job->env, w->d, NULL, w->n, order, temp)) return;
  for (int64_t k = 0; k < w->n; k++)
    if (w->d[order[k].row] != 0) sorted.d[sorted.n++] = w->d[order[k].row];
  const double ties = mine__ranks(w->job->env, size, n, order, temp),
               total = (double)n * (double)(n + 1) / 2;
  if (mine_failed(w->job->env)) return;
  row->statistic = 0;
  for (int64_t i = 0; i < n; i++)
    if (above[i]) row->statistic += size[i];
  row->effect = 2 * row->statistic / total - 1;
  paired_rank_p(w, &sorted, ties, row, detail);
}

static void paired_pair(paired_work *w, mine_relation *out) {
  const mine_mark mark = mine__arena_mark(w->job->env->scratch);
  mine__tested row =
      mine__tested_of(mine__ttest_tests[w->options->test], w->first->name, w->second->name);
  mine_text detail;
  w->n = w->gaps = 0;
  paired_gather(w);
  if (mine_failed(w->job->env)) return;
  mine__text_open(&detail, w->job->env->scratch);
  mine__text_addf(&detail, "%lld rows", (long long)w->n);
  mine__gaps_add(&detail, w->gaps);
  if (w->options->test == MINE__TTEST_PAIRED)
    paired_means(w, &row, &detail);
  else
    paired_ranks(w, &row, &detail);
  row.detail = detail.data;
  if (mine_failed(w->job->env)) return;
  mine__tested_put(out, &row);
  mine__arena_rewind(w->job->env->scratch, mark);
}

mine_status mine__ttest_paired_run(mine_job *job, const mine__ttest_options *options,
                                   mine_relation *out) {
  const mine_chosen *chosen = &job->attributes.chosen;
  paired_work w = {.job = job, .options = options};
  if (options->groups.n > 0)
    return mine__fail(job->env, MINE_OPTION,
                      "option groups names levels of a category, and test=%s compares columns; "
                      "leave one of the two out",
                      mine__ttest_tests[options->test]);
  for (int a = 0; a < chosen->n; a++) {
    w.first = &job->frame->column[chosen->column[a]];
    for (int b = a + 1; w.first->number && b < chosen->n; b++) {
      w.second = &job->frame->column[chosen->column[b]];
      if (w.second->number) paired_pair(&w, out);
      if (mine__poll(job->env) != MINE_OK) return mine_env_status(job->env);
    }
  }
  if (mine_relation_rows(out) > 0) return MINE_OK;
  return mine__fail(job->env, MINE_DATA,
                    "test=%s compares two columns of the same row, and fewer than two are numbers "
                    "that vary; select two columns of numbers after the id",
                    mine__ttest_tests[options->test]);
}
