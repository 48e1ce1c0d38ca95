/*
** test_explain_clusters.c -- why a row is of a cluster: each kind against the definition.
**
** A feature that is not known is a missing value, so that what is said where only some are known
** is what the model says of the row with the others taken away, and Shapley values are computed
** from that over all subsets.  Kinds that have shares are asked for them; of the others a model of
** each centre alone says how far away it is.
*/
#include "explain_fixture.h"

#include "kernel/gauss.h"
#include "model/cluster_explain.h"
#include "model/latent.h"
#include "model/medoids.h"
#include "model/mixture.h"
#include "model/prototypes.h"

#define EXPLAINED 7 /* rows of the eight: the last is too far away for any odds */
#define WIDTH     5

/* ---- models made by hand --------------------------------------------------------------------- */

static double drawn(mine_random *random) {
  return mine__random_real(random) - 0.5;
}

static double *numbers(made *m, size_t n, mine_random *random) {
  double *out = mine__arena_array(m->model->arena, n, sizeof *out);
  assert_non_null(out);
  for (size_t i = 0; i < n; i++)
    out[i] = 2 * drawn(random);
  return out;
}

static void *kept(made *m, const void *from, size_t bytes) {
  void *out = mine__arena_array(m->model->arena, bytes, 1);
  assert_non_null(out);
  return memcpy(out, from, bytes);
}

static mine_encoding encoded(made *m) {
  static const int first[] = {0, 1, 2, 5}, levels[] = {0, 0, 3};
  static const double centre[] = {0.5, 1, 0, 0, 0}, factor[] = {0.4, 0.5, 0.7, 0.7, 0.7};
  static const double fill[] = {0.1, -0.2, 0.3, 0.2, 0.2};
  mine_encoding e = {.n_features = COLUMNS, .width = WIDTH};
  e.first = kept(m, first, sizeof first);
  e.levels = kept(m, levels, sizeof levels);
  e.centre = kept(m, centre, sizeof centre);
  e.factor = kept(m, factor, sizeof factor);
  e.fill = kept(m, fill, sizeof fill);
  return e;
}

static void made_clusters(made *m, const mine_kind *kind, const char *algorithm, int k) {
  made_open(m, k);
  m->model->roles.target = NULL;
  m->model->positive = -1;
  m->model->task = MINE_CLUSTERING;
  m->model->algorithm = algorithm;
  m->model->kind = kind;
}

static void made_prototypes(made *m, int k, int mixture) {
  mine_random random;
  mine__random_open(&random, 3, 3, (uint64_t)(k + mixture));
  made_clusters(m, &mine__kind_prototypes, "kmeans", k);
  mine_prototypes *p = mine__arena_zeros(m->model->arena, 1, sizeof *p);
  assert_non_null(p);
  p->encoding = encoded(m);
  p->k = k;
  p->centre = numbers(m, (size_t)k * WIDTH, &random);
  if (mixture) {
    p->scale = numbers(m, (size_t)k * WIDTH, &random);
    for (int i = 0; i < k * WIDTH; i++)
      p->scale[i] = fabs(p->scale[i]);
    p->offset = numbers(m, (size_t)k, &random);
  }
  assert_int_equal(mine__prototypes_prepare(m->env, m->model->arena, p), MINE_OK);
  m->model->body = p;
}

static void made_mixture(made *m, int k, mine_covariance form) {
  mine_random random;
  mine__random_open(&random, 5, 5, (uint64_t)(10 * k + (int)form));
  made_clusters(m, &mine__kind_mixture, "gmm", k);
  mine_mixture *x = mine__arena_zeros(m->model->arena, 1, sizeof *x);
  assert_non_null(x);
  x->encoding = encoded(m);
  x->k = k;
  x->form = form;
  x->weight = numbers(m, (size_t)k, &random);
  for (int c = 0; c < k; c++)
    x->weight[c] = (double)(c + 1) / (k * (k + 1) / 2);
  x->centre = numbers(m, (size_t)k * WIDTH, &random);
  const int64_t n = mine__mixture_factors(form, k, WIDTH);
  x->factor = numbers(m, (size_t)n, &random);
  for (int64_t i = 0; !mine__mixture_turns(form) && i < n; i++)
    x->factor[i] = fabs(x->factor[i]) + 0.2;
  for (int64_t i = 0; mine__mixture_turns(form) && i < n; i += mine__gauss_triangle(WIDTH))
    for (int64_t j = 0; j < WIDTH; j++) {
      double *diagonal = &x->factor[i + mine__gauss_triangle(j) + j];
      *diagonal = fabs(*diagonal) + 0.2;
    }
  mine__mixture_room(m->model->arena, x);
  mine__mixture_prepare(x);
  m->model->body = x;
}

static void made_medoids(made *m, int k, mine_space space) {
  mine_random random;
  mine__random_open(&random, 7, 7, (uint64_t)(10 * k + (int)space));
  made_clusters(m, &mine__kind_medoids, "kmedoids", k);
  static const uint8_t category[] = {0, 0, 1};
  static const double least[] = {-2, 0, 0}, range[] = {4, 0, 0};
  mine_medoids *d = mine__arena_zeros(m->model->arena, 1, sizeof *d);
  assert_non_null(d);
  const int gower = space == MINE_SPACE_GOWER;
  d->rows = (mine_neighbours){.space = space,
                              .n_features = COLUMNS,
                              .n = k,
                              .width = gower ? COLUMNS : WIDTH,
                              .encoding = encoded(m)};
  d->rows.point = numbers(m, (size_t)k * WIDTH, &random);
  if (gower) {
    d->rows.category = kept(m, category, sizeof category);
    d->rows.least = kept(m, least, sizeof least);
    d->rows.range = kept(m, range, sizeof range);
    for (int c = 0; c < k; c++) {
      d->rows.point[c * COLUMNS + 1] = c % 2;
      d->rows.point[c * COLUMNS + 2] = c;
    }
    d->rows.point[0] = NAN; /* a gap of the first medoid's */
  }
  assert_int_equal(mine__medoids_prepare(m->env, m->model->arena, d), MINE_OK);
  m->model->body = d;
}

/* Shares of k levels that add up to 1, of each cluster. */
static void made_latent_levels(made *m, int k, mine_latent_column *column) {
  static const double share[3][LEVELS - 1] = {{0.2, 0.8}, {0.6, 0.4}, {0.5, 0.5}};
  static const int32_t slot[] = {0, 1, -1}; /* the last level is one that training never met */
  column->slots = LEVELS - 1;
  column->levels = LEVELS;
  column->noise = -0.9;
  column->slot = kept(m, slot, sizeof slot);
  column->share = kept(m, share, (size_t)k * sizeof share[0]);
}

static void made_latent(made *m, int k, double noise) {
  mine_random random;
  mine__random_open(&random, 11, 11, (uint64_t)k);
  made_clusters(m, &mine__kind_latent, "auto", k);
  mine_latent *l = mine__arena_zeros(m->model->arena, 1, sizeof *l);
  assert_non_null(l);
  l->k = k;
  l->n_columns = COLUMNS;
  l->noise = noise;
  l->weight = numbers(m, (size_t)k, &random);
  for (int c = 0; c < k; c++)
    l->weight[c] = (double)(c + 1) / (k * (k + 1) / 2);
  l->column = mine__arena_zeros(m->model->arena, COLUMNS, sizeof *l->column);
  assert_non_null(l->column);
  for (int f = 0; f < 2; f++) {
    mine_latent_column *column = &l->column[f];
    *column = (mine_latent_column){
        .noise = -1.5 - f, .bent = f, .centre = 0.3, .factor = 1.5, .least = -4, .most = 5};
    column->mean = numbers(m, (size_t)k, &random);
    column->variance = numbers(m, (size_t)k, &random);
    for (int c = 0; c < k; c++)
      column->variance[c] = 0.5 + fabs(column->variance[c]);
  }
  made_latent_levels(m, k, &l->column[2]);
  mine__latent_prepare(m->model->arena, l);
  m->model->body = l;
}

/* ---- the margin, from what the model answers ------------------------------------------------- */

/* How far a row is from cluster c alone. */
static double distance_to(made *m, const mine_batch *batch, int c) {
  double distance;
  mine_answers answers = {.distance = &distance};
  void *body = m->model->body;
  mine_prototypes p;
  mine_medoids d;
  if (m->model->kind == &mine__kind_prototypes) {
    p = *(const mine_prototypes *)body;
    p.centre += c * WIDTH;
    p.k = 1;
    p.panel = NULL;
    assert_int_equal(mine__prototypes_prepare(m->env, m->model->arena, &p), MINE_OK);
    m->model->body = &p;
  } else {
    d = *(const mine_medoids *)body;
    d.rows.point += c * d.rows.width;
    d.rows.n = 1;
    d.panel = NULL;
    d.zero = NULL;
    assert_int_equal(mine__medoids_prepare(m->env, m->model->arena, &d), MINE_OK);
    m->model->body = &d;
  }
  assert_int_equal(m->model->kind->answer(m->env, m->model, batch, &answers), MINE_OK);
  m->model->body = body;
  return distance;
}

/* L(c) of all clusters, and of noise behind them; returns how many. */
static int said_of_clusters(made *m, const mine_batch *batch, double *out) {
  const int k = m->model->n_groups;
  const mine_latent *l = m->model->kind == &mine__kind_latent ? m->model->body : NULL;
  if (mine__model_margin(m->model) == MINE_MARGIN_ODDS) {
    double sum = 0;
    mine_answers answers = {.share = out};
    assert_int_equal(m->model->kind->answer(m->env, m->model, batch, &answers), MINE_OK);
    for (int c = 0; c < k; c++) {
      sum += out[c];
      out[c] = log(out[c]);
    }
    if (l && l->noise > 0) out[k] = log(1 - sum);
    return k + (l && l->noise > 0);
  }
  const mine_medoids *d = m->model->kind == &mine__kind_medoids ? m->model->body : NULL;
  for (int c = 0; c < k; c++) {
    const double apart = distance_to(m, batch, c);
    out[c] = d && d->rows.space != MINE_SPACE_EUCLIDEAN ? -apart : -apart * apart / 2;
  }
  return k;
}

typedef struct known {
  made *m;
  int row, of;
} known;

static double known_value(const void *context, unsigned set) {
  const known *a = context;
  made *m = a->m;
  double x[2], said[5], mean = 0;
  const int32_t code = set >> 2 & 1 ? m->code[a->row] : MINE_CODE_MISSING;
  for (int f = 0; f < 2; f++)
    x[f] = set >> f & 1 ? m->x[f][a->row] : (double)NAN;
  const mine_feature_view view[COLUMNS] = {{&x[0], NULL}, {&x[1], NULL}, {NULL, &code}};
  const mine_batch batch = {1, NULL, view};
  const int n = said_of_clusters(m, &batch, said);
  for (int c = 0; c < n; c++)
    mean += said[c] / n;
  return n == 2 ? said[a->of] - said[1 - a->of] : said[a->of] - mean;
}

/* All clusters of all rows, `noise` too; and the same bits row by row. */
static void check(made *m, int noise, double tolerance) {
  const mine_batch batch = {EXPLAINED, NULL, m->view};
  for (int of = 0; of < m->model->n_groups + noise; of++) {
    double out[EXPLAINED * (COLUMNS + 1)], one[COLUMNS + 1], phi[COLUMNS + 1];
    mine_explained asked = {.of = of, .contribution = out};
    assert_int_equal(mine__model_explain(m->env, m->model, &batch, &asked), MINE_OK);
    for (uint32_t row = 0; row < EXPLAINED; row++) {
      const known a = {m, (int)row, of};
      const double *got = out + row * (COLUMNS + 1);
      shapley(COLUMNS, known_value, &a, phi);
      for (int c = 0; c <= COLUMNS; c++)
        if (!(fabs(got[c] - phi[c]) <= tolerance * (1 + fabs(phi[c]))))
          fail_msg("of %d, row %u, feature %d: got %.17g, expected %.17g", of, row, c, got[c],
                   phi[c]);
      const mine_batch alone = {1, &row, m->view};
      asked.contribution = one;
      assert_int_equal(mine__model_explain(m->env, m->model, &alone, &asked), MINE_OK);
      assert_memory_equal(one, got, sizeof one);
      asked.contribution = out;
    }
  }
}

/* ---- the tests ------------------------------------------------------------------------------ */

static void centres(void **state) {
  (void)state;
  for (int k = 2; k <= 3; k++)
    for (int mixture = 0; mixture < 2; mixture++) {
      made m;
      made_prototypes(&m, k, mixture);
      check(&m, 0, mixture ? 1e-8 : 1e-11);
      made_close(&m);
    }
}

static void mixtures(void **state) {
  (void)state;
  for (int k = 2; k <= 3; k++)
    for (int form = 0; form < MINE_COVARIANCES; form++) {
      made m;
      made_mixture(&m, k, (mine_covariance)form);
      m.x[0][6] = 6; /* where shares are 0 there are no odds of them */
      check(&m, 0, 1e-8);
      made_close(&m);
    }
}

static void medoids(void **state) {
  (void)state;
  static const mine_space spaces[] = {MINE_SPACE_EUCLIDEAN, MINE_SPACE_MANHATTAN, MINE_SPACE_GOWER};
  for (int k = 2; k <= 3; k++)
    for (size_t s = 0; s < sizeof spaces / sizeof *spaces; s++) {
      made m;
      made_medoids(&m, k, spaces[s]);
      check(&m, 0, 1e-11);
      made_close(&m);
    }
}

static void clusters_and_noise(void **state) {
  (void)state;
  for (int k = 1; k <= 3; k++)
    for (int noise = k == 1; noise < 2; noise++) {
      made m;
      made_latent(&m, k, noise ? 0.2 : 0);
      check(&m, noise, 1e-8);
      made_close(&m);
    }
}

/* A missing value says nothing, whatever the kind. */
static void what_is_missing_says_nothing(void **state) {
  (void)state;
  for (int kind = 0; kind < 4; kind++) {
    made m;
    double out[8 * (COLUMNS + 1)];
    const mine_batch batch = {8, NULL, m.view};
    if (kind == 0) made_prototypes(&m, 3, 0);
    if (kind == 1) made_mixture(&m, 3, MINE_COVARIANCE_FULL);
    if (kind == 2) made_medoids(&m, 3, MINE_SPACE_GOWER);
    if (kind == 3) made_latent(&m, 3, 0.1);
    mine_explained asked = {.of = 1, .contribution = out};
    assert_int_equal(mine__model_explain(m.env, m.model, &batch, &asked), MINE_OK);
    for (int f = 0; f < 2; f++)
      for (int row = 0; row < 8; row++)
        if (isnan(m.x[f][row])) assert_true(out[row * (COLUMNS + 1) + f] == 0);
    assert_true(out[4 * (COLUMNS + 1) + 2] == 0);
    made_close(&m);
  }
}

static void refused(void **state) {
  (void)state;
  double out[8 * (COLUMNS + 1)];
  for (int which = 0; which < 2; which++) {
    made m;
    if (which == 0)
      made_prototypes(&m, 1, 0);
    else
      made_medoids(&m, 2, MINE_SPACE_COSINE);
    const mine_batch batch = {2, NULL, m.view};
    mine_explained asked = {.contribution = out};
    assert_int_equal(mine__model_explain(m.env, m.model, &batch, &asked), MINE_UNSUPPORTED);
    assert_non_null(strstr(mine_env_error(m.env), which == 0 ? "one cluster" : "an angle"));
    made_close(&m);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(centres),
      cmocka_unit_test(mixtures),
      cmocka_unit_test(medoids),
      cmocka_unit_test(clusters_and_noise),
      cmocka_unit_test(what_is_missing_says_nothing),
      cmocka_unit_test(refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
