/*
** test_help.c -- every word that analysts use leads to verbs and algorithms that exist, and some
** word leads to every verb.
*/
#include <stdio.h>
#include <string.h>

#include "env_fixture.h"

#include "jobs/catalog.h"
#include "jobs/help.h"

static mine_text page;

static int found(const char *topic) {
  mine__text_open(&page, env->scratch);
  return mine__help_find(&page, topic);
}

/* The i-th of 'a|b|c' in out; 0: there are fewer. */
static int part(const char *list, int i, char out[80]) {
  for (; i > 0 && *list; i--) {
    list += strcspn(list, "|");
    list += *list == '|';
  }
  const size_t n = strcspn(list, "|");
  assert_true(n < 80);
  memcpy(out, list, n);
  out[n] = 0;
  return n > 0;
}

static int exists(const char *name) {
  return mine__algorithm_find(name) || mine_verb_find(name, MINE_VERB_TABLE) ||
         mine_verb_find(name, MINE_VERB_SCALAR) || mine_verb_find(name, MINE_VERB_AGGREGATE);
}

static void test_words(void **state) {
  (void)state;
  char said[80], meant[80], entry[84];
  for (const mine__help_word *word = mine__help_words; word->said; word++) {
    for (int i = 0; part(word->meant, i, meant); i++)
      if (!exists(meant)) fail_msg("%s: there is no %s", word->said, meant);
    assert_true(part(word->meant, 0, meant));
    (void)snprintf(entry, sizeof entry, "  %s", meant);
    for (int i = 0; part(word->said, i, said); i++) {
      if (!found(said)) fail_msg("%s: nothing is found", said);
      if (!strstr(page.data, entry)) fail_msg("%s: no %s in\n%s", said, meant, page.data);
    }
  }
}

/* Those about the catalogue itself apart. */
static void test_verbs(void **state) {
  (void)state;
  char meant[80];
  for (int v = 0; mine_verb_at(v); v++) {
    const mine_verb *verb = mine_verb_at(v);
    int named = strcmp(verb->job, MINE_JOB_HELP) == 0;
    for (const mine__help_word *word = mine__help_words; word->said && !named; word++)
      for (int i = 0; part(word->meant, i, meant) && !named; i++)
        named = strcmp(meant, verb->name) == 0;
    if (!named) fail_msg("%s: no row of help_words.c leads to it", verb->name);
  }
}

static void test_topics(void **state) {
  (void)state;
  static const struct {
    const char *topic, *first; /* NULL: nothing */
  } cases[] = {{"Which of my customers will leave?", "mine_train"},
               {"Cross-Selling", "mine_rules"},
               {"gains charts", "mine_lift"},
               {"ROC curves", "mine_roc"},
               {"forecasts of demand", "mine_forecast"},
               {"客户流失预测", "mine_train"},
               {"关联", "mine_rules"},
               {"medoids", "kmedoids"},
               {"indexes", "mine_composite"},
               {"coefficients", "mine_coefficients"},
               {"Umsatz", NULL},
               {"shape shifting", NULL},
               {"the customers", NULL},
               {"客", NULL},
               {"", NULL},
               {" - ", NULL}};
  char first[100];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const int n = found(cases[i].topic);
    if (n != (cases[i].first != NULL)) fail_msg("'%s': found %d", cases[i].topic, n);
    if (!n) continue;
    (void)snprintf(first, sizeof first, "SELECT mine_help('%s');", cases[i].first);
    if (!strstr(page.data, first)) fail_msg("'%s':\n%s", cases[i].topic, page.data);
  }
}

/* A topic of any length is cut, not overrun. */
static void test_long(void **state) {
  (void)state;
  char topic[4000];
  memset(topic, 'x', sizeof topic - 1);
  topic[sizeof topic - 1] = 0;
  assert_int_equal(found(topic), 0);
  assert_null(mine__help_name(topic));
  memcpy(topic, "churn ", 6);
  assert_int_equal(found(topic), 1);
}

static void test_names(void **state) {
  (void)state;
  assert_string_equal(mine__help_name("K-Means"), "kmeans");
  assert_string_equal(mine__help_name("t test"), "mine_ttest");
  assert_string_equal(mine__help_name("MINE_RFM"), "mine_rfm");
  assert_string_equal(mine__help_name("forecast"), "mine_forecast");
  assert_null(mine__help_name("churn"));
  assert_null(mine__help_name(""));
}

static void test_algorithms(void **state) {
  (void)state;
  assert_string_equal(mine__help_algorithm("XGBoost"), "boost");
  assert_string_equal(mine__help_algorithm("random forest"), "forest");
  assert_string_equal(mine__help_algorithm("K-Means"), "kmeans");
  assert_string_equal(mine__help_algorithm("\xe5\x86\xb3\xe7\xad\x96\xe6\xa0\x91"), "tree");
  static const struct {
    const char *topic, *name;
  } cases[] = {{"logistic regression", "logistic"},
               {"cox regression", "cox"},
               {"Regression Trees", "tree"},
               {"regression", "linear"},
               {"linear regression", "linear"},
               {"hierarchical clustering", "agglomerative"},
               {"层次聚类", "agglomerative"},
               {"k modes", "kprototypes"},
               {"pam", "kmedoids"},
               {"k-medoids", "kmedoids"},
               {"factor analysis", "factor"},
               {"因子分析", "factor"},
               {"principal components", "pca"},
               {"two step", "auto"},
               {"TwoStep", "auto"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *name = mine__help_algorithm(cases[i].topic);
    if (!name || strcmp(name, cases[i].name) != 0)
      fail_msg("'%s': %s, not %s", cases[i].topic, name ? name : "(none)", cases[i].name);
  }
  assert_null(mine__help_algorithm("confusion matrix"));
  assert_null(mine__help_algorithm("nonsense"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_words, open_env, close_env),
      cmocka_unit_test(test_verbs),
      cmocka_unit_test_setup_teardown(test_topics, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_long, open_env, close_env),
      cmocka_unit_test(test_algorithms),
      cmocka_unit_test(test_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
