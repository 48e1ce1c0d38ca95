/*
** tune.c -- mine_tune: which values of an algorithm's options are best.
**
** Every combination that is tried is measured by cross validation on the same folds.  The
** grid tries all of them; random draws some (Bergstra & Bengio, JMLR 13, 2012); halving
** draws some, lets them learn from a share of the rows, and goes on with the best third
** and three times as many rows (Jamieson & Talwalkar, "Non-stochastic best arm
** identification", AISTATS 2016).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/order.h"
#include "../core/random.h"
#include "training.h"
#include "trials.h"
#include "tune_ignore.h"

#define TUNE_MOST    10000 /* trials                                             */
#define TUNE_DRAWS   50    /* for each trial, until one is new                    */
#define TUNE_THIRD   3     /* halving: one of so many goes on                     */
#define TUNE_RUNGS   4     /* at most                                            */
#define TUNE_ROWS    200   /* that a fit of the first rung should learn from      */
#define TUNE_PURPOSE 0x74756e65u

typedef enum tune_search { TUNE_GRID, TUNE_RANDOM, TUNE_HALVING } tune_search;
static const char *const tune_search_names[] = {"grid", "random", "halving", NULL};

typedef struct tune_options {
  int search;
  int64_t trials;
  mine_cell metric;
} tune_options;

static const mine_option tune_table[] = {
    OPTION_CHOICE(tune_options, search, .choices = tune_search_names,
                  .help = "all combinations, some drawn at random, or those of which the best "
                          "third goes on with more rows; not given: grid, with a range random"),
    OPTION_INT(tune_options, trials, .range = {1, TUNE_MOST},
               .help = "combinations that are tried at most; default 30, of a grid all"),
    OPTION_TEXT(tune_options, metric,
                .help = "what is compared: one of mine_metrics; not given: the main one of the "
                        "task (auc, with more classes accuracy; r2)"),
    OPTION_END};

#define TUNE_TRIALS 30

typedef struct tune_trial {
  mine_trial trial; /* first: trials are run by pointers to it */
  size_t ignored;   /* which list of columns, if those are searched */
  int rung;         /* how far it came                         */
  int64_t number;
  mine_trial_mean result;
} tune_trial;

typedef struct tune_state {
  mine__train_state train; /* first */
  const tune_options *asked;
  int search;
  tune_trial *trial;
  int n;
} tune_state;

/* ---- what is tried ------------------------------------------------------------------------ */

static int tune_on_axis(const mine_axes *axes, const mine_option *option) {
  for (size_t a = 0; a < axes->n; a++)
    if (axes->axis[a].option == option) return 1;
  return 0;
}

/* Everything that mine_train needs to make the trial's model: first what is searched. */
static const char *tune_text(const mine_training *t, const void *own,
                             const mine_source_options *source) {
  const mine__options *options = &t->asked.options;
  mine_text text;
  mine__text_open(&text, t->arena);
  for (size_t a = 0; a < options->axes.n; a++) {
    const mine_option *option = options->axes.axis[a].option;
    mine__option_put(&text, option, option == options->axes.outside ? source : own);
  }
  for (int g = 0; g < options->n; g++) {
    const mine_option_group *group = &options->group[g];
    const int is_own = group->table == t->asked.algorithm->options;
    if (group->table == mine__run_option_table || group->table == mine__folds_option_table ||
        group->table == tune_table)
      continue;
    for (const mine_option *o = group->table; o->name; o++)
      if (!tune_on_axis(&options->axes, o) &&
          mine__option_changed(t->arena, o, is_own ? own : group->values))
        mine__option_put(&text, o, is_own ? own : group->values);
  }
  if (mine__option_name_of(&t->asked.split.split)) mine__text_adds(&text, ", holdout=0");
  return text.failed ? NULL : text.data;
}

/* The trial at those places; 0: one before it is the same, or a failure. */
static int tune_add(const mine_training *t, tune_state *state, const double *place) {
  const mine_axes *axes = &t->asked.options.axes;
  const size_t bytes = t->asked.algorithm->options_size;
  tune_trial *trial = &state->trial[state->n];
  mine_source_options source = t->asked.source;
  void *own = mine__arena_array(t->arena, 1, bytes);
  if (!own) return 0;
  memcpy(own, t->asked.own, bytes);
  for (size_t a = 0; a < axes->n; a++) {
    const int outside = axes->axis[a].option == axes->outside;
    if (mine__axis_set(t->env, t->arena, &axes->axis[a], place[a], outside ? (void *)&source : own))
      return 0;
    if (outside) trial->ignored = (size_t)place[a];
  }
  const char *text = tune_text(t, own, &source);
  if (!text) return 0;
  for (int i = 0; i < state->n; i++)
    if (strcmp(state->trial[i].trial.method.text, text) == 0) return 0;
  trial->trial.method =
      (mine_method){t->asked.algorithm, own, text, (mine_calibrate)t->asked.calibrate.calibrate};
  trial->number = ++state->n;
  return 1;
}

/* Combinations of a grid; more than TUNE_MOST count as one more than that. */
static size_t tune_combinations(const mine_axes *axes) {
  size_t n = 1;
  for (size_t a = 0; a < axes->n && n <= TUNE_MOST; a++) {
    const size_t steps = mine__axis_steps(&axes->axis[a]);
    n = steps > TUNE_MOST ? TUNE_MOST + 1u : n * steps;
  }
  return n <= TUNE_MOST ? n : TUNE_MOST + 1u;
}

/* All of them; the option given last changes fastest. */
static void tune_make_grid(const mine_training *t, tune_state *state, double *place, size_t n) {
  const mine_axes *axes = &t->asked.options.axes;
  for (size_t i = 0; i < n && !mine_failed(t->env); i++) {
    size_t rest = i;
    for (size_t a = axes->n; a-- > 0;) {
      const size_t steps = mine__axis_steps(&axes->axis[a]);
      place[a] = mine__axis_step(&axes->axis[a], rest % steps);
      rest /= steps;
    }
    (void)tune_add(t, state, place);
  }
}

static void tune_make_random(const mine_training *t, tune_state *state, double *place, int n) {
  const mine_axes *axes = &t->asked.options.axes;
  mine_random random;
  mine__random_open(&random, (uint64_t)t->asked.seed.seed, TUNE_PURPOSE, 0);
  for (int draw = 0; draw < n * TUNE_DRAWS && state->n < n && !mine_failed(t->env); draw++) {
    for (size_t a = 0; a < axes->n; a++)
      place[a] = mine__axis_draw(&axes->axis[a], mine__random_real(&random));
    (void)tune_add(t, state, place);
  }
}

static void tune_make(mine_training *t, tune_state *state) {
  const mine_axes *axes = &t->asked.options.axes;
  mine_env *env = t->env;
  int ranges = 0;
  for (size_t a = 0; a < axes->n; a++)
    ranges |= axes->axis[a].n == 0;
  state->search = state->asked->search >= 0 ? state->asked->search
                  : ranges                  ? TUNE_RANDOM
                                            : TUNE_GRID;
  const size_t all = tune_combinations(axes);
  const int given = state->asked->trials != MINE_NOT_GIVEN;
  size_t most = given ? (size_t)state->asked->trials : TUNE_TRIALS;
  /* What is all listed and not too much is tried as a whole, whatever was asked. */
  const int whole = state->search == TUNE_GRID || (!ranges && all <= most);
  if (state->search == TUNE_GRID && !given) most = TUNE_MOST;
  if (whole && all > most) {
    (void)mine__fail(env, MINE_OPTION,
                     "the grid has %s%zu combinations, more than trials=%zu; list fewer values, or "
                     "say search=random",
                     all > TUNE_MOST ? "more than " : "", all > TUNE_MOST ? TUNE_MOST : all, most);
    return;
  }
  const size_t n = whole ? all : most;
  double *place = mine__arena_array(t->arena, axes->n, sizeof *place);
  state->trial = mine__arena_zeros(t->arena, n + 1, sizeof *state->trial);
  if (!place || !state->trial) return;
  if (whole)
    tune_make_grid(t, state, place, n);
  else
    tune_make_random(t, state, place, (int)n);
}

static mine_status tune_open(mine_job *job) {
  tune_state *state = mine__job_state(job);
  mine_env *env = job->env;
  MINE_TRY(mine__train_open(job));
  mine_training *t = state->train.training;
  state->asked = mine__options_of(&job->options, tune_table);
  if (t->asked.supervised.target.type == MINE_NULL)
    return mine__fail(env, MINE_OPTION, "a search needs a target; say target=<column>");
  if (mine__algorithm_composes(t->asked.algorithm, MINE_CLASSIFICATION))
    return mine__fail(env, MINE_UNSUPPORTED,
                      "algorithm '%s' searches by itself: train it, and mine_trials lists what it "
                      "tried",
                      t->asked.algorithm->name);
  if (job->options.axes.n == 0)
    return mine__fail(env, MINE_OPTION,
                      "no option of '%s' has several values to search; give one a list (a|b|c) or "
                      "a range (low..high)",
                      t->asked.algorithm->name);
  tune_make(t, state);
  mine__tune_ignore_common(t);
  return mine_env_status(env);
}

/* The rows of each trial where lists of columns are searched. */
static void tune_prepare_ignored(const mine_training *t, tune_state *state) {
  const mine_axis *axis = mine__tune_ignored(t);
  if (!axis) return;
  const mine_prepared **data = mine__arena_zeros(t->arena, axis->n, sizeof *data);
  for (size_t i = 0; data && i < axis->n && !mine_failed(t->env); i++)
    data[i] = mine__tune_ignore_prepare(t, i);
  for (int i = 0; i < state->n && !mine_failed(t->env); i++)
    state->trial[i].trial.data = data[state->trial[i].ignored];
}

/* ---- which is better ------------------------------------------------------------------------ */

static int tune_metric_fits(const mine_measure *measure, mine_task_kind task) {
  return (measure->tasks & task) && measure->better != 0;
}

/* The one asked for; NULL: none was, or failure recorded. */
static const mine_measure *tune_metric_asked(const mine_training *t, const tune_state *state) {
  const char *name = mine__option_name_of(&state->asked->metric);
  const mine_measure *measure = name ? mine__measure_find(name) : NULL;
  mine_text list;
  if (!name || (measure && tune_metric_fits(measure, t->data.task))) return measure;
  mine__text_open(&list, t->arena);
  for (const mine_measure *m = mine__measures; m->name; m++)
    if (tune_metric_fits(m, t->data.task))
      mine__text_addf(&list, "%s%s", list.bytes ? ", " : "", m->name);
  if (!list.failed)
    (void)mine__fail(t->env, MINE_OPTION, "option metric must be one of %s for %s (got '%.60s')",
                     list.data, mine__task_name(t->data.task), name);
  return NULL;
}

/* What a person asks for first, of what any trial has. */
static const mine_measure *tune_metric_main(const tune_state *state, const mine_folds *folds) {
  const mine_measure *best = NULL;
  for (const mine_measure *m = mine__measures; m->name; m++) {
    if (m->main == 0 || (best && m->main >= best->main)) continue;
    for (int i = 0; i < state->n; i++) {
      if (mine__trial_measure(&state->trial[i].trial, folds, m->name).folds == 0) continue;
      best = m;
      break;
    }
  }
  return best;
}

/* Who came further, then who is better, then who was first. */
static int tune_before(const void *context, const void *one, const void *two) {
  const int better = *(const int *)context;
  const tune_trial *a = *(tune_trial *const *)one, *b = *(tune_trial *const *)two;
  const double x = a->result.mean * better, y = b->result.mean * better;
  if (isnan(x) != isnan(y)) return isnan(y);
  if (a->rung != b->rung) return a->rung > b->rung;
  if (!isnan(x) && (x < y || x > y)) return x > y;
  return a->number < b->number;
}

/* ---- the search ----------------------------------------------------------------------------- */

static int tune_rungs(const tune_state *state, int64_t rows) {
  int rungs = 1;
  for (int64_t n = state->n, r = rows; state->search == TUNE_HALVING && rungs < TUNE_RUNGS;
       rungs++) {
    n /= TUNE_THIRD;
    r /= TUNE_THIRD;
    if (n < 1 || r < TUNE_ROWS) break;
  }
  return rungs;
}

static const mine_measure *tune_run_all(mine_training *t, tune_state *state, mine_arena *arena,
                                        const mine_folds *folds, tune_trial **order) {
  mine_env *env = t->env;
  const mine_measure *measure = tune_metric_asked(t, state);
  tune_trial **spare = mine__arena_array(arena, (size_t)state->n, sizeof(tune_trial *));
  mine_trial **run = mine__arena_array(arena, (size_t)state->n, sizeof(mine_trial *));
  mine_comparison c = {
      .data = &t->data, .rows = {t->data.row, t->data.n}, .folds = folds, .what = "trials"};
  const int rungs = tune_rungs(state, t->data.n);
  if (mine_failed(env)) return NULL;
  for (int i = 0; i < state->n; i++) {
    order[i] = &state->trial[i];
    if (mine__trial_open(env, arena, &c, 0, &state->trial[i].trial)) return NULL;
  }
  for (int rung = 0, n = state->n; rung < rungs; rung++, n = (n + TUNE_THIRD - 1) / TUNE_THIRD) {
    c.share = pow(TUNE_THIRD, rung - (rungs - 1));
    for (int i = 0; i < n; i++)
      run[i] = &order[i]->trial;
    if (mine__trials_run(env, &c, run, n)) return NULL;
    if (!measure) measure = tune_metric_main(state, folds);
    if (!measure) return NULL;
    for (int i = 0; i < n; i++) {
      order[i]->rung = rung;
      order[i]->result = mine__trial_measure(run[i], folds, measure->name);
      if (mine__trial_why(run[i], folds)) order[i]->result.mean = order[i]->result.se = (double)NAN;
    }
    mine__sort(env, order, spare, (size_t)n, sizeof *order, tune_before, &measure->better);
  }
  return measure;
}

/* A trial that failed in some fold is measured on the others only: it counts as failed. */
static void tune_note_failures(mine_job *job, tune_state *state, const mine_folds *folds) {
  int told = 0;
  for (int i = 0; i < state->n; i++) {
    const char *why = mine__trial_why(&state->trial[i].trial, folds);
    if (why && told++ < 10)
      mine__job_notef(job, "warning", "trial", "trial %lld (%.160s) failed: %s",
                      (long long)state->trial[i].number, state->trial[i].trial.method.text, why);
  }
}

static void tune_list(const tune_state *state, tune_trial *const *order, const char *measure,
                      const mine_folds *folds, mine_relation *out) {
  for (int i = 0; i < state->n; i++) {
    const tune_trial *trial = order[i];
    mine__row_int(out, i + 1);
    mine__row_text(out, trial->trial.method.text);
    mine__row_text(out, measure);
    mine__row_real(out, trial->result.mean);
    mine__row_real(out, trial->result.se);
    mine__row_real(out, mine__trial_seconds(&trial->trial, folds));
    mine__relation_end_row(out);
  }
}

static void tune_none(mine_env *env, const tune_state *state, const mine_folds *folds) {
  const char *why = NULL;
  for (int i = 0; i < state->n && !why; i++) {
    why = mine__trial_why(&state->trial[i].trial, folds);
    if (why)
      (void)mine__fail(env, MINE_DATA,
                       "none of the %d trials could be measured (trial %d, %.160s: %s)", state->n,
                       i + 1, state->trial[i].trial.method.text, why);
  }
  if (!why)
    (void)mine__fail(env, MINE_DATA,
                     "none of the %d trials could be measured: no fold has something to tell "
                     "apart; give more rows, or fewer folds",
                     state->n);
}

static mine_status tune_run(mine_job *job, mine_relation *out) {
  tune_state *state = mine__job_state(job);
  mine_training *t = state->train.training;
  mine_env *env = job->env;
  mine_folds folds;
  MINE_TRY(mine__training_prepare(t));
  MINE_TRY(mine__training_selects(t));
  tune_prepare_ignored(t, state);
  if (mine_failed(env)) return mine_env_status(env);
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  tune_trial **order = mine__arena_zeros(arena, (size_t)state->n, sizeof(tune_trial *));
  const mine_measure *measure = NULL;
  if (order && mine__training_folds(t, arena, &folds) == MINE_OK)
    measure = tune_run_all(t, state, arena, &folds, order);
  if (!mine_failed(env) && (!measure || isnan(order[0]->result.mean)))
    tune_none(env, state, &folds);
  if (!mine_failed(env)) {
    mine__job_note_told(job, &t->told);
    tune_note_failures(job, state, &folds);
    tune_list(state, order, measure->name, &folds, out);
  }
  mine__arena_close(arena);
  return mine_env_status(env);
}

static const mine_answer tune_answer[] = {
    {"rank", MINE_ANSWER_INTEGER, 1, "1 is the best"},
    {"options", MINE_ANSWER_TEXT, 0, "of the trial, ready for mine_train"},
    {"metric", MINE_ANSWER_TEXT, 1, "what is compared"},
    {"mean", MINE_ANSWER_REAL, 0, "of the metric over the folds"},
    {"se", MINE_ANSWER_REAL, 0, "its standard error"},
    {"seconds", MINE_ANSWER_REAL, 0, "of the fits of all folds"},
    {0},
};

static const mine_option_set tune_sets[] = {
    {tune_table, sizeof(tune_options), MINE_CLASSIFICATION | MINE_REGRESSION},
    MINE_SET_SUPERVISED,
    MINE_SET_CALIBRATE,
    MINE_SET_FOLDS,
    MINE_SET_SPLIT,
    MINE_SET_GROUP,
    MINE_SET_SOURCE,
    MINE_SET_UNKNOWN,
    MINE_SET_SEED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_tune = {
    .name = "mine_tune",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "Try values of an algorithm's options by cross validation, the best first.",
    .notes =
        "An option of the algorithm that is given a list (`max_depth=3|5|8`) or a range "
        "(`learning_rate=0.01..0.3`) is searched; one that is a list itself takes a JSON list of "
        "lists, and so does `ignore`. A range that spans more than a decade is searched by ratios; "
        "in a grid it is five "
        "steps. All trials are measured on the same folds; the rows are read once. With "
        "`search=halving` the first fits learn from a share of the rows and only the best third "
        "goes on with three times as many: trials that came further stand first. A trial that "
        "failed is a warning and has no mean. The first row's options are what `mine_train` "
        "takes.",
    .example =
        "SELECT rank, options, round(mean, 3) AS mean FROM mine_tune('tree',\n"
        "  " MINE_CALLERS ", 'target=churned, max_depth=1|2|3, folds=3');",
    .argument = {{MINE_ARG_ALGORITHM, "algorithm"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 3,
    .answer = tune_answer,
    .options = tune_sets,
    .reads = "an id, then attributes",
    .measures = MINE_CLASSIFICATION | MINE_REGRESSION | MINE_UPLIFT,
    .searches = 1,
    .state_bytes = sizeof(tune_state),
    .open = tune_open,
    .source = mine__train_source,
    .run = tune_run,
    .close = mine__train_close,
};
