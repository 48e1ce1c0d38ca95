/*
** loss.h -- what rows lose at their margins, with its derivatives by the margins (glm.h).
*/
#ifndef MINE_LINEAR_LOSS_H
#define MINE_LINEAR_LOSS_H

#include "glm.h"

/* Rows of one margin each, of every family but the multinomial: n of them, a multiple of EXP_LANES
** (the last may have weight 0).  y: the target, of logistic 1 or -1.  The sum of their losses
** comes back, and of each row the first and the second derivative; all times the weight. */
double mine__loss_rows(linear_family family, int expected, const double *margin, const double *y,
                       const double *weight, int64_t n, double *first, double *second);

/* Rows of several margins, share[k * n + i], whose probabilities take their place; there is room
** for whole EXP_LANES of them, and in `room` for twice whole EXP_LANES of rows.  `spared`: the
** first class has the margin 0.  loss[i]: of each row, without its weight. */
void mine__loss_softmax(double *share, int64_t n, int margins, int spared, const int32_t *label,
                        double *room, double *loss);

#endif
