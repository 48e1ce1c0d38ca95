/*
** methods.c -- the table of forecasting methods (methods.def).
*/
#include <string.h>

#include "series.h"

#define FORECASTER(name) extern const mine_forecaster mine__forecaster_##name;
#include "methods.def"
#undef FORECASTER

const char *const mine__forecasters[] = {
#define FORECASTER(name) #name,
#include "methods.def"
#undef FORECASTER
    NULL};

static const mine_forecaster *const methods_rows[] = {
#define FORECASTER(name) &mine__forecaster_##name,
#include "methods.def"
#undef FORECASTER
    NULL};

const mine_forecaster *mine__forecaster_at(int i) {
  return methods_rows[i];
}

const mine_forecaster *mine__forecaster_find(const char *name) {
  for (int i = 0; methods_rows[i]; i++)
    if (strcmp(methods_rows[i]->name, name) == 0) return methods_rows[i];
  return NULL;
}
