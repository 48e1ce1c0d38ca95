/*
** bytes.c -- little-endian out, little-endian in, nothing believed.
**
** A reader that met a problem reads zeros and stays where it is, so that a
** loader can run to its end and ask once.  Memory is only asked for after the
** bytes that fill it have been seen.
*/
#include "bytes.h"

#include <math.h>
#include <string.h>

#include "bits.h"

#define BYTES_NO_STRING UINT32_MAX /* the length that stands for NULL */

/* ---- writing ------------------------------------------------------------------- */

static void bytes_write(mine_writer *w, uint64_t v, int n) {
  char byte[8];
  for (int i = 0; i < n; i++)
    byte[i] = (char)(unsigned char)(v >> (8 * i));
  mine_text_add(&w->text, byte, (size_t)n);
}

void mine_write_u8(mine_writer *w, uint8_t v) {
  bytes_write(w, v, 1);
}

void mine_write_u32(mine_writer *w, uint32_t v) {
  bytes_write(w, v, 4);
}

void mine_write_i32(mine_writer *w, int32_t v) {
  bytes_write(w, (uint32_t)v, 4);
}

void mine_write_u64(mine_writer *w, uint64_t v) {
  bytes_write(w, v, 8);
}

void mine_write_i64(mine_writer *w, int64_t v) {
  bytes_write(w, (uint64_t)v, 8);
}

void mine_write_real(mine_writer *w, double v) {
  bytes_write(w, mine__bits_of_real(v), 8);
}

void mine_write_reals(mine_writer *w, const double *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    mine_write_real(w, v[i]);
}

void mine_write_i32s(mine_writer *w, const int32_t *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    mine_write_i32(w, v[i]);
}

void mine_write_string_n(mine_writer *w, const char *s, size_t bytes) {
  if (bytes >= BYTES_NO_STRING) {
    (void)mine_fail(mine_arena_env(w->text.arena), MINE_LIMIT,
                    "a text of %zu bytes is too long to be stored", bytes);
    w->text.failed = 1;
    return;
  }
  mine_write_u32(w, (uint32_t)bytes);
  mine_text_add(&w->text, s, bytes);
}

void mine_write_string(mine_writer *w, const char *s) {
  if (s)
    mine_write_string_n(w, s, strlen(s));
  else
    mine_write_u32(w, BYTES_NO_STRING);
}

void mine_write_cell(mine_writer *w, const mine_cell *cell) {
  mine_write_u8(w, (uint8_t)cell->type);
  if (cell->type == MINE_INT)
    mine_write_i64(w, cell->as.integer);
  else if (cell->type == MINE_REAL)
    mine_write_real(w, cell->as.real);
  else if (cell->type != MINE_NULL)
    mine_write_string_n(w, cell->as.text, cell->bytes);
}

/* ---- reading ------------------------------------------------------------------- */

void mine_reader_bad(mine_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
}

int mine_reader_ok(const mine_reader *r) {
  return r->problem == NULL;
}

/* Step over n bytes; NULL when they are not there. */
static const uint8_t *bytes_take(mine_reader *r, size_t n) {
  if (r->problem) return NULL;
  if ((size_t)(r->end - r->at) < n) {
    mine_reader_bad(r, "length");
    return NULL;
  }
  const uint8_t *at = r->at;
  r->at += n;
  return at;
}

static uint64_t bytes_join(const uint8_t *at, int n) {
  uint64_t v = 0;
  for (int i = 0; at && i < n; i++)
    v |= (uint64_t)at[i] << (8 * i);
  return v;
}

static double bytes_to_real(const uint8_t *at) {
  return mine__bits_to_real(bytes_join(at, 8));
}

uint8_t mine_read_u8(mine_reader *r) {
  return (uint8_t)bytes_join(bytes_take(r, 1), 1);
}

uint32_t mine_read_u32(mine_reader *r) {
  return (uint32_t)bytes_join(bytes_take(r, 4), 4);
}

int32_t mine_read_i32(mine_reader *r) {
  return (int32_t)mine_read_u32(r);
}

uint64_t mine_read_u64(mine_reader *r) {
  return bytes_join(bytes_take(r, 8), 8);
}

int64_t mine_read_i64(mine_reader *r) {
  return (int64_t)mine_read_u64(r);
}

double mine_read_real(mine_reader *r) {
  return bytes_to_real(bytes_take(r, 8));
}

double mine_read_finite(mine_reader *r) {
  double v = mine_read_real(r);
  if (isfinite(v)) return v;
  mine_reader_bad(r, "a number that is not finite");
  return 0;
}

size_t mine_read_count(mine_reader *r, size_t least_bytes) {
  uint64_t n = mine_read_u64(r);
  if (n <= (size_t)(r->end - r->at) / least_bytes) return (size_t)n;
  mine_reader_bad(r, "count");
  return 0;
}

/* Room for n elements that take `size` bytes each in the file and in memory. */
static void *bytes_room(mine_reader *r, size_t n, size_t size, const uint8_t **at) {
  if (!r->problem && n > (size_t)(r->end - r->at) / size) mine_reader_bad(r, "length");
  if (r->problem) return NULL;
  void *room = mine_arena_array(r->arena, n, size);
  if (!room) mine_reader_bad(r, "memory");
  *at = room ? bytes_take(r, n * size) : NULL;
  return room;
}

double *mine_read_reals(mine_reader *r, size_t n, int finite) {
  const uint8_t *at;
  double *v = bytes_room(r, n, sizeof *v, &at);
  for (size_t i = 0; v && i < n; i++) {
    v[i] = bytes_to_real(at + 8 * i);
    if (finite && !isfinite(v[i])) mine_reader_bad(r, "a number that is not finite");
  }
  return r->problem ? NULL : v;
}

int32_t *mine_read_i32s(mine_reader *r, size_t n) {
  const uint8_t *at;
  int32_t *v = bytes_room(r, n, sizeof *v, &at);
  for (size_t i = 0; v && i < n; i++)
    v[i] = (int32_t)(uint32_t)bytes_join(at + 4 * i, 4);
  return v;
}

/* A copy of the next `bytes` bytes with a NUL behind them. */
static const char *bytes_copy(mine_reader *r, size_t bytes) {
  const uint8_t *at = bytes_take(r, bytes);
  if (!at) return NULL;
  const char *copy = mine_arena_text(r->arena, (const char *)at, bytes);
  if (!copy) mine_reader_bad(r, "memory");
  return copy;
}

const char *mine_read_string(mine_reader *r) {
  uint32_t bytes = mine_read_u32(r);
  if (r->problem || bytes == BYTES_NO_STRING) return NULL;
  const char *copy = bytes_copy(r, bytes);
  if (copy && !mine_valid_utf8(copy, bytes)) mine_reader_bad(r, "text that is not UTF-8");
  if (copy && strlen(copy) != bytes) mine_reader_bad(r, "text with a NUL inside");
  return r->problem ? NULL : copy;
}

/* A NaN would equal nothing SQL knows, and break the order of levels. */
static void bytes_read_cell_body(mine_reader *r, mine_cell *out) {
  if (out->type == MINE_INT) {
    out->as.integer = mine_read_i64(r);
  } else if (out->type == MINE_REAL) {
    out->as.real = mine_read_real(r);
    if (isnan(out->as.real)) mine_reader_bad(r, "a value that is no number");
  } else if (out->type != MINE_NULL) {
    out->bytes = mine_read_u32(r);
    out->as.text = bytes_copy(r, out->bytes);
    if (!r->problem && out->type == MINE_TEXT && !mine_valid_utf8(out->as.text, out->bytes))
      mine_reader_bad(r, "text that is not UTF-8");
  }
}

void mine_read_cell(mine_reader *r, mine_cell *out) {
  memset(out, 0, sizeof *out);
  uint8_t type = mine_read_u8(r);
  if (type > MINE_BLOB) {
    mine_reader_bad(r, "type of a value");
    return;
  }
  out->type = (mine_cell_type)type;
  bytes_read_cell_body(r, out);
  if (r->problem) memset(out, 0, sizeof *out);
}
