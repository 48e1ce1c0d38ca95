/*
** split.h -- which rows are held out, and which fold a row belongs to.
**
** Held-out rows are chosen by a hash of (id, seed): the choice does not depend
** on row order, and a customer stays on his side when the table grows.  Or they are the
** latest, or whole groups of rows.
*/
#ifndef MINE_DATA_SPLIT_H
#define MINE_DATA_SPLIT_H

#include "../core/hash.h"
#include "frame.h"

/* Some rows of the frame, by their numbers (NULL: 0..n-1). */
typedef struct mine_rows {
  const uint32_t *row;
  int64_t n;
} mine_rows;

static inline uint32_t mine_rows_at(mine_rows rows, int64_t i) {
  return rows.row ? rows.row[i] : (uint32_t)i;
}

/* By what rows are divided: the hash of each frame row's id (NULL: rows are numbered from 1), and
** a seed. */
typedef struct mine_division {
  const uint64_t *hash;
  uint64_t seed;
} mine_division;

/* What a division adds to every hash. */
static inline uint64_t mine_division_salt(mine_division by) {
  return mine_hash_mix(by.seed + UINT64_C(0x9E3779B97F4A7C15));
}

/* Split the rows into kept and held-out, each in the order given; both arrays are allocated in
** arena.  A row is held out when the hash of (id, seed), as a number in [0, 1), is below
** `share`: about that share of the ids. */
mine_status mine__split_holdout(mine_env *env, mine_arena *arena, mine_rows rows, mine_division by,
                                double share, mine_rows *train, mine_rows *held) MINE_MUST_CHECK;
/* fold[i] in 0..folds-1 for the i-th row; stratified by label (indexed by frame row)
** when label is not NULL: folds differ by at most one row per class and in all.
** Order within a class by hash; rows of one id may lie in different folds.
** MINE_DATA for fewer than 2 folds or fewer rows than folds.  O(n). */
mine_status mine__split_folds(mine_env *env, mine_arena *arena, mine_rows rows, mine_division by,
                              int folds, const int32_t *label, int n_classes,
                              int32_t **fold) MINE_MUST_CHECK;

/* The latest rows are held out: the part nearest to `share` of them that begins where the
** time changes, as time[row] says (no NAN).  *from is the first time held out.  Where all
** times are equal nothing is held out.  Both parts keep the order given.  O(n). */
mine_status mine__split_latest(mine_env *env, mine_arena *arena, mine_rows rows, const double *time,
                               double share, mine_rows *train, mine_rows *held,
                               double *from) MINE_MUST_CHECK;
/* block[i] in 0..blocks-1 for the i-th row: stretches of about equal length in the order of time
** (no NAN); rows of equal time lie in one.  *used: how many have rows; fewer than `blocks`
** where many rows have one time.  O(n). */
mine_status mine__split_blocks(mine_env *env, mine_arena *arena, mine_rows rows, const double *time,
                               int blocks, int32_t **block, int64_t *used) MINE_MUST_CHECK;
/* fold[i] in 0..folds-1 for the i-th row; rows of equal hash lie in one: the groups with most
** rows first (equal ones by hash and seed), each goes to the fold with fewest.  *groups:
** how many there are; folds beyond stay empty.  Order of rows does not matter.
** O(n + groups x folds). */
mine_status mine__split_whole(mine_env *env, mine_arena *arena, mine_rows rows, mine_division by,
                              int folds, int32_t **fold, int64_t *groups) MINE_MUST_CHECK;

#endif
