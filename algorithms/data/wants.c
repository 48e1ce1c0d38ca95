/*
** wants.c -- the columns of a source found for what a job wants to read.
*/
#include "wants.h"

#include <stdio.h>
#include <string.h>

#include "../core/likeness.h"
#include "../core/names.h"
#include "../core/order.h"
#include "frame.h"

void mine__column_want(mine_frame *frame, int column, const mine_want *want) {
  frame->column[column].reading = want->reading;
  frame->column[column].want = want;
}

static int wants_count(const mine_want *want) {
  int n = 0;
  while (want[n].name)
    n++;
  return n;
}

/* ---- names ---------------------------------------------------------------------------- */

#define WANTS_NAMES_SHOWN 12

/* All columns; or those that no want has. */
static mine_name_search wants_search(const mine_frame *frame, const char *name, int free_only) {
  mine_name_search search = {.asked = name};
  for (int c = 0; c < frame->n_columns; c++)
    if (!free_only || !frame->column[c].want) mine_name_show(&search, frame->column[c].name, c);
  return search;
}

/* Two columns fit equally well, but for case or white space. */
static void wants_refuse_several(const mine_frame *frame, const char *what,
                                 const mine_name_search *search) {
  (void)mine__fail(frame->env, MINE_DATA,
                   "'%s' (%s) fits the columns '%s' and '%s'; spell it exactly, or rename one with "
                   "AS",
                   search->asked, what, frame->column[search->which].name,
                   frame->column[search->other].name);
}

/* -1: none; or more than one (failure recorded). */
static int wants_found(const mine_frame *frame, const char *what, const mine_name_search *search) {
  const int64_t found = mine_name_found(search);
  if (found == MINE_NAME_SEVERAL) wants_refuse_several(frame, what, search);
  return found >= 0 ? (int)found : -1;
}

int mine__frame_find(const mine_frame *frame, const char *what, const char *name) {
  const mine_name_search search = wants_search(frame, name, 0);
  return wants_found(frame, what, &search);
}

typedef struct wants_near {
  int column, distance;
} wants_near;

static int wants_nearer(const void *context, const void *a, const void *b) {
  (void)context;
  return ((const wants_near *)a)->distance < ((const wants_near *)b)->distance;
}

void mine__columns_list(mine_text *list, const mine_frame *frame, const char *name) {
  const int n = frame->n_columns;
  wants_near *near = mine__arena_array(list->arena, (size_t)n, sizeof *near);
  wants_near *spare = mine__arena_array(list->arena, (size_t)n, sizeof *spare);
  if (!near || !spare) return;
  for (int c = 0; c < n; c++)
    near[c] = (wants_near){c, name ? mine__edit_distance(name, frame->column[c].name) : 0};
  mine__sort(NULL, near, spare, (size_t)n, sizeof *near, wants_nearer, NULL);
  for (int i = 0; i < n && i < WANTS_NAMES_SHOWN; i++)
    mine__text_addf(list, "%s%s", i ? ", " : "", frame->column[near[i].column].name);
  if (n > WANTS_NAMES_SHOWN) mine__text_addf(list, " and %d more", n - WANTS_NAMES_SHOWN);
}

int mine__column_named(mine_frame *frame, const char *what, const char *name) {
  const int column = mine__frame_find(frame, what, name);
  if (column >= 0 || mine_failed(frame->env)) return column;
  mine_text list;
  mine__text_open(&list, frame->env->scratch);
  mine__columns_list(&list, frame, name);
  (void)mine__fail(frame->env, MINE_DATA, "no column '%s' (%s); the columns are %s", name, what,
                   list.bytes ? list.data : "none");
  return -1;
}

int mine__column_said(mine_frame *frame, const char *what, const mine_cell *said) {
  char shown[MINE_SHOW_BYTES];
  if (said->type == MINE_TEXT && said->bytes > 0)
    return mine__column_named(frame, what, said->as.text);
  (void)mine__fail(frame->env, MINE_OPTION, "%s must be the name of a column, not %s", what,
                   mine__show_cell(shown, said));
  return -1;
}

/* ---- by name ---------------------------------------------------------------------------- */

/* The one column that fits a name and that no other want has; -1: none, or more than one
** (failure recorded). */
static int wants_find_free(const mine_frame *frame, const mine_lack *lack, const char *name) {
  const mine_name_search search = wants_search(frame, name, 1);
  return wants_found(frame, lack->those, &search);
}

#define WANTS_LACKS_SHOWN 64 /* as many as a call can have pairs */

/* One sentence that names every column the source lacks. */
static void wants_lack(mine_frame *frame, const mine_want *want, const mine_lack *lack,
                       const int *column, int n_lacking) {
  mine_text text;
  mine__text_open(&text, frame->env->scratch);
  int shown = 0;
  for (int i = 0; want[i].name && shown < WANTS_LACKS_SHOWN; i++) {
    if (column[i] >= 0 || want[i].flags & MINE_WANT_OPTIONAL) continue;
    mine__text_addf(&text, "%s'%s'", shown++ ? ", " : "", want[i].name);
    mine_likeness likeness = {.asked = want[i].name};
    for (int c = 0; c < frame->n_columns; c++)
      if (!frame->column[c].want) mine__likeness_show(&likeness, frame->column[c].name, c);
    if (likeness.name) mine__text_addf(&text, " (is it '%s'?)", likeness.name);
  }
  if (n_lacking > shown) mine__text_addf(&text, " and %d more", n_lacking - shown);
  if (text.failed) return;
  (void)mine__fail(frame->env, MINE_DATA, "%s %d column%s %s: %s; %s", lack->who, n_lacking,
                   n_lacking == 1 ? "" : "s", lack->those, text.data, lack->remedy);
}

/* A column per want; those that fit exactly are gone before weaker fits are asked. */
mine_status mine__wants_by_name(mine_frame *frame, const mine_want *want, const mine_lack *lack,
                                int *column) {
  int n_lacking = 0;
  for (int i = 0; want[i].name; i++) {
    column[i] = -1;
    for (int c = 0; c < frame->n_columns && column[i] < 0; c++)
      if (!frame->column[c].want && strcmp(frame->column[c].name, want[i].name) == 0) column[i] = c;
    if (column[i] >= 0) mine__column_want(frame, column[i], &want[i]);
  }
  for (int i = 0; want[i].name; i++) {
    if (column[i] >= 0) continue;
    column[i] = wants_find_free(frame, lack, want[i].name);
    if (mine_failed(frame->env)) return mine_env_status(frame->env);
    if (column[i] >= 0)
      mine__column_want(frame, column[i], &want[i]);
    else
      n_lacking += !(want[i].flags & MINE_WANT_OPTIONAL);
  }
  if (n_lacking) wants_lack(frame, want, lack, column, n_lacking);
  return mine_env_status(frame->env);
}

/* ---- event lists: the options ------------------------------------------------------------- */

static const mine_option wants_date_format =
    OPTION_TEXT(mine_events, date_format,
                .help =
                    "how the times are written, such as %d.%m.%Y, unix or julian; not given: the "
                    "one way that suits the whole column");

const mine_option *mine__wants_options(mine_arena *arena, const mine_want *want) {
  mine_option *table = mine__arena_zeros(arena, (size_t)wants_count(want) + 2, sizeof *table);
  int n = 0, times = 0;
  for (int i = 0; table && want[i].name; i++) {
    times += want[i].reading == MINE_READ_TIME;
    if (want[i].flags & MINE_WANT_REST) continue;
    table[n++] =
        (mine_option){.name = want[i].name,
                      .type = MINE_OPTION_TEXT,
                      .offset = offsetof(mine_events, named) + (size_t)i * sizeof(mine_cell),
                      .help = want[i].help};
  }
  if (table && times > 0) table[n] = wants_date_format;
  return table;
}

/* ---- event lists: by position -------------------------------------------------------------- */

static const char *const wants_number[] = {"no",   "one",    "two",   "three", "four",
                                           "five", "six",    "seven", "eight", "nine",
                                           "ten",  "eleven", "twelve"};

/* Whether a want takes a column by its position. */
static int wants_has_place(const mine_want *want) {
  return !(want->flags & (MINE_WANT_NAMED | MINE_WANT_REST));
}

static int wants_is_required(const mine_want *want) {
  return !(want->flags & (MINE_WANT_OPTIONAL | MINE_WANT_NAMED | MINE_WANT_REST));
}

static int wants_total(const mine_want *want, int (*counts)(const mine_want *)) {
  int n = 0;
  for (; want->name; want++)
    n += counts(want);
  return n;
}

/* "two", "two or three", "two to four". */
static void wants_say_number(mine_text *text, int least, int most) {
  mine__text_adds(text, wants_number[least]);
  if (most > least)
    mine__text_addf(text, "%s%s", most == least + 1 ? " or " : " to ", wants_number[most]);
}

/* "customer, time[, amount]". */
static void wants_say_places(mine_text *text, const mine_want *want) {
  const size_t start = text->bytes;
  for (; want->name; want++) {
    if (!wants_has_place(want)) continue;
    const int required = wants_is_required(want);
    const char *between = text->bytes > start ? ", " : "";
    mine__text_addf(text, "%s%s%s%s", required ? "" : "[", between, want->name,
                    required ? "" : "]");
  }
}

/* "customer=..., time=... and amount=...": those that must be named. */
static void wants_say_options(mine_text *text, const mine_want *want, int n) {
  for (int told = 0; want->name; want++) {
    if (!wants_is_required(want)) continue;
    mine__text_addf(text, "%s%s=...", told == 0 ? "" : told == n - 1 ? " and " : ", ", want->name);
    told++;
  }
}

static void wants_wrong_number(mine_frame *frame, const mine_want *want) {
  const int n = frame->n_columns;
  const int least = wants_total(want, wants_is_required), most = wants_total(want, wants_has_place);
  mine_text number, places, options;
  mine__text_open(&number, frame->env->scratch);
  mine__text_open(&places, frame->env->scratch);
  mine__text_open(&options, frame->env->scratch);
  wants_say_number(&number, least, most);
  wants_say_places(&places, want);
  if (n > most) {
    mine__text_adds(&options, ", or name them with ");
    wants_say_options(&options, want, least);
  }
  if (mine_failed(frame->env)) return;
  (void)mine__fail(frame->env, MINE_DATA,
                   "the source has %d column%s, not %s (%s); select %s column%s%s", n,
                   n == 1 ? "" : "s", number.data, places.data, number.data, most == 1 ? "" : "s",
                   options.bytes ? options.data : "");
}

/* The columns that the options name; each for one want. */
static void wants_bind_named(mine_frame *frame, const mine_want *want, const mine_cell *named,
                             int *column) {
  char what[80];
  for (int i = 0; want[i].name; i++) {
    column[i] = -1;
    if (!named || named[i].type == MINE_NULL) continue;
    snprintf(what, sizeof what, "option %s", want[i].name);
    column[i] = mine__column_said(frame, what, &named[i]);
    if (column[i] < 0) return;
    const mine_column *found = &frame->column[column[i]];
    if (found->want) {
      mine__fail(frame->env, MINE_OPTION, "'%s' is named as %s and as %s; name two columns",
                 found->name, found->want->name, want[i].name);
      return;
    }
    mine__column_want(frame, column[i], &want[i]);
  }
}

/* How many required wants have no column yet. */
static int wants_open(const mine_want *want, const int *column) {
  int n = 0;
  for (int i = 0; want[i].name; i++)
    n += wants_is_required(&want[i]) && column[i] < 0;
  return n;
}

/* The columns that are left, in order, to the wants that are left: to optional ones
** as many as there are more columns than required. */
static void wants_bind_places(mine_frame *frame, const mine_want *want, int spare, int *column) {
  int c = 0;
  for (int i = 0; want[i].name; i++) {
    if (column[i] >= 0 || !wants_has_place(&want[i])) continue;
    if (!wants_is_required(&want[i]) && spare-- <= 0) continue;
    while (frame->column[c].want)
      c++;
    column[i] = c;
    mine__column_want(frame, c, &want[i]);
  }
}

static void wants_bind_rest(mine_frame *frame, const mine_want *rest) {
  for (int c = 0; c < frame->n_columns; c++)
    if (!frame->column[c].want) mine__column_want(frame, c, rest);
}

mine_status mine__wants_by_position(mine_frame *frame, const mine_want *want,
                                    const mine_cell *named, int *column) {
  wants_bind_named(frame, want, named, column);
  if (mine_failed(frame->env)) return mine_env_status(frame->env);
  const int n = wants_count(want), has_rest = n > 0 && want[n - 1].flags & MINE_WANT_REST;
  int left = 0;
  for (int c = 0; c < frame->n_columns; c++)
    left += !frame->column[c].want;
  const int required = wants_open(want, column);
  int places = 0; /* that are not named */
  for (int i = 0; i < n; i++)
    places += wants_has_place(&want[i]) && column[i] < 0;
  const int all_named = required == 0 && left < frame->n_columns;
  if (left < required || (left > places && !all_named && !has_rest))
    wants_wrong_number(frame, want);
  if (mine_failed(frame->env)) return mine_env_status(frame->env);
  if (!all_named) wants_bind_places(frame, want, has_rest ? 0 : left - required, column);
  if (has_rest) wants_bind_rest(frame, &want[n - 1]);
  return mine_env_status(frame->env);
}

/* What date_format= says, to the columns of times. */
static void wants_say_format(mine_frame *frame, mine_events *events) {
  const mine_cell *said = &events->date_format;
  char shown[MINE_SHOW_BYTES];
  if (said->type == MINE_NULL) return;
  if (said->type != MINE_TEXT) {
    mine__fail(frame->env, MINE_OPTION,
               "option date_format must say how times are written, such as %%d.%%m.%%Y, not %s",
               mine__show_cell(shown, said));
    return;
  }
  if (mine__time_format(frame->env, said->as.text, said->bytes, &events->format)) return;
  for (int c = 0; c < frame->n_columns; c++)
    if (frame->column[c].reading == MINE_READ_TIME) frame->column[c].said = &events->format;
}

mine_status mine__events_plan(void *owner, mine_frame *frame) {
  mine_events *events = owner;
  MINE_TRY(mine__wants_by_position(frame, events->want, events->named, events->column));
  wants_say_format(frame, events);
  return mine_env_status(frame->env);
}
