/*
** chi2.c -- mine_chi2: whether two categories are related, for every pair of them.
**
** Pearson's chi-squared over the table of counts O against what independence expects,
** E = row total x column total / n:
**
**   chi2 = sum (O - E)^2 / E,  df = (rows - 1)(columns - 1)
**
** without a correction for continuity (R's chisq.test with correct = FALSE).  The effect
** is Cramer's V (Cramer 1946): sqrt(chi2 / (n min(rows - 1, columns - 1))), 0 unrelated,
** 1 one decides the other.  Each pair uses the rows in which both are there; O(n) a pair.
*/
#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "verb.h"

/* Counts of a pair of categories: cell[a * columns + b], and the totals. */
typedef struct chi2_table {
  int64_t rows, columns; /* levels of the first and the second */
  int64_t n;
  int64_t *cell, *row, *column;
} chi2_table;

static void chi2_count(mine_job *job, const mine_column *first, const mine_column *second,
                       chi2_table *t) {
  mine_arena *scratch = job->env->scratch;
  *t = (chi2_table){.rows = first->levels.n, .columns = second->levels.n};
  if (t->columns > 0 && t->rows > 100000000 / t->columns) {
    mine__fail(job->env, MINE_DATA,
               "'%s' and '%s' have %lld x %lld levels, too many to count in a table; "
               "leave one out with ignore=, or put levels together",
               first->name, second->name, (long long)t->rows, (long long)t->columns);
    return;
  }
  t->cell = mine__arena_zeros(scratch, (size_t)(t->rows * t->columns), sizeof *t->cell);
  t->row = mine__arena_zeros(scratch, (size_t)t->rows, sizeof *t->row);
  t->column = mine__arena_zeros(scratch, (size_t)t->columns, sizeof *t->column);
  if (!t->cell || !t->row || !t->column) return;
  for (int64_t i = 0; i < job->frame->rows; i++) {
    const int32_t a = first->code[i], b = second->code[i];
    if (MINE_POLL_AT(job->env, i)) return;
    if (a < 0 || b < 0) continue;
    t->cell[a * t->columns + b]++;
    t->row[a]++;
    t->column[b]++;
    t->n++;
  }
}

static int64_t chi2_present(const int64_t *total, int64_t n) {
  int64_t present = 0;
  for (int64_t i = 0; i < n; i++)
    present += total[i] > 0;
  return present;
}

typedef struct chi2_result {
  double statistic, df, p, effect, least_expected;
} chi2_result;

/* Levels that no row of the pair has do not count. */
static chi2_result chi2_test(const chi2_table *t) {
  chi2_result r = {NAN, NAN, NAN, NAN, INFINITY};
  const int64_t rows = chi2_present(t->row, t->rows), columns = chi2_present(t->column, t->columns);
  if (rows < 2 || columns < 2) return r;
  r.statistic = 0;
  for (int64_t a = 0; a < t->rows; a++) {
    for (int64_t b = 0; b < t->columns; b++) {
      if (t->row[a] == 0 || t->column[b] == 0) continue;
      const double expected = (double)t->row[a] * (double)t->column[b] / (double)t->n;
      const double from = (double)t->cell[a * t->columns + b] - expected;
      r.statistic += from * from / expected;
      if (expected < r.least_expected) r.least_expected = expected;
    }
  }
  const int64_t smaller = (rows < columns ? rows : columns) - 1;
  r.df = (double)(rows - 1) * (double)(columns - 1);
  r.p = mine__chi2_tail(r.statistic, r.df, MINE__UPPER);
  r.effect = sqrt(r.statistic / ((double)t->n * (double)smaller));
  return r;
}

/* "2 x 3 levels, 200 rows; some cells expect fewer than 5 rows: take p with care" */
static void chi2_put(mine_job *job, const mine_column *first, const mine_column *second,
                     const chi2_table *t, mine_relation *out) {
  const chi2_result r = chi2_test(t);
  mine_text detail;
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld x %lld levels, %lld rows",
                  (long long)chi2_present(t->row, t->rows),
                  (long long)chi2_present(t->column, t->columns), (long long)t->n);
  if (isnan(r.statistic)) {
    mine__text_adds(&detail, "; one of the two does not vary");
  } else if (r.least_expected < 5) {
    mine__text_adds(&detail, "; some cells expect fewer than 5 rows: take p with care");
  }
  if (mine_failed(job->env)) return;
  mine__row_text(out, "chi-squared");
  mine__row_real(out, r.statistic);
  mine__row_real(out, r.df);
  mine__row_null(out);
  mine__row_real(out, r.p);
  mine__row_real(out, r.effect);
  mine__row_text(out, detail.data);
  mine__row_text(out, first->name);
  mine__row_text(out, second->name);
  mine__relation_end_row(out);
}

static mine_status chi2_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  MINE_TRY(mine__job_attributes_finish(job));
  const mine_chosen *chosen = &job->attributes.chosen;
  for (int a = 0; a < chosen->n; a++) {
    const mine_column *first = &job->frame->column[chosen->column[a]];
    for (int b = a + 1; first->code && b < chosen->n; b++) {
      const mine_column *second = &job->frame->column[chosen->column[b]];
      const mine_mark mark = mine__arena_mark(env->scratch);
      chi2_table table;
      if (!second->code) continue;
      chi2_count(job, first, second, &table);
      if (mine_failed(env)) return mine_env_status(env);
      chi2_put(job, first, second, &table, out);
      mine__arena_rewind(env->scratch, mark);
      if (mine_failed(env)) return mine_env_status(env);
    }
  }
  if (mine_relation_rows(out) > 0) return MINE_OK;
  return mine__fail(env, MINE_DATA,
                    "fewer than two attributes are categories that vary; select two columns of "
                    "texts after the id, or say categorical=<column>|<column>");
}

static const mine_answer chi2_answer[] = {
    {"test", MINE_ANSWER_TEXT, 0, "chi-squared"},
    {"statistic", MINE_ANSWER_REAL, 0, "chi-squared of the table of counts"},
    {"df", MINE_ANSWER_REAL, 0, "degrees of freedom"},
    {"df2", MINE_ANSWER_REAL, 0, "NULL: the test has one number of them"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such a table, or one farther from independence, if the two were unrelated"},
    {"effect", MINE_ANSWER_REAL, 0, "Cramer's V: 0 unrelated, 1 one decides the other"},
    {"detail", MINE_ANSWER_TEXT, 0, "size of the table, and what to be careful about"},
    {"first", MINE_ANSWER_TEXT, 1, "an attribute that is a category"},
    {"second", MINE_ANSWER_TEXT, 1, "another, later in the source"},
    {0},
};

static const mine_option_set chi2_sets[] = {MINE_SET_SOURCE, MINE_SET_RUN, MINE_SET_END};

const mine_verb mine__verb_chi2 = {
    .name = "mine_chi2",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "Whether two categories are related: a row for each pair of categories.",
    .notes =
        "Numbers are left out; numbers that are codes are named with `categorical=`. Without "
        "a correction for continuity.",
    .example =
        "SELECT first, second, round(statistic, 2) AS chi2, round(p_value, 4) AS p\n"
        "FROM mine_chi2(\n  " MINE_ROWS("i AS id, substr(''NSEW'', i*i%4+1, 1) AS region, "
                                        "iif(i*7%31 > 15, ''yes'', ''no'') AS churned") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = chi2_answer,
    .options = chi2_sets,
    .reads = "an id, then attributes",
    .run = chi2_run,
};
