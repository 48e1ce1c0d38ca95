/*
** boost.c -- gradient boosting: options, target, row.
**
** Friedman (2001), "Greedy function approximation: a gradient boosting machine", Annals of
** Statistics 29; trees by histograms (Ke et al. 2017, LightGBM).  A new tree is fitted to what
** the trees before it have left.
*/
#include "boost.h"

#include <math.h>

static const char *const boost_grow_names[] = {"leaf", "depth", NULL};
static const char *const boost_category_names[] = {"auto", "sets", "ordered", NULL};

static const mine_option boost_option_table[] = {
    OPTION_INT(boost_options, n_trees, .initial = "auto", .range = {1, 100000}, .allows_auto = 1,
               .help = "rounds of boosting; auto: as many as rows held back gain from"),
    OPTION_REAL(boost_options, learning_rate, .initial = "0.03", .range = {0, 1}, .above_least = 1,
                .help = "how much of a tree's step is taken"),
    OPTION_INT(boost_options, max_leaves, .range = {2, 65536},
               .help =
                   "leaves of a tree; default: what suits rows held back, for many rows 31; with "
                   "grow=depth no limit"),
    OPTION_INT(boost_options, max_depth, .range = {1, 60},
               .help = "the most questions asked of a row; default no limit, with grow=depth 6"),
    OPTION_INT(boost_options, min_samples_leaf, .initial = "20", .range = {1, 1e9},
               .help = "rows every leaf must keep"),
    OPTION_REAL(boost_options, min_child_weight, .initial = "0.001", .range = {0, 1e300},
                .help = "least sum of second derivatives in a leaf"),
    OPTION_REAL(boost_options, subsample, .initial = "1", .range = {0, 1}, .above_least = 1,
                .help = "share of the rows that each round learns from"),
    OPTION_REAL(boost_options, colsample, .initial = "1", .range = {0, 1}, .above_least = 1,
                .help = "share of the attributes that each tree may use"),
    OPTION_REAL(boost_options, l1, .initial = "0", .range = {0, 1e300},
                .help = "penalty on the size of a leaf's value"),
    OPTION_REAL(boost_options, l2, .initial = "1", .range = {0, 1e300},
                .help = "penalty on the square of a leaf's value"),
    OPTION_CHOICE(boost_options, grow, .initial = "leaf", .choices = boost_grow_names,
                  .help = "which node is split next: the best leaf, or level after level"),
    OPTION_CHOICE(boost_options, objective, .choices = mine__boost_objective_names,
                  .help = "the loss; default logistic or multinomial, for numbers squared"),
    OPTION_REAL(boost_options, alpha, .range = {0, 1}, .above_least = 1,
                .help = "which quantile objective=quantile answers; default 0.5"),
    OPTION_REAL(boost_options, tweedie_power, .range = {1, 2},
                .help = "variance power of objective=tweedie, between 1 and 2; default 1.5"),
    OPTION_LIST(boost_options, monotone,
                .help =
                    "attributes in which the answer, or the probability of the positive class, may "
                    "only rise or fall: Age:+1|Tenure:-1"),
    OPTION_LIST(boost_options, interactions,
                .help = "groups of attributes that may meet in a tree: age&plan|region&calls"),
    OPTION_INT(boost_options, max_bins, .initial = "255", .range = {2, 255},
               .help = "bins of a numeric attribute"),
    OPTION_INT(
        boost_options, early_stopping, .initial = "auto", .range = {0, 100000}, .allows_auto = 1,
        .help = "stop when rows held back gain nothing for so many rounds; 0 never; auto: 50 "
                "where n_trees is auto, else never"),
    OPTION_CHOICE(
        boost_options, categories, .initial = "auto", .choices = boost_category_names,
        .help = "how levels are parted: as sets, or, of more than 8, by ordered statistics of the "
                "target; auto: what suits rows held back"),
    OPTION_END};

static boost_objective boost_objective_of(mine_env *env, const mine_dataset *data,
                                          const boost_options *o) {
  const int classes = data->task == MINE_CLASSIFICATION ? data->n_classes : 0;
  const boost_objective objective = o->objective >= 0 ? (boost_objective)o->objective
                                    : classes == 0    ? BOOST_SQUARED
                                    : classes == 2    ? BOOST_LOGISTIC
                                                      : BOOST_MULTINOMIAL;
  const int of_classes = objective == BOOST_LOGISTIC || objective == BOOST_MULTINOMIAL;
  if (mine__option_suits(env, "objective", mine__boost_objective_names[objective], of_classes,
                         classes, "leave it out"))
    return objective;
  if (objective == BOOST_LOGISTIC && classes != 2)
    (void)mine__fail(env, MINE_OPTION,
                     "objective=logistic is for two classes, and the target has %d; leave it out, "
                     "or say objective=multinomial",
                     classes);
  return objective;
}

/* What one loss is told: given to another it would say nothing. */
static double boost_said(mine_env *env, const boost_target *t, const char *option, double said,
                         boost_objective of, double otherwise) {
  if (isnan(said)) return otherwise;
  if (t->objective != of)
    (void)mine__fail(env, MINE_OPTION, "%s is for objective=%s; say that, too, or leave it out",
                     option, mine__boost_objective_names[of]);
  return said;
}

/* A loss of counts and amounts takes none below zero. */
static void boost_refuse_negative(mine_env *env, const boost_target *t) {
  if (t->objective != BOOST_POISSON && t->objective != BOOST_TWEEDIE) return;
  for (int64_t i = 0; i < t->of.n && !mine_failed(env); i++) {
    char shown[MINE_NUMBER_BYTES];
    if (t->of.y[i] >= 0) continue;
    (void)mine__fail(env, MINE_DATA,
                     "objective=%s is for counts and amounts that are not negative, and a target "
                     "is %s; leave the objective out, or correct the row",
                     mine__boost_objective_names[t->objective],
                     mine__format_real(shown, t->of.y[i], 6));
  }
}

static mine_status boost_learn(mine_env *env, const mine_dataset *data, const void *options,
                               mine_model *model) {
  const boost_options *o = options;
  boost_target target = {.positive_first = model->positive == 0};
  if (data->rows.n < 1) return mine__fail(env, MINE_DATA, "there are no rows to learn from");
  if (data->n_features < 1) {
    return mine__fail(env, MINE_DATA,
                      "there is no attribute to split on; add a column that varies");
  }
  target.objective = boost_objective_of(env, data, o);
  target.alpha = boost_said(env, &target, "alpha", o->alpha, BOOST_QUANTILE, 0.5);
  target.power = boost_said(env, &target, "tweedie_power", o->tweedie_power, BOOST_TWEEDIE, 1.5);
  if (mine_failed(env)) return mine_env_status(env);
  target.outputs = target.objective == BOOST_MULTINOMIAL ? data->n_classes : 1;
  MINE_TRY(
      mine__tree_target(env, env->scratch, data, target.objective <= BOOST_QUANTILE, &target.of));
  boost_refuse_negative(env, &target);
  if (mine_failed(env)) return mine_env_status(env);
  if (target.objective == BOOST_QUANTILE) model->quantile = target.alpha;
  mine__model_note(model, "fit", "objective", "%s", mine__boost_objective_names[target.objective]);
  return mine__boost_fit(env, data, o, &target, model);
}

const mine_algorithm mine__algorithm_boost = {
    .name = "boost",
    .title = "gradient boosting: many small trees, each mends what the others left",
    .citation =
        "Friedman (2001), Greedy function approximation: a gradient boosting machine, "
        "Annals of Statistics 29",
    .notes =
        "Adds up small trees; each is fitted to what those before it have left. How many, and of "
        "how many leaves, is found on rows that are held back: of up to 10,000 rows by steps of "
        "0.1 where the model's are shorter, unless early_stopping says how. Then the model is made "
        "with all rows. Missing values go to the side that suits them best.",
    .example =
        "SELECT mine_train('temp.demo', 'boost',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*7%31 + i*13%17 > 26 AS churned FROM n',\n"
        "  'target=churned, n_trees=20, learning_rate=0.3, early_stopping=3, max_leaves=6');",
    .tasks = MINE_CLASSIFICATION | MINE_REGRESSION,
    .reads = "attributes",
    .options_size = sizeof(boost_options),
    .options = boost_option_table,
    .kind = &mine__kind_trees,
    .fit = boost_learn,
};
