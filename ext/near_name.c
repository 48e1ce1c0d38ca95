/*
** near_name.c -- finding a name in another spelling among the rows of a statement.
*/
#include "near_name.h"

/* The statement's text is kept where the search has taken a name, or met its equal. */
static void near_keep(const mine_name_search *before, const mine_name_search *after,
                      const char *there, char *kept[2]) {
  if (after->best == before->best && after->several == before->several) return;
  sqlite3_free(kept[after->several]);
  kept[after->several] = sqlite3_mprintf("%s", there);
}

mine_status mine__near_name(mine_call *call, sqlite3_stmt *names, const char *asked,
                            const char *what, char **near) {
  mine_name_search search = {.asked = asked};
  char *kept[2] = {NULL, NULL};
  int code;
  for (int64_t i = 0; (code = sqlite3_step(names)) == SQLITE_ROW; i++) {
    const mine_name_search before = search;
    const char *there = (const char *)sqlite3_column_text(names, 0);
    if (!there) continue;
    mine_name_show(&search, there, i);
    near_keep(&before, &search, there, kept);
  }
  *near = NULL;
  mine_status status = MINE_OK;
  if (code != SQLITE_DONE)
    status = mine__call_fail_sqlite(call, code, "looking for a name");
  else if (mine_name_found(&search) == MINE_NAME_SEVERAL)
    status =
        mine__call_fail(call, MINE_DATA, "'%s' fits the %s '%s' and '%s'; spell the name exactly",
                        asked, what, kept[0] ? kept[0] : "", kept[1] ? kept[1] : "");
  else if (mine_name_found(&search) >= 0 && !kept[0])
    status = mine_env_fail(call->env, MINE_NOMEM, "out of memory");
  if (!status) {
    *near = kept[0];
    kept[0] = NULL;
  }
  sqlite3_free(kept[0]);
  sqlite3_free(kept[1]);
  return status;
}
