/*
** lives.c -- lives sorted and parted (lives.h).
*/
#include "lives.h"

#include <math.h>

#include "../core/parallel.h"
#include "../core/radix.h"

/* ---- what an event is -------------------------------------------------------------------- */

static void lives_refuse_level(mine_env *env, const mine_column *event, const mine_cell *level) {
  char shown[MINE_SHOW_BYTES];
  (void)mine__fail(env, MINE_DATA,
                   "the event '%s' is %s in some row, neither 1 (it came) nor 0 (not yet); say "
                   "event_value=<the value that means it came>",
                   event->name, mine__show_cell(shown, level));
}

static void lives_refuse_value(mine_env *env, const mine_column *event, const mine_cell *value) {
  char shown[MINE_SHOW_BYTES];
  mine_text list;
  mine__text_open(&list, env->scratch);
  mine__classes_list(&list, &event->levels);
  if (list.failed) return;
  (void)mine__fail(env, MINE_OPTION,
                   "event_value=%s is no value of the event '%s'; its values are %s",
                   mine__show_cell(shown, value), event->name, list.bytes ? list.data : "none");
}

uint8_t *mine__lives_events(mine_env *env, const mine_column *event, const mine_cell *event_value) {
  const int64_t n = event->levels.n;
  uint8_t *came = mine__arena_zeros(env->scratch, (size_t)n + 1, sizeof *came);
  if (!came) return NULL;
  if (event_value->type != MINE_NULL) {
    const int found = mine__class_find(&event->levels, event_value, 1);
    if (found < 0)
      lives_refuse_value(env, event, event_value);
    else
      came[found] = 1;
    return mine_failed(env) ? NULL : came;
  }
  for (int64_t l = 0; l < n && !mine_failed(env); l++) {
    mine_cell cell;
    mine__values_get(&event->levels, l, &cell);
    const int obvious = mine__class_obvious(&cell);
    if (obvious < 0) lives_refuse_level(env, event, &cell);
    came[l] = obvious > 0;
  }
  return mine_failed(env) ? NULL : came;
}

/* ---- part by part -------------------------------------------------------------------------- */

#define LIVES_TOGETHER 262144 /* lives of a part that is one task */

typedef struct lives_loop {
  const mine__lives *lives;
  mine__lives_part run;
  void *context;
} lives_loop;

static int lives_is_large(const mine__lives *lives, int64_t part) {
  return lives->first[part + 1] - lives->first[part] > LIVES_TOGETHER;
}

static void lives_task(void *context, int64_t part, int worker) {
  const lives_loop *loop = context;
  (void)worker;
  if (!lives_is_large(loop->lives, part)) loop->run(loop->context, part, NULL);
}

mine_status mine__lives_each(mine_env *env, const mine__lives *lives, mine__lives_part run,
                             void *context) {
  lives_loop loop = {lives, run, context};
  MINE_TRY(mine__parallel(env, lives->n_parts, lives_task, &loop));
  for (int64_t p = 0; p < lives->n_parts && !mine_failed(env); p++)
    if (lives_is_large(lives, p)) run(context, p, env);
  return mine_env_status(env);
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct lives_rows {
  mine_job *job;
  const mine_column *duration, *event, *start, *part, *tag;
  const uint8_t *came; /* per level of the event */
  mine__by_code by;    /* the rows that are used, part after part */
  mine_pair *order, *temp;
  mine__lives *out;
} lives_rows;

/* An event column of nothing but gaps has neither codes nor levels. */
static int lives_lacks(const mine_column *column, int64_t row) {
  if (!column) return 0;
  if (column->number) return isnan(column->number[row]);
  return !column->code || column->code[row] < 0;
}

static void lives_refuse_start(const lives_rows *r, int64_t row) {
  char from[MINE_NUMBER_BYTES], to[MINE_NUMBER_BYTES];
  (void)mine__fail(r->job->env, MINE_DATA,
                   "row %lld begins at %s ('%s') and ends at %s ('%s'), not later; leave such rows "
                   "out with WHERE",
                   (long long)row + 1, mine__format_real(from, r->start->number[row], 0),
                   r->start->name, mine__format_real(to, r->duration->number[row], 0),
                   r->duration->name);
}

/* The part of each row; -1: something is missing in it. */
static int32_t *lives_codes(const lives_rows *r) {
  mine_env *env = r->job->env;
  const int64_t rows = r->job->frame->rows;
  int32_t *code = mine__arena_array(env->scratch, (size_t)rows, sizeof *code);
  for (int64_t i = 0; code && i < rows; i++) {
    if (MINE_POLL_AT(env, i)) return NULL;
    code[i] = -1;
    if (lives_lacks(r->duration, i) || lives_lacks(r->event, i) || lives_lacks(r->start, i) ||
        lives_lacks(r->part, i) || lives_lacks(r->tag, i))
      continue;
    if (r->start && !(r->start->number[i] < r->duration->number[i])) {
      lives_refuse_start(r, i);
      return NULL;
    }
    code[i] = r->part ? r->part->code[i] : 0;
  }
  return code;
}

/* The rows in which nothing is missing, part after part. */
static void lives_choose(lives_rows *r) {
  mine_job *job = r->job;
  const int64_t rows = job->frame->rows, parts = r->out->n_parts;
  const int whole = r->part && !r->start && r->part->missing == 0 && r->duration->missing == 0 &&
                    r->event->missing == 0 && (!r->tag || r->tag->missing == 0);
  const int32_t *code = whole ? r->part->code : lives_codes(r);
  if (mine_failed(job->env) ||
      (rows > 0 && !mine__sort_codes(job->arena, code, rows, parts, &r->by)))
    return;
  const int64_t n = r->out->n = rows > 0 ? r->by.first[parts] : 0;
  r->out->first = r->by.first;
  if (n == 0)
    (void)mine__fail(job->env, MINE_DATA,
                     "no row has all of duration, event%s%s; give rows that have",
                     r->start ? ", start" : "", r->part || r->tag ? " and group" : "");
  else if (n < rows)
    mine__job_notef(job, "warning", "rows",
                    "%lld of %lld are left out: something is missing in them",
                    (long long)(rows - n), (long long)rows);
}

/* Sort the rows of a part by rising value, into r->order; ask: NULL where the host is not to be
** asked. */
static int lives_sort(const lives_rows *r, const double *value, int64_t part, mine_env *ask) {
  const int64_t first = r->by.first[part];
  return mine__sort_reals_asked(ask, value, r->by.at + first, r->by.first[part + 1] - first,
                                r->order + first, r->temp + first);
}

/* The lives of a part by rising value: the value of each, its tag and its event where they are
** asked for. */
static void lives_place(const lives_rows *r, const double *value, int64_t part, double *to,
                        int32_t *tag, uint8_t *event, mine_env *ask) {
  const uint32_t *at = r->by.at + r->by.first[part];
  if (!lives_sort(r, value, part, ask)) return;
  for (int64_t i = r->by.first[part]; i < r->by.first[part + 1]; i++) {
    const uint32_t row = at[r->order[i].row];
    if (ask && MINE_POLL_AT(ask, i)) return;
    to[i] = value[row];
    if (tag) tag[i] = r->tag->code[row];
    if (event) event[i] = r->came[r->event->code[row]];
  }
}

static void lives_part(void *context, int64_t part, mine_env *ask) {
  const lives_rows *r = context;
  const mine__lives *out = r->out;
  lives_place(r, r->duration->number, part, out->time, out->tag, out->event, ask);
  if (r->start) lives_place(r, r->start->number, part, out->start, out->start_tag, NULL, ask);
}

static void lives_fill(lives_rows *r) {
  mine_arena *arena = r->job->arena;
  mine_env *env = r->job->env;
  mine__lives *out = r->out;
  const size_t n = (size_t)out->n;
  r->order = mine__arena_array(env->scratch, n, sizeof *r->order);
  r->temp = mine__arena_array(env->scratch, n, sizeof *r->temp);
  out->time = mine__arena_array(arena, n, sizeof *out->time);
  out->event = mine__arena_array(arena, n, sizeof *out->event);
  if (r->tag) out->tag = mine__arena_array(arena, n, sizeof *out->tag);
  if (r->start) out->start = mine__arena_array(arena, n, sizeof *out->start);
  if (r->start && r->tag) out->start_tag = mine__arena_array(arena, n, sizeof *out->start_tag);
  if (!mine_failed(env)) (void)!mine__lives_each(env, out, lives_part, r);
}

void mine__lives_read(mine_job *job, const mine_cell *event_value, const mine_column *part,
                      const mine_column *tag, mine__lives *out) {
  mine_arena *scratch = job->env->scratch;
  const mine_mark mark = mine__arena_mark(scratch);
  lives_rows r = {.job = job,
                  .duration = mine__job_event(job, LIVES_DURATION),
                  .event = mine__job_event(job, LIVES_EVENT),
                  .start = mine__job_event(job, LIVES_START),
                  .part = part,
                  .tag = tag,
                  .out = out};
  *out = (mine__lives){.n_parts = part ? part->levels.n : 1};
  r.came = mine__lives_events(job->env, r.event, event_value);
  if (!mine_failed(job->env)) lives_choose(&r);
  if (!mine_failed(job->env)) lives_fill(&r);
  mine__arena_rewind(scratch, mark);
}

/* ---- the walk -------------------------------------------------------------------------------- */

mine__lives_walk mine__lives_open(const mine__lives *lives, int64_t part) {
  const int64_t first = lives->first[part];
  return (mine__lives_walk){
      .lives = lives, .at = first, .entered = first, .first = first, .end = lives->first[part + 1]};
}

int mine__lives_next(mine__lives_walk *walk) {
  const mine__lives *lives = walk->lives;
  if (walk->at >= walk->end) return 0;
  walk->time = lives->time[walk->at];
  if (!lives->start) walk->entered = walk->end;
  while (walk->entered < walk->end && lives->start[walk->entered] < walk->time)
    walk->entered++;
  walk->at_risk = walk->entered - walk->at;
  walk->from = walk->at;
  walk->events = 0;
  while (walk->at < walk->end && lives->time[walk->at] == walk->time)
    walk->events += lives->event[walk->at++];
  walk->to = walk->at;
  walk->censored = walk->to - walk->from - walk->events;
  return 1;
}
