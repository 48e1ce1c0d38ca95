/*
** trees_formula.c -- trees as sums of leaves.  Many trees are several lets: no term is longer
** than a tree of them.
*/
#include "formula.h"

#include <math.h>

#define TREES_PART 64 /* trees of a let */

/* What trees first .. first + n - 1 add to a sum; NULL: nothing. */
static int trees_part_says(const mine_trees *trees, int first, int n, int output) {
  if (!trees->output) return 1;
  for (int t = first; t < first + n; t++)
    if (output >= trees->output[t] && output < trees->output[t] + trees->width) return 1;
  return 0;
}

static const mine_term *trees_sum(mine_formula *f, const mine_model *model, const int *map,
                                  int output) {
  const mine_trees *trees = model->body;
  const int mean = trees->combine == MINE_TREES_MEAN && trees->n_trees > 1;
  mine_terms parts = {0};
  for (int first = 0; first < trees->n_trees; first += TREES_PART) {
    const int left = trees->n_trees - first, n = left < TREES_PART ? left : TREES_PART;
    if (trees_part_says(trees, first, n, output))
      mine__terms_add(
          f, &parts,
          mine__term_let(f, mine__term_trees(f, trees, model->feature, map, first, n, output)));
  }
  const mine_term *sum = mine__terms_sum(f, &parts);
  if (mean) sum = mine__term_two(f, MINE_TERM_OVER, sum, mine__term_constant(f, trees->n_trees));
  if (trees->base && trees->base[output] != 0)
    sum = mine__term_two(f, MINE_TERM_SUM, mine__term_constant(f, trees->base[output]), sum);
  return mine__term_let(f, sum);
}

/* Whether the two shares of every leaf add up to 1, so that one of them is enough. */
static int trees_complement(const mine_trees *trees) {
  if (trees->outputs != 2 || trees->output || trees->base) return 0;
  for (int32_t i = 0; i < trees->n_values; i++)
    if (!(fabs(trees->values[2 * i] + trees->values[2 * i + 1] - 1) < 1e-12)) return 0;
  return 1;
}

void mine__trees_formula(mine_formula *f, const mine_model *model, const int *map,
                         mine_said *said) {
  const mine_trees *trees = model->body;
  const int classes = model->n_groups > 0, outputs = trees->outputs;
  const mine_term **sum = mine__formula_terms(f, outputs);
  const mine_term **out = mine__formula_terms(f, trees->link == MINE_TREES_LOGIT ? 2 : outputs);
  const int one = classes && trees->link == MINE_TREES_IDENTITY && trees_complement(trees);
  if (!sum || !out) return;
  for (int c = one; c < outputs; c++)
    sum[c] = trees_sum(f, model, map, c);
  if (one)
    sum[0] =
        mine__term_let(f, mine__term_two(f, MINE_TERM_MINUS, mine__term_constant(f, 1), sum[1]));
  for (int c = 0; c < outputs; c++)
    out[c] = trees->link == MINE_TREES_EXP ? mine__term_one(f, MINE_TERM_EXP, sum[c]) : sum[c];
  if (mine_failed(f->env)) return;
  if (trees->link == MINE_TREES_LOGIT) mine__formula_logit(f, sum[0], out);
  if (trees->link == MINE_TREES_SOFTMAX) mine__formula_softmax(f, outputs, sum, out);
  if (classes)
    said->share = out;
  else
    said->value = out;
}
