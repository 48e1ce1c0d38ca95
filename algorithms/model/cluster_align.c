/*
** cluster_align.c -- centres of two models in one space, and who is who.
*/
#include "cluster_align.h"

#include <math.h>
#include <string.h>

#include "../kernel/assignment.h"

static void align_open(mine_arena *arena, int64_t k_old, int64_t k_new, mine__alignment *out) {
  *out = (mine__alignment){.k_old = k_old, .k_new = k_new};
  out->old_of = mine__arena_array(arena, (size_t)k_new, sizeof *out->old_of);
  out->new_of = mine__arena_array(arena, (size_t)k_old, sizeof *out->new_of);
  out->way = mine__arena_array(arena, (size_t)k_new, sizeof *out->way);
  if (mine_failed(mine__arena_env(arena))) return;
  for (int64_t o = 0; o < k_old; o++)
    out->new_of[o] = -1;
  for (int64_t c = 0; c < k_new; c++) {
    out->old_of[c] = -1;
    out->way[c] = NAN;
  }
}

/* ---- the old model's space -------------------------------------------------------------- */

typedef struct align_side {
  const mine_model *model;
  const mine_encoding *encoding;
  const mine_cluster_profile *profile;
  double *centre; /* k x width of the old encoding */
} align_side;

/* The attribute of that name and type; -1: there is none. */
static int align_feature(const mine_model *model, const mine_feature *about) {
  for (int f = 0; f < model->n_features; f++)
    if (model->feature[f].type == about->type && strcmp(model->feature[f].name, about->name) == 0)
      return f;
  return -1;
}

/* The encoded column of `side` that a column of the old model is; -1: a level that it lacks. */
static int align_column(const align_side *side, const mine_feature *old, int f, int level) {
  if (level < 0) return side->encoding->first[f];
  mine_cell cell;
  mine__values_get(&old->levels.values, level, &cell);
  const int64_t found = mine__dictionary_find(&side->model->feature[f].levels, &cell);
  return found < 0 ? -1 : side->encoding->first[f] + (int)found;
}

/* One column of all centres.  What a cluster has no value of lies where missing cells lie. */
static void align_put(const align_side *side, const align_side *old, int feature, int column,
                      int from) {
  const mine_encoding *e = old->encoding;
  for (int64_t c = 0; c < side->profile->k; c++) {
    const double value = from < 0 ? 0 : side->profile->value[c * side->encoding->width + from];
    const double encoded =
        (mine__encode_bend(e, feature, value) - e->centre[column]) * e->factor[column];
    side->centre[c * e->width + column] = isfinite(encoded) ? encoded : e->fill[column];
  }
}

/* How many attributes both have. */
static int align_centres(const align_side *old, const align_side *side) {
  const mine_encoding *e = old->encoding;
  int common = 0;
  for (int f = 0; f < e->n_features; f++) {
    const mine_feature *about = &old->model->feature[f];
    const int own = align_feature(side->model, about);
    const int there = own >= 0 && own < side->encoding->n_features &&
                      side->encoding->first[own] < side->encoding->first[own + 1] &&
                      e->first[f] < e->first[f + 1];
    common += there;
    for (int column = e->first[f]; column < e->first[f + 1]; column++) {
      const int level = e->levels[f] ? column - e->first[f] : -1;
      if (there && level < e->levels[f])
        align_put(side, old, f, column, align_column(side, about, own, level));
      else
        for (int64_t c = 0; c < side->profile->k; c++)
          side->centre[c * e->width + column] = e->fill[column];
    }
  }
  return common;
}

/* ---- who is who ------------------------------------------------------------------------- */

static double align_square(const double *a, const double *b, int width) {
  double sum = 0;
  for (int j = 0; j < width; j++)
    sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/* Half the way to the next centre of the same model; infinite where there is none. */
static double align_half(const align_side *side, int64_t c, int width) {
  double least = INFINITY;
  for (int64_t d = 0; d < side->profile->k; d++)
    if (d != c && side->profile->rows[d] > 0)
      least = fmin(least, align_square(side->centre + c * width, side->centre + d * width, width));
  return sqrt(least) / 2;
}

static void align_judge(const align_side *old, const align_side *side, const int32_t *of_old,
                        const double *cost, mine__alignment *out) {
  const int width = old->encoding->width;
  for (int64_t o = 0; o < out->k_old; o++) {
    const int32_t c = of_old[o];
    if (c < 0) continue;
    const double gone = sqrt(cost[o * out->k_new + c]);
    const double half = fmin(align_half(old, o, width), align_half(side, c, width));
    if (!(gone < half)) continue;
    out->new_of[o] = c;
    out->old_of[c] = (int32_t)o;
    out->way[c] = isinf(half) ? 0 : gone / half;
    out->found++;
  }
}

static void align_pair(mine_env *env, const align_side *old, const align_side *side,
                       mine__alignment *out) {
  const size_t a = (size_t)out->k_old, b = (size_t)out->k_new;
  const int width = old->encoding->width;
  double *cost = mine__arena_array(env->scratch, a, b * sizeof *cost);
  int32_t *of_old = mine__arena_array(env->scratch, a, sizeof *of_old);
  if (mine_failed(env)) return;
  for (int64_t o = 0; o < out->k_old; o++)
    for (int64_t c = 0; c < out->k_new; c++)
      cost[o * out->k_new + c] =
          align_square(old->centre + o * width, side->centre + c * width, width);
  if (mine__assign(env, cost, out->k_old, out->k_new, of_old) == MINE_OK)
    align_judge(old, side, of_old, cost, out);
}

int mine__clusters_align(mine_env *env, mine_arena *arena, const mine_model *old,
                         const mine_model *model, mine__alignment *out) {
  align_side was = {.model = old}, is = {.model = model};
  was.profile = mine__model_profile(old, &was.encoding);
  is.profile = mine__model_profile(model, &is.encoding);
  if (!was.profile || !is.profile) return 0;
  if (was.profile->k > MINE_ALIGN_MOST || is.profile->k > MINE_ALIGN_MOST) return 0;
  align_open(arena, was.profile->k, is.profile->k, out);
  const size_t width = (size_t)was.encoding->width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  was.centre = mine__arena_array(env->scratch, (size_t)out->k_old, width * sizeof(double));
  is.centre = mine__arena_array(env->scratch, (size_t)out->k_new, width * sizeof(double));
  int common = 0;
  if (!mine_failed(env)) {
    (void)align_centres(&was, &was);
    common = align_centres(&was, &is);
  }
  if (common > 0) align_pair(env, &was, &is, out);
  mine__arena_rewind(env->scratch, mark);
  return common > 0 && !mine_failed(env);
}

/* ---- by members ------------------------------------------------------------------------- */

#define ALIGN_COMMON (1.0 / 3)

static double align_sum(const int64_t *count, int64_t n, int64_t step) {
  int64_t sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += count[i * step];
  return (double)sum;
}

/* The pairs of the assignment that stand.  Their way: 0 where the members are the same, 1 where the
** pair would not stand any more. */
static void align_judge_members(const int64_t *common, const int32_t *of_old,
                                mine__alignment *out) {
  const int64_t width = out->k_new + 1;
  for (int64_t o = 0; o < out->k_old; o++) {
    const int32_t c = of_old[o];
    if (c < 0) continue;
    const double both = (double)common[(o + 1) * width + c + 1];
    const double was = align_sum(common + (o + 1) * width, width, 1);
    const double is = align_sum(common + c + 1, out->k_old + 1, width);
    const double index = both > 0 ? both / (was + is - both) : 0;
    if (!(index > ALIGN_COMMON)) continue;
    out->new_of[o] = c;
    out->old_of[c] = (int32_t)o;
    out->way[c] = (1 - index) / (1 - ALIGN_COMMON);
    out->stayed[c] = both / was;
    out->came[c] = both / is;
    out->found++;
  }
}

int mine__clusters_align_members(mine_env *env, mine_arena *arena, const int64_t *common,
                                 int64_t k_old, int64_t k_new, mine__alignment *out) {
  int64_t most = 0;
  if (k_old < 1 || k_new < 1 || k_old > MINE_ALIGN_MOST || k_new > MINE_ALIGN_MOST) return 0;
  align_open(arena, k_old, k_new, out);
  out->stayed = mine__arena_zeros(arena, (size_t)k_new, sizeof *out->stayed);
  out->came = mine__arena_zeros(arena, (size_t)k_new, sizeof *out->came);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *cost = mine__arena_array(env->scratch, (size_t)k_old, (size_t)k_new * sizeof *cost);
  int32_t *of_old = mine__arena_array(env->scratch, (size_t)k_old, sizeof *of_old);
  if (mine_failed(env)) return 0;
  for (int64_t i = 0; i < (k_old + 1) * (k_new + 1); i++)
    most = common[i] > most ? common[i] : most;
  for (int64_t o = 0; o < k_old; o++)
    for (int64_t c = 0; c < k_new; c++)
      cost[o * k_new + c] = (double)(most - common[(o + 1) * (k_new + 1) + c + 1]);
  if (mine__assign(env, cost, k_old, k_new, of_old) == MINE_OK)
    align_judge_members(common, of_old, out);
  mine__arena_rewind(env->scratch, mark);
  return !mine_failed(env);
}

static int align_is_taken(const int32_t *number, int64_t k, int32_t wanted) {
  for (int64_t c = 0; c < k; c++)
    if (number[c] == wanted) return 1;
  return 0;
}

void mine__alignment_numbers(const mine__alignment *a, int32_t *number) {
  int32_t next = 0;
  for (int64_t c = 0; c < a->k_new; c++)
    number[c] = a->old_of[c] >= 0 && a->old_of[c] < a->k_new ? a->old_of[c] : -1;
  for (int64_t c = 0; c < a->k_new; c++) {
    if (number[c] >= 0) continue;
    while (align_is_taken(number, a->k_new, next))
      next++;
    number[c] = next;
  }
}
