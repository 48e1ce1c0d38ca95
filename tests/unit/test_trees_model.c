/*
** test_trees_model.c -- the model kind trees: scoring, bytes, and what it tells.
**
** Written to be broken by: a row that falls down another path than its tree says,
** a byte that a loader believes, a text that tells another test than the tree
** makes, a published split that is not found again.
*/
#include "tree_fixture.h"

#include "data/relation.h"
#include "verb_fixture.h"

/* ---- scoring --------------------------------------------------------------------- */

static void test_scores_follow_the_tree(void **state) {
  (void)state;
  for (int classes = 0; classes <= 3; classes += 3) {
    table t;
    table_open(&t, "n4nn", 5000, classes, 2);
    table_fill(&t, 21, 0.1, 0);
    t.code[1][5] = MINE_CODE_UNKNOWN;
    mine_model *model = table_grow(&t, "max_depth=9");
    const mine_trees *trees = model->body;
    const size_t width = (size_t)trees->width;
    double *out = table_room(&t, 5000 * width, sizeof *out);
    mine_answers scores = {.share = classes ? out : NULL, .value = classes ? NULL : out};
    assert_int_equal(mine__kind_trees.answer(t.env, model, &t.data.rows, &scores), MINE_OK);
    for (int64_t i = 0; i < 5000; i++) {
      const double *value = trees->values + (size_t)table_leaf(trees, &t, i) * width;
      assert_memory_equal(out + (size_t)i * width, value, width * sizeof *value);
    }
    const uint32_t row[3] = {4999, 5, 5};
    const mine_batch batch = {3, row, t.view};
    double few[9];
    scores.share = classes ? few : NULL;
    scores.value = classes ? NULL : few;
    assert_int_equal(mine__kind_trees.answer(t.env, model, &batch, &scores), MINE_OK);
    for (size_t i = 0; i < 3; i++) {
      assert_memory_equal(few + i * width, out + row[i] * width, width * sizeof *few);
    }
    mine_model_free(model);
    table_close(&t);
  }
}

/* ---- bytes ------------------------------------------------------------------------- */

/* Load a body and, if it is accepted, use it in every way. */
static int try_bytes(table *t, const mine_model *like, const char *bytes, size_t n) {
  mine_env *env;
  mine_model *model = NULL;
  assert_int_equal(mine_env_open(NULL, "mine_predict", &env), MINE_OK);
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  model->kind = like->kind;
  model->task = like->task;
  model->n_features = like->n_features;
  model->feature = like->feature;
  model->n_outputs = like->n_outputs;
  model->n_groups = like->n_groups;
  model->groups = like->groups;
  model->positive = like->positive;
  mine_reader r = {.env = env, .arena = model->arena, .at = (const uint8_t *)bytes};
  r.end = r.at + n;
  mine__kind_trees.load(&r, model, MINE_TREES_VERSION);
  const int accepted = mine__reader_ok(&r) && model->body;
  if (accepted) {
    static double out[200 * 3];
    mine_answers scores = {.share = out, .value = out};
    mine_batch batch = t->data.rows;
    batch.n = batch.n < 200 ? batch.n : 200;
    assert_int_equal(mine__kind_trees.answer(env, model, &batch, &scores), MINE_OK);
    static double contribution[200 * (TABLE_FEATURES + 1)];
    mine_explained reasons = {.contribution = contribution};
    model->roles.target = "y";
    model->algorithm = "tree";
    mine_status explained = mine__model_explain(env, model, &batch, &reasons);
    assert_true(explained == MINE_OK || explained == MINE_UNSUPPORTED);
    mine_relation *relation = NULL;
    if (verb_list(env, model, "mine_tree", &relation) == MINE_OK) {
      mine_relation_free(relation);
    }
    relation = NULL;
    if (verb_list(env, model, "mine_importance", &relation) == MINE_OK) {
      mine_relation_free(relation);
    }
  }
  mine_model_free(model);
  mine_env_close(env);
  return accepted;
}

static void test_bytes_come_back(void **state) {
  (void)state;
  table t;
  table_open(&t, "n5n", 300, 3, 1);
  table_fill(&t, 2, 0.1, 1);
  mine_model *model = table_grow(&t, "max_depth=3");
  mine_writer w, again;
  mine__text_open(&w.text, t.arena);
  mine__text_open(&again.text, t.arena);
  mine__kind_trees.save(model, &w);
  mine_model *copy = NULL;
  assert_int_equal(mine__model_empty(t.env, &copy), MINE_OK);
  copy->task = model->task;
  copy->n_features = model->n_features;
  copy->feature = model->feature;
  copy->n_groups = model->n_groups;
  copy->groups = model->groups;
  const uint8_t *bytes = (const uint8_t *)w.text.data;
  mine_reader r = {.env = t.env, .arena = copy->arena, .at = bytes, .end = bytes + w.text.bytes};
  mine__kind_trees.load(&r, copy, MINE_TREES_VERSION);
  assert_true(mine__reader_ok(&r));
  assert_ptr_equal(r.at, r.end);
  mine__kind_trees.save(copy, &again);
  assert_int_equal(again.text.bytes, w.text.bytes);
  assert_memory_equal(again.text.data, w.text.data, w.text.bytes);
  mine_model_free(model);
  mine_model_free(copy);
  table_close(&t);
}

/* Any byte may be anything, the end may come anywhere: no crash, no hang. */
static void test_bytes_of_strangers(void **state) {
  (void)state;
  static const uint8_t masks[] = {0x01, 0x80, 0xff, 0x7f};
  for (int classes = 0; classes <= 2; classes += 2) {
    table t;
    table_open(&t, "n5n", 200, classes, 1);
    table_fill(&t, 2, 0.1, 0);
    mine_model *model = table_grow(&t, "max_depth=3");
    mine_writer w;
    mine__text_open(&w.text, t.arena);
    mine__kind_trees.save(model, &w);
    char *bytes = malloc(w.text.bytes);
    memcpy(bytes, w.text.data, w.text.bytes);
    assert_true(try_bytes(&t, model, bytes, w.text.bytes));
    size_t refused = 0;
    for (size_t i = 0; i < w.text.bytes; i++) {
      for (size_t m = 0; m < sizeof masks; m++) {
        bytes[i] = (char)(w.text.data[i] ^ (char)masks[m]);
        refused += !try_bytes(&t, model, bytes, w.text.bytes);
      }
      bytes[i] = w.text.data[i];
      char *part = malloc(i + 1); /* exactly so long: a look past the end is seen */
      memcpy(part, bytes, i);
      assert_false(try_bytes(&t, model, part, i));
      free(part);
    }
    assert_true(refused > w.text.bytes);
    free(bytes);
    mine_model_free(model);
    table_close(&t);
  }
}

/* Each rule of the loader, broken alone. */
static void test_rules_of_the_loader(void **state) {
  (void)state;
  table t;
  table_open(&t, "n5", 200, 2, 1);
  table_fill(&t, 12, 0.1, 0);
  mine_model *model = table_grow(&t, "max_depth=4");
  mine_trees *trees = model->body;
  int32_t number = -1, category = -1, leaf = -1;
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    if (trees->feature[i] < 0) leaf = i;
    if (trees->feature[i] >= 0 && trees->set[i] < 0) number = i;
    if (trees->feature[i] >= 0 && trees->set[i] >= 0) category = i;
  }
  assert_true(number >= 0 && category >= 0 && leaf >= 0);
  const struct {
    int32_t *where, value;
  } whole[] = {{&trees->left[0], 0},
               {&trees->left[0], -1},
               {&trees->left[0], trees->n_nodes},
               {&trees->right[0], trees->left[0]},
               {&trees->right[0], trees->left[0] + 1},
               {&trees->feature[number], 2},
               {&trees->feature[number], 1},
               {&trees->feature[category], 0},
               {&trees->feature[number], -2},
               {&trees->feature[leaf], 0},
               {&trees->set[category], trees->n_bits},
               {&trees->set[category], -1},
               {&trees->set[number], 0},
               {&trees->missing_left[number], 2},
               {&trees->value[leaf], trees->n_values},
               {&trees->value[leaf], -1},
               {&trees->first[1], trees->n_nodes - 1},
               {&trees->first[0], 1}};
  const struct {
    double *where, value;
  } real[] = {{&trees->threshold[number], (double)NAN},
              {&trees->rows[0], -1},
              {&trees->rows[0], 1.5},
              {&trees->rows[0], 1e300},
              {&trees->values[0], -0.1},
              {&trees->values[0], 1.1},
              {&trees->values[0], trees->values[0] / 2 + 0.7},
              {&trees->gain[0], (double)INFINITY},
              {&trees->weight[0], -1}};
  for (size_t k = 0; k < sizeof whole / sizeof *whole + sizeof real / sizeof *real; k++) {
    const size_t j = k - sizeof whole / sizeof *whole;
    const int is_whole = k < sizeof whole / sizeof *whole;
    const int32_t kept_whole = is_whole ? *whole[k].where : 0;
    const double kept_real = is_whole ? 0 : *real[j].where;
    mine_writer w;
    mine__text_open(&w.text, t.arena);
    if (is_whole) *whole[k].where = whole[k].value;
    if (!is_whole) *real[j].where = real[j].value;
    mine__kind_trees.save(model, &w);
    assert_false(try_bytes(&t, model, w.text.data, w.text.bytes));
    if (is_whole) *whole[k].where = kept_whole;
    if (!is_whole) *real[j].where = kept_real;
  }
  trees->bits[trees->set[category]] |= (uint64_t)1 << 5; /* a sixth of five levels */
  mine_writer w;
  mine__text_open(&w.text, t.arena);
  mine__kind_trees.save(model, &w);
  assert_false(try_bytes(&t, model, w.text.data, w.text.bytes));
  mine_model_free(model);
  table_close(&t);
}

/* A chain of so many questions as bytes, its links as they are or bent. */
static int try_chain(table *t, mine_model *like, int questions, int bent) {
  mine_arena *arena = mine__arena_open(t->env);
  const int n = 2 * questions + 1;
  mine_trees *trees = mine__trees_new(arena, 1, n, n, 0, 1), *kept = like->body;
  mine_writer w;
  assert_non_null(trees);
  for (int i = 0; i < n; i++) {
    const int inner = i < n - 1 && i % 2 == 0;
    trees->feature[i] = inner ? 0 : -1;
    trees->left[i] = inner ? i + 1 : -1;
    trees->right[i] = inner ? i + 2 : -1;
    trees->set[i] = -1;
    trees->value[i] = i;
    trees->rows[i] = trees->weight[i] = 1;
  }
  if (bent == 1) trees->right[n - 3] = 0;           /* back to the root   */
  if (bent == 2) trees->right[0] = trees->right[2]; /* one more parent    */
  if (bent == 3) trees->left[0] = trees->right[0];  /* twice the same     */
  if (bent == 4) trees->right[n - 3] = n;           /* out of the pool    */
  mine__text_open(&w.text, arena);
  like->body = trees;
  mine__kind_trees.save(like, &w);
  like->body = kept;
  const int accepted = try_bytes(t, like, w.text.data, w.text.bytes);
  mine__arena_close(arena);
  return accepted;
}

/* What the decoders of others were broken by: deep trees, cycles, nodes with two parents.  What is
** accepted is explained, too (try_bytes). */
static void test_trees_of_strangers(void **state) {
  (void)state;
  table t;
  table_open(&t, "n", 200, 0, 1);
  table_fill(&t, 5, 0, 0);
  mine_model *model = table_grow(&t, "max_depth=2");
  assert_true(try_chain(&t, model, 3, 0));
  assert_true(try_chain(&t, model, MINE_TREES_DEEPEST - 1, 0));
  assert_false(try_chain(&t, model, MINE_TREES_DEEPEST, 0));
  assert_false(try_chain(&t, model, 20000, 0));
  for (int bent = 1; bent <= 4; bent++)
    assert_false(try_chain(&t, model, 40, bent));
  /* two trees that share a node */
  mine_trees *two = mine__trees_new(model->arena, 2, 6, 6, 0, 1), *kept = model->body;
  mine_writer w;
  assert_non_null(two);
  for (int i = 0; i < 6; i++) {
    two->feature[i] = i % 3 ? -1 : 0;
    two->left[i] = i % 3 ? -1 : i + 1;
    two->right[i] = i % 3 ? -1 : i + 2;
    two->set[i] = -1;
    two->value[i] = i;
  }
  for (int shared = 0; shared < 2; shared++) {
    two->first[1] = 3;
    two->first[2] = 6;
    if (shared) two->right[0] = 4;
    mine__text_open(&w.text, t.arena);
    model->body = two;
    mine__kind_trees.save(model, &w);
    model->body = kept;
    assert_int_equal(try_bytes(&t, model, w.text.data, w.text.bytes), !shared);
  }
  mine_model_free(model);
  table_close(&t);
}

/* ---- what it tells ------------------------------------------------------------------- */

static const char *cell_text(const mine_relation *relation, int64_t row, int column) {
  static char buffer[4][200];
  static int turn;
  char *out = buffer[turn++ % 4];
  mine_cell cell;
  mine_relation_cell(relation, row, column, &cell);
  if (cell.type == MINE_NULL) {
    strcpy(out, "NULL");
  } else if (cell.type == MINE_TEXT) {
    snprintf(out, 200, "%.*s", (int)cell.bytes, cell.as.text);
  } else if (cell.type == MINE_INT) {
    snprintf(out, 200, "%lld", (long long)cell.as.integer);
  } else {
    snprintf(out, 200, "%.4f", cell.as.real);
  }
  return out;
}

static mine_relation *describe(table *t, const mine_model *model, const char *part) {
  mine_relation *relation = NULL;
  assert_int_equal(verb_list(t->env, model, part, &relation), MINE_OK);
  return relation;
}

/* f0 < 3 says yes; above, levels a and c of f1 do, and so do missing values. */
static void test_words(void **state) {
  (void)state;
  table t;
  table_open(&t, "n3n", 120, 2, 1);
  for (int i = 0; i < 120; i++) {
    t.number[0][i] = i % 6;
    t.code[1][i] = i / 6 % 4 == 3 ? MINE_CODE_MISSING : i / 6 % 4;
    t.label[i] = t.number[0][i] < 3 || t.code[1][i] != 1;
    if (t.number[0][i] < 1) t.label[i] = 0;
  }
  t.about[1].missing = 30;
  mine_model *model = table_grow(&t, "max_depth=6,min_samples_leaf=1");
  mine_relation *tree = describe(&t, model, "mine_tree");
  assert_int_equal(mine_relation_rows(tree), 7);
  static const char *const expected[7][11] = {
      {"1", "1", "NULL", "0", "NULL", "NULL", "120", "1", "0.7083", NULL, "NULL"},
      {"1", "2", "1", "1", "f0", "f0 < 0.5", "20", "0", "0.0000", "NULL", "f0 < 0.5"},
      {"1", "3", "1", "1", "f0", "f0 >= 0.5", "100", "1", "0.8500", NULL, "f0 >= 0.5"},
      {"1", "4", "3", "2", "f1", "f1 in (b)", "25", "0", "0.4000", NULL, "f0 >= 0.5 and f1 in (b)"},
      {"1", "5", "4", "3", "f0", "f0 < 2.5", "10", "1", "1.0000", "NULL",
       "f0 >= 0.5 and f0 < 2.5 and f1 in (b)"},
      {"1", "6", "4", "3", "f0", "f0 >= 2.5", "15", "0", "0.0000", "NULL",
       "f0 >= 2.5 and f1 in (b)"},
      {"1", "7", "3", "2", "f1", "f1 in (a, c) or missing", "75", "1", "1.0000", "NULL",
       "f0 >= 0.5 and (f1 in (a, c) or missing)"}};
  for (int r = 0; r < 7; r++) {
    for (int c = 0; c < 11; c++) {
      if (expected[r][c]) assert_string_equal(cell_text(tree, r, c), expected[r][c]);
    }
  }
  mine_relation_free(tree);
  mine_relation *importance = describe(&t, model, "mine_importance");
  assert_int_equal(mine_relation_rows(importance), 3);
  assert_string_equal(cell_text(importance, 0, 0), "f0");
  assert_string_equal(cell_text(importance, 1, 0), "f1");
  assert_string_equal(cell_text(importance, 2, 0), "f2");
  assert_string_equal(cell_text(importance, 2, 1), "0.0000");
  assert_string_equal(cell_text(importance, 2, 2), "3");
  mine_cell first, second;
  mine_relation_cell(importance, 0, 1, &first);
  mine_relation_cell(importance, 1, 1, &second);
  assert_true(fabs(first.as.real + second.as.real - 1) < 1e-12);
  mine_relation_free(importance);
  mine_relation *none = NULL;
  assert_int_equal(verb_list(t.env, model, "mine_centroids", &none), MINE_UNSUPPORTED);
  assert_null(none);
  mine_model_free(model);
  table_close(&t);
}

static void test_missing_in_words(void **state) {
  (void)state;
  table t;
  table_open(&t, "n", 40, 0, 1);
  for (int i = 0; i < 40; i++) {
    t.number[0][i] = i % 2 ? i : (double)NAN;
    t.target[i] = i % 2;
  }
  t.about[0].missing = 20;
  mine_model *model = table_grow(&t, "");
  mine_relation *tree = describe(&t, model, "mine_tree");
  assert_string_equal(cell_text(tree, 1, 5), "f0 is not missing");
  assert_string_equal(cell_text(tree, 2, 5), "f0 is missing");
  assert_string_equal(cell_text(tree, 2, 10), "f0 is missing");
  assert_string_equal(cell_text(tree, 2, 8), "NULL");
  mine_relation_free(tree);
  mine_model_free(model);
  table_close(&t);
}

/* ---- published trees, through the public interface -------------------------------------- */

static void put_field(mine_frame *frame, int column, const char *field) {
  char *end;
  const double number = strtod(field, &end);
  if (*field && *end == 0) {
    mine_frame_put_real(frame, column, number);
  } else {
    mine_frame_put_text(frame, column, field, strlen(field));
  }
}

/* Feed a CSV file without commas inside fields; 0 when it is not there. */
static int feed_csv(mine_frame *frame, const char *name) {
  char path[1000], line[1000];
  const char *folder = getenv("MINE_DATA");
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  for (int row = 0; fgets(line, sizeof line, file); row++) {
    const char *field[32];
    int n = 0;
    char *to = line;
    field[n++] = line;
    for (const char *at = line; *at && *at != '\n' && *at != '\r'; at++) {
      if (*at == '"') continue;
      if (*at == ',') {
        *to++ = 0;
        field[n++] = to;
      } else {
        *to++ = *at;
      }
    }
    *to = 0;
    if (row == 0) {
      assert_int_equal(mine_frame_columns(frame, field, n), MINE_OK);
      continue;
    }
    for (int c = 0; c < n; c++)
      put_field(frame, c, field[c]);
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
  }
  fclose(file);
  return 1;
}

static void check_published(const char *name, const char *options, const char *const *tests,
                            int n) {
  mine_env *env;
  mine_training *training;
  mine_model *model;
  mine_relation *tree;
  assert_int_equal(mine_env_open(NULL, "mine_train", &env), MINE_OK);
  assert_int_equal(verb_training_open(env, "tree", options, &training), MINE_OK);
  if (!feed_csv(mine__training_frame(training), name)) {
    print_message("skipped: %s is not in MINE_DATA\n", name);
    mine__training_close(training);
    mine_env_close(env);
    skip();
  }
  if (mine__training_fit(training, &model)) fail_msg("%s", mine_env_error(env));
  mine__training_close(training);
  assert_int_equal(verb_list(env, model, "mine_tree", &tree), MINE_OK);
  assert_int_equal(mine_relation_rows(tree), n);
  for (int i = 0; i < n; i++)
    assert_string_equal(cell_text(tree, i, 5), tests[i]);
  mine_relation_free(tree);
  mine_model_free(model);
  mine_env_close(env);
}

/* rpart(Species ~ ., iris) and rpart(Kyphosis ~ ., kyphosis), rpart's defaults
** but for the complexity cp, which is 0.01 x the root's impurity here. */
static void test_iris(void **state) {
  (void)state;
  static const char *const tests[] = {"NULL", "Petal.Length < 2.45", "Petal.Length >= 2.45",
                                      "Petal.Width < 1.75", "Petal.Width >= 1.75"};
  check_published("iris_fisher.csv", "target=Species,id=none,max_depth=2", tests, 5);
}

static void test_kyphosis(void **state) {
  (void)state;
  static const char *const tests[] = {"NULL",         "Start < 8.5", "Start >= 8.5",
                                      "Start < 14.5", "Age < 55",    "Age >= 55",
                                      "Age < 111",    "Age >= 111",  "Start >= 14.5"};
  check_published("r_kyphosis.csv", "target=Kyphosis,id=none", tests, 9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scores_follow_the_tree),
      cmocka_unit_test(test_bytes_come_back),
      cmocka_unit_test(test_bytes_of_strangers),
      cmocka_unit_test(test_rules_of_the_loader),
      cmocka_unit_test(test_trees_of_strangers),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_missing_in_words),
      cmocka_unit_test(test_iris),
      cmocka_unit_test(test_kyphosis),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
