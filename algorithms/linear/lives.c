/*
** lives.c -- what cox and weibull share (lives.h).
*/
#include "lives.h"

#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "fit.h"

#define LIVES_EVENTS 5 /* for each coefficient, or it is told */

int64_t mine__lives_strata(const mine_dataset *data) {
  return data->strata < 0 ? 1 : data->about[data->strata].levels.values.n;
}

static int64_t lives_events(const mine_dataset *data) {
  int64_t events = 0;
  for (int64_t i = 0; i < data->rows.n; i++)
    events += data->event[mine_batch_row(&data->rows, i)];
  return events;
}

static void lives_without_strata(mine_env *env, const mine_dataset *data, mine_dataset *out) {
  const size_t n = (size_t)data->n_features;
  *out = *data;
  if (data->strata < 0) return;
  int64_t most = 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (row > most) most = row;
  }
  mine_feature *about = mine__arena_array(env->scratch, n, sizeof *about);
  mine_feature_view *view = mine__arena_array(env->scratch, n, sizeof *view);
  double *zeros = mine__arena_zeros(env->scratch, (size_t)most + 1, sizeof *zeros);
  if (mine_failed(env)) return;
  memcpy(about, data->about, n * sizeof *about);
  memcpy(view, data->rows.feature, n * sizeof *view);
  about[data->strata].type = MINE_COLUMN_NUMERIC;
  view[data->strata] = (mine_feature_view){.number = zeros};
  out->about = about;
  out->rows.feature = view;
}

mine_status mine__lives_design(mine_env *env, const mine_dataset *data, const mine_list *reference,
                               mine_model *model, mine_dataset *without, linear_design *design) {
  double *r;
  const int64_t events = lives_events(data);
  if (events == 0)
    return mine__fail(
        env, MINE_DATA,
        "nobody of the %lld rows had the event: nothing says when it comes; give rows "
        "in which it came, or say event_value=",
        (long long)data->rows.n);
  lives_without_strata(env, data, without);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__design_open(env, without, reference, design));
  if (design->n_used == 0)
    return mine__fail(env, MINE_DATA, "no attribute varies%s; add one, or ask mine_survival",
                      data->strata < 0 ? "" : " beside the strata");
  if (data->rows.n <= design->n_slots)
    return mine__fail(env, MINE_DATA, "%lld rows are too few for %lld coefficients; ignore columns",
                      (long long)data->rows.n, (long long)design->n_slots);
  MINE_TRY(mine__design_reduce(design, model, NULL, 0, 1, &r));
  mine__model_note(model, "fit", "events", "%lld of %lld rows", (long long)events,
                   (long long)data->rows.n);
  if (events < LIVES_EVENTS * design->n_used)
    mine__model_note(model, "warning", "",
                     "%lld events are few for %lld coefficients: below five for each, errors and "
                     "tests are rough",
                     (long long)events, (long long)design->n_used);
  return mine_env_status(env);
}

int mine__lives_invert(mine_linalg la, int64_t p, double *a, double *work) {
  memcpy(work, a, (size_t)(p * p) * sizeof *work);
  if (!mine__cholesky(la, p, work)) return 0;
  mine__invert_upper(p, work);
  for (int64_t i = 0; i < p; i++) {
    for (int64_t j = i; j < p; j++) { /* u^-1 u^-1': from column j on both rows are there */
      a[i * p + j] = mine__dot(work + i * p + j, work + j * p + j, p - j);
      a[j * p + i] = a[i * p + j];
    }
  }
  return 1;
}

void mine__lives_errors(const linear_design *design, const double *covariance, int64_t p,
                        const uint8_t *dropped, double *errors) {
  const int64_t q = design->n_used + 1;
  double intercept = 0;
  for (int64_t i = 0; i < q; i++) {
    const design_slot *one = i > 0 ? &design->slot[design->used[i - 1]] : NULL;
    const double left = one ? -one->mean / one->deviation : 1;
    for (int64_t j = 0; j < q; j++) {
      const design_slot *other = j > 0 ? &design->slot[design->used[j - 1]] : NULL;
      const double right = other ? -other->mean / other->deviation : 1;
      intercept += left * right * covariance[i * p + j];
    }
    if (!one) continue;
    errors[i] = sqrt(covariance[i * p + i]) / one->deviation;
    if (!isfinite(errors[i])) errors[i] = MINE_LINEAR_NO_ERROR;
    if (dropped && dropped[i]) errors[i] = MINE_LINEAR_DROPPED;
  }
  errors[0] = intercept >= 0 && isfinite(intercept) ? sqrt(intercept) : MINE_LINEAR_NO_ERROR;
}

mine_hazard *mine__lives_body(const linear_design *design, const mine_dataset *data,
                              const double *b, const double *errors, mine_model *model) {
  mine_arena *arena = model->arena;
  mine_hazard *h = mine__arena_zeros(arena, 1, sizeof *h);
  mine_linear *linear = mine__linear_new(arena, data->about, data->n_features, 1, MINE_LINEAR_EXP);
  if (!h || !linear) return NULL;
  mine_linear_column *strata = data->strata < 0 ? NULL : &linear->column[data->strata];
  const int64_t levels = strata ? strata->levels : 0;
  if (strata) strata->levels = 0; /* what the design takes them for */
  if (mine__design_finish(design, b, 1, 0, 0, 1, errors, linear)) return NULL;
  linear->test = MINE_LINEAR_Z;
  h->linear = *linear;
  h->strata = data->strata;
  h->spread = 1;
  h->spread_error = MINE_LINEAR_NO_ERROR;
  if (!strata) return h;
  strata->levels = levels;
  strata->reference = 0; /* it has no coefficients */
  for (int64_t l = 0; l < levels; l++)
    strata->error[l] = MINE_LINEAR_NO_ERROR;
  return h;
}

void mine__lives_name(const linear_design *design, int64_t j, mine_text *to) {
  const design_slot *slot = &design->slot[design->used[j - 1]];
  const mine_feature *about = &design->data->about[slot->feature];
  mine_cell cell;
  mine__text_open(to, design->env->scratch);
  mine__text_adds(to, about->name);
  if (slot->level < 0) return;
  mine__values_get(&about->levels.values, slot->level, &cell);
  mine__text_adds(to, "=");
  mine__text_add_cell(to, &cell);
}

void mine__lives_tell_endless(const linear_design *design, const uint8_t *infinite,
                              mine_model *model) {
  for (int64_t j = 1; j <= design->n_used; j++) {
    mine_text name;
    if (!infinite[j]) continue;
    mine__lives_name(design, j, &name);
    if (name.failed) return;
    mine__model_note(model, "warning", name.data,
                     "its coefficient has no end: the larger it is, the likelier are the rows (one "
                     "side of it never had the event, say); what stands there is where the search "
                     "stopped, and its test says nothing");
  }
}

void mine__lives_tell(mine_model *model, double loss, double none, int64_t df, int64_t parameters) {
  char chi[MINE_NUMBER_BYTES], p[MINE_NUMBER_BYTES];
  const double ratio = fmax(2 * (none - loss), 0);
  mine__linear_tell_number(model, "log_likelihood", -loss);
  mine__linear_tell_number(model, "null_log_likelihood", -none);
  mine__linear_tell_number(model, "aic", 2 * loss + 2 * (double)parameters);
  if (df < 1) return;
  mine__model_note(model, "fit", "likelihood ratio",
                   "chi-squared %s on %d degrees of freedom, p-value %s",
                   mine__format_real(chi, ratio, 6), (int)df,
                   mine__format_real(p, mine__chi2_tail(ratio, (double)df, MINE__UPPER), 4));
}
