/*
** pmml_read_rows.c -- ModelVerification: rows with the answers that the tool gave which wrote the
** document.
**
** Looked at are inputs that are attributes, and of the answers the predicted value or class and
** probabilities of classes, by the fields of the model's Output; others are passed over.
*/
#include <math.h>
#include <string.h>

#include "pmml_read.h"

/* What a column is: of an attribute, a class, or the prediction. */
typedef struct prow_column {
  const char *name;
  int feature, group, predicted; /* -1, -1, 0: nothing that we know */
} prow_column;

typedef struct prow_work {
  mine_env *env;
  const mine_model *model;
  const mine__element *top;
  prow_column *column;
  int n;
  double precision;
} prow_work;

/* A value as the model's attribute, or class, has it: the one that is written so; else a text. */
static void prow_value(const mine_values *values, const char *text, mine_cell *out) {
  double v;
  const int number = mine__read_number(text, strlen(text), &v);
  for (int64_t i = 0; i < values->n; i++) {
    mine__values_get(values, i, out);
    const int same = out->type == MINE_TEXT
                         ? out->bytes == strlen(text) && memcmp(out->as.text, text, out->bytes) == 0
                         : number && mine__cell_number(out) == v;
    if (same) return;
  }
  *out = (mine_cell){MINE_TEXT, strlen(text), {.text = text}};
}

static int prow_group(const mine_model *model, const char *name) {
  mine_cell wanted, other;
  prow_value(&model->groups, name, &wanted);
  for (int g = 0; g < model->n_groups; g++) {
    mine__model_group(model, g + 1, &other);
    if (mine__cell_equal(&wanted, &other)) return g;
  }
  return -1;
}

static void prow_read_column(prow_work *w, const mine__element *field, prow_column *to) {
  const char *name = mine__xml_get(field, "field"), *column = mine__xml_get(field, "column");
  const mine__element *output = mine__xml_child(w->top, "Output");
  double precision;
  *to = (prow_column){column ? column : name ? name : "", -1, -1, 0};
  const char *colon = strrchr(to->name, ':');
  if (colon) to->name = colon + 1;
  if (!name) return;
  const char *said = mine__xml_get(field, "precision");
  if (said && mine__read_number(said, strlen(said), &precision) && precision > w->precision)
    w->precision = precision;
  for (int f = 0; f < w->model->n_features; f++)
    if (strcmp(w->model->feature[f].name, name) == 0) to->feature = f;
  if (w->model->roles.target && strcmp(name, w->model->roles.target) == 0) to->predicted = 1;
  for (const mine__element *o = output ? mine__xml_child(output, "OutputField") : NULL; o;
       o = mine__xml_next(o)) {
    if (!mine__pin_is(o, "name", name, "")) continue;
    const char *value = mine__xml_get(o, "value");
    if (mine__pin_is(o, "feature", "probability", "predictedValue") && value)
      to->group = prow_group(w->model, value);
    else if (mine__pin_is(o, "feature", "predictedValue", "predictedValue"))
      to->predicted = w->model->roles.target != NULL;
  }
}

static void prow_columns(prow_work *w, const mine__element *verification) {
  const mine__element *fields = mine__xml_child(verification, "VerificationFields");
  size_t n = 0;
  for (const mine__element *f = fields ? fields->first : NULL; f; f = f->next)
    n++;
  w->column = mine__arena_zeros(w->env->scratch, n, sizeof *w->column);
  for (const mine__element *f = fields ? fields->first : NULL; w->column && f; f = f->next)
    if (strcmp(f->name, "VerificationField") == 0) prow_read_column(w, f, &w->column[w->n++]);
}

static void prow_input(const prow_work *w, int f, const char *text, mine_cell *out) {
  const mine_feature *about = &w->model->feature[f];
  if (about->type == MINE_COLUMN_CATEGORY) {
    prow_value(&about->levels.values, text, out);
    return;
  }
  *out = (mine_cell){MINE_REAL, 0, {.real = 0}};
  if (!mine__read_number(text, strlen(text), &out->as.real)) *out = (mine_cell){MINE_NULL, 0, {0}};
}

static void prow_cell(const prow_work *w, const mine__element *e, mine__pin_row *row) {
  for (int c = 0; c < w->n; c++) {
    const prow_column *column = &w->column[c];
    if (strcmp(column->name, e->name) != 0) continue;
    if (column->feature >= 0) prow_input(w, column->feature, e->text, &row->cell[column->feature]);
    if (column->group >= 0 &&
        mine__read_number(e->text, strlen(e->text), &row->share[column->group]))
      row->shares++;
    if (column->predicted && w->model->n_groups > 0) {
      prow_value(&w->model->groups, e->text, &row->group);
      row->has_group = 1;
    } else if (column->predicted && mine__read_number(e->text, strlen(e->text), &row->value)) {
      row->has_value = 1;
    }
    return;
  }
}

void mine__pmml_rows(mine_env *env, const char *text, const mine_model *model,
                     mine__pin_answer *answer, void *context) {
  if (mine_failed(env)) return;
  const mine_mark mark = mine__arena_mark(env->scratch);
  prow_work w = {.env = env, .model = model, .precision = 1e-9};
  const mine__element *root = mine__xml_read(env, env->scratch, text), *verification = NULL;
  for (w.top = root ? root->first : NULL; w.top && !verification;)
    if (!(verification = mine__xml_child(w.top, "ModelVerification"))) w.top = w.top->next;
  const size_t n = (size_t)model->n_features, k = (size_t)model->n_groups;
  mine__pin_row row = {.cell = mine__arena_zeros(env->scratch, n, sizeof *row.cell),
                       .share = mine__arena_zeros(env->scratch, k, sizeof *row.share)};
  if (verification && !mine_failed(env)) prow_columns(&w, verification);
  const mine__element *table = verification ? mine__xml_child(verification, "InlineTable") : NULL;
  for (const mine__element *r = table ? mine__xml_child(table, "row") : NULL;
       r && !mine_failed(env); r = mine__xml_next(r)) {
    for (size_t f = 0; f < n; f++)
      row.cell[f] = (mine_cell){MINE_NULL, 0, {0}};
    row.shares = row.has_group = row.has_value = 0;
    for (const mine__element *e = r->first; e; e = e->next)
      prow_cell(&w, e, &row);
    answer(context, &row, w.precision);
    if (mine__poll(env)) break;
  }
  mine__arena_rewind(env->scratch, mark);
}
