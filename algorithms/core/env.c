/*
** env.c -- one call's account with its host: memory, time, threads, error.
**
** The environment is the only place that talks to the host, and only on the
** calling thread.  No file is opened here: where the host does not say how much
** memory is available, the fallback is the machine's physical memory.
*/
#include "env.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cores.h"
#include "text.h"

#define ENV_POLL_SECONDS     0.01 /* the host is asked at most this often   */
#define ENV_PROGRESS_SECONDS 0.1  /* the host hears progress at most so often */
#define ENV_NEVER            (-1e300)

/* ---- defaults of the host ------------------------------------------------------ */

static void *env_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  (void)user;
  (void)old_bytes;
  if (new_bytes) return realloc(block, new_bytes);
  free(block);
  return NULL;
}

static int env_not_interrupted(void *user) {
  (void)user;
  return 0;
}

static void env_no_progress(void *user, const char *what, double share) {
  (void)user;
  (void)what;
  (void)share;
}

static size_t env_physical_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return 0;
  if ((size_t)pages > SIZE_MAX / (size_t)page) return SIZE_MAX;
  return (size_t)pages * (size_t)page;
}

/* ---- life --------------------------------------------------------------------- */

static void env_fill(mine_env *env, const mine_host *host, const char *verb) {
  memset(env, 0, sizeof *env);
  if (host) env->host = *host;
  env->progress = env->host.progress != NULL;
  if (!env->host.resize) {
    env->host.resize = env_resize;
    env->host.any_thread = 1;
  }
  if (!env->host.interrupted) env->host.interrupted = env_not_interrupted;
  if (!env->host.progress) env->host.progress = env_no_progress;
  if (!env->host.available_memory) env->host.available_memory = env_physical_memory();
  env->verb = verb ? verb : "";
  env->last_poll = env->last_progress = ENV_NEVER;
  env->opened = mine__clock();
  env->quota = -1;
  mine__env_set_threads(env, 0);
  mine__env_set_max_memory(env, 0);
  mine__env_set_max_seconds(env, (double)NAN);
}

mine_status mine_env_open(const mine_host *host, const char *verb, mine_env **out) {
  mine_env seed;
  *out = NULL;
  env_fill(&seed, host, verb);
  mine_env *env = seed.host.resize(seed.host.user, NULL, 0, sizeof *env);
  if (!env) return MINE_NOMEM;
  *env = seed;
  env->scratch = mine__arena_open(env);
  if (!env->scratch) {
    mine_status status = env->status;
    mine_env_close(env);
    return status;
  }
  *out = env;
  return MINE_OK;
}

void mine_env_close(mine_env *env) {
  if (!env) return;
  mine_env_rest(env);
  mine__arena_close(env->scratch);
  env->host.resize(env->host.user, env, sizeof *env, 0);
}

/* ---- errors ------------------------------------------------------------------- */

/* Without an environment there was no memory even for one. */
mine_status mine_env_status(const mine_env *env) {
  return env ? env->status : MINE_NOMEM;
}

const char *mine_env_error(const mine_env *env) {
  return env ? env->error : "out of memory";
}

static size_t env_prefix(mine_env *env) {
  if (!env->verb[0]) return 0;
  int n = snprintf(env->error, MINE_ERROR_BYTES / 2, "%s: ", env->verb);
  return n < 0 ? 0 : strlen(env->error);
}

mine_status mine__fail(mine_env *env, mine_status status, const char *format, ...) {
  if (!env) return status;
  if (env->status != MINE_OK) return env->status;
  env->status = status;
  size_t at = env_prefix(env), room = MINE_ERROR_BYTES - at;
  va_list list;
  va_start(list, format);
  int n = vsnprintf(env->error + at, room, format, list);
  va_end(list);
  if (n < 0) env->error[at] = 0;
  if (n >= (int)room) { /* cut: not in the middle of a character */
    size_t end = MINE_ERROR_BYTES - 4;
    while (end > at && ((unsigned char)env->error[end] & 0xC0) == 0x80)
      end--;
    memcpy(env->error + end, "...", 4);
  }
  return status;
}

mine_status mine_env_fail(mine_env *env, mine_status status, const char *sentence) {
  return mine__fail(env, status, "%s", sentence);
}

#define ENV_SHOW_BYTES 32
/* "512 bytes", "64.0 KB", "2.0 GB": one decimal, without a locale. */
static const char *env_show(char buffer[ENV_SHOW_BYTES], size_t bytes) {
  static const char *const unit[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  size_t whole = bytes, rest = 0;
  int u = 0;
  if (bytes == SIZE_MAX) return "more than an address holds"; /* a product overflowed */
  for (; whole >= 1024 && u < 6; u++) {
    rest = whole % 1024;
    whole /= 1024;
  }
  if (u == 0)
    snprintf(buffer, ENV_SHOW_BYTES, "%zu bytes", bytes);
  else
    snprintf(buffer, ENV_SHOW_BYTES, "%zu.%zu %s", whole, rest * 10 / 1024, unit[u]);
  return buffer;
}

mine_status mine__fail_memory(mine_env *env, size_t bytes) {
  if (!env) return MINE_NOMEM;
  char limit[ENV_SHOW_BYTES], used[ENV_SHOW_BYTES], more[ENV_SHOW_BYTES];
  const mine_memory *memory = &env->memory;
  env_show(used, memory->used);
  env_show(more, bytes);
  if (memory->limit && (memory->used > memory->limit || bytes > memory->limit - memory->used))
    return mine__fail(env, MINE_LIMIT,
                      "max_memory of %s reached (%s held, %s more needed); raise max_memory or "
                      "read fewer rows or columns",
                      env_show(limit, memory->limit), used, more);
  return mine__fail(env, MINE_NOMEM,
                    "out of memory (%s held, %s more refused); read fewer rows or columns", used,
                    more);
}

/* ---- going on or not ------------------------------------------------------------- */

double mine__clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static mine_status env_poll_at(mine_env *env, double now) {
  if (env->status != MINE_OK) return env->status;
  if (env->deadline > 0 && now >= env->deadline) {
    char number[MINE_NUMBER_BYTES];
    return mine__fail(env, MINE_LIMIT,
                      "max_seconds of %s reached; raise max_seconds or read fewer "
                      "rows or columns",
                      mine__format_real(number, env->max_seconds, 0));
  }
  if (env->stop && atomic_load_explicit(env->stop, memory_order_relaxed))
    return mine__fail(env, MINE_INTERRUPT, "interrupted");
  if (now - env->last_poll < ENV_POLL_SECONDS) return MINE_OK;
  env->last_poll = now;
  if (env->host.interrupted(env->host.user)) return mine__fail(env, MINE_INTERRUPT, "interrupted");
  return MINE_OK;
}

mine_status mine__poll(mine_env *env) {
  return env_poll_at(env, mine__clock());
}

mine_status mine__poll_progress(mine_env *env, const char *what, double share) {
  double now = mine__clock();
  mine_status status = env_poll_at(env, now);
  if (status != MINE_OK || !env->progress) return status;
  if (now - env->last_progress < ENV_PROGRESS_SECONDS) return MINE_OK;
  env->last_progress = now;
  env->host.progress(env->host.user, what, share > 1 ? 1 : share > 0 ? share : 0);
  return env->status;
}

/* ---- run options ----------------------------------------------------------------- */

/* More threads than cores are allowed when asked for: results do not depend on
** it, and it is how a test runs eight threads on two cores. */
void mine__env_set_threads(mine_env *env, int64_t threads) {
  env->all_threads = threads < 1;
  if (threads < 1) threads = env->host.single_thread ? 1 : mine__cores();
  if (threads > MINE_MAX_THREADS) threads = MINE_MAX_THREADS;
  env->threads = env->host.single_thread ? 1 : (int)threads;
}

void mine__env_set_max_seconds(mine_env *env, double seconds) {
  env->max_seconds = seconds;
  env->deadline = isnan(seconds) ? 0 : mine__clock() + (seconds > 0 ? seconds : 0);
}

double mine__env_hurry(mine_env *env, double until) {
  const double before = env->deadline;
  if (before == 0 || until < before) env->deadline = until;
  return before;
}

int mine__env_resume(mine_env *env, double before) {
  const double now = mine__clock();
  const int late = env->status == MINE_LIMIT && env->deadline != before && now >= env->deadline &&
                   (before == 0 || now < before);
  env->deadline = before;
  if (!late) return 0;
  env->status = MINE_OK;
  env->error[0] = '\0';
  return 1;
}

void mine__env_set_max_memory(mine_env *env, size_t bytes) {
  env->memory.limit = bytes ? bytes : env->host.available_memory / 2;
}
