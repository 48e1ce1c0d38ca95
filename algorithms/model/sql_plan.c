/*
** sql_plan.c -- which columns the chain of write_sql.c has, and how far each is needed.
*/
#include <string.h>

#include "../core/radix.h"
#include "sql.h"

#define WRITE_PLAIN_NODES  300 /* trees of more ask keys                  */
#define WRITE_PLAIN_TABLES 2   /* a category asked more often has a code  */

/* ---- what is asked, and how far it is needed ------------------------------------------------ */

static void sqlplan_last(int *last, int place) {
  if (*last < place) *last = place;
}

/* How many arguments of a term are terms. */
static int sqlplan_arguments(const mine_term *term) {
  if (!term->arg) return 0;
  return term->op == MINE_TERM_STEPS || term->op == MINE_TERM_LINE ? 1 : term->n;
}

/* Count what tables and trees ask of the features. */
static int64_t sqlplan_survey(mine__sql *w, const mine_term *term) {
  int64_t nodes = 0;
  if (term->op == MINE_TERM_LEVELS) w->column[term->feature].tables++;
  if (term->op == MINE_TERM_TREES) {
    nodes = term->trees->first[term->at + term->n] - term->trees->first[term->at];
    mine__sql_gather(w, term);
  }
  for (int i = 0; i < sqlplan_arguments(term); i++)
    nodes += sqlplan_survey(w, term->arg[i]);
  return nodes;
}

/* Each threshold once, ascending. */
static void sqlplan_sort(mine__sql *w, mine__sql_column *column) {
  const mine_mark mark = mine__arena_mark(w->env->scratch);
  const int64_t n = column->n_cuts;
  mine_pair *pair = mine__arena_array(w->env->scratch, 2 * (size_t)n, sizeof *pair);
  double *sorted = mine__arena_array(w->formula.arena, (size_t)n, sizeof *sorted);
  if (pair && sorted && n > 0) {
    column->n_cuts = mine__sort_reals(column->cut, NULL, n, pair, pair + n);
    for (int64_t i = 0; i < n; i++)
      sorted[pair[i].key] = column->cut[pair[i].row];
    column->cut = sorted;
  }
  if (w->formula.arena != w->env->scratch) mine__arena_rewind(w->env->scratch, mark);
}

/* Which features have codes and keys. */
static void sqlplan_choose(mine__sql *w) {
  int64_t nodes = 0;
  for (int i = 0; i < w->formula.n && !mine_failed(w->env); i++)
    nodes += sqlplan_survey(w, w->formula.let[i].term);
  w->packed = nodes > WRITE_PLAIN_NODES;
  for (int f = 0; f < w->model->n_features && !mine_failed(w->env); f++) {
    mine__sql_column *column = &w->column[f];
    const mine_feature *about = &w->model->feature[f];
    const int64_t levels = about->levels.values.n;
    if (about->type == MINE_COLUMN_CATEGORY) {
      const int64_t words = (levels + MINE__SQL_WORD - 1) / MINE__SQL_WORD;
      const int keys = w->packed && column->in_trees;
      column->code = keys || column->tables > WRITE_PLAIN_TABLES;
      column->words = keys && words <= MINE__SQL_WORDS ? (int)words : 0;
    } else if (w->packed && column->in_trees) {
      sqlplan_sort(w, column);
      column->words = 1;
    }
  }
}

static void sqlplan_need_trees(mine__sql *w, const mine_term *term, int place) {
  const mine_trees *trees = term->trees;
  for (int32_t i = trees->first[term->at]; i < trees->first[term->at + term->n]; i++) {
    if (trees->feature[i] == MINE_TREES_LEAF) continue;
    mine__sql_column *column = &w->column[term->map[trees->feature[i]]];
    sqlplan_last(column->words  ? &column->last_key
                 : column->code ? &column->last_code
                                : &column->last,
                 place);
  }
}

static void sqlplan_need(mine__sql *w, const mine_term *term, int place) {
  if (term->op == MINE_TERM_NUMBER) sqlplan_last(&w->column[term->feature].last, place);
  if (term->op == MINE_TERM_LET) sqlplan_last(&w->last[term->at], place);
  if (term->op == MINE_TERM_TREES) sqlplan_need_trees(w, term, place);
  if (term->op == MINE_TERM_LEVELS) {
    mine__sql_column *column = &w->column[term->feature];
    sqlplan_last(column->code ? &column->last_code : &column->last, place);
  }
  for (int i = 0; i < sqlplan_arguments(term); i++)
    sqlplan_need(w, term->arg[i], place);
}

/* From the end to the beginning: answers, lets, keys, codes, cells. */
static void sqlplan_live(mine__sql *w) {
  const int end = MINE__SQL_STAGES + w->stages;
  for (int g = 0; w->said.share && g < w->model->n_groups; g++)
    sqlplan_need(w, w->said.share[g], end);
  for (int c = 0; w->said.value && c < w->model->n_outputs; c++)
    sqlplan_need(w, w->said.value[c], end);
  if (w->said.group) sqlplan_need(w, w->said.group, end);
  if (w->said.distance) sqlplan_need(w, w->said.distance, end);
  for (int i = 0; i < w->formula.n; i++)
    sqlplan_need(w, w->formula.let[i].term, MINE__SQL_STAGES + w->formula.let[i].stage);
  for (int f = 0; f < w->model->n_features; f++) {
    mine__sql_column *column = &w->column[f];
    if (column->last_key)
      sqlplan_last(
          w->model->feature[f].type == MINE_COLUMN_CATEGORY ? &column->last_code : &column->last,
          MINE__SQL_KEYS);
    if (column->last_code || w->gaps_tell) sqlplan_last(&column->last, MINE__SQL_CODES);
  }
}

/* The names of the chain begin with so many underscores that no feature's does. */
static void sqlplan_mark(mine__sql *w) {
  size_t most = 0;
  for (int f = 0; f < w->model->n_features; f++) {
    const size_t n = strspn(w->model->feature[f].name, "_");
    if (n > most) most = n;
  }
  if (most > sizeof w->mark - 2) most = sizeof w->mark - 2;
  memset(w->mark, '_', most + 1);
  w->mark[most + 1] = 0;
}

void mine__sql_plan(mine__sql *w) {
  const size_t n = (size_t)w->model->n_features;
  w->column = mine__arena_zeros(w->formula.arena, n, sizeof *w->column);
  w->last = mine__arena_zeros(w->formula.arena, (size_t)w->formula.n, sizeof *w->last);
  for (int i = 0; i < w->formula.n; i++)
    if (w->formula.let[i].stage >= w->stages) w->stages = w->formula.let[i].stage + 1;
  for (int f = 0; !mine_failed(w->env) && f < w->model->n_features; f++)
    (void)mine__sql_readable(w, f);
  if (mine_failed(w->env)) return;
  w->gaps_tell = w->model->gaps.missing == 2; /* skip */
  sqlplan_mark(w);
  sqlplan_choose(w);
  if (!mine_failed(w->env)) sqlplan_live(w);
}
