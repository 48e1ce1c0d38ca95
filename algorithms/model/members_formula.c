/*
** members_formula.c -- models of models as formulas: the weighted mean, and a case for each group.
*/
#include "formula.h"
#include "members.h"

/* What a member says, in the terms of the whole: classes it never met have no share. */
static void members_say(mine_formula *f, const mine_model *whole, const mine_member *member,
                        const int *map, mine_said *out) {
  const mine_model *model = member->model;
  mine_said own;
  int *through = mine__arena_array(f->arena, (size_t)model->n_features, sizeof *through);
  for (int i = 0; through && i < model->n_features; i++)
    through[i] = map[member->feature[i]];
  mine__formula_inside(f, model, through, &own);
  if (mine_failed(f->env)) return;
  *out = own;
  if (!own.share) return;
  out->share = mine__formula_terms(f, whole->n_groups);
  for (int g = 0; out->share && g < whole->n_groups; g++)
    out->share[g] = mine__term_constant(f, 0);
  for (int g = 0; out->share && g < model->n_groups; g++)
    out->share[member->group ? member->group[g] : g] = mine__term_let(f, own.share[g]);
}

/* ---- ensembles ---------------------------------------------------------------------------- */

static const mine_term *members_weighted(mine_formula *f, const mine_term *term, double by) {
  if (!term || (term->op == MINE_TERM_CONSTANT && term->value == 0)) return NULL;
  return mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, by), term);
}

void mine__ensemble_formula(mine_formula *f, const mine_model *model, const int *map,
                            mine_said *said) {
  const mine_ensemble *body = model->body;
  const int groups = model->n_groups, outputs = model->n_outputs;
  mine_terms *share = mine__arena_zeros(f->arena, (size_t)groups, sizeof *share);
  mine_terms *value = mine__arena_zeros(f->arena, (size_t)outputs, sizeof *value);
  double total = 0;
  for (int m = 0; m < body->n_members; m++)
    total += body->weight[m];
  for (int m = 0; !mine_failed(f->env) && m < body->n_members; m++) {
    mine_said own = {0};
    const double by = body->weight[m] / total;
    members_say(f, model, &body->member[m], map, &own);
    if (mine_failed(f->env)) return;
    for (int g = 0; own.share && g < groups; g++)
      mine__terms_add(f, &share[g], members_weighted(f, own.share[g], by));
    for (int c = 0; own.value && c < outputs; c++)
      mine__terms_add(f, &value[c], members_weighted(f, own.value[c], by));
  }
  const mine_term **out = mine__formula_terms(f, groups > 0 ? groups : outputs);
  for (int i = 0; out && i < (groups > 0 ? groups : outputs); i++)
    out[i] = mine__term_let(f, mine__terms_sum(f, groups > 0 ? &share[i] : &value[i]));
  if (groups > 0)
    said->share = out;
  else
    said->value = out;
}

/* ---- groups ------------------------------------------------------------------------------- */

typedef struct members_cases {
  mine_formula *f;
  const mine_term *which; /* the member of a row, from 1; else no value */
  int n;
  const mine_said *said; /* per member */
} members_cases;

/* One term of each member: share g, value c, the group or the distance. */
enum { MEMBERS_SHARE, MEMBERS_VALUE, MEMBERS_GROUP, MEMBERS_DISTANCE };

static const mine_term *members_case(const members_cases *cases, int what, int at) {
  const mine_term **arg = mine__formula_terms(cases->f, cases->n + 1);
  if (!arg) return NULL;
  arg[0] = cases->which;
  for (int m = 0; m < cases->n; m++) {
    const mine_said *said = &cases->said[m];
    arg[m + 1] = what == MEMBERS_SHARE   ? said->share[at]
                 : what == MEMBERS_VALUE ? said->value[at]
                 : what == MEMBERS_GROUP ? said->group
                                         : said->distance;
    if (!arg[m + 1]) return NULL;
    arg[m + 1] = mine__term_let(cases->f, arg[m + 1]);
  }
  return mine__term_let(cases->f, mine__term_many(cases->f, MINE_TERM_CASE, cases->n + 1, arg));
}

void mine__grouped_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said) {
  const mine_grouped *body = model->body;
  const mine_feature *about = &model->feature[body->feature];
  const int64_t levels = about->levels.values.n;
  mine_said *own = mine__arena_zeros(f->arena, (size_t)body->n_members, sizeof *own);
  double *y = mine__arena_array(f->arena, (size_t)levels, sizeof *y);
  for (int m = 0; own && m < body->n_members && !mine_failed(f->env); m++)
    members_say(f, model, &body->member[m], map, &own[m]);
  for (int64_t l = 0; y && l < levels; l++)
    y[l] = body->of_level[l] + 1;
  if (mine_failed(f->env)) return;
  const mine_term *which = mine__term_let(
      f, mine__term_levels(f, map[body->feature], about, y, body->other + 1, body->other + 1));
  const members_cases cases = {f, which, body->n_members, own};
  const unsigned gives = mine__model_gives(model);
  if (gives & MINE_GIVES_SHARE) said->share = mine__formula_terms(f, model->n_groups);
  if (gives & MINE_GIVES_VALUE) said->value = mine__formula_terms(f, model->n_outputs);
  for (int g = 0; said->share && g < model->n_groups; g++)
    said->share[g] = members_case(&cases, MEMBERS_SHARE, g);
  for (int c = 0; said->value && c < model->n_outputs; c++)
    said->value[c] = members_case(&cases, MEMBERS_VALUE, c);
  if (gives & MINE_GIVES_GROUP) said->group = members_case(&cases, MEMBERS_GROUP, 0);
  if (gives & MINE_GIVES_DISTANCE) said->distance = members_case(&cases, MEMBERS_DISTANCE, 0);
}
