/*
** tune_ignore.h -- a search over which columns are left out: ignore=[["a"],["a","b"]].
**
** The source is read once, without the columns that every list has; a trial learns from the
** features that its own list leaves.
*/
#ifndef MINE_JOBS_TUNE_IGNORE_H
#define MINE_JOBS_TUNE_IGNORE_H

#include "training.h"

/* Of the axes the one of `ignore`; NULL: it is not searched. */
const mine_axis *mine__tune_ignored(const mine_training *training);
/* Before the source is read: only what all lists have is left out of the reading. */
void mine__tune_ignore_common(mine_training *training);
/* The training's rows with the features that the i-th list leaves, in the training's arena.
** NULL: failure recorded, also where no feature is left or a name is none of the source.
** O(features). */
const mine_prepared *mine__tune_ignore_prepare(const mine_training *training, size_t i);

#endif
