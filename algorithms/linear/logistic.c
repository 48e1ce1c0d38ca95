/*
** logistic.c -- logistic regression: log-odds of two classes, or of each of many.
**
** Without a penalty the first of many classes has the log-odds 0, and the others' coefficients
** are against it; with one every class has its own, which the penalty makes unique.
**
** Classes that the columns tell apart without error, or some levels of them, have no finite
** solution (Albert & Anderson 1984, Biometrika 71): the coefficients grow for ever.  This is
** seen by a level that lacks a class, by margins that still grow when a fit has long ended, or
** by a standard error beyond reason; then l2=1 is used, and told.
*/
#include <math.h>
#include <string.h>

#include "card.h"
#include "fit.h"
#include "objective.h"

#define LOGISTIC_REASON 1e4 /* a standard error, of a column in units of its deviation */

enum { LOGISTIC_PLAIN, LOGISTIC_WOE };

typedef struct logistic_options {
  linear_options linear; /* first: the rows of FIT_PENALTIES are over it */
  int transform;
  mine_number_list points;
  mine_woe_options woe;
} logistic_options;

static const char *const logistic_transform_names[] = {"none", "woe", NULL};

static const mine_option logistic_option_table[] = {
    FIT_PENALTIES,
    OPTION_CHOICE(logistic_options, transform, .initial = "none",
                  .choices = logistic_transform_names,
                  .help = "woe: a scorecard, of two classes: each attribute is cut into bins, as "
                          "mine_bins does, and counts as the weight of evidence of its bin"),
    OPTION_NUMBERS(logistic_options, points, .initial = "600|20|50", .range = {-1e9, 1e9},
                   .help = "with transform=woe: points | points that double the odds | odds "
                           "against the positive class at which the first is given; below 0 the "
                           "second makes points rise with the probability"),
    MINE_WOE_OPTIONS(logistic_options, woe), OPTION_END};

typedef struct logistic_fit {
  mine_env *env;
  const linear_options *options;
  mine_model *model;
  linear_design design;
  linear_problem problem;
  linear_point point;
  double *beta, *errors;
  double none; /* the loss with intercepts only */
  int separated;
} logistic_fit;

/* The fit with the penalties of fit->problem; margins may change in a second one.  The steps
** made, negative: it does not end. */
static int logistic_solve(logistic_fit *fit) {
  mine_env *env = fit->env;
  int steps;
  if (mine__glm_point(&fit->problem, &fit->point)) return 0;
  const size_t width = (size_t)linear_width(&fit->problem);
  fit->beta = mine__arena_array(env->scratch, width, sizeof(double));
  fit->errors = mine__arena_array(env->scratch, width, sizeof(double));
  if (mine_failed(env)) return 0;
  mine__glm_start(&fit->problem, fit->beta);
  fit->none = mine__glm_none(&fit->problem);
  if (mine_failed(env) || mine__glm_begin(&fit->problem, fit->beta, &fit->point)) return 0;
  return mine__glm_solve(&fit->problem, fit->beta, &fit->point, &steps) ? 0 : steps;
}

/* Errors from the information; whether one is beyond reason. */
static void logistic_test(logistic_fit *fit) {
  const linear_design *d = &fit->design;
  const int64_t q = d->n_used + 1;
  if (!mine__cholesky(fit->problem.la, linear_width(&fit->problem), fit->point.h)) {
    fit->separated = 1;
    return;
  }
  if (mine__design_errors(d, fit->point.h, fit->problem.margins, 1, fit->errors)) return;
  for (int64_t i = 0; i < linear_width(&fit->problem); i++) {
    const double unit = i % q == 0 ? 1 : d->slot[d->used[i % q - 1]].deviation;
    if (i % q != 0 && !(fit->errors[i] * unit < LOGISTIC_REASON)) fit->separated = 1;
    if (fit->errors[i] == MINE_LINEAR_NO_ERROR) fit->separated = 1;
  }
}

static void logistic_open(logistic_fit *fit, int penalised) {
  const mine_dataset *data = fit->design.data;
  const int many = data->n_classes > 2;
  mine__glm_open(&fit->problem, &fit->design, many ? LINEAR_MULTINOMIAL : LINEAR_LOGISTIC,
                 !many       ? 1
                 : penalised ? data->n_classes
                             : data->n_classes - 1,
                 data->rows.row, data->rows.n);
}

/* Which classes the rows of each level have (levels x classes); the rows of weight 0 count for
** nothing.  Whether some level lacks a class that the others have. */
static int logistic_level_lacks(const logistic_fit *fit, int f, char *has) {
  const mine_dataset *data = fit->design.data;
  const mine_batch *rows = &data->rows;
  const int32_t *code = rows->feature[f].code;
  const int64_t levels = data->about[f].levels.values.n, classes = data->n_classes;
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    if (code[row] >= 0 && design_weight(&fit->design, row) > 0)
      has[code[row] * classes + data->label[row]] = 1;
  }
  for (int64_t c = 0; c < classes; c++) {
    int64_t met = 0, lacking = 0;
    for (int64_t l = 0; l < levels; l++) {
      met += has[l * classes + c];
      lacking += fit->design.share[f][l] > 0 && !has[l * classes + c];
    }
    if (met > 0 && lacking > 0) return 1;
  }
  return 0;
}

/* A level that lacks a class tells its rows from that class without error: its coefficient can
** go on for ever, and no other row minds, if none has the feature missing (it stands at the mean
** of all levels).  Counting finds that out where steps would have to go far: rows x features. */
static int logistic_is_separated(const logistic_fit *fit) {
  mine_env *env = fit->env;
  const mine_dataset *data = fit->design.data;
  int found = 0;
  for (int f = 0; !found && f < data->n_features && !mine__poll(env); f++) {
    if (!fit->design.share[f] || fit->design.missing[f] > 0) continue;
    const mine_mark mark = mine__arena_mark(env->scratch);
    char *has = mine__arena_zeros(env->scratch, (size_t)data->about[f].levels.values.n,
                                  (size_t)data->n_classes);
    if (!has) return 0;
    found = logistic_level_lacks(fit, f, has);
    mine__arena_rewind(env->scratch, mark);
  }
  return found;
}

static void logistic_plain(logistic_fit *fit) {
  if (mine__linear_reduce(&fit->design, fit->model, NULL, 0, 1, NULL)) return;
  fit->separated = logistic_is_separated(fit);
  if (fit->separated || mine_failed(fit->env)) return;
  logistic_open(fit, 0);
  fit->separated = logistic_solve(fit) < 0;
  if (fit->separated || mine_failed(fit->env)) return;
  if (fit->point.h)
    logistic_test(fit);
  else
    mine__model_note(fit->model, "fit", "tests",
                     "none: %lld coefficients are more than can be tested",
                     (long long)linear_width(&fit->problem));
}

static void logistic_penalised(logistic_fit *fit) {
  logistic_open(fit, 1);
  if (fit->separated)
    fit->problem.l2 = 1;
  else if (mine__linear_penalty(&fit->problem, fit->options, fit->model))
    return;
  const int steps = logistic_solve(fit);
  if (steps < 0)
    mine__model_note(fit->model, "warning", "",
                     "the fit had not settled after %d steps; give a "
                     "larger penalty",
                     -steps - 1);
}

/* What only scorecards have, given without one; and one that cannot be. */
static mine_status logistic_check(mine_env *env, const void *options) {
  const logistic_options *o = options;
  const mine_option *row = logistic_option_table;
  MINE_TRY(mine__linear_check(env, &o->linear));
  while (strcmp(row->name, "points") != 0)
    row++;
  for (; o->transform == LOGISTIC_PLAIN && row->name; row++) {
    if (!mine__option_changed(env->scratch, row, options)) continue;
    return mine__fail(env, MINE_OPTION, "%s is for scorecards; say transform=woe, or leave it out",
                      row->name);
  }
  if (o->transform == LOGISTIC_PLAIN) return mine_env_status(env);
  if (o->linear.reference.n > 0) {
    return mine__fail(env, MINE_OPTION,
                      "reference is for levels that have coefficients of their own, and with "
                      "transform=woe bins have; leave it out");
  }
  if (o->points.n != MINE_SCALE || o->points.item[1] == 0 || !(o->points.item[2] > 0)) {
    return mine__fail(env, MINE_OPTION,
                      "points are three numbers, such as 600|20|50: how many there are at the "
                      "base odds, how many double the odds (not 0), and the base odds (above 0)");
  }
  return mine_env_status(env);
}

/* Only differences of intercepts count: they are given with the sum 0. */
static void logistic_centre(mine_linear *out) {
  double mean = 0;
  for (int k = 0; k < out->n_margins; k++)
    mean += out->base[k] / out->n_margins;
  for (int k = 0; k < out->n_margins; k++)
    out->base[k] -= mean;
}

static void logistic_learn(mine_env *env, const mine_dataset *data, const linear_options *options,
                           mine_model *model) {
  logistic_fit fit = {.env = env, .options = options, .model = model};
  int penalised = mine__linear_penalised(options);
  const int many = data->n_classes > 2;
  if (mine__design_open(env, data, &fit.options->reference, &fit.design)) return;
  if (!penalised) logistic_plain(&fit);
  if (mine_failed(env)) return;
  if (fit.separated)
    mine__model_note(model, "warning", "",
                     "the columns tell classes apart without error, in some rows at least (a level "
                     "that one class only has, say): without a penalty coefficients would be "
                     "infinite, so l2=1 is used, and nothing is tested");
  penalised = penalised || fit.separated;
  if (penalised) logistic_penalised(&fit);
  if (mine_failed(env)) return;
  const int tested = !penalised && fit.point.h;
  const int margins = fit.problem.margins, from = many ? data->n_classes - margins : 0;
  mine_linear *out =
      mine__linear_new(model->arena, data->about, data->n_features, many ? data->n_classes : 1,
                       many ? MINE_LINEAR_SOFTMAX : MINE_LINEAR_LOGIT);
  if (!out) return;
  out->test = tested ? MINE_LINEAR_Z : MINE_LINEAR_UNTESTED;
  if (mine__design_finish(&fit.design, fit.beta, margins, from, 0, 1, tested ? fit.errors : NULL,
                          out))
    return;
  if (many && from == 0) logistic_centre(out);
  mine__linear_tell_number(model, "deviance", 2 * fit.point.loss);
  mine__linear_tell_number(model, "null_deviance", 2 * fit.none);
  if (from > 0) {
    char shown[MINE_SHOW_BYTES];
    mine_cell cell;
    mine__model_group(model, 1, &cell);
    mine__model_note(model, "reference", model->roles.target ? model->roles.target : "",
                     "log-odds are against class %s", mine__show_cell(shown, &cell));
  }
  mine__design_tell(&fit.design, model);
  model->body = out;
}

static mine_status logistic_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                     mine_model *model) {
  const logistic_options *o = options;
  mine_dataset coded;
  mine_woe *woe;
  if (data->n_classes < 2) {
    return mine__fail(env, MINE_DATA, "there is only one class to learn; give rows of two or more");
  }
  if (o->transform == LOGISTIC_PLAIN) {
    logistic_learn(env, data, &o->linear, model);
    return mine_env_status(env);
  }
  MINE_TRY(mine__card_code(env, data, &o->woe, model, &coded, &woe));
  logistic_learn(env, &coded, &o->linear, model);
  if (mine_failed(env)) return mine_env_status(env);
  mine__card_tell(model->body, woe, model);
  mine__linear_card(model, model->body, woe, o->points.item);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_logistic = {
    .name = "logistic",
    .title = "logistic regression: the log-odds of a class as a sum of coefficients",
    .citation =
        "Cox (1958), The regression analysis of binary sequences, Journal of the Royal "
        "Statistical Society B 20; McCullagh & Nelder (1989), Generalized Linear Models",
    .notes =
        "Newton's method; of more than two classes the multinomial model (beyond 4,000 "
        "coefficients by L-BFGS, and untested). Standard errors, z tests "
        "and intervals are in `mine_coefficients`; of two classes the coefficients are the "
        "log-odds "
        "of the positive one, so that `ratio`, exp(value), is an odds ratio. A category gives a "
        "column for "
        "each level but the reference, the most frequent unless `reference` names one. A missing "
        "value, and a level that training never met, count as the mean of the rows learned from. "
        "Columns that say what those before them say are left out, and told. Classes that the "
        "columns tell apart without error have no finite coefficients: then `l2=1` is used, and "
        "told. With `l1`, `l2` or `alpha` there are no tests. `transform=woe` makes a scorecard: "
        "`mine_bins(model)` lists its bins with their points, `mine_predict` adds the points of "
        "each row, which are the sum of those of its bins.",
    .example =
        "SELECT name, round(value, 3) AS value, round(p_value, 3) AS p_value\n"
        "FROM mine_coefficients((SELECT mine_fit('logistic',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*5%12 AS years, i*7%31 + i*13%17 > 26 AS churned "
        "FROM n',\n"
        "  'target=churned')));",
    .tasks = MINE_CLASSIFICATION,
    .reads = "attributes",
    .options_size = sizeof(logistic_options),
    .options = logistic_option_table,
    .kind = &mine__kind_linear,
    .fit = logistic_fit_rows,
    .check = logistic_check,
};
