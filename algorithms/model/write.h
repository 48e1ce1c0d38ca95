/*
** write.h -- the writers of models, for the rows of kinds (mine_kind.written).
*/
#ifndef MINE_MODEL_WRITE_H
#define MINE_MODEL_WRITE_H

#include "model.h"

/* Whose SQL. */
typedef enum mine_dialect {
  MINE_DIALECT_SQLITE,
  MINE_DIALECT_POSTGRESQL,
  MINE_DIALECT_MYSQL,
  MINE_DIALECT_MARIADB, /* as MySQL, but for what is told apart */
  MINE_DIALECT_DUCKDB
} mine_dialect;
extern const char *const mine__dialect_names[]; /* in that order; ends with NULL */

/* write_sql.c: one SELECT, of any kind that is a formula. */
void mine__write_sql(mine_env *env, const mine_model *model, const mine_writing *how,
                     mine_text *to);

/* write_c.c: one C file, likewise. */
void mine__write_c(mine_env *env, const mine_model *model, const mine_writing *how, mine_text *to);

/* write_text.c: drawings of at most 100 columns or so, of what the kinds' parts list. */
void mine__write_text_trees(mine_env *env, const mine_model *model, const mine_writing *how,
                            mine_text *to);
void mine__write_text_linear(mine_env *env, const mine_model *model, const mine_writing *how,
                             mine_text *to);
void mine__write_text_importance(mine_env *env, const mine_model *model, const mine_writing *how,
                                 mine_text *to);
void mine__write_text_clusters(mine_env *env, const mine_model *model, const mine_writing *how,
                               mine_text *to);
void mine__write_text_loadings(mine_env *env, const mine_model *model, const mine_writing *how,
                               mine_text *to);
void mine__write_text_members(mine_env *env, const mine_model *model, const mine_writing *how,
                              mine_text *to);
/* write_dot.c: trees as a graph, an edge for each test. */
void mine__write_dot(mine_env *env, const mine_model *model, const mine_writing *how,
                     mine_text *to);
/* What a list of a model says (its verb), or of trees those of the first n (mine_tree); columns as
** the verb has them.  NULL: failure recorded.  The caller frees it. */
mine_relation *mine__write_listed(mine_env *env, const mine_model *model, const char *verb);
mine_relation *mine__write_listed_trees(mine_env *env, const mine_model *model, int32_t n);
/* The columns of mine_tree that drawings read. */
enum {
  MINE_DRAW_TREE,
  MINE_DRAW_NODE,
  MINE_DRAW_PARENT,
  MINE_DRAW_TEST = 5,
  MINE_DRAW_ROWS,
  MINE_DRAW_PREDICTION,
  MINE_DRAW_PROBABILITY,
  MINE_DRAW_GAIN
};
/* "yes, 0.83, 41 rows" of a row of that list. */
void mine__write_node(const mine_relation *tree, int64_t row, mine_text *to);
#define MINE_DRAW_TREES 3 /* trees of many that are drawn */

#endif
