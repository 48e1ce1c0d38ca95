/*
** reliability.c -- mine_calibration: whether probabilities are rates.
**
** Rows in rising order of the probability of the class are cut into bins of about equally many;
** equal probabilities stay together.  Of a model that is calibrated the rate of each bin is near
** its mean probability (the reliability diagram: Murphy & Winkler, Applied Statistics 26, 1977).
** How near chance alone would leave it, low and high say: Wilson's interval of the rate r in n
** rows,
**
**   (r + z^2 / 2n  -+  z sqrt(r (1 - r) / n + z^2 / 4n^2)) / (1 + z^2 / n)
**
** (JASA 22, 1927), z of the level.  Weighted rows are (sum w)^2 / sum w^2 of equal weight (Kish
** 1965).  O(n log n).
*/
#include "../kernel/power.h"
#include "../kernel/special.h"
#include "ranked.h"

typedef struct reliability_options {
  int64_t bins;
  double level;
} reliability_options;

static const mine_option reliability_option_table[] = {
    OPTION_INT(reliability_options, bins, .initial = "10", .range = {1, 1000},
               .help = "how many bins; fewer where many probabilities are equal"),
    OPTION_REAL(reliability_options, level, .initial = "0.95", .range = {0, 0.999999},
                .above_least = 1, .help = "how sure low and high are"),
    OPTION_END};

static void reliability_put(const mine_ranked *rows, int64_t first, int64_t end, int bin, double z,
                            mine_relation *out) {
  double sum = 0, squares = 0, positive = 0, probability = 0;
  for (int64_t i = first; i < end; i++) {
    const uint32_t row = rows->order[rows->n - 1 - i].row; /* rising */
    const double w = mine__ranked_weight(rows, row);
    sum += w;
    squares += w * w;
    positive += rows->label[row] == rows->class_ ? w : 0;
    probability -= w * rows->fall[row];
  }
  const double rate = positive / sum, n = sum / squares * sum;
  const mine__between bounds = mine__wilson(rate * n, n, z);
  mine__row_int(out, bin);
  mine__row_int(out, end - first);
  mine__row_real(out, probability / sum);
  mine__row_real(out, rate);
  mine__row_real(out, bounds.low);
  mine__row_real(out, bounds.high);
  mine__relation_end_row(out);
}

static mine_status reliability_run(mine_job *job, mine_relation *out) {
  const reliability_options *asked = mine__options_of(&job->options, reliability_option_table);
  const double z = mine__normal_quantile((1 - asked->level) / 2, MINE__UPPER);
  mine_ranked rows;
  MINE_TRY(mine__ranked_rows(job, &rows));
  if (rows.n == 0)
    return mine__fail(job->env, MINE_DATA, "none of the rows has a target; there is no rate");
  int64_t first = 0;
  int bin = 0;
  for (int64_t b = 1; b <= asked->bins && !mine__poll(job->env); b++) {
    int64_t end = rows.n * b / asked->bins;
    while (end > 0 && end < rows.n &&
           rows.order[rows.n - 1 - end].key == rows.order[rows.n - end].key)
      end++;
    if (end <= first) continue;
    reliability_put(&rows, first, end, ++bin, z, out);
    first = end;
  }
  return mine_env_status(job->env);
}

static const mine_answer reliability_answer[] = {
    {"bin", MINE_ANSWER_INTEGER, 1, "1, 2, ...; the lowest probabilities first"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many are in it"},
    {"mean_probability", MINE_ANSWER_REAL, 0, "what the model says of them, on the average"},
    {"rate", MINE_ANSWER_REAL, 0, "the share of them that is of the class"},
    {"low", MINE_ANSWER_REAL, 0, "between low and high the rate lies, apart from chance"},
    {"high", MINE_ANSWER_REAL, 0, "likewise"},
    {0},
};

static const mine_option_set reliability_sets[] = {
    {reliability_option_table, sizeof(reliability_options), 0},
    MINE_SETS_RANKED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_calibration = {
    .name = "mine_calibration",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "Whether probabilities are rates: what was said and what happened, in bins.",
    .notes =
        "On the held-out rows that the model keeps, or on a source that has the target. Bins "
        "hold about equally many rows, from the lowest probability of the class to the highest. "
        "Where `mean_probability` lies outside `low` to `high` in more bins than one in twenty, "
        "train with `calibrate=platt`. The expected calibration error is "
        "`sum(rows * abs(mean_probability - rate)) / sum(rows)`.",
    .example =
        "SELECT bin, rows, round(mean_probability, 2) AS said, round(rate, 2) AS happened,\n"
        "  round(low, 2) AS low, round(high, 2) AS high\n"
        "FROM mine_calibration(" MINE_CHURN_MODEL ", NULL, 'bins=3');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = reliability_answer,
    .options = reliability_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(mine_ranking),
    .open = mine__ranked_open,
    .source = mine__ranked_source,
    .run = reliability_run,
    .close = mine__ranked_close,
};
