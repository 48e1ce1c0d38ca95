/*
** lift.c -- mine_lift: what calling the most promising first is worth (gains, lift, profit).
**
** Rows are taken in falling order of the probability of the class and cut into bins of about
** equal weight.  Equal probabilities stay together, so a bin ends at a threshold that can be set,
** and the answer does not depend on the order of the rows: bin b ends with the first probability
** at which b / bins of the weight are reached, and a bin that would hold nothing is left out.
** With W the weight and P that of the class:
**
**   rate             P_bin / W_bin
**   lift             rate / (P_all / W_all)
**   cumulative_gain  P so far / P_all
**   profit           revenue P_bin - cost W_bin;  cumulative: the sum, less the fixed cost
**
** (Ling & Li, Data mining for direct marketing, KDD 1998.)  O(n log n).
*/
#include <math.h>

#include "ranked.h"

typedef struct lift_options {
  int64_t bins;
} lift_options;

static const mine_option lift_option_table[] = {
    OPTION_INT(lift_options, bins, .initial = "10", .range = {1, 1000},
               .help = "how many bins; fewer where many probabilities are equal"),
    OPTION_END};

/* Of a bin, or of all so far. */
typedef struct lift_count {
  int64_t rows, hits;
  double weight, positive;
} lift_count;

typedef struct lift_walk {
  mine_ranked_sums all;
  mine_campaign campaign;
  int pays; /* a profit is asked for */
  lift_count bin, so_far;
} lift_walk;

static double lift_profit(const lift_walk *w, const lift_count *of, double fixed_cost) {
  const mine_campaign *c = &w->campaign;
  return w->pays ? c->revenue * of->positive - c->cost * of->weight - fixed_cost : (double)NAN;
}

static void lift_put(const lift_walk *w, int64_t bin, double threshold, mine_relation *out) {
  const lift_count *b = &w->bin, *c = &w->so_far;
  const double overall = w->all.positive / (w->all.positive + w->all.negative);
  mine__row_int(out, bin);
  mine__row_int(out, b->rows);
  mine__row_int(out, b->hits);
  mine__row_real(out, b->positive / b->weight);
  mine__row_real(out, b->positive / b->weight / overall);
  mine__row_real(out, threshold);
  mine__row_int(out, c->rows);
  mine__row_int(out, c->hits);
  mine__row_real(out, c->positive / w->all.positive);
  mine__row_real(out, c->positive / c->weight / overall);
  mine__row_real(out, lift_profit(w, b, 0));
  mine__row_real(out, lift_profit(w, c, w->campaign.fixed_cost));
  mine__relation_end_row(out);
}

static void lift_add(lift_count *count, int hit, double weight) {
  count->rows++;
  count->hits += hit;
  count->weight += weight;
  count->positive += hit ? weight : 0;
}

static void lift_bins(mine_job *job, const mine_ranked *rows, int64_t bins, lift_walk *w,
                      mine_relation *out) {
  const double total = w->all.positive + w->all.negative;
  const mine_pair *order = rows->order;
  int64_t bin = 0, due = 1;
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    const uint32_t row = order[i].row;
    const int hit = rows->label[row] == rows->class_, last = i + 1 == rows->n;
    lift_add(&w->bin, hit, mine__ranked_weight(rows, row));
    lift_add(&w->so_far, hit, mine__ranked_weight(rows, row));
    if (!last &&
        (order[i + 1].key == order[i].key || w->so_far.weight * (double)bins < total * (double)due))
      continue;
    lift_put(w, ++bin, -rows->fall[row], out);
    w->bin = (lift_count){0};
    while (due < bins && total * (double)due <= w->so_far.weight * (double)bins)
      due++;
  }
  if (bin == 1 && bins > 1)
    mine__job_note(job, "warning", "",
                   "all rows have the same probability: nobody can be called before the others");
}

static mine_status lift_run(mine_job *job, mine_relation *out) {
  const lift_options *asked = mine__options_of(&job->options, lift_option_table);
  lift_walk w = {.pays = 0};
  mine_ranked rows;
  MINE_TRY(mine__ranked_rows(job, &rows));
  MINE_TRY(mine__ranked_sums(job, &rows, &w.all));
  w.pays = mine__ranked_campaign(job, NAN, &w.campaign);
  if (!mine_failed(job->env)) lift_bins(job, &rows, asked->bins, &w, out);
  return mine_env_status(job->env);
}

/* Money is looked at before anything is read. */
static mine_status lift_open(mine_job *job) {
  mine_campaign campaign;
  MINE_TRY(mine__ranked_open(job));
  (void)mine__ranked_campaign(job, NAN, &campaign);
  return mine_env_status(job->env);
}

static const mine_answer lift_answer[] = {
    {"bin", MINE_ANSWER_INTEGER, 1, "1, 2, ...; the highest probabilities first"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many are in it"},
    {"positives", MINE_ANSWER_INTEGER, 0, "how many of them are of the class"},
    {"rate", MINE_ANSWER_REAL, 0, "the share of them that is"},
    {"lift", MINE_ANSWER_REAL, 0, "that rate against the rate in all rows"},
    {"threshold", MINE_ANSWER_REAL, 0,
     "the lowest probability in it: whoever has at least this is in bins 1 to here"},
    {"cumulative_rows", MINE_ANSWER_INTEGER, 0, "rows in bins 1 to here"},
    {"cumulative_positives", MINE_ANSWER_INTEGER, 0, "positives in bins 1 to here"},
    {"cumulative_gain", MINE_ANSWER_REAL, 0, "the share of all positives that is caught to here"},
    {"cumulative_lift", MINE_ANSWER_REAL, 0, "the rate to here against the rate in all rows"},
    {"profit", MINE_ANSWER_REAL, 0, "of the bin; NULL without revenue and cost"},
    {"cumulative_profit", MINE_ANSWER_REAL, 0, "of bins 1 to here, less the fixed cost"},
    {0},
};

static const mine_option_set lift_sets[] = {
    {lift_option_table, sizeof(lift_options), 0},
    MINE_SET_CAMPAIGN,
    MINE_SETS_RANKED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_lift = {
    .name = "mine_lift",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "What calling the most promising first is worth: gains, lift and profit, in bins.",
    .notes =
        "On the held-out rows that the model keeps, or on a source that has the target. Bins hold "
        "about equally many rows (of weighted rows, equal weight), from the highest probability "
        "of the class to the lowest. Equal probabilities stay together, so that each bin ends at a "
        "threshold and the order of the rows does not matter; a model that knows few "
        "probabilities, such as a tree, has fewer and unequal bins. `rows` and `positives` count "
        "rows, all else weights. With `revenue` and `cost` there is a profit: revenue times "
        "positives less cost times rows, and in `cumulative_profit` less `fixed_cost`.",
    .example =
        "SELECT bin, rows, positives, round(lift, 2) AS lift,\n"
        "  round(cumulative_gain, 2) AS gain, cumulative_profit AS profit\n"
        "FROM mine_lift(" MINE_CHURN_MODEL ",\n  NULL, 'bins=4, revenue=50, cost=10');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = lift_answer,
    .options = lift_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(mine_ranking),
    .open = lift_open,
    .source = mine__ranked_source,
    .run = lift_run,
    .close = mine__ranked_close,
};
