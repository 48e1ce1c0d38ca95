/*
** radix.c -- radix sorts of keys, of keys with rows, and of doubles.
**
** A digit has 8 bits for short arrays and 11 for long ones (their counters stay
** in the first-level cache).  The pass is written once and compiled for each kind
** of item.
**
** A double is sorted through its bits, mapped so that they order as unsigned
** integers.  Of the 64 bits only the 32 that matter most over the range
** actually present make the key: half the passes of a full radix sort.  What
** the key could not tell apart stands in runs afterwards, and each run is sorted
** again over its own, narrower range; a range of 64 bits is exhausted after two
** such rounds.
*/
#include "radix.h"

#define SORT_SHORT      24 /* insertion sort below this */
#define SORT_LARGE      8192
#define SORT_WIDE_BITS  11
#define SORT_SMALL_BITS 8

/* ---- one pass, for every kind of item ---------------------------------------------- */

typedef enum sort_item { SORT_PAIR, SORT_PLACE, SORT_KEY } sort_item;

MINE_INLINE uint64_t sort_key(const void *items, int64_t i, sort_item item) {
  if (item == SORT_PAIR) return ((const mine_pair *)items)[i].key;
  if (item == SORT_PLACE) return ((const mine__place *)items)[i].key;
  return ((const uint64_t *)items)[i];
}

MINE_INLINE size_t sort_item_bytes(sort_item item) {
  return item == SORT_PLACE ? sizeof(mine__place) : 8;
}

MINE_INLINE void sort_move(void *to, int64_t at, const void *from, int64_t i, sort_item item) {
  const size_t size = sort_item_bytes(item);
  memcpy((char *)to + (size_t)at * size, (const char *)from + (size_t)i * size, size);
}

/* One distribution pass; 0 when every key has the same digit. */
MINE_INLINE int sort_pass_of(const void *from, void *to, int64_t n, int shift, int bits,
                             sort_item item) {
  size_t start[1 << SORT_WIDE_BITS];
  const uint32_t mask = (1u << bits) - 1;
  memset(start, 0, sizeof *start << bits);
  for (int64_t i = 0; i < n; i++)
    start[(sort_key(from, i, item) >> shift) & mask]++;
  if (start[(sort_key(from, 0, item) >> shift) & mask] == (size_t)n) return 0;
  size_t sum = 0;
  for (uint32_t digit = 0; digit <= mask; digit++) {
    const size_t count = start[digit];
    start[digit] = sum;
    sum += count;
  }
  for (int64_t i = 0; i < n; i++) {
    sort_move(to, (int64_t)start[(sort_key(from, i, item) >> shift) & mask]++, from, i, item);
  }
  return 1;
}

static int sort_width(int64_t n) {
  return n < SORT_LARGE ? SORT_SMALL_BITS : SORT_WIDE_BITS;
}

/* All passes; with an environment, the host is asked between them. */
MINE_INLINE void sort_passes(mine_env *env, void *items, void *temp, int64_t n, int bits,
                             sort_item item) {
  const int width = sort_width(n);
  void *from = items, *to = temp;
  for (int shift = 0; shift < bits; shift += width) {
    const int digit = bits - shift < width ? bits - shift : width;
    if (env && mine__poll(env) != MINE_OK) return;
    if (!sort_pass_of(from, to, n, shift, digit, item)) continue;
    void *const swap = from;
    from = to;
    to = swap;
  }
  if (from != items) memcpy(items, from, (size_t)n * sort_item_bytes(item));
}

static void sort_insert(mine_pair *pair, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const mine_pair moving = pair[i];
    int64_t at = i;
    while (at > 0 && pair[at - 1].key > moving.key) {
      pair[at] = pair[at - 1];
      at--;
    }
    pair[at] = moving;
  }
}

void mine__sort_pairs(mine_pair *pair, mine_pair *temp, int64_t n, uint32_t largest) {
  if (n < SORT_SHORT) {
    sort_insert(pair, n);
    return;
  }
  sort_passes(NULL, pair, temp, n, mine__bits_needed(largest), SORT_PAIR);
}

void mine__sort_places(mine_env *env, mine__place *place, mine__place *temp, int64_t n, int bits) {
  if (n > 1) sort_passes(env, place, temp, n, bits, SORT_PLACE);
}

mine_status mine__sort_keys(mine_env *env, uint64_t *key, uint64_t *temp, int64_t n) {
  uint64_t differ = 0;
  for (int64_t i = 1; i < n; i++)
    differ |= key[i] ^ key[0];
  if (n > 1) sort_passes(env, key, temp, n, mine__bits_needed(differ), SORT_KEY);
  return mine_env_status(env);
}

/* ---- doubles ------------------------------------------------------------------------- */

/* What is sorted, and by what. */
typedef struct sort_values {
  const double *value;
  const uint32_t *row;
} sort_values;

static double sort_value(const sort_values *values, uint32_t i) {
  return values->value[values->row ? values->row[i] : i];
}

static void sort_insert_values(const sort_values *values, mine_pair *pair, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const mine_pair moving = pair[i];
    const double key = sort_value(values, moving.row);
    int64_t at = i;
    while (at > 0 && sort_value(values, pair[at - 1].row) > key) {
      pair[at] = pair[at - 1];
      at--;
    }
    pair[at] = moving;
  }
}

static void sort_round(const sort_values *values, mine_pair *pair, mine_pair *temp, int64_t n);

/* Sort again every run of equal keys, whose values may still differ. */
static void sort_runs(const sort_values *values, mine_pair *pair, mine_pair *temp, int64_t n) {
  int64_t first = 0;
  for (int64_t i = 1; i <= n; i++) {
    if (i < n && pair[i].key == pair[first].key) continue;
    if (i - first > 1) sort_round(values, pair + first, temp + first, i - first);
    first = i;
  }
}

static void sort_range(const sort_values *values, const mine_pair *pair, int64_t n, uint64_t *least,
                       uint64_t *most) {
  *least = UINT64_MAX;
  *most = 0;
  for (int64_t i = 0; i < n; i++) {
    const uint64_t image = mine_key_of_real(sort_value(values, pair[i].row));
    if (image < *least) *least = image;
    if (image > *most) *most = image;
  }
}

static void sort_make_keys(const sort_values *values, mine_pair *pair, int64_t n, uint64_t least,
                           int shift) {
  for (int64_t i = 0; i < n; i++) {
    pair[i].key = (uint32_t)((mine_key_of_real(sort_value(values, pair[i].row)) - least) >> shift);
  }
}

/* Sort pairs by value (no NAN among them); keys are overwritten. */
static void sort_round(const sort_values *values, mine_pair *pair, mine_pair *temp, int64_t n) {
  if (n < SORT_SHORT) {
    sort_insert_values(values, pair, n);
    return;
  }
  uint64_t least, most;
  sort_range(values, pair, n, &least, &most);
  const int bits = mine__bits_needed(most - least);
  if (bits == 0) return;
  const int shift = bits > 32 ? bits - 32 : 0;
  sort_make_keys(values, pair, n, least, shift);
  mine__sort_pairs(pair, temp, n, (uint32_t)((most - least) >> shift));
  if (shift > 0) sort_runs(values, pair, temp, n);
}

/* Numbers to the front, NANs to the back, both in order; returns the numbers. */
static int64_t sort_gather(const sort_values *values, int64_t n, mine_pair *out, mine_pair *temp) {
  int64_t numbers = 0, missing = 0;
  for (int64_t i = 0; i < n; i++) {
    const mine_pair pair = {MINE_SORT_MISSING, (uint32_t)i};
    const double value = sort_value(values, (uint32_t)i);
    const int is_number = value == value;
    out[numbers] = pair;
    temp[missing] = pair;
    numbers += is_number;
    missing += !is_number;
  }
  memcpy(out + numbers, temp, (size_t)missing * sizeof *out);
  return numbers;
}

/* ---- in steps --------------------------------------------------------------------- */

enum { SORT_GATHER, SORT_RANGE, SORT_KEYS, SORT_DIGITS, SORT_RUNS, SORT_RANKS, SORT_DONE };

void mine__sort_open(mine_sort *sort, const double *value, const uint32_t *row, int64_t n,
                     mine_pair *out, mine_pair *temp) {
  memset(sort, 0, sizeof *sort);
  sort->value = value;
  sort->row = row;
  sort->n = n;
  sort->out = out;
  sort->temp = temp;
  sort->stage = n > 0 ? SORT_GATHER : SORT_DONE;
}

/* The range of the values, which decides the keys; short arrays are done here.  Keys count from
** the least; what is beyond 32 bits is shifted away, and rows whose keys have become equal are
** put right by SORT_RUNS. */
static void sort_step_range(mine_sort *sort, const sort_values *values) {
  sort->stage = SORT_RANKS;
  if (sort->numbers < SORT_SHORT) {
    sort_insert_values(values, sort->out, sort->numbers);
    return;
  }
  sort_range(values, sort->out, sort->numbers, &sort->least, &sort->most);
  const int bits = mine__bits_needed(sort->most - sort->least);
  if (bits == 0) return;
  sort->shift = bits > 32 ? bits - 32 : 0;
  sort->stage = SORT_KEYS;
}

/* One digit; after the last the pairs are back in `out`. */
static void sort_step_digit(mine_sort *sort) {
  const int width = sort_width(sort->numbers);
  const int bits = mine__bits_needed((sort->most - sort->least) >> sort->shift);
  const int rest = bits - sort->digit;
  if (rest > 0) {
    const int digit = rest < width ? rest : width;
    if (sort_pass_of(sort->from, sort->to, sort->numbers, sort->digit, digit, SORT_PAIR)) {
      mine_pair *swap = sort->from;
      sort->from = sort->to;
      sort->to = swap;
    }
    sort->digit += width;
    return;
  }
  if (sort->from != sort->out) {
    memcpy(sort->out, sort->from, (size_t)sort->numbers * sizeof *sort->out);
  }
  sort->stage = sort->shift > 0 ? SORT_RUNS : SORT_RANKS;
}

static void sort_step_ranks(mine_sort *sort, const sort_values *values) {
  sort->stage = SORT_DONE;
  if (sort->numbers == 0) return;
  uint32_t rank = 0;
  double last = sort_value(values, sort->out[0].row);
  for (int64_t i = 0; i < sort->numbers; i++) {
    const double here = sort_value(values, sort->out[i].row);
    rank += here != last;
    sort->out[i].key = rank;
    last = here;
  }
  sort->distinct = (int64_t)rank + 1;
}

int mine__sort_step(mine_sort *sort) {
  const sort_values values = {sort->value, sort->row};
  switch (sort->stage) {
    case SORT_GATHER:
      sort->numbers = sort_gather(&values, sort->n, sort->out, sort->temp);
      sort->stage = SORT_RANGE;
      break;
    case SORT_RANGE:
      sort_step_range(sort, &values);
      break;
    case SORT_KEYS:
      sort_make_keys(&values, sort->out, sort->numbers, sort->least, sort->shift);
      sort->from = sort->out;
      sort->to = sort->temp;
      sort->stage = SORT_DIGITS;
      break;
    case SORT_DIGITS:
      sort_step_digit(sort);
      break;
    case SORT_RUNS:
      sort_runs(&values, sort->out, sort->temp, sort->numbers);
      sort->stage = SORT_RANKS;
      break;
    case SORT_RANKS:
      sort_step_ranks(sort, &values);
      break;
    default:
      break;
  }
  return sort->stage != SORT_DONE;
}

int64_t mine__sort_reals(const double *value, const uint32_t *row, int64_t n, mine_pair *out,
                         mine_pair *temp) {
  mine_sort sort;
  mine__sort_open(&sort, value, row, n, out, temp);
  while (mine__sort_step(&sort))
    continue;
  return sort.distinct;
}

int mine__sort_reals_asked(mine_env *ask, const double *value, const uint32_t *row, int64_t n,
                           mine_pair *out, mine_pair *temp) {
  mine_sort sort;
  mine__sort_open(&sort, value, row, n, out, temp);
  while (mine__sort_step(&sort))
    if (ask && mine__poll(ask)) return 0;
  return 1;
}

/* ---- by small codes ------------------------------------------------------------------- */

int mine__sort_codes(mine_arena *arena, const int32_t *code, int64_t n, int64_t n_codes,
                     mine__by_code *out) {
  out->first = mine__arena_zeros(arena, (size_t)n_codes + 2, sizeof *out->first);
  out->at = mine__arena_array(arena, (size_t)n, sizeof *out->at);
  if (!out->first || !out->at) return 0;
  int64_t *next = out->first + 1; /* while placing: of code c; afterwards that is its end */
  for (int64_t i = 0; i < n; i++)
    if (code[i] >= 0) next[code[i] + 1]++;
  for (int64_t c = 0; c < n_codes; c++)
    next[c + 1] += next[c];
  for (int64_t i = 0; i < n; i++)
    if (code[i] >= 0) out->at[next[code[i]]++] = (uint32_t)i;
  return 1;
}
