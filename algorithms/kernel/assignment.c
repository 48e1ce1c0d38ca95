/*
** assignment.c -- one row after another is given a column, on the shortest path of exchanges.
**
** With prices u of rows and v of columns, cost(i,j) - u(i) - v(j) is never negative and 0 on pairs
** that are made.  A new row grows a tree of columns by rising distance until it meets a free one;
** the prices follow, and the pairs on the path change hands.
*/
#include "assignment.h"

#include <math.h>
#include <string.h>

typedef struct assign_work {
  const double *cost;
  int64_t rows, columns, stride_row, stride_column; /* rows <= columns */
  double *u, *v, *distance;                         /* distance: per column, of the tree */
  int64_t *row_of, *before; /* per column: its row, -1 none; the column before it on the path */
  uint8_t *in;              /* per column: in the tree */
} assign_work;

static double assign_cost(const assign_work *w, int64_t i, int64_t j) {
  return w->cost[i * w->stride_row + j * w->stride_column] - w->u[i] - w->v[j];
}

/* The nearest column outside the tree, after the row `from` has offered its pairs. */
static int64_t assign_grow(assign_work *w, int64_t from, int64_t column, double at) {
  int64_t nearest = -1;
  for (int64_t j = 0; j < w->columns; j++) {
    if (w->in[j]) continue;
    const double d = at + assign_cost(w, from, j);
    if (d < w->distance[j]) {
      w->distance[j] = d;
      w->before[j] = column;
    }
    if (nearest < 0 || w->distance[j] < w->distance[nearest]) nearest = j;
  }
  return nearest;
}

/* The prices stand still while the tree grows and move once, by how far a column was from its
** end: what a pair in the tree costs stays 0, for its row rises by what its column falls, and
** nothing outside becomes negative, for nothing outside is nearer than the end. */
static void assign_row(assign_work *w, int64_t row) {
  int64_t from = row, column = -1, end;
  double at = 0;
  for (int64_t j = 0; j < w->columns; j++) {
    w->distance[j] = INFINITY;
    w->in[j] = 0;
  }
  for (;;) {
    end = assign_grow(w, from, column, at);
    at = w->distance[end];
    if (w->row_of[end] < 0) break;
    w->in[end] = 1;
    from = w->row_of[end];
    column = end;
  }
  w->u[row] += at;
  for (int64_t j = 0; j < w->columns; j++) {
    if (!w->in[j]) continue;
    w->u[w->row_of[j]] += at - w->distance[j];
    w->v[j] -= at - w->distance[j];
  }
  /* Back along the path: a column takes the row of the one before it, the first the new row. */
  for (; w->before[end] >= 0; end = w->before[end])
    w->row_of[end] = w->row_of[w->before[end]];
  w->row_of[end] = row;
}

mine_status mine__assign(mine_env *env, const double *cost, int64_t rows, int64_t columns,
                         int32_t *of_row) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int turned = rows > columns; /* the shorter side is given out */
  assign_work w = {.cost = cost,
                   .rows = turned ? columns : rows,
                   .columns = turned ? rows : columns,
                   .stride_row = turned ? 1 : columns,
                   .stride_column = turned ? columns : 1};
  const size_t m = (size_t)w.columns;
  w.u = mine__arena_zeros(env->scratch, (size_t)w.rows, sizeof *w.u);
  w.v = mine__arena_zeros(env->scratch, m, sizeof *w.v);
  w.distance = mine__arena_array(env->scratch, m, sizeof *w.distance);
  w.row_of = mine__arena_array(env->scratch, m, sizeof *w.row_of);
  w.before = mine__arena_array(env->scratch, m, sizeof *w.before);
  w.in = mine__arena_array(env->scratch, m, sizeof *w.in);
  if (mine_failed(env)) return mine_env_status(env);
  for (size_t j = 0; j < m; j++)
    w.row_of[j] = -1;
  for (int64_t i = 0; i < w.rows && !mine__poll(env); i++)
    assign_row(&w, i);
  for (int64_t i = 0; i < rows; i++)
    of_row[i] = -1;
  for (size_t j = 0; j < m && !mine_failed(env); j++) {
    if (w.row_of[j] < 0) continue;
    if (turned)
      of_row[j] = (int32_t)w.row_of[j];
    else
      of_row[w.row_of[j]] = (int32_t)j;
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
