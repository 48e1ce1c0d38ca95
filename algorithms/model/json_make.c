/*
** json_make.c -- what a loader asks for, found in a JSON text and put where it reads.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/bits.h"
#include "json.h"

/* ---- values ------------------------------------------------------------------------ */

/* The scalar at `at`; 0: failure recorded.  Texts live in `arena`. */
static int make_scalar(mine__walk *walk, const char *at, mine_arena *arena, mine_cell *out,
                       const char **end) {
  mine_json json;
  mine__json_open(&json, arena, at);
  if (mine__json_scalar(&json, out)) {
    *end = json.at;
    return 1;
  }
  if (!mine_failed(walk->env)) mine__walk_fail(walk, json.problem);
  return 0;
}

/* Pairs of hexadecimal digits become the bytes they stand for, in their place; -1: they do
** not. */
static int64_t make_bytes(char *text, size_t n) {
  if (n % 2) return -1;
  for (size_t i = 0; i < n; i += 2) {
    const int high = mine__hex_digit(text[i]), low = mine__hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return -1;
    text[i / 2] = (char)(unsigned char)(high * 16 + low);
  }
  return (int64_t)(n / 2);
}

/* Up to 16 hexadecimal digits. */
static int make_bits(const char *text, size_t n, uint64_t *out) {
  *out = 0;
  for (size_t i = 0; i < n; i++) {
    const int digit = mine__hex_digit(text[i]);
    if (digit < 0 || i >= 16) return 0;
    *out = *out << 4 | (uint64_t)digit;
  }
  return n > 0;
}

/* A number that is no integer of 64 bits, or a text that stands for one. */
static int make_real(const mine_cell *cell, const char *at, const char *end, double *out) {
  uint64_t bits;
  if (cell->type == MINE_INT || cell->type == MINE_REAL)
    return mine__read_number(at, (size_t)(end - at), out);
  if (cell->type != MINE_TEXT) return 0;
  const char *text = cell->as.text;
  if (strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0) {
    *out = *text == '-' ? -INFINITY : INFINITY;
  } else if (strcmp(text, "nan") == 0) {
    *out = (double)NAN;
  } else if (strncmp(text, "nan:", 4) == 0 && make_bits(text + 4, cell->bytes - 4, &bits)) {
    *out = mine__bits_to_real(bits);
  } else {
    return 0;
  }
  return 1;
}

int mine__json_read_real(mine__walk *walk, const char *name, double *out) {
  mine_cell cell;
  const char *at = mine__walk_find(walk, name), *end;
  if (!at) return 0;
  const mine_mark mark = mine__arena_mark(walk->env->scratch);
  int read = make_scalar(walk, at, walk->env->scratch, &cell, &end);
  if (read && !make_real(&cell, at, end, out)) {
    mine__walk_fail(walk, "a number was expected");
    read = 0;
  }
  mine__arena_rewind(walk->env->scratch, mark);
  if (read) mine__walk_past(walk, end);
  return read;
}

/* {"blob": hex}, {"text": hex}, {"real": "inf"}. */
static int make_odd_cell(mine__walk *walk, const char *name, mine_arena *arena, mine_cell *out) {
  mine__walk_enter(walk, name, 0);
  if (mine_failed(walk->env)) return 0;
  if (mine__walk_has(walk, "real")) {
    out->type = MINE_REAL;
    if (!mine__json_read_real(walk, "real", &out->as.real)) return 0;
  } else {
    const int blob = mine__walk_has(walk, "blob");
    const char *at = mine__walk_find(walk, blob ? "blob" : "text"), *end;
    if (!at || !make_scalar(walk, at, arena, out, &end)) return 0;
    char *copy = out->type == MINE_TEXT ? mine__arena_text(arena, out->as.text, out->bytes) : NULL;
    const int64_t n = copy ? make_bytes(copy, out->bytes) : -1;
    if (n < 0) {
      if (!mine_failed(walk->env))
        mine__walk_fail(walk, "pairs of hexadecimal digits were expected");
      return 0;
    }
    *out = (mine_cell){blob ? MINE_BLOB : MINE_TEXT, (size_t)n, {.text = copy}};
    mine__walk_past(walk, end);
  }
  mine__walk_leave(walk);
  return !mine_failed(walk->env);
}

int mine__json_read_cell(mine__walk *walk, const char *name, mine_arena *arena, mine_cell *out) {
  const char *at = mine__walk_find(walk, name), *end;
  memset(out, 0, sizeof *out);
  if (!at) return 0;
  if (*at == '{') return make_odd_cell(walk, name, arena, out);
  if (!make_scalar(walk, at, arena, out, &end)) return 0;
  mine__walk_past(walk, end);
  return 1;
}

/* ---- the tap ----------------------------------------------------------------------- */

#define MAKE_PARTS 16

typedef struct json_maker {
  mine__tap tap; /* first: this is what the reader knows */
  mine_env *env;
  mine__walk *walk;
  mine_writer out;
  size_t part[MAKE_PARTS]; /* where their lengths stand */
  int n_parts;
} json_maker;

/* Which of the words; -1: none. */
static int64_t make_word(const char *const *words, const char *word) {
  for (int64_t i = 0; words && words[i]; i++)
    if (strcmp(words[i], word) == 0) return i;
  return -1;
}

static const char make_a_number[] = "a number was expected";

/* A whole number that is not below zero and not above `most`; as a word, or in hexadecimal. */
static const char *make_unsigned(const mine__field *field, const mine_cell *cell, uint64_t most,
                                 uint64_t *out) {
  if (cell->type == MINE_INT && cell->as.integer >= 0) {
    *out = (uint64_t)cell->as.integer;
  } else if (cell->type == MINE_TEXT && field->words) {
    const int64_t word = make_word(field->words, cell->as.text);
    if (word < 0) return "this word is not known here";
    *out = (uint64_t)word;
  } else if (cell->type != MINE_TEXT || strncmp(cell->as.text, "0x", 2) != 0 ||
             !make_bits(cell->as.text + 2, cell->bytes - 2, out)) {
    return "a whole number was expected";
  }
  return *out <= most ? NULL : "the number is too large";
}

static const char *make_integer(json_maker *m, const mine__field *field, const mine_cell *cell) {
  uint64_t v = 0;
  const uint64_t most = field->item == MINE_ITEM_U8    ? UINT8_MAX
                        : field->item == MINE_ITEM_U32 ? UINT32_MAX
                                                       : UINT64_MAX;
  const char *problem = make_unsigned(field, cell, most, &v);
  if (problem) return problem;
  if (field->item == MINE_ITEM_U8)
    mine__write_u8(&m->out, (uint8_t)v);
  else if (field->item == MINE_ITEM_U32)
    mine__write_u32(&m->out, (uint32_t)v);
  else
    mine__write_u64(&m->out, v);
  return NULL;
}

static const char *make_signed(json_maker *m, const mine__field *field, const mine_cell *cell) {
  if (cell->type != MINE_INT) return "a whole number was expected";
  const int64_t v = cell->as.integer;
  if (field->item == MINE_ITEM_I64) {
    mine__write_i64(&m->out, v);
    return NULL;
  }
  if (v < INT32_MIN || v > INT32_MAX) return "the number is too large";
  mine__write_i32(&m->out, (int32_t)v);
  return NULL;
}

static const char *make_kind(json_maker *m, const mine_cell *cell) {
  const mine_kind *kind = cell->type == MINE_TEXT ? mine__kind_by_name(cell->as.text) : NULL;
  if (!kind) return "a kind of model was expected that this version knows";
  mine__write_u32(&m->out, kind->tag);
  return NULL;
}

static const char *make_string(json_maker *m, const mine_cell *cell) {
  if (cell->type != MINE_TEXT && cell->type != MINE_NULL) return "a text or null was expected";
  mine__write_string(&m->out, cell->type == MINE_TEXT ? cell->as.text : NULL);
  return NULL;
}

/* The scalar as the bytes that the loader reads; what is wrong with it, or NULL. */
static const char *make_item(json_maker *m, const mine__field *field, const mine_cell *cell,
                             const char *at, const char *end) {
  double real;
  switch (field->item) {
    case MINE_ITEM_U8:
    case MINE_ITEM_U32:
    case MINE_ITEM_U64:
      return make_integer(m, field, cell);
    case MINE_ITEM_I32:
    case MINE_ITEM_I64:
      return make_signed(m, field, cell);
    case MINE_ITEM_REAL:
      if (!make_real(cell, at, end, &real)) return make_a_number;
      mine__write_real(&m->out, real);
      return NULL;
    case MINE_ITEM_FLOAT: {
      if (!make_real(cell, at, end, &real)) return make_a_number;
      if (isfinite(real) && fabs(real) > (double)FLT_MAX) return "the number is too large";
      const float narrow = (float)real;
      mine__write_floats(&m->out, &narrow, 1);
      return NULL;
    }
    case MINE_ITEM_STRING:
      return make_string(m, cell);
    case MINE_ITEM_TAG:
      return make_kind(m, cell);
    case MINE_ITEM_CELL:
      break;
  }
  return make_a_number;
}

static void make_one(json_maker *m, const mine__field *field, const char *name) {
  const mine_mark mark = mine__arena_mark(m->env->scratch);
  mine_cell cell;
  if (field->item == MINE_ITEM_CELL) {
    if (mine__json_read_cell(m->walk, name, m->env->scratch, &cell))
      mine__write_cell(&m->out, &cell);
  } else {
    const char *at = mine__walk_find(m->walk, name), *end;
    if (at && make_scalar(m->walk, at, m->env->scratch, &cell, &end)) {
      const char *problem = make_item(m, field, &cell, at, end);
      if (problem)
        mine__walk_fail(m->walk, problem);
      else
        mine__walk_past(m->walk, end);
    }
  }
  mine__arena_rewind(m->env->scratch, mark);
}

/* What was put behind `from` is what is read next. */
static void make_hand(json_maker *m, mine_reader *r, size_t from) {
  if (mine_failed(m->env)) {
    mine__reader_bad(r, "the JSON");
    return;
  }
  const uint8_t *data = (const uint8_t *)m->out.text.data;
  r->at = data + from;
  r->end = data + m->out.text.bytes;
}

static void make_value(mine__tap *tap, mine_reader *r, const mine__field *field) {
  json_maker *m = (json_maker *)tap;
  const size_t from = m->out.text.bytes;
  if (!field->list) {
    make_one(m, field, field->name);
  } else {
    mine__walk_enter(m->walk, field->name, 1);
    for (size_t i = 0; i < field->n && !mine_failed(m->env); i++) {
      make_one(m, field, NULL);
      if (MINE_POLL_AT(m->env, i + 1)) break;
    }
    mine__walk_leave(m->walk);
  }
  make_hand(m, r, from);
}

static void make_open(mine__tap *tap, mine_reader *r, const char *name, mine__nest nest) {
  json_maker *m = (json_maker *)tap;
  const size_t from = m->out.text.bytes;
  if (nest == MINE_NEST_COUNTED) {
    const char *at = mine__walk_find(m->walk, name);
    const int64_t n = at ? mine__walk_count(m->walk, at) : -1;
    if (n >= 0) mine__write_u64(&m->out, (uint64_t)n);
  }
  if (!mine_failed(m->env)) mine__walk_enter(m->walk, name, nest != MINE_NEST_OBJECT);
  make_hand(m, r, from);
}

static void make_close(mine__tap *tap, mine_reader *r) {
  json_maker *m = (json_maker *)tap;
  mine__walk_leave(m->walk);
  if (mine_failed(m->env)) mine__reader_bad(r, "the JSON");
}

/* The length of a part is known when it ends. */
static void make_part(mine__tap *tap, mine_reader *r, int begins) {
  json_maker *m = (json_maker *)tap;
  const size_t from = m->out.text.bytes;
  if (begins && m->n_parts == MAKE_PARTS) {
    mine__reader_bad(r, "models too many deep");
  } else if (begins) {
    m->part[m->n_parts++] = from;
    mine__write_u64(&m->out, 0);
    make_hand(m, r, from);
  } else {
    const size_t at = m->part[--m->n_parts];
    mine__write_u64_at(&m->out, at, from - at - 8);
    make_hand(m, r, from);
  }
}

/* ---- the document ------------------------------------------------------------------ */

/* The members before "model"; NULL: failure recorded. */
static const mine_kind *make_head(mine__walk *walk, mine_arena *arena, uint32_t *format) {
  mine_cell cell;
  if (!mine__json_read_cell(walk, "keeps", arena, &cell) ||
      !mine__json_read_cell(walk, "sqlite_mine", arena, &cell) ||
      !mine__json_read_cell(walk, "format", arena, &cell))
    return NULL;
  if (cell.type != MINE_INT || cell.as.integer < 2 ||
      cell.as.integer > (int64_t)MINE_ENVELOPE_VERSION) {
    mine__walk_fail(walk,
                    "a format was expected that this version knows; a later version of "
                    "sqlite-mine may have written it");
    return NULL;
  }
  *format = (uint32_t)cell.as.integer;
  if (!mine__json_read_cell(walk, "kind", arena, &cell)) return NULL;
  const mine_kind *kind = cell.type == MINE_TEXT ? mine__kind_by_name(cell.as.text) : NULL;
  if (!kind) mine__walk_fail(walk, "a kind of model was expected that this version knows");
  return kind;
}

static void make_refuse(mine_env *env, const mine__walk *walk, const char *problem) {
  char path[MINE_WALK_PATH_BYTES];
  if (mine_failed(env)) return;
  (void)mine__fail(env, MINE_DATA,
                   "the JSON says what no model can be (%s, about %s); export the model again",
                   problem, mine__walk_path(walk, path));
}

mine_model *mine__json_make(mine_env *env, mine__walk *walk) {
  uint32_t format = 0;
  mine_model *model = NULL;
  mine_arena *arena = mine_failed(env) ? NULL : mine__arena_open(env);
  const mine_kind *kind = arena ? make_head(walk, arena, &format) : NULL;
  json_maker maker = {
      .tap = {make_value, make_open, make_close, make_part, 0}, .env = env, .walk = walk};
  if (kind) {
    /* An item of a list takes two characters at least and becomes eight bytes at most. */
    maker.tap.more = 4 * strlen(walk->level[0].first);
    mine__text_open(&maker.out.text, arena);
    const char *problem = mine__envelope_make(env, &maker.tap, format, kind, &maker.out);
    if (problem) make_refuse(env, walk, problem);
    if (!mine_failed(env))
      (void)mine_model_load(env, maker.out.text.data, maker.out.text.bytes, &model);
  }
  mine__arena_close(arena);
  return model;
}
