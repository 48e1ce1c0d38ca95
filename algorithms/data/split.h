/*
** split.h -- which rows are held out, and which fold a row belongs to.
**
** Held-out rows are chosen by a hash of (id, seed): the choice does not depend
** on row order, and a customer stays on his side when the table grows.
*/
#ifndef MINE_DATA_SPLIT_H
#define MINE_DATA_SPLIT_H

#include "frame.h"

/* Split row[0..n-1] (NULL: 0..n-1) into kept and held-out, each in the order
** given; both arrays are allocated in arena.  id_hash is indexed by frame row;
** NULL = rows are numbered from 1.  A row is held out when the hash of (id, seed),
** as a number in [0, 1), is below `share`: about that share of the ids. */
mine_status mine__split_holdout(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                                const uint64_t *id_hash, uint64_t seed, double share,
                                uint32_t **train, int64_t *n_train, uint32_t **held,
                                int64_t *n_held) MINE_MUST_CHECK;
/* fold[i] in 0..folds-1 for row[i]; stratified by label (indexed by frame row)
** when label is not NULL: folds differ by at most one row per class and in all.
** Order within a class by hash; rows of one id may lie in different folds.
** MINE_DATA for fewer than 2 folds or fewer rows than folds.  O(n). */
mine_status mine__split_folds(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                              const uint64_t *id_hash, uint64_t seed, int folds,
                              const int32_t *label, int n_classes, int32_t **fold) MINE_MUST_CHECK;

#endif
