/*
** twostep_scale.c -- columns as the clustering sees them, and rows as points.
**
** Numbers.  Where a number that is never negative has a long right tail, its logarithm is taken:
** the octile skewness ((q95 - q50) - (q50 - q05)) / (q95 - q05) (Hinkley 1975) is above SCALE_TAIL,
** and the logarithm at least halves it.  z is taken around the median, in deviations of what lies
** within the middle 98% (the rest counted as at its ends), and is kept within three such ranges to
** either side: no value moves a cluster by being far out.  Noise is as dense as one row in the
** range of the data, at most half as wide again as the middle 98% to either side.  A variance is at
** least that of values that stand half a step apart, so that a column of a few whole numbers is not
** cut into its values.
**
** Categories.  Levels below SCALE_SHARE of the rows or SCALE_ROWS rows, and all after the
** SCALE_LEVELS most frequent, have one slot together: what a hundred thousand levels say of a row
** is that it has none of the frequent ones.
*/
#include <math.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "../core/text.h"
#include "twostep_private.h"

#define SCALE_SAMPLE 65536 /* rows that quantiles are taken of */
#define SCALE_TAIL   0.5
#define SCALE_LEAST  0.0025 /* of a variance: deviations of a twentieth */
#define SCALE_STEPS  100    /* different values with which steps are looked at */
#define SCALE_SHARE  0.005
#define SCALE_ROWS   3.0
#define SCALE_LEVELS 50
#define SCALE_NAMES  3

/* Known numbers of a column in their order. */
typedef struct scale_sorted {
  int64_t n;
  double *value, *weight; /* rising */
  double total;
} scale_sorted;

static double scale_quantile(const scale_sorted *s, double share) {
  double below = 0;
  for (int64_t i = 0; i < s->n; i++) {
    below += s->weight[i];
    if (below >= share * s->total) return s->value[i];
  }
  return s->value[s->n - 1];
}

/* In scratch. */
static void scale_sort(const twostep_fit *fit, int f, int64_t n, scale_sorted *out) {
  mine_env *env = fit->env;
  const double *number = fit->data->rows.feature[f].number;
  const size_t size = (size_t)n;
  mine_pair *pair = mine__arena_array(env->scratch, size, sizeof *pair);
  mine_pair *temp = mine__arena_array(env->scratch, size, sizeof *temp);
  *out = (scale_sorted){.value = mine__arena_array(env->scratch, size, sizeof(double)),
                        .weight = mine__arena_array(env->scratch, size, sizeof(double))};
  if (mine_failed(env)) return;
  (void)mine__sort_reals(number, fit->content.row, n, pair, temp);
  out->n = mine__sort_known(pair, n);
  for (int64_t i = 0; i < out->n; i++) {
    out->value[i] = number[fit->content.row[pair[i].row]];
    out->weight[i] = fit->content.weight[pair[i].row];
    out->total += out->weight[i];
  }
}

static double scale_log(double x) {
  const mine__warp warp = {.form = MINE_WARP_LOG};
  return mine__warp_number(&warp, x);
}

static double scale_octile(double low, double middle, double high) {
  return high > low ? ((high - middle) - (middle - low)) / (high - low) : 0;
}

/* Whether the logarithm is taken; if so the values are theirs from now on. */
static int scale_bend(scale_sorted *s) {
  const double q05 = scale_quantile(s, 0.05), q50 = scale_quantile(s, 0.5);
  const double q95 = scale_quantile(s, 0.95), tail = scale_octile(q05, q50, q95);
  const double bent = scale_octile(scale_log(q05), scale_log(q50), scale_log(q95));
  const int wide = !isfinite(s->value[s->n - 1] - s->value[0]);
  if (!wide && !(s->value[0] >= 0 && tail > SCALE_TAIL && fabs(bent) < tail / 2)) return 0;
  for (int64_t i = 0; i < s->n; i++)
    s->value[i] = scale_log(s->value[i]);
  return 1;
}

static double scale_clip(double x, double least, double most) {
  return x < least ? least : x > most ? most : x;
}

/* The deviation of what is between the two, in their distance. */
static double scale_deviation(const scale_sorted *s, double centre, double low, double high) {
  const double width = high - low;
  double sum = 0, square = 0;
  for (int64_t i = 0; i < s->n; i++) {
    const double u = (scale_clip(s->value[i], low, high) - centre) / width;
    sum += s->weight[i] * u;
    square += s->weight[i] * u * u;
  }
  sum /= s->total;
  return sqrt(fmax(square / s->total - sum * sum, 0));
}

static int64_t scale_distinct(const scale_sorted *s) {
  int64_t n = 1;
  for (int64_t i = 1; i < s->n; i++)
    n += s->value[i] != s->value[i - 1];
  return n;
}

static void scale_number(const scale_sorted *s, mine_latent_column *column, double *least) {
  const double low_end = s->value[0], high_end = s->value[s->n - 1];
  double low = scale_quantile(s, 0.01), high = scale_quantile(s, 0.99);
  if (!(high > low)) {
    low = low_end;
    high = high_end;
  }
  const double width = high - low, centre = scale_quantile(s, 0.5);
  const double factor = 1 / (scale_deviation(s, centre, low, high) * width);
  if (!(width > 0) || !isfinite(factor) || !(factor > 0)) return; /* too close to be told apart */
  const double from = fmax(low_end, low - width / 2), to = fmin(high_end, high + width / 2);
  const int64_t distinct = scale_distinct(s);
  column->centre = centre;
  column->factor = factor;
  column->least = (low - centre) * factor - 3 * width * factor;
  column->most = (high - centre) * factor + 3 * width * factor;
  column->noise = -log((to - from) * factor);
  *least = SCALE_LEAST;
  if (distinct <= SCALE_STEPS) {
    const double step = (to - from) * factor / (double)(distinct - 1);
    *least = fmax(*least, step * step / 4);
  }
}

/* ---- categories ---------------------------------------------------------------------- */

typedef struct scale_level {
  double weight;
  int64_t level;
} scale_level;

static int scale_before(const void *context, const void *left, const void *right) {
  const scale_level *a = left, *b = right;
  (void)context;
  return a->weight != b->weight ? a->weight > b->weight : a->level < b->level;
}

static scale_level *scale_count(const twostep_fit *fit, int f, int64_t levels, double *total) {
  mine_env *env = fit->env;
  const int32_t *code = fit->data->rows.feature[f].code;
  scale_level *level = mine__arena_zeros(env->scratch, (size_t)levels, sizeof *level);
  scale_level *spare = mine__arena_array(env->scratch, (size_t)levels, sizeof *spare);
  *total = 0;
  if (mine_failed(env)) return NULL;
  for (int64_t l = 0; l < levels; l++)
    level[l].level = l;
  for (int64_t i = 0; i < fit->content.n && !MINE_POLL_AT(env, i); i++) {
    const int32_t c = code[fit->content.row[i]];
    if (c < 0) continue;
    level[c].weight += fit->content.weight[i];
    *total += fit->content.weight[i];
  }
  mine__sort(env, level, spare, (size_t)levels, sizeof *level, scale_before, NULL);
  return mine_failed(env) ? NULL : level;
}

/* The frequent ones have slots 0, 1, ...; the rare ones the last. */
static void scale_category(twostep_fit *fit, int f, mine_latent_column *column) {
  mine_env *env = fit->env;
  double total, rare = 0;
  int64_t kept = 0;
  column->levels = fit->data->about[f].levels.values.n;
  column->slot = mine__arena_array(fit->model->arena, (size_t)column->levels, sizeof(int32_t));
  double *overall = mine__arena_zeros(env->scratch, SCALE_LEVELS + 1, sizeof *overall);
  fit->scale.overall[f] = overall;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const scale_level *level = scale_count(fit, f, column->levels, &total);
  if (mine_failed(env)) return;
  const double enough = fmax(SCALE_SHARE * total, SCALE_ROWS);
  for (int64_t i = 0; i < column->levels; i++) {
    const int keep = kept == i && i < SCALE_LEVELS && level[i].weight >= enough;
    column->slot[level[i].level] = level[i].weight > 0 ? (int32_t)kept : -1;
    if (keep)
      overall[kept++] = level[i].weight / total;
    else
      rare += level[i].weight;
  }
  column->slots = kept + (rare > 0 || kept == 0);
  if (column->slots > kept) overall[kept] = kept ? rare / total : 1;
  column->noise = -log((double)column->slots);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- all columns ------------------------------------------------------------------------- */

static void scale_feature(twostep_fit *fit, int f) {
  mine_env *env = fit->env;
  mine_latent_column *column = &fit->scale.column[f];
  const int64_t n = fit->content.n < SCALE_SAMPLE ? fit->content.n : SCALE_SAMPLE;
  if (fit->data->rows.feature[f].code) {
    scale_category(fit, f, column);
    return;
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  scale_sorted s;
  scale_sort(fit, f, n, &s);
  if (!mine_failed(env) && s.n > 0 && s.value[0] < s.value[s.n - 1]) {
    column->bent = scale_bend(&s);
    scale_number(&s, column, &fit->scale.floor[f]);
    if (!(column->factor > 0)) column->bent = 0;
  }
  mine__arena_rewind(env->scratch, mark);
}

static void scale_list(twostep_fit *fit) {
  twostep_scale *s = &fit->scale;
  for (int f = 0; f < fit->data->n_features; f++) {
    const mine_latent_column *column = &s->column[f];
    if (column->factor > 0) s->number[s->numbers++] = f;
    if (column->slots < 2) continue;
    s->first[s->categories] = s->slots;
    s->category[s->categories++] = f;
    s->slots += (int)column->slots;
  }
}

/* Which numbers are taken by their logarithm, and which columns say nothing. */
static void scale_tell(const twostep_fit *fit) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_text bent, silent;
  int n_bent = 0, n_silent = 0;
  mine__text_open(&bent, env->scratch);
  mine__text_open(&silent, env->scratch);
  for (int f = 0; f < fit->data->n_features; f++) {
    const mine_latent_column *column = &fit->scale.column[f];
    const char *name = fit->data->about[f].name;
    if (column->bent && n_bent++ < SCALE_NAMES)
      mine__text_addf(&bent, "%s%.40s", n_bent > 1 ? ", " : "", name);
    if (!(column->factor > 0) && column->slots < 2 && n_silent++ < SCALE_NAMES)
      mine__text_addf(&silent, "%s%.40s", n_silent > 1 ? ", " : "", name);
  }
  if (n_bent > SCALE_NAMES) mine__text_addf(&bent, " and %d more", n_bent - SCALE_NAMES);
  if (n_silent > SCALE_NAMES) mine__text_addf(&silent, " and %d more", n_silent - SCALE_NAMES);
  if (mine_failed(env)) return;
  if (n_bent)
    mine__model_note(fit->model, "fit", "log", "a long right tail: the logarithm is taken of %s",
                     bent.data);
  if (n_silent)
    mine__model_note(fit->model, "warning", "",
                     "says nothing of clusters: %s has no two values that many rows share",
                     silent.data);
  mine__arena_rewind(env->scratch, mark);
}

void mine__twostep_scale(twostep_fit *fit) {
  mine_env *env = fit->env;
  const size_t d = (size_t)fit->data->n_features;
  twostep_scale *s = &fit->scale;
  *s = (twostep_scale){
      .column = mine__arena_zeros(fit->model->arena, d, sizeof *s->column),
      .floor = mine__arena_zeros(env->scratch, d, sizeof *s->floor),
      .overall = mine__arena_zeros(env->scratch, d, sizeof *s->overall),
      .number = mine__arena_zeros(env->scratch, d, sizeof *s->number),
      .category = mine__arena_zeros(env->scratch, d, sizeof *s->category),
      .first = mine__arena_zeros(env->scratch, d, sizeof *s->first),
  };
  for (int f = 0; f < fit->data->n_features && !mine__poll(env); f++)
    scale_feature(fit, f);
  if (mine_failed(env)) return;
  scale_list(fit);
  scale_tell(fit);
}

/* ---- points --------------------------------------------------------------------------------- */

typedef struct scale_job {
  const twostep_fit *fit;
  twostep_points *to;
} scale_job;

static void scale_points(void *context, int64_t task, int worker) {
  const scale_job *job = context;
  const twostep_fit *fit = job->fit;
  const twostep_scale *s = &fit->scale;
  twostep_points *to = job->to;
  const int64_t first = task * TWOSTEP_BLOCK, left = to->n - first;
  const int64_t end = first + (left < TWOSTEP_BLOCK ? left : TWOSTEP_BLOCK);
  (void)worker;
  for (int j = 0; j < s->numbers; j++) {
    const double *number = fit->data->rows.feature[s->number[j]].number;
    for (int64_t i = first; i < end; i++)
      to->z[j * to->n + i] =
          mine__latent_number(&s->column[s->number[j]], number[fit->content.row[i]]);
  }
  for (int j = 0; j < s->categories; j++) {
    const int32_t *code = fit->data->rows.feature[s->category[j]].code;
    const int32_t *slot = s->column[s->category[j]].slot;
    for (int64_t i = first; i < end; i++) {
      const int32_t c = code[fit->content.row[i]];
      to->slot[j * to->n + i] = c < 0 ? -1 : slot[c];
    }
  }
  for (int64_t i = first; i < end; i++)
    to->weight[i] = fit->content.weight[i];
}

void mine__twostep_points(twostep_fit *fit, int64_t n, twostep_points *out) {
  mine_env *env = fit->env;
  const size_t size = (size_t)n;
  scale_job job = {fit, out};
  *out = (twostep_points){.scale = &fit->scale, .n = n};
  out->z = mine__arena_array(env->scratch, size, (size_t)fit->scale.numbers * sizeof *out->z);
  out->slot =
      mine__arena_array(env->scratch, size, (size_t)fit->scale.categories * sizeof *out->slot);
  out->weight = mine__arena_array(env->scratch, size, sizeof *out->weight);
  if (mine_failed(env) || mine__parallel(env, MINE_BLOCKS(n, TWOSTEP_BLOCK), scale_points, &job))
    return;
  for (int64_t i = 0; i < n; i++)
    out->total += out->weight[i];
}
