/*
** json_values.c -- values as JSON (json_values.h).
*/
#include "json_values.h"

#include "../core/text.h"

mine_status mine__json_values_make(mine_env *env, mine_arena *arena, const mine_values *values,
                                   const uint32_t *code, uint32_t n, mine_json_values *out) {
  mine_text json;
  out->text = mine__arena_array(arena, n, sizeof *out->text);
  out->bytes = mine__arena_array(arena, n, sizeof *out->bytes);
  mine__text_open(&json, arena);
  for (uint32_t i = 0; i < n && !mine_failed(env); i++) {
    mine_cell cell;
    mine__values_get(values, code[i], &cell);
    json.bytes = 0;
    mine__text_add_cell_json(&json, &cell);
    if (json.failed) break;
    out->bytes[i] = json.bytes;
    out->text[i] = mine__arena_text(arena, json.data, json.bytes);
  }
  return mine_env_status(env);
}
