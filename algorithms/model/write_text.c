/*
** write_text.c -- a model as a drawing for a terminal: trees with lines, coefficients and
** importances as bars, clusters as a table.
**
** What is drawn is what the kind lists for its verbs; here is only where it stands on the line.
*/
#include <math.h>
#include <string.h>

#include "components.h"
#include "members.h"
#include "trees.h"
#include "write.h"

#define DRAW_BAR    20 /* of the longest bar             */
#define DRAW_NAME   40 /* of a name                      */
#define DRAW_CELL   14 /* of a cell of a table           */
#define DRAW_LINES  60 /* coefficients of one drawing    */
#define DRAW_DIGITS 4
#define DRAW_DEEP   64 /* levels of a tree that have lines */

/* ---- what is listed ----------------------------------------------------------------------- */

/* With the columns that the verb has. */
static mine_relation *draw_open(mine_env *env, const char *verb) {
  return mine_failed(env) ? NULL
                          : mine__relation_new(env, mine_verb_find(verb, MINE_VERB_TABLE)->answer);
}

mine_relation *mine__write_listed(mine_env *env, const mine_model *model, const char *verb) {
  mine_relation *out = NULL, *to = draw_open(env, verb);
  if (to) (void)!mine__model_list(env, model, verb, to);
  return mine__relation_finish(env, to, &out) ? NULL : out;
}

mine_relation *mine__write_listed_trees(mine_env *env, const mine_model *model, int32_t n) {
  mine_relation *out = NULL, *to = draw_open(env, "mine_tree");
  if (to) mine__trees_list(env, model, n, to);
  return mine__relation_finish(env, to, &out) ? NULL : out;
}

/* ---- columns of a terminal ------------------------------------------------------------------ */

/* How many columns a text takes: characters, those of East Asia two. */
static int draw_width(const char *text, size_t bytes) {
  int width = 0;
  for (size_t i = 0; i < bytes; i++) {
    const unsigned char c = (unsigned char)text[i];
    if ((c & 0xc0) == 0x80) continue;
    width += 1 + (c >= 0xe3 && c <= 0xed);
  }
  return width;
}

static void draw_repeat(mine_text *to, const char *what, int n) {
  for (int i = 0; i < n; i++)
    mine__text_adds(to, what);
}

/* A text on `width` columns: cut with a sign, or with blanks behind or (right) before it.  What
** would break the line is a blank. */
static void draw_padded(mine_text *to, const mine_text *from, int width, int right) {
  size_t bytes = from->bytes;
  int cut = 0;
  while (draw_width(from->data, bytes) > width - cut) {
    cut = 1;
    bytes = mine__utf8_prefix(from->data, from->bytes, bytes - 1);
  }
  const int blanks = width - cut - draw_width(from->data, bytes);
  if (right) draw_repeat(to, " ", blanks);
  for (size_t i = 0; i < bytes; i++)
    mine__text_add(to, (unsigned char)from->data[i] < ' ' ? " " : &from->data[i], 1);
  if (cut) mine__text_adds(to, "…");
  if (!right) draw_repeat(to, " ", blanks);
}

static void draw_cell(mine_env *env, mine_text *to, const mine_cell *cell, int width, int right) {
  char number[MINE_NUMBER_BYTES];
  mine_text text;
  mine__text_open(&text, env->scratch);
  if (cell->type == MINE_REAL)
    mine__text_adds(&text, mine__format_real(number, cell->as.real, DRAW_DIGITS));
  else if (cell->type != MINE_NULL)
    mine__text_add_shown(&text, cell);
  if (!text.failed) draw_padded(to, &text, width, right);
}

static void draw_head(const mine_model *model, mine_text *to) {
  mine__text_addf(to, "%s, %lld rows", model->algorithm, (long long)model->told.rows);
  if (model->roles.target) mine__text_addf(to, ", target %s", model->roles.target);
  mine__text_adds(to, "\n\n");
}

/* The widest name of a list, up to a bound. */
static int draw_names(mine_env *env, const mine_relation *list, int column) {
  int most = 1;
  for (int64_t i = 0; i < mine_relation_rows(list); i++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    mine_cell cell;
    mine_text text;
    mine__text_open(&text, env->scratch);
    mine_relation_cell(list, i, column, &cell);
    mine__text_add_shown(&text, &cell);
    const int width = text.failed ? 0 : draw_width(text.data, text.bytes);
    if (width > most) most = width;
    mine__arena_rewind(env->scratch, mark);
  }
  return most < DRAW_NAME ? most : DRAW_NAME;
}

static double draw_number(const mine_relation *list, int64_t row, int column) {
  mine_cell cell;
  mine_relation_cell(list, row, column, &cell);
  return mine__cell_number(&cell);
}

/* ---- trees -------------------------------------------------------------------------------- */

void mine__write_node(const mine_relation *tree, int64_t row, mine_text *to) {
  char number[MINE_NUMBER_BYTES];
  mine_cell cell;
  mine_relation_cell(tree, row, MINE_DRAW_PREDICTION, &cell);
  if (cell.type == MINE_REAL)
    mine__text_adds(to, mine__format_real(number, cell.as.real, DRAW_DIGITS));
  else
    mine__text_add_shown(to, &cell);
  const double share = draw_number(tree, row, MINE_DRAW_PROBABILITY);
  const double rows = draw_number(tree, row, MINE_DRAW_ROWS);
  if (!isnan(share)) mine__text_addf(to, ", %s", mine__format_real(number, share, DRAW_DIGITS));
  if (!isnan(rows)) mine__text_addf(to, ", %s rows", mine__format_real(number, rows, 0));
}

static int64_t draw_int(const mine_relation *list, int64_t row, int column) {
  mine_cell cell;
  mine_relation_cell(list, row, column, &cell);
  return cell.type == MINE_INT ? cell.as.integer : 0;
}

/* The rows of one tree; below[d]: a line goes on at that depth. */
typedef struct draw_branches {
  const mine_relation *tree;
  int64_t last;
  uint8_t below[DRAW_DEEP];
} draw_branches;

/* A node and all below it; at most MINE_TREES_DEEPEST deep. */
static void draw_node(draw_branches *b, int64_t row, int depth, mine_text *to) {
  const int64_t node = draw_int(b->tree, row, MINE_DRAW_NODE);
  mine_cell cell;
  if (to->failed) return;
  for (int d = 1; d < depth && d < DRAW_DEEP; d++)
    mine__text_adds(to, b->below[d] ? "│  " : "   ");
  if (depth > 0) mine__text_adds(to, depth < DRAW_DEEP && b->below[depth] ? "├─ " : "└─ ");
  mine_relation_cell(b->tree, row, MINE_DRAW_TEST, &cell);
  if (cell.type == MINE_TEXT) {
    mine__text_add_shown(to, &cell);
    mine__text_adds(to, ": ");
  }
  mine__write_node(b->tree, row, to);
  mine__text_adds(to, "\n");
  int seen = 0;
  for (int64_t i = row + 1; i < b->last && seen < 2; i++) {
    if (draw_int(b->tree, i, MINE_DRAW_PARENT) != node) continue;
    if (depth + 1 < DRAW_DEEP) b->below[depth + 1] = seen == 0;
    seen++;
    draw_node(b, i, depth + 1, to);
  }
}

static void draw_tree(const mine_relation *tree, int64_t first, int64_t last, mine_text *to) {
  draw_branches branches = {.tree = tree, .last = last};
  draw_node(&branches, first, 0, to);
}

void mine__write_text_trees(mine_env *env, const mine_model *model, const mine_writing *how,
                            mine_text *to) {
  const mine_trees *trees = model->body;
  const int32_t n = trees->n_trees < MINE_DRAW_TREES ? trees->n_trees : MINE_DRAW_TREES;
  draw_head(model, to);
  mine_relation *list = mine__write_listed_trees(env, model, n);
  if (!list) return;
  for (int64_t first = 0, last; first < mine_relation_rows(list); first = last) {
    const int64_t tree = draw_int(list, first, MINE_DRAW_TREE);
    for (last = first; last < mine_relation_rows(list); last++)
      if (draw_int(list, last, MINE_DRAW_TREE) != tree) break;
    if (trees->n_trees > 1) mine__text_addf(to, "tree %lld\n", (long long)tree);
    draw_tree(list, first, last, to);
  }
  mine_relation_free(list);
  if (n == trees->n_trees) return;
  mine__text_addf(to, "... and %d more trees: mine_tree lists them\n\n", trees->n_trees - n);
  if (trees->gain) mine__write_text_importance(env, model, how, to);
}

/* ---- bars ------------------------------------------------------------------------------------ */

/* To the left of a line what is below 0, to its right what is above. */
static void draw_bar(mine_text *to, double value, double most, int both) {
  const int n = most > 0 ? (int)floor(fabs(value) / most * DRAW_BAR + 0.5) : 0;
  if (both) {
    draw_repeat(to, " ", value < 0 ? DRAW_BAR - n : DRAW_BAR);
    if (value < 0) draw_repeat(to, "█", n);
    mine__text_adds(to, "│");
  }
  if (value > 0 || !both) draw_repeat(to, "█", n);
  mine__text_adds(to, "\n");
}

typedef struct draw_bars {
  mine_env *env;
  const mine_relation *list;
  int name, value; /* columns */
  int both;        /* there are values below 0 */
  int skip;        /* the first rows have no bar: an intercept is no effect */
} draw_bars;

static void draw_list(const draw_bars *bars, mine_text *to) {
  const int64_t rows = mine_relation_rows(bars->list);
  const int width = draw_names(bars->env, bars->list, bars->name);
  double most = 0;
  for (int64_t i = bars->skip; i < rows; i++) {
    const double v = fabs(draw_number(bars->list, i, bars->value));
    if (v > most) most = v;
  }
  for (int64_t i = 0; i < rows && i < DRAW_LINES && !to->failed; i++) {
    const mine_mark mark = mine__arena_mark(bars->env->scratch);
    mine_cell cell;
    mine_relation_cell(bars->list, i, bars->name, &cell);
    draw_cell(bars->env, to, &cell, width, 0);
    mine__text_adds(to, "  ");
    mine_relation_cell(bars->list, i, bars->value, &cell);
    draw_cell(bars->env, to, &cell, DRAW_CELL - 3, 1);
    mine__text_adds(to, "  ");
    const double value = mine__cell_number(&cell);
    draw_bar(to, i < bars->skip || isnan(value) ? 0 : value, most, bars->both);
    mine__text_rewind(to, bars->env->scratch, mark);
  }
  if (rows > DRAW_LINES) mine__text_addf(to, "... and %lld more\n", (long long)(rows - DRAW_LINES));
}

void mine__write_text_linear(mine_env *env, const mine_model *model, const mine_writing *how,
                             mine_text *to) {
  const int margins = model->n_groups > 2 ? model->n_groups : 1;
  (void)how;
  draw_head(model, to);
  mine_relation *list = mine__write_listed(env, model, "mine_coefficients");
  if (!list) return;
  const draw_bars bars = {env, list, 0, 1, 1, margins};
  draw_list(&bars, to);
  mine_relation_free(list);
}

void mine__write_text_importance(mine_env *env, const mine_model *model, const mine_writing *how,
                                 mine_text *to) {
  (void)how;
  if (model->kind != &mine__kind_trees) draw_head(model, to);
  mine_relation *list = mine__write_listed(env, model, "mine_importance");
  if (!list) return;
  const draw_bars bars = {env, list, 0, 1, 0, 0};
  mine__text_adds(to, "importance\n");
  draw_list(&bars, to);
  mine_relation_free(list);
}

/* ---- clusters ----------------------------------------------------------------------------- */

static void draw_cluster_names(mine_env *env, const mine_model *model, int64_t k, int width,
                               mine_text *to) {
  draw_repeat(to, " ", width + DRAW_CELL - 7);
  mine__text_adds(to, "overall");
  for (int64_t c = 0; c < k; c++) {
    mine_cell cell;
    mine__model_group(model, (int32_t)c + 1, &cell);
    draw_cell(env, to, &cell, DRAW_CELL, 1);
  }
  mine__text_adds(to, "\n");
}

/* A line a feature, a column a cluster: rows of the list are cluster by cluster, and none where
** all rows are noise. */
void mine__write_text_clusters(mine_env *env, const mine_model *model, const mine_writing *how,
                               mine_text *to) {
  const mine_encoding *encoding = NULL;
  const mine_cluster_profile *m = mine__model_profile(model, &encoding);
  if (!m) return;
  const int64_t width = encoding->width, shown = m->k < 8 ? m->k : 8;
  (void)how;
  draw_head(model, to);
  if (m->k == 0) {
    mine__text_adds(to, "no cluster: all rows are noise\n");
    return;
  }
  mine_relation *list = mine__write_listed(env, model, "mine_centroids");
  if (!list) return;
  const int names = draw_names(env, list, 2);
  draw_cluster_names(env, model, shown, names, to);
  const mine_cell rows = {MINE_TEXT, 4, {.text = "rows"}};
  draw_cell(env, to, &rows, names + DRAW_CELL, 0);
  for (int64_t c = 0; c < shown; c++) {
    const mine_cell count = {MINE_INT, 0, {.integer = m->rows[c]}};
    draw_cell(env, to, &count, DRAW_CELL, 1);
  }
  mine__text_adds(to, "\n");
  for (int64_t i = 0; i < width && i < DRAW_LINES && !to->failed; i++) {
    mine_cell cell;
    mine_relation_cell(list, i, 2, &cell);
    draw_cell(env, to, &cell, names, 0);
    mine_relation_cell(list, i, 4, &cell);
    draw_cell(env, to, &cell, DRAW_CELL, 1);
    for (int64_t c = 0; c < shown; c++) {
      mine_relation_cell(list, c * width + i, 3, &cell);
      draw_cell(env, to, &cell, DRAW_CELL, 1);
    }
    mine__text_adds(to, "\n");
  }
  if (shown < m->k)
    mine__text_addf(to, "... and %lld more clusters: mine_centroids lists them\n",
                    (long long)(m->k - shown));
  mine_relation_free(list);
}

/* ---- components --------------------------------------------------------------------------- */

/* A line a feature, a column a component: rows of the list are component by component. */
void mine__write_text_loadings(mine_env *env, const mine_model *model, const mine_writing *how,
                               mine_text *to) {
  const mine_components *m = model->body;
  const int64_t width = m->encoding.width, shown = m->k < 8 ? m->k : 8;
  (void)how;
  draw_head(model, to);
  mine_relation *list = mine__write_listed(env, model, "mine_loadings");
  if (!list) return;
  const int names = draw_names(env, list, 1);
  for (int64_t i = -2; i < width && i < DRAW_LINES && !to->failed; i++) {
    mine_cell cell = {MINE_TEXT, 5, {.text = i == -2 ? "     " : "share"}};
    if (i >= 0) mine_relation_cell(list, i, 1, &cell);
    draw_cell(env, to, &cell, names, 0);
    for (int64_t c = 0; c < shown; c++) {
      mine_relation_cell(list, c * width + (i < 0 ? 0 : i), i == -2 ? 0 : i == -1 ? 3 : 2, &cell);
      draw_cell(env, to, &cell, DRAW_CELL, 1);
    }
    mine__text_adds(to, "\n");
  }
  if (shown < m->k)
    mine__text_addf(to, "... and %lld more components: mine_loadings lists them\n",
                    (long long)(m->k - shown));
  mine_relation_free(list);
}

/* ---- models of models --------------------------------------------------------------------- */

void mine__write_text_members(mine_env *env, const mine_model *model, const mine_writing *how,
                              mine_text *to) {
  const mine_ensemble *ensemble = model->kind == &mine__kind_ensemble ? model->body : NULL;
  const char *why_not;
  draw_head(model, to);
  for (int i = 0; i < model->kind->n_inside(model) && !mine_failed(env) && !to->failed; i++) {
    char number[MINE_NUMBER_BYTES];
    mine_cell value;
    const mine_model *member = model->kind->inside(model, i, &value);
    if (!member) continue;
    mine__text_adds(to, "── ");
    if (ensemble)
      mine__text_addf(to, "weight %s", mine__format_real(number, ensemble->weight[i], DRAW_DIGITS));
    else
      mine__text_add_shown(to, &value);
    mine__text_adds(to, " ──\n");
    mine_write write = mine__kind_writes(member->kind, MINE_FORMAT_TEXT, &why_not);
    if (write) write(env, member, how, to);
    mine__text_adds(to, "\n");
  }
}
