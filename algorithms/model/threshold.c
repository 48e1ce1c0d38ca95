/*
** threshold.c -- the threshold that makes a measure the largest.
**
** Rows are taken in falling order of the probability of the positive class, equal ones
** together; after each the goal has a value:
**
**   f1                 2 TP / (positives + called)
**   youden             TP / positives - FP / negatives        (Youden, Cancer 3, 1950)
**   accuracy           (TP + negatives - FP) / all
**   balanced_accuracy  (TP / positives + 1 - FP / negatives) / 2
**   profit             revenue TP - cost called - fixed cost,  cost called + fixed cost <= budget
**
** Sums are of weights.
*/
#include "threshold.h"

#include <math.h>
#include <string.h>

#include "../core/text.h"

const char *const mine__goals[] = {"f1", "youden", "accuracy", "balanced_accuracy", "profit", NULL};

typedef struct threshold_sums {
  double positives, negatives; /* of all rows          */
  double hits, misses;         /* of those called      */
} threshold_sums;

static double threshold_value(mine_goal goal, const mine_campaign *c, const threshold_sums *s) {
  const double called = s->hits + s->misses;
  switch (goal) {
    case MINE_GOAL_F1:
      return 2 * s->hits / (s->positives + called);
    case MINE_GOAL_YOUDEN:
      return s->hits / s->positives - s->misses / s->negatives;
    case MINE_GOAL_ACCURACY:
      return (s->hits + s->negatives - s->misses) / (s->positives + s->negatives);
    case MINE_GOAL_BALANCED_ACCURACY:
      return (s->hits / s->positives + 1 - s->misses / s->negatives) / 2;
    case MINE_GOAL_PROFIT:
      return c->revenue * s->hits - c->cost * called - c->fixed_cost;
  }
  return NAN;
}

/* The shortest number above `lower` and not above `upper`. */
static double threshold_between(double lower, double upper) {
  const double halfway = lower * 0.5 + upper * 0.5;
  for (int digits = 1; digits <= 15; digits++) {
    char text[MINE_NUMBER_BYTES];
    double tidy;
    mine__format_real(text, halfway, digits);
    if (mine__read_number(text, strlen(text), &tidy) && tidy > lower && tidy <= upper) return tidy;
  }
  return upper;
}

static int threshold_too_dear(const mine_campaign *c, const threshold_sums *s) {
  return c && c->cost * (s->hits + s->misses) + c->fixed_cost > c->budget;
}

static void threshold_walk(mine_goal goal, const mine_campaign *campaign, const mine_judged *rows,
                           const mine_pair *order, threshold_sums *s, mine_cut *out) {
  const double *fall = rows->fall;
  int64_t hits = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    const uint32_t row = order[i].row;
    const double weight = rows->weight ? rows->weight[row] : 1;
    const int hit = rows->label[row] == rows->positive;
    *(hit ? &s->hits : &s->misses) += weight;
    hits += hit;
    const int last = i + 1 == rows->n;
    if (!last && order[i + 1].key == order[i].key) continue;
    if (goal == MINE_GOAL_PROFIT && threshold_too_dear(campaign, s)) return;
    const double value = threshold_value(goal, campaign, s);
    if (out->called > 0 && !(value > out->value)) continue;
    out->value = value;
    out->called = i + 1;
    out->hits = hits;
    out->precision = s->hits / (s->hits + s->misses);
    out->recall = s->hits / s->positives;
    out->threshold = last ? 0 : threshold_between(-fall[order[i + 1].row], -fall[row]);
  }
}

double *mine__judged_fall(mine_arena *arena, int64_t n, int classes, int positive,
                          const double *share) {
  double *fall = mine__arena_array(arena, (size_t)n, sizeof *fall);
  for (int64_t i = 0; fall && i < n; i++)
    fall[i] = -share[i * classes + positive];
  return fall;
}

static const mine_pair *threshold_order(mine_arena *arena, const mine_judged *rows) {
  mine_pair *order = mine__arena_array(arena, (size_t)rows->n, sizeof *order);
  mine_pair *temp = mine__arena_array(arena, (size_t)rows->n, sizeof *temp);
  if (!order || !temp) return NULL;
  (void)mine__sort_reals(rows->fall, NULL, rows->n, order, temp);
  return order;
}

mine_status mine__threshold_find(mine_env *env, mine_goal goal, const mine_campaign *campaign,
                                 const mine_judged *rows, mine_cut *out) {
  threshold_sums sums = {0};
  *out = (mine_cut){.threshold = NAN, .value = NAN, .rows = rows->n};
  for (int64_t i = 0; i < rows->n; i++) {
    const int positive = rows->label[i] == rows->positive;
    out->positives += positive;
    *(positive ? &sums.positives : &sums.negatives) += rows->weight ? rows->weight[i] : 1;
  }
  if (!(sums.positives > 0 && sums.negatives > 0))
    return mine__fail(env, MINE_DATA,
                      "threshold=%s is found on held-out rows, and all %lld of them are of one "
                      "class; give a number",
                      mine__goals[goal], (long long)rows->n);
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_pair *order = rows->order ? rows->order : threshold_order(env->scratch, rows);
  if (order) threshold_walk(goal, campaign, rows, order, &sums, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
