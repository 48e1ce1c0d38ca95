/*
** ease.c -- the recommender of ease.h: what is learned, stored and said.
**
** The inverse needs n^2 / 2 numbers, so what it will take is held against max_memory before it
** begins; max_items leaves out the rare items.  Of the n^2 weights the largest of each item stay.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/recommender.h"
#include "ease.h"
#include "recommend.h"

typedef struct weave_options {
  double lambda;
  int weights;
  int64_t neighbors, max_items;
} weave_options;

static const mine_option weave_option_table[] = {
    OPTION_REAL(weave_options, lambda, .initial = "1000", .range = {0, 1e12}, .above_least = 1,
                .help = "the penalty: larger holds weights nearer to 0; more for more events"),
    OPTION_CHOICE(weave_options, weights, .initial = "binary", .choices = mine__taken_weights,
                  .help = "what an item counts: 1, the number of baskets with it, or the "
                          "logarithm of 1 more than that"),
    OPTION_INT(weave_options, neighbors, .initial = "500", .range = {1, 1e6},
               .help = "how many of the largest weights are kept of each item"),
    OPTION_INT(weave_options, max_items, .range = {1, 1e6},
               .help = "learn from so many of the most taken items only; all when not given"),
    OPTION_END};

typedef struct weave_body {
  int weights;
  mine_ease ease;
} weave_body;

/* ---- learning ------------------------------------------------------------------------------- */

/* Which items stay, in the order of their numbers; to[i] is the place of item i, or -1. */
static int64_t weave_choose(const mine_recommender *of, int64_t most, int32_t *to,
                            int32_t *number) {
  int64_t n = 0;
  memset(to, 0, (size_t)of->n_items * sizeof *to);
  for (int64_t r = 0; r < of->n_items; r++)
    to[of->popular[r]] = r < most && of->taken[of->popular[r]] > 0;
  for (int32_t i = 0; i < of->n_items; i++) {
    const int stays = to[i];
    to[i] = stays ? (int32_t)n : -1;
    if (stays) number[n++] = i;
  }
  return n;
}

static int weave_rows(mine_env *env, const mine_interactions *of, int weights, const int32_t *to,
                      int64_t columns, mine_taken *out) {
  mine_arena *arena = env->scratch;
  int64_t *first = mine__arena_array(arena, (size_t)of->n_customers + 1, sizeof *first);
  int32_t *item = mine__arena_array(arena, (size_t)of->n_pairs, sizeof *item);
  double *value = mine__arena_array(arena, (size_t)of->n_pairs, sizeof *value);
  int64_t n = 0;
  if (mine_failed(env)) return 0;
  for (int64_t c = 0; c < of->n_customers; c++) {
    first[c] = n;
    for (int64_t p = of->pair_first[c]; p < of->pair_first[c + 1]; p++) {
      if (to[of->pair_item[p]] < 0) continue;
      item[n] = to[of->pair_item[p]];
      value[n++] = mine__taken_value(weights, of->pair_count[p]);
    }
  }
  first[of->n_customers] = n;
  *out = (mine_taken){of->n_customers, columns, first, item, value};
  return 1;
}

/* Said before it begins: what cannot be held. */
static int weave_fits(mine_env *env, int64_t n, int64_t neighbors) {
  const mine_memory *memory = &env->memory;
  const double keep = (double)(neighbors < n ? neighbors : n);
  const double needs = mine__tiles_bytes(n) + (double)n * keep * 24;
  const double has = memory->limit > memory->used ? (double)(memory->limit - memory->used) : 0;
  if (!memory->limit || needs <= has) return 1;
  char wanted[MINE_NUMBER_BYTES], there[MINE_NUMBER_BYTES];
  (void)mine__fail(
      env, MINE_LIMIT,
      "%lld items need %s GB, for their matrix grows with the square, and %s GB are left "
      "of max_memory; learn from the most taken with max_items=N, or use als",
      (long long)n, mine__format_real(wanted, needs / 1e9, 3),
      mine__format_real(there, has / 1e9, 3));
  return 0;
}

/* The weights of the chosen items become those of all. */
static void weave_spread(mine_env *env, mine_arena *arena, const int32_t *to, const int32_t *number,
                         int64_t n_items, mine_ease *ease) {
  int64_t *first = mine__arena_zeros(arena, (size_t)n_items + 1, sizeof *first);
  if (mine_failed(env)) return;
  for (int64_t k = 0; k < ease->first[ease->n]; k++)
    ease->other[k] = number[ease->other[k]];
  for (int64_t i = 0; i < n_items; i++)
    first[i + 1] = first[i] + (to[i] < 0 ? 0 : ease->first[to[i] + 1] - ease->first[to[i]]);
  ease->first = first;
  ease->n = n_items;
}

static mine_status weave_learn(mine_env *env, const mine_interactions *of, const void *options,
                               mine_model *model, mine_recommender *to) {
  const weave_options *o = options;
  weave_body *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  int32_t *place = mine__arena_array(env->scratch, (size_t)of->n_items, sizeof *place);
  int32_t *number = mine__arena_array(env->scratch, (size_t)of->n_items, sizeof *number);
  mine_taken taken;
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t most = o->max_items == MINE_NOT_GIVEN ? of->n_items : o->max_items;
  const int64_t n = weave_choose(to, most, place, number);
  if (!weave_fits(env, n, o->neighbors) || !weave_rows(env, of, o->weights, place, n, &taken) ||
      !mine__ease_fit(env, model->arena, &taken, o->lambda, o->neighbors, &body->ease))
    return mine_env_status(env);
  weave_spread(env, model->arena, place, number, of->n_items, &body->ease);
  if (mine_failed(env)) return mine_env_status(env);
  body->weights = o->weights;
  to->own = body;
  const long long kept = (long long)body->ease.first[of->n_items];
  mine__model_note(model, "fit", "weights", "%lld of %lld weights between items are kept", kept,
                   (long long)(n * (n - 1)));
  if (n < of->n_items)
    mine__model_note(model, "warning", "max_items",
                     "%lld rarer items were left out: they are neither offered nor reckoned with",
                     (long long)(of->n_items - n));
  return MINE_OK;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void weave_save(const mine_recommender *of, mine_writer *w) {
  const weave_body *body = of->own;
  const int64_t n = body->ease.first[of->n_items];
  mine__write_u8(w, (uint8_t)body->weights);
  mine__write_u64(w, (uint64_t)n);
  for (int64_t i = 0; i < of->n_items; i++)
    mine__write_i32(w, (int32_t)(body->ease.first[i + 1] - body->ease.first[i]));
  mine__write_i32s(w, body->ease.other, (size_t)n);
  mine__write_reals(w, body->ease.weight, (size_t)n);
}

static void weave_check(mine_reader *r, const int32_t *size, int64_t n, mine_ease *ease) {
  for (int64_t i = 0; i < ease->n; i++) {
    if (size[i] < 0) mine__reader_bad(r, "how many weights an item has");
    ease->first[i + 1] = ease->first[i] + (size[i] < 0 ? 0 : size[i]);
  }
  if (mine__reader_ok(r) && ease->first[ease->n] != n)
    mine__reader_bad(r, "how many weights an item has");
  for (int64_t k = 0; k < n; k++) {
    if (ease->other[k] < 0 || ease->other[k] >= ease->n) mine__reader_bad(r, "an item");
    if (!(fabs(ease->weight[k]) < 1e15)) mine__reader_bad(r, "a weight");
  }
}

static void weave_load(mine_reader *r, mine_recommender *to) {
  weave_body *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  const uint8_t weights = mine__read_u8(mine__worded(r, "weights", mine__taken_weights));
  const size_t n = mine__read_count(mine__called(r, "n_weights"), 12);
  const int32_t *size = mine__read_i32s(mine__called(r, "weights_of_items"), (size_t)to->n_items);
  if (!body || !mine__reader_ok(r)) return;
  if (weights >= MINE_TAKEN_WEIGHTS) mine__reader_bad(r, "how items count");
  body->weights = weights;
  body->ease.n = to->n_items;
  body->ease.first = mine__arena_zeros(r->arena, (size_t)to->n_items + 1, sizeof(int64_t));
  body->ease.other = mine__read_i32s(mine__called(r, "other"), n);
  body->ease.weight = mine__read_reals(mine__called(r, "weight"), n, 1);
  if (!body->ease.first || !mine__reader_ok(r)) return;
  weave_check(r, size, (int64_t)n, &body->ease);
  to->own = body;
}

/* ---- asked ---------------------------------------------------------------------------------- */

static void weave_score(const mine_recommender *of, const void *state, const mine_history *history,
                        mine_scores *out, void *room) {
  const weave_body *body = of->own;
  const mine_ease *ease = &body->ease;
  (void)state;
  (void)room;
  for (int64_t i = 0; i < history->n; i++) {
    const double value = mine__taken_value(body->weights, history->count[i]);
    for (int64_t k = ease->first[history->item[i]]; k < ease->first[history->item[i] + 1]; k++)
      mine__score_add(out, ease->other[k], value * ease->weight[k]);
  }
}

static void weave_carried(const mine_recommender *of, const void *state,
                          const mine_history *history, int32_t item, double *to, void *room) {
  const weave_body *body = of->own;
  const mine_ease *ease = &body->ease;
  (void)state;
  (void)room;
  for (int64_t i = 0; i < history->n; i++) {
    const double value = mine__taken_value(body->weights, history->count[i]);
    for (int64_t k = ease->first[history->item[i]]; k < ease->first[history->item[i] + 1]; k++)
      if (ease->other[k] == item) to[i] = value * ease->weight[k];
  }
}

static void weave_similar(const mine_recommender *of, const void *state, int32_t item,
                          mine_scores *out, void *room) {
  const weave_body *body = of->own;
  const mine_ease *ease = &body->ease;
  (void)state;
  (void)room;
  for (int64_t k = ease->first[item]; k < ease->first[item + 1]; k++)
    if (ease->weight[k] > 0) mine__score_add(out, ease->other[k], ease->weight[k]);
}

static const mine_recommending weave_recommending = {
    .repeat = MINE_REPEAT_EXCLUDE,
    .learn = weave_learn,
    .save = weave_save,
    .load = weave_load,
    .score = weave_score,
    .carried = weave_carried,
    .similar = weave_similar,
};

const mine_algorithm mine__algorithm_ease = {
    .name = "ease",
    .title = "each item from all others at once, by one inverse (EASE)",
    .citation = "Steck, Embarrassingly shallow autoencoders for sparse data, WWW 2019",
    .notes =
        "A weight says what having one item adds to the score of another when all others are taken "
        "into account, so that two that merely sell well do not carry each other; it may be below "
        "0. A score is the sum over what the customer took, and `because` names its largest parts. "
        "Memory grows with the square of the items, 4 bytes for each pair (10,000 items: half a "
        "GB), and time with their third power: what does not fit is refused before it begins, and "
        "`max_items` keeps the most taken. `repeat=exclude` is its default. Times are not used.",
    .example =
        "SELECT item, rank, other, round(score, 3) AS score FROM mine_similar(\n  "
        "(SELECT mine_fit('ease',\n  " MINE_TAKEN_EXAMPLE
        ", 'lambda=5, weights=log')), 'tea|milk', 'top=2');",
    .tasks = MINE_RECOMMENDATION,
    .reads = "events",
    .options_size = sizeof(weave_options),
    .options = weave_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &weave_recommending,
};
