/*
** test_decoder.c -- the lies that bytes turned at random do not tell.
**
** A sound model is changed in memory and written by our own writer, so that its
** bytes are well formed and say something impossible: a tree of 256 levels, a
** category without values, a class that is infinite.  A row of the table is such a
** lie and the sentence it must meet.  Then memory is refused at every allocation
** of a load, for every filling of the arena's chunks.
*/
#define _GNU_SOURCE /* MAP_NORESERVE */
#include "jobs_fixture.h"

#include <sys/mman.h>

#include "../seal.h"
#include "model/metrics.h"
#include "model/neighbours.h"
#include "model/prototypes.h"
#include "model/trees.h"
#include "refusing_fixture.h"
#include "verb_fixture.h"

#define TABLE_OF_3                                                                           \
  "id,x,plan,kind;1,1.5,gold,a;2,2.5,basic,b;3,3.5,gold,c;4,4.5,basic,a;5,5.5,gold,b;6,6.5," \
  "basic,c;7,7.5,gold,a;8,8.5,basic,b;9,9.5,gold,c"

/* ---- sound models ----------------------------------------------------------------- */

enum { CLASSES, NUMBERS, CLUSTERS, ROWS, GOWER, COSINE, WIDE, MANY };

/* Nine rows of 20 attributes: arrays that do not fit into what another leaves over. */
static const char *wide_table(void) {
  static char text[2000] = "id";
  char *at = text + 2;
  for (int c = 0; c < 20; c++)
    at += sprintf(at, ",c%d", c);
  for (int row = 0; row < 9; row++) {
    at += sprintf(at, ";%d", row);
    for (int c = 0; c < 20; c++)
      at += sprintf(at, ",%d", (row * 7 + c * row * row) % 11);
  }
  return text;
}

/* 2048 rows, for as many clusters: arrays that no chunk holds. */
static const char *many_table(void) {
  static char text[40000] = "id,x";
  char *at = text + 4;
  for (int row = 0; row < 2048; row++)
    at += sprintf(at, ";%d,%d", row, row * 3);
  return text;
}

static mine_model *sound(int base) {
  static const char *const made[][2] = {{"tree", "target=kind,holdout=0"},
                                        {"tree", "target=x,holdout=0,ignore=kind"},
                                        {"kmeans", "k=2,ignore=kind"},
                                        {"knn", "target=kind,k=2,holdout=0"},
                                        {"knn", "target=kind,k=2,holdout=0,metric=gower"},
                                        {"knn", "k=2,metric=cosine,ignore=kind|plan"},
                                        {"kmeans", "k=9"},
                                        {"kmeans", "k=2048,starts=1"}};
  const char *table = base == WIDE ? wide_table() : base == MANY ? many_table() : TABLE_OF_3;
  mine_model *model = must_train(made[base][0], made[base][1], table);
  model->portrait = NULL; /* of attributes that are about to change; it has a test of its own */
  return model;
}

static int feature_named(const mine_model *model, const char *name) {
  for (int f = 0; f < model->n_features; f++) {
    if (strcmp(model->feature[f].name, name) == 0) return f;
  }
  fail_msg("no feature %s", name);
  return -1;
}

/* The levels of `plan` become these: n integers. */
static void give_levels(mine_model *model, int n) {
  mine_dictionary *levels = &model->feature[feature_named(model, "plan")].levels;
  mine__values_clear(&levels->values);
  for (int i = 0; i < n; i++)
    assert_true(mine__values_push_int(&levels->values, i));
}

/* Another body: nodes that are all leaves, to be linked by the case. */
static mine_trees *plant(mine_model *model, int32_t n_trees, int32_t n_nodes, int32_t n_bits) {
  const int width = model->n_groups > 0 ? model->n_groups : 1;
  mine_trees *trees = mine__trees_new(model->arena, n_trees, n_nodes, 1, n_bits, width);
  assert_non_null(trees);
  for (int32_t i = 0; i < n_nodes; i++)
    trees->feature[i] = trees->left[i] = trees->right[i] = trees->set[i] = -1;
  trees->first[n_trees] = n_nodes;
  trees->values[0] = 1;
  model->body = trees;
  return trees;
}

static void split(mine_trees *trees, int32_t node, int feature, int32_t set) {
  trees->feature[node] = feature;
  trees->left[node] = node + 1;
  trees->right[node] = node + 2;
  trees->set[node] = set;
}

/* ---- lies --------------------------------------------------------------------------- */

static void infinite_class(mine_model *model) {
  mine__values_clear(&model->groups);
  mine__values_push_real(&model->groups, 1.5);
  mine__values_push_real(&model->groups, 2.5);
  mine__values_push_real(&model->groups, (double)INFINITY);
}

static void real_classes(mine_model *model) {
  infinite_class(model);
  model->groups.n--;
  mine__values_push_real(&model->groups, 3.5);
}

static void clusters_of_a_tree(mine_model *model) {
  model->task = MINE_CLUSTERING;
  model->roles.target = NULL;
  model->positive = -1;
  mine__values_clear(&model->groups);
}

static void two_trees(mine_model *model) {
  plant(model, 2, 2, 0)->first[1] = 1;
}

static void two_trees_summed(mine_model *model) {
  two_trees(model);
  ((mine_trees *)model->body)->combine = MINE_TREES_SUM;
}

static void empty_tree(mine_model *model) {
  plant(model, 2, 2, 0)->first[1] = 0;
}

static void tree_beyond_the_nodes(mine_model *model) {
  plant(model, 2, 2, 0)->first[1] = 3;
}

/* A chain: every left child is a leaf. */
static void chain(mine_model *model, int levels) {
  mine_trees *trees = plant(model, 1, 2 * levels - 1, 0);
  for (int32_t i = 0; i < levels - 1; i++) {
    split(trees, 2 * i, feature_named(model, "x"), -1);
  }
}

static void deepest_tree(mine_model *model) {
  chain(model, MINE_TREES_DEEPEST);
}

static void deeper_tree(mine_model *model) {
  chain(model, MINE_TREES_DEEPEST + 1);
}

static void split_levels(mine_model *model, int n) {
  mine_trees *trees = plant(model, 1, 3, 1);
  give_levels(model, n);
  split(trees, 0, feature_named(model, "plan"), 0);
  trees->bits[0] = UINT64_MAX;
}

static void set_of_no_level(mine_model *model) {
  split_levels(model, 0);
}

static void set_of_63_levels_and_one(mine_model *model) {
  split_levels(model, 63);
}

static void set_of_64_levels(mine_model *model) {
  split_levels(model, 64);
}

/* Only `plan`, and no value of it: points without coordinates. */
static void no_coordinates(mine_model *model, mine_encoding *encoding) {
  model->feature[0] = model->feature[feature_named(model, "plan")];
  model->n_features = 1;
  give_levels(model, 0);
  encoding->n_features = 1;
  encoding->width = 0;
}

static void rows_without_coordinates(mine_model *model) {
  mine_neighbours *body = model->body;
  no_coordinates(model, &body->encoding);
  body->width = 0;
}

static void clusters_without_coordinates(mine_model *model) {
  no_coordinates(model, &((mine_prototypes *)model->body)->encoding);
}

/* Maps that fall, or lie where log-odds cannot be; bounds of what is no number. */
static mine_calibration *rising(mine_model *model) {
  static double at[3], share[3];
  static mine_calibration_map map[3];
  static mine_calibration c;
  for (int i = 0; i < 3; i++) {
    at[i] = i - 1.0;
    share[i] = (i + 1) / 4.0;
    map[i] = (mine_calibration_map){
        .known = i > 0, .low = -2, .high = 2, .n_knots = 3, .at = at, .share = share};
  }
  c = (mine_calibration){MINE_CALIBRATE_ISOTONIC, 9, 3, map};
  model->after.calibration = &c;
  return &c;
}

static void calibrated(mine_model *model) {
  (void)rising(model);
}

static void falling_shares(mine_model *model) {
  rising(model)->map[2].share[2] = 0.4;
}

static void equal_knots(mine_model *model) {
  rising(model)->map[1].at[1] = -1;
}

static void certain_beyond(mine_model *model) {
  rising(model)->map[1].share[2] = 1.5;
}

static void odds_beyond(mine_model *model) {
  rising(model)->map[1].high = 1e6;
}

static void no_knots(mine_model *model) {
  rising(model)->map[1].n_knots = 0;
}

static void knots_of_platt(mine_model *model) {
  rising(model)->method = MINE_CALIBRATE_PLATT;
}

static void third_method(mine_model *model) {
  rising(model)->method = (mine_calibrate)3;
}

static mine_interval *bounded(mine_model *model) {
  static double residual[4];
  static mine_interval_bin bin[2];
  static mine_interval interval;
  for (int i = 0; i < 4; i++)
    residual[i] = i - 1.5;
  for (int i = 0; i < 2; i++)
    bin[i] = (mine_interval_bin){.from = i, .rows = 2, .steps = 3, .residual = residual};
  interval = (mine_interval){.all = bin[0], .n_bins = 2, .bin = bin};
  model->after.interval = &interval;
  return &interval;
}

static void with_bounds(mine_model *model) {
  (void)bounded(model);
}

static void falling_residuals(mine_model *model) {
  bounded(model)->bin[0].residual[2] = -3;
}

static void one_range(mine_model *model) {
  bounded(model)->n_bins = 1;
}

static void six_ranges(mine_model *model) {
  static mine_interval_bin bin[6];
  mine_interval *interval = bounded(model);
  for (int i = 0; i < 6; i++)
    bin[i] = (mine_interval_bin){i, 2, 3, interval->all.residual};
  interval->bin = bin;
  interval->n_bins = 6;
}

static void falling_ranges(mine_model *model) {
  bounded(model)->bin[0].from = 1;
}

static void one_step(mine_model *model) {
  bounded(model)->bin[1].steps = 1;
}

static void residuals_of_nobody(mine_model *model) {
  bounded(model)->bin[1].rows = 0;
}

/* Four rows were held out, each with a weight. */
static double *weighted(mine_model *model) {
  static int32_t label[4] = {0, 1, 0, 1};
  static float score[4 * 10];
  static double weight[4];
  assert_in_range(model->n_groups, 2, 10);
  for (int i = 0; i < 4; i++)
    weight[i] = i;
  model->held.rows = 4;
  model->held.label = label;
  model->held.score = score;
  return model->held.weight = weight;
}

static void held_weights(mine_model *model) {
  (void)weighted(model);
}

static void negative_weight(mine_model *model) {
  weighted(model)[1] = -1;
}

static void infinite_weight(mine_model *model) {
  weighted(model)[1] = INFINITY;
}

static void upper_quantile(mine_model *model) {
  model->quantile = 0.9;
}

static void quantile_beyond(mine_model *model) {
  model->quantile = 1.5;
}

static void no_quantile(mine_model *model) {
  model->quantile = 0;
}

static void row_without_an_id(mine_model *model) {
  mine_values *ids = &((mine_neighbours *)model->body)->ids;
  ids->n--;
  mine__values_push_null(ids);
}

static const struct {
  int base;
  void (*change)(mine_model *model);
  const char *problem; /* NULL: loads */
} lies[] = {
    {CLASSES, real_classes, NULL},
    {CLASSES, infinite_class, "a value"},
    {CLASSES, clusters_of_a_tree, "the outputs of the trees"},
    {CLASSES, two_trees, NULL},
    {CLASSES, empty_tree, "the bounds of a tree"},
    {CLASSES, tree_beyond_the_nodes, "the bounds of a tree"},
    {NUMBERS, two_trees, NULL},
    {NUMBERS, two_trees_summed, NULL},
    {CLASSES, two_trees_summed, "the way to combine trees"},
    {CLASSES, deepest_tree, NULL},
    {CLASSES, deeper_tree, "the depth of a tree"},
    {CLASSES, set_of_no_level, "a set of levels"},
    {CLASSES, set_of_63_levels_and_one, "a level in a set"},
    {CLASSES, set_of_64_levels, NULL},
    {ROWS, rows_without_coordinates, "the width of the points"},
    {CLUSTERS, clusters_without_coordinates, NULL},
    {ROWS, row_without_an_id, NULL},
    {GOWER, row_without_an_id, NULL},
    {CLASSES, calibrated, NULL},
    {ROWS, calibrated, NULL},
    {NUMBERS, calibrated, "the calibration"},
    {CLUSTERS, calibrated, "the calibration"},
    {CLASSES, falling_shares, "a knot of the calibration"},
    {CLASSES, equal_knots, "a knot of the calibration"},
    {CLASSES, certain_beyond, "a knot of the calibration"},
    {CLASSES, odds_beyond, "log-odds of the calibration"},
    {CLASSES, no_knots, "the knots of the calibration"},
    {CLASSES, knots_of_platt, "the knots of the calibration"},
    {CLASSES, third_method, "the calibration"},
    {NUMBERS, with_bounds, NULL},
    {CLASSES, with_bounds, "intervals of what is no number"},
    {NUMBERS, falling_residuals, "a residual"},
    {NUMBERS, falling_ranges, "a range of the intervals"},
    {NUMBERS, one_range, "the ranges of the intervals"},
    {NUMBERS, six_ranges, "the ranges of the intervals"},
    {NUMBERS, one_step, "the steps of the intervals"},
    {NUMBERS, residuals_of_nobody, "rows of the intervals"},
    {CLASSES, held_weights, NULL},
    {CLASSES, negative_weight, "the weight of a held-out row"},
    {CLASSES, infinite_weight, "a number that is not finite"},
    {NUMBERS, upper_quantile, NULL},
    {NUMBERS, quantile_beyond, "a quantile"},
    {NUMBERS, no_quantile, "a quantile"},
};

/* What was let in must also be of use. */
static void must_score(const mine_model *model) {
  mine_scoring *scoring;
  mine_cell cell;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, NULL, &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), TABLE_OF_3, 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  mine__scoring_cell(scoring, 8, verb_column("prediction"), &cell);
  assert_int_not_equal(cell.type, MINE_NULL);
  mine_scoring_close(scoring);
}

static mine_writer written(const mine_model *model) {
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  mine__envelope_write(model, &w);
  assert_false(w.text.failed);
  return w;
}

static void a_lie_meets_its_sentence(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
    char sentence[120];
    mine_model *model = sound(lies[i].base), *loaded = NULL;
    lies[i].change(model);
    const mine_writer w = written(model);
    const mine_status status = mine_model_load(env, w.text.data, w.text.bytes, &loaded);
    mine_model_free(model);
    if (lies[i].problem) {
      snprintf(sentence, sizeof sentence, "test: the model is corrupt (%s); train it again",
               lies[i].problem);
      assert_string_equal(mine_env_error(env), sentence);
      assert_int_equal(status, MINE_CORRUPT);
    } else {
      if (status) fail_msg("case %d: %s", (int)i, mine_env_error(env));
      must_score(loaded);
    }
    mine_model_free(loaded);
    (void)close_env(NULL);
    (void)open_env(NULL);
  }
}

/* The count of held-out rows stands before what says that there is no calibration (1 byte) and no
** interval (1), the quantile (8), the body and its length. */
static void more_held_rows_than_bytes(void **state) {
  (void)state;
  mine_model *model = sound(CLASSES), *loaded;
  mine_writer w = written(model), body;
  mine__text_open(&body.text, env->scratch);
  model->kind->save(model, &body);
  char *count = w.text.data + w.text.bytes - body.text.bytes - 8 - 1 - 8 - 1 - 1 - 8;
  count[0] = (char)((body.text.bytes + 8) / 8); /* one label each would fit, three scores not */
  mine_writer again;
  mine__text_open(&again.text, env->scratch);
  mine__text_add(&again.text, w.text.data, w.text.bytes);
  mine_model_free(model);
  seal_model(again.text.data, again.text.bytes);
  assert_int_equal(mine_model_load(env, again.text.data, again.text.bytes, &loaded), MINE_CORRUPT);
  must_say("(the number of held-out rows)");
}

/* ---- counts of files that do not fit a disk ------------------------------------------- */

#define ENORMOUS ((size_t)1 << 37) /* 128 GB of addresses, of which one page is ever touched */

static void write_tree_count(const mine_model *model, mine_writer *w) {
  (void)model;
  mine__write_u64(w, (uint64_t)INT32_MAX + 1);
}

static void write_cluster_count(const mine_model *model, mine_writer *w) {
  mine__encoding_save(&((const mine_prototypes *)model->body)->encoding, w);
  mine__write_u64(w, INT32_MAX);
}

static void write_row_count(const mine_model *model, mine_writer *w) {
  const mine_neighbours *body = model->body;
  mine__write_u32(w, (uint32_t)body->space);
  mine__write_u32(w, (uint32_t)body->voting);
  mine__write_i64(w, body->k);
  mine__encoding_save(&body->encoding, w);
  mine__write_u64(w, (uint64_t)MINE_MAX_ROWS + 1);
}

static const struct {
  int base;
  void (*write)(const mine_model *model, mine_writer *w);
  const char *problem;
} enormous[] = {
    {CLASSES, write_tree_count, "the number of trees"},
    {CLUSTERS, write_cluster_count, "number of clusters"},
    {ROWS, write_row_count, "the number of rows"},
};

static void counts_beyond_31_bits(void **state) {
  (void)state;
  uint8_t *file = mmap(NULL, ENORMOUS, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (file == MAP_FAILED) skip();
  for (size_t i = 0; i < sizeof enormous / sizeof enormous[0]; i++) {
    mine_model *model = sound(enormous[i].base);
    mine_writer w;
    mine__text_open(&w.text, env->scratch);
    enormous[i].write(model, &w);
    memcpy(file, w.text.data, w.text.bytes);
    mine_reader r = {.env = env, .arena = env->scratch, .at = file, .end = file + ENORMOUS};
    model->kind->load(&r, model, model->kind->version);
    assert_string_equal(r.problem, enormous[i].problem);
    mine_model_free(model);
  }
  munmap(file, ENORMOUS);
}

/* The columns of a code are counted before any of its levels is looked at. */
static void levels_beyond_the_width(void **state) {
  (void)state;
  mine_feature feature = {.name = "plan", .type = MINE_COLUMN_CATEGORY};
  mine_encoding encoding;
  mine_writer w;
  feature.levels.values.n = INT32_MAX / 64 + 1;
  mine__text_open(&w.text, env->scratch);
  mine__write_i32(&w, 1);
  mine__write_i32(&w, INT32_MAX / 64 + 1);
  mine_reader r = {.env = env, .arena = env->scratch, .at = (const uint8_t *)w.text.data};
  r.end = r.at + w.text.bytes;
  mine__encoding_load(&r, &feature, 1, MINE_ENCODING_WARPS, &encoding);
  assert_string_equal(r.problem, "encoding width");
}

/* ---- the pieces ----------------------------------------------------------------------- */

static void a_null_is_a_value(void **state) {
  (void)state;
  mine_cell null = {MINE_NULL, 0, {0}}, back = {MINE_INT, 0, {7}};
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  mine__write_cell(&w, &null);
  assert_int_equal(w.text.bytes, 1);
  mine_reader r = {.env = env, .arena = env->scratch, .at = (const uint8_t *)w.text.data};
  r.end = r.at + 1;
  mine__read_cell(&r, &back);
  assert_true(mine__reader_ok(&r) && back.type == MINE_NULL && r.at == r.end);
}

static void four_gigabytes_are_no_text(void **state) {
  (void)state;
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  mine__write_string_n(&w, "never read", UINT32_MAX);
  assert_true(w.text.failed && w.text.bytes == 0);
  must_say("a text of 4294967295 bytes is too long to be stored");
}

static void no_load_after_a_failure(void **state) {
  (void)state;
  mine_model *model = sound(CLASSES), *loaded;
  const mine_writer w = written(model);
  mine_model_free(model);
  (void)mine__fail(env, MINE_DATA, "what went wrong first");
  assert_int_equal(mine_model_load(env, w.text.data, w.text.bytes, &loaded), MINE_DATA);
  assert_null(loaded);
  must_say("what went wrong first");
}

static void metrics_beyond_the_room_are_dropped(void **state) {
  (void)state;
  mine_model *model;
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  for (int i = 0; i < MINE_MAX_METRICS + 3; i++)
    mine__model_metric(model, "again", i);
  assert_int_equal(model->told.n_metrics, MINE_MAX_METRICS);
  mine_model_free(model);
}

/* ---- dictionaries ------------------------------------------------------------------------ */

/* Our hash of numbers is one to one on 64 bits, so 0.5 has an integer for a twin. */
static void two_values_with_one_hash(void **state) {
  (void)state;
  const double half = 0.5;
  uint64_t bits;
  memcpy(&bits, &half, sizeof bits);
  mine_cell a = {MINE_REAL, 0, {0}}, b = {MINE_INT, 0, {0}};
  a.as.real = half;
  b.as.integer = (int64_t)(bits + UINT64_C(0x9E3779B97F4A7C15));
  assert_true(mine__cell_hash(&a) == mine__cell_hash(&b));
  mine_dictionary d;
  assert_true(mine__dictionary_open(&d, env->scratch));
  assert_int_equal(mine__dictionary_add(&d, &a), 0);
  assert_int_equal(mine__dictionary_add(&d, &b), 1);
  assert_int_equal(mine__dictionary_add(&d, &a), 0);
  assert_int_equal(mine__dictionary_find(&d, &b), 1);
}

static void more_values_than_numbers(void **state) {
  (void)state;
  mine_dictionary d;
  assert_true(mine__dictionary_open(&d, env->scratch));
  d.values.n = (int64_t)UINT32_MAX;
  assert_false(mine__dictionary_rebuild(&d));
  must_say("more than 4294967294 distinct values");
}

static void a_value_of_two_gigabytes(void **state) {
  (void)state;
  mine_values values;
  mine__values_open(&values, env->scratch);
  assert_false(mine__values_push_text(&values, "never read", (size_t)INT32_MAX + 1));
  assert_int_equal(values.n, 0);
  must_say("a value of 2147483648 bytes is longer than 2147483647; shorten it");
}

/* ---- memory ------------------------------------------------------------------------------- */

/* 1 = the n-th allocation of so many bytes was refused. */
static int load_without(const mine_writer *w, int n, size_t least) {
  refusing memory;
  mine_model *model = NULL;
  mine_env *other = refusing_env(&memory, "load");
  memory.countdown = n;
  memory.least = least;
  const mine_status status = mine_model_load(other, w->text.data, w->text.bytes, &model);
  assert_int_equal(status, memory.refused ? MINE_NOMEM : MINE_OK);
  if (memory.refused) assert_non_null(strstr(mine_env_error(other), "load: out of memory ("));
  mine_model_free(model);
  mine_env_close(other);
  assert_true(memory.held == 0);
  return memory.refused;
}

#define LARGE 20001 /* elements: each array is a block of its own, for which the host is asked */

/* Node i has the children 2i+1 and 2i+2. */
static void large_tree(mine_model *model) {
  mine_trees *trees = plant(model, 1, LARGE, LARGE);
  for (int32_t i = 0; i < LARGE / 2; i++) {
    split(trees, i, feature_named(model, "x"), -1);
    trees->left[i] = 2 * i + 1;
    trees->right[i] = 2 * i + 2;
  }
}

/* One row with very many numeric attributes. */
static void large_row(mine_model *model) {
  mine_neighbours *body = model->body;
  const mine_feature like = model->feature[feature_named(model, "x")];
  char name[20];
  body->n = 1;
  body->n_features = body->width = model->n_features = LARGE;
  body->least = mine__arena_zeros(model->arena, LARGE, sizeof(double));
  body->range = mine__arena_zeros(model->arena, LARGE, sizeof(double));
  body->point = mine__arena_zeros(model->arena, LARGE, sizeof(double));
  model->feature = mine__arena_array(model->arena, LARGE, sizeof like);
  for (int f = 0; f < LARGE; f++) {
    const int bytes = sprintf(name, "c%d", f);
    model->feature[f] = like;
    model->feature[f].name = mine__arena_text(model->arena, name, (size_t)bytes);
  }
}

static const struct {
  int base;
  void (*change)(mine_model *model);
} large[] = {{CLASSES, large_tree}, {GOWER, large_row}, {MANY, NULL}};

static void every_allocation_of_a_large_model_may_fail(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
    mine_model *model = sound(large[i].base);
    if (large[i].change) large[i].change(model);
    const mine_writer w = written(model);
    int n = 1;
    while (load_without(&w, n, LARGE / 2))
      n++;
    assert_true(n > 3);
    mine_model_free(model);
  }
}

/* A longer text in the model moves everything behind it in the arena's chunks, so
** each piece is at some time the one for which a chunk must be asked. */
static void every_allocation_may_fail(void **state) {
  (void)state;
  char text[4200];
  for (int base = CLASSES; base < MANY; base++) {
    mine_model *model = sound(base);
    for (size_t length = 0; length < sizeof text; length += 16) {
      memset(text, 'x', length);
      text[length] = 0;
      model->told.source = text;
      const mine_writer w = written(model);
      int n = 1;
      while (load_without(&w, n, 0))
        n++;
      assert_true(n > 5);
    }
    mine_model_free(model);
  }
}

static void a_metric_without_memory(void **state) {
  (void)state;
  refusing memory;
  mine_env *other = refusing_env(&memory, "load");
  mine_model *model;
  char name[5000];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = 0;
  assert_int_equal(mine__model_empty(other, &model), MINE_OK);
  mine__model_metric(model, "first", 1);
  memory.countdown = 1;
  mine__model_metric(model, name, 2);
  assert_int_equal(model->told.n_metrics, 1);
  assert_int_equal(mine_env_status(other), MINE_NOMEM);
  mine_model_free(model);
  mine_env_close(other);
}

/* Its caller has failed, but asking it is no crash, and it can still be filled. */
static void a_dictionary_that_did_not_open(void **state) {
  (void)state;
  refusing memory;
  mine_env *other = refusing_env(&memory, "load");
  mine_dictionary d;
  mine_cell cell = {MINE_INT, 0, {5}};
  memory.countdown = 1;
  assert_false(mine__dictionary_open(&d, other->scratch));
  assert_int_equal(mine__dictionary_find(&d, &cell), -1);
  assert_int_equal(mine__dictionary_add(&d, &cell), 0);
  assert_int_equal(mine__dictionary_find(&d, &cell), 0);
  assert_int_equal(mine_env_status(other), MINE_NOMEM);
  mine_env_close(other);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(a_lie_meets_its_sentence),
      T(more_held_rows_than_bytes),
      T(counts_beyond_31_bits),
      T(levels_beyond_the_width),
      T(a_null_is_a_value),
      T(four_gigabytes_are_no_text),
      T(no_load_after_a_failure),
      T(metrics_beyond_the_room_are_dropped),
      T(two_values_with_one_hash),
      T(more_values_than_numbers),
      T(a_value_of_two_gigabytes),
      T(every_allocation_may_fail),
      T(every_allocation_of_a_large_model_may_fail),
      T(a_metric_without_memory),
      T(a_dictionary_that_did_not_open),
  };
  return cmocka_run_group_tests_name("decoder", tests, NULL, NULL);
}
