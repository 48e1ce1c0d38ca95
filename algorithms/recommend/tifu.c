/*
** tifu.c -- TIFU-KNN: what a customer takes, the more the later, and what those near to him take.
**
** Hu, He, Gao & Zhang, "Modeling Personalized Item Frequency Information for Next-basket
** Recommendation", SIGIR 2020.  The baskets of a customer, in order, are cut into `groups` of
** equal size; within a group a basket counts `within_decay` times as much as the next, and a
** group `group_decay` times as much as the next group.  The mean is the customer's vector; a
** score is alpha times it plus (1 - alpha) times the mean vector of the nearest customers.
**
** The model holds the baskets; vectors are made when it is asked.  Neighbours are exact
** (tifu_near.c), and nobody is his own.
*/
#include <string.h>

#include "../model/recommender.h"
#include "recommend.h"
#include "tifu.h"

static const mine_option tifu_option_table[] = {
    OPTION_INT(mine_tifu, neighbors, .initial = "300", .range = {1, 1e6},
               .help = "how many of the nearest customers count; more than there are: all"),
    OPTION_REAL(mine_tifu, within_decay, .initial = "0.9", .range = {0.01, 1},
                .help = "within a group a basket counts so much against the next one"),
    OPTION_REAL(mine_tifu, group_decay, .initial = "0.7", .range = {0.01, 1},
                .help = "a group counts so much against the next one"),
    OPTION_INT(mine_tifu, groups, .initial = "7", .range = {1, 1e6},
               .help = "into how many groups a customer's baskets are cut; with fewer baskets "
                       "each is one"),
    OPTION_REAL(mine_tifu, alpha, .initial = "0.7", .range = {0, 1},
                .help = "the share of the customer's own baskets in a score; the rest is the "
                        "neighbours'"),
    OPTION_END};

static mine_status tifu_learn(mine_env *env, const mine_interactions *of, const void *options,
                              mine_model *model, mine_recommender *to) {
  mine_tifu *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  if (!body) return mine_env_status(env);
  *body = *(const mine_tifu *)options;
  if (body->neighbors >= of->n_customers) {
    body->neighbors = of->n_customers > 1 ? of->n_customers - 1 : 1;
    mine__model_note(model, "fit", "neighbors", "%lld: all other customers",
                     (long long)(of->n_customers - 1));
  }
  to->own = body;
  return MINE_OK;
}

static void tifu_save(const mine_recommender *of, mine_writer *w) {
  const mine_tifu *body = of->own;
  mine__write_real(w, body->within_decay);
  mine__write_real(w, body->group_decay);
  mine__write_real(w, body->alpha);
  mine__write_i64(w, body->groups);
  mine__write_i64(w, body->neighbors);
}

static void tifu_load(mine_reader *r, mine_recommender *to) {
  mine_tifu *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  if (!body) return;
  body->within_decay = mine__read_finite(mine__called(r, "within_decay"));
  body->group_decay = mine__read_finite(mine__called(r, "group_decay"));
  body->alpha = mine__read_finite(mine__called(r, "alpha"));
  body->groups = mine__read_i64(mine__called(r, "groups"));
  body->neighbors = mine__read_i64(mine__called(r, "neighbors"));
  if (!mine__reader_ok(r)) return;
  if (!(body->within_decay >= 0.01 && body->within_decay <= 1))
    mine__reader_bad(r, "the decay in a group");
  if (!(body->group_decay >= 0.01 && body->group_decay <= 1))
    mine__reader_bad(r, "the decay of groups");
  if (!(body->alpha >= 0 && body->alpha <= 1)) mine__reader_bad(r, "alpha");
  if (body->groups < 1 || body->groups > 1000000) mine__reader_bad(r, "the number of groups");
  if (body->neighbors < 1 || body->neighbors > to->of.n_customers)
    mine__reader_bad(r, "the number of neighbours");
  to->own = body;
}

/* ---- vectors -------------------------------------------------------------------------------- */

/* value[i] of history->item[i]; `by_item` is zero before and after. */
static void tifu_vector(const mine_tifu *how, const mine_history *history, double *by_item,
                        double *value) {
  for (int64_t b = 0; b < history->n_baskets; b++) {
    const double weight = mine__tifu_weight(how, history->n_baskets, b);
    for (int64_t e = history->event_first[b]; e < history->event_first[b + 1]; e++)
      by_item[history->event_item[e]] += weight;
  }
  for (int64_t i = 0; i < history->n; i++) {
    value[i] = by_item[history->item[i]];
    by_item[history->item[i]] = 0;
  }
}

static const void *tifu_open(mine_env *env, mine_arena *arena, const mine_recommender *of) {
  const mine_interactions *in = &of->of;
  mine_tifu_space *s = mine__arena_zeros(arena, 1, sizeof *s);
  double *value = mine__arena_array(arena, (size_t)in->n_pairs, sizeof *value);
  double *by_item = mine__arena_zeros(arena, (size_t)of->n_items, sizeof *by_item);
  if (mine_failed(env)) return NULL;
  *s = (mine_tifu_space){.n = in->n_customers,
                         .n_items = of->n_items,
                         .first = in->pair_first,
                         .item = in->pair_item,
                         .value = value};
  for (int64_t c = 0; c < in->n_customers; c++) {
    if (MINE_POLL_AT(env, c)) return NULL;
    const mine_history history = mine__history_of(of, in, NULL, c);
    tifu_vector(of->own, &history, by_item, value + in->pair_first[c]);
  }
  return mine__tifu_index(env, arena, s) ? s : NULL;
}

/* A worker's memory, cut from one block of zeros. */
typedef struct tifu_room {
  const int64_t *asked; /* whose neighbours are known: the history's event_first */
  mine_tifu_near near;
  double *by_item, *value; /* of the customer */
} tifu_room;

static size_t tifu_room_bytes(const mine_recommender *of) {
  const size_t customers = (size_t)of->of.n_customers, items = (size_t)of->n_items;
  const size_t most = (size_t)((const mine_tifu *)of->own)->neighbors;
  return sizeof(tifu_room) + (customers + most + 2 * items) * sizeof(double) +
         (customers + most) * sizeof(int32_t);
}

static tifu_room *tifu_cut(const mine_recommender *of, void *memory) {
  tifu_room *room = memory;
  const int64_t customers = of->of.n_customers;
  const int64_t most = ((const mine_tifu *)of->own)->neighbors;
  room->near.dot = (double *)(void *)(room + 1);
  room->near.top.k = most;
  room->near.top.distance = room->near.dot + customers;
  room->by_item = room->near.top.distance + most;
  room->value = room->by_item + of->n_items;
  room->near.touched = (int32_t *)(void *)(room->value + of->n_items);
  room->near.top.row = (uint32_t *)(void *)(room->near.touched + customers);
  return room;
}

/* The customer's vector and neighbours; those of the last one asked are still there. */
static const tifu_room *tifu_know(const mine_recommender *of, const mine_tifu_space *space,
                                  const mine_history *history, void *memory) {
  tifu_room *room = tifu_cut(of, memory);
  if (room->asked == history->event_first) return room;
  tifu_vector(of->own, history, room->by_item, room->value);
  mine__tifu_nearest(space, history->n, history->item, room->value, history->customer, &room->near);
  room->asked = history->event_first;
  return room;
}

/* ---- asked ---------------------------------------------------------------------------------- */

static void tifu_score(const mine_recommender *of, const void *state, const mine_history *history,
                       mine_scores *out, void *memory) {
  const mine_tifu_space *space = state;
  const mine_tifu *how = of->own;
  const tifu_room *room = tifu_know(of, space, history, memory);
  const mine_topk *near = &room->near.top;
  for (int64_t i = 0; i < history->n; i++)
    mine__score_add(out, history->item[i], how->alpha * room->value[i]);
  const double share = near->n > 0 ? (1 - how->alpha) / (double)near->n : 0;
  for (int64_t k = 0; share > 0 && k < near->n; k++) {
    const uint32_t who = near->row[k];
    for (int64_t p = space->first[who]; p < space->first[who + 1]; p++)
      mine__score_add(out, space->item[p], share * space->value[p]);
  }
}

/* What a neighbour gives is owed to the items by which he is one, as their parts of the product. */
static void tifu_owe(const mine_tifu_space *space, const double *by_item,
                     const mine_history *history, int32_t who, double given, double *to) {
  double dot = 0;
  for (int64_t p = space->first[who]; p < space->first[who + 1]; p++)
    dot += by_item[space->item[p]] * space->value[p];
  if (!(dot > 0)) return;
  for (int64_t i = 0; i < history->n; i++) {
    const int32_t item = history->item[i];
    for (int64_t p = space->first[who]; p < space->first[who + 1]; p++)
      if (space->item[p] == item) to[i] += given * by_item[item] * space->value[p] / dot;
  }
}

static void tifu_carried(const mine_recommender *of, const void *state, const mine_history *history,
                         int32_t item, double *to, void *memory) {
  const mine_tifu_space *space = state;
  const mine_tifu *how = of->own;
  const tifu_room *room = tifu_know(of, space, history, memory);
  const mine_topk *near = &room->near.top;
  for (int64_t i = 0; i < history->n; i++) {
    room->by_item[history->item[i]] = room->value[i];
    if (history->item[i] == item) to[i] = how->alpha * room->value[i];
  }
  const double share = near->n > 0 ? (1 - how->alpha) / (double)near->n : 0;
  for (int64_t k = 0; share > 0 && k < near->n; k++) {
    const int32_t who = (int32_t)near->row[k];
    for (int64_t p = space->first[who]; p < space->first[who + 1]; p++)
      if (space->item[p] == item)
        tifu_owe(space, room->by_item, history, who, share * space->value[p], to);
  }
  for (int64_t i = 0; i < history->n; i++)
    room->by_item[history->item[i]] = 0;
}

static const mine_recommending tifu_recommending = {
    .repeat = MINE_REPEAT_ALLOW,
    .wants_time = 1,
    .learn = tifu_learn,
    .save = tifu_save,
    .load = tifu_load,
    .open = tifu_open,
    .room = tifu_room_bytes,
    .score = tifu_score,
    .carried = tifu_carried,
    .not_similar = "it knows which customers are near to each other, and not which items are alike",
};

const mine_algorithm mine__algorithm_tifu = {
    .name = "tifu",
    .title = "the next basket: the customer's own items, the later the more, and his neighbours'",
    .citation =
        "Hu, He, Gao & Zhang, Modeling Personalized Item Frequency Information for "
        "Next-basket Recommendation, SIGIR 2020",
    .notes =
        "For what people come back for, with baskets in order, so the source needs a time: "
        "`repeat=allow` is its default. The neighbours are exact and are looked for when the model "
        "is asked; that costs one product with everybody who shares an item, so asking for all "
        "customers grows with the square of their number. `because` names the item itself where "
        "the customer has it, and the items by which those who take it are near to him.",
    .example =
        "SELECT id, rank, item, round(score, 3) AS score, because FROM mine_recommend(\n  "
        "(SELECT mine_fit('tifu',\n  " MINE_TAKEN_EXAMPLE
        ", 'neighbors=5')), NULL, 'top=2') LIMIT 4;",
    .tasks = MINE_RECOMMENDATION,
    .reads = "events",
    .options_size = sizeof(mine_tifu),
    .options = tifu_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &tifu_recommending,
};
