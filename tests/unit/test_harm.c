/*
** test_harm.c -- the decoders of the models of tomorrow believe nothing: each of their rules is
** broken alone and meets its sentence, memory is refused at every allocation, every byte is
** damaged behind a checksum that says all is well, and reading and writing can be stopped.
*/
#include "tomorrow_fixture.h"

#include "load_fixture.h"
#include "refusing_fixture.h"
#include "slow_fixture.h"

/* ---- lies --------------------------------------------------------------------------------- */

static mine_model *clusters(void) {
  return made_grouped(env, must_train("kmeans", "k=2,ignore=y", TRAIN),
                      must_train("kmeans", "k=3,ignore=y", TRAIN), "plan");
}

static mine_model *numbers(void) {
  return must_train("knn", "target=x,k=2,holdout=0,ignore=y", TRAIN);
}

#define TREES    ((mine_trees *)model->body)
#define GROUPED  ((mine_grouped *)model->body)
#define ENSEMBLE ((mine_ensemble *)model->body)
#define MIXTURE  ((mine_prototypes *)model->body)

#define LIE(name, ...)                  \
  static void name(mine_model *model) { \
    __VA_ARGS__;                        \
  }
LIE(margins_as_probabilities, TREES->link = MINE_TREES_IDENTITY; TREES->combine = MINE_TREES_MEAN;
    TREES->base = NULL; TREES->outputs = TREES->width = 2;
    TREES->values = mine__arena_zeros(model->arena, 12, 8); TREES->values[0] = -0.7)
LIE(unknown_link, TREES->link = (mine_trees_link)4)
LIE(unknown_combination, TREES->combine = (mine_trees_combine)2)
LIE(logit_of_three, TREES->link = MINE_TREES_LOGIT)
LIE(exp_of_classes, TREES->link = MINE_TREES_EXP)
LIE(softmax_of_numbers, TREES->link = MINE_TREES_SOFTMAX)
LIE(base_that_is_none, TREES->base[0] = (double)NAN)
LIE(output_beyond, TREES->output[5] = 3)
LIE(output_before, TREES->output[0] = -1)
LIE(mean_of_outputs, TREES->combine = MINE_TREES_MEAN)
LIE(narrow_without_outputs, TREES->output = NULL)
LIE(too_wide, TREES->width = 4)
LIE(no_width, TREES->width = 0)
LIE(two_sums_for_one, TREES->outputs = 2)
LIE(no_names, mine__values_clear(&model->groups); model->n_groups = 0; model->positive = -1)
LIE(negative_rows, TREES->rows = mine__arena_zeros(model->arena, 6, 8); TREES->rows[1] = -1)
LIE(negative_gain, TREES->gain = mine__arena_zeros(model->arena, 6, 8); TREES->gain[1] = -1)
LIE(negative_weight, TREES->weight = mine__arena_zeros(model->arena, 6, 8); TREES->weight[2] = -1)
LIE(negative_impurity, TREES->impurity = mine__arena_zeros(model->arena, 6, 8);
    TREES->impurity[2] = -1)
LIE(empty_output, model->output_name[0] = "")
LIE(empty_want, model->read[0].want = NULL)
LIE(empty_column, model->read[1].column = "")
LIE(no_task, model->task_name = "")
LIE(regression_without_target, model->task = MINE_REGRESSION; model->task_name = NULL)
LIE(clusters_with_outputs, model->task = MINE_CLUSTERING; model->task_name = NULL)
LIE(neighbors_with_outputs, model->task = MINE_NEIGHBORS; model->task_name = NULL)
LIE(neighbors_with_target, model->task = MINE_NEIGHBORS)
LIE(regression_of_classes, model->task = MINE_REGRESSION)
LIE(regression_of_both, static const char *const names[] = {"left"}; model->task = MINE_REGRESSION;
    give_outputs(model, names, 1))
LIE(classes_without_target, model->roles.target = NULL)
LIE(clusters_with_target, model->task = MINE_CLUSTERING)
LIE(neighbors_with_groups, model->task = MINE_NEIGHBORS; model->roles.target = NULL)
LIE(one_class, model->groups.n = 1; model->n_groups = 1)
LIE(names_for_fewer, model->groups.n = 1)
LIE(component_without_width, MIXTURE->scale[1] = -1)
LIE(component_without_weight, MIXTURE->offset[0] = (double)-INFINITY)
LIE(group_column_of_numbers, GROUPED->feature = 0; model->feature[0].levels.values.n = 0)
LIE(group_column_beyond, mine_feature *more = mine__arena_zeros(model->arena, 3, sizeof *more);
    memcpy(more, model->feature, 2 * sizeof *more); more[2] = more[1]; model->feature = more;
    GROUPED->feature = 2)
LIE(model_beyond, GROUPED->of_level[0] = 2)
LIE(model_before, GROUPED->of_level[1] = -2)
LIE(other_beyond, GROUPED->other = 2)
LIE(other_before, GROUPED->other = -2)
LIE(no_members, GROUPED->n_members = 0)
LIE(member_of_other_attributes, ((mine_model *)GROUPED->member[1].model)->feature[0].name = "z")
LIE(member_of_other_types,
    model->feature = mine__arena_zeros(model->arena, 2, sizeof(mine_feature));
    give_feature(model, 0, "plan", 0); give_feature(model, 1, "x", 2); GROUPED->feature = 1)
LIE(member_of_other_levels, mine_feature *own = mine__arena_zeros(model->arena, 2, sizeof *own);
    memcpy(own, model->feature, 2 * sizeof *own); model->feature = own;
    give_feature(model, 1, "plan", 2))
LIE(member_of_other_classes, mine__values_clear(&model->groups); model->n_groups = 0;
    give_groups(model, "bc"))
LIE(member_with_outputs, static const char *const names[] = {"left"};
    give_outputs((mine_model *)ENSEMBLE->member[1].model, names, 1))
LIE(negative_share, ENSEMBLE->weight[0] = -1)
LIE(no_weight, ENSEMBLE->weight[0] = ENSEMBLE->weight[1] = 0)
LIE(endless_weight, ENSEMBLE->weight[0] = ENSEMBLE->weight[1] = 1.7e308)
LIE(two_names_for_three, give_groups(model, "pq"))
LIE(classes_without_names, model->task = (mine_task_kind)0; model->task_name = "odd";
    model->roles.target = "y")
LIE(no_sums, model->n_outputs = 0; TREES->outputs = TREES->width = 0)
LIE(two_answers_of_a_row, static const char *const names[] = {"x", "z"};
    give_outputs(model, names, 2))
LIE(nothing, (void)model)

static const struct {
  mine_model *(*make)(void);
  void (*change)(mine_model *model);
  const char *problem; /* NULL: loads */
} lies[] = {
    {boosted, nothing, NULL},
    {rounds, nothing, NULL},
    {isolation, nothing, NULL},
    {events, nothing, NULL},
    {mixture, nothing, NULL},
    {grouped, nothing, NULL},
    {ensemble, nothing, NULL},
    {boosted, margins_as_probabilities, "a probability"},
    {boosted, unknown_link, "the link of the trees"},
    {boosted, unknown_combination, "the way to combine trees"},
    {rounds, logit_of_three, "the link of the trees"},
    {rounds, exp_of_classes, "the link of the trees"},
    {isolation, softmax_of_numbers, "the link of the trees"},
    {boosted, base_that_is_none, "a number that is not finite"},
    {rounds, output_beyond, "the output of a tree"},
    {rounds, output_before, "the output of a tree"},
    {rounds, mean_of_outputs, "the way to combine trees"},
    {rounds, narrow_without_outputs, "the values of a node"},
    {rounds, too_wide, "the values of a node"},
    {rounds, no_width, "the values of a node"},
    {isolation, two_sums_for_one, "the outputs of the trees"},
    {boosted, no_names, "the number of classes"},
    {isolation, negative_rows, "the rows of a node"},
    {isolation, negative_weight, "the rows of a node"},
    {isolation, negative_gain, "the impurity of a node"},
    {isolation, negative_impurity, "the impurity of a node"},
    {isolation, empty_output, "an output's name"},
    {events, empty_want, "what a column is for"},
    {events, empty_column, "a column's name"},
    {events, no_task, "the task"},
    {events, regression_without_target, "the target"},
    {events, clusters_with_outputs, "the number of outputs"},
    {events, neighbors_with_outputs, "the number of outputs"},
    {boosted, neighbors_with_target, "the target"},
    {boosted, regression_of_classes, "the target"},
    {boosted, regression_of_both, "the number of classes"},
    {boosted, classes_without_target, "the target"},
    {boosted, clusters_with_target, "the target"},
    {boosted, neighbors_with_groups, "the number of classes"},
    {boosted, one_class, "the number of classes"},
    {mixture, names_for_fewer, "the number of the groups' names"},
    {mixture, component_without_width, "the width of a component"},
    {mixture, component_without_weight, "a number that is not finite"},
    {grouped, group_column_of_numbers, "the column of the groups"},
    {grouped, group_column_beyond, "the column of the groups"},
    {grouped, model_beyond, "the model of a group"},
    {grouped, model_before, "the model of a group"},
    {grouped, other_beyond, "the model of the other groups"},
    {grouped, other_before, "the model of the other groups"},
    {grouped, no_members, "the number of members"},
    {grouped, member_of_other_attributes, "the attributes of a member"},
    {grouped, member_of_other_types, "the attributes of a member"},
    {grouped, member_of_other_levels, "the levels of a member"},
    {clusters, nothing, NULL},
    {clusters, two_names_for_three, "the groups of a member"},
    {clusters, classes_without_names, "the classes of a member"},
    {numbers, two_answers_of_a_row, "the answers of the rows"},
    {isolation, no_sums, "the outputs of the trees"},
    {ensemble, member_of_other_classes, "the classes of a member"},
    {ensemble, member_with_outputs, "the outputs of a member"},
    {ensemble, negative_share, "the weight of a member"},
    {ensemble, no_weight, "the weights of the members"},
    {ensemble, endless_weight, "the weights of the members"},
};

static void a_lie_meets_its_sentence(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
    char sentence[120];
    const void *bytes;
    size_t n;
    mine_model *model = lies[i].make(), *copy = NULL;
    assert_non_null(model);
    lies[i].change(model);
    assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
    const mine_status status = mine_model_load(env, bytes, n, &copy);
    mine_model_free(model);
    if (lies[i].problem) {
      snprintf(sentence, sizeof sentence, "test: the model is corrupt (%s); train it again",
               lies[i].problem);
      if (strcmp(mine_env_error(env), sentence) != 0)
        fail_msg("case %d: \"%s\" is not \"%s\"", (int)i, mine_env_error(env), sentence);
      assert_int_equal(status, MINE_CORRUPT);
    } else if (status) {
      fail_msg("case %d: %s", (int)i, mine_env_error(env));
    }
    mine_model_free(copy);
    (void)close_env(NULL);
    (void)open_env(NULL);
  }
}

/* ---- memory and damage ---------------------------------------------------------------------- */

static int load_without(const void *bytes, size_t bytes_n, int n) {
  refusing memory;
  mine_model *model = NULL;
  mine_env *other = refusing_env(&memory, "load");
  memory.countdown = n;
  const mine_status status = mine_model_load(other, bytes, bytes_n, &model);
  assert_int_equal(status, memory.refused ? MINE_NOMEM : MINE_OK);
  mine_model_free(model);
  mine_env_close(other);
  assert_true(memory.held == 0);
  return memory.refused;
}

/* A longer text moves what is behind it in the arena's chunks. */
static void every_allocation_may_fail(void **state) {
  (void)state;
  static char text[16000];
  const size_t step = slow_step(7);
  for (size_t k = 0; k < TOMORROW; k++) {
    mine_model *model = tomorrow[k]();
    const size_t longest = k < 5 ? 2100 : sizeof text; /* the larger, the more chunks */
    for (size_t length = 0; length < longest; length += 16 * step) {
      const void *bytes;
      size_t n;
      int at = 1;
      memset(text, 'x', length);
      text[length] = 0;
      model->told.source = text;
      const mine_mark mark = mine__arena_mark(env->scratch);
      assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
      while (load_without(bytes, n, at))
        at++;
      assert_true(at > 3);
      mine__arena_rewind(env->scratch, mark);
    }
    mine_model_free(model);
  }
}

/* One leaf, and so many classes that a table of them is a block of its own. */
static mine_model *wide(int classes) {
  mine_model *model = blank(&mine__kind_trees, MINE_CLASSIFICATION, "y");
  mine_trees *trees = mine__trees_new(model->arena, 1, 1, 1, 0, classes);
  for (int c = 0; c < classes; c++)
    assert_true(mine__values_push_int(&model->groups, c));
  model->n_groups = classes;
  trees->feature[0] = trees->left[0] = trees->right[0] = trees->set[0] = -1;
  trees->values[0] = 1;
  model->body = trees;
  return model;
}

static void the_table_of_a_member_may_fail(void **state) {
  (void)state;
  const void *bytes;
  size_t n;
  mine_model *model = made_ensemble(env, wide(5001), wide(5000), 1, 1);
  assert_non_null(model);
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  int at = 1;
  while (load_without(bytes, n, at))
    at++;
  assert_true(at > 20);
  mine_model_free(model);
}

static void writing_may_fail(void **state) {
  (void)state;
  for (size_t k = 0; k < TOMORROW; k++) {
    mine_model *model = tomorrow[k]();
    for (int at = 1, refused = 1; refused; at++) {
      refusing memory;
      const void *bytes;
      size_t n;
      mine_env *other = refusing_env(&memory, "save");
      memory.countdown = at;
      const mine_status status = mine_model_bytes(other, model, &bytes, &n);
      refused = memory.refused;
      assert_int_equal(status, refused ? MINE_NOMEM : MINE_OK);
      assert_int_equal(bytes == NULL, refused);
      mine_env_close(other);
      assert_true(memory.held == 0);
    }
    mine_model_free(model);
  }
}

static void use(const mine_model *model) {
  static const char *const verbs[] = {"mine_summary",     "mine_evaluate", "mine_confusion",
                                      "mine_centroids",   "mine_tree",     "mine_importance",
                                      "mine_coefficients"};
  mine_env *other;
  for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
    mine_relation *r;
    assert_int_equal(mine_env_open(NULL, "use", &other), MINE_OK);
    if (verb_list(other, model, verbs[v], &r) == MINE_OK) mine_relation_free(r);
    mine_env_close(other);
  }
  for (int mode = MINE_SCORE_ROWS; mode <= MINE_SCORE_EVALUATE; mode++) {
    mine_scoring *scoring;
    mine_relation *r;
    mine_cell cell;
    assert_int_equal(mine_env_open(NULL, "use", &other), MINE_OK);
    if (verb_scoring_open(other, model, (mine_scoring_mode)mode, "threads=1", &scoring) ==
        MINE_OK) {
      if (fixture_fill(mine_scoring_frame(scoring), ROWS, 0) == MINE_OK &&
          mine__scoring_run(scoring) == MINE_OK) {
        for (int64_t i = 0; i < N; i++)
          for (int c = 0; c <= verb_column("unknown"); c++)
            mine__scoring_cell(scoring, i, c, &cell);
        if (mode == MINE_SCORE_EVALUATE && verb_evaluate(other, scoring, &r) == MINE_OK)
          mine_relation_free(r);
      }
      mine_scoring_close(scoring);
    }
    mine_env_close(other);
  }
}

/* Three damages of every byte, and counts of billions, behind a good checksum. */
static void damage_does_no_harm(void **state) {
  (void)state;
  const size_t step = slow_step(3);
  for (size_t k = 0; k < TOMORROW; k++) {
    const void *sound;
    size_t n, refused = 0;
    mine_model *model = tomorrow[k]();
    assert_int_equal(mine_model_bytes(env, model, &sound, &n), MINE_OK);
    uint8_t *bytes = malloc(n);
    memcpy(bytes, sound, n);
    mine_model_free(model);
    assert_true(try_load(bytes, n, use));
    for (size_t i = 32; i < n; i += step) {
      const uint8_t was = bytes[i], now[] = {(uint8_t)(was ^ 1), (uint8_t)(was ^ 0x80), 0x7f};
      for (size_t d = 0; d < sizeof now; d++) {
        bytes[i] = now[d];
        seal_checksum(bytes, n);
        refused += !try_load(bytes, n, use);
      }
      bytes[i] = was;
    }
    assert_true(refused > n / 10 / step);
    for (size_t cut = 32; cut < n; cut += 7 * step) {
      uint8_t *part = malloc(cut);
      memcpy(part, bytes, cut);
      seal_model(part, cut);
      assert_false(try_load(part, cut, use));
      free(part);
    }
    free(bytes);
  }
}

/* ---- large arrays --------------------------------------------------------------------------- */

#define MANY ((size_t)3 << 20) /* doubles: 24 MB, six pieces */

static int stops_at_once(void *user) {
  (void)user;
  return 1;
}

static void reading_and_writing_can_be_stopped(void **state) {
  (void)state;
  const mine_host host = {.interrupted = stops_at_once};
  double *v = calloc(MANY, sizeof *v);
  mine_env *other;
  mine_writer w;
  assert_int_equal(mine_env_open(&host, "save", &other), MINE_OK);
  mine__text_open(&w.text, other->scratch);
  mine__write_reals(&w, v, MANY);
  assert_true(w.text.failed);
  assert_int_equal(mine_env_status(other), MINE_INTERRUPT);
  mine_env_close(other);
  assert_int_equal(mine_env_open(&host, "load", &other), MINE_OK);
  mine_reader r = {.env = other, .arena = other->scratch, .at = (const uint8_t *)v};
  r.end = r.at + MANY * sizeof *v;
  assert_null(mine__read_reals(&r, MANY, 1));
  assert_int_equal(mine_env_status(other), MINE_INTERRUPT);
  mine_env_close(other);
  /* Without that wish they come back. */
  v[0] = 1;
  v[MANY - 1] = -2.5;
  mine__text_open(&w.text, env->scratch);
  mine__write_reals(&w, v, MANY);
  r = (mine_reader){.env = env, .arena = env->scratch, .at = (const uint8_t *)w.text.data};
  r.end = r.at + w.text.bytes;
  const double *back = mine__read_reals(&r, MANY, 1);
  assert_non_null(back);
  assert_memory_equal(back, v, MANY * sizeof *v);
  free(v);
}

/* Threads with environments of their own ask a shared model: nothing is written into it, so
** the bytes are theirs, and the same. */
static void bytes_belong_to_who_asks(void **state) {
  (void)state;
  mine_model *model = ensemble();
  mine_env *other;
  const void *a, *b;
  size_t n, m;
  assert_int_equal(mine_env_open(NULL, "save", &other), MINE_OK);
  assert_int_equal(mine_model_bytes(env, model, &a, &n), MINE_OK);
  assert_int_equal(mine_model_bytes(other, model, &b, &m), MINE_OK);
  assert_ptr_not_equal(a, b);
  assert_int_equal(n, m);
  assert_memory_equal(a, b, n);
  mine_env_close(other);
  mine_model_free(model);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(a_lie_meets_its_sentence),
      T(every_allocation_may_fail),
      T(the_table_of_a_member_may_fail),
      T(writing_may_fail),
      T(damage_does_no_harm),
      T(reading_and_writing_can_be_stopped),
      T(bytes_belong_to_who_asks),
  };
  return cmocka_run_group_tests_name("harm", tests, NULL, NULL);
}
