/*
** exact_columns.c -- every column made ready once, before the first split.
**
** A numeric column with few distinct values, and every category, becomes one
** bin number per row: the split search then counts into bins, which is exact
** because a bin holds one value.  Any other numeric column is sorted once: its order
** is kept, and each tree takes a copy that its splits keep sorted (Mehta, Agrawal &
** Rissanen 1996, SLIQ).  With most_bins a long column is cut into bins of about equal
** size instead.
*/
#include <string.h>

#include "../core/hash.h"
#include "../core/options.h"
#include "../core/parallel.h"
#include "exact_private.h"

#define COLUMNS_DISTINCT 2048    /* up to here a numeric column is counted, not sorted */
#define COLUMNS_BUDGET   1000000 /* rows touched between two polls */

/* What a worker sorts a column in. */
typedef struct columns_scratch {
  mine_pair *pair, *temp;
  mine__table table; /* distinct numbers of a column */
} columns_scratch;

typedef struct columns_work {
  mine_env *env;
  mine_arena *arena;
  mine_exact_columns *columns;
  int64_t n;
  columns_scratch *scratch; /* per worker */
  int64_t limit;            /* distinct values a column may have to be counted */
  int cut;                  /* longer ones are cut, not sorted                 */
  int slots;
  struct columns_slot *slot;
  int *order;        /* features, those to be sorted first  */
  uint32_t **sorted; /* by feature: room for its order      */
} columns_work;

/* A worker's share of the features, order[slot], order[slot + slots] ..., and
** where it is: a long sort is left between two steps and taken up again. */
typedef struct columns_slot {
  int next, sorting;
  mine_sort sort;
} columns_slot;

/* A number looked for in low[]. */
typedef struct columns_wanted {
  const double *low;
  double value;
} columns_wanted;

static int columns_same(const void *context, uint32_t number) {
  const columns_wanted *wanted = context;
  return wanted->low[number] == wanted->value;
}

static uint64_t columns_hash(double value) {
  return (mine_key_of_real(value) * UINT64_C(0x9E3779B97F4A7C15)) >> 32;
}

static int64_t columns_find(const mine__table *table, const double *low, double value) {
  const columns_wanted wanted = {low, value};
  return mine__table_find(table, columns_hash(value), columns_same, &wanted);
}

static double columns_number(const columns_work *work, const mine_exact_column *column, int64_t i) {
  return column->number[mine_batch_row(work->columns->rows, i)];
}

/* How many distinct numbers there are, up to limit + 1; they go to low[]. */
static int64_t columns_distinct(const columns_work *work, mine_exact_column *column,
                                mine__table *table) {
  int64_t count = 0;
  mine__table_clear(table);
  for (int64_t i = 0; i < work->n; i++) {
    const double value = columns_number(work, column, i);
    if (value != value || columns_find(table, column->low, value) >= 0) continue;
    if (count == work->limit) return count + 1;
    mine__table_enter(table, columns_hash(value), (uint32_t)count);
    column->low[count++] = value + 0.0; /* -0.0 becomes 0.0 */
  }
  return count;
}

static void columns_sort_low(mine_exact_column *column, int64_t n, const columns_scratch *scratch) {
  mine__sort_reals(column->low, NULL, n, scratch->pair, scratch->temp);
  for (int64_t i = 0; i < n; i++)
    column->high[i] = column->low[scratch->pair[i].row];
  memcpy(column->low, column->high, (size_t)n * sizeof *column->low);
}

/* Decide how a numeric column is kept. */
static void columns_count_task(void *context, int64_t task, int worker) {
  columns_work *work = context;
  mine_exact_column *column = &work->columns->column[task];
  if (column->form == MINE_EXACT_LEVELS) return;
  const int64_t distinct = columns_distinct(work, column, &work->scratch[worker].table);
  if (distinct > work->limit) {
    column->form = work->cut ? MINE_EXACT_CUT : MINE_EXACT_SORTED;
    column->bins = work->cut ? (uint32_t)work->limit : 0;
    return;
  }
  column->form = MINE_EXACT_COUNTED;
  column->bins = distinct ? (uint32_t)distinct : 1; /* all missing: one empty bin */
  if (distinct) columns_sort_low(column, distinct, &work->scratch[worker]);
}

static void columns_put(mine_exact_column *column, int64_t i, uint32_t bin) {
  if (column->narrow) {
    column->narrow[i] = (uint16_t)bin;
  } else {
    column->wide[i] = bin;
  }
}

static void columns_fill_category(const columns_work *work, mine_exact_column *column) {
  for (int64_t i = 0; i < work->n; i++) {
    const int32_t code = column->code[mine_batch_row(work->columns->rows, i)];
    columns_put(column, i, code < 0 ? column->bins : (uint32_t)code);
  }
}

static void columns_fill_counted(const columns_work *work, mine_exact_column *column,
                                 mine__table *table) {
  mine__table_clear(table);
  for (uint32_t bin = 0; bin < column->bins; bin++)
    mine__table_enter(table, columns_hash(column->low[bin]), bin);
  for (int64_t i = 0; i < work->n; i++) {
    const double value = columns_number(work, column, i);
    const int64_t bin = value == value ? columns_find(table, column->low, value) : column->bins;
    columns_put(column, i, (uint32_t)bin);
  }
}

/* The order of the values, and which of them are the same. */
static void columns_fill_sorted(const columns_work *work, mine_exact_column *column,
                                const mine_pair *pair, uint32_t *order) {
  uint32_t before = MINE_SORT_MISSING;
  for (int64_t k = 0; k < work->n; k++) {
    const int missing = pair[k].key == MINE_SORT_MISSING;
    order[k] = pair[k].row | (!missing && pair[k].key == before ? MINE_EXACT_SAME : 0u);
    before = pair[k].key;
    column->numbers += !missing;
  }
  column->order = order;
}

/* Bins of about equal size; equal values share a bin. */
static void columns_fill_cut(const columns_work *work, mine_exact_column *column,
                             const mine_pair *pair) {
  const int64_t numbers = mine__sort_known(pair, work->n);
  const uint32_t most = column->bins;
  uint32_t bin = 0;
  int64_t first = 0, held = numbers / most;
  for (int64_t k = 0; k < numbers; k++) {
    if (k > first && k - first >= held && bin + 1 < most && pair[k].key != pair[k - 1].key) {
      column->high[bin++] = columns_number(work, column, pair[k - 1].row);
      first = k;
      held = (numbers - k) / (most - bin);
    }
    if (k == first) column->low[bin] = columns_number(work, column, pair[k].row);
    columns_put(column, pair[k].row, bin);
  }
  column->high[bin] = columns_number(work, column, pair[numbers - 1].row);
  for (int64_t k = numbers; k < work->n; k++)
    columns_put(column, pair[k].row, most);
  for (uint32_t empty = bin + 1; empty < most; empty++) {
    column->low[empty] = column->high[empty] = column->high[bin];
  }
}

static int columns_is_sorted(const mine_exact_column *column) {
  return column->form == MINE_EXACT_SORTED || column->form == MINE_EXACT_CUT;
}

/* One piece of work on the slot's feature; 1 when the feature is ready. */
static int columns_fill_step(const columns_work *work, columns_slot *slot, int number) {
  const int feature = work->order[slot->next];
  mine_exact_column *column = &work->columns->column[feature];
  columns_scratch *scratch = &work->scratch[number];
  if (column->form == MINE_EXACT_LEVELS) {
    columns_fill_category(work, column);
    return 1;
  }
  if (column->form == MINE_EXACT_COUNTED) {
    columns_fill_counted(work, column, &scratch->table);
    return 1;
  }
  if (!slot->sorting) {
    mine__sort_open(&slot->sort, column->number, work->columns->rows->row, work->n, scratch->pair,
                    scratch->temp);
    slot->sorting = 1;
  }
  if (mine__sort_step(&slot->sort)) return 0;
  slot->sorting = 0;
  if (column->form == MINE_EXACT_CUT) {
    columns_fill_cut(work, column, scratch->pair);
  } else {
    columns_fill_sorted(work, column, scratch->pair, work->sorted[feature]);
  }
  return 1;
}

/* Task = slot: work until a budget of rows touched is used up. */
static void columns_fill_task(void *context, int64_t task, int worker) {
  const columns_work *work = context;
  columns_slot *slot = &work->slot[task];
  (void)worker; /* what is left half done belongs to the slot */
  for (int64_t spent = 0; spent < COLUMNS_BUDGET; spent += work->n) {
    if (slot->next >= work->columns->n_features) return;
    if (columns_fill_step(work, slot, (int)task)) slot->next += work->slots;
  }
}

static mine_status columns_fill(columns_work *work) {
  const int features = work->columns->n_features;
  work->slots = work->env->threads;
  work->slot = mine__arena_zeros(work->arena, (size_t)work->slots, sizeof *work->slot);
  work->order = mine__arena_array(work->arena, (size_t)features, sizeof *work->order);
  if (!work->slot || !work->order) return mine_env_status(work->env);
  int n = 0;
  for (int sorted = 1; sorted >= 0; sorted--) {
    for (int f = 0; f < features; f++) {
      if (columns_is_sorted(&work->columns->column[f]) == sorted) work->order[n++] = f;
    }
  }
  for (int s = 0; s < work->slots; s++)
    work->slot[s].next = s;
  for (int busy = 1; busy;) {
    MINE_TRY(mine__parallel(work->env, work->slots, columns_fill_task, work));
    busy = 0;
    int least = features;
    for (int s = 0; s < work->slots; s++) {
      busy |= work->slot[s].next < features;
      if (work->slot[s].next < least) least = work->slot[s].next;
    }
    MINE_TRY(mine__poll_progress(work->env, "tree", 0.02 + 0.13 * least / features));
  }
  return MINE_OK;
}

/* Where each column's cells are, and room for its distinct values. */
static mine_status columns_open(columns_work *work, const mine_dataset *data) {
  mine_exact_columns *columns = work->columns;
  columns->column =
      mine__arena_zeros(work->arena, (size_t)columns->n_features, sizeof *columns->column);
  if (!columns->column) return mine_env_status(work->env);
  int64_t groups = work->limit;
  for (int f = 0; f < columns->n_features; f++) {
    mine_exact_column *column = &columns->column[f];
    column->number = data->rows.feature[f].number;
    column->code = data->rows.feature[f].code;
    if (data->about[f].type == MINE_COLUMN_CATEGORY) {
      const int64_t levels = data->about[f].levels.values.n;
      column->form = MINE_EXACT_LEVELS;
      column->bins = levels > 0 ? (uint32_t)levels : 1;
      if (levels > groups) groups = levels;
      continue;
    }
    const size_t room = (size_t)(work->n < work->limit ? work->n : work->limit) + 1;
    column->low = mine__arena_zeros(work->arena, room, sizeof(double));
    column->high = mine__arena_zeros(work->arena, room, sizeof(double));
    if (!column->low || !column->high) return mine_env_status(work->env);
  }
  columns->groups = groups < work->n ? groups : work->n;
  return MINE_OK;
}

/* What every worker needs until the columns are there. */
static mine_status columns_scratch_make(columns_work *work, mine_arena *passing) {
  const size_t n = (size_t)(work->n > work->limit ? work->n : work->limit) + 1;
  work->scratch = mine__arena_zeros(passing, (size_t)work->env->threads, sizeof *work->scratch);
  for (int t = 0; work->scratch && t < work->env->threads; t++) {
    columns_scratch *scratch = &work->scratch[t];
    scratch->pair = mine__arena_array(passing, n, sizeof *scratch->pair);
    scratch->temp = mine__arena_array(passing, n, sizeof *scratch->temp);
    if (mine__table_grow(&scratch->table, passing, (size_t)work->limit) < 0) break;
  }
  return mine_env_status(work->env);
}

/* Room for the form each column was found to need. */
static mine_status columns_reserve(columns_work *work, mine_arena *passing) {
  const size_t n = (size_t)work->n, features = (size_t)work->columns->n_features;
  work->sorted = mine__arena_zeros(passing, features, sizeof *work->sorted);
  for (size_t f = 0; work->sorted && f < features; f++) {
    mine_exact_column *column = &work->columns->column[f];
    if (column->form == MINE_EXACT_SORTED) {
      work->sorted[f] = mine__arena_array(work->arena, n, sizeof *work->sorted[f]);
    } else if (column->bins < UINT16_MAX) {
      column->narrow = mine__arena_array(work->arena, n, sizeof *column->narrow);
    } else {
      column->wide = mine__arena_array(work->arena, n, sizeof *column->wide);
    }
    if (mine_failed(work->env)) break;
  }
  return mine_env_status(work->env);
}

static mine_status columns_make(columns_work *work, mine_arena *passing, const mine_dataset *data) {
  MINE_TRY(columns_open(work, data));
  MINE_TRY(columns_scratch_make(work, passing));
  MINE_TRY(mine__parallel_progress(work->env, work->columns->n_features, columns_count_task, work,
                                   "tree", 0, 0.02));
  MINE_TRY(columns_reserve(work, passing));
  return columns_fill(work);
}

mine_status mine__exact_columns_make(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                     int64_t most_bins, mine_exact_columns *out) {
  const int cut = most_bins != MINE_NOT_GIVEN;
  columns_work work = {.env = env,
                       .arena = arena,
                       .columns = out,
                       .n = data->rows.n,
                       .limit = cut ? most_bins : COLUMNS_DISTINCT,
                       .cut = cut};
  *out = (mine_exact_columns){.rows = &data->rows, .n_features = data->n_features};
  mine_arena *passing = mine__arena_open(env);
  if (!passing) return mine_env_status(env);
  const mine_status status = columns_make(&work, passing, data);
  mine__arena_close(passing);
  return status;
}
