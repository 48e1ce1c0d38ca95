/*
** model_names.c -- the names of several models in one argument: 'a|b|c' or a JSON array.
*/
#include <string.h>

#include "../core/options.h"

/* ' a | b ' without the spaces around; an empty name is refused by whoever looks for it. */
static int names_of_bars(mine_env *env, const char *text, const char **names, int n) {
  const char *at = text;
  for (;;) {
    const char *end = at + strcspn(at, "|"), *last = end;
    while (*at == ' ')
      at++;
    while (last > at && last[-1] == ' ')
      last--;
    if (n < MINE_MOST_MODELS) names[n] = mine__arena_text(env->scratch, at, (size_t)(last - at));
    n++;
    if (!*end) return n;
    at = end + 1;
  }
}

static int names_of_json(mine_env *env, const char *text, const char **names, int n) {
  mine_json json;
  mine_list list;
  mine__json_open(&json, env->scratch, text);
  if (!mine__json_list(&json, &list)) {
    if (!mine_failed(env))
      (void)mine__fail(env, MINE_OPTION,
                       "the models are no list; write 'a|b|c', or '[\"a\",\"b\"]' where a name has "
                       "a bar in it: %s",
                       json.problem);
    return 0;
  }
  for (size_t i = 0; i < list.n; i++, n++) {
    if (list.item[i].type != MINE_TEXT) {
      (void)mine__fail(env, MINE_OPTION, "the models are named by texts: '[\"a\",\"b\"]'");
      return 0;
    }
    if (n < MINE_MOST_MODELS)
      names[n] = mine__arena_text(env->scratch, list.item[i].as.text, list.item[i].bytes);
  }
  return n;
}

mine_status mine_names_read(mine_env *env, const char *text, const char **names, int *n) {
  *n = 0;
  if (mine_failed(env)) return mine_env_status(env);
  const char *at = text + strspn(text, " \t\r\n");
  const int found =
      *at == '[' ? names_of_json(env, at, names, 0) : names_of_bars(env, at, names, 0);
  if (mine_failed(env)) return mine_env_status(env);
  if (found > MINE_MOST_MODELS)
    return mine__fail(env, MINE_OPTION, "%d models are named; %d at most are compared at once",
                      found, MINE_MOST_MODELS);
  if (found == 0)
    return mine__fail(env, MINE_OPTION, "the list of models is empty; name them: 'a|b|c'");
  *n = found;
  return MINE_OK;
}
