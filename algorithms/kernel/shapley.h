/*
** shapley.h -- one edge of a tree for many rows, as model/trees_explain.c walks it.
**
** A lane is a row.  Of the edge's feature a row is, by the edge's own test and the earlier ones
** on that feature,
**   inside   where all of them hold
**   turned   where this is the first that does not
**   gone     where an earlier one did not
** told by two masks of all ones or zeros.  What is multiplied depends on that and on the point
** of quadrature, so each point has a number for each of the three.
**
** Rows are a multiple of MINE__SHAPLEY_LANES; arrays by point are points x rows.
*/
#ifndef MINE_KERNEL_SHAPLEY_H
#define MINE_KERNEL_SHAPLEY_H

#include <stdint.h>

#define MINE__SHAPLEY_LANES  8  /* the widest vector             */
#define MINE__SHAPLEY_POINTS 16 /* that an edge has, at most     */

typedef struct mine__shapley_edge {
  int rows, points;
  const int64_t *inside, *turned; /* rows */
  /* Per point: the factor of the product where inside, turned, gone; and what the feature
  ** has of a product where inside, turned (where gone nothing). */
  double factor[3][MINE__SHAPLEY_POINTS];
  double part[2][MINE__SHAPLEY_POINTS];
} mine__shapley_edge;

#endif
