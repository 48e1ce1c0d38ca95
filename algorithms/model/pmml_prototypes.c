/*
** pmml_prototypes.c -- centres as a ClusteringModel.
**
** Each place of the space in which distances are taken is a derived field: a number less its
** centre, times its factor, of the bent number where numbers are bent; a level its factor, the
** others of its category 0; what is missing, and a level never seen, the places' fill.
*/
#include "medoids.h"
#include "pmml.h"
#include "prototypes.h"

static const char *pproto_place(mine__pmml *p, int place) {
  char shown[MINE_SHOW_BYTES];
  return mine__pmml_name(p, "place",
                         mine__show_cell(shown, &(mine_cell){MINE_INT, 0, {.integer = place + 1}}));
}

/* sign(x) ln(1 + |x|) */
static void pproto_log(mine__pmml *p, const char *x) {
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "lessThan");
  mine__pmml_field(p, "FieldRef", x);
  mine__pmml_constant(p, 0);
  mine__xml_close(&p->x);
  for (int side = 0; side < 2; side++) {
    if (side == 0) mine__pmml_apply(p, "-");
    if (side == 0) mine__pmml_constant(p, 0);
    mine__pmml_apply(p, "ln1p");
    mine__pmml_apply(p, "abs");
    mine__pmml_field(p, "FieldRef", x);
    mine__xml_close(&p->x);
    mine__xml_close(&p->x);
    if (side == 0) mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
}

/* The share of the training rows below x: 0 below the least, 1 above the largest. */
static void pproto_rank(mine__pmml *p, const char *x, const mine__warp *warp) {
  for (int side = 0; side < 2; side++) {
    mine__pmml_apply(p, "if");
    mine__pmml_apply(p, side ? "greaterThan" : "lessThan");
    mine__pmml_field(p, "FieldRef", x);
    mine__pmml_constant(p, warp->value[side ? warp->n - 1 : 0]);
    mine__xml_close(&p->x);
    mine__pmml_constant(p, side);
  }
  if (warp->n == 1) {
    mine__pmml_constant(p, warp->share[0]);
  } else {
    mine__xml_open(&p->x, "NormContinuous");
    mine__xml_text(&p->x, "field", x);
    for (int i = 0; i < warp->n; i++) {
      mine__xml_open(&p->x, "LinearNorm");
      mine__xml_real(&p->x, "orig", warp->value[i]);
      mine__xml_real(&p->x, "norm", warp->share[i]);
      mine__xml_close(&p->x);
    }
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}

static void pproto_number(mine__pmml *p, const mine_model *model, const mine_encoding *e, int f) {
  const int c = e->first[f];
  const char *x = model->feature[f].name;
  const mine__warp *warp = e->warp ? &e->warp[f] : NULL;
  mine__pmml_derived(p, pproto_place(p, c));
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "isMissing");
  mine__pmml_field(p, "FieldRef", x);
  mine__xml_close(&p->x);
  mine__pmml_constant(p, e->fill[c]);
  if (warp && warp->form == MINE_WARP_RANK && warp->n == 0) {
    mine__pmml_constant(p, e->fill[c]);
  } else {
    mine__pmml_apply(p, "*");
    mine__pmml_apply(p, "-");
    if (warp && warp->form == MINE_WARP_LOG)
      pproto_log(p, x);
    else if (warp && warp->form == MINE_WARP_RANK)
      pproto_rank(p, x, warp);
    else
      mine__pmml_field(p, "FieldRef", x);
    mine__pmml_constant(p, e->centre[c]);
    mine__xml_close(&p->x);
    mine__pmml_constant(p, e->factor[c]);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
}

static void pproto_level(mine__pmml *p, const mine_model *model, const mine_encoding *e, int f,
                         int level) {
  const int c = e->first[f] + level;
  mine__pmml_derived(p, pproto_place(p, c));
  mine__pmml_map_one(p, &model->feature[f], level, e->factor[c], e->fill[c]);
  mine__xml_close(&p->x);
}

static void pproto_places(mine__pmml *p, const mine_model *model, const mine_encoding *e) {
  mine__xml_open(&p->x, "LocalTransformations");
  for (int f = 0; f < e->n_features && !mine_failed(p->env); f++) {
    if (e->first[f] == e->first[f + 1]) continue;
    if (e->levels[f] == 0) pproto_number(p, model, e, f);
    for (int level = 0; level < e->levels[f]; level++)
      pproto_level(p, model, e, f, level);
  }
  mine__xml_close(&p->x);
}

/* k centres, each of so many rows. */
static void pproto_clusters(mine__pmml *p, const mine_model *model, const double *centre, int width,
                            int64_t k, const int64_t *rows) {
  for (int64_t c = 0; c < k; c++) {
    mine_cell name;
    mine__model_group(model, (int32_t)c + 1, &name);
    mine__xml_open(&p->x, "Cluster");
    mine__xml_int(&p->x, "id", c + 1);
    if (name.type != MINE_NULL) mine__xml_cell(&p->x, "name", &name);
    mine__xml_int(&p->x, "size", rows[c]);
    mine__pmml_reals(p, centre + c * width, width);
    mine__xml_close(&p->x);
  }
}

static void pproto_model(mine__pmml *p, const mine_model *model, const mine_encoding *e,
                         const double *centre, int64_t k, const int64_t *rows,
                         const char *measure) {
  mine__pmml_open(p, "ClusteringModel", model);
  mine__xml_text(&p->x, "modelClass", "centerBased");
  mine__xml_int(&p->x, "numberOfClusters", k);
  mine__pmml_head(p, model);
  pproto_places(p, model, e);
  mine__xml_open(&p->x, "ComparisonMeasure");
  mine__xml_text(&p->x, "kind", "distance");
  mine__xml_open(&p->x, measure);
  mine__xml_close(&p->x);
  mine__xml_close(&p->x);
  for (int c = 0; c < e->width; c++)
    mine__pmml_field(p, "ClusteringField", pproto_place(p, c));
  pproto_clusters(p, model, centre, e->width, k, rows);
  mine__pmml_tail(p, model);
}

void mine__pmml_prototypes(mine__pmml *p, const mine_model *model) {
  const mine_prototypes *m = model->body;
  if (m->scale || m->encoding.width == 0)
    (void)mine__fail(p->env, MINE_UNSUPPORTED, "only centres are written as PMML, no mixtures");
  else
    pproto_model(p, model, &m->encoding, m->centre, m->k, m->profile.rows, "euclidean");
}

void mine__pmml_medoids(mine__pmml *p, const mine_model *model) {
  const mine_medoids *body = model->body;
  const mine_neighbours *m = &body->rows;
  if (m->space != MINE_SPACE_EUCLIDEAN && m->space != MINE_SPACE_MANHATTAN)
    (void)mine__fail(p->env, MINE_UNSUPPORTED,
                     "medoids of metric=%s are not written as PMML; take sql or c",
                     mine__space_names[m->space]);
  else
    pproto_model(p, model, &m->encoding, m->point, m->n, body->profile.rows,
                 m->space == MINE_SPACE_EUCLIDEAN ? "euclidean" : "cityBlock");
}
