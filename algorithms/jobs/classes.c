/*
** classes.c -- which class a value names.
**
** Labels are exact: 1 and '1' are two classes.  An option is typed by hand, so
** positive=1 may mean either; it names the exact one if that is there.
*/
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
