/*
** chi2.c -- mine_chi2: whether two categories are related, for every pair of them.
**
** Pearson's chi-squared over the table of counts O against what independence expects,
** E = row total x column total / n:
**
**   chi2 = sum (O - E)^2 / E,  df = (rows - 1)(columns - 1)
**
** without a correction for continuity (R's chisq.test with correct = FALSE); yates takes
** min(1/2, |O - E|) off each difference of a 2 x 2 table.  fisher is exact: the chance, both
** totals given, of a table no likelier than this one (R's fisher.test); its statistic is the
** odds ratio O11 O22 / (O12 O21) of a 2 x 2 table.  The effect of all is Cramer's V (Cramer
** 1946), of the chi-squared without a correction: sqrt(chi2 / (n min(rows - 1, columns - 1))),
** 0 unrelated, 1 one decides the other.  trend (chi2_trend.c) is of ordered levels.  Each pair
** uses the rows in which both are there; O(n) a pair.
*/
#include <math.h>
#include <string.h>

#include "../kernel/fisher.h"
#include "chi2.h"

static const char *const chi2_tests[] = {"chi-squared", "yates", "fisher", "all", "trend", NULL};

typedef struct chi2_options {
  int test;
  mine_list order;
} chi2_options;

static const mine_option chi2_table_options[] = {
    OPTION_CHOICE(chi2_options, test, .initial = "chi-squared", .choices = chi2_tests,
                  .help = "chi-squared: without a correction; yates: with one, of 2 x 2 tables; "
                          "fisher: exact; all: these three; trend: whether a share rises along "
                          "ordered levels"),
    OPTION_LIST(chi2_options, order,
                .help = "trend: the levels in their order, such as low|mid|high; not given: as "
                        "they are sorted"),
    OPTION_END};

#define CHI2_DRAWN      10000 /* tables, where not all can be counted */
#define CHI2_MOST_DRAWN 20000 /* rows of such a table                 */

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
    if (a < 0 || b < 0) {
      t->gaps++;
      continue;
    }
    t->cell[a * t->columns + b]++;
    t->row[a]++;
    t->column[b]++;
    t->n++;
  }
}

static double chi2_expected(const chi2_table *t, int64_t a, int64_t b) {
  return (double)t->row[a] * (double)t->column[b] / (double)t->n;
}

/* Levels that no row of the pair has do not count.  `off` is taken off each difference, as far
** as there is one. */
static chi2_result chi2_test(const chi2_table *t, double off) {
  chi2_result r = {NAN, NAN, NAN, NAN, INFINITY};
  const int64_t rows = mine__chi2_present(t->row, t->rows);
  const int64_t columns = mine__chi2_present(t->column, t->columns);
  if (rows < 2 || columns < 2) return r;
  r.statistic = 0;
  for (int64_t a = 0; a < t->rows; a++) {
    for (int64_t b = 0; b < t->columns; b++) {
      if (t->row[a] == 0 || t->column[b] == 0) continue;
      const double expected = chi2_expected(t, a, b);
      const double from = fabs((double)t->cell[a * t->columns + b] - expected);
      r.statistic += (from - fmin(off, from)) * (from - fmin(off, from)) / expected;
      if (expected < r.least_expected) r.least_expected = expected;
    }
  }
  const int64_t smaller = (rows < columns ? rows : columns) - 1;
  r.df = (double)(rows - 1) * (double)(columns - 1);
  r.p = mine__chi2_tail(r.statistic, r.df, MINE__UPPER);
  r.effect = sqrt(r.statistic / ((double)t->n * (double)smaller));
  return r;
}

/* The cells of levels that have rows, one after the other; NULL: no memory. */
static int64_t *chi2_present_cells(mine_job *job, const chi2_table *t) {
  const size_t rows = (size_t)mine__chi2_present(t->row, t->rows);
  const size_t columns = (size_t)mine__chi2_present(t->column, t->columns);
  int64_t *cell = mine__arena_array(job->env->scratch, rows * columns, sizeof *cell), n = 0;
  for (int64_t a = 0; cell && a < t->rows; a++)
    for (int64_t b = 0; b < t->columns; b++)
      if (t->row[a] > 0 && t->column[b] > 0) cell[n++] = t->cell[a * t->columns + b];
  return cell;
}

static void chi2_fisher(mine_job *job, const chi2_table *t, chi2_result *r, mine_text *detail) {
  const int64_t rows = mine__chi2_present(t->row, t->rows),
                columns = mine__chi2_present(t->column, t->columns);
  r->statistic = r->df = r->p = NAN;
  if (rows < 2 || columns < 2) return;
  const int64_t *c = chi2_present_cells(job, t);
  if (!c) return;
  if (rows == 2 && columns == 2) {
    const double along = (double)c[0] * (double)c[3], across = (double)c[1] * (double)c[2];
    r->statistic = along / across;
    r->p = mine__fisher_exact(c[0], c[1], c[2], c[3], MINE__TWO_SIDED);
    return;
  }
  r->p = mine__fisher_exact_table(job->env, job->env->scratch, c, rows, columns);
  if (!isnan(r->p) || mine_failed(job->env)) return;
  if (t->n > CHI2_MOST_DRAWN) {
    mine__text_adds(detail, "; too many tables to count one by one: chi-squared will do");
    return;
  }
  const mine_seed_options *seed = mine__options_of(&job->options, mine__seed_option_table);
  r->p = mine__fisher_drawn(job->env, job->env->scratch, c, rows, columns, (uint64_t)seed->seed,
                            CHI2_DRAWN);
  mine__text_addf(detail, "; too many tables to count one by one: p is of %d drawn at random",
                  CHI2_DRAWN);
}

/* What one of the tests says; what to be careful about in the detail. */
static chi2_result chi2_one(mine_job *job, const chi2_table *t, int test, mine_text *detail) {
  chi2_result r = chi2_test(t, 0);
  const chi2_options *options = mine__options_of(&job->options, chi2_table_options);
  if (isnan(r.statistic)) {
    mine__text_adds(detail, "; one of the two does not vary");
    return r;
  }
  if (test == CHI2_TREND) return mine__chi2_trend(job, t, &options->order, detail);
  if (test == CHI2_FISHER) {
    chi2_fisher(job, t, &r, detail);
    return r;
  }
  if (test == CHI2_YATES && r.df > 1) {
    mine__text_adds(detail, "; the correction is for 2 x 2 levels");
    r.statistic = r.df = r.p = NAN;
    return r;
  }
  if (test == CHI2_YATES) {
    const chi2_result corrected = chi2_test(t, 0.5);
    r.statistic = corrected.statistic;
    r.p = corrected.p;
  }
  if (r.least_expected < 5)
    mine__text_adds(detail, "; some cells expect fewer than 5 rows: take p with care");
  return r;
}

/* "2 x 3 levels, 200 rows; some cells expect fewer than 5 rows: take p with care" */
static void chi2_put(mine_job *job, const mine_column *first, const mine_column *second,
                     const chi2_table *t, int test, mine_relation *out) {
  mine_text detail;
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld x %lld levels, %lld rows",
                  (long long)mine__chi2_present(t->row, t->rows),
                  (long long)mine__chi2_present(t->column, t->columns), (long long)t->n);
  if (t->gaps > 0)
    mine__text_addf(&detail, ", %lld %s left out for a gap", (long long)t->gaps,
                    t->gaps == 1 ? "row" : "rows");
  const chi2_result r = chi2_one(job, t, test, &detail);
  if (mine_failed(job->env)) return;
  mine__row_text(out, chi2_tests[test]);
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
  const chi2_options *options = mine__options_of(&job->options, chi2_table_options);
  if (options->order.n > 0 && options->test != CHI2_TREND)
    return mine__fail(env, MINE_OPTION, "option order is for test=trend; say both, or neither");
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
      table.first = &first->levels;
      table.second = &second->levels;
      for (int test = CHI2_PLAIN; test <= CHI2_TREND && !mine_failed(env); test++)
        if (test != CHI2_ALL &&
            (options->test == test || (options->test == CHI2_ALL && test < CHI2_ALL)))
          chi2_put(job, first, second, &table, test, out);
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
    {"test", MINE_ANSWER_TEXT, 0, "as the option says"},
    {"statistic", MINE_ANSWER_REAL, 0,
     "chi-squared of the table of counts; fisher: the odds ratio of 2 x 2 levels, else NULL"},
    {"df", MINE_ANSWER_REAL, 0, "degrees of freedom; NULL: the test has none"},
    {"df2", MINE_ANSWER_REAL, 0, "NULL: the test has one number of them"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such a table, or one farther from independence, if the two were unrelated"},
    {"effect", MINE_ANSWER_REAL, 0,
     "Cramer's V: 0 unrelated, 1 one decides the other; trend: the correlation of the two, -1 to "
     "1"},
    {"detail", MINE_ANSWER_TEXT, 0, "size of the table, and what to be careful about"},
    {"first", MINE_ANSWER_TEXT, 1, "an attribute that is a category"},
    {"second", MINE_ANSWER_TEXT, 1, "another, later in the source"},
    {0},
};

static const mine_option_set chi2_sets[] = {
    {chi2_table_options, sizeof(chi2_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_chi2 = {
    .name = "mine_chi2",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "Whether two categories are related: a row for each pair of categories.",
    .notes =
        "Numbers are left out; numbers that are codes are named with `categorical=`. Without a "
        "correction for continuity, unless `test=yates`. Where cells expect fewer than five rows, "
        "`test=fisher` is exact, of larger tables than 2 x 2 as well; where these have too many "
        "rows for that, p comes from 10,000 tables drawn at random with the same totals, and "
        "`detail` says so. `test=trend` (Cochran and Armitage) asks whether the share of one of "
        "two "
        "levels rises along the levels of the other, which are in order: as they are sorted, or as "
        "`order=low|mid|high` says.",
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
