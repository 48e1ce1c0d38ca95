/*
** test_members.c -- models made of models (members.h): one per value of a column, a weighted
** mean, and these of each other.  A member answers in its own terms, whatever the levels and
** classes of the whole are.
*/
#include "tomorrow_fixture.h"

#define ASKED "id,x,plan;1,1,basic;2,2,gold;3,6.5,silver;4,2,;5,2,copper;6,2,basic"

static void a_model_per_value(void **state) {
  (void)state;
  mine_model *a = larger(), *b = smaller();
  mine_scoring *by_a = scored(a, MINE_SCORE_ROWS, "", ASKED);
  mine_scoring *by_b = scored(b, MINE_SCORE_ROWS, "", ASKED);
  mine_model_retain(a);
  mine_model_retain(b);
  mine_model *model = loaded(made_grouped(env, a, b, "plan")); /* basic: a, gold: b, silver: none */
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "missing=auto", ASKED);
  const mine_scoring *const from[] = {by_a, by_b, NULL, by_b, by_b, by_a};
  for (int i = 0; i < 6; i++) {
    const char *prediction = from[i] ? shown(from[i], i, "prediction") : "NULL";
    assert_string_equal(shown(s, i, "prediction"), prediction);
    assert_string_equal(shown(s, i, "label"), prediction);
    for (int c = 0; c < 3; c++) {
      const double share = mine_scoring_class_probability(s, i, c);
      if (!from[i]) assert_true(isnan(share));
      if (from[i] == by_a) assert_true(share == mine_scoring_class_probability(by_a, i, c));
      if (from[i] == by_b) {
        const double small = c < 2 ? mine_scoring_class_probability(by_b, i, c) : 0;
        assert_true(share == small);
      }
    }
  }
  mine_scoring_close(s);
  /* Rows without an answer are not measured. */
  mine_relation *r;
  s = scored(model, MINE_SCORE_EVALUATE, "", "id,x,plan,y;1,1,basic,a;2,6.5,silver,c;3,2,gold,b");
  assert_int_equal(verb_evaluate(env, s, &r), MINE_OK);
  assert_string_equal(look_up(r, "rows", 1, 1), "2");
  mine_relation_free(r);
  mine_scoring_close(s);
  /* mine_tree lists the members one after another. */
  mine_relation *of_a, *of_b;
  assert_int_equal(verb_list(env, a, "mine_tree", &of_a), MINE_OK);
  assert_int_equal(verb_list(env, b, "mine_tree", &of_b), MINE_OK);
  lists_itself(model, "mine_tree", (int)(mine_relation_rows(of_a) + mine_relation_rows(of_b)));
  mine_relation_free(of_a);
  mine_relation_free(of_b);
  assert_int_equal(verb_list(env, model, "mine_centroids", &r), MINE_UNSUPPORTED);
  must_say("a tree model (grouped) has no centroids; it has mine_summary");
  mine_scoring_close(by_a);
  mine_scoring_close(by_b);
  mine_model_free(a);
  mine_model_free(b);
  mine_model_free(model);
}

/* Levels and classes that lie elsewhere in the whole: gold and silver are its second and
** third, b and c too. */
static void a_member_in_its_own_terms(void **state) {
  (void)state;
  static const char table[] =
      "id,x,plan,y;1,1,gold,b;2,2,silver,c;3,3,gold,b;4,4,silver,c;5,5,gold,c;6,6,silver,b";
  mine_model *a = larger(), *b = must_train("tree", TREE, table);
  mine_scoring *by_a = scored(a, MINE_SCORE_ROWS, "", ASKED);
  mine_scoring *by_b = scored(b, MINE_SCORE_ROWS, "", ASKED);
  mine_model_retain(a);
  mine_model_retain(b);
  mine_model *model = loaded(made_ensemble(env, a, b, 1, 3));
  const mine_ensemble *body = model->body;
  assert_int_equal(body->member[1].group[0], 1);
  assert_int_equal(body->member[1].level[1][0], 1);
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ASKED);
  for (int i = 0; i < 6; i++) {
    for (int c = 0; c < 3; c++) {
      const double own = c ? mine_scoring_class_probability(by_b, i, c - 1) : 0;
      near(mine_scoring_class_probability(s, i, c),
           0.25 * mine_scoring_class_probability(by_a, i, c) + 0.75 * own);
    }
  }
  mine_scoring_close(s);
  mine_scoring_close(by_a);
  mine_scoring_close(by_b);
  mine_model_free(a);
  mine_model_free(b);
  mine_model_free(model);
}

static void clusters_per_value(void **state) {
  (void)state;
  mine_model *a = must_train("kmeans", "k=3,ignore=y", TRAIN);
  mine_model *b = must_train("kmeans", "k=2,ignore=y|plan", TRAIN);
  mine_scoring *by_a = scored(a, MINE_SCORE_ROWS, "", ROWS);
  mine_scoring *by_b = scored(b, MINE_SCORE_ROWS, "", ROWS);
  mine_model_retain(a);
  mine_model_retain(b);
  mine_model *model = loaded(made_grouped(env, a, b, "plan"));
  assert_int_equal(model->n_groups, 3);
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  for (int i = 0; i < N; i++) {
    const mine_scoring *from = i == 1 || i == 3 ? by_a : by_b; /* basic: a, gold and others: b */
    assert_string_equal(shown(s, i, "prediction"), shown(from, i, "prediction"));
    assert_string_equal(shown(s, i, "distance"), shown(from, i, "distance"));
  }
  mine_scoring_close(s);
  mine_scoring_close(by_a);
  mine_scoring_close(by_b);
  mine_model_free(a);
  mine_model_free(b);
  mine_model_free(model);
}

static void a_weighted_mean(void **state) {
  (void)state;
  mine_model *a = larger(), *b = smaller();
  mine_scoring *by_a = scored(a, MINE_SCORE_ROWS, "", ROWS);
  mine_scoring *by_b = scored(b, MINE_SCORE_ROWS, "", ROWS);
  mine_model_retain(a);
  mine_model_retain(b);
  mine_model *model = loaded(made_ensemble(env, a, b, 3, 1));
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS);
  for (int i = 0; i < N; i++) {
    for (int c = 0; c < 3; c++) {
      const double small = c < 2 ? mine_scoring_class_probability(by_b, i, c) : 0;
      near(mine_scoring_class_probability(s, i, c),
           0.75 * mine_scoring_class_probability(by_a, i, c) + 0.25 * small);
    }
  }
  alone_as_among_others(model, s);
  mine_scoring_close(s);
  mine_scoring_close(by_a);
  mine_scoring_close(by_b);
  mine_model_free(a);
  mine_model_free(b);
  mine_model_free(model);
}

/* More rows than are asked at a time, in any order, on any number of threads. */
static void many_rows_of_many_members(void **state) {
  (void)state;
  char *table = fixture_customers(9000, 0);
  mine_model *a = must_train("tree", "target=churn,holdout=0", table);
  mine_model *b = must_train("tree", "target=churn,holdout=0,max_depth=2,ignore=plan", table);
  mine_model_retain(a);
  mine_model_retain(b);
  mine_model *grouped = loaded(made_grouped(env, a, b, "plan"));
  mine_model *model = loaded(
      made_ensemble(env, grouped, must_train("tree", "target=churn,holdout=0", table), 1, 1));
  mine_scoring *by_a = scored(a, MINE_SCORE_ROWS, "", table);
  mine_scoring *by_b = scored(b, MINE_SCORE_ROWS, "", table);
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "threads=2", table);
  for (int i = 0; i < 9000; i++) {
    const int code = s->batch.view[2].code[i];
    const double one = mine_scoring_class_probability(code == 0 ? by_a : by_b, i, 1);
    near(mine_scoring_class_probability(s, i, 1),
         0.5 * one + 0.5 * mine_scoring_class_probability(by_a, i, 1));
  }
  mine_scoring_close(s);
  mine_scoring_close(by_a);
  mine_scoring_close(by_b);
  mine_model_free(a);
  mine_model_free(b);
  mine_model_free(model);
  free(table);
}

static void models_only_so_many_deep(void **state) {
  (void)state;
  mine_model *model = smaller(), *copy;
  const void *bytes;
  size_t n;
  for (int depth = 2; depth <= MINE_MODELS_DEEPEST; depth++)
    model = loaded(made_ensemble(env, model, smaller(), 1, 1));
  model = made_ensemble(env, model, smaller(), 1, 1);
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  assert_int_equal(mine_model_load(env, bytes, n, &copy), MINE_CORRUPT);
  must_say("(models too many deep)");
  mine_model_free(model);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(a_model_per_value), T(a_member_in_its_own_terms), T(clusters_per_value),
      T(a_weighted_mean),   T(many_rows_of_many_members), T(models_only_so_many_deep),
  };
  return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
