/*
** proof.c -- rows made of a model, and what it answers.
**
** Each feature has a hand of values worth trying.  A row takes one of each hand; hands are
** shuffled anew whenever they are used up, each with a stream of its own, so that n rows show
** every value of a hand of n and neighbours differ in all features at once.  The first row lacks
** everything.
*/
#include "proof.h"

#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../core/random.h"

#define PROOF_SEED 0x50524f4f46u /* "PROOF" */
#define PROOF_CUTS 72            /* of a feature that are tried, each with its two neighbours */
#define PROOF_HAND 240           /* values of a hand at most                                  */
#define PROOF_HAIR 1e-9          /* shares that differ by less are decided by rounding        */
#define PROOF_GAPS                                               \
  8 /* where a gap takes the answer away, one row in so many may \
    ** have some                                                 */

/* gaps.missing, as the option has it */
enum { PROOF_MISSING_ERROR = 1, PROOF_MISSING_SKIP = 2 };

/* ---- where answers change ---------------------------------------------------------------- */

typedef struct proof_list {
  double *value;
  size_t n, capacity;
} proof_list;

struct mine_cuts {
  mine_arena *arena;
  proof_list *of;     /* per feature of the whole                              */
  const int *feature; /* of the model that is asked now, in the whole; NULL: the same */
};

void mine__cuts_add(mine_cuts *cuts, int feature, double value) {
  proof_list *to = &cuts->of[cuts->feature ? cuts->feature[feature] : feature];
  if (!(fabs(value) < 1e300)) return;
  if (MINE_RESERVE(cuts->arena, to->value, to->capacity, to->n + 1)) to->value[to->n++] = value;
}

static int proof_find(const mine_model *whole, const char *name) {
  int f = 0;
  while (f < whole->n_features && strcmp(whole->feature[f].name, name) != 0)
    f++;
  return f;
}

/* Ask the model, and all inside it. */
static void proof_collect(mine_env *env, const mine_model *whole, const mine_model *model,
                          mine_cuts *cuts) {
  const mine_kind *kind = model->kind;
  int *feature = mine__arena_array(cuts->arena, (size_t)model->n_features, sizeof *feature);
  for (int f = 0; feature && f < model->n_features; f++) {
    feature[f] = proof_find(whole, model->feature[f].name);
    if (feature[f] == whole->n_features) return; /* not so named: nothing is asked of it */
  }
  if (mine_failed(env)) return;
  cuts->feature = feature;
  if (kind->cuts) kind->cuts(model, cuts);
  for (int i = 0; kind->n_inside && i < kind->n_inside(model) && !mine_failed(env); i++) {
    mine_cell value;
    const mine_model *member = kind->inside(model, i, &value);
    if (member) proof_collect(env, whole, member, cuts);
  }
}

/* ---- hands ----------------------------------------------------------------------------------- */

typedef struct proof_hand {
  int n;
  double *number; /* or */
  int32_t *code;
  int *order;
} proof_hand;

typedef struct proof_work {
  mine_env *env;
  mine_arena *arena;
  const mine_model *model;
  proof_hand *hand;
  int64_t n;
} proof_work;

/* As a source can hold it: of a date what its form tells. */
static double proof_told(const mine_feature *about, double value) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  double days;
  if (!about->time) return value;
  mine__feature_cell(about, value, buffer, &cell);
  return mine__time_read(about->time, &cell, &days) ? days : (double)NAN;
}

static void proof_try(const mine_feature *about, proof_hand *hand, double value) {
  value = proof_told(about, value);
  if (isfinite(value) && hand->n < PROOF_HAND + 6) hand->number[hand->n++] = value;
}

/* Of many different cuts some at equal steps of rank, the first and the last among them. */
static void proof_try_cuts(const proof_work *w, const mine_feature *about, const proof_list *cuts,
                           proof_hand *hand) {
  const int64_t n = (int64_t)cuts->n;
  mine_pair *pair = mine__arena_array(w->env->scratch, 2 * cuts->n, sizeof *pair);
  if (!pair || n == 0) return;
  const int64_t distinct = mine__sort_reals(cuts->value, NULL, n, pair, pair + n);
  const int64_t take = distinct < PROOF_CUTS ? distinct : PROOF_CUTS;
  int64_t next = 0;
  for (int64_t k = 0; k < n && next < take; k++) {
    const int64_t wanted = take > 1 ? next * (distinct - 1) / (take - 1) : 0;
    if ((int64_t)pair[k].key < wanted) continue;
    const double cut = cuts->value[pair[k].row];
    proof_try(about, hand, cut);
    proof_try(about, hand, nextafter(cut, -INFINITY));
    proof_try(about, hand, nextafter(cut, INFINITY));
    next++;
  }
}

static void proof_numbers(const proof_work *w, const mine_feature *about, const proof_list *cuts,
                          proof_hand *hand) {
  hand->number = mine__arena_array(w->env->scratch, PROOF_HAND + 8, sizeof *hand->number);
  if (!hand->number) return;
  if (w->model->gaps.missing != PROOF_MISSING_ERROR) hand->number[hand->n++] = NAN;
  proof_try_cuts(w, about, cuts, hand);
  proof_try(about, hand, about->least);
  proof_try(about, hand, about->mean);
  proof_try(about, hand, about->most);
  proof_try(about, hand, about->mean - about->deviation);
  proof_try(about, hand, about->mean + about->deviation);
  if (hand->n == 0) hand->number[hand->n++] = 0;
}

static void proof_levels(const proof_work *w, const mine_feature *about, proof_hand *hand) {
  const int64_t levels = about->levels.values.n;
  const int64_t take = levels < PROOF_HAND ? levels : PROOF_HAND;
  hand->code = mine__arena_array(w->env->scratch, PROOF_HAND + 2, sizeof *hand->code);
  if (!hand->code) return;
  if (w->model->gaps.missing != PROOF_MISSING_ERROR) hand->code[hand->n++] = MINE_CODE_MISSING;
  if (!w->model->gaps.unknown) hand->code[hand->n++] = MINE_CODE_UNKNOWN;
  for (int64_t i = 0; i < take; i++)
    hand->code[hand->n++] = (int32_t)(take > 1 ? i * (levels - 1) / (take - 1) : 0);
  if (hand->n == 0) hand->code[hand->n++] = MINE_CODE_MISSING;
}

static void proof_shuffle(proof_hand *hand, int feature, int64_t round) {
  mine_random random;
  mine__random_open(&random, PROOF_SEED, (uint64_t)feature, (uint64_t)round);
  for (int i = 0; i < hand->n; i++)
    hand->order[i] = i;
  for (int i = hand->n - 1; i > 0; i--) {
    const int j = (int)mine__random_below(&random, (uint64_t)i + 1), kept = hand->order[i];
    hand->order[i] = hand->order[j];
    hand->order[j] = kept;
  }
}

static void proof_deal(proof_work *w) {
  const mine_model *model = w->model;
  mine_cuts cuts = {.arena = w->env->scratch};
  const size_t p = (size_t)model->n_features;
  cuts.of = mine__arena_zeros(w->env->scratch, p, sizeof *cuts.of);
  w->hand = mine__arena_zeros(w->env->scratch, p, sizeof *w->hand);
  if (!mine_failed(w->env)) proof_collect(w->env, model, model, &cuts);
  w->n = MINE_PROOF_LEAST;
  for (int f = 0; !mine_failed(w->env) && f < model->n_features; f++) {
    const mine_feature *about = &model->feature[f];
    proof_hand *hand = &w->hand[f];
    if (about->type == MINE_COLUMN_CATEGORY)
      proof_levels(w, about, hand);
    else
      proof_numbers(w, about, &cuts.of[f], hand);
    hand->order = mine__arena_array(w->env->scratch, (size_t)hand->n, sizeof *hand->order);
    if (hand->n + 1 > w->n) w->n = hand->n + 1;
  }
  if (w->n > MINE_PROOF_MOST) w->n = MINE_PROOF_MOST;
}

/* The values of one feature in all rows. */
static void proof_fill(const proof_work *w, int f, mine_feature_view *view) {
  proof_hand *hand = &w->hand[f];
  double *number = hand->number ? mine__arena_array(w->arena, (size_t)w->n, sizeof *number) : NULL;
  int32_t *code = hand->code ? mine__arena_array(w->arena, (size_t)w->n, sizeof *code) : NULL;
  const int skips = w->model->gaps.missing == PROOF_MISSING_SKIP;
  if (!number && !code) return;
  for (int64_t i = 0; i < w->n; i++) {
    const int64_t dealt = i - 1;
    if (i > 0 && dealt % hand->n == 0) proof_shuffle(hand, f, dealt / hand->n);
    int at = i > 0 ? hand->order[dealt % hand->n] : 0; /* what is missing comes first */
    if (skips && i % PROOF_GAPS != 0 && at == 0 && hand->n > 1) at = hand->n - 1;
    if (number) number[i] = hand->number[at];
    if (code) code[i] = hand->code[at];
  }
  *view = (mine_feature_view){number, code};
}

/* ---- answers ---------------------------------------------------------------------------- */

static int proof_gap(const mine_model *model, const mine_proof *proof, int64_t row) {
  return mine__missing_in_row(proof->feature, model->n_features, row) >= 0;
}

static void proof_no_answer(const mine_model *model, mine_answers *out, int64_t row) {
  for (int c = 0; out->value && c < model->n_outputs; c++)
    out->value[row * model->n_outputs + c] = NAN;
  for (int g = 0; out->share && g < model->n_groups; g++)
    out->share[row * model->n_groups + g] = NAN;
  if (out->group) out->group[row] = MINE_NO_GROUP;
  if (out->distance) out->distance[row] = NAN;
}

static double *proof_room(mine_arena *arena, unsigned given, int64_t n, int width) {
  return given ? mine__arena_array(arena, (size_t)n, (size_t)width * sizeof(double)) : NULL;
}

static void proof_answer(mine_env *env, mine_arena *arena, const mine_model *model,
                         mine_proof *proof) {
  const unsigned gives = mine__model_gives(model);
  const mine_batch batch = {proof->n, NULL, proof->feature};
  mine_answers *out = &proof->answers;
  out->value = proof_room(arena, gives & (MINE_GIVES_VALUE | MINE_GIVES_COMPONENTS), proof->n,
                          model->n_outputs);
  out->share = proof_room(arena, gives & MINE_GIVES_SHARE, proof->n, model->n_groups);
  out->distance = proof_room(arena, gives & MINE_GIVES_DISTANCE, proof->n, 1);
  if (gives & MINE_GIVES_GROUP)
    out->group = mine__arena_array(arena, (size_t)proof->n, sizeof *out->group);
  if (mine_failed(env) || mine__model_answer(env, model, &batch, out) != MINE_OK) return;
  for (int64_t i = 0; model->gaps.missing == PROOF_MISSING_SKIP && i < proof->n; i++)
    if (proof_gap(model, proof, i)) proof_no_answer(model, out, i);
}

/* Whether the class of a row hangs by a rounding. */
static int proof_tied(const mine_model *model, const mine_answers *out, int64_t row) {
  const int k = model->n_groups;
  const double *share = out->share ? out->share + row * k : NULL;
  if (!share || isnan(share[0]) || k < 2) return 0;
  if (!isnan(model->after.threshold))
    return fabs(share[model->positive] - model->after.threshold) < PROOF_HAIR;
  double first = -1, second = -1;
  for (int g = 0; g < k; g++) {
    if (share[g] > first) {
      second = first;
      first = share[g];
    } else if (share[g] > second) {
      second = share[g];
    }
  }
  return first - second < PROOF_HAIR;
}

/* Where all levels are whole numbers, one that is not among them: what holds such codes may take
** nothing else. */
static int proof_unseen_number(const mine_dictionary *levels, mine_cell *out) {
  int64_t most = 0;
  for (int64_t l = 0; l < levels->values.n; l++) {
    mine_cell cell;
    mine__values_get(&levels->values, l, &cell);
    if (cell.type != MINE_INT || cell.as.integer == INT64_MAX) return 0;
    if (l == 0 || cell.as.integer > most) most = cell.as.integer;
  }
  *out = (mine_cell){MINE_INT, 0, {.integer = most + 1}};
  return levels->values.n > 0;
}

/* A text that no source is likely to hold and that is no level. */
static void proof_unseen_text(mine_arena *arena, const mine_dictionary *levels, mine_cell *out) {
  mine_text text;
  mine__text_open(&text, arena);
  mine__text_adds(&text, "(unseen)");
  *out = (mine_cell){MINE_TEXT, text.bytes, {.text = text.data}};
  while (!text.failed && mine__dictionary_find(levels, out) >= 0) {
    mine__text_adds(&text, "?");
    *out = (mine_cell){MINE_TEXT, text.bytes, {.text = text.data}};
  }
}

static void proof_name_unseen(mine_env *env, mine_arena *arena, const mine_model *model,
                              mine_proof *proof) {
  proof->unseen = mine__arena_zeros(arena, (size_t)model->n_features, sizeof *proof->unseen);
  for (int f = 0; proof->unseen && f < model->n_features && !mine_failed(env); f++) {
    const mine_dictionary *levels = &model->feature[f].levels;
    if (model->feature[f].type != MINE_COLUMN_CATEGORY) continue;
    if (!proof_unseen_number(levels, &proof->unseen[f]))
      proof_unseen_text(arena, levels, &proof->unseen[f]);
  }
}

/* ---- the rows --------------------------------------------------------------------------- */

/* Rows row[0..n-1] of a batch (NULL: the first n), copied, with their answers. */
static mine_proof *proof_copy(mine_env *env, mine_arena *arena, const mine_model *model,
                              const mine_batch *from, const uint32_t *row, int64_t n) {
  mine_proof *proof = mine__arena_zeros(arena, 1, sizeof *proof);
  mine_feature_view *view = mine__arena_zeros(arena, (size_t)model->n_features, sizeof *view);
  for (int f = 0; view && f < model->n_features && !mine_failed(env); f++) {
    const mine_feature_view *old = &from->feature[f];
    double *number = old->number ? mine__arena_array(arena, (size_t)n, sizeof *number) : NULL;
    int32_t *code = old->code ? mine__arena_array(arena, (size_t)n, sizeof *code) : NULL;
    for (int64_t i = 0; !mine_failed(env) && i < n; i++) {
      const int64_t at = mine_batch_row(from, row ? (int64_t)row[i] : i);
      if (number) number[i] = old->number[at];
      if (code) code[i] = old->code[at];
    }
    view[f] = (mine_feature_view){number, code};
  }
  if (mine_failed(env)) return NULL;
  proof->n = n;
  proof->feature = view;
  proof_name_unseen(env, arena, model, proof);
  if (!mine_failed(env)) proof_answer(env, arena, model, proof);
  return mine_failed(env) ? NULL : proof;
}

mine_proof *mine__proof_of(mine_env *env, mine_arena *arena, const mine_model *model,
                           const mine_batch *rows) {
  if (mine_failed(env)) return NULL;
  return proof_copy(env, arena, model, rows, NULL,
                    rows->n < MINE_PROOF_GIVEN ? rows->n : MINE_PROOF_GIVEN);
}

/* The rows that no rounding decides, unless few are left: of a model that says the same of most
** rows, ties are part of what it says. */
static mine_proof *proof_choose(mine_env *env, mine_arena *arena, const mine_model *model,
                                const mine_proof *all) {
  const mine_batch batch = {all->n, NULL, all->feature};
  uint32_t *kept = mine__arena_array(arena, (size_t)all->n, sizeof *kept);
  int64_t n = 0;
  for (int64_t i = 0; kept && i < all->n; i++)
    if (!proof_tied(model, &all->answers, i)) kept[n++] = (uint32_t)i;
  const int few = n < 100;
  return kept ? proof_copy(env, arena, model, &batch, few ? NULL : kept, few ? all->n : n) : NULL;
}

mine_proof *mine__proof_make(mine_env *env, mine_arena *arena, const mine_model *model) {
  proof_work w = {.env = env, .arena = arena, .model = model};
  mine_proof all = {0};
  if (mine_failed(env)) return NULL;
  proof_deal(&w);
  mine_feature_view *view = mine__arena_zeros(arena, (size_t)model->n_features, sizeof *view);
  for (int f = 0; !mine_failed(env) && f < model->n_features; f++)
    proof_fill(&w, f, &view[f]);
  if (mine_failed(env)) return NULL;
  all.n = w.n;
  all.feature = view;
  proof_answer(env, arena, model, &all);
  mine_proof *proof = mine_failed(env) ? NULL : proof_choose(env, arena, model, &all);
  if (proof) proof->made = 1;
  return proof;
}

void mine__proof_cell(const mine_model *model, const mine_proof *proof, int64_t row, int feature,
                      char buffer[MINE_TIME_BYTES], mine_cell *out) {
  const mine_feature *about = &model->feature[feature];
  const mine_feature_view *view = &proof->feature[feature];
  *out = (mine_cell){MINE_NULL, 0, {0}};
  if (view->number) {
    mine__feature_cell(about, view->number[row], buffer, out);
  } else if (view->code && view->code[row] >= 0) {
    mine__values_get(&about->levels.values, view->code[row], out);
  } else if (view->code && view->code[row] == MINE_CODE_UNKNOWN) {
    *out = proof->unseen[feature];
  }
}
