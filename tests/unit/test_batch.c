/*
** test_batch.c -- learning from a source that is read in passes: the model is that of the same rows
** in memory; the same bytes whatever the threads and the memory; a source that changes between the
** passes is noticed.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../algorithms/core/hash.h"
#include "../../algorithms/model/prototypes.h"
#include "env_fixture.h"
#include "verb_fixture.h"

#define ROWS  80000 /* more than the sample has */
#define INIT  "SELECT the first"
#define ONCE  "SELECT one, thrice"
#define FIRST "init=\"" INIT "\""

/* Three heaps, the first half of all rows; a category that goes with them, a date, a constant,
** and a level that one row has. */
typedef struct source {
  int64_t rows;
  int gaps;     /* cells are missing here and there       */
  int pass;     /* how often it has been read             */
  int odd_pass; /* in which ... */
  enum { STEADY, FEWER, OTHER_ORDER, OTHER_VALUE, NEW_LEVEL, TEXT_LATE, INTERRUPTED, THRICE } does;
} source;

static void put_text(mine_frame *frame, int column, const char *text) {
  mine_frame_put_text(frame, column, text, strlen(text));
}

static void put_row(mine_frame *frame, const source *s, int64_t i, int odd) {
  static const char *const plans[] = {"basic", "gold", "silver"};
  static const double place[3][2] = {{0, 0}, {10, 1}, {4, 9}};
  const uint64_t h = mine_hash_mix((uint64_t)i + 1), g = mine_hash_mix(h);
  const int heap = h % 10 < 4 ? 0 : h % 10 < 7 ? 1 : 2;
  const double a = (double)(g % 1000) / 500, b = (double)(g / 1000 % 1000) / 250;
  char day[] = "2024-01-10";
  day[6] = (char)('1' + heap * 3 + (int)(g % 3));
  day[8] = (char)('1' + h / 7 % 2);
  day[9] = (char)('0' + h / 14 % 10);
  mine_frame_put_int(frame, 0, i);
  if (!(s->gaps && i % 89 == 3)) mine_frame_put_real(frame, 1, place[heap][0] + a);
  mine_frame_put_real(frame, 2, place[heap][1] + b + (odd && s->does == OTHER_VALUE && i == 70001));
  if (!(s->gaps && i % 97 == 5))
    put_text(frame, 3,
             odd && s->does == NEW_LEVEL && i == 79000 ? "tin"
             : i == 79001                              ? "rare"
                                                       : plans[g % 5 ? heap : 2 - heap]);
  put_text(frame, 4, day);
  mine_frame_put_int(frame, 5, 7);
  if (odd && s->does == TEXT_LATE && i == 75000) put_text(frame, 6, "late");
  mine_frame_put_int(frame, 6, (int64_t)(h % 3));
}

static mine_status fill(mine_frame *frame, source *s) {
  static const char *const names[] = {"id", "x", "y", "plan", "day", "same", "few"};
  const int odd = s->pass++ >= s->odd_pass;
  const int64_t rows = s->rows - (odd && s->does == FEWER);
  mine_status status = mine_frame_columns(frame, names, 7);
  if (status) return status;
  mine_frame_overlap_begin(frame);
  for (int64_t i = 0; i < rows && !status; i++) {
    int64_t row = i;
    if (odd && s->does == OTHER_ORDER && i / 2 == 30000) row = i ^ 1;
    put_row(frame, s, s->does == THRICE ? 0 : row, odd);
    if (odd && s->does == INTERRUPTED && i == 70000)
      status = mine_env_fail(env, MINE_INTERRUPT, "stopped");
    else
      status = mine_frame_end_row(frame);
  }
  mine_frame_overlap_end(frame);
  return status;
}

/* Rows of init: the first three, whatever they are; or the first, three times. */
static mine_status fill_init(mine_frame *frame, int thrice) {
  source first = {.rows = 3, .does = thrice ? THRICE : STEADY};
  return fill(frame, &first);
}

static mine_model *fit(const char *options, source *s) {
  const mine_arguments arguments = {.text = {"kmeans", "rows", options}};
  const char *sql;
  mine_frame *frame;
  mine_job *job;
  mine_model *model = NULL;
  if (mine_job_open(env, verb_named("mine_fit"), &arguments, &job)) return NULL;
  while (mine_job_source(job, &sql, &frame) == MINE_OK && frame)
    if (strcmp(sql, "rows") == 0 ? fill(frame, s) : fill_init(frame, strcmp(sql, ONCE) == 0)) break;
  if (mine_env_status(env) == MINE_OK) (void)!mine_job_train(job, NULL, &model);
  mine_job_close(job);
  return model;
}

static mine_model *must_fit(const char *options, int64_t rows, int gaps) {
  source s = {.rows = rows, .gaps = gaps};
  mine_model *model = fit(options, &s);
  if (!model) fail_msg("%s", mine_env_error(env));
  return model;
}

static void must_be_near(double a, double b, double far) {
  if (!(fabs(a - b) <= far * fmax(1, fabs(b))) && !(isnan(a) && isnan(b)))
    fail_msg("%.17g is not %.17g", a, b);
}

static double metric(const mine_model *model, const char *name) {
  for (int i = 0; i < model->told.n_metrics; i++)
    if (strcmp(model->told.metric[i].name, name) == 0) return model->told.metric[i].value;
  fail_msg("no metric %s", name);
  return NAN;
}

/* Centres, profiles and sizes of two models. */
static void must_be_alike(const mine_model *a, const mine_model *b, double far) {
  const mine_prototypes *p = a->body, *q = b->body;
  assert_int_equal(p->k, q->k);
  assert_int_equal(p->encoding.width, q->encoding.width);
  const int64_t width = p->encoding.width, n = p->k * width;
  must_be_near(p->inertia, q->inertia, far);
  for (int64_t i = 0; i < n; i++) {
    must_be_near(p->centre[i], q->centre[i], far);
    must_be_near(p->profile.value[i], q->profile.value[i], far);
  }
  for (int64_t j = 0; j < width; j++) {
    must_be_near(p->profile.overall[j], q->profile.overall[j], far);
    must_be_near(p->profile.deviation[j], q->profile.deviation[j], far);
    must_be_near(p->encoding.fill[j], q->encoding.fill[j], far);
    must_be_near(p->encoding.factor[j], q->encoding.factor[j], far);
  }
  for (int64_t c = 0; c < p->k; c++)
    assert_int_equal(p->profile.rows[c], q->profile.rows[c]);
  assert_int_equal(a->told.rows, b->told.rows);
}

static void same_as_in_memory(const char *options, int64_t rows, int gaps, double far) {
  char with[256];
  snprintf(with, sizeof with, "%s, batch=1", options);
  mine_model *memory = must_fit(options, rows, gaps), *batch = must_fit(with, rows, gaps);
  must_be_alike(batch, memory, far);
  must_be_near(metric(batch, "inertia"), metric(memory, "inertia"), far);
  must_be_near(metric(batch, "silhouette"), metric(memory, "silhouette"), 0.05);
  mine_model_free(memory);
  mine_model_free(batch);
}

/* From the same centres, step by step. */
static void from_the_same_start(void **state) {
  static const char *const scales[] = {"standard", "none", "minmax", "log"};
  char options[256];
  (void)state;
  for (int i = 0; i < 4; i++) {
    snprintf(options, sizeof options, "k=3, tol=0, ignore=same, scale=%s, " FIRST, scales[i]);
    same_as_in_memory(options, i == 0 ? ROWS : 3000, 1, 1e-9);
  }
  same_as_in_memory("k=3, tol=0, ignore=same, missing=skip, max_iter=3, " FIRST, ROWS, 1, 1e-9);
  same_as_in_memory("k=3, tol=0, " FIRST, 5000, 1, 1e-9);
  same_as_in_memory("k=3, tol=0, scale=robust, " FIRST, 5000, 1, 1e-9);
  same_as_in_memory("k=3, tol=0, scale=quantile, " FIRST, 5000, 1, 1e-9);
}

/* From a sample: heaps that are apart are found whatever the start. */
static void from_a_sample(void **state) {
  (void)state;
  same_as_in_memory("k=3, tol=0, ignore=same|few|plan", ROWS, 0, 1e-9);
  same_as_in_memory("k=auto, max_k=4, tol=0, ignore=same|few|plan|day", ROWS, 0, 1e-9);
  same_as_in_memory("k=3, tol=0, ignore=same|few|plan, scale=robust", ROWS, 0, 0.05);
  mine_model *model = must_fit("k=3, ignore=same|few|plan, scale=quantile, batch=1", ROWS, 0);
  assert_int_equal(model->told.rows, ROWS);
  mine_model_free(model);
}

static void the_same_bytes(void **state) {
  static const char *const how[] = {"threads=1", "threads=4", "threads=3, max_memory=64MB"};
  const void *first = NULL, *bytes;
  size_t n_first = 0, n;
  (void)state;
  mine_model *model[3];
  for (int i = 0; i < 3; i++) {
    char options[128];
    snprintf(options, sizeof options, "k=4, batch=1, %s", how[i]);
    mine_env_rest(env); /* the team of more threads */
    model[i] = must_fit(options, ROWS, 1);
    model[i]->told.seconds = 0;
    assert_int_equal(mine_model_bytes(env, model[i], &bytes, &n), MINE_OK);
    if (i == 0) {
      first = bytes;
      n_first = n;
    }
    assert_int_equal(n, n_first);
    assert_memory_equal(bytes, first, n);
  }
  for (int i = 0; i < 3; i++)
    mine_model_free(model[i]);
}

/* Rows that take more than max_memory are read in passes, and not at once. */
static void little_memory(void **state) {
  source s = {.rows = 600000};
  (void)state;
  assert_null(fit("k=2, starts=1, ignore=plan|day|same, max_memory=14MB", &s));
  assert_int_equal(mine_env_status(env), MINE_LIMIT);
  close_env(NULL);
  open_env(NULL);
  s = (source){.rows = 600000};
  mine_model *model =
      fit("k=2, starts=1, ignore=plan|day|same, max_memory=14MB, batch=1, max_iter=1", &s);
  if (!model) fail_msg("%s", mine_env_error(env));
  assert_int_equal(model->told.rows, 600000);
  mine_model_free(model);
}

/* Centres that no row is nearest to begin again on far rows; in the end all have rows. */
static void clusters_without_rows(void **state) {
  const char *const options = "k=3, ignore=plan|day|same|few, init=\"" ONCE "\", batch=1";
  (void)state;
  mine_model *model = must_fit(options, ROWS, 0);
  const mine_prototypes *body = model->body;
  for (int c = 0; c < 3; c++)
    assert_true(body->profile.rows[c] > ROWS / 5);
  mine_model_free(model);
  source s = {.rows = ROWS};
  assert_null(fit("k=5, ignore=plan|day|same|x|y, batch=1", &s));
  assert_non_null(strstr(mine_env_error(env), "use k=3 or fewer"));
}

static void must_refuse(source s, const char *options, const char *words) {
  close_env(NULL);
  open_env(NULL);
  assert_null(fit(options, &s));
  if (!strstr(mine_env_error(env), words))
    fail_msg("the error is \"%s\", it lacks \"%s\"", mine_env_error(env), words);
}

/* In whichever pass it happens: 0 counts, 1 samples, 2 measures, then Lloyd.  (The sample is no
** pass to compare with.) */
static void changes_are_noticed(void **state) {
  const char *const o = "k=3, batch=1";
  (void)state;
  for (int pass = 1; pass < 4; pass++)
    must_refuse((source){.rows = ROWS, .does = FEWER, .odd_pass = pass}, o,
                "it gave 80000 rows and then 79999");
  must_refuse((source){.rows = ROWS, .does = OTHER_ORDER, .odd_pass = 4}, o,
              "pass 3 gave other values or another order than the first");
  must_refuse((source){.rows = ROWS, .does = OTHER_VALUE, .odd_pass = 3}, o,
              "pass 2 gave other values or another order than the first");
  must_refuse((source){.rows = ROWS, .does = NEW_LEVEL, .odd_pass = 3}, o,
              "column 'plan' has a value that it did not have before (row 79001: 'tin')");
  must_refuse((source){.rows = ROWS, .does = TEXT_LATE, .odd_pass = 1}, o, "(row 75001: 'late')");
  must_refuse((source){.rows = ROWS, .does = INTERRUPTED, .odd_pass = 4}, o, "stopped");
  assert_int_equal(mine_env_status(env), MINE_INTERRUPT);
}

static void what_makes_no_sense(void **state) {
  mine_job *job;
  mine_frame *frame;
  (void)state;
  must_refuse((source){.rows = 10}, "k=2, batch=1, group=plan", "leave group= out");
  must_refuse((source){.rows = ROWS, .gaps = 1}, "k=2, batch=1, missing=error",
              "column 'x' is missing in row 4 and missing=error");
  must_refuse((source){.rows = 0}, "k=2, batch=1", "");
  must_refuse((source){.rows = 10}, "k=11, batch=1", "k=11 is more than the 10 rows");
  close_env(NULL);
  open_env(NULL);
  assert_int_equal(verb_job_open(env, "mine_cluster", "k=2, batch=1", &job, &frame), MINE_OPTION);
  assert_non_null(strstr(mine_env_error(env), "batch=1 is of mine_train and mine_fit"));
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)

int main(void) {
  const struct CMUnitTest tests[] = {
      EACH(from_the_same_start), EACH(from_a_sample),         EACH(the_same_bytes),
      EACH(little_memory),       EACH(clusters_without_rows), EACH(changes_are_noticed),
      EACH(what_makes_no_sense),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
