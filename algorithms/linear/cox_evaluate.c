/*
** cox_evaluate.c -- the partial likelihood and its derivatives (cox.h).
*/
#include <math.h>
#include <string.h>

#include "cox.h"

#define COX_CHAINS 64   /* parts of the rows, cut by their number alone */
#define COX_CHAIN  1024 /* rows that a part has at least                */
#define COX_BUFFER 256  /* vectors whose squares are added at once      */
#define COX_LARGE  600  /* margins beyond are not computed with         */

typedef struct cox_pass {
  cox_rows *rows;
  const double *b, *omega;
  int64_t chains;
  double *carry; /* per chain: S1 where it begins (at first: what it adds) */
  uint8_t *anew; /* per chain: a stratum begins in it                      */
  double *sums;  /* per chain: u, then i                                   */
  double *work;  /* per worker: S1, D1, two buffers                        */
  double *most;  /* per chain: the largest |margin|                        */
} cox_pass;

static int64_t cox_chains(int64_t n) {
  const int64_t parts = n / COX_CHAIN + 1;
  return parts < COX_CHAINS ? parts : COX_CHAINS;
}

mine_status mine__cox_point(const cox_rows *rows, cox_point *point) {
  point->u = mine__arena_zeros(rows->env->scratch, (size_t)rows->q, sizeof *point->u);
  point->i =
      mine__arena_zeros(rows->env->scratch, (size_t)rows->q, (size_t)rows->q * sizeof *point->i);
  return mine_env_status(rows->env);
}

/* ---- margins ---------------------------------------------------------------------------- */

static void cox_margins_task(void *context, int64_t chain, int worker) {
  const cox_pass *pass = context;
  cox_rows *c = pass->rows;
  const int64_t end = mine__block_first(c->n, pass->chains, chain + 1);
  double most = 0;
  (void)worker;
  for (int64_t i = mine__block_first(c->n, pass->chains, chain); i < end; i++) {
    c->eta[i] = mine__dot(c->x + i * c->q, pass->b, c->q);
    c->r[i] = cox_weight(c, i) * exp(c->eta[i]);
    most = fmax(most, fabs(c->eta[i]));
  }
  pass->most[chain] = most;
}

/* ---- in order: S, and what it makes of the events; then A -------------------------------- */

static void cox_event_sums(const cox_rows *c, cox_event *e, double s, double *loss) {
  const double u = e->weight / e->deaths;
  double d = 0;
  e->h = e->g = e->a = e->b = e->c = 0;
  for (int64_t i = e->lo; i < e->hi; i++) {
    if (!c->dead[i]) continue;
    d += c->r[i];
    *loss -= cox_weight(c, i) * c->eta[i];
  }
  if (!c->efron || e->deaths == 1) {
    e->h = e->weight / s;
    e->a = e->h / s;
    *loss += e->weight * log(s);
    return;
  }
  for (int32_t k = 0; k < e->deaths; k++) {
    const double f = (double)k / e->deaths, one = u / (s - f * d), two = one / (s - f * d);
    e->h += one;
    e->g += f * one;
    e->a += two;
    e->b += f * two;
    e->c += f * f * two;
    *loss += u * log(s - f * d);
  }
}

/* Rows lie by falling time, so a risk set only grows by rows and loses those that had not
** entered: both places go forward through a stratum, and S is one running sum. */
static void cox_order(cox_rows *c, double *loss) {
  *loss = 0;
  for (int64_t s = 0; s < c->n_strata; s++) {
    double sum = 0;
    int64_t at = c->first[s], gone = c->first[s];
    for (int64_t e = c->event_of[s]; e < c->event_of[s + 1]; e++) {
      cox_event *event = &c->event[e];
      for (; at < event->hi; at++)
        sum += c->r[at];
      for (; c->removed && gone < event->gone; gone++)
        sum -= c->r[c->removed[gone]];
      cox_event_sums(c, event, sum, loss);
    }
  }
}

/* A of the rows, every event counted omega times (NULL: once).  Row i is at risk at the events
** with hi > i, of which e, once the loop has stopped, is the first: its own, if it died.  Of
** the events with gone > k the row removed[k] had not entered yet. */
static void cox_expect(cox_rows *c, const double *omega) {
  for (int64_t s = 0; s < c->n_strata; s++) {
    int64_t e = c->event_of[s + 1], of = e;
    double h = 0;
    for (int64_t i = c->first[s + 1] - 1; i >= c->first[s]; i--) {
      for (; e > c->event_of[s] && c->event[e - 1].hi > i; e--)
        h += (omega ? omega[e - 1] : 1) * c->event[e - 1].h;
      c->at_risk[i] = h;
      if (c->dead[i]) c->at_risk[i] -= (omega ? omega[e] : 1) * c->event[e].g;
    }
    h = 0;
    for (int64_t k = c->first[s + 1] - 1; c->removed && k >= c->first[s]; k--) {
      for (; of > c->event_of[s] && c->event[of - 1].gone > k; of--)
        h += (omega ? omega[of - 1] : 1) * c->event[of - 1].h;
      c->at_risk[c->removed[k]] -= h;
    }
  }
}

/* ---- the sweep ----------------------------------------------------------------------------- */

/* A walk over the rows of a chain; the vectors are its worker's. */
typedef struct cox_walk {
  const cox_pass *pass;
  double *s1, *d1, *plus, *minus; /* buffers, vector after vector */
  int64_t n_plus, n_minus;
  double *u, *i;
} cox_walk;

/* i += sign x the squares of n vectors; they lie vector after vector, and mine__syrk wants them
** component after component. */
static void cox_flush(const cox_rows *c, const double *buffer, int64_t n, double sign,
                      double *turned, double *i) {
  for (int64_t k = 0; k < n; k++)
    for (int64_t j = 0; j < c->q; j++)
      turned[j * n + k] = buffer[k * c->q + j];
  if (n > 0) mine__syrk(c->la, c->q, n, sign, turned, n, i);
}

static void cox_add(double *to, double times, const double *x, int64_t q) {
#pragma omp simd
  for (int64_t j = 0; j < q; j++)
    to[j] += times * x[j];
}

/* sqrt(by) (s1 - share d1) among the vectors that are subtracted. */
static void cox_push(cox_walk *w, double by, const double *x, double share, const double *y) {
  const cox_rows *c = w->pass->rows;
  double *to = w->minus + w->n_minus++ * c->q;
  const double root = by > 0 ? sqrt(by) : 0;
  for (int64_t j = 0; j < c->q; j++)
    to[j] = root * (x[j] - share * y[j]);
  if (w->n_minus < COX_BUFFER) return;
  cox_flush(c, w->minus, w->n_minus, -1, w->plus + COX_BUFFER * c->q, w->i);
  w->n_minus = 0;
}

/* The deaths' sum of r x. */
static void cox_deaths(const cox_rows *c, const cox_event *e, double *d1) {
  memset(d1, 0, (size_t)c->q * sizeof *d1);
  for (int64_t i = e->lo; i < e->hi; i++)
    if (c->dead[i]) cox_add(d1, c->r[i], c->x + i * c->q, c->q);
}

/* The information less sum u m m' = v v' + z z' (cox.h).  One death, or Breslow's ties: b = c =
** 0, and v is all of it.  c - b^2 / a is not negative (Cauchy-Schwarz) but for rounding, which
** cox_push takes for 0. */
static void cox_walk_event(cox_walk *w, int64_t e) {
  const cox_rows *c = w->pass->rows;
  const cox_event *event = &c->event[e];
  const double omega = w->pass->omega ? w->pass->omega[e] : 1;
  if (!w->i) return;
  if (event->b == 0) {
    cox_push(w, omega * event->a, w->s1, 0, w->s1);
    return;
  }
  cox_deaths(c, event, w->d1);
  cox_push(w, omega * event->a, w->s1, event->b / event->a, w->d1);
  cox_push(w, omega * (event->c - event->b * event->b / event->a), w->d1, 0, w->d1);
}

/* The row's part of the gradient, x (w event - r A), and of the information, r A x x'. */
static void cox_walk_row(cox_walk *w, int64_t i, double counts) {
  const cox_rows *c = w->pass->rows;
  const double *x = c->x + i * c->q, says = c->r[i] * c->at_risk[i];
  const double root = says > 0 ? sqrt(says) : 0;
  double *to = w->plus + w->n_plus++ * c->q;
  cox_add(w->u, counts - says, x, c->q);
  for (int64_t j = 0; j < c->q; j++)
    to[j] = root * x[j];
  if (w->n_plus < COX_BUFFER) return;
  cox_flush(c, w->plus, w->n_plus, 1, w->plus + COX_BUFFER * c->q, w->i);
  w->n_plus = 0;
}

/* The first event that ends at row `at` or behind, and its stratum. */
static int64_t cox_event_at(const cox_rows *c, int64_t at) {
  int64_t low = 0, high = c->n_events;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (c->event[middle].hi - 1 < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static int64_t cox_stratum_at(const cox_rows *c, int64_t at) {
  int64_t low = 0, high = c->n_strata - 1;
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    if (c->first[middle] <= at)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

/* Rows of the chain, S1 kept up; with w->i also what they add. */
static void cox_walk_chain(cox_walk *w, int64_t chain) {
  const cox_rows *c = w->pass->rows;
  const int64_t begin = mine__block_first(c->n, w->pass->chains, chain);
  const int64_t end = mine__block_first(c->n, w->pass->chains, chain + 1);
  int64_t s = cox_stratum_at(c, begin), e = cox_event_at(c, begin);
  int64_t gone = e > c->event_of[s] ? c->event[e - 1].gone : c->first[s];
  for (int64_t i = begin; i < end; i++) {
    while (i >= c->first[s + 1])
      s++;
    if (i == c->first[s]) {
      memset(w->s1, 0, (size_t)c->q * sizeof *w->s1);
      gone = i;
      w->pass->anew[chain] = 1;
    }
    cox_add(w->s1, c->r[i], c->x + i * c->q, c->q);
    const int ends = e < c->n_events && c->event[e].hi - 1 == i;
    for (; ends && c->removed && gone < c->event[e].gone; gone++)
      cox_add(w->s1, -c->r[c->removed[gone]], c->x + c->removed[gone] * c->q, c->q);
    if (w->i) {
      /* The row's own event is that of its time: e, which no row before it has ended. */
      const double omega = w->pass->omega && c->dead[i] ? w->pass->omega[e] : 1;
      cox_walk_row(w, i, c->dead[i] ? omega * cox_weight(c, i) : 0);
    }
    if (ends) cox_walk_event(w, e++);
  }
}

static size_t cox_work(const cox_rows *c) {
  return (size_t)c->q * (2 + 3 * COX_BUFFER);
}

static cox_walk cox_walk_open(const cox_pass *pass, int worker) {
  const cox_rows *c = pass->rows;
  double *work = pass->work + (size_t)worker * cox_work(c);
  return (cox_walk){.pass = pass,
                    .s1 = work,
                    .d1 = work + c->q,
                    .minus = work + 2 * c->q,
                    .plus = work + (2 + COX_BUFFER) * c->q};
}

static void cox_carry_task(void *context, int64_t chain, int worker) {
  const cox_pass *pass = context;
  const int64_t q = pass->rows->q;
  cox_walk w = cox_walk_open(pass, worker);
  memset(w.s1, 0, (size_t)q * sizeof *w.s1);
  cox_walk_chain(&w, chain);
  memcpy(pass->carry + chain * q, w.s1, (size_t)q * sizeof *w.s1);
}

static void cox_sweep_task(void *context, int64_t chain, int worker) {
  const cox_pass *pass = context;
  const cox_rows *c = pass->rows;
  const int64_t q = c->q;
  cox_walk w = cox_walk_open(pass, worker);
  w.u = pass->sums + chain * q * (q + 1);
  w.i = w.u + q;
  memcpy(w.s1, pass->carry + chain * q, (size_t)q * sizeof *w.s1);
  cox_walk_chain(&w, chain);
  cox_flush(c, w.plus, w.n_plus, 1, w.plus + COX_BUFFER * q, w.i);
  cox_flush(c, w.minus, w.n_minus, -1, w.plus + COX_BUFFER * q, w.i);
}

/* What each chain adds becomes what it begins with.  A chain begins with the S1 of those before
** it back to where its stratum began; what lies before a stratum counts no more.  Added in the
** order of the chains. */
static void cox_carry_on(const cox_pass *pass) {
  const int64_t q = pass->rows->q;
  double *before = pass->work;
  memset(before, 0, (size_t)q * sizeof *before);
  for (int64_t chain = 0; chain < pass->chains; chain++) {
    double *own = pass->carry + chain * q;
    for (int64_t j = 0; j < q; j++) {
      const double after = own[j] + (pass->anew[chain] ? 0 : before[j]);
      own[j] = before[j];
      before[j] = after;
    }
  }
}

static void cox_open(cox_rows *c, const double *b, cox_pass *pass) {
  mine_arena *scratch = c->env->scratch;
  const size_t q = (size_t)c->q;
  *pass = (cox_pass){.rows = c, .b = b, .chains = cox_chains(c->n)};
  const size_t chains = (size_t)pass->chains;
  pass->carry = mine__arena_zeros(scratch, chains, q * sizeof(double));
  pass->anew = mine__arena_zeros(scratch, chains, 1);
  pass->sums = mine__arena_zeros(scratch, chains, q * (q + 1) * sizeof(double));
  pass->most = mine__arena_zeros(scratch, chains, sizeof(double));
  pass->work = mine__arena_array(scratch, (size_t)c->env->threads, cox_work(c) * sizeof(double));
}

/* Gradient and information of all chains; r and A stand. */
static void cox_sweep(cox_pass *pass, cox_point *point) {
  const cox_rows *c = pass->rows;
  mine_env *env = c->env;
  const size_t q = (size_t)c->q;
  if (mine__parallel(env, pass->chains, cox_carry_task, pass)) return;
  cox_carry_on(pass);
  if (mine__parallel(env, pass->chains, cox_sweep_task, pass) ||
      mine__sum_blocks(env, pass->sums, pass->chains, q * (q + 1), pass->sums))
    return;
  memcpy(point->u, pass->sums, q * sizeof(double));
  memcpy(point->i, pass->sums + q, q * q * sizeof(double));
  for (size_t j = 0; j < q; j++)
    for (size_t k = 0; k < j; k++)
      point->i[j * q + k] = point->i[k * q + j];
}

mine_status mine__cox_evaluate(cox_rows *c, const double *b, cox_point *point) {
  mine_env *env = c->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  cox_pass pass;
  cox_open(c, b, &pass);
  if (mine_failed(env) || mine__parallel(env, pass.chains, cox_margins_task, &pass))
    return mine_env_status(env);
  double most = 0;
  for (int64_t i = 0; i < pass.chains; i++)
    most = fmax(most, pass.most[i]);
  point->loss = INFINITY;
  if (most <= COX_LARGE) {
    cox_order(c, &point->loss);
    cox_expect(c, NULL);
    if (!isfinite(point->loss)) point->loss = INFINITY;
    if (isfinite(point->loss)) cox_sweep(&pass, point);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine__poll(env);
}

mine_status mine__cox_likelihood(cox_rows *c, double *loss) {
  double mean = 0, most = 0;
  for (int64_t i = 0; i < c->n; i++)
    mean += c->eta[i] / (double)c->n;
  for (int64_t i = 0; i < c->n; i++) {
    c->eta[i] -= mean;
    c->r[i] = cox_weight(c, i) * exp(c->eta[i]);
    most = fmax(most, fabs(c->eta[i]));
  }
  *loss = INFINITY;
  if (most <= COX_LARGE) cox_order(c, loss);
  return mine__poll(c->env);
}

mine_status mine__cox_moments(cox_rows *c, const double *omega, cox_point *point) {
  mine_env *env = c->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  cox_pass pass;
  cox_open(c, NULL, &pass);
  if (mine_failed(env)) return mine_env_status(env);
  pass.omega = omega;
  cox_expect(c, omega);
  cox_sweep(&pass, point);
  mine__arena_rewind(env->scratch, mark);
  return mine__poll(env);
}

/* ---- residuals of the score ------------------------------------------------------------------ */

/* Falling time: what deaths have of their own time, with S1 at hand; d K of each event is kept. */
static void cox_scores_down(const cox_rows *c, int64_t s, double *s1, double *d1, double *k,
                            double *score) {
  const int64_t q = c->q;
  int64_t at = c->first[s], gone = c->first[s];
  memset(s1, 0, (size_t)q * sizeof *s1);
  for (int64_t e = c->event_of[s]; e < c->event_of[s + 1]; e++) {
    const cox_event *event = &c->event[e];
    if (e % 16384 == 0 && mine__poll(c->env)) return;
    for (; at < event->hi; at++)
      cox_add(s1, c->r[at], c->x + at * q, q);
    for (; c->removed && gone < event->gone; gone++)
      cox_add(s1, -c->r[c->removed[gone]], c->x + c->removed[gone] * q, q);
    cox_deaths(c, event, d1);
    for (int64_t j = 0; j < q; j++)
      k[e * q + j] = event->a * s1[j] - event->b * d1[j];
    for (int64_t i = event->lo; i < event->hi; i++) {
      const double *x = c->x + i * q, w = cox_weight(c, i);
      for (int64_t j = 0; c->dead[i] && j < q; j++) {
        const double mean = (event->h * s1[j] - event->g * d1[j]) / event->weight;
        score[i * q + j] += w * (x[j] - mean) - c->r[i] * (event->b * s1[j] - event->c * d1[j]);
      }
    }
  }
}

/* Rising time: what rows have of all times that they were at risk.  A has the own times of
** deaths taken off already, of which x r A is the part with x. */
static void cox_scores_up(const cox_rows *c, int64_t s, double *sum, const double *k,
                          double *score) {
  const int64_t q = c->q;
  int64_t e = c->event_of[s + 1], of = e;
  memset(sum, 0, (size_t)q * sizeof *sum);
  for (int64_t i = c->first[s + 1] - 1; i >= c->first[s]; i--) {
    for (; e > c->event_of[s] && c->event[e - 1].hi > i; e--)
      cox_add(sum, 1, k + (e - 1) * q, q);
    for (int64_t j = 0; j < q; j++)
      score[i * q + j] -= c->r[i] * (c->x[i * q + j] * c->at_risk[i] - sum[j]);
  }
  memset(sum, 0, (size_t)q * sizeof *sum);
  for (int64_t m = c->first[s + 1] - 1; c->removed && m >= c->first[s]; m--) {
    for (; of > c->event_of[s] && c->event[of - 1].gone > m; of--)
      cox_add(sum, 1, k + (of - 1) * q, q);
    cox_add(score + c->removed[m] * q, -c->r[c->removed[m]], sum, q);
  }
}

mine_status mine__cox_scores(cox_rows *c, double *score) {
  mine_env *env = c->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t q = (size_t)c->q;
  double *s1 = mine__arena_array(env->scratch, q, sizeof *s1);
  double *d1 = mine__arena_array(env->scratch, q, sizeof *d1);
  double *k = mine__arena_array(env->scratch, (size_t)c->n_events, q * sizeof *k);
  if (mine_failed(env)) return mine_env_status(env);
  memset(score, 0, (size_t)c->n * q * sizeof *score);
  for (int64_t s = 0; s < c->n_strata && !mine__poll(env); s++) {
    cox_scores_down(c, s, s1, d1, k, score);
    cox_scores_up(c, s, s1, k, score);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
