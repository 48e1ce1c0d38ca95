/*
** ordered.h -- a category of many levels as a number: its ordered target statistic.
**
** The mean target of a row's level says much, but not when the row itself is in the mean:
** then the column betrays the answer.  So the rows are put in an order by chance, and
** a row's statistic is taken from the rows before it (Prokhorenkova et al., CatBoost:
** unbiased boosting with categorical features, NeurIPS 2018):
**     (sum of the targets before + strength x mean of all) / (how many + strength)
** Scoring takes the statistic of all rows.  A missing value is a level like others; a level
** never seen has the mean.
*/
#ifndef MINE_TREE_ORDERED_H
#define MINE_TREE_ORDERED_H

#include "../core/env.h"
#include "bins.h"

/* The statistic of the category `feature` for the target y (by row given), learnt from the
** n_rows rows row[] (ascending), with the weights `weight` (by row given, NULL: 1).  Other rows
** are given what scoring would.  Arrays live in arena.  `number` tells the columns of a model
** apart.  O(rows). */
mine_status mine__ordered_statistic(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                    int feature, const double *y, const float *weight,
                                    const uint32_t *row, int64_t n_rows, double strength,
                                    uint64_t number, mine_bin_source *out) MINE_MUST_CHECK;

#endif
