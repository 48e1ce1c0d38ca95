/*
** ab_test.c -- mine_ab_test: variants against a control, one row a customer.
**
** An outcome of 0 and 1 (or two words such as yes and no) is a rate, any other number a mean:
**
**   rate  interval of Wilson (1927), of the difference of Newcombe (1998, method 10); the test is
**         z = (p - q) / sqrt(m (1 - m) (1/n + 1/k)), m of both together: chi-squared without
**         correction, R's prop.test with correct = FALSE
**   mean  Student's interval; difference and test are Welch's (ttest.c)
**
** and the q-value over all variants (Benjamini & Hochberg 1995).  Whether the rows came in the
** shares that were meant is tested first (chi-squared): where they did not, p below 0.001,
** something else than chance decided who saw what, and the figures say nothing.  O(rows).
*/
#include <math.h>

#include "../kernel/power.h"
#include "hypothesis.h"

#define AB_MISMATCH 0.001

typedef struct ab_options {
  mine_cell control, positive;
  int measure; /* ab_measure */
  mine_number_list shares;
  double level;
  int side;
} ab_options;

typedef enum ab_measure { AB_AUTO, AB_RATE, AB_MEAN } ab_measure;
static const char *const ab_measures[] = {"auto", "rate", "mean", NULL};

static const mine_option ab_table[] = {
    OPTION_TEXT(ab_options, control,
                .help = "the variant that the others are compared with; not given: the one called "
                        "control, else the first"),
    OPTION_TEXT(ab_options, positive,
                .help =
                    "of the two values of the outcome the one that counts; not given: 1, or the "
                    "obvious word"),
    OPTION_CHOICE(ab_options, measure, .initial = "auto", .choices = ab_measures,
                  .help =
                      "rate: a share of rows; mean: of a number; auto: rate where the outcome is "
                      "0 and 1 or two words"),
    OPTION_NUMBERS(ab_options, shares, .range = {0, 1e9}, .above_least = 1,
                   .help = "how rows were to be shared among the variants, in their order (1|1|2); "
                           "not given: equally"),
    OPTION_CHOICE(ab_options, side, .initial = "two", .choices = mine__sides,
                  .help = "what would speak against chance: any difference, less, or greater than "
                          "the control"),
    OPTION_REAL(ab_options, level, .initial = "0.95", .range = {0.5, 0.9999},
                .help = "how often an interval holds the true figure"),
    OPTION_END};

static const mine_want ab_reads[] = {
    {.name = "id",
     .reading = MINE_READ_EXACT,
     .help = "the column of who was tested; not given: the first of three columns"},
    {.name = "variant",
     .reading = MINE_READ_CATEGORY,
     .help = "the column of the variant; not given: the second of three columns"},
    {.name = "outcome",
     .reading = MINE_READ_AUTO,
     .help = "the column of the outcome; not given: the third of three columns"},
    {0}};
enum { AB_ID, AB_VARIANT, AB_OUTCOME };

typedef struct ab_figures {
  double value, low, high, total;
  double difference, from, to, lift, p, q; /* against the control */
} ab_figures;

typedef struct ab_work {
  mine_job *job;
  const ab_options *options;
  const mine_column *id, *variant, *outcome;
  int64_t variants, control;
  int rate;
  int64_t positive; /* code of the outcome that counts; of numbers 0 or 1 */
  int64_t *rows;    /* with an outcome, per variant                  */
  double *hits;     /* of a rate                                      */
  mine__samples of; /* of a mean                                      */
  ab_figures *figures;
} ab_work;

/* ---- what is compared ---------------------------------------------------------------------- */

static int64_t ab_named(const mine_values *levels, const char *name) {
  mine_cell cell;
  for (int64_t v = 0; v < levels->n; v++) {
    mine__values_get(levels, v, &cell);
    if (cell.type == MINE_TEXT && mine__same_word(cell.as.text, name)) return v;
  }
  return -1;
}

static void ab_control(ab_work *w) {
  const mine_cell *said = &w->options->control;
  const mine_values *levels = &w->variant->levels;
  char shown[MINE_SHOW_BYTES];
  mine_cell cell;
  if (levels->n < 2) {
    (void)mine__fail(w->job->env, MINE_DATA,
                     "'%s' has %s; an A/B test compares two variants or more", w->variant->name,
                     levels->n == 0 ? "no value" : "one value only");
    return;
  }
  w->variants = levels->n;
  if (said->type != MINE_NULL) {
    mine_text list;
    w->control = mine__class_find(levels, said, 1);
    if (w->control >= 0) return;
    mine__text_open(&list, w->job->arena);
    mine__classes_list(&list, levels);
    (void)mine__fail(w->job->env, MINE_OPTION, "control=%s is no variant; the variants are %s",
                     mine__show_cell(shown, said), list.data);
    return;
  }
  w->control = ab_named(levels, "control");
  if (w->control >= 0) return;
  w->control = 0;
  mine__values_get(levels, 0, &cell);
  mine__job_notef(w->job, "warning", w->variant->name,
                  "the variants are compared with %s, the first; control= names another",
                  mine__show_cell(shown, &cell));
}

/* An outcome of words: which of the two counts. */
static void ab_positive(ab_work *w) {
  const mine_values *levels = &w->outcome->levels;
  const mine_cell *said = &w->options->positive;
  mine_cell a, b;
  if (levels->n != 2) {
    (void)mine__fail(w->job->env, MINE_DATA,
                     "'%s' has %lld words; an outcome is a number, 0 and 1, or two words",
                     w->outcome->name, (long long)levels->n);
    return;
  }
  mine__values_get(levels, 0, &a);
  mine__values_get(levels, 1, &b);
  w->positive =
      said->type == MINE_NULL ? mine__classes_obvious(&a, &b) : mine__class_find(levels, said, 1);
  if (w->positive >= 0) return;
  if (said->type != MINE_NULL) {
    mine_text list;
    char shown[MINE_SHOW_BYTES];
    mine__text_open(&list, w->job->arena);
    mine__classes_list(&list, levels);
    (void)mine__fail(w->job->env, MINE_OPTION, "positive=%s is no value of '%s'; the values are %s",
                     mine__show_cell(shown, said), w->outcome->name, list.bytes ? list.data : "");
    return;
  }
  (void)mine__fail(w->job->env, MINE_OPTION,
                   "which of the two values of '%s' counts is not obvious; say positive=<value>",
                   w->outcome->name);
}

/* Of 0 and 1 either may be what counts; of a mean nothing is. */
static void ab_positive_number(ab_work *w) {
  const mine_cell *said = &w->options->positive;
  char shown[MINE_SHOW_BYTES];
  if (said->type == MINE_NULL) return;
  const double value = mine__cell_number(said);
  if (w->rate && (value == 0 || value == 1)) {
    w->positive = value == 1;
    return;
  }
  (void)mine__fail(w->job->env, MINE_OPTION, "positive=%s is no value of '%s', %s",
                   mine__show_cell(shown, said), w->outcome->name,
                   w->rate ? "which is 0 or 1" : "whose mean is compared; leave it out");
}

static void ab_outcome(ab_work *w) {
  const mine_column *o = w->outcome;
  const int measure = w->options->measure;
  const int binary = o->number && o->all_integers && o->least >= 0 && o->most <= 1;
  w->positive = 1;
  if (o->type == MINE_COLUMN_EMPTY) {
    (void)mine__fail(w->job->env, MINE_DATA, "'%s' has no value; select what came of each row",
                     o->name);
    return;
  }
  w->rate = o->code || measure == AB_RATE || (measure == AB_AUTO && binary);
  if (o->code && measure == AB_MEAN)
    (void)mine__fail(w->job->env, MINE_DATA, "'%s' is no number; measure=mean needs one", o->name);
  else if (o->code)
    ab_positive(w);
  else if (w->rate && !binary)
    (void)mine__fail(w->job->env, MINE_DATA,
                     "'%s' has other values than 0 and 1; measure=rate needs these", o->name);
  else
    ab_positive_number(w);
}

/* ---- counting ------------------------------------------------------------------------------- */

static int ab_has(const ab_work *w, int64_t i) {
  if (w->variant->code[i] < 0) return 0;
  return w->outcome->code ? w->outcome->code[i] >= 0 : !isnan(w->outcome->number[i]);
}

static void ab_count(ab_work *w) {
  int64_t gaps = 0;
  const size_t n = (size_t)w->variants;
  w->rows = mine__arena_zeros(w->job->arena, n, sizeof *w->rows);
  w->hits = mine__arena_zeros(w->job->arena, n, sizeof *w->hits);
  w->figures = mine__arena_zeros(w->job->arena, n, sizeof *w->figures);
  if (mine_failed(w->job->env)) return;
  for (int64_t i = 0; i < w->job->frame->rows; i++) {
    const int32_t v = w->variant->code[i];
    if (MINE_POLL_AT(w->job->env, i)) return;
    if (!ab_has(w, i)) {
      gaps++;
      continue;
    }
    w->rows[v]++;
    if (w->rate)
      w->hits[v] += w->outcome->code ? w->outcome->code[i] == w->positive
                                     : w->outcome->number[i] == (double)w->positive;
  }
  if (gaps > 0)
    mine__job_notef(w->job, "warning", "",
                    "%lld of %lld rows have no variant or no outcome and do "
                    "not count",
                    (long long)gaps, (long long)w->job->frame->rows);
  if (!w->rate) mine__samples_of(w->job, w->variant->code, w->variants, w->outcome, &w->of);
}

/* Whoever stands in several rows, or in two variants, makes them depend on each other. */
static void ab_check_ids(ab_work *w) {
  const int64_t ids = w->id->levels.n;
  int64_t again = 0, crossed = 0;
  int32_t *seen = mine__arena_array(w->job->arena, (size_t)ids, sizeof *seen);
  for (int64_t k = 0; seen && k < ids; k++)
    seen[k] = -1;
  for (int64_t i = 0; seen && i < w->job->frame->rows; i++) {
    const int32_t who = w->id->code[i], v = w->variant->code[i];
    if (MINE_POLL_AT(w->job->env, i)) return;
    if (who < 0 || v < 0) continue;
    again += seen[who] >= 0;
    crossed += seen[who] >= 0 && seen[who] != v;
    seen[who] = v;
  }
  if (crossed > 0)
    mine__job_notef(w->job, "warning", w->id->name,
                    "%lld row%s of somebody who stands in another variant, too: leave such rows "
                    "out, they saw both",
                    (long long)crossed, crossed == 1 ? " is" : "s are");
  else if (again > 0)
    mine__job_notef(w->job, "warning", w->id->name,
                    "%lld row%s of somebody who stands in a row before: make one row of each "
                    "(GROUP BY), or the intervals are too narrow",
                    (long long)again, again == 1 ? " is" : "s are");
}

/* Rows as they were meant to be shared. */
static void ab_check_shares(ab_work *w) {
  const mine_number_list *shares = &w->options->shares;
  double all = 0, statistic = 0, rows = 0;
  char p[MINE_NUMBER_BYTES];
  if (shares->n > 0 && (int64_t)shares->n != w->variants) {
    (void)mine__fail(w->job->env, MINE_OPTION,
                     "option shares has %lld numbers, and there are %lld variants",
                     (long long)shares->n, (long long)w->variants);
    return;
  }
  for (int64_t v = 0; v < w->variants; v++) {
    rows += (double)w->rows[v];
    all += shares->n > 0 ? shares->item[v] : 1;
  }
  for (int64_t v = 0; v < w->variants && rows > 0; v++) {
    const double meant = rows * (shares->n > 0 ? shares->item[v] : 1) / all;
    statistic += ((double)w->rows[v] - meant) * ((double)w->rows[v] - meant) / meant;
  }
  const double chance = mine__chi2_tail(statistic, (double)(w->variants - 1), MINE__UPPER);
  if (chance < AB_MISMATCH)
    mine__job_notef(w->job, "warning", w->variant->name,
                    "the variants have not the shares of rows that were meant (p = %s): something "
                    "but chance decided who saw what; if they were not to be equal say shares=",
                    mine__format_real(p, chance, 3));
}

/* ---- figures -------------------------------------------------------------------------------- */

static void ab_rate(const ab_work *w, int64_t v, double z) {
  ab_figures *f = &w->figures[v];
  const double n = (double)w->rows[v], k = (double)w->rows[w->control];
  const double hits = w->hits[v], others = w->hits[w->control];
  const mine__between own = mine__wilson(hits, n, z);
  f->total = hits;
  f->value = n > 0 ? hits / n : (double)NAN;
  f->low = own.low;
  f->high = own.high;
  if (v == w->control || !(n > 0 && k > 0)) return;
  const mine__between apart = mine__newcombe(hits, n, others, k, z);
  f->difference = hits / n - others / k;
  f->from = apart.low;
  f->to = apart.high;
  const double both = (hits + others) / (n + k);
  if (both > 0 && both < 1)
    f->p = mine__side_of_normal(f->difference / sqrt(both * (1 - both) * (1 / n + 1 / k)),
                                (mine__side)w->options->side);
}

/* Of the mean of a group: its variance; NAN: one row has none. */
static double ab_variance(const mine__sample *s) {
  return s->n > 1 ? s->squares / (double)(s->n - 1) / (double)s->n : (double)NAN;
}

static void ab_mean(const ab_work *w, int64_t v, double outside) {
  ab_figures *f = &w->figures[v];
  const mine__sample *s = &w->of.of[v], *c = &w->of.of[w->control];
  if (s->n == 0) return;
  const double mean = s->mean + w->of.shift, error = sqrt(ab_variance(s));
  const double far = s->n > 1 ? mine__t_quantile(outside, (double)(s->n - 1), MINE__UPPER) : 0;
  f->value = mine__samples_unit(&w->of, mean);
  f->total = f->value * (double)s->n;
  f->low = mine__samples_unit(&w->of, mean - far * error);
  f->high = mine__samples_unit(&w->of, mean + far * error);
  if (v == w->control || c->n == 0) return;
  const double a = ab_variance(s), b = ab_variance(c), apart = s->mean - c->mean;
  f->difference = mine__samples_unit(&w->of, apart);
  if (!(a + b > 0)) return;
  const double df = (a + b) * (a + b) / (a * a / (double)(s->n - 1) + b * b / (double)(c->n - 1));
  const double away = mine__t_quantile(outside, df, MINE__UPPER) * sqrt(a + b);
  f->p = mine__side_of_t(apart / sqrt(a + b), df, (mine__side)w->options->side);
  f->from = mine__samples_unit(&w->of, apart - away);
  f->to = mine__samples_unit(&w->of, apart + away);
}

/* Nothing varies, or a group is too small to have a spread. */
static void ab_tell_untested(const ab_work *w) {
  int64_t untested = 0;
  for (int64_t v = 0; v < w->variants; v++)
    untested += v != w->control && isnan(w->figures[v].p);
  if (untested > 0)
    mine__job_notef(w->job, "warning", w->outcome->name,
                    "no p_value for %lld of %lld variants beside the control: %s",
                    (long long)untested, (long long)w->variants - 1,
                    w->rate ? "a group has no row, or all rows have one outcome"
                            : "a group has fewer than two rows, or the number does not vary");
}

static void ab_judge(ab_work *w) {
  const size_t n = (size_t)w->variants;
  const double outside = (1 - w->options->level) / 2;
  const double z = mine__normal_quantile(outside, MINE__UPPER);
  double *p = mine__arena_array(w->job->arena, n, sizeof *p);
  mine_pair *order = mine__arena_array(w->job->arena, n, sizeof *order);
  mine_pair *temp = mine__arena_array(w->job->arena, n, sizeof *temp);
  if (mine_failed(w->job->env)) return;
  for (int64_t v = 0; v < w->variants; v++) {
    w->figures[v] = (ab_figures){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (w->rate)
      ab_rate(w, v, z);
    else
      ab_mean(w, v, outside);
    p[v] = w->figures[v].p;
  }
  ab_tell_untested(w);
  mine__benjamini_hochberg(p, w->variants, order, temp);
  const double base = w->figures[w->control].value;
  for (int64_t v = 0; v < w->variants; v++) {
    w->figures[v].q = p[v];
    if (base > 0) w->figures[v].lift = w->figures[v].difference / base;
  }
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void ab_put(const ab_work *w, int64_t v, mine_relation *out) {
  const ab_figures *f = &w->figures[v];
  mine_cell cell;
  mine__values_get(&w->variant->levels, v, &cell);
  mine__row_cell(out, &cell);
  mine__row_text(out, ab_measures[w->rate ? AB_RATE : AB_MEAN]);
  mine__row_int(out, w->rows[v]);
  mine__row_real(out, f->total);
  mine__row_real(out, f->value);
  mine__row_real(out, f->low);
  mine__row_real(out, f->high);
  mine__row_real(out, f->difference);
  mine__row_real(out, f->from);
  mine__row_real(out, f->to);
  mine__row_real(out, f->lift);
  mine__row_real(out, f->p);
  mine__row_real(out, f->q);
  mine__relation_end_row(out);
}

static mine_status ab_run(mine_job *job, mine_relation *out) {
  ab_work w = {.job = job, .options = mine__options_of(&job->options, ab_table)};
  MINE_TRY(mine__frame_finish(job->frame));
  w.id = mine__job_event(job, AB_ID);
  w.variant = mine__job_event(job, AB_VARIANT);
  w.outcome = mine__job_event(job, AB_OUTCOME);
  ab_control(&w);
  if (!mine_failed(job->env)) ab_outcome(&w);
  if (!mine_failed(job->env)) ab_count(&w);
  if (!mine_failed(job->env)) ab_check_shares(&w);
  if (!mine_failed(job->env)) ab_check_ids(&w);
  if (!mine_failed(job->env)) ab_judge(&w);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  ab_put(&w, w.control, out);
  for (int64_t v = 0; v < w.variants; v++)
    if (v != w.control) ab_put(&w, v, out);
  return mine_env_status(job->env);
}

static const mine_answer ab_answer[] = {
    {"variant", MINE_ANSWER_ANY, 1, "the control first"},
    {"measure", MINE_ANSWER_TEXT, 0, "rate or mean"},
    {"rows", MINE_ANSWER_INTEGER, 0, "with an outcome"},
    {"total", MINE_ANSWER_REAL, 0, "rows that count, or the sum of the number"},
    {"value", MINE_ANSWER_REAL, 0, "total / rows"},
    {"low", MINE_ANSWER_REAL, 0, "the interval that holds the true value in `level` of all tests"},
    {"high", MINE_ANSWER_REAL, 0, "its upper end"},
    {"difference", MINE_ANSWER_REAL, 0, "value less that of the control; NULL: it is the control"},
    {"difference_low", MINE_ANSWER_REAL, 0, "the interval of the difference"},
    {"difference_high", MINE_ANSWER_REAL, 0, "its upper end"},
    {"lift", MINE_ANSWER_REAL, 0, "difference / value of the control, where that is above 0"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such a difference, or a larger one, if there were none"},
    {"q_value", MINE_ANSWER_REAL, 0,
     "the same over all variants (Benjamini and Hochberg): the share of false ones among those "
     "listed down to here by p_value"},
    {0},
};

static const mine_option_set ab_sets[] = {
    {ab_table, sizeof(ab_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_ab_test = {
    .name = "mine_ab_test",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "An A/B test: what each variant brought, and how far it is from the control.",
    .notes =
        "A row for each customer: id, variant, outcome. An outcome of 0 and 1, or of two words, is "
        "a rate (intervals of Wilson and Newcombe), any other number a mean (Welch). "
        "`mine_warnings` says when the rows did not come in the shares that were meant, and when "
        "a customer stands in several rows. p_value is of one look at the end: whoever looks "
        "daily and stops when it is small finds differences where there are none; decide the rows "
        "before, with mine_sample_size.",
    .example =
        "SELECT variant, rows, round(value, 3) AS rate, round(difference, 3) AS difference,\n"
        "  round(p_value, 4) AS p\n"
        "FROM mine_ab_test(\n  " MINE_ROWS("i AS id, iif(i%2, ''old'', ''new'') AS page, "
                                           "i*7%31 + i%2*4 < 10 AS bought") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = ab_answer,
    .options = ab_sets,
    .wants = ab_reads,
    .run = ab_run,
};
