/*
** arena.c -- chunks for the small, blocks for the large, one list of each.
**
** A chunk is an allocation of the host with its header in front; pieces are
** taken from it from the bottom up.  A block is an allocation of its own whose
** 64-byte header sits right before the 64-byte aligned payload; the distance
** from the start of the allocation (`shift`) is kept, because the host's
** alignment is its own affair (SQLite gives 8 bytes) and may change when a
** block moves.
**
** Blocks are numbered in order of birth and listed newest first, so a mark is
** a number: it survives the moving of older blocks.
*/
#include "arena.h"

#include <string.h>

#include "env.h"

#define ARENA_LINE        ((size_t)64)
#define ARENA_FIRST_CHUNK ((size_t)1024)
#define ARENA_LAST_CHUNK  ((size_t)256 * 1024)
#define ARENA_LARGE       ((size_t)16 * 1024) /* from here on a piece is a block */
#define ARENA_SLACK       (2 * ARENA_LINE)    /* header and alignment of a block */
#define ARENA_MOST        (SIZE_MAX / 2)
#define ARENA_GENTLE      ((size_t)1 << 20) /* growth slows down beyond this */

typedef struct arena_chunk {
  struct arena_chunk *older;
  size_t used, total; /* from the start of this header */
} arena_chunk;

typedef struct arena_block {
  struct arena_block *older, *newer;
  uint64_t serial;
  size_t bytes; /* of the payload                             */
  size_t shift; /* from the host's pointer to the payload     */
} arena_block;

struct mine_arena {
  mine_env *env; /* NULL once detached */
  void *(*resize)(void *user, void *block, size_t old_bytes, size_t new_bytes);
  void *user;
  arena_chunk *chunk;
  arena_block *block;
  uint64_t serial; /* of the next block */
  size_t held;     /* bytes charged, this struct included */
};

/* The account: asked before the host is, so a refusal changes nothing. */
static int arena_charge(mine_arena *arena, size_t bytes) {
  mine_env *env = arena->env;
  if (env) {
    mine_memory *memory = &env->memory;
    if (memory->limit && (memory->used > memory->limit || bytes > memory->limit - memory->used)) {
      (void)mine__fail_memory(env, bytes);
      return 0;
    }
    memory->used += bytes;
    if (memory->used > memory->peak) memory->peak = memory->used;
  }
  arena->held += bytes;
  return 1;
}

static void arena_discharge(mine_arena *arena, size_t bytes) {
  arena->held -= bytes;
  if (arena->env) arena->env->memory.used -= bytes;
}

static void *arena_refused(mine_arena *arena, size_t bytes) {
  arena_discharge(arena, bytes);
  (void)mine__fail_memory(arena->env, bytes);
  return NULL;
}

/* Charge and allocate; NULL leaves account and host as they were. */
static void *arena_allocate(mine_arena *arena, size_t bytes) {
  if (!arena_charge(arena, bytes)) return NULL;
  void *raw = arena->resize(arena->user, NULL, 0, bytes);
  return raw ? raw : arena_refused(arena, bytes);
}

static void arena_release(mine_arena *arena, void *raw, size_t bytes) {
  arena->resize(arena->user, raw, bytes, 0);
  arena_discharge(arena, bytes);
}

mine_arena *mine__arena_open(mine_env *env) {
  mine_arena seed = {0};
  seed.env = env;
  seed.resize = env->host.resize;
  seed.user = env->host.user;
  mine_arena *arena = arena_allocate(&seed, sizeof *arena);
  if (!arena) return NULL;
  *arena = seed; /* `held` already counts this struct */
  return arena;
}

static void arena_free_chunks(mine_arena *arena, const arena_chunk *until) {
  while (arena->chunk && arena->chunk != until) {
    arena_chunk *chunk = arena->chunk;
    arena->chunk = chunk->older;
    arena_release(arena, chunk, chunk->total);
  }
}

static void arena_free_blocks(mine_arena *arena, uint64_t serial) {
  while (arena->block && arena->block->serial >= serial)
    mine__arena_drop(arena, (char *)arena->block + ARENA_LINE);
}

void mine__arena_close(mine_arena *arena) {
  if (!arena) return;
  arena_free_blocks(arena, 0);
  arena_free_chunks(arena, NULL);
  arena_discharge(arena, sizeof *arena);
  arena->resize(arena->user, arena, sizeof *arena, 0);
}

void mine__arena_detach(mine_arena *arena) {
  mine_env *env = arena->env;
  if (!env) return;
  env->memory.used -= arena->held;
  if (env->owner) {
    arena->resize = env->owner->resize;
    arena->user = env->owner->user;
  }
  arena->env = NULL;
}

mine_env *mine__arena_env(const mine_arena *arena) {
  return arena->env;
}

/* ---- blocks ------------------------------------------------------------------ */

static size_t arena_shift(const void *raw) {
  uintptr_t at = (uintptr_t)raw + ARENA_LINE;
  uintptr_t aligned = (at + ARENA_LINE - 1) & ~(uintptr_t)(ARENA_LINE - 1);
  return (size_t)(aligned - (uintptr_t)raw);
}

static arena_block *arena_header(void *payload) {
  return (arena_block *)(void *)((char *)payload - ARENA_LINE);
}

static void *arena_new_block(mine_arena *arena, size_t bytes) {
  char *raw = arena_allocate(arena, bytes + ARENA_SLACK);
  if (!raw) return NULL;
  size_t shift = arena_shift(raw);
  arena_block *block = arena_header(raw + shift);
  block->older = arena->block;
  block->newer = NULL;
  block->serial = arena->serial++;
  block->bytes = bytes;
  block->shift = shift;
  if (block->older) block->older->newer = block;
  arena->block = block;
  return raw + shift;
}

/* The block has moved: put header and content where they belong now. */
static void *arena_settle(mine_arena *arena, char *raw, size_t old_shift, size_t kept,
                          size_t bytes) {
  size_t shift = arena_shift(raw);
  if (shift != old_shift)
    memmove(raw + shift - ARENA_LINE, raw + old_shift - ARENA_LINE, kept + ARENA_LINE);
  arena_block *block = arena_header(raw + shift);
  block->bytes = bytes;
  block->shift = shift;
  if (block->older) block->older->newer = block;
  if (block->newer)
    block->newer->older = block;
  else
    arena->block = block;
  return raw + shift;
}

static void *arena_resize_block(mine_arena *arena, void *old, size_t bytes) {
  const arena_block *block = arena_header(old);
  size_t old_bytes = block->bytes, old_shift = block->shift;
  if (bytes == old_bytes) return old;
  int grows = bytes > old_bytes;
  if (grows && !arena_charge(arena, bytes - old_bytes)) return NULL;
  char *raw = arena->resize(arena->user, (char *)old - old_shift, old_bytes + ARENA_SLACK,
                            bytes + ARENA_SLACK);
  if (!raw) return grows ? arena_refused(arena, bytes - old_bytes) : old;
  if (!grows) arena_discharge(arena, old_bytes - bytes);
  return arena_settle(arena, raw, old_shift, grows ? old_bytes : bytes, bytes);
}

/* count * size, or failure recorded and 0 returned. */
static int arena_product(mine_arena *arena, size_t count, size_t size, size_t *bytes) {
  if (size && count > (ARENA_MOST - ARENA_SLACK) / size) {
    (void)mine__fail_memory(arena->env, SIZE_MAX);
    return 0;
  }
  *bytes = count * size;
  return 1;
}

void *mine__arena_block(mine_arena *arena, void *old, size_t count, size_t size) {
  size_t bytes;
  if (!arena_product(arena, count, size, &bytes)) return NULL;
  return old ? arena_resize_block(arena, old, bytes) : arena_new_block(arena, bytes);
}

void mine__arena_drop(mine_arena *arena, void *payload) {
  if (!payload) return;
  arena_block *block = arena_header(payload);
  if (block->older) block->older->newer = block->newer;
  if (block->newer)
    block->newer->older = block->older;
  else
    arena->block = block->older;
  arena_release(arena, (char *)payload - block->shift, block->bytes + ARENA_SLACK);
}

/* ---- pieces -------------------------------------------------------------------- */

/* Take `bytes` from the newest chunk; NULL when they do not fit. */
static void *arena_take(arena_chunk *chunk, size_t bytes) {
  if (!chunk) return NULL;
  uintptr_t align = bytes >= ARENA_LINE ? ARENA_LINE : 16;
  uintptr_t start = (uintptr_t)chunk;
  size_t at = (size_t)(((start + chunk->used + align - 1) & ~(align - 1)) - start);
  if (at > chunk->total || bytes > chunk->total - at) return NULL;
  chunk->used = at + bytes;
  return (char *)chunk + at;
}

static int arena_new_chunk(mine_arena *arena, size_t bytes) {
  size_t total = arena->chunk ? 2 * arena->chunk->total : ARENA_FIRST_CHUNK;
  size_t least = sizeof(arena_chunk) + ARENA_LINE + bytes;
  if (total > ARENA_LAST_CHUNK) total = ARENA_LAST_CHUNK;
  if (total < least) total = least;
  arena_chunk *chunk = arena_allocate(arena, total);
  if (!chunk) return 0;
  chunk->older = arena->chunk;
  chunk->used = sizeof *chunk;
  chunk->total = total;
  arena->chunk = chunk;
  return 1;
}

void *mine__arena_array(mine_arena *arena, size_t count, size_t size) {
  size_t bytes;
  if (!arena_product(arena, count, size, &bytes)) return NULL;
  if (bytes == 0) bytes = 1;
  if (bytes >= ARENA_LARGE) return arena_new_block(arena, bytes);
  void *piece = arena_take(arena->chunk, bytes);
  if (piece) return piece;
  return arena_new_chunk(arena, bytes) ? arena_take(arena->chunk, bytes) : NULL;
}

void *mine__arena_zeros(mine_arena *arena, size_t count, size_t size) {
  void *piece = mine__arena_array(arena, count, size);
  if (piece) memset(piece, 0, count * size);
  return piece;
}

char *mine__arena_text(mine_arena *arena, const char *text, size_t bytes) {
  char *copy = mine__arena_array(arena, bytes < SIZE_MAX ? bytes + 1 : bytes, 1);
  if (!copy) return NULL;
  if (bytes) memcpy(copy, text, bytes);
  copy[bytes] = 0;
  return copy;
}

/* The pointer is read and written as bytes: *items is some other pointer type. */
int mine__arena_reserve(mine_arena *arena, void **items, size_t *capacity, size_t needed,
                        size_t size) {
  size_t now = *capacity;
  if (needed <= now) return 1;
  size_t more = now > ARENA_GENTLE / (size ? size : 1) ? now / 4 : now / 2;
  size_t grown = now > ARENA_MOST - more ? ARENA_MOST : now + more;
  if (grown < needed) grown = needed;
  if (grown < 8) grown = 8;
  void *old = NULL;
  if (now) memcpy(&old, (const void *)items, sizeof old);
  void *block = mine__arena_block(arena, old, grown, size);
  if (!block) return 0;
  memcpy((void *)items, &block, sizeof block);
  *capacity = grown;
  return 1;
}

mine_mark mine__arena_mark(mine_arena *arena) {
  mine_mark mark = {arena->chunk, arena->chunk ? arena->chunk->used : 0, arena->serial};
  return mark;
}

void mine__arena_rewind(mine_arena *arena, mine_mark mark) {
  arena_free_blocks(arena, mark.serial);
  arena_free_chunks(arena, mark.chunk);
  if (arena->chunk) arena->chunk->used = mark.used;
}
