/*
** fuzz_options.c -- fuzz target: the option parser, both spellings.
**
** Input: the text of options.  It is given to every job that takes options; what is
** refused must carry a sentence, what is accepted must close cleanly.
*/
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void options_training(mine_env *env, const char *algorithm, const char *text) {
  mine_training *training = NULL;
  if (mine_training_open(env, algorithm, text, &training) == MINE_OK)
    (void)mine_training_select(training, 0);
  mine_training_close(training);
}

static void options_of(int which, mine_env *env, const char *text) {
  static const char *const algorithms[] = {NULL, "kmeans", "tree", "knn"};
  if (which < 4) {
    options_training(env, algorithms[which], text);
  } else if (which < 6) {
    mine_baskets *baskets = NULL;
    mine_baskets_open(env, which == 4 ? MINE_ITEMSETS : MINE_RULES, text, &baskets);
    mine_baskets_close(baskets);
  } else {
    mine_search *search = NULL;
    mine_search_open(env, NULL, 0, text, &search);
    mine_search_close(search);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  use_memory memory = {0, 0};
  if (n > 100000) return 0;
  char *text = malloc(n + 1);
  memcpy(text, data, n);
  text[n] = 0;
  for (int which = 0; which < 7; which++) {
    mine_host host = use_host(&memory);
    mine_env *env = NULL;
    mine_env_open(&host, "fuzz", &env);
    options_of(which, env, text);
    if (mine_env_status(env) != MINE_OK && strlen(mine_env_error(env)) < 10) abort();
    mine_env_close(env);
  }
  free(text);
  if (memory.held != 0) abort();
  return 0;
}
