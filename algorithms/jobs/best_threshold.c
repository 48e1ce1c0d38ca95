/*
** best_threshold.c -- mine_threshold: from which probability on a class is best called, for each
** thing one may want of it.
**
** A row per goal (model/threshold.c, as training finds them with threshold=goal).  Where profit
** has a budget, rows are called from the highest probability down as long as it pays for all of
** those that share one.  O(n log n).
*/
#include <math.h>

#include "ranked.h"

typedef struct best_options {
  double budget;
} best_options;

static const mine_option best_option_table[] = {
    OPTION_REAL(best_options, budget, .range = {0, 1e15},
                .help = "for the goal profit: no more than this may be spent on the rows at hand; "
                        "not given: no limit"),
    OPTION_END};

static void best_put(mine_goal goal, const mine_cut *cut, mine_relation *out) {
  const int found = cut->called > 0;
  mine__row_text(out, mine__goals[goal]);
  mine__row_real(out, found ? cut->threshold : (double)NAN);
  mine__row_real(out, found ? cut->value : (double)NAN);
  const int64_t counts[] = {cut->called, cut->hits, cut->called - cut->hits};
  for (int i = 0; i < 3; i++) {
    if (found)
      mine__row_int(out, counts[i]);
    else
      mine__row_null(out);
  }
  mine__row_real(out, found ? cut->precision : (double)NAN);
  mine__row_real(out, found ? cut->recall : (double)NAN);
  mine__relation_end_row(out);
}

static void best_tell(mine_job *job, const mine_campaign *campaign, const mine_cut *profit) {
  char amount[MINE_NUMBER_BYTES];
  if (profit->called == 0)
    mine__job_notef(job, "warning", "profit",
                    "budget=%s does not pay for all rows of the highest probability: nobody is "
                    "called",
                    mine__format_real(amount, campaign->budget, 15));
  else if (profit->value < 0)
    mine__job_notef(job, "warning", "profit", "the largest is a loss, %s: to call nobody is better",
                    mine__format_real(amount, profit->value, 6));
}

static mine_status best_run(mine_job *job, mine_relation *out) {
  const best_options *asked = mine__options_of(&job->options, best_option_table);
  mine_ranked rows;
  mine_ranked_sums sums;
  mine_campaign campaign;
  MINE_TRY(mine__ranked_rows(job, &rows));
  MINE_TRY(mine__ranked_sums(job, &rows, &sums));
  const int pays = mine__ranked_campaign(job, asked->budget, &campaign);
  const mine_judged judged = {rows.n, rows.class_, rows.label, rows.fall, rows.weight, rows.order};
  for (int goal = 0; mine__goals[goal] && !mine_failed(job->env); goal++) {
    const int profit = goal == MINE_GOAL_PROFIT;
    mine_cut cut = {0};
    if ((pays || !profit) &&
        mine__threshold_find(job->env, (mine_goal)goal, &campaign, &judged, &cut))
      break;
    best_put((mine_goal)goal, &cut, out);
    if (profit && pays) best_tell(job, &campaign, &cut);
  }
  return mine_env_status(job->env);
}

/* Money is looked at before anything is read. */
static mine_status best_open(mine_job *job) {
  const best_options *asked = mine__options_of(&job->options, best_option_table);
  mine_campaign campaign;
  MINE_TRY(mine__ranked_open(job));
  (void)mine__ranked_campaign(job, asked->budget, &campaign);
  return mine_env_status(job->env);
}

static const mine_answer best_answer[] = {
    {"goal", MINE_ANSWER_TEXT, 1, "what is to be the largest, as in the option threshold"},
    {"threshold", MINE_ANSWER_REAL, 0, "whoever has at least this probability is called"},
    {"value", MINE_ANSWER_REAL, 0, "of the goal there"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many are called"},
    {"true_positives", MINE_ANSWER_INTEGER, 0, "how many of them are of the class"},
    {"false_positives", MINE_ANSWER_INTEGER, 0, "how many are not"},
    {"precision", MINE_ANSWER_REAL, 0, "share of the class among those called"},
    {"recall", MINE_ANSWER_REAL, 0, "share of the class that is called"},
    {0},
};

static const mine_option_set best_sets[] = {
    {best_option_table, sizeof(best_options), 0},
    MINE_SET_CAMPAIGN,
    MINE_SETS_RANKED,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_threshold = {
    .name = "mine_threshold",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "From which probability on to call a class, for each thing one may want of it.",
    .notes =
        "On the held-out rows that the model keeps, or on a source that has the target. `f1`, "
        "`youden` (true less false positive rate), `accuracy` and `balanced_accuracy` are of the "
        "class against the others; `profit` is revenue times true positives less cost times rows "
        "called less `fixed_cost`, within `budget`, and NULL where revenue and cost are not "
        "given. Of equal values the highest threshold is taken; somebody is called in any case. "
        "`rows`, `true_positives` and `false_positives` count rows, all else weights. The number "
        "goes into `threshold=` of mine_predict; the goal does, too, there and in training, and "
        "means the same. Measured on the rows that chose it, a value flatters a little.",
    .example =
        "SELECT goal, threshold, round(value, 3) AS value, rows, true_positives AS hits\n"
        "FROM mine_threshold(" MINE_CHURN_MODEL ",\n  NULL, 'revenue=50, cost=10, budget=200');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = best_answer,
    .options = best_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(mine_ranking),
    .open = best_open,
    .source = mine__ranked_source,
    .run = best_run,
    .close = mine__ranked_close,
};
