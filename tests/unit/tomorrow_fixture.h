/*
** tomorrow_fixture.h -- models that no algorithm of today makes: boosting for classes,
** several outputs, a mixture, an isolation forest, events without attributes, models made of
** models.  They are made by hand, written, read back and asked.
*/
#ifndef TOMORROW_FIXTURE_H
#define TOMORROW_FIXTURE_H

#include "../seal.h"
#include "jobs_fixture.h"
#include "made_models.h"

#define ROWS "id,x,plan;1,1,gold;2,2.5,basic;3,4,gold;4,,basic;5,9,;6,3,silver"
#define N    6

/* ---- making ------------------------------------------------------------------------- */

static const char *const plans[] = {"basic", "gold"};

FIXTURE_MAY static void give_feature(mine_model *model, int f, const char *name, int levels) {
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
FIXTURE_MAY static mine_model *blank(const mine_kind *kind, mine_task_kind task,
                                     const char *target) {
  mine_model *model;
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  model->kind = kind;
  model->algorithm = "tomorrow";
  model->task = task;
  model->roles.target = target;
  model->n_features = 2;
  model->feature = mine__arena_zeros(model->arena, 2, sizeof *model->feature);
  give_feature(model, 0, "x", 0);
  give_feature(model, 1, "plan", 2);
  mine__model_note(model, "fit", "made", "by hand");
  return model;
}

FIXTURE_MAY static void give_groups(mine_model *model, const char *names) {
  for (const char *at = names; *at; at++)
    assert_true(mine__values_push_text(&model->groups, at, 1));
  model->n_groups = (int)strlen(names);
  if (model->n_groups == 2 && model->roles.target) model->positive = 1;
}

FIXTURE_MAY static void give_outputs(mine_model *model, const char *const *names, int n) {
  model->n_outputs = n;
  model->output_name = mine__arena_array(model->arena, (size_t)n, sizeof(char *));
  for (int o = 0; o < n; o++)
    model->output_name[o] = names[o];
}

/* `stumps` trees of three nodes: even ones ask x < 3, odd ones whether plan is gold; what is
** missing goes right.  Leaves have the values leaf[stump][side][c]. */
FIXTURE_MAY static mine_trees *give_stumps(mine_model *model, int stumps, int width,
                                           const double *leaf) {
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
FIXTURE_MAY static int side_of(int stump, int row) {
  static const double x[N] = {1, 2.5, 4, NAN, 9, 3};
  static const int plan[N] = {1, 0, 1, 0, -1, -2};
  return stump % 2 ? plan[row] != 1 : !(x[row] < 3);
}

/* ---- asking ------------------------------------------------------------------------- */

/* Written and read back; the hand-made one is freed. */
FIXTURE_MAY static mine_model *loaded(mine_model *model) {
  const void *bytes;
  size_t n;
  mine_model *copy;
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  if (mine_model_load(env, bytes, n, &copy)) fail_msg("%s", mine_env_error(env));
  mine_model_free(model);
  return copy;
}

FIXTURE_MAY static mine_scoring *scored(const mine_model *model, mine_scoring_mode mode,
                                        const char *options, const char *table) {
  mine_scoring *scoring;
  if (verb_scoring_open(env, model, mode, options, &scoring) ||
      fixture_fill(mine_scoring_frame(scoring), table, 0) || mine__scoring_run(scoring))
    fail_msg("%s", mine_env_error(env));
  return scoring;
}

FIXTURE_MAY static const char *shown(const mine_scoring *scoring, int64_t row, const char *column) {
  static char buffer[4][MINE_SHOW_BYTES];
  static int turn;
  mine_cell cell;
  mine__scoring_cell(scoring, row, verb_column(column), &cell);
  return mine__show_cell(buffer[turn++ % 4], &cell);
}

FIXTURE_MAY static double number(const mine_scoring *scoring, int64_t row, const char *column) {
  mine_cell cell;
  mine__scoring_cell(scoring, row, verb_column(column), &cell);
  return cell.type == MINE_REAL  ? cell.as.real
         : cell.type == MINE_INT ? (double)cell.as.integer
                                 : (double)NAN;
}

FIXTURE_MAY static void near(double is, double should) {
  if (!(fabs(is - should) < 1e-12)) fail_msg("%.17g is not %.17g", is, should);
}

/* A single row says what it says among others. */
FIXTURE_MAY static void alone_as_among_others(const mine_model *model, const mine_scoring *among) {
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

FIXTURE_MAY static void lists_itself(const mine_model *model, const char *verb, int rows) {
  mine_relation *r;
  if (verb_list(env, model, verb, &r)) fail_msg("%s: %s", verb, mine_env_error(env));
  assert_int_equal(mine_relation_rows(r), rows);
  mine_relation_free(r);
}

/* ---- the models --------------------------------------------------------------------- */

#define TRAIN                                                                                   \
  "id,x,plan,y;1,1,basic,a;2,1.5,gold,a;3,2,basic,b;4,8,gold,b;5,8.5,gold,b;6,9,basic,a;7,1.2," \
  "gold,b;8,9.5,gold,a"
#define TREE "target=y,min_samples_leaf=1,min_samples_split=2,holdout=0"

FIXTURE_MAY static mine_model *boosted(void) {
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

/* Two rounds of three trees, one value a leaf, each tree for one class. */
FIXTURE_MAY static mine_model *rounds(void) {
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

/* Liu, Ting & Zhou (2008): 2^(-E h / c(n)); no target, and a task of its own. */
FIXTURE_MAY static mine_model *isolation(void) {
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

/* Two columns of events, no attribute: nothing to ask row by row but the whole. */
FIXTURE_MAY static mine_model *events(void) {
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

/* Without plan and with fewer classes than the other: its schema is a part. */
FIXTURE_MAY static mine_model *smaller(void) {
  return must_train("tree", TREE ",ignore=plan", "id,x,plan,y;1,1,basic,a;2,2,basic,b;3,3,basic,a");
}

FIXTURE_MAY static mine_model *larger(void) {
  return must_train("tree", TREE, TRAIN ";9,5,silver,c;10,6,silver,c;11,7,silver,c");
}

FIXTURE_MAY static mine_model *grouped(void) {
  return made_grouped(env, larger(), smaller(), "plan");
}

FIXTURE_MAY static mine_model *ensemble(void) {
  return made_ensemble(env, larger(), smaller(), 1, 1);
}

FIXTURE_MAY static mine_model *mixture(void) {
  mine_model *model = must_train("kmeans", "k=2,ignore=y", TRAIN);
  made_mixture(model, 0.8);
  return model;
}

FIXTURE_MAY static mine_model *(*const tomorrow[])(void) = {boosted, rounds,  isolation, events,
                                                            mixture, grouped, ensemble};
#define TOMORROW (sizeof tomorrow / sizeof *tomorrow)

#endif
