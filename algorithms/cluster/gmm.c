/*
** gmm.c -- a mixture of normal densities: options, the fit in its steps, the model.
**
** The rows become points once (data/encode.h).  Starts from k-means compete, on a spread sample
** where the rows are many (gmm_starts.c), the best goes on with all rows until the likelihood
** stands (gmm_em.c).  Components are then numbered by falling size, where a row counts for the one
** it belongs to most.
*/
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "gmm_private.h"

#define GMM_PANELS (1 << 24) /* doubles; more are not kept encoded (128 MB) */
#define GMM_WIDEST 2048      /* encoded columns of a full or a tied covariance */

static const char *const gmm_init_names[] = {"kmeans", "random", NULL};

static const mine_option gmm_option_table[] = {
    OPTION_INT(gmm_options, k, .initial = "auto", .range = {1, 4096}, .allows_auto = 1,
               .help = "number of components; auto: the number from 1 to max_k with the smallest "
                       "BIC (Schwarz 1978)"),
    OPTION_INT(gmm_options, max_k, .initial = "10", .range = {1, 1000},
               .help = "largest number of components that k=auto tries"),
    OPTION_CHOICE(gmm_options, covariance, .initial = "full", .choices = mine__covariance_names,
                  .help =
                      "full: each component has its own; tied: all share one; diagonal: columns "
                      "are independent inside a component; spherical: and of equal variance; "
                      "auto: the one with the smallest BIC"),
    OPTION_CHOICE(gmm_options, scale, .initial = "standard", .choices = mine__scale_names,
                  .help =
                      "as of kmeans: standard, minmax, robust, none, log, quantile; reg_covar, tol "
                      "and the likelihood are of scaled numbers"),
    OPTION_SOURCE(gmm_options, init, .initial = "kmeans", .choices = gmm_init_names,
                  .help =
                      "kmeans, random rows, or a SELECT of k rows to start from, columns matched "
                      "by name; every row belongs to the nearest at first"),
    OPTION_INT(gmm_options, starts, .initial = "5", .range = {1, 10000},
               .help = "starts that compete, the largest likelihood wins; large data compete on a "
                       "sample"),
    OPTION_INT(gmm_options, max_iter, .initial = "200", .range = {1, 1000000},
               .help = "most iterations of one start"),
    OPTION_REAL(gmm_options, tol, .initial = "1e-4", .range = {0, 1e6},
                .help = "stop when the mean over the rows of the log-likelihood grows by less"),
    OPTION_REAL(gmm_options, reg_covar, .initial = "1e-6", .range = {0, 1e6},
                .help =
                    "added to every variance: what keeps a component that has shrunk to a plane "
                    "or a point from an infinite likelihood"),
    OPTION_END};

/* ---- the model ------------------------------------------------------------------------- */

static void gmm_measure(const gmm_fit *fit, const gmm_run *run) {
  const kmeans_fit as_kmeans = {.env = fit->env, .data = fit->data, .model = fit->model};
  const kmeans_run labelled = {.points = run->points, .k = run->mixture.k, .label = run->label};
  const double silhouette = mine__kmeans_silhouette(&as_kmeans, &labelled);
  mine__model_measure(fit->model, MINE_MEASURE_SILHOUETTE, silhouette);
  mine__model_measure(fit->model, MINE_MEASURE_LOG_LIKELIHOOD, run->log_likelihood);
  mine__model_measure(fit->model, MINE_MEASURE_BIC, mine__gmm_bic(run));
  mine__model_measure(fit->model, MINE_MEASURE_AIC, mine__gmm_aic(run));
  mine__model_measure(fit->model, MINE_MEASURE_K, (double)run->mixture.k);
  mine__model_measure(fit->model, MINE_MEASURE_ITERATIONS, run->iterations);
  if (fit->points.n > KMEANS_MEASURED)
    mine__model_note(fit->model, "fit", "silhouette", "measured on %d of the %lld rows",
                     KMEANS_MEASURED, (long long)fit->points.n);
}

static int gmm_has_categories(const gmm_fit *fit) {
  for (int f = 0; f < fit->encoding.n_features; f++)
    if (fit->encoding.levels[f] > 0) return 1;
  return 0;
}

/* What to know before believing the components. */
static void gmm_tell(const gmm_fit *fit, const gmm_run *run) {
  const mine_mixture *m = &run->mixture;
  char reg[MINE_NUMBER_BYTES];
  mine__format_real(reg, fit->options->reg_covar, 6);
  mine__model_note(
      fit->model, "fit", "covariance", "%s: %s", mine__covariance_names[m->form],
      m->form == MINE_COVARIANCE_TIED ? "one for all components" : "one for each component");
  if (!run->converged)
    mine__model_note(fit->model, "warning", "",
                     "not settled after %d iterations; raise max_iter or tol", run->iterations);
  if (run->singular > 0)
    mine__model_note(fit->model, "warning", "",
                     "singular: %lld of %lld covariances would vanish without reg_covar=%s, so the "
                     "likelihood follows from it; %s",
                     (long long)run->singular,
                     (long long)(m->form == MINE_COVARIANCE_TIED ? 1 : m->k), reg,
                     gmm_has_categories(fit) && mine__mixture_turns(m->form)
                         ? "the levels of a category always are: use covariance=diagonal, or leave "
                           "categories out (ignore=)"
                         : "use a smaller k, a simpler covariance or a larger reg_covar");
  if (run->repaired > 0)
    mine__model_note(
        fit->model, "warning", "",
        "%lld times a covariance could not be used and its variances were raised; use a "
        "larger reg_covar",
        (long long)run->repaired);
}

/* The components in the order of their rows, into the model's arena. */
static void gmm_number(const gmm_fit *fit, gmm_run *run, mine_mixture *to) {
  const mine_mixture *from = &run->mixture;
  mine_env *env = fit->env;
  mine_arena *arena = fit->model->arena;
  const size_t k = (size_t)from->k, width = (size_t)fit->points.width;
  const size_t factors = (size_t)mine__mixture_factors(from->form, from->k, fit->points.width);
  const size_t own = from->form == MINE_COVARIANCE_TIED ? 0 : factors / k;
  int64_t *order = mine__arena_array(env->scratch, k, sizeof *order);
  int64_t *rows = mine__arena_array(env->scratch, k, sizeof *rows);
  *to = (mine_mixture){.encoding = fit->encoding, .k = from->k, .form = from->form};
  to->weight = mine__arena_array(arena, k, sizeof(double));
  to->centre = mine__arena_array(arena, k, width * sizeof(double));
  to->factor = mine__arena_array(arena, factors, sizeof(double));
  mine__mixture_room(arena, to);
  if (mine_failed(env)) return;
  mine__clusters_number(env, to->k, fit->points.width, from->centre, fit->points.n, run->label,
                        order, rows);
  if (mine_failed(env)) return;
  memcpy(to->factor, from->factor, factors * sizeof(double));
  for (size_t c = 0; c < k; c++) {
    const size_t of = (size_t)order[c];
    to->weight[c] = from->weight[of];
    memcpy(to->centre + c * width, from->centre + of * width, width * sizeof(double));
    memcpy(to->factor + c * own, from->factor + of * own, own * sizeof(double));
  }
  mine__mixture_prepare(to);
}

static void gmm_publish(const gmm_fit *fit, gmm_run *run) {
  mine_env *env = fit->env;
  mine_mixture *body = mine__arena_zeros(fit->model->arena, 1, sizeof *body);
  if (!body) return;
  gmm_number(fit, run, body);
  if (mine_failed(env) ||
      mine__cluster_profile_make(env, fit->model->arena, &body->encoding, fit->data, run->label,
                                 body->k, &body->profile))
    return;
  gmm_measure(fit, run);
  gmm_tell(fit, run);
  if (body->k > 1 && body->profile.rows[body->k - 1] == 0)
    mine__model_note(fit->model, "warning", "",
                     "a component has a share of rows but none of its own; use a smaller k");
  mine__kmeans_tell(env, fit->data, (mine_scale)fit->options->scale, body->profile.rows, body->k,
                    fit->model);
  fit->model->body = body;
  fit->model->n_groups = (int)body->k;
}

/* ---- fit ----------------------------------------------------------------------------------- */

static void gmm_open(const gmm_fit *fit) {
  const gmm_options *o = fit->options;
  const int64_t n = fit->data->rows.n;
  if (n < 1)
    mine__fail(fit->env, MINE_DATA, "there are no rows to cluster; give at least one");
  else if (o->k != MINE_AUTO && o->k > n)
    mine__fail(fit->env, MINE_DATA, "k=%lld is more than the %lld rows; use k=%lld or fewer",
               (long long)o->k, (long long)n, (long long)n);
}

static void gmm_encode(gmm_fit *fit) {
  mine_env *env = fit->env;
  const mine_dataset *data = fit->data;
  const int form = fit->options->covariance;
  if (mine__encoding_fit(env, fit->model->arena, data, (mine_scale)fit->options->scale,
                         &fit->encoding))
    return;
  const int width = fit->encoding.width;
  if (width == 0)
    mine__fail(env, MINE_DATA, "no column has values to cluster by; check ignore= and the source");
  else if (width > GMM_WIDEST && form != MINE_COVARIANCE_DIAGONAL &&
           form != MINE_COVARIANCE_SPHERICAL)
    mine__fail(env, MINE_LIMIT,
               "covariance=%s takes at most %d columns, levels of categories included, not %d; use "
               "covariance=diagonal, or leave columns out (ignore=)",
               mine__covariance_names[form], GMM_WIDEST, width);
  if (mine_failed(env)) return;
  const double doubles = (double)data->rows.n * width;
  const double left = (double)env->memory.limit - (double)env->memory.used;
  const int panels =
      doubles <= GMM_PANELS && (!env->memory.limit || doubles * sizeof(double) < left / 4);
  mine__kmeans_points_encode(env, &fit->encoding, &data->rows, data->weight, panels, &fit->points);
}

static mine_status gmm_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                mine_model *model) {
  gmm_fit fit = {.env = env, .data = data, .options = options, .model = model};
  gmm_run run;
  gmm_open(&fit);
  if (!mine_failed(env)) gmm_encode(&fit);
  if (!mine_failed(env)) fit.la = mine__linalg_open(env);
  if (!mine_failed(env)) mine__gmm_solve(&fit, &run);
  if (!mine_failed(env)) gmm_publish(&fit, &run);
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_gmm = {
    .name = "gmm",
    .title = "Gaussian mixture: overlapping clusters of any ellipse, with shares",
    .citation = "Dempster, Laird & Rubin 1977; Fraley & Raftery 2002",
    .notes =
        "Rows come from k normal distributions (components); which, is told by shares: "
        "`mine_probabilities` lists how much a row belongs to each, and its cluster is the one "
        "with the largest share. Clusters may overlap and be long in any direction. `distance` "
        "is how many standard deviations of its component a row lies from the centre "
        "(Mahalanobis). The number of components is chosen by BIC. Numbers are scaled first, "
        "categories become a column for each level and missing cells lie in the middle, as of "
        "`kmeans`. Log-likelihood, BIC and AIC are of the scaled rows. A component that shrinks "
        "to a plane or a point is held up by `reg_covar`, and told. Clusters are numbered by "
        "falling size.",
    .example =
        "SELECT cluster, rows, feature, round(value, 1) AS average\n"
        "FROM mine_centroids((SELECT mine_fit('gmm',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*i%90 AS age, i*7%31*10.5 AS spend FROM n', 'k=3')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .options_size = sizeof(gmm_options),
    .options = gmm_option_table,
    .kind = &mine__kind_mixture,
    .fit = gmm_fit_rows,
};
