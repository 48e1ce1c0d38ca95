/*
** verbs_source.c -- verbs that read a source and answer with a table, without a
** stored model: clusters, itemsets, rules, neighbours, profiles, folds, and the
** catalogue.
*/
#include "models.h"
#include "source.h"
#include "verbs.h"

/* ---- mine_cluster, mine_cross_validate ------------------------------------------- */

static mine_status source_cluster(mine_verb_run *run) {
  const char *source, *options;
  mine_training *training = NULL;
  mine_model *model = NULL;
  mine_status status = mine_run_source_text(run, 0, &source);
  if (!status) status = mine_run_options(run, 1, &options);
  if (!status) status = mine_training_open(run->call.env, NULL, options, &training);
  if (!status) status = mine_verb_read_training(&run->call, source, training);
  if (!status) status = mine_training_fit(training, &model);
  if (!status) status = mine_training_assignments(training, model, &run->relation);
  mine_model_free(model);
  mine_training_close(training);
  return status;
}

static mine_status source_cross_validate(mine_verb_run *run) {
  const char *algorithm, *source, *options;
  mine_training *training = NULL;
  mine_status status =
      mine_call_required_text(&run->call, run->argument[0], "algorithm", 100, &algorithm);
  if (!status) status = mine_run_source_text(run, 1, &source);
  if (!status) status = mine_run_options(run, 2, &options);
  if (!status) status = mine_training_open(run->call.env, algorithm, options, &training);
  if (!status) status = mine_verb_read_training(&run->call, source, training);
  if (!status) status = mine_training_cross_validate(training, &run->relation);
  mine_training_close(training);
  return status;
}

/* ---- mine_itemsets, mine_rules ------------------------------------------------------ */

static mine_status source_baskets(mine_verb_run *run, mine_baskets_what what) {
  const char *source, *options;
  mine_baskets *baskets = NULL;
  mine_status status = mine_run_source_text(run, 0, &source);
  if (!status) status = mine_run_options(run, 1, &options);
  if (!status) status = mine_baskets_open(run->call.env, what, options, &baskets);
  if (!status) status = mine_verb_read(&run->call, source, mine_baskets_frame(baskets));
  if (!status) status = mine_baskets_run(baskets, &run->relation);
  mine_baskets_close(baskets);
  return status;
}

static mine_status source_itemsets(mine_verb_run *run) {
  return source_baskets(run, MINE_ITEMSETS);
}

static mine_status source_rules(mine_verb_run *run) {
  return source_baskets(run, MINE_RULES);
}

/* ---- mine_neighbors ------------------------------------------------------------------ */

/* The first argument names a model or is a source; it must not be both. */
static mine_status source_or_model(mine_verb_run *run, mine_model **model, const char **source) {
  mine_call *call = &run->call;
  *source = NULL;
  if (run->argument[0] && sqlite3_value_type(run->argument[0]) == SQLITE_BLOB) {
    return mine_models_get(call, run->argument[0], model);
  }
  mine_status status = mine_run_source_text(run, 0, source);
  if (status) return status;
  int is_table = mine_source_is_table(call, *source);
  if (mine_env_status(call->env)) return mine_env_status(call->env);
  mine_model_name name;
  int dots = 0;
  int words = 0;
  for (const char *p = *source; *p; p++) {
    dots += *p == '.';
    words += *p == ' ' || *p == '\n' || *p == '\t' || *p == '(';
  }
  if (words || dots > 1 || (is_table && dots)) return MINE_OK;
  status = mine_model_name_parse(call, *source, &name);
  if (!status) status = mine_models_find(call, &name, model);
  if (!status && *model && is_table) {
    return mine_call_fail(call, MINE_OPTION,
                          "'%s' is both a model and a table; write SELECT * FROM \"%s\" for the "
                          "table, or rename one",
                          *source, *source);
  }
  return status;
}

static mine_status source_search(mine_verb_run *run, const mine_model *model, const char *source) {
  const char *queries, *options;
  mine_search *search = NULL;
  mine_status status = mine_run_source_text(run, 1, &queries);
  if (!status) status = mine_run_options(run, 2, &options);
  int same = source && !status && sqlite3_stricmp(source, queries) == 0;
  if (!status) status = mine_search_open(run->call.env, model, same, options, &search);
  if (!status && !model) status = mine_verb_read(&run->call, source, mine_search_base(search));
  if (!status) status = mine_search_build(search);
  if (!status) status = mine_verb_read(&run->call, queries, mine_search_queries(search));
  if (!status) status = mine_search_run(search, &run->relation);
  mine_search_close(search);
  return status;
}

static mine_status source_neighbors(mine_verb_run *run) {
  mine_model *model = NULL;
  const char *source;
  mine_status status = source_or_model(run, &model, &source);
  if (!status) status = source_search(run, model, model ? NULL : source);
  mine_model_free(model);
  return status;
}

/* ---- mine_profile and the catalogue ----------------------------------------------------- */

static mine_status source_profile(mine_verb_run *run) {
  const char *source;
  mine_frame *frame = NULL;
  mine_status status = mine_run_source_text(run, 0, &source);
  if (!status) status = mine_profile_open(run->call.env, &frame);
  if (!status) status = mine_verb_read(&run->call, source, frame);
  if (!status) status = mine_profile_run(frame, &run->relation);
  mine_profile_close(frame);
  return status;
}

static mine_status source_algorithms(mine_verb_run *run) {
  return mine_catalog_algorithms(run->call.env, &run->relation);
}

static mine_status source_options(mine_verb_run *run) {
  const char *name;
  mine_status status =
      mine_call_required_text(&run->call, run->argument[0], "algorithm", 100, &name);
  return status ? status : mine_catalog_options(run->call.env, name, &run->relation);
}

const mine_table_verb mine_table_verbs_source[] = {
    {"mine_cluster",
     "id, cluster, distance",
     {"_source", "_options"},
     1,
     0,
     1,
     source_cluster,
     NULL,
     NULL,
     NULL},
    {"mine_cross_validate",
     "fold, metric, value",
     {"_algorithm", "_source", "_options"},
     2,
     -1,
     1,
     source_cross_validate,
     NULL,
     NULL,
     NULL},
    {"mine_itemsets",
     MINE_ITEMSET_COLUMNS,
     {"_source", "_options"},
     1,
     -1,
     1,
     source_itemsets,
     NULL,
     NULL,
     NULL},
    {"mine_rules",
     MINE_RULE_COLUMNS,
     {"_source", "_options"},
     1,
     -1,
     1,
     source_rules,
     NULL,
     NULL,
     NULL},
    {"mine_neighbors",
     "query_id, rank, id, distance",
     {"_source", "_queries", "_options"},
     2,
     2,
     1,
     source_neighbors,
     NULL,
     NULL,
     NULL},
    {"mine_profile",
     "\"column\", type, rows, missing, \"distinct\", min, q1, median, mean, q3, max, stddev, top, "
     "top_count",
     {"_source"},
     1,
     -1,
     1,
     source_profile,
     NULL,
     NULL,
     NULL},
    {"mine_algorithms",
     "algorithm, task, title, reads, citation",
     {NULL},
     0,
     -1,
     0,
     source_algorithms,
     NULL,
     NULL,
     NULL},
    {"mine_options",
     "option, type, default_value, range, help",
     {"_algorithm"},
     1,
     -1,
     0,
     source_options,
     NULL,
     NULL,
     NULL},
    {0},
};
