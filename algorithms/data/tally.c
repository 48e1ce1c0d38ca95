/*
** tally.c -- a column counted by storage class.
*/
#include "tally.h"

#include <string.h>

#include "../core/bits.h"

mine_tally *mine__tally_open(mine_arena *arena) {
  mine_tally *tally = mine__arena_zeros(arena, 1, sizeof *tally);
  if (tally) tally->arena = arena;
  return tally;
}

void mine__tally_close(mine_tally *tally) {
  if (!tally) return;
  mine__arena_close(tally->text_arena);
  tally->text_arena = NULL;
  memset(&tally->texts, 0, sizeof tally->texts);
}

void mine__tally_clear(mine_tally *tally) {
  mine__tally_close(tally);
  tally->n_whole = tally->n_real = 0;
  tally->n_text = tally->n_blob = 0;
}

void mine__tally_whole(mine_tally *tally, int64_t v) {
  if (MINE_RESERVE(tally->arena, tally->whole, tally->whole_capacity, tally->n_whole + 1))
    tally->whole[tally->n_whole++] = mine_key_of_int(v);
}

void mine__tally_real(mine_tally *tally, double v) {
  if (MINE_RESERVE(tally->arena, tally->real, tally->real_capacity, tally->n_real + 1))
    tally->real[tally->n_real++] = mine_key_of_real(v);
}

static void tally_text(mine_tally *tally, const mine_cell *cell) {
  if (mine__cell_is_missing(cell)) return;
  if (!tally->text_arena) {
    tally->text_arena = mine__arena_open(mine__arena_env(tally->arena));
    if (!tally->text_arena || !mine__dictionary_open(&tally->texts, tally->text_arena)) return;
  }
  const int64_t known = tally->texts.values.n;
  const int64_t at = mine__dictionary_add(&tally->texts, cell);
  if (at < 0) return;
  if (!MINE_RESERVE(tally->arena, tally->count, tally->count_capacity, (size_t)at + 1)) return;
  tally->count[at] = at == known ? 1 : tally->count[at] + 1;
  tally->n_text++;
}

void mine__tally_put(mine_tally *tally, const mine_cell *cell) {
  if (cell->type == MINE_INT)
    mine__tally_whole(tally, cell->as.integer);
  else if (cell->type == MINE_REAL)
    mine__tally_real(tally, cell->as.real);
  else if (cell->type == MINE_TEXT)
    tally_text(tally, cell);
  else
    tally->n_blob++;
}
