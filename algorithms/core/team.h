/*
** team.h -- the threads beside the calling thread, for as long as a call lasts.
**
** One interface, two bodies, chosen when linking (docs/design/threads.md):
**
**   team.c         POSIX threads of our own: started at the first loop that is
**                  worth it, asleep between loops, joined by mine_env_rest().
**                  For the extension, a guest in a stranger's process.
**   team_openmp.c  OpenMP's threads, for programs that own their process and link
**                  libmine: they belong to OpenMP and stay until the process ends.
**
** What runs on them, and whether it is worth it, is decided in parallel.c alone, so
** the bodies cannot differ in a byte of an answer.
*/
#ifndef MINE_CORE_TEAM_H
#define MINE_CORE_TEAM_H

#include <pthread.h>
#include <sys/types.h>

/* The calling thread's share, and that of helper 1, 2, ...  Both return when there
** is nothing left to do; a helper that comes too late is not waited for. */
typedef struct mine_team_work {
  void (*own)(void *loop);
  void (*help)(void *loop, int worker);
  void *loop;
} mine_team_work;

/* Part of the environment, all zero at first.  It needs no memory: each helper
** starts the next one and joins it in the end. */
typedef struct mine_team {
  int running;   /* it was started, and not ended since                    */
  int most;      /* helpers it may have; fewer after one was refused        */
  pid_t process; /* that started it; 0: none did                           */
  pthread_t first;
  pthread_mutex_t mutex;      /* guards all below */
  pthread_cond_t work, alone; /* there is some; no helper is inside any more */
  int helpers;                /* alive: 1 .. helpers are their numbers       */
  int asleep, inside;
  int wanted; /* helpers that may still come inside */
  int quit;
  mine_team_work now;
} mine_team;

/* Run the work, with up to `helpers` of at most `most` in all.  Without any, only
** own() runs, which then does all of it. */
void mine__team_run(mine_team *team, int most, int helpers, const mine_team_work *work);

/* No thread is left (pthread), or none is ours (OpenMP). */
void mine__team_end(mine_team *team);

/* Whether another process started it: this one was forked, has none of its threads and
** would wait for them for ever.  It runs its loops alone. */
int mine__team_is_inherited(const mine_team *team);

/* "pthread" or "openmp". */
extern const char mine__team_kind[];

#endif
