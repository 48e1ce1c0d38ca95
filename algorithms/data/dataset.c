/*
** dataset.c -- columns as features of a model, and what rows miss of them.
*/
#include "dataset.h"

#include <math.h>
#include <string.h>

#include "split.h"

/* ---- columns as features ------------------------------------------------------------- */

/* A failure of memory is in the environment. */
static void dataset_copy_levels(const mine_values *from, mine_dictionary *to) {
  for (int64_t i = 0; i < from->n; i++) {
    mine_cell cell;
    mine__values_get(from, i, &cell);
    if (mine__dictionary_add(to, &cell) < 0) return;
  }
}

static const mine_time_reading *dataset_time(mine_arena *arena, const mine_time_reading *from) {
  mine_time_reading *time = from ? mine__arena_array(arena, 1, sizeof *time) : NULL;
  if (time) *time = *from;
  return time;
}

const mine_numerals *mine__numerals_copy(mine_arena *arena, const mine_numerals *from) {
  mine_numerals *out = from ? mine__arena_zeros(arena, 1, sizeof *out) : NULL;
  if (!out) return NULL;
  const char **text = mine__arena_zeros(arena, (size_t)from->n_missing + 1, sizeof *text);
  *out = *from;
  out->missing = text;
  for (int i = 0; text && i < from->n_missing; i++)
    text[i] = mine__arena_text(arena, from->missing[i], strlen(from->missing[i]));
  return out;
}

const mine_numerals *mine__numerals_of_column(mine_arena *arena, const mine_column *column) {
  static const mine_numerals plain;
  const mine_numerals *said = column->numerals ? column->numerals : &plain;
  const mine_words *words = column->guess.words;
  const int n_words = words ? words->n : 0, number = column->type == MINE_COLUMN_NUMERIC;
  const int how = number && !column->time && (said->comma || said->marks);
  if (!how && said->n_missing + n_words == 0) return NULL;
  mine_numerals *out = mine__arena_zeros(arena, 1, sizeof *out);
  const char **text =
      mine__arena_array(arena, (size_t)(said->n_missing + n_words) + 1, sizeof *text);
  if (!out || !text) return NULL;
  if (how) *out = (mine_numerals){.comma = said->comma, .marks = said->marks};
  out->missing = text;
  for (int i = 0; i < said->n_missing + n_words; i++) {
    const char *t = i < said->n_missing ? said->missing[i] : words->word[i - said->n_missing].text;
    if (mine__numeral_missing(out, t, strlen(t))) continue;
    text[out->n_missing] = mine__arena_text(arena, t, strlen(t));
    if (!text[out->n_missing++]) return NULL;
  }
  return out;
}

mine_status mine__feature_from_column(mine_env *env, mine_arena *arena, const mine_column *column,
                                      mine_feature *out) {
  *out = (mine_feature){0};
  out->name = mine__arena_text(arena, column->name, strlen(column->name));
  out->why = mine__arena_text(arena, column->why, strlen(column->why));
  out->type = column->type;
  out->all_integers = column->all_integers;
  out->missing = column->missing;
  out->least = column->least;
  out->most = column->most;
  out->mean = column->mean;
  out->deviation = column->deviation;
  if (!out->name || !out->why || !mine__dictionary_open(&out->levels, arena))
    return mine_env_status(env);
  out->numerals = mine__numerals_of_column(arena, column);
  out->time = dataset_time(arena, column->time);
  if (column->type == MINE_COLUMN_CATEGORY) dataset_copy_levels(&column->levels, &out->levels);
  return mine_env_status(env);
}

static const char *dataset_text(mine_arena *arena, const char *text) {
  return text ? mine__arena_text(arena, text, strlen(text)) : NULL;
}

void mine__feature_copy(mine_arena *arena, const mine_feature *from, mine_feature *out) {
  *out = *from;
  out->name = dataset_text(arena, from->name);
  out->why = dataset_text(arena, from->why);
  out->time = dataset_time(arena, from->time);
  out->numerals = mine__numerals_copy(arena, from->numerals);
  if (mine__dictionary_open(&out->levels, arena))
    dataset_copy_levels(&from->levels.values, &out->levels);
}

void mine__view_of_column(const mine_column *column, mine_feature_view *out) {
  out->number = column->type == MINE_COLUMN_NUMERIC ? column->number : NULL;
  out->code = column->type == MINE_COLUMN_CATEGORY ? column->code : NULL;
}

void mine__features_of_columns(mine_env *env, mine_arena *arena, const mine_frame *frame,
                               const int *column, int n, mine_feature **about,
                               mine_feature_view **view) {
  *about = mine__arena_zeros(arena, (size_t)n, sizeof **about);
  *view = mine__arena_zeros(arena, (size_t)n, sizeof **view);
  for (int f = 0; f < n && !mine_failed(env); f++) {
    mine__view_of_column(&frame->column[column[f]], &(*view)[f]);
    (void)!mine__feature_from_column(env, arena, &frame->column[column[f]], &(*about)[f]);
  }
}

void mine__feature_cell(const mine_feature *about, double value, char buffer[MINE_TIME_BYTES],
                        mine_cell *out) {
  if (about->time && mine__time_write(about->time, value, buffer, out)) return;
  *out = (mine_cell){.type = isnan(value) ? MINE_NULL : MINE_REAL, .as = {.real = value}};
}

void mine__feature_bound(const mine_feature *about, double value, mine_text *out) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  if (about->time) {
    const mine_time_step step = about->time->step;
    const double floor = mine__time_floor(value, step);
    if (floor < value) value = mine__time_add(floor, 1, step);
  }
  mine__feature_cell(about, value, buffer, &cell);
  mine__text_add_cell(out, &cell);
}

/* How a feature of this type is read again; one that was empty is not. */
static mine_reading dataset_reading(mine_column_type type) {
  if (type == MINE_COLUMN_NUMERIC) return MINE_READ_NUMBER;
  return type == MINE_COLUMN_CATEGORY ? MINE_READ_CATEGORY : MINE_READ_NOT;
}

const mine_want *mine__wants_of_features(mine_arena *arena, const mine_feature *about, int n) {
  mine_want *want = mine__arena_zeros(arena, (size_t)n + 1, sizeof *want);
  for (int f = 0; want && f < n; f++) {
    const mine_time_reading *time = about[f].time;
    want[f] = (mine_want){.name = about[f].name,
                          .reading = time ? MINE_READ_TIME : dataset_reading(about[f].type),
                          .flags = MINE_WANT_FIXED,
                          .levels = &about[f].levels,
                          .time = time,
                          .numerals = about[f].numerals};
  }
  return want;
}

/* ---- missing values ------------------------------------------------------------------ */

static int dataset_missing(const mine_feature_view *view, int64_t row) {
  if (view->number) return isnan(view->number[row]);
  return !view->code || view->code[row] == MINE_CODE_MISSING;
}

int mine__missing_in_row(const mine_feature_view *feature, int n_features, int64_t row) {
  for (int f = 0; f < n_features; f++)
    if (dataset_missing(&feature[f], row)) return f;
  return -1;
}

/* Column by column, each up to the first row that misses one before. */
int mine__missing_first(const mine_batch *batch, int n_features, int64_t *at) {
  int first = -1;
  *at = batch->n;
  for (int f = 0; f < n_features; f++) {
    int64_t i = 0;
    while (i < *at && !dataset_missing(&batch->feature[f], mine_batch_row(batch, i)))
      i++;
    if (i == *at) continue;
    *at = i;
    first = f;
  }
  return first;
}

/* Salts the seed, so that these rows have nothing to do with those of a holdout. */
#define DATASET_STREAM UINT64_C(0xD1F1DE)

mine_status mine__option_suits(mine_env *env, const char *option, const char *value,
                               int for_classes, int has_classes, const char *instead) {
  if (!for_classes == !has_classes) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    for_classes ? "%s=%s is for classes, and the target is a number "
                                  "(task=regression); %s, or say task=classification"
                                : "%s=%s is for numbers, and the target is a class "
                                  "(task=classification); %s, or say task=regression",
                    option, value, instead);
}

/* The rows of `away` are part 0; rows stand in both lists in the order given. */
static void dataset_mark(const mine_dataset *data, mine_rows away, int32_t *part, int *parts) {
  int64_t next = 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int is_away = next < away.n && (int64_t)away.row[next] == mine_batch_row(&data->rows, i);
    part[i] = is_away ? 0 : -1;
    next += is_away;
  }
  *parts = away.n > 0 && away.n < data->rows.n;
}

mine_status mine__dataset_parts(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                int folds, double share, int32_t **part, int *parts) {
  const int64_t n = data->rows.n;
  const mine_rows rows = {data->rows.row, n};
  const mine_division by = {data->hash, data->seed ^ DATASET_STREAM};
  mine_rows kept, away;
  int64_t groups;
  double from;
  *parts = 0;
  if (folds > 1 && !data->time) {
    *parts = folds;
    if (!data->whole)
      return mine__split_folds(env, arena, rows, by, folds, data->label, data->n_classes, part);
    MINE_TRY(mine__split_whole(env, arena, rows, by, folds, part, &groups));
    if (groups < folds) *parts = groups < 2 ? 0 : (int)groups;
    return MINE_OK;
  }
  *part = mine__arena_array(arena, (size_t)n, sizeof **part);
  if (!*part) return mine_env_status(env);
  if (data->time) {
    MINE_TRY(mine__split_latest(env, arena, rows, data->time, share, &kept, &away, &from));
  } else {
    MINE_TRY(mine__split_holdout(env, arena, rows, by, share, &kept, &away));
  }
  dataset_mark(data, away, *part, parts);
  return MINE_OK;
}
