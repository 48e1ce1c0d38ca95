/*
** sql_terms.c -- terms as expressions.  No expression is deep: sums are balanced, tables are flat
** lists of WHENs (SQLite takes 1,000 levels, its parser a stack of 100).
*/
#include <math.h>
#include <string.h>

#include "sql.h"

#define SQLTERM_ARGUMENTS 100 /* of a function; SQLite takes 127 */
#define SQLTERM_FLAT      16  /* bounds that are tried one after another */
#define SQLTERM_HALVINGS  6   /* of more bounds                          */

static void sqlterm_two(const mine__sql *w, const mine_term *term, const char *sign) {
  mine__text_adds(w->to, "(");
  mine__sql_term(w, term->arg[0]);
  mine__text_adds(w->to, sign);
  mine__sql_term(w, term->arg[1]);
  mine__text_adds(w->to, ")");
}

/* (a + (b + c)), halved. */
static void sqlterm_balanced(const mine__sql *w, const mine_term *const *arg, int n,
                             const char *sign) {
  if (n == 1) {
    mine__sql_term(w, arg[0]);
    return;
  }
  mine__text_adds(w->to, "(");
  sqlterm_balanced(w, arg, n / 2, sign);
  mine__text_adds(w->to, sign);
  sqlterm_balanced(w, arg + n / 2, n - n / 2, sign);
  mine__text_adds(w->to, ")");
}

/* The least or the greatest; of more than a function takes, of some of theirs. */
static void sqlterm_extreme(const mine__sql *w, const mine_term *const *arg, int n, int most) {
  const char *sqlite = most ? "max(" : "min(", *others = most ? "greatest(" : "least(";
  if (n == 1) {
    mine__sql_term(w, arg[0]);
    return;
  }
  int each = 1;
  while ((n + each - 1) / each > SQLTERM_ARGUMENTS)
    each *= SQLTERM_ARGUMENTS;
  mine__text_adds(w->to, w->dialect == MINE_DIALECT_SQLITE ? sqlite : others);
  for (int i = 0; i < n; i += each) {
    if (i) mine__text_adds(w->to, ", ");
    sqlterm_extreme(w, arg + i, n - i < each ? n - i : each, most);
  }
  mine__text_adds(w->to, ")");
}

static void sqlterm_call(const mine__sql *w, const char *function, const mine_term *arg) {
  mine__text_addf(w->to, "%s(", function);
  mine__sql_term(w, arg);
  mine__text_adds(w->to, ")");
}

/* PostgreSQL makes an error of what is too small for a double. */
static void sqlterm_exp(const mine__sql *w, const mine_term *arg) {
  if (w->dialect != MINE_DIALECT_POSTGRESQL) {
    sqlterm_call(w, "exp", arg);
    return;
  }
  mine__text_adds(w->to, "exp(greatest(");
  mine__sql_term(w, arg);
  mine__text_adds(w->to, ", CAST(-700 AS double precision)))");
}

/* ---- tables ------------------------------------------------------------------------------- */

static void sqlterm_otherwise(const mine__sql *w, double value) {
  mine__text_adds(w->to, " ELSE ");
  mine__sql_typed(w, value);
  mine__text_adds(w->to, " END");
}

/* What the whole model calls a level of the term's own. */
static void sqlterm_level(const mine__sql *w, const mine_term *term, int64_t level) {
  const mine_feature *whole = &w->model->feature[term->feature];
  mine_cell cell;
  mine__values_get(&term->about->levels.values, level, &cell);
  if (w->column[term->feature].code) {
    const int64_t code =
        term->about == whole ? level : mine__dictionary_find(&whole->levels, &cell);
    mine__text_addf(w->to, "%lld", (long long)code);
  } else {
    mine__sql_level(w, term->feature, &cell);
  }
}

static void sqlterm_of(const mine__sql *w, int feature) {
  if (w->column[feature].code)
    mine__sql_key(w, 'c', feature, 0);
  else
    mine__sql_feature(w, feature);
}

/* Levels that say what an unknown one says need no WHEN. */
static void sqlterm_levels(const mine__sql *w, const mine_term *term) {
  const int apart = term->missing != term->unknown;
  int n = 0;
  for (int l = 0; l < term->n; l++)
    n += term->y[l] != term->unknown;
  if (n == 0 && !apart) {
    mine__sql_typed(w, term->unknown);
    return;
  }
  mine__text_adds(w->to, apart ? "CASE WHEN " : "CASE ");
  sqlterm_of(w, term->feature);
  if (apart) {
    mine__text_adds(w->to, " IS NULL THEN ");
    mine__sql_real(w, term->missing);
  }
  for (int l = 0; l < term->n && !w->to->failed; l++) {
    if (term->y[l] == term->unknown) continue;
    mine__text_adds(w->to, " WHEN ");
    if (apart) {
      sqlterm_of(w, term->feature);
      mine__text_adds(w->to, " = ");
    }
    sqlterm_level(w, term, l);
    mine__text_adds(w->to, " THEN ");
    mine__sql_real(w, term->y[l]);
  }
  sqlterm_otherwise(w, term->unknown);
}

static void sqlterm_missing(const mine__sql *w, const mine_term *of, double missing) {
  mine__text_adds(w->to, "CASE WHEN ");
  mine__sql_term(w, of);
  mine__text_adds(w->to, " IS NULL THEN ");
  mine__sql_real(w, missing);
}

static void sqlterm_steps(const mine__sql *w, const mine_term *term) {
  sqlterm_missing(w, term->arg[0], term->missing);
  for (int i = 0; i < term->n; i++) {
    mine__text_adds(w->to, " WHEN ");
    mine__sql_term(w, term->arg[0]);
    mine__text_adds(w->to, " < ");
    mine__sql_real(w, term->x[i]);
    mine__text_adds(w->to, " THEN ");
    mine__sql_real(w, term->y[i]);
  }
  sqlterm_otherwise(w, term->y[term->n]);
}

/* y + (x - at) / (next - at) * (y' - y), as the engine has it. */
static void sqlterm_line(const mine__sql *w, const mine_term *term) {
  const double *x = term->x, *y = term->y;
  sqlterm_missing(w, term->arg[0], NAN);
  mine__text_adds(w->to, " WHEN ");
  mine__sql_term(w, term->arg[0]);
  mine__text_adds(w->to, " <= ");
  mine__sql_real(w, x[0]);
  mine__text_adds(w->to, " THEN ");
  mine__sql_real(w, y[0]);
  for (int i = 1; i < term->n && !w->to->failed; i++) {
    mine__text_adds(w->to, " WHEN ");
    mine__sql_term(w, term->arg[0]);
    mine__text_adds(w->to, " < ");
    mine__sql_real(w, x[i]);
    mine__text_adds(w->to, " THEN ");
    mine__sql_real(w, y[i - 1]);
    if (y[i] == y[i - 1]) continue;
    mine__text_adds(w->to, " + (");
    mine__sql_term(w, term->arg[0]);
    mine__text_adds(w->to, " - ");
    mine__sql_real(w, x[i - 1]);
    mine__text_adds(w->to, ") / ");
    mine__sql_real(w, x[i] - x[i - 1]);
    mine__text_adds(w->to, " * ");
    mine__sql_real(w, y[i] - y[i - 1]);
  }
  sqlterm_otherwise(w, y[term->n - 1]);
}

/* Bounds cut[low .. high - 1]: how many are reached, of which low are known to be. */
static void sqlterm_between(const mine__sql *w, int feature, int64_t low, int64_t high,
                            int halvings) {
  const double *cut = w->column[feature].cut;
  mine__text_adds(w->to, "CASE WHEN ");
  mine__sql_feature(w, feature);
  if (high - low > SQLTERM_FLAT && halvings > 0) {
    const int64_t middle = low + (high - low) / 2;
    mine__text_adds(w->to, " < ");
    mine__sql_real(w, cut[middle]);
    mine__text_adds(w->to, " THEN ");
    sqlterm_between(w, feature, low, middle, halvings - 1);
    mine__text_adds(w->to, " ELSE ");
    sqlterm_between(w, feature, middle, high, halvings - 1);
  } else {
    for (int64_t i = low; i < high; i++) {
      if (i > low) {
        mine__text_adds(w->to, " WHEN ");
        mine__sql_feature(w, feature);
      }
      mine__text_adds(w->to, " < ");
      mine__sql_real(w, cut[i]);
      mine__text_addf(w->to, " THEN %lld", (long long)i);
    }
    mine__text_addf(w->to, " ELSE %lld", (long long)high);
  }
  mine__text_adds(w->to, " END");
}

void mine__sql_reached(const mine__sql *w, int feature) {
  const int64_t n = w->column[feature].n_cuts;
  mine__text_adds(w->to, "CASE WHEN ");
  mine__sql_feature(w, feature);
  mine__text_adds(w->to, " IS NOT NULL THEN ");
  if (n > 0)
    sqlterm_between(w, feature, 0, n, SQLTERM_HALVINGS);
  else
    mine__text_adds(w->to, "0");
  mine__text_adds(w->to, " END");
}

/* ---- choices ------------------------------------------------------------------------------ */

static void sqlterm_if(const mine__sql *w, const mine_term *term) {
  mine__text_adds(w->to, "CASE WHEN ");
  mine__sql_term(w, term->arg[0]);
  mine__text_adds(w->to, " < ");
  mine__sql_term(w, term->arg[1]);
  mine__text_adds(w->to, " THEN ");
  mine__sql_term(w, term->arg[2]);
  mine__text_adds(w->to, " ELSE ");
  mine__sql_term(w, term->arg[3]);
  mine__text_adds(w->to, " END");
}

static void sqlterm_known(const mine__sql *w, const mine_term *term) {
  mine__text_adds(w->to, "coalesce(");
  mine__sql_term(w, term->arg[0]);
  mine__text_adds(w->to, ", ");
  mine__sql_term(w, term->arg[1]);
  mine__text_adds(w->to, ")");
}

/* WHICH: the number of the argument that equals the first; CASE: the argument of that number. */
static void sqlterm_which(const mine__sql *w, const mine_term *term) {
  mine__text_adds(w->to, "CASE ");
  mine__sql_term(w, term->arg[0]);
  for (int i = 1; i < term->n; i++) {
    mine__text_adds(w->to, " WHEN ");
    if (term->op == MINE_TERM_WHICH)
      mine__sql_term(w, term->arg[i]);
    else
      mine__text_addf(w->to, "%d", i);
    mine__text_adds(w->to, " THEN ");
    if (term->op == MINE_TERM_WHICH)
      mine__text_addf(w->to, "%d", i);
    else
      mine__sql_term(w, term->arg[i]);
  }
  mine__text_adds(w->to, " END");
}

void mine__sql_term(const mine__sql *w, const mine_term *term) {
  if (w->to->failed) return;
  switch (term->op) {
    case MINE_TERM_CONSTANT:
      mine__sql_real(w, term->value);
      break;
    case MINE_TERM_NUMBER:
      mine__sql_feature(w, term->feature);
      break;
    case MINE_TERM_LET:
      mine__text_addf(w->to, "%sv%d", w->mark, term->at);
      break;
    case MINE_TERM_LEVELS:
      sqlterm_levels(w, term);
      break;
    case MINE_TERM_STEPS:
      sqlterm_steps(w, term);
      break;
    case MINE_TERM_LINE:
      sqlterm_line(w, term);
      break;
    case MINE_TERM_TREES:
      mine__sql_trees(w, term);
      break;
    case MINE_TERM_SUM:
      sqlterm_balanced(w, term->arg, term->n, " + ");
      break;
    case MINE_TERM_PRODUCT:
      sqlterm_two(w, term, " * ");
      break;
    case MINE_TERM_MINUS:
      sqlterm_two(w, term, " - ");
      break;
    case MINE_TERM_OVER:
      sqlterm_two(w, term, " / ");
      break;
    case MINE_TERM_EXP:
      sqlterm_exp(w, term->arg[0]);
      break;
    case MINE_TERM_LN:
      sqlterm_call(w, "ln", term->arg[0]);
      break;
    case MINE_TERM_SQRT:
      sqlterm_call(w, "sqrt", term->arg[0]);
      break;
    case MINE_TERM_ABS:
      sqlterm_call(w, "abs", term->arg[0]);
      break;
    case MINE_TERM_LEAST:
    case MINE_TERM_MOST:
      sqlterm_extreme(w, term->arg, term->n, term->op == MINE_TERM_MOST);
      break;
    case MINE_TERM_IF:
      sqlterm_if(w, term);
      break;
    case MINE_TERM_KNOWN:
      sqlterm_known(w, term);
      break;
    case MINE_TERM_WHICH:
    case MINE_TERM_CASE:
      sqlterm_which(w, term);
      break;
  }
}
