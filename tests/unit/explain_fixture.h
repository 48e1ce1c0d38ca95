/*
** explain_fixture.h -- Shapley values as they are defined, and rows to explain by models made
** by hand.
*/
#ifndef MINE_EXPLAIN_FIXTURE_H
#define MINE_EXPLAIN_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "model/model.h"

/* ---- the definition ------------------------------------------------------------------------- */

/* value(set): what is said where the features in the set are known.  phi[n] is the base. */
static void shapley(int n, double (*value)(const void *, unsigned), const void *context,
                    double *phi) {
  double weight[32], *v = malloc(sizeof *v << n);
  for (int s = 0; s < n; s++) {
    weight[s] = 1.0 / n;
    for (int k = 1; k <= s; k++)
      weight[s] *= (double)k / (n - k); /* s! (n-1-s)! / n! */
  }
  for (unsigned set = 0; set < 1u << n; set++)
    v[set] = value(context, set);
  for (int i = 0; i < n; i++) {
    phi[i] = 0;
    for (unsigned set = 0; set < 1u << n; set++)
      if (!(set >> i & 1)) phi[i] += weight[__builtin_popcount(set)] * (v[set | 1u << i] - v[set]);
  }
  phi[n] = v[0];
  free(v);
}

/* ---- rows of two numbers and a category ----------------------------------------------------- */

#define COLUMNS 3
#define LEVELS  3

typedef struct made {
  mine_env *env;
  mine_model *model;
  mine_feature about[COLUMNS];
  mine_feature_view view[COLUMNS];
  double x[2][8];
  int32_t code[8];
} made;

static void made_open(made *m, int classes) {
  static const double x[2][8] = {{0, 1, -2, 0.5, NAN, 3, 40, -1e200},
                                 {1, 0.25, 7, NAN, NAN, -3, 2, 2}};
  static const int32_t code[8] = {0, 1, 2, MINE_CODE_UNKNOWN, MINE_CODE_MISSING, 0, 1, 2};
  memset(m, 0, sizeof *m);
  memcpy(m->x, x, sizeof x);
  memcpy(m->code, code, sizeof code);
  assert_int_equal(mine_env_open(NULL, "mine_explain", &m->env), MINE_OK);
  assert_int_equal(mine__model_empty(m->env, &m->model), MINE_OK);
  for (int f = 0; f < COLUMNS; f++) {
    m->about[f].name = "f";
    m->about[f].type = f < 2 ? MINE_COLUMN_NUMERIC : MINE_COLUMN_CATEGORY;
    assert_true(mine__dictionary_open(&m->about[f].levels, m->model->arena));
    for (int l = 0; f == 2 && l < LEVELS; l++) {
      const mine_cell cell = {MINE_INT, 0, {.integer = l}};
      assert_int_equal(mine__dictionary_add(&m->about[f].levels, &cell), l);
    }
    m->view[f] = (mine_feature_view){f < 2 ? m->x[f] : NULL, f < 2 ? NULL : m->code};
  }
  m->model->roles.target = "y";
  m->model->n_features = COLUMNS;
  m->model->feature = m->about;
  m->model->n_groups = classes;
  m->model->n_outputs = classes == 0;
  m->model->positive = classes == 2 ? 1 : -1;
}

static void made_close(made *m) {
  mine_model_free(m->model);
  mine_env_close(m->env);
}

#endif
