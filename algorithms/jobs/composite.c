/*
** composite.c -- mine_composite: many indicators as one score, a rank and a tier for each row; and
** mine_composite_weights: what each counts in it.
**
** Indicators are brought to one scale, of cost indicators turned round, and summed with weights
** (composite_weights.c):
**
**   minmax   (x - least) / (most - least): 0 the worst of the rows, 1 the best
**   z        (x - mean) / standard deviation (divisor n - 1)
**   rank     the share of the other rows that are worse, ties sharing the mean of their ranks
**
** The first form is that of the Human Development Index and others (OECD & JRC 2008, "Handbook on
** constructing composite indicators", ch. 5, has them all).  Weights by entropy and by CRITIC are
** of the first form, whatever the scale.  Only rows in which no indicator is missing are scored and
** have a part in the scales; the others are told and get no score.  O(n k), ranks O(n log n k).
*/
#include <math.h>

#include "../core/radix.h"
#include "composite.h"
#include "tiers_words.h"

enum { COMPOSITE_MINMAX, COMPOSITE_Z, COMPOSITE_RANK };
static const char *const composite_scales[] = {"minmax", "z", "rank", NULL};
enum { COMPOSITE_COUNT, COMPOSITE_VALUE };
static const char *const composite_bys[] = {"count", "value", NULL};

static const mine_option composite_option_table[] = {
    OPTION_LIST(composite_options, weights,
                .help = "what each column counts: equal (the default); entropy, critic: by how the "
                        "rows differ in it; ahp: by comparisons (pairs=); or column:weight|..., "
                        "taken in proportion"),
    OPTION_LIST(composite_options, pairs,
                .help = "of weights=ahp: column:column:ratio|..., how many times as much the first "
                        "counts as the second (1 to 9, or 1/9 to 1), once for each two columns"),
    OPTION_CHOICE(composite_options, scale, .initial = "minmax", .choices = composite_scales,
                  .help = "minmax: 0 the worst of the rows, 1 the best; z: deviations from the "
                          "mean; rank: the share of the other rows that are worse"),
    OPTION_LIST(composite_options, lower_is_better, .help = "columns of which less is better"),
    OPTION_LIST(composite_options, tiers, .initial = "A:0.2|B:0.5|C",
                .help = "name:bound|..., the best first, the last without a bound: "
                        "gold:0.2|silver:0.5|bronze is the best 20 in 100, the next 30, the rest"),
    OPTION_CHOICE(composite_options, by, .initial = "count", .choices = composite_bys,
                  .help = "bounds of tiers are shares of the rows, or numbers of them "
                          "(gold:100|silver:500|iron); value: least scores"),
    OPTION_END};

/* ---- indicators ----------------------------------------------------------------------------- */

/* The numbers among the attributes; others are told. */
static void composite_numbers(composite_table *t) {
  const mine_chosen *chosen = &t->job->attributes.chosen;
  t->column = mine__arena_zeros(t->job->arena, (size_t)chosen->n, sizeof *t->column);
  for (int c = 0; t->column && c < chosen->n; c++) {
    const mine_column *column = &t->job->frame->column[chosen->column[c]];
    if (column->number && column->least < column->most)
      t->column[t->k++] = chosen->column[c];
    else if (column->number)
      mine__job_note(t->job, "dropped", column->name, "does not vary where it is known");
    else
      mine__job_note(t->job, "dropped", column->name, "a category: indicators are numbers");
  }
  if (t->column && t->k == 0)
    (void)mine__fail(t->job->env, MINE_DATA,
                     "no column is a number that varies; a score is made of numbers after the id");
}

static int composite_complete(const composite_table *t, int64_t i) {
  for (int j = 0; j < t->k; j++)
    if (isnan(composite_column(t, j)->number[i])) return 0;
  return 1;
}

static void composite_rows(composite_table *t) {
  const int64_t n = t->job->frame->rows;
  t->row = mine__arena_array(t->job->arena, (size_t)n, sizeof *t->row);
  for (int64_t i = 0; t->row && i < n; i++) {
    if (MINE_POLL_AT(t->job->env, i)) return;
    if (composite_complete(t, i)) t->row[t->n++] = (uint32_t)i;
  }
  if (mine_failed(t->job->env)) return;
  if (t->n == 0)
    (void)mine__fail(t->job->env, MINE_DATA,
                     "no row has a value of every column, and only such rows are scored; fill the "
                     "gaps, or leave columns out (ignore=)");
  else if (t->n < n)
    mine__job_notef(t->job, "warning", "missing",
                    "%lld of %lld rows have no score: a value is missing", (long long)(n - t->n),
                    (long long)n);
}

/* One column as 0 to 1, 1 the best; 0: it does not vary in these rows.  By a power of two first, so
** that a difference does not overflow. */
static int composite_unit(const composite_table *t, int j, double *to) {
  const mine_column *column = composite_column(t, j);
  const double largest = fmax(fabs(column->least), fabs(column->most));
  const int power = largest > 0 ? -ilogb(largest) - 1 : 0;
  double least = INFINITY, most = -INFINITY;
  for (int64_t i = 0; i < t->n; i++) {
    to[i] = ldexp(column->number[t->row[i]], power);
    least = fmin(least, to[i]);
    most = fmax(most, to[i]);
  }
  if (!(most > least)) return 0;
  for (int64_t i = 0; i < t->n; i++)
    to[i] = (t->lower[t->column[j]] ? most - to[i] : to[i] - least) / (most - least);
  return 1;
}

/* Columns that vary only where another is missing fall out. */
static void composite_units(composite_table *t) {
  int kept = 0;
  t->unit = mine__arena_array(t->job->arena, (size_t)t->k, (size_t)t->n * sizeof *t->unit);
  for (int j = 0; t->unit && j < t->k && !mine__poll(t->job->env); j++) {
    t->column[kept] = t->column[j];
    if (composite_unit(t, kept, t->unit + (int64_t)kept * t->n))
      kept++;
    else
      mine__job_note(t->job, "dropped", composite_column(t, kept)->name,
                     "does not vary in the rows that have a value of every column");
  }
  t->k = kept;
  if (kept == 0 && !mine_failed(t->job->env))
    (void)mine__fail(t->job->env, MINE_DATA,
                     "no column varies in the rows that have a value of every column (%lld), and a "
                     "score says where a row stands among others",
                     (long long)t->n);
}

static void composite_open(mine_job *job, composite_table *t) {
  *t = (composite_table){.job = job,
                         .asked = mine__options_of(&job->options, composite_option_table)};
  if (mine__job_attributes_finish(job)) return;
  t->lower = mine__arena_zeros(job->arena, (size_t)job->frame->n_columns, sizeof *t->lower);
  if (!t->lower) return;
  mine__roles_mark(&job->attributes.roles, job->frame, "option lower_is_better",
                   &t->asked->lower_is_better, t->lower);
  if (!mine_failed(job->env)) composite_numbers(t);
  if (!mine_failed(job->env)) composite_rows(t);
  if (!mine_failed(job->env)) composite_units(t);
  if (!mine_failed(job->env)) mine__composite_weigh(t);
}

/* ---- scales --------------------------------------------------------------------------------- */

static void composite_z(double *x, int64_t n) {
  double mean = 0, squares = 0;
  for (int64_t i = 0; i < n; i++)
    mean += x[i];
  mean /= (double)n;
  for (int64_t i = 0; i < n; i++)
    squares += (x[i] - mean) * (x[i] - mean);
  const double deviation = sqrt(squares / (double)(n - 1)); /* above 0: it varies */
  for (int64_t i = 0; i < n; i++)
    x[i] = (x[i] - mean) / deviation;
}

/* Of the values themselves: what is near to each other may be one number from 0 to 1. */
static void composite_rank(const composite_table *t, int at, double *x, mine_pair *order,
                           mine_pair *temp) {
  const double *number = composite_column(t, at)->number;
  const double sign = t->lower[t->column[at]] ? -1 : 1;
  const int64_t n = t->n;
  for (int64_t i = 0; i < n; i++)
    x[i] = sign * number[t->row[i]];
  (void)mine__sort_reals(x, NULL, n, order, temp);
  for (int64_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && order[j].key == order[i].key;)
      j++;
    for (int64_t m = i; m < j; m++)
      x[order[m].row] = 0.5 * (double)(i + j - 1) / (double)(n - 1);
  }
}

static void composite_scale(composite_table *t, mine_pair *order, mine_pair *temp) {
  for (int j = 0; j < t->k && !mine__poll(t->job->env); j++) {
    double *x = t->unit + (int64_t)j * t->n;
    if (t->asked->scale == COMPOSITE_Z) composite_z(x, t->n);
    if (t->asked->scale == COMPOSITE_RANK) composite_rank(t, j, x, order, temp);
  }
}

/* ---- tiers ---------------------------------------------------------------------------------- */

static void composite_read_tiers(mine_job *job, const composite_options *asked, mine_tiers *out) {
  const int by_value = asked->by == COMPOSITE_VALUE;
  if (by_value && !mine__options_given(job->options.group, job->options.n, "tiers"))
    (void)mine__fail(job->env, MINE_OPTION, "by=value takes tiers=name:score|...");
  else
    mine__tiers_read(job->env, job->arena, "tiers", &asked->tiers,
                     by_value ? MINE_TIERS_VALUE : MINE_TIERS_COUNT, out);
}

/* ---- the answers ---------------------------------------------------------------------------- */

static void composite_id(const mine_job *job, int64_t row, mine_relation *out) {
  mine_cell id = {MINE_INT, 0, {.integer = row + 1}};
  if (job->attributes.roles.id >= 0) mine__values_get(&job->frame->ids, row, &id);
  mine__row_cell(out, &id);
}

/* The best first; of equal scores in the order of the source. */
static void composite_put(const composite_table *t, const mine_tiers *tiers, const double *score,
                          const mine_tiering *at, mine_relation *out) {
  for (int64_t i = 0; i < t->n; i++) {
    const uint32_t row = at->order[i];
    if (MINE_POLL_AT(t->job->env, i)) return;
    composite_id(t->job, t->row[row], out);
    mine__row_real(out, score[row]);
    mine__row_int(out, at->rank[row]);
    mine__row_text(out, at->tier[row] < 0 ? NULL : tiers->tier[at->tier[row]].name);
    mine__relation_end_row(out);
  }
}

static void composite_put_gaps(const composite_table *t, mine_relation *out) {
  int64_t at = 0;
  for (int64_t i = 0; i < t->job->frame->rows; i++) {
    if (MINE_POLL_AT(t->job->env, i)) return;
    if (at < t->n && t->row[at] == (uint32_t)i) {
      at++;
      continue;
    }
    composite_id(t->job, i, out);
    mine__row_null(out);
    mine__row_null(out);
    mine__row_null(out);
    mine__relation_end_row(out);
  }
}

/* The weighted sums, n; NULL: a failure, which sticks. */
static double *composite_scores(composite_table *t) {
  const size_t n = (size_t)t->n;
  double *score = mine__arena_zeros(t->job->arena, n, sizeof *score);
  mine_pair *order = mine__arena_array(t->job->arena, 2 * n, sizeof *order);
  if (mine_failed(t->job->env)) return NULL;
  composite_scale(t, order, order + n);
  for (int j = 0; j < t->k && !mine__poll(t->job->env); j++)
    for (int64_t i = 0; i < t->n; i++)
      score[i] += t->weight[j] * t->unit[j * t->n + i];
  return mine_failed(t->job->env) ? NULL : score;
}

static mine_status composite_run(mine_job *job, mine_relation *out) {
  composite_table t;
  mine_tiers tiers = {0};
  mine_tiering at;
  composite_open(job, &t);
  if (!mine_failed(job->env)) composite_read_tiers(job, t.asked, &tiers);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  const double *score = composite_scores(&t);
  if (score) mine__tiers_assign(job->env, job->arena, &tiers, score, t.n, &at);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  if (t.n > 1 && at.rank[at.order[t.n - 1]] == 1)
    mine__job_notef(job, "warning", "score", "all %lld scores are equal: one rank, one tier",
                    (long long)t.n);
  composite_put(&t, &tiers, score, &at, out);
  if (!mine_failed(job->env)) composite_put_gaps(&t, out);
  return mine_env_status(job->env);
}

/* A number of the source's: of a date a date. */
static void composite_put_value(const composite_table *t, int j, double value, mine_relation *out) {
  char buffer[MINE_TIME_BYTES];
  mine_feature about;
  mine_cell cell;
  if (mine__feature_from_column(t->job->env, t->job->env->scratch, composite_column(t, j), &about))
    return;
  mine__feature_cell(&about, value, buffer, &cell);
  mine__row_cell(out, &cell);
}

static mine_status composite_weights_run(mine_job *job, mine_relation *out) {
  composite_table t;
  composite_open(job, &t);
  for (int j = 0; j < t.k && !mine_failed(job->env); j++) {
    const mine_column *column = composite_column(&t, j);
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < t.n; i++) {
      least = fmin(least, column->number[t.row[i]]);
      most = fmax(most, column->number[t.row[i]]);
    }
    mine__row_text(out, column->name);
    mine__row_real(out, t.weight[j]);
    mine__row_text(out, t.lower[t.column[j]] ? "lower" : "higher");
    composite_put_value(&t, j, t.lower[t.column[j]] ? most : least, out);
    composite_put_value(&t, j, t.lower[t.column[j]] ? least : most, out);
    mine__row_real(out, t.ratio);
    mine__relation_end_row(out);
  }
  return mine_env_status(job->env);
}

static const mine_answer composite_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"score", MINE_ANSWER_REAL, 0,
     "weighted mean of the scaled columns; NULL where one is missing"},
    {"rank", MINE_ANSWER_INTEGER, 1, "1: the best; equal scores share the first of their ranks"},
    {"tier", MINE_ANSWER_TEXT, 1,
     "by tiers=; NULL: no score, or beyond the last bound; equal scores are in one tier"},
    {0},
};

static const mine_answer composite_weights_answer[] = {
    {"feature", MINE_ANSWER_TEXT, 1, "a column"},
    {"weight", MINE_ANSWER_REAL, 0, "what it counts; the sum is 1"},
    {"better", MINE_ANSWER_TEXT, 0, "higher, or lower (lower_is_better=)"},
    {"worst", MINE_ANSWER_ANY, 0, "its worst value in the rows that are scored"},
    {"best", MINE_ANSWER_ANY, 0, "its best one"},
    {"consistency", MINE_ANSWER_REAL, 0,
     "of weights=ahp the consistency ratio of all comparisons; above 0.1 they contradict each "
     "other"},
    {0},
};

static const mine_option_set composite_sets[] = {
    {composite_option_table, sizeof(composite_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_composite = {
    .name = "mine_composite",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what =
        "Many indicators as one score, a rank and a tier for each row: the evaluation index of "
        "customers, shops or products.",
    .notes =
        "What each column counts is said by `weights=`, and listed by mine_composite_weights. "
        "Entropy and CRITIC weigh by how rows differ, not by what matters: an indicator that all "
        "do well in counts little. A row in which a value is missing has no score, and is told; "
        "so are columns that do not vary. Scores are about these rows: with others the scale "
        "moves. The best comes first, equal scores in the order of the source.",
    .example =
        "SELECT * FROM mine_composite(\n"
        "  " MINE_ROWS("i AS id, i*7%31*10.5 AS income, 20 + i*i%50 AS age, i%12 AS visits") ",\n"
        "  'weights=income:3|age:1, lower_is_better=age, tiers=gold:0.2|silver:0.5|iron')\n"
        "LIMIT 3;",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = composite_answer,
    .options = composite_sets,
    .reads = "an id, then attributes",
    .run = composite_run,
};

const mine_verb mine__verb_composite_weights = {
    .name = "mine_composite_weights",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "What each column counts in the score of mine_composite, with the same options.",
    .notes =
        "By comparisons of two columns each (analytic hierarchy process): `weights=ahp, "
        "pairs=price:service:3|price:range:5|service:range:2` says that price counts three times "
        "as much as service, and so on; `consistency` is whether these agree with each other.",
    .example =
        "SELECT feature, round(weight, 3) AS weight, round(consistency, 3) AS consistency\n"
        "FROM mine_composite_weights(\n"
        "  " MINE_ROWS("i AS id, i*7%31*10.5 AS income, 20 + i*i%50 AS age") ",\n"
        "  'weights=ahp, pairs=income:age:3');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = composite_weights_answer,
    .options = composite_sets,
    .reads = "an id, then attributes",
    .run = composite_weights_run,
};
