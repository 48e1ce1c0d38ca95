/*
** stored.c -- the model kind "forecast": into bytes and back, and what it lists (stored.h).
*/
#include "stored.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/envelope.h"
#include "../model/write.h"
#include "series_private.h"

#define STORED_TAG     0x54534346u /* "FCST" */
#define STORED_VERSION 2u          /* 1: without regressors */
#define STORED_MOST    9e15        /* steps */
#define STORED_SEASON  8760
#define STORED_STATE   (8 * STORED_SEASON) /* numbers of a series at most: several methods in one */
#define STORED_EVERY   1000000000

#define STORED_SERIES "it is asked of time rather than a row; use FROM mine_forecast(model)"

/* ---- made ----------------------------------------------------------------------------------- */

/* What a state takes, or may take as new rows move it on. */
static size_t stored_room(const mine_forecast_fit *fit, int grows) {
  if (!grows || fit->n_state == 0 || !fit->method->room) return (size_t)fit->n_state;
  return (size_t)fit->method->room(fit);
}

/* Series with fits and states of their own, to be moved on (grows) or kept; names and reading as
** they are. */
static void stored_fill(mine_env *env, mine_arena *arena, const mine_series_set *set,
                        const mine_forecast_fit *fit, int grows, mine_stored *out) {
  size_t total = 0;
  for (int64_t s = 0; s < set->n; s++)
    total += stored_room(&fit[s], grows);
  double *state = mine__arena_array(arena, total, sizeof *state);
  int64_t *first = mine__arena_array(arena, (size_t)set->n, sizeof *first);
  out->fit = mine__arena_array(arena, (size_t)set->n, sizeof *out->fit);
  if (mine_failed(env) || !state || !first || !out->fit) return;
  out->set = (mine_series_set){.n = set->n,
                               .name = set->name,
                               .first = first,
                               .season = set->season,
                               .calendar = set->calendar,
                               .reading = set->reading,
                               .whole = set->whole,
                               .n_x = set->n_x,
                               .x_name = set->x_name};
  for (int64_t s = 0; s < set->n; s++) {
    first[s] = set->first[s];
    out->fit[s] = fit[s];
    out->fit[s].state = state;
    out->fit[s].fitted = NULL;
    out->fit[s].x = NULL;
    out->fit[s].x_name = set->x_name;
    if (fit[s].n_state) memcpy(state, fit[s].state, (size_t)fit[s].n_state * sizeof *state);
    state += stored_room(&fit[s], grows);
  }
}

static mine_values *stored_names(mine_arena *arena, const mine_values *from) {
  mine_values *to = mine__arena_zeros(arena, 1, sizeof *to);
  if (!to) return NULL;
  mine__values_open(to, arena);
  for (int64_t i = 0; i < from->n; i++) {
    mine_cell cell;
    mine__values_get(from, i, &cell);
    if (!mine__values_push(to, &cell)) return NULL;
  }
  return to;
}

static void stored_keep_regressors(mine_arena *arena, const mine_series_set *set,
                                   mine_stored *body) {
  const char **name = mine__arena_array(arena, (size_t)set->n_x, sizeof *name);
  for (int k = 0; name && k < set->n_x; k++)
    name[k] = mine__arena_text(arena, set->x_name[k], strlen(set->x_name[k]));
  body->set.x_name = name;
  for (int64_t s = 0; body->fit && s < set->n; s++)
    body->fit[s].x_name = name;
}

mine_status mine__stored_keep(mine_env *env, mine_model *model, const mine_forecasts *fits) {
  mine_stored *body = mine__arena_zeros(model->arena, 1, sizeof *body);
  if (!body) return mine_env_status(env);
  body->method = fits->method;
  stored_fill(env, model->arena, fits->set, fits->fit, 0, body);
  if (fits->set->name) body->set.name = stored_names(model->arena, fits->set->name);
  stored_keep_regressors(model->arena, fits->set, body);
  if (fits->set->reading) {
    mine_time_reading *reading = mine__arena_array(model->arena, 1, sizeof *reading);
    if (reading) *reading = *fits->set->reading;
    body->set.reading = reading;
  }
  model->body = body;
  return mine_env_status(env);
}

mine_stored *mine__stored_copy(mine_env *env, mine_arena *arena, const mine_stored *from) {
  mine_stored *to = mine__arena_zeros(arena, 1, sizeof *to);
  if (!to) return NULL;
  to->method = from->method;
  stored_fill(env, arena, &from->set, from->fit, 1, to);
  return mine_failed(env) ? NULL : to;
}

/* ---- save and load -------------------------------------------------------------------------- */

/* Of each series a number; and where it stands. */
static const struct stored_number {
  const char *name;
  int finite;
} stored_numbers[] = {{"first", 1},      {"points", 1},     {"form", 1},     {"seasons", 1},
                      {"states", 1},     {"parameters", 1}, {"variance", 0}, {"squares", 0},
                      {"likelihood", 0}, {"criterion", 0}};
#define STORED_NUMBERS ((int)(sizeof stored_numbers / sizeof *stored_numbers))

static double stored_get(const mine_stored *m, int64_t s, int which) {
  const mine_forecast_fit *f = &m->fit[s];
  const double all[] = {
      (double)m->set.first[s], (double)f->n, (double)f->form, f->season,     f->n_state,
      f->parameters,           f->sigma2,    f->sse,          f->likelihood, f->criterion};
  return all[which];
}

static void stored_save_calendar(const mine_series_set *set, mine_writer *w) {
  const mine_calendar *c = &set->calendar;
  mine_text text;
  mine__text_open(&text, w->text.arena);
  if (set->reading) mine__time_reading_text(set->reading, &text);
  mine__write_string(w, text.bytes ? text.data : "");
  mine__write_u8(w, (uint8_t)set->whole);
  mine__write_u8(w, (uint8_t)c->plain);
  mine__write_u8(w, (uint8_t)c->unit);
  mine__write_i64(w, c->every);
  mine__write_real(w, c->origin);
  mine__write_real(w, c->step);
  mine__write_i64(w, c->month);
  mine__write_u8(w, (uint8_t)c->day);
  mine__write_u32(w, (uint32_t)set->season);
}

static void stored_save(const mine_model *model, mine_writer *w) {
  const mine_stored *m = model->body;
  mine__write_string(w, m->method->name);
  stored_save_calendar(&m->set, w);
  mine__write_u8(w, m->set.name != NULL);
  if (m->set.name) mine__write_values(w, m->set.name);
  mine__write_u64(w, (uint64_t)m->set.n_x);
  for (int k = 0; k < m->set.n_x; k++)
    mine__write_string(w, m->set.x_name[k]);
  for (int k = 0; k < STORED_NUMBERS; k++)
    for (int64_t s = 0; s < m->set.n; s++)
      mine__write_real(w, stored_get(m, s, k));
  for (int64_t s = 0; s < m->set.n; s++)
    mine__write_reals(w, m->fit[s].state, (size_t)m->fit[s].n_state);
}

static void stored_load_calendar(mine_reader *r, mine_series_set *set) {
  mine_calendar *c = &set->calendar;
  const char *text = mine__read_string(mine__called(r, "times"));
  set->whole = mine__read_u8(mine__called(r, "whole")) != 0;
  c->plain = mine__read_u8(mine__called(r, "plain")) != 0;
  const uint8_t unit = mine__read_u8(mine__worded(r, "unit", mine__step_names));
  c->every = mine__read_i64(mine__called(r, "every"));
  c->origin = mine__read_finite(mine__called(r, "origin"));
  c->step = mine__read_finite(mine__called(r, "step"));
  c->month = mine__read_i64(mine__called(r, "month"));
  c->day = mine__read_u8(mine__called(r, "day"));
  const uint32_t season = mine__read_u32(mine__called(r, "season"));
  if (!mine__reader_ok(r)) return;
  c->unit = (mine_time_step)unit;
  set->season = (int)season;
  if (unit > MINE_STEP_SECOND || c->every < 1 || c->every > STORED_EVERY || c->day > 31 ||
      c->month < -120000 || c->month > 120000 || (c->plain && !(c->step > 0)))
    mine__reader_bad(r, "the calendar");
  if (season < 1 || season > STORED_SEASON) mine__reader_bad(r, "the season");
  if (!mine__reader_ok(r) || !text || !*text) {
    if (mine__reader_ok(r) && !c->plain) mine__reader_bad(r, "how times are read");
    return;
  }
  mine_time_reading *reading = mine__arena_zeros(r->arena, 1, sizeof *reading);
  if (!reading || !mine__time_reading_parse(text, strlen(text), reading) || c->plain)
    mine__reader_bad(r, "how times are read");
  set->reading = reading;
}

static int stored_whole(double v, double least, double most) {
  return v == floor(v) && v >= least && v <= most;
}

/* The numbers of a series; 0: they cannot be. */
static int stored_put(mine_stored *m, int64_t s, double *const *of) {
  mine_forecast_fit *f = &m->fit[s];
  if (!stored_whole(of[0][s], -STORED_MOST, STORED_MOST) ||
      !stored_whole(of[1][s], 0, STORED_MOST) || !stored_whole(of[2][s], 0, 1e6) ||
      !stored_whole(of[3][s], 1, STORED_SEASON) || !stored_whole(of[4][s], 0, STORED_STATE) ||
      !stored_whole(of[5][s], 0, 1e6))
    return 0;
  m->set.first[s] = (int64_t)of[0][s];
  *f = (mine_forecast_fit){.method = m->method,
                           .n = (int64_t)of[1][s],
                           .form = (int64_t)of[2][s],
                           .season = (int)of[3][s],
                           .n_state = (int)of[4][s],
                           .n_x = m->set.n_x,
                           .x_name = m->set.x_name,
                           .parameters = (int)of[5][s],
                           .sigma2 = of[6][s],
                           .sse = of[7][s],
                           .likelihood = of[8][s],
                           .criterion = of[9][s]};
  return 1;
}

static void stored_load_series(mine_reader *r, mine_stored *m) {
  const size_t n = (size_t)m->set.n;
  double *of[STORED_NUMBERS];
  size_t total = 0;
  for (int k = 0; k < STORED_NUMBERS; k++)
    of[k] = mine__read_reals(mine__called(r, stored_numbers[k].name), n, stored_numbers[k].finite);
  if (!mine__reader_ok(r)) return;
  m->fit = mine__arena_zeros(r->arena, n, sizeof *m->fit);
  m->set.first = mine__arena_zeros(r->arena, n, sizeof *m->set.first);
  if (!m->fit || !m->set.first) mine__reader_bad(r, "memory");
  for (size_t s = 0; s < n && mine__reader_ok(r); s++) {
    if (!stored_put(m, (int64_t)s, of)) mine__reader_bad(r, "a series");
    total += (size_t)m->fit[s].n_state;
  }
  if (!mine__reader_ok(r)) return;
  double *state = mine__read_reals(mine__called(r, "state"), total, 1);
  for (size_t s = 0; s < n && mine__reader_ok(r); s++) {
    m->fit[s].state = state;
    state += m->fit[s].n_state;
    if (m->fit[s].n_state && !m->method->valid(&m->fit[s])) mine__reader_bad(r, "a state");
  }
}

static void stored_load_regressors(mine_reader *r, mine_stored *m) {
  const size_t n = mine__read_list(r, "regressors", 4);
  if (mine__reader_ok(r) && (n > MINE_MOST_REGRESSORS || (n > 0 && !m->method->uses)))
    mine__reader_bad(r, "the regressors");
  const char **name = mine__reader_ok(r) ? mine__arena_zeros(r->arena, n, sizeof *name) : NULL;
  for (size_t k = 0; name && k < n && mine__reader_ok(r); k++) {
    name[k] = mine__read_string(r);
    if (mine__reader_ok(r) && !name[k]) mine__reader_bad(r, "the name of a regressor");
  }
  mine__read_close(r);
  m->set.n_x = (int)n;
  m->set.x_name = name;
}

static void stored_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_stored *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  mine_values *names = mine__arena_zeros(r->arena, 1, sizeof *names);
  if (!m || !names) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return;
  const char *method = mine__read_string(mine__called(r, "method"));
  m->method = method ? mine__forecaster_find(method) : NULL;
  if (mine__reader_ok(r) && !m->method) mine__reader_bad(r, "the method");
  if (mine__reader_ok(r)) stored_load_calendar(r, &m->set);
  const uint8_t named = mine__read_u8(mine__called(r, "named"));
  m->set.n = 1;
  if (named && mine__reader_ok(r)) {
    mine__values_open(names, r->arena);
    mine__read_values(mine__called(r, "series"), names, 0);
    m->set.name = names;
    m->set.n = names->n;
  }
  if (mine__reader_ok(r) && version > 1) stored_load_regressors(r, m);
  if (mine__reader_ok(r)) stored_load_series(r, m);
  if (mine__reader_ok(r)) model->body = m;
}

/* ---- what it lists -------------------------------------------------------------------------- */

static void stored_figure(const char *name, double value, mine_relation *to) {
  mine__row_text(to, name);
  mine__coefficient_list(&(mine_coefficient)MINE_COEFFICIENT_ALONE(value), to);
}

/* Of each series its parameters, and how well they do. */
static void stored_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_stored *m = model->body;
  for (int64_t s = 0; s < m->set.n && !MINE_POLL_AT(env, 64 * s); s++) {
    const mine_forecast_fit *fit = &m->fit[s];
    mine_cell name = {.type = MINE_NULL};
    double value;
    const char *parameter;
    if (!fit->n_state) continue;
    if (m->set.name) mine__values_get(m->set.name, s, &name);
    mine__relation_group(to, &name);
    for (int i = 0; (parameter = m->method->parameter(fit, i, &value)) != NULL; i++)
      stored_figure(parameter, value, to);
    stored_figure("sigma", sqrt(fit->sigma2), to);
    if (!isnan(fit->likelihood)) stored_figure("log_likelihood", fit->likelihood, to);
    if (!isnan(fit->criterion)) stored_figure("aicc", fit->criterion, to);
  }
}

/* How many series have which form. */
#define STORED_FORMS 64
typedef struct stored_form {
  char words[48];
  long long n;
} stored_form;

static void stored_summary(const mine_model *model, mine_relation *to) {
  const mine_stored *m = model->body;
  stored_form form[STORED_FORMS];
  int n = 0;
  for (int64_t s = 0; s < m->set.n; s++) {
    char words[48];
    int k = 0;
    if (!m->fit[s].n_state) continue;
    m->method->form_words(&m->fit[s], words);
    while (k < n && strcmp(form[k].words, words) != 0)
      k++;
    if (k == STORED_FORMS) continue;
    if (k == n) {
      memcpy(form[n].words, words, sizeof words);
      form[n++].n = 0;
    }
    form[k].n++;
  }
  for (int k = 0; k < n; k++) {
    char detail[64];
    snprintf(detail, sizeof detail, "of %lld of %lld series", form[k].n, (long long)m->set.n);
    mine__row_text(to, "form");
    mine__row_text(to, form[k].words);
    mine__row_text(to, detail);
    mine__relation_end_row(to);
  }
}

static const mine_part stored_parts[] = {
    {.verb = "mine_coefficients",
     .what = "of each series its parameters, the deviation of errors, the likelihood",
     .list = stored_coefficients},
    {.verb = NULL},
};

const mine_kind mine__kind_forecast = {
    .name = "forecast",
    .tag = STORED_TAG,
    .version = STORED_VERSION,
    .save = stored_save,
    .load = stored_load,
    .summary = stored_summary,
    .keeps_names = "the names of its series, and of each the numbers of its state; no row",
    .parts = stored_parts,
    .asked = STORED_SERIES,
    .written =
        {
            [MINE_FORMAT_TEXT] = {.why_not = "its parameters are listed by mine_coefficients"},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
        },
};
