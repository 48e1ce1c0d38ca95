/*
** drivers.c -- mine_drivers: which groups of rows differ from the rest, in a target or in how a
** number changed between two periods.  What BigQuery sells as key drivers; the name for it is
** subgroup discovery (Kloesgen 1996; Wrobel 1997, whose measure is the contribution here).
**
** It is a training that ends before anything is fitted, as mine_bins is: which rows count, what a
** column is and what about it is doubtful are decided and told as in mine_train.  A period is read
** as the groups of a training are.
*/
#include "drivers.h"

#include <math.h>

typedef struct drivers_options {
  mine_cell target, positive, period, value;
  int64_t max_conditions, bins, top, max_segments;
  double min_support, max_q;
} drivers_options;

static const mine_option drivers_table[] = {
    OPTION_TEXT(drivers_options, target,
                .help = "the column of two classes, or of numbers, that segments differ in"),
    OPTION_TEXT(drivers_options, positive,
                .help = "the class whose rate is told; not given: the obvious one, else the rarer"),
    OPTION_TEXT(drivers_options, period,
                .help = "instead of target: a column of two values, of which the smaller is the "
                        "earlier"),
    OPTION_TEXT(drivers_options, value,
                .help = "with period: the column of numbers whose mean changed from one to the "
                        "other"),
    OPTION_INT(drivers_options, max_conditions, .initial = "3", .range = {1, DRIVERS_LENGTH},
               .help = "conditions of a segment at most"),
    OPTION_REAL(drivers_options, min_support, .initial = "0.05", .range = {0, 1}, .above_least = 1,
                .help = "share of the rows that a segment has at least"),
    OPTION_INT(drivers_options, bins, .initial = "4", .range = {2, 50},
               .help = "numbers are cut where they divide the rows into so many equal parts"),
    OPTION_REAL(drivers_options, max_q, .initial = "0.05", .range = {0, 1},
                .help = "segments with a larger q_value are left out"),
    OPTION_INT(drivers_options, top, .initial = "20", .range = {1, 1000000},
               .help = "segments listed at most"),
    OPTION_INT(drivers_options, max_segments, .initial = "1000000", .range = {1, 100000000},
               .help = "segments looked at, beyond which the call fails"),
    OPTION_END};

static const drivers_options *drivers_asked(const mine_job *job) {
  return mine__options_of(&job->options, drivers_table);
}

static int drivers_given(const mine_cell *cell) {
  return cell->type != MINE_NULL;
}

static void drivers_check(mine_job *job, const drivers_options *asked) {
  const int target = drivers_given(&asked->target), period = drivers_given(&asked->period);
  if (target == period)
    (void)mine__fail(job->env, MINE_OPTION,
                     target ? "target and period exclude each other; say one of them"
                            : "say target=<column>, or period=<column of two values> and "
                              "value=<column of numbers>");
  else if (period != drivers_given(&asked->value))
    (void)mine__fail(job->env, MINE_OPTION,
                     period ? "period compares a number: say value=<column>; to compare how many "
                              "rows there are, make the period the target"
                            : "option value belongs to period; a number is compared with "
                              "target=<column>");
  else if (period && drivers_given(&asked->positive))
    (void)mine__fail(job->env, MINE_OPTION,
                     "option positive is for a target with two classes; "
                     "leave it out");
}

static mine_status drivers_open(mine_job *job) {
  const drivers_options *asked = drivers_asked(job);
  mine__options options = job->options;
  mine__train_state *state = mine__job_state(job);
  drivers_check(job, asked);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  options.algorithm = mine__algorithm_find("tree"); /* what it reads is read here */
  MINE_TRY(mine__training_open(job->env, &options, &state->training));
  mine_training *t = state->training;
  const int period = drivers_given(&asked->period);
  t->roles.algorithm = "comparing segments";
  t->asked.supervised.target = period ? asked->value : asked->target;
  t->asked.supervised.positive = asked->positive;
  if (period) t->asked.supervised.task = MINE_TASK_NUMBERS;
  t->asked.group.group = asked->period;
  return MINE_OK;
}

static mine_status drivers_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  if (step > 0) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine__training_frame(mine__train_of(job));
  return MINE_OK;
}

/* ---- the rows --------------------------------------------------------------------------- */

static uint64_t *drivers_bits(mine_arena *arena, const mine_training *t, const int32_t *code,
                              int32_t wanted) {
  uint64_t *bits = mine__arena_zeros(arena, (size_t)MINE_BLOCKS(t->data.n, 64), sizeof *bits);
  for (int64_t i = 0; bits && i < t->data.n; i++)
    bits[i / 64] |= (uint64_t)(code[t->data.row[i]] == wanted) << (i % 64);
  return bits;
}

static void drivers_two_periods(mine_job *job, const mine_training *t) {
  const mine_feature *about = &t->data.about[t->data.n_features];
  if (about->type == MINE_COLUMN_CATEGORY && about->levels.values.n == 2) return;
  (void)mine__fail(job->env, MINE_DATA,
                   "option period: column '%s' has %lld values, and two are compared; choose two "
                   "with WHERE, or make two of them (CASE)",
                   about->name, (long long)about->levels.values.n);
}

static void drivers_classes(mine_job *job, const mine_training *t) {
  mine_text list;
  mine__text_open(&list, job->env->scratch);
  mine__classes_list(&list, &t->data.classes);
  if (list.failed) return;
  (void)mine__fail(job->env, MINE_DATA,
                   "segments are compared in the rate of one of two classes, and the target '%s' "
                   "has %d (%s); make one of them against the others the target",
                   t->data.memory.roles.target, t->data.n_classes, list.data);
}

/* Sums over all rows: those of a segment of all of them. */
static void drivers_sum_all(drivers_rows *rows) {
  drivers_sums *all = &rows->all;
  for (int64_t i = 0; i < rows->n; i++) {
    const uint64_t bit = UINT64_C(1) << (i % 64);
    const int side = rows->later && (rows->later[i / 64] & bit);
    const double x = rows->positive ? (rows->positive[i / 64] & bit) != 0 : rows->number[i];
    all->n[side]++;
    all->sum[side] += x;
    all->squares[side] += x * x;
  }
}

static void drivers_gather(mine_job *job, const mine_training *t, drivers_rows *rows) {
  const mine_prepared *p = &t->data;
  *rows = (drivers_rows){.n = p->n, .words = (size_t)MINE_BLOCKS(p->n, 64)};
  if (p->grouped) drivers_two_periods(job, t);
  if (p->label && p->n_classes != 2) drivers_classes(job, t);
  if (mine_failed(job->env)) return;
  if (p->grouped) rows->later = drivers_bits(job->arena, t, p->view[p->n_features].code, 1);
  if (p->label) {
    rows->positive = drivers_bits(job->arena, t, p->label, p->positive);
  } else {
    rows->number = mine__arena_array(job->arena, (size_t)p->n, sizeof *rows->number);
    for (int64_t i = 0; rows->number && i < p->n; i++)
      rows->mean += p->target[p->row[i]] / (double)p->n;
    for (int64_t i = 0; rows->number && i < p->n; i++)
      rows->number[i] = p->target[p->row[i]] - rows->mean;
  }
  if (mine_failed(job->env)) return;
  drivers_sum_all(rows);
  if (rows->later && (rows->all.n[0] < 2 || rows->all.n[1] < 2))
    (void)mine__fail(job->env, MINE_DATA, "each of the two periods needs two rows with a value");
}

/* ---- the answer ------------------------------------------------------------------------- */

static void drivers_put(mine_job *job, const mine_training *t, const drivers_rows *rows,
                        const drivers_items *items, const drivers_segment *s, int64_t rank,
                        mine_relation *out) {
  const double overall = mine__drivers_rate(rows, &rows->all);
  const mine_mark mark = mine__arena_mark(job->env->scratch);
  mine_text text;
  mine__text_open(&text, job->env->scratch);
  mine__drivers_text(t, items, s, &text);
  if (text.failed) return;
  mine__row_int(out, rank);
  mine__row_bytes(out, text.data, text.bytes);
  mine__row_int(out, s->size);
  mine__row_int(out, s->sums.n[0] + s->sums.n[1]);
  mine__row_real(out, s->rate);
  mine__row_real(out, overall);
  mine__row_real(out, overall > 0 ? s->rate / overall : (double)NAN);
  mine__row_real(out, s->contribution);
  mine__row_real(out, s->p);
  mine__row_real(out, s->q);
  mine__relation_end_row(out);
  mine__arena_rewind(job->env->scratch, mark);
}

static void drivers_note_none(mine_job *job, const drivers_segments *all) {
  double least = NAN;
  char number[MINE_NUMBER_BYTES];
  for (int64_t i = 0; i < all->n; i++)
    least = fmin(least, all->segment[i].q);
  if (all->n == 0)
    mine__job_note(job, "warning", "min_support",
                   "no condition has so many rows and leaves some; lower min_support");
  else if (isnan(least))
    mine__job_note(job, "warning", "min_support", "no segment has rows enough to be compared");
  else
    mine__job_notef(job, "warning", "max_q",
                    "none of %lld segments differs from the rest by more than chance; the least "
                    "q_value is %s",
                    (long long)all->n, mine__format_real(number, least, 3));
}

static mine_status drivers_run(mine_job *job, mine_relation *out) {
  mine_env *env = job->env;
  const drivers_options *asked = drivers_asked(job);
  mine_training *t = mine__train_of(job);
  drivers_rows rows;
  drivers_items items;
  drivers_segments all;
  MINE_TRY(mine__training_prepare(t));
  drivers_gather(job, t, &rows);
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t least = (int64_t)ceil(asked->min_support * (double)rows.n * (1 - 1e-12));
  mine__drivers_conditions(t, job->arena, (int)asked->bins, least > 1 ? least : 1, &items);
  if (mine_failed(env)) return mine_env_status(env);
  mine__drivers_search(env, job->arena, &rows, &items, (int)asked->max_conditions, least,
                       asked->max_segments, &all);
  if (!mine_failed(env)) mine__drivers_judge(env, &rows, &all);
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t *chosen =
      mine__drivers_choose(env, job->arena, &rows, &items, &all, asked->max_q, asked->top);
  if (!chosen) return mine_env_status(env);
  mine__job_note_told(job, &t->told);
  if (chosen[0] < 0) drivers_note_none(job, &all);
  for (int64_t i = 0; chosen[i] >= 0; i++)
    drivers_put(job, t, &rows, &items, &all.segment[chosen[i]], i + 1, out);
  return mine_env_status(env);
}

static void drivers_close(mine_job *job) {
  mine__training_close(mine__train_of(job));
}

static const mine_answer drivers_answer[] = {
    {"rank", MINE_ANSWER_INTEGER, 1, "1: the segment that moves the whole the most"},
    {"conditions", MINE_ANSWER_TEXT, 1, "as SQL reads them in a WHERE"},
    {"size", MINE_ANSWER_INTEGER, 1, "how many conditions they are"},
    {"rows", MINE_ANSWER_INTEGER, 0, "that meet all of them"},
    {"rate", MINE_ANSWER_REAL, 0,
     "of these rows: the share of the positive class, the mean, or (period) the change of the "
     "mean"},
    {"overall", MINE_ANSWER_REAL, 0, "of all rows"},
    {"lift", MINE_ANSWER_REAL, 0, "rate / overall; NULL where overall is not above 0"},
    {"contribution", MINE_ANSWER_REAL, 0, "overall less what it would be without the segment"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "how often chance alone makes a segment differ so much from the rest"},
    {"q_value", MINE_ANSWER_REAL, 0,
     "the same over all segments looked at (Benjamini and Hochberg): the share of false ones "
     "among those listed down to here by p_value"},
    {0},
};

static const mine_option_set drivers_sets[] = {
    {drivers_table, sizeof(drivers_options), 0},
    MINE_SET_SOURCE,
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_drivers = {
    .name = "mine_drivers",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_STATISTIC,
    .what =
        "Which groups of rows differ most from the rest: in a target, or in how a number changed.",
    .notes =
        "A segment is one to three conditions: a level, a value (numbers of at most four), a bound "
        "(numbers are cut at quantiles), or that a value is missing. `target=` compares the rate "
        "of a class (Fisher's test, or chi-square) or the mean of a number (Welch's); `period=` "
        "with `value=` compares how the mean changed from the earlier of two periods to the later. "
        "A longer segment is listed only if it lies further from the whole than each of its parts "
        "and differs from what that part has besides (p at most 0.01); of segments that are the "
        "same rows, each the others' rest, or the same attributes at other bounds, the one with "
        "the largest contribution. What moves together with the target need not be its cause.",
    .example =
        "SELECT conditions, rows, round(rate, 2) AS rate, round(overall, 2) AS overall\n"
        "FROM mine_drivers(\n  " MINE_CALLERS ", 'target=churned');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = drivers_answer,
    .options = drivers_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(mine__train_state),
    .open = drivers_open,
    .source = drivers_source,
    .run = drivers_run,
    .close = drivers_close,
};
