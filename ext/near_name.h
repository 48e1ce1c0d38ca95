/*
** near_name.h -- a name in another spelling: case of ASCII letters, white space around it.
*/
#ifndef MINE_EXT_NEAR_NAME_H
#define MINE_EXT_NEAR_NAME_H

#include "call.h"

/* Of the names in the first column of a SELECT, the one that is `asked` in another spelling
** (mine.h, "names"); NULL: none.  Two that fit alike are a failure that names both, for
** they are `what` ("models").  *near: sqlite3_free.  O(names). */
mine_status mine__near_name(mine_call *call, sqlite3_stmt *names, const char *asked,
                            const char *what, char **near);

#endif
