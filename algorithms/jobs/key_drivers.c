/*
** key_drivers.c -- mine_key_drivers: how much of a target each of several numbers explains,
** where these move together.
**
** Relative weights (Johnson 2000).  The drivers' correlations R = V D V' have the square root
** L = V D^(1/2) V'; the orthogonal variables nearest to the drivers explain the target r (its
** correlations with them) by
**
**   b = L^-1 r,  R^2 = sum b_k^2
**
** and a driver j is made of them by l_jk, sum_k l_jk^2 = 1.  So each share b_k^2 goes to the
** drivers by l_jk^2:
**
**   e_j = sum_k l_jk^2 b_k^2,  sum e_j = R^2;  the weight is e_j / R^2
**
** Unlike coefficients, weights are never negative, add up to one, and do not jump when two
** drivers say the same: these share what they explain.  Directions in which the drivers do not
** vary (D below 1e-10 of its mean) explain nothing.
**
** Intervals are percentiles of weights of samples drawn with replacement from the rows (Tonidandel,
** LeBreton & Johnson 2009).  O((1 + bootstrap) n p^2 + p^3), samples side by side.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/radix.h"
#include "../core/random.h"
#include "../kernel/eigen.h"
#include "verb.h"

#define KEY_MOST_DRIVERS 200
#define KEY_FLAT         1e-10
#define KEY_PURPOSE      0x6b657964 /* random streams: "keyd" */

typedef struct key_options {
  mine_cell target;
  int64_t bootstrap;
  double level;
} key_options;

static const mine_option key_table[] = {
    OPTION_TEXT(key_options, target, .help = "the column of numbers that is explained; required"),
    OPTION_INT(key_options, bootstrap, .initial = "200", .range = {0, 10000},
               .help = "samples for low and high; 0: none"),
    OPTION_REAL(key_options, level, .initial = "0.95", .range = {0.5, 0.9999},
                .help = "how often an interval holds the true weight"),
    OPTION_END};

/* What the correlations of p drivers and the target come to. */
typedef struct key_weights {
  double *weight, *beta; /* per driver; beta: coefficient where all have deviation 1 */
  double r_squared;
  int64_t flat; /* directions in which the drivers do not vary */
} key_weights;

/* Room for one set of them: all of one worker. */
typedef struct key_room {
  double *sums; /* (p + 1) of them, then products (p + 1)^2, upper triangle */
  double *r;    /* correlations of the drivers, then eigenvectors           */
  double *value, *work, *along, *root;
} key_room;

typedef struct key_work {
  mine_job *job;
  const key_options *options;
  int64_t n, p;
  const mine_column **driver; /* p of them, then the target */
  double *x;                  /* n rows of p + 1, centred, deviation about 1 */
  double *scale;              /* what they were divided by */
  uint64_t seed;
  key_room *room;  /* per worker */
  double *samples; /* weights of sample b: samples[j * bootstrap + b] */
} key_work;

/* ---- reading ----------------------------------------------------------------------------- */

/* Two words of which one obviously counts, such as yes and no, as 1 and 0; NULL: it is no such
** column, or (recorded) no memory. */
static const mine_column *key_words(const key_work *w, const mine_column *t) {
  mine_cell a, b;
  if (!t->code || t->levels.n != 2) return NULL;
  mine__values_get(&t->levels, 0, &a);
  mine__values_get(&t->levels, 1, &b);
  const int counts = mine__classes_obvious(&a, &b);
  if (counts < 0) return NULL;
  const int64_t rows = w->job->frame->rows;
  mine_column *as = mine__arena_zeros(w->job->arena, 1, sizeof *as);
  double *number = mine__arena_array(w->job->arena, (size_t)rows, sizeof *number);
  char shown[MINE_SHOW_BYTES];
  if (!as || !number) return NULL;
  for (int64_t i = 0; i < rows; i++)
    number[i] = t->code[i] < 0 ? (double)NAN : t->code[i] == counts;
  as->name = t->name;
  as->number = number;
  as->deviation = 1;
  mine__job_notef(w->job, "numbers", t->name, "%s counts as 1, the other as 0",
                  mine__show_cell(shown, counts ? &b : &a));
  return as;
}

static void key_choose(key_work *w) {
  mine_job *job = w->job;
  const mine_chosen *chosen = &job->attributes.chosen;
  const char *name = mine__option_name_of(&w->options->target);
  if (!name) {
    (void)mine__fail(job->env, MINE_OPTION,
                     "it needs the column that is explained; say target=<column>");
    return;
  }
  const int target = mine__column_said(job->frame, "target", &w->options->target);
  w->driver = mine__arena_array(job->arena, (size_t)chosen->n + 1, sizeof *w->driver);
  if (target < 0 || !w->driver) return;
  const mine_column *of = &job->frame->column[target], *words = key_words(w, of);
  const mine_column *t = words ? words : of;
  if (mine_failed(job->env)) return;
  if (!t->number || !(t->deviation > 0)) {
    (void)mine__fail(
        job->env, MINE_DATA,
        "the target '%s' is no number that varies; a rating, 0 and 1, or yes and no, is one",
        t->name);
    return;
  }
  for (int c = 0; c < chosen->n; c++) {
    const mine_column *column = &job->frame->column[chosen->column[c]];
    if (column == of) continue;
    if (column->number)
      w->driver[w->p++] = column;
    else
      mine__job_note(job, "dropped", column->name,
                     "a category; weights are of numbers: select a column of 0 and 1 for a level");
  }
  w->driver[w->p] = t;
  if (w->p < 1 || w->p > KEY_MOST_DRIVERS)
    (void)mine__fail(job->env, MINE_DATA,
                     "there are %lld drivers, columns of numbers that vary beside the target; "
                     "select 1 to %d",
                     (long long)w->p, KEY_MOST_DRIVERS);
}

static int key_complete(const key_work *w, int64_t row) {
  for (int64_t c = 0; c <= w->p; c++)
    if (isnan(w->driver[c]->number[row])) return 0;
  return 1;
}

/* Rows in which nothing is missing, less the mean of the column and by its deviation: figures
** near one, whatever the units. */
static void key_read(key_work *w) {
  const int64_t rows = w->job->frame->rows, width = w->p + 1;
  w->x = mine__arena_array(w->job->arena, (size_t)rows * (size_t)width, sizeof *w->x);
  w->scale = mine__arena_array(w->job->arena, (size_t)width, sizeof *w->scale);
  if (mine_failed(w->job->env)) return;
  for (int64_t c = 0; c < width; c++)
    w->scale[c] = w->driver[c]->deviation > 0 ? w->driver[c]->deviation : 1;
  for (int64_t i = 0; i < rows; i++) {
    if (MINE_POLL_AT(w->job->env, i)) return;
    if (!key_complete(w, i)) continue;
    double *x = w->x + w->n++ * width;
    for (int64_t c = 0; c < width; c++)
      x[c] = (w->driver[c]->number[i] - w->driver[c]->mean) / w->scale[c];
  }
  if (w->n < rows)
    mine__job_notef(w->job, "warning", "", "%lld of %lld rows have a gap and do not count",
                    (long long)(rows - w->n), (long long)rows);
  if (w->n < 3)
    (void)mine__fail(w->job->env, MINE_DATA,
                     "%lld row%s all of the target and the drivers, and it takes three; leave "
                     "the column with the most gaps out with ignore=",
                     (long long)w->n, w->n == 1 ? " has" : "s have");
}

/* ---- weights ------------------------------------------------------------------------------ */

static void key_add(const key_work *w, const double *x, double *sums) {
  const int64_t width = w->p + 1;
  double *product = sums + width;
  for (int64_t i = 0; i < width; i++, product += width) {
    sums[i] += x[i];
    for (int64_t j = i; j < width; j++)
      product[j] += x[i] * x[j];
  }
}

/* Sums become correlations, in place of the products; 0: a column does not vary. */
static int key_correlate(const key_work *w, double *sums) {
  const int64_t width = w->p + 1;
  const double n = (double)w->n;
  double *product = sums + width;
  for (int64_t i = 0; i < width; i++)
    for (int64_t j = i; j < width; j++)
      product[i * width + j] -= sums[i] / n * sums[j];
  for (int64_t i = 0; i < width; i++) {
    if (!(product[i * width + i] > 1e-14 * n)) return 0;
    sums[i] = sqrt(product[i * width + i]);
  }
  for (int64_t i = 0; i < width; i++)
    for (int64_t j = i; j < width; j++)
      product[i * width + j] /= sums[i] * sums[j];
  return 1;
}

/* By the eigenvectors of the drivers' correlations; 0: it came to none. */
static int key_weigh(const key_work *w, mine_env *env, key_room *room, key_weights *out) {
  const int64_t p = w->p, width = p + 1;
  const double *r = room->sums + width;
  for (int64_t i = 0; i < p; i++) {
    room->r[i * p + i] = 1;
    for (int64_t j = i + 1; j < p; j++)
      room->r[i * p + j] = room->r[j * p + i] = r[i * width + j];
  }
  if (!mine__eigen(env, p, room->r, 1, room->value, room->work)) return 0;
  for (int64_t j = 0; j < p; j++)
    out->weight[j] = out->beta[j] = room->root[j] = 0;
  out->r_squared = 0;
  out->flat = 0;
  for (int64_t i = 0; i < p; i++) {
    const double *v = room->r + i * p;
    room->along[i] = 0;
    if (!(room->value[i] > KEY_FLAT)) {
      room->value[i] = 0;
      out->flat++;
      continue;
    }
    for (int64_t j = 0; j < p; j++)
      room->along[i] += v[j] * r[j * width + p];
    for (int64_t j = 0; j < p; j++) {
      out->beta[j] += v[j] * room->along[i] / room->value[i];
      room->root[j] += v[j] * room->along[i] / sqrt(room->value[i]); /* b_j */
    }
    out->r_squared += room->along[i] * room->along[i] / room->value[i];
  }
  for (int64_t j = 0; j < p; j++) {
    for (int64_t k = 0; k < p; k++) {
      double l = 0;
      for (int64_t i = 0; i < p; i++)
        l += room->r[i * p + j] * sqrt(room->value[i]) * room->r[i * p + k];
      out->weight[j] += l * l * room->root[k] * room->root[k];
    }
  }
  for (int64_t j = 0; j < p; j++)
    out->weight[j] = out->r_squared > 0 ? out->weight[j] / out->r_squared : (double)NAN;
  return 1;
}

static void key_room_open(mine_arena *arena, int64_t drivers, key_room *room) {
  const size_t p = (size_t)drivers, width = p + 1;
  room->sums = mine__arena_array(arena, width + width * width, sizeof *room->sums);
  room->r = mine__arena_array(arena, p * p, sizeof *room->r);
  room->value = mine__arena_array(arena, p, sizeof *room->value);
  room->work = mine__arena_array(arena, 2 * p, sizeof *room->work);
  room->along = mine__arena_array(arena, 3 * p, sizeof *room->along);
  room->root = mine__arena_array(arena, p, sizeof *room->root);
}

/* ---- samples --------------------------------------------------------------------------------- */

static void key_clear(const key_work *w, key_room *room) {
  const size_t width = (size_t)w->p + 1;
  memset(room->sums, 0, (width + width * width) * sizeof *room->sums);
}

static void key_sample(void *context, int64_t sample, int worker) {
  const key_work *w = context;
  key_room *room = &w->room[worker];
  const int64_t p = w->p, samples = w->options->bootstrap;
  key_weights drawn = {.weight = room->along + p, .beta = room->along + 2 * p};
  mine_random random;
  mine__random_open(&random, w->seed, KEY_PURPOSE, (uint64_t)sample);
  key_clear(w, room);
  for (int64_t i = 0; i < w->n; i++)
    key_add(w, w->x + (int64_t)mine__random_below(&random, (uint64_t)w->n) * (p + 1), room->sums);
  const int known = key_correlate(w, room->sums) && key_weigh(w, NULL, room, &drawn);
  for (int64_t j = 0; j < p; j++)
    w->samples[j * samples + sample] = known ? drawn.weight[j] : (double)NAN;
}

static void key_draw(key_work *w) {
  const size_t workers = (size_t)w->job->env->threads;
  w->room = mine__arena_zeros(w->job->arena, workers, sizeof *w->room);
  w->samples = mine__arena_array(w->job->arena, (size_t)(w->p * w->options->bootstrap) + 1,
                                 sizeof *w->samples);
  for (size_t k = 0; w->room && k < workers; k++)
    key_room_open(w->job->arena, w->p, &w->room[k]);
  if (mine_failed(w->job->env)) return;
  (void)!mine__parallel_progress(w->job->env, w->options->bootstrap, key_sample, w, "samples", 0,
                                 1);
}

/* Between which the share `level` of the samples' weights of a driver lies. */
static void key_between(const key_work *w, int64_t driver, double *room, double *low,
                        double *high) {
  const double *weight = w->samples + driver * w->options->bootstrap;
  const double outside = (1 - w->options->level) / 2;
  int64_t known = 0;
  for (int64_t i = 0; i < w->options->bootstrap; i++)
    if (!isnan(weight[i])) room[known++] = weight[i];
  *low = known < 2 ? (double)NAN : mine__quantile(room, known, outside);
  *high = known < 2 ? (double)NAN : mine__quantile(room, known, 1 - outside);
}

/* ---- the answer ----------------------------------------------------------------------------- */

/* `sums`: deviations (times a root of n) of the columns, then their correlations. */
static void key_put(const key_work *w, const key_weights *all, const double *sums,
                    mine_relation *out) {
  const double *r = sums + w->p + 1;
  mine_arena *arena = w->job->arena;
  const size_t p = (size_t)w->p;
  double *falling = mine__arena_array(arena, p, sizeof *falling);
  mine_pair *by = mine__arena_array(arena, p, sizeof *by);
  mine_pair *temp = mine__arena_array(arena, p, sizeof *temp);
  double *room = mine__arena_array(arena, (size_t)w->options->bootstrap + 1, sizeof *room);
  if (mine_failed(w->job->env)) return;
  for (size_t j = 0; j < p; j++)
    falling[j] = -all->weight[j];
  mine__sort_reals(falling, NULL, w->p, by, temp);
  for (int64_t k = 0; k < w->p; k++) {
    const int64_t j = by[k].row;
    double low, high;
    key_between(w, j, room, &low, &high);
    mine__row_int(out, k + 1);
    mine__row_text(out, w->driver[j]->name);
    mine__row_real(out, all->weight[j]);
    mine__row_real(out, low);
    mine__row_real(out, high);
    mine__row_real(out, r[j * (w->p + 1) + w->p]);
    mine__row_real(out, all->beta[j]);
    mine__row_real(out, all->beta[j] * (sums[w->p] / sums[j]) * (w->scale[w->p] / w->scale[j]));
    mine__row_real(out, all->r_squared);
    mine__row_int(out, w->n);
    mine__relation_end_row(out);
  }
}

static mine_status key_run(mine_job *job, mine_relation *out) {
  const mine_seed_options *seed = mine__options_of(&job->options, mine__seed_option_table);
  key_work w = {.job = job, .options = mine__options_of(&job->options, key_table)};
  key_room room;
  w.seed = (uint64_t)seed->seed;
  MINE_TRY(mine__job_attributes_finish(job));
  key_choose(&w);
  if (!mine_failed(job->env)) key_read(&w);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  key_room_open(job->arena, w.p, &room);
  key_weights all = {.weight = mine__arena_array(job->arena, (size_t)w.p, sizeof *all.weight),
                     .beta = mine__arena_array(job->arena, (size_t)w.p, sizeof *all.beta)};
  if (mine_failed(job->env)) return mine_env_status(job->env);
  key_clear(&w, &room);
  for (int64_t i = 0; i < w.n && !MINE_POLL_AT(job->env, i); i++)
    key_add(&w, w.x + i * (w.p + 1), room.sums);
  if (!mine_failed(job->env) &&
      !(key_correlate(&w, room.sums) && key_weigh(&w, job->env, &room, &all)) &&
      !mine_failed(job->env))
    (void)mine__fail(job->env, MINE_DATA,
                     "a column does not vary in the rows that have all of the target and the "
                     "drivers; leave it out with ignore=");
  if (!mine_failed(job->env) && all.flat > 0)
    mine__job_notef(job, "warning", "",
                    "%lld of the drivers follow from the others: these share "
                    "the weight, and coefficients are one choice of many",
                    (long long)all.flat);
  if (!mine_failed(job->env)) key_draw(&w);
  if (!mine_failed(job->env)) key_put(&w, &all, room.sums, out);
  return mine_env_status(job->env);
}

static const mine_answer key_answer[] = {
    {"rank", MINE_ANSWER_INTEGER, 1, "1: the driver that explains most"},
    {"driver", MINE_ANSWER_TEXT, 1, "the column"},
    {"weight", MINE_ANSWER_REAL, 0,
     "its share of what all of them explain; they add up to 1, and none is below 0"},
    {"low", MINE_ANSWER_REAL, 0,
     "the interval that holds the true weight in `level` of all samples"},
    {"high", MINE_ANSWER_REAL, 0, "its upper end"},
    {"correlation", MINE_ANSWER_REAL, 0, "with the target: the direction, if it stood alone"},
    {"beta", MINE_ANSWER_REAL, 0,
     "its coefficient beside the others, in standard deviations of both"},
    {"coefficient", MINE_ANSWER_REAL, 0, "the same in the units of both"},
    {"r_squared", MINE_ANSWER_REAL, 0,
     "the share of the target's variance that all of them explain"},
    {"rows", MINE_ANSWER_INTEGER, 0, "that have all of the target and the drivers"},
    {0},
};

static const mine_option_set key_sets[] = {
    {key_table, sizeof(key_options), 0}, MINE_SET_SOURCE, MINE_SET_SEED, MINE_SET_RUN, MINE_SET_END,
};

const mine_verb mine__verb_key_drivers = {
    .name = "mine_key_drivers",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "What drives a rating: how much of a target each of several numbers explains.",
    .notes =
        "Relative weights (Johnson): questions of a survey move together, so that coefficients of "
        "a "
        "regression jump and change sign; weights share out what the questions explain together. "
        "Rows with a gap do not count, categories are left out, and both are told. Intervals come "
        "from samples of the rows (`bootstrap=`). A driver that explains much need not be a cause.",
    .example =
        "SELECT rank, driver, round(weight, 3) AS weight, round(correlation, 2) AS correlation\n"
        "FROM mine_key_drivers(\n  " MINE_ROWS(
            "i AS id, i*7%11 AS staff, i*7%11 + i*3%5 AS wait, "
            "i*13%7 AS price, i*7%11 + i*13%7 + i%3 AS satisfaction") ", 'target=satisfaction');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = key_answer,
    .options = key_sets,
    .reads = "an id, then attributes and the target",
    .run = key_run,
};
