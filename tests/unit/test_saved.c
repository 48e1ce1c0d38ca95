/*
** test_saved.c -- models saved by earlier versions answer as they did.
**
** tests/golden/models/format1.txt was written by 0.1.0: each model's bytes in
** hexadecimal, what it answered for thirteen rows (the last with gaps and a category
** never seen), and everything it listed.  A line is looked for in what the model says
** now, in order and completely.
*/
#include "jobs_fixture.h"

#include "../seal.h"
#include "model/model.h"
#include "refusing_fixture.h"

#define LINE 4096

static char *saved_line(FILE *file, char *line) {
  if (!fgets(line, LINE, file)) return NULL;
  line[strcspn(line, "\n")] = 0;
  return line;
}

static FILE *saved_open(void) {
  const char *path = MINE_GOLDEN "/models/format1.txt";
  FILE *file = fopen(path, "r");
  if (!file) fail_msg("no %s", path);
  return file;
}

/* ---- what a model says now -------------------------------------------------------------- */

typedef struct said {
  mine_text text; /* lines, each with its first word */
} said;

static void say_cells(said *s, const char *word, const mine_cell *cell, int n) {
  mine__text_addf(&s->text, "%s ", word);
  for (int c = 0; c < n; c++) {
    if (c) mine__text_adds(&s->text, ",");
    mine__text_add_sql(&s->text, &cell[c]);
  }
  mine__text_adds(&s->text, "\n");
}

/* Columns that came later stand behind those that there were; so does what the summary says under
** `keeps`. */
static int saved_columns(const mine_relation *r) {
  static const char *const later[] = {"std_dev", "group_value", "low", "high", "slice"};
  int n = 0;
  for (; n < mine_relation_columns(r); n++)
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
      if (strcmp(mine_relation_column_name(r, n), later[i]) == 0) return n;
  return n;
}

static void put_rows(mine_frame *frame) {
  static const char *const columns[] = {"id", "x", "kind", "y", "label"};
  static const char *const kinds[] = {"red", "green", "blue", "甲"};
  static const char *const labels[] = {"no", "yes"};
  assert_int_equal(mine_frame_columns(frame, columns, 5), MINE_OK);
  for (int i = 0; i < 12; i++) {
    mine_frame_put_int(frame, 0, i + 1);
    if (i % 7 != 3) mine_frame_put_real(frame, 1, (i * 37 % 23) * 0.5 + (i % 2) * 9);
    mine_frame_put_text(frame, 2, kinds[i * 5 % 4], strlen(kinds[i * 5 % 4]));
    mine_frame_put_int(frame, 3, i * i % 17);
    mine_frame_put_text(frame, 4, labels[i % 2], strlen(labels[i % 2]));
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
  }
  mine_frame_put_int(frame, 0, 99);
  mine_frame_put_text(frame, 2, "violet", 6);
  mine_frame_put_int(frame, 3, 3);
  assert_int_equal(mine_frame_end_row(frame), MINE_OK);
}

static void say_rows(said *s, const mine_model *model) {
  mine_scoring *scoring;
  mine_cell cell;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, NULL, &scoring), MINE_OK);
  put_rows(mine_scoring_frame(scoring));
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  for (int64_t row = 0; row < 13; row++) {
    mine_text line; /* a label's spelling lives until the next one */
    mine__text_open(&line, env->scratch);
    for (int c = 0; c <= verb_column("unknown"); c++) {
      mine__scoring_cell(scoring, row, c, &cell);
      if (c) mine__text_adds(&line, ",");
      mine__text_add_sql(&line, &cell);
    }
    mine__text_addf(&s->text, "row %s\n", line.data);
  }
  mine_scoring_close(scoring);
}

static void say_parts(said *s, const mine_model *model) {
  static const char *const verbs[] = {"mine_summary",   "mine_tree",     "mine_importance",
                                      "mine_centroids", "mine_evaluate", "mine_confusion"};
  for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
    mine_env *other;
    mine_relation *r;
    mine_cell cell[16];
    assert_int_equal(mine_env_open(NULL, "list", &other), MINE_OK);
    if (verb_list(other, model, verbs[v], &r) == MINE_OK) {
      for (int64_t i = 0; i < mine_relation_rows(r); i++) {
        for (int c = 0; c < mine_relation_columns(r); c++)
          mine_relation_cell(r, i, c, &cell[c]);
        const int later = cell[0].type == MINE_TEXT && strcmp(cell[0].as.text, "keeps") == 0;
        if (!later) say_cells(s, verbs[v], cell, saved_columns(r));
      }
      mine_relation_free(r);
    }
    mine_env_close(other);
  }
}

static void say_all(said *s, const mine_model *model) {
  mine__text_open(&s->text, env->scratch);
  if (mine__model_gives(model)) say_rows(s, model);
  say_parts(s, model);
  for (int what = MINE_MODEL_ALGORITHM; what <= MINE_MODEL_REPORT; what++) {
    const char *text = mine_model_get_text(model, (mine_model_text)what);
    mine__text_addf(&s->text, "text %s\n", text ? text : "NULL");
  }
}

/* ---- against what it said then ------------------------------------------------------------ */

static int hex(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

static size_t add_bytes(uint8_t *to, const char *digits) {
  size_t n = 0;
  for (; digits[2 * n]; n++)
    to[n] = (uint8_t)(hex(digits[2 * n]) * 16 + hex(digits[2 * n + 1]));
  return n;
}

static void must_be(const char *name, const char *then, const char *now) {
  if (strcmp(then, now) == 0) return;
  size_t line = 0;
  for (size_t i = 0; then[i] && then[i] == now[i]; i++)
    if (then[i] == '\n') line = i + 1;
  fail_msg("%s said\n%.200s\nand now says\n%.200s", name, then + line, now + line);
}

/* Eight bytes of nothing at every place, behind a good checksum; and every allocation of a
** load refused. */
static void damage_to_one(const uint8_t *sound, size_t n) {
  uint8_t *bytes = malloc(n);
  for (size_t i = 32; i + 8 <= n; i++) {
    mine_env *other;
    mine_model *model;
    memcpy(bytes, sound, n);
    memset(bytes + i, 0, 8);
    seal_checksum(bytes, n);
    assert_int_equal(mine_env_open(NULL, "load", &other), MINE_OK);
    const mine_status status = mine_model_load(other, bytes, n, &model);
    assert_true(status == MINE_OK || status == MINE_CORRUPT);
    mine_model_free(model);
    mine_env_close(other);
  }
  free(bytes);
}

static void refusals_of_one(const uint8_t *bytes, size_t n) {
  for (int at = 1, refused = 1; refused; at++) {
    refusing memory;
    mine_model *model;
    mine_env *other = refusing_env(&memory, "load");
    memory.countdown = at;
    const mine_status status = mine_model_load(other, bytes, n, &model);
    refused = memory.refused;
    assert_int_equal(status, refused ? MINE_NOMEM : MINE_OK);
    mine_model_free(model);
    mine_env_close(other);
    assert_true(memory.held == 0);
  }
}

static void one_model(const char *name, const uint8_t *bytes, size_t n, const char *then) {
  mine_model *model, *again;
  said s;
  const void *written, *twice;
  size_t length, second;
  if (mine_model_load(env, bytes, n, &model)) fail_msg("%s: %s", name, mine_env_error(env));
  say_all(&s, model);
  must_be(name, then, s.text.data);
  /* Written by this version it is the same model. */
  assert_int_equal(mine_model_bytes(env, model, &written, &length), MINE_OK);
  assert_int_equal(mine_model_load(env, written, length, &again), MINE_OK);
  say_all(&s, again);
  must_be(name, then, s.text.data);
  assert_int_equal(mine_model_bytes(env, again, &twice, &second), MINE_OK);
  assert_int_equal(second, length);
  assert_memory_equal(written, twice, length);
  mine_model_free(again);
  mine_model_free(model);
  damage_to_one(bytes, n);
  refusals_of_one(bytes, n);
}

static void models_of_format_1_answer_as_they_did(void **state) {
  (void)state;
  static char line[LINE], name[LINE], then[400000];
  static uint8_t bytes[100000];
  size_t n = 0;
  int models = 0;
  FILE *file = saved_open();
  for (char *at = saved_line(file, line); at; at = saved_line(file, line)) {
    if (strncmp(at, "model ", 6) == 0) {
      if (n) one_model(name, bytes, n, then), models++;
      snprintf(name, sizeof name, "%s", at + 6);
      n = 0;
      then[0] = 0;
    } else if (strncmp(at, "bytes ", 6) == 0) {
      n += add_bytes(bytes + n, at + 6);
    } else {
      strcat(strcat(then, at), "\n");
    }
  }
  one_model(name, bytes, n, then), models++;
  fclose(file);
  assert_int_equal(models, 9);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(models_of_format_1_answer_as_they_did),
  };
  return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
