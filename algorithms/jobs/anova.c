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
** the groups explain.
**
** Welch (1951), for groups of unequal spread: with w_g = n_g / s_g^2, W their sum and the
** mean m' weighted by them,
**
**   F = sum w_g (m_g - m')^2 / (k - 1) / (1 + 2 (k - 2) / (k^2 - 1) L)
**   L = sum (1 - w_g / W)^2 / (n_g - 1),  df2 = (k^2 - 1) / (3 L)
**
** Kruskal and Wallis (1952), for what is no normal distribution: the same between of ranks,
**
**   H = (n - 1) between / total,  chi-squared with k - 1;  the effect is epsilon squared,
**   H / (n - 1)
**
** Two factors are anova_two.c, pairs of groups anova_pairs.c.  Each pair uses the rows in which
** both are there; O(n) a pair.
*/
#include "anova.h"

#include <math.h>

#include "../kernel/ranks.h"

static const char *const anova_tests[] = {"one-way", "welch", "kruskal-wallis", "tukey",
                                          "two-way", "all",   "jonckheere",     NULL};

const mine_option mine__anova_table[] = {
    OPTION_CHOICE(mine__anova_options, test, .initial = "one-way", .choices = anova_tests,
                  .help = "one-way: F; welch: the same for groups of unequal spread; "
                          "kruskal-wallis: of ranks; tukey: each pair of groups; two-way: two "
                          "categories and their interaction; all: the first three; jonckheere: "
                          "whether it rises along ordered groups"),
    OPTION_LIST(mine__anova_options, order,
                .help = "jonckheere: the groups in their order, such as low|mid|high; not given: "
                        "as they are sorted"),
    OPTION_INT(mine__anova_options, squares, .initial = "2", .range = {1, 3},
               .help = "two-way: the type of the sums of squares (2: each category beside the "
                       "other; 1: the second beside the first; 3: of unweighted means)"),
    OPTION_FLAG(mine__anova_options, interaction, .initial = "1",
                .help = "two-way: whether the effect of one category may depend on the other"),
    OPTION_REAL(mine__anova_options, level, .initial = "0.95", .range = {0.5, 0.9999},
                .help = "tukey: how often all intervals together hold the true differences"),
    OPTION_END};

/* "3 groups, 200 rows", and why there is no figure. */
static const char *anova_detail(mine_job *job, const mine__samples *s, double statistic) {
  mine_text detail;
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld groups, %lld rows", (long long)s->used, (long long)s->rows);
  mine__gaps_add(&detail, s->gaps);
  if (s->used < 2) {
    mine__text_adds(&detail, "; one group cannot differ");
  } else if (s->rows <= s->used) {
    mine__text_adds(&detail, "; no group has two rows");
  } else if (isnan(statistic)) {
    mine__text_adds(&detail, "; the number does not vary");
  } else if (!isfinite(statistic)) {
    mine__text_adds(&detail, "; the number does not vary within the groups");
  }
  return detail.data;
}

static void anova_one_way(mine_job *job, const mine__samples *s, mine__tested *row) {
  const double within = mine__samples_within(s);
  const double between = s->rows > 0 ? mine__samples_between(s) : 0;
  if (s->used >= 2 && s->rows > s->used && between + within > 0) {
    row->df = (double)(s->used - 1);
    row->df2 = (double)(s->rows - s->used);
    row->statistic = (between / row->df) / (within / row->df2);
    row->p = mine__f_tail(row->statistic, row->df, row->df2, MINE__UPPER);
    row->effect = between / (between + within);
  }
  row->detail = anova_detail(job, s, row->statistic);
}

/* ---- Welch ------------------------------------------------------------------------------ */

/* Why the spread of a group is not known; NULL: of all it is. */
static const char *anova_welch_lacks(const mine__samples *s) {
  if (s->used < 2) return "; one group cannot differ";
  for (int64_t g = 0; g < s->n; g++) {
    if (s->of[g].n == 1) return "; a group of one row has no spread of its own: see one-way";
    if (s->of[g].n > 1 && !(s->of[g].squares > 0))
      return "; a group does not vary, and would outweigh all others: see one-way";
  }
  return NULL;
}

static double anova_welch_weight(const mine__sample *s) {
  return (double)s->n * (double)(s->n - 1) / s->squares;
}

static void anova_welch_figures(const mine__samples *s, mine__tested *row) {
  const double k = (double)s->used;
  double weight = 0, mean = 0, between = 0, lost = 0;
  for (int64_t g = 0; g < s->n; g++)
    if (s->of[g].n > 0) weight += anova_welch_weight(&s->of[g]);
  for (int64_t g = 0; g < s->n; g++)
    if (s->of[g].n > 0) mean += anova_welch_weight(&s->of[g]) / weight * s->of[g].mean;
  for (int64_t g = 0; g < s->n; g++) {
    if (s->of[g].n == 0) continue;
    const double own = anova_welch_weight(&s->of[g]), from = s->of[g].mean - mean;
    const double rest = 1 - own / weight;
    between += own * from * from;
    lost += rest * rest / (double)(s->of[g].n - 1);
  }
  row->df = k - 1;
  row->df2 = (k * k - 1) / (3 * lost);
  row->statistic = between / (k - 1) / (1 + 2 * (k - 2) / (k * k - 1) * lost);
  row->p = mine__f_tail(row->statistic, row->df, row->df2, MINE__UPPER);
  const double spread = mine__samples_between(s);
  row->effect = spread / (spread + mine__samples_within(s));
}

static void anova_welch(mine_job *job, const mine__samples *s, mine__tested *row) {
  const char *lacks = anova_welch_lacks(s);
  mine_text detail;
  if (!lacks) anova_welch_figures(s, row);
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld groups, %lld rows", (long long)s->used, (long long)s->rows);
  mine__gaps_add(&detail, s->gaps);
  if (lacks) mine__text_adds(&detail, lacks);
  row->detail = detail.data;
}

/* ---- Kruskal and Wallis ------------------------------------------------------------------- */

/* Ranks of the rows in which both are there, by group; all ranks lie around (n + 1) / 2. */
static double anova_between_ranks(mine_job *job, const mine_column *factor,
                                  const mine_column *value, const mine__samples *s, double *total) {
  mine_arena *scratch = job->env->scratch;
  const size_t n = (size_t)s->rows;
  double *rank = mine__arena_array(scratch, n, sizeof *rank);
  int32_t *group = mine__arena_array(scratch, n, sizeof *group);
  mine_pair *order = mine__arena_array(scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(scratch, n, sizeof *temp);
  double *sum = mine__arena_zeros(scratch, (size_t)s->n, sizeof *sum);
  if (mine_failed(job->env)) return NAN;
  int64_t rows = 0;
  for (int64_t i = 0; i < job->frame->rows; i++) {
    if (factor->code[i] < 0 || isnan(value->number[i])) continue;
    group[rows] = factor->code[i];
    rank[rows++] = value->number[i];
  }
  const double ties = mine__ranks(job->env, rank, rows, order, temp), all = (double)rows;
  if (mine_failed(job->env)) return NAN;
  const double middle = (all + 1) / 2;
  for (int64_t i = 0; i < rows; i++)
    sum[group[i]] += rank[i] - middle; /* halves: exact */
  double between = 0;
  for (int64_t g = 0; g < s->n; g++)
    if (s->of[g].n > 0) between += sum[g] * sum[g] / (double)s->of[g].n;
  *total = (all * (all * all - 1) - ties) / 12;
  return between;
}

static void anova_kruskal(mine_job *job, const mine_column *factor, const mine_column *value,
                          const mine__samples *s, mine__tested *row) {
  double total = 0;
  const double between = s->used < 2 ? 0 : anova_between_ranks(job, factor, value, s, &total);
  if (mine_failed(job->env)) return;
  if (total > 0) {
    row->df = (double)(s->used - 1);
    row->statistic = (double)(s->rows - 1) * (between / total);
    row->p = mine__chi2_tail(row->statistic, row->df, MINE__UPPER);
    row->effect = between / total;
  }
  mine_text detail;
  mine__text_open(&detail, job->env->scratch);
  mine__text_addf(&detail, "%lld groups, %lld rows", (long long)s->used, (long long)s->rows);
  mine__gaps_add(&detail, s->gaps);
  if (s->used < 2)
    mine__text_adds(&detail, "; one group cannot differ");
  else if (!(total > 0))
    mine__text_adds(&detail, "; the number does not vary");
  for (int64_t g = 0; g < s->n && total > 0; g++) {
    if (s->of[g].n == 0 || s->of[g].n >= 5) continue;
    mine__text_adds(&detail, "; a group has fewer than 5 rows: take p with care");
    break;
  }
  row->detail = detail.data;
}

/* ---- the verb ------------------------------------------------------------------------------ */

static void anova_row(mine_job *job, const mine_column *factor, const mine_column *value,
                      const mine__samples *s, mine__anova_test test, mine_relation *out) {
  mine__tested row = mine__tested_of(anova_tests[test], factor->name, value->name);
  if (test == MINE__ANOVA_ONE_WAY) anova_one_way(job, s, &row);
  if (test == MINE__ANOVA_WELCH) anova_welch(job, s, &row);
  if (test == MINE__ANOVA_KRUSKAL) anova_kruskal(job, factor, value, s, &row);
  if (test == MINE__ANOVA_JONCKHEERE) {
    const mine__anova_options *options = mine__options_of(&job->options, mine__anova_table);
    mine__anova_ordered(job, options, factor, value, s, &row);
  }
  if (!mine_failed(job->env)) mine__tested_put(out, &row);
}

static void anova_pair(mine_job *job, const mine__anova_options *o, const mine_column *factor,
                       const mine_column *value, mine_relation *out) {
  mine_arena *scratch = job->env->scratch;
  const mine_mark mark = mine__arena_mark(scratch);
  mine__samples samples;
  mine__samples_of(job, factor->code, factor->levels.n, value, &samples);
  if (mine_failed(job->env)) return;
  if (o->test == MINE__ANOVA_TUKEY) mine__anova_pairs(job, o, factor, value, &samples, out);
  if (o->test == MINE__ANOVA_JONCKHEERE)
    anova_row(job, factor, value, &samples, MINE__ANOVA_JONCKHEERE, out);
  for (int test = 0; test <= MINE__ANOVA_KRUSKAL; test++)
    if ((o->test == test || o->test == MINE__ANOVA_ALL) && !mine_failed(job->env))
      anova_row(job, factor, value, &samples, (mine__anova_test)test, out);
  mine__arena_rewind(scratch, mark);
}

static mine_status anova_run(mine_job *job, mine_relation *out) {
  const mine__anova_options *options = mine__options_of(&job->options, mine__anova_table);
  MINE_TRY(mine__job_attributes_finish(job));
  const mine_chosen *chosen = &job->attributes.chosen;
  if (options->order.n > 0 && options->test != MINE__ANOVA_JONCKHEERE)
    return mine__fail(job->env, MINE_OPTION,
                      "option order is for test=jonckheere; say both, or neither");
  if (options->test == MINE__ANOVA_TWO_WAY) return mine__anova_two_run(job, options, out);
  for (int a = 0; a < chosen->n; a++) {
    const mine_column *factor = &job->frame->column[chosen->column[a]];
    for (int b = 0; factor->code && b < chosen->n; b++) {
      const mine_column *value = &job->frame->column[chosen->column[b]];
      if (value->number) anova_pair(job, options, factor, value, out);
      if (mine_failed(job->env)) return mine_env_status(job->env);
    }
  }
  if (mine_relation_rows(out) > 0) return MINE_OK;
  return mine__fail(job->env, MINE_DATA,
                    "it takes a category and a number that vary; select a column of texts and one "
                    "of numbers after the id, or say categorical=<column>%s",
                    mine__roles_almost_any(&job->attributes.roles, job->frame));
}

static const mine_answer anova_answer[] = {MINE_ANSWER_TESTED(
    "as the option says",
    "one-way, welch, two-way: F, spread between the groups over spread within them; "
    "kruskal-wallis: H; tukey: the difference in standard errors, q; jonckheere: pairs of rows in "
    "rising order, equal ones half",
    "groups - 1; tukey: groups; NULL: the test has none",
    "rows - groups; NULL: the test has one number of them",
    "the share of the spread that the groups explain: eta squared, of ranks epsilon squared, "
    "two-way the partial one; tukey: the difference in standard deviations; jonckheere: Kendall's "
    "tau-b, -1 to 1",
    "the category; two-way: the interaction as one:other", "the number",
    "tukey: the group whose mean is a; else NULL")};

static const mine_option_set anova_sets[] = {
    {mine__anova_table, sizeof(mine__anova_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_anova = {
    .name = "mine_anova",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Whether the mean of a number differs between groups: a row for each pair of a category "
        "and a number.",
    .notes =
        "It takes the values of a group for normal, with the same spread in every group; "
        "`test=welch` does without the second, `test=kruskal-wallis` without both. `test=tukey` "
        "(Tukey and Kramer) says which groups differ, all pairs of them judged together. "
        "`test=two-way` takes each pair of categories: a row for each, beside the other, and one "
        "for their interaction. Its sums of squares are of type II, which depends neither on the "
        "order of the two nor on how they are coded; `squares=1` is R's anova(), `squares=3` "
        "SPSS's "
        "and SAS's. `test=jonckheere` (Jonckheere and Terpstra) asks whether the number rises "
        "along "
        "groups that are in order, by ranks: as they are sorted, or as `order=low|mid|high` says. "
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
