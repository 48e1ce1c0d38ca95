/*
** formula.c -- terms, and what is the same for every kind: links, calibration, the group.
*/
#include "formula.h"

#include <math.h>
#include <string.h>

/* ---- terms ------------------------------------------------------------------------------- */

static mine_term *term_new(mine_formula *f, mine_term_op op, int n) {
  if (mine_failed(f->env)) return NULL;
  mine_term *term = mine__arena_zeros(f->arena, 1, sizeof *term);
  if (!term) return NULL;
  term->op = op;
  term->n = n;
  return term;
}

const mine_term *mine__term_constant(mine_formula *f, double value) {
  mine_term *term = term_new(f, MINE_TERM_CONSTANT, 0);
  if (term) term->value = value;
  return term;
}

const mine_term *mine__term_number(mine_formula *f, int feature) {
  mine_term *term = term_new(f, MINE_TERM_NUMBER, 0);
  if (term) term->feature = feature;
  return term;
}

const mine_term *mine__term_levels(mine_formula *f, int feature, const mine_feature *about,
                                   const double *y, double missing, double unknown) {
  mine_term *term = term_new(f, MINE_TERM_LEVELS, (int)about->levels.values.n);
  if (!term) return NULL;
  term->feature = feature;
  term->about = about;
  term->y = y;
  term->missing = missing;
  term->unknown = unknown;
  return term;
}

const mine_term *mine__term_many(mine_formula *f, mine_term_op op, int n,
                                 const mine_term *const *arg) {
  mine_term *term = term_new(f, op, n);
  if (!term) return NULL;
  term->arg = mine__formula_terms(f, n);
  for (int i = 0; term->arg && i < n; i++) {
    if (!arg[i]) return NULL;
    term->arg[i] = arg[i];
  }
  return term->arg ? term : NULL;
}

const mine_term *mine__term_one(mine_formula *f, mine_term_op op, const mine_term *a) {
  return mine__term_many(f, op, 1, &a);
}

const mine_term *mine__term_two(mine_formula *f, mine_term_op op, const mine_term *a,
                                const mine_term *b) {
  const mine_term *arg[] = {a, b};
  return mine__term_many(f, op, 2, arg);
}

const mine_term *mine__term_if(mine_formula *f, const mine_term *a, const mine_term *b,
                               const mine_term *then, const mine_term *otherwise) {
  const mine_term *arg[] = {a, b, then, otherwise};
  return mine__term_many(f, MINE_TERM_IF, 4, arg);
}

static const mine_term *term_table(mine_formula *f, mine_term_op op, const mine_term *of, int n,
                                   const double *x, const double *y, double missing) {
  mine_term *term = term_new(f, op, n);
  if (!term || !of) return NULL;
  term->arg = mine__formula_terms(f, 1);
  if (!term->arg) return NULL;
  term->arg[0] = of;
  term->x = x;
  term->y = y;
  term->missing = missing;
  return term;
}

const mine_term *mine__term_steps(mine_formula *f, const mine_term *of, int n, const double *x,
                                  const double *y, double missing) {
  return term_table(f, MINE_TERM_STEPS, of, n, x, y, missing);
}

const mine_term *mine__term_line(mine_formula *f, const mine_term *of, int n, const double *x,
                                 const double *y) {
  return term_table(f, MINE_TERM_LINE, of, n, x, y, NAN);
}

const mine_term *mine__term_trees(mine_formula *f, const mine_trees *trees,
                                  const mine_feature *about, const int *map, int first, int n,
                                  int output) {
  mine_term *term = term_new(f, MINE_TERM_TREES, n);
  if (!term) return NULL;
  term->trees = trees;
  term->tree_about = about;
  term->map = map;
  term->at = first;
  term->output = output;
  return term;
}

/* ---- lists ------------------------------------------------------------------------------- */

const mine_term **mine__formula_terms(mine_formula *f, int n) {
  return mine__arena_zeros(f->arena, (size_t)n, sizeof(const mine_term *));
}

void mine__terms_add(mine_formula *f, mine_terms *to, const mine_term *term) {
  if (!term || !MINE_RESERVE(f->arena, to->term, to->capacity, to->n + 1)) return;
  to->term[to->n++] = term;
}

/* Zeros are left out. */
const mine_term *mine__terms_sum(mine_formula *f, const mine_terms *terms) {
  const mine_term **arg = mine__formula_terms(f, (int)terms->n);
  int n = 0;
  for (size_t i = 0; arg && i < terms->n; i++)
    if (terms->term[i]->op != MINE_TERM_CONSTANT || terms->term[i]->value != 0)
      arg[n++] = terms->term[i];
  if (mine_failed(f->env)) return NULL;
  return n == 0   ? mine__term_constant(f, 0)
         : n == 1 ? arg[0]
                  : mine__term_many(f, MINE_TERM_SUM, n, arg);
}

/* ---- lets -------------------------------------------------------------------------------- */

/* The stage after those of all lets in the term. */
static int formula_stage(const mine_formula *f, const mine_term *term) {
  if (term->op == MINE_TERM_LET) return f->let[term->at].stage + 1;
  int stage = 0;
  const int args = !term->arg                                                  ? 0
                   : term->op == MINE_TERM_STEPS || term->op == MINE_TERM_LINE ? 1
                                                                               : term->n;
  for (int i = 0; i < args; i++) {
    const int at = formula_stage(f, term->arg[i]);
    if (at > stage) stage = at;
  }
  return stage;
}

const mine_term *mine__term_let(mine_formula *f, const mine_term *term) {
  if (!term || mine_failed(f->env)) return NULL;
  if (term->op == MINE_TERM_LET || term->op == MINE_TERM_CONSTANT || term->op == MINE_TERM_NUMBER)
    return term;
  if (!MINE_RESERVE(f->arena, f->let, f->capacity, (size_t)f->n + 1)) return NULL;
  f->let[f->n] = (mine_let){term, formula_stage(f, term)};
  mine_term *let = term_new(f, MINE_TERM_LET, 0);
  if (let) let->at = f->n++;
  return let;
}

/* ---- links ------------------------------------------------------------------------------- */

/* As mine__metrics_shares. */
void mine__formula_softmax(mine_formula *f, int n, const mine_term *const *margin,
                           const mine_term **share) {
  const mine_term **let = mine__formula_terms(f, n);
  for (int c = 0; let && c < n; c++)
    let[c] = mine__term_let(f, margin[c]);
  if (mine_failed(f->env)) return;
  const mine_term *most = mine__term_let(f, mine__term_many(f, MINE_TERM_MOST, n, let));
  for (int c = 0; c < n; c++)
    let[c] = mine__term_let(
        f, mine__term_one(f, MINE_TERM_EXP, mine__term_two(f, MINE_TERM_MINUS, let[c], most)));
  if (mine_failed(f->env)) return;
  const mine_term *total = mine__term_let(f, mine__term_many(f, MINE_TERM_SUM, n, let));
  for (int c = 0; c < n; c++)
    share[c] = mine__term_let(f, mine__term_two(f, MINE_TERM_OVER, let[c], total));
}

/* As MINE_WARP_LOG. */
const mine_term *mine__term_log_signed(mine_formula *f, const mine_term *x) {
  const mine_term *zero = mine__term_constant(f, 0);
  const mine_term *log =
      mine__term_let(f, mine__term_one(f, MINE_TERM_LN,
                                       mine__term_two(f, MINE_TERM_SUM, mine__term_constant(f, 1),
                                                      mine__term_one(f, MINE_TERM_ABS, x))));
  return mine__term_if(f, x, zero, mine__term_two(f, MINE_TERM_MINUS, zero, log), log);
}

/* As mine__metrics_logit. */
void mine__formula_logit(mine_formula *f, const mine_term *margin, const mine_term **share) {
  const mine_term *m = mine__term_let(f, margin), *zero = mine__term_constant(f, 0);
  const mine_term *one = mine__term_constant(f, 1);
  const mine_term *less = mine__term_let(
      f, mine__term_one(
             f, MINE_TERM_EXP,
             mine__term_two(f, MINE_TERM_MINUS, zero, mine__term_one(f, MINE_TERM_ABS, m))));
  const mine_term *all = mine__term_two(f, MINE_TERM_SUM, one, less);
  const mine_term *large = mine__term_two(f, MINE_TERM_OVER, one, all);
  const mine_term *small = mine__term_two(f, MINE_TERM_OVER, less, all);
  share[0] = mine__term_let(f, mine__term_if(f, m, zero, large, small));
  share[1] = mine__term_let(f, mine__term_if(f, m, zero, small, large));
}

/* ---- calibration ------------------------------------------------------------------------- */

/* The log-odds of a share against the others, cut to what the map knows: as
** mine__calibration_odds. */
static const mine_term *formula_odds(mine_formula *f, const mine_calibration_map *map,
                                     const mine_term *share, const mine_term *rest) {
  const mine_term *zero = mine__term_constant(f, 0), *one = mine__term_constant(f, 1);
  const mine_term *low = mine__term_constant(f, map->low),
                  *high = mine__term_constant(f, map->high);
  const mine_term *others =
      mine__term_let(f, mine__term_if(f, mine__term_constant(f, 0.5), share, rest,
                                      mine__term_two(f, MINE_TERM_MINUS, one, share)));
  const mine_term *odds = mine__term_two(f, MINE_TERM_MINUS, mine__term_one(f, MINE_TERM_LN, share),
                                         mine__term_one(f, MINE_TERM_LN, others));
  odds = mine__term_let(
      f, mine__term_if(f, zero, share, mine__term_if(f, zero, others, odds, high), low));
  const mine_term *up[] = {odds, low};
  const mine_term *down[] = {mine__term_many(f, MINE_TERM_MOST, 2, up), high};
  return mine__term_let(f, mine__term_many(f, MINE_TERM_LEAST, 2, down));
}

/* The two shares, of the others and of the class. */
static void formula_mapped(mine_formula *f, mine_calibrate method, const mine_calibration_map *map,
                           const mine_term *odds, const mine_term *share[2]) {
  if (method == MINE_CALIBRATE_PLATT) {
    const mine_term *times =
        mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, map->slope), odds);
    mine__formula_logit(
        f, mine__term_two(f, MINE_TERM_SUM, times, mine__term_constant(f, map->intercept)), share);
    return;
  }
  share[1] = mine__term_let(f, mine__term_line(f, odds, map->n_knots, map->at, map->share));
  share[0] =
      mine__term_let(f, mine__term_two(f, MINE_TERM_MINUS, mine__term_constant(f, 1), share[1]));
}

/* What is left beside one share. */
static const mine_term *formula_rest(mine_formula *f, int k, const mine_term *const *share,
                                     int of) {
  mine_terms rest = {0};
  for (int g = 0; g < k; g++)
    if (g != of) mine__terms_add(f, &rest, share[g]);
  return mine__terms_sum(f, &rest);
}

static void formula_calibrate(mine_formula *f, const mine_calibration *c, int k,
                              const mine_term **share) {
  if (c->n_maps == 1) {
    if (!c->map->known) return;
    const mine_term *odds = formula_odds(f, c->map, share[1], share[0]);
    formula_mapped(f, c->method, c->map, odds, share);
    return;
  }
  const mine_term **mapped = mine__formula_terms(f, k);
  for (int g = 0; mapped && g < k; g++) {
    const mine_term *both[2];
    mapped[g] = share[g];
    if (!c->map[g].known) continue;
    formula_mapped(f, c->method, &c->map[g],
                   formula_odds(f, &c->map[g], share[g], formula_rest(f, k, share, g)), both);
    mapped[g] = both[1];
  }
  if (mine_failed(f->env)) return;
  const mine_term *zero = mine__term_constant(f, 0), *even = mine__term_constant(f, 1.0 / k);
  const mine_term *total = mine__term_let(f, mine__term_many(f, MINE_TERM_SUM, k, mapped));
  for (int g = 0; g < k; g++)
    share[g] = mine__term_let(
        f,
        mine__term_if(f, zero, total, mine__term_two(f, MINE_TERM_OVER, mapped[g], total), even));
}

/* ---- models ------------------------------------------------------------------------------ */

void mine__formula_inside(mine_formula *f, const mine_model *model, const int *map,
                          mine_said *said) {
  memset(said, 0, sizeof *said);
  if (mine_failed(f->env)) return;
  if (!model->kind->formula) {
    (void)mine__fail(f->env, MINE_UNSUPPORTED, "a %s model (%s) is no formula", model->algorithm,
                     model->kind->name);
    return;
  }
  model->kind->formula(f, model, map, said);
  if (!mine_failed(f->env) && said->share && model->after.calibration)
    formula_calibrate(f, model->after.calibration, model->n_groups, said->share);
}

/* Behind a first term n others. */
static const mine_term *formula_behind(mine_formula *f, mine_term_op op, const mine_term *first,
                                       int n, const mine_term *const *term) {
  const mine_term **arg = mine__formula_terms(f, n + 1);
  if (!arg) return NULL;
  arg[0] = first;
  memcpy(arg + 1, term, (size_t)n * sizeof *arg);
  return mine__term_let(f, mine__term_many(f, op, n + 1, arg));
}

const mine_term *mine__formula_greatest(mine_formula *f, int n, const mine_term *const *term) {
  const mine_term *most = mine__term_let(f, mine__term_many(f, MINE_TERM_MOST, n, term));
  return formula_behind(f, MINE_TERM_WHICH, most, n, term);
}

const mine_term *mine__formula_pick(mine_formula *f, const mine_term *which, int n,
                                    const mine_term *const *term) {
  return formula_behind(f, MINE_TERM_CASE, which, n, term);
}

/* The class: from the threshold on the positive one, else the first of the largest share. */
static const mine_term *formula_group(mine_formula *f, const mine_model *model,
                                      const mine_term *const *share) {
  const int k = model->n_groups;
  if (!isnan(model->after.threshold)) {
    const mine_term *positive = mine__term_constant(f, model->positive + 1);
    const mine_term *other = mine__term_constant(f, 2 - model->positive);
    const mine_term *p = share[model->positive];
    const mine_term *choice =
        mine__term_if(f, p, mine__term_constant(f, model->after.threshold), other, positive);
    /* where there is no share there is no class either */
    return mine__term_let(
        f, mine__term_two(f, MINE_TERM_SUM, choice,
                          mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, 0), p)));
  }
  return mine__formula_greatest(f, k, share);
}

void mine__formula_of(mine_env *env, mine_arena *arena, const mine_model *model, mine_formula *f,
                      mine_said *said) {
  *f = (mine_formula){.env = env, .arena = arena, .model = model};
  int *map = mine__arena_array(arena, (size_t)model->n_features, sizeof *map);
  for (int i = 0; map && i < model->n_features; i++)
    map[i] = i;
  mine__formula_inside(f, model, map, said);
  if (mine_failed(env)) return;
  for (int g = 0; said->share && g < model->n_groups; g++)
    said->share[g] = mine__term_let(f, said->share[g]);
  for (int c = 0; said->value && c < model->n_outputs; c++)
    said->value[c] = mine__term_let(f, said->value[c]);
  said->distance = said->distance ? mine__term_let(f, said->distance) : NULL;
  if (said->share && !said->group) said->group = formula_group(f, model, said->share);
}
