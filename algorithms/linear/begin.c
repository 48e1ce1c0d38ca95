/*
** begin.c -- a problem, and the point from which to look for its least.
**
** Newton's steps far from the end need few rows: they are made on a part of them, and from there
** three are left for all.  A part in which a column hardly varies (a rare level, sorted rows) does
** not tell its coefficient: then nothing of it is used.  The sample is runs of rows: single ones,
** far apart, take as long to read as all.
*/
#include <math.h>
#include <string.h>

#include "loss.h"
#include "objective.h"

#define BEGIN_RUN    128  /* rows that follow each other, ...                      */
#define BEGIN_EACH   32   /* ... of so many runs one                               */
#define BEGIN_SAMPLE 1000 /* rows that a sample has, and 32 more a coefficient     */
#define BEGIN_ENOUGH 1e-6 /* as chance has made of it what it is                   */
#define BEGIN_APART  1e-4 /* of a column's curvature that is its own                */

void mine__glm_open(linear_problem *problem, const linear_design *design, linear_family family,
                    int margins, const uint32_t *row, int64_t n) {
  *problem = (linear_problem){.env = design->env,
                              .design = design,
                              .la = mine__linalg_open(design->env),
                              .family = family,
                              .margins = margins,
                              .row = row,
                              .n = n,
                              .spread = 1,
                              .enough = LINEAR_ENOUGH,
                              .settled = LINEAR_SETTLED};
  mine__glm_on_rows(problem, row, n, problem);
}

void mine__glm_on_rows(const linear_problem *of, const uint32_t *row, int64_t n,
                       linear_problem *to) {
  *to = *of;
  to->row = row;
  to->n = n;
  to->total = 0;
  for (int64_t i = 0; i < n; i++)
    to->total += design_weight(to->design, linear_row(to, i));
}

void mine__glm_class_weights(const linear_problem *problem, double *weight) {
  const int32_t *label = problem->design->data->label;
  for (int64_t i = 0; i < problem->n; i++) {
    const int64_t row = linear_row(problem, i);
    weight[label[row]] += design_weight(problem->design, row);
  }
}

/* Of a number. */
static double begin_mean(const linear_problem *p) {
  double sum = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const int64_t row = linear_row(p, i);
    sum += design_weight(p->design, row) / p->total * (p->design->data->target[row] - p->middle);
  }
  return sum;
}

static double begin_none_of_classes(const linear_problem *p) {
  const int classes = p->design->data->n_classes;
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  double *weight = mine__arena_zeros(p->env->scratch, (size_t)classes, sizeof *weight), sum = 0;
  if (!weight) return 0;
  mine__glm_class_weights(p, weight);
  for (int c = 0; c < classes; c++)
    if (weight[c] > 0) sum -= weight[c] * log(weight[c] / p->total);
  mine__arena_rewind(p->env->scratch, mark);
  return sum;
}

double mine__glm_none(const linear_problem *problem) {
  const linear_problem *p = problem;
  if (linear_of_classes(p)) return begin_none_of_classes(p);
  const double mean = begin_mean(p);
  if (p->family == LINEAR_GAMMA) return p->total * (1 + log(mean));
  return mean > 0 ? p->total * mean * (1 - log(mean)) : 0;
}

/* Of classes by their weights, each half a row more. */
static void begin_classes(const linear_problem *p, double *beta, double *weight) {
  const int classes = p->design->data->n_classes, spared = classes - p->margins;
  const int64_t q = p->design->n_used + 1;
  double middle = 0;
  for (int c = 0; c < classes; c++)
    weight[c] = 0.5;
  mine__glm_class_weights(p, weight);
  for (int k = 0; k < p->margins; k++)
    beta[k * q] = log(weight[k + spared]) - (spared ? log(weight[0]) : 0);
  for (int k = 0; !spared && k < p->margins; k++)
    middle += beta[k * q] / p->margins;
  for (int k = 0; k < p->margins; k++)
    beta[k * q] -= middle;
}

void mine__glm_start(const linear_problem *problem, double *beta) {
  const linear_problem *p = problem;
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  memset(beta, 0, (size_t)linear_width(p) * sizeof *beta);
  if (linear_of_classes(p)) {
    const size_t classes = (size_t)p->design->data->n_classes;
    double *weight = mine__arena_array(p->env->scratch, classes, sizeof *weight);
    if (weight) begin_classes(p, beta, weight);
    mine__arena_rewind(p->env->scratch, mark);
  } else {
    const double mean = begin_mean(p);
    beta[0] = p->family == LINEAR_GAUSSIAN ? mean : log(fmax(mean, 1e-300));
  }
}

static int64_t begin_rows(int64_t n) {
  const int64_t of = BEGIN_RUN * BEGIN_EACH, rest = n % of;
  return n / of * BEGIN_RUN + (rest < BEGIN_RUN ? rest : BEGIN_RUN);
}

/* The problem of the sample: penalties have the same share of the weight. */
static void begin_sample(const linear_problem *p, uint32_t *row, int64_t n,
                         linear_problem *sample) {
  for (int64_t i = 0; i < n; i++)
    row[i] = (uint32_t)linear_row(p, i / BEGIN_RUN * BEGIN_RUN * BEGIN_EACH + i % BEGIN_RUN);
  mine__glm_on_rows(p, row, n, sample);
  sample->enough = BEGIN_ENOUGH;
  sample->l1 *= sample->total / p->total;
  sample->l2 *= sample->total / p->total;
}

/* Whether the sample tells each coefficient: what those before it leave of its curvature there. */
static int begin_apart(const linear_problem *sample, const linear_point *point) {
  const linear_objective of = linear_objective_of(sample);
  const mine_mark mark = mine__arena_mark(sample->env->scratch);
  const size_t width = (size_t)of.width;
  double *root = mine__arena_array(sample->env->scratch, width, width * sizeof *root);
  double *curve = mine__arena_array(sample->env->scratch, width, sizeof *curve);
  int apart = root && curve;
  if (apart) {
    linear_system(&of, point->h, root);
    for (size_t j = 0; j < width; j++)
      curve[j] = root[j * (width + 1)];
    apart = mine__cholesky(sample->la, of.width, root);
  }
  for (size_t j = 0; apart && j < width; j++) {
    const double own = root[j * (width + 1)];
    apart = own * own > BEGIN_APART * curve[j];
  }
  mine__arena_rewind(sample->env->scratch, mark);
  return apart;
}

/* Whether the sample has a least that can be trusted; it is in `start`. */
static int begin_on_sample(const linear_problem *p, uint32_t *row, int64_t n, double *start,
                           linear_point *point) {
  linear_problem sample;
  const double far = LINEAR_FAR + (linear_of_classes(p) ? 0 : fabs(start[0]));
  int steps = -1;
  begin_sample(p, row, n, &sample);
  if (mine__glm_evaluate(&sample, start, LINEAR_NEWTON, point) ||
      mine__glm_solve(&sample, start, point, &steps))
    return 0;
  return steps > 0 && point->most < far && (!point->h || begin_apart(&sample, point));
}

mine_status mine__glm_begin(const linear_problem *problem, double *beta, linear_point *point) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t width = (size_t)linear_width(problem);
  const int64_t n = begin_rows(problem->n);
  if (n >= BEGIN_SAMPLE + BEGIN_EACH * (int64_t)width) {
    uint32_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
    double *start = mine__arena_array(env->scratch, width, sizeof *start);
    if (mine_failed(env)) return mine_env_status(env);
    memcpy(start, beta, width * sizeof *start);
    if (begin_on_sample(problem, row, n, start, point)) memcpy(beta, start, width * sizeof *beta);
    if (mine_failed(env)) return mine_env_status(env);
    mine__arena_rewind(env->scratch, mark);
  }
  return mine__glm_evaluate(problem, beta, LINEAR_NEWTON, point);
}
