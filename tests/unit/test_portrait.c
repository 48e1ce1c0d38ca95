/*
** test_portrait.c -- the profile of a model's rows: what it holds, that it is saved and read, and
** that figures of two samples are those computed by hand.
*/
#include "jobs_fixture.h"

#include "jobs/portray.h"
#include "model/model.h"

#define ROWS 300

/* id, x (1 .. 300 without gaps), few (0, 1, 2), kind (a of every second, b, c, rare ones), y */
static mine_model *portrait_model(const char *algorithm, const char *options) {
  static const char *const columns[] = {"id", "x", "few", "kind", "y"};
  static const char *const kinds[] = {"a", "b", "a", "c"};
  mine_training *training;
  mine_model *model = NULL;
  assert_int_equal(verb_training_open(env, algorithm, options, &training), MINE_OK);
  mine_frame *frame = mine__training_frame(training);
  assert_int_equal(mine_frame_columns(frame, columns, 5), MINE_OK);
  for (int i = 0; i < ROWS; i++) {
    char rare[16];
    snprintf(rare, sizeof rare, "r%d", i);
    const char *kind = i % 100 == 99 ? rare : kinds[i % 4];
    mine_frame_put_int(frame, 0, i + 1);
    if (i % 30 != 7) mine_frame_put_int(frame, 1, i + 1);
    mine_frame_put_int(frame, 2, i % 3);
    mine_frame_put_text(frame, 3, kind, strlen(kind));
    mine_frame_put_text(frame, 4, i % 5 < 2 || i > 250 ? "yes" : "no",
                        i % 5 < 2 || i > 250 ? 3 : 2);
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
  }
  assert_int_equal(mine__training_fit(training, &model), MINE_OK);
  mine__training_close(training);
  return model;
}

static int64_t portrait_sum(const mine_portrait_column *column) {
  int64_t sum = 0;
  for (int c = 0; c < column->cells; c++)
    sum += column->count[c];
  return sum;
}

static void columns_are_counted(void **state) {
  (void)state;
  mine_model *model = portrait_model("tree", "target=y,max_depth=3");
  const mine_portrait *p = model->portrait;
  assert_non_null(p);
  assert_int_equal(p->n, 3);
  const mine_portrait_column *x = &p->column[0], *few = &p->column[1], *kind = &p->column[2];
  assert_int_equal(x->rows, ROWS);
  assert_int_equal(x->missing, 10);
  assert_int_equal(x->cells, 12); /* ten, one below, one above */
  assert_int_equal(x->count[0], 0);
  assert_int_equal(x->count[1], 29);
  assert_int_equal(x->count[11], 0);
  assert_int_equal(portrait_sum(x), 290);
  assert_int_equal(x->each, 0);
  assert_true(x->quantile[0] == 1 && x->quantile[20] == 300);
  assert_true(x->quantile[10] > 149 && x->quantile[10] < 152);
  assert_int_equal(few->cells, 5);
  assert_int_equal(few->each, 1);
  assert_int_equal(few->count[1], 100);
  assert_int_equal(kind->cells, 4); /* a, b, c, others */
  assert_int_equal(kind->count[0], 150);
  assert_int_equal(kind->count[3], 3);
  assert_int_equal(kind->once, 3);
  assert_true(p->score.measured && !p->score.grouped);
  assert_int_equal(portrait_sum(&p->score.of), p->score.of.rows);
  assert_int_equal(p->score.learned, ROWS);
  mine_model_free(model);
}

static void same_column(const mine_portrait_column *a, const mine_portrait_column *b, int numbers) {
  assert_int_equal(a->rows, b->rows);
  assert_int_equal(a->missing, b->missing);
  assert_int_equal(a->cells, b->cells);
  if (a->cells == 0) return;
  assert_memory_equal(a->count, b->count, (size_t)a->cells * sizeof *a->count);
  if (numbers) {
    assert_int_equal(a->each, b->each);
    assert_memory_equal(a->cut, b->cut, (size_t)(a->cells - 1) * sizeof *a->cut);
    assert_memory_equal(a->quantile, b->quantile, MINE_PORTRAIT_QUANTILES * sizeof(double));
  } else {
    assert_int_equal(a->once, b->once);
    assert_memory_equal(a->level, b->level, (size_t)(a->cells - 1) * sizeof *a->level);
  }
}

static void saved_and_read(void **state) {
  (void)state;
  static const struct {
    const char *algorithm, *options;
  } made[] = {{"tree", "target=y"},
              {"tree", "target=y,holdout=0"},
              {"tree", "target=x"},
              {"bayes", "target=kind,ignore=x"},
              {"kmeans", "k=3"},
              {"knn", "target=y,missing=skip"},
              {"tree", "target=y,group=few"}};
  for (size_t m = 0; m < sizeof made / sizeof made[0]; m++) {
    mine_model *model = portrait_model(made[m].algorithm, made[m].options), *again = NULL;
    const void *bytes;
    size_t n;
    assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
    assert_int_equal(mine_model_load(env, bytes, n, &again), MINE_OK);
    const mine_portrait *a = model->portrait, *b = again->portrait;
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(a->n, model->n_features);
    assert_int_equal(a->n, b->n);
    for (int f = 0; f < a->n; f++)
      same_column(&a->column[f], &b->column[f], model->feature[f].type == MINE_COLUMN_NUMERIC);
    assert_int_equal(a->score.grouped, b->score.grouped);
    assert_int_equal(a->score.measured, b->score.measured);
    assert_int_equal(a->score.learned, b->score.learned);
    assert_true(a->score.of.cells > 0);
    if (!a->score.grouped) same_column(&a->score.of, &b->score.of, 1);
    assert_memory_equal(a->score.count, b->score.count,
                        (size_t)a->score.of.cells * sizeof *a->score.count);
    mine_model_free(again);
    mine_model_free(model);
  }
}

/* ---- two samples ------------------------------------------------------------------------ */

static void near(double a, double b) {
  if (!(fabs(a - b) <= 1e-12 * fmax(1, fabs(b)))) fail_msg("%.17g is not %.17g", a, b);
}

static void figures_of_two_samples(void **state) {
  (void)state;
  const double was[] = {0.5, 0.3, 0.2};
  const int64_t now[] = {40, 40, 20};
  double room[6];
  mine_shift shift;
  const mine_portrayed both = {was, 200, now, 100, 3, 0};
  mine__shift_of(&both, room, &shift);
  /* chisq.test(rbind(c(100, 60, 40), c(40, 40, 20)), correct = FALSE) */
  near(shift.statistic, 3.4285714285714284);
  near(shift.p_value, exp(-3.4285714285714284 / 2));
  const double psi = (0.4 - 0.5) * log(0.4 / 0.5) + (0.4 - 0.3) * log(0.4 / 0.3);
  near(shift.psi, psi);
  near(shift.beyond, psi - 2 * (1.0 / 200 + 1.0 / 100));
  assert_true(shift.cell == 0 || shift.cell == 1);
}

static void small_cells_are_put_together(void **state) {
  (void)state;
  const double was[] = {0.005, 0.49, 0.5, 0.005};
  const int64_t now[] = {1, 49, 48, 2};
  double room[8];
  mine_shift ordered, small;
  mine_portrayed both = {was, 200, now, 100, 4, 1};
  mine__shift_of(&both, room, &ordered); /* two cells: Fisher's test */
  assert_true(ordered.p_value > 0.9 && ordered.p_value <= 1);
  both.ordered = 0; /* the small ones go to the smallest of the others */
  mine__shift_of(&both, room, &small);
  assert_true(small.p_value > 0.6 && small.p_value <= 1);
  const int64_t none[] = {0, 0, 0, 0};
  both.now = none;
  both.n = 0;
  mine__shift_of(&both, room, &small);
  assert_true(isnan(small.psi) && isnan(small.p_value));
}

static void shares_rise_and_fall(void **state) {
  (void)state;
  mine_shift shift;
  mine__shift_of_share(10, 1000, 60, 1000, 0, &shift);
  assert_true(shift.p_value < 1e-6 && shift.beyond > 0.05);
  mine__shift_of_share(60, 1000, 10, 1000, 1, &shift); /* fewer of what was never seen: fine */
  assert_true(shift.p_value > 0.99 && shift.beyond == 0);
  mine__shift_of_share(0, 1000, 0, 500, 0, &shift);
  assert_true(isnan(shift.psi) && shift.was == 0 && shift.now == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(columns_are_counted, open_env, close_env),
      cmocka_unit_test_setup_teardown(saved_and_read, open_env, close_env),
      cmocka_unit_test(figures_of_two_samples),
      cmocka_unit_test(small_cells_are_put_together),
      cmocka_unit_test(shares_rise_and_fall),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
