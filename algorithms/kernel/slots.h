/*
** slots.h -- which leaf of a small tree rows come to, many rows at a time.
**
** A row that goes down a tree waits for each node before it knows the next one.  A small
** tree is asked otherwise: every *cut* of it is put to all rows, and a row that the cut
** does not concern stays where it is (as QuickScorer asks by feature: Lucchese et al.,
** SIGIR 2015).  Rows carry a *slot*: all begin in slot 0; a cut concerns the rows in its
** slot and moves those that go right by `step`, the left ones keep it.  So a tree of n
** cuts has the slots 0 .. n, one for each leaf, a slot is a byte, and a cut is a few
** instructions for a whole vector of rows, whatever the rows hold.
**
** A row's values are bytes, in columns of MINE__SLOT_ROWS:
**   a number    how many of the model's thresholds it has reached, less 128 (so that the
**               bytes compare as signed ones); missing: the least or the greatest of all
**   a category  two columns: in which byte of a set its level stands, and the level's bit
*/
#ifndef MINE_KERNEL_SLOTS_H
#define MINE_KERNEL_SLOTS_H

#include <stdint.h>

#define MINE__SLOT_ROWS 256
#define MINE__SLOT_CUTS 255 /* of a tree, at most */
#define MINE__SLOT_SET  32  /* bytes of a set: 256 levels */

/* Slots and bins are told by their bits alone; a tree's cuts stand parents first. */
typedef struct mine__slot_cut {
  int32_t column;
  int32_t set;        /* -1: a number; else the set whose levels go left */
  int8_t bin;         /* number: greater ones go right                   */
  uint8_t slot, step; /* modulo 256                                      */
} mine__slot_cut;

#endif
