/*
** likeness.h -- "did you mean": what there is that is most like what was asked for.
**
** Two spellings are compared by edit distance; how far apart they may be and still make
** a hint is said here and nowhere else.  A wrong hint is worse than none: it sends
** people after a name that has nothing to do with what they meant.
**
**   names    options, verbs, algorithms, columns, items: one slip, or a third of the
**            longer, and something left in common ('at' is no hint for 'gap')
**   values   categories, shown beside what was found instead: the same but for case, or
**            less than half of the longer
**
** Beside it: names.h finds a name that is spelled otherwise (case, white space); that is
** an answer.  This is only a guess, and goes into the sentence of a refusal.
*/
#ifndef MINE_CORE_LIKENESS_H
#define MINE_CORE_LIKENESS_H

#include <stdint.h>

/* Edit distance: insert, delete, replace one byte.  Sees the first 64 bytes of either, so
** that it needs no memory.  O(n m). */
int mine__edit_distance(const char *a, const char *b);

/* The same when two names are like enough for a hint, else MINE_NO_HINT. */
#define MINE_NO_HINT 10000
int mine__hint_distance(const char *a, const char *b);

/* A search for the most alike, one after the other: start from {asked}, show every name
** with its number, then read `name` and `which`.  Of equals the first stays. */
typedef struct mine_likeness {
  const char *asked;
  int values;       /* these are values, not names                 */
  const char *name; /* the most alike so far; NULL: none is alike  */
  int64_t which;    /* its number; without a name without meaning  */
  int distance;
} mine_likeness;

/* 1 = `there` is the most alike so far.  It is not copied. */
int mine__likeness_show(mine_likeness *likeness, const char *there, int64_t which);

#endif
