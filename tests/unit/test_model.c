/*
** test_model.c -- models as bytes and back: nothing is lost, nothing damaged is
** believed; the parts, texts and the scalar call of a model.
**
** Damage is done twice: as it comes (the checksum must notice every flipped
** bit) and with the checksum recomputed (the structural checks stand alone:
** loading fails, or the model loads and can be scored without harm; the
** sanitizers watch).
*/
#include "jobs_fixture.h"
#include "slow_fixture.h"

#include "../seal.h"
#include "load_fixture.h"
#include "verb_fixture.h"

static mine_model *copy_of(const mine_model *model) {
  const void *bytes;
  size_t n;
  mine_model *copy;
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  assert_int_equal(mine_model_load(env, bytes, n, &copy), MINE_OK);
  return copy;
}

static void same_relation(const mine_model *a, const mine_model *b, const char *part) {
  mine_relation *x = NULL, *y = NULL;
  const mine_status status = verb_list(env, a, part, &x);
  if (status) {
    (void)close_env(NULL);
    (void)open_env(NULL);
    assert_int_equal(verb_list(env, b, part, &y), status);
    (void)close_env(NULL);
    (void)open_env(NULL);
    return;
  }
  assert_int_equal(verb_list(env, b, part, &y), MINE_OK);
  const int summary = strcmp(part, "mine_summary") == 0; /* seconds stay behind */
  assert_int_equal(mine_relation_rows(x) - summary, mine_relation_rows(y));
  assert_int_equal(mine_relation_columns(x), mine_relation_columns(y));
  for (int64_t i = 0; i < mine_relation_rows(y); i++) {
    for (int c = 0; c < mine_relation_columns(y); c++) {
      mine_cell p, q;
      char one[MINE_SHOW_BYTES], other[MINE_SHOW_BYTES];
      mine_relation_cell(x, i, c, &p);
      mine_relation_cell(y, i, c, &q);
      assert_int_equal(p.type, q.type);
      assert_string_equal(mine__show_cell(one, &p), mine__show_cell(other, &q));
    }
  }
  mine_relation_free(x);
  mine_relation_free(y);
}

typedef struct kind_case {
  const char *algorithm, *options;
} kind_case;

static const kind_case kinds[] = {
    {"tree", "target=churn, positive=no, max_depth=3"},
    {"tree", "target=spend, ignore=churn, max_depth=3"},
    {"kmeans", "k=3"},
    {"knn", "target=churn, k=3"},
    {"knn", "k=2"},
};
#define N_KINDS (sizeof kinds / sizeof kinds[0])

static mine_model *case_model(size_t i, int rows) {
  char *table = fixture_customers(rows, 0);
  mine_model *model = must_train(kinds[i].algorithm, kinds[i].options, table);
  free(table);
  return model;
}

/* ---- nothing is lost ---------------------------------------------------------------- */

static void a_model_survives_its_bytes(void **state) {
  (void)state;
  static const char *const parts[] = {"mine_summary",      "mine_evaluate", "mine_confusion",
                                      "mine_centroids",    "mine_tree",     "mine_importance",
                                      "mine_coefficients", "mine_nonsense"};
  for (size_t i = 0; i < N_KINDS; i++) {
    mine_model *model = case_model(i, 200), *copy = copy_of(model);
    for (int t = MINE_MODEL_ALGORITHM; t <= MINE_MODEL_REPORT; t++) {
      const char *a = mine_model_get_text(model, (mine_model_text)t);
      const char *b = mine_model_get_text(copy, (mine_model_text)t);
      assert_int_equal(a == NULL, b == NULL);
      if (a) assert_string_equal(a, b);
    }
    assert_int_equal(mine_model_rows(model), mine_model_rows(copy));
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++)
      same_relation(model, copy, parts[p]);
    const void *x, *y;
    size_t n, m;
    assert_int_equal(mine_model_bytes(env, model, &x, &n), MINE_OK);
    assert_int_equal(mine_model_bytes(env, copy, &y, &m), MINE_OK);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    mine_model_free(model);
    mine_model_free(copy);
  }
}

static void a_model_outlives_its_environment(void **state) {
  (void)state;
  mine_model *model = case_model(0, 200);
  const void *bytes;
  size_t n;
  (void)close_env(NULL);
  (void)open_env(NULL);
  mine_model_retain(model);
  mine_model_free(model); /* one reference is left */
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  assert_true(n > MINE_MODEL_HEADER);
  mine_model_free(model);
}

/* ---- what a model says --------------------------------------------------------------- */

static void texts_are_as_promised(void **state) {
  (void)state;
  mine_model *model = case_model(0, 2000);
  mine_cell positive;
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_ALGORITHM), "tree");
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_TASK), "classification");
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_TARGET), "churn");
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_ID), "id");
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_FEATURES),
                      "[\"age\",\"spend\",\"plan\"]");
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_OPTIONS),
                      "max_depth=3, target=churn, positive=no");
  const char *report = mine_model_get_text(model, MINE_MODEL_REPORT);
  assert_int_equal(strncmp(report, "tree on 2000 rows, auc 0.", 25), 0);
  assert_non_null(strstr(report, "held-out rows; id: id (first column); no warnings"));
  assert_true(strlen(report) <= 262); /* 300 with the model's name */
  mine_model_positive(model, &positive);
  assert_memory_equal(positive.as.text, "no", 2);
  must_note(model, "option|max_depth", "3");
  must_note(model, "option|holdout", "0.2");
  must_note(model, "feature|plan", "category");
  mine_model_free(model);
}

/* The options a model remembers can be given again and make the same model. */
static void options_can_be_given_again(void **state) {
  (void)state;
  const char *table = "a id,x,\"q\",y z;1,5,a|b,no;2,6,c,yes;3,7,d,no;4,1,e,yes;5,2,e,no";
  mine_model *a = must_train("tree",
                             "{\"target\":\"y z\", \"id\":\"a id\", \"ignore\":[\"\\\"q\\\"\"], "
                             "\"holdout\":0, \"threads\":2, \"positive\":\"no\"}",
                             table);
  mine_model *b = must_train("tree", mine_model_get_text(a, MINE_MODEL_OPTIONS), table);
  assert_null(strstr(mine_model_get_text(a, MINE_MODEL_OPTIONS), "threads"));
  const void *x, *y;
  size_t n, m;
  assert_int_equal(mine_model_bytes(env, a, &x, &n), MINE_OK);
  assert_int_equal(mine_model_bytes(env, b, &y, &m), MINE_OK);
  assert_int_equal(n, m);
  assert_memory_equal(x, y, n);
  mine_model_free(a);
  mine_model_free(b);
}

static void a_part_that_is_not_there_is_refused(void **state) {
  (void)state;
  mine_model *model = case_model(2, 100);
  mine_relation *r;
  assert_int_equal(verb_list(env, model, "mine_tree", &r), MINE_UNSUPPORTED);
  must_say("a kmeans model (prototypes) has no tree; it has mine_summary, mine_centroids");
  (void)close_env(NULL);
  (void)open_env(NULL);
  assert_int_equal(verb_list(env, model, "mine_confusion", &r), MINE_UNSUPPORTED);
  must_say("for this clustering model (kmeans) use mine_evaluate");
  mine_model_free(model);
}

static void the_call_can_be_pasted(void **state) {
  (void)state;
  mine_model *model =
      must_train("kmeans", "k=1", "id,it's,say \"x\";1,1,5;2,2,6;3,1,7;4,50,8;5,51,1");
  const char *text;
  assert_int_equal(verb_write(env, model, "CALL", "o'hara", &text), MINE_OK);
  assert_string_equal(text,
                      "mine_predict('o''hara', 'it''s', \"it's\", 'say \"x\"', \"say \"\"x\"\"\")");
  mine_model_free(model);
  char table[4096] = "id";
  for (int f = 0; f < 64; f++)
    sprintf(table + strlen(table), ",f%d", f);
  for (int i = 0; i < 3; i++) {
    sprintf(table + strlen(table), ";%d", i);
    for (int f = 0; f < 64; f++)
      sprintf(table + strlen(table), ",%d", i * (f + 1));
  }
  model = must_train("kmeans", "k=1", table);
  assert_int_equal(verb_write(env, model, "call", "m", &text), MINE_OK);
  assert_int_equal(strncmp(text,
                           "mine_predict('m', (SELECT json_group_object(k, v) FROM (SELECT 'f0' "
                           "AS k, \"f0\" AS v UNION ALL VALUES ('f1', \"f1\"), ('f2', \"f2\")",
                           110),
                   0);
  assert_int_equal(verb_write(env, model, "pmm", "m", &text), MINE_OPTION);
  must_say("there is no format 'pmm'; the formats are: call");
  assert_null(text);
  mine_model_free(model);
}

/* ---- nothing damaged is believed ----------------------------------------------------------- */

/* Use a model that loaded in spite of damage, in every way there is. */
static void use(const mine_model *model) {
  static const char *const parts[] = {"mine_summary",   "mine_evaluate", "mine_confusion",
                                      "mine_centroids", "mine_tree",     "mine_importance"};
  mine_env *other;
  for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
    mine_relation *r;
    assert_int_equal(mine_env_open(NULL, "use", &other), MINE_OK);
    if (verb_list(other, model, parts[p], &r) == MINE_OK) mine_relation_free(r);
    mine_env_close(other);
  }
  static unsigned turn; /* a form each time: they take longer than all else */
  const char *text;
  assert_int_equal(mine_env_open(NULL, "use", &other), MINE_OK);
  if (verb_write(other, model, mine__formats[turn++ % (2 * MINE_FORMATS) / 2].name, "m", &text) ==
      MINE_OK)
    assert_non_null(text);
  mine_env_close(other);
  mine_scoring *scoring;
  assert_int_equal(mine_env_open(NULL, "use", &other), MINE_OK);
  if (verb_scoring_open(other, model, MINE_SCORE_ROWS, "threads=1", &scoring) == MINE_OK) {
    mine_frame *frame = mine_scoring_frame(scoring);
    mine_cell cell;
    if (fixture_fill(frame, "id,age,spend,plan,churn;1,20,10.5,gold,no;2,,,,;3,70,900.5,x,yes",
                     0) == MINE_OK &&
        mine__scoring_run(scoring) == MINE_OK) {
      for (int64_t i = 0; i < 3; i++) {
        for (int c = 0; c <= verb_column("unknown"); c++)
          mine__scoring_cell(scoring, i, c, &cell);
      }
    }
    mine_scoring_close(scoring);
  }
  mine_env_close(other);
}

static uint8_t *small_bytes(size_t i, size_t *n) {
  mine_model *model = case_model(i, 40);
  const void *bytes;
  assert_int_equal(mine_model_bytes(env, model, &bytes, n), MINE_OK);
  uint8_t *copy = malloc(*n);
  memcpy(copy, bytes, *n);
  mine_model_free(model);
  return copy;
}

static void every_flipped_bit_is_noticed(void **state) {
  (void)state;
  size_t n;
  uint8_t *bytes = small_bytes(0, &n);
  assert_true(try_load(bytes, n, use));
  for (size_t i = 0; i < n; i++) {
    bytes[i] ^= (uint8_t)(1u << (i % 8));
    assert_false(try_load(bytes, n, use));
    bytes[i] ^= (uint8_t)(1u << (i % 8));
  }
  for (size_t cut = 0; cut < n; cut += cut < 100 ? 1 : 37)
    assert_false(try_load(bytes, cut, use));
  free(bytes);
}

/* Every byte, three ways, with a checksum that says all is well. */
static void damage_behind_a_good_checksum_does_no_harm(void **state) {
  (void)state;
  for (size_t k = 0; k < N_KINDS; k++) {
    size_t n;
    uint8_t *bytes = small_bytes(k, &n);
    size_t refused = 0;
    for (size_t i = 8; i < n; i += slow_step(3)) {
      if (i >= 24 && i < 32) continue;
      const uint8_t was = bytes[i];
      const uint8_t now[] = {(uint8_t)(was ^ 1), (uint8_t)(was ^ 0x80), 0xff};
      for (size_t d = 0; d < sizeof now; d++) {
        bytes[i] = now[d];
        seal_checksum(bytes, n);
        refused += !try_load(bytes, n, use);
      }
      bytes[i] = was;
    }
    assert_true(refused > n / 10 / slow_step(3));
    /* Cut short, with length and checksum to match. */
    for (size_t cut = 32; cut < n; cut += 1 + cut / 64) {
      uint8_t *part = malloc(cut);
      memcpy(part, bytes, cut);
      seal_model(part, cut);
      assert_false(try_load(part, cut, use));
      free(part);
    }
    free(bytes);
  }
}

/* Four bytes at once: counts of billions. */
static void huge_counts_take_no_memory(void **state) {
  (void)state;
  for (size_t k = 0; k < N_KINDS; k++) {
    size_t n;
    uint8_t *bytes = small_bytes(k, &n);
    for (size_t i = 32; i + 8 <= n; i += slow_step(3)) {
      uint8_t was[8];
      memcpy(was, bytes + i, 8);
      memset(bytes + i, 0, 8);
      bytes[i + 3] = 0x7f;
      seal_checksum(bytes, n);
      (void)try_load(bytes, n, use);
      bytes[i + 3] = 0;
      bytes[i + 7] = 0x7f;
      seal_checksum(bytes, n);
      (void)try_load(bytes, n, use);
      memcpy(bytes + i, was, 8);
    }
    free(bytes);
  }
}

static void other_bytes_are_named_for_what_they_are(void **state) {
  (void)state;
  size_t n;
  mine_model *model;
  uint8_t *bytes = small_bytes(0, &n);
  assert_int_equal(mine_model_load(env, "hello", 5, &model), MINE_CORRUPT);
  must_say("the bytes are not a model");
  (void)close_env(NULL);
  (void)open_env(NULL);
  assert_int_equal(mine_model_load(env, NULL, 0, &model), MINE_CORRUPT);
  (void)close_env(NULL);
  (void)open_env(NULL);
  bytes[8] = 200; /* a later format */
  seal_checksum(bytes, n);
  assert_int_equal(mine_model_load(env, bytes, n, &model), MINE_CORRUPT);
  must_say("needs sqlite-mine later than");
  (void)close_env(NULL);
  (void)open_env(NULL);
  bytes[8] = 1;
  seal_checksum(bytes, n);
  bytes[40] ^= 1;
  assert_int_equal(mine_model_load(env, bytes, n, &model), MINE_CORRUPT);
  must_say("the model is corrupt (its checksum)");
  free(bytes);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(a_model_survives_its_bytes),
      T(a_model_outlives_its_environment),
      T(texts_are_as_promised),
      T(options_can_be_given_again),
      T(a_part_that_is_not_there_is_refused),
      T(the_call_can_be_pasted),
      T(every_flipped_bit_is_noticed),
      T(damage_behind_a_good_checksum_does_no_harm),
      T(huge_counts_take_no_memory),
      T(other_bytes_are_named_for_what_they_are),
  };
  return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
