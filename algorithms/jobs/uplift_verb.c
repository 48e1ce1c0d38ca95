/*
** uplift_verb.c -- mine_uplift: what treating the most promising first is worth, in bins.
**
** Rows are taken by falling uplift and cut into bins of about equally many; equal ones stay
** together, as in mine_lift.  Of a bin with n1 treated rows of mean m1 and n0 others of mean m0:
**
**   uplift      m1 - m0, and low, high: +- z sqrt(s1^2 / n1 + s0^2 / n0), s^2 with divisor n - 1
**   qini        Y1 - Y0 N1 / N0 of all rows to here: how much treating them brought (Radcliffe
**               2007); it is N1 times their uplift, and so are the ends of its interval
**   cumulative  the uplift of all rows to here, with an interval as that of a bin
**
** Weighted rows: means and variances are weighted, n is (sum w)^2 / sum w^2.  O(n log n).
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../kernel/special.h"
#include "scoring.h"

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

/* ---- rows --------------------------------------------------------------------------------- */

typedef struct uplift_state {
  mine_scoring *scoring; /* NULL: the held-out rows */
} uplift_state;

static mine_status uplift_open(mine_job *job) {
  char called[MINE_CALLED_BYTES];
  uplift_state *state = mine__job_state(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  if (model->kind != &mine__kind_uplift)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "%s says nothing of a treatment; train one with "
                      "mine_train(name, 'uplift', source, 'target=..., treatment=...')",
                      mine__model_called(model, called));
  if (!mine__job_text(job, MINE_ARG_SOURCE)) return mine_env_status(job->env);
  return mine__scoring_open(job->env, model, MINE_SCORE_JUDGE, &job->options, &state->scoring);
}

static mine_status uplift_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  const uplift_state *state = mine__job_state(job);
  if (step > 0 || !state->scoring) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(state->scoring);
  return MINE_OK;
}

static void uplift_close(mine_job *job) {
  mine_scoring_close(((uplift_state *)mine__job_state(job))->scoring);
}

static mine_status uplift_rows(mine_job *job, mine_uplift_rows *rows) {
  mine_scoring *scoring = ((uplift_state *)mine__job_state(job))->scoring;
  if (!scoring) return mine__treated_held(job, mine__job_model(job, MINE_ARG_MODEL), rows);
  (void)mine__scoring_block(scoring, job);
  return mine__treated_rows(scoring, job, rows);
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

/* What was seen of some rows, and how far from it the truth may be. */
typedef struct uplift_seen {
  double gap, reach;
} uplift_seen;

static uplift_seen uplift_see(const uplift_arm_sums of[2], double z) {
  return (uplift_seen){uplift_mean(&of[1]) - uplift_mean(&of[0]),
                       z * sqrt(uplift_error(&of[1]) + uplift_error(&of[0]))};
}

static void uplift_put(int64_t bin, const uplift_arm_sums here[2], const uplift_arm_sums all[2],
                       double threshold, double z, mine_relation *out) {
  const uplift_seen bins = uplift_see(here, z), far = uplift_see(all, z);
  const double qini = all[1].y - (all[0].w > 0 ? all[0].y * all[1].w / all[0].w : 0);
  mine__row_int(out, bin);
  mine__row_int(out, here[0].rows + here[1].rows);
  mine__row_int(out, here[1].rows);
  mine__row_real(out, bins.gap);
  mine__row_real(out, bins.gap - bins.reach);
  mine__row_real(out, bins.gap + bins.reach);
  mine__row_real(out, qini);
  mine__row_real(out, far.gap);
  mine__row_real(out, threshold);
  mine__row_real(out, qini - all[1].w * far.reach);
  mine__row_real(out, qini + all[1].w * far.reach);
  mine__row_real(out, far.gap - far.reach);
  mine__row_real(out, far.gap + far.reach);
  mine__relation_end_row(out);
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
    uplift_put(++bin, here, all, rows->score[row], z, out);
    memset(here, 0, sizeof here);
    while (due < asked->bins && total * (double)due <= so_far * (double)asked->bins)
      due++;
  }
}

static mine_status uplift_run(mine_job *job, mine_relation *out) {
  const uplift_asked *asked = mine__options_of(&job->options, uplift_asked_table);
  mine_uplift_rows rows;
  MINE_TRY(uplift_rows(job, &rows));
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
    {"qini_low", MINE_ANSWER_REAL, 0, "lower end of the interval of qini"},
    {"qini_high", MINE_ANSWER_REAL, 0, "upper end"},
    {"cumulative_low", MINE_ANSWER_REAL, 0, "lower end of the interval of cumulative"},
    {"cumulative_high", MINE_ANSWER_REAL, 0, "upper end"},
    {0},
};

static const mine_option_set uplift_sets[] = {
    {uplift_asked_table, sizeof(uplift_asked), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
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
        "bin helps: call the bins before its top, those whose uplift is at least `threshold`. An "
        "interval is of its row alone: of twenty one may well miss. The one figure, the Qini "
        "coefficient, is in `mine_evaluate`, with an interval by `level=`.",
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
