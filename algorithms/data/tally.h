/*
** tally.h -- what a column holds, whatever it holds: numbers as sortable keys, whole
** ones and reals apart, so that integers beyond 2^53 stay exact; texts counted in a
** dictionary; BLOBs only counted.  '' counts as missing.
*/
#ifndef MINE_DATA_TALLY_H
#define MINE_DATA_TALLY_H

#include "values.h"

typedef struct mine_tally {
  mine_arena *arena; /* of the keys: the frame's                                  */
  uint64_t *whole, *real;
  size_t n_whole, whole_capacity, n_real, real_capacity;
  mine_arena *text_arena; /* NULL until there is a text */
  mine_dictionary texts;
  int64_t *count; /* per text of the dictionary */
  size_t count_capacity;
  int64_t n_text, n_blob; /* cells */
} mine_tally;

/* In `arena`, whose environment keeps a failure: NULL here, and as a status later. */
mine_tally *mine__tally_open(mine_arena *arena);
void mine__tally_clear(mine_tally *tally); /* count anew, keep the room of the keys */
void mine__tally_close(mine_tally *tally); /* what is not in its arena; NULL is fine */
void mine__tally_put(mine_tally *tally, const mine_cell *cell);
void mine__tally_whole(mine_tally *tally, int64_t v);
void mine__tally_real(mine_tally *tally, double v);

#endif
