/*
** json_walk.h -- a JSON text of any shape, walked by whoever knows what should stand in it.
**
** Nothing is made of the text: a level is entered, its members are found by their names
** wherever they stand, and a level that is left must have had no others, so nothing that was
** written is forgotten in silence.  Members in the order in which they are asked for are found
** at once, so that a text as it was written is walked in time linear in its length; in another
** order each search goes over its level once.  Levels that are passed over are not recursed
** into, whatever their depth.
**
** What is wrong is recorded in the environment with the path to it: "model.features[3].type".
*/
#ifndef MINE_CORE_JSON_WALK_H
#define MINE_CORE_JSON_WALK_H

#include "env.h"

#define MINE_WALK_DEEPEST 40

typedef struct mine__walk_level {
  const char *name;  /* by which it was entered; NULL: an item of a list */
  const char *first; /* behind the bracket                               */
  const char *at;    /* behind the value that was found last, or first   */
  int64_t taken;     /* values found so far                              */
  int list;
  int jumped; /* members were found in another order than they stand */
} mine__walk_level;

typedef struct mine__walk {
  mine_env *env;
  int depth; /* levels entered */
  mine__walk_level level[MINE_WALK_DEEPEST];
  const char *asked; /* the name that was asked for last */
} mine__walk;

/* Enter the object that is the text (NUL-terminated, outlives the walk).  Failures stick. */
void mine__walk_open(mine__walk *walk, mine_env *env, const char *text);
/* Leave it: nothing may follow. */
void mine__walk_close(mine__walk *walk);

/* Where the value of that name begins (in a list, the next item); NULL: failure recorded.  The
** caller reads it and says where it ended. */
const char *mine__walk_find(mine__walk *walk, const char *name);
void mine__walk_past(mine__walk *walk, const char *end);
/* Whether there is a member of that name in the object, or another item in the list. */
int mine__walk_has(mine__walk *walk, const char *name);
/* The object that is walked must have no member but those of the list, which ends with NULL; one
** that it has is told, with the name that is most like it. */
void mine__walk_only(mine__walk *walk, const char *const *known);
/* The object or list of that name becomes the level that is walked, until it is left. */
void mine__walk_enter(mine__walk *walk, const char *name, int list);
void mine__walk_leave(mine__walk *walk);
/* Pass over a value that begins there; NULL: it does not end. */
const char *mine__walk_skip(const char *at);
/* How many items the list at `at` has; -1: it is none, failure recorded. */
int64_t mine__walk_count(mine__walk *walk, const char *at);

/* "model.features[3].type": where the walk stands.  Returns buffer. */
#define MINE_WALK_PATH_BYTES 240
const char *mine__walk_path(const mine__walk *walk, char buffer[MINE_WALK_PATH_BYTES]);
/* Record what is wrong there. */
void mine__walk_fail(mine__walk *walk, const char *problem);

#endif
