/*
** network.h -- the model kind "network": dense layers, one network or the mean of several.
**
**   input     numbers   z = (x - mean) / deviation, bent to z / sqrt(1 + (z / bend)^2); of a
**                       column that had gaps in training a second input, 1 where it is missing
**             levels    a row of a table: of few levels it is added to the first layer (what
**                       an input of 0 or 1 for each level would add), of many it is a few
**                       inputs of its own
**   layer     a' = f(b + a W), f: relu or tanh; the last one has no f
**   answer    the mean of the networks' last layers, through a link: identity (middle + unit
**             x margin), logit (one margin: the log-odds of the second class), softmax
**
** Of a missing value there is nothing to say where training met none: a number stands at its
** mean, a level, as one that training never met, at the mean row of its table.
**
** All weights of a network stand in one array: the tables, column by column, then for each
** layer its matrix (inputs x units, by rows) and the units' constants.  A unit is summed in
** that order, whatever the batch: the same bits for any division of the rows.
*/
#ifndef MINE_MODEL_NETWORK_H
#define MINE_MODEL_NETWORK_H

#include <math.h>

#include "model.h"

#define MINE_NETWORK_LAYERS   8     /* at most, the last one included       */
#define MINE_NETWORK_WIDEST   65536 /* units of a layer                     */
#define MINE_NETWORK_EMBEDDED 64    /* inputs of a column of many levels    */
#define MINE_NETWORK_NETWORKS 1000
/* Sums stay numbers: eight layers of at most 1e9 inputs. */
#define MINE_NETWORK_FARTHEST 1e6  /* of an input, in deviations */
#define MINE_NETWORK_HEAVIEST 1e24 /* of a weight                */

typedef enum mine_network_link {
  MINE_NETWORK_IDENTITY,
  MINE_NETWORK_LOGIT,
  MINE_NETWORK_SOFTMAX,
  MINE_NETWORK_LINKS
} mine_network_link;

typedef enum mine_network_activation {
  MINE_NETWORK_RELU,
  MINE_NETWORK_TANH,
  MINE_NETWORK_ACTIVATIONS
} mine_network_activation;

typedef enum mine_network_form {
  MINE_NETWORK_NUMBER,
  MINE_NETWORK_GAPS,   /* a number that was missing in training, too     */
  MINE_NETWORK_LEVELS, /* its table is as wide as the first layer        */
  MINE_NETWORK_EMBEDDED_LEVELS,
  MINE_NETWORK_FORMS
} mine_network_form;

typedef struct mine_network_column {
  mine_network_form form;
  int64_t levels;         /* 0: a number                                                   */
  int64_t inputs, input;  /* how many, and the first                                       */
  int64_t width, table;   /* of the table's levels + 2 rows: where it begins in the weights;
                          ** behind the levels come missing and the mean                   */
  double mean, deviation; /* of a number                                                   */
  double weight;          /* how much the margins vary by it in training, for importance   */
} mine_network_column;

typedef struct mine_network {
  int n_columns, n_networks, n_layers;
  mine_network_link link;
  mine_network_activation activation;
  int64_t width[MINE_NETWORK_LAYERS + 1]; /* the inputs, then the units of each layer           */
  int64_t layer[MINE_NETWORK_LAYERS];     /* where its matrix begins; its constants follow      */
  int64_t numbers;                        /* inputs that are numbers: the first ones            */
  int64_t widest;                         /* of the layers                                      */
  int64_t size;                           /* weights of a network                               */
  double bend;                            /* 0: not bent                                        */
  double middle, unit;                    /* of the answer; 0 and 1 of classes                  */
  mine_network_column *column;
  double *weight; /* n_networks x size */
} mine_network;

extern const mine_kind mine__kind_network;
extern const mine_part mine__network_parts[]; /* network_describe.c */

/* From forms, levels and the units of the layers: where everything stands, and how much there
** is.  0: more than can be addressed. */
int mine__network_lay(mine_network *m);

/* What the units of a hidden layer make of their n sums. */
void mine__network_activate(mine_network_activation activation, double *z, int64_t n);

/* The constants of a layer. */
static inline int64_t mine_network_constants(const mine_network *m, int l) {
  return m->layer[l] + m->width[l] * m->width[l + 1];
}

/* The margins of rows before the link, n x as many as the last layer has units; of a number the
** number.  As the answer: on all threads, the same bits for any division. */
mine_status mine__network_margins(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  double *out) MINE_MUST_CHECK;
/* network_explain.c */
mine_status mine__network_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out);
mine_margin mine__network_margin(const mine_model *model);

/* A number as an input; x is not NAN. */
static inline double mine_network_number(const mine_network *m, const mine_network_column *column,
                                         double x) {
  const double far = MINE_NETWORK_FARTHEST;
  const double z = fmax(-far, fmin(far, (x - column->mean) / column->deviation));
  return m->bend > 0 ? z / sqrt(1 + z / m->bend * (z / m->bend)) : z;
}

/* The row of a table for a code in training: missing and unknown are a level like others. */
static inline int64_t mine_network_row(const mine_network_column *column, int32_t code) {
  return code >= 0 ? code : column->levels + (code == MINE_CODE_UNKNOWN);
}

#endif
