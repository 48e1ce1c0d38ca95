/*
** fuzz_options.c -- fuzz target: the option parser, both spellings.
**
** Input: the text of options.  It is given to every verb that takes options, and to a
** table that has every type of option; what is refused must carry a sentence, what is
** accepted must close cleanly, and written back it must read as the same.
*/
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/verb_fixture.h"
#include "core/options.h"
#include "model_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* By the tables of a verb; algorithm NULL: its own, or none. */
static void options_of(mine_env *env, const mine_verb *verb, const char *algorithm,
                       const char *text) {
  mine__options options;
  if (mine__options_read(env, env->scratch, verb, algorithm, text, &options)) return;
  (void)mine__options_select(options.group, options.n, 0, NULL);
}

typedef struct every_type {
  int64_t k, max_memory;
  double tol;
  int refit, criterion;
  mine_cell target, before;
  mine_list ignore;
  mine_number_list hidden, rates;
  mine_select init, from;
} every_type;

static const char *const words[] = {"one", "two", NULL};
static const mine_option every_table[] = {
    OPTION_INT(every_type, k, .initial = "8", .range = {1, 65536}, .allows_auto = 1),
    OPTION_BYTES(every_type, max_memory, .initial = "auto", .range = {1, 9e18}, .allows_auto = 1),
    OPTION_REAL(every_type, tol, .initial = "1e-4", .range = {0, 1}, .above_least = 1),
    OPTION_FLAG(every_type, refit, .initial = "1"),
    OPTION_CHOICE(every_type, criterion, .choices = words),
    OPTION_TEXT(every_type, target, .help = ""),
    OPTION_LIST(every_type, ignore, .help = ""),
    OPTION_NUMBERS(every_type, hidden, .initial = "64|32", .range = {1, 4096}, .whole = 1),
    OPTION_NUMBERS(every_type, rates, .help = ""),
    OPTION_SOURCE(every_type, init, .initial = "one", .choices = words),
    OPTION_SOURCE(every_type, from, .help = ""),
    OPTION_DATE(every_type, before, .help = ""),
    OPTION_END};

/* The canonical text of what `text` says; NULL when it is refused. */
static const char *options_rewritten(mine_env *env, const char *text) {
  every_type values;
  mine_option_group group = {.table = every_table, .values = &values};
  mine_text out;
  if (mine__options_parse(env, env->scratch, &group, 1, text) != MINE_OK) return NULL;
  for (int i = 0; mine__options_select(&group, 1, i, NULL); i++)
    if (i == 2) abort();
  double days;
  if (values.before.type != MINE_NULL &&
      mine__option_date(env, "before", &values.before, NULL, &days))
    return NULL;
  mine__text_open(&out, env->scratch);
  mine__options_canonical(&out, every_table, &values);
  return out.bytes ? out.data : "";
}

static void options_every_type(mine_env *env, const char *text) {
  const char *once = options_rewritten(env, text);
  const char *twice = once ? options_rewritten(env, once) : NULL;
  if (once && (!twice || strcmp(once, twice) != 0)) abort();
}

typedef struct options_input {
  use_memory memory;
  const char *text;
} options_input;

static mine_env *options_env(options_input *input) {
  mine_host host = use_host(&input->memory);
  mine_env *env = NULL;
  mine_env_open(&host, "fuzz", &env);
  return env;
}

static void options_end(mine_env *env) {
  if (mine_env_status(env) != MINE_OK && strlen(mine_env_error(env)) < 10) abort();
  mine_env_close(env);
}

/* A verb that trains is tried with every algorithm. */
static void options_verb(options_input *input, const mine_verb *verb) {
  int trains =
      verb->argument[0].kind == MINE_ARG_ALGORITHM || verb->argument[1].kind == MINE_ARG_ALGORITHM;
  for (int a = 0; a == 0 || (trains && mine__algorithm_at(a)); a++) {
    mine_env *env = options_env(input);
    options_of(env, verb, trains ? mine__algorithm_at(a)->name : NULL, input->text);
    options_end(env);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  options_input input = {{0, 0}, NULL};
  if (n > 100000) return 0;
  char *text = malloc(n + 1);
  memcpy(text, data, n);
  text[n] = 0;
  input.text = text;
  for (int i = 0; mine_verb_at(i); i++)
    if (mine_verb_at(i)->options) options_verb(&input, mine_verb_at(i));
  mine_env *env = options_env(&input);
  options_every_type(env, text);
  options_end(env);
  free(text);
  if (input.memory.held != 0) abort();
  return 0;
}
