/*
** design.c -- columns for a regression (design.h).
*/
#include "design.h"

#include <math.h>
#include <string.h>

#include "../data/moments.h"
#include "../kernel/simd.h"

#define DESIGN_TINY 1e-140 /* deviations below: their squares are not numbers */

/* ---- measuring ---------------------------------------------------------------------- */

typedef struct design_survey {
  linear_design *design;
  mine_moments *moments; /* per feature that is a number */
} design_survey;

static void design_survey_task(void *context, int64_t f, int worker) {
  const design_survey *survey = context;
  linear_design *d = survey->design;
  const mine_batch *rows = &d->data->rows;
  const int32_t *code = rows->feature[f].code;
  int64_t missing = 0;
  (void)worker;
  if (!code) {
    mine__moments_of_rows(&survey->moments[f], rows->feature[f].number, rows->row, d->data->weight,
                          rows->n);
    d->missing[f] = rows->n - survey->moments[f].n;
    return;
  }
  for (int64_t i = 0; i < rows->n; i++) {
    const int64_t row = mine_batch_row(rows, i);
    if (code[row] < 0)
      missing++;
    else
      d->share[f][code[row]] += design_weight(d, row);
  }
  d->missing[f] = missing;
}

/* A text level as `reference` spells it: feature:level. */
static int64_t design_level_of(mine_env *env, const mine_feature *about, const char *spelt) {
  int64_t found = -1;
  for (int64_t l = 0; l < about->levels.values.n && found < 0; l++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    mine_cell cell;
    mine_text text;
    mine__values_get(&about->levels.values, l, &cell);
    mine__text_open(&text, env->scratch);
    mine__text_add_cell(&text, &cell);
    if (!text.failed && strcmp(text.data ? text.data : "", spelt) == 0) found = l;
    mine__arena_rewind(env->scratch, mark);
  }
  return found;
}

/* plan:Basic */
static void design_read_reference(linear_design *d, const char *item) {
  for (int f = 0; f < d->data->n_features; f++) {
    const mine_feature *about = &d->data->about[f];
    const size_t bytes = strlen(about->name);
    if (strncmp(item, about->name, bytes) != 0 || item[bytes] != ':') continue;
    if (about->type != MINE_COLUMN_CATEGORY) {
      (void)mine__fail(d->env, MINE_OPTION,
                       "reference names '%s', which holds numbers; leave it out, or say "
                       "categorical=%s",
                       about->name, about->name);
      return;
    }
    d->reference[f] = design_level_of(d->env, about, item + bytes + 1);
    if (d->reference[f] < 0 && !mine_failed(d->env))
      (void)mine__fail(d->env, MINE_OPTION,
                       "reference names the level '%.60s', which column '%s' does not have in the "
                       "rows learned from; name one that it has",
                       item + bytes + 1, about->name);
    return;
  }
  (void)mine__fail(d->env, MINE_OPTION,
                   "reference takes attributes and one of their levels, such as "
                   "reference=plan:Basic, and '%.60s' begins with none; correct it",
                   item);
}

/* The most frequent level, the first of equals, unless one is named. */
static void design_references(linear_design *d, const mine_list *named) {
  for (int f = 0; f < d->data->n_features; f++) {
    d->reference[f] = -1;
    for (int64_t l = 0; d->share[f] && l < d->data->about[f].levels.values.n; l++) {
      if (d->reference[f] < 0 || d->share[f][l] > d->share[f][d->reference[f]]) d->reference[f] = l;
    }
  }
  for (size_t i = 0; i < named->n && !mine_failed(d->env); i++) {
    mine_text text;
    mine__text_open(&text, d->env->scratch);
    mine__text_add_cell(&text, &named->item[i]);
    if (!text.failed) design_read_reference(d, text.data ? text.data : "");
  }
}

static void design_add_slot(linear_design *d, int f, int64_t level, double mean, double deviation) {
  if (!(deviation > 0)) return;
  d->slot[d->n_slots++] = (design_slot){f, level, mean, deviation};
}

static void design_measure_number(linear_design *d, int f, const mine_moments *m) {
  if (m->n == 0) return;
  const double deviation = sqrt(m->m2 / d->total);
  if (!isfinite(deviation) || !isfinite(m->mean) || (m->least < m->most && deviation < DESIGN_TINY))
    (void)mine__fail(d->env, MINE_NUMERIC,
                     "the values of column '%s' are too far apart, or too close, to be computed "
                     "with; rescale or ignore it",
                     d->data->about[f].name);
  else if (m->least < m->most)
    design_add_slot(d, f, -1, m->mean, deviation);
}

/* Weights of levels become shares of the rows where the feature is known. */
static void design_measure_levels(linear_design *d, int f) {
  const int64_t levels = d->data->about[f].levels.values.n;
  double known = 0;
  for (int64_t l = 0; l < levels; l++)
    known += d->share[f][l];
  for (int64_t l = 0; l < levels && known > 0; l++) {
    const double p = d->share[f][l] /= known;
    if (l != d->reference[f])
      design_add_slot(d, f, l, p, sqrt(known / d->total * p * fmax(1 - p, 0)));
  }
}

static void design_room(linear_design *d) {
  const size_t n = (size_t)d->data->n_features;
  mine_arena *arena = d->env->scratch;
  int64_t slots = 0;
  d->reference = mine__arena_zeros(arena, n, sizeof *d->reference);
  d->missing = mine__arena_zeros(arena, n, sizeof *d->missing);
  d->share = mine__arena_zeros(arena, n, sizeof *d->share);
  for (size_t f = 0; !mine_failed(d->env) && f < n; f++) {
    const mine_feature *about = &d->data->about[f];
    const int category = about->type == MINE_COLUMN_CATEGORY;
    const int64_t levels = category ? about->levels.values.n : 2;
    slots += levels - 1;
    if (slots > DESIGN_MOST) {
      (void)mine__fail(d->env, MINE_LIMIT,
                       "the attributes make more than %d columns, a column for each level of a "
                       "category, of which '%s' has %lld; ignore it, or group its levels",
                       DESIGN_MOST, about->name, (long long)levels);
      return;
    }
    if (category) d->share[f] = mine__arena_zeros(arena, (size_t)levels, sizeof(double));
  }
  d->slot = mine__arena_array(arena, (size_t)slots, sizeof *d->slot);
  d->used = mine__arena_array(arena, (size_t)slots, sizeof *d->used);
}

mine_status mine__design_open(mine_env *env, const mine_dataset *data, const mine_list *reference,
                              linear_design *design) {
  linear_design *d = design;
  *d = (linear_design){.env = env, .data = data};
  if (data->rows.n < 1) {
    return mine__fail(env, MINE_DATA, "there are no rows to learn from; give a source with rows");
  }
  if (data->n_features < 1) {
    return mine__fail(env, MINE_DATA, "there is no attribute to learn from; add one that varies");
  }
  design_room(d);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < data->rows.n && !MINE_POLL_AT(env, i); i++)
    d->total += design_weight(d, mine_batch_row(&data->rows, i));
  design_survey survey = {d, NULL};
  survey.moments =
      mine__arena_zeros(env->scratch, (size_t)data->n_features, sizeof *survey.moments);
  if (!survey.moments) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, data->n_features, design_survey_task, &survey));
  design_references(d, reference);
  for (int f = 0; f < data->n_features && !mine_failed(env) && !mine__poll(env); f++) {
    if (d->share[f])
      design_measure_levels(d, f);
    else
      design_measure_number(d, f, &survey.moments[f]);
  }
  if (mine_failed(env)) return mine_env_status(env);
  d->n_used = d->n_slots;
  for (int64_t s = 0; s < d->n_slots; s++)
    d->used[s] = s;
  return mine_env_status(env);
}

/* ---- filling ----------------------------------------------------------------------------- */

static void design_fill_numbers(const design_slot *slot, const double *number, const uint32_t *row,
                                int64_t n, double *to) {
  for (int64_t i = 0; row && i < n; i++)
    to[i] = number[row[i]];
  mine__kernels_here()->standardize(row ? to : number, n, slot->mean, 1 / slot->deviation, 0, to);
}

static void design_fill_levels(const design_slot *slot, const int32_t *code, const uint32_t *row,
                               int64_t n, double *to) {
  const double in = (1 - slot->mean) / slot->deviation, out = -slot->mean / slot->deviation;
  const int32_t level = (int32_t)slot->level;
  for (int64_t i = 0; i < n; i++) {
    const int32_t at = code[row ? (int64_t)row[i] : i];
    const double known = at == level ? in : out;
    to[i] = at < 0 ? 0 : known;
  }
}

void mine__design_fill(const linear_design *design, const uint32_t *row, int64_t first, int64_t n,
                       double *to) {
  const int64_t from = row ? 0 : first;
  for (int64_t i = 0; i < n; i++)
    to[i] = 1;
  for (int64_t j = 0; j < design->n_used; j++) {
    const design_slot *slot = &design->slot[design->used[j]];
    const mine_feature_view *view = &design->data->rows.feature[slot->feature];
    to += n;
    if (slot->level < 0)
      design_fill_numbers(slot, view->number + from, row, n, to);
    else
      design_fill_levels(slot, view->code + from, row, n, to);
  }
}

/* ---- the report -------------------------------------------------------------------------- */

void mine__design_tell(const linear_design *design, mine_model *model) {
  const mine_dataset *data = design->data;
  char number[MINE_NUMBER_BYTES], shown[MINE_SHOW_BYTES];
  for (int f = 0; f < data->n_features; f++) {
    if (design->reference[f] < 0) continue;
    mine_cell cell;
    mine__values_get(&data->about[f].levels.values, design->reference[f], &cell);
    mine__model_note(model, "reference", data->about[f].name,
                     "coefficients are differences from level %s", mine__show_cell(shown, &cell));
  }
  for (int f = 0; f < data->n_features; f++) {
    if (design->missing[f] == 0) continue;
    const double share = (double)design->missing[f] / (double)data->rows.n * 100;
    mine__model_note(model, "fit", data->about[f].name,
                     "missing in %lld rows (%s%%): there it counts as its mean",
                     (long long)design->missing[f], mine__format_real(number, share, 3));
  }
}

/* ---- the model --------------------------------------------------------------------------- */

/* Where the coefficient of a slot lies in its column: times margins. */
static int64_t design_place(const design_slot *slot) {
  return slot->level < 0 ? 0 : slot->level;
}

/* Everything but the reference is dropped until it gets a coefficient. */
static void design_mark_dropped(const linear_design *d, mine_linear *out) {
  for (int f = 0; f < out->n_columns; f++) {
    mine_linear_column *column = &out->column[f];
    column->reference = d->reference[f];
    for (int64_t l = 0; l < (column->levels ? column->levels : 1); l++) {
      for (int k = 0; k < out->n_margins; k++)
        column->error[l * out->n_margins + k] =
            l == column->reference ? MINE_LINEAR_NO_ERROR : MINE_LINEAR_DROPPED;
    }
  }
}

/* How much the margin k varies by column f, and what a missing value says. */
static void design_weigh(const linear_design *d, mine_linear *out, int f, int k, double deviation) {
  mine_linear_column *column = &out->column[f];
  const int m = out->n_margins;
  double squares = 0, mean = 0;
  if (!column->levels) {
    column->weight += fabs(column->coef[k]) * deviation / m;
    return;
  }
  for (int64_t l = 0; l < column->levels; l++)
    mean += d->share[f][l] * column->coef[l * m + k];
  for (int64_t l = 0; l < column->levels; l++) {
    const double apart = column->coef[l * m + k] - mean;
    squares += d->share[f][l] * apart * apart;
  }
  column->unknown[k] = mean;
  column->weight += sqrt(squares) / m;
}

mine_status mine__design_finish(const linear_design *design, const double *beta, int margins,
                                int from, double middle, double unit, const double *errors,
                                mine_linear *out) {
  const linear_design *d = design;
  const int64_t q = d->n_used + 1;
  double *deviation = mine__arena_zeros(d->env->scratch, (size_t)out->n_columns, sizeof(double));
  if (!deviation) return mine_env_status(d->env);
  design_mark_dropped(d, out);
  for (int k = 0; k < margins; k++) {
    const int at = from + k;
    out->base[at] = middle + unit * beta[k * q];
    if (errors) out->base_error[at] = errors[k * q];
    for (int64_t j = 0; j < d->n_used; j++) {
      const design_slot *slot = &d->slot[d->used[j]];
      mine_linear_column *column = &out->column[slot->feature];
      const int64_t cell = design_place(slot) * out->n_margins + at;
      column->coef[cell] = unit * beta[k * q + j + 1] / slot->deviation;
      column->error[cell] = errors ? errors[k * q + j + 1] : MINE_LINEAR_NO_ERROR;
      out->base[at] -= column->coef[cell] * slot->mean;
      if (slot->level < 0) {
        column->unknown[at] = column->coef[cell] * slot->mean;
        deviation[slot->feature] = slot->deviation;
      }
      if (!isfinite(column->coef[cell])) out->base[at] = NAN;
    }
    if (!isfinite(out->base[at])) {
      return mine__fail(d->env, MINE_NUMERIC,
                        "the coefficients are beyond the range of numbers; rescale the columns");
    }
  }
  for (int f = 0; f < out->n_columns; f++) {
    for (int k = 0; k < out->n_margins; k++)
      design_weigh(d, out, f, k, deviation[f]);
    if (!isfinite(out->column[f].weight)) out->column[f].weight = 0;
  }
  return MINE_OK;
}

mine_status mine__design_errors(const linear_design *design, double *u, int margins, double scale,
                                double *errors) {
  const int64_t q = design->n_used + 1, p = q * margins;
  double *v = mine__arena_array(design->env->scratch, (size_t)p, sizeof *v);
  if (!v) return mine_env_status(design->env);
  for (int k = 0; k < margins; k++) { /* of the intercept of the data: 1, less the means */
    memset(v, 0, (size_t)p * sizeof *v);
    v[k * q] = 1;
    for (int64_t j = 0; j < design->n_used; j++) {
      const design_slot *slot = &design->slot[design->used[j]];
      v[k * q + j + 1] = -slot->mean / slot->deviation;
    }
    mine__solve_upper(p, u, 1, v);
    errors[k * q] = scale * sqrt(mine__dot(v, v, p));
  }
  mine__invert_upper(p, u);
  for (int64_t i = 0; i < p; i++) {
    if (i % q == 0) continue;
    const double *row = u + i * p + i;
    errors[i] =
        scale * sqrt(mine__dot(row, row, p - i)) / design->slot[design->used[i % q - 1]].deviation;
  }
  for (int64_t i = 0; i < p; i++) /* beyond numbers: none */
    if (!isfinite(errors[i])) errors[i] = MINE_LINEAR_NO_ERROR;
  return mine__poll(design->env);
}
