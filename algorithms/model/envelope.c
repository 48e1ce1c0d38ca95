/*
** envelope.c -- a model as bytes, and back.
**
** Layout, little-endian:
**
**   header, MINE_MODEL_HEADER = 32 bytes
**     8  magic "MINEMDL\0"
**     4  format version        (of this file's part)
**     4  kind tag              (model kind, never reused)
**     8  total length          (header included)
**     8  checksum              (XXH3-64 of everything after the header, seeded
**                               with that of the 24 bytes before it)
**   common part
**     kind's body version, algorithm, task, names, options
**     schema: what is read (attributes, columns of events), what is said (groups,
**       outputs); envelope_schema.c
**     report, metrics, held-out rows (of a clustering: rows that it remembers by their ids),
**       calibration, residuals, portrait
**   body: length, then what the kind's save() wrote
**
** A model inside another is its length, its kind's tag, common part and body.
**
** Format 1 (0.1.0) had the task as a number, at least one attribute, no columns of
** events, no outputs, and groups only as classes.  In format 2 the task is a word: one
** that this build does not know is kept, and what the model can do follows from its
** schema and kind; calibration and residuals are new.  Format 3 has the weights of held-out
** rows, the quantile that the numbers are, and the portrait of the rows.
**
** The checksum finds accidents, not malice: anybody can recompute it.  So every
** count is bounded by the bytes that are left, every index, order and number is
** checked before use, and the memory taken is a small multiple of the bytes.
*/
#include <math.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "envelope.h"
#include "metrics.h"

static const char envelope_magic[8] = {'M', 'I', 'N', 'E', 'M', 'D', 'L', '\0'};

/* ---- writing -------------------------------------------------------------------- */

/* A clustering has rows that it remembers in the place where others have those held out. */
static void envelope_write_members(mine_writer *w, const mine_model_members *members) {
  mine__write_u64(w, (uint64_t)members->id.n);
  if (members->id.n == 0) return;
  mine__write_i32s(w, members->group, (size_t)members->id.n);
  mine__write_values(w, &members->id);
}

static void envelope_write_held(mine_writer *w, const mine_model *model) {
  const mine_model_held *held = &model->held;
  const size_t n = held->label || held->target ? (size_t)held->rows : 0;
  if (n == 0) {
    envelope_write_members(w, &model->members);
    return;
  }
  mine__write_u64(w, (uint64_t)n);
  const int classes = mine__model_has_classes(model);
  if (classes) mine__write_i32s(w, held->label, n);
  if (!classes) mine__write_reals(w, held->target, n);
  mine__write_floats(w, held->score, classes ? n * (size_t)model->n_groups : n);
  mine__write_values(w, &held->id);
  mine__write_u8(w, held->weight != NULL);
  if (held->weight) mine__write_reals(w, held->weight, n);
}

static void envelope_write_common(mine_writer *w, const mine_model *model) {
  const mine_model_told *told = &model->told;
  mine__write_u32(w, model->kind->version);
  mine__write_string(w, model->algorithm);
  mine__write_string(w, mine__model_task(model));
  mine__write_string(w, model->roles.id);
  mine__write_string(w, model->roles.target);
  mine__write_string(w, model->roles.weight);
  mine__write_string(w, told->source);
  mine__write_string(w, told->options);
  mine__write_i64(w, told->rows);
  mine__write_u8(w, (uint8_t)(model->gaps.missing | model->gaps.unknown << 2));
  mine__write_schema(w, model);
  mine__write_values(w, &told->notes.item);
  mine__write_values(w, &told->notes.name);
  mine__write_values(w, &told->notes.detail);
  mine__write_u64(w, (uint64_t)told->n_metrics);
  for (int i = 0; i < told->n_metrics; i++) {
    mine__write_string(w, told->metric[i].name);
    mine__write_real(w, isnan(told->metric[i].value) ? (double)NAN : told->metric[i].value);
  }
  envelope_write_held(w, model);
  mine__calibration_write(w, model->after.calibration);
  mine__interval_write(w, model->after.interval);
  mine__write_real(w, isnan(model->quantile) ? (double)NAN : model->quantile);
  mine__portrait_write(w, model->portrait, model->feature);
}

static uint64_t envelope_checksum(const void *bytes, size_t n) {
  const char *at = bytes;
  const uint64_t seed = XXH3_64bits(at, MINE_MODEL_HEADER - 8);
  return XXH3_64bits_withSeed(at + MINE_MODEL_HEADER, n - MINE_MODEL_HEADER, seed);
}

/* A length of 8 bytes at `at` becomes that of what has been written after it. */
static void envelope_close_length(mine_writer *w, size_t at) {
  mine__write_u64_at(w, at, w->text.bytes - at - 8);
}

static void envelope_write_rest(mine_writer *w, const mine_model *model) {
  envelope_write_common(w, model);
  const size_t length_at = w->text.bytes;
  mine__write_u64(w, 0);
  model->kind->save(model, w);
  envelope_close_length(w, length_at);
}

static void envelope_write_header(mine_writer *w, uint32_t format, const mine_kind *kind) {
  mine__text_add(&w->text, envelope_magic, sizeof envelope_magic);
  mine__write_u32(w, format);
  mine__write_u32(w, kind->tag);
  mine__write_u64(w, 0);
  mine__write_u64(w, 0);
}

/* What the header says of all that follows. */
static void envelope_seal(mine_writer *w) {
  if (w->text.failed) return;
  mine__write_u64_at(w, 16, w->text.bytes);
  mine__write_u64_at(w, 24, envelope_checksum(w->text.data, w->text.bytes));
}

void mine__envelope_write(const mine_model *model, mine_writer *w) {
  envelope_write_header(w, MINE_ENVELOPE_VERSION, model->kind);
  envelope_write_rest(w, model);
  envelope_seal(w);
}

void mine__envelope_write_member(const mine_model *member, mine_writer *w) {
  const size_t length_at = w->text.bytes;
  mine__write_u64(w, 0);
  mine__write_u32(w, member->kind->tag);
  envelope_write_rest(w, member);
  envelope_close_length(w, length_at);
}

/* ---- reading -------------------------------------------------------------------- */

/* Notes are text, and the three columns of the report are equally long. */
static void envelope_read_notes(mine_reader *r, mine_model *model) {
  mine_model_told *told = &model->told;
  mine_values *column[] = {&told->notes.item, &told->notes.name, &told->notes.detail};
  static const char *const title[] = {"item", "name", "detail"};
  mine__read_open(r, "report");
  for (int c = 0; c < 3; c++) {
    mine__read_values(mine__called(r, title[c]), column[c], 0);
    if (column[c]->n != column[0]->n) mine__reader_bad(r, "the length of the report");
    for (int64_t i = 0; i < column[c]->n && mine__reader_ok(r); i++) {
      mine_cell cell;
      mine__values_get(column[c], i, &cell);
      if (cell.type != MINE_TEXT) {
        mine__reader_bad(r, "the report");
      } else if (c == 0 && mine__note_warns(cell.as.text)) { /* texts of values end with a NUL */
        told->n_warnings++;
      }
    }
  }
  mine__read_close(r);
}

static void envelope_read_metrics(mine_reader *r, mine_model *model) {
  const size_t n = mine__read_list(r, "metrics", 12);
  if (n > MINE_MAX_METRICS) mine__reader_bad(r, "the number of metrics");
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    mine__read_open(r, NULL);
    const char *name = mine__read_name(mine__called(r, "name"), "a metric's name");
    const double value = mine__read_real(mine__called(r, "value"));
    mine__read_close(r);
    if (isinf(value)) mine__reader_bad(r, "a metric");
    /* `rows` becomes an integer again, so it must be one. */
    if (strcmp(name, "rows") == 0 && !(value >= 0 && value <= MINE_MAX_ROWS))
      mine__reader_bad(r, "a metric");
    if (mine__reader_ok(r)) mine__model_metric(model, name, value);
  }
  mine__read_close(r);
}

static void envelope_read_members(mine_reader *r, mine_model *model, size_t n) {
  mine_model_members *members = &model->members;
  members->group = mine__read_i32s(mine__called(r, "member_cluster"), n);
  if (mine__reader_ok(r)) mine__read_values(mine__called(r, "member_id"), &members->id, 0);
  if (members->id.n != (int64_t)n) mine__reader_bad(r, "the number of rows with ids");
}

/* Once the body has said how many clusters there are. */
static void envelope_check_members(mine_reader *r, const mine_model *model) {
  const mine_model_members *members = &model->members;
  for (int64_t i = 0; mine__reader_ok(r) && i < members->id.n; i++)
    if (members->group[i] < 0 || members->group[i] > model->n_groups)
      mine__reader_bad(r, "the cluster of a row");
}

static void envelope_read_held(mine_reader *r, mine_model *model) {
  mine_model_held *held = &model->held;
  const size_t n = mine__read_count(mine__called(r, "held_rows"), 8);
  if (n == 0) return;
  const int classes = mine__model_has_classes(model);
  if (!classes && !mine__model_has_target_number(model)) {
    envelope_read_members(r, model, n);
    return;
  }
  const size_t width = classes ? (size_t)model->n_groups : 1;
  const size_t left = mine__reader_left(r);
  if (n > left / 4 / width) mine__reader_bad(r, "the number of held-out rows");
  if (!mine__reader_ok(r)) return;
  if (classes) {
    held->label = mine__read_i32s(mine__called(r, "held_class"), n);
  } else {
    held->target = mine__read_reals(mine__called(r, "held_target"), n, 1);
  }
  held->score = mine__read_floats(mine__called(r, "held_score"), n * width);
  for (size_t i = 0; mine__reader_ok(r) && i < n * width; i++) {
    if (!isfinite(held->score[i])) mine__reader_bad(r, "a held-out score");
  }
  for (size_t i = 0; classes && i < n && mine__reader_ok(r); i++) {
    if (held->label[i] < 0 || held->label[i] >= model->n_groups)
      mine__reader_bad(r, "a held-out label");
  }
  held->rows = (int64_t)n;
  if (r->format > 1 && mine__reader_ok(r))
    mine__read_values(mine__called(r, "held_id"), &held->id, 0);
  if (held->id.n > 0 && held->id.n != (int64_t)n) mine__reader_bad(r, "the number of held-out ids");
  const uint8_t weighted =
      r->format > 2 && mine__reader_ok(r) ? mine__read_u8(mine__called(r, "held_weighted")) : 0;
  if (weighted > 1) mine__reader_bad(r, "the weights of held-out rows");
  if (weighted && mine__reader_ok(r))
    held->weight = mine__read_reals(mine__called(r, "held_weight"), n, 1);
  for (size_t i = 0; weighted && i < n && mine__reader_ok(r); i++) {
    if (!(held->weight[i] >= 0)) mine__reader_bad(r, "the weight of a held-out row");
  }
}

/* What is said of shares and numbers beside the body. */
static void envelope_read_beside(mine_reader *r, mine_model *model) {
  model->after.calibration =
      mine__calibration_read(r, mine__model_has_classes(model) ? model->n_groups : 0);
  model->after.interval = mine__interval_read(r);
  if (model->after.interval && !mine__model_has_target_number(model))
    mine__reader_bad(r, "intervals of what is no number");
  if (r->format > 2) model->quantile = mine__read_real(mine__called(r, "quantile"));
  if (!isnan(model->quantile) && !(model->quantile > 0 && model->quantile <= 1))
    mine__reader_bad(r, "a quantile");
  if (r->format > 2 && mine__reader_ok(r))
    model->portrait = mine__portrait_read(r, model->feature, model->n_features);
}

static void envelope_read_task(mine_reader *r, mine_model *model) {
  if (r->format == 1) {
    const uint32_t task = mine__read_u32(mine__called(r, "task"));
    if (task != MINE_CLASSIFICATION && task != MINE_REGRESSION && task != MINE_CLUSTERING &&
        task != MINE_NEIGHBORS)
      mine__reader_bad(r, "the task");
    model->task = (mine_task_kind)task;
    return;
  }
  const char *name = mine__read_name(mine__called(r, "task"), "the task");
  model->task = mine__task_find(name);
  if (model->task == 0) model->task_name = name;
}

static uint32_t envelope_read_common(mine_reader *r, mine_model *model) {
  const uint32_t body_version = mine__read_u32(mine__called(r, "version"));
  model->algorithm = mine__read_name(mine__called(r, "algorithm"), "the algorithm's name");
  envelope_read_task(r, model);
  model->roles.id = mine__read_string(mine__called(r, "id"));
  model->roles.target = mine__read_string(mine__called(r, "target"));
  model->roles.weight = mine__read_string(mine__called(r, "weight"));
  model->told.source = mine__read_string(mine__called(r, "source"));
  model->told.options = mine__read_string(mine__called(r, "options"));
  model->told.rows = mine__read_i64(mine__called(r, "rows"));
  const uint8_t gaps =
      mine__read_u8(mine__called(r, "gaps")); /* missing, and above its two bits unknown */
  model->gaps.missing = gaps & 3;
  model->gaps.unknown = gaps >> 2;
  if (model->gaps.missing > 2 || model->gaps.unknown > 1)
    mine__reader_bad(r, "the treatment of missing values");
  if (model->told.rows < 0 || model->told.rows > MINE_MAX_ROWS)
    mine__reader_bad(r, "the number of rows");
  mine__read_schema(r, model);
  if (mine__reader_ok(r)) envelope_read_notes(r, model);
  if (mine__reader_ok(r)) envelope_read_metrics(r, model);
  if (mine__reader_ok(r)) envelope_read_held(r, model);
  if (mine__reader_ok(r) && r->format > 1) envelope_read_beside(r, model);
  return body_version;
}

static const char envelope_is_newer[] = "newer";

/* Common part and body of a model whose kind is known, to the end of the bytes. */
static void envelope_read_rest(mine_reader *r, mine_model *model) {
  const uint32_t version = envelope_read_common(r, model);
  if (mine__reader_ok(r) && version > model->kind->version) mine__reader_bad(r, envelope_is_newer);
  mine_reader body;
  mine__part_open(r, &body);
  if (body.end != r->end) mine__reader_bad(&body, "the length of the body");
  mine__read_open(&body, "body");
  if (mine__reader_ok(&body)) model->kind->load(&body, model, version);
  mine__read_close(&body);
  if (mine__reader_ok(&body) && body.at != body.end) mine__reader_bad(&body, "bytes after the end");
  mine__part_close(r, &body);
  if (mine__reader_ok(r) && r->at != r->end) mine__reader_bad(r, "bytes after the end");
  envelope_check_members(r, model);
  if (mine__reader_ok(r) && !mine__portrait_suits(model->portrait, model->n_groups))
    mine__reader_bad(r, "the groups of the profile");
}

mine_model *mine__envelope_read_member(mine_reader *r) {
  if (r->depth + 1 >= MINE_MODELS_DEEPEST) mine__reader_bad(r, "models too many deep");
  if (!mine__reader_ok(r)) return NULL;
  mine_model *model = mine__arena_zeros(r->arena, 1, sizeof *model);
  if (!model) {
    mine__reader_bad(r, "memory");
    return NULL;
  }
  mine__model_begin(model, r->arena);
  mine_reader inner;
  mine__read_open(r, NULL);
  mine__part_open(r, &inner);
  inner.depth++;
  model->kind = mine__kind_by_tag(mine__read_tag(mine__called(&inner, "kind")));
  if (mine__reader_ok(&inner) && !model->kind) mine__reader_bad(&inner, envelope_is_newer);
  if (mine__reader_ok(&inner)) envelope_read_rest(&inner, model);
  mine__part_close(r, &inner);
  mine__read_close(r);
  return mine__reader_ok(r) ? model : NULL;
}

static uint64_t envelope_get(const uint8_t *at, int bytes) {
  uint64_t v = 0;
  for (int i = 0; i < bytes; i++)
    v |= (uint64_t)at[i] << (8 * i);
  return v;
}

static void envelope_corrupt(mine_env *env, const char *what) {
  (void)mine__fail(env, MINE_CORRUPT, "the model is corrupt (%s); train it again", what);
}

static void envelope_newer(mine_env *env) {
  (void)mine__fail(env, MINE_CORRUPT,
                   "the model was made by a newer version and needs sqlite-mine later than %s; "
                   "this is %s",
                   MINE_VERSION, MINE_VERSION);
}

/* The header: whose bytes these are, whether all of them are here, unharmed.  The
** checksum is asked before the version: what says "newer" must be what was written. */
static void envelope_check_header(mine_env *env, const uint8_t *bytes, size_t n,
                                  mine_model *model) {
  if (n < MINE_MODEL_HEADER || memcmp(bytes, envelope_magic, sizeof envelope_magic) != 0) {
    mine__fail(env, MINE_CORRUPT,
               "the bytes are not a model; pass the result of mine_fit or the column model "
               "of mine_models");
  } else if (envelope_get(bytes + 16, 8) != n) {
    envelope_corrupt(env, "its length");
  } else if (envelope_get(bytes + 24, 8) != envelope_checksum(bytes, n)) {
    envelope_corrupt(env, "its checksum");
  } else if (envelope_get(bytes + 8, 4) > MINE_ENVELOPE_VERSION) {
    envelope_newer(env);
  } else if (envelope_get(bytes + 8, 4) < 1) {
    envelope_corrupt(env, "its version");
  } else {
    model->kind = mine__kind_by_tag((uint32_t)envelope_get(bytes + 12, 4));
    if (!model->kind) envelope_newer(env);
  }
}

mine_status mine__envelope_read(mine_env *env, const void *bytes, size_t n, mine_model *model) {
  envelope_check_header(env, bytes, n, model);
  if (mine_failed(env)) return mine_env_status(env);
  mine_mark mark = mine__arena_mark(env->scratch);
  mine_reader r = {.env = env, .arena = model->arena};
  r.at = (const uint8_t *)bytes + MINE_MODEL_HEADER;
  r.end = (const uint8_t *)bytes + n;
  r.format = (uint32_t)envelope_get((const uint8_t *)bytes + 8, 4);
  envelope_read_rest(&r, model);
  mine__arena_rewind(env->scratch, mark);
  if (r.problem == envelope_is_newer)
    envelope_newer(env);
  else if (!mine__reader_ok(&r))
    envelope_corrupt(env, r.problem);
  return mine_env_status(env);
}

/* ---- through a tap ------------------------------------------------------------------- */

/* Read the bytes, or what the tap puts there, into a model that nobody wants; what is wrong, or
** NULL. */
static const char *envelope_read_tapped(mine_env *env, mine__tap *tap, uint32_t format,
                                        const mine_kind *kind, const uint8_t *at,
                                        const uint8_t *end) {
  mine_model *model;
  if (mine__model_empty(env, &model)) return NULL;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_reader r = {.env = env, .arena = model->arena, .at = at, .end = end, .tap = tap};
  r.format = format;
  model->kind = kind;
  mine__read_open(&r, "model");
  envelope_read_rest(&r, model);
  mine__read_close(&r);
  mine__arena_rewind(env->scratch, mark);
  mine_model_free(model);
  return r.problem;
}

void mine__envelope_tell(mine_env *env, const mine_model *model, mine__tap *tap) {
  const void *bytes;
  size_t n;
  if (mine_model_bytes(env, model, &bytes, &n)) return;
  const uint8_t *at = bytes;
  const char *problem = envelope_read_tapped(env, tap, MINE_ENVELOPE_VERSION, model->kind,
                                             at + MINE_MODEL_HEADER, at + n);
  if (problem && !mine_failed(env)) envelope_corrupt(env, problem);
}

const char *mine__envelope_make(mine_env *env, mine__tap *tap, uint32_t format,
                                const mine_kind *kind, mine_writer *w) {
  envelope_write_header(w, format, kind);
  if (mine_failed(env)) return NULL;
  const uint8_t *end = (const uint8_t *)w->text.data + w->text.bytes;
  const char *problem = envelope_read_tapped(env, tap, format, kind, end, end);
  envelope_seal(w);
  if (problem == envelope_is_newer) envelope_newer(env);
  return problem;
}
