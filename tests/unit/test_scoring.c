/*
** test_scoring.c -- columns found by name, the cells of a scored row, batches
** of any size, gaps and strangers counted, evaluation of rows with a target.
*/
#include "jobs_fixture.h"
#include "verb_fixture.h"

#define TRAIN                                                                          \
  "id,age,plan,churn;1,20,a,yes;2,21,a,yes;3,22,a,yes;4,23,b,yes;5,50,b,no;6,51,b,no;" \
  "7,52,a,no;8,53,b,no"
#define OPTIONS "target=churn, holdout=0, min_samples_leaf=1, min_samples_split=2"

typedef struct job {
  mine_model *model;
  mine_scoring *scoring;
} job;

static job open_job(mine_scoring_mode mode, const char *options) {
  job j = {must_train("tree", OPTIONS, TRAIN), NULL};
  if (verb_scoring_open(env, j.model, mode, options, &j.scoring))
    fail_msg("%s", mine_env_error(env));
  return j;
}

static void close_job(job *j) {
  mine_scoring_close(j->scoring);
  mine_model_free(j->model);
}

static const char *cell_text(const mine_scoring *scoring, int64_t row, const char *column) {
  static char shown[MINE_SHOW_BYTES];
  mine_cell cell;
  mine__scoring_cell(scoring, row, verb_column(column), &cell);
  return mine__show_cell(shown, &cell);
}

static void must_run(job *j, const char *table) {
  if (fixture_fill(mine_scoring_frame(j->scoring), table, 0) || mine__scoring_run(j->scoring))
    fail_msg("%s", mine_env_error(env));
}

/* ---- columns by name ------------------------------------------------------------------ */

static void columns_are_found_by_name(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "");
  must_run(&j, "plan,extra,age,id;b,1,20,x1;a,2,60,x2");
  assert_string_equal(cell_text(j.scoring, 0, "id"), "'x1'");
  assert_string_equal(cell_text(j.scoring, 0, "prediction"), "'yes'");
  assert_string_equal(cell_text(j.scoring, 0, "label"), "'yes'");
  assert_string_equal(cell_text(j.scoring, 0, "probability"), "1");
  assert_string_equal(cell_text(j.scoring, 1, "prediction"), "'no'");
  assert_string_equal(cell_text(j.scoring, 1, "probability"), "0");
  assert_string_equal(cell_text(j.scoring, 1, "confidence"), "1");
  assert_string_equal(cell_text(j.scoring, 1, "distance"), "NULL");
  assert_false(mine_frame_wants(mine_scoring_frame(j.scoring), 1));
  close_job(&j);
}

static void the_first_column_is_the_id(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "");
  must_run(&j, "customer,plan,age;77,a,20");
  assert_string_equal(cell_text(j.scoring, 0, "id"), "77");
  close_job(&j);
  j = open_job(MINE_SCORE_ROWS, "");
  assert_int_equal(fixture_fill(mine_scoring_frame(j.scoring), "age,plan", 0), MINE_DATA);
  must_say("the first column 'age' is an attribute of the model");
  close_job(&j);
}

static void without_an_id_rows_are_numbered(void **state) {
  (void)state;
  mine_model *model = must_train("tree", OPTIONS ", id=none, ignore=id", TRAIN);
  mine_scoring *scoring;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, NULL, &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), "age,plan;20,a;50,b", 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  assert_string_equal(cell_text(scoring, 1, "id"), "2");
  mine__scoring_clear(scoring);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), "age,plan;20,a", 1), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  assert_string_equal(cell_text(scoring, 0, "id"), "3");
  mine_scoring_close(scoring);
  mine_model_free(model);
}

static void missing_columns_are_all_named(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "");
  assert_int_equal(fixture_fill(mine_scoring_frame(j.scoring), "id,ages,tariff", 0), MINE_DATA);
  must_say("lacks 2 columns that the model was trained on: 'age' (is it 'ages'?), 'plan'");
  close_job(&j);
}

/* ---- cells -------------------------------------------------------------------------------- */

static void gaps_and_strangers_are_counted(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "");
  must_run(&j, "id,age,plan;1,,c;2,20,;3,,'';4,20,a");
  assert_string_equal(cell_text(j.scoring, 0, "missing"), "1");
  assert_string_equal(cell_text(j.scoring, 0, "unknown"), "1");
  assert_string_equal(cell_text(j.scoring, 1, "missing"), "1");
  assert_string_equal(cell_text(j.scoring, 1, "unknown"), "0");
  assert_string_equal(cell_text(j.scoring, 2, "missing"), "2");
  assert_string_equal(cell_text(j.scoring, 3, "missing"), "0");
  assert_string_equal(cell_text(j.scoring, 2, "id"), "3");
  mine_cell cell;
  mine__scoring_cell(j.scoring, 4, verb_column("id"), &cell); /* past the end */
  assert_int_equal(cell.type, MINE_NULL);
  close_job(&j);
}

static void missing_may_be_an_error_or_skipped(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "missing=skip");
  must_run(&j, "id,age,plan;1,,a;2,20,a");
  assert_string_equal(cell_text(j.scoring, 0, "prediction"), "NULL");
  assert_string_equal(cell_text(j.scoring, 0, "label"), "NULL");
  assert_string_equal(cell_text(j.scoring, 0, "probability"), "NULL");
  assert_string_equal(cell_text(j.scoring, 1, "prediction"), "'yes'");
  assert_true(isnan(mine_scoring_class_probability(j.scoring, 0, 0)));
  close_job(&j);
  j = open_job(MINE_SCORE_ROWS, "missing=error");
  assert_int_equal(fixture_fill(mine_scoring_frame(j.scoring), "id,age,plan;1,20,a", 0), MINE_OK);
  assert_int_equal(mine__scoring_run(j.scoring), MINE_OK);
  mine__scoring_clear(j.scoring);
  assert_int_equal(fixture_fill(mine_scoring_frame(j.scoring), "id,age,plan;2,20,a;3,20,", 1),
                   MINE_OK);
  assert_int_equal(mine__scoring_run(j.scoring), MINE_DATA);
  must_say("column 'plan' is missing in row 3");
  close_job(&j);
}

static void the_model_remembers_missing_error(void **state) {
  (void)state;
  mine_model *model = must_train("tree", OPTIONS ", missing=error", TRAIN), *copy;
  const void *bytes;
  size_t n;
  mine_scoring *scoring;
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  assert_int_equal(mine_model_load(env, bytes, n, &copy), MINE_OK);
  assert_int_equal(verb_scoring_open(env, copy, MINE_SCORE_SINGLE, "", &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), "age,plan;,a", 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_DATA);
  mine_scoring_close(scoring);
  mine_model_free(model);
  mine_model_free(copy);
}

static void a_class_may_be_asked_for(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "class=no");
  must_run(&j, "id,age,plan;1,20,a");
  assert_string_equal(cell_text(j.scoring, 0, "probability"), "0");
  assert_string_equal(cell_text(j.scoring, 0, "confidence"), "1");
  mine_cell no = {MINE_TEXT, 2, {0}}, one = {MINE_INT, 0, {1}}, cell;
  no.as.text = "no";
  assert_int_equal(mine_scoring_classes(j.scoring), 2);
  assert_int_equal(mine_scoring_find_class(j.scoring, &no), 0);
  assert_int_equal(mine_scoring_find_class(j.scoring, &one), -1);
  mine_scoring_class(j.scoring, 1, &cell);
  assert_memory_equal(cell.as.text, "yes", 3);
  assert_true(mine_scoring_class_probability(j.scoring, 0, 1) == 1);
  close_job(&j);
  mine_model *model = must_train("tree", OPTIONS, TRAIN);
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, "class=maybe", &j.scoring),
                   MINE_OPTION);
  must_say("class='maybe' is no class of 'churn'; the classes are 'no', 'yes'");
  mine_model_free(model);
}

static void labels_come_back_as_they_went_in(void **state) {
  (void)state;
  mine_model *model =
      must_train("tree", "target=y, holdout=0, min_samples_leaf=1, min_samples_split=2",
                 "id,x,y;1,1,'0';2,2,'0';3,8,'1';4,9,'1';5,1,'0'");
  mine_scoring *scoring;
  mine_cell cell;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_SINGLE, "class=1", &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), "x;9", 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  mine__scoring_cell(scoring, 0, verb_column("prediction"), &cell);
  assert_int_equal(cell.type, MINE_TEXT);
  assert_memory_equal(cell.as.text, "1", 1);
  assert_string_equal(cell_text(scoring, 0, "probability"), "1");
  mine_scoring_close(scoring);
  mine_model_free(model);
}

static void clusters_and_numbers_have_labels_too(void **state) {
  (void)state;
  mine_model *model = must_train("kmeans", "k=2", "id,x;1,1;2,2;3,1;4,50;5,51");
  mine_scoring *scoring;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, "", &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), "id,x;1,2;2,49", 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  assert_string_equal(cell_text(scoring, 0, "prediction"), "1");
  assert_string_equal(cell_text(scoring, 1, "label"), "'2'");
  mine_cell cell;
  mine__scoring_cell(scoring, 1, verb_column("distance"), &cell);
  assert_int_equal(cell.type, MINE_REAL);
  mine_scoring_close(scoring);
  mine_model_free(model);
  model = must_train("tree", "target=y, holdout=0", "id,x,y;1,1,2;2,2,3;3,3,4;4,4,2.5");
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_SINGLE, "", &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), "x;9", 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  assert_string_equal(cell_text(scoring, 0, "prediction"), "2.875");
  assert_string_equal(cell_text(scoring, 0, "label"), "'2.875'");
  mine_scoring_close(scoring);
  mine_model_free(model);
}

static void a_neighbours_model_predicts_nothing(void **state) {
  (void)state;
  mine_model *model = must_train("knn", "", "id,x;1,1;2,2;3,1");
  mine_scoring *scoring;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, "", &scoring), MINE_UNSUPPORTED);
  must_say("use mine_neighbors");
  mine_model_free(model);
}

/* ---- batches -------------------------------------------------------------------------------- */

static void scores_of(const mine_model *model, const char *table, int rows, int batch,
                      double *out) {
  mine_scoring *scoring;
  const char *at = strchr(table, ';');
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, "", &scoring), MINE_OK);
  char *part = malloc(strlen(table) + 1);
  for (int done = 0; done < rows; done += batch) {
    const size_t header = (size_t)(strchr(table, ';') - table);
    memcpy(part, table, header);
    size_t n = header;
    for (int i = 0; i < batch && at; i++) {
      const char *next = strchr(at + 1, ';');
      const size_t bytes = next ? (size_t)(next - at) : strlen(at);
      memcpy(part + n, at, bytes);
      n += bytes;
      at = next;
    }
    part[n] = '\0';
    mine__scoring_clear(scoring);
    assert_int_equal(fixture_fill(mine_scoring_frame(scoring), part, done > 0), MINE_OK);
    assert_int_equal(mine__scoring_run(scoring), MINE_OK);
    for (int i = 0; i < batch && done + i < rows; i++)
      out[done + i] = mine_scoring_class_probability(scoring, i, 1);
  }
  free(part);
  mine_scoring_close(scoring);
}

static void batches_change_no_bit(void **state) {
  (void)state;
  static const char *const algorithms[] = {"tree", "knn"};
  char *table = fixture_customers(600, 0);
  for (int a = 0; a < 2; a++) {
    mine_model *model = must_train(algorithms[a], "target=churn", table);
    double whole[600], single[600], some[600];
    scores_of(model, table, 600, 600, whole);
    scores_of(model, table, 600, 1, single);
    scores_of(model, table, 600, 77, some);
    assert_memory_equal(whole, single, sizeof whole);
    assert_memory_equal(whole, some, sizeof whole);
    assert_false(isnan(whole[599]));
    mine_model_free(model);
  }
  free(table);
}

static void an_empty_batch_is_fine(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_ROWS, "");
  must_run(&j, "id,age,plan");
  close_job(&j);
}

/* ---- evaluation ----------------------------------------------------------------------------- */

static void evaluation_measures_what_it_is_given(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_EVALUATE, "");
  must_run(&j, "id,age,plan,churn;1,20,a,yes;2,20,a,no;3,60,a,no;4,60,b,;5,60,b,yes;6,61,b,no");
  mine_relation *r;
  assert_int_equal(verb_evaluate(env, j.scoring, &r), MINE_OK);
  assert_string_equal(look_up(r, "rows", 1, 1), "5");
  assert_string_equal(look_up(r, "accuracy", 1, 1), "0.6");
  /* Pairs of 2 positives x 3 negatives: 1>1 tie, 1>0, 1>0; 0<1, 0=0, 0=0. */
  assert_true(fabs(strtod(look_up(r, "auc", 1, 1), NULL) - (0.5 + 1 + 1 + 0 + 0.5 + 0.5) / 6) <
              1e-12);
  mine_relation_free(r);
  assert_int_equal(verb_confusion(env, j.scoring, &r), MINE_OK);
  assert_int_equal(mine_relation_rows(r), 4);
  assert_string_equal(look_up(r, "no|no", 2, 2), "2");
  assert_string_equal(look_up(r, "no|yes", 2, 2), "1");
  assert_string_equal(look_up(r, "yes|no", 2, 2), "1");
  assert_string_equal(look_up(r, "yes|yes", 2, 2), "1");
  mine_relation_free(r);
  close_job(&j);
}

static void evaluation_adds_batches_up(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_EVALUATE, "");
  must_run(&j, "id,age,plan,churn;1,20,a,yes");
  mine__scoring_clear(j.scoring);
  assert_int_equal(fixture_fill(mine_scoring_frame(j.scoring), "id,age,plan,churn;2,20,a,no", 1),
                   MINE_OK);
  assert_int_equal(mine__scoring_run(j.scoring), MINE_OK);
  mine_relation *r;
  assert_int_equal(verb_evaluate(env, j.scoring, &r), MINE_OK);
  assert_string_equal(look_up(r, "rows", 1, 1), "2");
  assert_string_equal(look_up(r, "accuracy", 1, 1), "0.5");
  mine_relation_free(r);
  close_job(&j);
}

static void evaluation_refuses_what_it_cannot_judge(void **state) {
  (void)state;
  job j = open_job(MINE_SCORE_EVALUATE, "");
  assert_int_equal(fixture_fill(mine_scoring_frame(j.scoring), "id,age,plan", 0), MINE_DATA);
  must_say("no column 'churn' (the target of the model)");
  close_job(&j);
  (void)close_env(NULL);
  (void)open_env(NULL);
  j = open_job(MINE_SCORE_EVALUATE, "");
  assert_int_equal(
      fixture_fill(mine_scoring_frame(j.scoring), "id,age,plan,churn;1,20,a,yes;2,20,a,perhaps", 0),
      MINE_OK);
  assert_int_equal(mine__scoring_run(j.scoring), MINE_DATA);
  must_say(
      "column 'churn' has the class 'perhaps' in row 2 that the model never saw; it knows 'no', "
      "'yes'");
  close_job(&j);
  (void)close_env(NULL);
  (void)open_env(NULL);
  j = open_job(MINE_SCORE_EVALUATE, "");
  must_run(&j, "id,age,plan,churn;1,20,a,");
  mine_relation *r;
  assert_int_equal(verb_evaluate(env, j.scoring, &r), MINE_DATA);
  must_say("no rows to evaluate (1 without a target)");
  close_job(&j);
}

static void clusters_are_measured_by_distance(void **state) {
  (void)state;
  const char *table = "id,x;1,1;2,2;3,1;4,50;5,51";
  mine_model *model = must_train("kmeans", "k=2", table);
  mine_scoring *scoring;
  mine_relation *a, *b;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_EVALUATE, "", &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), table, 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  assert_int_equal(verb_evaluate(env, scoring, &a), MINE_OK);
  assert_int_equal(verb_list(env, model, "mine_evaluate", &b), MINE_OK);
  const double here = strtod(look_up(a, "inertia", 1, 1), NULL);
  assert_true(here > 0 && fabs(here - strtod(look_up(b, "inertia", 1, 1), NULL)) < 1e-12);
  /* scikit-learn 1.2.1, silhouette_score([[1],[2],[1],[50],[51]], [0,0,0,1,1]); the
  ** scale of one attribute does not matter. */
  const double silhouette = strtod(look_up(a, "silhouette", 1, 1), NULL);
  assert_true(fabs(silhouette - 0.9836994499407099) < 1e-12);
  assert_true(fabs(silhouette - strtod(look_up(b, "silhouette", 1, 1), NULL)) < 1e-12);
  mine_relation_free(a);
  mine_relation_free(b);
  mine_scoring_close(scoring);
  mine_model_free(model);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(columns_are_found_by_name),
      T(the_first_column_is_the_id),
      T(without_an_id_rows_are_numbered),
      T(missing_columns_are_all_named),
      T(gaps_and_strangers_are_counted),
      T(missing_may_be_an_error_or_skipped),
      T(the_model_remembers_missing_error),
      T(a_class_may_be_asked_for),
      T(labels_come_back_as_they_went_in),
      T(clusters_and_numbers_have_labels_too),
      T(a_neighbours_model_predicts_nothing),
      T(batches_change_no_bit),
      T(an_empty_batch_is_fine),
      T(evaluation_measures_what_it_is_given),
      T(evaluation_adds_batches_up),
      T(evaluation_refuses_what_it_cannot_judge),
      T(clusters_are_measured_by_distance),
  };
  return cmocka_run_group_tests_name("scoring", tests, NULL, NULL);
}
