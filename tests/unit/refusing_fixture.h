/*
** refusing_fixture.h -- a host that refuses one allocation, and counts the rest.
*/
#ifndef REFUSING_FIXTURE_H
#define REFUSING_FIXTURE_H

#include <stdlib.h>

#include "mine.h"

typedef struct refusing {
  int countdown; /* 1 = the next allocation is refused; 0 = none is */
  size_t least;  /* smaller allocations do not count */
  int refused;
  size_t held;
} refusing;

static void *refuse(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  refusing *memory = user;
  void *moved = NULL;
  if (new_bytes) {
    const int counts = memory->countdown > 0 && new_bytes >= memory->least;
    if (counts && --memory->countdown == 0) {
      memory->refused = 1;
      return NULL;
    }
    moved = realloc(block, new_bytes);
    if (!moved) return NULL;
  } else {
    free(block);
  }
  memory->held += new_bytes - old_bytes;
  return moved;
}

/* A host on it, for an environment that may be refused its own memory. */
__attribute__((unused)) static mine_host refusing_host(refusing *memory) {
  return (mine_host){.resize = refuse, .user = memory};
}

/* An environment on it, which was given its own memory. */
__attribute__((unused)) static mine_env *refusing_env(refusing *memory, const char *verb) {
  mine_env *made;
  const mine_host host = refusing_host(memory);
  *memory = (refusing){0};
  assert_int_equal(mine_env_open(&host, verb, &made), MINE_OK);
  return made;
}

#endif
