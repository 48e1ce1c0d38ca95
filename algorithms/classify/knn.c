/*
** knn.c -- k nearest neighbours: to learn is to remember the rows.
**
** Cover & Hart (1967), "Nearest neighbor pattern classification", IEEE
** Transactions on Information Theory 13(1).  The search is exact; the distance
** `gower` is Gower's (1971), "A general coefficient of similarity and some of its
** properties", Biometrics 27(4).
*/
#include "../model/neighbours.h"

typedef struct knn_options {
  int64_t k;
  int metric, scale, voting;
} knn_options;

static const mine_option knn_option_table[] = {
    OPTION_INT(knn_options, k, .initial = "10", .range = {1, MINE_MAX_ROWS},
               .help = "how many neighbours answer; more than there are rows: all rows"),
    MINE__SPACE_OPTIONS(knn_options),
    OPTION_CHOICE(knn_options, voting, .initial = "uniform", .choices = mine__voting_names,
                  .help = "what a neighbour's answer counts: the same, or 1/distance"),
    OPTION_END};

static mine_status knn_fit(mine_env *env, const mine_dataset *data, const void *options,
                           mine_model *model) {
  const knn_options *o = options;
  mine_neighbours *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  if (!body) return mine_env_status(env);
  if (data->rows.n < 1) {
    return mine__fail(env, MINE_DATA, "there are no rows to remember; give a source with rows");
  }
  const mine__neighbours_how how = {.space = (mine_space)o->metric, .scale = o->scale};
  if (mine__neighbours_fit(env, model->arena, data, &how, body) != MINE_OK) {
    return mine_env_status(env);
  }
  body->k = o->k;
  body->voting = (mine_voting)o->voting;
  model->body = body;
  mine__model_note(model, "fit", "rows", "the model holds all %lld rows it was trained on",
                   (long long)body->n);
  if (body->k > body->n) {
    mine__model_note(model, "warning", "k", "k=%lld is more than the %lld rows: all of them answer",
                     (long long)body->k, (long long)body->n);
  }
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_knn = {
    .name = "knn",
    .title = "k nearest neighbours: the most similar known rows give the answer",
    .citation =
        "Cover & Hart (1967), Nearest neighbor pattern classification, IEEE Trans. "
        "Information Theory 13",
    .notes =
        "Remembers the rows; a new row gets the answer of the most similar ones. Without a "
        "target the model serves `mine_neighbors` only. A column that is constant counts: in its "
        "own units, since it has no spread to divide by, so that a row that differs in it is "
        "farther away. The model holds all rows it was "
        "trained on, so it is as large and as confidential as they are.",
    .example =
        "SELECT metric, round(value, 2) AS value FROM mine_evaluate((SELECT mine_fit('knn',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*7%31 + i*13%17 > 26 AS churned FROM n',\n"
        "  'target=churned'))) WHERE metric IN ('accuracy', 'auc');",
    .tasks = MINE_CLASSIFICATION | MINE_REGRESSION | MINE_NEIGHBORS,
    .reads = "attributes",
    .keeps_constants = 1,
    .options_size = sizeof(knn_options),
    .options = knn_option_table,
    .kind = &mine__kind_neighbours,
    .fit = knn_fit,
};
