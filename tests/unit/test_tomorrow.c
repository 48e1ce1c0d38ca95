/*
** test_tomorrow.c -- models that no algorithm of today makes must load, list themselves and
** answer right: boosting for classes, several outputs, a mixture, an isolation forest, events
** without attributes, a task nobody knows.  What they should say is computed here from the
** definitions in trees.h and prototypes.h.
*/
#include "tomorrow_fixture.h"

/* ---- trees: links and outputs ----------------------------------------------------------- */

static void two_classes_by_one_margin(void **state) {
  (void)state;
  static const double leaf[2][2] = {{-0.7, 0.9}, {0.4, -0.1}};
  mine_model *model = loaded(boosted());
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  for (int i = 0; i < N; i++) {
    const double sum = 0.2 + leaf[0][side_of(0, i)] + leaf[1][side_of(1, i)];
    near(number(s, i, "probability"), 1 / (1 + exp(-sum)));
    assert_string_equal(shown(s, i, "prediction"), sum > 0 ? "'y'" : "'n'");
    near(number(s, i, "confidence"), 1 / (1 + exp(-fabs(sum))));
  }
  alone_as_among_others(model, s);
  mine_scoring_close(s);
  lists_itself(model, "mine_tree", 6);
  lists_itself(model, "mine_summary", 2); /* the last: what it keeps of its rows */
  mine_model_free(model);
}

static void three_classes_by_softmax(void **state) {
  (void)state;
  static const double leaf[6][2] = {{1, -1},    {0.5, 0.25}, {-0.5, 2},
                                    {0.1, 0.2}, {-0.3, 0.4}, {3, -2}};
  mine_model *model = loaded(rounds());
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "class=c", ROWS);
  for (int i = 0; i < N; i++) {
    double e[3], total = 0;
    for (int c = 0; c < 3; c++) {
      e[c] = exp((c == 0 ? -0.5 : c - 1) + leaf[c][side_of(c, i)] + leaf[c + 3][side_of(c + 3, i)]);
      total += e[c];
    }
    for (int c = 0; c < 3; c++)
      near(mine_scoring_class_probability(s, i, c), e[c] / total);
    near(number(s, i, "probability"), e[2] / total);
  }
  alone_as_among_others(model,
                        s = (mine_scoring_close(s), scored(model, MINE_SCORE_ROWS, "", ROWS)));
  mine_scoring_close(s);
  mine_model_free(model);
}

/* Every leaf has all three margins; the mean of two trees on a base. */
static void several_margins_in_a_leaf(void **state) {
  (void)state;
  static const double leaf[] = {1, 2, 3, -1, 0, 1, 0, 0, 4, 2, 2, -2};
  mine_model *model = blank(&mine__kind_trees, MINE_CLASSIFICATION, "kind");
  give_groups(model, "abc");
  mine_trees *trees = give_stumps(model, 2, 3, leaf);
  trees->link = MINE_TREES_SOFTMAX;
  trees->base = mine__arena_zeros(model->arena, 3, sizeof(double));
  trees->base[1] = 0.5;
  model = loaded(model);
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  for (int i = 0; i < N; i++) {
    double e[3], total = 0;
    for (int c = 0; c < 3; c++) {
      e[c] = exp((c == 1 ? 0.5 : 0) +
                 (leaf[3 * side_of(0, i) + c] + leaf[6 + 3 * side_of(1, i) + c]) / 2);
      total += e[c];
    }
    for (int c = 0; c < 3; c++)
      near(mine_scoring_class_probability(s, i, c), e[c] / total);
  }
  alone_as_among_others(model, s);
  mine_scoring_close(s);
  mine_model_free(model);
}

static void an_isolation_forest(void **state) {
  (void)state;
  static const double path[2][2] = {{1, 3}, {2, 5}};
  mine_model *model = loaded(isolation());
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  for (int i = 0; i < N; i++)
    near(number(s, i, "prediction"),
         pow(2, -(path[0][side_of(0, i)] + path[1][side_of(1, i)]) / 2 / 2.5));
  alone_as_among_others(model, s);
  mine_scoring_close(s);
  lists_itself(model, "mine_tree", 6);
  mine_model_free(model);
}

static void numbers_of_several_outputs(void **state) {
  (void)state;
  static const double leaf[] = {1, 10, 2, 20};
  static const char *const names[] = {"sales", "visits"};
  mine_model *model = blank(&mine__kind_trees, MINE_REGRESSION, "sales");
  give_outputs(model, names, 2);
  give_stumps(model, 1, 2, leaf);
  model = loaded(model);
  assert_int_equal(model->n_outputs, 2);
  assert_string_equal(model->output_name[1], "visits");
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  for (int i = 0; i < N; i++) {
    near(number(s, i, "prediction"), leaf[2 * side_of(0, i)]);
    near(s->batch.answers.value[2 * i + 1], leaf[2 * side_of(0, i) + 1]);
  }
  alone_as_among_others(model, s);
  mine_scoring_close(s);
  mine_model_free(model);
}

/* ---- tasks and schemas -------------------------------------------------------------------- */

static void a_task_that_nobody_knows(void **state) {
  (void)state;
  static const double leaf[] = {3, 4};
  static const char *const hazard[] = {"hazard"};
  mine_model *model = blank(&mine__kind_trees, (mine_task_kind)0, NULL);
  mine_relation *r;
  model->task_name = "forecast";
  give_outputs(model, hazard, 1);
  give_stumps(model, 1, 1, leaf);
  model = loaded(model);
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_TASK), "forecast");
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS), *evaluation;
  assert_string_equal(shown(s, 0, "prediction"), "3");
  mine_scoring_close(s);
  assert_int_equal(verb_list(env, model, "mine_confusion", &r), MINE_UNSUPPORTED);
  must_say("for this forecast model (tomorrow) use mine_evaluate");
  (void)close_env(NULL);
  (void)open_env(NULL);
  if (!verb_scoring_open(env, model, MINE_SCORE_EVALUATE, "", &evaluation)) {
    (void)fixture_fill(mine_scoring_frame(evaluation), ROWS, 0);
    mine_scoring_close(evaluation);
  }
  must_say("there is no measure for a forecast model (tomorrow), which was trained without a");
  mine_model_free(model);
}

static void events_without_attributes(void **state) {
  (void)state;
  mine_model *model = loaded(events());
  const char *text;
  assert_int_equal(model->n_features, 0);
  assert_int_equal(model->n_reads, 2);
  assert_string_equal(model->read[0].want, "time");
  assert_string_equal(model->read[0].column, "day");
  assert_string_equal(model->read[0].reading, "date");
  assert_null(model->read[1].reading);
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_FEATURES), "[]");
  lists_itself(model, "mine_summary", 2); /* the last: what it keeps of its rows */
  lists_itself(model, "mine_importance", 0);
  assert_int_equal(verb_write(env, model, "call", "m", &text), MINE_UNSUPPORTED);
  must_say("a forecast model (tomorrow) is not asked row by row, so there is no call");
  mine_model_free(model);
}

/* A target that differs from an attribute in case only, or not at all: one column is not
** read as both. */
static void a_target_is_no_attribute(void **state) {
  (void)state;
  mine_model *model = boosted();
  mine_scoring *s;
  model->roles.target = "X";
  model = loaded(model);
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_EVALUATE, "", &s), MINE_OK);
  assert_int_not_equal(fixture_fill(mine_scoring_frame(s), ROWS, 0), MINE_OK);
  must_say("column 'x' is read as an attribute, so it cannot be the target of the model ('X')");
  mine_scoring_close(s);
  mine_model_free(model);
}

/* A column that is read as a date says how, and keeps it. */
static void a_reading_is_kept(void **state) {
  (void)state;
  mine_model *model = boosted();
  mine_time_reading days;
  assert_int_equal(mine__time_format(env, "%d.%m.%Y", 8, &days), MINE_OK);
  model->feature[0].time = &days;
  model = loaded(model);
  assert_memory_equal(model->feature[0].time, &days, sizeof days);
  assert_null(model->feature[1].time);
  const void *sound;
  size_t n;
  assert_int_equal(mine_model_bytes(env, model, &sound, &n), MINE_OK);
  uint8_t *bytes = malloc(n);
  memcpy(bytes, sound, n);
  mine_model_free(model);
  size_t at = 0;
  while (memcmp(bytes + at, "%d.%m.%Y", 8) != 0)
    at++;
  bytes[at + 1] = 'Q'; /* a part of a date that there is not */
  seal_checksum(bytes, n);
  assert_int_equal(mine_model_load(env, bytes, n, &model), MINE_CORRUPT);
  must_say("how a column's dates are written");
  free(bytes);
}

/* ---- a mixture ------------------------------------------------------------------------------ */

static void a_mixture_with_names(void **state) {
  (void)state;
  mine_model *trained = must_train("kmeans", "k=2,ignore=y", TRAIN);
  made_mixture(trained, 0.8);
  mine_model *model = loaded(trained);
  const mine_prototypes *m = model->body;
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "class=small", ROWS);
  double point[N][8];
  const mine_batch batch = {N, NULL, s->batch.view};
  mine__encode(&m->encoding, &batch, 0, N, &point[0][0]);
  const int width = m->encoding.width;
  for (int i = 0; i < N; i++) {
    double density[2], squared[2] = {0, 0};
    for (int c = 0; c < 2; c++) {
      for (int j = 0; j < width; j++) {
        const double d = (&point[0][0])[i * width + j] - m->centre[c * width + j];
        squared[c] += d * d;
      }
      density[c] = (c + 1) * exp(-squared[c] / 0.64 / 2); /* weight x density, same spread */
    }
    const double share = density[0] / (density[0] + density[1]);
    const int cluster = share >= 0.5 ? 1 : 2;
    assert_true(fabs(number(s, i, "probability") - share) < 1e-9);
    assert_true(number(s, i, "prediction") == cluster);
    assert_string_equal(shown(s, i, "label"), cluster == 1 ? "'small'" : "'2'");
    assert_true(fabs(number(s, i, "distance") - sqrt(squared[cluster - 1])) < 1e-9);
    assert_true(fabs(number(s, i, "confidence") - (cluster == 1 ? share : 1 - share)) < 1e-9);
  }
  mine_scoring_close(s);
  s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  alone_as_among_others(model, s);
  mine_scoring_close(s);
  mine_relation *r;
  s = scored(model, MINE_SCORE_EVALUATE, "", ROWS);
  assert_int_equal(verb_evaluate(env, s, &r), MINE_OK);
  assert_string_equal(look_up(r, "rows", 1, 1), "6");
  mine_relation_free(r);
  mine_scoring_close(s);
  mine_model_free(model);
}

/* ---- a column that is always there ---------------------------------------------------------- */

static void rows_get_the_value_of_their_group(void **state) {
  (void)state;
  static const mine_answer columns[] = {
      {"node", MINE_ANSWER_INTEGER, 0, ""}, {"group_value", MINE_ANSWER_ANY, 1, ""}, {0}};
  mine_relation *r = mine__relation_new(env, columns), *out;
  const mine_cell north = {MINE_TEXT, 5, {.text = "north"}};
  mine__row_int(r, 1);
  mine__relation_end_row(r);
  mine__relation_group(r, &north);
  mine__row_int(r, 2);
  mine__relation_end_row(r);
  assert_int_equal(mine__relation_finish(env, r, &out), MINE_OK);
  assert_string_equal(look_up(out, "1", 1, 1), "NULL");
  assert_string_equal(look_up(out, "2", 1, 1), "north");
  mine_relation_free(out);
}

/* Every name that a model may carry is in the table, once, and those that compare differ. */
static void measures_have_directions(void **state) {
  (void)state;
  int main_of[64] = {0};
  for (const mine_measure *m = mine__measures; m->name; m++) {
    assert_ptr_equal(mine__measure_find(m->name), m);
    assert_true(m->what && m->tasks && m->better >= -1 && m->better <= 1);
    if (m->main) assert_int_equal(main_of[m->main]++, 0);
    if (m->is_count) assert_int_equal(m->better, 0);
  }
  assert_int_equal(mine__measure_find("log_loss")->better, -1);
  assert_int_equal(mine__measure_find("auc")->better, 1);
  assert_null(mine__measure_find("tomorrow"));
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(two_classes_by_one_margin),
      T(three_classes_by_softmax),
      T(several_margins_in_a_leaf),
      T(an_isolation_forest),
      T(numbers_of_several_outputs),
      T(a_task_that_nobody_knows),
      T(events_without_attributes),
      T(a_target_is_no_attribute),
      T(a_reading_is_kept),
      T(a_mixture_with_names),
      T(rows_get_the_value_of_their_group),
      T(measures_have_directions),
  };
  return cmocka_run_group_tests_name("tomorrow", tests, NULL, NULL);
}
