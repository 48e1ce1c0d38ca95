/*
** roles_guesses.c -- what was guessed about the columns of an attribute table, in words.
**
** Nothing that changes what is learned is guessed in silence: texts that were read as
** numbers, words that were taken for missing, categories whose values are almost all
** numbers, numbers that look like codes.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/radix.h"
#include "../core/text.h"
#include "roles.h"

/* ---- how numbers and missing values are written ------------------------------------- */

/* A list of the options as texts; NULL: failure recorded. */
static const char **guesses_texts(const mine_roles *roles, const mine_list *list) {
  mine_arena *scratch = roles->env->scratch;
  const char **out = mine__arena_zeros(scratch, list->n + 1, sizeof *out);
  for (size_t i = 0; out && i < list->n; i++) {
    mine_text text;
    double number;
    mine__text_open(&text, scratch);
    mine__text_add_cell(&text, &list->item[i]);
    out[i] = text.bytes ? text.data : "";
    if (mine__read_decimal(out[i], strlen(out[i]), &number)) {
      (void)mine__fail(roles->env, MINE_OPTION,
                       "na=%s is a number, which may be a value; write NULLIF(column, %s) in the "
                       "source",
                       out[i], out[i]);
      return NULL;
    }
  }
  return out;
}

mine_status mine__roles_plan_numerals(mine_roles *roles, mine_frame *frame) {
  const mine_source_options *source = roles->source;
  MINE_TRY(mine_env_status(roles->env));
  mine_numerals *how = mine__arena_zeros(frame->arena, 2, sizeof *how);
  const char **text = guesses_texts(roles, &source->na);
  const char **missing = mine__arena_zeros(frame->arena, source->na.n + 1, sizeof *missing);
  if (!how || !text || !missing) return mine_env_status(roles->env);
  for (size_t i = 0; i < source->na.n; i++)
    missing[i] = mine__arena_text(frame->arena, text[i], strlen(text[i]));
  how[0] = (mine_numerals){
      .comma = source->decimal == 1, .n_missing = (int)source->na.n, .missing = missing};
  how[1] = how[0];
  how[1].marks = 1; /* columns that are declared numeric */
  for (int c = 0; c < frame->n_columns; c++) {
    mine_column *column = &frame->column[c];
    const int declared = column->reading == MINE_READ_NUMBER && !column->want;
    if (c != roles->id) column->numerals = &how[declared];
  }
  return mine_env_status(roles->env);
}

/* ---- words for missing ------------------------------------------------------------------ */

/* "'NA' (80 rows) and '-' (3 rows)", of those that na= names, or of the others. */
static int guesses_list_words(const mine_column *column, int named, mine_text *out) {
  const mine_words *words = column->guess.words;
  int told = 0;
  for (int i = 0; words && i < words->n; i++) {
    const struct mine_word *w = &words->word[i];
    if (mine__numeral_missing(column->numerals, w->text, strlen(w->text)) != named) continue;
    char shown[MINE_SHOW_BYTES];
    const mine_cell cell = {MINE_TEXT, strlen(w->text), {.text = w->text}};
    mine__text_addf(out, "%s%s (%lld row%s)", told++ ? ", " : "", mine__show_cell(shown, &cell),
                    (long long)w->rows, w->rows == 1 ? "" : "s");
  }
  return told;
}

static void guesses_tell_words(const mine_roles *roles, const mine_column *column,
                               mine_roles_note note, void *context) {
  mine_text text;
  for (int named = 0; named < 2; named++) {
    mine__text_open(&text, roles->env->scratch);
    mine__text_adds(&text, "has ");
    if (!guesses_list_words(column, named, &text)) continue;
    mine__text_adds(
        &text, named ? ", taken as missing as na= says" : ", taken as missing; say so with na=");
    if (!text.failed) note(context, named ? "missing" : "warning", column->name, text.data);
  }
}

/* ---- numbers that were text --------------------------------------------------------------- */

void mine__roles_tell_numbers(const mine_roles *roles, const mine_column *column,
                              mine_roles_note note, void *context) {
  mine_text text;
  if (column->type != MINE_COLUMN_NUMERIC || column->time || !column->from_text) return;
  mine__text_open(&text, roles->env->scratch);
  mine__text_adds(&text, "text read as numbers");
  if (column->guess.marks) {
    mine__text_adds(&text, ", with ");
    mine__numeral_say(column->guess.marks, &text);
  }
  if (!text.failed) note(context, "numbers", column->name, text.data);
}

/* What would make a number of a column of texts. */
static void guesses_remedy(const mine_almost *almost, const char *name, mine_text *out) {
  const int comma = (almost->marks & MINE_MARK_COMMA) != 0;
  const int others =
      (almost->marks & ~(unsigned)(MINE_MARK_COMMA | (comma ? MINE_MARK_GROUP : 0))) != 0;
  const char *between = "";
  char shown[MINE_SHOW_BYTES];
  if (almost->odd.type != MINE_NULL) {
    mine__text_addf(out, "clean %s, or name it with na=", mine__show_cell(shown, &almost->odd));
    between = ", and say ";
  } else {
    mine__text_adds(out, "say ");
  }
  if (comma) {
    mine__text_addf(out, "%sdecimal=comma", between);
    between = " and ";
  }
  if (others) mine__text_addf(out, "%snumeric=%.60s", between, name);
  if (!comma && !others && almost->odd.type == MINE_NULL)
    mine__text_addf(out, "numeric=%.60s", name);
}

static int guesses_same(const mine_cell *a, const mine_cell *b) {
  return a->type == MINE_TEXT && b->type == MINE_TEXT && a->bytes == b->bytes &&
         memcmp(a->as.text, b->as.text, a->bytes) == 0;
}

void mine__roles_say_almost(const mine_almost *almost, const char *name, const char *what,
                            mine_text *out) {
  char shown[MINE_SHOW_BYTES];
  mine__text_addf(out, "%s: ", what);
  guesses_remedy(almost, name, out);
  mine__text_addf(out, "; %lld of its %lld values read as numbers (%s%s",
                  (long long)almost->numbers, (long long)almost->values,
                  guesses_same(&almost->first, &almost->odd) ? "not so " : "",
                  mine__show_cell(shown, &almost->first));
  if (almost->row > 0) mine__text_addf(out, " in row %lld", (long long)almost->row);
  mine__text_adds(out, ")");
}

const char *mine__roles_almost(const mine_roles *roles, const mine_column *column,
                               const char *what) {
  const mine_almost *almost = column->guess.almost;
  mine_text text;
  if (!almost || column->reading == MINE_READ_CATEGORY) return NULL;
  mine__text_open(&text, roles->env->scratch);
  mine__roles_say_almost(almost, column->name, what, &text);
  return text.failed ? NULL : text.data;
}

const char *mine__roles_almost_any(const mine_roles *roles, const mine_frame *frame) {
  mine_text text;
  mine__text_open(&text, roles->env->scratch);
  for (int c = 0; c < frame->n_columns && text.bytes == 0; c++) {
    const mine_column *column = &frame->column[c];
    const char *almost = c == roles->id ? NULL : mine__roles_almost(roles, column, "is text");
    if (almost) mine__text_addf(&text, "; '%.60s' %s", column->name, almost);
  }
  return text.bytes && !text.failed ? text.data : "";
}

static void guesses_tell_almost(const mine_roles *roles, const mine_column *column,
                                mine_roles_note note, void *context) {
  if (column->type != MINE_COLUMN_CATEGORY || column->want) return;
  const char *almost = mine__roles_almost(roles, column, "is a category");
  if (almost) note(context, "warning", column->name, almost);
}

/* ---- numbers that are codes ------------------------------------------------------------------ */

#define GUESSES_FEW_ROWS  20
#define GUESSES_LOOK      1024 /* rows that are looked at first                     */
#define GUESSES_TELEPHONE 1e8  /* numbers of nine digits and more                   */
#define GUESSES_CODES     100  /* different ones that a column called so may repeat */
#define GUESSES_PAIRS     4.0  /* equal pairs that chance would have made, at least */
#define GUESSES_SPARSE    20.0 /* a counter leaves out fewer numbers than that      */

/* How many different values the first rows have; *n have a value at all. */
static int64_t guesses_distinct(const mine_roles *roles, const mine_column *column, int64_t rows,
                                int64_t *n) {
  mine_arena *scratch = roles->env->scratch;
  const mine_mark mark = mine__arena_mark(scratch);
  double *value = mine__arena_array(scratch, (size_t)rows, sizeof *value);
  mine_pair *order = mine__arena_array(scratch, (size_t)rows, sizeof *order);
  mine_pair *temp = mine__arena_array(scratch, (size_t)rows, sizeof *temp);
  *n = 0;
  if (!value || !order || !temp) return 0;
  for (int64_t row = 0; row < rows; row++)
    if (!isnan(column->number[row])) value[(*n)++] = column->number[row];
  const int64_t distinct = mine__sort_reals(value, NULL, *n, order, temp);
  mine__arena_rewind(scratch, mark);
  return distinct;
}

/* Whether the column only rises, or only falls, from row to row, in equal steps or in small ones:
** a row number does, also of a file of which rows were taken out.  Sales in the order of their
** dates may rise in each row, too, but by steps that leave out almost every number. */
static int guesses_counts(const mine_column *column, int64_t rows) {
  int up = 0, down = 0, equal = 1;
  int64_t n = 0;
  double last = NAN, step = NAN;
  for (int64_t row = 0; row < rows && !(up && down); row++) {
    const double v = column->number[row];
    if (isnan(v)) continue;
    if (v == last) return 0;
    up |= v > last;
    down |= v < last;
    if (!isnan(step) && v - last != step) equal = 0;
    if (!isnan(last)) step = v - last;
    last = v;
    n++;
  }
  return up != down && (equal || column->most - column->least < GUESSES_SPARSE * (double)n);
}

/* Whether n different whole numbers are more than chance: n numbers drawn from that range would
** have n^2 / (2 range) equal pairs among them.  Amounts of a few rows may well all differ; numbers
** that were given out one to a row never meet. */
static int guesses_never_meet(const mine_column *column, int64_t n) {
  const double range = column->most - column->least + 1;
  return (double)n * (double)n >= 2 * GUESSES_PAIRS * range;
}

/* customer_id, AccountNo, phone, 编号: what a code is called. */
static int guesses_called_code(const char *name) {
  static const char *const ends[] = {"id",    "_no",    "number", "_nr",  "code",    "key",
                                     "phone", "mobile", "zip",    "uuid", "account", "No",
                                     "编号",  "号码",   "账号",   "手机", "电话",    NULL};
  static const char *const words[] = {"paid",   "laid",  "grid",  "hybrid", "void",
                                      "valid",  "covid", "solid", "rapid",  "fluid",
                                      "liquid", "humid", "acid",  NULL};
  const size_t n = strlen(name);
  for (int i = 0; words[i]; i++) {
    const size_t m = strlen(words[i]);
    if (n >= m && mine__same_word(name + n - m, words[i])) return 0;
  }
  for (int i = 0; ends[i]; i++) {
    const size_t m = strlen(ends[i]);
    if (n < m) continue;
    const int cased = strcmp(ends[i], "No") == 0;
    if (cased ? strcmp(name + n - m, ends[i]) == 0 : mine__same_word(name + n - m, ends[i])) {
      return 1;
    }
  }
  return mine__same_word(name, "index") || mine__same_word(name, "row_index");
}

static void guesses_tell_code(const mine_roles *roles, const mine_frame *frame,
                              const mine_column *column, mine_roles_note note, void *context) {
  char text[200];
  int64_t n, distinct;
  const int64_t rows = frame->rows, look = rows < GUESSES_LOOK ? rows : GUESSES_LOOK;
  if (column->type != MINE_COLUMN_NUMERIC || column->reading != MINE_READ_AUTO || column->time ||
      !column->all_integers || rows - column->missing < GUESSES_FEW_ROWS)
    return;
  const int named = guesses_called_code(column->name);
  const int called = named || column->least >= GUESSES_TELEPHONE;
  distinct = guesses_distinct(roles, column, look, &n);
  if (distinct < (called ? GUESSES_FEW_ROWS / 2 : n)) return;
  if (guesses_counts(column, rows)) {
    snprintf(text, sizeof text,
             "counts from row to row; if it is a row number or a code, ignore=%.60s", column->name);
    note(context, "warning", column->name, text);
    return;
  }
  distinct = guesses_distinct(roles, column, rows, &n);
  if (distinct == n && (called || guesses_never_meet(column, n))) {
    snprintf(text, sizeof text,
             "has another whole number in every row; if it is a code, ignore=%.60s", column->name);
  } else if ((called && 2 * distinct > n) || (named && distinct >= GUESSES_CODES)) {
    snprintf(text, sizeof text,
             "has %lld different whole numbers in %lld rows; if it is a code, ignore=%.60s",
             (long long)distinct, (long long)n, column->name);
  } else {
    return;
  }
  note(context, "warning", column->name, text);
}

/* ---- all of it ----------------------------------------------------------------------------- */

void mine__roles_tell(const mine_roles *roles, const mine_frame *frame, int c, mine_roles_note note,
                      void *context) {
  const mine_column *column = &frame->column[c];
  const mine_mark mark = mine__arena_mark(roles->env->scratch);
  guesses_tell_words(roles, column, note, context);
  if (c != roles->target) mine__roles_tell_numbers(roles, column, note, context);
  guesses_tell_almost(roles, column, note, context);
  if (!column->want) guesses_tell_code(roles, frame, column, note, context);
  mine__arena_rewind(roles->env->scratch, mark);
}
