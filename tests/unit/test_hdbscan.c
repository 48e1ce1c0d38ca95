/*
** test_hdbscan.c -- HDBSCAN: the spanning tree against Prim's over all pairs, the clusters against
** the definition, row by row; ties, equal rows, the order of the rows, threads, the limits.
*/
#include "cluster/hdbscan_private.h"
#include "labelled_fixture.h"

extern const mine_algorithm mine__algorithm_hdbscan;

/* ---- the plain way -------------------------------------------------------------------------- */

typedef struct plain {
  const table *t;
  int64_t min_samples;
  double *core; /* squared */
} plain;

static int number_order(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

static plain plain_open(const table *t, int64_t min_samples) {
  plain p = {t, min_samples, malloc((size_t)t->n * sizeof(double))};
  double *all = malloc((size_t)t->n * sizeof *all);
  for (int64_t i = 0; i < t->n; i++) {
    for (int64_t j = 0; j < t->n; j++)
      all[j] = table_square(t, i, j);
    qsort(all, (size_t)t->n, sizeof *all, number_order);
    p.core[i] = all[min_samples < t->n ? min_samples - 1 : t->n - 1];
  }
  free(all);
  return p;
}

static double plain_length(const plain *p, int64_t a, int64_t b) {
  return fmax(fmax(p->core[a], p->core[b]), table_square(p->t, a, b));
}

/* Prim's tree: edges of n - 1. */
static hdbscan_edge *plain_tree(const plain *p) {
  const int64_t n = p->t->n;
  hdbscan_edge *edge = malloc((size_t)n * sizeof *edge);
  double *near = malloc((size_t)n * sizeof *near);
  uint32_t *from = calloc((size_t)n, sizeof *from);
  uint8_t *in = calloc((size_t)n, 1);
  for (int64_t i = 0; i < n; i++)
    near[i] = INFINITY;
  int64_t at = 0;
  for (int64_t e = 0; e < n - 1; e++) {
    int64_t next = -1;
    in[at] = 1;
    for (int64_t i = 0; i < n; i++) {
      if (in[i]) continue;
      const double d = plain_length(p, at, i);
      if (d < near[i]) {
        near[i] = d;
        from[i] = (uint32_t)at;
      }
      if (next < 0 || near[i] < near[next]) next = i;
    }
    edge[e] = (hdbscan_edge){near[next], from[next], (uint32_t)next};
    at = next;
  }
  free(near);
  free(from);
  free(in);
  return edge;
}

static void same_lengths(int64_t n, int width, int64_t min_samples, double grid, int threads) {
  mine_env *env = table_env(threads);
  table t = table_groups(env, n, width, 4, (uint64_t)(n * 3 + width), grid);
  plain p = plain_open(&t, min_samples);
  hdbscan_edge *expected = plain_tree(&p);
  mine__kdtree tree;
  hdbscan_near near;
  assert_int_equal(
      mine__kdtree_build(env, env->scratch, MINE__NORM_SQUARES, t.point, n, width, &tree), MINE_OK);
  mine__hdbscan_near(env, &tree, min_samples, &near);
  for (int64_t place = 0; place < n; place++)
    assert_true(near.core[place] == p.core[tree.row[place]]);
  const hdbscan_edge *edge = mine__hdbscan_span(env, &tree, &near);
  assert_non_null(edge);
  double *a = malloc((size_t)n * sizeof *a), *b = malloc((size_t)n * sizeof *b);
  for (int64_t i = 0; i < n - 1; i++) {
    a[i] = expected[i].weight;
    b[i] = edge[i].weight;
    assert_true(b[i] == plain_length(&p, tree.row[edge[i].a], tree.row[edge[i].b]));
  }
  qsort(a, (size_t)(n - 1), sizeof *a, number_order);
  qsort(b, (size_t)(n - 1), sizeof *b, number_order);
  assert_memory_equal(a, b, (size_t)(n - 1) * sizeof *a);
  free(a);
  free(b);
  free(expected);
  free(p.core);
  mine_env_close(env);
}

static void the_tree_is_prims(void **state) {
  (void)state;
  for (int threads = 1; threads <= 4; threads += 3) {
    same_lengths(2, 1, 1, 0, threads);
    same_lengths(9, 2, 5, 0, threads);
    same_lengths(60, 1, 3, 0, threads);
    same_lengths(700, 2, 5, 0, threads);
    same_lengths(700, 2, 1, 0, threads);
    same_lengths(700, 2, 30, 0, threads);
    same_lengths(900, 2, 5, 0.5, threads); /* ties and equal rows */
    same_lengths(900, 3, 3, 2, threads);
    same_lengths(400, 2, 4, 1000, threads); /* all equal */
    same_lengths(1500, 10, 5, 0, threads);
    same_lengths(800, 20, 5, 0, threads); /* by looking at all rows */
  }
}

/* ---- the definition ----------------------------------------------------------------------- */

/* Clusters as they divide: rows of a part by its edges, the longest taken away, all equal ones at
** once.  Of part `in` (rows with of[] == in) the cluster is `c`. */
typedef struct grown {
  int64_t n, least;
  hdbscan_edge *edge; /* not squared */
  int32_t *last;      /* per row  */
  double *leaves;     /* per row  */
  int n_clusters;
  struct {
    int parent;
    double appears, ends, deepest, stability, best;
    int chosen;
  } cluster[2000];
} grown;

static int64_t grown_root(const int64_t *up, int64_t i) {
  while (up[i] != i)
    i = up[i];
  return i;
}

static void grown_part(grown *g, const uint8_t *in, int c) {
  double longest = -1;
  int64_t *up = malloc((size_t)g->n * sizeof *up), *size = calloc((size_t)g->n, sizeof *size),
          rows = 0;
  for (int64_t i = 0; i < g->n; i++) {
    up[i] = i;
    rows += in[i];
  }
  for (int64_t e = 0; e < g->n - 1; e++)
    if (in[g->edge[e].a] && in[g->edge[e].b]) longest = fmax(longest, g->edge[e].weight);
  for (int64_t e = 0; e < g->n - 1; e++)
    if (in[g->edge[e].a] && in[g->edge[e].b] && g->edge[e].weight < longest)
      up[grown_root(up, g->edge[e].a)] = grown_root(up, g->edge[e].b);
  int64_t large = 0, kept = 0;
  for (int64_t i = 0; i < g->n; i++)
    if (in[i]) size[grown_root(up, i)]++;
  for (int64_t i = 0; i < g->n; i++) {
    large += size[i] >= g->least;
    if (size[i] >= g->least) kept = size[i];
  }
  const double gain = 1 / longest - 1 / g->cluster[c].appears;
  g->cluster[c].stability += (double)(large == 1 ? rows - kept : rows) * gain;
  if (large != 1) g->cluster[c].ends = longest;
  for (int64_t i = 0; i < g->n; i++) {
    if (!in[i] || size[grown_root(up, i)] >= g->least) continue;
    g->last[i] = c;
    g->leaves[i] = longest;
  }
  for (int64_t r = 0; r < g->n; r++) {
    if (size[r] < g->least) continue;
    int into = c;
    uint8_t *part = calloc((size_t)g->n, 1);
    for (int64_t i = 0; i < g->n; i++)
      part[i] = in[i] && grown_root(up, i) == r;
    if (large > 1) {
      into = g->n_clusters++;
      assert_true(into < 2000);
      memset(&g->cluster[into], 0, sizeof g->cluster[into]);
      g->cluster[into].parent = c;
      g->cluster[into].appears = longest;
    }
    grown_part(g, part, into);
    free(part);
  }
  free(up);
  free(size);
}

static int grown_owner(const grown *g, int c) {
  int owner = -1;
  for (; c >= 0; c = g->cluster[c].parent)
    if (g->cluster[c].chosen) owner = c;
  return owner;
}

static void as_defined(int64_t n, int width, int64_t least, int64_t min_samples, int leaf,
                       double grid, int threads) {
  mine_env *env = table_env(threads);
  table t = table_groups(env, n, width, 4, (uint64_t)(n * 5 + width), grid);
  plain p = plain_open(&t, min_samples);
  static grown g;
  g = (grown){.n = n, .least = least, .edge = plain_tree(&p), .n_clusters = 1};
  g.last = calloc((size_t)n, sizeof *g.last);
  g.leaves = calloc((size_t)n, sizeof *g.leaves);
  for (int64_t e = 0; e < n - 1; e++)
    g.edge[e].weight = sqrt(g.edge[e].weight);
  g.cluster[0].parent = -1;
  g.cluster[0].appears = INFINITY;
  uint8_t *in = malloc((size_t)n);
  memset(in, 1, (size_t)n);
  grown_part(&g, in, 0);
  for (int c = g.n_clusters - 1; c >= 0; c--) {
    double inside = 0;
    int has = 0;
    g.cluster[c].deepest = g.cluster[c].ends;
    for (int i = c + 1; i < g.n_clusters; i++) {
      if (g.cluster[i].parent != c) continue;
      has = 1;
      inside += g.cluster[i].best;
      g.cluster[c].deepest = fmin(g.cluster[c].deepest, g.cluster[i].deepest);
    }
    g.cluster[c].chosen = c > 0 && (leaf ? !has : !has || inside <= g.cluster[c].stability);
    g.cluster[c].best = g.cluster[c].chosen ? g.cluster[c].stability : inside;
  }
  char options[200];
  snprintf(options, sizeof options, "min_cluster_size=%d,min_samples=%d,scale=none%s", (int)least,
           (int)min_samples, leaf ? ",selection=leaf" : "");
  mine_model *model = table_fit(&t, &mine__algorithm_hdbscan, options);
  const mine_labelled *body = model->body;
  int32_t to[2000];
  memset(to, -1, sizeof to);
  for (int64_t i = 0; i < n; i++) {
    const int owner = grown_owner(&g, g.last[i]);
    const double deepest = g.cluster[g.last[i]].deepest, leaves = g.leaves[i];
    assert_int_equal(owner < 0, body->label[i] < 0);
    assert_true(body->outlier[i] == 1 - (leaves <= deepest ? 1 : deepest / leaves));
    if (owner < 0) {
      assert_true(body->strength[i] == 0 && body->reach[i] == -1);
      continue;
    }
    const double ends = g.cluster[owner].ends;
    if (to[owner] < 0) to[owner] = body->label[i];
    assert_int_equal(to[owner], body->label[i]);
    assert_true(body->strength[i] == (leaves <= ends ? 1 : ends / leaves));
    assert_true(body->reach[i] == g.cluster[owner].appears);
  }
  table_is_numbered(body);
  table_answers_itself(&t, model);
  mine_model_free(model);
  free(in);
  free(g.edge);
  free(g.last);
  free(g.leaves);
  free(p.core);
  mine_env_close(env);
}

static void clusters_are_as_defined(void **state) {
  (void)state;
  for (int threads = 1; threads <= 3; threads += 2) {
    as_defined(30, 1, 3, 2, 0, 0, threads);
    as_defined(400, 2, 5, 5, 0, 0, threads);
    as_defined(400, 2, 5, 5, 1, 0, threads);
    as_defined(400, 2, 12, 3, 0, 0, threads);
    as_defined(500, 2, 5, 4, 0, 0.5, threads); /* ties */
    as_defined(500, 3, 8, 1, 1, 1, threads);
    as_defined(300, 18, 5, 3, 0, 0, threads);
  }
}

/* ---- the order of the rows ---------------------------------------------------------------- */

static void order_decides_nothing(void **state) {
  (void)state;
  static const char *const options[] = {"",
                                        "min_cluster_size=10,selection=leaf",
                                        "min_samples=1",
                                        "allow_single_cluster=1",
                                        "cluster_selection_epsilon=0.3,min_cluster_size=8",
                                        "scale=none,min_samples=3"};
  mine_env *env = table_env(3);
  for (int o = 0; o < 6; o++) {
    for (int grid = 0; grid < 3; grid++) {
      table t = table_groups(env, 800, 2, 3, (uint64_t)(70 + grid), grid * 0.5);
      int64_t *to = mine__arena_array(env->scratch, 800, sizeof *to);
      table other = table_shuffled(&t, 5, to);
      mine_model *a = table_fit(&t, &mine__algorithm_hdbscan, options[o]);
      mine_model *b = table_fit(&other, &mine__algorithm_hdbscan, options[o]);
      const mine_labelled *one = a->body, *two = b->body;
      for (int64_t i = 0; i < 800; i++) {
        assert_int_equal(one->label[i], two->label[to[i]]);
        if (o == 5) {
          assert_true(one->strength[i] == two->strength[to[i]]);
          assert_true(one->outlier[i] == two->outlier[to[i]]);
        }
      }
      table_answers_itself(&t, a);
      mine_model_free(a);
      mine_model_free(b);
    }
  }
  mine_env_close(env);
}

/* ---- what is told --------------------------------------------------------------------------- */

static int tells(const mine_model *model, const char *words) {
  for (int64_t i = 0; i < mine__notes_count(&model->told.notes); i++)
    if (strstr(mine__notes_at(&model->told.notes, i).detail, words)) return 1;
  return 0;
}

static void odd_tables(void **state) {
  (void)state;
  mine_env *env = table_env(2);
  table equal = table_open(env, 50, 2), one = table_open(env, 1, 1), two = table_open(env, 2, 1);
  mine_model *model = table_fit(&equal, &mine__algorithm_hdbscan, "");
  assert_true(model->n_groups == 0 && tells(model, "all rows are noise"));
  table_answers_itself(&equal, model);
  mine_model_free(model);
  model = table_fit(&equal, &mine__algorithm_hdbscan, "allow_single_cluster=1");
  assert_int_equal(model->n_groups, 1);
  table_answers_itself(&equal, model);
  mine_model_free(model);
  model = table_fit(&one, &mine__algorithm_hdbscan, "");
  assert_true(model->n_groups == 0 && tells(model, "more than the 1 rows"));
  mine_model_free(model);
  two.point[1] = 1;
  model = table_fit(&two, &mine__algorithm_hdbscan, "min_cluster_size=2,allow_single_cluster=1");
  assert_int_equal(model->n_groups, 1);
  mine_model_free(model);
  table far = table_open(env, 40, 1); /* far, beside what is next to nothing */
  for (int i = 0; i < 40; i++)
    far.point[i] = i < 20 ? 1e-300 * i : 1e145 + 1e142 * (i * i % 11);
  model = table_fit(&far, &mine__algorithm_hdbscan, "scale=none");
  for (int i = 0; i < 40; i++) {
    const mine_labelled *body = model->body;
    assert_true(body->strength[i] >= 0 && body->strength[i] <= 1);
    assert_true(body->outlier[i] >= 0 && body->outlier[i] <= 1);
  }
  table_answers_itself(&far, model);
  mine_model_free(model);
  mine_env_close(env);
}

static void what_it_does_not_take(void **state) {
  (void)state;
  mine_env *env = table_env(1);
  table t = table_groups(env, 50, 2, 2, 1, 0);
  mine_model *model;
  t.weight = mine__arena_array(env->scratch, 50, sizeof(double));
  for (int i = 0; i < 50; i++)
    t.weight[i] = 1;
  assert_int_equal(table_try(&t, &mine__algorithm_hdbscan, "", &model), MINE_OPTION);
  assert_non_null(strstr(mine_env_error(env), "knows no weights"));
  mine_model_free(model);
  mine_env_close(env);
  env = table_env(1);
  table wide = table_open(env, 200001, 17);
  assert_int_equal(table_try(&wide, &mine__algorithm_hdbscan, "", &model), MINE_LIMIT);
  assert_non_null(strstr(mine_env_error(env), "takes 200000 rows"));
  mine_model_free(model);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_tree_is_prims),     cmocka_unit_test(clusters_are_as_defined),
      cmocka_unit_test(order_decides_nothing), cmocka_unit_test(odd_tables),
      cmocka_unit_test(what_it_does_not_take),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
