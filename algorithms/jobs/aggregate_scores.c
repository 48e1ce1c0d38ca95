/*
** aggregate_scores.c -- mine_rmse, mine_log_loss, mine_auc: how good predictions in a column are.
**
** The figures of mine_evaluate (model/metrics.h), of whatever the table holds.  rmse and
** log loss are exact sums (core/exact.h): O(1) a row, no drift.  The auc of a group that
** is asked once is a sort.  In a window that moves, a tree of scores counts how many
** negatives lie below a positive that comes or goes, and how many positives above a
** negative: that is what the number of ordered pairs changes by, O(log n) a row.
**
** What is positive must be plain (jobs/classes.c): an aggregate has no options and no
** place for a warning, so classes such as 'a' and 'b' are refused.
*/
#include <math.h>

#include "../core/bits.h"
#include "../core/exact.h"
#include "../core/multiset.h"
#include "../model/metrics.h"
#include "aggregate.h"

/* ---- mine_rmse --------------------------------------------------------------------------- */

typedef struct rmse_state {
  int64_t infinite, undefined; /* errors */
  mine__exact squared;
} rmse_state;

static void rmse_count(mine_group *group, const mine__group_row *row, int sign) {
  rmse_state *s = group->state;
  const double actual = row->number[0], predicted = row->number[1];
  if (isinf(actual) || isinf(predicted)) {
    s->undefined += actual == predicted ? sign : 0; /* infinity from infinity */
    s->infinite += sign;
    return;
  }
  mine__exact_add_product(&s->squared, actual, actual, sign);
  mine__exact_add_product(&s->squared, predicted, predicted, sign);
  for (int twice = 0; twice < 2; twice++) /* twice the one factor might overflow */
    mine__exact_add_product(&s->squared, actual, predicted, -sign);
}

static void rmse_value(mine_group *group, int last, mine_cell *out) {
  rmse_state *s = group->state;
  int exponent;
  (void)last;
  if (s->undefined) return;
  const double sum = mine__exact_fraction(&s->squared, &exponent);
  mine__group_answer(
      out, s->infinite ? (double)INFINITY : mine__exact_root(sum / (double)group->rows, exponent));
}

const mine_verb mine__verb_rmse = {
    MINE_AGGREGATE("mine_rmse", MINE_ANSWER_REAL, "the error, in the unit of the numbers",
                   rmse_state, .count = rmse_count, .value = rmse_value),
    .what = "How far predicted numbers are off: the root of the mean squared error.",
    .notes = MINE_NOTE_PAIRS,
    .example = "SELECT mine_rmse(column1, column2) FROM (VALUES (1, 1.5), (2, 2), (3, 2));",
    .argument = {{MINE_ARG_NUMBER, "actual"}, {MINE_ARG_NUMBER, "predicted"}},
    .required = 2,
};

/* ---- classes -------------------------------------------------------------------------------- */

/* The classes met so far, at most two; they stay known when their rows are removed. */
typedef struct scores_classes {
  mine_values met;
  int positive[2];
} scores_classes;

static void scores_refuse(mine_group *group, const scores_classes *classes, const mine_cell *cell) {
  char shown[3][MINE_SHOW_BYTES];
  mine_cell other[2];
  const char *name = group->verb->argument[0].name;
  for (int64_t c = 0; c < classes->met.n; c++)
    mine__values_get(&classes->met, c, &other[c]);
  if (classes->met.n == 2) {
    (void)mine__fail(group->env, MINE_DATA,
                     "more than two classes: %s, %s, %s (argument 1); write a condition, as in "
                     "%s = %s",
                     mine__show_cell(shown[0], &other[0]), mine__show_cell(shown[1], &other[1]),
                     mine__show_cell(shown[2], cell), name, shown[2]);
  } else if (classes->met.n == 1) {
    (void)mine__fail(group->env, MINE_DATA,
                     "which of %s and %s is positive is not plain (argument 1); write a "
                     "condition, as in %s = %s",
                     mine__show_cell(shown[0], &other[0]), mine__show_cell(shown[1], cell), name,
                     shown[1]);
  } else {
    (void)mine__fail(group->env, MINE_DATA,
                     "whether %s is positive is not plain (argument 1); write a condition, as in "
                     "%s = %s",
                     cell->type == MINE_BLOB ? "a BLOB" : mine__show_cell(shown[0], cell), name,
                     cell->type == MINE_BLOB ? "1" : shown[0]);
  }
}

/* 1 when the row is of the positive class, 0 of the negative; -1: failure recorded. */
static int scores_class(mine_group *group, scores_classes *classes, const mine_cell *cell) {
  mine_cell other;
  for (int64_t c = 0; c < classes->met.n; c++) {
    mine__values_get(&classes->met, c, &other);
    if (mine__cell_equal(&other, cell)) return classes->positive[c];
  }
  if (classes->met.n == 0) mine__values_open(&classes->met, group->arena);
  const int positive = cell->type == MINE_BLOB ? -1 : mine__class_obvious(cell);
  if (positive < 0 || classes->met.n == 2 ||
      (classes->met.n == 1 && mine__classes_obvious(&other, cell) < 0)) {
    scores_refuse(group, classes, cell);
    return -1;
  }
  classes->positive[classes->met.n] = positive;
  return mine__values_push(&classes->met, cell) ? positive : -1;
}

#define SCORES_NOTE                                                                \
  MINE_NOTE_PAIRS                                                                  \
  " What is positive must be plain: 1 of 0 and 1, yes of no and yes, true, t, y, " \
  "on, 是; else write a condition: `actual = 'left'`."

/* ---- mine_log_loss ------------------------------------------------------------------- */

typedef struct log_loss_state {
  scores_classes classes;
  mine__exact sum;
} log_loss_state;

static void log_loss_count(mine_group *group, const mine__group_row *row, int sign) {
  log_loss_state *s = group->state;
  char shown[MINE_NUMBER_BYTES];
  const double p = row->number[1];
  if (!(p >= 0 && p <= 1)) {
    (void)mine__fail(group->env, MINE_DATA,
                     "the probability %s is not from 0 to 1 (argument 2); scores are for mine_auc",
                     mine__format_real(shown, p, 0));
    return;
  }
  const int positive = scores_class(group, &s->classes, &row->cell[0]);
  if (positive >= 0) mine__exact_add(&s->sum, mine__metrics_surprise(positive ? p : 1 - p), sign);
}

static void log_loss_value(mine_group *group, int last, mine_cell *out) {
  log_loss_state *s = group->state;
  (void)last;
  mine__group_answer(out, mine__exact_value(&s->sum) / (double)group->rows);
}

const mine_verb mine__verb_log_loss = {
    MINE_AGGREGATE("mine_log_loss", MINE_ANSWER_REAL,
                   "the mean of -ln p of the class that came true", log_loss_state,
                   .count = log_loss_count, .value = log_loss_value),
    .what = "How much probability was given to what came true: 0 is certainty, ln 2 a coin.",
    .notes = SCORES_NOTE " A probability counts as 2^-52 at least, on both sides.",
    .example = "SELECT mine_log_loss(column1, column2) FROM (VALUES (1, 0.8), (0, 0.3), (1, 0.6));",
    .argument = {{MINE_ARG_VALUE, "actual"}, {MINE_ARG_NUMBER, "probability"}},
    .required = 2,
};

/* ---- mine_auc ------------------------------------------------------------------------ */

typedef struct auc_state {
  scores_classes classes;
  double *score; /* until the window moves */
  int32_t *positive;
  size_t score_capacity, positive_capacity;
  int moving;
  mine__multiset ranks; /* from then on: class 1 are the positives */
  uint64_t pairs;       /* twice: a positive above a negative 2, beside one 1 */
} auc_state;

/* What a row among the others adds to the pairs. */
static uint64_t auc_pairs(const auc_state *s, uint64_t key, int positive) {
  int64_t below, equal;
  mine__multiset_rank(&s->ranks, key, !positive, &below, &equal);
  const int64_t above = mine__multiset_size(&s->ranks, !positive) - below - equal;
  return (uint64_t)(2 * (positive ? below : above) + equal);
}

static void auc_enter(auc_state *s, double score, int positive) {
  const uint64_t key = mine_key_of_real(score);
  s->pairs += auc_pairs(s, key, positive);
  mine__multiset_add(&s->ranks, key, positive);
}

static void auc_move(mine_group *group) {
  auc_state *s = group->state;
  if (s->moving) return;
  s->moving = 1;
  s->ranks.arena = group->arena;
  for (int64_t i = 0; i < group->rows && !mine_failed(group->env); i++) {
    if (MINE_POLL_AT(group->env, i)) return;
    auc_enter(s, s->score[i], s->positive[i]);
  }
}

static void auc_add(mine_group *group, const mine__group_row *row) {
  auc_state *s = group->state;
  const int positive = scores_class(group, &s->classes, &row->cell[0]);
  const size_t n = (size_t)group->rows;
  if (positive < 0) return;
  if (n == INT32_MAX) auc_move(group); /* more than a sort takes */
  if (s->moving) {
    auc_enter(s, row->number[1], positive);
  } else if (MINE_RESERVE(group->arena, s->score, s->score_capacity, n + 1) &&
             MINE_RESERVE(group->arena, s->positive, s->positive_capacity, n + 1)) {
    s->score[n] = row->number[1];
    s->positive[n] = positive;
  }
}

static void auc_remove(mine_group *group, const mine__group_row *row) {
  auc_state *s = group->state;
  auc_move(group);
  const int positive = scores_class(group, &s->classes, &row->cell[0]);
  if (positive < 0 || mine_failed(group->env)) return;
  const uint64_t key = mine_key_of_real(row->number[1]);
  if (mine__multiset_remove(&s->ranks, key, positive)) {
    s->pairs -= auc_pairs(s, key, positive);
  } else {
    mine__group_refuse_removal(group);
  }
}

static void auc_value(mine_group *group, int last, mine_cell *out) {
  auc_state *s = group->state;
  if (!last) auc_move(group);
  if (mine_failed(group->env)) return;
  if (!s->moving) {
    mine__group_answer(
        out, mine__metrics_auc(group->env->scratch, group->rows, s->positive, s->score, NULL));
    return;
  }
  const double negatives = (double)mine__multiset_size(&s->ranks, 0);
  const double positives = (double)mine__multiset_size(&s->ranks, 1);
  if (negatives > 0 && positives > 0)
    mine__group_answer(out, (double)s->pairs / 2 / (positives * negatives));
}

const mine_verb mine__verb_auc = {
    MINE_AGGREGATE("mine_auc", MINE_ANSWER_REAL,
                   "from 0 to 1; NULL where all rows are of one class", auc_state, .add = auc_add,
                   .remove = auc_remove, .value = auc_value),
    .what = "How well a score ranks: the chance that a positive row has more than a negative.",
    .notes = SCORES_NOTE " Equal scores count one half. NULL where all rows are of one class.",
    .example = "SELECT mine_auc(column1, column2) FROM (VALUES (1, 0.8), (0, 0.3), (1, 0.3));",
    .argument = {{MINE_ARG_VALUE, "actual"}, {MINE_ARG_NUMBER, "score"}},
    .required = 2,
};
