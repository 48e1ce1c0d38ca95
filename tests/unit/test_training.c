/*
** test_training.c -- what training accepts, refuses and reports: roles of
** columns, tasks, positive classes, rows left out, leaks, holdout, folds.
*/
#include "jobs_fixture.h"
#include "verb_fixture.h"

/* ---- refused, in words -------------------------------------------------------------- */

#define TEN "id,x,y;1,5,a;2,6,b;3,7,a;4,1,b;5,9,a;6,3,b;7,8,a;8,2,b;9,7,b;10,6,a"

typedef struct refusal {
  const char *algorithm, *options, *table, *says;
} refusal;

static const refusal refusals[] = {
    {"tre", "", TEN, "no algorithm 'tre' (did you mean tree?); there are"},
    {"tree", "max_dept=3", TEN, "max_depth"},
    {"tree", "", TEN, "target=<column> in the options (the columns are id, x, y)"},
    {"tree", "target=z", TEN, "no column 'z' (option target); the columns are"},
    {"tree", "target=y, weight=ww", TEN, "no column 'ww' (option weight)"},
    {"tree", "target=y, id=nr", TEN, "no column 'nr' (option id)"},
    {"tree", "target=y, ignore=q", TEN, "no column 'q' (option ignore)"},
    {"tree", "target=id", TEN, "the target 'id' is also the id (the first column)"},
    {"tree", "target=y, ignore=y", TEN, "also listed in ignore"},
    {"tree", "target=y, categorical=y", TEN, "also listed in categorical"},
    {"tree", "target=y, categorical=x, numeric=x", TEN, "numeric and categorical"},
    {"tree", "target=y, weight=id", TEN, "the weight 'id' is also the id"},
    {"tree", "target=y, ignore=x", TEN, "no attributes left"},
    {"tree", "target=y, folds=3", TEN,
     "unknown option 'folds'; folds is an option of mine_cross_validate, mine_tune (valid: "},
    {"tree", "target=y, k=3", TEN, "unknown option 'k'; k is an option of kmeans, "},
    {"tree", "target=y, basket=3", TEN,
     "basket is an option of mine_itemsets, mine_rules (valid: "},
    {"tree", "target=y, max_dept=3", TEN, "unknown option 'max_dept'; did you mean 'max_depth'? ("},
    {"tree", "target=y", "id,x,y", "the source has no rows"},
    {"tree", "target=y", "x,z,y;1,1,a;2,2,b;3,1,a;2,2,b;5,1,a",
     "the first column 'x' does not look like an id (4 different values in 5 rows); say "
     "id=<column> or id=none"},
    {"tree", "target=y", "x,z,y;1.5,1,a;2.5,2,b", "the first column 'x' does not look like an id"},
    {"tree", "target=y", "x,z,y;'1.5',1,a;'2',2,b", "has a fraction"},
    {"tree", "target=y", "x,z,y;1,1,a;1,2,b;1,3,a;2,5,b;2,6,a",
     "(2 different values in 5 rows); say id=<column> or id=none"},
    {"tree", "target=y", "id,x,y;1,1,;2,2,", "the target 'y' is missing in every row"},
    {"tree", "target=y", "id,x,y;1,1,a;2,2,a", "the same value in every row"},
    {"tree", "target=y, missing=skip", "id,x,y;1,1,a;2,,b;3,2,a", "all of one class"},
    {"tree", "target=y", "id,x,y;1,,a;2,,b", "no attributes left"},
    {"tree", "target=y", "id,x,y;1,4,a;2,4,b", "constant"},
    {"tree", "target=y, missing=error", "id,x,z,y;1,4,1,a;2,4,,b;3,,6,a",
     "column 'z' is missing in row 2"},
    {"tree", "target=y, task=regression", TEN, "task=classification"},
    {"tree", "target=y, task=classification", "id,x,y;1,1,1.5;2,2,2.5;3,3,3.5;4,4,1.5",
     "use task=regression"},
    {"tree", "target=y, positive=c", TEN, "positive='c' is no class of 'y'; the classes are"},
    {"tree", "target=y, positive=a", "id,x,y;1,1,a;2,2,b;3,3,c;4,1,a", "two classes; 'y' has 3"},
    {"tree", "target=y, class_weight=balanced", "id,x,y;1,1,10;2,2,20;3,3,35;4,4,5",
     "class_weight=balanced is for classification"},
    {"tree", "target=y, weight=w", "id,x,w,y;1,1,0,a;2,2,0,b", "none of the 2 rows can be used"},
    {"tree", "target=y, weight=w", "id,x,w,y;1,1,-1,a;2,2,1,b", "weight"},
    {"tree", "target=y", "id,x,copy,y;1,1,a,a;2,2,b,b;3,1,b,b", "leak: attribute 'copy'"},
    {"tree", "target=y", "id,x,copy,y;1,1,5,5;2,2,7,7;3,1,9,9", "leak: attribute 'copy'"},
    {"kmeans", "target=y, k=2", TEN, "target"},
    {"kmeans", "k=11", TEN, "11"},
};

static void refusals_say_why(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    const refusal *r = &refusals[i];
    (void)open_env(NULL);
    mine_model *model = fixture_train(r->algorithm, r->options, r->table);
    if (model) fail_msg("%zu: trained with %s on %s", i, r->options, r->table);
    assert_true(mine_env_status(env) != MINE_OK);
    must_say(r->says);
    (void)close_env(NULL);
  }
}

static void a_one_to_one_code_is_a_leak(void **state) {
  (void)state;
  char table[2048] = "id,x,code,y";
  for (int i = 0; i < 20; i++)
    sprintf(table + strlen(table), ";%d,%d,%d,%s", i + 1, i * 7 % 5, i % 3 * 10,
            i % 3 == 0   ? "a"
            : i % 3 == 1 ? "b"
                         : "c");
  assert_null(fixture_train("tree", "target=y", table));
  must_say("leak: attribute 'code' says exactly what the target 'y' says in all 20 rows");
}

static void in_few_rows_a_match_may_be_chance(void **state) {
  (void)state;
  mine_model *model = must_train("tree", "target=y", "id,x,y;1,1,a;2,1,a;3,0,b;4,0,b");
  must_note(model, "warning|x", "may be chance");
  mine_model_free(model);
}

static void suspicious_columns_are_pointed_out(void **state) {
  (void)state;
  char *table = malloc(64 * 300), *at = table;
  at += sprintf(at, "id,score,kind,day,name,noise,y");
  for (int i = 0; i < 200; i++)
    at += sprintf(at, ";%d,%d,%s,2024-01-%02d,name %d,%d,%s", i + 1, i / 2,
                  i < 99    ? "left"
                  : i < 101 ? "middle"
                            : "right",
                  i % 28 + 1, i, i * 7919 % 13, i < 100 ? "no" : "yes");
  mine_model *model = must_train("tree", "target=y", table);
  must_note(model, "warning|score", "almost perfectly on its own");
  must_note(model, "warning|kind", "almost perfectly on its own");
  must_note(model, "warning|day", "is read as dates (days since 1970-01-01)");
  must_note(model, "dropped|name", "fewer than 50 rows for each of its texts");
  assert_non_null(strstr(mine_model_get_text(model, MINE_MODEL_REPORT), "5 warnings"));
  mine_model_free(model);
  free(table);
}

/* ---- tasks and classes ------------------------------------------------------------------ */

static void expect_task(const char *options, const char *table, const char *task,
                        const char *positive) {
  mine_model *model = must_train("tree", options, table);
  mine_cell cell;
  char shown[MINE_SHOW_BYTES];
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_TASK), task);
  mine_model_positive(model, &cell);
  assert_string_equal(mine__show_cell(shown, &cell), positive);
  mine_model_free(model);
}

#define FIVE(a, b) "id,x,y;1,5," a ";2,6," b ";3,5," a ";4,2," b ";5,3," a

static void tasks_are_chosen(void **state) {
  (void)state;
  expect_task("target=y", FIVE("no", "yes"), "classification", "'yes'");
  expect_task("target=y", FIVE("YES", "No"), "classification", "'YES'");
  expect_task("target=y", FIVE("1", "0"), "classification", "1");
  expect_task("target=y", FIVE("'1'", "'0'"), "classification", "'1'");
  expect_task("target=y", FIVE("是", "否"), "classification", "'是'");
  expect_task("target=y", FIVE("3.5", "7.0"), "classification", "7");
  expect_task("target=y", FIVE("red", "blue"), "classification", "'blue'");
  expect_task("target=y, positive=red", FIVE("red", "blue"), "classification", "'red'");
  expect_task("target=y, positive=3", FIVE("3", "4"), "classification", "3");
  expect_task("target=y, positive=no", FIVE("no", "yes"), "classification", "'no'");
  expect_task("target=y", "id,x,y;1,5,1;2,6,2;3,7,3;4,8,2", "regression", "NULL");
  expect_task("target=y", "id,x,y;1,5,'1';2,6,'2';3,7,'3';4,8,'2'", "regression", "NULL");
  expect_task("target=y, task=classification", "id,x,y;1,5,1;2,6,2;3,7,3;4,8,2", "classification",
              "NULL");
  expect_task("target=y, task=regression", FIVE("1", "0"), "regression", "NULL");
  expect_task("target=y", "id,x,y;1,5,a;2,6,b;3,7,c;4,8,a", "classification", "NULL");
}

static void inferences_are_reported(void **state) {
  (void)state;
  mine_model *model = must_train("tree", "target=y", FIVE("red", "blue"));
  must_note(model, "positive|'blue'", "the rarer class");
  must_note(model, "warning|y", "say positive=red");
  must_note(model, "target|y", "classification: its values are text; 2 classes: 'blue', 'red'");
  must_note(model, "id|id", "the first column");
  mine_model_free(model);
  model = must_train("tree", "target=y, id=none", "id,x,y;1,5,1;2,6,2;3,7,3;4,8,2");
  must_note(model, "warning|y",
            "only 3 different whole numbers; if they are classes, task=classification");
  must_note(model, "id|", "numbered from 1");
  assert_null(mine_model_get_text(model, MINE_MODEL_ID));
  mine_model_free(model);
}

static void a_kept_positive_stays(void **state) {
  (void)state;
  mine_training *training;
  mine_model *model;
  mine_cell red = {MINE_TEXT, 3, {0}}, cell;
  red.as.text = "red";
  assert_int_equal(verb_training_open(env, "tree", "target=y", &training), MINE_OK);
  assert_int_equal(mine__training_keep_positive(training, &red), MINE_OK);
  assert_int_equal(fixture_fill(mine__training_frame(training), FIVE("red", "blue"), 0), MINE_OK);
  assert_int_equal(mine__training_fit(training, &model), MINE_OK);
  mine_model_positive(model, &cell);
  assert_int_equal(cell.bytes, 3);
  assert_memory_equal(cell.as.text, "red", 3);
  mine_model_free(model);
  mine__training_close(training);
}

/* ---- rows and columns left out --------------------------------------------------------------- */

static void rows_left_out_are_counted(void **state) {
  (void)state;
  mine_model *model =
      must_train("tree", "target=y, weight=w, missing=skip, holdout=0",
                 "id,x,k,e,w,y;1,5,9,,1,a;2,6,9,,2,b;3,7,9,,1,;4,8,9,,0,b;5,,9,,1,a;6,1,9,,1,b");
  assert_int_equal(mine_model_rows(model), 3);
  must_note(model, "rows|read", "6");
  must_note(model, "rows|used", "3");
  mine_relation *r;
  assert_int_equal(verb_list(env, model, "mine_summary", &r), MINE_OK);
  int skipped = 0;
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    mine_cell cell;
    mine_relation_cell(r, i, 1, &cell);
    skipped += cell.type == MINE_TEXT && strcmp(cell.as.text, "skipped") == 0;
  }
  assert_int_equal(skipped, 3);
  mine_relation_free(r);
  must_note(model, "dropped|k", "constant");
  must_note(model, "dropped|e", "every value is missing");
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_FEATURES), "[\"x\"]");
  mine_model_free(model);
}

static void odd_ids_are_noted(void **state) {
  (void)state;
  mine_model *model =
      must_train("tree", "target=y, holdout=0, id=id", "id,x,y;1,5,a;1,6,b;2,7,a;,8,b;3,1,a;4,2,b");
  mine_relation *r;
  assert_int_equal(verb_list(env, model, "mine_summary", &r), MINE_OK);
  int repeated = 0, nulls = 0;
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    mine_cell cell;
    mine_relation_cell(r, i, 2, &cell);
    repeated += strncmp(cell.as.text, "rows that repeat an earlier id: 1;", 34) == 0;
    nulls += strcmp(cell.as.text, "rows without an id (NULL or blank), which are kept: 1") == 0;
  }
  assert_int_equal(repeated, 1);
  assert_int_equal(nulls, 1);
  mine_relation_free(r);
  mine_model_free(model);
}

/* ---- holdout, refit, weights ---------------------------------------------------------------- */

static double metric_of(const mine_model *model, const char *name) {
  mine_relation *r;
  assert_int_equal(verb_list(env, model, "mine_evaluate", &r), MINE_OK);
  const char *text = look_up(r, name, 1, 1);
  assert_non_null(text);
  const double v = strcmp(text, "NULL") == 0 ? (double)NAN : strtod(text, NULL);
  mine_relation_free(r);
  return v;
}

static void a_share_is_held_out(void **state) {
  (void)state;
  char *table = fixture_customers(2000, 0);
  mine_model *all = must_train("tree", "target=churn", table);
  mine_model *kept = must_train("tree", "target=churn, refit=0", table);
  mine_model *none = must_train("tree", "target=churn, holdout=0", table);
  const double held = metric_of(all, "rows");
  assert_true(held > 330 && held < 470);
  assert_int_equal(mine_model_rows(all), 2000);
  assert_int_equal(mine_model_rows(kept), 2000 - (int)held);
  assert_true(metric_of(all, "auc") == metric_of(kept, "auc"));
  assert_true(metric_of(all, "auc") > 0.8);
  mine_relation *r;
  assert_int_equal(verb_list(env, all, "mine_confusion", &r), MINE_OK);
  int64_t rows = 0;
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    mine_cell cell;
    mine_relation_cell(r, i, 2, &cell);
    rows += cell.as.integer;
  }
  assert_int_equal(mine_relation_rows(r), 4);
  assert_int_equal(rows, (int)held);
  const double right =
      strtod(look_up(r, "no|no", 2, 2), NULL) + strtod(look_up(r, "yes|yes", 2, 2), NULL);
  assert_true(fabs(right / held - metric_of(all, "accuracy")) < 1e-12);
  mine_relation_free(r);
  assert_int_equal(verb_list(env, none, "mine_evaluate", &r), MINE_UNSUPPORTED);
  must_say("holdout=0");
  mine_model_free(all);
  mine_model_free(kept);
  mine_model_free(none);
  free(table);
}

static void few_held_out_rows_measure_nothing(void **state) {
  (void)state;
  char *table = fixture_customers(60, 0);
  mine_model *model = must_train("tree", "target=churn", table);
  must_note(model, "warning|churn", "held-out rows: below 10");
  assert_true(isnan(metric_of(model, "auc")));
  assert_true(isnan(metric_of(model, "balanced_accuracy")));
  assert_non_null(strstr(mine_model_get_text(model, MINE_MODEL_METRICS), "\"auc\":null"));
  mine_model_free(model);
  free(table);
}

/* A row of weight 2 is that row twice. */
static void weights_are_repetitions(void **state) {
  (void)state;
  mine_model *weighted = must_train("tree",
                                    "target=y, weight=w, holdout=0, min_samples_leaf=1, "
                                    "min_samples_split=2, max_depth=1",
                                    "id,x,w,y;1,1,3,a;2,2,1,b;3,3,1,a;4,4,3,b");
  mine_model *repeated = must_train(
      "tree",
      "target=y, id=none, ignore=id|w, holdout=0, min_samples_leaf=1, min_samples_split=2, "
      "max_depth=1",
      "id,x,w,y;1,1,3,a;1,1,3,a;1,1,3,a;2,2,1,b;3,3,1,a;4,4,3,b;4,4,3,b;4,4,3,b");
  mine_relation *a, *b;
  assert_int_equal(verb_list(env, weighted, "mine_tree", &a), MINE_OK);
  assert_int_equal(verb_list(env, repeated, "mine_tree", &b), MINE_OK);
  assert_int_equal(mine_relation_rows(a), mine_relation_rows(b));
  for (int64_t i = 0; i < mine_relation_rows(a); i++) {
    mine_cell x, y;
    mine_relation_cell(a, i, 8, &x);
    mine_relation_cell(b, i, 8, &y);
    assert_int_equal(x.type, y.type);
    assert_true(x.type != MINE_REAL || fabs(x.as.real - y.as.real) < 1e-12);
  }
  mine_relation_free(a);
  mine_relation_free(b);
  mine_model_free(weighted);
  mine_model_free(repeated);
}

/* ---- same bytes ----------------------------------------------------------------------------- */

static void same_bytes(const char *algorithm, const char *one, const char *other) {
  char *table = fixture_customers(3000, 0);
  mine_model *a = must_train(algorithm, one, table), *b = must_train(algorithm, other, table);
  const void *x, *y;
  size_t n, m;
  assert_int_equal(mine_model_bytes(env, a, &x, &n), MINE_OK);
  assert_int_equal(mine_model_bytes(env, b, &y, &m), MINE_OK);
  assert_int_equal(n, m);
  assert_memory_equal(x, y, n);
  mine_model_free(a);
  mine_model_free(b);
  free(table);
}

static void threads_change_no_byte(void **state) {
  (void)state;
  same_bytes("tree", "target=churn, threads=1", "target=churn, threads=3, max_seconds=100");
  same_bytes("knn", "target=churn, threads=1", "target=churn, threads=4, progress=0");
  same_bytes("kmeans", "k=4, threads=1", "{\"k\":4, \"threads\":2, \"max_memory\":\"1GB\"}");
}

/* ---- clusters and folds --------------------------------------------------------------------- */

static void clusters_come_back_by_id(void **state) {
  (void)state;
  mine_training *training;
  mine_model *model;
  mine_relation *r;
  assert_int_equal(verb_training_open(env, NULL, "k=2, missing=skip", &training), MINE_OK);
  assert_int_equal(fixture_fill(mine__training_frame(training),
                                "id,x,z;k1,1,1;k2,2,1;k3,100,90;k4,,1;k5,101,91;k6,1,2", 0),
                   MINE_OK);
  assert_int_equal(mine__training_fit(training, &model), MINE_OK);
  assert_int_equal(verb_assignments(env, training, model, &r), MINE_OK);
  assert_int_equal(mine_relation_rows(r), 6);
  assert_string_equal(look_up(r, "k1", 1, 1), "1");
  assert_string_equal(look_up(r, "k6", 1, 1), "1");
  assert_string_equal(look_up(r, "k3", 1, 1), "2");
  assert_string_equal(look_up(r, "k4", 1, 1), "NULL");
  double inertia = 0;
  for (int64_t i = 0; i < 6; i++) {
    mine_cell cell;
    mine_relation_cell(r, i, 2, &cell);
    if (cell.type == MINE_REAL) inertia += cell.as.real * cell.as.real;
  }
  assert_true(fabs(inertia - metric_of(model, "inertia")) < 1e-9);
  mine_relation_free(r);
  mine_model_free(model);
  mine__training_close(training);
}

static void centres_may_come_from_a_query(void **state) {
  (void)state;
  mine_training *training;
  mine_model *model;
  assert_int_equal(
      verb_training_open(env, "kmeans", "k=2, init=\"SELECT x FROM start, other\"", &training),
      MINE_OK);
  assert_string_equal(mine__training_select(training, 0), "SELECT x FROM start, other");
  assert_null(mine__training_select(training, 1));
  assert_null(mine__training_select_frame(training, 1));
  assert_int_equal(fixture_fill(mine__training_frame(training), "id,x;1,1;2,2;3,10;4,11", 0),
                   MINE_OK);
  mine_frame *initial = mine__training_select_frame(training, 0);
  assert_non_null(initial);
  assert_ptr_equal(mine__training_select_frame(training, 0), initial);
  assert_int_equal(fixture_fill(initial, "name,x;north,0;south,12", 0), MINE_OK);
  assert_int_equal(mine__training_fit(training, &model), MINE_OK);
  mine_model_free(model);
  mine__training_close(training);
  assert_int_equal(verb_training_open(env, "kmeans", "k=2, init=random", &training), MINE_OK);
  assert_null(mine__training_select(training, 0));
  mine__training_close(training);
}

static void folds_are_measured(void **state) {
  (void)state;
  mine_training *training;
  mine_relation *r;
  char *table = fixture_customers(500, 0);
  assert_int_equal(verb_validation_open(env, "tree", "target=churn, folds=4", &training), MINE_OK);
  assert_int_equal(fixture_fill(mine__training_frame(training), table, 0), MINE_OK);
  assert_int_equal(verb_cross_validate(env, training, &r), MINE_OK);
  double rows = 0, sum = 0, squares = 0;
  for (int f = 1; f <= 4; f++) {
    char key[32];
    snprintf(key, sizeof key, "%d|rows", f);
    rows += strtod(look_up(r, key, 2, 2), NULL);
    snprintf(key, sizeof key, "%d|auc", f);
    const double auc = strtod(look_up(r, key, 2, 2), NULL);
    assert_true(auc > 0.7);
    sum += auc;
    squares += auc * auc;
  }
  assert_true(rows == 500);
  assert_true(fabs(strtod(look_up(r, "mean|auc", 2, 2), NULL) - sum / 4) < 1e-12);
  const double variance = (squares - sum * sum / 4) / 3;
  assert_true(fabs(strtod(look_up(r, "se|auc", 2, 2), NULL) - sqrt(variance / 4)) < 1e-7);
  mine_cell cell;
  mine_relation_cell(r, 0, 0, &cell);
  assert_int_equal(cell.type, MINE_INT);
  mine_relation_free(r);
  mine__training_close(training);
  assert_int_equal(verb_validation_open(env, "tree", "target=churn, folds=501", &training),
                   MINE_OK);
  assert_int_equal(fixture_fill(mine__training_frame(training), table, 0), MINE_OK);
  assert_int_equal(verb_cross_validate(env, training, &r), MINE_DATA);
  must_say("folds=501 is more than the 500 rows");
  mine__training_close(training);
  free(table);
}

/* ---- limits --------------------------------------------------------------------------------- */

static int always(void *user) {
  (void)user;
  return 1;
}

static void an_interrupt_stops_training(void **state) {
  (void)state;
  mine_host host = {.interrupted = always};
  char *table = fixture_customers(20000, 0);
  assert_int_equal(mine_env_open(&host, "test", &env), MINE_OK);
  assert_null(fixture_train("tree", "target=churn", table));
  assert_int_equal(mine_env_status(env), MINE_INTERRUPT);
  mine_env_close(env);
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  assert_null(fixture_train("tree", "target=churn, max_memory=1MB", table));
  assert_int_equal(mine_env_status(env), MINE_LIMIT);
  must_say("max_memory");
  mine_env_close(env);
  free(table);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refusals_say_why),
      T(a_one_to_one_code_is_a_leak),
      T(in_few_rows_a_match_may_be_chance),
      T(suspicious_columns_are_pointed_out),
      T(tasks_are_chosen),
      T(inferences_are_reported),
      T(a_kept_positive_stays),
      T(rows_left_out_are_counted),
      T(odd_ids_are_noted),
      T(a_share_is_held_out),
      T(few_held_out_rows_measure_nothing),
      T(weights_are_repetitions),
      T(threads_change_no_byte),
      T(clusters_come_back_by_id),
      T(centres_may_come_from_a_query),
      T(folds_are_measured),
      cmocka_unit_test(an_interrupt_stops_training),
  };
  return cmocka_run_group_tests_name("training", tests, NULL, NULL);
}
