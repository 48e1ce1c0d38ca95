/*
** als.c -- the recommender of als.h: what is learned, stored and said.
**
** The model keeps the points of the items only.  A customer's point is the exact solution of the
** half step for what he took, so that new customers and new purchases need no training, and the
** score falls into parts, one for each item that he took (Hu, Koren & Volinsky 2008, section 5):
** with A the matrix of that solution, the part of item i in the score of j is c_i y_j A^-1 y_i.
*/
#include "als.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/recommender.h"
#include "recommend.h"

#define ALS_POINT_BLOCK 256 /* items whose scores stay in the first cache */
#define ALS_POINT_MOST  1024

typedef struct als_point_options {
  int64_t factors, iterations, cg_steps;
  double regularization, alpha, regularization_scale;
  int solver, weights;
} als_point_options;

static const char *const als_point_solvers[] = {"cg", "cholesky", NULL};

static const mine_option als_point_option_table[] = {
    OPTION_INT(als_point_options, factors, .initial = "64", .range = {1, ALS_POINT_MOST},
               .help = "numbers of a customer's and an item's point"),
    OPTION_INT(als_point_options, iterations, .initial = "15", .range = {1, 1000},
               .help = "how often customers and items take turns"),
    OPTION_REAL(als_point_options, regularization, .initial = "0.3", .range = {0, 1e9},
                .above_least = 1, .help = "the penalty on the squares of points"),
    OPTION_REAL(als_point_options, regularization_scale, .initial = "1", .range = {0, 1},
                .help = "penalty times (taken + all / alpha) to this power: 1 holds those who took "
                        "much as firmly as others"),
    OPTION_REAL(als_point_options, alpha, .initial = "5", .range = {0, 1e6}, .above_least = 1,
                .help = "what was taken counts 1 + alpha times its weight, anything else 1"),
    OPTION_CHOICE(als_point_options, weights, .initial = "binary", .choices = mine__taken_weights,
                  .help = "the weight of an item: 1, the number of baskets with it, or the "
                          "logarithm of 1 more than that"),
    OPTION_CHOICE(als_point_options, solver, .initial = "cg", .choices = als_point_solvers,
                  .help = "a point is moved by conjugate gradients, or solved exactly (slower)"),
    OPTION_INT(als_point_options, cg_steps, .initial = "3", .range = {1, 1000},
               .help = "steps of conjugate gradients in each turn"),
    OPTION_END};

typedef struct als_point_body {
  int weights;
  double alpha, regularization, scaling;
  int64_t f;
  float *item; /* n_items x f */
} als_point_body;

/* ---- learning ------------------------------------------------------------------------------- */

static int als_point_rows(mine_env *env, const mine_interactions *of, int weights,
                          mine_taken *out) {
  double *value = mine__arena_array(env->scratch, (size_t)of->n_pairs, sizeof *value);
  if (mine_failed(env)) return 0;
  for (int64_t p = 0; p < of->n_pairs; p++)
    value[p] = mine__taken_value(weights, of->pair_count[p]);
  *out = (mine_taken){of->n_customers, of->n_items, of->pair_first, of->pair_item, value};
  return 1;
}

/* Said before it begins: what cannot be held, and how many factors can. */
static int als_point_fits(mine_env *env, const mine_interactions *of, int64_t factors) {
  const mine_memory *memory = &env->memory;
  const double has = memory->limit > memory->used ? (double)(memory->limit - memory->used) : 0;
  const int64_t rows = of->n_customers, columns = of->n_items, cells = of->n_pairs;
  const double needs = mine__als_bytes(env, rows, columns, cells, factors);
  char wanted[MINE_NUMBER_BYTES], there[MINE_NUMBER_BYTES], remedy[80];
  if (!memory->limit || needs <= has) return 1;
  int64_t fewer = factors / 2;
  while (fewer > 0 && mine__als_bytes(env, rows, columns, cells, fewer) > 0.9 * has)
    fewer /= 2;
  if (fewer > 0)
    snprintf(remedy, sizeof remedy, "take fewer (factors=%lld)", (long long)fewer);
  else
    snprintf(remedy, sizeof remedy, "learn from fewer events");
  (void)mine__fail(
      env, MINE_LIMIT,
      "%lld customers and %lld items of %lld factors need %s GB, and %s GB are left of "
      "max_memory; %s, or raise it",
      (long long)rows, (long long)columns, (long long)factors,
      mine__format_real(wanted, needs / 1e9, 3), mine__format_real(there, has / 1e9, 3), remedy);
  return 0;
}

/* "4120 3981 3977": the loss after each iteration; of many the first, and the last ones. */
static void als_point_tell(mine_model *model, const double *loss, int64_t n) {
  char text[MINE_ERROR_BYTES] = "";
  size_t used = 0;
  for (int64_t i = 0; i < n; i++) {
    char shown[MINE_NUMBER_BYTES];
    if (i >= 20 && i < n - 10) continue;
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
                             mine__format_real(shown, loss[i], 6));
  }
  mine__model_note(model, "fit", "loss", "after each iteration: %s", text);
  if (n > 1 && loss[n - 2] - loss[n - 1] > 0.01 * loss[n - 1])
    mine__model_note(model, "warning", "iterations",
                     "the last one still lowered the loss by more than 1%%; more may help");
}

/* Under a large penalty all points fall into 0, and no score says anything. */
static void als_point_vanish(mine_model *model, const als_point_body *body, int64_t n_items) {
  double most = 0;
  for (int64_t i = 0; i < n_items * body->f; i++)
    most = fmax(most, fabs((double)body->item[i]));
  if (most < 1e-6)
    mine__model_note(model, "warning", "regularization",
                     "every point is 0, so that all items score the same and what most take is "
                     "offered; a smaller regularization, or a larger alpha, is needed");
}

static mine_status als_point_learn(mine_env *env, const mine_interactions *of, const void *options,
                                   mine_model *model, mine_recommender *to) {
  const als_point_options *o = options;
  const mine_als_options how = {.factors = o->factors,
                                .iterations = o->iterations,
                                .seed = of->seed,
                                .regularization = o->regularization,
                                .alpha = o->alpha,
                                .scaling = o->regularization_scale,
                                .solver = o->solver,
                                .steps = o->cg_steps};
  als_point_body *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  mine_taken taken;
  mine_als als;
  if (!body || !als_point_fits(env, of, o->factors) ||
      !als_point_rows(env, of, o->weights, &taken) ||
      !mine__als_fit(env, env->scratch, &taken, &how, &als))
    return mine_env_status(env);
  *body = (als_point_body){.weights = o->weights,
                           .alpha = o->alpha,
                           .regularization = o->regularization,
                           .scaling = o->regularization_scale,
                           .f = o->factors};
  body->item =
      mine__arena_array(model->arena, (size_t)of->n_items, (size_t)body->f * sizeof *body->item);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < of->n_items; i++)
    memcpy(body->item + i * body->f, als.item + i * als.wide, (size_t)body->f * sizeof(float));
  to->own = body;
  als_point_tell(model, als.loss, o->iterations);
  als_point_vanish(model, body, of->n_items);
  return MINE_OK;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void als_point_save(const mine_recommender *of, mine_writer *w) {
  const als_point_body *body = of->own;
  mine__write_u8(w, (uint8_t)body->weights);
  mine__write_real(w, body->alpha);
  mine__write_real(w, body->regularization);
  mine__write_real(w, body->scaling);
  mine__write_u32(w, (uint32_t)body->f);
  mine__write_floats(w, body->item, (size_t)(of->n_items * body->f));
}

static void als_point_load(mine_reader *r, mine_recommender *to) {
  als_point_body *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  const uint8_t weights = mine__read_u8(mine__worded(r, "weights", mine__taken_weights));
  const double alpha = mine__read_finite(mine__called(r, "alpha"));
  const double regularization = mine__read_finite(mine__called(r, "regularization"));
  const double scaling = mine__read_finite(mine__called(r, "regularization_scale"));
  const uint32_t f = mine__read_u32(mine__called(r, "factors"));
  if (!body || !mine__reader_ok(r)) return;
  if (weights >= MINE_TAKEN_WEIGHTS) mine__reader_bad(r, "how items count");
  if (!(alpha > 0 && alpha <= 1e6) || !(regularization > 0 && regularization <= 1e9) ||
      !(scaling >= 0 && scaling <= 1))
    mine__reader_bad(r, "the penalty");
  if (f < 1 || f > ALS_POINT_MOST) mine__reader_bad(r, "the number of factors");
  if (!mine__reader_ok(r)) return;
  const size_t n = (size_t)to->n_items * f;
  *body = (als_point_body){weights, alpha, regularization, scaling, f, NULL};
  body->item = mine__read_floats(mine__called(r, "item_points"), n);
  for (size_t i = 0; mine__reader_ok(r) && i < n; i++)
    if (!(fabsf(body->item[i]) < 1e9F)) mine__reader_bad(r, "an item's point");
  to->own = body;
}

/* ---- asked ---------------------------------------------------------------------------------- */

typedef struct als_point_state {
  const mine__kernels *kernels;
  double *square; /* item'item, f x f                                    */
  double *blocks; /* blocks of items, each turned: factors x items of it */
} als_point_state;

/* A worker's memory, cut from one block of zeros. */
typedef struct als_point_room {
  const int64_t *asked; /* whose point it is: the history's event_first */
  double *a, *x, *spare, *more;
} als_point_room;

static void als_point_square(mine_env *env, const als_point_body *body, int64_t n,
                             als_point_state *state) {
  const int64_t f = body->f;
  for (int64_t i = 0; i < n; i++) {
    const float *y = body->item + i * f;
    if (i % 1024 == 0 && mine__poll(env)) return;
    for (int64_t j = 0; j < f; j++) {
      for (int64_t k = 0; k < f; k++)
        state->square[j * f + k] += (double)y[j] * (double)y[k];
    }
  }
}

static const void *als_point_open(mine_env *env, mine_arena *arena, const mine_recommender *of) {
  const als_point_body *body = of->own;
  const int64_t f = body->f;
  als_point_state *state = mine__arena_zeros(arena, 1, sizeof *state);
  if (!state) return NULL;
  state->kernels = mine__kernels_here();
  state->square = mine__arena_zeros(arena, (size_t)(f * f), sizeof *state->square);
  state->blocks = mine__arena_array(arena, (size_t)of->n_items, (size_t)f * sizeof(double));
  if (mine_failed(env)) return NULL;
  als_point_square(env, body, of->n_items, state);
  for (int64_t first = 0; first < of->n_items; first += ALS_POINT_BLOCK) {
    const int64_t left = of->n_items - first, n = left < ALS_POINT_BLOCK ? left : ALS_POINT_BLOCK;
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j < f; j++)
        state->blocks[first * f + j * n + i] = (double)body->item[(first + i) * f + j];
    }
  }
  return mine_failed(env) ? NULL : state;
}

static size_t als_point_room_bytes(const mine_recommender *of) {
  const als_point_body *body = of->own;
  return sizeof(als_point_room) +
         (size_t)(body->f * body->f + 2 * body->f + of->n_items) * sizeof(double);
}

/* The customer's point, in room->x, and Cholesky's triangle of its matrix, in room->a; those of the
** last one asked are still there.  Whoever asks hands in zeros first, so that nobody was
** asked. */
static const als_point_room *als_point_customer(const mine_recommender *of,
                                                const als_point_state *state,
                                                const mine_history *history, void *bytes) {
  const als_point_body *body = of->own;
  const int64_t f = body->f;
  const mine_als_options how = {
      .regularization = body->regularization, .alpha = body->alpha, .scaling = body->scaling};
  als_point_room *room = bytes;
  if (room->asked == history->event_first) return room;
  room->a = (double *)(void *)(room + 1);
  room->x = room->a + f * f;
  room->spare = room->x + f;
  room->more = room->spare + f;
  for (int64_t i = 0; i < history->n; i++)
    room->more[i] = body->alpha * mine__taken_value(body->weights, history->count[i]);
  mine__als_solve(body->item, f, f, state->square, mine__als_lambda(&how, history->n, of->n_items),
                  history->n, history->item, room->more, room->a, room->x, room->spare);
  room->asked = history->event_first;
  return room;
}

static void als_point_score(const mine_recommender *of, const void *state,
                            const mine_history *history, mine_scores *out, void *bytes) {
  const als_point_body *body = of->own;
  const als_point_state *s = state;
  const als_point_room *room = als_point_customer(of, s, history, bytes);
  memset(out->score, 0, (size_t)of->n_items * sizeof *out->score);
  for (int64_t first = 0; first < of->n_items; first += ALS_POINT_BLOCK) {
    const int64_t left = of->n_items - first, n = left < ALS_POINT_BLOCK ? left : ALS_POINT_BLOCK;
    s->kernels->dense(room->x, body->f, 1, s->blocks + first * body->f, body->f, n,
                      out->score + first);
  }
  out->n = -1;
}

static void als_point_carried(const mine_recommender *of, const void *state,
                              const mine_history *history, int32_t item, double *to, void *bytes) {
  const als_point_body *body = of->own;
  const int64_t f = body->f;
  const als_point_room *room = als_point_customer(of, state, history, bytes);
  double *turned = room->spare; /* A^-1 y */
  for (int64_t j = 0; j < f; j++)
    turned[j] = (double)body->item[item * f + j];
  mine__solve_upper(f, room->a, 1, turned);
  mine__solve_upper(f, room->a, 0, turned);
  for (int64_t i = 0; i < history->n; i++) {
    const float *y = body->item + history->item[i] * f;
    double part = 0;
    for (int64_t j = 0; j < f; j++)
      part += (double)y[j] * turned[j];
    to[i] = (1 + room->more[i]) * part;
  }
}

static double als_point_product(const als_point_body *body, int32_t a, int32_t b) {
  double sum = 0;
  for (int64_t j = 0; j < body->f; j++)
    sum += (double)body->item[a * body->f + j] * (double)body->item[b * body->f + j];
  return sum;
}

/* The cosine of two points. */
static void als_point_similar(const mine_recommender *of, const void *state, int32_t item,
                              mine_scores *out, void *room) {
  const als_point_body *body = of->own;
  const double length = als_point_product(body, item, item);
  (void)state;
  (void)room;
  for (int32_t i = 0; i < of->n_items; i++) {
    const double other = als_point_product(body, i, i);
    if (length > 0 && other > 0)
      mine__score_add(out, i, als_point_product(body, item, i) / sqrt(length * other));
  }
}

static const mine_recommending als_point_recommending = {
    .repeat = MINE_REPEAT_EXCLUDE,
    .learn = als_point_learn,
    .save = als_point_save,
    .load = als_point_load,
    .open = als_point_open,
    .room = als_point_room_bytes,
    .score = als_point_score,
    .carried = als_point_carried,
    .similar = als_point_similar,
};

const mine_algorithm mine__algorithm_als = {
    .name = "als",
    .title = "points of customers and items by alternating least squares (implicit feedback)",
    .citation =
        "Hu, Koren & Volinsky, Collaborative filtering for implicit feedback datasets, ICDM 2008; "
        "Takacs, Pilaszy & Tikk, Applications of the conjugate gradient method for implicit "
        "feedback collaborative filtering, RecSys 2011; Rendle, Krichene, Zhang & Koren, "
        "Revisiting the performance of iALS on item recommendation benchmarks, RecSys 2022",
    .notes =
        "For many items: memory and time grow with the events, not with the square of the items. "
        "The model keeps the points of the items; a customer's is solved from what he took when he "
        "is asked for, so that new customers need no training. The score is the product of two "
        "points, about 1 for what goes together; `because` names the items whose parts of it are "
        "largest. `repeat=exclude` is its default. Times are not used.",
    .example =
        "SELECT item, rank, other, round(score, 2) AS score FROM mine_similar(\n  "
        "(SELECT mine_fit('als',\n  " MINE_TAKEN_EXAMPLE
        ", 'factors=4, iterations=30, regularization=0.1, solver=cholesky')), 'tea|milk', "
        "'top=2');",
    .tasks = MINE_RECOMMENDATION,
    .reads = "events",
    .options_size = sizeof(als_point_options),
    .options = als_point_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &als_point_recommending,
};
