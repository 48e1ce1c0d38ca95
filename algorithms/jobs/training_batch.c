/*
** training_batch.c -- learning from a source that is read in passes, because its rows do not fit in
** memory.
**
** The source is read
**   to count its rows: no column is asked for;
**   for a sample: all cells come, so that types and levels are those of all rows, and the rows of
**     an even sample stay.  They are prepared and fitted like any table;
**   as often as the algorithm wants (mine_passes), which sees all rows, a piece at a time.  A piece
**     goes through while the source is being read, and its room is used again: memory is that of
**     the sample and of one piece, whatever the number of rows.
**
** A source must give the same rows in the same order each time.  The rows' values are hashed in
** their order; a pass of another number or another hash than the first is an error: random() in
** the SELECT, a table that is written meanwhile, an order that is none.
**
** Pieces are cut by the number of columns alone, so that neither threads nor max_memory show in the
** bytes of the model.
*/
#include "training_batch.h"

#include <string.h>

#include "../core/hash.h"
#include "../model/portrait.h"

#define PASSES_PIECE (1 << 20) /* numbers of a piece: 8 MB          */
#define PASSES_LEAST 4096      /* rows of a piece                   */
#define PASSES_MOST  65536     /* ... where there are few columns   */
#define PASSES_CHANGE \
  "batch=1 needs a source that gives the same rows in the same order each time: "

typedef enum batch_step { PASSES_COUNT, PASSES_SAMPLE, PASSES_SELECTS, PASSES_PASSES } batch_step;

/* What a pass has come to. */
typedef struct batch_read {
  int64_t rows, gaps; /* read; left out by missing=skip */
  uint64_t hash;
} batch_read;

struct mine__training_batch {
  mine_training *training;
  batch_step at;
  int selected;      /* SELECTs of options that were read  */
  int64_t n, sample; /* rows of the source, and of the sample */
  mine_frame *frame; /* of the pass under way; NULL: none  */
  const mine_want *want;
  int *column; /* per feature: of the frame             */
  mine_feature_view *view;
  int64_t piece;
  uint32_t *row;  /* of a piece: those without gaps */
  uint64_t *hash; /* of its rows */
  void *state;
  int pass;
  batch_read now, first;
};

int mine__training_batches(const mine_training *t) {
  const mine_passes *passes = t->asked.algorithm->passes;
  return passes && passes->wanted(t->asked.own);
}

mine_status mine__training_batch_check(const mine_training *t, int makes) {
  if (!mine__training_batches(t)) return mine_env_status(t->env);
  if (!makes)
    return mine__fail(t->env, MINE_OPTION,
                      "batch=1 is of mine_train and mine_fit, which read the source in passes and "
                      "keep no rows; leave it out, or train and let mine_predict tell of the rows");
  if (mine__option_name_of(&t->asked.group.group))
    return mine__fail(t->env, MINE_OPTION,
                      "batch=1 makes one model of all rows; leave group= out, or train each group "
                      "with a WHERE");
  if (t->asked.ids.keep_ids)
    return mine__fail(t->env, MINE_OPTION,
                      "batch=1 keeps no rows, and so no ids of them; leave keep_ids out");
  return mine_env_status(t->env);
}

void mine__training_batch_close(mine_training *t) {
  if (!t->batch) return;
  mine__frame_close(t->batch->frame);
  mine_model_free(t->fitted.model);
}

/* ---- how many rows --------------------------------------------------------------------------- */

static mine_status passes_plan_none(void *owner, mine_frame *frame) {
  (void)owner;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].reading = MINE_READ_NOT;
  return MINE_OK;
}

static void passes_count(struct mine__training_batch *b, mine_frame **frame) {
  if (!mine__frame_open(b->training->env, passes_plan_none, b, &b->frame)) *frame = b->frame;
}

/* ---- the sample ------------------------------------------------------------------------------ */

static void passes_sample(struct mine__training_batch *b, mine_frame **frame) {
  mine_training *t = b->training;
  mine_flow *flow = &t->frame->flow;
  b->n = b->frame->rows;
  mine__frame_close(b->frame);
  b->frame = NULL;
  *frame = t->frame;
  b->sample = t->asked.algorithm->passes->sample(t->asked.own);
  if (b->n <= b->sample) {
    b->sample = b->n;
    return;
  }
  t->roles.keep_constants = 1; /* in the sample: who knows */
  flow->keep = mine__portrait_rows(t->arena, NULL, b->n, b->sample, &flow->n_keep);
}

static void passes_changed(struct mine__training_batch *b, int64_t rows) {
  mine__fail(b->training->env, MINE_DATA,
             PASSES_CHANGE
             "it gave %lld rows and then %lld; leave out what is left to chance, and let nobody "
             "write meanwhile",
             (long long)b->n, (long long)rows);
}

/* Columns of a piece are read as the sample's were. */
static void passes_wants(struct mine__training_batch *b) {
  mine_training *t = b->training;
  const mine_model *model = t->fitted.model;
  const size_t p = (size_t)model->n_features;
  double width = 1;
  for (int f = 0; f < model->n_features; f++)
    width += model->feature[f].type == MINE_COLUMN_CATEGORY
                 ? (double)model->feature[f].levels.values.n
                 : 1;
  b->piece = (int64_t)(PASSES_PIECE / width) / PASSES_LEAST * PASSES_LEAST;
  if (b->piece < PASSES_LEAST) b->piece = PASSES_LEAST;
  if (b->piece > PASSES_MOST) b->piece = PASSES_MOST;
  b->want = mine__wants_of_features(t->arena, model->feature, model->n_features);
  b->column = mine__arena_array(t->arena, p, sizeof *b->column);
  b->view = mine__arena_array(t->arena, p, sizeof *b->view);
  b->row = mine__arena_array(t->arena, (size_t)b->piece, sizeof *b->row);
  b->hash = mine__arena_array(t->arena, (size_t)b->piece, sizeof *b->hash);
}

/* The sample is in: its model. */
static void passes_begin(struct mine__training_batch *b) {
  mine_training *t = b->training;
  const mine_rows rows = {t->data.row, t->data.n};
  mine_dataset *data = mine__arena_array(t->arena, 1, sizeof *data);
  if (!data || mine__training_fit_rows(t, rows, t->arena, &t->fitted)) return;
  mine_model *model = t->fitted.model;
  *data = mine__prepared_dataset(&t->data, model, rows, NULL);
  passes_wants(b);
  if (!mine_failed(t->env))
    b->state = t->asked.algorithm->passes->open(t->env, t->arena, data, t->asked.own, model);
}

/* ---- a piece --------------------------------------------------------------------------------- */

/* The rows of a piece in their order: a hash of each, and of all of them. */
static void passes_hash(struct mine__training_batch *b, int64_t n, int p) {
  memset(b->hash, 0, (size_t)n * sizeof *b->hash);
  for (int f = 0; f < p; f++) {
    const mine_feature_view *view = &b->view[f];
    for (int64_t i = 0; i < n; i++) {
      uint64_t bits;
      if (view->code)
        bits = (uint64_t)(int64_t)view->code[i];
      else
        memcpy(&bits, &view->number[i], sizeof bits);
      b->hash[i] = mine_hash_mix(b->hash[i] + (uint64_t)f + bits);
    }
  }
  for (int64_t i = 0; i < n; i++)
    b->now.hash = mine_hash_mix(b->now.hash ^ b->hash[i]);
}

/* Levels are known of all rows. */
static void passes_refuse_new(struct mine__training_batch *b) {
  const mine_model *model = b->training->fitted.model;
  for (int f = 0; f < model->n_features; f++) {
    const mine_column *column = &b->frame->column[b->column[f]];
    if (column->unknown.cells == 0) continue;
    mine__fail(b->training->env, MINE_DATA,
               PASSES_CHANGE "column '%s' has a value that it did not have before (row %lld: %s)",
               column->name, (long long)column->unknown.row, column->unknown.said);
    return;
  }
}

/* Rows without gaps, where missing= asks for them; *rows then lists them. */
static void passes_gaps(struct mine__training_batch *b, mine_batch *rows) {
  mine_training *t = b->training;
  const int p = t->fitted.model->n_features, missing = t->asked.source.missing;
  const int64_t n = rows->n;
  int64_t at;
  if (missing == MINE_MISSING_ERROR) {
    const int f = mine__missing_first(rows, p, &at);
    if (f >= 0) mine__training_refuse_missing(t, f, b->frame->cleared + at);
  } else if (missing == MINE_MISSING_SKIP) {
    rows->n = 0;
    rows->row = b->row;
    for (int64_t i = 0; i < n; i++)
      if (mine__missing_in_row(b->view, p, i) < 0) b->row[rows->n++] = (uint32_t)i;
    b->now.gaps += n - rows->n;
  }
}

/* The rows in the frame go through, and it is empty again. */
static void passes_pour(void *owner, mine_frame *frame) {
  struct mine__training_batch *b = owner;
  mine_training *t = b->training;
  const mine_model *model = t->fitted.model;
  mine_batch rows = {frame->rows, NULL, b->view};
  if (rows.n == 0 || mine__frame_finish(frame)) return;
  for (int f = 0; f < model->n_features; f++)
    mine__view_of_column(&frame->column[b->column[f]], &b->view[f]);
  b->now.rows += rows.n;
  passes_hash(b, rows.n, model->n_features);
  passes_refuse_new(b);
  if (!mine_failed(t->env)) passes_gaps(b, &rows);
  if (!mine_failed(t->env) && rows.n > 0)
    t->asked.algorithm->passes->piece(t->env, b->state, &rows);
  mine__frame_clear(frame);
  if (!mine_failed(t->env))
    (void)!mine__poll_progress(t->env, t->asked.algorithm->name,
                               (double)b->now.rows / (double)b->n);
}

/* ---- passes ---------------------------------------------------------------------------------- */

static mine_status passes_plan_piece(void *owner, mine_frame *frame) {
  static const mine_lack lack = {"the source lacks", "that the sample had",
                                 "give the same columns"};
  struct mine__training_batch *b = owner;
  return mine__wants_by_name(frame, b->want, &lack, b->column);
}

static void passes_next(struct mine__training_batch *b, mine_frame **frame) {
  b->now = (batch_read){0};
  if (mine__frame_open(b->training->env, passes_plan_piece, b, &b->frame)) return;
  b->frame->flow.piece = b->piece;
  b->frame->flow.pour = passes_pour;
  *frame = b->frame;
}

static void passes_compare(struct mine__training_batch *b) {
  if (b->pass == 0) b->first = b->now;
  if (b->now.rows != b->n)
    passes_changed(b, b->now.rows);
  else if (b->now.hash != b->first.hash)
    mine__fail(b->training->env, MINE_DATA,
               PASSES_CHANGE
               "pass %d gave other values or another order than the first; leave out what is left "
               "to chance, add ORDER BY to a SELECT with LIMIT, and let nobody write meanwhile",
               b->pass + 1);
}

/* The passes are over. */
static void passes_ready(struct mine__training_batch *b) {
  mine_training *t = b->training;
  mine_model *model = t->fitted.model;
  const mine_rows sample = {t->data.row, t->data.n};
  model->told.rows = b->n - b->first.gaps;
  mine__training_notef(t, "rows", "read", "%lld", (long long)b->n);
  mine__training_notef(t, "rows", "passes",
                       "%d: one to count, one for types and a sample, %d by the algorithm",
                       b->pass + 2, b->pass);
  mine__training_notef(t, "rows", "used", "%lld", (long long)model->told.rows);
  if (b->first.gaps > 0)
    mine__training_notef(t, "rows", "skipped", "%lld: an attribute is missing and missing=skip",
                         (long long)b->first.gaps);
  if (b->sample < b->n)
    mine__training_notef(t, "rows", "sample",
                         "%lld: the start, what is told of attributes, the silhouette and the "
                         "quantiles of distances are of these",
                         (long long)b->sample);
  mine__prepared_distances(t->env, &t->data, sample, model);
}

/* What was read of the last pass, then the next pass; *frame stays NULL behind the last. */
static void passes_pass(struct mine__training_batch *b, mine_frame **frame) {
  mine_training *t = b->training;
  if (b->frame) {
    passes_pour(b, b->frame);
    if (!mine_failed(t->env)) passes_compare(b);
    mine__frame_close(b->frame);
    b->frame = NULL;
    if (mine_failed(t->env)) return;
    b->pass++;
    if (!t->asked.algorithm->passes->end(t->env, b->state)) {
      if (!mine_failed(t->env)) passes_ready(b);
      return;
    }
  }
  if (!mine_failed(t->env)) passes_next(b, frame);
}

/* Behind the sample: the SELECTs of the options, for which the sample has been prepared, then its
** fit and the passes. */
static void passes_go_on(struct mine__training_batch *b, const char **sql, mine_frame **frame) {
  mine_training *t = b->training;
  const int64_t rows = t->frame->cleared + t->frame->rows;
  if (b->selected == 0 && rows != b->n) passes_changed(b, rows);
  const char *select = mine_failed(t->env) ? NULL : mine__training_select(t, b->selected);
  if (select) {
    *sql = select;
    *frame = mine__training_select_frame(t, b->selected++);
    return;
  }
  if (mine_failed(t->env) || mine__training_prepare(t)) return;
  b->at = PASSES_PASSES;
  passes_begin(b);
  if (!mine_failed(t->env)) passes_pass(b, frame);
}

mine_status mine__training_batch_source(mine_training *t, const char *source, const char **sql,
                                        mine_frame **frame) {
  if (!t->batch) t->batch = mine__arena_zeros(t->arena, 1, sizeof *t->batch);
  struct mine__training_batch *b = t->batch;
  *frame = NULL;
  if (!b) return mine_env_status(t->env);
  b->training = t;
  if (b->at == PASSES_COUNT) t->began = mine__clock(); /* reading is learning */
  *sql = source;
  switch (b->at) {
    case PASSES_COUNT:
      b->at = PASSES_SAMPLE;
      passes_count(b, frame);
      break;
    case PASSES_SAMPLE:
      b->at = PASSES_SELECTS;
      passes_sample(b, frame);
      break;
    case PASSES_SELECTS:
      passes_go_on(b, sql, frame);
      break;
    case PASSES_PASSES:
      passes_pass(b, frame);
      break;
  }
  return mine_env_status(t->env);
}
