/*
** ttest.c -- mine_ttest: whether a number differs between two groups, for every pair of a
** category with two levels and a number.
**
** With n values, means m and variances s^2 (divisor n - 1) of the groups a and b:
**
**   Welch (1947)     t = (m_a - m_b) / e,  e^2 = s_a^2/n_a + s_b^2/n_b,
**                    df = e^4 / ((s_a^2/n_a)^2/(n_a - 1) + (s_b^2/n_b)^2/(n_b - 1))
**   pooled           e^2 = s^2 (1/n_a + 1/n_b), s^2 the variance within both, df = n - 2
**   effect           Cohen's d = (m_a - m_b) / s; Hedges' g in the detail is d times
**                    J = Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)), without its bias
**   Mann-Whitney     U = pairs (x of a, y of b) with x > y, equal ones half; exact below 50 rows
**                    in each group without ties, else normal with the variance
**                    n_a n_b / 12 (n + 1 - sum (t^3 - t) / (n (n - 1)))  and a correction for
**                    continuity, as R's wilcox.test; the effect is the rank-biserial
**                    correlation 2 U / (n_a n_b) - 1: how much oftener x > y than x < y; the
**                    difference is Hodges and Lehmann's, the median of all x - y, and the ends of
**                    its interval are others of these in order (kernel/shifts.h)
**
** O(n) a pair, O(n log n) with ranks.
*/
#include "ttest.h"

#include <math.h>
#include <string.h>

#include "../kernel/ranks.h"
#include "../kernel/shifts.h"

const char *const mine__ttest_tests[] = {"welch", "pooled", "mann-whitney", "paired", "signed-rank",
                                         "all",   NULL};

const mine_option mine__ttest_table[] = {
    OPTION_CHOICE(mine__ttest_options, test, .initial = "welch", .choices = mine__ttest_tests,
                  .help =
                      "of two groups: welch: means; pooled: means of equal spread; mann-whitney: "
                      "ranks; all: these three. Of two columns of a row: paired: means; "
                      "signed-rank: ranks"),
    OPTION_LIST(mine__ttest_options, groups,
                .help = "the two levels to be compared, of a category with more"),
    OPTION_CHOICE(mine__ttest_options, side, .initial = "two", .choices = mine__sides,
                  .help = "what would speak against chance: any difference, a less than b, or a "
                          "greater than b"),
    OPTION_REAL(mine__ttest_options, level, .initial = "0.95", .range = {0.5, 0.9999},
                .help = "how often the interval holds the true difference"),
    OPTION_END};

/* ---- shared with ttest_paired.c ------------------------------------------------------------- */

void mine__ttest_figures(const mine__ttest_options *options, double difference, double error,
                         int power, mine__tested *row) {
  const mine__side side = (mine__side)options->side;
  const double outside = (1 - options->level) / (side == MINE__TWO_SIDED ? 2 : 1);
  const double far = mine__t_quantile(outside, row->df, MINE__UPPER) * error;
  row->statistic = difference / error;
  row->p = mine__side_of_t(row->statistic, row->df, side);
  if (side != MINE__LESS) row->low = ldexp(difference - far, -power);
  if (side != MINE__GREATER) row->high = ldexp(difference + far, -power);
}

double mine__ttest_normal(double statistic, double mean, double deviation, mine__side side) {
  const double from = statistic - mean;
  double half = side == MINE__LESS ? -0.5 : 0.5;
  if (side == MINE__TWO_SIDED) half = from > 0 ? 0.5 : from < 0 ? -0.5 : 0;
  return mine__side_of_normal((from - half) / deviation, side);
}

double mine__ttest_exact(double lower, double upper, mine__side side) {
  if (side == MINE__LESS) return lower;
  if (side == MINE__GREATER) return upper;
  return fmin(1, 2 * fmin(lower, upper));
}

/* How many of them lie below the interval, on either side; -1: even that is too many. */
static int64_t ttest_outside(const mine__ttest_shifts *of, double outside) {
  if (of->chance) return mine__chances_quantile(of->chance, of->all, outside) - 1;
  const double far = mine__normal_quantile(outside, MINE__UPPER) * of->deviation;
  const double below = floor((double)of->all / 2 - 0.5 - far);
  return below < 0 ? -1 : (int64_t)below;
}

void mine__ttest_shift(const mine__ttest_options *options, const mine__ttest_shifts *of, int power,
                       mine__tested *row, mine_text *detail) {
  const mine__side side = (mine__side)options->side;
  const double outside = (1 - options->level) / (side == MINE__TWO_SIDED ? 2 : 1);
  const double low = of->at(of->context, (of->all + 1) / 2);
  const double middle = of->all % 2 ? low : (low + of->at(of->context, of->all / 2 + 1)) / 2;
  const int64_t below = ttest_outside(of, outside);
  char level[MINE_NUMBER_BYTES];
  row->difference = ldexp(middle, -power);
  if (below < 0) {
    mine__text_addf(detail, "; too few rows for an interval of %s",
                    mine__format_real(level, options->level, 0));
    return;
  }
  if (side != MINE__LESS) row->low = ldexp(of->at(of->context, below + 1), -power);
  if (side != MINE__GREATER) row->high = ldexp(of->at(of->context, of->all - below), -power);
}

/* ---- means ---------------------------------------------------------------------------------- */

typedef struct ttest_pair {
  mine_job *job;
  const mine__ttest_options *options;
  const mine_column *factor, *value;
  int32_t *code;   /* 0: of a, 1: of b, -1: of neither */
  int64_t present; /* levels that a row has */
  mine_cell a, b;
  mine__samples both;
} ttest_pair;

/* Hedges' J: Gamma(x + 1/2) / (sqrt(x + 1/2) Gamma(x)) with x = (df - 1) / 2. */
static double ttest_unbiased(double df) {
  return exp(mine__log_gamma_step((df - 1) / 2, 0.5)) / sqrt(df / 2);
}

static void ttest_detail_open(const ttest_pair *t, mine_text *detail) {
  mine__text_open(detail, t->job->env->scratch);
  mine__text_addf(detail, "%lld and %lld rows", (long long)t->both.of[0].n,
                  (long long)t->both.of[1].n);
  mine__gaps_add(detail, t->both.gaps);
}

static double ttest_variance(const mine__sample *s) {
  return s->n > 1 ? s->squares / (double)(s->n - 1) : 0;
}

/* Why there is no t; NULL: there is. */
static const char *ttest_lacks(const ttest_pair *t, int pooled) {
  const mine__sample *a = &t->both.of[0], *b = &t->both.of[1];
  if (a->n == 0 || b->n == 0) return "; one of the groups has no row";
  if (a->n + b->n < 3) return "; no group has two rows";
  if (!pooled && (a->n < 2 || b->n < 2))
    return "; a group of one row has no spread of its own: say test=pooled";
  if (!(a->squares + b->squares > 0)) return "; the number does not vary within the groups";
  return NULL;
}

static void ttest_means(const ttest_pair *t, int pooled, mine__tested *row) {
  const mine__sample *a = &t->both.of[0], *b = &t->both.of[1];
  const char *lacks = ttest_lacks(t, pooled);
  char number[MINE_NUMBER_BYTES];
  mine_text detail;
  ttest_detail_open(t, &detail);
  if (a->n > 0 && b->n > 0) row->difference = mine__samples_unit(&t->both, a->mean - b->mean);
  if (lacks) {
    mine__text_adds(&detail, lacks);
  } else {
    const double within = (double)(t->both.rows - 2);
    const double deviation = sqrt((a->squares + b->squares) / within);
    const double of_a = ttest_variance(a) / (double)a->n, of_b = ttest_variance(b) / (double)b->n;
    double error = sqrt(of_a + of_b);
    row->df = (of_a + of_b) * (of_a + of_b) /
              (of_a * of_a / (double)(a->n - 1) + of_b * of_b / (double)(b->n - 1));
    if (pooled) {
      error = deviation * sqrt(1 / (double)a->n + 1 / (double)b->n);
      row->df = within;
    }
    row->effect = (a->mean - b->mean) / deviation;
    mine__ttest_figures(t->options, a->mean - b->mean, error, t->both.power, row);
    if (within > 1)
      mine__text_addf(&detail, "; Hedges g %s",
                      mine__format_real(number, row->effect * ttest_unbiased(within), 4));
  }
  row->detail = detail.data;
}

/* ---- ranks ---------------------------------------------------------------------------------- */

/* The rows of the two groups: a's, then b's, each rising. */
typedef struct ttest_sorted {
  mine_env *env;
  int64_t a, b;
  double *x, *y;
} ttest_sorted;

static double ttest_difference(const void *context, int64_t k) {
  const ttest_sorted *of = context;
  return mine__difference_at(of->env, of->x, of->a, of->y, of->b, k);
}

/* Whether p is exact, as R has it. */
static int ttest_is_exact(const ttest_sorted *of, double ties) {
  return of->a < MINE_TTEST_EXACT && of->b < MINE_TTEST_EXACT && ties == 0;
}

static void ttest_rank_p(const ttest_pair *t, const ttest_sorted *of, double ties,
                         mine__tested *row, mine_text *detail) {
  const double a = (double)of->a, b = (double)of->b, n = a + b;
  const mine__side side = (mine__side)t->options->side;
  const int exact = ttest_is_exact(of, ties);
  mine__ttest_shifts shifts = {.all = of->a * of->b, .at = ttest_difference, .context = of};
  if (exact) {
    shifts.chance = mine__mann_whitney_chances(t->job->env->scratch, of->a, of->b);
    if (!shifts.chance) return;
    const mine__exact_tails e =
        mine__chances_tails(shifts.chance, shifts.all, (int64_t)row->statistic);
    row->p = mine__ttest_exact(e.lower, e.upper, side);
    mine__text_adds(detail, "; exact");
  } else {
    shifts.deviation = sqrt(a * b / 12 * (n + 1 - ties / (n * (n - 1))));
    if (!(shifts.deviation > 0)) {
      mine__text_adds(detail, "; the number does not vary");
      return;
    }
    row->p = mine__ttest_normal(row->statistic, a * b / 2, shifts.deviation, side);
  }
  mine__ttest_shift(t->options, &shifts, 0, row, detail);
}

/* Ranks of all rows; the values of each group in order.  Returns the ties. */
static double ttest_rank(const ttest_pair *t, ttest_sorted *of, double *sum) {
  mine_arena *scratch = t->job->env->scratch;
  const size_t n = (size_t)t->both.rows;
  double *value = mine__arena_array(scratch, n, sizeof *value);
  double *rank = mine__arena_array(scratch, n, sizeof *rank);
  uint8_t *of_a = mine__arena_array(scratch, n, sizeof *of_a);
  mine_pair *order = mine__arena_array(scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(scratch, n, sizeof *temp);
  of->x = mine__arena_array(scratch, n + 1, sizeof *of->x);
  *sum = 0;
  if (mine_failed(t->job->env)) return 0;
  int64_t rows = 0;
  for (int64_t i = 0; i < t->job->frame->rows; i++) {
    if (MINE_POLL_AT(t->job->env, i)) return 0;
    if (t->code[i] < 0 || isnan(t->value->number[i])) continue;
    of_a[rows] = t->code[i] == 0;
    value[rows++] = t->value->number[i];
  }
  memcpy(rank, value, (size_t)rows * sizeof *rank);
  const double ties = mine__ranks(t->job->env, rank, rows, order, temp);
  of->y = of->x + t->both.of[0].n;
  for (int64_t k = 0; k < rows; k++) {
    const uint32_t row = order[k].row;
    if (MINE_POLL_AT(t->job->env, k)) return 0;
    if (of_a[row]) *sum += rank[row];
    if (of_a[row])
      of->x[of->a++] = value[row];
    else
      of->y[of->b++] = value[row];
  }
  return ties;
}

static void ttest_ranks(const ttest_pair *t, mine__tested *row) {
  const double a = (double)t->both.of[0].n, b = (double)t->both.of[1].n;
  ttest_sorted sorted = {.env = t->job->env};
  mine_text detail;
  double sum;
  ttest_detail_open(t, &detail);
  if (a > 0 && b > 0) {
    const double ties = ttest_rank(t, &sorted, &sum);
    if (mine_failed(t->job->env)) return;
    row->statistic = sum - a * (a + 1) / 2;
    row->effect = 2 * row->statistic / (a * b) - 1;
    ttest_rank_p(t, &sorted, ties, row, &detail);
  } else {
    mine__text_adds(&detail, "; one of the groups has no row");
  }
  row->detail = detail.data;
}

/* ---- the groups ----------------------------------------------------------------------------- */

/* The level that a text of groups= means; -1: the category has none. */
static int64_t ttest_level(const mine_column *factor, const mine_cell *said) {
  return mine__class_find(&factor->levels, said, 1);
}

/* Levels that a row has: missing=skip leaves some without; the first two of them. */
static int64_t ttest_present(const ttest_pair *t, int64_t *a, int64_t *b) {
  const int64_t n = t->factor->levels.n;
  int64_t present = 0;
  uint8_t *seen = mine__arena_zeros(t->job->env->scratch, (size_t)n, sizeof *seen);
  for (int64_t i = 0; seen && i < t->job->frame->rows; i++)
    if (t->factor->code[i] >= 0) seen[t->factor->code[i]] = 1;
  for (int64_t k = 0; seen && k < n; k++) {
    if (!seen[k]) continue;
    if (present < 2) *(present == 0 ? a : b) = k;
    present++;
  }
  return present;
}

/* Which levels are a and b: the two that there are, or those of groups=. */
static int ttest_choose(ttest_pair *t, int64_t *a, int64_t *b) {
  const mine_list *groups = &t->options->groups;
  t->present = ttest_present(t, a, b);
  if (groups->n == 0) return t->present == 2;
  *a = ttest_level(t->factor, &groups->item[0]);
  *b = ttest_level(t->factor, &groups->item[1]);
  return *a >= 0 && *b >= 0 && *a != *b;
}

static void ttest_row(const ttest_pair *t, mine__ttest_test test, mine_relation *out) {
  mine__tested row = mine__tested_of(mine__ttest_tests[test], t->factor->name, t->value->name);
  row.a = t->a;
  row.b = t->b;
  if (test == MINE__TTEST_MANN_WHITNEY)
    ttest_ranks(t, &row);
  else
    ttest_means(t, test == MINE__TTEST_POOLED, &row);
  if (!mine_failed(t->job->env)) mine__tested_put(out, &row);
}

/* A category that is no pair of groups has a row that says so. */
static void ttest_put_none(const ttest_pair *t, mine_relation *out) {
  mine__tested row =
      mine__tested_of(mine__ttest_tests[t->options->test == MINE__TTEST_ALL ? 0 : t->options->test],
                      t->factor->name, t->value->name);
  mine_text detail;
  mine__text_open(&detail, t->job->env->scratch);
  mine__text_addf(&detail, "%lld groups: ", (long long)t->present);
  mine__text_adds(&detail, t->options->groups.n > 0
                               ? "not both of groups= are among them"
                               : "say which two with groups=a|b, or compare all with mine_anova");
  row.detail = detail.data;
  if (!mine_failed(t->job->env)) mine__tested_put(out, &row);
}

static void ttest_compare(ttest_pair *t, mine_relation *out) {
  const int64_t n = t->job->frame->rows;
  int64_t a = 0, b = 0;
  if (!ttest_choose(t, &a, &b)) {
    if (!mine_failed(t->job->env)) ttest_put_none(t, out);
    return;
  }
  t->code = mine__arena_array(t->job->env->scratch, (size_t)n, sizeof *t->code);
  if (!t->code) return;
  for (int64_t i = 0; i < n; i++)
    t->code[i] = t->factor->code[i] == a ? 0 : t->factor->code[i] == b ? 1 : -1;
  mine__values_get(&t->factor->levels, a, &t->a);
  mine__values_get(&t->factor->levels, b, &t->b);
  mine__samples_of(t->job, t->code, 2, t->value, &t->both);
  t->both.gaps = 0; /* not the rows of other groups */
  for (int64_t i = 0; i < n; i++)
    t->both.gaps += t->factor->code[i] < 0 || (t->code[i] >= 0 && isnan(t->value->number[i]));
  for (int test = 0; test <= MINE__TTEST_MANN_WHITNEY; test++)
    if ((t->options->test == test || t->options->test == MINE__TTEST_ALL) &&
        !mine_failed(t->job->env))
      ttest_row(t, (mine__ttest_test)test, out);
}

/* ---- the verb -------------------------------------------------------------------------------- */

static mine_status ttest_run(mine_job *job, mine_relation *out) {
  const mine__ttest_options *options = mine__options_of(&job->options, mine__ttest_table);
  if (options->groups.n != 0 && options->groups.n != 2)
    return mine__fail(job->env, MINE_OPTION,
                      "option groups names the two levels to be compared, groups=a|b; it has %lld",
                      (long long)options->groups.n);
  MINE_TRY(mine__job_attributes_finish(job));
  const mine_chosen *chosen = &job->attributes.chosen;
  if (options->test == MINE__TTEST_PAIRED || options->test == MINE__TTEST_SIGNED_RANK)
    return mine__ttest_paired_run(job, options, out);
  for (int a = 0; a < chosen->n; a++) {
    const mine_column *factor = &job->frame->column[chosen->column[a]];
    for (int b = 0; factor->code && b < chosen->n; b++) {
      const mine_mark mark = mine__arena_mark(job->env->scratch);
      ttest_pair t = {.job = job, .options = options, .factor = factor};
      t.value = &job->frame->column[chosen->column[b]];
      if (t.value->number) ttest_compare(&t, out);
      mine__arena_rewind(job->env->scratch, mark);
      if (mine_failed(job->env)) return mine_env_status(job->env);
    }
  }
  if (mine_relation_rows(out) > 0) return MINE_OK;
  return mine__fail(job->env, MINE_DATA,
                    "it takes a category of two levels and a number that vary; select a column of "
                    "texts and one of numbers after the id, or say categorical=<column>; "
                    "test=paired compares two columns of numbers%s",
                    mine__roles_almost_any(&job->attributes.roles, job->frame));
}

static const mine_answer ttest_answer[] = {MINE_ANSWER_TESTED(
    "as the option says",
    "the difference in standard errors, t; mann-whitney: U of group a, signed-rank: V, the sum of "
    "ranks of the positive differences",
    "degrees of freedom of t; NULL: the test has none", "NULL: the test has one number of them",
    "Cohen's d, the difference in standard deviations; of ranks the rank-biserial correlation, "
    "-1 to 1",
    "the category; of a pair of columns one of them",
    "the number; of a pair of columns the one that is subtracted",
    "the group whose mean is a; NULL: of a pair of columns")};

static const mine_option_set ttest_sets[] = {
    {mine__ttest_table, sizeof(mine__ttest_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_ttest = {
    .name = "mine_ttest",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Whether a number differs between two groups, or between two columns: the difference, its "
        "interval and p-value.",
    .notes =
        "A row for each pair of a category with two levels and a number; of a category with more "
        "`groups=a|b` says which. Welch's test is the plain one: it does not take the spread of "
        "both groups for equal. `test=mann-whitney` compares ranks, for what is skewed or has "
        "outliers: exact below 50 rows in each group without equal values, else normal with a "
        "correction for continuity, as R's wilcox.test; `difference` is the median of all "
        "differences then (Hodges and Lehmann), and `low` and `high` are its interval. "
        "`test=paired` and `test=signed-rank` take "
        "each pair of columns of numbers, before and after of the same row, the first less the "
        "second. Numbers that are codes are named with `categorical=`.",
    .example =
        "SELECT first, second, round(difference, 2) AS difference, round(p_value, 4) AS p\n"
        "FROM mine_ttest(\n  " MINE_ROWS("i AS id, iif(i*i%7 > 2, ''new'', ''old'') AS page, "
                                         "i*7%31*10.5 AS spend") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = ttest_answer,
    .options = ttest_sets,
    .reads = "an id, then attributes",
    .run = ttest_run,
};
