/*
** uplift_verb.c -- mine_uplift: what treating the most promising first is worth, in bins.
**
** Rows are taken by falling uplift and cut into bins of about equally many; equal ones stay
** together, as in mine_lift.  Of a bin with n1 treated rows of mean m1 and n0 others of mean m0:
**
**   uplift      m1 - m0, and low, high: +- z sqrt(s1^2 / n1 + s0^2 / n0), s^2 with divisor n - 1
**   qini        Y1 - Y0 N1 / N0 of all rows to here: how much treating them brought (Radcliffe
**               2007)
**   cumulative  the uplift of all rows to here
**
** Weighted rows: means and variances are weighted, n is (sum w)^2 / sum w^2.  O(n log n).
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../kernel/special.h"
#include "../model/uplift.h"
#include "verb.h"

typedef struct uplift_asked {
  int64_t bins;
  double level;
} uplift_asked;

static const mine_option uplift_asked_table[] = {
    OPTION_INT(uplift_asked, bins, .initial = "10", .range = {1, 1000},
               .help = "how many bins; fewer where many rows have the same uplift"),
    OPTION_REAL(uplift_asked, level, .initial = "0.95", .range = {0.5, 0.9999},
                .help = "of the intervals: low to high holds the bin's uplift so often"),
    OPTION_END};

/* ---- a source ----------------------------------------------------------------------------- */

typedef struct uplift_state {
  const mine_model *model;
  mine_frame *frame;
  int *column; /* per feature, then of the target and the treatment */
  mine_want *want;
} uplift_state;

/* The features as they were, the target by number or class, the treatment by its value. */
static mine_status uplift_plan(void *owner, mine_frame *frame) {
  static const mine_lack lack = {.who = "the source lacks",
                                 .those = "that the model was trained on",
                                 .remedy = "name them with AS"};
  const uplift_state *state = owner;
  return mine__wants_by_name(frame, state->want, &lack, state->column);
}

static mine_status uplift_open(mine_job *job) {
  uplift_state *state = mine__job_state(job);
  const mine_model *model = state->model = mine__job_model(job, MINE_ARG_MODEL);
  if (model->kind != &mine__kind_uplift)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "a %s model (%s) says nothing of a treatment; train one with "
                      "mine_train(name, 'uplift', source, 'target=..., treatment=...')",
                      mine__model_task(model), model->algorithm);
  const mine_uplift_columns *columns = &((const mine_uplift *)model->body)->columns;
  const size_t d = (size_t)model->n_features;
  const mine_want *wants = mine__wants_of_features(job->arena, model->feature, model->n_features);
  state->want = mine__arena_zeros(job->arena, d + 3, sizeof *state->want);
  state->column = mine__arena_array(job->arena, d + 2, sizeof *state->column);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  if (d > 0) memcpy(state->want, wants, d * sizeof *wants);
  state->want[d] =
      (mine_want){.name = columns->target,
                  .reading = columns->positive.type ? MINE_READ_EXACT : MINE_READ_NUMBER};
  state->want[d + 1] = (mine_want){.name = columns->treatment, .reading = MINE_READ_EXACT};
  return MINE_OK;
}

static mine_status uplift_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  uplift_state *state = mine__job_state(job);
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (!*sql || step > 0) return MINE_OK;
  MINE_TRY(mine__frame_open(job->env, uplift_plan, state, &state->frame));
  *frame = state->frame;
  return MINE_OK;
}

static void uplift_close(mine_job *job) {
  uplift_state *state = mine__job_state(job);
  mine__frame_close(state->frame);
  state->frame = NULL;
}

/* Per level of a column, whether it is that value, however it is spelled. */
static uint8_t *uplift_is(mine_job *job, const mine_column *column, const mine_cell *value) {
  const int which = mine__class_find(&column->levels, value, 1);
  uint8_t *is = mine__arena_zeros(job->arena, (size_t)column->levels.n + 1, sizeof *is);
  if (is && which >= 0) is[which] = 1;
  return is;
}

/* Rows that have an answer, a target and a treatment. */
static void uplift_of_source(mine_job *job, mine_uplift_rows *rows) {
  uplift_state *state = mine__job_state(job);
  const mine_model *model = state->model;
  const mine_uplift_columns *columns = &((const mine_uplift *)model->body)->columns;
  mine_frame *frame = state->frame;
  const int d = model->n_features;
  if (!frame || mine__frame_finish(frame)) return;
  const size_t n = (size_t)frame->rows;
  const mine_column *target = &frame->column[state->column[d]];
  const mine_column *treatment = &frame->column[state->column[d + 1]];
  double *outcome = mine__arena_array(job->arena, n, sizeof *outcome);
  double *score = mine__arena_array(job->arena, n, sizeof *score);
  uint8_t *treated = mine__arena_array(job->arena, n, sizeof *treated);
  mine_feature_view *view = mine__arena_zeros(job->arena, (size_t)d + 1, sizeof *view);
  const uint8_t *is_treated = uplift_is(job, treatment, &columns->treated);
  const uint8_t *is_one =
      columns->positive.type ? uplift_is(job, target, &columns->positive) : NULL;
  if (mine_failed(job->env)) return;
  for (int f = 0; f < d; f++)
    mine__view_of_column(&frame->column[state->column[f]], &view[f]);
  const mine_batch batch = {frame->rows, NULL, view};
  mine_answers answers = {.value = score};
  if (n > 0 && mine__model_answer(job->env, model, &batch, &answers)) return;
  int64_t used = 0;
  for (size_t i = 0; i < n; i++) {
    const double y = is_one ? (target->code[i] < 0 ? (double)NAN : is_one[target->code[i]])
                     : target->number ? target->number[i]
                                      : (double)NAN;
    if (isnan(y) || isnan(score[i]) || treatment->code[i] < 0) continue;
    outcome[used] = y;
    treated[used] = is_treated[treatment->code[i]];
    score[used++] = score[i];
  }
  if (used < frame->rows)
    mine__job_notef(job, "rows", "skipped",
                    "%lld of %lld: the target, the treatment or the answer is missing",
                    (long long)(frame->rows - used), (long long)frame->rows);
  *rows = (mine_uplift_rows){used, outcome, treated, NULL, score};
}

static void uplift_of_held(mine_job *job, mine_uplift_rows *rows) {
  const mine_uplift *body = ((uplift_state *)mine__job_state(job))->model->body;
  job->reads = 1; /* mine_warnings tells of this call */
  if (body->held == 0) {
    (void)mine__fail(job->env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
                     "with the target and the treatment");
    return;
  }
  uint8_t *treated = mine__arena_array(job->arena, (size_t)body->held, sizeof *treated);
  for (int64_t i = 0; treated && i < body->held; i++)
    treated[i] = (uint8_t)body->treated[i];
  *rows = (mine_uplift_rows){body->held, body->outcome, treated, body->weight, body->score};
}

/* ---- the bins ----------------------------------------------------------------------------- */

/* Of the rows of an arm. */
typedef struct uplift_arm_sums {
  int64_t rows;
  double w, w2, y, y2;
} uplift_arm_sums;

static void uplift_add(uplift_arm_sums *arm, double w, double y) {
  arm->rows++;
  arm->w += w;
  arm->w2 += w * w;
  arm->y += w * y;
  arm->y2 += w * y * y;
}

static double uplift_mean(const uplift_arm_sums *arm) {
  return arm->w > 0 ? arm->y / arm->w : (double)NAN;
}

/* Of the mean, squared; NAN: one row says nothing of it. */
static double uplift_error(const uplift_arm_sums *arm) {
  const double n = arm->w > 0 ? arm->w * arm->w / arm->w2 : 0, mean = uplift_mean(arm);
  return n > 1 ? fmax(0, arm->y2 / arm->w - mean * mean) / (n - 1) : (double)NAN;
}

static void uplift_put(int64_t bin, const uplift_arm_sums here[2], const uplift_arm_sums all[2],
                       double z, mine_relation *out) {
  const double gap = uplift_mean(&here[1]) - uplift_mean(&here[0]);
  const double error = z * sqrt(uplift_error(&here[1]) + uplift_error(&here[0]));
  mine__row_int(out, bin);
  mine__row_int(out, here[0].rows + here[1].rows);
  mine__row_int(out, here[1].rows);
  mine__row_real(out, gap);
  mine__row_real(out, gap - error);
  mine__row_real(out, gap + error);
  mine__row_real(out, all[1].y - (all[0].w > 0 ? all[0].y * all[1].w / all[0].w : 0));
  mine__row_real(out, uplift_mean(&all[1]) - uplift_mean(&all[0]));
}

static void uplift_bins(mine_job *job, const mine_uplift_rows *rows, const uplift_asked *asked,
                        mine_relation *out) {
  const mine_pair *order = mine__uplift_order(job->env, job->arena, rows->score, rows->n);
  const double z = mine__normal_quantile((1 - asked->level) / 2, MINE__UPPER);
  uplift_arm_sums here[2] = {{0}}, all[2] = {{0}};
  double total = 0, so_far = 0;
  int64_t bin = 0, due = 1;
  for (int64_t i = 0; i < rows->n; i++)
    total += rows->weight ? rows->weight[i] : 1;
  for (int64_t i = 0; order && i < rows->n; i++) {
    const uint32_t row = order[i].row;
    const double w = rows->weight ? rows->weight[row] : 1;
    if (MINE_POLL_AT(job->env, i)) return;
    uplift_add(&here[rows->treated[row]], w, rows->outcome[row]);
    uplift_add(&all[rows->treated[row]], w, rows->outcome[row]);
    so_far += w;
    const int last = i + 1 == rows->n;
    if (!last &&
        (order[i + 1].key == order[i].key || so_far * (double)asked->bins < total * (double)due))
      continue;
    uplift_put(++bin, here, all, z, out);
    mine__row_real(out, rows->score[row]);
    mine__relation_end_row(out);
    memset(here, 0, sizeof here);
    while (due < asked->bins && total * (double)due <= so_far * (double)asked->bins)
      due++;
  }
}

/* Of one arm alone there is no difference. */
static void uplift_check(mine_job *job, const mine_uplift_rows *rows) {
  const mine_uplift *body = ((uplift_state *)mine__job_state(job))->model->body;
  int64_t treated = 0;
  for (int64_t i = 0; i < rows->n; i++)
    treated += rows->treated[i];
  if (rows->n == 0)
    (void)mine__fail(job->env, MINE_DATA,
                     "no row has a target, a treatment and an answer; there is nothing to judge");
  else if (treated == 0 || treated == rows->n)
    (void)mine__fail(job->env, MINE_DATA,
                     "%s of the %lld rows was treated ('%s'), so there is nothing to compare with; "
                     "give rows of both",
                     treated ? "every one" : "none", (long long)rows->n, body->columns.treatment);
}

static mine_status uplift_run(mine_job *job, mine_relation *out) {
  const uplift_asked *asked = mine__options_of(&job->options, uplift_asked_table);
  mine_uplift_rows rows = {0};
  if (mine__job_text(job, MINE_ARG_SOURCE))
    uplift_of_source(job, &rows);
  else
    uplift_of_held(job, &rows);
  if (!mine_failed(job->env)) uplift_check(job, &rows);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  uplift_bins(job, &rows, asked, out);
  return mine_env_status(job->env);
}

/* ---- the verb ----------------------------------------------------------------------------- */

static const mine_answer uplift_answer_columns[] = {
    {"bin", MINE_ANSWER_INTEGER, 1, "1, 2, ...; the highest uplift first"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many are in it"},
    {"treated", MINE_ANSWER_INTEGER, 0, "how many of them were treated"},
    {"uplift", MINE_ANSWER_REAL, 0,
     "what was seen: mean target of the treated less that of the others"},
    {"low", MINE_ANSWER_REAL, 0, "lower end of its interval"},
    {"high", MINE_ANSWER_REAL, 0, "upper end"},
    {"qini", MINE_ANSWER_REAL, 0, "what treating the rows of bins 1 to here has brought"},
    {"cumulative", MINE_ANSWER_REAL, 0, "the uplift of bins 1 to here"},
    {"threshold", MINE_ANSWER_REAL, 0, "the lowest uplift predicted in it"},
    {0},
};

static const mine_option_set uplift_sets[] = {
    {uplift_asked_table, sizeof(uplift_asked), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_uplift = {
    .name = "mine_uplift",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "Whom to treat: what calling those of the highest uplift first is worth, in bins.",
    .notes =
        "On the held-out rows that the model keeps, or on a source that has the target and the "
        "treatment. `uplift` is what was seen in a bin, with an interval; where `low` is above 0 the "
        "treatment helped, where `high` is below 0 it harmed. `qini` rises as long as treating the next "
        "bin helps: call the bins before its top, those whose uplift is at least `threshold`.",
    .example =
        "SELECT bin, rows, treated, round(uplift, 2) AS uplift, round(low, 2) AS low,\n"
        "  round(high, 2) AS high, round(qini, 1) AS qini\n"
        "FROM mine_uplift((SELECT mine_fit('uplift',\n  " MINE_ROWS(
            "i AS id, i*7%31 AS visits, i%5 AS calls, i*13%2 AS called,\n"
            "    i*7%31 + 10*(i*13%2)*(i%5 > 2) + i*11%17 > 28 AS bought") ",\n"
        "  'target=bought, treatment=called, base=logistic, holdout=0.4')), NULL, 'bins=3');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = uplift_answer_columns,
    .options = uplift_sets,
    .reads = "an id, then attributes, the target and the treatment",
    .state_bytes = sizeof(uplift_state),
    .open = uplift_open,
    .source = uplift_source,
    .run = uplift_run,
    .close = uplift_close,
};
