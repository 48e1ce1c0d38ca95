/*
** env.h -- the inside of mine_env: one call's host, memory account, limits,
** random seed and error.
**
** Errors: the first one wins.  `return mine__fail(env, MINE_DATA, "...")` is the
** idiom: it records the sentence (prefixed with the verb) and returns the code.
** A failing allocation records MINE_NOMEM (or MINE_LIMIT for max_memory) by
** itself, so callers only `return mine_env_status(env)`.
**
** Because the failure stays in the environment, functions inside a module return
** nothing or a value, those that only word a refusal too, and say
** `if (mine_failed(env)) return;` after a step that can fail.  A status is returned
** where a module ends and by the callbacks of tables, with MINE_TRY to pass one on;
** `(void)` before a callback says that its failure is asked of the environment.
*/
#ifndef MINE_CORE_ENV_H
#define MINE_CORE_ENV_H

#include <stdatomic.h>

#include "../mine.h"
#include "arena.h"
#include "team.h"

/* MINE_INLINE: written once, compiled anew for the constants at each call.  MINE_FETCH: what lies
** at the address is wanted soon. */
#if defined(__GNUC__)
#define MINE_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define MINE_MUST_CHECK        __attribute__((warn_unused_result))
#define MINE_INLINE            static inline __attribute__((always_inline))
#define MINE_FETCH(address)    __builtin_prefetch(address)
#else
#define MINE_PRINTF(at, first)
#define MINE_MUST_CHECK
#define MINE_INLINE         static inline
#define MINE_FETCH(address) ((void)(address))
#endif

#define MINE_ERROR_BYTES 1024

/* How long loops took (parallel.c): per function, seconds per task. */
typedef struct mine_loop_time {
  void (*task)(void *context, int64_t task, int worker);
  double seconds; /* negative: not known yet */
} mine_loop_time;

#define MINE_PACE_LOOPS 16
typedef struct mine_pace {
  mine_loop_time loop[MINE_PACE_LOOPS];
  int oldest;
  double alone; /* seconds that loops of some length took without a team */
  double lost;  /* seconds that asking for help lately cost, on the average */
} mine_pace;

struct mine_env {
  mine_host host;      /* every member filled in                            */
  mine_memory memory;  /* what this call holds, and its limit               */
  mine_arena *scratch; /* ends with the environment                         */
  const char *verb;    /* "mine_train"; prefix of every error sentence      */
  mine_status status;
  char error[MINE_ERROR_BYTES];
  int threads;     /* 1..MINE_MAX_THREADS; 1 when host.single_thread    */
  int all_threads; /* nobody said how many: no more than the quota      */
  int quota;       /* of the control group; 0 none, -1 not asked yet    */
  mine_team team;  /* the threads beside the calling one                */
  mine_pace pace;
  int progress;           /* whether to report progress                        */
  int branch;             /* which of its call's branches it is (branch.h), from 0 */
  const atomic_int *stop; /* of a branch (branch.h): its loop is over; or NULL */
  const mine_host *owner; /* of a branch: whose memory what outlives it is; or NULL */
  double opened;          /* mine__clock() then                                 */
  double deadline;        /* mine__clock() at which max_seconds is over; 0 none */
  double max_seconds;     /* as asked, for the sentence                        */
  double last_poll;       /* mine__clock() of the last poll and progress report */
  double last_progress;
};

#define MINE_MAX_THREADS 256

/* Record a failure and return it.  Only the first is kept; later calls return
** the first status.  The text is truncated to MINE_ERROR_BYTES at a UTF-8
** boundary.  %g-like conversions must not be used (locale): format numbers
** with mine_text_real() first. */
mine_status mine__fail(mine_env *env, mine_status status, const char *format, ...)
    MINE_PRINTF(3, 4);

/* Whether the call has failed: nothing after it needs to be done. */
static inline int mine_failed(const mine_env *env) {
  return !env || env->status != MINE_OK;
}

/* In a function that returns a status: return that of `step` unless it is MINE_OK. */
#define MINE_TRY(step)                                      \
  do {                                                      \
    const mine_status mine_try_status = (step);             \
    if (mine_try_status != MINE_OK) return mine_try_status; \
  } while (0)

/* Record "out of memory" / "max_memory reached" and return it. */
mine_status mine__fail_memory(mine_env *env, size_t bytes);

/* Ask the host whether to go on: interrupt, max_seconds.  Cheap enough for
** every ~1 ms of work; must be called on the calling thread, outside parallel
** regions, at most ~50 ms of work apart. */
mine_status mine__poll(mine_env *env) MINE_MUST_CHECK;

/* mine__poll every so many rows of a plain loop: a few milliseconds of work. */
#define MINE_POLL_AT(env, row) ((row) % 65536 == 0 && mine__poll(env) != MINE_OK)

/* mine__poll, and tell the host that `share` (0..1) of `what` is done.  The
** engine limits how often the host hears it. */
mine_status mine__poll_progress(mine_env *env, const char *what, double share) MINE_MUST_CHECK;

/* The run options that every job takes; applied by the job after parsing. */
void mine__env_set_threads(mine_env *env, int64_t threads);    /* 0 = all cores */
void mine__env_set_max_seconds(mine_env *env, double seconds); /* NAN = none  */

/* A part of the call that may be given up: until then (mine__clock()) or max_seconds, whichever is
** first.  Returns what mine__env_resume() takes after it, which gives max_seconds back its place.
** 1: the part did not end in time, and the call goes on as if it had not failed. */
double mine__env_hurry(mine_env *env, double until);
int mine__env_resume(mine_env *env, double before);
void mine__env_set_max_memory(mine_env *env, size_t bytes); /* 0 = default */

double mine__clock(void); /* seconds, monotonic */

#endif
