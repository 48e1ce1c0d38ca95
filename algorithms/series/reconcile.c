/*
** reconcile.c -- forecasts of sums and of their parts made to agree (reconcile.h).
**
** Series that hang together are a component: m sums, then their leaves.  With C = (I, -A), whose
** row k is a sum less its leaves, forecasts agree where C y = 0, and the nearest such to yhat, as W
** measures it, is
**
**   y = yhat - Q C yhat,   Q = W C' (C W C')^-1
**
** which equals S (S'W^-1 S)^-1 S'W^-1 yhat and inverts m x m numbers instead.  W of errors E one
** step ahead (t x n) is shrunk towards its diagonal D (Schaefer & Strimmer 2005):
** W = (1 - lambda) E'E / t + lambda D; it is never made, for W C' = (1 - lambda) E'(E C') / t +
** lambda D C'.  Bottom-up is Q = (I, 0)'.
**
** What an error becomes is P W P', P = I - Q C; its diagonal against that of W scales the bounds.
*/
#include "reconcile.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../kernel/linalg.h"

#define RECONCILE_LEAST 4     /* points with errors of all */
#define RECONCILE_FLOOR 1e-10 /* of the mean variance: a series that was fitted without error */

typedef struct reconcile_part {
  mine_env *env;
  const mine_sums *sums;
  const mine_forecasts *fits;
  mine_linalg la;
  mine_reconcile method;
  int64_t n, m;         /* series, of them sums */
  const int64_t *index; /* n: of all series, sums first */
  int64_t *place;       /* of all series: in the component */
  int64_t t;            /* points with errors of all */
  double *e, *f;        /* t x n, and E C' t x m */
  double lambda;
  double *d;           /* n: diagonal of W */
  double *q;           /* n x m */
  const double *error; /* n: diagonal of P W P' over that of W; NULL: not known */
  uint8_t *done;       /* n: while the top is divided */
} reconcile_part;

/* ---- errors one step ahead ------------------------------------------------------------------ */

static double reconcile_error(const mine_forecasts *fits, int64_t s, int64_t step) {
  const mine_series_set *set = fits->set;
  const int64_t i = step - set->first[s];
  if (i < 0 || i >= set->at[s + 1] - set->at[s]) return NAN;
  return set->value[set->at[s] + i] - fits->fitted[set->at[s] + i];
}

/* Rows of E: the steps at which every series has an error. */
static void reconcile_errors(reconcile_part *r) {
  const mine_series_set *set = r->fits->set;
  int64_t from = INT64_MIN, end = INT64_MAX;
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t s = r->index[i], first = set->first[s], n = set->at[s + 1] - set->at[s];
    if (first > from) from = first;
    if (first + n < end) end = first + n;
  }
  const size_t most = end > from ? (size_t)(end - from) : 0;
  r->e = mine__arena_array(r->env->scratch, most, (size_t)r->n * sizeof *r->e);
  for (int64_t step = from; r->e && step < end && !mine__poll(r->env); step++) {
    double *row = r->e + r->t * r->n;
    int known = 1;
    for (int64_t i = 0; i < r->n && known; i++)
      known = isfinite(row[i] = reconcile_error(r->fits, r->index[i], step));
    r->t += known;
  }
  if (r->t < RECONCILE_LEAST) r->t = 0;
}

/* v = C x of a row of all series of the component. */
static void reconcile_differ(const reconcile_part *r, const double *x, double *v) {
  const mine_sums *sums = r->sums;
  for (int64_t k = 0; k < r->m; k++) {
    const int64_t s = r->index[k];
    v[k] = x[k];
    for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
      v[k] -= x[r->place[sums->leaf[j]]];
  }
}

/* Mean squares of errors, own ones of each series where there are none of all. */
static void reconcile_variances(reconcile_part *r) {
  double mean = 0;
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t s = r->index[i];
    const mine_series_set *set = r->fits->set;
    double sum = 0, n = 0;
    for (int64_t k = 0; k < set->at[s + 1] - set->at[s]; k++) {
      const double e = reconcile_error(r->fits, s, set->first[s] + k);
      if (!isfinite(e)) continue;
      sum += e * e;
      n++;
    }
    for (int64_t t = 0; t < r->t; t++)
      sum = (t ? sum : 0) + r->e[t * r->n + i] * r->e[t * r->n + i];
    if (r->t) n = (double)r->t;
    r->d[i] = n > 0 ? sum / n : 0;
    mean += r->d[i] / (double)r->n;
  }
  if (!(mean > 0)) mean = 1;
  for (int64_t i = 0; i < r->n; i++)
    if (r->d[i] < RECONCILE_FLOOR * mean) r->d[i] = RECONCILE_FLOOR * mean;
}

/* Sum over all pairs of squares of X'X or, the same, of XX'; x is t x n. */
static double reconcile_squares(const reconcile_part *r, const double *x, const double *turned) {
  const int64_t p = r->t < r->n ? r->t : r->n, k = r->t < r->n ? r->n : r->t;
  double *c = mine__arena_zeros(r->env->scratch, (size_t)p, (size_t)p * sizeof *c), sum = 0;
  if (!c) return 0;
  mine__syrk(r->la, p, k, 1, r->t < r->n ? x : turned, k, c);
  for (int64_t i = 0; i < p; i++)
    for (int64_t j = i; j < p; j++)
      sum += (i == j ? 1 : 2) * c[i * p + j] * c[i * p + j];
  return sum;
}

/* How far W is drawn to its diagonal: the variance of correlations over their squares.  Over
** pairs of different series, fourths - alone is the sum of the squares of products at a time,
** and `products` that of their squared sums over time; so no pair is looked at by itself. */
static double reconcile_lambda(const reconcile_part *r) {
  const size_t size = (size_t)r->t * (size_t)r->n;
  double *x = mine__arena_array(r->env->scratch, size, sizeof *x);
  double *turned = mine__arena_array(r->env->scratch, size, sizeof *turned);
  const double t = (double)r->t;
  double fourths = 0, alone = 0, own = 0;
  if (!x || !turned) return 1;
  for (int64_t k = 0; k < r->t; k++) {
    double row = 0;
    for (int64_t i = 0; i < r->n; i++) {
      const double v = r->e[k * r->n + i] / sqrt(r->d[i]);
      x[k * r->n + i] = turned[i * r->t + k] = v;
      row += v * v;
      alone += v * v * v * v;
    }
    fourths += row * row;
  }
  for (int64_t i = 0; i < r->n; i++) {
    double square = 0;
    for (int64_t k = 0; k < r->t; k++)
      square += turned[i * r->t + k] * turned[i * r->t + k];
    own += square * square;
  }
  const double products = reconcile_squares(r, x, turned) - own;
  const double variance = (fourths - alone - products / t) / (t * (t - 1));
  const double correlations = products / (t * t), lambda = variance / correlations;
  return !(correlations > 0) || lambda > 1 ? 1 : lambda < 0 ? 0 : lambda;
}

/* ---- Q -------------------------------------------------------------------------------------- */

/* C W C', of which the upper triangle is made.  Of C D C' a pair of sums has the variances of
** the leaves that are in both, and a sum with itself its own besides. */
static void reconcile_middle(const reconcile_part *r, double lambda, const double *d, double *m) {
  const mine_sums *sums = r->sums;
  uint8_t *in = mine__arena_zeros(r->env->scratch, (size_t)r->n, sizeof *in);
  memset(m, 0, (size_t)(r->m * r->m) * sizeof *m);
  if (lambda < 1)
    mine__gemm(r->la, 1, 0, r->m, r->m, r->t, (1 - lambda) / (double)r->t, r->f, r->f, 0, m);
  for (int64_t k = 0; in && k < r->m && !mine__poll(r->env); k++) {
    const int64_t s = r->index[k];
    for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
      in[r->place[sums->leaf[j]]] = 1;
    for (int64_t l = k; l < r->m; l++) {
      const int64_t other = r->index[l];
      double shared = k == l ? d[k] : 0;
      for (int64_t j = sums->first[other]; j < sums->first[other + 1]; j++)
        if (in[r->place[sums->leaf[j]]]) shared += d[r->place[sums->leaf[j]]];
      m[k * r->m + l] += lambda * shared;
    }
    for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
      in[r->place[sums->leaf[j]]] = 0;
  }
}

/* W C', n x m, into q. */
static void reconcile_left(const reconcile_part *r, double lambda, const double *d) {
  const mine_sums *sums = r->sums;
  memset(r->q, 0, (size_t)(r->n * r->m) * sizeof *r->q);
  if (lambda < 1)
    mine__gemm(r->la, 1, 0, r->n, r->m, r->t, (1 - lambda) / (double)r->t, r->e, r->f, 0, r->q);
  for (int64_t k = 0; k < r->m; k++) {
    const int64_t s = r->index[k];
    r->q[k * r->m + k] += lambda * d[k];
    for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++) {
      const int64_t i = r->place[sums->leaf[j]];
      r->q[i * r->m + k] -= lambda * d[i];
    }
  }
}

static void reconcile_weights(const reconcile_part *r) {
  const int mint = r->method == MINE_RECONCILE_MINT;
  const double lambda = mint ? r->lambda : 1;
  double *d = r->d;
  double *m = mine__arena_array(r->env->scratch, (size_t)r->m, (size_t)r->m * sizeof *m);
  if (r->method == MINE_RECONCILE_OLS) {
    d = mine__arena_array(r->env->scratch, (size_t)r->n, sizeof *d);
    for (int64_t i = 0; d && i < r->n; i++)
      d[i] = 1;
  }
  if (!m || !d) return;
  reconcile_middle(r, lambda, d, m);
  reconcile_left(r, lambda, d);
  if (mine_failed(r->env)) return;
  if (!mine__cholesky(r->la, r->m, m)) {
    mine__fail(r->env, MINE_NUMERIC,
               "the errors of the hierarchy have no covariance that can be inverted; say "
               "reconcile=wls or bottom_up");
    return;
  }
  for (int64_t i = 0; i < r->n && !MINE_POLL_AT(r->env, i); i++) {
    mine__solve_upper(r->m, m, 1, r->q + i * r->m);
    mine__solve_upper(r->m, m, 0, r->q + i * r->m);
  }
}

/* The diagonal of P W P' over that of W. */
static void reconcile_ratio(reconcile_part *r) {
  const mine_sums *sums = r->sums;
  double *p = mine__arena_array(r->env->scratch, (size_t)r->n, sizeof *p);
  double *error = mine__arena_array(r->env->scratch, (size_t)r->n, sizeof *error);
  if (!p || !error) return;
  for (int64_t i = 0; i < r->n && !mine__poll(r->env); i++) {
    const double *q = r->q + i * r->m;
    double squares = 0, drawn = 0;
    for (int64_t t = 0; t < r->t; t++) {
      const double e = r->e[t * r->n + i] - mine__dot(r->f + t * r->m, q, r->m);
      squares += e * e / (double)r->t;
    }
    memset(p, 0, (size_t)r->n * sizeof *p);
    p[i] = 1;
    for (int64_t k = 0; k < r->m; k++) {
      const int64_t s = r->index[k];
      p[k] -= q[k];
      for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
        p[r->place[sums->leaf[j]]] += q[k];
    }
    for (int64_t j = 0; j < r->n; j++)
      drawn += p[j] * p[j] * r->d[j];
    error[i] = ((1 - r->lambda) * squares + r->lambda * drawn) / r->d[i];
  }
  r->error = error;
}

/* ---- forecasts ------------------------------------------------------------------------------ */

/* Bounds of a forecast that moved to y. */
static void reconcile_move(const reconcile_part *r, int64_t i, double y, double *mean, double *low,
                           double *high) {
  const double wider = r->error ? sqrt(r->error[i]) : 1;
  *low = y - wider * (*mean - *low);
  *high = y + wider * (*high - *mean);
  *mean = y;
}

/* The last word: leaves not below 0 where it is asked, and sums that are sums to the last bit but
** one. */
static void reconcile_add_up(const reconcile_part *r, int64_t step, const mine_forecast_ask *ask,
                             double *mean, double *low, double *high) {
  const mine_sums *sums = r->sums;
  for (int64_t i = r->n - 1; i >= 0; i--) {
    const int64_t s = r->index[i], at = s * ask->h + step;
    double sum = 0;
    for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
      sum += mean[sums->leaf[j] * ask->h + step];
    const double moved = i < r->m ? sum - mean[at] : 0;
    mean[at] += moved;
    low[at] += moved;
    high[at] += moved;
    if (!ask->nonnegative) continue;
    mean[at] = mean[at] < 0 ? 0 : mean[at];
    low[at] = low[at] < 0 ? 0 : low[at];
    high[at] = high[at] < 0 ? 0 : high[at];
  }
}

/* One step of all series of the component, by Q. */
static void reconcile_step(const reconcile_part *r, int64_t step, int64_t h, double *x, double *v,
                           double *mean, double *low, double *high) {
  for (int64_t i = 0; i < r->n; i++)
    x[i] = mean[r->index[i] * h + step];
  reconcile_differ(r, x, v);
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t at = r->index[i] * h + step;
    reconcile_move(r, i, x[i] - mine__dot(r->q + i * r->m, v, r->m), mean + at, low + at,
                   high + at);
  }
}

/* Of a tree, from the top: a parent's forecast is divided as those of its children are. */
static void reconcile_divide(const reconcile_part *r, int64_t step, int64_t h, double *x, double *v,
                             double *mean, double *low, double *high) {
  double *of = v, *count = x; /* per series: the sum of its children, and how many */
  for (int64_t i = 0; i < r->n; i++)
    of[i] = count[i] = 0;
  memset(r->done, 0, (size_t)r->n);
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t up = r->sums->parent[r->index[i]];
    r->done[i] = up < 0;
    if (up < 0) continue;
    of[r->place[up]] += mean[r->index[i] * h + step];
    count[r->place[up]]++;
  }
  for (int64_t left = 1; left > 0;) {
    left = 0;
    for (int64_t i = 0; i < r->n; i++) {
      const int64_t s = r->index[i], at = s * h + step, up = r->sums->parent[s];
      if (r->done[i]) continue;
      const int64_t k = r->place[up];
      if (!r->done[k]) {
        left++;
        continue;
      }
      const double share = of[k] != 0 ? mean[at] / of[k] : 1 / count[k];
      reconcile_move(r, i, share * mean[up * h + step], mean + at, low + at, high + at);
      r->done[i] = 1;
    }
  }
}

/* ---- a component ---------------------------------------------------------------------------- */

static void reconcile_check_tree(const reconcile_part *r) {
  char name[MINE_SHOW_BYTES];
  int64_t tops = 0;
  for (int64_t i = 0; i < r->n && !mine_failed(r->env); i++) {
    tops += r->sums->parent[r->index[i]] == -1;
    if (r->sums->parent[r->index[i]] == -2 || tops > 1)
      mine__fail(r->env, MINE_DATA,
                 "reconcile=top_down needs a tree, and %s %s; say mint, wls, ols or bottom_up",
                 mine__series_shown(r->fits->set, r->index[i], name),
                 tops > 1 ? "is a second top above the same series" : "has several parents");
  }
}

static void reconcile_learn(reconcile_part *r) {
  mine_arena *scratch = r->env->scratch;
  reconcile_errors(r);
  if (!mine_failed(r->env) && r->t == 0 && r->method == MINE_RECONCILE_MINT)
    mine__fail(r->env, MINE_DATA,
               "fewer than %d steps have an error of every series, so reconcile=mint has no "
               "covariance; say wls, ols or bottom_up",
               RECONCILE_LEAST);
  r->d = mine__arena_array(scratch, (size_t)r->n, sizeof *r->d);
  r->f = mine__arena_array(scratch, (size_t)r->t, (size_t)r->m * sizeof *r->f);
  r->q = mine__arena_zeros(scratch, (size_t)r->n, (size_t)r->m * sizeof *r->q);
  if (mine_failed(r->env)) return;
  reconcile_variances(r);
  for (int64_t t = 0; t < r->t; t++)
    reconcile_differ(r, r->e + t * r->n, r->f + t * r->m);
  r->lambda = r->t ? reconcile_lambda(r) : 1;
  if (r->method == MINE_RECONCILE_BOTTOM_UP)
    for (int64_t k = 0; k < r->m; k++)
      r->q[k * r->m + k] = 1;
  else if (!mine_failed(r->env))
    reconcile_weights(r);
  if (r->t && !mine_failed(r->env)) reconcile_ratio(r);
}

static void reconcile_one(reconcile_part *r, const mine_forecast_ask *ask, double *mean,
                          double *low, double *high) {
  const int down = r->method == MINE_RECONCILE_TOP_DOWN;
  double *x = mine__arena_array(r->env->scratch, (size_t)r->n, sizeof *x);
  double *v = mine__arena_array(r->env->scratch, (size_t)r->n, sizeof *v);
  r->done = mine__arena_array(r->env->scratch, (size_t)r->n, sizeof *r->done);
  if (!x || !v || !r->done) return;
  for (int64_t i = 0; i < r->n; i++)
    r->place[r->index[i]] = i;
  if (down)
    reconcile_check_tree(r);
  else
    reconcile_learn(r);
  for (int64_t step = 0; step < ask->h && !mine_failed(r->env) && !mine__poll(r->env); step++) {
    (down ? reconcile_divide : reconcile_step)(r, step, ask->h, x, v, mean, low, high);
    reconcile_add_up(r, step, ask, mean, low, high);
  }
}

/* ---- all of them ---------------------------------------------------------------------------- */

static int64_t reconcile_root(int64_t *of, int64_t s) {
  while (of[s] != s)
    s = of[s] = of[of[s]];
  return s;
}

typedef struct reconcile_key {
  int64_t component, leaves, s;
} reconcile_key;

static int reconcile_before(const void *context, const void *a, const void *b) {
  const reconcile_key *x = a, *y = b;
  (void)context;
  if (x->component != y->component) return x->component < y->component;
  if (x->leaves != y->leaves) return x->leaves > y->leaves;
  return x->s < y->s;
}

/* Series by component, those with more leaves first. */
static reconcile_key *reconcile_order(mine_env *env, const mine_sums *sums) {
  const size_t n = (size_t)sums->n;
  int64_t *of = mine__arena_array(env->scratch, n, sizeof *of);
  reconcile_key *key = mine__arena_array(env->scratch, n, sizeof *key);
  reconcile_key *spare = mine__arena_array(env->scratch, n, sizeof *spare);
  if (!of || !key || !spare) return NULL;
  for (int64_t s = 0; s < sums->n; s++)
    of[s] = s;
  for (int64_t s = 0; s < sums->n; s++)
    for (int64_t j = sums->first[s]; j < sums->first[s + 1]; j++)
      of[reconcile_root(of, sums->leaf[j])] = reconcile_root(of, s);
  for (int64_t s = 0; s < sums->n; s++)
    key[s] = (reconcile_key){reconcile_root(of, s), sums->first[s + 1] - sums->first[s], s};
  mine__sort(env, key, spare, n, sizeof *key, reconcile_before, NULL);
  return mine_failed(env) ? NULL : key;
}

mine_status mine__reconcile(mine_env *env, const mine_sums *sums, const mine_forecasts *fits,
                            mine_reconcile method, const mine_forecast_ask *ask, double *mean,
                            double *low, double *high) {
  const mine_mark all = mine__arena_mark(env->scratch);
  const reconcile_key *key = reconcile_order(env, sums);
  int64_t *index = mine__arena_array(env->scratch, (size_t)sums->n, sizeof *index);
  int64_t *place = mine__arena_zeros(env->scratch, (size_t)sums->n, sizeof *place);
  if (!key || !index || !place) return mine_env_status(env);
  for (int64_t s = 0, end; s < sums->n && !mine__poll(env); s = end) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    reconcile_part r = {.env = env,
                        .sums = sums,
                        .fits = fits,
                        .la = mine__linalg_open(env),
                        .method = method,
                        .index = index + s,
                        .place = place};
    for (end = s; end < sums->n && key[end].component == key[s].component; end++) {
      index[end] = key[end].s;
      r.m += key[end].leaves > 0;
    }
    r.n = end - s;
    if (r.m > 0) reconcile_one(&r, ask, mean, low, high);
    mine__arena_rewind(env->scratch, mark);
  }
  mine__arena_rewind(env->scratch, all);
  return mine_env_status(env);
}
