/*
** trees.c -- the kind, and room for a model of it.
*/
#include "trees_ask.h"

#include <string.h>

#include "formula.h"
#include "proof.h"
#include "write.h"

#define TREES_TAG 0x45455254u /* "TREE" */

mine_trees *mine__trees_new(mine_arena *arena, int32_t n_trees, int32_t n_nodes, int32_t n_values,
                            int32_t n_bits, int width) {
  mine_trees *trees = mine__arena_zeros(arena, 1, sizeof *trees);
  if (!trees) return NULL;
  const size_t n = (size_t)n_nodes;
  trees->n_trees = n_trees;
  trees->n_nodes = n_nodes;
  trees->n_values = n_values;
  trees->n_bits = n_bits;
  trees->width = trees->outputs = width;
  trees->first = mine__arena_zeros(arena, (size_t)n_trees + 1, sizeof *trees->first);
  trees->bits = mine__arena_zeros(arena, (size_t)n_bits, sizeof *trees->bits);
  trees->values = mine__arena_zeros(arena, (size_t)n_values, (size_t)width * sizeof(double));
  int32_t **whole[] = {&trees->feature,      &trees->left, &trees->right,
                       &trees->missing_left, &trees->set,  &trees->value};
  double **real[] = {&trees->threshold, &trees->weight, &trees->rows, &trees->impurity,
                     &trees->gain};
  int complete = trees->first && trees->bits && trees->values;
  for (size_t k = 0; k < sizeof whole / sizeof *whole; k++) {
    *whole[k] = mine__arena_zeros(arena, n, sizeof(int32_t));
    complete = complete && *whole[k];
  }
  for (size_t k = 0; k < sizeof real / sizeof *real; k++) {
    *real[k] = mine__arena_zeros(arena, n, sizeof(double));
    complete = complete && *real[k];
  }
  if (!complete) return NULL;
  if (n_trees == 1) trees->first[1] = n_nodes;
  return trees;
}

double mine__trees_threshold(double lower, double upper) {
  const double halfway = lower * 0.5 + upper * 0.5;
  char digits[MINE_NUMBER_BYTES];
  double tidy;
  mine__format_real(digits, halfway, 15);
  if (mine__read_number(digits, strlen(digits), &tidy) && tidy > lower && tidy <= upper)
    return tidy;
  return halfway > lower && halfway <= upper ? halfway : upper;
}

static void trees_cuts(const mine_model *model, mine_cuts *to) {
  const mine_trees *trees = model->body;
  for (int32_t i = 0; i < trees->n_nodes; i++)
    if (trees->feature[i] != MINE_TREES_LEAF && trees->set[i] < 0)
      mine__cuts_add(to, trees->feature[i], trees->threshold[i]);
}

const mine_kind mine__kind_trees = {
    .name = "trees",
    .tag = TREES_TAG,
    .version = MINE_TREES_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_LEAF,
    .given = mine__trees_given,
    .answer = mine__trees_answer,
    .explain = mine__trees_explain,
    .margin = mine__trees_margin,
    .save = mine__trees_save,
    .load = mine__trees_load,
    .parts = mine__trees_parts,
    .cuts = trees_cuts,
    .formula = mine__trees_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_trees, NULL},
            [MINE_FORMAT_DOT] = {mine__write_dot, NULL},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.write = mine__write_pmml},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
