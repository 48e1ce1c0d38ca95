/*
** sqlite_mine.c -- the entry point: check the host, register every verb.
**
** Loading twice on one connection is harmless: the second time finds the first
** and leaves it.  If a registration fails the load reports it, and SQLite drops
** what was registered when the connection closes.
*/
#define MINE_EXT_ENTRY
#include "sqlite_api.h"
SQLITE_EXTENSION_INIT1

#include <pthread.h>
#include <string.h>

#include "aggregate_verb.h"
#include "mine_static.h"
#include "scalar_verb.h"
#include "source.h"
#include "table_verb.h"

#if defined(_WIN32)
#define MINE_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define MINE_EXPORT __attribute__((visibility("default")))
#else
#define MINE_EXPORT
#endif

/* A verb in its form; and, where it has not both, an answer to the other form that
** says how to call it. */
static int register_verb(mine_connection *connection, const mine_verb *verb) {
  if (verb->form == MINE_VERB_TABLE) {
    int code = mine__table_verb_register(connection, verb);
    int only = !mine_verb_find(verb->name, MINE_VERB_SCALAR) &&
               !mine_verb_find(verb->name, MINE_VERB_AGGREGATE);
    return code || !only ? code : mine__scalar_hint_register(connection, verb);
  }
  int code = verb->form == MINE_VERB_AGGREGATE ? mine__aggregate_verb_register(connection, verb)
                                               : mine__scalar_verb_register(connection, verb);
  int only = !mine_verb_find(verb->name, MINE_VERB_TABLE);
  return code || !only ? code : mine__table_hint_register(connection, verb);
}

static int register_all(mine_connection *connection) {
  int code = SQLITE_OK;
  for (int i = 0; mine_verb_at(i) && !code; i++)
    code = register_verb(connection, mine_verb_at(i));
  int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  if (!code) {
    code = sqlite3_create_function_v2(connection->db, MINE_ROW_FUNCTION, -1, flags, NULL,
                                      mine__row_function, NULL, NULL, NULL);
  }
  if (!code) {
    code = sqlite3_create_function_v2(connection->db, MINE_ROWS_FUNCTION, -1, flags, NULL, NULL,
                                      mine__rows_step, mine__rows_final, NULL);
  }
  return code;
}

/* The version already loaded on this connection, as a copy; NULL when none. */
static char *loaded_version(sqlite3 *db) {
  sqlite3_stmt *select = NULL;
  char *version = NULL;
  if (sqlite3_prepare_v2(db, "SELECT mine_version()", -1, &select, NULL) == SQLITE_OK &&
      sqlite3_step(select) == SQLITE_ROW) {
    version = sqlite3_mprintf("%s", sqlite3_column_text(select, 0));
  }
  sqlite3_finalize(select);
  return version;
}

static int refuse(char **error, char *sentence) {
  if (error) {
    *error = sentence;
  } else {
    sqlite3_free(sentence);
  }
  return SQLITE_ERROR;
}

/* SQLITE_EXTENSION_INIT2 stores the table of SQLite's functions at every load, in the
** middle of calls that other threads make through it.  We store it once. */
static void remember_api(const sqlite3_api_routines *api) {
#ifdef SQLITE_CORE
  (void)api;
#else
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  if (sqlite3_api != api) sqlite3_api = api;
  pthread_mutex_unlock(&lock);
#endif
}

MINE_EXPORT int sqlite3_mine_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  remember_api(api);
  if (sqlite3_libversion_number() < MINE_OLDEST_SQLITE) {
    return refuse(error, sqlite3_mprintf("sqlite-mine needs SQLite %d.%d or newer; this is %s",
                                         MINE_OLDEST_SQLITE / 1000000,
                                         MINE_OLDEST_SQLITE / 1000 % 1000, sqlite3_libversion()));
  }
  char *loaded = loaded_version(db);
  if (loaded) {
    int same = strcmp(loaded, MINE_VERSION) == 0;
    char *sentence = same ? NULL
                          : sqlite3_mprintf(
                                "sqlite-mine %s is already loaded on this connection; "
                                "%s cannot join it",
                                loaded, MINE_VERSION);
    sqlite3_free(loaded);
    return same ? SQLITE_OK : refuse(error, sentence);
  }
  mine_connection *connection = mine__connection_new(db);
  if (!connection) return SQLITE_NOMEM;
  int code = register_all(connection);
  mine__connection_release(connection); /* the registrations hold their own */
  /* The question for mine_version() left an error code behind, which
  ** sqlite3_open() would take for a failure of an automatic extension. */
  return code ? code : sqlite3_exec(db, "SELECT 1", NULL, NULL, NULL);
}

/* SQLite derives the entry point from the file's name and falls back on this one, so
** that a renamed mine.so loads.  Of an application that links us, the name is its own. */
#ifndef SQLITE_CORE
MINE_EXPORT int sqlite3_extension_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);
MINE_EXPORT int sqlite3_extension_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  return sqlite3_mine_init(db, error, api);
}
#endif
