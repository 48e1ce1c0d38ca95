/*
** test_export.c -- the forms in which models leave: every kind has a function or a reason for every
** form; the rows of a proof are made of the model, are the same every time, and show every level,
** every gap and both sides of every threshold; what SQLite would not take is refused.
*/
#include "jobs_fixture.h"
#include "verb_fixture.h"

#include "../../algorithms/model/proof.h"
#include "../../algorithms/model/trees.h"

static const char table[] =
    "id,age,plan,churn;1,20,gold,no;2,31,basic,no;3,42,silver,yes;4,53,gold,yes;5,24,basic,no;"
    "6,35,silver,no;7,46,gold,yes;8,57,basic,yes;9,28,silver,no;10,39,gold,no;11,50,basic,yes;"
    "12,61,silver,yes;13,22,,no;14,,gold,yes";

static void every_kind_has_a_reason(void **state) {
  (void)state;
  for (int id = 0; id < MINE_FORMATS; id++) {
    assert_non_null(mine__formats[id].name);
    if (!mine__format_exists((mine_format_id)id)) continue;
    for (int k = 0; mine__kind_at(k); k++) {
      const char *why_not;
      const mine_write write = mine__kind_writes(mine__kind_at(k), (mine_format_id)id, &why_not);
      assert_true((write != NULL) == (why_not == NULL));
      if (why_not) assert_string_not_equal(why_not, "nobody has said how");
    }
  }
}

static void a_proof_shows_what_can_happen(void **state) {
  (void)state;
  mine_model *model = must_train("tree", "target=churn, holdout=0, min_samples_leaf=1", table);
  const mine_trees *trees = model->body;
  mine_proof *proof = mine__proof_make(env, env->scratch, model);
  mine_proof *again = mine__proof_make(env, env->scratch, model);
  assert_non_null(proof);
  assert_true(proof->n >= 100 && proof->made);
  assert_int_equal(proof->n, again->n);
  int seen[6] = {0}; /* missing, unseen, three levels, a missing number */
  for (int64_t i = 0; i < proof->n; i++) {
    for (int f = 0; f < model->n_features; f++) {
      char buffer[MINE_TIME_BYTES], other[MINE_TIME_BYTES];
      mine_cell a, b;
      mine__proof_cell(model, proof, i, f, buffer, &a);
      mine__proof_cell(model, again, i, f, other, &b);
      assert_true(mine__cell_equal(&a, &b));
      if (proof->feature[f].code) {
        seen[proof->feature[f].code[i] < 0 ? -1 - proof->feature[f].code[i]
                                           : 2 + proof->feature[f].code[i]]++;
        if (proof->feature[f].code[i] == MINE_CODE_UNKNOWN)
          assert_true(mine__dictionary_find(&model->feature[f].levels, &a) < 0);
      } else {
        seen[5] += isnan(proof->feature[f].number[i]);
      }
    }
    const double *share = proof->answers.share + 2 * i;
    assert_true(fabs(share[0] + share[1] - 1) < 1e-12);
  }
  for (int k = 0; k < 6; k++)
    assert_true(seen[k] > 0);
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    if (trees->feature[i] == MINE_TREES_LEAF || trees->set[i] >= 0) continue;
    const double at = trees->threshold[i], *x = proof->feature[trees->feature[i]].number;
    int below = 0, on = 0, above = 0;
    for (int64_t row = 0; row < proof->n; row++) {
      below += x[row] == nextafter(at, -INFINITY);
      on += x[row] == at;
      above += x[row] == nextafter(at, INFINITY);
    }
    assert_true(below && on && above);
  }
  mine_model_free(model);
}

static void rows_that_skip_have_no_answer(void **state) {
  (void)state;
  mine_model *model =
      must_train("tree", "target=churn, holdout=0, missing=skip, min_samples_leaf=1", table);
  const mine_proof *proof = mine__proof_make(env, env->scratch, model);
  int gaps = 0, whole = 0;
  assert_non_null(proof);
  for (int64_t i = 0; i < proof->n; i++) {
    const int gap = mine__missing_in_row(proof->feature, model->n_features, i) >= 0;
    assert_true(isnan(proof->answers.share[2 * i]) == gap);
    assert_true((proof->answers.group[i] == MINE_NO_GROUP) == gap);
    gaps += gap;
    whole += !gap;
  }
  assert_true(gaps > 0 && whole >= 50);
  mine_model_free(model);
}

static void forms_are_written(void **state) {
  (void)state;
  static const struct {
    const char *algorithm, *options;
  } one[] = {{"tree", "target=churn"},
             {"forest", "target=churn, n_trees=20"},
             {"boost", "target=churn"},
             {"logistic", "target=churn"},
             {"linear", "target=age"},
             {"bayes", "target=churn"},
             {"kmeans", "k=2"},
             {"mlp", "target=churn, hidden=3, epochs=2"},
             {"tree", "target=churn, group=plan"}};
  for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
    mine_model *model = must_train(one[i].algorithm, one[i].options, table);
    const char *text;
    for (int id = 0; id < MINE_FORMATS; id++) {
      const char *why_not;
      const mine_format *format = &mine__formats[id];
      if (!mine__kind_writes(model->kind, (mine_format_id)id, &why_not)) continue;
      if (id == MINE_FORMAT_TRIGGER) continue; /* needs a table */
      assert_int_equal(verb_write(env, model, format->name, "m", &text), MINE_OK);
      assert_true(strlen(text) > 20);
    }
    mine_model_free(model);
  }
}

static void a_remembering_model_stays(void **state) {
  (void)state;
  mine_model *model = must_train("knn", "target=churn", table);
  const char *text;
  assert_int_equal(verb_write(env, model, "sql", "m", &text), MINE_UNSUPPORTED);
  must_say("a knn model (neighbours) is not written as sql: the model is the rows");
  mine_model_free(model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_kind_has_a_reason, open_env, close_env),
      cmocka_unit_test_setup_teardown(a_proof_shows_what_can_happen, open_env, close_env),
      cmocka_unit_test_setup_teardown(rows_that_skip_have_no_answer, open_env, close_env),
      cmocka_unit_test_setup_teardown(forms_are_written, open_env, close_env),
      cmocka_unit_test_setup_teardown(a_remembering_model_stays, open_env, close_env),
  };
  return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
