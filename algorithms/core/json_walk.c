/*
** json_walk.c -- levels of a JSON text, entered and left.
*/
#include "json_walk.h"

#include <stdio.h>
#include <string.h>

#include "likeness.h"
#include "text.h"

static const char *walk_space(const char *at) {
  return at + strspn(at, " \t\r\n");
}

/* ---- where, and what is wrong ------------------------------------------------------ */

const char *mine__walk_path(const mine__walk *walk, char buffer[MINE_WALK_PATH_BYTES]) {
  size_t n = 0;
  buffer[0] = 0;
  for (int i = 0; i < walk->depth && n < MINE_WALK_PATH_BYTES - 60; i++) {
    const mine__walk_level *level = &walk->level[i];
    const char *next = i + 1 < walk->depth ? walk->level[i + 1].name : walk->asked;
    int added = 0;
    if (level->list)
      added = snprintf(buffer + n, 40, "[%lld]", (long long)level->taken);
    else if (next)
      added = snprintf(buffer + n, 40, "%s%s", n ? "." : "", next);
    n += added < 0 ? 0u : added > 39 ? 39u : (size_t)added;
  }
  return n ? buffer : "the beginning";
}

void mine__walk_fail(mine__walk *walk, const char *problem) {
  char path[MINE_WALK_PATH_BYTES];
  (void)mine__fail(walk->env, MINE_DATA, "the JSON at %s: %s", mine__walk_path(walk, path),
                   problem);
}

static const char *walk_bad(mine__walk *walk, const char *problem) {
  mine__walk_fail(walk, problem);
  return NULL;
}

/* ---- passing over ------------------------------------------------------------------ */

/* Behind the closing quote of the text that begins at `at`; NULL: it has none. */
static const char *walk_text_end(const char *at) {
  for (at++; *at && *at != '"'; at++)
    if (*at == '\\' && at[1]) at++;
  return *at ? at + 1 : NULL;
}

/* What is inside is looked at when somebody asks for it; here only brackets count. */
const char *mine__walk_skip(const char *at) {
  int64_t depth = 0;
  do {
    at = walk_space(at);
    if (*at == '"') {
      at = walk_text_end(at);
      if (!at) return NULL;
    } else if (*at == '{' || *at == '[') {
      depth++;
      at++;
    } else if (*at == '}' || *at == ']') {
      depth--;
      at++;
    } else if (*at == ',' || *at == ':') {
      if (depth == 0) return NULL;
      at++;
    } else {
      const size_t n = strcspn(at, " \t\r\n,:[]{}\"");
      if (n == 0) return NULL;
      at += n;
    }
  } while (depth > 0);
  return depth < 0 ? NULL : at;
}

/* ---- members ----------------------------------------------------------------------- */

/* What follows `at`, which is behind a value or at the level's beginning: 1 = another, which
** begins at *next; 0 = the end, at *next; -1: neither. */
static int walk_next(const mine__walk_level *level, const char *at, const char **next) {
  const char end = level->list ? ']' : '}';
  const int first = at == level->first;
  at = walk_space(at);
  *next = at;
  if (*at == end) return 0;
  if (!first && *at != ',') return -1;
  if (!first) at = walk_space(at + 1);
  *next = at;
  return *at == end || *at == 0 ? -1 : 1;
}

/* The value of the member whose name begins at `at`; NULL: there is none.  *same: it has that
** name. */
static const char *walk_member(const char *at, const char *name, int *same) {
  const char *end = *at == '"' ? walk_text_end(at) : NULL;
  if (!end) return NULL;
  const size_t n = (size_t)(end - at) - 2;
  *same = strlen(name) == n && memcmp(at + 1, name, n) == 0;
  at = walk_space(end);
  return *at == ':' ? walk_space(at + 1) : NULL;
}

/* Whether the level, from `from` on, has the member; *value is where it begins.  -1: what stands
** there is no JSON. */
static int walk_search(const mine__walk_level *level, const char *from, const char *name,
                       const char **value) {
  const char *at;
  for (;;) {
    int same = 0;
    const int more = walk_next(level, from, &at);
    if (more <= 0) return more;
    *value = walk_member(at, name, &same);
    if (!*value) return -1;
    if (same) return 1;
    from = mine__walk_skip(*value);
    if (!from) return -1;
  }
}

static const char walk_broken[] = "a comma, a colon or a bracket is missing";

/* In order the member is the next one; else the level is searched from its beginning. */
static int walk_look(mine__walk *walk, const char *name, const char **value) {
  mine__walk_level *level = &walk->level[walk->depth - 1];
  const char *at;
  int same = 0;
  const int more = walk_next(level, level->at, &at);
  if (level->list || more < 0) {
    *value = at;
    return more;
  }
  if (more > 0) {
    *value = walk_member(at, name, &same);
    if (!*value) return -1;
    if (same) return 1;
  }
  const int found = walk_search(level, level->first, name, value);
  if (found > 0) level->jumped = 1;
  return found;
}

const char *mine__walk_find(mine__walk *walk, const char *name) {
  const char *value = NULL;
  if (mine_failed(walk->env)) return NULL;
  walk->asked = name;
  const int found = walk_look(walk, name ? name : "", &value);
  if (found < 0) return walk_bad(walk, walk_broken);
  if (found == 0)
    return walk_bad(
        walk, walk->level[walk->depth - 1].list ? "an item is missing" : "this member is missing");
  return value;
}

int mine__walk_has(mine__walk *walk, const char *name) {
  const char *value = NULL;
  if (mine_failed(walk->env)) return 0;
  mine__walk_level *level = &walk->level[walk->depth - 1];
  const int jumped = level->jumped;
  const int found = walk_look(walk, name ? name : "", &value);
  level->jumped = jumped;
  return found > 0;
}

void mine__walk_past(mine__walk *walk, const char *end) {
  mine__walk_level *level = &walk->level[walk->depth - 1];
  level->at = end;
  level->taken++;
}

/* ---- levels ------------------------------------------------------------------------ */

static void walk_push(mine__walk *walk, const char *name, const char *at, int list) {
  if (*at != (list ? '[' : '{')) {
    mine__walk_fail(walk, list ? "a list was expected" : "an object was expected");
  } else if (walk->depth == MINE_WALK_DEEPEST) {
    mine__walk_fail(walk, "it is too deep");
  } else {
    walk->level[walk->depth++] =
        (mine__walk_level){.name = name, .first = at + 1, .at = at + 1, .list = list};
    walk->asked = NULL;
  }
}

void mine__walk_open(mine__walk *walk, mine_env *env, const char *text) {
  memset(walk, 0, sizeof *walk);
  walk->env = env;
  walk_push(walk, NULL, walk_space(text), 0);
}

void mine__walk_enter(mine__walk *walk, const char *name, int list) {
  const char *at = mine__walk_find(walk, name);
  if (at) walk_push(walk, name, at, list);
}

/* known: what it could have been meant for; NULL: not said. */
static const char *walk_unknown(mine__walk *walk, const char *member, const char *const *known) {
  char path[MINE_WALK_PATH_BYTES], asked[64] = "";
  const char *end = *member == '"' ? walk_text_end(member) : NULL;
  if (!end) return walk_bad(walk, walk_broken);
  const size_t n = (size_t)(end - member) - 2;
  mine_cell name = {MINE_TEXT, n, {.text = member + 1}};
  char shown[MINE_SHOW_BYTES];
  mine_likeness likeness = {.asked = asked};
  if (n < sizeof asked) memcpy(asked, member + 1, n);
  for (int64_t i = 0; asked[0] && known && known[i]; i++)
    mine__likeness_show(&likeness, known[i], i);
  (void)mine__fail(walk->env, MINE_DATA, "the JSON at %s: the member %s is not known here%s%s%s",
                   mine__walk_path(walk, path), mine__show_cell(shown, &name),
                   likeness.name ? "; did you mean \"" : "", likeness.name ? likeness.name : "",
                   likeness.name ? "\"?" : "");
  return NULL;
}

void mine__walk_only(mine__walk *walk, const char *const *known) {
  if (mine_failed(walk->env)) return;
  const mine__walk_level *level = &walk->level[walk->depth - 1];
  const char *at = level->first, *next;
  walk->asked = NULL;
  while (walk_next(level, at, &next) > 0) { /* what is no JSON is told by whoever reads it */
    int same = 0, i = 0;
    const char *value = walk_member(next, "", &same);
    at = value ? mine__walk_skip(value) : NULL;
    if (!at) return;
    for (same = 0; known[i] && !same; i++)
      (void)walk_member(next, known[i], &same);
    if (!same) {
      (void)walk_unknown(walk, next, known);
      return;
    }
  }
}

/* The end of the level; NULL: it has a value that nobody asked for, or does not end. */
static const char *walk_end(mine__walk *walk) {
  const mine__walk_level *level = &walk->level[walk->depth - 1];
  const char *at = level->jumped ? level->first : level->at, *next = at;
  int64_t values = level->jumped ? 0 : level->taken;
  int more;
  walk->asked = NULL;
  while ((more = walk_next(level, at, &next)) > 0) {
    int same;
    if (!level->jumped) break;
    values++;
    const char *value = walk_member(next, "", &same);
    at = value ? mine__walk_skip(value) : NULL;
    if (!at) return walk_bad(walk, walk_broken);
  }
  if (more < 0) return walk_bad(walk, walk_broken);
  if (more > 0 && !level->list) return walk_unknown(walk, next, NULL);
  if (more > 0) return walk_bad(walk, "it has more items than it should");
  if (values != level->taken)
    return walk_bad(walk, "it has a member that is not known here, or one twice");
  return next + 1;
}

void mine__walk_leave(mine__walk *walk) {
  if (mine_failed(walk->env)) return;
  const char *end = walk_end(walk);
  if (!end) return;
  walk->depth--;
  if (walk->depth > 0) mine__walk_past(walk, end);
}

void mine__walk_close(mine__walk *walk) {
  if (mine_failed(walk->env)) return;
  const char *end = walk_end(walk);
  if (end && *walk_space(end)) mine__walk_fail(walk, "something follows the closing bracket");
}

int64_t mine__walk_count(mine__walk *walk, const char *at) {
  const char *next;
  int64_t n = 0;
  int more;
  if (*at != '[') {
    mine__walk_fail(walk, "a list was expected");
    return -1;
  }
  const mine__walk_level level = {.first = at + 1, .list = 1};
  at = level.first;
  while ((more = walk_next(&level, at, &next)) > 0) {
    n++;
    at = mine__walk_skip(next);
    if (!at || MINE_POLL_AT(walk->env, n)) break;
  }
  if (at && more == 0) return n;
  mine__walk_fail(walk, walk_broken);
  return -1;
}
