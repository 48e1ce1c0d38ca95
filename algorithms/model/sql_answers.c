/*
** sql_answers.c -- what the last SELECT of write_sql.c says, and the rows that prove it.
*/
#include <math.h>
#include <string.h>

#include "sql.h"

/* ---- answers ------------------------------------------------------------------------------ */

static void sqlanswer_answer(const mine__sql *w, const mine_term *term) {
  if (w->gaps_tell) mine__text_addf(w->to, "CASE WHEN %sgap = 0 THEN ", w->mark);
  mine__sql_term(w, term);
  if (w->gaps_tell) mine__text_adds(w->to, " END");
}

/* Something of each group, of the one that is the answer. */
static void sqlanswer_of_group(const mine__sql *w, int shares) {
  mine__text_adds(w->to, "CASE ");
  if (w->gaps_tell) mine__text_addf(w->to, "WHEN %sgap = 1 THEN NULL", w->mark);
  if (!w->gaps_tell) mine__sql_term(w, w->said.group);
  for (int g = 0; g < w->model->n_groups; g++) {
    mine__text_adds(w->to, " WHEN ");
    if (w->gaps_tell) {
      mine__sql_term(w, w->said.group);
      mine__text_adds(w->to, " = ");
    }
    mine__text_addf(w->to, "%d THEN ", g + 1);
    if (shares) {
      mine__sql_term(w, w->said.share[g]);
    } else {
      mine_cell cell;
      mine__model_group(w->model, g + 1, &cell);
      mine__sql_cell(w, &cell);
    }
  }
  mine__text_adds(w->to, " END");
}

/* Whose share is told: that asked for, the positive class's; -1: that of the answer. */
static int sqlanswer_class(const mine__sql *w) {
  return w->how->class_ >= 0 ? w->how->class_ : w->model->positive;
}

static void sqlanswer_prediction(const mine__sql *w) {
  if (w->said.value)
    sqlanswer_answer(w, w->said.value[0]);
  else if (w->model->roles.target)
    sqlanswer_of_group(w, 0);
  else
    sqlanswer_answer(w, w->said.group);
}

/* Whether the model says several numbers and no prediction. */
static int sqlanswer_components(const mine__sql *w) {
  return (mine__model_gives(w->model) & MINE_GIVES_COMPONENTS) != 0;
}

/* How many numbers are checked. */
static int sqlanswer_numbers(const mine__sql *w) {
  if (sqlanswer_components(w)) return w->model->n_outputs;
  return w->said.share && w->said.distance ? 2 : 1;
}

/* The i-th number that is checked: a share, of clusters the distance behind it, a value, a
** distance; 0: the prediction is all. */
static int sqlanswer_number(const mine__sql *w, int i) {
  if (w->said.value)
    sqlanswer_answer(w, w->said.value[i]);
  else if (i > 0)
    sqlanswer_answer(w, w->said.distance);
  else if (w->said.share && sqlanswer_class(w) >= 0)
    sqlanswer_answer(w, w->said.share[sqlanswer_class(w)]);
  else if (w->said.share)
    sqlanswer_of_group(w, 1);
  else if (w->said.distance)
    sqlanswer_answer(w, w->said.distance);
  else
    return 0;
  return 1;
}

/* component_1, component_2, ...: a column each, where mine_project has a row each. */
static void sqlanswer_scores(const mine__sql *w) {
  for (int c = 0; c < w->model->n_outputs && !w->to->failed; c++) {
    mine__text_adds(w->to, c > 0 ? ",\n  " : "");
    sqlanswer_answer(w, w->said.value[c]);
    mine__text_addf(w->to, " AS component_%d", c + 1);
  }
}

/* The columns of mine_predict that the model has. */
void mine__sql_score(const mine__sql *w) {
  const int named = !w->model->roles.target && w->model->groups.n > 0;
  mine__text_addf(w->to, "SELECT %sid AS id,\n  ", w->mark);
  if (sqlanswer_components(w)) {
    sqlanswer_scores(w);
  } else {
    sqlanswer_prediction(w);
    mine__text_adds(w->to, " AS prediction");
  }
  if (named) {
    mine__text_adds(w->to, ",\n  ");
    sqlanswer_of_group(w, 0);
    mine__text_adds(w->to, " AS label");
  }
  if (w->said.share && sqlanswer_class(w) >= 0) {
    mine__text_adds(w->to, ",\n  ");
    sqlanswer_answer(w, w->said.share[sqlanswer_class(w)]);
    mine__text_adds(w->to, " AS probability");
  }
  if (w->said.share) {
    mine__text_adds(w->to, ",\n  ");
    sqlanswer_of_group(w, 1);
    mine__text_adds(w->to, " AS confidence");
  }
  if (w->said.distance) {
    mine__text_adds(w->to, ",\n  ");
    sqlanswer_answer(w, w->said.distance);
    mine__text_adds(w->to, " AS distance");
  }
  mine__text_adds(w->to, "\nFROM ");
  mine__sql_place(w, mine__sql_before(w, MINE__SQL_STAGES + w->stages));
  mine__text_addf(w->to, "\nWHERE %si IS NULL;\n", w->mark);
}

static void sqlanswer_differs(const mine__sql *w) {
  if (w->said.value) {
    mine__text_adds(w->to, "1 = 0");
    return;
  }
  const int mysql = mine__sql_is_mysql(w);
  mine__text_adds(w->to, mysql ? "NOT (" : "");
  sqlanswer_prediction(w);
  mine__text_addf(w->to, "%sp.%sprediction%s",
                  mysql                               ? " <=> "
                  : w->dialect == MINE_DIALECT_SQLITE ? " IS NOT "
                                                      : " IS DISTINCT FROM ",
                  w->mark, mysql ? ")" : "");
}

/* _number, and of further numbers _number2 ... */
static void sqlanswer_named(const mine__sql *w, int i) {
  mine__text_addf(w->to, "%snumber", w->mark);
  if (i > 0) mine__text_addf(w->to, "%d", i + 1);
}

/* Whether one of the n numbers from `low` on is another: a balanced OR. */
static void sqlanswer_off(const mine__sql *w, int low, int n) {
  if (n > 1) {
    mine__text_adds(w->to, "(");
    sqlanswer_off(w, low, n / 2);
    mine__text_adds(w->to, " OR ");
    sqlanswer_off(w, low + n / 2, n - n / 2);
    mine__text_adds(w->to, ")");
    return;
  }
  mine__text_adds(w->to, "NOT coalesce(abs(");
  if (!sqlanswer_number(w, low)) mine__text_adds(w->to, "0");
  mine__text_adds(w->to, " - p.");
  sqlanswer_named(w, low);
  mine__text_adds(w->to, ") <= 1e-9 * (1 + abs(p.");
  sqlanswer_named(w, low);
  mine__text_adds(w->to, ")), ");
  if (!sqlanswer_number(w, low)) mine__text_adds(w->to, "NULL");
  mine__text_adds(w->to, " IS NULL AND p.");
  sqlanswer_named(w, low);
  mine__text_adds(w->to, " IS NULL)");
}

/* The rows of the proof whose answer is not the expected one: none.  Of components the first one's
** numbers are shown. */
void mine__sql_check(const mine__sql *w) {
  mine__text_addf(w->to, "SELECT t.%si AS proof_row, ", w->mark);
  sqlanswer_prediction(w);
  mine__text_addf(w->to, " AS prediction, p.%sprediction AS expected, ", w->mark);
  if (!sqlanswer_number(w, 0)) mine__text_adds(w->to, "NULL");
  mine__text_addf(w->to, " AS number, p.%snumber AS expected_number FROM ", w->mark);
  mine__sql_place(w, mine__sql_before(w, MINE__SQL_STAGES + w->stages));
  mine__text_addf(w->to, " AS t JOIN %sproof AS p ON p.%si = t.%si WHERE ", w->mark, w->mark,
                  w->mark);
  sqlanswer_differs(w);
  mine__text_adds(w->to, " OR ");
  sqlanswer_off(w, 0, sqlanswer_numbers(w));
  mine__text_adds(w->to, ";\n");
}

/* ---- the proof ---------------------------------------------------------------------------- */

static void sqlanswer_expected(const mine__sql *w, int64_t row) {
  const mine_answers *answers = &w->how->proof->answers;
  const mine_model *model = w->model;
  const int32_t group = answers->group ? answers->group[row] : MINE_NO_GROUP;
  const int which = sqlanswer_class(w) >= 0 ? sqlanswer_class(w) : group - 1;
  double number = NAN;
  mine_cell cell = {MINE_NULL, 0, {0}};
  if (answers->value)
    number = answers->value[row * model->n_outputs];
  else if (answers->share)
    number = which >= 0 ? answers->share[row * model->n_groups + which] : (double)NAN;
  else if (w->said.distance)
    number = answers->distance[row];
  if (answers->value)
    mine__text_adds(w->to, ", NULL, ");
  else if (group >= 0) {
    if (model->roles.target)
      mine__model_group(model, group, &cell);
    else
      cell = (mine_cell){MINE_INT, 0, {.integer = group}};
    mine__text_adds(w->to, ", ");
    mine__sql_cell(w, &cell);
    mine__text_adds(w->to, ", ");
  } else {
    mine__text_adds(w->to, ", NULL, ");
  }
  mine__sql_real(w, isfinite(number) ? number : (double)NAN);
  for (int c = 1; c < sqlanswer_numbers(w); c++) {
    const double more =
        answers->value ? answers->value[row * model->n_outputs + c] : answers->distance[row];
    mine__text_adds(w->to, ", ");
    mine__sql_real(w, isfinite(more) ? more : (double)NAN);
  }
}

void mine__sql_proof(const mine__sql *w) {
  const mine_proof *proof = w->how->proof;
  mine__text_addf(w->to, "%sproof(%si", w->mark, w->mark);
  for (int f = 0; f < w->model->n_features; f++) {
    mine__text_adds(w->to, ", ");
    mine__sql_feature(w, f);
  }
  mine__text_addf(w->to, ", %sprediction", w->mark);
  for (int c = 0; c < sqlanswer_numbers(w); c++) {
    mine__text_adds(w->to, ", ");
    sqlanswer_named(w, c);
  }
  mine__text_adds(w->to, ") AS (\n  VALUES ");
  for (int64_t i = 0; i < proof->n && !w->to->failed; i++) {
    const char *row = w->dialect == MINE_DIALECT_MYSQL ? "ROW(" : "(";
    mine__text_addf(w->to, "%s%s%lld", i ? ",\n    " : "", row, (long long)i + 1);
    for (int f = 0; f < w->model->n_features; f++) {
      mine__text_adds(w->to, ", ");
      mine__sql_proved(w, i, f);
    }
    sqlanswer_expected(w, i);
    mine__text_adds(w->to, ")");
  }
  mine__text_adds(w->to, "\n),\n");
}
