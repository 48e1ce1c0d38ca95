/*
** values.h -- a growing vector of typed values, eight bytes each.
**
** Ids, class labels, category levels, items and the columns of result tables.
** A vector of one type stores only payloads; type tags appear with the first
** value of another type.  Text lives in one pool, so a million ids cost no
** million allocations.
*/
#ifndef MINE_DATA_VALUES_H
#define MINE_DATA_VALUES_H

#include "../core/env.h"
#include "../core/hash.h"

typedef struct mine_values {
  mine_arena *arena;
  int64_t n;
  size_t capacity;
  uint64_t *payload; /* integer, bits of a double, or offset into the pool */
  uint8_t *type;     /* NULL while every value has type `uniform`          */
  size_t type_capacity;
  mine_cell_type uniform;
  char *pool; /* text: 4-byte length (host order), the bytes, a NUL        */
  size_t pool_bytes, pool_capacity;
} mine_values;

void mine__values_open(mine_values *values, mine_arena *arena);
/* 1 = appended, 0 = failure recorded in the arena's environment. */
int mine__values_push(mine_values *values, const mine_cell *cell);
int mine__values_push_null(mine_values *values);
int mine__values_push_int(mine_values *values, int64_t v);
/* The same where values are integers so far and there is room; else nothing, 0. */
static inline int mine_values_push_int_fast(mine_values *values, int64_t v) {
  if ((size_t)values->n >= values->capacity || values->type || values->uniform != MINE_INT)
    return 0;
  values->payload[values->n++] = (uint64_t)v;
  return 1;
}
int mine__values_push_real(mine_values *values, double v);
int mine__values_push_text(mine_values *values, const char *text, size_t bytes);
void mine__values_get(const mine_values *values, int64_t i, mine_cell *out);
void mine__values_clear(mine_values *values);     /* keep the memory */
void mine__values_drop_last(mine_values *values); /* of one or more */

/* Identity of a value: 1 and 1.0 are the same, 1 and '1' are not; NULL equals
** NULL.  Hashes agree with it. */
int mine__cell_equal(const mine_cell *a, const mine_cell *b);
uint64_t mine__cell_hash(const mine_cell *cell);
#define MINE_EXACT_WHOLE (1LL << 53) /* whole numbers up to here are exact doubles */
/* The same cell, whose text is in arena; a failure of memory is in its environment. */
mine_cell mine__cell_copy(mine_arena *arena, const mine_cell *cell);
/* What a cell is as a number: plain decimal texts are, all else is NAN. */
double mine__cell_number(const mine_cell *cell);
/* '' or white space only: spaces, tabs, line ends, no-break and ideographic spaces. */
int mine__text_is_blank(const char *text, size_t bytes);
int mine__cell_is_missing(const mine_cell *cell); /* NULL, or a blank text */
/* NULL < numbers < text (bytewise) < blob, as SQLite sorts. */
int mine__cell_compare(const mine_cell *a, const mine_cell *b);

/* A dictionary: distinct values in order of arrival, found by identity. */
typedef struct mine_dictionary {
  mine_values values;
  uint64_t *hash; /* of each value                                  */
  size_t hash_capacity;
  mine__table table;
} mine_dictionary;

int mine__dictionary_open(mine_dictionary *d, mine_arena *arena);
/* The value's number, adding it if new; -1 on failure (recorded). */
int64_t mine__dictionary_add(mine_dictionary *d, const mine_cell *cell);
int64_t mine__dictionary_find(const mine_dictionary *d, const mine_cell *cell); /* -1: absent */
void mine__dictionary_drop(mine_dictionary *d);   /* give its memory back early */
int mine__dictionary_rebuild(mine_dictionary *d); /* after values were filled directly */

/* The number of each of `asked` in a list of different values, in arena; -1: it is not there.
** NULL: failure recorded.  O(both). */
int64_t *mine__values_find_all(mine_env *env, mine_arena *arena, const mine_values *list,
                               const mine_values *asked);

#endif
