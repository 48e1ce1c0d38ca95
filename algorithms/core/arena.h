/*
** arena.h -- memory with a lifetime instead of a free.
**
** An arena hands out pieces and gives all of them back when it closes.  Small
** pieces share chunks; a *block* is a piece of its own that can be resized
** (growing arrays: realloc of a large block moves pages, not bytes).
**
** Every allocation is checked against the memory account of the environment
** (max_memory) and reports its failure there, so a NULL needs no sentence of
** its own: `return mine_env_status(env)`.
**
** A model's or a relation's arena is *detached* from its environment when it is
** handed out: it keeps the host's allocator and forgets the account.
**
** All pieces are aligned to 64 bytes when 64 bytes or larger, else to 16.
*/
#ifndef MINE_CORE_ARENA_H
#define MINE_CORE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "../mine.h"

typedef struct mine_arena mine_arena;

/* What a call holds now, its peak, and what it may hold (0 = no limit). */
typedef struct mine_memory {
  size_t used, peak, limit;
} mine_memory;

mine_arena *mine__arena_open(mine_env *env);        /* NULL: failure recorded in env */
void mine__arena_close(mine_arena *arena);          /* NULL is fine                  */
void mine__arena_detach(mine_arena *arena);         /* outlive the environment       */
mine_env *mine__arena_env(const mine_arena *arena); /* NULL after detach       */

/* count * size bytes, uninitialised / zeroed.  The product is checked.  NULL on
** failure (recorded in the environment); count 0 yields a valid pointer. */
void *mine__arena_array(mine_arena *arena, size_t count, size_t size);
void *mine__arena_zeros(mine_arena *arena, size_t count, size_t size);

/* A resizable block: old NULL = new.  The content up to the smaller size is
** kept; on failure the old block is untouched and NULL comes back. A block of
** any arena may be given back early with mine__arena_drop. */
void *mine__arena_block(mine_arena *arena, void *old, size_t count, size_t size);
void mine__arena_drop(mine_arena *arena, void *block);

char *mine__arena_text(mine_arena *arena, const char *text, size_t bytes); /* NUL-terminated copy */

/* Grow the array behind *items (element size `size`) so that it holds at least
** `needed` elements; *capacity is updated.  1 = done, 0 = failure recorded.
** Growth is 1.5 x while small, 1.25 x beyond a megabyte: pages not touched
** cost nothing. */
int mine__arena_reserve(mine_arena *arena, void **items, size_t *capacity, size_t needed,
                        size_t size);
/* The same with the two casts in one place. */
#define MINE_RESERVE(arena, items, capacity, needed) \
  mine__arena_reserve((arena), (void **)&(items), &(capacity), (needed), sizeof *(items))

/* Scratch positions: everything taken from the arena since the mark (blocks
** included) is given back by rewind. */
typedef struct mine_mark {
  void *chunk;
  size_t used;
  uint64_t serial; /* blocks are numbered: a resized block keeps its number */
} mine_mark;
mine_mark mine__arena_mark(mine_arena *arena);
void mine__arena_rewind(mine_arena *arena, mine_mark mark);

#endif
