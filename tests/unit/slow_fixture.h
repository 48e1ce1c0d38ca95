/*
** slow_fixture.h -- what a test leaves out where every access is checked too.
**
** A sanitizer makes a program ten to thirty times as slow.  There, loops over every byte or
** every length take every so-manieth, and data is as large as the branch under test needs;
** with MINE_LONG in the environment (tools/long_checks.sh sanitize) nothing is left out.
*/
#ifndef SLOW_FIXTURE_H
#define SLOW_FIXTURE_H

#include <stdlib.h>

static inline int slow_is_short(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return getenv("MINE_LONG") == NULL;
#else
  return 0;
#endif
}

/* The step of a loop: 1, or `sparse` where the run is to be short. */
static inline size_t slow_step(size_t sparse) {
  return slow_is_short() ? sparse : 1;
}

#endif
