/*
** pmml_verification.c -- the ModelVerification of a document: rows of the proof with the answers
** that the model gave, for engines that check what they have read.
**
** Left out are rows without an answer, rows of which an engine refuses a value (missing or never
** seen, where the model takes neither), and rows of one cell, which PMML does not allow.
*/
#include <math.h>

#include "pmml.h"

/* The column of a table for the i-th of a kind: x an attribute, y the prediction, p the share of a
** class, d the distance. */
static const char *pverify_column_name(char name[MINE_SHOW_BYTES + 1], char kind, int i) {
  name[0] = kind;
  (void)mine__show_cell(name + 1, &(mine_cell){MINE_INT, 0, {.integer = i}});
  return name;
}

static void pverify_column(mine__pmml *p, const char *field, char kind, int i) {
  char column[MINE_SHOW_BYTES + 1];
  mine__xml_open(&p->x, "VerificationField");
  mine__xml_text(&p->x, "field", field);
  mine__xml_text(&p->x, "column", pverify_column_name(column, kind, i));
  mine__xml_real(&p->x, "precision", 1e-9);
  mine__xml_real(&p->x, "zeroThreshold", kind == 'p' ? 1e-6 : 1e-9);
  mine__xml_close(&p->x);
}

static void pverify_columns(mine__pmml *p, const mine_model *model) {
  mine__xml_open(&p->x, "VerificationFields");
  for (int f = 0; f < model->n_features; f++)
    pverify_column(p, model->feature[f].name, 'x', f);
  if (!p->target) {
    pverify_column(p, "cluster", 'y', 0);
    pverify_column(p, "distance", 'd', 0);
  } else {
    pverify_column(p, mine__pmml_name(p, "predicted", p->target), 'y', 0);
    for (int g = 0; g < (mine__model_has_classes(model) ? model->n_groups : 0); g++)
      pverify_column(p, mine__pmml_name(p, "probability", mine__pmml_class(p, model, g)), 'p', g);
  }
  mine__xml_close(&p->x);
}

static void pverify_value(mine__pmml *p, char kind, int i, const mine_cell *cell) {
  char column[MINE_SHOW_BYTES + 1];
  mine__xml_open(&p->x, pverify_column_name(column, kind, i));
  mine__xml_content_cell(&p->x, cell);
  mine__xml_close(&p->x);
}

static void pverify_real(mine__pmml *p, char kind, int i, double value) {
  const mine_cell cell = {MINE_REAL, 0, {.real = value}};
  pverify_value(p, kind, i, &cell);
}

/* Whether the row is one that verifies: see the top. */
static int pverify_verifies(const mine__pmml *p, const mine_model *model, int64_t row) {
  const mine_proof *proof = p->how->proof;
  const mine_answers *says = &proof->answers;
  int known = mine__model_has_classes(model) || !p->target; /* a row needs two cells */
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature_view *view = &proof->feature[f];
    if (model->gaps.missing && view->code && view->code[row] < 0) return 0;
    known |= view->number ? !isnan(view->number[row]) : view->code[row] != MINE_CODE_MISSING;
  }
  if (!known) return 0;
  if (says->group) return says->group[row] > 0;
  return says->value && !isnan(says->value[row * model->n_outputs]);
}

static void pverify_row(mine__pmml *p, const mine_model *model, int64_t row) {
  const mine_proof *proof = p->how->proof;
  const mine_answers *says = &proof->answers;
  mine_cell cell;
  mine__xml_open(&p->x, "row");
  for (int f = 0; f < model->n_features; f++) {
    char buffer[MINE_TIME_BYTES];
    mine__proof_cell(model, proof, row, f, buffer, &cell);
    if (cell.type == MINE_NULL) continue;
    if (proof->feature[f].number)
      pverify_real(p, 'x', f, proof->feature[f].number[row]);
    else
      pverify_value(p, 'x', f, &cell);
  }
  if (says->group) {
    mine__model_group(model, says->group[row], &cell);
    if (!p->target) cell = (mine_cell){MINE_INT, 0, {.integer = says->group[row]}};
    pverify_value(p, 'y', 0, &cell);
  } else {
    pverify_real(p, 'y', 0, says->value[row * model->n_outputs]);
  }
  for (int g = 0; says->share && p->target && g < model->n_groups; g++)
    pverify_real(p, 'p', g, says->share[row * model->n_groups + g]);
  if (!p->target && says->distance) pverify_real(p, 'd', 0, says->distance[row]);
  mine__xml_close(&p->x);
}

void mine__pmml_verification(mine__pmml *p, const mine_model *model) {
  const int64_t n = p->how->proof->n;
  int64_t rows = 0;
  for (int64_t i = 0; i < n; i++)
    rows += pverify_verifies(p, model, i);
  if (rows == 0) return;
  mine__xml_open(&p->x, "ModelVerification");
  mine__xml_int(&p->x, "recordCount", rows);
  pverify_columns(p, model);
  mine__xml_open(&p->x, "InlineTable");
  for (int64_t i = 0; i < n && !mine_failed(p->env); i++)
    if (pverify_verifies(p, model, i)) pverify_row(p, model, i);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}
