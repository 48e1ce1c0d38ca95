/*
** test_mlp.c -- a network against plain loops, its gradient against differences of the loss,
** threads and weights that change nothing, rates that are too large.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "mlp/mlp.h"

extern const mine_algorithm mine__algorithm_mlp;

#define ROWS    300
#define FEW     3
#define MANY    40
#define COLUMNS 4

static mine_env *open_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

/* Two columns of numbers, the second with gaps, one of few levels and one of many. */
typedef struct table {
  int n;
  double x[2][2 * ROWS], y[2 * ROWS], weight[2 * ROWS];
  int32_t code[2][2 * ROWS], label[2 * ROWS];
  mine_feature about[COLUMNS];
  mine_feature_view view[COLUMNS];
  mine_dataset data;
} table;

static void table_levels(mine_env *env, mine_feature *about, const char *name, int levels) {
  *about = (mine_feature){.name = name, .type = MINE_COLUMN_CATEGORY, .why = ""};
  assert_true(mine__dictionary_open(&about->levels, env->scratch));
  for (int64_t level = 0; level < levels; level++) {
    const mine_cell cell = {MINE_INT, 0, {.integer = level}};
    assert_true(mine__dictionary_add(&about->levels, &cell) == level);
  }
}

/* classes 0: a number is learned. */
static void table_open(mine_env *env, table *t, int n, int classes) {
  mine_random random;
  mine__random_open(&random, 9, 1, (uint64_t)classes);
  t->n = n;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < 2; j++)
      t->x[j][i] = 5 * j + mine__random_real(&random) * 4 - 2;
    t->code[0][i] = (int32_t)mine__random_below(&random, FEW + 1) - 1;
    t->code[1][i] = (int32_t)mine__random_below(&random, MANY + 1) - 1;
    t->weight[i] = 1 + (i % 3 == 0);
    t->y[i] = 100 + 20 * t->x[0][i] * t->x[1][i] + t->code[0][i] * 10;
    t->label[i] = classes ? (int32_t)(fabs(t->y[i]) / 10) % classes : 0;
    if (i % 5 == 2) t->x[1][i] = NAN;
  }
  t->about[0] = (mine_feature){.name = "x0", .type = MINE_COLUMN_NUMERIC, .why = ""};
  t->about[1] = (mine_feature){.name = "x1", .type = MINE_COLUMN_NUMERIC, .why = ""};
  table_levels(env, &t->about[2], "few", FEW);
  table_levels(env, &t->about[3], "many", MANY);
  t->view[0] = (mine_feature_view){.number = t->x[0]};
  t->view[1] = (mine_feature_view){.number = t->x[1]};
  t->view[2] = (mine_feature_view){.code = t->code[0]};
  t->view[3] = (mine_feature_view){.code = t->code[1]};
  t->data = (mine_dataset){.task = classes ? MINE_CLASSIFICATION : MINE_REGRESSION,
                           .rows = {.n = n, .feature = t->view},
                           .n_features = COLUMNS,
                           .about = t->about,
                           .n_classes = classes,
                           .label = t->label,
                           .target = t->y,
                           .weight = t->weight,
                           .seed = 1};
}

/* Every row of weight 2 once more, and no weights. */
static void table_repeat(table *t) {
  const int was = t->n;
  for (int i = 0; i < was; i++) {
    if (t->weight[i] < 2) continue;
    const int to = t->n++;
    for (int j = 0; j < 2; j++) {
      t->x[j][to] = t->x[j][i];
      t->code[j][to] = t->code[j][i];
    }
    t->y[to] = t->y[i];
    t->label[to] = t->label[i];
  }
  t->data.rows.n = t->n;
  t->data.weight = NULL;
}

static mine_status table_try(mine_env *env, table *t, const char *options, mine_model **out) {
  const mine_algorithm *mlp = &mine__algorithm_mlp;
  void *own = mine__arena_zeros(env->scratch, 1, mlp->options_size);
  mine_option_group group = {.table = mlp->options, .values = own};
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, options), MINE_OK);
  assert_int_equal(mine__model_empty(env, out), MINE_OK);
  mine_model *model = *out;
  model->kind = mlp->kind;
  model->algorithm = "mlp";
  model->task = t->data.task;
  model->n_features = COLUMNS;
  model->feature = t->about;
  model->n_groups = t->data.n_classes;
  model->n_outputs = t->data.n_classes ? 0 : 1;
  model->positive = -1;
  return mlp->fit(env, &t->data, own, model);
}

static mine_network *table_fit(mine_env *env, table *t, const char *options, mine_model **out) {
  if (table_try(env, t, options, out)) fail_msg("%s", mine_env_error(env));
  return (*out)->body;
}

/* Answers of n rows from `first` on. */
static void answer(mine_env *env, const mine_model *model, table *t, int first, int n,
                   double *out) {
  mine_feature_view view[COLUMNS];
  for (int f = 0; f < COLUMNS; f++)
    view[f] = (mine_feature_view){t->view[f].number ? t->view[f].number + first : NULL,
                                  t->view[f].code ? t->view[f].code + first : NULL};
  const mine_batch batch = {.n = n, .feature = view};
  mine_answers asked = {.value = model->n_groups ? NULL : out,
                        .share = model->n_groups ? out : NULL};
  assert_int_equal(model->kind->answer(env, model, &batch, &asked), MINE_OK);
}

/* ---- forward --------------------------------------------------------------------------- */

/* One unit and one column of numbers:
** 2 relu(1 + 3 (x - 4) / 2) - 1 is 17 at x = 8, whose log-odds are those of the second class. */
static void a_row_by_hand(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  double weight[] = {3, 1, 2, -1}, x[] = {8, 0}, share[4];
  mine_network_column column = {.form = MINE_NETWORK_NUMBER, .mean = 4, .deviation = 2};
  mine_network m = {.n_columns = 1,
                    .n_networks = 1,
                    .n_layers = 2,
                    .width = {0, 1, 1},
                    .link = MINE_NETWORK_LOGIT,
                    .column = &column,
                    .weight = weight,
                    .unit = 1};
  assert_true(mine__network_lay(&m));
  assert_int_equal(m.size, 4);
  const mine_model model = {.kind = &mine__kind_network, .n_groups = 2, .body = &m};
  const mine_feature_view view = {.number = x};
  const mine_batch batch = {.n = 2, .feature = &view};
  mine_answers out = {.share = share};
  assert_int_equal(mine__kind_network.answer(env, &model, &batch, &out), MINE_OK);
  assert_true(fabs(share[1] - 1 / (1 + exp(-13.0))) < 1e-15);
  assert_true(fabs(share[3] - 1 / (1 + exp(1.0))) < 1e-15);
  m.bend = 2; /* z = 2 becomes 2 / sqrt(2) */
  assert_int_equal(mine__kind_network.answer(env, &model, &batch, &out), MINE_OK);
  assert_true(fabs(share[1] - 1 / (1 + exp(-(2 * (1 + 3 * sqrt(2.0)) - 1)))) < 1e-15);
  mine_env_close(env);
}

/* The margins of row i, by the definition. */
static void plain_margins(const mine_network *m, const table *t, int i, double *sum) {
  const int64_t k = m->width[m->n_layers];
  double from[64] = {0}, to[64];
  for (int64_t c = 0; c < k; c++)
    sum[c] = 0;
  for (int net = 0; net < m->n_networks; net++) {
    const double *w = m->weight + net * m->size;
    for (int f = 0; f < 2; f++) {
      const double v = t->x[f][i];
      double *at = from + m->column[f].input;
      at[0] = isnan(v) ? 0 : mine_network_number(m, &m->column[f], v);
      if (m->column[f].form == MINE_NETWORK_GAPS) at[1] = isnan(v);
    }
    for (int l = 0; l < m->n_layers; l++) {
      for (int64_t u = 0; u < m->width[l + 1]; u++)
        to[u] = w[mine_network_constants(m, l) + u];
      for (int f = 2; f < COLUMNS && l == 0; f++) {
        const mine_network_column *column = &m->column[f];
        const int32_t code = t->code[f - 2][i];
        const int64_t level = code >= 0 ? code : column->levels + (code == MINE_CODE_UNKNOWN);
        for (int64_t u = 0; u < column->width; u++) {
          const double v = w[column->table + level * column->width + u];
          if (column->form == MINE_NETWORK_LEVELS) to[u] += v;
          if (column->form == MINE_NETWORK_EMBEDDED_LEVELS) from[column->input + u] = v;
        }
      }
      for (int64_t j = 0; j < m->width[l]; j++) {
        for (int64_t u = 0; u < m->width[l + 1]; u++)
          to[u] += w[m->layer[l] + j * m->width[l + 1] + u] * from[j];
      }
      for (int64_t u = 0; u < m->width[l + 1]; u++) {
        const double bent = m->activation == MINE_NETWORK_TANH ? tanh(to[u]) : fmax(to[u], 0);
        from[u] = l + 1 < m->n_layers ? bent : to[u];
      }
    }
    for (int64_t c = 0; c < k; c++)
      sum[c] += from[c];
  }
  for (int64_t c = 0; c < k; c++)
    sum[c] /= m->n_networks;
}

/* Of numbers, so that margins are seen: in any block, on any processor. */
static void rows_have_the_bits_of_plain_loops(void **state) {
  (void)state;
  static table t;
  static double whole[ROWS], some[ROWS];
  static const char *const options[] = {"hidden=19|5,epochs=2,networks=2",
                                        "hidden=33,epochs=2,networks=1,activation=tanh"};
  for (int way = 0; way < 2; way++) {
    mine_env *env = open_env(2);
    mine_model *model;
    table_open(env, &t, ROWS, 0);
    const mine_network *m = table_fit(env, &t, options[way], &model);
    t.code[0][3] = t.code[1][4] = MINE_CODE_UNKNOWN;
    t.x[0][5] = NAN;
    t.x[0][6] = -1e308;
    answer(env, model, &t, 0, ROWS, whole);
    for (int i = 0; i < ROWS; i++) {
      double margin;
      plain_margins(m, &t, i, &margin);
      assert_true(whole[i] == m->middle + m->unit * margin);
    }
    for (int n = 1; n < 70; n += 23) {
      for (int i = 0; i + n <= ROWS; i += n)
        answer(env, model, &t, i, n, some + i);
      assert_memory_equal(whole, some, (size_t)(ROWS / n * n) * sizeof *some);
    }
    mine_model_free(model);
    mine_env_close(env);
  }
}

/* ---- gradient ----------------------------------------------------------------------------- */

static double loss_of(mlp_run *run, const uint32_t *at, int64_t n) {
  const double loss = mine__mlp_batch(run, at, n, MLP_LOSS);
  return loss / ((double)n * run->mean_weight);
}

static void one_gradient(int classes, mine_network_activation activation) {
  static table t;
  mine_env *env = open_env(2);
  table_open(env, &t, ROWS, classes);
  const mlp_options options = {.learning_rate = 0.01};
  mine_network_column column[COLUMNS] = {{.form = MINE_NETWORK_NUMBER}};
  mine_network m = {.n_columns = COLUMNS,
                    .n_networks = 1,
                    .n_layers = 3,
                    .width = {0, 6, 5},
                    .activation = activation,
                    .column = column};
  m.link = classes == 0   ? MINE_NETWORK_IDENTITY
           : classes == 2 ? MINE_NETWORK_LOGIT
                          : MINE_NETWORK_SOFTMAX;
  m.width[3] = classes > 2 ? classes : 1;
  mlp_inputs in;
  mine__mlp_inputs(env, env->scratch, &t.data, &m, &in);
  assert_int_equal(m.column[1].form, MINE_NETWORK_GAPS);
  assert_int_equal(m.column[2].form, MINE_NETWORK_LEVELS);
  assert_int_equal(m.column[3].form, MINE_NETWORK_EMBEDDED_LEVELS);
  mlp_run run = {.env = env,
                 .in = &in,
                 .m = &m,
                 .options = &options,
                 .batch = 200,
                 .mean_weight = 4.0 / 3,
                 .seed = 5};
  mine__mlp_open(&run, env->scratch);
  assert_int_equal(mine_env_status(env), MINE_OK);
  uint32_t at[200];
  for (uint32_t i = 0; i < 200; i++)
    at[i] = (i * 7 + 1) % ROWS;
  mine_random random;
  mine__random_open(&random, 3, 3, 3);
  for (int64_t i = 0; i < m.size; i++) /* the last layer is 0 to begin with */
    run.weight[i] = mine__random_real(&random) - 0.5;
  (void)mine__mlp_batch(&run, at, 200, MLP_GRADIENT);
  const double h = 1e-5;
  int moved = 0;
  for (int64_t i = 0; i < m.size; i++) {
    const double was = run.weight[i];
    run.weight[i] = was + h;
    const double more = loss_of(&run, at, 200);
    run.weight[i] = was - h;
    const double less = loss_of(&run, at, 200);
    run.weight[i] = was;
    const double slope = (more - less) / (2 * h);
    if (fabs(slope - run.g[i]) > 1e-6 + 1e-4 * fabs(slope))
      fail_msg("weight %d: %.9g by differences, %.9g", (int)i, slope, run.g[i]);
    moved += fabs(slope) > 1e-6;
  }
  assert_true(moved > m.size / 2);
  mine_env_close(env);
}

static void gradients_are_slopes(void **state) {
  (void)state;
  for (int classes = 0; classes <= 3; classes += classes ? 1 : 2) {
    one_gradient(classes, MINE_NETWORK_RELU);
    one_gradient(classes, MINE_NETWORK_TANH);
  }
}

/* ---- what learning finds --------------------------------------------------------------------- */

static void pattern_is_learned(void **state) {
  (void)state;
  static table t;
  static double value[ROWS];
  mine_env *env = open_env(1);
  mine_model *model;
  double squares = 0, all = 0;
  table_open(env, &t, ROWS, 0);
  const mine_network *m = table_fit(
      env, &t, "epochs=150,networks=2,learning_rate=0.01,weight_decay=0,dropout=0", &model);
  answer(env, model, &t, 0, ROWS, value);
  for (int i = 0; i < ROWS; i++) {
    if (isnan(t.x[1][i])) continue;
    squares += (value[i] - t.y[i]) * (value[i] - t.y[i]);
    all += (t.y[i] - 100) * (t.y[i] - 100);
  }
  assert_true(squares < 0.02 * all);
  assert_true(m->column[0].weight > m->column[3].weight); /* 20 x0 x1, and no word of `many` */
  assert_true(m->column[0].weight > m->column[2].weight);
  mine_model_free(model);
  mine_env_close(env);
}

static void same_network(table *t, const char *options) {
  mine_network *first = NULL;
  mine_model *model[4] = {NULL};
  mine_env *env[4];
  for (int threads = 1; threads <= 3; threads++) {
    env[threads] = open_env(threads);
    mine_network *m = table_fit(env[threads], t, options, &model[threads]);
    if (!first) first = m;
    assert_memory_equal(first->weight, m->weight,
                        (size_t)(m->n_networks * m->size) * sizeof *m->weight);
    for (int f = 0; f < COLUMNS; f++)
      assert_true(m->column[f].weight == first->column[f].weight);
  }
  for (int threads = 1; threads <= 3; threads++) {
    mine_model_free(model[threads]);
    mine_env_close(env[threads]);
  }
}

/* Batches of three tasks; networks of a task each. */
static void threads_change_nothing(void **state) {
  (void)state;
  static table t;
  mine_env *env = open_env(1);
  table_open(env, &t, ROWS, 3);
  same_network(&t, "hidden=20|10,epochs=4,networks=1,batch_size=280,dropout=0.3");
  same_network(&t, "hidden=20,epochs=3,networks=3");
  mine_env_close(env);
}

/* All rows in one batch: what differs is the order of sums. */
static void weights_are_rows(void **state) {
  (void)state;
  static table t;
  static double once[ROWS * 3], twice[ROWS * 3];
  for (int classes = 0; classes <= 3; classes += 3) {
    mine_env *env = open_env(1);
    mine_model *model, *other;
    const char *options = "epochs=30,networks=1,batch_size=100000,learning_rate=0.01,dropout=0";
    table_open(env, &t, ROWS, classes);
    (void)table_fit(env, &t, options, &model);
    answer(env, model, &t, 0, ROWS, once);
    table_repeat(&t);
    (void)table_fit(env, &t, options, &other);
    answer(env, other, &t, 0, ROWS, twice);
    for (int i = 0; i < ROWS * (classes ? 3 : 1); i++)
      assert_true(fabs(once[i] - twice[i]) < 1e-7 * fmax(1, fabs(once[i])));
    mine_model_free(model);
    mine_model_free(other);
    mine_env_close(env);
  }
}

/* A rate that is too large is told with a better one. */
static void rates_too_large_are_told(void **state) {
  (void)state;
  static table t;
  for (int classes = 0; classes <= 2; classes += 2) {
    mine_env *env = open_env(1);
    mine_model *model;
    table_open(env, &t, ROWS, classes);
    assert_int_equal(table_try(env, &t, "learning_rate=10,epochs=50", &model), MINE_NUMERIC);
    assert_non_null(strstr(mine_env_error(env), "learning_rate=10 is too large"));
    assert_non_null(strstr(mine_env_error(env), "try learning_rate=0.01"));
    mine_model_free(model);
    mine_env_close(env);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_row_by_hand),
      cmocka_unit_test(rows_have_the_bits_of_plain_loops),
      cmocka_unit_test(gradients_are_slopes),
      cmocka_unit_test(pattern_is_learned),
      cmocka_unit_test(threads_change_nothing),
      cmocka_unit_test(weights_are_rows),
      cmocka_unit_test(rates_too_large_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
