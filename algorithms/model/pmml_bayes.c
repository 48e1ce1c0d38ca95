/*
** pmml_bayes.c -- naive Bayes as a NaiveBayesModel.
**
** PMML takes the share of a level among the rows of a class as its count over the sum of the
** counts of all levels, so the counts that are written have the smoothing added.  Levels that
** training never met are no values of the field: they are treated as missing, which is left out
** of the product, as here.  A density is that of the raised variance.
*/
#include "bayes.h"
#include "pmml.h"

static void pbayes_counts(mine__pmml *p, const mine_model *model, const double *count, int64_t step,
                          double added) {
  const mine_bayes *m = model->body;
  mine__xml_open(&p->x, "TargetValueCounts");
  for (int c = 0; c < m->n_classes; c++) {
    mine__xml_open(&p->x, "TargetValueCount");
    mine__xml_text(&p->x, "value", mine__pmml_class(p, model, c));
    mine__xml_real(&p->x, "count", count[c * step] + added);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

static void pbayes_levels(mine__pmml *p, const mine_model *model, int f) {
  const mine_bayes *m = model->body;
  const mine_bayes_column *column = &m->column[f];
  for (int64_t l = 0; l < column->levels; l++) {
    mine_cell cell;
    if (!mine__bayes_met(m, column, l)) continue;
    mine__values_get(&model->feature[f].levels.values, l, &cell);
    mine__xml_open(&p->x, "PairCounts");
    mine__xml_cell(&p->x, "value", &cell);
    pbayes_counts(p, model, column->count + l, column->levels, m->smoothing);
    mine__xml_close(&p->x);
  }
}

static void pbayes_numbers(mine__pmml *p, const mine_model *model, int f) {
  const mine_bayes *m = model->body;
  const mine_bayes_column *column = &m->column[f];
  mine__xml_open(&p->x, "TargetValueStats");
  for (int c = 0; c < m->n_classes; c++) {
    const double raised = column->variance[c] + m->added;
    mine__xml_open(&p->x, "TargetValueStat");
    mine__xml_text(&p->x, "value", mine__pmml_class(p, model, c));
    mine__xml_open(&p->x, "GaussianDistribution");
    mine__xml_real(&p->x, "mean", column->mean[c]);
    mine__xml_real(&p->x, "variance", raised > 0 ? raised : 1);
    mine__xml_close(&p->x);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

/* A category of which no level was met says nothing. */
static int pbayes_says(const mine_bayes *m, int f) {
  return m->column[f].levels == 0 || m->column[f].met > 0;
}

void mine__pmml_bayes(mine__pmml *p, const mine_model *model) {
  const mine_bayes *m = model->body;
  mine__pmml_open(p, "NaiveBayesModel", model);
  mine__xml_real(&p->x, "threshold", 0);
  mine__pmml_head(p, model);
  mine__xml_open(&p->x, "BayesInputs");
  for (int f = 0; f < m->n_columns && !mine_failed(p->env); f++) {
    if (!pbayes_says(m, f)) continue;
    mine__xml_open(&p->x, "BayesInput");
    mine__xml_text(&p->x, "fieldName", model->feature[f].name);
    if (m->column[f].levels)
      pbayes_levels(p, model, f);
    else
      pbayes_numbers(p, model, f);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
  mine__xml_open(&p->x, "BayesOutput");
  mine__xml_text(&p->x, "fieldName", p->target);
  pbayes_counts(p, model, m->prior, 1, 0);
  mine__xml_close(&p->x);
  mine__pmml_tail(p, model);
}
