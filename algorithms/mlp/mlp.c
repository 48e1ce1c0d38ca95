/*
** mlp.c -- a neural network of dense layers: options, the parts of the rows, the model.
**
** How long is enough is not known beforehand.  Up to 60,000 rows there are four networks: each
** learns the rows of three parts out of four and keeps the weights with which the rows of the
** fourth lost least; the mean of their last layers answers (Krogh & Vedelsby 1995, "Neural
** network ensembles, cross validation, and active learning").  So every row is learned from,
** by three networks, and none is made again.  Beyond there is one, which watches a tenth.
**
** Networks are tasks of their own (core/branch.h); one alone divides its batches.  Both ways
** give the same bytes.
*/
#include "mlp.h"

#include <stdio.h>
#include <string.h>

#include "../core/branch.h"

#define MLP_EPOCHS        200 /* at most, where rows are watched */
#define MLP_BLIND         50  /* where they cannot be divided    */
#define MLP_PATIENCE      10
#define MLP_FEW_ROWS      60000
#define MLP_NETWORKS      4
#define MLP_SHARE         0.1
#define MLP_LEAST_ROWS    10 /* to be divided */
#define MLP_DECAY_CLASSES 1.0
#define MLP_DECAY_NUMBERS 0.3

static const char *const mlp_activation_names[] = {"relu", "tanh", NULL};

static const mine_option mlp_option_table[] = {
    OPTION_NUMBERS(mlp_options, hidden, .initial = "64|32", .range = {1, 4096}, .whole = 1,
                   .help = "units of each hidden layer, at most seven of them"),
    OPTION_CHOICE(mlp_options, activation, .initial = "relu", .choices = mlp_activation_names,
                  .help = "what a hidden unit makes of its sum"),
    OPTION_INT(mlp_options, epochs, .initial = "auto", .range = {1, 100000}, .allows_auto = 1,
               .help = "passes over the rows; auto: as many as rows held back gain from"),
    OPTION_INT(mlp_options, batch_size, .initial = "auto", .range = {1, 1000000}, .allows_auto = 1,
               .help = "rows between two steps; auto: 32 to 256, more of more rows"),
    OPTION_REAL(mlp_options, learning_rate, .initial = "0.003", .range = {0, 10}, .above_least = 1,
                .help = "size of a step (Adam)"),
    OPTION_REAL(mlp_options, weight_decay, .range = {0, 100},
                .help = "share of a weight, times the learning rate, that each step takes off; "
                        "default 1, for numbers 0.3"),
    OPTION_REAL(mlp_options, dropout, .initial = "0", .range = {0, 0.95},
                .help = "share of the hidden units that each step leaves out by chance"),
    OPTION_INT(
        mlp_options, early_stopping, .initial = "auto", .range = {0, 100000}, .allows_auto = 1,
        .help = "stop when rows held back gain nothing for so many epochs, and keep the best "
                "weights; 0 never; auto: 10 where epochs is auto, else never"),
    OPTION_INT(mlp_options, networks, .initial = "auto", .range = {1, 100}, .allows_auto = 1,
               .help = "how many networks, whose mean answers; auto: 4, of more than 60000 rows 1"),
    OPTION_END};

static mine_status mlp_check(mine_env *env, const void *values) {
  const mlp_options *o = values;
  if (o->hidden.n < 1 || o->hidden.n >= MINE_NETWORK_LAYERS) {
    return mine__fail(env, MINE_OPTION,
                      "option hidden has %d layers; give one to %d, such as hidden=64|32",
                      (int)o->hidden.n, MINE_NETWORK_LAYERS - 1);
  }
  return MINE_OK;
}

/* ---- the networks ----------------------------------------------------------------------- */

/* What came of a network. */
typedef struct mlp_outcome {
  int64_t epochs;
  double loss; /* of the rows learned from, in the last epoch */
  double *worth;
  mine_status status;
  char error[MINE_ERROR_BYTES];
} mlp_outcome;

typedef struct mlp_fit {
  const mine_dataset *data;
  const mlp_options *options;
  const mlp_inputs *in;
  mine_network *network;
  mine_linalg la;
  const int32_t *part; /* of each row given; NULL: nothing is watched */
  int parts;
  int64_t batch, most_epochs, patience;
  mlp_outcome *outcome;
} mlp_fit;

static void mlp_divide(mine_arena *arena, const mlp_fit *fit, int number, mlp_run *run) {
  const int64_t n = fit->in->n;
  uint32_t *row = mine__arena_array(arena, (size_t)n, sizeof *row);
  uint32_t *held = mine__arena_array(arena, (size_t)n, sizeof *held);
  double total = 0;
  if (!row || !held) return;
  for (int64_t i = 0; i < n; i++) {
    if (fit->parts && fit->part[i] == number % fit->parts) {
      held[run->n_held++] = (uint32_t)i;
    } else {
      row[run->n++] = (uint32_t)i;
      total += mlp_weight(fit->in, i);
    }
  }
  run->row = row;
  run->held = held;
  run->mean_weight = total / (double)run->n;
}

static void mlp_learn_one(mine_env *env, mine_arena *arena, const mlp_fit *fit, int number,
                          mlp_outcome *outcome) {
  const mine_network *m = fit->network;
  mlp_run run = {.env = env,
                 .in = fit->in,
                 .m = m,
                 .options = fit->options,
                 .la = fit->la,
                 .seed = fit->data->seed ^ mine_hash_mix((uint64_t)number),
                 .most_epochs = fit->most_epochs,
                 .patience = fit->patience,
                 .batch = fit->batch};
  mlp_divide(arena, fit, number, &run);
  if (!mine_failed(env)) mine__mlp_open(&run, arena);
  if (!mine_failed(env)) mine__mlp_learn(&run, arena);
  if (!mine_failed(env)) mine__mlp_fill(&run, arena);
  if (!mine_failed(env)) mine__mlp_worth(&run, arena, outcome->worth);
  if (mine_failed(env)) return;
  outcome->epochs = run.best_epoch;
  outcome->loss = run.last_loss;
  memcpy(m->weight + number * m->size, run.weight, (size_t)m->size * sizeof *m->weight);
}

/* A branch's task. */
static void mlp_task(mine_env *branch, void *context, int64_t task) {
  const mlp_fit *fit = context;
  mlp_outcome *outcome = &fit->outcome[task];
  mine_arena *arena = mine__arena_open(branch);
  if (!arena) return;
  mlp_learn_one(branch, arena, fit, (int)task, outcome);
  outcome->status = mine_env_status(branch);
  if (outcome->status) snprintf(outcome->error, sizeof outcome->error, "%s", branch->error);
  mine__arena_close(arena);
}

static void mlp_learn_all(mine_env *env, mine_arena *arena, mlp_fit *fit) {
  mine_network *m = fit->network;
  const size_t networks = (size_t)m->n_networks;
  fit->outcome = mine__arena_zeros(arena, networks, sizeof *fit->outcome);
  for (size_t k = 0; fit->outcome && k < networks; k++)
    fit->outcome[k].worth = mine__arena_zeros(arena, (size_t)m->n_columns, sizeof(double));
  if (mine_failed(env)) return;
  mine_branches *branches = mine__branches_open(env, arena, m->n_networks);
  if (branches) mine__branches_run(branches, m->n_networks, mlp_task, fit);
  mine__branches_close(branches);
  for (size_t k = 0; k < networks && !mine_failed(env); k++) {
    const mlp_outcome *outcome = &fit->outcome[k];
    if (outcome->status) (void)mine__fail(env, outcome->status, "%s", outcome->error);
    for (int f = 0; f < m->n_columns; f++)
      m->column[f].weight += outcome->worth[f] / (double)networks;
  }
}

/* ---- the plan -------------------------------------------------------------------------------- */

static int64_t mlp_batch(const mlp_options *o, int64_t rows) {
  int64_t batch = 32;
  while (batch < 256 && batch * 64 < rows)
    batch *= 2;
  if (o->batch_size != MINE_AUTO) batch = o->batch_size;
  return batch < rows ? batch : rows;
}

/* How many networks and epochs, and who watches what. */
static void mlp_plan(mine_env *env, mine_arena *arena, mlp_fit *fit, mine_model *model) {
  const mlp_options *o = fit->options;
  const int fixed = o->epochs != MINE_AUTO, few = fit->in->n <= MLP_FEW_ROWS;
  mine_network *m = fit->network;
  m->n_networks = o->networks != MINE_AUTO ? (int)o->networks : few ? MLP_NETWORKS : 1;
  fit->patience = o->early_stopping != MINE_AUTO ? o->early_stopping : fixed ? 0 : MLP_PATIENCE;
  fit->most_epochs = fixed ? o->epochs : MLP_EPOCHS;
  fit->batch = mlp_batch(o, fit->in->n);
  if (fit->patience > 0 && fit->in->n >= MLP_LEAST_ROWS) {
    int32_t *part = NULL;
    if (mine__dataset_parts(env, arena, fit->data, m->n_networks, MLP_SHARE, &part, &fit->parts))
      return;
    fit->part = part;
  }
  if (fit->parts || fixed) return;
  fit->most_epochs = MLP_BLIND;
  if (fit->patience > 0)
    mine__model_note(model, "warning", "epochs",
                     "the rows cannot be divided to see when to stop: %d epochs were made",
                     MLP_BLIND);
}

static void mlp_tell(const mlp_fit *fit, mine_model *model) {
  const mine_network *m = fit->network;
  int64_t least = INT64_MAX, most = 0;
  for (int k = 0; k < m->n_networks; k++) {
    if (fit->outcome[k].epochs < least) least = fit->outcome[k].epochs;
    if (fit->outcome[k].epochs > most) most = fit->outcome[k].epochs;
  }
  mine__model_note(model, "fit", "networks", "%d of %lld weights each%s", m->n_networks,
                   (long long)m->size, m->n_networks > 1 ? ", whose mean answers" : "");
  char range[64];
  if (least < most) {
    snprintf(range, sizeof range, "%lld to %lld", (long long)least, (long long)most);
  } else {
    snprintf(range, sizeof range, "%lld", (long long)most);
  }
  mine__model_note(model, "fit", "epochs", "%s%s", range,
                   fit->parts ? ", with which rows held back lost least" : "");
  if (most == 0) {
    char rate[MINE_NUMBER_BYTES];
    mine__model_note(model, "warning", "epochs",
                     "no epoch was better than guessing: there is no pattern, or "
                     "learning_rate=%s is too large",
                     mine__format_real(rate, fit->options->learning_rate, 0));
  }
  mine__model_note(model, "fit", "batch_size", "%lld", (long long)fit->batch);
  mine__mlp_tell_missing(fit->data, fit->in, model);
}

/* The layers, without weights yet. */
static mine_network *mlp_network(mine_env *env, const mine_dataset *data, const mlp_options *o,
                                 mine_model *model) {
  const int classes = data->task == MINE_CLASSIFICATION ? data->n_classes : 0;
  mine_network *m = mine__arena_zeros(model->arena, 1, sizeof *m);
  if (!m) return NULL;
  m->column = mine__arena_zeros(model->arena, (size_t)data->n_features, sizeof *m->column);
  if (mine_failed(env)) return NULL;
  m->n_columns = data->n_features;
  m->n_networks = 1;
  m->n_layers = (int)o->hidden.n + 1;
  m->activation = (mine_network_activation)o->activation;
  m->link = classes == 0   ? MINE_NETWORK_IDENTITY
            : classes == 2 ? MINE_NETWORK_LOGIT
                           : MINE_NETWORK_SOFTMAX;
  for (size_t l = 0; l < o->hidden.n; l++)
    m->width[l + 1] = (int64_t)o->hidden.item[l];
  m->width[m->n_layers] = classes > 2 ? classes : 1;
  return m;
}

static mine_status mlp_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                mine_model *model) {
  mlp_options own = *(const mlp_options *)options;
  mlp_inputs in;
  mlp_fit fit = {.data = data, .options = &own, .in = &in};
  if (isnan(own.weight_decay))
    own.weight_decay = data->task == MINE_CLASSIFICATION ? MLP_DECAY_CLASSES : MLP_DECAY_NUMBERS;
  if (data->rows.n < 1) {
    return mine__fail(env, MINE_DATA, "there are no rows to learn from; give a source with rows");
  }
  if (data->n_features < 1) {
    return mine__fail(env, MINE_DATA, "there is no attribute to learn from; add one that varies");
  }
  if (data->task == MINE_CLASSIFICATION && data->n_classes < 2) {
    return mine__fail(env, MINE_DATA, "there is only one class to learn; give rows of two or more");
  }
  if (data->task == MINE_CLASSIFICATION && data->n_classes > MINE_NETWORK_WIDEST) {
    return mine__fail(env, MINE_LIMIT, "the target has %d classes; give at most %d",
                      data->n_classes, MINE_NETWORK_WIDEST);
  }
  fit.network = mlp_network(env, data, &own, model);
  if (!fit.network) return mine_env_status(env);
  mine__mlp_inputs(env, env->scratch, data, fit.network, &in);
  fit.la = mine__linalg_open(env);
  if (!mine_failed(env)) mlp_plan(env, env->scratch, &fit, model);
  if (mine_failed(env)) return mine_env_status(env);
  fit.network->weight = mine__arena_array(model->arena, (size_t)fit.network->n_networks,
                                          (size_t)fit.network->size * sizeof(double));
  if (!mine_failed(env)) mlp_learn_all(env, env->scratch, &fit);
  if (mine_failed(env)) return mine_env_status(env);
  mlp_tell(&fit, model);
  model->body = fit.network;
  return mine_env_status(env);
}

const mine_algorithm mine__algorithm_mlp = {
    .name = "mlp",
    .title = "neural network: layers of units, each a bent sum of those before it",
    .citation =
        "Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating "
        "errors, Nature 323; Kingma & Ba (2015), Adam: a method for stochastic optimization",
    .notes =
        "Dense layers, learned by Adam in small batches. Numbers are taken in units of their "
        "deviation, what lies far out bent towards 3 of them; a category of up to 32 levels gives "
        "an input for each, of more levels 4 to 16 inputs that are learned. A missing number "
        "stands at its mean and an input of its own says so; missing is a level of a category; "
        "where training met none, and of a level that it never met, the mean stands. Up to 60,000 "
        "rows four networks learn, each from three parts of the rows and watched by the fourth, "
        "with whose least loss it ends, and their mean answers; of more rows one learns, watched "
        "by a tenth. With `epochs` given, all rows are learned from so often and nothing is "
        "watched. `mine_coefficients` lists the weights. The same seed gives the same bytes on one "
        "kind of processor, for any number of threads; scoring gives the same bits on all.",
    .example =
        "SELECT mine_train('temp.demo', 'mlp',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*5%12 AS years, i*7%31 + i*13%17 > 26 AS churned "
        "FROM n',\n"
        "  'target=churned, hidden=8, epochs=20, networks=2, learning_rate=0.02');",
    .tasks = MINE_CLASSIFICATION | MINE_REGRESSION,
    .reads = "attributes",
    .options_size = sizeof(mlp_options),
    .options = mlp_option_table,
    .kind = &mine__kind_network,
    .fit = mlp_fit_rows,
    .check = mlp_check,
};
