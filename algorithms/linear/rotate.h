/*
** rotate.h -- the problem of a ridge in the space of its rows.
*/
#ifndef MINE_LINEAR_ROTATE_H
#define MINE_LINEAR_ROTATE_H

#include "glm.h"

typedef struct linear_rotation {
  linear_problem problem; /* the same, its columns being directions; its rows are 0 .. n - 1 */
  linear_design design;   /* of that problem, which points here: do not move it             */
  mine_dataset data;
  int64_t columns, n; /* of the problem before; directions           */
  double *direction;  /* n x columns, orthonormal                    */
} linear_rotation;

/* In scratch: rows x columns numbers for the directions, and twice rows x rows.  Its penalties, of
** squares only, may be set later, as may its rows be chosen. */
mine_status mine__rotate_open(const linear_problem *problem,
                              linear_rotation *rotation) MINE_MUST_CHECK;

#endif
