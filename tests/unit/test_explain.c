/*
** test_explain.c -- contributions are Shapley values: each kind against its definition.
**
** The values are computed here as they are defined, over all subsets of the features, from what a
** model says where only those are known: of trees the rows of training in the nodes, of sums of
** coefficients the mean row, of Bayes its own densities (integrated numerically), of sampled orders
** a table of what each set says.  Beside it: that they add up to the answer, that threads and
** batches change no bit, paths of more features than subsets can be listed of, and strangers' trees
** whose nodes count nonsense.
*/
#include "explain_fixture.h"
#include "forest_fixture.h"

#include "model/bayes.h"
#include "model/linear.h"
#include "model/quadrature.h"
#include "model/sampled.h"

static void assert_near(double got, double expected, double scale) {
  if (!(fabs(got - expected) <= 1e-11 * (1 + scale)))
    fail_msg("got %.17g, expected %.17g", got, expected);
}

/* ---- trees ------------------------------------------------------------------------------ */

typedef struct asked {
  const forest *f;
  uint32_t row;
  int of;
} asked;

/* The share of the rows at a node that goes left. */
static double share_left(const mine_trees *t, int32_t node) {
  const double *rows = t->weight ? t->weight : t->rows;
  const double left = rows[t->left[node]], right = rows[t->right[node]];
  return left + right > 0 ? left / (left + right) : 0.5;
}

/* How an output counts in the margin of asked->of. */
static double coefficient(const asked *a, int output) {
  const mine_trees *t = a->f->trees;
  if (t->link == MINE_TREES_LOGIT) return a->of == 1 ? 1 : -1;
  return (output == a->of) - (t->link == MINE_TREES_SOFTMAX ? 1.0 / t->outputs : 0);
}

static double expectation(const asked *a, int32_t tree, int32_t node, unsigned set) {
  const mine_trees *t = a->f->trees;
  if (t->feature[node] < 0) {
    double sum = 0;
    for (int c = 0; c < t->width; c++)
      sum += coefficient(a, (t->output ? t->output[tree] : 0) + c) *
             t->values[t->value[node] * t->width + c];
    return sum;
  }
  if (set >> t->feature[node] & 1)
    return expectation(a, tree, goes_left(a->f, node, a->row) ? t->left[node] : t->right[node],
                       set);
  const double left = share_left(t, node);
  return left * expectation(a, tree, t->left[node], set) +
         (1 - left) * expectation(a, tree, t->right[node], set);
}

static double trees_value(const void *context, unsigned set) {
  const asked *a = context;
  const mine_trees *t = a->f->trees;
  double sum = 0;
  for (int32_t tree = 0; tree < t->n_trees; tree++)
    sum += expectation(a, tree, t->first[tree], set);
  if (t->combine == MINE_TREES_MEAN) sum /= t->n_trees;
  for (int c = 0; c < t->outputs; c++)
    sum += t->base ? coefficient(a, c) * t->base[c] : 0;
  return sum;
}

/* Rows of training in the nodes: some none. */
static void count_nodes(forest *f, int by_rows) {
  mine_trees *t = f->trees;
  double *counts = by_rows ? t->rows : t->weight;
  for (int32_t i = 0; i < t->n_nodes; i++)
    counts[i] = below(f, 8) ? floor(1 + 100 * mine__random_real(&f->random)) : 0;
  if (by_rows) t->weight = NULL;
}

static void explain(const forest *f, const mine_batch *batch, int of, double *out) {
  mine_explained asked_of = {.of = of, .contribution = out};
  assert_int_equal(mine__model_explain(f->env, f->model, batch, &asked_of), MINE_OK);
}

static const shape explained[] = {
    {.trees = 1, .leaves = 1, .width = 1, .outputs = 1},
    {.trees = 1, .leaves = 2, .width = 1, .outputs = 1},
    {.trees = 1, .leaves = 40, .width = 3, .outputs = 3, .mean = 1},
    {.trees = 1, .leaves = 90, .width = 1, .outputs = 1, .lean = 1},
    {.trees = 7, .leaves = 20, .width = 1, .outputs = 1, .base = 1},
    {.trees = 6, .leaves = 30, .width = 3, .outputs = 3, .mean = 1},
    {.trees = 9, .leaves = 12, .width = 1, .outputs = 3, .base = 1},
    {.trees = 5, .leaves = 30, .width = 1, .outputs = 1, .mean = 1, .base = 1},
};
static const int64_t explained_kinds[][FEATURES] = {{0, 0, 0, 0, 0, 0}, {0, 3, 0, 70, 5, 1}};

static void trees_have_shapley_values(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++) {
    for (size_t s = 0; s < sizeof explained / sizeof *explained; s++) {
      forest f;
      open_forest(&f, 1000 + 10 * k + s, explained_kinds[k], 9, 1);
      make_trees(&f, &explained[s]);
      count_nodes(&f, s % 2);
      f.model->roles.target = "y";
      if (explained[s].outputs == 3 && !explained[s].mean) f.trees->link = MINE_TREES_SOFTMAX;
      if (s == 4) f.trees->link = MINE_TREES_LOGIT;
      double out[40 * (FEATURES + 1)], phi[FEATURES + 1];
      const mine_batch batch = {40, NULL, f.view};
      asked a = {&f, 0, (int)(s % 3) % f.trees->outputs};
      if (s == 4) a.of = (int)k;
      explain(&f, &batch, a.of, out);
      for (a.row = 0; a.row < 40; a.row++) {
        shapley(FEATURES, trees_value, &a, phi);
        for (int c = 0; c <= FEATURES; c++)
          assert_near(out[a.row * (FEATURES + 1) + (uint32_t)c], phi[c], 1);
      }
      close_forest(&f);
    }
  }
}

/* All features known, the sum is the answer. */
static void trees_add_up(void **state) {
  (void)state;
  for (size_t s = 0; s < sizeof explained / sizeof *explained; s++) {
    forest f;
    open_forest(&f, 2000 + s, explained_kinds[s % 2], 200, 2);
    make_trees(&f, &explained[s]);
    count_nodes(&f, 0);
    f.model->roles.target = "y";
    const size_t outputs = (size_t)f.trees->outputs, width = FEATURES + 1;
    double *value = malloc(ROWS * outputs * sizeof *value),
           *out = malloc(ROWS * width * sizeof *out);
    const mine_batch batch = {ROWS, NULL, f.view};
    mine_answers answers = {.value = value};
    assert_int_equal(mine__kind_trees.answer(f.env, f.model, &batch, &answers), MINE_OK);
    for (int of = 0; of < (int)outputs; of++) {
      explain(&f, &batch, of, out);
      for (size_t i = 0; i < ROWS; i++) {
        double sum = 0;
        for (size_t c = 0; c < width; c++)
          sum += out[i * width + c];
        assert_near(sum, value[i * outputs + (size_t)of], 1);
      }
    }
    free(value);
    free(out);
    close_forest(&f);
  }
}

static void threads_and_batches_change_no_bit(void **state) {
  (void)state;
  static const int64_t sizes[] = {ROWS, 33, 32, 31, 7, 1};
  for (size_t s = 2; s < sizeof explained / sizeof *explained; s++) {
    forest f;
    open_forest(&f, 3000 + s, explained_kinds[s % 2], 50, 1);
    make_trees(&f, &explained[s]);
    count_nodes(&f, 0);
    f.model->roles.target = "y";
    const size_t width = FEATURES + 1;
    double *one = malloc(ROWS * width * sizeof *one), *out = malloc(ROWS * width * sizeof *out);
    uint32_t row[ROWS];
    const mine_batch all = {ROWS, NULL, f.view};
    explain(&f, &all, 0, one);
    mine__env_set_threads(f.env, 3);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
      for (int64_t i = 0; i < sizes[k]; i++)
        row[i] = (uint32_t)below(&f, ROWS);
      const mine_batch some = {sizes[k], row, f.view};
      explain(&f, &some, 0, out);
      for (int64_t i = 0; i < sizes[k]; i++)
        assert_memory_equal(out + (size_t)i * width, one + row[i] * width, width * sizeof *out);
    }
    free(one);
    free(out);
    close_forest(&f);
  }
}

/* A chain that asks each of n features once: all of them must hold for a leaf of 1.  By symmetry
** each of equal shares has the n-th part. */
#define CHAIN 250
static void chains_of_many_features(void **state) {
  (void)state;
  static const int lengths[] = {1, 2, 31, 32, 33, 64, 65, CHAIN};
  for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
    const int n = lengths[k];
    mine_env *env;
    mine_model *model;
    mine_feature about[CHAIN] = {{0}};
    mine_feature_view view[CHAIN];
    double number[2] = {0, 1}, out[2 * (CHAIN + 1)];
    assert_int_equal(mine_env_open(NULL, "mine_explain", &env), MINE_OK);
    assert_int_equal(mine__model_empty(env, &model), MINE_OK);
    model->kind = &mine__kind_trees;
    model->roles.target = "y";
    model->n_features = n;
    model->n_outputs = 1;
    model->feature = about;
    mine_trees *t = mine__trees_new(model->arena, 1, 2 * n + 1, 2 * n + 1, 0, 1);
    assert_non_null(t);
    for (int i = 0; i <= 2 * n; i++) {
      const int inner = i < 2 * n && i % 2 == 0;
      t->feature[i] = inner ? i / 2 : -1;
      t->left[i] = inner ? i + 1 : -1;
      t->right[i] = inner ? i + 2 : -1;
      t->threshold[i] = 0.5;
      t->set[i] = -1;
      t->value[i] = i;
      t->weight[i] = 1;
    }
    t->values[2 * n] = 1;
    for (int c = 0; c < n; c++) {
      about[c].type = MINE_COLUMN_NUMERIC;
      view[c] = (mine_feature_view){number, NULL};
    }
    model->body = t;
    assert_int_equal(mine__trees_prepare(env, model, t), MINE_OK);
    const mine_batch batch = {2, NULL, view};
    mine_explained asked_of = {.contribution = out};
    assert_int_equal(mine__model_explain(env, model, &batch, &asked_of), MINE_OK);
    const double base = ldexp(1, -n);
    for (int c = 0; c < n; c++) {
      assert_near(out[c], -base / n, 0);
      assert_near(out[n + 1 + c], (1 - base) / n, 0);
    }
    assert_near(out[n], base, 0);
    mine_model_free(model);
    mine_env_close(env);
  }
}

/* Counts of strangers: whatever they are, contributions are finite and add up. */
static void nonsense_in_the_nodes(void **state) {
  (void)state;
  static const double nonsense[] = {0, 5e-324, 1e-300, 1, 1e300, 1.7976931348623157e308};
  for (uint64_t seed = 0; seed < 30; seed++) {
    forest f;
    open_forest(&f, 4000 + seed, explained_kinds[seed % 2], 9, 1);
    make_trees(&f, &explained[seed % 2 ? 3 : 4]);
    for (int32_t i = 0; i < f.trees->n_nodes; i++)
      f.trees->weight[i] = nonsense[below(&f, 6)];
    f.model->roles.target = "y";
    double out[ROWS * (FEATURES + 1)], value[ROWS];
    const mine_batch batch = {ROWS, NULL, f.view};
    mine_answers answers = {.value = value};
    assert_int_equal(mine__kind_trees.answer(f.env, f.model, &batch, &answers), MINE_OK);
    explain(&f, &batch, 0, out);
    for (size_t i = 0; i < ROWS; i++) {
      double sum = 0;
      for (size_t c = 0; c <= FEATURES; c++)
        sum += out[i * (FEATURES + 1) + c];
      assert_near(sum, value[i], 1);
    }
    close_forest(&f);
  }
}

static void trees_without_counts_say_so(void **state) {
  (void)state;
  forest f;
  open_forest(&f, 1, explained_kinds[0], 9, 1);
  make_trees(&f, &explained[2]);
  f.trees->weight = f.trees->rows = NULL;
  f.model->roles.target = "y";
  f.model->algorithm = "tree";
  double out[FEATURES + 1];
  const mine_batch batch = {1, NULL, f.view};
  mine_explained asked_of = {.contribution = out};
  assert_int_equal(mine__model_explain(f.env, f.model, &batch, &asked_of), MINE_UNSUPPORTED);
  assert_non_null(strstr(mine_env_error(f.env), "how many rows came to their nodes"));
  close_forest(&f);
}

static void quadrature_is_exact(void **state) {
  (void)state;
  for (int n = 1; n <= 128; n++) {
    double at[128], weight[128];
    mine__quadrature(n, at, weight);
    for (int degree = 0; degree <= 2 * n - 1; degree += degree < 8 ? 1 : 5) {
      double sum = 0;
      for (int i = 0; i < n; i++)
        sum += weight[i] * pow(at[i], degree);
      assert_true(fabs(sum * (degree + 1) - 1) < 1e-12);
    }
    for (int i = 0; i < n; i++)
      assert_true(at[i] > 0 && at[i] < 1 && weight[i] > 0);
  }
}

/* ---- linear and bayes: made by hand, two numbers and a category ------------------------- */

/* ln of a share against the other, or less the mean of all. */
static double odds(const double *share, int k, int of) {
  double mean = 0;
  for (int c = 0; c < k; c++)
    mean += log(share[c]) / k;
  return k == 2 ? log(share[of]) - log(share[1 - of]) : log(share[of]) - mean;
}

static const mine_linear_link links[] = {MINE_LINEAR_IDENTITY, MINE_LINEAR_EXP, MINE_LINEAR_LOGIT,
                                         MINE_LINEAR_SOFTMAX};
static const int link_classes[] = {0, 0, 2, 3};

static void made_linear(made *m, int which) {
  mine_random random;
  made_open(m, link_classes[which]);
  mine_linear *linear =
      mine__linear_new(m->model->arena, m->about, COLUMNS, which == 3 ? 3 : 1, links[which]);
  assert_non_null(linear);
  mine__random_open(&random, 9, 9, (uint64_t)which);
  for (int k = 0; k < linear->n_margins; k++) {
    linear->base[k] = mine__random_real(&random) - 0.5;
    for (int f = 0; f < COLUMNS; f++) {
      linear->column[f].unknown[k] = mine__random_real(&random) - 0.5;
      for (int l = 0; l < (f < 2 ? 1 : LEVELS); l++)
        linear->column[f].coef[l * linear->n_margins + k] = mine__random_real(&random) - 0.5;
    }
  }
  m->model->body = linear;
  m->model->kind = &mine__kind_linear;
}

/* What the model itself says of a row of which only some features are known. */
typedef struct masked {
  made *m;
  int row, of;
} masked;

static double masked_value(const void *context, unsigned set) {
  const masked *a = context;
  made *m = a->m;
  double x[2], share[3], value = 0;
  int32_t code = set >> 2 & 1 ? m->code[a->row] : MINE_CODE_MISSING;
  for (int f = 0; f < 2; f++)
    x[f] = set >> f & 1 ? m->x[f][a->row] : (double)NAN;
  const mine_feature_view view[COLUMNS] = {{&x[0], NULL}, {&x[1], NULL}, {NULL, &code}};
  const mine_batch batch = {1, NULL, view};
  const int k = m->model->n_groups;
  mine_answers answers = {.share = k ? share : NULL, .value = k ? NULL : &value};
  assert_int_equal(m->model->kind->answer(m->env, m->model, &batch, &answers), MINE_OK);
  if (k) return odds(share, k, a->of);
  return mine__model_margin(m->model) == MINE_MARGIN_LOG ? log(value) : value;
}

static void linear_has_shapley_values(void **state) {
  (void)state;
  for (int which = 0; which < 4; which++) {
    made m;
    made_linear(&m, which);
    const mine_batch batch = {7, NULL, m.view};
    for (int of = 0; of < (m.model->n_groups ? m.model->n_groups : 1); of++) {
      double out[7 * (COLUMNS + 1)], phi[COLUMNS + 1];
      mine_explained asked_of = {.of = of, .contribution = out};
      assert_int_equal(mine__model_explain(m.env, m.model, &batch, &asked_of), MINE_OK);
      for (int row = 0; row < 7; row++) {
        const masked a = {&m, row, of};
        shapley(COLUMNS, masked_value, &a, phi);
        for (int c = 0; c <= COLUMNS; c++)
          assert_near(out[row * (COLUMNS + 1) + c], phi[c], 10);
      }
    }
    made_close(&m);
  }
}

static void made_bayes(made *m, int classes) {
  static const double mean[2][3] = {{-1, 0.5, 2}, {3, -2, 0}},
                      variance[2][3] = {{1, 0.5, 4}, {2, 3, 1}};
  static const double count[3][LEVELS] = {{10, 20, 5}, {3, 3, 30}, {15, 1, 14}};
  made_open(m, classes);
  mine_bayes *b = mine__bayes_new(m->model->arena, classes, m->about, COLUMNS);
  assert_non_null(b);
  b->smoothing = 1;
  for (int c = 0; c < classes; c++) {
    b->prior[c] = classes == 2 ? (c ? 0.3 : 0.7) : (c == 0 ? 0.2 : 0.4);
    b->weight[c] = 40;
    for (int f = 0; f < 2; f++) {
      b->column[f].mean[c] = mean[f][c];
      b->column[f].variance[c] = variance[f][c];
      b->column[f].known[c] = 40 - 4 * c;
    }
    for (int l = 0; l < LEVELS; l++) {
      b->column[2].count[c * LEVELS + l] = count[c][l];
      b->column[2].known[c] += count[c][l];
    }
  }
  mine__bayes_prepare(m->model->arena, b);
  m->model->body = b;
  m->model->kind = &mine__kind_bayes;
}

static double normal(double x, double mean, double variance) {
  return exp(-(x - mean) * (x - mean) / (2 * variance)) /
         sqrt(2 * 3.14159265358979323846 * variance);
}

/* What a column says of a value for each class, as ln p. */
static void bayes_logs(const mine_bayes *b, int f, double x, int32_t code, double *log_p) {
  for (int c = 0; c < b->n_classes; c++) {
    const mine_bayes_column *column = &b->column[f];
    if (f < 2) {
      log_p[c] = isnan(x)
                     ? 0
                     : -(x - column->mean[c]) * (x - column->mean[c]) / (2 * column->variance[c]) -
                           0.5 * log(2 * 3.14159265358979323846 * column->variance[c]);
    } else {
      log_p[c] = code < 0 ? 0 : log(mine__bayes_share(b, column, c, code));
    }
  }
}

static double told_of(const double *log_p, int k, int of) {
  double mean = 0;
  for (int c = 0; c < k; c++)
    mean += log_p[c] / k;
  return k == 2 ? log_p[of] - log_p[1 - of] : log_p[of] - mean;
}

/* The mean over rows drawn from the model, by trapezoids and sums. */
static double bayes_mean(const mine_bayes *b, int f, int of) {
  double sum = 0, log_p[3];
  for (int c = 0; c < b->n_classes; c++) {
    const mine_bayes_column *column = &b->column[f];
    const double known = b->prior[c] * column->known[c] / b->weight[c];
    if (f == 2) {
      for (int32_t l = 0; l < LEVELS; l++) {
        bayes_logs(b, f, 0, l, log_p);
        sum += fmin(known, b->prior[c]) * mine__bayes_share(b, column, c, l) *
               told_of(log_p, b->n_classes, of);
      }
      continue;
    }
    for (double x = -40; x <= 40; x += 0.01) {
      bayes_logs(b, f, x, 0, log_p);
      sum += 0.01 * known * normal(x, column->mean[c], column->variance[c]) *
             told_of(log_p, b->n_classes, of);
    }
  }
  return sum;
}

static void bayes_has_shapley_values(void **state) {
  (void)state;
  for (int k = 2; k <= 3; k++) {
    made m;
    made_bayes(&m, k);
    const mine_bayes *b = m.model->body;
    const mine_batch batch = {8, NULL, m.view};
    for (int of = 0; of < k; of++) {
      double out[8 * (COLUMNS + 1)], mean[COLUMNS], prior[3], log_p[3], base;
      mine_explained asked_of = {.of = of, .contribution = out};
      assert_int_equal(mine__model_explain(m.env, m.model, &batch, &asked_of), MINE_OK);
      for (int c = 0; c < k; c++)
        prior[c] = log(b->prior[c]);
      base = told_of(prior, k, of);
      for (int f = 0; f < COLUMNS; f++)
        base += mean[f] = bayes_mean(b, f, of);
      for (int row = 0; row < 7; row++) { /* an additive game: the same in every order */
        const double *got = out + row * (COLUMNS + 1);
        for (int f = 0; f < COLUMNS; f++) {
          bayes_logs(b, f, f < 2 ? m.x[f][row] : 0, m.code[row], log_p);
          assert_true(fabs(got[f] - (told_of(log_p, k, of) - mean[f])) < 1e-9 * (1 + fabs(got[f])));
        }
        assert_true(fabs(got[COLUMNS] - base) < 1e-9);
        const masked a = {&m, row, of};
        if (row != 6) /* where shares are 0 there are no odds of them */
          assert_near(got[0] + got[1] + got[2] + got[3], masked_value(&a, 7), 100);
      }
      for (int f = 0; f <= COLUMNS; f++)
        assert_true(isfinite(out[7 * (COLUMNS + 1) + f]));
    }
    made_close(&m);
  }
}

/* A class that had no rows is never the answer: there are no odds of it. */
static void bayes_without_a_prior(void **state) {
  (void)state;
  made m;
  made_bayes(&m, 2);
  mine_bayes *b = m.model->body;
  b->prior[0] = 0;
  b->prior[1] = 1;
  mine__bayes_prepare(m.model->arena, b);
  double out[2 * (COLUMNS + 1)];
  const mine_batch batch = {2, NULL, m.view};
  for (int of = 0; of < 2; of++) {
    mine_explained asked_of = {.of = of, .contribution = out};
    assert_int_equal(mine__model_explain(m.env, m.model, &batch, &asked_of), MINE_OK);
    for (int i = 0; i < 2 * (COLUMNS + 1); i++)
      assert_true(isnan(out[i]));
  }
  made_close(&m);
}

/* ---- sampled orders --------------------------------------------------------------------- */

#define PLAYERS 5
#define GROUNDS 3

/* What is said of each set of known features, against each background. */
typedef struct table_game {
  double said[GROUNDS][1 << PLAYERS];
  int n;
} table_game;

static void table_margins(mine_env *env, const void *context, const mine_batch *batch,
                          const mine__mixed *mixed, double *out) {
  const table_game *game = context;
  (void)env;
  for (int64_t j = 0; j < mixed->n; j++) {
    unsigned set = 0;
    for (int f = 0; f < game->n; f++)
      set |= (unsigned)mixed->known[j * game->n + f] << f;
    const int all = set == (1u << game->n) - 1;
    out[j] = game->said[all ? 0 : mixed->by[j]][set] + (double)mine_batch_row(batch, mixed->at[j]);
  }
}

static double table_value(const void *context, unsigned set) {
  const table_game *game = context;
  double sum = 0;
  for (int g = 0; g < GROUNDS; g++)
    sum += game->said[set == (1u << game->n) - 1 ? 0 : g][set] / GROUNDS;
  return sum;
}

static void sampled_orders_come_near(void **state) {
  (void)state;
  static const int players[] = {PLAYERS, 2, 1};
  for (size_t k = 0; k < 3; k++) {
    table_game table = {.n = players[k]};
    mine_random random;
    mine_env *env;
    double phi[PLAYERS + 1], out[2 * (PLAYERS + 1)], error[2 * (PLAYERS + 1)];
    const int n = players[k];
    assert_int_equal(mine_env_open(NULL, "mine_explain", &env), MINE_OK);
    mine__random_open(&random, 5, 5, k);
    for (int g = 0; g < GROUNDS; g++)
      for (unsigned set = 0; set < 1u << n; set++)
        table.said[g][set] = mine__random_real(&random) * (1 + __builtin_popcount(set));
    const mine__game game = {
        .n_features = n, .backgrounds = GROUNDS, .context = &table, .margins = table_margins};
    const uint32_t row[2] = {0, 7};
    const mine_batch batch = {2, row, NULL};
    mine_explained asked_of = {.pairs = 999, .contribution = out, .error = error};
    shapley(n, table_value, &table, phi);
    assert_int_equal(mine__sampled_explain(env, &game, &batch, &asked_of), MINE_OK);
    for (int i = 0; i < 2; i++) {
      double sum = 0;
      for (int f = 0; f <= n; f++) {
        const double got = out[i * (n + 1) + f] - (f == n ? row[i] : 0);
        assert_true(fabs(got - phi[f]) <= 4.5 * error[i * (n + 1) + f] + 1e-12);
        sum += out[i * (n + 1) + f];
      }
      assert_near(sum, table.said[0][(1u << n) - 1] + row[i], 10);
    }
    asked_of.pairs = 64; /* the estimates say how good they are */
    const double before = error[0];
    assert_int_equal(mine__sampled_explain(env, &game, &batch, &asked_of), MINE_OK);
    if (n == PLAYERS) assert_true(error[0] > 2 * before && error[0] < 8 * before);
    mine_env_close(env);
  }
}

/* Features that are added up have no errors, whatever the orders. */
static void sampled_orders_of_a_sum_are_exact(void **state) {
  (void)state;
  table_game table = {.n = PLAYERS};
  mine_env *env;
  double out[PLAYERS + 1], error[PLAYERS + 1];
  assert_int_equal(mine_env_open(NULL, "mine_explain", &env), MINE_OK);
  for (unsigned set = 0; set < 1u << PLAYERS; set++)
    for (int g = 0; g < GROUNDS; g++)
      for (int f = 0; f < PLAYERS; f++)
        table.said[g][set] += set >> f & 1 ? f - 1.5 : 0;
  const mine__game game = {
      .n_features = PLAYERS, .backgrounds = GROUNDS, .context = &table, .margins = table_margins};
  const mine_batch batch = {1, NULL, NULL};
  mine_explained asked_of = {.pairs = 3, .contribution = out, .error = error};
  assert_int_equal(mine__sampled_explain(env, &game, &batch, &asked_of), MINE_OK);
  for (int f = 0; f < PLAYERS; f++) {
    assert_near(out[f], f - 1.5, 1);
    assert_near(error[f], 0, 1);
  }
  mine_env_close(env);
}

/* ---- the parts of answers --------------------------------------------------------------- */

/* They add up to the share as it is answered, whatever links and calibrates it; with two classes
** they stand as those of the margin do. */
static void parts_of_shares_add_up(void **state) {
  (void)state;
  mine_calibration_map map[3] = {
      {.known = 1, .low = -3, .high = 3, .slope = 2, .intercept = 0.3},
      {.known = 1, .low = -9, .high = 9, .slope = 0.5, .intercept = -0.1},
      {.known = 1, .low = -9, .high = 9, .slope = 1.5, .intercept = 0}};
  for (int which = 0; which < 4; which++) {
    for (int calibrated = 0; calibrated < 2; calibrated++) {
      made m;
      made_linear(&m, which);
      const int k = m.model->n_groups, of_all = k ? k : 1;
      const mine_calibration calibration = {
          .method = MINE_CALIBRATE_PLATT, .n_maps = k == 2 ? 1 : k, .map = map};
      if (calibrated && k) m.model->after.calibration = &calibration;
      double share[7 * 3], value[7];
      const mine_batch batch = {7, NULL, m.view};
      mine_answers answers = {.share = k ? share : NULL, .value = k ? NULL : value};
      assert_int_equal(mine__model_answer(m.env, m.model, &batch, &answers), MINE_OK);
      for (int of = 0; of < of_all; of++) {
        double out[7 * (COLUMNS + 1)], margin[7 * (COLUMNS + 1)], error[7 * (COLUMNS + 1)];
        mine_explained parts = {.of = of, .answer = 1, .contribution = out, .error = error};
        mine_explained margins = {.of = of, .contribution = margin};
        assert_int_equal(mine__model_explain(m.env, m.model, &batch, &parts), MINE_OK);
        assert_int_equal(mine__model_explain(m.env, m.model, &batch, &margins), MINE_OK);
        for (int i = 0; i < 7; i++) {
          const double *got = out + i * (COLUMNS + 1), *by = margin + i * (COLUMNS + 1);
          assert_near(got[0] + got[1] + got[2] + got[3], k ? share[i * k + of] : value[i],
                      fabs(value[i]));
          for (int f = 1; f < COLUMNS && k < 3; f++)
            assert_near(got[f] * by[0], got[0] * by[f], fabs(got[0] * by[f]));
        }
      }
      made_close(&m);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quadrature_is_exact),
      cmocka_unit_test(trees_have_shapley_values),
      cmocka_unit_test(trees_add_up),
      cmocka_unit_test(threads_and_batches_change_no_bit),
      cmocka_unit_test(chains_of_many_features),
      cmocka_unit_test(nonsense_in_the_nodes),
      cmocka_unit_test(trees_without_counts_say_so),
      cmocka_unit_test(linear_has_shapley_values),
      cmocka_unit_test(bayes_has_shapley_values),
      cmocka_unit_test(bayes_without_a_prior),
      cmocka_unit_test(sampled_orders_come_near),
      cmocka_unit_test(sampled_orders_of_a_sum_are_exact),
      cmocka_unit_test(parts_of_shares_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
