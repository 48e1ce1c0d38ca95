/*
** pmml_ensemble.c -- the weighted mean of models as a MiningModel.
**
** A member that knows fewer levels or classes than the whole, or that calibrates what it says
** before the mean is taken, has no place for that in a segment, and is refused in words.
*/
#include "members.h"
#include "pmml.h"

static const char *pensemble_problem(const mine_model *whole, const mine_member *member,
                                     int apart) {
  const mine_model *model = member->model;
  int categories = 0;
  for (int f = 0; f < model->n_features; f++) {
    categories += model->feature[f].type == MINE_COLUMN_CATEGORY;
    if (member->level[f]) return "knows other levels";
  }
  if (member->group || model->n_groups != whole->n_groups) return "knows other classes";
  if (model->after.calibration) return "is calibrated by itself";
  if (categories && mine__pmml_apart(model) != apart)
    return "treats levels never seen otherwise than another";
  return NULL;
}

void mine__pmml_ensemble(mine__pmml *p, const mine_model *model) {
  const mine_ensemble *body = model->body;
  const int apart = mine__pmml_apart(model);
  for (int i = 0; i < body->n_members; i++) {
    const char *problem = pensemble_problem(model, &body->member[i], apart);
    if (problem)
      (void)mine__fail(p->env, MINE_UNSUPPORTED,
                       "member %d (%s) of the mean %s, which PMML has no form for; train that "
                       "algorithm by itself, or take the format json",
                       i + 1, body->member[i].model->algorithm, problem);
  }
  if (mine_failed(p->env)) return;
  mine__pmml_open(p, "MiningModel", model);
  mine__pmml_head(p, model);
  mine__xml_open(&p->x, "Segmentation");
  mine__xml_text(&p->x, "multipleModelMethod", "weightedAverage");
  for (int i = 0; i < body->n_members; i++) {
    if (body->weight[i] == 0) continue;
    mine__xml_open(&p->x, "Segment");
    mine__xml_int(&p->x, "id", i + 1);
    mine__xml_real(&p->x, "weight", body->weight[i]);
    mine__xml_open(&p->x, "True");
    mine__xml_close(&p->x);
    mine__pmml_model(p, body->member[i].model);
    mine__xml_close(&p->x);
  }
  mine__xml_close(&p->x);
  mine__pmml_tail(p, model);
}
