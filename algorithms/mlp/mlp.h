/*
** mlp.h -- neural networks: what inputs.c, step.c, train.c, worth.c and mlp.c share.
**
**   inputs.c  rows as a network takes them
**   step.c    a batch: loss, gradient, step
**   train.c   a network: batch after batch, epoch after epoch, until it has learned enough
**   worth.c   what each column is worth to it
**   mlp.c     options, the parts of the rows, the networks, the model
**
** Failures stay in the environment.
*/
#ifndef MINE_MLP_MLP_H
#define MINE_MLP_MLP_H

#include "../kernel/linalg.h"
#include "../kernel/simd.h"
#include "../model/network.h"

typedef struct mlp_options {
  mine_number_list hidden;
  int activation;
  int64_t epochs, batch_size;
  double learning_rate, weight_decay, dropout;
  int64_t early_stopping, networks;
} mlp_options;

/* ---- inputs.c --------------------------------------------------------------------------- */

/* The rows given, by their position: numbers as inputs, levels as rows of their tables, what is
** to be learned. */
typedef struct mlp_inputs {
  int64_t n, numbers;
  int tables;           /* columns of levels                                         */
  int *table;           /* which columns these are                                   */
  float *x;             /* n x numbers                                               */
  int32_t *row;         /* n x tables                                                */
  const int32_t *label; /* of classes                                               */
  double *y;            /* the number: (target - middle) / unit                      */
  const float *weight;  /* NULL: 1                                                   */
  double *base;         /* margins that are best where nothing is known              */
  double none;          /* the mean loss with them                                   */
  int64_t *missing;     /* per column                                                */
} mlp_inputs;

static inline double mlp_weight(const mlp_inputs *in, int64_t position) {
  return in->weight ? (double)in->weight[position] : 1;
}

/* Measure the columns, lay out m (its hidden layers are known) and gather the rows. */
void mine__mlp_inputs(mine_env *env, mine_arena *arena, const mine_dataset *data, mine_network *m,
                      mlp_inputs *out);
void mine__mlp_tell_missing(const mine_dataset *data, const mlp_inputs *in, mine_model *model);

/* ---- step.c ----------------------------------------------------------------------------- */

enum { MLP_LOSS, MLP_GRADIENT, MLP_STEP };

/* The batch under way (step.c), in room that stays. */
typedef struct mlp_now {
  const uint32_t *at; /* n positions, in `chunks` tasks                           */
  int64_t n, chunks;
  int what;
  double rate;
  double *x;                      /* batch x inputs                                */
  double *a[MINE_NETWORK_LAYERS]; /* what each layer gives; of the last, margins  */
  double *d[MINE_NETWORK_LAYERS]; /* derivative by what each layer sums up        */
  double *dx;                     /* ... by the inputs that stand for levels       */
  double *loss;                   /* per chunk                                     */
  struct mlp_piece *piece;        /* of the weights, each a task                   */
  int n_pieces;
  int32_t **stamp;  /* per table of many levels: last step of a row  */
  int32_t *touched; /* tables x batch                                */
} mlp_now;

/* One network while it learns. */
typedef struct mlp_run {
  mine_env *env;
  const mlp_inputs *in;
  const mine_network *m;
  const mlp_options *options;
  mine_linalg la;
  const mine__kernels *kernels;
  uint64_t seed;
  int64_t most_epochs, patience; /* patience 0: all epochs                        */
  const uint32_t *row, *held;    /* positions: learned from, watched              */
  int64_t n, n_held;
  double mean_weight;    /* of the rows learned from                      */
  double *weight, *g;    /* m->size                                       */
  double *mean, *square; /* Adam's                                        */
  double beta[2];        /* its powers                                    */
  int64_t steps;
  int64_t batch, chunk; /* rows of a batch at most; of a task            */
  mlp_now now;
  /* What came of it. */
  int64_t epochs, best_epoch;
  double first_loss, last_loss, held_loss;
} mlp_run;

/* Room for batches, and weights to begin with; all but the room is set by the caller.  In
** arena. */
void mine__mlp_open(mlp_run *run, mine_arena *arena);
/* The sum over the rows at[0..n-1], n <= batch, of the loss times the weight; its gradient by the
** weights in run->g; a step of Adam.  The loss of a row is
**
**   numbers  (m - y)^2 / 2     two classes  log(1 + exp(m)) - y m     more  log sum exp m - m_y
**
** and the gradient that of the mean over the batch.  n size multiplications, three times. */
double mine__mlp_batch(mlp_run *run, const uint32_t *at, int64_t n, int what);
/* The derivative of margin k by the inputs of the rows at[0..n-1], to[i x inputs]; what it is by
** the first layer is left in run->now.d[0]. */
void mine__mlp_slope(mlp_run *run, const uint32_t *at, int64_t n, int k, double *to);

/* ---- train.c, worth.c --------------------------------------------------------------------- */

/* Learn from run->row until the options, or the rows held, say stop; the weights with which
** these lost least are left in run->weight.  MINE_NUMERIC where the loss runs away. */
void mine__mlp_learn(mlp_run *run, mine_arena *arena);
/* Rows of tables that nothing was learned for: their mean. */
void mine__mlp_fill(mlp_run *run, mine_arena *arena);
/* worth[f] += how much the margins vary by column f. */
void mine__mlp_worth(mlp_run *run, mine_arena *arena, double *worth);

#endif
