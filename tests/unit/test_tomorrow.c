/*
** test_tomorrow.c -- models that no algorithm of today makes must load, list themselves
** and answer right: boosting for classes, several outputs, a mixture, an isolation
** forest, events without attributes, a task nobody knows, models made of models.
**
** They are made by hand, written, read back and asked; what they should say is computed
** here from the definitions in trees.h, prototypes.h and members.h.  Then each rule of
** their decoders is broken alone, memory is refused at every allocation, and every byte is
** damaged behind a checksum that says all is well.
*/
#include "jobs_fixture.h"

#include "../seal.h"
#include "made_models.h"
#include "refusing_fixture.h"

#define ROWS "id,x,plan;1,1,gold;2,2.5,basic;3,4,gold;4,,basic;5,9,;6,3,silver"
#define N    6

/* ---- making ------------------------------------------------------------------------- */

static const char *const plans[] = {"basic", "gold"};

static void give_feature(mine_model *model, int f, const char *name, int levels) {
  mine_feature *feature = &model->feature[f];
  feature->name = name;
  feature->why = "";
  assert_true(mine__dictionary_open(&feature->levels, model->arena));
  feature->type = levels ? MINE_COLUMN_CATEGORY : MINE_COLUMN_NUMERIC;
  for (int i = 0; i < levels; i++) {
    mine_cell cell = {MINE_TEXT, strlen(plans[i]), {0}};
    cell.as.text = plans[i];
    assert_int_equal(mine__dictionary_add(&feature->levels, &cell), i);
  }
}

/* x is a number, plan is basic or gold.  target NULL: none. */
static mine_model *blank(const mine_kind *kind, mine_task_kind task, const char *target) {
  mine_model *model;
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  model->kind = kind;
  model->algorithm = "tomorrow";
  model->task = task;
  model->target_name = target;
  model->n_features = 2;
  model->feature = mine__arena_zeros(model->arena, 2, sizeof *model->feature);
  give_feature(model, 0, "x", 0);
  give_feature(model, 1, "plan", 2);
  mine__model_note(model, "fit", "made", "by hand");
  return model;
}

static void give_groups(mine_model *model, const char *names) {
  for (const char *at = names; *at; at++)
    assert_true(mine__values_push_text(&model->groups, at, 1));
  model->n_groups = (int)strlen(names);
  if (model->n_groups == 2 && model->target_name) model->positive = 1;
}

static void give_outputs(mine_model *model, const char *const *names, int n) {
  model->n_outputs = n;
  model->output_name = mine__arena_array(model->arena, (size_t)n, sizeof(char *));
  for (int o = 0; o < n; o++)
    model->output_name[o] = names[o];
}

/* `stumps` trees of three nodes: even ones ask x < 3, odd ones whether plan is gold; what is
** missing goes right.  Leaves have the values leaf[stump][side][c]. */
static mine_trees *give_stumps(mine_model *model, int stumps, int width, const double *leaf) {
  mine_trees *trees = mine__trees_new(model->arena, stumps, 3 * stumps, 3 * stumps, 1, width);
  assert_non_null(trees);
  trees->bits[0] = 2;
  for (int32_t t = 0; t < stumps; t++) {
    const int32_t root = 3 * t;
    trees->first[t] = root;
    for (int32_t i = root; i < root + 3; i++) {
      trees->feature[i] = trees->left[i] = trees->right[i] = trees->set[i] = -1;
      trees->value[i] = i;
    }
    trees->feature[root] = t % 2;
    trees->set[root] = t % 2 ? 0 : -1;
    trees->threshold[root] = t % 2 ? 0 : 3;
    trees->left[root] = root + 1;
    trees->right[root] = root + 2;
    for (int side = 0; side < 2; side++)
      memcpy(trees->values + (root + 1 + side) * width, leaf + (2 * t + side) * width,
             (size_t)width * sizeof *leaf);
    memcpy(trees->values + root * width, leaf + 2 * t * width, (size_t)width * sizeof *leaf);
  }
  trees->first[stumps] = 3 * stumps;
  trees->weight = trees->rows = trees->impurity = trees->gain = NULL;
  model->body = trees;
  return trees;
}

/* The side that row `i` of ROWS takes at a stump. */
static int side_of(int stump, int row) {
  static const double x[N] = {1, 2.5, 4, NAN, 9, 3};
  static const int plan[N] = {1, 0, 1, 0, -1, -2};
  return stump % 2 ? plan[row] != 1 : !(x[row] < 3);
}

/* ---- asking ------------------------------------------------------------------------- */

/* Written and read back; the hand-made one is freed. */
static mine_model *loaded(mine_model *model) {
  const void *bytes;
  size_t n;
  mine_model *copy;
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  if (mine_model_load(env, bytes, n, &copy)) fail_msg("%s", mine_env_error(env));
  mine_model_free(model);
  return copy;
}

static mine_scoring *scored(const mine_model *model, mine_scoring_mode mode, const char *options,
                            const char *table) {
  mine_scoring *scoring;
  if (verb_scoring_open(env, model, mode, options, &scoring) ||
      fixture_fill(mine_scoring_frame(scoring), table, 0) || mine__scoring_run(scoring))
    fail_msg("%s", mine_env_error(env));
  return scoring;
}

static const char *shown(const mine_scoring *scoring, int64_t row, const char *column) {
  static char buffer[4][MINE_SHOW_BYTES];
  static int turn;
  mine_cell cell;
  mine__scoring_cell(scoring, row, verb_column(column), &cell);
  return mine__show_cell(buffer[turn++ % 4], &cell);
}

static double number(const mine_scoring *scoring, int64_t row, const char *column) {
  mine_cell cell;
  mine__scoring_cell(scoring, row, verb_column(column), &cell);
  return cell.type == MINE_REAL  ? cell.as.real
         : cell.type == MINE_INT ? (double)cell.as.integer
                                 : (double)NAN;
}

static void near(double is, double should) {
  if (!(fabs(is - should) < 1e-12)) fail_msg("%.17g is not %.17g", is, should);
}

/* A single row says what it says among others. */
static void alone_as_among_others(const mine_model *model, const mine_scoring *among) {
  static const char *const table[N] = {"x,plan;1,gold", "x,plan;2.5,basic", "x,plan;4,gold",
                                       "x,plan;,basic", "x,plan;9,",        "x,plan;3,silver"};
  for (int i = 0; i < N; i++) {
    mine_scoring *alone = scored(model, MINE_SCORE_SINGLE, "", table[i]);
    for (const char *const *c = (const char *const[]){"prediction", "probability", "confidence",
                                                      "distance", "label", NULL};
         *c; c++)
      assert_string_equal(shown(alone, 0, *c), shown(among, i, *c));
    for (int g = 0; g < mine_scoring_classes(among); g++) {
      const double a = mine_scoring_class_probability(alone, 0, g);
      const double b = mine_scoring_class_probability(among, i, g);
      assert_true(a == b || (isnan(a) && isnan(b)));
    }
    mine_scoring_close(alone);
  }
}

static void lists_itself(const mine_model *model, const char *verb, int rows) {
  mine_relation *r;
  if (verb_list(env, model, verb, &r)) fail_msg("%s: %s", verb, mine_env_error(env));
  assert_int_equal(mine_relation_rows(r), rows);
  mine_relation_free(r);
}

/* ---- trees: links and outputs ----------------------------------------------------------- */

static mine_model *boosted(void) {
  static const double leaf[] = {-0.7, 0.9, 0.4, -0.1};
  mine_model *model = blank(&mine__kind_trees, MINE_CLASSIFICATION, "left");
  give_groups(model, "ny");
  mine_trees *trees = give_stumps(model, 2, 1, leaf);
  trees->link = MINE_TREES_LOGIT;
  trees->combine = MINE_TREES_SUM;
  trees->base = mine__arena_array(model->arena, 1, sizeof(double));
  trees->base[0] = 0.2;
  return model;
}

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
  lists_itself(model, "mine_summary", 1);
  mine_model_free(model);
}

/* Two rounds of three trees, one value a leaf, each tree for one class. */
static mine_model *rounds(void) {
  static const double leaf[] = {1, -1, 0.5, 0.25, -0.5, 2, 0.1, 0.2, -0.3, 0.4, 3, -2};
  mine_model *model = blank(&mine__kind_trees, MINE_CLASSIFICATION, "kind");
  give_groups(model, "abc");
  mine_trees *trees = give_stumps(model, 6, 1, leaf);
  trees->outputs = 3;
  trees->link = MINE_TREES_SOFTMAX;
  trees->combine = MINE_TREES_SUM;
  trees->output = mine__arena_array(model->arena, 6, sizeof(int32_t));
  for (int t = 0; t < 6; t++)
    trees->output[t] = t % 3;
  trees->base = mine__arena_array(model->arena, 3, sizeof(double));
  trees->base[0] = -0.5;
  trees->base[1] = 0;
  trees->base[2] = 1;
  return model;
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

/* Liu, Ting & Zhou (2008): 2^(-E h / c(n)); no target, and a task of its own. */
static mine_model *isolation(void) {
  static const double path[] = {1, 3, 2, 5};
  static const char *const score[] = {"score"};
  double leaf[4];
  for (int i = 0; i < 4; i++)
    leaf[i] = -log(2) / 2.5 * path[i];
  mine_model *model = blank(&mine__kind_trees, (mine_task_kind)0, NULL);
  model->task_name = "outliers";
  give_outputs(model, score, 1);
  give_stumps(model, 2, 1, leaf)->link = MINE_TREES_EXP;
  return model;
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
    near(s->answers.value[2 * i + 1], leaf[2 * side_of(0, i) + 1]);
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
  model->task_name = "survival";
  give_outputs(model, hazard, 1);
  give_stumps(model, 1, 1, leaf);
  model = loaded(model);
  assert_string_equal(mine_model_get_text(model, MINE_MODEL_TASK), "survival");
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "", ROWS), *evaluation;
  assert_string_equal(shown(s, 0, "prediction"), "3");
  mine_scoring_close(s);
  assert_int_equal(verb_list(env, model, "mine_confusion", &r), MINE_UNSUPPORTED);
  must_say("for this survival model (tomorrow) use mine_evaluate");
  (void)close_env(NULL);
  (void)open_env(NULL);
  if (!verb_scoring_open(env, model, MINE_SCORE_EVALUATE, "", &evaluation)) {
    (void)fixture_fill(mine_scoring_frame(evaluation), ROWS, 0);
    mine_scoring_close(evaluation);
  }
  must_say("there is no measure for a survival model (tomorrow), which was trained without a");
  mine_model_free(model);
}

/* Two columns of events, no attribute: nothing to ask row by row but the whole. */
static mine_model *events(void) {
  static const double leaf[] = {7};
  static const char *const next[] = {"next"};
  mine_model *model = blank(&mine__kind_trees, (mine_task_kind)0, NULL);
  model->task_name = "forecast";
  model->n_features = 0;
  model->n_reads = 2;
  model->read = mine__arena_zeros(model->arena, 2, sizeof *model->read);
  model->read[0] = (mine_model_read){"time", "day", "date"};
  model->read[1] = (mine_model_read){"value", "sales", NULL};
  give_outputs(model, next, 1);
  mine_trees *trees = mine__trees_new(model->arena, 1, 1, 1, 0, 1);
  trees->feature[0] = trees->left[0] = trees->right[0] = trees->set[0] = -1;
  trees->values[0] = leaf[0];
  model->body = trees;
  return model;
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
  lists_itself(model, "mine_summary", 1);
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
  model->target_name = "X";
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
  must_say("how a feature's dates are written");
  free(bytes);
}

/* ---- a mixture ------------------------------------------------------------------------------ */

#define TRAIN                                                                                   \
  "id,x,plan,y;1,1,basic,a;2,1.5,gold,a;3,2,basic,b;4,8,gold,b;5,8.5,gold,b;6,9,basic,a;7,1.2," \
  "gold,b;8,9.5,gold,a"

static void a_mixture_with_names(void **state) {
  (void)state;
  mine_model *trained = must_train("kmeans", "k=2,ignore=y", TRAIN);
  made_mixture(trained, 0.8);
  mine_model *model = loaded(trained);
  const mine_prototypes *m = model->body;
  mine_scoring *s = scored(model, MINE_SCORE_ROWS, "class=small", ROWS);
  double point[N][8];
  const mine_batch batch = {N, NULL, s->view};
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

/* ---- models made of models --------------------------------------------------------------------
 */

#define TREE "target=y,min_samples_leaf=1,min_samples_split=2,holdout=0"

/* Without plan and with fewer classes than the other: its schema is a part. */
static mine_model *smaller(void) {
  return must_train("tree", TREE ",ignore=plan", "id,x,plan,y;1,1,basic,a;2,2,basic,b;3,3,basic,a");
}

static mine_model *larger(void) {
  return must_train("tree", TREE, TRAIN ";9,5,silver,c;10,6,silver,c;11,7,silver,c");
}

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
    const int code = s->view[2].code[i];
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

/* ---- lies -------------------------------------------------------------------------------------
 */

static mine_model *grouped(void) {
  return made_grouped(env, larger(), smaller(), "plan");
}

static mine_model *ensemble(void) {
  return made_ensemble(env, larger(), smaller(), 1, 1);
}

static mine_model *mixture(void) {
  mine_model *model = must_train("kmeans", "k=2,ignore=y", TRAIN);
  made_mixture(model, 0.8);
  return model;
}

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
LIE(classes_without_target, model->target_name = NULL)
LIE(clusters_with_target, model->task = MINE_CLUSTERING)
LIE(neighbors_with_groups, model->task = MINE_NEIGHBORS; model->target_name = NULL)
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
    model->target_name = "y")
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

/* ---- memory and damage -------------------------------------------------------------------------
 */

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
  for (int k = 0; k < 7; k++) {
    mine_model *model = lies[k].make();
    const size_t longest = k < 5 ? 2100 : sizeof text; /* the larger, the more chunks */
    for (size_t length = 0; length < longest; length += 16) {
      const void *bytes;
      size_t n;
      int at = 1;
      memset(text, 'x', length);
      text[length] = 0;
      model->source = text;
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
  for (int k = 0; k < 7; k++) {
    mine_model *model = lies[k].make();
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

static int try_load(const uint8_t *bytes, size_t n) {
  mine_env *other;
  mine_model *model;
  assert_int_equal(mine_env_open(NULL, "load", &other), MINE_OK);
  mine__env_set_max_memory(other, 4u << 20);
  const mine_status status = mine_model_load(other, bytes, n, &model);
  if (status == MINE_OK) {
    use(model);
    mine_model_free(model);
  } else {
    assert_int_equal(status, MINE_CORRUPT); /* never out of memory */
  }
  mine_env_close(other);
  return status == MINE_OK;
}

/* Three damages of every byte, and counts of billions, behind a good checksum. */
static void damage_does_no_harm(void **state) {
  (void)state;
  for (int k = 0; k < 7; k++) {
    const void *sound;
    size_t n, refused = 0;
    mine_model *model = lies[k].make();
    assert_int_equal(mine_model_bytes(env, model, &sound, &n), MINE_OK);
    uint8_t *bytes = malloc(n);
    memcpy(bytes, sound, n);
    mine_model_free(model);
    assert_true(try_load(bytes, n));
    for (size_t i = 32; i < n; i++) {
      const uint8_t was = bytes[i], now[] = {(uint8_t)(was ^ 1), (uint8_t)(was ^ 0x80), 0x7f};
      for (size_t d = 0; d < sizeof now; d++) {
        bytes[i] = now[d];
        seal_checksum(bytes, n);
        refused += !try_load(bytes, n);
      }
      bytes[i] = was;
    }
    assert_true(refused > n / 10);
    for (size_t cut = 32; cut < n; cut += 7) {
      uint8_t *part = malloc(cut);
      memcpy(part, bytes, cut);
      seal_model(part, cut);
      assert_false(try_load(part, cut));
      free(part);
    }
    free(bytes);
  }
}

/* ---- large arrays
 * --------------------------------------------------------------------------------- */

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

/* ---- a column that is always there --------------------------------------------------------------
 */

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
  int main_of[8] = {0};
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
      T(a_model_per_value),
      T(a_member_in_its_own_terms),
      T(clusters_per_value),
      T(a_weighted_mean),
      T(many_rows_of_many_members),
      T(models_only_so_many_deep),
      T(a_lie_meets_its_sentence),
      T(every_allocation_may_fail),
      T(the_table_of_a_member_may_fail),
      T(writing_may_fail),
      T(damage_does_no_harm),
      T(reading_and_writing_can_be_stopped),
      T(bytes_belong_to_who_asks),
      T(rows_get_the_value_of_their_group),
      T(measures_have_directions),
  };
  return cmocka_run_group_tests_name("tomorrow", tests, NULL, NULL);
}
