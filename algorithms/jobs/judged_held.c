/*
** judged_held.c -- which baskets are held out of the training of a recommender (judged.h).
**
** The last basket of each customer stands for what he took next (leave-one-last of Meng,
** McCreadie, Macdonald & Ounis, "Exploring data splitting strategies for the evaluation of
** recommendation models", RecSys 2020).  A fold is a part of the customers: theirs are held out,
** while the others' are learned from, so that every customer is measured once.  That lets others'
** later baskets into the model; stretches of time do not (their temporal global split; with the
** origin that rolls, Tashman, Int. J. Forecasting 16, 2000): each is measured by a model of all
** before it, on whatever was taken in it.
*/
#include "../core/random.h"
#include "../data/split.h"
#include "judged.h"

#define HELD_BASKET 0x6f666665u /* which basket is held out, without times */

enum { HELD_LEARNED, HELD_LATER, HELD_OUT_OF_IT };

static const char *const held_by[] = {"customer", "time", NULL};

const mine_option mine__offers_folds_option_table[] = {
    OPTION_CHOICE(mine_offers_folds_options, split_by, .initial = "customer", .choices = held_by,
                  .help = "of a recommender. customer: in turn the last baskets (without times a "
                          "row by chance) of a part of the customers are held out; time: one "
                          "stretch of time after the other is measured by a model of all before "
                          "it, the first never"),
    OPTION_END};

static uint8_t *held_sides(mine_arena *arena, const mine_interactions *of) {
  return mine__arena_zeros(arena, (size_t)of->n_baskets, 1);
}

/* By the sides of the baskets: HELD_LEARNED and HELD_LATER. */
static void held_make(mine_env *env, mine_arena *arena, const mine_interactions *of,
                      const uint8_t *side, mine_offers_held *out) {
  int64_t *at = mine__arena_array(arena, (size_t)of->n_customers, sizeof *at);
  const int64_t *rest = mine__interactions_part(env, arena, of, side, HELD_LEARNED, 1, &out->rest);
  out->known = mine__interactions_part(env, arena, of, side, HELD_LATER, 0, &out->later);
  if (!at || !rest || !out->known) return;
  out->rest.seed = of->seed;
  for (int64_t c = 0; c < of->n_customers; c++)
    at[c] = -1;
  for (int64_t c = 0; c < out->rest.n_customers; c++)
    at[rest[c]] = c;
  for (int64_t c = 0; c < out->later.n_customers; c++)
    out->known[c] = at[out->known[c]];
}

static int64_t held_baskets(const mine_interactions *of, int64_t c) {
  return of->basket_first[c + 1] - of->basket_first[c];
}

void mine__offers_hold(mine_env *env, mine_arena *arena, const mine_interactions *of,
                       const int32_t *part, int fold, mine_offers_held *out) {
  uint8_t *side = held_sides(arena, of);
  for (int64_t c = 0; side && c < of->n_customers; c++) {
    const int64_t n = held_baskets(of, c);
    int64_t which = n - 1;
    if (MINE_POLL_AT(env, c)) return;
    if (n < 2 || (part && part[c] != fold)) continue;
    if (!of->timed) {
      mine_random stream;
      mine__random_open(&stream, of->seed, HELD_BASKET, (uint64_t)c);
      which = (int64_t)mine__random_below(&stream, (uint64_t)n);
    }
    side[of->basket_first[c] + which] = HELD_LATER;
  }
  if (side) held_make(env, arena, of, side, out);
}

/* ---- folds ---------------------------------------------------------------------------------- */

static void held_folds_of_customers(mine_env *env, mine_arena *arena, const mine_interactions *of,
                                    mine_offers_folds *out) {
  const size_t customers = (size_t)of->n_customers;
  uint32_t *who = mine__arena_array(arena, customers, sizeof *who);
  uint64_t *hash = mine__arena_array(arena, customers, sizeof *hash);
  int32_t *part = mine__arena_array(arena, customers, sizeof *part), *fold;
  int64_t n = 0;
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < of->n_customers; c++) {
    mine_cell cell;
    mine__values_get(of->customers, c, &cell);
    hash[c] = mine__cell_hash(&cell);
    part[c] = -1;
    if (held_baskets(of, c) > 1) who[n++] = (uint32_t)c;
  }
  if (n < out->n) {
    (void)mine__fail(
        env, MINE_DATA,
        "folds=%d is more than the %lld customers with two baskets or more, whose last "
        "is held out; give fewer folds",
        out->n, (long long)n);
    return;
  }
  if (mine__split_folds(env, arena, (mine_rows){who, n}, (mine_division){hash, of->seed}, out->n,
                        NULL, 0, &fold))
    return;
  for (int64_t i = 0; i < n; i++)
    part[who[i]] = fold[i];
  out->part = part;
}

static void held_folds_of_time(mine_env *env, mine_arena *arena, const mine_interactions *of,
                               mine_offers_folds *out) {
  uint32_t *basket = mine__arena_array(arena, (size_t)of->n_baskets, sizeof *basket);
  int32_t *stretch = NULL;
  int64_t used;
  if (mine_failed(env)) return;
  if (!of->basket_time) {
    (void)mine__fail(env, MINE_OPTION,
                     "split_by=time measures what came later, and there are no times; give the "
                     "time as the third column, or leave split_by out");
    return;
  }
  for (int64_t b = 0; b < of->n_baskets; b++)
    basket[b] = (uint32_t)b;
  if (mine__split_blocks(env, arena, (mine_rows){basket, of->n_baskets}, of->basket_time,
                         out->n + 1, &stretch, &used))
    return;
  if (used < out->n + 1)
    (void)mine__fail(env, MINE_DATA,
                     "folds=%d by time are measured one after another on %d stretches of time, and "
                     "baskets of one time stay together: there are only %lld such stretches; give "
                     "fewer folds",
                     out->n, out->n + 1, (long long)used);
  out->part = stretch;
}

int mine__offers_divide(mine_env *env, mine_arena *arena, const mine_interactions *of,
                        mine_offers_by by, int folds, mine_offers_folds *out) {
  *out = (mine_offers_folds){.by = by, .n = folds};
  if (by == MINE_OFFERS_BY_TIME)
    held_folds_of_time(env, arena, of, out);
  else
    held_folds_of_customers(env, arena, of, out);
  return !mine_failed(env);
}

void mine__offers_fold(mine_env *env, mine_arena *arena, const mine_interactions *of,
                       const mine_offers_folds *folds, int f, mine_offers_held *out) {
  if (folds->by == MINE_OFFERS_BY_CUSTOMER) {
    mine__offers_hold(env, arena, of, folds->part, f, out);
    return;
  }
  uint8_t *side = held_sides(arena, of);
  for (int64_t b = 0; side && b < of->n_baskets; b++)
    side[b] = folds->part[b] <= f       ? HELD_LEARNED
              : folds->part[b] == f + 1 ? HELD_LATER
                                        : HELD_OUT_OF_IT;
  if (side) held_make(env, arena, of, side, out);
}
