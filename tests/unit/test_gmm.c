/*
** test_gmm.c -- Gaussian mixtures against plain loops, singular ones, and bad input.
*/
#include "../../algorithms/cluster/gmm_private.h"
#include "../../algorithms/kernel/gauss.h"
#include "kmeans_fixture.h"
#include "verb_fixture.h"

#define MOST 8

/* ---- plain loops to compare with ------------------------------------------------------------ */

/* A mixture as a textbook has it; covariances as matrices. */
typedef struct textbook {
  int k, d, form;
  double reg;
  double weight[MOST], mean[MOST][MOST], covariance[MOST][MOST][MOST];
  double inverse[MOST][MOST][MOST], log_det[MOST];
  double log_likelihood;
} textbook;

/* Gauss & Jordan; the logarithm of the determinant. */
static double invert(int d, double a[MOST][MOST], double out[MOST][MOST]) {
  double log_det = 0, m[MOST][2 * MOST];
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) {
      m[i][j] = a[i][j];
      m[i][d + j] = i == j;
    }
  for (int c = 0; c < d; c++) {
    const double pivot = m[c][c];
    log_det += log(pivot);
    for (int j = 0; j < 2 * d; j++)
      m[c][j] /= pivot;
    for (int i = 0; i < d; i++) {
      const double by = m[i][c];
      for (int j = 0; i != c && j < 2 * d; j++)
        m[i][j] -= by * m[c][j];
    }
  }
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++)
      out[i][j] = m[i][d + j];
  return log_det;
}

static double row_weight(const fixture *f, int64_t i) {
  return f->data.weight ? f->data.weight[i] : 1;
}

/* Squared distance of row i to component c. */
static double far(const fixture *f, const textbook *t, int64_t i, int c) {
  double sum = 0;
  for (int a = 0; a < t->d; a++)
    for (int b = 0; b < t->d; b++)
      sum += (f->view[a].number[i] - t->mean[c][a]) * t->inverse[c][a][b] *
             (f->view[b].number[i] - t->mean[c][b]);
  return sum;
}

static void textbook_expect(const fixture *f, textbook *t, double *share) {
  t->log_likelihood = 0;
  for (int c = 0; c < t->k; c++)
    t->log_det[c] = invert(t->d, t->covariance[c], t->inverse[c]);
  for (int64_t i = 0; i < f->n; i++) {
    double total = 0;
    for (int c = 0; c < t->k; c++) {
      const double log_p = log(t->weight[c]) - 0.5 * (far(f, t, i, c) + t->log_det[c] +
                                                      t->d * log(2 * 3.14159265358979323846));
      share[i * t->k + c] = exp(log_p);
      total += share[i * t->k + c];
    }
    t->log_likelihood += row_weight(f, i) * log(total);
    for (int c = 0; c < t->k; c++)
      share[i * t->k + c] /= total;
  }
}

static void textbook_maximise(const fixture *f, textbook *t, const double *share) {
  double n[MOST] = {0}, all = 0, pooled[MOST][MOST] = {{0}};
  for (int c = 0; c < t->k; c++) {
    for (int64_t i = 0; i < f->n; i++)
      n[c] += share[i * t->k + c] * row_weight(f, i);
    all += n[c];
    for (int a = 0; a < t->d; a++) {
      t->mean[c][a] = 0;
      for (int64_t i = 0; i < f->n; i++)
        t->mean[c][a] += share[i * t->k + c] * row_weight(f, i) * f->view[a].number[i] / n[c];
    }
    for (int a = 0; a < t->d; a++) {
      for (int b = 0; b < t->d; b++) {
        double s = 0;
        for (int64_t i = 0; i < f->n; i++)
          s += share[i * t->k + c] * row_weight(f, i) * (f->view[a].number[i] - t->mean[c][a]) *
               (f->view[b].number[i] - t->mean[c][b]);
        t->covariance[c][a][b] = s / n[c];
        pooled[a][b] += s;
      }
    }
  }
  for (int c = 0; c < t->k; c++) {
    double mean = 0;
    t->weight[c] = n[c] / all;
    for (int a = 0; a < t->d; a++)
      mean += t->covariance[c][a][a] / t->d;
    for (int a = 0; a < t->d; a++) {
      for (int b = 0; b < t->d; b++) {
        double *s = &t->covariance[c][a][b];
        if (t->form == MINE_COVARIANCE_TIED) *s = pooled[a][b] / all;
        if (t->form >= MINE_COVARIANCE_DIAGONAL && a != b) *s = 0;
        if (t->form == MINE_COVARIANCE_SPHERICAL && a == b) *s = mean;
        if (a == b) *s += t->reg;
      }
    }
  }
}

/* From the first k rows: each belongs to the nearest of them; so many maximisations. */
static void textbook_run(const fixture *f, textbook *t, int iterations, double *share) {
  for (int64_t i = 0; i < f->n; i++) {
    int nearest = 0;
    double best = INFINITY;
    for (int c = 0; c < t->k; c++) {
      double d = 0;
      for (int a = 0; a < t->d; a++)
        d += pow(f->view[a].number[i] - f->view[a].number[c], 2);
      if (d < best) nearest = c;
      best = fmin(best, d);
    }
    for (int c = 0; c < t->k; c++)
      share[i * t->k + c] = c == nearest;
  }
  textbook_maximise(f, t, share);
  for (int i = 0; i < iterations; i++) {
    textbook_expect(f, t, share);
    textbook_maximise(f, t, share);
  }
  textbook_expect(f, t, share);
}

/* ---- what the tests ask ---------------------------------------------------------------------- */

static mine_model *fit(fixture *f, const char *options) {
  mine_model *model;
  const mine_status status = fixture_try_by(f, mine__algorithm_find("gmm"), options, &model);
  if (status != MINE_OK) print_message("%s\n", mine_env_error(f->env));
  assert_int_equal(status, MINE_OK);
  return model;
}

static const mine_mixture *body_of(const mine_model *model) {
  return model->body;
}

static int warned(const mine_model *model, const char *part) {
  for (int64_t i = 0; i < mine__notes_count(&model->told.notes); i++)
    if (strstr(mine__notes_at(&model->told.notes, i).detail, part)) return 1;
  return 0;
}

/* Rows first..first+n-1 of the fixture. */
static void score(fixture *f, const mine_model *model, int64_t first, int64_t n, int32_t *cluster,
                  double *distance, double *share) {
  mine_feature_view view[FIXTURE_COLUMNS];
  const mine_batch batch = {n, NULL, view};
  mine_answers out = {.group = cluster, .distance = distance, .share = share};
  for (int j = 0; j < f->width; j++) {
    view[j].number = f->view[j].number ? f->view[j].number + first : NULL;
    view[j].code = f->view[j].code ? f->view[j].code + first : NULL;
  }
  assert_int_equal(mine__kind_mixture.answer(f->env, model, &batch, &out), MINE_OK);
}

static void start_from_first_rows(fixture *f, int k, mine_batch *initial) {
  *initial = (mine_batch){k, NULL, f->view};
  f->initial = initial;
}

/* Groups that lean: x1 follows x0. */
static void leaning(fixture *f, int64_t n, int width, int groups, double spread, uint64_t seed) {
  fixture_open(f, n);
  fixture_groups(f, width, groups, spread, seed);
  for (int64_t i = 0; width > 1 && i < n; i++)
    ((double *)f->view[1].number)[i] += 0.7 * f->view[0].number[i];
}

/* ---- the method ----------------------------------------------------------------------------- */

/* Each component of the model is one of the textbook's. */
static void compare(const fixture *f, const mine_mixture *m, const textbook *t) {
  double room[MOST * MOST], covariance[MOST * MOST];
  (void)f;
  for (int64_t c = 0; c < m->k; c++) {
    int of = 0;
    for (int o = 1; o < t->k; o++)
      if (fabs(t->weight[o] - m->weight[c]) + fabs(t->mean[o][0] - m->centre[c * t->d]) <
          fabs(t->weight[of] - m->weight[c]) + fabs(t->mean[of][0] - m->centre[c * t->d]))
        of = o;
    fixture_near(m->weight[c], t->weight[of], 1e-9);
    mine__mixture_covariance(m, c, room, covariance);
    for (int a = 0; a < t->d; a++) {
      fixture_near(m->centre[c * t->d + a], t->mean[of][a], 1e-9);
      for (int b = 0; b < t->d; b++)
        fixture_near(covariance[a * t->d + b], t->covariance[of][a][b], 1e-8);
    }
  }
}

static void iterations_are_those_of_the_textbook(void **state) {
  static const int widths[] = {1, 2, 3, 5, 7};
  (void)state;
  for (int form = 0; form < MINE_COVARIANCES; form++) {
    for (int w = 0; w < 5; w++) {
      for (int weighted = 0; weighted < 2; weighted++) {
        const int iterations = 1 + 3 * w;
        const int64_t n = 700 + 13 * w;
        textbook t = {.k = 3, .d = widths[w], .form = form, .reg = 1e-3};
        fixture f;
        mine_batch initial;
        char options[160];
        leaning(&f, n, widths[w], 3, 4, (uint64_t)(11 + w));
        start_from_first_rows(&f, 3, &initial);
        double *weight = mine__arena_array(f.env->scratch, (size_t)n, sizeof *weight);
        for (int64_t i = 0; i < n; i++)
          weight[i] = 0.5 + (double)(i % 5);
        if (weighted) f.data.weight = weight;
        snprintf(options, sizeof options,
                 "k=3,init=SELECT *,scale=none,tol=0,reg_covar=1e-3,max_iter=%d,covariance=%s",
                 iterations, mine__covariance_names[form]);
        mine_model *model = fit(&f, options);
        double *share = mine__arena_array(f.env->scratch, (size_t)n, 3 * sizeof *share);
        textbook_run(&f, &t, iterations, share);
        fixture_near(fixture_metric(model, "log_likelihood"), t.log_likelihood, 1e-10);
        compare(&f, body_of(model), &t);
        mine_model_free(model);
        fixture_close(&f);
      }
    }
  }
}

static void shares_and_distances_are_those_of_the_densities(void **state) {
  enum { n = 300, k = 3 };
  fixture f;
  mine_batch initial;
  textbook t = {.k = k, .d = 4, .form = MINE_COVARIANCE_FULL, .reg = 1e-6};
  static double share[n * k], expected[n * k], distance[n];
  static int32_t cluster[n];
  (void)state;
  leaning(&f, n, 4, k, 3, 5);
  start_from_first_rows(&f, k, &initial);
  mine_model *model = fit(&f, "k=3,init=SELECT *,scale=none,tol=0,max_iter=7");
  score(&f, model, 0, n, cluster, distance, share);
  textbook_run(&f, &t, 7, expected);
  for (int i = 0; i < n; i++) {
    double own[k], theirs[k];
    int best = 0;
    for (int c = 0; c < k; c++)
      if (expected[i * k + c] > expected[i * k + best]) best = c;
    memcpy(own, share + i * k, sizeof own);
    memcpy(theirs, expected + i * k, sizeof theirs);
    double most = 0, sum = 0;
    for (int c = 0; c < k; c++) {
      most = fmax(most, own[c]);
      sum += own[c];
    }
    fixture_near(most, theirs[best], 1e-8);
    fixture_near(sum, 1, 1e-12);
    fixture_near(share[i * k + cluster[i] - 1], most, 0);
    fixture_near(distance[i], sqrt(far(&f, &t, i, best)), 1e-8);
  }
  mine_model_free(model);
  fixture_close(&f);
}

/* Alone, among others, in any division: the same bits; and the groups are those of training. */
static void rows_score_as_trained_in_any_batches(void **state) {
  enum { n = 900, k = 5 };
  static const int64_t sizes[] = {1, 7, 8, 100, 257};
  static double share[n * k], part[n * k], distance[n], part_distance[n];
  static int32_t all[n], some[n];
  (void)state;
  for (int form = 0; form < MINE_COVARIANCES; form++) {
    fixture f;
    char options[64];
    int64_t rows[k] = {0};
    leaning(&f, n, 5, k, 2, 4);
    snprintf(options, sizeof options, "k=5,starts=1,covariance=%s", mine__covariance_names[form]);
    mine_model *model = fit(&f, options);
    score(&f, model, 0, n, all, distance, share);
    for (int i = 0; i < n; i++)
      rows[all[i] - 1]++;
    assert_memory_equal(rows, body_of(model)->profile.rows, sizeof rows);
    for (int c = 1; c < k; c++)
      assert_true(rows[c] <= rows[c - 1]);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      for (int64_t at = 0; at < n; at += sizes[s])
        score(&f, model, at, n - at < sizes[s] ? n - at : sizes[s], some + at, part_distance + at,
              part + at * k);
      assert_memory_equal(some, all, sizeof some);
      assert_memory_equal(part_distance, distance, sizeof distance);
      assert_memory_equal(part, share, sizeof share);
    }
    mine_model_free(model);
    fixture_close(&f);
  }
}

static void any_number_of_threads_gives_the_same_bits(void **state) {
  static const char *const options[] = {"k=6,starts=2", "k=auto,max_k=4,starts=1,covariance=auto",
                                        "k=4,starts=1,covariance=diagonal,init=random"};
  (void)state;
  for (int o = 0; o < 3; o++) {
    double kept[MOST * MOST * MOST];
    size_t bytes = 0;
    for (int threads = 1; threads <= 5; threads += 2) {
      fixture f;
      leaning(&f, o == 0 ? 40000 : 3000, 4, 5, 5, 8);
      mine__env_set_threads(f.env, threads);
      mine_model *model = fit(&f, options[o]);
      const mine_mixture *m = body_of(model);
      const size_t factors = (size_t)mine__mixture_factors(m->form, m->k, 4) * sizeof(double);
      if (!bytes) {
        bytes = factors;
        memcpy(kept, m->factor, bytes);
      }
      assert_int_equal(bytes, factors);
      assert_memory_equal(kept, m->factor, bytes);
      mine_model_free(model);
      fixture_close(&f);
    }
  }
}

static void components_and_form_are_found(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f, 2000);
  fixture_groups(&f, 3, 4, 30, 3);
  mine_model *model = fit(&f, "k=auto,max_k=7,starts=3,covariance=auto");
  assert_int_equal(body_of(model)->k, 4);
  assert_int_equal(fixture_metric(model, "k"), 4);
  mine_model_free(model);
  fixture_close(&f);
}

static void a_heavy_row_is_a_row_given_often(void **state) {
  enum { n = 120 };
  fixture f, g;
  static double weight[n];
  mine_batch initial, other;
  (void)state;
  leaning(&f, n, 3, 2, 3, 9);
  fixture_open(&g, 2 * n);
  for (int j = 0; j < 3; j++) {
    double *x = fixture_numbers(&g, "x", NULL);
    for (int i = 0; i < 2 * n; i++)
      x[i] = f.view[j].number[i < n ? i : i < n + n / 2 ? i - n : n / 2 - 1 - (i - n - n / 2)];
  }
  for (int i = 0; i < n; i++)
    weight[i] = i < n / 2 ? 3 : 1;
  f.data.weight = weight;
  start_from_first_rows(&f, 2, &initial);
  start_from_first_rows(&g, 2, &other);
  mine_model *a = fit(&f, "k=2,init=SELECT *,max_iter=9,tol=0,scale=none");
  mine_model *b = fit(&g, "k=2,init=SELECT *,max_iter=9,tol=0,scale=none");
  fixture_near(fixture_metric(a, "log_likelihood"), fixture_metric(b, "log_likelihood"), 1e-10);
  fixture_near(fixture_metric(a, "bic"), fixture_metric(b, "bic"), 1e-10);
  mine_model_free(a);
  mine_model_free(b);
  fixture_close(&f);
  fixture_close(&g);
}

/* ---- what goes wrong ------------------------------------------------------------------------ */

static void singular_components_are_told(void **state) {
  static const char *const options[] = {"k=2,starts=1", "k=2,starts=1,reg_covar=0",
                                        "k=2,starts=1,reg_covar=0,scale=none,covariance=diagonal",
                                        "k=2,starts=1,covariance=spherical,reg_covar=0",
                                        "k=3,starts=1,covariance=tied,reg_covar=0"};
  (void)state;
  for (int o = 0; o < 5; o++) {
    fixture f;
    fixture_open(&f, 60);
    double *x = fixture_numbers(&f, "x", NULL), *y = fixture_numbers(&f, "y", NULL);
    for (int i = 0; i < 60; i++) {
      x[i] = i < 30 ? 5 : 100 + i % 4 * (o != 3); /* a point, and a line */
      y[i] = 2 * x[i];
    }
    if (o == 4)
      for (int i = 0; i < 60; i++)
        y[i] = 1e6 * x[i];
    mine_model *model = fit(&f, options[o]);
    if (!warned(model, "singular: ")) print_message("%s\n", options[o]);
    assert_true(warned(model, "singular: "));
    assert_true(isfinite(fixture_metric(model, "log_likelihood")));
    for (int64_t c = 0; c < body_of(model)->k; c++)
      assert_true(isfinite(body_of(model)->offset[c]));
    mine_model_free(model);
    fixture_close(&f);
  }
}

static void one_row_is_one_component(void **state) {
  const double x = 3;
  fixture f;
  int32_t cluster;
  double distance, share;
  (void)state;
  fixture_open(&f, 1);
  fixture_numbers(&f, "x", &x);
  mine_model *model = fit(&f, "k=auto");
  score(&f, model, 0, 1, &cluster, &distance, &share);
  assert_int_equal(cluster, 1);
  fixture_near(distance, 0, 0);
  fixture_near(share, 1, 0);
  mine_model_free(model);
  fixture_close(&f);
}

/* Values at both ends of what a double is; and rows far beyond those of training. */
static void far_rows_have_shares(void **state) {
  fixture f;
  int32_t cluster[40];
  double distance[40], share[80];
  (void)state;
  fixture_open(&f, 40);
  double *x = fixture_numbers(&f, "x", NULL), *y = fixture_numbers(&f, "y", NULL);
  for (int i = 0; i < 40; i++) {
    x[i] = (i % 2 ? 1e-300 : 2e-300) + i * 1e-302;
    y[i] = i % 2 ? i : 50 + i * i % 7;
  }
  mine_model *model = fit(&f, "k=2,starts=1");
  x[0] = 1e300;
  y[1] = -1e308;
  x[2] = y[2] = 1e308;
  score(&f, model, 0, 40, cluster, distance, share);
  for (int i = 0; i < 40; i++) {
    assert_true(cluster[i] == 1 || cluster[i] == 2);
    assert_true(isfinite(distance[i]));
    fixture_near(share[2 * i] + share[2 * i + 1], 1, 1e-12);
  }
  mine_model_free(model);
  fixture_close(&f);
}

static void assert_refused(fixture *f, const char *options, mine_status status, const char *part) {
  mine_model *model;
  assert_int_equal(fixture_try_by(f, mine__algorithm_find("gmm"), options, &model), status);
  if (!strstr(mine_env_error(f->env), part)) print_message("%s\n", mine_env_error(f->env));
  assert_non_null(strstr(mine_env_error(f->env), part));
  fixture_close(f);
}

static void bad_calls_are_refused(void **state) {
  const double x[] = {1, 1, 2, 2, 3, 1}, far_apart[] = {1e300, 1e-300, 2, 3, 4, -1e300};
  static const struct {
    const char *options;
    mine_status status;
    const char *part;
  } calls[] = {{"k=7", MINE_DATA, "k=7 is more than the 6 rows"},
               {"k=4", MINE_DATA, "only 3 of the 6 rows differ"},
               {"k=0", MINE_OPTION, "k"},
               {"covariance=round", MINE_OPTION, "tied"},
               {"k=2,reg_covar=-1", MINE_OPTION, "reg_covar"},
               {"k=2,init=SELECT *", MINE_OPTION, "3 rows but k is 2"}};
  (void)state;
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    fixture f;
    mine_batch initial;
    fixture_open(&f, 6);
    fixture_numbers(&f, "x", x);
    if (strstr(calls[i].options, "init")) start_from_first_rows(&f, 3, &initial);
    assert_refused(&f, calls[i].options, calls[i].status, calls[i].part);
  }
  fixture f;
  fixture_open(&f, 6);
  fixture_numbers(&f, "x", far_apart);
  assert_refused(&f, "k=2,scale=none", MINE_NUMERIC, "overflow");
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static mine_model *reload(fixture *f, const uint8_t *bytes, size_t n) {
  mine_model *back;
  assert_int_equal(mine__model_empty(f->env, &back), MINE_OK);
  mine_reader r = {.env = f->env, .arena = back->arena, .at = bytes, .end = bytes + n};
  back->feature = f->about;
  back->n_features = f->width;
  mine__kind_mixture.load(&r, back, mine__kind_mixture.version);
  if (mine__reader_ok(&r)) return back;
  mine_model_free(back);
  return NULL;
}

static void a_saved_body_comes_back_and_damage_is_noticed(void **state) {
  static const char *const kinds[] = {"blue", "red", NULL};
  (void)state;
  for (int form = 0; form < MINE_COVARIANCES; form++) {
    enum { n = 20 };
    fixture f;
    mine_writer w;
    char options[64];
    int32_t a[n], b[n];
    double da[n], db[n], sa[2 * n], sb[2 * n];
    fixture_open(&f, n);
    fixture_groups(&f, 2, 2, 9, 6);
    int32_t *code = fixture_codes(&f, "kind", NULL, kinds);
    for (int i = 0; i < n; i++)
      code[i] = i % 3 == 0;
    snprintf(options, sizeof options, "k=2,starts=1,covariance=%s", mine__covariance_names[form]);
    mine_model *model = fit(&f, options);
    mine__text_open(&w.text, f.env->scratch);
    mine__kind_mixture.save(model, &w);
    for (size_t cut = 0; cut < w.text.bytes; cut++) {
      uint8_t *copy = malloc(cut + 1); /* a block of its own, so that a sanitizer sees overreads */
      memcpy(copy, w.text.data, cut);
      assert_null(reload(&f, copy, cut));
      free(copy);
    }
    uint8_t *bytes = malloc(w.text.bytes);
    memcpy(bytes, w.text.data, w.text.bytes);
    mine_model *back = reload(&f, bytes, w.text.bytes);
    assert_non_null(back);
    score(&f, model, 0, n, a, da, sa);
    score(&f, back, 0, n, b, db, sb);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_equal(da, db, sizeof da);
    assert_memory_equal(sa, sb, sizeof sa);
    mine_model_free(back);
    for (size_t bit = 0; bit < 8 * w.text.bytes; bit++) { /* must not crash, may still load */
      bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
      back = reload(&f, bytes, w.text.bytes);
      if (back) score(&f, back, 0, n, b, db, sb);
      mine_model_free(back);
      bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(bytes);
    mine_model_free(model);
    fixture_close(&f);
  }
}

static int stop(void *user) {
  return --*(int *)user < 0;
}

static void an_interrupt_is_passed_on(void **state) {
  (void)state;
  for (int polls = 0; polls < 40; polls += 3) {
    fixture f;
    mine_model *model;
    int left = polls;
    fixture_open(&f, 9000);
    fixture_groups(&f, 8, 30, 4, 1);
    f.env->host.interrupted = stop;
    f.env->host.user = &left;
    assert_int_equal(fixture_try_by(&f, mine__algorithm_find("gmm"), "k=30,starts=100", &model),
                     MINE_INTERRUPT);
    fixture_close(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iterations_are_those_of_the_textbook),
      cmocka_unit_test(shares_and_distances_are_those_of_the_densities),
      cmocka_unit_test(rows_score_as_trained_in_any_batches),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(components_and_form_are_found),
      cmocka_unit_test(a_heavy_row_is_a_row_given_often),
      cmocka_unit_test(singular_components_are_told),
      cmocka_unit_test(one_row_is_one_component),
      cmocka_unit_test(far_rows_have_shares),
      cmocka_unit_test(bad_calls_are_refused),
      cmocka_unit_test(a_saved_body_comes_back_and_damage_is_noticed),
      cmocka_unit_test(an_interrupt_is_passed_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
