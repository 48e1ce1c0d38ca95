/*
** adequacy.c -- whether correlations are worth being summed up.
**
** Kaiser, Meyer & Olkin (Kaiser 1974, "An index of factorial simplicity", Psychometrika 39): with
** the correlations r and the partial correlations q = -s(i,j) / sqrt(s(i,i) s(j,j)), s the inverse
** of r, over all pairs  sum r^2 / (sum r^2 + sum q^2).  Near 1: what two columns share is shared by
** others, too.
**
** Bartlett (1950), "Tests of significance in factor analysis": -(n - 1 - (2p + 5) / 6) log |r| is
** chi-squared with p (p - 1) / 2 degrees of freedom if no two columns are correlated.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "../kernel/linalg.h"
#include "../kernel/special.h"
#include "spread.h"

#define ADEQUACY_POOR 0.5

typedef struct adequacy_figures {
  double kmo, chi2, df, p;
} adequacy_figures;

/* Of column j the same measure, with its own pairs only. */
typedef struct adequacy_sums {
  double r, q;
} adequacy_sums;

/* u: the inverse of r's triangle. */
static adequacy_sums adequacy_column(const components_spread *s, const double *u, int64_t i) {
  const int64_t p = s->width;
  adequacy_sums sums = {0, 0};
  const double own = mine__dot(u + i * p + i, u + i * p + i, p - i);
  for (int64_t j = 0; j < p; j++) {
    const int64_t from = i > j ? i : j;
    if (j == i) continue;
    const double other = mine__dot(u + j * p + j, u + j * p + j, p - j);
    const double both = mine__dot(u + i * p + from, u + j * p + from, p - from);
    sums.r += s->c[i * p + j] * s->c[i * p + j];
    sums.q += both * both / (own * other);
  }
  return sums;
}

static double adequacy_share(adequacy_sums sums) {
  return sums.r + sums.q > 0 ? sums.r / (sums.r + sums.q) : (double)NAN;
}

/* Columns that have next to nothing in common with the others, or only with one of them. */
static double adequacy_kmo(const components_spread *s, const double *u) {
  adequacy_sums all = {0, 0};
  for (int64_t i = 0; i < s->width; i++) {
    char number[MINE_NUMBER_BYTES];
    if (mine__poll(s->env)) return NAN;
    const adequacy_sums own = adequacy_column(s, u, i);
    const double share = adequacy_share(own);
    all.r += own.r;
    all.q += own.q;
    if (share < ADEQUACY_POOR)
      mine__model_note(s->model, "fit", s->data->about[i].name,
                       "KMO %s: what it shares, it shares with one other column at most; without "
                       "it the components may be clearer",
                       mine__format_real(number, share, 3));
  }
  return adequacy_share(all);
}

static adequacy_figures adequacy_measure(const components_spread *s, mine_linalg la, double *u) {
  const int64_t p = s->width;
  adequacy_figures a = {.kmo = NAN, .chi2 = NAN, .df = (double)p * (double)(p - 1) / 2, .p = NAN};
  double log_det = 0;
  memcpy(u, s->c, (size_t)(p * p) * sizeof *u);
  if (!mine__cholesky(la, p, u)) return a;
  for (int64_t i = 0; i < p; i++) {
    if (!(u[i * p + i] > 1e-7)) return a; /* it follows from those before it */
    log_det += 2 * log(u[i * p + i]);
  }
  a.chi2 = -(s->rows - 1 - (2 * (double)p + 5) / 6) * log_det;
  if (!(a.chi2 >= 0)) a.chi2 = NAN; /* fewer rows than the approximation is made for */
  a.p = mine__chi2_tail(a.chi2, a.df, MINE__UPPER);
  mine__invert_upper(p, u);
  a.kmo = adequacy_kmo(s, u);
  return a;
}

void mine__components_adequacy(const components_spread *s) {
  if (s->width < 2 || !mine__components_correlates(s)) return;
  mine_env *env = s->env;
  const size_t p = (size_t)s->width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *u = mine__arena_array(env->scratch, p, p * sizeof *u);
  if (u) {
    const adequacy_figures a = adequacy_measure(s, mine__linalg_open(env), u);
    mine__model_measure(s->model, MINE_MEASURE_KMO, a.kmo);
    mine__model_measure(s->model, MINE_MEASURE_BARTLETT_CHI2, a.chi2);
    mine__model_measure(s->model, MINE_MEASURE_BARTLETT_DF, a.df);
    mine__model_measure(s->model, MINE_MEASURE_BARTLETT_P_VALUE, a.p);
  }
  mine__arena_rewind(env->scratch, mark);
}
