/*
** roles_dates.c -- attributes that are dates: what date_format= says of them, and what
** is told about them.
**
** The frame reads a column of dates as days (frame_time.c), each column in the one way
** that suits it.  date_format= is for those that suit two, or none:
**
**   date_format=%d.%m.%Y           every column of texts that is written so
**   date_format=signup:%d.%m.%Y    this column, numbers too: day:%Y%m%d, at:unix
**
** Numbers that nobody named stay numbers, whatever they look like.
*/
#include <string.h>

#include "roles.h"

/* ---- what is said ------------------------------------------------------------------------ */

/* The longest name of a column that a colon follows, or -1; *format what stands behind.
** Names may have colons, and so may formats: 09:30 is %H:%M. */
static int dates_split(const mine_roles *roles, const mine_frame *frame, const char *said,
                       const char **format) {
  mine_arena *scratch = roles->env->scratch;
  int found = -1;
  for (const char *colon = strchr(said, ':'); colon; colon = strchr(colon + 1, ':')) {
    const char *name = mine__arena_text(scratch, said, (size_t)(colon - said));
    const int column = name ? mine__frame_find(frame, "option date_format", name) : -1;
    if (column < 0) continue;
    *format = colon + 1;
    found = column;
  }
  return found;
}

static void dates_say_column(mine_roles *roles, mine_frame *frame, int c, const char *format) {
  mine_column *column = &frame->column[c];
  mine_time_reading *reading = mine__arena_array(frame->arena, 1, sizeof *reading);
  if (!reading || mine__time_format(roles->env, format, strlen(format), reading)) return;
  const int divides = c == roles->time && !column->said;
  if (!divides && (column->want || column->reading != MINE_READ_AUTO)) {
    (void)mine__fail(roles->env, MINE_OPTION,
                     "date_format=%s:... is for an attribute, and '%s' is %s; leave one of the "
                     "two out",
                     column->name, column->name,
                     c == roles->time                        ? "named twice"
                     : column->want                          ? "no attribute"
                     : column->reading == MINE_READ_NOT      ? "ignored"
                     : column->reading == MINE_READ_CATEGORY ? "listed in categorical="
                     : column->reading == MINE_READ_NUMBER   ? "listed in numeric="
                                                             : "named twice");
    return;
  }
  column->reading = MINE_READ_TIME;
  column->said = reading;
}

static void dates_say_all(mine_roles *roles, const char *format) {
  if (roles->has_format)
    (void)mine__fail(roles->env, MINE_OPTION,
                     "option date_format has two formats for all columns; say which column each "
                     "is for: date_format=signup:%%d.%%m.%%Y|seen:%%m/%%d/%%Y");
  else
    roles->has_format =
        mine__time_format(roles->env, format, strlen(format), &roles->format) == MINE_OK;
}

mine_status mine__roles_plan_dates(mine_roles *roles, mine_frame *frame) {
  const mine_list *list = &roles->source->date_format;
  MINE_TRY(mine_env_status(roles->env));
  roles->has_format = 0;
  for (size_t i = 0; i < list->n; i++) {
    const char *said = mine__option_name_of(&list->item[i]), *format;
    char shown[MINE_SHOW_BYTES];
    if (!said)
      return mine__fail(roles->env, MINE_OPTION,
                        "option date_format must say how dates are written, such as %%d.%%m.%%Y, "
                        "not %s",
                        mine__show_cell(shown, &list->item[i]));
    const int column = dates_split(roles, frame, said, &format);
    if (column >= 0)
      dates_say_column(roles, frame, column, format);
    else
      dates_say_all(roles, said);
    if (mine_failed(roles->env)) return mine_env_status(roles->env);
  }
  for (int c = 0; roles->has_format && c < frame->n_columns; c++) {
    mine_column *column = &frame->column[c];
    if (c == roles->time ? !column->said : !column->want && column->reading == MINE_READ_AUTO)
      column->said = &roles->format;
  }
  return MINE_OK;
}

/* ---- what came ----------------------------------------------------------------------------- */

/* A name that SQL takes without quotes (of SQLite's letters are all beyond ASCII). */
static int dates_is_plain(const char *name) {
  if (*name >= '0' && *name <= '9') return 0;
  for (; *name; name++) {
    const char c = *name;
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
          (unsigned char)c >= 0x80))
      return 0;
  }
  return 1;
}

/* Whether SQLite's julianday() reads the column. */
static int dates_have_age(const mine_column *column) {
  return column->time->unit == MINE_TIME_PATTERN &&
         strncmp(column->time->pattern, "%Y-%m-%d", 8) == 0 && dates_is_plain(column->name);
}

static void dates_tell(const mine_roles *roles, const mine_column *column, mine_roles_note note,
                       void *context) {
  mine_text text;
  mine__text_open(&text, roles->env->scratch);
  mine__text_adds(&text,
                  "is read as dates (days since 1970-01-01); when the model is to be used later, "
                  "an age holds better");
  if (dates_have_age(column))
    mine__text_addf(&text, ": julianday('now') - julianday(%.60s)", column->name);
  if (!text.failed) note(context, "warning", column->name, text.data);
}

static void dates_tell_numbers(const mine_roles *roles, const mine_column *column,
                               const mine_time_reading *looks, mine_roles_note note,
                               void *context) {
  mine_text text;
  mine__text_open(&text, roles->env->scratch);
  mine__text_adds(&text, "has numbers that look like dates, and are taken as they are (");
  mine__time_describe(looks, &text);
  mine__text_addf(&text, "); date_format=%.60s:%s reads days", column->name,
                  mine__time_reading_format(looks));
  if (!text.failed) note(context, "warning", column->name, text.data);
}

/* Whether two readings of numbers are one. */
static int dates_same(const mine_time_reading *a, const mine_time_reading *b) {
  return a->unit == b->unit && strcmp(a->pattern, b->pattern) == 0;
}

/* A column that is read as dates, or could be: told.  1: by the format of all columns. */
static int dates_check_column(const mine_roles *roles, mine_frame *frame, int c,
                              mine_roles_note note, void *context) {
  const mine_column *column = &frame->column[c];
  mine_time_reading looks;
  const int auto_number = column->type == MINE_COLUMN_NUMERIC && column->reading == MINE_READ_AUTO;
  if (auto_number && mine__column_looks_like_time(frame, c, &looks)) {
    if (!roles->has_format || !dates_same(&looks, &roles->format))
      dates_tell_numbers(roles, column, &looks, note, context);
    else if (mine__column_as_time(frame, c, &roles->format))
      return 0;
  }
  /* One that is dropped is told as such. */
  if (column->time && column->least < column->most) dates_tell(roles, column, note, context);
  return column->time && column->said == &roles->format;
}

mine_status mine__roles_check_dates(const mine_roles *roles, mine_frame *frame,
                                    mine_roles_note note, void *context) {
  mine_env *env = roles->env;
  int used = 0;
  if (roles->target >= 0 && mine__column_has_dates(frame, roles->target))
    note(context, "warning", frame->column[roles->target].name,
         "has dates, and each of them is a class of its own; to learn when, make a number of days "
         "of it, such as julianday()");
  for (int c = 0; c < frame->n_columns && !mine_failed(env); c++) {
    const mine_column *column = &frame->column[c];
    if (c == roles->time)
      used += column->said == &roles->format;
    else if (!column->want && column->reading != MINE_READ_NOT)
      used += dates_check_column(roles, frame, c, note, context);
  }
  if (mine_failed(env) || !roles->has_format || used > 0) return mine_env_status(env);
  return mine__fail(env, MINE_DATA,
                    "no column of texts is written as date_format=%s says; name the column: "
                    "date_format=<column>:%s",
                    mine__time_reading_format(&roles->format),
                    mine__time_reading_format(&roles->format));
}
