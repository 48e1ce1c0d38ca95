/*
** sqlite_api.h -- SQLite's functions, whether we are loaded or linked in.
**
** A loadable extension reaches SQLite through a table of pointers that the host
** hands over; an application that embeds SQLite and links us statically
** (SQLITE_CORE defined) calls it directly.
*/
#ifndef MINE_EXT_SQLITE_API_H
#define MINE_EXT_SQLITE_API_H

#include <sqlite3ext.h>

#ifndef MINE_EXT_ENTRY
SQLITE_EXTENSION_INIT3
#endif

/* The oldest library we run on: 3.38 brought sqlite3_vtab_in-era planners and
** JSON by default. */
#ifndef MINE_OLDEST_SQLITE /* a test sets it beyond what there is */
#define MINE_OLDEST_SQLITE 3038000
#endif

#endif
