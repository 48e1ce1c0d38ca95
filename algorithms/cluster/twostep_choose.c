/*
** twostep_choose.c -- solutions for each number of clusters, and the number.
**
** Solutions are scored by the integrated completed likelihood (twostep_em.c): as BIC, but a
** solution pays for points that it cannot tell the cluster of, so that one segment that is not
** normal is not told as two.  Chosen is the smallest number whose score is as good as the best one:
** it falls short of it by less than one standard error of what the points say for the best against
** it (Breiman, Friedman, Olshen & Stone 1984; the error is Vuong's, Econometrica 57, 1989), or by
** less than CHOOSE_LITTLE of what the best gains over a single cluster.  TwoStep looks for a jump
** in the distances of its merges instead, which knows nothing of noise.
*/
#include <math.h>

#include "twostep_private.h"

#define CHOOSE_MICRO  128 /* small clusters, at most         */
#define CHOOSE_EACH   8   /* points of one, on the average   */
#define CHOOSE_STEPS  40
#define CHOOSE_ENOUGH 1e-5
#define CHOOSE_ABOVE  3 /* k given: where the descent begins */
#define CHOOSE_ASIDE  0.25
#define CHOOSE_LITTLE 0.02
#define CHOOSE_BEGIN  0.01 /* noise when two clusters have been joined */
#define CHOOSE_NOISY  0.05
#define CHOOSE_MIXED  0.1

static int64_t choose_micro(const twostep_points *points, int top) {
  int64_t n = points->n / CHOOSE_EACH;
  if (n > CHOOSE_MICRO) n = CHOOSE_MICRO;
  if (n < 2 * (int64_t)top) n = 2 * (int64_t)top;
  return n < points->n ? n : points->n;
}

typedef struct choose_room {
  twostep_mixture last, trial;
  double *one; /* a cluster */
  int32_t *small, *label;
  int32_t *of; /* (top + 1) x micro */
  int starts;
  int64_t n; /* small clusters */
} choose_room;

/* From small clusters joined to k. */
static void choose_from_tree(const twostep_descent *d, choose_room *room, int k) {
  const int32_t *of = room->of + (int64_t)k * room->n;
  for (int64_t i = 0; i < d->points->n; i++)
    room->label[i] = of[room->small[i]];
  mine__twostep_mixture_start(d->env, d->points, room->label, k, d->noise, &room->trial);
  mine__twostep_em(d->env, d->points, d->noise, d->steps, CHOOSE_ENOUGH, &room->trial);
}

/* Where points cannot be told from noise, nobody is noise if that scores better. */
static void choose_without_noise(const twostep_descent *d, choose_room *room) {
  if (!(room->last.noise > CHOOSE_NOISY) || !(room->last.entropy > CHOOSE_MIXED)) return;
  mine__twostep_mixture_copy(&room->trial, &room->last);
  room->trial.noise = 0;
  mine__twostep_em(d->env, d->points, 0, d->steps, CHOOSE_ENOUGH, &room->trial);
  if (room->trial.k == room->last.k && room->trial.score > room->last.score)
    mine__twostep_mixture_copy(&room->last, &room->trial);
}

/* The better of two solutions for k, in room->last. */
static void choose_solve(const twostep_descent *d, choose_room *room, int k) {
  const int joins = room->last.k > k;
  if (joins && d->noise > 0) room->last.noise = fmax(room->last.noise, CHOOSE_BEGIN);
  while (room->last.k > k)
    mine__twostep_mixture_join(d->points->scale, &room->last, room->one);
  if (joins) mine__twostep_em(d->env, d->points, d->noise, d->steps, CHOOSE_ENOUGH, &room->last);
  if (k > room->starts || mine_failed(d->env)) return;
  choose_from_tree(d, room, k);
  const int more = d->exact ? room->trial.k - room->last.k : 0;
  if (room->last.k == 0 || more > 0 || (more == 0 && room->trial.score > room->last.score))
    mine__twostep_mixture_copy(&room->last, &room->trial);
  if (!mine_failed(d->env)) choose_without_noise(d, room);
}

void mine__twostep_descend(const twostep_descent *d, twostep_mixture *out) {
  mine_env *env = d->env;
  const twostep_scale *s = d->points->scale;
  const size_t n = (size_t)d->points->n;
  const mine_mark mark = mine__arena_mark(env->scratch);
  choose_room room = {.small = mine__arena_array(env->scratch, n, sizeof(int32_t)),
                      .label = mine__arena_array(env->scratch, n, sizeof(int32_t))};
  mine__twostep_mixture_open(env, env->scratch, s, d->top, &room.last);
  mine__twostep_mixture_open(env, env->scratch, s, d->top, &room.trial);
  room.one = mine__arena_array(env->scratch, (size_t)room.last.stride, sizeof(double));
  if (mine_failed(env)) return;
  mine__twostep_micro(env, d->points, d->micro, d->seed, d->index, room.small, &room.n);
  if (!mine_failed(env))
    mine__twostep_merge(env, d->points, room.small, room.n, d->top, d->noise > 0 ? CHOOSE_ASIDE : 0,
                        &room.of, &room.starts);
  for (int k = d->top; k >= d->bottom && !mine_failed(env); k--) {
    choose_solve(d, &room, k);
    if (room.last.k > 0 && d->visit && !mine_failed(env)) d->visit(d->context, k, &room.last);
  }
  if (!mine_failed(env)) mine__twostep_mixture_copy(out, &room.last);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- which ---------------------------------------------------------------------------------- */

typedef struct choose_best {
  mine_env *env;
  const twostep_points *points;
  int top;
  twostep_mixture *of; /* by k; k 0: none          */
  double **said;       /* of its points            */
} choose_best;

static void choose_visit(void *context, int k, const twostep_mixture *solution) {
  const choose_best *choice = context;
  const int at = solution->k;
  if (mine__poll_progress(choice->env, "clusters", 1 - (double)k / (choice->top + 1))) return;
  if (choice->of[at].k > 0 && !(solution->score > choice->of[at].score)) return;
  mine__twostep_mixture_copy(&choice->of[at], solution);
  mine__twostep_label(choice->env, choice->points, solution, NULL, choice->said[at]);
}

/* The standard error of the difference between two scores. */
static double choose_error(const choose_best *choice, int a, int b) {
  const twostep_points *p = choice->points;
  double sum = 0, square = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const double apart = choice->said[a][i] - choice->said[b][i];
    sum += p->weight[i] * apart;
    square += p->weight[i] * apart * apart;
  }
  const double mean = sum / p->total;
  return sqrt(fmax(square / p->total - mean * mean, 0) * mine__twostep_rows(p));
}

static int choose_number(const choose_best *choice) {
  int best = 0;
  double least = INFINITY;
  for (int k = 1; k <= choice->top; k++) {
    if (choice->of[k].k == 0) continue;
    least = fmin(least, choice->of[k].score);
    if (best == 0 || choice->of[k].score > choice->of[best].score) best = k;
  }
  const double little = CHOOSE_LITTLE * (choice->of[best].score - least);
  for (int k = 1; k < best; k++) {
    if (choice->of[k].k == 0) continue;
    const double short_of = choice->of[best].score - choice->of[k].score;
    if (short_of <= fmax(little, choose_error(choice, best, k))) return k;
  }
  return best;
}

static void choose_open(twostep_fit *fit, choose_best *choice) {
  mine_env *env = fit->env;
  const size_t n = (size_t)choice->top + 1;
  choice->of = mine__arena_zeros(env->scratch, n, sizeof *choice->of);
  choice->said = mine__arena_zeros(env->scratch, n, sizeof *choice->said);
  for (int k = 1; k <= choice->top && !mine_failed(env); k++) {
    mine__twostep_mixture_open(env, env->scratch, &fit->scale, k, &choice->of[k]);
    choice->said[k] = mine__arena_array(env->scratch, (size_t)fit->few.n, sizeof(double));
  }
}

void mine__twostep_choose(twostep_fit *fit) {
  const int given = fit->options->k != MINE_AUTO;
  const int k = given ? (int)fit->options->k : 1;
  int top = given ? k + CHOOSE_ABOVE : fit->most_k;
  if (top > TWOSTEP_MOST) top = TWOSTEP_MOST;
  if (top > fit->few.n) top = (int)fit->few.n;
  choose_best choice = {.env = fit->env, .points = &fit->few, .top = top};
  const twostep_descent descent = {
      .env = fit->env,
      .points = &fit->few,
      .noise = fit->options->noise,
      .micro = choose_micro(&fit->few, top),
      .steps = CHOOSE_STEPS,
      .top = top,
      .bottom = k < top ? k : top,
      .exact = given,
      .seed = fit->data->seed,
      .visit = given ? NULL : choose_visit,
      .context = &choice,
  };
  twostep_mixture last;
  mine__twostep_mixture_open(fit->env, fit->env->scratch, &fit->scale, TWOSTEP_MOST, &fit->mixture);
  mine__twostep_mixture_open(fit->env, fit->env->scratch, &fit->scale, top, &last);
  if (!mine_failed(fit->env)) choose_open(fit, &choice);
  if (!mine_failed(fit->env)) mine__twostep_descend(&descent, &last);
  if (mine_failed(fit->env)) return;
  mine__twostep_mixture_copy(&fit->mixture, given ? &last : &choice.of[choose_number(&choice)]);
}
