/*
** scoring_cells.c -- what a model answered, as cells: the columns of mine_predict and
** the shares of groups.
*/
#include <math.h>
#include <string.h>

#include "scoring.h"

static void scoring_null(mine_cell *out) {
  memset(out, 0, sizeof *out);
}

static void scoring_int(mine_cell *out, int64_t v) {
  *out = (mine_cell){MINE_INT, 0, {v}};
}

static void scoring_real(mine_cell *out, double v) {
  scoring_null(out);
  if (!isfinite(v)) return;
  out->type = MINE_REAL;
  out->as.real = v;
}

int mine__scoring_skipped(const mine_scoring *s, int64_t row) {
  return s->asked.missing == MINE_MISSING_SKIP && s->batch.missing_count[row] > 0;
}

/* The group of a row, MINE_NO_GROUP when it has no answer. */
static int32_t scoring_group(const mine_scoring *s, int64_t row) {
  return mine__scoring_skipped(s, row) ? MINE_NO_GROUP : s->batch.answers.group[row];
}

static double scoring_value(const mine_scoring *s, int64_t row) {
  if (mine__scoring_skipped(s, row)) return NAN;
  return s->batch.answers.value[row * s->model->n_outputs];
}

static void scoring_cell_id(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->held) {
    if (s->model->held.id.n > 0) mine__values_get(&s->model->held.id, row, out);
  } else if (s->plan.id >= 0) {
    mine__values_get(&s->frame->ids, row, out);
  } else {
    scoring_int(out, s->frame->cleared + row + 1);
  }
}

/* A class as it went in; a cluster by its number, whatever its name. */
static void scoring_cell_prediction(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (!s->batch.answers.group) {
    scoring_real(out, scoring_value(s, row));
    return;
  }
  const int32_t group = scoring_group(s, row);
  if (s->model->roles.target) {
    mine__model_group(s->model, group, out);
  } else if (group >= 0) {
    scoring_int(out, group);
  }
}

/* The prediction as text; of a cluster its name, if it has one.  The spelling of a
** number lives in the job until the next label is asked for. */
static void scoring_cell_label(const mine_scoring *s, int64_t row, mine_cell *out) {
  const int32_t group = s->batch.answers.group ? scoring_group(s, row) : MINE_NO_GROUP;
  if (group >= 1 && group <= s->label.n) mine__values_get(&s->label, group - 1, out);
  if (out->type != MINE_NULL) return;
  const double v = !s->batch.answers.group ? scoring_value(s, row)
                   : group >= 0            ? group
                                           : (double)NAN;
  if (!isfinite(v)) return;
  char *buffer = ((mine_scoring *)s)->batch.number;
  out->as.text = mine__format_real(buffer, v, 0);
  out->type = MINE_TEXT;
  out->bytes = strlen(buffer);
}

static void scoring_cell_probability(const mine_scoring *s, int64_t row, mine_cell *out) {
  scoring_real(out, mine_scoring_class_probability(s, row, s->asked.class_));
}

static void scoring_cell_confidence(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->batch.answers.share)
    scoring_real(out, mine_scoring_class_probability(s, row, scoring_group(s, row) - 1));
  else if (s->batch.answers.strength && !s->held && !mine__scoring_skipped(s, row))
    scoring_real(out, s->batch.answers.strength[row]);
}

static void scoring_cell_outlier(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->batch.answers.outlier && !s->held && !mine__scoring_skipped(s, row))
    scoring_real(out, s->batch.answers.outlier[row]);
}

static void scoring_cell_distance(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->batch.answers.distance && !s->held && !mine__scoring_skipped(s, row))
    scoring_real(out, s->batch.answers.distance[row]);
}

static void scoring_cell_missing(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->held) return;
  if (!s->batch.counted) mine__scoring_count_gaps((mine_scoring *)s);
  scoring_int(out, s->batch.missing_count[row]);
}

static void scoring_cell_unknown(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->held) return;
  if (!s->batch.counted) mine__scoring_count_gaps((mine_scoring *)s);
  scoring_int(out, s->batch.unknown_count[row]);
}

static void scoring_cell_low(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->batch.answers.lower && !mine__scoring_skipped(s, row))
    scoring_real(out, s->batch.answers.lower[row]);
}

static void scoring_cell_high(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->batch.answers.upper && !mine__scoring_skipped(s, row))
    scoring_real(out, s->batch.answers.upper[row]);
}

static void scoring_cell_leaf(const mine_scoring *s, int64_t row, mine_cell *out) {
  if (s->held) return;
  if (!s->batch.leaves_known && s->batch.leaf) mine__scoring_find_leaves((mine_scoring *)s);
  if (s->batch.leaf && !mine__scoring_skipped(s, row)) scoring_int(out, s->batch.leaf[row]);
}

static void scoring_cell_points(const mine_scoring *s, int64_t row, mine_cell *out) {
  const double *points = s->batch.answers.points;
  if (points && !mine__scoring_skipped(s, row)) scoring_real(out, points[row]);
}

const mine_answer mine__predict_answer[] = {
    {"id", MINE_ANSWER_ANY, 1, "of the row"},
    {"prediction", MINE_ANSWER_ANY, 1,
     "the class, the number or the cluster; a class comes back as it went in"},
    {"label", MINE_ANSWER_TEXT, 1,
     "the name of the cluster if it has one, else the prediction as text"},
    {"probability", MINE_ANSWER_REAL, 0,
     "of the positive class, or of the option class; NULL when there are more than two classes "
     "and no class"},
    {"confidence", MINE_ANSWER_REAL, 0,
     "probability of the predicted class; of hdbscan how surely the row is of its cluster"},
    {"distance", MINE_ANSWER_REAL, 0,
     "to the nearest centre (clusters); where clusters have none to the nearest row of one"},
    {"missing", MINE_ANSWER_INTEGER, 0, "how many features had no value"},
    {"unknown", MINE_ANSWER_INTEGER, 0, "how many features had a category that training never saw"},
    {"low", MINE_ANSWER_REAL, 0,
     "of a number: with `high` the range in which the target of a share `level` of such rows lies; "
     "NULL of classes and of models that keep no residuals"},
    {"high", MINE_ANSWER_REAL, 0, "likewise"},
    {"leaf", MINE_ANSWER_INTEGER, 0,
     "of a single tree: the node of mine_tree in which the row ends; else NULL"},
    {"points", MINE_ANSWER_REAL, 0,
     "of a scorecard (logistic with transform=woe): its points; else NULL"},
    {"outlier", MINE_ANSWER_REAL, 0,
     "of hdbscan, for rows of training: 0 as dense as its surroundings, towards 1 far out; else "
     "NULL"},
    {0},
};

/* In the order of these columns. */
static void (*const scoring_columns[])(const mine_scoring *, int64_t, mine_cell *) = {
    scoring_cell_id,          scoring_cell_prediction, scoring_cell_label,
    scoring_cell_probability, scoring_cell_confidence, scoring_cell_distance,
    scoring_cell_missing,     scoring_cell_unknown,    scoring_cell_low,
    scoring_cell_high,        scoring_cell_leaf,       scoring_cell_points,
    scoring_cell_outlier};
_Static_assert(sizeof scoring_columns / sizeof scoring_columns[0] + 1 ==
                   sizeof mine__predict_answer / sizeof mine__predict_answer[0],
               "a function for each column");

void mine__scoring_cell(const mine_scoring *s, int64_t row, int column, mine_cell *out) {
  scoring_null(out);
  if (row >= 0 && row < s->batch.n) scoring_columns[column](s, row, out);
}

void mine_scoring_prediction(const mine_scoring *s, mine_cell *out) {
  scoring_null(out);
  if (s->batch.n > 0) scoring_cell_prediction(s, 0, out);
}

int mine_scoring_classes(const mine_scoring *s) {
  return s->gives & MINE_GIVES_SHARE ? s->model->n_groups : 0;
}

void mine_scoring_class(const mine_scoring *s, int which, mine_cell *out) {
  scoring_null(out);
  if (which >= 0 && which < s->model->n_groups) mine__model_group(s->model, which + 1, out);
}

double mine_scoring_class_probability(const mine_scoring *s, int64_t row, int which) {
  const int k = s->model->n_groups;
  if (!s->batch.answers.share || row < 0 || row >= s->batch.n || which < 0 || which >= k ||
      mine__scoring_skipped(s, row))
    return NAN;
  return s->batch.answers.share[row * k + which];
}

/* By name, or a cluster by its number, which an option may have as a text. */
int mine_scoring_find_class(const mine_scoring *s, const mine_cell *value) {
  const int named = s->model->groups.n > 0 ? mine__class_find(&s->model->groups, value, 1) : -1;
  if (named >= 0 || s->model->roles.target) return named;
  double number = value->type == MINE_INT ? (double)value->as.integer : 0;
  if (value->type == MINE_TEXT && !mine__read_decimal(value->as.text, value->bytes, &number))
    return -1;
  return number >= 1 && number <= s->model->n_groups && number == floor(number) ? (int)number - 1
                                                                                : -1;
}
