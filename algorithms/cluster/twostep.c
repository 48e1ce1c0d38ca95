/*
** twostep.c -- clusters of mixed columns with noise apart, for any order of the rows.
**
** What SPSS's TwoStep does (Chiu, Fang, Chen, Wang & Jeris, KDD 2001): many small clusters first,
** joined by likelihood then, a number of clusters chosen, outliers apart.  Each step is made anew
** so that nothing depends on the order of the rows, and the clusters are finished as a mixture with
** noise, whose likelihood says how many there are.  The steps: twostep_private.h.
*/
#include "twostep.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "twostep_private.h"

#define TWOSTEP_SAMPLE 32768 /* different rows that parameters come from */
#define TWOSTEP_FEW    4096  /* ... that the number of clusters comes from */
#define TWOSTEP_STEPS  200
#define TWOSTEP_ENOUGH 1e-7
#define TWOSTEP_LEAST  10.0 /* rows: of fewer none is noise */
#define TWOSTEP_HEAVY  1e15 /* weights may not add up to more */
#define TWOSTEP_SHAKY  0.6  /* clusters that come back less are not to be trusted */

/* ---- the model --------------------------------------------------------------------------- */

static void twostep_column(const twostep_fit *fit, mine_latent *body, int f) {
  mine_latent_column *column = &body->column[f];
  mine_arena *arena = fit->model->arena;
  const size_t k = (size_t)body->k;
  *column = fit->scale.column[f];
  if (column->slots) {
    column->share = mine__arena_array(arena, k, (size_t)column->slots * sizeof(double));
  } else {
    column->mean = mine__arena_zeros(arena, k, sizeof(double));
    column->variance = mine__arena_array(arena, k, sizeof(double));
  }
  if (mine_failed(fit->env)) return;
  for (int c = 0; c < body->k; c++) {
    if (column->slots == 1) column->share[c] = 1;
    if (!column->slots) column->variance[c] = 1;
  }
}

static void twostep_fill(const twostep_fit *fit, mine_latent *body) {
  const twostep_scale *s = &fit->scale;
  for (int c = 0; c < body->k; c++) {
    const double *value = twostep_of(&fit->mixture, c), *mean = value + 1;
    body->weight[c] = value[0];
    for (int j = 0; j < s->numbers; j++) {
      body->column[s->number[j]].mean[c] = mean[j];
      body->column[s->number[j]].variance[c] = mean[s->numbers + j];
    }
    for (int j = 0; j < s->categories; j++) {
      mine_latent_column *column = &body->column[s->category[j]];
      memcpy(column->share + c * column->slots, mean + 2 * s->numbers + s->first[j],
             (size_t)column->slots * sizeof(double));
    }
  }
}

/* The mixture as a model that answers; the rest of the body is not there yet. */
static mine_latent *twostep_body(const twostep_fit *fit) {
  mine_arena *arena = fit->model->arena;
  mine_latent *body = mine__arena_zeros(arena, 1, sizeof *body);
  const size_t d = (size_t)fit->data->n_features;
  if (!body) return NULL;
  *body = (mine_latent){.k = fit->mixture.k,
                        .n_columns = fit->data->n_features,
                        .noise = fit->mixture.noise,
                        .weight = mine__arena_array(arena, (size_t)fit->mixture.k, sizeof(double)),
                        .column = mine__arena_zeros(arena, d, sizeof *body->column)};
  for (int f = 0; f < body->n_columns && !mine_failed(fit->env); f++)
    twostep_column(fit, body, f);
  if (mine_failed(fit->env)) return NULL;
  twostep_fill(fit, body);
  mine__latent_prepare(arena, body);
  fit->model->body = body;
  fit->model->n_groups = body->k;
  return mine_failed(fit->env) ? NULL : body;
}

/* ---- the rows of each cluster ---------------------------------------------------------------- */

typedef struct twostep_rank {
  int64_t rows;
  const double *value;
  int width, cluster;
} twostep_rank;

/* Falling size; equal sizes by what the clusters look like. */
static int twostep_before(const void *context, const void *left, const void *right) {
  const twostep_rank *a = left, *b = right;
  (void)context;
  if (a->rows != b->rows) return a->rows > b->rows;
  for (int j = 1; j < a->width; j++)
    if (a->value[j] != b->value[j]) return a->value[j] < b->value[j];
  return 0;
}

/* The model's own answers, as labels 0 .. k - 1 or -1, and how many rows each cluster has. */
static void twostep_answer(const twostep_fit *fit, const mine_latent *body, int32_t *label,
                           int64_t *rows) {
  mine_answers answers = {.group = label};
  memset(rows, 0, (size_t)body->k * sizeof *rows);
  if (mine__model_answer(fit->env, fit->model, &fit->data->rows, &answers)) return;
  for (int64_t i = 0; i < fit->data->rows.n; i++)
    if (--label[i] >= 0) rows[label[i]]++;
}

/* Clusters that have rows, by falling size.  Returns whether one had none. */
static int twostep_number(twostep_fit *fit, const int64_t *rows) {
  mine_env *env = fit->env;
  twostep_mixture *m = &fit->mixture, sorted;
  const size_t k = (size_t)m->k;
  twostep_rank *rank = mine__arena_array(env->scratch, k, sizeof *rank);
  twostep_rank *spare = mine__arena_array(env->scratch, k, sizeof *spare);
  double all = 0;
  int kept = 0;
  mine__twostep_mixture_open(env, env->scratch, &fit->scale, m->k, &sorted);
  if (mine_failed(env)) return 0;
  for (int c = 0; c < m->k; c++)
    rank[c] = (twostep_rank){rows[c], twostep_of(m, c), m->stride, c};
  mine__sort(env, rank, spare, k, sizeof *rank, twostep_before, NULL);
  for (int c = 0; c < m->k; c++) {
    if (rank[c].rows == 0 && kept > 0) continue;
    memcpy(twostep_of(&sorted, kept++), rank[c].value, (size_t)m->stride * sizeof(double));
    all += rank[c].value[0];
  }
  const int dropped = kept < m->k;
  memcpy(m->value, sorted.value, (size_t)kept * (size_t)m->stride * sizeof(double));
  m->k = kept;
  for (int c = 0; c < kept; c++)
    twostep_of(m, c)[0] /= all;
  return dropped;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void twostep_tell_stable(const twostep_fit *fit, const mine_latent *body) {
  int shaky = 0;
  for (int c = 0; c < body->k; c++)
    shaky += body->stability[c] < TWOSTEP_SHAKY;
  if (shaky)
    mine__model_note(fit->model, "warning", "",
                     "%d of the %d clusters come%s back as %s when rows are drawn again: do not "
                     "trust %s (stability in mine_summary)",
                     shaky, body->k, shaky > 1 ? "" : "s", shaky > 1 ? "others" : "another",
                     shaky > 1 ? "them" : "it");
}

static void twostep_tell(const twostep_fit *fit, const mine_latent *body) {
  const int64_t n = fit->data->rows.n, differ = fit->content.n;
  char number[MINE_NUMBER_BYTES];
  mine_model *model = fit->model;
  if (fit->options->k == MINE_AUTO)
    mine__model_note(model, MINE__NOTE_CHOSEN, "auto", "k=%d of 1 to %d", body->k, fit->most_k);
  else if (body->k < fit->options->k)
    mine__model_note(model, "warning", "", "only %d clusters hold rows, of the %lld asked for",
                     body->k, (long long)fit->options->k);
  if (fit->options->noise > 0)
    mine__model_note(model, "fit", "noise", "%lld rows (%s%%) are in no cluster",
                     (long long)body->profile.noise,
                     mine__format_real(number, 100 * (double)body->profile.noise / (double)n, 3));
  if (fit->few.n < differ)
    mine__model_note(model, "fit", "sample",
                     "of %lld different rows, %lld decided the number of clusters and %lld what "
                     "they are; all rows were placed",
                     (long long)differ, (long long)fit->few.n, (long long)fit->sample.n);
  twostep_tell_stable(fit, body);
}

/* ---- fit ------------------------------------------------------------------------------------ */

static void twostep_profile(twostep_fit *fit, mine_latent *body, const int32_t *label) {
  mine_env *env = fit->env;
  mine_arena *arena = fit->model->arena;
  if (mine__encoding_fit(env, arena, fit->data, MINE_SCALE_STANDARD, &body->encoding)) return;
  (void)!mine__cluster_profile_make(env, arena, &body->encoding, fit->data, label, body->k,
                                    &body->profile);
}

static void twostep_publish(twostep_fit *fit) {
  mine_env *env = fit->env;
  mine_arena *arena = fit->model->arena;
  const size_t n = (size_t)fit->data->rows.n;
  int32_t *label = mine__arena_array(env->scratch, n, sizeof *label);
  int64_t *rows = mine__arena_array(env->scratch, TWOSTEP_MOST, sizeof *rows);
  mine_latent *body = NULL;
  /* Clusters without rows go; then the others are numbered, and the rows answered once more. */
  for (int again = 1; again && !mine_failed(env);) {
    body = twostep_body(fit);
    if (body && !mine_failed(env)) twostep_answer(fit, body, label, rows);
    if (!mine_failed(env)) again = twostep_number(fit, rows);
  }
  if (!mine_failed(env)) body = twostep_body(fit);
  if (body && !mine_failed(env)) twostep_answer(fit, body, label, rows);
  if (mine_failed(env)) return;
  body->importance = mine__arena_zeros(arena, (size_t)body->n_columns, sizeof(double));
  body->stability = mine__arena_zeros(arena, (size_t)body->k, sizeof(double));
  body->resamples = fit->options->resamples;
  if (!mine_failed(env)) twostep_profile(fit, body, label);
  if (!mine_failed(env))
    mine__twostep_importance(env, &fit->sample, &fit->mixture, body->n_columns, body->importance);
  for (int c = 0; c < body->k && !mine_failed(env); c++)
    body->stability[c] = NAN;
  if (!mine_failed(env)) mine__twostep_stability(fit, body->stability);
  if (mine_failed(env)) return;
  mine__model_measure(fit->model, MINE_MEASURE_K, body->k);
  twostep_tell(fit, body);
}

/* What can be clustered, and how many clusters are tried. */
static void twostep_open(twostep_fit *fit) {
  const mine__twostep_options *o = fit->options;
  const int64_t n = fit->data->rows.n, most = o->k == MINE_AUTO ? o->max_k : o->k;
  if (n < 1) {
    (void)mine__fail(fit->env, MINE_DATA, "there are no rows to cluster; give at least one");
    return;
  }
  mine__twostep_content(fit);
  if (mine_failed(fit->env)) return;
  fit->most_k = most < fit->content.n ? (int)most : (int)fit->content.n;
  if (o->k != MINE_AUTO && o->k > fit->content.n)
    (void)mine__fail(
        fit->env, MINE_DATA,
        "k=%lld clusters need as many different rows, and of the %lld rows %lld differ; "
        "use k=%lld or fewer",
        (long long)o->k, (long long)n, (long long)fit->content.n, (long long)fit->content.n);
  if (!(fit->content.total <= TWOSTEP_HEAVY))
    (void)mine__fail(fit->env, MINE_DATA,
                     "the weights add up to more than can be computed with; divide them");
}

mine_status mine__twostep_fit(mine_env *env, const mine_dataset *data,
                              const mine__twostep_options *options, mine_model *model) {
  mine__twostep_options used = *options;
  twostep_fit fit = {.env = env, .data = data, .options = &used, .model = model};
  twostep_open(&fit);
  if (!mine_failed(env)) mine__twostep_scale(&fit);
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t n = fit.content.n;
  if (fit.content.total < TWOSTEP_LEAST) used.noise = 0;
  if (fit.scale.numbers + fit.scale.categories == 0) {
    fit.most_k = 1;
    used.noise = 0;
    if (used.k != MINE_AUTO && used.k > 1)
      return mine__fail(env, MINE_DATA, "no column tells rows apart; check ignore= and the source");
  }
  mine__twostep_points(&fit, n < TWOSTEP_FEW ? n : TWOSTEP_FEW, &fit.few);
  mine__twostep_points(&fit, n < TWOSTEP_SAMPLE ? n : TWOSTEP_SAMPLE, &fit.sample);
  if (!mine_failed(env)) mine__twostep_choose(&fit);
  if (!mine_failed(env))
    mine__twostep_em(env, &fit.sample, used.noise, TWOSTEP_STEPS, TWOSTEP_ENOUGH, &fit.mixture);
  if (!mine_failed(env)) twostep_publish(&fit);
  return mine_env_status(env);
}
