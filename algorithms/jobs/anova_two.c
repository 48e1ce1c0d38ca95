/*
** anova_two.c -- two categories at once: what each of them says beside the other, and whether
** they depend on each other.
**
** Cells of n_ij rows with means m_ij.  The fit without interaction, a_i + b_j, is least squares
** over the cells; of the category with more levels the equations are eliminated,
**
**   S b = r,  S = diag(n_.j) - N' diag(1/n_i.) N,  r_j = sum_i n_ij (m_ij - m_i.)
**
** which leaves one equation for each level of the other.  S is singular once for each part of
** the table that shares no level with the rest; one b of each part is 0.  Fits of models within
** each other differ by right angles, so every sum of squares is summed as what it is, and none
** is a difference of two large ones:
**
**   type II   a beside b: sum n_ij (a_i + b_j - m_.j)^2     (and b beside a likewise)
**   type I    a alone:    sum n_i. (m_i. - m)^2, then b beside a
**   type III  weighted squares of means (Yates 1934): with u_i the plain mean of the cells of i
**             and w_i = J^2 / sum_j 1/n_ij,  sum w_i (u_i - u)^2, u their weighted mean
**   a:b       sum n_ij (m_ij - a_i - b_j)^2
**
** Degrees of freedom are ranks, counted and not computed: levels, cells, and parts.  O(rows +
** I J^2) for I >= J levels.
*/
#include <math.h>

#include "../kernel/linalg.h"
#include "anova.h"

#define TWO_MOST_CELLS  10000000
#define TWO_MOST_LEVELS 2000 /* of the category with fewer */

/* The cells, the category with more levels as rows. */
typedef struct two_table {
  mine_job *job;
  int64_t I, J;
  mine__samples cells;        /* cell (i, j) has code i * J + j */
  mine__sample *row, *column; /* n and mean of the margins       */
  int64_t rows_used, columns_used, parts;
  double mean;
  double *a, *b; /* the fit without interaction */
  int64_t *at;   /* of column j its equation, -1: none */
  int64_t equations;
} two_table;

typedef struct two_effect {
  double squares, df;
} two_effect;

static const mine__sample *two_cell(const two_table *t, int64_t i, int64_t j) {
  return &t->cells.of[i * t->J + j];
}

/* ---- reading --------------------------------------------------------------------------- */

static void two_margin(mine__sample *margin, const mine__sample *cell) {
  margin->n += cell->n;
  margin->sum += cell->sum;
}

static void two_margins(two_table *t) {
  mine_arena *scratch = t->job->env->scratch;
  t->row = mine__arena_zeros(scratch, (size_t)t->I, sizeof *t->row);
  t->column = mine__arena_zeros(scratch, (size_t)t->J, sizeof *t->column);
  if (mine_failed(t->job->env)) return;
  for (int64_t i = 0; i < t->I; i++) {
    for (int64_t j = 0; j < t->J; j++) {
      two_margin(&t->row[i], two_cell(t, i, j));
      two_margin(&t->column[j], two_cell(t, i, j));
    }
  }
  for (int64_t i = 0; i < t->I; i++) {
    if (t->row[i].n > 0) t->row[i].mean = t->row[i].sum / (double)t->row[i].n;
    t->rows_used += t->row[i].n > 0;
  }
  for (int64_t j = 0; j < t->J; j++) {
    if (t->column[j].n > 0) t->column[j].mean = t->column[j].sum / (double)t->column[j].n;
    t->columns_used += t->column[j].n > 0;
  }
  if (t->cells.rows > 0) t->mean = mine__samples_mean(&t->cells);
}

static void two_read(two_table *t, const mine_column *more, const mine_column *fewer,
                     const mine_column *value) {
  const int64_t n = t->job->frame->rows;
  t->I = more->levels.n;
  t->J = fewer->levels.n;
  if (t->J > TWO_MOST_LEVELS || t->I > TWO_MOST_CELLS / t->J) {
    mine__fail(t->job->env, MINE_DATA,
               "'%s' and '%s' have %lld x %lld levels, too many for a two-way analysis; leave one "
               "out with ignore=, or put levels together",
               more->name, fewer->name, (long long)t->I, (long long)t->J);
    return;
  }
  int32_t *code = mine__arena_array(t->job->env->scratch, (size_t)n, sizeof *code);
  for (int64_t i = 0; code && i < n; i++) {
    const int gap = more->code[i] < 0 || fewer->code[i] < 0;
    code[i] = gap ? -1 : (int32_t)(more->code[i] * t->J + fewer->code[i]);
  }
  if (mine_failed(t->job->env)) return;
  mine__samples_of(t->job, code, t->I * t->J, value, &t->cells);
  if (!mine_failed(t->job->env)) two_margins(t);
}

/* ---- parts of the table that share no level ------------------------------------------------ */

static int64_t two_root(int64_t *up, int64_t node) {
  while (up[node] != node)
    node = up[node] = up[up[node]];
  return node;
}

/* Columns are nodes 0..J-1, rows follow.  The first column of each part has no equation. */
static void two_parts(two_table *t) {
  mine_arena *scratch = t->job->env->scratch;
  int64_t *up = mine__arena_array(scratch, (size_t)(t->I + t->J), sizeof *up);
  t->at = mine__arena_array(scratch, (size_t)t->J, sizeof *t->at);
  if (mine_failed(t->job->env)) return;
  for (int64_t v = 0; v < t->I + t->J; v++)
    up[v] = v;
  for (int64_t i = 0; i < t->I; i++) {
    for (int64_t j = 0; j < t->J; j++) {
      if (two_cell(t, i, j)->n == 0) continue;
      const int64_t x = two_root(up, j), y = two_root(up, t->J + i);
      up[x > y ? x : y] = x > y ? y : x;
    }
  }
  for (int64_t j = 0; j < t->J; j++) {
    t->at[j] = -1;
    if (t->column[j].n == 0) continue;
    if (two_root(up, j) == j)
      t->parts++;
    else
      t->at[j] = t->equations++;
  }
}

/* ---- the fit without interaction ------------------------------------------------------------ */

static void two_equations(const two_table *t, double *s) {
  const int64_t q = t->equations;
  for (int64_t i = 0; i < t->I; i++) {
    for (int64_t j = 0; j < t->J; j++) {
      const double n = (double)two_cell(t, i, j)->n;
      if (n == 0 || t->at[j] < 0) continue;
      s[t->at[j] * q + t->at[j]] += n;
      for (int64_t k = 0; k < t->J; k++)
        if (t->at[k] >= 0)
          s[t->at[j] * q + t->at[k]] -= n * (double)two_cell(t, i, k)->n / (double)t->row[i].n;
    }
    if (mine__poll(t->job->env) != MINE_OK) return;
  }
}

/* What the fit so far leaves, moved into a and b: the equations once more for what rounding
** has left. */
static void two_improve(two_table *t, const double *factor, double *right, double *left) {
  for (int64_t j = 0; j < t->equations; j++)
    right[j] = 0;
  for (int64_t i = 0; i < t->I; i++) {
    left[i] = 0;
    for (int64_t j = 0; j < t->J; j++) {
      const mine__sample *cell = two_cell(t, i, j);
      if (cell->n > 0)
        left[i] += (double)cell->n / (double)t->row[i].n * (cell->mean - t->a[i] - t->b[j]);
    }
    for (int64_t j = 0; j < t->J; j++) {
      const mine__sample *cell = two_cell(t, i, j);
      if (cell->n > 0 && t->at[j] >= 0)
        right[t->at[j]] += (double)cell->n * (cell->mean - t->a[i] - t->b[j] - left[i]);
    }
  }
  mine__solve_upper(t->equations, factor, 1, right);
  mine__solve_upper(t->equations, factor, 0, right);
  for (int64_t i = 0; i < t->I; i++) {
    for (int64_t j = 0; j < t->J; j++)
      if (t->row[i].n > 0 && t->at[j] >= 0)
        left[i] -= (double)two_cell(t, i, j)->n / (double)t->row[i].n * right[t->at[j]];
    t->a[i] += left[i];
  }
  for (int64_t j = 0; j < t->J; j++)
    if (t->at[j] >= 0) t->b[j] += right[t->at[j]];
}

static void two_fit(two_table *t) {
  mine_arena *scratch = t->job->env->scratch;
  two_parts(t);
  if (mine_failed(t->job->env)) return;
  const size_t q = (size_t)t->equations;
  double *s = mine__arena_zeros(scratch, q * q + 1, sizeof *s);
  double *right = mine__arena_zeros(scratch, q + 1, sizeof *right);
  double *left = mine__arena_zeros(scratch, (size_t)t->I, sizeof *left);
  t->a = mine__arena_zeros(scratch, (size_t)t->I, sizeof *t->a);
  t->b = mine__arena_zeros(scratch, (size_t)t->J, sizeof *t->b);
  if (mine_failed(t->job->env)) return;
  two_equations(t, s);
  const mine_linalg plain = {0};
  if (!mine__cholesky(plain, t->equations, s)) {
    mine__fail(t->job->env, MINE_DATA,
               "the two categories cannot be told from each other to rounding; leave one out "
               "with ignore=");
    return;
  }
  for (int pass = 0; pass < 3 && !mine_failed(t->job->env); pass++)
    two_improve(t, s, right, left);
}

/* ---- sums of squares ------------------------------------------------------------------------- */

/* A category beside the other, `other` its means: by_rows: the rows' category. */
static two_effect two_beside(const two_table *t, int by_rows) {
  two_effect e = {0, (double)((by_rows ? t->rows_used : t->columns_used) - t->parts)};
  for (int64_t i = 0; i < t->I; i++) {
    for (int64_t j = 0; j < t->J; j++) {
      const double without = by_rows ? t->column[j].mean : t->row[i].mean;
      const double adds = t->a[i] + t->b[j] - without;
      e.squares += (double)two_cell(t, i, j)->n * adds * adds;
    }
  }
  return e;
}

static two_effect two_alone(const two_table *t, int by_rows) {
  const int64_t n = by_rows ? t->I : t->J;
  two_effect e = {0, (double)((by_rows ? t->rows_used : t->columns_used) - 1)};
  for (int64_t g = 0; g < n; g++) {
    const mine__sample *margin = by_rows ? &t->row[g] : &t->column[g];
    const double from = margin->mean - t->mean;
    e.squares += (double)margin->n * from * from;
  }
  return e;
}

/* Of unweighted means; every combination of levels that are there has rows. */
static void two_unweighted_of(const two_table *t, int by_rows, int64_t g, double *mean,
                              double *weight) {
  const int64_t others = by_rows ? t->J : t->I;
  const double n = (double)(by_rows ? t->columns_used : t->rows_used);
  double sum = 0, inverse = 0;
  for (int64_t o = 0; o < others; o++) {
    const mine__sample *cell = by_rows ? two_cell(t, g, o) : two_cell(t, o, g);
    if (cell->n == 0) continue;
    sum += cell->mean;
    inverse += 1 / (double)cell->n;
  }
  *mean = sum / n;
  *weight = n * n / inverse;
}

static two_effect two_unweighted(const two_table *t, int by_rows) {
  const int64_t n = by_rows ? t->I : t->J;
  two_effect e = {0, (double)((by_rows ? t->rows_used : t->columns_used) - 1)};
  double mean, weight, all = 0, middle = 0;
  for (int64_t g = 0; g < n; g++) {
    if ((by_rows ? t->row[g].n : t->column[g].n) == 0) continue;
    two_unweighted_of(t, by_rows, g, &mean, &weight);
    all += weight;
    middle += weight * mean;
  }
  middle /= all;
  for (int64_t g = 0; g < n; g++) {
    if ((by_rows ? t->row[g].n : t->column[g].n) == 0) continue;
    two_unweighted_of(t, by_rows, g, &mean, &weight);
    e.squares += weight * (mean - middle) * (mean - middle);
  }
  return e;
}

static two_effect two_interaction(const two_table *t) {
  two_effect e = {0, (double)(t->cells.used - t->rows_used - t->columns_used + t->parts)};
  for (int64_t i = 0; i < t->I; i++) {
    for (int64_t j = 0; j < t->J; j++) {
      const mine__sample *cell = two_cell(t, i, j);
      const double left = cell->mean - t->a[i] - t->b[j];
      if (cell->n > 0) e.squares += (double)cell->n * left * left;
    }
  }
  return e;
}

/* ---- rows of the answer ---------------------------------------------------------------------- */

typedef struct two_words {
  const mine_column *first, *second, *value;
  const mine__anova_options *options;
  int turned; /* the first is the columns' category */
} two_words;

/* "plan beside region; type 2, 4 x 3 levels, 200 rows" */
static void two_put(const two_table *t, const two_words *w, const char *name, const char *beside,
                    const two_effect *effect, const two_effect *rest, mine_relation *out) {
  mine__tested row = mine__tested_of("two-way", name, w->value->name);
  const int empty = t->cells.used < t->rows_used * t->columns_used;
  const int unknown = w->options->squares == 3 && w->options->interaction && empty;
  mine_text detail;
  mine__text_open(&detail, t->job->env->scratch);
  if (beside) mine__text_addf(&detail, "beside %s; ", beside);
  mine__text_addf(&detail, "type %d, %lld x %lld levels, %lld rows", (int)w->options->squares,
                  (long long)(w->turned ? t->columns_used : t->rows_used),
                  (long long)(w->turned ? t->rows_used : t->columns_used),
                  (long long)t->cells.rows);
  mine__gaps_add(&detail, t->cells.gaps);
  if (effect->df < 1) {
    mine__text_adds(&detail, beside ? "; it says nothing that the other does not"
                                    : "; too few combinations for an interaction");
  } else if (unknown && beside) {
    mine__text_adds(&detail, "; combinations without rows: say squares=2");
  } else if (rest->df < 1) {
    mine__text_adds(&detail, w->options->interaction
                                 ? "; one row a combination leaves no chance to compare with: say "
                                   "interaction=0"
                                 : "; too few rows");
  } else if (!(effect->squares + rest->squares > 0)) {
    mine__text_adds(&detail, "; the number does not vary");
  } else {
    row.df = effect->df;
    row.df2 = rest->df;
    row.statistic = (effect->squares / effect->df) / (rest->squares / rest->df);
    row.p = mine__f_tail(row.statistic, row.df, row.df2, MINE__UPPER);
    row.effect = effect->squares / (effect->squares + rest->squares);
    if (!isfinite(row.statistic))
      mine__text_adds(&detail, "; the number does not vary within the groups");
  }
  row.detail = detail.data;
  if (!mine_failed(t->job->env)) mine__tested_put(out, &row);
}

static void two_answer(const two_table *t, const two_words *w, mine_relation *out) {
  const mine__anova_options *o = w->options;
  const int first = !w->turned; /* whether it is the rows' */
  const two_effect both = two_interaction(t);
  two_effect rest = {mine__samples_within(&t->cells), (double)(t->cells.rows - t->cells.used)};
  two_effect one = two_beside(t, first), other = two_beside(t, !first);
  if (o->squares == 1) one = two_alone(t, first);
  if (o->squares == 3 && o->interaction) {
    one = two_unweighted(t, first);
    other = two_unweighted(t, !first);
  }
  if (!o->interaction) {
    rest.squares += both.squares;
    rest.df += both.df;
  }
  two_put(t, w, w->first->name, o->squares == 1 ? "nothing" : w->second->name, &one, &rest, out);
  two_put(t, w, w->second->name, w->first->name, &other, &rest, out);
  if (!o->interaction || mine_failed(t->job->env)) return;
  mine_text name;
  mine__text_open(&name, t->job->env->scratch);
  mine__text_addf(&name, "%s:%s", w->first->name, w->second->name);
  if (!mine_failed(t->job->env)) two_put(t, w, name.data, NULL, &both, &rest, out);
}

static void two_pair(mine_job *job, two_words *w, mine_relation *out) {
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  two_table t = {.job = job};
  w->turned = w->first->levels.n < w->second->levels.n;
  two_read(&t, w->turned ? w->second : w->first, w->turned ? w->first : w->second, w->value);
  if (!mine_failed(job->env)) two_fit(&t);
  if (!mine_failed(job->env)) two_answer(&t, w, out);
  mine__arena_rewind(job->env->scratch, mark);
}

mine_status mine__anova_two_run(mine_job *job, const mine__anova_options *options,
                                mine_relation *out) {
  const mine_chosen *chosen = &job->attributes.chosen;
  two_words w = {.options = options};
  for (int a = 0; a < chosen->n; a++) {
    w.first = &job->frame->column[chosen->column[a]];
    for (int b = a + 1; w.first->code && b < chosen->n; b++) {
      w.second = &job->frame->column[chosen->column[b]];
      for (int c = 0; w.second->code && c < chosen->n; c++) {
        w.value = &job->frame->column[chosen->column[c]];
        if (w.value->number) two_pair(job, &w, out);
        if (mine_failed(job->env)) return mine_env_status(job->env);
      }
    }
  }
  if (mine_relation_rows(out) > 0) return MINE_OK;
  return mine__fail(job->env, MINE_DATA,
                    "test=two-way takes two categories and a number that vary; select two columns "
                    "of texts and one of numbers after the id, or say categorical=<column>");
}
