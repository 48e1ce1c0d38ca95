/*
** options_axes.c -- options that are given several values, so that a search finds the
** best.
**
** A list (3|5|8) has its values in the order in which they were written; a range
** (0.01..0.3) all numbers between its ends, those too.  Where a range spans more than a
** decade equal ratios count the same, not equal differences (Bergstra & Bengio, "Random
** search for hyper-parameter optimization", JMLR 13, 2012).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spelling.h"

#define AXES_DECADE 10.0
#define AXES_STEPS  5 /* of a range in a grid                        */
#define AXES_DIGITS 4 /* of a number of a range, so that it can be typed */

static int axes_number_option(const mine_option *option) {
  return option->type == MINE_OPTION_INT || option->type == MINE_OPTION_REAL;
}

static int axes_list_option(const mine_option *option) {
  return option->type == MINE_OPTION_LIST || option->type == MINE_OPTION_NUMBERS;
}

/* ---- reading -------------------------------------------------------------------------- */

/* The text of a value that may be a range; NULL: it is none. */
static const char *axes_text(const mine_given *given, size_t *bytes) {
  if (given->is_list || (given->json && given->value.type != MINE_TEXT)) return NULL;
  *bytes = given->json ? given->value.bytes : given->raw_bytes;
  return given->json ? given->value.as.text : given->raw;
}

/* "0.01..0.3": two numbers.  The first of the points that leaves a number on both sides. */
static int axes_range(const mine_given *given, mine_axis *axis) {
  size_t bytes = 0;
  const char *text = axes_text(given, &bytes);
  for (size_t i = 1; text && i + 2 < bytes; i++) {
    if (text[i] == '.' && text[i + 1] == '.' && mine__read_number(text, i, &axis->low) &&
        mine__read_number(text + i + 2, bytes - i - 2, &axis->high))
      return 1;
  }
  return 0;
}

/* The values listed, each as if it had been given alone. */
static void axes_values(mine_env *env, mine_arena *arena, const mine_given *given,
                        mine_givens *out) {
  memset(out, 0, sizeof *out);
  if (!given->json) {
    mine__spelling_pieces(env, arena, given, out);
    return;
  }
  out->item = mine__arena_zeros(arena, given->list.n, sizeof *out->item);
  for (; out->item && out->n < given->list.n; out->n++) {
    mine_given *one = &out->item[out->n];
    *one = (mine_given){.name = given->name, .json = 1, .value = given->list.item[out->n]};
    one->is_list = given->inner != NULL;
    if (given->inner) one->list = given->inner[out->n];
  }
}

static int axes_several(const mine_option *option, const mine_given *given) {
  if (axes_list_option(option)) return given->inner != NULL;
  if (option->type == MINE_OPTION_SOURCE || given->inner) return 0;
  if (given->json) return given->is_list && given->list.n > 0;
  return memchr(given->raw, '|', given->raw_bytes) != NULL;
}

/* A number of a range as if it had been given. */
static mine_given axes_given(const mine_axis *axis, double number) {
  mine_given given = {.name = axis->option->name, .json = 1, .value = {MINE_REAL, 0, {0}}};
  given.value.as.real = number;
  if (number == trunc(number) && fabs(number) < 0x1p53)
    given.value = (mine_cell){MINE_INT, 0, {(int64_t)number}};
  return given;
}

/* Each value against the row; what they are set in is thrown away. */
static void axes_check(mine_env *env, mine_arena *arena, const mine_axis *axis) {
  union {
    mine_select select;
    mine_cell cell;
    mine_list list;
    mine_number_list numbers;
  } field;
  for (size_t i = 0; i < (axis->n ? axis->n : 2) && !mine_failed(env); i++) {
    const mine_given end = axes_given(axis, i ? axis->high : axis->low);
    mine__option_set(env, arena, axis->option, axis->n ? &axis->value[i] : &end, &field);
  }
  if (axis->n || mine_failed(env) || axis->low < axis->high) return;
  mine__fail(env, MINE_OPTION, "option %s is searched from a number to a larger one: low..high",
             axis->option->name);
}

/* The row of an option that may be searched; NULL: it may not. */
static const mine_option *axes_option(const mine_axes *axes, const char *name) {
  const mine_option *outside = axes->outside;
  const mine_option *own = axes->table ? mine__option_find(axes->table, name, strlen(name)) : NULL;
  return own || !outside || strcmp(outside->name, name) != 0 ? own : outside;
}

int mine__axes_take(mine_env *env, mine_arena *arena, mine_axes *axes, const mine_given *given,
                    mine_given *first) {
  const mine_option *option = axes_option(axes, given->name);
  mine_axis axis = {.option = option};
  mine_givens values = {0};
  if (!option) return 0;
  const int range = axes_number_option(option) && axes_range(given, &axis);
  if (!range && !axes_several(option, given)) return 0;
  if (!range) axes_values(env, arena, given, &values);
  if (mine_failed(env)) return 0;
  if (!range && values.n < 2 && !given->json) return 0; /* a '|' in quotes */
  axis.n = values.n;
  axis.value = values.item;
  axes_check(env, arena, &axis);
  if (mine_failed(env) || !MINE_RESERVE(arena, axes->axis, axes->capacity, axes->n + 1)) return 0;
  axes->axis[axes->n++] = axis;
  *first = range ? axes_given(&axis, axis.low) : values.item[0];
  return 1;
}

/* ---- places ----------------------------------------------------------------------------- */

static int axes_whole(const mine_axis *axis) {
  return axis->option->type == MINE_OPTION_INT;
}

size_t mine__axis_steps(const mine_axis *axis) {
  if (axis->n) return axis->n;
  const double whole = axis->high - axis->low + 1;
  return axes_whole(axis) && whole < AXES_STEPS ? (size_t)whole : AXES_STEPS;
}

double mine__axis_step(const mine_axis *axis, size_t i) {
  return axis->n ? (double)i : (double)i / (double)(mine__axis_steps(axis) - 1);
}

double mine__axis_draw(const mine_axis *axis, double u) {
  return axis->n ? floor(u * (double)axis->n) : u;
}

/* So far along the way; the ends are met exactly. */
static double axes_number(const mine_axis *axis, double share) {
  char number[MINE_NUMBER_BYTES];
  double v = axis->low + share * (axis->high - axis->low);
  if (axis->low > 0 && axis->high > AXES_DECADE * axis->low)
    v = exp(log(axis->low) + share * (log(axis->high) - log(axis->low)));
  if (axes_whole(axis)) {
    v = floor(v + 0.5);
  } else {
    mine__format_real(number, v, AXES_DIGITS);
    (void)mine__read_number(number, strlen(number), &v);
  }
  if (v <= axis->low || !(share > 0)) return axis->low;
  return v >= axis->high || share >= 1 ? axis->high : v;
}

mine_status mine__axis_set(mine_env *env, mine_arena *arena, const mine_axis *axis, double place,
                           void *values) {
  const mine_given number = axes_given(axis, axis->n ? 0 : axes_number(axis, place));
  mine__option_set(env, arena, axis->option, axis->n ? &axis->value[(size_t)place] : &number,
                   (char *)values + axis->option->offset);
  return mine_env_status(env);
}
