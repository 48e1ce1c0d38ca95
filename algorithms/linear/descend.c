/*
** descend.c -- the least of the expansion of a loss, with a lasso penalty.
**
** Most coefficients are 0 and stay there.  Those that are not, and those whose slope the
** penalty does not hold, are descended along by themselves, on their own part of the system;
** then the slopes of all are looked at, and who now breaks free joins them.  A sweep costs the
** square of their number, a look their number times the width.
**
** Sweeps find out soon which coefficients are 0, and of columns that nearly say the same never
** how large the others are.  So what has not settled after as many sweeps as cost a system of
** equations is solved as one: with its sign held the penalty of a coefficient is linear
** (Osborne, Presnell & Turlach 2000, "A new approach to variable selection in least squares
** problems", IMA J. Numerical Analysis 20; Lee, Battle, Raina & Ng 2007, "Efficient sparse coding
** algorithms", NIPS 19).  The objective falls with each such step, and there are only so many
** sets of signs: sweeps and steps, in turn, end.
*/
#include <string.h>

#include "../kernel/simd.h"
#include "objective.h"

#define DESCEND_SWEEPS 100000
#define DESCEND_FEW    10    /* sweeps, and a third of the coefficients more: a Cholesky's cost */
#define DESCEND_TURNS  100   /* steps by signs, before the sweeps look again                    */
#define DESCEND_POLL   64    /* rows of a triangle between questions to the host                */
#define DESCEND_NIL    1e-14 /* of what a move changes: rounding                                */
#define DESCEND_ALONE  1e-12 /* of its curvature that a column has beside those before it       */

typedef struct descend_run {
  linear_objective of;
  const linear_point *point;
  const double *beta;
  double least;       /* curvature times the square of a move: what counts        */
  double *to, *slope; /* width: the place, the derivative there of all that is smooth */
  int64_t n, *active; /* the coefficients descended along, ascending              */
  int64_t *room;
  double *u;          /* n squared: their part of the system                      */
  double *at, *steep; /* n: their part of `to` and `slope`                        */
} descend_run;

static double descend_shrink(double v, double by) {
  return v > by ? v - by : v < -by ? v + by : 0;
}

static int descend_is_intercept(const descend_run *run, int64_t a) {
  return linear_is_intercept(&run->of, run->active[a]);
}

/* ---- who, and their part of the system --------------------------------------------------- */

static double descend_curve(const descend_run *run, int64_t j) {
  const int intercept = linear_is_intercept(&run->of, j);
  return run->point->h[j * run->of.width + j] + (intercept ? run->of.pull : run->of.problem->l2);
}

/* The slopes of all at `to`. */
static void descend_look(const descend_run *run) {
  const int64_t width = run->of.width;
  const double intercepts = linear_intercepts(&run->of, run->to);
  for (int64_t j = 0; j < width; j++)
    run->slope[j] = linear_slope(&run->of, run->point->g, run->to, j, intercepts);
  for (int64_t i = 0; i < width; i++) {
    const double step = run->to[i] - run->beta[i], *row = run->point->h + i * width;
    for (int64_t j = 0; step != 0 && j < width; j++)
      run->slope[j] += step * row[j];
  }
}

/* Who is not 0 or would not stay there, or was with them; whether somebody is new. */
static int descend_join(descend_run *run) {
  const double l1 = run->of.problem->l1;
  int64_t n = 0, known = 0, fresh = 0;
  for (int64_t j = 0; j < run->of.width; j++) {
    const double curve = descend_curve(run, j), beyond = descend_shrink(run->slope[j], l1);
    const int was = known < run->n && run->active[known] == j;
    known += was;
    if (!(curve > 0)) continue;
    const int joins =
        linear_is_intercept(&run->of, j) || run->to[j] != 0 || beyond * beyond > run->least * curve;
    if (!joins && !was) continue;
    fresh += !was;
    run->room[n++] = j;
  }
  memcpy(run->active, run->room, (size_t)n * sizeof *run->room);
  run->n = n;
  return fresh > 0;
}

static void descend_gather(const descend_run *run) {
  const int64_t n = run->n;
  for (int64_t a = 0; a < n; a++) {
    const int64_t j = run->active[a];
    const double *row = run->point->h + j * run->of.width;
    double *to = run->u + a * n;
    for (int64_t b = 0; b < n; b++) {
      const int held = descend_is_intercept(run, a) && descend_is_intercept(run, b);
      to[b] = row[run->active[b]] + (held ? run->of.pull : 0);
    }
    to[a] = descend_curve(run, j);
    run->at[a] = run->to[j];
    run->steep[a] = run->slope[j];
  }
}

/* ---- one after the other ------------------------------------------------------------------ */

/* Each in turn to its least, until a sweep moves none that counts, or `most` sweeps are made; the
** sweeps.  None leaves 0 for what does not count: signs that rounding gives would be in the way of
** descend_by_signs. */
static int64_t descend_sweep(const descend_run *run, int64_t most, int *settled) {
  const double l1 = run->of.problem->l1;
  const int64_t n = run->n;
  int64_t sweep = 0;
  *settled = 0;
  for (; !*settled && sweep < most; sweep++) {
    double moved = 0;
    for (int64_t a = 0; a < n; a++) {
      const double *row = run->u + a * n, curve = row[a], at = run->at[a];
      const double aim = curve * at - run->steep[a];
      const double to = (descend_is_intercept(run, a) ? aim : descend_shrink(aim, l1)) / curve;
      const double by = to - at;
      if (to == at || (at == 0 && curve * by * by <= run->least)) continue;
      for (int64_t b = 0; b < n; b++)
        run->steep[b] += by * row[b];
      run->at[a] = to;
      moved = fmax(moved, curve * by * by);
    }
    *settled = moved <= run->least;
    if (mine__poll(run->of.problem->env)) break;
  }
  return sweep;
}

/* ---- all at once --------------------------------------------------------------------------- */

/* A way for those that are not 0, and what the objective does along it.  It is a convex
** parabola that bends where one of them passes 0: there its slope rises by twice the penalty. */
typedef struct descend_way {
  int64_t m, *of;      /* them: places among the active                        */
  double *root;        /* m squared: their part of the system as root'root     */
  double *down, *by;   /* the steepest way down; the way                       */
  double *when;        /* how far along it each is 0; INFINITY: nowhere ahead  */
  double slope, curve; /* where it begins                                      */
} descend_way;

/* Who are not 0, the steepest way down, and their part of the system. */
static void descend_hold(const descend_run *run, descend_way *way) {
  const double l1 = run->of.problem->l1;
  way->m = 0;
  for (int64_t a = 0; a < run->n; a++) {
    const int intercept = descend_is_intercept(run, a);
    if (!intercept && run->at[a] == 0) continue;
    way->down[way->m] = -run->steep[a] - (intercept ? 0 : copysign(l1, run->at[a]));
    way->of[way->m++] = a;
  }
  for (int64_t i = 0; i < way->m; i++) {
    for (int64_t j = i; j < way->m; j++)
      way->root[i * way->m + j] = run->u[way->of[i] * run->n + way->of[j]];
  }
}

/* Cholesky of the upper triangle, row by row, as far as the first whom those before it say; m:
** there is none, or the host was asked and failed. */
static int64_t descend_root(mine_env *env, const descend_way *way) {
  const mine__kernels *kernels = mine__kernels_here();
  const int64_t m = way->m;
  for (int64_t j = 0; j < m; j++) {
    double *row = way->root + j * m;
    const double own = row[j];
    if (j % DESCEND_POLL == 0 && mine__poll(env)) return m;
    for (int64_t k = 0; k < j; k++) {
      const double *above = way->root + k * m;
      kernels->add_row(row + j, above + j, m - j, -above[j]);
    }
    if (!(row[j] > DESCEND_ALONE * own)) return j;
    const double pivot = sqrt(row[j]);
    for (int64_t i = j; i < m; i++)
      row[i] /= pivot;
  }
  return m;
}

/* Whether somebody is 0 ahead. */
static int descend_foresee(const descend_run *run, const descend_way *way) {
  int some = 0;
  for (int64_t i = 0; i < way->m; i++) {
    const int64_t a = way->of[i];
    const int meets = !descend_is_intercept(run, a) && way->by[i] * run->at[a] < 0;
    way->when[i] = meets ? -run->at[a] / way->by[i] : INFINITY;
    some |= meets;
  }
  return some;
}

static void descend_turn_back(descend_way *way) {
  way->slope = -way->slope;
  for (int64_t i = 0; i < way->m; i++)
    way->by[i] = -way->by[i];
}

/* The way on which column `alone` makes up for those before it that say the same: nothing but the
** penalty changes. */
static void descend_swap(const descend_run *run, descend_way *way, int64_t alone) {
  const int64_t m = way->m;
  memset(way->by, 0, (size_t)m * sizeof *way->by);
  for (int64_t i = alone - 1; i >= 0; i--) {
    const double *row = way->root + i * m;
    const double sum = mine__dot(row + i + 1, way->by + i + 1, alone - i - 1);
    way->by[i] = -(row[alone] + sum) / row[i];
  }
  way->by[alone] = 1;
  way->curve = 0;
  way->slope = -mine__dot(way->down, way->by, m);
  if (way->slope > 0) descend_turn_back(way);
  if (descend_foresee(run, way)) return;
  descend_turn_back(way);
  (void)descend_foresee(run, way);
}

static void descend_aim(const descend_run *run, descend_way *way) {
  const int64_t alone = descend_root(run->of.problem->env, way);
  if (alone < way->m) {
    descend_swap(run, way, alone);
    return;
  }
  memcpy(way->by, way->down, (size_t)way->m * sizeof *way->by);
  mine__solve_upper(way->m, way->root, 1, way->by);
  mine__solve_upper(way->m, way->root, 0, way->by);
  way->curve = mine__dot(way->down, way->by, way->m);
  way->slope = -way->curve;
  (void)descend_foresee(run, way);
}

/* How far along the way the objective is least; *stops: who is 0 there, -1 nobody; *bent: how
** many were passed. */
static double descend_least(const descend_run *run, descend_way *way, int64_t *stops, int *bent) {
  double slope = way->slope;
  *stops = -1;
  *bent = 0;
  for (;;) {
    const double end = way->curve > 0 ? -slope / way->curve : INFINITY;
    int64_t next = 0;
    for (int64_t i = 1; i < way->m; i++)
      if (way->when[i] < way->when[next]) next = i;
    const double when = way->when[next];
    if (!(when < end)) return end < INFINITY ? end : 0;
    slope += 2 * run->of.problem->l1 * fabs(way->by[next]);
    if (slope + way->curve * when >= 0) {
      *stops = next;
      return when;
    }
    way->when[next] = INFINITY;
    ++*bent;
  }
}

/* A step by signs; whether they changed. */
static int descend_step(const descend_run *run, descend_way *way) {
  int64_t stops;
  int bent;
  descend_hold(run, way);
  if (way->m == 0) return 0;
  descend_aim(run, way);
  const double share = descend_least(run, way, &stops, &bent);
  for (int64_t i = 0; i < way->m; i++) {
    const int64_t a = way->of[i];
    const double by = i == stops ? -run->at[a] : share * way->by[i];
    const double *row = run->u + a * run->n;
    run->at[a] = i == stops ? 0 : run->at[a] + by;
    for (int64_t b = 0; b < run->n; b++)
      run->steep[b] += by * row[b];
  }
  return stops >= 0 || bent > 0;
}

/* Whether the objective rises, by more than rounding, where what column a has moves to b. */
static int descend_rises(const descend_run *run, int64_t a, int64_t b) {
  const double by = run->at[a], *row = run->u + a * run->n;
  const double bend = row[a] - 2 * row[b] + run->u[b * run->n + b];
  const double held = fabs(run->at[b] + by) - fabs(run->at[b]) - fabs(by);
  const double l1 = run->of.problem->l1, part = fabs(by) * (fabs(run->steep[a]) + l1);
  return by * (run->steep[b] - run->steep[a] + 0.5 * by * bend) + l1 * held > DESCEND_NIL * part;
}

static void descend_move(const descend_run *run, int64_t a, int64_t b) {
  const double by = run->at[a], *from = run->u + a * run->n, *to = run->u + b * run->n;
  run->at[b] += by;
  run->at[a] = 0;
  for (int64_t i = 0; i < run->n; i++)
    run->steep[i] += by * (to[i] - from[i]);
}

/* Of equal columns the first stands for all, if that does not raise the objective.  Two levels of
** different columns with one and the same row are such, and there may be hundreds. */
static void descend_merge(const descend_run *run) {
  for (int64_t a = 0; a < run->n && !mine__poll(run->of.problem->env); a++) {
    const double *row = run->u + a * run->n, near = DESCEND_ALONE * row[a];
    for (int64_t b = 0; b < a && run->at[a] != 0 && !descend_is_intercept(run, a); b++) {
      const double own = run->u[b * run->n + b];
      if (run->at[b] == 0 || descend_is_intercept(run, b)) continue;
      if (fabs(row[b] - row[a]) > near || fabs(own - row[a]) > near) continue;
      if (!descend_rises(run, a, b)) descend_move(run, a, b);
    }
  }
}

static void descend_by_signs(const descend_run *run) {
  mine_env *env = run->of.problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)run->n;
  descend_way way = {.of = mine__arena_array(env->scratch, n, sizeof *way.of),
                     .root = mine__arena_array(env->scratch, n, n * sizeof *way.root),
                     .down = mine__arena_array(env->scratch, n, sizeof *way.down),
                     .by = mine__arena_array(env->scratch, n, sizeof *way.by),
                     .when = mine__arena_array(env->scratch, n, sizeof *way.when)};
  int more = !mine_failed(env);
  if (more) descend_merge(run);
  for (int turn = 0; more && turn < DESCEND_TURNS && !mine__poll(env); turn++)
    more = descend_step(run, &way);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- in turn --------------------------------------------------------------------------------- */

/* On the coefficients that are active now; the sweeps. */
static int64_t descend_along(descend_run *run, int *settled) {
  mine_env *env = run->of.problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)run->n;
  run->u = mine__arena_array(env->scratch, n, n * sizeof *run->u);
  if (!run->u) return 0;
  descend_gather(run);
  const int64_t sweeps = descend_sweep(run, DESCEND_FEW + run->n / 3, settled);
  if (!*settled) descend_by_signs(run);
  for (int64_t a = 0; a < run->n; a++)
    run->to[run->active[a]] = run->at[a];
  mine__arena_rewind(env->scratch, mark);
  return sweeps;
}

int mine__glm_descend(const linear_problem *problem, const linear_point *point, const double *beta,
                      double scale, double *step) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t width = (size_t)linear_width(problem);
  descend_run run = {.of = linear_objective_of(problem),
                     .point = point,
                     .beta = beta,
                     .least = problem->settled * scale,
                     .to = mine__arena_array(env->scratch, width, sizeof *run.to),
                     .slope = mine__arena_array(env->scratch, width, sizeof *run.slope),
                     .active = mine__arena_array(env->scratch, width, sizeof *run.active),
                     .room = mine__arena_array(env->scratch, width, sizeof *run.room),
                     .at = mine__arena_array(env->scratch, width, sizeof *run.at),
                     .steep = mine__arena_array(env->scratch, width, sizeof *run.steep)};
  int64_t sweeps = 0;
  int settled = 0;
  if (mine_failed(env)) return 0;
  memcpy(run.to, beta, width * sizeof *run.to);
  descend_look(&run);
  while ((descend_join(&run) || !settled) && sweeps < DESCEND_SWEEPS) {
    sweeps += descend_along(&run, &settled);
    if (mine_failed(env)) return 0;
    descend_look(&run);
  }
  for (size_t j = 0; j < width; j++)
    step[j] = run.to[j] - beta[j];
  mine__arena_rewind(env->scratch, mark);
  return sweeps < DESCEND_SWEEPS;
}
