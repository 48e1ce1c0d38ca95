/*
** sequences.c -- mine_sequences: what customers do, in which order; and, with an outcome, which
** of it tells those with one outcome from those with the other (dichotomic pattern mining:
** Ghosh, Yadav, Wang, Chakrabarty, Kadioglu, LION 2022).
*/
#include "sequences.h"

#include <math.h>

#include "../core/order.h"
#include "../kernel/special.h"
#include "common_options.h"

typedef struct sequences_options {
  int64_t min_length;
  int kind;
  mine_list contains;
  mine_cell positive;
} sequences_options;

static const char *const sequences_kinds[] = {"all", "closed", NULL};

static const mine_option sequences_option_table[] = {
    OPTION_INT(sequences_options, min_length, .initial = "1", .range = {1, 1e6},
               .help = "least events of a sequence"),
    OPTION_CHOICE(sequences_options, kind, .initial = "all", .choices = sequences_kinds,
                  .help = "closed: no longer sequence that holds it has the same customers"),
    OPTION_LIST(sequences_options, contains,
                .help = "items that a sequence must hold, all of them, in any order"),
    OPTION_TEXT(sequences_options, positive,
                .help = "with outcome: the value that rate and lift are about; not given: the "
                        "obvious one (1, yes, true), else the rarer"),
    OPTION_END};

static const mine_want sequences_reads[] = {
    SEQUENCES_EVENTS,
    {.name = "outcome",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_NAMED,
     .help = "a further column, one of two values for each customer: the sequences that tell them "
             "apart"},
    {0}};

/* ---- what a sequence says about the outcome ------------------------------------------------ */

typedef struct sequences_verdict {
  double log_p, p, q, difference;
} sequences_verdict;

typedef struct sequences_ranked {
  const sequences_verdict *verdict;
} sequences_ranked;

static int sequences_before(const void *context, const void *a, const void *b) {
  const sequences_ranked *ranked = context;
  const sequences_verdict *x = &ranked->verdict[*(const uint32_t *)a];
  const sequences_verdict *y = &ranked->verdict[*(const uint32_t *)b];
  if (x->log_p != y->log_p) return x->log_p < y->log_p;
  return fabs(x->difference) > fabs(y->difference);
}

static void sequences_judge(const mine__sequences *s, const mine_sequence_set *set,
                            sequences_verdict *verdict) {
  const int64_t positives = s->data.positives, others = s->data.customers - positives;
  for (int64_t i = 0; i < set->n; i++) {
    if (i % 1024 == 0 && mine__poll(s->env)) return;
    const int64_t a = set->sequence[i].positives, b = (int64_t)set->sequence[i].count - a;
    const double log_p = mine__fisher_exact_log(a, b, positives - a, others - b, MINE__TWO_SIDED);
    verdict[i] = (sequences_verdict){
        .log_p = log_p,
        .p = exp(log_p),
        .difference = (double)a / (double)positives - (double)b / (double)others};
  }
}

/* q of all that were found, also of those that `top` leaves out. */
static void sequences_correct(const mine__sequences *s, int64_t n, sequences_verdict *verdict) {
  double *p = mine__arena_array(s->env->scratch, (size_t)n, sizeof *p);
  mine_pair *order = mine__arena_array(s->env->scratch, (size_t)n, sizeof *order);
  mine_pair *temp = mine__arena_array(s->env->scratch, (size_t)n, sizeof *temp);
  if (!p || !order || !temp) return;
  for (int64_t i = 0; i < n; i++)
    p[i] = verdict[i].p;
  mine__benjamini_hochberg(p, n, order, temp);
  for (int64_t i = 0; i < n; i++)
    verdict[i].q = p[i];
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void sequences_outcome_row(const mine__sequences *s, const mine_sequence *sequence,
                                  const sequences_verdict *v, mine_relation *out) {
  const double positives = (double)s->data.positives;
  const double others = (double)(s->data.customers - s->data.positives);
  const double a = sequence->positives, all = sequence->count;
  mine__row_cell(out, v->difference >= 0 ? &s->outcomes.positive : &s->outcomes.other);
  mine__row_int(out, sequence->positives);
  mine__row_real(out, a / all);
  mine__row_real(out, a / all / (positives / (positives + others)));
  mine__row_real(out, a / positives);
  mine__row_real(out, (all - a) / others);
  mine__row_real(out, v->difference);
  mine__row_real(out, v->p);
  mine__row_real(out, v->q);
}

static void sequences_row(const mine__sequences *s, const mine_json_values *texts,
                          const mine_sequence *sequence, const sequences_verdict *verdict,
                          mine_text *json, mine_relation *out) {
  mine__sequence_write(texts, sequence->word, sequence->words, json);
  if (json->failed) return;
  mine__row_bytes(out, json->data, json->bytes);
  mine__row_int(out, sequence->length);
  mine__row_int(out, sequence->words);
  mine__row_int(out, sequence->count);
  mine__row_real(out, (double)sequence->count / (double)s->data.customers);
  if (verdict)
    sequences_outcome_row(s, sequence, verdict, out);
  else
    for (int i = 0; i < 9; i++)
      mine__row_null(out);
  mine__relation_end_row(out);
}

/* By how they separate: `order` numbers the sequences. */
static void sequences_apart(const mine__sequences *s, const mine_sequence_set *set,
                            sequences_verdict *verdict, uint32_t *order) {
  uint32_t *spare = mine__arena_array(s->env->scratch, (size_t)set->n, sizeof *spare);
  if (!spare) return;
  sequences_judge(s, set, verdict);
  if (mine_failed(s->env)) return;
  sequences_correct(s, set->n, verdict);
  for (uint32_t i = 0; i < (uint32_t)set->n; i++)
    order[i] = i;
  mine__sort(s->env, order, spare, (size_t)set->n, sizeof *order, sequences_before,
             &(sequences_ranked){verdict});
}

static void sequences_rows(mine__sequences *s, const mine_sequence_set *set, mine_relation *out) {
  mine_json_values texts;
  mine_text json;
  sequences_verdict *verdict = NULL;
  uint32_t *order = NULL;
  int64_t n = set->n;
  mine__text_open(&json, s->arena);
  if (mine__json_values_make(s->env, s->arena, s->data.names, s->data.code, s->data.n_items,
                             &texts))
    return;
  if (s->query.outcome) {
    verdict = mine__arena_array(s->arena, (size_t)n, sizeof *verdict);
    order = mine__arena_array(s->arena, (size_t)n, sizeof *order);
    if (verdict && order) sequences_apart(s, set, verdict, order);
    if (s->query.top > 0 && s->query.top < n) n = s->query.top;
  }
  for (int64_t i = 0; i < n && !mine_failed(s->env); i++) {
    const int64_t which = order ? order[i] : i;
    sequences_row(s, &texts, &set->sequence[which], verdict ? &verdict[which] : NULL, &json, out);
    if (i % 4096 == 0 && mine__poll(s->env)) return;
  }
}

/* ---- the verb ------------------------------------------------------------------------------- */

static mine_status sequences_open(mine_job *job) {
  const sequences_options *o = mine__options_of(&job->options, sequences_option_table);
  const mine_sequences_options *common =
      mine__options_of(&job->options, mine__sequences_option_table);
  MINE_TRY(mine__sequences_check(job));
  if (common->max_length != MINE_NOT_GIVEN && common->max_length < o->min_length)
    return mine__fail(job->env, MINE_OPTION,
                      "min_length=%lld is more than max_length=%lld; lower one or raise the other",
                      (long long)o->min_length, (long long)common->max_length);
  if (o->kind == 1 && !isnan(common->max_gap))
    return mine__fail(
        job->env, MINE_OPTION,
        "kind=closed does not go with max_gap: then part of a sequence can have fewer "
        "customers than the whole, so a shorter one is not told by a longer one; use "
        "max_span, or kind=all");
  if (o->positive.type != MINE_NULL &&
      !mine__options_given(job->options.group, job->options.n, "outcome"))
    return mine__fail(job->env, MINE_OPTION,
                      "positive is given, but no outcome; name its column with outcome=");
  return mine_env_status(job->env);
}

static mine_status sequences_run(mine_job *job, mine_relation *out) {
  const sequences_options *o = mine__options_of(&job->options, sequences_option_table);
  mine__sequences *s = mine__job_state(job);
  mine_sequence_set set;
  *s = (mine__sequences){.job = job,
                         .env = job->env,
                         .arena = job->arena,
                         .options = mine__options_of(&job->options, mine__sequences_option_table),
                         .query = {.within = NAN,
                                   .min_length = o->min_length,
                                   .closed = o->kind == 1,
                                   .n_contains = o->contains.n}};
  s->contains = &o->contains;
  MINE_TRY(mine__sequences_read(s, &o->positive));
  MINE_TRY(mine__sequences_mine(s->env, s->arena, &s->data, &s->query, &set));
  if (set.n == 0) mine__sequences_tell_empty(s);
  sequences_rows(s, &set, out);
  return mine_env_status(s->env);
}

static const mine_answer sequences_answer[] = {
    {"sequence", MINE_ANSWER_JSON, 1, "JSON array of events, each an array of its items"},
    {"length", MINE_ANSWER_INTEGER, 0, "number of events"},
    {"items", MINE_ANSWER_INTEGER, 0, "number of items in all"},
    {"count", MINE_ANSWER_INTEGER, 0, "customers that hold it"},
    {"support", MINE_ANSWER_REAL, 0, "count / number of customers"},
    {"outcome", MINE_ANSWER_ANY, 0,
     "with outcome=, as all columns from here on: the one whose customers hold it more often"},
    {"positives", MINE_ANSWER_INTEGER, 0, "customers that hold it and have the positive outcome"},
    {"rate", MINE_ANSWER_REAL, 0, "positives / count"},
    {"lift", MINE_ANSWER_REAL, 0, "rate / rate of all customers"},
    {"support_positive", MINE_ANSWER_REAL, 0,
     "share of the customers with the positive outcome that hold it"},
    {"support_other", MINE_ANSWER_REAL, 0, "share of the others that hold it"},
    {"difference", MINE_ANSWER_REAL, 0, "support_positive - support_other"},
    {"p_value", MINE_ANSWER_REAL, 0, "Fisher's exact test, two-sided"},
    {"q_value", MINE_ANSWER_REAL, 0,
     "of p_value, for all sequences found (Benjamini and Hochberg)"},
    {0},
};

static const mine_option_set sequences_sets[] = {
    MINE_SET_SEQUENCES,
    {sequences_option_table, sizeof(sequences_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_sequences = {
    .name = "mine_sequences",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_BASKETS,
    .what = "What customers do in which order; with an outcome, what leads to it.",
    .notes =
        "The source has three columns, customer, time and item, or names them. Rows may come in "
        "any "
        "order; items at one time are one event. A sequence is held by a customer who has its "
        "events one after the other, others between them or not; he counts once. Rows come by "
        "falling count; with `outcome=` by p-value, and a sequence has to reach `min_support` "
        "among "
        "the customers of one of the two outcomes. A customer without an outcome is left out. "
        "`kind=closed` does not go with `max_gap`.",
    .example =
        "SELECT sequence, count FROM mine_sequences(\n"
        "  'VALUES (1, 1, ''phone''), (1, 5, ''case''), (2, 3, ''phone''), (2, 4, "
        "''case''), (3, 1, ''case'')',\n  'min_count=2');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = sequences_answer,
    .options = sequences_sets,
    .wants = sequences_reads,
    .state_bytes = sizeof(mine__sequences),
    .open = sequences_open,
    .run = sequences_run,
};
