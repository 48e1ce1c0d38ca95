/*
** json_values.h -- values as JSON ("12", "\"beer\""), made once and joined many times.
*/
#ifndef MINE_DATA_JSON_VALUES_H
#define MINE_DATA_JSON_VALUES_H

#include "values.h"

typedef struct mine_json_values {
  const char **text;
  size_t *bytes;
} mine_json_values;

/* Of values[code[0]] .. values[code[n - 1]], in arena. */
mine_status mine__json_values_make(mine_env *env, mine_arena *arena, const mine_values *values,
                                   const uint32_t *code, uint32_t n,
                                   mine_json_values *out) MINE_MUST_CHECK;

#endif
