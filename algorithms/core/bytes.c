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

#define BYTES_NO_STRING UINT32_MAX        /* the length that stands for NULL */
#define BYTES_PIECE     ((size_t)4 << 20) /* of an array, between two polls  */

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BYTES_AS_THEY_ARE 1
#else
#define BYTES_AS_THEY_ARE 0
#endif

/* ---- writing ------------------------------------------------------------------- */

static void bytes_write(mine_writer *w, uint64_t v, int n) {
  char byte[8];
  for (int i = 0; i < n; i++)
    byte[i] = (char)(unsigned char)(v >> (8 * i));
  mine__text_add(&w->text, byte, (size_t)n);
}

void mine__write_u8(mine_writer *w, uint8_t v) {
  bytes_write(w, v, 1);
}

void mine__write_u32(mine_writer *w, uint32_t v) {
  bytes_write(w, v, 4);
}

void mine__write_i32(mine_writer *w, int32_t v) {
  bytes_write(w, (uint32_t)v, 4);
}

void mine__write_u64(mine_writer *w, uint64_t v) {
  bytes_write(w, v, 8);
}

void mine__write_u64_at(mine_writer *w, size_t at, uint64_t v) {
  for (int i = 0; !w->text.failed && i < 8; i++)
    w->text.data[at + (size_t)i] = (char)(unsigned char)(v >> (8 * i));
}

void mine__write_i64(mine_writer *w, int64_t v) {
  bytes_write(w, (uint64_t)v, 8);
}

void mine__write_real(mine_writer *w, double v) {
  bytes_write(w, mine__bits_of_real(v), 8);
}

/* n elements of `size` bytes between memory and the file's order.  Reversing an element's
** bytes undoes itself, so one function serves both ways. */
static void bytes_copy_array(void *to, const void *from, size_t n, size_t size) {
  if (BYTES_AS_THEY_ARE) {
    if (n > 0) memcpy(to, from, n * size);
    return;
  }
  unsigned char *out = to;
  const unsigned char *in = from;
  for (size_t i = 0; i < n; i++, out += size, in += size) {
    for (size_t b = 0; b < size; b++)
      out[b] = in[size - 1 - b];
  }
}

/* A large forest takes seconds: the host is asked after every full piece.  The many small
** arrays of a model never fill one, and do not look at the clock. */
static void bytes_write_array(mine_writer *w, const void *v, size_t n, size_t size) {
  const size_t piece = BYTES_PIECE / size;
  char *to = n > 0 ? mine__text_extend(&w->text, n * size) : NULL;
  for (size_t i = 0; to && i < n; i += piece) {
    const size_t count = n - i < piece ? n - i : piece;
    bytes_copy_array(to + i * size, (const char *)v + i * size, count, size);
    if (count == piece && mine__poll(mine__arena_env(w->text.arena))) {
      w->text.failed = 1;
      return;
    }
  }
}

void mine__write_reals(mine_writer *w, const double *v, size_t n) {
  bytes_write_array(w, v, n, sizeof *v);
}

void mine__write_i32s(mine_writer *w, const int32_t *v, size_t n) {
  bytes_write_array(w, v, n, sizeof *v);
}

void mine__write_floats(mine_writer *w, const float *v, size_t n) {
  bytes_write_array(w, v, n, sizeof *v);
}

void mine__write_u64s(mine_writer *w, const uint64_t *v, size_t n) {
  bytes_write_array(w, v, n, sizeof *v);
}

void mine__write_string_n(mine_writer *w, const char *s, size_t bytes) {
  if (bytes >= BYTES_NO_STRING) {
    (void)mine__fail(mine__arena_env(w->text.arena), MINE_LIMIT,
                     "a text of %zu bytes is too long to be stored", bytes);
    w->text.failed = 1;
    return;
  }
  mine__write_u32(w, (uint32_t)bytes);
  mine__text_add(&w->text, s, bytes);
}

void mine__write_string(mine_writer *w, const char *s) {
  if (s)
    mine__write_string_n(w, s, strlen(s));
  else
    mine__write_u32(w, BYTES_NO_STRING);
}

void mine__write_cell(mine_writer *w, const mine_cell *cell) {
  mine__write_u8(w, (uint8_t)cell->type);
  if (cell->type == MINE_INT)
    mine__write_i64(w, cell->as.integer);
  else if (cell->type == MINE_REAL)
    mine__write_real(w, cell->as.real);
  else if (cell->type != MINE_NULL)
    mine__write_string_n(w, cell->as.text, cell->bytes);
}

/* ---- reading ------------------------------------------------------------------- */

void mine__reader_bad(mine_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
}

int mine__reader_ok(const mine_reader *r) {
  return r->problem == NULL;
}

/* Step over n bytes; NULL when they are not there. */
static const uint8_t *bytes_take(mine_reader *r, size_t n) {
  if (r->problem) return NULL;
  if ((size_t)(r->end - r->at) < n) {
    mine__reader_bad(r, "length");
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

/* Say what is about to be read. */
static void bytes_tap(mine_reader *r, mine__item item, int list, size_t n) {
  if (!r->tap || r->problem) return;
  const mine__field field = {r->name, r->words, item, list, n};
  r->name = NULL;
  r->words = NULL;
  r->tap->value(r->tap, r, &field);
}

static uint64_t bytes_get(mine_reader *r, int n) {
  return bytes_join(bytes_take(r, (size_t)n), n);
}

uint8_t mine__read_u8(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_U8, 0, 1);
  return (uint8_t)bytes_get(r, 1);
}

uint32_t mine__read_u32(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_U32, 0, 1);
  return (uint32_t)bytes_get(r, 4);
}

int32_t mine__read_i32(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_I32, 0, 1);
  return (int32_t)bytes_get(r, 4);
}

uint64_t mine__read_u64(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_U64, 0, 1);
  return bytes_get(r, 8);
}

int64_t mine__read_i64(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_I64, 0, 1);
  return (int64_t)bytes_get(r, 8);
}

double mine__read_real(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_REAL, 0, 1);
  return mine__bits_to_real(bytes_get(r, 8));
}

uint32_t mine__read_tag(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_TAG, 0, 1);
  return (uint32_t)bytes_get(r, 4);
}

double mine__read_finite(mine_reader *r) {
  double v = mine__read_real(r);
  if (isfinite(v)) return v;
  mine__reader_bad(r, "a number that is not finite");
  return 0;
}

size_t mine__reader_left(const mine_reader *r) {
  return (size_t)(r->end - r->at) + (r->tap ? r->tap->more : 0);
}

/* What is left must be able to hold that many: memory that is asked for by a count is
** bounded by the length of the bytes, whatever they say, and n * least_bytes fits. */
static size_t bytes_count(mine_reader *r, size_t least_bytes) {
  const uint64_t n = bytes_get(r, 8);
  if (n <= mine__reader_left(r) / least_bytes) return (size_t)n;
  mine__reader_bad(r, "count");
  return 0;
}

size_t mine__read_count(mine_reader *r, size_t least_bytes) {
  bytes_tap(r, MINE_ITEM_U64, 0, 1);
  return bytes_count(r, least_bytes);
}

size_t mine__read_list(mine_reader *r, const char *name, size_t least_bytes) {
  if (r->tap && !r->problem) r->tap->open(r->tap, mine__called(r, NULL), name, MINE_NEST_COUNTED);
  return bytes_count(r, least_bytes);
}

void mine__read_open(mine_reader *r, const char *name) {
  if (r->tap && !r->problem) r->tap->open(r->tap, mine__called(r, NULL), name, MINE_NEST_OBJECT);
}

void mine__read_items(mine_reader *r, const char *name) {
  if (r->tap && !r->problem) r->tap->open(r->tap, mine__called(r, NULL), name, MINE_NEST_ITEMS);
}

void mine__read_close(mine_reader *r) {
  if (r->tap && !r->problem) r->tap->close(r->tap, r);
}

void mine__part_open(mine_reader *r, mine_reader *part) {
  if (r->tap && !r->problem) r->tap->part(r->tap, r, 1);
  const size_t n = bytes_count(r, 1);
  *part = *r;
  if (!r->problem) part->end = r->at + n;
}

void mine__part_close(mine_reader *r, const mine_reader *part) {
  r->at = part->end;
  if (part->problem) mine__reader_bad(r, part->problem);
  if (r->tap && !r->problem) r->tap->part(r->tap, r, 0);
}

/* Room for n elements that take `size` bytes each in the file and in memory.  The division
** comes before the product: a hostile n cannot make it overflow. */
static void *bytes_room(mine_reader *r, size_t n, size_t size, const uint8_t **at) {
  if (!r->problem && n > (size_t)(r->end - r->at) / size) mine__reader_bad(r, "length");
  if (r->problem) return NULL;
  void *room = mine__arena_array(r->arena, n, size);
  if (!room) mine__reader_bad(r, "memory");
  *at = room ? bytes_take(r, n * size) : NULL;
  return room;
}

/* n elements of `size` bytes; NULL after a problem, which may be the host's wish to
** stop (then the environment says so). */
static void *bytes_read_array(mine_reader *r, size_t n, size_t size) {
  const uint8_t *at;
  char *v = bytes_room(r, n, size, &at);
  const size_t piece = BYTES_PIECE / size;
  for (size_t i = 0; v && i < n; i += piece) {
    const size_t count = n - i < piece ? n - i : piece;
    bytes_copy_array(v + i * size, at + i * size, count, size);
    if (count == piece && mine__poll(r->env)) {
      mine__reader_bad(r, "interrupted");
      return NULL;
    }
  }
  return r->problem ? NULL : v;
}

double *mine__read_reals(mine_reader *r, size_t n, int finite) {
  bytes_tap(r, MINE_ITEM_REAL, 1, n);
  double *v = bytes_read_array(r, n, sizeof *v);
  for (size_t i = 0; v && finite && i < n; i++) {
    if (!isfinite(v[i])) mine__reader_bad(r, "a number that is not finite");
  }
  return r->problem ? NULL : v;
}

int32_t *mine__read_i32s(mine_reader *r, size_t n) {
  bytes_tap(r, MINE_ITEM_I32, 1, n);
  return bytes_read_array(r, n, sizeof(int32_t));
}

float *mine__read_floats(mine_reader *r, size_t n) {
  bytes_tap(r, MINE_ITEM_FLOAT, 1, n);
  return bytes_read_array(r, n, sizeof(float));
}

uint64_t *mine__read_u64s(mine_reader *r, size_t n) {
  bytes_tap(r, MINE_ITEM_U64, 1, n);
  return bytes_read_array(r, n, sizeof(uint64_t));
}

/* A copy of the next `bytes` bytes with a NUL behind them. */
static const char *bytes_copy(mine_reader *r, size_t bytes) {
  const uint8_t *at = bytes_take(r, bytes);
  if (!at) return NULL;
  const char *copy = mine__arena_text(r->arena, (const char *)at, bytes);
  if (!copy) mine__reader_bad(r, "memory");
  return copy;
}

/* Names go into sentences and comparisons as C strings: a NUL inside would make two names
** that are read as one. */
const char *mine__read_string(mine_reader *r) {
  bytes_tap(r, MINE_ITEM_STRING, 0, 1);
  const uint32_t bytes = (uint32_t)bytes_get(r, 4);
  if (r->problem || bytes == BYTES_NO_STRING) return NULL;
  const char *copy = bytes_copy(r, bytes);
  if (copy && !mine_valid_utf8(copy, bytes)) mine__reader_bad(r, "text that is not UTF-8");
  if (copy && strlen(copy) != bytes) mine__reader_bad(r, "text with a NUL inside");
  return r->problem ? NULL : copy;
}

/* A NaN would equal nothing SQL knows, and break the order of levels. */
static void bytes_read_cell_body(mine_reader *r, mine_cell *out) {
  if (out->type == MINE_INT) {
    out->as.integer = (int64_t)bytes_get(r, 8);
  } else if (out->type == MINE_REAL) {
    out->as.real = mine__bits_to_real(bytes_get(r, 8));
    if (isnan(out->as.real)) mine__reader_bad(r, "a value that is no number");
  } else if (out->type != MINE_NULL) {
    out->bytes = (uint32_t)bytes_get(r, 4);
    out->as.text = bytes_copy(r, out->bytes);
    if (!r->problem && out->type == MINE_TEXT && !mine_valid_utf8(out->as.text, out->bytes))
      mine__reader_bad(r, "text that is not UTF-8");
  }
}

void mine__read_cell(mine_reader *r, mine_cell *out) {
  memset(out, 0, sizeof *out);
  bytes_tap(r, MINE_ITEM_CELL, 0, 1);
  const uint8_t type = (uint8_t)bytes_get(r, 1);
  if (type > MINE_BLOB) {
    mine__reader_bad(r, "type of a value");
    return;
  }
  out->type = (mine_cell_type)type;
  bytes_read_cell_body(r, out);
  if (r->problem) memset(out, 0, sizeof *out);
}
