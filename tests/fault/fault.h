/*
** fault.h -- one table of calls, for every test that makes trouble during a call.
**
** A row is a call of a verb.  The allocation, interrupt, limit and good-guest
** tests all run this table.  Its rows are made of what mine_verbs says (calls.c), so a
** new verb or algorithm is in it; coverage_of_verbs.py fails where one is not.
**
** In a row's SQL, {o} stands inside the options text: nothing, or an option such
** as ",max_seconds=0.05" that a test adds.
*/
#ifndef MINE_TESTS_FAULT_H
#define MINE_TESTS_FAULT_H

#include <sqlite3.h>
#include <stdint.h>

typedef struct fault_call {
  const char *verb; /* also the algorithm, where the verb takes one */
  const char *sql;
  int fails; /* the call is an error even without a fault (the error path) */
} fault_call;

extern const fault_call *const fault_calls; /* ends with a NULL verb; made by fault_image() */
void fault_derive(sqlite3 *db);             /* the same, on a database like it */
/* A model of every algorithm that has none, named like it; how many could not be made (told). */
int fault_train_others(sqlite3 *db);

/* What came of a script: the code of its last step, and a hash of all rows. */
typedef struct fault_result {
  int code;
  uint64_t hash;
  int64_t rows;
  char message[400];
} fault_result;

/* A database of that many customers and baskets, with the models the table
** needs, as bytes (sqlite3_free).  utf16: stored as UTF-16.  NULL: reported. */
unsigned char *fault_image(int64_t rows, int utf16, sqlite3_int64 *bytes);
/* The linked copy, or (compiled with FAULT_LOADS) the file MINE_EXTENSION, or (with
** FAULT_LOADS_ITSELF) as the program defines it. */
int fault_load(sqlite3 *db, char **error);
/* A connection of its own on a copy of the image; NULL: out of memory. */
sqlite3 *fault_open(const unsigned char *image, sqlite3_int64 bytes);
/* Run a row's SQL with `option` in the place of {o}. */
fault_result fault_run(sqlite3 *db, const char *sql, const char *option);
/* Whether the stored models are `before`, another set that loads and predicts,
** or broken (-1): 0 = unchanged, 1 = others and sound. */
int fault_models(sqlite3 *db, uint64_t before);
uint64_t fault_models_hash(sqlite3 *db);
int fault_integrity(sqlite3 *db); /* 1 = ok */
/* After a call that was disturbed: it ended with the code `trouble`, or as `plain` did;
** the models are sound, the database intact.  NULL, or what is wrong. */
const char *fault_wrong(sqlite3 *db, const fault_result *plain, uint64_t models,
                        const fault_result *result, int trouble);
double fault_clock(void);

#endif
