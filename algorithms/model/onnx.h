/*
** onnx.h -- a model as ONNX, a graph of operators on tensors, for the runtimes that score it.
**
** Everything is in doubles, so that no threshold is rounded and no double changes its side: trees
** are a TreeEnsemble of ai.onnx.ml 5, which compares doubles.
**
**   inputs   each attribute by its name, rows x 1: numbers are doubles, NaN where they are missing
**            (dates: days since 1970-01-01); categories are strings, "" where they are missing
**   outputs  probabilities (rows x classes, in the classes' order) and label; value; of components
**            value as rows x components; or of clusters cluster and distance
**
** The file's metadata hold the rows that prove it, as JSON ("proof"), and the names of the classes.
**
** What is written is protobuf: tag, length, bytes.  A message is made in a text of its own before
** its length is known.  Names of tensors between inputs and outputs are "mine/1", "mine/2" ...
*/
#ifndef MINE_MODEL_ONNX_H
#define MINE_MODEL_ONNX_H

#include "model.h"
#include "proof.h"

typedef struct mine__onnx {
  mine_env *env;
  mine_arena *arena;
  mine_text graph; /* its nodes and tensors so far */
  int64_t names;
} mine__onnx;

/* A name of a tensor; "" after a failure. */
typedef const char *mine__tensor;

/* ---- onnx_proto.c: protobuf, nodes and constants ------------------------------------ */

void mine__proto_int(mine_text *to, int field, int64_t value);
void mine__proto_bytes(mine_text *to, int field, const void *bytes, size_t n);
void mine__proto_text(mine_text *to, int field, const char *text);
void mine__proto_add(mine_text *to, int field, const mine_text *message);

/* Attributes of a node, gathered before it. */
void mine__onnx_attributes(mine__onnx *o, mine_text *attributes); /* open */
void mine__onnx_int(mine_text *attributes, const char *name, int64_t value);
void mine__onnx_ints(mine_text *attributes, const char *name, const int64_t *v, int64_t n);
void mine__onnx_strings(mine_text *attributes, const char *name, const mine_values *v, int empty);
void mine__onnx_doubles(mine_text *attributes, const char *name, const double *v, int64_t n);
void mine__onnx_bytes(mine_text *attributes, const char *name, const uint8_t *v, int64_t n);

/* What the operator makes of its inputs (up to three, NULL: fewer). */
mine__tensor mine__onnx_op(mine__onnx *o, const char *op, mine__tensor a, mine__tensor b,
                           mine__tensor c);
mine__tensor mine__onnx_with(mine__onnx *o, const char *op, const mine_text *attributes,
                             mine__tensor a, mine__tensor b);
/* The same of a list: Concat along an axis. */
mine__tensor mine__onnx_concat(mine__onnx *o, const mine__tensor *list, int n, int axis);
/* Nodes of the domain ai.onnx.ml. */
mine__tensor mine__onnx_ml(mine__onnx *o, const char *op, const mine_text *attributes,
                           mine__tensor a);
/* The last node's result under a name that is an output's. */
void mine__onnx_call(mine__onnx *o, mine__tensor tensor, const char *name);

/* Constants: of rank 0 (n = -1) .. 2; m < 0: rank 1. */
mine__tensor mine__onnx_real(mine__onnx *o, double v);
mine__tensor mine__onnx_reals(mine__onnx *o, const double *v, int64_t n, int64_t m);
mine__tensor mine__onnx_whole(mine__onnx *o, int64_t v); /* rank 1 */
mine__tensor mine__onnx_texts(mine__onnx *o, const mine_values *v);

/* ---- onnx.c: what several kinds use ---------------------------------------------------- */

/* The attribute: rows x 1 doubles. */
mine__tensor mine__onnx_number(mine__onnx *o, const mine_model *model, int f);
/* Rows whole numbers: the code of a level; missing: their number, never seen: one more. */
mine__tensor mine__onnx_code(mine__onnx *o, const mine_model *model, int f);
/* Rows x width: row code of a table of levels + 2 rows. */
mine__tensor mine__onnx_look(mine__onnx *o, mine__tensor code, const double *table, int64_t rows,
                             int64_t width);
mine__tensor mine__onnx_cast(mine__onnx *o, mine__tensor a, int type); /* MINE_ONNX_ */
enum { MINE_ONNX_INT64 = 7, MINE_ONNX_STRING = 8, MINE_ONNX_DOUBLE = 11 };
/* rows x 1 -> rows; rows -> rows x 1 */
mine__tensor mine__onnx_flat(mine__onnx *o, mine__tensor a);
mine__tensor mine__onnx_column(mine__onnx *o, mine__tensor a);
/* Sums of the last axis but `axis`. */
mine__tensor mine__onnx_reduce(mine__onnx *o, const char *op, mine__tensor a, int axis, int keep);
/* The link of margins (rows x k) to shares; of one margin those of two classes. */
mine__tensor mine__onnx_shares(mine__onnx *o, mine__tensor margins, int one);

/* What a model says: shares (rows x groups) or a value (rows x 1; of components x k); of
** clusters cluster (rows) and distance (rows). */
typedef struct mine__onnx_said {
  mine__tensor share, value, cluster, distance;
} mine__onnx_said;
void mine__onnx_model(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
/* By kind. */
void mine__onnx_trees(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_linear(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_bayes(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_prototypes(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_mixture(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_medoids(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_network(mine__onnx *o, const mine_model *model, mine__onnx_said *out);
void mine__onnx_components(mine__onnx *o, const mine_model *model, mine__onnx_said *out);

#endif
