/*
** model_use.h -- small models of every kind, and everything a host can do with one.
**
** Shared by the systematic corruption (corrupt_models.c) and the fuzz target of
** the decoder (fuzz_model.c).
*/
#ifndef MINE_TESTS_MODEL_USE_H
#define MINE_TESTS_MODEL_USE_H

#include "mine.h"

/* A model to damage: an algorithm and options that bring out a branch of its kind.
** The first word of the name is the kind's, as in registry.def.  `made`: of what no
** algorithm makes yet, of one or two models trained so. */
typedef struct use_model {
  const char *name, *algorithm, *options;
  enum { USE_TRAINED, USE_BOOSTED, USE_MIXTURE, USE_GROUPED, USE_ENSEMBLE, USE_NESTED } made;
} use_model;
extern const use_model use_models[]; /* ends with a NULL name */
/* The i-th algorithm of the registry, as its task and its example have it; the name NULL: it is in
** use_models.  0: there are no more.  Valid until the next call. */
int use_algorithm(int i, use_model *out);

/* What a host of ours has handed out: held now, and the most it ever was. */
typedef struct use_memory {
  size_t held, peak;
} use_memory;
mine_host use_host(use_memory *memory);

/* Train it on `rows` small rows: malloc'ed bytes, NULL = reported. */
unsigned char *use_train(const use_model *model, int rows, size_t *n);
/* Load; if it loads, score and explain three rows, search, list every part, read every text.
** 1 = it loaded. */
int use_bytes(const unsigned char *bytes, size_t n, use_memory *memory);
/* A hash of every cell of 100 scored rows; 0 = does not load or score. */
uint64_t use_predictions(const unsigned char *bytes, size_t n);

#endif
