/*
** drivers_conditions.c -- attributes become conditions that a row meets or not.
**
**   category   x = level, for each level
**   number     x = value, where there are at most four values; else x < cut and x >= cut, at cuts
**              that divide the rows into bins of about equally many.  The cuts do not know the
**              target, so p-values need no excuse
**   missing    x IS NULL
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "drivers.h"

#define DRIVERS_VALUES 4

static const char *const drivers_keywords[] = {
    "all",        "and",    "as",       "asc",    "between", "by",     "case",        "check",
    "default",    "desc",   "distinct", "else",   "end",     "exists", "from",        "group",
    "having",     "in",     "index",    "into",   "is",      "join",   "left",        "like",
    "limit",      "not",    "null",     "offset", "on",      "or",     "order",       "primary",
    "references", "select", "set",      "table",  "then",    "to",     "transaction", "union",
    "unique",     "update", "values",   "when",   "where",   "with",   NULL};

/* ---- one condition ------------------------------------------------------------------------- */

static int drivers_meets(const drivers_item *item, const mine_feature_view *view, uint32_t row) {
  if (view->number) {
    const double x = view->number[row];
    switch (item->test) {
      case DRIVERS_BELOW:
        return x < item->bound;
      case DRIVERS_FROM:
        return x >= item->bound;
      case DRIVERS_IS:
        return x == item->bound;
      default:
        return isnan(x);
    }
  }
  return item->test == DRIVERS_MISSING ? view->code[row] < 0 : view->code[row] == item->code;
}

typedef struct drivers_making {
  mine_training *t;
  mine_arena *arena;
  int64_t least;
  drivers_items *out;
} drivers_making;

static void drivers_add(drivers_making *m, drivers_item item) {
  const mine_training *t = m->t;
  const mine_feature_view *view = &t->data.view[item.feature];
  const int64_t n = t->data.n;
  item.rows = 0;
  for (int64_t i = 0; i < n; i++)
    item.rows += drivers_meets(&item, view, t->data.row[i]);
  if (item.rows < m->least || item.rows >= n) return;
  item.bits = mine__arena_zeros(m->arena, (size_t)MINE_BLOCKS(n, 64), sizeof *item.bits);
  if (!item.bits || !MINE_RESERVE(m->arena, m->out->item, m->out->capacity, (size_t)m->out->n + 1))
    return;
  for (int64_t i = 0; i < n; i++)
    item.bits[i / 64] |= (uint64_t)drivers_meets(&item, view, t->data.row[i]) << (i % 64);
  m->out->item[m->out->n++] = item;
}

/* ---- an attribute ---------------------------------------------------------------------------- */

/* Levels that enough rows have. */
static void drivers_levels(drivers_making *m, int f) {
  const mine_training *t = m->t;
  const int64_t n_levels = t->data.about[f].levels.values.n;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  int64_t *rows = mine__arena_zeros(t->env->scratch, (size_t)n_levels, sizeof *rows);
  if (!rows) return;
  for (int64_t i = 0; i < t->data.n; i++) {
    const int32_t code = t->data.view[f].code[t->data.row[i]];
    if (code >= 0) rows[code]++;
  }
  for (int64_t l = 0; l < n_levels && !mine_failed(t->env); l++)
    if (rows[l] >= m->least)
      drivers_add(m, (drivers_item){.feature = f, .test = DRIVERS_IS, .code = (int32_t)l});
  mine__arena_rewind(t->env->scratch, mark);
}

static void drivers_values(drivers_making *m, int f, const double *value, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (i == 0 || value[i] != value[i - 1])
      drivers_add(m, (drivers_item){.feature = f, .test = DRIVERS_IS, .bound = value[i]});
}

static void drivers_cuts(drivers_making *m, int f, const double *value, int64_t n, int bins) {
  double last = value[0];
  for (int b = 1; b < bins && !mine_failed(m->t->env); b++) {
    const double cut = value[n * b / bins];
    if (!(cut > last)) continue;
    drivers_add(m, (drivers_item){.feature = f, .test = DRIVERS_BELOW, .bound = cut});
    drivers_add(m, (drivers_item){.feature = f, .test = DRIVERS_FROM, .bound = cut});
    last = cut;
  }
}

static void drivers_numbers(drivers_making *m, int f, int bins) {
  const mine_training *t = m->t;
  const size_t n = (size_t)t->data.n;
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  mine_pair *order = mine__arena_array(t->env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(t->env->scratch, n, sizeof *temp);
  double *value = mine__arena_array(t->env->scratch, n, sizeof *value);
  if (!order || !temp || !value) return;
  const double *number = t->data.view[f].number;
  const int64_t distinct = mine__sort_reals(number, t->data.row, t->data.n, order, temp);
  const int64_t values = mine__sort_known(order, t->data.n);
  for (int64_t i = 0; i < values; i++)
    value[i] = number[t->data.row[order[i].row]];
  if (distinct <= DRIVERS_VALUES)
    drivers_values(m, f, value, values);
  else
    drivers_cuts(m, f, value, values, bins);
  mine__arena_rewind(t->env->scratch, mark);
}

void mine__drivers_conditions(mine_training *t, mine_arena *arena, int bins, int64_t least,
                              drivers_items *out) {
  drivers_making m = {t, arena, least, out};
  *out = (drivers_items){0};
  for (int f = 0; f < t->data.n_features && !mine__poll(t->env); f++) {
    if (t->data.view[f].number)
      drivers_numbers(&m, f, bins);
    else if (t->data.view[f].code)
      drivers_levels(&m, f);
    if (!mine_failed(t->env))
      drivers_add(&m, (drivers_item){.feature = f, .test = DRIVERS_MISSING});
  }
}

int mine__drivers_agree(const drivers_item *a, const drivers_item *b) {
  if (a->feature != b->feature) return 1;
  const drivers_item *low = a->test == DRIVERS_FROM ? a : b, *high = low == a ? b : a;
  return low->test == DRIVERS_FROM && high->test == DRIVERS_BELOW && low->bound < high->bound;
}

/* ---- words ------------------------------------------------------------------------------ */

static int drivers_plain_name(const char *name) {
  if (!*name || (*name >= '0' && *name <= '9')) return 0;
  for (const char *at = name; *at; at++)
    if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_' ||
          (*at >= '0' && *at <= '9')))
      return 0;
  for (int k = 0; drivers_keywords[k]; k++)
    if (mine__same_word(name, drivers_keywords[k])) return 0;
  return 1;
}

static void drivers_add_name(mine_text *to, const char *name) {
  if (drivers_plain_name(name))
    mine__text_adds(to, name);
  else
    mine__text_add_quoted(to, '"', name, strlen(name));
}

static void drivers_add_bound(mine_text *to, const mine_feature *about, double bound) {
  mine_cell cell;
  char buffer[MINE_TIME_BYTES];
  mine__feature_cell(about, bound, buffer, &cell);
  if (cell.type == MINE_REAL && cell.as.real == floor(cell.as.real) && fabs(cell.as.real) < 1e15)
    cell = (mine_cell){MINE_INT, 0, {(int64_t)cell.as.real}};
  mine__text_add_sql(to, &cell);
}

static void drivers_add_condition(mine_text *to, const mine_feature *about,
                                  const drivers_item *item) {
  mine_cell level;
  drivers_add_name(to, about->name);
  switch (item->test) {
    case DRIVERS_BELOW:
      mine__text_adds(to, " < ");
      drivers_add_bound(to, about, item->bound);
      break;
    case DRIVERS_FROM:
      mine__text_adds(to, " >= ");
      drivers_add_bound(to, about, item->bound);
      break;
    case DRIVERS_IS:
      mine__text_adds(to, " = ");
      if (about->type == MINE_COLUMN_NUMERIC) {
        drivers_add_bound(to, about, item->bound);
      } else {
        mine__values_get(&about->levels.values, item->code, &level);
        mine__text_add_sql(to, &level);
      }
      break;
    default:
      mine__text_adds(to, " IS NULL");
      break;
  }
}

void mine__drivers_text(const mine_training *t, const drivers_items *items,
                        const drivers_segment *segment, mine_text *to) {
  for (int i = 0; i < segment->size; i++) {
    const drivers_item *item = &items->item[segment->item[i]];
    if (i > 0) mine__text_adds(to, " AND ");
    drivers_add_condition(to, &t->data.about[item->feature], item);
  }
}
