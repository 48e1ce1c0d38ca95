/*
** partition.c -- the best division of a row of cells (partition.h).
**
**   best(1, 0, j)  worth of the cells 0 .. j-1
**   best(k, i, j)  worth of the cells i .. j-1 as the last stretch, and the largest of
**                  best(k-1, h, i) over the h that may come before them
*/
#include "partition.h"

#include <math.h>

double mine__partition_woe(const mine_partition *partition, double in, double out, double *iv) {
  const double a = fmax(in, partition->smooth) / partition->all_in;
  const double b = fmax(out, partition->smooth) / partition->all_out;
  const double woe = log(a / b);
  if (iv) *iv = (a - b) * woe;
  return woe;
}

/* iv of each stretch, minus infinity where it weighs too little. */
static void partition_weigh(const mine_partition *p, mine_partition_room *room) {
  const double least = p->least * (1 - 1e-12); /* sums of weights are not exact */
  room->in[0] = room->out[0] = 0;
  for (int i = 0; i < p->n; i++) {
    room->in[i + 1] = room->in[i] + p->in[i];
    room->out[i + 1] = room->out[i] + p->out[i];
  }
  for (int i = 0; i < p->n; i++) {
    for (int j = i + 1; j <= p->n; j++) {
      const double in = room->in[j] - room->in[i], out = room->out[j] - room->out[i];
      room->worth[i][j] = -INFINITY;
      if (in + out >= least) (void)mine__partition_woe(p, in, out, &room->worth[i][j]);
    }
  }
}

/* Whether the stretch i .. j-1 may follow h .. i-1.  Rates are compared by cross products: a
** stretch may weigh nothing. */
static int partition_turns(const mine_partition *p, const mine_partition_room *room, int h, int i,
                           int j) {
  const double in = room->in[i] - room->in[h], all = in + room->out[i] - room->out[h];
  const double next = room->in[j] - room->in[i], rest = next + room->out[j] - room->out[i];
  const double rise = next * all - in * rest; /* of the rate, times both weights */
  return p->direction * rise < 0;
}

/* What may come before the stretch i .. j-1, which is the k-th (from 0). */
static double partition_before(const mine_partition *p, const mine_partition_room *room, int k,
                               int i, int j, int *before) {
  double best = -INFINITY;
  for (int h = k - 1; h < i; h++) {
    const double value = room->best[(k - 1) % 2][h][i];
    if (!(value > best) || (p->direction && partition_turns(p, room, h, i, j))) continue;
    best = value;
    *before = h;
  }
  return best;
}

/* The divisions into k + 1 stretches; the largest worth of one of all cells, and where its last
** stretch begins.  Without a direction what comes before does not depend on where the stretch
** ends, and is looked for once. */
static double partition_step(const mine_partition *p, mine_partition_room *room, int k, int *last) {
  double most = -INFINITY;
  for (int i = 0; i < p->n; i++) {
    int before = 0;
    double best = -INFINITY;
    if (!p->direction && i >= k) best = partition_before(p, room, k, i, i, &before);
    for (int j = i + 1; j <= p->n; j++) {
      double *to = &room->best[k % 2][i][j];
      *to = -INFINITY;
      if (i < k || !isfinite(room->worth[i][j])) continue;
      if (p->direction) best = partition_before(p, room, k, i, j, &before);
      *to = best + room->worth[i][j];
      room->before[k][i][j] = (uint8_t)before;
    }
    if (!(room->best[k % 2][i][p->n] > most)) continue;
    most = room->best[k % 2][i][p->n];
    *last = i;
  }
  return most;
}

/* best is needed for two numbers of stretches at a time, before for all: before[k][i][j] is
** where the stretch before i .. j-1, the k-th, begins, and the way back follows it. */
int mine__partition_best(const mine_partition *partition, mine_partition_room *room,
                         int end[MINE_PARTITION_PARTS], double *value) {
  const mine_partition *p = partition;
  double best, whole;
  int parts = 1, begin = 0;
  partition_weigh(p, room);
  for (int i = 0; i < p->n; i++) {
    for (int j = i + 1; j <= p->n; j++)
      room->best[0][i][j] = i == 0 ? room->worth[i][j] : -INFINITY;
  }
  (void)mine__partition_woe(p, room->in[p->n], room->out[p->n], &whole);
  best = whole;
  for (int k = 1; k < p->most && k < p->n; k++) {
    int last = 0;
    const double most = partition_step(p, room, k, &last);
    if (!isfinite(most)) break;
    if (!(most - k * p->price > best)) continue;
    best = most - k * p->price;
    parts = k + 1;
    begin = last;
  }
  if (value) *value = best;
  end[parts - 1] = p->n;
  for (int k = parts - 1, j = p->n; k > 0; k--) {
    const int before = room->before[k][begin][j];
    end[k - 1] = j = begin;
    begin = before;
  }
  return parts;
}
