/*
** json_tell.c -- a model's bytes as they are read, written down under their names.
*/
#include <math.h>
#include <string.h>

#include "../core/bits.h"
#include "json.h"
#include "proof.h"

/* ---- values ------------------------------------------------------------------------ */

#define TELL_EXACT 9007199254740992 /* 2^53: beyond it readers of JSON round */

void mine__json_real(mine_text *to, double value) {
  const uint64_t bits = mine__bits_of_real(value);
  if (isfinite(value))
    mine__text_add_real(to, value);
  else if (isinf(value))
    mine__text_adds(to, value > 0 ? "\"inf\"" : "\"-inf\"");
  else if (bits == mine__bits_of_real((double)NAN))
    mine__text_adds(to, "\"nan\"");
  else
    mine__text_addf(to, "\"nan:%016llx\"", (unsigned long long)bits);
}

static void tell_hex(mine_text *to, const char *what, const mine_cell *cell) {
  mine__text_addf(to, "{\"%s\": \"", what);
  for (size_t i = 0; i < cell->bytes; i++)
    mine__text_addf(to, "%02x", (unsigned)(unsigned char)cell->as.text[i]);
  mine__text_adds(to, "\"}");
}

/* A REAL that is whole gets a point, so that it is no INTEGER. */
static void tell_cell_real(mine_text *to, double value) {
  char number[MINE_NUMBER_BYTES];
  if (!isfinite(value)) {
    mine__text_adds(to, "{\"real\": ");
    mine__json_real(to, value);
    mine__text_adds(to, "}");
    return;
  }
  mine__text_adds(to, mine__format_real(number, value, 0));
  if (!strpbrk(number, ".e")) mine__text_adds(to, ".0");
}

void mine__json_cell(mine_text *to, const mine_cell *cell) {
  if (cell->type == MINE_BLOB)
    tell_hex(to, "blob", cell);
  else if (cell->type == MINE_TEXT && cell->bytes && memchr(cell->as.text, 0, cell->bytes))
    tell_hex(to, "text", cell);
  else if (cell->type == MINE_REAL)
    tell_cell_real(to, cell->as.real);
  else
    mine__text_add_cell_json(to, cell);
}

static void tell_integer(mine_text *to, uint64_t v, const mine__field *field) {
  size_t n = 0;
  while (field->words && field->words[n])
    n++;
  if (v < n)
    mine__text_add_json(to, field->words[v], strlen(field->words[v]));
  else if (v > TELL_EXACT)
    mine__text_addf(to, "\"0x%llx\"", (unsigned long long)v);
  else
    mine__text_addf(to, "%llu", (unsigned long long)v);
}

static void tell_text(mine_text *to, const char *text) {
  if (text)
    mine__text_add_json(to, text, strlen(text));
  else
    mine__text_adds(to, "null");
}

/* Read what is there by a reader of its own, which nobody listens to. */
static void tell_item(mine_text *to, mine_reader *look, const mine__field *field) {
  mine_cell cell;
  switch (field->item) {
    case MINE_ITEM_U8:
      tell_integer(to, mine__read_u8(look), field);
      return;
    case MINE_ITEM_U32:
      tell_integer(to, mine__read_u32(look), field);
      return;
    case MINE_ITEM_I32:
      mine__text_addf(to, "%ld", (long)mine__read_i32(look));
      return;
    case MINE_ITEM_U64:
      tell_integer(to, mine__read_u64(look), field);
      return;
    case MINE_ITEM_I64:
      mine__text_addf(to, "%lld", (long long)mine__read_i64(look));
      return;
    case MINE_ITEM_REAL:
      mine__json_real(to, mine__read_real(look));
      return;
    case MINE_ITEM_FLOAT: {
      const float *v = mine__read_floats(look, 1);
      if (v) mine__json_real(to, (double)*v);
      return;
    }
    case MINE_ITEM_STRING:
      tell_text(to, mine__read_string(look));
      return;
    case MINE_ITEM_CELL:
      mine__read_cell(look, &cell);
      mine__json_cell(to, &cell);
      return;
    case MINE_ITEM_TAG: {
      const mine_kind *kind = mine__kind_by_tag(mine__read_u32(look));
      tell_text(to, kind ? kind->name : NULL);
    }
  }
}

/* ---- the tap ----------------------------------------------------------------------- */

#define TELL_DEEPEST MINE_WALK_DEEPEST

typedef struct json_teller {
  mine__tap tap; /* first: this is what the reader knows */
  mine_env *env;
  mine_text *to;
  int depth;
  int list[TELL_DEEPEST], items[TELL_DEEPEST];
} json_teller;

/* The comma before, the line (of a level, or a member), and the name. */
static void tell_begin(json_teller *t, const char *name, int level) {
  const int at = t->depth - 1;
  if (t->items[at]++) mine__text_adds(t->to, ",");
  if (t->list[at] && !level) { /* values of a list stand in one line */
    if (t->items[at] > 1) mine__text_adds(t->to, " ");
    return;
  }
  mine__text_adds(t->to, "\n");
  for (int i = 0; i < t->depth; i++)
    mine__text_adds(t->to, " ");
  if (t->list[at]) return;
  tell_text(t->to, name);
  mine__text_adds(t->to, ": ");
  if (!name) /* a loader that does not say what it reads: tests meet it first */
    (void)mine__fail(t->env, MINE_UNSUPPORTED, "the model has a field without a name for JSON");
}

static void tell_value(mine__tap *tap, mine_reader *r, const mine__field *field) {
  json_teller *t = (json_teller *)tap;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  mine_reader look = {.env = r->env, .arena = t->env->scratch, .at = r->at, .end = r->end};
  tell_begin(t, field->name, 0);
  if (field->list) mine__text_adds(t->to, "[");
  for (size_t i = 0; i < field->n && mine__reader_ok(&look); i++) {
    if (i > 0) mine__text_adds(t->to, ", ");
    tell_item(t->to, &look, field);
    if (MINE_POLL_AT(t->env, i + 1)) break;
  }
  if (field->list) mine__text_adds(t->to, "]");
  mine__arena_rewind(t->env->scratch, mark);
  if (mine_failed(t->env)) mine__reader_bad(r, "stopped");
}

static void tell_open(mine__tap *tap, mine_reader *r, const char *name, mine__nest nest) {
  json_teller *t = (json_teller *)tap;
  if (t->depth == TELL_DEEPEST) {
    mine__reader_bad(r, "members too many deep for JSON");
    return;
  }
  if (t->depth > 0) tell_begin(t, name, 1);
  mine__text_adds(t->to, nest == MINE_NEST_OBJECT ? "{" : "[");
  t->list[t->depth] = nest != MINE_NEST_OBJECT;
  t->items[t->depth++] = 0;
}

static void tell_close(mine__tap *tap, mine_reader *r) {
  json_teller *t = (json_teller *)tap;
  (void)r;
  t->depth--;
  mine__text_adds(t->to, t->list[t->depth] ? "]" : "}");
}

static void tell_part(mine__tap *tap, mine_reader *r, int begins) {
  (void)tap, (void)r, (void)begins;
}

/* ---- the document ------------------------------------------------------------------ */

static int tell_keeps_ids(const mine_model *model) {
  return model->held.id.n > 0;
}

static int tell_keeps_members(const mine_model *model) {
  return model->members.id.n > 0;
}

#define TELL_MEMBERS "the ids of rows, each with its cluster (keep_ids=1)"

const char *mine__model_keeps(const mine_model *model) {
  const int most = mine__model_keeps_most(model);
  if (most < MINE_KEEPS_ALL && mine__model_any(model, tell_keeps_members))
    return most == MINE_KEEPS_SOME
               ? "one row of each cluster, its medoid: its attributes as a point; and " TELL_MEMBERS
           : most == MINE_KEEPS_POINTS
               ? "all rows that it was trained on: their attributes as points; and " TELL_MEMBERS
               : TELL_MEMBERS;
  if (most == MINE_KEEPS_SOME)
    return "one row of each cluster, its medoid: its attributes as a point, without its id";
  if (most == MINE_KEEPS_POINTS)
    return "all rows that it was trained on: their attributes as points, without their ids";
  if (most == MINE_KEEPS_ALL)
    return "all rows that it was trained on: their attributes as points, their ids, and what was "
           "learned from";
  if (model->kind->keeps_names) return model->kind->keeps_names;
  return mine__model_any(model, tell_keeps_ids)
             ? "the ids of the rows that were held out (keep_ids=1)"
             : MINE_KEEPS_NOTHING;
}

static void tell_member(mine_text *to, const char *name, const char *text) {
  tell_text(to, name);
  mine__text_adds(to, ": ");
  tell_text(to, text);
  mine__text_adds(to, ",\n ");
}

/* The loaders take scratch memory and give it back: what is written while they run has an arena
** of its own. */
void mine__json_tell(mine_env *env, const mine_model *model, mine_text *to) {
  mine_arena *arena = mine_failed(env) ? NULL : mine__arena_open(env);
  if (!arena) return;
  mine_text text;
  mine__text_open(&text, arena);
  mine__text_adds(&text, "{");
  tell_member(&text, "keeps", mine__model_keeps(model));
  tell_member(&text, "sqlite_mine", MINE_VERSION);
  mine__text_addf(&text, "\"format\": %lu,\n ", (unsigned long)MINE_ENVELOPE_VERSION);
  tell_member(&text, "kind", model->kind->name);
  mine__text_adds(&text, "\"model\": ");
  json_teller teller = {
      .tap = {tell_value, tell_open, tell_close, tell_part, 0}, .env = env, .to = &text};
  mine__envelope_tell(env, model, &teller.tap);
  if (!mine_failed(env)) mine__text_add(to, text.data, text.bytes);
  mine__arena_close(arena);
}

static void tell_reals(mine_text *to, const char *name, const double *v, int n) {
  if (!v) return;
  mine__text_addf(to, ", \"%s\": [", name);
  for (int i = 0; i < n; i++) {
    if (i > 0) mine__text_adds(to, ", ");
    mine__json_real(to, v[i]);
  }
  mine__text_adds(to, "]");
}

static void tell_proof_row(const mine_model *model, const mine_proof *proof, int64_t i,
                           mine_text *to) {
  const mine_answers *says = &proof->answers;
  mine_cell cell;
  mine__text_adds(to, "{\"row\": [");
  for (int f = 0; f < model->n_features; f++) {
    char buffer[MINE_TIME_BYTES];
    mine__proof_cell(model, proof, i, f, buffer, &cell);
    if (f > 0) mine__text_adds(to, ", ");
    mine__json_cell(to, &cell);
  }
  mine__text_adds(to, "]");
  if (says->group) {
    mine__model_group(model, says->group[i], &cell);
    mine__text_adds(to, ", \"group\": ");
    mine__json_cell(to, &cell);
  }
  tell_reals(to, "share", says->share ? says->share + i * model->n_groups : NULL, model->n_groups);
  tell_reals(to, "value", says->value ? says->value + i * model->n_outputs : NULL,
             model->n_outputs);
  if (says->distance) {
    mine__text_adds(to, ", \"distance\": ");
    mine__json_real(to, says->distance[i]);
  }
  mine__text_adds(to, "}");
}

void mine__json_proof(mine_env *env, const mine_model *model, const mine_proof *proof,
                      mine_text *to) {
  mine__text_adds(to, "[");
  for (int64_t i = 0; proof && i < proof->n && !mine_failed(env); i++) {
    mine__text_adds(to, i ? ",\n  " : "\n  ");
    tell_proof_row(model, proof, i, to);
  }
  mine__text_adds(to, "]");
}

void mine__write_json(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to) {
  mine__json_tell(env, model, to);
  mine__text_adds(to, ",\n \"proof\": ");
  mine__json_proof(env, model, how->proof, to);
  mine__text_adds(to, "}\n");
}
