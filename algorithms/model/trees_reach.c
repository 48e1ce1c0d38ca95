/*
** trees_reach.c -- a row's values become bytes, once for all trees: of a number how many of the
** model's thresholds it has reached, of a level its place in the sets (trees_ask.h).
*/
#include "../kernel/simd.h"
#include "trees_ask.h"

/* A number's byte from the thresholds it has reached: where the missing are the least, and where
** they are the greatest. */
static inline int8_t reach_low(unsigned below) {
  return (int8_t)((int)below - 128);
}
static inline int8_t reach_high(unsigned below, double value) {
  return value == value ? reach_low(below) : 127;
}

static unsigned reach_count(const mine__trees_column *column, double value) {
  unsigned below = 0;
  for (unsigned step = (unsigned)column->steps / 2; step > 0; step /= 2)
    below += value >= column->reach[below + step] ? step : 0;
  return below;
}

/* A level's byte in a set, and its bit there. */
static inline void reach_level(const mine__trees_column *column, int32_t code, int8_t *byte,
                               int8_t *bit) {
  unsigned level = 0;
  if (code >= 0) level = 1u + (column->class_of ? column->class_of[code] : (unsigned)code);
  *byte = (int8_t)(level / 8);
  *bit = (int8_t)(1u << level % 8);
}

static void reach_numbers(const mine__trees_column *column, const double *number,
                          const uint32_t *row, int8_t *byte) {
  double value[MINE__SLOT_ROWS];
  uint8_t below[MINE__SLOT_ROWS];
  for (int k = 0; k < MINE__SLOT_ROWS; k++)
    value[k] = number[row[k]];
  mine__kernels_here()->reached(column->reach, column->steps, value, below);
  if (column->low >= 0) {
    int8_t *low = byte + (ptrdiff_t)column->low * MINE__SLOT_ROWS;
    for (int k = 0; k < MINE__SLOT_ROWS; k++)
      low[k] = reach_low(below[k]);
  }
  if (column->high >= 0) {
    int8_t *high = byte + (ptrdiff_t)column->high * MINE__SLOT_ROWS;
    for (int k = 0; k < MINE__SLOT_ROWS; k++)
      high[k] = reach_high(below[k], value[k]);
  }
}

void mine__trees_bytes(const mine__trees_bins *bins, const mine_feature_view *feature,
                       const uint32_t *row, int8_t *byte) {
  for (int s = 0; s < bins->n_sources; s++) {
    const mine__trees_column *column = &bins->source[s];
    const mine_feature_view *view = &feature[column->feature];
    if (!column->category) {
      reach_numbers(column, view->number, row, byte);
      continue;
    }
    int8_t *at = byte + (ptrdiff_t)column->low * MINE__SLOT_ROWS;
    for (int k = 0; k < MINE__SLOT_ROWS; k++)
      reach_level(column, view->code[row[k]], &at[k], &at[MINE__SLOT_ROWS + k]);
  }
}

void mine__trees_bytes_of_row(const mine__trees_bins *bins, const mine_feature_view *feature,
                              uint32_t row, int8_t *byte) {
  for (int s = 0; s < bins->n_sources; s++) {
    const mine__trees_column *column = &bins->source[s];
    const mine_feature_view *view = &feature[column->feature];
    if (column->category) {
      reach_level(column, view->code[row], byte + column->low, byte + column->low + 1);
      continue;
    }
    const double value = view->number[row];
    const unsigned below = reach_count(column, value);
    if (column->low >= 0) byte[column->low] = reach_low(below);
    if (column->high >= 0) byte[column->high] = reach_high(below, value);
  }
}
