/*
** describe.c -- mine_describe: what the numbers of a table are like, in each group of its rows.
**
** Quantiles are of type 7 (Hyndman & Fan 1996, the default of R), stddev has the divisor n - 1: the
** figures of mine_profile, group by group.  A counting sort brings the rows of a group together;
** groups are described side by side.  O(rows) a feature.
*/
#include <math.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/radix.h"
#include "../data/moments.h"
#include "verb.h"

typedef struct describing_options {
  mine_cell by;
} describing_options;

static const mine_option describing_table[] = {
    OPTION_TEXT(describing_options, by, .help = "a column: figures for each of its values"),
    OPTION_END};

typedef struct describing_state {
  int by; /* its column; -1: none */
} describing_state;

/* A group of one feature. */
typedef struct describing_figures {
  int64_t known;
  mine_moments moments;
  double quartile[3];
} describing_figures;

typedef struct describing_run {
  const mine_job *job;
  const mine_column *by;       /* or NULL                          */
  int64_t groups;              /* the last: of rows without a value */
  mine__by_code rows;          /* of each group, in their order     */
  const mine_column *column;   /* that is described now             */
  double *room;                /* rows: each group in its own place */
  describing_figures *figures; /* groups                            */
} describing_run;

/* ---- reading -------------------------------------------------------------------------- */

static const mine_want describing_by = {.name = "by", .reading = MINE_READ_CATEGORY};

static mine_status describing_plan(void *owner, mine_frame *frame) {
  mine_job *job = owner;
  describing_state *state = mine__job_state(job);
  const describing_options *said = mine__options_of(&job->options, describing_table);
  MINE_TRY(mine__roles_plan(&job->attributes.roles, frame));
  state->by = -1;
  if (said->by.type == MINE_NULL) return MINE_OK;
  state->by = mine__column_said(frame, "option by", &said->by);
  if (state->by < 0) return mine_env_status(job->env);
  if (frame->column[state->by].want)
    return mine__fail(job->env, MINE_OPTION, "the column '%s' of by= is also the %s",
                      frame->column[state->by].name, frame->column[state->by].want->name);
  mine__column_want(frame, state->by, &describing_by);
  for (int c = 0; c < frame->n_columns; c++)
    if (!frame->column[c].want && frame->column[c].reading != MINE_READ_NOT)
      return mine_env_status(job->env);
  return mine__fail(job->env, MINE_DATA,
                    "the column '%s' of by= is the only attribute; select others beside it",
                    frame->column[state->by].name);
}

static mine_status describing_source(mine_job *job, int step, const char **sql,
                                     mine_frame **frame) {
  mine__attributes *table = &job->attributes;
  if (step > 0) return MINE_OK;
  MINE_TRY(MINE_TAKE(job->env, job->arena, &job->options, mine__source_option_table, &table->how));
  table->roles = (mine_roles){.env = job->env,
                              .source = &table->how,
                              .keep_constants = 1,
                              .id = -1,
                              .target = -1,
                              .weight = -1};
  MINE_TRY(mine__frame_open(job->env, describing_plan, job, &job->frame));
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = job->frame;
  return MINE_OK;
}

/* ---- figures -------------------------------------------------------------------------- */

static void describing_task(void *context, int64_t task, int worker) {
  const describing_run *run = context;
  const int64_t first = run->rows.first[task], last = run->rows.first[task + 1];
  double *known = run->room + first;
  describing_figures *f = &run->figures[task];
  (void)worker;
  f->known = 0;
  for (int64_t i = first; i < last; i++) {
    const double v = run->column->number[run->rows.at[i]];
    if (!isnan(v)) known[f->known++] = v;
  }
  mine__moments_of(&f->moments, known, f->known);
  for (int q = 0; q < 3; q++)
    f->quartile[q] = mine__quantile(known, f->known, 0.25 * (q + 1));
}

/* A number of the feature; a date again where it is one. */
static void describing_put(mine_relation *out, const mine_feature *about, double value) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine__feature_cell(about, value, buffer, &cell);
  mine__row_cell(out, &cell);
}

static void describing_row(const describing_run *run, const mine_feature *about, int64_t g,
                           mine_relation *out) {
  const describing_figures *f = &run->figures[g];
  const int64_t rows = run->rows.first[g + 1] - run->rows.first[g];
  const double none = NAN;
  mine_cell group = {MINE_NULL, 0, {0}};
  if (run->by && g < run->by->levels.n) mine__values_get(&run->by->levels, g, &group);
  mine__row_cell(out, &group);
  mine__row_text(out, about->name);
  mine__row_int(out, rows);
  mine__row_int(out, rows - f->known);
  describing_put(out, about, f->known ? mine__moments_mean(&f->moments) : none);
  mine__row_real(out, f->known > 1 ? mine__moments_deviation(&f->moments, 1) : none);
  describing_put(out, about, f->known ? f->moments.least : none);
  for (int q = 0; q < 3; q++)
    describing_put(out, about, f->quartile[q]);
  describing_put(out, about, f->known ? f->moments.most : none);
  mine__relation_end_row(out);
}

static void describing_feature(describing_run *run, const mine_column *column, mine_relation *out) {
  mine_env *env = run->job->env;
  mine_feature about;
  run->column = column;
  if (mine__feature_from_column(env, env->scratch, column, &about) ||
      mine__parallel(env, run->groups, describing_task, run))
    return;
  for (int64_t g = 0; g < run->groups; g++)
    if (run->rows.first[g + 1] > run->rows.first[g]) describing_row(run, &about, g, out);
}

/* Which rows each group has. */
static void describing_divide(describing_run *run) {
  mine_env *env = run->job->env;
  const int64_t n = run->job->frame->rows;
  int32_t *code = mine__arena_zeros(run->job->arena, (size_t)n, sizeof *code);
  run->groups = (run->by ? run->by->levels.n : 0) + 1;
  run->room = mine__arena_array(run->job->arena, (size_t)n, sizeof *run->room);
  run->figures = mine__arena_array(run->job->arena, (size_t)run->groups, sizeof *run->figures);
  for (int64_t i = 0; code && run->by && i < n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    code[i] = run->by->code && run->by->code[i] >= 0 ? run->by->code[i] : (int32_t)run->groups - 1;
  }
  if (!mine_failed(env)) (void)mine__sort_codes(run->job->arena, code, n, run->groups, &run->rows);
}

static mine_status describing_verb_run(mine_job *job, mine_relation *out) {
  const describing_state *state = mine__job_state(job);
  describing_run run = {.job = job};
  MINE_TRY(mine__job_attributes_finish(job));
  if (state->by >= 0) run.by = &job->frame->column[state->by];
  describing_divide(&run);
  for (int c = 0; c < job->attributes.chosen.n && !mine_failed(job->env); c++) {
    const mine_mark mark = mine__arena_mark(job->env->scratch);
    const mine_column *column = &job->frame->column[job->attributes.chosen.column[c]];
    if (column->number) describing_feature(&run, column, out);
    mine__arena_rewind(job->env->scratch, mark);
  }
  if (mine_failed(job->env) || mine_relation_rows(out) > 0) return mine_env_status(job->env);
  return mine__fail(job->env, MINE_DATA,
                    "no attribute is a number; mine_profile describes columns of any kind");
}

static const mine_answer describing_answer[] = {
    {"group_value", MINE_ANSWER_ANY, 1,
     "of the column that by= names; NULL: of rows without a value, or no groups"},
    {"feature", MINE_ANSWER_TEXT, 1, "an attribute that is a number, or a date"},
    {"rows", MINE_ANSWER_INTEGER, 0, "of the group"},
    {"missing", MINE_ANSWER_INTEGER, 0, "of them, those without a value"},
    {"mean", MINE_ANSWER_ANY, 0, "of those with one; of dates a date"},
    {"stddev", MINE_ANSWER_REAL, 0, "divisor n - 1; of dates in days"},
    {"min", MINE_ANSWER_ANY, 0, "least value"},
    {"q1", MINE_ANSWER_ANY, 0, "first quartile (as R's type 7)"},
    {"median", MINE_ANSWER_ANY, 0, "half of the values lie below it"},
    {"q3", MINE_ANSWER_ANY, 0, "third quartile"},
    {"max", MINE_ANSWER_ANY, 0, "largest value"},
    {0},
};

static const mine_option_set describing_sets[] = {
    {describing_table, sizeof(describing_options), 0}, MINE_SET_SOURCE, MINE_SET_RUN, MINE_SET_END};

const mine_verb mine__verb_describe = {
    .name = "mine_describe",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what = "Mean, spread and quartiles of the numbers of a table, for each value of a column.",
    .notes = "Texts are left out; mine_profile describes them.",
    .example =
        "SELECT group_value, feature, rows, round(mean, 2) AS mean, median FROM mine_describe(\n"
        "  " MINE_ROWS("i AS id, substr(''NSEW'', i*i%4+1, 1) AS plan, i*7%31*10.5 AS income") ", "
        "'by=plan');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = describing_answer,
    .options = describing_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(describing_state),
    .source = describing_source,
    .run = describing_verb_run,
};
