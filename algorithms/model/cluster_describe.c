/*
** cluster_describe.c -- the profile of the clusters of any model that has one (cluster_profile.h),
** listed by mine_centroids.
*/
#include <math.h>

#include "cluster_profile.h"
#include "model.h"

/* An average in the units of the source; of dates, a date. */
static void centroids_average(mine_relation *to, const mine_feature *about, double value) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine__feature_cell(about, value, buffer, &cell);
  mine__row_cell(to, &cell);
}

/* Which column of which feature. */
typedef struct centroids_column {
  int feature;
  const char *name; /* "tenure", or "plan=gold" of a level */
} centroids_column;

static void centroids_row(mine_relation *to, const mine_model *model, const mine_cluster_profile *p,
                          const mine_encoding *e, int64_t c, int column,
                          const centroids_column *what) {
  const mine_feature *about = &model->feature[what->feature];
  const double value = p->value[c * e->width + column], overall = p->overall[column];
  const double deviation = p->deviation[column];
  mine__row_int(to, c + 1);
  mine__row_int(to, p->rows[c]);
  mine__row_text(to, what->name);
  centroids_average(to, about, value);
  centroids_average(to, about, overall);
  const double apart =
      mine__encode_bend(e, what->feature, value) - mine__encode_bend(e, what->feature, overall);
  mine__row_real(to, deviation > 0 ? apart / deviation : (double)NAN);
  mine__relation_end_row(to);
}

static const char *centroids_level(mine_env *env, const mine_feature *about, int level) {
  mine_text text;
  mine_cell cell;
  mine__text_open(&text, env->scratch);
  mine__text_adds(&text, about->name);
  mine__text_adds(&text, "=");
  mine__values_get(&about->levels.values, level, &cell);
  mine__text_add_shown(&text, &cell);
  return text.data;
}

static void centroids_names(mine_env *env, const mine_model *model, const mine_encoding *e,
                            centroids_column *what) {
  for (int f = 0; f < e->n_features; f++)
    for (int c = e->first[f]; c < e->first[f + 1]; c++)
      what[c] = (centroids_column){
          f, e->levels[f] == 0 ? model->feature[f].name
                               : centroids_level(env, &model->feature[f], c - e->first[f])};
}

static void cluster_centroids(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_encoding *e = NULL;
  const mine_cluster_profile *p = mine__model_profile(model, &e);
  const mine_mark mark = mine__arena_mark(env->scratch);
  centroids_column *what = mine__arena_array(env->scratch, (size_t)e->width, sizeof *what);
  if (what) centroids_names(env, model, e, what);
  for (int64_t c = 0; !mine_failed(env) && c < p->k && mine__poll(env) == MINE_OK; c++)
    for (int column = 0; column < e->width; column++)
      centroids_row(to, model, p, e, c, column, &what[column]);
  mine__arena_rewind(env->scratch, mark);
}

static int cluster_has(const mine_model *model) {
  const mine_encoding *encoding;
  return mine__model_profile(model, &encoding) != NULL;
}

const mine_part mine__cluster_parts[] = {
    {.verb = "mine_centroids",
     .what = "the centres of the clusters in the units of the source",
     .list = cluster_centroids,
     .has = cluster_has},
    {.verb = NULL},
};
