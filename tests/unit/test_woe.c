/*
** test_woe.c -- the best division against all divisions, weights of evidence counted by hand,
** and scorecards: points that add up, bytes that come back.
*/
#include "jobs_fixture.h"

#include "core/random.h"
#include "kernel/woe.h"
#include "model/linear.h"

/* ---- the best division -------------------------------------------------------------- */

static int allowed(const mine_partition *p, unsigned ends, double *value) {
  double in = 0, out = 0, before = -1;
  int parts = 0;
  *value = 0;
  for (int c = 0; c < p->n; c++) {
    in += p->in[c];
    out += p->out[c];
    if (!(ends >> c & 1) && c + 1 < p->n) continue;
    const double rate = in / (in + out);
    double iv;
    (void)mine__partition_woe(p, in, out, &iv);
    if (in + out < p->least || (p->direction && parts && p->direction * (rate - before) < -1e-12))
      return 0;
    *value += iv - (parts ? p->price : 0);
    before = rate;
    in = out = 0;
    if (++parts > p->most) return 0;
  }
  return 1;
}

/* The best of all 2^(n-1); the whole is always allowed. */
static double best_of_all(const mine_partition *p) {
  double in = 0, out = 0, best;
  for (int c = 0; c < p->n; c++) {
    in += p->in[c];
    out += p->out[c];
  }
  (void)mine__partition_woe(p, in, out, &best);
  for (unsigned ends = 0; ends < 1u << (p->n - 1); ends++) {
    double value;
    if (allowed(p, ends, &value)) best = fmax(best, value);
  }
  return best;
}

static void is_the_best(void **state) {
  static mine_partition_room room;
  (void)state;
  for (uint64_t round = 0; round < 400; round++) {
    mine_random rng;
    mine__random_open(&rng, 3, 0, round);
    double in[11], out[11], value, again;
    mine_partition p = {.n = 1 + (int)(round % 11), .in = in, .out = out, .smooth = 0.5};
    for (int c = 0; c < p.n; c++) {
      in[c] = (double)mine__random_below(&rng, 9);
      out[c] = (double)mine__random_below(&rng, 12) + (in[c] == 0);
      p.all_in += in[c];
      p.all_out += out[c];
    }
    p.all_in += 5; /* rows that are missing */
    p.all_out += 7;
    p.most = 2 + (int)(round / 11 % 5);
    p.direction = (int)(round / 55 % 3) - 1;
    p.price = round % 2 ? 0.02 : 0;
    p.least = round % 3 ? 6 : 0;
    int end[MINE_PARTITION_PARTS];
    const int parts = mine__partition_best(&p, &room, end, &value);
    unsigned ends = 0;
    for (int s = 0; s < parts; s++)
      ends |= 1u << (end[s] - 1);
    assert_int_equal(end[parts - 1], p.n);
    if (parts > 1) {
      assert_true(allowed(&p, ends, &again));
      assert_true(fabs(again - value) < 1e-12);
    }
    if (fabs(value - best_of_all(&p)) > 1e-12)
      fail_msg("round %llu: %.17g, of all %.17g", (unsigned long long)round, value,
               best_of_all(&p));
  }
}

/* ---- by hand -------------------------------------------------------------------------- */

static double figure(const mine_relation *r, const char *key, int column) {
  const char *text = look_up(r, key, 2, column);
  if (!text) fail_msg("no bin %s", key);
  return strcmp(text, "NULL") ? strtod(text, NULL) : (double)NAN;
}

static void near(double got, double expected) {
  if (!(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected))))
    fail_msg("%.17g, expected %.17g", got, expected);
}

/* x = 1: 8 rows, 2 of them yes; x = 2: 12 rows, 9 yes; missing: 4 rows, 1 yes. */
static char *by_hand_table(int twice) {
  static const struct {
    const char *x;
    int rows, yes;
  } part[] = {{"1", 8, 2}, {"2", 12, 9}, {"", 4, 1}};
  char *text = malloc(4096), *at = text;
  int id = 0;
  at += sprintf(at, "id,x,w,churn");
  for (size_t p = 0; p < 3; p++)
    for (int i = 0; i < part[p].rows * (twice ? 2 : 1); i++)
      at += sprintf(at, ";%d,%s,%d,%s", ++id, part[p].x, twice ? 1 : 2,
                    i < part[p].yes * (twice ? 2 : 1) ? "yes" : "no");
  return text;
}

static mine_relation *bins_of(const char *table, const char *options) {
  const mine_verb *verb = mine_verb_find("mine_bins", MINE_VERB_TABLE);
  const mine_arguments arguments = {.text = {"rows", options}};
  mine_relation *out = NULL;
  mine_job *job = NULL;
  const char *sql;
  mine_frame *frame;
  if (mine_job_open(env, verb, &arguments, &job)) fail_msg("%s", mine_env_error(env));
  assert_int_equal(mine_job_source(job, &sql, &frame), MINE_OK);
  assert_int_equal(fixture_fill(frame, table, 0), MINE_OK);
  if (mine_job_run(job, &out)) fail_msg("%s", mine_env_error(env));
  mine_job_close(job);
  return out;
}

static void counts_by_hand(void **state) {
  char *table = by_hand_table(0), *twice = by_hand_table(1);
  (void)state;
  /* 12 yes, 12 no */
  const double woe[] = {log((1.0 / 12) / (3.0 / 12)), log((2.0 / 12) / (6.0 / 12)),
                        log((9.0 / 12) / (3.0 / 12))};
  const double difference[] = {-2.0 / 12, -4.0 / 12, 6.0 / 12};
  const char *key[] = {"x|0", "x|1", "x|2"};
  mine_relation *r = bins_of(table, "target=churn,ignore=w,min_gain=0"),
                *w = bins_of(table, "target=churn,weight=w,min_gain=1"),
                *t = bins_of(twice, "target=churn,ignore=w,min_gain=1");
  for (int bin = 0; bin < 3; bin++) {
    near(figure(r, key[bin], 7), woe[bin]);
    near(figure(r, key[bin], 8), woe[bin] * difference[bin]);
    for (int c = 6; c < 9; c++) /* a row of weight 2 counts as two */
      near(figure(w, key[bin], c), figure(t, key[bin], c));
  }
  assert_string_equal(look_up(r, "x|2", 2, 2), "2");
  assert_string_equal(look_up(r, "x|1", 2, 3), "2");
  assert_string_equal(look_up(r, "x|0", 2, 5), "4");
  mine_relation_free(r);
  mine_relation_free(w);
  mine_relation_free(t);
  free(table);
  free(twice);
}

/* ---- scorecards -------------------------------------------------------------------------- */

static void shares(const mine_model *model, const char *table, int64_t n, double *share) {
  mine_scoring *scoring;
  assert_int_equal(verb_scoring_open(env, model, MINE_SCORE_ROWS, "", &scoring), MINE_OK);
  assert_int_equal(fixture_fill(mine_scoring_frame(scoring), table, 0), MINE_OK);
  assert_int_equal(mine__scoring_run(scoring), MINE_OK);
  assert_true(mine_frame_rows(mine_scoring_frame(scoring)) == n);
  for (int64_t i = 0; i < n; i++)
    share[i] = mine_scoring_class_probability(scoring, i, model->positive);
  mine_scoring_close(scoring);
}

/* Points of the bins of a row add up to those at its probability, whichever class is positive. */
static void points_add_up(void **state) {
  char *table = fixture_customers(300, 0), options[120];
  static const char *const scale[] = {"600|20|50", "0|-40|0.25"};
  (void)state;
  for (int turn = 0; turn < 4; turn++) {
    snprintf(options, sizeof options, "target=churn,holdout=0,transform=woe,points=%s,positive=%s",
             scale[turn / 2], turn % 2 ? "yes" : "no");
    mine_model *model = must_train("logistic", options, table);
    const mine_linear *linear = model->body;
    const double x[] = {44, 700.5};
    const int32_t code[] = {0, MINE_CODE_UNKNOWN, MINE_CODE_MISSING};
    for (int c = 0; c < 3; c++) {
      const mine_feature_view view[] = {{.number = x}, {.number = x + 1}, {.code = code + c}};
      const mine_batch batch = {1, NULL, view};
      double share[2], points[MINE_PARTITION_PARTS + 1], sum = 0;
      double said;
      mine_answers answers = {.share = share, .points = &said};
      assert_int_equal(mine__model_answer(env, model, &batch, &answers), MINE_OK);
      for (int f = 0; f < 3; f++) {
        const mine_woe *woe = linear->column[f].woe;
        mine__linear_points(model, f, points);
        const double says = mine_woe_of(woe, &view[f], 0);
        int bin = 0;
        while (bin < woe->n && woe->woe[bin] != says)
          bin++;
        sum += says == woe->woe[bin] ? points[bin] : (double)NAN;
      }
      const double *s = mine__model_scale(model), p = share[model->positive];
      assert_true(fabs(sum - said) < 1e-9);
      assert_true(fabs(sum - (s[0] + s[1] / log(2) * (log((1 - p) / p) - log(s[2])))) < 1e-9);
    }
    mine_model_free(model);
  }
  free(table);
}

/* Bins of a category come back from bytes, and a saved card scores the same. */
static void is_saved(void **state) {
  enum { ROWS = 400 };
  char *table = fixture_customers(ROWS, 0);
  static double first[ROWS], second[ROWS];
  const void *bytes, *twice;
  size_t n, again;
  mine_model *loaded;
  (void)state;
  mine_model *model =
      must_train("logistic", "target=churn,holdout=0,transform=woe,rare=0.4", table);
  shares(model, table, ROWS, first);
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  assert_int_equal(mine_model_load(env, bytes, n, &loaded), MINE_OK);
  assert_int_equal(mine_model_bytes(env, loaded, &twice, &again), MINE_OK);
  assert_int_equal(n, again);
  assert_memory_equal(bytes, twice, n);
  shares(loaded, table, ROWS, second);
  assert_memory_equal(first, second, sizeof first);
  assert_true(loaded->after.scale && loaded->after.scale[1] == 20);
  mine_relation *a, *b;
  assert_int_equal(verb_list(env, model, "mine_bins", &a), MINE_OK);
  assert_int_equal(verb_list(env, loaded, "mine_bins", &b), MINE_OK);
  assert_true(mine_relation_rows(a) == mine_relation_rows(b));
  near(figure(a, "age|1", 9), figure(b, "age|1", 9));
  mine_relation_free(a);
  mine_relation_free(b);
  mine_model_free(loaded);
  mine_model_free(model);
  free(table);
}

/* More values than cells, and rows in any number of threads: the same bytes. */
static void same_for_threads(void **state) {
  char *table = fixture_customers(6000, 0);
  const void *bytes[2];
  size_t n[2];
  mine_model *model[2];
  (void)state;
  for (int t = 0; t < 2; t++) {
    model[t] = must_train("logistic",
                          t ? "target=churn,holdout=0,transform=woe,monotone=auto,threads=4"
                            : "target=churn,holdout=0,transform=woe,monotone=auto,threads=1",
                          table);
    assert_int_equal(mine_model_bytes(env, model[t], &bytes[t], &n[t]), MINE_OK);
  }
  assert_int_equal(n[0], n[1]);
  assert_memory_equal(bytes[0], bytes[1], n[0]);
  const mine_linear *linear = model[0]->body;
  const mine_woe *spend = linear->column[1].woe;
  for (int bin = 2; bin <= spend->n; bin++) /* one direction, and not too few rows */
    assert_true(
        (spend->rate[bin] - spend->rate[bin - 1]) * (spend->rate[spend->n] - spend->rate[1]) >= 0);
  for (int bin = 1; bin <= spend->n; bin++)
    assert_true(spend->rows[bin] >= 300);
  mine_model_free(model[0]);
  mine_model_free(model[1]);
  free(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(is_the_best, open_env, close_env),
      cmocka_unit_test_setup_teardown(counts_by_hand, open_env, close_env),
      cmocka_unit_test_setup_teardown(points_add_up, open_env, close_env),
      cmocka_unit_test_setup_teardown(is_saved, open_env, close_env),
      cmocka_unit_test_setup_teardown(same_for_threads, open_env, close_env),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
