/*
** notes.c -- three columns of texts.
*/
#include "notes.h"

#include <stdio.h>
#include <string.h>

#include "../core/text.h"

void mine__notes_open(mine_notes *notes, mine_arena *arena) {
  mine__values_open(&notes->item, arena);
  mine__values_open(&notes->name, arena);
  mine__values_open(&notes->detail, arena);
}

int mine__notes_add(mine_notes *notes, const char *item, const char *name, const char *detail) {
  return mine__values_push_text(&notes->item, item, strlen(item)) &&
         mine__values_push_text(&notes->name, name, strlen(name)) &&
         mine__values_push_text(&notes->detail, detail, strlen(detail));
}

mine_note mine__notes_at(const mine_notes *notes, int64_t i) {
  mine_cell item, name, detail;
  mine__values_get(&notes->item, i, &item);
  mine__values_get(&notes->name, i, &name);
  mine__values_get(&notes->detail, i, &detail);
  return (mine_note){item.as.text, name.as.text, detail.as.text};
}

void mine__note_format(char detail[MINE_NOTE_BYTES], const char *format, va_list args) {
  vsnprintf(detail, MINE_NOTE_BYTES, format, args);
  detail[mine__utf8_prefix(detail, strlen(detail), MINE_NOTE_BYTES - 1)] = '\0';
}
