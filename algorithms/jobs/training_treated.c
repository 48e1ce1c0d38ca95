/*
** training_treated.c -- who was treated, and whether chance decided it.
**
** A model of uplift compares the treated with the others, and what differs between them
** beside the treatment is taken for its effect.  So every attribute is compared: of numbers
** the standardised difference d = (m1 - m0) / sqrt((s1^2 + s0^2) / 2) and Welch's test, of
** categories the largest standardised difference of a level's share and Pearson's chi-squared.
** p-values are multiplied by the number of attributes (Bonferroni).  One that stays below 0.001
** is told with its figures; |d| above 0.1 is what practice calls out of balance (Austin,
** Statistics in Medicine 28, 2009).  O(rows x attributes).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../data/moments.h"
#include "../kernel/special.h"
#include "training.h"

#define TREATED_SURE 1e-3
#define TREATED_TOLD 3

mine_status mine__training_treated(mine_training *t) {
  mine_env *env = t->env;
  const mine_column *column = &t->frame->column[t->roles.treatment];
  const mine_cell *said = &t->asked.treatment.treated;
  char shown[MINE_SHOW_BYTES];
  mine_cell value[2];
  if (column->type != MINE_COLUMN_CATEGORY || column->levels.n < 2)
    return mine__fail(env, MINE_DATA,
                      "the treatment '%s' has %s in every row; uplift needs rows that were treated "
                      "and rows that were not",
                      column->name, column->type == MINE_COLUMN_EMPTY ? "nothing" : "one value");
  if (column->levels.n > 2)
    return mine__fail(env, MINE_DATA,
                      "the treatment '%s' has %lld values, not two; compare it with something, "
                      "such as channel = 'call' AS called",
                      column->name, (long long)column->levels.n);
  for (int i = 0; i < 2; i++)
    mine__values_get(&column->levels, i, &value[i]);
  const int which = said->type != MINE_NULL ? mine__class_find(&column->levels, said, 1)
                                            : mine__classes_obvious(&value[0], &value[1]);
  if (which < 0)
    return mine__fail(env, MINE_OPTION,
                      "which value of the treatment '%s' means treated?  Say treated=%s or the "
                      "other",
                      column->name, mine__show_cell(shown, &value[1]));
  uint8_t *treated = mine__arena_array(t->arena, (size_t)t->frame->rows, sizeof *treated);
  for (int64_t i = 0; treated && i < t->frame->rows; i++)
    treated[i] = column->code[i] == which;
  t->data.arms.treated = treated;
  t->data.arms.columns.treatment = column->name;
  t->data.arms.columns.target = t->frame->column[t->roles.target].name;
  t->data.arms.columns.treated = value[which];
  mine__training_notef(t, "treatment", column->name, "treated: %s",
                       mine__show_cell(shown, &value[which]));
  return mine_env_status(env);
}

/* ---- was it chance? ----------------------------------------------------------------------- */

typedef struct treated_balance {
  double difference, p;
} treated_balance;

static treated_balance treated_numbers(const mine_prepared *p, const double *number) {
  mine_moments arm[2];
  mine__moments_open(&arm[0], 1.0);
  mine__moments_open(&arm[1], 1.0);
  for (int64_t i = 0; i < p->n; i++) {
    const double v = number[p->row[i]];
    if (!isnan(v)) mine__moments_add(&arm[p->arms.treated[p->row[i]]], &v, 1);
  }
  if (arm[0].n < 2 || arm[1].n < 2) return (treated_balance){0, 1};
  const double gap = mine__moments_mean(&arm[1]) - mine__moments_mean(&arm[0]);
  const double s0 = mine__moments_deviation(&arm[0], 1), s1 = mine__moments_deviation(&arm[1], 1);
  const double e0 = s0 * s0 / (double)arm[0].n, e1 = s1 * s1 / (double)arm[1].n;
  if (!(e0 + e1 > 0)) return (treated_balance){gap != 0 ? INFINITY : 0, gap != 0 ? 0 : 1};
  const double df =
      (e0 + e1) * (e0 + e1) / (e0 * e0 / ((double)arm[0].n - 1) + e1 * e1 / ((double)arm[1].n - 1));
  return (treated_balance){gap / sqrt((s0 * s0 + s1 * s1) / 2),
                           2 * mine__t_tail(fabs(gap) / sqrt(e0 + e1), df, MINE__UPPER)};
}

static treated_balance treated_levels(mine_env *env, const mine_prepared *p, const int32_t *code,
                                      int64_t levels) {
  int64_t total[2] = {0, 0}, used = 0;
  double chi2 = 0, largest = 0;
  int64_t *count = mine__arena_zeros(env->scratch, (size_t)levels, 2 * sizeof *count);
  for (int64_t i = 0; count && i < p->n; i++) {
    const uint32_t row = p->row[i];
    if (code[row] < 0) continue;
    count[2 * code[row] + p->arms.treated[row]]++;
    total[p->arms.treated[row]]++;
  }
  if (!count || total[0] == 0 || total[1] == 0) return (treated_balance){0, 1};
  const double n0 = (double)total[0], n1 = (double)total[1];
  for (int64_t l = 0; l < levels; l++) {
    const double a = (double)count[2 * l], b = (double)count[2 * l + 1];
    if (a + b == 0) continue;
    const double e0 = (a + b) * n0 / (n0 + n1), e1 = (a + b) * n1 / (n0 + n1);
    const double q0 = a / n0, q1 = b / n1, spread = (q0 * (1 - q0) + q1 * (1 - q1)) / 2;
    chi2 += (a - e0) * (a - e0) / e0 + (b - e1) * (b - e1) / e1;
    const double apart = q1 == q0 ? 0 : (q1 - q0) / sqrt(spread); /* infinite: of one arm only */
    if (fabs(apart) > fabs(largest)) largest = apart;
    used++;
  }
  return (treated_balance){largest,
                           used > 1 ? mine__chi2_tail(chi2, (double)used - 1, MINE__UPPER) : 1};
}

static void treated_tell(mine_training *t, int told, int f, const treated_balance *is) {
  char d[MINE_NUMBER_BYTES], p[MINE_NUMBER_BYTES];
  mine__training_notef(t, told < TREATED_TOLD ? "warning" : "balance", t->data.about[f].name,
                       "differs between the treated and the others (standardised difference %s, p "
                       "%s): chance did not decide who was treated, and what this attribute does "
                       "may be taken for the effect",
                       mine__format_real(d, is->difference, 3), mine__format_real(p, is->p, 3));
}

mine_status mine__training_check_treated(mine_training *t) {
  mine_env *env = t->env;
  const mine_prepared *p = &t->data;
  double worst = 0;
  int told = 0;
  int64_t arm[2] = {0, 0};
  for (int64_t i = 0; i < p->n; i++)
    arm[p->arms.treated[p->row[i]]]++;
  if (arm[0] == 0 || arm[1] == 0)
    return mine__fail(env, MINE_DATA,
                      "of the %lld rows that can be used %s treated; uplift needs both, treated "
                      "and not",
                      (long long)p->n, arm[1] ? "all were" : "none was");
  for (int f = 0; f < p->n_features && !mine__poll(env); f++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    const mine_feature_view *view = &p->view[f];
    treated_balance is = view->number
                             ? treated_numbers(p, view->number)
                             : treated_levels(env, p, view->code, p->about[f].levels.values.n);
    mine__arena_rewind(env->scratch, mark);
    is.p = fmin(1, is.p * p->n_features);
    if (fabs(is.difference) > worst) worst = fabs(is.difference);
    if (is.p < TREATED_SURE) treated_tell(t, told++, f, &is);
  }
  char number[MINE_NUMBER_BYTES];
  mine__training_notef(t, "treatment", p->arms.columns.treatment,
                       "%lld rows treated, %lld not; largest standardised difference of an "
                       "attribute %s%s",
                       (long long)arm[1], (long long)arm[0], mine__format_real(number, worst, 3),
                       told ? "" : ": nothing says that it was not chance");
  return mine_env_status(env);
}
