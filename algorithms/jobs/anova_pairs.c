/*
** anova_pairs.c -- which groups differ: Tukey's honest significant differences.
**
** For every pair of k groups (Tukey 1949; Kramer 1956 for unequal sizes), with the spread s^2
** within all groups and its n - k degrees of freedom:
**
**   q = (m_a - m_b) / (s sqrt((1/n_a + 1/n_b) / 2))
**
** against the studentized range of k means: the chance that the largest of all differences is
** as far out.  The intervals together hold all true differences in `level` of all samples.
*/
#include <math.h>

#include "anova.h"

#define PAIRS_MOST_GROUPS 300

typedef struct pairs_work {
  mine_job *job;
  const mine__samples *samples;
  double deviation, df; /* within the groups */
  double far;           /* the q of the interval */
  const char *detail;
} pairs_work;

static void pairs_figures(const pairs_work *w, const mine__sample *a, const mine__sample *b,
                          mine__tested *row) {
  const double error = w->deviation * sqrt((1 / (double)a->n + 1 / (double)b->n) / 2);
  const double difference = a->mean - b->mean, groups = (double)w->samples->used;
  row->statistic = difference / error;
  row->df = groups;
  row->df2 = w->df;
  row->p = mine__range_tail(fabs(row->statistic), groups, w->df, MINE__UPPER);
  row->effect = difference / w->deviation;
  row->difference = mine__samples_unit(w->samples, difference);
  row->low = mine__samples_unit(w->samples, difference - w->far * error);
  row->high = mine__samples_unit(w->samples, difference + w->far * error);
}

static void pairs_put(const pairs_work *w, const mine_column *factor, const mine_column *value,
                      mine_relation *out) {
  const mine__samples *s = w->samples;
  for (int64_t a = 0; a < s->n; a++) {
    for (int64_t b = a + 1; s->of[a].n > 0 && b < s->n; b++) {
      if (s->of[b].n == 0) continue;
      mine__tested row = mine__tested_of("tukey", factor->name, value->name);
      row.detail = w->detail;
      mine__values_get(&factor->levels, a, &row.a);
      mine__values_get(&factor->levels, b, &row.b);
      if (w->deviation > 0) pairs_figures(w, &s->of[a], &s->of[b], &row);
      mine__tested_put(out, &row);
      if (mine__poll(w->job->env) != MINE_OK) return;
    }
  }
}

void mine__anova_pairs(mine_job *job, const mine__anova_options *options, const mine_column *factor,
                       const mine_column *value, const mine__samples *samples, mine_relation *out) {
  pairs_work w = {.job = job, .samples = samples, .df = (double)(samples->rows - samples->used)};
  mine_text detail;
  if (samples->used > PAIRS_MOST_GROUPS) {
    mine__fail(job->env, MINE_DATA,
               "'%s' has %lld groups, too many to compare each with each; leave it out with "
               "ignore=, or put levels together (at most %d)",
               factor->name, (long long)samples->used, PAIRS_MOST_GROUPS);
    return;
  }
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld groups, %lld rows", (long long)samples->used,
                  (long long)samples->rows);
  mine__gaps_add(&detail, samples->gaps);
  if (samples->used >= 2 && w.df > 0) w.deviation = sqrt(mine__samples_within(samples) / w.df);
  if (w.deviation > 0)
    w.far = mine__range_quantile(1 - options->level, (double)samples->used, w.df, MINE__UPPER);
  else
    mine__text_adds(&detail, w.df > 0 ? "; the number does not vary within the groups"
                                      : "; no group has two rows");
  w.detail = detail.data;
  if (mine_failed(job->env)) return;
  pairs_put(&w, factor, value, out);
  if (samples->used >= 2) return;
  mine__tested row = mine__tested_of("tukey", factor->name, value->name);
  row.detail = "one group cannot differ";
  mine__tested_put(out, &row);
}
