/*
** cluster_traits.c -- the traits of clusters, and labels made of them.
*/
#include "cluster_traits.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"

#define TRAITS_ERRORS 2 /* standard errors that are taken from an effect */
#define TRAITS_NAMED  2 /* traits in a label                             */

int64_t mine__cluster_profile_rows(const mine_cluster_profile *profile) {
  int64_t rows = profile->noise;
  for (int64_t c = 0; c < profile->k; c++)
    rows += profile->rows[c];
  return rows;
}

/* ---- traits ----------------------------------------------------------------------------- */

/* Yes and no written as 1 and 0. */
static int traits_yes(const mine_feature *about) {
  return about->type == MINE_COLUMN_NUMERIC && about->all_integers && !about->time &&
         about->least >= 0 && about->most <= 1;
}

static double traits_arc(double share) {
  return 2 * asin(sqrt(fmin(fmax(share, 0), 1)));
}

/* The effect; 0: there is none. */
static double traits_effect(const mine_encoding *e, const mine_cluster_profile *p, int column,
                            mine_cluster_trait *t) {
  const double deviation = p->deviation[column];
  if (isnan(t->value) || isnan(t->overall) || !(deviation > 0)) return 0;
  t->z =
      (mine__encode_bend(e, t->feature, t->value) - mine__encode_bend(e, t->feature, t->overall)) /
      deviation;
  if (!t->share) return t->z;
  if (t->overall > 0) t->lift = t->value / t->overall;
  return traits_arc(t->value) - traits_arc(t->overall);
}

static int traits_before(const void *context, const void *left, const void *right) {
  const mine_cluster_trait *a = left, *b = right;
  (void)context;
  return a->strength > b->strength;
}

/* What chance makes among so few rows. */
static double traits_chance(const mine_cluster_profile *p, int64_t rows) {
  const double all = (double)mine__cluster_profile_rows(p);
  return rows > 0 ? TRAITS_ERRORS * sqrt(fmax(1 / (double)rows - 1 / all, 0)) : 0;
}

static mine_cluster_trait traits_of(const mine_model *model, const mine_encoding *e, int f,
                                    int column, const double *value, const double *overall) {
  const mine_feature *about = &model->feature[f];
  const int number = e->levels[f] == 0;
  return (mine_cluster_trait){.feature = f,
                              .level = number ? -1 : column - e->first[f],
                              .share = !number || traits_yes(about),
                              .value = value[column],
                              .overall = overall[column],
                              .z = NAN,
                              .lift = NAN};
}

mine_cluster_trait *mine__cluster_traits(mine_env *env, mine_arena *arena, const mine_model *model,
                                         const mine_encoding *e, const mine_cluster_profile *p,
                                         int64_t c, int *n) {
  const int noise = c == p->k;
  const double *value = noise ? p->apart : p->value + c * e->width;
  const double chance = traits_chance(p, noise ? p->noise : p->rows[c]);
  mine_cluster_trait *trait = mine__arena_array(arena, (size_t)e->width, sizeof *trait);
  mine_cluster_trait *spare = mine__arena_array(env->scratch, (size_t)e->width, sizeof *spare);
  *n = 0;
  if (mine_failed(env)) return NULL;
  for (int f = 0; value && f < e->n_features; f++) {
    for (int column = e->first[f];
         column < e->first[f] + (e->levels[f] ? e->levels[f] : 1) && column < e->first[f + 1];
         column++) {
      mine_cluster_trait t = traits_of(model, e, f, column, value, p->overall);
      const double effect = traits_effect(e, p, column, &t);
      t.strength = fabs(effect) - chance;
      if (!(t.strength > 0) || (e->levels[f] == 2 && effect < 0)) continue;
      trait[(*n)++] = t;
    }
  }
  mine__sort(env, trait, spare, (size_t)*n, sizeof *trait, traits_before, NULL);
  return mine_failed(env) ? NULL : trait;
}

/* ---- words ------------------------------------------------------------------------------ */

static void traits_level(const mine_model *model, const mine_cluster_trait *trait, mine_text *to) {
  mine_cell level = {MINE_INT, 0, {.integer = 1}};
  if (trait->level >= 0)
    mine__values_get(&model->feature[trait->feature].levels.values, trait->level, &level);
  mine__text_add_shown(to, &level);
}

void mine__cluster_trait_name(const mine_model *model, const mine_cluster_trait *trait,
                              mine_text *to) {
  mine__text_adds(to, model->feature[trait->feature].name);
  if (trait->level < 0) return;
  mine__text_adds(to, "=");
  traits_level(model, trait, to);
}

typedef struct traits_words {
  const char *high[2], *low[2], *late[2], *early[2]; /* before and behind the name */
  const char *few, *no;                              /* before a level             */
  const char *and_, *cluster, *noise, *number[2];
} traits_words;

static const traits_words traits_lang[] = {
    [MINE_LANG_EN] = {{"high ", ""},
                      {"low ", ""},
                      {"late ", ""},
                      {"early ", ""},
                      "few ",
                      "no ",
                      ", ",
                      "cluster ",
                      "noise",
                      {" (", ")"}},
    [MINE_LANG_ZH] = {{"", "高"},
                      {"", "低"},
                      {"", "晚"},
                      {"", "早"},
                      "少有 ",
                      "没有 ",
                      "，",
                      "聚类 ",
                      "噪声",
                      {"（", "）"}},
};

static void traits_word(const mine_model *model, const mine_cluster_trait *t,
                        const traits_words *words, mine_text *to) {
  const mine_feature *about = &model->feature[t->feature];
  const int above = t->value > t->overall;
  if (t->share) {
    if (!above) mine__text_adds(to, t->value > 0 ? words->few : words->no);
    mine__text_adds(to, about->name);
    mine__text_adds(to, "=");
    traits_level(model, t, to);
    return;
  }
  const char *const *around = about->time ? above ? words->late : words->early
                              : above     ? words->high
                                          : words->low;
  mine__text_adds(to, around[0]);
  mine__text_adds(to, about->name);
  mine__text_adds(to, around[1]);
}

/* Of two traits of different attributes; without any, the number. */
static void traits_make(const mine_model *model, const mine_cluster_trait *trait, int n, int64_t c,
                        const traits_words *words, mine_text *to) {
  int named = 0, first = -1;
  for (int i = 0; i < n && named < TRAITS_NAMED; i++) {
    if (trait[i].feature == first) continue;
    if (named++) mine__text_adds(to, words->and_);
    traits_word(model, &trait[i], words, to);
    first = trait[i].feature;
  }
  if (named == 0) mine__text_addf(to, "%s%lld", words->cluster, (long long)c + 1);
}

/* The given name; NULL: none. */
static const char *traits_given(mine_arena *arena, const mine_model *model, int64_t c) {
  mine_cell cell;
  mine_text text;
  if (c >= model->groups.n) return NULL;
  mine__values_get(&model->groups, c, &cell);
  if (cell.type == MINE_NULL) return NULL;
  mine__text_open(&text, arena);
  mine__text_add_shown(&text, &cell);
  return text.failed ? NULL : text.bytes ? text.data : "";
}

static int traits_taken(const char *const *label, int64_t n, const char *text) {
  for (int64_t i = 0; i < n; i++)
    if (label[i] && strcmp(label[i], text) == 0) return 1;
  return 0;
}

static const char *traits_label(mine_env *env, mine_arena *arena, const mine_model *model,
                                const mine_encoding *e, const mine_cluster_profile *p, int64_t c,
                                const traits_words *words, const char *const *label) {
  int n;
  mine_text text;
  const mine_cluster_trait *trait = mine__cluster_traits(env, env->scratch, model, e, p, c, &n);
  if (!trait) return NULL;
  mine__text_open(&text, arena);
  traits_make(model, trait, n, c, words, &text);
  if (!text.failed && traits_taken(label, p->k, text.data))
    mine__text_addf(&text, "%s%lld%s", words->number[0], (long long)c + 1, words->number[1]);
  return text.failed ? NULL : text.data;
}

const char **mine__cluster_labels(mine_env *env, mine_arena *arena, const mine_model *model,
                                  const mine_encoding *e, const mine_cluster_profile *p,
                                  mine_lang lang) {
  const traits_words *words = &traits_lang[lang];
  const char **label = mine__arena_zeros(arena, (size_t)p->k + 1, sizeof *label);
  if (!label) return NULL;
  for (int64_t c = 0; c < p->k; c++)
    label[c] = traits_given(arena, model, c);
  for (int64_t c = 0; c < p->k && !mine_failed(env); c++) {
    if (label[c]) continue;
    const mine_mark mark = mine__arena_mark(env->scratch);
    label[c] = traits_label(env, arena, model, e, p, c, words, label);
    if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  }
  label[p->k] = words->noise;
  return mine_failed(env) ? NULL : label;
}
