/*
** linear_fixture.h -- a table for regressions: columns that go together, classes and counts that
** depend on the first two.
*/
#ifndef MINE_TESTS_LINEAR_FIXTURE_H
#define MINE_TESTS_LINEAR_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "linear/objective.h"

enum { ROWS = 300, COLUMNS = 80, CLASSES = 50 };

static double number[COLUMNS][ROWS], target[ROWS], weight[ROWS];
static int32_t label[ROWS];
static mine_feature about[COLUMNS];
static mine_feature_view view[COLUMNS];

static double normal(mine_random *rng) {
  double sum = -6;
  for (int i = 0; i < 12; i++)
    sum += mine__random_real(rng);
  return sum;
}

static mine_dataset made(int rows, int columns, int classes, double noise) {
  mine_random rng;
  mine__random_open(&rng, 5, 0, 0);
  for (int i = 0; i < rows; i++) {
    const double common = normal(&rng);
    for (int c = 0; c < columns; c++)
      number[c][i] = c + 1 + (0.6 * common + normal(&rng)) * (1 + c % 3);
    const double m = 0.7 * (number[0][i] - 1) - 0.3 * (number[1][i] - 2) + noise * normal(&rng);
    label[i] = (int32_t)fmin(fmax((m + 3) / 6 * classes, 0), classes - 1);
    target[i] = floor(exp(0.3 * m) * 2 * mine__random_real(&rng));
    weight[i] = 0.5 + mine__random_real(&rng);
  }
  for (int c = 0; c < columns; c++) {
    about[c] = (mine_feature){.name = "x", .type = MINE_COLUMN_NUMERIC};
    view[c] = (mine_feature_view){.number = number[c]};
  }
  return (mine_dataset){.rows = {rows, NULL, view},
                        .n_features = columns,
                        .about = about,
                        .n_classes = classes,
                        .label = label,
                        .target = target,
                        .weight = weight};
}

static mine_env *open_env(void) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  env->progress = 0;
  return env;
}

#endif
