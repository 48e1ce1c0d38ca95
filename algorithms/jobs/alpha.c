/*
** alpha.c -- mine_alpha: whether the items of a scale measure one thing (Cronbach 1951,
** "Coefficient alpha and the internal structure of tests", Psychometrika 16).
**
** Of k items in the rows in which all of them are there,
**
**   alpha = k / (k - 1) (1 - sum of the items' variances / variance of their sum);
**
** and once more without each item, whose correlation with the sum of the others says whether it
** runs with them.  From sums around the means; the sum of the others is added up from both sides,
** since the whole less an item that is a million times as large would be noise.  O(rows x items).
*/
#include <math.h>
#include <string.h>

#include "verb.h"

typedef struct alpha_item {
  const mine_column *column;
  double mean, squares;    /* d'd: of its deviations           */
  double others, together; /* r'r, d'r: r the sum of the others */
  double now;              /* its deviation in the row at hand */
} alpha_item;

typedef struct alpha_scale {
  mine_job *job;
  alpha_item *item;
  int64_t k, rows; /* items, complete rows */
  int power;       /* values are taken times 2^power: alpha does not see it, and squares neither
                   ** overflow nor vanish */
  double squares;  /* t't: of the sum of all */
} alpha_scale;

static int alpha_complete(const alpha_scale *s, int64_t i) {
  for (int64_t j = 0; j < s->k; j++)
    if (isnan(s->item[j].column->number[i])) return 0;
  return 1;
}

static double alpha_value(const alpha_scale *s, int64_t j, int64_t i) {
  return ldexp(s->item[j].column->number[i], s->power);
}

/* The numbers among the attributes; others are told. */
static void alpha_items(alpha_scale *s) {
  const mine_chosen *chosen = &s->job->attributes.chosen;
  s->item = mine__arena_zeros(s->job->arena, (size_t)chosen->n, sizeof *s->item);
  double largest = 0;
  for (int c = 0; s->item && c < chosen->n; c++) {
    const mine_column *column = &s->job->frame->column[chosen->column[c]];
    if (!column->number || column->time) {
      mine__job_note(s->job, "dropped", column->name,
                     column->time ? "dates: items of a scale are numbers"
                                  : "a category: items of a scale are numbers");
      continue;
    }
    if (s->job->frame->rows > 1 && column->least >= column->most) {
      mine__job_note(s->job, "dropped", column->name, "does not vary where it is known");
      continue;
    }
    s->item[s->k++].column = column;
    largest = fmax(largest, fmax(fabs(column->least), fabs(column->most)));
  }
  s->power = largest > 0 ? -ilogb(largest) : 0;
  if (s->power > 1000) s->power = 1000;
  if (s->item && s->k < 2)
    (void)mine__fail(s->job->env, MINE_DATA,
                     "a scale takes two items at least, columns of numbers that vary; found %lld",
                     (long long)s->k);
}

static void alpha_means(alpha_scale *s) {
  const int64_t n = s->job->frame->rows;
  for (int64_t i = 0; i < n; i++) {
    if (MINE_POLL_AT(s->job->env, i)) return;
    if (!alpha_complete(s, i)) continue;
    s->rows++;
    for (int64_t j = 0; j < s->k; j++)
      s->item[j].mean += alpha_value(s, j, i);
  }
  for (int64_t j = 0; j < s->k; j++)
    s->item[j].mean /= (double)(s->rows > 0 ? s->rows : 1);
}

/* A complete row; after[j]: the sum of the deviations behind item j. */
static void alpha_add(alpha_scale *s, int64_t i, double *after) {
  double before = 0;
  for (int64_t j = s->k - 1; j >= 0; j--) {
    s->item[j].now = alpha_value(s, j, i) - s->item[j].mean;
    after[j] = j + 1 < s->k ? after[j + 1] + s->item[j + 1].now : 0;
  }
  for (int64_t j = 0; j < s->k; j++) {
    alpha_item *item = &s->item[j];
    const double others = before + after[j];
    item->squares += item->now * item->now;
    item->others += others * others;
    item->together += item->now * others;
    before += item->now;
  }
  s->squares += before * before;
}

/* Two passes: the means, then sums around them. */
static void alpha_gather(alpha_scale *s) {
  double *after = mine__arena_array(s->job->arena, (size_t)s->k, sizeof *after);
  if (after) alpha_means(s);
  for (int64_t i = 0; after && i < s->job->frame->rows; i++) {
    if (MINE_POLL_AT(s->job->env, i)) return;
    if (alpha_complete(s, i)) alpha_add(s, i, after);
  }
}

/* Of all items but `without` (-1: of all); NAN where it is not defined. */
static double alpha_of(const alpha_scale *s, int64_t without) {
  const int64_t k = s->k - (without >= 0);
  const double whole = without < 0 ? s->squares : s->item[without].others;
  double of_items = 0;
  for (int64_t j = 0; j < s->k; j++)
    if (j != without) of_items += s->item[j].squares;
  if (k < 2 || s->rows < 2 || !(whole > 0)) return NAN;
  return (double)k / (double)(k - 1) * (1 - of_items / whole);
}

/* Of the item and the sum of the others. */
static double alpha_correlation(const alpha_scale *s, const alpha_item *item) {
  const double both = sqrt(item->squares) * sqrt(item->others);
  return both > 0 && s->rows > 1 ? item->together / both : (double)NAN;
}

static void alpha_put(const alpha_scale *s, const char *name, int64_t k, double alpha,
                      double correlation, mine_relation *out) {
  mine__row_text(out, name);
  mine__row_real(out, alpha);
  mine__row_int(out, k);
  mine__row_int(out, s->rows);
  mine__row_real(out, correlation);
  mine__relation_end_row(out);
}

/* Of the items that run against the others the one that does most: turned, it may be the only
** one. */
static void alpha_tell(const alpha_scale *s) {
  const int64_t gaps = s->job->frame->rows - s->rows;
  double least = 0;
  int64_t which = -1;
  if (gaps > 0)
    mine__job_notef(s->job, "warning", "missing",
                    "%lld of %lld rows are left out: an item is missing", (long long)gaps,
                    (long long)s->job->frame->rows);
  for (int64_t j = 0; j < s->k; j++) {
    const double r = alpha_correlation(s, &s->item[j]);
    if (!(r < least)) continue;
    least = r;
    which = j;
  }
  if (which >= 0) {
    char number[MINE_NUMBER_BYTES];
    mine__job_notef(s->job, "warning", s->item[which].column->name,
                    "runs against the other items (correlation %s): one that was asked the other "
                    "way round is to be turned, on a scale of 1 to 5 as 6 - answer",
                    mine__format_real(number, least, 3));
  }
}

static mine_status alpha_run(mine_job *job, mine_relation *out) {
  alpha_scale s = {.job = job};
  MINE_TRY(mine__job_attributes_finish(job));
  alpha_items(&s);
  if (!mine_failed(job->env)) alpha_gather(&s);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  alpha_tell(&s);
  alpha_put(&s, NULL, s.k, alpha_of(&s, -1), NAN, out);
  for (int64_t j = 0; j < s.k && !mine__poll(job->env); j++)
    alpha_put(&s, s.item[j].column->name, s.k - 1, alpha_of(&s, j),
              alpha_correlation(&s, &s.item[j]), out);
  return mine_env_status(job->env);
}

static const mine_answer alpha_answer[] = {
    {"item", MINE_ANSWER_TEXT, 1, "NULL: the scale of all items; else the item that is left out"},
    {"alpha", MINE_ANSWER_REAL, 0, "Cronbach's, of the items that are left; NULL of one item"},
    {"items", MINE_ANSWER_INTEGER, 0, "how many these are"},
    {"rows", MINE_ANSWER_INTEGER, 0, "in which no item is missing"},
    {"correlation", MINE_ANSWER_REAL, 0, "of the item that is left out with the sum of the others"},
    {0},
};

static const mine_option_set alpha_sets[] = {MINE_SET_SOURCE, MINE_SET_RUN, MINE_SET_END};

const mine_verb mine__verb_alpha = {
    .name = "mine_alpha",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Whether the items of a survey's scale measure one thing: Cronbach's alpha, of all items "
        "and without each.",
    .notes =
        "From 0.7 on a scale is held to be usable; an item without which alpha is larger does not "
        "belong to it, or was asked the other way round, which mine_warnings tells. Rows with a "
        "gap "
        "are left out; texts and constant items, too. Alpha grows with the number of items: it "
        "does "
        "not show that there is one factor (algorithm `factor`).",
    .example =
        "SELECT item, round(alpha, 3) AS alpha, items FROM mine_alpha(\n"
        "  " MINE_ROWS("i AS id, i*7%31/6 AS price, (i*7%31 + i%9)/7 AS cost, (i*7%31 + i%5)/6 AS "
                       "offers") ");",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = alpha_answer,
    .options = alpha_sets,
    .reads = "an id, then attributes",
    .run = alpha_run,
};
