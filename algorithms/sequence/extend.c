/*
** extend.c -- the children of a pattern, without limits on times.
**
** Then the first place at which a pattern ends in a customer decides: whatever lies behind it
** can follow (PrefixSpan: Pei et al., ICDE 2001, with pseudo-projection).  Later places matter
** only where the event goes on, for items that join the last itemset.
**
** Two passes over what lies behind the places: count, for each item, the customers and the
** places; then write the places of the frequent ones.  What is not frequent behind a pattern
** is not frequent behind any that begins with it, so the second pass copies the rest to a
** shorter row of words, when that is worth it, and all below walks on the copy.
*/
#include <string.h>

#include "walker.h"

static inline void extend_count(walker *w, walker_kind kind, uint32_t x, uint32_t next,
                                uint32_t who, int keep) {
  walker_tally *t = &w->tally[kind][x];
  t->total++;
  if (t->stamp != who) {
    t->stamp = who;
    if (t->count++ == 0) w->touched[kind][w->n_touched[kind]++] = x;
    t->at += next != SEQUENCE_END || keep;
  } else {
    t->at += !(next & SEQUENCE_NEW);
  }
}

/* How many customers; words walked go to w->work. */
static uint32_t extend_tally(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                             int later) {
  const uint32_t *word = from->word;
  const int keep = w->query->closed;
  uint32_t who = 0;
  int before = 1; /* the split */
  for (size_t i = 0; i < n;) {
    size_t q = (size_t)list[i++] + 1;
    if (before && q > from->split) {
      mine__walker_split(w);
      before = 0;
    }
    who++;
    for (; !(word[q] & SEQUENCE_NEW); q++)
      extend_count(w, WALK_I, word[q], word[q + 1], who, keep);
    int tail = 0;
    const size_t first = q;
    for (uint32_t v; (v = word[q]) != SEQUENCE_END; q++) {
      if (v & SEQUENCE_NEW) tail = 0;
      const uint32_t x = v & ~SEQUENCE_NEW;
      if (tail) extend_count(w, WALK_I, x, word[q + 1], who, keep);
      if (later) extend_count(w, WALK_S, x, word[q + 1], who, keep);
      if (i < n && list[i] == q) {
        tail = 1;
        i++;
      }
    }
    w->work += (int64_t)(q - first) + 4;
  }
  if (before) mine__walker_split(w);
  return who;
}

static inline void extend_place(walker *w, walker_kind kind, uint32_t x, uint32_t next,
                                uint32_t who, int keep, uint32_t at, uint32_t *list) {
  walker_tally *t = &w->tally[kind][x];
  if (t->stamp != who) {
    t->stamp = who;
    if (next == SEQUENCE_END && !keep) return;
  } else if (next & SEQUENCE_NEW) {
    return;
  }
  list[t->at++] = at;
}

/* Write the places, and, with `copy`, the words that they mean; how many words. */
MINE_INLINE size_t extend_write(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                                uint32_t who, int later, uint32_t *copy, walker_frame *frame) {
  const uint32_t *word = from->word;
  const int keep = w->query->closed;
  size_t used = 0;
  if (copy) frame->split = SIZE_MAX;
  for (size_t i = 0; i < n;) {
    size_t q = (size_t)list[i++] + 1;
    if (copy && frame->split == SIZE_MAX && q > from->split) frame->split = used;
    who++;
    const size_t begun = used;
    uint32_t flag = SEQUENCE_NEW;
    int tail = 1, behind = 0;
    for (uint32_t v; (v = word[q]) != SEQUENCE_END; q++) {
      if (v & SEQUENCE_NEW) {
        tail = 0;
        behind = later;
        flag = SEQUENCE_NEW;
      }
      const uint32_t x = v & ~SEQUENCE_NEW;
      const int joins = tail && w->tally[WALK_I][x].at != WALKER_NOWHERE;
      const int follows = behind && w->tally[WALK_S][x].at != WALKER_NOWHERE;
      uint32_t at = (uint32_t)q;
      if (copy && (joins || follows)) {
        at = (uint32_t)used;
        copy[used++] = x | flag;
        flag = 0;
      }
      if (joins) extend_place(w, WALK_I, x, word[q + 1], who, keep, at, frame->list);
      if (follows) extend_place(w, WALK_S, x, word[q + 1], who, keep, at, frame->list);
      if (i < n && list[i] == q) {
        tail = 1;
        i++;
      }
    }
    if (copy && used > begun) copy[used++] = SEQUENCE_END;
  }
  if (copy && frame->split == SIZE_MAX) frame->split = used;
  return used;
}

/* Infrequent items were tallied and stand at WALKER_NOWHERE; what was not tallied was not
** walked. */
static void extend_fill(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                        uint32_t who, int later, size_t kept, walker_frame *frame) {
  frame->word = from->word;
  frame->words = from->words;
  frame->split = from->split;
  if (w->query->closed || kept + who >= (size_t)w->work / 4 * 3) {
    (void)extend_write(w, from, list, n, who, later, NULL, frame);
    return;
  }
  uint32_t *copy = mine__walker_take(w, kept + who + 1, sizeof *copy);
  if (!copy) return;
  frame->words = extend_write(w, from, list, n, who, later, copy, frame);
  frame->word = copy;
}

int mine__walker_grow(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                      walker_frame *frame) {
  const int64_t work = w->work;
  const int later = (int64_t)frame->length < w->query->max_length;
  size_t kept = 0;
  w->work = 0;
  const uint32_t who = extend_tally(w, from, list, n, later);
  frame->child = mine__walker_take(w, (size_t)w->n_touched[WALK_I] + w->n_touched[WALK_S],
                                   sizeof *frame->child);
  if (frame->child) {
    const size_t places = mine__walker_children(w, frame, &kept);
    if (frame->n > 0) frame->list = mine__walker_take(w, places, sizeof *frame->list);
    if (frame->list) extend_fill(w, from, list, n, who, later, kept, frame);
  }
  mine__walker_clear(w);
  w->work = work + 2 * w->work;
  return frame->n > 0 && !w->stop;
}
