/*
** step.c -- a batch: forward, loss, backward, and a step of Adam.
**
** First tasks are rows: each takes some through all layers and back, and leaves what every
** layer gave and the derivative of the loss by what it summed up.  Then tasks are weights: some
** rows of a layer's matrix, or a table, whose gradient is a product over all rows of the batch
** (Rumelhart, Hinton & Williams 1986), and whose step is made at once.  No task adds to what
** another writes, so nothing is reduced and the bytes do not depend on who did which.
**
** Adam: Kingma & Ba (2015), "Adam: a method for stochastic optimization", ICLR; weight decay
** beside the gradient: Loshchilov & Hutter (2019), "Decoupled weight decay regularization".  Of
** a table of many levels only the rows that the batch met are moved.
*/
#include <string.h>

#include "../core/random.h"
#include "mlp.h"

#define STEP_ROWS   128                  /* of a task, in narrow networks           */
#define STEP_FEWEST 8                    /* in wide ones                            */
#define STEP_WORK   (1 << 22)            /* rows x weights of a task, beyond that    */
#define STEP_CELLS  (1 << 15)            /* of a matrix, in a task                  */
#define STEP_BEGIN  UINT64_C(0x4d4c5031) /* streams of chance                 */
#define STEP_DROP   UINT64_C(0x4d4c5032)
#define STEP_LAST   0.3 /* of the last layer's bound, to begin with */
#define STEP_SLOWER 0.9 /* Adam's means: as the kernel has them    */
#define STEP_SLOW   0.999

typedef struct mlp_piece {
  int table; /* of levels: its number; -1: of a layer */
  int layer;
  int64_t first, count; /* rows of its matrix                    */
} mlp_piece;

/* ---- rows ------------------------------------------------------------------------------- */

typedef struct step_rows {
  const uint32_t *at;
  int64_t first, n;
} step_rows;

static step_rows step_chunk(const mlp_run *run, int64_t task) {
  const int64_t first = mine__block_first(run->now.n, run->now.chunks, task);
  const int64_t end = mine__block_first(run->now.n, run->now.chunks, task + 1);
  return (step_rows){run->now.at + first, first, end - first};
}

/* Inputs; what few levels add goes to the first layer, whose constants are there. */
static void step_fill(const mlp_run *run, const step_rows *rows) {
  const mlp_inputs *in = run->in;
  const mine_network *m = run->m;
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t position = rows->at[i];
    const float *number = in->x + position * in->numbers;
    const int32_t *level = in->row + position * in->tables;
    double *x = run->now.x + (rows->first + i) * m->width[0];
    double *z = run->now.a[0] + (rows->first + i) * m->width[1];
    for (int64_t j = 0; j < in->numbers; j++)
      x[j] = (double)number[j];
    for (int t = 0; t < in->tables; t++) {
      const mine_network_column *column = &m->column[in->table[t]];
      const double *row = run->weight + column->table + level[t] * column->width;
      if (column->form == MINE_NETWORK_EMBEDDED_LEVELS) {
        memcpy(x + column->input, row, (size_t)column->width * sizeof *row);
      } else {
        run->kernels->add_row(z, row, column->width, 1);
      }
    }
  }
}

/* Units become 0 by chance, four of a number drawn; the others grow, so that the mean stays. */
static void step_drop(const mlp_run *run, int64_t task, int l, double *a, int64_t n) {
  const double p = run->options->dropout, grow = 1 / (1 - p);
  const uint64_t below = (uint64_t)(p * 65536);
  mine_random random;
  mine__random_open(
      &random, run->seed, STEP_DROP,
      mine_hash_mix((uint64_t)run->steps) ^ (uint64_t)(task * MINE_NETWORK_LAYERS + l));
  for (int64_t i = 0; i < n; i += 4) {
    uint64_t drawn = mine__random_next(&random);
    for (int64_t j = i; j < n && j < i + 4; j++, drawn >>= 16)
      a[j] = (drawn & 0xffff) < below ? 0 : a[j] * grow;
  }
}

static void step_forward(const mlp_run *run, const step_rows *rows, int64_t task) {
  const mine_network *m = run->m;
  for (int l = 0; l < m->n_layers; l++) {
    const int64_t in = m->width[l], out = m->width[l + 1];
    const double *from = l == 0 ? run->now.x : run->now.a[l - 1];
    double *to = run->now.a[l] + rows->first * out;
    for (int64_t i = 0; i < rows->n; i++)
      memcpy(to + i * out, run->weight + mine_network_constants(m, l), (size_t)out * sizeof *to);
    if (l == 0) step_fill(run, rows);
    if (in > 0)
      mine__gemm(run->la, 0, 0, rows->n, out, in, 1, from + rows->first * in,
                 run->weight + m->layer[l], 1, to);
    if (l + 1 == m->n_layers) return;
    mine__network_activate(run->m->activation, to, rows->n * out);
    if (run->now.what != MLP_LOSS && run->options->dropout > 0)
      step_drop(run, task, l, to, rows->n * out);
  }
}

/* ---- loss --------------------------------------------------------------------------------- */

/* log(1 + exp(m)) */
static double step_log1p_exp(double m) {
  return m > 0 ? m + log1p(exp(-m)) : log1p(exp(m));
}

/* The loss of a row; d: its derivative by the margins. */
static double step_loss(const mlp_run *run, int64_t position, const double *margin, double *d) {
  const mine_network *m = run->m;
  const int64_t k = m->width[m->n_layers];
  if (m->link == MINE_NETWORK_IDENTITY) {
    d[0] = margin[0] - run->in->y[position];
    return 0.5 * d[0] * d[0];
  }
  const int32_t label = run->in->label[position];
  if (m->link == MINE_NETWORK_LOGIT) {
    const double toward = label ? -margin[0] : margin[0], small = exp(-fabs(toward));
    const double p = (toward > 0 ? 1 : small) / (1 + small);
    d[0] = label ? -p : p;
    return step_log1p_exp(toward);
  }
  double most = -INFINITY, sum = 0;
  for (int64_t c = 0; c < k; c++)
    most = fmax(most, margin[c]);
  for (int64_t c = 0; c < k; c++)
    sum += d[c] = exp(margin[c] - most);
  for (int64_t c = 0; c < k; c++)
    d[c] = d[c] / sum - (c == label);
  return most + log(sum) - margin[label];
}

static double step_losses(const mlp_run *run, const step_rows *rows) {
  const mine_network *m = run->m;
  const int last = m->n_layers - 1;
  const int64_t k = m->width[m->n_layers];
  const double share = 1 / ((double)run->now.n * run->mean_weight);
  double sum = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    const double weight = mlp_weight(run->in, rows->at[i]);
    double *d = run->now.d[last] + (rows->first + i) * k;
    sum += weight * step_loss(run, rows->at[i], run->now.a[last] + (rows->first + i) * k, d);
    for (int64_t c = 0; c < k; c++)
      d[c] *= weight * share;
  }
  return sum;
}

/* ---- backward ------------------------------------------------------------------------------ */

/* Times the derivative of what the units gave; with dropout 0 says that it was dropped. */
static void step_turn(const mlp_run *run, const double *a, double *d, int64_t n) {
  const double p = run->now.what == MLP_LOSS ? 0 : run->options->dropout, keep = 1 - p;
  if (run->m->activation == MINE_NETWORK_RELU) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
      d[i] = a[i] > 0 ? d[i] / keep : 0;
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    const double t = a[i] * keep;
    d[i] = p > 0 && a[i] == 0 ? 0 : d[i] / keep * (1 - t * t);
  }
}

static void step_backward(const mlp_run *run, const step_rows *rows) {
  const mine_network *m = run->m;
  for (int l = m->n_layers - 1; l > 0; l--) {
    const int64_t in = m->width[l], out = m->width[l + 1];
    double *to = run->now.d[l - 1] + rows->first * in;
    mine__gemm(run->la, 0, 1, rows->n, in, out, 1, run->now.d[l] + rows->first * out,
               run->weight + m->layer[l], 0, to);
    step_turn(run, run->now.a[l - 1] + rows->first * in, to, rows->n * in);
  }
}

static void step_rows_task(void *context, int64_t task, int worker) {
  const mlp_run *run = context;
  const mine_network *m = run->m;
  const step_rows rows = step_chunk(run, task);
  const int64_t embedded = m->width[0] - m->numbers, units = m->width[1];
  (void)worker;
  step_forward(run, &rows, task);
  run->now.loss[task] = step_losses(run, &rows);
  if (run->now.what == MLP_LOSS) return;
  step_backward(run, &rows);
  if (embedded > 0)
    mine__gemm(run->la, 0, 1, rows.n, embedded, units, 1, run->now.d[0] + rows.first * units,
               run->weight + m->layer[0] + m->numbers * units, 0,
               run->now.dx + rows.first * embedded);
}

/* ---- weights ----------------------------------------------------------------------------- */

static void step_move(const mlp_run *run, int64_t first, int64_t n, double decay) {
  if (run->now.what != MLP_STEP) return;
  run->kernels->adam(run->weight + first, run->g + first, run->mean + first, run->square + first, n,
                     run->now.rate, decay);
}

static double step_decay(const mlp_run *run) {
  return run->options->learning_rate * run->options->weight_decay;
}

static void step_layer(const mlp_run *run, const mlp_piece *piece) {
  const mine_network *m = run->m;
  const int l = piece->layer;
  const int64_t in = m->width[l], out = m->width[l + 1];
  const double *from = l == 0 ? run->now.x : run->now.a[l - 1], *d = run->now.d[l];
  const int64_t first = m->layer[l] + piece->first * out, constants = mine_network_constants(m, l);
  const mine_linalg_steps steps = {in, out, out};
  if (piece->count > 0) {
    mine__gemm_of_parts(run->la, 1, 0, piece->count, out, run->now.n, 1, from + piece->first, d, 0,
                        run->g + first, steps);
    step_move(run, first, piece->count * out, step_decay(run));
  }
  if (piece->first > 0) return;
  memset(run->g + constants, 0, (size_t)out * sizeof *run->g);
  for (int64_t i = 0; i < run->now.n; i++)
    run->kernels->add_row(run->g + constants, d + i * out, out, 1);
  step_move(run, constants, out, 0);
}

/* A table of few levels: all of it. */
static void step_table(const mlp_run *run, int t) {
  const mlp_inputs *in = run->in;
  const mine_network_column *column = &run->m->column[in->table[t]];
  const int64_t width = column->width, cells = (column->levels + 1) * width;
  double *g = run->g + column->table;
  memset(g, 0, (size_t)cells * sizeof *g);
  for (int64_t i = 0; i < run->now.n; i++) {
    const int64_t row = in->row[run->now.at[i] * (int64_t)in->tables + t];
    run->kernels->add_row(g + row * width, run->now.d[0] + i * width, width, 1);
  }
  step_move(run, column->table, cells, step_decay(run));
}

/* One of many: the rows that were met. */
static void step_embedded(const mlp_run *run, int t) {
  const mlp_inputs *in = run->in;
  const mine_network *m = run->m;
  const mine_network_column *column = &m->column[in->table[t]];
  const int64_t width = column->width, step = m->width[0] - m->numbers;
  const double *dx = run->now.dx + column->input - m->numbers;
  int32_t *touched = run->now.touched + t * run->batch, *stamp = run->now.stamp[t];
  int64_t n = 0;
  for (int64_t i = 0; i < run->now.n; i++) {
    const int32_t row = in->row[run->now.at[i] * (int64_t)in->tables + t];
    double *g = run->g + column->table + row * width;
    if (stamp[row] != (int32_t)(run->steps & INT32_MAX)) {
      stamp[row] = (int32_t)(run->steps & INT32_MAX);
      touched[n++] = row;
      memset(g, 0, (size_t)width * sizeof *g);
    }
    run->kernels->add_row(g, dx + i * step, width, 1);
  }
  for (int64_t i = 0; i < n; i++)
    step_move(run, column->table + touched[i] * width, width, step_decay(run));
}

static void step_weights_task(void *context, int64_t task, int worker) {
  const mlp_run *run = context;
  const mlp_piece *piece = &run->now.piece[task];
  (void)worker;
  if (piece->table < 0) {
    step_layer(run, piece);
  } else if (run->m->column[run->in->table[piece->table]].form == MINE_NETWORK_LEVELS) {
    step_table(run, piece->table);
  } else {
    step_embedded(run, piece->table);
  }
}

/* ---- the batch --------------------------------------------------------------------------- */

static void step_begin(mlp_run *run, const uint32_t *at, int64_t n, int what) {
  run->now.at = at;
  run->now.n = n;
  run->now.what = what;
  run->now.chunks = MINE_BLOCKS(n, run->chunk);
}

double mine__mlp_batch(mlp_run *run, const uint32_t *at, int64_t n, int what) {
  double loss = 0;
  step_begin(run, at, n, what);
  if (what != MLP_LOSS) run->steps++;
  if (what == MLP_STEP) {
    run->beta[0] *= STEP_SLOWER;
    run->beta[1] *= STEP_SLOW;
    run->now.rate = run->options->learning_rate * sqrt(1 - run->beta[1]) / (1 - run->beta[0]);
  }
  if (mine__parallel(run->env, run->now.chunks, step_rows_task, run)) return 0;
  for (int64_t c = 0; c < run->now.chunks; c++)
    loss += run->now.loss[c];
  if (what != MLP_LOSS && mine__parallel(run->env, run->now.n_pieces, step_weights_task, run))
    return 0;
  return loss;
}

void mine__mlp_slope(mlp_run *run, const uint32_t *at, int64_t n, int k, double *to) {
  const mine_network *m = run->m;
  const int last = m->n_layers - 1;
  const int64_t margins = m->width[m->n_layers];
  const step_rows rows = {at, 0, n};
  if (mine__poll(run->env)) return;
  step_begin(run, at, n, MLP_LOSS);
  step_forward(run, &rows, 0);
  for (int64_t i = 0; i < n * margins; i++)
    run->now.d[last][i] = i % margins == k;
  step_backward(run, &rows);
  if (m->width[0] > 0)
    mine__gemm(run->la, 0, 1, n, m->width[0], m->width[1], 1, run->now.d[0],
               run->weight + m->layer[0], 0, to);
}

/* ---- to begin with ------------------------------------------------------------------------ */

static void step_draw(mine_random *random, double *w, int64_t n, double most) {
  for (int64_t i = 0; i < n; i++)
    w[i] = (2 * mine__random_real(random) - 1) * most;
}

/* Glorot & Bengio (2010), where a level counts as one input.  The bounds of He et al. (2015) for
** relu are about twice as wide, and at the same number of epochs lost more.  A last layer that
** begins at 0 is slow where the rule is curved, one at its bound learns noise: it begins in between
** (docs/design/performance.md).  Its constants are what is best where nothing is known. */
static void step_weights(const mlp_run *run) {
  const mine_network *m = run->m;
  mine_random random;
  mine__random_open(&random, run->seed, STEP_BEGIN, 0);
  memset(run->weight, 0, (size_t)m->size * sizeof *run->weight);
  int64_t few = 0;
  for (int t = 0; t < run->in->tables; t++)
    few += m->column[run->in->table[t]].form == MINE_NETWORK_LEVELS;
  for (int l = 0; l < m->n_layers; l++) {
    const double in = (double)(m->width[l] + (l == 0 ? few : 0)), out = (double)m->width[l + 1];
    const double most = sqrt(6 / (in + out)) * (l + 1 == m->n_layers ? STEP_LAST : 1);
    step_draw(&random, run->weight + m->layer[l], m->width[l] * m->width[l + 1], most);
    for (int t = 0; l == 0 && t < run->in->tables; t++) {
      const mine_network_column *column = &m->column[run->in->table[t]];
      const int is_few = column->form == MINE_NETWORK_LEVELS;
      step_draw(&random, run->weight + column->table, (column->levels + 1) * column->width,
                is_few ? most : sqrt(3 / (double)column->width));
    }
  }
  memcpy(run->weight + mine_network_constants(m, m->n_layers - 1), run->in->base,
         (size_t)m->width[m->n_layers] * sizeof *run->weight);
}

/* Pieces of the weights: tables, then the layers in slices. */
static void step_pieces(mlp_run *run, mine_arena *arena) {
  const mine_network *m = run->m;
  int64_t most = run->in->tables, slice[MINE_NETWORK_LAYERS];
  for (int l = 0; l < m->n_layers; l++) {
    slice[l] = STEP_CELLS / m->width[l + 1] > 0 ? STEP_CELLS / m->width[l + 1] : 1;
    most += MINE_BLOCKS(m->width[l], slice[l]) + 1;
  }
  run->now.piece = mine__arena_array(arena, (size_t)most, sizeof *run->now.piece);
  if (!run->now.piece) return;
  run->now.n_pieces = 0;
  for (int l = 0; l < m->n_layers; l++) {
    for (int64_t first = 0; first == 0 || first < m->width[l]; first += slice[l]) {
      const int64_t left = m->width[l] - first;
      run->now.piece[run->now.n_pieces++] =
          (mlp_piece){-1, l, first, left < slice[l] ? left : slice[l]};
    }
  }
  for (int t = 0; t < run->in->tables; t++)
    run->now.piece[run->now.n_pieces++] = (mlp_piece){.table = t};
}

void mine__mlp_open(mlp_run *run, mine_arena *arena) {
  const mine_network *m = run->m;
  const size_t size = (size_t)m->size, batch = (size_t)run->batch, tables = (size_t)run->in->tables;
  run->kernels = mine__kernels_here();
  run->beta[0] = run->beta[1] = 1;
  run->chunk = STEP_ROWS;
  while (run->chunk > STEP_FEWEST && run->chunk * (m->size - m->layer[0]) > STEP_WORK)
    run->chunk /= 2;
  run->weight = mine__arena_array(arena, size, sizeof *run->weight);
  run->g = mine__arena_zeros(arena, size, sizeof *run->g);
  run->mean = mine__arena_zeros(arena, size, sizeof *run->mean);
  run->square = mine__arena_zeros(arena, size, sizeof *run->square);
  run->now.x = mine__arena_zeros(arena, batch, (size_t)m->width[0] * sizeof *run->now.x);
  run->now.dx =
      mine__arena_array(arena, batch, (size_t)(m->width[0] - m->numbers) * sizeof *run->now.dx);
  run->now.loss =
      mine__arena_array(arena, (size_t)MINE_BLOCKS(run->batch, run->chunk), sizeof *run->now.loss);
  for (int l = 0; l < m->n_layers; l++) {
    const size_t row = (size_t)m->width[l + 1] * sizeof(double);
    run->now.a[l] = mine__arena_array(arena, batch, row);
    run->now.d[l] = mine__arena_array(arena, batch, row);
  }
  run->now.touched = mine__arena_array(arena, tables, batch * sizeof *run->now.touched);
  run->now.stamp = mine__arena_zeros(arena, tables, sizeof *run->now.stamp);
  for (size_t t = 0; t < tables && !mine_failed(run->env); t++) {
    const size_t rows = (size_t)m->column[run->in->table[t]].levels + 1;
    run->now.stamp[t] = mine__arena_zeros(arena, rows, sizeof **run->now.stamp);
  }
  step_pieces(run, arena);
  if (!mine_failed(run->env)) step_weights(run);
}
