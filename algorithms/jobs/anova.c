/*
** anova.c -- mine_anova: whether the mean of a number differs between the levels of a
** category, for every pair of a category and a number.
**
** One-way analysis of variance (Fisher 1925).  With k groups of n_g values, means m_g and
** the mean m of all n:
**
**   between = sum n_g (m_g - m)^2,  within = sum over groups of sum (x - m_g)^2
**   F = (between / (k - 1)) / (within / (n - k)),  df = k - 1, df2 = n - k
**
** The effect is eta squared, between / (between + within): the share of the spread that
** the groups explain.  Each pair uses the rows in which both are there; O(n) a pair.
*/
#include <math.h>

#include "../kernel/special.h"
#include "verb.h"

typedef struct anova_group {
  int64_t n;
  double sum, mean, within;
} anova_group;

typedef struct anova_result {
  int64_t groups, rows;
  double f, df, df2, p, effect;
} anova_result;

static int anova_has(const mine_column *factor, const mine_column *value, int64_t i) {
  return factor->code[i] >= 0 && !isnan(value->number[i]);
}

/* Two passes: means first, then squares around them. */
static void anova_gather(mine_job *job, const mine_column *factor, const mine_column *value,
                         anova_group *group) {
  const int64_t rows = job->frame->rows;
  /* By a power of two, which F does not see: squares neither overflow nor vanish. */
  const double largest = fmax(fabs(value->least), fabs(value->most));
  const int power = largest > 0 ? -ilogb(largest) : 0;
  const double shift = ldexp(value->mean, power); /* keeps the sums small */
  for (int64_t i = 0; i < rows; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    if (!anova_has(factor, value, i)) continue;
    group[factor->code[i]].n++;
    group[factor->code[i]].sum += ldexp(value->number[i], power) - shift;
  }
  for (int64_t g = 0; g < factor->levels.n; g++)
    if (group[g].n > 0) group[g].mean = group[g].sum / (double)group[g].n;
  for (int64_t i = 0; i < rows; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    if (!anova_has(factor, value, i)) continue;
    anova_group *g = &group[factor->code[i]];
    const double from = ldexp(value->number[i], power) - shift - g->mean;
    g->within += from * from;
  }
}

static anova_result anova_test(const anova_group *group, int64_t levels) {
  anova_result r = {.f = NAN, .df = NAN, .df2 = NAN, .p = NAN, .effect = NAN};
  double sum = 0, within = 0, between = 0;
  for (int64_t g = 0; g < levels; g++) {
    if (group[g].n == 0) continue;
    r.groups++;
    r.rows += group[g].n;
    sum += group[g].sum;
    within += group[g].within;
  }
  if (r.groups < 2 || r.rows <= r.groups) return r;
  const double mean = sum / (double)r.rows;
  for (int64_t g = 0; g < levels; g++) {
    const double from = group[g].mean - mean;
    if (group[g].n > 0) between += (double)group[g].n * from * from;
  }
  if (!(between + within > 0)) return r;
  r.df = (double)(r.groups - 1);
  r.df2 = (double)(r.rows - r.groups);
  r.f = (between / r.df) / (within / r.df2);
  r.p = mine__f_tail(r.f, r.df, r.df2, MINE__UPPER);
  r.effect = between / (between + within);
  return r;
}

static void anova_put(mine_job *job, const mine_column *factor, const mine_column *value,
                      const anova_result *r, mine_relation *out) {
  mine_text detail;
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld groups, %lld rows", (long long)r->groups, (long long)r->rows);
  if (r->groups < 2) {
    mine__text_adds(&detail, "; one group cannot differ");
  } else if (r->rows <= r->groups) {
    mine__text_adds(&detail, "; no group has two rows");
  } else if (isnan(r->f)) {
    mine__text_adds(&detail, "; the number does not vary");
  } else if (!isfinite(r->f)) {
    mine__text_adds(&detail, "; the number does not vary within the groups");
  }
  if (mine_failed(job->env)) return;
  mine__row_text(out, "one-way");
  mine__row_real(out, r->f);
  mine__row_real(out, r->df);
  mine__row_real(out, r->df2);
  mine__row_real(out, r->p);
  mine__row_real(out, r->effect);
  mine__row_text(out, detail.data);
  mine__row_text(out, factor->name);
  mine__row_text(out, value->name);
  mine__relation_end_row(out);
}

static void anova_pair(mine_job *job, const mine_column *factor, const mine_column *value,
                       mine_relation *out) {
  mine_arena *scratch = job->env->scratch;
  const mine_mark mark = mine__arena_mark(scratch);
  anova_group *group = mine__arena_zeros(scratch, (size_t)factor->levels.n, sizeof *group);
  if (!group) return;
  anova_gather(job, factor, value, group);
  if (mine_failed(job->env)) return;
  const anova_result r = anova_test(group, factor->levels.n);
  anova_put(job, factor, value, &r, out);
  mine__arena_rewind(scratch, mark);
}

static mine_status anova_run(mine_job *job, mine_relation *out) {
  MINE_TRY(mine__job_attributes_finish(job));
  const mine_chosen *chosen = &job->attributes.chosen;
  for (int a = 0; a < chosen->n; a++) {
    const mine_column *factor = &job->frame->column[chosen->column[a]];
    for (int b = 0; factor->code && b < chosen->n; b++) {
      const mine_column *value = &job->frame->column[chosen->column[b]];
      if (value->number) anova_pair(job, factor, value, out);
      if (mine_failed(job->env)) return mine_env_status(job->env);
    }
  }
  if (mine_relation_rows(out) > 0) return MINE_OK;
  return mine__fail(job->env, MINE_DATA,
                    "it takes a category and a number that vary; select a column of texts and one "
                    "of numbers after the id, or say categorical=<column>");
}

static const mine_answer anova_answer[] = {
    {"test", MINE_ANSWER_TEXT, 0, "one-way"},
    {"statistic", MINE_ANSWER_REAL, 0, "F: spread between the groups over spread within them"},
    {"df", MINE_ANSWER_REAL, 0, "groups - 1"},
    {"df2", MINE_ANSWER_REAL, 0, "rows - groups"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such an F, or a larger one, if no mean differed"},
    {"effect", MINE_ANSWER_REAL, 0, "eta squared: the share of the spread that the groups explain"},
    {"detail", MINE_ANSWER_TEXT, 0, "groups and rows, and what to be careful about"},
    {"first", MINE_ANSWER_TEXT, 1, "the category"},
    {"second", MINE_ANSWER_TEXT, 1, "the number"},
    {0},
};

static const mine_option_set anova_sets[] = {MINE_SET_SOURCE, MINE_SET_RUN, MINE_SET_END};

const mine_verb mine__verb_anova = {
    .name = "mine_anova",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Whether the mean of a number differs between groups: a row for each pair of a category "
        "and a number.",
    .notes =
        "It takes the values of a group for normal, with the same spread in every group. "
        "Numbers that are codes are named with `categorical=`.",
    .example =
        "SELECT first, second, round(statistic, 2) AS f, round(p_value, 4) AS p\n"
        "FROM mine_anova(\n  " MINE_ROWS("i AS id, substr(''NSEW'', i*i%4+1, 1) AS region, "
                                         "i*7%31*10.5 AS spend") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = anova_answer,
    .options = anova_sets,
    .reads = "an id, then attributes",
    .run = anova_run,
};
