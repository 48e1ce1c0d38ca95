/*
** host_memory.h -- the memory that the engine works in.
*/
#ifndef MINE_EXT_HOST_MEMORY_H
#define MINE_EXT_HOST_MEMORY_H

#include <stddef.h>

/* A mine_host.resize.  `user` is not used: blocks outlive the call that asked for
** them (models, relations). */
void *mine__host_resize(void *user, void *block, size_t old_bytes, size_t new_bytes);

#endif
