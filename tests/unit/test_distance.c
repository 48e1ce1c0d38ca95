/*
** test_distance.c -- the distance kernel gives what one pair at a time gives.
*/
#include "../../algorithms/kernel/distance.h"
#include "kmeans_fixture.h"

#define MOST_WIDTH 19
#define MOST_COUNT 11

typedef struct sides {
  double row[MINE_LANES * MOST_WIDTH], panel[MINE_LANES * MOST_WIDTH];
  double point[MOST_COUNT * MOST_WIDTH];
} sides;

static void fill(sides *s, int width, int count, uint64_t seed) {
  mine_random random;
  mine__random_open(&random, seed, 2, 0);
  for (int i = 0; i < MINE_LANES * width; i++)
    s->row[i] = fixture_normal(&random);
  for (int i = 0; i < count * width; i++)
    s->point[i] = fixture_normal(&random) * 3;
  mine__panel_pack(s->row, MINE_LANES, width, s->panel);
}

static void panels_have_the_bits_of_pairs(void **state) {
  (void)state;
  for (int width = 1; width <= MOST_WIDTH; width++) {
    for (int count = 1; count <= MOST_COUNT; count++) {
      sides s;
      double out[MOST_COUNT * MINE_LANES];
      fill(&s, width, count, (uint64_t)(width * 100 + count));
      mine__distance_panel(s.panel, width, s.point, count, out);
      for (int p = 0; p < count; p++) {
        for (int l = 0; l < MINE_LANES; l++) {
          const double d = mine__distance_pair(s.row + l * width, s.point + p * width, width);
          assert_memory_equal(&out[p * MINE_LANES + l], &d, sizeof d);
        }
      }
    }
  }
}

static void nearest_keeps_the_two_smallest(void **state) {
  (void)state;
  for (int count = 1; count <= MOST_COUNT; count++) {
    const int width = 3;
    sides s;
    double best[MINE_LANES], second[MINE_LANES];
    int32_t nearest[MINE_LANES];
    fill(&s, width, count, (uint64_t)count);
    if (count > 4) memcpy(s.point + 4 * width, s.point, (size_t)width * sizeof(double)); /* a tie */
    mine__distance_nearest(s.panel, width, s.point, count, best, second, nearest);
    for (int l = 0; l < MINE_LANES; l++) {
      double b = INFINITY, next = INFINITY;
      int which = 0;
      for (int p = 0; p < count; p++) {
        const double d = mine__distance_pair(s.row + l * width, s.point + p * width, width);
        if (d < b) {
          next = b;
          b = d;
          which = p;
        } else if (d < next) {
          next = d;
        }
      }
      assert_int_equal(nearest[l], which);
      assert_true(best[l] == b);
      assert_true(second[l] == next);
    }
  }
}

static void a_short_panel_repeats_its_last_row(void **state) {
  const double row[] = {1, 2, 3, 4};
  double panel[2 * MINE_LANES];
  (void)state;
  mine__panel_pack(row, 2, 2, panel);
  assert_true(panel[0] == 1 && panel[1] == 3 && panel[MINE_LANES - 1] == 3);
  assert_true(panel[MINE_LANES] == 2 && panel[2 * MINE_LANES - 1] == 4);
  assert_int_equal(mine_panel_doubles(9, 3), 48);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(panels_have_the_bits_of_pairs),
      cmocka_unit_test(nearest_keeps_the_two_smallest),
      cmocka_unit_test(a_short_panel_repeats_its_last_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
