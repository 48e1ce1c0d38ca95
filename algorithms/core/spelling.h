/*
** spelling.h -- the two ways of writing options, made one: name and value as
** given, before any table says what they should be.  Private to options*.c.
*/
#ifndef MINE_CORE_SPELLING_H
#define MINE_CORE_SPELLING_H

#include "options.h"

typedef struct mine_given {
  const char *name;
  int json;               /* the value has a JSON type; else it is raw text          */
  int flag;               /* JSON true or false (value is 1 or 0)                    */
  int is_list;            /* JSON array                                              */
  mine_cell value;        /* JSON scalar                                             */
  mine_list list;         /* JSON array                                              */
  const mine_list *inner; /* of an array of arrays, item for item; or NULL    */
  const char *raw;        /* short form: as written, trimmed, quotes and all         */
  size_t raw_bytes;
} mine_given;

typedef struct mine_givens {
  size_t n, capacity;
  mine_given *item;
} mine_givens;

/* Read a whole text.  Names and JSON values live in `arena`; raw values point
** into `text`.  nests: a JSON list may hold lists. */
void mine__spelling_read(mine_env *env, mine_arena *arena, const char *text, int nests,
                         mine_givens *out);

/* A short-form value as one text, or as the list that '|' makes of it. */
void mine__spelling_text(mine_env *env, mine_arena *arena, const mine_given *given, mine_cell *out);
void mine__spelling_list(mine_env *env, mine_arena *arena, const mine_given *given, mine_list *out);

/* The pieces of a short-form value that '|' parts, as givens of the same name. */
void mine__spelling_pieces(mine_env *env, mine_arena *arena, const mine_given *given,
                           mine_givens *out);

/* The row of that name; NULL: none. */
const mine_option *mine__option_find(const mine_option *table, const char *name, size_t bytes);
/* Hold a given value against its row and write it to the field (options_set.c). */
void mine__option_set(mine_env *env, mine_arena *arena, const mine_option *option,
                      const mine_given *given, void *field);

/* options_defaults.c: the field of an option, and the defaults of a group. */
void *mine__option_field(const mine_option_group *group, const mine_option *option);
void mine__options_defaults(mine_env *env, mine_arena *arena, const mine_option_group *group);
/* Whether the given has several values for an option of axes->table: then they are its axis,
** and *first is the first of them (options_axes.c). */
int mine__axes_take(mine_env *env, mine_arena *arena, mine_axes *axes, const mine_given *given,
                    mine_given *first);

/* What a forgotten comma leaves in a short-form value: the next " name=" outside
** quotes, looked for from `at` to `end`.  The name's start, NULL when there is none. */
const char *mine__spelling_swallowed(const char *at, const char *end, size_t *bytes);

/* "a whole number from 1 to 65536": what follows "option k must be". */
#define MINE_WANTED_BYTES 480
void mine__option_wanted(const mine_option *option, char *buffer, size_t bytes);
/* Whether a value is a time in some form, be it one that only a column can settle. */
int mine__option_is_date(const mine_cell *cell);
/* A row without a range permits every number. */
static inline int mine__option_bounded(const mine_option *option) {
  return option->range.least < 0 || option->range.least > 0 || option->range.most < 0 ||
         option->range.most > 0;
}
/* Fail with who has that option instead (NULL: nobody), else with the nearest names; then
** with all that are valid. */
void mine__options_unknown(mine_env *env, mine_arena *arena, const mine_option_group *groups,
                           int n_groups, const char *name, const char *owners);

#endif
