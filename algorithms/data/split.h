/*
** split.h -- which rows are held out, and which fold a row belongs to.
**
** Held-out rows are chosen by a hash of (id, seed): the choice does not depend
** on row order, and a customer stays on his side when the table grows.
*/
#ifndef MINE_DATA_SPLIT_H
#define MINE_DATA_SPLIT_H

#include "frame.h"

/* Split rows[0..n-1] into kept and held-out; both arrays are allocated in
** arena.  id_hash is indexed by frame row. */
mine_status mine_split_holdout(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                               const uint64_t *id_hash, uint64_t seed, double share,
                               uint32_t **train, int64_t *n_train, uint32_t **held,
                               int64_t *n_held) MINE_MUST_CHECK;
/* fold[i] in 0..folds-1 for rows[i]; stratified by label when label is not NULL
** (folds differ by at most one row per class), order within a class by hash. */
mine_status mine_split_folds(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                             const uint64_t *id_hash, uint64_t seed, int folds,
                             const int32_t *label, int n_classes, int32_t **fold) MINE_MUST_CHECK;

#endif
