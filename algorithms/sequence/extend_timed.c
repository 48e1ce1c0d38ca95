/*
** extend_timed.c -- the children of a pattern under limits on times.
**
** Here the first place does not decide: what is too far behind it may be near enough behind a
** later one.  So a pattern keeps every event in which it can end, and with each the latest event
** in which it can have begun, which leaves the most of max_span.  An event that follows is
** reached from the latest place that is min_gap before it: earlier ones are farther away and
** have not begun later, so if that one is too far, all are.  The latest begin never falls from
** one place to the next: it does not at the first items, and what follows takes over the begin
** of a place that never falls either.
*/
#include <math.h>

#include "walker.h"

/* The places of one customer, first .. last - 1, and his number in this node. */
typedef struct timed_customer {
  const walker_place *place;
  size_t first, last;
  uint32_t who;
} timed_customer;

/* What limits say, with slack for the rounding of differences. */
typedef struct timed_limits {
  double least, most, span;
} timed_limits;

static timed_limits timed_limits_of(const walker *w, int concludes) {
  const mine_sequence_query *q = w->query;
  const double slack = w->data->slack;
  const double most = concludes && !isnan(q->within) ? q->within : q->max_gap;
  return (timed_limits){isnan(q->min_gap) ? 0 : q->min_gap - slack,
                        isnan(most) ? INFINITY : most + slack,
                        isnan(q->max_span) ? INFINITY : q->max_span + slack};
}

/* ---- an item in reach: counted in the first pass, its place written in the second ---------- */

MINE_INLINE void timed_meet(walker *w, walker_kind kind, uint32_t x, walker_place place,
                            uint32_t who, walker_place *list) {
  walker_tally *t = &w->tally[kind][x];
  if (list) {
    if (t->at != WALKER_NOWHERE) list[t->at++] = place;
    return;
  }
  t->at++;
  if (t->stamp == who) return;
  t->stamp = who;
  if (t->count++ == 0) w->touched[kind][w->n_touched[kind]++] = x;
}

/* Items that join the last itemset. */
MINE_INLINE void timed_join(walker *w, const timed_customer *c, walker_place *list) {
  const uint32_t *word = w->data->word;
  for (size_t k = c->first; k < c->last; k++) {
    walker_place place = c->place[k];
    for (size_t q = (size_t)place.at + 1; !(word[q] & SEQUENCE_NEW); q++) {
      place.at = (uint32_t)q;
      timed_meet(w, WALK_I, word[q], place, c->who, list);
    }
    w->work += 2;
  }
}

/* Items of later events. */
MINE_INLINE void timed_follow(walker *w, const timed_customer *c, walker_kind kind,
                              walker_place *list) {
  const mine_sequence_data *d = w->data;
  const timed_limits limit = timed_limits_of(w, kind == WALK_C);
  size_t k = c->first;
  uint32_t e = d->event_of[c->place[k].at];
  const uint32_t end = d->customer_first[d->customer_of[e] + 1];
  for (uint32_t f = e + 1; f < end; f++) {
    const double now = d->time[f];
    while (k + 1 < c->last && d->event_of[c->place[k + 1].at] < f &&
           now - d->time[d->event_of[c->place[k + 1].at]] >= limit.least)
      e = d->event_of[c->place[++k].at];
    w->work++;
    if (now - d->time[e] < limit.least) continue;
    if (now - d->time[e] > limit.most || now - d->time[c->place[k].start] > limit.span) {
      if (k + 1 == c->last) break;
      continue;
    }
    const uint32_t stop = d->event_first[f + 1];
    for (uint32_t q = d->event_first[f]; q < stop && d->word[q] != SEQUENCE_END; q++)
      timed_meet(w, kind, d->word[q] & ~SEQUENCE_NEW, (walker_place){q, c->place[k].start, e},
                 c->who, list);
    w->work += stop - d->event_first[f];
  }
}

/* Which kinds of children a node may have. */
typedef struct timed_kinds {
  int follows, concludes;
} timed_kinds;

static timed_kinds timed_kinds_of(const walker *w, const walker_frame *frame) {
  const mine_sequence_query *q = w->query;
  const int apart = q->rules && !isnan(q->within); /* consequents have a window of their own */
  const int64_t room = q->max_length - frame->length;
  if (frame->concluded) return (timed_kinds){0, 0};
  return (timed_kinds){apart ? room > 1 : room > 0, apart && room > 0};
}

MINE_INLINE void timed_pass(walker *w, const timed_kinds *kinds, const walker_place *place,
                            size_t n, walker_place *list) {
  const mine_sequence_data *d = w->data;
  timed_customer c = {.place = place};
  int before = !list;
  for (; c.first < n; c.first = c.last) {
    const uint32_t customer = d->customer_of[d->event_of[place[c.first].at]];
    const uint32_t end = d->event_first[d->customer_first[customer + 1]];
    c.last = c.first + 1;
    while (c.last < n && place[c.last].at < end)
      c.last++;
    c.who++;
    if (before && place[c.first].at >= d->split) {
      mine__walker_split(w);
      before = 0;
    }
    timed_join(w, &c, list);
    if (kinds->follows) timed_follow(w, &c, WALK_S, list);
    if (kinds->concludes) timed_follow(w, &c, WALK_C, list);
  }
  if (before) mine__walker_split(w);
}

int mine__walker_grow_timed(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                            walker_frame *frame) {
  const walker_place *place = (const walker_place *)(const void *)list;
  const timed_kinds kinds = timed_kinds_of(w, frame);
  size_t children = 0, words = 0;
  timed_pass(w, &kinds, place, n, NULL);
  for (int kind = 0; kind < WALK_KINDS; kind++)
    children += w->n_touched[kind];
  frame->word = from->word;
  frame->words = from->words;
  frame->split = from->split;
  frame->child = mine__walker_take(w, children, sizeof *frame->child);
  if (frame->child) {
    const size_t places = mine__walker_children(w, frame, &words);
    if (frame->n > 0) frame->list = mine__walker_take(w, places, sizeof *place);
    if (frame->list) timed_pass(w, &kinds, place, n, (walker_place *)(void *)frame->list);
  }
  mine__walker_clear(w);
  return frame->n > 0 && !w->stop;
}
