/*
** antecedents.c -- the recommender `rules`: who has all that is on the left of an association
** rule is offered what is on its right.
**
** Agrawal, Imielinski & Swami, SIGMOD 1993.  The baskets are the customers, each with all that he
** ever took (or what was taken at one time); rules have one item on the right.  The score of an
** item is the confidence of the best rule whose left side the customer holds.
**
** The left sides are a tree, the rarest item first, written down before its branches: a customer
** who lacks an item passes the whole branch by (node -> end[node]), and only the branches that
** begin with items he has are looked at.
*/
#include <math.h>
#include <string.h>

#include "../model/recommender.h"
#include "antecedents.h"
#include "recommend.h"

#define ANTECEDENTS_SETS 20000000

static const char *const antecedents_units[] = {"customer", "basket", NULL};

static const mine_option antecedents_option_table[] = {
    OPTION_REAL(
        mine_antecedents_options, min_support, .initial = "0.01", .range = {0, 1}, .above_least = 1,
        .help = "share of the customers (with by=basket: of the baskets) who have all items "
                "of a rule"),
    OPTION_REAL(mine_antecedents_options, min_confidence, .initial = "0.1", .range = {0, 1},
                .help = "share of those with the left side of a rule who have the right one"),
    OPTION_REAL(mine_antecedents_options, min_lift, .initial = "1", .range = {0, 1e9},
                .help = "... against the share of all; 0: also rules that say less than nothing"),
    OPTION_INT(mine_antecedents_options, max_length, .initial = "4",
               .range = {2, ANTECEDENTS_DEEPEST + 1}, .help = "items of a rule"),
    OPTION_CHOICE(mine_antecedents_options, by, .initial = "customer", .choices = antecedents_units,
                  .help = "taken together: by one customer at any time, or in one basket"),
    OPTION_END};

static mine_status antecedents_learn(mine_env *env, const mine_interactions *of,
                                     const void *options, mine_model *model, mine_recommender *to) {
  const mine_antecedents_options *o = options;
  mine_transactions baskets;
  mine_itemsets sets;
  mine_antecedents *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  if (!body || !mine__antecedents_baskets(env, of, o->by, &baskets)) return mine_env_status(env);
  const mine_itemset_query query = {.min_count = mine__min_count(o->min_support, baskets.baskets),
                                    .max_length = o->max_length,
                                    .max_itemsets = ANTECEDENTS_SETS};
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  if (mine__itemsets_mine(env, arena, &baskets, &query, &sets) == MINE_OK) {
    const int64_t rules = mine__antecedents_grow(env, model->arena, &sets, o, of->n_items, body);
    to->own = body;
    if (rules >= 0)
      mine__model_note(model, "fit", "rules", "%lld, with %lld left sides or beginnings of them",
                       (long long)rules, (long long)body->n);
    if (rules == 0)
      mine__model_note(model, "warning", "rules",
                       "no rule is frequent and sure enough: everybody is offered what most take; "
                       "lower min_support or min_confidence");
  }
  mine__arena_close(arena);
  return mine_env_status(env);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void antecedents_save(const mine_recommender *of, mine_writer *w) {
  const mine_antecedents *body = of->own;
  const int64_t rules = body->first[body->n];
  mine__write_u64(w, (uint64_t)body->n);
  mine__write_i32s(w, body->item, (size_t)body->n);
  mine__write_i32s(w, body->end, (size_t)body->n);
  for (int64_t i = 0; i < body->n; i++)
    mine__write_i32(w, (int32_t)(body->first[i + 1] - body->first[i]));
  mine__write_u64(w, (uint64_t)rules);
  mine__write_i32s(w, body->then, (size_t)rules);
  mine__write_reals(w, body->confidence, (size_t)rules);
}

/* A branch ends where or before that around it does, and is not too deep. */
static void antecedents_check(mine_reader *r, const mine_recommender *to, const int32_t *size,
                              int64_t rules, mine_antecedents *body) {
  int32_t open[ANTECEDENTS_DEEPEST];
  int depth = 0;
  for (int32_t i = 0; i < (int32_t)body->n && mine__reader_ok(r); i++) {
    while (depth > 0 && open[depth - 1] <= i)
      depth--;
    const int32_t most = depth > 0 ? open[depth - 1] : (int32_t)body->n;
    if (body->item[i] < 0 || body->item[i] >= to->n_items) mine__reader_bad(r, "an item of a rule");
    if (body->end[i] <= i || body->end[i] > most) mine__reader_bad(r, "the tree of rules");
    if (depth == ANTECEDENTS_DEEPEST) mine__reader_bad(r, "the depth of the tree of rules");
    if (size[i] < 0) mine__reader_bad(r, "the number of rules");
    if (!mine__reader_ok(r)) return;
    open[depth++] = body->end[i];
    body->first[i + 1] = body->first[i] + size[i];
  }
  if (mine__reader_ok(r) && body->first[body->n] != rules)
    mine__reader_bad(r, "the number of rules");
  for (int64_t k = 0; k < rules && mine__reader_ok(r); k++) {
    if (body->then[k] < 0 || body->then[k] >= to->n_items) mine__reader_bad(r, "an item of a rule");
    if (!(body->confidence[k] > 0 && body->confidence[k] <= 1)) mine__reader_bad(r, "a confidence");
  }
}

static void antecedents_load(mine_reader *r, mine_recommender *to) {
  mine_antecedents *body = mine__arena_zeros(r->arena, 1, sizeof *body);
  const size_t n = mine__read_count(mine__called(r, "n_nodes"), 12);
  body = mine__reader_ok(r) ? body : NULL;
  if (!body) return;
  if (n > INT32_MAX) mine__reader_bad(r, "the number of nodes");
  body->n = (int64_t)n;
  body->item = mine__read_i32s(mine__called(r, "item"), n);
  body->end = mine__read_i32s(mine__called(r, "end"), n);
  const int32_t *size = mine__read_i32s(mine__called(r, "rules_of_nodes"), n);
  const size_t rules = mine__read_count(mine__called(r, "n_rules"), 12);
  body->then = mine__read_i32s(mine__called(r, "consequent"), rules);
  body->confidence = mine__read_reals(mine__called(r, "confidence"), rules, 1);
  body->first = mine__arena_zeros(r->arena, n + 1, sizeof *body->first);
  if (!body->first || !mine__reader_ok(r)) return;
  antecedents_check(r, to, size, (int64_t)rules, body);
  if (!mine__reader_ok(r)) return;
  if (mine__antecedents_roots(r->arena, to->n_items, body)) to->own = body;
}

/* ---- asked ---------------------------------------------------------------------------------- */

static void antecedents_mark(const mine_history *history, uint8_t on, uint8_t *has) {
  for (int64_t i = 0; i < history->n; i++)
    has[history->item[i]] = on;
}

static void antecedents_best(const mine_antecedents *body, int32_t node, mine_scores *out) {
  for (int64_t k = body->first[node]; k < body->first[node + 1]; k++) {
    const int32_t item = body->then[k];
    if (isnan(out->score[item]))
      mine__score_add(out, item, body->confidence[k]);
    else if (body->confidence[k] > out->score[item])
      out->score[item] = body->confidence[k];
  }
}

/* The customer's best rule for each item, of equals the shortest: what he was last asked for. */
typedef struct antecedents_best_rule {
  double confidence;
  int32_t root, node, depth; /* where its left side ends; depth 0: there is no rule */
} antecedents_best_rule;

/* A worker's memory, cut from one block of zeros. */
typedef struct antecedents_known {
  const int64_t *asked; /* whose rules they are: the history's event_first */
  antecedents_best_rule *rule;
  int32_t *touched;
  int64_t n;
  uint8_t *has;
} antecedents_known;

static size_t antecedents_room(const mine_recommender *of) {
  return sizeof(antecedents_known) +
         (size_t)of->n_items * (sizeof(antecedents_best_rule) + sizeof(int32_t) + 1);
}

static antecedents_known *antecedents_cut(const mine_recommender *of, void *memory) {
  antecedents_known *known = memory;
  known->rule = (antecedents_best_rule *)(void *)(known + 1);
  known->touched = (int32_t *)(void *)(known->rule + of->n_items);
  known->has = (uint8_t *)(known->touched + of->n_items);
  return known;
}

static void antecedents_score(const mine_recommender *of, const void *state,
                              const mine_history *history, mine_scores *out, void *room) {
  const mine_antecedents *body = of->own;
  uint8_t *has = antecedents_cut(of, room)->has;
  (void)state;
  antecedents_mark(history, 1, has);
  for (int64_t i = 0; i < history->n; i++) {
    const int32_t root = body->root[history->item[i]];
    for (int32_t node = root; node >= 0 && node < body->end[root];) {
      const int in = has[body->item[node]];
      if (in) antecedents_best(body, node, out);
      node = in ? node + 1 : body->end[node];
    }
  }
  antecedents_mark(history, 0, has);
}

static void antecedents_meet(const mine_antecedents *body, int32_t root, int32_t node,
                             int32_t depth, antecedents_known *known) {
  for (int64_t k = body->first[node]; k < body->first[node + 1]; k++) {
    antecedents_best_rule *best = &known->rule[body->then[k]];
    const double c = body->confidence[k];
    if (best->depth == 0)
      known->touched[known->n++] = body->then[k];
    else if (c < best->confidence || (!(c > best->confidence) && depth >= best->depth))
      continue;
    *best = (antecedents_best_rule){c, root, node, depth};
  }
}

static void antecedents_branch(const mine_antecedents *body, int32_t root,
                               antecedents_known *known) {
  int32_t end[ANTECEDENTS_DEEPEST];
  int32_t depth = 0;
  for (int32_t node = root; node >= 0 && node < body->end[root];) {
    while (depth > 0 && end[depth - 1] <= node)
      depth--;
    if (!known->has[body->item[node]]) {
      node = body->end[node];
      continue;
    }
    end[depth++] = body->end[node];
    antecedents_meet(body, root, node, depth, known);
    node++;
  }
}

static const antecedents_known *antecedents_know(const mine_recommender *of,
                                                 const mine_history *history, void *memory) {
  const mine_antecedents *body = of->own;
  antecedents_known *known = antecedents_cut(of, memory);
  if (known->asked == history->event_first) return known;
  for (int64_t i = 0; i < known->n; i++)
    known->rule[known->touched[i]].depth = 0;
  known->n = 0;
  antecedents_mark(history, 1, known->has);
  for (int64_t i = 0; i < history->n; i++)
    antecedents_branch(body, body->root[history->item[i]], known);
  antecedents_mark(history, 0, known->has);
  known->asked = history->event_first;
  return known;
}

/* The left side of the best rule, all of it alike. */
static void antecedents_carried(const mine_recommender *of, const void *state,
                                const mine_history *history, int32_t item, double *to, void *room) {
  const mine_antecedents *body = of->own;
  const antecedents_best_rule best = antecedents_know(of, history, room)->rule[item];
  (void)state;
  if (best.depth == 0) return;
  for (int32_t node = best.root; node <= best.node;) {
    if (body->end[node] <= best.node) { /* beside the path */
      node = body->end[node];
      continue;
    }
    for (int64_t i = 0; i < history->n; i++)
      if (history->item[i] == body->item[node]) to[i] = best.confidence;
    node++;
  }
}

static void antecedents_similar(const mine_recommender *of, const void *state, int32_t item,
                                mine_scores *out, void *room) {
  const mine_antecedents *body = of->own;
  (void)state;
  (void)room;
  if (body->root[item] >= 0) antecedents_best(body, body->root[item], out);
}

static const mine_recommending antecedents_recommending = {
    .repeat = MINE_REPEAT_EXCLUDE,
    .learn = antecedents_learn,
    .save = antecedents_save,
    .load = antecedents_load,
    .room = antecedents_room,
    .score = antecedents_score,
    .carried = antecedents_carried,
    .similar = antecedents_similar,
};

const mine_algorithm mine__algorithm_rules = {
    .name = "rules",
    .title = "association rules: who has the left side is offered the right one",
    .citation =
        "Agrawal, Imielinski & Swami, Mining Association Rules between Sets of Items in "
        "Large Databases, SIGMOD 1993",
    .notes =
        "The score of an item is the confidence of the best rule whose left side the customer "
        "holds: the share of those who have these items that have this one, too. `because` is the "
        "left side. `repeat=exclude` is its default. Its rules have one item on the right, and the "
        "items of a customer are together whenever he took them, unless `by=basket`; `mine_rules` "
        "shows rules with all their measures. `mine_similar` gives the rules with one item on the "
        "left.",
    .example =
        "SELECT id, rank, item, round(score, 3) AS score, because FROM mine_recommend(\n  "
        "(SELECT mine_fit('rules',\n  " MINE_TAKEN_EXAMPLE
        ")),\n  'VALUES (''new'', ''tea''), (''new'', ''milk'')', 'top=3');",
    .tasks = MINE_RECOMMENDATION,
    .reads = "events",
    .options_size = sizeof(mine_antecedents_options),
    .options = antecedents_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &antecedents_recommending,
};
