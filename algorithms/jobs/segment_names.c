/*
** segment_names.c -- mine_name_cluster: the row; the work is model/cluster_names.c's, and storing
** it the host's (ext/models_names.c).
*/
#include "verb.h"

static const mine_answer names_answer[] = {
    {"state", MINE_ANSWER_TEXT, 0, "which cluster is called what"},
    {0},
};

const mine_verb mine__verb_name_cluster = {
    .name = "mine_name_cluster",
    .form = MINE_VERB_SCALAR,
    .job = MINE_JOB_SEGMENT,
    .what = "Give a cluster of a stored model a name.",
    .notes =
        "The name is its `label` from then on, in mine_predict, mine_segments and mine_migration; "
        "the number stays what it was, and so do the answers. A cluster is named by its number, or "
        "by the name that it has; '' takes the name away; two clusters may not have one name. When "
        "a model is trained again under its name, clusters that are found again keep number and "
        "name (`align`). The stored model is replaced by one that differs in the name only; "
        "`created` stays. In a transaction it is rolled back with it. Not usable in views and "
        "triggers.",
    .example =
        "SELECT mine_name_cluster(iif(length(mine_train('temp.demo', 'kmeans',\n"
        "  " MINE_SHOPPERS ", 'k=3')) > 0, 'temp.demo', NULL), 1, 'young spenders') AS named;",
    .argument = {{MINE_ARG_NAME, "model"}, {MINE_ARG_VALUE, "cluster"}, {MINE_ARG_VALUE, "name"}},
    .required = 3,
    .answer = names_answer,
    .stores = 1,
};
