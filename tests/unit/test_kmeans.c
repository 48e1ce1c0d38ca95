/*
** test_kmeans.c -- k-means against plain loops, known optima and bad input.
*/
#include "../../algorithms/cluster/kmeans_private.h"
#include "kmeans_fixture.h"
#include "slow_fixture.h"
#include "verb_fixture.h"

/* ---- plain loops to compare with --------------------------------------------- */

/* Lloyd as a textbook has it, on the columns as they are; the inertia after the
** last assignment. */
static double textbook(const fixture *f, double *centre, int k, int iterations) {
  double inertia = 0;
  int *label = calloc((size_t)f->n, sizeof *label);
  for (int it = 0; it <= iterations; it++) {
    inertia = 0;
    for (int64_t i = 0; i < f->n; i++) {
      double best = INFINITY;
      for (int c = 0; c < k; c++) {
        double d = 0;
        for (int j = 0; j < f->width; j++) {
          const double t = f->view[j].number[i] - centre[c * f->width + j];
          d += t * t;
        }
        if (d < best) {
          best = d;
          label[i] = c;
        }
      }
      inertia += best;
    }
    for (int c = 0; it < iterations && c < k; c++) {
      for (int j = 0; j < f->width; j++) {
        double sum = 0, n = 0;
        for (int64_t i = 0; i < f->n; i++) {
          if (label[i] == c) {
            sum += f->view[j].number[i];
            n++;
          }
        }
        centre[c * f->width + j] = sum / n;
      }
    }
  }
  free(label);
  return inertia;
}

static double textbook_silhouette(const fixture *f, const int32_t *cluster, int k) {
  double total = 0;
  for (int64_t i = 0; i < f->n; i++) {
    double sum[64] = {0}, rows[64] = {0}, a, b = INFINITY;
    for (int64_t o = 0; o < f->n; o++) {
      double d = 0;
      for (int j = 0; j < f->width; j++) {
        const double t = f->view[j].number[i] - f->view[j].number[o];
        d += t * t;
      }
      sum[cluster[o]] += sqrt(d);
      rows[cluster[o]]++;
    }
    if (rows[cluster[i]] < 2) continue;
    a = sum[cluster[i]] / (rows[cluster[i]] - 1);
    for (int c = 1; c <= k; c++) {
      if (c != cluster[i]) b = fmin(b, sum[c] / rows[c]);
    }
    total += (b - a) / fmax(a, b);
  }
  return total / (double)f->n;
}

/* Score rows first..first+n-1 of the fixture. */
static void score(fixture *f, const mine_model *model, int64_t first, int64_t n, int32_t *cluster,
                  double *distance) {
  mine_feature_view view[FIXTURE_COLUMNS];
  const mine_batch batch = {n, NULL, view};
  mine_answers out = {.group = cluster, .distance = distance};
  for (int j = 0; j < f->width; j++) {
    view[j].number = f->view[j].number ? f->view[j].number + first : NULL;
    view[j].code = f->view[j].code ? f->view[j].code + first : NULL;
  }
  assert_int_equal(mine__kind_prototypes.answer(f->env, model, &batch, &out), MINE_OK);
}

/* The first k rows as initial centres. */
static void start_from_first_rows(fixture *f, int k, mine_batch *initial, double *centre) {
  initial->n = k;
  initial->row = NULL;
  initial->feature = f->view;
  f->initial = initial;
  for (int c = 0; centre && c < k; c++) {
    for (int j = 0; j < f->width; j++)
      centre[c * f->width + j] = f->view[j].number[c];
  }
}

/* ---- the method ------------------------------------------------------------------ */

static void iterations_are_those_of_the_textbook(void **state) {
  (void)state;
  for (int iterations = 1; iterations <= 9; iterations += 4) {
    for (int64_t n = 300; n <= 4500; n += 4200) { /* below and above the sieve's threshold */
      fixture f;
      mine_batch initial;
      double centre[7 * 5];
      char options[64];
      mine_model *model;
      fixture_open(&f, n);
      fixture_groups(&f, 5, 7, 4, 11);
      start_from_first_rows(&f, 7, &initial, centre);
      snprintf(options, sizeof options, "k=7,init=SELECT *,scale=none,tol=0,max_iter=%d",
               iterations);
      model = fixture_fit(&f, options);
      fixture_near(fixture_body(model)->inertia, textbook(&f, centre, 7, iterations), 1e-12);
      mine_model_free(model);
      fixture_close(&f);
    }
  }
}

static void groups_are_found_and_numbered_by_size(void **state) {
  const double x[] = {0, 0.5, 1, 100, 101, 50, 0.2};
  const int32_t expected[] = {1, 1, 1, 2, 2, 3, 1};
  fixture f;
  mine_model *model;
  int32_t cluster[7];
  double distance[7], inertia = 0;
  (void)state;
  fixture_open(&f, 7);
  fixture_numbers(&f, "x", x);
  model = fixture_fit(&f, "k=3,scale=none");
  score(&f, model, 0, 7, cluster, distance);
  for (int i = 0; i < 7; i++) {
    assert_int_equal(cluster[i], expected[i]);
    inertia += distance[i] * distance[i];
  }
  fixture_near(inertia, fixture_body(model)->inertia, 1e-12);
  assert_int_equal(fixture_body(model)->profile.rows[0], 4);
  assert_int_equal(fixture_body(model)->profile.rows[1], 2);
  fixture_near(distance[3], 0.5, 1e-12);
  mine_model_free(model);
  fixture_close(&f);
}

static void training_rows_score_as_trained_in_any_batches(void **state) {
  enum { n = 5003 };
  static int32_t all[n], part[n];
  static double distance[n], part_distance[n];
  const int64_t sizes[] = {1, 7, 8, 300, 2000};
  fixture f;
  mine_model *model;
  int64_t rows[9] = {0};
  (void)state;
  fixture_open(&f, n);
  fixture_groups(&f, 6, 9, 3, 3);
  model = fixture_fit(&f, "k=9,starts=1");
  score(&f, model, 0, n, all, distance);
  for (int64_t i = 0; i < n; i++)
    rows[all[i] - 1]++;
  assert_memory_equal(rows, fixture_body(model)->profile.rows, sizeof rows);
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    for (int64_t at = 0; at < n; at += sizes[s]) {
      score(&f, model, at, n - at < sizes[s] ? n - at : sizes[s], part + at, part_distance + at);
    }
    assert_memory_equal(all, part, sizeof all);
    assert_memory_equal(distance, part_distance, sizeof distance);
  }
  mine_model_free(model);
  fixture_close(&f);
}

/* Each call with as few rows as its branches need: more than 2 x 16384 make a sample, from 4096
** on there is a sieve, and more than one start is refined, by swaps whose work is the product of
** rows, clusters and columns. */
static void any_number_of_threads_gives_the_same_bits(void **state) {
  static const struct {
    int64_t rows;
    const char *options;
    int is_long;
  } calls[] = {{33000, "k=12,starts=1", 0},
               {4200, "k=3,init=random,starts=2,scale=robust", 0},
               {500, "k=auto,max_k=4,starts=2", 0},
               {40000, "k=12,starts=3", 1},
               {40000, "k=12,init=random,starts=2,scale=robust", 1},
               {40000, "k=auto,max_k=4,starts=2", 1}};
  (void)state;
  for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
    if (calls[c].is_long && slow_is_short()) continue;
    double *centre = NULL;
    size_t bytes = 0;
    for (int threads = 1; threads <= 5; threads += 2) {
      fixture f;
      mine_model *model;
      const mine_prototypes *body;
      fixture_open(&f, calls[c].rows);
      fixture_groups(&f, 4, 12, 6, 8);
      mine__env_set_threads(f.env, threads);
      model = fixture_fit(&f, calls[c].options);
      body = fixture_body(model);
      if (!centre) {
        bytes = (size_t)body->k * 4 * sizeof(double);
        centre = malloc(2 * bytes);
        memcpy(centre, body->centre, bytes);
        memcpy((char *)centre + bytes, body->profile.value, bytes);
      }
      assert_memory_equal(centre, body->centre, bytes);
      assert_memory_equal((char *)centre + bytes, body->profile.value, bytes);
      mine_model_free(model);
      fixture_close(&f);
    }
    free(centre);
  }
}

/* On a lattice with centres half-way between its points most rows tie. */
static void the_sieve_gives_the_exact_labels(void **state) {
  (void)state;
  for (int kind = 0; kind < 3; kind++) {
    enum { n = 5000, k = 13, width = 3 };
    fixture f;
    mine_encoding e = {0};
    kmeans_points points;
    kmeans_run run;
    int32_t *exact;
    fixture_open(&f, n);
    fixture_groups(&f, width, 5, 8, 21);
    for (int j = 0; j < width; j++) {
      double *x = (double *)f.view[j].number;
      for (int i = 0; kind > 0 && i < n; i++)
        x[i] = floor(x[i]) + (kind == 2 ? 1e7 : 0);
    }
    assert_int_equal(mine__encoding_fit(f.env, f.env->scratch, &f.data, MINE_SCALE_NONE, &e), 0);
    mine__kmeans_points_encode(f.env, &e, &f.data.rows, NULL, 1, &points);
    mine__kmeans_sieve_open(f.env, &points);
    assert_true(points.sieve.factor > 0);
    mine__kmeans_run_open(f.env, &points, k, &run);
    for (int c = 0; c < k; c++) {
      mine__kmeans_row(&points, c * 7, run.centre + c * width);
      for (int j = 0; kind > 0 && j < width; j++)
        run.centre[c * width + j] += 0.5;
    }
    exact = mine__arena_array(f.env->scratch, n, sizeof *exact);
    mine__kmeans_assign_exact(f.env, &run);
    memcpy(exact, run.label, n * sizeof *exact);
    memset(run.label, 0, n * sizeof *exact);
    mine__kmeans_assign(f.env, &run);
    assert_false(mine_failed(f.env));
    assert_memory_equal(exact, run.label, n * sizeof *exact);
    fixture_close(&f);
  }
}

/* Points kept in panels or not: the same search, bit for bit. */
static void run_points(const fixture *f, const double *weight, int panels, int sieve, int64_t k,
                       kmeans_run *run, mine_encoding *e, kmeans_points *points) {
  mine_random random;
  assert_int_equal(mine__encoding_fit(f->env, f->env->scratch, &f->data, MINE_SCALE_STANDARD, e),
                   0);
  mine__kmeans_points_encode(f->env, e, &f->data.rows, weight, panels, points);
  assert_int_equal(points->panel != NULL, panels);
  if (sieve) mine__kmeans_sieve_open(f->env, points);
  mine__kmeans_run_open(f->env, points, k, run);
  mine__random_open(&random, 5, KMEANS_SEED, 0);
  mine__kmeans_seed_plus(f->env, run, &random);
  mine__kmeans_lloyd(f->env, run, 50, 0);
  assert_false(mine_failed(f->env));
  assert_int_equal(run->distinct, k);
}

static void rows_left_in_the_frame_give_the_bits_of_panels(void **state) {
  (void)state;
  enum { n = 3001, k = 6 };
  static const char *const levels[] = {"a", "b", "c", NULL};
  for (int kind = 0; kind < 4; kind++) { /* bit 0: some of the rows, weighted; bit 1: sieve */
    fixture f;
    kmeans_run kept, left;
    mine_encoding e[2] = {{0}};
    kmeans_points points[2];
    double weight[n];
    uint32_t row[n];
    fixture_open(&f, n);
    fixture_groups(&f, 3, 5, 8, 21);
    int32_t *code = fixture_codes(&f, "c", NULL, levels);
    for (int i = 0; i < n; i++) {
      code[i] = i % 4 - 1; /* one in four is missing */
      if (i % 9 == 0) ((double *)f.view[1].number)[i] = NAN;
      weight[i] = 1 + i % 3;
      row[i] = (uint32_t)i;
    }
    if (kind & 1) f.data.rows = (mine_batch){n / 2, row + n / 3, f.view};
    run_points(&f, kind & 1 ? weight : NULL, 1, kind & 2, k, &kept, &e[0], &points[0]);
    run_points(&f, kind & 1 ? weight : NULL, 0, kind & 2, k, &left, &e[1], &points[1]);
    const size_t rows = (size_t)f.data.rows.n;
    assert_memory_equal(kept.centre, left.centre, (size_t)(k * points[0].width) * sizeof(double));
    assert_memory_equal(kept.label, left.label, rows * sizeof *left.label);
    assert_memory_equal(kept.distance, left.distance, rows * sizeof *left.distance);
    assert_true(kept.inertia == left.inertia && kept.iterations == left.iterations);
    fixture_close(&f);
  }
}

static void weights_count_as_repeated_rows(void **state) {
  enum { n = 60 };
  fixture f, g;
  mine_model *model, *other;
  double weight[n], *x;
  int64_t total = 0, at = 0;
  (void)state;
  fixture_open(&f, n);
  fixture_groups(&f, 2, 4, 9, 5);
  for (int i = 0; i < n; i++) {
    weight[i] = 1 + i % 3;
    total += 1 + i % 3;
  }
  f.data.weight = weight;
  fixture_open(&g, total);
  for (int j = 0; j < 2; j++) {
    x = fixture_numbers(&g, "x", NULL);
    at = 0;
    for (int i = 0; i < n; i++) {
      for (int r = 0; r < 1 + i % 3; r++)
        x[at++] = f.view[j].number[i];
    }
  }
  model = fixture_fit(&f, "k=4");
  other = fixture_fit(&g, "k=4");
  fixture_near(fixture_body(model)->inertia, fixture_body(other)->inertia, 1e-9);
  fixture_near(fixture_body(model)->profile.overall[0], fixture_body(other)->profile.overall[0],
               1e-12);
  mine_model_free(model);
  mine_model_free(other);
  fixture_close(&f);
  fixture_close(&g);
}

/* Three of the four initial centres are the same row: two clusters start empty. */
static void empty_clusters_are_given_far_rows(void **state) {
  fixture f;
  mine_model *model;
  mine_batch initial = {4, NULL, NULL};
  const uint32_t row[] = {0, 0, 0, 1};
  (void)state;
  fixture_open(&f, 200);
  fixture_groups(&f, 2, 4, 50, 5);
  start_from_first_rows(&f, 4, &initial, NULL);
  initial.row = row;
  model = fixture_fit(&f, "k=4,scale=none,init=SELECT *");
  for (int c = 0; c < 4; c++)
    assert_true(fixture_body(model)->profile.rows[c] > 20);
  assert_true(fixture_body(model)->inertia < 2 * 2 * 200); /* unit deviation, two columns */
  mine_model_free(model);
  fixture_close(&f);
}

static void silhouettes_are_those_of_all_pairs(void **state) {
  enum { n = 157 };
  fixture f;
  mine_model *model;
  int32_t cluster[n];
  double distance[n];
  (void)state;
  fixture_open(&f, n);
  fixture_groups(&f, 3, 5, 4, 6);
  model = fixture_fit(&f, "k=5,scale=none");
  score(&f, model, 0, n, cluster, distance);
  fixture_near(fixture_metric(model, "silhouette"), textbook_silhouette(&f, cluster, 5), 1e-12);
  fixture_near(fixture_metric(model, "inertia"), fixture_body(model)->inertia, 0);
  mine_model_free(model);
  fixture_close(&f);
}

static void auto_finds_the_number_of_groups(void **state) {
  fixture f;
  mine_model *model;
  (void)state;
  for (int groups = 2; groups <= 6; groups += 2) {
    fixture_open(&f, 400);
    fixture_groups(&f, 4, groups, 60, 77);
    model = fixture_fit(&f, slow_is_short() ? "k=auto,max_k=8,starts=1" : "k=auto,max_k=8");
    assert_int_equal(fixture_body(model)->k, groups);
    assert_int_equal(model->told.notes.item.n, 9); /* seven candidates, the choice, twice */
    mine_model_free(model);
    fixture_close(&f);
  }
}

/* The attempt that was chosen and the metric are one figure, where 2,000 rows were
** measured of the one and 5,000 of the other. */
static void the_attempt_and_the_metric_agree(void **state) {
  char figure[MINE_NUMBER_BYTES], expected[64];
  fixture f;
  mine_model *model;
  int seen = 0;
  (void)state;
  fixture_open(&f, 5200);
  fixture_groups(&f, 4, 3, 3, 12);
  model = fixture_fit(&f, slow_is_short() ? "k=auto,max_k=3,starts=1" : "k=auto,max_k=4,starts=2");
  snprintf(expected, sizeof expected, "silhouette %s,",
           mine__format_real(figure, fixture_metric(model, "silhouette"), 4));
  for (int64_t i = 0; i < model->told.notes.item.n; i++) {
    mine_cell item, name, detail;
    mine__values_get(&model->told.notes.item, i, &item);
    mine__values_get(&model->told.notes.name, i, &name);
    mine__values_get(&model->told.notes.detail, i, &detail);
    if (item.bytes != 1 || name.bytes != 1 || item.as.text[0] != 'k') continue;
    if (name.as.text[0] - '0' != fixture_body(model)->k) continue;
    assert_memory_equal(detail.as.text, expected, strlen(expected));
    seen++;
  }
  assert_int_equal(seen, 1);
  mine_model_free(model);
  fixture_close(&f);
}

static void a_row_per_cluster_and_a_single_cluster_work(void **state) {
  const double x[] = {4, 1, 3};
  fixture f;
  mine_model *model;
  (void)state;
  fixture_open(&f, 3);
  fixture_numbers(&f, "x", x);
  model = fixture_fit(&f, "k=3,scale=none");
  assert_true(fixture_body(model)->inertia == 0);
  assert_true(fixture_body(model)->centre[0] == 1); /* equal sizes: by coordinate */
  assert_true(fixture_body(model)->centre[2] == 4);
  assert_true(isnan(fixture_metric(model, "silhouette")));
  mine_model_free(model);
  model = fixture_fit(&f, "k=1,scale=none");
  fixture_near(fixture_body(model)->inertia, 42.0 / 9, 1e-12);
  mine_model_free(model);
  fixture_close(&f);
}

/* ---- the model ---------------------------------------------------------------------- */

static const char *const plans[] = {"basic", "gold", NULL};

/* Two groups: (0, 2, missing; basic) and (10, 20; gold, gold). */
static mine_model *mixed(fixture *f) {
  const double x[] = {0, 2, NAN, 10, 20};
  const int32_t code[] = {0, 0, 0, 1, MINE_CODE_MISSING};
  static const uint32_t row[] = {0, 4};
  static mine_batch initial;
  fixture_open(f, 5);
  fixture_numbers(f, "tenure", x);
  fixture_codes(f, "plan", code, plans);
  initial = (mine_batch){2, row, f->view};
  f->initial = &initial;
  return fixture_fit(f, "k=2,scale=minmax,init=SELECT *");
}

static void centroids_speak_the_units_of_the_source(void **state) {
  fixture f;
  mine_model *model = mixed(&f);
  mine_relation *r;
  mine_cell cell;
  const struct {
    const char *feature;
    double value, overall, z;
  } expected[] = {{"tenure", 1, 8, -7 / sqrt(62)},
                  {"plan=basic", 1, 0.75, 0.25 / sqrt(0.1875)},
                  {"plan=gold", 0, 0.25, -0.25 / sqrt(0.1875)},
                  {"tenure", 15, 8, 7 / sqrt(62)},
                  {"plan=basic", 0, 0.75, -0.75 / sqrt(0.1875)},
                  {"plan=gold", 1, 0.25, 0.75 / sqrt(0.1875)}};
  (void)state;
  assert_int_equal(verb_list(f.env, model, "mine_centroids", &r), MINE_OK);
  assert_int_equal(mine_relation_rows(r), 6);
  for (int i = 0; i < 6; i++) {
    mine_relation_cell(r, i, 0, &cell);
    assert_int_equal(cell.as.integer, 1 + i / 3);
    mine_relation_cell(r, i, 1, &cell);
    assert_int_equal(cell.as.integer, i < 3 ? 3 : 2);
    mine_relation_cell(r, i, 2, &cell);
    assert_int_equal(cell.bytes, strlen(expected[i].feature));
    assert_memory_equal(cell.as.text, expected[i].feature, cell.bytes);
    mine_relation_cell(r, i, 3, &cell);
    fixture_near(cell.as.real, expected[i].value, 1e-12);
    mine_relation_cell(r, i, 4, &cell);
    fixture_near(cell.as.real, expected[i].overall, 1e-12);
    mine_relation_cell(r, i, 5, &cell);
    fixture_near(cell.as.real, expected[i].z, 1e-12);
  }
  mine_relation_free(r);
  assert_int_equal(verb_list(f.env, model, "mine_tree", &r), MINE_UNSUPPORTED);
  mine_model_free(model);
  fixture_close(&f);
}

static mine_model *reload(fixture *f, const uint8_t *bytes, size_t n) {
  mine_model *back;
  assert_int_equal(mine__model_empty(f->env, &back), MINE_OK);
  mine_reader r = {.env = f->env, .arena = back->arena, .at = bytes, .end = bytes + n};
  back->feature = f->about;
  back->n_features = f->width;
  mine__kind_prototypes.load(&r, back, mine__kind_prototypes.version);
  if (mine__reader_ok(&r)) return back;
  mine_model_free(back);
  return NULL;
}

static void a_saved_body_comes_back_and_damage_is_noticed(void **state) {
  fixture f;
  mine_model *model = mixed(&f), *back;
  mine_writer w;
  int32_t a[5], b[5];
  double da[5], db[5];
  uint8_t *bytes;
  (void)state;
  mine__text_open(&w.text, f.env->scratch);
  mine__kind_prototypes.save(model, &w);
  bytes = malloc(w.text.bytes);
  for (size_t n = 0; n < w.text.bytes; n++) {
    uint8_t *cut = malloc(n + 1); /* a block of its own, so that a sanitizer sees overreads */
    memcpy(cut, w.text.data, n);
    assert_null(reload(&f, cut, n));
    free(cut);
  }
  memcpy(bytes, w.text.data, w.text.bytes);
  back = reload(&f, bytes, w.text.bytes);
  assert_non_null(back);
  score(&f, model, 0, 5, a, da);
  score(&f, back, 0, 5, b, db);
  assert_memory_equal(a, b, sizeof a);
  assert_memory_equal(da, db, sizeof da);
  mine_model_free(back);
  for (size_t bit = 0; bit < 8 * w.text.bytes; bit++) { /* must not crash, may still load */
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    back = reload(&f, bytes, w.text.bytes);
    if (back) score(&f, back, 0, 5, b, db);
    mine_model_free(back);
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  free(bytes);
  mine_model_free(model);
  fixture_close(&f);
}

/* ---- bad input ------------------------------------------------------------------------- */

static void assert_refused(fixture *f, const char *options, mine_status status, const char *part) {
  mine_model *model;
  assert_int_equal(fixture_try(f, options, &model), status);
  if (!strstr(mine_env_error(f->env), part)) print_message("%s\n", mine_env_error(f->env));
  assert_non_null(strstr(mine_env_error(f->env), part));
  fixture_close(f);
}

static void too_few_rows_are_an_error_with_the_counts(void **state) {
  const double x[] = {1, 1, 2, 2, 3, 1};
  (void)state;
  for (int i = 0; i < 4; i++) {
    static const char *const options[] = {"k=7", "k=4", "k=4,init=random,starts=1",
                                          "k=5,scale=none,starts=2"};
    static const char *const parts[] = {"k=7 is more than the 6 rows", "only 3 of the 6 rows",
                                        "only 3 of the 6 rows", "only 3 of the 6 rows"};
    fixture f;
    fixture_open(&f, 6);
    fixture_numbers(&f, "x", x);
    assert_refused(&f, options[i], MINE_DATA, parts[i]);
  }
}

static void wrong_initial_rows_are_an_error(void **state) {
  const double x[] = {1, 2, 3, 4};
  fixture f;
  mine_batch initial;
  (void)state;
  fixture_open(&f, 4);
  fixture_numbers(&f, "x", x);
  start_from_first_rows(&f, 3, &initial, NULL);
  assert_refused(&f, "k=2,init=SELECT *", MINE_OPTION, "3 rows but k is 2");
  fixture_open(&f, 4);
  fixture_numbers(&f, "x", x);
  assert_refused(&f, "k=2,init=forgy", MINE_OPTION, "kmeans++");
  fixture_open(&f, 4);
  fixture_numbers(&f, "x", x);
  assert_refused(&f, "k=0", MINE_OPTION, "k");
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
    const mine_host host = {.interrupted = stop, .user = &left};
    fixture_open(&f, 9000);
    fixture_groups(&f, 8, 30, 4, 1);
    f.env->host.interrupted = host.interrupted;
    f.env->host.user = host.user;
    assert_int_equal(fixture_try(&f, "k=30,starts=100", &model), MINE_INTERRUPT);
    fixture_close(&f);
  }
}

static void a_memory_limit_names_the_remedy(void **state) {
  fixture f;
  (void)state;
  fixture_open(&f, 20000);
  fixture_groups(&f, 8, 3, 4, 1);
  mine__env_set_max_memory(f.env, f.env->memory.used + 1000000);
  assert_refused(&f, "k=3", MINE_LIMIT, "max_memory");
}

/* ---- known optima ------------------------------------------------------------------------ */

static void best_known(const char *file, int header, int first, int width, const char *options,
                       double inertia) {
  fixture f;
  if (!fixture_read(&f, file, header, first, width)) return;
  for (uint64_t seed = 1; seed <= (slow_is_short() ? 2 : 10); seed++) {
    mine_model *model;
    f.data.seed = seed;
    model = fixture_fit(&f, options);
    if (!(fixture_body(model)->inertia <= inertia + 1e-6)) {
      print_message("%s seed %d: %.9f\n", file, (int)seed, fixture_body(model)->inertia);
      fail();
    }
    mine_model_free(model);
  }
  fixture_close(&f);
}

static void the_best_known_optima_are_reached_from_every_seed(void **state) {
  (void)state;
  best_known("iris_fisher.csv", 1, 0, 4, "k=3,scale=none", 78.851441426);
  best_known("mall_customers.csv", 1, 3, 2, "k=5,scale=none", 44448.455448);
  best_known("wholesale_customers.csv", 1, 2, 6, "k=3", 1604.016300);
  best_known("wine.csv", 0, 0, 13, "k=3", 1277.928489);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iterations_are_those_of_the_textbook),
      cmocka_unit_test(rows_left_in_the_frame_give_the_bits_of_panels),
      cmocka_unit_test(groups_are_found_and_numbered_by_size),
      cmocka_unit_test(training_rows_score_as_trained_in_any_batches),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(the_sieve_gives_the_exact_labels),
      cmocka_unit_test(weights_count_as_repeated_rows),
      cmocka_unit_test(empty_clusters_are_given_far_rows),
      cmocka_unit_test(silhouettes_are_those_of_all_pairs),
      cmocka_unit_test(auto_finds_the_number_of_groups),
      cmocka_unit_test(the_attempt_and_the_metric_agree),
      cmocka_unit_test(a_row_per_cluster_and_a_single_cluster_work),
      cmocka_unit_test(centroids_speak_the_units_of_the_source),
      cmocka_unit_test(a_saved_body_comes_back_and_damage_is_noticed),
      cmocka_unit_test(too_few_rows_are_an_error_with_the_counts),
      cmocka_unit_test(wrong_initial_rows_are_an_error),
      cmocka_unit_test(an_interrupt_is_passed_on),
      cmocka_unit_test(a_memory_limit_names_the_remedy),
      cmocka_unit_test(the_best_known_optima_are_reached_from_every_seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
