/*
** gp.c -- a customer's own most frequent items, then everybody's.
**
** Li, Jullien, Ariannezhad & de Rijke, "A Next Basket Recommendation Reality Check", ACM
** Transactions on Information Systems 41 (2023), GP-TopFreq: people buy what they bought, and no
** learned method finds their next grocery basket much better.
**
** The score of an item of the customer's own is in how many baskets it was, plus a fraction of 1
** that decides between equal ones; of any other item the share of all baskets that hold it, which
** is less than 1.  O(history + top) for a customer.
*/
#include "../core/order.h"
#include "../model/recommender.h"
#include "recommend.h"

typedef enum gp_ties { GP_FIRST, GP_RECENT, GP_POPULAR } gp_ties;
static const char *const gp_tie_names[] = {"first", "recent", "popular", NULL};

typedef struct gp_options {
  int ties;
} gp_options;

static const mine_option gp_option_table[] = {
    OPTION_CHOICE(gp_options, ties, .initial = "first", .choices = gp_tie_names,
                  .help = "which of equally frequent items of the customer's own comes first: the "
                          "one taken first (as published), last, or by most of all (often better)"),
    OPTION_END};

typedef struct gp_body {
  int ties;
} gp_body;

/* What is asked of everybody: made when the model is. */
typedef struct gp_all {
  double *share;  /* of all baskets, below 1 */
  int32_t *order; /* the most frequent first  */
} gp_all;

static mine_status gp_learn(mine_env *env, const mine_interactions *of, const void *options,
                            mine_model *model, mine_recommender *to) {
  gp_body *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  (void)of;
  if (!body) return mine_env_status(env);
  body->ties = ((const gp_options *)options)->ties;
  to->own = body;
  return MINE_OK;
}

static void gp_save(const mine_recommender *of, mine_writer *w) {
  mine__write_u8(w, (uint8_t)((const gp_body *)of->own)->ties);
}

static void gp_load(mine_reader *r, mine_recommender *to) {
  gp_body *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  const uint8_t ties = mine__read_u8(mine__worded(r, "ties", gp_tie_names));
  if (mine__reader_ok(r) && ties > GP_POPULAR) mine__reader_bad(r, "the order of equal items");
  if (!body) return;
  body->ties = ties;
  to->own = body;
}

static int gp_before(const void *context, const void *a, const void *b) {
  const double *share = context;
  return share[*(const int32_t *)a] > share[*(const int32_t *)b];
}

static const void *gp_open(mine_env *env, mine_arena *arena, const mine_recommender *of) {
  const size_t n = (size_t)of->n_items;
  gp_all *all = mine__arena_zeros(arena, 1, sizeof *all);
  int32_t *spare = mine__arena_array(arena, n, sizeof *spare);
  if (!all || !spare) return NULL;
  all->share = mine__arena_zeros(arena, n, sizeof *all->share);
  all->order = mine__arena_array(arena, n, sizeof *all->order);
  if (!all->share || !all->order) return NULL;
  for (int64_t e = 0; e < of->of.n_events; e++)
    all->share[of->of.event_item[e]]++;
  for (int32_t i = 0; i < of->n_items; i++) {
    all->share[i] /= (double)of->of.n_baskets + 1;
    all->order[i] = i;
  }
  mine__sort(env, all->order, spare, n, sizeof *spare, gp_before, all->share);
  return all;
}

/* A basket's place among the customer's, 1 for the last, for each item: the later one stays. */
static void gp_score_recent(const mine_history *history, mine_scores *out) {
  for (int64_t b = 0; b < history->n_baskets; b++) {
    const double later = (double)(b + 1) / (double)(history->n_baskets + 1);
    for (int64_t e = history->event_first[b]; e < history->event_first[b + 1]; e++) {
      double *score = &out->score[history->event_item[e]];
      *score = (double)(int64_t)*score + later;
    }
  }
}

static void gp_score(const mine_recommender *of, const void *state, const mine_history *history,
                     mine_scores *out, void *room) {
  const gp_all *all = state;
  const gp_body *body = of->own;
  (void)room;
  for (int64_t i = 0; i < history->n; i++) {
    const int32_t item = history->item[i];
    const double tie = body->ties == GP_POPULAR ? all->share[item]
                       : body->ties == GP_FIRST
                           ? (double)(history->n - i) / (double)(history->n + 1)
                           : 0;
    mine__score_add(out, item, history->count[i] + tie);
  }
  if (body->ties == GP_RECENT) gp_score_recent(history, out);
  for (int64_t i = 0; i < of->n_items && out->n < out->wanted; i++) {
    const int32_t item = all->order[i];
    if (out->score[item] != out->score[item]) mine__score_add(out, item, all->share[item]);
  }
}

/* Nothing but itself. */
static void gp_carried(const mine_recommender *of, const void *state, const mine_history *history,
                       int32_t item, double *to, void *room) {
  (void)of;
  (void)state;
  (void)room;
  for (int64_t i = 0; i < history->n; i++)
    if (history->item[i] == item) to[i] = history->count[i];
}

static const mine_recommending gp_recommending = {
    .repeat = MINE_REPEAT_ALLOW,
    .learn = gp_learn,
    .save = gp_save,
    .load = gp_load,
    .open = gp_open,
    .score = gp_score,
    .carried = gp_carried,
    .not_similar = "it knows how often items are taken, and not which are alike",
};

const mine_algorithm mine__algorithm_gp = {
    .name = "gp",
    .title = "a customer's own most frequent items, then everybody's",
    .citation =
        "Li, Jullien, Ariannezhad & de Rijke, A Next Basket Recommendation Reality Check, "
        "ACM Transactions on Information Systems 41 (2023)",
    .notes =
        "For what people come back for, such as groceries: `repeat=allow` is its default. The "
        "score of an item of the customer's own is the number of his baskets that hold it, plus a "
        "fraction that decides between equal ones (`ties`); of any other item it is the share of "
        "all baskets that hold it. Without a time every row is a basket.",
    .example =
        "SELECT id, rank, item, round(score, 3) AS score, because FROM mine_recommend(\n  "
        "(SELECT mine_fit('gp',\n  " MINE_TAKEN_EXAMPLE
        ", 'ties=popular')), NULL) "
        "LIMIT 4;",
    .tasks = MINE_RECOMMENDATION,
    .reads = "events",
    .options_size = sizeof(gp_options),
    .options = gp_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &gp_recommending,
};
