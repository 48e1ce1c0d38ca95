/*
** lives.h -- what survival is computed from: until when each was seen, and whether the event
** came then.
**
** The event list (id, duration, event [, group]), with start= for those who were seen only from
** some time on: such a life counts among those at risk at t if start < t <= duration.  Lives are
** parted, then sorted by their ends, and by their beginnings if there are any, each part for itself
** and many at once; the walk over the times of a part (mine__lives_next) says who was at risk.
*/
#ifndef MINE_JOBS_LIVES_H
#define MINE_JOBS_LIVES_H

#include "verb.h"

/* The first wants of a verb over lives, in this order. */
enum { LIVES_ID, LIVES_DURATION, LIVES_EVENT, LIVES_GROUP, LIVES_START, LIVES_STRATA };
#define MINE_LIVES_BEFORE_GROUP                                                                 \
  {.name = "id", .reading = MINE_READ_NOT, .help = "the column that says who; it is not read"}, \
      {.name = "duration",                                                                      \
       .reading = MINE_READ_NUMBER,                                                             \
       .flags = MINE_WANT_NOT_NEGATIVE,                                                         \
       .help = "the column of how long each was seen"},                                         \
  {                                                                                             \
    .name = "event", .reading = MINE_READ_CATEGORY,                                             \
    .help = "the column of whether the event came then: 1, or 0 if it had not come yet"         \
  }
#define MINE_LIVES_START                                                                 \
  {                                                                                      \
    .name = "start", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_NAMED,              \
    .help = "a column: from when on each was seen, on the same clock; not given: from 0" \
  }

/* Lives in parts (groups, or strata); those of part p are first[p] .. first[p + 1] - 1, by
** rising time.  `tag` is another code of each, or NULL. */
typedef struct mine__lives {
  int64_t n, n_parts;
  int64_t *first;
  double *time;
  uint8_t *event;
  int32_t *tag;
  double *start; /* of the same part, but by rising start; NULL: all from the beginning */
  int32_t *start_tag;
} mine__lives;

/* Read them from the finished frame of a job whose wants begin as above, parted by the column
** `part` and tagged by the column `tag` (each may be NULL).  Rows in which something is missing
** are left out, with a note.  Errors: no rows left, a start that is not before its end, an event
** column of neither 0 nor 1 (event_value is for these).  In the job's arena.  O(rows). */
void mine__lives_read(mine_job *job, const mine_cell *event_value, const mine_column *part,
                      const mine_column *tag, mine__lives *out);

/* run(context, part, ask) for every part: as tasks (parallel.h), ask NULL; but a large part on the
** calling thread, which asks the host by `ask` every so often and leaves when that fails. */
typedef void (*mine__lives_part)(void *context, int64_t part, mine_env *ask);
mine_status mine__lives_each(mine_env *env, const mine__lives *lives, mine__lives_part run,
                             void *context) MINE_MUST_CHECK;

/* The walk over the distinct times of one part. */
typedef struct mine__lives_walk {
  const mine__lives *lives;
  int64_t at, entered, first, end; /* lives left and entered before the time to come */
  double time;
  int64_t at_risk, events, censored; /* of it */
  int64_t from, to;                  /* the lives that end then */
} mine__lives_walk;
mine__lives_walk mine__lives_open(const mine__lives *lives, int64_t part);
/* 1: the next time; 0: there is none. */
int mine__lives_next(mine__lives_walk *walk);

/* Which values of a column mean that the event came: 1 per level (in env->scratch), 0 those that
** mean it had not.  event_value MINE_NULL: 1 and 0, yes and no ... NULL: failure recorded. */
uint8_t *mine__lives_events(mine_env *env, const mine_column *event, const mine_cell *event_value);

#endif
