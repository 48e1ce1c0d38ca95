/*
** slots_body.h -- rows into the slots of a tree (slots.h), for one instruction set (simd.h).
**
** Four vectors of rows share what is loaded of a cut.
*/
#define SLOTS_VECTORS 4

/* All ones where bit `bit` of byte `at` of the set is not set.  The places of the set's other
** half, moved, are those that a look-up answers with 0. */
MINE_INLINE v_bytes V(slots_not_in_set)(const uint8_t *set, v_bytes at, v_bytes bit) {
#ifdef V_LOOK_UP
  const v_bytes first = V_LOOK_UP(set, at + 0x70), second = V_LOOK_UP(set + 16, at - 16);
  return (v_bytes)(((first | second) & bit) == 0);
#else
  v_bytes found;
  for (int l = 0; l < V_SMALL_BYTES; l++)
    found[l] = (uint8_t)(set[at[l]] & bit[l]);
  return (v_bytes)(found == 0);
#endif
}

MINE_INLINE void V(slots_by_number)(const mine__slot_cut *cut, const int8_t *column, v_bytes *at) {
  const v_bytes slot = V_ALL(v_bytes, cut->slot), step = V_ALL(v_bytes, cut->step);
  const v_signed most = V_ALL(v_signed, cut->bin);
  V_UNROLL
  for (int v = 0; v < SLOTS_VECTORS; v++) {
    const v_bytes here = (v_bytes)(at[v] == slot);
    at[v] += here & step & (v_bytes)(V_AT(v_signed, column + v * V_SMALL_BYTES) > most);
  }
}

MINE_INLINE void V(slots_by_level)(const mine__slot_cut *cut, const int8_t *column,
                                   const uint8_t *set, v_bytes *at) {
  const v_bytes slot = V_ALL(v_bytes, cut->slot), step = V_ALL(v_bytes, cut->step);
  V_UNROLL
  for (int v = 0; v < SLOTS_VECTORS; v++) {
    const v_bytes here = (v_bytes)(at[v] == slot);
    const v_bytes byte = V_AT(v_bytes, column + v * V_SMALL_BYTES);
    const v_bytes bit = V_AT(v_bytes, column + MINE__SLOT_ROWS + v * V_SMALL_BYTES);
    at[v] += here & step & V(slots_not_in_set)(set, byte, bit);
  }
}

static void V(slots)(const int8_t *bins, const mine__slot_cut *cut, int n, const uint8_t *sets,
                     uint8_t *slot) {
  for (int row = 0; row < MINE__SLOT_ROWS; row += SLOTS_VECTORS * V_SMALL_BYTES) {
    v_bytes at[SLOTS_VECTORS] = {{0}, {0}, {0}, {0}};
    for (int i = 0; i < n; i++) {
      const int8_t *column = bins + (ptrdiff_t)cut[i].column * MINE__SLOT_ROWS + row;
      if (cut[i].set < 0) {
        V(slots_by_number)(&cut[i], column, at);
      } else {
        V(slots_by_level)(&cut[i], column, sets + (ptrdiff_t)cut[i].set * MINE__SLOT_SET, at);
      }
    }
    V_UNROLL
    for (int v = 0; v < SLOTS_VECTORS; v++)
      V_STORE(v_bytes, slot + row + v * V_SMALL_BYTES, at[v]);
  }
}

/* The steps of one value wait for one another: eight values go side by side. */
static void V(reached)(const double *reach, int steps, const double *value, uint8_t *below) {
  for (int row = 0; row < MINE__SLOT_ROWS; row += 8) {
    unsigned at[8] = {0};
    for (unsigned step = (unsigned)steps / 2; step > 0; step /= 2) {
      V_UNROLL
      for (int l = 0; l < 8; l++)
        at[l] = value[row + l] >= reach[at[l] + step] ? at[l] + step : at[l];
    }
    for (int l = 0; l < 8; l++)
      below[row + l] = (uint8_t)at[l];
  }
}

#undef SLOTS_VECTORS
