/*
** wrong_options.c -- one row of an option table, of a kind over a field: compiled by
** wrong_options.cmake for every pair (-DKIND=OPTION_INT -DFIELD=integer).
*/
#include "core/options.h"

typedef struct sample {
  int number;
  unsigned natural;
  float single;
  double real;
  int64_t integer;
  uint64_t size;
  const char *name;
  mine_cell cell;
  mine_list list;
  mine_number_list numbers;
  mine_select query;
} sample;

extern const mine_option table[];
const mine_option table[] = {KIND(sample, FIELD, .help = "a row"), OPTION_END};
