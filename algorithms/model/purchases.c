/*
** purchases.c -- the model kind "purchases": into bytes and back, and what it lists
** (purchases.h).
*/
#include "purchases.h"

#include <math.h>
#include <stdio.h>

#include "metrics.h"
#include "write.h"

#define PURCHASES_TAG     0x48435250u /* "PRCH" */
#define PURCHASES_VERSION 1u
#define PURCHASES_MOST_K  1000

#define PURCHASES_LOG \
  "it is asked of a customer's purchases rather than a row; use FROM mine_clv(model, source)"

/* ---- save and load ---------------------------------------------------------------------- */

static void purchases_save(const mine_model *model, mine_writer *w) {
  const mine_purchase_model *m = model->body;
  mine__write_u64(w, (uint64_t)m->n); /* mine__read_count */
  for (int i = 0; i < m->n; i++)
    mine__write_string(w, m->name[i]);
  mine__write_reals(w, m->value, (size_t)m->n);
  mine__write_reals(w, m->covariance, (size_t)m->n * (size_t)m->n);
  mine__write_u32(w, (uint32_t)m->k);
  mine__write_u8(w, (uint8_t)m->unit);
  mine__write_real(w, m->calibrated);
  mine__write_real(w, m->held);
  for (int c = 0; c < MINE_PURCHASE_CLASSES; c++) {
    mine__write_real(w, m->held_of[c].customers);
    mine__write_real(w, m->held_of[c].actual);
    mine__write_real(w, m->held_of[c].expected);
  }
}

static void purchases_load_parameters(mine_reader *r, mine_purchase_model *m) {
  const size_t n = mine__read_list(r, "parameters", 4);
  if (mine__reader_ok(r) && (n < 1 || n > MINE_PURCHASE_PARAMETERS))
    mine__reader_bad(r, "the number of parameters");
  if (!mine__reader_ok(r)) return;
  m->n = (int)n;
  for (size_t i = 0; i < n; i++) {
    m->name[i] = mine__read_string(r);
    if (mine__reader_ok(r) && !m->name[i]) mine__reader_bad(r, "the name of a parameter");
  }
  mine__read_close(r);
  const double *value = mine__read_reals(mine__called(r, "values"), n, 1);
  const double *covariance = mine__read_reals(mine__called(r, "covariance"), n * n, 0);
  if (!mine__reader_ok(r)) return;
  for (size_t i = 0; i < n; i++) {
    m->value[i] = value[i];
    if (!(value[i] > 0)) mine__reader_bad(r, "a parameter");
  }
  for (size_t i = 0; i < n * n; i++)
    m->covariance[i] = covariance[i];
}

/* Finite and not negative. */
static double purchases_load_size(mine_reader *r, const char *name, const char *problem) {
  const double v = mine__read_finite(mine__called(r, name));
  if (mine__reader_ok(r) && (v < 0 || v > 1e15)) mine__reader_bad(r, problem);
  return v;
}

static void purchases_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_purchase_model *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  (void)version; /* the only one so far */
  if (!m) mine__reader_bad(r, "memory");
  if (mine__reader_ok(r)) purchases_load_parameters(r, m);
  if (!mine__reader_ok(r)) return;
  const uint32_t k = mine__read_u32(mine__called(r, "k"));
  const uint8_t unit = mine__read_u8(mine__worded(r, "unit", mine__periods));
  if (mine__reader_ok(r) && (k < 1 || k > PURCHASES_MOST_K)) mine__reader_bad(r, "k");
  if (mine__reader_ok(r) && unit > MINE_PERIOD_YEAR) mine__reader_bad(r, "the unit of time");
  m->calibrated = purchases_load_size(r, "calibrated", "the time fitted");
  m->held = purchases_load_size(r, "held", "the time held out");
  mine__read_items(r, "held_out");
  for (int c = 0; c < MINE_PURCHASE_CLASSES && mine__reader_ok(r); c++) {
    mine__read_open(r, NULL);
    m->held_of[c].customers = purchases_load_size(r, "customers", "the customers of a class");
    m->held_of[c].actual = purchases_load_size(r, "actual", "the purchases of a class");
    m->held_of[c].expected = purchases_load_size(r, "expected", "the purchases of a class");
    mine__read_close(r);
  }
  mine__read_close(r);
  if (!mine__reader_ok(r)) return;
  m->k = (int)k;
  m->unit = (mine_period)unit;
  model->body = m;
}

/* ---- what it lists ------------------------------------------------------------------------ */

#define PURCHASES_Z95 1.959963984540054

/* Intervals are those of the logarithm: a parameter is above zero. */
static void purchases_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_purchase_model *m = model->body;
  (void)env;
  for (int i = 0; i < m->n; i++) {
    const double v = m->value[i], variance = m->covariance[i * m->n + i];
    const double se = variance >= 0 ? sqrt(variance) : (double)NAN;
    mine__row_text(to, m->name[i]);
    const mine_coefficient of = {.value = v,
                                 .std_error = v * se,
                                 .statistic = NAN,
                                 .p = NAN,
                                 .low = v * exp(-PURCHASES_Z95 * se),
                                 .high = v * exp(PURCHASES_Z95 * se)};
    mine__coefficient_list(&of, to);
  }
  if (m->k == 1) return;
  mine__row_text(to, "k");
  mine__coefficient_list(&(mine_coefficient)MINE_COEFFICIENT_ALONE(m->k), to);
}

static void purchases_measure(const char *metric, double value, const char *slice,
                              mine_relation *to) {
  mine__row_text(to, metric);
  mine__row_real(to, value);
  mine__row_null(to);
  mine__row_null(to);
  mine__row_text(to, slice);
  mine__relation_end_row(to);
}

static void purchases_class_name(int c, char name[16]) {
  snprintf(name, 16, "%d%s", c, c == MINE_PURCHASE_CLASSES - 1 ? "+" : "");
}

void mine__purchases_list_held(const mine_metric *metric, int n, const mine_purchase_class *held,
                               mine_relation *to) {
  mine__metrics_list(metric, n, NULL, NULL, to);
  for (int c = 0; c < MINE_PURCHASE_CLASSES; c++) {
    char name[16];
    purchases_class_name(c, name);
    if (held[c].customers <= 0) continue;
    purchases_measure("customers", held[c].customers, name, to);
    purchases_measure("actual", held[c].actual, name, to);
    purchases_measure("expected", held[c].expected, name, to);
  }
}

static void purchases_evaluate(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_purchase_model *m = model->body;
  if (!(m->held > 0)) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "the model has no hold-out table: it was fitted on a summary, on too short a "
                     "log, or with holdout=0; train it on events that go on longer, or give such "
                     "events as the source");
    return;
  }
  mine__purchases_list_held(model->told.metric, model->told.n_metrics, m->held_of, to);
}

static void purchases_summary(const mine_model *model, mine_relation *to) {
  const mine_purchase_model *m = model->body;
  for (int c = 0; c < MINE_PURCHASE_CLASSES && m->held > 0; c++) {
    const mine_purchase_class *of = &m->held_of[c];
    char name[16], detail[160], expected[MINE_NUMBER_BYTES];
    purchases_class_name(c, name);
    if (of->customers <= 0) continue;
    snprintf(detail, sizeof detail,
             "%lld customers bought %lld times in the time held out; %s were expected",
             (long long)of->customers, (long long)of->actual,
             mine__format_real(expected, of->expected, 4));
    mine__row_text(to, "holdout");
    mine__row_text(to, name);
    mine__row_text(to, detail);
    mine__relation_end_row(to);
  }
}

static const mine_part purchases_parts[] = {
    {.verb = "mine_coefficients",
     .what = "the parameters of the process, with their standard errors",
     .list = purchases_coefficients},
    {.verb = "mine_evaluate",
     .what = "purchases in the time held out against those expected, by those before",
     .list = purchases_evaluate},
    {.verb = NULL},
};

const mine_kind mine__kind_purchases = {
    .name = "purchases",
    .tag = PURCHASES_TAG,
    .version = PURCHASES_VERSION,
    .save = purchases_save,
    .load = purchases_load,
    .summary = purchases_summary,
    .parts = purchases_parts,
    .asked = PURCHASES_LOG,
    .written =
        {
            [MINE_FORMAT_TEXT] = {.why_not = "its parameters are listed by mine_coefficients"},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
        },
};
