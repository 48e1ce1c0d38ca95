/*
** evaluate_lives.c -- how well a model of survival says who has the event when, on rows that say
** how their lives went.
**
** Concordance and the partial likelihood (Efron's ties) are those of the rows' risks, computed
** as in the training of cox (linear/cox.h), strata apart.  The Brier score (brier.h) looks at
** survival itself: at the times that are asked for, and as a mean over the times of the
** events.  Of rows that were seen only from some time on it has no weights, and is NULL.
** With level= the concordance has bounds, by the infinitesimal jackknife (linear/concordance.c).
** With by= the rows of each slice are measured as if they were the whole source.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../linear/cox.h"
#include "../model/hazard.h"
#include "../model/metrics.h"
#include "brier.h"
#include "lives.h"
#include "scoring.h"

#define LIVES_TIMES 100 /* over which the mean is taken */

/* ---- columns --------------------------------------------------------------------------------- */

mine_status mine__lives_plan(mine_scoring *s, mine_frame *frame) {
  mine_scoring_plan *plan = &s->plan;
  const mine_hazard *h = s->model->body;
  if (!h->columns.event)
    return mine__fail(s->env, MINE_UNSUPPORTED,
                      "the model was made by a version that did not keep which column says whether "
                      "the event came; train it again");
  plan->target =
      mine__evaluate_column(s, frame, "until when each was seen", s->model->roles.target);
  plan->target_want = (mine_want){.name = "target",
                                  .reading = MINE_READ_NUMBER,
                                  .flags = MINE_WANT_FIXED | MINE_WANT_NOT_NEGATIVE,
                                  .numerals = s->model->roles.target_numerals};
  if (plan->target < 0) return mine_env_status(s->env);
  mine__column_want(frame, plan->target, &plan->target_want);
  plan->event = mine__evaluate_column(s, frame, "whether the event came", h->columns.event);
  plan->event_want = (mine_want){.name = "event", .reading = MINE_READ_EXACT};
  if (plan->event < 0) return mine_env_status(s->env);
  mine__column_want(frame, plan->event, &plan->event_want);
  frame->column[plan->event].numerals = s->model->roles.target_numerals;
  if (!h->columns.start) return mine__slices_plan(s, frame);
  plan->start = mine__evaluate_column(s, frame, "from when on each was seen", h->columns.start);
  plan->start_want = (mine_want){.name = "start", .reading = MINE_READ_NUMBER};
  if (plan->start < 0) return mine_env_status(s->env);
  mine__column_want(frame, plan->start, &plan->start_want);
  frame->column[plan->start].numerals = s->model->roles.target_numerals;
  return mine__slices_plan(s, frame);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Arrays go by the rows of the frame, but `row`, which has those that are used. */
typedef struct lives_judged {
  int64_t n;
  uint32_t *row;
  const double *end, *start, *weight; /* start, weight NULL: 0 and 1 */
  uint8_t *event;
  double *risk;
  const int32_t *stratum; /* NULL: one */
  int64_t n_strata;
} lives_judged;

static const double *lives_numbers(const mine_scoring *s, int column) {
  return column < 0 ? NULL : s->frame->column[column].number;
}

static int lives_usable(const mine_scoring *s, const lives_judged *j, const mine_column *event,
                        int64_t i) {
  if (!event->code || event->code[i] < 0 || !(j->risk[i] > 0 && isfinite(j->risk[i]))) return 0;
  if (j->start && !(j->start[i] < j->end[i])) return 0;
  if (j->weight && !(j->weight[i] > 0)) return 0;
  return !mine__scoring_skipped(s, i) && !isnan(j->end[i]) && (!j->stratum || j->stratum[i] >= 0);
}

static mine_status lives_gather(mine_scoring *s, lives_judged *j) {
  const mine_hazard *h = s->model->body;
  const mine_column *event = &s->frame->column[s->plan.event];
  const int64_t rows = s->batch.n;
  *j = (lives_judged){.end = lives_numbers(s, s->plan.target),
                      .start = lives_numbers(s, s->plan.start),
                      .weight = lives_numbers(s, s->plan.weight),
                      .n_strata = h->strata < 0 ? 1 : h->n_strata};
  if (h->strata >= 0 && h->n_strata > 0) j->stratum = s->batch.view[h->strata].code;
  const uint8_t *came = mine__lives_events(s->env, event, &h->columns.event_value);
  j->row = mine__arena_array(s->arena, (size_t)rows, sizeof *j->row);
  j->event = mine__arena_zeros(s->arena, (size_t)rows, sizeof *j->event);
  j->risk = mine__arena_array(s->arena, (size_t)rows, sizeof *j->risk);
  if (mine_failed(s->env)) return mine_env_status(s->env);
  for (int64_t i = 0; j->end && i < rows; i++) {
    if (MINE_POLL_AT(s->env, i)) return mine_env_status(s->env);
    j->risk[i] = mine__hazard_risk(h, s->batch.answers.value[i]);
    if (!lives_usable(s, j, event, i)) continue;
    j->event[i] = came[event->code[i]];
    j->row[j->n++] = (uint32_t)i;
  }
  if (j->n > 0) return mine_env_status(s->env);
  return mine__fail(s->env, MINE_DATA,
                    "the source has no rows to evaluate: in none of them are %s, %s%s%s and the "
                    "answer of the model known",
                    s->model->roles.target, h->columns.event, h->columns.start ? ", " : "",
                    h->columns.start ? h->columns.start : "");
}

/* Where the measures go, and of which slice they are (NULL: of all rows). */
typedef struct lives_run {
  mine_scoring *s;
  mine_job *job;
  const lives_judged *all;
  const mine_certainty *how;
  mine_relation *out;
  const mine_cell *slice;
  mine__short_slices few; /* those with few events */
} lives_run;

/* ---- who comes first ------------------------------------------------------------------------- */

/* bounds: of the concordance, where they are asked for.  likelihood stays as it is where it is
** not defined. */
static void lives_order(mine_scoring *s, const lives_judged *j, const mine_certainty *how,
                        double *concordance, double *likelihood, mine_bounds *bounds) {
  mine_env *env = s->env;
  const mine_dataset data = {.rows = {j->n, j->row, NULL},
                             .target = j->end,
                             .event = j->event,
                             .start = j->start,
                             .weight = j->weight,
                             .strata = -1};
  cox_rows rows;
  double loss, variance;
  const int bounded = !isnan(how->level);
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (mine__cox_order(env, &data, j->stratum, j->n_strata, 1, &rows)) return;
  for (int64_t i = 0; i < rows.n; i++)
    rows.eta[i] = log(j->risk[rows.row[i]]);
  *concordance = mine__cox_concordance(env, &rows, rows.eta, bounded ? &variance : NULL);
  if (bounded && !mine_failed(env))
    *bounds = mine__delong_bounds(*concordance, variance, how->level);
  if (!mine_failed(env) && mine__cox_likelihood(&rows, &loss) == MINE_OK && rows.n_events > 0 &&
      isfinite(loss))
    *likelihood = -loss;
  mine__arena_rewind(env->scratch, mark);
}

/* ---- how many are left when ----------------------------------------------------------------- */

static double lives_base(const void *context, int32_t stratum, double t) {
  return mine__hazard_at(context, 1, stratum, t);
}

/* The rows side by side; NULL where the score is not defined of them, which is told. */
static const mine__brier_rows *lives_brier(const lives_run *run, const lives_judged *j) {
  mine_scoring *s = run->s;
  const mine_hazard *h = s->model->body;
  const size_t n = (size_t)j->n;
  if (j->start) return NULL;
  mine__brier_rows *rows = mine__arena_zeros(s->arena, 1, sizeof *rows);
  double *end = mine__arena_array(s->arena, n, sizeof *end);
  double *risk = mine__arena_array(s->arena, n, sizeof *risk);
  double *weight = j->weight ? mine__arena_array(s->arena, n, sizeof *weight) : NULL;
  uint8_t *event = mine__arena_array(s->arena, n, sizeof *event);
  int32_t *stratum = j->stratum ? mine__arena_array(s->arena, n, sizeof *stratum) : NULL;
  if (mine_failed(s->env)) return NULL;
  *rows = (mine__brier_rows){.n = j->n,
                             .end = end,
                             .event = event,
                             .weight = weight,
                             .risk = risk,
                             .stratum = stratum,
                             .n_strata = (int32_t)j->n_strata,
                             .base = lives_base,
                             .context = h,
                             .known = INFINITY};
  for (int64_t i = 0; i < j->n; i++) {
    const uint32_t row = j->row[i];
    end[i] = j->end[row];
    event[i] = j->event[row];
    risk[i] = j->risk[row];
    if (weight) weight[i] = j->weight[row];
    if (stratum) stratum[i] = j->stratum[row];
    if (h->law == MINE_HAZARD_COX)
      rows->known = fmin(rows->known, h->steps[stratum ? stratum[i] : 0].last);
  }
  return rows;
}

static void lives_put(const lives_run *run, const char *name, double value) {
  const mine_metric metric = {name, value};
  mine__metrics_list(&metric, 1, NULL, run->slice, run->out);
}

static void lives_tell_known(mine_job *job, const mine__brier_rows *rows) {
  char until[MINE_NUMBER_BYTES];
  int64_t later = 0;
  for (int64_t i = 0; i < rows->n; i++)
    later += rows->event[i] && rows->end[i] > rows->known;
  if (later > 0)
    mine__job_notef(job, "warning", "brier",
                    "the model has seen nobody after %s: %lld events that came later count as not "
                    "yet there, and no later time is asked",
                    mine__format_real(until, rows->known, 6), (long long)later);
}

static void lives_mean(const lives_run *run, const mine__brier_rows *rows) {
  mine_scoring *s = run->s;
  mine__brier mean = {NAN, NAN};
  int64_t n = 0;
  const mine_mark mark = mine__arena_mark(s->env->scratch);
  double *time = rows ? mine__brier_times(s->env, rows, LIVES_TIMES, &n) : NULL;
  mine__brier *at = time ? mine__arena_array(s->env->scratch, (size_t)n + 1, sizeof *at) : NULL;
  if (at && mine__brier_at(s->env, rows, time, n, at) == MINE_OK)
    mean = mine__brier_mean(time, at, n);
  mine__arena_rewind(s->env->scratch, mark);
  if (mine_failed(s->env)) return;
  if (rows && !run->slice) lives_tell_known(run->job, rows);
  lives_put(run, mine__measures[MINE_MEASURE_INTEGRATED_BRIER].name, mean.value);
  lives_put(run, mine__measures[MINE_MEASURE_BRIER_SKILL].name,
            mean.alike > 0 ? 1 - mean.value / mean.alike : (double)NAN);
}

static void lives_at_times(const lives_run *run, const mine__brier_rows *rows) {
  mine_scoring *s = run->s;
  const mine_number_list *times = &s->asked.times;
  mine__brier *at = mine__arena_array(s->arena, times->n + 1, sizeof *at);
  if (rows && at && mine__brier_at(s->env, rows, times->item, (int64_t)times->n, at)) return;
  for (size_t i = 0; at && i < times->n; i++) {
    char name[40], shown[MINE_NUMBER_BYTES];
    snprintf(name, sizeof name, "brier@%s", mine__format_real(shown, times->item[i], 0));
    lives_put(run, name, rows ? at[i].value : (double)NAN);
  }
}

/* The measures of some rows; a slice with few events lacks those that need events. */
static void lives_measure(lives_run *run, const lives_judged *j) {
  mine_scoring *s = run->s;
  int64_t events = 0;
  for (int64_t i = 0; i < j->n; i++)
    events += j->event[j->row[i]];
  const int few = run->slice && events < MINE_METRICS_LEAST;
  mine_metric metric[] = {
      {mine__measures[MINE_MEASURE_ROWS].name, (double)j->n},
      {mine__measures[MINE_MEASURE_EVENTS].name, (double)events},
      {mine__measures[MINE_MEASURE_CONCORDANCE].name, NAN},
      {mine__measures[MINE_MEASURE_LOG_PARTIAL_LIKELIHOOD].name, NAN},
  };
  mine_bounds bounds[4] = {{NAN, NAN}, {NAN, NAN}, {NAN, NAN}, {NAN, NAN}};
  if (few)
    mine__short_slices_add(&run->few, run->slice, events, NULL);
  else
    lives_order(s, j, run->how, &metric[2].value, &metric[3].value, bounds + 2);
  if (mine_failed(s->env)) return;
  mine__metrics_list(metric, 4, isnan(run->how->level) ? NULL : bounds, run->slice, run->out);
  const mine__brier_rows *rows = few ? NULL : lives_brier(run, j);
  if (!mine_failed(s->env)) lives_mean(run, rows);
  if (!mine_failed(s->env) && s->asked.times.n > 0) lives_at_times(run, rows);
}

static void lives_slice(void *context, const uint32_t *at, int64_t n, const mine_cell *slice) {
  lives_run *run = context;
  lives_judged part = *run->all;
  part.n = n;
  part.row = mine__arena_array(run->s->arena, (size_t)n, sizeof *part.row);
  for (int64_t i = 0; part.row && i < n; i++)
    part.row[i] = run->all->row[at[i]];
  run->slice = slice;
  if (part.row) lives_measure(run, &part);
}

static void lives_slices(lives_run *run) {
  mine_scoring *s = run->s;
  int32_t *slice = mine__arena_array(s->arena, (size_t)run->all->n, sizeof *slice);
  mine__text_open(&run->few.text, s->arena);
  for (int64_t i = 0; slice && i < run->all->n; i++)
    slice[i] = mine__slice_of(s, run->all->row[i]);
  if (mine_failed(s->env) || mine__slices_each(s, run->all->n, slice, lives_slice, run)) return;
  mine__short_slices_tell(&run->few, s, run->job, "events", "measures");
}

mine_status mine__lives_metrics(mine_scoring *s, mine_job *job, const mine_certainty *how,
                                mine_relation *out) {
  lives_judged j;
  lives_run run = {.s = s, .job = job, .all = &j, .how = how, .out = out};
  MINE_TRY(lives_gather(s, &j));
  if (j.n < s->batch.n)
    mine__job_notef(job, "rows", "skipped",
                    "%lld of %lld: something is missing in them, or they have no answer",
                    (long long)(s->batch.n - j.n), (long long)s->batch.n);
  if (j.start)
    mine__job_notef(job, "warning", "brier",
                    "NULL: of rows that were seen from '%s' on only, nobody knows how many were "
                    "lost before",
                    ((const mine_hazard *)s->model->body)->columns.start);
  if (s->plan.slice >= 0)
    lives_slices(&run);
  else
    lives_measure(&run, &j);
  return mine_env_status(s->env);
}
