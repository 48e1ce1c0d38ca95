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

#include "../associate/associate.h"
#include "../core/order.h"
#include "../model/recommender.h"
#include "recommend.h"

#define ANTECEDENTS_DEEPEST 20
#define ANTECEDENTS_SETS    20000000

static const char *const antecedents_units[] = {"customer", "basket", NULL};

typedef struct antecedents_options {
  double min_support, min_confidence, min_lift;
  int64_t max_length;
  int by;
} antecedents_options;

static const mine_option antecedents_option_table[] = {
    OPTION_REAL(
        antecedents_options, min_support, .initial = "0.01", .range = {0, 1}, .above_least = 1,
        .help = "share of the customers (with by=basket: of the baskets) who have all items "
                "of a rule"),
    OPTION_REAL(antecedents_options, min_confidence, .initial = "0.1", .range = {0, 1},
                .help = "share of those with the left side of a rule who have the right one"),
    OPTION_REAL(antecedents_options, min_lift, .initial = "1", .range = {0, 1e9},
                .help = "... against the share of all; 0: also rules that say less than nothing"),
    OPTION_INT(antecedents_options, max_length, .initial = "4",
               .range = {2, ANTECEDENTS_DEEPEST + 1}, .help = "items of a rule"),
    OPTION_CHOICE(antecedents_options, by, .initial = "customer", .choices = antecedents_units,
                  .help = "taken together: by one customer at any time, or in one basket"),
    OPTION_END};

/* Node i asks for item[i]; those below it end before end[i]; its rules are
** first[i] .. first[i + 1] - 1. */
typedef struct antecedents_body {
  int64_t n;
  int32_t *item, *end;
  int64_t *first;
  int32_t *then; /* per rule */
  double *confidence;
  int32_t *root; /* per item: the node of the first level, -1: none */
} antecedents_body;

/* ---- from itemsets to rules ----------------------------------------------------------------- */

static int antecedents_baskets(mine_env *env, const mine_interactions *of, int by,
                               mine_transactions *to) {
  const int64_t n = by ? of->n_baskets : of->n_customers;
  const int64_t *first = by ? of->event_first : of->pair_first;
  const int32_t *item = by ? of->event_item : of->pair_item;
  *to = (mine_transactions){.items = (uint32_t)of->n_items, .names = of->items};
  if (first[n] >= UINT32_MAX) {
    (void)mine__fail(env, MINE_LIMIT, "%lld pairs are more than rules are made of (%lld)",
                     (long long)first[n], (long long)UINT32_MAX);
    return 0;
  }
  to->start = mine__arena_array(env->scratch, (size_t)n + 1, sizeof *to->start);
  to->item = mine__arena_array(env->scratch, (size_t)first[n], sizeof *to->item);
  if (mine_failed(env)) return 0;
  to->start[0] = 0;
  for (int64_t b = 0; b < n; b++) {
    if (first[b + 1] > first[b]) to->start[++to->baskets] = (uint32_t)first[b + 1];
  }
  for (int64_t i = 0; i < first[n]; i++)
    to->item[i] = (uint32_t)item[i];
  to->rows = first[n];
  return 1;
}

/* An itemset as a path: its ranks from the rarest to the most frequent, one of them left out. */
typedef struct antecedents_path {
  uint32_t n;
  uint32_t rank[ANTECEDENTS_DEEPEST + 1];
} antecedents_path;

static antecedents_path antecedents_of(const mine_itemsets *sets, int64_t s, int64_t without) {
  const uint32_t *set = sets->data + sets->at[s];
  antecedents_path path = {.n = 0};
  for (uint32_t i = set[1]; i-- > 0;)
    if ((int64_t)i != without) path.rank[path.n++] = set[2 + i];
  return path;
}

static int antecedents_compare(const antecedents_path *a, const antecedents_path *b) {
  for (uint32_t i = 0; i < a->n && i < b->n; i++)
    if (a->rank[i] != b->rank[i]) return a->rank[i] < b->rank[i] ? -1 : 1;
  return a->n == b->n ? 0 : a->n < b->n ? -1 : 1;
}

static int antecedents_before(const void *context, const void *a, const void *b) {
  const antecedents_path x = antecedents_of(context, *(const int64_t *)a, -1);
  const antecedents_path y = antecedents_of(context, *(const int64_t *)b, -1);
  return antecedents_compare(&x, &y) < 0;
}

/* Sets in the order of their paths, and rules by the place of their left side. */
typedef struct antecedents_rule {
  int64_t place;
  double confidence;
  int32_t then;
} antecedents_rule;

typedef struct antecedents_made {
  const mine_itemsets *sets;
  int64_t *order;
  antecedents_rule *rule;
  int64_t n_rules;
  size_t room;
} antecedents_made;

static int64_t antecedents_find(const antecedents_made *made, const antecedents_path *path) {
  int64_t low = 0, high = made->sets->n - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const antecedents_path at = antecedents_of(made->sets, made->order[middle], -1);
    if (antecedents_compare(&at, path) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Every subset of a frequent set is one, so its count is there. */
static int antecedents_split(mine_arena *arena, const antecedents_options *o,
                             antecedents_made *made, int64_t s) {
  const mine_itemsets *sets = made->sets;
  const uint32_t *set = sets->data + sets->at[s];
  for (uint32_t i = 0; set[1] > 1 && i < set[1]; i++) {
    const antecedents_path left = antecedents_of(sets, s, i);
    const antecedents_path right = {.n = 1, .rank = {set[2 + i]}};
    const int64_t place = antecedents_find(made, &left);
    const double count = (double)set[0];
    const double x = (double)sets->data[sets->at[made->order[place]]];
    const double y = (double)sets->data[sets->at[made->order[antecedents_find(made, &right)]]];
    if (count / x < o->min_confidence || count * (double)sets->baskets < o->min_lift * x * y)
      continue;
    if (!MINE_RESERVE(arena, made->rule, made->room, (size_t)made->n_rules + 1)) return 0;
    made->rule[made->n_rules++] =
        (antecedents_rule){place, count / x, (int32_t)sets->code[set[2 + i]]};
  }
  return 1;
}

static int antecedents_earlier(const void *context, const void *a, const void *b) {
  (void)context;
  return ((const antecedents_rule *)a)->place < ((const antecedents_rule *)b)->place;
}

static int antecedents_make(mine_env *env, const antecedents_options *o, antecedents_made *made) {
  mine_arena *arena = env->scratch;
  const size_t n = (size_t)made->sets->n;
  int64_t *spare = mine__arena_array(arena, n, sizeof *spare);
  made->order = mine__arena_array(arena, n, sizeof *made->order);
  if (!spare || !made->order) return 0;
  for (int64_t s = 0; s < made->sets->n; s++)
    made->order[s] = s;
  mine__sort(env, made->order, spare, n, sizeof *spare, antecedents_before, made->sets);
  for (int64_t s = 0; s < made->sets->n && !mine_failed(env); s++)
    if (MINE_POLL_AT(env, s) || !antecedents_split(arena, o, made, s)) return 0;
  antecedents_rule *room = mine__arena_array(arena, (size_t)made->n_rules, sizeof *room);
  if (room)
    mine__sort(env, made->rule, room, (size_t)made->n_rules, sizeof *room, antecedents_earlier,
               NULL);
  return !mine_failed(env);
}

/* ---- the tree ------------------------------------------------------------------------------- */

/* Per place where its branch ends: before the next path that is not longer. */
static int64_t *antecedents_ends(mine_env *env, const antecedents_made *made) {
  int64_t *end = mine__arena_array(env->scratch, (size_t)made->sets->n + 1, sizeof *end);
  int64_t open[ANTECEDENTS_DEEPEST + 2];
  uint32_t depth = 0;
  for (int64_t p = 0; end && p <= made->sets->n; p++) {
    const uint32_t size =
        p < made->sets->n ? made->sets->data[made->sets->at[made->order[p]] + 1] : 1;
    while (depth >= size)
      end[open[--depth]] = p;
    open[depth++] = p;
  }
  return end;
}

static int antecedents_roots(mine_arena *arena, int64_t n_items, antecedents_body *body) {
  body->root = mine__arena_array(arena, (size_t)n_items, sizeof *body->root);
  for (int64_t i = 0; body->root && i < n_items; i++)
    body->root[i] = -1;
  for (int32_t i = 0; body->root && i < (int32_t)body->n; i = body->end[i])
    body->root[body->item[i]] = i;
  return body->root != NULL;
}

/* Only the branches that have rules. */
static int antecedents_grow(mine_env *env, mine_arena *arena, const antecedents_made *made,
                            antecedents_body *body) {
  const int64_t n = made->sets->n;
  const int64_t *end = antecedents_ends(env, made);
  int64_t *rules = mine__arena_zeros(env->scratch, (size_t)n + 1, sizeof *rules);
  int64_t *kept = mine__arena_zeros(env->scratch, (size_t)n + 1, sizeof *kept);
  if (!end || !rules || !kept) return 0;
  for (int64_t r = 0; r < made->n_rules; r++)
    rules[made->rule[r].place + 1]++;
  for (int64_t p = 0; p < n; p++)
    rules[p + 1] += rules[p];
  for (int64_t p = 0; p < n; p++)
    kept[p + 1] = kept[p] + (rules[end[p]] > rules[p]);
  const size_t nodes = (size_t)kept[n];
  body->n = kept[n];
  body->item = mine__arena_array(arena, nodes, sizeof *body->item);
  body->end = mine__arena_array(arena, nodes, sizeof *body->end);
  body->first = mine__arena_zeros(arena, nodes + 1, sizeof *body->first);
  body->then = mine__arena_array(arena, (size_t)made->n_rules, sizeof *body->then);
  body->confidence = mine__arena_array(arena, (size_t)made->n_rules, sizeof *body->confidence);
  if (mine_failed(env)) return 0;
  for (int64_t p = 0; p < n; p++) {
    const int64_t node = kept[p];
    if (kept[p + 1] == node) continue;
    const antecedents_path path = antecedents_of(made->sets, made->order[p], -1);
    body->item[node] = (int32_t)made->sets->code[path.rank[path.n - 1]];
    body->end[node] = (int32_t)kept[end[p]];
    body->first[node + 1] = rules[p + 1];
  }
  for (int64_t r = 0; r < made->n_rules; r++) {
    body->then[r] = made->rule[r].then;
    body->confidence[r] = made->rule[r].confidence;
  }
  return 1;
}

static mine_status antecedents_learn(mine_env *env, const mine_interactions *of,
                                     const void *options, mine_model *model, mine_recommender *to) {
  const antecedents_options *o = options;
  mine_transactions baskets;
  mine_itemsets sets;
  antecedents_body *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  if (!body || !antecedents_baskets(env, of, o->by, &baskets)) return mine_env_status(env);
  const mine_itemset_query query = {.min_count = mine__min_count(o->min_support, baskets.baskets),
                                    .max_length = o->max_length,
                                    .max_itemsets = ANTECEDENTS_SETS};
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  if (mine__itemsets_mine(env, arena, &baskets, &query, &sets) == MINE_OK) {
    antecedents_made made = {.sets = &sets};
    if (antecedents_make(env, o, &made) && antecedents_grow(env, model->arena, &made, body) &&
        antecedents_roots(model->arena, of->n_items, body)) {
      to->own = body;
      mine__model_note(model, "fit", "rules", "%lld, with %lld left sides or beginnings of them",
                       (long long)made.n_rules, (long long)body->n);
      if (made.n_rules == 0)
        mine__model_note(model, "warning", "rules",
                         "no rule is frequent and sure enough: everybody is offered what most "
                         "take; lower min_support or min_confidence");
    }
  }
  mine__arena_close(arena);
  return mine_env_status(env);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void antecedents_save(const mine_recommender *of, mine_writer *w) {
  const antecedents_body *body = of->own;
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
                              int64_t rules, antecedents_body *body) {
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
  antecedents_body *body = mine__arena_zeros(r->arena, 1, sizeof *body);
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
  if (antecedents_roots(r->arena, to->n_items, body)) to->own = body;
}

/* ---- asked ---------------------------------------------------------------------------------- */

static size_t antecedents_room(const mine_recommender *of) {
  return (size_t)of->n_items;
}

static void antecedents_mark(const mine_history *history, uint8_t on, uint8_t *has) {
  for (int64_t i = 0; i < history->n; i++)
    has[history->item[i]] = on;
}

static void antecedents_best(const antecedents_body *body, int32_t node, mine_scores *out) {
  for (int64_t k = body->first[node]; k < body->first[node + 1]; k++) {
    const int32_t item = body->then[k];
    if (isnan(out->score[item]))
      mine__score_add(out, item, body->confidence[k]);
    else if (body->confidence[k] > out->score[item])
      out->score[item] = body->confidence[k];
  }
}

static void antecedents_score(const mine_recommender *of, const void *state,
                              const mine_history *history, mine_scores *out, void *room) {
  const antecedents_body *body = of->own;
  uint8_t *has = room;
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

/* The left side of the best rule, all of it alike; of equals the shortest. */
typedef struct antecedents_reason {
  double confidence;
  int n;
  int32_t item[ANTECEDENTS_DEEPEST];
} antecedents_reason;

static void antecedents_branch(const antecedents_body *body, int32_t root, const uint8_t *has,
                               int32_t item, antecedents_reason *best) {
  int32_t open[ANTECEDENTS_DEEPEST];
  int depth = 0;
  for (int32_t node = root; node >= 0 && node < body->end[root];) {
    while (depth > 0 && body->end[open[depth - 1]] <= node)
      depth--;
    if (!has[body->item[node]]) {
      node = body->end[node];
      continue;
    }
    open[depth++] = node;
    for (int64_t k = body->first[node]; k < body->first[node + 1]; k++) {
      const double c = body->confidence[k];
      if (body->then[k] != item || c < best->confidence) continue;
      if (!(c > best->confidence) && depth >= best->n) continue;
      best->confidence = c;
      best->n = depth;
      for (int d = 0; d < depth; d++)
        best->item[d] = body->item[open[d]];
    }
    node++;
  }
}

static void antecedents_carried(const mine_recommender *of, const void *state,
                                const mine_history *history, int32_t item, double *to, void *room) {
  const antecedents_body *body = of->own;
  antecedents_reason best = {.confidence = 0};
  uint8_t *has = room;
  (void)state;
  antecedents_mark(history, 1, has);
  for (int64_t i = 0; i < history->n; i++)
    antecedents_branch(body, body->root[history->item[i]], has, item, &best);
  antecedents_mark(history, 0, has);
  for (int64_t i = 0; i < history->n; i++)
    for (int d = 0; d < best.n; d++)
      if (history->item[i] == best.item[d]) to[i] = best.confidence;
}

static void antecedents_similar(const mine_recommender *of, const void *state, int32_t item,
                                mine_scores *out, void *room) {
  const antecedents_body *body = of->own;
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
    .options_size = sizeof(antecedents_options),
    .options = antecedents_option_table,
    .kind = &mine__kind_recommender,
    .recommends = &antecedents_recommending,
};
