/*
** walker.h -- who walks the tree of patterns.
**
** A node is a pattern, and where it ends: its *places*.  A child has one item more: in a later
** event (S), in the event where the pattern ends (I), or, of rules, in a later event as the
** consequent (C).  A walker goes depth first with a stack of its own, in memory that it was
** given: when its share of work is over, or room is short, it stops between two nodes and goes
** on later, after the driver (mine.c) gave it what it needs.
*/
#ifndef MINE_SEQUENCE_WALKER_H
#define MINE_SEQUENCE_WALKER_H

#include "sequence.h"

typedef enum walker_kind { WALK_I, WALK_S, WALK_C, WALK_KINDS } walker_kind;

typedef enum walker_stop {
  WALKER_RUNS,
  WALKER_TIRED, /* its share of work is done   */
  WALKER_NEEDS, /* `need` bytes more           */
  WALKER_FULL,  /* no room for another answer  */
  WALKER_IDLE   /* nothing left to do          */
} walker_stop;

/* A place of a pattern under limits: the word that ends it, and the events in which the pattern
** begins at the latest, and in which its last itemset but one lies.  Without limits a place is
** the word alone. */
typedef struct walker_place {
  uint32_t at, start, from;
} walker_place;

typedef struct walker_child {
  uint32_t item, kind;
  uint32_t count, positives;
  size_t first, n; /* its places, in `list` of the frame */
} walker_child;

typedef struct walker_mark {
  int chunk;
  size_t used;
} walker_mark;

/* A node whose children are being walked. */
typedef struct walker_frame {
  struct walker_frame *up;
  walker_mark mark;     /* of the stack, before the frame      */
  const uint32_t *word; /* what places mean: words of these    */
  size_t words, split;
  walker_child *child;
  uint32_t n, next;
  uint32_t *list;
  uint32_t prefix; /* words of the pattern                        */
  uint32_t length; /* events of it                                */
  uint32_t count;  /* customers that hold it                      */
  uint32_t before; /* that hold it without the last itemset       */
  int concluded;   /* the last itemset is a consequent            */
} walker_frame;

/* Of an item, while the children of a node are counted and made. */
typedef struct walker_tally {
  uint32_t stamp; /* the customer who was counted last          */
  uint32_t count, positives;
  uint32_t at;    /* places: how many, then where the next goes */
  uint32_t total; /* words                                      */
} walker_tally;

#define WALKER_NOWHERE UINT32_MAX
#define WALKER_CHUNKS  64

typedef struct walker {
  const mine_sequence_data *data;
  const mine_sequence_query *query;
  int timed; /* places have times */
  uint32_t min_count[2];
  /* The stack. */
  struct {
    uint8_t *at;
    size_t bytes;
  } chunk[WALKER_CHUNKS];
  walker_mark stack;
  size_t need; /* bytes, behind chunk need_behind */
  int need_behind;
  /* Tallies, and which of them are not zero. */
  walker_tally *tally[WALK_KINDS];
  uint32_t *touched[WALK_KINDS], n_touched[WALK_KINDS];
  uint32_t *mark, token; /* of items: closed.c */
  /* Where it is. */
  walker_frame *top, base;
  uint32_t *prefix;
  /* Answers: walker.c has their form. */
  uint32_t *out;
  size_t out_used, out_room;
  int64_t work;
  walker_stop stop;
} walker;

#define WALKER_HEAD 9 /* words before those of a pattern */

/* Memory on the stack; NULL: `stop` is set. */
void *mine__walker_take(walker *w, size_t count, size_t size);
/* Until its work is done. */
void mine__walker_run(walker *w);

static inline int mine__walker_is_frequent(const walker *w, uint32_t count, uint32_t positives) {
  return count - positives >= w->min_count[0] || positives >= w->min_count[1];
}

/* tally.c.  The customers until now are those with the positive outcome. */
void mine__walker_split(walker *w);
/* The frequent items become children, and their tallies say where their places go, the others
** WALKER_NOWHERE; how many places.  *words: of the children. */
size_t mine__walker_children(walker *w, walker_frame *frame, size_t *words);
void mine__walker_clear(walker *w);

/* The children of the pattern in w->prefix (frame->prefix words of it), which has n places at
** `list` in `from`.  Fills the frame; 0: it has none, or the walker stopped. */
int mine__walker_grow(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                      walker_frame *frame);
int mine__walker_grow_timed(walker *w, const walker_frame *from, const uint32_t *list, size_t n,
                            walker_frame *frame);

/* closed.c: the pattern in w->prefix and its places.  Whether no pattern below it can be closed;
** whether it is closed itself. */
int mine__closed_is_barren(walker *w, uint32_t words, uint32_t length, const uint32_t *list,
                           size_t n, uint32_t count);
int mine__closed_is_closed(walker *w, uint32_t words, uint32_t length, const uint32_t *list,
                           size_t n, uint32_t count);

#endif
