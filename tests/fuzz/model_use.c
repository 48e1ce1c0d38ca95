/*
** model_use.c -- training small models, and using them in every way there is.
*/
#include "model_use.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/made_models.h"
#include "../unit/own_options.h"
#include "../unit/verb_fixture.h"

const use_model use_models[] = {
    {"trees classes", "tree", "target=label,max_depth=3,holdout=0.3,ignore=day", USE_TRAINED},
    {"trees numbers", "tree", "target=x,max_depth=3,holdout=0.3,ignore=day", USE_TRAINED},
    {"trees many classes", "tree",
     "target=kind,task=classification,max_depth=3,holdout=0,ignore=day", USE_TRAINED},
    {"trees boosted", "tree",
     "target=label,min_samples_leaf=1,min_samples_split=2,holdout=0,ignore=day", USE_BOOSTED},
    {"trees dates", "tree", "target=label,max_depth=4,ignore=x|y,holdout=0.3", USE_TRAINED},
    {"prototypes", "kmeans", "k=3,ignore=label|day", USE_TRAINED},
    {"prototypes unscaled", "kmeans", "k=2,scale=none,ignore=label|kind|day", USE_TRAINED},
    {"prototypes with modes", "kprototypes", "k=3,ignore=label|day", USE_TRAINED},
    {"prototypes mixture", "kmeans", "k=3,ignore=label|day", USE_MIXTURE},
    {"mixture full", "gmm", "k=2,ignore=label|day", USE_TRAINED},
    {"mixture tied", "gmm", "k=2,covariance=tied,ignore=label|kind|day", USE_TRAINED},
    {"mixture diagonal", "gmm", "k=3,covariance=diagonal,ignore=label", USE_TRAINED},
    {"mixture spherical", "gmm", "k=2,covariance=spherical,scale=none,ignore=label|kind|day",
     USE_TRAINED},
    {"medoids", "kmedoids", "k=3,ignore=label|day", USE_TRAINED},
    {"medoids gower", "kmedoids", "k=3,metric=gower,ignore=label", USE_TRAINED},
    {"neighbours classes", "knn", "target=label,k=2,holdout=0.3,ignore=day", USE_TRAINED},
    {"neighbours numbers", "knn", "target=x,k=2,voting=distance,holdout=0,ignore=day", USE_TRAINED},
    {"neighbours gower", "knn", "target=label,k=2,metric=gower,holdout=0,ignore=day", USE_TRAINED},
    {"labelled", "dbscan", "eps=0.8,min_samples=2,ignore=label|day", USE_TRAINED},
    {"labelled unscaled", "dbscan", "eps=3,min_samples=2,scale=none,ignore=label|kind|day",
     USE_TRAINED},
    {"grouped classes", "tree",
     "target=label,min_samples_leaf=1,min_samples_split=2,holdout=0,ignore=day", USE_GROUPED},
    {"grouped clusters", "kmeans", "k=2,ignore=label|day", USE_GROUPED},
    {"ensemble classes", "tree",
     "target=label,min_samples_leaf=1,min_samples_split=2,holdout=0,ignore=day", USE_ENSEMBLE},
    {"ensemble numbers", "knn", "target=y,k=2,holdout=0,ignore=day", USE_NESTED},
    {"prototypes dates", "kmeans", "k=3,ignore=label|x", USE_TRAINED},
    {"neighbours dates", "knn", "target=label,k=2,metric=gower,holdout=0", USE_TRAINED},
    {"latent", "auto", "resamples=2,ignore=label", USE_TRAINED},
    {"bayes classes", "bayes", "target=label,holdout=0.3,ignore=day", USE_TRAINED},
    {"bayes many classes", "bayes", "target=kind,task=classification,prior=uniform,holdout=0",
     USE_TRAINED},
    {"bayes calibrated", "bayes", "target=label,holdout=0,ignore=day,calibrate=isotonic",
     USE_TRAINED},
    {"linear with intervals", "linear", "target=y,holdout=0,ignore=day,l2=1,intervals=cross",
     USE_TRAINED},
    {"linear numbers", "linear", "target=y,holdout=0.3,ignore=day,l2=1", USE_TRAINED},
    {"linear classes", "logistic", "target=label,holdout=0,ignore=day,l2=1", USE_TRAINED},
    {"linear many classes", "logistic", "target=kind,task=classification,holdout=0,l2=1",
     USE_TRAINED},
    {"linear scorecard", "logistic", "target=label,holdout=0,transform=woe,l2=1,rare=0.3",
     USE_TRAINED},
    {"hazard", "cox", "target=y,event=label,ignore=day", USE_TRAINED},
    {"hazard with strata", "cox", "target=y,event=label,ignore=day,strata=kind", USE_TRAINED},
    {"hazard with a law", "weibull", "id=none,target=id,event=label,ignore=day|y", USE_TRAINED},
    {"network numbers", "mlp", "target=y,hidden=5|3,epochs=3,networks=2,holdout=0.3", USE_TRAINED},
    {"network classes", "mlp", "target=label,hidden=4,epochs=3,networks=1,holdout=0", USE_TRAINED},
    {"network many classes", "mlp",
     "target=kind,task=classification,hidden=4,epochs=3,networks=1,activation=tanh,holdout=0",
     USE_TRAINED},
    {"components", "pca", "components=2,ignore=label|day", USE_TRAINED},
    {"uplift", "uplift", "target=y,treatment=label,base=tree,holdout=0.3,ignore=day", USE_TRAINED},
    {"components factors", "factor", "factors=1,ignore=label|kind", USE_TRAINED},
    {"purchases", "bgnbd", "customer=kind,time=day", USE_TRAINED},
    {"recommender", "cooccurrence", "customer=kind,item=y,time=day", USE_TRAINED},
    {"recommender by frequency", "gp", "customer=kind,item=y", USE_TRAINED},
    {"recommender by neighbours", "tifu", "customer=kind,item=y,time=day", USE_TRAINED},
    {"recommender by rules", "rules", "customer=kind,item=y,min_support=0.1", USE_TRAINED},
    {"forecast", "ets", "series=kind,time=day,value=x,duplicates=sum,step=month", USE_TRAINED},
    {"forecast of several", "auto_forecast", "time=id,value=y,season=4", USE_TRAINED},
    {"forecast of orders", "arima", "time=id,value=y,season=4,order=1|0|1,seasonal_order=0|1|1",
     USE_TRAINED},
    {"forecast filtered", "holt_winters", "time=id,value=y,season=4", USE_TRAINED},
    {NULL, NULL, NULL, USE_TRAINED},
};

/* What the rows below hold for each task. */
static const struct {
  mine_task_kind task;
  const char *options;
} use_tasks[] = {{MINE_CLASSIFICATION, "target=label,holdout=0.3,ignore=day"},
                 {MINE_REGRESSION, "target=y,holdout=0.3,ignore=day"},
                 {MINE_CLUSTERING, "ignore=label|day"},
                 {MINE_NEIGHBORS, "ignore=label|day"},
                 {MINE_COMPONENTS, "ignore=label|kind|day"},
                 {MINE_UPLIFT, "target=y,treatment=label,holdout=0.3,ignore=day"},
                 {MINE_PURCHASES, "customer=kind,time=day,amount=x"},
                 {MINE_RECOMMENDATION, "customer=kind,item=y"},
                 {MINE_FORECASTING, "time=id,value=y"},
                 {MINE_SURVIVAL, "target=y,event=label,ignore=day"}};

int use_algorithm(int i, use_model *out) {
  static char name[80], options[300];
  const mine_algorithm *algorithm = mine__algorithm_at(i);
  if (!algorithm) return 0;
  *out = (use_model){NULL, algorithm->name, options, USE_TRAINED};
  for (const use_model *model = use_models; model->name; model++)
    if (strcmp(model->algorithm, algorithm->name) == 0) return 1;
  size_t t = 0;
  while (t + 1 < sizeof use_tasks / sizeof use_tasks[0] &&
         !(algorithm->tasks & (unsigned)use_tasks[t].task))
    t++;
  snprintf(name, sizeof name, "algorithm %s", algorithm->name);
  const int n = snprintf(options, sizeof options, "%s", use_tasks[t].options);
  own_options(algorithm, options + n, sizeof options - (size_t)n);
  out->name = name;
  return 1;
}

/* ---- a host that counts -------------------------------------------------------------- */

static void *use_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  use_memory *memory = user;
  void *moved = NULL;
  if (new_bytes) {
    moved = realloc(block, new_bytes);
    if (!moved) return NULL;
  } else {
    free(block);
  }
  memory->held += new_bytes - old_bytes;
  if (memory->held > memory->peak) memory->peak = memory->held;
  return moved;
}

mine_host use_host(use_memory *memory) {
  mine_host host = {0};
  host.resize = use_resize;
  host.user = memory;
  host.single_thread = 1;
  host.available_memory = (size_t)256 << 20;
  return host;
}

/* ---- rows ------------------------------------------------------------------------------- */

static const char *const use_columns[] = {"id", "x", "kind", "y", "label", "day"};

static void use_put_rows(mine_frame *frame, int rows) {
  static const char *const kinds[] = {"red", "green", "blue", "甲"};
  static const char *const labels[] = {"no", "yes"};
  for (int i = 0; i < rows; i++) {
    mine_frame_put_int(frame, 0, i + 1);
    if (i % 7 != 3) mine_frame_put_real(frame, 1, (i * 37 % 23) * 0.5 + (i % 2) * 9);
    mine_frame_put_text(frame, 2, kinds[i * 5 % 4], strlen(kinds[i * 5 % 4]));
    mine_frame_put_int(frame, 3, i * i % 17);
    mine_frame_put_text(frame, 4, labels[i % 2], strlen(labels[i % 2]));
    char day[32];
    snprintf(day, sizeof day, "%02d.%02d.2024", 1 + i * 11 % 28, 1 + i * 5 % 12);
    if (i % 11 != 5) mine_frame_put_text(frame, 5, day, strlen(day));
    if (mine_frame_end_row(frame)) return;
  }
}

static mine_status use_fill(mine_frame *frame, int rows) {
  mine_status status = mine_frame_columns(frame, use_columns, 6);
  if (!status) use_put_rows(frame, rows);
  return status;
}

static mine_model *use_train_one(mine_env *env, const use_model *wanted, int rows) {
  mine_training *training = NULL;
  mine_model *model = NULL;
  mine_status status = verb_training_open(env, wanted->algorithm, wanted->options, &training);
  if (!status) status = use_fill(mine__training_frame(training), rows);
  if (!status) status = mine__training_fit(training, &model);
  mine__training_close(training);
  return model;
}

/* The model as it is wanted, or NULL. */
static mine_model *use_make(mine_env *env, const use_model *wanted, int rows) {
  mine_model *model = use_train_one(env, wanted, rows);
  if (!model || wanted->made == USE_TRAINED) return model;
  if (wanted->made == USE_BOOSTED) made_boosted(model);
  if (wanted->made == USE_MIXTURE) made_mixture(model, 2);
  if (wanted->made == USE_BOOSTED || wanted->made == USE_MIXTURE) return model;
  mine_model *other = use_train_one(env, wanted, rows - 3);
  if (!other) return NULL;
  if (wanted->made == USE_ENSEMBLE) return made_ensemble(env, model, other, 1, 2);
  model = made_grouped(env, model, other, "kind");
  if (!model || wanted->made == USE_GROUPED) return model;
  other = use_train_one(env, wanted, rows);
  return other ? made_ensemble(env, model, other, 0.5, 0.5) : NULL;
}

unsigned char *use_train(const use_model *wanted, int rows, size_t *n) {
  mine_env *env = NULL;
  const void *bytes = NULL;
  unsigned char *copy = NULL;
  mine_status status = mine_env_open(NULL, "train", &env);
  mine_model *model = status ? NULL : use_make(env, wanted, rows);
  if (model) status = mine_model_bytes(env, model, &bytes, n);
  if (model && !status) copy = malloc(*n);
  if (copy) memcpy(copy, bytes, *n);
  if (!copy) fprintf(stderr, "FAILED %s: %s\n", wanted->name, mine_env_error(env));
  mine_model_free(model);
  mine_env_close(env);
  return copy;
}

/* ---- every use ---------------------------------------------------------------------------- */

static volatile size_t use_sink; /* what is read must not be optimised away */

static void use_read_cell(const mine_cell *cell) {
  if (cell->type == MINE_TEXT || cell->type == MINE_BLOB) {
    for (size_t i = 0; i < cell->bytes; i++)
      use_sink += (unsigned char)cell->as.text[i];
  }
}

static void use_relation(mine_relation *relation) {
  if (!relation) return;
  for (int64_t row = 0; row < mine_relation_rows(relation); row++) {
    for (int c = 0; c < mine_relation_columns(relation); c++) {
      mine_cell cell;
      mine_relation_cell(relation, row, c, &cell);
      use_read_cell(&cell);
    }
  }
  mine_relation_free(relation);
}

static mine_env *use_env(use_memory *memory) {
  mine_env *env = NULL;
  mine_host host = use_host(memory);
  mine_env_open(&host, "use", &env);
  return env;
}

/* Every row, of a verb that needs nothing but a model. */
static void use_alone(const mine_model *model, const mine_verb *verb, use_memory *memory) {
  mine_env *env = use_env(memory);
  const mine_arguments arguments = {.model = {model}};
  mine_job *job = NULL;
  mine_frame *frame = NULL;
  mine_relation *relation = NULL;
  const char *sql;
  int64_t rows = 0;
  mine_status status = mine_job_open(env, verb, &arguments, &job);
  if (!status) status = mine_job_source(job, &sql, &frame);
  const int alone = !status && !frame;
  if (alone && !mine_job_streams(job)) status = mine_job_run(job, &relation);
  if (alone && mine_job_streams(job)) {
    mine_job_ends(job);
    status = mine_job_block(job, &rows);
  }
  for (int64_t row = 0; row < rows && row < 1000 && !status; row++) {
    for (int c = 0; verb->answer[c].name && !status; c++) {
      mine_cell cell;
      status = mine_job_cell(job, row, c, &cell);
      if (!status) use_read_cell(&cell);
    }
  }
  use_relation(relation);
  mine_job_close(job);
  mine_env_close(env);
}

/* What it lists, and what it answers from what it keeps: forecasts, values, offers. */
static void use_parts(const mine_model *model, use_memory *memory) {
  const mine_verb *verb;
  for (int i = 0; (verb = mine_verb_at(i)) != NULL; i++) {
    const mine_argument_kind kind = verb->argument[0].kind;
    const int takes = kind == MINE_ARG_MODEL || kind == MINE_ARG_BASE;
    if (takes && verb->form == MINE_VERB_TABLE && verb->required == 1)
      use_alone(model, verb, memory);
  }
}

/* Written in one of the forms, whose turn the bytes say: all of them take longer than all else. */
static void use_forms(const mine_model *model, const unsigned char *bytes, size_t n,
                      use_memory *memory) {
  unsigned turn = 0;
  for (size_t i = 0; i < n; i++)
    turn = turn * 31 + bytes[i];
  const unsigned id = turn / 7 % (32 * MINE_FORMATS);
  mine_env *env = use_env(memory);
  const char *text;
  const char *form = mine__formats[id < MINE_FORMATS ? id : MINE_FORMAT_CALL].name;
  if (verb_write(env, model, form, "m", &text) == MINE_OK) use_sink += strlen(text);
  mine_env_close(env);
}

static void use_cells(const mine_scoring *scoring, int64_t rows) {
  for (int64_t row = 0; row < rows; row++) {
    for (int c = 0; c <= verb_column("unknown"); c++) {
      mine_cell cell;
      mine__scoring_cell(scoring, row, c, &cell);
      use_read_cell(&cell);
    }
    for (int k = 0; k < mine_scoring_classes(scoring) && k < 1000; k++) {
      mine_cell cell;
      mine_scoring_class(scoring, k, &cell);
      use_read_cell(&cell);
      use_sink += mine_scoring_class_probability(scoring, row, k) > 0.5;
    }
  }
}

static void use_scoring(const mine_model *model, mine_scoring_mode mode, use_memory *memory) {
  mine_env *env = use_env(memory);
  mine_scoring *scoring = NULL;
  mine_status status = verb_scoring_open(env, model, mode, NULL, &scoring);
  if (!status) status = use_fill(mine_scoring_frame(scoring), 3);
  if (!status) status = mine__scoring_run(scoring);
  if (!status) use_cells(scoring, 3);
  if (!status && mode == MINE_SCORE_EVALUATE) {
    mine_relation *relation = NULL;
    verb_evaluate(env, scoring, &relation);
    use_relation(relation);
    relation = NULL;
    verb_confusion(env, scoring, &relation);
    use_relation(relation);
  }
  mine_scoring_close(scoring);
  mine_env_close(env);
}

/* The reasons of three rows, all and the greatest. */
static void use_reasons(const mine_model *model, const char *options, use_memory *memory) {
  mine_env *env = use_env(memory);
  const mine_verb *verb = mine_verb_find("mine_explain", MINE_VERB_TABLE);
  const mine_arguments arguments = {.text = {"m", "rows", options}, .model = {model}};
  mine_job *job = NULL;
  mine_frame *frame = NULL;
  const char *sql;
  int64_t rows = 0;
  mine_status status = mine_job_open(env, verb, &arguments, &job);
  if (!status) status = mine_job_source(job, &sql, &frame);
  if (!status) status = use_fill(frame, 3);
  if (!status) mine_job_ends(job);
  if (!status) status = mine_job_block(job, &rows);
  for (int64_t row = 0; row < rows && row < 1000 && !status; row++) {
    for (int c = 0; verb->answer[c].name && !status; c++) {
      mine_cell cell;
      status = mine_job_cell(job, row, c, &cell);
      if (!status) use_read_cell(&cell);
    }
  }
  mine_job_close(job);
  mine_env_close(env);
}

static void use_search(const mine_model *model, use_memory *memory) {
  mine_env *env = use_env(memory);
  mine_search *search = NULL;
  mine_relation *relation = NULL;
  mine_status status = verb_search_open(env, model, 0, "k=2", &search);
  if (!status) status = mine__search_build(search);
  if (!status) status = use_fill(mine__search_queries(search), 3);
  if (!status) status = verb_search_run(env, search, &relation);
  if (!status) use_relation(relation);
  mine__search_close(search);
  mine_env_close(env);
}

/* Rows compared with the profile that came with the model. */
static void use_drift(const mine_model *model, use_memory *memory) {
  mine_env *env = use_env(memory);
  mine_arguments arguments = {.text = {"m", "t"}, .model = {model}};
  mine_job *job = NULL;
  mine_frame *frame = NULL;
  mine_relation *relation = NULL;
  const char *sql;
  mine_status status =
      mine_job_open(env, mine_verb_find("mine_drift", MINE_VERB_TABLE), &arguments, &job);
  if (!status) status = mine_job_source(job, &sql, &frame);
  if (!status) status = use_fill(frame, 30);
  if (!status) status = mine_job_run(job, &relation);
  if (!status) use_relation(relation);
  mine_job_close(job);
  mine_env_close(env);
}

static void use_texts(const mine_model *model, use_memory *memory) {
  for (int what = MINE_MODEL_ALGORITHM; what <= MINE_MODEL_REPORT; what++) {
    const char *text = mine_model_get_text(model, (mine_model_text)what);
    if (text) use_sink += strlen(text);
  }
  mine_cell positive;
  mine_model_positive(model, &positive);
  use_read_cell(&positive);
  mine_env *env = use_env(memory);
  const void *bytes;
  size_t n;
  if (mine_model_bytes(env, model, &bytes, &n) == MINE_OK) use_sink += n;
  mine_env_close(env);
}

int use_bytes(const unsigned char *bytes, size_t n, use_memory *memory) {
  mine_env *env = use_env(memory);
  mine_model *model = NULL;
  mine_status status = mine_model_load(env, bytes, n, &model);
  mine_env_close(env);
  if (status) return 0;
  use_texts(model, memory);
  use_parts(model, memory);
  use_forms(model, bytes, n, memory);
  use_scoring(model, MINE_SCORE_ROWS, memory);
  use_scoring(model, MINE_SCORE_SINGLE, memory);
  use_scoring(model, MINE_SCORE_EVALUATE, memory);
  use_scoring(model, MINE_SCORE_PROJECT, memory);
  use_reasons(model, n % 2 ? "pairs=2" : "top=1, lang=zh, pairs=2", memory);
  use_search(model, memory);
  use_drift(model, memory);
  mine_model_free(model);
  return 1;
}

/* ---- predictions, to the last bit ------------------------------------------------------ */

static uint64_t use_mix(uint64_t hash, uint64_t value) {
  for (int i = 0; i < 8; i++)
    hash = (hash ^ ((value >> (8 * i)) & 0xff)) * 1099511628211u;
  return hash;
}

static uint64_t use_hash_cell(uint64_t hash, const mine_cell *cell) {
  uint64_t bits = 0;
  if (cell->type == MINE_INT) bits = (uint64_t)cell->as.integer;
  if (cell->type == MINE_REAL) memcpy(&bits, &cell->as.real, sizeof bits);
  hash = use_mix(use_mix(hash, (uint64_t)cell->type), bits);
  for (size_t i = 0; cell->type == MINE_TEXT && i < cell->bytes; i++)
    hash = use_mix(hash, (unsigned char)cell->as.text[i]);
  return hash;
}

uint64_t use_predictions(const unsigned char *bytes, size_t n) {
  use_memory memory = {0, 0};
  uint64_t hash = 0;
  mine_env *env = use_env(&memory);
  mine_model *model = NULL;
  mine_scoring *scoring = NULL;
  mine_status status = mine_model_load(env, bytes, n, &model);
  if (!status)
    status = verb_scoring_open(
        env, model, model->task == MINE_COMPONENTS ? MINE_SCORE_PROJECT : MINE_SCORE_ROWS, NULL,
        &scoring);
  if (!status) status = use_fill(mine_scoring_frame(scoring), 100);
  if (!status) status = mine__scoring_run(scoring);
  for (int64_t row = 0; row < 100 && !status; row++) {
    for (int c = 0; c <= verb_column("unknown"); c++) {
      mine_cell cell;
      mine__scoring_cell(scoring, row, c, &cell);
      hash = use_hash_cell(hash + 1, &cell);
    }
  }
  if (status) fprintf(stderr, "%s\n", mine_env_error(env));
  mine_scoring_close(scoring);
  mine_model_free(model);
  mine_env_close(env);
  return hash;
}
