/*
** verbs_model.c -- what a model says of itself: each verb lists one part, whose rows
** come from the model's kind.
*/
#include "verb.h"

/* Which part is said by the verb itself. */
static mine_status model_run(mine_job *job, mine_relation *out) {
  return mine__model_list(job->env, mine__job_model(job, MINE_ARG_MODEL), job->verb->name, out);
}

#define MODEL_ARGUMENT \
  { {MINE_ARG_MODEL, "model"}, }

static const mine_answer summary_answer[] = {
    {"item", MINE_ANSWER_TEXT, 0,
     "rows, id, target, positive, holdout, feature, dropped, warning, fit, metric, option, source, "
     "keeps (what of its rows is in the model) ..."},
    {"name", MINE_ANSWER_TEXT, 0, "of the feature, metric or option"},
    {"detail", MINE_ANSWER_ANY, 0, "in words or figures"},
    {0},
};

const mine_verb mine__verb_summary = {
    .name = "mine_summary",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "The report of a training: what was read, how, and what came out.",
    .example = "SELECT item, name, detail FROM mine_summary(" MINE_CHURN_MODEL
               ")\n"
               "WHERE item IN ('target', 'warning', 'holdout');",
    .argument = MODEL_ARGUMENT,
    .required = 1,
    .answer = summary_answer,
    .run = model_run,
};

static const mine_answer centroids_answer[] = {
    {"cluster", MINE_ANSWER_INTEGER, 1, "1 .. k"},
    {"rows", MINE_ANSWER_INTEGER, 0, "of the cluster"},
    {"feature", MINE_ANSWER_TEXT, 1, "its name; of a category, name=level"},
    {"value", MINE_ANSWER_ANY, 0, "average of the cluster, a date of dates; of a level, its share"},
    {"overall", MINE_ANSWER_ANY, 0, "average of all rows"},
    {"z", MINE_ANSWER_REAL, 0, "difference of the two in standard deviations of all rows"},
    {"group_value", MINE_ANSWER_ANY, 1,
     "of the model's group, where it has groups (group=); else NULL"},
    {0},
};

const mine_verb mine__verb_centroids = {
    .name = "mine_centroids",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what =
        "The centres of the clusters, one row per cluster and feature, in the units of the "
        "source.",
    .notes =
        "A value is the mean of the cluster's rows. Where the model was made with scale=log or "
        "scale=quantile, it is the mean on that scale brought back into the source's units: of log "
        "for positive amounts close to the geometric mean, of quantile the value at the mean "
        "share, "
        "interpolated between the quantiles kept. `overall` likewise; `z` is taken on that scale.",
    .example =
        "SELECT cluster, feature, round(value, 1) AS value, round(z, 2) AS z\n"
        "FROM mine_centroids(" MINE_SEGMENT_MODEL ");",
    .argument = MODEL_ARGUMENT,
    .required = 1,
    .answer = centroids_answer,
    .run = model_run,
};

static const mine_answer loadings_answer[] = {
    {"component", MINE_ANSWER_INTEGER, 1, "1, 2, ..., the one that holds most first"},
    {"feature", MINE_ANSWER_TEXT, 1, "its name; of a category, name=level"},
    {"loading", MINE_ANSWER_REAL, 0,
     "what the two have to do with each other; of scaled features their correlation, -1 to 1"},
    {"variance_share", MINE_ANSWER_REAL, 0,
     "the share of the variance of all features that the component holds"},
    {"eigenvalue", MINE_ANSWER_REAL, 0, "of the component"},
    {"weight", MINE_ANSWER_REAL, 0,
     "of the scaled feature in the score; of pca, the unit eigenvector"},
    {"communality", MINE_ANSWER_REAL, 0,
     "the share of the feature's variance that all components hold"},
    {"uniqueness", MINE_ANSWER_REAL, 0, "the rest of it"},
    {0},
};

const mine_verb mine__verb_loadings = {
    .name = "mine_loadings",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what =
        "What the components of a model (`pca`, `factor`) are made of, a row for each component "
        "and feature.",
    .notes =
        "Read a component by its strong loadings: features above 0.5 or below -0.5, say. Its sign "
        "is free and chosen so that the strongest loading is positive.",
    .example =
        "SELECT component, feature, round(loading, 2) AS loading, round(variance_share, 2) AS "
        "share\n"
        "FROM mine_loadings((SELECT mine_fit('pca',\n  " MINE_CALLERS ", 'components=2')));",
    .argument = MODEL_ARGUMENT,
    .required = 1,
    .answer = loadings_answer,
    .run = model_run,
};

static const mine_answer dendrogram_answer[] = {
    {"step", MINE_ANSWER_INTEGER, 1, "1, 2, ... the nearest clusters first"},
    {"first", MINE_ANSWER_INTEGER, 1,
     "what is merged: -i is the i-th row of the training by itself, s the cluster that step s "
     "made"},
    {"second", MINE_ANSWER_INTEGER, 1, "with what; rows stand before steps, lower numbers first"},
    {"distance", MINE_ANSWER_REAL, 0, "of the two, in the scaled space: the height of the merge"},
    {"rows", MINE_ANSWER_INTEGER, 0, "of the cluster that it makes"},
    {"group_value", MINE_ANSWER_ANY, 1,
     "of the model's group, where it has groups (group=); else NULL"},
    {0},
};

const mine_verb mine__verb_dendrogram = {
    .name = "mine_dendrogram",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_SEGMENT,
    .what = "The tree of an agglomerative clustering: one row for each merge.",
    .notes =
        "As `merge` and `height` of R's hclust: negative numbers are rows by themselves, positive "
        "ones earlier steps. The last k - 1 steps are those between the k clusters; a jump in "
        "`distance` says where to cut.",
    .example =
        "SELECT step, first, second, round(distance, 2) AS distance, rows FROM mine_dendrogram((\n"
        "  SELECT mine_fit('agglomerative',\n  " MINE_SHOPPERS "))) ORDER BY step DESC LIMIT 4;",
    .argument = MODEL_ARGUMENT,
    .required = 1,
    .answer = dendrogram_answer,
    .run = model_run,
};

static const mine_answer tree_answer[] = {
    {"tree", MINE_ANSWER_INTEGER, 1, "number of the tree"},
    {"node", MINE_ANSWER_INTEGER, 1, "number of the node; 1 is the root"},
    {"parent", MINE_ANSWER_INTEGER, 1, "node above; NULL at the root"},
    {"depth", MINE_ANSWER_INTEGER, 0, "questions asked so far"},
    {"feature", MINE_ANSWER_TEXT, 1, "feature of the last question, the one that leads here"},
    {"test", MINE_ANSWER_TEXT, 0, "that question, as this node answers it"},
    {"rows", MINE_ANSWER_INTEGER, 0, "training rows that arrive here"},
    {"prediction", MINE_ANSWER_ANY, 0, "what the node would answer"},
    {"probability", MINE_ANSWER_REAL, 0,
     "of the positive class; of more than two classes that of the prediction"},
    {"gain", MINE_ANSWER_REAL, 0,
     "decrease of impurity by the node's own question; NULL in a leaf"},
    {"path", MINE_ANSWER_TEXT, 0, "all questions from the root"},
    {"group_value", MINE_ANSWER_ANY, 1,
     "of the model's group, where it has groups (group=); else NULL"},
    {0},
};

static mine_status tree_run(mine_job *job, mine_relation *out) {
  const mine_lang_options *said = mine__options_of(&job->options, mine__lang_option_table);
  out->lang = (mine_lang)said->lang;
  return model_run(job, out);
}

static const mine_option_set tree_sets[] = {
    {mine__lang_option_table, sizeof(mine_lang_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_tree = {
    .name = "mine_tree",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "A tree, one row per node.",
    .notes = "`lang=zh` writes the tests and paths in Chinese.",
    .example = "SELECT rows, round(probability, 2) AS risk, path\nFROM mine_tree(" MINE_CHURN_MODEL
               ") WHERE gain IS NULL;",
    .argument = {{MINE_ARG_MODEL, "model"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = tree_answer,
    .options = tree_sets,
    .run = tree_run,
};

static const mine_answer coefficients_answer[] = {
    {"name", MINE_ANSWER_TEXT, 1, "of the figure: a feature, of a category name=level"},
    {"value", MINE_ANSWER_REAL, 0, "the figure that was learned"},
    {"std_error", MINE_ANSWER_REAL, 0, "its standard error; NULL: there is none"},
    {"statistic", MINE_ANSWER_REAL, 0, "of the test whether it is 0; NULL: nothing is tested"},
    {"p_value", MINE_ANSWER_REAL, 0, "of that test"},
    {"low", MINE_ANSWER_REAL, 0, "of its 95% interval"},
    {"high", MINE_ANSWER_REAL, 0, "of its 95% interval"},
    {"ratio", MINE_ANSWER_REAL, 0,
     "exp(value): by how many times one more of it, or the level, changes the odds, the mean, the "
     "hazard or the time; NULL where it is no such ratio"},
    {"ratio_low", MINE_ANSWER_REAL, 0, "exp(low)"},
    {"ratio_high", MINE_ANSWER_REAL, 0, "exp(high)"},
    {"group_value", MINE_ANSWER_ANY, 1, "the group whose model it is; NULL: no groups"},
    {0},
};

static const mine_answer ph_test_answer[] = {
    {"term", MINE_ANSWER_TEXT, 0, "the attribute; NULL: all of them together"},
    {"statistic", MINE_ANSWER_REAL, 0, "chi-squared"},
    {"df", MINE_ANSWER_REAL, 0, "degrees of freedom: coefficients"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "the chance of such a statistic, or a larger one, if the effect did not change with time"},
    {0},
};

const mine_verb mine__verb_ph_test = {
    .name = "mine_ph_test",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "Whether effects in a Cox model change with time, which it forbids.",
    .notes =
        "The score test of an effect that grows with the clock `transform=` of the training (R's "
        "cox.zph, from survival 3.0 on). It was computed with the training, on its rows. Small "
        "p-values: let the attribute be `strata=`, or cut lives into stretches (`start=`).",
    .example =
        "SELECT term, round(statistic, 3) AS statistic, df, round(p_value, 3) AS p_value\n"
        "FROM mine_ph_test((SELECT mine_fit('cox',\n  " MINE_ROWS(
            "i AS id, i*7%31 AS calls, i*5%12 AS visits, 40 - i*7%31 + i*13%17 AS months,\n"
            "    i%4 > 0 AS churned") ", 'target=months, event=churned')));",
    .argument = MODEL_ARGUMENT,
    .required = 1,
    .answer = ph_test_answer,
    .run = model_run,
};

const mine_verb mine__verb_coefficients = {
    .name = "mine_coefficients",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "The figures that a model has learned, with their errors.",
    .notes =
        "Of `linear` and `logistic`: `(intercept)`, a number's name, `plan=gold` for a level "
        "against the reference; with more than two classes `age | gold`. Penalised ones have no "
        "errors. `ratio` is exp(value) where that says more: the odds ratio of `logistic` (two "
        "classes), the ratio of means of `linear` with a logarithmic link (family=poisson, gamma), "
        "the hazard ratio of `cox`, the ratio of times of `weibull`. Of `cox`: logarithms of "
        "hazard ratios; of `weibull` effects on the logarithm of the time, and `log(scale)`. Of "
        "`bayes`: `prior churned=yes` is the prior of a class, `mean "
        "age | yes` and "
        "`deviation age | yes` are those of the class, `plan=gold | yes` is the share of the "
        "level in it. Of `gmm`: `weight | 1` of each component, `mean age | 1`, `variance age | 1` "
        "and `covariance age, income | 1`; with covariance=tied the last two stand for all.",
    .example =
        "SELECT name, round(value, 2) AS value, round(low, 2) AS low, round(high, 2) AS high\n"
        "FROM mine_coefficients((SELECT mine_fit('bayes',\n  " MINE_CALLERS
        ", 'target=churned')));",
    .argument = MODEL_ARGUMENT,
    .required = 1,
    .answer = coefficients_answer,
    .run = model_run,
};
