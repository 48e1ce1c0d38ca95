/*
** logrank.c -- mine_logrank: whether the event comes sooner in one group than in another.
**
** At each time with events, d among the n at risk, chance alone gives group g with n_g at risk
** (Mantel 1966; Peto & Peto 1972)
**
**   expected    d n_g / n
**   covariance  d (n - d) / (n - 1) n_g / n ((g = h) - n_h / n)
**
** Sums over the times give O - E and its covariance V; the statistic is (O - E)' V^-1 (O - E),
** one group left out, chi-squared with groups - 1 degrees of freedom.  Times count as S^rho, S the
** share of all that had no event before (Harrington & Fleming 1982): rho = 0 is the log-rank test,
** 1 Peto and Peto's form of Wilcoxon's.  Strata add up.  R's survdiff; beyond it, late entry.
** O(rows + times groups^2).
*/
#include <math.h>

#include "../kernel/linalg.h"
#include "../kernel/special.h"
#include "lives.h"

#define LOGRANK_GROUPS 200

typedef struct logrank_options {
  mine_cell event_value;
  double rho;
} logrank_options;

static const mine_option logrank_option_table[] = {
    OPTION_TEXT(logrank_options, event_value,
                .help = "the value of event that means it came; any other means not yet"),
    OPTION_REAL(logrank_options, rho, .initial = "0", .range = {-100, 100},
                .help =
                    "times count as survival to this power: 0 all alike (log-rank), 1 early ones "
                    "more (Peto and Peto)"),
    OPTION_END};

typedef struct logrank {
  mine_job *job;
  const mine_column *group;
  int64_t g;                           /* groups */
  int64_t *rows, *at, *events;         /* per group: in all; at risk and with the event now */
  double *observed, *expected, *share; /* per group */
  double *v;                           /* covariance, upper triangle */
} logrank;

static void logrank_open(logrank *l) {
  mine_arena *arena = l->job->arena;
  const size_t g = (size_t)l->g;
  l->rows = mine__arena_zeros(arena, g, sizeof *l->rows);
  l->at = mine__arena_zeros(arena, g, sizeof *l->at);
  l->events = mine__arena_zeros(arena, g, sizeof *l->events);
  l->observed = mine__arena_zeros(arena, g, sizeof *l->observed);
  l->expected = mine__arena_zeros(arena, g, sizeof *l->expected);
  l->share = mine__arena_zeros(arena, g, sizeof *l->share);
  l->v = mine__arena_zeros(arena, g * g, sizeof *l->v);
}

/* One time with events, which counts `weight`. */
static void logrank_add(logrank *l, const mine__lives_walk *at, double weight) {
  const double d = (double)at->events, n = (double)at->at_risk;
  const double spread = at->at_risk > 1 ? weight * weight * d * (n - d) / (n - 1) : 0;
  for (int64_t g = 0; g < l->g; g++) {
    l->share[g] = (double)l->at[g] / n;
    l->observed[g] += weight * (double)l->events[g];
    l->expected[g] += weight * d * l->share[g];
  }
  for (int64_t g = 0; g < l->g; g++) {
    if (l->at[g] == 0) continue;
    double *v = &l->v[g * l->g];
    v[g] += spread * l->share[g] * (1 - l->share[g]);
    for (int64_t h = g + 1; h < l->g; h++)
      v[h] -= spread * l->share[g] * l->share[h];
  }
}

static void logrank_stratum(logrank *l, const mine__lives *lives, int64_t part, double rho) {
  mine__lives_walk walk = mine__lives_open(lives, part);
  int64_t entered = walk.first, times = 0;
  double survival = 1;
  for (int64_t g = 0; g < l->g; g++)
    l->at[g] = 0;
  for (int64_t i = walk.first; i < walk.end; i++)
    l->rows[lives->tag[i]]++;
  while (mine__lives_next(&walk)) {
    if (MINE_POLL_AT(l->job->env, times++ * l->g)) return;
    for (; entered < walk.entered; entered++)
      l->at[lives->start ? lives->start_tag[entered] : lives->tag[entered]]++;
    for (int64_t i = walk.from; i < walk.to; i++)
      l->events[lives->tag[i]] += lives->event[i];
    if (walk.events > 0) {
      logrank_add(l, &walk, rho == 0 ? 1 : pow(survival, rho));
      survival *= (double)(walk.at_risk - walk.events) / (double)walk.at_risk;
    }
    for (int64_t i = walk.from; i < walk.to; i++) {
      l->events[lives->tag[i]] = 0;
      l->at[lives->tag[i]]--;
    }
  }
}

/* ---- the answer ------------------------------------------------------------------------------ */

typedef struct logrank_test {
  double statistic, df, p;
} logrank_test;

/* Groups of which nothing is expected say nothing; of the others one follows from the rest. */
static logrank_test logrank_all(logrank *l) {
  logrank_test test = {NAN, NAN, NAN};
  mine_arena *scratch = l->job->env->scratch;
  int64_t *of = mine__arena_array(scratch, (size_t)l->g, sizeof *of), k = 0;
  for (int64_t g = 0; of && g < l->g; g++)
    if (l->expected[g] > 0) of[k++] = g;
  if (!of || k < 2) return test;
  k--;
  double *u = mine__arena_zeros(scratch, (size_t)(k * k), sizeof *u);
  double *x = mine__arena_array(scratch, (size_t)k, sizeof *x);
  if (mine_failed(l->job->env)) return test;
  for (int64_t i = 0; i < k; i++) {
    x[i] = l->observed[of[i]] - l->expected[of[i]];
    for (int64_t j = i; j < k; j++)
      u[i * k + j] = l->v[of[i] * l->g + of[j]];
  }
  test.df = (double)k;
  if (!mine__cholesky((mine_linalg){0}, k, u)) return test;
  mine__solve_upper(k, u, 1, x);
  test.statistic = mine__dot(x, x, k);
  test.p = mine__chi2_tail(test.statistic, test.df, MINE__UPPER);
  return test;
}

static logrank_test logrank_one(const logrank *l, int64_t g) {
  const double from = l->observed[g] - l->expected[g], v = l->v[g * l->g + g];
  if (!(v > 0)) return (logrank_test){NAN, 1, NAN};
  const double statistic = from * from / v;
  return (logrank_test){statistic, 1, mine__chi2_tail(statistic, 1, MINE__UPPER)};
}

static void logrank_put(const mine_cell *group, int64_t rows, double observed, double expected,
                        const logrank_test *test, mine_relation *out) {
  mine__row_cell(out, group);
  mine__row_int(out, rows);
  mine__row_real(out, observed);
  mine__row_real(out, expected);
  mine__row_real(out, test->statistic);
  mine__row_real(out, test->df);
  mine__row_real(out, test->p);
  mine__relation_end_row(out);
}

static void logrank_answer_rows(logrank *l, mine_relation *out) {
  mine_cell value = {.type = MINE_NULL};
  int64_t rows = 0;
  double observed = 0, expected = 0;
  for (int64_t g = 0; g < l->g; g++) {
    rows += l->rows[g];
    observed += l->observed[g];
    expected += l->expected[g];
  }
  const logrank_test all = logrank_all(l);
  if (mine_failed(l->job->env)) return;
  logrank_put(&value, rows, observed, expected, &all, out);
  for (int64_t g = 0; g < l->g; g++) {
    const logrank_test one = logrank_one(l, g);
    if (l->rows[g] == 0) continue;
    mine__values_get(&l->group->levels, g, &value);
    logrank_put(&value, l->rows[g], l->observed[g], l->expected[g], &one, out);
  }
}

static void logrank_check(const logrank *l) {
  mine_env *env = l->job->env;
  int64_t there = 0;
  double events = 0;
  for (int64_t g = 0; g < l->g; g++) {
    there += l->rows[g] > 0;
    events += l->expected[g];
  }
  if (there < 2)
    (void)mine__fail(
        env, MINE_DATA,
        "the group '%s' has one value in the rows that count; one group cannot differ, "
        "give rows of two",
        l->group->name);
  else if (!(events > 0))
    (void)mine__fail(env, MINE_DATA,
                     "nobody had the event; without one no group can be said to have it sooner");
}

static mine_status logrank_run(mine_job *job, mine_relation *out) {
  const logrank_options *o = mine__options_of(&job->options, logrank_option_table);
  mine__lives lives;
  MINE_TRY(mine__frame_finish(job->frame));
  logrank l = {.job = job, .group = mine__job_event(job, LIVES_GROUP)};
  l.g = l.group->levels.n;
  if (l.g > LOGRANK_GROUPS)
    return mine__fail(job->env, MINE_DATA,
                      "the group '%s' has %lld values, more than %d; put some together",
                      l.group->name, (long long)l.g, LOGRANK_GROUPS);
  mine__lives_read(job, &o->event_value, mine__job_event(job, LIVES_STRATA), l.group, &lives);
  if (!mine_failed(job->env)) logrank_open(&l);
  for (int64_t p = 0; p < lives.n_parts && !mine_failed(job->env); p++)
    logrank_stratum(&l, &lives, p, o->rho);
  if (!mine_failed(job->env)) logrank_check(&l);
  if (!mine_failed(job->env)) logrank_answer_rows(&l, out);
  return mine_env_status(job->env);
}

static const mine_want logrank_reads[] = {
    MINE_LIVES_BEFORE_GROUP,
    {.name = "group", .reading = MINE_READ_CATEGORY, .help = "the column of the groups compared"},
    MINE_LIVES_START,
    {.name = "strata",
     .reading = MINE_READ_CATEGORY,
     .flags = MINE_WANT_NAMED,
     .help = "a column: groups are compared within each of its values only"},
    {0}};

static const mine_answer logrank_answer[] = {
    {"group_value", MINE_ANSWER_ANY, 0, "NULL: the test of all groups"},
    {"rows", MINE_ANSWER_INTEGER, 0, "of the group"},
    {"observed", MINE_ANSWER_REAL, 0, "events that came in it"},
    {"expected", MINE_ANSWER_REAL, 0, "that would have if the groups did not differ"},
    {"statistic", MINE_ANSWER_REAL, 0, "chi-squared; of a group: it against all others"},
    {"df", MINE_ANSWER_REAL, 0, "degrees of freedom: groups - 1"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such a statistic, or a larger one, if the groups did not differ"},
    {0},
};

static const mine_option_set logrank_sets[] = {
    {logrank_option_table, sizeof(logrank_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_logrank = {
    .name = "mine_logrank",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Whether groups leave at different times: the log-rank test, and what each contributes.",
    .notes =
        "Source as for `mine_survival`, with the group. The first row is the test of all groups; "
        "then one for each group, with the test of it against all others together (p-values of "
        "many groups are not adjusted). With `rho=1` early events count more; `strata=` compares "
        "like with like. With weights (`rho`) observed and expected are weighted, too.",
    .example =
        "SELECT group_value, observed, round(expected, 2) AS expected, round(p_value, 4) AS p\n"
        "FROM mine_logrank(" MINE_ROWS(
            "i AS id, 1 + i*7%31 AS months, i%3 > 0 AS left_us, i*i%4 AS plan") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = logrank_answer,
    .options = logrank_sets,
    .wants = logrank_reads,
    .run = logrank_run,
};
