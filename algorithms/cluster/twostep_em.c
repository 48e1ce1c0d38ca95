/*
** twostep_em.c -- the mixture of clusters and noise, by expectation (twostep_pass.c) and
** maximisation.
**
** The model is that of model/latent.h, the method that of Dempster, Laird & Rubin (1977); what is
** missing is left out of a point's density and of the sums of its column.  The weight of noise is
** held below a limit.  So that no cluster collapses, a variance counts EM_PRIOR of a point more
** that has the overall one, and the shares of levels one point more that has the overall ones
** (Fraley & Raftery, "Bayesian regularization for normal mixture estimation", Journal of
** Classification 24, 2007).  A cluster with hardly any points is dropped.
**
** The score is the integrated completed likelihood in its BIC form (Biernacki, Celeux & Govaert,
** IEEE PAMI 22, 2000), halved, of at most EM_ROWS rows:
**
**   n (mean ln density - mean entropy of the shares) - parameters / 2 x ln n,    n = min(rows,
**   EM_ROWS).
**
** Of ever more rows every deviation from normal tails would become a cluster of its own; what
** EM_ROWS rows do not show is no segment that anybody can act on.
*/
#include <math.h>
#include <string.h>

#include "twostep_private.h"

#define EM_PRIOR 0.5
#define EM_ROWS  4096.0
#define EM_LEAST 3.0 /* points, and this share of them: fewer are no cluster */
#define EM_SHARE 0.002
#define EM_NOISE 0.01 /* where it begins, at least */

/* ---- memory ------------------------------------------------------------------------------ */

void mine__twostep_mixture_open(mine_env *env, mine_arena *arena, const twostep_scale *s,
                                int most_k, twostep_mixture *out) {
  *out = (twostep_mixture){.numbers = s->numbers,
                           .slots = s->slots,
                           .stride = 1 + 2 * s->numbers + s->slots,
                           .score = -INFINITY};
  out->value = mine__arena_zeros(arena, (size_t)most_k, (size_t)out->stride * sizeof *out->value);
  (void)env;
}

void mine__twostep_mixture_copy(twostep_mixture *to, const twostep_mixture *from) {
  double *value = to->value;
  memcpy(value, from->value, (size_t)from->k * (size_t)from->stride * sizeof *value);
  *to = *from;
  to->value = value;
}

/* ---- maximisation --------------------------------------------------------------------------- */

static void em_numbers(const twostep_scale *s, const double *sums, double *value) {
  for (int j = 0; j < s->numbers; j++) {
    const double known = sums[1 + 3 * j], *power = sums + 2 + 3 * j;
    double *mean = value + 1 + j, *variance = mean + s->numbers;
    const double moved = known > 0 ? power[0] / known : 0;
    const double square = known > 0 ? fmax(power[1] / known - moved * moved, 0) : 1;
    *mean += moved;
    *variance = fmax((known * square + EM_PRIOR) / (known + EM_PRIOR), s->floor[s->number[j]]);
  }
}

static void em_levels(const twostep_scale *s, const double *sums, double *value) {
  for (int j = 0; j < s->categories; j++) {
    const int64_t slots = s->column[s->category[j]].slots;
    const double *count = sums + 1 + 3 * s->numbers + s->first[j];
    const double *overall = s->overall[s->category[j]];
    double *share = value + 1 + 2 * s->numbers + s->first[j], known = 0;
    for (int64_t l = 0; l < slots; l++)
      known += count[l];
    for (int64_t l = 0; l < slots; l++)
      share[l] = (count[l] + overall[l]) / (known + 1);
  }
}

/* Parameters from sums.  Returns whether a cluster was dropped. */
static int em_maximise(const twostep_points *p, const twostep_sums *sums, double most_noise,
                       twostep_mixture *m) {
  const double enough = fmax(EM_LEAST, EM_SHARE * p->total);
  const int64_t width = sums->width;
  const int k = m->k;
  double all = 0;
  int largest = 0, kept = 0;
  for (int c = 1; c < k; c++)
    if (sums->of[c * width] > sums->of[largest * width]) largest = c;
  const double noise = sums->of[sums->n - 3];
  m->noise = most_noise > 0 ? fmin(noise / p->total, most_noise) : 0;
  for (int c = 0; c < k; c++) {
    const double *of = sums->of + c * width;
    if (!(of[0] >= enough) && c != largest) continue;
    double *value = twostep_of(m, kept);
    if (kept != c) memmove(value, twostep_of(m, c), (size_t)m->stride * sizeof *value);
    value[0] = fmax(of[0], 1e-9 * p->total);
    all += value[0];
    em_numbers(p->scale, of, value);
    em_levels(p->scale, of, value);
    kept++;
  }
  m->k = kept;
  for (int c = 0; c < kept; c++)
    twostep_of(m, c)[0] /= all;
  return kept < k;
}

static double em_parameters(const twostep_points *p, const twostep_mixture *m) {
  const twostep_scale *s = p->scale;
  const double each = 2.0 * s->numbers + s->slots - s->categories;
  return m->k - 1 + (m->noise > 0) + m->k * each;
}

double mine__twostep_rows(const twostep_points *p) {
  return fmin(p->total, EM_ROWS);
}

static void em_score(const twostep_points *p, const twostep_sums *sums, twostep_mixture *m) {
  const double n = mine__twostep_rows(p);
  m->fit = sums->of[sums->n - 2] / p->total;
  m->entropy = sums->of[sums->n - 1] / p->total;
  m->score = n * (m->fit - m->entropy) - em_parameters(p, m) / 2 * log(fmax(n, 1));
}

void mine__twostep_em(mine_env *env, const twostep_points *points, double most_noise, int most,
                      double enough, twostep_mixture *m) {
  double before = -INFINITY;
  for (int step = 0; !mine_failed(env); step++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    twostep_sums sums;
    if (!mine__twostep_gather(env, points, m, NULL, &sums) || mine__poll(env)) return;
    em_score(points, &sums, m);
    const int still = fabs(m->fit - before) <= enough * (1 + fabs(m->fit));
    before = m->fit;
    if (step >= most || still) {
      mine__arena_rewind(env->scratch, mark);
      return;
    }
    if (em_maximise(points, &sums, most_noise, m)) before = -INFINITY;
    mine__arena_rewind(env->scratch, mark);
  }
}

void mine__twostep_mixture_start(mine_env *env, const twostep_points *points, const int32_t *label,
                                 int k, double most_noise, twostep_mixture *m) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  twostep_sums sums;
  m->k = k;
  m->noise = 0;
  memset(m->value, 0, (size_t)k * (size_t)m->stride * sizeof *m->value);
  for (int c = 0; c < k; c++)
    twostep_of(m, c)[0] = 1;
  if (!mine__twostep_gather(env, points, m, label, &sums)) return;
  (void)em_maximise(points, &sums, most_noise, m);
  if (most_noise > 0) m->noise = fmax(m->noise, fmin(EM_NOISE, most_noise));
  mine__arena_rewind(env->scratch, mark);
}

void mine__twostep_mixture_join(const twostep_scale *s, twostep_mixture *m, double *room) {
  int first = 0, second = 1;
  double least = INFINITY;
  for (int a = 0; a < m->k; a++) {
    for (int b = a + 1; b < m->k; b++) {
      const double apart = mine__twostep_apart(s, twostep_of(m, a), twostep_of(m, b), room);
      if (!(apart < least)) continue;
      least = apart;
      first = a;
      second = b;
    }
  }
  (void)mine__twostep_apart(s, twostep_of(m, first), twostep_of(m, second), room);
  memcpy(twostep_of(m, first), room, (size_t)m->stride * sizeof *room);
  for (int c = second; c + 1 < m->k; c++)
    memcpy(twostep_of(m, c), twostep_of(m, c + 1), (size_t)m->stride * sizeof *room);
  m->k--;
}
