/*
** options.c -- the options of a call: which group each that was given belongs to, and what was
** given twice, nowhere, or without a comma.
*/
#include "options.h"

#include <string.h>

#include "spelling.h"
#include "text.h"

static size_t options_count(const mine_option_group *groups, int n_groups) {
  size_t n = 0;
  for (int g = 0; g < n_groups; g++)
    for (const mine_option *option = groups[g].table; option->name; option++)
      n++;
  return n;
}

const mine_option *mine__option_find(const mine_option *table, const char *name, size_t bytes) {
  for (; table->name; table++)
    if (strlen(table->name) == bytes && memcmp(table->name, name, bytes) == 0) return table;
  return NULL;
}

static void options_no_comma(mine_env *env, const mine_given *given, const char *name,
                             size_t bytes) {
  char shown[MINE_SHOW_BYTES];
  mine_cell value = {MINE_TEXT, given->raw_bytes, {.text = given->raw}};
  mine__fail(env, MINE_OPTION,
             "option %s is given %s; put a comma before '%.*s='%s, or double quotes around a "
             "value that contains it",
             given->name, mine__show_cell(shown, &value), bytes < 60 ? (int)bytes : 60, name,
             (name[-1] & 0x80) ? " (',', not the wide sign)" : "");
}

/* "ignore=a ignore=b": a value that swallowed an option of these groups.  A SELECT may
** well say "WHERE k = 5". */
static void options_check_comma(mine_env *env, const mine_option_group *groups, int n_groups,
                                const mine_given *given) {
  if (given->json) return;
  const char *at = given->raw, *end = at + given->raw_bytes;
  size_t bytes;
  for (; (at = mine__spelling_swallowed(at, end, &bytes)) != NULL; at += bytes)
    for (int g = 0; g < n_groups; g++)
      if (mine__option_find(groups[g].table, at, bytes)) {
        options_no_comma(env, given, at, bytes);
        return;
      }
}

/* Set one given value in every group that knows the name: groups may share one, such
** as `seed`, and each has a field for it.  `seen` has a mark per option of all groups.
** 0: none has it. */
static int options_apply(mine_env *env, mine_arena *arena, const mine_option_group *groups,
                         int n_groups, const mine_given *given, char *seen) {
  int found = 0;
  for (int g = 0; g < n_groups; g++) {
    const mine_option *table = groups[g].table;
    const mine_option *option = mine__option_find(table, given->name, strlen(given->name));
    if (option) {
      char *mark = seen + (option - table);
      if (*mark) {
        mine__fail(env, MINE_OPTION, "option %s is given twice; keep one", option->name);
        return 1;
      }
      *mark = 1;
      found = 1;
      if (option->type != MINE_OPTION_SOURCE) options_check_comma(env, groups, n_groups, given);
      if (!mine_failed(env))
        mine__option_set(env, arena, option, given, mine__option_field(&groups[g], option));
      if (mine_failed(env)) return 1;
    }
    seen += options_count(&groups[g], 1);
  }
  return found;
}

mine_status mine__options_parse(mine_env *env, mine_arena *arena, mine_option_group *groups,
                                int n_groups, const char *text) {
  return mine__options_parse_owned(env, arena, groups, n_groups, text, NULL, NULL);
}

mine_status mine__options_parse_owned(mine_env *env, mine_arena *arena, mine_option_group *groups,
                                      int n_groups, const char *text, mine__options_owners owners,
                                      const void *context) {
  return mine__options_parse_axes(env, arena, groups, n_groups, text, owners, context, NULL);
}

mine_status mine__options_parse_axes(mine_env *env, mine_arena *arena, mine_option_group *groups,
                                     int n_groups, const char *text, mine__options_owners owners,
                                     const void *context, mine_axes *axes) {
  mine_givens givens;
  for (int g = 0; g < n_groups && !mine_failed(env); g++)
    mine__options_defaults(env, arena, &groups[g]);
  mine__spelling_read(env, arena, text, axes != NULL, &givens);
  if (mine_failed(env)) return mine_env_status(env);
  char *seen = mine__arena_zeros(arena, options_count(groups, n_groups) + 1, 1);
  if (!seen) return mine_env_status(env);
  for (int g = 0; g < n_groups; g++)
    groups[g].given = seen + options_count(groups, g);
  for (size_t i = 0; i < givens.n && !mine_failed(env); i++) {
    const mine_given *given = &givens.item[i];
    mine_given first;
    mine_text others;
    if (axes && mine__axes_take(env, arena, axes, given, &first)) given = &first;
    if (mine_failed(env)) break;
    if (options_apply(env, arena, groups, n_groups, given, seen)) continue;
    mine__text_open(&others, arena);
    if (owners) owners(context, given->name, &others);
    mine__options_unknown(env, arena, groups, n_groups, given->name,
                          others.bytes ? others.data : NULL);
  }
  mine__arena_drop(arena, givens.item);
  return mine_env_status(env);
}

int mine__options_given(const mine_option_group *groups, int n_groups, const char *name) {
  for (int g = 0; g < n_groups; g++) {
    const mine_option *option = mine__option_find(groups[g].table, name, strlen(name));
    if (option && groups[g].given[option - groups[g].table]) return 1;
  }
  return 0;
}

mine_select *mine__options_select(const mine_option_group *groups, int n_groups, int i,
                                  const char **name) {
  for (int g = 0; g < n_groups; g++)
    for (const mine_option *option = groups[g].table; option->name; option++) {
      if (option->type != MINE_OPTION_SOURCE) continue;
      mine_select *query = mine__option_field(&groups[g], option);
      if (!query->sql || i-- > 0) continue;
      if (name) *name = option->name;
      return query;
    }
  return NULL;
}

mine_status mine__options_peek(mine_env *env, mine_arena *arena, const char *text, const char *name,
                               mine_cell *out) {
  const mine_option option = {.name = name, .type = MINE_OPTION_TEXT};
  mine_givens givens;
  int found = 0;
  memset(out, 0, sizeof *out);
  mine__spelling_read(env, arena, text, 1, &givens);
  for (size_t i = 0; i < givens.n && !mine_failed(env); i++) {
    const mine_given *given = &givens.item[i];
    if (strcmp(given->name, name) != 0) continue;
    size_t bytes;
    const char *next =
        given->json ? NULL
                    : mine__spelling_swallowed(given->raw, given->raw + given->raw_bytes, &bytes);
    if (next)
      options_no_comma(env, given, next, bytes);
    else if (found++)
      mine__fail(env, MINE_OPTION, "option %s is given twice; keep one", name);
    else
      mine__option_set(env, arena, &option, given, out);
  }
  mine__arena_drop(arena, givens.item);
  return mine_env_status(env);
}
