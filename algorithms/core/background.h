/*
** background.h -- one piece of work at a time, done by a thread beside the caller's.
**
** For work that comes in pieces while the calling thread is busy with something
** that cannot be cut into tasks (SQLite's loop over the rows).  The thread lives
** from start to stop; between pieces it sleeps.  As in parallel.h, the work may
** not allocate, fail or call the host.
*/
#ifndef MINE_CORE_BACKGROUND_H
#define MINE_CORE_BACKGROUND_H

#include <pthread.h>

typedef struct mine_background {
  int running; /* 0: no thread; give() does the work itself */
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed; /* there is work, or there is none any more */
  void (*work)(void *context);
  void *context; /* NULL: nothing to do */
  int stop;
} mine_background;

/* Zeroed before; without a thread everything works, on the calling thread. */
void mine__background_start(mine_background *background, void (*work)(void *context));
/* Hand over a piece (not NULL); waits until the one before is done. */
void mine__background_give(mine_background *background, void *context);
void mine__background_wait(mine_background *background); /* until all is done */
void mine__background_stop(mine_background *background); /* that, and the thread is gone */

#endif
