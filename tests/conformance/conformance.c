/*
** conformance.c -- what every algorithm and every model kind must keep, by a loop over
** the registry: an algorithm that is added tomorrow is tried here without an edit.
**
**   saved       save and load: the same bytes again, the same answers to the last bit
**   divided     any division of a source into batches, any number of threads: the same
**               bytes of the model, the same answers
**   weighted    a row of weight 2 is that row twice
**   balanced    class_weight=balanced is the weights that it says, and changes something
**   calibrated  calibrate= changes the shares as its map says and nothing else
**   bounded     a number has low and high
**   odd tables  an answer, or a sentence that says why not; no NaN without a word
**   stopped     the host may stop at every poll, and nothing is left behind
**   refused     the host may refuse every allocation: out of memory, or the same answer
**   damaged     bytes turned or cut off are refused, or answer with numbers
**
** "The answers" are those of every verb that takes a model, with the rows of a table
** where it reads some.  What a method should find is not tested here: published figures,
** another implementation and small cases on paper are (docs/design/testing.md).
*/
#include "subjects.h"

#include "../../algorithms/model/json.h"
#include "../seal.h"
#include "../unit/slow_fixture.h"

static subject every[SUBJECTS_MOST];
static int n_every;

/* ---- answers --------------------------------------------------------------------------- */

typedef struct answers {
  uint64_t hash;
  mine_status status; /* of the verb asked last */
  int answered;       /* verbs that gave rows   */
  int endless;        /* numbers that are none, and where they were first */
  char where[100], sentence[300];
  int64_t n_numbers, nothing; /* of mine_predict: the predictions */
  double number[8 * SUBJECT_ROWS];
} answers;

static void answers_mix(answers *a, const void *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    a->hash = (a->hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
}

static void answers_cell(answers *a, const mine_verb *verb, int column, const mine_cell *cell) {
  const int predicts = verb->block && strcmp(verb->answer[column].name, "prediction") == 0;
  answers_mix(a, &cell->type, sizeof cell->type);
  if (cell->type == MINE_INT) answers_mix(a, &cell->as.integer, sizeof cell->as.integer);
  if (cell->type == MINE_TEXT) answers_mix(a, cell->as.text, cell->bytes);
  if (predicts && cell->type == MINE_NULL) a->nothing++;
  if (cell->type != MINE_REAL) return;
  answers_mix(a, &cell->as.real, sizeof cell->as.real);
  if (verb->block && a->n_numbers < 8 * SUBJECT_ROWS) a->number[a->n_numbers++] = cell->as.real;
  if ((verb->block ? !isfinite(cell->as.real) : isnan(cell->as.real)) && !a->endless++)
    snprintf(a->where, sizeof a->where, "%s.%s", verb->name, verb->answer[column].name);
}

static int verb_width(const mine_verb *verb) {
  int n = 0;
  while (verb->answer[n].name)
    n++;
  return n;
}

static mine_status answers_block(answers *a, const mine_verb *verb, mine_job *job) {
  int64_t rows;
  mine_cell cell;
  MINE_TRY(mine_job_block(job, &rows));
  for (int64_t row = 0; row < rows; row++) {
    for (int c = 0; c < verb_width(verb); c++) {
      MINE_TRY(mine_job_cell(job, row, c, &cell));
      answers_cell(a, verb, c, &cell);
    }
  }
  mine_job_clear(job);
  return mine_env_status(job->env);
}

/* Put the rows, answered after every `batch` of them where the verb streams. */
static mine_status answers_rows(answers *a, const mine_verb *verb, mine_job *job, mine_frame *frame,
                                const char *table, int batch) {
  char *text = malloc(strlen(table) + 1), *at = strcpy(text, table), end = ',';
  const char *names[FIXTURE_CELLS];
  int n = 0, rows = 0;
  while (end == ',')
    names[n++] = fixture_cell(&at, &end);
  mine_status status = mine_frame_columns(frame, names, n);
  while (status == MINE_OK && *at) {
    int c = 0;
    do {
      fixture_put(frame, c++, fixture_cell(&at, &end));
    } while (end == ',');
    status = mine_frame_end_row(frame);
    if (!status && mine_job_streams(job) && ++rows % batch == 0)
      status = answers_block(a, verb, job);
  }
  if (!status) mine_job_ends(job);
  if (!status && mine_job_streams(job)) status = answers_block(a, verb, job);
  free(text);
  return status;
}

static mine_status answers_relation(answers *a, const mine_verb *verb, mine_job *job) {
  mine_relation *relation = NULL;
  mine_cell cell;
  const mine_status status = mine_job_run(job, &relation);
  for (int64_t row = 0; !status && row < mine_relation_rows(relation); row++) {
    for (int c = 0; c < mine_relation_columns(relation); c++) {
      mine_relation_cell(relation, row, c, &cell);
      answers_cell(a, verb, c, &cell);
    }
  }
  mine_relation_free(relation);
  return status;
}

static mine_status answers_run(answers *a, mine_env *in, const mine_verb *verb,
                               const mine_arguments *arguments, const char *table, int batch) {
  mine_job *job = NULL;
  const char *sql;
  mine_frame *frame = NULL;
  mine_status status = mine_job_open(in, verb, arguments, &job);
  do {
    if (!status) status = mine_job_source(job, &sql, &frame);
    if (!status && frame) status = answers_rows(a, verb, job, frame, table, batch);
  } while (!status && frame && !mine_job_streams(job));
  if (!status && !mine_job_streams(job)) status = answers_relation(a, verb, job);
  mine_job_close(job);
  return status;
}

/* One verb, asked in an environment of its own; what is left of it in `around`. */
static void ask(answers *a, surroundings *around, const mine_verb *verb, const mine_model *model,
                const char *table, const char *options, int batch) {
  mine_arguments arguments = {.text = {NULL}};
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    const mine_argument_kind kind = verb->argument[i].kind;
    if (kind == MINE_ARG_MODEL || kind == MINE_ARG_BASE) arguments.model[i] = model;
    if (kind == MINE_ARG_SOURCE) arguments.text[i] = "rows";
    if (kind == MINE_ARG_OPTIONS) arguments.text[i] = options;
  }
  mine_env *in = surroundings_env(around, verb->name);
  a->status = in ? answers_run(a, in, verb, &arguments, table, batch) : MINE_NOMEM;
  snprintf(a->sentence, sizeof a->sentence, "%s", in ? mine_env_error(in) : "no environment");
  if (a->status) answers_mix(a, a->sentence, strlen(a->sentence));
  a->answered += a->status == MINE_OK;
  mine_env_close(in);
}

/* A table verb whose arguments are a model, a source, options and no more. */
static int asks_models(const mine_verb *verb) {
  int models = 0;
  for (int i = 0; i < MINE_MOST_ARGUMENTS; i++) {
    const mine_argument_kind kind = verb->argument[i].kind;
    if (kind == MINE_ARG_MODEL || kind == MINE_ARG_BASE) models++;
    if (kind && kind != MINE_ARG_MODEL && kind != MINE_ARG_BASE && kind != MINE_ARG_SOURCE &&
        kind != MINE_ARG_OPTIONS)
      return 0;
  }
  return models == 1 && verb->form == MINE_VERB_TABLE;
}

/* Every verb that takes a model. */
static answers ask_all(const mine_model *model, const char *table, int threads, int batch) {
  answers a = {.hash = 14695981039346656037u};
  char options[30];
  const mine_verb *verb;
  snprintf(options, sizeof options, "threads=%d", threads);
  for (int i = 0; (verb = mine_verb_at(i)) != NULL; i++) {
    surroundings around = {.stop_at = 0};
    if (!asks_models(verb)) continue;
    ask(&a, &around, verb, model, table, options, batch);
    assert_true(around.memory.held == 0);
  }
  return a;
}

/* ---- models ------------------------------------------------------------------------------- */

static mine_model *fit_one(mine_env *in, const subject *s, const char *table, const char *options) {
  const mine_verb *verb = mine_verb_find("mine_fit", MINE_VERB_SCALAR);
  const mine_arguments arguments = {.text = {s->algorithm->name, "rows", options}};
  mine_job *job = NULL;
  mine_model *model = NULL;
  const char *sql;
  mine_frame *frame = NULL;
  mine_status status = mine_job_open(in, verb, &arguments, &job);
  do {
    if (!status) status = mine_job_source(job, &sql, &frame);
    if (!status && frame) status = fixture_fill(frame, table, 0);
  } while (!status && frame);
  if (!status) status = mine_job_train(job, NULL, &model);
  if (model) model->told.seconds = 0; /* a line of mine_summary that is not in the bytes */
  mine_job_close(job);
  return status ? NULL : model;
}

/* The subject's model of its usual table, or NULL and the sentence in `in`. */
static mine_model *fit(mine_env *in, const subject *s, int threads) {
  char options[600], *table = table_of(s, SUBJECT_ROWS, 0), *other;
  snprintf(options, sizeof options, "%s%s,threads=%d", s->wide, s->own, threads);
  mine_model *model = fit_one(in, s, table, options), *second = NULL;
  if (model && s->made) {
    other = table_of(s, SUBJECT_ROWS, 3);
    second = fit_one(in, s, other, options);
    free(other);
  }
  if (second)
    model = s->made == &mine__kind_grouped ? made_grouped(in, model, second, "kind")
                                           : made_ensemble(in, model, second, 1, 2);
  free(table);
  return model;
}

static mine_model *must_fit(const subject *s, int threads) {
  mine_model *model = fit(env, s, threads);
  if (!model) fail_msg("%s: %s", s->name, mine_env_error(env));
  return model;
}

#define LABELLED_ROWS 120

/* A classifier or regressor by itself, of attributes. */
static int learns(const subject *s, mine_task_kind task) {
  return s->task == task && !s->made && strcmp(s->algorithm->reads, "attributes") == 0;
}

static mine_model *fit_with(const subject *s, const char *table, const char *wide) {
  char options[600];
  snprintf(options, sizeof options, "%s%s", wide, s->own);
  mine_model *model = fit_one(env, s, table, options);
  if (!model) fail_msg("%s: %s", s->name, mine_env_error(env));
  return model;
}

static void must_save(const mine_model *model, const void **bytes, size_t *n) {
  if (mine_model_bytes(env, model, bytes, n)) fail_msg("%s", mine_env_error(env));
}

static void same(const subject *s, const char *when, const answers *a, const answers *b) {
  if (a->answered < 1) fail_msg("%s, %s: no verb has an answer: %s", s->name, when, a->sentence);
  if (a->endless) fail_msg("%s: a number that is none in %s", s->name, a->where);
  if (a->hash != b->hash || a->answered != b->answered)
    fail_msg("%s: other answers %s", s->name, when);
}

/* ---- saved, divided ------------------------------------------------------------------------- */

static void one_is_saved(const subject *s) {
  const void *bytes, *twice;
  size_t n, again;
  mine_model *model = must_fit(s, 1), *loaded;
  char *table = table_of(s, SUBJECT_ROWS + 10, 5);
  must_save(model, &bytes, &n);
  if (mine_model_load(env, bytes, n, &loaded)) fail_msg("%s: %s", s->name, mine_env_error(env));
  must_save(loaded, &twice, &again);
  assert_int_equal(n, again);
  assert_memory_equal(bytes, twice, n);
  const answers a = ask_all(model, table, 1, 1 << 20), b = ask_all(loaded, table, 1, 1 << 20);
  same(s, "of the loaded model", &a, &b);
  mine_model_free(loaded);
  mine_model_free(model);
  free(table);
}

/* ---- leaves as JSON ------------------------------------------------------------------------- */

static mine_model *import(mine_env *in, const char *text) {
  const mine_verb *verb = mine_verb_find("mine_import", MINE_VERB_SCALAR);
  const mine_arguments arguments = {.text = {"back", text}};
  mine_job *job = NULL;
  mine_model *model = NULL;
  if (mine_job_open(in, verb, &arguments, &job) == MINE_OK)
    (void)!mine_job_train(job, NULL, &model);
  mine_job_close(job);
  return model;
}

static char *export(mine_env *in, const mine_model *model, const char *format) {
  const mine_verb *verb = mine_verb_find("mine_export", MINE_VERB_SCALAR);
  const mine_arguments arguments = {.text = {NULL, format}, .model = {model}};
  mine_job *job = NULL;
  mine_relation *answer = NULL;
  mine_cell cell = {MINE_NULL, 0, {0}};
  if (mine_job_open(in, verb, &arguments, &job) == MINE_OK) (void)!mine_job_run(job, &answer);
  if (answer) mine_relation_cell(answer, 0, 0, &cell);
  char *copy = answer ? malloc(cell.bytes + 1) : NULL;
  if (copy) memcpy(copy, cell.as.text, cell.bytes);
  if (copy) copy[cell.bytes] = 0;
  mine_relation_free(answer);
  mine_job_close(job);
  return copy;
}

/* Frees the model. */
static void must_come_back(const subject *s, mine_model *model) {
  const void *bytes, *others;
  size_t n, more;
  must_save(model, &bytes, &n);
  char *text = export(env, model, "json");
  if (!text) fail_msg("%s: %s", s->name, mine_env_error(env));
  mine_model *back = import(env, text);
  if (!back) fail_msg("%s: %s\n%.3000s", s->name, mine_env_error(env), text);
  must_save(back, &others, &more);
  assert_int_equal(n, more);
  assert_memory_equal(bytes, others, n);
  const int keeps = strncmp(text, "{\"keeps\": \"no rows\",", 20) != 0;
  assert_int_equal(keeps, strcmp(mine__model_keeps(model), MINE_KEEPS_NOTHING) != 0);
  free(text);
  mine_model_free(back);
  mine_model_free(model);
}

/* As trained, and with all that a model may have beside its body. */
static void one_comes_back(const subject *s) {
  static const char *const besides[] = {
      "target=label,holdout=0.3,keep_ids=1,calibrate=isotonic",
      "target=label,holdout=0.3,calibrate=platt,weight=w",
      "target=y,holdout=0.3,keep_ids=1",
      "target=y,holdout=0,intervals=cross,group=kind",
  };
  must_come_back(s, must_fit(s, 1));
  for (int i = 0; i < 4; i++) {
    if (!learns(s, i < 2 ? MINE_CLASSIFICATION : MINE_REGRESSION)) continue;
    char *table = table_attributes(LABELLED_ROWS, 0, 0);
    must_come_back(s, fit_with(s, table, besides[i]));
    free(table);
  }
}

static void one_is_divided(const subject *s) {
  const void *bytes, *others;
  size_t n, more;
  char *table = table_of(s, SUBJECT_ROWS + 10, 5);
  mine_model *model = must_fit(s, 1);
  must_save(model, &bytes, &n);
  const answers a = ask_all(model, table, 1, 1 << 20);
  for (int threads = 2; threads <= 4; threads++) {
    mine_model *other = must_fit(s, threads);
    mine_env_rest(env);
    must_save(other, &others, &more);
    if (n != more || memcmp(bytes, others, n) != 0)
      fail_msg("%s: other bytes on %d threads", s->name, threads);
    mine_model_free(other);
  }
  static const int batches[] = {1, 7, 16, 1 << 20};
  for (int b = 0; b < 4; b++) {
    for (int threads = 1; threads <= 3; threads += 2) {
      const answers divided = ask_all(model, table, threads, batches[b]);
      same(s, "in batches or on threads", &a, &divided);
    }
  }
  mine_model_free(model);
  free(table);
}

/* ---- weighted ------------------------------------------------------------------------------- */

/* Algorithms that also count rows, and options under which a count does not matter;
** {n}: the rows of the table. */
static const struct {
  const char *algorithm, *options;
  double tolerance; /* 0: as below */
} weighted_options[] = {
    {"tree", ",min_samples_leaf=1,min_samples_split=2", 0}, /* least rows of a leaf */
    {"knn", ",k={n}", 0},                                   /* the k nearest rows   */
    /* Rows are drawn, or rounded by chance each for itself, so that of two splits that are as good
    ** one or the other is made: tests/sql/boost.sql compares them on a table without such. */
    {"boost", ",min_samples_leaf=1,early_stopping=0,n_trees=8", INFINITY},
    {"forest", ",min_samples_leaf=1,bootstrap=0,max_features=1000,n_trees=3", INFINITY},
    {"extra_trees", ",min_samples_leaf=1,bootstrap=0,max_features=1000,n_trees=3", INFINITY},
    /* Batches and who watches; sums in another order, then 20 steps of Adam. */
    {"mlp", ",epochs=20,networks=1,batch_size=100000,hidden=8,dropout=0", 1e-6},
    /* Where Newton's method stops. */
    {"factor", ",factors=1", 1e-6},
    /* In which fold a row lies. */
    {"auto", ",portfolio=baseline", 0},
};

static mine_model *fit_weighted(const subject *s, const char *table, const char *target) {
  char options[600], own[200];
  int rows = 0;
  for (const char *at = table; *at; at++)
    rows += *at == ';';
  snprintf(own, sizeof own, "%s", s->own);
  for (size_t i = 0; i < sizeof weighted_options / sizeof weighted_options[0]; i++) {
    const char *of = weighted_options[i].options, *mark = strstr(of, "{n}");
    if (strcmp(weighted_options[i].algorithm, s->algorithm->name) != 0) continue;
    snprintf(own, sizeof own, mark ? "%.*s%d" : "%.*s", mark ? (int)(mark - of) : (int)strlen(of),
             of, rows);
  }
  snprintf(options, sizeof options, "%s,weight=w%s%s", target,
           s->task == MINE_COMPONENTS ? "" : ",holdout=0", own);
  mine_model *model = fit_one(env, s, table, options);
  if (!model) fail_msg("%s: %s", s->name, mine_env_error(env));
  return model;
}

/* Predictions agree to 1e-9 of the larger, or as the table says: w * x and x + x are added up in
** another order. */
static void one_is_weighted(const subject *s) {
  const int few = s->task == MINE_COMPONENTS;
  const int weighs = s->task == MINE_CLASSIFICATION || s->task == MINE_REGRESSION || few;
  if (!weighs || s->made || strcmp(s->algorithm->reads, "attributes") != 0) return;
  const mine_verb *predict = mine_verb_find(few ? "mine_project" : "mine_predict", MINE_VERB_TABLE);
  const char *target = few                              ? "ignore=label|kind"
                       : s->task == MINE_CLASSIFICATION ? "target=label"
                                                        : "target=y";
  char *heavy = table_attributes(SUBJECT_ROWS, 0, 0), *twice = table_attributes(SUBJECT_ROWS, 0, 1);
  surroundings around = {.stop_at = 0};
  answers a = {0}, b = {0};
  mine_model *model = fit_weighted(s, heavy, target), *other = fit_weighted(s, twice, target);
  ask(&a, &around, predict, model, heavy, NULL, 10);
  ask(&b, &around, predict, other, heavy, NULL, 10);
  assert_true(a.status == MINE_OK && b.status == MINE_OK && a.n_numbers >= SUBJECT_ROWS);
  assert_int_equal(a.n_numbers, b.n_numbers);
  double tolerance = 1e-9;
  for (size_t i = 0; i < sizeof weighted_options / sizeof weighted_options[0]; i++) {
    if (strcmp(weighted_options[i].algorithm, s->algorithm->name) == 0)
      tolerance = fmax(tolerance, weighted_options[i].tolerance);
  }
  for (int64_t i = 0; i < a.n_numbers; i++) {
    const double p = a.number[i], q = b.number[i];
    if (fabs(p - q) > tolerance * fmax(1, fabs(p)))
      fail_msg("%s: number %d is %.17g of weights, %.17g of rows", s->name, (int)i, p, q);
  }
  mine_model_free(model);
  mine_model_free(other);
  free(heavy);
  free(twice);
}

/* ---- balanced, calibrated, bounded ---------------------------------------------------------- */

/* The usual rows with a last column: what the weight of each row comes to when its class counts
** as much as any other in total. */
static char *table_balanced(void) {
  char *plain = table_attributes(LABELLED_ROWS, 0, 0), *text = malloc(2 * strlen(plain) + 64);
  static const char *const labels[] = {",yes,", ",no,", ",never,"};
  int of[3] = {0};
  for (int pass = 0; pass < 2; pass++) {
    char *to = text;
    for (const char *row = plain; row; row = strchr(row, ';') ? strchr(row, ';') + 1 : NULL) {
      const int length = (int)strcspn(row, ";");
      to += sprintf(to, "%s%.*s,%s", row == plain ? "" : ";", length, row,
                    row == plain ? "balance" : "");
      for (int c = 0; c < 3 && row != plain; c++) {
        const char *at = strstr(row, labels[c]);
        if (!at || at > row + length) continue;
        if (pass) to += sprintf(to, "%.17g", 1.0 * LABELLED_ROWS / (3.0 * of[c]));
        of[c] += !pass;
      }
    }
  }
  free(plain);
  return text;
}

/* What the model says of the rows of the table: shares, or predictions with their bounds. */
static answers said_by(const mine_model *model, const char *verb, const char *table) {
  surroundings around = {.stop_at = 0};
  answers a = {0};
  ask(&a, &around, mine_verb_find(verb, MINE_VERB_TABLE), model, table, NULL, 10);
  if (a.status) fail_msg("%s", a.sentence);
  return a;
}

static int numbers_off(const answers *a, const answers *b, double tolerance) {
  int off = 0;
  assert_int_equal(a->n_numbers, b->n_numbers);
  for (int64_t i = 0; i < a->n_numbers; i++)
    off += !(fabs(a->number[i] - b->number[i]) <= tolerance);
  return off;
}

static void one_is_balanced(const subject *s) {
  if (!learns(s, MINE_CLASSIFICATION)) return;
  char *table = table_balanced();
  const char *base = "target=label,holdout=0,ignore=w|balance";
  char said[200];
  snprintf(said, sizeof said, "%s,class_weight=balanced", base);
  mine_model *plain = fit_with(s, table, base), *balanced = fit_with(s, table, said),
             *weighted = fit_with(s, table, "target=label,holdout=0,ignore=w,weight=balance");
  const answers a = said_by(plain, "mine_probabilities", table),
                b = said_by(balanced, "mine_probabilities", table),
                c = said_by(weighted, "mine_probabilities", table);
  if (!numbers_off(&a, &b, 1e-6)) fail_msg("%s: class_weight changes nothing", s->name);
  /* auto measures with weights of rows, not of classes, and may keep others */
  if (!mine__algorithm_composes(s->algorithm, s->task) && numbers_off(&b, &c, 1e-9))
    fail_msg("%s: class_weight=balanced is not those weights", s->name);
  mine_model_free(plain);
  mine_model_free(balanced);
  mine_model_free(weighted);
  free(table);
}

static void one_is_calibrated(const subject *s) {
  if (!learns(s, MINE_CLASSIFICATION)) return;
  char *table = table_attributes(LABELLED_ROWS, 0, 0);
  mine_model *plain = fit_with(s, table, "target=label,holdout=0.3,ignore=w");
  const answers a = said_by(plain, "mine_probabilities", table);
  for (int how = MINE_CALIBRATE_PLATT; how <= MINE_CALIBRATE_ISOTONIC; how++) {
    char said[200];
    snprintf(said, sizeof said, "target=label,holdout=0.3,ignore=w,calibrate=%s",
             mine__calibrates[how]);
    mine_model *model = fit_with(s, table, said);
    if (!model->after.calibration) fail_msg("%s: no calibration", s->name);
    answers b = said_by(model, "mine_probabilities", table), mapped = a;
    assert_int_equal(a.n_numbers, 3 * LABELLED_ROWS);
    for (int64_t i = 0; i < LABELLED_ROWS; i++)
      assert_int_equal(
          mine__calibration_apply(env, model->after.calibration, 1, 3, mapped.number + 3 * i),
          MINE_OK);
    if (numbers_off(&mapped, &b, 0)) fail_msg("%s: not what the map says", s->name);
    if (!numbers_off(&a, &b, 1e-6)) fail_msg("%s: calibrate changes nothing", s->name);
    mine_model_free(model);
  }
  mine_model_free(plain);
  free(table);
}

static void one_is_bounded(const subject *s) {
  if (!learns(s, MINE_REGRESSION)) return;
  static const char *const from[] = {"target=y,ignore=w,holdout=0.3",
                                     "target=y,ignore=w,holdout=0,intervals=cross"};
  char *table = table_attributes(LABELLED_ROWS, 0, 0);
  for (int i = 0; i < 2; i++) {
    mine_model *model = fit_with(s, table, from[i]);
    if (!model->after.interval || model->after.interval->crossed != i)
      fail_msg("%s: no residuals", s->name);
    const answers a = said_by(model, "mine_predict", table);
    if (a.n_numbers != 3 * LABELLED_ROWS) fail_msg("%s: no bounds", s->name);
    for (int64_t row = 0; row < LABELLED_ROWS; row++)
      if (!(a.number[3 * row + 1] < a.number[3 * row + 2])) fail_msg("%s: low >= high", s->name);
    mine_model_free(model);
  }
  free(table);
}

/* ---- odd tables ----------------------------------------------------------------------------- */

/* 1: there was a model. */
static int one_answers_or_says(const subject *s, const odd_table *odd, const char *wide) {
  char options[600];
  surroundings around = {.stop_at = 0};
  mine_env *in = surroundings_env(&around, "mine_fit");
  snprintf(options, sizeof options, "seed=1%s%s", wide, s->own);
  mine_model *model = fit_one(in, s, odd->text, options);
  const char *said = mine_env_error(in);
  if (model) {
    const answers a = ask_all(model, odd->text, 1, 3);
    if (a.endless) fail_msg("%s, %s: a number that is none in %s", s->name, odd->name, a.where);
    if (a.nothing) fail_msg("%s, %s: a row without a prediction", s->name, odd->name);
    if (!a.answered) fail_msg("%s, %s: no verb answers", s->name, odd->name);
  } else {
    const mine_status status = mine_env_status(in);
    if (status != MINE_DATA && status != MINE_NUMERIC && status != MINE_OPTION)
      fail_msg("%s, %s: status %d: %s", s->name, odd->name, (int)status, said);
    if (strncmp(said, "mine_fit: ", 10) != 0 || strlen(said) < 25 || strstr(said, "nan"))
      fail_msg("%s, %s says \"%s\"", s->name, odd->name, said);
  }
  mine_model_free(model);
  mine_env_close(in);
  if (around.memory.held) fail_msg("%s, %s: memory is left", s->name, odd->name);
  return model != NULL;
}

static void one_takes_odd_tables(const subject *s) {
  if (s->made) return;
  const int events = strcmp(s->algorithm->reads, "events") == 0;
  const char *target = s->task == MINE_CLASSIFICATION ? ",target=label"
                       : s->task == MINE_REGRESSION   ? ",target=y"
                       : s->task == MINE_UPLIFT       ? ",target=y,treatment=label"
                       : s->task == MINE_SURVIVAL     ? ",target=y,event=label,event_value=yes"
                                                      : "";
  int models = 0;
  for (const odd_table *odd = events ? odd_events : odd_attributes; odd->name; odd++) {
    models += one_answers_or_says(s, odd, events ? "" : target);
    if (*target && !events) {
      char whole[60];
      snprintf(whole, sizeof whole, "%s,holdout=0", target);
      models += one_answers_or_says(s, odd, whole);
    }
  }
  if (models < 2) fail_msg("%s: no odd table is learned from, or only one", s->name);
}

/* ---- stopped, refused ----------------------------------------------------------------------- */

/* A call that is disturbed at its at-th poll or allocation. */
typedef struct disturbed {
  const subject *s;
  const mine_model *model;
  const void *bytes; /* what training gives, and its length */
  size_t n;
  const char *table;
  uint64_t hash; /* of the answers, once known */
} disturbed;

typedef mine_status disturb_call(disturbed *d, surroundings *around);

static mine_status call_train(disturbed *d, surroundings *around) {
  const void *bytes;
  size_t n;
  mine_env *in = surroundings_env(around, "mine_fit");
  mine_model *model = in ? fit(in, d->s, 2) : NULL;
  mine_status status = in ? mine_env_status(in) : MINE_NOMEM;
  if (!status) status = mine_model_bytes(in, model, &bytes, &n);
  if (!status && (n != d->n || memcmp(bytes, d->bytes, n) != 0))
    fail_msg("%s: another model of a call that was disturbed", d->s->name);
  mine_model_free(model);
  mine_env_close(in);
  return status;
}

static mine_status call_load(disturbed *d, surroundings *around) {
  mine_env *in = surroundings_env(around, "load");
  mine_model *model = NULL;
  const mine_status status = in ? mine_model_load(in, d->bytes, d->n, &model) : MINE_NOMEM;
  assert_true((status == MINE_OK) == (model != NULL));
  mine_model_free(model);
  mine_env_close(in);
  return status;
}

/* Every verb that this model answers, one after another: `around` is as in the first. */
static mine_status call_ask(disturbed *d, surroundings *around, const mine_verb *verb) {
  answers a = {.hash = 14695981039346656037u};
  ask(&a, around, verb, d->model, d->table, "threads=2", 10);
  if (a.status == MINE_OK && !d->hash) d->hash = a.hash;
  if (a.status == MINE_OK && d->hash != a.hash)
    fail_msg("%s: another answer of %s that was disturbed (poll %d, memory %d)", d->s->name,
             verb->name, around->stop_at, around->memory.refused);
  return a.status;
}

/* verb NULL: `call`. */
static mine_status disturb_once(disturbed *d, disturb_call *call, const mine_verb *verb,
                                surroundings *around) {
  const mine_status status = call ? call(d, around) : call_ask(d, around, verb);
  if (around->memory.held)
    fail_msg("%s: %zu bytes are left behind (%s, status %d)", d->s->name, around->memory.held,
             call == call_train  ? "training"
             : call == call_load ? "loading"
                                 : verb->name,
             (int)status);
  return status;
}

/* One after another at first, then an eighth farther each time (under a sanitizer sooner, and
** half as far again); with MINE_LONG one after another up to a hundred, then every tenth, then
** every hundredth. */
static int disturb_next(int at) {
  if (slow_is_short()) return at + (at < 8 ? 1 : at / 2);
  if (!getenv("MINE_LONG")) return at + (at < 16 ? 1 : at / 8);
  return at + (at < 100 ? 1 : at < 1000 ? 10 : 100);
}

static int disturb_polls(disturbed *d, disturb_call *call, const mine_verb *verb) {
  int stopped = 0;
  for (int at = 1, last = 0; !last; at = disturb_next(at)) {
    surroundings around = {.stop_at = at};
    const mine_status status = disturb_once(d, call, verb, &around);
    last = !around.stopped;
    stopped += around.stopped;
    if (status != (last ? MINE_OK : MINE_INTERRUPT))
      fail_msg("%s: status %d when stopped at poll %d", d->s->name, (int)status, at);
  }
  return stopped;
}

static void disturb_memory(disturbed *d, disturb_call *call, const mine_verb *verb) {
  for (int at = 1, last = 0; !last; at = disturb_next(at)) {
    surroundings around = {.memory.countdown = at};
    const mine_status status = disturb_once(d, call, verb, &around);
    last = !around.memory.refused;
    if (status != MINE_OK && (last || status != MINE_NOMEM))
      fail_msg("%s: status %d when allocation %d is refused", d->s->name, (int)status, at);
  }
}

/* Training (not of what is put together by hand), loading, every verb that answers. */
static void one_is_disturbed(const subject *s) {
  char *table = table_of(s, SUBJECT_ROWS, 0);
  disturbed d = {.s = s, .model = must_fit(s, 1), .table = table};
  const mine_verb *verb;
  must_save(d.model, &d.bytes, &d.n);
  if (!s->made) {
    if (!disturb_polls(&d, call_train, NULL)) fail_msg("%s: training never polls", s->name);
    disturb_memory(&d, call_train, NULL);
  }
  (void)disturb_polls(&d, call_load, NULL);
  disturb_memory(&d, call_load, NULL);
  for (int i = 0; (verb = mine_verb_at(i)) != NULL; i++) {
    answers a = {0};
    surroundings plain = {.stop_at = 0};
    if (!asks_models(verb)) continue;
    ask(&a, &plain, verb, d.model, table, NULL, 10);
    if (a.status) continue;
    d.hash = 0;
    surroundings first = {.stop_at = 0};
    (void)disturb_once(&d, NULL, verb, &first); /* the answer that the others must be */
    (void)disturb_polls(&d, NULL, verb);
    disturb_memory(&d, NULL, verb);
  }
  mine_model_free((mine_model *)d.model);
  free(table);
}

/* ---- damaged -------------------------------------------------------------------------------- */

/* Load these bytes and ask everything; 1: they loaded. */
static int use_damaged(const subject *s, const char *table, const uint8_t *bytes, size_t n,
                       const char *what, size_t at) {
  surroundings around = {.stop_at = 0};
  mine_model *model = NULL;
  uint8_t *exact = malloc(n + 1); /* reading past the end is seen by the sanitizers */
  memcpy(exact, bytes, n);
  mine_env *in = surroundings_env(&around, "load");
  const mine_status status = mine_model_load(in, exact, n, &model);
  if (status != MINE_OK && status != MINE_CORRUPT)
    fail_msg("%s: %s at %zu: %s", s->name, what, at, mine_env_error(in));
  mine_env_close(in);
  if (model) {
    const answers a = ask_all(model, table, 1, 10);
    if (a.endless) fail_msg("%s: %s at %zu: no number in %s", s->name, what, at, a.where);
  }
  mine_model_free(model);
  free(exact);
  assert_true(around.memory.held == 0);
  return status == MINE_OK;
}

#define DAMAGED_PLACES       120
#define DAMAGED_PLACES_FEWER 40 /* under a sanitizer */

static void one_is_damaged(const subject *s) {
  static const uint8_t turns[] = {0x01, 0x80, 0xff, 0x10};
  const void *sound;
  size_t n;
  char *table = table_of(s, 12, 0);
  mine_model *model = must_fit(s, 1);
  must_save(model, &sound, &n);
  uint8_t *bytes = malloc(n);
  const size_t step = n / (slow_is_short() ? DAMAGED_PLACES_FEWER : DAMAGED_PLACES) + 1;
  for (size_t i = 0; i * step < n; i++) {
    const size_t at = i * step + i * 7 % step;
    if (at >= n) break;
    memcpy(bytes, sound, n);
    bytes[at] ^= turns[i % 4];
    if (use_damaged(s, table, bytes, n, "byte turned", at))
      fail_msg("%s: byte %zu turned is not noticed", s->name, at);
    seal_model(bytes, n);
    (void)use_damaged(s, table, bytes, n, "byte turned and sealed", at);
    memcpy(bytes, sound, n);
    memset(bytes + at, 0xff, n - at < 16 ? n - at : 16); /* NaN and -1, wherever they begin */
    seal_model(bytes, n);
    (void)use_damaged(s, table, bytes, n, "all bits set and sealed", at);
    memcpy(bytes, sound, n);
    if (use_damaged(s, table, bytes, at, "cut", at)) fail_msg("%s: cut at %zu", s->name, at);
    seal_model(bytes, at);
    (void)use_damaged(s, table, bytes, at, "cut and sealed", at);
  }
  free(bytes);
  mine_model_free(model);
  free(table);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void for_each(void (*one)(const subject *s)) {
  for (int i = 0; i < n_every; i++) {
    mine_env_close(env);
    assert_int_equal(mine_env_open(NULL, "conformance", &env), MINE_OK);
    one(&every[i]);
  }
}

#define PROPERTY(name, one)        \
  static void name(void **state) { \
    (void)state;                   \
    for_each(one);                 \
  }
PROPERTY(save_and_load_change_nothing, one_is_saved)
PROPERTY(json_comes_back_byte_for_byte, one_comes_back)
PROPERTY(batches_and_threads_change_nothing, one_is_divided)
PROPERTY(a_weight_of_two_is_the_row_twice, one_is_weighted)
PROPERTY(class_weights_are_weights, one_is_balanced)
PROPERTY(calibration_is_a_map_of_shares, one_is_calibrated)
PROPERTY(numbers_have_bounds, one_is_bounded)
PROPERTY(odd_tables_are_answered_or_refused, one_takes_odd_tables)
PROPERTY(every_poll_and_allocation_may_fail, one_is_disturbed)
PROPERTY(damage_is_refused_or_harmless, one_is_damaged)

/* No algorithm and no kind of registry.def is left out. */
static void everything_is_tried(void **state) {
  (void)state;
  static const char *const names[] = {
#define VERB(name)
#define ALGORITHM(name) "a" #name,
#define KIND(name)      "k" #name,
#include "registry.def"
#undef VERB
#undef ALGORITHM
#undef KIND
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    int tried = 0;
    for (int j = 0; j < n_every; j++) {
      const mine_kind *kind =
          every[j].made ? every[j].made : mine__algorithm_kind(every[j].algorithm, every[j].task);
      tried |=
          strcmp(names[i] + 1, names[i][0] == 'a' ? every[j].algorithm->name : kind->name) == 0;
    }
    if (!tried) fail_msg("nothing tries %s: no algorithm makes the kind", names[i] + 1);
  }
}

int main(void) {
  n_every = subjects_all(every);
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_is_tried), T(save_and_load_change_nothing),
      T(json_comes_back_byte_for_byte),      T(batches_and_threads_change_nothing),
      T(a_weight_of_two_is_the_row_twice),   T(class_weights_are_weights),
      T(calibration_is_a_map_of_shares),     T(numbers_have_bounds),
      T(odd_tables_are_answered_or_refused), T(every_poll_and_allocation_may_fail),
      T(damage_is_refused_or_harmless),
  };
  return cmocka_run_group_tests_name("conformance", tests, NULL, NULL);
}
