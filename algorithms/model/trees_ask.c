/*
** trees_ask.c -- making the forms of trees_ask.h.
*/
#include "trees_ask.h"

#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../core/random.h"

#define ASK_MANY  8 /* trees from which on values become bytes first */
#define ASK_BINS  255
#define ASK_SLOTS (INT16_MAX + 1)
#define ASK_WORK  ((int64_t)1 << 26) /* levels looked at in sets for their classes, at most */

typedef struct ask_work {
  mine_env *env;
  mine_arena *arena; /* of the model */
  const mine_trees *trees;
  const mine_feature *feature;
  int n_features;
  int32_t n; /* inner nodes of all trees */
  /* scratch */
  int32_t *from;   /* by place: the inner node of mine_trees      */
  int32_t *place;  /* by node of mine_trees: its place; leaves: - */
  int32_t *start;  /* n_trees + 1: places                         */
  int32_t *asked;  /* by place: the feature                       */
  uint8_t *rank;   /* by place: of the threshold, in its feature  */
  uint16_t *slot;  /* by node of the tree at hand: its slot       */
  int32_t *column; /* by feature: its place in source[]           */
  mine__trees_column *source;
} ask_work;

/* ---- nodes ------------------------------------------------------------------------- */

/* The list of inner nodes found is the queue of the search. */
static void ask_order(ask_work *w) {
  const mine_trees *trees = w->trees;
  int32_t next = 0;
  for (int32_t t = 0; t < trees->n_trees; t++) {
    w->start[t] = next;
    if (trees->feature[trees->first[t]] != MINE_TREES_LEAF) w->from[w->n++] = trees->first[t];
    for (; next < w->n; next++) {
      const int32_t i = w->from[next], child[] = {trees->left[i], trees->right[i]};
      w->place[i] = next;
      for (int side = 0; side < 2; side++)
        if (trees->feature[child[side]] != MINE_TREES_LEAF) w->from[w->n++] = child[side];
    }
  }
  w->start[trees->n_trees] = next;
}

static mine__trees_next ask_link(const ask_work *w, int32_t node) {
  return w->trees->feature[node] == MINE_TREES_LEAF ? ~node : w->place[node];
}

static void ask_nodes(const ask_work *w, mine__trees_ask *ask) {
  const mine_trees *trees = w->trees;
  for (int32_t p = 0; p < w->n; p++) {
    const int32_t i = w->from[p], set = trees->set[i] < 0 ? MINE__TREES_NUMBER : trees->set[i];
    mine__trees_node *node = &ask->node[p];
    node->threshold = trees->threshold[i];
    node->child[0] = ask_link(w, trees->left[i]);
    node->child[1] = ask_link(w, trees->right[i]);
    node->feature = trees->feature[i];
    node->set = trees->missing_left[i] ? set : ~set;
  }
  for (int32_t t = 0; t < trees->n_trees; t++)
    ask->root[t] = ask_link(w, trees->first[t]);
}

/* ---- columns of bytes ----------------------------------------------------------------- */

/* The thresholds of a feature, and which of them each of its nodes asks for.  at[0..n-1] are the
** places of the nodes.  0: more than a byte tells apart. */
static int ask_reaches(ask_work *w, mine__trees_column *column, const uint32_t *at, int64_t n,
                       double *value, mine_pair *pair) {
  for (int64_t k = 0; k < n; k++)
    value[k] = w->trees->threshold[w->from[at[k]]];
  const int64_t distinct = mine__sort_reals(value, NULL, n, pair, pair + n);
  if (distinct > ASK_BINS) return 0;
  column->steps = 1;
  while (column->steps <= distinct)
    column->steps *= 2;
  double *reach = mine__arena_array(w->arena, (size_t)column->steps, sizeof *reach);
  if (!reach) return 0;
  for (int s = 0; s < column->steps; s++)
    reach[s] = NAN;
  for (int64_t k = 0; k < n; k++) {
    reach[1 + pair[k].key] = value[pair[k].row];
    w->rank[at[pair[k].row]] = (uint8_t)pair[k].key;
  }
  column->reach = reach;
  return 1;
}

/* Which levels stand in the same of the sets that the nodes at[0..n-1] ask: levels of equal
** marks, each set an own bit of chance in the marks of its levels.  NULL: too many classes. */
static uint8_t *ask_classes(ask_work *w, const uint32_t *at, int64_t n, int64_t levels,
                            mine__place *mark) {
  uint8_t *class_of = mine__arena_array(w->arena, (size_t)levels, sizeof *class_of);
  int64_t classes = 0;
  if (!class_of) return NULL;
  for (int64_t l = 0; l < levels; l++)
    mark[l] = (mine__place){0, (size_t)l};
  for (int64_t k = 0; k < n; k++) {
    const uint64_t *set = w->trees->bits + w->trees->set[w->from[at[k]]];
    const uint64_t own = mine_hash_mix((uint64_t)k + 1);
    for (int64_t l = 0; l < levels; l++)
      mark[l].key += mine_trees_in_set(set, (int32_t)l) ? own : 0;
  }
  mine__sort_places(w->env, mark, mark + levels, levels, 64);
  for (int64_t l = 0; l < levels && !mine_failed(w->env); l++) {
    classes += l == 0 || mark[l].key != mark[l - 1].key;
    if (classes > ASK_BINS) return NULL;
    class_of[mark[l].at] = (uint8_t)(classes - 1);
  }
  return mine_failed(w->env) ? NULL : class_of;
}

/* One level of each class. */
static void ask_heads(const uint8_t *class_of, int64_t levels, int32_t head[ASK_BINS]) {
  for (int64_t l = levels; l-- > 0;)
    head[class_of[l]] = (int32_t)l;
}

/* Whether the classes are what they should be: marks might be equal by chance. */
static int ask_classes_hold(const ask_work *w, const uint32_t *at, int64_t n, int64_t levels,
                            const uint8_t *class_of) {
  int32_t head[ASK_BINS];
  int apart = 0;
  ask_heads(class_of, levels, head);
  for (int64_t k = 0; k < n; k++) {
    const uint64_t *set = w->trees->bits + w->trees->set[w->from[at[k]]];
    for (int64_t l = 0; l < levels; l++)
      apart |= mine_trees_in_set(set, (int32_t)l) ^ mine_trees_in_set(set, head[class_of[l]]);
  }
  return !apart;
}

/* The levels of a category as bytes; 0: they are too many. */
static int ask_levels(ask_work *w, mine__trees_column *column, const uint32_t *at, int64_t n) {
  const int64_t levels = w->feature[column->feature].levels.values.n;
  if (levels <= ASK_BINS) return 1;
  if (levels > ASK_WORK / n) return 0;
  const mine_mark mark = mine__arena_mark(w->env->scratch);
  mine__place *place = mine__arena_array(w->env->scratch, 2 * (size_t)levels, sizeof *place);
  if (place) column->class_of = ask_classes(w, at, n, levels, place);
  mine__arena_rewind(w->env->scratch, mark);
  return column->class_of && ask_classes_hold(w, at, n, levels, column->class_of);
}

/* The columns that a feature needs; 0: it cannot be told in bytes. */
static int ask_column(ask_work *w, mine__trees_bins *bins, int32_t feature, const uint32_t *at,
                      int64_t n, double *value, mine_pair *pair) {
  mine__trees_column *column = &w->source[bins->n_sources];
  w->column[feature] = bins->n_sources++;
  *column = (mine__trees_column){.feature = feature, .low = -1, .high = -1};
  if (w->feature[feature].type == MINE_COLUMN_CATEGORY) {
    column->category = 1;
    column->low = bins->n_columns;
    bins->n_columns += 2;
    return ask_levels(w, column, at, n);
  }
  if (!ask_reaches(w, column, at, n, value, pair)) return 0;
  int to_left = 0, to_right = 0;
  for (int64_t k = 0; k < n; k++) {
    const int left = w->trees->missing_left[w->from[at[k]]];
    to_left |= left;
    to_right |= !left;
  }
  if (to_left) column->low = bins->n_columns++;
  if (to_right) column->high = bins->n_columns++;
  return 1;
}

static int ask_columns(ask_work *w, mine__trees_bins *bins) {
  const size_t n = (size_t)w->n;
  mine_arena *scratch = w->env->scratch;
  mine__by_code by;
  double *value = mine__arena_array(scratch, n, sizeof *value);
  mine_pair *pair = mine__arena_array(scratch, 2 * n, sizeof *pair);
  w->rank = mine__arena_zeros(scratch, n, sizeof *w->rank);
  w->asked = mine__arena_array(scratch, n, sizeof *w->asked);
  w->column = mine__arena_array(scratch, (size_t)w->n_features, sizeof *w->column);
  w->source = mine__arena_array(w->arena, (size_t)w->n_features, sizeof *w->source);
  if (mine_failed(w->env)) return 0;
  for (size_t p = 0; p < n; p++)
    w->asked[p] = w->trees->feature[w->from[p]];
  if (!mine__sort_codes(scratch, w->asked, w->n, w->n_features, &by)) return 0;
  for (int32_t f = 0; f < w->n_features; f++) {
    const int64_t first = by.first[f], nodes = by.first[f + 1] - first;
    if (nodes > 0 && !ask_column(w, bins, f, by.at + first, nodes, value, pair)) return 0;
  }
  bins->source = w->source;
  return bins->n_columns <= UINT16_MAX;
}

/* ---- trees by bytes -------------------------------------------------------------------- */

/* The set of the node at place p, as bytes, behind the sets there are. */
static int32_t ask_set(const ask_work *w, mine__trees_bins *bins, int32_t p, int32_t *n_sets) {
  const int32_t i = w->from[p];
  const mine__trees_column *column = &w->source[w->column[w->trees->feature[i]]];
  const int64_t levels = w->feature[column->feature].levels.values.n;
  uint8_t *set = bins->set + (size_t)*n_sets * MINE__SLOT_SET;
  memset(set, 0, MINE__SLOT_SET);
  set[0] = (uint8_t)(w->trees->missing_left[i] != 0);
  for (int32_t level = 0; level < levels; level++) {
    const int in = mine_trees_in_set(w->trees->bits + w->trees->set[i], level);
    const int bit = 1 + (column->class_of ? column->class_of[level] : level);
    set[bit / 8] |= (uint8_t)(in << bit % 8);
  }
  return (*n_sets)++;
}

/* What the node at place p asks, in bytes; its links are left. */
static mine__trees_byte_node ask_node(const ask_work *w, mine__trees_bins *bins, int32_t p,
                                      int32_t *n_sets) {
  const int32_t i = w->from[p];
  const mine__trees_column *column = &w->source[w->column[w->trees->feature[i]]];
  mine__trees_byte_node node = {.is_set = (uint8_t)column->category};
  bins->set_of[p] = column->category ? ask_set(w, bins, p, n_sets) : -1;
  node.column =
      (uint16_t)(column->category || w->trees->missing_left[i] ? column->low : column->high);
  node.bin = (int8_t)(w->rank[p] - 128);
  return node;
}

/* All begin in slot 0; what goes right at node k goes on in slot k + 1. */
static void ask_tree(const ask_work *w, mine__trees_bins *bins, int32_t t, int32_t *n_sets) {
  const mine_trees *trees = w->trees;
  const mine__trees_part *part = &bins->part[t];
  int32_t *leaf = bins->leaf + part->leaf;
  w->slot[0] = 0;
  if (part->nodes == 0) leaf[0] = trees->value[trees->first[t]];
  for (int32_t k = 0; k < part->nodes; k++) {
    const int32_t p = part->first + k, i = w->from[p];
    const int32_t child[] = {trees->left[i], trees->right[i]};
    const uint16_t to[] = {w->slot[k], (uint16_t)(k + 1)};
    mine__trees_byte_node *node = &bins->node[p];
    *node = ask_node(w, bins, p, n_sets);
    for (int side = 0; side < 2; side++) {
      const mine__trees_next link = ask_link(w, child[side]);
      node->child[side] = (int16_t)(link < 0 ? ~to[side] : link - part->first);
      if (link < 0) {
        leaf[to[side]] = trees->value[~link];
      } else {
        w->slot[link - part->first] = to[side];
      }
    }
    if (part->cut < 0) continue;
    bins->cut[part->cut + k] = (mine__slot_cut){.column = node->column,
                                                .set = bins->set_of[p],
                                                .bin = node->bin,
                                                .slot = (uint8_t)to[0],
                                                .step = (uint8_t)(to[1] - to[0])};
  }
}

/* Where each tree's nodes, cuts and leaves begin, and room for all of them. */
static int ask_parts(ask_work *w, mine__trees_bins *bins) {
  int32_t cuts = 0, leaves = 0, sets = 0, most = 0;
  bins->part = mine__arena_array(w->arena, (size_t)w->trees->n_trees, sizeof *bins->part);
  if (!bins->part) return 0;
  for (int32_t t = 0; t < w->trees->n_trees; t++) {
    const int32_t n = w->start[t + 1] - w->start[t];
    bins->part[t] = (mine__trees_part){w->start[t], n, n <= MINE__SLOT_CUTS ? cuts : -1, leaves};
    if (n <= MINE__SLOT_CUTS) cuts += n;
    if (n > most) most = n;
    leaves += n + 1;
  }
  if (most >= ASK_SLOTS) return 0;
  for (int32_t p = 0; p < w->n; p++)
    sets += w->source[w->column[w->asked[p]]].category;
  w->slot = mine__arena_array(w->env->scratch, (size_t)most + 1, sizeof *w->slot);
  bins->node = mine__arena_array(w->arena, (size_t)w->n, sizeof *bins->node);
  bins->set_of = mine__arena_array(w->arena, (size_t)w->n, sizeof *bins->set_of);
  bins->cut = mine__arena_array(w->arena, (size_t)cuts, sizeof *bins->cut);
  bins->leaf = mine__arena_array(w->arena, (size_t)leaves, sizeof *bins->leaf);
  bins->set = mine__arena_array(w->arena, (size_t)sets, MINE__SLOT_SET);
  if (w->trees->width == 1)
    bins->value = mine__arena_array(w->arena, (size_t)leaves, sizeof *bins->value);
  return !mine_failed(w->env);
}

/* NULL: no bytes; or no memory, recorded. */
static mine__trees_bins *ask_bins(ask_work *w) {
  if (w->trees->n_trees < ASK_MANY || w->n == 0) return NULL;
  mine__trees_bins *bins = mine__arena_zeros(w->arena, 1, sizeof *bins);
  int32_t n_sets = 0;
  if (!bins || !ask_columns(w, bins) || !ask_parts(w, bins)) return NULL;
  for (int32_t t = 0; t < w->trees->n_trees; t++)
    ask_tree(w, bins, t, &n_sets);
  const mine__trees_part *last = &bins->part[w->trees->n_trees - 1];
  for (int32_t l = 0; bins->value && l <= last->leaf + last->nodes; l++)
    bins->value[l] = w->trees->values[bins->leaf[l]];
  return bins;
}

mine_status mine__trees_prepare(mine_env *env, const mine_model *model, mine_trees *trees) {
  const size_t n = (size_t)trees->n_nodes, n_trees = (size_t)trees->n_trees;
  ask_work w = {.env = env,
                .arena = model->arena,
                .trees = trees,
                .feature = model->feature,
                .n_features = model->n_features};
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__trees_ask *ask = mine__arena_zeros(w.arena, 1, sizeof *ask);
  w.from = mine__arena_array(env->scratch, n, sizeof *w.from);
  w.place = mine__arena_array(env->scratch, n, sizeof *w.place);
  w.start = mine__arena_array(env->scratch, n_trees + 1, sizeof *w.start);
  if (!mine_failed(env)) ask_order(&w);
  if (ask) ask->node = mine__arena_array(w.arena, (size_t)w.n, sizeof *ask->node);
  if (ask) ask->root = mine__arena_array(w.arena, n_trees, sizeof *ask->root);
  if (!mine_failed(env)) ask_nodes(&w, ask);
  if (!mine_failed(env)) ask->bins = ask_bins(&w);
  if (!mine_failed(env)) trees->ask = ask;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
