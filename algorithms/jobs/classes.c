/*
** classes.c -- which class a value names, and which of two is the positive one.
**
** Labels are exact: 1 and '1' are two classes.  An option is typed by hand, so
** positive=1 may mean either; it names the exact one if that is there.
*/
#include <string.h>

#include "roles.h"

int mine__class_find(const mine_values *classes, const mine_cell *value, int loosely) {
  mine_cell cell;
  for (int64_t c = 0; c < classes->n; c++) {
    mine__values_get(classes, c, &cell);
    if (mine__cell_equal(&cell, value)) return (int)c;
  }
  if (!loosely || value->type == MINE_NULL) return -1;
  double wanted = 0, number;
  const int numeric =
      value->type == MINE_TEXT
          ? mine__read_decimal(value->as.text, value->bytes, &wanted)
          : (wanted = value->type == MINE_INT ? (double)value->as.integer : value->as.real, 1);
  for (int64_t c = 0; c < classes->n && numeric; c++) {
    mine__values_get(classes, c, &cell);
    if (cell.type == MINE_TEXT) {
      if (!mine__read_decimal(cell.as.text, cell.bytes, &number)) continue;
    } else {
      number = cell.type == MINE_INT ? (double)cell.as.integer : cell.as.real;
    }
    if (number == wanted) return (int)c;
  }
  return -1;
}

#define CLASSES_SHOWN 10

void mine__classes_list(mine_text *list, const mine_values *classes) {
  for (int64_t c = 0; c < classes->n && c < CLASSES_SHOWN; c++) {
    mine_cell cell;
    char shown[MINE_SHOW_BYTES];
    mine__values_get(classes, c, &cell);
    mine__text_addf(list, "%s%s", c ? ", " : "", mine__show_cell(shown, &cell));
  }
  if (classes->n > CLASSES_SHOWN)
    mine__text_addf(list, " and %lld more", (long long)classes->n - CLASSES_SHOWN);
}

/* ---- the positive one ------------------------------------------------------------------ */

/* Is the label this word (0, no, false ...), whatever its case and type? */
static int classes_is(const mine_cell *label, const char *word) {
  char number[MINE_NUMBER_BYTES];
  const char *text = label->as.text;
  size_t bytes = label->bytes;
  if (label->type != MINE_TEXT) {
    const double v = label->type == MINE_INT ? (double)label->as.integer : label->as.real;
    text = mine__format_real(number, v, 0);
    bytes = strlen(text);
  }
  if (bytes != strlen(word)) return 0;
  for (size_t i = 0; i < bytes; i++) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c) != word[i]) return 0;
  }
  return 1;
}

/* Negative, positive.  No word is both. */
static const char *const classes_pairs[][2] = {{"0", "1"},        {"no", "yes"}, {"n", "y"},
                                               {"false", "true"}, {"f", "t"},    {"否", "是"},
                                               {"-1", "1"},       {"off", "on"}};
#define CLASSES_PAIRS (sizeof classes_pairs / sizeof classes_pairs[0])

int mine__classes_obvious(const mine_cell *a, const mine_cell *b) {
  for (size_t p = 0; p < CLASSES_PAIRS; p++) {
    if (classes_is(a, classes_pairs[p][0]) && classes_is(b, classes_pairs[p][1])) return 1;
    if (classes_is(b, classes_pairs[p][0]) && classes_is(a, classes_pairs[p][1])) return 0;
  }
  return -1;
}

int mine__class_obvious(const mine_cell *label) {
  for (size_t p = 0; p < CLASSES_PAIRS; p++) {
    if (classes_is(label, classes_pairs[p][1])) return 1;
    if (classes_is(label, classes_pairs[p][0])) return 0;
  }
  return -1;
}
