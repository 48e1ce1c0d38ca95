/*
** c_tables.c -- the arrays of a C file: numbers of levels, steps, lines, nodes of trees, and the
** functions that look into them.
*/
#include <math.h>
#include <string.h>

#include "c_code.h"

/* ---- numbers and texts ---------------------------------------------------------------------- */

void mine__c_real(const mine__c *w, double value) {
  char number[MINE_NUMBER_BYTES];
  if (!isfinite(value)) {
    mine__text_adds(w->to, isnan(value) ? "NAN" : value < 0 ? "(-INFINITY)" : "INFINITY");
    return;
  }
  mine__format_real(number, value, 0);
  mine__text_addf(w->to, value < 0 ? "(%s%s)" : "%s%s", number, strpbrk(number, ".e") ? "" : ".0");
}

/* Octal escapes end after three digits, and \? is no trigraph. */
void mine__c_string(const mine__c *w, const char *text, size_t bytes) {
  mine__text_adds(w->to, "\"");
  for (size_t i = 0; i < bytes; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\' || c == '?')
      mine__text_addf(w->to, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      mine__text_addf(w->to, "\\%03o", c);
    else
      mine__text_add(w->to, text + i, 1);
  }
  mine__text_adds(w->to, "\"");
}

void mine__c_reals(const mine__c *w, const char *name, int64_t n, const double *value) {
  mine__text_addf(w->to, "static const double %s[] = {", name);
  for (int64_t i = 0; i < n && !w->to->failed; i++) {
    mine__text_adds(w->to, i % 6 ? ", " : i ? ",\n  " : "\n  ");
    mine__c_real(w, value[i]);
  }
  mine__text_adds(w->to, n ? "\n};\n" : "0};\n");
}

/* ---- levels ------------------------------------------------------------------------------- */

/* What each level of the whole model says: one that the member never met is unknown to it. */
static void ctable_levels(mine__c *w, const mine_term *term) {
  const mine_feature *whole = &w->model->feature[term->feature];
  const int64_t n = whole->levels.values.n;
  const mine_mark mark = mine__arena_mark(w->env->scratch);
  double *y = mine__arena_array(w->env->scratch, (size_t)n + 2, sizeof *y);
  char name[MINE_NUMBER_BYTES + 1] = "t";
  if (!y) return;
  y[0] = term->missing;
  y[1] = term->unknown;
  for (int64_t l = 0; l < n; l++) {
    mine_cell cell;
    mine__values_get(&whole->levels.values, l, &cell);
    const int64_t own =
        term->about == whole ? l : mine__dictionary_find(&term->about->levels, &cell);
    y[l + 2] = own >= 0 ? term->y[own] : term->unknown;
  }
  mine__format_real(name + 1, w->n_tables++, 0);
  mine__c_reals(w, name, n + 2, y);
  mine__text_rewind(w->to, w->env->scratch, mark);
}

static void ctable_pairs(mine__c *w, const mine_term *term, int64_t n_y) {
  char name[MINE_NUMBER_BYTES + 1] = "t";
  mine__format_real(name + 1, w->n_tables++, 0);
  mine__c_reals(w, name, term->n, term->x);
  mine__format_real(name + 1, w->n_tables++, 0);
  mine__c_reals(w, name, n_y, term->y);
}

/* ---- trees -------------------------------------------------------------------------------- */

int mine__c_body(const mine__c *w, const mine_trees *trees) {
  int at = 0;
  while (at < w->n_trees && w->body[at] != trees)
    at++;
  return at;
}

/* Words of the sets: of the levels of the whole, where one that the trees never met goes with the
** missing. */
static int64_t ctable_words(const mine__c *w, int feature) {
  return mine_trees_words(w->model->feature[feature].levels.values.n);
}

static void ctable_set(const mine__c *w, const mine_term *term, int32_t node) {
  const mine_trees *trees = term->trees;
  const mine_feature *own = &term->tree_about[trees->feature[node]];
  const int feature = term->map[trees->feature[node]];
  const mine_feature *whole = &w->model->feature[feature];
  for (int64_t word = 0; word < ctable_words(w, feature); word++) {
    uint64_t bits = 0;
    for (int64_t l = word * 64; l < (word + 1) * 64 && l < whole->levels.values.n; l++) {
      mine_cell cell;
      mine__values_get(&whole->levels.values, l, &cell);
      const int64_t at = own == whole ? l : mine__dictionary_find(&own->levels, &cell);
      const int left = at >= 0 ? mine_trees_in_set(trees->bits + trees->set[node], (int32_t)at)
                               : trees->missing_left[node] != 0;
      bits |= (uint64_t)(left != 0) << (l % 64);
    }
    mine__text_addf(w->to, "0x%llxULL,%s", (unsigned long long)bits, word % 4 == 3 ? "\n" : " ");
  }
}

static void ctable_nodes(const mine__c *w, const mine_term *term, int body) {
  const mine_trees *trees = term->trees;
  int64_t set = 0;
  mine__text_addf(w->to, "static const node nodes_%d[] = {\n", body);
  for (int32_t i = 0; i < trees->n_nodes && !w->to->failed; i++) {
    const int leaf = trees->feature[i] == MINE_TREES_LEAF, category = !leaf && trees->set[i] >= 0;
    mine__text_adds(w->to, "  {");
    mine__c_real(w, leaf ? 0 : trees->threshold[i]);
    mine__text_addf(w->to, ", %d, %d, %d, %lld, %d},\n", leaf ? -1 : term->map[trees->feature[i]],
                    leaf ? trees->value[i] : trees->left[i], leaf ? 0 : trees->right[i],
                    category ? (long long)set : -1LL, !leaf && trees->missing_left[i] != 0);
    if (category) set += ctable_words(w, term->map[trees->feature[i]]);
  }
  mine__text_addf(w->to, "};\nstatic const unsigned long long sets_%d[] = {\n", body);
  for (int32_t i = 0; i < trees->n_nodes && !w->to->failed; i++)
    if (trees->feature[i] != MINE_TREES_LEAF && trees->set[i] >= 0) ctable_set(w, term, i);
  mine__text_adds(w->to, "0};\n");
}

static void ctable_ints(const mine__c *w, const char *name, int body, int64_t n,
                        const int32_t *value) {
  mine__text_addf(w->to, "static const int %s_%d[] = {", name, body);
  for (int64_t i = 0; i < n && !w->to->failed; i++)
    mine__text_addf(w->to, "%s%d,", i % 16 ? " " : "\n  ", value ? value[i] : 0);
  mine__text_adds(w->to, "\n};\n");
}

/* The trees of a model, once, with the function that asks them. */
static void ctable_trees(mine__c *w, const mine_term *term) {
  const mine_trees *trees = term->trees;
  const int body = mine__c_body(w, trees);
  if (body < w->n_trees) return;
  const size_t n = (size_t)w->n_trees + 1;
  const mine_trees **room = mine__arena_array(w->formula.arena, n, sizeof(const mine_trees *));
  if (!room) return;
  for (int i = 0; i < body; i++)
    room[i] = w->body[i];
  room[w->n_trees++] = trees;
  w->body = room;
  char name[40] = "values_";
  mine__format_real(name + strlen(name), body, 0);
  ctable_nodes(w, term, body);
  mine__c_reals(w, name, (int64_t)trees->n_values * trees->width, trees->values);
  ctable_ints(w, "first", body, trees->n_trees, trees->first);
  ctable_ints(w, "output", body, trees->n_trees, trees->output);
  mine__text_addf(w->to,
                  "static double trees_%d(const double *x, const int *c, int from, int n, int sum) "
                  "{\n"
                  "  double said = 0;\n"
                  "  for (int t = from; t < from + n; t++) {\n"
                  "    const int place = sum - output_%d[t];\n"
                  "    if (place >= 0 && place < %d)\n"
                  "      said += values_%d[leaf(nodes_%d, sets_%d, first_%d[t], x, c) * %d + "
                  "place];\n"
                  "  }\n"
                  "  return said;\n}\n",
                  body, body, trees->width, body, body, body, body, trees->width);
}

/* ---- all of a term ------------------------------------------------------------------------ */

void mine__c_tables(mine__c *w, const mine_term *term) {
  const int table = term->op == MINE_TERM_STEPS || term->op == MINE_TERM_LINE;
  for (int i = 0; term->arg && i < (table ? 1 : term->n); i++)
    mine__c_tables(w, term->arg[i]);
  if (term->op == MINE_TERM_LEVELS) ctable_levels(w, term);
  if (term->op == MINE_TERM_STEPS) ctable_pairs(w, term, term->n + 1);
  if (term->op == MINE_TERM_LINE) ctable_pairs(w, term, term->n);
  if (term->op == MINE_TERM_TREES) ctable_trees(w, term);
}

/* ---- functions ---------------------------------------------------------------------------- */

void mine__c_helpers(const mine__c *w) {
  static const struct {
    unsigned of;
    const char *text;
  } helper[] = {
      {MINE__C_FIND,
       "/* The place of a text among levels: -1 where there is none, -2 where it is none of them.\n"
       "** Sorted ones are halved. */\n"
       "static int find(const char *text, int n, const char *const *levels, int sorted) {\n"
       "  int low = 0, high = n;\n"
       "  if (!text || !*text) return -1;\n"
       "  while (sorted && low < high) {\n"
       "    const int middle = low + (high - low) / 2;\n"
       "    if (strcmp(levels[middle], text) < 0) low = middle + 1;\n"
       "    else high = middle;\n"
       "  }\n"
       "  while (!sorted && low < n && strcmp(levels[low], text) != 0) low++;\n"
       "  return low < n && strcmp(levels[low], text) == 0 ? low : -2;\n}\n"},
      {MINE__C_KNOWN,
       "static double known(double v, double otherwise) {\n"
       "  return isnan(v) ? otherwise : v;\n}\n"},
      {MINE__C_LEVEL,
       "/* y[0] of a missing level, y[1] of one that training never met. */\n"
       "static double level(int code, const double *y) {\n"
       "  return y[code < 0 ? -1 - code : code + 2];\n}\n"},
      {MINE__C_STEPS,
       "/* y[i] where x[i-1] <= of < x[i]. */\n"
       "static double steps(double of, int n, const double *x, const double *y, double missing) {\n"
       "  int low = 0, high = n;\n"
       "  if (isnan(of)) return missing;\n"
       "  while (low < high) {\n"
       "    const int middle = low + (high - low) / 2;\n"
       "    if (x[middle] <= of) low = middle + 1;\n"
       "    else high = middle;\n"
       "  }\n"
       "  return y[low];\n}\n"},
      {MINE__C_LINE,
       "/* Straight between n points, constant outside. */\n"
       "static double line(double of, int n, const double *x, const double *y) {\n"
       "  int low = 0, high = n - 1;\n"
       "  if (isnan(of)) return NAN;\n"
       "  if (of <= x[0]) return y[0];\n"
       "  if (of >= x[high]) return y[high];\n"
       "  while (high - low > 1) {\n"
       "    const int middle = low + (high - low) / 2;\n"
       "    if (x[middle] <= of) low = middle;\n"
       "    else high = middle;\n"
       "  }\n"
       "  return y[low] + (of - x[low]) / (x[high] - x[low]) * (y[high] - y[low]);\n"
       "}\n"},
      {MINE__C_WHICH,
       "/* Which of them it equals first, from 1. */\n"
       "static double which(double of, int n, const double *those) {\n"
       "  for (int i = 0; i < n; i++)\n"
       "    if (those[i] == of) return i + 1;\n"
       "  return NAN;\n}\n"},
      {MINE__C_CASE,
       "/* The one of that number, from 1. */\n"
       "static double which_of(const double *those, int n, double number) {\n"
       "  return number >= 1 && number <= n ? those[(int)number - 1] : NAN;\n}\n"},
      {MINE__C_TREES,
       "/* A row goes left where x < threshold, or where the set has its level; what is missing "
       "or\n"
       "** was never met as missing_left says.  In a leaf `left` is its row of values. */\n"
       "typedef struct node {\n"
       "  double threshold;\n"
       "  int feature, left, right, set, missing_left;\n"
       "} node;\n"
       "static int leaf(const node *nodes, const unsigned long long *sets, int at, const double "
       "*x,\n"
       "                const int *c) {\n"
       "  while (nodes[at].feature >= 0) {\n"
       "    const node *n = &nodes[at];\n"
       "    const double v = x[n->feature];\n"
       "    const int level = c[n->feature];\n"
       "    int left = n->missing_left;\n"
       "    if (n->set < 0 && !isnan(v)) left = v < n->threshold;\n"
       "    if (n->set >= 0 && level >= 0) left = (int)(sets[n->set + level / 64] >> level % 64 & "
       "1);"
       "\n"
       "    at = left ? n->left : n->right;\n"
       "  }\n"
       "  return nodes[at].left;\n}\n"},
  };
  for (size_t i = 0; i < sizeof helper / sizeof helper[0]; i++)
    if (w->calls & helper[i].of) mine__text_addf(w->to, "\n%s", helper[i].text);
}
