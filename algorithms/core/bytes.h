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
**
** Loaders name what they read (mine__called), so that the one list of a model's fields serves its
** other form, too: a *tap* is told of every value before it is read, and may write it down under
** its name, or put there the bytes that are about to be read (model/json.c).
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
void mine__write_u64_at(mine_writer *w, size_t at, uint64_t v); /* over what stands there */
void mine__write_i64(mine_writer *w, int64_t v);
void mine__write_real(mine_writer *w, double v);                   /* IEEE bits */
void mine__write_reals(mine_writer *w, const double *v, size_t n); /* no count */
void mine__write_i32s(mine_writer *w, const int32_t *v, size_t n);
void mine__write_floats(mine_writer *w, const float *v, size_t n);
void mine__write_u64s(mine_writer *w, const uint64_t *v, size_t n);
void mine__write_string(mine_writer *w, const char *s); /* NULL allowed; u32 length */
void mine__write_string_n(mine_writer *w, const char *s, size_t bytes);
void mine__write_cell(mine_writer *w, const mine_cell *cell);

typedef struct mine__tap mine__tap;

typedef struct mine_reader {
  mine_env *env;
  mine_arena *arena; /* where strings and arrays that are read live */
  const uint8_t *at, *end;
  const char *problem; /* first thing found wrong, or NULL */
  uint32_t format;     /* of the file                      */
  int depth;           /* models inside models so far      */
  /* For the tap. */
  mine__tap *tap; /* NULL: there is none, as a rule   */
  const char *name;
  const char *const *words;
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

/* ---- names, and who listens to them ------------------------------------------------ */

/* The value that is read next is called so; of a number, what 0, 1, ... stand for (ends with
** NULL). */
static inline mine_reader *mine__called(mine_reader *r, const char *name) {
  r->name = name;
  r->words = NULL;
  return r;
}
static inline mine_reader *mine__worded(mine_reader *r, const char *name,
                                        const char *const *words) {
  r->name = name;
  r->words = words;
  return r;
}
/* What is read until mine__read_close belongs together; NULL: the next of the list around it. */
void mine__read_open(mine_reader *r, const char *name);
/* mine__read_count of things that are read one after another until mine__read_close. */
size_t mine__read_list(mine_reader *r, const char *name, size_t least_bytes);
/* A list of which the reader knows already how long it is. */
void mine__read_items(mine_reader *r, const char *name);
void mine__read_close(mine_reader *r);
/* Four bytes that stand for a word that the tap knows. */
uint32_t mine__read_tag(mine_reader *r);
/* A part that begins with its length in bytes, read by a reader of its own.  After close `r`
** stands behind it and has its problem. */
void mine__part_open(mine_reader *r, mine_reader *part);
void mine__part_close(mine_reader *r, const mine_reader *part);
/* At most so many bytes are still to come. */
size_t mine__reader_left(const mine_reader *r);

typedef enum mine__item {
  MINE_ITEM_U8,
  MINE_ITEM_U32,
  MINE_ITEM_I32,
  MINE_ITEM_U64,
  MINE_ITEM_I64,
  MINE_ITEM_REAL,
  MINE_ITEM_FLOAT,
  MINE_ITEM_STRING,
  MINE_ITEM_CELL,
  MINE_ITEM_TAG
} mine__item;

/* What is about to be read: a value, or a list of n. */
typedef struct mine__field {
  const char *name;         /* NULL: the next item of the list around it */
  const char *const *words; /* or NULL                                   */
  mine__item item;
  int list;
  size_t n;
} mine__field;

typedef enum mine__nest { MINE_NEST_OBJECT, MINE_NEST_ITEMS, MINE_NEST_COUNTED } mine__nest;

/* Called before the bytes are read: r->at stands where they are, or where the tap puts them
** (r->at and r->end are its to set). */
struct mine__tap {
  void (*value)(mine__tap *tap, mine_reader *r, const mine__field *field);
  void (*open)(mine__tap *tap, mine_reader *r, const char *name, mine__nest nest);
  void (*close)(mine__tap *tap, mine_reader *r);
  void (*part)(mine__tap *tap, mine_reader *r, int begins); /* its length of eight bytes */
  size_t more; /* bytes that may still come besides those between r->at and r->end */
};

#endif
