/*
** sql_trees.c -- a tree as one CASE.
**
** The nodes on a way to the right are the WHENs of one CASE: what goes aside at each is its THEN,
** and what is left at the last its ELSE.  Which child goes aside is free, and the one that needs
** less nesting does, so that CASEs nest as deep as the tree's Strahler number, at most the binary
** logarithm of its leaves: 1,000 leaves of any shape are 10 deep (a parser of SQLite has a stack of
** 100 and takes six for each).  What would nest deeper is a list of rules, one for each leaf, with
** the conditions that go aside on its way: rows that fail one of the others were taken by a rule
** before.
**
** A condition is true only of values that are known.  The side that takes the missing is said as
** "not true".
*/
#include <string.h>

#include "sql.h"

#define SQLTREE_NEST 9 /* CASEs within CASEs */

/* ---- which child goes aside --------------------------------------------------------------- */

/* Of each node of the term's trees how deep CASEs nest from it on: 0 of a leaf.  Children come
** after their parents.  NULL: no memory. */
static uint8_t *sqltree_ranks(mine_arena *arena, const mine_trees *trees, int32_t from,
                              int32_t to) {
  uint8_t *rank = mine__arena_zeros(arena, (size_t)(to - from), 1);
  for (int32_t i = to - 1; rank && i >= from; i--) {
    if (trees->feature[i] == MINE_TREES_LEAF) continue;
    const uint8_t a = rank[trees->left[i] - from], b = rank[trees->right[i] - from];
    rank[i - from] = (uint8_t)(a == b ? a + 1 : a > b ? a : b);
  }
  return rank;
}

typedef struct sqltree {
  const mine__sql *w;
  const mine_trees *trees;
  const mine_term *term;
  const uint8_t *rank;
  int32_t base; /* the node of rank[0] */
  int place;    /* of the value in a leaf */
} sqltree;

/* 0: the left child goes aside, 1: the right one. */
static int sqltree_aside(const sqltree *t, int32_t node) {
  const uint8_t *rank = t->rank;
  return rank[t->trees->right[node] - t->base] < rank[t->trees->left[node] - t->base];
}

static int32_t sqltree_child(const sqltree *t, int32_t node, int side) {
  return side ? t->trees->right[node] : t->trees->left[node];
}

/* ---- conditions ------------------------------------------------------------------------------ */

static const mine_feature *sqltree_about(const sqltree *t, int32_t node) {
  return &t->term->tree_about[t->trees->feature[node]];
}

/* How many thresholds the feature has below this one, and this one. */
static int64_t sqltree_reach(const mine__sql_column *column, double threshold) {
  int64_t low = 0, high = column->n_cuts;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (column->cut[middle] < threshold)
      low = middle + 1;
    else
      high = middle;
  }
  return low + 1;
}

static void sqltree_number(const sqltree *t, int32_t node, int side) {
  const mine__sql *w = t->w;
  const int feature = t->term->map[t->trees->feature[node]];
  const double threshold = t->trees->threshold[node];
  if (threshold == MINE_TREES_ANY) { /* every number goes left */
    if (w->packed)
      mine__sql_key(w, 'r', feature, 0);
    else
      mine__sql_feature(w, feature);
    mine__text_adds(w->to, side ? " <> " : " = ");
    if (w->packed)
      mine__sql_key(w, 'r', feature, 0);
    else
      mine__sql_feature(w, feature);
    return;
  }
  if (!w->packed) {
    mine__sql_feature(w, feature);
    mine__text_adds(w->to, side ? " >= " : " < ");
    mine__sql_real(w, threshold);
    return;
  }
  mine__sql_key(w, 'r', feature, 0);
  mine__text_addf(w->to, "%s%lld", side ? " >= " : " < ",
                  (long long)sqltree_reach(&w->column[feature], threshold));
}

/* Whether a level of the trees' own goes to that side. */
static int sqltree_goes(const sqltree *t, int32_t node, int64_t level, int side) {
  return mine_trees_in_set(t->trees->bits + t->trees->set[node], (int32_t)level) != side;
}

/* The level as the whole model knows it: its code. */
static int64_t sqltree_code(const sqltree *t, int32_t node, int64_t level) {
  const mine_feature *own = sqltree_about(t, node);
  const mine_feature *whole = &t->w->model->feature[t->term->map[t->trees->feature[node]]];
  mine_cell cell;
  if (own == whole) return level;
  mine__values_get(&own->levels.values, level, &cell);
  return mine__dictionary_find(&whole->levels, &cell);
}

/* "a" IN ('x', 'y'), or of codes. */
static void sqltree_list(const sqltree *t, int32_t node, int side) {
  const mine__sql *w = t->w;
  const mine_feature *about = sqltree_about(t, node);
  const int feature = t->term->map[t->trees->feature[node]], code = w->column[feature].code;
  int n = 0;
  for (int64_t l = 0; l < about->levels.values.n; l++) {
    mine_cell cell;
    if (!sqltree_goes(t, node, l, side)) continue;
    if (n == 0 && code) mine__sql_key(w, 'c', feature, 0);
    if (n == 0 && !code) mine__sql_feature(w, feature);
    mine__text_adds(w->to, n++ ? ", " : " IN (");
    if (code) {
      mine__text_addf(w->to, "%lld", (long long)sqltree_code(t, node, l));
    } else {
      mine__values_get(&about->levels.values, l, &cell);
      mine__sql_level(w, feature, &cell);
    }
  }
  mine__text_adds(w->to, n ? ")" : "1 = 0");
}

/* (_b3_0 & 12) <> 0 OR ... */
static void sqltree_bits(const sqltree *t, int32_t node, int side) {
  const mine__sql *w = t->w;
  const mine_feature *about = sqltree_about(t, node);
  const int feature = t->term->map[t->trees->feature[node]];
  uint64_t mask[MINE__SQL_WORDS] = {0};
  int n = 0;
  for (int64_t l = 0; l < about->levels.values.n; l++) {
    const int64_t code = sqltree_goes(t, node, l, side) ? sqltree_code(t, node, l) : -1;
    if (code >= 0) mask[code / MINE__SQL_WORD] |= UINT64_C(1) << code % MINE__SQL_WORD;
  }
  mine__text_adds(w->to, w->column[feature].words > 1 ? "(" : "");
  for (int word = 0; word < w->column[feature].words; word++) {
    if (!mask[word]) continue;
    mine__text_adds(w->to, n++ ? " OR (" : "(");
    mine__sql_key(w, 'b', feature, word);
    mine__text_addf(w->to, " & %llu) <> 0", (unsigned long long)mask[word]);
  }
  if (n == 0) mine__text_adds(w->to, "1 = 0");
  mine__text_adds(w->to, w->column[feature].words > 1 ? ")" : "");
}

/* True where a row goes to that side of the node. */
static void sqltree_condition(const sqltree *t, int32_t node, int side) {
  const mine__sql *w = t->w;
  const int with_missing = (t->trees->missing_left[node] != 0) == (side == 0);
  const int known = with_missing ? !side : side;
  if (with_missing) mine__text_adds(w->to, "(");
  if (t->trees->set[node] < 0)
    sqltree_number(t, node, known);
  else if (w->column[t->term->map[t->trees->feature[node]]].words)
    sqltree_bits(t, node, known);
  else
    sqltree_list(t, node, known);
  if (with_missing) mine__text_adds(w->to, ") IS NOT TRUE");
}

/* ---- a tree ------------------------------------------------------------------------------- */

static double sqltree_value(const sqltree *t, int32_t leaf) {
  return t->trees
      ->values[(size_t)t->trees->value[leaf] * (size_t)t->trees->width + (size_t)t->place];
}

/* The conditions on the way to a rule. */
typedef struct sqltree_way {
  const struct sqltree_way *before;
  int32_t node;
  int side;
} sqltree_way;

static void sqltree_conditions(const sqltree *t, const sqltree_way *way) {
  if (way->before) {
    sqltree_conditions(t, way->before);
    mine__text_adds(t->w->to, " AND ");
  }
  sqltree_condition(t, way->node, way->side);
}

/* Rules for all leaves below a node.  At most 255 deep. */
static void sqltree_rules(const sqltree *t, int32_t node, const sqltree_way *way) {
  if (t->trees->feature[node] == MINE_TREES_LEAF) {
    mine__text_adds(t->w->to, "\n WHEN ");
    sqltree_conditions(t, way);
    mine__text_adds(t->w->to, " THEN ");
    mine__sql_real(t->w, sqltree_value(t, node));
    return;
  }
  const int aside = sqltree_aside(t, node);
  const sqltree_way more = {way, node, aside};
  sqltree_rules(t, sqltree_child(t, node, aside), &more);
  sqltree_rules(t, sqltree_child(t, node, !aside), way);
}

static void sqltree_case(const sqltree *t, int32_t node, int nested) {
  const mine__sql *w = t->w;
  if (t->trees->feature[node] == MINE_TREES_LEAF) {
    mine__sql_typed(w, sqltree_value(t, node));
    return;
  }
  mine__text_adds(w->to, "CASE");
  while (t->trees->feature[node] != MINE_TREES_LEAF && !w->to->failed) {
    const int aside = sqltree_aside(t, node);
    const int32_t child = sqltree_child(t, node, aside);
    if (nested >= SQLTREE_NEST && t->trees->feature[child] != MINE_TREES_LEAF) {
      const sqltree_way way = {NULL, node, aside};
      sqltree_rules(t, child, &way);
    } else {
      mine__text_adds(w->to, "\n WHEN ");
      sqltree_condition(t, node, aside);
      mine__text_adds(w->to, " THEN ");
      if (t->trees->feature[child] == MINE_TREES_LEAF)
        mine__sql_real(w, sqltree_value(t, child));
      else
        sqltree_case(t, child, nested + 1);
    }
    node = sqltree_child(t, node, !aside);
  }
  mine__text_adds(w->to, " ELSE ");
  mine__sql_typed(w, sqltree_value(t, node));
  mine__text_adds(w->to, " END");
}

/* Trees first .. first + n - 1 that say something, as a balanced sum. */
static void sqltree_sum(sqltree *t, int first, int n) {
  const mine__sql *w = t->w;
  if (w->to->failed || mine__poll(w->env)) return;
  if (n > 1) {
    mine__text_adds(w->to, "(");
    sqltree_sum(t, first, n / 2);
    mine__text_adds(w->to, " + ");
    sqltree_sum(t, first + n / 2, n - n / 2);
    mine__text_adds(w->to, ")");
    return;
  }
  const int start = t->trees->output ? t->trees->output[first] : 0;
  t->place = t->term->output - start;
  if (t->place < 0 || t->place >= t->trees->width)
    mine__text_adds(w->to, "0.0");
  else
    sqltree_case(t, t->trees->first[first], 0);
}

void mine__sql_trees(const mine__sql *w, const mine_term *term) {
  const mine_mark mark = mine__arena_mark(w->env->scratch);
  const mine_trees *trees = term->trees;
  sqltree t = {.w = w, .trees = trees, .term = term, .base = trees->first[term->at]};
  t.rank = sqltree_ranks(w->env->scratch, trees, t.base, trees->first[term->at + term->n]);
  if (t.rank) sqltree_sum(&t, term->at, term->n);
  mine__text_rewind(w->to, w->env->scratch, mark);
}

/* ---- what trees ask --------------------------------------------------------------------- */

void mine__sql_gather(mine__sql *w, const mine_term *term) {
  const mine_trees *trees = term->trees;
  for (int32_t i = trees->first[term->at]; i < trees->first[term->at + term->n]; i++) {
    if (trees->feature[i] == MINE_TREES_LEAF) continue;
    mine__sql_column *column = &w->column[term->map[trees->feature[i]]];
    column->in_trees = 1;
    if (trees->set[i] >= 0 || trees->threshold[i] == MINE_TREES_ANY) continue;
    if (!MINE_RESERVE(w->formula.arena, column->cut, column->room, (size_t)column->n_cuts + 1))
      return;
    column->cut[column->n_cuts++] = trees->threshold[i];
  }
}
