/*
** values.c -- typed values in eight bytes each, and what makes two the same.
**
** Identity follows SQL equality without affinity: numbers are compared as
** numbers, exactly (an integer beyond 2^53 never meets a double that only
** rounds to it), text as bytes.  Hashes are XXH3 (Y. Collet) for bytes and the
** SplitMix64 finaliser for numbers; both are the same on every machine, since
** held-out rows are chosen by them.
*/
#include "values.h"

#include <math.h>
#include <string.h>

#include "../core/bits.h"
#include "../core/text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define VALUES_TWO_63      9223372036854775808.0
#define VALUES_LENGTH_SIZE sizeof(uint32_t)

void mine__values_open(mine_values *values, mine_arena *arena) {
  memset(values, 0, sizeof *values);
  values->arena = arena;
}

void mine__values_clear(mine_values *values) {
  values->n = 0;
  values->pool_bytes = 0;
}

/* A text that was pushed last lies last in the pool. */
void mine__values_drop_last(mine_values *values) {
  mine_cell last;
  mine__values_get(values, --values->n, &last);
  if (last.type == MINE_TEXT || last.type == MINE_BLOB)
    values->pool_bytes = (size_t)values->payload[values->n];
}

/* ---- appending -------------------------------------------------------------------- */

/* The first value of another type: from now on every value has a tag. */
static int values_need_types(mine_values *values) {
  if (!MINE_RESERVE(values->arena, values->type, values->type_capacity, (size_t)values->n + 1))
    return 0;
  memset(values->type, (int)values->uniform, (size_t)values->n);
  return 1;
}

static int values_push(mine_values *values, mine_cell_type type, uint64_t payload) {
  size_t n = (size_t)values->n;
  if (n >= values->capacity &&
      !MINE_RESERVE(values->arena, values->payload, values->capacity, n + 1))
    return 0;
  if (!values->type) {
    if (n == 0) values->uniform = type;
    if (values->uniform != type && !values_need_types(values)) return 0;
  }
  if (values->type) {
    if (!MINE_RESERVE(values->arena, values->type, values->type_capacity, n + 1)) return 0;
    values->type[n] = (uint8_t)type;
  }
  values->payload[n] = payload;
  values->n++;
  return 1;
}

int mine__values_push_null(mine_values *values) {
  return values_push(values, MINE_NULL, 0);
}

int mine__values_push_int(mine_values *values, int64_t v) {
  return values_push(values, MINE_INT, (uint64_t)v);
}

int mine__values_push_real(mine_values *values, double v) {
  return values_push(values, MINE_REAL, mine__bits_of_real(v));
}

/* Room for a text in the pool.  The text may lie in this very pool, which then
** moves under it. */
static const char *values_make_room(mine_values *values, const char *text, size_t bytes) {
  uintptr_t at = (uintptr_t)text, pool = (uintptr_t)values->pool;
  int inside = values->pool && at >= pool && at < pool + values->pool_bytes;
  size_t needed = values->pool_bytes + VALUES_LENGTH_SIZE + bytes + 1;
  if (!MINE_RESERVE(values->arena, values->pool, values->pool_capacity, needed)) return NULL;
  return inside ? values->pool + (at - pool) : text;
}

static int values_push_bytes(mine_values *values, mine_cell_type type, const char *text,
                             size_t bytes) {
  if (bytes > INT32_MAX) {
    (void)mine__fail(mine__arena_env(values->arena), MINE_LIMIT,
                     "a value of %zu bytes is longer than 2147483647; shorten it", bytes);
    return 0;
  }
  text = values_make_room(values, bytes ? text : "", bytes);
  if (!text || !values_push(values, type, values->pool_bytes)) return 0;
  uint32_t length = (uint32_t)bytes;
  char *at = values->pool + values->pool_bytes;
  memcpy(at, &length, sizeof length);
  memcpy(at + VALUES_LENGTH_SIZE, text, bytes);
  at[VALUES_LENGTH_SIZE + bytes] = 0;
  values->pool_bytes += VALUES_LENGTH_SIZE + bytes + 1;
  return 1;
}

int mine__values_push_text(mine_values *values, const char *text, size_t bytes) {
  return values_push_bytes(values, MINE_TEXT, text, bytes);
}

int mine__values_push(mine_values *values, const mine_cell *cell) {
  switch (cell->type) {
    case MINE_INT:
      return mine__values_push_int(values, cell->as.integer);
    case MINE_REAL:
      return mine__values_push_real(values, cell->as.real);
    case MINE_TEXT:
    case MINE_BLOB:
      return values_push_bytes(values, cell->type, cell->as.text, cell->bytes);
    default:
      return mine__values_push_null(values);
  }
}

/* Lengths lie in the pool wherever the text before ended: copied, not cast. */
void mine__values_get(const mine_values *values, int64_t i, mine_cell *out) {
  uint64_t payload = values->payload[i];
  out->type = values->type ? (mine_cell_type)values->type[i] : values->uniform;
  out->bytes = 0;
  out->as.integer = 0;
  if (out->type == MINE_INT) {
    out->as.integer = (int64_t)payload;
  } else if (out->type == MINE_REAL) {
    memcpy(&out->as.real, &payload, sizeof payload);
  } else if (out->type == MINE_TEXT || out->type == MINE_BLOB) {
    uint32_t length;
    memcpy(&length, values->pool + payload, sizeof length);
    out->bytes = length;
    out->as.text = values->pool + payload + VALUES_LENGTH_SIZE;
  }
}

/* ---- identity ----------------------------------------------------------------------- */

/* Whether a double is a whole number that an int64_t holds. */
static int values_whole(double real, int64_t *whole) {
  if (!(real >= -VALUES_TWO_63 && real < VALUES_TWO_63)) return 0;
  *whole = (int64_t)real;
  return (double)*whole == real;
}

/* 0 NULL, 1 number, 2 text, 3 blob: the order of SQLite. */
static int values_class(mine_cell_type type) {
  return type == MINE_NULL ? 0 : type == MINE_TEXT ? 2 : type == MINE_BLOB ? 3 : 1;
}

static int values_compare_int_real(int64_t i, double r) {
  if (isnan(r) || r < -VALUES_TWO_63) return 1;
  if (r >= VALUES_TWO_63) return -1;
  int64_t whole = (int64_t)r; /* toward zero */
  if (i != whole) return i < whole ? -1 : 1;
  double rest = r - (double)whole; /* exact: a double with a fraction is below 2^53 */
  return rest > 0 ? -1 : rest < 0;
}

/* NaN equals itself and lies below every number. */
static int values_compare_reals(double a, double b) {
  if (isnan(a) || isnan(b)) return isnan(b) - isnan(a);
  return (a > b) - (a < b);
}

static int values_compare_numbers(const mine_cell *a, const mine_cell *b) {
  if (a->type == MINE_INT && b->type == MINE_INT)
    return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
  if (a->type == MINE_INT) return values_compare_int_real(a->as.integer, b->as.real);
  if (b->type == MINE_INT) return -values_compare_int_real(b->as.integer, a->as.real);
  return values_compare_reals(a->as.real, b->as.real);
}

static int values_compare_bytes(const mine_cell *a, const mine_cell *b) {
  size_t common = a->bytes < b->bytes ? a->bytes : b->bytes;
  int order = common ? memcmp(a->as.text, b->as.text, common) : 0;
  if (order) return order < 0 ? -1 : 1;
  return (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

int mine__cell_compare(const mine_cell *a, const mine_cell *b) {
  int class_a = values_class(a->type), class_b = values_class(b->type);
  if (class_a != class_b) return class_a < class_b ? -1 : 1;
  if (class_a == 0) return 0;
  return class_a == 1 ? values_compare_numbers(a, b) : values_compare_bytes(a, b);
}

int mine__cell_equal(const mine_cell *a, const mine_cell *b) {
  if (a->type == MINE_TEXT && b->type == MINE_TEXT && a->bytes != b->bytes) return 0;
  return mine__cell_compare(a, b) == 0;
}

/* What is equal must have the same hash: 1.0 goes the way of 1, and -0.0 that of 0; all
** NaN are one value. */
static uint64_t values_hash_real(double real) {
  int64_t whole;
  if (values_whole(real, &whole)) return mine_hash_mix((uint64_t)whole);
  if (isnan(real)) return UINT64_C(0x7FF8000000000001);
  return mine_hash_mix(mine__bits_of_real(real) + UINT64_C(0x9E3779B97F4A7C15));
}

uint64_t mine__cell_hash(const mine_cell *cell) {
  switch (cell->type) {
    case MINE_INT:
      return mine_hash_mix((uint64_t)cell->as.integer);
    case MINE_REAL:
      return values_hash_real(cell->as.real);
    case MINE_TEXT:
      return XXH3_64bits(cell->as.text, cell->bytes);
    case MINE_BLOB:
      return XXH3_64bits_withSeed(cell->as.text, cell->bytes, 1);
    default:
      return UINT64_C(0x243F6A8885A308D3);
  }
}

/* ---- read as numbers ------------------------------------------------------------------- */

/* How many bytes of white space a text begins with: of one character, 0 = none. */
static size_t values_space(const char *text, size_t bytes) {
  if (*text == ' ' || (*text >= '\t' && *text <= '\r')) return 1;
  if (bytes >= 2 && memcmp(text, "\xc2\xa0", 2) == 0) return 2;     /* no-break */
  if (bytes >= 3 && memcmp(text, "\xe3\x80\x80", 3) == 0) return 3; /* ideographic */
  return 0;
}

int mine__text_is_blank(const char *text, size_t bytes) {
  size_t i = 0;
  for (size_t step; i < bytes; i += step) {
    step = values_space(text + i, bytes - i);
    if (step == 0) return 0;
  }
  return 1;
}

int mine__cell_is_missing(const mine_cell *cell) {
  return cell->type == MINE_NULL ||
         (cell->type == MINE_TEXT && mine__text_is_blank(cell->as.text, cell->bytes));
}

mine_cell mine__cell_copy(mine_arena *arena, const mine_cell *cell) {
  mine_cell copy = *cell;
  if (cell->type == MINE_TEXT) copy.as.text = mine__arena_text(arena, cell->as.text, cell->bytes);
  return copy;
}

double mine__cell_number(const mine_cell *cell) {
  double v;
  if (cell->type == MINE_INT) return (double)cell->as.integer;
  if (cell->type == MINE_REAL) return cell->as.real;
  if (cell->type == MINE_TEXT && mine__read_decimal(cell->as.text, cell->bytes, &v)) return v;
  return NAN;
}
