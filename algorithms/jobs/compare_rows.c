/*
** compare_rows.c -- the rows on which models are compared: those that all of them answer.
**
** The source is read once for each model, by whose attributes its columns are read; rows that one
** of them cannot answer are left out for all.  Without a source the rows are those that were held
** out, where all models held out the same: of one source, by one seed and share.
*/
#include <math.h>
#include <string.h>

#include "compare_private.h"

/* ---- the same rows ---------------------------------------------------------------------- */

static void compare_refuse_rows(mine_job *job, int i, int64_t row) {
  (void)mine__fail(job->env, MINE_DATA,
                   "the source gave other rows when it was read for '%.100s' (row %lld): it must "
                   "give the same each time, without random() and in a certain order",
                   job->model_names[i], (long long)row + 1);
}

static int compare_same_truth(const mine_remembered *a, int64_t i, const mine_remembered *b,
                              int64_t j) {
  const double x = a->target[i], y = b->target[j];
  return a->label[i] == b->label[j] && (x == y || (isnan(x) && isnan(y)));
}

/* The next row that all have, from at[] on; 0: none. */
static int compare_meet(const compare_state *state, int n, int64_t *at) {
  for (;;) {
    int64_t furthest = 0;
    for (int i = 0; i < n; i++) {
      const mine_remembered *m = &state->scoring[i]->remembered;
      if (at[i] >= m->n) return 0;
      if (m->row[at[i]] > furthest) furthest = m->row[at[i]];
    }
    int met = 1;
    for (int i = 0; i < n; i++) {
      const mine_remembered *m = &state->scoring[i]->remembered;
      while (at[i] < m->n && m->row[at[i]] < furthest)
        at[i]++;
      if (at[i] >= m->n) return 0;
      met &= m->row[at[i]] == furthest;
    }
    if (met) return 1;
  }
}

static void compare_take(mine_job *job, int64_t *at, const mine_remembered *weigher,
                         compare_rows *out) {
  const compare_state *state = mine__job_state(job);
  const mine_remembered *first = &state->scoring[0]->remembered;
  const int classes = mine__model_has_classes(job->models[0]) ? job->models[0]->n_groups : 0;
  const size_t width = classes > 0 ? (size_t)classes : 1;
  for (int i = 0; i < job->n_models; i++) {
    const mine_remembered *m = &state->scoring[i]->remembered;
    if (!compare_same_truth(first, at[0], m, at[i])) {
      compare_refuse_rows(job, i, m->row[at[i]]);
      return;
    }
    memcpy(out->score[i] + (size_t)out->n * width, m->score + (size_t)at[i] * width,
           width * sizeof(double));
    if (m == weigher) out->weight[out->n] = m->weight[at[i]];
  }
  out->label[out->n] = first->label[at[0]];
  out->target[out->n] = first->target[at[0]];
  out->n++;
  for (int i = 0; i < job->n_models; i++)
    at[i]++;
}

/* By whose weights the rows count: of the first model that has some.  Others are told. */
static const mine_remembered *compare_weigher(mine_job *job) {
  const compare_state *state = mine__job_state(job);
  int first = 0;
  while (first < job->n_models && !job->models[first]->roles.weight)
    first++;
  if (first == job->n_models) return NULL;
  const char *name = job->models[first]->roles.weight;
  for (int i = 0; i < job->n_models; i++) {
    const char *other = job->models[i]->roles.weight;
    if (other && strcmp(other, name) == 0) continue;
    mine__job_notef(job, "warning", name,
                    "counts the rows for all models, as for '%.100s'; '%.100s' was trained %s",
                    job->model_names[first], job->model_names[i],
                    other ? "with another weight" : "without weights");
    break;
  }
  return state->scoring[first]->plan.weight >= 0 ? &state->scoring[first]->remembered : NULL;
}

static int compare_open_rows(mine_job *job, const mine_remembered *weigher, compare_rows *out) {
  const compare_state *state = mine__job_state(job);
  const int classes = mine__model_has_classes(job->models[0]) ? job->models[0]->n_groups : 0;
  const size_t width = classes > 0 ? (size_t)classes : 1;
  size_t most = 0;
  for (int i = 0; i < job->n_models; i++) {
    const size_t n = (size_t)state->scoring[i]->remembered.n;
    if (n > most) most = n;
  }
  out->label = mine__arena_array(job->arena, most, sizeof *out->label);
  out->target = mine__arena_array(job->arena, most, sizeof *out->target);
  if (weigher) out->weight = mine__arena_array(job->arena, most, sizeof *out->weight);
  out->score = mine__arena_zeros(job->arena, (size_t)job->n_models, sizeof *out->score);
  for (int i = 0; out->score && i < job->n_models; i++)
    out->score[i] = mine__arena_array(job->arena, most, width * sizeof(double));
  return !mine_failed(job->env);
}

void mine__compare_gather(mine_job *job, compare_rows *out) {
  const compare_state *state = mine__job_state(job);
  const mine_remembered *weigher = compare_weigher(job);
  *out = (compare_rows){.n = 0};
  int64_t *at = mine__arena_zeros(job->arena, (size_t)job->n_models, sizeof *at), most = 0;
  if (!at || !compare_open_rows(job, weigher, out)) return;
  for (int i = 0; i < job->n_models; i++) {
    const mine_scoring *s = state->scoring[i];
    if (s->rows_seen != state->scoring[0]->rows_seen) {
      compare_refuse_rows(job, i, s->rows_seen);
      return;
    }
    if (s->remembered.n > most) most = s->remembered.n;
  }
  while (!mine_failed(job->env) && compare_meet(state, job->n_models, at)) {
    if (MINE_POLL_AT(job->env, out->n)) return;
    compare_take(job, at, weigher, out);
  }
  if (mine_failed(job->env)) return;
  if (out->n == 0)
    (void)mine__fail(job->env, MINE_DATA, "no row is answered by all of the models");
  else if (out->n < most)
    mine__job_notef(job, "warning", "rows",
                    "%lld of %lld were left out: one of the models does not answer them",
                    (long long)(most - out->n), (long long)most);
}

/* ---- the same held-out rows --------------------------------------------------------------- */

/* Why the held-out rows of a model are not those of the first; NULL: they are. */
static const char *compare_other_held(const mine_model *first, const mine_model *model) {
  const mine_model_held *a = &first->held, *b = &model->held;
  const char *source = first->told.source, *other = model->told.source;
  if (!b->label && !b->target) return "keeps no held-out rows";
  if (!source || !other || strcmp(source, other) != 0) return "was trained on another source";
  if (a->rows != b->rows) return "held out other rows";
  for (int64_t i = 0; i < a->rows; i++)
    if (a->label ? a->label[i] != b->label[i] : a->target[i] != b->target[i])
      return "held out other rows";
  return NULL;
}

static void compare_tell_held(mine_job *job, int64_t kept) {
  double rows;
  if (mine__model_metric_find(job->models[0], mine__measures[MINE_MEASURE_ROWS].name, &rows) &&
      rows > (double)kept)
    mine__job_notef(job, "warning", "rows",
                    "compared on the %lld held-out rows that are kept, of %lld", (long long)kept,
                    (long long)rows);
}

void mine__compare_held(mine_job *job, compare_rows *out) {
  const mine_model *first = job->models[0];
  const int classes = mine__model_has_classes(first) ? first->n_groups : 0;
  for (int i = 0; i < job->n_models; i++) {
    const char *why = compare_other_held(first, job->models[i]);
    if (!why) continue;
    (void)mine__fail(job->env, MINE_DATA,
                     "'%.100s' %s; give a source with the target, or train the models on one "
                     "source with the same seed and holdout",
                     job->model_names[i], why);
    return;
  }
  const size_t cells = (size_t)first->held.rows * (size_t)(classes > 0 ? classes : 1);
  *out = (compare_rows){.n = first->held.rows,
                        .label = first->held.label,
                        .target = first->held.target,
                        .weight = first->held.weight};
  out->score = mine__arena_zeros(job->arena, (size_t)job->n_models, sizeof *out->score);
  for (int i = 0; out->score && i < job->n_models; i++) {
    out->score[i] = mine__arena_array(job->arena, cells, sizeof(double));
    for (size_t c = 0; out->score[i] && c < cells; c++)
      out->score[i][c] = (double)job->models[i]->held.score[c];
    if (!out->weight) out->weight = job->models[i]->held.weight;
  }
  compare_tell_held(job, out->n);
}
