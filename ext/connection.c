/*
** connection.c -- state per connection, and its end.
*/
#include "connection.h"

#include <string.h>
#include <unistd.h>

mine_connection *mine__connection_new(sqlite3 *db) {
  mine_connection *connection = sqlite3_malloc64(sizeof *connection);
  if (!connection) return NULL;
  memset(connection, 0, sizeof *connection);
  connection->db = db;
  connection->references = 1;
  connection->process = getpid();
  return connection;
}

void mine__connection_retain(mine_connection *connection) {
  connection->references++;
}

void mine__connection_release(void *pointer) {
  mine_connection *connection = pointer;
  if (--connection->references > 0) return;
  for (int i = 0; i < MINE_SPARE_PLANS; i++) {
    if (connection->spare_plan[i]) connection->free_plan(connection->spare_plan[i]);
  }
  for (int i = 0; i < MINE_CACHED_MODELS; i++)
    mine_model_free(connection->cached[i].model);
  mine_relation_free(connection->notes);
  sqlite3_free(connection);
}
