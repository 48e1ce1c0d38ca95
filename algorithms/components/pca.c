/*
** pca.c -- principal components: the directions in which the rows differ most.
**
** Of the points z (data/encode.h) with the mean m and the covariance C (divisor: the weight of the
** rows) the unit eigenvectors v(1), v(2), ... of C by falling eigenvalues: the scores v(c)'(z - m)
** are uncorrelated, and have the eigenvalues for variances.  With scale=standard C is the matrix
** of correlations (Pearson 1901; Hotelling 1933).
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "../kernel/eigen.h"
#include "spread.h"

static const char *const pca_rules[] = {"auto", "kaiser", "all", NULL};
enum { PCA_PARALLEL, PCA_KAISER, PCA_ALL };

typedef struct pca_options {
  mine_either components;
  int scale;
} pca_options;

static const mine_option pca_option_table[] = {
    OPTION_EITHER(pca_options, components, .initial = "auto", .range = {0, MINE_COMPONENTS_MOST},
                  .above_least = 1, .choices = pca_rules,
                  .help = "how many; below 1, the least number that holds this share of the "
                          "variance (0.9); auto: those that stand out from the components of "
                          "unrelated columns (parallel analysis, Horn 1965); kaiser: those with an "
                          "eigenvalue above the mean; all"),
    OPTION_CHOICE(
        pca_options, scale, .initial = "standard", .choices = mine__scale_names,
        .help =
            "standard: mean 0 and deviation 1 (divisor n), so that correlations are what is taken "
            "apart; none: as they are, covariances; minmax, robust, log, quantile: as of kmeans"),
    OPTION_END};

static mine_status pca_check(mine_env *env, const void *options) {
  const pca_options *o = options;
  char number[MINE_NUMBER_BYTES];
  const double n = o->components.number;
  if (!(n >= 1) || n == floor(n)) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "option components must be a whole number, or a share of the variance below 1 "
                    "(got %s)",
                    mine__format_real(number, n, 6));
}

typedef struct pca_fit {
  components_spread spread;
  const pca_options *options;
  double *value;  /* eigenvalues, falling, none below 0 */
  double total;   /* of them                            */
  int64_t varied; /* how many are above 0 to rounding   */
  int64_t k;
  const char *why;
} pca_fit;

static void pca_solve(pca_fit *fit) {
  mine_env *env = fit->spread.env;
  const int64_t w = fit->spread.width;
  double *room = mine__arena_array(env->scratch, 2 * (size_t)w, sizeof *room);
  fit->value = mine__arena_array(env->scratch, (size_t)w, sizeof *fit->value);
  if (mine_failed(env)) return;
  if (!mine__eigen(env, w, fit->spread.c, 1, fit->value, room)) {
    (void)mine__fail(env, MINE_NUMERIC,
                     "the covariances of the columns are beyond what can be computed with; use "
                     "scale=standard or correct the values");
    return;
  }
  for (int64_t i = 0; i < w; i++) {
    const double v = fit->value[i];
    fit->varied += v > (double)w * DBL_EPSILON * fit->value[0];
    fit->value[i] = v > 0 ? v : 0;
    fit->total += fit->value[i];
  }
}

/* The least number that holds the share. */
static int64_t pca_of_share(const pca_fit *fit, double share) {
  double held = 0;
  int64_t k = 0;
  while (k < fit->varied && held < share * fit->total * (1 - 1e-12))
    held += fit->value[k++];
  return k;
}

static void pca_warn_none(const pca_fit *fit) {
  mine__model_note(fit->spread.model, "warning", "",
                   "no component stands out from those of unrelated columns; one was kept: say "
                   "components=number to have more");
}

static void pca_choose(pca_fit *fit, const double *variance) {
  const mine_either *asked = &fit->options->components;
  mine_env *env = fit->spread.env;
  fit->why = "as asked";
  if (asked->choice == PCA_ALL) {
    fit->k = fit->varied;
  } else if (asked->choice == PCA_PARALLEL && fit->spread.width <= COMPONENTS_PARALLEL) {
    fit->k = mine__components_parallel(&fit->spread, variance, fit->value);
    fit->why = "by parallel analysis";
    if (fit->k < 1) pca_warn_none(fit);
  } else if (asked->choice >= 0) {
    fit->k = mine__components_above_mean(fit->value, fit->spread.width);
    fit->why = asked->choice == PCA_KAISER ? "by Kaiser's rule"
                                           : "by Kaiser's rule, the columns being too many for "
                                             "parallel analysis";
  } else if (asked->number < 1) {
    fit->k = pca_of_share(fit, asked->number);
    fit->why = "by their share of the variance";
  } else if (asked->number > (double)fit->varied) {
    char number[MINE_NUMBER_BYTES];
    (void)mine__fail(env, MINE_DATA,
                     "components=%s is more than the %lld directions in which the rows differ; use "
                     "components=%lld or fewer",
                     mine__format_real(number, asked->number, 0), (long long)fit->varied,
                     (long long)fit->varied);
  } else {
    fit->k = (int64_t)asked->number;
  }
  if (fit->k > fit->varied) fit->k = fit->varied;
  if (fit->k < 1) fit->k = 1;
}

/* variance[]: of the columns, before the covariances were taken apart. */
static void pca_fill(const pca_fit *fit, const double *variance, mine_components *m) {
  const int64_t w = fit->spread.width;
  m->encoding = fit->spread.encoding;
  memcpy(m->mean, fit->spread.mean, (size_t)w * sizeof *m->mean);
  memcpy(m->variance, variance, (size_t)w * sizeof *m->variance);
  for (int64_t c = 0; c < m->k; c++) {
    const double *vector = fit->spread.c + c * w, root = sqrt(fit->value[c]);
    const double sign = mine__components_turned(vector, w) ? -1 : 1;
    for (int64_t j = 0; j < w; j++) {
      const double weight = sign * vector[j], loading = root * weight;
      m->weight[c * w + j] = weight;
      m->loading[c * w + j] = loading;
      if (variance[j] > 0) m->communality[j] += loading * loading / variance[j];
    }
  }
}

static void pca_tell(const pca_fit *fit) {
  mine_model *model = fit->spread.model;
  char number[MINE_NUMBER_BYTES];
  double held = 0;
  for (int64_t i = 0; i < fit->k; i++)
    held += fit->value[i];
  held /= fit->total;
  mine__model_measure(model, MINE_MEASURE_COMPONENTS, (double)fit->k);
  mine__model_measure(model, MINE_MEASURE_VARIANCE_SHARE, held);
  mine__model_note(model, MINE__NOTE_CHOSEN, "components", "%lld of %lld components %s",
                   (long long)fit->k, (long long)fit->varied, fit->why);
  mine__model_note(model, "fit", "components", "%s of the variance of %lld columns",
                   mine__format_real(number, held, 4), (long long)fit->spread.width);
}

/* The variances of the columns, in scratch. */
static double *pca_variances(const components_spread *s) {
  double *variance = mine__arena_array(s->env->scratch, (size_t)s->width, sizeof *variance);
  for (int64_t j = 0; variance && j < s->width; j++)
    variance[j] = s->c[j * s->width + j];
  return variance;
}

static mine_status pca_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                mine_model *model) {
  pca_fit fit = {.options = options};
  mine__components_spread(env, data, (mine_scale)fit.options->scale, model, &fit.spread);
  if (!mine_failed(env)) mine__components_adequacy(&fit.spread);
  const double *variance = mine_failed(env) ? NULL : pca_variances(&fit.spread);
  if (!mine_failed(env)) pca_solve(&fit);
  if (!mine_failed(env)) pca_choose(&fit, variance);
  if (mine_failed(env)) return mine_env_status(env);
  mine_components *body = mine__components_new(model->arena, &fit.spread.encoding, fit.k);
  if (!body) return mine_env_status(env);
  pca_fill(&fit, variance, body);
  pca_tell(&fit);
  model->body = body;
  mine__components_name(model, fit.k);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_pca = {
    .name = "pca",
    .title = "principal components: the few directions in which rows differ most",
    .citation = "Pearson 1901; Hotelling 1933; Horn 1965 (how many)",
    .notes =
        "Sums up many columns that go up and down together in a few numbers: for a look at a wide "
        "table, and before clustering one. mine_loadings says what each is made of, mine_project "
        "gives the numbers of rows. A missing value stands at the mean of its column, which is "
        "told; `missing=skip` leaves such rows out. A category becomes a column for each level, as "
        "kmeans has it. Signs are free and chosen so that the strongest loading is positive. "
        "Variances have the divisor n, or the sum of `weight`: R's prcomp and scikit-learn, which "
        "divide covariances by n - 1, differ by that factor with `scale=none`, and in no "
        "eigenvalue with `scale=standard`. It has no `group=`: the components of one group are "
        "other "
        "directions than those of another, and their scores cannot stand in one column; say WHERE "
        "in the source, and name a model for each group.",
    .example =
        "SELECT component, feature, round(loading, 2) AS loading, round(variance_share, 2) AS "
        "share\n"
        "FROM mine_loadings((SELECT mine_fit('pca',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS price, i*7%31 + i%5 AS cost, i*13%17 AS visits FROM n',\n"
        "  'components=2')));",
    .tasks = MINE_COMPONENTS,
    .reads = "attributes",
    .options_size = sizeof(pca_options),
    .options = pca_option_table,
    .kind = &mine__kind_components,
    .fit = pca_fit_rows,
    .check = pca_check,
};
