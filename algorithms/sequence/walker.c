/*
** walker.c -- depth first, with a stack that is not the program's.
**
** A step takes the next child of the node on top: it answers the child's pattern and, where it
** has children itself, puts it on the stack.  A step that lacks memory leaves everything as it
** was and is taken again.
*/
#include "walker.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"

#define WALKER_WORK (1 << 21) /* words: a few milliseconds */

void *mine__walker_take(walker *w, size_t count, size_t size) {
  if (count > (SIZE_MAX - 64) / size) {
    w->need = SIZE_MAX;
    w->stop = WALKER_NEEDS;
    return NULL;
  }
  const size_t bytes = (count * size + 15) & ~(size_t)15;
  while (w->stack.used + bytes > w->chunk[w->stack.chunk].bytes) {
    if (w->stack.chunk + 1 == WALKER_CHUNKS || w->chunk[w->stack.chunk + 1].bytes < bytes) {
      w->need = bytes;
      w->need_behind = w->stack.chunk;
      w->stop = WALKER_NEEDS;
      return NULL;
    }
    w->stack = (walker_mark){w->stack.chunk + 1, 0};
  }
  void *piece = w->chunk[w->stack.chunk].at + w->stack.used;
  w->stack.used += bytes;
  return piece;
}

/* ---- answers ------------------------------------------------------------------------------- */

static void walker_put_real(uint32_t *out, double v) {
  memcpy(out, &v, sizeof v);
}

/* A pattern: WALKER_HEAD words (how many follow, events, customers, positive ones, those with
** the antecedent, mean and median of the gap), then the pattern's.  There is room. */
static void walker_answer(walker *w, const walker_child *child, uint32_t words, uint32_t length,
                          uint32_t before, double mean, double median) {
  uint32_t *out = w->out + w->out_used;
  out[0] = words;
  out[1] = length;
  out[2] = child->count;
  out[3] = child->positives;
  out[4] = before;
  walker_put_real(out + 5, mean);
  walker_put_real(out + 7, median);
  memcpy(out + WALKER_HEAD, w->prefix, words * sizeof *out);
  w->out_used += WALKER_HEAD + words;
}

static int walker_contains(const walker *w, uint32_t words) {
  for (size_t i = 0; i < w->query->n_contains; i++) {
    uint32_t j = 0;
    while (j < words && w->data->code[w->prefix[j] & ~SEQUENCE_NEW] != w->query->contains[i])
      j++;
    if (j == words) return 0;
  }
  return 1;
}

/* The gaps before the last itemset: of each customer that of the first place.  0: stopped. */
static int walker_gaps(walker *w, const walker_child *child, const uint32_t *list, double *mean,
                       double *median) {
  const mine_sequence_data *d = w->data;
  const walker_place *place = (const walker_place *)(const void *)list;
  double *gap = mine__walker_take(w, child->count, sizeof *gap);
  int64_t n = 0;
  double sum = 0;
  if (!gap) return 0;
  for (size_t i = 0; i < child->n;) {
    const uint32_t e = d->event_of[place[i].at];
    const uint32_t end = d->event_first[d->customer_first[d->customer_of[e] + 1]];
    gap[n] = d->time[e] - d->time[place[i].from];
    sum += gap[n++];
    while (i < child->n && place[i].at < end)
      i++;
  }
  *mean = sum / (double)n;
  *median = mine__median(gap, n);
  return 1;
}

/* ---- a step -------------------------------------------------------------------------------- */

/* A child as a node. */
typedef struct walker_node {
  const walker_child *child;
  const uint32_t *list; /* its places */
  uint32_t words, length, before;
  int concluded;
} walker_node;

static walker_node walker_next(walker *w) {
  walker_frame *f = w->top;
  const walker_child *child = &f->child[f->next];
  const int joins = child->kind == WALK_I;
  w->prefix[f->prefix] = child->item | (joins ? 0 : SEQUENCE_NEW);
  return (walker_node){.child = child,
                       .list = f->list + child->first * (w->timed ? 3 : 1),
                       .words = f->prefix + 1,
                       .length = f->length + !joins,
                       .before = joins ? f->before : f->count,
                       .concluded = f->concluded || child->kind == WALK_C};
}

/* Whether a rule's row is wanted; a pattern of one itemset always is, as a consequent. */
static int walker_is_rule(const walker *w, const walker_node *node) {
  if (node->length < 2) return 1;
  if (!isnan(w->query->within) && !node->concluded) return 0;
  return (double)node->child->count >= (w->query->min_confidence - 1e-12) * (double)node->before;
}

/* 0: no memory. */
static int walker_tell(walker *w, const walker_node *node) {
  double mean = NAN, median = NAN;
  if (w->query->rules) {
    if (!walker_is_rule(w, node)) return 1;
    const walker_mark mark = w->stack;
    if (node->length > 1 && !walker_gaps(w, node->child, node->list, &mean, &median)) return 0;
    w->stack = mark;
  } else if (node->length < w->query->min_length || !walker_contains(w, node->words)) {
    return 1;
  }
  walker_answer(w, node->child, node->words, node->length, node->before, mean, median);
  return 1;
}

/* Where no child can change that: 1 = the pattern is not closed. */
static int walker_goes_on(const walker_frame *frame, uint32_t count) {
  for (uint32_t i = 0; i < frame->n; i++)
    if (frame->child[i].count == count) return 1;
  return 0;
}

/* Of closed patterns: whether it is one. */
static int walker_judge(walker *w, const walker_node *node, const walker_frame *frame) {
  const uint32_t count = node->child->count;
  return !walker_goes_on(frame, count) &&
         mine__closed_is_closed(w, node->words, node->length, node->list, node->child->n, count);
}

static void walker_step(walker *w) {
  walker_frame *top = w->top;
  const walker_mark mark = w->stack;
  const walker_node node = walker_next(w);
  const int64_t limit = w->query->max_items;
  int below = 0, told = 1;
  walker_frame *frame = NULL;
  if (w->out_room - w->out_used < WALKER_HEAD + (size_t)node.words) {
    w->stop = WALKER_FULL;
    return;
  }
  if (w->query->closed && mine__closed_is_barren(w, node.words, node.length, node.list,
                                                 node.child->n, node.child->count)) {
    w->stack = mark;
    if (!w->stop) top->next++;
    return;
  }
  if (!w->stop && node.words < limit && node.child->n > 0) {
    frame = mine__walker_take(w, 1, sizeof *frame);
    if (frame) {
      *frame = (walker_frame){.up = top,
                              .mark = mark,
                              .prefix = node.words,
                              .length = node.length,
                              .count = node.child->count,
                              .before = node.before,
                              .concluded = node.concluded};
      below = (w->timed ? mine__walker_grow_timed : mine__walker_grow)(w, top, node.list,
                                                                       node.child->n, frame);
    }
  }
  if (!w->stop && w->query->closed)
    told = walker_judge(w, &node, frame ? frame : &(walker_frame){0});
  if (!w->stop && told) (void)walker_tell(w, &node);
  /* Only a frame that goes on top keeps what was taken; a step that stopped is taken again from
  ** the start. */
  if (w->stop || !below) w->stack = mark;
  if (w->stop) return;
  top->next++;
  if (below) w->top = frame;
}

void mine__walker_run(walker *w) {
  w->work = 0;
  w->stop = WALKER_RUNS;
  while (!w->stop) {
    if (!w->top) {
      w->stop = WALKER_IDLE;
    } else if (w->top->next == w->top->n) {
      w->stack = w->top->mark;
      w->top = w->top->up;
    } else if (w->work > WALKER_WORK) {
      w->stop = WALKER_TIRED;
    } else {
      walker_step(w);
    }
  }
}
