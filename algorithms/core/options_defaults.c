/*
** options_defaults.c -- what the fields hold before anything is said.
*/
#include <math.h>
#include <string.h>

#include "options.h"
#include "spelling.h"

static void defaults_not_given(const mine_option *option, void *field) {
  const int64_t integer = MINE_NOT_GIVEN;
  const double real = (double)NAN;
  const int number = -1;
  const mine_select query = {.choice = -1};
  const mine_either either = {(double)NAN, -1};
  switch (option->type) {
    case MINE_OPTION_INT:
    case MINE_OPTION_BYTES:
      memcpy(field, &integer, sizeof integer);
      break;
    case MINE_OPTION_REAL:
      memcpy(field, &real, sizeof real);
      break;
    case MINE_OPTION_FLAG:
    case MINE_OPTION_CHOICE:
      memcpy(field, &number, sizeof number);
      break;
    case MINE_OPTION_TEXT:
    case MINE_OPTION_DATE:
      memset(field, 0, sizeof(mine_cell));
      break;
    case MINE_OPTION_LIST:
      memset(field, 0, sizeof(mine_list));
      break;
    case MINE_OPTION_NUMBERS:
      memset(field, 0, sizeof(mine_number_list));
      break;
    case MINE_OPTION_SOURCE:
      memcpy(field, &query, sizeof query);
      break;
    case MINE_OPTION_EITHER:
      memcpy(field, &either, sizeof either);
      break;
  }
}

void *mine__option_field(const mine_option_group *group, const mine_option *option) {
  return (char *)group->values + option->offset;
}

void mine__options_defaults(mine_env *env, mine_arena *arena, const mine_option_group *group) {
  for (const mine_option *option = group->table; option->name; option++) {
    void *field = mine__option_field(group, option);
    defaults_not_given(option, field);
    if (!option->initial) continue;
    mine_given given = {0};
    given.name = option->name;
    given.raw = option->initial;
    given.raw_bytes = strlen(option->initial);
    mine__option_set(env, arena, option, &given, field);
    if (mine_failed(env)) return;
  }
}
