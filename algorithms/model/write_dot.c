/*
** write_dot.c -- trees in the language of Graphviz: dot -Tsvg model.dot.
*/
#include <string.h>

#include "trees.h"
#include "write.h"

#define DOT_TREES 20 /* of many */

/* In quotes; a line's end is \n. */
static void dot_quote(mine_text *to, const char *text, size_t bytes) {
  mine__text_adds(to, "\"");
  for (size_t i = 0; i < bytes; i++) {
    if (text[i] == '"' || text[i] == '\\') mine__text_adds(to, "\\");
    mine__text_add(to, (unsigned char)text[i] < ' ' ? " " : &text[i], 1);
  }
  mine__text_adds(to, "\"");
}

static long long dot_int(const mine_relation *list, int64_t row, int column) {
  mine_cell cell;
  mine_relation_cell(list, row, column, &cell);
  return cell.type == MINE_INT ? (long long)cell.as.integer : 0;
}

static void dot_node(mine_env *env, const mine_relation *list, int64_t row, mine_text *to) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const long long tree = dot_int(list, row, MINE_DRAW_TREE);
  const long long node = dot_int(list, row, MINE_DRAW_NODE);
  const long long parent = dot_int(list, row, MINE_DRAW_PARENT);
  mine_cell gain, test;
  mine_text label;
  mine__text_open(&label, env->scratch);
  mine__write_node(list, row, &label);
  mine_relation_cell(list, row, MINE_DRAW_GAIN, &gain);
  mine_relation_cell(list, row, MINE_DRAW_TEST, &test);
  mine__text_addf(to, "  t%lldn%lld [label=", tree, node);
  if (!label.failed) dot_quote(to, label.data, label.bytes);
  mine__text_adds(to, gain.type == MINE_NULL ? ", style=filled];\n" : "];\n");
  if (parent > 0) {
    mine__text_addf(to, "  t%lldn%lld -> t%lldn%lld [label=", tree, parent, tree, node);
    dot_quote(to, test.as.text, test.bytes);
    mine__text_adds(to, "];\n");
  }
  mine__text_rewind(to, env->scratch, mark);
}

void mine__write_dot(mine_env *env, const mine_model *model, const mine_writing *how,
                     mine_text *to) {
  const mine_trees *trees = model->body;
  const int32_t n = trees->n_trees < DOT_TREES ? trees->n_trees : DOT_TREES;
  mine_relation *list = mine__write_listed_trees(env, model, n);
  if (!list) return;
  mine__text_adds(to, "digraph ");
  dot_quote(to, how->as, strlen(how->as));
  mine__text_adds(to,
                  " {\n  node [shape=box, fontname=\"sans-serif\"];\n"
                  "  edge [fontname=\"sans-serif\"];\n");
  if (n < trees->n_trees) mine__text_addf(to, "  // the first %d of %d trees\n", n, trees->n_trees);
  for (int64_t row = 0; row < mine_relation_rows(list) && !to->failed; row++)
    dot_node(env, list, row, to);
  mine__text_adds(to, "}\n");
  mine_relation_free(list);
}
