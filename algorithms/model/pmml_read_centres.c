/*
** pmml_read_centres.c -- ClusteringModel of centres, compared by euclidean distances, as k-means.
**
** A clustering field that is a x + b of a number lies at |a| (x - (-b / a)); where a is below zero
** the centres are mirrored.
*/
#include <math.h>
#include <string.h>

#include "pmml_read.h"
#include "prototypes.h"

typedef struct pcentre_place {
  int feature;
  double sign; /* of the centres */
} pcentre_place;

static void pcentre_measure(const mine__pin *pin) {
  const mine__element *measure = mine__xml_child(pin->top, "ComparisonMeasure");
  if (!measure || !mine__pin_is(measure, "kind", "distance", "") ||
      !mine__pin_is(measure, "compareFunction", "absDiff", "absDiff") ||
      (!mine__xml_child(measure, "euclidean") && !mine__xml_child(measure, "squaredEuclidean")))
    mine__pin_refuse(pin, measure ? measure : pin->top,
                     "only euclidean distances of absolute differences are covered");
  if (!mine__pin_is(pin->top, "modelClass", "centerBased", ""))
    mine__pin_refuse(pin, pin->top, "only clusters around centres are covered");
}

/* Where a field lies, and how it is scaled. */
static void pcentre_field(mine__pin *pin, const mine__element *e, mine_encoding *to, uint8_t *seen,
                          pcentre_place *place) {
  if (mine__pin_real_or(pin, e, "fieldWeight", 1) != 1 || mine__xml_get(e, "similarityScale") ||
      !mine__pin_is(e, "compareFunction", "absDiff", "absDiff") ||
      !mine__pin_is(e, "isCenterField", "true", "true"))
    mine__pin_refuse(pin, e, "weights and other comparisons of a field are not covered");
  const mine__pin_term t = mine__pin_named(pin, e, mine__pin_text(pin, e, "field"));
  if (mine_failed(pin->env)) return;
  if (t.feature < 0 || t.level >= 0 || t.a == 0 || t.narrow ||
      pin->model->feature[t.feature].type == MINE_COLUMN_CATEGORY || seen[t.feature]++) {
    mine__pin_refuse(pin, e, "each clustering field must be one number, scaled or as it is");
    return;
  }
  place->feature = t.feature;
  place->sign = t.a < 0 ? -1 : 1;
  to->centre[t.feature] = -t.b / t.a;
  to->factor[t.feature] = fabs(t.a);
  to->fill[t.feature] = isnan(t.missing) ? 0 : place->sign * t.missing;
  if (isnan(t.missing)) pin->skips = 1;
}

static void pcentre_encoding(mine__pin *pin, mine_encoding *to) {
  const size_t n = (size_t)pin->model->n_features;
  *to = (mine_encoding){.n_features = (int)n, .width = (int)n};
  to->first = mine__arena_array(pin->arena, n + 1, sizeof *to->first);
  to->levels = mine__arena_zeros(pin->arena, n, sizeof *to->levels);
  to->centre = mine__arena_zeros(pin->arena, n, sizeof *to->centre);
  to->factor = mine__arena_zeros(pin->arena, n, sizeof *to->factor);
  to->fill = mine__arena_zeros(pin->arena, n, sizeof *to->fill);
  for (size_t f = 0; to->first && f <= n; f++)
    to->first[f] = (int)f;
}

static void pcentre_cluster(mine__pin *pin, const mine__element *e, int64_t c,
                            const pcentre_place *place, int fields, mine_prototypes *m) {
  const mine__element *array = mine__xml_child(e, "Array");
  const char *name = mine__xml_get(e, "name"), *id = mine__xml_get(e, "id");
  const int width = m->encoding.width;
  if (!array) mine__pin_refuse(pin, e, "a cluster without a centre (Array)");
  const double *v = mine_failed(pin->env) ? NULL : mine__pin_reals(pin, array, fields);
  for (int i = 0; v && i < fields; i++)
    m->centre[c * width + place[i].feature] = place[i].sign * v[i];
  for (int f = 0; v && f < width; f++) {
    const double factor = m->encoding.factor[f];
    m->profile.value[c * width + f] =
        factor > 0 ? m->encoding.centre[f] + m->centre[c * width + f] / factor : (double)NAN;
  }
  const double size = mine__pin_real_or(pin, e, "size", 0);
  m->profile.rows[c] = size >= 0 && size < 1e15 ? (int64_t)size : 0;
  if (!name) name = id;
  mine_cell cell = {MINE_TEXT, name ? strlen(name) : 0, {.text = name ? name : ""}};
  if (!name) cell = (mine_cell){MINE_INT, 0, {.integer = c + 1}};
  (void)mine__values_push(&pin->model->groups, &cell);
}

static size_t pcentre_count(const mine__pin *pin, const char *name) {
  size_t n = 0;
  for (const mine__element *e = mine__xml_child(pin->top, name); e;
       e = mine__xml_find(e->next, name))
    n++;
  return n;
}

void mine__pin_centres(mine__pin *pin) {
  const size_t fields = pcentre_count(pin, "ClusteringField"), k = pcentre_count(pin, "Cluster");
  const size_t width = (size_t)pin->model->n_features;
  if (pin->model->task != MINE_CLUSTERING) mine__pin_refuse(pin, pin->top, "it is no clustering");
  if (fields == 0 || k == 0) mine__pin_refuse(pin, pin->top, "it has no fields, or no clusters");
  for (size_t f = 0; f < width; f++)
    if (pin->model->feature[f].type == MINE_COLUMN_CATEGORY)
      mine__pin_refuse_value(pin, pin->top,
                             "a category is not covered:", pin->model->feature[f].name);
  pcentre_measure(pin);
  mine_prototypes *m = mine__arena_zeros(pin->arena, 1, sizeof *m);
  pcentre_place *place = mine__arena_array(pin->env->scratch, fields, sizeof *place);
  uint8_t *seen = mine__arena_zeros(pin->env->scratch, width, 1);
  if (mine_failed(pin->env)) return;
  pcentre_encoding(pin, &m->encoding);
  m->k = m->profile.k = (int64_t)k;
  m->centre = mine__arena_zeros(pin->arena, k, width * sizeof *m->centre);
  m->profile.value = mine__arena_zeros(pin->arena, k, width * sizeof *m->profile.value);
  m->profile.rows = mine__arena_zeros(pin->arena, k, sizeof *m->profile.rows);
  m->profile.overall = mine__arena_array(pin->arena, width, sizeof *m->profile.overall);
  m->profile.deviation = mine__arena_array(pin->arena, width, sizeof *m->profile.deviation);
  for (size_t f = 0; !mine_failed(pin->env) && f < width; f++)
    m->profile.overall[f] = m->profile.deviation[f] = NAN;
  size_t i = 0;
  for (const mine__element *e = mine__xml_child(pin->top, "ClusteringField");
       e && !mine_failed(pin->env); e = mine__xml_next(e))
    pcentre_field(pin, e, &m->encoding, seen, &place[i++]);
  i = 0;
  for (const mine__element *e = mine__xml_child(pin->top, "Cluster"); e && !mine_failed(pin->env);
       e = mine__xml_next(e))
    pcentre_cluster(pin, e, (int64_t)i++, place, (int)fields, m);
  pin->model->n_groups = (int)k;
  pin->model->kind = &mine__kind_prototypes;
  pin->model->body = m;
}
