/*
** common_options.c -- the tables of the options that many verbs share.
*/
#include <math.h>

#include "common_options.h"

#include "../model/calibration.h"
#include "../model/threshold.h"

static const char *const common_missing_names[] = {"auto", "error", "skip", NULL};
static const char *const common_unknown_names[] = {"auto", "error", NULL};
static const char *const common_decimal_names[] = {"point", "comma", NULL};
static const char *const common_lang_names[] = {"en", "zh", NULL};
static const char *const common_task_names[] = {"auto", "classification", "regression", NULL};
static const char *const common_interval_names[] = {"holdout", "cross", "none", NULL};
static const char *const common_split_names[] = {"id", "time", "group", NULL};
static const char *const common_class_weight_names[] = {"none", "balanced", NULL};

const mine_option mine__run_option_table[] = {
    OPTION_INT(mine_run_options, threads, .initial = "auto", .range = {0, MINE_MAX_THREADS},
               .allows_auto = 1, .help = "how many threads to use; 0 or auto: all cores"),
    OPTION_BYTES(mine_run_options, max_memory, .initial = "auto", .range = {1048576, 9.0e18},
                 .allows_auto = 1,
                 .help = "memory this call may hold, such as 2GB; auto: half of what is available"),
    OPTION_REAL(mine_run_options, max_seconds, .range = {0, 1e9}, .above_least = 1,
                .help = "stop with an error after this many seconds; not given: no limit"),
    OPTION_FLAG(mine_run_options, progress, .initial = "1",
                .help = "show what is being done when it takes long"),
    OPTION_END};

const mine_option mine__seed_option_table[] = {
    OPTION_INT(mine_seed_options, seed, .initial = "1", .range = {0, 9007199254740992.0},
               .help = "names the random choices: same seed, same result"),
    OPTION_END};

const mine_option mine__source_option_table[] = {
    OPTION_TEXT(
        mine_source_options, id,
        .help = "the id column; not given: the first column; none: rows are numbered from 1"),
    OPTION_LIST(mine_source_options, ignore,
                .help = "columns that are not attributes; * stands for any letters: *_id"),
    OPTION_LIST(mine_source_options, categorical, .help = "columns whose values are categories"),
    OPTION_LIST(mine_source_options, numeric,
                .help = "columns whose values are numbers, also with currency signs, separators of "
                        "thousands, percent signs"),
    OPTION_LIST(mine_source_options, na, .help = "texts that mean missing, such as NA|N/A|-"),
    OPTION_CHOICE(mine_source_options, decimal, .initial = "point", .choices = common_decimal_names,
                  .help = "comma: in texts 18,5 and 1.234,50 are numbers"),
    OPTION_LIST(mine_source_options, date_format,
                .help =
                    "how dates are written, such as %d.%m.%Y; of one column signup:%d.%m.%Y; not "
                    "given: each column in the one way that suits it"),
    OPTION_CHOICE(mine_source_options, missing, .initial = "auto", .choices = common_missing_names,
                  .help =
                      "missing attributes: handled by the algorithm, an error, or the row is left "
                      "out"),
    OPTION_END};

const mine_option mine__supervised_option_table[] = {
    OPTION_TEXT(mine_supervised_options, target, .help = "the column to be predicted"),
    OPTION_CHOICE(mine_supervised_options, task, .initial = "auto", .choices = common_task_names,
                  .help = "classes or numbers; auto: classes for text or exactly two values"),
    OPTION_TEXT(
        mine_supervised_options, positive,
        .help = "the class whose probability is asked for; not given: the obvious one, else the "
                "rarer"),
    OPTION_TEXT(mine_supervised_options, weight,
                .help = "the column that says how much a row counts"),
    OPTION_CHOICE(mine_supervised_options, class_weight, .initial = "none",
                  .choices = common_class_weight_names,
                  .help = "balanced: every class counts the same in total"),
    OPTION_END};

const mine_option mine__survival_option_table[] = {
    OPTION_TEXT(mine_survival_options, target, .help = "the column of how long each was seen"),
    OPTION_TEXT(
        mine_survival_options, event,
        .help = "the column of whether the event came then: 1, or 0 if it had not come yet"),
    OPTION_TEXT(mine_survival_options, event_value,
                .help = "the value of event that means it came; any other means not yet"),
    OPTION_TEXT(
        mine_survival_options, start,
        .help = "a column: from when on each was seen, on the same clock; not given: from 0"),
    OPTION_TEXT(mine_survival_options, strata,
                .help = "a column: each of its values has a hazard of its own (cox)"),
    OPTION_TEXT(mine_survival_options, cluster,
                .help = "a column: rows of one value belong together, such as the stretches of a "
                        "life; errors are robust then (cox)"),
    OPTION_END};

const mine_option mine__group_option_table[] = {
    OPTION_TEXT(mine_group_options, group,
                .help = "a column: one model for each of its values, stored as one; a row is "
                        "answered by its group's"),
    OPTION_END};

const mine_option mine__treatment_option_table[] = {
    OPTION_TEXT(mine_treatment_options, treatment,
                .help = "the column that says who was treated: two values, such as 1 and 0"),
    OPTION_TEXT(mine_treatment_options, treated,
                .help =
                    "the value of those who were; not given: the obvious one of 0 and 1, no and "
                    "yes ..."),
    OPTION_END};

const mine_option mine__weight_option_table[] = {
    OPTION_TEXT(mine_weight_options, weight, .help = "the column that says how much a row counts"),
    OPTION_END};

const mine_option mine__holdout_option_table[] = {
    OPTION_REAL(mine_holdout_options, holdout, .initial = "0.2", .range = {0, 0.9},
                .help = "share of the rows on which the model is measured; 0: not measured"),
    OPTION_FLAG(mine_holdout_options, refit, .initial = "1",
                .help = "after measuring, fit again on all rows; 0: keep the measured model"),
    OPTION_END};

const mine_option mine__ids_option_table[] = {
    OPTION_FLAG(mine_ids_options, keep_ids, .initial = "0",
                .help =
                    "1: ids stay in the model (to 100,000; 9 bytes for a number, 5 and its "
                    "length for a text): of held-out rows beside their scores, for mine_predict "
                    "without a source; of the rows of a clustering with their clusters, for "
                    "align"),
    OPTION_END};

const mine_option mine__keep_option_table[] = {
    OPTION_INT(mine_keep_options, keep, .initial = "0", .range = {0, 1000},
               .help = "earlier versions of the model that stay in mine_model_versions when it is "
                       "trained again, for mine_restore"),
    OPTION_END};

const mine_option mine__align_option_table[] = {
    OPTION_FLAG(mine_align_options, align, .initial = "1",
                .help = "clusters that are those of the model that is replaced keep their numbers "
                        "and given names; 0: all are numbered anew"),
    OPTION_END};

const mine_option mine__split_option_table[] = {
    OPTION_CHOICE(mine_split_options, split_by, .choices = common_split_names,
                  .help = "rows to measure on are chosen by a hash of the id, as the latest (with "
                          "time=), or as whole groups (with fold_group=); not given: id"),
    OPTION_TEXT(mine_split_options, time,
                .help = "with split_by=time the column of times, which is no attribute then: the "
                        "latest rows are held out, and folds are measured by models of what came "
                        "before them"),
    OPTION_TEXT(mine_split_options, fold_group,
                .help = "with split_by=group the column, no attribute then, whose equal values "
                        "stay on one side"),
    OPTION_TEXT(mine_split_options, split,
                .help = "a column, no attribute then, that says of each row train or test; for "
                        "cross validation the number of its fold"),
    OPTION_END};

const mine_option mine__folds_option_table[] = {
    OPTION_INT(mine_folds_options, folds, .initial = "5", .range = {2, MINE_MOST_FOLDS},
               .help = "parts of the cross validation"),
    OPTION_END};

const mine_option mine__pick_option_table[] = {
    OPTION_TEXT(mine_pick_options, algorithm, .initial = "kmeans",
                .help = "the clustering algorithm"),
    OPTION_END};

const mine_option mine__class_option_table[] = {
    OPTION_TEXT_CALLED(
        "class", mine_class_options, class_,
        .help = "the class whose probability is asked for; not given: the positive class"),
    OPTION_END};

const mine_option mine__unknown_option_table[] = {
    OPTION_CHOICE(mine_unknown_options, unknown, .initial = "auto", .choices = common_unknown_names,
                  .help = "categories never seen in training, when rows are scored: handled by the "
                          "algorithm, or an error"),
    OPTION_END};

const mine_option mine__threshold_option_table[] = {
    OPTION_EITHER(mine_threshold_options, threshold, .range = {0, 1}, .choices = mine__goals,
                  .help = "of two classes the positive one is predicted from this probability on, "
                          "or from the one that makes this measure the largest on the held-out "
                          "rows; not given: as trained, else the more probable class"),
    OPTION_REAL(mine_threshold_options, revenue, .range = {0, 1e15},
                .help = "with threshold=profit: what a positive row among those predicted "
                        "positive brings in"),
    OPTION_REAL(mine_threshold_options, cost, .range = {0, 1e15},
                .help = "with threshold=profit: what each row predicted positive costs; profit is "
                        "revenue times those that are positive, less cost times all of them"),
    OPTION_END};

const mine_option mine__calibrate_option_table[] = {
    OPTION_CHOICE(mine_calibrate_options, calibrate, .initial = "none", .choices = mine__calibrates,
                  .help = "make the probabilities of classes rates: by a sigmoid (platt) or the "
                          "nearest rising curve (isotonic, for 1,000 rows or more), learned from "
                          "rows that were left out one fifth after another; takes about five times "
                          "as long"),
    OPTION_END};

const mine_option mine__interval_option_table[] = {
    OPTION_CHOICE(mine_interval_options, intervals, .initial = "holdout",
                  .choices = common_interval_names,
                  .help = "of a number, whose residuals low and high of mine_predict are learned "
                          "from: the held-out rows, or all rows, left out one fifth after another "
                          "(cross: five more fits)"),
    OPTION_END};

const mine_option mine__level_option_table[] = {
    OPTION_REAL(mine_level_options, level, .initial = "0.9", .range = {0, 1}, .above_least = 1,
                .help = "of a number: the share of rows whose target lies between low and high"),
    OPTION_END};

const mine_option mine__campaign_option_table[] = {
    OPTION_REAL(mine_campaign_options, revenue, .range = {0, 1e15},
                .help = "what a row of the class brings in when it is called"),
    OPTION_REAL(mine_campaign_options, cost, .range = {0, 1e15},
                .help = "what each row that is called costs"),
    OPTION_REAL(mine_campaign_options, fixed_cost, .range = {0, 1e15},
                .help = "what it costs to call anybody at all; not given: nothing"),
    OPTION_END};

const mine_option mine__certainty_option_table[] = {
    OPTION_REAL(mine_certainty_options, level, .range = {0, 0.999999}, .above_least = 1,
                .help = "low and high of each measure hold it with this certainty, such as 0.95; "
                        "not given: they are NULL"),
    OPTION_INT(mine_certainty_options, resamples, .initial = "1000", .range = {100, 100000},
               .help = "how many samples are drawn from the rows for low and high"),
    OPTION_END};

const mine_option mine__lang_option_table[] = {
    OPTION_CHOICE(mine_lang_options, lang, .initial = "en", .choices = common_lang_names,
                  .help = "the language of the words in the answer: English or Chinese"),
    OPTION_END};

const mine_option mine__label_option_table[] = {
    OPTION_TEXT(mine_label_options, label,
                .help =
                    "of clusters: a column of the source that says where each row should be; it "
                    "is compared with the clusters"),
    OPTION_END};

const mine_option mine__slice_option_table[] = {
    OPTION_TEXT(
        mine_slice_options, by,
        .help =
            "a column of the source: the measures of the rows of each of its values; of forecasts "
            "series or horizon"),
    OPTION_END};

const mine_option mine__missing_option_table[] = {
    OPTION_CHOICE(mine_missing_options, missing, .choices = common_missing_names,
                  .help = "missing attributes: handled, an error, or no prediction; not given: as "
                          "trained"),
    OPTION_CHOICE(mine_missing_options, unknown, .choices = common_unknown_names,
                  .help =
                      "categories never seen in training: handled, also where a column has no "
                      "others, or an error; not given: as trained, but a column of 20 rows or more "
                      "without a known one is an error"),
    OPTION_END};

void mine__run_options_apply(mine_env *env, const mine_run_options *run) {
  mine__env_set_threads(env, run->threads == MINE_AUTO ? 0 : run->threads);
  mine__env_set_max_memory(env, run->max_memory == MINE_AUTO ? 0 : (size_t)run->max_memory);
  mine__env_set_max_seconds(env, run->max_seconds);
  env->progress = run->progress;
}

mine_status mine__support_refuse(mine_env *env, double value, const char *what) {
  char shown[MINE_NUMBER_BYTES], count[MINE_NUMBER_BYTES];
  if (value <= 1) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "min_support=%s is not a share of the %s (above 0, at most 1); for a number of "
                    "%s use min_count=%s",
                    mine__format_real(shown, value, 0), what, what,
                    mine__format_real(count, ceil(value), 0));
}
