/*
** id_index.h -- which rows of a result have this id.
**
** A hash that never misses what SQL's = would accept: SQLite applies the
** affinities of the comparison after us (omit=0), so 1, 1.0, '1' and ' 1.00'
** must all meet.  Everything that reads as a number hashes by its whole part;
** text with an exponent, rare among ids, is offered to every lookup.
**
** Not the engine's table (core/hash.h), of which ext/ knows nothing: that one finds the
** thing that is the same, this one all rows that SQL might call equal, in their order.
*/
#ifndef MINE_EXT_ID_INDEX_H
#define MINE_EXT_ID_INDEX_H

#include "../algorithms/mine.h"

typedef struct mine_id_index {
  int64_t rows;
  int shift;      /* 64 - log2 of the slots             */
  int64_t *first; /* per slot: first row or -1         */
  int64_t *next;  /* per row: next row of the same slot or -1 */
  int scan;       /* an odd id was added or is sought: offer every row */
} mine_id_index;

int mine__id_index_open(mine_id_index *index, int64_t rows); /* SQLITE_OK or SQLITE_NOMEM */
void mine__id_index_add(mine_id_index *index, int64_t row, const mine_cell *id);
int64_t mine__id_index_find(mine_id_index *index, const mine_cell *id); /* -1: none */
int64_t mine__id_index_next(const mine_id_index *index, int64_t row);
void mine__id_index_free(mine_id_index *index);

#endif
