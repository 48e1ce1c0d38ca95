/*
** split.h -- which rows are held out, and which fold a row belongs to.
**
** Held-out rows are chosen by a hash of (id, seed): the choice does not depend
** on row order, and a customer stays on his side when the table grows.  Or they are the
** latest, or whole groups of rows.
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

/* The latest rows are held out: the part nearest to `share` of them that begins where the
** time changes, as time[row] says (no NAN).  *from is the first time held out.  Where all
** times are equal nothing is held out.  Both parts keep the order given.  O(n). */
mine_status mine__split_latest(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                               const double *time, double share, uint32_t **train, int64_t *n_train,
                               uint32_t **held, int64_t *n_held, double *from) MINE_MUST_CHECK;
/* block[i] in 0..blocks-1 for row[i]: stretches of about equal length in the order of time
** (no NAN); rows of equal time lie in one.  *used: how many have rows; fewer than `blocks`
** where many rows have one time.  O(n). */
mine_status mine__split_blocks(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                               const double *time, int blocks, int32_t **block,
                               int64_t *used) MINE_MUST_CHECK;
/* fold[i] in 0..folds-1 for row[i]; rows of equal hash lie in one: the groups with most
** rows first (equal ones by hash and seed), each goes to the fold with fewest.  *groups:
** how many there are; folds beyond stay empty.  Order of rows does not matter.
** O(n + groups x folds). */
mine_status mine__split_whole(mine_env *env, mine_arena *arena, const uint32_t *row, int64_t n,
                              const uint64_t *hash, uint64_t seed, int folds, int32_t **fold,
                              int64_t *groups) MINE_MUST_CHECK;

#endif
