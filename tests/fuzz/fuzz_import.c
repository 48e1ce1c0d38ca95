/*
** fuzz_import.c -- fuzz target: models from JSON and PMML.
**
** Input: a document.  What is imported is used in full.
*/
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void import_use(mine_env *env, const mine_model *model, use_memory *memory) {
  const void *bytes;
  size_t n;
  if (mine_model_bytes(env, model, &bytes, &n) != MINE_OK) return;
  use_bytes(bytes, n, memory);
}

static void import_text(const char *text, const char *options, use_memory *memory) {
  const mine_host host = use_host(memory);
  const mine_verb *verb = mine_verb_find("mine_import", MINE_VERB_SCALAR);
  const mine_arguments arguments = {.text = {"m", text, NULL, options}};
  mine_env *env;
  mine_job *job = NULL;
  mine_model *model = NULL;
  use_memory used = {0, 0};
  if (mine_env_open(&host, "mine_import", &env) != MINE_OK) return;
  if (mine_job_open(env, verb, &arguments, &job) == MINE_OK)
    (void)!mine_job_train(job, NULL, &model);
  mine_job_close(job);
  if (model) import_use(env, model, &used);
  mine_model_free(model);
  mine_env_close(env);
  if (used.held != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  use_memory memory = {0, 0};
  if (n > 100000) return 0;
  char *text = malloc(n + 1);
  memcpy(text, data, n);
  text[n] = 0;
  import_text(text, "threads=1", &memory);
  import_text(text, "threads=1,check=0", &memory);
  free(text);
  if (memory.held != 0) abort();
  return 0;
}
