/*
** hazard.c -- hazards from sums of coefficients (hazard.h), and the way into bytes and back.
*/
#include "hazard.h"

#include <math.h>
#include <string.h>

#include "../kernel/special.h"
#include "formula.h"
#include "write.h"

#define HAZARD_TAG     0x415a4148u /* "HAZA" */
#define HAZARD_VERSION 2u          /* since 2 it knows its columns */
#define HAZARD_LINEAR  2u          /* the layout of the sum in it */
#define HAZARD_LEVEL   0.95

/* Weibull: the answer is a scale of time, H(t) = (t / answer)^(1 / spread), so that the hazards
** of two rows are as their answers^(-1 / spread).  Cox: the answer is the risk, H(t) =
** baseline(t) x answer. */
double mine__hazard_risk(const mine_hazard *h, double value) {
  if (!(value >= 0)) return NAN;
  return h->law == MINE_HAZARD_WEIBULL ? pow(value, -1 / h->spread) : value;
}

double mine__hazard_at(const mine_hazard *h, double value, int32_t code, double t) {
  if (!(value >= 0) || isnan(t)) return NAN;
  if (h->law == MINE_HAZARD_WEIBULL) return t > 0 ? pow(t / value, 1 / h->spread) : 0;
  if (h->strata < 0) code = 0;
  if (code < 0 || code >= h->n_strata || t > h->steps[code].last) return NAN;
  const mine_hazard_steps *steps = &h->steps[code];
  int64_t low = 0, high = steps->n;
  while (low < high) { /* the first step behind t */
    const int64_t middle = low + (high - low) / 2;
    if (steps->time[middle] <= t)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? steps->hazard[low - 1] * value : 0;
}

void mine__hazard_name(mine_model *model, const mine_hazard_columns *c) {
  mine_hazard *h = model->body;
  mine_arena *arena = model->arena;
  h->columns = (mine_hazard_columns){
      .event = mine__arena_text(arena, c->event, strlen(c->event)),
      .start = c->start ? mine__arena_text(arena, c->start, strlen(c->start)) : NULL,
      .event_value = mine__cell_copy(arena, &c->event_value),
  };
}

/* ---- save and load ------------------------------------------------------------------------ */

static void hazard_save(const mine_model *model, mine_writer *w) {
  const mine_hazard *h = model->body;
  mine__linear_write(&h->linear, w);
  mine__write_u8(w, (uint8_t)h->law);
  mine__write_i32(w, h->strata);
  mine__write_real(w, h->spread);
  mine__write_real(w, h->spread_error);
  mine__write_u64(w, (uint64_t)h->n_strata);
  for (int s = 0; s < h->n_strata; s++) {
    const size_t n = (size_t)h->steps[s].n;
    mine__write_real(w, h->steps[s].last);
    mine__write_u64(w, n);
    mine__write_reals(w, h->steps[s].time, n);
    mine__write_reals(w, h->steps[s].hazard, n);
  }
  mine__write_u64(w, (uint64_t)h->n_tests);
  for (int i = 0; i < h->n_tests; i++) {
    mine__write_string(w, h->test[i].term);
    mine__write_real(w, h->test[i].statistic);
    mine__write_real(w, h->test[i].df);
    mine__write_real(w, h->test[i].p);
  }
  mine__write_string(w, h->columns.event);
  mine__write_string(w, h->columns.start);
  mine__write_cell(w, &h->columns.event_value);
}

/* Times rise, and so does what is cumulated. */
static void hazard_load_steps(mine_reader *r, mine_hazard_steps *steps) {
  steps->last = mine__read_finite(mine__called(r, "last"));
  const size_t n = mine__read_count(mine__called(r, "steps"), 2 * sizeof(double));
  if (!mine__reader_ok(r)) return;
  steps->n = (int64_t)n;
  steps->time = mine__read_reals(mine__called(r, "time"), n, 1);
  steps->hazard = mine__read_reals(mine__called(r, "hazard"), n, 1);
  for (size_t i = 0; mine__reader_ok(r) && i < n; i++) {
    if (steps->hazard[i] < (i > 0 ? steps->hazard[i - 1] : 0) ||
        (i > 0 && !(steps->time[i] > steps->time[i - 1])))
      mine__reader_bad(r, "the steps of a hazard");
  }
}

static void hazard_load_baseline(mine_reader *r, const mine_model *model, mine_hazard *h) {
  const size_t n = mine__read_list(r, "baseline", 2 * sizeof(double));
  const int64_t strata =
      h->strata >= 0 && mine__reader_ok(r) ? model->feature[h->strata].levels.values.n : 1;
  if (mine__reader_ok(r) && (int64_t)n != (h->law == MINE_HAZARD_COX ? strata : 0))
    mine__reader_bad(r, "the number of strata");
  if (mine__reader_ok(r)) h->steps = mine__arena_zeros(r->arena, n, sizeof *h->steps);
  for (size_t s = 0; h->steps && s < n && mine__reader_ok(r); s++) {
    mine__read_open(r, NULL);
    hazard_load_steps(r, &h->steps[s]);
    mine__read_close(r);
    h->n_strata = (int)s + 1;
  }
  mine__read_close(r);
}

static void hazard_load_tests(mine_reader *r, mine_hazard *h) {
  const size_t n = mine__read_list(r, "tests", 4 + 3 * sizeof(double));
  if (n > INT32_MAX) mine__reader_bad(r, "the number of tests");
  if (mine__reader_ok(r)) h->test = mine__arena_zeros(r->arena, n, sizeof *h->test);
  for (size_t i = 0; h->test && i < n && mine__reader_ok(r); i++) {
    mine__read_open(r, NULL);
    h->test[i].term = mine__read_string(mine__called(r, "term"));
    h->test[i].statistic = mine__read_real(mine__called(r, "statistic"));
    h->test[i].df = mine__read_real(mine__called(r, "df"));
    h->test[i].p = mine__read_real(mine__called(r, "p_value"));
    mine__read_close(r);
    h->n_tests = (int)i + 1;
  }
  mine__read_close(r);
}

static void hazard_load_columns(mine_reader *r, mine_hazard *h) {
  h->columns.event = mine__read_string(mine__called(r, "event"));
  h->columns.start = mine__read_string(mine__called(r, "start"));
  mine__read_cell(mine__called(r, "event_value"), &h->columns.event_value);
}

static void hazard_load(mine_reader *r, mine_model *model, uint32_t version) {
  static const char *const laws[] = {"cox", "weibull", NULL};
  mine_hazard *h = mine__arena_zeros(r->arena, 1, sizeof *h);
  const mine_linear *linear = mine__linear_read(r, model, HAZARD_LINEAR);
  if (!h || !linear || !mine__reader_ok(r)) return;
  h->linear = *linear;
  if (h->linear.link != MINE_LINEAR_EXP || h->linear.card) mine__reader_bad(r, "the link");
  const uint8_t law = mine__read_u8(mine__worded(r, "law", laws));
  h->strata = mine__read_i32(mine__called(r, "strata"));
  h->spread = mine__read_finite(mine__called(r, "spread"));
  h->spread_error = mine__read_finite(mine__called(r, "spread_error"));
  if (law >= MINE_HAZARD_LAWS) mine__reader_bad(r, "the law of a hazard");
  if (law == MINE_HAZARD_WEIBULL && !(h->spread > 0)) mine__reader_bad(r, "the spread of a hazard");
  if (h->strata < -1 || h->strata >= model->n_features ||
      (h->strata >= 0 && model->feature[h->strata].type != MINE_COLUMN_CATEGORY))
    mine__reader_bad(r, "the strata");
  if (!mine__reader_ok(r)) return;
  h->law = law;
  hazard_load_baseline(r, model, h);
  if (mine__reader_ok(r)) hazard_load_tests(r, h);
  if (version > 1) hazard_load_columns(r, h);
  if (mine__reader_ok(r)) model->body = h;
}

/* ---- what is listed -------------------------------------------------------------------------- */

static void hazard_list_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_hazard *h = model->body;
  mine__linear_coefficients_of(env, model, &h->linear, h->law == MINE_HAZARD_WEIBULL, h->strata,
                               to);
  if (h->law != MINE_HAZARD_WEIBULL || mine_failed(env)) return;
  const double value = log(h->spread), error = h->spread_error;
  const int tested = error > 0;
  const double z = tested ? value / error : NAN;
  const double reach = mine__normal_quantile((1 - HAZARD_LEVEL) / 2, MINE__UPPER) * error;
  mine_coefficient scale = MINE_COEFFICIENT_ALONE(value);
  if (tested)
    scale = (mine_coefficient){
        value,         error,         z, 2 * mine__normal_tail(fabs(z), MINE__UPPER),
        value - reach, value + reach, 0};
  mine__row_text(to, "log(scale)");
  mine__coefficient_list(&scale, to);
}

static void hazard_list_tests(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_hazard *h = model->body;
  (void)env;
  for (int i = 0; i < h->n_tests; i++) {
    mine__row_text(to, h->test[i].term);
    mine__row_real(to, h->test[i].statistic);
    mine__row_real(to, h->test[i].df);
    mine__row_real(to, h->test[i].p);
    mine__relation_end_row(to);
  }
}

static int hazard_has_tests(const mine_model *model) {
  return ((const mine_hazard *)model->body)->law == MINE_HAZARD_COX;
}

static void hazard_list_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  /* A hazard begins with its sum. */
  const mine_linear *m = model->body;
  mine__importance_list_columns(env, model, &m->column->weight, sizeof *m->column, to);
}

static const mine_part hazard_parts[] = {
    {.verb = "mine_coefficients",
     .what = "log hazard ratios (cox) or effects on the logarithm of the time (weibull), with "
             "errors, tests and intervals",
     .list = hazard_list_coefficients},
    {.verb = "mine_importance",
     .what = "each feature's share of how much the answers vary",
     .list = hazard_list_importance},
    {.verb = "mine_ph_test",
     .what = "whether effects change with time",
     .list = hazard_list_tests,
     .has = hazard_has_tests},
    {.verb = NULL},
};

const mine_kind mine__kind_hazard = {
    .name = "hazard",
    .tag = HAZARD_TAG,
    .version = HAZARD_VERSION,
    .gives = MINE_GIVES_VALUE,
    .answer = mine__linear_answer,
    .explain = mine__linear_explain,
    .margin = mine__linear_margin,
    .save = hazard_save,
    .load = hazard_load,
    .parts = hazard_parts,
    .formula = mine__linear_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_linear, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.write = mine__write_pmml},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
