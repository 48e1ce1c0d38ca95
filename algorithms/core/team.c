/*
** team.c -- a chain of sleeping POSIX threads.
**
** The calling thread pays for one helper only: it starts or wakes the first and goes
** to work.  A helper that comes inside and sees that more are wanted wakes two, and
** the last of the chain starts the next, so that a team of n is awake after log2 n
** wake-ups and grows only while there is work.  Nobody spins.  In the end each helper
** joins the one that it started, and the calling thread the first.
**
** Helpers that the system has not yet let run when the work is done find the door
** closed (wanted = 0): nobody waits for them.  On a machine whose cores are taken a
** useless call for help costs a wake-up and no more.
*/
#include "team.h"

#include <string.h>
#include <unistd.h>

#include "thread.h"

const char mine__team_kind[] = "pthread";

static void *team_helper(void *argument);

/* Come inside, bringing others; 1 = this helper is to start the next one. */
static int team_enter(mine_team *team, int last) {
  team->wanted--;
  team->inside++;
  for (int i = 0; i < 2 && i < team->wanted && i < team->asleep; i++)
    pthread_cond_signal(&team->work);
  return last && team->wanted > team->asleep && team->helpers < team->most;
}

static void team_leave(mine_team *team) {
  team->wanted = 0; /* there is nothing left to do */
  if (--team->inside == 0) pthread_cond_signal(&team->alone);
}

static void *team_helper(void *argument) {
  mine_team *team = argument;
  pthread_t next;
  int has_next = 0;
  pthread_mutex_lock(&team->mutex);
  const int worker = ++team->helpers;
  for (;;) {
    team->asleep++;
    while (!team->wanted && !team->quit)
      pthread_cond_wait(&team->work, &team->mutex);
    team->asleep--;
    if (team->quit) break;
    const mine_team_work now = team->now;
    const int grow = team_enter(team, !has_next);
    pthread_mutex_unlock(&team->mutex);
    if (grow) has_next = mine__thread_start(&next, team_helper, team);
    now.help(now.loop, worker);
    pthread_mutex_lock(&team->mutex);
    if (grow && !has_next) team->most = worker; /* refused: not asked for again */
    team_leave(team);
  }
  pthread_mutex_unlock(&team->mutex);
  if (has_next) pthread_join(next, NULL);
  return NULL;
}

/* The mutex and the conditions; 0 = there are none to be had. */
static int team_open(mine_team *team) {
  memset(team, 0, sizeof *team);
  if (pthread_mutex_init(&team->mutex, NULL) != 0) return 0;
  if (pthread_cond_init(&team->work, NULL) == 0) {
    if (pthread_cond_init(&team->alone, NULL) == 0) return 1;
    pthread_cond_destroy(&team->work);
  }
  pthread_mutex_destroy(&team->mutex);
  return 0;
}

static void team_close(mine_team *team) {
  pthread_cond_destroy(&team->alone);
  pthread_cond_destroy(&team->work);
  pthread_mutex_destroy(&team->mutex);
  team->running = 0;
}

/* The first helper, who finds the work when it wakes up. */
static int team_start(mine_team *team, int most, int helpers, const mine_team_work *work) {
  if (!team_open(team)) return 0;
  team->most = most;
  team->wanted = helpers;
  team->now = *work;
  team->process = getpid();
  team->running = mine__thread_start(&team->first, team_helper, team);
  if (!team->running) team_close(team);
  return team->running;
}

static void team_wake(mine_team *team, int helpers, const mine_team_work *work) {
  pthread_mutex_lock(&team->mutex);
  team->now = *work;
  team->wanted = helpers;
  pthread_mutex_unlock(&team->mutex);
  pthread_cond_signal(&team->work);
}

/* Close the door, and wait for those who are inside. */
static void team_finish(mine_team *team) {
  pthread_mutex_lock(&team->mutex);
  team->wanted = 0;
  while (team->inside > 0)
    pthread_cond_wait(&team->alone, &team->mutex);
  pthread_mutex_unlock(&team->mutex);
}

void mine__team_run(mine_team *team, int most, int helpers, const mine_team_work *work) {
  if (team->running) {
    team_wake(team, helpers, work);
  } else if (!team_start(team, most, helpers, work)) {
    work->own(work->loop);
    return;
  }
  work->own(work->loop);
  team_finish(team);
}

void mine__team_end(mine_team *team) {
  if (!team->running || mine__team_is_inherited(team)) return;
  pthread_mutex_lock(&team->mutex);
  team->quit = 1;
  pthread_cond_broadcast(&team->work);
  pthread_mutex_unlock(&team->mutex);
  pthread_join(team->first, NULL);
  team_close(team);
}
