/*
** registry.c -- the list of what there is.
**
** The architecture in one place: every algorithm and model kind the engine
** knows, from registry.def.  Each is a constant named mine_algorithm_NAME or
** mine_kind_NAME in a file of its own.
*/
#include <string.h>

#include "model/model.h"

#define VERB(name)      /* jobs/verb.c: a higher layer */
#define ALGORITHM(name) extern const mine_algorithm mine__algorithm_##name;
#define KIND(name)      extern const mine_kind mine__kind_##name;
#include "registry.def"
#undef ALGORITHM
#undef KIND

#define KIND(name)
#define ALGORITHM(name) &mine__algorithm_##name,
static const mine_algorithm *const registry_algorithms[] = {
#include "registry.def"
    NULL};
#undef ALGORITHM
#undef KIND

#define ALGORITHM(name)
#define KIND(name) &mine__kind_##name,
static const mine_kind *const registry_kinds[] = {
#include "registry.def"
    NULL};
#undef ALGORITHM
#undef KIND

const mine_algorithm *mine__algorithm_at(int i) {
  const int n = (int)(sizeof registry_algorithms / sizeof registry_algorithms[0]);
  return i >= 0 && i < n ? registry_algorithms[i] : NULL;
}

const mine_algorithm *mine__algorithm_find(const char *name) {
  for (int i = 0; registry_algorithms[i]; i++) {
    if (strcmp(registry_algorithms[i]->name, name) == 0) return registry_algorithms[i];
  }
  return NULL;
}

const mine_kind *mine__kind_at(int i) {
  const int n = (int)(sizeof registry_kinds / sizeof registry_kinds[0]);
  return i >= 0 && i < n ? registry_kinds[i] : NULL;
}

const mine_kind *mine__kind_by_tag(uint32_t tag) {
  for (int i = 0; registry_kinds[i]; i++) {
    if (registry_kinds[i]->tag == tag) return registry_kinds[i];
  }
  return NULL;
}

const mine_kind *mine__kind_by_name(const char *name) {
  for (int i = 0; registry_kinds[i]; i++) {
    if (strcmp(registry_kinds[i]->name, name) == 0) return registry_kinds[i];
  }
  return NULL;
}
