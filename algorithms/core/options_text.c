/*
** options_text.c -- values back to text: one by one as a person reads them, and all
** that were changed as a text that the parser reads back to the same values.
*/
#include <math.h>
#include <string.h>

#include "options.h"

const char *mine__option_name_of(const mine_cell *cell) {
  return cell->type == MINE_TEXT && cell->bytes > 0 ? cell->as.text : NULL;
}

/* ---- values back to text --------------------------------------------------- */

static void options_numbers_text(mine_text *out, const mine_number_list *list) {
  char number[MINE_NUMBER_BYTES];
  for (size_t i = 0; i < list->n; i++) {
    if (i > 0) mine__text_adds(out, "|");
    mine__text_adds(out, mine__format_real(number, list->item[i], 0));
  }
}

static void options_select_text(mine_text *out, const mine_option *option,
                                const mine_select *query) {
  if (query->sql) mine__text_adds(out, query->sql);
  if (query->choice >= 0) mine__text_adds(out, option->choices[query->choice]);
}

static void options_list_text(mine_text *out, const mine_list *list) {
  for (size_t i = 0; i < list->n; i++) {
    if (i > 0) mine__text_adds(out, "|");
    mine__text_add_shown(out, &list->item[i]);
  }
}

/* INT and BYTES. */
static void options_whole_text(mine_text *out, const mine_option *option, const void *at) {
  int64_t v;
  memcpy(&v, at, sizeof v);
  if (v != MINE_NOT_GIVEN) {
    mine__text_addf(out, "%lld", (long long)v);
  } else if (option->allows_auto) {
    mine__text_adds(out, "auto");
  }
}

static void options_real_text(mine_text *out, const void *at) {
  double v;
  memcpy(&v, at, sizeof v);
  if (!isnan(v)) mine__text_add_real(out, v);
}

static void options_either_text(mine_text *out, const mine_option *option, const void *at) {
  mine_either v;
  memcpy(&v, at, sizeof v);
  if (v.choice >= 0) mine__text_adds(out, option->choices[v.choice]);
  if (!isnan(v.number)) mine__text_add_real(out, v.number);
}

/* FLAG and CHOICE. */
static void options_choice_text(mine_text *out, const mine_option *option, const void *at) {
  static const char *const flags[] = {"0", "1"};
  int v;
  memcpy(&v, at, sizeof v);
  if (v >= 0)
    mine__text_adds(out, option->type == MINE_OPTION_FLAG ? flags[v != 0] : option->choices[v]);
}

static void options_cell_text(mine_text *out, const mine_cell *cell) {
  if (cell->type != MINE_NULL) mine__text_add_shown(out, cell);
}

void mine__option_value_text(mine_text *out, const mine_option *option, const void *values) {
  const void *at = (const char *)values + option->offset;
  switch (option->type) {
    case MINE_OPTION_INT:
    case MINE_OPTION_BYTES:
      options_whole_text(out, option, at);
      return;
    case MINE_OPTION_REAL:
      options_real_text(out, at);
      return;
    case MINE_OPTION_EITHER:
      options_either_text(out, option, at);
      return;
    case MINE_OPTION_FLAG:
    case MINE_OPTION_CHOICE:
      options_choice_text(out, option, at);
      return;
    case MINE_OPTION_TEXT:
    case MINE_OPTION_DATE:
      options_cell_text(out, at);
      return;
    case MINE_OPTION_LIST:
      options_list_text(out, at);
      return;
    case MINE_OPTION_NUMBERS:
      options_numbers_text(out, at);
      return;
    case MINE_OPTION_SOURCE:
      options_select_text(out, option, at);
      return;
  }
}

int mine__option_changed(mine_arena *arena, const mine_option *option, const void *values) {
  const char *initial = option->initial ? option->initial : "";
  double a, b;
  if (option->type == MINE_OPTION_REAL && mine__read_number(initial, strlen(initial), &a)) {
    /* not by way of a text: in another rounding mode that is another number */
    memcpy(&b, (const char *)values + option->offset, sizeof b);
    return !(a == b);
  }
  mine_text text;
  mine__text_open(&text, arena);
  mine__option_value_text(&text, option, values);
  if (text.failed) return 0;
  return strcmp(text.bytes ? text.data : "", initial) != 0;
}

/* A value that the short form would cut, trim or split is put in quotes. */
static void options_add_quoted(mine_text *out, const char *data, size_t bytes) {
  int plain = bytes > 0 && data[0] != ' ' && data[bytes - 1] != ' ';
  for (size_t i = 0; i < bytes && plain; i++) {
    plain = data[i] != ',' && data[i] != '"' && data[i] != '|' && data[i] != '\n' &&
            data[i] != '\t' && data[i] != '\r' && data[i] != '=';
  }
  if (plain) {
    mine__text_add(out, data, bytes);
    return;
  }
  mine__text_add_quoted(out, '"', data, bytes);
}

static void options_add_cell_quoted(mine_text *out, const mine_cell *cell) {
  if (cell->type == MINE_TEXT) {
    options_add_quoted(out, cell->as.text, cell->bytes);
  } else {
    mine__text_add_cell(out, cell);
  }
}

void mine__option_put(mine_text *out, const mine_option *option, const void *values) {
  const void *at = (const char *)values + option->offset;
  mine__text_addf(out, "%s%s=", out->bytes > 0 ? ", " : "", option->name);
  if (option->type == MINE_OPTION_TEXT || option->type == MINE_OPTION_DATE) {
    options_add_cell_quoted(out, (const mine_cell *)at);
  } else if (option->type == MINE_OPTION_LIST) {
    const mine_list *list = (const mine_list *)at;
    for (size_t i = 0; i < list->n; i++) {
      if (i > 0) mine__text_adds(out, "|");
      options_add_cell_quoted(out, &list->item[i]);
    }
  } else if (option->type == MINE_OPTION_SOURCE && ((const mine_select *)at)->sql) {
    const char *sql = ((const mine_select *)at)->sql;
    options_add_quoted(out, sql, strlen(sql));
  } else {
    mine__option_value_text(out, option, values);
  }
}

void mine__options_canonical(mine_text *out, const mine_option *table, const void *values) {
  for (const mine_option *option = table; option->name; option++)
    if (mine__option_changed(out->arena, option, values)) mine__option_put(out, option, values);
}
