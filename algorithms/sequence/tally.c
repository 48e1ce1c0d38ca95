/*
** tally.c -- what was counted of each item becomes the children of a node.
*/
#include "walker.h"

void mine__walker_split(walker *w) {
  for (int kind = 0; kind < WALK_KINDS; kind++)
    for (uint32_t i = 0; i < w->n_touched[kind]; i++) {
      walker_tally *t = &w->tally[kind][w->touched[kind][i]];
      t->positives = t->count;
    }
}

size_t mine__walker_children(walker *w, walker_frame *frame, size_t *words) {
  size_t places = 0;
  for (uint32_t kind = 0; kind < WALK_KINDS; kind++) {
    for (uint32_t i = 0; i < w->n_touched[kind]; i++) {
      const uint32_t x = w->touched[kind][i];
      walker_tally *t = &w->tally[kind][x];
      if (!mine__walker_is_frequent(w, t->count, t->positives)) {
        t->at = WALKER_NOWHERE;
        continue;
      }
      frame->child[frame->n++] = (walker_child){x, kind, t->count, t->positives, places, t->at};
      places += t->at;
      *words += t->total;
      t->at = (uint32_t)frame->child[frame->n - 1].first;
    }
  }
  return places;
}

void mine__walker_clear(walker *w) {
  for (int kind = 0; kind < WALK_KINDS; kind++) {
    for (uint32_t i = 0; i < w->n_touched[kind]; i++)
      w->tally[kind][w->touched[kind][i]] = (walker_tally){0};
    w->n_touched[kind] = 0;
  }
}
