/*
** catalog.c -- what there is: the algorithms, and the options of each algorithm
** and verb, read from the very tables that the parser reads.
*/
#include <string.h>

#include "../data/relation.h"
#include "../model/model.h"
#include "baskets.h"
#include "common_options.h"
#include "search.h"

#define CATALOG_TABLES 7

/* Verbs; mine_train has, besides these, the options of the algorithm it is given. */
typedef struct catalog_verb {
  const char *name;
  const char *algorithm; /* whose own table comes first, or NULL */
  const mine_option *table[CATALOG_TABLES];
  const mine_want *reads; /* an event list, or NULL */
} catalog_verb;

static const catalog_verb catalog_verbs[] = {
    {.name = "mine_cluster",
     .algorithm = "kmeans",
     .table = {mine_pick_option_table, mine_source_option_table, mine_seed_option_table,
               mine_run_option_table}},
    {.name = "mine_neighbors",
     .table = {mine_search_option_table, mine_source_option_table, mine_seed_option_table,
               mine_run_option_table}},
    {.name = "mine_itemsets",
     .reads = mine_baskets_reads,
     .table = {mine_baskets_option_table, mine_itemsets_option_table, mine_run_option_table}},
    {.name = "mine_rules",
     .reads = mine_baskets_reads,
     .table = {mine_baskets_option_table, mine_rules_option_table, mine_run_option_table}},
    {.name = "mine_train",
     .table = {mine_supervised_option_table, mine_folds_option_table, mine_source_option_table,
               mine_seed_option_table, mine_run_option_table}},
    {.name = "mine_predict", .table = {mine_scoring_option_table, mine_run_option_table}},
};
#define CATALOG_VERBS ((int)(sizeof catalog_verbs / sizeof catalog_verbs[0]))

/* Verbs that take the options of another. */
static const char *const catalog_same[][2] = {{"mine_fit", "mine_train"},
                                              {"mine_cross_validate", "mine_train"},
                                              {"mine_probabilities", "mine_predict"},
                                              {"mine_evaluate", "mine_predict"},
                                              {"mine_confusion", "mine_predict"}};

/* ---- algorithms ------------------------------------------------------------------ */

static void catalog_tasks(mine_text *text, unsigned tasks) {
  static const mine_task_kind kinds[] = {MINE_CLASSIFICATION, MINE_REGRESSION, MINE_CLUSTERING,
                                         MINE_NEIGHBORS, MINE_ASSOCIATION};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (!(tasks & kinds[i])) continue;
    mine_text_addf(text, "%s%s", text->bytes ? ", " : "", mine_task_name(kinds[i]));
  }
}

static const mine_answer catalog_algorithm_columns[] = {
    {"algorithm", MINE_ANSWER_TEXT, 1, "its name"},
    {"task", MINE_ANSWER_TEXT, 0, "what it does"},
    {"title", MINE_ANSWER_TEXT, 0, "in one line"},
    {"reads", MINE_ANSWER_TEXT, 0, "attributes: one row per thing; events: one row per event"},
    {"citation", MINE_ANSWER_TEXT, 0, "where the method was published"},
    {0},
};

mine_status mine_catalog_algorithms(mine_env *env, mine_relation **out) {
  *out = NULL;
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  mine_relation *r = mine_relation_new(env, catalog_algorithm_columns);
  for (int i = 0; r && mine_algorithm_at(i); i++) {
    const mine_algorithm *algorithm = mine_algorithm_at(i);
    mine_text tasks;
    mine_text_open(&tasks, env->scratch);
    catalog_tasks(&tasks, algorithm->tasks);
    mine_relation_text(r, 0, algorithm->name);
    mine_relation_text(r, 1, tasks.data);
    mine_relation_text(r, 2, algorithm->title);
    mine_relation_text(r, 3, algorithm->reads);
    mine_relation_text(r, 4, algorithm->citation);
    mine_relation_end_row(r);
  }
  return mine_relation_finish(env, r, out);
}

/* ---- options ------------------------------------------------------------------------ */

static void catalog_add_table(mine_relation *r, const mine_option *table) {
  for (const mine_option *o = table; o && o->name; o++) {
    char range[512];
    mine_option_range(o, range, sizeof range);
    mine_relation_text(r, 0, o->name);
    mine_relation_text(r, 1, mine_option_type_name(o));
    mine_relation_text(r, 2, o->initial);
    mine_relation_text(r, 3, range[0] ? range : NULL);
    mine_relation_text(r, 4, o->help);
    mine_relation_end_row(r);
  }
}

/* An algorithm's own options, then those that training takes with it. */
static void catalog_add_algorithm(mine_relation *r, const mine_algorithm *algorithm) {
  catalog_add_table(r, algorithm->options);
  if (algorithm->tasks & (MINE_CLASSIFICATION | MINE_REGRESSION)) {
    catalog_add_table(r, mine_supervised_option_table);
    catalog_add_table(r, mine_folds_option_table);
  }
  catalog_add_table(r, mine_source_option_table);
  catalog_add_table(r, mine_seed_option_table);
  catalog_add_table(r, mine_run_option_table);
}

static void catalog_add_verb(mine_env *env, mine_relation *r, const catalog_verb *verb) {
  if (verb->reads) catalog_add_table(r, mine__wants_options(env->scratch, verb->reads));
  if (verb->algorithm) {
    const mine_algorithm *algorithm = mine_algorithm_find(verb->algorithm);
    if (algorithm) catalog_add_table(r, algorithm->options);
  }
  for (int i = 0; i < CATALOG_TABLES && verb->table[i]; i++) {
    catalog_add_table(r, verb->table[i]);
  }
}

/* "no algorithm or verb 'x' (did you mean y?); there are ..." */
static mine_status catalog_unknown(mine_env *env, const char *name) {
  mine_text list;
  mine_text_open(&list, env->scratch);
  const char *nearest = NULL;
  int least = MINE_NO_HINT;
  for (int i = 0; mine_algorithm_at(i) || i < CATALOG_VERBS; i++) {
    const char *candidate[2] = {mine_algorithm_at(i) ? mine_algorithm_at(i)->name : NULL,
                                i < CATALOG_VERBS ? catalog_verbs[i].name : NULL};
    for (int c = 0; c < 2; c++) {
      if (!candidate[c]) continue;
      const int distance = mine__hint_distance(name, candidate[c]);
      if (distance < least) {
        least = distance;
        nearest = candidate[c];
      }
      mine_text_addf(&list, "%s%s", list.bytes ? ", " : "", candidate[c]);
    }
  }
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  return mine_fail(env, MINE_OPTION, "no algorithm or verb '%.60s'%s%s%s; options have %s", name,
                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "",
                   list.data);
}

static const catalog_verb *catalog_find_verb(const char *name) {
  for (size_t i = 0; i < sizeof catalog_same / sizeof catalog_same[0]; i++) {
    if (strcmp(catalog_same[i][0], name) == 0) name = catalog_same[i][1];
  }
  for (int i = 0; i < CATALOG_VERBS; i++) {
    if (strcmp(catalog_verbs[i].name, name) == 0) return &catalog_verbs[i];
  }
  return NULL;
}

static const mine_answer catalog_option_columns[] = {
    {"option", MINE_ANSWER_TEXT, 1, "its name"},
    {"type", MINE_ANSWER_TEXT, 0, "integer, number, flag (0 or 1), choice, text, list, bytes"},
    {"default_value", MINE_ANSWER_TEXT, 0, "NULL = not given"},
    {"range", MINE_ANSWER_TEXT, 0, "what is permitted"},
    {"help", MINE_ANSWER_TEXT, 0, "in one line"},
    {0},
};

mine_status mine_catalog_options(mine_env *env, const char *name, mine_relation **out) {
  *out = NULL;
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  if (!name) return catalog_unknown(env, "NULL");
  const mine_algorithm *algorithm = mine_algorithm_find(name);
  const catalog_verb *verb = catalog_find_verb(name);
  if (!algorithm && !verb) return catalog_unknown(env, name);
  mine_relation *r = mine_relation_new(env, catalog_option_columns);
  if (r && algorithm) catalog_add_algorithm(r, algorithm);
  if (r && verb) catalog_add_verb(env, r, verb);
  return mine_relation_finish(env, r, out);
}
