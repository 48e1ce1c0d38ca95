/*
** import_check.c -- a model that came from elsewhere is asked its own proof: rows with the answers
** that it gave where it comes from.
*/
#include "import.h"

#include <math.h>
#include <string.h>

#include "../model/json.h"

int mine__checking_can(const mine_model *model) {
  return model->n_features > 0 &&
         (mine__model_gives(model) & (MINE_GIVES_VALUE | MINE_GIVES_GROUP)) != 0;
}

void mine__checking_open(mine_env *env, const mine_model *model, double tolerance,
                         mine__checking *out) {
  *out = (mine__checking){.env = env, .model = model, .tolerance = tolerance};
  if (mine_scoring_open_row(env, model, &out->scoring)) return;
  const size_t n = (size_t)model->n_features;
  const char **name = mine__arena_array(env->scratch, n, sizeof *name);
  for (size_t f = 0; name && f < n; f++)
    name[f] = model->feature[f].name;
  if (name) (void)!mine_frame_columns(mine_scoring_frame(out->scoring), name, model->n_features);
}

void mine__checking_close(mine__checking *checking) {
  mine_scoring_close(checking->scoring);
}

/* ---- comparing --------------------------------------------------------------------- */

static int check_same(const mine__checking *c, double a, double b) {
  if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
  return a == b || fabs(a - b) <= c->tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

static void check_differs(mine__checking *c, const char *what, const mine_cell *expected,
                          const mine_cell *got) {
  char a[MINE_SHOW_BYTES], b[MINE_SHOW_BYTES];
  (void)mine__fail(c->env, MINE_DATA,
                   "row %lld of its proof is answered otherwise: %s is %s and was %s, so this is "
                   "not the model that was exported; export it again, or say check=0",
                   (long long)c->rows, what, mine__show_cell(b, got), mine__show_cell(a, expected));
}

static void check_real(mine__checking *c, const char *what, double expected, double got) {
  const mine_cell a = {MINE_REAL, 0, {.real = expected}}, b = {MINE_REAL, 0, {.real = got}};
  if (!check_same(c, expected, got)) check_differs(c, what, &a, &b);
}

/* Two classes that are equally likely are told apart by the last bits. */
static int check_tied(const mine__checking *c, const double *share, int32_t group,
                      const mine_cell *name) {
  for (int g = 0; share && g < c->model->n_groups; g++) {
    mine_cell other;
    mine__model_group(c->model, g + 1, &other);
    if (mine__cell_compare(&other, name) == 0)
      return group > 0 && check_same(c, share[g], share[group - 1]);
  }
  return 0;
}

static void check_answers(mine__checking *c, const mine_answers *got,
                          const mine__expected *expected) {
  const mine_model *model = c->model;
  for (int g = 0; got->share && expected->share && g < model->n_groups; g++)
    check_real(c, "a probability", expected->share[g], got->share[g]);
  for (int o = 0; got->value && expected->value && o < model->n_outputs; o++)
    check_real(c, "the number", expected->value[o], got->value[o]);
  if (got->distance && !isnan(expected->distance))
    check_real(c, "the distance", expected->distance, got->distance[0]);
  if (!got->group || !expected->group) return;
  mine_cell name;
  mine__model_group(model, got->group[0], &name);
  if (mine__cell_compare(&name, expected->group) != 0 &&
      !check_tied(c, got->share, got->group[0], expected->group))
    check_differs(c, "the class", expected->group, &name);
}

void mine__checking_row(mine__checking *c, const mine_cell *cells, const mine__expected *expected) {
  if (mine_failed(c->env)) return;
  mine_frame *frame = mine_scoring_frame(c->scoring);
  c->rows++;
  mine_scoring_again(c->scoring);
  for (int f = 0; f < c->model->n_features; f++)
    mine_frame_put_cell(frame, f, &cells[f]);
  if (mine_scoring_row(c->scoring)) return;
  if (!mine__scoring_skipped(c->scoring, 0)) check_answers(c, &c->scoring->batch.answers, expected);
}

/* ---- the proof of a JSON document --------------------------------------------------- */

typedef struct check_row {
  mine_cell *cell;
  double *value, *share;
  mine_cell group;
  double distance;
} check_row;

/* The numbers of a list, if the row has it. */
static double *check_numbers(mine__walk *walk, const char *name, double *room, int n) {
  if (!mine__walk_has(walk, name)) return NULL;
  mine__walk_enter(walk, name, 1);
  for (int i = 0; i < n && !mine_failed(walk->env); i++)
    (void)mine__json_read_real(walk, NULL, &room[i]);
  mine__walk_leave(walk);
  return mine_failed(walk->env) ? NULL : room;
}

static void check_read_row(mine__walk *walk, const mine_model *model, mine_arena *arena,
                           check_row *row, mine__expected *out) {
  *out = (mine__expected){.distance = NAN};
  mine__walk_enter(walk, NULL, 0);
  mine__walk_enter(walk, "row", 1);
  for (int f = 0; f < model->n_features && !mine_failed(walk->env); f++)
    (void)mine__json_read_cell(walk, NULL, arena, &row->cell[f]);
  mine__walk_leave(walk);
  if (mine__walk_has(walk, "group") && mine__json_read_cell(walk, "group", arena, &row->group))
    out->group = &row->group;
  out->share = check_numbers(walk, "share", row->share, model->n_groups);
  out->value = check_numbers(walk, "value", row->value, model->n_outputs);
  if (mine__walk_has(walk, "distance"))
    (void)mine__json_read_real(walk, "distance", &out->distance);
  mine__walk_leave(walk);
}

void mine__import_proof(mine_env *env, mine__walk *walk, const mine_model *model, int check) {
  if (mine_failed(env)) return;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__checking checking = {0};
  check_row row = {
      .cell = mine__arena_zeros(env->scratch, (size_t)model->n_features, sizeof(mine_cell)),
      .value = mine__arena_array(env->scratch, (size_t)model->n_outputs, sizeof(double)),
      .share = mine__arena_array(env->scratch, (size_t)model->n_groups, sizeof(double))};
  check = check && mine__checking_can(model);
  if (check && !mine_failed(env)) mine__checking_open(env, model, 1e-9, &checking);
  mine__walk_enter(walk, "proof", 1);
  while (!mine_failed(env) && mine__walk_has(walk, NULL)) {
    const mine_mark one = mine__arena_mark(env->scratch);
    mine__expected expected;
    check_read_row(walk, model, env->scratch, &row, &expected);
    if (check) mine__checking_row(&checking, row.cell, &expected);
    mine__arena_rewind(env->scratch, one);
    if (mine__poll(env)) break;
  }
  mine__walk_leave(walk);
  mine__checking_close(&checking);
  mine__arena_rewind(env->scratch, mark);
}
