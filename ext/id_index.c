/*
** id_index.c -- a chained hash over the ids of a result, newest row first in a
** chain; rows are added from last to first so that a chain is in source order.
*/
#include "id_index.h"

#include <ctype.h>
#include <string.h>

#include "sqlite_api.h"

int mine__id_index_open(mine_id_index *index, int64_t rows) {
  memset(index, 0, sizeof *index);
  uint64_t slots = 16;
  index->shift = 60;
  for (; slots < (uint64_t)rows * 2; slots *= 2)
    index->shift--;
  index->first = sqlite3_malloc64((slots + (uint64_t)rows) * sizeof(int64_t));
  if (!index->first) return SQLITE_NOMEM;
  index->next = index->first + slots;
  memset(index->first, 0xff, slots * sizeof(int64_t)); /* -1 everywhere */
  index->rows = rows;
  return SQLITE_OK;
}

void mine__id_index_free(mine_id_index *index) {
  sqlite3_free(index->first);
  memset(index, 0, sizeof *index);
}

static uint64_t id_hash_bytes(const char *text, size_t n) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
  return hash;
}

static uint64_t id_hash_real(double r) {
  if (r >= -9.2e18 && r <= 9.2e18) return (uint64_t)(int64_t)r;
  return 0; /* huge, infinite, NaN: one slot for all */
}

/* Text that reads as a number: 1 = hash in *hash, 0 = not a number, -1 = a
** number written so that its whole part is not plain to see.  The hash of a number is its whole
** part, whatever it is written as: SQLite may find 5, 5.0, '5' and ' 5.00' equal, and equal ids
** must meet in one chain. */
static int id_number_text(const char *text, size_t n, uint64_t *hash) {
  size_t i = 0;
  while (i < n && isspace((unsigned char)text[i]))
    i++;
  int negative = i < n && text[i] == '-';
  if (i < n && (text[i] == '-' || text[i] == '+')) i++;
  uint64_t whole = 0;
  size_t digits = 0;
  for (; i < n && isdigit((unsigned char)text[i]); i++, digits++) {
    if (whole > UINT64_C(900000000000000000)) return -1;
    whole = whole * 10 + (uint64_t)(text[i] - '0');
  }
  if (i < n && text[i] == '.') {
    for (i++; i < n && isdigit((unsigned char)text[i]); i++)
      digits++;
  }
  if (digits == 0) return 0;
  if (i < n && (text[i] == 'e' || text[i] == 'E')) return -1;
  while (i < n && isspace((unsigned char)text[i]))
    i++;
  if (i < n) return 0;
  *hash = negative ? (uint64_t)0 - whole : whole;
  return 1;
}

/* 1 = hashed; 0 = could equal anything. */
static int id_hash(const mine_cell *id, uint64_t *hash) {
  *hash = 0;
  switch (id->type) {
    case MINE_INT:
      *hash = (uint64_t)id->as.integer;
      return 1;
    case MINE_REAL:
      *hash = id_hash_real(id->as.real);
      return 1;
    case MINE_TEXT: {
      int kind = id_number_text(id->as.text, id->bytes, hash);
      if (kind == 0) *hash = id_hash_bytes(id->as.text, id->bytes);
      return kind >= 0;
    }
    case MINE_BLOB:
      *hash = id_hash_bytes(id->as.text, id->bytes);
      return 1;
    default:
      return 1;
  }
}

/* Fibonacci hashing (Knuth, TAOCP 3, 6.4): numbers in a row come to lie far apart. */
static int64_t *id_slot(const mine_id_index *index, uint64_t hash) {
  return &index->first[hash * UINT64_C(0x9e3779b97f4a7c15) >> index->shift];
}

void mine__id_index_add(mine_id_index *index, int64_t row, const mine_cell *id) {
  uint64_t hash;
  if (!id_hash(id, &hash)) index->scan = 1;
  int64_t *slot = id_slot(index, hash);
  index->next[row] = *slot;
  *slot = row;
}

int64_t mine__id_index_find(mine_id_index *index, const mine_cell *id) {
  uint64_t hash;
  if (!id_hash(id, &hash)) index->scan = 1;
  if (index->scan) return index->rows > 0 ? 0 : -1;
  return *id_slot(index, hash);
}

int64_t mine__id_index_next(const mine_id_index *index, int64_t row) {
  if (index->scan) return row + 1 < index->rows ? row + 1 : -1;
  return index->next[row];
}
