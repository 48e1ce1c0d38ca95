/*
** hypothesis.c -- the answer, the groups and the sides of tests.
*/
#include "hypothesis.h"

#include <math.h>
#include <string.h>

#define HYPOTHESIS_SHOWN 8 /* levels in a detail */

mine__tested mine__tested_of(const char *test, const char *first, const char *second) {
  return (mine__tested){.test = test,
                        .first = first,
                        .second = second,
                        .statistic = NAN,
                        .df = NAN,
                        .df2 = NAN,
                        .p = NAN,
                        .effect = NAN,
                        .difference = NAN,
                        .low = NAN,
                        .high = NAN};
}

void mine__tested_put(mine_relation *out, const mine__tested *row) {
  mine__row_text(out, row->test);
  mine__row_real(out, row->statistic);
  mine__row_real(out, row->df);
  mine__row_real(out, row->df2);
  mine__row_real(out, row->p);
  mine__row_real(out, row->effect);
  mine__row_text(out, row->detail);
  mine__row_text(out, row->first);
  mine__row_text(out, row->second);
  mine__row_cell(out, &row->a);
  mine__row_cell(out, &row->b);
  mine__row_real(out, row->difference);
  mine__row_real(out, row->low);
  mine__row_real(out, row->high);
  mine__relation_end_row(out);
}

void mine__gaps_add(mine_text *detail, int64_t gaps) {
  if (gaps > 0)
    mine__text_addf(detail, ", %lld %s left out for a gap", (long long)gaps,
                    gaps == 1 ? "row" : "rows");
}

/* ---- groups ------------------------------------------------------------------------------ */

static void samples_add(mine_job *job, const int32_t *code, const mine_column *value,
                        mine__samples *out) {
  for (int64_t i = 0; i < job->frame->rows; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    if (code[i] < 0 || isnan(value->number[i])) {
      out->gaps++;
      continue;
    }
    mine__sample *s = &out->of[code[i]];
    out->used += s->n++ == 0;
    out->rows++;
    s->sum += ldexp(value->number[i], out->power) - out->shift;
  }
}

static void samples_square(mine_job *job, const int32_t *code, const mine_column *value,
                           mine__samples *out) {
  for (int64_t i = 0; i < job->frame->rows; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    if (code[i] < 0 || isnan(value->number[i])) continue;
    mine__sample *s = &out->of[code[i]];
    const double from = ldexp(value->number[i], out->power) - out->shift - s->mean;
    s->squares += from * from;
  }
}

void mine__samples_of(mine_job *job, const int32_t *code, int64_t n, const mine_column *value,
                      mine__samples *out) {
  const double largest = fmax(fabs(value->least), fabs(value->most));
  *out = (mine__samples){.n = n, .power = largest > 0 ? -ilogb(largest) : 0};
  out->shift = ldexp(value->mean, out->power); /* keeps the sums small */
  out->of = mine__arena_zeros(job->env->scratch, (size_t)n, sizeof *out->of);
  if (!out->of) return;
  samples_add(job, code, value, out);
  for (int64_t g = 0; g < n; g++)
    if (out->of[g].n > 0) out->of[g].mean = out->of[g].sum / (double)out->of[g].n;
  samples_square(job, code, value, out);
}

double mine__samples_unit(const mine__samples *samples, double difference) {
  return ldexp(difference, -samples->power);
}

double mine__samples_mean(const mine__samples *samples) {
  double sum = 0;
  for (int64_t g = 0; g < samples->n; g++)
    sum += samples->of[g].sum;
  return sum / (double)samples->rows;
}

double mine__samples_within(const mine__samples *samples) {
  double within = 0;
  for (int64_t g = 0; g < samples->n; g++)
    within += samples->of[g].squares;
  return within;
}

double mine__samples_between(const mine__samples *samples) {
  const double mean = mine__samples_mean(samples);
  double between = 0;
  for (int64_t g = 0; g < samples->n; g++) {
    const double from = samples->of[g].mean - mean;
    if (samples->of[g].n > 0) between += (double)samples->of[g].n * from * from;
  }
  return between;
}

/* ---- ordered groups ---------------------------------------------------------------------- */

int64_t mine__order_places(const mine_values *levels, const int64_t *rows, const mine_list *order,
                           int64_t *place) {
  int64_t n = 0;
  memset(place, 0, (size_t)levels->n * sizeof *place);
  for (size_t i = 0; i < order->n; i++) {
    const int which = mine__class_find(levels, &order->item[i], 1);
    if (which < 0 || place[which] > 0) return 0;
    place[which] = ++n;
  }
  for (int64_t l = 0; order->n == 0 && l < levels->n; l++)
    if (rows[l] > 0) place[l] = ++n;
  return n;
}

void mine__order_add(mine_text *detail, const mine_values *levels, const int64_t *place) {
  char shown[MINE_SHOW_BYTES];
  int64_t n = 0, found = 1;
  for (; found; n++) {
    found = 0;
    for (int64_t l = 0; l < levels->n && n < HYPOTHESIS_SHOWN; l++) {
      mine_cell cell;
      if (place[l] != n + 1) continue;
      mine__values_get(levels, l, &cell);
      mine__text_addf(detail, "%s%s", n ? ", " : " ", mine__show_cell(shown, &cell));
      found = 1;
    }
  }
  for (int64_t l = 0; l < levels->n; l++) {
    if (place[l] <= HYPOTHESIS_SHOWN) continue;
    mine__text_adds(detail, " ...");
    return;
  }
}

/* ---- sides -------------------------------------------------------------------------------- */

const char *const mine__sides[] = {"two", "less", "greater", NULL};

double mine__side_of_normal(double z, mine__side side) {
  if (side == MINE__TWO_SIDED) return 2 * mine__normal_tail(fabs(z), MINE__UPPER);
  return mine__normal_tail(z, side == MINE__LESS ? MINE__LOWER : MINE__UPPER);
}

double mine__side_of_t(double t, double df, mine__side side) {
  if (side == MINE__TWO_SIDED) return 2 * mine__t_tail(fabs(t), df, MINE__UPPER);
  return mine__t_tail(t, df, side == MINE__LESS ? MINE__LOWER : MINE__UPPER);
}
