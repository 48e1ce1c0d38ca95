/*
** test_stage.c -- numbers that wait in rows come out in their columns, whichever
** way they went in, with and without a thread beside the reading.
**
** Every cell follows from its row and column (cell_of), so what must be in the
** frame is known without it.
*/
#include "frame_fixture.h"

#include <errno.h>
#include <pthread.h>

#include "core/background.h"
#include "core/random.h"

#define ROWS    150000 /* the background starts at half a million numbers: 87,382 rows */
#define COLUMNS 7
#define TURN    90000 /* the first number of the column of decimal texts */

enum { ID, PLAIN, WHOLE, GAPS, SPELLED, LATE, WORDS };

/* Small whole numbers by row and column: exact as integer, real and text. */
static int64_t value_of(int64_t row, int column) {
  return (int64_t)(mine_hash_mix((uint64_t)(row * COLUMNS + column)) % 2000) - 1000;
}

static int is_gap(int64_t row, int column) {
  return column == GAPS && row % 3 != 0;
}

static void put_text_number(mine_frame *frame, int column, int64_t v) {
  char text[MINE_NUMBER_BYTES];
  mine__format_real(text, (double)v, 0);
  mine_frame_put_text(frame, column, text, strlen(text));
}

/* One of the ways to say the same: the fast store, a put, another type, nothing. */
static void put_cell(mine_frame *frame, int64_t row, int column) {
  const int64_t v = value_of(row, column);
  const mine_numbers fast = mine_frame_numbers(frame);
  if (column == ID)
    mine_frame_put_int(frame, column, row);
  else if (column == WORDS)
    mine_frame_put_text(frame, column, v < 0 ? "below" : "above", 5);
  else if (column == LATE && row < TURN)
    put_text_number(frame, column, v);
  else if (is_gap(row, column) && row % 2)
    mine_frame_put_null(frame, column);
  else if (is_gap(row, column))
    return;
  else if (column == SPELLED && row % 1000 == 7)
    put_text_number(frame, column, v);
  else if (fast.slot[column] >= 0 && row % 5)
    fast.value[fast.slot[column]] = (double)v;
  else if (column == WHOLE)
    mine_frame_put_int(frame, column, v);
  else
    mine_frame_put_real(frame, column, (double)v);
}

static mine_status plan(void *owner, mine_frame *frame) {
  (void)owner;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].reading = c == ID ? MINE_READ_CELLS : MINE_READ_AUTO;
  return MINE_OK;
}

static void open_frame(fixture *x, int threads) {
  static const char *const names[COLUMNS] = {"id",      "plain", "whole", "gaps",
                                             "spelled", "late",  "words"};
  assert_int_equal(mine_env_open(NULL, "mine_test", &x->env), MINE_OK);
  mine__env_set_threads(x->env, threads);
  assert_int_equal(mine__frame_open(x->env, plan, NULL, &x->frame), MINE_OK);
  assert_int_equal(mine_frame_columns(x->frame, names, COLUMNS), MINE_OK);
}

static void fill(mine_frame *frame, int64_t rows) {
  for (int64_t row = 0; row < rows; row++) {
    for (int c = 0; c < COLUMNS; c++)
      put_cell(frame, row, c);
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
  }
}

static void check(const mine_frame *frame, int64_t rows) {
  const mine_column *column = frame->column;
  assert_int_equal(frame->rows, rows);
  assert_int_equal(frame->ids.n, rows);
  for (int c = PLAIN; c <= LATE; c++) {
    assert_int_equal(column[c].type, MINE_COLUMN_NUMERIC);
    for (int64_t row = 0; row < rows; row++) {
      const double v = column[c].number[row];
      if (is_gap(row, c))
        assert_true(isnan(v));
      else
        assert_true(v == (double)value_of(row, c));
    }
  }
  for (int64_t row = 0; row < rows; row++)
    assert_int_equal(column[WORDS].code[row], value_of(row, WORDS) < 0); /* above, below */
}

static void test_every_way_in(void **state) {
  (void)state;
  for (int threads = 1; threads <= 2; threads++) {
    for (int overlap = 0; overlap <= 1; overlap++) {
      fixture x = {0};
      open_frame(&x, threads);
      if (overlap) mine_frame_overlap_begin(x.frame);
      fill(x.frame, ROWS);
      assert_int_equal(x.frame->stage.background.running, overlap && threads > 1);
      if (overlap) mine_frame_overlap_end(x.frame);
      assert_int_equal(x.frame->stage.background.running, 0);
      assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
      check(x.frame, ROWS);
      fixture_close(&x);
    }
  }
}

/* Every number of rows around the sizes of a block, and the next batch. */
static void test_any_number_of_rows(void **state) {
  (void)state;
  fixture x = {0};
  open_frame(&x, 1);
  for (int64_t rows = 1; rows < 1200; rows = rows < 40 ? rows + 1 : rows + 97) {
    fill(x.frame, rows);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    assert_int_equal(x.frame->ids.n, rows);
    for (int64_t row = 0; row < rows; row++)
      assert_true(x.frame->column[PLAIN].number[row] == (double)value_of(row, PLAIN));
    mine__frame_clear(x.frame);
  }
  fixture_close(&x);
}

/* A frame that is given up in the middle takes its thread with it. */
static void test_given_up(void **state) {
  (void)state;
  fixture x = {0};
  open_frame(&x, 2);
  mine_frame_overlap_begin(x.frame);
  fill(x.frame, TURN - 1);
  assert_int_equal(x.frame->stage.background.running, 1);
  fixture_close(&x);

  open_frame(&x, 2);
  mine_frame_overlap_begin(x.frame);
  fill(x.frame, TURN - 1);
  mine_frame_put_real(x.frame, PLAIN, INFINITY);
  assert_int_equal(mine_frame_end_row(x.frame), MINE_DATA);
  assert_non_null(strstr(mine_env_error(x.env), "row 90000"));
  mine_frame_overlap_end(x.frame);
  assert_int_equal(mine__frame_finish(x.frame), MINE_DATA);
  fixture_close(&x);
}

/* ---- refusals -------------------------------------------------------------------- */

static enum { NOTHING, A_THREAD, A_MUTEX, A_CONDITION } refused;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __real_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument) {
  if (refused == A_THREAD) return EAGAIN;
  return __real_pthread_create(thread, attributes, run, argument);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  return refused == A_MUTEX ? ENOMEM : __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
  return refused == A_CONDITION ? ENOMEM : __real_pthread_cond_init(condition, attributes);
}

/* Without the thread the rows are the same. */
static void test_no_thread_to_be_had(void **state) {
  (void)state;
  for (refused = A_THREAD; refused <= A_CONDITION; refused++) {
    fixture x = {0};
    open_frame(&x, 2);
    mine_frame_overlap_begin(x.frame);
    fill(x.frame, ROWS);
    assert_int_equal(x.frame->stage.background.running, 0);
    mine_frame_overlap_end(x.frame);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    check(x.frame, ROWS);
    fixture_close(&x);
  }
  refused = NOTHING;
}

/* ---- the thread itself ----------------------------------------------------------- */

typedef struct piece {
  uint64_t *sum;
  uint64_t add;
} piece;

static void add_piece(void *context) {
  const piece *p = context;
  *p->sum = *p->sum * 3 + p->add; /* the order counts */
}

static void test_background_in_order(void **state) {
  (void)state;
  uint64_t sum = 0, expected = 0;
  static piece pieces[1000];
  mine_background background = {0};
  for (int started = 0; started <= 1; started++) {
    if (started) mine__background_start(&background, add_piece);
    background.work = add_piece; /* without a thread */
    for (unsigned i = 0; i < 1000; i++) {
      pieces[i] = (piece){&sum, i % 7};
      mine__background_give(&background, &pieces[i]);
      expected = expected * 3 + i % 7;
      if (i % 100 == 99) {
        mine__background_wait(&background);
        assert_true(sum == expected);
        sum = expected = i;
      }
    }
    mine__background_stop(&background);
    mine__background_stop(&background); /* twice is fine */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_way_in),
      cmocka_unit_test(test_any_number_of_rows),
      cmocka_unit_test(test_given_up),
      cmocka_unit_test(test_no_thread_to_be_had),
      cmocka_unit_test(test_background_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
