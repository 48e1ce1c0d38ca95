/*
** bytes.h -- what a saved model is written with and read through.
**
** Fixed little-endian order on every machine.  The writer grows a mine_text; arrays
** are copied whole where the machine's order is that, and the host is asked every
** few megabytes whether to go on.  The reader checks every length against what is left, and its
** failure
** sticks: read a whole structure, then ask once.
**
** A reader never lets a count from the file size an allocation on its own: use
** mine__read_count(), which bounds it by the bytes that are left.
*/
#ifndef MINE_CORE_BYTES_H
#define MINE_CORE_BYTES_H

#include "text.h"

typedef struct mine_writer {
  mine_text text;
} mine_writer;

void mine__write_u8(mine_writer *w, uint8_t v);
void mine__write_u32(mine_writer *w, uint32_t v);
void mine__write_i32(mine_writer *w, int32_t v);
void mine__write_u64(mine_writer *w, uint64_t v);
void mine__write_i64(mine_writer *w, int64_t v);
void mine__write_real(mine_writer *w, double v);                   /* IEEE bits */
void mine__write_reals(mine_writer *w, const double *v, size_t n); /* no count */
void mine__write_i32s(mine_writer *w, const int32_t *v, size_t n);
void mine__write_floats(mine_writer *w, const float *v, size_t n);
void mine__write_u64s(mine_writer *w, const uint64_t *v, size_t n);
void mine__write_string(mine_writer *w, const char *s); /* NULL allowed; u32 length */
void mine__write_string_n(mine_writer *w, const char *s, size_t bytes);
void mine__write_cell(mine_writer *w, const mine_cell *cell);

typedef struct mine_reader {
  mine_env *env;
  mine_arena *arena; /* where strings and arrays that are read live */
  const uint8_t *at, *end;
  const char *problem; /* first thing found wrong, or NULL */
  uint32_t format;     /* of the file                      */
  int depth;           /* models inside models so far      */
} mine_reader;

/* Note what is wrong (a literal such as "child index"); only the first stays. */
void mine__reader_bad(mine_reader *r, const char *problem);
int mine__reader_ok(const mine_reader *r);

uint8_t mine__read_u8(mine_reader *r);
uint32_t mine__read_u32(mine_reader *r);
int32_t mine__read_i32(mine_reader *r);
uint64_t mine__read_u64(mine_reader *r);
int64_t mine__read_i64(mine_reader *r);
double mine__read_real(mine_reader *r);   /* any bits                    */
double mine__read_finite(mine_reader *r); /* NaN or infinity is a problem */
/* A count (written with mine__write_u64) of things that each take at least
** `least_bytes` (> 0) in the file. */
size_t mine__read_count(mine_reader *r, size_t least_bytes);
/* Arrays are allocated in the arena; NULL after a problem. */
double *mine__read_reals(mine_reader *r, size_t n, int finite);
int32_t *mine__read_i32s(mine_reader *r, size_t n);
float *mine__read_floats(mine_reader *r, size_t n); /* any bits */
uint64_t *mine__read_u64s(mine_reader *r, size_t n);
const char *mine__read_string(mine_reader *r); /* UTF-8 checked, NUL-terminated, may be NULL */
void mine__read_cell(mine_reader *r, mine_cell *out);

#endif
