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

#include "bins.h"
#include "target.h"

/* The bins from which trees are grown (mine__bins_make): every feature as it is, but a category of
** more than most_levels levels as its statistic -- of the number or the label of two classes,
** and with more classes one for each.  They are learnt from the n_rows rows row[] (ascending;
** NULL: all); other rows are given what scoring would.  In arena.  O(rows) for each
** statistic. */
mine_status mine__ordered_bins(mine_env *env, mine_arena *arena, const mine_dataset *data,
                               const mine_tree_target *target, int64_t most_levels,
                               const uint32_t *row, int64_t n_rows, int max_bins,
                               mine_binned *out) MINE_MUST_CHECK;

/* The statistic of one category for y, by row given; `number` tells the columns of a model
** apart. */
mine_status mine__ordered_statistic(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                    int feature, const double *y, const float *weight,
                                    const uint32_t *row, int64_t n_rows, uint64_t number,
                                    mine_bin_source *out) MINE_MUST_CHECK;

#endif
