/*
** notes.h -- what a call has to tell: sentences about columns, in the order in which they
** came up.  The report of a model, and what a training or another job says before, or
** without, a model.
*/
#ifndef MINE_DATA_NOTES_H
#define MINE_DATA_NOTES_H

#include <stdarg.h>

#include "values.h"

typedef struct mine_notes {
  mine_values item, name, detail; /* texts, one each for a note */
} mine_notes;

/* item: "rows", "dropped", "warning" ...; name: what it is about, may be "". */
typedef struct mine_note {
  const char *item, *name, *detail; /* live as long as the arena */
} mine_note;
#define MINE__NOTE_CHOSEN "chosen" /* an item of a training's one line: "k=3 of 2 to 10" */

void mine__notes_open(mine_notes *notes, mine_arena *arena);
/* 0: no memory, recorded in the arena's environment. */
int mine__notes_add(mine_notes *notes, const char *item, const char *name, const char *detail);
mine_note mine__notes_at(const mine_notes *notes, int64_t i);
static inline int64_t mine__notes_count(const mine_notes *notes) {
  return notes->item.n;
}

/* A detail as printf writes it, cut at a character where it is longer. */
#define MINE_NOTE_BYTES 1024
void mine__note_format(char detail[MINE_NOTE_BYTES], const char *format, va_list args);

#endif
