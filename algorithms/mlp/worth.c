/*
** worth.c -- how much the margins vary by a column: of some rows the slope of each margin by the
** column's inputs, times how far these stand from their mean; the root of the mean square.  Of a
** network without hidden layers it is exact.
*/
#include <string.h>

#include "mlp.h"

#define WORTH_ROWS 1024

typedef struct worth_sample {
  const mlp_run *run;
  const uint32_t *at;
  int64_t n;
  const double *slope; /* n x inputs */
  double *squares;     /* per column */
} worth_sample;

static double worth_levels(const worth_sample *s, int64_t i, int t) {
  const mlp_run *run = s->run;
  const mine_network_column *column = &run->m->column[run->in->table[t]];
  const int64_t width = column->width;
  const double *row = run->weight + column->table, *mean = row + (column->levels + 1) * width;
  const double *slope = column->form == MINE_NETWORK_LEVELS
                            ? run->now.d[0] + i * width
                            : s->slope + i * run->m->width[0] + column->input;
  double sum = 0;
  row += run->in->row[s->at[i] * (int64_t)run->in->tables + t] * width;
  for (int64_t j = 0; j < width; j++)
    sum += slope[j] * (row[j] - mean[j]);
  return sum;
}

/* The rows' part in the squares of every column. */
static void worth_add(const worth_sample *s) {
  const mlp_run *run = s->run;
  const mine_network *m = run->m;
  for (int64_t i = 0; i < s->n; i++) {
    for (int f = 0; f < m->n_columns; f++) {
      const mine_network_column *column = &m->column[f];
      if (column->form > MINE_NETWORK_GAPS) continue;
      double sum = 0;
      for (int64_t j = column->input; j < column->input + column->inputs; j++)
        sum += s->slope[i * m->width[0] + j] * (double)run->in->x[s->at[i] * run->in->numbers + j];
      s->squares[f] += sum * sum;
    }
    for (int t = 0; t < run->in->tables; t++) {
      const double sum = worth_levels(s, i, t);
      s->squares[run->in->table[t]] += sum * sum;
    }
  }
}

void mine__mlp_worth(mlp_run *run, mine_arena *arena, double *worth) {
  const mine_network *m = run->m;
  const int64_t most = run->n < WORTH_ROWS ? run->n : WORTH_ROWS;
  const int margins = (int)m->width[m->n_layers];
  uint32_t *at = mine__arena_array(arena, (size_t)most, sizeof *at);
  double *slope = mine__arena_array(arena, (size_t)run->batch, (size_t)m->width[0] * sizeof *slope);
  double *squares = mine__arena_zeros(arena, (size_t)m->n_columns, sizeof *squares);
  if (mine_failed(run->env)) return;
  for (int64_t i = 0; i < most; i++)
    at[i] = run->row[mine__block_first(run->n, most, i)];
  const int64_t step = run->chunk < run->batch ? run->chunk : run->batch;
  for (int64_t first = 0; first < most; first += step) {
    const int64_t left = most - first, n = left < step ? left : step;
    for (int k = 0; k < margins; k++) {
      const worth_sample sample = {run, at + first, n, slope, squares};
      mine__mlp_slope(run, at + first, n, k, slope);
      if (mine_failed(run->env)) return;
      worth_add(&sample);
    }
  }
  for (int f = 0; f < m->n_columns; f++)
    worth[f] += sqrt(squares[f] / (double)(most * margins));
}
