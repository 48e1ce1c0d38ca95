/*
** mine_static.h -- sqlite-mine linked into an application that embeds SQLite.
**
** Link libmine_sqlite.a (and -lpthread -lm) beside your own SQLite, then, once
** and before the first connection is opened:
**
**     sqlite3_auto_extension((void (*)(void))sqlite3_mine_init);
**
** or, for one connection only:
**
**     sqlite3_mine_init(db, &error, NULL);      // SQLITE_OK, or error is set
**
** `error` belongs to the caller (sqlite3_free).  The archive is compiled with
** SQLITE_CORE: it calls sqlite3_* directly and needs SQLite 3.38 or newer, and not
** an older one than the sqlite3.h the archive was compiled with.
*/
#ifndef MINE_STATIC_H
#define MINE_STATIC_H

#include "sqlite3.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sqlite3_api_routines;
int sqlite3_mine_init(sqlite3 *db, char **error, const struct sqlite3_api_routines *api);

#ifdef __cplusplus
}
#endif

#endif
