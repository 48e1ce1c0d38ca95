/*
** host_memory.c -- small blocks from SQLite, large ones straight from the system.
**
** SQLite's allocator keeps the heap limits and the statistics, but one call of it
** is capped below 2 GiB, and growing a column of a frame by realloc() copies it
** as soon as the C library has stopped mapping blocks of that size.  So a block
** of a megabyte or more is mapped: growing moves page tables, not bytes, a
** closed frame goes back to the system at once, and huge pages make the first
** touch cheap.  A hard heap limit is kept all the same: what is mapped counts.
**
** Which kind a block is follows from its size alone.
*/
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* mremap */
#endif
#include "host_memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "sqlite_api.h"

#if !defined(HOST_MAPPED) /* tests/fault/mappings.c maps at every turn */
#define HOST_MAPPED ((size_t)1 << 20)
#endif
#define HOST_HUGE (4 * HOST_MAPPED)

/* The heap limit belongs to the process, and so does this account of it. */
static atomic_size_t host_mapped_bytes;

static int host_within_limit(size_t more) {
  sqlite3_int64 limit = sqlite3_hard_heap_limit64(-1);
  if (limit <= 0) return 1;
  size_t used = (size_t)sqlite3_memory_used() + atomic_load(&host_mapped_bytes);
  return used <= (size_t)limit && more <= (size_t)limit - used;
}

#if defined(__linux__)

/* Whole pages: the same bytes always give the same length. */
static size_t host_pages(size_t bytes) {
  return (bytes + 4095) & ~(size_t)4095;
}

static void *host_advise(void *block, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  if (bytes >= HOST_HUGE) (void)madvise(block, bytes, MADV_HUGEPAGE); /* only a wish */
#endif
  return block;
}

static void *host_map(size_t bytes) {
  void *block =
      mmap(NULL, host_pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? NULL : host_advise(block, host_pages(bytes));
}

static void host_unmap(void *block, size_t bytes) {
  munmap(block, host_pages(bytes));
}

static void *host_remap(void *block, size_t old_bytes, size_t new_bytes) {
  void *moved = mremap(block, host_pages(old_bytes), host_pages(new_bytes), MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? NULL : host_advise(moved, host_pages(new_bytes));
}

#else /* no mremap: the C library does what it can */

static void *host_map(size_t bytes) {
  return malloc(bytes);
}

static void host_unmap(void *block, size_t bytes) {
  (void)bytes;
  free(block);
}

static void *host_remap(void *block, size_t old_bytes, size_t new_bytes) {
  (void)old_bytes;
  return realloc(block, new_bytes);
}

#endif

static void *host_allocate(size_t bytes) {
  if (bytes < HOST_MAPPED) return sqlite3_malloc64(bytes);
  if (bytes > SIZE_MAX / 2 || !host_within_limit(bytes)) return NULL;
  void *block = host_map(bytes);
  if (block) atomic_fetch_add(&host_mapped_bytes, bytes);
  return block;
}

static void host_free(void *block, size_t bytes) {
  if (!block) return;
  if (bytes < HOST_MAPPED) {
    sqlite3_free(block);
    return;
  }
  host_unmap(block, bytes);
  atomic_fetch_sub(&host_mapped_bytes, bytes);
}

static void *host_grow_mapped(void *block, size_t old_bytes, size_t new_bytes) {
  if (new_bytes > SIZE_MAX / 2) return NULL;
  if (new_bytes > old_bytes && !host_within_limit(new_bytes - old_bytes)) return NULL;
  void *moved = host_remap(block, old_bytes, new_bytes);
  if (!moved) return NULL;
  atomic_fetch_add(&host_mapped_bytes, new_bytes);
  atomic_fetch_sub(&host_mapped_bytes, old_bytes);
  return moved;
}

void *mine__host_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  (void)user;
  if (new_bytes == 0) {
    host_free(block, old_bytes);
    return NULL;
  }
  if (!block) return host_allocate(new_bytes);
  if (old_bytes < HOST_MAPPED && new_bytes < HOST_MAPPED) {
    return sqlite3_realloc64(block, new_bytes);
  }
  if (old_bytes >= HOST_MAPPED && new_bytes >= HOST_MAPPED) {
    return host_grow_mapped(block, old_bytes, new_bytes);
  }
  void *moved = host_allocate(new_bytes);
  if (!moved) return NULL;
  memcpy(moved, block, old_bytes < new_bytes ? old_bytes : new_bytes);
  host_free(block, old_bytes);
  return moved;
}
