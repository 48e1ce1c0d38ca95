/*
** tree_columns.c -- every column made ready once, before the first split.
**
** A numeric column with few distinct values, and every category, becomes one
** bin number per row: the split search then counts into bins, which is exact
** because a bin holds one value.  Any other numeric column is sorted once, and
** each split keeps it sorted (Mehta, Agrawal & Rissanen 1996, SLIQ).  With
** max_bins a long column is cut into bins of about equal size instead.
*/
#include <string.h>

#include "../core/hash.h"
#include "tree.h"

#define COLUMNS_DISTINCT 2048    /* up to here a numeric column is counted, not sorted */
#define COLUMNS_BUDGET   1000000 /* rows touched between two polls */

typedef struct columns_work {
  mine_tree_grow *grow;
  mine__table *table; /* per worker: distinct numbers of a column */
  int64_t limit;      /* distinct values a column may have to be counted */
  int slots;
  struct columns_slot *slot;
  int *order; /* features, those to be sorted first */
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

static double columns_number(const mine_tree_grow *grow, const mine_tree_column *column,
                             int64_t i) {
  return column->number[mine_tree_frame_row(grow, i)];
}

/* How many distinct numbers there are, up to limit + 1; they go to low[]. */
static int64_t columns_distinct(const columns_work *work, mine_tree_column *column,
                                mine__table *table) {
  int64_t count = 0;
  mine__table_clear(table);
  for (int64_t i = 0; i < work->grow->n; i++) {
    const double value = columns_number(work->grow, column, i);
    if (value != value || columns_find(table, column->low, value) >= 0) continue;
    if (count == work->limit) return count + 1;
    mine__table_enter(table, columns_hash(value), (uint32_t)count);
    column->low[count++] = value + 0.0; /* -0.0 becomes 0.0 */
  }
  return count;
}

static void columns_sort_low(mine_tree_column *column, int64_t n, mine_tree_scratch *scratch) {
  mine__sort_reals(column->low, NULL, n, scratch->pair, scratch->temp);
  for (int64_t i = 0; i < n; i++)
    column->high[i] = column->low[scratch->pair[i].row];
  memcpy(column->low, column->high, (size_t)n * sizeof *column->low);
}

/* Decide how a numeric column is kept. */
static void columns_count_task(void *context, int64_t task, int worker) {
  columns_work *work = context;
  mine_tree_column *column = &work->grow->column[task];
  if (column->form == MINE_TREE_LEVELS) return;
  const int64_t distinct = columns_distinct(work, column, &work->table[worker]);
  if (distinct > work->limit) {
    const int cut = work->grow->options.max_bins != MINE_NOT_GIVEN;
    column->form = cut ? MINE_TREE_CUT : MINE_TREE_SORTED;
    column->bins = cut ? (uint32_t)work->limit : 0;
    return;
  }
  column->form = MINE_TREE_COUNTED;
  column->bins = distinct ? (uint32_t)distinct : 1; /* all missing: one empty bin */
  if (distinct) columns_sort_low(column, distinct, &work->grow->scratch[worker]);
}

static void columns_put(mine_tree_column *column, int64_t i, uint32_t bin) {
  if (column->narrow) {
    column->narrow[i] = (uint16_t)bin;
  } else {
    column->wide[i] = bin;
  }
}

static void columns_fill_category(const mine_tree_grow *grow, mine_tree_column *column) {
  for (int64_t i = 0; i < grow->n; i++) {
    const int32_t code = column->code[mine_tree_frame_row(grow, i)];
    columns_put(column, i, code < 0 ? column->bins : (uint32_t)code);
  }
}

static void columns_fill_counted(const mine_tree_grow *grow, mine_tree_column *column,
                                 mine__table *table) {
  mine__table_clear(table);
  for (uint32_t bin = 0; bin < column->bins; bin++)
    mine__table_enter(table, columns_hash(column->low[bin]), bin);
  for (int64_t i = 0; i < grow->n; i++) {
    const double value = columns_number(grow, column, i);
    const int64_t bin = value == value ? columns_find(table, column->low, value) : column->bins;
    columns_put(column, i, (uint32_t)bin);
  }
}

/* The keys as the search wants them: twice the rank, and the label of two. */
static void columns_fill_sorted(const mine_tree_grow *grow, mine_tree_column *column) {
  const int two = grow->n_classes == 2;
  for (int64_t k = 0; k < grow->n; k++) {
    mine_pair *pair = &column->pair[k];
    if (pair->key == MINE_SORT_MISSING) break;
    pair->key = 2 * pair->key + (two ? grow->label[pair->row] : 0u);
  }
}

/* Bins of about equal size; equal values share a bin. */
static void columns_fill_cut(const mine_tree_grow *grow, mine_tree_column *column,
                             const mine_pair *pair) {
  int64_t numbers = grow->n;
  while (numbers > 0 && pair[numbers - 1].key == MINE_SORT_MISSING)
    numbers--;
  const uint32_t most = column->bins;
  uint32_t bin = 0;
  int64_t first = 0, held = numbers / most;
  for (int64_t k = 0; k < numbers; k++) {
    if (k > first && k - first >= held && bin + 1 < most && pair[k].key != pair[k - 1].key) {
      column->high[bin++] = columns_number(grow, column, pair[k - 1].row);
      first = k;
      held = (numbers - k) / (most - bin);
    }
    if (k == first) column->low[bin] = columns_number(grow, column, pair[k].row);
    columns_put(column, pair[k].row, bin);
  }
  column->high[bin] = columns_number(grow, column, pair[numbers - 1].row);
  for (int64_t k = numbers; k < grow->n; k++)
    columns_put(column, pair[k].row, most);
  for (uint32_t empty = bin + 1; empty < most; empty++) {
    column->low[empty] = column->high[empty] = column->high[bin];
  }
}

static int columns_is_sorted(const mine_tree_column *column) {
  return column->form == MINE_TREE_SORTED || column->form == MINE_TREE_CUT;
}

/* One piece of work on the slot's feature; 1 when the feature is ready. */
static int columns_fill_step(const columns_work *work, columns_slot *slot, int number) {
  const mine_tree_grow *grow = work->grow;
  mine_tree_column *column = &grow->column[work->order[slot->next]];
  mine_tree_scratch *scratch = &grow->scratch[number];
  if (column->form == MINE_TREE_LEVELS) {
    columns_fill_category(grow, column);
    return 1;
  }
  if (column->form == MINE_TREE_COUNTED) {
    columns_fill_counted(grow, column, &work->table[number]);
    return 1;
  }
  mine_pair *pair = column->form == MINE_TREE_CUT ? scratch->pair : column->pair;
  if (!slot->sorting) {
    mine__sort_open(&slot->sort, column->number, grow->data->rows.row, grow->n, pair,
                    scratch->temp);
    slot->sorting = 1;
  }
  if (mine__sort_step(&slot->sort)) return 0;
  slot->sorting = 0;
  if (column->form == MINE_TREE_CUT) {
    columns_fill_cut(grow, column, pair);
  } else {
    columns_fill_sorted(grow, column);
  }
  return 1;
}

/* Task = slot: work until a budget of rows touched is used up. */
static void columns_fill_task(void *context, int64_t task, int worker) {
  const columns_work *work = context;
  columns_slot *slot = &work->slot[task];
  (void)worker; /* what is left half done belongs to the slot */
  for (int64_t spent = 0; spent < COLUMNS_BUDGET; spent += work->grow->n) {
    if (slot->next >= work->grow->n_features) return;
    if (columns_fill_step(work, slot, (int)task)) slot->next += work->slots;
  }
}

static mine_status columns_fill(columns_work *work) {
  mine_tree_grow *grow = work->grow;
  work->slots = grow->env->threads;
  work->slot = mine__arena_zeros(grow->arena, (size_t)work->slots, sizeof *work->slot);
  work->order = mine__arena_array(grow->arena, (size_t)grow->n_features, sizeof *work->order);
  if (!work->slot || !work->order) return mine_env_status(grow->env);
  int n = 0;
  for (int sorted = 1; sorted >= 0; sorted--) {
    for (int f = 0; f < grow->n_features; f++) {
      if (columns_is_sorted(&grow->column[f]) == sorted) work->order[n++] = f;
    }
  }
  for (int s = 0; s < work->slots; s++)
    work->slot[s].next = s;
  mine_status status = MINE_OK;
  for (int busy = 1; busy && !status;) {
    status = mine__parallel(grow->env, work->slots, columns_fill_task, work);
    busy = 0;
    int least = grow->n_features;
    for (int s = 0; s < work->slots; s++) {
      busy |= work->slot[s].next < grow->n_features;
      if (work->slot[s].next < least) least = work->slot[s].next;
    }
    if (!status) {
      status = mine__poll_progress(grow->env, "tree", 0.02 + 0.13 * least / grow->n_features);
    }
  }
  return status;
}

/* Where each column's cells are, and room for its distinct values. */
static mine_status columns_open(mine_tree_grow *grow, int64_t limit) {
  const mine_dataset *data = grow->data;
  grow->column = mine__arena_zeros(grow->arena, (size_t)grow->n_features, sizeof *grow->column);
  if (!grow->column) return mine_env_status(grow->env);
  int64_t groups = limit;
  for (int f = 0; f < grow->n_features; f++) {
    mine_tree_column *column = &grow->column[f];
    column->number = data->rows.feature[f].number;
    column->code = data->rows.feature[f].code;
    if (data->about[f].type == MINE_COLUMN_CATEGORY) {
      const int64_t levels = data->about[f].levels.values.n;
      column->form = MINE_TREE_LEVELS;
      column->bins = levels > 0 ? (uint32_t)levels : 1;
      if (levels > groups) groups = levels;
      continue;
    }
    const size_t room = (size_t)(grow->n < limit ? grow->n : limit) + 1;
    column->low = mine__arena_zeros(grow->arena, room, sizeof(double));
    column->high = mine__arena_zeros(grow->arena, room, sizeof(double));
    if (!column->low || !column->high) return mine_env_status(grow->env);
  }
  grow->groups = groups < grow->n ? groups : grow->n;
  return MINE_OK;
}

/* What every worker needs for itself, from here to the end of the growing. */
static mine_status columns_scratch(mine_tree_grow *grow) {
  mine_arena *arena = grow->arena;
  const size_t groups = (size_t)grow->groups + 1, width = (size_t)grow->width;
  const size_t n = (size_t)grow->n > groups ? (size_t)grow->n : groups;
  const size_t cut = grow->options.max_bins != MINE_NOT_GIVEN ? n : groups;
  const size_t sums = grow->n_classes > 2 ? (size_t)1 << (MINE_TREE_EXHAUSTIVE - 1) : 1;
  grow->scratch = mine__arena_zeros(arena, (size_t)grow->env->threads, sizeof *grow->scratch);
  if (!grow->scratch) return mine_env_status(grow->env);
  for (int worker = 0; worker < grow->env->threads; worker++) {
    mine_tree_scratch *scratch = &grow->scratch[worker];
    scratch->pair = mine__arena_array(arena, cut, sizeof *scratch->pair);
    scratch->temp = mine__arena_array(arena, n, sizeof *scratch->temp);
    scratch->record = mine__arena_array(arena, groups, width * sizeof(double));
    scratch->group = mine__arena_array(arena, groups, sizeof *scratch->group);
    scratch->key = mine__arena_array(arena, groups, sizeof *scratch->key);
    scratch->sums = mine__arena_array(arena, sums, width * sizeof(double));
    scratch->left = mine__arena_array(arena, 6 * width, sizeof(double));
    if (mine_env_status(grow->env)) return mine_env_status(grow->env);
    scratch->missing = scratch->left + width;
    scratch->total = scratch->missing + width;
    scratch->axis = scratch->total + width;
    scratch->next = scratch->axis + width;
    scratch->centre = scratch->next + width;
  }
  return MINE_OK;
}

/* Room for the form each column was found to need. */
static mine_status columns_reserve(mine_tree_grow *grow) {
  const size_t n = (size_t)grow->n;
  for (int f = 0; f < grow->n_features; f++) {
    mine_tree_column *column = &grow->column[f];
    if (column->form == MINE_TREE_SORTED) {
      column->pair = mine__arena_array(grow->arena, n, sizeof *column->pair);
    } else if (column->bins < UINT16_MAX) {
      column->narrow = mine__arena_array(grow->arena, n, sizeof *column->narrow);
    } else {
      column->wide = mine__arena_array(grow->arena, n, sizeof *column->wide);
    }
    if (mine_env_status(grow->env)) return mine_env_status(grow->env);
  }
  return MINE_OK;
}

/* A table of distinct numbers per worker. */
static mine_status columns_tables(columns_work *work) {
  mine_tree_grow *grow = work->grow;
  work->table = mine__arena_zeros(grow->arena, (size_t)grow->env->threads, sizeof *work->table);
  for (int t = 0; work->table && t < grow->env->threads; t++) {
    if (mine__table_grow(&work->table[t], grow->arena, (size_t)work->limit) < 0) break;
  }
  return mine_env_status(grow->env);
}

mine_status mine__tree_columns(mine_tree_grow *grow) {
  const int cut = grow->options.max_bins != MINE_NOT_GIVEN;
  columns_work work = {grow, NULL, cut ? grow->options.max_bins : COLUMNS_DISTINCT, 0, NULL, NULL};
  mine_status status = columns_open(grow, work.limit);
  if (!status) status = columns_scratch(grow);
  if (!status) status = columns_tables(&work);
  if (status) return status;
  status = mine__parallel_progress(grow->env, grow->n_features, columns_count_task, &work, "tree",
                                   0, 0.02);
  if (!status) status = columns_reserve(grow);
  if (status) return status;
  return columns_fill(&work);
}
