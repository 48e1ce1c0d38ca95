/*
** pmml_network.c -- dense layers as a NeuralNetwork, several networks as one.
**
**   inputs   z(x), a number's deviations from the mean, bent; gap(x); of a category of few levels
**            one for each level, for what is missing and for what was never seen (1 or 0), which
**            the first layer weighs by the rows of its table; of one of many levels its numbers,
**            network by network
**   layers   those of all networks side by side; one of their margins; one that takes the mean, and
**            of two classes has a 0 beside the margin, for a softmax
**
** Neurons are called "layer,network,unit".
*/
#include "network.h"
#include "pmml.h"

typedef struct pmml_net {
  mine__pmml *p;
  const mine_model *model;
  const mine_network *m;
} pmml_net;

/* "1,0,3", in scratch memory. */
static const char *pnet_id(const pmml_net *w, const char *layer, int64_t a, int64_t b) {
  mine_text text;
  mine__text_open(&text, w->p->env->scratch);
  mine__text_addf(&text, "%s,%lld,%lld", layer, (long long)a, (long long)b);
  return text.failed ? "" : text.data;
}

static const char *pnet_layer(const pmml_net *w, int layer) {
  mine_text text;
  mine__text_open(&text, w->p->env->scratch);
  mine__text_addf(&text, "%d", layer);
  return text.failed ? "" : text.data;
}

/* ---- inputs ------------------------------------------------------------------------ */

static void pnet_if_missing(mine__pmml *p, const char *x) {
  mine__pmml_apply(p, "if");
  mine__pmml_apply(p, "isMissing");
  mine__pmml_field(p, "FieldRef", x);
  mine__xml_close(&p->x);
}

/* max(-far, min(far, (x - mean) / deviation)) */
static void pnet_deviations(mine__pmml *p, const mine_feature *about,
                            const mine_network_column *column) {
  mine__pmml_derived(p, mine__pmml_name(p, "z", about->name));
  mine__pmml_apply(p, "max");
  mine__pmml_constant(p, -MINE_NETWORK_FARTHEST);
  mine__pmml_apply(p, "min");
  mine__pmml_constant(p, MINE_NETWORK_FARTHEST);
  mine__pmml_apply(p, "/");
  mine__pmml_apply(p, "-");
  mine__pmml_field(p, "FieldRef", about->name);
  mine__pmml_constant(p, column->mean);
  mine__xml_close(&p->x);
  mine__pmml_constant(p, column->deviation);
  for (int i = 0; i < 4; i++)
    mine__xml_close(&p->x);
}

/* z / sqrt(1 + (z / bend) (z / bend)) */
static void pnet_bent(mine__pmml *p, const char *z, double bend) {
  if (!(bend > 0)) {
    mine__pmml_field(p, "FieldRef", z);
    return;
  }
  mine__pmml_apply(p, "/");
  mine__pmml_field(p, "FieldRef", z);
  mine__pmml_apply(p, "sqrt");
  mine__pmml_apply(p, "+");
  mine__pmml_constant(p, 1);
  mine__pmml_apply(p, "*");
  for (int i = 0; i < 2; i++) {
    mine__pmml_apply(p, "/");
    mine__pmml_field(p, "FieldRef", z);
    mine__pmml_constant(p, bend);
    mine__xml_close(&p->x);
  }
  for (int i = 0; i < 4; i++)
    mine__xml_close(&p->x);
}

/* Opens the input and its field. */
static void pnet_input(const pmml_net *w, const char *id) {
  mine__xml_open(&w->p->x, "NeuralInput");
  mine__xml_text(&w->p->x, "id", id);
  mine__xml_open(&w->p->x, "DerivedField");
  mine__xml_text(&w->p->x, "optype", "continuous");
  mine__xml_text(&w->p->x, "dataType", "double");
}

static void pnet_input_end(const pmml_net *w) {
  mine__xml_close(&w->p->x);
  mine__xml_close(&w->p->x);
}

static void pnet_missing_input(const pmml_net *w, const char *id, const char *x) {
  pnet_input(w, id);
  pnet_if_missing(w->p, x);
  mine__pmml_constant(w->p, 1);
  mine__pmml_constant(w->p, 0);
  mine__xml_close(&w->p->x);
  pnet_input_end(w);
}

static void pnet_number(const pmml_net *w, int f) {
  const mine_network_column *column = &w->m->column[f];
  const char *x = w->model->feature[f].name;
  pnet_input(w, pnet_id(w, "x", 0, column->input));
  pnet_if_missing(w->p, x);
  mine__pmml_constant(w->p, 0);
  pnet_bent(w->p, mine__pmml_name(w->p, "z", x), w->m->bend);
  mine__xml_close(&w->p->x);
  pnet_input_end(w);
  if (column->form == MINE_NETWORK_GAPS)
    pnet_missing_input(w, pnet_id(w, "x", 0, column->input + 1), x);
}

/* Inputs "f<column>,0,<level>", behind the levels missing and never seen. */
static const char *pnet_level_id(const pmml_net *w, int f, int64_t row) {
  mine_text text;
  mine__text_open(&text, w->p->env->scratch);
  mine__text_addf(&text, "f%d,0,%lld", f, (long long)row);
  return text.failed ? "" : text.data;
}

static void pnet_levels(const pmml_net *w, int f) {
  const mine_feature *about = &w->model->feature[f];
  const int64_t n = w->m->column[f].levels;
  const double none = 0;
  for (int64_t l = 0; l < n && !mine_failed(w->p->env); l++) {
    pnet_input(w, pnet_level_id(w, f, l));
    mine__pmml_map_one(w->p, about, l, 1, 0);
    pnet_input_end(w);
  }
  pnet_missing_input(w, pnet_level_id(w, f, n), about->name);
  pnet_input(w, pnet_level_id(w, f, n + 1));
  mine__pmml_map(w->p, about, &none, 0, 0, 1);
  pnet_input_end(w);
}

/* The numbers that stand for a level, of each network. */
static void pnet_embedded(const pmml_net *w, int f) {
  const mine_network_column *column = &w->m->column[f];
  for (int c = 0; c < w->m->n_networks && !mine_failed(w->p->env); c++) {
    const double *table = w->m->weight + c * w->m->size + column->table;
    for (int64_t j = 0; j < column->width; j++) {
      pnet_input(w, pnet_id(w, "x", c, column->input + j));
      mine__pmml_map(w->p, &w->model->feature[f], table + j, column->width,
                     table[column->levels * column->width + j],
                     table[(column->levels + 1) * column->width + j]);
      pnet_input_end(w);
    }
  }
}

static void pnet_inputs(const pmml_net *w) {
  mine__xml_open(&w->p->x, "NeuralInputs");
  for (int f = 0; f < w->m->n_columns; f++) {
    switch (w->m->column[f].form) {
      case MINE_NETWORK_LEVELS:
        pnet_levels(w, f);
        break;
      case MINE_NETWORK_EMBEDDED_LEVELS:
        pnet_embedded(w, f);
        break;
      default:
        pnet_number(w, f);
    }
  }
  mine__xml_close(&w->p->x);
}

static void pnet_transformations(const pmml_net *w) {
  int numbers = 0;
  for (int f = 0; f < w->m->n_columns; f++)
    numbers += w->m->column[f].form <= MINE_NETWORK_GAPS;
  if (numbers == 0) return;
  mine__xml_open(&w->p->x, "LocalTransformations");
  for (int f = 0; f < w->m->n_columns; f++)
    if (w->m->column[f].form <= MINE_NETWORK_GAPS)
      pnet_deviations(w->p, &w->model->feature[f], &w->m->column[f]);
  mine__xml_close(&w->p->x);
}

/* ---- layers ------------------------------------------------------------------------ */

static void pnet_con(const pmml_net *w, const char *from, double weight) {
  mine__xml_open(&w->p->x, "Con");
  mine__xml_text(&w->p->x, "from", from);
  mine__xml_real(&w->p->x, "weight", weight);
  mine__xml_close(&w->p->x);
}

static void pnet_neuron(const pmml_net *w, const char *id, double bias) {
  mine__xml_open(&w->p->x, "Neuron");
  mine__xml_text(&w->p->x, "id", id);
  mine__xml_real(&w->p->x, "bias", bias);
}

/* What a unit of the first layer has from the inputs. */
static void pnet_first(const pmml_net *w, int c, int64_t unit) {
  const mine_network *m = w->m;
  const double *weight = m->weight + c * m->size;
  for (int64_t i = 0; i < m->width[0]; i++)
    pnet_con(w, pnet_id(w, "x", i < m->numbers ? 0 : c, i),
             weight[m->layer[0] + i * m->width[1] + unit]);
  for (int f = 0; f < m->n_columns; f++) {
    const mine_network_column *column = &m->column[f];
    if (column->form != MINE_NETWORK_LEVELS) continue;
    for (int64_t row = 0; row < column->levels + 2; row++)
      pnet_con(w, pnet_level_id(w, f, row), weight[column->table + row * column->width + unit]);
  }
}

static void pnet_unit(const pmml_net *w, int l, int c, int64_t unit) {
  const mine_network *m = w->m;
  const mine_mark mark = mine__arena_mark(w->p->env->scratch);
  const double *weight = m->weight + c * m->size;
  pnet_neuron(w, pnet_id(w, pnet_layer(w, l + 1), c, unit),
              weight[mine_network_constants(m, l) + unit]);
  if (l == 0) pnet_first(w, c, unit);
  for (int64_t i = 0; l > 0 && i < m->width[l]; i++)
    pnet_con(w, pnet_id(w, pnet_layer(w, l), c, i),
             weight[m->layer[l] + i * m->width[l + 1] + unit]);
  mine__xml_close(&w->p->x);
  mine__text_rewind(w->p->x.to, w->p->env->scratch, mark);
}

static void pnet_layers(const pmml_net *w) {
  const mine_network *m = w->m;
  for (int l = 0; l < m->n_layers; l++) {
    mine__xml_open(&w->p->x, "NeuralLayer");
    mine__xml_text(&w->p->x, "activationFunction",
                   l + 1 == m->n_layers                 ? "identity"
                   : m->activation == MINE_NETWORK_TANH ? "tanh"
                                                        : "rectifier");
    for (int c = 0; c < m->n_networks; c++)
      for (int64_t unit = 0; unit < m->width[l + 1] && !mine_failed(w->p->env); unit++)
        pnet_unit(w, l, c, unit);
    mine__xml_close(&w->p->x);
  }
}

/* The answer: unit x mean + middle; of classes the mean, and of two 0 beside it. */
static void pnet_answer(const pmml_net *w, int64_t k, double factor, double bias, int64_t from) {
  pnet_neuron(w, pnet_id(w, "y", 0, k), bias);
  for (int c = 0; c < w->m->n_networks; c++)
    pnet_con(w, pnet_id(w, pnet_layer(w, w->m->n_layers), c, from), factor / w->m->n_networks);
  mine__xml_close(&w->p->x);
}

static void pnet_answers(const pmml_net *w, int classes) {
  const mine_network *m = w->m;
  mine__xml_open(&w->p->x, "NeuralLayer");
  mine__xml_text(&w->p->x, "activationFunction", "identity");
  if (classes) mine__xml_text(&w->p->x, "normalizationMethod", "softmax");
  if (m->link == MINE_NETWORK_LOGIT) pnet_answer(w, 0, 0, 0, 0);
  if (m->link == MINE_NETWORK_LOGIT) pnet_answer(w, 1, 1, 0, 0);
  for (int64_t k = 0; m->link != MINE_NETWORK_LOGIT && k < m->width[m->n_layers]; k++)
    pnet_answer(w, k, classes ? 1 : m->unit, classes ? 0 : m->middle, k);
  mine__xml_close(&w->p->x);
}

static void pnet_outputs(const pmml_net *w, int classes) {
  mine__xml *x = &w->p->x;
  mine__xml_open(x, "NeuralOutputs");
  for (int k = 0; k < (classes ? w->model->n_groups : 1); k++) {
    mine__xml_open(x, "NeuralOutput");
    mine__xml_text(x, "outputNeuron", pnet_id(w, "y", 0, k));
    mine__xml_open(x, "DerivedField");
    mine__xml_text(x, "optype", classes ? "categorical" : "continuous");
    mine__xml_text(x, "dataType", classes ? mine__pmml_type(&w->model->groups) : "double");
    mine__xml_open(x, classes ? "NormDiscrete" : "FieldRef");
    mine__xml_text(x, "field", w->p->target);
    if (classes) mine__xml_text(x, "value", mine__pmml_class(w->p, w->model, k));
    mine__xml_close(x);
    mine__xml_close(x);
    mine__xml_close(x);
  }
  mine__xml_close(x);
}

void mine__pmml_network(mine__pmml *p, const mine_model *model) {
  const pmml_net w = {p, model, model->body};
  const int classes = mine__model_has_classes(model);
  mine__pmml_open(p, "NeuralNetwork", model);
  mine__xml_text(&p->x, "activationFunction", "identity");
  mine__pmml_head(p, model);
  pnet_transformations(&w);
  pnet_inputs(&w);
  pnet_layers(&w);
  pnet_answers(&w, classes);
  pnet_outputs(&w, classes);
  mine__pmml_tail(p, model);
}
