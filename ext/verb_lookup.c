/*
** verb_lookup.c -- looking rows up by keys.
*/
#include "verb_lookup.h"

#include <stdlib.h>
#include <string.h>

#include "verb_plan.h"

/* ---- conditions ---------------------------------------------------------------------- */

static int lookup_add_value(mine_lookup_key *key, mine_affinity affinity, int literal, int keep,
                            sqlite3_value *value) {
  if (key->n == key->room) {
    const int room = key->room ? 2 * key->room : 1;
    mine_sought *grown = sqlite3_realloc64(key->sought, (sqlite3_uint64)room * sizeof *key->sought);
    if (!grown) return SQLITE_NOMEM;
    key->sought = grown;
    key->room = room;
  }
  /* A value that fails half-way is in the list, too, so that it is given back. */
  return mine__sought_open(value, affinity, literal, keep, &key->sought[key->n++]);
}

int mine__lookup_add(mine_lookup *lookup, mine_verb_result *result, char what, int column,
                     sqlite3_value *value) {
  if (lookup->n_keys == MINE_LOOKUP_KEYS) return SQLITE_INTERNAL;
  const mine_affinity affinity = mine__verb_result_affinity(result, column);
  mine_lookup_key *key = &lookup->key[lookup->n_keys++];
  key->column = column;
  key->n = 0;
  if (what != VERB_PLAN_IN)
    return lookup_add_value(key, affinity, what == VERB_PLAN_LITERAL, 0, value);
  sqlite3_value *one;
  int code = sqlite3_vtab_in_first(value, &one);
  for (; code == SQLITE_OK && one; code = sqlite3_vtab_in_next(value, &one)) {
    code = lookup_add_value(key, affinity, 0, 1, one);
    if (code) return code;
  }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* ---- rows ------------------------------------------------------------------------------ */

/* Of columns of a fixed type SQLite makes the choice. */
static int lookup_is_own(const mine_verb_result *result, int column) {
  return result->run.verb->answer[column].type == MINE_ANSWER_ANY;
}

static int lookup_fits(const mine_lookup_key *key, mine_verb_result *result, int64_t row, int from,
                       int to) {
  mine_cell cell;
  if (!lookup_is_own(result, key->column)) return 1;
  const mine_affinity affinity = mine__verb_result_affinity(result, key->column);
  (void)mine__verb_run_cell(&result->run, row, key->column, &cell); /* keys are there */
  for (int i = from; i < to; i++)
    if (mine__sought_is(&key->sought[i], affinity, &cell)) return 1;
  return 0;
}

/* The further conditions. */
static int lookup_fits_others(const mine_lookup *lookup, mine_verb_result *result, int64_t row) {
  for (int k = 1; k < lookup->n_keys; k++)
    if (!lookup_fits(&lookup->key[k], result, row, 0, lookup->key[k].n)) return 0;
  return 1;
}

static int lookup_add_match(mine_lookup *lookup, int64_t row) {
  if (lookup->n == lookup->room) {
    const int64_t room = lookup->room ? 2 * lookup->room : 16;
    int64_t *grown = sqlite3_realloc64(lookup->match, (sqlite3_uint64)room * sizeof *grown);
    if (!grown) return SQLITE_NOMEM;
    lookup->match = grown;
    lookup->room = room;
  }
  lookup->match[lookup->n++] = row;
  return SQLITE_OK;
}

/* The C library may sort here: equal whole numbers are one, whatever their order. */
static int lookup_compare_rows(const void *a, const void *b) {
  const int64_t x = *(const int64_t *)a;
  const int64_t y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static void lookup_sort(mine_lookup *lookup) {
  qsort(lookup->match, (size_t)lookup->n, sizeof *lookup->match, lookup_compare_rows);
  int64_t n = 0;
  for (int64_t i = 0; i < lookup->n; i++)
    if (n == 0 || lookup->match[i] != lookup->match[n - 1]) lookup->match[n++] = lookup->match[i];
  lookup->n = n;
}

int mine__lookup_run(mine_lookup *lookup, mine_verb_result *result) {
  const mine_lookup_key *key = &lookup->key[0];
  int code = mine__verb_result_index(result, key->column);
  lookup->n = 0;
  for (int i = 0; i < key->n && !code; i++) {
    mine_id_index *index = &result->key[key->column].index;
    int64_t row = mine__id_index_find(index, &key->sought[i].cell);
    for (; row >= 0 && !code; row = mine__id_index_next(index, row)) {
      if (lookup_fits(key, result, row, i, i + 1) && lookup_fits_others(lookup, result, row))
        code = lookup_add_match(lookup, row);
    }
  }
  if (!code && key->n > 1 && lookup->n > 1) lookup_sort(lookup);
  return code;
}

/* ---- end ---------------------------------------------------------------------------------- */

void mine__lookup_clear(mine_lookup *lookup) {
  for (int k = 0; k < lookup->n_keys; k++) {
    for (int i = 0; i < lookup->key[k].n; i++)
      mine__sought_close(&lookup->key[k].sought[i]);
    lookup->key[k].n = 0;
  }
  lookup->n_keys = 0;
  lookup->n = 0;
}

void mine__lookup_free(mine_lookup *lookup) {
  mine__lookup_clear(lookup);
  for (int k = 0; k < MINE_LOOKUP_KEYS; k++)
    sqlite3_free(lookup->key[k].sought);
  sqlite3_free(lookup->match);
  memset(lookup, 0, sizeof *lookup);
}
