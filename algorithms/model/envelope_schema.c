/*
** envelope_schema.c -- what a model reads and what it says, as bytes and back.
**
**   attributes   name, why, reading (of dates, of numerals), type, statistics or levels
**   columns      of an event list: what for, name, reading
**   outputs      names of the numbers it says
**   groups       classes (sorted, when there is a target) or clusters; the positive class
**
** The layout around it, and what is believed of bytes: envelope.c.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "envelope.h"

/* ---- what both sides are made of ------------------------------------------------------ */

void mine__write_values(mine_writer *w, const mine_values *values) {
  mine__write_u64(w, (uint64_t)values->n);
  for (int64_t i = 0; i < values->n; i++) {
    mine_cell cell;
    mine__values_get(values, i, &cell);
    mine__write_cell(w, &cell);
  }
}

/* Every cell takes at least one byte of the file. */
void mine__read_values(mine_reader *r, mine_values *values, int strictly_rising) {
  const size_t n = mine__read_list(r, r->name, 1);
  mine_cell last = {MINE_NULL, 0, {0}};
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    mine_cell cell;
    mine__read_cell(r, &cell);
    if (!mine__reader_ok(r)) return;
    if (cell.type == MINE_BLOB || (cell.type == MINE_REAL && !isfinite(cell.as.real)))
      mine__reader_bad(r, "a value");
    if (strictly_rising &&
        (cell.type == MINE_NULL || (i > 0 && mine__cell_compare(&last, &cell) >= 0)))
      mine__reader_bad(r, "the order of the values");
    if (!mine__values_push(values, &cell)) mine__reader_bad(r, "memory");
    last = cell;
  }
  mine__read_close(r);
}

const char *mine__read_name(mine_reader *r, const char *what) {
  const char *name = mine__read_string(r);
  if (mine__reader_ok(r) && (!name || !*name)) mine__reader_bad(r, what);
  return name ? name : "";
}

/* ---- writing -------------------------------------------------------------------------- */

/* How a column's cells are read: as times, as numbers that are not plain, or plainly. */
static void schema_write_reading(mine_writer *w, const mine_time_reading *time,
                                 const mine_numerals *numerals) {
  mine_text text;
  mine__text_open(&text, mine__arena_env(w->text.arena)->scratch);
  if (time) mine__time_reading_text(time, &text);
  if (time && numerals) mine__text_adds(&text, "\n");
  mine__numerals_text(numerals, &text);
  mine__write_string(w, text.bytes ? text.data : NULL);
}

static void schema_write_feature(mine_writer *w, const mine_feature *feature) {
  mine__write_string(w, feature->name);
  mine__write_string(w, feature->why);
  schema_write_reading(w, feature->time, feature->numerals);
  mine__write_u8(w, (uint8_t)feature->type);
  mine__write_u8(w, (uint8_t)(feature->all_integers != 0));
  mine__write_i64(w, feature->missing);
  if (feature->type == MINE_COLUMN_CATEGORY) {
    mine__write_values(w, &feature->levels.values);
  } else {
    mine__write_real(w, feature->least);
    mine__write_real(w, feature->most);
    mine__write_real(w, feature->mean);
    mine__write_real(w, feature->deviation);
  }
}

void mine__write_schema(mine_writer *w, const mine_model *model) {
  mine__write_u64(w, (uint64_t)model->n_features);
  for (int f = 0; f < model->n_features; f++)
    schema_write_feature(w, &model->feature[f]);
  mine__write_u64(w, (uint64_t)model->n_reads);
  for (int i = 0; i < model->n_reads; i++) {
    mine__write_string(w, model->read[i].want);
    mine__write_string(w, model->read[i].column);
    mine__write_string(w, model->read[i].reading);
  }
  mine__write_u64(w, (uint64_t)model->n_outputs);
  for (int o = 0; o < model->n_outputs; o++)
    mine__write_string(w, model->output_name[o]);
  mine__write_values(w, &model->groups);
  mine__write_i32(w, model->positive);
  mine__write_real(w, isnan(model->after.threshold) ? (double)NAN : model->after.threshold);
  schema_write_reading(w, NULL, model->roles.target_numerals);
  schema_write_reading(w, NULL, model->roles.weight_numerals);
}

/* ---- reading -------------------------------------------------------------------------- */

/* least..deviation may be NaN (an attribute that had no value), never infinite. */
static double schema_read_statistic(mine_reader *r) {
  const double v = mine__read_real(r);
  if (isinf(v)) mine__reader_bad(r, "a statistic");
  return v;
}

/* A reading of times, one of numerals, or both on lines of their own. */
static void schema_read_reading(mine_reader *r, const mine_time_reading **to_time,
                                const mine_numerals **to_numerals) {
  const char *text = mine__read_string(r);
  if (!text) return;
  mine_numerals *numerals = mine__arena_array(r->arena, 1, sizeof *numerals);
  mine_time_reading *time = mine__arena_array(r->arena, 1, sizeof *time);
  if (!numerals || !time) return;
  const char *rest = text;
  if (!mine__numerals_parse(r->arena, text, numerals)) {
    const size_t bytes = strcspn(text, "\n");
    if (!mine__time_reading_parse(text, bytes, time))
      mine__reader_bad(r, "how a column's dates are written");
    *to_time = time;
    rest = text[bytes] ? text + bytes + 1 : NULL;
    if (rest && !mine__numerals_parse(r->arena, rest, numerals))
      mine__reader_bad(r, "how a column's numbers are written");
  }
  if (rest) *to_numerals = numerals;
}

/* Of a column that is no attribute, and no time. */
static void schema_read_numerals(mine_reader *r, const mine_numerals **to) {
  const mine_time_reading *time = NULL;
  schema_read_reading(r, &time, to);
  if (time) mine__reader_bad(r, "how a column's numbers are written");
}

static void schema_read_feature(mine_reader *r, mine_feature *feature) {
  feature->name = mine__read_string(mine__called(r, "name"));
  if (mine__reader_ok(r) && !feature->name) mine__reader_bad(r, "a feature's name");
  feature->why = mine__read_string(mine__called(r, "why"));
  if (!feature->why) feature->why = "";
  if (r->format > 1)
    schema_read_reading(mine__called(r, "reading"), &feature->time, &feature->numerals);
  static const char *const types[] = {"empty", "number", "category", NULL};
  const uint8_t type = mine__read_u8(mine__worded(r, "type", types));
  feature->all_integers = mine__read_u8(mine__called(r, "integers")) != 0;
  feature->missing = mine__read_i64(mine__called(r, "missing"));
  if (feature->missing < 0) mine__reader_bad(r, "a feature's missing count");
  if (type != MINE_COLUMN_NUMERIC && type != MINE_COLUMN_CATEGORY)
    mine__reader_bad(r, "a feature's type");
  if (type != MINE_COLUMN_NUMERIC && feature->time) mine__reader_bad(r, "a feature's dates");
  if (!mine__reader_ok(r) || !mine__dictionary_open(&feature->levels, r->arena)) return;
  feature->type = (mine_column_type)type;
  if (type == MINE_COLUMN_CATEGORY) {
    feature->least = feature->most = feature->mean = feature->deviation = NAN;
    mine__read_values(mine__called(r, "levels"), &feature->levels.values, 1);
    if (mine__reader_ok(r) && !mine__dictionary_rebuild(&feature->levels))
      mine__reader_bad(r, "memory");
  } else {
    feature->least = schema_read_statistic(mine__called(r, "least"));
    feature->most = schema_read_statistic(mine__called(r, "most"));
    feature->mean = schema_read_statistic(mine__called(r, "mean"));
    feature->deviation = schema_read_statistic(mine__called(r, "deviation"));
  }
}

#define SCHEMA_LEAST_FEATURE 26 /* bytes: two strings, type, flag, missing, a count */

static void schema_read_features(mine_reader *r, mine_model *model) {
  const size_t n = mine__read_list(r, "features", SCHEMA_LEAST_FEATURE);
  if (n > INT32_MAX || (n < 1 && r->format == 1)) mine__reader_bad(r, "the number of features");
  if (!mine__reader_ok(r)) return;
  model->feature = mine__arena_zeros(r->arena, n, sizeof *model->feature);
  mine_dictionary names;
  if (!model->feature || !mine__dictionary_open(&names, r->env->scratch)) return;
  for (size_t f = 0; f < n && mine__reader_ok(r); f++) {
    mine__read_open(r, NULL);
    schema_read_feature(r, &model->feature[f]);
    mine__read_close(r);
    if (!mine__reader_ok(r)) return;
    mine_cell name = {MINE_TEXT, strlen(model->feature[f].name), {0}};
    name.as.text = model->feature[f].name;
    if (mine__dictionary_add(&names, &name) != (int64_t)f)
      mine__reader_bad(r, "a feature's name, which is there twice");
    model->n_features = (int)f + 1;
  }
  mine__read_close(r);
}

#define SCHEMA_LEAST_READ   12 /* bytes: three strings */
#define SCHEMA_LEAST_OUTPUT 4

static void schema_read_columns(mine_reader *r, mine_model *model) {
  const size_t n = mine__read_list(r, "columns", SCHEMA_LEAST_READ);
  if (n > INT32_MAX) mine__reader_bad(r, "the number of columns");
  if (!mine__reader_ok(r)) return;
  if (n > 0) model->read = mine__arena_zeros(r->arena, n, sizeof *model->read);
  if (n > 0 && !model->read) return;
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    mine__read_open(r, NULL);
    model->read[i].want = mine__read_name(mine__called(r, "for"), "what a column is for");
    model->read[i].column = mine__read_name(mine__called(r, "name"), "a column's name");
    model->read[i].reading = mine__read_string(mine__called(r, "reading"));
    mine__read_close(r);
    model->n_reads = (int)i + 1;
  }
  mine__read_close(r);
}

static void schema_read_outputs(mine_reader *r, mine_model *model) {
  const size_t n = mine__read_list(r, "outputs", SCHEMA_LEAST_OUTPUT);
  if (n > INT32_MAX) mine__reader_bad(r, "the number of outputs");
  if (!mine__reader_ok(r)) return;
  if (n > 0) model->output_name = mine__arena_zeros(r->arena, n, sizeof *model->output_name);
  if (n > 0 && !model->output_name) return;
  for (size_t o = 0; o < n && mine__reader_ok(r); o++) {
    model->output_name[o] = mine__read_name(r, "an output's name");
    model->n_outputs = (int)o + 1;
  }
  mine__read_close(r);
}

/* Until format 2 a regression had its target for its one output. */
static void schema_old_output(mine_model *model) {
  if (model->task != MINE_REGRESSION) return;
  model->output_name = &model->roles.target;
  model->n_outputs = 1;
}

/* Classes are sorted and all there; clusters have names, or some have, or none. */
static void schema_read_groups(mine_reader *r, mine_model *model) {
  const int classes = model->roles.target != NULL;
  mine__read_values(mine__called(r, "groups"), &model->groups, classes);
  model->positive = mine__read_i32(mine__called(r, "positive"));
  const int64_t n = model->groups.n;
  if (n > INT32_MAX || (classes && n == 1)) mine__reader_bad(r, "the number of classes");
  if (model->positive < -1 || model->positive >= n) mine__reader_bad(r, "the positive class");
  model->n_groups = (int)n;
}

/* The threshold of two classes, and how the target and the weight are written. */
static void schema_read_target(mine_reader *r, mine_model *model) {
  const int two = model->roles.target && model->n_groups == 2 && model->positive >= 0;
  model->after.threshold = mine__read_real(mine__called(r, "threshold"));
  if (!isnan(model->after.threshold) &&
      !(two && model->after.threshold >= 0 && model->after.threshold <= 1))
    mine__reader_bad(r, "the threshold");
  schema_read_numerals(mine__called(r, "target_reading"), &model->roles.target_numerals);
  schema_read_numerals(mine__called(r, "weight_reading"), &model->roles.weight_numerals);
}

/* What the tasks that we know promise; of others the kind must say what it can. */
static const char *schema_check(const mine_model *model) {
  const int target = model->roles.target != NULL, groups = model->n_groups > 0;
  switch (model->task) {
    case MINE_CLASSIFICATION:
      return !target ? "the target" : !groups ? "the number of classes" : NULL;
    case MINE_SURVIVAL:
    case MINE_REGRESSION:
      if (!target || model->n_outputs == 0) return "the target";
      return groups ? "the number of classes" : NULL;
    case MINE_CLUSTERING:
      return target ? "the target" : model->n_outputs > 0 ? "the number of outputs" : NULL;
    case MINE_NEIGHBORS:
      if (target) return "the target";
      return groups                 ? "the number of classes"
             : model->n_outputs > 0 ? "the number of outputs"
                                    : NULL;
    case MINE_COMPONENTS:
      if (target) return "the target";
      return groups                  ? "the number of classes"
             : model->n_outputs == 0 ? "the number of outputs"
                                     : NULL;
    case MINE_UPLIFT:
      if (target) return "the target";
      return groups                  ? "the number of classes"
             : model->n_outputs != 1 ? "the number of outputs"
                                     : NULL;
    case MINE_PURCHASES:
    case MINE_RECOMMENDATION:
    case MINE_FORECASTING:
      if (target) return "the target";
      return groups                 ? "the number of classes"
             : model->n_outputs > 0 ? "the number of outputs"
                                    : NULL;
  }
  return NULL;
}

void mine__read_schema(mine_reader *r, mine_model *model) {
  if (mine__reader_ok(r)) schema_read_features(r, model);
  if (mine__reader_ok(r) && r->format > 1) schema_read_columns(r, model);
  if (mine__reader_ok(r) && r->format > 1) schema_read_outputs(r, model);
  if (mine__reader_ok(r) && r->format == 1) schema_old_output(model);
  if (mine__reader_ok(r)) schema_read_groups(r, model);
  if (mine__reader_ok(r) && r->format > 1) schema_read_target(r, model);
  const char *problem = mine__reader_ok(r) ? schema_check(model) : NULL;
  if (problem) mine__reader_bad(r, problem);
}
