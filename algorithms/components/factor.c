/*
** factor.c -- factor analysis: what columns share, apart from what each has for itself.
**
** The correlations r of p columns are taken for L L' + Psi: k factors, and a part of each column
** that it shares with none.  Loadings by maximum likelihood (Lawley 1940; Joreskog 1967) or least
** residuals (factor_extract.c), turned to simple structure (rotate.c).  Scores of a row z of scaled
** columns are, by regression (Thomson 1951) or so that they have no bias (Bartlett 1937),
**
**   (Phi^-1 + J)^-1 L' Psi^-1 z   or   J^-1 L' Psi^-1 z,      J = L' Psi^-1 L.
**
** Whether k factors are enough (Bartlett 1951): (n - 1 - (2p + 5) / 6 - 2k / 3) times the
** discrepancy is chi-squared with ((p - k)^2 - p - k) / 2 degrees of freedom if they are.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "../kernel/eigen.h"
#include "../kernel/special.h"
#include "factor.h"

#define FACTOR_SINGULAR 1e-10 /* the least eigenvalue of correlations that have an inverse */
#define FACTOR_NAMES    4
#define FACTOR_TIES     10 /* correlations of factors that are told */

static const char *const factor_methods[] = {"auto", "ml", "minres", NULL};
static const char *const factor_rotations[] = {"varimax", "promax", "none", NULL};
enum { FACTOR_VARIMAX, FACTOR_PROMAX, FACTOR_UNTURNED };
static const char *const factor_scores[] = {"regression", "bartlett", NULL};
enum { FACTOR_REGRESSION, FACTOR_BARTLETT };

typedef struct factor_options {
  int64_t factors;
  int method, rotation, scores;
} factor_options;

static const mine_option factor_option_table[] = {
    OPTION_INT(factor_options, factors, .initial = "auto", .range = {1, 1000}, .allows_auto = 1,
               .help = "how many; auto: as many as components stand out from those of unrelated "
                       "columns (parallel analysis, Horn 1965)"),
    OPTION_CHOICE(factor_options, method, .initial = "auto", .choices = factor_methods,
                  .help = "ml: maximum likelihood, with a test of the number of factors; minres: "
                          "least residual correlations; auto: ml, and minres where that has no "
                          "answer or leaves a column nothing of its own (a Heywood case), which is "
                          "told"),
    OPTION_CHOICE(factor_options, rotation, .initial = "varimax", .choices = factor_rotations,
                  .help = "varimax: unrelated factors, each with few strong loadings; promax: the "
                          "same of factors that may correlate; none"),
    OPTION_CHOICE(factor_options, scores, .initial = "regression", .choices = factor_scores,
                  .help = "how mine_project estimates factors: regression: with the least error; "
                          "bartlett: without bias"),
    OPTION_END};

typedef struct factor_fit {
  components_spread spread;
  const factor_options *options;
  factor_solution solution;
  factor_method method; /* that was used */
  double *value;        /* eigenvalues of the correlations, falling */
  double *start;        /* 1 / diagonal of their inverse; NULL: they have none */
} factor_fit;

/* ---- what can be taken apart ---------------------------------------------------------------- */

/* The largest number of factors that p columns can tell apart. */
static int64_t factor_most(int64_t p) {
  int64_t k = 0;
  while ((p - k - 1) * (p - k - 1) >= p + k + 1 && k + 1 < p)
    k++;
  return k;
}

static void factor_check(const factor_fit *fit) {
  mine_env *env = fit->spread.env;
  const mine_dataset *data = fit->spread.data;
  for (int f = 0; f < data->n_features; f++) {
    const int64_t j = fit->spread.encoding.first[f];
    if (fit->spread.encoding.levels[f] > 0)
      (void)mine__fail(env, MINE_DATA,
                       "column '%s' is a category, and factors are of numbers; use ignore=%s, or "
                       "put a number in the place of each level where they have an order",
                       data->about[f].name, data->about[f].name);
    else if (fit->spread.c[j * fit->spread.width + j] != 1)
      (void)mine__fail(env, MINE_DATA, "column '%s' does not vary where it is known; use ignore=%s",
                       data->about[f].name, data->about[f].name);
    if (mine_failed(env)) return;
  }
  if (fit->spread.width < 3)
    (void)mine__fail(env, MINE_DATA,
                     "%lld columns have no factors: it takes three at least; use pca, or add "
                     "columns",
                     (long long)fit->spread.width);
}

/* The columns that follow from each other, by the last vector of their correlations. */
static void factor_name(const factor_fit *fit, const double *vector, mine_text *names) {
  int n = 0;
  mine__text_open(names, fit->spread.env->scratch);
  for (int64_t j = 0; j < fit->spread.width; j++) {
    if (fabs(vector[j]) < 0.1 || n++ >= FACTOR_NAMES) continue;
    mine__text_addf(names, "%s%s", n > 1 ? ", " : "", fit->spread.data->about[j].name);
  }
  if (n > FACTOR_NAMES) mine__text_addf(names, " and %d more", n - FACTOR_NAMES);
}

/* Maximum likelihood needs correlations with an inverse. */
static void factor_singular(factor_fit *fit, const double *vector) {
  mine_text names;
  factor_name(fit, vector, &names);
  if (names.failed) return;
  if (fit->options->method == FACTOR_ML) {
    (void)mine__fail(fit->spread.env, MINE_DATA,
                     "columns follow from others (%s), so that there is no maximum likelihood; "
                     "leave one of them out with ignore=, or use method=minres",
                     names.data);
    return;
  }
  fit->method = FACTOR_MINRES;
  mine__model_note(fit->spread.model, "warning", "",
                   "columns follow from others (%s): loadings by least residuals (minres), without "
                   "a test of their number",
                   names.data);
}

/* Eigenvalues, and where to begin. */
static void factor_look(factor_fit *fit) {
  mine_env *env = fit->spread.env;
  const int64_t p = fit->spread.width;
  const size_t w = (size_t)p;
  double *z = mine__arena_array(env->scratch, w, w * sizeof *z);
  double *room = mine__arena_array(env->scratch, 2 * w, sizeof *room);
  fit->value = mine__arena_array(env->scratch, w, sizeof *fit->value);
  double *start = mine__arena_array(env->scratch, w, sizeof *start);
  if (mine_failed(env)) return;
  memcpy(z, fit->spread.c, w * w * sizeof *z);
  if (!mine__eigen(env, p, z, 1, fit->value, room)) return;
  fit->method = fit->options->method == FACTOR_MINRES ? FACTOR_MINRES : FACTOR_ML;
  if (fit->value[p - 1] < FACTOR_SINGULAR) {
    if (fit->method == FACTOR_ML) factor_singular(fit, z + (p - 1) * p);
    return;
  }
  for (int64_t j = 0; j < p; j++) {
    double sum = 0; /* of the inverse */
    for (int64_t m = 0; m < p; m++)
      sum += z[m * p + j] * z[m * p + j] / fit->value[m];
    start[j] = 1 / sum;
  }
  fit->start = start;
}

/* ---- how many -------------------------------------------------------------------------------- */

static int64_t factor_standing_out(const factor_fit *fit, const char **why) {
  mine_env *env = fit->spread.env;
  const int64_t p = fit->spread.width, most = factor_most(p);
  int64_t k;
  if (p > COMPONENTS_PARALLEL) {
    k = mine__components_above_mean(fit->value, p);
    *why = "by Kaiser's rule";
  } else {
    double *one = mine__arena_array(env->scratch, (size_t)p, sizeof *one);
    for (int64_t j = 0; one && j < p; j++)
      one[j] = 1;
    k = one ? mine__components_parallel(&fit->spread, one, fit->value) : 0;
    *why = "by parallel analysis";
  }
  if (k < 1 && !mine_failed(env))
    mine__model_note(fit->spread.model, "warning", "",
                     "nothing that the columns share stands out from chance; one factor was kept");
  return k < 1 ? 1 : k > most ? most : k;
}

static void factor_count(factor_fit *fit) {
  const int64_t p = fit->spread.width, most = factor_most(p), asked = fit->options->factors;
  const char *why = "as asked";
  fit->solution.p = p;
  fit->solution.k = asked == MINE_AUTO ? factor_standing_out(fit, &why) : asked;
  if (mine_failed(fit->spread.env)) return;
  if (fit->solution.k > most) {
    (void)mine__fail(fit->spread.env, MINE_DATA,
                     "%lld factors are too many for %lld columns, which can tell %lld apart at "
                     "most; use factors=%lld or fewer",
                     (long long)fit->solution.k, (long long)p, (long long)most, (long long)most);
    return;
  }
  mine__model_note(fit->spread.model, MINE__NOTE_CHOSEN, "factors", "%lld factor%s %s",
                   (long long)fit->solution.k, fit->solution.k == 1 ? "" : "s", why);
}

/* ---- extraction ------------------------------------------------------------------------------ */

static void factor_solve(factor_fit *fit) {
  components_spread *s = &fit->spread;
  factor_solution *solution = &fit->solution;
  mine__factor_extract(s->env, fit->method, s->c, fit->start, solution);
  if (mine_failed(s->env) || solution->at_bound == 0) return;
  const char *name = s->data->about[solution->first].name;
  if (fit->options->method == FACTOR_AUTO && fit->method == FACTOR_ML) {
    fit->method = FACTOR_MINRES;
    mine__model_note(s->model, "warning", name,
                     "is left nothing of its own by maximum likelihood (a Heywood case): loadings "
                     "by least residuals (minres) instead, without a test of their number; fewer "
                     "factors, or more rows, may have an answer");
    mine__factor_extract(s->env, fit->method, s->c, fit->start, solution);
  }
  if (mine_failed(s->env) || solution->at_bound == 0) return;
  mine__model_note(s->model, "warning", s->data->about[solution->first].name,
                   "is left nothing of its own (a Heywood case: its uniqueness is held at 0.005); "
                   "fewer factors, or more rows, may have a better answer");
}

static void factor_turn(factor_fit *fit) {
  mine_env *env = fit->spread.env;
  if (fit->options->rotation == FACTOR_VARIMAX) mine__factor_varimax(env, &fit->solution);
  if (fit->options->rotation == FACTOR_PROMAX) mine__factor_promax(env, &fit->solution);
  if (!mine_failed(env)) mine__factor_order(&fit->solution);
}

/* ---- the model ------------------------------------------------------------------------------- */

/* Weights of the columns in the scores: M^-1 L' Psi^-1. */
static void factor_weigh(const factor_fit *fit, mine_components *m) {
  mine_env *env = fit->spread.env;
  const factor_solution *s = &fit->solution;
  const int64_t p = s->p, k = s->k;
  double *inner = mine__arena_zeros(env->scratch, (size_t)k, (size_t)k * sizeof *inner);
  if (!inner) return;
  for (int64_t a = 0; a < k; a++) {
    for (int64_t b = 0; b < k; b++) {
      double sum = fit->options->scores == FACTOR_REGRESSION ? s->tie[a * k + b] : 0;
      for (int64_t i = 0; i < p; i++)
        sum += s->loading[a * p + i] * s->loading[b * p + i] / s->psi[i];
      inner[a * k + b] = sum;
    }
  }
  if (!mine__factor_invert(env, k, inner)) {
    if (mine_failed(env)) return;
    (void)mine__fail(env, MINE_NUMERIC,
                     "%lld factors are more than the columns share: one of them has no loadings, "
                     "and no scores without bias; use scores=regression or fewer factors",
                     (long long)k);
    return;
  }
  for (int64_t c = 0; c < k; c++) {
    for (int64_t i = 0; i < p; i++) {
      double sum = 0;
      for (int64_t a = 0; a < k; a++)
        sum += inner[c * k + a] * s->loading[a * p + i];
      m->weight[c * p + i] = sum / s->psi[i];
    }
  }
}

static void factor_fill(const factor_fit *fit, mine_components *m) {
  const factor_solution *s = &fit->solution;
  const size_t p = (size_t)s->p, k = (size_t)s->k;
  m->encoding = fit->spread.encoding;
  memcpy(m->mean, fit->spread.mean, p * sizeof *m->mean);
  memcpy(m->loading, s->loading, k * p * sizeof *m->loading);
  for (size_t i = 0; i < p; i++) {
    m->variance[i] = 1;
    m->communality[i] = 1 - s->psi[i];
  }
  factor_weigh(fit, m);
}

/* ---- what is told --------------------------------------------------------------------------- */

/* The correlations of factors that may have some, in scratch. */
static double *factor_ties(const factor_fit *fit) {
  const size_t k = (size_t)fit->solution.k;
  mine_env *env = fit->spread.env;
  double *phi = mine__arena_array(env->scratch, k, k * sizeof *phi);
  if (!phi) return NULL;
  memcpy(phi, fit->solution.tie, k * k * sizeof *phi);
  return mine__factor_invert(env, fit->solution.k, phi) ? phi : NULL;
}

/* The root of the mean square of what the factors leave of the correlations. */
static double factor_residual(const factor_fit *fit, const double *phi) {
  const factor_solution *s = &fit->solution;
  const int64_t p = s->p, k = s->k;
  double squares = 0;
  for (int64_t i = 0; i < p; i++) {
    for (int64_t j = 0; j < i; j++) {
      double left = fit->spread.c[i * p + j];
      for (int64_t a = 0; a < k; a++) {
        for (int64_t b = 0; b < k; b++)
          left -= s->loading[a * p + i] * phi[a * k + b] * s->loading[b * p + j];
      }
      squares += left * left;
    }
  }
  return sqrt(squares / ((double)p * (double)(p - 1) / 2));
}

static void factor_tell_test(const factor_fit *fit) {
  mine_model *model = fit->spread.model;
  const double p = (double)fit->solution.p, k = (double)fit->solution.k;
  const double df = ((p - k) * (p - k) - p - k) / 2;
  const double times = fit->spread.rows - 1 - (2 * p + 5) / 6 - 2 * k / 3;
  const double chi2 = times > 0 ? times * fmax(fit->solution.criterion, 0) : (double)NAN;
  const int tested = fit->method == FACTOR_ML && df > 0 && chi2 >= 0;
  const double chance = tested ? mine__chi2_tail(chi2, df, MINE__UPPER) : (double)NAN;
  char number[MINE_NUMBER_BYTES];
  mine__model_measure(model, MINE_MEASURE_CHI2, tested ? chi2 : (double)NAN);
  mine__model_measure(model, MINE_MEASURE_DF, df);
  mine__model_measure(model, MINE_MEASURE_P_VALUE, chance);
  if (tested)
    mine__model_note(model, "fit", "test",
                     "if %lld factor%s all that the columns share, what is left over would be so "
                     "large with a chance of %s",
                     (long long)fit->solution.k, fit->solution.k == 1 ? " were" : "s were",
                     mine__format_real(number, chance, 3));
}

static void factor_tell_ties(const factor_fit *fit, const double *phi) {
  const int64_t k = fit->solution.k;
  int told = 0;
  for (int64_t a = 0; a < k && fit->options->rotation == FACTOR_PROMAX; a++) {
    for (int64_t b = a + 1; b < k && told++ < FACTOR_TIES; b++) {
      char number[MINE_NUMBER_BYTES];
      mine__model_note(fit->spread.model, "fit", "factors", "%lld and %lld correlate by %s",
                       (long long)a + 1, (long long)b + 1,
                       mine__format_real(number, phi[a * k + b], 3));
    }
  }
}

static void factor_tell(const factor_fit *fit) {
  static const char *const words[] = {"", "maximum likelihood", "least residuals (minres)"};
  const factor_solution *s = &fit->solution;
  mine_model *model = fit->spread.model;
  const double *phi = factor_ties(fit);
  if (!phi) return;
  mine__model_note(model, "fit", "method", "%s, %d steps", words[fit->method], s->steps);
  mine__model_measure(model, MINE_MEASURE_COMPONENTS, (double)s->k);
  mine__model_measure(model, MINE_MEASURE_VARIANCE_SHARE,
                      mine__dot(s->loading, s->loading, s->k * s->p) / (double)s->p);
  mine__model_measure(model, MINE_MEASURE_RMSR, factor_residual(fit, phi));
  factor_tell_test(fit);
  factor_tell_ties(fit, phi);
}

static mine_status factor_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                   mine_model *model) {
  factor_fit fit = {.options = options};
  mine__components_spread(env, data, MINE_SCALE_STANDARD, model, &fit.spread);
  if (!mine_failed(env)) factor_check(&fit);
  if (!mine_failed(env)) mine__components_adequacy(&fit.spread);
  if (!mine_failed(env)) factor_look(&fit);
  if (!mine_failed(env)) factor_count(&fit);
  if (!mine_failed(env)) factor_solve(&fit);
  if (!mine_failed(env)) factor_turn(&fit);
  if (mine_failed(env)) return mine_env_status(env);
  mine_components *body = mine__components_new(model->arena, &fit.spread.encoding, fit.solution.k);
  if (!body) return mine_env_status(env);
  factor_fill(&fit, body);
  if (!mine_failed(env)) factor_tell(&fit);
  model->body = body;
  mine__components_name(model, fit.solution.k);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_factor = {
    .name = "factor",
    .title = "factor analysis: the few things behind many answers of a survey",
    .citation = "Lawley 1940; Joreskog 1967; Kaiser 1958 (varimax); Horn 1965 (how many)",
    .notes =
        "Takes what columns share for the work of a few factors, and leaves each what it has for "
        "itself (its uniqueness), which principal components mix in. mine_loadings says what the "
        "factors are, mine_project estimates them for rows, mine_evaluate lists whether the table "
        "is fit for it (`kmo`, Bartlett's test) and whether the number of factors is enough "
        "(`chi2`, `p_value`: below 0.05 more are needed, though of thousands of rows every model "
        "is refused). Numbers only. A missing value stands at the mean of its column, which is "
        "told; `missing=skip` leaves such rows out, as R's factanal does. A factor that was turned "
        "by promax has loadings that are regression coefficients, and `variance_share` leaves out "
        "what factors hold together. It has no `group=`, for the reason that pca has none.",
    .example =
        "SELECT component, feature, round(loading, 2) AS loading, round(uniqueness, 2) AS own\n"
        "FROM mine_loadings((SELECT mine_fit('factor',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 + i%5 AS price, i*7%31 + i*i%11 AS cost, i*7%31 + i*i%13 AS "
        "offers,\n"
        "    i*i%17 AS visits FROM n',\n"
        "  'factors=1')));",
    .tasks = MINE_COMPONENTS,
    .reads = "attributes",
    .options_size = sizeof(factor_options),
    .options = factor_option_table,
    .kind = &mine__kind_components,
    .fit = factor_fit_rows,
};
