/*
** verbs_model.c -- what a model says of itself: each part is a table.
*/
#include "models.h"
#include "verbs.h"

/* The verbs of this file differ only in the part they list. */
static mine_status model_list(mine_verb_run *run, const char *part) {
  mine_model *model = NULL;
  mine_status status = mine_models_get(&run->call, run->argument[0], &model);
  if (!status) status = mine_model_relation(run->call.env, model, part, &run->relation);
  mine_model_free(model);
  return status;
}

static mine_status model_summary(mine_verb_run *run) {
  return model_list(run, "summary");
}

static mine_status model_centroids(mine_verb_run *run) {
  return model_list(run, "centroids");
}

static mine_status model_tree(mine_verb_run *run) {
  return model_list(run, "tree");
}

static mine_status model_importance(mine_verb_run *run) {
  return model_list(run, "importance");
}

#define MODEL_VERB(name, columns, start) \
  { name, columns, {"_model"}, 1, -1, 0, start, NULL, NULL, NULL }

const mine_table_verb mine_table_verbs_model[] = {
    MODEL_VERB("mine_summary", "item, name, detail", model_summary),
    MODEL_VERB("mine_centroids", "cluster, rows, feature, value, overall, z", model_centroids),
    MODEL_VERB("mine_tree",
               "tree, node, parent, depth, feature, test, rows, prediction, probability, gain, "
               "path",
               model_tree),
    MODEL_VERB("mine_importance", "feature, importance, rank", model_importance),
    {0},
};
