/*
** evaluate_slices.c -- by=column: the measures of the rows of each of its values.
**
** A model that is good on the whole may be bad for one region.  The rows are scored and
** remembered once; a counting sort puts those of a slice side by side, and each slice is
** measured as if it were the whole source.  O(rows log rows) in all, for the ranks.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "../model/metrics.h"
#include "scoring.h"

/* ---- the column ------------------------------------------------------------------------- */

static const mine_want slices_want = {.name = "slice", .reading = MINE_READ_EXACT};

mine_status mine__slices_plan(mine_scoring *s, mine_frame *frame) {
  if (s->asked.slicing.by.type == MINE_NULL) return MINE_OK;
  const int c = mine__column_said(frame, "option by", &s->asked.slicing.by);
  if (c < 0 || !mine__dictionary_open(&s->remembered.slices, s->arena))
    return mine_env_status(s->env);
  s->plan.slice = c;
  for (int f = 0; f < s->model->n_features; f++)
    if (s->plan.column[f] == c) s->plan.slice_feature = f;
  if (s->plan.slice_feature >= 0) return MINE_OK;
  if (frame->column[c].want)
    return mine__fail(s->env, MINE_OPTION, "option by: '%s' is also the %s; name another column",
                      frame->column[c].name, frame->column[c].want->name);
  mine__column_want(frame, c, &slices_want);
  return MINE_OK;
}

/* An attribute is read as the model reads it: a level that it never saw has no name. */
static void slices_refuse_unknown(const mine_scoring *s, int64_t row) {
  const char *name = s->frame->column[s->plan.slice].name;
  (void)mine__fail(s->env, MINE_DATA,
                   "option by: column '%s' is an attribute of the model, which never saw its value "
                   "in row %lld; give the column twice, and name the copy: SELECT *, \"%s\" AS "
                   "slice, by=slice",
                   name, (long long)(s->frame->cleared + row + 1), name);
}

static void slices_whole(mine_cell *cell) {
  const double v = cell->as.real;
  if (cell->type != MINE_REAL || v != trunc(v) || fabs(v) > (double)MINE_EXACT_WHOLE) return;
  *cell = (mine_cell){MINE_INT, 0, {.integer = (int64_t)v}};
}

/* The value of an attribute as the source has it; its text in buffer. */
static void slices_attribute(mine_scoring *s, int64_t row, char buffer[MINE_TIME_BYTES],
                             mine_cell *out) {
  const mine_feature *about = &s->model->feature[s->plan.slice_feature];
  const mine_feature_view *view = &s->batch.view[s->plan.slice_feature];
  *out = (mine_cell){MINE_NULL, 0, {0}};
  if (view->number) {
    mine__feature_cell(about, view->number[row], buffer, out);
    if (about->all_integers) slices_whole(out);
  } else if (view->code && view->code[row] >= 0) {
    mine__values_get(&about->levels.values, view->code[row], out);
  } else if (view->code && view->code[row] == MINE_CODE_UNKNOWN) {
    slices_refuse_unknown(s, row);
  }
}

int32_t mine__slice_of(mine_scoring *s, int64_t row) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell = {MINE_NULL, 0, {0}};
  if (s->plan.slice_feature >= 0) {
    slices_attribute(s, row, buffer, &cell);
  } else {
    const mine_column *column = &s->frame->column[s->plan.slice];
    if (column->code && column->code[row] >= 0)
      mine__values_get(&column->levels, column->code[row], &cell);
  }
  if (cell.type == MINE_NULL || mine_failed(s->env)) return -1;
  return (int32_t)mine__dictionary_add(&s->remembered.slices, &cell);
}

/* ---- one slice ------------------------------------------------------------------------------ */

/* The rows of a slice, side by side; there is room for all rows. */
typedef struct slices_part {
  int64_t n;
  int32_t *label;
  double *target, *score, *weight;
  int64_t *of_class; /* how many rows of each */
} slices_part;

static int slices_open_part(mine_scoring *s, slices_part *part) {
  const size_t n = (size_t)s->remembered.n, k = (size_t)s->model->n_groups;
  const size_t width = k > 0 ? k : 1;
  *part = (slices_part){
      .label = mine__arena_array(s->arena, n, sizeof *part->label),
      .target = mine__arena_array(s->arena, n, sizeof *part->target),
      .score = mine__arena_array(s->arena, n, width * sizeof *part->score),
      .weight = mine__arena_array(s->arena, n, sizeof *part->weight),
      .of_class = mine__arena_zeros(s->arena, width, sizeof *part->of_class),
  };
  return !mine_failed(s->env);
}

static void slices_gather(const mine_scoring *s, const uint32_t *at, int64_t n, slices_part *part) {
  const mine_remembered *m = &s->remembered;
  const size_t k = (size_t)s->model->n_groups, width = k > 0 ? k : 1;
  part->n = n;
  memset(part->of_class, 0, width * sizeof *part->of_class);
  for (int64_t i = 0; i < n; i++) {
    part->label[i] = m->label[at[i]];
    part->target[i] = m->target[at[i]];
    part->weight[i] = m->weight[at[i]];
    memcpy(part->score + (size_t)i * width, m->score + (size_t)at[i] * width,
           width * sizeof *part->score);
    if (k > 0) part->of_class[part->label[i]]++;
  }
}

/* The class with the fewest rows, if these are too few; -1: there are enough. */
static int slices_short(const mine_scoring *s, const slices_part *part) {
  const int k = s->model->n_groups;
  if (k == 0) return part->n < MINE_METRICS_LEAST ? 0 : -1;
  int least = 0;
  for (int c = 1; c < k; c++)
    if (part->of_class[c] < part->of_class[least]) least = c;
  return part->of_class[least] < MINE_METRICS_LEAST ? least : -1;
}

static void slices_measure(mine_scoring *s, const slices_part *part, const mine_certainty *how,
                           int withhold, const mine_cell *slice, mine_relation *out) {
  mine_gauged rows = mine__scoring_gauged(s);
  rows.n = part->n;
  rows.label = part->label;
  rows.target = part->target;
  rows.score = part->score;
  if (rows.weight) rows.weight = part->weight;
  (void)mine__evaluate_rows(s->env, &rows, how, withhold, slice, out);
}

/* ---- slices that are too short --------------------------------------------------------------- */

#define SLICES_TOLD 5

/* "'north' (3 of class 1), 'south' (7 of class 1)". */
void mine__short_slices_add(mine__short_slices *few, const mine_cell *slice, int64_t count,
                            const mine_cell *class_) {
  char shown[MINE_SHOW_BYTES];
  if (few->n++ >= SLICES_TOLD) return;
  mine__text_addf(&few->text, "%s%s (%lld", few->text.bytes ? ", " : "",
                  mine__show_cell(shown, slice), (long long)count);
  if (class_) mine__text_addf(&few->text, " of class %s", mine__show_cell(shown, class_));
  mine__text_adds(&few->text, ")");
}

void mine__short_slices_tell(const mine__short_slices *few, const mine_scoring *s, mine_job *job,
                             const char *units, const char *measures) {
  char more[48] = "";
  if (few->n == 0 || few->text.failed) return;
  if (few->n > SLICES_TOLD)
    snprintf(more, sizeof more, " and %lld more", (long long)(few->n - SLICES_TOLD));
  mine__job_notef(job, "warning", s->frame->column[s->plan.slice].name,
                  "%lld slice%s with fewer than %d %s: %s%s; %s are left out there (NULL)",
                  (long long)few->n, few->n == 1 ? "" : "s", MINE_METRICS_LEAST, units,
                  few->text.data, more, measures);
}

/* ---- all slices ----------------------------------------------------------------------------- */

static int slices_before(const void *context, const void *a, const void *b) {
  mine_cell x, y;
  mine__values_get(context, *(const int32_t *)a, &x);
  mine__values_get(context, *(const int32_t *)b, &y);
  return mine__cell_compare(&x, &y) < 0;
}

/* The slices in order; the last one is of the rows without a value. */
static int32_t *slices_order(mine_scoring *s, int32_t n) {
  int32_t *order = mine__arena_array(s->arena, (size_t)n + 1, sizeof *order);
  int32_t *spare = mine__arena_array(s->arena, (size_t)n + 1, sizeof *spare);
  if (!order || !spare) return NULL;
  for (int32_t i = 0; i <= n; i++)
    order[i] = i;
  mine__sort(s->env, order, spare, (size_t)n, sizeof *order, slices_before,
             &s->remembered.slices.values);
  return mine_failed(s->env) ? NULL : order;
}

mine_status mine__slices_each(mine_scoring *s, int64_t rows, int32_t *slice,
                              mine__slice_measure measure, void *context) {
  const int32_t n = (int32_t)s->remembered.slices.values.n;
  for (int64_t i = 0; i < rows; i++)
    if (slice[i] < 0) slice[i] = n;
  mine__by_code by;
  const int32_t *order = slices_order(s, n);
  if (!order || !mine__sort_codes(s->arena, slice, rows, n + 1, &by))
    return mine_env_status(s->env);
  for (int32_t i = 0; i <= n && !mine__poll(s->env); i++) {
    const int64_t first = by.first[order[i]], of_slice = by.first[order[i] + 1] - first;
    if (of_slice == 0) continue;
    mine_cell value = {MINE_NULL, 0, {0}};
    if (order[i] < n) mine__values_get(&s->remembered.slices.values, order[i], &value);
    measure(context, by.at + first, of_slice, &value);
  }
  return mine_env_status(s->env);
}

/* The measures of a target, slice by slice. */
typedef struct slices_run {
  mine_scoring *s;
  const mine_certainty *how;
  mine_relation *out;
  slices_part part;
  mine__short_slices few;
} slices_run;

static void slices_one(void *context, const uint32_t *at, int64_t n, const mine_cell *slice) {
  slices_run *run = context;
  mine_scoring *s = run->s;
  mine_cell class_;
  slices_gather(s, at, n, &run->part);
  const int least = slices_short(s, &run->part);
  slices_measure(s, &run->part, run->how, least >= 0, slice, run->out);
  if (least < 0) return;
  if (s->model->n_groups == 0) {
    mine__short_slices_add(&run->few, slice, n, NULL);
    return;
  }
  mine__values_get(&s->model->groups, least, &class_);
  mine__short_slices_add(&run->few, slice, run->part.of_class[least], &class_);
}

mine_status mine__slices_metrics(mine_scoring *s, mine_job *job, const mine_certainty *how,
                                 mine_relation *out) {
  slices_run run = {.s = s, .how = how, .out = out};
  const int classes = s->model->n_groups > 0;
  MINE_TRY(mine__scoring_ready(s));
  if (!slices_open_part(s, &run.part)) return mine_env_status(s->env);
  mine__text_open(&run.few.text, s->arena);
  MINE_TRY(mine__slices_each(s, s->remembered.n, s->remembered.slice, slices_one, &run));
  mine__short_slices_tell(&run.few, s, job, classes ? "rows of a class" : "rows",
                          classes ? "measures by class" : "measures");
  return mine_env_status(s->env);
}
