/*
** test_offers.c -- recommenders by cases computed on paper: what is read, divided and held out,
** what gp, cooccurrence and tifu score, and which of equal items comes first.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "env_fixture.h"

#include "jobs/judged.h"
#include "model/best_items.h"
#include "recommend/tifu.h"
#include "verb_fixture.h"

enum { A, B, C, D }; /* items, in the order of their first rows */

/* Customer 1: A and B, then A.  2: A and C, then B.  3: C and D.  4: nothing. */
typedef struct event {
  int customer, item, time; /* -1: NULL */
  double amount;
} event;

static const event events[] = {
    {1, A, 1, 2}, {1, B, 1, 1}, {1, A, 2, 3}, {2, A, 1, 1},  {2, C, 1, 1},  {2, B, 3, 1},
    {3, C, 2, 1}, {3, D, 2, 1}, {3, C, 2, 4}, {4, -1, 2, 1}, {-1, A, 2, 1}, {3, A, -1, 1},
};
#define EVENTS (int)(sizeof events / sizeof *events)

static void put(mine_frame *frame, int column, int value) {
  if (value < 0)
    mine_frame_put_null(frame, column);
  else
    mine_frame_put_int(frame, column, value);
}

/* The first `columns` of customer, item, time, amount. */
static mine_training *training_of(const char *algorithm, const char *options, int columns) {
  static const char *const names[] = {"customer", "item", "time", "amount"};
  mine_training *t;
  assert_int_equal(verb_training_open(env, algorithm, options, &t), MINE_OK);
  assert_int_equal(mine_frame_columns(t->frame, names, columns), MINE_OK);
  for (int i = 0; i < EVENTS; i++) {
    put(t->frame, 0, events[i].customer);
    put(t->frame, 1, events[i].item);
    if (columns > 2) put(t->frame, 2, events[i].time);
    if (columns > 3) mine_frame_put_real(t->frame, 3, events[i].amount);
    assert_int_equal(mine_frame_end_row(t->frame), MINE_OK);
  }
  return t;
}

static void read(mine_training *t, mine_interactions *of) {
  assert_true(mine__recommender_read(t, of));
}

/* ---- reading and dividing ----------------------------------------------------------------- */

static void rows_become_baskets(void **state) {
  mine_interactions of;
  (void)state;
  mine_training *t = training_of("gp", "", 4);
  read(t, &of);
  assert_int_equal(of.n_customers, 4); /* 4 exists, and took nothing */
  assert_int_equal(of.n_items, 4);
  assert_int_equal(of.n_baskets, 5);
  assert_int_equal(of.n_events, 8); /* C twice in a basket is there once */
  assert_int_equal(of.n_rows, 9);   /* without a customer, an item, a time: not used */
  assert_int_equal(of.basket_first[3], 5);
  assert_int_equal(of.basket_first[4], 5);
  assert_true(of.basket_time[1] == 2 && of.basket_time[3] == 3);
  assert_true(of.event_amount[of.event_first[4]] == 5);
  assert_int_equal(of.n_pairs, 7);
  assert_int_equal(of.pair_item[0], A);
  assert_int_equal(of.pair_count[0], 2);
  assert_int_equal(of.pair_count[1], 1);
  mine__training_close(t);
}

static void without_times_every_row_is_one(void **state) {
  mine_interactions of;
  (void)state;
  mine_training *t = training_of("gp", "", 2);
  read(t, &of);
  assert_int_equal(of.n_baskets, 10);
  assert_false(of.timed);
  assert_null(of.basket_time);
  assert_int_equal(of.pair_count[0], 2);
  mine__training_close(t);
}

static void parts_are_those_baskets(void **state) {
  static const uint8_t side[] = {0, 1, 0, 1, 1};
  mine_interactions of, out;
  (void)state;
  mine_training *t = training_of("gp", "", 4);
  read(t, &of);
  const int64_t *whose = mine__interactions_part(env, t->arena, &of, side, 0, 1, &out);
  assert_int_equal(out.n_customers, 3); /* 3 has none left; 4 never had any */
  assert_true(whose[0] == 0 && whose[1] == 1 && whose[2] == 3);
  assert_int_equal(out.n_baskets, 2);
  assert_int_equal(out.n_items, 4);
  assert_int_equal(out.n_pairs, 4);
  assert_true(out.event_amount[0] == 2 && out.basket_time[1] == 1);
  whose = mine__interactions_part(env, t->arena, &of, side, 1, 0, &out);
  assert_int_equal(out.n_customers, 3);
  assert_true(whose[0] == 0 && whose[1] == 1 && whose[2] == 2);
  assert_int_equal(out.event_item[0], A);
  assert_int_equal(out.n_events, 4);
  mine__training_close(t);
}

static void last_baskets_are_held_out(void **state) {
  mine_interactions of;
  mine_offers_held held;
  mine_offers_folds folds;
  (void)state;
  mine_training *t = training_of("gp", "", 3);
  read(t, &of);
  mine__offers_hold(env, t->arena, &of, NULL, 0, &held);
  assert_int_equal(held.rest.n_customers, 4);
  assert_int_equal(held.later.n_customers, 2); /* 3 keeps his only one */
  assert_true(held.known[0] == 0 && held.known[1] == 1);
  assert_true(held.later.event_item[0] == A && held.later.event_item[1] == B);
  /* a fold: the same of its customers only, each in one */
  assert_true(mine__offers_divide(env, t->arena, &of, MINE_OFFERS_BY_CUSTOMER, 2, &folds));
  assert_int_equal(folds.part[2], -1);
  for (int f = 0; f < 2; f++) {
    mine__offers_fold(env, t->arena, &of, &folds, f, &held);
    assert_int_equal(held.later.n_customers, 1);
    assert_int_equal(folds.part[held.known[0]], f);
    assert_int_equal(held.rest.n_baskets, 4);
  }
  /* by time: the days 1, 2 and 3, of which the first is never measured */
  assert_true(mine__offers_divide(env, t->arena, &of, MINE_OFFERS_BY_TIME, 2, &folds));
  mine__offers_fold(env, t->arena, &of, &folds, 0, &held);
  assert_int_equal(held.rest.n_customers, 3); /* 3 is not there yet */
  assert_int_equal(held.later.n_customers, 2);
  assert_true(held.known[0] == 0 && held.known[1] == -1);
  mine__offers_fold(env, t->arena, &of, &folds, 1, &held);
  assert_int_equal(held.rest.n_baskets, 4);
  assert_int_equal(held.later.n_customers, 1);
  assert_int_equal(held.known[0], 1);
  assert_false(mine__offers_divide(env, t->arena, &of, MINE_OFFERS_BY_TIME, 3, &folds));
  mine__training_close(t);
}

/* ---- scores --------------------------------------------------------------------------------- */

/* What customer c (from 0) is offered: "item score, item score". */
static void assert_offers(const char *algorithm, const char *options, mine_repeat repeat, int64_t c,
                          const char *expected) {
  mine_training *t = training_of(algorithm, options, 3);
  mine_model *model;
  mine_asked_items got;
  char shown[200] = "";
  size_t used = 0;
  if (mine__training_fit(t, &model) != MINE_OK) fail_msg("%s", mine_env_error(env));
  const mine_recommender *of = model->body;
  const mine_ask ask = {.top = 4, .repeat = repeat};
  assert_int_equal(mine__recommender_ask(env, t->arena, of, &of->of, NULL, &ask, &got), MINE_OK);
  for (int64_t i = got.first[c]; i < got.first[c + 1]; i++)
    used += (size_t)snprintf(shown + used, sizeof shown - used, "%s%c %.4f", used ? ", " : "",
                             "ABCD"[got.item[i]], got.score[i]);
  assert_string_equal(shown, expected);
  mine_model_free(model);
  mine__training_close(t);
}

static void gp_by_hand(void **state) {
  (void)state;
  /* in two baskets and one, plus 2/3 and 1/3 by who came first; C in 2 of 5 baskets: 2/6 */
  assert_offers("gp", "", MINE_REPEAT_ALLOW, 0, "A 2.6667, B 1.3333, C 0.3333, D 0.1667");
  assert_offers("gp", "", MINE_REPEAT_ONLY, 0, "A 2.6667, B 1.3333");
  assert_offers("gp", "", MINE_REPEAT_EXCLUDE, 0, "C 0.3333, D 0.1667");
  /* of one each the later one, in the second of two baskets: 2/3 */
  assert_offers("gp", "ties=recent", MINE_REPEAT_ONLY, 1, "B 1.6667, A 1.3333, C 1.3333");
  /* A in 3 of 5 baskets */
  assert_offers("gp", "ties=popular", MINE_REPEAT_ONLY, 1, "A 1.5000, B 1.3333, C 1.3333");
  /* nothing is known of 4: what most took, of equals the first */
  assert_offers("gp", "", MINE_REPEAT_ALLOW, 3, "A 0.5000, B 0.5000, C 0.5000, D 0.2500");
}

static void cooccurrence_by_hand(void **state) {
  (void)state;
  /* A, B, C have two customers each, D one; both A and B two, A and C, B and C, C and D one */
  assert_offers("cooccurrence", "", MINE_REPEAT_EXCLUDE, 0, "C 1.0000");
  assert_offers("cooccurrence", "", MINE_REPEAT_EXCLUDE, 2, "A 0.5000, B 0.5000");
  assert_offers("cooccurrence", "", MINE_REPEAT_EXCLUDE, 1, "D 0.7071");
  assert_offers("cooccurrence", "measure=jaccard", MINE_REPEAT_EXCLUDE, 0, "C 0.6667");
  assert_offers("cooccurrence", "measure=jaccard", MINE_REPEAT_EXCLUDE, 1, "D 0.5000");
  /* of the three customers who took something */
  assert_offers("cooccurrence", "measure=lift", MINE_REPEAT_EXCLUDE, 0, "C 1.5000");
  assert_offers("cooccurrence", "measure=lift", MINE_REPEAT_EXCLUDE, 1, "D 1.5000");
  assert_offers("cooccurrence", "measure=lift, shrinkage=1", MINE_REPEAT_EXCLUDE, 1, "D 0.7500");
  /* two of them have A and B: only those are alike */
  assert_offers("cooccurrence", "min_count=2", MINE_REPEAT_ONLY, 0, "A 1.0000, B 1.0000");
  /* in one basket: A and B, A and C, C and D; A is in three */
  assert_offers("cooccurrence", "by=basket", MINE_REPEAT_EXCLUDE, 0, "C 0.4082");
  assert_offers("cooccurrence", "by=basket", MINE_REPEAT_EXCLUDE, 2, "A 0.4082");
}

static void tifu_by_hand(void **state) {
  const mine_tifu how = {.within_decay = 0.9, .group_decay = 0.7, .groups = 2};
  (void)state;
  /* three baskets in two groups, the later one the larger */
  assert_true(fabs(mine__tifu_weight(&how, 3, 0) - 0.7 / 2) < 1e-15);
  assert_true(fabs(mine__tifu_weight(&how, 3, 1) - 0.9 / 2 / 2) < 1e-15);
  assert_true(fabs(mine__tifu_weight(&how, 3, 2) - 1.0 / 2 / 2) < 1e-15);
  /* 1: A .85, B .35.  2: A .35, B .5, C .35, at .395 from it.  3: C 1, D 1, at 2.845. */
  assert_offers("tifu", "neighbors=1", MINE_REPEAT_ALLOW, 0, "A 0.7000, B 0.3950, C 0.1050");
  /* 2 is at 2.3675, and 4, who took nothing, not at 2 but nowhere */
  assert_offers("tifu", "neighbors=1", MINE_REPEAT_ALLOW, 2,
                "C 0.8050, D 0.7000, B 0.1500, A 0.1050");
  assert_offers("tifu", "neighbors=1, alpha=1", MINE_REPEAT_ALLOW, 0, "A 0.8500, B 0.3500");
}

static void the_best_of_equals(void **state) {
  static const int64_t taken[] = {5, 9, 9, 1, 9};
  static const double value[] = {1, 1, 1, 1, 0.5};
  int32_t item[3];
  double kept[3];
  (void)state;
  for (int turn = 0; turn < 2; turn++) { /* whatever the order in which they come */
    mine_best_items best = {.taken = taken, .item = item, .value = kept, .most = 3};
    for (int i = 0; i < 5; i++)
      mine__best_items_offer(&best, turn ? 4 - i : i, value[turn ? 4 - i : i]);
    mine__best_items_offer(&best, 4, NAN);
    mine__best_items_sort(&best);
    assert_int_equal(best.n, 3);
    assert_true(item[0] == 1 && item[1] == 2 && item[2] == 0);
  }
  mine_best_items few = {.taken = taken, .item = item, .value = kept, .most = 3};
  mine__best_items_offer(&few, 3, NAN);
  mine__best_items_offer(&few, 3, -1);
  mine__best_items_sort(&few);
  assert_true(few.n == 1 && item[0] == 3 && kept[0] == -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(rows_become_baskets),
      TEST(without_times_every_row_is_one),
      TEST(parts_are_those_baskets),
      TEST(last_baskets_are_held_out),
      TEST(gp_by_hand),
      TEST(cooccurrence_by_hand),
      TEST(tifu_by_hand),
      TEST(the_best_of_equals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
